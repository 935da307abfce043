"""What can be wrong, as values: a code, a message, a place and a remedy.

Every room may import this module; it imports nothing of ours.  Texts are templates with named values, so that the
message catalogue can say them in the reader's language long after they were raised.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Self

import msgspec

NOT_PERMITTED = "not-permitted"
"""What the actor may not ask for."""

FORBIDDEN = frozenset({NOT_PERMITTED, "account-unknown", "account-of-another", "token-refused"})
"""The codes that end a command with exit code 6 and stand in the access journal; other refusals end it with 1."""

MAX_CHOICES = 1000
"""More names than this are not compared with a wrong one: a roster may have half a million."""

EXTRAS = {
    "xlsxwriter": "sheets",
    "python_calamine": "sheets",
    "defusedxml": "dmn",
    "holidays": "calendar",
    "icalendar": "calendar",
    "cryptography": "evidence",
    "jinja2": "documents",
    "keyring": "keyring",
    "psycopg": "postgres",
    "pyarrow": "parquet",
    "typst": "documents",
    "manimgx_fonts_cjk": "documents",
    "apprise": "notices",
}
"""Which extra brings a module that some commands need; each is imported only where it is used."""


class Text(msgspec.Struct, frozen=True):
    """A sentence for a person: an English template, which is its catalogue id, and the values it names.

    texts: those of the values that are sentences of their own, so that they too are said in the reader's language.
    """

    template: str
    values: dict[str, str] = {}
    texts: "dict[str, Text] | msgspec.UnsetType" = msgspec.UNSET

    def __str__(self) -> str:
        """Say it in English."""
        return self.fill(self.template)

    def fill(self, template: str) -> str:
        """Put the values into TEMPLATE, a translation of this text's own."""
        for name, value in self.values.items():
            template = template.replace("{" + name + "}", value)
        return template


NOTHING = Text("")


def T(template: str, /, **values: object) -> Text:  # noqa: N802 -- the extraction keyword of the catalogue, like gettext's _
    """Mark TEMPLATE for the catalogue; each `{name}` in it stands for the value of that name."""
    texts = {name: value for name, value in values.items() if isinstance(value, Text)}
    return Text(template, {name: plain(value) for name, value in values.items()}, texts or msgspec.UNSET)


def plain(value: object) -> str:
    """Write a value as a person reads it: decimals without exponent, dates as ISO, the rest by str."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


class Place(msgspec.Struct, frozen=True):
    """Where a problem lies; whatever is not known stays empty. Lines and columns count from 1."""

    file: str = ""
    line: int = 0
    column: int = 0
    sheet: str = ""
    cell: str = ""
    field: str = ""

    def __str__(self) -> str:
        """Write `file:line:column`, `file[sheet]!cell` or the field's path."""
        if self.cell:
            sheet = f"[{self.sheet}]" if self.sheet else ""
            return f"{self.file}{sheet}!{self.cell}"
        if self.line:
            return f"{self.file}:{self.line}:{self.column}"
        return ": ".join(part for part in (self.file, self.field) if part)


NOWHERE = Place()


class Problem(msgspec.Struct, frozen=True):
    """One thing that is wrong: a stable code, what it is, where it is, and how to put it right.

    `rule` names the gate, role or rule behind a refusal, where there is one.
    """

    code: str
    message: Text
    fix: Text = NOTHING
    place: Place = NOWHERE
    rule: str = ""

    def __str__(self) -> str:
        """Write `place: CODE message (fix)` in English."""
        where = f"{self.place}: " if str(self.place) else ""
        remedy = f" ({self.fix})" if self.fix.template else ""
        return f"{where}{self.code} {self.message}{remedy}"

    def at(self, place: Place) -> Self:
        """Return the same problem at PLACE."""
        return msgspec.structs.replace(self, place=place)


class Problems(Exception):  # noqa: N818 -- the plural is the name: all problems of one input, raised once
    """All that is wrong with one input."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Take the problems in the order in which a reader meets them."""
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        """Write one line a problem."""
        return "\n".join(map(str, self.problems))


class Refused(msgspec.Struct, frozen=True):
    """A command's typed "no": every reason at once, each with its gate or rule and its remedy."""

    reasons: tuple[Problem, ...]

    @property
    def permitted(self) -> bool:
        """Whether the actor was allowed to ask at all."""
        return all(reason.code not in FORBIDDEN for reason in self.reasons)

    def __str__(self) -> str:
        """Write one line a reason."""
        return "\n".join(map(str, self.reasons))


def refuse(code: str, message: Text, fix: Text = NOTHING, *, rule: str = "", field: str = "") -> Refused:
    """Refuse for a single reason."""
    return Refused((Problem(code, message, fix, Place(field=field), rule),))


def absent(module: str, place: Place = NOWHERE) -> Problem:
    """Return the problem that MODULE, one of EXTRAS, is not installed (code `extra-missing`)."""
    message = T("{module} is not installed", module=module)
    fix = T("pip install campaign[{extra}], if you need it", extra=EXTRAS[module])
    return Problem("extra-missing", message, fix, place)


def need(*modules: str, place: Place = NOWHERE) -> None:
    """Look before the first step whether every one of MODULES is installed. Raises Problems (`extra-missing`)."""
    from importlib.util import find_spec  # noqa: PLC0415 -- wanted only where an extra is used

    missing = [absent(module, place) for module in modules if find_spec(module) is None]
    if missing:
        raise Problems(missing)


def like_entity(word: str, known: Iterable[str]) -> Text:
    """Suggest the entity that WORD was probably meant to be, else where they are listed: there may be very many."""
    import difflib  # noqa: PLC0415 -- wanted only once something is wrong

    names = list(known)
    close = difflib.get_close_matches(word, names, n=1) if len(names) <= MAX_CHOICES else ()
    return T("did you mean {choice}?", choice=close[0]) if close else T("see `campaign entity list`")


def nearest(word: str, choices: Iterable[str]) -> Text:
    """Suggest the choice that WORD was probably meant to be, else list them; nothing where there are too many."""
    import difflib  # noqa: PLC0415 -- wanted only once something is wrong

    listed = sorted(choices)
    if len(listed) > MAX_CHOICES:
        return NOTHING
    close = difflib.get_close_matches(word, listed, n=1, cutoff=0.6)
    if close:
        return T("did you mean {choice}?", choice=close[0])
    return T("choose one of {choices}", choices=", ".join(listed)) if listed else NOTHING
