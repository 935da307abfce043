"""The trees of expressions and of cell tests.

Every node carries `at`, the offset of its first character in its snippet; unplaced() forgets the offsets, so that trees
can be compared.
"""

from datetime import date
from decimal import Decimal
from typing import TypeAlias, cast

import msgspec


class Lit(msgspec.Struct, frozen=True):
    """A constant; `kind` is number, percent, text, boolean, date, days, months, money or none."""

    value: Decimal | str | bool | date | None
    kind: str
    at: int = 0


class Name(msgspec.Struct, frozen=True):
    """A declared name, dotted for one output of several."""

    name: str
    at: int = 0


class Minus(msgspec.Struct, frozen=True):
    """Arithmetic negation."""

    operand: "Expr"
    at: int = 0


class Not(msgspec.Struct, frozen=True):
    """Logical negation."""

    operand: "Expr"
    at: int = 0


class Binary(msgspec.Struct, frozen=True):
    """`op` is one of + - * / = != < <= > >= and or."""

    op: str
    left: "Expr"
    right: "Expr"
    at: int = 0


class If(msgspec.Struct, frozen=True):
    """`if … then … else …`; only the branch taken is evaluated."""

    test: "Expr"
    then: "Expr"
    other: "Expr"
    at: int = 0


class In(msgspec.Struct, frozen=True):
    """`value in test`."""

    value: "Expr"
    test: "Test"
    at: int = 0


class Between(msgspec.Struct, frozen=True):
    """`value between low and high`, both ends included."""

    value: "Expr"
    low: "Expr"
    high: "Expr"
    at: int = 0


class Items(msgspec.Struct, frozen=True):
    """A list."""

    items: "tuple[Expr, ...]"
    at: int = 0


class Call(msgspec.Struct, frozen=True):
    """A function with its arguments; `function` may have several words, as in `round half up`."""

    function: str
    arguments: "tuple[Expr, ...]"
    at: int = 0


class Defined(msgspec.Struct, frozen=True):
    """`name is defined`: whether the value is applicable."""

    name: str
    at: int = 0


Expr: TypeAlias = Lit | Name | Minus | Not | Binary | If | In | Between | Items | Call | Defined


class Anything(msgspec.Struct, frozen=True):
    """The cell `-`."""

    at: int = 0


class Absent(msgspec.Struct, frozen=True):
    """The cell `n/a`: the value is not applicable."""

    at: int = 0


class Compare(msgspec.Struct, frozen=True):
    """`op right`, with `=` for a bare value."""

    op: str
    right: Expr
    at: int = 0


class Range(msgspec.Struct, frozen=True):
    """`[low..high)`; closed ends are included."""

    low: Expr
    high: Expr
    low_closed: bool
    high_closed: bool
    at: int = 0


class Either(msgspec.Struct, frozen=True):
    """Any one of several tests."""

    tests: "tuple[Test, ...]"
    at: int = 0


class Neither(msgspec.Struct, frozen=True):
    """`not(…)`: none of the tests."""

    tests: "tuple[Test, ...]"
    at: int = 0


Test: TypeAlias = Anything | Absent | Compare | Range | Either | Neither
Tree: TypeAlias = Expr | Test

_CLASSES = (Lit, Name, Minus, Not, Binary, If, In, Between, Items, Call, Defined)
_TESTS = (Anything, Absent, Compare, Range, Either, Neither)
NODES: tuple[type, ...] = _CLASSES + _TESTS


def parts(node: Tree) -> list[Tree]:
    """Return the trees directly below NODE, left to right."""
    found: list[Tree] = []
    for name in node.__struct_fields__:
        value = getattr(node, name)
        if isinstance(value, NODES):
            found.append(cast("Tree", value))
        elif isinstance(value, tuple):
            found.extend(value)
    return found


def rebuilt(node: Tree, children: list[Tree]) -> Tree:
    """Return NODE with its parts replaced, in the order of parts()."""
    queue = iter(children)
    changed: dict[str, object] = {}
    for name in node.__struct_fields__:
        value = getattr(node, name)
        if isinstance(value, NODES):
            changed[name] = next(queue)
        elif isinstance(value, tuple):
            changed[name] = tuple(next(queue) for _ in value)
    return msgspec.structs.replace(node, **changed) if changed else node


def unplaced(node: Tree) -> Tree:
    """Return NODE with every offset 0."""
    return msgspec.structs.replace(rebuilt(node, [unplaced(part) for part in parts(node)]), at=0)


def measure(node: Tree) -> tuple[int, int]:
    """Return how many nodes a tree has and how deep it is."""
    below = [measure(part) for part in parts(node)]
    return 1 + sum(size for size, _ in below), 1 + max((depth for _, depth in below), default=0)


def names(node: Tree) -> set[str]:
    """Return every name that NODE reads."""
    found = {node.name} if isinstance(node, Name | Defined) else set()
    for part in parts(node):
        found |= names(part)
    return found
