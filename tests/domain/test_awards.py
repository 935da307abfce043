"""Awards: taken from a run's own figures, put forward by one person and approved by another (R-20, R-58)."""

from decimal import Decimal

import msgspec
import pytest
from domain.playing import ADOPTED, LENIENT, OPENED, SCHEME, Given, answer, by, campaign_after, codes, remedied

from campaign.domain.commands import ApproveAward, Command, ProposeAward, RecordAssessment, RejectAward
from campaign.domain.definition import sha256
from campaign.domain.events import AssessmentRecorded, AwardApproved, AwardProposed, AwardRejected, Event
from campaign.domain.state import AwardLine

ENTITIES = {
    "t1": {"group": "towns", "score": "1.2", "rank": 1, "grade": "good", "prize": "120.50", "award": "100.50"},
    "t2": {"group": "towns", "score": "1.1", "rank": 2, "grade": "good", "prize": "0", "award": "0"},
    "t3": {
        "group": "towns",
        "score": "1.5",
        "rank": None,
        "grade": True,
        "prize": "0.00",
        "award": "0.00",
        "stopped": [{"kind": "veto", "because": "falsified", "clause": "c"}, {"kind": "gate", "because": "late"}],
    },
    "t4": {"group": "towns", "score": None, "rank": None, "grade": None, "prize": "0", "award": "0"},
    "f1": {"group": "firms", "score": "1", "rank": None, "grade": None, "prize": "80", "award": "80"},
}


def run(name: str, scheme: str = "prizes", digest: str = SCHEME.sha256) -> AssessmentRecorded:
    result = msgspec.json.encode({"scheme": scheme, "sha256": digest, "entities": ENTITIES}).decode()
    return AssessmentRecorded(name, scheme, digest, 9, "provisional", result, sha256(result))


OPEN: Given = (OPENED, ADOPTED, SCHEME, run("r1"))
PUT = AwardProposed("a1", "r1", "t1", "towns", 1, Decimal("100.50"))
PROPOSED: Given = (*OPEN, PUT)

ACCEPTED = [
    ("put forward with what the pool pays", OPEN, ProposeAward("a1", "r1", "t1"), "ann", PUT),
    (
        "put forward without a rank",
        OPEN,
        ProposeAward("a2", "r1", "f1"),
        "ann",
        AwardProposed("a2", "r1", "f1", "firms", 0, Decimal(80)),
    ),
    ("approved by another", PROPOSED, ApproveAward("a1", "d3"), "bob", AwardApproved("a1", "d3")),
    ("rejected by another", PROPOSED, RejectAward("a1", "too much"), "bob", AwardRejected("a1", "too much")),
    ("withdrawn by the same", PROPOSED, RejectAward("a1", "a slip"), "ann", AwardRejected("a1", "a slip")),
    (
        "put forward anew after a rejection",
        (*PROPOSED, AwardRejected("a1", "a slip")),
        ProposeAward("a2", "r1", "t1"),
        "ann",
        AwardProposed("a2", "r1", "t1", "towns", 1, Decimal("100.50")),
    ),
    (
        "put forward by another scheme too",
        (*PROPOSED, run("r2", "growth", "ab" * 32)),
        ProposeAward("a2", "r2", "t1"),
        "ann",
        AwardProposed("a2", "r2", "t1", "towns", 1, Decimal("100.50")),
    ),
]


@pytest.mark.parametrize(
    ("given", "command", "actor", "then"), [row[1:] for row in ACCEPTED], ids=[row[0] for row in ACCEPTED]
)
def test_accepted(given: Given, command: Command, actor: str, then: Event) -> None:
    assert answer(given, command, by(actor)) == (then,)


REFUSED = [
    ("of an unknown run", OPEN, ProposeAward("a1", "r9", "t1"), "ann", ["run-unknown"]),
    ("of an entity the run does not know", OPEN, ProposeAward("a1", "r1", "t9"), "ann", ["not-assessed"]),
    ("of one that won nothing", OPEN, ProposeAward("a1", "r1", "t2"), "ann", ["no-award"]),
    ("of one that was stopped", OPEN, ProposeAward("a1", "r1", "t3"), "ann", ["no-award"]),
    ("of one without a score", OPEN, ProposeAward("a1", "r1", "t4"), "ann", ["no-award"]),
    ("the id twice", PROPOSED, ProposeAward("a1", "r1", "f1"), "ann", ["award-exists"]),
    ("the entity twice", PROPOSED, ProposeAward("a2", "r1", "t1"), "ann", ["award-twice"]),
    ("the entity again by a later run", (*PROPOSED, run("r2")), ProposeAward("a2", "r2", "t1"), "ann", ["award-twice"]),
    (
        "the entity after approval",
        (*PROPOSED, ("bob", AwardApproved("a1"))),
        ProposeAward("a2", "r1", "t1"),
        "ann",
        ["award-twice"],
    ),
    (
        "everything at once",
        PROPOSED,
        ProposeAward("a1", "r1", "t9"),
        "ann",
        ["award-exists", "not-assessed"],
    ),
    ("without an id", OPEN, ProposeAward("", "r1", "t1"), "ann", ["text-missing"]),
    ("an unknown one approved", OPEN, ApproveAward("a1"), "bob", ["award-unknown"]),
    ("approved by the proposer", PROPOSED, ApproveAward("a1"), "ann", ["four-eyes"]),
    ("approved twice", (*PROPOSED, AwardApproved("a1")), ApproveAward("a1"), "bob", ["already-decided"]),
    ("an unknown one rejected", OPEN, RejectAward("a1", "x"), "bob", ["award-unknown"]),
    ("rejected without a reason", PROPOSED, RejectAward("a1", " "), "bob", ["reason-needed"]),
    ("rejected after approval", (*PROPOSED, AwardApproved("a1")), RejectAward("a1", "x"), "bob", ["already-decided"]),
]


@pytest.mark.parametrize(
    ("given", "command", "actor", "why"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_refused(given: Given, command: Command, actor: str, why: list[str]) -> None:
    outcome = answer(given, command, by(actor))
    assert codes(outcome) == why
    assert remedied(outcome)


def test_whoever_has_no_award_is_told_why() -> None:
    stopped = answer(OPEN, ProposeAward("a1", "r1", "t3"))
    assert "gave t3 no award: falsified; late" in str(stopped)
    assert stopped.reasons[0].rule == "veto, gate"
    assert "t2 won no prize: rank 2, score 1.1" in str(answer(OPEN, ProposeAward("a1", "r1", "t2")))
    assert "t4 won no prize: rank -, score -" in str(answer(OPEN, ProposeAward("a1", "r1", "t4")))


def test_one_person_may_do_both_where_the_definition_says_so() -> None:
    assert codes(answer(PROPOSED, ApproveAward("a1"), by("ann"), LENIENT)) == []
    assert codes(answer(PROPOSED, ApproveAward("a1"), by("ann"), None)) == ["four-eyes"]


def test_a_result_that_cannot_be_read_gives_no_award() -> None:
    broken = msgspec.structs.replace(run("r1"), result="{}")
    given = (OPENED, ADOPTED, SCHEME, broken)
    assert codes(answer(given, ProposeAward("a1", "r1", "t1"))) == ["result-unreadable"]


@pytest.mark.parametrize(
    ("decision", "status"), [(AwardApproved("a1"), "approved"), (AwardRejected("a1", "no"), "rejected")]
)
def test_an_award_stands_as_decided_with_who_and_where(decision: Event, status: str) -> None:
    line = campaign_after(*PROPOSED, ("bob", decision)).awards["a1"]
    assert line == AwardLine("a1", "r1", "t1", "towns", 1, Decimal("100.50"), "ann", 50, status, "bob", 60)


def test_a_real_run_of_the_scheme_is_what_awards_read() -> None:
    from campaign.domain.assessment import assess  # noqa: PLC0415 -- the engine behind the results above

    rows = {
        "t1": {"group": "towns", "completion": Decimal("1.2"), "falsified": False},
        "t2": {"group": "towns", "completion": Decimal("1.3"), "falsified": True},
    }
    result = assess(SCHEME.text, rows)
    given = (OPENED, ADOPTED, SCHEME)
    (recorded,) = answer(given, RecordAssessment("r1", SCHEME.sha256, 9, "provisional", result))
    assert answer((*given, recorded), ProposeAward("a1", "r1", "t1")) == (PUT,)
    assert "no award: falsified figures" in str(answer((*given, recorded), ProposeAward("a2", "r1", "t2")))
