"""Numbers as offices write them: what is read, and for each way to get it wrong its own code, words and remedy."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from campaign.domain.definition import Indicator
from campaign.files import numbers
from campaign.files.cells import Cell
from campaign.files.folder import load
from campaign.shape import Wrong

KNOWN = {entry.id: entry for entry in load(Path(__file__).parents[2] / "config").definition.indicators}
MONEY = next(entry for entry in KNOWN.values() if entry.unit == "亿元")
RATE = next(entry for entry in KNOWN.values() if entry.unit == "%")
COUNT = replace(MONEY, id="firms", unit="户")


def wrong(work: Wrong | None) -> str:
    assert work is not None
    return f"{work.code}: {work.message} ({work.fix})"


def refused(cell: Cell, indicator: Indicator, *, percent: bool = False) -> str:
    with pytest.raises(Wrong) as raised:
        numbers.value(cell, indicator, percent_format=percent)
    return wrong(raised.value)


@pytest.mark.parametrize(
    ("cell", "indicator", "value"),
    [
        ("12", MONEY, "12"),
        (" -12.50 ", MONEY, "-12.50"),
        ("+7", COUNT, "7"),
        ("１２．５", MONEY, "12.5"),
        ("−3", MONEY, "-3"),
        ("–3", MONEY, "-3"),
        ("1,234", MONEY, "1234"),
        ("1,234,567.89", MONEY, "1234567.89"),
        ("12.5%", RATE, "12.5"),
        ("12.5 %", RATE, "12.5"),
        ("１，２００％", RATE, "1200"),
        ("0", MONEY, "0"),
        ("9" * 30 + ".000000000001", MONEY, "9" * 30 + ".000000000001"),
        (Decimal("1E+3"), MONEY, "1E+3"),
        (Decimal(999999999999999999), MONEY, "999999999999999999"),
    ],
)
def test_a_plain_number_is_read_as_it_stands(cell: Cell, indicator: Indicator, value: str) -> None:
    assert str(numbers.value(cell, indicator)) == value


def test_a_cell_that_shows_a_percentage_holds_a_hundredth_of_it() -> None:
    assert str(numbers.value(Decimal("0.125"), RATE, percent_format=True)) == "12.5"
    assert str(numbers.value(Decimal(12), RATE, percent_format=True)) == "1200"
    assert str(numbers.value("12", RATE, percent_format=True)) == "12"
    assert refused(Decimal("0.125"), COUNT, percent=True) == (
        "percent-for-number: firms is counted in 户, not in percent (write the figure itself, in 户)"
    )


DIGITS = "(write digits, as in 1234.50)"
IN_UNIT = "is larger than any figure (write it in the indicator's unit)"
AGAIN = "(set the cell's format to number and write the figure again)"
REPAIR = "(repair the formula, or write the figure)"


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (True, "not-a-number: TRUE is no number (write the figure)"),
        (False, "not-a-number: FALSE is no number (write the figure)"),
        (Decimal("1E+18"), f"number-too-large: 1000000000000000000 {IN_UNIT}"),
        (Decimal("-1E+18"), f"number-too-large: -1000000000000000000 {IN_UNIT}"),
        (date(2005, 9, 1), f"date-for-number: the spreadsheet took this for the day 2005-09-01 {AGAIN}"),
        ("5%", "percent-for-number: firms is counted in 户, not in percent (write the figure itself, in 户)"),
        ("#DIV/0!", f"formula-error: the formula behind this cell failed: #DIV/0! {REPAIR}"),
        ("=A1+1", "formula-as-text: =A1+1 is a formula kept as text (write the figure that it gives)"),
        *[(text, f"placeholder: {text} says neither a figure nor zero (write 0 where it is zero, else remove the line)")
          for text in ("-", "——", "/", "无", "N/A", "null")],
        ("12亿元", "unit-slip: firms is counted in 户, not in 亿元 (convert it to 户)"),
        ("12 户", "unit-slip: the unit 户 stands in the cell of the figure (convert it to 户)"),
        ("1.2E+5", "number-shortened: 1.2E+5 was cut short by a spreadsheet (write all its digits)"),
        ("12e-3", "number-shortened: 12e-3 was cut short by a spreadsheet (write all its digits)"),
        ("1,23", "number-separator: the commas in 1,23 do not stand at every third digit (leave them out)"),
        ("12,34,567", "number-separator: the commas in 12,34,567 do not stand at every third digit (leave them out)"),
        ("1,2,", "number-separator: the commas in 1,2, do not stand at every third digit (leave them out)"),
        ("约12", f"not-a-number: 约12 is no number {DIGITS}"),
        ("12 kg", f"not-a-number: 12 kg is no number {DIGITS}"),
        ("1.2.3", f"not-a-number: 1.2.3 is no number {DIGITS}"),
        ("", f"not-a-number:  is no number {DIGITS}"),
        (None, f"not-a-number:  is no number {DIGITS}"),
        ("9" * 31, f"not-a-number: {'9' * 31} is no number {DIGITS}"),
        ("1." + "0" * 13, f"not-a-number: 1.{'0' * 13} is no number {DIGITS}"),
        ("1,234%5", f"not-a-number: 1,234%5 is no number {DIGITS}"),
    ],
)  # fmt: skip
def test_each_way_to_get_a_number_wrong_is_named(cell: Cell, said: str) -> None:
    assert refused(cell, COUNT) == said


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12,000万元", "1.2000"),
        ("5元", "0.00000005"),
        ("3 千元", "0.00003"),
        ("2百万元", "0.02"),
        ("2千万元", "0.2"),
        ("7yuan", "0.00000007"),
    ],
)
def test_an_amount_in_another_unit_is_converted_for_whoever_wrote_it(text: str, value: str) -> None:
    said = refused(text, MONEY)
    assert said.startswith(f"unit-slip: {MONEY.id} is counted in 亿元, not in ")
    assert said.endswith(f" (write {value} and 亿元)")


def test_the_unit_of_the_indicator_itself_does_not_belong_into_the_cell() -> None:
    assert refused("12亿元", MONEY) == "unit-slip: the unit 亿元 stands in the cell of the figure (write 12 and 亿元)"
    assert wrong(numbers.unit_slip("万元", None, MONEY)) == (
        f"unit-slip: {MONEY.id} is counted in 亿元, not in 万元 (convert it to 亿元)"
    )


# --- figures beside those before them ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "level", "close"),
    [
        ("1", "9.99", True),
        ("1", "10", False),
        ("10", "1", False),
        ("-9.99", "1", True),
        ("5", "5", True),
        ("0", "1", False),
    ],
)
def test_figures_are_close_below_a_factor_of_ten(number: str, level: str, close: bool) -> None:  # noqa: FBT001 -- a column of the table
    assert numbers.near(Decimal(number), Decimal(level)) is close


ELSE = "else accept it with --accept unit-scale"


@pytest.mark.parametrize(
    ("number", "level", "said"),
    [
        ("120000", "12", f"120000 after 12: 10000 times as much (was 12 meant? {ELSE})"),
        ("12", "120000", f"12 after 120000: 0.0001 times as much (was 120000 meant? {ELSE})"),
        ("1200000000", "12", f"1200000000 after 12: 100000000 times as much (was 12 meant? {ELSE})"),
        ("-40000", "12", f"-40000 after 12: 10000 times as much (was -4 meant? {ELSE})"),
        ("379000", "12", f"379000 after 12: 10000 times as much (was 37.9 meant? {ELSE})"),
    ],
)  # fmt: skip
def test_a_factor_that_a_unit_would_explain_is_suspicious(number: str, level: str, said: str) -> None:
    assert wrong(numbers.out_of_scale(Decimal(number), Decimal(level), MONEY)) == f"unit-scale: {said}"


@pytest.mark.parametrize(
    ("number", "level"),
    [("12", "12"), ("0", "12"), ("12", "0"), ("3162", "1"), ("31623", "1"), ("10", "-7"), ("1", "3162")],
)
def test_other_changes_are_not(number: str, level: str) -> None:
    assert numbers.out_of_scale(Decimal(number), Decimal(level), MONEY) is None


@pytest.mark.parametrize(
    ("number", "found"),
    [("3162", False), ("3163", True), ("31622", True), ("31623", False), ("31622776", False), ("31622777", True)],
)
def test_a_slip_is_seen_half_a_power_of_ten_to_either_side(number: str, found: bool) -> None:  # noqa: FBT001 -- likewise
    assert (numbers.out_of_scale(Decimal(number), Decimal(1), MONEY) is not None) is found


@pytest.mark.parametrize(
    ("number", "level", "meant"),
    [
        ("0.15", "12", "15"),
        ("1", "10", "100"),
        ("-0.5", "-10", "-50"),
        ("1.01", "10", ""),
        ("1", "9.99", ""),
        ("100", "0.1", ""),
    ],
)
def test_a_share_after_a_percentage_is_suspicious_and_the_other_way_round_is_not(
    number: str, level: str, meant: str
) -> None:
    found = numbers.out_of_scale(Decimal(number), Decimal(level), RATE)
    if not meant:
        assert found is None
        return
    assert wrong(found) == (
        f"share-for-percent: {number} after {level}: a share instead of a percentage?"
        f" (write {meant}, or accept it with --accept share-for-percent)"
    )


# --- periods -----------------------------------------------------------------------------------------------------

PERIODS = frozenset({"2005-09", "2005-W36", "20050"})


@pytest.mark.parametrize(
    ("cell", "period"),
    [
        ("2005-09", "2005-09"), (" ２００５－０９ ", "2005-09"), (date(2005, 9, 1), "2005-09"),
        ("20050", "20050"), ("x", "x"), (None, ""), ("17999", "17999"), ("110001", "110001"),
    ],
)  # fmt: skip
def test_a_period_is_read_as_it_stands_or_as_the_day_made_of_it(cell: Cell, period: str) -> None:
    assert numbers.period(cell, PERIODS) == period


COUNTED = "as a spreadsheet counts days (set the cell's format to text and write the period)"
FORMAT = "(set the cell's format to text and write the period again)"


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (date(2005, 9, 2), f"date-for-period: the spreadsheet took this for the day 2005-09-02 {FORMAT}"),
        (date(2005, 10, 1), f"date-for-period: the spreadsheet took this for the day 2005-10-01 {FORMAT}"),
        ("38596", f"date-as-number: 38596 is the day 2005-09-01 {COUNTED}"),
        (Decimal(18000), f"date-as-number: 18000 is the day 1949-04-12 {COUNTED}"),
        (Decimal(110000), f"date-as-number: 110000 is the day 2201-03-02 {COUNTED}"),
        (Decimal(17999), "unknown-period: there is no period 17999 ()"),
        (Decimal(200509), "unknown-period: there is no period 200509 ()"),
    ],
)  # fmt: skip
def test_what_a_spreadsheet_made_of_a_period_is_named(cell: Cell, said: str) -> None:
    with pytest.raises(Wrong) as raised:
        numbers.period(cell, PERIODS)
    assert wrong(raised.value) == said
