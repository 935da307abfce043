"""Operation and statistics: stopping, restarting for a market, leaving the statistics (R-28, R-33)."""

from campaign.domain.commands import ChangeOperatingStatus, ExitStatistics, RestartOperation
from campaign.domain.events import OperatingStatusChanged, OperationRestarted, StatisticalExitRecorded
from campaign.domain.situation import Decision, Situation, blanks, nothing_changes, problem, repeats, settle
from campaign.problems import Problem, Refused, T

STOPPED = frozenset({"partly_suspended", "suspended"})


def change_status(command: ChangeOperatingStatus, at: Situation) -> Decision:
    """Record a stop, a partial stop or a closure; running again needs a restart."""
    status = at.state.operating_status
    if status == command.status:
        return nothing_changes(T("{entity} is {status} already", entity=at.state.entity, status=status))
    problems = blanks(reason=command.reason)
    if status == "closed":
        message = T("{entity} is closed, which is final", entity=at.state.entity)
        problems.append(problem("entity-closed", message, T("enrol what follows it as another entity"), field="status"))
    if command.status == "running" and status in STOPPED:
        message = T("{entity} is {status}: running again is a restart", entity=at.state.entity, status=status)
        problems.append(problem("restart-needed", message, T("record a restart with its market"), field="status"))
    return settle(problems, OperatingStatusChanged(command.status, command.reason))


def restart(command: RestartOperation, at: Situation) -> Decision:
    """Start a stopped enterprise again for a stated market."""
    if at.state.operating_status not in STOPPED:
        message = T("{entity} is {status}", entity=at.state.entity, status=at.state.operating_status)
        return Refused((problem("not-stopped", message, T("record the stop first")),))
    problems: list[Problem] = blanks(market=command.market) + repeats("supporters", command.supporters)
    return settle(problems, OperationRestarted(command.market, command.supporters))


def exit_statistics(command: ExitStatistics, at: Situation) -> Decision:
    """Take the entity out of the statistics, approved by whoever asks; its history stays."""
    if at.state.exit is not None:
        message = T("{entity} left the statistics on {date}", entity=at.state.entity, date=at.state.exit.exit_on)
        return Refused((problem("entity-exited", message, T("an exit is recorded once")),))
    event = StatisticalExitRecorded(command.exit_on, command.kind, command.reason, at.asked.actor)
    return settle(blanks(kind=command.kind, reason=command.reason), event)
