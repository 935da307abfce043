"""One writing transaction as its writer sees it: what is known under the lock, and what is to be written at the end."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from campaign.store.log import Outcome, Row

APPEND = """SELECT * FROM append_command(%s::text, %s::text, %s::boolean, %b::bytea, %s::text, %s::text, %s::text,
    %s::text[], %s::bigint[], %s::bigint[], %s::text[],
    %s::text[], %s::bigint[], %s::text[], %s::text[], %s::bigint[], %s::bytea[],
    %s::text[], %s::text[], %s::bytea[], %s::text[], %s::bigint[])"""
SAVE = """INSERT INTO views (name, key, body) SELECT * FROM unnest(%s::text[], %s::text[], %s::bytea[])
    ON CONFLICT (name, key) DO UPDATE SET body = excluded.body"""
MARK = """INSERT INTO view_positions (name, version, position)
    SELECT * FROM unnest(%s::text[], %s::bigint[], %s::bigint[])
    ON CONFLICT (name) DO UPDATE SET version = excluded.version, position = excluded.position"""

Statement = tuple[str, tuple[Any, ...]]
"""A query and its values."""


def texts(values: Iterable[str | None]) -> str:
    """Write an array of texts as PostgreSQL reads it; psycopg would ask of every one of them what it is."""
    return "{" + ",".join(["NULL" if value is None else quoted(value) for value in values]) + "}"


def quoted(value: str) -> str:
    """Write one text of an array."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def numbers(values: Iterable[int | None]) -> str:
    """Write an array of whole numbers."""
    return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"


def blobs(values: Iterable[bytes]) -> str:
    """Write an array of bytes, in hexadecimal."""
    return "{" + ",".join(['"\\\\x' + value.hex() + '"' for value in values]) + "}"


WIDTH = 12
EVENT: dict[int, Callable[[Iterable[Any]], str]] = {
    1: texts,
    2: numbers,
    3: texts,
    5: texts,
    9: numbers,
    11: blobs,
}
"""The places in a row of what differs from event to event, in the order of append_command, and how each is written."""


class Expected(msgspec.Struct, frozen=True):
    """A stream that must stand at `version` once `ahead` more are written; topics: if given, only these matter."""

    stream: str
    version: int
    ahead: int = 0
    topics: str | None = None


class Appending(msgspec.Struct, frozen=True):
    """One call of append_command: what is written, and the rows (view, key, body) and folds of views that go with it.

    at: the instant to record, "" for the server's.  expected: what must stand, where nobody has looked under the lock.
    """

    outcome: Outcome
    at: str
    rows: Sequence[Row] = ()
    expected: Sequence[Expected] = ()
    saved: Sequence[tuple[str, str, bytes]] = ()
    marked: Sequence[tuple[str, int]] = ()

    def statement(self) -> Statement:
        """Return the call and its values."""
        actor, role = (self.rows[0][6], self.rows[0][7]) if self.rows else ("", "")
        told, standing, columns = self.outcome, self.expected, list(zip(*self.rows, strict=True)) or [()] * WIDTH
        values = (
            (told.command_id, told.digest, told.accepted, told.result, self.at, actor, role),
            (texts(each.stream for each in standing), numbers(each.version for each in standing)),
            (numbers(each.ahead for each in standing), texts(each.topics for each in standing)),
            [write(columns[index]) for index, write in EVENT.items()],
            (texts(name for name, _, _ in self.saved), texts(key for _, key, _ in self.saved)),
            (blobs(body for _, _, body in self.saved),),
            (texts(name for name, _ in self.marked), numbers(fold for _, fold in self.marked)),
        )
        return APPEND, tuple(value for group in values for value in group)


class Turn:
    """What a writing transaction knows and has not yet written; reads look here first."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self.begun = False
        self.wrote = False
        self.tip: tuple[int, str] | None = None
        self.now = ""
        self.stands: dict[str, int] = {}
        self.outcomes: dict[str, Outcome | None] = {}
        self.rows: dict[tuple[str, str], bytes | None] = {}
        self.checkpoints: dict[str, tuple[int, int]] | None = None
        self._events: list[Row] = []
        self._saved: dict[tuple[str, str], bytes] = {}
        self._marked: dict[str, tuple[int, int]] = {}
        self._commands: list[Statement] = []

    def insert(self, rows: Sequence[Row]) -> None:
        """Take the events of a command, which `remember` completes."""
        self._events.extend(rows)
        self.tip = (rows[-1][0], rows[-1][4])
        for row in rows:
            self.stands[row[1]] = row[2]

    def remember(self, outcome: Outcome, at: str) -> None:
        """Complete a command; view rows saved since the last one go with it."""
        events, self._events = self._events, []
        position = events[-1][0] if events else 0
        marked = [(name, fold) for name, (fold, place) in self._marked.items() if place == position]
        fits = len(marked) == len(self._marked)
        if not fits:
            self._commands += self._views()
        saved = [(name, key, body) for (name, key), body in self._saved.items()] if fits else []
        self._commands.append(Appending(outcome, at, events, (), saved, marked if fits else []).statement())
        self._saved, self._marked = {}, {}
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
        """Hand over what is to be written; events of a command that is not complete stay."""
        statements = [*self._commands, *([] if self._events else self._views())]
        self._commands = []
        if not self._events:
            self._saved, self._marked = {}, {}
        return statements

    def _views(self) -> list[Statement]:
        statements: list[Statement] = []
        if self._saved:
            names, keys = texts(name for name, _ in self._saved), texts(key for _, key in self._saved)
            statements.append((SAVE, (names, keys, blobs(self._saved.values()))))
        if self._marked:
            folds, places = zip(*self._marked.values(), strict=True)
            statements.append((MARK, (texts(self._marked), numbers(folds), numbers(places))))
        return statements
