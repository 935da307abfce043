"""Arrays for PostgreSQL in its own binary form: psycopg would ask of every single element what it is."""

from collections.abc import Iterable
from struct import Struct

from psycopg.adapt import AdaptersMap, Buffer, Dumper
from psycopg.pq import Format

TEXT, NUMBER, BLOB, FLAG = 25, 20, 17, 16
"""Types of elements, by the numbers that the server knows them by: text, bigint, bytea, boolean."""
ARRAYS = {TEXT: 1009, NUMBER: 1016, BLOB: 1001, FLAG: 1000}

_HEAD = Struct(">iiiii").pack
_NONE = Struct(">iii").pack
_LENGTH = Struct(">i").pack
_NUMBER = Struct(">iq").pack
_NULL = _LENGTH(-1)
_FLAGS = {True: b"\x00\x00\x00\x01\x01", False: b"\x00\x00\x00\x01\x00"}


class Texts(bytes):
    """An array of texts, as it is sent; a class for each type, by which psycopg knows them."""


class Numbers(bytes):
    """An array of whole numbers."""


class Blobs(bytes):
    """An array of bytes."""


class Flags(bytes):
    """An array of truths."""


def texts(values: Iterable[str | None]) -> Texts:
    """Write an array of texts; in most of them the same few come again and again."""
    known: dict[str | None, bytes] = {None: _NULL}
    parts: list[bytes] = []
    for value in values:
        part = known.get(value)
        if part is None and value is not None:
            body = value.encode()
            part = known[value] = _LENGTH(len(body)) + body
        parts.append(part or _NULL)
    return Texts(_array(TEXT, parts))


def numbers(values: Iterable[int | None]) -> Numbers:
    """Write an array of whole numbers."""
    return Numbers(_array(NUMBER, [_NULL if value is None else _NUMBER(8, value) for value in values]))


def blobs(values: Iterable[bytes]) -> Blobs:
    """Write an array of bytes."""
    return Blobs(_array(BLOB, [_LENGTH(len(value)) + value for value in values]))


def flags(values: Iterable[bool]) -> Flags:
    """Write an array of truths."""
    return Flags(_array(FLAG, [_FLAGS[value] for value in values]))


def _array(kind: int, parts: list[bytes]) -> bytes:
    """Put the elements behind a head: dimensions, whether one may be null, their type, how many, the first's number."""
    if not parts:
        return _NONE(0, 0, kind)
    return b"".join([_HEAD(1, 1, kind, len(parts), 1), *parts])


class _Written(Dumper):
    """Passes an array on as it is."""

    format = Format.BINARY

    def dump(self, obj: bytes) -> Buffer:
        """Return it."""
        return obj


class _Texts(_Written):
    oid = ARRAYS[TEXT]


class _Numbers(_Written):
    oid = ARRAYS[NUMBER]


class _Blobs(_Written):
    oid = ARRAYS[BLOB]


class _Flags(_Written):
    oid = ARRAYS[FLAG]


def teach(adapters: AdaptersMap) -> None:
    """Let a connection know these arrays."""
    for kind, dumper in ((Texts, _Texts), (Numbers, _Numbers), (Blobs, _Blobs), (Flags, _Flags)):
        adapters.register_dumper(kind, dumper)
