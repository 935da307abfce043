"""The SQLite file: its tables, and how it is made and opened."""

import errno
import os
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal

from campaign.problems import Problem, Problems, T
from campaign.store.faults import problem_of

APPLICATION_ID = 0x43414D50
"""`CAMP`, in the file's header."""
SCHEMA = 3
"""The file's user_version: 2 since records name an account, 3 since there is an access journal."""

Synchronous = Literal["OFF", "NORMAL", "FULL", "EXTRA"]

ACCESS = """CREATE TABLE access (
    number INTEGER PRIMARY KEY,
    recorded_at TEXT NOT NULL,
    account TEXT NOT NULL,
    actor TEXT NOT NULL,
    command TEXT NOT NULL,
    subject TEXT NOT NULL,
    reason TEXT NOT NULL,
    command_id TEXT NOT NULL
) STRICT"""
ACCESS_GROW = """CREATE TRIGGER access_grow BEFORE INSERT ON access BEGIN
    SELECT RAISE(ABORT, 'the log only grows: an attempt is noted once')
        WHERE NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM access);
END"""

TABLES = f"""
{ACCESS};

CREATE TABLE streams (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE events (
    position INTEGER PRIMARY KEY,
    stream INTEGER NOT NULL REFERENCES streams (id),
    version INTEGER NOT NULL,
    topic TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    occurred_on TEXT NOT NULL,
    actor TEXT NOT NULL,
    role TEXT NOT NULL,
    command_id TEXT NOT NULL,
    command_index INTEGER NOT NULL,
    causation INTEGER,
    body BLOB NOT NULL,
    account TEXT NOT NULL DEFAULT '',
    UNIQUE (stream, version),
    UNIQUE (command_id, command_index)
) STRICT;

CREATE TABLE commands (
    command_id TEXT PRIMARY KEY,
    digest TEXT NOT NULL,
    accepted INTEGER NOT NULL CHECK (accepted IN (0, 1)),
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    recorded_at TEXT NOT NULL,
    result BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE views (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    key TEXT NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (name, key)
) STRICT;

CREATE TABLE view_positions (
    name TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE persons (
    person TEXT PRIMARY KEY,
    body BLOB NOT NULL
) STRICT;

CREATE TABLE tree (
    level INTEGER NOT NULL,
    place INTEGER NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (level, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoints (
    id INTEGER PRIMARY KEY,
    size INTEGER NOT NULL,
    note TEXT NOT NULL UNIQUE
) STRICT;
"""

# REPLACE would delete the row it collides with and fire no DELETE trigger, so every INSERT is checked beforehand.
TRIGGERS = """
CREATE TRIGGER events_grow BEFORE INSERT ON events BEGIN
    SELECT RAISE(ABORT, 'the log only grows: a position is the last one plus 1')
        WHERE NEW.position <> (SELECT COALESCE(MAX(position), 0) + 1 FROM events);
    SELECT RAISE(ABORT, 'the log only grows: a version is the last one of its stream plus 1')
        WHERE NEW.version <> (SELECT COALESCE(MAX(version), 0) + 1 FROM events WHERE stream = NEW.stream);
    SELECT RAISE(ABORT, 'the log only grows: a command writes once')
        WHERE EXISTS (SELECT 1 FROM events WHERE command_id = NEW.command_id AND command_index = NEW.command_index);
END;
CREATE TRIGGER streams_grow BEFORE INSERT ON streams BEGIN
    SELECT RAISE(ABORT, 'the log only grows: a stream is named once')
        WHERE NEW.id <> (SELECT COALESCE(MAX(id), 0) + 1 FROM streams)
        OR EXISTS (SELECT 1 FROM streams WHERE name = NEW.name);
END;
CREATE TRIGGER commands_grow BEFORE INSERT ON commands BEGIN
    SELECT RAISE(ABORT, 'the log only grows: a command has one outcome')
        WHERE EXISTS (SELECT 1 FROM commands WHERE command_id = NEW.command_id);
END;
CREATE TRIGGER checkpoints_grow BEFORE INSERT ON checkpoints BEGIN
    SELECT RAISE(ABORT, 'the log only grows: a checkpoint is kept once')
        WHERE EXISTS (SELECT 1 FROM checkpoints WHERE id = NEW.id OR note = NEW.note);
END;
"""

LASTING = ("events", "streams", "commands", "checkpoints", "access")
"""Tables in which nothing is ever changed or deleted."""
CHANGES = ("UPDATE", "DELETE")


def statements() -> str:
    """Return the whole schema."""
    refusals = "".join(f"{refusing(table, verb)};\n" for table in LASTING for verb in CHANGES)
    stamps = f"PRAGMA application_id = {APPLICATION_ID};\nPRAGMA user_version = {SCHEMA};\n"
    return f"{TABLES}{TRIGGERS}{ACCESS_GROW};\n{refusals}{stamps}"


def refusing(table: str, verb: str) -> str:
    """Return the trigger that refuses VERB on TABLE."""
    return (
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} BEGIN\n"
        f"    SELECT RAISE(ABORT, 'the log only grows: {verb} on {table} is refused');\nEND"
    )


def amiss(connection: sqlite3.Connection) -> list[str]:
    """Name every table and trigger that is not as this program makes it: dropped, changed or added by somebody."""
    blank = sqlite3.connect(":memory:")
    blank.executescript(statements())
    due, found = _objects(blank), _objects(connection)
    blank.close()
    gone = [f"{name} is gone" for name in due if name not in found]
    changed = [f"{name} was changed" for name, made in due.items() if found.get(name, made).split() != made.split()]
    return [*gone, *changed, *(f"{name} was added" for name in found if name not in due)]


def _objects(connection: sqlite3.Connection) -> dict[str, str]:
    query = "SELECT type || ' ' || name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name"
    return dict(connection.execute(query).fetchall())


def create(path: Path) -> None:
    """Make an empty store at PATH unless there is one: it appears whole or not at all.

    Raises Problems (codes `store-read-only`, `store-full`, `store-missing`) when the directory cannot be written.
    """
    if present(path):
        return
    draft = path.with_name(f"{path.name}.{os.urandom(4).hex()}.new")
    try:
        draft.open("xb").close()
        build(draft)
        with suppress(FileExistsError):  # another process was quicker; its store is as good
            os.link(draft, path)
        sync_directory(path.parent)
    except OSError as error:
        raise Problems([unmade(path, error)]) from error
    finally:
        clear(draft)


def clear(draft: Path) -> None:
    """Take away what is left of a DRAFT; a disk that is read-only refuses even to lose what is not there."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        with suppress(OSError):
            draft.with_name(draft.name + suffix).unlink(missing_ok=True)


def present(path: Path) -> bool:
    """Whether there is something at PATH. Raises Problems (code `store-missing`) when nobody may look."""
    try:
        path.stat()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise Problems([missing(path, error.strerror or str(error))]) from error
    return True


def build(path: Path) -> None:
    """Write the schema into an empty file; the write-ahead mode is kept in the file's header."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.executescript(f"BEGIN;\n{statements()}COMMIT;")
    except sqlite3.Error as error:
        raise Problems([problem_of(error, path)]) from error
    finally:
        connection.close()


def sync_directory(path: Path) -> None:
    """Make a new name in a directory survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def connect(
    path: Path, *, read_only: bool, synchronous: Synchronous, timeout: float, shared: bool = False
) -> sqlite3.Connection:
    """Open a store; TIMEOUT is how many seconds to wait for another writer; SHARED when threads take turns on it.

    Raises Problems, codes `store-` and `missing`, `not-ours`, `too-old`, `too-new`, `read-only`, `busy`.
    """
    if not present(path):
        raise Problems([missing(path, "there is no such file")])
    if path.is_dir():
        raise Problems([missing(path, "it is a folder")])
    if read_only:
        return connect_to_read(path, timeout)
    pragmas = (f"synchronous = {synchronous}", "foreign_keys = ON", "fullfsync = ON", "cell_size_check = ON")
    return open_file(path, "mode=rw", timeout, pragmas, shared=shared)


def connect_to_read(path: Path, timeout: float) -> sqlite3.Connection:
    """Open for reading only.

    In a directory that may not be written, SQLite can open a write-ahead database only as immutable, and would then not
    look at the -wal file: allowed only when there is nothing in it.
    """
    try:
        return open_file(path, "mode=ro", timeout)
    except Problems as problems:
        cannot_open = problems.problems[0].code in ("store-missing", "store-read-only")
        pending = path.with_name(path.name + "-wal")
        if not cannot_open or not os.access(path, os.R_OK):
            raise
        if pending.exists() and pending.stat().st_size:
            message = T("{path} has commits that are not yet in the file itself and cannot be read here", path=path)
            fix = T("copy it together with {wal} into a directory that you can write", wal=pending.name)
            raise Problems([Problem("store-read-only", message, fix)]) from problems
        return open_file(path, "mode=ro&immutable=1", timeout)


def open_file(
    path: Path, query: str, timeout: float, pragmas: Sequence[str] = (), *, shared: bool = False
) -> sqlite3.Connection:
    """Connect, look at the header and set PRAGMAS. Raises Problems."""
    uri = f"{path.absolute().as_uri()}?{query}"
    connection: sqlite3.Connection | None = None
    try:
        connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=timeout, check_same_thread=not shared)
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone()
        header(path, application, version)
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")
    except (sqlite3.Error, Problems) as error:
        if connection is not None:
            connection.close()
        if isinstance(error, Problems):
            raise
        raise Problems([unopened(error, path)]) from error
    return connection


LIFTS = {
    1: ("ALTER TABLE events ADD COLUMN account TEXT NOT NULL DEFAULT ''",),
    2: (ACCESS, ACCESS_GROW, *(refusing("access", verb) for verb in CHANGES)),
}
"""By the schema that each lifts to the next: statements."""


def lift(path: Path, timeout: float = 30.0) -> tuple[int, int]:
    """Bring a store's schema up to date in one transaction; return the version found and the one that it has now.

    Safe when several start at once.  Raises Problems (codes `store-…`).
    """
    if not present(path):
        raise Problems([missing(path, "there is no such file")])
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=timeout)
    try:
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        connection.execute("BEGIN IMMEDIATE")
        (found,) = connection.execute("PRAGMA user_version").fetchone()
        header(path, application, SCHEMA if found in LIFTS else found)
        for version in range(found, SCHEMA):
            for statement in LIFTS[version]:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {SCHEMA}")
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise Problems([unopened(error, path)]) from error
    finally:
        connection.close()
    return found, SCHEMA


def header(path: Path, application: int, version: int) -> None:
    """Raise Problems unless the file is a store that this program knows."""
    if application != APPLICATION_ID:
        fix = T("name another file with --store, or make a new store")
        raise Problems([Problem("store-not-ours", T("{path} is not a store of this program", path=path), fix)])
    if version < SCHEMA:
        message = T("{path} has schema {found}; this program writes {known}", path=path, found=version, known=SCHEMA)
        fix = T("back it up, then lift it with `campaign store migrate`")
        raise Problems([Problem("store-too-old", message, fix)])
    if version > SCHEMA:
        message = T("{path} has schema {found}; this program knows {known}", path=path, found=version, known=SCHEMA)
        raise Problems([Problem("store-too-new", message, T("use the version of the program that made it"))])


def unopened(error: sqlite3.Error, path: Path) -> Problem:
    """Say why the store at PATH is not open: SQLite says no more of a disk that may not be written than of no file."""
    problem = problem_of(error, path)
    if problem.code != "store-missing":
        return problem
    if readable(path):
        message = T("{path} can be read, but the disk or the folder that it lies on may not be written", path=path)
        return Problem("store-read-only", message, WRITABLE)
    if path.parent.is_dir() and not os.access(path.parent, os.W_OK):
        return unmade(path, OSError(errno.EACCES, os.strerror(errno.EACCES)))
    return problem


def readable(path: Path) -> bool:
    """Whether there is a file at PATH that may be read, by whoever this process acts for."""
    with suppress(OSError):
        path.open("rb").close()
        return True
    return False


BARRED = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
WRITABLE = T("have the disk and the folder made writable, or name a store elsewhere")


def unmade(path: Path, error: OSError) -> Problem:
    """Say why no store could be made at PATH."""
    reason = error.strerror or str(error)
    message = T("{path} cannot be made: {reason}", path=path, reason=reason)
    if error.errno in BARRED:
        return Problem("store-read-only", message, WRITABLE)
    if error.errno in FULL:
        return Problem("store-full", message, T("make room on the disk and give the command again"))
    return missing(path, reason)


def missing(path: Path, reason: str) -> Problem:
    """Say that there is no store to open."""
    message = T("{path} cannot be opened: {reason}", path=path, reason=reason)
    return Problem(
        "store-missing", message, T("check the path and its permissions, or make a store with `campaign apply`")
    )
