"""A CSV file as rows, streamed: one record a line, its encoding found out, its bytes hashed on the way.

UTF-8 with or without a byte order mark is read, and GBK, which Chinese spreadsheets write.  Memory holds one line.
"""

import csv
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, TypeAlias

from campaign.files.limits import ORDINARY, Limits
from campaign.problems import Place, Problem, Problems, T, Text

MAX_LINE = 100_000
OFTEN = 4096
"""After so many lines, progress is told."""

BLANK = " ,\t\u3000"
"""What a line is blank of."""

Progress: TypeAlias = Callable[[int, int], None]
"""Is told how many bytes of how many are read."""

UTF16 = (b"\xff\xfe", b"\xfe\xff")
BOM = b"\xef\xbb\xbf"


def silent(_done: int, _of: int) -> None:
    """Tell nobody."""


def checked_size(path: Path, limit: int, way_out: Text) -> int:
    """Return the size of PATH in bytes. Raises Problems: file-missing, file-unreadable, file-too-large."""
    try:
        size = path.stat().st_size
        readable = path.is_file()
    except FileNotFoundError:
        raise _one(path, "file-missing", T("there is no file {path}", path=path), T("correct the path")) from None
    except (OSError, ValueError) as error:
        message = T("{path} cannot be read: {error}", path=path, error=getattr(error, "strerror", None) or error)
        raise _one(path, "file-unreadable", message, T("look at its permissions")) from None
    if not readable:
        raise _one(path, "file-unreadable", T("{path} is not a file", path=path), T("name a file"))
    if size > limit:
        message = T("{path} has {size} bytes, more than {limit}", path=path, size=size, limit=limit)
        raise _one(path, "file-too-large", message, way_out)
    return size


class CsvRows:
    """The lines of one CSV file, read once from the first to the last."""

    def __init__(self, path: Path, progress: Progress = silent, limits: Limits = ORDINARY) -> None:
        """Look at the size; the file is opened by rows()."""
        self.path, self.file = path, path.name
        self.size = checked_size(path, limits.csv_bytes, limits.way_out)
        self.progress, self.limits = progress, limits
        self.encoding = ""
        """"" while only ASCII was seen, then utf-8 or gb18030."""
        self._digest = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """The hash of all bytes, once all rows were read."""
        return self._digest.hexdigest()

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the number and the cells of each line that is not blank.

        Raises Problems: csv-encoding, csv-quote, csv-line-too-long, file-too-large, file-unreadable.
        """
        try:
            with self.path.open("rb") as handle:
                yield from self._rows(handle)
        except OSError as error:
            message = T("{path} cannot be read: {error}", path=self.path, error=error.strerror or error)
            raise _one(self.path, "file-unreadable", message, T("look at its permissions")) from None

    def _rows(self, handle: BinaryIO) -> Iterator[tuple[int, list[str]]]:
        number = done = told = 0
        for raw in self._lines(handle):
            done += len(raw)
            text = self._decode(raw, number + 1).rstrip("\r\n")
            for part in text.split("\r") if "\r" in text else (text,):
                number += 1
                if part.strip(BLANK):
                    yield number, part.split(",") if '"' not in part else self._quoted(part, number)
            if number >= told + OFTEN:
                told = number
                self._not_endless(number)
                self.progress(done, self.size)
        self.progress(self.size, self.size)

    def _not_endless(self, number: int) -> None:
        if number > self.limits.csv_lines:
            message = T("{path} has more than {limit} lines", path=self.path, limit=self.limits.csv_lines)
            raise _one(self.path, "file-too-large", message, self.limits.way_out)

    def _lines(self, handle: BinaryIO) -> Iterator[bytes]:
        number = 1
        while raw := handle.readline(MAX_LINE + 1):
            self._digest.update(raw)
            if number == 1 and raw.startswith(UTF16):
                raise self._wrong(1, "csv-encoding", T("this is UTF-16, not UTF-8"), SAVE)
            if len(raw) > MAX_LINE:
                raise self._wrong(number, "csv-line-too-long", TOO_LONG, T("look for a missing line end"))
            yield raw.removeprefix(BOM) if number == 1 else raw
            number += 1

    def _decode(self, raw: bytes, line: int) -> str:
        if raw.isascii():
            return raw.decode("ascii")
        for encoding in (self.encoding,) if self.encoding else ("utf-8", "gb18030"):
            try:
                text = raw.decode(encoding)
            except UnicodeDecodeError:
                continue
            self.encoding = encoding
            return text
        message = T("this line is not {encoding} as those before it", encoding=self.encoding)
        if not self.encoding:
            message = T("this line is neither UTF-8 nor GBK")
        raise self._wrong(line, "csv-encoding", message, SAVE)

    def _quoted(self, text: str, line: int) -> list[str]:
        try:
            return next(csv.reader([text], strict=True), [])
        except csv.Error:
            message = T("a quotation mark is not closed, or stands inside a cell")
            raise self._wrong(line, "csv-quote", message, T('put the cell in "…" and double each " inside')) from None

    def _wrong(self, line: int, code: str, message: Text, fix: Text) -> Problems:
        return Problems([Problem(code, message, fix, Place(self.file, cell=f"A{line}"))])


SAVE = T("save the file as UTF-8 (in Excel: `CSV UTF-8`; in an editor: save with encoding)")
TOO_LONG = T("a line has more than {limit} characters", limit=MAX_LINE)


def _one(path: Path, code: str, message: Text, fix: Text) -> Problems:
    return Problems([Problem(code, message, fix, Place(file=path.name))])
