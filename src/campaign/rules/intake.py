"""The values handed in: each checked against its declaration, every problem at once."""

from collections.abc import Iterable, Mapping

from campaign.problems import Place, Problem, T, Text
from campaign.rules.guess import near
from campaign.rules.interpret import holds
from campaign.rules.kinds import Kind, Value, accept, hint, say
from campaign.rules.model import Model
from campaign.rules.printer import printed_test

Taken = dict[str, Value]


def intake(model: Model, given: Mapping[str, object], extra: Mapping[str, Kind]) -> tuple[Taken, list[Problem]]:
    """Return the values admitted and the problems of the rest; EXTRA are group figures that may be given too."""
    taken: Taken = {}
    problems: list[Problem] = []
    for name, item in model.inputs.items():
        place = Place(model.file, item.line, item.column, field=name)
        if name not in given:
            message = T("{name}: the input is missing", name=name)
            problems.append(Problem("input-missing", message, T("give its value"), place, name))
            continue
        found = accept(given[name], item.kind, name)
        if isinstance(found, Text):
            problems.append(_refused(name, found, item.kind, place))
        elif item.allowed is not None and found is not None and not holds(item.allowed, found, {}):
            shown = say(found, item.kind)
            message = T(
                "{name}: {value} is outside {allowed}", name=name, value=shown, allowed=printed_test(item.allowed)
            )
            problems.append(Problem("input-range", message, T("check the figure"), place, name))
        else:
            taken[name] = found
    _extras(model, given, extra, taken, problems)
    return taken, problems


def _refused(name: str, why: Text, kind: Kind, place: Place) -> Problem:
    return Problem("input-mistyped", why, hint(kind), place, name)


def _extras(
    model: Model, given: Mapping[str, object], extra: Mapping[str, Kind], taken: Taken, problems: list[Problem]
) -> None:
    for name in given:
        if name in model.inputs:
            continue
        place = Place(model.file, field=str(name))
        if name not in extra:
            message = T("{name}: no such input is declared", name=name)
            problems.append(
                Problem("input-unknown", message, near(str(name), _choices(model, extra)), place, str(name))
            )
            continue
        found = accept(given[name], extra[name], name)
        if isinstance(found, Text):
            problems.append(_refused(name, found, extra[name], place))
        else:
            taken[name] = found


def _choices(model: Model, extra: Iterable[str]) -> list[str]:
    return [*model.inputs, *extra]
