"""An .xlsx workbook as sheets of cells, read with python-calamine after its package was looked at (P-18).

Numbers come as a spreadsheet shows them, with 15 significant digits, as decimals.  What the cells do not tell is read
from the XML beside them: formulas that were never calculated, and cells that show a percentage.
"""

import hashlib
from collections.abc import Iterator
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from campaign.files.cells import address
from campaign.files.csvrows import Progress, checked_size, silent
from campaign.files.package import MAX_BYTES, MAX_TEXT, TOO_LARGE, Package, Walk, local
from campaign.problems import Place, Problem, Problems, T, Text

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

OFTEN = 1024
"""After so many rows, progress is told."""


class Sheet:
    """One sheet: its rows, and what is known of its cells beside their values."""

    def __init__(self, book: "Workbook", name: str, part: str, *, hidden: bool) -> None:
        """Take the sheet NAME of BOOK, whose XML is PART."""
        self.book, self.name, self.part, self.hidden = book, name, part, hidden

    def place(self, row: int, column: int) -> Place:
        """Return the place of a cell: row counted from 1, column from 0."""
        return Place(self.book.file, sheet=self.name, cell=address(row, column))

    @cached_property
    def _cells(self) -> "CalamineSheet":
        from python_calamine import CalamineError  # noqa: PLC0415 -- an extra

        try:
            return self.book.reader.get_sheet_by_name(self.name)
        except CalamineError:
            raise self.book.damaged(T("the sheet {name} cannot be read", name=self.name)) from None

    def rows(self, progress: Progress = silent) -> Iterator[tuple[int, list[Any]]]:
        """Yield each row's number and raw cells; see cells.read()."""
        height = self._cells.total_height + 1
        for number, row in enumerate(self._cells.iter_rows(), start=1):
            yield number, row
            if number % OFTEN == 0:
                progress(min(number, height), height)
        progress(height, height)

    @property
    def merged(self) -> list[tuple[int, int, int, int]]:
        """Every merged block as first row, first column, last row, last column; rows from 1, columns from 0."""
        ranges = self._cells.merged_cell_ranges or []
        return [(top + 1, left, bottom + 1, right) for (top, left), (bottom, right) in ranges]

    @cached_property
    def marks(self) -> "Marks":
        """The addresses of cells that show a percentage, and of formulas without a value."""
        return Marks(self.book, self.part)


class Workbook:
    """An .xlsx file that was looked at and may be read."""

    def __init__(self, path: Path) -> None:
        """Read PATH into memory. Raises Problems, codes file-… and workbook-…."""
        from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 -- an extra

        self.file = path.name
        checked_size(path, MAX_BYTES)
        try:
            self.data = path.read_bytes()
        except OSError as error:
            message = T("{path} cannot be read: {error}", path=path, error=error.strerror or error)
            raise Problems([Problem("file-unreadable", message, T("look at its permissions"), _at(path))]) from None
        self.sha256 = hashlib.sha256(self.data).hexdigest()
        self.package = Package(self.data, self.file)
        self._bounded_texts()
        self.percent = self.package.percent_styles()
        try:
            self.reader = CalamineWorkbook.from_filelike(BytesIO(self.data))
            self.sheets = tuple(self._sheets())
        except (CalamineError, ValueError) as error:
            raise self.damaged(T("the workbook cannot be read: {error}", error=error)) from None

    def damaged(self, message: Text) -> Problems:
        """Return the problem of a workbook that cannot be read."""
        return self.package.refuse("workbook-damaged", message, T("save it anew as .xlsx"))

    def _bounded_texts(self) -> None:
        """See that no few texts, used by many cells, fill the memory."""
        lengths = self.package.text_lengths()
        cells = sum(wide.cells for wide in self.package.reach.values())
        if cells * max(lengths, default=0) <= MAX_TEXT:
            return
        total = sum(_Used(self.package, name, lengths).total for name, wide in self.package.reach.items() if wide.rows)
        if total > MAX_TEXT:
            message = T("the workbook's cells hold more than {limit} characters", limit=MAX_TEXT)
            raise self.package.refuse("workbook-too-large", message, TOO_LARGE)

    def _sheets(self) -> Iterator[Sheet]:
        from python_calamine import SheetTypeEnum, SheetVisibleEnum  # noqa: PLC0415 -- an extra

        parts = Names(self.package).parts
        for entry in self.reader.sheets_metadata:
            if entry.typ == SheetTypeEnum.WorkSheet:
                hidden = entry.visible != SheetVisibleEnum.Visible
                yield Sheet(self, entry.name, parts.get(entry.name, ""), hidden=hidden)


def _at(path: Path) -> Place:
    return Place(file=path.name)


class Names(Walk):
    """Which part of the zip holds which sheet."""

    def __init__(self, package: Package) -> None:
        """Read the list of sheets and what its references stand for."""
        self.sheets: dict[str, str] = {}
        self.targets: dict[str, str] = {}
        for name in package.parts:
            if name.lower() in {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"}:
                super().__init__(package, name)
        folder = {sheet: self.targets.get(key, "") for sheet, key in self.sheets.items()}
        self.parts = {sheet: _inside(target) for sheet, target in folder.items()}

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """Take a sheet, or a reference."""
        if local(name) == "sheet":
            reference = next((value for key, value in attributes.items() if local(key) == "id"), "")
            self.sheets[attributes.get("name", "")] = reference
        elif local(name) == "Relationship":
            self.targets[attributes.get("Id", "")] = attributes.get("Target", "")


def _inside(target: str) -> str:
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


class Marks(Walk):
    """What stands in a sheet's XML beside the values of its cells."""

    def __init__(self, book: Workbook, part: str) -> None:
        """Read PART, unless it has neither formulas nor percentages."""
        self.percent: set[str] = set()
        self.empty_formulas: list[str] = []
        self.styles = book.percent
        self.at, self.formula, self.valued, self.within = "", False, False, False
        reach = book.package.reach.get(part)
        if reach is not None and (reach.formulas or self.styles):
            super().__init__(book.package, part)

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """Take a cell's tag, or one inside a cell."""
        match local(name):
            case "c":
                self.at, self.formula, self.valued = attributes.get("r", ""), False, False
                if int(attributes.get("s", "-1")) in self.styles:
                    self.percent.add(self.at)
            case "f":
                self.formula = True
            case "v":
                self.within = True
            case _:
                pass

    def text(self, data: str) -> None:
        """Take text: inside a value it is one."""
        self.valued = self.valued or (self.within and bool(data))

    def end(self, name: str) -> None:
        """Close a cell: a formula without a value was never calculated."""
        match local(name):
            case "v":
                self.within = False
            case "c" if self.formula and not self.valued:
                self.empty_formulas.append(self.at)
            case _:
                pass


class _Used(Walk):
    """Counts the characters of the shared texts that a sheet's cells use."""

    def __init__(self, package: Package, part: str, lengths: list[int]) -> None:
        self.lengths, self.total = lengths, 0
        self.shared, self.number = False, ""
        super().__init__(package, part)

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if local(name) == "c":
            self.shared = attributes.get("t") == "s"
        self.number = ""

    def text(self, data: str) -> None:
        if self.shared:
            self.number += data

    def end(self, name: str) -> None:
        if self.shared and local(name) == "v" and self.number.strip().isdecimal():
            place = int(self.number)
            self.total += self.lengths[place] if place < len(self.lengths) else 0
