"""FEEL's values and what equality and order mean among them, with null where they have no meaning.

Numbers are Decimal under NUMBERS (34 digits, half even), never float; null is None; contexts are dicts, lists lists.
"""

import datetime as dt
import decimal
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import TypeAlias

import msgspec

NUMBERS = decimal.Context(
    prec=34,
    rounding=decimal.ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    traps=[decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow],
)
"""IEEE 754 decimal128, as the standard says."""

MICROSECOND = dt.timedelta(microseconds=1)
MONTHS_A_YEAR = 12


class Unsupported(Exception):  # noqa: N818 -- says what it is: no error of the model, a limit of ours
    """What a model asks for and this reader does not know; never answered by a guess."""


class Months(msgspec.Struct, frozen=True, order=True):
    """A years and months duration."""

    count: int


class Range(msgspec.Struct, frozen=True):
    """An interval; an end that is None is open to infinity where `low_closed` or `high_closed` is false."""

    low: "FeelValue"
    high: "FeelValue"
    low_closed: bool
    high_closed: bool


class Function(msgspec.Struct, frozen=True):
    """Something that can be called: with values by position, or by name."""

    name: str
    parameters: tuple[str, ...]
    work: Callable[..., "FeelValue"]


FeelValue: TypeAlias = (
    "bool | Decimal | str | dt.date | dt.time | dt.timedelta | Months | list[FeelValue] | dict[str, FeelValue]"
    " | Range | Function | None"
)


KINDS: tuple[tuple[type, str], ...] = (
    (type(None), "Null"),
    (bool, "boolean"),
    (Decimal, "number"),
    (str, "string"),
    (dt.datetime, "date and time"),
    (dt.date, "date"),
    (dt.time, "time"),
    (dt.timedelta, "days and time duration"),
    (Months, "years and months duration"),
    (list, "list"),
    (dict, "context"),
    (Range, "range"),
    (Function, "function"),
)
"""The standard's names of types; a date and time comes before the date that Python takes it for."""


def kind(value: FeelValue) -> str:
    """Return FEEL's name for the type of VALUE."""
    return next(name for held, name in KINDS if isinstance(value, held))


ORDERED = frozenset(
    {"number", "string", "date", "date and time", "time", "days and time duration", "years and months duration"}
)


def equal(left: FeelValue, right: FeelValue) -> bool | None:
    """Return whether two values are equal: null only equals null, values of different types give null."""
    if left is None or right is None:
        return left is None and right is None
    if kind(left) != kind(right):
        return None
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and _all(equal(a, b) for a, b in zip(left, right, strict=True))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and _all(equal(left[key], right[key]) for key in left)
    if isinstance(left, Range) and isinstance(right, Range):
        closed = (left.low_closed, left.high_closed) == (right.low_closed, right.high_closed)
        return closed and _all((equal(left.low, right.low), equal(left.high, right.high)))
    if isinstance(left, Function):
        raise Unsupported("functions compared")
    return bool(left == right)


def _all(answers: Iterable[bool | None]) -> bool:
    return all(answer is True for answer in answers)


def same(left: FeelValue, right: FeelValue) -> bool:
    """Return whether two values are certainly equal."""
    return equal(left, right) is True


def compare(op: str, left: FeelValue, right: FeelValue) -> bool | None:
    """Return `left op right`; null for what has no order."""
    if op == "=":
        return equal(left, right)
    if op == "!=":
        answer = equal(left, right)
        return None if answer is None else not answer
    if left is None or right is None or kind(left) != kind(right) or kind(left) not in ORDERED:
        return None
    return _ordered(op, left, right)


def _ordered(op: str, left: object, right: object) -> bool | None:
    try:
        match op:
            case "<":
                return bool(left < right)  # type: ignore[operator]  # of one kind, and of an ordered one
            case "<=":
                return bool(left <= right)  # type: ignore[operator]  # likewise
            case ">":
                return bool(left > right)  # type: ignore[operator]  # likewise
            case _:
                return bool(left >= right)  # type: ignore[operator]  # likewise
    except TypeError:  # one with a time zone, one without
        return None


def both(left: bool | None, right: bool | None) -> bool | None:  # noqa: FBT001 -- truth values are what it is about
    """Return the ternary conjunction."""
    if left is False or right is False:
        return False
    return True if left and right else None


def either(left: bool | None, right: bool | None) -> bool | None:  # noqa: FBT001 -- likewise
    """Return the ternary disjunction."""
    if left is True or right is True:
        return True
    return False if left is False and right is False else None


def truth(value: FeelValue) -> bool | None:
    """Return VALUE as a truth value: anything else than true and false is null."""
    return value if isinstance(value, bool) else None


def within(value: FeelValue, ends: Range) -> bool | None:
    """Return whether VALUE lies in the interval."""
    low = True if ends.low is None and not ends.low_closed else None
    if ends.low is not None:
        low = compare(">=" if ends.low_closed else ">", value, ends.low)
    high = True if ends.high is None and not ends.high_closed else None
    if ends.high is not None:
        high = compare("<=" if ends.high_closed else "<", value, ends.high)
    return both(low, high)


def microseconds(span: dt.timedelta) -> int:
    """Return a duration as whole microseconds, which its arithmetic is exact in."""
    return span // MICROSECOND
