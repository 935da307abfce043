"""The group stage: figures, places, ties, prizes, vetoes, gates, adjustments by hand, and the pool to the cent."""

import json
from decimal import Decimal

import pytest
from rules.support import codes, dec, scheme

from campaign.problems import Problems
from campaign.rules import Adjustment, Scheme

INPUTS = "g: {type: text, values: [a, b]}, s: number, t: number, bad: boolean"
PRIZES = """prizes:
  prize:
    ranking: place
    ties: TIES
    amounts: |
      | g | rank || amount |
      | a | 1    || 100    |
      | a | 2    || 50     |
      | a | 3    || 20     |
      | b | 1    || 10     |
"""


def contest(ties: str = "share", method: str = "competition", by: str = "s", more: str = "", award: str = "") -> Scheme:
    body = (
        f"vetoes:\n  - {{when: bad, because: 作假, clause: 第三条}}\ngates:\n  - {{needs: t >= 0, because: 未达标}}\n"
        f"rankings:\n  place: {{by: {by}, ties: {method}}}\n{PRIZES.replace('TIES', ties)}{more}"
        f"assessment:\n  group: g\n  score: s\n  rank: place\n  award: {{of: prize, combine: add{award}}}\n"
    )
    return scheme(body, INPUTS)


def row(s: object, g: str = "a", t: object = 0, *, bad: bool = False) -> dict[str, object]:
    return {"g": g, "s": s, "t": t, "bad": bad}


TIED = {"p": row(9), "q": row(8), "r": row(8), "s": row(7), "z": row(99, "b")}


@pytest.mark.parametrize(
    ("method", "places"),
    [("competition", [1, 2, 2, 4]), ("dense", [1, 2, 2, 3]), ("ordinal", [1, 2, 3, 4])],
)
def test_places_follow_the_method_and_ids_come_last(method: str, places: list[int]) -> None:
    standings = contest(method=method).assess(TIED).standings
    assert [standings[name].rank for name in "pqrs"] == places
    assert standings["z"].rank == 1


@pytest.mark.parametrize(
    ("ties", "method", "prizes"),
    [
        ("share", "competition", ["100", "35", "35", "0"]),
        ("each", "competition", ["100", "50", "50", "0"]),
        ("share", "dense", ["100", "25", "25", "20"]),
        ("each", "dense", ["100", "50", "50", "20"]),
        ("share", "ordinal", ["100", "50", "20", "0"]),
    ],
)
def test_who_ties_shares_the_places_taken_or_gets_the_higher(ties: str, method: str, prizes: list[str]) -> None:
    standings = contest(ties, method).assess(TIED).standings
    assert [standings[name].prize for name in "pqrs"] == [dec(prize) for prize in prizes]


def test_three_who_share_get_the_odd_cents_by_id() -> None:
    standings = contest().assess({name: row(5) for name in "cab"}).standings
    assert [standings[name].prize for name in "abc"] == [dec("56.67"), dec("56.67"), dec("56.66")]


def test_named_keys_break_ties_in_their_order() -> None:
    rows = {"p": row(5, t=1), "q": row(5, t=2), "r": row(6, t=0)}
    standings = contest(by="[s, lowest t]").assess(rows).standings
    assert [standings[name].rank for name in "pqr"] == [2, 3, 1]
    standings = contest(by="[s, highest t]").assess(rows).standings
    assert [standings[name].rank for name in "pqr"] == [3, 2, 1]


def test_vetoes_and_gates_stop_with_their_words_and_the_next_move_up() -> None:
    rows = {"p": row(9, bad=True, t=-1), "q": row(8, t=-1), "r": row(7)}
    standings = contest().assess(rows).standings
    assert [stop.because for stop in standings["p"].stopped] == ["作假", "未达标"]
    assert [(stop.kind, stop.clause) for stop in standings["p"].stopped] == [("veto", "第三条"), ("gate", "")]
    assert [standings[name].rank for name in "pqr"] == [None, None, 1]
    assert [standings[name].award for name in "pqr"] == [0, 0, 100]


def test_a_pool_pays_in_full_while_it_lasts_and_cuts_pro_rata_beyond() -> None:
    full = contest(award=", pool: 1000").assess(TIED)
    assert full.standings["p"].award == full.standings["p"].prize == 100
    assert full.cuts[0].factor == 1
    cut = contest(award=", pool: 90").assess(TIED)
    assert sum(standing.award for standing in cut.standings.values()) == 90
    assert cut.cuts[0].factor == dec("0.5")
    assert cut.standings["q"].award == dec("17.5")


def test_each_group_may_have_its_own_share_of_the_pool() -> None:
    cuts = contest(award=", pool: {amount: 85, within: group}").assess(TIED).cuts
    assert [(cut.group, cut.claimed, cut.paid) for cut in cuts] == [("a", 170, 85), ("b", 10, 10)]


def test_an_empty_pool_pays_nothing_and_a_negative_one_is_refused() -> None:
    assert contest(award=", pool: 0").assess(TIED).standings["p"].award == 0
    with pytest.raises(Problems) as raised:
        contest(award=", pool: -1").assess(TIED)
    assert codes(raised.value) == ["pool-unclear"]


def test_nobody_to_assess_is_an_empty_assessment() -> None:
    assessment = contest(award=", pool: 5").assess({})
    assert (assessment.standings, assessment.cuts) == ({}, ())


ADDED = "calculations:\n  bonus: {type: money, formula: s * 1元}\n"


def test_amounts_add_up_or_only_the_highest_counts() -> None:
    def total(combine: str) -> Decimal:
        body = ADDED + "rankings:\n  place: {by: s, ties: competition}\n" + PRIZES.replace("TIES", "share")
        tail = f"assessment: {{group: g, rank: place, award: {{of: [prize, bonus], combine: {combine}}}}}\n"
        made = scheme(body + "vetoes:\n  - {when: bad or t < 0, because: 作假}\n" + tail, INPUTS)
        return made.assess({"p": row(7)}).standings["p"].award

    assert total("add") == 107
    assert total("highest") == 100


def test_an_award_below_zero_is_refused() -> None:
    made = scheme(
        ADDED
        + "assessment: {group: g, award: {of: bonus, combine: add}}\nvetoes:\n  - {when: bad and t > 0, because: x}\n",
        INPUTS,
    )
    with pytest.raises(Problems) as raised:
        made.assess({"p": row(-1)})
    assert (
        str(raised.value)
        == "test.yaml: p: award-negative the award of p would be -1.00 (keep amounts at zero or above)"
    )


FIGURES = """calculations:
  above: {type: number, formula: if s > m then 1 else 0}
  rated: {type: number?, formula: if t > 0 then t else n/a}
columns:
  m: {mean: s}
  whole: {sum: s, over: all}
  best: {max: s, among: t > 1}
  least: {min: rated}
  how_many: {count: rated}
rankings:
  place: {by: rated, ties: dense, among: not bad}
assessment: {group: g, score: above, rank: place}
"""


def test_figures_of_the_group_are_reckoned_over_those_to_whom_they_apply() -> None:
    rows = {"p": row(1, t=1), "q": row(3, t=2), "r": row(5, t=0), "z": row(7, "b", t=1, bad=True)}
    standings = scheme(FIGURES, INPUTS).assess(rows).standings
    assert standings["p"].values == {
        "rated": 1, "m": 3, "whole": 16, "best": 3, "least": 1, "how_many": 2, "place": 2, "above": 0,
    }  # fmt: skip
    assert standings["z"].values["best"] is None
    assert [standings[name].score for name in "pqrz"] == [0, 0, 1, 0]
    assert [standings[name].rank for name in "pqrz"] == [2, 1, None, None]


ADJUSTED = """calculations:
  score:
    type: number
    formula: s + t
    round: {digits: 1, mode: half_up}
    adjust: {by: [省办, 考核组], at least: -2, at most: 3, clause: 第八条}
  again: {type: number?, formula: if bad then n/a else s, adjust: {by: 省办, at least: -2, at most: 3}}
rankings:
  place: {by: score, ties: competition}
assessment: {group: g, score: score, rank: place}
"""


def by_hand(**changes: object) -> Adjustment:
    fields: dict[str, object] = {
        "entity": "p",
        "name": "score",
        "amount": dec("1.5"),
        "authority": "省办",
        "reason": "复核",
    }
    return Adjustment(**{**fields, **changes})  # type: ignore[arg-type]


def test_a_named_authority_adjusts_a_value_by_hand_before_the_ranking() -> None:
    made = scheme(ADJUSTED, INPUTS)
    rows = {"p": row(5), "q": row(6)}
    assert made.assess(rows).standings["p"].rank == 2
    adjusted = made.assess(rows, [by_hand(), by_hand(amount=dec("0.25"), authority="考核组")])
    assert (adjusted.standings["p"].score, adjusted.standings["p"].rank) == (dec("6.8"), 1)
    told = adjusted.explain("p").find("score")
    assert [(hand.amount, hand.authority, hand.reason) for hand in told.by_hand] == [
        ("1.5", "省办", "复核"),
        ("0.25", "考核组", "复核"),
    ]
    assert told.rounding is not None
    assert (told.rounding.before, told.rounding.after) == ("6.75", "6.8")
    assert made.evaluate(row(5), {"score": dec("1")}).values["score"] == 6
    assert made._slowly(row(5), {"score": dec("1")}).values["score"] == 6
    assert made.evaluate(row(5, bad=True), {"again": dec("1")}).values["again"] is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"entity": "x"}, "adjust-entity"),
        ({"name": "s"}, "adjust-name"),
        ({"authority": "某人"}, "adjust-authority"),
        ({"reason": "  "}, "adjust-reason"),
        ({"amount": dec("3.1")}, "adjust-range"),
    ],
)
def test_an_adjustment_needs_its_entity_value_authority_reason_and_range(changes: dict[str, object], code: str) -> None:
    with pytest.raises(Problems) as raised:
        scheme(ADJUSTED, INPUTS).assess({"p": row(5)}, [by_hand(**changes)])
    assert codes(raised.value) == [code]
    assert raised.value.problems[0].place.field == changes.get("entity", "p")


def test_adjustments_of_one_value_together_stay_within_the_range() -> None:
    with pytest.raises(Problems) as raised:
        scheme(ADJUSTED, INPUTS).assess({"p": row(5)}, [by_hand(amount=dec(2)), by_hand(amount=dec(2))])
    assert codes(raised.value) == ["adjust-range"]


def test_problems_of_all_entities_come_at_once_and_name_them() -> None:
    with pytest.raises(Problems) as raised:
        contest().assess({"p": row("1"), "q": row(1, "c"), "r": row(1)})
    assert [(problem.place.field, problem.code) for problem in raised.value.problems] == [
        ("p", "input-mistyped"),
        ("q", "input-mistyped"),
    ]
    assert "q: g: c is none of a, b" in str(raised.value)


def test_what_is_undefined_after_the_group_stage_names_the_entity_too() -> None:
    made = scheme(
        "calculations:\n  y: {type: number, formula: s / (m - 3)}\ncolumns:\n  m: {mean: s}\n"
        "assessment: {group: g, score: y}\n",
        "g: text, s: number",
    )
    with pytest.raises(Problems) as raised:
        made.assess({"p": {"g": "a", "s": 2}, "q": {"g": "a", "s": 4}})
    assert [problem.place.field for problem in raised.value.problems] == ["p", "q"]
    assert "p: y: 2 is divided by zero" in str(raised.value)


def test_a_figure_of_the_group_cannot_be_slipped_in() -> None:
    with pytest.raises(Problems) as raised:
        scheme(FIGURES, INPUTS).assess({"p": {**row(1), "m": dec(0)}})
    assert codes(raised.value) == ["input-unknown"]
    assert "m is reckoned, not given" in str(raised.value)


def test_the_canonical_text_has_sorted_ids_and_numbers_as_text() -> None:
    found = json.loads(contest(award=", pool: 90").assess(TIED).canonical())
    assert list(found["entities"]) == ["p", "q", "r", "s", "z"]
    assert found["entities"]["q"]["award"] == "17.5"
    assert found["pools"] == [{"claimed": "180", "group": "", "paid": "90", "pool": "90"}]


DATED = """constants:
  rate:
    type: percent
    by: day
    label: 奖励比例
    values:
      - {from: 2005-01-01, value: 5%, source: 文件一}
      - {from: 2006-01-01, value: 4%, source: 文件二}
calculations:
  y: {type: money, formula: pay * rate}
"""


def test_a_constant_has_the_value_in_force_on_the_day_and_none_before_the_first() -> None:
    from datetime import date  # noqa: PLC0415 -- only here

    made = scheme(DATED, "pay: money, day: date")
    assert made.evaluate({"pay": 100, "day": date(2005, 12, 31)}).values["y"] == 5
    assert made.evaluate({"pay": 100, "day": date(2006, 1, 1)}).values["y"] == 4
    assert [value.source for value in made.model.constants["rate"]] == ["文件一", "文件二"]
    with pytest.raises(Problems) as raised:
        made.evaluate({"pay": 100, "day": date(2004, 12, 31)})
    assert codes(raised.value) == ["constant-undated"]


def test_every_ranking_may_span_all_groups_and_those_stopped() -> None:
    made = scheme(
        "vetoes:\n  - {when: bad or t < 0, because: 作假}\n"
        "rankings:\n  place: {by: s, ties: competition, over: all, everyone: true}\n"
        "assessment: {group: g, rank: place}\n",
        INPUTS,
    )
    standings = made.assess({"p": row(5), "q": row(6, "b"), "r": row(7, bad=True)}).standings
    assert [standings[name].rank for name in "pqr"] == [3, 2, 1]
