"""Every field counts: of a command in what is decided, and of a record in what is folded, but for those named here.

One rich life of an entity is told with every optional field filled; then each field of each command and record is given
another value, one at a time, and what comes of it must be another answer, or another state.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import msgspec
from domain.changing import COLUMNS, DAY, changed, difference, filled
from domain.refusals import typed
from domain.scenario import ENROL, FIXED, SURVEY, TODAY, By, Life, Step, definition, figure, target

from campaign.domain import commands as c
from campaign.domain import entity
from campaign.domain import events as e
from campaign.domain.definition import Register
from campaign.domain.events import Recorded
from campaign.domain.state import EntityState

SOURCE = ("周报.xlsx", "ab" * 32, ("B2",))
RULES = definition(registers=(Register(id="issue", label="问题", link="project"),))
LIFE: tuple[Step, ...] = (
    msgspec.structs.replace(
        ENROL,
        groups=("key", "others"),
        parent="sasac",
        prefecture="220100",
        ownership="central",
        supervision="central",
        sector="汽车",
        tags=("63户",),
        has_conditions=True,
    ),
    msgspec.structs.replace(SURVEY, note="两次"),
    *FIXED,
    c.ReviseTarget("faw", target("12"), "重组", "批复3号"),
    c.IssueTaskStatement("faw", "s", TODAY + DAY),
    c.ReceiveTaskStatement("faw", "s", TODAY),
    c.IssueResponsibilityLetter("faw", "l", TODAY + DAY),
    c.SignResponsibilityLetter("faw", "l", "vice-governor", "省政府", "p-1", TODAY),
    c.ReviseTarget("faw", target("11"), "停产", "批复4号"),
    c.AmendResponsibilityLetter("faw", "l-2", "l", "新目标", TODAY + DAY),
    c.MovePhase("faw", "mobilization", "提前"),
    c.WaiveGate("faw", "officer", "空缺"),
    c.AppointOfficer("faw", "accountable_officer", "p-1", "厂长"),
    c.AppointOfficer("faw", "accountable_officer", "p-2", "董事长", "退休"),
    c.EstablishTaskForce("faw", "办公室", ("p-3",)),
    c.MovePhase("faw", "implementation", "就绪"),
    c.SubmitReport("faw", "r-1", "weekly", "2005-W36", (figure("12"),), *SOURCE),
    By(c.VerifyReport("faw", "r-1")),
    c.ReturnReport("faw", "r-1", "口径不符"),
    c.CorrectReport("faw", "r-1", (figure("13"),), "漏报", *SOURCE),
    By(c.VerifyReport("faw", "r-1"), "third"),
    c.SignOffPeriod("faw", "weekly", "2005-W36"),
    c.ReopenPeriod("faw", "weekly", "2005-W36", "漏报"),
    c.ExtendPeriod("faw", "weekly", "2005-W37", date(2005, 10, 1), "洪水", "p-9"),
    c.WaivePeriod("faw", "weekly", "2005-W38", "停产", "p-9"),
    c.RaiseFinding("faw", "f-0", "omission", "缺页"),
    c.RecordCheck("faw", "k", "visit", "2005-09-H1", "deficient", "缺页", ("f-0",), date(2005, 10, 9)),
    c.FollowUpCheck("faw", "k", "deficient", "仍缺", date(2005, 10, 19)),
    c.OpenEntry(
        "faw", "issue", "i", "缺煤", "coal", date(2005, 10, 9), "发改委", "煤矿", TODAY, TODAY + DAY, "p-7", Decimal(3)
    ),
    c.AssignEntry("faw", "issue", "i", "经委", date(2005, 10, 8), "power", "催办"),
    c.CompleteEntry("faw", "issue", "i", "已调运", Decimal(5)),
    c.ReopenEntry("faw", "issue", "i", "又缺煤", date(2005, 10, 20)),
    c.RaiseFinding("faw", "f", "omission", "漏报", "r-1", "profit", "trend", ("12",), "10%", (101,)),
    c.ExplainFinding("faw", "f", "说明"),
    By(c.ResolveFinding("faw", "f", "confirmed", "属实")),
    c.ChangeOperatingStatus("faw", "suspended", "无订单"),
    c.RestartOperation("faw", "出口", ("省经贸厅",)),
    c.ExitStatistics("faw", TODAY, "shell_enterprise", "壳企业"),
)

LOG_ALONE = {
    "EntryAssigned.reason",
    "EntryReopened.reason",
    "FindingExplained.explanation",
    "FindingResolved.reason",
    "OfficerHandedOver.from_person",
    "OfficerHandedOver.reason",
    "OperatingStatusChanged.reason",
    "OperationRestarted.market",
    "OperationRestarted.supporters",
    "PeriodReopened.reason",
    "ReportCorrected.reason",
    "ReportReturned.reason",
    "ResponsibilityLetterIssued.reason",
    "ResponsibilityLetterSigned.countersigner",
    "ResponsibilityLetterSigned.on_behalf_of",
    "ResponsibilityLetterSigned.signer",
    "ResponsibilityLetterSigned.target_set_sha256",
    "StatisticalExitRecorded.approver",
    "TargetProposed.rationale",
    "TargetReviewed.opinion",
    "TargetRevised.document",
    "TargetRevised.reason",
}
"""What no decision and no list looks at: the history tells it from the log."""

KEPT = {
    "EntityEnrolled": "position",
    "SurveyRecorded": "occurred_on position",
    "TargetProposed": "actor position",
    "TargetReviewed": "position",
    "TargetFixed": "position",
    "TargetRevised": "position",
    "TaskStatementIssued": "position",
    "ResponsibilityLetterIssued": "position",
    "PhaseMoved": "occurred_on position",
    "OfficerAppointed": "position",
    "OfficerHandedOver": "position",
    "ReportSubmitted": "actor occurred_on position recorded_at",
    "ReportVerified": "actor occurred_on recorded_at",
    "ReportCorrected": "actor position recorded_at",
    "PeriodSignedOff": "actor position",
    "PeriodExtended": "position",
    "PeriodWaived": "position",
    "FindingRaised": "actor position",
    "CheckRecorded": "actor occurred_on position recorded_at",
    "EntryOpened": "actor occurred_on position",
    "EntryDone": "occurred_on",
    "FindingResolved": "position",
    "OperationRestarted": "occurred_on",
    "StatisticalExitRecorded": "position",
}
"""Which columns of a record its fold keeps."""


def told() -> Iterator[tuple[Life, By]]:
    """Yield the life as it stands before each of its steps, and the step."""
    life = Life(RULES)
    for step in LIFE:
        by = step if isinstance(step, By) else By(step, "clerk")
        yield life, by
        life.do(by)


def folded() -> Iterator[tuple[EntityState, Recorded, EntityState]]:
    """Yield the state before each record of the life, the record, and the state after it."""
    life = Life(RULES).do(*LIFE)
    state = entity.INITIAL
    for record in life.records:
        after = entity.evolve(state, record)
        yield state, record, after
        state = after


def same(state: EntityState, record: Recorded, after: EntityState) -> bool:
    """Whether folding RECORD gives AFTER; what cannot even be folded is told apart, too."""
    try:
        return entity.evolve(state, record) == after
    except KeyError:
        return False


def test_every_field_of_a_command_counts_in_what_is_decided() -> None:
    lost = {
        difference(by.command, other)
        for answer, life, by in ((life.ask(by), life, by) for life, by in told())
        for other in changed(by.command)
        if life.ask(msgspec.structs.replace(by, command=other)) == answer
    }
    assert {name for name in lost if not name.endswith(".entity")} == set()


def test_every_field_of_an_event_counts_in_what_is_folded() -> None:
    lost = {
        difference(record.event, other)
        for state, record, after in folded()
        for other in changed(record.event)
        if same(state, msgspec.structs.replace(record, event=other), after)
    }
    assert lost == LOG_ALONE


def test_every_state_of_the_life_holds_what_its_types_say() -> None:
    for _, _, after in folded():
        typed(after)


def test_every_fold_keeps_the_columns_that_it_is_known_to_keep() -> None:
    found: dict[str, set[str]] = {}
    for state, record, after in folded():
        kept = found.setdefault(type(record.event).__name__, set())
        for name, other in COLUMNS.items():
            changed_record = msgspec.structs.replace(record, **{name: other})
            if not same(state, changed_record, after):
                kept.add(name)
    assert {name: " ".join(sorted(kept)) for name, kept in found.items() if kept} == KEPT


def test_the_life_tells_of_every_command_and_event_with_every_field_filled() -> None:
    kinds = [kind for kind in c.COMMANDS.values() if issubclass(kind, c.EntityCommand)]
    said = {name for step in LIFE for name in filled(step.command if isinstance(step, By) else step)}
    assert {f"{kind.__name__}.{name}" for kind in kinds for name in kind.__struct_fields__} == said


def test_the_life_leaves_a_trace_of_every_event() -> None:
    told = {type(record.event) for _, record, _ in folded()}
    assert told == set(entity._FOLDS) - {e.DefinitionBound, e.ObligationRescheduled}
