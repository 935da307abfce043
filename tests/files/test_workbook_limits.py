"""Every limit of a workbook at both its sides: as large as it may be it is read, by one more it is refused."""

import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from files.hostile.makers import repacked
from files.test_slices import PART, changed, rows_of, sliced, written
from msgspec.structs import replace

from campaign.files.limits import LARGE, ORDINARY, Limits
from campaign.files.package import BESIDE, MAX_PARTS, MAX_ROW, Package
from campaign.files.slices import COLUMNS, SPREAD
from campaign.files.workbook import Workbook
from campaign.problems import Problems

BOOK = written([["x", 12], ["甲甲甲", 3], ["甲甲甲", 4]])
MORE = "(if it is to be so large, say --large; else split it)"


def refused(work: Callable[[], object]) -> str:
    with pytest.raises(Problems) as raised:
        work()
    (problem,) = raised.value.problems
    assert problem.place.file == "book.xlsx"
    return f"{problem.code} {problem.message} ({problem.fix})"


def parts(data: bytes) -> dict[str, int]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {info.filename: info.file_size for info in archive.infolist()}


def opened(limits: Limits = ORDINARY, data: bytes = BOOK) -> Package:
    return Package(data, "book.xlsx", limits)


def test_a_workbook_is_as_large_unpacked_as_its_limit_and_no_larger() -> None:
    size = sum(parts(BOOK).values())
    assert opened(replace(ORDINARY, unpacked=size)).size(PART) == parts(BOOK)[PART]
    assert refused(lambda: opened(replace(ORDINARY, unpacked=size - 1))) == (
        f"workbook-too-large unpacked, the workbook would have {size} bytes, more than {size - 1} {MORE}"
    )
    assert refused(lambda: opened(replace(LARGE, unpacked=size - 1))).endswith("(split it into several files)")


def test_what_stands_beside_the_sheets_is_as_large_as_its_limit_and_no_larger() -> None:
    size = sum(size for name, size in parts(BOOK).items() if name.lower() in BESIDE)
    assert opened(replace(ORDINARY, beside=size)).beside.keys() == {
        name for name in parts(BOOK) if name.lower() in BESIDE
    }
    assert refused(lambda: opened(replace(ORDINARY, beside=size - 1))) == (
        f"workbook-too-large beside its sheets the workbook has {size} bytes, more than {size - 1} {MORE}"
    )


def test_a_workbook_has_as_many_cells_as_its_limit_and_no_more() -> None:
    assert opened(replace(ORDINARY, cells=6)).reach[PART].cells == 6
    assert refused(lambda: opened(replace(ORDINARY, cells=5))) == (
        f"workbook-too-large the workbook has 6 cells, more than 5 {MORE}"
    )


def test_its_cells_hold_as_much_text_as_its_limit_and_no_more() -> None:
    with zipfile.ZipFile(BytesIO(BOOK)) as archive:
        shared = archive.read("xl/sharedStrings.xml")
    lengths = [len(b"<si>" + text) for text in shared.split(b"<si>")[1:]]
    held = lengths[0] + 2 * lengths[1]
    assert opened(replace(ORDINARY, text=held)).limits.text == held
    assert refused(lambda: opened(replace(ORDINARY, text=held - 1))) == (
        f"workbook-too-large the workbook's cells hold more than {held - 1} bytes of text {MORE}"
    )


def test_a_file_is_as_large_as_its_limit_and_no_larger(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(BOOK)
    assert Workbook(path, replace(ORDINARY, workbook_bytes=len(BOOK))).sheets[0].name == "数据"
    assert refused(lambda: Workbook(path, replace(ORDINARY, workbook_bytes=len(BOOK) - 1))) == (
        f"file-too-large {path} has {len(BOOK)} bytes, more than {len(BOOK) - 1} {MORE}"
    )


def test_a_workbook_has_five_hundred_parts_and_no_more() -> None:
    more = {f"xl/media/{number}": b"" for number in range(MAX_PARTS - len(parts(BOOK)))}
    full = repacked(BOOK, lambda _, text: text, more)
    assert len(opened(data=full).parts) == MAX_PARTS == 500
    over = repacked(full, lambda _, text: text, {"one": b""})
    assert refused(lambda: opened(data=over)) == (
        "workbook-too-large the workbook has more than 500 parts (save it anew as .xlsx, without pictures)"
    )


# --- how far a sheet reaches -------------------------------------------------------------------------------------


def reaching(row: int, cells: int = 2) -> bytes:
    """Return a workbook whose last row has that number; it has so many cells."""
    data = written([["x"]] * cells)
    return changed(data, (b'<row r="%d"' % cells, b'<row r="%d"' % row), (b'"A%d"' % cells, b'"A%d"' % row))


def down(row: int) -> str:
    fix = "(delete the rows below the last one that is filled)"
    return f"sheet-too-long a sheet reaches down to row {row}, nearly empty {fix}"


def test_a_sheet_that_is_nearly_empty_reaches_ten_rows_a_cell_and_a_thousand_more() -> None:
    assert opened(data=reaching(1020)).reach[PART].rows == 1020
    assert refused(lambda: opened(data=reaching(1021))) == down(1021)
    assert opened(data=reaching(1030, 3)).reach[PART].rows == 1030


def test_a_sheet_reaches_the_last_row_that_there_is_and_no_further() -> None:
    cells = b"<c/>" * 24
    data = changed(written([["x"]]), (b"</row>", (cells + b"</row><row>") * 4400 + b"</row>"))
    last = changed(data, (b"</sheetData>", b'<row r="%d"></row></sheetData>' % MAX_ROW))
    assert opened(data=last).reach[PART].rows == MAX_ROW == 1_048_576
    over = changed(data, (b"</sheetData>", b'<row r="%d"></row></sheetData>' % (MAX_ROW + 1)))
    assert refused(lambda: opened(data=over)) == down(MAX_ROW + 1)


def test_rows_of_a_slice_lie_as_far_apart_as_they_may_and_no_further() -> None:
    near = reaching(SPREAD + 1, 9_950)
    assert rows_of(near, 10_000_000)[-1] == (SPREAD + 1, ["x"])
    with pytest.raises(Problems) as raised:
        rows_of(reaching(SPREAD + 2, 9_950), 10_000_000)
    assert [str(problem) for problem in raised.value.problems] == [f"book.xlsx: {down(SPREAD + 2)}"]


def test_a_row_has_twenty_six_cells_and_no_more() -> None:
    assert len(rows_of(written([["x"] * COLUMNS]), 300)[0][1]) == COLUMNS == 26
    fix = "(remove what stands there, or hand in the sheet alone)"
    over = f"sheet-too-wide a sheet has cells to the right of column Z {fix}"
    assert refused(lambda: opened(data=written([["x"] * (COLUMNS + 1)]))) == over
    bare = changed(written([["x"] * COLUMNS]), (b"</row>", b"<c><v>1</v></c></row>"))
    assert refused(lambda: list(sliced(bare, 300).slices("数据", PART))) == over


# --- what is no workbook -----------------------------------------------------------------------------------------

ANEW = "(save it anew as .xlsx)"
UNLOCKED = "(save it as .xlsx without a password)"


def zipped(method: int = zipfile.ZIP_DEFLATED, **content: bytes) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return target.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", f"workbook-format this is no workbook, or it is damaged {ANEW}"),
        (b"a,b\n", f"workbook-format this is no workbook, or it is damaged {ANEW}"),
        (BOOK[: len(BOOK) // 2], f"workbook-format this is no workbook, or it is damaged {ANEW}"),
        (
            b"\xd0\xcf\x11\xe0" + b"x" * 600,
            f"workbook-format this is a workbook of the old format, or one with a password {UNLOCKED}",
        ),
        (zipped(zipfile.ZIP_BZIP2, a=b"x"), f"workbook-format the workbook is packed in an unusual way {ANEW}"),
        (zipped(a=b"<!DOCTYPE x>"), f"workbook-damaged the workbook's XML declares a document type {ANEW}"),
        (zipped(a=b"<!ENTITY x>"), f"workbook-damaged the workbook's XML declares a document type {ANEW}"),
    ],
)  # fmt: skip
def test_what_is_no_workbook_says_what_it_is(data: bytes, said: str) -> None:
    assert refused(lambda: opened(data=data)) == said


def test_a_part_that_stands_twice_is_refused() -> None:
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a", b"x")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a", b"y")
    assert refused(lambda: opened(data=target.getvalue())) == f"workbook-damaged the workbook holds a part twice {ANEW}"


@pytest.mark.parametrize("more", [1, -1])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_part_that_is_longer_or_shorter_than_declared_is_refused(method: int, more: int) -> None:
    whole = zipped(method, a=b"x" * 1000)
    at = whole.rindex(b"PK\x01\x02") + 24
    lying = whole[:at] + (1000 + more).to_bytes(4, "little") + whole[at + 4 :]
    assert refused(lambda: opened(data=lying)) == (
        f"workbook-damaged the part a of the workbook is not what it is declared to be {ANEW}"
    )


def test_a_part_with_a_password_is_refused() -> None:
    whole = zipped(a=b"x" * 10)
    at = whole.rindex(b"PK\x01\x02") + 8
    locked = whole[:at] + b"\x01" + whole[at + 1 :]
    assert refused(lambda: opened(data=locked)) == "workbook-format the workbook has a password (save it without one)"
