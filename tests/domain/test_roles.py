"""Who may ask for what: assignments with dates and entities, duties, patterns, and the bootstrap (R-03, R-57)."""

from datetime import date

import msgspec
import pytest
from domain.playing import DEFINITION, OPENED, TEXT, by, campaign_after

from campaign.domain.access import may
from campaign.domain.commands import (
    AdoptDefinition,
    AdoptScheme,
    ApproveAward,
    Asked,
    Command,
    EnrolEntity,
    MovePhase,
    OpenCampaign,
    ProposeAward,
    RaiseFinding,
    RegisterProject,
    SelectProject,
    SubmitReport,
)
from campaign.domain.definition import Assignment, Role, canonical, sha256
from campaign.domain.roles import authorise
from campaign.domain.state import CampaignState, Context, Duty, EntityState
from campaign.problems import Refused

CONTEXT = Context(DEFINITION, campaign_after(OPENED))
NOTHING_YET = Context(None, CampaignState())
T1 = EntityState(version=1, entity="t1", duties={"accountable_officer": Duty("omar", "head", 20)})
T2 = EntityState(version=1, entity="t2", duties={"liaison": Duty("lon", "clerk", 21)})


def report(entity: str) -> SubmitReport:
    return SubmitReport(entity, "r1", "weekly", "2031-W10", ())


def finding(entity: str) -> RaiseFinding:
    return RaiseFinding(entity, "f1", "omission", "none came")


OPEN = OpenCampaign("spring", "Spring")
ADOPT = AdoptDefinition(sha256(TEXT), TEXT, ())

ALLOWED = [
    ("by its name", ProposeAward("a1", "r1", "t1"), None, by("ann"), "office"),
    ("by a noun", OPEN, None, by("ann"), "office"),
    ("by the star, within its dates", ApproveAward("a1"), None, by("lee"), "leader"),
    ("on the first day", ApproveAward("a1"), None, by("lee", today=date(2031, 5, 1)), "leader"),
    ("on the last day", ApproveAward("a1"), None, by("lee", today=date(2031, 5, 31)), "leader"),
    ("as the role named", ApproveAward("a1"), None, by("lee", role="leader"), "leader"),
    ("as the entity's officer", report("t1"), T1, by("omar"), "accountable_officer"),
    ("for the entity assigned", report("t1"), T1, by("cai"), "clerk"),
    ("an own role through a duty without a role of its name", report("t2"), T2, by("lon"), "clerk"),
    ("a role over everything, narrowed to its entity", finding("t2"), T2, by("ina"), "inspector"),
    ("before the entity exists", EnrolEntity("t9", "town", "T9"), EntityState(), by("lee"), "leader"),
]


@pytest.mark.parametrize(
    ("command", "state", "asked", "role"), [row[1:] for row in ALLOWED], ids=[row[0] for row in ALLOWED]
)
def test_allowed(command: Command, state: EntityState | None, asked: Asked, role: str) -> None:
    assert authorise(command, state, CONTEXT, asked) == role


DENIED = [
    ("a stranger", ApproveAward("a1"), None, by("eve"), "leader"),
    ("another command", ApproveAward("a1"), None, by("ann"), "leader"),
    ("the day before", ApproveAward("a1"), None, by("lee", today=date(2031, 4, 30)), "leader"),
    ("the day after", ApproveAward("a1"), None, by("lee", today=date(2031, 6, 1)), "leader"),
    ("another role than held", ProposeAward("a1", "r1", "t1"), None, by("ann", role="leader"), "office, leader"),
    (
        "another entity's officer",
        report("t2"),
        T2,
        by("omar"),
        "leader, accountable_officer, clerk",
    ),
    ("another entity's clerk", report("t2"), T2, by("cai"), "leader, accountable_officer, clerk"),
    ("an own role without a duty", report("t1"), T1, by("lon"), "leader, accountable_officer, clerk"),
    ("another entity's inspector", finding("t1"), T1, by("ina"), "leader, inspector"),
    ("a duty the role does not cover", finding("t1"), T1, by("omar"), "leader, inspector"),
    ("a date that is only claimed", ApproveAward("a1"), None, by("lee", today=date(2031, 6, 1)), "leader"),
]


@pytest.mark.parametrize(
    ("command", "state", "asked", "rule"), [row[1:] for row in DENIED], ids=[row[0] for row in DENIED]
)
def test_denied_naming_the_roles_that_may(command: Command, state: EntityState | None, asked: Asked, rule: str) -> None:
    outcome = authorise(command, state, CONTEXT, asked)
    assert isinstance(outcome, Refused)
    assert not outcome.permitted
    assert outcome.reasons[0].rule == rule
    assert rule in str(outcome)


def test_a_role_that_does_not_reach_everywhere_is_refused_for_the_entity() -> None:
    """Whoever holds one, by appointment too, would otherwise read that it is for the very role that is held."""
    state = EntityState(entity="faw")
    outcome = authorise(report("faw"), state, CONTEXT, by("eve"))
    assert "eve may not give report.submit for faw" in str(outcome)
    assert "eve may not give finding.raise (" in str(authorise(finding("faw"), state, CONTEXT, by("eve")))


AROUND = msgspec.structs.replace(T1, duties={}, prefecture="p1", parent="g1")


@pytest.mark.parametrize(
    ("scope", "assigned", "allowed"),
    [
        ("prefecture", "t1", True),
        ("prefecture", "p1", True),
        ("prefecture", "g1", True),
        ("prefecture", "p2", False),
        ("prefecture", "", False),
        ("own", "t1", True),
        ("own", "p1", False),
        ("own", "g1", False),
        ("all", "t1", True),
        ("all", "p1", False),
    ],
)
def test_a_role_in_a_prefecture_is_for_all_that_lies_in_it(scope: str, assigned: str, allowed: bool) -> None:  # noqa: FBT001 -- a column of the table
    role = Role(id="clerk", label="Clerk", commands=("report.submit",), scope=scope)  # type: ignore[arg-type] # one of them
    held = Assignment(person="cai", role="clerk", entities=(assigned,))
    context = Context(msgspec.structs.replace(DEFINITION, roles=(role,), assignments=(held,)), CONTEXT.campaign)
    assert (authorise(report("t1"), AROUND, context, by("cai")) == "clerk") is allowed
    lone = msgspec.structs.replace(AROUND, prefecture="", parent="")
    assert (authorise(report("t1"), lone, context, by("cai")) == "clerk") is (assigned == "t1")
    assert (authorise(report("t1"), None, context, by("cai")) == "clerk") is (assigned == "t1")


@pytest.mark.parametrize(
    ("entities", "said"), [((), "cai may not give award.propose"), (("t2",), "cai may not give award.propose for t1")]
)
def test_the_entity_is_named_where_another_would_have_been_allowed(entities: tuple[str, ...], said: str) -> None:
    """Whoever holds a role that may, for others only, is told so; a role that may not makes no difference."""
    assigned = (
        Assignment(person="cai", role="office", entities=entities, to=date(2031, 5, 1)),
        Assignment(person="cai", role="inspector", entities=("t2",)),
        Assignment(person="ann", role="office", entities=("t2",)),
    )
    context = Context(msgspec.structs.replace(DEFINITION, assignments=assigned), CONTEXT.campaign)
    outcome = authorise(ProposeAward("a1", "r1", "t1"), None, context, by("cai"))
    assert isinstance(outcome, Refused)
    assert str(outcome.reasons[0].message) == said


def test_roles_are_judged_by_the_clock_and_not_by_the_claimed_date() -> None:
    asked = by("lee", on=date(2031, 5, 10), today=date(2031, 6, 1))
    assert isinstance(authorise(ApproveAward("a1"), None, CONTEXT, asked), Refused)


def test_a_liaison_has_no_role_unless_one_of_that_name_is_declared() -> None:
    move = MovePhase("t2")
    assert isinstance(authorise(move, T2, CONTEXT, by("lon")), Refused)
    liaison = Role(id="liaison", label="Liaison", commands=("phase.*",), scope="own")
    declared = msgspec.structs.replace(DEFINITION, roles=(*DEFINITION.roles, liaison))
    assert authorise(move, T2, Context(declared, CONTEXT.campaign), by("lon")) == "liaison"


def test_a_command_no_role_may_give_says_so() -> None:
    nobody = msgspec.structs.replace(DEFINITION, roles=DEFINITION.roles[:1])
    outcome = authorise(AdoptScheme("s", "", ""), None, Context(nobody, CONTEXT.campaign), by("ann"))
    assert "no role may; roles.yaml would have to say so" in str(outcome)


def test_a_project_of_an_own_entity_is_known_by_the_entity_it_names() -> None:
    clerks = Role(id="clerk", label="Clerk", commands=("project.*",), scope="own")
    context = Context(msgspec.structs.replace(DEFINITION, roles=(clerks,)), CONTEXT.campaign)
    assert authorise(RegisterProject("p1", "P", "t1", "new"), None, context, by("cai")) == "clerk"
    assert isinstance(authorise(RegisterProject("p1", "P", "t2", "new"), None, context, by("cai")), Refused)
    assert isinstance(authorise(SelectProject("p1", "large"), None, context, by("cai")), Refused)


def test_the_first_definition_says_who_may_adopt_it() -> None:
    assert authorise(OPEN, None, NOTHING_YET, by("eve")) == ""
    assert authorise(ADOPT, None, NOTHING_YET, by("ann")) == "office"
    assert authorise(ADOPT, None, NOTHING_YET, by("lee")) == "leader"
    assert isinstance(authorise(ADOPT, None, NOTHING_YET, by("eve")), Refused)


def test_whoever_adopts_the_first_definition_must_also_be_allowed_to_open() -> None:
    adopters = Role(id="office", label="Office", commands=("definition.adopt",))
    text = canonical(msgspec.structs.replace(DEFINITION, roles=(adopters,)))
    outcome = authorise(AdoptDefinition(sha256(text), text, ()), None, NOTHING_YET, by("ann"))
    assert "ann may not give campaign.open" in str(outcome)


def test_a_later_definition_does_not_grant_its_own_adoption() -> None:
    coup = msgspec.structs.replace(DEFINITION.assignments[0], person="eve")
    text = canonical(msgspec.structs.replace(DEFINITION, assignments=(coup,)))
    outcome = authorise(AdoptDefinition(sha256(text), text, ()), None, CONTEXT, by("eve"))
    assert isinstance(outcome, Refused)


def test_a_later_definition_may_be_adopted_by_whoever_may_not_open_a_campaign() -> None:
    adopters = Role(id="office", label="Office", commands=("definition.adopt",))
    context = Context(msgspec.structs.replace(DEFINITION, roles=(adopters,)), CONTEXT.campaign)
    assert authorise(ADOPT, None, context, by("ann")) == "office"


def test_an_unreadable_first_definition_is_refused_as_such() -> None:
    outcome = authorise(AdoptDefinition("", "{", ()), None, NOTHING_YET, by("ann"))
    assert [reason.code for reason in outcome.reasons] == ["definition-unreadable"]


def test_without_a_definition_nobody_has_a_role() -> None:
    outcome = authorise(ApproveAward("a1"), None, NOTHING_YET, by("ann"))
    assert [reason.code for reason in outcome.reasons] == ["definition-missing"]
    assert outcome.permitted


@pytest.mark.parametrize(
    ("patterns", "command", "verdict"),
    [
        (("report.submit",), "report.submit", True),
        (("report.*",), "report.submit", True),
        (("*",), "report.submit", True),
        (("report",), "report.submit", False),
        (("rep.*",), "report.submit", False),
        (("*.submit",), "report.submit", False),
        ((), "report.submit", False),
    ],
)
def test_patterns(patterns: tuple[str, ...], command: str, verdict: bool) -> None:  # noqa: FBT001 -- a column of the table
    assert may(Role(id="r", label="R", commands=patterns), command) is verdict
