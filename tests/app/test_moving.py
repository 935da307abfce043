"""Backups under load, restored and verified (P-21); copies that are broken off; no name before all of it is there."""

import errno
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Condition, Event, Thread

import pytest
from app.conftest import STEWARD
from store.cluster import database

from campaign import verifier
from campaign.app.adopt import apply
from campaign.app.export import export
from campaign.app.handle import handle
from campaign.app.moving import Moved, backup, copy, restore
from campaign.app.session import Settings, open_session
from campaign.domain.commands import EnrolEntity, RaiseFinding
from campaign.problems import Problems
from campaign.store import refill
from campaign.store.sqlite import SqliteLog

WORKER = Path(__file__).parents[1] / "store" / "worker.py"
BACKUPS = 25
START = datetime(2031, 3, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def office(tmp_path: Path, folder: Path) -> Path:
    """Return a store with a campaign, a few entities, a refusal, a person and a sealed tree in it."""
    path = tmp_path / "office" / "campaign.db"
    path.parent.mkdir()
    with closing(open_session(Settings(str(path), at=START), write=True, create=True)) as session:
        assert apply(session, folder, STEWARD, rehearsal=True).refusal is None
        for name in ("north", "south", "north"):
            handle(session, [EnrolEntity(name, "farm", f"{name} farm", ("farm",))], STEWARD)
        session.log.put_person("p-ada", b"ciphertext")
        session.log.tree().seal()
    return path


@pytest.fixture
def dsn() -> Iterator[str]:
    """Give the address of an empty PostgreSQL store."""
    yield from database()


def held(store: str) -> dict[str, object]:
    """Return what a store holds, whatever it is."""
    with closing(open_session(Settings(store))) as session:
        return {
            "rows": list(session.log.scan_rows()),
            "entities": session.entities(),
            "outcomes": list(session.log.tree().outcomes()),
            "person": session.log.person("p-ada"),
            "root": session.log.tree().root(session.log.head()),
        }


def codes(caught: pytest.ExceptionInfo[Problems]) -> list[str]:
    assert all(problem.fix.template for problem in caught.value.problems)
    return [problem.code for problem in caught.value.problems]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# --- P-21 ------------------------------------------------------------------------------------------------------------


class Load:
    """A process that writes to a store without a pause, and what it said is done: all is read, lest it stand still."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.done, self.more = 0, Condition()
        self.reader = Thread(target=self._read, args=(lines,))
        self.reader.start()

    def _read(self, lines: Iterable[str]) -> None:
        for line in lines:
            with self.more:
                self.done = int(line.strip().removeprefix("c"))
                self.more.notify_all()

    def acknowledged(self) -> int:
        """Wait for three more commands of six events, and return how many events there must be."""
        with self.more:
            due = self.done + 3
            assert self.more.wait_for(lambda: self.done >= due, 60)
            return 6 * self.done


@contextmanager
def written_to(path: Path) -> Iterator[Load]:
    """Let a process write to the store at PATH meanwhile."""
    command = [sys.executable, WORKER, path, "endless", "1", "1000000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        load = Load(process.stdout)
        yield load
        process.kill()
        load.reader.join()


def test_backups_under_load_are_whole_and_a_prefix_of_the_log(tmp_path: Path) -> None:
    """P-21: 25 backups while another process writes; each restored and verified, none lacks what was acknowledged."""
    live = tmp_path / "live.db"
    SqliteLog(live, [], lambda: START).close()
    made: list[tuple[int, Moved]] = []
    with written_to(live) as load:
        for number in range(BACKUPS):
            due = load.acknowledged()
            made.append((due, backup(str(live), tmp_path / f"backup{number}.db")))
        load.acknowledged()
    with closing(SqliteLog(live, [], lambda: START)) as log:
        log.tree().seal()
        for number, (due, taken) in enumerate(made):
            restored = restore(tmp_path / f"backup{number}.db", str(tmp_path / f"restored{number}.db"))
            assert due <= taken.records == restored.records < log.head()
            assert taken.root == restored.root == log.tree().root(taken.records)


def test_a_plain_copy_under_load_is_not_to_be_relied_on(tmp_path: Path) -> None:
    """Control of P-21: what `cp` makes of the file while it is written to lacks acknowledged events, or is torn."""
    live = tmp_path / "live.db"
    SqliteLog(live, [], lambda: START).close()
    with written_to(live) as load:
        bad = [_lacks(live, load.acknowledged(), tmp_path / f"copy{number}.db") for number in range(BACKUPS)]
    assert any(bad)


def _lacks(live: Path, due: int, copied: Path) -> bool:
    """Copy the file as `cp` does, and say whether it lacks anything that was acknowledged before, or is no store."""
    shutil.copyfile(live, copied)
    with suppress(sqlite3.Error, verifier.Unreadable):
        source = verifier.of_store(copied)
        records = list(source.records)
        return len(records) < due
    return True


# --- whole or not at all ---------------------------------------------------------------------------------------------


def test_a_backup_is_restored_with_everything(office: Path, tmp_path: Path) -> None:
    taken = backup(str(office), tmp_path / "b.db")
    made = restore(tmp_path / "b.db", str(tmp_path / "r.db"))
    assert (taken.records, taken.root) == (made.records, made.root)
    assert names(tmp_path) == ["b.db", "harvest", "office", "r.db"]
    assert held(str(tmp_path / "r.db")) == held(str(office))
    assert held(str(tmp_path / "r.db"))["person"] == b"ciphertext"


def test_a_restored_store_is_written_to_like_any_other(office: Path, tmp_path: Path) -> None:
    backup(str(office), tmp_path / "b.db")
    restore(tmp_path / "b.db", str(tmp_path / "r.db"))
    with closing(open_session(Settings(str(tmp_path / "r.db"), at=START), write=True)) as session:
        assert session.log.amiss() == []
        assert session.log._tables._connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)  # type: ignore[attr-defined] # SQLite's
        assert handle(session, [EnrolEntity("west", "farm", "West farm", ("farm",))], STEWARD).refusal is None


WORKS: dict[str, Callable[[Path, Path], object]] = {
    "backup": lambda source, target: backup(str(source), target),
    "restore": lambda source, target: restore(source, str(target)),
    "copy": lambda source, target: copy(str(source), str(target)),
}


@pytest.mark.parametrize("work", WORKS)
def test_what_is_there_is_never_replaced(office: Path, tmp_path: Path, work: str) -> None:
    there = tmp_path / "there.db"
    there.write_text("mine")
    with pytest.raises(Problems) as caught:
        WORKS[work](office, there)
    assert codes(caught) == ["store-not-ours" if work == "copy" else "store-exists"]
    assert there.read_text() == "mine"
    assert names(tmp_path) == ["harvest", "office", "there.db"]


def test_a_store_that_appeared_meanwhile_is_not_replaced(office: Path, tmp_path: Path) -> None:
    target = tmp_path / "t.db"
    with pytest.raises(Problems) as caught:
        copy(str(office), str(target), lambda _done, _of: target.write_text("somebody else's"))
    assert codes(caught) == ["store-exists"]
    assert target.read_text() == "somebody else's"


@pytest.mark.parametrize("work", WORKS)
def test_a_source_that_is_not_there_is_said_to_be_missing(tmp_path: Path, work: str) -> None:
    with pytest.raises(Problems) as caught:
        WORKS[work](tmp_path / "nowhere.db", tmp_path / "t.db")
    assert codes(caught) == ["store-missing"]
    assert names(tmp_path) == []


def test_a_store_is_not_copied_onto_itself(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(office.parent)
    with pytest.raises(Problems) as caught:
        copy(str(office), "campaign.db")
    assert codes(caught) == ["copy-same-store"]


def test_a_disk_without_second_names_gets_the_file_all_the_same(
    office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*names: Path) -> None:
        raise PermissionError(1, f"no links here: {names}")

    monkeypatch.setattr(os, "link", refused)
    taken = backup(str(office), tmp_path / "b.db")
    assert names(tmp_path) == ["b.db", "harvest", "office"]
    assert held(str(tmp_path / "b.db"))["root"] == taken.root


# --- what is not whole is not called good ----------------------------------------------------------------------------


def tampered(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(f"DROP TRIGGER events_no_update; DROP TRIGGER events_no_delete; {statement}")


def test_a_store_that_was_tampered_with_gives_no_backup(office: Path, tmp_path: Path) -> None:
    tampered(office, "UPDATE events SET actor = 'p-eve' WHERE position = 2")
    with pytest.raises(Problems) as caught:
        backup(str(office), tmp_path / "b.db")
    assert set(codes(caught)) == {"integrity-backup"}
    assert "2" in str(caught.value.problems[0].message)
    assert names(tmp_path) == ["harvest", "office"]


@pytest.mark.parametrize("table", ["tree", "events", "checkpoints"])
def test_a_store_without_one_of_its_tables_gives_no_backup(office: Path, tmp_path: Path, table: str) -> None:
    with closing(sqlite3.connect(office)) as connection:
        connection.execute(f"DROP TABLE {table}")
    with pytest.raises(Problems) as caught:
        backup(str(office), tmp_path / "b.db")
    assert {code.partition("-")[2] for code in codes(caught)} <= {"damaged", "backup"}
    assert names(tmp_path) == ["harvest", "office"]


@pytest.mark.parametrize("work", WORKS)
def test_a_folder_that_is_not_there_is_said_to_be_missing(office: Path, tmp_path: Path, work: str) -> None:
    with pytest.raises(Problems) as caught:
        WORKS[work](office, tmp_path / "nowhere" / "t.db")
    assert codes(caught) == ["store-missing"]
    assert names(tmp_path) == ["harvest", "office"]


def test_a_disk_that_is_full_at_the_last_step_leaves_nothing(
    office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*names: Path) -> None:
        raise OSError(errno.ENOSPC, f"no room for {names}")

    monkeypatch.setattr(os, "link", full)
    with pytest.raises(Problems) as caught:
        backup(str(office), tmp_path / "b.db")
    assert codes(caught) == ["store-full"]
    assert names(tmp_path) == ["harvest", "office"]


def test_what_is_no_backup_is_restored_nowhere(tmp_path: Path, dsn: str) -> None:
    (tmp_path / "b.db").write_text("not a store" * 100)
    for target in (str(tmp_path / "r.db"), dsn):
        with pytest.raises(Problems) as caught:
            restore(tmp_path / "b.db", target)
        assert codes(caught) == ["store-not-ours"]
    assert names(tmp_path) == ["b.db"]


def test_a_store_that_is_in_use_is_restored_as_it_is_at_one_moment(office: Path, tmp_path: Path) -> None:
    with closing(open_session(Settings(str(office), at=START), write=True)) as session:
        assert handle(session, [EnrolEntity("west", "farm", "West farm", ("farm",))], STEWARD).refusal is None
        assert (office.parent / "campaign.db-wal").stat().st_size
        made = restore(office, str(tmp_path / "r.db"))
        assert made.records == session.log.head()


def test_a_backup_that_was_tampered_with_is_not_restored(office: Path, tmp_path: Path) -> None:
    backup(str(office), tmp_path / "b.db")
    tampered(tmp_path / "b.db", "UPDATE views SET body = X'7B7D' WHERE name = 'entity'")
    with pytest.raises(Problems) as caught:
        restore(tmp_path / "b.db", str(tmp_path / "r.db"))
    assert {code.partition("-")[0] for code in codes(caught)} == {"integrity"}
    assert "r.db" not in names(tmp_path)


def test_a_damaged_page_is_found_before_anything_is_called_good(office: Path, tmp_path: Path) -> None:
    backup(str(office), tmp_path / "b.db")
    whole = (tmp_path / "b.db").read_bytes()
    for number, at in enumerate(range(8192, len(whole) - 4096, len(whole) // 6)):
        spoiled = tmp_path / f"s{number}.db"
        spoiled.write_bytes(whole[:at] + bytes(range(256)) * 16 + whole[at + 4096 :])
        with pytest.raises(Problems) as caught:
            restore(spoiled, str(tmp_path / "r.db"))
        assert caught.value.problems[0].code in {"store-damaged", "store-not-ours", "integrity-schema"}
        assert "r.db" not in names(tmp_path)


def test_a_store_of_an_earlier_schema_is_backed_up_before_it_is_lifted(office: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(office)) as connection:
        connection.execute("PRAGMA user_version = 1")
    taken = backup(str(office), tmp_path / "b.db")
    with pytest.raises(Problems) as caught:
        restore(tmp_path / "b.db", str(tmp_path / "r.db"))
    assert codes(caught) == ["store-too-old"]
    assert taken.records > 0


def test_a_store_with_several_campaigns_is_moved_like_one(office: Path, tmp_path: Path, folder: Path) -> None:
    text = (folder / "phases.yaml").read_text().replace("harvest-2031", "harvest-2032")
    (folder / "phases.yaml").write_text(text)
    with closing(open_session(Settings(str(office), "harvest-2032", at=START), write=True)) as session:
        assert apply(session, folder, STEWARD, rehearsal=True).refusal is None
    backup(str(office), tmp_path / "b.db")
    made = restore(tmp_path / "b.db", str(tmp_path / "r.db"))
    assert copy(str(tmp_path / "r.db"), str(tmp_path / "c.db")).root == made.root


# --- copies ----------------------------------------------------------------------------------------------------------


def test_a_copy_that_was_killed_goes_on(office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refill, "PORTION", 2)
    target, seen = tmp_path / "t.db", list[int]()

    def told(done: int, of: int) -> None:
        seen.append(done)
        if done * of:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy(str(office), str(target), told)
    assert names(tmp_path) == ["harvest", "office", "t.db.copying"]
    made = copy(str(office), str(target))
    assert (made.new, made.records) == (made.records - seen[-1], made.records)
    assert 0 < seen[-1] < made.records
    assert names(tmp_path) == ["harvest", "office", "t.db"]
    assert held(str(target)) == held(str(office))


KILLED = """
import os, sys
from campaign.app.moving import copy
from campaign.store import refill
refill.PORTION = 1
copy(sys.argv[1], sys.argv[2], lambda done, of: os.kill(os.getpid(), 9) if done == 3 else None)
"""


@pytest.mark.parametrize("kind", ["file", "database"])
def test_a_copy_whose_program_was_killed_goes_on(office: Path, tmp_path: Path, dsn: str, kind: str) -> None:
    """Killed by -9 between two portions, it left a prefix of whole commands; given again it completes it."""
    target = str(tmp_path / "t.db") if kind == "file" else dsn
    killed = subprocess.run([sys.executable, "-c", KILLED, str(office), target], check=False)
    assert killed.returncode == -9
    assert not (tmp_path / "t.db").exists()
    made = copy(str(office), target)
    assert (made.new, made.records) == (made.records - 3, made.records)
    assert held(target) == held(str(office))


def test_a_database_is_backed_up_while_it_is_written_to(office: Path, tmp_path: Path, dsn: str) -> None:
    """P-21 on PostgreSQL: each backup is whole and a prefix of the log."""
    copy(str(office), dsn)
    stop = Event()

    def load() -> int:
        count = 0
        with closing(open_session(Settings(dsn, at=START), write=True)) as session:
            while not stop.is_set():
                asked = [RaiseFinding("north", f"f{count}", "omission", "said")]
                assert handle(session, asked, STEWARD).refusal is None
                count += 1
        return count

    with ThreadPoolExecutor(1) as threads:
        writing = threads.submit(load)
        made = [backup(dsn, tmp_path / f"b{number}.db") for number in range(8)]
        stop.set()
        assert writing.result() > 0
    with closing(open_session(Settings(dsn), write=True)) as session:
        tree = session.log.tree()
        size = tree.seal()
        assert [taken.root for taken in made] == [tree.root(taken.records) for taken in made]
    sizes = [taken.records for taken in made]
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1] <= size
    assert restore(tmp_path / "b7.db", str(tmp_path / "r.db")).root == made[-1].root


def test_there_and_back_by_postgresql_nothing_changes(office: Path, tmp_path: Path, dsn: str) -> None:
    there = copy(str(office), dsn)
    back = copy(dsn, str(tmp_path / "back.db"))
    assert (there.records, there.root) == (back.records, back.root)
    assert held(dsn) == held(str(tmp_path / "back.db")) == held(str(office))


def test_a_database_is_backed_up_into_one_file_and_restored_into_an_empty_one(
    office: Path, tmp_path: Path, dsn: str
) -> None:
    copy(str(office), dsn)
    taken = backup(dsn, tmp_path / "b.db")
    assert held(str(tmp_path / "b.db")) == held(str(office))
    with pytest.raises(Problems) as caught:
        restore(tmp_path / "b.db", dsn)
    assert codes(caught) == ["store-exists"]
    for another in database():
        made = restore(tmp_path / "b.db", another)
        assert (made.records, made.root) == (taken.records, taken.root)
        assert held(another) == held(str(office))


def test_an_export_is_restored_into_a_database(office: Path, tmp_path: Path, dsn: str) -> None:
    with closing(open_session(Settings(str(office)))) as session:
        export(session, tmp_path / "export")
    made = restore(tmp_path / "export", dsn)
    expected = held(str(office))
    assert made.root == expected["root"]
    assert {**held(dsn), "person": b"ciphertext"} == expected
