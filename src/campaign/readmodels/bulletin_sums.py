"""What the sums of a bulletin are made of: whose figures, from which events, and who is left out (R-25, R-28)."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

import msgspec

from campaign.domain import exact
from campaign.domain.definition import Indicator, Reconciliation
from campaign.readmodels.bulletin_parts import PLACES, Sums, TotalLine
from campaign.readmodels.family import outermost
from campaign.readmodels.period_figures import Measure, Member
from campaign.readmodels.trends import change_pct


class Addend(msgspec.Struct, frozen=True):
    """One entity's part of a sum; position: of the event that brought it, in REPORT or, for last year's, the survey."""

    entity: str
    value: Decimal
    position: int
    report: str = ""


class Sides(msgspec.Struct, frozen=True):
    """Both sides of a comparison: what is added up of this year, and of the whole of last year."""

    now: tuple[Addend, ...]
    last: tuple[Addend, ...]


class Composition(msgspec.Struct, frozen=True):
    """What an additive indicator over a tree is made of, as reported and like for like.

    left: who is no longer counted.  without: who is counted and has no figure.  inner: whose figure is not added as
    reported, because that of an ancestor holds it.
    """

    tree: Reconciliation
    indicator: Indicator
    scope: str
    reported: Sides
    like_for_like: Sides
    left: tuple[str, ...]
    without: tuple[str, ...]
    inner: tuple[str, ...]


class Growth(msgspec.Struct, frozen=True):
    """What an entity's growth rests on: the rate that it reported, or its level with that of the whole of last year.

    indicator, scope: of NOW, the rate's or the level's.  last: None where the rate itself was reported.
    """

    indicator: Indicator
    scope: str
    now: Addend
    last: Addend | None


def growth_of(member: Member, level: Indicator, measure: Measure) -> Growth | None:
    """Return what the growth of LEVEL rests on, as measure.growth reckons it; None where there is no figure."""
    rate = measure.rate_of(level.id)
    if rate is not None and (reported := _now(member, rate.id, measure.scope(rate.id))):
        return Growth(rate, measure.scope(rate.id), reported, None)
    scope = measure.scope(level.id)
    now, last = _now(member, level.id, scope), _last(member, level.id, measure)
    return Growth(level, scope, now, last) if now and last else None


def compose(
    tree: Reconciliation,
    indicator: Indicator,
    within: Mapping[str, Member],
    parents: Mapping[str, str],
    measure: Measure,
) -> Composition:
    """Compose the sum of INDICATOR over WITHIN, the members of TREE."""
    scope = measure.scope(indicator.id)
    now = {name: part for name, member in within.items() if (part := _now(member, indicator.id, scope))}
    last = {name: part for name, member in within.items() if (part := _last(member, indicator.id, measure))}
    added = outermost(now, parents)
    both = outermost((name for name in now if name in last), parents)
    return Composition(
        tree,
        indicator,
        scope,
        Sides(_picked(now, added), _picked(last, outermost(last, parents))),
        Sides(_picked(now, both), _picked(last, both)),
        tuple(name for name, member in within.items() if not member.counted),
        tuple(name for name, member in within.items() if member.counted and name not in now),
        tuple(name for name in now if name not in set(added)),
    )


def _now(member: Member, indicator: str, scope: str) -> Addend | None:
    figure = member.figures.get((indicator, scope))
    if figure is None or not member.counted:
        return None
    line = member.reports[indicator, scope]
    return Addend(member.state.entity, figure.value, line.figures_position, line.report)


def _last(member: Member, indicator: str, measure: Measure) -> Addend | None:
    base = measure.base(member, indicator)
    return None if base is None else Addend(member.state.entity, base, member.state.baseline_position)


def _picked(parts: Mapping[str, Addend], names: Iterable[str]) -> tuple[Addend, ...]:
    return tuple(parts[name] for name in names)


def total_line(made: Composition, measure: Measure) -> TotalLine:
    """Add the composition up."""
    tree, indicator = made.tree, made.indicator
    reported, alike = (sums(sides, measure) for sides in (made.reported, made.like_for_like))
    return TotalLine(tree.id, tree.label, indicator.id, indicator.unit, indicator.digits, reported, alike, made.left)


def sums(sides: Sides, measure: Measure) -> Sums:
    """Add up both sides: this year's against the part of last year's that falls to the time that has passed."""
    value = exact.total(part.value for part in sides.now)
    base = measure.pro_rata(exact.total(part.value for part in sides.last))
    change = _scaled(change_pct(value, base)) if base > exact.ZERO else None
    return Sums(value, _scaled(base), change, len(sides.now))


def _scaled(value: Decimal) -> Decimal:
    return exact.CONTEXT.quantize(value, PLACES)
