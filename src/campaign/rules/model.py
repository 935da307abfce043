"""What a scheme consists of, once read: frozen values in the order in which they are computed.

A step gives every entity one or more values: a Formula or a Table from the entity's own values; an Aggregate, a Ranking
or a Prize from those of its group.
"""

from decimal import Decimal
from typing import TypeAlias

import msgspec

from campaign.rules.kinds import Kind, Value
from campaign.rules.tokens import Snippet
from campaign.rules.tree import Expr, Test


class Input(msgspec.Struct, frozen=True):
    """A declared input; `allowed` limits its values."""

    name: str
    kind: Kind
    label: str = ""
    allowed: Test | None = None
    line: int = 0
    column: int = 0


class Rounding(msgspec.Struct, frozen=True):
    """To how many decimal places, and by which of exact.MODES."""

    digits: int
    mode: str


class Formula(msgspec.Struct, frozen=True):
    """A value by expression; `role` is calculation, constant, slices, veto or gate.

    `authorities` may adjust the value by hand, from `lowest` to `highest`, with a reason; `because` is what a veto or
    gate says.
    """

    name: str
    tree: Expr
    snippet: Snippet
    kind: Kind
    role: str = "calculation"
    label: str = ""
    clause: str = ""
    because: str = ""
    rounding: Rounding | None = None
    adjustable: "Adjustable | None" = None


class Adjustable(msgspec.Struct, frozen=True):
    """Who may adjust a value by hand, and by how much at most either way."""

    authorities: tuple[str, ...]
    lowest: Decimal
    highest: Decimal
    clause: str = ""


class Column(msgspec.Struct, frozen=True):
    """An input column of a table: the expression tested."""

    title: str
    tree: Expr
    kind: Kind
    snippet: Snippet


class Output(msgspec.Struct, frozen=True):
    """An output column: heading, the full name of its value, its kind and rounding; `cell` is the kind of its cells."""

    title: str
    name: str
    kind: Kind
    rounding: Rounding | None
    cell: Kind


class Rule(msgspec.Struct, frozen=True):
    """A row: its number, a test for each input column, an expression for each output, its annotations."""

    number: int
    line: int
    tests: tuple[Test, ...]
    outputs: tuple[Expr, ...]
    cells: tuple[Snippet, ...]
    note: str = ""
    clause: str = ""


class Cap(msgspec.Struct, frozen=True):
    """Where `when` holds, the grade is `at_most` this word, worse ones unchanged."""

    when: Expr
    at_most: str
    snippet: Snippet
    because: str = ""
    clause: str = ""


class Table(msgspec.Struct, frozen=True):
    """A decision table; `default` stands when no rule matches, and is None when the table must be complete."""

    name: str
    hit: str
    columns: tuple[Column, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    snippet: Snippet
    default: tuple[Expr, ...] | None = None
    label: str = ""
    clause: str = ""
    caps: tuple[Cap, ...] = ()

    @property
    def kind(self) -> Kind:
        """The kind of its one output."""
        return self.outputs[0].kind


class Among(msgspec.Struct, frozen=True):
    """Who takes part in a figure or ranking: those for whom TREE holds."""

    tree: Expr
    snippet: Snippet


class Aggregate(msgspec.Struct, frozen=True):
    """A figure of the group: `how` is mean, sum, min, max or count over those whose `of` is applicable."""

    name: str
    how: str
    of: str
    kind: Kind
    snippet: Snippet
    everywhere: bool = False
    among: Among | None = None
    label: str = ""
    clause: str = ""


class Key(msgspec.Struct, frozen=True):
    """What to rank by, and whether the highest comes first."""

    name: str
    highest: bool = True


class Ranking(msgspec.Struct, frozen=True):
    """Places within the group; `method` is competition (1224), dense (1223) or ordinal (1234, id last).

    `everyone` ranks those stopped by a veto or gate too.
    """

    name: str
    keys: tuple[Key, ...]
    method: str
    kind: Kind
    snippet: Snippet
    among: Among | None = None
    everywhere: bool = False
    everyone: bool = False
    label: str = ""
    clause: str = ""


class Prize(msgspec.Struct, frozen=True):
    """An amount for each place of a ranking; `ties` is share (of the places taken together) or each (the higher).

    `amounts` is a table over the group and the place.
    """

    name: str
    ranking: str
    ties: str
    amounts: Table
    kind: Kind
    rounding: Rounding
    snippet: Snippet
    label: str = ""
    clause: str = ""


class Pool(msgspec.Struct, frozen=True):
    """The money there is: what exceeds it is cut pro rata, for all together or within each group."""

    amount: Expr
    snippet: Snippet
    everywhere: bool = True
    clause: str = ""


class Award(msgspec.Struct, frozen=True):
    """Which amounts make up the award: added, or only the highest."""

    of: tuple[str, ...]
    highest_only: bool
    rounding: Rounding
    pool: Pool | None = None
    clause: str = ""


Step: TypeAlias = Formula | Table | Aggregate | Ranking | Prize
EntityStep: TypeAlias = Formula | Table
GroupStep: TypeAlias = Aggregate | Ranking | Prize


class Headings(msgspec.Struct, frozen=True):
    """Which names an assessment shows as group, score, rank and grade; empty where there is none."""

    group: str = ""
    score: str = ""
    rank: str = ""
    grade: str = ""


class Case(msgspec.Struct, frozen=True):
    """A worked example: inputs and what they must give; or several entities by id."""

    given: dict[str, dict[str, Value]]
    expect: dict[str, dict[str, Value]]
    alone: bool
    line: int
    note: str = ""


class ConstantValue(msgspec.Struct, frozen=True):
    """One value of a constant, from when on ("" for always) and by which text."""

    since: str
    value: str
    source: str = ""


class Stage(msgspec.Struct, frozen=True):
    """Steps that can be computed together: entity steps in order, then group steps in order."""

    entity: tuple[EntityStep, ...]
    group: tuple[GroupStep, ...]


class Model(msgspec.Struct, frozen=True):
    """A whole scheme."""

    name: str
    title: str = ""
    source: str = ""
    clause: str = ""
    version: str = ""
    notice: str = ""
    file: str = ""
    inputs: dict[str, Input] = {}
    constants: dict[str, tuple[ConstantValue, ...]] = {}
    stages: tuple[Stage, ...] = ()
    headings: Headings = Headings()
    award: Award | None = None
    cases: tuple[Case, ...] = ()

    @property
    def stoppers(self) -> tuple[Formula, ...]:
        """The vetoes, then the gates."""
        found = [step for step in self.steps if isinstance(step, Formula) and step.role in {"veto", "gate"}]
        return tuple(sorted(found, key=lambda step: step.role != "veto"))

    @property
    def results(self) -> tuple[str, ...]:
        """The names of all values that are results."""
        return tuple(name for step in self.steps if told(step) for name, _ in values_of(step))

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps in order."""
        return tuple(step for stage in self.stages for step in (*stage.entity, *stage.group))


HIDDEN = frozenset({"constant", "veto", "gate"})
"""Roles of formulas whose values are not results."""


def told(step: Step) -> bool:
    """Whether the step's values are results, rather than constants, vetoes or gates."""
    return not (isinstance(step, Formula) and step.role in HIDDEN)


def values_of(step: Step) -> tuple[tuple[str, Kind], ...]:
    """Return the names and kinds of the values a step gives."""
    if isinstance(step, Table):
        return tuple((output.name, output.kind) for output in step.outputs)
    return ((step.name, step.kind),)
