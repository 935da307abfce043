"""What can be proven of a table before any value is seen: overlaps, gaps and rules that are never reached.

Each column's values are cut into the finitely many pieces that the table's literal cells tell apart; a cell is then a
set of pieces (a bit mask), a rule a product of such sets, and every question about all values one about finitely many.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import msgspec

from campaign.rules.exact import CONTEXT, ONE
from campaign.rules.interpret import holds
from campaign.rules.kinds import ORDERED, Kind, Value, say
from campaign.rules.model import Column, Table
from campaign.rules.tree import Compare, Either, Lit, Name, Neither, Range, Test, Tree, parts

WHOLE = frozenset({"integer", "days", "months"})
HALF = Decimal("0.5")
OTHER_WORD = "…"
MAX_STEPS = 50_000


class Finding(msgspec.Struct, frozen=True):
    """`what` is overlap, gap, unreachable, never or unproven; rules by index; `witness` has a value for each column."""

    what: str
    rules: tuple[int, ...]
    witness: tuple[Value, ...] = ()


def literal(test: Test) -> bool:
    """Whether a cell compares with constants only."""
    return not any(isinstance(node, Name) or not isinstance(node, Lit | Test) for node in _below(test))


def _below(tree: Tree) -> list[Tree]:
    found: list[Tree] = []
    for part in parts(tree):
        found.append(part)
        found.extend(_below(part))
    return found


def examine(table: Table, limits: Mapping[str, Test]) -> list[Finding]:
    """Find what is wrong with a table's rules, with a counter-example for each; LIMITS bound the values of names."""
    space = _Space(table, limits)
    found = [Finding("never", (index,)) for index, box in enumerate(space.boxes) if box is not None and 0 in box]
    sound = {index for index, box in enumerate(space.boxes) if box is not None and 0 not in box}
    if table.hit == "UNIQUE":
        found += space.overlaps(sorted(sound))
    elif table.hit in {"FIRST", "PRIORITY"}:
        found += space.shadowed(table, sorted(sound))
    opaque = any(box is None for box in space.boxes)
    if (
        table.default is None
        and not opaque
        and table.hit in {"UNIQUE", "ANY", "PRIORITY", "FIRST", "COLLECT MIN", "COLLECT MAX"}
    ):
        found += space.gap()
    return [*found, Finding("unproven", ())] if space.exceeded else found


Box = tuple[int, ...]


class _Space:
    def __init__(self, table: Table, limits: Mapping[str, Test]) -> None:
        self.table = table
        self.pieces = [_pieces(table, index, limits) for index in range(len(table.columns))]
        self.boxes = [self._box(rule.tests) for rule in table.rules]
        self.steps = 0
        self.exceeded = False

    def _box(self, tests: Sequence[Test]) -> Box | None:
        if not all(map(literal, tests)):
            return None
        return tuple(
            sum(1 << bit for bit, piece in enumerate(pieces) if holds(test, piece, {}))
            for test, pieces in zip(tests, self.pieces, strict=True)
        )

    def _witness(self, box: Box) -> tuple[Value, ...]:
        return tuple(pieces[(mask & -mask).bit_length() - 1] for mask, pieces in zip(box, self.pieces, strict=True))

    def overlaps(self, rules: list[int]) -> list[Finding]:
        found: list[Finding] = []
        for position, second in enumerate(rules):
            for first in rules[:position]:
                shared = tuple(a & b for a, b in zip(self._of(first), self._of(second), strict=True))
                if all(shared):
                    found.append(Finding("overlap", (second, first), self._witness(shared)))
                    break
        return found

    def _of(self, index: int) -> Box:
        box = self.boxes[index]
        assert box is not None  # noqa: S101 -- callers ask for literal rules only
        return box

    def shadowed(self, table: Table, rules: list[int]) -> list[Finding]:
        """Find rules whose every value is taken by those that go before."""
        found: list[Finding] = []
        for index in rules:
            before = [other for other in rules if _precedes(table, other, index)]
            if before and self.uncovered(self._of(index), before) is None:
                found.append(Finding("unreachable", (index,)))
        return found

    def gap(self) -> list[Finding]:
        """Find one combination of values that no rule takes."""
        everything = tuple((1 << len(pieces)) - 1 for pieces in self.pieces)
        box = self.uncovered(everything, list(range(len(self.boxes))))
        return [] if box is None else [Finding("gap", (), self._witness(box))]

    def uncovered(self, box: Box, rules: list[int]) -> Box | None:
        """Return a part of BOX that none of RULES takes, or None where they take all of it."""
        self.steps = 0
        return self._search(box, rules, 0)

    def _search(self, box: Box, rules: list[int], column: int) -> Box | None:
        self.steps += 1
        if not rules:
            return box
        self.exceeded |= self.steps > MAX_STEPS
        if column == len(box) or self.exceeded:
            return None
        classes: dict[tuple[int, ...], int] = {}
        remaining = box[column]
        while remaining:
            bit = remaining & -remaining
            remaining ^= bit
            taking = tuple(rule for rule in rules if self._of(rule)[column] & bit)
            classes[taking] = classes.get(taking, 0) | bit
        for taking, mask in sorted(classes.items(), key=lambda item: len(item[0])):
            found = self._search((*box[:column], mask, *box[column + 1 :]), list(taking), column + 1)
            if found is not None:
                return found
        return None


def _precedes(table: Table, other: int, index: int) -> bool:
    if table.hit == "FIRST":
        return other < index
    first, second = _priority(table, other), _priority(table, index)
    return first is not None and second is not None and (first, other) < (second, index)


def _priority(table: Table, index: int) -> tuple[int, ...] | None:
    ranks: list[int] = []
    for output, tree in zip(table.outputs, table.rules[index].outputs, strict=True):
        if output.kind.values:
            if not isinstance(tree, Lit) or tree.value not in output.kind.values:
                return None
            ranks.append(output.kind.values.index(str(tree.value)))
    return tuple(ranks)


def _pieces(table: Table, index: int, limits: Mapping[str, Test]) -> list[Value]:
    """Return one value of each piece that the column's cells tell apart."""
    column = table.columns[index]
    allowed = limits.get(column.tree.name) if isinstance(column.tree, Name) else None
    tests = [rule.tests[index] for rule in table.rules if literal(rule.tests[index])]
    marks = _marks([*tests, allowed] if allowed is not None else tests)
    pieces = _samples(column, marks)
    if allowed is not None and literal(allowed):
        pieces = [piece for piece in pieces if holds(allowed, piece, {})]
    return [*pieces, None] if column.kind.optional else pieces


def _marks(tests: Sequence[Test]) -> set[Any]:
    found: set[Any] = set()
    for test in tests:
        match test:
            case Compare(_, Lit(value)):
                found.add(value)
            case Range(Lit(low), Lit(high)):
                found |= {low, high}
            case Either(inner) | Neither(inner):
                found |= _marks(inner)
            case _:
                pass
    return found


def _samples(column: Column, marks: set[Any]) -> list[Value]:
    kind = column.kind
    if kind.name == "boolean":
        return [True, False]
    if kind.name in ORDERED:
        return _line(kind, sorted(marks))
    if kind.values:
        return list(kind.values)
    return [*sorted(marks), OTHER_WORD]


def _line(kind: Kind, marks: list[Any]) -> list[Value]:
    """Return the marks themselves and a value from each stretch before, between and after them."""
    if not marks:
        return [date(2005, 1, 1) if kind.name == "date" else ONE]
    found: list[Value] = [_beside(kind, marks[0], -1)]
    for low, high in pairwise(marks):
        found.append(low)
        middle = _between(kind, low, high)
        if middle is not None:
            found.append(middle)
    return [*found, marks[-1], _beside(kind, marks[-1], 1)]


def _beside(kind: Kind, mark: Any, step: int) -> Any:  # noqa: ANN401 -- a number or a date
    if kind.name == "date":
        return mark + timedelta(days=step) if date.min < mark < date.max else mark
    size = Decimal(step) if kind.name != "percent" else Decimal(step).scaleb(-2, CONTEXT)
    return CONTEXT.add(mark, size)


def _between(kind: Kind, low: Any, high: Any) -> Any:  # noqa: ANN401 -- two numbers or two dates
    if kind.name == "date":
        return low + timedelta(days=1) if high - low > timedelta(days=1) else None
    if kind.name in WHOLE:
        after = CONTEXT.add(low.to_integral_value("ROUND_FLOOR", CONTEXT), ONE)
        return after if after < high else None
    return CONTEXT.multiply(CONTEXT.add(low, high), HALF)


def shown(table: Table, witness: tuple[Value, ...]) -> str:
    """Write a counter-example: `falsified = true, completion = 120%`."""
    pairs = zip(table.columns, witness, strict=True)
    return ", ".join(f"{column.title} = {say(value, column.kind)}" for column, value in pairs)
