"""The bulletin of one period, folded from the log up to a cutoff: the same cutoff always gives the same values (R-39).

Growth and rank, the gap to the mean, the year's targets against the time that has passed (序时进度), two down, two flat
or two up, who was late, what was recorded of exemplars and reminders; sums as reported and like for like (R-28).
"""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from campaign.domain import bulletins, exact
from campaign.domain.attainment import dual_trend, meets
from campaign.domain.definition import Definition, Reconciliation, concerns
from campaign.domain.duties import duties
from campaign.domain.events import Target
from campaign.domain.figures import indicator_of
from campaign.domain.schedule import Owed
from campaign.domain.state import Context, EntityState
from campaign.readmodels.bulletin_parts import (
    CELLS,
    PLACES,
    Bulletin,
    Cell,
    EntryItem,
    GoalLine,
    GrowthLine,
    GrowthTable,
    LateLine,
    ProgressLine,
    TotalLine,
    TrendLine,
)
from campaign.readmodels.bulletin_sums import Composition, Growth, compose, growth_of, total_line
from campaign.readmodels.family import outermost
from campaign.readmodels.period_figures import Measure, Member, elapsed, mean, members, ranks

LATE = frozenset({"late", "missing"})


def bulletin(
    states: Mapping[str, EntityState], context: Context, which: tuple[str, str], cutoff_position: int, on: date
) -> Bulletin | None:
    """Make the bulletin WHICH (obligation, period) of what was known at a position, duties judged ON a day.

    None without a definition, or where it names no such bulletin or period.
    """
    definition = context.definition
    if definition is None or which[1] not in (owed := bulletins.periods(definition, which[0])):
        return None
    view = _View(states, definition, owed, which[1])
    campaign = context.campaign
    return Bulletin(
        key=campaign.key,
        title=campaign.title,
        rehearsal=campaign.rehearsal,
        synthetic=definition.campaign.synthetic,
        obligation=which[0],
        label=bulletins.duties(definition)[which[0]].label,
        period=which[1],
        opens_on=view.owed.opens_on,
        closes_on=view.owed.closes_on,
        cutoff_position=cutoff_position,
        cutoff_on=on,
        elapsed_pct=_scaled(exact.CONTEXT.multiply(view.measure.elapsed, exact.HUNDRED)),
        indicators={entry.id: entry.label for entry in definition.indicators},
        growth=tuple(view.growth()),
        progress=tuple(view.progress()),
        totals=tuple(view.totals()),
        goals=tuple(view.goals()),
        trends=tuple(view.trends()),
        late=tuple(view.late(on)),
        corrected=tuple(name for name, member in view.members.items() if member.corrected),
        entries=tuple(view.entries()),
        names={name: state.name for name, state in states.items()},
    )


def compositions(
    states: Mapping[str, EntityState], context: Context, which: tuple[str, str]
) -> tuple[Measure, tuple[Composition, ...]]:
    """Return what the totals of the bulletin WHICH (obligation, period) are made of, and what they are measured by.

    STATES may be a part of all, with the ancestors of each: what it says of them is what the whole says.  Raises
    KeyError where there is no such bulletin.
    """
    assert context.definition is not None  # noqa: S101 -- whoever asks has made the bulletin
    view = _View(states, context.definition, bulletins.periods(context.definition, which[0]), which[1])
    return view.measure, tuple(view.compositions())


def growths(
    states: Mapping[str, EntityState], context: Context, which: tuple[str, str]
) -> dict[tuple[str, str], Growth]:
    """Return what each place in the rankings of the bulletin WHICH (obligation, period) rests on, by tree and entity.

    STATES may be a part of all, as for compositions.
    """
    definition = context.definition
    assert definition is not None  # noqa: S101 -- whoever asks has made the bulletin
    view = _View(states, definition, bulletins.periods(definition, which[0]), which[1])
    level = indicator_of(definition, definition.trend.growth) if definition.trend else None
    return {
        (tree.id, name): growth
        for tree in definition.reconciliations
        for name, member in view.within(tree, view.members).items()
        if level and (growth := growth_of(member, level, view.measure))
    }


class _View:
    """The period's members and the one before, from which every part of the bulletin is taken."""

    def __init__(
        self, states: Mapping[str, EntityState], definition: Definition, owed: Mapping[str, Owed], period: str
    ) -> None:
        self.definition, self.owed = definition, owed[period]
        self.states = dict(sorted(states.items()))
        self.parents = {name: state.parent for name, state in states.items()}
        self.measure = Measure(definition, elapsed(definition.campaign.metric_period, self.owed.closes_on))
        self.members = members(self.states.values(), period, self.owed.closes_on)
        before = [entry for name, entry in owed.items() if entry.closes_on < self.owed.closes_on]
        self.before: dict[str, Member] = {}
        if before:
            self.before = members(self.states.values(), before[-1].period, before[-1].closes_on)

    def within(self, tree: Reconciliation, of: Mapping[str, Member]) -> dict[str, Member]:
        """Return the members of a tree, voluntary joiners apart (R-55)."""
        return {
            name: member
            for name, member in of.items()
            if not member.state.voluntary and concerns(self.definition, tree.groups, member.state.groups)
        }

    # --- growth ------------------------------------------------------------------------------------------------------

    def growth(self) -> Iterator[GrowthTable]:
        """Yield each tree's table; nothing without a trend, which names the indicator."""
        if self.definition.trend is None:
            return
        for tree in self.definition.reconciliations:
            yield self._table(tree, self.definition.trend.growth)

    def _table(self, tree: Reconciliation, indicator: str) -> GrowthTable:
        counted = {name: member for name, member in self.within(tree, self.members).items() if member.counted}
        values = self._growths(counted, indicator)
        before = ranks(self._growths(self.within(tree, self.before), indicator))
        average = mean(counted, self.parents, self.measure, indicator)
        places = ranks(values)
        lines = [self._line(name, values[name], places[name], before.get(name), average, indicator) for name in values]
        return GrowthTable(
            tree.id,
            tree.label,
            indicator,
            None if average is None else _scaled(average),
            tuple(sorted(lines, key=lambda line: (line.rank, line.entity))),
            tuple(name for name in counted if name not in values),
        )

    def _growths(self, of: Mapping[str, Member], indicator: str) -> dict[str, Decimal]:
        found = {name: self.measure.growth(member, indicator) for name, member in of.items()}
        return {name: growth for name, growth in found.items() if growth is not None}

    def _line(  # noqa: PLR0913, PLR0917 -- one line of the table, as it is laid out
        self, name: str, growth: Decimal, rank: int, before: int | None, average: Decimal | None, indicator: str
    ) -> GrowthLine:
        member = self.members[name]
        rate = self.measure.rate_of(indicator)
        line = member.state.targets.get(rate.id) if rate else None
        fixed = line.target.value if line is not None and line.status == "fixed" else None
        statuses = {figure.status for figure in member.figures.values()}
        return GrowthLine(
            name,
            member.state.name,
            _scaled(growth),
            rank,
            before,
            None if average is None else _scaled(exact.CONTEXT.subtract(growth, average)),
            fixed,
            "provisional" if "provisional" in statuses else "final",
        )

    # --- levels ------------------------------------------------------------------------------------------------------

    def progress(self) -> Iterator[ProgressLine]:
        """Yield every fixed target of a level, held against the time that has passed."""
        share = exact.CONTEXT.multiply(self.measure.elapsed, exact.HUNDRED)
        for name, member in self.members.items():
            for line in member.state.targets.values() if member.counted else ():
                target, indicator = line.target, indicator_of(self.definition, line.target.indicator)
                figure = member.figures.get((target.indicator, target.scope))
                if indicator is None or not indicator.additive or figure is None or line.status != "fixed":
                    continue
                if target.value is None or target.value <= exact.ZERO or indicator.completion != "ratio_of_levels":
                    continue
                reached = exact.percent(figure.value, target.value)
                yield ProgressLine(
                    name,
                    member.state.name,
                    indicator.id,
                    indicator.unit,
                    figure.value,
                    target.value,
                    _scaled(reached),
                    _scaled(exact.CONTEXT.subtract(reached, share)),
                )

    def totals(self) -> Iterator[TotalLine]:
        """Yield every additive indicator over every tree."""
        for made in self.compositions():
            if made.reported.now:
                yield total_line(made, self.measure)

    def compositions(self) -> Iterator[Composition]:
        """Yield what every total is made of, also of those that nobody has a figure for."""
        for tree in self.definition.reconciliations:
            within = self.within(tree, self.members)
            for indicator in self.definition.indicators:
                if indicator.additive and indicator.completion != "loss_reduction":
                    yield compose(tree, indicator, within, self.parents, self.measure)

    def goals(self) -> Iterator[GoalLine]:
        """Yield every target of the campaign against every tree."""
        for target in self.definition.targets:
            indicator = indicator_of(self.definition, target.indicator)
            if target.value is None or indicator is None:
                continue
            for tree in self.definition.reconciliations:
                actual = self._actual(self.within(tree, self.members), indicator.id, indicator.base)
                line = Target(
                    target=target.id, indicator=target.indicator, operator=target.operator, value=target.value
                )
                level = indicator.additive and actual is not None and target.value > exact.ZERO
                yield GoalLine(
                    target.id,
                    target.indicator,
                    tree.id,
                    target.operator,
                    target.value,
                    target.unit,
                    None if actual is None else _scaled(actual),
                    None if actual is None else meets(line, actual),
                    _scaled(exact.percent(actual, target.value)) if level and actual is not None else None,
                )

    def _actual(self, within: Mapping[str, Member], indicator: str, base: str) -> Decimal | None:
        counted = {name: member for name, member in within.items() if member.counted}
        if base:
            return mean(counted, self.parents, self.measure, base)
        levels = {name: self.measure.value(member, indicator) for name, member in counted.items()}
        now = {name: level for name, level in levels.items() if level is not None}
        return exact.total(now[name] for name in outermost(now, self.parents)) if now else None

    # --- trends, duties, registers --------------------------------------------------------------------------

    def trends(self) -> Iterator[TrendLine]:
        """Yield every cell with who is in it: all who belong to a tree."""
        trend = self.definition.trend
        if trend is None:
            return
        cells: dict[Cell, list[str]] = {cell: [] for cell in CELLS}
        listed = {name for tree in self.definition.reconciliations for name in self.within(tree, self.members)}
        for name, member in self.members.items():
            if name in listed and member.counted:
                growth = self.measure.growth(member, trend.growth)
                benefit = self.measure.growth(member, trend.benefit)
                if growth is None or benefit is None:
                    cells["unknown"].append(name)
                else:
                    cells[dual_trend(growth, benefit, trend.tolerance_pct).name].append(name)
        for cell, names in cells.items():
            yield TrendLine(cell, tuple(names))

    def late(self, on: date) -> Iterator[LateLine]:
        """Yield every duty that ended in the period and was answered late, or by day ON not at all."""
        labels = {entry.id: entry.label for entry in self.definition.obligations}
        for name, state in self.states.items():
            for duty in duties(state, self.definition, on):
                owed = duty.owed
                if duty.standing in LATE and self.owed.opens_on <= owed.closes_on <= self.owed.closes_on:
                    label = labels.get(owed.obligation, owed.obligation)
                    yield LateLine(name, state.name, owed.obligation, label, owed.period, owed.due_on, duty.standing)

    def entries(self) -> Iterator[EntryItem]:
        """Yield what was opened in the period in any register."""
        labels = {entry.id: entry.label for entry in self.definition.registers}
        for name, state in self.states.items():
            for entry in state.entries.values():
                if self.owed.opens_on <= entry.opened_on <= self.owed.closes_on:
                    label = labels.get(entry.register, entry.register)
                    yield EntryItem(entry.register, label, name, state.name, entry.title, entry.due_on, entry.status)


def _scaled(value: Decimal) -> Decimal:
    return exact.CONTEXT.quantize(value, PLACES)
