"""Phases, meetings and deadlines as iCalendar (RFC 5545), for the calendars that people keep.

A thing keeps its UID as long as it has the same id; each adoption that moves it raises its SEQUENCE, and what is gone
is cancelled, so that a calendar which imports the file again updates what it has.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from campaign.domain.definition import Definition
from campaign.domain.schedule import last_on, owed_by, scheduled
from campaign.domain.state import EntityState
from campaign.domain.teams import for_entity
from campaign.problems import need

LAST_MINUTE = time(23, 59)
PRODUCT = "-//campaign//calendar//EN"


class Issue(msgspec.Struct, frozen=True):
    """A definition and the instant from which it held."""

    definition: Definition
    since: datetime


class Entry(msgspec.Struct, frozen=True):
    """One thing in a calendar.

    uid: the same for the same thing for ever.  first, last: its days, both included.  deadline: whether it is a last
    moment rather than a span.
    """

    uid: str
    summary: str
    first: date
    last: date
    deadline: bool = False
    note: str = ""


class Dated(msgspec.Struct, frozen=True):
    """An entry as it now stands: how often it was changed, when last, and whether it was called off."""

    entry: Entry
    sequence: int
    changed_at: datetime
    cancelled: bool = False


def entries(definition: Definition, state: EntityState | None = None) -> tuple[Entry, ...]:
    """Return what DEFINITION puts into a calendar: everything, or what concerns one entity."""
    own = for_entity(definition, state) if state else definition
    found = [*_phases(own), *_meetings(own), *(_of_entity(own, state) if state else _deadlines(own))]
    return tuple(found)


def _uid(definition: Definition, *parts: str) -> str:
    return "-".join(parts) + f"@{definition.campaign.key}.campaign"


def _phases(definition: Definition) -> Iterator[Entry]:
    for phase in definition.phases:
        yield Entry(_uid(definition, "phase", phase.id), phase.label, phase.from_, phase.to, note=phase.clause)


def _meetings(definition: Definition) -> Iterator[Entry]:
    for meeting in definition.meetings:
        yield Entry(_uid(definition, "meeting", meeting.id), meeting.title, meeting.on, meeting.on, note=meeting.clause)


def _deadlines(definition: Definition) -> Iterator[Entry]:
    for duty in definition.obligations:
        for period in scheduled(definition, duty):
            day = last_on(period, definition)
            uid = _uid(definition, "due", duty.id, period.period)
            yield Entry(uid, f"{duty.label} {period.period}", day, day, deadline=True, note=duty.clause)


def _of_entity(definition: Definition, state: EntityState) -> Iterator[Entry]:
    duties = {duty.id: duty for duty in definition.obligations}
    for period in owed_by(state, definition):
        day, duty = last_on(period, definition), duties.get(period.obligation)
        uid = _uid(definition, "due", period.obligation, period.period, state.entity)
        label = duty.label if duty else period.obligation
        summary = f"{label} {period.period}（{state.name}）"
        yield Entry(uid, summary, day, day, deadline=True, note=duty.clause if duty else "")


def dated(issues: Sequence[Issue], state: EntityState | None = None) -> tuple[Dated, ...]:
    """Follow every entry through ISSUES, the first first."""
    found: dict[str, Dated] = {}
    for issue in issues:
        now = {entry.uid: entry for entry in entries(issue.definition, state)}
        for uid, entry in now.items():
            found[uid] = _next(found.get(uid), entry, issue.since)
        for uid in found.keys() - now.keys():
            if not found[uid].cancelled:
                found[uid] = Dated(found[uid].entry, found[uid].sequence + 1, issue.since, cancelled=True)
    return tuple(sorted(found.values(), key=lambda line: (line.entry.first, line.entry.uid)))


def _next(before: Dated | None, entry: Entry, since: datetime) -> Dated:
    if before is None:
        return Dated(entry, 0, since)
    if before.entry == entry and not before.cancelled:
        return before
    return Dated(entry, before.sequence + 1, since)


def write(issues: Sequence[Issue], state: EntityState | None = None) -> bytes:
    """Return the calendar; the same issues give the same bytes. Raises Problems: extra-missing without icalendar."""
    need("icalendar")
    import icalendar  # noqa: PLC0415 -- an extra, and slow to load

    about = issues[-1].definition.campaign
    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", about.title)
    calendar.add("x-wr-timezone", about.time_zone)
    for line in dated(issues, state):
        calendar.add_component(_event(icalendar.Event(), line, ZoneInfo(about.time_zone)))
    calendar.add_missing_timezones(first_date=about.window.from_, last_date=about.window.to)
    content: bytes = calendar.to_ical()
    return content


def _event(event: Any, line: Dated, zone: ZoneInfo) -> Any:  # noqa: ANN401 -- the package's own type, loaded late
    entry = line.entry
    event.add("uid", entry.uid)
    event.add("sequence", line.sequence)
    event.add("dtstamp", line.changed_at.astimezone(UTC).replace(microsecond=0))
    event.add("summary", entry.summary)
    if entry.deadline:
        event.add("dtstart", datetime.combine(entry.last, LAST_MINUTE, zone))
    else:
        event.add("dtstart", entry.first)
        event.add("dtend", entry.last + timedelta(days=1))
    event.add("status", "CANCELLED" if line.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    if entry.note:
        event.add("description", entry.note)
    return event
