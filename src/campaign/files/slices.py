"""A sheet of any length in bounded memory: its XML is cut between rows, and each slice read as a sheet of its own.

The reader of cells, calamine, takes a sheet as a whole: a million rows of eight cells cost it 0.8 GB.  Slices of a few
megabytes take no longer together, and their own memory each.  A sheet that is shorter than a slice is not cut.
"""

import re
import zipfile
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import TYPE_CHECKING, Any

import msgspec

from campaign.files.markup import named, tags_in
from campaign.files.package import Package
from campaign.problems import Problems, T

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

SLICE = 2_000_000
"""Bytes of XML in a slice; more where the shared texts are longer, which every slice reads again."""
TORN = 16_000_000
"""No row is longer: it has at most 26 cells, of at most 32,767 characters."""
COLUMNS = 26
SPREAD = 100_000
"""Rows that a slice may reach over, unless it has three cells for each."""

OPEN = re.compile(rb"<((?:\w+:)?)sheetData\b[^<>]*>")
NUMBER = re.compile(rb"\sr\s*=\s*[\"']0*(\d{1,9})")
NO_SHEETS: Mapping[str, bytes] = {}


class Slice(msgspec.Struct, frozen=True):
    """Some rows of a sheet: their XML as a whole sheet, what is read from it, and how many bytes are read with it."""

    xml: bytes
    sheet: "CalamineSheet"
    done: int

    def rows(self) -> Iterator[tuple[int, list[Any]]]:
        """Yield the number of each row, counted from 1, and its raw cells, from the first column on."""
        above, left = self.sheet.start or (0, 0)
        before = [""] * left
        for number, row in enumerate(self.sheet.to_python(skip_empty_area=True), start=above + 1):
            yield number, before + row


class _Frame(msgspec.Struct, frozen=True):
    """What stands before a sheet's rows, and the prefix of its tags."""

    head: bytes
    prefix: bytes

    def end(self, rows: bytearray, size: int) -> int:
        """Return where the first row ends with which ROWS have SIZE bytes, 0 if there is none."""
        closing = b"</%srow>" % self.prefix
        found = rows.find(closing, max(0, size - len(closing)))
        return found + len(closing) if found >= 0 else 0

    def begun(self, last: int) -> bytes:
        """Return the beginning of a sheet whose rows follow row LAST, even where they do not tell their numbers."""
        return self.head + (b'<%srow r="%d"></%srow>' % (self.prefix, last, self.prefix) if last else b"")

    def whole(self, last: int, rows: bytes) -> bytes:
        """Return a sheet of ROWS."""
        return b"%s%s</%ssheetData></%sworksheet>" % (self.begun(last), rows, self.prefix, self.prefix)


class Slicer:
    """Reads the sheets of a workbook slice by slice."""

    def __init__(self, package: Package) -> None:
        """Take PACKAGE, a workbook that was looked at."""
        self._package = package
        self.size = max([SLICE, *map(len, package.beside.values())])
        """Bytes of XML after which a slice ends with the next row."""

    def workbook(self, sheets: Mapping[str, bytes] = NO_SHEETS) -> BytesIO:
        """Pack a workbook that has of its sheets only SHEETS, each under its part's name."""
        packed = BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for name, content in {**self._package.beside, **sheets}.items():
                archive.writestr(zipfile.ZipInfo(name), content)
        packed.seek(0)
        return packed

    def slices(self, name: str, part: str) -> Iterator[Slice]:
        """Yield what sheet NAME holds, whose XML is PART.

        Raises Problems: workbook-damaged, sheet-too-long.
        """
        from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 -- an extra

        if part not in self._package.parts:
            raise self._unreadable(name)
        done = 0
        for xml in self._cut(name, part):
            done += len(xml)
            try:
                sheet = CalamineWorkbook.from_filelike(self.workbook({part: xml})).get_sheet_by_name(name)
            except (CalamineError, ValueError):
                raise self._unreadable(name) from None
            yield Slice(xml, sheet, done)

    def _cut(self, name: str, part: str) -> Iterator[bytes]:
        """Yield the sheet, or, if it is long, whole sheets of some of its rows each."""
        rest, frame, last = bytearray(), None, 0
        for piece in self._package.pieces(part):
            rest += piece
            if frame is None and len(rest) >= self.size:
                frame = _framed(rest)
            while frame is not None and (end := frame.end(rest, self.size)):
                rows = bytes(rest[:end])
                yield self._sound(name, frame.whole(last, rows))
                last = _last(rows, last)
                del rest[:end]
            if len(rest) > self.size + TORN:
                raise self._unreadable(name)
        yield self._sound(name, (frame.begun(last) if frame else b"") + bytes(rest))

    def _sound(self, name: str, xml: bytes) -> bytes:
        """Return a slice without comments, in which tags would be none, and whose cells lie close together.

        The reader holds all cells between the first and the last, and ends the program where they have no room.
        """
        if b"<!" in xml:
            raise self._unreadable(name)
        tags, numbers = tags_in(xml), named(xml)
        if tags.widest(xml) > COLUMNS:
            raise self._package.too_wide()
        reach = max(numbers, default=0) - min(numbers, default=0)
        if reach > SPREAD and reach > len(tags.cell.findall(xml)) // 3:
            message = T("a sheet reaches down to row {row}, nearly empty", row=max(numbers))
            fix = T("delete the rows below the last one that is filled")
            raise self._package.refuse("sheet-too-long", message, fix)
        return xml

    def _unreadable(self, name: str) -> Problems:
        message = T("the sheet {name} cannot be read", name=name)
        return self._package.refuse("workbook-damaged", message, T("save it anew as .xlsx"))


def _framed(xml: bytearray) -> _Frame | None:
    """Take what stands before the rows out of XML."""
    found = OPEN.search(xml)
    if found is None:
        return None
    frame = _Frame(bytes(xml[: found.end()]), found[1])
    del xml[: found.end()]
    return frame


def _last(rows: bytes, before: int) -> int:
    """Return the number of the last row, counting on from the last that tells its own."""
    tags = tags_in(rows).row.findall(rows)
    for behind, tag in enumerate(reversed(tags)):
        found = NUMBER.search(tag)
        if found:
            return int(found[1]) + behind
    return before + len(tags)
