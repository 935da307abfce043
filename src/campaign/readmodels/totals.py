"""Sums over a tree of entities: as reported and like for like, the focus enterprises beside the province.

An exit must not raise growth silently (R-28): as reported, this year's sum is without those that left, last year's with
them; like for like, both years hold the same entities.  Parent and child are never both added (R-25), and the two trees
are never added together (R-13).
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal

import msgspec

from campaign.domain import exact
from campaign.domain.attainment import meets, reconcile
from campaign.domain.definition import Definition, Indicator, ProvinceTarget, Reconciliation, concerns
from campaign.domain.events import Target
from campaign.domain.figures import indicator_of
from campaign.domain.reports import Key
from campaign.problems import Refused
from campaign.readmodels.family import outermost
from campaign.readmodels.lines import Line


class Sum(msgspec.Struct, frozen=True):
    """One sum of this year against last year; growth is None without a positive base (R-31).

    entities: how many this year's figure is made of.
    """

    value: Decimal
    base: Decimal
    growth_pct: Decimal | None
    entities: int


class Total(msgspec.Struct, frozen=True):
    """An additive indicator under one scope, summed both ways."""

    indicator: str
    unit: str
    scope: str
    reported: Sum
    like_for_like: Sum


class Rate(msgspec.Struct, frozen=True):
    """A growth rate over the tree: the mean weighted by last year's levels; entities without one are named."""

    indicator: str
    scope: str
    value: Decimal
    entities: int
    without_base: tuple[str, ...] = ()


class GoalLine(msgspec.Struct, frozen=True):
    """A target of the whole campaign held against the tree (R-12); met is None where there is no figure yet.

    actual is exact and is what `met` compares; digits: the decimal places its indicator is shown with.
    """

    target: ProvinceTarget
    actual: Decimal | None
    met: bool | None
    digits: int


class TreeTotal(msgspec.Struct, frozen=True):
    """A tree with its sums, rates and the campaign's goals held against it; left: those that left the statistics."""

    tree: str
    label: str
    members: int
    left: tuple[str, ...]
    totals: tuple[Total, ...]
    rates: tuple[Rate, ...]
    goals: tuple[GoalLine, ...]


def members(lines: Mapping[str, Line], definition: Definition, groups: tuple[str, ...]) -> tuple[Line, ...]:
    """Return the lines of those in GROUPS, voluntary joiners apart (R-55)."""
    return tuple(line for line in lines.values() if not line.voluntary and concerns(definition, groups, line.groups))


def tree_total(lines: Mapping[str, Line], definition: Definition, tree: Reconciliation) -> TreeTotal:
    """Sum up one tree."""
    within = members(lines, definition, tree.groups)
    parents = {name: line.parent for name, line in lines.items()}
    totals: list[Total] = []
    rates: list[Rate] = []
    for indicator in definition.indicators:
        for scope in sorted({scope for line in within for name, scope in line.figures if name == indicator.id}):
            key = (indicator.id, scope)
            if indicator.additive:
                totals.append(_total(within, parents, indicator, key))
            elif indicator.base:
                rates += _rate(within, parents, indicator, key)
    goals = tuple(_goal(target, totals, rates, _digits(definition, target)) for target in definition.targets)
    left = tuple(line.entity for line in within if not line.counted)
    return TreeTotal(tree.id, tree.label, len(within), left, tuple(totals), tuple(rates), goals)


def _total(within: tuple[Line, ...], parents: Mapping[str, str], indicator: Indicator, key: Key) -> Total:
    now = {line.entity: line.figures[key].value for line in within if line.counted and key in line.figures}
    before = {line.entity: line.baseline[key].value for line in within if key in line.baseline}
    both = [name for name in now if name in before]
    reported = _sum(now, before, outermost(now, parents), outermost(before, parents))
    same = outermost(both, parents)
    return Total(key[0], indicator.unit, key[1], reported, _sum(now, before, same, same))


def _sum(
    now: Mapping[str, Decimal], before: Mapping[str, Decimal], this_year: tuple[str, ...], last_year: tuple[str, ...]
) -> Sum:
    value = exact.total(now[name] for name in this_year)
    base = exact.total(before[name] for name in last_year)
    growth = exact.percent(exact.CONTEXT.subtract(value, base), base) if base > exact.ZERO else None
    return Sum(value, base, growth, len(this_year))


def _rate(within: tuple[Line, ...], parents: Mapping[str, str], indicator: Indicator, key: Key) -> Iterable[Rate]:
    found = {line.entity: line for line in within if line.counted and key in line.figures}
    weights = {name: line.baseline.get((indicator.base, key[1])) for name, line in found.items()}
    known = {name: base.value for name, base in weights.items() if base is not None and base.value > exact.ZERO}
    counted = outermost(known, parents)
    parts = {name: (found[name].figures[key].value, known[name]) for name in counted}
    mean = reconcile(parts, exact.ZERO) if parts else None
    if mean is not None and not isinstance(mean, Refused):
        yield Rate(key[0], key[1], mean.parts, len(parts), tuple(name for name in found if name not in known))


def _digits(definition: Definition, target: ProvinceTarget) -> int:
    indicator = indicator_of(definition, target.indicator)
    return indicator.digits if indicator else 0


def _goal(target: ProvinceTarget, totals: Iterable[Total], rates: Iterable[Rate], digits: int) -> GoalLine:
    sums = {(total.indicator, total.scope): total.reported.value for total in totals}
    means = {(rate.indicator, rate.scope): rate.value for rate in rates}
    actual = {**sums, **means}.get((target.indicator, target.scope))
    if actual is None:
        return GoalLine(target, None, None, digits)
    line = Target(target=target.id, indicator=target.indicator, operator=target.operator, value=target.value)
    return GoalLine(target, actual, meets(line, actual), digits)
