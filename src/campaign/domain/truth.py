"""What was true on a day: which records of a history hold on it, whenever they were written.

A record holds on DAY when its occurred_on is not after it.  What a record is about must hold as well: a fact about a
report, a letter or an award counts only from the day on which that report, letter or award was there, and nothing of a
stream counts before the fact that began it, even if it was dated earlier.  A correction holds from its own day on: give
it the day of the figure that it corrects to correct the past.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import TypeAlias

from campaign.domain.events import Event, Recorded, Target

Subject: TypeAlias = tuple[str, str, str]
"""stream, kind, id."""

NAMED_OTHERWISE = ("letter", "commendation")
"""Fields that name the subject where the topic's own words do not: task_statement_issued, individual_nominated."""


def subject(record: Recorded) -> Subject | None:
    """Return what RECORD is about within its stream; None where it is about the stream's own subject."""
    fields = record.event.__struct_fields__
    words = record.topic.partition(".")[0].split("_")
    for name in (*words, *NAMED_OTHERWISE):
        if name in fields:
            return record.stream, name, _id(record.event, name)
    return None


def _id(event: Event, name: str) -> str:
    value = getattr(event, name)
    return value.target if isinstance(value, Target) else str(value)


def true_on(records: Iterable[Recorded], day: date) -> Iterator[Recorded]:
    """Yield those of RECORDS, in their order, that hold on DAY."""
    begins: dict[Subject, str] = {}
    there: set[Subject] = set()
    for record in records:
        named = subject(record)
        subjects = [(record.stream, "", "")] + ([named] if named else [])
        for line in subjects:
            begins.setdefault(line, record.topic)
        begun = all(line in there or begins[line] == record.topic for line in subjects)
        if begun and record.occurred_on <= day:
            there.update(subjects)
            yield record
