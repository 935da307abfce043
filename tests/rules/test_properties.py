"""Properties: printing, one meaning in three evaluators, exact sharing, rankings that do not see the order of input."""

from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from rules.support import scheme

from campaign.problems import Problems
from campaign.rules import Scheme, load
from campaign.rules.allocate import shared
from campaign.rules.compiler import FALLS_BACK
from campaign.rules.grammar import cell, expression
from campaign.rules.printer import printed, printed_test
from campaign.rules.tokens import Snippet
from campaign.rules.tree import (
    Absent,
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
    unplaced,
)

QUICK = settings(max_examples=150, deadline=None)

# any tree at all -----------------------------------------------------------------------------------------------------

numbers = st.decimals(min_value=0, max_value=10**9, places=3)
literals = (
    st.builds(Lit, numbers, st.sampled_from(["number", "percent", "money"]))
    | st.builds(Lit, st.integers(0, 99).map(Decimal), st.sampled_from(["days", "months"]))
    | st.builds(Lit, st.booleans(), st.just("boolean"))
    | st.builds(Lit, st.text("甲乙ab ，1", max_size=4), st.just("text"))
    | st.builds(Lit, st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.just("date"))
    | st.just(Lit(None, "none"))
)
words = st.sampled_from(["a", "b2", "增速", "prize.amount"])
names_ = st.builds(Name, words)


def applicable(tree: object) -> bool:
    """A bare n/a in a cell is the test of absence, never a comparison."""
    return tree != Lit(None, "none")


def cells_of(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    one = (
        st.builds(Compare, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), inner.filter(applicable))
        | st.builds(Range, inner, inner, st.booleans(), st.booleans())
        | st.just(Absent())
    )
    return one | st.lists(one, min_size=2, max_size=3).map(lambda tests: Either(tuple(tests)))


def larger(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return (
        st.builds(Minus, inner)
        | st.builds(Not, inner)
        | st.builds(Binary, st.sampled_from(["+", "-", "*", "/", "=", "<", ">=", "and", "or"]), inner, inner)
        | st.builds(If, inner, inner, inner)
        | st.builds(In, inner, cells_of(inner))
        | st.builds(Between, inner, inner, inner)
        | st.builds(Items, several)
        | st.builds(Call, st.sampled_from(["min", "sum", "f", "round half up"]), several)
        | st.builds(Defined, words)
    )


trees = st.recursive(literals | names_, larger, max_leaves=12)


@QUICK
@given(trees)
def test_a_printed_tree_parses_to_itself(tree: Expr) -> None:
    text = printed(tree)
    again = unplaced(expression(Snippet(text)))
    assert again == tree
    assert printed(again) == text  # type: ignore[arg-type]


@QUICK
@given(cells_of(trees) | st.lists(cells_of(literals), min_size=1, max_size=2).map(lambda tests: Neither(tuple(tests))))
def test_a_printed_cell_parses_to_itself(tree: Test) -> None:
    text = printed_test(tree)
    assert printed_test(cell(Snippet(text))) == text


# one meaning ---------------------------------------------------------------------------------------------------------

REFERENCE = Context(prec=50)
Env = dict[str, Any]
Pair = tuple[str, Callable[[Env], Any]]
INPUTS = "m: number, n: number, ok: boolean, word: {type: text, values: [甲, 乙, 丙]}, may: 'number?'"
decimals = st.decimals(min_value=-5, max_value=5, places=1)
entities = st.fixed_dictionaries(
    {
        "m": decimals,
        "n": decimals,
        "ok": st.booleans(),
        "word": st.sampled_from(["甲", "乙", "丙"]),
        "may": st.none() | decimals,
    }
)


def two(left: Pair, right: Pair, op: str, work: Callable[[Any, Any], Any]) -> Pair:
    return f"({left[0]} {op} {right[0]})", lambda env: work(left[1](env), right[1](env))


def half_up(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"), ROUND_HALF_UP, REFERENCE)


@st.composite
def number(draw: st.DrawFn, depth: int = 2) -> Pair:  # noqa: PLR0911 -- one branch for each form of number
    choice = draw(st.integers(0, 8 if depth else 1))
    if choice == 0:
        value = draw(st.decimals(0, 5, places=1))
        return f"{value}", lambda _: value
    if choice == 1:
        name = draw(st.sampled_from(["m", "n"]))
        return name, lambda env: env[name]
    left, right = draw(number(depth - 1)), draw(number(depth - 1))
    if choice == 2:
        return two(left, right, "+", REFERENCE.add)
    if choice == 3:
        return two(left, right, "-", REFERENCE.subtract)
    if choice == 4:
        return two(left, right, "*", REFERENCE.multiply)
    if choice == 5:
        return f"max({left[0]}, {right[0]})", lambda env: max(left[1](env), right[1](env))
    if choice == 6:
        return f"round half up({left[0]}, 1)", lambda env: half_up(left[1](env))
    if choice == 7:
        return (
            f"(if may is defined then may else {left[0]})",
            lambda env: left[1](env) if env["may"] is None else env["may"],
        )
    test = draw(truth(depth - 1))
    return f"(if {test[0]} then {left[0]} else {right[0]})", lambda env: left[1](env) if test[1](env) else right[1](env)


@st.composite
def truth(draw: st.DrawFn, depth: int = 2) -> Pair:
    choice = draw(st.integers(0, 6 if depth else 2))
    if choice == 0:
        return "ok", lambda env: env["ok"]
    if choice == 1:
        word = draw(st.sampled_from(["甲", "乙"]))
        return f'word = "{word}"', lambda env: env["word"] == word
    left, right = draw(number(0)), draw(number(0))
    if choice == 2:
        return two(left, right, "<=", lambda one, other: one <= other)
    if choice == 3:
        return (
            f"({left[0]} in [{right[0]}..{right[0]} + 1))",
            lambda env: right[1](env) <= left[1](env) < right[1](env) + 1,
        )
    first, second = draw(truth(depth - 1)), draw(truth(depth - 1))
    if choice == 4:
        return f"not ({first[0]})", lambda env: not first[1](env)
    op = "and" if choice == 5 else "or"
    return two(first, second, op, lambda one, other: (one and other) if op == "and" else (one or other))


COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda one, other: one < other,
    "≤": lambda one, other: one <= other,
    "=": lambda one, other: one == other,
    "≠": lambda one, other: one != other,
    "≥": lambda one, other: one >= other,
    ">": lambda one, other: one > other,
}


@st.composite
def number_cell(draw: st.DrawFn) -> Pair:
    choice = draw(st.integers(0, 3))
    low = draw(st.integers(-4, 3))
    if choice == 0:
        return "-", lambda _: True
    if choice == 1:
        op = draw(st.sampled_from(sorted(COMPARED)))
        return f"{op} {low}", lambda value: value is not None and COMPARED[op](value, low)
    high = low + draw(st.integers(1, 3))
    if choice == 2:
        return f"[{low}..{high})", lambda value: value is not None and low <= value < high
    return f"not({low}, > {high})", lambda value: value is not None and value != low and not value > high


@st.composite
def word_cell(draw: st.DrawFn) -> Pair:
    chosen = draw(st.sets(st.sampled_from(["甲", "乙", "丙"]), min_size=1, max_size=2))
    if draw(st.booleans()):
        return "-", lambda _: True
    return ", ".join(sorted(chosen)), lambda value: value in chosen


Row = tuple[list[Pair], Pair]


@st.composite
def drawn_row(draw: st.DrawFn) -> Row:
    cells = [draw(number_cell()), draw(word_cell()), draw(number_cell())]
    return cells, draw(number(1))


def naive(hit: str, rows: list[Row], env: Env) -> tuple[Any, tuple[int, ...]]:
    subjects = (env["m"], env["word"], env["may"])
    found = [
        (index, output[1](env))
        for index, (cells, output) in enumerate(rows, 1)
        if all(test[1](subject) for test, subject in zip(cells, subjects, strict=True))
    ]
    if not found:
        return Decimal(9), ()
    values, numbers_ = [value for _, value in found], tuple(index for index, _ in found)
    if hit == "FIRST":
        return values[0], numbers_[:1]
    if hit in {"RULE ORDER", "COLLECT"}:
        return tuple(values), numbers_
    if hit == "COLLECT SUM":
        total = Decimal(0)
        for value in values:
            total = REFERENCE.add(total, value)
        return total, numbers_
    return {"COLLECT MIN": min(values), "COLLECT MAX": max(values), "COLLECT COUNT": Decimal(len(values))}[
        hit
    ], numbers_


def built(hit: str, rows: list[Row], formula: Pair, condition: Pair) -> tuple[Scheme, list[Row]] | None:
    """Load a scheme of the rows, without those that the proof shows to be never reached."""
    kept = list(rows)
    while kept:
        lines = [f"      | {' | '.join(cell[0] for cell in cells)} || = {output[0]} |" for cells, output in kept]
        default = (
            "    default: 9\n"
            if not hit.startswith(("RULE", "COLLECT")) or hit in {"COLLECT MIN", "COLLECT MAX"}
            else ""
        )
        text = (
            f"scheme: t\ninputs: {{{INPUTS}}}\ncalculations:\n"
            f"  f: {{type: number, formula: '{formula[0]}'}}\n  c: {{type: boolean, formula: '{condition[0]}'}}\n"
            f"  keep: {{type: boolean, formula: 'ok and word = \"甲\" and m > n and may is defined'}}\n"
            f"decisions:\n  y:\n    hit: {hit}\n    type: number\n{default}    rules: |\n"
            "      | m | word | may || y |\n"
        )
        start = text.count("\n") + 1
        try:
            return load(text + "\n".join(lines) + "\n"), kept
        except Problems as error:
            never = {problem.place.line - start for problem in error.problems if problem.code.startswith("rule-")}
            if not never:
                raise
            kept = [row for index, row in enumerate(kept) if index not in never]
    return None


HITS = ["FIRST", "RULE ORDER", "COLLECT", "COLLECT SUM", "COLLECT MIN", "COLLECT MAX", "COLLECT COUNT"]


@settings(max_examples=120, deadline=None)
@given(
    st.sampled_from(HITS),
    st.lists(drawn_row(), min_size=1, max_size=5),
    number(),
    truth(),
    st.lists(entities, min_size=1, max_size=6),
)
def test_compiled_interpreted_and_naive_are_one_meaning(
    hit: str, rows: list[Row], formula: Pair, condition: Pair, given_: list[Env]
) -> None:
    made = built(hit, rows, formula, condition)
    assume(made is not None)
    assert made is not None
    whole, kept = made
    for env in given_:
        assert whole.runs[0](env, {}) == whole._slowly(env, {}).raw
        compiled = whole.evaluate(env)
        slow = whole._slowly(env, {})
        value, numbers_ = naive(hit, kept, env)
        if not numbers_ and hit in {"RULE ORDER", "COLLECT"}:
            value = ()
        if not numbers_ and hit in {"COLLECT SUM", "COLLECT COUNT"}:
            value = Decimal(0)
        assert compiled.raw == slow.raw
        assert (compiled.values["y"], compiled.rules["y"]) == (value, numbers_)
        assert (compiled.values["f"], compiled.values["c"]) == (formula[1](env), condition[1](env))


MEDALS = ["gold", "silver", "bronze", "none"]


@st.composite
def medal_row(draw: st.DrawFn) -> tuple[list[Pair], str]:
    return [draw(number_cell()), draw(word_cell()), draw(number_cell())], draw(st.sampled_from(MEDALS[:3]))


def naive_medals(hit: str, rows: list[tuple[list[Pair], str]], env: Env) -> tuple[Any, tuple[int, ...]]:
    subjects = (env["m"], env["word"], env["may"])
    found = [
        (MEDALS.index(medal), index)
        for index, (cells, medal) in enumerate(rows, 1)
        if all(test[1](subject) for test, subject in zip(cells, subjects, strict=True))
    ]
    if hit == "OUTPUT ORDER":
        return tuple(MEDALS[place] for place, _ in sorted(found)), tuple(index for _, index in sorted(found))
    if not found:
        return "none", ()
    if hit == "PRIORITY":
        return MEDALS[min(found)[0]], (min(found)[1],)
    return MEDALS[found[0][0]], tuple(index for _, index in found)


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(["PRIORITY", "OUTPUT ORDER", "ANY", "UNIQUE"]),
    st.lists(medal_row(), min_size=1, max_size=5),
    st.lists(entities, min_size=2, max_size=6),
)
def test_hit_policies_on_words_are_one_meaning_too(
    hit: str, rows: list[tuple[list[Pair], str]], given_: list[Env]
) -> None:
    lines = "".join(f"      | {' | '.join(cell[0] for cell in cells)} || {medal} |\n" for cells, medal in rows)
    default = "" if hit == "OUTPUT ORDER" else "    default: none\n"
    body = f"decisions:\n  y:\n    hit: {hit}\n    values: [{', '.join(MEDALS)}]\n{default}    rules: |\n"
    tail = "calculations:\n  k: {type: boolean, formula: ok and n > 0}\n"
    try:
        made = scheme(f"{body}      | m | word | may || y |\n{lines}{tail}", INPUTS)
    except Problems as error:
        if {problem.code for problem in error.problems} - {"table-overlap", "rule-never", "rule-unreachable"}:
            raise
        return
    for env in given_:
        expected = naive_medals(hit, rows, env)
        numbers_ = expected[1]
        if hit == "ANY" and len({rows[index - 1][1] for index in numbers_}) > 1:
            with pytest.raises(Problems):
                made.evaluate(env)
            continue
        result = made.evaluate(env)
        assert made.runs[0](env, {}) == made._slowly(env, {}).raw
        assert (result.values["y"], result.rules["y"]) == expected


@settings(max_examples=60, deadline=None)
@given(st.lists(drawn_row(), min_size=2, max_size=5), st.lists(entities, min_size=4, max_size=8))
def test_a_table_that_was_proven_unique_never_meets_two_rules(rows: list[Row], given_: list[Env]) -> None:
    lines = "".join(
        f"      | {' | '.join(cell[0] for cell in cells)} || {index} |\n" for index, (cells, _) in enumerate(rows)
    )
    body = f"decisions:\n  y:\n    default: 99\n    rules: |\n      | m | word | may || y |\n{lines}"
    tail = "calculations:\n  k: {type: boolean, formula: ok and n > 0}\n"
    try:
        made = scheme(body + tail, INPUTS)
    except Problems as error:
        refused = {problem.code for problem in error.problems}
        if refused - {"table-overlap", "rule-never"}:
            raise
        return
    for env in given_:
        assert len(made._slowly(env, {}).rules["y"]) <= 1


@settings(max_examples=60, deadline=None)
@given(st.lists(drawn_row(), min_size=1, max_size=4), st.lists(entities, min_size=4, max_size=8))
def test_a_table_that_was_proven_complete_always_answers(rows: list[Row], given_: list[Env]) -> None:
    lines = "".join(
        f"      | {' | '.join(cell[0] for cell in cells)} || {index} |\n" for index, (cells, _) in enumerate(rows)
    )
    body = f"decisions:\n  y:\n    hit: COLLECT MAX\n    rules: |\n      | m | word | may || y |\n{lines}"
    tail = "calculations:\n  k: {type: boolean, formula: ok and n > 0}\n"
    try:
        made = scheme(body + tail, INPUTS)
    except Problems as error:
        refused = {problem.code for problem in error.problems}
        if refused - {"table-gap", "rule-never"}:
            raise
        return
    for env in given_:
        made.evaluate(env)


@pytest.mark.parametrize("value", [{"m": 1.5}, {"word": ["甲"]}, {"may": "1"}, {"extra": 1}])
def test_whatever_the_compiled_form_cannot_take_the_interpreter_refuses(value: Env) -> None:
    made = scheme(
        "calculations:\n  y: {type: boolean, formula: 'ok and word = \"甲\" and m > n and may is defined'}\n", INPUTS
    )
    row = {"m": Decimal(1), "n": Decimal(2), "ok": True, "word": "甲", "may": None, **value}
    with pytest.raises(FALLS_BACK):
        made.runs[0](row, {})
    with pytest.raises(Problems):
        made.evaluate(row)


# sharing and ranking -------------------------------------------------------------------------------------------------

weights = st.dictionaries(
    st.text("abcdef", min_size=1, max_size=3), st.decimals(0, 10**8, places=2), min_size=1, max_size=12
)


@QUICK
@given(weights, st.decimals(0, 10**9, places=2), st.integers(0, 3))
def test_the_parts_add_up_to_the_whole_to_the_unit(given_: dict[str, Decimal], total: Decimal, digits: int) -> None:
    parts = shared(total, given_, digits)
    whole = sum(given_.values())
    floor = total.quantize(Decimal(1).scaleb(-digits), "ROUND_FLOOR") if whole else Decimal(0)
    assert sum(parts.values()) == floor
    assert parts.keys() == given_.keys()
    for name, part in parts.items():
        exact = REFERENCE.divide(REFERENCE.multiply(floor, given_[name]), whole) if whole else Decimal(0)
        assert abs(part - exact) < Decimal(1).scaleb(-digits)


@QUICK
@given(weights, st.decimals("0.01", 10**7, places=2), st.randoms())
def test_sharing_does_not_see_the_order_and_never_pays_more_than_claimed(
    given_: dict[str, Decimal], total: Decimal, chance: Random
) -> None:
    items = list(given_.items())
    chance.shuffle(items)
    parts = shared(total, dict(items))
    assert parts == shared(total, given_)
    if sum(given_.values()) >= total:
        assert all(parts[name] <= given_[name] for name in parts)


CONTEST = """rankings:
  place: {by: [s, lowest t], ties: competition}
  dense: {by: s, ties: dense}
  order: {by: s, ties: ordinal}
prizes:
  prize:
    ranking: place
    ties: share
    amounts: |
      | rank   || amount |
      | 1      || 100    |
      | [2..3] || 33.33  |
assessment: {group: g, score: s, rank: place, award: {of: prize, combine: add, pool: 120}}
"""
rows_ = st.dictionaries(
    st.text("abc", min_size=1, max_size=3),
    st.fixed_dictionaries({"g": st.sampled_from(["x", "y"]), "s": st.integers(0, 4), "t": st.integers(0, 2)}),
    min_size=1,
    max_size=10,
)
contest = scheme(CONTEST, "g: text, s: integer, t: integer")


@settings(max_examples=60, deadline=None)
@given(rows_, st.randoms())
def test_an_assessment_does_not_see_the_order_of_input(given_: dict[str, Any], chance: Random) -> None:
    items = list(given_.items())
    chance.shuffle(items)
    assessment = contest.assess(given_)
    assert contest.assess(dict(items)).canonical() == assessment.canonical()
    standings = assessment.standings.values()
    claimed = sum(standing.prize for standing in standings)
    assert sum(standing.award for standing in standings) == min(claimed, Decimal(120))


@settings(max_examples=60, deadline=None)
@given(rows_)
def test_places_agree_with_counting_who_is_better(given_: dict[str, Any]) -> None:
    standings = contest.assess(given_).standings
    for name, row in given_.items():
        peers = [other for other in given_.values() if other["g"] == row["g"]]
        better = sum((other["s"], -other["t"]) > (row["s"], -row["t"]) for other in peers)
        assert standings[name].rank == better + 1
        assert standings[name].values["dense"] == len({other["s"] for other in peers if other["s"] > row["s"]}) + 1
