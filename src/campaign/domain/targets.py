"""Targets: proposed, reviewed, fixed, revised (R-50), and the hash of the set that letters bind."""

import hashlib
from decimal import Decimal

import msgspec

from campaign.domain import exact
from campaign.domain.commands import FixTarget, ProposeTarget, ReviewTarget, ReviseTarget
from campaign.domain.definition import Definition, Indicator
from campaign.domain.events import Target, TargetFixed, TargetProposed, TargetReviewed, TargetRevised
from campaign.domain.figures import indicator_of, off_scope, off_unit
from campaign.domain.situation import Decision, Situation, blanks, four_eyes, nothing_changes, problem, settle, unknown
from campaign.domain.state import EntityState, TargetLine
from campaign.problems import Problem, Refused, T

_ENCODER = msgspec.json.Encoder(order="deterministic")


def propose(command: ProposeTarget, at: Situation) -> Decision:
    """Put a target forward with its rationale; before it is fixed it may be put forward anew."""
    target = completed(command.target, at.definition)
    line = at.state.targets.get(target.target)
    if line is not None and line.status == "fixed":
        message = T("target {target} is fixed", target=target.target)
        return Refused((problem("target-fixed", message, T("revise it with a reason"), field="target"),))
    if line is not None and line.target == target and line.status != "objected":
        return nothing_changes(T("target {target} stands as {status}", target=target.target, status=line.status))
    problems = [*flaws(target, at.definition), *blanks(rationale=command.rationale)]
    return settle(problems, TargetProposed(target, command.rationale))


def review(command: ReviewTarget, at: Situation) -> Decision:
    """Say whether a proposed target is sound."""
    line = at.state.targets.get(command.target)
    if line is None:
        return Refused((_unknown(command.target, at.state),))
    if line.status == "fixed":
        message = T("target {target} is fixed", target=command.target)
        return Refused((problem("target-fixed", message, T("revise it with a reason"), field="target"),))
    if line.status == ("reviewed" if command.favourable else "objected"):
        return nothing_changes(T("target {target} stands as {status}", target=command.target, status=line.status))
    problems = [] if command.favourable else blanks(opinion=command.opinion)
    return settle(problems, TargetReviewed(command.target, command.favourable, command.opinion))


def fix(command: FixTarget, at: Situation) -> Decision:
    """Fix a target that was reviewed, by another person than proposed it."""
    line = at.state.targets.get(command.target)
    if line is None:
        return Refused((_unknown(command.target, at.state),))
    if line.status == "fixed":
        return nothing_changes(T("target {target} is fixed already", target=command.target))
    return settle([*_unreviewed(line), *_one_person(line, at)], TargetFixed(line.target))


def revise(command: ReviseTarget, at: Situation) -> Decision:
    """Change a fixed target by an approved decision."""
    target = completed(command.target, at.definition)
    line = at.state.targets.get(target.target)
    if line is None:
        return Refused((_unknown(target.target, at.state),))
    if line.status != "fixed":
        message = T("target {target} is not fixed yet", target=target.target)
        return Refused((problem("target-not-fixed", message, T("propose it anew"), field="target"),))
    if line.target == target:
        return nothing_changes(T("target {target} is the same", target=target.target))
    problems = [*flaws(target, at.definition), *blanks(reason=command.reason), *_other_indicator(line, target)]
    return settle(problems, TargetRevised(target, command.reason, command.document))


def completed(target: Target, definition: Definition) -> Target:
    """Fill in what the definition makes plain: the indicator's unit, the metric period, the scope."""
    indicator = indicator_of(definition, target.indicator)
    return msgspec.structs.replace(
        target,
        target=target.target or target.indicator,
        unit=target.unit or (indicator.unit if indicator else ""),
        period=target.period or definition.campaign.metric_period,
        scope=target.scope or _plain_scope(target.indicator, definition),
    )


def _plain_scope(indicator: str, definition: Definition) -> str:
    """Return the scope of the campaign's own targets for INDICATOR, or the only scope there is, else ""."""
    named = {target.scope for target in definition.targets if target.indicator == indicator and target.scope}
    choices = named or {scope.id for scope in definition.scopes}
    return choices.pop() if len(choices) == 1 else ""


def flaws(target: Target, definition: Definition) -> list[Problem]:
    """Return all that is wrong with a completed target (R-05, R-14)."""
    indicator = indicator_of(definition, target.indicator)
    if indicator is None:
        return [unknown("unknown-indicator", "indicator", target.indicator, (i.id for i in definition.indicators))]
    problems = [*off_unit(indicator, target.unit, "unit"), *off_scope(definition, target.scope, "scope")]
    return problems + _value(target, indicator) + _halves(target)


def _value(target: Target, indicator: Indicator) -> list[Problem]:
    if target.value is None:
        message = T("target {target} has neither a value nor a text", target=target.target)
        fix = T("say what is to be reached")
        return [] if target.text.strip() else [problem("target-empty", message, fix, field="value")]
    if indicator.completion == "qualitative":
        message = T("{indicator} is qualitative and takes no value", indicator=indicator.id)
        return [problem("target-qualitative", message, T("say it in words"), field="value")]
    return []


def _halves(target: Target) -> list[Problem]:
    first, second = target.first_half_actual, target.second_half
    if first is None or second is None:
        return []
    halves = exact.CONTEXT.add(first, second)
    if target.value is not None and halves == target.value:
        return []
    message = T(
        "first-half actual {first} and second half {second} make {sum}, not {value}",
        first=first,
        second=second,
        sum=halves,
        value="-" if target.value is None else exact.normal(target.value),
    )
    return [problem("halves-do-not-add-up", message, T("correct the value or a half"), field="second_half")]


def _unreviewed(line: TargetLine) -> list[Problem]:
    target = line.target.target
    if line.status == "objected":
        message = T("target {target} was objected to", target=target)
        return [problem("target-objected", message, T("propose it anew, or review it favourably"), field="target")]
    if line.status == "proposed":
        message = T("target {target} is not reviewed", target=target)
        return [problem("target-not-reviewed", message, T("have it reviewed first"), field="target")]
    return []


def _one_person(line: TargetLine, at: Situation) -> list[Problem]:
    if not at.definition.four_eyes.targets or line.proposed_by != at.asked.actor:
        return []
    message = T("{person} proposed target {target}", person=line.proposed_by, target=line.target.target)
    return [four_eyes("four_eyes.targets", message, T("another person must fix it"))]


def _other_indicator(line: TargetLine, target: Target) -> list[Problem]:
    if line.target.indicator == target.indicator:
        return []
    message = T("target {target} is of {indicator}", target=target.target, indicator=line.target.indicator)
    return [problem("indicator-changed", message, T("propose another target"), field="indicator")]


def _unknown(target: str, state: EntityState) -> Problem:
    return unknown("unknown-target", "target", target, state.targets)


def target_set_sha256(state: EntityState) -> str:
    """Return the hex sha256 of the canonical text of all fixed targets (R-17).

    Equal sets hash alike whatever the order of their fixing and the scale of their numbers.  Fields that say nothing
    are left out, so that a field added to Target one day leaves the hashes in letters of today as they are.
    """
    lines = [_line(line.target) for _, line in sorted(state.targets.items()) if line.status == "fixed"]
    return hashlib.sha256(_ENCODER.encode(lines)).hexdigest()


def _line(target: Target) -> dict[str, str]:
    fields = msgspec.structs.asdict(target)
    return {name: _written(value) for name, value in fields.items() if value not in {None, ""}}


def _written(value: str | Decimal) -> str:
    return exact.normal(value) if isinstance(value, Decimal) else value
