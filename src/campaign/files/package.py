"""What a workbook's zip says and what it holds, looked at before anything is unpacked into memory (P-18).

Declared sizes are capped, and every part is unpacked once, piece by piece, to see that it is no longer than declared.
On the way the sheets are scanned for what the reader of cells would not tell: how far they reach, how many cells they
have.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise
from xml.parsers import expat

import msgspec

from campaign.files.limits import ORDINARY, Limits
from campaign.files.markup import WIDE, tags_in
from campaign.problems import Place, Problem, Problems, T, Text

MAX_PARTS = 500
MAX_ROW = 1_048_576
"""The last row of a sheet, in every spreadsheet."""

PIECE, CHUNK = 1_000_000, 65_536
STORED, DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED
ENCRYPTED = 1
LOCAL_HEADER = 30
OLD = b"\xd0\xcf\x11\xe0"
"""How a file in the old format begins, and one with a password."""

DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
PERCENT_FORMATS = frozenset({9, 10})
TEXTS = "xl/sharedstrings.xml"
BESIDE = frozenset({"_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", TEXTS})
"""What the cells of a sheet cannot be read without."""


class Wide(msgspec.Struct, frozen=True):
    """How far a sheet reaches."""

    rows: int
    cells: int


class Package:
    """A workbook's zip that was looked at and may be opened.

    reach: how far each part reaches as a sheet, by its name in the zip: any part may be named as one.  beside: what
    every sheet needs to be read, by the name in the zip.
    """

    def __init__(self, data: bytes, file: str, limits: Limits = ORDINARY) -> None:
        """Look at DATA, called FILE in problems. Raises Problems: workbook-…, sheet-too-wide, sheet-too-long."""
        self.data, self.file, self.limits = data, file, limits
        self.archive = self._archive()
        self.parts = {info.filename: info for info in self.archive.infolist()}
        self._declared()
        self.reach = {name: self._scan(name) for name in self.parts}
        self._bounded()
        self.beside = {name: b"".join(self.pieces(name)) for name in self.parts if name.lower() in BESIDE}
        self._bounded_texts()

    def too_large(self, message: Text) -> Problems:
        """Return the problem of a workbook that holds more than its reader asked for."""
        return self.refuse("workbook-too-large", message, self.limits.way_out)

    def too_wide(self) -> Problems:
        """Return the problem of a sheet with more columns than anyone hands in."""
        message = T("a sheet has cells to the right of column Z")
        return self.refuse("sheet-too-wide", message, T("remove what stands there, or hand in the sheet alone"))

    def refuse(self, code: str, message: Text, fix: Text) -> Problems:
        """Return the problem of the whole file."""
        return Problems([Problem(code, message, fix, Place(file=self.file))])

    def _archive(self) -> zipfile.ZipFile:
        if self.data.startswith(OLD):
            message = T("this is a workbook of the old format, or one with a password")
            raise self.refuse("workbook-format", message, T("save it as .xlsx without a password"))
        try:
            return zipfile.ZipFile(BytesIO(self.data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
            message = T("this is no workbook, or it is damaged")
            raise self.refuse("workbook-format", message, T("save it anew as .xlsx")) from None

    def _declared(self) -> None:
        total = sum(info.file_size for info in self.parts.values())
        listed = self.archive.infolist()
        limit = self.limits.unpacked
        if total > limit:
            message = T("unpacked, the workbook would have {size} bytes, more than {limit}", size=total, limit=limit)
            raise self.too_large(message)
        if len(listed) > MAX_PARTS:
            message = T("the workbook has more than {limit} parts", limit=MAX_PARTS)
            raise self.refuse("workbook-too-large", message, T("save it anew as .xlsx, without pictures"))
        beside, limit = sum(self.size(name) for name in self.parts if name.lower() in BESIDE), self.limits.beside
        if beside > limit:
            message = T("beside its sheets the workbook has {size} bytes, more than {limit}", size=beside, limit=limit)
            raise self.too_large(message)
        if len(listed) != len(self.parts):
            message = T("the workbook holds a part twice")
            raise self.refuse("workbook-damaged", message, T("save it anew as .xlsx"))
        for info in listed:
            if info.flag_bits & ENCRYPTED:
                raise self.refuse("workbook-format", T("the workbook has a password"), T("save it without one"))
            if info.compress_type not in {STORED, DEFLATED}:
                message = T("the workbook is packed in an unusual way")
                raise self.refuse("workbook-format", message, T("save it anew as .xlsx"))

    def size(self, name: str) -> int:
        """Return how many bytes a part has, 0 if there is none of that name."""
        return self.parts[name].file_size if name in self.parts else 0

    def pieces(self, name: str) -> Iterator[bytes]:
        """Yield a part's content. Raises Problems (workbook-damaged) where it is not as long as declared."""
        info = self.parts[name]
        start = info.header_offset + LOCAL_HEADER + _extra(self.data, info.header_offset)
        packed = memoryview(self.data)[start : start + info.compress_size]
        size = 0
        for piece in _unpack(packed, info.compress_type, info.file_size):
            if piece is None:
                size = -1
                break
            size += len(piece)
            yield piece
        if size != info.file_size:
            message = T("the part {name} of the workbook is not what it is declared to be", name=name)
            raise self.refuse("workbook-damaged", message, T("save it anew as .xlsx"))

    def _scan(self, name: str) -> Wide:
        rows = cells = 0
        for piece in _whole_tags(self.pieces(name)):
            if DOCTYPE.search(piece):
                message = T("the workbook's XML declares a document type")
                raise self.refuse("workbook-damaged", message, T("save it anew as .xlsx"))
            if WIDE.search(piece):
                raise self.too_wide()
            tags = tags_in(piece)
            cells += len(tags.cell.findall(piece))
            rows = max([rows, *tags.numbers(piece)])
        return Wide(rows, cells)

    def _bounded(self) -> None:
        cells = sum(wide.cells for wide in self.reach.values())
        rows = max((wide.rows for wide in self.reach.values()), default=0)
        if cells > self.limits.cells:
            message = T("the workbook has {count} cells, more than {limit}", count=cells, limit=self.limits.cells)
            raise self.too_large(message)
        if rows > MAX_ROW or rows > 10 * cells + 1000:
            message = T("a sheet reaches down to row {row}, nearly empty", row=rows)
            raise self.refuse("sheet-too-long", message, T("delete the rows below the last one that is filled"))

    def _bounded_texts(self) -> None:
        """See that no few texts, used by many cells, fill the memory."""
        cells, limit = sum(wide.cells for wide in self.reach.values()), self.limits.text
        lengths = self._text_lengths()
        if cells * max(lengths, default=0) <= limit:
            return
        used = (number for name, wide in self.reach.items() if wide.rows for number in self._shared(name))
        if sum(lengths[number] for number in used if number < len(lengths)) > limit:
            raise self.too_large(T("the workbook's cells hold more than {limit} bytes of text", limit=limit))

    def _shared(self, name: str) -> Iterator[int]:
        for piece in _whole_tags(self.pieces(name)):
            yield from tags_in(piece).shared(piece)

    def _text_lengths(self) -> list[int]:
        """Return how many bytes each shared text has, in order, tags and all."""
        lengths: list[int] = []
        for name, xml in self.beside.items():
            if name.lower() == TEXTS:
                starts = [tag.start() for tag in tags_in(xml).text.finditer(xml)]
                lengths += [end - start for start, end in pairwise([*starts, len(xml)])]
        return lengths

    def percent_styles(self) -> frozenset[int]:
        """Return the numbers of the cell styles that show a percentage."""
        names = [name for name in self.parts if name.lower() == "xl/styles.xml"]
        return frozenset(style for name in names for style in _Styles(self, name).percent)


def _extra(data: bytes, offset: int) -> int:
    """Return how long the name and the extra field of a local header are."""
    return int.from_bytes(data[offset + 26 : offset + 28], "little") + int.from_bytes(
        data[offset + 28 : offset + 30], "little"
    )


def _unpack(packed: memoryview, method: int, declared: int) -> Iterator[bytes | None]:
    """Yield what PACKED holds, in pieces; None where it is more than DECLARED or cannot be unpacked."""
    if method == STORED:
        for start in range(0, len(packed), PIECE):
            yield bytes(packed[start : start + PIECE])
        return
    engine, size = zlib.decompressobj(-zlib.MAX_WBITS), 0
    for start in range(0, len(packed), CHUNK):
        rest = bytes(packed[start : start + CHUNK])
        while rest and not engine.eof and size <= declared:
            try:
                piece = engine.decompress(rest, PIECE)
            except zlib.error:
                yield None
                return
            size += len(piece)
            rest = engine.unconsumed_tail
            yield piece
    if not engine.eof:
        yield None


def _whole_tags(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Cut PIECES anew so that each ends where a tag begins."""
    rest = b""
    for piece in pieces:
        joined = rest + piece
        cut = joined.rfind(b"<")
        if cut <= 0 or len(joined) - cut > PIECE:
            cut = len(joined)
        yield joined[:cut]
        rest = joined[cut:]
    yield rest


def local(name: str) -> str:
    """Return a tag's name without its prefix."""
    return name.rpartition(":")[2]


class Walk:
    """Reads one part's XML tag by tag; a subclass says what to do with each."""

    def __init__(self, package: Package, name: str) -> None:
        """Read all of part NAME, one of those beside the sheets. Raises Problems (workbook-damaged)."""
        parser = expat.ParserCreate()
        parser.StartElementHandler = self.begin
        parser.EndElementHandler = self.end
        try:
            parser.Parse(package.beside[name], True)  # noqa: FBT003 -- expat's own signature
        except (expat.ExpatError, ValueError, LookupError):
            message = T("the part {name} of the workbook cannot be read", name=name)
            raise package.refuse("workbook-damaged", message, T("save it anew as .xlsx")) from None

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """Take a tag that opens."""

    def end(self, name: str) -> None:
        """Take a tag that closes."""


class _Styles(Walk):
    def __init__(self, package: Package, name: str) -> None:
        self.percent: set[int] = set()
        self.formats = set(PERCENT_FORMATS)
        self.within = False
        self.count = 0
        super().__init__(package, name)

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        match local(name):
            case "numFmt" if "%" in attributes.get("formatCode", ""):
                self.formats.add(int(attributes.get("numFmtId", "0")))
            case "cellXfs":
                self.within = True
            case "xf" if self.within:
                if int(attributes.get("numFmtId", "0")) in self.formats:
                    self.percent.add(self.count)
                self.count += 1
            case _:
                pass

    def end(self, name: str) -> None:
        if local(name) == "cellXfs":
            self.within = False
