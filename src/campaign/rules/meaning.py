"""What the functions mean, once, for the interpreter and the compiled form alike."""

import calendar
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal, DecimalException
from typing import Any

from campaign.problems import NOTHING, T, Text
from campaign.rules.exact import CONTEXT, ZERO, rounded

MONTHS = 12


class Undefined(ArithmeticError):  # noqa: N818 -- says what the operation is, and is raised as Problems outside
    """An operation without a value: a code, a message and a remedy; `at` is the offset of the operator.

    Every message has a `{where}` that located() fills.
    """

    def __init__(self, code: str, message: Text, fix: Text = NOTHING, at: int = -1) -> None:
        """Hold what cannot be computed."""
        super().__init__(code)
        self.code, self.message, self.fix, self.at = code, message, fix, at


def divide(left: Decimal, right: Decimal) -> Decimal:
    """Return the quotient to 50 digits. Raises Undefined for a divisor of zero."""
    if not right:
        raise Undefined("division-by-zero", T("{where}: {left} is divided by zero", left=left), T("guard the divisor"))
    return CONTEXT.divide(left, right)


def growth(actual: Decimal, base: Decimal) -> Decimal:
    """Return (actual - base) / base. Raises Undefined for a base of zero or less."""
    return CONTEXT.divide(CONTEXT.subtract(actual, base), _positive(base))


def ratio(actual: Decimal, target: Decimal) -> Decimal:
    """Return actual / target. Raises Undefined for a target of zero or less."""
    return CONTEXT.divide(actual, _positive(target))


def _positive(base: Decimal) -> Decimal:
    if base <= 0:
        message = T("{where}: a rate on a base of {base} is undefined", base=base)
        raise Undefined("rate-undefined", message, T("treat a base of zero or less in a rule of its own"))
    return base


def add(items: Sequence[Decimal]) -> Decimal:
    """Return the sum of ITEMS, 0 for none."""
    total = ZERO
    for item in items:
        total = CONTEXT.add(total, item)
    return total


def mean(items: Sequence[Decimal]) -> Decimal:
    """Return the mean. Raises Undefined for no items."""
    return CONTEXT.divide(add(_some(items)), Decimal(len(items)))


def _some(items: Sequence[Any]) -> Sequence[Any]:
    if not items:
        raise Undefined("list-empty", T("{where}: nothing is in the list"), T("guard the empty list by count(…) > 0"))
    return items


def listed(arguments: tuple[Any, ...]) -> Sequence[Any]:
    """Return the items: one list given as such, or the arguments themselves."""
    return arguments[0] if len(arguments) == 1 and isinstance(arguments[0], tuple) else arguments


def add_days(day: date, count: Decimal) -> date:
    """Return the date COUNT days later. Raises Undefined for parts of a day, and beyond the calendar."""
    try:
        return day + timedelta(days=_whole(count))
    except OverflowError:
        raise _beyond(day) from None


def add_months(day: date, count: Decimal) -> date:
    """Return the same day COUNT months later, or the last of that month."""
    months = day.year * MONTHS + day.month - 1 + _whole(count)
    year, month = divmod(months, MONTHS)
    if not date.min.year <= year <= date.max.year:
        raise _beyond(day)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _whole(count: Decimal) -> int:
    if count != count.to_integral_value(context=CONTEXT):
        message = T("{where}: a date moves by whole days and months, not by {count}", count=count)
        raise Undefined("date-fraction", message, T("round it first"))
    return int(count)


def _beyond(day: date) -> Undefined:
    return Undefined("date-beyond", T("{where}: the date reckoned from {day} is beyond the calendar", day=day))


def days_between(first: date, last: date) -> Decimal:
    """Return the days from FIRST to LAST."""
    return Decimal((last - first).days)


def dated(day: date, *changes: Any) -> Any:  # noqa: ANN401 -- a value of the constant's own kind
    """Return the value in force on DAY from pairs (since, value), oldest first. Raises Undefined before the first."""
    current = None
    for since, value in zip(changes[::2], changes[1::2], strict=True):
        if since <= day:
            current = value
    if current is None:
        message = T("{where}: the constant has no value on {day}; the first is of {since}", day=day, since=changes[0])
        raise Undefined("constant-undated", message, T("add the value that was in force then"))
    return current


def _rounding(mode: str) -> Callable[..., Decimal]:
    def work(value: Decimal, digits: Decimal = ZERO) -> Decimal:
        return rounded(value, int(digits), mode)

    return work


MEANINGS: dict[str, Callable[..., Any]] = {
    "min": lambda *items: min(_some(listed(items))),
    "max": lambda *items: max(_some(listed(items))),
    "sum": lambda *items: add(listed(items)),
    "mean": lambda *items: mean(listed(items)),
    "count": lambda *items: Decimal(len(listed(items))),
    "abs": CONTEXT.abs,
    "floor": _rounding("floor"),
    "ceiling": _rounding("ceiling"),
    "round half up": _rounding("half_up"),
    "round half even": _rounding("half_even"),
    "round half down": _rounding("half_down"),
    "round up": _rounding("up"),
    "round down": _rounding("down"),
    "growth": growth,
    "ratio": ratio,
    "year": lambda day: Decimal(day.year),
    "month": lambda day: Decimal(day.month),
    "day": lambda day: Decimal(day.day),
    "add days": add_days,
    "add months": add_months,
    "days between": days_between,
    "dated": dated,
}
"""Every function by its name in a resolved tree."""

FAILURES = (Undefined, DecimalException)
"""What computing a resolved tree can raise."""
