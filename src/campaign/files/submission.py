"""Figures handed in as CSV or workbook, as values of reports (R-25, R-46), or every problem at its cell.

A file may hold many entities, obligations and periods; each figure keeps the cell it came from.  Rows are read one by
one, so that memory holds the figures and not the file.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from campaign.domain.events import Figure
from campaign.files.cells import compact
from campaign.files.csvrows import CsvRows, Progress, silent
from campaign.files.entries import Entries
from campaign.files.limits import LARGE, ORDINARY, Limits
from campaign.files.rows import Known, Level, Rows, Source
from campaign.problems import Place, Problem, Problems, T

__all__ = ["Filed", "Filing", "Known", "Level", "load"]


class Filed(msgspec.Struct, frozen=True):
    """The figures of one entity for one period of an obligation, and the ranges of cells they stand in."""

    entity: str
    obligation: str
    period: str
    figures: tuple[Figure, ...]
    cells: tuple[str, ...]


class Filing(msgspec.Struct, frozen=True):
    """A file that was read: its name, its hash, what it holds, and what the reader should know of it."""

    file: str
    sha256: str
    filed: tuple[Filed, ...]
    notices: tuple[Problem, ...] = ()


def load(path: Path, known: Known, progress: Progress = silent, *, large: bool = False) -> Filing:
    """Read the file at PATH by its ending, a LARGE one only if it is known to be. Raises Problems, all at once."""
    ending, limits = path.suffix.lower(), LARGE if large else ORDINARY
    if ending == ".csv":
        return _csv(CsvRows(path, progress, limits), known)
    if ending == ".xlsx":
        return _workbook(path, known, progress, limits)
    message = T("{file} is neither .csv nor .xlsx", file=path.name)
    raise Problems([Problem("file-format", message, T("save it as .xlsx, or as CSV UTF-8"), Place(file=path.name))])


def _csv(lines: CsvRows, known: Known) -> Filing:
    entries = Entries()
    rows = Rows(entries, Source(lines.file), known)
    try:
        rows.take(lines.rows())
    except Problems as found:
        before = [item for item in entries.problems if item not in found.problems]
        raise Problems([*before, *found.problems]) from None
    if not rows.header:
        rows.no_header(1)
    notices = [_gbk(lines.file)] if lines.encoding == "gb18030" else []
    return _filing(lines.file, lines.sha256, entries, notices)


def _gbk(file: str) -> Problem:
    message = T("the file is in GBK and was read as such")
    return Problem("csv-gbk", message, T("save it as `CSV UTF-8` to be sure"), Place(file=file))


def _workbook(path: Path, known: Known, progress: Progress, limits: Limits) -> Filing:
    from campaign.files.figuresheets import read_sheets  # noqa: PLC0415 -- an extra behind it
    from campaign.files.workbook import Workbook  # noqa: PLC0415 -- likewise

    book = Workbook(path, limits)
    entries = Entries()
    read_sheets(book, entries, known, progress)
    return _filing(book.file, book.sha256, entries, [])


def _filing(file: str, sha256: str, entries: Entries, notices: Iterable[Problem]) -> Filing:
    filed = tuple(_filed(entries))
    if not filed and not entries.problems:
        message = T("there are no figures")
        entries.complain(Problem("no-figures", message, T("write one line per figure"), Place(file=file)))
    if entries.problems:
        raise Problems(entries.problems)
    return Filing(file, sha256, filed, (*notices, *entries.notices))


def _filed(entries: Entries) -> Iterator[Filed]:
    for (entity, obligation, period), entry in entries.finish():
        cells: list[str] = []
        for (sheet, column), rows in entry.runs():
            cells += compact(sheet, column, rows)
        yield Filed(entity, obligation, period, tuple(entry.figures), tuple(cells))
