"""What comes out of many entities: later stages, worked cases, comparisons, and problems shown with a caret."""

import pytest
from rules.support import dec, scheme, whole_problem

from campaign.problems import Place, Problem, Problems, T
from campaign.rules import Adjustment, Change, Comparison, Scheme, compare, pointed
from campaign.rules.casebook import CaseResult, Difference

# --- later stages ------------------------------------------------------------------------------------------------

STAGES = """calculations:
  s: {type: number, formula: n * 2}
  late: {type: number, formula: half + 1, adjust: {by: 省办, at least: -5, at most: 5}}
  half: {type: number, formula: (s - m) / 2}
  last: {type: number, formula: 1 / (late - 5)}
decisions:
  band:
    rules: |
      | # | half  || band  |
      | 3 | > 0   || above |
      | 5 | <= 0  || below |
  again:
    rules: |
      | late || again |
      | > 1  || yes   |
      | <= 1 || no    |
columns:
  m: {mean: s}
  m2: {max: late}
rankings:
  r: {by: late, ties: dense}
assessment: {score: late, rank: r, grade: band}
"""


def staged() -> Scheme:
    return scheme(STAGES, "n: number")


def test_later_stages_go_on_from_what_the_groups_gave() -> None:
    found = staged().assess({"p": {"n": 1}, "q": {"n": 3}, "r": {"n": 5}})
    names = ("s", "m", "half", "late", "band", "again", "m2", "r")
    assert {entity: [standing.values[name] for name in names] for entity, standing in found.standings.items()} == {
        "p": [2, 6, -2, -1, "below", "no", 3, 3],
        "q": [6, 6, 0, 1, "below", "no", 3, 2],
        "r": [10, 6, 2, 3, "above", "yes", 3, 1],
    }
    assert [found.standings[entity].values["last"] for entity in "qr"] == [dec("-0.25"), dec("-0.5")]
    assert {name: standing.rules for name, standing in found.standings.items()} == {
        "p": {"band": (5,), "again": (2,)},
        "q": {"band": (5,), "again": (2,)},
        "r": {"band": (3,), "again": (1,)},
    }


def test_a_value_of_a_later_stage_is_adjusted_before_what_follows_from_it() -> None:
    rows = {"p": {"n": 1}, "q": {"n": 3}}
    adjusted = staged().assess(rows, [Adjustment("q", "late", dec("-4"), "省办", "复核")])
    assert [(adjusted.standings[name].values["late"], adjusted.standings[name].rank) for name in "pq"] == [
        (0, 1),
        (dec("-2"), 2),
    ]
    assert adjusted.standings["q"].grade == "above"
    assert adjusted.standings["q"].rules["again"] == (2,)
    assert adjusted.standings["p"].adjusted == ()


def test_what_is_undefined_after_other_steps_of_a_later_stage_is_told_with_the_adjustments_made() -> None:
    rows = {"p": {"n": 1}, "q": {"n": 3}}
    with pytest.raises(Problems) as raised:
        staged().assess(rows, [Adjustment("q", "late", dec(3), "省办", "复核")])
    assert [whole_problem(problem) for problem in raised.value.problems] == [
        "8:35 [q] <last> division-by-zero q: last: 1 is divided by zero (guard the divisor)"
    ]


def test_the_order_of_adjustments_does_not_matter() -> None:
    made = staged()
    by = [Adjustment("q", "late", dec(amount), "省办", why) for amount, why in (("-1", "b"), ("0.5", "a"), ("-1", "a"))]
    rows = {"p": {"n": 1}, "q": {"n": 3}}
    found = made.assess(rows, by)
    assert found.canonical() == made.assess(dict(reversed(rows.items())), by[::-1]).canonical()
    assert [(hand.reason, hand.amount) for hand in found.standings["q"].adjusted] == [
        ("a", dec("-1")),
        ("a", dec("0.5")),
        ("b", dec("-1")),
    ]


# --- worked cases ------------------------------------------------------------------------------------------------

AWARDED = """calculations:
  claim: {type: money, formula: n * 1元}
vetoes:
  - {when: n > 8, because: 过高}
rankings:
  r: {by: n, ties: dense}
assessment: {score: n, rank: r, award: {of: claim, combine: add, pool: 6}}
cases:
  - note: 如愿
    rows: {p: {n: 4}, q: {n: 8}, z: {n: 9}}
    expect:
      p: {award: 2, prize: 4, rank: 2, stopped: n/a, claim: 4}
      z: {award: 0, prize: 0, rank: n/a, stopped: 过高}
"""


def test_a_case_may_expect_the_award_the_claim_the_place_and_why_someone_is_stopped() -> None:
    (result,) = scheme(AWARDED, "n: number").run_cases()
    assert result == CaseResult(12, "如愿")
    assert result.passed


@pytest.mark.parametrize(
    ("put", "instead", "difference"),
    [
        ("award: 2,", "award: 3,", Difference("p", "award", "3", "2")),
        ("prize: 4,", "prize: 5,", Difference("p", "prize", "5", "4")),
        ("rank: 2,", "rank: 1,", Difference("p", "rank", "1", "2")),
        ("stopped: n/a,", "stopped: 过高,", Difference("p", "stopped", "过高", "n/a")),
        ("claim: 4}", "claim: n/a}", Difference("p", "claim", "n/a", "4")),
        ("rank: n/a", "rank: 3", Difference("z", "rank", "3", "n/a")),
        ("stopped: 过高", "stopped: 别的", Difference("z", "stopped", "别的", "过高")),
    ],
)
def test_a_case_that_comes_out_otherwise_says_in_what(put: str, instead: str, difference: Difference) -> None:
    (result,) = scheme(AWARDED.replace(put, instead), "n: number").run_cases()
    assert result == CaseResult(12, "如愿", (difference,))
    assert not result.passed


def test_what_a_case_of_one_expects_and_does_not_get_is_shown_as_nothing() -> None:
    body = "calculations:\n  y: {type: number, formula: n - m}\ncolumns:\n  m: {mean: n}\ncases:\n"
    (result,) = scheme(body + "  - {given: {n: 3}, expect: {y: 1}, note: 一}\n", "n: number").run_cases()
    assert result == CaseResult(9, "一", (Difference("", "y", "1", ""),))
    (result,) = scheme(body + "  - {given: {n: 3, m: 2}, expect: {y: 1}}\n", "n: number").run_cases()
    assert result == CaseResult(9, "")


def test_a_case_that_is_refused_keeps_its_note_and_its_problems() -> None:
    body = "calculations:\n  y: {type: number, formula: 1 / n}\ncases:\n"
    (result,) = scheme(body + "  - {rows: {p: {n: 0}}, expect: {p: {y: 1}}, note: 二}\n", "n: number").run_cases()
    assert (result.line, result.note, result.differences, result.passed) == (7, "二", (), False)
    assert [whole_problem(problem) for problem in result.problems] == [
        "5:32 [p] <y> division-by-zero p: y: 1 is divided by zero (guard the divisor)"
    ]


# --- comparisons -------------------------------------------------------------------------------------------------


def test_a_comparison_tells_everyone_who_stands_differently_in_anything_and_no_one_else() -> None:
    bands = "      | n || d |\n      | > 2 || A |\n      | <= 2 || B |\n"
    body = (
        "calculations:\n  claim: {type: money, formula: n * 1元}\nrankings:\n  r: {by: n, ties: dense}\n"
        f"decisions:\n  d:\n    values: [A, B]\n    rules: |\n{bands}"
        "assessment: {score: n, rank: r, grade: d, award: {of: claim, combine: add, pool: 10}}\n"
    )
    old, new = scheme(body, "n: number"), scheme(body.replace(" 2 ||", " 3 ||").replace(", pool: 10", ""), "n: number")
    before = old.assess({"a": {"n": 9}, "b": {"n": 3}, "c": {"n": 2}, "z": {"n": 0}})
    after = new.assess({"a": {"n": 9}, "b": {"n": 3}, "d": {"n": 1}, "z": {"n": 0}})
    found = compare(before, after)
    assert found == Comparison(
        old.sha256,
        new.sha256,
        (
            Change("a", (9, 9), (1, 1), ("A", "A"), (9, 9), (dec("6.43"), 9)),
            Change("b", (3, 3), (2, 2), ("A", "B"), (3, 3), (dec("2.14"), 3)),
            Change("c", (2, None), (3, None), ("B", None), (2, None), (dec("1.43"), None)),
            Change("d", (None, 1), (None, 3), (None, "B"), (None, 1), (None, 1)),
        ),
        dec("10"),
        dec("13"),
    )
    assert (found.cost, compare(after, before).cost) == (3, -3)
    assert compare(before, before).changes == ()


# --- a caret below -----------------------------------------------------------------------------------------------

TEXT = "first\n县区: wrong\nlast"


def at(line: int, column: int) -> Problem:
    return Problem("code", T("it is wrong"), T("mend it"), Place("f", line, column))


@pytest.mark.parametrize(
    ("line", "column", "shown"),
    [
        (1, 1, "first\n^"),
        (1, 3, "first\n  ^"),
        (1, 0, "first\n^"),
        (2, 2, "县区: wrong\n  ^"),
        (2, 5, "县区: wrong\n      ^"),
        (3, 4, "last\n   ^"),
    ],
)
def test_a_problem_is_shown_with_its_line_and_a_caret_below_its_sign(line: int, column: int, shown: str) -> None:
    assert pointed(at(line, column), TEXT) == f"f:{line}:{column}: code it is wrong (mend it)\n{shown}"


@pytest.mark.parametrize("line", [0, 4, -1])
def test_a_problem_whose_line_is_unknown_is_shown_alone(line: int) -> None:
    assert pointed(at(line, 1), TEXT) == str(at(line, 1))
