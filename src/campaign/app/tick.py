"""The tick: periods that the day demands are opened and closed, once each, and what is due is listed.

Every opening and closing is one command whose id is made of its rule and period, so that any number of ticks, at once
or one after the other, by whomever, write each of them once.  Marks do not wait for it: they follow from events and
calendar.
"""

from collections.abc import Callable, Iterator
from datetime import date

import msgspec
from msgspec.structs import replace

from campaign.app.access import whole
from campaign.app.handle import Who, handle, possible
from campaign.app.session import Session, new_id
from campaign.domain import schedule
from campaign.domain.commands import ClosePeriod, Command, OpenPeriod
from campaign.domain.periods import begun, key
from campaign.domain.schedule import Owed
from campaign.readmodels.closing import Closing, closings
from campaign.readmodels.reminders import Reminder, reminders
from campaign.store.log import CommandReused

__all__ = ["Closing", "Reminder", "Ticked", "due_soon", "tick"]


class Step(msgspec.Struct, frozen=True):
    """One period that was opened or closed, and how it stood when it closed."""

    rule: str
    obligation: str
    period: str
    due_on: date
    closing: Closing | None = None
    position: int = 0


class Ticked(msgspec.Struct, frozen=True):
    """What a tick did, and what is due."""

    today: date
    steps: tuple[Step, ...]
    reminders: tuple[Reminder, ...]


def tick(session: Session, who: Who, *, ahead: int = 0, dry_run: bool = False) -> Ticked:
    """Open and close what today demands and list what is due by today, or within AHEAD days.

    Raises Problems when the person may not, before anything is written.
    """
    today = session.today()
    steps = [*_opening(session, today), *_closing(session, today)]
    if steps and not possible(session, steps[0][1], who, dry_run=dry_run):
        steps = []  # the campaign is closed
    own = replace(who, attempt=new_id())
    done = [found for step, command in steps if (found := _carry_out(session, step, command, own, dry_run=dry_run))]
    if not dry_run:
        session.log.tree().seal()
    return Ticked(today, tuple(done), due_soon(session, today, ahead))


def due_soon(session: Session, today: date, ahead: int = 0) -> tuple[Reminder, ...]:
    """Return what is due by TODAY, or within AHEAD days, without writing anything."""
    return reminders(session.entities(), session.context(), today, ahead)


def _opening(session: Session, today: date) -> Iterator[tuple[Step, Command]]:
    for owed in _demanded(session, lambda owed, _: owed.opens_on <= today, session.campaign().periods_opened):
        step = Step("open", owed.obligation, owed.period, owed.due_on)
        yield step, OpenPeriod(owed.obligation, owed.period)


def _closing(session: Session, today: date) -> Iterator[tuple[Step, Command]]:
    position = session.log.head()
    over = _demanded(session, lambda _, last: last < today, session.campaign().periods_closed)
    wanted = frozenset((owed.obligation, owed.period) for owed in over)
    if wanted:
        whole(session.log, session.key)  # what a period closes with is recorded: of everybody, or not at all
    found = closings(session.entities(), session.context(), today, wanted) if wanted else {}
    for owed in over:
        closing = found[owed.obligation, owed.period]
        command = ClosePeriod(owed.obligation, owed.period, position, **msgspec.structs.asdict(closing))
        yield Step("close", owed.obligation, owed.period, owed.due_on, closing), command


def _demanded(session: Session, due: Callable[[Owed, date], bool], done: dict[str, int]) -> list[Owed]:
    definition = session.context().definition
    if definition is None:
        return []
    return [
        owed
        for owed in begun(definition)
        if key(owed.obligation, owed.period) not in done and due(owed, schedule.last_on(owed, definition))
    ]


def _carry_out(session: Session, step: Step, command: Command, who: Who, *, dry_run: bool) -> Step | None:
    """Carry out one step; nothing where another tick did it meanwhile: the outcome keeps whose attempt was written."""
    if dry_run:
        return step
    command_id = f"tick.{step.rule}.{session.key}.{step.obligation}.{step.period}"
    try:
        reply = handle(session, [command], replace(who, command_id=command_id))
    except CommandReused:
        return None
    if reply.refusal is not None or reply.repeated:
        return None
    return replace(step, position=reply.first)
