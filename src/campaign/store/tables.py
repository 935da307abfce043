"""What a store must supply to carry the log: rows in, rows out, one writer at a time."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import groupby

from campaign.store.log import About, Attempt, Look, Outcome, Row, Size
from campaign.store.merkle import HASH_SIZE


class Tables(ABC):
    """The tables of one store; every rule about them is in Engine.

    Text is ordered by code point; a prefix `""` matches all.
    """

    read_only: bool = False
    remote: bool = False
    """Whether every question is a journey, so that it pays to `foresee` them."""

    @property
    def account(self) -> str:
        """The account by which the store itself knows whoever is connected, "" where it knows nobody."""
        return ""

    def partial(self, campaign: str = "", *, beside: bool = False) -> bool:  # noqa: ARG002 -- a database hides rows
        """Whether records of CAMPAIGN (of any: "") are hidden from whoever is connected, or what is BESIDE them."""
        return False

    @abstractmethod
    def writing(self) -> AbstractContextManager[None]:
        """Hold the one writer's lock; commit durably at the end, or undo everything when an exception leaves.

        Within itself it is one with what is under way already; so is `reading`.
        """

    @abstractmethod
    def reading(self) -> AbstractContextManager[None]:
        """See one moment of the store throughout."""

    def amiss(self) -> list[str]:
        """Name what of the tables is not as it was made; a store that no other program can reach has nothing."""
        return []

    def foresee(self, looks: Sequence[Look]) -> None:  # noqa: B027 -- only a remote store has a use for it
        """Fetch at once, inside the writing transaction, what commands will look at."""

    def glancing(self, look: Look) -> AbstractContextManager[None]:  # noqa: ARG002 -- only a remote store has a use for it
        """Fetch at once the tip and what a command begins with; until it ends `tip`, `outcome`, `peek` answer by it."""
        return nullcontext()

    def now(self) -> str:
        """Return the instant of the store's own server. Raises NotImplementedError where there is none."""
        raise NotImplementedError

    @abstractmethod
    def tip(self) -> tuple[int, str]:
        """Return the last position and its recorded_at, (0, "") for an empty log."""

    @abstractmethod
    def instant(self, position: int) -> str:
        """Return recorded_at of a position that exists."""

    @abstractmethod
    def stand(self, stream: str) -> int:
        """Return the stream's last version, 0 if it does not exist."""

    @abstractmethod
    def touched(self, stream: str, after: int, topics: Iterable[str]) -> bool:
        """Whether the stream has an event of one of TOPICS with a version greater than AFTER."""

    @abstractmethod
    def insert(self, rows: Sequence[Row]) -> None:
        """Add rows of one command at the end; refused unless positions and versions continue without gaps."""

    def copy(self, rows: Sequence[Row]) -> None:
        """Add whole commands as they stand in another store, accounts and instants included."""
        for _, command in groupby(rows, key=lambda row: row[8]):
            self.insert(list(command))

    def copy_outcomes(self, told: Sequence[tuple[Outcome, str]]) -> None:
        """Add what commands came to in another store, with recorded_at."""
        for outcome, recorded_at in told:
            self.remember(outcome, recorded_at)

    @abstractmethod
    def rows(self, after: int, to: int, prefix: str) -> list[Row]:
        """Return the rows with positions in (after, to] of the streams that start with PREFIX."""

    @abstractmethod
    def stream_rows(self, stream: str, after: int, to: int | None) -> list[Row]:
        """Return a stream's rows with versions in (after, to]."""

    @abstractmethod
    def streams(self, prefix: str) -> list[str]:
        """Return the names of streams in order."""

    @abstractmethod
    def outcome(self, command_id: str) -> Outcome | None:
        """Return what a command came to."""

    @abstractmethod
    def remember(self, outcome: Outcome, recorded_at: str) -> None:
        """Keep what a command came to, once and for all."""

    @abstractmethod
    def note(self, attempts: Sequence[Attempt], recorded_at: str) -> None:
        """Add to the access journal, for good; the numbers go on by one."""

    def copy_attempts(self, attempts: Sequence[Attempt]) -> None:
        """Add to the access journal what stands in another store's, accounts and instants included."""
        for attempt in attempts:
            self.note([attempt], attempt.recorded_at)

    @abstractmethod
    def attempts(self) -> list[Attempt]:
        """Return the access journal in the order of its numbers."""

    @abstractmethod
    def checkpoints(self) -> dict[str, tuple[int, int]]:
        """Return (fold version, position) by view."""

    @abstractmethod
    def mark(self, checkpoints: Iterable[tuple[str, int, int]]) -> None:
        """Set the fold version and position of views."""

    @abstractmethod
    def peek(self, view: str, key: str) -> tuple[tuple[int, int] | None, int, bytes | None]:
        """Return, as of one moment, a view's checkpoint, the log's last position and one row of the view."""

    @abstractmethod
    def view_row(self, view: str, key: str) -> bytes | None:
        """Return one row of a view."""

    @abstractmethod
    def view_rows(self, view: str, prefix: str) -> list[tuple[str, bytes]]:
        """Return rows of a view in order of key."""

    @abstractmethod
    def save(self, view: str, rows: Iterable[tuple[str, bytes]]) -> None:
        """Add or replace rows of a view."""

    @abstractmethod
    def clear(self, view: str) -> None:
        """Drop all rows of a view."""

    @abstractmethod
    def person(self, person: str) -> bytes | None:
        """Return a person's particulars."""

    @abstractmethod
    def put_person(self, person: str, body: bytes) -> None:
        """Keep a person's particulars."""

    @abstractmethod
    def erase_person(self, person: str) -> None:
        """Erase a person's particulars so that no byte of them remains."""

    @abstractmethod
    def sealed(self) -> int:
        """Return how many leaves the kept tree has."""

    @abstractmethod
    def hashes(self, level: int, first: int, stop: int) -> list[bytes]:
        """Return the kept hashes of a level of the tree with places in [first, stop)."""

    def joined(self, level: int, first: int, stop: int) -> bytes | None:
        """Return the same hashes in one piece, None where one of them is not as long as a hash is."""
        kept = self.hashes(level, first, stop)
        return b"".join(kept) if all(len(one) == HASH_SIZE for one in kept) else None

    @abstractmethod
    def keep_hashes(self, level: int, first: int, hashes: Sequence[bytes]) -> None:
        """Keep hashes of a level from a place on."""

    @abstractmethod
    def clear_tree(self) -> None:
        """Drop the kept tree."""

    @abstractmethod
    def notes(self) -> list[tuple[int, str]]:
        """Return every checkpoint kept, as (size, note), in the order in which they were."""

    @abstractmethod
    def keep_note(self, size: int, note: str) -> None:
        """Keep a checkpoint for good, once."""

    @abstractmethod
    def raw_rows(self, after: int, limit: int) -> list[Row | int]:
        """Return up to LIMIT rows by position as they lie there: "" for a stream that has no name, and no row but its
        position where it cannot be read.
        """  # noqa: D205 -- the sentence fills two lines

    @abstractmethod
    def outcomes(self, after: str, limit: int) -> list[Outcome]:
        """Return up to LIMIT outcomes of commands with ids after AFTER, in order of id."""

    @abstractmethod
    def told(self, command_ids: Sequence[str]) -> list[tuple[Outcome, str]]:
        """Return what those of the commands that are known came to, with recorded_at, in order of id."""

    @abstractmethod
    def persons(self, after: str, limit: int) -> list[tuple[str, bytes]]:
        """Return up to LIMIT persons with ids after AFTER and what is kept of them, in order of id."""

    @abstractmethod
    def about(self) -> About:
        """Say what this store is."""

    def appraise(self) -> None:  # noqa: B027 -- only a server plans by what it believes to hold
        """Look how much there is now: after many rows at once, questions would be planned for what was there before."""

    @abstractmethod
    def sizes(self) -> list[Size]:
        """Return how large each table is, its indexes included, in order of name."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the store."""
