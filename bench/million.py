"""A million figures handed in as one file: how fast beside reading that file alone, and in how much memory.

Each run is a process of its own, the program itself, measured by what the system says of it when it has ended.  The
peers are the readers alone, keeping nothing: csv.reader, and calamine, which holds the sheet as a whole.
"""

import sys
import tempfile
import zipfile
from collections.abc import Iterator
from io import BytesIO
from itertools import chain
from pathlib import Path

import xlsxwriter
from config import PROGRAM, Cost, cost
from reporting import HEAD, LATER, OFFICE, campaign, rows, say, write_csv

from campaign.demo.perform import shipped_config
from campaign.domain.definition import Definition
from campaign.files import folder

ENTITIES = 6500
MEGABYTES = 1000
SHEET = "xl/worksheets/sheet1.xml"
TARGETS = {"csv": 0.02, "xlsx": 0.12}
"""Of handing in, as parts of the speed of reading alone."""
ALONE = {
    "csv": "import csv, sys; all(map(bool, csv.reader(open(sys.argv[1], encoding='utf-8', newline=''))))",
    "xlsx": """import sys
from python_calamine import CalamineWorkbook as Workbook
for row in Workbook.from_path(sys.argv[1]).get_sheet_by_index(0).iter_rows(): pass""",
}


def write_xlsx(path: Path, definition: Definition) -> None:
    """Write the figures as a workbook, as spreadsheets do but faster than xlsxwriter, which takes a minute."""
    frame = BytesIO()
    book = xlsxwriter.Workbook(frame)
    book.add_worksheet()
    book.close()
    with zipfile.ZipFile(frame) as empty, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as full:
        for name in empty.namelist():
            if name != SHEET:
                full.writestr(name, empty.read(name))
        head, tail = empty.read(SHEET).split(b"<sheetData/>")
        with full.open(SHEET, "w", force_zip64=True) as sheet:
            sheet.write(head + b"<sheetData>")
            for line in xml(definition):
                sheet.write(line.encode())
            sheet.write(b"</sheetData>" + tail)


def xml(definition: Definition) -> Iterator[str]:
    """Yield the rows of the sheet."""
    for number, line in enumerate(chain([HEAD], rows(definition, ENTITIES)), start=1):
        names = (f"{letter}{number}" for letter in "ABCDEFGH")
        cells = [
            f'<c r="{name}" t="inlineStr"><is><t>{text}</t></is></c>' for name, text in zip(names, line, strict=True)
        ]
        if number > 1:
            cells[4] = f'<c r="E{number}"><v>{line[4]}</v></c>'
        yield f'<row r="{number}">{"".join(cells)}</row>'


def hand_in(path: Path, store: Path) -> Cost:
    """Hand the file in to a store that is made for it."""
    campaign(ENTITIES, store).close()
    words = ("report", "submit", str(path), "--large", "--as", OFFICE.actor, "--store", str(store))
    spent = cost(PROGRAM, *words, "--at", LATER.isoformat())
    assert spent.code == 0, spent.said[-2000:]
    return spent


def said(spent: Cost, count: int) -> str:
    """Write how fast and in how much memory."""
    return f"{count / spent.processor:.0f}/s in {spent.megabytes:.0f} MB"


def main() -> int:
    """Measure, and print each figure on a line of its own."""
    definition = folder.load(shipped_config()).definition
    with tempfile.TemporaryDirectory() as place:
        where = Path(place)
        count = write_csv(where / "million.csv", definition, ENTITIES)
        write_xlsx(where / "million.xlsx", definition)
        for form, alone in ALONE.items():
            path = where / f"million.{form}"
            peer, own = cost(sys.executable, "-c", alone, str(path)), hand_in(path, where / f"{form}.db")
            size = path.stat().st_size / 1e6
            print(
                f"# {form}: {count} figures, {size:.0f} MB: {said(peer, count)} alone, {said(own, count)} in all",
                flush=True,
            )
            say(f"reporting.{form}.million.submit/read-alone", peer.processor / own.processor, TARGETS[form])
            say(f"reporting.{form}.million.{MEGABYTES}MB/peak", MEGABYTES / own.megabytes, 1.0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
