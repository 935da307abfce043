"""Functions on numbers, strings and truth, as chapter 10.3.4 of DMN 1.5 lists them."""

import decimal
import re
from decimal import Decimal

from campaign.files.feel_dates import told
from campaign.files.feel_functions import Work, builtin, whole
from campaign.files.feel_values import NUMBERS, FeelValue, Function, Range, Unsupported, kind, truth

ZERO, ONE = Decimal(0), Decimal(1)
LEAST_SCALE, MOST_SCALE = -6111, 6176
FLAGS = {"i": re.IGNORECASE, "s": re.DOTALL, "m": re.MULTILINE, "x": re.VERBOSE}
UNLIKE = re.compile(r"\\[pPiIcC]|\[[^\]]*-\[|\(\?")
"""What the patterns of XML Schema mean and Python's do not, or the other way round."""
MAX_PATTERN = 1000


@builtin("not", "negand: any")
def negated(value: FeelValue) -> FeelValue:
    """Return the ternary negation."""
    answer = truth(value)
    return None if answer is None else not answer


# numbers


def _rounded(value: Decimal, scale: Decimal, mode: str) -> FeelValue:
    digits = whole(scale)
    if digits is None or not LEAST_SCALE <= digits <= MOST_SCALE:
        return None
    unit = Decimal((0, (1,), -digits))
    if value.is_zero() or value.adjusted() < -digits - 1:
        small = ZERO if value.is_zero() else _tiny(value, mode)
        return NUMBERS.multiply(small, unit)
    if value.as_tuple().exponent >= -digits:  # type: ignore[operator]  # no number of ours is infinite
        return value
    return value.quantize(unit, mode, NUMBERS)


def _tiny(value: Decimal, mode: str) -> Decimal:
    """Return what a fraction of a unit, less than a tenth, is rounded to, in units."""
    return Decimal("0.01").copy_sign(value).quantize(ONE, mode, NUMBERS)


def _rounding(mode: str) -> Work:
    def work(value: Decimal, scale: Decimal = ZERO) -> FeelValue:
        return _rounded(value, scale, mode)

    return work


for _name, _mode, _scale in (
    ("decimal", decimal.ROUND_HALF_EVEN, "scale"),
    ("round up", decimal.ROUND_UP, "scale"),
    ("round down", decimal.ROUND_DOWN, "scale"),
    ("round half up", decimal.ROUND_HALF_UP, "scale"),
    ("round half down", decimal.ROUND_HALF_DOWN, "scale"),
    ("floor", decimal.ROUND_FLOOR, "scale?"),
    ("ceiling", decimal.ROUND_CEILING, "scale?"),
):
    builtin(_name, f"n: number, {_scale}: number")(_rounding(_mode))


@builtin("abs", "n: number")
def absolute(value: Decimal) -> FeelValue:
    """Return the number without its sign."""
    return value.copy_abs()


@builtin("modulo", "dividend: number, divisor: number")
def modulo(dividend: Decimal, divisor: Decimal) -> FeelValue:
    """Return dividend - divisor * floor(dividend / divisor)."""
    if not divisor:
        return None
    rest = NUMBERS.remainder(dividend, divisor)
    return NUMBERS.add(rest, divisor) if rest and (rest < 0) != (divisor < 0) else rest


@builtin("sqrt", "number: number")
def root(value: Decimal) -> FeelValue:
    """Return the square root."""
    return NUMBERS.sqrt(value)


@builtin("log", "number: number")
def logarithm(value: Decimal) -> FeelValue:
    """Return the natural logarithm."""
    return NUMBERS.ln(value) if value > 0 else None


@builtin("exp", "number: number")
def exponential(value: Decimal) -> FeelValue:
    """Return e to the power of the value."""
    return NUMBERS.exp(value)


@builtin("odd", "number: number")
def odd(value: Decimal) -> FeelValue:
    """Return whether a whole number is odd."""
    return value == value.to_integral_value() and NUMBERS.remainder(value, Decimal(2)) != 0


@builtin("even", "number: number")
def even(value: Decimal) -> FeelValue:
    """Return whether a whole number is even."""
    return value == value.to_integral_value() and NUMBERS.remainder(value, Decimal(2)) == 0


@builtin("number", "from: string")
@builtin("number", "from: string, grouping separator: string?, decimal separator: string?")
def number(text: str, grouping: str | None = None, point: str | None = None) -> FeelValue:
    """Read a number."""
    if grouping not in {None, " ", ",", "."} or point not in {None, ",", "."} or (grouping and grouping == point):
        return None
    plain = text.replace(grouping, "") if grouping else text
    plain = plain.replace(point, ".") if point else plain
    if not re.fullmatch(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?", plain):
        return None
    return NUMBERS.create_decimal(plain)


# strings


@builtin("string", "from: any")
def string(value: FeelValue) -> FeelValue:
    """Write any value; null stays null."""
    return None if value is None else _written(value, quoted=False)


def _written(value: FeelValue, *, quoted: bool) -> str:  # noqa: PLR0911 -- a case for each type
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' if quoted else value
        case Decimal():
            return plainly(value)
        case list():
            return "[" + ", ".join(_written(item, quoted=True) for item in value) + "]"
        case dict():
            return "{" + ", ".join(f"{key}: {_written(item, quoted=True)}" for key, item in value.items()) + "}"
        case Range() | Function():
            raise Unsupported(f"a {kind(value)} as text")
        case _:
            return told(value)


def plainly(value: Decimal) -> str:
    """Write a number without an exponent and without idle zeros."""
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text


@builtin("substring", "string: string, start position: number, length?: number")
def substring(text: str, start: Decimal, length: Decimal | None = None) -> FeelValue:
    """Return a part of the string, counted from 1, or from its end where START is negative."""
    first = whole(start.to_integral_value(decimal.ROUND_DOWN))
    count = None if length is None else whole(length.to_integral_value(decimal.ROUND_DOWN))
    if not first or abs(first) > len(text) or (length is not None and (count is None or count < 1)):
        return "" if first and first > len(text) else None
    begin = first - 1 if first > 0 else len(text) + first
    return text[begin:] if count is None else text[begin : begin + count]


@builtin("string length", "string: string")
def string_length(text: str) -> FeelValue:
    """Return how many characters there are."""
    return Decimal(len(text))


@builtin("upper case", "string: string")
def upper(text: str) -> FeelValue:
    """Return the text in capitals."""
    return text.upper()


@builtin("lower case", "string: string")
def lower(text: str) -> FeelValue:
    """Return the text in small letters."""
    return text.lower()


@builtin("substring before", "string: string, match: string")
def before(text: str, match: str) -> FeelValue:
    """Return what stands before the first MATCH."""
    return text.partition(match)[0] if match and match in text else ""


@builtin("substring after", "string: string, match: string")
def after(text: str, match: str) -> FeelValue:
    """Return what stands after the first MATCH."""
    return text if not match else text.partition(match)[2]


@builtin("contains", "string: string, match: string")
def contains(text: str, match: str) -> FeelValue:
    """Return whether MATCH occurs."""
    return match in text


@builtin("starts with", "string: string, match: string")
def starts(text: str, match: str) -> FeelValue:
    """Return whether the text begins with MATCH."""
    return text.startswith(match)


@builtin("ends with", "string: string, match: string")
def ends(text: str, match: str) -> FeelValue:
    """Return whether the text ends with MATCH."""
    return text.endswith(match)


def _pattern(pattern: str, flags: str | None) -> re.Pattern[str] | None:
    if UNLIKE.search(pattern) or "q" in (flags or "") or len(pattern) > MAX_PATTERN:
        raise Unsupported(f"the pattern {pattern[:40]}")
    if any(flag not in FLAGS for flag in flags or ""):
        return None
    chosen = re.NOFLAG
    for flag in flags or "":
        chosen |= FLAGS[flag]
    try:
        return re.compile(pattern, chosen)
    except re.error:
        return None


@builtin("matches", "input: string, pattern: string, flags?: string?")
def matches(text: str, pattern: str, flags: str | None = None) -> FeelValue:
    """Return whether the pattern occurs in the text."""
    found = _pattern(pattern, flags)
    return None if found is None else found.search(text) is not None


@builtin("replace", "input: string, pattern: string, replacement: string, flags?: string?")
def replace(text: str, pattern: str, replacement: str, flags: str | None = None) -> FeelValue:
    """Replace every occurrence of the pattern; `$1` is its first group."""
    found = _pattern(pattern, flags)
    if found is None:
        return None
    template = re.sub(r"\$([0-9])", r"\\g<\1>", replacement.replace("\\", "\\\\"))
    try:
        return found.sub(template, text)
    except (re.error, IndexError):
        return None


@builtin("split", "string: string, delimiter: string")
def split(text: str, delimiter: str) -> FeelValue:
    """Part the text at every occurrence of the pattern."""
    found = _pattern(delimiter, None)
    return None if found is None else list(found.split(text))


@builtin("string join", "list: list, delimiter?: string?")
def joined(items: list[FeelValue], delimiter: str | None = None) -> FeelValue:
    """Join the strings of a list; null among them is left out."""
    texts = [item for item in items if item is not None]
    if not all(isinstance(item, str) for item in texts):
        return None
    return (delimiter or "").join(map(str, texts))
