"""Small worlds of entities for the read models: states by id, made by the domain's own decisions."""

from datetime import date
from decimal import Decimal

import msgspec
from domain.scenario import DEFINITION, ENROL, Life, Step, definition, figure, opened, target

from campaign.domain import commands as c
from campaign.domain.definition import Indicator, Reconciliation, Stage, Trend
from campaign.domain.events import Figure
from campaign.domain.state import Context, EntityState

TODAY = date(2005, 9, 30)
RATE = Indicator(id="rate", label="增速", unit="%", additive=False, completion="ratio_of_growth", base="output")
OUTPUT = Indicator(id="output", label="产值", unit="亿元")
RULES = definition(
    indicators=(*DEFINITION.indicators, RATE, OUTPUT),
    trend=Trend(growth="output", benefit="profit"),
    stages=(
        Stage(id="one", label="第一阶段", from_=date(2005, 8, 17), to=date(2005, 8, 31)),
        Stage(id="two", label="第二阶段", from_=date(2005, 9, 1), to=date(2005, 12, 31)),
    ),
    reconciliations=(
        Reconciliation(id="territory", label="市州", groups=("prefecture",)),
        Reconciliation(id="enterprise", label="63户", groups=("focus",), policy="block"),
    ),
)
CONTEXT = Context(RULES, opened())


def fact(value: str, indicator: str, **changes: object) -> Figure:
    unit = "%" if indicator in {"rate", "growth"} else "亿元"
    return msgspec.structs.replace(figure(value, "profit"), indicator=indicator, unit=unit, **changes)


def survey(**levels: str) -> c.RecordSurvey:
    figures = tuple(fact(value, indicator) for indicator, value in levels.items())
    return c.RecordSurvey("faw", ("省经委",), figures)


def report(*figures: Figure, name: str = "r-1", period: str = "2005-W36") -> c.SubmitReport:
    return c.SubmitReport("faw", name, "weekly", period, figures)


def monthly(*figures: Figure, name: str = "m-1", period: str = "2005-09") -> c.SubmitReport:
    return c.SubmitReport("faw", name, "monthly", period, figures)


def entity(name: str, *steps: Step, **changes: object) -> EntityState:
    """Return an entity enrolled under NAME after STEPS, in the group `key` unless CHANGES say otherwise."""
    kind = "prefecture" if changes.get("groups") == ("prefecture",) else "enterprise"
    enrol = msgspec.structs.replace(ENROL, entity=name, title=name.upper(), kind=kind, **changes)
    return Life(RULES).do(enrol, *steps).state


def world(*states: EntityState) -> dict[str, EntityState]:
    return {state.entity: state for state in states}


def fixed(indicator: str, value: str, **changes: object) -> c.ProposeTarget:
    """Return the proposal of a target; see domain.scenario.fixing for the rest of its way."""
    unit = "%" if indicator in {"rate", "growth"} else "亿元"
    return c.ProposeTarget("faw", target(value, indicator, unit=unit, **changes), "sound")


def decimals(*texts: str) -> tuple[Decimal, ...]:
    return tuple(map(Decimal, texts))
