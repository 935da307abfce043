"""Text to tokens: NFKC first, with every token's offset in the text as it was written."""

import re
import unicodedata
from datetime import date
from decimal import Decimal

import msgspec

from campaign.problems import NOTHING, Place, Problem, Problems, T, Text
from campaign.rules.exact import numeral
from campaign.rules.kinds import plain_text

MAX_LENGTH = 4_000
SIGNS = {
    "≥": ">=",
    "≤": "<=",
    "≠": "!=",
    "×": "*",
    "÷": "/",
    "−": "-",
    "–": "-",
    "、": ",",
    "“": '"',
    "”": '"',
    "→": "->",
}
PATTERN = re.compile(
    r"""(?P<space>\s+)
      | (?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2}(?!\w|\.[0-9]))
      | (?P<number>[0-9][0-9_]*(?:\.[0-9]+)?[万亿]?元?\s?%?)
      | (?P<absent>n/a\b|不适用)
      | (?P<word>[^\W\d]\w*(?:\.[^\W\d]\w*)*)
      | (?P<text>"[^"\n]*")
      | (?P<sign>\.\.|->|>=|<=|!=|<>|==|[-+*/=<>()\[\],])""",
    re.VERBOSE,
)
REWRITTEN = {"<>": "!=", "==": "="}


class Snippet(msgspec.Struct, frozen=True):
    """A piece of a scheme and where it stands: LINE and COLUMN of its first character, from 1."""

    text: str
    file: str = "<expression>"
    line: int = 1
    column: int = 1

    def place(self, offset: int) -> Place:
        """Return the place of the character at OFFSET."""
        before = self.text[:offset]
        newlines = before.count("\n")
        column = self.column + offset - (before.rfind("\n") + 1)
        return Place(self.file, self.line + newlines, column)

    def problem(self, code: str, message: Text, fix: Text = NOTHING, at: int = 0) -> Problem:
        """Make a problem at OFFSET."""
        return Problem(code, message, fix, self.place(at))


class Token(msgspec.Struct, frozen=True):
    """`kind` is number, percent, date, text, absent, word, sign or end; `at` and `end` are offsets in the snippet."""

    kind: str
    text: str
    value: Decimal | str | date | None
    at: int
    end: int


def tokens(snippet: Snippet) -> list[Token]:
    """Split a snippet; the last token is `end`. Raises Problems at the first sign that is none."""
    if len(snippet.text) > MAX_LENGTH:
        raise Problems([snippet.problem("expression-too-long", T("more than {limit} signs", limit=MAX_LENGTH))])
    text, offsets = _normal(snippet.text)
    found: list[Token] = []
    position = 0
    while position < len(text):
        match = PATTERN.match(text, position)
        if match is None:
            raise Problems([_strange(snippet, text[position], offsets[position])])
        position = match.end()
        if match.lastgroup != "space":
            found.append(_token(snippet, match, offsets))
    end = len(snippet.text)
    return [*found, Token("end", "", None, end, end)]


def _normal(text: str) -> tuple[str, list[int]]:
    signs: list[str] = []
    offsets: list[int] = []
    for offset, sign in enumerate(text):
        plain = SIGNS.get(sign) or unicodedata.normalize("NFKC", sign)
        signs.append(plain)
        offsets.extend([offset] * len(plain))
    return "".join(signs), [*offsets, len(text)]


def _token(snippet: Snippet, match: re.Match[str], offsets: list[int]) -> Token:
    kind, text = match.lastgroup or "", match.group()
    at, end = offsets[match.start()], offsets[match.end()]
    if kind == "number":
        return _number(snippet, text, at, end)
    if kind == "date":
        return Token(kind, text, _date(snippet, text, at), at, end)
    if kind == "text":
        return Token(kind, text, plain_text(snippet.text[at + 1 : end - 1]), at, end)
    return Token(kind, REWRITTEN.get(text, text), None, at, end)


def _number(snippet: Snippet, text: str, at: int, end: int) -> Token:
    plain = "".join(text.split())
    value = numeral(plain)
    if value is None:
        message = T("{text} is not a number", text=plain)
        fix = T("write digits without leading zeros; 1_000 or 1000, not 1,000")
        raise Problems([snippet.problem("number-malformed", message, fix, at)])
    return Token("percent" if plain.endswith("%") else "number", plain, value, at, end)


def _date(snippet: Snippet, text: str, at: int) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = T("{text} is not a day of the calendar", text=text)
        raise Problems([snippet.problem("date-malformed", message, T("write it like 2005-08-17"), at)]) from None


def _strange(snippet: Snippet, sign: str, at: int) -> Problem:
    if sign == '"':
        return snippet.problem("text-open", T("the quotation mark is never closed"), T("close it"), at)
    message = T("the sign {sign} has no meaning here", sign=sign)
    return snippet.problem("sign-unknown", message, T("remove it, or put the text in quotation marks"), at)
