"""The bulletin as values: growth, rank, mean, progress against time, exits, trends, who was late (R-28, R-39)."""

from datetime import date
from decimal import Decimal

import msgspec
import pytest
from domain.scenario import By, definition, fixing, opened, target
from readmodels.worlds import OUTPUT, RATE, RULES, entity, fact, fixed, monthly, survey, world

from campaign.domain import commands as c
from campaign.domain import exact
from campaign.domain.definition import Definition, Obligation, ProvinceTarget
from campaign.domain.state import Context, EntityState
from campaign.readmodels.bulletin import bulletin
from campaign.readmodels.bulletin_parts import Bulletin, canonical
from campaign.readmodels.period_figures import elapsed, ranks

DUTY = Obligation(id="bulletin", label="通报", cadence="monthly", days=(10,), act="bulletin", from_=date(2005, 9, 1))
TARGETS = (
    ProvinceTarget(id="growth", indicator="rate", value=Decimal(15), unit="%", scope="provincial"),
    ProvinceTarget(id="benefit", indicator="profit", value=Decimal(150), unit="亿元", scope="provincial"),
    ProvinceTarget(id="words", indicator="order", text="good order"),
)
DAY = date(2005, 10, 20)


def rules(**changes: object) -> Definition:
    whole = {"obligations": (*RULES.obligations, DUTY), "targets": TARGETS} | changes
    return msgspec.structs.replace(RULES, **whole)


def made(*states: EntityState, period: str = "2005-09", given: Definition | None = None, position: int = 9) -> Bulletin:
    found = bulletin(world(*states), Context(given or rules(), opened()), ("bulletin", period), position, DAY)
    assert found is not None
    return found


def city(name: str, rate: str, *, before: str = "", **levels: str) -> EntityState:
    """Return a prefecture with the rate of September, and of October where BEFORE gives that of September."""
    september = fact(before or rate, "rate")
    figures = tuple(fact(value, indicator) for indicator, value in levels.items() if not indicator.startswith("base_"))
    bases = {indicator.removeprefix("base_"): value for indicator, value in levels.items() if indicator[:5] == "base_"}
    steps: list[object] = [survey(**bases)] if bases else []
    if before:
        october = monthly(fact(rate, "rate"), *figures, name="m-2", period="2005-10")
        steps += [monthly(september), By(october, "clerk", date(2005, 10, 31))]
    else:
        steps += [monthly(september, *figures)]
    return entity(name, *steps, groups=("prefecture",))  # type: ignore[arg-type]  # commands, in a list


def growth(found: Bulletin, tree: str = "territory") -> list[tuple[str, str, int, int | None]]:
    (table,) = [entry for entry in found.growth if entry.tree == tree]
    return [(line.entity, exact.normal(line.growth_pct), line.rank, line.rank_before) for line in table.lines]


def test_growth_is_ranked_from_the_highest_with_equal_places_for_equals() -> None:
    found = made(city("a", "10"), city("b", "12"), city("c", "12"), city("d", "9"))
    assert growth(found) == [("b", "12", 1, None), ("c", "12", 1, None), ("a", "10", 3, None), ("d", "9", 4, None)]
    assert ranks({}) == {}


def test_the_rank_before_is_that_of_the_period_before() -> None:
    found = made(city("a", "10", before="20"), city("b", "12", before="8"), period="2005-10")
    assert growth(found) == [("b", "12", 1, 2), ("a", "10", 2, 1)]


def test_the_mean_is_weighted_by_last_years_levels() -> None:
    found = made(city("a", "10", base_output="300"), city("b", "20", base_output="100"), city("c", "99"))
    (table, _) = found.growth
    assert table.mean_pct == Decimal("12.5000")
    assert {line.entity: line.gap_pct for line in table.lines}["b"] == Decimal("7.5000")
    none = made(city("a", "10")).growth[0]
    assert (none.mean_pct, none.lines[0].gap_pct) == (None, None)


def test_who_has_no_figure_is_named() -> None:
    silent = entity("silent", groups=("prefecture",))
    assert made(city("a", "10"), silent).growth[0].without == ("silent",)


def test_without_a_rate_the_levels_are_held_against_last_year_pro_rata() -> None:
    """75 after nine months of twelve, against 80 in the whole of last year: 15 more than the 60 of its share."""
    state = entity("a", survey(output="80"), monthly(fact("75", "output")), groups=("prefecture",))
    assert growth(made(state)) == [("a", "25", 1, None)]


def test_a_returned_report_says_nothing() -> None:
    state = entity("a", monthly(fact("10", "rate")), By(c.ReturnReport("a", "m-1", "x")), groups=("prefecture",))
    assert growth(made(state)) == []


def test_progress_is_held_against_the_time_that_has_passed() -> None:
    steps = (*fixing(fixed("profit", "20").target, "a"), monthly(fact("16", "profit")))
    (line,) = made(entity("a", *steps, groups=("prefecture",))).progress
    assert (line.progress_pct, line.ahead_pct) == (Decimal("80.0000"), Decimal("5.0000"))


@pytest.mark.parametrize(
    "before", [("loss", "5"), ("rate", "15"), ("profit", "0")], ids=["a loss", "a rate", "nothing"]
)
def test_a_target_without_progress_does_not_hide_the_next(before: tuple[str, str]) -> None:
    name, value = before
    first = fixing(target(value, name, unit="%" if name == "rate" else "亿元"))
    then = fixing(target("120", "output", unit="亿元"))
    both = monthly(fact("90", "output"), fact("9", name))
    (line,) = made(entity("a", *first, *then, both, groups=("prefecture",))).progress
    assert (line.indicator, line.progress_pct) == ("output", Decimal("75.0000"))


def test_an_unfixed_target_and_a_rate_have_no_progress() -> None:
    proposed = entity("a", fixed("profit", "20"), monthly(fact("16", "profit")), groups=("prefecture",))
    rate = entity("b", *fixing(fixed("rate", "20").target, "b"), monthly(fact("16", "rate")), groups=("prefecture",))
    assert made(proposed, rate).progress == ()
    (line,) = [entry for entry in made(proposed, rate).growth[0].lines if entry.entity == "b"]
    assert line.target_pct == Decimal(20)


def test_an_exit_raises_no_growth_like_for_like() -> None:
    """As reported the base keeps the one that left; like for like both years hold the same."""
    leave = By(c.ExitStatistics("gone", date(2005, 9, 20), "shell_enterprise", "closed"))
    gone = entity("gone", survey(output="40"), leave, groups=("prefecture",))
    stays = entity("stays", survey(output="80"), monthly(fact("66", "output")), groups=("prefecture",))
    (total,) = [line for line in made(gone, stays).totals if line.indicator == "output"]
    assert (total.reported.value, total.reported.base) == (Decimal(66), Decimal("90.0000"))
    assert (total.like_for_like.base, total.like_for_like.change_pct) == (Decimal("60.0000"), Decimal("10.0000"))
    assert total.left == ("gone",)


def test_who_left_after_the_period_still_counts_in_it() -> None:
    leave = By(c.ExitStatistics("gone", date(2005, 9, 30), "shell_enterprise", "closed"))
    gone = entity("gone", survey(output="40"), monthly(fact("30", "output")), leave, groups=("prefecture",))
    stays = entity("stays", monthly(fact("66", "output")), groups=("prefecture",))
    assert made(gone, stays).totals[0].left == ("gone",)
    later = msgspec.structs.replace(gone, exit=msgspec.structs.replace(gone.exit, exit_on=date(2005, 10, 1)))
    assert made(later, stays).totals[0].left == ()


@pytest.mark.parametrize(
    ("rate", "profit", "cell"),
    [
        ("-1", "8", "both_down"),
        ("0", "9", "both_flat"),
        ("1", "10", "both_up"),
        ("1", "8", "mixed"),
    ],
)
def test_both_trends_are_against_last_year_pro_rata(rate: str, profit: str, cell: str) -> None:
    """Nine after nine months is as much as twelve in the whole of last year."""
    state = city("a", rate, profit=profit, base_profit="12")
    assert {line.cell: line.entities for line in made(state).trends if line.entities} == {cell: ("a",)}


def test_goals_are_held_against_each_tree() -> None:
    found = made(city("a", "16", profit="75", base_output="100"))
    assert [(line.target, line.tree, line.met, line.progress_pct) for line in found.goals] == [
        ("growth", "territory", True, None),
        ("growth", "enterprise", None, None),
        ("benefit", "territory", False, Decimal("50.0000")),
        ("benefit", "enterprise", None, None),
    ]


def test_late_and_missing_duties_of_the_period_are_listed() -> None:
    silent = entity("a", groups=("prefecture",))
    assert [(line.obligation, line.period, line.standing) for line in made(silent).late] == [
        ("monthly", "2005-09", "missing")
    ]


def test_corrections_are_named() -> None:
    correct = c.CorrectReport("a", "m-1", (fact("11", "rate"),), "recount")
    state = entity("a", monthly(fact("10", "rate")), correct, groups=("prefecture",))
    assert made(state).corrected == ("a",)


def test_a_definition_without_trees_and_trend_gives_a_bulletin_with_what_there_is() -> None:
    bare = rules(trend=None, reconciliations=())
    found = made(city("a", "10"), given=bare)
    assert (found.growth, found.trends, found.goals, found.totals) == ((), (), (), ())
    no_target = rules(targets=())
    assert made(city("a", "10"), given=no_target).goals == ()


def test_there_is_no_bulletin_of_what_is_none() -> None:
    context = Context(rules(), opened())
    assert bulletin({}, context, ("bulletin", "2005-01"), 1, DAY) is None
    assert bulletin({}, context, ("weekly", "2005-W36"), 1, DAY) is None
    assert bulletin({}, Context(None, opened()), ("bulletin", "2005-09"), 1, DAY) is None


def test_the_canonical_text_does_not_depend_on_the_order_of_the_states() -> None:
    states = [city("a", "10"), city("b", "12"), city("c", "9")]
    assert canonical(made(*states)) == canonical(made(*reversed(states)))
    assert canonical(made(*states)) != canonical(made(*states, position=10))


@pytest.mark.parametrize(
    ("period", "day", "share"),
    [
        ("2005", date(2005, 9, 30), Decimal("0.75")),
        ("2005", date(2005, 12, 31), Decimal(1)),
        ("2005", date(2005, 1, 1), Decimal(1) / Decimal(365)),
        ("2005", date(2004, 12, 31), Decimal(0)),
        ("2005", date(2006, 1, 1), Decimal(1)),
        ("the year", date(2004, 6, 30), Decimal("0.5")),
    ],
)
def test_the_share_of_the_year_that_has_passed(period: str, day: date, share: Decimal) -> None:
    assert abs(elapsed(period, day) - share) < Decimal("1e-20")


def test_units_of_the_worlds_are_those_of_the_rules() -> None:
    assert {entry.id for entry in definition().indicators} | {OUTPUT.id, RATE.id} == {
        entry.id for entry in rules().indicators
    }
