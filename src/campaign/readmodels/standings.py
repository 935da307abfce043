"""The board: who stands where, who is ready, who is held, who is late, who lacks what, and how the whole is doing.

Partition by entity, one line each, an associative combine, and then whatever is counted over all lines.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import reduce

import msgspec

from campaign.domain.definition import Check, Definition, Group, expand
from campaign.domain.duties import Tally
from campaign.domain.state import Context, EntityState
from campaign.readmodels.lines import LISTED, Line, line
from campaign.readmodels.totals import TreeTotal, tree_total


class Days(msgspec.Struct, frozen=True):
    """The campaign's window against today; left counts today and the last day, 0 once it is over (R-41)."""

    first: date
    last: date
    today: date

    @property
    def left(self) -> int:
        """How many days are left, today and the last one included."""
        return max((self.last - max(self.today, self.first)).days + 1, 0)

    @property
    def begun(self) -> bool:
        """Whether the window has begun."""
        return self.today >= self.first

    @property
    def over(self) -> bool:
        """Whether the window has ended."""
        return self.today > self.last


class Count(msgspec.Struct, frozen=True):
    """How many entities are in a phase or stage, and how many of each group (union groups included)."""

    id: str
    label: str
    stage: str
    entities: int
    by_group: dict[str, int]


class GroupSize(msgspec.Struct, frozen=True):
    """A group's size against the stated one (R-18); left: those that left the statistics."""

    group: str
    label: str
    expected: int | None
    enrolled: int
    left: int
    tally: Tally

    @property
    def as_stated(self) -> bool:
        """Whether as many are enrolled as the definition states."""
        return self.expected is None or self.expected == self.enrolled


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the campaign's first page shows, on one day."""

    key: str
    title: str
    rehearsal: bool
    synthetic: bool
    closed: bool
    days: Days
    lines: dict[str, Line]
    phases: tuple[Count, ...]
    stages: tuple[Count, ...]
    groups: tuple[GroupSize, ...]
    lacking: dict[Check, tuple[str, ...]]
    trees: tuple[TreeTotal, ...]
    trends: dict[str, tuple[str, ...]]
    tally: Tally

    @property
    def ready(self) -> tuple[str, ...]:
        """Who may advance."""
        return tuple(name for name, entry in self.lines.items() if entry.ready)

    @property
    def waiting(self) -> tuple[str, ...]:
        """Who is held at a gate."""
        return tuple(name for name, entry in self.lines.items() if entry.next and not entry.ready)

    @property
    def exits(self) -> tuple[str, ...]:
        """Who left the statistics."""
        return tuple(name for name, entry in self.lines.items() if not entry.counted)


Lines = Mapping[str, Line]


def part(states: Iterable[EntityState], context: Context, definition: Definition, today: date) -> dict[str, Line]:
    """Make the lines of some of the entities."""
    return {state.entity: line(state, context, definition, today) for state in states}


def combine(one: Lines, other: Lines) -> dict[str, Line]:
    """Put the lines of two parts together, in order of id; parts hold different entities."""
    return dict(sorted({**one, **other}.items()))


def board(states: Mapping[str, EntityState], context: Context, today: date) -> Board | None:
    """Make the whole board, None while there is no definition."""
    if context.definition is None:
        return None
    lines = part(states.values(), context, context.definition, today)
    return complete(combine(lines, {}), context, context.definition, today)


def complete(lines: Lines, context: Context, definition: Definition, today: date) -> Board:
    """Count over all lines."""
    window = definition.campaign.window
    return Board(
        key=context.campaign.key,
        title=context.campaign.title,
        rehearsal=context.campaign.rehearsal,
        synthetic=definition.campaign.synthetic,
        closed=context.campaign.closed,
        days=Days(window.from_, window.to, today),
        lines=dict(lines),
        phases=_phases(lines, definition),
        stages=_stages(lines, definition),
        groups=tuple(_size(lines, definition, group) for group in definition.groups),
        lacking={check: tuple(name for name, entry in lines.items() if check in entry.lacks) for check in LISTED},
        trees=tuple(tree_total(lines, definition, tree) for tree in definition.reconciliations),
        trends=_trends(lines),
        tally=reduce(Tally.__add__, (entry.tally for entry in lines.values()), Tally()),
    )


def _phases(lines: Lines, definition: Definition) -> tuple[Count, ...]:
    return tuple(
        _count(
            phase.id,
            phase.label,
            phase.stage,
            (entry for entry in lines.values() if entry.phase == phase.id),
            definition,
        )
        for phase in definition.phases
    )


def _stages(lines: Lines, definition: Definition) -> tuple[Count, ...]:
    return tuple(
        _count(
            stage.id, stage.label, stage.id, (entry for entry in lines.values() if entry.stage == stage.id), definition
        )
        for stage in definition.stages
    )


def _count(name: str, label: str, stage: str, within: Iterable[Line], definition: Definition) -> Count:
    counted = [entry for entry in within if entry.counted]
    by_group = {group.id: sum(_belongs(entry, group, definition) for entry in counted) for group in definition.groups}
    return Count(name, label, stage, len(counted), {group: number for group, number in by_group.items() if number})


def _belongs(entry: Line, group: Group, definition: Definition) -> bool:
    return group.id in expand(definition, entry.groups)


def _size(lines: Lines, definition: Definition, group: Group) -> GroupSize:
    within = [entry for entry in lines.values() if _belongs(entry, group, definition)]
    left = sum(not entry.counted for entry in within)
    late = reduce(Tally.__add__, (entry.tally for entry in within), Tally())
    return GroupSize(group.id, group.label, group.expected, len(within), left, late)


def _trends(lines: Lines) -> dict[str, tuple[str, ...]]:
    """Return who is in which named cell of the dual trend, in `mixed`, or `unknown` for want of a figure."""
    cells: dict[str, list[str]] = {name: [] for name in ("both_down", "both_flat", "both_up", "mixed", "unknown")}
    for name, entry in lines.items():
        cells[entry.trend.dual.name if entry.trend else "unknown"].append(name)
    return {cell: tuple(names) for cell, names in cells.items()}
