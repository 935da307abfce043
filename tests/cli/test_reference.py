"""The pages that are written from the code say what the code says."""

import json
from pathlib import Path

from cli.program import Run

from campaign_cli import reference
from campaign_cli.exits import MEANING
from campaign_cli.tree import TREE

PAGES = Path(__file__).parents[2] / "docs" / "reference"
REMEDY = "run python -m campaign_cli.reference"


def test_the_page_of_commands_is_current() -> None:
    assert (PAGES / "cli.md").read_text(encoding="utf-8") == reference.render(), REMEDY


def test_the_page_of_exit_codes_is_current() -> None:
    assert (PAGES / "exit-codes.md").read_text(encoding="utf-8") == reference.exit_codes(), REMEDY
    assert all(f"| {int(code)} |" in reference.exit_codes() for code in MEANING)


def test_the_page_of_fields_is_current(ask: Run) -> None:
    page = (PAGES / "output.md").read_text(encoding="utf-8")
    assert page == reference.output(), REMEDY
    for line in ("entity list", "award list", "log list --last 1", "report status"):
        shown = ask(*line.split(), "--format", "csv").stdout.splitlines()[0].split(",")
        row = json.loads(ask(*line.split(), "--format", "json").stdout)["rows"][0]
        assert all(f"- `{field}`: " in page for field in shown)
        assert set(shown) <= set(row), "the same names in every form"


def test_every_noun_is_known_with_its_verbs() -> None:
    known = reference.known()
    assert set(known) == set(TREE)
    assert known["show"] == frozenset()
    assert {"propose", "reconcile"} <= known["target"]


def test_the_pages_are_written_where_they_belong(tmp_path: Path) -> None:
    reference.main(tmp_path / "reference")
    assert sorted(path.name for path in (tmp_path / "reference").iterdir()) == ["cli.md", "exit-codes.md", "output.md"]
