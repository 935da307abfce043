"""Data on its way out: one value, four forms, to the terminal or, whole or not at all, to a file."""

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import click
import msgspec

from campaign.problems import NOTHING, T, Text, plain
from campaign_cli.call import Call
from campaign_cli.exits import SCHEMA
from campaign_cli.text import HOSTILE, harmless

FORMULA = ("=", "+", "-", "@", "\t", "\r")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"

_ENCODE = msgspec.json.Encoder(decimal_format="string").encode

Row = Mapping[str, object]


class Column(msgspec.Struct, frozen=True):
    """A column: the field's name, which machines read, and the heading for persons.

    word: the cells are words of ours, to be said in the reader's language.
    """

    field: str
    heading: Text
    right: bool = False
    word: bool = False


class Table(msgspec.Struct, frozen=True):
    """A list of things, all of one kind, with what stands above and below it.

    kind: the name of this output, for machines.  extra: further fields of the JSON document.  quiet: say nothing of
    there being no rows, where a note says what that means.
    """

    kind: str
    columns: tuple[Column, ...]
    rows: Sequence[Row]
    title: Text = NOTHING
    notes: tuple[Text, ...] = ()
    extra: Mapping[str, object] = {}
    quiet: bool = False


class Sheet(msgspec.Struct, frozen=True):
    """One thing with its fields, and lists of things that belong to it.

    lists: these are what was asked for; a person is told where there is nothing in any of them.
    """

    kind: str
    fields: tuple[tuple[Column, object], ...]
    tables: tuple[Table, ...] = ()
    title: Text = NOTHING
    notes: tuple[Text, ...] = ()
    extra: Mapping[str, object] = {}
    lists: bool = False


ANYBODY, OWNER = 0o666, 0o600
"""Who may read a file that is written, where the umask does not say less."""


def give(call: Call, data: Table | Sheet) -> None:
    """Write DATA as the call asks."""
    match call.format, data:
        case "table", _:
            text = _for_persons(call, data)
        case "json", _:
            text = to_json(document(data)) + "\n"
        case "jsonl", Table():
            text = "".join(to_json({"schema": SCHEMA, **row}) + "\n" for row in data.rows)
        case "jsonl", _:
            text = to_json(document(data)) + "\n"
        case _:
            text = to_csv(call, data)
    write(call, text)


def stream(rows: Iterable[Row]) -> None:
    """Write many ROWS to stdout as JSON Lines, one by one."""
    for row in rows:
        sys.stdout.write(to_json({"schema": SCHEMA, **row}) + "\n")


def write(call: Call, text: str, mode: int = ANYBODY) -> None:
    """Write TEXT to stdout or to the file of -o, where it appears whole or not at all, with MODE less the umask."""
    if not call.output:
        sys.stdout.write(text)
        return
    path = Path(call.output)
    content = (BOM + text if call.format == "csv" else text).encode()
    save(path, content, mode)
    call.note(T("written: {path}", path=path))


def save(path: Path, content: bytes, mode: int = ANYBODY) -> None:
    """Write CONTENT beside PATH first and put it in its place at once. Raises OSError that names PATH."""
    try:
        _save(path, content, mode & ~_umask())
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def _umask() -> int:
    mask = os.umask(0)  # it can only be read by setting it
    os.umask(mask)
    return mask


def _save(path: Path, content: bytes, mode: int) -> None:
    import tempfile

    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as target:
            target.write(content)
        Path(beside).chmod(mode)
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


# --- for machines --------------------------------------------------------------------------------------------------


def document(data: Table | Sheet) -> dict[str, object]:
    """Return DATA as one JSON document's value."""
    if isinstance(data, Table):
        return {"schema": SCHEMA, "kind": data.kind, **data.extra, "rows": list(data.rows)}
    fields = {column.field: value for column, value in data.fields}
    return {"schema": SCHEMA, "kind": data.kind, **data.extra, **fields} | {
        table.kind: list(table.rows) for table in data.tables
    }


def to_json(value: object) -> str:
    """Write VALUE as JSON: decimals as strings, days and instants as ISO text, nothing hostile to a terminal raw."""
    return HOSTILE.sub(_json_escape, _ENCODE(value).decode())


def _json_escape(found: re.Match[str]) -> str:
    return f"\\u{ord(found.group()):04x}"


def to_csv(call: Call, data: Table | Sheet) -> str:
    """Write DATA as CSV with the fields' names above; a text that a spreadsheet would take for a formula is quoted.

    The lists of a sheet that hold anything follow its fields, each after an empty line and its name.
    """
    import csv
    import io

    first, lists = (data, ()) if isinstance(data, Table) else (_as_table(data), data.tables)
    target = io.StringIO()
    out = csv.writer(target, lineterminator="\r\n" if call.output else "\n")
    out.writerows(_csv_rows(first))
    for table in lists:
        if table.rows:
            out.writerows([[], [f"# {table.kind}"], *_csv_rows(table)])
    return target.getvalue()


def _csv_rows(table: Table) -> Iterator[list[str]]:
    yield [column.field for column in table.columns]
    yield from (csv_cells(table.columns, row) for row in table.rows)


def csv_cells(columns: Sequence[Column], row: Row) -> list[str]:
    """Return the cells of ROW under COLUMNS as CSV has them."""
    return [_csv_cell(row.get(column.field)) for column in columns]


def _as_table(sheet: Sheet) -> Table:
    columns = (Column("field", T("field")), Column("value", T("value")))
    return Table(sheet.kind, columns, [{"field": column.field, "value": value} for column, value in sheet.fields])


def _csv_cell(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    text = harmless(flat(value))
    is_text = isinstance(value, str) and not NUMBER.fullmatch(text)
    return f"'{text}" if is_text and text.startswith(FORMULA) else text


def flat(value: object) -> str:
    """Write a value on one line: lists with commas between, nothing as nothing."""
    match value:
        case None:
            return ""
        case Decimal() | datetime() | date() | str() | int():
            return value.isoformat(" ", "seconds") if isinstance(value, datetime) else plain(value)
        case Mapping():
            return ", ".join(f"{key}: {flat(item)}" for key, item in value.items())
        case Iterable():
            return ", ".join(map(flat, value))
        case _:
            return str(value)


# --- for persons ---------------------------------------------------------------------------------------------------


def _for_persons(call: Call, data: Table | Sheet) -> str:
    from campaign_cli.table import printed, printed_fields

    if isinstance(data, Table):
        return _around(call, data.title, printed(call, data, colour=in_colour(call)), data.notes)
    parts = [printed_fields(call, data, colour=in_colour(call))]
    parts += [_for_persons(call, table) for table in data.tables if table.rows or table.notes]
    if data.lists and len(parts) == 1:
        parts.append(call.say(T("nothing")) + "\n")
    return _around(call, data.title, "\n".join(parts), data.notes)


def _around(call: Call, title: Text, body: str, notes: tuple[Text, ...]) -> str:
    above = [bold(call, harmless(call.say(title)))] if title.template else []
    below = [harmless(call.say(note)) for note in notes]
    return "".join(f"{line}\n" for line in above) + body + "".join(f"{line}\n" for line in below)


def in_colour(call: Call) -> bool:
    """Whether the output may carry colours: on a terminal, unless --no-color, NO_COLOR or -o."""
    return call.colour and not call.output and sys.stdout.isatty()


def bold(call: Call, text: str) -> str:
    """Make TEXT bold where colours are allowed."""
    return click.style(text, bold=True) if in_colour(call) else text
