"""What was typed: a problem names the option or argument of the line, where the app names a field of its own."""

import re
from collections.abc import Iterable, Iterator

import click

from campaign.app.intents import FIGURE_FIELDS
from campaign.problems import Place, Problem
from campaign_cli.call import Argument, Option
from campaign_cli.exits import name_of

PATH = re.compile(r"(?P<head>[a-z][a-z0-9_]*)(\[(?P<number>\d+)\](\.(?P<part>[a-z][a-z0-9_]*))?.*)?")
"""A field, or a part of one that holds several: `figures[0].adjustments[1].reason`."""

BESIDE = frozenset({"adjustment", *FIGURE_FIELDS})
"""What is given once beside the figures and holds for each."""


def as_typed(problems: Iterable[Problem], *, hide: bool = False) -> tuple[Problem, ...]:
    """Return PROBLEMS, each at the option or argument that the command under way has for its field, if it has one.

    What lies in a file stays there.  A field that nobody can type, such as scheme_sha256, stays unless it is to HIDE.
    """
    context = click.get_current_context(silent=True)
    return tuple(problems) if context is None else tuple(_typed(context, problem, hide) for problem in problems)


def _typed(context: click.Context, problem: Problem, hide: bool) -> Problem:  # noqa: FBT001 -- handed on
    path = PATH.fullmatch(problem.place.field)
    if path is None or problem.place.file:
        return problem
    name = _part(context, path) or _whole(context, path)
    return problem.at(Place(field=name)) if name or (hide and path["number"] is None) else problem


def _part(context: click.Context, path: re.Match[str]) -> str:
    """Name what is given beside the figures, such as --adjustment, where PATH leads to that."""
    part = "adjustment" if path["part"] == "adjustments" else path["part"]
    beside = next(_called(context, part), None) if part in BESIDE else None
    return name_of(beside) if beside else ""


def _whole(context: click.Context, path: re.Match[str]) -> str:
    for param in _called(context, path["head"]):
        if path["number"] is None:
            return name_of(param)
        given = context.params.get(param.name or "") or ()
        if isinstance(given, tuple) and given:
            return _one_of(param, given, int(path["number"]))
        if context.params.get("file") is not None:
            return "--file"
    return ""


def _one_of(param: click.Parameter, given: tuple[object, ...], number: int) -> str:
    """Name the option, and where it was given several times what stood behind it."""
    return name_of(param) if len(given) == 1 or number >= len(given) else f"{name_of(param)} {given[number]}"


def _called(context: click.Context, field: str) -> Iterator[click.Parameter]:
    """Yield the parameter of the line that holds FIELD, or that holds it among others: a group stands in groups."""
    own = [param for param in context.command.params if isinstance(param, Argument | Option)]
    yield from (param for param in own if field in {param.name, *param.fields})
    yield from (param for param in own if param.name == f"{field}s" and param.multiple)
