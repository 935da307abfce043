"""Firms that report month by month, and what the definition's checks find in question about them (R-46)."""

from datetime import datetime
from decimal import Decimal

import msgspec
from domain.refusals import typed
from domain.scenario import ENROL, definition, opened, recorded

from campaign.domain import events as e
from campaign.domain.definition import Indicator, Obligation, Scope, VerificationCheck
from campaign.domain.events import Figure
from campaign.domain.screening import screen
from campaign.domain.series import Suspicion, Trace, trace
from campaign.domain.state import Context

INDICATORS = (
    Indicator(id="output", label="产值", unit="亿元"),
    Indicator(id="rate", label="增速", unit="%", additive=False, base="output"),
)


def check(test: str, **changes: object) -> VerificationCheck:
    return VerificationCheck(id=f"c-{test}", label=test, test=test, **changes)  # type: ignore[arg-type] # one of the tests


def rules(*checks: VerificationCheck) -> Context:
    """Return a context whose months are due on the fifth of the next one."""
    made = definition(
        checks=checks,
        indicators=INDICATORS,
        scopes=(Scope(id="own", label="省口径"), Scope(id="all", label="集团口径")),
        obligations=(Obligation(id="monthly", label="月报", cadence="monthly", days=(5,)),),
    )
    return Context(made, opened())


def fact(value: str, indicator: str = "output", unit: str = "", scope: str = "own") -> Figure:
    units = {"output": "亿元", "rate": "%"}
    return Figure(indicator=indicator, value=Decimal(value), unit=unit or units[indicator], scope=scope)


class Firm:
    """An entity's stream under construction, at positions of its own."""

    def __init__(self, name: str = "faw", start: int = 100, **about: object) -> None:
        self.name, self.start = name, start
        self.records: list[e.Recorded] = []
        enrol = msgspec.structs.replace(ENROL, entity=name, **about)
        self.add(
            e.EntityEnrolled(
                name, enrol.kind, enrol.title, enrol.groups, "survey", parent=enrol.parent, prefecture=enrol.prefecture
            )
        )

    def add(self, event: e.Event, at: datetime | None = None) -> "Firm":
        number = len(self.records) + 1
        record = recorded(event, number)
        changes: dict[str, object] = {"position": self.start + number}
        self.records.append(msgspec.structs.replace(record, **changes, recorded_at=at or record.recorded_at))
        return self

    def months(self, *values: str, first: int = 1, scope: str = "own", indicator: str = "output") -> "Firm":
        for month, value in enumerate(values, start=first):
            self.month(month, fact(value, indicator, scope=scope))
        return self

    def month(self, month: int, *figures: Figure, year: int = 2005) -> "Firm":
        period = f"{year}-{month:02}"
        return self.add(e.ReportSubmitted(f"m-{period}", "monthly", period, figures))

    def correct(self, month: int, value: str, at: datetime | None = None) -> "Firm":
        return self.add(e.ReportCorrected(f"m-2005-{month:02}", (fact(value),), "更正"), at)

    def year_before(self, value: str) -> "Firm":
        return self.add(e.SurveyRecorded(("a",), (fact(value),)))

    @property
    def trace(self) -> Trace:
        return trace(self.records)


def found(context: Context, *firms: Firm) -> tuple[Suspicion, ...]:
    suspicions = screen([firm.trace for firm in firms], context)
    assert context.definition is not None
    limits = {
        check.id: {
            str(limit) for limit in (check.threshold, check.tolerance, check.at_least, "亿元", "") if limit is not None
        }
        for check in context.definition.checks
    }
    for entry in suspicions:
        typed(entry)
        assert entry.threshold in limits[entry.check]
    return suspicions


def say(suspicions: tuple[Suspicion, ...]) -> list[tuple[str, str]]:
    """Return period and statement of each; every one names its test, its values and its events."""
    for entry in suspicions:
        assert entry.values
        assert entry.events
        assert entry.finding.startswith(entry.check)
        assert "{" not in str(entry.statement)
    return [(entry.period, str(entry.statement)) for entry in suspicions]
