"""Thirty and more broken files: each says what is wrong, where, and what to do; none of them writes anything."""

import re
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from files.hostile.makers import (
    GOOD,
    HEAD,
    RATE,
    Make,
    bomb,
    csv,
    declared,
    flipped,
    in_sheet,
    locked,
    long_texts,
    longer_than_declared,
    many_cells,
    nested,
    packed_oddly,
    part_twice,
    parts,
    repacked,
    with_,
    xlsx,
)

from campaign.app.handle import Who
from campaign.app.session import Session
from campaign.app.submit import submit
from campaign.problems import Problems

DAY, LAST = datetime(2005, 12, 5, tzinfo=UTC), datetime(2005, 9, 30, tzinfo=UTC)
HIDDEN = "the sheet 去年 is hidden (show it, or remove it)"


def hide(book: object, _sheet: object) -> None:
    book.add_worksheet("去年").hide()  # type: ignore[attr-defined]  # xlsxwriter's workbook


def merge_header(_book: object, sheet: object) -> None:
    sheet.merge_range("E1:F1", "数值")  # type: ignore[attr-defined]  # xlsxwriter's worksheet


def merge_cells(_book: object, sheet: object) -> None:
    sheet.merge_range("A2:A3", "220200")  # type: ignore[attr-defined]  # likewise


def formula(_book: object, sheet: object) -> None:
    sheet.write_formula("E2", "=A2/B2", None, "")  # type: ignore[attr-defined]  # likewise


def percent(book: object, sheet: object) -> None:
    form = book.add_format({"num_format": "0.0%"})  # type: ignore[attr-defined]  # likewise
    sheet.write_number("E2", 0.125, form)  # type: ignore[attr-defined]  # likewise


def stamped(name: str, text: str) -> Make:
    def stamp(book: object, _sheet: object) -> None:
        sheet = book.add_worksheet("说明")  # type: ignore[attr-defined]  # likewise
        sheet.write_row(0, 0, [name, text])

    return lambda: xlsx(GOOD, then=stamp)


CASES: Mapping[str, tuple[Make, str]] = {
    # --- the value ---------------------------------------------------------------------------------------------------
    "formula-without-value.xlsx": (
        lambda: xlsx(GOOD, then=formula),
        (
            "[数据]!E2: formula-without-value the formula in this cell was never calculated"
            " (open the file in a spreadsheet and save it, or write the figure)"
        ),
    ),
    "formula-as-text.csv": (
        lambda: csv(with_(value="=1+1")),
        "!E2: formula-as-text =1+1 is a formula kept as text (write the figure that it gives)",
    ),
    "formula-error.csv": (
        lambda: csv(with_(value="#DIV/0!")),
        "!E2: formula-error the formula behind this cell failed: #DIV/0! (repair the formula, or write the figure)",
    ),
    "percent-for-number.csv": (
        lambda: csv(with_(value="12.5%")),
        "!E2: percent-for-number profit is counted in 亿元, not in percent (write the figure itself, in 亿元)",
    ),
    "percent-for-number.xlsx": (
        lambda: xlsx(GOOD, then=percent),
        "[数据]!E2: percent-for-number profit is counted in 亿元, not in percent (write the figure itself, in 亿元)",
    ),
    "share-for-percent.xlsx": (
        lambda: xlsx(with_(indicator="load_rate", value=0.835, unit="%")),
        (
            "[数据]!E2: share-for-percent 0.835 after 82.5: a share instead of a percentage?"
            " (write 83.5, or accept it with --accept share-for-percent)"
        ),
    ),
    "unit-column.csv": (
        lambda: csv(with_(unit="万元")),
        "!F2: unit-slip profit is counted in 亿元, not in 万元 (convert it to 亿元)",
    ),
    "unit-in-cell.csv": (
        lambda: csv(with_(value="125000万元")),
        "!E2: unit-slip profit is counted in 亿元, not in 万元 (write 12.5000 and 亿元)",
    ),
    "own-unit-in-cell.csv": (
        lambda: csv(with_(value="12.5亿元")),
        "!E2: unit-slip the unit 亿元 stands in the cell of the figure (write 12.5 and 亿元)",
    ),
    "unit-scale.xlsx": (
        lambda: xlsx(with_(indicator="output", value=312000)),
        (
            "[数据]!E2: unit-scale 312000 after 30.0: 10000 times as much"
            " (was 31.2 meant? else accept it with --accept unit-scale)"
        ),
    ),
    "separators.csv": (
        lambda: csv(with_(value='"12,34.5"')),
        "!E2: number-separator the commas in 12,34.5 do not stand at every third digit (leave them out)",
    ),
    "shortened.csv": (
        lambda: csv(with_(value="1.23E+05")),
        "!E2: number-shortened 1.23E+05 was cut short by a spreadsheet (write all its digits)",
    ),
    "placeholder.csv": (
        lambda: csv(with_(value="—")),
        "!E2: placeholder — says neither a figure nor zero (write 0 where it is zero, else remove the line)",
    ),
    "words.csv": (
        lambda: csv(with_(value="约12")),
        "!E2: not-a-number 约12 is no number (write digits, as in 1234.50)",
    ),
    "truth.xlsx": (
        lambda: xlsx(with_(value=True)),
        "[数据]!E2: not-a-number TRUE is no number (write the figure)",
    ),
    "date-for-number.xlsx": (
        lambda: xlsx(with_(value=DAY)),
        (
            "[数据]!E2: date-for-number the spreadsheet took this for the day 2005-12-05"
            " (set the cell's format to number and write the figure again)"
        ),
    ),
    "too-large.xlsx": (
        lambda: xlsx(with_(value=1e300)),
        f"[数据]!E2: number-too-large 1{'0' * 300} is larger than any figure (write it in the indicator's unit)",
    ),
    "value-blank.csv": (
        lambda: csv(GOOD, with_(RATE, value="")),
        "!E3: value-blank the value is blank, others of this report are not (fill it in, or remove the row)",
    ),
    # --- what the figure is of ---------------------------------------------------------------------------------------
    "date-as-number.xlsx": (
        lambda: xlsx(with_(period=38596)),
        (
            "[数据]!C2: date-as-number 38596 is the day 2005-09-01 as a spreadsheet counts days"
            " (set the cell's format to text and write the period)"
        ),
    ),
    "date-for-period.xlsx": (
        lambda: xlsx(with_(period=LAST)),
        (
            "[数据]!C2: date-for-period the spreadsheet took this for the day 2005-09-30"
            " (set the cell's format to text and write the period again)"
        ),
    ),
    "unknown-period.csv": (
        lambda: csv(with_(period="2005-9")),
        "!C2: unknown-period there is no period 2005-9 (did you mean 2005-09?)",
    ),
    "unknown-indicator.csv": (
        lambda: csv(with_(indicator="利润额")),
        "!D2: unknown-indicator there is no indicator 利润额 (did you mean 利润?)",
    ),
    "unknown-entity.csv": (
        lambda: csv(with_(entity="220201")),
        "!A2: unknown-entity there is no entity 220201 (did you mean 220200?)",
    ),
    "unknown-scope.csv": (
        lambda: csv(with_(scope="全省")),
        "!G2: unknown-scope there is no scope 全省 (choose one of group-wide, provincial, 吉林省统计口径, 集团口径)",
    ),
    "scope-missing.csv": (
        lambda: csv(with_(scope="")),
        "!G2: scope-missing there are several scopes, and none is named (name one of group-wide, provincial)",
    ),
    "not-its-duty.csv": (
        lambda: csv(with_(entity="statistics")),
        (
            "!E2: not-its-duty monthly_report is not a duty of statistics"
            " (it is for the groups: prefecture, focus_enterprise)"
        ),
    ),
    "figure-twice.xlsx": (
        lambda: xlsx(GOOD, with_(value=13)),
        "[数据]!E3: figure-twice this figure stands twice; the first is in E2 (remove one)",
    ),
    "adjustment.csv": (
        lambda: csv([*GOOD, "0.5"], head=[*HEAD, "调整额"]),
        "!H2: adjustment-reason an adjustment needs an amount and a reason (fill in both, or neither)",
    ),
    # --- the sheet ---------------------------------------------------------------------------------------------------
    "total-row.xlsx": (
        lambda: xlsx(GOOD, ["合计"]),
        "[数据]!A3: total-row 合计: totals are not handed in (remove the row)",
    ),
    "signature.xlsx": (
        lambda: xlsx(GOOD, [], [], ["填报人：王某"]),
        "[数据]!A5: stray-row this row has neither indicator nor value (complete it, or remove the row)",
    ),
    "header-merged.xlsx": (
        lambda: xlsx(GOOD, then=merge_header),
        "[数据]!E1: header-merged the header has merged cells (give each column a header of its own)",
    ),
    "cells-merged.xlsx": (
        lambda: xlsx(GOOD, with_(RATE, entity=""), then=merge_cells),
        "[数据]!A2: cells-merged merged cells hold one value, the others are blank (unmerge them and fill in each)",
    ),
    "hidden.xlsx": (lambda: xlsx(GOOD, then=hide), f"[去年]!A1: sheet-hidden {HIDDEN}"),
    "header-missing.csv": (
        lambda: csv(GOOD, head=None),
        (
            "!A1: header-missing there is no header that names the columns (begin with the columns 编号, 名称, 报表,"
            " 期别,"
            " 指标, 指标名称, 数值, 单位, 口径, 状态, 核算方法, 名录版本, 调整额, 调整原因)"
        ),
    ),
    "header-unknown.csv": (
        lambda: csv([*GOOD, "x"], head=[*HEAD, "备住"]),
        (
            "!H1: header-unknown the column 备住 is not known here (choose one of 单位, 口径, 名录版本, 名称, 报表,"
            " 指标,"
            " 指标名称, 数值, 期别, 核算方法, 状态, 编号, 调整原因, 调整额)"
        ),
    ),
    "header-twice.csv": (
        lambda: csv([*GOOD, "1"], head=[*HEAD, "数值"]),
        "!H1: header-twice the column 数值 stands twice (remove one)",
    ),
    "empty.xlsx": (xlsx, ": no-figures there are no figures (write one line per figure)"),
    "other-campaign.xlsx": (
        stamped("活动", "gansu-2010"),
        (
            "[说明]!A1: template-campaign the template is of the campaign gansu-2010, not of jilin-2005"
            " (take a new template with `campaign report template`)"
        ),
    ),
    "other-template.xlsx": (
        stamped("模板版本", "0"),
        (
            "[说明]!A1: template-version the template has version 0, this program reads 1"
            " (take a new template with `campaign report template`)"
        ),
    ),
    # --- the file ----------------------------------------------------------------------------------------------------
    "utf-16.csv": (
        lambda: csv(GOOD, encoding="utf-16"),
        (
            "!A1: csv-encoding this is UTF-16, not UTF-8"
            " (save the file as UTF-8 (in Excel: `CSV UTF-8`; in an editor: save with encoding))"
        ),
    ),
    "two-encodings.csv": (
        lambda: csv(GOOD) + csv(with_(RATE, scope="吉林省统计口径"), head=None, encoding="gbk"),
        (
            "!A3: csv-encoding this line is not utf-8 as those before it"
            " (save the file as UTF-8 (in Excel: `CSV UTF-8`; in an editor: save with encoding))"
        ),
    ),
    "neither-encoding.csv": (
        lambda: csv(head=("period", "indicator", "value", "entity"), encoding="ascii") + b"2005-09,profit,\xff\xff,x\n",
        (
            "!A2: csv-encoding this line is neither UTF-8 nor GBK"
            " (save the file as UTF-8 (in Excel: `CSV UTF-8`; in an editor: save with encoding))"
        ),
    ),
    "quote.csv": (
        lambda: csv(with_(value='"12.5')),
        (
            "!A2: csv-quote a quotation mark is not closed, or stands inside a cell"
            ' (put the cell in "…" and double each " inside)'
        ),
    ),
    "endless-line.csv": (
        lambda: csv() + b"x" * 300_000,
        "!A2: csv-line-too-long a line has more than 100000 characters (look for a missing line end)",
    ),
    "no-workbook.xlsx": (
        lambda: csv(GOOD),
        ": workbook-format this is no workbook, or it is damaged (save it anew as .xlsx)",
    ),
    "old-format.xlsx": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        (
            ": workbook-format this is a workbook of the old format, or one with a password"
            " (save it as .xlsx without a password)"
        ),
    ),
    "figures.xls": (
        lambda: b"",
        ": file-format figures.xls is neither .csv nor .xlsx (save it as .xlsx, or as CSV UTF-8)",
    ),
    # --- made to do harm ---------------------------------------------------------------------------------------------
    "bomb.xlsx": (
        bomb,
        (
            ": workbook-too-large unpacked, the workbook would have 4…… bytes, more than 150000000"
            " (if it is to be so large, say --large; else split it)"
        ),
    ),
    "declares-much.xlsx": (
        lambda: declared(4_000_000_000),
        (
            ": workbook-too-large unpacked, the workbook would have 4…… bytes, more than 150000000"
            " (if it is to be so large, say --large; else split it)"
        ),
    ),
    "declares-little.xlsx": (
        longer_than_declared,
        (
            ": workbook-damaged the part xl/worksheets/sheet1.xml of the workbook is not what it is declared to be"
            " (save it anew as .xlsx)"
        ),
    ),
    "far-cell.xlsx": (
        lambda: in_sheet(b'<c r="G2"', b'<c r="XFD2"'),
        (
            ": sheet-too-wide a sheet has cells to the right of column Z"
            " (remove what stands there, or hand in the sheet alone)"
        ),
    ),
    "far-row.xlsx": (
        lambda: in_sheet(b'<row r="2"', b'<row r="1048576"'),
        (
            ": sheet-too-long a sheet reaches down to row 1048576, nearly empty"
            " (delete the rows below the last one that is filled)"
        ),
    ),
    "entities.xlsx": (
        lambda: in_sheet(b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet'),
        ": workbook-damaged the workbook's XML declares a document type (save it anew as .xlsx)",
    ),
    "nested.xlsx": (
        lambda: repacked(xlsx(GOOD), lambda name, text: nested(200_000) if "styles" in name else text),
        ": workbook-damaged the workbook cannot be read: Cannot detect file format (save it anew as .xlsx)",
    ),
    "many-parts.xlsx": (
        lambda: parts(600),
        ": workbook-too-large the workbook has more than 500 parts (save it anew as .xlsx, without pictures)",
    ),
    "password.xlsx": (locked, ": workbook-format the workbook has a password (save it without one)"),
    "odd-packing.xlsx": (
        packed_oddly,
        ": workbook-format the workbook is packed in an unusual way (save it anew as .xlsx)",
    ),
    "part-twice.xlsx": (
        part_twice,
        ": workbook-damaged the workbook holds a part twice (save it anew as .xlsx)",
    ),
    "many-cells.xlsx": (
        lambda: many_cells(1_600_000),
        (
            ": workbook-too-large the workbook has 1……, more than 1500000"
            " (if it is to be so large, say --large; else split it)"
        ),
    ),
    "long-texts.xlsx": (
        lambda: long_texts(4000, 30_000),
        (
            ": workbook-too-large the workbook's cells hold more than 100000000 bytes of text"
            " (if it is to be so large, say --large; else split it)"
        ),
    ),
    "flipped.xlsx": (
        flipped,
        (
            ": workbook-damaged the part xl/worksheets/sheet1.xml of the workbook is not what it is declared to be"
            " (save it anew as .xlsx)"
        ),
    ),
    "torn-xml.xlsx": (
        lambda: repacked(xlsx(GOOD), lambda name, text: b"<sst><si>" if "sharedStrings" in name else text),
        ": workbook-damaged the workbook cannot be read: Cannot detect file format (save it anew as .xlsx)",
    ),
    "no-header.xlsx": (
        lambda: xlsx(*[["x", "y"]] * 20, head=None),
        (
            ": header-missing no sheet has a header that names the columns (begin with the columns 编号, 名称, 报表,"
            " 期别, 指标, 指标名称, 数值, 单位, 口径, 状态, 核算方法, 名录版本, 调整额, 调整原因)"
        ),
    ),
    "header-incomplete.csv": (
        lambda: csv(("profit", "1"), head=("指标", "数值")),
        "!A1: header-missing the column 期别 is missing (add it to the header)",
    ),
    "no-parts.xlsx": (
        lambda: repacked(xlsx(GOOD), lambda name, text: None if "sheet1" in name else text),
        ": workbook-damaged the sheet 数据 cannot be read (save it anew as .xlsx)",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_broken_file_says_what_is_wrong_and_writes_nothing(name: str, campaign: Session, tmp_path: Path) -> None:
    make, expected = CASES[name]
    path = tmp_path / name
    path.write_bytes(make())
    before = campaign.log.head()
    begun = time.process_time()
    with pytest.raises(Problems) as found:
        submit(campaign, path, Who("p-office-1"))
    assert time.process_time() - begun < 2
    lines = [str(problem) for problem in found.value.problems]
    assert any(_says(line, f"{name}{expected}") for line in lines), lines
    assert all(problem.fix.template for problem in found.value.problems)
    assert campaign.log.head() == before


def _says(line: str, expected: str) -> bool:
    """Whether LINE is EXPECTED, in which … stands for digits."""
    before, gap, after = expected.partition("……")
    return line.startswith(before) and line.endswith(after) if gap else line == expected


ALONE = """
import sys, pytest
options = ["-q", "-k", "a_broken_file_says", "-p", "no:cacheprovider", "--override-ini=addopts=--import-mode=importlib"]
ended = pytest.main([sys.argv[1], *options])
print(open("/proc/self/status").read())
sys.exit(ended)
"""


def test_all_of_them_together_take_little_memory() -> None:
    """The peak of a process that does nothing else, pytest and the making of the files included.

    VmHWM, for ru_maxrss is inherited from the process that starts another.
    """
    root = Path(__file__).parents[3]
    run = subprocess.run([sys.executable, "-c", ALONE, __file__], cwd=root, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert int(re.search(r"VmHWM:\s+(\d+) kB", run.stdout)[1]) < 400_000
