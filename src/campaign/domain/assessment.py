"""From states to results (R-22): what a scheme asks for is drawn, the scheme is run, and its result can be explained.

This is the only room of the domain that calls the rules.
"""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import TypeAlias

from campaign.domain.state import Context, EntityState
from campaign.domain.supply import Basis, Inputs, Wanted, draw
from campaign.problems import Place, Problem, Problems, T
from campaign.rules import Scheme, load
from campaign.rules.reasons import Explanation

Rows: TypeAlias = Mapping[str, Mapping[str, object]]


@lru_cache(maxsize=8)
def scheme_of(text: str) -> Scheme:
    """Read a scheme once. Raises Problems with everything that is wrong with it."""
    return load(text)


def flaws(text: str, name: str) -> tuple[Problem, ...]:
    """Return what is wrong with a scheme's text, or that it is not the scheme called NAME."""
    try:
        scheme = scheme_of(text)
    except Problems as error:
        return error.problems
    if scheme.name == name:
        return ()
    message = T("the text is of the scheme {found}, not {name}", found=scheme.name, name=name or "-")
    return (Problem("scheme-name", message, T("adopt it under its own name"), Place(field="scheme")),)


def inputs(
    scheme_text: str, states: Mapping[str, EntityState], context: Context, on: date, basis: Basis = "provisional"
) -> Inputs:
    """Draw the values that the scheme asks for, entity by entity (see supply.draw).

    Raises Problems naming every entity and input that is not known.
    """
    if context.definition is None:
        message = T("the campaign has no definition")
        raise Problems([Problem("no-definition", message, T("adopt its folder with `campaign apply`"))])
    scheme = scheme_of(scheme_text)
    wanted = {
        name: Wanted(item.kind.optional, item.kind.values, Place(scheme.model.file, item.line, item.column, field=name))
        for name, item in scheme.inputs.items()
    }
    return draw(wanted, states, context.definition, on, basis, campaign=context.campaign)


def assess(scheme_text: str, rows: Rows) -> str:
    """Run the scheme and return its canonical result text, the same to the byte for the same scheme and values.

    Raises Problems, each naming entity, table, rule and input.
    """
    return scheme_of(scheme_text).assess(rows).canonical()


def explain(scheme_text: str, drawn: Inputs, entity: str) -> Explanation:
    """Give the reasons for one entity's result, down to positions of events. Raises KeyError for one not assessed."""
    origins = {name: _written(positions) for name, positions in drawn.origins[entity].items() if positions}
    return scheme_of(scheme_text).assess(drawn.rows).explain(entity, origins)


def asks(text: str) -> tuple[frozenset[str], int]:
    """Return the inputs of a table of the definition and how many things it decides. Raises Problems for others."""
    scheme = scheme_of(text)
    return frozenset(scheme.inputs), len(scheme.value_names)


def answers(text: str, given: Mapping[str, object]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Return what the one decision of a table of the definition answers, and by which rules; it takes what it names.

    Raises Problems for a text that is no table of one collected decision, and for values that it does not know.
    """
    scheme = scheme_of(text)
    found = scheme.evaluate({name: given[name] for name in scheme.inputs if name in given})
    (name, value), *_ = found.values.items()
    listed = value if isinstance(value, tuple) else (value,)
    return tuple(str(answer) for answer in listed), found.rules.get(name, ())


def _written(positions: tuple[int, ...]) -> str:
    return " ".join(f"#{position}" for position in positions)
