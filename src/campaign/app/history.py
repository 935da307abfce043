"""Looking back along both axes: what was known, what was true, what changed between two positions, and who did what."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from itertools import zip_longest
from typing import Any, TypeAlias, assert_never

import msgspec

from campaign.app.access import known_entity
from campaign.app.replay import Past, fold, resolve
from campaign.app.session import Session
from campaign.domain.events import DefinitionAdopted, DefinitionBound, PhaseMoved, Recorded
from campaign.domain.state import CampaignState
from campaign.domain.truth import subject, true_on
from campaign.problems import Text
from campaign.readmodels.ledger import LedgerLine, line
from campaign.readmodels.views import ALL


def past(
    session: Session,
    *,
    to: int | None = None,
    as_of: datetime | None = None,
    on: date | None = None,
    entities: Sequence[str] | None = None,
) -> Past:
    """Fold what had been recorded (TO a position, or AS_OF an instant) and was true ON a day; all of it by default.

    entities: only these, and the campaign itself; None = everything.  Raises Problems for positions and entities that
    are not there.
    """
    position = resolve(session, to, as_of)
    records = _records(session, position, entities)
    rows: dict[tuple[str, str], Any] = fold(records if on is None else true_on(records, on))
    last = next((record.recorded_at for record in session.log.scan(position - 1, position)), None) if position else None
    return Past(
        position,
        rows.get(("campaign", session.key), CampaignState()),
        _under(rows, "entity", session.key),
        _under(rows, "project", session.key),
        last,
    )


def _records(session: Session, position: int, entities: Sequence[str] | None) -> Iterator[Recorded]:
    if entities is None:
        yield from session.log.scan(0, position)
        return
    for stream in (session.stream, *(_stream(session, entity) for entity in entities)):
        yield from (record for record in session.log.read(stream) if record.position <= position)


def _stream(session: Session, entity: str) -> str:
    return f"entity:{session.key}/{known_entity(session, entity).entity}"


def _under(rows: dict[tuple[str, str], Any], view: str, key: str) -> dict[str, Any]:
    prefix = f"{key}/"
    return {name.removeprefix(prefix): row for (kind, name), row in sorted(rows.items()) if kind == view}


# --- what changed ------------------------------------------------------------------------------------------------


class Changed(msgspec.Struct, frozen=True):
    """One value that differs between two positions, and the events that made the difference."""

    stream: str
    path: str
    before: str
    after: str
    positions: tuple[int, ...]


Moment: TypeAlias = int | datetime | date
"""A position; or what had been recorded at an instant, or by the end of a day in the campaign's time zone."""


def position_of(session: Session, moment: Moment) -> int:
    """Return the position at which the log stood at MOMENT. Raises Problems beyond the head."""
    match moment:
        case int():
            return resolve(session, moment)
        case datetime() | date():
            return resolve(session, as_of=instant_of(session, moment))
        case _:
            assert_never(moment)


def instant_of(session: Session, moment: datetime | date) -> datetime:
    """Return an instant as it is; a day stands for its end in the campaign's time zone."""
    return moment if isinstance(moment, datetime) else datetime.combine(moment, time.max, session.zone())


def diff(session: Session, one: Moment, other: Moment, entities: Sequence[str] | None = None) -> list[Changed]:
    """Name every value that differs between two moments; only the streams written in between are folded.

    entities: only these; None = everything.  Raises Problems for positions and entities that are not there.
    """
    asked = None if entities is None else {_stream(session, entity) for entity in entities}
    first, second = position_of(session, one), position_of(session, other)
    low, high = sorted((first, second))
    touched = dict.fromkeys(record.stream for record in session.log.scan(low, high))
    streams = sorted(touched if asked is None else asked & touched.keys())
    found = [change for stream in streams for change in _stream_diff(session, stream, low, high)]
    if first <= second:
        return found
    return [msgspec.structs.replace(change, before=change.after, after=change.before) for change in found]


def _stream_diff(session: Session, stream: str, low: int, high: int) -> Iterator[Changed]:
    view = next(view for view in ALL if stream.startswith(f"{view.name}:"))
    before: Any = None
    state: Any = None
    made: dict[str, list[int]] = {}
    for record in session.log.read(stream):
        if record.position > high:
            break
        following = view.evolve(state, record)
        if record.position <= low:
            before = following
        else:
            for path, _, _ in differing(state, following):
                made.setdefault(path, []).append(record.position)
        state = following
    for path, old, new in differing(before, state):
        yield Changed(stream, path, short(old), short(new), _makers(made, path))


def _makers(made: dict[str, list[int]], path: str) -> tuple[int, ...]:
    """Return the events behind PATH: those that changed it, a part of it, or the whole that it is part of."""
    within = {
        position
        for changed, positions in made.items()
        if _part_of(changed, path) or _part_of(path, changed)
        for position in positions
    }
    return tuple(sorted(within))


def _part_of(path: str, whole: str) -> bool:
    return path == whole or not whole or path.startswith((f"{whole}.", f"{whole}["))


def differing(before: Any, after: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:  # noqa: ANN401 -- any part of a state
    """Yield every part that differs, as (path, before, after); what is the same object is not looked into."""
    if before is after or (path == "version" and before is not None):
        return
    if isinstance(before, msgspec.Struct) and type(before) is type(after):
        for name in before.__struct_fields__:
            yield from differing(getattr(before, name), getattr(after, name), f"{path}.{name}" if path else name)
    elif isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys([*before, *after]):
            yield from differing(before.get(key), after.get(key), f"{path}[{key}]")
    elif isinstance(before, tuple) and isinstance(after, tuple) and _structs(before, after):
        for place, (old, new) in enumerate(zip_longest(before, after)):
            yield from differing(old, new, f"{path}[{place}]")
    elif before != after:
        yield path, before, after


def _structs(*lists: tuple[Any, ...]) -> bool:
    return all(isinstance(part, msgspec.Struct) for parts in lists for part in parts)


SHORT = 120
_ENCODE = msgspec.json.Encoder(decimal_format="string").encode


def short(value: Any) -> str:  # noqa: ANN401 -- any part of a state
    """Write a value on one line, cut where it is long."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else _ENCODE(value).decode()
    return text if len(text) <= SHORT else text[: SHORT - 1] + "…"


# --- who did what ------------------------------------------------------------------------------------------------


class Deed(msgspec.Struct, frozen=True):
    """One event as an auditor reads it; an intervention is one that bends the ordinary course."""

    position: int
    stream: str
    recorded_at: datetime
    occurred_on: date
    late_recorded: bool
    actor: str
    role: str
    topic: str
    about: str
    text: Text
    why: str
    document: str
    command_id: str
    intervention: bool


BENDS = frozenset(
    {
        "gate_waived",
        "target_revised",
        "report_corrected",
        "report_returned",
        "officer_handed_over",
        "statistical_exit_recorded",
        "period_extended",
        "period_waived",
        "period_reopened",
        "obligation_rescheduled",
        "entry_reopened",
        "meeting_rescheduled",
        "bulletin_corrected",
        "award_rejected",
    }
)
"""Events that bend the ordinary course whatever they say."""
WHY = ("reason", "rationale", "opinion", "explanation", "statement", "citation", "note", "criterion")
"""Fields in which an event says why."""


def deeds(session: Session, entity: str = "") -> Iterator[Deed]:
    """Yield who did what to an entity, or in the campaign, in what role, when it was true and written, and why."""
    definition = session.context().definition
    records = session.log.read(_stream(session, entity)) if entity else _of_campaign(session)
    yield from (_deed(record, line(record, definition)) for record in records)


def _of_campaign(session: Session) -> Iterator[Recorded]:
    """Yield every record of this campaign's streams, in the order of the log."""
    for record in session.log.scan():
        if record.stream.partition(":")[2].partition("/")[0] == session.key:
            yield record


def _deed(record: Recorded, told: LedgerLine) -> Deed:
    event = record.event
    named = subject(record)
    return Deed(
        record.position,
        record.stream,
        record.recorded_at,
        record.occurred_on,
        told.late_recorded,
        record.actor,
        record.role,
        record.topic,
        named[2] if named else "",
        told.text,
        _first(event, WHY),
        _first(event, ("document", "source")),
        record.command_id,
        intervenes(record),
    )


def _first(event: Any, fields: Iterable[str]) -> str:  # noqa: ANN401 -- any event
    return next((value for name in fields if (value := getattr(event, name, ""))), "")


def intervenes(record: Recorded) -> bool:
    """Whether RECORD bends the ordinary course: a waiver, a revision, a skip, a gate that was not simply met.

    A definition does that replaces another, and a binding by which marks are given anew or an earlier one is kept.
    """
    event = record.event
    if isinstance(event, PhaseMoved):
        return event.move != "advance" or any(gate.verdict != "met" for gate in event.gates)
    if isinstance(event, DefinitionAdopted):
        return bool(event.diff)
    if isinstance(event, DefinitionBound):
        return event.held or bool(event.judged_again)
    return record.topic.partition(".")[0] in BENDS or bool(getattr(event, "supersedes", ""))
