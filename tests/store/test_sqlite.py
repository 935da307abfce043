"""What holds for the SQLite file itself: it only grows, it opens or says why not, and it erases what must go."""

import errno
import os
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from store.kit import OPENED, START, OnSqlite, Tally, batch, refusal, status, write

from campaign.problems import Problems
from campaign.store import schema
from campaign.store.codec import Codec, canonical
from campaign.store.log import Outcome
from campaign.store.sqlite import SqliteLog

E1, E2 = "entity:jl2005/faw", "entity:jl2005/oilfield"


@pytest.fixture
def filled(sqlite: OnSqlite) -> OnSqlite:
    """Give a store with three events, two streams, an outcome and a refusal."""
    log = sqlite.open()
    log.append(batch("c1", write(E1, 0, status(), status()), write(E2, 0, status())))
    log.refuse(refusal("c2"))
    for _ in range(2):
        with log._tables.writing():
            log._tables.keep_note(1, "note")
    return sqlite


@pytest.fixture
def shell(filled: OnSqlite) -> Iterator[sqlite3.Connection]:
    """Open the file as any SQLite tool does, with none of our settings."""
    with closing(sqlite3.connect(filled.path, isolation_level=None)) as connection:
        yield connection


def dump(connection: sqlite3.Connection) -> list[object]:
    return [connection.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall() for table in schema.LASTING]  # noqa: S608 -- constants


def insert(conflict: str, key: str, command: str) -> str:
    """Make an INSERT with a conflict clause; KEY is position, stream and version."""
    return f"INSERT {conflict} INTO events VALUES ({key}, 't', '2005', '2005', 'a', 'r', {command}, NULL, x'7b7d', '')"  # noqa: S608 -- constants


FORBIDDEN = [
    "UPDATE events SET body = x'00' WHERE position = 1",
    "UPDATE OR REPLACE events SET position = 2 WHERE position = 1",
    "DELETE FROM events",
    "DELETE FROM events WHERE position = 3",
    "UPDATE streams SET name = 'entity:jl2005/x'",
    "DELETE FROM streams",
    "UPDATE commands SET result = x'00'",
    "DELETE FROM commands WHERE command_id = 'c2'",
    *(
        insert(conflict, key, command)
        for conflict in ("", "OR REPLACE", "OR IGNORE", "OR FAIL", "OR ROLLBACK")
        for key, command in (
            ("1, 1, 1", "'x', 0"),  # a position again
            ("NULL, 1, 3", "'x', 0"),  # a position of SQLite's choice
            ("5, 1, 3", "'x', 0"),  # a gap in positions
            ("4, 1, 1", "'x', 0"),  # a version again
            ("4, 1, 4", "'x', 0"),  # a gap in versions
            ("4, 1, 3", "'c1', 0"),  # a command again
        )
    ),
    "INSERT OR REPLACE INTO streams VALUES (1, 'entity:jl2005/x')",
    "INSERT OR REPLACE INTO streams VALUES (3, 'entity:jl2005/faw')",
    "INSERT OR REPLACE INTO commands VALUES ('c2', 'd', 1, 1, 1, '2005', x'00')",
    "INSERT OR REPLACE INTO checkpoints VALUES (1, 2, 'another')",
    "INSERT OR REPLACE INTO checkpoints (size, note) VALUES (2, 'note')",
    "REPLACE INTO events SELECT * FROM events",
    "INSERT INTO events SELECT * FROM events WHERE true ON CONFLICT DO UPDATE SET body = x'00'",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
@pytest.mark.parametrize("recursive", ["ON", "OFF"])
def test_the_log_only_grows_whoever_asks(shell: sqlite3.Connection, statement: str, recursive: str) -> None:
    before = dump(shell)
    shell.execute(f"PRAGMA recursive_triggers = {recursive}")
    with pytest.raises(sqlite3.IntegrityError, match="the log only grows"):
        shell.execute(statement)
    assert dump(shell) == before


def test_without_the_triggers_those_statements_would_change_the_log(shell: sqlite3.Connection) -> None:
    """Control: the test above would notice."""
    for (name,) in shell.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        shell.execute(f"DROP TRIGGER {name}")
    before = dump(shell)
    shell.execute(insert("OR REPLACE", "4, 1, 1", "'x', 0"))
    assert dump(shell) != before


@pytest.mark.skipif(shutil.which("sqlite3") is None, reason="not run: sqlite3 shell missing")
def test_the_sqlite3_shell_is_refused_too(filled: OnSqlite) -> None:
    for statement in ("UPDATE events SET actor = 'x'", "DELETE FROM events"):
        done = subprocess.run(["sqlite3", filled.path, statement], capture_output=True, text=True, check=False)  # noqa: S607 -- the system's shell is what is tested
        assert done.returncode != 0
        assert "the log only grows" in done.stderr
    assert filled.open().head() == 3


def test_a_checkpoint_is_kept_once(filled: OnSqlite) -> None:
    assert filled.open()._tables.notes() == [(1, "note")]


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("DROP TRIGGER events_no_update", ["trigger events_no_update is gone"]),
        ("DROP TABLE persons", ["table persons is gone"]),
        ("CREATE TRIGGER spy AFTER INSERT ON events BEGIN SELECT 1; END", ["trigger spy was added"]),
        ("ALTER TABLE persons ADD COLUMN x TEXT", ["table persons was changed"]),
        ("SELECT 1", []),
    ],
)
def test_what_was_done_to_the_schema_is_named(filled: OnSqlite, statement: str, told: list[str]) -> None:
    with closing(sqlite3.connect(filled.path)) as connection:
        connection.execute(statement)
    assert filled.open().amiss() == told


@pytest.mark.parametrize("column", ["recorded_at", "occurred_on"])
@pytest.mark.parametrize("text", ["yesterday", "2005-01-01T00:00:00"])
def test_a_date_that_is_none_is_a_record_that_cannot_be_read(filled: OnSqlite, column: str, text: str) -> None:
    with closing(sqlite3.connect(filled.path)) as connection:
        connection.execute("DROP TRIGGER events_no_update")
        connection.execute(f"UPDATE events SET {column} = ? WHERE position = 3", (text,))  # noqa: S608 -- constants
        connection.commit()
    with pytest.raises(Problems, match="position 3: unreadable-event"):
        list(filled.open().scan())
    if column == "recorded_at":
        with pytest.raises(Problems, match="position 3: unreadable-event"):
            filled.open().last_recorded_at()


def test_a_row_of_a_view_that_cannot_be_read_is_named_and_can_be_made_again(filled: OnSqlite) -> None:
    with closing(sqlite3.connect(filled.path)) as connection:
        connection.execute("UPDATE views SET body = x'00' WHERE name = 'tally'")
        connection.commit()
    log = filled.open()
    for read in (lambda: log.row("tally", E1), lambda: log.rows("tally")):
        with pytest.raises(Problems, match=f"integrity-view .*{E1}.*campaign store rebuild"):
            read()
    log.rebuild()
    assert log.row("tally", E1)[0] == 2


def test_a_log_shorter_than_its_views_takes_nothing_more_until_they_are_folded_anew_on_purpose(
    filled: OnSqlite,
) -> None:
    with closing(sqlite3.connect(filled.path)) as connection:
        connection.execute("DROP TRIGGER events_no_delete")
        connection.execute("DELETE FROM events WHERE position = 3")
        connection.commit()
    log = filled.open()
    with pytest.raises(Problems, match=r"position 3: integrity-missing .*campaign audit verify"):
        log.append(batch("c3", write(E1, 2, status())))
    log.rebuild()
    assert log.append(batch("c3", write(E1, 2, status()))).first == 3


class Brittle(Tally):
    """A fold that does not survive a second event."""

    def evolve(self, row: object, record: object) -> object:
        return {None: super().evolve(row, record)}[row]


def test_a_fold_that_breaks_names_the_position_and_the_stream(filled: OnSqlite) -> None:
    with pytest.raises(Problems, match=f"position 2: integrity-fold .*{E1}"):
        filled.open([Brittle()]).rebuild()


def test_a_folder_is_no_store(tmp_path: Path) -> None:
    assert "folder" in refused(tmp_path, read_only=True)
    assert "folder" in refused(tmp_path)


def test_every_table_is_strict_and_the_file_is_stamped(shell: sqlite3.Connection) -> None:
    tables = shell.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'table'").fetchall()
    assert {name for name, _ in tables} >= {"events", "streams", "commands", "views", "view_positions", "persons"}
    assert all("STRICT" in sql for _, sql in tables)
    assert shell.execute("PRAGMA application_id").fetchone() == (schema.APPLICATION_ID,)
    assert shell.execute("PRAGMA user_version").fetchone() == (schema.SCHEMA,)


def test_a_writer_is_durable_and_strict(filled: OnSqlite) -> None:
    connection = filled.open()._tables._connection
    pragmas = {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")}
    assert pragmas == {"journal_mode": "wal", "synchronous": 2}
    assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_opening_the_store_loads_nothing_heavy() -> None:
    code = "import sys, campaign.store.sqlite; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"eventsourcing", "yaml", "dataclasses", "campaign.store.entries", "asyncio"} & set(loaded)


# --- opening -----------------------------------------------------------------------------------------------------


def refused(path: Path, **options: object) -> str:
    """Return the one problem that opening gives."""
    with pytest.raises(Problems) as caught:
        SqliteLog(path, [], lambda: None, **options)
    (problem,) = caught.value.problems
    assert problem.fix.template, "every problem has a remedy"
    return str(problem)


@pytest.mark.parametrize("options", [{"read_only": True}, {"create": False}])
def test_a_missing_store_is_not_made_by_chance(tmp_path: Path, options: dict[str, bool]) -> None:
    assert refused(tmp_path / "typo.db", **options).startswith("store-missing")
    assert list(tmp_path.iterdir()) == []


def test_a_store_cannot_be_made_in_a_directory_that_is_not_there(tmp_path: Path) -> None:
    assert re.match("store-missing .*No such file", refused(tmp_path / "no" / "s.db"))


def test_a_directory_is_not_a_store(tmp_path: Path) -> None:
    assert refused(tmp_path).startswith("store-missing")


@pytest.mark.parametrize("content", [b"", b"position,stream\n" * 500])
@pytest.mark.parametrize("read_only", [True, False])
def test_another_file_is_left_alone(tmp_path: Path, content: bytes, read_only: bool) -> None:  # noqa: FBT001 -- a parameter of the test
    path = tmp_path / "notes.csv"
    path.write_bytes(content)
    assert refused(path, read_only=read_only).startswith("store-not-ours")
    assert path.read_bytes() == content


def test_another_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE t (x)")
    assert refused(path).startswith("store-not-ours")


def test_a_store_of_a_later_schema_is_left_alone(filled: OnSqlite, shell: sqlite3.Connection) -> None:
    shell.execute(f"PRAGMA user_version = {schema.SCHEMA + 1}")
    assert refused(filled.path).startswith(f"store-too-new {filled.path} has schema 4; this program knows 3")


def test_a_store_of_the_first_schema_is_lifted_on_request_only_and_keeps_every_record(tmp_path: Path) -> None:
    path, once = tmp_path / "s.db", tmp_path / "once.db"
    build_first(once)
    shutil.copy(once, path)
    assert refused(path).startswith(f"store-too-old {path} has schema 1; this program writes 3")
    assert path.read_bytes() == once.read_bytes()
    assert [schema.lift(path), schema.lift(path)] == [(1, 3), (3, 3)]
    with closing(SqliteLog(path, [], lambda: datetime(2005, 8, 18, tzinfo=UTC))) as log:
        assert log.amiss() == []
        assert [canonical(row) for row in log.scan_rows()] == [FIRST]
        log.append(batch("c-2", write("entity:b", 0, status()), account="os:li"))
        assert [record.account for record in log.scan()] == ["", "os:li"]


def build_first(path: Path) -> None:
    """Make a store as it was before records named an account, with one record."""
    made = schema.statements().replace("    account TEXT NOT NULL DEFAULT '',\n", "")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(made.replace(f"user_version = {schema.SCHEMA}", "user_version = 1"))
        connection.execute("DROP TABLE access")
        connection.execute("INSERT INTO streams VALUES (1, 'entity:a')")
        connection.execute(
            "INSERT INTO events VALUES (1, 1, 1, ?, ?, '2005-08-17', 'a', 'b', 'c', 0, NULL, ?)", FIRST_ROW
        )


STATUS = Codec().encode(status())
FIRST_ROW = ("operating_status_changed.v1", "2005-08-17T00:00:00.000000Z", STATUS)
FIRST = (
    b'["campaign-record.v1",1,"entity:a",1,"operating_status_changed.v1","2005-08-17T00:00:00.000000Z","2005-08-17",'
    b'"a","b","c",null,%b]' % STATUS
)


def test_lifting_leaves_alone_what_is_no_store_or_a_later_one(tmp_path: Path, filled: OnSqlite) -> None:
    with pytest.raises(Problems, match="store-missing"):
        schema.lift(tmp_path / "none.db")
    other = tmp_path / "other.db"
    other.write_bytes(b"")
    with pytest.raises(Problems, match="store-not-ours"):
        schema.lift(other)
    (tmp_path / "text.db").write_bytes(b"position,stream\n" * 500)
    with pytest.raises(Problems, match="store-not-ours"):
        schema.lift(tmp_path / "text.db")
    with closing(sqlite3.connect(filled.path)) as connection:
        connection.execute(f"PRAGMA user_version = {schema.SCHEMA + 1}")
    with pytest.raises(Problems, match="store-too-new"):
        schema.lift(filled.path)


def test_a_store_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    schema.create(path)
    inode = path.stat().st_ino
    schema.create(path)
    assert path.stat().st_ino == inode
    assert [each.name for each in tmp_path.iterdir()] == ["s.db"]


def test_two_processes_may_make_the_same_store_at_once(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from campaign.store import schema; "
        "sys.stdin.read(1); schema.create(Path(sys.argv[1])); "
        "schema.connect(Path(sys.argv[1]), read_only=False, synchronous='FULL', timeout=5).close()"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "s.db")]
    running = [subprocess.Popen(command, stdin=subprocess.PIPE) for _ in range(4)]
    for process in running:
        assert process.stdin is not None
        process.stdin.write(b"x")
        process.stdin.close()
    assert [process.wait() for process in running] == [0] * 4
    assert {each.name for each in tmp_path.iterdir()} <= {"s.db", "s.db-wal", "s.db-shm"}, "no draft is left behind"


def test_a_busy_store_says_so(filled: OnSqlite, shell: sqlite3.Connection) -> None:
    log = filled.open(timeout=0.0)
    shell.execute("BEGIN IMMEDIATE")
    with pytest.raises(Problems, match="store-busy another program is writing"):
        log.append(batch("c3", write(E1, 2, status())))
    shell.execute("ROLLBACK")
    log.append(batch("c3", write(E1, 2, status())))


def test_a_full_store_says_so_and_nothing_is_written(filled: OnSqlite) -> None:
    log = filled.open()
    connection = log._tables._connection
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(Problems, match="store-full there is no room left"):
        log.append(batch("c3", write(E1, 2, *[status("x" * 3000)] * 9)))
    connection.execute("PRAGMA max_page_count = 1000000")
    assert (log.head(), log.outcome("c3", "digest of c3")) == (3, None)
    log.append(batch("c3", write(E1, 2, status())))
    assert log.row("tally", E1)[0] == 3


@pytest.mark.parametrize("table", ["events", "sqlite_autoindex_events_1", "sqlite_schema"])
def test_a_damaged_file_says_so(filled: OnSqlite, table: str) -> None:
    with closing(sqlite3.connect(filled.path)) as connection:
        found = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
    filled.close()
    with filled.path.open("r+b") as file:
        file.seek((found[0] - 1) * 4096 if found else 100)
        file.write(b"\xff" * 3996)

    def use() -> None:
        log = filled.open()
        list(log.read(E1))
        log.append(batch("c3", write(E1, 2, status())))

    with pytest.raises(Problems, match="store-damaged"):
        use()


def test_a_mistake_of_our_own_is_not_called_the_disks(filled: OnSqlite) -> None:
    log = filled.open()
    with pytest.raises(sqlite3.OperationalError, match="no such column"), log._tables.writing():
        log._tables._run("SELECT naught FROM events")
    with pytest.raises(sqlite3.ProgrammingError):
        log.close() or log.head()


# --- reading only ------------------------------------------------------------------------------------------------


@pytest.fixture
def apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give a directory that a user without rights can reach."""
    directory = tmp_path_factory.mktemp("shared")
    for parent in (directory, *directory.parents):
        if parent.stat().st_uid == os.getuid() and parent.name.startswith(("pytest", "popen", "shared")):
            parent.chmod(0o755)
    yield directory
    directory.chmod(0o755)


@contextmanager
def without_rights() -> Iterator[None]:
    """Act as a user whom file modes bind: root may read and write everywhere."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


def looked_at(path: Path, *, read_only: bool = True) -> str:
    """Return the head of a store as a user without rights finds it, or the problem."""
    with without_rights():
        try:
            with closing(SqliteLog(path, [], lambda: START, read_only=read_only)) as log:
                if not read_only:
                    log.append(batch("c9", write(E2, 0, status())))
                return str(log.head())
        except Problems as problems:
            return str(problems)


def test_a_store_in_a_directory_that_may_not_be_written_is_read_and_no_byte_changes(apart: Path) -> None:
    path = apart / "s.db"
    with closing(SqliteLog(path, [Tally()], lambda: START)) as log:
        log.append(batch("c1", write(E1, 0, status(), OPENED)))
    before = {each.name: each.read_bytes() for each in apart.iterdir()}
    apart.chmod(0o555)
    path.chmod(0o444)
    assert looked_at(path) == "2"
    assert looked_at(path, read_only=False).startswith("store-read-only")
    assert {each.name: each.read_bytes() for each in apart.iterdir()} == before


def test_what_cannot_be_opened_but_read_lies_where_nothing_may_be_written(apart: Path) -> None:
    """A disk that is read-only looks to SQLite like a file that is not there."""
    path = apart / "s.db"
    schema.create(path)
    with pytest.raises(sqlite3.OperationalError) as caught:
        sqlite3.connect(apart / "no" / "s.db")
    said = "can be read, but the disk or the folder that it lies on may not be written"
    found = schema.unopened(caught.value, path)
    assert (found.code, str(found.message)) == ("store-read-only", f"{path} {said}")
    assert schema.unopened(caught.value, apart / "other.db").code == "store-missing"
    apart.chmod(0o555)
    if not os.access(apart, os.W_OK):
        assert schema.unopened(caught.value, apart / "other.db").code == "store-read-only"


def test_a_store_that_cannot_be_made_says_whether_the_disk_is_barred_or_full(
    apart: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    apart.chmod(0o555)
    with without_rights(), pytest.raises(Problems, match=r"store-read-only .* cannot be made: Permission denied"):
        schema.create(apart / "new.db")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "link", full)
    with pytest.raises(Problems, match=r"store-full .* cannot be made: No space left"):
        schema.create(apart / "new.db")
    assert list(apart.iterdir()) == []


def test_commits_that_cannot_be_seen_are_not_passed_over_in_silence(apart: Path) -> None:
    path = apart / "s.db"
    copy = apart / "copy"
    with closing(SqliteLog(path, [], lambda: START)) as log:
        log.append(batch("c1", write(E1, 0, status())))
        copy.mkdir()
        for suffix in ("", "-wal"):
            shutil.copy(f"{path}{suffix}", copy)
    copy.chmod(0o555)
    assert looked_at(copy / "s.db").startswith("store-read-only")
    assert "copy it together with s.db-wal into a directory that you can write" in looked_at(copy / "s.db")


def test_a_store_that_may_not_be_read_says_so(apart: Path) -> None:
    path = apart / "s.db"
    schema.create(path)
    path.chmod(0o600)
    if os.geteuid() == 0:
        assert looked_at(path).startswith("store-missing")
        assert looked_at(path, read_only=False).startswith("store-missing")


def test_a_directory_that_may_not_be_entered_says_so(apart: Path) -> None:
    inner = apart / "inner"
    inner.mkdir()
    inner.chmod(0o700 if os.geteuid() == 0 else 0)
    assert looked_at(inner / "s.db", read_only=False).startswith("store-missing")
    inner.chmod(0o755)


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """Let no file grow beyond SIZE bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


def test_a_disk_without_room_for_a_new_store_leaves_nothing_behind(tmp_path: Path) -> None:
    with room_for(8192):
        problem = refused(tmp_path / "s.db")
    assert re.match("store-(full|io)", problem)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("room", range(150_000, 400_000, 25_111))
def test_a_disk_that_fills_up_refuses_a_command_whole_and_loses_none(sqlite: OnSqlite, room: int) -> None:
    """P-05, short form: the write-ahead log may not grow any further, at sizes that fall anywhere in a command."""
    log = sqlite.open()
    with room_for(room), pytest.raises(Problems, match=r"store-(full|io)"):
        append_for_ever(log)
    done = log.head() // 2
    assert [outcome is not None for outcome in outcomes(log, done + 2)] == [True] * done + [False] * 2
    log.append(batch(f"c{done}", write(E1, 2 * done, status(), status())))
    again = sqlite.open()
    assert again.head() == log.head() == again.row("tally", E1)[0] == 2 * done + 2


def append_for_ever(log: SqliteLog) -> None:
    for number in count():
        log.append(batch(f"c{number}", write(E1, 2 * number, status("x" * 900), status("y" * 700))))


def outcomes(log: SqliteLog, many: int) -> list[Outcome | None]:
    return [log.outcome(f"c{number}", f"digest of c{number}") for number in range(many)]


# --- erasing -----------------------------------------------------------------------------------------------------


def test_no_byte_of_an_erased_person_remains(sqlite: OnSqlite) -> None:
    log = sqlite.open()
    for number in range(40):
        log.put_person(f"p{number}", f"person {number}: SECRET-A{number} ".encode() * 30)
    log.put_person("p7", b"person 7: SECRET-B7 " * 10)
    log.append(batch("c1", write(E1, 0, status())))
    assert b"SECRET-B7" in everything(sqlite.path)
    log.erase_person("p7")
    assert log.person("p7") is None
    left = everything(sqlite.path)
    assert b"SECRET-A7 " not in left
    assert b"SECRET-B7 " not in left
    assert b"SECRET-A8 " in left


def everything(path: Path) -> bytes:
    return b"".join(each.read_bytes() for each in path.parent.iterdir())
