"""The counterfactual against looking at every value: the nearest, on the number's own scale, that betters the grade."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rules.support import dec, scheme, table

from campaign.problems import Problems
from campaign.rules import Adjustment, Scheme
from campaign.rules.nearer import graded
from campaign.rules.reasons import ByHandSeen, Nearer

SCALES = {"number": "0.01", "percent": "0.0001", "money": "1", "integer": "1", "days": "1", "months": "1"}
SIGNS = {"percent": "%", "money": "元", "days": " days", "months": " months"}


def written(value: Decimal, kind: str) -> str:
    return f"{value * 100 if kind == 'percent' else value:f}{SIGNS.get(kind, '')}"


def bands(kind: str, ends: list[Decimal], words: list[str]) -> Scheme:
    """Load grades by bands of one number, parted by ENDS, each of which belongs to the band above it."""
    marks = [written(end, kind) for end in ends]
    rows = [
        f"< {marks[0]}",
        *(f"[{low}..{high})" for low, high in pairwise(marks)),
        f">= {marks[-1]}",
    ]
    drawn = "\n".join(f"{row} || {word}" for row, word in zip(rows, words, strict=True))
    return table(drawn, inputs=f"x: {kind}", values="[A, B, C]")


@settings(max_examples=120, deadline=None)
@given(
    st.sampled_from(sorted(SCALES)),
    st.lists(st.integers(-6, 12), min_size=1, max_size=3, unique=True),
    st.lists(st.sampled_from("ABC"), min_size=4, max_size=4),
    st.integers(-9, 15),
    st.integers(0, 3),
)
def test_no_value_nearer_than_the_one_told_is_better(
    kind: str, ends: list[int], words: list[str], at: int, quarter: int
) -> None:
    grain = dec(SCALES[kind])
    made = bands(kind, [grain * end for end in sorted(ends)], words[: len(ends) + 1])
    value = grain * at + (grain * quarter / 4 if kind in {"number", "percent", "money"} else 0)
    ordered = sorted(grain * step for step in range(-40, 41))

    def grade(x: Decimal) -> str:
        return str(made.evaluate({"x": x}).values["y"])

    told = made.evaluate({"x": value}).explain().nearer
    better = [x for x in ordered if grade(x) < grade(value)]
    ways = [[x for x in better if x > value], [x for x in better if x < value][::-1]]
    up, down = ways
    beyond = [[x for x in ordered if up and x >= up[0]], [x for x in ordered if down and x <= down[0]]]
    if [len(way) for way in ways] != [len(way) for way in beyond]:
        return  # the grade falls again on the way: the nearest is not promised
    found = sorted((abs(way[0] - value), -way[0]) for way in ways if way)
    expected = [(written(-to, kind).removesuffix(SIGNS.get(kind, "")), grade(-to)) for _, to in found[:1]]
    assert [(dec(one.to.removesuffix("%")), one.reaches) for one in told] == [(dec(to), word) for to, word in expected]


@pytest.mark.parametrize(
    ("kind", "value", "told"),
    [
        ("number", "4.995", Nearer("y", "x", "4.995", "5", "+0.005", "A")),
        ("number", "4", Nearer("y", "x", "4", "5", "+1", "A")),
        ("percent", "0.04995", Nearer("y", "x", "4.995%", "5%", "+0.005%", "A")),
        ("money", "4.5", Nearer("y", "x", "4.5", "5", "+0.5", "A")),
        ("integer", "-3", Nearer("y", "x", "-3", "5", "+8", "A")),
    ],
)
def test_a_number_moves_on_its_own_scale(kind: str, value: str, told: Nearer) -> None:
    end = dec("0.05") if kind == "percent" else dec("5")
    assert bands(kind, [end], ["B", "A"]).evaluate({"x": dec(value)}).explain().nearer == (told,)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("5", Nearer("y", "x", "5", "4.99", "-0.01", "A")),
        ("5.005", Nearer("y", "x", "5.005", "4.99", "-0.015", "A")),
        ("7", Nearer("y", "x", "7", "4.99", "-2.01", "A")),
    ],
)
def test_a_number_moves_down_where_less_is_better(value: str, told: Nearer) -> None:
    assert bands("number", [dec("5")], ["A", "B"]).evaluate({"x": dec(value)}).explain().nearer == (told,)


def test_of_two_ways_the_shorter_is_told_and_the_way_up_where_they_are_alike() -> None:
    made = bands("integer", [dec("2"), dec("7")], ["A", "B", "A"])
    told = {x: made.evaluate({"x": x}).explain().nearer[0].to for x in (2, 3, 4, 5, 6)}
    assert told == {2: "1", 3: "1", 4: "7", 5: "7", 6: "7"}
    assert {x: made.evaluate({"x": x}).explain().nearer for x in (1, 7)} == {1: (), 7: ()}


def test_the_best_grade_has_nothing_nearer_and_out_of_reach_is_not_told() -> None:
    made = bands("integer", [dec("5")], ["B", "A"])
    assert made.evaluate({"x": 5}).explain().nearer == ()
    bounded = table(
        "< 5 || B\n >= 5 || A", head="x + z || y", values="[A, B]",
        inputs="x: {type: integer, allowed: '<= 5'}, z: {type: integer, allowed: '< 5'}",
    )  # fmt: skip
    assert [(one.input, one.to) for one in bounded.evaluate({"x": 2, "z": 1}).explain().nearer] == [
        ("x", "4"),
        ("z", "3"),
    ]
    assert [one.input for one in bounded.evaluate({"x": -2, "z": 1}).explain().nearer] == []


# --- which grade -------------------------------------------------------------------------------------------------


def grade_of(body: str, inputs: str = "x: number") -> str:
    return graded(scheme(body, inputs).model)


ONE = "decisions:\n  d:\n    values: [A, B]\n    rules: |\n      | x || d |\n      | > 1 || A |\n      | <= 1 || B |\n"
OTHER = ONE.removeprefix("decisions:\n").replace("d:", "e:", 1).replace("|| d |", "|| e |")


def test_the_grade_is_the_headings_or_the_only_decision_with_words() -> None:
    assert grade_of(ONE) == "d"
    assert grade_of(ONE + OTHER) == ""
    assert grade_of(ONE + OTHER + "assessment: {grade: e}\n") == "e"
    assert grade_of(ONE.replace("    values: [A, B]\n", "    type: text\n")) == ""
    assert grade_of(ONE.replace("A |", "true |").replace("B |", "false |").replace("    values: [A, B]\n", "")) == ""
    assert grade_of("columns:\n  c: {mean: x}\n") == ""
    single = ONE.replace("[A, B]", "[A]").replace("B |", "A |")
    assert grade_of(single) == ""
    two = (
        "decisions:\n  d:\n    outputs: {p: {type: text, values: [A, B]}, q: number}\n    rules: |\n"
        "      | x || p | q |\n      | > 1 || A | 1 |\n      | <= 1 || B | 2 |\n"
    )
    assert grade_of(two) == ""


def test_a_grade_that_is_an_input_or_a_list_has_no_counterfactual() -> None:
    given = scheme("assessment: {grade: w, score: x}\n", "w: {type: text, values: [A, B]}, x: number")
    assert given.evaluate({"w": "B", "x": dec(1)}).explain().nearer == ()


def test_figures_the_grade_is_read_from_come_before_the_inputs_and_what_is_not_a_number_is_not_moved() -> None:
    made = scheme(
        "calculations:\n  s: {type: number, formula: x * 2 + (if b then 1 else 0)}\n  o: {type: number?, formula: n}\n"
        "decisions:\n  d:\n    values: [A, B]\n    hit: FIRST\n    default: B\n    rules: |\n"
        "      | s | o | b || d |\n      | > 4 | > 1 | true || A |\n",
        "x: number, b: boolean, n: number?",
    )
    told = made.evaluate({"x": dec(1), "b": True, "n": dec(2)}).explain().nearer
    assert told == (Nearer("d", "s", "3", "4.01", "+1.01", "A"), Nearer("d", "x", "1", "1.51", "+0.51", "A"))
    assert made.evaluate({"x": dec(9), "b": True, "n": None}).explain().nearer == ()
    assert made.evaluate({"x": dec(9), "b": True, "n": dec(1)}).explain().nearer == (
        Nearer("d", "o", "1", "1.01", "+0.01", "A"),
        Nearer("d", "n", "1", "1.01", "+0.01", "A"),
    )


def test_a_value_at_which_the_scheme_has_no_answer_is_no_way() -> None:
    made = scheme(
        "calculations:\n  s: {type: number, formula: 6 / (x - 3)}\n" + ONE.replace("| x ||", "| s ||"),
        "x: integer",
    )
    told = made.evaluate({"x": 1}).explain().nearer
    assert [(one.input, one.to, one.reaches) for one in told] == [("s", "1.01", "A"), ("x", "4", "A")]
    with pytest.raises(Problems):
        made.evaluate({"x": 3})


def test_what_was_adjusted_by_hand_stays_so_while_one_looks_for_the_nearest() -> None:
    made = scheme(
        "calculations:\n"
        "  s: {type: number, formula: x * 2, adjust: {by: 省办, at least: -9, at most: 9, clause: 第八条}}\n"
        + ONE.replace("| x ||", "| s ||").replace("1 ||", "10 ||"),
        "x: number",
    )
    told = made.evaluate({"x": dec(1)}, {"s": dec(4)}).explain()
    assert told.nearer == (Nearer("d", "s", "6", "10.01", "+4.01", "A"), Nearer("d", "x", "1", "3.01", "+2.01", "A"))
    because = told.find("s")
    assert (because.value, because.by_hand) == ("6", (ByHandSeen("4", "", ""),))
    assert made.evaluate({"x": dec(1)}).explain().find("s").by_hand == ()
    together = made.assess({"p": {"x": dec(1)}}, [Adjustment("p", "s", dec(4), "省办", "复核")]).explain("p")
    assert together.nearer == told.nearer
    assert together.find("s").by_hand == (ByHandSeen("4", "省办", "复核"),)
    assert together.find("s").value == "6"
