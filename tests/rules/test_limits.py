"""Every limit at both its sides: what is just within it is taken, what is just beyond is refused in the right words."""

from collections.abc import Callable

import pytest
from rules.support import dec, load_text, reckon, scheme, table, whole_problem

from campaign.problems import Problems
from campaign.rules import load
from campaign.rules.grammar import cell, expression
from campaign.rules.tokens import Snippet


def refusals(work: Callable[[], object]) -> list[str]:
    with pytest.raises(Problems) as raised:
        work()
    return [whole_problem(problem) for problem in raised.value.problems]


DEEP = "1:1 [] <> expression-too-deep nested more than 40 deep (name a part of it as a calculation)"


@pytest.mark.parametrize(
    ("within", "beyond"),
    [
        ("(" * 39 + "a" + ")" * 39, "(" * 40 + "a" + ")" * 40),
        ("-" * 39 + "a", "-" * 40 + "a"),
        ("not " * 39 + "a", "not " * 40 + "a"),
        ("f(" * 39 + "a" + ")" * 39, "f(" * 40 + "a" + ")" * 40),
        ("[" * 39 + "a" + "]" * 39, "[" * 40 + "a" + "]" * 40),
        ("a + " * 39 + "a", "a + " * 40 + "a"),
        ("a / " * 39 + "a", "a / " * 40 + "a"),
        ("a and " * 39 + "a", "a and " * 40 + "a"),
        ("a or " * 39 + "a", "a or " * 40 + "a"),
        ("if a then b else " * 39 + "a", "if a then b else " * 40 + "a"),
        *[
            (f"f({', '.join([f'a {op} a'] * 200)})", f"f({', '.join([f'a {op} a'] * 201)})")
            for op in ("+", "-", "*", "/", "and", "or")
        ],
    ],
)
def test_an_expression_is_nested_forty_deep_and_has_two_hundred_operators_at_most(within: str, beyond: str) -> None:
    assert expression(Snippet(within))
    assert refusals(lambda: expression(Snippet(beyond))) == [DEEP]


@pytest.mark.parametrize(
    ("within", "beyond"),
    [
        ("> " + "(" * 39 + "a" + ")" * 39, "> " + "(" * 41 + "a" + ")" * 41),
        ("not(" + "-" * 37 + "a)", "not(" + "-" * 38 + "a)"),
    ],
)
def test_a_cell_is_nested_no_deeper(within: str, beyond: str) -> None:
    assert cell(Snippet(within))
    assert refusals(lambda: cell(Snippet(beyond))) == [DEEP]


def test_an_expression_has_four_thousand_signs_at_most() -> None:
    assert expression(Snippet("a" + " " * 3999))
    assert refusals(lambda: expression(Snippet("a" + " " * 4000))) == [
        "1:1 [] <> expression-too-long more than 4000 signs ()"
    ]


@pytest.mark.parametrize("digits", ["0", "12"])
def test_rounding_is_to_twelve_places_at_most(digits: str) -> None:
    assert reckon(f"round down(1 / 8, {digits})") == {"0": 0, "12": dec("0.125")}[digits]
    made = scheme(
        f"calculations:\n  y: {{type: number, formula: x / 8, round: {{digits: {digits}, mode: down}}}}\n", "x: number"
    )
    assert made.evaluate({"x": 1}).values["y"] == {"0": 0, "12": dec("0.125")}[digits]


DIGITS = "digits the number of digits must be a plain number from 0 to 12 ()"


@pytest.mark.parametrize("digits", ["13", "-1", "1.5", "x", "true"])
def test_no_other_number_of_places_is_taken(digits: str) -> None:
    y = "calculations:\n  y: {type: number, formula: "
    assert refusals(lambda: scheme(f"{y}'round down(x, {digits})'}}\n", "x: number")) == [f"5:45 [] <> {DIGITS}"]
    rounded = f"{y}x, round: {{digits: {digits}, mode: down}}}}\n"
    assert refusals(lambda: scheme(rounded, "x: number")) == [f"5:49 [] <> {DIGITS}"]
    head = f"scheme: t\nrounding: {{money: half_up, digits: {digits}}}\ninputs: {{x: money}}\n"
    assert f"2:36 [] <> {DIGITS}" in refusals(lambda: load(head + f"{y}x}}\n"))


def steps(count: int) -> str:
    return "inputs: {x: number}\ncalculations:\n" + "".join(
        f"  y{index}: {{type: number, formula: x}}\n" for index in range(count)
    )


def test_a_scheme_has_three_hundred_steps_at_most() -> None:
    assert len(load_text(steps(300)).model.steps) == 300
    assert refusals(lambda: load_text(steps(301))) == [
        "1:1 [] <> scheme-too-large more than 300 calculations and decisions (part the scheme)"
    ]


def slices(count: int) -> str:
    lines = [f"        up to {index}: per 1 → 1, step\n" for index in range(1, count)]
    drawn = "".join([*lines, "        beyond: per 1 → 1, step\n"])
    return f"calculations:\n  y:\n    type: number\n    slices:\n      of: x\n      over: |\n{drawn}"


def test_there_are_twenty_slices_at_most() -> None:
    assert scheme(slices(20), "x: number").evaluate({"x": 25}).values["y"] == 25
    assert refusals(lambda: scheme(slices(21), "x: number")) == [
        "9:13 [] <> slices-too-many more than 20 slices (write a decision table)"
    ]


def nested(depth: int) -> str:
    return (
        "functions:\n  f: {of: {a: number}, type: number, formula: '" + "-" * 20 + "a'}\n"
        "calculations:\n  y: {type: number, formula: 'f(" + "-" * depth + "x)'}\n"
    )


def test_a_function_written_out_is_no_deeper_than_an_expression() -> None:
    assert scheme(nested(19), "x: number").evaluate({"x": 1}).values["y"] == -1
    assert refusals(lambda: scheme(nested(20), "x: number")) == [
        "7:31 [] <> function-too-large written out, f is too long (name a part of it as a calculation)"
    ]


def test_a_function_written_out_has_five_hundred_parts_at_most() -> None:
    short = (
        "functions:\n  f: {of: {a: number}, type: number, formula: 'max(" + ", ".join(["a"] * 124) + ", 1, 2, 3)'}\n"
    )
    tail = "calculations:\n  y: {type: number, formula: 'f(max(x, 1, 2))'}\n"
    assert scheme(short + tail, "x: number").evaluate({"x": 9}).values["y"] == 9  # 1 + 124 * 4 + 3 = 500
    assert refusals(lambda: scheme(short.replace("3)'", "3, 4)'") + tail, "x: number")) == [
        "7:31 [] <> function-too-large written out, f is too long (name a part of it as a calculation)"
    ]


# --- percentages that lost their sign ----------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["9.99", "-9.99"])
def test_a_bare_number_below_ten_stands_against_a_percentage(number: str) -> None:
    made = table(f"> {number} || 1\n <= {number} || 2", inputs="x: percent")
    assert made.evaluate({"x": dec("9.995")}).values["y"] == 1
    constant = f"constants:\n  c: {{type: percent, value: {number}}}\n"
    made = load_text(f"inputs: {{}}\n{constant}calculations:\n  y: {{type: percent, formula: c}}\n")
    assert made.evaluate({}).values["y"] == dec(number)


@pytest.mark.parametrize("number", ["10", "115", "-10"])
def test_a_bare_number_of_ten_or_more_is_a_percentage_that_lost_its_sign(number: str) -> None:
    lost = f"percent-sign {number} stands against a percentage (write {number}%)"
    assert refusals(lambda: table(f"> {number} || 1\n <= 1 || 2", inputs="x: percent"))[0] == f"8:11 [] <> {lost}"
    constant = (
        f"constants:\n  c: {{type: percent, value: {number}}}\ncalculations:\n  y: {{type: percent, formula: c}}\n"
    )
    assert refusals(lambda: load_text("inputs: {}\n" + constant)) == [
        f"5:29 [] <> value-kind {number} in a percentage would be {number}00% (write it like 115%)"
    ]


# --- guesses -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("a b", "remove it, or write the operator before it"),
        ("a adn b", "did you mean and?"),
        ("a an b", "remove it, or write the operator before it"),
        ("a betwen b", "did you mean between?"),
        ("a zzz", "remove it, or write the operator before it"),
        ("a 1", "remove it, or write the operator before it"),
        ('a "then"', "remove it, or write the operator before it"),
    ],
)
def test_a_word_of_three_letters_is_guessed_at_and_a_shorter_one_is_not(text: str, fix: str) -> None:
    (said,) = refusals(lambda: expression(Snippet(text)))
    assert said.endswith(f" does not fit here ({fix})")
    assert said.startswith("1:3 [] <> expression-syntax ")
