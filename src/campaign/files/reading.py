"""Bytes in, text out: the only way a file of the campaign folder is opened.

Reading is bounded before it begins, UTF-8 only, and knows the two things that go wrong in practice: a byte order mark
and a file saved in GBK.
"""

from pathlib import Path

from campaign.problems import Place, Problem, Problems, T, Text

MAX_YAML_BYTES = 4_000_000
MAX_CSV_BYTES = 200_000_000


def read_text(path: Path, limit: int = MAX_YAML_BYTES) -> str:
    """Read PATH as UTF-8 with or without a byte order mark; every kind of line end becomes one.

    Raises Problems: file-missing, file-unreadable, file-too-large (before reading), file-encoding (with the place of
    the first byte that is not UTF-8).
    """
    try:
        if path.exists() and not path.is_file():
            raise _one("file-unreadable", T("{path} is not a file", path=path), T("name a file"), path)
        if path.stat().st_size > limit:
            message = T("{path} has more than {limit} bytes", path=path, limit=limit)
            raise _one("file-too-large", message, T("split it, or remove what does not belong into it"), path)
        data = path.read_bytes()
    except FileNotFoundError:
        raise _one(
            "file-missing", T("there is no file {path}", path=path), T("make it, or name another"), path
        ) from None
    except (OSError, ValueError) as error:
        message = T("{path} cannot be read: {error}", path=path, error=getattr(error, "strerror", None) or error)
        raise _one("file-unreadable", message, T("look at its permissions"), path) from None
    return decode(data, str(path))


def decode(data: bytes, file: str) -> str:
    """Decode DATA, named FILE in problems. Raises Problems: file-encoding."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Problems([_not_utf8(data, error.start, file)]) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _not_utf8(data: bytes, position: int, file: str) -> Problem:
    start = data.rfind(b"\n", 0, position) + 1
    column = len(data[start:position].decode("utf-8", "replace")) + 1
    place = Place(file, data.count(b"\n", 0, position) + 1, column)
    fix = T("save the file as UTF-8 (in Excel: `CSV UTF-8`; in an editor: save with encoding)")
    return Problem("file-encoding", _encoding(data), fix, place)


def _encoding(data: bytes) -> Text:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return T("this is UTF-16, not UTF-8")
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return T("this byte is not UTF-8")
    return T("this is GBK, not UTF-8")


def _one(code: str, message: Text, fix: Text, path: Path) -> Problems:
    return Problems([Problem(code, message, fix, Place(file=str(path)))])
