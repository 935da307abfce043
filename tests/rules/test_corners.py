"""Corners: what is seldom written, but must still say exactly what it means."""

from decimal import Decimal

import pytest
from rules.support import codes, dec, scheme, shipped, table

from campaign.problems import Problems
from campaign.rules import compare, load
from campaign.rules.document import html, markdown


def refused(text: str) -> list[str]:
    with pytest.raises(Problems) as raised:
        load(text)
    return codes(raised.value)


HEAD = "scheme: t\nrounding: {money: half_even, digits: 2}\ninputs: {x: number}\n"


def test_a_case_that_fails_says_what_was_expected_and_what_came() -> None:
    made = scheme(
        "calculations:\n  y: {type: number, formula: x * 2}\ncases:\n  - {given: {x: 2}, expect: {y: 5}}\n", "x: number"
    )
    (result,) = made.run_cases()
    assert not result.passed
    assert [(item.name, item.expected, item.found) for item in result.differences] == [("y", "5", "4")]


def test_a_case_that_the_scheme_refuses_keeps_its_problems() -> None:
    made = scheme(
        "calculations:\n  y: {type: number, formula: 1 / x}\ncases:\n  - {given: {x: 0}, expect: {y: 5}}\n", "x: number"
    )
    (result,) = made.run_cases()
    assert not result.passed
    assert [problem.code for problem in result.problems] == ["division-by-zero"]


def test_a_case_may_expect_a_list_or_a_value_not_applicable() -> None:
    made = scheme(
        "decisions:\n  y:\n    hit: COLLECT\n    type: number\n    rules: |\n"
        "      | x || y |\n      | > 1 || 2 |\n      | > 0 || 1 |\n"
        "calculations:\n  z: {type: number?, formula: if x > 1 then n/a else x}\n"
        "cases:\n  - {given: {x: 2}, expect: {y: [2, 1], z: n/a}}\n",
        "x: number",
    )
    assert all(result.passed for result in made.run_cases())
    assert "y = [2, 1], z = n/a" in made.render()


def test_nothing_in_a_section_is_no_problem_and_a_scalar_is() -> None:
    assert load(HEAD + "calculations:\n  y: {type: number, formula: x}\ncases:\ndecisions:\n").evaluate(
        {"x": 1}
    ).values == {"y": 1}
    assert refused(HEAD + "calculations: none\n") == ["scheme-shape"]
    assert refused(HEAD + "calculations:\n  y: number\n") == ["scheme-shape", "calculation-shape"]


def test_a_table_may_have_ruled_lines_and_blank_ones() -> None:
    text = (
        HEAD + "decisions:\n  y:\n    rules: |\n      | # | x   || y |\n      |---|-----||---|\n\n"
        "      | 1 | > 5 || 1 |\n      | 2 | ≤ 5 || 0 |\n"
    )
    assert load(text).evaluate({"x": 9}).rules["y"] == (1,)


def test_a_bar_in_quotation_marks_is_part_of_the_text() -> None:
    made = table('"a|b" || 1\n not("a|b") || 2', inputs="x: text")
    assert made.evaluate({"x": "a|b"}).values["y"] == 1


def test_a_range_of_an_input_may_be_words_and_always_admits_what_is_not_applicable() -> None:
    made = table("a || 1\n b || 2\n n/a || 3", inputs="x: {type: 'text?', allowed: 'a, b'}")
    assert [made.evaluate({"x": x}).values["y"] for x in ("a", "b", None)] == [1, 2, 3]
    with pytest.raises(Problems) as raised:
        made.evaluate({"x": "c"})
    assert codes(raised.value) == ["input-range"]


def test_slices_may_lose_by_lines_of_their_own() -> None:
    made = scheme(
        "calculations:\n  y:\n    type: number\n    slices:\n      of: x - 100%\n      start: 50\n"
        "      over: per 1% → 1, step\n      under: |\n"
        "        up to 10%: per 1% → 2, step\n        beyond: per 1% → 3, linear\n"
        "        at most 45\n      at most: 60\n",
    )
    values = [made.evaluate({"x": dec(x)}).values["y"] for x in ("1.057", "1.5", "0.955", "0.85", "0.5")]
    assert values == [55, 60, 42, 15, 5]


def test_a_slice_that_is_bounded_earns_nothing_beyond() -> None:
    made = scheme(
        "calculations:\n  y:\n    type: number\n    slices:\n"
        "      of: x\n      over: 'up to 10%: per 1% → 1, linear'\n",
    )
    assert made.evaluate({"x": dec("0.5")}).values["y"] == 10


def test_slices_of_what_may_be_not_applicable_say_what_stands_instead() -> None:
    slices = "      of: x + z\n      over: per 1% → 1, linear\n      absent: -1\n"
    body = f"calculations:\n  y:\n    type: number\n    slices:\n{slices}"
    made = scheme(body, "x: percent?, z: percent?")
    assert made.evaluate({"x": dec("0.03"), "z": dec("0.01")}).values["y"] == 4
    assert made.evaluate({"x": None, "z": dec("0.01")}).values["y"] == -1
    assert made.evaluate({"x": dec("0.01"), "z": None}).values["y"] == -1
    with pytest.raises(Problems) as raised:
        scheme(body.replace("      absent: -1\n", ""), "x: percent?, z: percent?")
    assert set(codes(raised.value)) == {"maybe-absent"}


def test_an_output_of_money_in_a_list_is_a_list_of_money() -> None:
    made = table("> 1 || 1,000\n > 2 || 80万", hit="RULE ORDER", type="money")
    assert made.evaluate({"x": 5}).values["y"] == (1000, 800_000)


def test_a_number_beyond_fifty_digits_is_refused_with_its_place() -> None:
    huge = " * ".join(["99999999999999999999999"] * 3)
    made = scheme(
        f"calculations:\n  y: {{type: number, formula: x + {huge}, round: {{digits: 2, mode: half_up}}}}\n", "x: number"
    )
    with pytest.raises(Problems) as raised:
        made.evaluate({"x": 1})
    assert codes(raised.value) == ["number-overflow"]
    made = table(f"- || = x + {huge}", type="number", round="{digits: 2, mode: up}")
    with pytest.raises(Problems) as raised:
        made.evaluate({"x": 1})
    assert "y" in str(raised.value)


def test_the_document_shows_formulas_figures_rankings_and_caps() -> None:
    yangzhou = shipped("yangzhou-2007").render()
    assert "`mean(output_linear)`" in yangzhou
    assert "places by total; ties: competition" in yangzhou
    assert "`output_counted + profit_counted + new_firm_points`" in yangzhou
    sasac = shipped("sasac-22").render()
    assert "at most C where target < 0 and actual < 0: 仍处于亏损 仍亏损的最高为C级" in sasac
    assert (
        "of: counted; start: 30; over: per 3% → 1, linear, at most bonus_cap; under: per 3% → 1, linear, at most 6"
        in sasac
    )
    assert "the highest of overall_prize, size_prize" in shipped("nantong-2005").render()
    assert "|  | - | 0元 |  |  |" in shipped("vetoes").render()


def test_text_columns_compare_with_other_texts_after_a_sign() -> None:
    made = table("= w || 1\n != w || 2", inputs="x: text, w: text")
    assert made.evaluate({"x": "甲", "w": "甲"}).values["y"] == 1
    assert made.evaluate({"x": "甲", "w": "乙"}).values["y"] == 2


def test_conditions_in_ranges_lists_and_between_compile_as_they_read() -> None:
    formula = "(x + 1) in [n..n + 2) and x between n - 1 and n and not (x in (1, 2)) and -x < 9"
    made = scheme(f"calculations:\n  y: {{type: boolean, formula: '{formula}'}}\n", "x: number, n: number")
    for x, n in ((3, 4), (3, 3), (1, 1), (9, 2)):
        fast, slow = made.evaluate({"x": x, "n": n}), made._slowly({"x": x, "n": n}, {})
        assert fast.raw == slow.raw
    assert made.evaluate({"x": 3, "n": 4}).values["y"] is True


def test_truth_columns_may_be_compared() -> None:
    made = table("= true || 1\n != true || 2", inputs="x: boolean")
    assert [made.evaluate({"x": x}).values["y"] for x in (True, False)] == [1, 2]


def test_a_ranking_by_dates_puts_the_earliest_first_where_it_says_so() -> None:
    from datetime import date  # noqa: PLC0415 -- only here

    made = scheme("rankings:\n  r: {by: lowest day, ties: dense}\nassessment: {rank: r}\n", "day: date")
    standings = made.assess({"a": {"day": date(2005, 9, 1)}, "b": {"day": date(2005, 8, 1)}}).standings
    assert (standings["a"].rank, standings["b"].rank) == (2, 1)


def test_the_unit_of_a_rule_with_many_columns_stays_shallow() -> None:
    names = [f"a{index}" for index in range(25)]
    rows = "\n".join(" | ".join(["true"] * 24 + [cell]) + f" || {value}" for cell, value in (("true", 1), ("false", 2)))
    made = table(rows, " | ".join(names) + " || y", ", ".join(f"{name}: boolean" for name in names), default="0")
    assert made.evaluate(dict.fromkeys(names, True)).values["y"] == 1
    assert made.evaluate({**dict.fromkeys(names, True), "a24": False}).values["y"] == 2
    assert made.evaluate(dict.fromkeys(names, False)).values["y"] == 0


def test_inputs_of_whole_numbers_are_decimals_inside() -> None:
    result = table("> 5 || = x / 2\n ≤ 5 || 0", inputs="x: integer", type="number").evaluate({"x": 7})
    assert result.values["y"] == dec("3.5")
    assert isinstance(result.values["y"], Decimal)


def test_a_function_may_call_those_above_it_and_shadow_no_input() -> None:
    made = scheme(
        "functions:\n  half: {of: {x: number}, type: number, formula: x / 2}\n"
        "  quarter: {of: {a: number}, type: number, formula: half(half(a))}\n"
        "calculations:\n  y: {type: number, formula: quarter(x + 4)}\n",
        "x: number",
    )
    assert made.evaluate({"x": 4}).values["y"] == 2


def test_every_problem_of_a_file_comes_in_the_order_of_its_lines() -> None:
    with pytest.raises(Problems) as raised:
        load(HEAD + "calculations:\n  b: {type: number, formula: q}\n  a: {type: nmber, formula: q}\ntitle: [x]\n")
    lines = [problem.place.line for problem in raised.value.problems]
    assert lines == sorted(lines)
    assert len(lines) == 4


def test_two_assessments_are_compared_by_who_stands_differently_and_what_it_costs() -> None:
    row = {"score": 5, "energy_target_met": True, "major_accident": False, "falsified": False}
    made = shipped("vetoes")
    before = made.assess({"a": row, "b": {**row, "score": 4}, "c": {**row, "score": 3}})
    after = made.assess({"a": {**row, "falsified": True}, "b": {**row, "score": 4}, "d": {**row, "score": 1}})
    found = compare(before, after)
    assert [change.entity for change in found.changes] == ["a", "b", "c", "d"]
    assert found.changes[0].rank == (1, None)
    assert found.changes[1].award == (300_000, 500_000)
    assert found.changes[3].score == (None, 1)
    assert (found.cost_before, found.cost_after, found.cost) == (800_000, 800_000, 0)
    assert found.before == found.after == made.sha256
    assert compare(before, before).changes == ()


def test_places_begin_at_one_and_counts_at_zero_in_the_proof() -> None:
    body = (
        "rankings:\n  r: {by: x, ties: dense}\ncolumns:\n  k: {count: x}\n"
        "decisions:\n  y:\n    rules: |\n      | r || y |\n      | n/a || 0 |\n      | 1 || 1 |\n      | > 1 || 2 |\n"
        "  z:\n    rules: |\n      | k || z |\n      | 0 || 0 |\n      | ≥ 1 || 1 |\n"
    )
    made = scheme(body, "x: number")
    standings = made.assess({"a": {"x": 1}, "b": {"x": 2}}).standings
    assert [standings[name].values["y"] for name in "ab"] == [2, 1]
    assert standings["a"].values["z"] == 1


def test_the_document_lists_dated_values_and_who_may_adjust() -> None:
    made = scheme(
        "constants:\n  rate:\n    type: percent\n    by: day\n    values:\n"
        "      - {from: 2005-01-01, value: 5%, source: 文件一}\n      - {from: 2006-01-01, value: 4%, source: 文件二}\n"
        "calculations:\n  y:\n    type: percent\n    formula: x * rate\n"
        "    adjust: {by: 省办, at least: -1%, at most: 1%, clause: 第八条}\n",
        "x: {type: percent, allowed: '>= 0%'}, day: date",
    )
    text = made.render()
    assert "| from | value | source |" in text
    assert "| 2006-01-01 | 4% | 文件二 |" in text
    assert "省办 may adjust it by -0.01 to 0.01, with a reason 第八条" in text
    assert "| x |  | percent >= 0% |" in text


def test_the_document_is_said_in_another_language_but_for_the_schemes_own_words() -> None:
    said = markdown(shipped("vetoes").document(), lambda text: text.template.upper() if text.values else f"<{text}>")
    assert "## <inputs>" in said
    assert "PLACES BY {KEYS}; TIES: {METHOD}" in said
    assert "<#>" in said


def test_the_document_is_written_as_html_with_every_text_escaped() -> None:
    made = scheme(
        'calculations:\n  y: {type: boolean, formula: \'x < 1 and "<b>" = "<b>"\', clause: <i>}\n', "x: number"
    )
    text = html(made.document())
    assert "<code>x &lt; 1 and &quot;&lt;b&gt;&quot; = &quot;&lt;b&gt;&quot;</code>" in text
    assert "<small>&lt;i&gt;</small>" in text
    whole = html(shipped("jilin-2005-example").document())
    assert "<td>≥ 105</td>" in whole
    assert "EXAMPLE ONLY" in whole
    assert whole.count("<table>") == whole.count("</table>")


def test_a_gate_may_ask_for_a_place_among_all() -> None:
    made = scheme(
        "rankings:\n  race: {by: x, ties: competition, everyone: true}\n  place: {by: lowest x, ties: competition}\n"
        "gates:\n  - {needs: race is defined and race <= 2, because: 未进前两名}\nassessment: {rank: place}\n",
        "x: number",
    )
    standings = made.assess({name: {"x": x} for name, x in (("a", 1), ("b", 2), ("c", 3))}).standings
    assert [standings[name].rank for name in "abc"] == [None, 1, 2]
    assert [standings[name].values["race"] for name in "abc"] == [3, 2, 1]
    assert standings["a"].stopped[0].because == "未进前两名"


def test_the_pool_may_be_a_share_of_what_all_pay() -> None:
    made = scheme(
        "columns:\n  paid: {sum: tax, over: all}\ncalculations:\n  claim: {type: money, formula: tax}\n"
        "assessment: {award: {of: claim, combine: add, pool: 10% * paid}}\n",
        "tax: money",
    )
    assessment = made.assess({"a": {"tax": 100}, "b": {"tax": 200}, "c": {"tax": 1}})
    assert [standing.award for standing in assessment.standings.values()] == [10, 20, dec("0.1")]
    assert assessment.cuts[0].pool == dec("30.1")


def test_a_pool_that_differs_from_one_to_the_other_is_refused() -> None:
    made = scheme(
        "calculations:\n  claim: {type: money, formula: tax}\n"
        "assessment: {award: {of: claim, combine: add, pool: tax}}\n",
        "tax: money",
    )
    assert made.assess({"a": {"tax": 5}}).standings["a"].award == 5
    with pytest.raises(Problems) as raised:
        made.assess({"a": {"tax": 5}, "b": {"tax": 6}})
    assert codes(raised.value) == ["pool-unclear"]
