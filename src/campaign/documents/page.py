"""A page: what a document says, in the reader's language, before it has a form.

Every text is somebody's and may hold anything; no form lets it act as markup or as a formula.  Signs that steer a
terminal or turn the direction of text are shown as �.
"""

import unicodedata
from collections.abc import Iterable
from decimal import Decimal

import msgspec

from campaign.domain.exact import CONTEXT

STEERING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
UNSEEN = frozenset({"Cc", "Cs", "Co", "Cn"})
SHOWN = "\ufffd"


class Cell(msgspec.Struct, frozen=True):
    """A cell of a table: a text, or a number with the decimal places it is shown with; signed: + is shown too."""

    text: str = ""
    number: Decimal | None = None
    digits: int = 2
    signed: bool = False

    def __str__(self) -> str:
        """Write it for reading."""
        if self.number is None:
            return self.text
        shown = CONTEXT.quantize(self.number, Decimal(1).scaleb(-self.digits))
        if not shown:
            shown = shown.copy_abs()
        return format(shown, "+f" if self.signed and shown else "f")


class Column(msgspec.Struct, frozen=True):
    """A column: its heading; right for numbers."""

    heading: str
    right: bool = False


class Section(msgspec.Struct, frozen=True):
    """A heading, sentences, and a table, each of them where there is something to say."""

    heading: str
    sentences: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()


class Page(msgspec.Struct, frozen=True):
    """A document: title, lines below it, sections, and a line at its foot."""

    lang: str
    title: str
    lines: tuple[str, ...]
    sections: tuple[Section, ...]
    foot: tuple[str, ...] = ()


def clean(text: str) -> str:
    """Return TEXT on one line, with nothing in it that steers."""
    flat = " ".join(text.split())
    return "".join(SHOWN if sign in STEERING or unicodedata.category(sign) in UNSEEN else sign for sign in flat)


def words(text: str) -> Cell:
    """Return a cell of text."""
    return Cell(clean(text))


def numeral(number: Decimal | int | None, digits: int = 2, *, signed: bool = False) -> Cell:
    """Return a cell of a number, or of a dash where there is none."""
    return Cell("—") if number is None else Cell(number=Decimal(number), digits=digits, signed=signed)


def joined(names: Iterable[str], lang: str) -> str:
    """Join names as the language does."""
    return ("、" if lang == "zh" else ", ").join(clean(name) for name in names)
