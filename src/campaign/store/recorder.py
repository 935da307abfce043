"""The same store for code written against `eventsourcing`: its factory, datastore and recorders over our tables.

Everything is written by Engine.write_within, so positions, time, idempotency and the append-only rule hold here too.
Originators become streams (see `originators`).  Options are passed in `env` and nothing is read from os.environ by this
module.

Importing this module imports `eventsourcing`; the program's own commands do not.
"""

import sqlite3
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event as Signal
from typing import Any, ClassVar, Literal
from uuid import UUID

from eventsourcing import sqlite as theirs
from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    Notification,
    OperationalError,
    StoredEvent,
    Subscription,
)

from campaign.domain.events import TOPICS
from campaign.store.engine import Engine
from campaign.store.log import Clock
from campaign.store.originators import Asked, batch_of, notification, originator_of, stream_of, translated
from campaign.store.schema import connect, create
from campaign.store.sqlite import MAX_VERSION, SqliteTables

POLL_SECONDS = 0.05

EVENTS = "SELECT name, version, topic, body FROM events JOIN streams ON streams.id = stream"


class Transaction(theirs.SQLiteTransaction):
    """A transaction that takes the lock at once when it is going to write."""

    def __enter__(self) -> theirs.SQLiteCursor:
        """Begin: a lock taken at the first write would come too late for what was read before it."""
        cursor = self.connection.cursor()
        with translated_errors():
            cursor.execute("BEGIN IMMEDIATE" if self.commit else "BEGIN")
        return cursor


@contextmanager
def translated_errors() -> Iterator[None]:
    """Raise the library's OperationalError for SQLite's, as its own transactions do at their end."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise OperationalError(error) from error


class Connection(theirs.SQLiteConnection):
    """A pooled connection with our kind of transaction."""

    @contextmanager
    def transaction(self, *, commit: bool) -> Iterator[theirs.SQLiteCursor]:
        """Run a transaction."""
        with Transaction(self, commit=commit) as cursor, cursor:
            yield cursor


class Pool(theirs.SQLiteConnectionPool):
    """A pool of connections to a store of ours."""

    def _create_connection(self) -> Connection:
        timeout = float(self.lock_timeout or theirs.SQLITE3_DEFAULT_LOCK_TIMEOUT)
        with translated():
            opened = connect(Path(self.db_name), read_only=False, synchronous="FULL", timeout=timeout, shared=True)
        opened.row_factory = sqlite3.Row
        return Connection(opened, self.max_age)


class Datastore(theirs.SQLiteDatastore):
    """A store of ours behind the library's pool; made if it is not there."""

    def __init__(
        self,
        path: Path,
        clock: Clock,
        topics: Container[str],
        *,
        originator_id_type: Literal["uuid", "text"],
        lock_timeout: int | None = None,
    ) -> None:
        """Admit only TOPICS; CLOCK gives aware UTC instants; LOCK_TIMEOUT is in seconds.

        Raises OperationalError when the store cannot be made.
        """
        super().__init__(str(path), originator_id_type=originator_id_type)
        self.clock, self.topics = clock, topics
        self.pool = Pool(db_name=str(path), lock_timeout=lock_timeout)
        with translated():
            create(path)


class Recorder(theirs.SQLiteAggregateRecorder):
    """An aggregate recorder over the log's own tables."""

    datastore: Datastore

    def construct_create_table_statements(self) -> list[str]:
        """Return nothing: the store is made whole, before it is opened."""
        return []

    def _insert_events(
        self,
        c: theirs.SQLiteCursor,
        stored_events: Sequence[StoredEvent],
        **kwargs: Any,  # noqa: ANN401 -- the library's own signature
    ) -> Sequence[int] | None:
        """Write events as one command.

        kwargs: command_id (a new one by default; the same again writes nothing), actor, role, occurred_on.
        """
        if stored_events:
            self._write(c, stored_events, kwargs)
        return None

    def _write(
        self, c: theirs.SQLiteCursor, stored_events: Sequence[StoredEvent], about: dict[str, Any]
    ) -> Sequence[int]:
        """Write and return the positions."""
        tables = SqliteTables(cursor_of(c).connection, self.datastore.pool.db_name)
        with translated():
            batch, entries = batch_of(self.datastore, tables.stand, stored_events, about)
            outcome = Engine(tables, (), self.datastore.clock).write_within(batch, entries)
        return list(range(outcome.first, outcome.last + 1))

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """Return an originator's events."""
        order = "DESC" if desc else "ASC"
        query = f"{EVENTS} WHERE name = ? AND version > ? AND version <= ? ORDER BY version {order} LIMIT ?"
        with self.datastore.transaction(commit=False) as c:
            for base in (0, 1):
                name, higher = stream_of(self.datastore, originator_id, base), 1 - base
                after = -1 if gt is None else gt + higher
                to = MAX_VERSION if lte is None else lte + higher
                c.execute(query, (name, after, to, -1 if limit is None else limit))
                found = c.fetchall()
                if found:
                    return [self._event(row) for row in found]
        return []

    def _event(self, row: Any) -> StoredEvent:  # noqa: ANN401 -- sqlite3.Row
        originator, higher = originator_of(self.datastore, row["name"])
        return StoredEvent(originator, row["version"] - higher, row["topic"], row["body"])


class LogRecorder(Recorder, theirs.SQLiteApplicationRecorder):
    """An application recorder: notifications are the log's records, their ids its positions."""

    datastore: Datastore

    def _max_notification_id(self, c: theirs.SQLiteCursor) -> int:
        c.execute("SELECT MAX(position) FROM events")
        return c.fetchone()[0]  # type: ignore[no-any-return] # None for an empty log, as the library has it

    def _insert_events(
        self,
        c: theirs.SQLiteCursor,
        stored_events: Sequence[StoredEvent],
        **kwargs: Any,  # noqa: ANN401 -- the library's own signature
    ) -> Sequence[int] | None:
        """Write events as one command and return their positions."""
        return self._write(c, stored_events, kwargs) if stored_events else []

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Return records in order of position; where ids are UUIDs, those of aggregates only."""
        asked = Asked(start, limit, stop, topics, inclusive_of_start)
        with self.datastore.transaction(commit=False) as c:
            c.execute(*asked.query(self.datastore, "?"))
            return [notification(self.datastore, row) for row in c.fetchall()]

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> "Polling":
        """Return a subscription that polls: SQLite cannot wake a reader of another process."""
        return Polling(self, gt, topics)


class Polling(Subscription[ApplicationRecorder]):
    """Yields notifications as they come, until stopped."""

    def __init__(self, recorder: ApplicationRecorder, gt: int | None, topics: Sequence[str]) -> None:
        """Begin after position GT."""
        super().__init__(recorder, gt, topics)
        self._waiting: list[Notification] = []
        self._stopped = Signal()

    def stop(self) -> None:
        """Stop, also while waiting."""
        super().stop()
        self._stopped.set()

    def __next__(self) -> Notification:
        """Return the next notification, when there is one. Raises StopIteration once stopped."""
        while not self._waiting and not self._stopped.is_set():
            self._waiting = self._poll()
            if not self._waiting:
                self._stopped.wait(POLL_SECONDS)
        if self._stopped.is_set():
            raise StopIteration
        return self._waiting.pop(0)

    def _poll(self) -> list[Notification]:
        found = self._recorder.select_notifications(
            self._last_notification_id or 0, 500, topics=self._topics, inclusive_of_start=False
        )
        if found:
            self._last_notification_id = found[-1].id
        return list(found)


class ProcessRecorder(LogRecorder, theirs.SQLiteProcessRecorder):
    """A process recorder: events and tracking records in one transaction."""

    datastore: Datastore

    def construct_create_table_statements(self) -> list[str]:
        """Return the tracking table's, which the library adds last to a table of events that we have no use for."""
        return theirs.SQLiteTrackingRecorder.construct_create_table_statements(self)[-1:]

    def _insert_events(
        self,
        c: theirs.SQLiteCursor,
        stored_events: Sequence[StoredEvent],
        **kwargs: Any,  # noqa: ANN401 -- the library's own signature
    ) -> Sequence[int] | None:
        """Write events and the tracking record given as `tracking`."""
        positions = super()._insert_events(c, stored_events, **kwargs)
        if kwargs.get("tracking") is not None:
            self._insert_tracking(c, kwargs["tracking"])
        return positions


class Factory(theirs.SQLiteFactory):
    """Makes recorders over one store; a subclass names the topics it admits and its clock.

    env: SQLITE_DBNAME is the store's path.
    """

    topics: ClassVar[Container[str]] = TOPICS
    clock: ClassVar[Callable[[], datetime]] = staticmethod(lambda: datetime.now(UTC))

    aggregate_recorder_class = Recorder
    application_recorder_class = LogRecorder
    process_recorder_class = ProcessRecorder

    def __init__(self, env: Any) -> None:  # noqa: ANN401 -- the library's own signature
        """Open the store named in ENV."""
        super().__init__(env)
        pool, kind = self.datastore.pool, self.datastore.originator_id_type
        self.datastore: Datastore = Datastore(
            Path(pool.db_name),
            type(self).clock,
            self.topics,
            originator_id_type=kind,
            lock_timeout=pool.lock_timeout,
        )

    def aggregate_recorder(self, purpose: str = "events") -> AggregateRecorder:
        """Return a recorder of the log; any other purpose, such as snapshots, gets a table of the library's own."""
        if purpose == "events":
            return self.aggregate_recorder_class(self.datastore)
        recorder = theirs.SQLiteAggregateRecorder(self.datastore, f"stored_{purpose}")
        if self.env_create_table():
            recorder.create_table()
        return recorder


def cursor_of(cursor: Any) -> sqlite3.Cursor:  # noqa: ANN401 -- the library passes either kind
    """Return SQLite's own cursor."""
    return cursor if isinstance(cursor, sqlite3.Cursor) else cursor.sqlite_cursor
