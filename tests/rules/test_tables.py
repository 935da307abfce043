"""Decision tables: the hit policies of DMN, defaults, several outputs, and what is proven of them."""

import random
from datetime import date
from decimal import Decimal

import pytest
from rules.support import codes, dec, scheme, table

from campaign.problems import Problems
from campaign.rules import Scheme

ROWS = """
    < 10       || 1
    [0..20]    || 5
    > 5        || 3
"""
MATCHES = {"RULE ORDER": (1, 5, 3), "COLLECT": (1, 5, 3)}


@pytest.mark.parametrize(
    ("hit", "value", "rules"),
    [
        ("FIRST", dec("1"), (1,)),
        ("RULE ORDER", (1, 5, 3), (1, 2, 3)),
        ("COLLECT", (1, 5, 3), (1, 2, 3)),
        ("COLLECT SUM", dec("9"), (1, 2, 3)),
        ("COLLECT MIN", dec("1"), (1, 2, 3)),
        ("COLLECT MAX", dec("5"), (1, 2, 3)),
        ("COLLECT COUNT", dec("3"), (1, 2, 3)),
    ],
)
def test_each_hit_policy_takes_its_part_of_the_rules_that_match(
    hit: str, value: object, rules: tuple[int, ...]
) -> None:
    result = table(ROWS, hit=hit).evaluate({"x": 7})
    assert (result.values["y"], result.rules["y"]) == (value, rules)
    assert table(ROWS, hit=hit)._slowly({"x": 7}, {}).raw == result.raw


WORDS = """
    < 10       || bronze
    [0..20]    || gold
    > 5        || silver
"""


@pytest.mark.parametrize(
    ("hit", "value", "rules"),
    [("PRIORITY", "gold", (2,)), ("OUTPUT ORDER", ("gold", "silver", "bronze"), (2, 3, 1))],
)
def test_priorities_follow_the_order_in_which_the_words_are_declared(
    hit: str, value: object, rules: tuple[int, ...]
) -> None:
    made = table(WORDS, hit=hit, values="[gold, silver, bronze]")
    result = made.evaluate({"x": 7})
    assert (result.values["y"], result.rules["y"]) == (value, rules)


def test_any_takes_what_all_rules_that_match_agree_on() -> None:
    made = table("< 10 || 1\n > 5 || 1\n ≥ 10 || 1", hit="ANY")
    assert made.evaluate({"x": 7}).rules["y"] == (1, 2)


def test_any_refuses_rules_that_differ() -> None:
    made = table("< 10 || 1\n > 5 || 2", hit="ANY")
    assert made.evaluate({"x": 3}).values["y"] == 1
    with pytest.raises(Problems) as raised:
        made.evaluate({"x": 7})
    assert str(raised.value).startswith("test.yaml:8:9: rules-differ y: rules 1, 2 match and differ")


@pytest.mark.parametrize(
    ("hit", "value"),
    [("RULE ORDER", ()), ("COLLECT", ()), ("COLLECT SUM", 0), ("COLLECT COUNT", 0), ("OUTPUT ORDER", ())],
)
def test_nothing_that_matches_is_an_empty_list_or_zero(hit: str, value: object) -> None:
    words = {"values": "[a]"} if hit == "OUTPUT ORDER" else {}
    row = "> 5 || a" if words else "> 5 || 1"
    assert table(row, hit=hit, **words).evaluate({"x": 1}).values["y"] == value


@pytest.mark.parametrize("hit", ["UNIQUE", "FIRST", "ANY", "COLLECT MIN", "COLLECT MAX", "PRIORITY"])
def test_a_table_with_a_gap_is_refused_unless_it_has_a_default(hit: str) -> None:
    row, rest = ("> 5 || a", {"values": "[a, b]"}) if hit == "PRIORITY" else ("> 5 || 1", {})
    with pytest.raises(Problems) as raised:
        table(row, hit=hit, **rest)
    assert "table-gap" in codes(raised.value)
    made = table(row, hit=hit, default="b" if rest else "7", **rest)
    assert made.evaluate({"x": 1}).values["y"] == ("b" if rest else 7)
    assert made.evaluate({"x": 1}).rules["y"] == ()


def test_cells_that_compare_with_other_values_are_checked_when_they_are_met() -> None:
    made = table("> n || 1\n < n * 2 || 2", inputs="x: number, n: number")
    assert made.evaluate({"x": 1, "n": 5}).values["y"] == 2
    with pytest.raises(Problems) as overlapping:
        made.evaluate({"x": 6, "n": 5})
    assert codes(overlapping.value) == ["rules-overlap"]
    with pytest.raises(Problems) as silent:
        made.evaluate({"x": -6, "n": -3})
    assert codes(silent.value) == ["table-silent"]


def test_an_undefined_cell_names_table_rule_column_file_and_line() -> None:
    made = table("1 | > 1 || = 1 / n\n2 | - || 0", "# | x || y", "x: number, n: number", hit="FIRST", type="number")
    with pytest.raises(Problems) as raised:
        made.evaluate({"x": 2, "n": 0})
    assert str(raised.value) == "test.yaml:10:23: division-by-zero y[1].y: 1 is divided by zero (guard the divisor)"
    made = table("1 | > 1 / n || 1\n2 | - || 0", "# | x || y", "x: number, n: number", hit="FIRST")
    with pytest.raises(Problems) as raised:
        made.evaluate({"x": 2, "n": 0})
    assert str(raised.value) == "test.yaml:9:17: division-by-zero y[1].x: 1 is divided by zero (guard the divisor)"


def test_several_outputs_have_a_name_each_and_may_be_used_by_other_decisions() -> None:
    body = """decisions:
  prize:
    hit: FIRST
    outputs: {amount: money, title: {type: text, values: [gold, none]}}
    default: {amount: 0, title: none}
    rules: |
      | x      || amount | title | note |
      | ≥ 100% || 1,000  | gold  | 一等 |
  label:
    rules: |
      | prize.title || label |
      | gold        || yes   |
      | none        || no    |
calculations:
  half: {type: money, formula: prize.amount / 2}
"""
    made = scheme(body)
    good, bad = made.evaluate({"x": dec("1.2")}), made.evaluate({"x": dec("0.5")})
    assert good.values == {"half": 500, "prize.amount": 1000, "prize.title": "gold", "label": "yes"}
    assert bad.values == {"half": 0, "prize.amount": 0, "prize.title": "none", "label": "no"}
    assert good.rules == {"prize": (1,), "label": (1,)}


def test_lists_can_be_folded_by_what_comes_after() -> None:
    made = scheme(
        "decisions:\n  points:\n    hit: COLLECT\n    type: number\n    rules: |\n"
        "      | x    || points |\n      | > 1  || 2 |\n      | > 2  || 3.5 |\n"
        "calculations:\n  total: {type: number, formula: sum(points) + count(points)}\n",
        "x: number",
    )
    assert made.evaluate({"x": 3}).values == {"points": (2, dec("3.5")), "total": dec("7.5")}
    assert made.evaluate({"x": 0}).values["total"] == 0


def test_an_empty_list_has_no_mean() -> None:
    made = scheme(
        "decisions:\n  points:\n    hit: COLLECT\n    type: number\n    rules: |\n"
        "      | x    || points |\n      | > 1  || 2 |\n"
        "calculations:\n  m: {type: number, formula: mean(points)}\n",
        "x: number",
    )
    with pytest.raises(Problems) as raised:
        made.evaluate({"x": 0})
    assert codes(raised.value) == ["list-empty"]


def test_a_value_not_applicable_passes_only_a_dash_and_its_own_cell() -> None:
    rows = """
        n/a           || absent
        not(1, 2)     || other
        1, 2          || few
    """
    made = table(rows, inputs="x: number?")
    assert [made.evaluate({"x": x}).values["y"] for x in (None, 1, 5)] == ["absent", "few", "other"]
    made = table("n/a, 1 || a\n != 1 || b", inputs="x: number?")
    assert [made.evaluate({"x": x}).values["y"] for x in (None, 1, 5)] == ["a", "a", "b"]


def test_an_output_may_be_not_applicable_or_an_expression() -> None:
    made = table("> 5 || n/a\n ≤ 5 || x * 2", type='"number?"')
    assert made.evaluate({"x": 6}).values["y"] is None
    assert made.evaluate({"x": 2}).values["y"] == 4


def test_outputs_of_money_are_rounded_as_the_scheme_states() -> None:
    made = table("- || = n / 3", inputs="x: number, n: money", type="money")
    assert str(made.evaluate({"x": 1, "n": 1}).values["y"]) == "0.33"
    made = table(
        "- || = n / 3", inputs="x: number, n: money", type="money", round="{digits: 1, mode: up}", hit="COLLECT"
    )
    assert made.evaluate({"x": 1, "n": 1}).values["y"] == (dec("0.4"),)


def test_columns_may_be_expressions_texts_dates_and_truths() -> None:
    made = table(
        """
        > 1 | true  | [2005-01-01..2005-12-31] | 甲, 乙 || 1
        > 1 | true  | [2005-01-01..2005-12-31] | not(甲, 乙) || 2
        """,
        "x - n | ok | day | word || y",
        "x: number, n: number, ok: boolean, day: date, word: text",
        default="0",
    )
    row = {"x": 5, "n": 1, "ok": True, "day": date(2005, 8, 17), "word": "乙"}
    assert made.evaluate(row).values["y"] == 1
    assert made.evaluate({**row, "word": "丙"}).values["y"] == 2
    assert made.evaluate({**row, "ok": False}).values["y"] == 0
    assert made.evaluate({**row, "day": date(2006, 1, 1)}).values["y"] == 0


def gap(rows: str, head: str, inputs: str) -> str:
    with pytest.raises(Problems) as raised:
        table(rows, head, inputs)
    return str(raised.value.problems[0].message)


def test_gaps_are_found_between_before_and_after_the_cells_of_every_kind() -> None:
    assert gap("[1..2) || 1\n > 2 || 2\n < 1 || 3", "x || y", "x: number") == "no rule of y takes x = 2"
    assert gap("[1..2] || 1\n > 3 || 2\n < 1 || 3", "x || y", "x: number") == "no rule of y takes x = 2.5"
    assert gap("≤ 2 || 1", "x || y", "x: number") == "no rule of y takes x = 3"
    assert gap("≥ 2% || 1", "x || y", "x: percent") == "no rule of y takes x = 1%"
    assert gap("≤ 2005-08-17 || 1", "x || y", "x: date") == "no rule of y takes x = 2005-08-18"
    assert gap("< 2005-08-17 || 1\n > 2005-08-20 || 2", "x || y", "x: date") == "no rule of y takes x = 2005-08-17"
    assert gap("true || 1", "x || y", "x: boolean") == "no rule of y takes x = false"
    assert gap("a || 1", "x || y", "x: text") == "no rule of y takes x = …"
    assert gap("a || 1", "x || y", "x: {type: text, values: [a, b]}") == "no rule of y takes x = b"


def test_whole_numbers_and_days_have_nothing_between_neighbours() -> None:
    assert table("≤ 1 || 1\n 2 || 2\n ≥ 3 || 3", inputs="x: integer").evaluate({"x": 2}).values["y"] == 2
    assert gap("≤ 1 || 1\n ≥ 3 || 3", "x || y", "x: integer") == "no rule of y takes x = 2"
    whole = "≤ 2005-08-17 || 1\n ≥ 2005-08-18 || 2"
    assert table(whole, inputs="x: date").evaluate({"x": date(2005, 8, 18)}).values["y"] == 2


def test_the_declared_range_bounds_the_proof() -> None:
    made = table("[0%..50%) || 1\n [50%..100%] || 2", inputs="x: {type: percent, allowed: '[0%..100%]'}")
    assert made.evaluate({"x": dec("0.5")}).values["y"] == 2
    with pytest.raises(Problems) as raised:
        made.evaluate({"x": dec("1.01")})
    assert codes(raised.value) == ["input-range"]


def test_a_table_too_wide_to_prove_says_so() -> None:
    chance = random.Random(20)  # noqa: S311 -- the same hard table every time
    names = [f"a{index}" for index in range(20)]
    rows: list[str] = []
    for number in range(100):
        cells = ["-"] * 20
        for index in chance.sample(range(20), 3):
            cells[index] = chance.choice(["true", "false"])
        rows.append(f"{' | '.join(cells)} || {number}")
    with pytest.raises(Problems) as raised:
        table("\n".join(rows), " | ".join(names) + " || y", ", ".join(f"{name}: boolean" for name in names), hit="ANY")
    assert codes(raised.value) == ["table-unproven"]


def graded(when: str) -> Scheme:
    return scheme(
        "decisions:\n  grade:\n    values: [A, B, C]\n    rules: |\n      | x || grade |\n"
        "      | ≥ 90 || A |\n      | [60..90) || B |\n      | < 60 || C |\n"
        f"    caps:\n      - {{when: {when}, at most: B, because: 有投诉, clause: 第九条}}\n",
        "x: number, complaint: boolean",
    )


def test_a_cap_lowers_a_better_grade_and_leaves_a_worse_one() -> None:
    made = graded("complaint")
    values = [made.evaluate({"x": x, "complaint": True}).values["grade"] for x in (95, 70, 10)]
    assert values == ["B", "B", "C"]
    assert made.evaluate({"x": 95, "complaint": False}).values["grade"] == "A"
    assert made._slowly({"x": 95, "complaint": True}, {}).values["grade"] == "B"


def test_numbers_of_rules_are_kept_as_written() -> None:
    made = table("7 | > 5 || 1\n3 | ≤ 5 || 2", "# | x || y")
    assert made.evaluate({"x": 9}).rules["y"] == (7,)
    assert made.evaluate({"x": Decimal(1)}).rules["y"] == (3,)
