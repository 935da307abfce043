"""FEEL evaluated leniently, as the standard says: what does not fit gives null, never an error."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, DecimalException
from itertools import islice
from typing import assert_never

from campaign.files import feel_dates as dates
from campaign.files import feel_library, feel_lists, feel_moments
from campaign.files.feel_functions import BUILTINS, applied, call, whole
from campaign.files.feel_tree import (
    Choice,
    Comparison,
    Constant,
    Entries,
    Feel,
    Filter,
    Instance,
    Interval,
    Invoke,
    Lambda,
    Listed,
    Loop,
    Member,
    Negative,
    Operation,
    Path,
    Temporal,
    Tests,
    Variable,
    Within,
)
from campaign.files.feel_values import (
    NUMBERS,
    FeelValue,
    Function,
    Months,
    Range,
    Unsupported,
    both,
    compare,
    either,
    kind,
    microseconds,
    same,
    truth,
    within,
)

LIBRARIES = (feel_library, feel_lists, feel_moments)
"""Imported for the functions they register."""

MAX_STEPS = 200_000
MAX_ITEMS = 100_000
Scope = Mapping[str, FeelValue]
Row = dict[str, FeelValue]
Coercion = Callable[[FeelValue, str], FeelValue]


class Evaluator:
    """Evaluates trees; `coerce` makes a value fit a type by name, `is_a` asks whether it does."""

    def __init__(self, coerce: Coercion, is_a: Callable[[FeelValue, str], bool]) -> None:
        """Count steps, so that no model runs on for ever."""
        self.coerce = coerce
        self.is_a = is_a
        self.steps = 0

    def value(self, tree: Feel, scope: Scope) -> FeelValue:
        """Evaluate TREE with the names of SCOPE. Raises Unsupported."""
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise Unsupported("an evaluation of more than 200,000 steps")
        try:
            return self._value(tree, scope)
        except DecimalException:
            return None
        except RecursionError:
            raise Unsupported("an evaluation that nests too deep") from None

    def _value(self, tree: Feel, scope: Scope) -> FeelValue:  # noqa: C901, PLR0911, PLR0912 -- one short case a node
        match tree:
            case Constant(value):
                return value
            case Temporal(text):
                return dates.parse_temporal(text)
            case Variable(name):
                return scope.get(name)
            case Path(source, name):
                return self._path(self.value(source, scope), name)
            case Filter():
                return self._filter(tree, scope)
            case Invoke():
                return self._invoke(tree, scope)
            case Negative(operand):
                return _negative(self.value(operand, scope))
            case Operation(op, left, right):
                return self._operation(op, left, right, scope)
            case Choice(test, then, other):
                return self.value(then if self.value(test, scope) is True else other, scope)
            case Loop():
                return self._loop(tree, scope)
            case Member(value, tests):
                return self.holds(tests, self.value(value, scope), scope)
            case Within(value, low, high):
                ends = (self.value(low, scope), self.value(high, scope))
                return within(self.value(value, scope), Range(*ends, low_closed=True, high_closed=True))
            case Instance(value, name):
                return self.is_a(self.value(value, scope), name)
            case Listed(items):
                return [self.value(item, scope) for item in items]
            case Entries(entries):
                return self._context(entries, scope)
            case Interval():
                return self._interval(tree, scope)
            case Lambda():
                return self._lambda(tree, scope)
            case _:
                assert_never(tree)

    def _context(self, entries: tuple[tuple[str, Feel], ...], scope: Scope) -> FeelValue:
        made: dict[str, FeelValue] = {}
        for key, entry in entries:
            if key in made:
                return None
            made[key] = self.value(entry, {**scope, **made})
        return made

    def _interval(self, tree: Interval, scope: Scope) -> FeelValue:
        low = self.value(tree.low, scope) if tree.low is not None else None
        high = self.value(tree.high, scope) if tree.high is not None else None
        if (low is None and tree.low is not None) or (high is None and tree.high is not None):
            return None
        if low is not None and high is not None and kind(low) != kind(high):
            return None
        return Range(low, high, tree.low_closed, tree.high_closed)

    def _lambda(self, tree: Lambda, scope: Scope) -> FeelValue:
        def work(*arguments: FeelValue) -> FeelValue:
            fitted = [
                self.coerce(value, name) if name else value for value, name in zip(arguments, tree.types, strict=True)
            ]
            return self.value(tree.body, {**scope, **dict(zip(tree.parameters, fitted, strict=True))})

        return Function("", tree.parameters, work)

    # names

    def _path(self, source: FeelValue, name: str) -> FeelValue:
        match source:
            case dict():
                return source.get(name)
            case list():
                return [self._path(item, name) for item in source]
            case Range():
                return _range_part(source, name)
            case _:
                return dates.part(source, name)

    def _filter(self, tree: Filter, scope: Scope) -> FeelValue:
        source = self.value(tree.source, scope)
        if source is None:
            return None if isinstance(self._position(tree.test, scope), Decimal) else []
        items = source if isinstance(source, list) else [source]
        position = self._position(tree.test, scope)
        if isinstance(position, Decimal):
            place = whole(position)
            if not place or abs(place) > len(items):
                return None
            return items[place - 1 if place > 0 else place]
        return [item for item in items if self.value(tree.test, _within(scope, item)) is True]

    def _position(self, test: Feel, scope: Scope) -> FeelValue:
        """Return the number that a filter is, if it is one whatever the item."""
        if isinstance(test, Operation) and test.op not in {"+", "-", "*", "/", "**"}:
            return None
        found = self.value(test, scope)
        return found if isinstance(found, Decimal) else None

    def _invoke(self, tree: Invoke, scope: Scope) -> FeelValue:
        name = tree.function.name if isinstance(tree.function, Variable) else ""
        arguments = [self.value(argument, scope) for argument in tree.arguments]
        if name and name not in scope:
            return call(name, arguments, tree.names)
        function = self.value(tree.function, scope)
        if not isinstance(function, Function):
            return call(name, arguments, tree.names) if name in BUILTINS else None
        return applied(function, arguments, tree.names)

    # operators

    def _operation(self, op: str, left: Feel, right: Feel, scope: Scope) -> FeelValue:
        first = self.value(left, scope)
        if op == "and":
            return False if first is False else both(truth(first), truth(self.value(right, scope)))
        if op == "or":
            return True if first is True else either(truth(first), truth(self.value(right, scope)))
        second = self.value(right, scope)
        if op in {"=", "!=", "<", "<=", ">", ">="}:
            return compare(op, first, second)
        return _arithmetic(op, first, second)

    def _loop(self, tree: Loop, scope: Scope) -> FeelValue:
        rows: list[Row] = [{}]
        for name, over in tree.iterators:
            rows = list(islice(self._rows(rows, name, over, scope), MAX_ITEMS + 1))
            if len(rows) > MAX_ITEMS:
                raise Unsupported("a loop over more than 100,000 items")
        if tree.kind == "for":
            return self._returned(tree, rows, scope)
        answers = [truth(self.value(tree.body, {**scope, **row})) for row in rows]
        joined = BUILTINS["any" if tree.kind == "some" else "all"][0]
        return joined.work(answers)

    def _rows(self, rows: list[Row], name: str, over: Feel, scope: Scope) -> Iterator[Row]:
        for row in rows:
            for item in self._items(over, {**scope, **row}):
                yield {**row, name: item}

    def _returned(self, tree: Loop, rows: list[Row], scope: Scope) -> FeelValue:
        found: list[FeelValue] = []
        looks_back = mentions(tree.body, "partial")
        for row in rows:
            inner = {**scope, **row, "partial": list(found)} if looks_back else {**scope, **row}
            found.append(self.value(tree.body, inner))
        return found

    def _items(self, over: Feel, scope: Scope) -> list[FeelValue]:
        value = self.value(over, scope)
        if isinstance(value, list):
            return value
        if isinstance(value, Range):
            return _steps(value)
        return [] if value is None else [value]

    # unary tests

    def holds(self, tests: Tests, subject: FeelValue, scope: Scope) -> bool | None:
        """Return whether SUBJECT passes any of the tests (none, where they are negated); no tests always hold."""
        if not tests.tests:
            return True
        inner = {**scope, "?": subject}
        answer: bool | None = False
        for test in tests.tests:
            answer = either(answer, self._passes(test, subject, inner))
        return (None if answer is None else not answer) if tests.negated else answer

    def _passes(self, test: Comparison | Feel, subject: FeelValue, scope: Scope) -> bool | None:
        if isinstance(test, Comparison):
            return compare(test.op, subject, self.value(test.right, scope))
        found = self.value(test, scope)
        if mentions(test):
            return truth(found)
        return matched(found, subject)


def matched(found: FeelValue, subject: FeelValue) -> bool | None:
    """Return whether SUBJECT is the value FOUND, in the list or in the range it is."""
    if isinstance(found, Range):
        return within(subject, found)
    if isinstance(found, list) and not isinstance(subject, list):
        return any(matched(item, subject) is True for item in found)
    if isinstance(found, list) and isinstance(subject, list):
        return same(found, subject) or any(matched(item, subject) is True for item in found)
    if isinstance(found, bool) and not isinstance(subject, bool) and subject is not None:
        return found
    return compare("=", subject, found)


def mentions(tree: object, name: str = "?") -> bool:
    """Return whether a name (the tested value itself, where it is `?`) occurs in a tree."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Variable) and node.name == name:
            return True
        fields = getattr(node, "__struct_fields__", ())
        waiting.extend(node if isinstance(node, tuple) else [getattr(node, field) for field in fields])
    return False


def _within(scope: Scope, item: FeelValue) -> Scope:
    """Return the scope of a filter's condition: `item`, and the entries of an item that is a context."""
    return {**scope, "item": item, **item} if isinstance(item, dict) else {**scope, "item": item}


def _range_part(value: Range, name: str) -> FeelValue:
    parts: dict[str, FeelValue] = {
        "start": value.low,
        "end": value.high,
        "start included": value.low_closed,
        "end included": value.high_closed,
    }
    return parts.get(name)


def _steps(ends: Range) -> list[FeelValue]:
    """Return the whole numbers or days of an interval, downwards where its start is the greater."""
    low, high = ends.low, ends.high
    if kind(low) == kind(high) == "date":
        raise Unsupported("a loop over dates")
    first = whole(low) if isinstance(low, Decimal) else None
    last = whole(high) if isinstance(high, Decimal) else None
    if first is None or last is None:
        return []
    if abs(last - first) > MAX_ITEMS:
        raise Unsupported("a loop over more than 100,000 items")
    step = 1 if last >= first else -1
    return [Decimal(number) for number in range(first, last + step, step)]


def _negative(value: FeelValue) -> FeelValue:
    if isinstance(value, Decimal):
        return value.copy_negate() if value else value
    if isinstance(value, Months):
        return Months(-value.count)
    return dates.scaled(value, Decimal(-1)) if kind(value) == "days and time duration" else None  # type: ignore[arg-type]  # just asked


def _arithmetic(op: str, left: FeelValue, right: FeelValue) -> FeelValue:
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return _numbers(op, left, right)
    if op == "+" and isinstance(left, str) and isinstance(right, str):
        return left + right
    if op in {"+", "-"}:
        return dates.add(left, right, 1 if op == "+" else -1)
    return _durations(op, left, right)


def _numbers(op: str, left: Decimal, right: Decimal) -> FeelValue:
    match op:
        case "+":
            return NUMBERS.add(left, right)
        case "-":
            return NUMBERS.subtract(left, right)
        case "*":
            return NUMBERS.multiply(left, right)
        case "/":
            return NUMBERS.divide(left, right) if right else None
        case _:
            return NUMBERS.power(left, right)


def _durations(op: str, left: FeelValue, right: FeelValue) -> FeelValue:
    if op == "*" and isinstance(left, Decimal):
        left, right = right, left
    spans = {"days and time duration", "years and months duration"}
    if kind(left) not in spans or op == "**":
        return None
    if isinstance(right, Decimal):
        if op == "/" and not right:
            return None
        factor = right if op == "*" else NUMBERS.divide(Decimal(1), right)
        return dates.scaled(left, factor)  # type: ignore[arg-type]  # a duration, just asked
    if op == "/" and kind(left) == kind(right):
        counts = [Decimal(item.count if isinstance(item, Months) else microseconds(item)) for item in (left, right)]  # type: ignore[arg-type]  # likewise
        return NUMBERS.divide(*counts) if counts[1] else None
    return None
