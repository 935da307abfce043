"""Functions on lists and contexts, as chapter 10.3.4 of DMN 1.5 lists them."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from functools import cmp_to_key

from campaign.files import feel_dates as dates
from campaign.files.feel_functions import applied, builtin, whole
from campaign.files.feel_values import (
    NUMBERS,
    FeelValue,
    Function,
    Months,
    compare,
    kind,
    same,
    truth,
)

Items = list[FeelValue]
BOTH = 2


# lists


@builtin("list contains", "list: list, element: any")
def list_contains(items: Items, element: FeelValue) -> FeelValue:
    """Return whether ELEMENT is among the items."""
    return any(same(item, element) for item in items)


@builtin("count", "list: list")
def count(items: Items) -> FeelValue:
    """Return how many items there are."""
    return Decimal(len(items))


def _spread(name: str) -> Callable[[Callable[[Items], FeelValue]], Callable[[Items], FeelValue]]:
    """Register a function that takes a list, or its items as arguments."""

    def register(work: Callable[[Items], FeelValue]) -> Callable[[Items], FeelValue]:
        builtin(name, "list: list")(work)
        builtin(name, "first: any, more*: any")(lambda *items: work(list(items)))
        return work

    return register


def _best(items: Items, op: str) -> FeelValue:
    if not items:
        return None
    best = items[0]
    for item in items:
        if kind(item) != kind(best) or compare(op, item, best) is None:
            return None
        best = item if compare(op, item, best) else best
    return best


@_spread("min")
def least(items: Items) -> FeelValue:
    """Return the least item; null for none, or for items that do not compare."""
    return _best(items, "<=")


@_spread("max")
def greatest(items: Items) -> FeelValue:
    """Return the greatest item."""
    return _best(items, ">=")


def _numbers(items: Items) -> list[Decimal] | None:
    found = [item for item in items if isinstance(item, Decimal)]
    return found if len(found) == len(items) and items else None


def _added(numbers: list[Decimal]) -> Decimal:
    total = Decimal(0)
    for number in numbers:
        total = NUMBERS.add(total, number)
    return total


@_spread("sum")
def added(items: Items) -> FeelValue:
    """Return the sum of numbers or of durations; null for none."""
    if items and all(isinstance(item, dt.timedelta | Months) for item in items):
        total = items[0]
        for item in items[1:]:
            total = dates.add(total, item, 1)
        return total
    numbers = _numbers(items)
    return None if numbers is None else _added(numbers)


@_spread("product")
def multiplied(items: Items) -> FeelValue:
    """Return the product of numbers; null for none."""
    numbers = _numbers(items)
    if numbers is None:
        return None
    total = Decimal(1)
    for number in numbers:
        total = NUMBERS.multiply(total, number)
    return total


@_spread("mean")
def mean(items: Items) -> FeelValue:
    """Return the mean; null for none."""
    numbers = _numbers(items)
    return None if numbers is None else NUMBERS.divide(_added(numbers), Decimal(len(numbers)))


@_spread("median")
def median(items: Items) -> FeelValue:
    """Return the middle number, or the mean of the middle two; null for none."""
    numbers = _numbers(items)
    if numbers is None:
        return None
    numbers.sort()
    middle = len(numbers) // BOTH
    if len(numbers) % BOTH:
        return numbers[middle]
    return NUMBERS.divide(NUMBERS.add(numbers[middle - 1], numbers[middle]), Decimal(BOTH))


@_spread("stddev")
def deviation(items: Items) -> FeelValue:
    """Return the sample standard deviation; null for fewer than two numbers."""
    numbers = _numbers(items)
    if numbers is None or len(numbers) < BOTH:
        return None
    middle = NUMBERS.divide(_added(numbers), Decimal(len(numbers)))
    squares = [NUMBERS.power(NUMBERS.subtract(number, middle), Decimal(2)) for number in numbers]
    return NUMBERS.sqrt(NUMBERS.divide(_added(squares), Decimal(len(numbers) - 1)))


@_spread("mode")
def mode(items: Items) -> FeelValue:
    """Return the most frequent numbers, ascending."""
    if not items:
        return []
    numbers = _numbers(items)
    if numbers is None:
        return None
    most = max(map(numbers.count, numbers))
    return sorted({number for number in numbers if numbers.count(number) == most})  # type: ignore[return-value]  # numbers


@_spread("all")
def every(items: Items) -> FeelValue:
    """Return whether all are true: false if any is false, else null if any is neither."""
    answers = [truth(item) for item in items]
    return False if False in answers else None if None in answers else True


@_spread("any")
def some(items: Items) -> FeelValue:
    """Return whether any is true: true if any is, else null if any is neither."""
    answers = [truth(item) for item in items]
    return True if True in answers else None if None in answers else False


def _position(items: Items, position: Decimal, beyond: int = 0) -> int | None:
    """Return an index from a position counted from 1, or from the end where negative."""
    place = whole(position)
    if not place or abs(place) > len(items) + beyond:
        return None
    return place - 1 if place > 0 else len(items) + place


@builtin("sublist", "list: list, start position: number, length?: number")
def sublist(items: Items, start: Decimal, length: Decimal | None = None) -> FeelValue:
    """Return a part of the list."""
    begin = _position(items, start)
    size = None if length is None else whole(length)
    if begin is None or (length is not None and (size is None or size < 0 or begin + size > len(items))):
        return None
    return items[begin:] if size is None else items[begin : begin + size]


@builtin("append", "list: list, item*: any")
def append(items: Items, *more: FeelValue) -> FeelValue:
    """Return the list with the items at its end."""
    return [*items, *more]


@builtin("concatenate", "list*: list")
def concatenate(*lists: Items) -> FeelValue:
    """Return the lists one after another."""
    return [item for items in lists for item in items]


@builtin("union", "list*: list")
def union(*lists: Items) -> FeelValue:
    """Return the lists one after another, each value once."""
    return distinct([item for items in lists for item in items])


@builtin("insert before", "list: list, position: number, newItem: any")
def insert(items: Items, position: Decimal, item: FeelValue) -> FeelValue:
    """Return the list with the item put before POSITION."""
    place = _position(items, position)
    return None if place is None else [*items[:place], item, *items[place:]]


@builtin("remove", "list: list, position: number")
def remove(items: Items, position: Decimal) -> FeelValue:
    """Return the list without the item at POSITION."""
    place = _position(items, position)
    return None if place is None else [*items[:place], *items[place + 1 :]]


@builtin("list replace", "list: list, position: number, newItem: any")
def replaced(items: Items, position: Decimal, item: FeelValue) -> FeelValue:
    """Return the list with the item at POSITION replaced."""
    place = _position(items, position)
    return None if place is None else [*items[:place], item, *items[place + 1 :]]


@builtin("list replace", "list: list, match: function, newItem: any")
def replaced_where(items: Items, match: Function, new: FeelValue) -> FeelValue:
    """Return the list with every item replaced for which MATCH holds."""
    return [new if applied(match, [item, new], ()) is True else item for item in items]


@builtin("reverse", "list: list")
def reverse(items: Items) -> FeelValue:
    """Return the list from its end."""
    return items[::-1]


@builtin("index of", "list: list, match: any")
def index_of(items: Items, match: FeelValue) -> FeelValue:
    """Return the positions of MATCH."""
    return [Decimal(place) for place, item in enumerate(items, 1) if same(item, match)]


@builtin("distinct values", "list: list")
def distinct(items: Items) -> FeelValue:
    """Return the list with each value once."""
    found: Items = []
    for item in items:
        if not any(same(item, other) for other in found):
            found.append(item)
    return found


@builtin("flatten", "list: list")
def flatten(items: Items) -> FeelValue:
    """Return the items of the lists within."""
    found: Items = []
    for item in items:
        inner = flatten(item) if isinstance(item, list) else [item]
        found += inner if isinstance(inner, list) else []
    return found


@builtin("sort", "list: list, precedes: function")
def ordered(items: Items, precedes: Function) -> FeelValue:
    """Return the list in the order that PRECEDES gives."""

    def order(left: FeelValue, right: FeelValue) -> int:
        if applied(precedes, [left, right], ()) is True:
            return -1
        return int(applied(precedes, [right, left], ()) is True)

    return sorted(items, key=cmp_to_key(order))


# contexts


@builtin("get value", "m: context, key: string?")
def get_value(context: dict[str, FeelValue], key: str | None) -> FeelValue:
    """Return an entry's value, null where there is none."""
    return None if key is None else context.get(key)


@builtin("get entries", "m: context")
def get_entries(context: dict[str, FeelValue]) -> FeelValue:
    """Return a list of contexts of key and value."""
    return [{"key": key, "value": value} for key, value in context.items()]


@builtin("context put", "context: context, key: string, value: any")
def context_put(context: dict[str, FeelValue], key: str, value: FeelValue) -> FeelValue:
    """Return the context with an entry put."""
    return {**context, key: value}


@builtin("context put", "context: context, keys: list, value: any")
def context_put_deep(context: dict[str, FeelValue], keys: Items, value: FeelValue) -> FeelValue:
    """Return the context with an entry put at a path."""
    if not keys or not isinstance(keys[0], str):
        return None
    if len(keys) == 1:
        return {**context, keys[0]: value}
    inner = context.get(keys[0])
    put = context_put_deep(inner, keys[1:], value) if isinstance(inner, dict) else None
    return None if put is None else {**context, keys[0]: put}


@builtin("context merge", "contexts: list")
def context_merge(contexts: Items) -> FeelValue:
    """Return the entries of all, later ones over earlier ones."""
    merged: dict[str, FeelValue] = {}
    for context in contexts:
        if not isinstance(context, dict):
            return None
        merged.update(context)
    return merged


@builtin("context", "entries: list")
def context_from(entries: Items) -> FeelValue:
    """Return a context from a list of contexts of key and value."""
    made: dict[str, FeelValue] = {}
    for entry in entries:
        key = entry.get("key") if isinstance(entry, dict) else None
        if not isinstance(entry, dict) or not isinstance(key, str) or "value" not in entry or key in made:
            return None
        made[key] = entry["value"]
    return made
