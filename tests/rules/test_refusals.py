"""What a scheme refuses of the figures handed in: every refusal whole, with place, entity, rule, words and remedy."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from rules.support import dec, scheme, table, whole_problem

from campaign.problems import Problems
from campaign.rules import Adjustment, Scheme
from campaign.rules.compiler import FALLS_BACK


def refused(work: Callable[[], object]) -> list[str]:
    with pytest.raises(Problems) as raised:
        work()
    problems = raised.value.problems
    assert {problem.place.file for problem in problems} == {"test.yaml"}
    return [whole_problem(problem) for problem in problems]


def refused_by_both(made: Scheme, given: dict[str, object]) -> list[str]:
    """Return what is wrong with GIVEN; the compiled form must not take it either."""
    with pytest.raises(FALLS_BACK):
        made.runs[0](given, {})
    return refused(lambda: made.evaluate(given))


# --- figures handed in -------------------------------------------------------------------------------------------

TYPED = scheme(
    "calculations:\n  y: {type: boolean, formula: 'n > 0 and p > 1 and i > 1 and m > 0元 and d > 1 days and"
    ' t = "x" and w = "a" and b and day > 2005-01-01 and o is defined and z is defined and c > 0\'}\n'
    "columns:\n  z: {mean: n, among: b}\n  c: {count: n}\n",
    "n: number, p: {type: percent, allowed: '[0%..200%]', label: 完成率}, i: integer, m: money, d: days, t: text,"
    " w: {type: text, values: [a, b]}, b: boolean, day: date, o: 'number?'",
)
FIT: dict[str, object] = {
    "n": 1, "p": dec("2"), "i": 2, "m": 5, "d": 3, "t": "x" * 400, "w": "a", "b": True, "day": date(2005, 8, 17),
    "o": None,
}  # fmt: skip
UNFIT = "the text is longer than 400 characters or has control characters ()"
WORDS = "write one of its words"
BELOW = "1000000000000000000000000"
NUMBER, TRUTH, DAY = "(write a number)", "(write true or false)", "date was declared (write it like 2005-08-17)"
NAMES = "n, p, i, m, d, t, w, b, day, o, c, z"


def test_what_is_fit_is_admitted_up_to_its_very_bounds() -> None:
    least = {"n": dec("-999999999999999999999999"), "p": 0, "i": -1, "m": dec("999999999999999999999999.99")}
    for given in (FIT, {**FIT, **least}):
        assert TYPED.runs[0](given, {}) == TYPED._slowly(given, {}).raw


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("n", "1", f"3:13 [n] <n> input-mistyped n: 1 is of type str, and number was declared {NUMBER}"),
        ("n", dec("NaN"), f"3:13 [n] <n> input-mistyped n: NaN is not a number below {BELOW} {NUMBER}"),
        ("n", dec("-1e24"), f"3:13 [n] <n> input-mistyped n: -{BELOW} is not a number below {BELOW} {NUMBER}"),
        ("m", dec("1e24"), f"3:91 [m] <m> input-mistyped m: {BELOW} is not a number below {BELOW} {NUMBER}"),
        ("m", 1.5, f"3:91 [m] <m> input-mistyped m: 1.5 is of type float, and money was declared {NUMBER}"),
        ("p", dec("2.01"), "3:24 [p] <p> input-range p: 201% is outside [0%..200%] (check the figure)"),
        ("p", dec("-0.01"), "3:24 [p] <p> input-range p: -1% is outside [0%..200%] (check the figure)"),
        ("p", None, "3:24 [p] <p> input-mistyped p: it is missing, and percent was declared (write it like 115%)"),
        ("i", dec("1.5"), f"3:79 [i] <i> input-mistyped i: 1.5 is not a whole number {NUMBER}"),
        ("i", True, f"3:79 [i] <i> input-mistyped i: True is of type bool, and integer was declared {NUMBER}"),
        ("d", dec("0.5"), f"3:101 [d] <d> input-mistyped d: 0.5 is not a whole number {NUMBER}"),
        *[
            ("t", text, f"3:110 [t] <t> input-mistyped t: {UNFIT}")
            for text in ("x" * 401, "a\x00", "\ud800")
        ],
        ("t", 5, "3:110 [t] <t> input-mistyped t: 5 is of type int, and text was declared ()"),
        ("w", "c", "3:119 [w] <w> input-mistyped w: c is none of a, b (write one of its words)"),
        ("w", 5, f"3:119 [w] <w> input-mistyped w: 5 is of type int, and text (a, b) was declared ({WORDS})"),
        ("b", 1, f"3:152 [b] <b> input-mistyped b: 1 is of type int, and boolean was declared {TRUTH}"),
        ("b", None, f"3:152 [b] <b> input-mistyped b: it is missing, and boolean was declared {TRUTH}"),
        ("day", "2005", f"3:166 [day] <day> input-mistyped day: 2005 is of type str, and {DAY}"),
        (
            "day",
            datetime(2005, 1, 1),  # noqa: DTZ001 -- refused with a zone and without
            f"3:166 [day] <day> input-mistyped day: 2005-01-01T00:00:00 is of type datetime, and {DAY}",
        ),
        ("o", "n/a", f"3:175 [o] <o> input-mistyped o: n/a is of type str, and number? was declared {NUMBER}"),
        ("z", "x", f"0:0 [z] <z> input-mistyped z: x is of type str, and number? was declared {NUMBER}"),
        ("c", dec("0.5"), f"0:0 [c] <c> input-mistyped c: 0.5 is not a whole number {NUMBER}"),
        ("wrng", 1, f"0:0 [wrng] <wrng> input-unknown wrng: no such input is declared (choose one of {NAMES})"),
        ("dayy", 1, "0:0 [dayy] <dayy> input-unknown dayy: no such input is declared (did you mean day?)"),
        (7, 1, f"0:0 [7] <7> input-unknown 7: no such input is declared (choose one of {NAMES})"),
    ],
)  # fmt: skip
def test_an_unfit_figure_is_refused_whole(name: str, value: object, said: str) -> None:
    assert refused_by_both(TYPED, {**FIT, name: value}) == [said]


def test_every_figure_that_is_missing_is_named_with_the_place_of_its_declaration() -> None:
    columns = {"n": 13, "p": 24, "i": 79, "m": 91, "d": 101, "t": 110, "w": 119, "b": 152, "day": 166, "o": 175}
    assert refused_by_both(TYPED, {}) == [
        f"3:{column} [{name}] <{name}> input-missing {name}: the input is missing (give its value)"
        for name, column in columns.items()
    ]


def test_figures_of_the_group_may_be_given_with_those_of_one_entity() -> None:
    assert TYPED.evaluate({**FIT, "t": "x", "z": None, "c": dec(1)}).values == {"y": False}
    assert TYPED.evaluate({**FIT, "t": "x", "z": dec(1), "c": dec(1)}).values == {"y": False}
    assert TYPED.evaluate({**FIT, "t": "x", "p": dec("1.5"), "o": 1, "z": dec(1), "c": 2}).values == {"y": True}


# --- arithmetic --------------------------------------------------------------------------------------------------

NINES = "99999999999999999999"
BEYOND = "date-beyond y: the date reckoned from 2005-01-01 is beyond the calendar ()"
BROKEN_DAY = "date-fraction y: a date moves by whole days and months, not by 0.5 (round it first)"
UNDEFINED_RATE = "is undefined (treat a base of zero or less in a rule of its own)"
DIGITS = "number-overflow y: the result has more than 50 digits (check the magnitude of the inputs)"


@pytest.mark.parametrize(
    ("formula", "column", "said"),
    [
        ("1 / (n - 1)", 11, "division-by-zero y: 1 is divided by zero (guard the divisor)"),
        ("growth(2, n - 1)", 9, f"rate-undefined y: a rate on a base of 0 {UNDEFINED_RATE}"),
        ("ratio(2, n - 3)", 9, f"rate-undefined y: a rate on a base of -2 {UNDEFINED_RATE}"),
        ("mean(l)", 9, "list-empty y: nothing is in the list (guard the empty list by count(…) > 0)"),
        ("min(l)", 9, "list-empty y: nothing is in the list (guard the empty list by count(…) > 0)"),
        ("max(l)", 9, "list-empty y: nothing is in the list (guard the empty list by count(…) > 0)"),
        ("day(2005-01-01 + 9999999 days * n)", 24, BEYOND),
        ("day(2005-01-01 - 9999999 days * n)", 24, BEYOND),
        ("day(2005-01-01 + 99999 months * n)", 24, BEYOND),
        ("day(2005-01-01 - 99999 months * n)", 24, BEYOND),
        ("day(2005-01-01 + 1 days * (n / 2))", 24, BROKEN_DAY),
        ("day(2005-01-01 + 1 months * (n / 2))", 24, BROKEN_DAY),
        (f"round up(n / 3 * {NINES} * {NINES}, 12)", 9, DIGITS),
    ],
)
def test_what_is_undefined_stands_at_its_operator_in_its_line(formula: str, column: int, said: str) -> None:
    listed = 'decisions:\n  l: {hit: COLLECT, type: number, rules: "| n || l |\\n| > 9 || 1 |"}\n'
    body = f"calculations:\n  y:\n    type: number\n    formula: |\n      n\n      + {formula}\n"
    made = scheme(body + (listed if "(l)" in formula else ""), "n: number")
    assert refused_by_both(made, {"n": 1}) == [f"9:{column} [] <y> {said}"]


def test_a_result_that_cannot_be_rounded_stands_where_its_formula_begins() -> None:
    made = scheme(
        f"calculations:\n  y: {{type: number, formula: n * {NINES} * {NINES}, round: {{digits: 12, mode: up}}}}\n",
        "n: number",
    )
    assert refused_by_both(made, {"n": 1}) == [f"5:30 [] <y> {DIGITS}"]
    assert made.evaluate({"n": dec("1e-10")}).values["y"] == dec("999999999999999999980000000000.0000000001")


def test_a_constant_without_a_value_on_that_day_says_so_at_its_own_place() -> None:
    undated = "the constant has no value on 2005-06-30; the first is of 2005-07-01"
    made = scheme(
        "calculations:\n  y: {type: number, formula: c}\nconstants:\n"
        "  c: {type: number, by: day, values: [{from: 2005-07-01, value: 3, source: 文件}]}\n",
        "day: date",
    )
    assert refused_by_both(made, {"day": date(2005, 6, 30)}) == [
        f"7:6 [] <c> constant-undated c: {undated} (add the value that was in force then)"
    ]


# --- tables ------------------------------------------------------------------------------------------------------


ELSE = "or choose another hit policy"
PART = f"(part their cells, {ELSE})"


def two_ways() -> Scheme:
    return table("> m || 1\n < m * 2 || 2", inputs="x: number, m: number")


def two_outputs() -> Scheme:
    return table(
        "1 | 7 | - || 1 | = 2 / x", "# | x + 7 | x || p | q",
        outputs="{p: number, q: number}", hit="FIRST", default="{p: 1, q: 2}",
    )  # fmt: skip


def with_cap() -> Scheme:
    drawn = "    rules: |\n      | x || y |\n      | - || A |\n"
    return scheme(
        f"decisions:\n  y:\n    values: [A, B]\n{drawn}    caps:\n      - {{when: 1 / x > 2, at most: B}}\n",
        "x: number",
    )


@pytest.mark.parametrize(
    ("made", "given", "said"),
    [
        (two_ways, {"x": 6, "m": 5}, f"7:9 [] <y> rules-overlap y: rules 1, 2 match together {PART}"),
        (two_ways, {"x": -6, "m": -3}, "7:9 [] <y> table-silent y: no rule matches (add a rule or a default)"),
        (
            lambda: table("7 | > 1 || 1\n 9 | > 2 || 2", "# | x || y", hit="ANY", default="0"),
            {"x": 3},
            f"9:9 [] <y> rules-differ y: rules 7, 9 match and differ (let them give the same, {ELSE})",
        ),
        (
            lambda: table("1 || 1", "1 / x || y", hit="FIRST", default="0"),
            {"x": 0},
            "9:11 [] <y.1 / x> division-by-zero y.1 / x: 1 is divided by zero (guard the divisor)",
        ),
        (
            lambda: table("7 | > 1 / x || 1", "# | x || y", hit="FIRST", default="0"),
            {"x": 0},
            "10:17 [] <y[7].x> division-by-zero y[7].x: 1 is divided by zero (guard the divisor)",
        ),
        (
            lambda: table("- || = 1 / x", type="number"),
            {"x": 0},
            "9:17 [] <y[1].y> division-by-zero y[1].y: 1 is divided by zero (guard the divisor)",
        ),
        (
            lambda: table("> 5 || 1", type="number", default="= 1 / x"),
            {"x": 0},
            "9:12 [] <y> division-by-zero y: 1 is divided by zero (guard the divisor)",
        ),
        (two_outputs, {"x": 0}, "11:29 [] <y[1].q> division-by-zero y[1].q: 2 is divided by zero (guard the divisor)"),
        (
            lambda: table(f"- || = x * {NINES} * {NINES}", type="number", round="{digits: 12, mode: up}"),
            {"x": 1},
            f"9:9 [] <y> {DIGITS}",
        ),
        (with_cap, {"x": 0}, "11:18 [] <y> division-by-zero y: 1 is divided by zero (guard the divisor)"),
    ],
)  # fmt: skip
def test_a_table_that_cannot_answer_names_rule_and_cell(
    made: Callable[[], Scheme], given: dict[str, object], said: str
) -> None:
    assert refused_by_both(made(), given) == [said]


# --- many entities -----------------------------------------------------------------------------------------------


def test_what_is_undefined_among_many_names_the_entity_and_the_place_of_the_condition() -> None:
    rows = {"p": {"n": 1}, "q": {"n": 0}}
    figure = scheme("columns:\n  c: {sum: n, among: 1 / n > 0}\nassessment: {score: c}\n", "n: number")
    ranking = scheme("rankings:\n  c: {by: n, ties: dense, among: 1 / n > 0}\nassessment: {rank: c}\n", "n: number")
    where = "[q] <c> division-by-zero q: c: 1 is divided by zero (guard the divisor)"
    assert refused(lambda: figure.assess(rows)) == [f"5:24 {where}"]
    assert refused(lambda: ranking.assess(rows)) == [f"5:36 {where}"]


@pytest.mark.parametrize(
    ("ties", "rows", "entity", "rank"),
    [
        ("share", {"p": {"n": -1}, "q": {"n": 0}}, "q", 1),
        ("each", {"p": {"n": 0}, "q": {"n": 0}}, "p", 1),
        ("share", {"p": {"n": 0}, "q": {"n": 0}}, "p", 1),
    ],
)
def test_an_amount_that_is_undefined_names_who_would_get_it(
    ties: str, rows: dict[str, dict[str, object]], entity: str, rank: int
) -> None:
    drawn = f'"| # | rank || amount |\\n| 4 | {rank} || = 8元 / n |"'
    made = scheme(
        f"rankings:\n  c: {{by: n, ties: dense}}\nprizes:\n  z: {{ranking: c, ties: {ties}, amounts: {drawn}}}\n"
        "assessment: {rank: c, award: {of: z, combine: add}}\n",
        "n: number",
    )
    (said,) = refused(lambda: made.assess(rows))
    assert said.partition(" ")[2] == (
        f"[{entity}] <z[4].amount> division-by-zero {entity}: z[4].amount: 8 is divided by zero (guard the divisor)"
    )


def staged() -> Scheme:
    return scheme(
        "calculations:\n  y: {type: number, formula: n / (m - 3)}\n  k: {type: number, formula: 1 / n}\n"
        "columns:\n  m: {mean: n}\n  m2: {mean: k}\nassessment: {score: y}\n",
        "n: number",
    )


def test_problems_of_later_stages_come_for_all_entities_at_once() -> None:
    assert refused(lambda: staged().assess({"q": {"n": 2}, "p": {"n": 4}})) == [
        "5:32 [p] <y> division-by-zero p: y: 4 is divided by zero (guard the divisor)",
        "5:32 [q] <y> division-by-zero q: y: 2 is divided by zero (guard the divisor)",
    ]


def test_problems_of_the_first_stage_come_for_all_entities_at_once() -> None:
    rows = {"q": {"n": 0}, "p": {"n": "4"}, "r": {"x": 1}, "s": {"n": 3, "m": 1}, "t": {"n": 1}}
    assert refused(lambda: staged().assess(rows)) == [
        "3:13 [p] <n> input-mistyped p: n: 4 is of type str, and number was declared (write a number)",
        "6:32 [q] <k> division-by-zero q: k: 1 is divided by zero (guard the divisor)",
        "3:13 [r] <n> input-missing r: n: the input is missing (give its value)",
        "0:0 [r] <x> input-unknown r: x: no such input is declared (choose one of n, m, m2)",
        "0:0 [s] <m> input-unknown s: m is reckoned, not given (leave it out)",
    ]


def paid(pool: str) -> Scheme:
    body = "calculations:\n  claim: {type: money, formula: n}\nassessment: {award: {of: claim, combine: add, pool: "
    return scheme(f"{body}{pool}}}}}\n", "n: number")


def test_a_pool_must_be_one_amount_of_zero_or_above() -> None:
    unclear = "pool-unclear the pool is not one amount of zero or above (reckon it from constants and figures of all)"
    assert refused(lambda: paid("9元 / n").assess({"p": {"n": 1}, "q": {"n": 2}})) == [f"6:53 [] <pool> {unclear}"]
    assert refused(lambda: paid("9元 - n").assess({"p": {"n": 10}})) == [f"6:53 [] <pool> {unclear}"]
    assert paid("9元 - n").assess({"p": {"n": 9}}).cuts[0].pool == 0
    assert refused(lambda: paid("9元 / n").assess({"p": {"n": 1}, "q": {"n": 0}})) == [
        "6:56 [q] <pool> division-by-zero q: pool: 9 is divided by zero (guard the divisor)"
    ]


def test_an_award_below_zero_names_who_would_owe_it() -> None:
    assert paid("9").assess({"p": {"n": 0}}).standings["p"].award == 0
    assert refused(lambda: paid("9").assess({"p": {"n": dec("-0.01")}, "q": {"n": 1}})) == [
        "0:0 [p] <award> award-negative the award of p would be -0.01 (keep amounts at zero or above)"
    ]


# --- adjustments by hand -----------------------------------------------------------------------------------------


def by_hand(entity: str = "p", name: str = "s", amount: str = "1", who: str = "省办", why: str = "复核") -> Adjustment:
    return Adjustment(entity, name, dec(amount), who, why)


ADJUSTED = scheme(
    "calculations:\n  s: {type: number, formula: n, adjust: {by: [省办, 考核组], at least: -2, at most: 3.5}}\n"
    "  k: {type: number, formula: n}\n  z: {type: number, formula: n, adjust: {by: 省办, at least: 0, at most: 1}}\n",
    "n: number",
)


def test_every_adjustment_that_is_not_allowed_is_refused_at_once() -> None:
    wrong = [
        by_hand("x"), by_hand(name="k"), by_hand(name="n"), by_hand(who="某人"), by_hand(name="z", who="考核组"),
        by_hand(why=" "), by_hand(amount="1.6"), by_hand("q", amount="-2.01"),
    ]  # fmt: skip
    assert refused(lambda: ADJUSTED.assess({"q": {"n": 1}, "p": {"n": 1}}, wrong)) == [
        "0:0 [x] <s> adjust-entity x is not assessed ()",
        "0:0 [p] <k> adjust-name k may not be adjusted (adjust what the scheme declares so)",
        "0:0 [p] <n> adjust-name n may not be adjusted (adjust what the scheme declares so)",
        "0:0 [p] <s> adjust-authority 某人 may not adjust s (省办, 考核组 may)",
        "0:0 [p] <z> adjust-authority 考核组 may not adjust z (省办 may)",
        "0:0 [p] <s> adjust-reason an adjustment needs its reason (write it)",
        "0:0 [p] <s> adjust-range s is adjusted by 3.6, outside -2 to 3.5 ()",
        "0:0 [q] <s> adjust-range s is adjusted by -2.01, outside -2 to 3.5 ()",
    ]


@pytest.mark.parametrize(("amounts", "score"), [(["3.5"], "4.5"), (["-2"], "-1"), (["0.5", "3"], "4.5"), ([], "1")])
def test_adjustments_may_reach_the_very_ends_of_their_range(amounts: list[str], score: str) -> None:
    found = ADJUSTED.assess({"p": {"n": 1}, "q": {"n": 1}}, [by_hand(amount=amount) for amount in amounts])
    assert {name: standing.values for name, standing in found.standings.items()} == {
        "p": {"s": dec(score), "k": 1, "z": 1}, "q": {"s": 1, "k": 1, "z": 1},
    }  # fmt: skip
    assert [hand.amount for hand in found.standings["p"].adjusted] == [dec(amount) for amount in amounts]
