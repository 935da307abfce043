"""The explanation: the interpreter's walk over the same trees, told step by step."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, cast

import msgspec

from campaign.problems import Problems
from campaign.rules.exact import CONTEXT, shown
from campaign.rules.intake import intake
from campaign.rules.interpret import Env, Verdict, failing, guarded, run
from campaign.rules.kinds import Kind, Value, say
from campaign.rules.model import Formula, GroupStep, Model, Prize, Ranking, Rounding, Rule, Step, Table, values_of
from campaign.rules.nearer import nearer
from campaign.rules.order import reads
from campaign.rules.printer import printed, printed_test
from campaign.rules.ranks import tied_with
from campaign.rules.reasons import (
    AwardSeen,
    Because,
    ByHandSeen,
    CapSeen,
    CellSeen,
    Explanation,
    Fact,
    Nearer,
    PlaceSeen,
    RoundingSeen,
    RuleSeen,
)
from campaign.rules.tree import Expr, Items, Lit, Name, Tree, parts, rebuilt

if TYPE_CHECKING:
    from campaign.rules.assess import Adjustment
    from campaign.rules.scheme import Assessment, Scheme


class Teller:
    """Tells the reasons for one entity's values."""

    def __init__(self, model: Model, env: Env, origins: Mapping[str, str]) -> None:
        """Hold the entity's values, all of them known."""
        self.model = model
        self.env = env
        self.origins = origins
        self.kinds: dict[str, Kind] = {name: item.kind for name, item in model.inputs.items()}
        self.labels = {name: item.label for name, item in model.inputs.items()}
        for step in model.steps:
            self.kinds.update(values_of(step))
            self.labels.update(dict.fromkeys((name for name, _ in values_of(step)), step.label))

    def fact(self, name: str) -> Fact:
        """Say what NAME is."""
        value = say(self.env[name], self.kinds[name])
        return Fact(name, value, self.labels[name], self.origins.get(name, ""))

    def facts(self, step: Step) -> tuple[Fact, ...]:
        """Say what a step read, in the order of their names."""
        return tuple(self.fact(name) for name in sorted(reads(step)) if name in self.env)

    def formula(self, step: Formula, verdict: Verdict, by_hand: Sequence[ByHandSeen]) -> Because:
        """Tell a formula: as written, with its values, rounded."""
        constant = step.role == "constant" and isinstance(step.tree, Lit)
        return Because(
            step.name,
            step.role,
            say(verdict.values[0], step.kind),
            step.label,
            step.clause,
            step.snippet.file,
            step.snippet.line,
            inputs=self.facts(step),
            formula="" if constant else step.snippet.text or printed(step.tree),
            reckoned="" if constant else printed(self._put(step.tree)),
            rounding=_rounding(step.rounding, verdict, step.kind),
            by_hand=tuple(by_hand),
        )

    def _put(self, tree: Expr) -> Expr:
        return _put(tree, self.env, self.kinds)

    def table(self, step: Table, verdict: Verdict) -> Because:
        """Tell a table: the rules that gave the value, and of each other the first cell that failed."""
        subjects = [guarded(column.tree, self.env, column.snippet, step.name) for column in step.columns]
        matched = [rule for rule in step.rules if rule.number in verdict.rules]
        failed = [
            (rule, failing(step, rule, subjects, self.env)) for rule in step.rules if rule.number not in verdict.rules
        ]
        return Because(
            step.name,
            "table",
            ", ".join(say(value, output.kind) for value, output in zip(verdict.values, step.outputs, strict=True)),
            step.label,
            step.clause,
            step.snippet.file,
            step.snippet.line,
            step.hit,
            self.facts(step),
            tuple(self._rule(step, rule, subjects, range(len(subjects))) for rule in matched),
            tuple(self._rule(step, rule, subjects, () if at is None else (at,)) for rule, at in failed),
            rounding=_rounding(step.outputs[0].rounding, verdict, step.outputs[0].kind),
            caps=self._caps(step),
        )

    def _rule(self, step: Table, rule: Rule, subjects: Sequence[Value], shown_cells: Sequence[int]) -> RuleSeen:
        cells = tuple(self._cell(step, rule, subjects, index) for index in shown_cells)
        gives = tuple(cell.text for cell in rule.cells[len(rule.tests) :])
        return RuleSeen(rule.number, step.snippet.file, rule.line, cells, gives, rule.note, rule.clause)

    def _cell(self, step: Table, rule: Rule, subjects: Sequence[Value], index: int) -> CellSeen:
        column = step.columns[index]
        return CellSeen(
            column.title,
            printed_test(rule.tests[index]),
            say(subjects[index], column.kind),
            failing(step, rule, list(subjects), self.env) != index,
        )

    def _caps(self, step: Table) -> tuple[CapSeen, ...]:
        return tuple(
            CapSeen(cap.at_most, cap.because, cap.clause)
            for cap in step.caps
            if guarded(cap.when, self.env, cap.snippet, step.name)
        )

    def group(self, step: GroupStep, rows: Mapping[str, Env], entity: str) -> Because:
        """Tell a figure of the group, a place or a prize."""
        how = "prize" if isinstance(step, Prize) else "ranking" if isinstance(step, Ranking) else step.how
        return Because(
            step.name,
            how,
            say(self.env[step.name], step.kind),
            step.label,
            step.clause,
            step.snippet.file,
            step.snippet.line,
            inputs=self.facts(step),
            matched=self._amounts(step) if isinstance(step, Prize) else (),
            place=self._place(step, rows, entity) if isinstance(step, Ranking) else None,
            ties=step.ties if isinstance(step, Prize) else "",
        )

    def _place(self, step: Ranking, rows: Mapping[str, Env], entity: str) -> PlaceSeen:
        rank = self.env[step.name]
        ranked = sum(1 for env in rows.values() if env[step.name] is not None)
        keys = tuple(self.fact(key.name) for key in step.keys)
        tied = tied_with(step, rows, entity)
        return PlaceSeen(int(rank) if isinstance(rank, Decimal) else 0, ranked, step.method, keys, tied)

    def _amounts(self, step: Prize) -> tuple[RuleSeen, ...]:
        rank = self.env[step.ranking]
        if rank is None:
            return ()
        env = {**self.env, "rank": rank}
        inner = Teller(self.model, env, self.origins)
        inner.kinds["rank"], inner.labels["rank"] = Kind("integer"), ""
        return inner.table(step.amounts, run(step.amounts, env)).matched


def _rounding(rounding: Rounding | None, verdict: Verdict, kind: Kind) -> RoundingSeen | None:
    if rounding is None or not isinstance(verdict.before[0], Decimal) or not isinstance(verdict.values[0], Decimal):
        return None
    before, after = say(verdict.before[0], kind), say(verdict.values[0], kind)
    return RoundingSeen(before, after, rounding.digits, rounding.mode)


def _put(tree: Expr, env: Env, kinds: Mapping[str, Kind]) -> Expr:
    """Return TREE with values in place of names."""

    def put(node: Tree) -> Tree:
        if isinstance(node, Name):
            return _written(env[node.name], kinds[node.name])
        return rebuilt(node, [put(part) for part in parts(node)])

    return cast("Expr", put(tree))


def _written(value: Value, kind: Kind) -> Expr:
    if isinstance(value, tuple):
        return Items(tuple(_written(item, Kind(kind.item)) for item in value))
    name = "number" if kind.name == "integer" else kind.name
    return Lit(value, name if value is not None else "none")


def explain_entity(
    scheme: "Scheme", entity: str, given: dict[str, object], by_hand: Mapping[str, Decimal], origins: Mapping[str, str]
) -> Explanation:
    """Explain one entity by itself. Raises the same Problems as its evaluation."""
    model = scheme.model
    taken, problems = intake(model, given, scheme.group_kinds)
    if problems:
        raise Problems(problems)
    env = dict(taken)
    found: list[Because] = []
    for stage in model.stages:
        for step in stage.entity:
            seen = [ByHandSeen(shown(by_hand[step.name]))] if step.name in by_hand else []
            found.append(_told(model, step, env, origins, (by_hand.get(step.name), seen)))
        if not all(name in env for step in stage.group for name, _ in values_of(step)):
            break
    return _whole(scheme, entity, Teller(model, env, origins), found, nearer(scheme, given, by_hand))


Hand = tuple[Decimal | None, Sequence[ByHandSeen]]


def _told(
    model: Model, step: Formula | Table, env: dict[str, Value], origins: Mapping[str, str], hand: Hand
) -> Because:
    verdict = run(step, env, hand[0])
    env.update(zip((name for name, _ in values_of(step)), verdict.values, strict=True))
    teller = Teller(model, env, origins)
    return teller.table(step, verdict) if isinstance(step, Table) else teller.formula(step, verdict, hand[1])


def _whole(
    scheme: "Scheme", entity: str, teller: Teller, found: list[Because], near: tuple[Nearer, ...]
) -> Explanation:
    model = scheme.model
    return Explanation(
        scheme.name,
        scheme.sha256,
        entity,
        tuple(teller.fact(name) for name in model.inputs),
        tuple(found),
        model.title,
        model.source,
        model.clause,
        model.version,
        model.notice,
        None,
        near,
    )


def explain_standing(assessment: "Assessment", entity: str, origins: Mapping[str, str]) -> Explanation:
    """Explain how an entity stands among all."""
    scheme, field = assessment.scheme, assessment.field
    everything = field.rows[entity]
    env: dict[str, Value] = {name: everything[name] for name in scheme.inputs}
    hands = _hands(assessment.standings[entity].adjusted)
    found: list[Because] = []
    for stage in scheme.model.stages:
        found += [_told(scheme.model, step, env, origins, hands.get(step.name, (None, ()))) for step in stage.entity]
        env.update({name: everything[name] for step in stage.group for name, _ in values_of(step)})
        for step in stage.group:
            rows = field.peers(entity, step)
            found.append(Teller(scheme.model, env, origins).group(step, rows, entity))
    teller = Teller(scheme.model, env, origins)
    given: dict[str, object] = {name: env[name] for name in (*scheme.inputs, *scheme.group_kinds)}
    sums = {name: amount for name, (amount, _) in hands.items() if amount is not None}
    whole = _whole(scheme, entity, teller, found, nearer(scheme, given, sums))
    return msgspec.structs.replace(whole, award=_award(assessment, entity, teller))


def _hands(adjusted: "Sequence[Adjustment]") -> dict[str, Hand]:
    found: dict[str, Hand] = {}
    for item in adjusted:
        amount, seen = found.get(item.name, (Decimal(0), ()))
        total = CONTEXT.add(amount or Decimal(0), item.amount)
        found[item.name] = (total, (*seen, ByHandSeen(shown(item.amount), item.authority, item.reason)))
    return found


def _award(assessment: "Assessment", entity: str, teller: Teller) -> AwardSeen | None:
    award, standing = assessment.scheme.model.award, assessment.standings[entity]
    if award is None:
        return None
    group = "" if award.pool is None or award.pool.everywhere else standing.group
    cut = next((cut for cut in assessment.cuts if cut.group == group), None)
    seen = AwardSeen(
        tuple(teller.fact(name) for name in award.of),
        "highest" if award.highest_only else "add",
        shown(standing.prize),
        shown(standing.award),
        tuple(stop.because for stop in standing.stopped),
        clause=award.clause,
    )
    if cut is None:
        return seen
    exact = CONTEXT.multiply(standing.prize, cut.factor)
    rest = CONTEXT.subtract(standing.award, exact).quantize(Decimal("0.0001"), context=CONTEXT)
    more = {
        "pool": shown(cut.pool),
        "pool_claimed": shown(cut.claimed),
        "factor": shown(cut.factor),
        "remainder": shown(rest),
    }
    return msgspec.structs.replace(seen, **more)
