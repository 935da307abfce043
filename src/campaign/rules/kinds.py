"""The kinds of values a scheme knows, and how plain values and written ones become them."""

import unicodedata
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

import msgspec

from campaign.problems import NOTHING, T, Text
from campaign.rules.exact import CONTEXT, LEAST, LIMIT, ONE, numeral, percentage, shown, suspicious

Value: TypeAlias = Decimal | str | bool | date | tuple["Value", ...] | None

NUMERIC = frozenset({"number", "percent", "money", "integer"})
DURATIONS = frozenset({"days", "months"})
DECIMAL = NUMERIC | DURATIONS
ORDERED = DECIMAL | {"date"}
NAMES = (*sorted(NUMERIC), "text", "boolean", "date", *sorted(DURATIONS))
WORDS = {"true": True, "false": False, "是": True, "否": False}
NOT_APPLICABLE = frozenset({"n/a", "不适用"})
WIDEST_TEXT = 400
UNFIT = frozenset({"Cc", "Cs"})
QUOTES = frozenset({'"', "“", "”"})
NARROW = {0xFEE0 + code: code for first, last in ("09", "AZ", "az") for code in range(ord(first), ord(last) + 1)} | {
    0x3000: 0x20
}
"""Full-width letters, digits and space to plain ones."""


class Kind(msgspec.Struct, frozen=True):
    """What values a name can have.

    `name` is one of NAMES, `none` (only "not applicable"), `list` or `unknown` (after a mistake already reported);
    `values` are the words a text may take, best first where the order counts; `item` is the kind in a list.
    """

    name: str
    optional: bool = False
    values: tuple[str, ...] = ()
    item: str = ""

    @property
    def numeric(self) -> bool:
        """Whether values are numbers."""
        return self.name in NUMERIC

    def __str__(self) -> str:
        """Write it as a scheme declares it."""
        words = f" ({', '.join(self.values)})" if self.values else ""
        of = f" of {self.item}" if self.item else ""
        return f"{self.name}{of}{'?' if self.optional else ''}{words}"


UNKNOWN = Kind("unknown")
NUMBER = Kind("number")
TEXT = Kind("text")
BOOLEAN = Kind("boolean")
MONEY = Kind("money")
INTEGER = Kind("integer")


def defined(kind: Kind) -> Kind:
    """Return KIND without "not applicable"."""
    return msgspec.structs.replace(kind, optional=False) if kind.optional else kind


def maybe(kind: Kind) -> Kind:
    """Return KIND with "not applicable" admitted."""
    return kind if kind.optional else msgspec.structs.replace(kind, optional=True)


def normal(text: str) -> str:
    """Return TEXT in Unicode NFKC, so that full-width signs and digits are the plain ones."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def plain_text(text: str) -> str:
    """Return TEXT in NFC with full-width letters and digits narrowed, and its punctuation as written."""
    return text if text.isascii() else unicodedata.normalize("NFC", text.translate(NARROW))


def accept(value: object, kind: Kind, name: str) -> Value | Text:
    """Take a plain Python value as one of KIND, or say what is wrong with it; NAME leads the message.

    Decimals and ints for numbers (percentages as ratios: 1.05 is 105%), str, bool, date; None only where optional.
    """
    if value is None:
        return None if kind.optional else T("{name}: it is missing, and {kind} was declared", name=name, kind=kind)
    if kind.name in DECIMAL:
        return _number(value, kind, name)
    if kind.name == "text":
        return _text(value, kind, name)
    if kind.name == "boolean":
        return value if isinstance(value, bool) else _mistyped(value, kind, name)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    return _mistyped(value, kind, name)


def _mistyped(value: object, kind: Kind, name: str) -> Text:
    found = type(value).__name__
    return T(
        "{name}: {value} is of type {found}, and {kind} was declared", name=name, value=value, found=found, kind=kind
    )


def _number(value: object, kind: Kind, name: str) -> Value | Text:
    if isinstance(value, int) and not isinstance(value, bool):
        value = Decimal(value)
    if not isinstance(value, Decimal):
        return _mistyped(value, kind, name)
    if not value.is_finite() or not LEAST < value < LIMIT:
        return T("{name}: {value} is not a number below {limit}", name=name, value=value, limit=LIMIT)
    if kind.name in {"integer", "days", "months"} and value != value.to_integral_value(context=CONTEXT):
        return T("{name}: {value} is not a whole number", name=name, value=value)
    return value


def _text(value: object, kind: Kind, name: str) -> Value | Text:
    if not isinstance(value, str):
        return _mistyped(value, kind, name)
    text = plain_text(value)
    if len(text) > WIDEST_TEXT or any(unicodedata.category(sign) in UNFIT for sign in text):
        return T(
            "{name}: the text is longer than {limit} characters or has control characters", name=name, limit=WIDEST_TEXT
        )
    if kind.values and text not in kind.values:
        return T("{name}: {value} is none of {values}", name=name, value=text, values=", ".join(kind.values))
    return text


def written(text: str, kind: Kind) -> Value | Text:
    """Read a value of KIND as a scheme writes it, or say why it is none."""
    plain = normal(text).strip()
    if kind.optional and plain in NOT_APPLICABLE:
        return None
    value: object = plain
    if kind.name in DECIMAL:
        value = None if _foreign(plain, kind) else numeral(plain)
        if value is not None and kind.name == "percent" and _suspicious(plain, value):
            return T(
                "{value} in a percentage would be {percent}", value=plain, percent=percentage(numeral(plain) or ONE)
            )
    elif kind.name == "boolean":
        value = WORDS.get(plain)
    elif kind.name == "date":
        value = _date(plain)
    else:
        value = unquoted(text.strip())
    if value is None:
        return T("{value} is not a value of {kind}", value=plain, kind=kind)
    return accept(value, kind, kind.name)


def _foreign(text: str, kind: Kind) -> bool:
    """Whether a number carries the sign of another kind: 元 in a percentage, % in an amount or a count."""
    if text.endswith("元"):
        return kind.name in DURATIONS | {"percent"}
    return text.endswith("%") and kind.name not in {"number", "percent"}


def unquoted(text: str) -> str:
    """Return a text without the quotation marks around it."""
    quoted = len(text) > 1 and text[0] in QUOTES and text[-1] in QUOTES
    return text[1:-1] if quoted else text


def _suspicious(text: str, value: object) -> bool:
    return isinstance(value, Decimal) and not text.endswith("%") and suspicious(value)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text[4:5] == "-" else None
    except ValueError:
        return None


def say(value: Value, kind: Kind) -> str:
    """Write VALUE as a person reads it: percentages with their sign, "n/a" for not applicable."""
    if value is None:
        return "n/a"
    if isinstance(value, tuple):
        return "[" + ", ".join(say(item, Kind(kind.item or "text")) for item in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return percentage(value) if kind.name == "percent" else shown(value)
    return value.isoformat() if isinstance(value, date) else value


def hint(kind: Kind) -> Text:
    """Say how a value of KIND is written."""
    match kind.name:
        case "percent":
            return T("write it like 115%")
        case "boolean":
            return T("write true or false")
        case "date":
            return T("write it like 2005-08-17")
        case "text":
            return T("write one of its words") if kind.values else NOTHING
        case _:
            return T("write a number")
