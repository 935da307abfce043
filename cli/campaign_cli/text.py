"""Text on a terminal: how wide it is, where it breaks, and how hostile text is made harmless."""

import re
import unicodedata
from collections.abc import Iterator

HOSTILE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
"""Control characters, escape sequences' beginnings, bidi overrides, invisible joiners, line separators, surrogates."""

WIDE = frozenset("WF")
INVISIBLE = frozenset({"Mn", "Me", "Cf"})
NOT_FIRST = frozenset("，。、；：？！）》」』】”’%,.;:?!)]}")
"""Signs that may not begin a line."""


def harmless(text: str) -> str:
    r"""Return TEXT with whatever could command a terminal, or turn its lines round, shown as `\x1b` or `\u202e`."""
    return HOSTILE.sub(lambda found: found.group().encode("unicode_escape").decode(), text)


def width(text: str) -> int:
    """Return the columns that TEXT takes on a terminal: 2 for a Chinese sign, 0 for a combining mark."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(sign: str) -> int:
    if unicodedata.category(sign) in INVISIBLE:
        return 0
    return 2 if unicodedata.east_asian_width(sign) in WIDE else 1


def pad(text: str, columns: int, *, right: bool = False) -> str:
    """Fill TEXT with blanks up to COLUMNS, before it if RIGHT."""
    blanks = " " * (columns - width(text))
    return blanks + text if right else text + blanks


def wrap(text: str, columns: int) -> list[str]:
    """Break TEXT into lines of at most COLUMNS: between words, and between any two Chinese signs."""
    lines, line = [], ""
    for piece in _pieces(text):
        if line and width(line + piece.rstrip()) > columns and piece[0] not in NOT_FIRST:
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _pieces(text: str) -> Iterator[str]:
    """Yield what must stay together: a word with the blanks after it, or one wide sign."""
    word = ""
    for sign in text:
        if _columns(sign) == 2:  # noqa: PLR2004 -- two columns: a wide sign
            if word:
                yield word
            word = ""
            yield sign
            continue
        if word.endswith(" ") and sign != " ":
            yield word
            word = ""
        word += sign
    if word:
        yield word
