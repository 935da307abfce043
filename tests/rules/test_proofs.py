"""Proofs against counting: what is said of a table is true of every combination of values that its cells tell apart."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rules.support import dec, scheme

from campaign.problems import Problems
from campaign.rules.model import Table
from campaign.rules.proof import Finding, examine

Cell = tuple[str, Callable[[Any], bool]]
DAY = date(2005, 8, 17)
INPUTS = "i: integer, p: 'percent?', d: date, b: boolean, w: {type: text, values: [u, v, w]}, t: text"
HEADS = ("i", "p", "d", "b", "w", "t")
WORLD: dict[str, list[Any]] = {
    "i": [dec(str(n)) for n in range(-2, 9)],
    "p": [None, *(dec(n) / 40 for n in range(-4, 17))],
    "d": [DAY + timedelta(days=n) for n in range(-2, 9)],
    "b": [True, False],
    "w": ["u", "v", "w"],
    "t": ["x", "y", "…"],
}
"""For each column a value of every piece that the cells below can tell apart: ends, and what lies between."""


def compared(op: str, value: Any, mark: Any) -> bool:  # noqa: ANN401 -- two values of one column
    return {
        "<": lambda: value < mark,
        "<=": lambda: value <= mark,
        "=": lambda: value == mark,
        "!=": lambda: value != mark,
        ">": lambda: value > mark,
        ">=": lambda: value >= mark,
    }[op]()


def on_line(marks: list[tuple[str, Any]]) -> st.SearchStrategy[Cell]:
    """Make cells of comparisons and ranges over marks with their spelling, the lowest first."""
    ops = st.sampled_from(["<", "<=", "=", "!=", ">", ">="])
    mark = st.sampled_from(marks)

    def one(op: str, end: tuple[str, Any]) -> Cell:
        return f"{op} {end[0]}", lambda value: value is not None and compared(op, value, end[1])

    def between(ends: list[tuple[str, Any]], closed: tuple[bool, bool]) -> Cell:
        (low, first), (high, last) = sorted(ends, key=lambda end: end[1])
        text = f"{'[' if closed[0] else '('}{low}..{high}{']' if closed[1] else ')'}"
        above, below = ">=" if closed[0] else ">", "<=" if closed[1] else "<"
        return text, lambda value: value is not None and compared(above, value, first) and compared(below, value, last)

    simple = st.builds(one, ops, mark) | st.builds(
        between, st.lists(mark, min_size=2, max_size=2), st.tuples(st.booleans(), st.booleans())
    )
    return st.just(ANY) | simple | several(simple)


def several(simple: st.SearchStrategy[Cell]) -> st.SearchStrategy[Cell]:
    """Make cells of two tests, and cells of none of two."""

    def either(first: Cell, second: Cell) -> Cell:
        return f"{first[0]}, {second[0]}", lambda value: first[1](value) or second[1](value)

    def neither(first: Cell, second: Cell) -> Cell:
        return (
            f"not({first[0]}, {second[0]})",
            lambda value: value is not None and not first[1](value) and not second[1](value),
        )

    return st.builds(either, simple, simple) | st.builds(neither, simple, simple)


def words(choices: list[str]) -> st.SearchStrategy[Cell]:
    def one(word: str) -> Cell:
        return word, lambda value: value == word

    simple = st.builds(one, st.sampled_from(choices))
    return st.just(ANY) | simple | several(simple)


ANY: Cell = ("-", lambda _: True)
ABSENT: Cell = ("n/a", lambda value: value is None)
CELLS: dict[str, st.SearchStrategy[Cell]] = {
    "i": on_line([(str(n), dec(str(n))) for n in (0, 2, 5)]),
    "p": on_line([(f"{n}%", dec(str(n)) / 100) for n in (0, 10, 25)]) | st.just(ABSENT),
    "d": on_line([(str(DAY + timedelta(days=n)), DAY + timedelta(days=n)) for n in (0, 1, 5)]),
    "b": st.just(ANY) | st.sampled_from([True, False]).map(lambda b: (str(b).lower(), lambda value: value is b)),
    "w": words(["u", "v", "w"]),
    "t": words(["x", "y"]),
}


@st.composite
def tables(draw: st.DrawFn) -> tuple[tuple[str, ...], list[list[Cell]]]:
    heads = tuple(draw(st.lists(st.sampled_from(HEADS), min_size=1, max_size=2, unique=True)))
    rows = st.tuples(*(CELLS[head] for head in heads)).map(list)
    return heads, draw(st.lists(rows, min_size=1, max_size=5))


def drawn(hit: str, heads: tuple[str, ...], rows: list[list[Cell]], outputs: list[str]) -> Table:
    """Read a table without proving it, by the way of one that needs no proof."""
    lines = "".join(
        f"      | {' | '.join(c[0] for c in row)} || {out} |\n" for row, out in zip(rows, outputs, strict=True)
    )
    body = f"      | {' | '.join(heads)} || y |\n{lines}"
    used = "columns:\n" + "".join(f"  c{name}: {{count: {name}}}\n" for name in HEADS)
    try:
        made = scheme(f"{used}decisions:\n  y:\n    hit: COLLECT\n    values: [A, B, C]\n    rules: |\n{body}", INPUTS)
    except Problems as error:
        if {problem.code for problem in error.problems} != {"rule-never"}:
            raise
        raise Never from None
    (table,) = (step for step in made.model.steps if isinstance(step, Table))
    return Table(*(getattr(table, name) if name != "hit" else hit for name in Table.__struct_fields__))


class Never(Exception):  # noqa: N818 -- no error: a table with a row that takes nothing
    """A row takes no value at all."""


def taking(rows: list[list[Cell]], values: tuple[Any, ...]) -> list[int]:
    return [n for n, row in enumerate(rows) if all(cell[1](value) for cell, value in zip(row, values, strict=True))]


def counted(heads: tuple[str, ...], rows: list[list[Cell]]) -> Iterator[list[int]]:
    """Yield which rows take each combination of values of the small world."""
    return (taking(rows, values) for values in product(*(WORLD[head] for head in heads)))


def of(findings: list[Finding], what: str) -> list[Finding]:
    return [finding for finding in findings if finding.what == what]


@settings(max_examples=150, deadline=None)
@given(tables())
def test_overlaps_and_gaps_are_those_that_are_there(made: tuple[tuple[str, ...], list[list[Cell]]]) -> None:
    heads, rows = made
    all_taking = list(counted(heads, rows))
    try:
        found = examine(drawn("UNIQUE", heads, rows, ["A"] * len(rows)), {})
    except Never:
        assert any(all(row not in taken for taken in all_taking) for row in range(len(rows)))
        return
    overlapping = {(later, min(taken)) for taken in all_taking for later in taken[1:]}
    assert {finding.rules[0] for finding in of(found, "overlap")} == {later for later, _ in overlapping}
    for finding in of(found, "overlap"):
        assert set(finding.rules) <= set(taking(rows, finding.witness))
        assert finding.rules[1] == min(first for later, first in pairs(all_taking) if later == finding.rules[0])
    gaps = of(found, "gap")
    assert bool(gaps) == any(not taken for taken in all_taking)
    assert all(taking(rows, gap.witness) == [] for gap in gaps)
    assert not of(found, "unproven")


def pairs(all_taking: list[list[int]]) -> set[tuple[int, int]]:
    return {(later, first) for taken in all_taking for later in taken for first in taken if first < later}


@settings(max_examples=150, deadline=None)
@given(tables(), st.lists(st.sampled_from("ABC"), min_size=5, max_size=5), st.sampled_from(["FIRST", "PRIORITY"]))
def test_rules_that_are_never_reached_are_those_that_never_come_first(
    made: tuple[tuple[str, ...], list[list[Cell]]], outputs: list[str], hit: str
) -> None:
    heads, rows = made
    try:
        found = examine(drawn(hit, heads, rows, outputs[: len(rows)]), {})
    except Never:
        return
    order = (lambda row: row) if hit == "FIRST" else (lambda row: (outputs[row], row))
    reached = {min(taken, key=order) for taken in counted(heads, rows) if taken}
    assert {finding.rules[0] for finding in of(found, "unreachable")} == set(range(len(rows))) - reached
    assert bool(of(found, "gap")) == any(not taken for taken in counted(heads, rows))


@pytest.mark.parametrize(
    ("hit", "what"),
    [
        ("UNIQUE", ["overlap", "gap"]),
        ("ANY", ["gap"]),
        ("FIRST", ["unreachable", "gap"]),
        ("PRIORITY", ["unreachable", "gap"]),
        ("RULE ORDER", []),
        ("OUTPUT ORDER", []),
        ("COLLECT", []),
        ("COLLECT SUM", []),
        ("COLLECT MIN", ["gap"]),
        ("COLLECT MAX", ["gap"]),
        ("COLLECT COUNT", []),
    ],
)
def test_each_hit_policy_is_asked_what_matters_to_it(hit: str, what: list[str]) -> None:
    rows: list[list[Cell]] = [[("> 2", bool)], [("> 5", bool)]]
    assert [finding.what for finding in examine(drawn(hit, ("i",), rows, ["A", "B"]), {})] == what
