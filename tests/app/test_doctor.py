"""The doctor: one line for each thing that may be wrong, with its remedy, and nothing changed by looking."""

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from app.drives import begun, drive

from campaign.app import doctor
from campaign.app.adopt import apply
from campaign.app.doctor import Finding, findings
from campaign.app.handle import Who
from campaign.app.session import MEMORY, Settings, open_session
from campaign.problems import EXTRAS

ROLES = """
roles:
  - {id: steward, label: Steward, commands: ["*"]}
assignments:
  - {person: p-ada, role: steward}
accounts:
  - {account: "os:desk", person: p-ada}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return drive(tmp_path / "harvest")


@pytest.fixture
def store(folder: Path, tmp_path: Path) -> Path:
    path = tmp_path / "s.db"
    begun(folder, str(path)).close()
    return path


def looked_at(store: object, folder: Path) -> dict[str, Finding]:
    """Return what the doctor found, by what it is."""
    return {str(found.what): found for found in findings(Settings(str(store)), folder)}


def wrong(store: object, folder: Path) -> dict[str, str]:
    """Return what is not in order of the folder and the store, with its remedy."""
    program = {f"{module} is {word}installed" for module in EXTRAS for word in ("", "not ")}
    found = looked_at(store, folder)
    return {what: str(line.remedy) for what, line in found.items() if not line.ok and what not in program}


def test_a_store_and_a_folder_in_order_have_nothing_wrong_but_what_is_still_to_come(store: Path, folder: Path) -> None:
    assert wrong(store, folder) == {
        "no assessment scheme is adopted yet": (
            "adopt one with `campaign scheme adopt FILE` before `campaign assess run`"
        )
    }
    found = looked_at(store, folder)
    assert found[f"the campaign folder {folder} is valid"].ok
    assert found[f"the store {store} holds 4 events"].ok
    assert found["campaign harvest-2031: a definition is adopted"].ok
    assert found["the views lag 0 events behind"].ok


def test_looking_changes_no_byte(store: Path, folder: Path) -> None:
    """But for the two files that SQLite itself keeps beside a store that anybody has open."""

    def lying() -> dict[Path, bytes]:
        files = (
            path for path in store.parent.rglob("*") if path.is_file() and not path.name.endswith(("-wal", "-shm"))
        )
        return {path: path.read_bytes() for path in files}

    before = lying()
    findings(Settings(str(store)), folder)
    assert lying() == before


@pytest.mark.parametrize("store", ["none.db", MEMORY])
def test_a_store_that_is_not_there_is_made_by_a_command_that_is_named(
    store: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert wrong(store, folder) == {
        f"there is no store {store}": "make one with `campaign demo` or `campaign apply`",
    }


def test_a_folder_that_is_not_there_or_full_of_mistakes_is_named(store: Path, folder: Path, tmp_path: Path) -> None:
    missing = tmp_path / "nowhere"
    remedy = "name it with --config, or make one with `campaign init DIR`"
    assert wrong(store, missing)[f"there is no campaign folder {missing}"] == remedy
    (folder / "roles.yaml").write_text("roles: 5\nassignments: 6\n", encoding="utf-8")
    found = wrong(store, folder)
    assert found[f"the campaign folder {folder} has 2 problems"] == "see them with `campaign config validate`"


def test_a_file_that_is_no_store_says_so_instead_of_the_rest(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    path.write_text("no store at all" * 100, encoding="utf-8")
    (what,) = wrong(path, folder)
    assert what == f"{path} is not a store of this program"


def test_an_empty_store_waits_for_a_definition(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    open_session(Settings(str(path)), write=True, create=True).close()
    assert wrong(path, folder)["no definition is adopted"] == "adopt one with `campaign apply`"


def test_several_campaigns_have_to_be_told_apart(store: Path, folder: Path, tmp_path: Path) -> None:
    other = drive(tmp_path / "other", phases="key: harvest-2031 => key: harvest-2032")
    with closing(open_session(Settings(str(store), "harvest-2032"), write=True)) as session:
        assert apply(session, other, Who("p-ada"), rehearsal=True).refusal is None
    assert wrong(store, folder) == {
        "the store holds several campaigns: harvest-2031, harvest-2032": "name one with --campaign"
    }


def test_views_that_lag_or_run_ahead_of_the_log_are_told(store: Path, folder: Path) -> None:
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("UPDATE view_positions SET position = 1 WHERE name = 'entity'")
        connection.commit()
    assert wrong(store, folder)["the views lag 3 events behind"] == "the next command that writes folds them"
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("UPDATE view_positions SET position = 9 WHERE name = 'entity'")
        connection.commit()
    remedy = wrong(store, folder)["the views are 5 events ahead of the log: events are gone"]
    assert "campaign audit verify" in remedy


def test_a_guard_that_somebody_dropped_is_named(store: Path, folder: Path) -> None:
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("DROP TRIGGER events_no_update")
    assert any(what.startswith("the store's tables: trigger events_no_update") for what in wrong(store, folder))


@pytest.mark.parametrize(
    ("roles", "account", "said", "well"),
    [
        (
            "",
            "os:desk",
            "no accounts are listed: whoever may write the store is believed, as in an office of one",
            True,
        ),
        (ROLES, "os:desk", "your account os:desk speaks for p-ada", True),
        (ROLES, "os:guest", "your account os:guest speaks for -", False),
    ],
)
def test_once_it_is_no_rehearsal_it_matters_who_speaks_for_whom(  # noqa: PLR0917 -- what the row says
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    roles: str,
    account: str,
    said: str,
    well: bool,  # noqa: FBT001 -- likewise
) -> None:
    monkeypatch.setattr(doctor, "machine_account", lambda: account)
    if roles:
        (folder / "roles.yaml").write_text(roles, encoding="utf-8")
    store = tmp_path / "real.db"
    with closing(open_session(Settings(str(store)), write=True, create=True)) as session:
        assert apply(session, folder, Who("p-ada", account="os:desk")).refusal is None
    (line,) = [line for what, line in looked_at(store, folder).items() if what.startswith(said)]
    assert line.ok == well
    assert line.remedy.template


def test_an_old_python_or_sqlite_and_a_missing_extra_say_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 4, "final", 0))
    monkeypatch.setattr(sqlite3, "sqlite_version", "3.31.1")
    monkeypatch.setitem(EXTRAS, "no_such_module", "sheets")
    found = looked_at("none.db", tmp_path)
    assert (found["Python 3.10.4"].ok, str(found["Python 3.10.4"].remedy)) == (False, "install Python 3.11 or later")
    assert not found["SQLite 3.31.1"].ok
    missing = found["no_such_module is not installed"]
    assert (missing.ok, str(missing.remedy)) == (False, "pip install campaign[sheets], if you need it")


def test_what_is_allowed_but_should_be_known_is_told_and_nothing_is_wrong(store: Path, folder: Path) -> None:
    text = (folder / "roles.yaml").read_text(encoding="utf-8").replace('commands: ["*"]', 'commands: ["entity.*"]')
    (folder / "roles.yaml").write_text(text, encoding="utf-8")
    told = [line for what, line in looked_at(store, folder).items() if what.startswith("no role may give these")]
    assert told
    assert all(line.ok and line.remedy.template for line in told)


def test_a_store_that_lost_a_table_is_damaged_and_the_rest_is_told_all_the_same(store: Path, folder: Path) -> None:
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("DROP TABLE view_positions")
    found = wrong(store, folder)
    assert found[f"{store} lacks the table view_positions"] == "stop writing to it and restore a backup"
    assert "the store's tables: table view_positions is gone" in found
