"""The tables of a PostgreSQL store."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec

from campaign.problems import Problem, Problems, T
from campaign.store.log import About, Attempt, CommandReused, Conflict, Outcome, Row, Size, attempt_of
from campaign.store.postgres_link import BEGIN, COMMIT, SNAPSHOT, WAKE, Link
from campaign.store.postgres_turn import Appending, Statement, Turn
from campaign.store.tables import Tables

REST = "version, topic, recorded_at, occurred_on, actor, role, command_id, causation, account, body"
TIP = "SELECT position, recorded_at FROM events ORDER BY position DESC LIMIT 1"
NAMED = f"SELECT position, s.name, {REST} FROM events JOIN streams AS s ON s.id = stream"  # noqa: S608 -- constants
BY_POSITION = f"{NAMED} WHERE position > %s::bigint AND position <= %s::bigint ORDER BY position"
BY_PREFIX = f"""{NAMED} WHERE position > %s::bigint AND position <= %s::bigint AND s.name >= %s AND s.name <= %s
    ORDER BY position"""
BY_STREAM = f"""SELECT position, %s::text, {REST} FROM events WHERE stream = (SELECT id FROM streams WHERE name = %s)
    AND version > %s::bigint AND version <= %s::bigint ORDER BY version"""  # noqa: S608 -- constants
RAW = f"""SELECT position, coalesce(s.name, ''), {REST} FROM events LEFT JOIN streams AS s ON s.id = stream
    WHERE position"""  # noqa: S608 -- constants
OUTCOME = "SELECT command_id, digest, accepted, result, first, last FROM commands"
TABLE_BYTES = """SELECT relname::text, pg_total_relation_size(oid) FROM pg_class
    WHERE relkind = 'r' AND relnamespace = to_regnamespace(current_schema()) ORDER BY relname COLLATE "C\""""
TOLD = "SELECT command_id, digest, accepted, result, first, last, recorded_at FROM commands"
PEEK = """SELECT p.version, p.position, coalesce((SELECT max(position) FROM events), 0), v.body
    FROM (SELECT %s::text AS name, %s::text AS key) AS asked
    LEFT JOIN view_positions AS p ON p.name = asked.name
    LEFT JOIN views AS v ON v.name = asked.name AND v.key = asked.key"""
STANCE = "SELECT * FROM take_stance(%s::text, %s::text[], %s::text[], %s::text[])"
LOCK: Statement = ("SELECT lock_log()", ())
COPY = f"COPY events (position, stream, {REST}, command_index) FROM STDIN (FORMAT BINARY)"
COPY_TYPES = ("int8", "int8", "int8", *("text",) * 6, "int8", "text", "bytea", "int8")
COPY_ATTEMPT = """INSERT INTO access (recorded_at, account, actor, command, subject, reason, command_id)
    VALUES (%s, %s, %s, %s, %s, %s, %s)"""
COPY_OUTCOMES = (
    "COPY commands (command_id, digest, accepted, first, last, recorded_at, result) FROM STDIN (FORMAT BINARY)"
)
NAME_STREAMS = """INSERT INTO streams (id, name)
    SELECT (SELECT coalesce(max(id), 0) FROM streams) + row_number() OVER (ORDER BY nr), name
    FROM unnest(%s::text[]) WITH ORDINALITY AS u (name, nr)
    WHERE NOT EXISTS (SELECT FROM streams AS s WHERE s.name = u.name COLLATE "C")"""
KEEP_NOTE = """INSERT INTO checkpoints (size, note) SELECT %s::bigint, %s::text
    WHERE NOT EXISTS (SELECT FROM checkpoints WHERE note = %s)"""
KEEP_HASH = """INSERT INTO tree SELECT %s::bigint, u.place, u.hash
    FROM unnest(%s::bigint[], %b::bytea[]) AS u (place, hash)
    ON CONFLICT (level, place) DO UPDATE SET hash = excluded.hash"""
NOTE = "SELECT note_attempts(%s::text, %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])"
PUT_PERSON = "INSERT INTO persons VALUES (%s, %b) ON CONFLICT (person) DO UPDATE SET body = excluded.body"
NOW = """SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""

LAST = "\U0010ffff"
"""Follows every character that a name may have."""
MAX_VERSION = 2**63 - 1


class PostgresTables(Tables):
    """The tables of one PostgreSQL store, through one connection."""

    def __init__(self, dsn: str, *, read_only: bool = False, timeout: float = 30.0) -> None:
        """Connect. Raises Problems (codes `store-…`, `not-permitted`)."""
        self.read_only = read_only
        self.link = Link(dsn, read_only=read_only, timeout=timeout)
        self._turn: Turn | None = None

    remote = True

    @property
    def within(self) -> bool:
        """Whether a writing transaction is open."""
        return self._turn is not None

    @property
    def account(self) -> str:
        """The account of this connection, as records name it."""
        return self.link.seen.account

    # --- transactions --------------------------------------------------------------------------------------------

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the one writer's lock, from the first thing asked or written on; what is written is sent at the end."""
        self._writable()
        if self._turn is not None:
            yield
            return
        turn = self._turn = Turn()
        try:
            yield
            self._commit(turn)
        except BaseException:
            self.link.undo()
            raise
        finally:
            self._turn = None

    def _writable(self) -> None:
        if self.read_only:
            message = T("{path} was opened for reading only", path=self.link.path)
            raise Problems([Problem("store-read-only", message, T("open it for writing"))])

    def _commit(self, turn: Turn) -> None:
        """Write what is due and commit, in one round trip."""
        due = turn.due()
        if turn.begun or due:
            begin = [] if turn.begun else [BEGIN, LOCK]
            self.link.send([*begin, *due, COMMIT, *([WAKE] if turn.wrote else [])])

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Read from one snapshot."""
        if self._turn is not None:
            yield
            return
        self.link.send([SNAPSHOT])
        try:
            yield
        finally:
            self.link.undo()

    def foresee(self, command_id: str, streams: Sequence[str], rows: Sequence[tuple[str, str]]) -> None:
        """Take the lock and fetch, in one round trip, what a command is going to look at."""
        turn = self._own()
        views, keys = [view for view, _ in rows], [key for _, key in rows]
        stance: Statement = (STANCE, (command_id, list(streams), views, keys))
        found = self._carry_out(turn, stance).fetchone()
        digest, accepted, result, first, last, head, at, turn.now, standing, bodies, names, folds, places = found
        known = None if digest is None else Outcome(command_id, digest, accepted, result, first, last)
        turn.outcomes[command_id] = known
        turn.tip = (head or 0, at or "")
        turn.stands.update(zip(streams, standing or (), strict=True))
        turn.rows.update(zip(rows, bodies or (), strict=True))
        turn.checkpoints = dict(zip(names or (), zip(folds or (), places or (), strict=True), strict=True))

    def _carry_out(self, turn: Turn, *statements: Statement) -> Any:  # noqa: ANN401 -- psycopg's cursor
        """Carry out what is due and then STATEMENTS, within the transaction; return the last one's cursor."""
        begin = [] if turn.begun else [BEGIN, LOCK]
        cursors = self.link.send([*begin, *turn.due(), *statements])
        turn.begun = True
        return cursors[-1]

    def _ask(self, query: str, *values: object) -> list[Any]:
        if self._turn is None:
            return self.link.ask(query, *values)
        rows: list[Any] = self._carry_out(self._turn, (query, values)).fetchall()
        return rows

    def _own(self) -> Turn:
        """Return the writing transaction that the caller is in."""
        assert self._turn is not None  # noqa: S101 -- callers are inside `writing`
        return self._turn

    def _one(self, query: str, *values: object) -> Any:  # noqa: ANN401 -- whatever the one column holds
        found = self._ask(query, *values)
        return found[0][0] if found else None

    def _do(self, query: str, *values: object) -> None:
        """Write something beside the log, at once: within the transaction that is open."""
        self._carry_out(self._own(), (query, values))

    def at_once(self, command: Appending) -> Outcome:
        """Carry out one call of append_command in a transaction of its own. Raises Conflict, CommandReused."""
        self._writable()
        outcome = command.outcome
        try:
            cursors = self.link.send([BEGIN, command.statement(), COMMIT, *([WAKE] if command.rows else [])])
        except BaseException:
            self.link.undo()
            raise
        verdict, digest, accepted, result, first, last, stream, expected, actual = cursors[1].fetchall()[0]
        if verdict == "conflict":
            raise Conflict(stream, expected, actual)
        if digest != outcome.digest:
            raise CommandReused(outcome.command_id)
        return Outcome(outcome.command_id, digest, accepted, result, first, last)

    def settle(self, command_id: str) -> Outcome | None:
        """Return what a command came to, once its writer can no longer change it and the standby knows it."""
        query: Statement = ("SELECT * FROM settle_command(%s::text)", (command_id,))
        try:
            found = self.link.send([BEGIN, query, COMMIT])[1].fetchone()
        except BaseException:
            self.link.undo()
            raise
        return None if found is None or found[0] is None else Outcome(command_id, *found)

    # --- the log -------------------------------------------------------------------------------------------------

    def tip(self) -> tuple[int, str]:
        """Return the last position and its recorded_at."""
        if self._turn is not None and self._turn.tip is not None:
            return self._turn.tip
        found = self._ask(TIP)
        return found[0] if found else (0, "")

    def now(self) -> str:
        """Return the server's own instant."""
        return (self._turn.now if self._turn else "") or str(self._one(NOW))

    def instant(self, position: int) -> str:
        """Return recorded_at of a position."""
        return str(self._one("SELECT recorded_at FROM events WHERE position = %s::bigint", position))

    def stand(self, stream: str) -> int:
        """Return the stream's last version."""
        if self._turn is not None and stream in self._turn.stands:
            return self._turn.stands[stream]
        return int(self._one("SELECT stand_of(%s)", stream))

    def touched(self, stream: str, after: int, topics: Iterable[str]) -> bool:
        """Whether the stream has later events of some topics."""
        return bool(self._one("SELECT touched(%s, %s::bigint, %s)", stream, after, " ".join(topics)))

    def insert(self, rows: Sequence[Row]) -> None:
        """Add rows of one command, which `remember` completes; their account becomes that of the connection."""
        self._own().insert(rows)

    def copy(self, rows: Sequence[Row]) -> None:
        """Add whole commands as they stand in another store, accounts and instants included; for the owner."""
        turn = self._own()
        names = list(dict.fromkeys(row[1] for row in rows))
        self._do(NAME_STREAMS, names)
        ids = dict(self._ask("SELECT name, id FROM streams WHERE name = ANY (%s)", names))
        self.link.copy(COPY, COPY_TYPES, _copied(rows, ids))
        turn.tip, turn.wrote = (rows[-1][0], rows[-1][4]), True
        turn.stands.clear()

    def copy_outcomes(self, told: Sequence[tuple[Outcome, str]]) -> None:
        """Add what commands came to in another store, with recorded_at; for the owner."""
        self._carry_out(self._own(), LOCK)
        kept = [
            (each.command_id, each.digest, each.accepted, each.first, each.last, recorded_at, each.result)
            for each, recorded_at in told
        ]
        self.link.copy(COPY_OUTCOMES, ("text", "text", "bool", "int8", "int8", "text", "bytea"), kept)

    def rows(self, after: int, to: int, prefix: str) -> list[Row]:
        """Return rows by position."""
        if prefix:
            return self._ask(BY_PREFIX, after, to, prefix, prefix + LAST)
        return self._ask(BY_POSITION, after, to)

    def stream_rows(self, stream: str, after: int, to: int | None) -> list[Row]:
        """Return rows of a stream by version."""
        return self._ask(BY_STREAM, stream, stream, after, MAX_VERSION if to is None else to)

    def streams(self, prefix: str) -> list[str]:
        """Return the names of streams in order."""
        query = "SELECT name FROM streams WHERE name >= %s AND name <= %s ORDER BY name"
        return [name for (name,) in self._ask(query, prefix, prefix + LAST)]

    def outcome(self, command_id: str) -> Outcome | None:
        """Return what a command came to."""
        if self._turn is not None and command_id in self._turn.outcomes:
            return self._turn.outcomes[command_id]
        found = self._ask(f"{OUTCOME} WHERE command_id = %s", command_id)
        return Outcome(*found[0]) if found else None

    def remember(self, outcome: Outcome, recorded_at: str) -> None:
        """Keep what a command came to, inside the writing transaction."""
        self._own().remember(outcome, recorded_at)

    # --- views ---------------------------------------------------------------------------------------------------

    def note(self, attempts: Sequence[Attempt], recorded_at: str) -> None:
        """Add to the access journal, under the account of the connection; whoever may read may do so."""
        columns = list(zip(*(msgspec.structs.astuple(one)[1:6] for one in attempts), strict=True))
        noted: Statement = (NOTE, (recorded_at, *map(list, columns)))
        if self._turn is not None:
            self._carry_out(self._turn, noted)
            return
        try:
            self.link.send([BEGIN, noted, COMMIT])
        except BaseException:
            self.link.undo()
            raise

    def copy_attempts(self, attempts: Sequence[Attempt]) -> None:
        """Add a part of another store's access journal, accounts and instants included; for the owner."""
        with self.writing():
            for attempt in attempts:
                self._do(COPY_ATTEMPT, attempt.recorded_at, *msgspec.structs.astuple(attempt)[:6])

    def attempts(self) -> list[Attempt]:
        """Return the access journal."""
        return [attempt_of(row) for row in self._ask("SELECT * FROM access ORDER BY number")]

    def checkpoints(self) -> dict[str, tuple[int, int]]:
        """Return (fold version, position) by view."""
        if self._turn is not None and self._turn.checkpoints is not None:
            return dict(self._turn.checkpoints)
        found = self._ask("SELECT name, version, position FROM view_positions")
        return {name: (version, position) for name, version, position in found}

    def mark(self, checkpoints: Iterable[tuple[str, int, int]]) -> None:
        """Set the checkpoints of views, inside the writing transaction."""
        self._own().mark(checkpoints)

    def peek(self, view: str, key: str) -> tuple[tuple[int, int] | None, int, bytes | None]:
        """Return a checkpoint, the last position and a row, by one statement."""
        ((version, position, head, body),) = self._ask(PEEK, view, key)
        return None if version is None else (version, position), head, body

    def view_row(self, view: str, key: str) -> bytes | None:
        """Return one row of a view."""
        if self._turn is not None and (view, key) in self._turn.rows:
            return self._turn.rows[view, key]
        found: bytes | None = self._one("SELECT body FROM views WHERE name = %s AND key = %s", view, key)
        return found

    def view_rows(self, view: str, prefix: str) -> list[tuple[str, bytes]]:
        """Return rows of a view in order of key."""
        query = "SELECT key, body FROM views WHERE name = %s AND key >= %s AND key <= %s ORDER BY key"
        return self._ask(query, view, prefix, prefix + LAST)

    def save(self, view: str, rows: Iterable[tuple[str, bytes]]) -> None:
        """Add or replace rows of a view, inside the writing transaction."""
        self._own().save(view, rows)

    def clear(self, view: str) -> None:
        """Drop all rows of a view, inside the writing transaction."""
        self._own().forget(view)
        self._do("DELETE FROM views WHERE name = %s", view)

    # --- beside the log ------------------------------------------------------------------------------------------

    def person(self, person: str) -> bytes | None:
        """Return a person's particulars."""
        found: bytes | None = self._one("SELECT body FROM persons WHERE person = %s", person)
        return found

    def put_person(self, person: str, body: bytes) -> None:
        """Keep a person's particulars."""
        with self.writing():
            self._do(PUT_PERSON, person, body)

    def erase_person(self, person: str) -> None:
        """Erase a person's particulars; the table is written anew where the account owns it.

        The write-ahead log and old backups keep the ciphertext: what makes it unreadable is the key that is destroyed.
        """
        with self.writing():
            self._do("DELETE FROM persons WHERE person = %s", person)
        self.link.run("VACUUM (FULL) persons")

    def sealed(self) -> int:
        """Return how many leaves the kept tree has."""
        return int(self._one("SELECT coalesce(max(place), -1) + 1 FROM tree WHERE level = 0"))

    def hashes(self, level: int, first: int, stop: int) -> list[bytes]:
        """Return kept hashes of a level; a place without one ends them."""
        query = """SELECT place, hash FROM tree WHERE level = %s::bigint AND place >= %s::bigint AND place < %s::bigint
            ORDER BY place"""
        found = self._ask(query, level, first, stop)
        return [kept for due, (place, kept) in enumerate(found, first) if place == due]

    def keep_hashes(self, level: int, first: int, hashes: Sequence[bytes]) -> None:
        """Keep hashes of a level from a place on, inside the writing transaction."""
        self._do(KEEP_HASH, level, list(range(first, first + len(hashes))), list(hashes))

    def clear_tree(self) -> None:
        """Drop the kept tree, inside the writing transaction."""
        self._do("DELETE FROM tree")

    def notes(self) -> list[tuple[int, str]]:
        """Return every checkpoint kept."""
        return self._ask("SELECT size, note FROM checkpoints ORDER BY id")

    def keep_note(self, size: int, note: str) -> None:
        """Keep a checkpoint, once, inside the writing transaction."""
        self._do(KEEP_NOTE, size, note, note)

    def raw_rows(self, after: int, limit: int) -> list[Row | int]:
        """Return rows by position as they lie there, or their positions."""
        return self._ask(f"{RAW} > %s::bigint ORDER BY position LIMIT %s::bigint", after, limit)

    def outcomes(self, after: str, limit: int) -> list[Outcome]:
        """Return outcomes of commands in order of id."""
        found = self._ask(f"{OUTCOME} WHERE command_id > %s ORDER BY command_id LIMIT %s::bigint", after, limit)
        return [Outcome(*row) for row in found]

    def told(self, command_ids: Sequence[str]) -> list[tuple[Outcome, str]]:
        """Return outcomes by command, with when they were recorded."""
        found = self._ask(f"{TOLD} WHERE command_id = ANY (%s) ORDER BY command_id", list(command_ids))
        return [(Outcome(*kept), recorded_at) for *kept, recorded_at in found]

    def persons(self, after: str, limit: int) -> list[tuple[str, bytes]]:
        """Return what is kept of persons in order of id."""
        query = "SELECT person, body FROM persons WHERE person > %s ORDER BY person LIMIT %s::bigint"
        return self._ask(query, after, limit)

    def about(self) -> About:
        """Say which PostgreSQL, how large the tables are, and whether this is a replica."""
        seen = self.link.seen
        major, minor = divmod(seen.server, 10_000)
        size = sum(taken for _, taken in self._ask(TABLE_BYTES))
        return About(f"PostgreSQL {major}.{minor}", seen.schema, size, seen.standby)

    def sizes(self) -> list[Size]:
        """Return how large each table is, in order of name."""
        taken = self._ask(TABLE_BYTES)
        return [Size(name, self._one(f'SELECT count(*) FROM "{name}"'), size) for name, size in taken]  # noqa: S608 -- the schema's own names

    def stirred(self, seconds: float) -> bool:
        """Wait until somebody has written, SECONDS at most; whether that was so."""
        return self.link.wait(seconds)

    def close(self) -> None:
        """Close the connection."""
        self.link.close()


def _copied(rows: Sequence[Row], ids: dict[str, int]) -> Iterator[tuple[Any, ...]]:
    """Yield rows with the stream's key for its name, and behind them the event's place in its command."""
    before, index = "", 0
    for position, stream, *rest in rows:
        command = str(rest[6])
        before, index = command, index + 1 if command == before else 0
        yield position, ids[stream], *rest, index
