"""Schemes at work from the command line: cases, documents, workbooks, what-if, comparison."""

import json
from pathlib import Path

import pytest
from cli.program import CONFIG, Run, invoke

SCHEMES = sorted((CONFIG / "schemes").glob("*.yaml"))
EXAMPLE = CONFIG / "schemes" / "jilin-2005-example.yaml"


@pytest.mark.parametrize("path", SCHEMES, ids=lambda path: path.stem)
def test_every_shipped_scheme_passes_its_own_cases(path: Path) -> None:
    done = invoke("scheme", "test", path)
    assert done.exit_code == 0, done.output
    assert "0 failed" in done.output


def test_a_case_that_comes_out_otherwise_is_shown_and_ends_with_1(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(EXAMPLE.read_text(encoding="utf-8").replace("expect: {score: 118.00", "expect: {score: 117.00"))
    done = invoke("scheme", "test", wrong)
    assert done.exit_code == 1
    assert "1 failed" in done.output
    assert "118 ≠ 117" in done.output


@pytest.mark.parametrize(("style", "mark"), [("yaml", "rules: |"), ("markdown", "| # |"), ("html", "<table")])
def test_a_scheme_is_read_as_it_stands_or_as_a_document(style: str, mark: str) -> None:
    done = invoke("scheme", "show", EXAMPLE, "--style", style)
    assert done.exit_code == 0
    assert mark in done.output
    assert "一票否决" in done.output


def test_a_scheme_that_is_not_there_is_named(ask: Run) -> None:
    done = ask("scheme", "show", "jilin-2005-exampel")
    assert done.exit_code == 3
    assert "no-scheme" in done.output
    assert "jilin-2005-example" in done.output


def test_a_table_goes_into_a_workbook_and_comes_back(tmp_path: Path) -> None:
    book = tmp_path / "tier.xlsx"
    assert invoke("scheme", "export", EXAMPLE, "tier", book).exit_code == 0
    done = invoke("scheme", "import", book)
    assert done.exit_code == 0
    cells = [[cell.strip() for cell in line.split("|")] for line in done.output.splitlines()]
    assert ["2", "-", "≥ 105", "", "A", "优秀", "示例"] in [row[1:-1] for row in cells]


def test_a_workbook_that_is_none_is_named(tmp_path: Path) -> None:
    book = tmp_path / "no.xlsx"
    book.write_text("not a workbook")
    done = invoke("scheme", "import", book)
    assert done.exit_code == 3
    assert "no.xlsx" in done.output


def test_the_year_is_played_under_lower_targets(ask: Run) -> None:
    done = ask(
        "assess", "what-if", "--set", "target.value_added_growth=-1", "--scope", "prefecture", "--basis", "final"
    )
    assert done.exit_code == 0, done.output
    assert "9 of 72 entities differ" in done.output
    assert "the figures of this campaign are made by a generator" in done.output


def test_what_if_gives_machines_stable_fields(ask: Run) -> None:
    done = ask("assess", "what-if", "--set", "figure.profit=+10%", "--format", "json")
    document = json.loads(done.stdout)
    assert {"entity", "score_before", "score_after", "award_after_yuan"} <= document["rows"][0].keys()
    assert isinstance(document["rows"][0]["award_after_yuan"], str)


def test_a_setting_that_cannot_be_read_is_named(ask: Run) -> None:
    done = ask("assess", "what-if", "--set", "target.growht=14")
    assert done.exit_code == 3
    assert "setting-unknown there is no indicator growht" in done.output


def test_two_runs_are_laid_side_by_side(ask: Run) -> None:
    done = ask("assess", "compare", "provisional-2005", "final-2005")
    assert done.exit_code == 0
    assert "cost: 3000000.00 → 3000000.00 yuan, +0.00" in done.output
    assert ask("assess", "compare", "provisional-2005", "none").exit_code == 3
