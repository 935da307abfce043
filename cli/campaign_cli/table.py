"""Tables on a terminal: Chinese signs take two columns, and nothing in a cell can break the lines (ADR 3)."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from campaign.problems import T
from campaign_cli.call import Call
from campaign_cli.output import Column, Sheet, Table, flat
from campaign_cli.text import harmless, pad, width

GAP = "  "
LONG = re.compile(r"(\.\d{4})\d{3,}$")
"""A fraction too long to read: cut, not rounded, so that 14.99999999 never looks like 15; machines get it whole."""


def printed(call: Call, table: Table, *, colour: bool) -> str:
    """Write TABLE with its headings underlined; an empty one says so."""
    if not table.rows:
        return "" if table.quiet else call.say(T("nothing")) + "\n"
    heads = [call.say(column.heading) for column in table.columns]
    cells = [[cell(call, column, row) for column in table.columns] for row in table.rows]
    widths = [max(map(width, column)) for column in zip(heads, *cells, strict=True)]
    rule = GAP.join("-" * columns for columns in widths)
    head = _line(table.columns, heads, widths)
    return "\n".join([_bold(head) if colour else head, rule, *(_line(table.columns, row, widths) for row in cells), ""])


def printed_fields(call: Call, sheet: Sheet, *, colour: bool) -> str:
    """Write a sheet's fields, one a line, the values under one another."""
    heads = [call.say(column.heading) for column, _ in sheet.fields]
    values = [cell(call, column, {column.field: value}) for column, value in sheet.fields]
    widest = max(map(width, heads), default=0)
    pairs = [(pad(head, widest), value) for head, value in zip(heads, values, strict=True) if value]
    return "".join(f"{_bold(head) if colour else head}{GAP}{value}\n" for head, value in pairs)


def cell(call: Call, column: Column, row: Mapping[str, object]) -> str:
    """Write one cell as a person reads it."""
    value = row.get(column.field)
    if isinstance(value, bool):
        return call.say(T("yes")) if value else call.say(T("no"))
    if column.word and isinstance(value, str):
        return harmless(call.catalogue.word(value))
    if isinstance(value, Decimal):
        return LONG.sub(r"\1…", flat(value))
    return harmless(flat(value))


def _line(columns: Sequence[Column], cells: Sequence[str], widths: Sequence[int]) -> str:
    parts = (pad(text, wide, right=column.right) for column, text, wide in zip(columns, cells, widths, strict=True))
    return GAP.join(parts).rstrip()


def _bold(text: str) -> str:
    return f"\x1b[1m{text}\x1b[0m"
