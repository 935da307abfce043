"""Whatever is thrown at the readers, nothing but Problems comes back."""

from contextlib import suppress
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from rules.support import SCHEMES

from campaign.problems import Problems
from campaign.rules import load
from campaign.rules.grammar import cell, expression
from campaign.rules.tokens import Snippet

PIECES = [
    *[
        "if",
        "then",
        "else",
        "and",
        "or",
        "not",
        "in",
        "between",
        "is",
        "defined",
        "(",
        ")",
        "[",
        "]",
        "..",
        ",",
        "-",
        "+",
        "*",
        "/",
        "<",
        "<=",
        "=",
        "≥",
        "1",
        "2.5",
        "115%",
        "3万",
        "2005-08-17",
        "x",
    ],
    *["round", "half", "up", "n/a", "true", "：", "|", "１", "不适用", "date(", "_", "max(", '"a"', '"'],
    "7 days",
    "\n",
    "9" * 60,
]
soup = st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join)
TEXTS = [path.read_text(encoding="utf-8") for path in sorted(SCHEMES.glob("*.yaml"))]


@settings(max_examples=400, deadline=None)
@given(soup | st.text(max_size=60))
def test_the_parser_refuses_with_problems_only(text: str) -> None:
    for read in (expression, cell, lambda snippet: cell(snippet, words=True)):
        with suppress(Problems):
            read(Snippet(text))


@settings(max_examples=150, deadline=None)
@given(soup, st.sampled_from(["number", "boolean", "percent", "date", "text", "money?"]))
def test_a_scheme_with_any_formula_loads_or_refuses(text: str, kind: str) -> None:
    quoted = text.replace("\n", " ").replace("'", "''")
    head = "scheme: t\nrounding: {money: half_up, digits: 2}\ninputs: {x: number}\n"
    whole = f"{head}calculations:\n  y: {{type: {kind}, formula: '{quoted}'}}\n"
    with suppress(Problems):
        load(whole).evaluate({"x": 1})


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(TEXTS),
    st.integers(0, 6000),
    st.integers(0, 40),
    st.sampled_from([*PIECES, "", "\n  ", ": ", "- ", "{", "}"]),
)
def test_a_damaged_scheme_loads_or_refuses(text: str, at: int, length: int, put: str) -> None:
    with suppress(Problems):
        made = load(text[:at] + put + text[at + length :])
        made.run_cases()
        made.render()


ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.binary(),
    st.decimals(),
    st.just(Decimal("sNaN")),
    st.dates(),
    st.datetimes(),
    st.lists(st.integers(), max_size=2),
)
TYPED = load(
    "scheme: t\ninputs: {n: number, p: 'percent?', i: integer, t: text, b: boolean, d: date,\n"
    "  w: {type: text, values: [a, b]}}\n"
    'calculations:\n  y: {type: boolean, formula: n > 0 and b and w = "a" and t = "x" and z}\n'
    "  z: {type: boolean, formula: d > 2005-01-01 and i > 1 and p is defined}\n"
)
FIT = {"n": 1, "p": None, "i": 2, "t": "x", "w": "a", "b": True, "d": date(2005, 8, 17)}


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from([*FIT, "other"]), ANYTHING, max_size=3))
def test_any_values_at_all_are_decided_or_refused(given_: dict[str, object]) -> None:
    with suppress(Problems):
        assert TYPED.evaluate({**FIT, **given_}).values["y"] in {True, False}
    with suppress(Problems):
        TYPED.evaluate(given_)
