"""bulletin publish, correct, show, list; and what the demonstration made of them."""

import json
from pathlib import Path

import pytest
from cli.program import Run, head

from campaign.app.session import Settings, open_session
from campaign.files.cells import spread

LATER = ("--at", "2005-10-11T09:00+08:00", "--as", "p-office-1")


def listed(run: Run) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = json.loads(run("bulletin", "list", "--format", "json").stdout)["rows"]
    return rows


def test_four_bulletins_come_out_of_the_demonstration_one_of_them_corrected(ask: Run) -> None:
    found = [(row["bulletin"], row["number"]) for row in listed(ask)]
    months = [f"monthly_bulletin/2005-{month:02}" for month in (9, 10, 11, 12)]
    assert sorted(found, key=str) == sorted([(months[0], 1), *((month, None) for month in months)], key=str)


@pytest.mark.parametrize("period", ["2005-09", "2005-10", "2005-11", "2005-12"])
def test_every_edition_is_made_again_as_it_was_published(ask: Run, period: str) -> None:
    shown = json.loads(ask("bulletin", "show", period, "--format", "json").stdout)
    assert shown["as_published"] is True
    assert shown["sha256"] in {row["sha256"] for row in listed(ask)}


def test_a_bulletin_answers_to_the_name_under_which_it_is_listed(ask: Run) -> None:
    for row in listed(ask):
        period = str(row["bulletin"]).rpartition("/")[2]
        assert ask("bulletin", "show", str(row["bulletin"])).stdout == ask("bulletin", "show", period).stdout
    said = [ask("bulletin", "publish", named, *LATER, "--dry-run") for named in ("2005-09", "monthly_bulletin/2005-09")]
    assert (said[0].exit_code, said[0].stdout, said[0].stderr) == (said[1].exit_code, said[1].stdout, said[1].stderr)
    unknown = ask("bulletin", "show", "no_bulletin/2005-09")
    assert (unknown.exit_code, "no_bulletin" in unknown.stderr) == (3, True)


def test_two_are_late_and_named_in_the_bulletin(ask: Run) -> None:
    shown = json.loads(ask("bulletin", "show", "2005-09", "--format", "json").stdout)
    late = [line for line in shown["late"] if line["obligation"] == "monthly_report"]
    assert len(late) == 2
    assert {line["standing"] for line in late} == {"late"}


def test_the_correction_tells_its_number_and_the_first_edition_stays(ask: Run) -> None:
    first, last = (ask("bulletin", "show", "2005-09", *more).stdout for more in (("--number", "0"), ()))
    assert "Correction 1" in last
    assert "Correction" not in first
    assert first.splitlines()[0] == last.splitlines()[0]


def test_reports_of_the_demonstration_came_by_workbook(finished: Path) -> None:
    """Sixteen or less a month, and every figure of theirs has its cell."""
    session = open_session(Settings(str(finished)))
    lines = [line for state in session.entities().values() for line in state.reports.values()]
    session.close()
    by_file = [line for line in lines if line.source.endswith(".xlsx")]
    assert {line.source for line in by_file} == {f"220200-2005-{month:02}.xlsx" for month in (9, 10, 11, 12)}
    assert len(by_file) > 50
    assert all(len(spread(line.cells)) == len(line.figures) for line in by_file)
    assert all(line.source_sha256 in line.files for line in by_file)


@pytest.mark.parametrize(
    ("name", "begins"), [("b.md", b"# "), ("b.html", b"<!doctype"), ("b.xlsx", b"PK"), ("b.pdf", b"%PDF")]
)
def test_the_file_s_ending_chooses_the_form(ask: Run, tmp_path: Path, name: str, begins: bytes) -> None:
    path = tmp_path / name
    assert ask("bulletin", "show", "2005-12", "-o", path).exit_code == 0
    first = path.read_bytes()
    assert first.startswith(begins)
    assert ask("bulletin", "show", "2005-12", "-o", path).exit_code == 0
    assert path.read_bytes() == first


def test_a_form_that_is_not_text_may_go_down_a_pipe(ask: Run) -> None:
    assert ask("bulletin", "show", "2005-12", "--form", "pdf").stdout_bytes.startswith(b"%PDF")


def test_publish_and_correct(run: Run, store: Path) -> None:
    before = head(store)
    dry = run("bulletin", "publish", "2005-09", "--dry-run", *LATER)
    assert dry.exit_code == 0, dry.stderr
    assert head(store) == before
    done = run("bulletin", "publish", "2005-09", *LATER)
    assert done.exit_code == 0, done.stderr
    assert f"made up to position {before}, sha256 " in done.stderr
    assert run("bulletin", "publish", "2005-09", *LATER).exit_code == 1
    same = run("bulletin", "correct", "2005-09", "--reason", "x", *LATER)
    assert same.exit_code == 1
    assert "says this already" in same.stderr
    figures = ("--obligation", "monthly_report", "--period", "2005-09", "--figure", "profit=5@provincial")
    assert run("report", "submit", "220200", "m-09", *figures, *LATER).exit_code == 0
    corrected = run("bulletin", "correct", "2005-09", "--reason", "came late", *LATER)
    assert corrected.exit_code == 0, corrected.stderr
    assert [row["reason"] for row in listed(run)] == ["", "came late"]


def test_who_may_not_publish_is_refused(run: Run) -> None:
    assert run("bulletin", "publish", "2005-09", "--at", LATER[1], "--as", "p-auditor-1").exit_code == 6


def test_a_period_that_runs_still_is_refused(run: Run) -> None:
    refused = run("bulletin", "publish", "2005-10", *LATER)
    assert refused.exit_code == 1
    assert "period-not-over 2005-10 ends on 2005-10-31" in refused.stderr
