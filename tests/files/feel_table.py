"""What every operator and function of FEEL gives for values of every kind, as one text.

Run `PYTHONPATH=tests python tests/files/feel_table.py` to write the file anew, and read the difference.
"""

from collections.abc import Iterator
from pathlib import Path

from anew import write

from campaign.files.conformance_model import ModelRun
from campaign.files.dmn_tree import DmnModel
from campaign.files.feel_functions import BUILTINS
from campaign.files.feel_grammar import parse_expression, parse_tests
from campaign.files.feel_library import string
from campaign.files.feel_reader import FeelSyntaxError
from campaign.files.feel_values import Unsupported
from campaign.problems import NOWHERE

FILE = Path(__file__).parent / "feel.txt"
VALUES = (
    *(
        "null",
        "true",
        "false",
        "0",
        "1",
        "2",
        "3",
        "-1.5",
        '"a"',
        '"2"',
        '""',
        'date("2005-08-17")',
        'time("10:00:00")',
    ),
    *(
        'date and time("2005-08-17T10:00:00")',
        'duration("P2D")',
        'duration("PT3H")',
        'duration("P1Y2M")',
        "[]",
        "[1, 2]",
        '["a", null]',
    ),
    *("{a: 1}", "[1..3]", "(1..2)", "[[1], 2]"),
)
FEW = (
    "null",
    "2",
    '"a"',
    'date("2005-08-17")',
    'duration("P2DT7H30M")',
    "[1, 2]",
    '["a", "b"]',
    "[1..3]",
    "{a: 1}",
    "true",
)
OPERATORS = ("+", "-", "*", "/", "**", "=", "!=", "<", ">=", "and", "or", "in")
CELLS = (
    "(1..3]",
    "[1..3)",
    "max(0, ?) > 1",
    "max([0, ?]) > 1",
    "-",
    "2",
    "> 1",
    "<= 2",
    "[1..3]",
    "not(2)",
    '"a", "b"',
    "null",
    "not(null)",
    "[1, 2]",
    "? > 1",
    "> null",
    '< "b"',
)


def feel(text: str) -> str:
    """Say what a text gives, as FEEL would write it."""
    run = ModelRun(DmnModel("", "", NOWHERE, {}, {}, {}, {}), {})
    try:
        return _said(run.evaluator.value(parse_expression(text, {}), {}))
    except (FeelSyntaxError, Unsupported) as error:
        return f"{type(error).__name__} {error}"


def _said(found: object) -> str:
    text = string(found) if not callable(found) else "a function"
    return f"{type(found).__name__} {text}" if isinstance(text, str) else f"{type(found).__name__} {found!r}"


def cell(text: str, value: str) -> str:
    """Say whether a cell takes a value."""
    run = ModelRun(DmnModel("", "", NOWHERE, {}, {}, {}, {}), {})
    try:
        subject = run.evaluator.value(parse_expression(value, {}), {})
        return str(run.evaluator.holds(parse_tests(text, {}), subject, {}))
    except (FeelSyntaxError, Unsupported) as error:
        return f"{type(error).__name__} {error}"


def grouped(lead: str, answers: Iterator[tuple[str, str]]) -> Iterator[str]:
    """Yield what comes out, each followed by all that it comes out of."""
    found: dict[str, list[str]] = {}
    for given, answer in answers:
        found.setdefault(answer, []).append(given)
    yield from (f"{lead} {' | '.join(given)} → {answer}" for answer, given in found.items())


def _two(name: str, first: str) -> tuple[str, str]:
    """Return FIRST, and what a function of it and another value gives."""
    answers = ((one, feel(f"{name}({first}, {one})")) for one in FEW)
    return first, ";".join(grouped("", answers))


def lines() -> Iterator[str]:
    """Yield the table, what takes part and what comes out of it to a line."""
    for text in (*VALUES, *(f"-{value}" for value in VALUES), *(f"not({value})" for value in VALUES)):
        yield f"{text} → {feel(text)}"
    for op in OPERATORS:
        for left in VALUES:
            yield from grouped(f"{left} {op}", ((right, feel(f"({left}) {op} ({right})")) for right in VALUES))
    for name in sorted(BUILTINS):
        yield f"{name}() → {feel(f'{name}()')}"
        yield from grouped(f"{name} of", ((one, feel(f"{name}({one})")) for one in VALUES))
        yield from grouped(f"{name} of two:", (_two(name, first) for first in FEW))
        yield from grouped(f"{name} of three:", ((one, feel(f"{name}({one}, {one}, {one})")) for one in FEW))
    for low in FEW:
        yield from grouped(f"between {low} and", ((high, feel(f"2 between {low} and {high}")) for high in FEW))
        yield from grouped(
            f"if {low} then 1 else", ((other, feel(f"if {low} then 1 else {other}")) for other in FEW[:3])
        )
        yield from grouped(
            f"{low} filtered by",
            ((test, feel(f"({low})[{test}]")) for test in ("1", "-1", "3", "item > 1", "null", "true")),
        )
        yield from grouped(f"in {low}", ((form, feel(form.replace("L", low))) for form in LOOPS))
    for text in CELLS:
        yield from grouped(f"cell {text}", ((value, cell(text, value)) for value in VALUES))


LOOPS = (
    *("for i in L return i", "some i in L satisfies i > 1", "every i in L satisfies i > 1", "L instance of number"),
    *(
        "L instance of list<number>",
        "L instance of Any",
        "(L).a",
        "(L).year",
        "(L).days",
        "(L).hours",
        "(L).minutes",
        "for i in L, j in [1, 2] return i",
    ),
)


if __name__ == "__main__":
    write(FILE, lines())
