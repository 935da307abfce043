"""store copy, backup, restore, info on the command line."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from cli.program import Run, head, invoke
from store.cluster import database

NO_HEAD = "0" * 64


def document(text: str) -> dict[str, object]:
    made = json.loads(text)
    assert isinstance(made, dict)
    return made


def test_a_backup_is_restored_and_copied_with_one_tree_head(run: Run, store: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    taken = run("store", "backup", tmp_path / "out" / "b.db", "--format", "json")
    made = invoke("store", "restore", tmp_path / "out" / "b.db", "--store", tmp_path / "r.db", "--format", "json")
    copied = invoke("store", "copy", store, tmp_path / "c.db", "--format", "json")
    again = invoke("store", "copy", store, tmp_path / "c.db", "--format", "json")
    documents = [document(result.stdout) for result in (taken, made, copied, again)]
    assert {result.exit_code for result in (taken, made, copied, again)} == {0}
    assert {one["tree_head"] for one in documents} == {documents[0]["tree_head"]} != {NO_HEAD}
    assert [one["records"] for one in documents] == [head(store)] * 4
    assert [one.get("new") for one in documents] == [None, None, head(store), 0]
    assert [one["kind"] for one in documents] == ["moved", "moved", "copied", "copied"]
    assert taken.stderr == copied.stderr == ""  # no bar where nobody sees it


def test_what_was_made_is_told_to_a_person(run: Run, tmp_path: Path) -> None:
    result = run("store", "backup", tmp_path / "b.db")
    assert [line.split()[:2] for line in result.stdout.splitlines()][:2] == [
        ["store", str(tmp_path / "b.db")],
        ["records", str(head(tmp_path / "b.db"))],
    ]


@pytest.mark.parametrize("words", [("backup", "new.db"), ("restore", "campaign.db"), ("copy", "campaign.db", "new.db")])
def test_a_dry_run_writes_nothing(store: Path, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(store.parent)
    before = sorted(store.parent.iterdir())
    named = "new.db" if words[0] == "restore" else store
    result = invoke("store", *words, "--store", named, "--dry-run")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "new.db would be" in result.stderr
    assert sorted(store.parent.iterdir()) == before


@pytest.mark.parametrize("words", [("backup", "t.db"), ("restore", "campaign.db"), ("copy", "campaign.db", "t.db")])
def test_what_is_in_the_way_ends_with_3_and_stays(
    store: Path, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(store.parent)
    (store.parent / "t.db").write_text("mine")
    result = invoke("store", *words, "--store", "t.db" if words[0] == "restore" else store)
    assert result.exit_code == 3
    assert ("store-exists" in result.stderr) != ("store-not-ours" in result.stderr)
    assert (store.parent / "t.db").read_text() == "mine"


def test_a_target_that_went_another_way_ends_with_3_and_says_where(store: Path, tmp_path: Path) -> None:
    invoke("store", "copy", store, tmp_path / "c.db")
    for path, reason in ((store, "market"), (tmp_path / "c.db", "flood")):
        words = ("entity", "status", "220100", "suspended", "--reason", reason, "--as", "p-office-1")
        changed = invoke("--store", path, *words)
        assert changed.exit_code == 0, changed.stderr
    result = invoke("store", "copy", store, tmp_path / "c.db")
    assert result.exit_code == 3
    assert f"position {head(store)}: copy-not-prefix" in result.stderr


def test_a_store_that_was_tampered_with_ends_with_5(run: Run, store: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(store)) as connection:
        connection.executescript("DROP TRIGGER events_no_delete; DELETE FROM events WHERE position = 3")
    for words in (("backup", tmp_path / "b.db"), ("copy", store, tmp_path / "c.db")):
        result = run("store", *words)
        assert result.exit_code == 5
        assert "integrity-" in result.stderr
    assert [path.name for path in tmp_path.glob("[bc].db")] == []


# --- info ------------------------------------------------------------------------------------------------------------


def test_info_says_how_far_the_log_goes_and_what_lags(run: Run, store: Path) -> None:
    said = document(run("store", "info", "--format", "json").stdout)
    assert said["position"] == head(store)
    assert (said["sealed"], said["checkpoint"], said["standby"]) == (0, None, False)
    assert str(said["engine"]).startswith("SQLite 3")
    views = said["views"]
    assert isinstance(views, list)
    assert [(view["view"], view["lag"]) for view in views] == [("campaign", 0), ("entity", 0), ("project", 0)]
    tables = {table["table"]: table for table in said["tables"]}  # type: ignore[attr-defined] # a list of objects
    assert tables["events"]["rows"] == head(store)
    assert tables["events"]["bytes"] % 4096 == 0


def test_info_names_a_read_model_that_lags(run: Run, store: Path) -> None:
    with closing(sqlite3.connect(store)) as connection, connection:
        connection.execute("UPDATE view_positions SET position = position - 2 WHERE name = 'entity'")
    said = document(run("store", "info", "--format", "json").stdout)
    assert [view["lag"] for view in said["views"]] == [0, 2, 0]  # type: ignore[attr-defined] # a list of objects


def test_info_names_the_last_checkpoint(run: Run, store: Path, tmp_path: Path) -> None:
    key = ("--key-file", tmp_path / "key", "--as", "p-audit-admin-1")
    rotated = run("audit", "rotate-key", *key)
    assert rotated.exit_code == 0, rotated.stderr
    assert run("audit", "checkpoint", *key[:2]).exit_code == 0
    said = document(run("store", "info", "--format", "json").stdout)
    assert said["sealed"] == said["checkpoint"] == head(store)


def test_info_has_the_same_fields_for_a_database(run: Run, store: Path) -> None:
    for dsn in database():
        assert invoke("store", "copy", store, dsn).exit_code == 0
        there = document(invoke("--store", dsn, "store", "info", "--format", "json").stdout)
    here = document(run("store", "info", "--format", "json").stdout)
    assert there.keys() == here.keys()
    same = ("position", "recorded_at", "campaigns", "entity_count", "project_count", "views", "topics", "program")
    assert {name: there[name] for name in same} == {name: here[name] for name in same}
    assert str(there["engine"]).startswith("PostgreSQL ")
