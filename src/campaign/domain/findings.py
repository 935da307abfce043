"""Findings about figures and duties: raised, explained, resolved (R-46)."""

from msgspec.structs import replace

from campaign.domain.commands import ExplainFinding, RaiseFinding, ResolveFinding
from campaign.domain.events import FindingExplained, FindingRaised, FindingResolved, Recorded
from campaign.domain.figures import indicator_of
from campaign.domain.situation import Decision, Situation, blanks, four_eyes, nothing_changes, problem, settle, unknown
from campaign.domain.state import EntityState, FindingLine
from campaign.problems import Problem, Refused, T

OPEN = frozenset({"raised", "explained"})


def falsified(state: EntityState) -> bool:
    """Whether a falsification was confirmed; the scheme says what follows."""
    return any(line.kind == "falsification" and line.status == "confirmed" for line in state.findings.values())


def raise_(command: RaiseFinding, at: Situation) -> Decision:
    """Put a figure or a duty in question."""
    event = FindingRaised(
        command.finding,
        command.kind,
        command.statement,
        command.report,
        command.indicator,
        command.check,
        command.values,
        command.threshold,
        command.events,
    )
    return settle([*blanks(finding=command.finding, statement=command.statement), *_subject(command, at)], event)


def explain(command: ExplainFinding, at: Situation) -> Decision:
    """Answer a finding; an open one may be answered more than once."""
    line = at.state.findings.get(command.finding)
    if line is None:
        return Refused((_unknown(command.finding, at.state),))
    if line.status not in OPEN:
        return Refused((_closed(line),))
    event = FindingExplained(command.finding, command.explanation)
    return settle(blanks(explanation=command.explanation), event)


def resolve(command: ResolveFinding, at: Situation) -> Decision:
    """Close a finding, by another person than raised it."""
    line = at.state.findings.get(command.finding)
    if line is None:
        return Refused((_unknown(command.finding, at.state),))
    if line.status == command.outcome:
        return nothing_changes(T("finding {finding} was resolved so already", finding=command.finding))
    if line.status not in OPEN:
        return Refused((_closed(line),))
    problems = [*blanks(reason=command.reason), *_one_person(line, at), *_uncorrected(command, line, at.state)]
    return settle(problems, FindingResolved(command.finding, command.outcome, command.reason))


def _subject(command: RaiseFinding, at: Situation) -> list[Problem]:
    problems = []
    if command.finding in at.state.findings:
        message = T("finding {finding} was raised already", finding=command.finding)
        problems.append(problem("finding-exists", message, T("give it an id of its own"), field="finding"))
    if command.report and command.report not in at.state.reports:
        problems.append(unknown("unknown-report", "report", command.report, at.state.reports))
    if command.indicator and indicator_of(at.definition, command.indicator) is None:
        known = (indicator.id for indicator in at.definition.indicators)
        problems.append(unknown("unknown-indicator", "indicator", command.indicator, known))
    return problems


def _one_person(line: FindingLine, at: Situation) -> list[Problem]:
    if line.raised_by != at.asked.actor:
        return []
    message = T("{person} raised finding {finding}", person=line.raised_by, finding=line.finding)
    return [four_eyes("four_eyes.findings", message, T("another person must resolve it"))]


def _uncorrected(command: ResolveFinding, line: FindingLine, state: EntityState) -> list[Problem]:
    report = state.reports.get(line.report)
    if command.outcome != "corrected" or report is None or report.figures_position > line.position:
        return []
    message = T("report {report} was not corrected since the finding", report=line.report)
    return [
        problem("not-corrected", message, T("have the report corrected, or choose another outcome"), field="outcome")
    ]


def _closed(line: FindingLine) -> Problem:
    message = T("finding {finding} is {status}", finding=line.finding, status=line.status)
    return problem("finding-closed", message, T("raise a new finding"), field="finding")


def _unknown(finding: str, state: EntityState) -> Problem:
    return unknown("unknown-finding", "finding", finding, state.findings)


# --- folds -------------------------------------------------------------------------------------------------------


def raised(state: EntityState, record: Recorded, event: FindingRaised) -> EntityState:
    """Fold a finding."""
    line = FindingLine(
        finding=event.finding,
        kind=event.kind,
        statement=event.statement,
        raised_by=record.actor,
        position=record.position,
        report=event.report,
        indicator=event.indicator,
        check=event.check,
        values=event.values,
        threshold=event.threshold,
        events=event.events,
    )
    return replace(state, version=record.version, findings={**state.findings, event.finding: line})


def explained(state: EntityState, record: Recorded, event: FindingExplained) -> EntityState:
    """Fold an answer."""
    line = replace(state.findings[event.finding], status="explained")
    return replace(state, version=record.version, findings={**state.findings, event.finding: line})


def resolved(state: EntityState, record: Recorded, event: FindingResolved) -> EntityState:
    """Fold the end of a finding."""
    line = replace(state.findings[event.finding], status=event.outcome, resolved_position=record.position)
    return replace(state, version=record.version, findings={**state.findings, event.finding: line})
