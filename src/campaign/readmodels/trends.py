"""The dual trend of an entity against last year (R-06), with what it is measured by."""

from decimal import Decimal
from typing import Literal

import msgspec

from campaign.domain import exact
from campaign.domain.attainment import DualTrend, dual_trend
from campaign.domain.definition import Definition
from campaign.domain.events import Figure
from campaign.domain.reports import current_figures
from campaign.domain.state import EntityState

Goal = Literal["both_flat", "both_up"]


class Trend(msgspec.Struct, frozen=True):
    """Where growth and benefit stand against last year.

    growth_pct, benefit_pct: the changes, in percent of last year.  goal: both_up only where the entity has the
    conditions, else both_flat, which is reached when neither is down.  final: whether both figures are final; before,
    a cumulative figure is held against the whole of last year.
    """

    dual: DualTrend
    growth_pct: Decimal
    benefit_pct: Decimal
    goal: Goal
    reached: bool
    final: bool


def trend(state: EntityState, definition: Definition) -> Trend | None:
    """Return the entity's dual trend, None where a figure or last year's level is not known."""
    if definition.trend is None:
        return None
    growth = _change(state, definition, definition.trend.growth)
    benefit = _change(state, definition, definition.trend.benefit)
    if growth is None or benefit is None:
        return None
    dual = dual_trend(growth[0], benefit[0], definition.trend.tolerance_pct)
    goal: Goal = "both_up" if state.has_conditions else "both_flat"
    return Trend(dual, growth[0], benefit[0], goal, _reached(dual, goal), growth[1] and benefit[1])


def _reached(dual: DualTrend, goal: Goal) -> bool:
    if goal == "both_up":
        return dual.name == "both_up"
    return "down" not in {dual.growth, dual.benefit}


def _change(state: EntityState, definition: Definition, indicator: str) -> tuple[Decimal, bool] | None:
    """Return the change of INDICATOR in percent and whether it is final: a reported rate, else from the levels."""
    current = {key: figure for key, (figure, *_) in current_figures(state).items()}
    for rate in definition.indicators:
        found = _under(current, definition, rate.id) if rate.base == indicator else None
        if found is not None:
            return found.value, found.status == "final"
    figure = _under(current, definition, indicator)
    if figure is None:
        return None
    base = baseline(state, indicator, figure.scope)
    return None if base is None else (change_pct(figure.value, base), figure.status == "final")


def _under(current: dict[tuple[str, str], Figure], definition: Definition, indicator: str) -> Figure | None:
    """Return the figure of INDICATOR, of several scopes that of the campaign's own target."""
    found = [figure for (name, _), figure in current.items() if name == indicator]
    own = {target.scope for target in definition.targets if target.indicator == indicator}
    return min(found, key=lambda figure: (figure.scope not in own, figure.scope), default=None)


def baseline(state: EntityState, indicator: str, scope: str) -> Decimal | None:
    """Return last year's level as the survey found it."""
    key = (indicator, scope)
    return next((item.value for item in state.baseline if (item.indicator, item.scope) == key), None)


def change_pct(value: Decimal, base: Decimal) -> Decimal:
    """Return the change from BASE in percent of its size, so that its sign is right for a negative base too (R-31).

    From zero any change counts as a whole one.
    """
    change = exact.CONTEXT.subtract(value, base)
    if base == exact.ZERO:
        return exact.HUNDRED.copy_sign(change) if change else exact.ZERO
    return exact.percent(change, base.copy_abs())
