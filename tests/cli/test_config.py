"""From the folder to the adopted definition and back, on the command line."""

import json
import shutil
from pathlib import Path

import pytest
from cli.program import CONFIG, Run, head, invoke


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the shipped folder in which weekly reports are due on Thursdays and work begins later."""
    copy = Path(shutil.copytree(CONFIG, tmp_path / "config"))
    path = copy / "phases.yaml"
    text = path.read_text(encoding="utf-8").replace("weekday: 5 # Setting", "weekday: 4 # Setting")
    path.write_text(text.replace("on: 2005-09-01\n", "on: 2005-09-05\n"), encoding="utf-8")
    return copy


def first(text: str) -> str:
    return text.splitlines()[0]


def test_the_first_line_of_a_plan_is_its_size_in_either_language(run: Run, folder: Path) -> None:
    assert first(run("plan", "--config", folder).stdout) == (
        "1 date moves, 1224 obligations shift, 1 other setting changes"
    )
    assert first(run("plan", "--config", folder, "--lang", "zh").stdout) != first(
        run("plan", "--config", folder).stdout
    )
    assert first(run("plan").stdout) == "no changes"


def test_one_entity_on_demand(run: Run, folder: Path) -> None:
    result = run("plan", "--config", folder, "--entity", "220200")
    assert "weekly_report  2005-W36  2005-09-09  2005-09-08" in result.stdout
    department = run("plan", "--config", folder, "--entity", "economic-commission")
    assert "nothing would change for economic-commission" in department.stdout
    wrong = run("plan", "--config", folder, "--entity", "22020")
    assert wrong.exit_code == 3
    assert "did you mean 220200?" in wrong.stderr


def test_json_carries_totals_and_every_consequence(run: Run, folder: Path) -> None:
    made = json.loads(run("plan", "--config", folder, "--format", "json").stdout)
    assert (made["schema"], made["kind"], made["dates"]) == (1, "plan", 1)
    assert made["totals"]["moved"] == sum(len(item["shifts"]) for item in made["consequences"]) == 1224
    assert [row["kind"] for row in made["rows"]] == ["changed", "changed"]


def test_exit_7_where_asked_and_something_would_change(run: Run, folder: Path) -> None:
    assert run("plan", "--config", folder, "--exit-code").exit_code == 7
    assert run("plan", "--exit-code").exit_code == 0


def test_a_stale_plan_is_refused_with_4_shown_anew_and_says_what_changed(
    run: Run, folder: Path, tmp_path: Path
) -> None:
    plan = tmp_path / "plan.json"
    assert run("plan", "--config", folder, "-o", plan).exit_code == 0
    path = folder / "phases.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("grace_days: 2", "grace_days: 3"), encoding="utf-8")
    result = run("apply", plan, "--config", folder, "--yes", "--as", "p-wei-lichang")
    assert result.exit_code == 4
    assert "obligations[monthly_report].grace_days" in result.stdout
    assert "the folder changed: ~ obligations[monthly_report].grace_days: 2 → 3" in result.stderr


def test_a_plan_says_itself_how_it_is_applied(run: Run, folder: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    run("plan", "--config", folder, "--keep", "220200", "-o", plan)
    both = run("apply", plan, "--config", folder, "--keep", "220300", "--yes", "--as", "p-wei-lichang")
    assert (both.exit_code, "usage-both" in both.stderr) == (2, True)
    assert run("apply", plan, "--config", folder, "--yes", "--as", "p-wei-lichang").exit_code == 0
    assert run("plan", "--config", folder).stdout.startswith("no changes")
    history = run("entity", "history", "220200").stdout
    assert "stays on the earlier definition" in history


def test_applying_binds_every_entity_and_a_dry_run_binds_none(run: Run, folder: Path, store: Path) -> None:
    before = head(store)
    dry = run("apply", "--config", folder, "--dry-run", "--as", "p-wei-lichang")
    assert "definition_bound.v1" in dry.stdout
    assert head(store) == before
    assert run("apply", "--config", folder, "--yes", "--as", "p-wei-lichang", "--reason", "r").exit_code == 0
    assert head(store) == before + 1 + 80 + 72
    assert run("replay").exit_code == 0


def test_reassessing_without_a_reason_is_refused(run: Run, folder: Path) -> None:
    result = run("apply", "--config", folder, "--reassess", "--yes", "--as", "p-wei-lichang")
    assert result.exit_code == 1
    assert "reason-needed" in result.stderr


def test_a_team_s_office_adopts_its_file_alone(run: Run, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(CONFIG, tmp_path / "config"))
    path = copy / "teams" / "siping.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("2005-12-20", "2005-12-22"), encoding="utf-8")
    assert first(run("plan", "--config", copy, "--team", "siping").stdout) == "1 date moves"
    other = run("apply", "--config", copy, "--team", "siping", "--yes", "--as", "p-220200-office")
    assert other.exit_code == 6
    done = run("apply", "--config", copy, "--team", "siping", "--yes", "--as", "p-220300-office")
    assert done.exit_code == 0, done.stderr
    assert "siping" in run("config", "history").stdout


def test_two_persons_where_the_definition_asks_for_them(run: Run, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(CONFIG, tmp_path / "config"))
    path = copy / "phases.yaml"
    text = path.read_text(encoding="utf-8").replace("  targets: true\n", "  targets: true\n  definitions: true\n")
    path.write_text(text, encoding="utf-8")
    assert run("apply", "--config", copy, "--yes", "--as", "p-wei-lichang").exit_code == 0
    path.write_text(text.replace("grace_days: 2", "grace_days: 1"), encoding="utf-8")
    alone = run("apply", "--config", copy, "--yes", "--as", "p-wei-lichang")
    assert "four-eyes" in alone.stderr
    assert run("apply", "--propose", "--config", copy, "--as", "p-wei-lichang").exit_code == 0
    assert run("apply", "--config", copy, "--yes", "--as", "p-office-1").exit_code == 0
    assert "p-wei-lichang" in run("config", "history").stdout.splitlines()[-1]


def test_versions_are_compared_and_written_out(run: Run, folder: Path, tmp_path: Path) -> None:
    run("apply", "--config", folder, "--yes", "--as", "p-wei-lichang")
    assert "obligations[weekly_report].weekday" in run("config", "diff", "1", "2").stdout
    assert run("config", "diff", "1", "2", "--exit-code").exit_code == 7
    assert "no differences" in run("config", "diff", "--config", folder).stdout
    assert run("config", "drift", "--config", folder).exit_code == 0
    drifted = run("config", "drift", "-q")
    assert (drifted.exit_code, "weekday" in drifted.stdout) == (7, True)
    assert run("config", "checkout", "1", tmp_path / "out").exit_code == 0
    assert (tmp_path / "out" / "phases.yaml").read_bytes() == (CONFIG / "phases.yaml").read_bytes()
    assert run("config", "drift", "--config", folder, "-q").stdout == ""
    assert run("config", "checkout", "9", tmp_path / "none").exit_code == 3
    assert [row["number"] for row in json.loads(run("config", "history", "--format", "json").stdout)["rows"]] == [1, 2]


def test_the_schema_of_one_file_and_of_all() -> None:
    assert json.loads(invoke("config", "schema", "calendar.yaml").stdout)["title"] == "calendar.yaml"
    assert "teams/NAME.yaml" in json.loads(invoke("config", "schema").stdout)
    assert invoke("config", "schema", "calender.yaml").exit_code == 3


def test_calendars_come_and_go(run: Run, tmp_path: Path) -> None:
    assert "work_days: [2005-02-05" in invoke("config", "calendar", "2005").stdout
    assert invoke("config", "calendar", "2199").exit_code == 3
    assert run("calendar", "export").stdout.startswith("BEGIN:VCALENDAR\nVERSION:2.0\n")
    assert run("calendar", "export", "--entity", "220200", "-o", tmp_path / "a.ics").exit_code == 0
    assert (tmp_path / "a.ics").read_bytes().endswith(b"END:VCALENDAR\r\n")


def test_a_folder_is_made_from_a_store_or_from_the_example(store: Path, tmp_path: Path) -> None:
    assert invoke("init", tmp_path / "a", "--from", store).exit_code == 0
    assert "220200,吉林" in (tmp_path / "a" / "entities.csv").read_text(encoding="utf-8-sig")
    assert invoke("init", tmp_path / "b", "--example").exit_code == 0
    assert (tmp_path / "b" / "phases.yaml").read_bytes() == (CONFIG / "phases.yaml").read_bytes()
    assert invoke("init", tmp_path / "b", "--example").exit_code == 3
    assert invoke("init", tmp_path / "c", "--year", "2027").exit_code == 0
    assert "2027-03-01" in (tmp_path / "c" / "phases.yaml").read_text(encoding="utf-8")


def test_the_rosters_are_validated_with_the_folder(tmp_path: Path) -> None:
    copy = Path(shutil.copytree(CONFIG, tmp_path / "config"))
    path = copy / "entities.csv"
    path.write_text("\n".join(path.read_text(encoding="utf-8").splitlines()[:-5]) + "\n", encoding="utf-8")
    result = invoke("config", "validate", "--config", copy)
    assert result.exit_code == 3
    team = copy / "teams" / "siping.yaml"
    team.write_text(team.read_text(encoding="utf-8").replace('"220300"', '"220333"'), encoding="utf-8")
    assert "siping.yaml:11:13: unknown-entity" in invoke("config", "validate", "--config", copy).stderr
