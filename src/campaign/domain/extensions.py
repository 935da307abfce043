"""Exceptions to a period of an obligation: answered later, not at all, or settled and locked (R-37, R-47)."""

from collections.abc import Iterator

from msgspec.structs import replace

from campaign.domain import schedule
from campaign.domain.commands import ExtendPeriod, ReopenPeriod, SignOffPeriod, WaivePeriod
from campaign.domain.events import PeriodExtended, PeriodReopened, PeriodSignedOff, PeriodWaived, Recorded
from campaign.domain.findings import OPEN
from campaign.domain.governing import recalled
from campaign.domain.schedule import Owed
from campaign.domain.situation import Decision, Situation, blanks, nothing_changes, persons, problem, settle, unknown
from campaign.domain.state import Allowance, EntityState, ReportLine, SignOff
from campaign.problems import Problem, Refused, T


def key(obligation: str, period: str) -> str:
    """Return the key under which what is decided of a period is kept."""
    return f"{obligation}/{period}"


def locked(state: EntityState, obligation: str, period: str) -> Iterator[Problem]:
    """Object to a change of what was signed off."""
    if key(obligation, period) in state.signed_off:
        message = T("{obligation} {period} is signed off", obligation=obligation, period=period)
        yield problem("period-signed-off", message, T("have it reopened with `campaign report reopen`"), field="period")


def extend(command: ExtendPeriod, at: Situation) -> Decision:
    """Let a period be answered later than it is due."""
    owed = _owed(at, command.obligation, command.period)
    if isinstance(owed, Refused):
        return owed
    name = key(command.obligation, command.period)
    approver = command.approver or at.asked.actor
    problems = [
        *blanks(reason=command.reason),
        *_decided(approver, at),
        *locked(at.state, command.obligation, command.period),
    ]
    last = schedule.last_on(owed, at.definition)
    if command.until <= last:
        message = T("{period} may be answered until {day} as it is", period=command.period, day=last)
        problems.append(problem("not-later", message, T("name a later day"), field="until"))
    if name in at.state.waivers:
        message = T("{obligation} {period} is waived", obligation=command.obligation, period=command.period)
        problems.append(problem("period-waived", message, T("it need not be answered"), field="period"))
    event = PeriodExtended(command.obligation, command.period, command.until, command.reason, approver)
    return settle(problems, event)


def waive(command: WaivePeriod, at: Situation) -> Decision:
    """Let a period go unanswered."""
    owed = _owed(at, command.obligation, command.period)
    if isinstance(owed, Refused):
        return owed
    name = key(command.obligation, command.period)
    if name in at.state.waivers:
        return nothing_changes(T("{obligation} {period} is waived", obligation=owed.obligation, period=owed.period))
    approver = command.approver or at.asked.actor
    problems = [
        *blanks(reason=command.reason),
        *_decided(approver, at),
        *locked(at.state, command.obligation, command.period),
    ]
    return settle(problems, PeriodWaived(command.obligation, command.period, command.reason, approver))


def _decided(approver: str, at: Situation) -> Iterator[Problem]:
    """Object to an approver who is nobody here: holds no role, no duty of the entity, and has no account."""
    current = recalled(at.campaign.definition) if at.campaign.definition else at.definition
    known = {at.asked.actor, *(duty.person for duty in at.state.duties.values())}
    known |= {line.person for line in current.assignments} | {line.person for line in current.accounts}
    unreadable = persons(approver=approver)
    if not unreadable and approver not in known:
        message = T("{name} holds no role and no duty here", name=approver)
        fix = T("name somebody of roles.yaml or the entity's officer; leave it out if it was your own decision")
        yield problem("unknown-person", message, fix, field="approver")
    yield from unreadable


def sign_off(command: SignOffPeriod, at: Situation) -> Decision:
    """Settle a period once it is answered and verified, or waived; its figures are locked."""
    owed = _owed(at, command.obligation, command.period)
    if isinstance(owed, Refused):
        return owed
    if key(command.obligation, command.period) in at.state.signed_off:
        return nothing_changes(T("{obligation} {period} is signed off", obligation=owed.obligation, period=owed.period))
    report = answer(at.state, command.obligation, command.period)
    problems = [*_answered(command, at, report), *_in_question(at.state, report)]
    event = PeriodSignedOff(command.obligation, command.period, report.report if report else "")
    return settle(problems, event)


def reopen(command: ReopenPeriod, at: Situation) -> Decision:
    """Unlock a period that was signed off, with a reason."""
    if key(command.obligation, command.period) not in at.state.signed_off:
        message = T("{obligation} {period} is not signed off", obligation=command.obligation, period=command.period)
        return Refused((problem("not-signed-off", message, T("it can be corrected as it is"), field="period"),))
    return settle(blanks(reason=command.reason), PeriodReopened(command.obligation, command.period, command.reason))


def answer(state: EntityState, obligation: str, period: str) -> ReportLine | None:
    """Return the report of a period, if any."""
    for line in state.reports.values():
        if (line.obligation, line.period) == (obligation, period):
            return line
    return None


def _owed(at: Situation, obligation: str, period: str) -> Owed | Refused:
    owed = schedule.owed_by(at.state, at.definition)
    duties = list(dict.fromkeys(entry.obligation for entry in owed))
    if obligation not in duties:
        return Refused((unknown("unknown-obligation", "obligation", obligation, duties),))
    periods = {entry.period: entry for entry in owed if entry.obligation == obligation}
    if period not in periods:
        return Refused((unknown("unknown-period", "period", period, periods),))
    return periods[period]


def _answered(command: SignOffPeriod, at: Situation, report: ReportLine | None) -> Iterator[Problem]:
    if report is None or report.status == "returned":
        if key(command.obligation, command.period) not in at.state.waivers:
            message = T("{obligation} {period} is not answered", obligation=command.obligation, period=command.period)
            yield problem("period-open", message, T("wait for the report, or waive the period"), field="period")
    elif report.status != "verified" and at.definition.four_eyes.report_verification:
        message = T("report {report} is not verified", report=report.report)
        yield problem("not-verified", message, T("have it verified with `campaign report verify`"), field="period")


def _in_question(state: EntityState, report: ReportLine | None) -> Iterator[Problem]:
    for line in state.findings.values():
        if report is not None and line.report == report.report and line.status in OPEN:
            message = T("finding {finding} about {report} is open", finding=line.finding, report=report.report)
            yield problem("finding-open", message, T("have it resolved first"), field="period")


# --- folds -------------------------------------------------------------------------------------------------------


def extended(state: EntityState, record: Recorded, event: PeriodExtended) -> EntityState:
    """Fold an extension; a later one takes its place."""
    line = Allowance(event.reason, event.approver, record.position, event.until)
    extensions = {**state.extensions, key(event.obligation, event.period): line}
    return replace(state, version=record.version, extensions=extensions)


def waived(state: EntityState, record: Recorded, event: PeriodWaived) -> EntityState:
    """Fold a waiver."""
    line = Allowance(event.reason, event.approver, record.position)
    return replace(state, version=record.version, waivers={**state.waivers, key(event.obligation, event.period): line})


def signed_off(state: EntityState, record: Recorded, event: PeriodSignedOff) -> EntityState:
    """Fold a sign-off."""
    line = SignOff(record.actor, event.report, record.position)
    return replace(
        state, version=record.version, signed_off={**state.signed_off, key(event.obligation, event.period): line}
    )


def reopened(state: EntityState, record: Recorded, event: PeriodReopened) -> EntityState:
    """Fold a reopening."""
    name = key(event.obligation, event.period)
    kept = {period: line for period, line in state.signed_off.items() if period != name}
    return replace(state, version=record.version, signed_off=kept)
