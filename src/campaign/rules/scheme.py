"""A scheme ready for use: load() reads and proves it, evaluate() takes one entity, assess() all of them."""

import hashlib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from campaign.problems import Place, Problem, Problems, T
from campaign.rules import intake
from campaign.rules.assess import Adjustment, Cut, Field, Standing, group_step, standings
from campaign.rules.compiler import FALLS_BACK, Run, compiled
from campaign.rules.exact import CONTEXT, shown
from campaign.rules.interpret import of_entity, run
from campaign.rules.kinds import Kind, Value
from campaign.rules.model import Case, Formula, Input, Model, Stage, Table, told, values_of
from campaign.rules.reader import read

if TYPE_CHECKING:
    from campaign.rules.casebook import CaseResult
    from campaign.rules.document import Document
    from campaign.rules.reasons import Explanation

Given = Mapping[str, object]
ByHand = Mapping[str, Decimal]
Rules = tuple[tuple[int, ...], ...]
NO_ADJUSTMENTS: dict[str, Decimal] = {}
ENTITY = "entity"


def load(text: str, file: str = "<scheme>") -> "Scheme":
    """Read, check and prove a scheme. Raises Problems with everything that is wrong with it, in order of its lines."""
    return Scheme(read(text, file), hashlib.sha256(text.encode()).hexdigest())


class Result:
    """What a scheme says of one entity: values, the rules that gave them, and on demand the reasons."""

    __slots__ = ("adjustments", "given", "raw", "scheme")

    def __init__(
        self, scheme: "Scheme", given: Given, raw: tuple[tuple[Value, ...], Rules], adjustments: ByHand
    ) -> None:
        """Hold the compiled form's answer; values and rules are told on demand."""
        self.scheme = scheme
        self.given = given
        self.raw = raw
        self.adjustments = adjustments

    @property
    def values(self) -> dict[str, Value]:
        """Every calculation and decision by name; those of later stages only where the group's figures were given."""
        pairs = zip(self.scheme.value_names, self.raw[0][len(self.scheme.inputs) :], strict=False)
        return {name: value for name, value in pairs if name not in self.scheme.hidden}

    @property
    def rules(self) -> dict[str, tuple[int, ...]]:
        """The numbers of the rules that gave each decision, () for its default."""
        return dict(zip(self.scheme.table_names, self.raw[1], strict=False))

    def explain(self, origins: Mapping[str, str] | None = None) -> "Explanation":
        """Return the reasons; ORIGINS says where an input's value came from, by its name."""
        from campaign.rules.explain import explain_entity  # noqa: PLC0415 -- reasons are asked for seldom

        return explain_entity(self.scheme, ENTITY, dict(self.given), self.adjustments, origins or {})


class Assessment:
    """How everyone stands, by id in order, and what the pools paid."""

    def __init__(self, scheme: "Scheme", field: Field, adjustments: Sequence[Adjustment]) -> None:
        """Award what the rows of FIELD have won."""
        self.scheme = scheme
        self.field = field
        self.standings: dict[str, Standing]
        self.cuts: tuple[Cut, ...]
        self.standings, self.cuts = standings(field, adjustments)

    def explain(self, entity: str, origins: Mapping[str, str] | None = None) -> "Explanation":
        """Return the reasons for one entity's standing. Raises KeyError for an id that was not assessed."""
        from campaign.rules.explain import explain_standing  # noqa: PLC0415 -- reasons are asked for seldom

        return explain_standing(self, entity, origins or {})

    def canonical(self) -> str:
        """Return the result as JSON text that is the same to the byte for the same scheme and figures."""
        entities = {name: _plain(msgspec.structs.asdict(standing)) for name, standing in self.standings.items()}
        pools = [_plain(msgspec.structs.asdict(cut)) for cut in self.cuts]
        whole = {"scheme": self.scheme.name, "sha256": self.scheme.sha256, "entities": entities, "pools": pools}
        return msgspec.json.encode(whole, order="sorted").decode()


def _plain(value: object) -> object:
    """Return VALUE with decimals as text without idle zeros, and structs as mappings."""
    if isinstance(value, Decimal):
        return shown(value)
    if isinstance(value, msgspec.Struct):
        return _plain(msgspec.structs.asdict(value))
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, tuple | list) else value


class Scheme:
    """A scheme that was read and proven."""

    def __init__(self, model: Model, sha256: str) -> None:
        """Compile the stages of MODEL."""
        self.model = model
        self.name = model.name
        self.sha256 = sha256
        self.inputs: dict[str, Input] = model.inputs
        entity = [step for stage in model.stages for step in stage.entity]
        self.value_names = tuple(name for step in entity for name, _ in values_of(step))
        self.hidden = frozenset(step.name for step in entity if not told(step))
        self.table_names = tuple(step.name for step in entity if isinstance(step, Table))
        self.group_kinds: dict[str, Kind] = dict(
            pair for stage in model.stages for step in stage.group for pair in values_of(step)
        )
        self.runs: tuple[Run, ...] = self._compiled()

    @property
    def cases(self) -> tuple[Case, ...]:
        """The worked cases that stand beside the tables."""
        return self.model.cases

    def _compiled(self) -> tuple[Run, ...]:
        known: list[str] = []
        runs: list[Run] = []
        for index, stage in enumerate(self.model.stages):
            runs.append(compiled(stage, tuple(self.inputs.values()) if index == 0 else (), tuple(known)))
            known += self.inputs if index == 0 else ()
            known += [name for step in (*stage.entity, *stage.group) for name, _ in values_of(step)]
        return tuple(runs)

    def evaluate(self, inputs: Given, adjustments: ByHand = NO_ADJUSTMENTS) -> Result:
        """Decide one entity.

        INPUTS are plain values by name; figures of the group (means, ranks) may be given too, and what needs them is
        left out where they are not.  Raises Problems: input missing, mistyped, unknown; arithmetic undefined; no rule.
        """
        try:
            return Result(self, inputs, self.runs[0](inputs, adjustments), adjustments)
        except FALLS_BACK:
            return self._slowly(inputs, adjustments)

    def _slowly(self, inputs: Given, adjustments: ByHand) -> Result:
        """Decide by the interpreter, which says what is wrong."""
        env, problems = intake.intake(self.model, inputs, self.group_kinds)
        if problems:
            raise Problems(problems)
        given = tuple(env[name] for name in self.inputs)
        values: list[Value] = []
        rules: list[tuple[int, ...]] = []
        for stage in self.model.stages:
            for step in stage.entity:
                verdict = run(step, env, adjustments.get(step.name))
                env.update(zip((name for name, _ in values_of(step)), verdict.values, strict=True))
                values.extend(verdict.values)
                rules.extend([verdict.rules] * isinstance(step, Table))
            if not all(name in env for step in stage.group for name, _ in values_of(step)):
                break
        return Result(self, inputs, ((*given, *values), tuple(rules)), adjustments)

    def assess(self, rows: Mapping[str, Given], adjustments: Sequence[Adjustment] = ()) -> Assessment:
        """Decide all entities of ROWS, by id, rank them within their groups and share out the awards.

        The order of ROWS does not matter. Raises Problems for all entities at once, the id as the place's field.
        """
        by_hand = self._adjusted(rows, adjustments)
        field = Field(self.model, self.model.stoppers, self.model.results, {}, {name: {} for name in sorted(rows)})
        problems: list[Problem] = []
        for name in sorted(rows):
            try:
                result = self.evaluate(rows[name], by_hand.get(name, NO_ADJUSTMENTS))
            except Problems as error:
                problems += of_entity(error, name).problems
                continue
            field.rows[name] = self._first(result)
            field.rules[name].update(result.rules)
            problems += of_entity(Problems(self._given_figures(rows[name])), name).problems
        if problems:
            raise Problems(problems)
        self._group_stages(field, by_hand)
        return Assessment(self, field, adjustments)

    def _first(self, result: Result) -> dict[str, Value]:
        return dict(zip((*self.inputs, *self.value_names), result.raw[0], strict=False))

    def _given_figures(self, row: Given) -> list[Problem]:
        """Refuse figures of the group that are given instead of reckoned."""
        if len(row) == len(self.inputs):
            return []
        place = Place(self.model.file)
        return [
            Problem("input-unknown", T("{name} is reckoned, not given", name=name), T("leave it out"), place, name)
            for name in row
            if name in self.group_kinds
        ]

    def _group_stages(self, field: Field, by_hand: Mapping[str, ByHand]) -> None:
        stopped = dict.fromkeys(field.rows, False)
        for index, stage in enumerate(self.model.stages):
            if index:
                self._entities(field, index, stage, by_hand)
            for name in field.rows:
                stopped[name] = bool(field.stops(name))
            for step in stage.group:
                group_step(field, step, stopped.__getitem__)

    def _entities(self, field: Field, index: int, stage: Stage, by_hand: Mapping[str, ByHand]) -> None:
        names = [name for step in stage.entity for name, _ in values_of(step)]
        tables = [step.name for step in stage.entity if isinstance(step, Table)]
        problems: list[Problem] = []
        for name, env in field.rows.items():
            adjustments = by_hand.get(name, NO_ADJUSTMENTS)
            try:
                values, rules = self.runs[index](env, adjustments)
            except FALLS_BACK:
                problems += _explained(stage, env, adjustments, name)
                continue
            env.update(zip(names, values, strict=True))
            field.rules[name].update(zip(tables, rules, strict=True))
        if problems:
            raise Problems(problems)

    def _adjusted(self, rows: Mapping[str, Given], adjustments: Sequence[Adjustment]) -> dict[str, dict[str, Decimal]]:
        """Return the sums of adjustments by entity and name. Raises Problems for what the scheme does not allow."""
        found: dict[str, dict[str, Decimal]] = {}
        problems = [problem for item in adjustments if (problem := self._unfit(item, rows)) is not None]
        for item in adjustments:
            row = found.setdefault(item.entity, {})
            row[item.name] = CONTEXT.add(row.get(item.name, Decimal(0)), item.amount)
        problems += [problem for name, row in sorted(found.items()) for problem in self._beyond(name, row)]
        if problems:
            raise Problems(problems)
        return found

    def _unfit(self, item: Adjustment, rows: Mapping[str, Given]) -> Problem | None:
        step = next((step for step in self.model.steps if step.name == item.name), None)
        place = Place(self.model.file, field=item.entity)
        if item.entity not in rows:
            return Problem(
                "adjust-entity", T("{entity} is not assessed", entity=item.entity), place=place, rule=item.name
            )
        if not isinstance(step, Formula) or step.adjustable is None:
            message = T("{name} may not be adjusted", name=item.name)
            return Problem("adjust-name", message, T("adjust what the scheme declares so"), place, item.name)
        if item.authority not in step.adjustable.authorities:
            message = T("{authority} may not adjust {name}", authority=item.authority, name=item.name)
            fix = T("{authorities} may", authorities=", ".join(step.adjustable.authorities))
            return Problem("adjust-authority", message, fix, place, item.name)
        if not item.reason.strip():
            return Problem("adjust-reason", T("an adjustment needs its reason"), T("write it"), place, item.name)
        return None

    def _beyond(self, entity: str, row: ByHand) -> list[Problem]:
        found: list[Problem] = []
        for step in self.model.steps:
            if not isinstance(step, Formula) or step.adjustable is None or step.name not in row:
                continue
            lowest, highest = step.adjustable.lowest, step.adjustable.highest
            if not lowest <= row[step.name] <= highest:
                message = T(
                    "{name} is adjusted by {amount}, outside {lowest} to {highest}",
                    name=step.name,
                    amount=row[step.name],
                    lowest=lowest,
                    highest=highest,
                )
                found.append(
                    Problem("adjust-range", message, place=Place(self.model.file, field=entity), rule=step.name)
                )
        return found

    def kind(self, name: str) -> Kind:
        """Return the kind of a declared name, text where it is none of the scheme's own."""
        if name in self.inputs:
            return self.inputs[name].kind
        kinds = dict(pair for step in self.model.steps for pair in values_of(step))
        return kinds.get(name, Kind("text"))

    def run_cases(self) -> "tuple[CaseResult, ...]":
        """Run the worked cases; each result says what was expected and what came."""
        from campaign.rules.casebook import run_case  # noqa: PLC0415 -- only `scheme test` runs cases

        return tuple(run_case(self, case) for case in self.cases)

    def document(self) -> "Document":
        """Return the scheme as a readable document."""
        from campaign.rules.document import document  # noqa: PLC0415 -- only `scheme show` writes it

        return document(self)

    def render(self) -> str:
        """Return the document in Markdown."""
        from campaign.rules.document import markdown  # noqa: PLC0415 -- only `scheme show` writes it

        return markdown(self.document())


def _explained(stage: Stage, env: dict[str, Value], adjustments: ByHand, name: str) -> list[Problem]:
    scratch = dict(env)
    try:
        for step in stage.entity:
            verdict = run(step, scratch, adjustments.get(step.name))
            scratch.update(zip((key for key, _ in values_of(step)), verdict.values, strict=True))
    except Problems as error:
        return list(of_entity(error, name).problems)
    return []
