"""Each shipped scheme beside a plain reading of its text in Python: they agree on everything Hypothesis thinks of."""

from datetime import date, timedelta
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rules.support import dec, shipped

SOME = settings(max_examples=80, deadline=None)
EXACT = Context(prec=50)
CENT = Decimal("0.01")
rates = st.decimals(min_value=-1, max_value=4, places=4)
money = st.decimals(min_value=-(10**6), max_value=10**6, places=2)
Row = dict[str, Any]


def half_up(value: Fraction, digits: int = 2) -> Decimal:
    """Round a fraction half away from zero, in integers alone."""
    scaled = abs(value) * 10**digits * 2
    whole = (scaled.numerator // scaled.denominator + 1) // 2
    return Decimal(whole if value >= 0 else -whole).scaleb(-digits)


def fraction(value: Decimal) -> Fraction:
    """Return the same number as a fraction."""
    return Fraction(value)


# Yangzhou 2007 --------------------------------------------------------------------------------------------------------

yangzhou = shipped("yangzhou-2007")


def yangzhou_points(base: int, completion: Decimal, *, step: bool) -> Decimal:
    """Each full (or part of) 10% above or below the target gives or takes 5% of the base, 50% at most."""
    tens = (fraction(completion) - 1) * 10
    size = abs(tens)
    counted = Fraction(size.numerator // size.denominator) if step else size
    change = min(counted * Fraction(base, 20), Fraction(base, 2))
    return half_up(base + (change if tens >= 0 else -change))


@SOME
@given(rates, st.integers(0, 9))
def test_yangzhou_counts_tens_of_percent_both_ways(completion: Decimal, firms: int) -> None:
    row = {"district": "县", "output": completion, "profit": dec("1"), "new_firms": firms}
    values = yangzhou.evaluate(row).values
    assert values["output_linear"] == yangzhou_points(30, completion, step=False)
    assert values["output_step"] == yangzhou_points(30, completion, step=True)
    assert values["new_firm_points"] == min(2 * firms, 10)


@SOME
@given(st.lists(st.none() | rates, min_size=2, max_size=6), st.lists(rates, min_size=6, max_size=6))
def test_yangzhou_gives_seventy_percent_of_the_mean_where_an_item_does_not_apply(
    outputs: list[Decimal | None], profits: list[Decimal]
) -> None:
    rows = {
        f"d{index}": {"district": "县", "output": output, "profit": profits[index], "new_firms": 0}
        for index, output in enumerate(outputs)
    }
    standings = yangzhou.assess(rows).standings
    points = [yangzhou_points(30, output, step=False) for output in outputs if output is not None]
    mean = sum(map(fraction, points), Fraction(0)) / len(points) if points else Fraction(0)
    for name, row in rows.items():
        expected = half_up(mean * 7 / 10) if row["output"] is None else yangzhou_points(30, row["output"], step=False)
        assert standings[name].values["output_counted"] == expected


@pytest.mark.parametrize(
    ("completion", "linear", "step"),
    [
        ("0", "15", "15"),
        ("0.5", "22.5", "22.5"),
        ("0.899", "28.49", "28.5"),
        ("0.9", "28.5", "28.5"),
        ("0.901", "28.52", "30"),
        ("0.99", "29.85", "30"),
        ("1", "30", "30"),
        ("1.0999", "31.50", "30"),
        ("1.1", "31.5", "31.5"),
        ("1.25", "33.75", "33"),
        ("1.9999", "45.00", "43.5"),
        ("2", "45", "45"),
        ("2.5", "45", "45"),
        ("-1", "15", "15"),
    ],
)
def test_yangzhou_at_its_edges(completion: str, linear: str, step: str) -> None:
    values = yangzhou.evaluate({"district": "县", "output": dec(completion), "profit": None, "new_firms": 0}).values
    assert (values["output_linear"], values["output_step"]) == (dec(linear), dec(step))


# Jinhua 2011 ----------------------------------------------------------------------------------------------------------

jinhua = shipped("jinhua-2011")


def jinhua_points(completion: Decimal, *, step: bool) -> Decimal:
    """20 when met, half a point more for each point over, 10 at most; in proportion below."""
    value = fraction(completion)
    if value <= 1:
        return half_up(20 * value)
    over = (value - 1) * 100
    counted = Fraction(over.numerator // over.denominator) if step else over
    return half_up(20 + min(counted / 2, Fraction(10)))


@SOME
@given(st.decimals(0, 3, places=4), rates)
def test_jinhua_counts_points_over_and_proportion_below(completion: Decimal, growth: Decimal) -> None:
    values = jinhua.evaluate({"completion": completion, "growth": growth}).values
    assert values["points_linear"] == jinhua_points(completion, step=False)
    assert values["points_step"] == jinhua_points(completion, step=True)


@SOME
@given(st.lists(st.tuples(st.decimals(0, 3, places=2), rates), min_size=1, max_size=6))
def test_jinhua_adds_a_point_above_the_mean_of_the_city(pairs: list[tuple[Decimal, Decimal]]) -> None:
    rows = {f"d{index}": {"completion": done, "growth": growth} for index, (done, growth) in enumerate(pairs)}
    standings = jinhua.assess(rows).standings
    mean = sum((fraction(growth) for _, growth in pairs), Fraction(0)) / len(pairs)
    for name, row in rows.items():
        bonus = int(fraction(row["growth"]) > mean) if mean.denominator < 10**9 else None
        if bonus is not None and abs(fraction(row["growth"]) - mean) > Fraction(1, 10**40):
            assert standings[name].values["mean_bonus"] == bonus


# Chishui 2008 ---------------------------------------------------------------------------------------------------------

chishui = shipped("chishui-2008")


@SOME
@given(rates)
def test_chishui_has_four_steps(completion: Decimal) -> None:
    bounds = ((dec("0.9"), 0), (dec("0.95"), 10), (dec("1"), 15))
    expected = next((points for bound, points in bounds if completion < bound), 20)
    assert chishui.evaluate({"completion": completion}).values["points"] == expected


# Heilongjiang ---------------------------------------------------------------------------------------------------------

heilongjiang = shipped("heilongjiang")


@SOME
@given(st.integers(1, 100), rates, rates)
def test_heilongjiang_pays_less_for_each_further_ten_points(base: int, growth: Decimal, mean: Decimal) -> None:
    distance = (fraction(growth) - fraction(mean)) * 100
    left, change = abs(distance), Fraction(0)
    for divisor in (20, 40, 60):
        change += min(left, Fraction(10)) * Fraction(base, divisor)
        left = max(left - 10, Fraction(0))
    points = max(base + (change if distance >= 0 else -change), Fraction(0))
    found = heilongjiang.evaluate({"base": base, "growth": growth, "mean_growth": mean}).values["points"]
    assert abs(fraction(found) - points) <= Fraction(1, 200)  # type: ignore[arg-type]
    assert found == half_up(points) or (points * 200).denominator == 1


# SASAC order 22 -------------------------------------------------------------------------------------------------------

sasac = shipped("sasac-22")


def sasac_cap(target: Decimal, baseline: Decimal) -> int:
    """The bonus is capped at 6, or 5, 4, 3 as the target lies below the baseline."""
    below = (fraction(baseline) - fraction(target)) / abs(fraction(baseline))
    if below <= 0:
        return 6
    if below <= Fraction(1, 5):
        return 5
    return 4 if below < Fraction(1, 2) else 3


@SOME
@given(money.filter(bool), money, money.filter(bool))
def test_sasac_caps_the_bonus_and_halves_a_smaller_loss(target: Decimal, actual: Decimal, baseline: Decimal) -> None:
    change = (fraction(actual) - fraction(target)) / abs(fraction(target))
    if target < 0 and change > 0:
        change /= 2
    points = 30 + max(min(change / Fraction(3, 100), Fraction(sasac_cap(target, baseline))), Fraction(-6))
    found = sasac.evaluate({"target": target, "actual": actual, "baseline": baseline}).values
    assert found["bonus_cap"] == sasac_cap(target, baseline)
    assert abs(fraction(found["points"]) - points) <= Fraction(1, 200) + Fraction(1, 10**30)  # type: ignore[arg-type]
    if target < 0 and actual < 0:
        assert found["grade"] in {"C", "D", "E"}
    elif target < 0:
        assert found["grade"] != "A"


# Fujian 2018 ----------------------------------------------------------------------------------------------------------

fujian = shipped("fujian-2018q1")


@SOME
@given(
    st.lists(st.tuples(st.decimals(0, "0.5", places=2), st.permutations(range(9))), min_size=1, max_size=1), st.data()
)
def test_fujian_rewards_the_first_three_of_each_race(seed: list[Any], data: st.DataObject) -> None:
    ((_, order),) = seed
    progress = data.draw(st.lists(st.sampled_from([dec("0.2199"), dec("0.22"), dec("0.3")]), min_size=9, max_size=9))
    rows = {
        f"c{index}": {
            "progress": progress[index],
            "growth": Decimal(order[index]) / 100,
            "electricity": Decimal(index) / 100,
        }
        for index in range(9)
    }
    standings = fujian.assess(rows).standings
    for index in range(9):
        place, second = 8 - order[index], 8 - index
        prize = (1100, 800, 600)[place] if place < 3 and progress[index] >= dec("0.22") else 0
        prize += (700, 500, 300)[second] if second < 3 else 0
        assert standings[f"c{index}"].award == prize * 10_000


# Gansu 2010 -----------------------------------------------------------------------------------------------------------

gansu = shipped("gansu-2010")


@SOME
@given(st.lists(st.tuples(st.integers(0, 10), st.decimals(0, 10**7, places=2)), min_size=1, max_size=10))
def test_gansu_has_six_prizes_and_returns_part_of_the_tax(pairs: list[tuple[int, Decimal]]) -> None:
    rows = {f"p{index}": {"score": score, "vat_increment": vat} for index, (score, vat) in enumerate(pairs)}
    standings = gansu.assess(rows).standings
    order = sorted(rows, key=lambda name: (-rows[name]["score"], -rows[name]["vat_increment"], name))  # type: ignore[operator]
    for place, name in enumerate(order):
        prize, percent = ((100, 100), *((80, 80),) * 2, *((60, 50),) * 3, *((0, 0),) * 9)[place]
        returned = (EXACT.multiply(rows[name]["vat_increment"], Decimal(percent)) / 100).quantize(CENT, ROUND_HALF_EVEN)  # type: ignore[arg-type]
        assert standings[name].award == prize * 10_000 + returned


# Nantong 2005 and the vetoes ------------------------------------------------------------------------------------------

nantong = shipped("nantong-2005")
RACES = ("output", "sales", "profit", "tax", "investment", "exports", "energy")
firm = st.fixed_dictionaries(
    {
        "revenue": st.sampled_from([Decimal(9_000_000), Decimal(60_000_000), Decimal(300_000_000)]),
        **{race: st.integers(-3, 3).map(lambda value: Decimal(value) / 100) for race in RACES},
        "major_accident": st.booleans(),
    }
)


@SOME
@given(st.lists(firm, min_size=1, max_size=6))
def test_nantong_adds_dense_places_and_pays_only_the_highest_prize(firms: list[Row]) -> None:
    rows = {f"f{index}": row for index, row in enumerate(firms)}
    standings = nantong.assess(rows).standings
    combined = dict.fromkeys(rows, 0)
    for race in RACES:
        values = sorted({row[race] for row in firms}, reverse=race != "energy")
        for name, row in rows.items():
            combined[name] += values.index(row[race]) + 1
    fit = sorted(
        (name for name in rows if not rows[name]["major_accident"]),
        key=lambda name: (combined[name], -rows[name]["revenue"], name),
    )
    largest = sorted(fit, key=lambda name: (-rows[name]["revenue"], name))[:1]
    gates = ((100_000_000, 200_000), (50_000_000, 100_000), (10_000_000, 50_000))
    for name, row in rows.items():
        place = fit.index(name) if name in fit else 9
        overall = gates[place][1] if place < 3 and row["revenue"] >= gates[place][0] else 0
        size = 120_000 if name in largest and row["revenue"] >= 100_000_000 else 0
        assert standings[name].values["combined"] == combined[name]
        assert standings[name].award == max(overall, size)
        assert bool(standings[name].stopped) == row["major_accident"]


vetoes = shipped("vetoes")


@SOME
@given(st.lists(st.tuples(st.integers(0, 3), st.booleans(), st.booleans(), st.booleans()), min_size=1, max_size=7))
def test_whoever_is_vetoed_gets_nothing_and_the_others_move_up(rows_: list[tuple[int, bool, bool, bool]]) -> None:
    names = ("score", "energy_target_met", "major_accident", "falsified")
    rows = {f"d{index}": dict(zip(names, row, strict=True)) for index, row in enumerate(rows_)}
    standings = vetoes.assess(rows).standings
    fit = [
        name
        for name, row in rows.items()
        if row["energy_target_met"] and not row["major_accident"] and not row["falsified"]
    ]
    for name in rows:
        if name not in fit:
            assert (standings[name].rank, standings[name].award) == (None, 0)
            assert all(stop.kind == "veto" for stop in standings[name].stopped)
        else:
            assert standings[name].rank == 1 + sum(rows[other]["score"] > rows[name]["score"] for other in fit)
    paid = sum(standing.award for standing in standings.values())
    assert paid == min(len(fit), 1) * 500_000 + (300_000 if len(fit) > 1 else 0)


# Zhongshan 2022 -------------------------------------------------------------------------------------------------------

zhongshan = shipped("zhongshan-2022")


@SOME
@given(st.dates(date(2022, 1, 1), date(2022, 12, 1)), st.integers(-3, 12), st.tuples(*[st.booleans()] * 3))
def test_zhongshan_admits_objections_in_time_in_writing_by_name_with_evidence(
    published: date, days: int, answers: tuple[bool, bool, bool]
) -> None:
    row = {"published": published, "received": published + timedelta(days)}
    found = zhongshan.evaluate({**row, **dict(zip(("written", "real_name", "evidence"), answers, strict=True))})
    questions = (0 <= days < 7, *answers)
    assert found.values["objection.admitted"] == all(questions)
    grounds = ("不在公示期内", "未以书面形式提出", "未署真实姓名", "未附证据")
    expected = next((ground for holds, ground in zip(questions, grounds, strict=True) if not holds), "受理")
    assert found.values["objection.ground"] == expected


# The example for Jilin ------------------------------------------------------------------------------------------------

jilin = shipped("jilin-2005-example")
entity = st.fixed_dictionaries(
    {
        "group": st.sampled_from(["prefecture", "key_enterprise", "increment_enterprise"]),
        "completion": st.decimals("0.7", "1.4", places=2),
        "benefit_completion": st.decimals("0.7", "1.4", places=2),
        "on_time_ratio": st.decimals("0.5", 1, places=2),
        "falsified": st.booleans(),
        "has_target": st.booleans(),
    }
)


def jilin_points(completion: Decimal) -> Decimal:
    """100 when met, a point for each percent over (20 at most) or under."""
    return 100 + min((completion - 1) * 100, Decimal(20))


@SOME
@given(st.lists(entity, min_size=1, max_size=10))
def test_the_example_scores_admits_ranks_and_shares_as_it_says(entities: list[Row]) -> None:
    rows = {f"e{index}": row for index, row in enumerate(entities)}
    assessment = jilin.assess(rows)
    for name, row in rows.items():
        standing = assessment.standings[name]
        score = (
            jilin_points(row["completion"]) * 70
            + jilin_points(row["benefit_completion"]) * 20
            + row["on_time_ratio"] * 1000
        ) / 100
        assert standing.score == score.quantize(CENT, ROUND_HALF_UP)
        met = row["completion"] >= 1 if row["group"] == "prefecture" else row["completion"] > 1
        fit = row["group"] != "increment_enterprise" and met and row["has_target"] and not row["falsified"]
        assert bool(standing.stopped) == (not fit)
        assert (standing.rank is not None) == fit
        assert standing.award <= standing.prize
    claimed = sum(standing.prize for standing in assessment.standings.values())
    assert sum(standing.award for standing in assessment.standings.values()) == min(claimed, Decimal(3_000_000))


@SOME
@given(entity, st.integers(-400, 400))
def test_a_better_completion_never_lowers_the_score_or_the_tier(row: Row, more: int) -> None:
    other = {**row, "completion": row["completion"] + Decimal(abs(more)) / 1000}
    first, second = jilin.evaluate(row).values, jilin.evaluate(other).values
    assert second["score"] >= first["score"]  # type: ignore[operator]
    order = ["A", "B", "C", "none"]
    assert order.index(str(second["tier"])) <= order.index(str(first["tier"]))


@SOME
@given(entity)
def test_the_counterfactuals_of_the_example_are_true_and_nothing_nearer_is(row: Row) -> None:
    result = jilin.evaluate(row)
    order = ["A", "B", "C", "none"]
    for nearest in result.explain().nearer:
        if nearest.input not in row:
            continue
        reached = Decimal(nearest.to.removesuffix("%")) / 100
        assert jilin.evaluate({**row, nearest.input: reached}).values["tier"] == nearest.reaches
        assert order.index(nearest.reaches) < order.index(str(result.values["tier"]))
        short = reached - dec("0.0001").copy_sign(reached - row[nearest.input])
        assert order.index(str(jilin.evaluate({**row, nearest.input: short}).values["tier"])) > order.index(
            nearest.reaches
        )


def test_floors_of_the_reference_are_floors() -> None:
    assert Decimal("-0.5").to_integral_value(ROUND_FLOOR) == -1
    assert half_up(Fraction(-1, 200)) == dec("-0.01")
    assert half_up(Fraction(1, 200)) == dec("0.01")
