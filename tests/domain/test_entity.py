"""The entity stream as a whole: enrolment, who answers for it, operation, exit, and what closes it."""

from datetime import date
from decimal import Decimal

import pytest
from domain.scenario import (
    DEFINITION,
    ENROL,
    OFFICER,
    OTHER,
    REPORT,
    SURVEY,
    TODAY,
    By,
    Life,
    codes,
    figure,
    given,
    opened,
    outcome,
    recorded,
    target,
)

from campaign.domain import commands as c
from campaign.domain import entity
from campaign.domain import events as e
from campaign.domain.state import Context, Duty, Exit
from campaign.problems import Refused

CLOSED = c.ChangeOperatingStatus("faw", "closed", "破产")
STOPPED = c.ChangeOperatingStatus("faw", "suspended", "无订单")
EXIT = c.ExitStatistics("faw", date(2005, 9, 20), "shell_enterprise", "壳企业")
RESTART = c.RestartOperation("faw", "出口", ("长春市",))


def test_every_entity_event_of_the_registry_has_a_fold() -> None:
    first, last = "entity_enrolled.v1", "statistical_exit_recorded.v1"
    names = list(e.TOPICS)
    assert set(entity._FOLDS) == {e.TOPICS[name] for name in names[names.index(first) : names.index(last) + 1]}


def test_every_entity_command_of_the_registry_has_a_function() -> None:
    assert set(entity._HANDLERS) == {kind for kind in c.COMMANDS.values() if issubclass(kind, c.EntityCommand)}


def test_an_event_of_another_stream_is_a_bug_and_says_so() -> None:
    with pytest.raises(KeyError):
        entity.evolve(entity.INITIAL, recorded(e.CampaignClosed("over"), 1))


def test_enrolment_begins_in_the_first_phase_with_everything_it_was_told() -> None:
    command = c.EnrolEntity(
        "vw",
        "enterprise",
        "一汽大众",
        ("key", "increment"),
        parent="faw",
        prefecture="220100",
        ownership="joint",
        supervision="central",
        sector="automobile",
        tags=("priority",),
        named_in_source=False,
        voluntary=True,
        has_conditions=True,
    )
    state = Life().do(command).state
    assert (state.version, state.phase, state.operating_status) == (1, "survey", "running")
    told = {name: getattr(command, name) for name in command.__struct_fields__ if name != "title"}
    assert {name: getattr(state, name) for name in told} == told
    assert state.name == "一汽大众"


@pytest.mark.parametrize(
    ("command", "refused"),
    [
        (c.EnrolEntity("faw", "enterprise", "一汽", ("nobody",)), ["unknown-group"]),
        (c.EnrolEntity("faw", "enterprise", "一汽", ("prefecture",)), ["kind-mismatch"]),
        (c.EnrolEntity("faw", "enterprise", "一汽", ("key", "key")), ["listed-twice"]),
        (c.EnrolEntity("faw", "enterprise", "一汽", ("key", " ")), ["text-missing", "unknown-group"]),
        (c.EnrolEntity("一汽", "enterprise", "一汽", ("key",)), ["not-an-identifier"]),
        (c.EnrolEntity("faw", "enterprise", "一汽", ("key",), parent="faw"), ["own-parent"]),
        (c.EnrolEntity("faw", "", " ", ("others",), tags=("a", "a")), ["text-missing", "text-missing", "listed-twice"]),
        (
            c.EnrolEntity("A", "x", "", ("key", "what")),
            ["text-missing", "not-an-identifier", "kind-mismatch", "unknown-group"],
        ),
    ],
)
def test_enrolment_names_everything_that_is_wrong_at_once(command: c.EnrolEntity, refused: list[str]) -> None:
    assert outcome(Life(), command) == refused


def test_a_group_without_a_kind_takes_any_and_an_entity_may_have_no_group() -> None:
    for groups in (("others",), ()):
        assert Life().do(c.EnrolEntity("sasac", "department", "国资委", groups)).state.groups == groups


def test_nobody_enrols_twice() -> None:
    assert outcome(given(), ENROL) == ["already-enrolled"]


@pytest.mark.parametrize("name", [name for name, kind in c.COMMANDS.items() if kind in entity._HANDLERS])
def test_before_enrolment_every_other_command_is_refused(name: str) -> None:
    command = _any(c.COMMANDS[name])
    if command == ENROL:
        return
    assert outcome(Life(), command) == ["not-enrolled"]


@pytest.mark.parametrize("name", [name for name, kind in c.COMMANDS.items() if kind in entity._HANDLERS])
def test_a_closed_campaign_refuses_everything(name: str) -> None:
    life = given(campaign=opened())
    life.context = Context(DEFINITION, opened(closed=True))
    assert outcome(life, _any(c.COMMANDS[name])) == ["campaign-closed"]


def test_without_a_definition_nothing_can_be_decided() -> None:
    life = given()
    life.context = Context(None, opened())
    assert outcome(life, SURVEY) == ["no-definition"]


def test_a_campaign_that_was_never_opened_refuses_and_so_does_a_fact_of_tomorrow() -> None:
    life = given()
    life.context = Context(DEFINITION, opened(version=0))
    tomorrow = c.Asked("clerk", "", date(2005, 10, 1), TODAY)
    answer = entity.decide(SURVEY, life.state, life.context, tomorrow)
    assert codes(answer) == ["campaign-not-open", "not-yet-true"]


@pytest.mark.parametrize(("end", "code"), [(CLOSED, "entity-closed"), (EXIT, "entity-exited")])
@pytest.mark.parametrize("kind", [kind for kind in entity._HANDLERS if kind is not c.EnrolEntity])
def test_after_closing_or_exit_only_the_past_may_still_be_put_right(
    kind: type[c.EntityCommand], end: c.EntityCommand, code: str
) -> None:
    life = given(REPORT, c.RaiseFinding("faw", "f-1", "omission", "漏报"), end)
    answer = life.ask(_any(kind))
    barred = isinstance(answer, Refused) and code in codes(answer)
    still = {
        *(c.CorrectReport, c.VerifyReport, c.ReturnReport, c.SignOffPeriod, c.ReopenPeriod),
        *(c.FollowUpCheck, c.CompleteEntry),
        *(c.RaiseFinding, c.ExplainFinding, c.ResolveFinding),
        c.ExitStatistics if end is CLOSED else c.ChangeOperatingStatus,
    }
    assert barred == (kind not in still)


def _any(kind: type[c.Command]) -> c.EntityCommand:
    """Return some command of KIND; what it says does not matter here."""
    examples: list[c.EntityCommand] = [
        ENROL,
        OFFICER,
        SURVEY,
        REPORT,
        STOPPED,
        RESTART,
        EXIT,
        c.EstablishTaskForce("faw", "办公室"),
        c.ProposeTarget("faw", target(), "as before"),
        c.ReviewTarget("faw", "growth", True, ""),
        c.FixTarget("faw", "growth"),
        c.ReviseTarget("faw", target("16"), "重组"),
        c.IssueTaskStatement("faw", "s-1"),
        c.ReceiveTaskStatement("faw", "s-1", TODAY),
        c.IssueResponsibilityLetter("faw", "l-1"),
        c.SignResponsibilityLetter("faw", "l-1", "p-1", "省政府", "p-2", TODAY),
        c.AmendResponsibilityLetter("faw", "l-2", "l-1", "目标调整"),
        c.MovePhase("faw"),
        c.WaiveGate("faw", "officer", "空缺"),
        c.CorrectReport("faw", "r-1", (figure("13"),), "漏报"),
        c.VerifyReport("faw", "r-1"),
        c.ReturnReport("faw", "r-1", "口径不符"),
        c.ExtendPeriod("faw", "weekly", "2005-W37", date(2005, 10, 1), "洪水"),
        c.WaivePeriod("faw", "weekly", "2005-W37", "停产"),
        c.SignOffPeriod("faw", "weekly", "2005-W36"),
        c.ReopenPeriod("faw", "weekly", "2005-W36", "漏报"),
        c.RecordCheck("faw", "k-1", "visit", "2005-09-H1", "sound", "属实"),
        c.FollowUpCheck("faw", "k-1", "sound", "属实"),
        c.OpenEntry("faw", "issue", "i-1", "缺煤"),
        c.AssignEntry("faw", "issue", "i-1", "经委"),
        c.CompleteEntry("faw", "issue", "i-1", "已调运"),
        c.ReopenEntry("faw", "issue", "i-1", "又缺煤"),
        c.RaiseFinding("faw", "f-2", "omission", "漏报"),
        c.ExplainFinding("faw", "f-1", "说明"),
        c.ResolveFinding("faw", "f-1", "cleared", "属实"),
    ]
    return next(example for example in examples if type(example) is kind)


# --- officers ----------------------------------------------------------------------------------------------------

HAND_OVER = c.AppointOfficer("faw", "accountable_officer", "p-2", "董事长", "退休")


def test_one_accountable_officer_at_a_time_and_the_hand_over_says_from_whom() -> None:
    life = given(OFFICER)
    assert life.state.duties == {"accountable_officer": Duty("p-1", "厂长", 102)}
    assert outcome(life, HAND_OVER) == (e.OfficerHandedOver("accountable_officer", "p-1", "p-2", "董事长", "退休"),)
    assert life.do(HAND_OVER).state.duties == {"accountable_officer": Duty("p-2", "董事长", 103)}


def test_a_liaison_stands_beside_the_accountable_officer() -> None:
    life = given(OFFICER, c.AppointOfficer("faw", "liaison", "p-3", "科员"))
    assert {duty: line.person for duty, line in life.state.duties.items()} == {
        "accountable_officer": "p-1",
        "liaison": "p-3",
    }


@pytest.mark.parametrize(
    ("command", "refused"),
    [
        (OFFICER, ["nothing-changes"]),
        (c.AppointOfficer("faw", "accountable_officer", "p-2", "董事长", " "), ["reason-needed"]),
        (c.AppointOfficer("faw", "accountable_officer", "p-1", "董事长"), ["reason-needed"]),
        (c.AppointOfficer("faw", "liaison", "张三", ""), ["not-a-person-id", "text-missing"]),
        (c.EstablishTaskForce("faw", "办公室", ("p-1",)), ["nothing-changes"]),
        (c.EstablishTaskForce("faw", "", ("p-1", "李四")), ["text-missing", "not-a-person-id"]),
    ],
)
def test_appointments_are_refused(command: c.EntityCommand, refused: list[str]) -> None:
    assert outcome(given(OFFICER, c.EstablishTaskForce("faw", "办公室", ("p-1",))), command) == refused


def test_a_task_force_may_change_its_members() -> None:
    life = given(c.EstablishTaskForce("faw", "办公室", ("p-1",)), c.EstablishTaskForce("faw", "办公室", ("p-2",)))
    assert (life.state.task_force, life.state.task_force_members) == ("办公室", ("p-2",))


# --- operation ---------------------------------------------------------------------------------------------------

PARTLY = c.ChangeOperatingStatus("faw", "partly_suspended", "限电")
RUNNING = c.ChangeOperatingStatus("faw", "running", "复产")


@pytest.mark.parametrize(
    ("history", "command", "then"),
    [
        ((), STOPPED, (e.OperatingStatusChanged("suspended", "无订单"),)),
        ((STOPPED,), PARTLY, (e.OperatingStatusChanged("partly_suspended", "限电"),)),
        ((STOPPED,), STOPPED, ["nothing-changes"]),
        ((), c.ChangeOperatingStatus("faw", "suspended", ""), ["text-missing"]),
        ((STOPPED,), RUNNING, ["restart-needed"]),
        ((PARTLY,), RUNNING, ["restart-needed"]),
        ((CLOSED,), RUNNING, ["entity-closed"]),
        ((CLOSED,), CLOSED, ["nothing-changes"]),
        ((STOPPED,), RESTART, (e.OperationRestarted("出口", ("长春市",)),)),
        ((PARTLY,), RESTART, (e.OperationRestarted("出口", ("长春市",)),)),
        ((), RESTART, ["not-stopped"]),
        ((CLOSED,), RESTART, ["entity-closed"]),
        ((STOPPED,), c.RestartOperation("faw", "", ("a", "a")), ["text-missing", "listed-twice"]),
        ((), EXIT, (e.StatisticalExitRecorded(date(2005, 9, 20), "shell_enterprise", "壳企业", "clerk"),)),
        ((CLOSED,), EXIT, (e.StatisticalExitRecorded(date(2005, 9, 20), "shell_enterprise", "壳企业", "clerk"),)),
        ((EXIT,), EXIT, ["entity-exited"]),
        ((EXIT,), CLOSED, (e.OperatingStatusChanged("closed", "破产"),)),
        ((EXIT,), REPORT, ["entity-exited"]),
        ((EXIT,), c.MovePhase("faw"), ["entity-exited"]),
        ((), c.ExitStatistics("faw", date(2005, 9, 20), "", " "), ["text-missing", "text-missing"]),
    ],
)
def test_operation_and_exit(
    history: tuple[c.EntityCommand, ...], command: c.EntityCommand, then: list[str] | tuple[e.Event, ...]
) -> None:
    assert outcome(given(*history), command) == then


def test_a_restart_runs_again_from_its_day() -> None:
    life = given(STOPPED, By(RESTART, OTHER, date(2005, 9, 10)))
    assert (life.state.operating_status, life.state.restarted_on) == ("running", date(2005, 9, 10))


def test_an_exit_keeps_the_history() -> None:
    life = given(SURVEY, EXIT)
    assert life.state.exit == Exit(date(2005, 9, 20), "shell_enterprise", "壳企业", 106)
    assert life.state.baseline[0].value == Decimal(100)
