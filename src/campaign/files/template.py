"""The workbook that an office fills in: one row a figure, all but the figures locked, every choice a drop-down.

Texts are written as texts, whatever they begin with; the same order gives the same bytes.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

import msgspec

from campaign.domain.definition import Definition, Indicator, Obligation
from campaign.domain.events import Figure
from campaign.files import layout
from campaign.files.cells import address

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

MADE = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""Stands as the day of making in every workbook, so that the same content has the same bytes."""

WIDTHS = {"name": 22, "label": 18, "obligation": 16, "scope": 16, "method": 18, "adjustment_reason": 24}
OPEN = frozenset({"value", "scope", "status", "method", "above_scale_list", "adjustment", "adjustment_reason"})
"""Columns that are filled in; all others are locked."""

NUMBERS = ("value", "adjustment")
COLUMN = {name: column for column, name in enumerate(layout.COLUMNS)}

ADVICE = (
    ("填写", "只填白色单元格；每个指标一行，按“单位”列的计量单位填写，不要改动其他单元格。"),
    ("小数", "直接填数字，不加单位、千分位和百分号；没有发生的填 0，不报的删去整行。"),
    ("口径", "同一指标有两种口径的，各填一行。"),
    ("更正", "更正时改好数字，带更正原因再次提交同一表格。"),
)


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What a template is made for: entities by id with their names, one obligation, one period."""

    definition: Definition
    definition_sha256: str
    obligation: Obligation
    period: str
    entities: tuple[tuple[str, str], ...]


def write(order: Order, figures: Mapping[tuple[str, str], Figure] | None = None) -> bytes:
    """Return the workbook. FIGURES fill it in, by entity and indicator."""
    import xlsxwriter  # noqa: PLC0415 -- an extra

    target = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(target, options)
    book.set_properties({"created": MADE, "title": order.definition.campaign.title})
    sheet = book.add_worksheet(layout.FIGURES_SHEET)
    _figures(_Pen(book, sheet), order, figures or {})
    _stamp(_Pen(book, book.add_worksheet(layout.STAMP_SHEET)), order)
    book.close()
    return target.getvalue()


class _Pen:
    """Writes cells of one sheet in the few formats that there are."""

    def __init__(self, book: Any, sheet: "Worksheet") -> None:  # noqa: ANN401 -- xlsxwriter ships no types
        self.sheet = sheet
        self.head: Format = book.add_format({"bold": True, "locked": True, "bg_color": "#D9E1F2", "border": 1})
        self.locked: Format = book.add_format({"locked": True, "bg_color": "#F2F2F2", "border": 1, "num_format": "@"})
        self.open: Format = book.add_format({"locked": False, "border": 1, "num_format": "@"})
        self.wrap: Format = book.add_format({"text_wrap": True, "valign": "top"})
        self._book = book
        self._numbers: dict[int, Format] = {}

    def number(self, digits: int) -> "Format":
        """Return the format of an open cell for a number with DIGITS decimal places."""
        if digits not in self._numbers:
            shown = "0." + "0" * digits if digits else "0"
            self._numbers[digits] = self._book.add_format({"locked": False, "border": 1, "num_format": shown})
        return self._numbers[digits]


def _figures(pen: _Pen, order: Order, figures: Mapping[tuple[str, str], Figure]) -> None:
    for column, (name, chinese) in enumerate(layout.COLUMNS.items()):
        pen.sheet.write_string(0, column, chinese, pen.head)
        pen.sheet.set_column(column, column, WIDTHS.get(name, 12))
    row = 0
    for entity, title in order.entities:
        for indicator in _indicators(order):
            row += 1
            figure = figures.get((entity, indicator.id))
            _texts(pen, row, _row(order, {"entity": entity, "name": title}, indicator, figure))
            _numbers(pen, row, indicator, figure)
    _choices(pen, order, row)
    pen.sheet.freeze_panes(1, 2)
    pen.sheet.autofilter(0, 0, max(row, 1), len(layout.COLUMNS) - 1)
    pen.sheet.protect("", {"autofilter": True, "format_columns": True, "sort": True, "delete_rows": True})


def _indicators(order: Order) -> list[Indicator]:
    wanted = order.obligation.indicators
    return [entry for entry in order.definition.indicators if not wanted or entry.id in wanted]


def _row(order: Order, entity: dict[str, str], indicator: Indicator, figure: Figure | None) -> dict[str, str]:
    """Return the texts of a row by column."""
    scopes = {scope.id: scope.label for scope in order.definition.scopes}
    return entity | {
        "obligation": order.obligation.label,
        "period": order.period,
        "indicator": indicator.id,
        "label": indicator.label,
        "unit": indicator.unit,
        "scope": scopes[figure.scope] if figure else next(iter(scopes.values()), ""),
        "status": layout.STATUS[figure.status if figure else "provisional"],
        "method": figure.method if figure else "",
        "above_scale_list": figure.above_scale_list if figure else "",
    }


def _texts(pen: _Pen, row: int, texts: dict[str, str]) -> None:
    for name, column in COLUMN.items():
        if name not in NUMBERS:
            pen.sheet.write_string(row, column, texts.get(name, ""), pen.open if name in OPEN else pen.locked)


def _numbers(pen: _Pen, row: int, indicator: Indicator, figure: Figure | None) -> None:
    form = pen.number(indicator.digits)
    for name in NUMBERS:
        if name == "value" and figure is not None:
            pen.sheet.write_number(row, COLUMN[name], float(figure.value), form)
        else:
            pen.sheet.write_blank(row, COLUMN[name], None, form)


def _choices(pen: _Pen, order: Order, last: int) -> None:
    lists = {"status": list(layout.STATUS.values()), "scope": [scope.label for scope in order.definition.scopes]}
    for name, choices in lists.items():
        if choices and sum(map(len, choices)) + len(choices) <= LIST_LENGTH:
            pen.sheet.data_validation(
                1, COLUMN[name], max(last, 1), COLUMN[name], {"validate": "list", "source": choices}
            )
    number = {
        "validate": "decimal",
        "criteria": "between",
        "minimum": -1_000_000_000_000,
        "maximum": 1_000_000_000_000,
        "input_title": "数值",
        "input_message": "按“单位”列的计量单位填写数字",
        "error_title": "不是数字",
        "error_message": "只填数字，不加单位、千分位和百分号",
    }
    for name in NUMBERS:
        pen.sheet.data_validation(1, COLUMN[name], max(last, 1), COLUMN[name], number)


LIST_LENGTH = 255
"""A spreadsheet takes no longer list of choices."""


def _stamp(pen: _Pen, order: Order) -> None:
    stamp = {
        "template": layout.TEMPLATE,
        "campaign": order.definition.campaign.key,
        "definition": order.definition_sha256,
    }
    lines: Iterable[Sequence[str]] = (
        *((layout.STAMP[name], text) for name, text in stamp.items()),
        ("报表", order.obligation.label),
        ("期别", order.period),
        *ADVICE,
    )
    pen.sheet.set_column(0, 0, 12)
    pen.sheet.set_column(1, 1, 80)
    for row, (name, text) in enumerate(lines):
        pen.sheet.write_string(row, 0, name, pen.head)
        pen.sheet.write_string(row, 1, text, pen.wrap)
    pen.sheet.protect()


def cell_of(row: int, name: str) -> str:
    """Return the address of column NAME in ROW, counted from 1 with the header as row 1."""
    return address(row, COLUMN[name])
