"""report template, check and submit FILE: the way of a workbook through an office."""

import json
import os
from pathlib import Path

import pytest
import xlsxwriter
from cli.program import Run, head

LATER = ("--at", "2005-10-05T09:00+08:00")
HEAD = ("编号", "报表", "期别", "指标", "数值", "口径")


def workbook(path: Path, *rows: tuple[object, ...]) -> Path:
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("九月")
    for number, row in enumerate([HEAD, *rows]):
        sheet.write_row(number, 0, row)
    book.close()
    return path


def row(value: object = 12.5, entity: str = "220200") -> tuple[object, ...]:
    return (entity, "月报", "2005-09", "profit", value, "provincial")


def test_a_template_is_written_to_be_filled_in(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "jilin.xlsx"
    words = ("report", "template", "220200", "--obligation", "monthly_report", "--period", "2005-09", "--whole")
    made = run(*words, "-o", path)
    assert made.exit_code == 0, made.stderr
    assert "campaign report check" in made.stderr
    assert path.read_bytes()[:2] == b"PK"
    blank = run("report", "check", path, *LATER)
    assert blank.exit_code == 3
    assert "jilin.xlsx: no-figures there are no figures (write one line per figure)" in blank.stderr


def test_without_a_name_it_is_named_after_what_it_is_for_and_never_put_over_another(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ("report", "template", "220200", "--obligation", "monthly_report", "--period", "2005-09")
    assert run(*words).exit_code == 0
    assert (tmp_path / "220200-monthly_report-2005-09.xlsx").exists()
    again = run(*words)
    assert again.exit_code == 3
    assert "file-exists" in again.stderr


def test_check_lists_every_problem_at_its_cell_and_writes_nothing(run: Run, store: Path, tmp_path: Path) -> None:
    before = head(store)
    path = workbook(tmp_path / "jilin.xlsx", row("12,5"), row(3, "220201"))
    result = run("report", "check", path, *LATER)
    assert result.exit_code == 3
    assert result.stderr.splitlines() == [
        "jilin.xlsx[九月]!E2: number-separator the commas in 12,5 do not stand at every third digit (leave them out)",
        "jilin.xlsx[九月]!A3: unknown-entity there is no entity 220201 (did you mean 220200?)",
    ]
    assert head(store) == before


def test_submit_takes_the_file_once(run: Run, store: Path, tmp_path: Path) -> None:
    path = workbook(tmp_path / "jilin.xlsx", row(), row(7, "220300"))
    words = ("report", "submit", path, "--as", "p-office-1", *LATER)
    dry = run(*words, "--dry-run", "--format", "json")
    assert json.loads(dry.stdout)["reply"]["dry_run"] is True
    before = head(store)
    done = run(*words, "--format", "json")
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["reply"]["first"], told["reply"]["last"]) == (before + 1, before + 2) == (head(store) - 1, head(store))
    assert [line["act"] for line in told["rows"]] == ["submit", "submit"]
    again = run(*words)
    assert again.exit_code == 0
    assert "nothing new" in again.stdout + again.stderr
    assert head(store) == before + 2


def test_corrections_need_a_reason(run: Run, tmp_path: Path) -> None:
    first = workbook(tmp_path / "first.xlsx", row())
    second = workbook(tmp_path / "second.xlsx", row(13))
    common = ("--as", "p-office-1", *LATER)
    assert run("report", "submit", first, *common).exit_code == 0
    held = run("report", "submit", second, *common)
    assert held.exit_code == 3
    assert "second.xlsx[九月]!E2: report-exists" in held.stderr
    assert run("report", "submit", second, "--reason", "recount", *common).exit_code == 0


def test_who_may_not_is_refused_as_not_permitted(run: Run, tmp_path: Path) -> None:
    path = workbook(tmp_path / "first.xlsx", row())
    assert run("report", "submit", path, "--as", "p-auditor-1", *LATER).exit_code == 6


def test_a_file_and_figures_on_the_line_are_one_too_many(run: Run, tmp_path: Path) -> None:
    path = workbook(tmp_path / "first.xlsx", row())
    both = run("report", "submit", path, "--figure", "profit=1@provincial", "--as", "p-office-1")
    assert both.exit_code == 2
    assert "usage-both" in both.stderr


def test_gbk_is_read_and_said(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "gbk.csv"
    path.write_bytes("编号,期别,指标,数值\n220200,2005-09,利润,5\n".encode("gbk"))
    result = run("report", "check", path, *LATER)
    assert "scope-missing" in result.stderr
    path.write_bytes("编号,期别,指标,数值,口径\n220200,2005-09,利润,5,provincial\n".encode("gbk"))
    result = run("report", "check", path, *LATER)
    assert result.exit_code == 0
    assert "csv-gbk" in result.stderr


def test_a_large_file_is_read_for_who_says_so(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    path.write_text(",".join(HEAD) + "\n", encoding="utf-8")
    os.truncate(path, 200_000_001)
    refused = run("report", "check", path, *LATER)
    assert refused.exit_code == 3
    assert "file-too-large" in refused.stderr
    assert "say --large" in refused.stderr
    for verb in ("check", "submit"):
        asked = run("report", verb, path, "--large", "--as", "p-office-1", *LATER)
        assert asked.exit_code == 3
        assert "csv-line-too-long" in asked.stderr
