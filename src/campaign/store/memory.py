"""The log in memory: the same rules on plain lists, for tests and rehearsals."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

import msgspec

from campaign.problems import Problem, Problems, T
from campaign.store.codec import Codec
from campaign.store.engine import Engine
from campaign.store.log import About, Attempt, Clock, Outcome, Row, Size, View
from campaign.store.schema import SCHEMA
from campaign.store.tables import Tables

K = TypeVar("K")
V = TypeVar("V")


class Contents(msgspec.Struct):
    """All that a store in memory holds; logs opened on the same contents are one store."""

    events: list[Row] = []
    streams: dict[str, list[Row]] = {}
    commands: dict[str, Outcome] = {}
    recorded: dict[str, str] = {}
    views: dict[str, dict[str, bytes]] = {}
    checkpoints: dict[str, tuple[int, int]] = {}
    persons: dict[str, bytes] = {}
    tree: dict[int, list[bytes]] = {}
    notes: list[tuple[int, str]] = []
    attempts: list[Attempt] = []


class MemoryLog(Engine):
    """The log in memory."""

    def __init__(
        self,
        views: Sequence[View],
        clock: Clock,
        *,
        contents: Contents | None = None,
        read_only: bool = False,
        codec: Codec | None = None,
    ) -> None:
        """Begin empty, or on the CONTENTS of another log in memory."""
        self.contents = Contents() if contents is None else contents
        super().__init__(MemoryTables(self.contents, read_only=read_only), views, clock, codec)


class MemoryTables(Tables):
    """Plain lists and dicts; a transaction keeps how to undo each of its steps."""

    def __init__(self, contents: Contents, *, read_only: bool = False) -> None:
        """Work on CONTENTS."""
        self.read_only = read_only
        self._kept = contents
        self._undo: list[Callable[[], object]] = []
        self._within = False

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Undo all steps, last first, when an exception leaves."""
        if self.read_only:
            fix = T("open it for writing")
            raise Problems([Problem("store-read-only", T("{path} was opened for reading only", path="memory"), fix)])
        if self._within:
            yield
            return
        self._undo.clear()
        self._within = True
        try:
            yield
        except BaseException:
            while self._undo:
                self._undo.pop()()
            raise
        finally:
            self._within = False

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Nobody else writes meanwhile."""
        yield

    def tip(self) -> tuple[int, str]:
        """Return the last position and its recorded_at."""
        return (self._kept.events[-1][0], self._kept.events[-1][4]) if self._kept.events else (0, "")

    def instant(self, position: int) -> str:
        """Return recorded_at of a position."""
        return self._kept.events[position - 1][4]

    def stand(self, stream: str) -> int:
        """Return the stream's last version."""
        return len(self._kept.streams.get(stream, ()))

    def touched(self, stream: str, after: int, topics: Iterable[str]) -> bool:
        """Whether the stream has later events of some topics."""
        wanted = frozenset(topics)
        return any(row[3] in wanted for row in self._kept.streams[stream][after:])

    def insert(self, rows: Sequence[Row]) -> None:
        """Add rows at the end."""
        for row in rows:
            if not self.stand(row[1]):
                self._kept.streams[row[1]] = []
                self._undo.append(partial(self._kept.streams.pop, row[1]))
            for sequence in (self._kept.events, self._kept.streams[row[1]]):
                sequence.append(row)
                self._undo.append(sequence.pop)

    def rows(self, after: int, to: int, prefix: str) -> list[Row]:
        """Return rows by position."""
        return [row for row in self._kept.events[after:to] if row[1].startswith(prefix)]

    def stream_rows(self, stream: str, after: int, to: int | None) -> list[Row]:
        """Return rows of a stream by version."""
        return self._kept.streams.get(stream, [])[after:to]

    def streams(self, prefix: str) -> list[str]:
        """Return the names of streams in order."""
        return sorted(name for name in self._kept.streams if name.startswith(prefix))

    def outcome(self, command_id: str) -> Outcome | None:
        """Return what a command came to."""
        return self._kept.commands.get(command_id)

    def remember(self, outcome: Outcome, recorded_at: str) -> None:
        """Keep what a command came to."""
        self._put(self._kept.commands, outcome.command_id, outcome)
        self._put(self._kept.recorded, outcome.command_id, recorded_at)

    def note(self, attempts: Sequence[Attempt], recorded_at: str) -> None:
        """Add to the access journal."""
        with self.writing():
            self._kept.attempts += [
                msgspec.structs.replace(attempt, number=number, recorded_at=recorded_at)
                for number, attempt in enumerate(attempts, len(self._kept.attempts) + 1)
            ]

    def attempts(self) -> list[Attempt]:
        """Return the access journal."""
        return list(self._kept.attempts)

    def checkpoints(self) -> dict[str, tuple[int, int]]:
        """Return (fold version, position) by view."""
        return dict(self._kept.checkpoints)

    def mark(self, checkpoints: Iterable[tuple[str, int, int]]) -> None:
        """Set the checkpoints of views."""
        for view, version, position in checkpoints:
            self._put(self._kept.checkpoints, view, (version, position))

    def peek(self, view: str, key: str) -> tuple[tuple[int, int] | None, int, bytes | None]:
        """Return a checkpoint, the last position and a row."""
        return self._kept.checkpoints.get(view), len(self._kept.events), self.view_row(view, key)

    def view_row(self, view: str, key: str) -> bytes | None:
        """Return one row of a view."""
        return self._kept.views.get(view, {}).get(key)

    def view_rows(self, view: str, prefix: str) -> list[tuple[str, bytes]]:
        """Return rows of a view in order of key."""
        return sorted(row for row in self._kept.views.get(view, {}).items() if row[0].startswith(prefix))

    def save(self, view: str, rows: Iterable[tuple[str, bytes]]) -> None:
        """Add or replace rows of a view."""
        for key, body in rows:
            self._put(self._kept.views.setdefault(view, {}), key, body)

    def clear(self, view: str) -> None:
        """Drop all rows of a view."""
        self._put(self._kept.views, view, {})

    def person(self, person: str) -> bytes | None:
        """Return a person's particulars."""
        return self._kept.persons.get(person)

    def put_person(self, person: str, body: bytes) -> None:
        """Keep a person's particulars."""
        with self.writing():
            self._put(self._kept.persons, person, body)

    def erase_person(self, person: str) -> None:
        """Forget a person's particulars."""
        with self.writing():
            self._kept.persons.pop(person, None)

    def sealed(self) -> int:
        """Return how many leaves the kept tree has."""
        return len(self._kept.tree.get(0, ()))

    def hashes(self, level: int, first: int, stop: int) -> list[bytes]:
        """Return kept hashes of a level."""
        return self._kept.tree.get(level, [])[first:stop]

    def keep_hashes(self, level: int, first: int, hashes: Sequence[bytes]) -> None:
        """Keep hashes of a level from a place on."""
        kept = self._kept.tree.get(level, [])
        self._put(self._kept.tree, level, [*kept[:first], *hashes])

    def clear_tree(self) -> None:
        """Drop the kept tree."""
        for level in list(self._kept.tree):
            self._put(self._kept.tree, level, [])

    def notes(self) -> list[tuple[int, str]]:
        """Return every checkpoint kept."""
        return list(self._kept.notes)

    def keep_note(self, size: int, note: str) -> None:
        """Keep a checkpoint, once."""
        if (size, note) not in self._kept.notes:
            self._kept.notes.append((size, note))
            self._undo.append(self._kept.notes.pop)

    def raw_rows(self, after: int, limit: int) -> list[Row | int]:
        """Return rows by position."""
        start = max(after, 0)
        return list(self._kept.events[start : start + limit])

    def outcomes(self, after: str, limit: int) -> list[Outcome]:
        """Return outcomes of commands in order of id."""
        return [self._kept.commands[name] for name in sorted(self._kept.commands) if name > after][:limit]

    def told(self, command_ids: Sequence[str]) -> list[tuple[Outcome, str]]:
        """Return outcomes by command, with when they were recorded."""
        kept = self._kept
        return [(kept.commands[name], kept.recorded[name]) for name in sorted(command_ids) if name in kept.commands]

    def persons(self, after: str, limit: int) -> list[tuple[str, bytes]]:
        """Return what is kept of persons in order of id."""
        return [(name, self._kept.persons[name]) for name in sorted(self._kept.persons) if name > after][:limit]

    def about(self) -> About:
        """Say that this is memory."""
        return About("memory", SCHEMA, 0)

    def sizes(self) -> list[Size]:
        """Return how many rows each of the tables has that a file would have."""
        kept = self._kept
        counts = {
            "access": len(kept.attempts),
            "checkpoints": len(kept.notes),
            "commands": len(kept.commands),
            "events": len(kept.events),
            "persons": len(kept.persons),
            "streams": len(kept.streams),
            "tree": sum(map(len, kept.tree.values())),
            "view_positions": len(kept.checkpoints),
            "views": sum(map(len, kept.views.values())),
        }
        return [Size(table, rows, None) for table, rows in counts.items()]

    def close(self) -> None:
        """Let the contents be."""

    def _put(self, table: dict[K, V], key: K, value: V) -> None:
        """Set a key, and remember how to undo that."""
        if key in table:
            self._undo.append(partial(table.__setitem__, key, table[key]))
        else:
            self._undo.append(partial(table.pop, key))
        table[key] = value
