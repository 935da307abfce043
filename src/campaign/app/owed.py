"""Who owes what, and how each duty stands on a day."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

import msgspec

from campaign.app.history import past
from campaign.app.session import Session
from campaign.domain.definition import Definition
from campaign.domain.duties import Duty, Tally, duties, tally
from campaign.domain.governing import governing
from campaign.domain.schedule import last_on
from campaign.domain.state import EntityState
from campaign.readmodels import inspections
from campaign.readmodels.reporting import Cell, cell

__all__ = ["Cell", "Duty", "Line", "Tally", "entities_of", "lines", "owed_by", "tally"]


class Line(msgspec.Struct, frozen=True):
    """One period that somebody owes, or in which somebody is to be checked, with its four dates.

    overdue_days: since its last day, grace and extension included, where it is missing.  position: of its report.
    """

    entity: str
    name: str
    obligation: str
    cell: Cell
    overdue_days: int = 0
    position: int | None = None


def owed_by(
    session: Session, entities: Iterable[str], today: date, obligation: str = ""
) -> dict[str, tuple[Duty, ...]]:
    """Return the duties of ENTITIES, of one obligation ("" = all), by due date; nobody owes without a definition."""
    context = session.context()
    found = {}
    for name, state in session.chosen(entities).items():
        definition = governing(context, state)
        listed = duties(state, definition, today) if definition else ()
        found[name] = tuple(duty for duty in listed if obligation in {"", duty.owed.obligation})
    return found


def lines(
    session: Session, entities: Iterable[str], today: date, obligation: str = "", as_of: datetime | None = None
) -> Iterator[Line]:
    """Yield every period of ENTITIES: of all that they owe themselves, or of one OBLIGATION, be it a check.

    as_of: by what had been recorded at that instant; by all that is recorded unless given.
    """
    context, states = session.context(), session.chosen(entities)
    if as_of is not None:
        then = past(session, as_of=as_of)
        context, states = then.context, {name: then.entities[name] for name in states if name in then.entities}
    for state in states.values():
        definition = governing(context, state)
        if definition is not None:
            yield from _of(state, definition, today, obligation)


def _of(state: EntityState, definition: Definition, today: date, obligation: str) -> Iterator[Line]:
    for duty in duties(state, definition, today):
        if obligation in {"", duty.owed.obligation}:
            told = cell(duty, definition)
            late = (today - last_on(duty.owed, definition)).days if duty.standing == "missing" else 0
            position = duty.report.position if duty.report else None
            yield Line(state.entity, state.name, duty.owed.obligation, told, late, position)
    if obligation:
        for checked in inspections.row(state, definition, obligation, today).cells:
            late = (today - checked.due_on).days if checked.standing == "missing" else 0
            position = state.checks[checked.report].position if checked.report else None
            yield Line(state.entity, state.name, obligation, checked, late, position)


def entities_of(session: Session, person: str) -> tuple[str, ...]:
    """Return the entities that PERSON answers for: as officer or liaison, or by an assignment that names them."""
    definition = session.context().definition
    named = {
        name
        for held in (definition.assignments if definition else ())
        if held.person == person
        for name in held.entities
    }
    return tuple(
        name
        for name, state in session.entities().items()
        if name in named or any(holder.person == person for holder in state.duties.values())
    )
