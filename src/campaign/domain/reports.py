"""Reports of figures: submitted, corrected, verified, returned (R-37, R-46, R-47, R-58)."""

from datetime import date
from functools import lru_cache
from typing import TypeAlias

from campaign.domain import extensions, figures, schedule
from campaign.domain.commands import CorrectReport, ReturnReport, SubmitReport, VerifyReport
from campaign.domain.definition import Definition, Obligation, concerns
from campaign.domain.events import Figure, ReportCorrected, ReportReturned, ReportSubmitted, ReportVerified
from campaign.domain.situation import Decision, Situation, blanks, four_eyes, nothing_changes, problem, settle, unknown
from campaign.domain.state import EntityState, ReportLine
from campaign.problems import Problem, Refused, T

Key: TypeAlias = tuple[str, str]
"""Indicator and statistical scope: the same indicator under two scopes is two figures (R-25)."""

Standing: TypeAlias = tuple[Figure, str, str, int]
"""A figure, its period, its report's id, and the position of the event that brought it."""


def submit(command: SubmitReport, at: Situation) -> Decision:
    """Report the figures of one period of an obligation, once, and again after the report was returned."""
    problems = [
        *blanks(report=command.report),
        *_once(command, at.state),
        *extensions.locked(at.state, command.obligation, command.period),
        *_duty(command, at),
        *figures.faults(command.figures, at.definition),
    ]
    event = ReportSubmitted(
        command.report,
        command.obligation,
        command.period,
        command.figures,
        command.source,
        command.source_sha256,
        command.cells,
    )
    return settle(problems, event)


def correct(command: CorrectReport, at: Situation) -> Decision:
    """Supersede figures of a report, with a reason; the earlier ones stay in the log.

    A file that was read is the whole report. Figures that a person names are those that change, and the others stand.
    """
    line = at.state.reports.get(command.report)
    if line is None:
        return Refused((_unknown(command.report, at.state),))
    corrected = command.figures if command.source_sha256 else _with_the_others(command.figures, line.figures)
    if _by_key(corrected) == _by_key(line.figures) and len(corrected) == len(line.figures):
        return nothing_changes(T("report {report} holds these figures already", report=command.report))
    problems = [
        *blanks(reason=command.reason),
        *extensions.locked(at.state, line.obligation, line.period),
        *figures.faults(command.figures, at.definition),
    ]
    obligation = _obligation(line.obligation, at.definition)
    # Its duty may have been abolished, or be of another kind by now.
    reports = line.figures or (obligation is not None and obligation.act == "report")
    problems += _empty(command.figures) if reports else []
    event = ReportCorrected(
        command.report, corrected, command.reason, command.source, command.source_sha256, command.cells
    )
    return settle(problems, event)


def verify(command: VerifyReport, at: Situation) -> Decision:
    """Verify a report, by another person than entered any of its figures."""
    line = at.state.reports.get(command.report)
    if line is None:
        return Refused((_unknown(command.report, at.state),))
    if line.status == "verified":
        return nothing_changes(T("{person} verified report {report}", person=line.verified_by, report=command.report))
    problems = []
    if line.status == "returned":
        message = T("report {report} was returned", report=command.report)
        problems.append(problem("report-returned", message, T("have it corrected first"), field="report"))
    return settle([*problems, *_one_person(line, at)], ReportVerified(command.report))


def send_back(command: ReturnReport, at: Situation) -> Decision:
    """Send a report back to be corrected."""
    line = at.state.reports.get(command.report)
    if line is None:
        return Refused((_unknown(command.report, at.state),))
    if line.status == "returned":
        return nothing_changes(T("report {report} was returned already", report=command.report))
    problems = [*blanks(reason=command.reason), *extensions.locked(at.state, line.obligation, line.period)]
    return settle(problems, ReportReturned(command.report, command.reason))


def current_figures(state: EntityState) -> dict[Key, Standing]:
    """Return the figures that hold now, the latest of each indicator and scope.

    Within an obligation the latest period decides, between obligations the report of the later day.  Figures of a
    returned report do not hold until they are corrected.
    """
    latest: dict[tuple[str, str, str], tuple[ReportLine, Figure]] = {}
    for line in state.reports.values():
        for figure in line.figures if line.status != "returned" else ():
            key = (figure.indicator, figure.scope, line.obligation)
            if key not in latest or latest[key][0].period <= line.period:
                latest[key] = (line, figure)
    newest: dict[Key, tuple[ReportLine, Figure]] = {}
    for (indicator, scope, _), (line, figure) in latest.items():
        rival = newest.get((indicator, scope))
        if rival is None or _day(rival[0]) < _day(line):
            newest[indicator, scope] = (line, figure)
    return {key: (figure, line.period, line.report, line.figures_position) for key, (line, figure) in newest.items()}


def _day(line: ReportLine) -> tuple[date, int]:
    return line.occurred_on, line.position


def _with_the_others(named: tuple[Figure, ...], standing: tuple[Figure, ...]) -> tuple[Figure, ...]:
    """Return the figures NAMED, if any, and behind them those STANDING of which nothing is said."""
    keys = _by_key(named)
    return named and (*named, *(figure for figure in standing if (figure.indicator, figure.scope) not in keys))


def _by_key(listed: tuple[Figure, ...]) -> dict[Key, Figure]:
    return {(figure.indicator, figure.scope): figure for figure in listed}


def _once(command: SubmitReport, state: EntityState) -> list[Problem]:
    problems = []
    earlier = state.reports.get(command.report)
    if earlier is not None and not _again(command, earlier):
        message = T("report {report} was submitted already", report=command.report)
        problems.append(problem("report-exists", message, T("correct it, or give this one another id"), field="report"))
    for line in state.reports.values():
        if (line.obligation, line.period) == (command.obligation, command.period) and line.report != command.report:
            message = T(
                "{obligation} {period} is covered by {report}",
                obligation=line.obligation,
                period=line.period,
                report=line.report,
            )
            problems.append(problem("period-covered", message, T("correct that report"), field="period"))
    return problems


def _again(command: SubmitReport, earlier: ReportLine) -> bool:
    """Whether a returned report is handed in once more, under its own id and for its own period."""
    same = (command.obligation, command.period) == (earlier.obligation, earlier.period)
    return earlier.status == "returned" and same


def _duty(command: SubmitReport, at: Situation) -> list[Problem]:
    obligation = _obligation(command.obligation, at.definition)
    own = [entry.id for entry in at.definition.obligations if entry.act in schedule.OWN_ACTS]
    if obligation is None or obligation.id not in own:
        return [unknown("unknown-obligation", "obligation", command.obligation, own)]
    if not concerns(at.definition, obligation.groups, at.state.groups):
        message = T("{obligation} is not a duty of {entity}", obligation=obligation.id, entity=at.state.entity)
        fix = T("it is for the groups: {groups}", groups=", ".join(obligation.groups))
        return [problem("not-its-duty", message, fix, field="obligation")]
    return [*_period(command, obligation, at), *(_empty(command.figures) if obligation.act == "report" else ())]


def _period(command: SubmitReport, obligation: Obligation, at: Situation) -> list[Problem]:
    periods = _openings(at.definition, obligation)
    opens_on = periods.get(command.period)
    if opens_on is None:
        return [unknown("unknown-period", "period", command.period, periods)]
    if opens_on <= at.asked.today or obligation.act != "report":
        return []
    message = T("{period} begins on {day}", period=command.period, day=opens_on)
    return [problem("period-not-begun", message, T("wait for that day"), field="period")]


@lru_cache(maxsize=256)
def _openings(definition: Definition, obligation: Obligation) -> dict[str, date]:
    return {entry.period: entry.opens_on for entry in schedule.scheduled(definition, obligation)}


def _empty(listed: tuple[Figure, ...]) -> list[Problem]:
    if listed:
        return []
    return [problem("no-figures", T("the report has no figures"), T("report at least one figure"), field="figures")]


def _one_person(line: ReportLine, at: Situation) -> list[Problem]:
    person = at.asked.actor
    if not at.definition.four_eyes.report_verification or person not in {line.entered_by, *line.corrected_by}:
        return []
    message = T("{person} entered figures of report {report}", person=person, report=line.report)
    return [four_eyes("four_eyes.report_verification", message, T("another person must verify it"))]


def _obligation(name: str, definition: Definition) -> Obligation | None:
    return next((entry for entry in definition.obligations if entry.id == name), None)


def _unknown(report: str, state: EntityState) -> Problem:
    return unknown("unknown-report", "report", report, state.reports)
