"""The trees of FEEL as DMN 1.5 writes it (OMG formal/24-01-01, chapter 10), as far as conformance runs read it."""

from decimal import Decimal
from typing import TypeAlias

import msgspec


class Constant(msgspec.Struct, frozen=True):
    """A number, string, boolean or null."""

    value: Decimal | str | bool | None
    at: int = 0


class Temporal(msgspec.Struct, frozen=True):
    """`@"2005-08-17"`: a date, time or duration by its text."""

    text: str
    at: int = 0


class Variable(msgspec.Struct, frozen=True):
    """A name, possibly of several words; `?` is the value that a cell tests."""

    name: str
    at: int = 0


class Path(msgspec.Struct, frozen=True):
    """`source.name`."""

    source: "Feel"
    name: str
    at: int = 0


class Filter(msgspec.Struct, frozen=True):
    """`source[test]`, by position or by condition."""

    source: "Feel"
    test: "Feel"
    at: int = 0


class Invoke(msgspec.Struct, frozen=True):
    """`function(…)`; `names` has a name for each argument, or none."""

    function: "Feel"
    arguments: "tuple[Feel, ...]"
    names: tuple[str, ...]
    at: int = 0


class Negative(msgspec.Struct, frozen=True):
    """Arithmetic negation."""

    operand: "Feel"
    at: int = 0


class Operation(msgspec.Struct, frozen=True):
    """`op` is one of + - * / ** = != < <= > >= and or."""

    op: str
    left: "Feel"
    right: "Feel"
    at: int = 0


class Choice(msgspec.Struct, frozen=True):
    """`if … then … else …`."""

    test: "Feel"
    then: "Feel"
    other: "Feel"
    at: int = 0


class Loop(msgspec.Struct, frozen=True):
    """`for … return …`, `some … satisfies …`, `every … satisfies …`; each iterator is a name and what it runs over."""

    kind: str
    iterators: "tuple[tuple[str, Feel], ...]"
    body: "Feel"
    at: int = 0


class Member(msgspec.Struct, frozen=True):
    """`value in tests`."""

    value: "Feel"
    tests: "Tests"
    at: int = 0


class Within(msgspec.Struct, frozen=True):
    """`value between low and high`."""

    value: "Feel"
    low: "Feel"
    high: "Feel"
    at: int = 0


class Instance(msgspec.Struct, frozen=True):
    """`value instance of type`."""

    value: "Feel"
    type: str
    at: int = 0


class Listed(msgspec.Struct, frozen=True):
    """A list."""

    items: "tuple[Feel, ...]"
    at: int = 0


class Entries(msgspec.Struct, frozen=True):
    """A context: later entries may read the earlier."""

    entries: "tuple[tuple[str, Feel], ...]"
    at: int = 0


class Interval(msgspec.Struct, frozen=True):
    """`[low..high)`; an end that is None is open to infinity, as in `(>= 10)`."""

    low: "Feel | None"
    high: "Feel | None"
    low_closed: bool
    high_closed: bool
    at: int = 0


class Lambda(msgspec.Struct, frozen=True):
    """`function(a, b) …`; `types` has a type for each parameter, empty where none is declared."""

    parameters: tuple[str, ...]
    types: tuple[str, ...]
    body: "Feel"
    at: int = 0


class Comparison(msgspec.Struct, frozen=True):
    """A unary test `op right`."""

    op: str
    right: "Feel"
    at: int = 0


class Tests(msgspec.Struct, frozen=True):
    """The unary tests of a cell: any of them, none of them where `negated`; no tests at all is `-`."""

    tests: "tuple[Comparison | Feel, ...]"
    negated: bool = False
    at: int = 0


Feel: TypeAlias = (
    Constant
    | Temporal
    | Variable
    | Path
    | Filter
    | Invoke
    | Negative
    | Operation
    | Choice
    | Loop
    | Member
    | Within
    | Instance
    | Listed
    | Entries
    | Interval
    | Lambda
)
