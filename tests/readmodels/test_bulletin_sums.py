"""What a total is made of: each figure once, with its event, the same whether all are looked at or one line only."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import msgspec
import pytest
from domain.scenario import By, opened
from hypothesis import given, settings
from hypothesis import strategies as st
from readmodels.test_bulletin import DAY, rules
from readmodels.worlds import entity, fact, monthly, survey, world

from campaign.domain import commands as c
from campaign.domain.events import Figure
from campaign.domain.state import Context, EntityState
from campaign.readmodels.bulletin import bulletin, compositions, growths
from campaign.readmodels.bulletin_sums import Addend, Composition, Growth

WHICH = ("bulletin", "2005-09")
NAMES = ("a", "b", "c", "d", "e")
CONTEXT = Context(rules(), opened())


def made(states: Mapping[str, EntityState]) -> dict[tuple[str, str], Composition]:
    _, found = compositions(states, CONTEXT, WHICH)
    return {(total.tree.id, total.indicator.id): total for total in found}


def parts(total: Composition, name: str) -> tuple[list[Addend], ...]:
    """Return what is added of an entity in a total, side by side."""
    sides = (total.reported.now, total.reported.last, total.like_for_like.now, total.like_for_like.last)
    return tuple([part for part in side if part.entity == name] for side in sides)


def listed(total: Composition, name: str) -> tuple[bool, bool, bool]:
    """Whether an entity is listed as one that left, that has no figure, or that lies inside another."""
    return name in total.left, name in total.without, name in total.inner


def firm(name: str, *, parent: str = "", output: str = "", base: str = "", gone: bool = False) -> EntityState:
    steps: list[object] = [survey(output=base)] if base else []
    steps += [monthly(fact(output, "output"))] if output else []
    steps += [By(c.ExitStatistics(name, date(2005, 9, 20), "shell_enterprise", "closed"))] if gone else []
    state = entity(name, *steps, groups=("prefecture",))  # type: ignore[arg-type]  # commands, in a list
    return msgspec.structs.replace(state, parent=parent)


def test_each_addend_has_its_report_and_the_position_of_its_figures() -> None:
    state = firm("a", output="66", base="80")
    total = made(world(state))["territory", "output"]
    (now,), (last,) = total.reported.now, total.reported.last
    line = state.reports["m-1"]
    assert (now.value, now.report, now.position) == (Decimal(66), "m-1", line.figures_position)
    assert (last.value, last.report, last.position) == (Decimal(80), "", state.baseline_position)


def test_who_lies_inside_another_who_left_and_who_has_nothing_is_told_apart() -> None:
    states = world(
        firm("a", output="66", base="80"),
        firm("b", parent="a", output="6", base="8"),
        firm("c", base="5", gone=True),
        firm("d"),
    )
    total = made(states)["territory", "output"]
    assert (total.inner, total.left, total.without) == (("b",), ("c",), ("d",))
    assert [part.entity for part in total.reported.now] == ["a"]
    assert [part.entity for part in total.reported.last] == ["a", "c"]
    assert [part.entity for part in total.like_for_like.last] == ["a"]


@pytest.mark.parametrize(
    ("figures", "indicator"),
    [((fact("66", "output"),), "output"), ((fact("66", "output"), fact("12", "rate")), "rate")],
    ids=["by levels", "as reported"],
)
def test_growth_rests_on_the_rate_if_there_is_one_else_on_both_levels(
    figures: tuple[Figure, ...], indicator: str
) -> None:
    state = entity("a", survey(output="80"), monthly(*figures), groups=("prefecture",))
    growth = growths(world(state), CONTEXT, WHICH)["territory", "a"]
    assert (growth.indicator.id, growth.last is None) == (indicator, indicator == "rate")


@pytest.mark.parametrize(("base", "change"), [("0", None), ("-3", None), ("33", "166.6667")])
def test_there_is_no_change_against_nothing(base: str, change: str | None) -> None:
    found = bulletin(world(firm("a", output="66", base=base)), CONTEXT, WHICH, 9, DAY)
    assert found is not None
    (total,) = (line for line in found.totals if line.tree == "territory")
    assert total.reported.change_pct == (None if change is None else Decimal(change))
    assert total.reported == total.like_for_like


def test_growth_that_nothing_is_known_of_rests_on_nothing() -> None:
    assert growths(world(firm("a", output="66"), firm("b", base="80"), firm("c")), CONTEXT, WHICH) == {}
    trendless = Context(rules(trend=None), opened())
    assert growths(world(firm("a", output="66", base="80")), trendless, WHICH) == {}


FIRMS = st.tuples(
    st.sampled_from(["", *NAMES]), st.sampled_from(["", "5", "7"]), st.sampled_from(["", "3", "4"]), st.booleans()
)


@settings(deadline=None, max_examples=60)
@given(st.lists(FIRMS, min_size=1, max_size=len(NAMES)))
def test_an_entity_s_part_is_the_same_seen_with_its_ancestors_alone(rows: list[tuple[str, str, str, bool]]) -> None:
    """Which is why an event's totals are found without folding everybody; circles of parents included."""
    states = world(
        *(
            firm(name, parent=parent, output=output, base=base, gone=gone)
            for name, (parent, output, base, gone) in zip(NAMES, rows, strict=False)
        )
    )
    whole, ranked = made(states), growths(states, CONTEXT, WHICH)
    for name in states:
        line = {above: states[above] for above in ancestry(name, states)}
        few = made(line)
        for key, total in whole.items():
            assert parts(few[key], name) == parts(total, name)
            assert listed(few[key], name) == listed(total, name)
        assert own(ranked, name) == own(growths(line, CONTEXT, WHICH), name)


def own(found: Mapping[tuple[str, str], Growth], name: str) -> dict[tuple[str, str], Growth]:
    return {key: growth for key, growth in found.items() if key[1] == name}


def ancestry(name: str, states: Mapping[str, EntityState]) -> list[str]:
    found: list[str] = []
    while name in states and name not in found:
        found.append(name)
        name = states[name].parent
    return found


@settings(deadline=None, max_examples=60)
@given(st.lists(FIRMS, min_size=1, max_size=len(NAMES)))
def test_what_is_named_adds_up_to_what_the_bulletin_says(rows: list[tuple[str, str, str, bool]]) -> None:
    states = world(*(firm(n, parent=p, output=o, base=b, gone=g) for n, (p, o, b, g) in zip(NAMES, rows, strict=False)))
    found = bulletin(states, CONTEXT, WHICH, 9, DAY)
    assert found is not None
    named = made(states)
    for total in found.totals:
        part = named[total.tree, total.indicator]
        assert total.reported.value == sum(addend.value for addend in part.reported.now)
        assert total.like_for_like.value == sum(addend.value for addend in part.like_for_like.now)
        assert total.reported.entities == len({addend.entity for addend in part.reported.now})
        assert not {addend.entity for addend in part.reported.now} & {*part.inner, *part.left, *part.without}
