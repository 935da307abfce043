"""Running the worked cases of a scheme."""

from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from campaign.problems import Problem, Problems
from campaign.rules.kinds import Kind, Value, say
from campaign.rules.model import Case

if TYPE_CHECKING:
    from campaign.rules.assess import Standing
    from campaign.rules.scheme import Scheme


class Difference(msgspec.Struct, frozen=True):
    """A value that did not come as expected; `entity` is empty in a case of one."""

    entity: str
    name: str
    expected: str
    found: str


class CaseResult(msgspec.Struct, frozen=True):
    """A case's line and note, and how it came out; problems where the scheme refused its figures."""

    line: int
    note: str
    differences: tuple[Difference, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether all came as expected."""
        return not self.differences and not self.problems


def run_case(scheme: "Scheme", case: Case) -> CaseResult:
    """Run a case of SCHEME."""
    try:
        found = _alone(scheme, case) if case.alone else _together(scheme, case)
    except Problems as error:
        return CaseResult(case.line, case.note, (), error.problems)
    return CaseResult(case.line, case.note, tuple(found))


def _alone(scheme: "Scheme", case: Case) -> list[Difference]:
    values = scheme.evaluate(case.given[""]).values
    return _differences("", case.expect.get("", {}), values)


def _together(scheme: "Scheme", case: Case) -> list[Difference]:
    standings = scheme.assess(case.given).standings
    return [
        difference
        for entity, expected in case.expect.items()
        for difference in _differences(entity, expected, _told(standings[entity]))
    ]


def _told(standing: "Standing") -> dict[str, Value]:
    stopped = standing.stopped[0].because if standing.stopped else None
    rank = None if standing.rank is None else Decimal(standing.rank)
    outcomes: dict[str, Value] = {"award": standing.award, "stopped": stopped, "rank": rank}
    return {**outcomes, "prize": standing.prize, **standing.values}


def _differences(entity: str, expected: dict[str, Value], values: dict[str, Value]) -> list[Difference]:
    return [
        Difference(entity, name, say(value, Kind("text")), say(values[name], Kind("text")) if name in values else "")
        for name, value in expected.items()
        if name not in values or values[name] != value
    ]
