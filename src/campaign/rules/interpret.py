"""The explaining interpreter: walks the trees that the compiled form was made from, and says where it cannot go on."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, DecimalException
from typing import Any, NamedTuple

import msgspec

from campaign.problems import Problem, Problems, T, Text
from campaign.rules.exact import CONTEXT, rounded
from campaign.rules.hits import settle
from campaign.rules.kinds import Value
from campaign.rules.meaning import FAILURES, MEANINGS, Undefined, divide
from campaign.rules.model import EntityStep, Formula, Output, Rounding, Rule, Table
from campaign.rules.tokens import Snippet
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

Env = Mapping[str, Value]
ARITHMETIC = {"+": CONTEXT.add, "-": CONTEXT.subtract, "*": CONTEXT.multiply, "/": divide}


class Verdict(NamedTuple):
    """What a step gave: the value of each output, the numbers of the rules that gave it, and the values unrounded."""

    values: tuple[Value, ...]
    rules: tuple[int, ...] = ()
    before: tuple[Value, ...] = ()


def value(tree: Expr, env: Env) -> Any:  # noqa: ANN401, C901, PLR0911 -- any Value, the checker knows which; a case per node
    """Compute a resolved tree. Raises Undefined or a DecimalException."""
    match tree:
        case Lit(constant):
            return constant
        case Name(name):
            return env[name]
        case Minus(operand):
            return CONTEXT.minus(value(operand, env))
        case Not(operand):
            return not value(operand, env)
        case Binary():
            return _binary(tree, env)
        case If(test, then, other):
            return value(then if value(test, env) else other, env)
        case In(subject, test):
            return holds(test, value(subject, env), env)
        case Between(subject, low, high):
            return value(low, env) <= value(subject, env) <= value(high, env)
        case Items(items):
            return tuple(value(item, env) for item in items)
        case Call():
            return _call(tree, env)
        case Defined(name):
            return env[name] is not None


def _binary(tree: Binary, env: Env) -> Any:  # noqa: ANN401 -- a Decimal or a truth value
    left = value(tree.left, env)
    if tree.op in {"and", "or"}:
        return value(tree.right, env) if left == (tree.op == "and") else left
    right = value(tree.right, env)
    if tree.op not in ARITHMETIC:
        return compared(tree.op, left, right)
    try:
        return ARITHMETIC[tree.op](left, right)
    except FAILURES as error:
        raise _at(error, tree.at) from None


def _call(tree: Call, env: Env) -> Any:  # noqa: ANN401 -- the function's own kind
    arguments = [value(argument, env) for argument in tree.arguments]
    try:
        return MEANINGS[tree.function](*arguments)
    except FAILURES as error:
        raise _at(error, tree.at) from None


def _at(error: ArithmeticError, at: int) -> Undefined:
    if not isinstance(error, Undefined):
        message = T("{where}: the result has more than {digits} digits", digits=CONTEXT.prec)
        return Undefined("number-overflow", message, T("check the magnitude of the inputs"), at)
    if error.at < 0:
        error.at = at
    return error


def compared(op: str, left: Any, right: Any) -> bool:  # noqa: ANN401 -- two values of one kind
    """Compare two values of one kind."""
    if op in {"=", "!="}:
        return bool(left == right) == (op == "=")
    match op:
        case "<":
            return bool(left < right)
        case "<=":
            return bool(left <= right)
        case ">":
            return bool(left > right)
        case _:
            return bool(left >= right)


def holds(test: Test, subject: Any, env: Env) -> bool:  # noqa: ANN401 -- a value of the column's kind
    """Return whether SUBJECT passes a cell; one not applicable passes only `-` and `n/a`."""
    if isinstance(test, Anything) or subject is None:
        return _absent(test)
    match test:
        case Compare(op, right):
            return compared(op, subject, value(right, env))
        case Range():
            return _within(test, subject, env)
        case Either(tests):
            return any(holds(part, subject, env) for part in tests)
        case Neither(tests):
            return not any(holds(part, subject, env) for part in tests)
        case _:
            return False


def _absent(test: Test) -> bool:
    if isinstance(test, Either):
        return any(_absent(part) for part in test.tests)
    return isinstance(test, Absent | Anything)


def _within(test: Range, subject: Decimal | date, env: Env) -> bool:
    low, high = value(test.low, env), value(test.high, env)
    above = low <= subject if test.low_closed else low < subject
    below = subject <= high if test.high_closed else subject < high
    return bool(above and below)


def run(step: EntityStep, env: Env, adjustment: Decimal | None = None) -> Verdict:
    """Compute a step. Raises Problems that name the step, rule, column, file and line."""
    if isinstance(step, Table):
        return _table(step, env)
    raw = guarded(step.tree, env, step.snippet, step.name)
    if adjustment is not None and isinstance(raw, Decimal):
        raw = CONTEXT.add(raw, adjustment)
    return Verdict((_round(raw, step.rounding, step.snippet, step.name),), (), (raw,))


def guarded(tree: Expr, env: Env, snippet: Snippet, where: str) -> Value:
    """Compute TREE, turning what is undefined into Problems at its place in SNIPPET."""
    try:
        result: Value = value(tree, env)
    except Undefined as error:
        raise located(error, snippet, where) from None
    return result


def located(error: Undefined, snippet: Snippet, where: str) -> Problems:
    """Put an undefined operation at its place; `where` is like `tier[3].completion`."""
    message = Text(error.message.template, {**error.message.values, "where": where})
    return Problems([Problem(error.code, message, error.fix, snippet.place(max(error.at, 0)), where)])


def of_entity(error: Problems, entity: str) -> Problems:
    """Say which entity problems concern: its id becomes the place's field, and leads what the message names."""
    return Problems(_of(problem, entity) for problem in error.problems)


def _of(problem: Problem, entity: str) -> Problem:
    values = problem.message.values
    led: dict[str, str] = {key: f"{entity}: {values[key]}" for key in ("where", "name") if key in values}
    message = Text(problem.message.template, {**values, **led})
    place = msgspec.structs.replace(problem.place, field=entity)
    return msgspec.structs.replace(problem, message=message, place=place)


def _round(raw: Value, rounding: Rounding | None, snippet: Snippet, where: str) -> Value:
    if rounding is None or raw is None:
        return raw
    if isinstance(raw, tuple):
        return tuple(_round(item, rounding, snippet, where) for item in raw)
    assert isinstance(raw, Decimal)  # noqa: S101 -- the checker admits rounding of numbers only
    try:
        return rounded(raw, rounding.digits, rounding.mode)
    except DecimalException as error:
        raise located(_at(error, 0), snippet, where) from None


def _table(table: Table, env: Env) -> Verdict:
    subjects = [guarded(column.tree, env, column.snippet, f"{table.name}.{column.title}") for column in table.columns]
    matched = [rule for rule in table.rules if failing(table, rule, subjects, env) is None]
    rows = [(rule.number, outputs(table, rule, env)) for rule in matched]
    try:
        values, numbers = settle(table, rows)
    except Undefined as error:
        raise located(error, table.snippet, table.name) from None
    if values is None:
        values = tuple(_default(table, env))
    after = tuple(
        _round(raw, output.rounding, table.snippet, output.name)
        for raw, output in zip(values, table.outputs, strict=True)
    )
    return Verdict(capped(table, after, env), numbers, values)


def failing(table: Table, rule: Rule, subjects: list[Value], env: Env) -> int | None:
    """Return the index of the first cell of RULE that fails, or None where all hold."""
    for index, (test, subject) in enumerate(zip(rule.tests, subjects, strict=True)):
        where = f"{table.name}[{rule.number}].{table.columns[index].title}"
        try:
            if not holds(test, subject, env):
                return index
        except Undefined as error:
            raise located(error, rule.cells[index], where) from None
    return None


def outputs(table: Table, rule: Rule, env: Env) -> tuple[Value, ...]:
    """Compute the outputs of a rule."""
    first = len(rule.tests)
    return tuple(
        guarded(tree, env, rule.cells[first + index], _cell(table, rule, table.outputs[index]))
        for index, tree in enumerate(rule.outputs)
    )


def _cell(table: Table, rule: Rule, output: Output) -> str:
    return f"{table.name}[{rule.number}].{output.title}"


def _default(table: Table, env: Env) -> list[Value]:
    assert table.default is not None  # noqa: S101 -- settle() refuses a table without a rule or a default
    return [guarded(tree, env, table.snippet, table.name) for tree in table.default]


def capped(table: Table, values: tuple[Value, ...], env: Env) -> tuple[Value, ...]:
    """Lower the grade to the worst of the caps that hold; words are ordered best first."""
    words = table.kind.values
    grade = values[0]
    for cap in table.caps:
        if guarded(cap.when, env, cap.snippet, table.name) and grade in words:
            grade = words[max(words.index(str(grade)), words.index(cap.at_most))]
    return (grade, *values[1:])


def step_inputs(step: EntityStep) -> tuple[Expr, ...]:
    """Return every tree of a step, for what it reads."""
    if isinstance(step, Formula):
        return (step.tree,)
    cells = tuple(tree for rule in step.rules for tree in rule.outputs)
    caps = tuple(cap.when for cap in step.caps)
    return (*(column.tree for column in step.columns), *cells, *caps, *(step.default or ()))
