"""Straight-line Python made from the tables: values and rule numbers only, as fast as if written by hand.

The text is made of our own words, variables v0, v1 … and constants c0, c1 …; nothing a scheme says enters it as code.
Whatever it cannot do it raises, and the interpreter then says why: both read the same resolved trees.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal, DecimalException
from typing import Any

from campaign.problems import Text
from campaign.rules.exact import CONTEXT, LEAST, LIMIT, MODES, unit
from campaign.rules.hits import settle
from campaign.rules.kinds import DECIMAL, Kind, Value, accept, defined
from campaign.rules.meaning import MEANINGS, Undefined, divide
from campaign.rules.model import Formula, Input, Rounding, Rule, Stage, Table, values_of
from campaign.rules.proof import literal
from campaign.rules.tree import (
    Absent,
    Anything,
    Between,
    Binary,
    Call,
    Compare,
    Defined,
    Either,
    Expr,
    If,
    In,
    Items,
    Lit,
    Minus,
    Name,
    Neither,
    Not,
    Range,
    Test,
)

Run = Callable[[Any, Any], tuple[tuple[Value, ...], tuple[tuple[int, ...], ...]]]
OPERATORS = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide"}
COMPARISONS = {"=": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
DEEPEST = 20
SIMPLE = frozenset({"UNIQUE", "FIRST"})


class Refusal(Exception):  # noqa: N818 -- never seen outside; the interpreter says what is wrong
    """The compiled form cannot go on."""


FALLS_BACK = (Refusal, Undefined, DecimalException, KeyError, TypeError, ArithmeticError)
"""What a compiled stage raises when the interpreter has to say why."""


def compiled(stage: Stage, inputs: tuple[Input, ...], known: tuple[str, ...]) -> Run:
    """Make the function of a stage's entity steps.

    It takes a mapping of values and one of adjustments, and returns the values (INPUTS first, as admitted, then those
    of the steps) and the rules matched by each table.  KNOWN are names computed earlier, read without checks.
    """
    writer = _Writer()
    for item in inputs:
        writer.admit(item)
    if inputs:
        writer.line(f"if len(g) != {len(inputs)}: raise Refusal")
    for name in known:
        writer.line(f"{writer.variable(name)} = g[{writer.constant(name)}]")
    given = [writer.variables[item.name] for item in inputs]
    results: list[str] = []
    rules: list[str] = []
    for step in stage.entity:
        if isinstance(step, Formula):
            writer.formula(step)
        else:
            rules.append(writer.table(step))
        results.extend(writer.variables[name] for name, _ in values_of(step))
    writer.line(f"return ({_tuple([*given, *results])}, {_tuple(rules)})")
    return writer.function()


def _tuple(items: list[str]) -> str:
    return f"({', '.join(items)}{',' if len(items) == 1 else ''})"


class _Writer:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.indent = 1
        self.variables: dict[str, str] = {}
        self.namespace: dict[str, Any] = {
            "add": CONTEXT.add,
            "subtract": CONTEXT.subtract,
            "multiply": CONTEXT.multiply,
            "minus": CONTEXT.minus,
            "divide": divide,
            "quotient": CONTEXT.divide,
            "settle": settle,
            "CONTEXT": CONTEXT,
            "Decimal": Decimal,
            "date": date,
            "LEAST": LEAST,
            "MOST": LIMIT,
            "Refusal": Refusal,
        }
        self.constants: dict[tuple[type, str], str] = {}

    def line(self, text: str) -> None:
        self.lines.append("    " * self.indent + text)

    def variable(self, name: str) -> str:
        return self.variables.setdefault(name, f"v{len(self.variables)}")

    def constant(self, value: object) -> str:
        key = (type(value), repr(value))
        if key not in self.constants:
            self.constants[key] = f"c{len(self.constants)}"
            self.namespace[self.constants[key]] = value
        return self.constants[key]

    def function(self) -> Run:
        bound = ", ".join(f"{name}={name}" for name in self.namespace)
        text = "\n".join([f"def run(g, a, {bound}):", *self.lines])
        space = dict(self.namespace)
        exec(compile(text, "<scheme>", "exec"), space)  # noqa: S102 -- our own words only, see above
        run: Run = space["run"]
        return run

    # inputs

    def admit(self, item: Input) -> None:
        name = self.variable(item.name)
        self.line(f"{name} = g[{self.constant(item.name)}]")
        check = self._unfit(name, item.kind)
        guard = f"{name} is not None and ({check})" if item.kind.optional else check
        self.line(f"if {guard}: {name} = {self.constant(_Admission(item.kind))}({name})")
        if item.allowed is not None:
            condition = self.test(item.allowed, name, defined(item.kind))
            absent = f"{name} is not None and " if item.kind.optional else ""
            self.line(f"if {absent}not ({condition}): raise Refusal")

    def _unfit(self, name: str, kind: Kind) -> str:
        if kind.name in {"integer", "days", "months"}:
            return "True"
        if kind.name in DECIMAL:
            return f"type({name}) is not Decimal or not LEAST < {name} < MOST"
        if kind.name == "boolean":
            return f"{name} is not True and {name} is not False"
        if kind.name == "date":
            return f"type({name}) is not date"
        return f"{name} not in {self.constant(frozenset(kind.values))}"

    # expressions

    def expression(self, tree: Expr) -> str:  # noqa: C901, PLR0911 -- one short case for each kind of node
        match tree:
            case Lit(value):
                return str(value) if value is None or isinstance(value, bool) else self.constant(value)
            case Name(name):
                return self.variables[name]
            case Minus(operand):
                return f"minus({self.expression(operand)})"
            case Not(operand):
                return f"(not {self.expression(operand)})"
            case Binary():
                return self._binary(tree)
            case If(test, then, other):
                return f"({self.expression(then)} if {self.expression(test)} else {self.expression(other)})"
            case In(subject, test):
                return self._in(subject, test)
            case Between(subject, low, high):
                return f"({self.expression(low)} <= {self.expression(subject)} <= {self.expression(high)})"
            case Items(items):
                return _tuple([self.expression(item) for item in items])
            case Call(function, arguments):
                given = ", ".join(self.expression(argument) for argument in arguments)
                return f"{self._named(MEANINGS[function], function)}({given})"
            case Defined(name):
                return f"({self.variables[name]} is not None)"

    def _named(self, meaning: object, function: str) -> str:
        name = "f_" + function.replace(" ", "_")
        self.namespace[name] = meaning
        return name

    def _binary(self, tree: Binary) -> str:
        left, right = self.expression(tree.left), self.expression(tree.right)
        if tree.op in {"and", "or"}:
            return f"({left} {tree.op} {right})"
        if tree.op in COMPARISONS:
            return f"({left} {COMPARISONS[tree.op]} {right})"
        safe = tree.op == "/" and isinstance(tree.right, Lit) and bool(tree.right.value)
        return f"{'quotient' if safe else OPERATORS[tree.op]}({left}, {right})"

    def _in(self, subject: Expr, test: Test) -> str:
        name = self.variables.get(subject.name, "") if isinstance(subject, Name) else ""
        if name:
            return f"({self.test(test, name, Kind('unknown'))})"
        temporary = f"t{self.variable(f'in {len(self.variables)}')}"
        condition = self.test(test, temporary, Kind("unknown"))
        return f"(({temporary} := {self.expression(subject)}) is not None and {condition})"

    # cells

    def test(self, test: Test, subject: str, kind: Kind) -> str:
        """Return the condition that a cell puts on the variable SUBJECT."""
        if isinstance(test, Anything):
            return "True"
        if not kind.optional:
            return self._present(test, subject)
        if isinstance(test, Either):
            return "(" + " or ".join(self.test(part, subject, kind) for part in test.tests) + ")"
        if isinstance(test, Absent):
            return f"{subject} is None"
        return f"({subject} is not None and {self._present(test, subject)})"

    def _present(self, test: Test, subject: str) -> str:
        match test:
            case Anything():
                return "True"
            case Absent():
                return "False"
            case Compare(op, right):
                return self._compare(op, right, subject)
            case Range(low, high, low_closed, high_closed):
                before, after = "<=" if low_closed else "<", "<=" if high_closed else "<"
                return f"{self.expression(low)} {before} {subject} {after} {self.expression(high)}"
            case Either(tests):
                return "(" + self._any(tests, subject) + ")"
            case Neither(tests):
                return f"not ({self._any(tests, subject)})"

    def _compare(self, op: str, right: Expr, subject: str) -> str:
        if isinstance(right, Lit) and isinstance(right.value, bool):
            return subject if right.value == (op == "=") else f"not {subject}"
        return f"{subject} {COMPARISONS[op]} {self.expression(right)}"

    def _any(self, tests: tuple[Test, ...], subject: str) -> str:
        return " or ".join(f"({self._present(part, subject)})" for part in tests)

    # steps

    def formula(self, step: Formula) -> None:
        text = self.expression(step.tree)
        name = self.variable(step.name)
        self.line(f"{name} = {text}")
        if step.adjustable:
            key = self.constant(step.name)
            absent = f"{name} is not None and " if step.kind.optional else ""
            self.line(f"if a and {absent}{key} in a: {name} = add({name}, a[{key}])")
        self.round(name, step.rounding, step.kind)

    def round(self, name: str, rounding: Rounding | None, kind: Kind) -> None:
        if rounding is None:
            return
        arguments = f"{self.constant(unit(rounding.digits))}, {self.constant(MODES[rounding.mode])}, CONTEXT"
        if kind.name == "list":
            self.line(f"{name} = tuple([x.quantize({arguments}) for x in {name}])")
            return
        guard = f"if {name} is not None: " if kind.optional else ""
        self.line(f"{guard}{name} = {name}.quantize({arguments})")

    def table(self, table: Table) -> str:
        """Write a table; return the variable of its matched rules."""
        subjects = [self.subject(table, index) for index in range(len(table.columns))]
        results = [self.variable(output.name) for output in table.outputs]
        matched = f"r{self.variable(f'rules of {table.name}')}"
        if table.hit in SIMPLE and (table.hit == "FIRST" or _disjoint(table)):
            self._first(table, subjects, results, matched)
        else:
            self._several(table, subjects, results, matched)
        for name, output in zip(results, table.outputs, strict=True):
            self.round(name, output.rounding, output.kind)
        for cap in table.caps:
            words = self.constant(tuple(table.kind.values))
            lowered = f"{words}[max({words}.index({results[0]}), {table.kind.values.index(cap.at_most)})]"
            self.line(f"if {self.expression(cap.when)} and {results[0]} in {words}: {results[0]} = {lowered}")
        return matched

    def subject(self, table: Table, index: int) -> str:
        column = table.columns[index]
        if isinstance(column.tree, Name):
            return self.variables[column.tree.name]
        text = self.expression(column.tree)
        name = self.variable(f"{table.name} column {index}")
        self.line(f"{name} = {text}")
        return name

    def _conditions(self, table: Table, rule: Rule, subjects: list[str]) -> list[str]:
        """Return the condition of each column, "" where the cell takes anything."""
        tests = zip(rule.tests, subjects, table.columns, strict=True)
        return [
            "" if isinstance(test, Anything) else self.test(test, name, column.kind) for test, name, column in tests
        ]

    def _first(self, table: Table, subjects: list[str], results: list[str], matched: str) -> None:
        """Try the rules in order; the loop is left by the first that matches, and never runs twice."""
        self.line("while True:")
        self.indent += 1
        rows = [(self._conditions(table, rule, subjects), rule) for rule in table.rules]
        self._rows(rows, 0, (results, matched))
        if table.default is None:
            self.line("raise Refusal")
        else:
            self._give((results, matched), table.default, ())
        self.indent -= 1

    def _rows(self, rows: list[tuple[list[str], Rule]], column: int, into: tuple[list[str], str]) -> None:
        """Write rules; neighbours that begin with the same condition ask it once."""
        while rows:
            conditions, rule = rows[0]
            alike = _alike(rows, column)
            if alike > 1:
                self.line(f"if {conditions[column]}:")
                self.indent += 1
                self._rows(rows[:alike], column + 1, into)
            else:
                self.line(f"if {' and '.join(filter(None, conditions[column:])) or True}:")
                self.indent += 1
                self._give(into, rule.outputs, (rule.number,))
            self.indent -= 1
            rows = rows[alike:]

    def _give(self, into: tuple[list[str], str], trees: tuple[Expr, ...], numbers: tuple[int, ...]) -> None:
        results, matched = into
        for name, tree in zip(results, trees, strict=True):
            self.line(f"{name} = {self.expression(tree)}")
        self.line(f"{matched} = {self.constant(numbers)}")
        self.line("break")

    def _several(self, table: Table, subjects: list[str], results: list[str], matched: str) -> None:
        self.line("m = []")
        for rule in table.rules:
            values = _tuple([self.expression(tree) for tree in rule.outputs])
            condition = " and ".join(filter(None, self._conditions(table, rule, subjects))) or "True"
            self.line(f"if {condition}: m.append(({rule.number}, {values}))")
        self.line(f"s, {matched} = settle({self._table_constant(table)}, m)")
        if table.default is not None:
            self.line(f"if s is None: s = {_tuple([self.expression(tree) for tree in table.default])}")
        self.line(f"{_tuple(results)} = s")

    def _table_constant(self, table: Table) -> str:
        name = f"table_{len(self.namespace)}"
        self.namespace[name] = table
        return name


class _Admission:
    """Admits a value as the inspection would, or refuses."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind

    def __call__(self, value: object) -> Value:
        found = accept(value, self.kind, "")
        if isinstance(found, Text):
            raise Refusal
        return found


def _alike(rows: list[tuple[list[str], Rule]], column: int) -> int:
    """Return how many rows from the first on have its condition in COLUMN, and others after it."""
    first = rows[0][0]
    if column + 1 >= min(len(first), DEEPEST) or not first[column]:
        return 1
    count = 0
    for conditions, _ in rows:
        if conditions[column] != first[column]:
            break
        count += 1
    return count


def _disjoint(table: Table) -> bool:
    """Whether all cells are literal, so that the proof at load covered every pair of rules."""
    return all(literal(test) for rule in table.rules for test in rule.tests)
