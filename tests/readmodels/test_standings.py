"""The board: phases, gates, lists, totals with and without exits, and parts that combine in any order."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import permutations

import msgspec
import pytest
from domain.scenario import OTHER, By, definition, fixing, meeting, opened, target
from hypothesis import given as holds_for
from hypothesis import settings
from hypothesis import strategies as st
from readmodels.worlds import CONTEXT, RULES, TODAY, entity, fact, monthly, report, survey, world

from campaign.domain import commands as c
from campaign.domain import exact
from campaign.domain.definition import Check, Gate, Policy
from campaign.domain.state import Context, EntityState
from campaign.readmodels.lines import line
from campaign.readmodels.standings import Board, Days, board, combine, complete, part
from campaign.readmodels.totals import TreeTotal
from campaign.readmodels.trends import Trend, change_pct

OUTPUTS = c.RecordSurvey("faw", ("省经委",), (), ("growth",), ("扩能",), ("技改",))
OFFICER = c.AppointOfficer("faw", "accountable_officer", "p-1", "厂长")
LIAISON = c.AppointOfficer("faw", "liaison", "p-2", "科长")
MOVE = c.MovePhase("faw")
GONE = By(c.ExitStatistics("faw", date(2005, 9, 20), "shell", "empty"), OTHER)


def shown(*states: EntityState, context: Context = CONTEXT, today: date = TODAY) -> Board:
    found = board(world(*states), context, today)
    assert found is not None
    return found


def test_without_a_definition_there_is_no_board() -> None:
    assert board({}, Context(None, opened()), TODAY) is None


def test_who_is_ready_who_waits_and_why() -> None:
    found = shown(
        entity("a"),
        entity("b", OUTPUTS),
        entity("c", OUTPUTS, MOVE),
        entity("d", OUTPUTS, MOVE, OFFICER),
        entity("e", OUTPUTS, MOVE, OFFICER, MOVE),
        entity("f", OUTPUTS, GONE),
    )
    assert found.ready == ("b", "d")
    assert found.waiting == ("a", "c")
    assert found.exits == ("f",)
    held = found.lines["a"].held
    assert [(gate.gate, gate.verdict) for gate in held] == [("surveyed", "shut")]
    assert str(held[0].remedy) == "record the survey with its participants"
    assert [gate.gate for gate in found.lines["a"].noted] == ["outputs"]
    assert found.lines["e"].next == ()
    assert found.lines["d"].officer == "p-1"


def test_phases_and_stages_are_both_counted_by_group() -> None:
    found = shown(
        entity("a"),
        entity("b", OUTPUTS, MOVE),
        entity("c", OUTPUTS, MOVE, OFFICER, MOVE, groups=("prefecture",)),
        entity("d", OUTPUTS, GONE),
    )
    assert [(count.id, count.entities, count.by_group) for count in found.phases] == [
        ("survey", 1, {"key": 1, "focus": 1}),
        ("mobilization", 1, {"key": 1, "focus": 1}),
        ("implementation", 1, {"prefecture": 1}),
    ]
    assert [(count.id, count.label, count.entities) for count in found.stages] == [
        ("one", "第一阶段", 2),
        ("two", "第二阶段", 1),
    ]


def test_group_sizes_are_held_against_the_stated_ones() -> None:
    groups = tuple(
        msgspec.structs.replace(group, expected={"key": 2, "focus": 3}.get(group.id)) for group in RULES.groups
    )
    context = Context(msgspec.structs.replace(RULES, groups=groups), opened())
    found = shown(entity("a"), entity("b", GONE), context=context)
    sizes = {size.group: (size.expected, size.enrolled, size.left, size.as_stated) for size in found.groups}
    assert sizes["key"] == (2, 2, 1, True)
    assert sizes["focus"] == (3, 2, 1, False)
    assert sizes["others"] == (None, 0, 0, True)


def test_whoever_lacks_something_is_listed_whatever_the_phase() -> None:
    phases = (
        msgspec.structs.replace(
            RULES.phases[0],
            gates=(
                *RULES.phases[0].gates,
                Gate(id="liaison", check=Check.LIAISON_APPOINTED, policy=Policy.WARN, groups=("key",)),
            ),
        ),
        *RULES.phases[1:],
    )
    context = Context(msgspec.structs.replace(RULES, phases=phases), opened())
    found = shown(
        entity("a"),
        entity("b", OUTPUTS, OFFICER, LIAISON),
        entity("c", groups=("prefecture",)),
        entity("d", GONE),
        entity("e", voluntary=True),
        context=context,
    )
    assert {check.value: names for check, names in found.lacking.items() if names} == {
        "survey_recorded": ("a", "c"),
        "outputs_recorded": ("a", "c"),
        "officer_appointed": ("a", "c"),
        "liaison_appointed": ("a",),
    }
    assert found.lines["b"].liaison == "p-2"


def test_reports_on_time_late_and_missing_are_counted_together() -> None:
    found = shown(entity("a"), entity("b", report(fact("1", "profit"), period="2005-W38")))
    assert found.tally == found.lines["a"].tally + found.lines["b"].tally
    assert found.lines["a"].tally.missing == found.lines["b"].tally.missing + 1
    key = next(size for size in found.groups if size.group == "key")
    assert key.tally == found.tally


def test_letters_open_overdue_done_and_outdated() -> None:
    issue = c.IssueResponsibilityLetter("faw", "l-1", date(2005, 9, 1))
    sign = c.SignResponsibilityLetter("faw", "l-1", "p-9", "省政府", "p-8", TODAY)
    fixed = fixing(target())

    def letter(*steps: c.EntityCommand | By) -> tuple[str, bool, bool, bool]:
        _, found = line(entity("a", *steps), CONTEXT, RULES, TODAY).letters
        return found.letter, found.done_on is not None, found.overdue, found.outdated

    assert letter() == ("", False, False, False)
    assert letter(*fixed, issue) == ("l-1", False, True, False)
    assert letter(*fixed, issue, sign) == ("l-1", True, False, False)
    revised = c.ReviseTarget("faw", target("16"), "flood", "d")
    assert letter(*fixed, issue, sign, revised) == ("l-1", True, False, True)


@pytest.mark.parametrize(("value", "met"), [("15.00", True), ("14.99", False)])
def test_a_target_is_met_exactly_at_its_boundary(value: str, met: bool) -> None:  # noqa: FBT001 -- a column of the table
    state = entity("a", *fixing(target("15")), report(fact(value, "growth")))
    (standing,) = line(state, CONTEXT, RULES, TODAY).targets
    assert (standing.met, standing.status) == (met, "fixed")
    assert standing.figure is not None


def test_a_target_without_a_figure_is_neither_met_nor_missed() -> None:
    (standing,) = line(entity("a", *fixing(target())), CONTEXT, RULES, TODAY).targets
    assert (standing.met, standing.figure) == (None, None)


def test_open_findings_and_confirmed_falsification_are_told_apart() -> None:
    raise_ = c.RaiseFinding("faw", "f-1", "falsification", "two books")
    resolve = By(c.ResolveFinding("faw", "f-1", "confirmed", "both found"))
    before, after = entity("a", raise_), entity("b", raise_, resolve)
    found = shown(before, after)
    assert (found.lines["a"].open_findings, found.lines["a"].falsified) == (("f-1",), False)
    assert (found.lines["b"].open_findings, found.lines["b"].falsified) == ((), True)


def test_a_closed_enterprise_is_neither_ready_nor_waiting() -> None:
    found = shown(entity("a", OUTPUTS, c.ChangeOperatingStatus("faw", "closed", "broke")))
    assert (found.ready, found.waiting) == ((), ())
    assert found.lines["a"].operating_status == "closed"


@pytest.mark.parametrize(
    ("today", "left", "begun", "over"),
    [
        (date(2005, 7, 31), 153, False, False),
        (date(2005, 8, 1), 153, True, False),
        (date(2005, 12, 31), 1, True, False),
        (date(2006, 1, 1), 0, True, True),
    ],
)
def test_both_ends_of_the_window_count(today: date, left: int, begun: bool, over: bool) -> None:  # noqa: FBT001 -- columns of the table
    days = Days(date(2005, 8, 1), date(2005, 12, 31), today)
    assert (days.left, days.begun, days.over) == (left, begun, over)


def test_the_meeting_of_the_campaign_opens_gates() -> None:
    gate = Gate(id="rally", check=Check.MEETING_HELD, meeting="rally")
    rules = definition(phases=(msgspec.structs.replace(RULES.phases[0], gates=(gate,)), *RULES.phases[1:]))
    held = opened(meetings={"rally": meeting("rally", date(2005, 8, 25))})
    assert shown(entity("a"), context=Context(rules, held)).ready == ("a",)
    assert shown(entity("a"), context=Context(rules, opened())).waiting == ("a",)


# --- totals ------------------------------------------------------------------------------------------------------


def tree(found: Board, name: str) -> TreeTotal:
    return next(entry for entry in found.trees if entry.tree == name)


CENT = Decimal("0.01")


def sums(found: Board, name: str, indicator: str) -> list[tuple[str, str, str, int]]:
    """Return value, base, growth to the hundredth and number of entities: as reported, then like for like."""
    (total,) = [entry for entry in tree(found, name).totals if entry.indicator == indicator]
    return [
        (str(part.value), str(part.base), str(part.growth_pct.quantize(CENT, context=exact.CONTEXT)), part.entities)
        for part in (total.reported, total.like_for_like)
        if part.growth_pct is not None
    ]


def growing(name: str, before: str, now: str, *more: c.EntityCommand | By, **changes: object) -> EntityState:
    return entity(name, survey(output=before), monthly(fact(now, "output")), *more, **changes)


def test_an_exit_cannot_raise_growth_silently() -> None:
    found = shown(growing("a", "100", "110"), growing("b", "100", "120"), growing("c", "50", "10", GONE))
    assert sums(found, "enterprise", "output") == [("230", "250", "-8.00", 2), ("230", "200", "15.00", 2)]
    assert tree(found, "enterprise").left == ("c",)


def test_parent_and_child_are_never_both_counted() -> None:
    found = shown(growing("faw", "100", "110"), growing("vw", "60", "70", parent="faw"), growing("x", "10", "20"))
    assert sums(found, "enterprise", "output") == [("130", "110", "18.18", 2)] * 2


def test_the_child_counts_where_the_parent_does_not() -> None:
    found = shown(entity("faw", survey(output="100")), growing("vw", "60", "70", parent="faw"))
    reported, same = sums(found, "enterprise", "output")
    assert reported[:2] == ("70", "100")
    assert same[:2] == ("70", "60")


def test_the_trees_are_never_added_together_and_scopes_stay_apart() -> None:
    found = shown(
        growing("a", "100", "110"),
        growing("p", "1000", "1100", groups=("prefecture",)),
        entity("b", survey(output="9"), monthly(fact("10", "output"), fact("99", "output", scope="group"))),
    )
    assert sums(found, "territory", "output") == [("1100", "1000", "10.00", 1)] * 2
    keys = [(entry.indicator, entry.scope, str(entry.reported.value)) for entry in tree(found, "enterprise").totals]
    assert keys == [("output", "group", "99"), ("output", "provincial", "120")]
    assert tree(found, "enterprise").totals[0].like_for_like.growth_pct is None


def test_voluntary_joiners_are_in_no_total() -> None:
    found = shown(growing("a", "100", "110"), entity("v", voluntary=True))
    assert tree(found, "enterprise").members == 1


def test_rates_are_weighted_by_last_years_levels_and_held_against_the_goal() -> None:
    states = (
        entity("a", survey(output="300"), monthly(fact("10", "rate"))),
        entity("b", survey(output="100"), monthly(fact("30", "rate"))),
        entity("c", monthly(fact("90", "rate"))),
    )
    goal = msgspec.structs.replace(RULES.targets[0], indicator="rate")
    context = Context(msgspec.structs.replace(RULES, targets=(goal,)), opened())
    found = tree(shown(*states, context=context), "enterprise")
    (rate,) = found.rates
    assert (rate.value, rate.entities, rate.without_base) == (Decimal(15), 2, ("c",))
    assert [(entry.actual, entry.met, entry.digits) for entry in found.goals] == [(Decimal(15), True, 2)]
    unknown = tree(shown(context=context), "enterprise")
    assert [(entry.actual, entry.met) for entry in unknown.goals] == [(None, None)]


@pytest.mark.parametrize("base", ["0", "-1"])
def test_a_rate_on_a_base_of_nothing_has_no_weight_and_is_named(base: str) -> None:
    states = [
        entity(name, survey(output=level), monthly(fact("10", "rate"))) for name, level in (("a", "5"), ("b", base))
    ]
    (rate,) = tree(shown(*states), "enterprise").rates
    assert (rate.value, rate.entities, rate.without_base) == (Decimal(10), 1, ("b",))


def test_rates_without_any_base_give_no_mean() -> None:
    assert tree(shown(entity("c", monthly(fact("90", "rate")))), "enterprise").rates == ()


# --- dual trend --------------------------------------------------------------------------------------------------


def test_trends_are_listed_by_their_named_cells() -> None:
    def trending(name: str, output: str, profit: str, **changes: object) -> EntityState:
        base = survey(output="100", profit="10")
        return entity(name, base, monthly(fact(output, "output"), fact(profit, "profit")), **changes)

    found = shown(
        trending("down", "90", "9"),
        trending("flat", "100", "10"),
        trending("up", "110", "11"),
        trending("able", "110", "10", has_conditions=True),
        entity("none"),
    )
    assert found.trends == {
        "both_down": ("down",),
        "both_flat": ("flat",),
        "both_up": ("up",),
        "mixed": ("able",),
        "unknown": ("none",),
    }
    reached = {name: (entry.trend.goal, entry.trend.reached) for name, entry in found.lines.items() if entry.trend}
    assert reached == {
        "down": ("both_flat", False),
        "flat": ("both_flat", True),
        "up": ("both_flat", True),
        "able": ("both_up", False),
    }


def test_a_reported_rate_is_the_growth_itself_and_final_says_whether_both_are() -> None:
    def trending(**status: str) -> Trend:
        rate, profit = fact("16", "rate", **status), fact("11", "profit", status="final")
        found = line(entity("a", survey(profit="0"), monthly(rate, profit)), CONTEXT, RULES, TODAY).trend
        assert found is not None
        return found

    assert (trending().growth_pct, trending().benefit_pct, trending().dual.name) == (
        Decimal(16),
        Decimal(100),
        "both_up",
    )
    assert (trending().final, trending(status="final").final) == (False, True)


def test_there_is_no_trend_without_last_years_level_or_a_trend_to_follow() -> None:
    state = entity("a", survey(output="1"), monthly(fact("2", "output"), fact("2", "profit")))
    assert line(state, CONTEXT, RULES, TODAY).trend is None
    untrended = msgspec.structs.replace(RULES, trend=None)
    assert line(state, CONTEXT, untrended, TODAY).trend is None


@pytest.mark.parametrize(
    ("value", "base", "change"),
    [
        ("110", "100", "10"),
        ("-5", "-10", "50"),
        ("-15", "-10", "-50"),
        ("5", "-10", "150"),
        ("0", "0", "0"),
        ("-1", "0", "-100"),
    ],
)
def test_a_change_has_the_right_sign_whatever_the_base(value: str, base: str, change: str) -> None:
    assert change_pct(Decimal(value), Decimal(base)) == Decimal(change)


# --- parts -------------------------------------------------------------------------------------------------------

STATES = (
    entity("a"),
    entity("b", OUTPUTS, MOVE),
    growing("c", "100", "110"),
    growing("d", "50", "10", GONE),
    growing("e", "60", "70", parent="c"),
)


@holds_for(st.lists(st.integers(0, 2), min_size=len(STATES), max_size=len(STATES)))
@settings(max_examples=20, deadline=None)
def test_the_board_is_the_same_however_the_entities_are_partitioned(places: list[int]) -> None:
    whole = shown(*STATES)
    shares = [[state for state, place in zip(STATES, places, strict=True) if place == share] for share in range(3)]
    parts = [part(share, CONTEXT, RULES, TODAY) for share in shares]
    for one, two, three in permutations(parts):
        left, right = combine(combine(one, two), three), combine(one, combine(two, three))
        assert left == right
        assert complete(left, CONTEXT, RULES, TODAY) == whole


def test_the_day_before_nothing_was_missing() -> None:
    assert shown(entity("a"), today=date(2005, 8, 17)).tally.missing == 0
    later = shown(entity("a"), today=TODAY + timedelta(days=120)).tally
    assert later.upcoming == 0
