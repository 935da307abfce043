"""Explanations: every rule, cell, rounding, place and cut, and the least change that would better the grade."""

import msgspec
import pytest
from rules.support import codes, dec, scheme, shipped, table

from campaign.problems import Problems
from campaign.rules.reasons import Explanation

ROW = {
    "group": "prefecture",
    "completion": dec("1.05"),
    "benefit_completion": dec("1.02"),
    "on_time_ratio": dec("1"),
    "falsified": False,
    "has_target": True,
}


@pytest.fixture(scope="module")
def told() -> Explanation:
    return shipped("jilin-2005-example").evaluate(ROW).explain({"completion": "event 17"})


def test_it_names_the_scheme_its_hash_and_what_was_given(told: Explanation) -> None:
    made = shipped("jilin-2005-example")
    assert (told.scheme, told.sha256, told.clause) == (made.name, made.sha256, "一.(四)")
    assert "EXAMPLE" in told.notice
    completion = next(fact for fact in told.given if fact.name == "completion")
    assert (completion.value, completion.origin) == ("105%", "event 17")


def test_the_rule_that_matched_shows_all_its_cells_file_and_line(told: Explanation) -> None:
    because = told.find("eligible")
    assert (because.how, because.hit, because.value) == ("table", "FIRST", "true")
    (rule,) = because.matched
    assert (rule.number, rule.file, rule.note, rule.clause) == (
        2,
        "jilin-2005-example.yaml",
        "市州完成目标即可参加",
        "示例",
    )
    assert [(cell.column, cell.test, cell.value, cell.holds) for cell in rule.cells] == [
        ("group", '"prefecture"', "prefecture", True),
        ("attainment", '"exceeded", "met"', "exceeded", True),
    ]


def test_a_rule_that_did_not_match_shows_the_first_cell_that_failed(told: Explanation) -> None:
    failed = {rule.number: rule.cells for rule in told.find("eligible").not_matched}
    assert [(cell.column, cell.holds) for cell in failed[1]] == [("group", False)]
    assert failed[4] == ()


def test_arithmetic_is_shown_as_written_with_values_and_rounded(told: Explanation) -> None:
    score = told.find("score")
    assert score.formula.startswith("growth_weight * growth_points")
    assert score.reckoned == "70% * 105 + 20% * 102 + 10% * 100% * 100"
    assert score.rounding is not None
    assert (score.rounding.before, score.rounding.after, score.rounding.mode) == ("103.9", "103.9", "half_up")
    points = told.find("growth_points")
    assert points.reckoned.startswith("100 + min(max(0, 105% - 100%) / 1% * 1, 20)")


def test_the_counterfactual_is_true_and_the_least(told: Explanation) -> None:
    made = shipped("jilin-2005-example")
    (points, nearest, _) = told.nearer
    assert (points.input, points.value, points.to, points.change, points.reaches) == (
        "score",
        "103.9",
        "105",
        "+1.1",
        "A",
    )
    assert (nearest.input, nearest.value, nearest.to, nearest.change, nearest.reaches) == (
        "completion", "105%", "106.57%", "+1.57%", "A",
    )  # fmt: skip
    assert made.evaluate({**ROW, "completion": dec("1.0657")}).values["tier"] == "A"
    assert made.evaluate({**ROW, "completion": dec("1.0656")}).values["tier"] == "B"


def test_a_fall_may_be_what_betters_the_grade() -> None:
    rows = "< 10 || good\n ≥ 10 || bad"
    made = table(rows, values="[good, bad]")
    (nearest,) = made.evaluate({"x": dec("12.345")}).explain().nearer
    assert (nearest.to, nearest.change, nearest.reaches) == ("9.99", "-2.355", "good")
    assert made.evaluate({"x": 1}).explain().nearer == ()


def test_there_is_no_counterfactual_out_of_reach_or_without_a_grade() -> None:
    made = table("n/a || good\n not(1) || bad\n 1 || bad", values="[good, bad]", inputs="x: number?")
    assert made.evaluate({"x": 5}).explain().nearer == ()
    assert table("< 10 || 1\n ≥ 10 || 2").evaluate({"x": 5}).explain().nearer == ()
    bounded = table(
        "< 5 || bad\n [5..6) || bad\n ≥ 6 || good", values="[good, bad]", inputs="x: {type: integer, allowed: '< 7'}"
    )
    assert bounded.evaluate({"x": 1}).explain().nearer == ()


def test_whole_numbers_move_in_whole_steps() -> None:
    made = table("< 10 || bad\n ≥ 10 || good", values="[good, bad]", inputs="x: integer")
    (nearest,) = made.evaluate({"x": 4}).explain().nearer
    assert (nearest.to, nearest.change) == ("10", "+6")


def test_a_default_is_explained_by_the_cells_that_failed() -> None:
    because = table("> 5 || 1", default="0").evaluate({"x": 1}).explain().find("y")
    assert because.matched == ()
    assert [cell.test for cell in because.not_matched[0].cells] == ["> 5"]


def test_caps_and_dated_constants_are_told() -> None:
    told = shipped("sasac-22").evaluate({"target": -100, "actual": -64, "baseline": -120}).explain()
    assert [(cap.at_most, cap.because) for cap in told.find("grade").caps] == [("C", "仍处于亏损")]
    assert told.find("grade").matched[0].gives == ("A",)


def test_a_place_tells_of_how_many_by_what_and_with_whom() -> None:
    made = scheme(
        "rankings:\n  place: {by: s, ties: competition}\nassessment: {group: g, rank: place}\n", "g: text, s: number"
    )
    rows = {"p": {"g": "a", "s": 5}, "q": {"g": "a", "s": 5}, "r": {"g": "a", "s": 1}, "z": {"g": "b", "s": 9}}
    place = made.assess(rows).explain("q").find("place").place
    assert place is not None
    assert (place.rank, place.of, place.method, place.tied) == (1, 3, "competition", ("p",))
    assert [(fact.name, fact.value) for fact in place.keys] == [("s", "5")]


def test_an_award_tells_its_amounts_the_pool_the_factor_and_the_remainder() -> None:
    made = shipped("jilin-2005-example")
    rows = {f"p{index}": {**ROW, "completion": dec(f"1.0{index}")} for index in range(5)}
    rows |= {f"e{index}": {**row, "group": "key_enterprise"} for index, row in enumerate(rows.values())}
    award = made.assess(rows).explain("p3").award
    assert award is not None
    assert (award.claimed, award.pool, award.pool_claimed, award.award) == ("800000", "3000000", "3400000", "705882.35")
    assert award.factor.startswith("0.882352")
    assert award.remainder == "-0.0029"


def test_who_is_stopped_is_told_why_and_gets_no_place() -> None:
    made = shipped("vetoes")
    row = {"score": 5, "energy_target_met": True, "major_accident": False, "falsified": True}
    told = made.assess({"p": row}).explain("p")
    assert told.award is not None
    assert told.award.stopped == ("统计弄虚作假，一票否决",)
    place = told.find("standing").place
    assert place is not None
    assert (place.rank, place.tied) == (0, ())
    assert told.find("prize").matched == ()


def test_the_whole_is_json_with_numbers_as_text(told: Explanation) -> None:
    whole = msgspec.json.decode(msgspec.json.encode(told))
    assert whole["because"][0]["name"] == "prize_pool"
    assert msgspec.convert(whole, Explanation) == told


def test_asking_for_an_unknown_name_or_entity_is_a_key_error(told: Explanation) -> None:
    with pytest.raises(KeyError):
        told.find("nothing")
    with pytest.raises(KeyError):
        shipped("vetoes").assess({}).explain("p")


def test_lists_and_values_not_applicable_are_written_in_formulas() -> None:
    made = scheme(
        "decisions:\n  points:\n    hit: COLLECT\n    type: number\n    rules: |\n"
        "      | x || points |\n      | > 1 || 2 |\n      | > 2 || 3 |\n"
        "calculations:\n  t: {type: number, formula: sum(points) + (if n is defined then n else 1)}\n",
        "x: number, n: number?",
    )
    told = made.evaluate({"x": 5, "n": None}).explain()
    assert told.find("t").reckoned == "sum([2, 3]) + (if n is defined then n/a else 1)"
    assert told.find("points").value == "[2, 3]"


def test_an_explanation_raises_what_the_evaluation_would() -> None:
    made = table("> 5 || 1\n ≤ 5 || 2")
    result = made.evaluate({"x": 1})
    result.given = {"x": "1"}
    with pytest.raises(Problems) as raised:
        result.explain()
    assert codes(raised.value) == ["input-mistyped"]


def test_a_place_is_told_among_those_of_the_group_or_among_all() -> None:
    made = scheme(
        "rankings:\n  place: {by: x, ties: dense}\n  overall: {by: x, ties: dense, over: all}\n"
        "assessment: {group: g, score: x, rank: place}\n",
        "g: {type: text, values: [one, two]}, x: number",
    )
    rows = {"p": {"g": "one", "x": 3}, "q": {"g": "one", "x": 4}, "r": {"g": "two", "x": 3}}
    told = made.assess(rows).explain("p")
    places = [told.find(name).place for name in ("place", "overall")]
    assert [(place.rank, place.of, place.tied) for place in places if place] == [(2, 2, ()), (2, 3, ("r",))]


def test_what_may_be_absent_is_named_where_it_is_compared() -> None:
    with pytest.raises(Problems, match="o may be not applicable here"):
        scheme("calculations:\n  y: {type: boolean, formula: 'o in (1, 2)'}\n", "o: 'number?'")
