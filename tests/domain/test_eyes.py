"""Four eyes from behind (R-58, P-15): what an auditor finds concluded by the person who began it."""

from decimal import Decimal

import msgspec
import pytest
from domain.playing import DEFINITION, SCHEME, TEXT, campaign_after
from domain.playing import recorded as entered
from domain.scenario import FIXED, OFFICER, REPORT, By, figure, given, recorded

from campaign.domain import commands as c
from campaign.domain import events as e
from campaign.domain.definition import FourEyes
from campaign.domain.entity import INITIAL
from campaign.domain.eyes import alone
from campaign.domain.state import CampaignState, EntityState

ALL = FourEyes(definitions=True)
NONE = FourEyes(report_verification=False, awards=False, commendations=False, targets=False)
CORRECTED = c.CorrectReport("faw", "r-1", (figure("13"),), "slip")
DOUBT = c.RaiseFinding("faw", "f-1", "contradiction", "too round")
ENTITY = given(
    OFFICER,
    *FIXED[:2],
    By(REPORT, "entered"),
    By(CORRECTED, "corrected"),
    By(msgspec.structs.replace(CORRECTED, figures=(figure("14"),)), "corrected-too"),
    By(DOUBT, "doubted"),
).state
CAMPAIGN = campaign_after(
    e.CampaignOpened("spring", "Spring"),
    e.DefinitionAdopted("1" * 64, TEXT, ()),
    SCHEME,
    ("put-forward", e.AwardProposed("a-1", "r-1", "t1", "towns", 1, Decimal(5))),
    ("nominated", e.IndividualNominated("i-1", "zhu", "t1", "tireless")),
    ("proposed", e.DefinitionProposed("2" * 64, "1" * 64)),
)
FIX = next(iter(ENTITY.targets.values())).target
LETTER = e.TaskStatementIssued("s-1", "0" * 64)

CONCLUDED = [
    ("report_verification", ENTITY, e.ReportVerified("r-1"), {"entered", "corrected", "corrected-too"}),
    ("targets", ENTITY, e.TargetFixed(FIX), {"clerk"}),
    ("awards", CAMPAIGN, e.AwardApproved("a-1"), {"put-forward"}),
    ("commendations", CAMPAIGN, e.IndividualReviewed("i-1", True, "agreed"), {"nominated", "zhu"}),
    ("commendations", CAMPAIGN, e.IndividualDecided("i-1", True, "deserved"), {"nominated", "zhu"}),
    ("definitions", CAMPAIGN, e.DefinitionAdopted("2" * 64, TEXT, ()), {"proposed"}),
]
PERSONS = {"entered", "corrected", "corrected-too", "clerk", "doubted", "put-forward", "nominated", "zhu", "proposed"}
RESOLVED = e.FindingResolved("f-1", "cleared", "explained")


def those_alone(state: EntityState | CampaignState, event: e.Event, needed: FourEyes) -> set[str]:
    """Return who, having concluded with EVENT, would be found to have done both."""
    made = entered if isinstance(state, CampaignState) else recorded
    return {actor for actor in (*PERSONS, "another") if alone(made(event, 9, actor), state, needed)}


@pytest.mark.parametrize(("policy", "state", "event", "began"), CONCLUDED)
def test_whoever_began_it_is_found_where_the_definition_asks_for_two(
    policy: str, state: EntityState | CampaignState, event: e.Event, began: set[str]
) -> None:
    assert those_alone(state, event, ALL) == began
    only = msgspec.structs.replace(NONE, **{policy: True})
    assert those_alone(state, event, only) == began
    but = msgspec.structs.replace(ALL, **{policy: False})
    assert those_alone(state, event, but) == set()


def test_a_finding_takes_two_whatever_the_definition_says() -> None:
    assert those_alone(ENTITY, RESOLVED, ALL) == those_alone(ENTITY, RESOLVED, NONE) == {"doubted"}


@pytest.mark.parametrize("event", [event for _, state, event, _ in CONCLUDED if state is ENTITY] + [RESOLVED])
def test_of_what_an_entity_never_began_nothing_is_said(event: e.Event) -> None:
    assert those_alone(INITIAL, event, ALL) == set()


@pytest.mark.parametrize("event", [event for _, state, event, _ in CONCLUDED if state is CAMPAIGN])
def test_of_what_a_campaign_never_began_nothing_is_said(event: e.Event) -> None:
    assert those_alone(CampaignState(), event, ALL) == set()


def test_what_needs_no_second_person_is_nobody_s() -> None:
    assert those_alone(ENTITY, LETTER, ALL) == set()
    assert those_alone(ENTITY, e.ReportReturned("r-1", "scope"), ALL) == set()
    assert those_alone(CAMPAIGN, e.AwardRejected("a-1", "too much"), ALL) == set()
    assert those_alone(CAMPAIGN, e.SummaryRecorded("Summary", "0" * 64, "done"), ALL) == set()


def test_two_persons_are_asked_for_by_default_but_not_for_definitions() -> None:
    assert DEFINITION.four_eyes == FourEyes()
    for policy, state, event, began in CONCLUDED:
        assert those_alone(state, event, FourEyes()) == (set() if policy == "definitions" else began)
