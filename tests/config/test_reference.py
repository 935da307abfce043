"""The reference pages are made from the types and the broken files, and are as those are now."""

import runpy
from pathlib import Path

import pytest
from config.test_broken import NOT_CODES, codes

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


@pytest.mark.parametrize("page", ["configuration.md", "problems.md"])
def test_a_page_is_as_its_sources_are_now(page: str) -> None:
    make = runpy.run_path(str(REFERENCE / "make.py"))
    written = (REFERENCE / page).read_text(encoding="utf-8")
    assert written == make["PAGES"][page](), "run: python docs/reference/make.py"


def test_every_code_has_an_example() -> None:
    text = (REFERENCE / "problems.md").read_text(encoding="utf-8")
    assert {line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")} == codes() - NOT_CODES


def test_no_example_runs_over_a_line() -> None:
    text = (REFERENCE / "problems.md").read_text(encoding="utf-8")
    assert max(map(len, text.splitlines())) < 400
