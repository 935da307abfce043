"""tick, check, registers, report status and mine, finding screen: as a person types them."""

import json
import shutil
from pathlib import Path

import pytest
from cli.program import Run, invoke

AUTUMN = ("--at", "2005-09-20T09:00+08:00")
OFFICE = (*AUTUMN, "--as", "p-office-1")


@pytest.fixture
def autumn(store: Path) -> Run:
    """Return the program over a campaign that has begun, on 20 September, with liaisons that nobody appointed yet."""
    return lambda *arguments, **settings: invoke("--store", store, *OFFICE, *arguments, **settings)


def rows(text: str, kind: str = "rows") -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(text)[kind]
    return found


def test_a_tick_opens_closes_and_reminds_and_the_second_one_writes_nothing(autumn: Run) -> None:
    first = autumn("tick", "--format", "json")
    assert first.exit_code == 0, first.output
    steps = rows(first.stdout, "steps")
    week = next(step for step in steps if (step["rule"], step["period"]) == ("close", "2005-W35"))
    assert (week["missing"], week["on_time"]) == (72, 0)
    assert {reminder["what"] for reminder in rows(first.stdout, "reminders")} == {"report", "check"}
    again = autumn("tick", "--check")
    assert again.exit_code == 7
    assert "periods opened  0" in again.stdout
    assert autumn("tick", "--ahead", "400").exit_code == 2
    assert autumn("tick", "--as", "p-auditor-1", "--on", "2005-09-20").exit_code in {0, 6}


def test_whoever_may_not_tick_is_told_so(autumn: Run) -> None:
    refused = autumn("tick", "--as", "p-auditor-1")
    assert refused.exit_code == 6
    assert "not-permitted" in refused.stderr


def test_status_lists_the_overdue_shows_a_matrix_and_ends_with_seven(autumn: Run) -> None:
    overdue = autumn("report", "status", "--overdue", "--obligation", "weekly_report", "--check", "--format", "json")
    assert overdue.exit_code == 7
    listed = rows(overdue.stdout)
    assert len(listed) == 216
    assert listed[0]["overdue_days"] == 18
    assert autumn("report", "status", "--obligation", "monthly_report", "--check").exit_code == 0
    matrix = autumn(
        "report", "status", "--matrix", "--obligation", "weekly_report", "--entity", "220200", "--format", "json"
    )
    (row,) = rows(matrix.stdout)
    assert (row["2005-W35"], row["2005-W38"]) == ("missing", "upcoming")
    assert autumn("report", "status", "--matrix").exit_code == 2
    period = autumn("report", "status", "--period", "2005-W36", "--standing", "missing", "--format", "json")
    assert {line["period"] for line in rows(period.stdout)} == {"2005-W36"}


def test_a_waived_and_an_extended_period_show_in_the_status(autumn: Run) -> None:
    words = ("report", "waive", "faw-group", "weekly_report", "2005-W35", "--reason", "stopped")
    assert autumn(*words).exit_code == 0
    words = ("report", "extend", "faw-group", "weekly_report", "2005-W36", "--until", "2005-09-21", "--reason", "flood")
    assert autumn(*words, "--approver", "p-wei-lichang").exit_code == 0
    status = autumn("report", "status", "--entity", "faw-group", "--obligation", "weekly_report", "--format", "json")
    (row,) = rows(status.stdout)
    assert (row["waived"], row["missing"]) == (1, 1)
    upcoming = autumn("report", "status", "--entity", "faw-group", "--standing", "upcoming", "--format", "json")
    assert {line["period"]: line["until"] for line in rows(upcoming.stdout)}["2005-W36"] == "2005-09-21"


def test_sign_off_locks_and_reopening_unlocks(autumn: Run) -> None:
    week = ("--obligation", "weekly_report", "--period", "2005-W36", "--figure", "output=8.5@provincial")
    assert autumn("report", "submit", "220200", "plan-1", *week, "--as", "p-220200-office").exit_code == 0
    signing = ("report", "sign-off", "220200", "weekly_report", "2005-W36")
    held = autumn(*signing)
    assert held.exit_code == 1
    assert "not-verified" in held.stderr
    assert autumn("report", "verify", "220200", "plan-1", "--as", "p-statistics-1").exit_code == 0
    assert autumn(*signing).exit_code == 0
    back = ("report", "return", "220200", "plan-1", "--reason", "thin")
    assert "period-signed-off" in autumn(*back).stderr
    assert autumn("report", "reopen", "220200", "weekly_report", "2005-W36", "--reason", "thin").exit_code == 0
    assert autumn(*back).exit_code == 0


def test_mine_is_what_the_person_answers_for(autumn: Run) -> None:
    own = autumn("report", "mine", "--as", "p-220300-office", "--format", "json")
    assert {row["entity"] for row in rows(own.stdout)} == {"220300"}
    assert rows(autumn("report", "mine", "--as", "p-auditor-1", "--format", "json").stdout) == []
    everything = autumn("report", "mine", "220300", "--all", "--format", "json")
    assert len(rows(everything.stdout)) > len(rows(own.stdout))


def test_a_check_is_recorded_followed_up_and_listed(autumn: Run) -> None:
    words = ("check", "record", "220200", "k-1", "--obligation", "half_month_check", "--period", "2005-09-H1")
    made = autumn(
        *words, "--outcome", "deficient", "--note", "pages", "--follow-up-on", "2005-09-30", "--as", "p-inspector-1"
    )
    assert made.exit_code == 0, made.output
    (row,) = rows(autumn("check", "list", "--follow-up", "--format", "json").stdout)
    assert (row["entity"], row["outcome"], row["inspector"]) == ("220200", "deficient", "p-inspector-1")
    status = autumn("report", "status", "--obligation", "half_month_check", "--entity", "220200", "--format", "json")
    assert rows(status.stdout)[0]["late"] == 1
    again = ("check", "follow-up", "220200", "k-1", "--outcome", "sound", "--note", "complete", "--as", "p-inspector-1")
    assert autumn(*again).exit_code == 0
    assert rows(autumn("check", "list", "--follow-up", "--format", "json").stdout) == []
    assert len(rows(autumn("check", "list", "--format", "json").stdout)) == 1


def test_an_issue_is_opened_assigned_done_and_opened_again(autumn: Run) -> None:
    assert autumn("issue", "open", "increment-07", "i-1", "--title", "coal", "--kind", "coal").exit_code == 0
    assert autumn("issue", "assign", "increment-07", "i-1", "--responsible", "economic-commission").exit_code == 0
    later = ("--at", "2005-10-10T09:00+08:00")
    (row,) = rows(autumn("issue", "list", "--overdue", *later, "--format", "json").stdout, "entries")
    assert (row["status"], row["age_days"], row["overdue_days"], row["due_on"]) == ("assigned", 20, 5, "2005-10-05")
    assert autumn("issue", "list", "--check", *later).exit_code == 7
    assert autumn("issue", "done", "increment-07", "i-1", "--outcome", "delivered").exit_code == 0
    assert autumn("issue", "list", "--check", *later).exit_code == 0
    assert rows(autumn("issue", "list", "--open", "--format", "json").stdout, "entries") == []
    assert autumn("issue", "reopen", "increment-07", "i-1", "--reason", "again").exit_code == 0
    wrong = autumn("visit", "done", "increment-07", "i-1", "--outcome", "x")
    assert "unknown-entry" in wrong.stderr


def test_a_loss_maker_goes_to_whom_the_table_names_or_is_listed_as_ambiguous(autumn: Run) -> None:
    words = ("loss", "open", "loss-01", "l-1", "--title", "turn it around", "--kind")
    assert autumn(*words, "operating").exit_code == 0
    (row,) = rows(autumn("loss", "list", "--format", "json").stdout, "entries")
    assert (row["responsible"], row["ambiguous"], row["rules"]) == ("220500", False, [4])
    moved = ("loss", "assign", "loss-01", "l-1", "--kind", "structural", "--reason", "looked into")
    assert autumn(*moved).exit_code == 0
    (row,) = rows(autumn("loss", "list", "--format", "json").stdout, "entries")
    assert (row["responsible"], row["ambiguous"], row["kinds"]) == ("", True, ["operating", "structural"])


def test_departments_without_a_measure_by_the_day_are_listed(autumn: Run) -> None:
    assert autumn("measure", "list", "--check").exit_code == 0
    late = autumn("measure", "list", "--check", "--at", "2005-10-10T09:00+08:00", "--format", "json")
    assert late.exit_code == 7
    assert {row["entity"] for row in rows(late.stdout, "lacking")} >= {"turnaround-office", "state-assets"}


def test_publicity_belongs_to_an_exemplar_and_a_reminder_has_a_day(autumn: Run) -> None:
    best = ("exemplar", "open", "faw-group", "e-1", "--title", "full load")
    assert autumn(*best, "--as", "p-220200-office").exit_code == 6
    assert autumn(*best).exit_code == 0
    press = (
        "publicity",
        "open",
        "faw-group",
        "p-1",
        "--title",
        "front page",
        "--kind",
        "newspaper",
        "--provider",
        "吉林日报",
    )
    assert "unknown-entry" in autumn(*press, "--link", "e-9").stderr
    assert autumn(*press, "--link", "e-1").exit_code == 0
    remind = ("reminder", "open", "220300", "r-1", "--title", "two weeks")
    assert "entry-lacks" in autumn(*remind).stderr
    assert autumn(*remind, "--due-on", "2005-10-04").exit_code == 0
    due = autumn("tick", "--ahead", "14", "--dry-run", "--format", "json")
    assert ("reminder", "r-1") in {(row["subject"], row["item"]) for row in rows(due.stdout, "reminders")}
    listed = autumn("register", "list", "--register", "reminder", "--format", "json")
    assert [row["entry"] for row in rows(listed.stdout, "entries")] == ["r-1"]
    wrong = autumn("register", "list", "--register", "reminders")
    assert "did you mean reminder?" in wrong.stderr


def test_laggards_are_listed_with_reason_and_reminder(autumn: Run) -> None:
    """By 20 September nobody has reported for two weeks or more."""
    first = autumn("report", "laggards", "--group", "prefecture", "--check", "--format", "json")
    assert first.exit_code == 7
    listed = rows(first.stdout, "laggards")
    assert {(row["reasons"][0], row["missed_in_a_row"], row["reminder"]) for row in listed} == {("连续两周未报", 3, "")}  # type: ignore[index] # a list of reasons
    for row in listed:
        opened = autumn("reminder", "open", row["entity"], "r-1", "--title", "两周未报", "--due-on", "2005-10-04")
        assert opened.exit_code == 0, opened.output
    again = autumn("report", "laggards", "--group", "prefecture", "--check", "--format", "json")
    assert (again.exit_code, {row["reminder"] for row in rows(again.stdout, "laggards")}) == (0, {"r-1"})


def test_screening_finds_and_raises_what_contradicts_itself(finished: Path, tmp_path: Path) -> None:
    """In the demonstration one report is corrected after the bulletin had shown its rank."""
    store = Path(shutil.copy(finished, tmp_path / "done.db"))
    found = invoke("--store", store, "finding", "screen", "--check", "--format", "json")
    assert found.exit_code == 7
    (row,) = rows(found.stdout)
    assert (row["test"], row["entity"]) == ("edit_after_ranking", "key-07")
    assert row["events"]
    assert invoke("--store", store, "finding", "screen", "--only", "cumulative-falls", "--check").exit_code == 0
    wrong = invoke("--store", store, "finding", "screen", "--only", "cumulative-fall")
    assert "did you mean cumulative-falls?" in wrong.stderr
    closed = invoke("--store", store, "finding", "screen", "--raise", "--as", "p-inspector-1")
    assert closed.exit_code == 1
    assert "campaign-closed" in closed.stdout


def test_a_local_work_plan_is_handed_in_without_figures_and_a_report_is_not(autumn: Run) -> None:
    """R-49: the plan is a document; who has none after its day is listed."""
    plan = ("--obligation", "work_plan", "--period", "once", "--source", "方案.docx")
    assert autumn("report", "submit", "220200", "plan-1", *plan, "--as", "p-220200-office").exit_code == 0
    missing = autumn("report", "status", "--obligation", "work_plan", "--overdue", "--format", "json")
    assert len(rows(missing.stdout)) == 8
    week = ("--obligation", "weekly_report", "--period", "2005-W36")
    assert "no-figures" in autumn("report", "submit", "220200", "w-1", *week, "--as", "p-220200-office").stderr
