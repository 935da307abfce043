"""Numbers as offices write them: what is plain is read, what is ambiguous is named with what it was probably meant as.

Read as they are: full-width digits, well-formed thousands separators, a percent sign and the unit where they are the
indicator's own.  Named: every other unit, shares instead of percent, dates, formulas, errors, numbers cut short.
"""

import re
import unicodedata
from datetime import date, timedelta
from decimal import Decimal

from campaign.domain.definition import Indicator
from campaign.domain.exact import CONTEXT, HUNDRED, ZERO
from campaign.files.cells import Cell
from campaign.problems import NOTHING, T, plain
from campaign.shape import Wrong

NUMBER = re.compile(r"[+-]?\d{1,30}(\.\d{1,12})?", re.ASCII)
GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d{1,12})?", re.ASCII)
SHORTENED = re.compile(r"[+-]?\d+(\.\d+)?[eE][+-]?\d+", re.ASCII)
WITH_UNIT = re.compile(r"(?P<number>[+-]?[\d.,]+)\s*(?P<unit>\D{1,8})", re.ASCII)
PLACEHOLDERS = frozenset({"-", "--", "—", "——", "/", "\\", "无", "n/a", "na", "nil", "null", "*"})
PERCENT = "%"
YUAN = {"元": 0, "千元": 3, "万元": 4, "百万元": 6, "千万元": 7, "亿元": 8, "yuan": 0}
"""Units of money by their power of ten."""

MINUS = str.maketrans({"−": "-", "–": "-", "\u3000": " ", "\xa0": " "})
EXCEL_EPOCH = date(1899, 12, 30)
FIRST_SERIAL, LAST_SERIAL = 18_000, 110_000
"""Days from 1949 to 2201 as a spreadsheet counts them."""

SLIPS = (4, 8)
"""Slips of unit by powers of ten: 万元 against 亿元, 元 against 亿元."""
SHARE_OF = Decimal(10)
LARGEST = Decimal(10) ** 18
HALF = Decimal("0.5")
"""A percentage of at least this much, followed by one of at most 1, was probably written as a share."""


def value(cell: Cell, indicator: Indicator, *, percent_format: bool = False) -> Decimal:
    """Read the figure of INDICATOR in CELL. Raises Wrong with a code of its own for each way to get it wrong."""
    match cell:
        case bool():
            message = T("{value} is no number", value=str(cell).upper())
            raise Wrong("not-a-number", message, T("write the figure"))
        case Decimal():
            return _formatted(cell, indicator) if percent_format else _sized(cell)
        case date():
            message = T("the spreadsheet took this for the day {day}", day=cell)
            raise Wrong("date-for-number", message, T("set the cell's format to number and write the figure again"))
        case _:
            return _text(cell or "", indicator)


def _sized(number: Decimal) -> Decimal:
    if number.copy_abs() >= LARGEST:
        message = T("{value} is larger than any figure", value=number)
        raise Wrong("number-too-large", message, T("write it in the indicator's unit"))
    return number


def _formatted(number: Decimal, indicator: Indicator) -> Decimal:
    """Read a cell that shows a percentage: it holds the hundredth part of what is seen."""
    if indicator.unit != PERCENT:
        raise _percent(indicator)
    return _tidy(CONTEXT.multiply(number, HUNDRED))


def _tidy(number: Decimal) -> Decimal:
    """Leave out zeros at the end, and an exponent."""
    return CONTEXT.add(CONTEXT.normalize(number), ZERO)


def _percent(indicator: Indicator) -> Wrong:
    message = T("{indicator} is counted in {unit}, not in percent", indicator=indicator.id, unit=indicator.unit)
    return Wrong("percent-for-number", message, T("write the figure itself, in {unit}", unit=indicator.unit))


def _text(text: str, indicator: Indicator) -> Decimal:
    plain_text = unicodedata.normalize("NFKC", text).translate(MINUS).strip()
    if NUMBER.fullmatch(plain_text):
        return Decimal(plain_text)
    if GROUPED.fullmatch(plain_text):
        return Decimal(plain_text.replace(",", ""))
    if plain_text.endswith(PERCENT) and _numeric(plain_text[:-1]):
        if indicator.unit != PERCENT:
            raise _percent(indicator)
        return Decimal(plain_text[:-1].strip().replace(",", ""))
    raise _wrong(text, plain_text, indicator)


def _numeric(text: str) -> bool:
    return bool(NUMBER.fullmatch(text.strip()) or GROUPED.fullmatch(text.strip()))


def _wrong(text: str, plain_text: str, indicator: Indicator) -> Wrong:
    """Say what TEXT is instead of a number."""
    if plain_text[:1] in {"#", "="}:
        return _formula(text, plain_text)
    if plain_text.lower() in PLACEHOLDERS:
        message = T("{text} says neither a figure nor zero", text=text)
        return Wrong("placeholder", message, T("write 0 where it is zero, else remove the line"))
    found = WITH_UNIT.fullmatch(plain_text)
    if found and found["unit"] in {*YUAN, indicator.unit} and _numeric(found["number"]):
        return unit_slip(found["unit"], Decimal(found["number"].replace(",", "")), indicator)
    return _misspelt(text, plain_text)


def _formula(text: str, plain_text: str) -> Wrong:
    if plain_text.startswith("#"):
        message = T("the formula behind this cell failed: {text}", text=text)
        return Wrong("formula-error", message, T("repair the formula, or write the figure"))
    message = T("{text} is a formula kept as text", text=text)
    return Wrong("formula-as-text", message, T("write the figure that it gives"))


def _misspelt(text: str, plain_text: str) -> Wrong:
    if SHORTENED.fullmatch(plain_text):
        message = T("{text} was cut short by a spreadsheet", text=text)
        return Wrong("number-shortened", message, T("write all its digits"))
    if "," in plain_text and NUMBER.fullmatch(plain_text.replace(",", "")):
        message = T("the commas in {text} do not stand at every third digit", text=text)
        return Wrong("number-separator", message, T("leave them out"))
    message = T("{text} is no number", text=text)
    return Wrong("not-a-number", message, T("write digits, as in 1234.50"))


def unit_slip(unit: str, number: Decimal | None, indicator: Indicator) -> Wrong:
    """Say that a figure came in UNIT instead of the indicator's own, and what NUMBER is in that."""
    message = T(
        "{indicator} is counted in {right}, not in {wrong}", indicator=indicator.id, right=indicator.unit, wrong=unit
    )
    if unit == indicator.unit:
        message = T("the unit {unit} stands in the cell of the figure", unit=unit)
    if number is None or unit not in YUAN or indicator.unit not in YUAN:
        return Wrong("unit-slip", message, T("convert it to {unit}", unit=indicator.unit))
    right = CONTEXT.scaleb(number, Decimal(YUAN[unit] - YUAN[indicator.unit]))
    return Wrong("unit-slip", message, T("write {value} and {unit}", value=plain(right), unit=indicator.unit))


def near(number: Decimal, level: Decimal) -> bool:
    """Whether two figures are so close that no slip of unit lies between them."""
    small, large = sorted((number.copy_abs(), level.copy_abs()))
    return CONTEXT.multiply(small, SHARE_OF) > large


def out_of_scale(number: Decimal, level: Decimal, indicator: Indicator) -> Wrong | None:
    """Return what is suspicious about NUMBER beside LEVEL, the figure before it: a factor that a unit would explain."""
    if not number or not level:
        return None
    if indicator.unit == PERCENT:
        if number.copy_abs() <= 1 and level.copy_abs() >= SHARE_OF:
            message = T("{value} after {level}: a share instead of a percentage?", value=number, level=level)
            fix = T(
                "write {value}, or accept it with --accept {code}",
                value=CONTEXT.scaleb(number, Decimal(2)),
                code="share-for-percent",
            )
            return Wrong("share-for-percent", message, fix)
        return None
    powers = CONTEXT.log10(CONTEXT.divide(number, level).copy_abs())
    for slip in SLIPS:
        if CONTEXT.subtract(powers.copy_abs(), Decimal(slip)).copy_abs() <= HALF:
            factor = CONTEXT.scaleb(Decimal(1), Decimal(slip if powers > 0 else -slip))
            message = T("{value} after {level}: {factor} times as much", value=number, level=level, factor=factor)
            meant = plain(_tidy(CONTEXT.divide(number, factor)))
            fix = T("was {value} meant? else accept it with --accept {code}", value=meant, code="unit-scale")
            return Wrong("unit-scale", message, fix)
    return None


def period(cell: Cell, periods: frozenset[str]) -> str:
    """Read a period; a spreadsheet that made a day of `2005-09` is understood where that month is a period.

    Raises Wrong: date-for-period, date-as-number.
    """
    match cell:
        case date():
            month = f"{cell:%Y-%m}"
            if cell.day == 1 and month in periods:
                return month
            message = T("the spreadsheet took this for the day {day}", day=cell)
            raise Wrong("date-for-period", message, T("set the cell's format to text and write the period again"))
        case Decimal():
            raise _serial(cell)
        case _:
            text = unicodedata.normalize("NFKC", str(cell or "")).strip()
            if text.isdecimal() and FIRST_SERIAL <= int(text) <= LAST_SERIAL and text not in periods:
                raise _serial(Decimal(text))
            return text


def _serial(number: Decimal) -> Wrong:
    if not FIRST_SERIAL <= number <= LAST_SERIAL:
        return Wrong("unknown-period", T("there is no period {period}", period=number), NOTHING)
    day = EXCEL_EPOCH + timedelta(days=int(number))
    message = T("{number} is the day {day} as a spreadsheet counts days", number=number, day=day)
    return Wrong("date-as-number", message, T("set the cell's format to text and write the period"))
