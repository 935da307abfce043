"""Decision tables evaluated leniently: the hit policies of DMN 1.5, 8.2.10 and 8.2.11, with null for what fails."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from campaign.files.dmn_tree import POLICIES, DecisionTable, OutputClause, RuleLine, Source
from campaign.files.feel_evaluate import Evaluator, matched
from campaign.files.feel_functions import BUILTINS
from campaign.files.feel_grammar import parse_tests
from campaign.files.feel_tree import Tests
from campaign.files.feel_values import FeelValue, Unsupported, same

AGGREGATIONS = {"SUM": "sum", "MIN": "min", "MAX": "max"}
Scope = Mapping[str, FeelValue]
Evaluate = Callable[[Source, Scope], FeelValue]
Row = dict[str, FeelValue]


class TableRun:
    """One evaluation of a table; EVALUATE gives the value of a piece of FEEL."""

    def __init__(self, table: DecisionTable, evaluator: Evaluator, evaluate: Evaluate, names: frozenset[str]) -> None:
        """Hold the table with what evaluates its cells."""
        self.table = table
        self.evaluator = evaluator
        self.evaluate = evaluate
        self.names = names
        self.hit = POLICIES.get(table.hit, table.hit)
        if self.hit not in POLICIES.values():
            raise Unsupported(f"the hit policy {table.hit}")

    def result(self, scope: Scope) -> FeelValue:
        """Return what the table decides; null for an input that is not among the values of its column."""
        subjects = [self.evaluate(clause.source, scope) for clause in self.table.inputs]
        for clause, subject in zip(self.table.inputs, subjects, strict=True):
            if clause.values and subject is not None and not self._holds(clause.values, subject, scope):
                return None
        rules = [rule for rule in self.table.rules if self._matches(rule, subjects, scope)]
        rows = [self._row(rule, scope) for rule in rules]
        return self._settled(rows, scope) if rows else self._default(scope)

    def _holds(self, source: Source, subject: FeelValue, scope: Scope) -> bool | None:
        tests: Tests = parse_tests(source.text, self.names)
        return self.evaluator.holds(tests, subject, scope)

    def _matches(self, rule: RuleLine, subjects: list[FeelValue], scope: Scope) -> bool:
        if len(rule.tests) != len(subjects) or len(rule.outputs) != len(self.table.outputs):
            raise Unsupported(f"the width of the rule on line {rule.place.line}")
        return all(
            self._holds(source, subject, scope) is True for source, subject in zip(rule.tests, subjects, strict=True)
        )

    def _row(self, rule: RuleLine, scope: Scope) -> Row:
        pairs = zip(self.table.outputs, rule.outputs, strict=True)
        return {clause.name: self.evaluate(source, scope) for clause, source in pairs}

    def _told(self, row: Row) -> FeelValue:
        """Return a row as a value: a context, or the value of a single output."""
        return next(iter(row.values())) if len(self.table.outputs) == 1 else dict(row)

    def _default(self, scope: Scope) -> FeelValue:
        clauses = self.table.outputs
        if not any(clause.default for clause in clauses):
            return self._empty()
        values = {clause.name: self.evaluate(clause.default, scope) if clause.default else None for clause in clauses}
        return self._told(values)

    def _empty(self) -> FeelValue:
        """Return the value of nothing collected: an empty list, 0 for a count, else null."""
        if self.hit != "COLLECT" or self.table.aggregation not in {"", "COUNT"}:
            return None
        return Decimal(0) if self.table.aggregation else []

    def _settled(self, rows: list[Row], scope: Scope) -> FeelValue:  # noqa: PLR0911 -- a case for each policy
        told = [self._told(row) for row in rows]
        match self.hit:
            case "UNIQUE":
                return told[0] if len(told) == 1 else None
            case "ANY":
                return told[0] if all(same(told[0], other) for other in told) else None
            case "FIRST":
                return told[0]
            case "PRIORITY":
                return self._told(self._sorted(rows, scope)[0])
            case "OUTPUT ORDER":
                return [self._told(row) for row in self._sorted(rows, scope)]
            case "RULE ORDER":
                return list(told)
            case _:
                return self._collected(told)

    def _collected(self, told: list[FeelValue]) -> FeelValue:
        if not self.table.aggregation:
            return told
        if len(self.table.outputs) > 1:
            raise Unsupported("an aggregation over several outputs")
        if self.table.aggregation == "COUNT":
            return Decimal(len(told))
        if self.table.aggregation not in AGGREGATIONS:
            raise Unsupported(f"the aggregation {self.table.aggregation}")
        return BUILTINS[AGGREGATIONS[self.table.aggregation]][0].work(told)

    def _sorted(self, rows: list[Row], scope: Scope) -> list[Row]:
        orders = {clause.name: self._order(clause, scope) for clause in self.table.outputs}
        if not any(orders.values()):
            raise Unsupported(f"{self.hit} without output values")
        return sorted(rows, key=lambda row: [_rank(orders[name], row[name]) for name in row])

    def _order(self, clause: OutputClause, scope: Scope) -> list[FeelValue]:
        """Return the values of an output in the order of their priority."""
        if clause.values is None:
            return []
        tests = parse_tests(clause.values.text, self.names)
        return [self.evaluator.value(test, scope) for test in tests.tests]  # type: ignore[arg-type]  # values, not comparisons


def _rank(order: list[FeelValue], value: FeelValue) -> int:
    return next((place for place, item in enumerate(order) if matched(item, value)), len(order))
