"""Half-month checks as a matrix: who was checked in which period, by whom, and when (R-38)."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from zoneinfo import ZoneInfo

from campaign.domain import schedule
from campaign.domain.definition import Definition
from campaign.domain.duties import Tally
from campaign.domain.governing import governing
from campaign.domain.rounds import periods
from campaign.domain.schedule import Owed, Standing
from campaign.domain.state import CheckLine, Context, EntityState
from campaign.readmodels.reporting import Cell, Matrix, Row


def row(state: EntityState, definition: Definition, obligation: str, today: date) -> Row:
    """Return how often one entity was checked under OBLIGATION, period by period."""
    done = {line.period: line for line in state.checks.values() if line.obligation == obligation}
    cells = tuple(
        _cell(owed, done.get(owed.period), definition, today)
        for owed in periods(definition, state, obligation).values()
        if state.exit is None or owed.due_on <= state.exit.exit_on
    )
    return Row(state.entity, state.name, cells, _tally(cells))


def _cell(owed: Owed, line: CheckLine | None, definition: Definition, today: date) -> Cell:
    last = schedule.last_on(owed, definition)
    if line is None:
        return Cell(owed.period, owed.due_on, "upcoming" if today <= last else "missing")
    day = _day(line, definition)
    return Cell(owed.period, owed.due_on, "late" if day > last else "on_time", line.check, day, line.outcome)


def _day(line: CheckLine, definition: Definition) -> date:
    if definition.timeliness.deciding == "occurred":
        return line.occurred_on
    return line.recorded_at.astimezone(ZoneInfo(definition.campaign.time_zone)).date()


def _tally(cells: Iterable[Cell]) -> Tally:
    counts: dict[Standing, int] = {}
    for cell in cells:
        counts[cell.standing] = counts.get(cell.standing, 0) + 1
    return Tally(
        on_time=counts.get("on_time", 0),
        late=counts.get("late", 0),
        missing=counts.get("missing", 0),
        upcoming=counts.get("upcoming", 0),
    )


def matrices(states: Mapping[str, EntityState], context: Context, today: date) -> tuple[Matrix, ...]:
    """Return the matrix of every check that the definition asks for."""
    if context.definition is None:
        return ()
    found = []
    for obligation in context.definition.obligations:
        if obligation.act == "check":
            rows = _rows(states, context, obligation.id, today)
            found.append(Matrix(obligation.id, obligation.label, obligation.clause, tuple(rows)))
    return tuple(entry for entry in found if entry.rows)


def _rows(states: Mapping[str, EntityState], context: Context, obligation: str, today: date) -> Iterator[Row]:
    for name in sorted(states):
        definition = governing(context, states[name])
        made = row(states[name], definition, obligation, today) if definition else None
        if made and made.cells:
            yield made
