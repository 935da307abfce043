"""What the reports of one period say, entity by entity: a figure, last year's level, a growth rate."""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

import msgspec

from campaign.domain import exact
from campaign.domain.definition import Definition, Indicator
from campaign.domain.events import Figure
from campaign.domain.state import EntityState, ReportLine
from campaign.readmodels.family import outermost
from campaign.readmodels.trends import baseline, change_pct

MONTHS = Decimal(12)


class Member(msgspec.Struct, frozen=True):
    """An entity with the figures of one period; counted: still in the statistics at the period's end (R-28).

    reports: which report each figure is from.
    """

    state: EntityState
    figures: Mapping[tuple[str, str], Figure]
    counted: bool
    corrected: bool = False
    reports: Mapping[tuple[str, str], ReportLine] = {}


class Measure(msgspec.Struct, frozen=True):
    """What a period is measured by: the definition, and the share of the year that has passed (序时进度)."""

    definition: Definition
    elapsed: Decimal

    def scope(self, indicator: str) -> str:
        """Return the scope that counts for INDICATOR: that of the campaign's own target, else the first."""
        own = [target.scope for target in self.definition.targets if target.indicator == indicator and target.scope]
        scopes = [scope.id for scope in self.definition.scopes]
        return next(iter([*own, *scopes]), "")

    def rate_of(self, indicator: str) -> Indicator | None:
        """Return the growth rate that compares the levels of INDICATOR, if one is defined."""
        return next((entry for entry in self.definition.indicators if entry.base == indicator), None)

    def value(self, member: Member, indicator: str) -> Decimal | None:
        """Return the figure of INDICATOR under the scope that counts."""
        figure = member.figures.get((indicator, self.scope(indicator)))
        return None if figure is None else figure.value

    def base(self, member: Member, indicator: str) -> Decimal | None:
        """Return last year's level of INDICATOR."""
        return baseline(member.state, indicator, self.scope(indicator))

    def growth(self, member: Member, indicator: str) -> Decimal | None:
        """Return the growth of INDICATOR: the rate as reported, else its level against last year's pro rata."""
        rate = self.rate_of(indicator)
        reported = self.value(member, rate.id) if rate else None
        if reported is not None:
            return reported
        value, base = self.value(member, indicator), self.base(member, indicator)
        return None if value is None or base is None else change_pct(value, self.pro_rata(base))

    def pro_rata(self, base: Decimal) -> Decimal:
        """Return the part of last year's level that falls to the share of the year that has passed."""
        return exact.CONTEXT.multiply(base, self.elapsed)


def members(states: Iterable[EntityState], period: str, closes_on: date) -> dict[str, Member]:
    """Return every entity with what its standing reports of PERIOD say."""
    return {state.entity: _member(state, period, closes_on) for state in states}


def _member(state: EntityState, period: str, closes_on: date) -> Member:
    lines = [line for line in state.reports.values() if line.period == period and line.status != "returned"]
    figures = {(figure.indicator, figure.scope): figure for line in lines for figure in line.figures}
    reports = {(figure.indicator, figure.scope): line for line in lines for figure in line.figures}
    counted = state.exit is None or state.exit.exit_on > closes_on
    return Member(state, figures, counted, any(line.corrections for line in lines), reports)


def elapsed(metric_period: str, closes_on: date) -> Decimal:
    """Return the share of the year that has passed on a day: by months at the end of one, else by days."""
    if metric_period.isdecimal() and closes_on.year != int(metric_period):
        return Decimal(0) if closes_on.year < int(metric_period) else Decimal(1)
    if closes_on.day == monthrange(closes_on.year, closes_on.month)[1]:
        return exact.CONTEXT.divide(Decimal(closes_on.month), MONTHS)
    year = date(closes_on.year, 12, 31).timetuple().tm_yday
    return exact.CONTEXT.divide(Decimal(closes_on.timetuple().tm_yday), Decimal(year))


def mean(within: Mapping[str, Member], parents: Mapping[str, str], measure: Measure, indicator: str) -> Decimal | None:
    """Return the growth of INDICATOR over WITHIN, weighted by last year's levels; None where no weight is known."""
    known = {
        name: (growth, base)
        for name, member in within.items()
        if (growth := measure.growth(member, indicator)) is not None
        and (base := measure.base(member, indicator)) is not None
        and base > exact.ZERO
    }
    parts = [known[name] for name in outermost(known, parents)]
    if not parts:
        return None
    weighted = exact.total(exact.CONTEXT.multiply(growth, base) for growth, base in parts)
    return exact.CONTEXT.divide(weighted, exact.total(base for _, base in parts))


def ranks(values: Mapping[str, Decimal]) -> dict[str, int]:
    """Return each name's place from the highest value down; equal values share a place."""
    places: dict[Decimal, int] = {}
    for place, value in enumerate(sorted(values.values(), reverse=True), start=1):
        places.setdefault(value, place)
    return {name: places[value] for name, value in values.items()}
