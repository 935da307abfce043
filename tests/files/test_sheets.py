"""Decision tables as workbooks and back: nothing is lost, nothing is a formula, and every problem names its cell."""

import re
import sys
import zipfile
from pathlib import Path

import msgspec
import pytest
import xlsxwriter
from files.hostile.makers import repacked
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.files import sheets_tables as sheets
from campaign.files.sheets_tables import at, read_decision, read_table, write_table
from campaign.problems import Problems
from campaign.rules import Scheme, load
from campaign.rules.model import Table

SCHEMES = sorted((Path(__file__).parents[2] / "config" / "schemes").glob("*.yaml"))
EVERY = [
    (path.stem, step.name)
    for path in SCHEMES
    for step in load(path.read_text(encoding="utf-8"), path.name).model.steps
    if isinstance(step, Table)
]


def scheme_of(name: str) -> Scheme:
    path = next(path for path in SCHEMES if path.stem == name)
    return load(path.read_text(encoding="utf-8"), path.name)


def table_of(scheme: Scheme, decision: str) -> Table:
    (table,) = [step for step in scheme.model.steps if isinstance(step, Table) and step.name == decision]
    return table


def unplaced(value: object) -> object:
    """Return a part of a model without files, lines, columns and offsets."""
    if isinstance(value, msgspec.Struct):
        fields = {name: unplaced(getattr(value, name)) for name in value.__struct_fields__}
        return type(value).__name__, {
            key: item for key, item in fields.items() if key not in {"file", "line", "column", "at"}
        }
    return tuple(map(unplaced, value)) if isinstance(value, tuple) else value


def replaced(text: str, decision: str, entry: str) -> str:
    """Return a scheme's text with one decision replaced by what a workbook says."""
    lines = text.split("\n")
    start = lines.index(f"  {decision}:")
    end = next((index for index in range(start + 1, len(lines)) if re.match(r" {0,2}\S", lines[index])), len(lines))
    return "\n".join([*lines[:start], *(f"  {line}" for line in entry.splitlines()), "", *lines[end:]])


@pytest.mark.parametrize(("name", "decision"), EVERY)
def test_every_decision_of_every_shipped_scheme_comes_back(name: str, decision: str, tmp_path: Path) -> None:
    scheme = scheme_of(name)
    path = tmp_path / "table.xlsx"
    write_table(scheme, decision, path)
    text = next(path for path in SCHEMES if path.stem == name).read_text(encoding="utf-8")
    again = load(replaced(text, decision, read_decision(path).entry), scheme.model.file)
    assert unplaced(table_of(again, decision)) == unplaced(table_of(scheme, decision))


RICH = """
scheme: rich
rounding: {money: half_even, digits: 2}
inputs: {"group": {type: text, values: ["=x", "+y", "@z"]}, score: number, day: date, bonus: "money?"}
decisions:
  award:
    label: "=1+1"
    clause: 一.(四)
    hit: PRIORITY
    outputs: {grade: {type: text, values: [A, "-B", C]}, amount: money}
    default: {grade: C, amount: "= 1元 * score"}
    rules: |
      | # | group          | score + 1 | day          | bonus || grade | amount    | note      | clause  |
      | 7 | "=x", "+y"     | ≥ １.10   | > 2005-08-17 | n/a   || A     | 1,000     | =cmd|"x"  | R-1     |
      | 2 | not("@z")      | -         | -            | -     || -B    | = 2 * 1元 | +1        | @home   |
""".replace('=cmd|"x"', "=cmd")
PLAIN = """
scheme: plain
inputs: {score: number, flag: boolean}
decisions:
  grade:
    values: [A, B]
    hit: FIRST
    caps: [{when: flag, at most: B, because: 原因, clause: 示例}]
    rules: |
      | score || grade |
      | > 1   || A     |
      | -     || B     |
  points:
    type: number
    round: {digits: 1, mode: half_up}
    hit: COLLECT SUM
    rules: |
      | # | score || points |
      | 1 | > 1   || = score / 3 |
      | 2 | -     || 1.10 |
"""


@pytest.mark.parametrize(("text", "decision"), [(RICH, "award"), (PLAIN, "grade"), (PLAIN, "points")])
def test_every_feature_of_a_table_comes_back(text: str, decision: str, tmp_path: Path) -> None:
    scheme = load(text)
    write_table(scheme, decision, tmp_path / "t.xlsx")
    again = load(replaced(text, decision, read_decision(tmp_path / "t.xlsx").entry))
    assert unplaced(table_of(again, decision)) == unplaced(table_of(scheme, decision))


def test_the_text_of_the_rules_block_is_read(tmp_path: Path) -> None:
    write_table(load(PLAIN), "grade", tmp_path / "t.xlsx")
    assert read_table(tmp_path / "t.xlsx").splitlines() == [
        "| # | score || grade | note | clause |",
        "| 1 | > 1 || A | - | - |",
        "| 2 | - || B | - | - |",
    ]


def test_no_cell_is_a_formula_or_a_number(tmp_path: Path) -> None:
    write_table(load(RICH), "award", tmp_path / "t.xlsx")
    with zipfile.ZipFile(tmp_path / "t.xlsx") as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        strings = archive.read("xl/sharedStrings.xml").decode()
    assert "<f" not in sheet.replace("<formatting", "")
    assert set(re.findall(r'<c [^>]*t="(\w+)"', sheet)) == {"s"}
    assert len(re.findall(r"<c [^>]*><v>", sheet)) == len(re.findall(r'<c [^>]*t="s"><v>', sheet))
    assert ">=cmd<" in strings


def test_a_decision_that_is_no_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Problems, match="did you mean grade"):
        write_table(load(PLAIN), "grades", tmp_path / "t.xlsx")


def test_a_default_without_a_text_of_its_own_is_refused(tmp_path: Path) -> None:
    text = """
scheme: dated
inputs: {day: date}
decisions:
  due:
    type: date
    default: "= day + 3 days"
    rules: |
      | day            || due        |
      | < 2005-08-17   || 2005-08-17 |
"""
    with pytest.raises(Problems, match="sheet-default"):
        write_table(load(text), "due", tmp_path / "t.xlsx")


def test_a_path_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(Problems, match="file-unwritable"):
        write_table(load(PLAIN), "grade", tmp_path / "none" / "t.xlsx")


def test_a_text_longer_than_a_cell_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "WIDEST_CELL", 3)
    with pytest.raises(Problems, match="sheet-too-large"):
        write_table(load(PLAIN), "grade", tmp_path / "t.xlsx")


def test_without_the_extra_the_remedy_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "t.xlsx"
    write_table(load(PLAIN), "grade", path)
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    with pytest.raises(Problems, match=r"xlsxwriter is not installed \(pip install campaign\[sheets\]"):
        write_table(load(PLAIN), "grade", path)
    with pytest.raises(Problems, match=r"python_calamine is not installed \(pip install campaign\[sheets\]"):
        read_table(path)


# reading what a person changed

ROWS: list[list[object]] = [
    ["decision", "grade"],
    ["hit", "FIRST"],
    ["values", "grade", "A", "B"],
    [],
    ["role", "input", "output", "note", "clause"],
    ["type", "number", "text", "", ""],
    ["#", "score", "grade", "note", "clause"],
    ["1", "> 1", "A", "", ""],
    ["2", "-", "B", "", ""],
]


def workbook(path: Path, rows: list[list[object]], *, name: str = "grade") -> Path:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet(name)
    for number, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            if isinstance(cell, str) and not cell.startswith("="):
                sheet.write_string(number, column, cell)
            else:
                sheet.write(number, column, cell)
    book.close()
    return path


def changed(row: int, *cells: object) -> list[list[object]]:
    return [list(cells) if index == row else one for index, one in enumerate(ROWS)]


def test_a_table_written_by_hand_is_read(tmp_path: Path) -> None:
    sheet = read_decision(workbook(tmp_path / "t.xlsx", changed(7, 1, "> 1", "A", "two\nlines")))
    assert sheet.rules[0] == ("1", "> 1", "A", "two lines", "")
    entry = "".join(f"  {line}\n" for line in sheet.entry.splitlines())
    scheme = load(f"scheme: s\ninputs: {{score: number}}\ndecisions:\n{entry}")
    assert scheme.evaluate({"score": 2}).values == {"grade": "A"}


WRONG = {
    "a number": (changed(7, "1", 1.15, "A"), "t.xlsx[grade]!B8: sheet-number the cell is not text but 1.15"),
    "a truth": (changed(7, "1", True, "A"), "t.xlsx[grade]!B8: sheet-number the cell is not text but True"),
    "a formula": (changed(7, "1", "=1+1", "A"), "t.xlsx[grade]!B8: sheet-formula the cell is a formula"),
    "an empty cell": (changed(7, "1", "", "A"), "t.xlsx[grade]!B8: sheet-empty the cell is empty"),
    "a bar": (changed(7, "1", "> 1", "A", "a|b"), "t.xlsx[grade]!D8: sheet-bar"),
    "an odd quotation mark": (changed(7, "1", "> 1", "A", '5" pipe'), "t.xlsx[grade]!D8: sheet-bar"),
    "a row too wide": (changed(7, "1", "> 1", "A", "", "", "more"), "t.xlsx[grade]!F8: sheet-width"),
    "an unknown role": (
        changed(4, "role", "input", "outptu", "note", "clause"),
        "t.xlsx[grade]!C5: sheet-role outptu is no role",
    ),
    "roles out of order": (
        changed(4, "role", "output", "input", "note", "clause"),
        "t.xlsx[grade]!B5: sheet-role the columns are not",
    ),
    "an unknown fact": (changed(1, "hits", "FIRST"), "t.xlsx[grade]!A2: sheet-fact hits is not known here"),
    "a fact that says nothing": (changed(1, "hit"), "t.xlsx[grade]!B2: sheet-fact hit says nothing"),
    "values of nothing": (
        changed(2, "values", "grades", "A"),
        "t.xlsx[grade]!B3: sheet-fact the table has no output column grades",
    ),
    "no table": (ROWS[:5], "t.xlsx[grade]!A1: sheet-layout"),
}


@pytest.mark.parametrize(("rows", "problem"), WRONG.values(), ids=WRONG)
def test_a_problem_names_its_cell(rows: list[list[object]], problem: str, tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", rows)
    with pytest.raises(Problems) as caught:
        read_table(path)
    assert any(line.startswith(f"{tmp_path}/{problem}") for line in str(caught.value).split("\n")), caught.value


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", [*changed(7, "1", 2, "A"), ["3", "", "B"], ["4", "a|b", 5]])
    with pytest.raises(Problems) as caught:
        read_table(path)
    cells = [problem.place.cell for problem in caught.value.problems]
    assert sorted(cells) == ["B10", "B11", "B8", "C11"]


def test_files_that_are_no_workbooks_are_refused(tmp_path: Path) -> None:
    (tmp_path / "t.xlsx").write_bytes(b"not a zip")
    with zipfile.ZipFile(tmp_path / "u.xlsx", "w") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", "<x/>")
    for path, code in [
        ("none.xlsx", "file-missing"),
        ("t.xlsx", "sheet-unreadable"),
        ("u.xlsx", "sheet-unreadable"),
        (".", "sheet-unreadable"),
    ]:
        with pytest.raises(Problems, match=code):
            read_table(tmp_path / path)


def test_a_workbook_that_would_unpack_to_too_much_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "t.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 30_000_000)
    with pytest.raises(Problems, match="sheet-too-large"):
        read_table(tmp_path / "t.xlsx")


def test_a_workbook_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", ROWS)
    with zipfile.ZipFile(path) as archive:
        item = archive.getinfo("xl/worksheets/sheet1.xml")
    sizes = item.compress_size.to_bytes(4, "little") + item.file_size.to_bytes(4, "little")
    lie = item.compress_size.to_bytes(4, "little") + (10).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(sizes, lie))
    with pytest.raises(Problems, match="sheet-unreadable"):
        read_table(path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'<c r="A1"', b'<c r="A199999998"'),
        (b'<c r="A1"', b'<c r="xfd1"'),
        (b'<c r="A1"', b"<c/>" * 9000 + b"<c"),
        (b'<row r="1"', b'<row x=">" r="9999999"'),
    ],
)
def test_a_cell_far_out_is_refused_before_the_blanks_up_to_it_fill_the_memory(
    old: bytes, new: bytes, tmp_path: Path
) -> None:
    path = workbook(tmp_path / "t.xlsx", ROWS)
    data = repacked(path.read_bytes(), lambda name, xml: xml.replace(old, new) if "worksheets" in name else xml)
    path.write_bytes(data)
    with pytest.raises(Problems, match="sheet-too-large"):
        read_table(path)


def test_a_sheet_with_too_many_rows_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MAX_ROWS", 5)
    with pytest.raises(Problems, match="sheet-too-large"):
        read_table(workbook(tmp_path / "t.xlsx", ROWS))


def test_the_sheet_s_name_stands_for_a_decision_without_one(tmp_path: Path) -> None:
    rows = [["hit", "FIRST"], *ROWS[2:]]
    assert read_decision(workbook(tmp_path / "t.xlsx", rows, name="named")).name == "named"


def test_cells_are_named_like_a_spreadsheet_s() -> None:
    assert [at(0, 0), at(4, 25), at(0, 26), at(9, 701), at(0, 702)] == ["A1", "Z5", "AA1", "ZZ10", "AAA1"]


NOTE = st.text(st.characters(blacklist_categories=("C", "Z"), blacklist_characters='|"“”'), min_size=1, max_size=12)
WORD = st.text(st.characters(whitelist_categories=("Lu", "Ll", "Lo")), min_size=1, max_size=6)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 99), NOTE, NOTE), min_size=1, max_size=4, unique_by=lambda row: row[0]))
def test_notes_of_any_signs_come_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, str, str]]
) -> None:
    lines = [f"      | {number} || {number} | {note} | {clause} |" for number, note, clause in rows]
    text = "\n".join(
        [
            "scheme: s",
            "inputs: {n: number}",
            "decisions:",
            "  d:",
            "    type: number",
            "    default: 0",
            "    rules: |",
            "      | n || d | note | clause |",
            *lines,
            "",
        ]
    )
    scheme = load(text)
    path = tmp_path_factory.getbasetemp() / "notes.xlsx"
    write_table(scheme, "d", path)
    again = load(replaced(text, "d", read_decision(path).entry))
    assert unplaced(table_of(again, "d")) == unplaced(table_of(scheme, "d"))
