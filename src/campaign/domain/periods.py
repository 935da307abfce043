"""Periods as they begin and end, recorded once each: what `tick` writes, and no standing depends on (R-37)."""

from collections.abc import Iterator

import msgspec

from campaign.domain import schedule
from campaign.domain.commands import Asked, ClosePeriod, OpenPeriod
from campaign.domain.definition import Definition
from campaign.domain.events import PeriodClosed, PeriodOpened, Recorded
from campaign.domain.schedule import Owed
from campaign.domain.situation import Decision, nothing_changes, problem, settle, unknown
from campaign.domain.state import CampaignState, Context
from campaign.problems import Problem, Refused, T, refuse


def key(obligation: str, period: str) -> str:
    """Return the key of a period, which is also that of its rule in a tick."""
    return f"{obligation}/{period}"


def begun(definition: Definition) -> Iterator[Owed]:
    """Yield every period of every obligation of the definition, whoever acts."""
    for obligation in definition.obligations:
        yield from schedule.scheduled(definition, obligation)


def open_period(command: OpenPeriod, state: CampaignState, context: Context, asked: Asked) -> Decision:
    """Record that a period began to run."""
    owed = _owed(command.obligation, command.period, context)
    if isinstance(owed, Refused):
        return owed
    if key(command.obligation, command.period) in state.periods_opened:
        return nothing_changes(T("{obligation} {period} was opened", obligation=owed.obligation, period=owed.period))
    problems = []
    if asked.today < owed.opens_on:
        message = T("{period} begins on {day}", period=owed.period, day=owed.opens_on)
        problems.append(problem("period-not-begun", message, T("wait for that day"), field="period"))
    return settle(problems, PeriodOpened(command.obligation, command.period, owed.due_on))


def close_period(command: ClosePeriod, state: CampaignState, context: Context, asked: Asked) -> Decision:
    """Record how a period stood once the last day that counts has passed."""
    owed = _owed(command.obligation, command.period, context)
    if isinstance(owed, Refused):
        return owed
    if key(command.obligation, command.period) in state.periods_closed:
        return nothing_changes(T("{obligation} {period} was closed", obligation=owed.obligation, period=owed.period))
    assert context.definition is not None  # noqa: S101 -- _owed refuses without one
    last = schedule.last_on(owed, context.definition)
    event = PeriodClosed(
        command.obligation,
        command.period,
        last,
        command.log_position,
        command.on_time,
        command.waived,
        command.extended,
        command.late,
        command.missing,
    )
    return settle(_over(owed, asked, last.isoformat(), over=asked.today > last), event)


def _over(owed: Owed, asked: Asked, last: str, *, over: bool) -> Iterator[Problem]:
    if not over:
        message = T("{period} counts until {day}, and it is {today}", period=owed.period, day=last, today=asked.today)
        yield problem("period-not-over", message, T("close it after that day"), field="period")


def _owed(obligation: str, period: str, context: Context) -> Owed | Refused:
    if context.definition is None:
        message = T("the campaign has no definition")
        return refuse("no-definition", message, T("adopt its folder with `campaign apply`"))
    found = {entry.id: entry for entry in context.definition.obligations}
    if obligation not in found:
        return Refused((unknown("unknown-obligation", "obligation", obligation, found),))
    periods = {owed.period: owed for owed in schedule.scheduled(context.definition, found[obligation])}
    if period not in periods:
        return Refused((unknown("unknown-period", "period", period, periods),))
    return periods[period]


def opened(state: CampaignState, event: PeriodOpened, record: Recorded) -> CampaignState:
    """Fold an opening."""
    name = key(event.obligation, event.period)
    return msgspec.structs.replace(state, periods_opened={**state.periods_opened, name: record.position})


def closed(state: CampaignState, event: PeriodClosed, record: Recorded) -> CampaignState:
    """Fold a closing."""
    name = key(event.obligation, event.period)
    return msgspec.structs.replace(state, periods_closed={**state.periods_closed, name: record.position})
