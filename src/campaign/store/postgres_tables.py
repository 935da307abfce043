"""The tables of a PostgreSQL store."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any

import msgspec

from campaign.problems import Problems
from campaign.store import postgres_shape
from campaign.store.log import About, Attempt, Outcome, Row, Size, attempt_of
from campaign.store.postgres_link import BEGIN, COMMIT
from campaign.store.postgres_turn import Statement
from campaign.store.postgres_work import LOCK, Work

REST = "version, topic, recorded_at, occurred_on, actor, role, command_id, causation, account, body"
TIP = "SELECT * FROM log_tip()"
STREAM = "(SELECT s.name FROM streams AS s WHERE s.id = stream)"
"""Looked up for each row by itself: a join would go through the names of all streams for each portion."""
NAMED = f"""SELECT * FROM (
        SELECT position, {STREAM} AS name, {REST} FROM events
        WHERE position > %s::bigint AND position <= %s::bigint OFFSET 0
    ) AS e WHERE"""  # noqa: S608 -- constants
BY_POSITION = f"{NAMED} name IS NOT NULL ORDER BY position"
BY_PREFIX = f"{NAMED} name >= %s AND name <= %s ORDER BY position"
BY_STREAM = f"""SELECT position, %s::text, {REST} FROM events WHERE stream = (SELECT id FROM streams WHERE name = %s)
    AND version > %s::bigint AND version <= %s::bigint ORDER BY version"""  # noqa: S608 -- constants
RAW = f"SELECT position, coalesce({STREAM}, ''), {REST} FROM events WHERE position"  # noqa: S608 -- constants
OUTCOME = "SELECT command_id, digest, accepted, result, first, last FROM commands"
TABLE_BYTES = """SELECT relname::text, pg_total_relation_size(oid) FROM pg_class
    WHERE relkind = 'r' AND relnamespace = to_regnamespace(current_schema()) ORDER BY relname COLLATE "C\""""
TOLD = "SELECT command_id, digest, accepted, result, first, last, recorded_at FROM commands"
PEEK = """SELECT p.version, p.position, coalesce((SELECT at_position FROM log_tip()), 0), v.body
    FROM (SELECT %s::text AS name, %s::text AS key) AS asked
    LEFT JOIN view_positions AS p ON p.name = asked.name
    LEFT JOIN views AS v ON v.name = asked.name AND v.key = asked.key"""
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


class PostgresTables(Work):
    """The tables of one PostgreSQL store."""

    # --- the log -------------------------------------------------------------------------------------------------

    def tip(self) -> tuple[int, str]:
        """Return the last position and its recorded_at."""
        known = self._known
        if known is not None and known.tip is not None:
            return known.tip
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
        known = self._known
        if known is not None and command_id in known.outcomes:
            return known.outcomes[command_id]
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

    def partial(self, campaign: str = "", *, beside: bool = False) -> bool:
        """Whether the login reaches only a part."""
        return not (self._one("SELECT reaches_all()") if beside else self._one("SELECT sees(%s)", campaign))

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
        """Return a checkpoint, the last position and a row, by one statement; what is known is not asked."""
        known = self._known
        if known is not None and known.tip and known.checkpoints is not None and (view, key) in known.rows:
            return known.checkpoints.get(view), known.tip[0], known.rows[view, key]
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

    def appraise(self) -> None:
        """Let the server count anew; it would do so by itself, but a minute later than the copy is compared.

        What somebody else is vacuuming or analysing just now is left to them: a copy does not fail for an estimate.
        """
        self.link.run("ANALYZE (SKIP_LOCKED) streams, events, commands")

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
        """Return rows by position as they lie there, or their positions: one by one where a page is damaged."""
        try:
            return self._ask(f"{RAW} > %s::bigint ORDER BY position LIMIT %s::bigint", after, limit)
        except Problems as problems:
            if problems.problems[0].code != "store-damaged":
                raise
        start = max(after, 0) + 1
        return [row for place in range(start, min(start + limit, self._end() + 1)) for row in self._raw_row(place)]

    def _raw_row(self, position: int) -> list[Row | int]:
        try:
            return self._ask(f"{RAW} = %s::bigint", position)
        except Problems:  # this one cannot be read
            return [position]

    def _end(self) -> int:
        """Return the last position that the tree or the events name, as far as they can be read."""
        ends = [0]
        for query in ("SELECT max(place) + 1 FROM tree WHERE level = 0", "SELECT max(position) FROM events"):
            with suppress(Problems):  # the other one may still be readable
                ends.append(self._one(query) or 0)
        return max(ends)

    def amiss(self) -> list[str]:
        """Name what of the schema is not as this program makes it."""
        return postgres_shape.amiss(dict(self._ask(postgres_shape.QUERY)))

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
