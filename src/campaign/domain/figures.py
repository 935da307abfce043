"""Figures: what every figure must satisfy before it is a fact (R-25, R-46)."""

from campaign.domain.definition import Definition, Indicator
from campaign.domain.events import Figure
from campaign.domain.situation import problem, unknown
from campaign.problems import Place, Problem, T


def indicator_of(definition: Definition, name: str) -> Indicator | None:
    """Return the indicator called NAME, or None."""
    return next((indicator for indicator in definition.indicators if indicator.id == name), None)


def faults(figures: tuple[Figure, ...], definition: Definition, field: str = "figures") -> list[Problem]:
    """Return all that is wrong with FIGURES, the value of a command's FIELD, each at its place in it."""
    problems: list[Problem] = []
    seen: dict[tuple[str, str], int] = {}
    for number, figure in enumerate(figures):
        where = f"{field}[{number}]"
        problems += _fault(figure, definition, where)
        first = seen.setdefault((figure.indicator, figure.scope), number)
        if first != number:
            message = T("{indicator} under {scope} stands twice", indicator=figure.indicator, scope=figure.scope)
            problems.append(problem("figure-twice", message, T("keep one of them"), field=where))
    return problems


def _fault(figure: Figure, definition: Definition, where: str) -> list[Problem]:
    indicator = indicator_of(definition, figure.indicator)
    if indicator is None:
        known = (entry.id for entry in definition.indicators)
        return [
            unknown("unknown-indicator", "indicator", figure.indicator, known).at(Place(field=f"{where}.indicator"))
        ]
    problems = off_unit(indicator, figure.unit, f"{where}.unit") + off_scope(definition, figure.scope, f"{where}.scope")
    for number, adjustment in enumerate(figure.adjustments):
        if not adjustment.reason.strip():
            message = T("an adjustment of {indicator} has no reason", indicator=figure.indicator)
            place = f"{where}.adjustments[{number}].reason"
            problems.append(problem("adjustment-reason", message, T("say why it was made"), field=place))
    return problems


def off_unit(indicator: Indicator, unit: str, field: str) -> list[Problem]:
    """Return a problem if UNIT is not the one that the indicator declares: a slip of unit is a slip of size."""
    if unit == indicator.unit:
        return []
    message = T(
        "{indicator} is counted in {right}, not in {wrong}", indicator=indicator.id, right=indicator.unit, wrong=unit
    )
    return [problem("unit-slip", message, T("convert it to {unit}", unit=indicator.unit), field=field)]


def off_scope(definition: Definition, scope: str, field: str) -> list[Problem]:
    """Return a problem if SCOPE is not one of the definition's; where it has none, none may be given."""
    known = [entry.id for entry in definition.scopes]
    if scope in known or (not known and not scope):
        return []
    return [unknown("unknown-scope", "scope", scope, known).at(Place(field=field))]
