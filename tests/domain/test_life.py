"""Any legal history folds, and another campaign of six phases runs to its end without a change of code."""

from datetime import date

from domain.scenario import (
    ENROL,
    FIXED,
    OFFICER,
    OTHER,
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
    meeting,
    opened,
    target,
)
from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st

from campaign.domain import commands as c
from campaign.domain import entity
from campaign.domain import events as e
from campaign.domain.definition import Check, Gate, Group, Indicator, Obligation, Phase, Policy, Scope
from campaign.domain.phases import graph
from campaign.domain.state import Context, EntityState
from campaign.problems import Refused

# --- every event that decide can produce, in any legal order ------------------------------------------------------

ids = st.sampled_from(["one", "two"])
words = st.sampled_from(["", "因为"])
persons = st.sampled_from(["ann", "bob"])
figures = st.lists(st.builds(figure, st.sampled_from(["1", "2"]), st.sampled_from(["profit", "growth"])), max_size=2)
lines = st.builds(target, st.sampled_from(["1", "2"]), st.sampled_from(["profit", "growth"]))
names = st.sampled_from(["profit", "growth"])
days = st.sampled_from([date(2005, 8, 20), TODAY])
periods = st.sampled_from(["2005-W35", "2005-W36"])
FAW = st.just("faw")

COMMANDS: list[st.SearchStrategy[c.EntityCommand]] = [
    st.just(ENROL),
    st.builds(c.AppointOfficer, FAW, st.sampled_from(["liaison", "accountable_officer"]), persons, st.just("p"), words),
    st.builds(c.EstablishTaskForce, FAW, words, st.lists(persons, max_size=1).map(tuple)),
    st.builds(
        c.RecordSurvey, FAW, st.just(("a",)), figures.map(tuple), st.just(("growth",)), st.just(("t",)), st.just(("m",))
    ),
    st.builds(c.ProposeTarget, FAW, lines, st.just("r")),
    st.builds(c.ReviewTarget, FAW, names, st.booleans(), st.just("o")),
    st.builds(c.FixTarget, FAW, names),
    st.builds(c.ReviseTarget, FAW, lines, st.just("r")),
    st.builds(c.IssueTaskStatement, FAW, ids),
    st.builds(c.ReceiveTaskStatement, FAW, ids, days),
    st.builds(c.IssueResponsibilityLetter, FAW, ids.map(str.upper)),
    st.builds(c.SignResponsibilityLetter, FAW, ids.map(str.upper), persons, st.just("省政府"), persons, days),
    st.builds(c.AmendResponsibilityLetter, FAW, st.sampled_from(["TWO", "THREE"]), ids.map(str.upper), st.just("r")),
    st.builds(c.MovePhase, FAW, st.sampled_from(["", "survey", "mobilization", "implementation"]), words),
    st.builds(c.WaiveGate, FAW, st.just("officer"), words),
    st.builds(c.SubmitReport, FAW, ids, st.just("weekly"), periods, figures.map(tuple)),
    st.builds(c.CorrectReport, FAW, ids, figures.map(tuple), st.just("r")),
    st.builds(c.VerifyReport, FAW, ids),
    st.builds(c.ReturnReport, FAW, ids, st.just("r")),
    st.builds(c.ExtendPeriod, FAW, st.just("weekly"), periods, st.just(date(2005, 9, 20)), st.just("r")),
    st.builds(c.WaivePeriod, FAW, st.just("weekly"), periods, st.just("r")),
    st.builds(c.SignOffPeriod, FAW, st.just("weekly"), periods),
    st.builds(c.ReopenPeriod, FAW, st.just("weekly"), periods, st.just("r")),
    st.builds(
        c.RecordCheck,
        *(FAW, ids, st.just("visit"), st.sampled_from(["2005-08-H1", "2005-09-H1"])),
        *(st.just("deficient"), st.just("n"), st.just(()), st.just(date(2005, 10, 9))),
    ),
    st.builds(c.FollowUpCheck, FAW, ids, st.just("sound"), st.just("n")),
    st.builds(c.OpenEntry, FAW, st.just("issue"), ids, st.just("t"), words),
    st.builds(c.AssignEntry, FAW, st.just("issue"), ids, persons),
    st.builds(c.CompleteEntry, FAW, st.just("issue"), ids, words),
    st.builds(c.ReopenEntry, FAW, st.just("issue"), ids, words),
    st.builds(c.RaiseFinding, FAW, ids, st.sampled_from(["omission", "falsification"]), st.just("s")),
    st.builds(c.ExplainFinding, FAW, ids, st.just("e")),
    st.builds(c.ResolveFinding, FAW, ids, st.sampled_from(["cleared", "confirmed"]), st.just("r")),
    st.builds(c.ChangeOperatingStatus, FAW, st.sampled_from(["running", "suspended"]), st.just("r")),
    st.builds(c.RestartOperation, FAW, st.just("出口")),
]
LAST = [
    st.builds(c.ChangeOperatingStatus, FAW, st.just("closed"), st.just("r")),
    st.builds(c.ExitStatistics, FAW, days, st.just("shell_enterprise"), st.just("r")),
]
steps = st.builds(By, st.one_of(COMMANDS), persons, days)
endings = st.builds(By, st.one_of(LAST), persons, days)


def test_no_command_is_forgotten_here() -> None:
    assert len(COMMANDS) + 1 == len(entity._HANDLERS)


starts = st.sampled_from([(), FIXED, (*FIXED, c.IssueTaskStatement("faw", "one")), (SURVEY, REPORT)])


@settings(max_examples=100, deadline=None)
@forall(starts, st.lists(steps, min_size=20, max_size=60), st.lists(endings, max_size=2), st.lists(steps, max_size=10))
def test_whatever_is_decided_can_be_folded(
    start: tuple[Step, ...], early: list[By], ends: list[By], late: list[By]
) -> None:
    life = Life().do(ENROL, *start)
    for step in (*early, *ends, *late):
        before = life.state
        answer = life.ask(step)
        assert life.state is before
        if not isinstance(answer, Refused):
            life.record(*answer, actor=step.actor, on=step.on)
            _told_again_changes_nothing(life, step)
    assert life.state == _folded(life)


def _told_again_changes_nothing(life: Life, step: By) -> None:
    """The same command once more is refused, but for a further explanation and a further step forward."""
    if not isinstance(step.command, c.ExplainFinding | c.MovePhase):
        assert isinstance(life.ask(step), Refused), step


def _folded(life: Life) -> EntityState:
    state = entity.INITIAL
    for number, record in enumerate(life.records, start=1):
        state = entity.evolve(state, record)
        assert state.version == number
    return state


# --- another campaign --------------------------------------------------------------------------------------------


def phase(name: str, first: int, *gates: Gate, **changes: object) -> Phase:
    return Phase(id=name, label=name, from_=date(2005, first, 1), to=date(2005, first, 28), gates=gates, **changes)


SAFETY = definition(
    phases=(
        phase("draft", 1, Gate(id="surveyed", check=Check.SURVEY_RECORDED)),
        phase("hearing", 2, Gate(id="heard", check=Check.MEETING_HELD, meeting="hearing"), skippable=True),
        phase("pledge", 3, Gate(id="pledged", check=Check.RESPONSIBILITY_LETTER_SIGNED, groups=("mine",))),
        phase(
            "trial",
            4,
            Gate(id="logs", check=Check.OBLIGATIONS_MET, policy=Policy.WAIVE_WITH_REASON),
            Gate(id="day", check=Check.DATE_REACHED),
            next=("rollout", "closing"),
        ),
        phase("rollout", 5, Gate(id="clean", check=Check.FINDINGS_RESOLVED), back_to=("trial",)),
        phase("closing", 6),
    ),
    groups=(Group(id="mine", label="矿山", kind="mine"),),
    obligations=(
        Obligation(
            id="log", label="日志", cadence="monthly", from_=date(2005, 3, 1), to=date(2005, 3, 31), groups=("mine",)
        ),
    ),
    indicators=(Indicator(id="accidents", label="事故", unit="起"),),
    scopes=(Scope(id="site", label="现场"),),
    targets=(),
)
ACCIDENTS = target("3", "growth", target="accidents", indicator="accidents", unit="起", scope="site", operator="<=")


def on(month: int, command: c.EntityCommand, actor: str = "clerk") -> By:
    return By(command, actor, date(2005, month, 2))


def _shut(life: Life, month: int, command: c.EntityCommand) -> list[str]:
    """Return the gates that hold the move."""
    answer = life.ask(on(month, command))
    assert isinstance(answer, Refused)
    return [reason.rule for reason in answer.reasons]


def test_another_campaign_of_six_phases_and_other_gates_runs_to_its_end() -> None:
    life = Life(SAFETY, opened(meetings={"hearing": meeting("hearing", None)}))
    move = c.MovePhase("pit-1")
    life.do(on(1, c.EnrolEntity("pit-1", "mine", "一号矿", ("mine",))))
    assert _shut(life, 1, move) == ["surveyed"]
    life.do(on(1, c.RecordSurvey("pit-1", ("安监局",))), on(1, move))
    assert _shut(life, 2, move) == ["heard"]
    life.context = Context(SAFETY, opened(meetings={"hearing": meeting("hearing", date(2005, 2, 1))}))
    life.do(on(2, move))
    assert _shut(life, 3, move) == ["pledged"]
    life.do(*fixing(ACCIDENTS, "pit-1"), on(3, c.IssueResponsibilityLetter("pit-1", "pledge-1")))
    life.do(on(3, c.SignResponsibilityLetter("pit-1", "pledge-1", "director", "安监局", "head", date(2005, 3, 2))))
    life.do(on(3, move))
    assert _shut(life, 4, c.MovePhase("pit-1", "rollout")) == ["logs", "day"]
    life.do(on(5, c.WaiveGate("pit-1", "logs", "停电")), on(5, c.MovePhase("pit-1", "rollout")))
    life.do(on(5, c.MovePhase("pit-1", "trial", "复查")), on(5, c.MovePhase("pit-1", "rollout")))
    life.do(on(5, c.RaiseFinding("pit-1", "f-1", "omission", "瞒报")))
    assert _shut(life, 6, move) == ["clean"]
    life.do(on(6, c.ResolveFinding("pit-1", "f-1", "confirmed", "属实"), OTHER), on(6, move))
    assert life.state.phase == "closing"
    assert [entry.move for entry in life.state.moves] == ["advance"] * 4 + ["back"] + ["advance"] * 2
    assert codes(life.ask(on(6, move))) == ["last-phase"]


def test_there_a_phase_may_be_skipped_and_the_last_one_reached_early() -> None:
    life = Life(SAFETY).do(on(1, c.EnrolEntity("shop", "shop", "商店")), on(1, c.RecordSurvey("shop", ("安监局",))))
    life.do(on(3, c.MovePhase("shop", "pledge", "无需听证")), on(3, c.MovePhase("shop")))
    life.do(on(6, c.MovePhase("shop", "closing")))
    assert [entry.move for entry in life.state.moves] == ["skip", "advance", "advance"]
    assert life.state.phase == graph(SAFETY).order[-1]


def test_one_full_life_brings_about_every_event_of_the_stream() -> None:
    statement, letter = c.IssueTaskStatement("faw", "s"), c.IssueResponsibilityLetter("faw", "l")
    life = Life().do(
        ENROL,
        SURVEY,
        *FIXED,
        c.ReviseTarget("faw", target("12"), "重组"),
        *(statement, c.ReceiveTaskStatement("faw", "s", TODAY)),
        *(letter, c.SignResponsibilityLetter("faw", "l", "vice-governor", "省政府", "p-1", TODAY)),
        *(c.MovePhase("faw"), c.WaiveGate("faw", "officer", "空缺")),
        *(OFFICER, c.AppointOfficer("faw", "accountable_officer", "p-2", "董事长", "退休")),
        c.EstablishTaskForce("faw", "办公室"),
        *(REPORT, By(c.VerifyReport("faw", "r-1")), c.ReturnReport("faw", "r-1", "口径不符")),
        c.CorrectReport("faw", "r-1", (figure("13"),), "漏报"),
        By(c.VerifyReport("faw", "r-1"), "third"),
        *(c.SignOffPeriod("faw", "weekly", "2005-W36"), c.ReopenPeriod("faw", "weekly", "2005-W36", "漏报")),
        c.ExtendPeriod("faw", "weekly", "2005-W37", date(2005, 10, 1), "洪水"),
        c.WaivePeriod("faw", "weekly", "2005-W38", "停产"),
        c.RecordCheck("faw", "k", "visit", "2005-09-H1", "deficient", "缺页", follow_up_on=date(2005, 10, 9)),
        c.FollowUpCheck("faw", "k", "sound", "补齐"),
        *(c.OpenEntry("faw", "issue", "i", "缺煤"), c.AssignEntry("faw", "issue", "i", "经委")),
        *(c.CompleteEntry("faw", "issue", "i", "已调运"), c.ReopenEntry("faw", "issue", "i", "又缺煤")),
        *(c.RaiseFinding("faw", "f", "omission", "漏报"), c.ExplainFinding("faw", "f", "说明")),
        By(c.ResolveFinding("faw", "f", "cleared", "属实")),
        *(c.ChangeOperatingStatus("faw", "suspended", "无订单"), c.RestartOperation("faw", "出口")),
        c.ExitStatistics("faw", TODAY, "shell_enterprise", "壳企业"),
    )
    life.record(e.DefinitionBound("0" * 64), e.ObligationRescheduled("weekly", ()))  # by an adoption: test_binding.py
    assert {type(record.event) for record in life.records} == set(entity._FOLDS)
    assert life.state == _folded(life)
