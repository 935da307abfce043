"""Expressions: how they parse, print and reckon, and what they refuse."""

from datetime import date
from decimal import Decimal

import pytest
from rules.support import codes, dec, reckon, scheme

from campaign.problems import Problems
from campaign.rules.grammar import cell, expression
from campaign.rules.printer import printed, printed_test
from campaign.rules.tokens import Snippet, tokens
from campaign.rules.tree import Lit, names, unplaced


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("a+b*c-(d-e)", "a + b * c - (d - e)"),
        ("(a+b)*c", "(a + b) * c"),
        ("-(a+b)", "-(a + b)"),
        ("if x ≥ 115％ and not y then 3万元 else -2", "if x >= 115% and not(y) then 30000元 else -2"),
        ("x in [90%..100%)", "x in [90%..100%)"),
        ("x in ]90%..100%[", "x in (90%..100%)"),
        ('x in ("a","b")', 'x in ("a", "b")'),
        ("x in [1, 2]", "x in (1, 2)"),
        ("x in (>5, <3)", "x in (> 5, < 3)"),
        ("a between 1 and 2+3", "a between 1 and 2 + 3"),
        ("x is defined and y is not defined", "x is defined and y is not defined"),
        ("round half up(x, 2)", "round half up(x, 2)"),
        ("到达日+7 days<=2005-08-17", "到达日 + 7 days <= 2005-08-17"),
        ("day + 1 month", "day + 1 months"),
        ("a<>b", "a != b"),
        ("a == b", "a = b"),
        ("（a＋b）×2÷4", "(a + b) * 2 / 4"),
        ("[1、2]", "[1, 2]"),
        ("not not a", "not(not(a))"),
        ("(a or b) and c", "(a or b) and c"),
        ("a.b + 1", "a.b + 1"),
        ("“一、二”", '"一、二"'),
        ("if a then n/a else 不适用", "if a then n/a else n/a"),
        ("a - b - c", "a - b - c"),
        ("a - (b - c)", "a - (b - c)"),
        ("(a > b) = (c > d)", "(a > b) = (c > d)"),
        ("1_000 + 2.50", "1000 + 2.5"),
        ("1.5亿", "150000000"),
        ("true or false", "true or false"),
    ],
)
def test_an_expression_prints_in_one_canonical_form_that_parses_to_the_same_tree(written: str, canonical: str) -> None:
    tree = expression(Snippet(written))
    assert printed(tree) == canonical
    assert unplaced(expression(Snippet(canonical))) == unplaced(tree)


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("-", "-"),
        ("－", "-"),
        ("≥ 115%", ">= 115%"),
        ("＞＝115％", ">= 115%"),
        ("[0.9..1)", "[0.9..1)"),
        ('"a","b"', '"a", "b"'),
        ("a, b", '"a", "b"'),
        ("not(a, b)", 'not("a", "b")'),
        ("n/a", "n/a"),
        ("n/a, a", 'n/a, "a"'),
        ("> other * 2", "> other * 2"),
        ("(1..5]", "(1..5]"),
        ("-5", "-5"),
        ("!= 3", "!= 3"),
        ("80万", "800000"),
    ],
)
def test_a_cell_prints_in_one_canonical_form_that_parses_to_the_same_test(written: str, canonical: str) -> None:
    tree = cell(Snippet(written), words=True)
    assert printed_test(tree) == canonical
    assert unplaced(cell(Snippet(canonical), words=True)) == unplaced(tree)


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("1 + 2 * 3", "7"),
        ("0.1 + 0.2", "0.3"),
        ("1.10 * 3", "3.30"),
        ("7 / 2", "3.5"),
        ("-(2 - 5)", "3"),
        ("min(3, 1, 2)", "1"),
        ("max([3, 1, 2])", "3"),
        ("sum(1, 2.5)", "3.5"),
        ("mean(1, 2)", "1.5"),
        ("count(1, 2, 2)", "3"),
        ("abs(-2.5)", "2.5"),
        ("floor(-2.5)", "-3"),
        ("ceiling(2.1)", "3"),
        ("floor(2.567, 2)", "2.56"),
        ("round half up(2.5, 0)", "3"),
        ("round half even(2.5, 0)", "2"),
        ("round half down(2.5, 0)", "2"),
        ("round up(2.1, 0)", "3"),
        ("round down(2.9, 0)", "2"),
        ("(if 2 > 1 then 10 else 20)", "10"),
        ("(2006-03-01 - 2006-02-01) / 1 days", "28"),
        ("year(2005-08-17) + month(2005-08-17) + day(2005-08-17)", "2030"),
    ],
)
def test_arithmetic_is_exact(formula: str, value: str) -> None:
    assert reckon(formula) == dec(value)


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("2005-08-17 + 7 days", date(2005, 8, 24)),
        ("2005-08-31 + 6 months", date(2006, 2, 28)),
        ("2004-02-29 - 12 months", date(2003, 2, 28)),
        ("2005-08-17 - 17 days", date(2005, 7, 31)),
        ('date("2005-08-17")', date(2005, 8, 17)),
        ("max(2005-08-17, 2005-08-18)", date(2005, 8, 18)),
    ],
)
def test_dates_move_by_days_and_by_months_that_end_early_where_they_must(formula: str, value: date) -> None:
    assert reckon(formula, kind="date") == value


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("0 = false", None),
        ("1 = 1.0", True),
        ("3 between 1 and 3", True),
        ("3 in [1..3)", False),
        ("3 in (1, 3)", True),
        ("3 in not(1)", None),
        ("2 in (< 1, > 1)", True),
        ('"a" in ("a", "b")', True),
        ("not (1 > 2)", True),
        ("1 > 2 or 2 > 1", True),
        ("1 > 2 and 1 / 0 > 1", False),
        ("1 < 2 or 1 / 0 > 1", True),
        ("true != false", True),
        ("2005-08-17 < 2005-08-18", True),
        ("[1, 2] = [1, 2]", True),
    ],
)
def test_conditions_short_cut_and_never_take_zero_for_false(formula: str, value: object) -> None:
    if value is None:
        with pytest.raises(Problems):
            reckon(formula, kind="boolean")
    else:
        assert reckon(formula, kind="boolean") is value


@pytest.mark.parametrize(
    ("formula", "code"),
    [
        ("1 / a", "division-by-zero"),
        ("growth(1, a)", "rate-undefined"),
        ("ratio(1, -1 + a)", "rate-undefined"),
        ("1 / (a * 5)", "division-by-zero"),
        ("round up(a + 1e0, 2)", "expression-syntax"),
        ("floor((a + 1) / 3, 12) * 100000000000000000000000000000000000000000000000000, 0", "expression-syntax"),
        (
            "round up((a + 1) * 99999999999999999999 * 99999999999999999999 * 99999999999999999999, 12)",
            "number-overflow",
        ),
        ("day(2005-01-01 + 9999999 days) + a", "date-beyond"),
        ("day(2005-01-01 + 999999 months) + a", "date-beyond"),
        ("day(2005-01-01 + 7 days * 0.5) + a", "date-fraction"),
    ],
)
def test_what_is_undefined_is_an_error_with_its_place_and_never_a_value(formula: str, code: str) -> None:
    with pytest.raises(Problems) as raised:
        reckon(formula, "a: number", a=Decimal(0))
    assert codes(raised.value)[0] == code
    assert raised.value.problems[0].place.line


def test_the_place_of_an_undefined_operation_is_its_operator() -> None:
    made = scheme("calculations:\n  y: {type: number, formula: 1 + 2 / n}\n", "n: number")
    with pytest.raises(Problems) as raised:
        made.evaluate({"n": Decimal(0)})
    assert str(raised.value) == "test.yaml:5:36: division-by-zero y: 2 is divided by zero (guard the divisor)"


def test_a_value_asked_for_first_may_be_used() -> None:
    formula = "(if a is defined and a > 1 then a * 2 else if a is not defined then 0 else 1)"
    assert reckon(formula, "a: number?", a=None) == 0
    assert reckon(formula, "a: number?", a=Decimal(3)) == 6
    assert reckon(formula, "a: number?", a=Decimal(1)) == 1
    assert (
        reckon("(if not (a is not defined or b is not defined) then a + b else 0)", "a: number?, b: number?", a=1, b=2)
        == 3
    )


def test_tokens_carry_offsets_of_the_text_as_written() -> None:
    found = tokens(Snippet("ａ ≥ １１５％"))
    assert [(token.kind, token.text, token.at, token.end) for token in found] == [
        ("word", "a", 0, 1),
        ("sign", ">=", 2, 3),
        ("percent", "115%", 4, 8),
        ("end", "", 8, 8),
    ]


def test_a_snippet_of_several_lines_knows_its_places() -> None:
    snippet = Snippet("a +\n  b", "f", 10, 5)
    assert str(snippet.place(0)) == "f:10:5"
    assert str(snippet.place(6)) == "f:11:7"


def test_the_names_of_a_tree_are_what_it_reads() -> None:
    assert names(expression(Snippet("a + if b is defined then c in [d..e] else f(g)"))) == {
        "a",
        "b",
        "c",
        "d",
        "e",
        "g",
    }
    assert expression(Snippet("5 months")) == Lit(Decimal(5), "months", 0)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a between 1", "expression-ends"),
        ("if a then b", "expression-ends"),
        ("x in [1..2", "expression-ends"),
        ("x in [1..2,", "expression-syntax"),
        ("x in (1..2", "expression-ends"),
        ("(1..2)", "expression-syntax"),
        ("round half(x)", "rounding-unknown"),
        ("round up", "expression-ends"),
        ("round up + 1", "expression-syntax"),
        ("then", "expression-syntax"),
        ("not " * 50 + "a", "expression-too-deep"),
        ("-" * 50 + "a", "expression-too-deep"),
        ("a and " * 250 + "a", "expression-too-deep"),
        ("a or " * 250 + "a", "expression-too-deep"),
        ("a * " * 250 + "a", "expression-too-deep"),
        ("a is b", "expression-syntax"),
        ("a = 1_", "number-malformed"),
    ],
)
def test_what_is_not_the_grammar_is_refused_at_its_place(text: str, code: str) -> None:
    with pytest.raises(Problems) as raised:
        expression(Snippet(text))
    assert codes(raised.value) == [code]
    assert raised.value.problems[0].place.column >= 1
