"""The drawn table: lines of cells between bars, inputs parted from outputs by a double bar."""

import msgspec

from campaign.problems import T
from campaign.rules.tokens import Snippet
from campaign.rules.written import Sheet
from campaign.source import Node

ANNOTATIONS = ("note", "clause")
RULED = set("|-: ")


class Row(msgspec.Struct, frozen=True):
    """The cells of a line; those before `split` are inputs."""

    line: int
    cells: tuple[Snippet, ...]
    split: int


class Grid(msgspec.Struct, frozen=True):
    """A heading and its rows, all of one width; whether the first column numbers the rows."""

    heading: Row
    rows: tuple[Row, ...]

    @property
    def numbered(self) -> bool:
        """Whether the first column is `#`."""
        return self.heading.cells[0].text == "#"


def grid(sheet: Sheet, node: Node) -> Grid | None:
    """Read the drawn table in NODE; None, with problems on the sheet, where it is malformed."""
    block = sheet.text(node)
    if block is None:
        return None
    lines = _lines(block)
    top = _row(sheet, lines[0]) if lines else None
    if lines and top is None:
        return None  # the rows below it would all be wrong in the same way
    rows = [top, *(_row(sheet, line) for line in lines[1:])]
    if len(rows) < 2 or not all(rows):  # noqa: PLR2004 -- a heading and a rule
        if len(rows) < 2:  # noqa: PLR2004 -- likewise
            fix = T("write a heading and at least one rule, cells between |")
            sheet.complain("table-empty", T("the table has no rules"), fix, node.line, node.column)
        return None
    heading, *rest = (row for row in rows if row)
    fits = [_fits(sheet, heading, row) for row in rest]
    return Grid(heading, tuple(rest)) if all(fits) else None


def _lines(block: Snippet) -> list[Snippet]:
    """Return the lines that hold cells: not empty and not a ruled line like |---|---|."""
    lines = [
        Snippet(text, block.file, block.line + index, block.column) for index, text in enumerate(block.text.split("\n"))
    ]
    return [line for line in lines if line.text.strip() and not (set(line.text) <= RULED and "--" in line.text)]


def _row(sheet: Sheet, line: Snippet) -> Row | None:
    pieces = _pieces(line.text)
    if not line.text.strip().startswith("|") or pieces[-1][1].strip():
        fix = T("begin and end every line with |")
        sheet.complain("table-line", T("this line is not a row of cells"), fix, line.line, line.column)
        return None
    inner = pieces[1:-1]
    doubles = [index for index, (_, text) in enumerate(inner) if text == ""]
    if len(doubles) != 1:
        fix = T("part the inputs from the outputs by one ||")
        sheet.complain(
            "table-double-bar", T("the row has {count} double bars", count=len(doubles)), fix, line.line, line.column
        )
        return None
    cells = tuple(_cell(line, at, text) for at, text in inner if text != "")
    blank = [cell for cell in cells if not cell.text]
    for cell in blank:
        fix = T("write - for any value")
        sheet.complain("cell-empty", T("the cell is empty"), fix, cell.line, cell.column)
    return None if blank else Row(line.line, cells, doubles[0])


def _pieces(text: str) -> list[tuple[int, str]]:
    """Split at bars outside quotation marks; each piece with its offset."""
    pieces: list[tuple[int, str]] = []
    start, quoted = 0, False
    for index, sign in enumerate(text):
        if sign in {'"', "“", "”"}:
            quoted = not quoted
        elif sign == "|" and not quoted:
            pieces.append((start, text[start:index]))
            start = index + 1
    return [*pieces, (start, text[start:])]


def _cell(line: Snippet, at: int, text: str) -> Snippet:
    lead = len(text) - len(text.lstrip())
    return Snippet(text.strip(), line.file, line.line, line.column + at + lead)


def _fits(sheet: Sheet, heading: Row, row: Row) -> bool:
    if len(row.cells) == len(heading.cells) and row.split == heading.split:
        return True
    message = T(
        "the row has {inputs} input and {outputs} output cells, the heading {wanted} and {rest}",
        inputs=row.split,
        outputs=len(row.cells) - row.split,
        wanted=heading.split,
        rest=len(heading.cells) - heading.split,
    )
    sheet.complain("table-width", message, T("give every column its cell"), row.line, row.cells[0].column)
    return False
