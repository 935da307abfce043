"""A DMN model evaluated leniently, decision by decision, from values for its inputs."""

from collections.abc import Iterator, Mapping

import msgspec

from campaign.files.conformance_tables import TableRun
from campaign.files.conformance_types import Types
from campaign.files.dmn_tree import (
    Boxed,
    BoxedContext,
    BoxedList,
    Conditional,
    DecisionNode,
    DecisionTable,
    DmnModel,
    Foreign,
    FunctionDefinition,
    Invocation,
    ItemDefinition,
    KnowledgeModel,
    Literal,
    OutputClause,
    Relation,
    Source,
)
from campaign.files.feel_evaluate import Evaluator
from campaign.files.feel_functions import applied
from campaign.files.feel_grammar import parse_expression
from campaign.files.feel_reader import FeelSyntaxError
from campaign.files.feel_values import FeelValue, Function, Unsupported

Scope = Mapping[str, FeelValue]
NO_LOGIC = "no logic"
DEEPEST = 50


class ModelRun:
    """One test case's evaluation from the values GIVEN by name; each decision is worked once."""

    def __init__(self, model: DmnModel, given: Scope) -> None:
        """Prepare the functions of the model's business knowledge."""
        self.model = model
        self.types = Types(model.types)
        self.evaluator = Evaluator(self.types.coerce, self.types.is_a)
        self.types.holds = self.evaluator.holds
        self.given = given
        self.members = frozenset(_members(model))
        self.worked: dict[str, FeelValue] = {}
        self.working: list[str] = []
        self.functions = {node.id: self._knowledge(node) for node in model.knowledge.values()}

    def decide(self, name: str) -> FeelValue:
        """Return the value of the decision NAME. Raises Unsupported."""
        for node in self.model.decisions.values():
            if node.name == name:
                return self._decision(node)
        raise Unsupported(f"the decision {name}, which the model has not")

    def _decision(self, node: DecisionNode) -> FeelValue:
        if node.name in self.given:
            return self.types.coerce(self.given[node.name], node.type)
        if node.id in self.working:
            raise Unsupported(f"the decision {node.name}, which requires itself")
        if node.id not in self.worked:
            self.working.append(node.id)
            scope = {**self._required(node.requires), **self._known(node.knows)}
            value = self.boxed(node.logic, scope, self._names(scope))
            self.worked[node.id] = self.types.coerce(value, node.type)
            self.working.pop()
        return self.worked[node.id]

    def _names(self, scope: Scope) -> frozenset[str]:
        return frozenset(scope) | self.members

    def _required(self, ids: tuple[str, ...]) -> dict[str, FeelValue]:
        found: dict[str, FeelValue] = {}
        for key in ids:
            if key in self.model.inputs:
                node = self.model.inputs[key]
                found[node.name] = self.types.coerce(self.given.get(node.name), node.type)
            elif key in self.model.decisions:
                found[self.model.decisions[key].name] = self._decision(self.model.decisions[key])
            else:
                raise Unsupported(f"the element {key}, which is not in this file")
        return found

    def _known(self, ids: tuple[str, ...]) -> dict[str, FeelValue]:
        found: dict[str, FeelValue] = {}
        for key in ids:
            if key not in self.functions:
                raise Unsupported(f"the knowledge {key}, which is not in this file")
            found[self.model.knowledge[key].name] = self.functions[key]
        return found

    def _knowledge(self, node: KnowledgeModel) -> Function:
        logic = node.logic

        def work(*arguments: FeelValue) -> FeelValue:
            scope = {node.name: self.functions[node.id], **self._known(node.knows)}
            function = self.boxed(logic, scope, self._names(scope))
            assert isinstance(function, Function)  # noqa: S101 -- what is no function was refused in boxed()
            return self.types.coerce(function.work(*arguments), node.type)

        parameters = logic.parameters if isinstance(logic, FunctionDefinition) else ()
        return Function(node.name, tuple(name for name, _ in parameters), work)

    # boxed expressions

    def boxed(self, logic: Boxed, scope: Scope, names: frozenset[str]) -> FeelValue:
        """Evaluate a boxed expression where NAMES may be read. Raises Unsupported."""
        return self.types.coerce(
            self._boxed(logic, scope, names), "" if isinstance(logic, FunctionDefinition) else logic.type
        )

    def _boxed(self, logic: Boxed, scope: Scope, names: frozenset[str]) -> FeelValue:  # noqa: C901, PLR0911 -- a case each
        match logic:
            case Literal():
                return self._literal(logic, scope, names)
            case DecisionTable():
                run = TableRun(logic, self.evaluator, lambda source, inner: self.feel(source, inner, names), names)
                return self._cells(run, scope)
            case BoxedContext():
                return self._context(logic, scope, names)
            case Invocation():
                return self._invocation(logic, scope, names)
            case BoxedList(items):
                return [self.boxed(item, scope, names) for item in items]
            case Relation():
                return self._relation(logic, scope, names)
            case FunctionDefinition():
                return self._function(logic, scope, names)
            case Conditional(test, then, other):
                chosen = then if self.boxed(test, scope, names) is True else other
                return self.boxed(chosen, scope, names)
            case Foreign(what):
                if what == NO_LOGIC:
                    return None
                raise Unsupported(f"a boxed {what}")

    def _cells(self, run: TableRun, scope: Scope) -> FeelValue:
        try:
            return run.result(scope)
        except FeelSyntaxError as error:
            raise Unsupported(f"a cell: {error}") from None

    def _literal(self, logic: Literal, scope: Scope, names: frozenset[str]) -> FeelValue:
        if logic.language:
            raise Unsupported(f"the language {logic.language}")
        return self.feel(logic.source, scope, names)

    def feel(self, source: Source, scope: Scope, names: frozenset[str]) -> FeelValue:
        """Evaluate a piece of FEEL; an empty one is null. Raises Unsupported for what cannot be parsed."""
        if source.text in {"", "-"}:
            return None
        try:
            return self.evaluator.value(parse_expression(source.text, names), scope)
        except FeelSyntaxError as error:
            raise Unsupported(f"{source.text[:40]}: {error}") from None

    def _context(self, logic: BoxedContext, scope: Scope, names: frozenset[str]) -> FeelValue:
        made: dict[str, FeelValue] = {}
        for name, type_name, entry in logic.entries:
            value = self.types.coerce(self.boxed(entry, {**scope, **made}, names | set(made)), type_name)
            if not name:
                return value
            made[name] = value
        return made

    def _invocation(self, logic: Invocation, scope: Scope, names: frozenset[str]) -> FeelValue:
        arguments = [self.boxed(binding, scope, names) for _, binding in logic.bindings]
        bound = [name for name, _ in logic.bindings]
        function = self.boxed(logic.function, scope, names)
        if not isinstance(function, Function):
            raise Unsupported("an invocation of something that is no function of this file")
        return applied(function, arguments, bound)

    def _relation(self, logic: Relation, scope: Scope, names: frozenset[str]) -> FeelValue:
        rows: list[FeelValue] = []
        for row in logic.rows:
            if len(row) != len(logic.columns):
                raise Unsupported("a relation of uneven rows")
            rows.append({name: self.boxed(cell, scope, names) for name, cell in zip(logic.columns, row, strict=True)})
        return rows

    def _function(self, logic: FunctionDefinition, scope: Scope, names: frozenset[str]) -> FeelValue:
        if logic.kind.upper() != "FEEL":
            raise Unsupported(f"a function in {logic.kind}")
        parameters = tuple(name for name, _ in logic.parameters)

        def work(*arguments: FeelValue) -> FeelValue:
            pairs = zip(logic.parameters, arguments, strict=True)
            fitted = {name: self.types.coerce(value, type_name) for (name, type_name), value in pairs}
            if len(self.working) > DEEPEST:
                raise Unsupported("functions that call each other too deep")
            self.working.append("a function")
            value = self.boxed(logic.body, {**scope, **fitted}, names | set(parameters))
            self.working.pop()
            return value

        return Function("", parameters, work)


def _members(tree: object) -> Iterator[str]:
    """Yield every name that stands for a part of a value anywhere in the model."""
    match tree:
        case ItemDefinition(name) | OutputClause(name):
            yield name
        case BoxedContext(entries):
            yield from (name for name, _, _ in entries if name)
        case Relation(columns):
            yield from columns
    if isinstance(tree, msgspec.Struct):
        for field in tree.__struct_fields__:
            yield from _members(getattr(tree, field))
    elif isinstance(tree, dict):
        for item in tree.values():
            yield from _members(item)
    elif isinstance(tree, tuple):
        for item in tree:
            yield from _members(item)
