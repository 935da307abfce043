"""Places: what is checked stays where it was written, and what is wrong is shown where it stands."""

from datetime import date

import pytest
from rules.support import codes, dec, load_text, scheme, table

from campaign.problems import Problems
from campaign.rules.grammar import MAX_DEPTH, cell, expression
from campaign.rules.kinds import unquoted
from campaign.rules.model import Formula, Table
from campaign.rules.tokens import Snippet
from campaign.rules.tree import Binary, Call, Compare, Either, Expr, Lit, Name, Neither, Range, Test, names

KINDS = {"a": "number", "b": "number", "c": "boolean", "x": "text", "o": "'number?'", "day": "date", "till": "date"}


def checked(text: str, kind: str) -> Expr:
    inputs = ", ".join(f"{name}: {KINDS[name]}" for name in sorted(names(expression(Snippet(text)))))
    made = scheme(f"calculations:\n  y:\n    type: {kind}\n    formula: |\n      {text}\n", inputs)
    step = made.model.steps[-1]
    assert isinstance(step, Formula)
    return step.tree


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("a + b * 2 - 1", "number"),
        ("-(a / 3)", "number"),
        ("if a > b and not(c) then a else -b", "number"),
        ("a >= 1 and b < 2 or c", "boolean"),
        ("a in [1..3) or a between 1 and b", "boolean"),
        ("a in (> 5, 1)", "boolean"),
        ('x = "u" or x in ("u", "v")', "boolean"),
        ("if o is defined then o else 0", "number"),
        ("o is not defined", "boolean"),
        ("round half up(a / 3, 2)", "number"),
        ("max(a, b) >= min(a, b, 1)", "boolean"),
        ("day <= till", "boolean"),
        ("day between 2005-08-17 and till", "boolean"),
    ],
)
def test_checking_leaves_every_part_of_an_expression_at_its_place(text: str, kind: str) -> None:
    assert checked(text, kind) == expression(Snippet(text))


def test_a_sum_of_a_day_and_days_becomes_a_call_at_the_place_of_its_sign() -> None:
    assert checked("day + 7 days", "date") == Call("add days", (Name("day"), Lit(dec("7"), "days", 6)), 4)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("> 5", Compare(">", Lit(dec("5"), "number", 2), 0)),
        ("5", Compare("=", Lit(dec("5"), "number", 0), 0)),
        ("  <= 5", Compare("<=", Lit(dec("5"), "number", 5), 2)),
        ("[1..2)", Range(Lit(dec("1"), "number", 1), Lit(dec("2"), "number", 4), True, False, 0)),
        (
            "1, > 5",
            Either((Compare("=", Lit(dec("1"), "number", 0), 0), Compare(">", Lit(dec("5"), "number", 5), 3)), 0),
        ),
        ("not(1)", Neither((Compare("=", Lit(dec("1"), "number", 4), 4),), 0)),
    ],
)
def test_every_part_of_a_cell_knows_its_place(text: str, tree: Test) -> None:
    assert cell(Snippet(text)) == tree


@pytest.mark.parametrize(
    ("lines", "line", "column"),
    [
        (("wrong + a", "+ b", "+ 1"), 1, 7),
        (("a", "+ wrong", "+ 1"), 2, 9),
        (("a", "+ b", "+ b * wrong"), 3, 13),
    ],
)
def test_what_is_wrong_in_a_long_formula_is_shown_in_its_own_line(
    lines: tuple[str, ...], line: int, column: int
) -> None:
    drawn = "".join(f"      {part}\n" for part in lines)
    with pytest.raises(Problems) as raised:
        scheme(f"calculations:\n  y:\n    type: number\n    formula: |\n{drawn}", "a: number, b: number")
    (found,) = [problem for problem in raised.value.problems if problem.code == "name-unknown"]
    assert (found.place.line, found.place.column) == (7 + line, column)


# --- what seldom happens in tables and constants -----------------------------------------------------------------


def test_a_column_of_dates_that_no_rule_looks_at_is_proven_complete_all_the_same() -> None:
    made = table("- | > 0 || 1\n - | <= 0 || 2", head="day | x || y", inputs="day: date, x: number")
    assert made.evaluate({"day": date(2005, 8, 17), "x": -1}).values["y"] == 2
    with pytest.raises(Problems) as raised:
        table("- | > 0 || 1", head="day | x || y", inputs="day: date, x: number")
    assert codes(raised.value) == ["table-gap"]
    assert "day = 2005-01-01" in str(raised.value)


@pytest.mark.parametrize("number", ["x", "0", "1.", "２a"])
def test_rules_are_numbered_by_numbers(number: str) -> None:
    with pytest.raises(Problems) as raised:
        table(f"{number} | > 0 || 1\n 2 | <= 0 || 2", head="# | x || y")
    assert "rule-number" in codes(raised.value)


def test_a_constant_keeps_its_values_the_days_from_which_they_hold_and_their_sources() -> None:
    made = load_text(
        "inputs: {day: date, x: number}\nconstants:\n"
        "  always: {type: number, value: 7, clause: 第一条}\n"
        "  rate:\n    type: number\n    by: day\n    values:\n"
        "      - {from: 2005-01-01, value: 2, source: 甲}\n      - {from: 2005-07-01, value: 3, source: 乙}\n"
        "calculations:\n  y: {type: number, formula: rate * always * x}\n"
    )
    told = {name: [(c.since, c.value, c.source) for c in held] for name, held in made.model.constants.items()}
    assert told == {"always": [("", "7", "第一条")], "rate": [("2005-01-01", "2", "甲"), ("2005-07-01", "3", "乙")]}
    rate = next(step for step in made.model.steps if step.name == "rate")
    assert isinstance(rate, Formula)
    days = [Lit(date(2005, month, 1), "date") for month in (1, 7)]
    values = [Lit(dec(value), "number") for value in ("2", "3")]
    assert rate.tree == Call("dated", (Name("day"), days[0], values[0], days[1], values[1]))
    assert [made.evaluate({"day": date(2005, month, 30), "x": 1}).values["y"] for month in (6, 7)] == [14, 21]


def test_before_the_first_of_a_constants_days_there_is_no_value() -> None:
    made = load_text(
        "inputs: {day: date}\nconstants:\n  rate:\n    type: number\n    by: day\n    values:\n"
        "      - {from: 2005-07-01, value: 3, source: 乙}\n      - {from: 2005-09-01, value: 4, source: 丙}\n"
        "calculations:\n  y: {type: number, formula: rate}\n"
    )
    with pytest.raises(Problems, match="has no value on 2005-06-30; the first is of 2005-07-01"):
        made.evaluate({"day": date(2005, 6, 30)})


def test_a_table_of_amounts_tells_how_it_rounded_in_its_own_unit() -> None:
    made = scheme(
        "decisions:\n  y:\n    type: percent\n    round: {digits: 3, mode: half_up}\n    rules: |\n"
        "      | x   || y     |\n      | > 0 || x / 3 |\n      | ≤ 0 || 0%    |\n",
    )
    told = made.evaluate({"x": dec("0.1")}).explain().find("y").rounding
    assert told is not None
    assert (told.before[:6], told.after) == ("3.3333", "3.3%")


def test_whole_numbers_are_reckoned_as_numbers_in_an_explanation() -> None:
    made = scheme("calculations:\n  y: {type: number, formula: n * 2}\n", "n: integer")
    told = made.evaluate({"n": 3}).explain().find("y")
    assert (told.formula, told.reckoned) == ("n * 2", "3 * 2")


def test_a_case_of_several_entities_names_the_one_that_came_out_otherwise() -> None:
    made = scheme(
        "rankings:\n  place: {by: x, ties: dense}\nassessment: {group: g, score: x, rank: place}\n"
        "cases:\n  - rows: {p: {g: one, x: 3}, q: {g: one, x: 4}}\n    expect: {p: {rank: 1}, q: {rank: 1}}\n",
        "g: text, x: number",
    )
    (result,) = made.run_cases()
    assert [(item.entity, item.name, item.expected, item.found) for item in result.differences] == [
        ("p", "rank", "1", "2")
    ]


@pytest.mark.parametrize(
    ("cells", "name"),
    [
        (("5%", "10%"), "percent"),
        (("5％", "10%"), "percent"),
        (("5", "10%"), "number"),
        (("1", "2"), "number"),
        (("true", "false"), "boolean"),
        (('"a"', "b"), "text"),
    ],
)
def test_a_table_that_says_no_type_has_that_of_its_cells(cells: tuple[str, str], name: str) -> None:
    made = table(f"> 0 || {cells[0]}\n <= 0 || {cells[1]}")
    assert made.model.steps[0].kind.name == name


def test_the_words_of_a_table_that_says_no_type_are_those_of_its_cells_without_their_marks() -> None:
    made = table('> 0 || "good"\n <= 0 || poor')
    assert made.model.steps[0].kind.values == ("good", "poor")
    assert [unquoted(text) for text in ('"a"', "“a”", 'a"', '"a', '"', "a")] == ["a", "a", 'a"', '"a', '"', "a"]


@pytest.mark.parametrize("hit", ["COLLECT", "COLLECT SUM", "COLLECT MAX", "COLLECT COUNT"])
def test_what_may_be_not_applicable_is_not_gathered(hit: str) -> None:
    with pytest.raises(Problems) as raised:
        table("> 0 || 1\n > 1 || n/a", hit=hit, type="number?")
    assert "collect-kind" in codes(raised.value)


@pytest.mark.parametrize(
    ("formula", "why"),
    [("m + 5", []), ("5 + m", []), ("m - 5", []), ("m + n", ["operator-kinds"]), ("n + m", ["operator-kinds"])],
)
def test_a_bare_number_may_be_added_to_an_amount_but_a_quantity_may_not(formula: str, why: list[str]) -> None:
    inputs = "m: money, n: number" if why else "m: money"
    text = f"calculations:\n  y: {{type: money, formula: {formula}}}\n"
    if not why:
        assert scheme(text, inputs).evaluate({"m": 3}).values["y"] in {dec("8"), dec("-2")}
        return
    with pytest.raises(Problems) as raised:
        scheme(text, inputs)
    assert codes(raised.value) == why


def test_whatever_went_before_no_expression_is_nested_without_end() -> None:
    deep = "(" * MAX_DEPTH + "a" + ")" * MAX_DEPTH
    assert expression(Snippet("not a and " * 5 + "a"))
    for before in ("", "not a and " * MAX_DEPTH, "-a > 0 and " * MAX_DEPTH, "if a then b else " * 5):
        with pytest.raises(Problems) as raised:
            expression(Snippet(before + deep))
        assert "expression-too-deep" in codes(raised.value), before[:20]


@pytest.mark.parametrize("before", ["not a and ", "- a > 0 and ", "(a) and "])
def test_a_long_way_does_not_make_up_for_depth(before: str) -> None:
    with pytest.raises(Problems) as raised:
        expression(Snippet(before * 190 + "(" * 600 + "a" + ")" * 600))
    assert codes(raised.value) == ["expression-too-deep"]


@pytest.mark.parametrize("text", ["day + 5% days", "day + 5 days months", "5 a", "a 5 days"])
def test_days_and_months_are_counted_by_a_bare_number(text: str) -> None:
    with pytest.raises(Problems):
        expression(Snippet(text))


def test_a_name_that_is_asked_whether_it_is_defined_must_be_declared() -> None:
    with pytest.raises(Problems) as raised:
        scheme("calculations:\n  y:\n    type: boolean\n    formula: |\n      x > 0 and wrong is defined\n")
    (found,) = raised.value.problems
    assert (found.code, found.place.line, found.place.column) == ("name-unknown", 8, 23)


def test_an_output_that_is_reckoned_is_checked_at_its_place() -> None:
    with pytest.raises(Problems) as raised:
        table("> 0 || x + wrong\n <= 0 || 1", type="number")
    assert [(found.code, found.place.column) for found in raised.value.problems] == [("name-unknown", 20)]


def test_trees_that_differ_in_place_only_are_told_apart() -> None:
    """The control of what stands above: places are compared."""
    assert Binary("+", Name("a"), Name("b", 4), 2) != Binary("+", Name("a"), Name("b", 4))
    assert isinstance(table("> 0 || 1\n <= 0 || 2").model.steps[0], Table)


@pytest.mark.parametrize(
    "formula",
    [
        "a is defined and (b is defined and a + b > 0)",
        "a is defined and (b is defined and a > 0) and a > 1",
        "a is not defined or (b is not defined or a + b > 0)",
        "if a is defined then (if b is defined then a > b else a > 0) else b is defined and b > 0",
        "if a is not defined or b is not defined then false else a > b",
        "not (a is not defined or b is not defined) and a > b",
        "a is defined and (if b is defined then a > b else a > 0)",
    ],
)
def test_what_was_asked_for_stays_known_as_far_as_the_answer_reaches(formula: str) -> None:
    made = scheme(f"calculations:\n  y: {{type: boolean, formula: '{formula}'}}\n", "a: 'number?', b: 'number?'")
    assert made.evaluate({"a": 3, "b": 2}).values["y"] is True
    assert made.evaluate({"a": None, "b": None}).raw == made._slowly({"a": None, "b": None}, {}).raw


@pytest.mark.parametrize(
    "formula",
    [
        "a is defined or a > 0",
        "a is not defined and a > 0",
        "(a is defined and b > 0) or b is defined",
        "(a is defined or b is defined) and a > 0",
        "(if a is defined then a > 0 else a > 1) or b is defined",
        "(a is defined and a > 0) or (b is defined and a > 0)",
        "not (a is defined) and a > 0 or b is defined",
    ],
)
def test_what_was_asked_for_is_not_known_beyond_that(formula: str) -> None:
    with pytest.raises(Problems) as raised:
        scheme(f"calculations:\n  y: {{type: boolean, formula: '{formula}'}}\n", "a: 'number?', b: 'number?'")
    assert set(codes(raised.value)) - {"declared-unused"} == {"maybe-absent"}
