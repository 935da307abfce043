"""A decision table as a workbook and back, with its hit policy, types, annotations and the exact text of every cell.

The sheet first says what the decision is (one row a fact), then three rows of headings (role, type and title of each
column), then the rules.  Every cell is text: `1.10`, `100%` and `=a+b` stay what they are, and nothing is a formula.
"""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from campaign.files.dmn_page import flow
from campaign.files.markup import named, tags_in
from campaign.problems import NOTHING, Place, Problem, Problems, T, Text, nearest, need
from campaign.rules import Scheme
from campaign.rules.model import Output, Table
from campaign.rules.printer import printed
from campaign.rules.tree import Call, Tree, parts

FAR = re.compile(rb"r(?<=[\s\"']r)\s*=\s*[\"'][A-Za-z]{3,}\d")
"""A cell to the right of column ZZ."""
MAX_BYTES = 20_000_000
MAX_ROWS, MAX_COLUMNS = 10_000, 200
FACTS = ("decision", "label", "clause", "hit", "round", "values", "default", "cap")
ROLES = ("input", "output", "note", "clause")
RESOLVED = frozenset({"add days", "add months", "days between", "dated"})
"""Calls that stand for operators, and have no text of their own."""
FORMULA = re.compile(rb'<c [^>]{0,99}\br="([A-Z]{1,3}[0-9]{1,7})"[^>]{0,99}>\s{0,9}<f[\s>/]')
"""Bounded throughout, so that no file makes it slow."""
QUOTES = '"“”'
WIDTH = 18
WIDEST_CELL = 32_767


class Sheet(msgspec.Struct, frozen=True):
    """A decision as a workbook holds it; `facts` are the rows before the table, each with the number of its row."""

    name: str
    facts: tuple[tuple[int, tuple[str, ...]], ...]
    roles: tuple[str, ...]
    types: tuple[str, ...]
    titles: tuple[str, ...]
    rules: tuple[tuple[str, ...], ...]

    @property
    def text(self) -> str:
        """The text of the scheme's `rules:` block."""
        return "\n".join(self._line(cells) for cells in (self.titles, *self.rules)) + "\n"

    def _line(self, cells: tuple[str, ...]) -> str:
        split = self.roles.index("input") + self.roles.count("input")
        cells = tuple(cell or "-" for cell in cells)
        return f"| {' | '.join(cells[:split])} || {' | '.join(cells[split:])} |"

    def all(self, fact: str) -> list[tuple[str, ...]]:
        """Return what the rows of one kind of fact say."""
        return [cells[1:] for _, cells in self.facts if cells[0] == fact]

    @property
    def entry(self) -> str:
        """The whole decision as it stands under `decisions:` of a scheme."""
        lines = [f"{self.name}:"]
        lines += [f"  {fact}: {flow(cells[0])}" for fact in ("label", "clause") for cells in self.all(fact) if cells]
        lines += [f"  hit: {cells[0]}" for cells in self.all("hit")]
        lines += [f"  round: {flow({'digits': cells[0], 'mode': cells[1]})}" for cells in self.all("round")]
        lines += ["  outputs:", *(f"    {title}: {flow(self._output(title))}" for title in self._outputs())]
        default = {cells[0]: cells[1] for cells in self.all("default")}
        lines += [f"  default: {flow(default)}"] if default else []
        keys = ("when", "at most", "because", "clause")
        caps = [{key: text for key, text in zip(keys, cells, strict=False) if text} for cells in self.all("cap")]
        lines += [f"  caps: {flow(caps)}"] if caps else []
        rules = [f"    {line}" for line in self.text.splitlines()]
        return "\n".join([*lines, "  rules: |", *rules]) + "\n"

    def _outputs(self) -> list[str]:
        return [title for title, role in zip(self.titles, self.roles, strict=True) if role == "output"]

    def _output(self, title: str) -> dict[str, object]:
        values = next((cells[1:] for cells in self.all("values") if cells[0] == title), ())
        place = self.titles.index(title, self.roles.index("output"))
        fields: dict[str, object] = {"type": self.types[place]}
        return fields | ({"values": values} if values else {})


# writing


def write_table(scheme: Scheme, decision: str, path: Path) -> None:
    """Write one decision table of SCHEME to the workbook PATH.

    Raises Problems: sheet-decision for a decision that is no table, sheet-default for a default that has no text of its
    own, file-unwritable.
    """
    table = _table(scheme, decision)
    rows = [*_facts(table), (), *_headings(table), *_rules(table)]
    _write(path, decision, rows)


def _table(scheme: Scheme, decision: str) -> Table:
    tables = {step.name: step for step in scheme.model.steps if isinstance(step, Table)}
    if decision not in tables:
        message = T("{name} is no decision table of {scheme}", name=decision, scheme=scheme.name)
        raise Problems([Problem("sheet-decision", message, nearest(decision, tables), Place(scheme.model.file))])
    return tables[decision]


def _facts(table: Table) -> Iterator[tuple[str, ...]]:
    yield "decision", table.name
    if table.label:
        yield "label", table.label
    if table.clause:
        yield "clause", table.clause
    yield "hit", table.hit
    yield from _rounding(table)
    for output in table.outputs:
        if output.cell.values:
            yield "values", output.title, *output.cell.values
    for output, tree in zip(table.outputs, table.default or (), strict=False):
        yield "default", output.title, _default(table, output, tree)
    for cap in table.caps:
        yield "cap", cap.snippet.text, cap.at_most, cap.because, cap.clause


def _rounding(table: Table) -> Iterator[tuple[str, ...]]:
    """Say how the outputs are rounded, unless the scheme says so for all money and texts stand beside."""
    found = {output.rounding for output in table.outputs}
    rounding = found.pop() if len(found) == 1 else None
    if rounding is not None:
        yield "round", str(rounding.digits), rounding.mode


def _default(table: Table, output: Output, tree: Tree) -> str:
    if _resolved(tree):
        message = T("the default of {name} reckons with dates", name=output.name)
        fix = T("make it a rule at the end of the table")
        raise Problems([table.snippet.problem("sheet-default", message, fix)])
    text = printed(tree)  # type: ignore[arg-type]  # a default is an expression
    return text if not parts(tree) else f"= {text}"


def _resolved(tree: Tree) -> bool:
    return (isinstance(tree, Call) and tree.function in RESOLVED) or any(map(_resolved, parts(tree)))


def _headings(table: Table) -> Iterator[tuple[str, ...]]:
    inputs, outputs = table.columns, table.outputs
    yield "role", *("input" for _ in inputs), *("output" for _ in outputs), "note", "clause"
    kinds = [column.kind for column in inputs] + [output.cell for output in outputs]
    yield "type", *(f"{kind.name}{'?' if kind.optional else ''}" for kind in kinds), "", ""
    yield "#", *(column.snippet.text for column in inputs), *(output.title for output in outputs), "note", "clause"


def _rules(table: Table) -> Iterator[tuple[str, ...]]:
    for rule in table.rules:
        yield str(rule.number), *(cell.text for cell in rule.cells), rule.note, rule.clause


def _write(path: Path, name: str, rows: list[tuple[str, ...]]) -> None:
    if any(len(cell) > WIDEST_CELL for cells in rows for cell in cells):
        message = T("a text has more than {limit} characters", limit=WIDEST_CELL)
        raise _one("sheet-too-large", message, T("a workbook's cell holds no more; shorten it"), Place(str(path)))
    need("xlsxwriter", place=Place(str(path)))
    import xlsxwriter  # noqa: PLC0415 -- an extra

    workbook = xlsxwriter.Workbook(str(path), {"in_memory": True, "strings_to_formulas": False})
    text = workbook.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    bold = workbook.add_format({"num_format": "@", "bold": True, "bottom": 1})
    sheet = workbook.add_worksheet(_sheet_name(name))
    sheet.set_column(0, MAX_COLUMNS, WIDTH, text)
    for number, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            sheet.write_string(number, column, cell, bold if cells[0] in {"role", "type", "#"} else text)
    try:
        workbook.close()
    except (OSError, xlsxwriter.exceptions.FileCreateError) as error:
        message = T("{path} cannot be written: {error}", path=path, error=error)
        raise _one("file-unwritable", message, T("close it elsewhere, or name another"), Place(str(path))) from None


def _sheet_name(name: str) -> str:
    return re.sub(r"[\[\]:*?/\\']", "_", name)[:31] or "table"


def _one(code: str, message: Text, fix: Text, place: Place) -> Problems:
    return Problems([Problem(code, message, fix, place)])


# reading


def read_table(path: Path) -> str:
    """Read the decision table in the first sheet of PATH as the text of a scheme's `rules:` block.

    Raises Problems, each at file[sheet]!cell.
    """
    return read_decision(path).text


def read_decision(path: Path) -> Sheet:
    """Read the whole decision in the first sheet of PATH. Raises Problems, each at file[sheet]!cell."""
    return _Reader(path).sheet()


class _Reader:
    def __init__(self, path: Path) -> None:
        self.file = str(path)
        self.problems: list[Problem] = []
        formulas = _opened(path)
        self.name, self.rows = _cells(path)
        for cell in formulas:
            self.complain("sheet-formula", T("the cell is a formula"), T("write its text"), cell)

    def complain(self, code: str, message: Text, fix: Text, cell: str) -> None:
        self.problems.append(Problem(code, message, fix, Place(self.file, sheet=self.name, cell=cell)))

    def sheet(self) -> Sheet:
        texts = [self._texts(number, row) for number, row in enumerate(self.rows)]
        start = next((index for index, cells in enumerate(texts) if cells[:1] == ("role",)), None)
        if start is None or len(texts) < start + 4:
            fix = T("begin with a workbook that was written by `write_table`")
            self.complain("sheet-layout", T("the rows role, type and # are not there"), fix, "A1")
            raise Problems(self.problems)
        roles, types, titles = (self._wide(texts[start + row], len(texts[start])) for row in range(3))
        facts = tuple((number, cells) for number, cells in enumerate(texts[:start]) if cells)
        self._roles(roles, start)
        self._facts(facts, titles)
        rules = [
            self._rule(number, self._wide(cells, len(roles)), roles)
            for number, cells in enumerate(texts)
            if number > start + 2 and cells
        ]
        names = [cells[1] for _, cells in facts if cells[0] == "decision" and len(cells) > 1]
        if self.problems:
            raise Problems(self.problems)
        return Sheet(names[0] if names else self.name, facts, roles, types, titles, tuple(rules))

    def _texts(self, number: int, row: list[Any]) -> tuple[str, ...]:
        cells = [self._text(number, column, value) for column, value in enumerate(row)]
        while cells and not cells[-1]:
            cells.pop()
        return tuple(cells)

    def _text(self, number: int, column: int, value: object) -> str:
        if isinstance(value, str):
            return " ".join(value.split("\n")).strip()
        if column == 0 and isinstance(value, float) and value.is_integer():
            return str(int(value))
        message = T("the cell is not text but {value}", value=value)
        self.complain("sheet-number", message, T("format the cell as text and write it again"), at(number, column))
        return "-"

    def _wide(self, cells: tuple[str, ...], width: int) -> tuple[str, ...]:
        return (*cells, *[""] * (width - len(cells)))[:width] if len(cells) <= width else cells

    def _roles(self, roles: tuple[str, ...], start: int) -> None:
        for column, role in enumerate(roles[1:], 1):
            if role not in ROLES:
                message = T("{role} is no role of a column", role=role or "…")
                self.complain("sheet-role", message, nearest(role, ROLES), at(start, column))
        ranks = [ROLES.index(role) if role in ROLES else 0 for role in roles[1:]]
        if (
            "input" not in roles
            or "output" not in roles
            or [rank > 0 for rank in ranks] != sorted(rank > 0 for rank in ranks)
        ):
            fix = T("put the inputs first, then the outputs, then note and clause")
            self.complain("sheet-role", T("the columns are not in order"), fix, at(start, 1))

    def _facts(self, facts: tuple[tuple[int, tuple[str, ...]], ...], titles: tuple[str, ...]) -> None:
        for number, cells in facts:
            if cells[0] not in FACTS:
                message = T("{word} is not known here", word=cells[0] or "…")
                self.complain("sheet-fact", message, nearest(cells[0], FACTS), at(number, 0))
            elif len(cells) < 1 + _least(cells[0]):
                self.complain("sheet-fact", T("{word} says nothing", word=cells[0]), T("fill it in"), at(number, 1))
            elif cells[0] in {"values", "default"} and cells[1] not in titles:
                message = T("the table has no output column {key}", key=cells[1])
                self.complain("sheet-fact", message, nearest(cells[1], titles), at(number, 1))

    def _rule(self, number: int, cells: tuple[str, ...], roles: tuple[str, ...]) -> tuple[str, ...]:
        if len(cells) > len(roles):
            self.complain("sheet-width", T("the row is wider than the heading"), NOTHING, at(number, len(roles)))
        for column, (cell, role) in enumerate(zip(cells, roles, strict=False)):
            if not cell and role not in {"note", "clause"}:
                self.complain("sheet-empty", T("the cell is empty"), T("write - for any value"), at(number, column))
            if _tears(cell):
                message = T("the cell has | outside quotation marks, or an odd quotation mark")
                self.complain("sheet-bar", message, T("write it without"), at(number, column))
        return cells


def _least(fact: str) -> int:
    """Return how many cells a fact must have after its word."""
    return {"round": 2, "values": 2, "default": 2, "cap": 2}.get(fact, 1)


def _tears(cell: str) -> bool:
    """Whether a cell would not stay one between the bars of a drawn table."""
    quoted = False
    for sign in cell:
        quoted ^= sign in QUOTES
        if sign == "|" and not quoted:
            return True
    return quoted


def at(row: int, column: int) -> str:
    """Return a cell's name from its row and column, counted from 0: (0, 27) is `AB1`."""
    letters, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"


def _opened(path: Path) -> list[str]:
    """Look into the workbook before it is read: that it is one, how large it is, and which cells are formulas."""
    place = Place(str(path))
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(item.file_size for item in archive.infolist()) > MAX_BYTES:
                message = T("{path} has more than {limit} bytes", path=path, limit=MAX_BYTES)
                raise _one("sheet-too-large", message, T("keep one table in it"), place)
            if archive.testzip() is not None:  # what is longer than it says would not be bounded by the limit above
                message = T("{path} is not a workbook: {error}", path=path, error="CRC")
                raise _one("sheet-unreadable", message, T("save it as .xlsx"), place)
            found = {name: archive.read(name) for name in archive.namelist()}
    except FileNotFoundError:
        message = T("there is no file {path}", path=path)
        raise _one("file-missing", message, T("make it, or name another"), place) from None
    except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, ValueError) as error:
        message = T("{path} is not a workbook: {error}", path=path, error=error)
        raise _one("sheet-unreadable", message, T("save it as .xlsx"), place) from None
    if any(_far(xml) for xml in found.values() if b"sheetData" in xml):  # any of them may be named as a sheet
        raise _too_large(place)
    sheets = sorted(name for name in found if name.startswith("xl/worksheets/sheet"))[:1]
    return [match.group(1).decode() for name in sheets for match in FORMULA.finditer(found[name])]


def _far(xml: bytes) -> bool:
    """Whether a cell lies so far out that the blanks before it, which the reader holds, could fill the memory."""
    rows, columns = max(named(xml), default=0), tags_in(xml).widest(xml)
    return rows > MAX_ROWS or columns > MAX_COLUMNS or FAR.search(xml) is not None


def _too_large(place: Place) -> Problems:
    message = T("the sheet has more than {rows} rows or {columns} columns", rows=MAX_ROWS, columns=MAX_COLUMNS)
    return _one("sheet-too-large", message, T("keep one table in it"), place)


def _cells(path: Path) -> tuple[str, list[list[Any]]]:
    """Return the name and the cells of the first sheet."""
    need("python_calamine", place=Place(str(path)))
    import python_calamine as calamine  # noqa: PLC0415 -- an extra

    try:
        workbook = calamine.CalamineWorkbook.from_path(path)
        sheet = workbook.get_sheet_by_index(0)
        name, rows = sheet.name, sheet.to_python(skip_empty_area=False, nrows=MAX_ROWS + 1)
    except (calamine.CalamineError, OSError, ValueError) as error:
        message = T("{path} is not a workbook: {error}", path=path, error=error)
        raise _one("sheet-unreadable", message, T("save it as .xlsx"), Place(str(path))) from None
    if len(rows) > MAX_ROWS or any(len(row) > MAX_COLUMNS for row in rows[:1]):
        raise _too_large(Place(str(path), sheet=name, cell="A1"))
    return name, rows
