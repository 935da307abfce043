"""A CSV table with known columns: rows out, and every problem as file:line:column with its field.

One record is one line, so that a problem's place is where a person finds it.  Headers may be English or Chinese.  A
cell that a spreadsheet would take for a formula is refused.
"""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from campaign.files.reading import MAX_CSV_BYTES, read_text
from campaign.problems import Place, Problem, Problems, T, Text, nearest
from campaign.shape import Wrong, bounded
from campaign.source import FULL_WIDTH

MAX_PROBLEMS = 1000
MAX_LINE = 100_000
REMEMBERED = 1000
"""So many values of a column are read only once: most columns of a large roster have few."""

TEARING = frozenset({"csv-header", "csv-quote", "csv-line-too-long", "csv-width"})
FORMULA = ("=", "+", "-", "@")


class Column(msgspec.Struct, frozen=True):
    """A column: its name, its Chinese header, and how a cell is read (by a function that raises Wrong).

    A blank cell gives `blank`, unless the cell is needed.
    """

    name: str
    chinese: str
    reader: Callable[[str], Any]
    blank: Any = None
    needed: bool = False


class Row(msgspec.Struct, frozen=True):
    """One line: its number and its values by column, blank for an absent column; an unreadable cell is left out."""

    line: int
    values: dict[str, Any]


class Table:
    """The rows of one CSV file and the problems found in them."""

    def __init__(self, file: str, lines: list[str], columns: tuple[Column, ...]) -> None:
        """Read the header; the rows are read as they are asked for."""
        self.file = file
        self.problems: list[Problem] = []
        self.torn = False
        """Whether some line or column could not be told apart, so that what seems missing may be there."""
        self._lines = lines
        self._at: dict[str, int] = {}
        self._absent: dict[str, Any] = {}
        self._seen: dict[str, dict[str, Any]] = {}
        self._columns = self._header({column.name: column for column in columns})

    def complain(self, line: int, name: str, code: str, message: Text, fix: Text) -> None:
        """Note a problem of the cell of column NAME on LINE; gives up, raising Problems, when there are too many."""
        self._note(Problem(code, message, fix, self.place(line, name)))

    def _note(self, problem: Problem) -> None:
        self.problems.append(problem)
        self.torn |= problem.code in TEARING
        if len(self.problems) >= MAX_PROBLEMS:
            message = T("more than {limit} problems: the rest of the file is not looked at", limit=MAX_PROBLEMS)
            place = Place(self.file, problem.place.line, 1)
            self.problems.append(Problem("csv-too-many-problems", message, T("correct these first"), place))
            raise Problems(self.problems)

    def place(self, line: int, name: str) -> Place:
        """Return the place of the cell of column NAME on LINE."""
        return Place(self.file, line, _column(self._lines[line - 1], self._at.get(name, 0)), field=name)

    def _header(self, known: dict[str, Column]) -> list[Column | None]:
        named = known | {column.chinese: column for column in known.values()}
        found: list[Column | None] = []
        for number, cell in enumerate(self._cells(1) or [""]):
            column = named.get(cell)
            place = Place(self.file, 1, _column(self._lines[0], number), field=cell)
            if column is None:
                message = T("the column {name} is not known here", name=cell)
                self._note(Problem("csv-header", message, _hint(cell, known), place))
            elif column in found:
                message = T("the column {name} stands twice", name=cell)
                self._note(Problem("csv-header", message, T("remove one"), place))
                column = None
            else:
                self._at[column.name] = number
            found.append(column)
        for column in known.values():
            if column.needed and column not in found:
                message = T("the column {name} is missing", name=column.name)
                self.complain(1, column.name, "csv-header", message, T("add it to the first line"))
        self._absent = {column.name: column.blank for column in known.values() if column not in found}
        return found

    def _cells(self, line: int) -> list[str] | None:
        """Split a line; None after a complaint."""
        if len(self._lines[line - 1]) > MAX_LINE:
            message = T("the line has more than {limit} characters", limit=MAX_LINE)
            self.complain(line, "", "csv-line-too-long", message, T("look for a missing line end"))
            return None
        try:
            return [cell.strip() for cell in next(csv.reader([self._lines[line - 1]], strict=True), [])]
        except csv.Error:
            message = T("a quotation mark is not closed, or stands inside a cell")
            self.complain(line, "", "csv-quote", message, T('put the cell in "…" and double each " inside'))
            return None

    @property
    def lines(self) -> int:
        """How many lines the file has."""
        return len(self._lines)

    def rows(self) -> Iterator[Row]:
        """Yield each row that is not blank; what is wrong in it is noted."""
        for line in range(2, len(self._lines) + 1):
            cells = self._cells(line)
            if cells and any(cells):
                yield self._row(line, cells)

    def _row(self, line: int, cells: list[str]) -> Row:
        wanted = len(self._columns)
        if len(cells) < wanted or any(cells[wanted:]):
            message = T("the line has {count} cells, the header {wanted}", count=len(cells), wanted=wanted)
            self.complain(line, "", "csv-width", message, T("look for a missing or surplus comma"))
            return Row(line, {})
        values = dict(self._absent)
        for column, cell in zip(self._columns, cells, strict=False):
            if column is not None:
                self._cell(line, column, cell, values)
        return Row(line, values)

    def _cell(self, line: int, column: Column, cell: str, values: dict[str, Any]) -> None:
        if not cell:
            values[column.name] = column.blank
            if column.needed:
                message = T("{name} is blank", name=column.name)
                self.complain(line, column.name, "csv-blank", message, T("fill it in"))
            return
        seen = self._seen.setdefault(column.name, {})
        try:
            value = seen[cell] if cell in seen else column.reader(bounded(cell))
        except Wrong as wrong:
            self.complain(line, column.name, wrong.code, wrong.message, wrong.fix)
            return
        values[column.name] = value
        if len(seen) < REMEMBERED:
            seen[cell] = value


def open_table(path: Path, columns: tuple[Column, ...]) -> Table:
    """Open the CSV file PATH. Raises Problems for a file that cannot be read as text."""
    lines = read_text(path, MAX_CSV_BYTES).split("\n")
    return Table(str(path), lines, columns)


def _hint(cell: str, known: dict[str, Column]) -> Text:
    wide = [sign for sign in FULL_WIDTH if sign in cell]
    if wide:
        return T("write {half} instead of the full-width {full}", half=FULL_WIDTH[wide[0]], full=wide[0])
    if ";" in cell or "\t" in cell:
        return T("separate the columns by commas: save as `CSV UTF-8`")
    return nearest(cell, known)


def _column(line: str, wanted: int) -> int:
    """Return where cell number WANTED begins in LINE, counted from 1."""
    quoted, cell = False, 0
    for place, sign in enumerate(line):
        if cell == wanted:
            return place + 1
        if sign == '"':
            quoted = not quoted
        elif sign == "," and not quoted:
            cell += 1
    return len(line) + 1 if cell == wanted else 1


def harmless(text: str) -> str:
    """Return TEXT, or raise Wrong if a spreadsheet would take it for a formula."""
    if text.startswith(FORMULA):
        message = T("{text} begins like a formula", text=text)
        raise Wrong("csv-formula", message, T("begin with another sign than = + - @"))
    return text


def truth(text: str) -> bool:
    """Read true, false, 是 or 否."""
    values = {"true": True, "是": True, "false": False, "否": False}
    if text.lower() not in values:
        raise Wrong("config-truth", T("{text} is neither true nor false", text=text), T("write true or false"))
    return values[text.lower()]


def choice(**words: str) -> Callable[[str], str]:
    """Return a reader of one of WORDS, each given with its Chinese."""
    meaning = {word: word for word in words} | {chinese: word for word, chinese in words.items()}

    def reader(text: str) -> str:
        if text not in meaning:
            raise Wrong("config-choice", T("{text} is not a choice here", text=text), nearest(text, words))
        return meaning[text]

    return reader


def listed(reader: Callable[[str], str]) -> Callable[[str], tuple[str, ...]]:
    """Return a reader of several values, separated by `;`, `；` or `、`."""

    def read(text: str) -> tuple[str, ...]:
        parts = text.replace("；", ";").replace("、", ";").split(";")
        return tuple(reader(part.strip()) for part in parts if part.strip())

    return read
