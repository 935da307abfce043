"""What somebody has to be reminded of on a day: what is missing or due soon, and what has to be looked at again.

One stream in, its reminders out; those of two parts are put together and sorted by day.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TypeAlias

import msgspec

from campaign.domain import schedule
from campaign.domain.bulletins import duties as bulletin_duties
from campaign.domain.bulletins import key, periods
from campaign.domain.definition import Definition, ReminderKind
from campaign.domain.duties import duties
from campaign.domain.governing import governing
from campaign.domain.state import Context, EntityState
from campaign.readmodels.inspections import row
from campaign.readmodels.registers import lacking


class Reminder(msgspec.Struct, frozen=True):
    """One thing that somebody owes: what, about whom, since or until when.

    subject: the obligation, register or kind of letter; item: its period, entry or letter.  days: how long it is
    overdue, or how far ahead it lies, then negative; 0 today.  who: the responsible, else the accountable officer.
    """

    what: ReminderKind
    entity: str
    name: str
    subject: str
    item: str
    due_on: date
    days: int
    who: str = ""


def of_entity(state: EntityState, context: Context, today: date, ahead: int = 0) -> Iterator[Reminder]:
    """Yield what is due of one entity by today, or within AHEAD days."""
    definition = governing(context, state)
    if definition is None:
        return
    for found in (
        *_reports(state, definition, today),
        *_checks(state, definition, today),
        *_entries(state),
        *_letters(state),
    ):
        what, subject, item, due, who = found
        days = (today - due).days
        if days >= -ahead:
            yield Reminder(what, state.entity, state.name, subject, item, due, days, _named(state, who))


Due: TypeAlias = tuple[ReminderKind, str, str, date, str | None]
"""What, subject, item, day and who: "" leaves it to the accountable officer, None is for nobody who could be named."""


def _reports(state: EntityState, definition: Definition, today: date) -> Iterator[Due]:
    for duty in duties(state, definition, today):
        if duty.standing in {"missing", "upcoming"}:
            last = schedule.last_on(duty.owed, definition)
            yield "report", duty.owed.obligation, duty.owed.period, last, _liaison(state)


def _checks(state: EntityState, definition: Definition, today: date) -> Iterator[Due]:
    for obligation in definition.obligations:
        if obligation.act == "check":
            for cell in row(state, definition, obligation.id, today).cells:
                if cell.standing in {"missing", "upcoming"}:
                    yield "check", obligation.id, cell.period, cell.due_on, None
    for line in state.checks.values():
        if line.follow_up_on is not None:
            yield "follow_up", line.obligation, line.check, line.follow_up_on, line.inspector


def _entries(state: EntityState) -> Iterator[Due]:
    for line in state.entries.values():
        if line.status != "done" and line.due_on is not None:
            yield "entry", line.register, line.entry, line.due_on, line.responsible


def _letters(state: EntityState) -> Iterator[Due]:
    for line in state.letters.values():
        if line.due_on is not None and line.done_on is None and not line.superseded_by:
            yield "letter", line.kind, line.letter, line.due_on, ""


def _named(state: EntityState, who: str | None) -> str:
    return "" if who is None else who or _officer(state)


def _officer(state: EntityState) -> str:
    return state.duties["accountable_officer"].person if "accountable_officer" in state.duties else ""


def _liaison(state: EntityState) -> str:
    return state.duties["liaison"].person if "liaison" in state.duties else ""


def reminders(states: Mapping[str, EntityState], context: Context, today: date, ahead: int = 0) -> tuple[Reminder, ...]:
    """Return everything that is due by today, or within AHEAD days, the longest overdue first."""
    found = [entry for state in states.values() for entry in of_entity(state, context, today, ahead)]
    found += _registers(states, context, today, ahead)
    found += _bulletins(context, today, ahead)
    return tuple(sorted(found, key=lambda entry: (-entry.days, entry.entity, entry.subject, entry.item)))


def _registers(states: Mapping[str, EntityState], context: Context, today: date, ahead: int) -> Iterator[Reminder]:
    for absent in lacking(states.values(), context, today):
        days = (today - absent.due_on).days
        if days >= -ahead:
            yield Reminder("register", absent.entity, absent.name, absent.register, "", absent.due_on, days)


def _bulletins(context: Context, today: date, ahead: int) -> Iterator[Reminder]:
    definition = context.definition
    for obligation in bulletin_duties(definition) if definition else ():
        assert definition is not None  # noqa: S101 -- the loop is empty without one
        for owed in periods(definition, obligation).values():
            days = (today - owed.due_on).days
            if days >= -ahead and key(obligation, owed.period) not in context.campaign.bulletins:
                yield Reminder("bulletin", "", "", obligation, owed.period, owed.due_on, days)
