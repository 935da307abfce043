"""Cadence and calendar make obligations; an obligation and a report make a standing (R-37, R-60).

A period belongs to the schedule when its last day lies within the obligation's own dates, or else the campaign's
window; its first day is cut to them.  Each cadence ends its periods on an anchor day: the weekday, the days of the
month, the month's end, or the one day named.
"""

import calendar as months
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple, TypeAlias, assert_never
from zoneinfo import ZoneInfo

import msgspec

from campaign.domain.calendar import DAY, calendar_of
from campaign.domain.definition import Definition, Obligation, Window, concerns
from campaign.domain.events import KeptDuty
from campaign.domain.state import EntityState, ReportLine

Standing: TypeAlias = Literal["upcoming", "on_time", "late", "missing", "corrected", "waived"]

OWN_ACTS = frozenset({"report", "document"})
"""Acts that the entity itself owes; checks are an inspector's and bulletins the office's (R-38)."""


class Owed(msgspec.Struct, frozen=True):
    """One period of an obligation: `2005-W36`, `2005-09-H1`, `2005-09` or `once`.

    opens_on, closes_on: first and last day of the period.  due_on: the last day without grace, already rolled.
    kept: what an earlier definition says of it, where its mark was given under that and stays.  until: the day to which
    it was extended for the entity.  waived: whether it need not answer.
    """

    obligation: str
    period: str
    opens_on: date
    closes_on: date
    due_on: date
    kept: KeptDuty | None = None
    until: date | None = None
    waived: bool = False


class _Span(NamedTuple):
    """A period before it is cut to the window and rolled."""

    period: str
    opens_on: date
    closes_on: date
    due_on: date


def owed(definition: Definition, groups: tuple[str, ...], voluntary: bool) -> tuple[Owed, ...]:  # noqa: FBT001 -- a fact of the entity, passed by position like its groups
    """Return what an entity in GROUPS itself owes, in order of due date; voluntary joiners owe nothing (R-55)."""
    return () if voluntary else _owed(definition, groups)


@lru_cache(maxsize=512)
def _owed(definition: Definition, groups: tuple[str, ...]) -> tuple[Owed, ...]:
    due = [
        entry
        for obligation in definition.obligations
        if obligation.act in OWN_ACTS and concerns(definition, obligation.groups, groups)
        for entry in scheduled(definition, obligation)
    ]
    return tuple(sorted(due, key=lambda entry: entry.due_on))


def owed_by(state: EntityState, definition: Definition) -> tuple[Owed, ...]:
    """Return what the entity owes, in order of due date; periods whose marks were kept stand as they were (R-60)."""
    current = owed(definition, state.groups, state.voluntary)
    if not state.kept:
        return _allowed(current, state)
    kept = {(line.obligation, line.period): _as_kept(line) for line in state.kept}
    rest = (entry for entry in current if (entry.obligation, entry.period) not in kept)
    return _allowed(tuple(sorted((*rest, *kept.values()), key=lambda entry: entry.due_on)), state)


def _allowed(listed: tuple[Owed, ...], state: EntityState) -> tuple[Owed, ...]:
    """Put into the periods LISTED what was decided of them for the entity: extensions and waivers."""
    if not state.extensions and not state.waivers:
        return listed
    return tuple(_decided(entry, state) for entry in listed)


def _decided(entry: Owed, state: EntityState) -> Owed:
    name = f"{entry.obligation}/{entry.period}"
    extension = state.extensions.get(name)
    if extension is None and name not in state.waivers:
        return entry
    return msgspec.structs.replace(entry, until=extension.until if extension else None, waived=name in state.waivers)


def _as_kept(line: KeptDuty) -> Owed:
    return Owed(line.obligation, line.period, line.opens_on, line.closes_on, line.due_on, line)


def scheduled(definition: Definition, obligation: Obligation) -> tuple[Owed, ...]:
    """Return every period of OBLIGATION, whoever acts, in order."""
    window = window_of(definition, obligation)
    calendar = calendar_of(definition.calendar)
    return tuple(
        Owed(
            obligation.id,
            span.period,
            min(max(span.opens_on, window.from_), span.closes_on),
            span.closes_on,
            calendar.roll(span.due_on, obligation.roll),
        )
        for span in _spans(obligation, window)
    )


def planned_on(definition: Definition, owed: Owed) -> date | None:
    """Return the day that the cadence gives OWED, before the calendar moves it; None where the definition has none."""
    found = next((entry for entry in definition.obligations if entry.id == owed.obligation), None)
    spans = _spans(found, window_of(definition, found)) if found else ()
    return next((span.due_on for span in spans if span.period == owed.period), None)


def window_of(definition: Definition, obligation: Obligation) -> Window:
    """Return the obligation's own dates, or the campaign's window where it has none."""
    window = definition.campaign.window
    return Window(obligation.from_ or window.from_, obligation.to or window.to)


def _spans(obligation: Obligation, window: Window) -> Iterator[_Span]:
    match obligation.cadence:
        case "weekly":
            return _weekly(obligation.weekday, window)
        case "half_monthly":
            return _half_monthly(obligation.days, window)
        case "monthly":
            return _monthly(obligation.days, window)
        case "once":
            return _once(obligation.on, window)
        case _:
            assert_never(obligation.cadence)


def _weekly(weekday: int, window: Window) -> Iterator[_Span]:
    day = window.from_ + timedelta(days=(weekday - window.from_.isoweekday()) % 7)
    while day <= window.to:
        year, week, _ = day.isocalendar()
        yield _Span(f"{year:04d}-W{week:02d}", day - 6 * DAY, day, day)
        day += 7 * DAY


def _half_monthly(days: tuple[int, ...], window: Window) -> Iterator[_Span]:
    anchors = sorted(set(days))
    before = None
    for first in _months(window):
        for number, anchor in enumerate(anchors, start=1):
            day = _day(first, anchor)
            opens_on = before + DAY if before else first
            before = day
            if window.from_ <= day <= window.to:
                yield _Span(f"{first:%Y-%m}-H{number}", opens_on, day, day)


def _monthly(days: tuple[int, ...], window: Window) -> Iterator[_Span]:
    for first in _months(window):
        last = _day(first, 31)
        if last <= window.to:
            yield _Span(f"{first:%Y-%m}", first, last, _day(last + DAY, days[0]) if days else last)


def _once(on: date | None, window: Window) -> Iterator[_Span]:
    if on is not None:
        yield _Span("once", min(window.from_, on), on, on)


def _months(window: Window) -> Iterator[date]:
    first = window.from_.replace(day=1)
    while first <= window.to:
        yield first
        first = _day(first, 31) + DAY


def _day(first: date, day: int) -> date:
    """Return DAY of the month that begins on FIRST, or its last day where it is shorter."""
    return first.replace(day=min(day, months.monthrange(first.year, first.month)[1]))


def standing(owed: Owed, report: ReportLine | None, definition: Definition, today: date) -> Standing:
    """Say how an obligation stands on TODAY.

    The day that decides is the one named by `timeliness.deciding` (R-02).  A returned report counts as not handed in
    until it is corrected, and where acceptance decides one that nobody verified yet; a late one stays late whatever is
    corrected.  A waived period is only ever on time, corrected or waived.
    """
    last_day = last_on(owed, definition)
    day = None if report is None or report.status == "returned" else deciding_day(report, definition, owed)
    if report is None or day is None:
        return "waived" if owed.waived else "upcoming" if today <= last_day else "missing"
    if day > last_day:
        return "waived" if owed.waived else "late"
    return "corrected" if report.corrections else "on_time"


def last_on(owed: Owed, definition: Definition) -> date:
    """Return the last day that counts as on time."""
    if owed.kept is not None:
        last = owed.kept.last_on
    else:
        last = owed.due_on + timedelta(days=_grace_days(definition)[owed.obligation])
    return last if owed.until is None else max(last, owed.until)


def deciding_day(report: ReportLine, definition: Definition, owed: Owed | None = None) -> date | None:
    """Return the day by which the report is judged, in the campaign's time zone; a kept mark has its own rule.

    None where acceptance decides and nobody accepted it yet.

    Raises zoneinfo.ZoneInfoNotFoundError on a machine that does not know the zone: a guessed one would shift verdicts.
    """
    kept = owed.kept if owed else None
    deciding = kept.deciding if kept else definition.timeliness.deciding
    zone = ZoneInfo(kept.time_zone if kept else definition.campaign.time_zone)
    match deciding:
        case "recorded":
            return report.recorded_at.astimezone(zone).date()
        case "accepted":
            return report.accepted_at.astimezone(zone).date() if report.accepted_at else None
        case "occurred":
            return report.occurred_on
        case _:
            assert_never(deciding)


@lru_cache(maxsize=64)
def _grace_days(definition: Definition) -> dict[str, int]:
    return {obligation.id: obligation.grace_days for obligation in definition.obligations}
