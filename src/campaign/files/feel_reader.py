"""The signs, words and names of FEEL texts: names may have spaces, so the scope decides where one ends."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import NoReturn

from campaign.files.feel_values import NUMBERS
from campaign.problems import T, Text

MAX_LENGTH = 20_000
MAX_DEPTH = 40
MAX_STEPS = 100_000
MAX_CHAIN = 400
START = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufefe\uff00-\ufffd\U00010000-\U000effff"
)
PART = START + "0-9\u00b7\u0300-\u036f\u203f-\u2040"
WORD = re.compile(f"[{START}][{PART}]*")
SPACE = re.compile(r"(?:[\s\u180e\ufeff]|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
NUMBER = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
ARGUMENT = re.compile(f"([{START}][{PART}]*(?:[ \t]+[{PART}]+)*)\\s*:")
KEY = re.compile(f"([{START}][{PART}]*(?:[-+*/'. \t]+[{PART}]+)*)\\s*:")
TYPE = re.compile(f"(?:days and time|years and months) duration|date and time|[{START}][{PART}.]*")
ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{6})|(.))", re.DOTALL)
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\", "'": "'"}
SURROGATES = re.compile("[\ud800-\udbff][\udc00-\udfff]")
RESULT = re.compile(r"\s*->\s*")
KEYWORDS = frozenset(
    {"and", "or", "if", "then", "else", "for", "return", "some", "every", "satisfies", "in", "between", "instance"}
    | {"of", "function", "external", "true", "false", "null", "not"}
)
SPACED = (
    "string length|upper case|lower case|substring before|substring after|starts with|ends with|string join|"
    "list contains|insert before|index of|distinct values|list replace|round up|round down|round half up|"
    "round half down|date and time|years and months duration|get value|get entries|context put|context merge|"
    "day of year|day of week|month of year|week of year|met by|overlaps before|overlaps after|finished by|"
    "started by|start included|end included|time offset"
)
"""Names of several words that need no declaration: functions and properties."""


class FeelSyntaxError(Exception):
    """What does not fit the grammar, and at which offset."""

    def __init__(self, message: Text, at: int) -> None:
        """Hold the message for the one who places it."""
        super().__init__(str(message))
        self.message, self.at = message, at


def spaced(names: Iterable[str]) -> re.Pattern[str]:
    """Return the pattern of the names that are not single words, the longest first."""
    several = {" ".join(name.split()) for name in names if name and not WORD.fullmatch(name)}
    ordered = sorted({*several, *SPACED.split("|")}, key=len, reverse=True)
    choices = "|".join(r"\s+".join(map(re.escape, name.split())) for name in ordered)
    return re.compile(f"(?:{choices})(?![{PART}])")


class Reader:
    """Takes signs, words and names from a text; the parser builds trees of them."""

    def __init__(self, text: str, names: Iterable[str]) -> None:
        """Begin at the start of TEXT, where NAMES are in scope."""
        self.text = text
        self.names = set(names)
        self.spaced = spaced(self.names)
        self.at = 0
        self.depth = 0
        self.steps = 0
        self.ends = 0
        if len(text) > MAX_LENGTH:
            self.fail(T("more than {limit} signs", limit=MAX_LENGTH))
        self.skip()

    # signs and words

    def skip(self) -> None:
        """Pass over white space and comments."""
        match = SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def fail(self, message: Text) -> NoReturn:
        """Complain about what stands here."""
        raise FeelSyntaxError(message, self.at)

    def unexpected(self) -> NoReturn:
        """Complain that what stands here does not fit."""
        if self.at >= len(self.text):
            self.fail(T("the expression ends too early"))
        self.fail(T("{sign} does not fit here", sign=self.text[self.at : self.at + 12]))

    def finish(self) -> None:
        """Complain if anything is left."""
        if self.at < len(self.text):
            self.unexpected()

    def sees(self, sign: str) -> bool:
        """Return whether SIGN stands here."""
        return self.text.startswith(sign, self.at)

    def accept(self, *signs: str) -> str:
        """Take the first of SIGNS that stands here, or nothing."""
        for sign in signs:
            if self.sees(sign):
                self.at += len(sign)
                self.skip()
                return sign
        return ""

    def expect(self, sign: str) -> None:
        """Take SIGN, which must stand here."""
        if not self.accept(sign):
            self.unexpected()

    def word(self) -> str:
        """Return the word that stands here, or nothing."""
        match = WORD.match(self.text, self.at)
        return match.group() if match else ""

    def accept_word(self, *words: str) -> str:
        """Take the word here if it is one of WORDS."""
        found = self.word()
        if found not in words:
            return ""
        self.at += len(found)
        self.skip()
        return found

    def expect_word(self, word: str) -> None:
        """Take WORD, which must stand here."""
        if not self.accept_word(word):
            self.unexpected()

    def name(self) -> str:
        """Take a name: the longest that is in scope, else one word."""
        match = self.spaced.match(self.text, self.at)
        found = WORD.match(self.text, self.at)
        if match and (not found or found.end() <= match.end()):
            self.at = match.end()
            self.skip()
            return " ".join(match.group().split())
        if not found:
            self.unexpected()
        self.at = found.end()
        self.skip()
        return found.group()

    def step(self) -> None:
        """Count a step, so that no text is tried for ever."""
        self.steps += 1
        if self.steps > MAX_STEPS:
            self.fail(T("the expression is too intricate"))

    def number(self, text: str) -> Decimal:
        """Return the number that TEXT writes."""
        try:
            return NUMBERS.create_decimal(text)
        except ArithmeticError:
            self.fail(T("{text} is beyond all numbers", text=text))

    def string(self) -> str:
        """Take a string with its escapes."""
        match = STRING.match(self.text, self.at)
        if match is None:
            self.fail(T("the quotation mark is never closed"))
        self.at = match.end()
        self.skip()
        text = ESCAPE.sub(_escaped, match.group()[1:-1])
        return SURROGATES.sub(lambda pair: pair.group().encode("utf-16", "surrogatepass").decode("utf-16"), text)

    def type(self) -> str:
        """Take the name of a type, such as `list<number>`."""
        match = TYPE.match(self.text, self.at)
        if match is None:
            self.unexpected()
        start, self.at = self.at, match.end()
        self.skip()
        if self.sees("<"):
            self.generic()
        text = " ".join(self.text[start : self.at].split())
        self.skip()
        return text

    def generic(self) -> None:
        """Take what stands in angle brackets."""
        level = 0
        while self.at < len(self.text):
            arrow = self.sees("->")
            sign = self.text[self.at]
            self.at += 2 if arrow else 1
            level += 0 if arrow else (sign == "<") - (sign == ">")
            if level == 0 and sign == ">" and not arrow:
                following = RESULT.match(self.text, self.at)
                if following:
                    self.at = following.end()
                    self.type()
                return
        self.unexpected()


def _escaped(match: re.Match[str]) -> str:
    if match.group(3):
        sign = match.group(3)
        return ESCAPES.get(sign, "\\" + sign)
    code = int(match.group(1) or match.group(2), 16)
    return chr(code) if code <= 0x10FFFF else match.group()  # noqa: PLR2004 -- the last code point
