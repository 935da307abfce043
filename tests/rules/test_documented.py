"""What the reference pages show works as they show it."""

import re
from pathlib import Path

import pytest
from rules.support import dec, reckon

from campaign.problems import Place, Problem, Problems, T
from campaign.rules import load, pointed
from campaign.rules.check import FUNCTIONS
from campaign.rules.exact import MODES
from campaign.rules.hits import HITS
from campaign.rules.kinds import NAMES
from campaign.rules.reader import KEYS

PAGES = Path(__file__).parents[2] / "docs" / "reference"
SCHEMES = (PAGES / "schemes.md").read_text(encoding="utf-8")
EXPRESSIONS = (PAGES / "expressions.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", SCHEMES, re.DOTALL)


@pytest.mark.parametrize("text", EXAMPLES, ids=lambda text: text.split("\n")[0].removeprefix("scheme: "))
def test_every_example_loads_and_its_cases_pass(text: str) -> None:
    made = load(text)
    assert all(result.passed for result in made.run_cases())


def test_the_library_example_gives_what_it_says() -> None:
    result = load(EXAMPLES[0]).evaluate({"completion": dec("1.20"), "falsified": False})
    assert (result.values["tier"], result.rules["tier"]) == ("A", (2,))


@pytest.mark.parametrize("word", [*KEYS, *HITS, *MODES, *NAMES])
def test_every_key_policy_mode_and_type_is_described(word: str) -> None:
    assert word in SCHEMES


@pytest.mark.parametrize("word", sorted(FUNCTIONS))
def test_every_function_is_described(word: str) -> None:
    assert word in EXPRESSIONS


def test_documented_numbers_are_read_so() -> None:
    assert reckon("1_000 + 80万 + 1.5亿 + 115% * 100") == dec("150801115")


def test_a_problem_can_be_pointed_at_in_its_line() -> None:
    text = "scheme: t\ninputs: {x: percent}\ncalculations:\n  y: {type: percent, formula: 增速 + x}\n"
    with pytest.raises(Problems) as raised:
        load(text, "t.yaml")
    shown = pointed(raised.value.problems[0], text)
    assert shown.split("\n")[1:] == ["  y: {type: percent, formula: 增速 + x}", " " * 30 + "^"]


def test_the_caret_stands_right_behind_wide_signs() -> None:
    problem = Problem("x", T("x"), place=Place("f", 1, 3))
    assert pointed(problem, "增速!") == "f:1:3: x x\n增速!\n    ^"
    assert pointed(Problem("x", T("x")), "增速") == "x x"
