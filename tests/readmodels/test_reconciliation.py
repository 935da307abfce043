"""Whether the parts cover the whole: two trees, sums and weighted means (R-13)."""

from decimal import Decimal

import msgspec
from domain.scenario import OTHER, By, fixing, opened, target
from readmodels.worlds import CONTEXT, RULES, TODAY, entity, survey, world

from campaign.domain import commands as c
from campaign.domain.attainment import Reconciled
from campaign.domain.definition import Definition, ProvinceTarget
from campaign.domain.state import Context, EntityState
from campaign.readmodels.reconciliation import GapLine, trees

BENEFIT = ProvinceTarget(id="b", indicator="profit", value=Decimal(150), unit="亿元", scope="provincial")
GROWTH = ProvinceTarget(id="g", indicator="rate", value=Decimal(15), unit="%", scope="provincial")


def rules(*targets: ProvinceTarget, **changes: object) -> Definition:
    return msgspec.structs.replace(RULES, targets=targets, **changes)


def gaps(definition: Definition, *states: EntityState, tree: str = "enterprise") -> tuple[GapLine, ...]:
    found = trees(world(*states), Context(definition, opened()))
    return next(entry.lines for entry in found if entry.tree == tree)


def promising(
    name: str, value: str, indicator: str = "profit", *more: c.EntityCommand | By, **changes: object
) -> EntityState:
    unit = "%" if indicator in {"rate", "growth", "load"} else "亿元"
    return entity(name, *more, *fixing(target(value, indicator, unit=unit)), **changes)


def test_sums_in_two_trees_that_are_never_added() -> None:
    states = (
        promising("a", "100"),
        promising("b", "40.5"),
        promising("p", "150", groups=("prefecture",)),
        entity("c"),
    )
    (enterprise,) = gaps(rules(BENEFIT), *states)
    assert enterprise.found == Reconciled(Decimal("140.5"), Decimal(150), Decimal("9.5"))
    assert (enterprise.parts, enterprise.without, enterprise.covered) == (2, ("c",), False)
    (territory,) = gaps(rules(BENEFIT), *states, tree="territory")
    assert territory.found == Reconciled(Decimal(150), Decimal(150), Decimal(0))
    assert territory.covered


def test_a_negative_gap_is_more_than_the_whole() -> None:
    (found,) = gaps(rules(BENEFIT), promising("a", "160"))
    assert found.found is not None
    assert (found.found.gap, found.covered) == (Decimal(-10), True)


def test_growth_is_weighted_by_last_years_levels() -> None:
    states = (
        promising("a", "10", "rate", survey(output="300")),
        promising("b", "30", "rate", survey(output="100")),
    )
    (found,) = gaps(rules(GROWTH), *states)
    assert found.found == Reconciled(Decimal(15), Decimal(15), Decimal(0))


def test_a_part_without_its_base_is_named() -> None:
    states = (promising("a", "10", "rate", survey(output="300")), promising("b", "30", "rate"))
    (found,) = gaps(rules(GROWTH), *states)
    assert found.found is None
    assert found.covered is None
    assert found.problem is not None
    assert (found.problem.code, str(found.problem.message)) == ("weight-missing", "no base is known for: b")
    assert (found.parts, found.without) == (2, ())


def test_parent_and_child_are_never_both_parts() -> None:
    (found,) = gaps(rules(BENEFIT), promising("faw", "100"), promising("vw", "60", parent="faw"))
    assert found.found is not None
    assert (found.found.parts, found.parts) == (Decimal(100), 1)


def test_those_that_left_or_joined_voluntarily_are_no_parts() -> None:
    gone = By(c.ExitStatistics("faw", TODAY, "shell", "empty"), OTHER)
    left = promising("x", "50")
    stayed = promising("a", "100")
    state = entity("x", *fixing(target("50", "profit")), gone)
    (found,) = gaps(rules(BENEFIT), stayed, state, promising("v", "9", voluntary=True))
    assert found.found is not None
    assert found.found.parts == 100
    assert left.exit is None


def test_only_fixed_numeric_targets_under_the_same_scope_count() -> None:
    proposed = entity("a", c.ProposeTarget("faw", target("100", "profit"), "sound"))
    other = entity("b", *fixing(target("100", "profit", scope="group")))
    (found,) = gaps(rules(BENEFIT), proposed, other)
    assert (found.parts, found.without, found.found, found.problem) == (0, ("a", "b"), None, None)
    anywhere = msgspec.structs.replace(BENEFIT, scope="")
    assert gaps(rules(anywhere), proposed, other)[0].parts == 1


def test_what_can_neither_be_added_nor_weighted_says_so() -> None:
    growth = RULES.targets[0]
    (found,) = gaps(rules(growth), promising("a", "15", "growth"), entity("b"))
    assert str(found.problem) == (
        "not-comparable growth is neither additive nor weighted by a base (name its base in indicators.yaml)"
    )
    assert (found.parts, found.without, found.found) == (1, ("b",), None)
    unknown = msgspec.structs.replace(BENEFIT, indicator="gone")
    assert gaps(rules(unknown), promising("a", "1"))[0] == GapLine(unknown, 0, ("a",))


def test_qualitative_targets_are_not_compared_and_policy_is_told() -> None:
    words = msgspec.structs.replace(BENEFIT, value=None, text="keep order")
    found = trees(world(promising("a", "1")), Context(rules(words), opened()))
    assert [(entry.tree, entry.policy, entry.members, entry.lines) for entry in found] == [
        ("territory", "report", 0, ()),
        ("enterprise", "block", 1, ()),
    ]
    assert trees({}, Context(None, opened())) == ()
    assert [entry.label for entry in trees({}, CONTEXT)] == ["市州", "63户"]
