"""The plain values that a scheme asks for, each drawn from states with the positions of the events behind it.

What can be given is named in SUPPLIES, and `INDICATOR_completion` for any indicator of the definition.  Percentages are
exact ratios: 1.05 is 105%.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias

import msgspec

from campaign.domain import exact
from campaign.domain.attainment import completion
from campaign.domain.definition import Definition, Indicator, expand
from campaign.domain.duties import duties, tally
from campaign.domain.events import Figure, Target
from campaign.domain.figures import indicator_of
from campaign.domain.findings import falsified
from campaign.domain.governing import governing
from campaign.domain.reports import current_figures
from campaign.domain.state import CampaignState, Context, EntityState, TargetLine
from campaign.problems import Place, Problem, Problems, Refused, T, Text, nearest

Basis: TypeAlias = Literal["provisional", "final"]
SUFFIX = "_completion"


class Wanted(msgspec.Struct, frozen=True):
    """An input that a scheme declares: whether it may be "not applicable", the words it may take, and its place."""

    optional: bool = False
    words: tuple[str, ...] = ()
    place: Place = Place()


class Inputs(msgspec.Struct, frozen=True):
    """What a scheme is given, by entity and input.

    origins: the positions of the events behind each value.  left_out: who is not assessed, and why.  without_target:
    whose `has_target` is false, so that the zero of its completion is no verdict.
    """

    rows: dict[str, dict[str, object]]
    origins: dict[str, dict[str, tuple[int, ...]]]
    left_out: dict[str, Text]
    without_target: tuple[str, ...]


class Drawn(msgspec.Struct, frozen=True):
    """One value and the positions of the events it was made from."""

    value: object
    positions: tuple[int, ...] = ()


class Look(msgspec.Struct, frozen=True):
    """What a value is drawn from."""

    state: EntityState
    definition: Definition
    wanted: Mapping[str, Wanted]
    on: date
    basis: Basis

    @property
    def lenient(self) -> bool:
        """Whether the scheme asks if there is a target, and so can tell a zero that means "none" from a verdict."""
        return "has_target" in self.wanted

    def problem(self, code: str, message: Text, fix: Text, name: str) -> Problem:
        """Say what keeps an input of this entity from being known."""
        return Problem(code, message, fix, Place(field=f"{self.state.entity}.{name}"), rule=name)


Answer: TypeAlias = Drawn | Problem


def draw(  # noqa: PLR0913 -- each is a separate choice of the run
    wanted: Mapping[str, Wanted],
    states: Mapping[str, EntityState],
    definition: Definition,
    on: date,
    basis: Basis,
    *,
    campaign: CampaignState | None = None,
) -> Inputs:
    """Draw what is WANTED of every entity that is assessed; by CAMPAIGN each under the definition that governs it.

    on: the day of the log position that is assessed, so that the same position always gives the same values.  basis:
    `final` admits only figures that are final.  Raises Problems naming every entity and input that is not known.
    """
    unknown = tuple(_unsupplied(wanted, definition))
    if unknown:
        raise Problems(unknown)
    problems: list[Problem] = []
    left_out: dict[str, Text] = {}
    drawn: dict[str, dict[str, Drawn]] = {}
    context = Context(definition, campaign or CampaignState())
    for name, state in states.items():
        look = Look(state, governing(context, state) or definition, wanted, on, basis)
        why = _left_out(look)
        if why is not None:
            left_out[name] = why
            continue
        answers = {key: _supplier(key, definition)(look, key) for key in wanted}
        problems += [answer for answer in answers.values() if isinstance(answer, Problem)]
        drawn[name] = {key: answer for key, answer in answers.items() if isinstance(answer, Drawn)}
    if problems:
        raise Problems(problems)
    return Inputs(
        {name: {key: item.value for key, item in row.items()} for name, row in drawn.items()},
        {name: {key: item.positions for key, item in row.items()} for name, row in drawn.items()},
        left_out,
        tuple(name for name, row in drawn.items() if "has_target" in row and row["has_target"].value is False),
    )


def _unsupplied(wanted: Mapping[str, Wanted], definition: Definition) -> Iterator[Problem]:
    known = [*SUPPLIES, *(f"{indicator.id}{SUFFIX}" for indicator in definition.indicators)]
    for name, declared in wanted.items():
        if name not in known:
            message = T("the scheme asks for {name}, which the campaign does not know", name=name)
            yield Problem("input-not-supplied", message, nearest(name, known), declared.place, rule=name)


def _left_out(look: Look) -> Text | None:
    state = look.state
    if state.exit is not None and state.exit.exit_on <= look.on:
        return T("it left the statistics on {day}: {reason}", day=state.exit.exit_on, reason=state.exit.reason)
    if state.voluntary:
        return T("it joined voluntarily")
    if "group" in look.wanted and not _group(look):
        return T("the scheme names none of its groups")
    return None


def _group(look: Look) -> str:
    """Return the group it is assessed in: the first that the scheme names, else the first of its own."""
    words = look.wanted["group"].words
    if words:
        mine = expand(look.definition, look.state.groups)
        return next((word for word in words if word in mine), "")
    return look.state.groups[0] if look.state.groups else ""


def _supplier(name: str, definition: Definition) -> Callable[[Look, str], Answer]:
    if name in SUPPLIES:
        return SUPPLIES[name]
    indicator = indicator_of(definition, name.removesuffix(SUFFIX))
    chosen = (indicator,) if indicator else ()
    return lambda look, key: _completion(look, key, chosen)


# --- one function per input --------------------------------------------------------------------------------------


def _entity_group(look: Look, _: str) -> Answer:
    return Drawn(_group(look), (look.state.position,))


def _growth(look: Look, name: str) -> Answer:
    return _completion(look, name, _growth_indicators(look.definition))


def _benefit(look: Look, name: str) -> Answer:
    return _completion(look, name, _benefit_indicators(look.definition))


def _on_time(look: Look, name: str) -> Answer:
    """Return the share of duties answered on time; while nothing is due, nothing is late."""
    listed = duties(look.state, look.definition, look.on)
    positions = tuple(duty.report.position for duty in listed if duty.report is not None)
    ratio = tally(listed).ratio
    if ratio is None:
        return Drawn(None if look.wanted[name].optional else Decimal(1))
    return Drawn(ratio, positions)


def _late(look: Look, _: str) -> Answer:
    listed = duties(look.state, look.definition, look.on)
    positions = tuple(duty.report.position for duty in listed if duty.report and duty.standing == "late")
    return Drawn(Decimal(tally(listed).late), positions)


def _missing(look: Look, _: str) -> Answer:
    return Drawn(Decimal(tally(duties(look.state, look.definition, look.on)).missing))


def _falsified(look: Look, _: str) -> Answer:
    confirmed = [line for line in look.state.findings.values() if line.kind == "falsification"]
    behind = [(line.position, line.resolved_position) for line in confirmed if line.status == "confirmed"]
    return Drawn(falsified(look.state), tuple(position for pair in behind for position in pair))


def _has_target(look: Look, _: str) -> Answer:
    """Say whether a target is fixed for every completion that the scheme asks for."""
    lines = [_target(look, choices) for choices in _asked(look)]
    return Drawn(all(lines), tuple(line.position for line in lines if line is not None))


def _asked(look: Look) -> Iterator[tuple[Indicator, ...]]:
    for name in look.wanted:
        if name == "completion":
            yield _growth_indicators(look.definition)
        elif name == "benefit_completion":
            yield _benefit_indicators(look.definition)
        elif name.endswith(SUFFIX):
            yield tuple(entry for entry in look.definition.indicators if entry.id == name.removesuffix(SUFFIX))


SUPPLIES: dict[str, Callable[[Look, str], Answer]] = {
    "group": _entity_group,
    "completion": _growth,
    "benefit_completion": _benefit,
    "on_time_ratio": _on_time,
    "late_reports": _late,
    "missing_reports": _missing,
    "falsified": _falsified,
    "has_target": _has_target,
}
"""What a scheme may ask for, by name."""


# --- completion of a target --------------------------------------------------------------------------------------


def _growth_indicators(definition: Definition) -> tuple[Indicator, ...]:
    """Return the rates that compare levels of the trend's growth indicator, then that indicator itself."""
    named = definition.trend.growth if definition.trend else ""
    rates = tuple(entry for entry in definition.indicators if named and entry.base == named)
    return rates + tuple(entry for entry in definition.indicators if entry.id == named)


def _benefit_indicators(definition: Definition) -> tuple[Indicator, ...]:
    named = definition.trend.benefit if definition.trend else ""
    return tuple(entry for entry in definition.indicators if entry.id == named)


def _target(look: Look, choices: tuple[Indicator, ...]) -> TargetLine | None:
    """Return the fixed, hard, numeric target of the first indicator that has one (R-52: soft ones are only reported).

    Of several under different scopes, the one under the scope of the campaign's own target counts (R-25).
    """
    for indicator in choices:
        own = {target.scope for target in look.definition.targets if target.indicator == indicator.id}
        lines = [line for line in look.state.targets.values() if _counts(line, indicator)]
        if lines:
            return min(lines, key=lambda line: line.target.scope not in own)
    return None


def _counts(line: TargetLine, indicator: Indicator) -> bool:
    target = line.target
    fixed = line.status == "fixed" and target.strength == "hard"
    return fixed and target.indicator == indicator.id and target.value is not None


def _completion(look: Look, name: str, choices: tuple[Indicator, ...]) -> Answer:
    line = _target(look, choices)
    if line is None:
        return _untargeted(look, name, choices)
    indicator = next(entry for entry in choices if entry.id == line.target.indicator)
    standing = current_figures(look.state).get((indicator.id, line.target.scope))
    if standing is None:
        message = T("{entity} reported no {indicator}", entity=look.state.entity, indicator=indicator.id)
        fix = T("have it reported under the scope {scope}", scope=line.target.scope)
        return look.problem("figure-missing", message, fix, name)
    figure, _, report, position = standing
    if look.basis == "final" and figure.status != "final":
        entity = look.state.entity
        message = T(
            "the {indicator} of {entity} is provisional in {report}",
            indicator=indicator.id,
            entity=entity,
            report=report,
        )
        return look.problem("figure-provisional", message, T("have the final figure reported"), name)
    found = _percentage(look, name, indicator, line.target, figure)
    if isinstance(found, Problem):
        return found
    base = (look.state.baseline_position,) if _base(look, indicator, line.target) is not None else ()
    return Drawn(found, (line.position, position, *base))


def _untargeted(look: Look, name: str, choices: tuple[Indicator, ...]) -> Answer:
    if look.wanted[name].optional:
        return Drawn(None)
    if look.lenient:
        return Drawn(exact.ZERO)
    wanted = ", ".join(entry.id for entry in choices) or name
    message = T("{entity} has no fixed target for {indicator}", entity=look.state.entity, indicator=wanted)
    return look.problem("target-missing", message, T("fix one, or let the scheme ask for has_target"), name)


def _percentage(
    look: Look, name: str, indicator: Indicator, target: Target, figure: Figure
) -> Decimal | Problem | None:
    """Return the completion as an exact ratio, None where the scheme admits that there is none."""
    assert target.value is not None  # noqa: S101 -- _counts admits numeric targets only
    found = completion(indicator, target.value, figure.value, _base(look, indicator, target))
    pct = None if isinstance(found, Refused) else found.pct
    if pct is not None:
        return pct.scaleb(-2, exact.CONTEXT)
    if look.wanted[name].optional:
        return None
    message = T("there is no percentage of {indicator} for {entity}", indicator=indicator.id, entity=look.state.entity)
    fix = T("declare the input {name} as percent? and say what then holds", name=name)
    return look.problem("completion-undefined", message, fix, name)


def _base(look: Look, indicator: Indicator, target: Target) -> Decimal | None:
    """Return last year's level as the survey found it; rates have none."""
    if indicator.base:
        return None
    key = (target.indicator, target.scope)
    return next((item.value for item in look.state.baseline if (item.indicator, item.scope) == key), None)
