"""Who did what, when it was true and when it was written (R-02): one line a record, in the order of the log."""

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec

from campaign.domain.definition import Definition
from campaign.domain.events import Recorded
from campaign.problems import Text
from campaign.readmodels.summaries import summary


class LedgerLine(msgspec.Struct, frozen=True):
    """One record for a reader; late_recorded: written more days after it was true than the definition allows."""

    position: int
    stream: str
    version: int
    topic: str
    occurred_on: date
    recorded_at: datetime
    late_recorded: bool
    actor: str
    role: str
    text: Text


def line(record: Recorded, definition: Definition | None) -> LedgerLine:
    """Make the line of one record; without a definition nothing is called late."""
    return LedgerLine(
        record.position,
        record.stream,
        record.version,
        record.topic,
        record.occurred_on,
        record.recorded_at,
        definition is not None and late_recorded(record, definition),
        record.actor,
        record.role,
        summary(record.event),
    )


def late_recorded(record: Recorded, definition: Definition) -> bool:
    """Whether the fact was written down later than the definition allows, by days in the campaign's own time zone."""
    written_on = record.recorded_at.astimezone(ZoneInfo(definition.campaign.time_zone)).date()
    return (written_on - record.occurred_on).days > definition.timeliness.late_recorded_after_days


def ledger(records: Iterable[Recorded], definition: Definition | None) -> tuple[LedgerLine, ...]:
    """Return the lines of RECORDS by position, in whatever order they come."""
    return combine((line(record, definition) for record in records), ())


def combine(one: Iterable[LedgerLine], other: Iterable[LedgerLine]) -> tuple[LedgerLine, ...]:
    """Put the lines of two parts of a history together."""
    return tuple(sorted((*one, *other), key=lambda entry: entry.position))


def history(
    records: Iterable[Recorded], definition: Definition | None, *, by_occurrence: bool = False
) -> tuple[LedgerLine, ...]:
    """Return one stream's lines, as written or, along the other axis, as they were true (R-02)."""
    lines = ledger(records, definition)
    if by_occurrence:
        return tuple(sorted(lines, key=lambda entry: (entry.occurred_on, entry.position)))
    return lines


def by_actor(lines: Iterable[LedgerLine]) -> dict[str, tuple[LedgerLine, ...]]:
    """Return the lines by person, in order of person id."""
    found: dict[str, list[LedgerLine]] = {}
    for entry in lines:
        found.setdefault(entry.actor, []).append(entry)
    return {actor: tuple(found[actor]) for actor in sorted(found)}
