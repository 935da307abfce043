"""Cells of a sheet by their addresses, `G7`, and the ranges that an event keeps of them, `数据!G2:G8`."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

Cell: TypeAlias = str | Decimal | date | bool | None
"""What stands in a cell; a file of text has text only."""


class Percent(float):
    """A number that its cell shows as a percentage, a hundred times as large."""


A = ord("A")
LETTERS = 26
RANGE = re.compile(r"(?:(?P<sheet>.*)!)?(?P<column>[A-Z]{1,3})(?P<first>[1-9]\d*)(?::[A-Z]{1,3}(?P<last>[1-9]\d*))?")


def letters(column: int) -> str:
    """Write column number COLUMN, counted from 0, as a spreadsheet does: A … Z, AA …."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, LETTERS)
        text = chr(A + rest) + text
    return text


def address(row: int, column: int) -> str:
    """Write the address of a cell: row counted from 1, column from 0."""
    return f"{letters(column)}{row}"


def compact(sheet: str, column: int, rows: Iterable[int]) -> tuple[str, ...]:
    """Write the cells of ROWS in one column as ranges, in their own order; rows that follow each other share one."""
    name = letters(column)
    before = f"{sheet}!" if sheet else ""
    return tuple(
        f"{before}{name}{first}" if first == last else f"{before}{name}{first}:{name}{last}"
        for first, last in _runs(rows)
    )


def _runs(rows: Iterable[int]) -> Iterator[tuple[int, int]]:
    first = last = 0
    for row in rows:
        if first and row == last + 1:
            last = row
            continue
        if first:
            yield first, last
        first = last = row
    if first:
        yield first, last


def spread(ranges: Iterable[str]) -> tuple[str, ...]:
    """Return every cell of RANGES, as written by compact, in order; what is not a range stays as it is."""
    return tuple(cell for text in ranges for cell in _spread(text))


def _spread(text: str) -> Iterator[str]:
    found = RANGE.fullmatch(text)
    if found is None or found["last"] is None:
        yield text
        return
    before = f"{found['sheet']}!" if found["sheet"] else ""
    for row in range(int(found["first"]), int(found["last"]) + 1):
        yield f"{before}{found['column']}{row}"


def read(raw: Any) -> Cell:  # noqa: ANN401 -- what calamine gives: str, float, int, bool, date, datetime, time
    """Return a raw cell as a value of ours; blank text is None, a number has the digits that a spreadsheet shows."""
    if isinstance(raw, str):
        return raw.strip() or None
    if isinstance(raw, bool) or raw is None:
        return raw
    if isinstance(raw, float | int):
        return Decimal(format(raw, ".15g"))
    if isinstance(raw, datetime):
        return raw.date()
    return raw if isinstance(raw, date) else str(raw)
