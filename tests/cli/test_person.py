"""Names apart from the log: kept, shown and erased from the command line; and read models thrown away and made anew."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from cli.program import Run, head

NAME, CONTACT = "王芳", "0432-1234567"
KEEP = ("person", "keep", "p-office-1", "--name", NAME, "--contact", CONTACT, "--post", "科长", "--as", "p-office-1")


def keys_of(store: Path) -> list[Path]:
    return sorted(store.with_name(f"{store.name}.person-keys").glob("*"))


def test_a_person_is_kept_beside_the_log_and_its_name_is_nowhere_in_it(run: Run, store: Path) -> None:
    before = head(store)
    kept = run(*KEEP)
    assert kept.exit_code == 0, kept.output
    assert head(store) == before + 1
    assert len(keys_of(store)) == 1
    body = run("log", "show", before + 1, "--format", "json").stdout
    assert NAME not in body
    assert CONTACT not in body
    assert NAME.encode() not in store.read_bytes()


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv"])
def test_what_is_kept_is_shown_in_every_form(run: Run, form: str) -> None:
    run(*KEEP)
    shown = run("person", "show", "p-office-1", "--format", form)
    assert shown.exit_code == 0
    assert NAME in shown.stdout
    assert "科长" in shown.stdout


def test_another_folder_of_keys_opens_nothing_and_the_remedy_names_the_option(run: Run, tmp_path: Path) -> None:
    run(*KEEP)
    elsewhere = run("person", "show", "p-office-1", "--person-keys", tmp_path / "none")
    assert elsewhere.exit_code == 3
    assert elsewhere.stderr == (
        "PERSON: person-unknown nothing is kept of p-office-1, or it was erased "
        "(keep it with `campaign person keep`, or name the folder of keys with --person-keys)\n"
    )
    run(*KEEP, "--person-keys", tmp_path / "own")
    assert run("person", "show", "p-office-1", env={"CAMPAIGN_PERSON_KEYS": str(tmp_path / "own")}).exit_code == 0


def test_a_dry_run_keeps_nothing_and_makes_no_key(run: Run, store: Path) -> None:
    before = head(store)
    assert run(*KEEP, "--dry-run").exit_code == 0
    assert (head(store), keys_of(store)) == (before, [])


def test_whoever_may_not_keep_a_name_makes_no_key(run: Run, store: Path) -> None:
    refused = run(*KEEP[:-1], "p-auditor-1")
    assert refused.exit_code == 6
    assert keys_of(store) == []


ERASE = ("person", "erase", "p-office-1", "--reason", "asked to be forgotten", "--as", "p-office-1")


def test_erasing_asks_first_and_then_leaves_the_id_alone(run: Run, store: Path) -> None:
    run(*KEEP)
    unasked = run(*ERASE)
    assert unasked.exit_code == 2
    assert "needs-yes this needs a yes: erase what is kept of p-office-1 for good?" in unasked.stderr
    assert run("person", "show", "p-office-1").exit_code == 0
    before = head(store)
    assert run(*ERASE, "--dry-run").exit_code == 0
    assert (head(store), len(keys_of(store))) == (before, 1)
    erased = run(*ERASE, "--yes")
    assert erased.exit_code == 0, erased.output
    assert keys_of(store) == []
    assert run("person", "show", "p-office-1").exit_code == 3
    body = json.loads(run("log", "show", head(store), "--format", "json").stdout)["event"]
    assert (body["person"], body["reason"]) == ("p-office-1", "asked to be forgotten")
    assert run("audit", "verify").exit_code in {0, 7}, "every proof holds"
    with closing(sqlite3.connect(store)) as connection:
        assert connection.execute("SELECT count(*) FROM persons WHERE person = 'p-office-1'").fetchone() == (0,)


def test_nobody_is_erased_twice(run: Run) -> None:
    run(*KEEP)
    run(*ERASE, "--yes")
    again = run(*ERASE, "--yes")
    assert (again.exit_code, "person-unknown" in again.stderr) == (1, True)


# --- the read models -----------------------------------------------------------------------------------------------


def spoil(store: Path) -> None:
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("DELETE FROM views WHERE key LIKE '%220200'")
        connection.commit()


def test_read_models_are_folded_anew_from_the_events_once_somebody_says_yes(run: Run, store: Path) -> None:
    spoil(store)
    assert run("replay").exit_code == 5
    assert run("entity", "show", "220200").exit_code == 3
    dry = run("store", "rebuild", "--dry-run")
    assert dry.stderr == f"dry run: {head(store)} events would be folded anew; nothing was\n"
    assert run("store", "rebuild").exit_code == 2
    assert run("replay").exit_code == 5, "nothing was done yet"
    done = run("store", "rebuild", "--yes")
    assert (done.exit_code, done.stderr) == (0, f"folded anew: {head(store)} events\n")
    assert run("replay").exit_code == 0
    assert run("entity", "show", "220200").exit_code == 0


def test_a_part_of_the_log_goes_out_as_lines_but_no_folder_without_a_name(run: Run) -> None:
    lines = run("log", "export", "--after", 3, "--to", 5, "--format", "table").stdout.splitlines()
    assert [json.loads(line)["position"] for line in lines] == [4, 5]
    nameless = run("log", "export", "--parquet")
    assert (nameless.exit_code, nameless.stderr) == (
        2,
        "--parquet: usage-folder --parquet needs a folder (name the folder to make)\n",
    )
    beyond = run("log", "show", 99_999)
    assert (beyond.exit_code, beyond.stderr.partition(" ")[0]) == (3, "POSITION:")
