"""One writing transaction as its writer sees it: what is known under the lock, and what is to be written at the end."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import msgspec

from campaign.store.log import Outcome, Row
from campaign.store.postgres_arrays import Blobs, Numbers, Texts, blobs, flags, numbers, texts

ONE = """SELECT * FROM append_event(%s::text, %s::text, %b::bytea, %s::text, %s::text, %s::text,
    %s::text, %s::bigint, %s::text, %s::text, %s::bigint, %b::bytea,
    %s::text, %s::bigint, %s::text, %s::text, %s::text, %b::bytea, %s::text[])"""
MANY = """SELECT * FROM append_commands(%s::text[], %s::text[], %s::boolean[], %s::bytea[], %s::text[], %s::text[],
    %s::text[], %s::text[], %s::bigint[], %s::text[], %s::bigint[], %s::text[], %s::bigint[], %s::bigint[],
    %s::text[], %s::text[], %s::bigint[], %s::bytea[],
    %s::text[], %s::text[], %s::bytea[], %s::text[], %s::bigint[])"""
SAVE = """INSERT INTO views (name, key, body) SELECT * FROM unnest(%s::text[], %s::text[], %s::bytea[])
    ON CONFLICT (name, key) DO UPDATE SET body = excluded.body"""
MARK = """INSERT INTO view_positions (name, version, position)
    SELECT * FROM unnest(%s::text[], %s::bigint[], %s::bigint[])
    ON CONFLICT (name) DO UPDATE SET version = excluded.version, position = excluded.position"""

Statement = tuple[str, tuple[Any, ...]]
"""A query and its values."""


Columns = tuple[Sequence[Any] | None, Sequence[Any] | None, Sequence[Any] | None]
"""Arrays side by side; of nothing, None."""

_STREAM = itemgetter(1)
NO_GUARD = NO_ROW = (None, None, None)


class Guarded(msgspec.Struct, frozen=True):
    """A stream that must stand at `version`; topics, by blanks: if given, only later events of these matter."""

    stream: str
    version: int
    topics: str | None = None


class Command(msgspec.Struct, frozen=True):
    """What one command writes.  at: the instant to record, "" for the server's."""

    outcome: Outcome
    at: str
    rows: Sequence[Row] = ()


class Appending(msgspec.Struct, frozen=True):
    """One call that writes commands, and the rows (view, key, body) and folds of views that go with them.

    guards: what must stand, where nobody has looked under the lock; the streams that are written must in any case.
    settled: whether every view is on record with the same fold already.
    """

    commands: Sequence[Command]
    guards: Sequence[Guarded] = ()
    saved: Sequence[tuple[str, str, bytes]] = ()
    marked: Sequence[tuple[str, int]] = ()
    settled: bool = True

    def statement(self) -> Statement:
        """Return the call and its values: the shorter one for the usual command of one event."""
        one_event = len(self.commands) == 1 == len(self.commands[0].rows)
        if one_event and self.settled and len(self.guards) <= 1 >= len(self.saved):
            return ONE, self._one()
        return MANY, self._many()

    def _one(self) -> tuple[Any, ...]:
        (command,), told = self.commands, self.commands[0].outcome
        _, stream, version, topic, _, day, actor, role, _, cause, _, body = command.rows[0]
        guard = msgspec.structs.astuple(self.guards[0]) if self.guards else NO_GUARD
        marked = texts(name for name, _ in self.marked) if self.marked else None
        known = (told.command_id, told.digest, told.result, command.at, actor, role)
        row = self.saved[0] if self.saved else NO_ROW
        return (*known, stream, version - 1, topic, day, cause, body, *guard, *row, marked)

    def _many(self) -> tuple[Any, ...]:
        told, rows = [each.outcome for each in self.commands], [row for each in self.commands for row in each.rows]
        givers = [each.rows[0][6:8] if each.rows else ("", "") for each in self.commands]
        return (
            texts(each.command_id for each in told),
            texts(each.digest for each in told),
            flags(each.accepted for each in told),
            blobs(each.result for each in told),
            texts(each.at for each in self.commands),
            texts(actor for actor, _ in givers),
            texts(role for _, role in givers),
            texts(each.stream for each in self.guards),
            numbers(each.version for each in self.guards),
            texts(each.topics for each in self.guards),
            *_runs(self.commands),
            texts(row[3] for row in rows),
            texts(row[5] for row in rows),
            numbers(row[9] for row in rows),
            blobs(row[11] for row in rows),
            *_views(self.saved),
            texts(name for name, _ in self.marked),
            numbers(fold for _, fold in self.marked),
        )


def _runs(commands: Sequence[Command]) -> tuple[Numbers, Texts, Numbers, Numbers]:
    """Return the last run of each command; of each run its stream, what that stands at before it, its last event."""
    ends: list[int] = []
    streams: list[str] = []
    stands: list[int] = []
    tos: list[int] = []
    done = 0
    for command in commands:
        for stream, run in groupby(command.rows, key=_STREAM):
            first, *others = run
            done += 1 + len(others)
            streams.append(stream)
            stands.append(first[2] - 1)
            tos.append(done)
        ends.append(len(streams))
    return numbers(ends), texts(streams), numbers(stands), numbers(tos)


def _views(saved: Sequence[tuple[str, str, bytes]]) -> tuple[Texts, Texts, Blobs]:
    """Return the views, keys and bodies of rows."""
    return texts(name for name, _, _ in saved), texts(key for _, key, _ in saved), blobs(body for _, _, body in saved)


class Turn:
    """What a writing transaction knows and has not yet written, or what a glance has seen; reads look here first."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self.begun = False
        self.wrote = False
        self.heard = True
        self.tip: tuple[int, str] | None = None
        self.now = ""
        self.stands: dict[str, int] = {}
        self.outcomes: dict[str, Outcome | None] = {}
        self.rows: dict[tuple[str, str], bytes | None] = {}
        self.checkpoints: dict[str, tuple[int, int]] | None = None
        self._folds: dict[str, int] = {}
        self._events: list[Row] = []
        self._saved: dict[tuple[str, str], bytes] = {}
        self._marked: dict[str, tuple[int, int]] = {}
        self._commands: list[Command] = []

    def learn(self, checkpoints: dict[str, tuple[int, int]]) -> None:
        """Take what the database has on record of views, unless that is known already."""
        if self.checkpoints is None:
            self.checkpoints = checkpoints
            self._folds = {name: fold for name, (fold, _) in checkpoints.items()}

    def see(self, head: int | None, at: str | None, rows: dict[tuple[str, str], bytes | None], views: Columns) -> None:
        """Take what one question found: the log's end, rows, and how far every view is (names, folds, positions)."""
        names, folds, places = (column or () for column in views)
        self.tip = (head or 0, at or "")
        self.rows.update(rows)
        self.learn(dict(zip(names, zip(folds, places, strict=True), strict=True)))

    def insert(self, rows: Sequence[Row]) -> None:
        """Take the events of a command, which `remember` completes."""
        self._events.extend(rows)
        self.tip = (rows[-1][0], rows[-1][4])
        for row in rows:
            self.stands[row[1]] = row[2]

    def remember(self, outcome: Outcome, at: str) -> None:
        """Complete a command; rows of views that were saved go with it and with those that wait."""
        events, self._events = self._events, []
        self._commands.append(Command(outcome, at, events))
        self.outcomes[outcome.command_id] = outcome
        self.wrote = self.wrote or bool(events)

    def save(self, view: str, rows: Iterable[tuple[str, bytes]]) -> None:
        """Take rows of a view."""
        for key, body in rows:
            self.rows[view, key] = self._saved[view, key] = body

    def mark(self, checkpoints: Iterable[tuple[str, int, int]]) -> None:
        """Take checkpoints of views."""
        for view, version, position in checkpoints:
            self._marked[view] = (version, position)
            if self.checkpoints is not None:
                self.checkpoints[view] = (version, position)

    def forget(self, view: str) -> None:
        """Know nothing of a view's rows any more: they are dropped."""
        for name in (self.rows, self._saved):
            for key in [key for key in name if key[0] == view]:
                del name[key]

    def due(self) -> list[Statement]:
        """Hand over what is to be written; events of a command that is not complete stay, and the views with them."""
        commands, self._commands = self._commands, []
        if self._events:
            return [Appending(commands).statement()] if commands else []
        saved = [(name, key, body) for (name, key), body in self._saved.items()]
        last = max((command.rows[-1][0] for command in commands if command.rows), default=0)
        marked = [(name, fold) for name, (fold, place) in self._marked.items() if place == last]
        if not commands or len(marked) < len(self._marked):
            written = [Appending(commands).statement()] if commands else []
            written += self._beside()
        else:
            settled = all(self._folds.get(name) == fold for name, fold in marked)
            written = [Appending(commands, (), saved, marked, settled).statement()]
        self._folds.update({name: fold for name, (fold, _) in self._marked.items()})
        self._saved, self._marked = {}, {}
        return written

    def _beside(self) -> list[Statement]:
        """Write views that do not stand at the end of what is written."""
        statements: list[Statement] = []
        if self._saved:
            statements.append((SAVE, _views([(name, key, body) for (name, key), body in self._saved.items()])))
        if self._marked:
            folds, places = zip(*self._marked.values(), strict=True)
            statements.append((MARK, (texts(self._marked), numbers(folds), numbers(places))))
        return statements
