"""What `eventsourcing` calls an originator, as a stream of ours; its stored events as a batch.

A text id is the stream's name; a UUID is `aggregate:HEX`.  Our versions count from 1; an originator whose versions
count from 0 is kept as `aggregate0:ID`, one higher.
"""

from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from typing import Any, Protocol
from uuid import UUID, uuid4

import msgspec
from eventsourcing.persistence import (
    DataError,
    IntegrityError,
    Notification,
    OperationalError,
    PersistenceError,
    ProgrammingError,
    StoredEvent,
)

from campaign.domain.events import Event
from campaign.problems import Problems
from campaign.store.codec import unknown
from campaign.store.entries import CODE as INVALID
from campaign.store.entries import Entry
from campaign.store.log import Batch, Clock, CommandReused, Conflict, Draft, Write

ONE_BASED, ZERO_BASED = "aggregate:", "aggregate0:"
LAST = "\U0010ffff"
"""Follows every character that a name may have."""
MAX_POSITION = 2**63 - 1
NOTIFICATIONS = "SELECT position, name, version, topic, body FROM events JOIN streams ON streams.id = stream"


class Opaque(Event, frozen=True):
    """An event whose body only the library's mapper understands."""


OPAQUE = Opaque()


@contextmanager
def translated() -> Iterator[None]:
    """Raise the library's exceptions for ours; `ours` finds the way back."""
    try:
        yield
    except (Conflict, CommandReused) as error:
        raise IntegrityError(str(error)) from error
    except Problems as error:
        codes = {problem.code for problem in error.problems}
        kind = DataError if INVALID in codes else ProgrammingError if "unknown-topic" in codes else OperationalError
        raise kind(str(error)) from error


def ours(error: PersistenceError) -> Exception:
    """Return the exception of ours behind one of the library's, or that one itself."""
    cause = error.__cause__
    return cause if isinstance(cause, Conflict | CommandReused | Problems) else error


class Named(Protocol):
    """A datastore: which ids it has, which topics it admits, and its clock."""

    originator_id_type: Any
    topics: Container[str]
    clock: Clock


def stream_of(store: Named, originator: UUID | str, base: int) -> str:
    """Return the name of an originator's stream, for versions that count from BASE."""
    name = originator.hex if isinstance(originator, UUID) else originator
    if base == 0:
        return f"{ZERO_BASED}{name}"
    return f"{ONE_BASED}{name}" if store.originator_id_type == "uuid" else name


def originator_of(store: Named, stream: str) -> tuple[UUID | str, int]:
    """Return the originator of a stream, and how much higher our versions are."""
    zero = stream.startswith(ZERO_BASED)
    name = stream.removeprefix(ZERO_BASED)
    if store.originator_id_type == "uuid":
        return UUID(name.removeprefix(ONE_BASED)), int(zero)
    return name, int(zero)


def batch_of(
    store: Named, stand: Callable[[str], int], stored_events: Sequence[StoredEvent], about: dict[str, Any]
) -> tuple[Batch, list[Entry]]:
    """Return stored events as one command; STAND tells a stream's last version.

    about: command_id (a new one by default; the same again writes nothing), actor, role, occurred_on.  Raises Problems
    (code `unknown-topic`) for a topic that is not admitted.
    """
    strangers = [event.topic for event in stored_events if event.topic not in store.topics]
    if strangers:
        raise Problems([unknown(topic) for topic in dict.fromkeys(strangers)])
    on = about.get("occurred_on") or store.clock().date()
    named = [(*_placed(store, stand, event), event) for event in stored_events]
    entries: list[Entry] = [(name, event.topic, event.state, OPAQUE, on, None) for name, _, event in named]
    drafts = (Draft(OPAQUE, on),)
    writes = tuple(Write(name, version - 1, drafts) for name, version, _ in named)
    command_id = about.get("command_id") or uuid4().hex
    actor, role = about.get("actor", "eventsourcing"), about.get("role", "library")
    return Batch(command_id, digest(stored_events), actor, role, writes), entries


def _placed(store: Named, stand: Callable[[str], int], event: StoredEvent) -> tuple[str, int]:
    """Return the stream of an event and its version there."""
    zero = stream_of(store, event.originator_id, 0)
    if event.originator_version == 0 or stand(zero):
        return zero, event.originator_version + 1
    return stream_of(store, event.originator_id, 1), event.originator_version


def digest(stored_events: Sequence[StoredEvent]) -> str:
    """Return a digest of what is to be written, to tell a retry from another command."""
    whole = sha256()
    for event in stored_events:
        head = f"{event.originator_id} {event.originator_version} {event.topic} {len(event.state)}\n"
        whole.update(head.encode() + event.state)
    return whole.hexdigest()


class Asked(msgspec.Struct, frozen=True):
    """Which notifications are wanted, as the library says it."""

    start: int | None
    limit: int
    stop: int | None
    topics: Sequence[str]
    inclusive_of_start: bool

    def query(self, where: Named, mark: str) -> tuple[str, list[Any]]:
        """Return the query and its values, MARK standing for a value; where ids are UUIDs, for aggregates only."""
        first = 1 if self.start is None else self.start if self.inclusive_of_start else self.start + 1
        wanted = [f"position >= {mark}", f"position <= {mark}"]
        values: list[Any] = [first, MAX_POSITION if self.stop is None else self.stop]
        if self.topics:
            wanted.append(f"topic IN ({', '.join([mark] * len(self.topics))})")
            values += self.topics
        if where.originator_id_type == "uuid":
            wanted.append(f"(name >= {mark} AND name <= {mark} OR name >= {mark} AND name <= {mark})")
            values += (ONE_BASED, ONE_BASED + LAST, ZERO_BASED, ZERO_BASED + LAST)
        return f"{NOTIFICATIONS} WHERE {' AND '.join(wanted)} ORDER BY position LIMIT {mark}", [*values, self.limit]


def notification(where: Named, row: Any) -> Notification:  # noqa: ANN401 -- a row by name of column
    """Read a row that such a query found."""
    originator, higher = originator_of(where, row["name"])
    return Notification(
        id=row["position"],
        originator_id=originator,
        originator_version=row["version"] - higher,
        topic=row["topic"],
        state=row["body"],
    )
