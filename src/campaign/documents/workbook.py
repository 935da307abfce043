"""A page as a workbook: one sheet a section, numbers as numbers, texts never as formulas, always the same bytes."""

import re
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from campaign.documents.page import Cell, Page, Section

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

MADE = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""Stands as the day of making in every workbook, so that the same content has the same bytes."""

FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
NAME_LENGTH, TEXT_LENGTH = 31, 32_000
WIDEST, NARROWEST = 40, 8
FORMULA = ("=", "+", "-", "@")


def render(page: Page) -> bytes:
    """Write the page."""
    import xlsxwriter  # noqa: PLC0415 -- an extra

    target = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(target, options)
    book.set_properties({"created": MADE, "title": page.title[:255]})
    pen = _Pen(book)
    pen.cover(page)
    for section in page.sections:
        pen.section(section)
    book.close()
    return target.getvalue()


class _Pen:
    def __init__(self, book: Any) -> None:  # noqa: ANN401 -- xlsxwriter ships no types
        self.book = book
        self.title: Format = book.add_format({"bold": True, "font_size": 14})
        self.head: Format = book.add_format({"bold": True, "bg_color": "#D9E1F2", "border": 1, "text_wrap": True})
        self.text: Format = book.add_format({"border": 1})
        self.quoted: Format = book.add_format({"border": 1, "quote_prefix": True})
        self.numbers: dict[tuple[int, bool], Format] = {}
        self.names: set[str] = set()

    def sheet(self, heading: str) -> "Worksheet":
        """Add a sheet under a name that a spreadsheet takes."""
        base = FORBIDDEN.sub(" ", heading).strip()[: NAME_LENGTH - 3].strip() or "-"
        name, number = base, 1
        while name.lower() in self.names:
            number += 1
            name = f"{base} {number}"
        self.names.add(name.lower())
        made: Worksheet = self.book.add_worksheet(name)
        return made

    def cover(self, page: Page) -> None:
        sheet = self.sheet(page.title)
        sheet.set_column(0, 0, 100)
        for row, line in enumerate((page.title, *page.lines, *page.foot)):
            sheet.write_string(row, 0, line[:TEXT_LENGTH], None if row else self.title)

    def section(self, section: Section) -> None:
        sheet = self.sheet(section.heading)
        sheet.write_string(0, 0, section.heading[:TEXT_LENGTH], self.title)
        top = 1
        for sentence in section.sentences:
            sheet.write_string(top, 0, sentence[:TEXT_LENGTH])
            top += 1
        for column, heading in enumerate(section.columns):
            sheet.write_string(top, column, heading.heading[:TEXT_LENGTH], self.head)
            widest = max([len(heading.heading), *(len(str(row[column])) for row in section.rows)])
            sheet.set_column(column, column, min(max(2 * widest, NARROWEST), WIDEST))
        if section.columns:
            sheet.freeze_panes(top + 1, 0)
        for number, cells in enumerate(section.rows, start=top + 1):
            for column, cell in enumerate(cells):
                self._cell(sheet, number, column, cell)

    def _cell(self, sheet: "Worksheet", row: int, column: int, cell: Cell) -> None:
        if cell.number is not None:
            sheet.write_number(row, column, float(str(cell)), self._number(cell))
            return
        form = self.quoted if cell.text.startswith(FORMULA) else self.text
        sheet.write_string(row, column, cell.text[:TEXT_LENGTH], form)

    def _number(self, cell: Cell) -> "Format":
        key = (cell.digits, cell.signed)
        if key not in self.numbers:
            shown = "0." + "0" * cell.digits if cell.digits else "0"
            shown = f"+{shown};-{shown};{shown}" if cell.signed else shown
            self.numbers[key] = self.book.add_format({"border": 1, "num_format": shown})
        return self.numbers[key]
