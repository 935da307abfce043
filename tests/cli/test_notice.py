"""tick --targets and notice list: what is due goes out over a service on loopback, or waits and is listed."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from app.postbox import SECRET, Postbox, postbox
from cli.program import Run, invoke

AUTUMN = ("--at", "2005-09-20T09:00+08:00", "--as", "p-office-1")


@pytest.fixture
def autumn(store: Path) -> Run:
    """Return the program over the shipped campaign on 20 September, with nobody having reported."""
    return lambda *arguments, **settings: invoke("--store", store, *AUTUMN, *arguments, **settings)


@pytest.fixture
def box() -> Iterator[Postbox]:
    with postbox() as made:
        yield made


@pytest.fixture
def environment(tmp_path: Path, box: Postbox) -> dict[str, str]:
    """Return the environment of a machine that knows where the office's channel leads."""
    targets = tmp_path / "targets"
    targets.write_text(f"office {box.url}\n", encoding="utf-8")
    targets.chmod(0o600)
    return {"CAMPAIGN_NOTICES": str(targets), "NO_PROXY": "127.0.0.1"}


def test_a_tick_sends_what_is_due_and_the_next_one_sends_nothing(
    autumn: Run, box: Postbox, environment: dict[str, str]
) -> None:
    first = autumn("tick", "--format", "json", env=environment)
    assert first.exit_code == 0, first.output
    sent = json.loads(first.stdout)["notices"]
    assert [(row["rule"], row["number"], row["outcome"]) for row in sent] == [
        ("overdue", 1, "delivered"),
        ("overdue", 2, "delivered"),
    ]
    assert sum(row["count"] for row in sent) == sum(row["days"] > 0 for row in json.loads(first.stdout)["reminders"])
    assert "report 每周调度 2005-W35, due on 2005-09-02: " in box.kept[0]["message"]
    assert json.loads(autumn("tick", "--format", "json", env=environment).stdout)["notices"] == []
    assert len(box.kept) == len(sent)


def test_without_targets_nothing_is_sent_and_the_list_says_what_waits(autumn: Run) -> None:
    assert json.loads(autumn("tick", "--format", "json").stdout)["notices"] == []
    listed = autumn("notice", "list", "--check", "--format", "json")
    assert listed.exit_code == 7
    document = json.loads(listed.stdout)
    lines = {row["rule"]: row for row in document["notices"]}
    assert (lines["overdue"]["status"], lines["overdue"]["told"]) == ("", 0)
    assert lines["overdue"]["waiting"] == len(document["waiting"]) > 200
    assert lines["due-soon"]["waiting"] == 0


def test_a_failure_is_listed_and_ends_a_checked_tick_with_seven(
    autumn: Run, box: Postbox, environment: dict[str, str]
) -> None:
    box.broken = True
    failed = autumn("tick", "--check", env=environment)
    assert (failed.exit_code, "not-accepted" in failed.stdout) == (7, True)
    assert SECRET not in failed.output + failed.stderr
    listed = json.loads(autumn("notice", "list", "--format", "json").stdout)["notices"]
    (line,) = [row for row in listed if row["rule"] == "overdue"]
    assert (line["status"], line["failures"], line["reason"], line["at"][:10]) == (
        "failed", 1, "not-accepted", "2005-09-20",
    )  # fmt: skip


def test_a_dry_run_sends_nothing_and_needs_no_service(autumn: Run, box: Postbox, environment: dict[str, str]) -> None:
    shown = autumn("tick", "--dry-run", "--format", "json", env=environment)
    assert {row["outcome"] for row in json.loads(shown.stdout)["notices"]} == {"waiting"}
    assert box.asked == 0


def test_a_file_of_targets_that_is_not_there_stops_before_anything_is_written(autumn: Run, tmp_path: Path) -> None:
    before = autumn("log", "list", "--format", "json").stdout
    wrong = autumn("tick", "--targets", tmp_path / "none")
    assert (wrong.exit_code, "targets-missing" in wrong.stderr) == (3, True)
    assert autumn("log", "list", "--format", "json").stdout == before


def test_the_ledger_tells_of_a_notice_and_names_no_address(
    autumn: Run, box: Postbox, environment: dict[str, str]
) -> None:
    autumn("tick", env=environment)
    told = autumn("log", "list", "--last", "4").stdout
    assert told.count("notice_taken.v1") == told.count("notice_delivered.v1") == 2
    assert str(box.server_port) not in told
