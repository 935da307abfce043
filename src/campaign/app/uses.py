"""What rests on an event: values of read models, events that it caused, marks, totals, ranks and awards.

The other way of `explain`: whatever an explanation names as an event behind it is named here with that result.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from campaign.app import assess, explain_bulletin, explain_gate, explain_mark, explain_report
from campaign.app.assess import Position
from campaign.app.explain_report import Look
from campaign.app.replay import resolve
from campaign.app.session import Session
from campaign.app.steps import Explained, rests_on, stream_of
from campaign.domain import assessment
from campaign.domain.events import DefinitionAdopted, MeetingHeld, MeetingRescheduled, MeetingScheduled, Recorded
from campaign.domain.state import EntityState, Run
from campaign.readmodels.views import ALL

FOR_ALL = (DefinitionAdopted, MeetingScheduled, MeetingRescheduled, MeetingHeld)
"""Events of the campaign that bear on every entity's marks and gates."""


class Used(msgspec.Struct, frozen=True):
    """What rests on an event: a result that `explain` explains, or a value of a read model."""

    what: str
    where: str = ""


def used_by(session: Session, position: int) -> list[Used]:
    """Return everything that rests on the event at POSITION.

    Values, events that it caused, whatever of its entity is explained, totals, ranks and awards; of an event of the
    campaign's own, the marks, gates and totals of all.
    """
    resolve(session, position)
    found = [*_caused(session, position)]
    for record in session.log.scan(position - 1, position):
        found += [*_values(session, record), *_told(session, record)]
        found += (Used(what, where) for what, where in explain_bulletin.resting_on(session, record))
    return [*found, *_results(session, position)]


def _caused(session: Session, position: int) -> Iterator[Used]:
    """Yield what the event brought about; the records behind it are looked at as they lie, undecoded."""
    for at, _, _, topic, *_, causation, _, _ in session.log.scan_rows(position):
        if causation == position:
            yield Used(f"event:{at}", topic)


def _values(session: Session, record: Recorded) -> Iterator[Used]:
    """Yield every value that the event set; a row is folded from one stream, so no other row can hold it."""
    for view in ALL:
        key = view.key(record)
        row = session.log.row(view.name, key) if key is not None else None
        yield from (Used(f"{view.name}:{key}", path) for path in dict.fromkeys(holding(row, record.position)))


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


def _told(session: Session, record: Recorded) -> Iterator[Used]:
    """Yield what is explained of entities: of the event's own, or of all where it is one of the campaign's."""
    entity = record.stream.removeprefix(stream_of(session, ""))
    if entity != record.stream:
        at = explain_report.look(session, entity)
        yield from _marks(at, record.position)
        results = explain_report.results(at)
        yield from (Used(what, where) for what, where, step in results if record.position in rests_on(step))
    for name, state in session.entities().items():
        if isinstance(record.event, FOR_ALL):
            yield from _under(session, state, record.position)
        if name == entity or isinstance(record.event, FOR_ALL):
            yield from _gates(session, name, record.position)
        else:
            compared = (line for line in state.findings.values() if record.position in line.events)
            yield from (Used(f"finding:{name}/{line.finding}", line.status) for line in compared)


def _marks(at: Look, position: int) -> Iterator[Used]:
    """Yield every mark that was given and whose explanation names the event, with how it stands."""
    today = at.session.today()
    for (obligation, period), mark in explain_mark.marks(at.session, at.state, today).items():
        given = mark.cell.standing != "upcoming"
        if given and position in rests_on(explain_mark.explained(at.session, mark, at.records, today)):
            yield Used(f"mark:{at.state.entity}/{obligation}/{period}", mark.cell.standing)


def _under(session: Session, state: EntityState, position: int) -> Iterator[Used]:
    """Yield every mark that was given and is judged by the definition adopted at POSITION."""
    adopted = explain_mark.adoption(session, state)
    if adopted is not None and adopted.position == position:
        for (obligation, period), mark in explain_mark.marks(session, state, session.today()).items():
            if mark.cell.standing != "upcoming":
                yield Used(f"mark:{state.entity}/{obligation}/{period}", mark.cell.standing)


def _gates(session: Session, entity: str, position: int) -> Iterator[Used]:
    """Yield the gates out of the entity's present phase that looked at the event, with how they stand, or its phase."""
    told = explain_gate.gate(session, entity, session.today())
    steps: tuple[Explained, ...] = (*told.because, msgspec.structs.replace(told, because=()))
    yield from (Used(f"gate:{entity}", str(step.what)) for step in steps if position in rests_on(step))


def _results(session: Session, position: int) -> Iterator[Used]:
    """Yield ranks and awards; the log is folded once for all runs that looked so far."""
    state = session.campaign()
    runs = [run for run in state.runs.values() if position <= run.log_position or position == run.position]
    then = assess.pasts(session, {run.log_position for run in runs}) if runs else {}
    ranked: dict[tuple[str, str], list[str]] = {}
    for run in runs:
        found = _assessed_from(run, then[run.log_position], position)
        ranked |= {(run.run, entity): inputs for entity, inputs in found.items()}
    yield from (Used(f"rank:{run}/{entity}", ", ".join(inputs)) for (run, entity), inputs in ranked.items())
    for award in state.awards.values():
        if (award.run, award.entity) in ranked or position in {award.position, award.decided_position}:
            yield Used(f"award:{award.award}")


def _assessed_from(run: Run, then: Position, position: int) -> dict[str, list[str]]:
    """Return the entities of a run, with the inputs that were drawn from the event at POSITION."""
    scheme = next(found for found in then.context.campaign.schemes if found.sha256 == run.scheme_sha256)
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
