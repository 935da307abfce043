"""Places that a table of prizes passes over: more likely forgotten than meant."""

from collections.abc import Iterator
from decimal import Decimal

from campaign.problems import Problem, T
from campaign.rules.interpret import holds
from campaign.rules.model import Rule, Table
from campaign.rules.proof import literal
from campaign.rules.tree import Compare, Lit, Name, Test, Tree, parts

DEEPEST = 1000
"""Tables that pay places further down are not looked through."""


def passed_over(amounts: Table) -> list[Problem]:
    """Return a problem (`prize-gap`) for each place without a row between two that have one, under like conditions.

    A row with the amount 0 says that a place is meant to get nothing.  Places that a condition decides are not judged.
    """
    columns = [index for index, column in enumerate(amounts.columns) if column.tree == Name("rank", _at(column.tree))]
    if len(columns) != 1 or not all(_numeric(rule.tests[columns[0]]) for rule in amounts.rules):
        return []
    return list(_gaps(amounts.rules, columns[0]))


def _at(tree: Tree) -> int:
    return tree.at if isinstance(tree, Name) else 0


def _gaps(rules: tuple[Rule, ...], column: int) -> Iterator[Problem]:
    values = [value for rule in rules for value in _values(rule.tests[column])]
    last = int(max((value for value in values if isinstance(value, Decimal)), default=0))
    alike: dict[tuple[str, ...], list[Rule]] = {}
    for rule in rules if last <= DEEPEST else ():
        alike.setdefault(_condition(rule, column), []).append(rule)
    for own in alike.values():
        before = 0
        for place in range(1, last + 1):
            paying = [rule for rule in own if _pays(rule, column, place)]
            if not paying and any(_pays(rule, column, place) and _meets(rule, own[0], column) for rule in rules):
                paying = own
            if paying and before and place > before + 1:
                yield _gap(paying[0], column, before, place)
            before = place if paying else before


def _gap(rule: Rule, column: int, before: int, place: int) -> Problem:
    message = T("no row says what comes between rank {before} and rank {place}", before=before, place=place)
    fix = T("add a row for rank {rank}, with the amount 0 if it is to have none", rank=before + 1)
    return rule.cells[column].problem("prize-gap", message, fix)


def _numeric(test: Test) -> bool:
    return literal(test) and all(isinstance(value, Decimal) for value in _values(test))


def _values(tree: Tree) -> Iterator[object]:
    if isinstance(tree, Lit):
        yield tree.value
    for part in parts(tree):
        yield from _values(part)


def _condition(rule: Rule, column: int) -> tuple[str, ...]:
    """Return what a row asks beside the place, as written."""
    return tuple(cell.text for index, cell in enumerate(rule.cells[: len(rule.tests)]) if index != column)


def _pays(rule: Rule, column: int, place: int) -> bool:
    return holds(rule.tests[column], Decimal(place), {})


def _meets(rule: Rule, other: Rule, column: int) -> bool:
    """Whether both rows may hold for one entity, the place aside."""
    pairs = enumerate(zip(rule.tests, other.tests, strict=True))
    return all(index == column or not _apart(one, two) for index, (one, two) in pairs)


def _apart(one: Test, two: Test) -> bool:
    match one, two:
        case Compare(op="=", right=Lit(value=first)), Compare(op="=", right=Lit(value=second)):
            return first != second
        case _:
            return False
