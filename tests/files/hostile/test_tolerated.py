"""What offices write and everyone understands is read as it is meant; what was understood is said."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from files.hostile.makers import GOOD, HEAD, RATE, Make, csv, with_, xlsx

from campaign.app.session import Session
from campaign.app.submit import Checked, Terms, check

FIRST = datetime(2005, 9, 1, tzinfo=UTC)


def shown_percent(book: object, sheet: object) -> None:
    form = book.add_format({"num_format": "0.0%"})  # type: ignore[attr-defined]  # xlsxwriter's workbook
    sheet.write_number("E2", 0.153, form)  # type: ignore[attr-defined]  # likewise


def calculated(_book: object, sheet: object) -> None:
    sheet.write_formula("E2", "=5*2.5", None, 12.5)  # type: ignore[attr-defined]  # likewise


def notes(book: object, _sheet: object) -> None:
    book.add_worksheet("备注").write(0, 0, "=随便写")  # type: ignore[attr-defined]  # likewise


CASES: dict[str, tuple[Make, str]] = {
    "full-width.csv": (lambda: csv(with_(value="１２．５０")), "12.50"),
    "full-width-minus.csv": (lambda: csv(with_(value="－１２．５")), "-12.5"),
    "separators.csv": (lambda: csv(with_(value='"1,234.50"')), "1234.50"),
    "full-width-separators.csv": (lambda: csv(with_(value="1，234.5")), "1234.5"),
    "percent-sign.csv": (lambda: csv(with_(RATE, value="15.3%")), "15.3"),
    "full-width-percent.csv": (lambda: csv(with_(RATE, value="15.3％")), "15.3"),
    "grouped-percent.csv": (lambda: csv(with_(RATE, value='"1,015.3%"')), "1015.3"),
    "shown-percent.xlsx": (lambda: xlsx(RATE, then=shown_percent), "15.3"),
    "calculated.xlsx": (lambda: xlsx(GOOD, then=calculated), "12.5"),
    "float.xlsx": (lambda: xlsx(with_(value=0.1 + 0.2)), "0.3"),
    "text-number.xlsx": (lambda: xlsx(with_(value="12.50")), "12.50"),
    "number-entity.xlsx": (lambda: xlsx(with_(entity=220200)), "12.5"),
    "spaces.csv": (lambda: csv(with_(value=" 12.5\u3000")), "12.5"),
    "bom.csv": (lambda: csv(GOOD, encoding="utf-8-sig"), "12.5"),
    "old-ends.csv": (lambda: csv(GOOD).replace(b"\n", b"\r"), "12.5"),
    "windows-ends.csv": (lambda: csv(GOOD).replace(b"\n", b"\r\n"), "12.5"),
    "trailing.csv": (lambda: csv(GOOD, [""] * 7, [""] * 7), "12.5"),
    "short-rows.csv": (lambda: csv(GOOD, [""]), "12.5"),
    "trailing.xlsx": (lambda: xlsx(GOOD, [], [None] * 7), "12.5"),
    "title-above.xlsx": (lambda: xlsx(["吉林市九月月报"], [], HEAD, GOOD, head=None), "12.5"),
    "month-as-day.xlsx": (lambda: xlsx(with_(period=FIRST)), "12.5"),
    "labels.csv": (lambda: csv(with_(indicator="利润", scope="吉林省统计口径")), "12.5"),
    "english.csv": (
        lambda: csv(
            ("220200", "2005-09", "profit", "12.5", "provincial"),
            head=("entity", "period", "indicator", "value", "scope"),
        ),
        "12.5",
    ),
    "other-sheets.xlsx": (lambda: xlsx(GOOD, then=notes), "12.5"),
}


def looked_at(name: str, make: Make, where: Path, session: Session, terms: Terms | None = None) -> Checked:
    path = where / name
    path.write_bytes(make())
    return check(session, path, terms)


@pytest.mark.parametrize("name", CASES)
def test_it_is_read_as_it_is_meant(name: str, campaign: Session, tmp_path: Path) -> None:
    make, value = CASES[name]
    (command,) = looked_at(name, make, tmp_path, campaign).commands
    (figure,) = command.figures
    assert str(figure.value) == value
    assert (command.entity, command.source) == ("220200", name)


def test_gbk_is_read_and_said(campaign: Session, tmp_path: Path) -> None:
    checked = looked_at("gbk.csv", lambda: csv(GOOD, encoding="gbk"), tmp_path, campaign)
    assert [str(notice) for notice in checked.notices] == [
        "gbk.csv: csv-gbk the file is in GBK and was read as such (save it as `CSV UTF-8` to be sure)"
    ]


def test_what_looks_wrong_may_be_accepted_by_its_code(campaign: Session, tmp_path: Path) -> None:
    terms = Terms(accepted=frozenset({"unit-scale"}))
    make = lambda: xlsx(with_(indicator="output", value=312000))  # noqa: E731 -- a maker like those of the tables
    (command,) = looked_at("right.xlsx", make, tmp_path, campaign, terms).commands
    assert command.figures[0].value == Decimal(312000)


def test_an_adjustment_comes_with_its_reason(campaign: Session, tmp_path: Path) -> None:
    make = lambda: csv([*GOOD, "-0.5", "剔除外省"], head=[*HEAD, "调整额", "调整原因"])  # noqa: E731 -- likewise
    (command,) = looked_at("adjusted.csv", make, tmp_path, campaign).commands
    (adjustment,) = command.figures[0].adjustments
    assert (adjustment.amount, adjustment.reason) == (Decimal("-0.5"), "剔除外省")


def test_a_report_left_blank_is_left_out_and_said(campaign: Session, tmp_path: Path) -> None:
    checked = looked_at("half.csv", lambda: csv(GOOD, with_(entity="220300", value="")), tmp_path, campaign)
    assert [line.entity for line in checked.lines] == ["220200"]
    assert [str(notice) for notice in checked.notices] == [
        "half.csv!E3: report-blank 220300 has no figures for 2005-09 (it is left out)"
    ]


def test_what_the_line_of_command_says_holds_for_rows_that_do_not(campaign: Session, tmp_path: Path) -> None:
    terms = Terms(entity="220200", obligation="monthly_report", period="2005-09")
    make = lambda: csv(("profit", "12.5", "provincial"), head=("指标", "数值", "口径"))  # noqa: E731 -- likewise
    (command,) = looked_at("bare.csv", make, tmp_path, campaign, terms).commands
    assert (command.entity, command.report, command.cells) == ("220200", "monthly_report-2005-09", ("B2",))
