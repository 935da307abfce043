"""A long sheet is read in slices, and they say together what the sheet says in one piece."""

import os
import zipfile
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from files.hostile.makers import GOOD, HEAD, RATE, repacked, xlsx
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from campaign.files import submission
from campaign.files.csvrows import CsvRows
from campaign.files.folder import load as load_folder
from campaign.files.limits import LARGE, ORDINARY
from campaign.files.package import Package
from campaign.files.rows import Known
from campaign.files.slices import TORN, Slicer
from campaign.files.workbook import Sheet, Workbook
from campaign.problems import Problems

KNOWN = Known(definition=load_folder(Path(__file__).parents[2] / "config").definition)
SAY = "(if it is to be so large, say --large; else split it)"
PART = "xl/worksheets/sheet1.xml"
SMALL = 300
"""Bytes of a slice in these tests: two or three rows."""

Cells = st.sampled_from([None, "", "甲", "a & b <c>", 0, 12.5, -3.25, True])


def written(rows: Sequence[Sequence[Any]]) -> bytes:
    """Return a workbook of ROWS; None leaves a cell out."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet("数据")
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if value is not None:
                sheet.write(number, column, value)
    book.close()
    return target.getvalue()


def changed(data: bytes, *pairs: tuple[bytes, bytes]) -> bytes:
    """Return a workbook with parts of its sheet's XML replaced."""

    def change(name: str, text: bytes) -> bytes:
        for old, new in pairs if name == PART else ():
            assert old in text
            text = text.replace(old, new)
        return text

    return repacked(data, change)


def prefixed(data: bytes) -> bytes:
    """Return a workbook whose sheet's tags have a prefix."""
    names = (b"sheetData", b"row", b"c", b"v", b"f", b"is", b"t")
    opened = [(b"<%b%b" % (name, end), b"<x:%b%b" % (name, end)) for name in names for end in (b" ", b">")]
    closed = [(b"</%b>" % name, b"</x:%b>" % name) for name in (*names, b"worksheet")]
    head = (b"<worksheet xmlns=", b"<x:worksheet xmlns:x=")
    with zipfile.ZipFile(BytesIO(data)) as parts:
        sheet = parts.read(PART)
    return changed(data, *(pair for pair in (head, *opened, *closed) if pair[0] in sheet))


def sliced(data: bytes, size: int) -> Slicer:
    """Return what reads a workbook in slices of so many bytes and the rest of a row."""
    slicer = Slicer(Package(data, "book.xlsx"))
    slicer.size = size
    return slicer


def rows_of(data: bytes, size: int) -> list[tuple[int, list[Any]]]:
    """Return the rows of a workbook's sheet that are not blank, without blanks at their ends."""
    slicer = sliced(data, size)
    found = []
    for part in slicer.slices("数据", PART):
        for number, row in part.rows():
            while row and row[-1] == "":
                row.pop()
            found += [(number, row)] if row else []
    return found


def sheet_of(data: bytes, where: Path) -> Sheet:
    """Return the sheet of a workbook that is read in small slices."""
    path = where / "book.xlsx"
    path.write_bytes(data)
    book = Workbook(path)
    book.slicer.size = SMALL
    return next(sheet for sheet in book.sheets if sheet.name == "数据")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(Cells, max_size=6), max_size=12), st.integers(1, 2000))
def test_slices_of_any_size_say_what_the_whole_says(rows: list[list[Any]], size: int) -> None:
    data = written(rows)
    assert rows_of(data, size) == rows_of(data, 10_000_000)


@pytest.mark.parametrize(("size", "count"), [(10_000_000, 1), (SMALL, 20), (1, 42)])
def test_a_sheet_is_cut_where_it_is_long_and_only_there(size: int, count: int) -> None:
    data = written([HEAD, *[GOOD] * 40])
    slicer = sliced(data, size)
    parts = list(slicer.slices("数据", PART))
    assert abs(len(parts) - count) <= count // 3
    assert [part.done for part in parts] == sorted(part.done for part in parts)
    assert parts[-1].done >= Package(data, "book.xlsx").size(PART)
    assert max(len(part.xml) for part in parts) < (10_000_000 if count == 1 else 1500)


def test_rows_that_do_not_tell_their_numbers_are_counted_on() -> None:
    data = written([[f"row {number}"] for number in range(1, 31)])
    bare = changed(data, *((b'<row r="%d"' % number, b"<row") for number in range(30, 0, -1) if number != 8))
    bare = changed(bare, *((b'<c r="A%d"' % number, b"<c") for number in range(30, 0, -1)))
    shifted = changed(bare, (b'<row r="8"', b'<row r="108"'))
    numbers = [*range(1, 8), *range(108, 131)]
    for size in (SMALL, 10_000_000):
        assert rows_of(shifted, size) == [(number, [f"row {row}"]) for row, number in enumerate(numbers, start=1)]


def test_names_with_a_prefix_are_known() -> None:
    data = written([[f"row {number}", number] for number in range(1, 31)])
    assert rows_of(prefixed(data), SMALL) == rows_of(data, 10_000_000)
    assert len(rows_of(prefixed(data), SMALL)) == 30


@pytest.mark.parametrize("change", [lambda data: data, prefixed])
def test_what_stands_beside_the_values_is_found_in_every_slice(
    change: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet("数据")
    percent = book.add_format({"num_format": "0.0%"})
    for number in range(40):
        sheet.write_row(number, 0, ["x", number])
        sheet.write_number(number, 2, 0.125, percent)
    sheet.write_formula("B3", "=1/4", None, "")
    sheet.write_formula("B33", "=1/4", None, "")
    sheet.merge_range("D30:E31", "y")
    book.close()
    read = sheet_of(change(target.getvalue()), tmp_path)
    told: list[tuple[int, int]] = []
    rows = dict(read.rows(lambda done, of: told.append((done, of))))
    assert {type(row[2]).__name__ for row in rows.values()} == {"Percent"}
    assert {type(row[1]).__name__ for number, row in rows.items() if number not in {3, 33}} == {"float"}
    assert read.empty_formulas == ["B3", "B33"]
    assert read.merged == [(30, 3, 31, 4)]
    assert len(told) > 5
    assert told == sorted(told)
    assert told[-1] == (told[-1][1], told[-1][1])


def refused(data: bytes, where: Path) -> str:
    with pytest.raises(Problems) as caught:
        list(sheet_of(data, where).rows())
    return str(caught.value)


CANNOT = "book.xlsx: workbook-damaged the sheet 数据 cannot be read (save it anew as .xlsx)"


def test_a_row_end_inside_a_comment_is_none(tmp_path: Path) -> None:
    data = written([[f"row {number}", "x" * 20] for number in range(1, 42)])
    assert refused(changed(data, (b'<row r="20"', b"<!-- </row> --><row r='20'")), tmp_path) == CANNOT


def test_a_row_that_never_ends_is_given_up(tmp_path: Path) -> None:
    data = written([[f"row {number}"] for number in range(1, 42)])
    assert refused(changed(data, (b'<row r="20"', b"<row" + b" " * (TORN + 2_000_000) + b'r="20"')), tmp_path) == CANNOT


@pytest.mark.parametrize("size", [SMALL, 10_000_000])
def test_rows_far_from_each_other_are_not_held_as_blanks(size: int) -> None:
    far = changed(written([["x"]] * 20_000), (b'<row r="20000"', b'<row r="190000"'), (b'"A20000"', b'"A190000"'))
    with pytest.raises(Problems) as caught:
        rows_of(far, size)
    assert str(caught.value) == (
        "book.xlsx: sheet-too-long a sheet reaches down to row 190000, nearly empty"
        " (delete the rows below the last one that is filled)"
    )


def test_a_sheet_whose_part_is_not_there_cannot_be_read() -> None:
    with pytest.raises(Problems) as caught:
        list(sliced(written([["x"]]), SMALL).slices("数据", "xl/other.xml"))
    assert str(caught.value) == CANNOT


@pytest.mark.parametrize("name", ["xl/styles.xml", "xl/sharedStrings.xml"])
def test_what_every_slice_needs_is_small(name: str, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    long = b" " * ORDINARY.beside
    path.write_bytes(repacked(xlsx(GOOD), lambda part, text: text + long if part == name else text))
    with pytest.raises(Problems) as caught:
        Workbook(path)
    assert str(caught.value).startswith("book.xlsx: workbook-too-large beside its sheets the workbook has 80")
    assert str(caught.value).endswith(SAY)
    assert Workbook(path, LARGE).sheets


def test_formulas_that_were_never_calculated_are_not_gathered_without_end(tmp_path: Path) -> None:
    formula = b'<c r="A%d"><f>1</f></c>'
    rows = b"".join(b'<row r="%d">%b</row>' % (number, formula % number) for number in range(3, 5000))
    read = sheet_of(changed(written([["x"], ["y"]]), (b"</sheetData>", rows + b"</sheetData>")), tmp_path)
    assert len(list(read.rows())) < 1100
    assert 1000 < len(read.empty_formulas) < 1100


# --- large files -----------------------------------------------------------------------------------------------------


def many(cells: int) -> bytes:
    """Return a workbook of two figures with a great many cells beside them."""
    blanks = b"<row>" + b"<c/>" * 25 + b"</row>"
    blanks = blanks * (cells // 25) + b"</sheetData>"
    return changed(repacked(xlsx(GOOD, RATE), lambda _, text: text), (b"</sheetData>", blanks))


def test_a_workbook_is_large_only_for_who_says_so(tmp_path: Path) -> None:
    path = tmp_path / "cells.xlsx"
    path.write_bytes(many(ORDINARY.cells + 1))
    with pytest.raises(Problems) as caught:
        submission.load(path, KNOWN)
    assert str(caught.value).startswith("cells.xlsx: workbook-too-large the workbook has ")
    assert str(caught.value).endswith(SAY)
    (filed,) = submission.load(path, KNOWN, large=True).filed
    assert [str(figure.value) for figure in filed.figures] == ["12.5", "15.3"]


def test_a_list_is_large_only_for_who_says_so(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(",".join(HEAD) + "\n", encoding="utf-8")
    os.truncate(path, ORDINARY.csv_bytes + 1)
    with pytest.raises(Problems) as caught:
        submission.load(path, KNOWN)
    assert [problem.code for problem in caught.value.problems] == ["file-too-large"]
    assert str(caught.value).endswith(SAY)
    with pytest.raises(Problems) as caught:
        submission.load(path, KNOWN, large=True)
    assert [problem.code for problem in caught.value.problems] == ["csv-line-too-long"]


@pytest.mark.parametrize("line", ["\n", ",,,,,,\n", "\r \r\u3000\r\n"])
def test_blank_lines_without_end_are_given_up(line: str, tmp_path: Path) -> None:
    path = tmp_path / "blank.csv"
    limits = replace(ORDINARY, csv_lines=10_000)
    path.write_text(",".join(HEAD) + "\n" + line * 9000, encoding="utf-8", newline="")
    rows = CsvRows(path, limits=limits)
    if line.count("\r") < 2:
        assert list(rows.rows()) == [(1, list(HEAD))]
        path.write_text(path.read_text(encoding="utf-8") + line * 9000, encoding="utf-8", newline="")
    with pytest.raises(Problems) as caught:
        list(rows.rows())
    assert str(caught.value) == f"blank.csv: file-too-large {path} has more than 10000 lines {SAY}"


def test_one_long_text_among_many_cells_is_read(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(written([["x" * 30_000], *[["y"]] * 4000]))
    assert len(list(Workbook(path).sheets[0].rows())) == 4001


def test_a_workbook_may_be_stored_without_being_packed() -> None:
    packed = written([HEAD, *[GOOD] * 40])
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(packed)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    assert rows_of(target.getvalue(), SMALL) == rows_of(packed, SMALL)


def test_a_part_without_rows_is_an_empty_sheet_or_none(tmp_path: Path) -> None:
    data = written([["x"]])
    bare = repacked(data, lambda name, text: b"<worksheet>" + b" " * 900 + b"</worksheet>" if name == PART else text)
    assert rows_of(bare, SMALL) == []
    assert list(sheet_of(bare, tmp_path).rows()) == []


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b'r="A2"', b'r="A199999998"', "sheet-too-long"),
        (b'r="A2"', b'r="a199999998"', "sheet-too-long"),
        (b'r="A2"', b's="1"r="A199999998"', "sheet-too-long"),
        (b'<row r="2"', b'<row x=">" r="199999998"', "sheet-too-long"),
        (b'r="A2"', b'r="xfd2"', "sheet-too-wide"),
        (b'r="A2"', b'r="AAAAAAA2"', "sheet-too-wide"),
        (b'<c r="A2"', b"<c/>" * 9000 + b"<c", "sheet-too-wide"),
    ],
)
def test_a_cell_far_out_is_refused_however_it_is_named(old: bytes, new: bytes, code: str, tmp_path: Path) -> None:
    """The reader would hold all cells between, and end the whole program where there is no room for them."""
    with pytest.raises(Problems) as caught:
        list(sheet_of(changed(written([["x"], ["y"]]), (old, new)), tmp_path).rows())
    assert [problem.code for problem in caught.value.problems] == [code]
