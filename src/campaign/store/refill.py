"""Records as canonical lines, and a new store filled with them: the same bytes, the same tree."""

from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from typing import TypeAlias

import msgspec

from campaign.store.codec import ACCOUNTED, RECORD
from campaign.store.engine import Engine
from campaign.store.log import Outcome, Row

_Line: TypeAlias = tuple[str, int, str, int, str, str, str, str, str, str, int | None, msgspec.Raw]
_Accounted: TypeAlias = tuple[str, int, str, int, str, str, str, str, str, str, int | None, str, msgspec.Raw]
_READ = msgspec.json.Decoder(_Line).decode
_READ_ACCOUNTED = msgspec.json.Decoder(_Accounted).decode
PORTION = 5_000
"""Rows written at a time."""
_START = f'["{ACCOUNTED}"'.encode()


def row_of(line: bytes) -> Row:
    """Take a canonical record apart, the body as its bytes. Raises ValueError for another form."""
    if line.startswith(_START):
        _, *columns, account, body = _READ_ACCOUNTED(line)
        if not account:
            raise ValueError("a record that names no account has the first form")
        return (*columns, account, bytes(body))
    form, *columns, body = _READ(line)
    if form != RECORD:
        raise ValueError(f"not a record of the form {RECORD}")
    return (*columns, "", bytes(body))


def portions(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Yield rows in order, some thousand at a time, never cutting a command in two."""
    portion: list[Row] = []
    for _, command in groupby(rows, key=lambda row: row[8]):
        portion.extend(command)
        if len(portion) >= PORTION:
            yield portion
            portion = []
    if portion:
        yield portion


def fill(log: Engine, rows: Iterable[Row], outcomes: Iterable[Outcome]) -> int:
    """Write rows and outcomes into an empty log in one transaction, fold the views, grow the tree; return its size."""
    tables = log._tables  # noqa: SLF001 -- within the store
    last, told = "", iter(outcomes)
    with tables.writing():
        for written in portions(rows):
            tables.copy(written)
            last = written[-1][4]
        for some in iter(lambda: list(islice(told, PORTION)), []):
            tables.copy_outcomes([(outcome, last) for outcome in some])
    tables.appraise()
    log.rebuild()
    return log.tree().seal()
