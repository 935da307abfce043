"""Small builders that the tests of the rules share."""

from decimal import Decimal
from pathlib import Path

from campaign.problems import Problem, Problems
from campaign.rules import Scheme, load

SCHEMES = Path(__file__).parents[2] / "config" / "schemes"
BROKEN = Path(__file__).parent / "broken"


def dec(text: str) -> Decimal:
    """Return an exact number."""
    return Decimal(text)


def shipped(name: str) -> Scheme:
    """Load a scheme of config/schemes."""
    path = SCHEMES / f"{name}.yaml"
    return load(path.read_text(encoding="utf-8"), path.name)


def scheme(body: str, inputs: str = "x: percent") -> Scheme:
    """Load a scheme of BODY's sections over INPUTS, in flow style."""
    return load(f"scheme: test\nrounding: {{money: half_even, digits: 2}}\ninputs: {{{inputs}}}\n{body}", "test.yaml")


def reckon(formula: str, inputs: str = "", kind: str = "number", **given: object) -> object:
    """Return the value of one formula, compiled and interpreted alike; a spare input keeps its scheme sound."""
    text = f"calculations:\n  y:\n    type: {kind}\n    formula: |\n      if spare then {formula} else {formula}\n"
    made = scheme(text, f"spare: boolean{', ' + inputs if inputs else ''}")
    result = made.evaluate({"spare": True, **given})
    assert made._slowly({"spare": True, **given}, {}).raw == result.raw
    return result.values["y"]


def table(rows: str, head: str = "x || y", inputs: str = "x: number", **keys: str) -> Scheme:
    """Load a scheme with one decision y; ROWS are lines without the outer bars."""
    lines = [head, *(row.strip() for row in rows.strip().splitlines())]
    drawn = "".join(f"      | {line} |\n" for line in lines)
    rest = "".join(f"    {key.replace('_', ' ')}: {value}\n" for key, value in keys.items())
    return scheme(f"decisions:\n  y:\n{rest}    rules: |\n{drawn}", inputs)


def codes(error: Problems) -> list[str]:
    """Return the codes of the problems raised."""
    return [problem.code for problem in error.problems]


def load_text(text: str) -> Scheme:
    """Load a scheme of TEXT below a plain head."""
    return load(f"scheme: test\nrounding: {{money: half_even, digits: 2}}\n{text}", "test.yaml")


def whole_problem(problem: Problem) -> str:
    """Write all of a problem: `line:column [field] <rule> CODE message (fix)`."""
    place = problem.place
    where = f"{place.line}:{place.column} [{place.field}] <{problem.rule}>"
    return f"{where} {problem.code} {problem.message} ({problem.fix})"
