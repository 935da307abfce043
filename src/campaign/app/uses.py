"""What rests on an event: values of read models, events that it caused, marks, totals, ranks and awards."""

from collections.abc import Iterator
from typing import Any

import msgspec

from campaign.app import assess, explain_bulletin, explain_gate, explain_mark
from campaign.app.replay import resolve
from campaign.app.session import Session
from campaign.app.steps import rests_on, stream_of
from campaign.domain import assessment
from campaign.domain.state import Run
from campaign.readmodels.views import ALL


class Used(msgspec.Struct, frozen=True):
    """What rests on an event: a result that `explain` explains, or a value of a read model."""

    what: str
    where: str = ""


def used_by(session: Session, position: int) -> list[Used]:
    """Return everything that rests on the event at POSITION.

    Values, events that it caused, marks and totals of the entity that it is about, ranks and awards.
    """
    resolve(session, position)
    return [
        *_caused(session, position),
        *_values(session, position),
        *_told(session, position),
        *_results(session, position),
    ]


def _caused(session: Session, position: int) -> Iterator[Used]:
    """Yield what the event brought about; the records behind it are looked at as they lie, undecoded."""
    for at, _, _, topic, *_, causation, _, _ in session.log.scan_rows(position):
        if causation == position:
            yield Used(f"event:{at}", topic)


def _values(session: Session, position: int) -> Iterator[Used]:
    """Yield every value that the event set; a row is folded from one stream, so no other row can hold it."""
    for record in session.log.scan(position - 1, position):
        for view in ALL:
            key = view.key(record)
            row = session.log.row(view.name, key) if key is not None else None
            yield from (Used(f"{view.name}:{key}", path) for path in dict.fromkeys(holding(row, position)))


def holding(value: Any, position: int, path: str = "") -> Iterator[str]:  # noqa: ANN401 -- any part of a state
    """Yield the path of every part of a state that was set by the event at POSITION."""
    if isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            part = getattr(value, name)
            inner = f"{path}.{name}" if path else name
            if isinstance(part, int) and part == position and name.endswith("position") and name != "log_position":
                yield path or name
            else:
                yield from holding(part, position, inner)
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from holding(part, position, f"{path}[{key}]")
    elif isinstance(value, tuple):
        for place, part in enumerate(value):
            yield from holding(part, position, f"{path}[{place}]")


def _told(session: Session, position: int) -> Iterator[Used]:
    """Yield the marks of the event's entity and the bulletins' totals that rest on it."""
    streams = [record.stream for record in session.log.scan(position - 1, position)]
    entities = [stream.removeprefix(stream_of(session, "")) for stream in streams]
    for entity in entities if streams and streams[0].startswith(stream_of(session, "")) else ():
        yield from _marks(session, entity, position)
        yield from _gates(session, entity, position)
        yield from _findings(session, entity, position)
        for what, where in explain_bulletin.resting_on(session, entity, position):
            yield Used(what, where)


def _gates(session: Session, entity: str, position: int) -> Iterator[Used]:
    """Yield the gates out of the entity's present phase that looked at the event, with how they stand."""
    if session.entity(entity) is not None:
        for standing in explain_gate.gate(session, entity, session.today()).because:
            if position in rests_on(standing):
                yield Used(f"gate:{entity}", str(standing.what))


def _findings(session: Session, entity: str, position: int) -> Iterator[Used]:
    """Yield the findings that compared the event: of its entity, and of those that its figures are part of."""
    state = session.entity(entity)
    for name in dict.fromkeys((entity, state.parent, state.prefecture)) if state else ():
        looked = session.entity(name) if name else None
        for finding in looked.findings.values() if looked else ():
            if position in finding.events:
                yield Used(f"finding:{name}/{finding.finding}", finding.status)


def _marks(session: Session, entity: str, position: int) -> Iterator[Used]:
    """Yield every mark that was given and whose explanation names the event, with how it stands."""
    state, today = session.entity(entity), session.today()
    if state is None:
        return
    records = session.log.read(stream_of(session, entity))
    for (obligation, period), mark in explain_mark.marks(session, state, today).items():
        given = mark.cell.standing != "upcoming"
        if given and position in rests_on(explain_mark.explained(session, mark, records, today)):
            yield Used(f"mark:{entity}/{obligation}/{period}", mark.cell.standing)


def _results(session: Session, position: int) -> Iterator[Used]:
    state = session.campaign()
    for run in state.runs.values():
        if run.log_position < position != run.position:
            continue
        entities = _assessed_from(session, run, position)
        for entity, inputs in entities.items():
            yield Used(f"rank:{run.run}/{entity}", ", ".join(inputs))
        for award in state.awards.values():
            if award.run == run.run and (award.entity in entities or position == run.position):
                yield Used(f"award:{award.award}")


def _assessed_from(session: Session, run: Run, position: int) -> dict[str, list[str]]:
    """Return the entities of a run, with the inputs that were drawn from the event at POSITION."""
    scheme = next(found for found in session.campaign().schemes if found.sha256 == run.scheme_sha256)
    then = assess.past(session, run.log_position)
    basis: Any = run.basis
    drawn = assessment.inputs(scheme.text, then.states, then.context, then.on, basis)
    if position in {scheme.position, run.position}:
        word = "scheme" if position == scheme.position else "result"
        return {entity: [word] for entity in drawn.rows}
    found = {
        entity: [name for name, positions in origins.items() if position in positions]
        for entity, origins in drawn.origins.items()
    }
    return {entity: names for entity, names in found.items() if names}
