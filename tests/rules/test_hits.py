"""The hit policies: none, one or several rules that match, one output or two, with a default and without."""

from decimal import Decimal
from typing import Any

import pytest
from rules.support import dec, table, whole_problem

from campaign.problems import Problems
from campaign.rules import Scheme
from campaign.rules.hits import settle
from campaign.rules.model import Table

WORDS = ("gold", "silver", "bronze")
Rows = list[tuple[int, tuple[Any, ...]]]


def made(hit: str, kind: str, *, default: bool) -> Scheme:
    """Load a table of which three rules match for a number above 3, two above 2, one above 1 and none below."""
    keys = {"hit": hit, "values": f"[{', '.join(WORDS)}]"} if kind == "text" else {"hit": hit, "type": kind}
    if default:
        keys["default"] = WORDS[1] if kind == "text" else "7"
    given = WORDS[::-1] if kind == "text" else ("3", "1", "2")
    rows = [f"{number} | > {low} || {value}" for number, low, value in zip((4, 8, 6), (1, 2, 3), given, strict=True)]
    rows = rows[::-1] if hit == "FIRST" else rows
    other = "9 | <= 1 || bronze" if kind == "text" else "9 | <= 1 || 5"
    rows += [other] if not default and hit in {"FIRST", "ANY", "PRIORITY", "COLLECT MIN", "COLLECT MAX"} else []
    return table("\n".join(rows), "# | x || y", **keys)


@pytest.mark.parametrize(
    ("hit", "kind", "answers"),
    [
        ("FIRST", "number", [(7, ()), (3, (4,)), (1, (8,)), (2, (6,))]),
        ("PRIORITY", "text", [("silver", ()), ("bronze", (4,)), ("silver", (8,)), ("gold", (6,))]),
        ("RULE ORDER", "number", [((), ()), ((3,), (4,)), ((3, 1), (4, 8)), ((3, 1, 2), (4, 8, 6))]),
        (
            "OUTPUT ORDER",
            "text",
            [((), ()), (("bronze",), (4,)), (("silver", "bronze"), (8, 4)), (WORDS, (6, 8, 4))],
        ),
        ("COLLECT", "number", [((), ()), ((3,), (4,)), ((3, 1), (4, 8)), ((3, 1, 2), (4, 8, 6))]),
        ("COLLECT SUM", "number", [(0, ()), (3, (4,)), (4, (4, 8)), (6, (4, 8, 6))]),
        ("COLLECT MIN", "number", [(7, ()), (3, (4,)), (1, (4, 8)), (1, (4, 8, 6))]),
        ("COLLECT MAX", "number", [(7, ()), (3, (4,)), (3, (4, 8)), (3, (4, 8, 6))]),
        ("COLLECT COUNT", "number", [(0, ()), (1, (4,)), (2, (4, 8)), (3, (4, 8, 6))]),
    ],
)
def test_none_one_two_or_three_rules_that_match_give_what_the_policy_says(
    hit: str, kind: str, answers: list[tuple[object, tuple[int, ...]]]
) -> None:
    scheme = made(hit, kind, default=answers[0][0] in (7, "silver"))
    for x, answer in enumerate(answers, 1):
        result = scheme.evaluate({"x": x})
        assert (result.values["y"], result.rules["y"]) == answer
        assert scheme.runs[0]({"x": Decimal(x)}, {}) == scheme._slowly({"x": x}, {}).raw


@pytest.mark.parametrize("hit", ["COLLECT SUM", "COLLECT COUNT"])
def test_a_default_goes_before_what_a_policy_has_for_nothing(hit: str) -> None:
    scheme = table("> 1 || 3", hit=hit, type="number", default="7")
    assert scheme.evaluate({"x": 1}).raw == scheme._slowly({"x": 1}, {}).raw
    assert (scheme.evaluate({"x": 1}).values["y"], scheme.evaluate({"x": 1}).rules["y"]) == (7, ())


def step(hit: str, *, outputs: int = 1, default: bool = False) -> Table:
    """Return a table with that policy; what its rules ask does not matter to what is made of those that match."""
    heads = " | ".join(f"o{index}" for index in range(outputs))
    cells = " | ".join(["gold"] * outputs)
    kinds = ", ".join(f"o{index}: {{type: text, values: [gold, silver, bronze]}}" for index in range(outputs))
    keys = {"hit": hit, "outputs": f"{{{kinds}}}"}
    if default:
        keys["default"] = "{" + ", ".join(f"o{index}: silver" for index in range(outputs)) + "}"
    (found,) = table(f"- || {cells}", f"x || {heads}", **keys).model.steps
    assert isinstance(found, Table)
    return found


NONE: Rows = []
ONE: Rows = [(4, ("bronze", "silver"))]
TWO: Rows = [(4, ("bronze", "silver")), (8, ("bronze", "gold"))]
ALIKE: Rows = [(4, ("bronze", "silver")), (8, ("bronze", "silver"))]


@pytest.mark.parametrize(
    ("hit", "rows", "values", "numbers"),
    [
        ("UNIQUE", ONE, ("bronze", "silver"), (4,)),
        ("ANY", ONE, ("bronze", "silver"), (4,)),
        ("ANY", ALIKE, ("bronze", "silver"), (4, 8)),
        ("FIRST", TWO, ("bronze", "silver"), (4,)),
        ("PRIORITY", TWO, ("bronze", "gold"), (8,)),
        ("PRIORITY", ALIKE, ("bronze", "silver"), (4,)),
        ("RULE ORDER", TWO, (("bronze", "bronze"), ("silver", "gold")), (4, 8)),
        ("OUTPUT ORDER", TWO, (("bronze", "bronze"), ("gold", "silver")), (8, 4)),
        ("OUTPUT ORDER", ALIKE, (("bronze", "bronze"), ("silver", "silver")), (4, 8)),
        ("COLLECT", TWO, (("bronze", "bronze"), ("silver", "gold")), (4, 8)),
        ("RULE ORDER", NONE, ((), ()), ()),
        ("OUTPUT ORDER", NONE, ((), ()), ()),
        ("COLLECT", NONE, ((), ()), ()),
    ],
)
def test_several_outputs_keep_together(
    hit: str, rows: Rows, values: tuple[object, ...], numbers: tuple[int, ...]
) -> None:
    assert settle(step(hit, outputs=2), rows) == (values, numbers)


@pytest.mark.parametrize("hit", ["UNIQUE", "ANY", "FIRST", "PRIORITY"])
def test_where_nothing_matches_the_default_stands_by_no_rule(hit: str) -> None:
    assert settle(step(hit, outputs=2, default=True), NONE) == (None, ())
    assert settle(step(hit, outputs=2, default=True), ONE) == (("bronze", "silver"), (4,))


# --- what must not be -------------------------------------------------------------------------------------------


def silent(hit: str, *rows: str, **keys: str) -> str:
    with pytest.raises(Problems) as raised:
        table("\n".join(rows), inputs="x: number, m: number", hit=hit, **keys).evaluate({"x": 1, "m": 5})
    (problem,) = raised.value.problems
    return whole_problem(problem).partition("] ")[2]


@pytest.mark.parametrize("hit", ["UNIQUE", "ANY", "FIRST", "PRIORITY", "COLLECT MIN", "COLLECT MAX"])
def test_a_table_that_could_not_be_proven_says_when_no_rule_matches(hit: str) -> None:
    rows, keys = (
        (("> m || a", "= m || b"), {"values": "[a, b]"}) if hit == "PRIORITY" else (("> m || 1", "= m || 2"), {})
    )
    assert silent(hit, *rows, **keys) == "<y> table-silent y: no rule matches (add a rule or a default)"


def test_rules_that_match_together_are_told_apart_by_their_policy() -> None:
    unique = "rules-overlap y: rules 1, 2 match together (part their cells, or choose another hit policy)"
    differ = "rules-differ y: rules 1, 2 match and differ (let them give the same, or choose another hit policy)"
    assert silent("UNIQUE", "< m || 1", "<= m || 1") == f"<y> {unique}"
    assert silent("ANY", "< m || 1", "<= m || 2") == f"<y> {differ}"
    assert silent("ANY", "< m || 1", "<= m || 1", "< m + 1 || 2") == f"<y> {differ}".replace("1, 2", "1, 2, 3")
    assert table("< m || 1\n<= m || 1", inputs="x: number, m: number", hit="ANY").evaluate(
        {"x": 1, "m": dec(5)}
    ).rules == {"y": (1, 2)}
