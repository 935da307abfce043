"""Every view of one small province, to the last figure, as province.txt has it."""

from pathlib import Path

import pytest
from readmodels.province import VIEWS, told

SEEN = Path(__file__).with_name("province.txt")


def written() -> dict[str, list[str]]:
    """Read the views by name."""
    views = (block.split("\n") for block in SEEN.read_text().rstrip("\n").split("\n\n")[1:])
    return {heading.removeprefix("== "): lines for heading, *lines in views}


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_of_the_province(name: str) -> None:
    assert told(name) == written()[name]


def test_no_view_is_written_that_nobody_looks_at() -> None:
    assert list(written()) == list(VIEWS)
