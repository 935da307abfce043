"""FEEL trees to the trees of schemes; what a scheme cannot say is a problem, never an approximation."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import cast

from campaign.files import feel_dates
from campaign.files.feel_tree import (
    Choice,
    Comparison,
    Constant,
    Entries,
    Feel,
    Filter,
    Instance,
    Interval,
    Invoke,
    Lambda,
    Listed,
    Loop,
    Member,
    Negative,
    Operation,
    Path,
    Temporal,
    Tests,
    Variable,
    Within,
)
from campaign.files.feel_values import FeelValue, Months, Unsupported, microseconds
from campaign.problems import NOTHING, T, Text, nearest
from campaign.rules.tree import (
    Anything,
    Between,
    Binary,
    Call,
    Compare,
    Either,
    Expr,
    If,
    In,
    Items,
    Lit,
    Minus,
    Name,
    Neither,
    Not,
    Range,
    Test,
)

FUNCTIONS = {
    "abs": "abs",
    "floor": "floor",
    "ceiling": "ceiling",
    "round up": "round up",
    "round down": "round down",
    "round half up": "round half up",
    "round half down": "round half down",
    "decimal": "round half even",
    "min": "min",
    "max": "max",
    "sum": "sum",
    "mean": "mean",
    "count": "count",
}
"""Functions that mean the same in a scheme, by their names there."""

DATE_PARTS = frozenset({"year", "month", "day"})
COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
UNWRITABLE = frozenset('"“”')
A_DAY = 86_400_000_000
WHAT: dict[type, Text] = {
    Filter: T("a filter […] is not supported"),
    Loop: T("a loop (for, some, every) is not supported"),
    Instance: T("instance of is not supported"),
    Entries: T("a context {…} is not supported"),
    Lambda: T("a function of the model's own is not supported"),
    Interval: T("a range outside a test is not supported"),
}


class Untranslatable(Exception):  # noqa: N818 -- says what it is; becomes a Problem where the place is known
    """What a scheme cannot say: a code, a message, a remedy, and the offset."""

    def __init__(self, code: str, message: Text, fix: Text = NOTHING, at: int = 0) -> None:
        """Hold the problem for the one who places it."""
        super().__init__(code)
        self.code, self.message, self.fix, self.at = code, message, fix, at


class Translator:
    """Translates where NAMES are known: DMN's names of values, dotted for a part of one, to those of the scheme."""

    def __init__(self, names: dict[str, str]) -> None:
        """Take the names that may be read."""
        self.names = names

    def expression(self, tree: Feel) -> Expr:
        """Translate an expression. Raises Untranslatable."""
        match tree:
            case Constant() | Temporal():
                return _literal(tree)
            case Variable() | Path():
                return self._named(tree)
            case Invoke():
                return self._call(tree)
            case Negative(operand):
                return Minus(self.expression(operand))
            case Operation() | Choice() | Member() | Within():
                return self._compound(tree)
            case Listed(items):
                return Items(tuple(map(self.expression, items)))
            case _:
                raise _unsupported(WHAT[type(tree)], tree.at)

    def _compound(self, tree: Operation | Choice | Member | Within) -> Expr:
        match tree:
            case Operation(op, left, right):
                if op == "**":
                    raise _unsupported(T("a power ** is not supported"), tree.at)
                return Binary(op, self.expression(left), self.expression(right))
            case Choice(test, then, other):
                return If(self.expression(test), self.expression(then), self.expression(other))
            case Member(value, tests):
                return In(self.expression(value), self.tests(tests))
            case Within(value, low, high):
                return Between(self.expression(value), self.expression(low), self.expression(high))

    def _named(self, tree: Variable | Path) -> Expr:
        name = _dotted(tree)
        if name in self.names:
            return Name(self.names[name])
        if isinstance(tree, Path) and tree.name in DATE_PARTS:
            return Call(tree.name, (self.expression(tree.source),))
        if name == "?":
            raise _unsupported(T("? other than first in a comparison is not supported"), tree.at)
        message = T("{name} is not known here", name=name or "this part of a value")
        fix = nearest(name, self.names) if self.names else NOTHING
        raise Untranslatable("dmn-name-unknown", message, fix if fix.template else _REQUIRE, tree.at)

    def _call(self, tree: Invoke) -> Expr:
        name = tree.function.name if isinstance(tree.function, Variable) else "a value"
        if tree.names:
            raise _unsupported(T("an argument by name is not supported"), tree.at)
        if name in {"date", "duration"} and len(tree.arguments) == 1 and isinstance(tree.arguments[0], Constant):
            return _temporal(str(tree.arguments[0].value), name, tree.at)
        arguments = tuple(map(self.expression, tree.arguments))
        if name == "not" and len(arguments) == 1:
            return Not(arguments[0])
        if name not in FUNCTIONS:
            raise _unsupported(T("the function {name} is not supported", name=name), tree.at)
        return Call(FUNCTIONS[name], arguments)

    def tests(self, tests: Tests) -> Test:
        """Translate the unary tests of a cell. Raises Untranslatable."""
        if not tests.tests:
            return Anything()
        found = tuple(part for test in tests.tests for part in self._test(test))
        if tests.negated:
            return Neither(found)
        return found[0] if len(found) == 1 else Either(found)

    def _test(self, test: Comparison | Feel) -> tuple[Test, ...]:
        match test:
            case Comparison(op, right):
                return (Compare(op, self.expression(right)),)
            case Interval():
                return (self._range(test),)
            case Listed(items):
                return tuple(part for item in items for part in self._test(item))
            case Operation(op, Variable("?"), right) if op in COMPARISONS:
                return (Compare(op, self.expression(right)),)
            case Member(Variable("?"), tests) if not tests.negated:
                return tuple(part for inner in tests.tests for part in self._test(inner))
            case _:
                return (Compare("=", self.expression(test)),)

    def _range(self, tree: Interval) -> Test:
        if tree.low is None and tree.high is not None:
            return Compare("<=" if tree.high_closed else "<", self.expression(tree.high))
        if tree.high is None and tree.low is not None:
            return Compare(">=" if tree.low_closed else ">", self.expression(tree.low))
        ends = cast("tuple[Feel, Feel]", (tree.low, tree.high))
        return Range(self.expression(ends[0]), self.expression(ends[1]), tree.low_closed, tree.high_closed)


_REQUIRE = T("name an input or decision that this decision requires")


def _dotted(tree: Feel) -> str:
    """Return the name of a value or of a part of one; nothing for any other tree."""
    if isinstance(tree, Variable):
        return tree.name
    source = _dotted(tree.source) if isinstance(tree, Path) else ""
    return f"{source}.{tree.name}" if source and isinstance(tree, Path) else ""


def _unsupported(message: Text, at: int) -> Untranslatable:
    return Untranslatable("dmn-unsupported", message, T("make a decision of its own of it, or use comparisons"), at)


def _literal(tree: Constant | Temporal) -> Expr:
    if isinstance(tree, Temporal):
        return _temporal(tree.text, "any", tree.at)
    value = tree.value
    if value is None:
        fix = T("in a scheme every value is given: write a rule or a default for what is missing")
        raise Untranslatable("dmn-null", T("null is not supported"), fix, tree.at)
    if isinstance(value, bool):
        return Lit(value, "boolean")
    if isinstance(value, Decimal):
        return Lit(value, "number")
    if UNWRITABLE & set(value) or any(ord(sign) < ord(" ") for sign in value):
        message = T("the text {text} has a quotation mark or a line end", text=value)
        raise Untranslatable("dmn-text", message, T("write it without"), tree.at)
    return Lit(value, "text")


def _temporal(text: str, wanted: str, at: int) -> Expr:
    readers: dict[str, Callable[[str], FeelValue]] = {
        "date": feel_dates.parse_date,
        "duration": feel_dates.parse_duration,
        "any": feel_dates.parse_temporal,
    }
    try:
        value = readers[wanted](text)
    except Unsupported:
        value = None
    match value:
        case dt.datetime() | dt.time():
            raise _unsupported(T("a time of day is not supported"), at)
        case dt.date():
            return Lit(value, "date")
        case Months(count):
            return _signed(count, "months")
        case dt.timedelta() if microseconds(value) % A_DAY == 0:
            return _signed(microseconds(value) // A_DAY, "days")
        case dt.timedelta():
            raise _unsupported(T("a duration that is not of whole days is not supported"), at)
        case _:
            message = T("{text} is no date or duration", text=text)
            raise Untranslatable("dmn-date", message, T("write it like 2005-08-17, P3D or P1Y6M"), at)


def _signed(count: int, kind: str) -> Expr:
    tree = Lit(Decimal(abs(count)), kind)
    return Minus(tree) if count < 0 else tree
