"""Who owes what: the matrix of entities and periods, who has not reported, and the share on time (R-37).

Partition by entity, one row each; rows of two parts are put together by `combine`.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import reduce
from zoneinfo import ZoneInfo

import msgspec

from campaign.domain.definition import Definition, Obligation
from campaign.domain.duties import Duty, Tally, duties, tally
from campaign.domain.governing import governing
from campaign.domain.schedule import Standing, deciding_day
from campaign.domain.state import Context, EntityState


class Cell(msgspec.Struct, frozen=True):
    """How one period stands: its report, the day that decided, and the report's own status, where there is one.

    due_on, received_on, accepted_on, revised_on: when it was due, first received, first accepted, last revised, in the
    campaign's time zone.  until: the day to which it was extended.
    """

    period: str
    due_on: date
    standing: Standing
    report: str = ""
    decided_on: date | None = None
    status: str = ""
    received_on: date | None = None
    accepted_on: date | None = None
    revised_on: date | None = None
    until: date | None = None


class Row(msgspec.Struct, frozen=True):
    """One entity's periods of one obligation, by due date."""

    entity: str
    name: str
    cells: tuple[Cell, ...]
    tally: Tally


class Matrix(msgspec.Struct, frozen=True):
    """One obligation over all who owe it; `periods` are all that occur in the rows, by due date."""

    obligation: str
    label: str
    clause: str
    rows: tuple[Row, ...]

    @property
    def periods(self) -> tuple[str, ...]:
        """The periods of all rows, by due date."""
        due = {cell.period: cell.due_on for row in self.rows for cell in row.cells}
        return tuple(sorted(due, key=lambda period: (due[period], period)))

    @property
    def tally(self) -> Tally:
        """All rows together."""
        return reduce(Tally.__add__, (row.tally for row in self.rows), Tally())

    def standing(self, *standings: Standing) -> dict[str, tuple[str, ...]]:
        """Return, for each period, the entities whose duty stands so: `missing` says who has not reported."""
        return {
            period: tuple(row.entity for row in self.rows for cell in row.cells if _is(cell, period, standings))
            for period in self.periods
        }


def _is(cell: Cell, period: str, standings: tuple[Standing, ...]) -> bool:
    return cell.period == period and cell.standing in standings


class Outstanding(msgspec.Struct, frozen=True):
    """A duty that is due and not answered; days: how long it has been so."""

    entity: str
    name: str
    obligation: str
    period: str
    due_on: date
    days: int


def row(state: EntityState, definition: Definition, obligation: str, today: date) -> Row:
    """Return one entity's row of OBLIGATION, under DEFINITION as it governs the entity."""
    listed = tuple(duty for duty in duties(state, definition, today) if duty.owed.obligation == obligation)
    return Row(state.entity, state.name, tuple(cell(duty, definition) for duty in listed), tally(listed))


def cell(duty: Duty, definition: Definition) -> Cell:
    """Return how one duty stands, for a reader."""
    owed, report = duty.owed, duty.report
    if report is None:
        return Cell(owed.period, owed.due_on, duty.standing, until=owed.until)
    zone = ZoneInfo(definition.campaign.time_zone)
    return Cell(
        owed.period,
        owed.due_on,
        duty.standing,
        report.report,
        deciding_day(report, definition, owed),
        report.status,
        _day(report.recorded_at, zone),
        _day(report.accepted_at, zone),
        _day(report.corrected_at, zone),
        owed.until,
    )


def _day(instant: datetime | None, zone: ZoneInfo) -> date | None:
    return instant.astimezone(zone).date() if instant else None


def matrix(
    states: Iterable[EntityState],
    definition: Definition,
    obligation: Obligation,
    today: date,
    context: Context | None = None,
) -> Matrix:
    """Return the matrix of OBLIGATION over those who owe it, by id; with CONTEXT each under its own definition."""
    rows = [row(state, _own(context, state, definition), obligation.id, today) for state in states]
    owing = sorted((entry for entry in rows if entry.cells), key=lambda entry: entry.entity)
    return Matrix(obligation.id, obligation.label, obligation.clause, tuple(owing))


def _own(context: Context | None, state: EntityState, definition: Definition) -> Definition:
    return (context and governing(context, state)) or definition


def obligations(states: Iterable[EntityState], context: Context, definition: Definition) -> tuple[Obligation, ...]:
    """Return the definition's obligations, then those of teams and of earlier definitions that entities are held on."""
    found = {duty.id: duty for duty in definition.obligations}
    for own in {id(own): own for own in (_own(context, state, definition) for state in states)}.values():
        found = {duty.id: duty for duty in own.obligations} | found
    order = [duty.id for duty in definition.obligations]
    return tuple(sorted(found.values(), key=lambda duty: order.index(duty.id) if duty.id in order else len(order)))


def combine(one: Matrix, other: Matrix) -> Matrix:
    """Put two parts of one obligation's matrix together; parts hold different entities."""
    rows = sorted((*one.rows, *other.rows), key=lambda entry: entry.entity)
    return msgspec.structs.replace(one, rows=tuple(rows))


def matrices(states: Mapping[str, EntityState], context: Context, today: date) -> tuple[Matrix, ...]:
    """Return the matrix of every obligation that any entity owes, in the definition's order."""
    if context.definition is None:
        return ()
    definition = context.definition
    listed = obligations(states.values(), context, definition)
    made = (matrix(states.values(), definition, obligation, today, context) for obligation in listed)
    return tuple(entry for entry in made if entry.rows)


def outstanding(states: Mapping[str, EntityState], context: Context, today: date) -> tuple[Outstanding, ...]:
    """Return every duty that is due and not answered, the oldest first."""
    if context.definition is None:
        return ()
    found = [
        Outstanding(
            state.entity, state.name, duty.owed.obligation, duty.owed.period, duty.owed.due_on, _days(duty, today)
        )
        for state in states.values()
        for duty in duties(state, _own(context, state, context.definition), today)
        if duty.standing == "missing"
    ]
    return tuple(sorted(found, key=lambda entry: (entry.due_on, entry.entity, entry.obligation)))


def _days(duty: Duty, today: date) -> int:
    return (today - duty.owed.due_on).days


def on_time(states: Mapping[str, EntityState], context: Context, today: date) -> dict[str, Tally]:
    """Return each entity's tally over all obligations; its `ratio` is the share on time."""
    if context.definition is None:
        return {}
    definition = context.definition
    return {name: tally(duties(state, _own(context, state, definition), today)) for name, state in states.items()}
