"""The proof's findings and everything declared in vain, said as problems."""

from campaign.problems import T
from campaign.rules.draft import Draft
from campaign.rules.exact import ONE, ZERO
from campaign.rules.model import Aggregate, Model, Prize, Ranking, Table
from campaign.rules.order import reads
from campaign.rules.proof import Finding, examine, shown
from campaign.rules.tree import Compare, Lit, Test, names

FROM_ONE = Compare(">=", Lit(ONE, "number"))
FROM_ZERO = Compare(">=", Lit(ZERO, "number"))


def prove(draft: Draft, model: Model) -> None:
    """Note every overlap, gap, unreachable rule and unused declaration."""
    limits = _limits(model)
    for step in model.steps:
        if isinstance(step, Table):
            _table(draft, step, limits)
        elif isinstance(step, Prize):
            _table(draft, step.amounts, {**limits, "rank": FROM_ONE})
    _unused(draft, model)


def _limits(model: Model) -> dict[str, Test]:
    """Return what bounds the values of names: an input's declaration; places begin at 1, counts at 0."""
    found = {name: item.allowed for name, item in model.inputs.items() if item.allowed is not None}
    for step in model.steps:
        if isinstance(step, Ranking):
            found[step.name] = FROM_ONE
        elif isinstance(step, Aggregate) and step.how == "count":
            found[step.name] = FROM_ZERO
    return found


def _table(draft: Draft, table: Table, limits: dict[str, Test]) -> None:
    for finding in examine(table, limits):
        _say(draft, table, finding)


def _say(draft: Draft, table: Table, finding: Finding) -> None:
    if finding.what == "gap":
        example = shown(table, finding.witness)
        message = T("no rule of {table} takes {example}", table=table.name, example=example)
        place = table.snippet
        draft.sheet.complain("table-gap", message, T("add a rule or a default"), place.line, place.column)
        return
    if finding.what == "unproven":
        place = table.snippet
        message = T("{table} has too many combinations to prove", table=table.name)
        draft.sheet.complain(
            "table-unproven", message, T("part the table into two decisions"), place.line, place.column
        )
        return
    rule = table.rules[finding.rules[0]]
    place = rule.cells[0]
    if finding.what == "overlap":
        other = table.rules[finding.rules[1]]
        message = T(
            "rule {rule} overlaps rule {other} (line {line}) but the hit policy is UNIQUE, as for {example}",
            rule=rule.number,
            other=other.number,
            line=other.line,
            example=shown(table, finding.witness),
        )
        fix = T("part their cells, or choose another hit policy")
        draft.sheet.complain("table-overlap", message, fix, place.line, place.column)
    elif finding.what == "unreachable":
        message = T("rule {rule} is never reached: the rules before it take all its values", rule=rule.number)
        draft.sheet.complain("rule-unreachable", message, T("move it up or remove it"), place.line, place.column)
    else:
        message = T("rule {rule} can never match: one of its cells takes no value", rule=rule.number)
        draft.sheet.complain("rule-never", message, T("check the ends of its ranges"), place.line, place.column)


def _unused(draft: Draft, model: Model) -> None:
    """Note inputs, constants and functions that nothing reads."""
    used = {model.headings.group, model.headings.score, model.headings.rank, model.headings.grade}
    for step in model.steps:
        used |= reads(step)
    if model.award and model.award.pool:
        used |= names(model.award.pool.amount)
    used |= set(model.award.of) if model.award else set()
    for name in (*model.inputs, *model.constants):
        if name not in used:
            line, column = draft.places[name]
            message = T("{name} is declared and never used", name=name)
            draft.sheet.complain("declared-unused", message, T("use it or remove it"), line, column)
    for name in draft.scope.functions:
        if name not in draft.scope.called:
            line, column = draft.places[f"{name}()"]
            message = T("the function {name} is never called", name=name)
            draft.sheet.complain("declared-unused", message, T("use it or remove it"), line, column)
