"""The sections of a scheme: names in each of them, kinds of figures, cells of outputs, slices, and their places."""

from itertools import combinations
from typing import Any

import pytest
from rules.support import dec, load_text, scheme, table, whole_problem

from campaign.problems import Problems
from campaign.rules.model import Formula, Table
from campaign.rules.printer import printed

# --- names -------------------------------------------------------------------------------------------------------

SECTIONS = {
    "inputs": "inputs:\n  n: number\n  {name}: number\n",
    "constants": "constants:\n  {name}: {{type: number, value: 1}}\n",
    "calculations": "calculations:\n  {name}: {{type: number, formula: n}}\n",
    "decisions": 'decisions:\n  {name}: {{rules: "| n || {name} |\\n| - || 1 |"}}\n',
    "columns": "columns:\n  {name}: {{mean: n}}\n",
    "rankings": "rankings:\n  {name}: {{by: n, ties: dense}}\n",
    "prizes": 'prizes:\n  {name}: {{ranking: r, ties: share, amounts: "| rank || amount |\\n| 1 || 5 |"}}\n',
}


def of_sections(**names: str) -> str:
    """Write a scheme with one thing of that name in each of these sections."""
    head = "" if "inputs" in names else "inputs:\n  n: number\n"
    tail = "" if "rankings" in names else "rankings:\n  r: {by: n, ties: dense}\n"
    return head + "".join(SECTIONS[section].format(name=name) for section, name in names.items()) + tail


def refused(text: str) -> list[str]:
    with pytest.raises(Problems) as raised:
        load_text(text)
    return [whole_problem(problem) for problem in raised.value.problems]


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("name", ["if", "9a", "a b", "a-b", "per", "defined", "第 一"])
def test_what_cannot_be_a_name_is_none_in_any_section(section: str, name: str) -> None:
    names = {"rankings": "r"} if section != "rankings" else {}
    said = [one for one in refused(of_sections(**{section: name}, **names)) if " name-malformed " in one]
    assert len(said) == 1
    assert said[0].endswith(
        f"name-malformed {name} cannot be a name (begin with a letter; letters, digits and _ follow)"
    )


@pytest.mark.parametrize(("first", "second"), list(combinations(list(SECTIONS)[1:], 2)))
def test_a_name_stands_for_one_thing_whatever_its_section(first: str, second: str) -> None:
    rankings = {"rankings": "r"} if second == "prizes" and first != "rankings" else {}
    text = of_sections(**{first: "twice", **rankings, second: "ｔｗｉｃｅ"})
    places = [text[: text.index(name)].count("\n") + 3 for name in ("  twice:", "  ｔｗｉｃｅ:")]
    (said,) = [one for one in refused(text) if " name-twice " in one]
    assert int(said.partition(":")[0]) == places[1]
    assert said.endswith(f"name-twice twice is declared twice; the first is on line {places[0]} (rename one of them)")


def test_a_name_may_have_letters_of_any_language_digits_and_underscores() -> None:
    made = scheme(
        "calculations:\n  得分_1: {type: number, formula: ｎ２ + x}\n  É: {type: number, formula: 得分_1}\n",
        "n2: number, x: number",
    )
    assert made.evaluate({"n2": 1, "x": 2}).values == {"得分_1": 3, "É": 3}


# --- kinds of figures --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("figure", "of", "kind"),
    [
        ("mean: n", "number", "number"),
        ("mean: n", "integer", "number"),
        ("mean: n", "percent", "percent"),
        ("mean: n", "money", "money"),
        ("mean: n", "days", "days"),
        ("mean: n", "number?", "number?"),
        ("mean: n, among: n > 1", "integer", "number?"),
        ("sum: n", "integer", "integer"),
        ("sum: n", "number?", "number"),
        ("sum: n, among: n > 1", "money", "money"),
        ("min: n", "integer", "integer"),
        ("max: n", "date", "date"),
        ("max: n", "money?", "money?"),
        ("min: n, among: n > 2005-01-01", "date", "date?"),
        ("count: n", "text", "integer"),
        ("count: n", "boolean?", "integer"),
        ("count: n, among: n", "boolean", "integer"),
    ],
)
def test_a_figure_is_of_the_kind_of_what_it_is_reckoned_from(figure: str, of: str, kind: str) -> None:
    (step,) = scheme(f"columns:\n  c: {{{figure}}}\n", f"n: '{of}'").model.steps
    assert str(step.kind) == kind


@pytest.mark.parametrize(
    ("figure", "of"),
    [(how, of) for how in ("mean", "sum") for of in ("text", "boolean", "date")]
    + [(how, of) for how in ("min", "max") for of in ("text", "boolean")],
)
def test_a_figure_that_cannot_be_reckoned_is_refused_at_its_name(figure: str, of: str) -> None:
    with pytest.raises(Problems) as raised:
        scheme(f"columns:\n  c: {{{figure}: n}}\n", f"n: {of}")
    assert [whole_problem(problem) for problem in raised.value.problems] == [
        f"5:{6 + len(figure) + 3} [] <> kind-mismatch n is {of}, which does not fit here ()"
    ]


# --- cells of outputs --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        ("number", "1,000", dec("1000")),
        ("number", "= x", dec("7")),
        ("number", "＝x", dec("7")),
        ("number", "x * 2", dec("14")),
        ("number", "-5", dec("-5")),
        ("number", "3万", dec("30000")),
        ("percent", "5%", dec("0.05")),
        ("percent", "５％", dec("0.05")),
        ("money", "80万元", dec("800000")),
        ("integer", "5", dec("5")),
        ("'number?'", "n/a", None),
        ("'number?'", "不适用", None),
        ("'money?'", "5", dec("5")),
        ("text", "a b", "a b"),
        ("text", '"a"', "a"),
        ("text", "=x", None),
        ("boolean", "是", True),
        ("boolean", "= x > 1", True),
        ("date", "2005-08-17", None),
    ],
)
def test_an_output_cell_is_a_constant_where_it_can_be_one(kind: str, cell: str, value: Any) -> None:  # noqa: ANN401 -- of the cell's kind
    if cell == "=x":
        with pytest.raises(Problems, match="this is number, and text is needed"):
            table(f"- || {cell}", type=kind)
        return
    made = table(f"- || {cell}", type=kind)
    found = made.evaluate({"x": 7}).values["y"]
    assert (str(found) if kind == "date" else found) == (cell if kind == "date" else value)


VALUE = "write a value, a name or a bracket"


@pytest.mark.parametrize(
    ("kind", "cell", "said"),
    [
        ("number", "-", "9:14 [] <> output-dash an output cannot be - (write its value)"),
        ("number", "n/a", "9:14 [] <> value-kind n/a is not a value of number (write a number)"),
        ("number", "= y2", "9:16 [] <> name-unknown y2 is not declared (did you mean y?)"),
        ("number", "x +", f"9:17 [] <> expression-ends the expression ends too early ({VALUE})"),
        ("number", "x > 1", "9:16 [] <> kind-mismatch this is boolean, and number is needed ()"),
        ("money", "5%", "9:14 [] <> value-kind 5% is not a value of money (write a number)"),
        ("percent", "12", "9:14 [] <> value-kind 12 in a percentage would be 1200% (write it like 115%)"),
        ("integer", "1.5", "9:14 [] <> value-kind integer: 1.5 is not a whole number (write a number)"),
        ("boolean", "yes", "9:14 [] <> value-kind yes is not a value of boolean (write true or false)"),
        ("date", "2005", "9:14 [] <> value-kind 2005 is not a value of date (write it like 2005-08-17)"),
    ],
)  # fmt: skip
def test_an_output_cell_that_is_no_value_is_refused_at_its_place(kind: str, cell: str, said: str) -> None:
    with pytest.raises(Problems) as raised:
        table(f"- || {cell}", type=kind)
    assert [whole_problem(problem) for problem in raised.value.problems] == [said]


@pytest.mark.parametrize(
    ("default", "said"),
    [
        ("{p: 1}", "7:14 [] <> key-missing the key q is missing (write `q: …`)"),
        ("{p: 1, q: 2, r: 3}", "7:27 [] <> key-unknown the key r is not known here (choose one of p, q)"),
        ("5", "7:14 [] <> default-shape the default does not fit the outputs (write a value for each output: p, q)"),
        ("{p: [1], q: 2}", "7:18 [] <> scheme-shape a single value is needed here ()"),
        ("{p: x1, q: 2}", "7:18 [] <> name-unknown x1 is not declared (did you mean x?)"),
    ],
)
def test_a_default_has_a_value_for_each_output(default: str, said: str) -> None:
    with pytest.raises(Problems) as raised:
        table("> 5 || 1 | 2", "x || p | q", outputs="{p: number, q: number}", default=default)
    assert [whole_problem(problem) for problem in raised.value.problems] == [said]


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        (("1", "1"), "1 is no number of its own for a rule (number the rules 1, 2, 3 …)"),
        (("0", "1"), "0 is no number of its own for a rule (number the rules 1, 2, 3 …)"),
        (("-1", "1"), "-1 is no number of its own for a rule (number the rules 1, 2, 3 …)"),
        (("２", "2"), "2 is no number of its own for a rule (number the rules 1, 2, 3 …)"),
        (("a", "1"), "a is no number of its own for a rule (number the rules 1, 2, 3 …)"),
    ],
)
def test_every_rule_has_a_number_of_its_own(numbers: tuple[str, str], said: str) -> None:
    with pytest.raises(Problems) as raised:
        table(f"{numbers[0]} | > 0 || 1\n {numbers[1]} | <= 0 || 2", "# | x || y")
    assert [whole_problem(problem).partition("rule-number ")[2] for problem in raised.value.problems] == [said]


# --- slices ------------------------------------------------------------------------------------------------------


def formula_of(over: str, more: str = "", inputs: str = "x: percent") -> str:
    body = f"calculations:\n  y:\n    type: number\n    slices:\n      of: x\n      over: {over}\n{more}"
    (step,) = scheme(body, inputs).model.steps
    assert isinstance(step, Formula)
    return printed(step.tree)


ABOVE = "max(0, x)"


@pytest.mark.parametrize(
    ("line", "formula"),
    [
        ("per 10% → 5, step", f"floor({ABOVE} / 10%) * 5"),
        ("per 10% → 5, linear", f"{ABOVE} / 10% * 5"),
        ("per 10%->5,linear", f"{ABOVE} / 10% * 5"),
        ("per 10% → 5，linear", f"{ABOVE} / 10% * 5"),
        ("'beyond: per 10% → 5, linear'", f"{ABOVE} / 10% * 5"),
        ("'beyond：per 10% → 5, linear'", f"{ABOVE} / 10% * 5"),
        ("'up to 20%: per 10% → 5, linear'", f"min({ABOVE}, 20%) / 10% * 5"),
        ("per 10% → 5, step, at most 50", f"min(floor({ABOVE} / 10%) * 5, 50)"),
        ("per 10% → x * 5, step，at most 50 + 1", f"min(floor({ABOVE} / 10%) * (x * 5), 50 + 1)"),
        ("|\n        per 10% → 5, linear\n\n        at most 7\n", f"min({ABOVE} / 10% * 5, 7)"),
        (
            "|\n        up to 20%: per 10% → 5, linear\n        beyond: per 5% → 1, step\n",
            f"min({ABOVE}, 20%) / 10% * 5 + floor(max(0, {ABOVE} - 20%) / 5%) * 1",
        ),
        (
            "|\n        up to 20%: per 10% → 5, step\n        up to 30%: per 5% → 1, step\n",
            f"floor(min({ABOVE}, 20%) / 10%) * 5 + floor(max(0, min({ABOVE}, 30%) - 20%) / 5%) * 1",
        ),
    ],
)
def test_slices_stand_for_this_arithmetic(line: str, formula: str) -> None:
    assert formula_of(line) == formula


def test_the_parts_beside_the_slices_stand_around_them() -> None:
    line = "per 10% → 5, linear"
    under, earned = "max(0, -x)", f"{ABOVE} / 10% * 5"
    assert formula_of(line, "      start: 50\n") == f"50 + {earned}"
    assert formula_of(line, "      under: mirrored\n") == f"{earned} - {under} / 10% * 5"
    assert (
        formula_of(line, "      under: per 1% → 2, step, at most 9\n") == f"{earned} - min(floor({under} / 1%) * 2, 9)"
    )
    assert formula_of(line, "      at least: 1\n      at most: 9\n") == f"min(max({earned}, 1), 9)"
    assert formula_of(line, "      absent: 3\n", "x: percent?") == f"if x is defined then {earned} else 3"
    whole = "      start: 50\n      under: mirrored\n      at most: 9\n      absent: 3\n"
    assert formula_of(line, whole, "x: percent?") == (
        f"if x is defined then min(50 + {earned} - {under} / 10% * 5, 9) else 3"
    )


@pytest.mark.parametrize(
    "line",
    [
        "10% → 5, step",
        "per 10% 5, step",
        "per 10% → 5",
        "per 10% → 5, steps",
        "up to 5% per 1% → 1, step",
        "at least 5",
        "x",
    ],
)
def test_what_is_no_slice_is_shown_how_one_is_written(line: str) -> None:
    with pytest.raises(Problems) as raised:
        formula_of(f'"{line}"')
    said = "slice-line this is not a slice (write it like `up to 20%: per 10% → 5, step, at most 50`)"
    assert [whole_problem(problem) for problem in raised.value.problems] == [f"9:14 [] <> {said}"]


# --- texts and their places --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "line", "column"),
    [
        ("x + wrong", 6, 18),
        ("'x + wrong'", 6, 19),
        ('"x + wrong"', 6, 19),
        ("   x + wrong", 6, 21),
        ("|\n      x + wrong", 7, 11),
        ("|\n        x +\n        wrong", 8, 9),
        (">-\n      x + wrong", 7, 11),
        ("|-\n      x\n      + wrong", 8, 9),
    ],
)
def test_whichever_way_a_formula_is_written_what_is_wrong_is_shown_where_it_stands(
    written: str, line: int, column: int
) -> None:
    with pytest.raises(Problems) as raised:
        scheme(f"calculations:\n  y:\n    formula: {written}\n    type: number\n", "x: number")
    (found,) = raised.value.problems
    assert (found.code, found.place.line, found.place.column) == ("name-unknown", line, column)


def test_a_table_in_a_quoted_text_is_read_like_one_below_a_bar() -> None:
    made = scheme('decisions:\n  y: {rules: "| x || y |\\n| > 1 || 2 |\\n| <= 1 || 3 |"}\n', "x: number")
    (step,) = made.model.steps
    assert isinstance(step, Table)
    assert [rule.number for rule in step.rules] == [1, 2]
    assert made.evaluate({"x": 1}).values["y"] == 3
