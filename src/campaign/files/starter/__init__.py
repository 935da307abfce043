"""A folder to start from: texts with YEAR where the year stands, and rosters made of the readers' own columns."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from campaign.domain.state import EntityState
from campaign.files.roster import ENTITIES, PERSONS, PROJECTS
from campaign.files.table import Column

TEXTS = ("phases.yaml", "indicators.yaml", "roles.yaml", "calendar.yaml", "README.md")
BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""Without it Chinese Excel takes a CSV for GBK."""

EXAMPLES: tuple[Mapping[str, str], ...] = (
    {"id": "city-1", "title": "某市", "kind": "prefecture", "groups": "prefecture"},
    {"id": "firm-1", "title": "某企业", "kind": "enterprise", "groups": "enterprise", "prefecture": "city-1"},
)


def texts(year: int) -> dict[str, str]:
    """Return the folder's texts by name, for a campaign of YEAR."""
    own = resources.files("campaign.files.starter")
    return {name: (own / name).read_text(encoding="utf-8").replace("YEAR", str(year)) for name in TEXTS}


def rosters(rows: Sequence[Mapping[str, str]] = EXAMPLES) -> dict[str, bytes]:
    """Return the rosters by name: the entities of ROWS, no project, no person; and the entities as a workbook."""
    return {
        "entities.csv": _csv(ENTITIES, rows),
        "projects.csv": _csv(PROJECTS, ()),
        "persons.csv": _csv(PERSONS, ()),
        "entities.xlsx": _workbook(ENTITIES, rows),
    }


def rows_of(states: Iterable[EntityState]) -> list[dict[str, str]]:
    """Return enrolled entities as rows of entities.csv."""
    return [
        {
            "id": state.entity,
            "title": state.name,
            "kind": state.kind,
            "groups": ";".join(state.groups),
            "parent": state.parent,
            "prefecture": state.prefecture,
            "ownership": state.ownership,
            "supervision": state.supervision,
            "sector": state.sector,
            "tags": ";".join(state.tags),
            "named_in_source": _truth(state.named_in_source),
            "voluntary": _truth(state.voluntary),
            "has_conditions": _truth(state.has_conditions),
        }
        for state in states
    ]


def _truth(value: bool) -> str:  # noqa: FBT001 -- the value itself
    return "true" if value else "false"


def _csv(columns: tuple[Column, ...], rows: Sequence[Mapping[str, str]]) -> bytes:
    target = io.StringIO()
    out = csv.writer(target, lineterminator="\r\n")
    out.writerow(column.name for column in columns)
    out.writerows([row.get(column.name, "") for column in columns] for row in rows)
    return (BOM + target.getvalue()).encode()


def _workbook(columns: tuple[Column, ...], rows: Sequence[Mapping[str, str]]) -> bytes:
    """Write a sheet with the columns' names, their Chinese as a note, and choices where there are few.

    Nothing is written without xlsxwriter, which is an extra.
    """
    try:
        import xlsxwriter  # noqa: PLC0415 -- an extra
    except ImportError:
        return b""
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(target, options)
    sheet = book.add_worksheet("entities")
    _heading(book, sheet, columns)
    for number, row in enumerate(rows, start=1):
        for place, column in enumerate(columns):
            sheet.write_string(number, place, row.get(column.name, ""))
    book.close()
    return target.getvalue()


LAST_ROW = 1000
KINDS = ["prefecture", "enterprise", "department"]
TRUTHS = ["true", "false"]
CHOICES = {"kind": KINDS, "named_in_source": TRUTHS, "voluntary": TRUTHS, "has_conditions": TRUTHS}


def _heading(book: Any, sheet: Any, columns: tuple[Column, ...]) -> None:  # noqa: ANN401 -- xlsxwriter has no types
    bold, text = book.add_format({"bold": True, "bg_color": "#DDEBF7"}), book.add_format({"num_format": "@"})
    sheet.freeze_panes(1, 1)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, 18, text)
        sheet.write_string(0, place, column.name, bold)
        sheet.write_comment(0, place, column.chinese + ("（必填 needed）" if column.needed else ""))
        if column.name in CHOICES:
            sheet.data_validation(1, place, LAST_ROW, place, {"validate": "list", "source": CHOICES[column.name]})


def write(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Write FILES into FOLDER; empty ones are left out."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
