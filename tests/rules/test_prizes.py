"""Places that a table of prizes passes over."""

import pytest

from campaign.problems import Problems
from campaign.rules import load

SCHEME = """scheme: prizes
rounding: {{money: half_even, digits: 2}}
inputs: {{g: {{type: text, values: [a, b]}}, s: number}}
rankings:
  r: {{by: s, ties: competition}}
prizes:
  p:
    ranking: r
    ties: share
    amounts: |
{rows}
assessment: {{group: g, award: {{of: p, combine: add}}}}
"""


def gaps(*rows: str) -> list[str]:
    """Return what is said of a table of these rows, in short."""
    try:
        load(SCHEME.format(rows="\n".join(f"      {row}" for row in rows)), "S")
    except Problems as raised:
        return [f"{problem.code} {problem.message.values.get('before')}" for problem in raised.problems]
    return []


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (("| rank || amount |", "| 1 || 3 |", "| 2 || 2 |", "| 3 || 1 |"), []),
        (("| rank || amount |", "| 1 || 3 |", "| 3 || 1 |"), ["prize-gap 1"]),
        (("| rank || amount |", "| 1 || 3 |", "| 3 || 2 |", "| 7 || 1 |"), ["prize-gap 1", "prize-gap 3"]),
        (("| rank || amount |", "| 1 || 3 |", "| 2 || 0 |", "| 3 || 1 |"), []),
        (("| rank || amount |", "| 2 || 3 |", "| 3 || 1 |"), []),
        (("| rank || amount |", "| [1..2] || 3 |", "| [4..6] || 1 |"), ["prize-gap 2"]),
        (("| rank || amount |", "| 1 || 3 |", "| ≥ 2 || 1 |"), []),
        (("| rank || amount |", "| - || 3 |"), []),
        (("| g | rank || amount |", "| a | 1 || 3 |", "| b | 2 || 2 |", "| a | 3 || 1 |"), ["prize-gap 1"]),
        (("| g | rank || amount |", "| a | 1 || 3 |", "| - | 2 || 2 |", "| a | 3 || 1 |"), []),
        (("| s | rank || amount |", "| < 9 | 1 || 3 |", "| < 5 | 2 || 2 |", "| < 9 | 3 || 1 |"), []),
        (("| s || amount |", "| 1 || 3 |", "| 3 || 1 |"), []),
        (("| rank || amount |", "| 1 || 3 |", "| 5000 || 1 |"), []),
        (("| rank || amount |", "| 1 || 3 |", "| 1000 || 1 |"), ["prize-gap 1"]),
        (("| rank || amount |", "| 1 || 3 |", "| 1001 || 1 |"), []),
        (("| rank || amount |", "| 1 || 3 |", "| = s || 2 |", "| 4 || 1 |"), []),
        (("| rank || amount |", "| 1 || 3 |", '| "x" || 1 |'), ["comparison-kinds None"]),
    ],
    ids=[
        "every place",
        "a hole",
        "two holes",
        "a place that is meant to get nothing",
        "not from the first",
        "a hole between ranges",
        "all from a place on",
        "every place alike",
        "the place of another group",
        "a place of all groups",
        "a place under a condition that may hold as well",
        "no places",
        "too far down to be looked for",
        "as far down as is looked",
        "a place too far",
        "a place that a figure decides",
        "a place that is no number",
    ],
)
def test_a_place_without_a_row_between_two_that_have_one_is_a_problem(rows: tuple[str, ...], said: list[str]) -> None:
    assert gaps(*rows) == said
