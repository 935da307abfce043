"""What every operator and function gives for values of every kind, as one text: a kind, or the code and column refused.

Run `PYTHONPATH=tests python tests/rules/kinds_table.py` to write the file anew, and read the difference.
"""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

from anew import write

from campaign.problems import Problems
from campaign.rules.check import Checker
from campaign.rules.grammar import cell, expression
from campaign.rules.kinds import Kind, maybe
from campaign.rules.signatures import FUNCTIONS, Function, Scope
from campaign.rules.tokens import Snippet
from campaign.rules.tree import Lit
from campaign.rules.written import Sheet

FILE = Path(__file__).parent / "kinds.txt"
PLAIN = ("number", "integer", "percent", "money", "days", "months", "text", "boolean", "date")
KINDS = {
    **{name: Kind(name) for name in PLAIN},
    "words": Kind("text", values=("a", "b")),
    "other": Kind("text", values=("b", "c")),
    "maybe": maybe(Kind("number")),
    "perhaps": Kind("text", optional=True, values=("a", "b")),
    "list": Kind("list", item="number"),
    "texts": Kind("list", item="text"),
    "wrong": Kind("unknown"),
}
LITERALS = ("5", "0.5", "12", "5%", "5元", "5 days", "2 months", '"a"', '"z"', "true", "2005-08-17", "n/a", "[1, 2]")
OPERATORS = ("+", "-", "*", "/", "=", "<", ">=", "and", "or")
GIVEN = (*KINDS, *LITERALS)
ASKED = (*PLAIN, "words", "maybe", "perhaps", "list", "wrong")
FEW = ("number", "integer", "percent", "money", "date", "text", "maybe", "list", "texts", "wrong", "2", '"2005-08-17"')
TWO = frozenset({"min", "sum", "count", "floor", "round up", "growth", "own"})
CELLS = ("-", "n/a", "not(n/a)", "= {x}", "{x}", "> {x}", "[{x}..{x})", "{x}, n/a", "not({x})")


def told(text: str, *, test: str = "", whole: bool = False) -> str:
    """Say of which kind the value of TEXT is, or what is wrong with it; with TEST, of the cell for such a value."""
    sheet = Sheet("", "k")
    snippet = Snippet(text)
    scope = Scope(
        dict(KINDS),
        {"own": Function({"p": Kind("percent"), "q": Kind("money")}, Kind("date"), Lit(None, "none"))},
        set(),
    )
    checker = Checker(sheet, scope, snippet)
    try:
        if test:
            checker.test(cell(snippet, words=KINDS[test].name == "text"), KINDS[test])
            found = "fits"
        else:
            found = str(checker.check(expression(snippet))[1]).replace(" ", "")
    except Problems as error:
        return " ".join(f"!{problem.code}" for problem in error.problems)
    if whole:
        return " ".join(f"{problem.place.column}: {problem}" for problem in sheet.problems)
    wrong = [f"{problem.code}@{problem.place.column}" for problem in sheet.problems]
    return " ".join([*wrong, f"({found})"]) if wrong else found


def lines() -> Iterator[str]:
    """Yield the table, what takes part and what comes out of it to a line."""
    for text in (*GIVEN, *(f"-{one}" for one in GIVEN), *(f"not ({one})" for one in GIVEN)):
        yield f"{text} : {told(text)}"
    for op in OPERATORS:
        for left in GIVEN:
            yield from grouped(f"{left} {op}", [(right, told(f"{left} {op} {right}")) for right in GIVEN])
    for name in sorted({*FUNCTIONS, "own", "nothing"}):
        yield f"{name}() : {told(f'{name}()')}"
        yield from grouped(f"{name} of", [(one, told(f"{name}({one})")) for one in GIVEN])
        for first in FEW if name in TWO else ("number", "text"):
            yield from grouped(f"{name} of {first} and", [(one, told(f"{name}({first}, {one})")) for one in FEW])
        yield f"{name}(1, 1, 1) : {told(f'{name}(1, 1, 1)')}"
    for first in FEW:
        yield from grouped(f"if … {first} else", [(one, told(f"if true then {first} else {one}")) for one in GIVEN])
        yield from grouped(f"{first} between … and 1", [(one, told(f"{first} between {one} and 1")) for one in FEW])
        yield from grouped(f"{first} between 1 and …", [(one, told(f"{first} between 1 and {one}")) for one in FEW])
        yield from grouped(f"{first} in (…)", [(one, told(f"{first} in ({one}, > {one}, n/a)")) for one in FEW])
        yield from grouped(f"[{first}, …]", [(one, told(f"[{first}, {one}]")) for one in FEW])
    yield from (f"{text} : {told(text, whole=True)}" for text in SAID)
    for kind, form in product(ASKED, CELLS):
        values = [(one, told(form.format(x=one), test=kind)) for one in GIVEN] if "{x}" in form else []
        yield from grouped(f"{kind} | {form}", values or [("", told(form, test=kind))])


SAID = (
    *("money + percent", "number + text", "number * text", "money * money", "number / money", "number - date"),
    *("date + number", "date + date", "days + months", "money > percent", 'words = "z"'),
    *(
        'words = "aa"',
        "words = other2",
        "number = text",
        "text < text",
        "boolean >= boolean",
        "percent > 12",
        "percent = -12",
    ),
    *(
        "not number",
        "number and boolean",
        "maybe * 2",
        "maybe + perhaps",
        "-text",
        "-maybe",
        "nothing",
        "nmber",
        "texts.x",
    ),
    *("if number then 1 else 2", 'if boolean then 1 else "a"', "if maybe > 1 then 1 else 2", "[1, text]", "[maybe]"),
    *("number between 1 and text", "number between text and 1", "maybe between 1 and 2", "number in [text..2]"),
    *("number in [1..text)", "number in (text, n/a)", "text in (n/a)", "nothing is defined", "number.x"),
    *("abs()", "abs(1, 2)", "abs(text)", "abs(maybe)", "floor(1, 2, 3)", "floor(1, 13)", "round up(1, -1)"),
    *("round up(1, number)", "round up(1)", "growth(1)", "growth(1, 2, 3)", "growth(money, 5%)", "growth(date, 1)"),
    *("year(1)", "min()", "min(text, 1)", "sum(text)", "mean(date)", "max(texts)", "count()", "sum(list, 1)"),
    *("own(1)", "own(1, 2, 3)", "own(text, 5)", "own(5%, 5%)", "owm(1)", "nosuch(1)", 'date("x")', "date(1)", "date()"),
    *('date("2005-08-17", 1)', "(number + text) * nothing", "number + text + 1"),
)
"""What is wrong with these is told in full."""


def grouped(lead: str, answers: list[tuple[str, str]]) -> Iterator[str]:
    """Yield what comes out, each followed by all that it comes out of."""
    found: dict[str, list[str]] = {}
    for given, answer in answers:
        found.setdefault(answer, []).append(given)
    for answer, given in found.items():
        yield f"{lead} {', '.join(given)} : {answer}"


if __name__ == "__main__":
    write(FILE, lines())
