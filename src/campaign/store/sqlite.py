"""The log on SQLite: one file, many readers, one writer at a time."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from itertools import count, repeat
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import msgspec

from campaign.problems import Problem, Problems, T
from campaign.store.codec import Codec
from campaign.store.engine import Engine
from campaign.store.faults import lacking, problem_of
from campaign.store.log import About, Attempt, Clock, Outcome, Row, Size, View, attempt_of
from campaign.store.raw import joined, raw_rows
from campaign.store.schema import Synchronous, amiss, connect, create
from campaign.store.tables import Tables

P = ParamSpec("P")
R = TypeVar("R")

REST = "version, topic, recorded_at, occurred_on, actor, role, command_id, causation, account, body"
INSERT = "INSERT INTO events VALUES (?1, ?13, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?14, ?10, ?12, ?11)"
"""Takes a row as it is, name and all, and behind it the stream's key and the event's place in the command."""
TIP = "SELECT position, recorded_at FROM events ORDER BY position DESC LIMIT 1"
NAMED = f"SELECT position, name, {REST} FROM events CROSS JOIN streams ON streams.id = stream"  # noqa: S608 -- constants
BY_POSITION = f"{NAMED} WHERE position > ? AND position <= ? ORDER BY position"
BY_PREFIX = f"{NAMED} WHERE position > ? AND position <= ? AND name >= ? AND name <= ? ORDER BY position"
BY_STREAM = f"""SELECT position, ?, {REST} FROM events
    WHERE stream = ? AND version > ? AND version <= ? ORDER BY version"""  # noqa: S608 -- constants
SAVE = """INSERT INTO views (name, key, body) VALUES (?, ?, ?)
    ON CONFLICT (name, key) DO UPDATE SET body = excluded.body"""
MARK = """INSERT INTO view_positions VALUES (?, ?, ?)
    ON CONFLICT (name) DO UPDATE SET version = excluded.version, position = excluded.position"""
PEEK = """SELECT p.version, p.position, (SELECT COALESCE(MAX(position), 0) FROM events), v.body
    FROM (SELECT ? AS name, ? AS key) AS asked
    LEFT JOIN view_positions AS p ON p.name = asked.name
    LEFT JOIN views AS v ON v.name = asked.name AND v.key = asked.key"""
KEEP_NOTE = """INSERT INTO checkpoints (size, note) SELECT ?1, ?2
    WHERE NOT EXISTS (SELECT 1 FROM checkpoints WHERE note = ?2)"""
TOLD = """SELECT command_id, digest, accepted, result, first, last, recorded_at FROM commands
    WHERE command_id IN (SELECT value FROM json_each(?)) ORDER BY command_id"""
NOTE = "INSERT INTO access SELECT COALESCE(MAX(number), 0) + 1, ?, ?, ?, ?, ?, ?, ? FROM access"
TABLE_NAMES = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"
TABLE_BYTES = """SELECT tbl_name, SUM(pgsize) FROM dbstat JOIN sqlite_schema USING (name)
    WHERE aggregate = TRUE GROUP BY tbl_name"""
PUT_PERSON = "INSERT INTO persons VALUES (?, ?) ON CONFLICT (person) DO UPDATE SET body = excluded.body"

LAST = "\U0010ffff"
"""Follows every character that a name may have."""
MAX_VERSION = 2**63 - 1


class SqliteLog(Engine):
    """The log in an SQLite file."""

    def __init__(  # noqa: PLR0913 -- each is a choice of the one caller, by keyword
        self,
        path: Path | str,
        views: Sequence[View],
        clock: Clock,
        *,
        read_only: bool = False,
        synchronous: Synchronous = "FULL",
        create: bool = True,
        timeout: float = 30.0,
        codec: Codec | None = None,
    ) -> None:
        """Open the store at PATH; make it if it is not there, unless it is read only or CREATE is false.

        timeout: seconds to wait for another writer.  Raises Problems (codes `store-…`).
        """
        opened = open_tables(Path(path), read_only=read_only, synchronous=synchronous, make=create, timeout=timeout)
        super().__init__(opened, views, clock, codec)


def open_tables(path: Path, *, read_only: bool, synchronous: Synchronous, make: bool, timeout: float) -> "SqliteTables":
    """Open the tables of a store, making it first if so wished. Raises Problems (codes `store-…`)."""
    if make and not read_only:
        create(path)
    connection = connect(path, read_only=read_only, synchronous=synchronous, timeout=timeout)
    return SqliteTables(connection, path, read_only=read_only)


def shared_tables(path: Path, timeout: float = 30.0) -> "SqliteTables":
    """Open the tables of a store for a thread of many, by a connection that another thread may close."""
    connection = connect(path, read_only=False, synchronous="FULL", timeout=timeout, shared=True)
    return SqliteTables(connection, path)


def translated(
    method: Callable[Concatenate["SqliteTables", P], R],
) -> Callable[Concatenate["SqliteTables", P], R]:
    """Turn SQLite's errors into Problems."""

    @wraps(method)
    def call(self: "SqliteTables", /, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return method(self, *args, **kwargs)
        except sqlite3.Error as error:
            raise Problems([lacking(error, self.path) or problem_of(error, self.path)]) from error

    return call


class SqliteTables(Tables):
    """The tables of one SQLite file, through one connection."""

    def __init__(self, connection: sqlite3.Connection, path: object, *, read_only: bool = False) -> None:
        """Take over CONNECTION, in autocommit mode; PATH is for messages."""
        self.path = path
        self.read_only = read_only
        self._connection = connection
        self._within = False
        self._run = connection.execute
        self._ids: dict[str, int] = {}

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Take the lock at once, not at the first write: then nothing that was read can have moved."""
        if self.read_only:
            message = T("{path} was opened for reading only", path=self.path)
            raise Problems([Problem("store-read-only", message, T("open it for writing"))])
        if self._within:
            yield
            return
        try:
            self._run("BEGIN IMMEDIATE")
            self._within = True
            yield
            self._run("COMMIT")
        except BaseException as error:
            self._ids.clear()  # streams made in this transaction are gone
            if self._connection.in_transaction:
                self._run("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                raise Problems([lacking(error, self.path) or problem_of(error, self.path)]) from error
            raise
        finally:
            self._within = False

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Read from one snapshot."""
        if self._within:
            yield
            return
        self._begin()
        try:
            yield
        finally:
            self._run("ROLLBACK")

    @translated
    def _begin(self) -> None:
        self._run("BEGIN")

    @translated
    def tip(self) -> tuple[int, str]:
        """Return the last position and its recorded_at."""
        found: tuple[int, str] | None = self._run(TIP).fetchone()
        return found or (0, "")

    @translated
    def instant(self, position: int) -> str:
        """Return recorded_at of a position."""
        return str(self._one("SELECT recorded_at FROM events WHERE position = ?", position))

    @translated
    def stand(self, stream: str) -> int:
        """Return the stream's last version."""
        key = self._id(stream)
        return 0 if key is None else int(self._one("SELECT MAX(version) FROM events WHERE stream = ?", key) or 0)

    @translated
    def touched(self, stream: str, after: int, topics: Iterable[str]) -> bool:
        """Whether the stream has later events of some topics."""
        wanted = sorted(topics)
        query = f"""SELECT 1 FROM events WHERE stream = ? AND version > ?
            AND topic IN ({", ".join("?" * len(wanted))}) LIMIT 1"""  # noqa: S608 -- question marks
        return self._one(query, self._id(stream), after, *wanted) is not None

    def insert(self, rows: Sequence[Row]) -> None:
        """Add rows at the end, inside the writing transaction."""
        ids = self._ids
        for row in rows:
            if row[1] not in ids and self._id(row[1]) is None:
                self._name_stream(row[1])
        self._connection.executemany(INSERT, ((*row, ids[row[1]], index) for index, row in enumerate(rows)))

    @translated
    def rows(self, after: int, to: int, prefix: str) -> list[Row]:
        """Return rows by position; the join puts names in the place of keys faster than Python would."""
        if prefix:
            return self._run(BY_PREFIX, (after, to, prefix, prefix + LAST)).fetchall()
        return self._run(BY_POSITION, (after, to)).fetchall()

    @translated
    def stream_rows(self, stream: str, after: int, to: int | None) -> list[Row]:
        """Return rows of a stream by version."""
        key = self._id(stream)
        end = MAX_VERSION if to is None else to
        return [] if key is None else self._run(BY_STREAM, (stream, key, after, end)).fetchall()

    @translated
    def streams(self, prefix: str) -> list[str]:
        """Return the names of streams in order."""
        query = "SELECT name FROM streams WHERE name >= ? AND name <= ? ORDER BY name"
        return [name for (name,) in self._run(query, (prefix, prefix + LAST))]

    @translated
    def outcome(self, command_id: str) -> Outcome | None:
        """Return what a command came to."""
        query = "SELECT command_id, digest, accepted, result, first, last FROM commands WHERE command_id = ?"
        found = self._run(query, (command_id,)).fetchone()
        if found is None:
            return None
        return Outcome(found[0], found[1], bool(found[2]), *found[3:])

    def remember(self, outcome: Outcome, recorded_at: str) -> None:
        """Keep what a command came to, inside the writing transaction."""
        kept = (outcome.command_id, outcome.digest, int(outcome.accepted), outcome.first, outcome.last)
        self._run("INSERT INTO commands VALUES (?, ?, ?, ?, ?, ?, ?)", (*kept, recorded_at, outcome.result))

    def note(self, attempts: Sequence[Attempt], recorded_at: str) -> None:
        """Add to the access journal."""
        with self.writing():
            self._connection.executemany(NOTE, ((recorded_at, *msgspec.structs.astuple(one)[:6]) for one in attempts))

    @translated
    def attempts(self) -> list[Attempt]:
        """Return the access journal."""
        return [attempt_of(row) for row in self._run("SELECT * FROM access ORDER BY number")]

    @translated
    def checkpoints(self) -> dict[str, tuple[int, int]]:
        """Return (fold version, position) by view."""
        found = self._run("SELECT name, version, position FROM view_positions").fetchall()
        return {name: (version, position) for name, version, position in found}

    def mark(self, checkpoints: Iterable[tuple[str, int, int]]) -> None:
        """Set the checkpoints of views, inside the writing transaction."""
        self._connection.executemany(MARK, checkpoints)

    @translated
    def peek(self, view: str, key: str) -> tuple[tuple[int, int] | None, int, bytes | None]:
        """Return a checkpoint, the last position and a row, by one statement."""
        version, position, head, body = self._run(PEEK, (view, key)).fetchone()
        return None if version is None else (version, position), head, body

    @translated
    def view_row(self, view: str, key: str) -> bytes | None:
        """Return one row of a view."""
        found: bytes | None = self._one("SELECT body FROM views WHERE name = ? AND key = ?", view, key)
        return found

    @translated
    def view_rows(self, view: str, prefix: str) -> list[tuple[str, bytes]]:
        """Return rows of a view in order of key."""
        query = "SELECT key, body FROM views WHERE name = ? AND key >= ? AND key <= ? ORDER BY key"
        return self._run(query, (view, prefix, prefix + LAST)).fetchall()

    def save(self, view: str, rows: Iterable[tuple[str, bytes]]) -> None:
        """Add or replace rows of a view, inside the writing transaction."""
        self._connection.executemany(SAVE, ((view, key, body) for key, body in rows))

    def clear(self, view: str) -> None:
        """Drop all rows of a view, inside the writing transaction."""
        self._run("DELETE FROM views WHERE name = ?", (view,))

    @translated
    def person(self, person: str) -> bytes | None:
        """Return a person's particulars."""
        found: bytes | None = self._one("SELECT body FROM persons WHERE person = ?", person)
        return found

    def put_person(self, person: str, body: bytes) -> None:
        """Keep a person's particulars; what they replace is overwritten with zeros."""
        self._shred(PUT_PERSON, (person, body))

    def erase_person(self, person: str) -> None:
        """Overwrite a person's particulars with zeros, in the file and in the write-ahead log."""
        self._shred("DELETE FROM persons WHERE person = ?", (person,))
        self._truncate()

    @translated
    def sealed(self) -> int:
        """Return how many leaves the kept tree has."""
        return int(self._one("SELECT COALESCE(MAX(place), -1) + 1 FROM tree WHERE level = 0"))

    @translated
    def hashes(self, level: int, first: int, stop: int) -> list[bytes]:
        """Return kept hashes of a level; a place without one ends them."""
        query = "SELECT place, hash FROM tree WHERE level = ? AND place >= ? AND place < ? ORDER BY place"
        found = self._run(query, (level, first, stop)).fetchall()
        return [kept for due, (place, kept) in enumerate(found, first) if place == due]

    @translated
    def joined(self, level: int, first: int, stop: int) -> bytes | None:
        """Return kept hashes in one piece."""
        return joined(self._connection, level, first, stop) or super().joined(level, first, stop)

    def keep_hashes(self, level: int, first: int, hashes: Sequence[bytes]) -> None:
        """Keep hashes of a level from a place on, inside the writing transaction."""
        self._connection.executemany(
            "INSERT OR REPLACE INTO tree VALUES (?, ?, ?)", zip(repeat(level), count(first), hashes, strict=False)
        )

    def clear_tree(self) -> None:
        """Drop the kept tree, inside the writing transaction."""
        self._run("DELETE FROM tree")

    @translated
    def notes(self) -> list[tuple[int, str]]:
        """Return every checkpoint kept."""
        return self._run("SELECT size, note FROM checkpoints ORDER BY id").fetchall()

    def keep_note(self, size: int, note: str) -> None:
        """Keep a checkpoint, once, inside the writing transaction."""
        self._run(KEEP_NOTE, (size, note))

    def raw_rows(self, after: int, limit: int) -> list[Row | int]:
        """Return rows by position as they lie there, or their positions."""
        return raw_rows(self._connection, after, limit)

    @translated
    def outcomes(self, after: str, limit: int) -> list[Outcome]:
        """Return outcomes of commands in order of id."""
        query = "SELECT command_id FROM commands WHERE command_id > ? ORDER BY command_id LIMIT ?"
        named = [self.outcome(name) for (name,) in self._run(query, (after, limit)).fetchall()]
        return [outcome for outcome in named if outcome is not None]

    @translated
    def told(self, command_ids: Sequence[str]) -> list[tuple[Outcome, str]]:
        """Return outcomes by command, with when they were recorded."""
        found = self._run(TOLD, (json.dumps(command_ids),)).fetchall()
        return [(Outcome(name, digest, bool(accepted), *rest), at) for name, digest, accepted, *rest, at in found]

    @translated
    def persons(self, after: str, limit: int) -> list[tuple[str, bytes]]:
        """Return what is kept of persons in order of id."""
        return self._run(
            "SELECT person, body FROM persons WHERE person > ? ORDER BY person LIMIT ?", (after, limit)
        ).fetchall()

    @translated
    def about(self) -> About:
        """Say which SQLite, and how large the file is."""
        size = self._one("PRAGMA page_count") * self._one("PRAGMA page_size")
        return About(f"SQLite {sqlite3.sqlite_version}", self._one("PRAGMA user_version"), size)

    @translated
    def sizes(self) -> list[Size]:
        """Return how large each table is, in order of name; SQLite may have been built without telling bytes."""
        tables = [name for (name,) in self._run(TABLE_NAMES)]
        try:
            taken = dict(self._run(TABLE_BYTES).fetchall())
        except sqlite3.OperationalError:  # no such table: dbstat
            taken = {}
        return [Size(name, self._one(f"SELECT COUNT(*) FROM {name}"), taken.get(name)) for name in tables]  # noqa: S608 -- the schema's own names

    @translated
    def amiss(self) -> list[str]:
        """Name what of the schema is not as this program makes it."""
        return amiss(self._connection)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _shred(self, statement: str, values: tuple[object, ...]) -> None:
        with self.writing():
            self._run("PRAGMA secure_delete = ON")
            self._run(statement, values)

    @translated
    def _truncate(self) -> None:
        self._run("PRAGMA wal_checkpoint(TRUNCATE)")

    def _one(self, query: str, *values: object) -> Any:  # noqa: ANN401 -- whatever the one column holds
        found = self._run(query, values).fetchone()
        return None if found is None else found[0]

    def _id(self, stream: str) -> int | None:
        """Return a stream's integer key; streams never change, so it is remembered."""
        key = self._ids.get(stream)
        if key is None:
            key = self._one("SELECT id FROM streams WHERE name = ?", stream)
            if key is not None:
                self._ids[stream] = key
        return key

    def _name_stream(self, stream: str) -> None:
        key = self._one("SELECT COALESCE(MAX(id), 0) + 1 FROM streams")
        self._run("INSERT INTO streams VALUES (?, ?)", (key, stream))
        self._ids[stream] = key
