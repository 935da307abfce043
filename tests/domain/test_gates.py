"""Gates and moves: what each check looks at, what each policy does, and every shut gate with its remedy."""

from datetime import date

import msgspec
import pytest
from domain.scenario import (
    DEFINITION,
    ENROL,
    FIXED,
    OFFICER,
    PHASES,
    REPORT,
    SURVEY,
    TODAY,
    By,
    Life,
    Step,
    codes,
    definition,
    figure,
    fixing,
    given,
    meeting,
    opened,
    outcome,
    target,
)

from campaign.domain import commands as c
from campaign.domain import events as e
from campaign.domain import gates
from campaign.domain.definition import Check, Gate, Phase, Policy
from campaign.domain.gates import GateStanding
from campaign.domain.state import Context, EntityState
from campaign.problems import Refused

STATEMENT = c.IssueTaskStatement("faw", "s-1", date(2005, 8, 31))
RECEIVE = c.ReceiveTaskStatement("faw", "s-1", date(2005, 8, 30))
ISSUE = c.IssueResponsibilityLetter("faw", "l-1", date(2005, 8, 31))
SIGN = c.SignResponsibilityLetter("faw", "l-1", "vice-governor", "省政府", "p-1", date(2005, 8, 25))
REVISE = c.ReviseTarget("faw", target("12"), "重组")
PLAN = c.SubmitReport("faw", "p-1", "plan", "once", ())
WEEK_35 = c.SubmitReport("faw", "r-0", "weekly", "2005-W35", (figure("1"),))
FINDING = c.RaiseFinding("faw", "f-1", "omission", "漏报")
RESOLVED = By(c.ResolveFinding("faw", "f-1", "cleared", "属实"))


def standing(gate: Gate, *steps: Step, on: date = TODAY, held_on: date | None = None) -> GateStanding:
    """Return how the only gate out of the survey stands after STEPS."""
    first = Phase(id="survey", label="调研", from_=date(2005, 8, 17), to=date(2005, 8, 22), gates=(gate,))
    rules = definition(phases=(first, *PHASES[1:]))
    campaign = opened(meetings={"rally": meeting("rally", held_on)})
    life = given(*steps, rules=rules, campaign=campaign)
    (found,) = gates.examine(life.state, life.context, "survey", on, TODAY)
    return found


def test_every_check_has_its_function() -> None:
    assert set(gates.CHECKS) == set(Check)


LACKS = (
    "the survey is not recorded (record the survey with its participants)",
    "outputs of the survey are missing: indicators, measures (record them with the survey)",
    "no target is fixed (propose, review and fix a target)",
    "no task statement was issued (issue a task statement and have it received)",
    "task statement s-1 is not received and was due on 2005-08-31 (have it received)",
    "task statement s-1 no longer matches the targets (issue a new task statement and have it received)",
    "no responsibility letter was issued (issue a responsibility letter and have it signed)",
    "responsibility letter l-1 is not signed and was due on 2005-08-31 (have both parties sign it)",
    "responsibility letter l-1 no longer matches the targets (amend the letter and have it signed)",
    "there is no accountable officer (appoint an accountable officer)",
    "there is no liaison (appoint a liaison)",
    "there is no task force (establish the task force)",
    "findings are open: f-1 (resolve each of them)",
    "findings are open: f-1 (resolve each of them)",
)
"""What each of the checks below says while it is shut, and what would open it, row by row."""


CHECKED = (
    (Check.SURVEY_RECORDED, (), (c.RecordSurvey("faw", ("省经委",)),)),
    (Check.OUTPUTS_RECORDED, (c.RecordSurvey("faw", ("省经委",), tasks=("扩能",)),), (SURVEY,)),
    (Check.TARGET_FIXED, FIXED[:2], FIXED),
    (Check.TASK_STATEMENT_RECEIVED, FIXED, (*FIXED, STATEMENT, RECEIVE)),
    (Check.TASK_STATEMENT_RECEIVED, (*FIXED, STATEMENT), (*FIXED, STATEMENT, RECEIVE)),
    (Check.TASK_STATEMENT_RECEIVED, (*FIXED, STATEMENT, RECEIVE, REVISE), (*FIXED, STATEMENT, RECEIVE)),
    (Check.RESPONSIBILITY_LETTER_SIGNED, FIXED, (*FIXED, ISSUE, SIGN)),
    (Check.RESPONSIBILITY_LETTER_SIGNED, (*FIXED, ISSUE), (*FIXED, ISSUE, SIGN)),
    (Check.RESPONSIBILITY_LETTER_SIGNED, (*FIXED, ISSUE, SIGN, REVISE), (*FIXED, ISSUE, SIGN)),
    (Check.OFFICER_APPOINTED, (c.AppointOfficer("faw", "liaison", "p-3", "科员"),), (OFFICER,)),
    (Check.LIAISON_APPOINTED, (OFFICER,), (c.AppointOfficer("faw", "liaison", "p-3", "科员"),)),
    (Check.TASK_FORCE_ESTABLISHED, (), (c.EstablishTaskForce("faw", "办公室"),)),
    (Check.FINDINGS_RESOLVED, (FINDING,), (FINDING, RESOLVED)),
    (Check.FINDINGS_RESOLVED, (FINDING, c.ExplainFinding("faw", "f-1", "x")), ()),
)


@pytest.mark.parametrize(("row", "said"), [*zip(CHECKED, LACKS, strict=True)])
def test_what_each_check_looks_at(row: tuple[Check, tuple[Step, ...], tuple[Step, ...]], said: str) -> None:
    check, shut, open_ = row
    gate = Gate(id="g", check=check)
    closed = standing(gate, *shut)
    assert (closed.verdict, closed.open) == ("shut", False)
    assert f"{closed.why} ({closed.remedy})" == said
    assert standing(gate, *open_) == GateStanding(gate, open=True, verdict="met")


def test_every_open_finding_is_named_and_none_that_is_closed() -> None:
    gate = Gate(id="g", check=Check.FINDINGS_RESOLVED)
    other = msgspec.structs.replace(FINDING, finding="f-2")
    third = msgspec.structs.replace(FINDING, finding="f-3")
    assert str(standing(gate, FINDING, other, third, RESOLVED).why) == "findings are open: f-2, f-3"


def test_target_fixed_names_the_indicators_that_have_none() -> None:
    gate = Gate(id="g", check=Check.TARGET_FIXED, indicators=("growth", "profit"))
    lacking = standing(gate, *FIXED)
    assert str(lacking.why) == "no target is fixed for: profit"
    assert str(lacking.remedy) == "propose, review and fix a target for each"
    assert str(standing(gate).why) == "no target is fixed for: growth, profit"
    assert standing(gate, *FIXED, *fixing(target("1", "profit"))).open


def test_outputs_recorded_names_what_is_missing() -> None:
    gate = Gate(id="g", check=Check.OUTPUTS_RECORDED)
    survey = c.RecordSurvey("faw", ("省经委",), tasks=("扩能",))
    assert standing(gate, survey).why.values == {"missing": "indicators, measures"}


@pytest.mark.parametrize(
    ("check", "steps"),
    [
        (Check.TASK_STATEMENT_RECEIVED, (*FIXED, STATEMENT)),
        (Check.RESPONSIBILITY_LETTER_SIGNED, (*FIXED, ISSUE)),
    ],
)
def test_a_letter_is_overdue_from_the_day_after_its_due_date(check: Check, steps: tuple[Step, ...]) -> None:
    gate = Gate(id="g", check=check)
    assert "was due on" not in str(standing(gate, *steps, on=date(2005, 8, 31)).why)
    assert "was due on 2005-08-31" in str(standing(gate, *steps, on=date(2005, 9, 1)).why)


@pytest.mark.parametrize(
    ("on", "steps", "unmet"),
    [
        (date(2005, 8, 30), (), None),
        (date(2005, 8, 31), (), "plan once"),
        (date(2005, 8, 31), (PLAN,), None),
        (date(2005, 9, 9), (PLAN,), "weekly 2005-W35, weekly 2005-W36"),
        (date(2005, 9, 9), (PLAN, WEEK_35), "weekly 2005-W36"),
        (date(2005, 9, 9), (PLAN, WEEK_35, REPORT), None),
        (date(2005, 9, 9), (PLAN, WEEK_35, REPORT, c.ReturnReport("faw", "r-1", "x")), "weekly 2005-W36"),
    ],
)
def test_obligations_due_by_the_day_must_be_handed_in(on: date, steps: tuple[Step, ...], unmet: str | None) -> None:
    found = standing(Gate(id="g", check=Check.OBLIGATIONS_MET), *steps, on=on)
    assert found.why.values.get("unmet") == unmet


def test_obligations_may_be_named() -> None:
    gate = Gate(id="g", check=Check.OBLIGATIONS_MET, obligations=("plan",))
    assert standing(gate, PLAN, on=date(2005, 9, 9)).open
    assert not standing(gate, WEEK_35, REPORT, on=date(2005, 9, 9)).open


@pytest.mark.parametrize(
    ("name", "held_on", "opened_"),
    [
        ("rally", None, False),
        ("rally", date(2005, 8, 25), True),
        ("rally", TODAY, True),
        ("rally", date(2005, 10, 1), False),
        ("other", date(2005, 8, 25), False),
        ("", date(2005, 8, 25), True),
    ],
)
def test_a_meeting_counts_from_the_day_it_was_held(name: str, held_on: date | None, opened_: bool) -> None:  # noqa: FBT001 -- the expected answer
    assert standing(Gate(id="g", check=Check.MEETING_HELD, meeting=name), held_on=held_on).open is opened_


@pytest.mark.parametrize(
    ("named", "on", "opened_"),
    [
        (date(2005, 9, 1), date(2005, 8, 31), False),
        (date(2005, 9, 1), date(2005, 9, 1), True),
        (None, date(2005, 8, 22), False),
        (None, date(2005, 8, 23), True),
    ],
)
def test_a_date_is_the_gates_own_or_the_beginning_of_the_next_phase(
    named: date | None,
    on: date,
    opened_: bool,  # noqa: FBT001 -- the expected answer
) -> None:
    assert standing(Gate(id="g", check=Check.DATE_REACHED, on=named), on=on).open is opened_


def test_the_date_of_a_last_phase_without_one_is_always_reached() -> None:
    gate = Gate(id="g", check=Check.DATE_REACHED)
    only = Phase(id="only", label="x", from_=date(2005, 8, 1), to=date(2005, 8, 2), gates=(gate,))
    context = Context(definition(phases=(only,)), opened())
    (found,) = gates.examine(EntityState(version=1), context, "only", date(2005, 1, 1), TODAY)
    assert found.open


def test_a_skip_waits_for_the_phase_it_goes_to() -> None:
    gate = Gate(id="g", check=Check.DATE_REACHED)
    first = Phase(id="survey", label="调研", from_=date(2005, 8, 17), to=date(2005, 8, 22), gates=(gate,))
    life = given(rules=definition(phases=(first, *PHASES[1:])))
    on = date(2005, 8, 25)
    assert isinstance(outcome(life, By(c.MovePhase("faw"), on=on)), tuple)
    assert outcome(life, By(c.MovePhase("faw", "implementation", "没有动员"), on=on)) == ["gate-shut"]


def test_a_gate_holds_for_its_groups_and_for_nobody_else() -> None:
    gate = Gate(id="g", check=Check.SURVEY_RECORDED, groups=("focus",))
    first = Phase(id="survey", label="调研", from_=date(2005, 8, 17), to=date(2005, 8, 22), gates=(gate,))
    context = Context(definition(phases=(first, *PHASES[1:])), opened())
    held = {
        groups: bool(gates.examine(EntityState(version=1, groups=groups), context, "survey", TODAY, TODAY))
        for groups in [("key",), ("increment",), ("prefecture",), ()]
    }
    assert held == {("key",): True, ("increment",): True, ("prefecture",): False, (): False}


def test_for_a_voluntary_joiner_only_the_date_counts() -> None:
    survey, day = Gate(id="a", check=Check.SURVEY_RECORDED), Gate(id="b", check=Check.DATE_REACHED)
    first = Phase(id="survey", label="调研", from_=date(2005, 8, 17), to=date(2005, 8, 22), gates=(survey, day))
    context = Context(definition(phases=(first, *PHASES[1:])), opened())
    volunteer = EntityState(version=1, voluntary=True)
    found = gates.examine(volunteer, context, "survey", date(2005, 8, 20), TODAY)
    assert [(line.gate.id, line.verdict) for line in found] == [("b", "shut")]


def test_without_a_definition_there_are_no_gates() -> None:
    assert gates.examine(EntityState(), Context(None, opened()), "survey", TODAY, TODAY) == ()


# --- policies ----------------------------------------------------------------------------------------------------


def test_a_warning_lets_pass_and_says_why() -> None:
    found = standing(Gate(id="g", check=Check.SURVEY_RECORDED, policy=Policy.WARN))
    assert (found.verdict, found.open, str(found.why)) == ("warned", True, "the survey is not recorded")


def test_a_waivable_gate_is_shut_until_it_is_waived_with_a_reason() -> None:
    gate = Gate(id="g", check=Check.SURVEY_RECORDED, policy=Policy.WAIVE_WITH_REASON)
    shut = standing(gate)
    assert (shut.verdict, str(shut.remedy)) == ("shut", "meet the gate g, or waive it with a reason")
    waived = standing(gate, c.WaiveGate("faw", "g", "洪水"))
    assert (waived.verdict, waived.open, str(waived.why)) == ("waived", True, "waived: 洪水")
    assert standing(gate, c.WaiveGate("faw", "g", "洪水"), SURVEY).verdict == "met"


MOBILIZED = (SURVEY, c.MovePhase("faw"))
WAIVE = c.WaiveGate("faw", "officer", "空缺")


def test_a_gate_that_may_not_be_waived_says_how_to_meet_it_or_that_it_is_met() -> None:
    asked = c.WaiveGate("faw", "surveyed", "x")
    shut, met = (given(*steps).ask(asked) for steps in ((), (SURVEY,)))
    assert [str(reason.fix) for answer in (shut, met) for reason in answer.reasons] == [
        "record the survey with its participants",
        "it needs no waiver",
    ]


@pytest.mark.parametrize(
    ("before", "when", "then"),
    [
        (MOBILIZED, WAIVE, (e.GateWaived("mobilization", "officer", "空缺"),)),
        (MOBILIZED, c.WaiveGate("faw", "officer", " "), ["text-missing"]),
        ((*MOBILIZED, WAIVE), WAIVE, ["nothing-changes"]),
        ((*MOBILIZED, OFFICER), WAIVE, ["nothing-changes"]),
        (MOBILIZED, c.WaiveGate("faw", "surveyed", "x"), ["unknown-gate"]),
        ((), c.WaiveGate("faw", "surveyed", "x"), ["not-waivable"]),
        ((SURVEY,), c.WaiveGate("faw", "surveyed", "x"), ["not-waivable"]),
        ((), WAIVE, ["unknown-gate"]),
    ],
)
def test_waiving(before: tuple[Step, ...], when: Step, then: list[str] | tuple[e.Event, ...]) -> None:
    assert outcome(given(*before), when) == then


# --- moves -------------------------------------------------------------------------------------------------------

NO_OUTPUTS = "outputs of the survey are missing: indicators, tasks, measures"


@pytest.mark.parametrize(
    ("before", "when", "then"),
    [
        (
            (SURVEY,),
            c.MovePhase("faw"),
            (
                e.PhaseMoved(
                    "survey",
                    "mobilization",
                    "advance",
                    (e.GateOutcome(gate="surveyed", verdict="met"), e.GateOutcome(gate="outputs", verdict="met")),
                ),
            ),
        ),
        (
            (c.RecordSurvey("faw", ("省经委",)),),
            c.MovePhase("faw", "mobilization", "按期"),
            (
                e.PhaseMoved(
                    "survey",
                    "mobilization",
                    "advance",
                    (
                        e.GateOutcome(gate="surveyed", verdict="met"),
                        e.GateOutcome(gate="outputs", verdict="warned", detail=NO_OUTPUTS),
                    ),
                    "按期",
                ),
            ),
        ),
        ((), c.MovePhase("faw"), ["gate-shut"]),
        ((), c.MovePhase("faw", "implementation"), ["reason-needed", "gate-shut"]),
        ((SURVEY,), c.MovePhase("faw", "implementation", " "), ["reason-needed"]),
        (MOBILIZED, c.MovePhase("faw"), ["gate-shut"]),
        (
            (*MOBILIZED, WAIVE),
            c.MovePhase("faw"),
            (
                e.PhaseMoved(
                    "mobilization",
                    "implementation",
                    "advance",
                    (e.GateOutcome(gate="officer", verdict="waived", detail="空缺"),),
                ),
            ),
        ),
        (MOBILIZED, c.MovePhase("faw", "survey"), ["reason-needed"]),
        (
            MOBILIZED,
            c.MovePhase("faw", "survey", "重查"),
            (e.PhaseMoved("mobilization", "survey", "back", (), "重查"),),
        ),
        ((), c.MovePhase("faw", "survey"), ["nothing-changes"]),
        ((), c.MovePhase("faw", "assessment"), ["unknown-phase"]),
        ((*MOBILIZED, OFFICER, c.MovePhase("faw")), c.MovePhase("faw"), ["last-phase"]),
    ],
)
def test_moving(before: tuple[Step, ...], when: Step, then: list[str] | tuple[e.Event, ...]) -> None:
    assert outcome(given(*before), when) == then


def test_a_refused_move_names_every_shut_gate_with_its_rule_and_remedy() -> None:
    shut = (
        Gate(id="surveyed", check=Check.SURVEY_RECORDED),
        Gate(id="officer", check=Check.OFFICER_APPOINTED),
        Gate(id="liaison", check=Check.LIAISON_APPOINTED, policy=Policy.WARN),
    )
    first = Phase(id="survey", label="调研", from_=date(2005, 8, 17), to=date(2005, 8, 22), gates=shut)
    answer = given(rules=definition(phases=(first, *PHASES[1:]))).ask(c.MovePhase("faw"))
    assert isinstance(answer, Refused)
    assert [(reason.code, reason.rule, str(reason.fix)) for reason in answer.reasons] == [
        ("gate-shut", "surveyed", "record the survey with its participants"),
        ("gate-shut", "officer", "appoint an accountable officer"),
    ]


def branching(*, ways: tuple[str, ...] | None) -> Life:
    days = {"from_": date(2005, 8, 1), "to": date(2005, 8, 2), "label": "x"}
    listed = (Phase(id="a", next=ways, **days), Phase(id="b", next=(), **days), Phase(id="c", **days))
    return Life(definition(phases=listed)).do(ENROL)


def test_of_several_next_phases_one_must_be_named() -> None:
    life = branching(ways=("b", "c"))
    answer = life.ask(c.MovePhase("faw"))
    assert codes(answer) == ["several-next"]
    assert str(answer.reasons[0].fix) == "name one of: b, c"  # type: ignore[union-attr]
    assert outcome(life, c.MovePhase("faw", "c")) == (e.PhaseMoved("a", "c", "advance"),)


def test_where_no_way_leads_the_ways_are_named() -> None:
    answer = branching(ways=("b",)).ask(c.MovePhase("faw", "c"))
    assert codes(answer) == ["no-way"]
    assert str(answer.reasons[0].fix) == "name one of: b"  # type: ignore[union-attr]
    assert codes(branching(ways=()).ask(c.MovePhase("faw", "c"))) == ["no-way"]


def test_a_phase_that_the_definition_lost_is_a_dead_end_and_not_a_crash() -> None:
    life = given()
    life.context = Context(definition(phases=PHASES[1:]), opened())
    assert outcome(life, c.MovePhase("faw")) == ["last-phase"]
    assert outcome(life, c.MovePhase("faw", "implementation")) == ["no-way"]


def test_moves_are_kept_with_their_gates_and_days() -> None:
    life = given(SURVEY, By(c.MovePhase("faw"), on=date(2005, 8, 23)))
    (move,) = life.state.moves
    assert (move.from_phase, move.to_phase, move.move) == ("survey", "mobilization", "advance")
    assert (move.occurred_on, move.position, len(move.gates)) == (date(2005, 8, 23), 106, 2)
    assert life.state.phase == "mobilization"
    assert DEFINITION.phases == PHASES


def test_a_missing_reason_says_what_it_is_needed_for() -> None:
    skip = given(SURVEY).ask(c.MovePhase("faw", "implementation"))
    back = given(*MOBILIZED).ask(c.MovePhase("faw", "survey"))
    assert str(skip.reasons[0].message) == "a phase is skipped on the way to implementation"  # type: ignore[union-attr]
    assert str(back.reasons[0].message) == "the move to survey goes back"  # type: ignore[union-attr]
