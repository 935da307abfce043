"""What an event log is, whatever it stands on: the values that go in and out, and the protocol of every store."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar

import msgspec

from campaign.domain.events import Event, Recorded

if TYPE_CHECKING:
    from campaign.store.tree import LogTree

R = TypeVar("R")

Clock: TypeAlias = Callable[[], datetime]
"""Returns an aware UTC instant; the store records max(clock, last recorded_at)."""

Chosen: TypeAlias = Callable[[], datetime | None]
"""A clock that may leave the instant to the store's own server: the clocks of many machines never agree."""


Row: TypeAlias = tuple[int, str, int, str, str, str, str, str, str, int | None, str, bytes]
"""As stored: position, stream, version, topic, recorded_at, occurred_on, actor, role, command_id, causation, account,
body.
"""


class Draft(msgspec.Struct, frozen=True):
    """An event on its way into the log."""

    event: Event
    occurred_on: date
    causation: int | None = None


class Write(msgspec.Struct, frozen=True):
    """Events for one stream, which must stand at `expected` (0 = must not exist yet)."""

    stream: str
    expected: int
    drafts: tuple[Draft, ...]


class Guard(msgspec.Struct, frozen=True):
    """A stream whose value the decision used: nothing after `version`, or nothing of `topics` if any are named."""

    stream: str
    version: int
    topics: frozenset[str] = frozenset()


class Batch(msgspec.Struct, frozen=True):
    """All that one command writes, in one transaction.

    digest: of the command, to tell a retry from another command with the same id.  result: what a retry is given back.
    account: by which the actor came in, "" where none is known; a store with accounts of its own puts its own.
    """

    command_id: str
    digest: str
    actor: str
    role: str
    writes: tuple[Write, ...]
    guards: tuple[Guard, ...] = ()
    result: bytes = b"{}"
    account: str = ""


class Look(msgspec.Struct, frozen=True):
    """What a command is going to look at: its own outcome, how streams stand, rows (view, key) of views."""

    command_id: str
    streams: tuple[str, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()


class Outcome(msgspec.Struct, frozen=True):
    """What a command came to, kept beside the log: the events first..last, or a refusal (first = last = 0)."""

    command_id: str
    digest: str
    accepted: bool
    result: bytes
    first: int = 0
    last: int = 0


class Attempt(msgspec.Struct, frozen=True):
    """A command that was refused because whoever asked may not ask for it; kept beside the log, in no event.

    actor: the person claimed.  command: its name.  subject: the entity or project, "" for the campaign itself.
    reason: a problem's code.  number, recorded_at: set by the store.
    """

    account: str
    actor: str
    command: str
    subject: str
    reason: str
    command_id: str
    number: int = 0
    recorded_at: str = ""


def attempt_of(row: Sequence[Any]) -> Attempt:
    """Read a row of the access journal, its number and instant first."""
    return Attempt(*row[2:], *row[:2])


class About(msgspec.Struct, frozen=True):
    """What a store is: the program that keeps it, and the version of its tables.

    size: bytes in all.  standby: a replica, which can only be read and may lag behind.
    """

    engine: str
    schema: int
    size: int
    standby: bool = False


class Size(msgspec.Struct, frozen=True):
    """How large a table is with its indexes; bytes: None where the store cannot tell."""

    table: str
    rows: int
    bytes: int | None


class Conflict(Exception):  # noqa: N818 -- the field's word
    """Somebody else wrote first: load again, decide again."""

    def __init__(self, stream: str, expected: int, actual: int) -> None:
        """Name the stream and both versions."""
        super().__init__(f"{stream} stands at {actual}, not {expected}")
        self.stream, self.expected, self.actual = stream, expected, actual


class CommandReused(Exception):  # noqa: N818 -- says what happened
    """The command id was used before, for another command."""

    def __init__(self, command_id: str) -> None:
        """Name the command."""
        super().__init__(f"command {command_id} was given before with other content")
        self.command_id = command_id


class View(Protocol):
    """A read model kept in the same transaction: rows by key, each a fold over the records with that key.

    `version` changes when the fold or the row's shape does; rows of another version are rebuilt before use.
    """

    name: str
    version: int

    def key(self, record: Recorded) -> str | None:
        """Return the row that RECORD belongs to, or None."""

    def evolve(self, row: Any, record: Recorded) -> Any:  # noqa: ANN401 -- the row's type is the view's own
        """Fold RECORD into ROW (None at first); never fails on a valid history."""

    def dump(self, row: Any) -> bytes:  # noqa: ANN401 -- likewise
        """Write a row deterministically."""

    def load(self, data: bytes) -> Any:  # noqa: ANN401 -- likewise
        """Read a row back."""


Hints: TypeAlias = Mapping[tuple[str, str], Any]
"""Rows already loaded, by (view, key), at the versions that the batch expects; saves the store reading them again."""


class Log(Protocol):
    """An append-only log of events with command outcomes, inline views and erasable persons."""

    @property
    def account(self) -> str:
        """The account by which the store itself knows whoever is connected, "" where it knows none."""

    def partial(self, campaign: str = "", *, beside: bool = False) -> bool:
        """Whether the store hides records of CAMPAIGN, or of any for "", so that what is missing need not be gone.

        beside: or the access journal of others, which lies beside the log.
        """

    def alone(self, work: Callable[[], R], *looks: Look) -> R:
        """Do WORK, which loads, decides and appends, where nobody else can write in between, and commit all of it once.

        looks: what it is going to look at.  When an exception leaves, nothing of it was written.
        """

    def insist(self, work: Callable[[], R]) -> R:
        """Do WORK, which asks first what came of its command, until a store that can be lost holds."""

    def glancing(self, look: Look) -> AbstractContextManager[None]:
        """Let a store far away be asked once for LOOK and for the log's end.

        `head`, `outcome` and `row` answer by it as long as it lasts, or until this log writes; what else is asked, and
        whatever is written, looks for itself.
        """

    def append(self, batch: Batch, hints: Hints | None = None) -> Outcome:
        """Write all or nothing and fold the views; the same command again returns its first outcome.

        Raises Conflict when a stream or guard moved, CommandReused for another command under the same id, Problems
        (code `invalid-event`) before anything is written when a text, number or date may not be stored.
        """

    def refuse(self, outcome: Outcome, guards: Sequence[Guard] = ()) -> Outcome:
        """Remember a refusal; if the command already has an outcome, return that one.

        Raises Conflict when a guard moved: what was read one by one may never have stood side by side.
        """

    def outcome(self, command_id: str, digest: str) -> Outcome | None:
        """Return what the command came to, if it was given before. Raises CommandReused."""

    def note(self, attempts: Sequence[Attempt]) -> None:
        """Add to the access journal, where nothing is ever changed or deleted."""

    def attempts(self) -> list[Attempt]:
        """Return the access journal in the order of its numbers."""

    def head(self) -> int:
        """Return the last position, 0 for an empty log."""

    def last_recorded_at(self) -> datetime | None:
        """Return the last record's instant."""

    def version(self, stream: str) -> int:
        """Return the stream's last version, 0 if it does not exist."""

    def read(self, stream: str, after: int = 0, to: int | None = None) -> list[Recorded]:
        """Return a stream's records with versions in (after, to]."""

    def scan(self, after: int = 0, to: int | None = None, prefix: str = "") -> Iterator[Recorded]:
        """Yield records with positions in (after, to], of streams that start with PREFIX."""

    def scan_rows(self, after: int = 0, to: int | None = None, prefix: str = "") -> Iterator[Row]:
        """Yield the same records as stored, undecoded (see codec.Row, codec.canonical): for hashes and exports."""

    def follow(self, after: int, wait: Callable[[], bool]) -> Iterator[Recorded]:
        """Yield records as they come; between polls calls WAIT, and ends when that returns False."""

    def position_at(self, instant: datetime) -> int:
        """Return the last position recorded at or before INSTANT."""

    def streams(self, prefix: str = "") -> list[str]:
        """Return the names of the streams that start with PREFIX, in order of name."""

    def row(self, view: str, key: str) -> Any:  # noqa: ANN401 -- the row's type is the view's own
        """Return one row of a view, or None."""

    def rows(self, view: str, prefix: str = "") -> dict[str, Any]:
        """Return the rows whose key starts with PREFIX, in order of key."""

    def checkpoint(self, view: str) -> int:
        """Return the position up to which the view is folded."""

    def rebuild(self, views: Sequence[str] = ()) -> None:
        """Fold the named views (all, if none is named) anew from position 1, in one transaction."""

    def about(self) -> About:
        """Say what the store is."""

    def sizes(self) -> list[Size]:
        """Return how large each table is, in order of name."""

    def amiss(self) -> list[str]:
        """Name every table and guard of the store that is not as it was made: `trigger events_grow is gone`."""

    def tree(self) -> "LogTree":
        """Return the Merkle tree over the records, and the checkpoints kept beside it."""

    def put_person(self, person: str, body: bytes) -> None:
        """Keep a person's particulars beside the log, where they can be erased."""

    def person(self, person: str) -> bytes | None:
        """Return a person's particulars, or None when never kept or erased."""

    def erase_person(self, person: str) -> None:
        """Erase a person's particulars for good."""

    def close(self) -> None:
        """Let go of the store."""
