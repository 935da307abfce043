"""Exact numbers: one decimal context, named roundings, and how numbers are written.

Nothing here, or anywhere in this room, uses the ambient decimal context or a float.  Comparisons of finite decimals are
exact whatever the context; everything else goes through CONTEXT.
"""

import decimal
import re
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

LIMIT = Decimal("1e24")
"""Inputs must lie strictly between -LIMIT and LIMIT, so that sums of many stay exact."""

LEAST = LIMIT.copy_negate()
ZERO = Decimal(0)
ONE = Decimal(1)
TEN = Decimal(10)
HUNDRED = Decimal(100)
MAX_DIGITS = 12

MODES = {
    "half_even": decimal.ROUND_HALF_EVEN,
    "half_up": decimal.ROUND_HALF_UP,
    "half_down": decimal.ROUND_HALF_DOWN,
    "up": decimal.ROUND_UP,
    "down": decimal.ROUND_DOWN,
    "floor": decimal.ROUND_FLOOR,
    "ceiling": decimal.ROUND_CEILING,
}
"""The rounding modes a scheme may name."""

UNITS = {"": ONE, "万": Decimal(10_000), "亿": Decimal(100_000_000)}
GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
NUMERAL = re.compile(r"([+-]?(?:0|[1-9][0-9_]*)(?:\.[0-9]+)?)([万亿]?)(元?)(%?)")


def numeral(text: str) -> Decimal | None:
    """Read a number as staff write it: `1,000,000`, `1_000`, `115%`, `-3.5`, `80万元`; None where it is none.

    A percentage is the exact ratio: `115%` is 1.15.
    """
    plain = text.replace(",", "") if GROUPED.match(text) else text
    match = NUMERAL.fullmatch(plain)
    if match is None or plain.endswith("_"):
        return None
    digits, unit, _, percent = match.groups()
    value = CONTEXT.multiply(Decimal(digits.replace("_", "")), UNITS[unit])
    return value.scaleb(-2, CONTEXT) if percent else value


def suspicious(value: Decimal) -> bool:
    """Whether a bare number looks like a percentage that lost its sign: 10 or more either way."""
    return value.copy_abs() >= TEN


def unit(digits: int) -> Decimal:
    """Return one unit in the last of DIGITS decimal places: 2 gives 0.01."""
    return Decimal((0, (1,), -digits))


def rounded(value: Decimal, digits: int, mode: str) -> Decimal:
    """Round VALUE to DIGITS places by a name of MODES. Raises decimal.InvalidOperation beyond 50 digits."""
    return value.quantize(unit(digits), rounding=MODES[mode], context=CONTEXT)


def shown(value: Decimal) -> str:
    """Write VALUE without exponent and without idle zeros: 1.50 gives `1.5`, 1E+2 gives `100`."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def percentage(value: Decimal) -> str:
    """Write a ratio as a percentage: 1.15 gives `115%`."""
    return shown(value.scaleb(2, CONTEXT)) + "%"
