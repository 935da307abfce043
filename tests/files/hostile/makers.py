"""Workbooks and CSVs as they come: written by offices, mangled by spreadsheets, or made to do harm."""

import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any, TypeAlias

import xlsxwriter

Make: TypeAlias = Callable[[], bytes]
Row: TypeAlias = Sequence[Any]

HEAD = ("编号", "报表", "期别", "指标", "数值", "单位", "口径")
GOOD: Row = ("220200", "月报", "2005-09", "profit", 12.5, "亿元", "provincial")
RATE: Row = ("220200", "月报", "2005-09", "value_added_growth", 15.3, "%", "provincial")


def with_(row: Row = GOOD, **cells: object) -> Row:
    """Return ROW with some cells changed, each by its English place."""
    places = ("entity", "obligation", "period", "indicator", "value", "unit", "scope")
    return [cells.get(name, cell) for name, cell in zip(places, row, strict=True)]


def csv(*rows: Row, head: Row | None = HEAD, encoding: str = "utf-8") -> bytes:
    """Write rows as text, separated by commas as they are."""
    lines = [head, *rows] if head else list(rows)
    return "".join(",".join(map(str, row)) + "\n" for row in lines).encode(encoding)


def xlsx(*rows: Row, head: Row | None = HEAD, then: Callable[[Any, Any], None] | None = None) -> bytes:
    """Write rows into a sheet; THEN does to the book and the sheet what else was done to it."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet("数据")
    for number, row in enumerate([head, *rows] if head else rows):
        for column, value in enumerate(row):
            if isinstance(value, datetime):
                sheet.write_datetime(
                    number, column, value.replace(tzinfo=None), book.add_format({"num_format": "yyyy-mm-dd"})
                )
            else:
                sheet.write(number, column, value)
    if then:
        then(book, sheet)
    book.close()
    return target.getvalue()


def repacked(data: bytes, change: Callable[[str, bytes], bytes | None], more: dict[str, bytes] | None = None) -> bytes:
    """Pack a workbook anew with every part changed by CHANGE, left out where that is None, and MORE parts."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
        for name, content in (more or {}).items():
            new.writestr(name, content)
    return target.getvalue()


def in_sheet(old: bytes, new: bytes) -> bytes:
    """Return a good workbook with OLD replaced by NEW in its sheet's XML."""
    return repacked(xlsx(GOOD), lambda name, text: text.replace(old, new) if "worksheets/sheet1" in name else text)


def declared(size: int) -> bytes:
    """Return a small workbook that declares a part of SIZE bytes."""
    data = repacked(xlsx(GOOD), lambda _, text: text, {"xl/media/image1.png": b"x"})
    return _redeclared(data, b"xl/media/image1.png", size)


def longer_than_declared() -> bytes:
    """Return a workbook whose sheet unpacks to far more than it declares."""
    name = b"xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(BytesIO(xlsx(GOOD))) as old:
        sheet = old.read(name.decode())
    long = sheet.replace(b"</sheetData>", b" " * 3_000_000 + b"</sheetData>")
    data = repacked(xlsx(GOOD), lambda part, text: long if part.encode() == name else text)
    return _redeclared(data, name, len(sheet))


def _redeclared(data: bytes, name: bytes, size: int) -> bytes:
    """Change the unpacked size that the central directory states of part NAME."""
    at = data.rfind(name)
    entry = data.rfind(b"PK\x01\x02", 0, at)
    return data[: entry + 24] + struct.pack("<I", size) + data[entry + 28 :]


def nested(depth: int) -> bytes:
    """Return the XML of nested tags."""
    return b"<a>" * depth + b"</a>" * depth


def bomb() -> bytes:
    """Return a workbook of some kilobytes whose sheet honestly declares 400 MB of blanks."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    piece, parts, crc = b" " * 1_000_000, [], 0
    for _ in range(400):
        parts.append(packer.compress(piece))
        crc = zlib.crc32(piece, crc)
    packed = b"".join([*parts, packer.flush()])
    data = repacked(xlsx(GOOD), lambda _, text: text)
    return _appended(data, b"xl/worksheets/sheet9.xml", packed, crc, 400_000_000)


def _appended(data: bytes, name: bytes, packed: bytes, crc: int, size: int) -> bytes:
    """Put one more part into a zip by hand."""
    end = data.rfind(b"PK\x05\x06")
    _, _, _, count, _, length, start, _ = struct.unpack("<4s4H2LH", data[end : end + 22])
    common = struct.pack("<5H3L2H", 20, 0, 8, 0, 33, crc, len(packed), size, len(name), 0)
    local = b"PK\x03\x04" + common + name + packed
    central = b"PK\x01\x02" + struct.pack("<H", 20) + common + struct.pack("<3H2L", 0, 0, 0, 0, start) + name
    body = data[:start] + local + data[start : start + length] + central
    tail = struct.pack(
        "<4s4H2LH", b"PK\x05\x06", 0, 0, count + 1, count + 1, length + len(central), start + len(local), 0
    )
    return body + tail


def parts(count: int) -> bytes:
    """Return a workbook with so many parts beside its own."""
    return repacked(xlsx(GOOD), lambda _, text: text, {f"xl/media/{number}.png": b"" for number in range(count)})


def locked() -> bytes:
    """Return a workbook one of whose parts says that it has a password."""
    data = bytearray(xlsx(GOOD))
    entry = data.rfind(b"PK\x01\x02")
    data[entry + 8] |= 1
    return bytes(data)


def packed_oddly() -> bytes:
    """Return a workbook packed in a way that spreadsheets do not use."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(xlsx(GOOD))) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_BZIP2) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    return target.getvalue()


def part_twice() -> bytes:
    """Return a workbook whose last part stands twice in its directory."""
    packed = zlib.compress(b"x")[2:-4]
    return _appended(xlsx(GOOD), b"xl/worksheets/sheet1.xml", packed, zlib.crc32(b"x"), 1)


def many_cells(count: int) -> bytes:
    """Return a small workbook with so many cells."""
    return in_sheet(b"</sheetData>", b'<row r="3">' + b"<c/>" * count + b"</row></sheetData>")


def long_texts(rows: int, length: int) -> bytes:
    """Return a small workbook so many of whose cells share one text."""
    text = "x" * length
    return xlsx(GOOD, *([text] for _ in range(rows)))


def flipped() -> bytes:
    """Return a workbook with a few bytes of its packed sheet changed."""
    data = bytearray(repacked(xlsx(*[GOOD] * 400), lambda _, text: text))
    with zipfile.ZipFile(BytesIO(bytes(data))) as archive:
        info = archive.getinfo("xl/worksheets/sheet1.xml")
    middle = info.header_offset + 30 + len(info.filename) + info.compress_size // 2
    data[middle : middle + 40] = bytes(40)
    return bytes(data)
