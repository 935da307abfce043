"""An .xlsx workbook as sheets of cells, read with python-calamine after its package was looked at (P-18).

Numbers come as a spreadsheet shows them, with 15 significant digits, as decimals.  What the cells do not tell is read
from the XML beside them: formulas that were never calculated, and cells that show a percentage.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from campaign.files.cells import Percent, address
from campaign.files.csvrows import Progress, checked_size, silent
from campaign.files.entries import MAX_PROBLEMS
from campaign.files.limits import ORDINARY, Limits
from campaign.files.markup import tags_in
from campaign.files.package import Package, Walk, local
from campaign.files.slices import Slicer
from campaign.problems import Place, Problem, Problems, T

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook


class Sheet:
    """One sheet: its rows, and what is known of its cells beside their values."""

    def __init__(self, book: "Workbook", name: str, part: str, *, hidden: bool) -> None:
        """Take the sheet NAME of BOOK, whose XML is PART."""
        self.book, self.name, self.part, self.hidden = book, name, part, hidden
        self.merged: list[tuple[int, int, int, int]] = []
        """Merged blocks as first row, first column, last row, last column; rows from 1, columns from 0."""
        self.empty_formulas: list[str] = []
        """Cells whose formula was never calculated; these and the merged ones are complete once all rows are read.

        The rows end early where these are too many.
        """

    def place(self, row: int, column: int) -> Place:
        """Return the place of a cell: row counted from 1, column from 0."""
        return Place(self.book.file, sheet=self.name, cell=address(row, column))

    def rows(self, progress: Progress = silent) -> Iterator[tuple[int, list[Any]]]:
        """Yield each row's number and raw cells; see cells.read(). Raises Problems as Slicer.slices does."""
        size = self.book.package.size(self.part)
        for part in self.book.slicer.slices(self.name, self.part):
            tags = tags_in(part.xml)
            self.empty_formulas += tags.unvalued(part.xml)
            percent = tags.styled(part.xml, self.book.percent)
            for number, row in part.rows():
                yield number, _shown(number, row, percent) if percent else row
            if len(self.empty_formulas) > MAX_PROBLEMS:
                return
            blocks = part.sheet.merged_cell_ranges or []
            self.merged += [(top + 1, left, bottom + 1, right) for (top, left), (bottom, right) in blocks]
            progress(min(part.done, size), size)
        progress(size, size)


class Workbook:
    """An .xlsx file that was looked at and may be read."""

    def __init__(self, path: Path, limits: Limits = ORDINARY) -> None:
        """Read PATH, packed as it is, into memory. Raises Problems, codes file-…, workbook-… and sheet-…."""
        from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 -- an extra

        self.file = path.name
        checked_size(path, limits.workbook_bytes, limits.way_out)
        try:
            data = path.read_bytes()
        except OSError as error:
            message = T("{path} cannot be read: {error}", path=path, error=error.strerror or error)
            raise Problems([Problem("file-unreadable", message, T("look at its permissions"), _at(path))]) from None
        self.sha256 = hashlib.sha256(data).hexdigest()
        self.package = Package(data, self.file, limits)
        self.percent = self.package.percent_styles()
        self.slicer = Slicer(self.package)
        try:
            self.sheets = tuple(self._sheets(CalamineWorkbook.from_filelike(self.slicer.workbook())))
        except (CalamineError, ValueError) as error:
            message = T("the workbook cannot be read: {error}", error=error)
            raise self.package.refuse("workbook-damaged", message, T("save it anew as .xlsx")) from None

    def _sheets(self, reader: "CalamineWorkbook") -> Iterator[Sheet]:
        from python_calamine import SheetTypeEnum, SheetVisibleEnum  # noqa: PLC0415 -- an extra

        parts = Names(self.package).parts
        for entry in reader.sheets_metadata:
            if entry.typ == SheetTypeEnum.WorkSheet:
                hidden = entry.visible != SheetVisibleEnum.Visible
                yield Sheet(self, entry.name, parts.get(entry.name, ""), hidden=hidden)


def _shown(number: int, row: list[Any], percent: frozenset[str]) -> list[Any]:
    """Return ROW with the numbers marked that are shown as percentages."""
    return [
        Percent(cell) if type(cell) in {float, int} and address(number, column) in percent else cell
        for column, cell in enumerate(row)
    ]


def _at(path: Path) -> Place:
    return Place(file=path.name)


class Names(Walk):
    """Which part of the zip holds which sheet."""

    def __init__(self, package: Package) -> None:
        """Read the list of sheets and what its references stand for."""
        self.sheets: dict[str, str] = {}
        self.targets: dict[str, str] = {}
        for name in package.beside:
            if name.lower() in {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"}:
                super().__init__(package, name)
        exact = {name.lower(): name for name in package.parts}  # names in it are compared without case
        folder = {sheet: self.targets.get(key, "") for sheet, key in self.sheets.items()}
        self.parts = {sheet: exact.get(_inside(target).lower(), "") for sheet, target in folder.items()}

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """Take a sheet, or a reference."""
        if local(name) == "sheet":
            reference = next((value for key, value in attributes.items() if local(key) == "id"), "")
            self.sheets[attributes.get("name", "")] = reference
        elif local(name) == "Relationship":
            self.targets[attributes.get("Id", "")] = attributes.get("Target", "")


def _inside(target: str) -> str:
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
