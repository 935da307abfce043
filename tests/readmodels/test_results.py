"""A run in display order, with what was paid and where each award stands."""

from decimal import Decimal

import msgspec
import pytest
from domain.playing import ADOPTED, OPENED, SCHEME, campaign_after

from campaign.domain.definition import sha256
from campaign.domain.events import AssessmentRecorded, AwardApproved, AwardProposed, AwardRejected, Event
from campaign.domain.outcomes import Stopped
from campaign.domain.state import CampaignState, EntityState
from campaign.problems import Problems
from campaign.readmodels.results import awards, latest, ranking

NOTHING = {"rank": None, "prize": "0", "award": "0"}
ENTITIES: dict[str, dict[str, object]] = {
    "t3": {"group": "towns", "score": "90.5", "grade": "poor", **NOTHING},
    "t4": {"group": "towns", "score": "110", "grade": True, **NOTHING},
    "t5": {"group": "towns", "score": None, "grade": False, **NOTHING},
    "t6": {"group": "towns", "score": "none", "grade": None, **NOTHING},
    "t2": {"group": "towns", "score": "101", "grade": "good", "rank": 2, "prize": "50", "award": "40"},
    "t1": {
        "group": "towns",
        "score": "105",
        "grade": "good",
        "rank": 1,
        "prize": "100",
        "award": "80.25",
        "values": {"completion": "1.05"},
        "stopped": [{"kind": "gate", "because": "late", "clause": "c"}],
    },
    "f1": {"group": "firms", "score": "100", "grade": "good", "rank": 1, "prize": "7", "award": "7"},
}
POOLS = [{"group": "", "pool": "127.25", "claimed": "157", "paid": "127.25"}]


def run(name: str, **changes: object) -> AssessmentRecorded:
    whole = {"scheme": "prizes", "sha256": SCHEME.sha256, "entities": ENTITIES, "pools": POOLS}
    result = msgspec.json.encode(whole).decode()
    made = AssessmentRecorded(name, "prizes", SCHEME.sha256, 9, "provisional", result, sha256(result))
    return msgspec.structs.replace(made, **changes)


def campaign(*events: Event) -> CampaignState:
    adopted = msgspec.structs.replace(SCHEME, document="doc-2")
    return campaign_after(OPENED, ADOPTED, adopted, *events)


STATES = {"t1": EntityState(version=1, entity="t1", name="Town One")}


def test_places_are_by_group_and_rank_and_the_unranked_last_by_score() -> None:
    found = ranking(campaign(run("r1")), STATES)
    assert found is not None
    assert [(place.entity, place.rank) for place in found.places] == [
        ("f1", 1),
        ("t1", 1),
        ("t2", 2),
        ("t4", None),
        ("t3", None),
        ("t5", None),
        ("t6", None),
    ]
    assert [place.entity for place in found.group("firms")] == ["f1"]
    assert (found.places[1].name, found.places[2].name) == ("Town One", "t2")
    assert [place.grade for place in found.places] == ["good", "good", "good", "true", "poor", "false", ""]
    assert found.places[5].score == ""


def test_what_was_won_and_what_the_pool_pays() -> None:
    found = ranking(campaign(run("r1")), STATES)
    assert found is not None
    assert (found.places[1].prize, found.places[1].award, found.paid) == (
        Decimal(100),
        Decimal("80.25"),
        Decimal("127.25"),
    )
    assert [(pool.claimed, pool.paid) for pool in found.pools] == [(Decimal(157), Decimal("127.25"))]


def test_a_place_shows_what_it_was_made_from_and_what_stopped_it() -> None:
    found = ranking(campaign(run("r1")), STATES)
    assert found is not None
    assert [(place.values, place.stopped) for place in found.places[:2]] == [
        ({}, ()),
        ({"completion": "1.05"}, (Stopped("gate", "late", "c"),)),
    ]


def test_a_ranking_says_what_it_was_made_from() -> None:
    found = ranking(campaign(run("r1")), {})
    assert found is not None
    assert (found.run, found.scheme, found.document, found.log_position) == ("r1", "prizes", "doc-2", 9)
    assert (found.basis, found.position, found.scheme_sha256) == ("provisional", 40, SCHEME.sha256)
    assert found.result_sha256 == run("r1").result_sha256
    strange = ranking(campaign(run("r1", scheme_sha256="other")), {})
    assert strange is not None
    assert strange.document == ""


def test_the_last_run_is_shown_unless_one_is_named() -> None:
    state = campaign(run("r2"), run("r1", basis="final"))
    last, named = ranking(state, {}), ranking(state, {}, "r2")
    assert last is not None
    assert named is not None
    assert (last.run, named.run) == ("r1", "r2")
    assert ranking(state, {}, "r9") is None
    assert ranking(campaign(), {}) is None
    assert latest(campaign()) is None


def test_a_text_that_is_no_result_is_a_problem() -> None:
    with pytest.raises(Problems):
        ranking(campaign(run("r1", result="{}")), {})


def test_each_place_shows_where_its_award_stands() -> None:
    put = AwardProposed("a1", "r1", "t1", "towns", 1, Decimal("80.25"))
    found = ranking(campaign(run("r1"), put, AwardApproved("a1")), STATES)
    assert found is not None
    assert [(place.award_id, place.standing) for place in found.places[:3]] == [("", ""), ("a1", "approved"), ("", "")]
    later = ranking(campaign(run("r1"), put, run("r2")), STATES)
    assert later is not None
    assert later.places[1].standing == ""


def test_awards_are_listed_approved_ones_first() -> None:
    state = campaign(
        run("r1"),
        AwardProposed("a1", "r1", "t2", "towns", 2, Decimal(40)),
        AwardProposed("a2", "r1", "t1", "towns", 1, Decimal("80.25")),
        AwardProposed("a3", "r1", "f1", "firms", 1, Decimal(7)),
        AwardProposed("a4", "r1", "t1", "towns", 1, Decimal(1)),
        AwardApproved("a1"),
        AwardApproved("a2"),
        AwardRejected("a4", "a slip"),
    )
    assert [(entry.line.award, entry.line.status, entry.name) for entry in awards(state, STATES)] == [
        ("a2", "approved", "Town One"),
        ("a1", "approved", "t2"),
        ("a3", "proposed", "f1"),
        ("a4", "rejected", "Town One"),
    ]
