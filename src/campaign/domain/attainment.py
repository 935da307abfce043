"""Targets against actuals, as plain arithmetic: boundary, completion, the dual trend, reconciliation.

Pure functions over exact decimals; read models and assessments call them.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal, TypeAlias, assert_never

import msgspec

from campaign.domain import exact
from campaign.domain.definition import Indicator
from campaign.domain.events import Target
from campaign.problems import Refused, T, refuse

Course: TypeAlias = Literal["measured", "judged", "no_base", "turned", "reduced", "contained", "widened", "no_loss"]
Direction: TypeAlias = Literal["down", "flat", "up"]


def meets(target: Target, value: Decimal) -> bool | None:
    """Whether VALUE reaches TARGET, exactly at the boundary (R-12); None for a qualitative target, which is judged."""
    if target.value is None:
        return None
    match target.operator:
        case ">=":
            return value >= target.value
        case "<=":
            return value <= target.value
        case "==":
            return value == target.value
        case _:
            assert_never(target.operator)


class Completion(msgspec.Struct, frozen=True):
    """How far a target was completed: a percentage where there is one, and what can be said in any case (R-31).

    course: measured; judged (qualitative); no_base (no percentage on a zero or negative base); and of losses turned
    into profit, reduced, contained within the target, widened beyond it, or no_loss where there was none before.
    """

    course: Course
    pct: Decimal | None = None


def completion(
    indicator: Indicator, target: Decimal, actual: Decimal, base: Decimal | None = None
) -> Completion | Refused:
    """Compute completion the way the indicator says (R-05), in percent, unrounded.

    base: last year's level; without it a ratio_of_growth compares the two values as growth rates.  A loss is a positive
    amount.  A base that is zero or negative is refused (code `no-base`) or stated, as the indicator's zero_base says.
    """
    match indicator.completion:
        case "ratio_of_levels":
            return _ratio(indicator, actual, target)
        case "ratio_of_growth":
            return _growth(indicator, target, actual, base)
        case "loss_reduction":
            return _loss(indicator, target, actual, base)
        case "qualitative":
            return Completion("judged")
        case _:
            assert_never(indicator.completion)


def _ratio(indicator: Indicator, part: Decimal, whole: Decimal) -> Completion | Refused:
    if whole <= exact.ZERO:
        return _no_base(indicator, whole, "no_base")
    return Completion("measured", exact.percent(part, whole))


def _growth(indicator: Indicator, target: Decimal, actual: Decimal, base: Decimal | None) -> Completion | Refused:
    if base is None:
        return _ratio(indicator, actual, target)
    if base <= exact.ZERO:
        return _no_base(indicator, base, "no_base")
    return _ratio(indicator, exact.CONTEXT.subtract(actual, base), exact.CONTEXT.subtract(target, base))


def _loss(indicator: Indicator, target: Decimal, actual: Decimal, base: Decimal | None) -> Completion | Refused:
    if base is None or base <= exact.ZERO:
        course: Course = "no_loss" if actual <= exact.ZERO else "widened"
        return _no_base(indicator, exact.ZERO if base is None else base, course)
    planned = exact.CONTEXT.subtract(base, target)
    done = exact.CONTEXT.subtract(base, actual)
    pct = exact.percent(done, planned) if planned > exact.ZERO else None
    return Completion(loss_course(target, actual, base), pct)


def loss_course(target: Decimal, actual: Decimal, base: Decimal) -> Course:
    """Say what became of a loss (R-31): 扭亏 turned, 减亏 reduced, 控亏 contained, or widened."""
    if actual <= exact.ZERO:
        return "turned"
    if actual < base:
        return "reduced"
    return "contained" if actual == base or actual <= target else "widened"


def _no_base(indicator: Indicator, base: Decimal, course: Course) -> Completion | Refused:
    if indicator.zero_base == "state":
        return Completion(course)
    message = T("{indicator} has the base {base}: no percentage can be taken of it", indicator=indicator.id, base=base)
    fix = T("judge it by its levels, or set zero_base: state")
    return refuse("no-base", message, fix, rule=f"{indicator.id}.zero_base")


class DualTrend(msgspec.Struct, frozen=True):
    """Growth and benefit against last year (R-06): one of nine cells, of which three have a name."""

    growth: Direction
    benefit: Direction

    @property
    def name(self) -> Literal["both_down", "both_flat", "both_up", "mixed"]:
        """The named cell, or mixed; a mixed cell keeps its two directions."""
        match (self.growth, self.benefit):
            case ("down", "down"):
                return "both_down"
            case ("flat", "flat"):
                return "both_flat"
            case ("up", "up"):
                return "both_up"
            case _:
                return "mixed"


def dual_trend(growth: Decimal, benefit: Decimal, tolerance: Decimal = exact.ZERO) -> DualTrend:
    """Classify two changes against last year, in percent; a change of up to TOLERANCE either way is flat."""
    return DualTrend(_direction(growth, tolerance), _direction(benefit, tolerance))


def _direction(change: Decimal, tolerance: Decimal) -> Direction:
    if change > tolerance:
        return "up"
    return "down" if change < -tolerance else "flat"


class Reconciled(msgspec.Struct, frozen=True):
    """The parts of one tree against the whole (R-13); a positive gap is what the parts fall short by."""

    parts: Decimal
    whole: Decimal
    gap: Decimal


def reconcile(parts: Mapping[str, tuple[Decimal, Decimal | None]], whole: Decimal) -> Reconciled | Refused:
    """Compare PARTS (value and weight, by entity) of one tree with the WHOLE.

    Without weights the values add up; with weights, the bases, they are growth rates and their weighted mean is taken.
    Refused where only some have a weight (code `weight-missing`) or one is zero or negative (`weight-not-positive`).
    """
    weights = {name: weight for name, (_, weight) in parts.items() if weight is not None}
    if not weights:
        return _reconciled(exact.total(value for value, _ in parts.values()), whole)
    unweighted = ", ".join(sorted(parts.keys() - weights.keys()))
    if unweighted:
        message = T("no base is known for: {parts}", parts=unweighted)
        return refuse("weight-missing", message, T("record their bases with the survey"))
    bad = ", ".join(sorted(name for name, weight in weights.items() if weight <= exact.ZERO))
    if bad:
        message = T("the base is zero or negative for: {parts}", parts=bad)
        return refuse("weight-not-positive", message, T("leave them out of the growth and state them apart"))
    weighted = exact.total(exact.CONTEXT.multiply(value, weights[name]) for name, (value, _) in parts.items())
    return _reconciled(exact.CONTEXT.divide(weighted, exact.total(weights.values())), whole)


def _reconciled(parts: Decimal, whole: Decimal) -> Reconciled:
    return Reconciled(parts, whole, exact.CONTEXT.subtract(whole, parts))
