"""The parts by themselves: reading grids, ordering steps, sharing, ranking, figures, compiled text."""

from decimal import Decimal

import pytest
from rules.support import codes, dec, scheme, shipped, table

from campaign.problems import Problems
from campaign.rules.allocate import exponent, shared
from campaign.rules.compiler import compiled
from campaign.rules.grid import Grid, grid
from campaign.rules.guess import closest, near
from campaign.rules.interpret import compared
from campaign.rules.kinds import Kind
from campaign.rules.meaning import (
    Undefined,
    add,
    add_days,
    add_months,
    dated,
    days_between,
    divide,
    growth,
    mean,
    ratio,
)
from campaign.rules.model import Among, Formula, Key, Ranking, Table
from campaign.rules.order import cycle, reads, staged
from campaign.rules.proof import examine, literal, shown
from campaign.rules.ranks import figure, places, tied_with
from campaign.rules.tokens import Snippet
from campaign.rules.tree import Binary, Compare, Lit, Name, measure, names, parts, rebuilt, unplaced
from campaign.rules.written import Sheet
from campaign.source import parse

# grids ----------------------------------------------------------------------------------------------------------------


def drawn(*lines: str) -> tuple[Grid | None, Sheet]:
    text = "rules: |\n" + "".join(f"  {line}\n" for line in lines)
    sheet = Sheet(text, "g")
    node = parse(text).value
    assert isinstance(node, dict)
    return grid(sheet, node["rules"]), sheet


def test_a_grid_knows_the_place_of_every_cell() -> None:
    found, sheet = drawn("| # | x   || y |", "| 1 | > 5 || 甲 |")
    assert found is not None
    assert not sheet.problems
    assert found.numbered
    assert (found.heading.split, len(found.rows)) == (2, 1)
    assert [(cell.text, cell.line, cell.column) for cell in found.rows[0].cells] == [
        ("1", 3, 5),
        ("> 5", 3, 9),
        ("甲", 3, 16),
    ]


def test_cells_may_stand_close_to_their_bars_and_hold_bars_in_quotation_marks_of_either_width() -> None:
    found, sheet = drawn("|#|x||y|", '|1|> 5||"a|b"|', "|2|≤ 5||“甲|乙”|", '| 3 |  -  ||  “c|d"  |')
    assert found is not None
    assert not sheet.problems
    assert [[(cell.text, cell.column) for cell in row.cells] for row in (found.heading, *found.rows)] == [
        [("#", 4), ("x", 6), ("y", 9)],
        [("1", 4), ("> 5", 6), ('"a|b"', 11)],
        [("2", 4), ("≤ 5", 6), ("“甲|乙”", 11)],
        [("3", 5), ("-", 10), ('“c|d"', 17)],
    ]


def test_a_grid_without_numbers_or_inputs_is_a_grid() -> None:
    found, _ = drawn("|| y |", "|| 1 |")
    assert found is not None
    assert not found.numbered
    assert found.heading.split == 0


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (["| x || y |"], "table-empty"),
        (["| x || y |", "x || y |"], "table-line"),
        (["| x || y |", "| 1 || 2"], "table-line"),
        (["| x || y |", "| 1 || 2 || 3 |"], "table-double-bar"),
        (["| x || y |", "| 1 | 2 || 3 |"], "table-width"),
        (["| x || y |", "| 1 ||  |"], "cell-empty"),
    ],
)
def test_a_malformed_grid_says_where(lines: list[str], code: str) -> None:
    found, sheet = drawn(*lines)
    assert found is None
    assert [problem.code for problem in sheet.problems] == [code]


def test_a_sheet_reads_only_what_has_the_right_shape() -> None:
    node = parse("a: [x]\nb: {c: 1}\nd: yes\n").value
    assert isinstance(node, dict)
    sheet = Sheet("a: [x]\nb: {c: 1}\nd: yes\n", "s")
    assert sheet.text(node["a"]) is None
    assert sheet.words(node["a"]) == ("x",)
    assert sheet.fields(node["a"], ()) == {}
    assert sheet.entries(node["d"]) == {}
    assert not sheet.flag(node, "d")
    assert sheet.choice(node, "missing", ("p", "q"), "q") == "q"
    assert [problem.code for problem in sheet.problems] == [
        "scheme-shape",
        "scheme-shape",
        "scheme-shape",
        "choice-unknown",
    ]


# trees ----------------------------------------------------------------------------------------------------------------


def test_a_tree_can_be_taken_apart_and_put_together_again() -> None:
    tree = Binary("+", Name("a", 1), Binary("*", Name("b", 2), Lit(Decimal(2), "number", 3), 4), 5)
    assert rebuilt(tree, list(parts(tree))) == tree
    assert unplaced(tree) == Binary("+", Name("a"), Binary("*", Name("b"), Lit(Decimal(2), "number")))
    assert (names(tree), measure(tree)) == ({"a", "b"}, (5, 3))


def test_literal_cells_are_those_without_names() -> None:
    assert literal(Compare("<", Lit(Decimal(2), "number")))
    assert not literal(Compare("<", Name("n")))


def test_guesses_are_offered_only_where_they_are_likely() -> None:
    assert closest("complation", ["completion", "growth"]) == "completion"
    assert closest("zzz", ["completion"]) == ""
    assert str(near("zzz", ["b", "a"])) == "choose one of b, a"
    assert str(near("zzz", [])) == ""


# order ----------------------------------------------------------------------------------------------------------------


def formula(name: str, *needs: str) -> Formula:
    tree: Name | Binary | Lit = Lit(Decimal(0), "number")
    for need in needs:
        tree = Binary("+", tree, Name(need))
    return Formula(name, tree, Snippet(""), Kind("number"))


def ranking(name: str, key: str) -> Ranking:
    return Ranking(name, (Key(key),), "dense", Kind("integer"), Snippet(""))


def test_a_cycle_is_told_as_a_path() -> None:
    assert cycle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": set()}) == ["a", "b", "c", "a"]
    assert cycle({"a": {"a"}}) == ["a", "a"]
    assert cycle({"a": {"b", "x"}, "b": set(), "c": {"a", "b"}}) == []


def test_steps_come_after_what_they_need_and_wait_for_the_group_only_where_they_must() -> None:
    steps = [formula("late", "place"), formula("b", "a"), ranking("place", "b"), formula("a"), formula("free")]
    first, second = staged(steps, set(), set())
    assert [step.name for step in first.entity] == ["b", "a", "free"] or [step.name for step in first.entity] == [
        "a",
        "b",
        "free",
    ]
    assert [step.name for step in first.entity].index("a") < [step.name for step in first.entity].index("b")
    assert [step.name for step in first.group] == ["place"]
    assert [step.name for step in second.entity] == ["late"]
    assert staged([], set(), set())[0].entity == ()


def test_a_ranking_reads_its_keys_the_group_and_what_stops() -> None:
    assert reads(ranking("r", "k"), {"g"}, {"veto.1"}) == {"k", "g", "veto.1"}
    whole = Ranking(
        "r", (Key("k"),), "dense", Kind("integer"), Snippet(""), Among(Name("z"), Snippet("z")), everyone=True
    )
    assert reads(whole, {"g"}, {"veto.1"}) == {"k", "g", "z"}


# meanings -------------------------------------------------------------------------------------------------------------


def test_undefined_operations_have_codes() -> None:
    from datetime import date  # noqa: PLC0415 -- only here

    for work in (
        lambda: divide(Decimal(1), Decimal(0)),
        lambda: growth(Decimal(1), Decimal(0)),
        lambda: ratio(Decimal(1), Decimal(-1)),
        lambda: mean(()),
        lambda: add_days(date.max, Decimal(1)),
        lambda: add_months(date.min, Decimal(-1)),
        lambda: dated(date(2004, 1, 1), date(2005, 1, 1), Decimal(1)),
    ):
        with pytest.raises(Undefined) as raised:
            work()
        assert raised.value.code
        assert "{where}" in raised.value.message.template


def test_defined_operations_are_exact() -> None:
    from datetime import date  # noqa: PLC0415 -- only here

    assert divide(Decimal(1), Decimal(8)) == dec("0.125")
    assert growth(Decimal(110), Decimal(100)) == dec("0.1")
    assert ratio(Decimal(110), Decimal(100)) == dec("1.1")
    assert add([]) == 0
    assert mean((Decimal(1), Decimal(2))) == dec("1.5")
    assert days_between(date(2005, 8, 17), date(2005, 8, 24)) == 7
    assert add_months(date(2005, 12, 31), Decimal(2)) == date(2006, 2, 28)
    assert dated(date(2006, 1, 1), date(2005, 1, 1), "a", date(2006, 1, 1), "b") == "b"


@pytest.mark.parametrize(
    ("op", "answers"), [("=", "010"), ("!=", "101"), ("<", "100"), ("<=", "110"), (">", "001"), (">=", "011")]
)
def test_comparisons_are_as_they_read(op: str, answers: str) -> None:
    found = [compared(op, Decimal(one), Decimal(2)) for one in (1, 2, 3)]
    assert found == [answer == "1" for answer in answers]


# sharing, places and figures ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("total", "weights", "parts_"),
    [
        ("1", {"a": "1", "b": "1", "c": "1"}, {"a": "0.34", "b": "0.33", "c": "0.33"}),
        ("0.02", {"a": "1", "b": "1", "c": "1"}, {"a": "0.01", "b": "0.01", "c": "0.00"}),
        ("100", {"a": "0.125", "b": "0.375"}, {"a": "25.00", "b": "75.00"}),
        ("0.999", {"a": "1"}, {"a": "0.99"}),
        ("5", {"a": "0", "b": "0"}, {"a": "0.00", "b": "0.00"}),
        ("0", {"a": "1"}, {"a": "0.00"}),
        ("10", {}, {}),
        ("1", {"b": "1E+2", "a": "1E+2"}, {"a": "0.50", "b": "0.50"}),
    ],
)
def test_an_amount_is_shared_by_largest_remainder(total: str, weights: dict[str, str], parts_: dict[str, str]) -> None:
    found = shared(dec(total), {name: dec(weight) for name, weight in weights.items()})
    assert {name: str(part) for name, part in found.items()} == parts_


def test_the_exponent_of_a_number_is_its_scale() -> None:
    assert (exponent(dec("1.25")), exponent(dec("1E+2")), exponent(dec("3"))) == (-2, 2, 0)


ROWS = {name: {"s": Decimal(s), "p": Decimal(p)} for name, s, p in (("a", 5, 1), ("b", 7, 2), ("c", 7, 2), ("d", 1, 3))}


def test_places_count_who_is_better() -> None:
    made = ranking("p", "s")
    found = places(made, ROWS, lambda name: name == "d")
    assert found == {"b": 1, "c": 1, "a": 2}
    assert tied_with(made, {"a": {"p": 1}, "b": {"p": 1}, "c": {"p": None}}, "a") == ("b",)  # type: ignore[dict-item]
    assert tied_with(made, {"a": {"p": None}, "b": {"p": None}}, "a") == ()


def test_a_figure_leaves_out_what_does_not_apply() -> None:
    made = scheme("columns:\n  m: {mean: s}\n  k: {count: s}\n  t: {sum: s}\nassessment: {score: m}\n", "s: number?")
    mean_, count, total = made.model.stages[0].group
    rows = {"a": {"s": None}, "b": {"s": Decimal(3)}}
    assert [figure(step, rows) for step in (mean_, count, total)] == [3, 1, 3]  # type: ignore[arg-type]
    nobody = {"a": {"s": None}}
    assert [figure(step, nobody) for step in (mean_, count, total)] == [None, 0, 0]  # type: ignore[arg-type]


# proofs ---------------------------------------------------------------------------------------------------------------


def test_a_proof_is_repeated_on_demand_and_finds_nothing_in_what_was_loaded() -> None:
    for name in ("chishui-2008", "jilin-2005-example", "sasac-22", "zhongshan-2022"):
        made = shipped(name)
        for step in made.model.steps:
            if isinstance(step, Table):
                assert examine(step, {}) == []


def test_a_counter_example_is_written_in_the_words_of_the_table() -> None:
    made = table("< 100% || 1\n ≥ 100% || 2", inputs="x: percent")
    (step,) = (step for step in made.model.steps if isinstance(step, Table))
    assert shown(step, (dec("1.2"),)) == "x = 120%"


# compiled text --------------------------------------------------------------------------------------------------------


def test_no_word_of_a_scheme_enters_the_compiled_text_as_code() -> None:
    made = table(
        '"__import__(1)" || 1\n not("__import__(1)") || 2',
        "不_安全 || y",
        "不_安全: text",
    )
    assert made.evaluate({"不_安全": "__import__(1)"}).values["y"] == 1
    code = made.runs[0].__code__  # type: ignore[attr-defined]
    assert set(code.co_names) <= {"type", "len", "quantize"}
    assert all(name.isascii() and len(name) < 20 for name in code.co_varnames)


def test_a_stage_compiles_again_to_the_same_function() -> None:
    made = shipped("jilin-2005-example")
    again = compiled(made.model.stages[0], tuple(made.inputs.values()), ())
    row = dict(made.cases[0].given[""])
    assert again(row, {}) == made.runs[0](row, {})


def test_a_table_of_many_rules_compiles_without_nesting() -> None:
    rows = "\n".join(f"{index} || {index + 1}" for index in range(1200))
    made = table(rows, inputs="x: integer", default="0")
    assert [made.evaluate({"x": x}).values["y"] for x in (0, 599, 1199, 1200)] == [1, 600, 1200, 0]


def test_problems_of_a_table_raise_nothing_but_problems() -> None:
    with pytest.raises(Problems) as raised:
        table("> m || 1\n ≤ m || 2")
    assert codes(raised.value) == ["name-unknown", "name-unknown"]
