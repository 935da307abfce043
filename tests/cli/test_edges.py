"""What lies at the edges: nothing yet, everything over, two campaigns in one store, nobody in a list."""

import json
from pathlib import Path

import pytest
from app.folders import harvest
from cli.program import Run, invoke

SPRING = "2031-03-01T09:00+01:00"
CRITERION = """
registers:
  - {id: reminder, label: Reminders}
laggards:
  label: Behind
  obligation: count
  register: reminder
  text: |
    scheme: behind
    inputs:
      missed_in_a_row: {type: integer}
    decisions:
      reason:
        hit: COLLECT
        rules: |
          | # | missed_in_a_row || reason |
          | 1 | ≥ 2             || silent |
"""


@pytest.fixture
def farm(tmp_path: Path) -> Path:
    return harvest(tmp_path / "farm")


def adopted(store: Path, folder: Path, *options: str) -> Run:
    """Adopt FOLDER into STORE as a rehearsal, and return the program over it."""
    common = ("--store", store, "--config", folder, "--as", "p-ada", "--at", SPRING)
    done = invoke(*common, *options, "apply", "--rehearsal", "--yes")
    assert done.exit_code == 0, done.output
    return lambda *arguments, **settings: invoke(*common, *options, *arguments, **settings)


def test_nobody_lags_behind_where_there_is_no_criterion(farm: Path, tmp_path: Path) -> None:
    run = adopted(tmp_path / "s.db", farm)
    result = run("report", "laggards", "--check")
    assert result.exit_code == 0
    assert "there is no criterion: declare `laggards` in registers.yaml" in result.stdout


def test_nobody_lags_behind_by_a_criterion_that_is_named(farm: Path, tmp_path: Path) -> None:
    (farm / "registers.yaml").write_text(CRITERION, encoding="utf-8")
    result = adopted(tmp_path / "s.db", farm)("report", "laggards")
    assert result.stdout.splitlines()[-2:] == [
        "nobody lags behind by the criterion Behind",
        "rehearsal: the clock of this campaign is simulated",
    ]


def test_a_plan_for_a_campaign_that_is_over_says_so(finished: Path, begun: Path) -> None:
    over, open_ = (invoke("--store", store, "plan") for store in (finished, begun))
    assert "the campaign jilin-2005 is closed: only accounts, access_keys and assignments" in over.stdout
    assert "closed" not in open_.stdout
    told = [json.loads(invoke("--store", store, "plan", "--format", "json").stdout) for store in (finished, begun)]
    assert [made["closed"] for made in told] == [True, False]


def test_a_key_that_is_not_there_is_made_by_the_command_that_makes_such_a_key(begun: Path, tmp_path: Path) -> None:
    missing = ("--key-file", tmp_path / "key", "--as", "p-office-1")
    token = invoke("--store", begun, "access", "issue", "token:desk", "--until", "2005-09-01T00:00+08:00", *missing)
    assert "make a key with `campaign access key`" in token.stderr
    note = invoke("--store", begun, "audit", "checkpoint", *missing)
    assert "make a key with `campaign audit rotate-key`" in note.stderr


def test_a_backup_into_a_folder_that_is_not_there_names_the_folder_and_no_draft(begun: Path, tmp_path: Path) -> None:
    result = invoke("--store", begun, "store", "backup", tmp_path / "none" / "b.db")
    assert result.exit_code == 3
    assert f"store-missing there is no folder {tmp_path / 'none'} (make it first, or name another)" in result.stderr


@pytest.mark.parametrize(("one", "other", "place"), [("9", "1", "ONE"), ("1", "9", "OTHER")])
def test_a_version_that_is_none_is_named_by_its_place(begun: Path, one: str, other: str, place: str) -> None:
    result = invoke("--store", begun, "config", "diff", one, other)
    assert result.stderr.startswith(f"{place}: no-version there is no adopted version 9 ")
