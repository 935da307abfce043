"""What a verification check looks at: an entity's reported values period by period, and who edited them when (R-46)."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from campaign.domain import entity
from campaign.domain.definition import Definition, VerificationCheck
from campaign.domain.events import Figure, Recorded, ReportCorrected, ReportSubmitted
from campaign.domain.state import CampaignState, EntityState
from campaign.problems import Text

YEAR_DIGITS = 4
"""A period begins with its year; cumulative figures begin anew with each."""


class Edit(msgspec.Struct, frozen=True):
    """Figures that took the place of earlier ones."""

    report: str
    obligation: str
    period: str
    position: int
    recorded_at: datetime
    actor: str


class Trace(msgspec.Struct, frozen=True):
    """An entity as it stands, and every edit of its reports: one stream in, one trace out."""

    state: EntityState
    edits: tuple[Edit, ...] = ()


class Suspicion(msgspec.Struct, frozen=True, kw_only=True):
    """What a check finds in question: the test, the values it compared, the threshold and the positions of the events.

    finding: an id made of the check and of the facts it rests on, so that the same facts are raised once.
    """

    check: str
    test: str
    kind: str
    entity: str
    statement: Text
    values: tuple[str, ...]
    events: tuple[int, ...]
    threshold: str = ""
    indicator: str = ""
    scope: str = ""
    report: str = ""
    period: str = ""

    @property
    def finding(self) -> str:
        """The id under which it is raised."""
        parts = (self.check, self.indicator, self.scope, str(max(self.events, default=0)))
        return ".".join(part for part in parts if part)


class Point(NamedTuple):
    """One reported value that holds."""

    obligation: str
    period: str
    figure: Figure
    report: str
    position: int


class Look(msgspec.Struct, frozen=True):
    """One check over one entity, under the definition that governs it."""

    check: VerificationCheck
    trace: Trace
    definition: Definition
    campaign: CampaignState

    @property
    def entity(self) -> str:
        """The entity that is looked at."""
        return self.trace.state.entity

    def day(self, instant: datetime) -> date:
        """Return the day of an instant in the campaign's time zone."""
        return instant.astimezone(ZoneInfo(self.definition.campaign.time_zone)).date()

    def suspect(
        self, points: Iterable[Point], values: Iterable[str], statement: Text, threshold: str = ""
    ) -> Suspicion:
        """Say what is in question about POINTS, of which the last one names indicator, report and period."""
        listed = tuple(points)
        last = listed[-1]
        return Suspicion(
            check=self.check.id,
            test=self.check.test,
            kind=self.check.finding,
            entity=self.entity,
            statement=statement,
            values=tuple(values),
            events=tuple(sorted({point.position for point in listed})),
            threshold=threshold,
            indicator=last.figure.indicator,
            scope=last.figure.scope,
            report=last.report,
            period=last.period,
        )


def trace(records: Iterable[Recorded]) -> Trace:
    """Fold one entity's stream into its trace."""
    state, edits = entity.INITIAL, []
    for record in records:
        event = record.event
        if isinstance(event, ReportSubmitted | ReportCorrected) and event.report in state.reports:
            line = state.reports[event.report]
            if event.figures != line.figures:
                edits.append(
                    Edit(line.report, line.obligation, line.period, record.position, record.recorded_at, record.actor)
                )
        state = entity.evolve(state, record)
    return Trace(state, tuple(edits))


def points(look: Look) -> Iterator[Point]:
    """Yield the values that the check looks at, those of returned reports left out."""
    check = look.check
    for line in look.trace.state.reports.values():
        if line.status == "returned" or (check.obligations and line.obligation not in check.obligations):
            continue
        for figure in line.figures:
            if not check.indicators or figure.indicator in check.indicators:
                yield Point(line.obligation, line.period, figure, line.report, line.figures_position)


def series(look: Look) -> dict[tuple[str, str, str], list[Point]]:
    """Return the values by obligation, indicator and scope, in order of period."""
    found: dict[tuple[str, str, str], list[Point]] = {}
    for point in points(look):
        found.setdefault((point.obligation, point.figure.indicator, point.figure.scope), []).append(point)
    return {key: sorted(found[key], key=lambda point: point.period) for key in sorted(found)}


def steps(listed: list[Point]) -> Iterator[tuple[Point, Point]]:
    """Yield each value with the one before it in the same year."""
    for before, after in pairwise(listed):
        if before.period[:YEAR_DIGITS] == after.period[:YEAR_DIGITS]:
            yield before, after
