"""The workbook that an office fills in, tag by tag, as one text: cells, formats, widths, locks, lists of choices.

Run `PYTHONPATH=tests python tests/files/template_text.py` to write the file anew, and read the difference.
"""

import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO
from pathlib import Path

from anew import write
from files.figures_table import DUTY, PERIOD, RULES

from campaign.domain.events import Figure
from campaign.files import template

FILE = Path(__file__).parent / "template.txt"
PARTS = (
    "xl/workbook.xml",
    "xl/worksheets/sheet1.xml",
    "xl/worksheets/sheet2.xml",
    "xl/sharedStrings.xml",
    "xl/styles.xml",
)
ORDER = template.Order(
    definition=RULES, definition_sha256="a" * 64, obligation=DUTY, period=PERIOD,
    entities=(("a", "=HYPERLINK(1)"), ("b", "http://b.example/"), ("007", "甲 <&> 乙")),
)  # fmt: skip
SAID = {"scope": "whole", "status": "final", "method": "直接", "above_scale_list": "2005"}
FIGURE = Figure(indicator="profit", value=Decimal("12.5"), unit="yuan", **SAID)


def parts(data: bytes) -> dict[str, str]:
    """Return the parts of a workbook that are ours, by name."""
    with zipfile.ZipFile(BytesIO(data)) as book:
        return {name: book.read(name).decode() for name in PARTS}


def lines(order: template.Order = ORDER) -> Iterator[str]:
    """Yield the parts of the workbook, a tag to a line, each cell on its own."""
    for name, xml in parts(template.write(order, {("b", "profit"): FIGURE})).items():
        yield f"# {name}"
        yield from re.sub(r"><(?!/|v>|t[ >])", ">\n<", xml).split("\n")


if __name__ == "__main__":
    write(FILE, lines())
