"""The seven hit policies of DMN: which of the rules that match give the value."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, cast

from campaign.problems import T
from campaign.rules.kinds import Value
from campaign.rules.meaning import Undefined, add
from campaign.rules.model import Table

HITS = (
    "UNIQUE",
    "ANY",
    "PRIORITY",
    "FIRST",
    "RULE ORDER",
    "OUTPUT ORDER",
    "COLLECT",
    "COLLECT SUM",
    "COLLECT MIN",
    "COLLECT MAX",
    "COLLECT COUNT",
)
"""The hit policies by their names in DMN; COLLECT with or without an aggregator."""

ORDERED = frozenset({"PRIORITY", "OUTPUT ORDER"})
LISTS = frozenset({"RULE ORDER", "OUTPUT ORDER", "COLLECT"})
EMPTY_FITS = LISTS | {"COLLECT SUM", "COLLECT COUNT"}
"""Policies with a value of their own when nothing matches: an empty list, 0."""

Rows = Sequence[tuple[int, tuple[Value, ...]]]
Settled = tuple[tuple[Value, ...] | None, tuple[int, ...]]


def settle(table: Table, rows: Rows) -> Settled:
    """Return the value of each output and the numbers of the rules that gave it, from the rules that matched.

    None for the values means that the default stands. Raises Undefined (table-silent, rules-overlap, rules-differ).
    """
    if not rows and (table.default is not None or table.hit not in EMPTY_FITS):
        if table.default is not None:
            return None, ()
        raise Undefined("table-silent", T("{where}: no rule matches"), T("add a rule or a default"))
    if table.hit == "FIRST":
        return rows[0][1], (rows[0][0],)
    if table.hit in {"UNIQUE", "ANY"}:
        return _agreed(table, rows)
    if table.hit in ORDERED:
        rows = sorted(rows, key=lambda row: rank(table, row[1]))
    if table.hit == "PRIORITY":
        return rows[0][1], (rows[0][0],)
    numbers = tuple(number for number, _ in rows)
    if table.hit in LISTS:
        return tuple(tuple(row[index] for _, row in rows) for index in range(len(table.outputs))), numbers
    return (_collected(table.hit, [row[0] for _, row in rows]),), numbers


def _agreed(table: Table, rows: Rows) -> Settled:
    numbers = tuple(number for number, _ in rows)
    if len(rows) > 1 and table.hit == "UNIQUE":
        message = T("{where}: rules {rules} match together", rules=", ".join(map(str, numbers)))
        raise Undefined("rules-overlap", message, T("part their cells, or choose another hit policy"))
    if any(row != rows[0][1] for _, row in rows):
        message = T("{where}: rules {rules} match and differ", rules=", ".join(map(str, numbers)))
        raise Undefined("rules-differ", message, T("let them give the same, or choose another hit policy"))
    return rows[0][1], numbers


def rank(table: Table, row: tuple[Value, ...]) -> tuple[int, ...]:
    """Return the place of a row of outputs in the order that the table's words are declared in."""
    return tuple(
        output.kind.values.index(str(value))
        for output, value in zip(table.outputs, row, strict=True)
        if output.kind.values
    )


def _collected(hit: str, items: list[Value]) -> Value:
    numbers = cast("list[Any]", items)
    match hit:
        case "COLLECT SUM":
            return add(numbers)
        case "COLLECT MIN":
            return cast("Value", min(numbers))
        case "COLLECT MAX":
            return cast("Value", max(numbers))
        case _:
            return Decimal(len(items))
