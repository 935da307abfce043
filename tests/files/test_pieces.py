"""The pieces that reading files is made of, each by itself: addresses, headers, cells of CSV, encodings."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from campaign.files.cells import address, compact, letters, read, spread
from campaign.files.csvrows import MAX_LINE, OFTEN, CsvRows
from campaign.files.layout import COLUMNS, column_of, is_header
from campaign.files.reading import decode, read_text
from campaign.files.table import MAX_PROBLEMS, Column, Table, choice, harmless, listed, truth
from campaign.problems import Problem, Problems, T
from campaign.shape import Wrong

# --- cells and their addresses -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "name"),
    [(0, "A"), (25, "Z"), (26, "AA"), (27, "AB"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA"), (16383, "XFD")],
)
def test_columns_are_named_as_spreadsheets_name_them(column: int, name: str) -> None:
    assert letters(column) == name
    assert address(7, column) == f"{name}7"


@pytest.mark.parametrize(
    ("rows", "ranges"),
    [
        ([], ()),
        ([1], ("B1",)),
        ([1, 2], ("B1:B2",)),
        ([2, 1], ("B2", "B1")),
        ([1, 2, 4, 5, 6, 9], ("B1:B2", "B4:B6", "B9")),
        ([3, 3], ("B3", "B3")),
    ],
)
def test_rows_that_follow_each_other_share_a_range(rows: list[int], ranges: tuple[str, ...]) -> None:
    assert compact("", 1, rows) == ranges
    assert compact("数据", 1, rows) == tuple(f"数据!{text}" for text in ranges)
    assert spread(ranges) == tuple(f"B{row}" for row in rows)
    assert spread(compact("a!b", 1, rows)) == tuple(f"a!b!B{row}" for row in rows)


@pytest.mark.parametrize("text", ["B0", "b1", "B1:", "B1:C", "ABCD1:ABCD2", "1", "", "B01:B2"])
def test_what_is_no_range_stays_as_it_is(text: str) -> None:
    assert spread([text]) == (text,)


@pytest.mark.parametrize(
    ("raw", "cell"),
    [
        (" a ", "a"),
        ("  ", None),
        ("", None),
        (None, None),
        (True, True),
        (0, Decimal(0)),
        (0.1 + 0.2, Decimal("0.3")),
        (1e22, Decimal("1E+22")),
        (123456789012345678.0, Decimal(123456789012346000)),
        (date(2005, 9, 1), date(2005, 9, 1)),
        (datetime(2005, 9, 1, 23, 59, tzinfo=UTC), date(2005, 9, 1)),
        (time(7, 30), "07:30:00"),
    ],
)
def test_a_raw_cell_becomes_a_value_of_ours(raw: object, cell: object) -> None:
    found = read(raw)
    assert found == cell
    assert type(found) is type(cell)


# --- headers -----------------------------------------------------------------------------------------------------


def test_every_column_is_known_by_its_name_and_its_chinese_whatever_its_width_and_case() -> None:
    for name, chinese in COLUMNS.items():
        assert [column_of(cell) for cell in (name, chinese, f" {name.upper()} ", f"　{chinese}")] == [name] * 4
    assert [column_of(cell) for cell in ("", "其他", None, Decimal(1), True, "ｖａｌｕｅ")] == [
        "",
        "",
        "",
        "",
        "",
        "value",
    ]


@pytest.mark.parametrize(
    ("cells", "header"),
    [
        (["指标", "数值"], True),
        (["indicator", "period"], True),
        (["数值", "", None, "单位"], True),
        (["数值"], False),
        (["数值", "数值"], False),
        (["期别", "单位"], False),
        (["指标", "别的"], False),
        ([], False),
    ],
)
def test_a_header_names_the_indicator_or_the_value_and_something_else(cells: list[Any], header: bool) -> None:  # noqa: FBT001 -- a column of the table
    assert is_header(cells) is header


# --- tables of CSV -----------------------------------------------------------------------------------------------


def number(text: str) -> int:
    if not text.isdecimal():
        raise Wrong("no-number", T("{text} is no number", text=text), T("write one"))
    return int(text)


WIDE = "write , instead of the full-width ，"
COMMAS = "separate the columns by commas: save as `CSV UTF-8`"
COMMA = "look for a missing or surplus comma"
LONG = f"{MAX_LINE} characters (look for a missing line end)"
QUOTE = 'a quotation mark is not closed, or stands inside a cell (put the cell in "…" and double each " inside)'
SHAPE = (Column("id", "编号", harmless, needed=True), Column("count", "户数", number, blank=0))


def table_of(*lines: str) -> tuple[list[tuple[int, dict[str, Any]]], list[str]]:
    table = Table("t.csv", list(lines), SHAPE)
    rows = [(row.line, row.values) for row in table.rows()]
    return rows, [whole(problem) for problem in table.problems]


def whole(problem: Problem) -> str:
    place = problem.place
    return f"{place.line}:{place.column} [{place.field}] {problem.code} {problem.message} ({problem.fix})"


def test_rows_are_read_by_their_columns_in_any_order_and_blank_lines_are_passed_over() -> None:
    assert table_of("户数,编号", "5,a", "", " , ", ",b", '7,"c,d"', "9,e,,") == (
        [
            (2, {"count": 5, "id": "a"}),
            (5, {"count": 0, "id": "b"}),
            (6, {"count": 7, "id": "c,d"}),
            (7, {"count": 9, "id": "e"}),
        ],
        [],
    )
    assert table_of("id", "a") == ([(2, {"id": "a", "count": 0})], [])


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["id,size"], "1:4 [size] csv-header the column size is not known here (choose one of count, id)"),
        (["id,cuont"], "1:4 [cuont] csv-header the column cuont is not known here (did you mean count?)"),
        (["id,编号"], "1:4 [编号] csv-header the column 编号 stands twice (remove one)"),
        (["count"], "1:1 [id] csv-header the column id is missing (add it to the first line)"),
        (["id，count"], f"1:1 [id，count] csv-header the column id，count is not known here ({WIDE})"),
        (["id;count"], f"1:1 [id;count] csv-header the column id;count is not known here ({COMMAS})"),
        (["id\tcount"], f"1:1 [id\tcount] csv-header the column id\tcount is not known here ({COMMAS})"),
        (["id,count", "a"], f"2:1 [] csv-width the line has 1 cells, the header 2 ({COMMA})"),
        (["id,count", "a,1,2"], f"2:1 [] csv-width the line has 3 cells, the header 2 ({COMMA})"),
        (["id,count", ",1"], "2:1 [id] csv-blank id is blank (fill it in)"),
        (["id,count", '"a,b",x'], "2:7 [count] no-number x is no number (write one)"),
        (["id,count", "=a,1"], "2:1 [id] csv-formula =a begins like a formula (begin with another sign than = + - @)"),
        (["id,count", '"a'], f"2:1 [] csv-quote {QUOTE}"),
        (["id,count", '"a"b,1'], f"2:1 [] csv-quote {QUOTE}"),
        (["id,count", "a" * (MAX_LINE + 1)], f"2:1 [] csv-line-too-long the line has more than {LONG}"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_table_names_its_line_column_and_field(lines: list[str], said: str) -> None:
    found = table_of(*lines)[1]
    assert said in found
    assert len(found) == 1 or ("csv-header" in said and all(" csv-header " in one for one in found))


def test_a_table_is_torn_where_its_lines_or_columns_cannot_be_told_apart() -> None:
    for lines, torn in ((["id"], False), (["id,count", "a"], True), (["id,x"], True), (["id,count", ",1"], False)):
        table = Table("t.csv", lines, SHAPE)
        list(table.rows())
        assert table.torn is torn
        assert table.lines == len(lines)


def test_a_line_of_the_greatest_length_is_read_and_problems_end_at_their_limit() -> None:
    assert table_of("id", "a" * 300)[1] == []
    table = Table("t.csv", ["id", *["=x"] * (MAX_PROBLEMS + 5)], SHAPE)
    with pytest.raises(Problems) as raised:
        list(table.rows())
    assert [problem.code for problem in raised.value.problems] == ["csv-formula"] * MAX_PROBLEMS + [
        "csv-too-many-problems"
    ]
    last = raised.value.problems[-1]
    assert (last.place.line, last.place.column) == (MAX_PROBLEMS + 1, 1)
    table = Table("t.csv", ["id", *["=x"] * (MAX_PROBLEMS - 1)], SHAPE)
    assert len(list(table.rows())) == MAX_PROBLEMS - 1


def wrong(work: Callable[[], object]) -> str:
    with pytest.raises(Wrong) as raised:
        work()
    return f"{raised.value.code} {raised.value.message} ({raised.value.fix})"


def test_cells_are_read_as_truths_choices_and_lists() -> None:
    assert [truth(text) for text in ("true", "TRUE", "是", "false", "False", "否")] == [True] * 3 + [False] * 3
    assert wrong(lambda: truth("yes")) == "config-truth yes is neither true nor false (write true or false)"
    reader = choice(city="市", county="县")
    assert [reader(text) for text in ("city", "市", "county", "县")] == ["city", "city", "county", "county"]
    assert wrong(lambda: reader("citty")) == "config-choice citty is not a choice here (did you mean city?)"
    assert wrong(lambda: reader("x")) == "config-choice x is not a choice here (choose one of city, county)"
    assert listed(reader)("city；县、 市 ;;") == ("city", "county", "city")
    assert [harmless(text) for text in ("a=", "1-2", "甲")] == ["a=", "1-2", "甲"]
    for sign in "=+-@":
        assert wrong(lambda sign=sign: harmless(sign)).startswith(f"csv-formula {sign} begins like a formula")  # type: ignore[misc]


# --- encodings ---------------------------------------------------------------------------------------------------

SAVE = "save the file as UTF-8 (in Excel: `CSV UTF-8`; in an editor: save with encoding)"


@pytest.mark.parametrize(
    ("data", "place", "said"),
    [
        ("中文\n一".encode("gb18030"), "f:1:1", "this is GBK, not UTF-8"),
        ("a,甲\nb,".encode() + "乙".encode("gb18030"), "f:2:3", "this byte is not UTF-8"),
        (b"abc\xff", "f:1:4", "this byte is not UTF-8"),
        ("甲".encode() + b"\xff", "f:1:2", "this byte is not UTF-8"),
        ("a".encode("utf-16"), "f:1:1", "this is UTF-16, not UTF-8"),
        (b"\xfe\xff\x00a", "f:1:1", "this is UTF-16, not UTF-8"),
    ],
)
def test_what_is_not_utf_8_is_shown_at_its_first_byte(data: bytes, place: str, said: str) -> None:
    with pytest.raises(Problems) as raised:
        decode(data, "f")
    (problem,) = raised.value.problems
    assert (problem.code, str(problem.message), str(problem.fix)) == ("file-encoding", said, SAVE)
    assert str(problem.place) == place


def test_a_file_may_be_as_long_as_its_limit_and_no_longer(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x" * 10)
    assert read_text(path, 10) == "x" * 10
    with pytest.raises(Problems) as raised:
        read_text(path, 9)
    assert str(raised.value) == (
        f"{path}: file-too-large {path} has more than 9 bytes (split it, or remove what does not belong into it)"
    )


# --- long CSV files ----------------------------------------------------------------------------------------------


def rows_of(path: Path, data: bytes) -> tuple[list[tuple[int, list[str]]], CsvRows, list[tuple[int, int]]]:
    path.write_bytes(data)
    told: list[tuple[int, int]] = []
    rows = CsvRows(path, lambda done, of: told.append((done, of)))
    return list(rows.rows()), rows, told


def test_lines_come_with_their_numbers_and_the_hash_of_all_bytes(tmp_path: Path) -> None:
    import hashlib  # noqa: PLC0415 -- only here

    data = b'\xef\xbb\xbfa,b\r\n\r\n,,\t\n"c,d","e""f"\rg\n' + "甲,乙".encode()
    found, rows, told = rows_of(tmp_path / "a.csv", data)
    assert found == [(1, ["a", "b"]), (4, ["c,d", 'e"f']), (5, ["g"]), (6, ["甲", "乙"])]
    assert (rows.encoding, rows.sha256) == ("utf-8", hashlib.sha256(data).hexdigest())
    assert told == [(len(data), len(data))]


def test_the_encoding_of_the_first_line_that_shows_it_is_that_of_all(tmp_path: Path) -> None:
    gbk = "a\n甲\n乙\n".encode("gb18030")
    found, rows, _ = rows_of(tmp_path / "a.csv", gbk)
    assert (found, rows.encoding) == ([(1, ["a"]), (2, ["甲"]), (3, ["乙"])], "gb18030")
    assert rows_of(tmp_path / "b.csv", b"a\n")[1].encoding == ""
    with pytest.raises(Problems) as raised:
        rows_of(tmp_path / "c.csv", "甲\n".encode() + "乙\n".encode("gb18030"))
    assert str(raised.value) == f"c.csv!A2: csv-encoding this line is not utf-8 as those before it ({SAVE})"
    with pytest.raises(Problems) as raised:
        rows_of(tmp_path / "d.csv", b"a\n\xff\xff\n")
    assert str(raised.value) == f"d.csv!A2: csv-encoding this line is neither UTF-8 nor GBK ({SAVE})"
    with pytest.raises(Problems) as raised:
        rows_of(tmp_path / "e.csv", "a".encode("utf-16"))
    assert str(raised.value) == f"e.csv!A1: csv-encoding this is UTF-16, not UTF-8 ({SAVE})"


def test_a_line_is_as_long_as_its_limit_and_no_longer(tmp_path: Path) -> None:
    assert len(rows_of(tmp_path / "a.csv", b"a\n" + b"x" * (MAX_LINE - 1) + b"\nb")[0]) == 3
    with pytest.raises(Problems) as raised:
        rows_of(tmp_path / "a.csv", b"a\n" + b"x" * MAX_LINE + b"\nb")
    assert str(raised.value) == (
        f"a.csv!A2: csv-line-too-long a line has more than {MAX_LINE} characters (look for a missing line end)"
    )


def test_an_unclosed_quotation_mark_is_shown_in_its_line(tmp_path: Path) -> None:
    with pytest.raises(Problems) as raised:
        rows_of(tmp_path / "a.csv", b'a\n"b\n')
    assert str(raised.value) == (
        "a.csv!A2: csv-quote a quotation mark is not closed, or stands inside a cell"
        ' (put the cell in "…" and double each " inside)'
    )


def test_progress_is_told_now_and_then(tmp_path: Path) -> None:
    data = b"a\n" * (2 * OFTEN + 3)
    told = rows_of(tmp_path / "a.csv", data)[2]
    assert told == [(2 * OFTEN, len(data)), (4 * OFTEN, len(data)), (len(data), len(data))]
