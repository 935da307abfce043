"""The parts of a bulletin, as values: what is hashed, published and rendered (R-39)."""

from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias

import msgspec

PLACES = Decimal("0.0001")
"""Percentages are kept with four decimal places; places in a ranking are decided before."""

Cell: TypeAlias = Literal["both_down", "both_flat", "both_up", "mixed", "unknown"]
CELLS: tuple[Cell, ...] = ("both_down", "both_flat", "both_up", "mixed", "unknown")
"""The named cells of the dual trend, all others together, and who has no figures (R-06)."""


class GrowthLine(msgspec.Struct, frozen=True):
    """One entity's growth: its place and that of the period before, and how far it is from the mean and its target."""

    entity: str
    name: str
    growth_pct: Decimal
    rank: int
    rank_before: int | None
    gap_pct: Decimal | None
    target_pct: Decimal | None
    status: str


class GrowthTable(msgspec.Struct, frozen=True):
    """A tree's entities by growth; without: those that have no figure."""

    tree: str
    label: str
    indicator: str
    mean_pct: Decimal | None
    lines: tuple[GrowthLine, ...]
    without: tuple[str, ...]


class ProgressLine(msgspec.Struct, frozen=True):
    """How much of a year's target is reached; ahead_pct: beyond the share of the year that has passed."""

    entity: str
    name: str
    indicator: str
    unit: str
    value: Decimal
    target: Decimal
    progress_pct: Decimal
    ahead_pct: Decimal


class Sums(msgspec.Struct, frozen=True):
    """One way to add up: this year, the part of last year that has passed, and the change against it."""

    value: Decimal
    base: Decimal
    change_pct: Decimal | None
    entities: int


class TotalLine(msgspec.Struct, frozen=True):
    """An additive indicator over a tree: as reported, and like for like (R-28)."""

    tree: str
    label: str
    indicator: str
    unit: str
    digits: int
    reported: Sums
    like_for_like: Sums
    left: tuple[str, ...]


class GoalLine(msgspec.Struct, frozen=True):
    """A target of the whole campaign against a tree; met is None where there is no figure."""

    target: str
    indicator: str
    tree: str
    operator: str
    value: Decimal
    unit: str
    actual: Decimal | None
    met: bool | None
    progress_pct: Decimal | None


class TrendLine(msgspec.Struct, frozen=True):
    """Who is in one cell of the dual trend (R-06)."""

    cell: Cell
    entities: tuple[str, ...]


class LateLine(msgspec.Struct, frozen=True):
    """A duty of the period that was answered late or not at all."""

    entity: str
    name: str
    obligation: str
    label: str
    period: str
    due_on: date
    standing: str


class EntryItem(msgspec.Struct, frozen=True):
    """Something of a register that was opened in the period: an exemplar, a reminder with its day of follow-up."""

    register: str
    label: str
    entity: str
    name: str
    title: str
    due_on: date | None
    status: str


class Bulletin(msgspec.Struct, frozen=True, kw_only=True):
    """A bulletin as a value; names: of every entity that is named in it."""

    key: str
    title: str
    rehearsal: bool
    synthetic: bool
    obligation: str
    label: str
    period: str
    opens_on: date
    closes_on: date
    cutoff_position: int
    cutoff_on: date
    elapsed_pct: Decimal
    indicators: dict[str, str]
    growth: tuple[GrowthTable, ...]
    progress: tuple[ProgressLine, ...]
    totals: tuple[TotalLine, ...]
    goals: tuple[GoalLine, ...]
    trends: tuple[TrendLine, ...]
    late: tuple[LateLine, ...]
    corrected: tuple[str, ...]
    entries: tuple[EntryItem, ...]
    names: dict[str, str]


_ENCODE = msgspec.json.Encoder(order="deterministic", decimal_format="string").encode


def canonical(value: Bulletin) -> bytes:
    """Write a bulletin as canonical JSON: what is hashed and published."""
    return _ENCODE(value)
