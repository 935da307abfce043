"""Exact numbers of the domain: one decimal context of its own, and how a number is written to be hashed.

Comparisons of finite decimals are exact whatever the context; sums and quotients go through CONTEXT, never through the
ambient one.
"""

import decimal
from collections.abc import Iterable
from decimal import Decimal

CONTEXT = decimal.Context(
    prec=50,
    rounding=decimal.ROUND_HALF_EVEN,
    Emin=-999_999,
    Emax=999_999,
    capitals=1,
    clamp=0,
    flags=[],
    traps=[decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow],
)
"""50 significant digits, half even, and no silent NaN or infinity."""

ZERO = Decimal(0)
HUNDRED = Decimal(100)


def total(values: Iterable[Decimal]) -> Decimal:
    """Add up VALUES."""
    result = ZERO
    for value in values:
        result = CONTEXT.add(result, value)
    return result


def percent(part: Decimal, whole: Decimal) -> Decimal:
    """Return PART as a percentage of WHOLE, which must not be zero."""
    return CONTEXT.multiply(CONTEXT.divide(part, whole), HUNDRED)


def normal(value: Decimal) -> str:
    """Write VALUE in the one way that equal values share: 15, 15.0 and 1.5E+1 all give `15`."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
