"""The PostgreSQL store for code written against `eventsourcing`: its factory, datastore and recorders over our tables.

Everything is written by Engine.write_within through our append function, under our lock; the library's own tables are
used for snapshots and tracking only.  The store is made by `campaign store migrate`, never by a recorder.  Options are
passed in `env`; nothing is read from os.environ by this module.
"""

from collections.abc import Callable, Container, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID, uuid4

import psycopg
from eventsourcing import persistence
from eventsourcing import postgres as theirs
from eventsourcing.persistence import AggregateRecorder, Notification, StoredEvent, Tracking
from psycopg.conninfo import make_conninfo

from campaign.domain.events import TOPICS
from campaign.store import migrations
from campaign.store.engine import Engine
from campaign.store.log import Clock
from campaign.store.originators import Asked, batch_of, notification, originator_of, stream_of, translated
from campaign.store.postgres_connect import Connection, Seen, look
from campaign.store.postgres_faults import Lost
from campaign.store.postgres_link import HEED, LISTEN, UNHEED
from campaign.store.postgres_tables import MAX_VERSION, PostgresTables

EVENTS = "SELECT name, version, topic, body FROM events JOIN streams ON streams.id = stream"
TRIES = 3
HEARING = 0.1
"""Seconds after which whoever listens looks whether to go on."""


class Datastore(theirs.PostgresDatastore):
    """A store of ours behind the library's pool."""

    def __init__(self, given: theirs.PostgresDatastore, clock: Clock, topics: Container[str]) -> None:
        """Take over what GIVEN was told; admit only TOPICS; CLOCK gives aware UTC instants.

        Raises OperationalError when there is no store, or one of another version.
        """
        vars(self).update(vars(given))
        vars(given).clear()  # it would close the pool once it is forgotten
        self.clock, self.topics = clock, topics
        told: dict[str, Any] = dict(self.pool.kwargs)  # type: ignore[arg-type] # the library gives a dict
        self.dsn = make_conninfo("", **{name: told[name] for name in ("host", "port", "dbname", "user")})
        self.seen: Seen
        with self.get_connection() as connection, translated():
            lent: psycopg.Connection[Any] = connection
            self.seen = look(lent, self.dsn, read_only=False, timeout=self.lock_timeout)
            migrations.known(self.seen, self.dsn)

    def borrowed(self, connection: "psycopg.Connection[Any]") -> PostgresTables:
        """Return our tables over a connection of the pool."""
        lent: Connection = connection
        return PostgresTables(self.dsn, borrow=lambda: (lent, self.seen))


class Recorder(theirs.PostgresAggregateRecorder):
    """An aggregate recorder over the log's own tables."""

    datastore: Datastore

    def create_table(self) -> None:
        """Leave it: the store is made whole, before it is opened."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:  # noqa: ANN401 -- the library's own signature
        """Write events as one command; where an answer was lost, the same command is given again.

        kwargs: command_id (a new one by default; the same again writes nothing), actor, role, occurred_on.
        """
        if stored_events:
            self._write(stored_events, kwargs)
        return None

    def _write(self, stored_events: Sequence[StoredEvent], about: dict[str, Any]) -> Sequence[int]:
        """Write and return the positions."""
        named = {**about, "command_id": about.get("command_id") or uuid4().hex}
        with translated():
            for number in range(TRIES):
                try:
                    return self._write_once(stored_events, named)
                except Lost:
                    if number == TRIES - 1:
                        raise
        raise AssertionError  # pragma: no cover -- the loop returns or raises

    def _write_once(self, stored_events: Sequence[StoredEvent], about: dict[str, Any]) -> Sequence[int]:
        with self.datastore.get_connection() as connection:
            tables = self.datastore.borrowed(connection)
            try:
                with tables.writing():
                    batch, entries = batch_of(self.datastore, tables.stand, stored_events, about)
                    outcome = Engine(tables, (), self.datastore.clock).write_within(batch, entries)
                    self._beside(connection, about)
            finally:
                tables.close()
        return list(range(outcome.first, outcome.last + 1))

    def _beside(self, connection: "psycopg.Connection[Any]", about: dict[str, Any]) -> None:
        """Write what goes with the events, in their transaction."""

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
        query = f"{EVENTS} WHERE name = %s AND version > %s AND version <= %s ORDER BY version {order} LIMIT %s"
        with self.datastore.get_connection() as connection:
            for base in (0, 1):
                name, higher = stream_of(self.datastore, originator_id, base), 1 - base
                after = -1 if gt is None else gt + higher
                to = MAX_VERSION if lte is None else lte + higher
                found = connection.execute(query, (name, after, to, limit), binary=True).fetchall()
                if found:
                    return [self._event(row) for row in found]
        return []

    def _event(self, row: dict[str, Any]) -> StoredEvent:
        originator, higher = originator_of(self.datastore, row["name"])
        return StoredEvent(originator, row["version"] - higher, row["topic"], row["body"])


class LogRecorder(Recorder, theirs.PostgresApplicationRecorder):
    """An application recorder: notifications are the log's records, their ids its positions; readers are woken."""

    datastore: Datastore

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:  # noqa: ANN401 -- the library's own signature
        """Write events as one command and return their positions."""
        return self._write(stored_events, kwargs) if stored_events else []

    def max_notification_id(self) -> int | None:
        """Return the last position, None for an empty log."""
        with self.datastore.get_connection() as connection:
            found = connection.execute("SELECT max(position) AS last FROM events").fetchall()
        last: int | None = found[0]["last"]
        return last

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
        with self.datastore.get_connection() as connection:
            found = connection.execute(*asked.query(self.datastore, "%s"), binary=True).fetchall()
        return [notification(self.datastore, row) for row in found]

    def subscribe(
        self, gt: int | None = None, topics: Sequence[str] = ()
    ) -> persistence.Subscription[persistence.ApplicationRecorder]:
        """Return notifications after GT as they come."""
        return Subscription(self, gt=gt, topics=topics)


class Subscription(theirs.PostgresSubscription):
    """Lets our writers see that somebody listens: nobody is woken otherwise."""

    def _listen(self) -> None:
        """Look once more when it is heard: what came between the library's first look and this woke nobody."""
        try:
            with self._recorder.datastore.get_connection() as connection:
                connection.execute(LISTEN)
                connection.execute(HEED)
                try:
                    self._has_been_notified.set()
                    while not self._has_been_stopped and not self._thread_error:
                        if any(True for _ in connection.notifies(timeout=HEARING, stop_after=1)):
                            self._has_been_notified.set()
                finally:
                    connection.execute(UNHEED)
        except BaseException as error:  # noqa: BLE001 -- it is raised again by whoever waits for notifications
            self._thread_error = self._thread_error or error
            self.stop()


class ProcessRecorder(LogRecorder, theirs.PostgresProcessRecorder):
    """A process recorder: events and tracking records in one transaction."""

    datastore: Datastore

    def create_table(self) -> None:
        """Make the library's table of tracking records, and nothing for events."""
        tracking = theirs.PostgresTrackingRecorder(self.datastore, tracking_table_name=self.tracking_table_name)
        tracking.create_table()

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:  # noqa: ANN401 -- the library's own signature
        """Write events and the tracking record given as `tracking`, which may stand alone."""
        if not stored_events and kwargs.get("tracking") is not None:
            self.insert_tracking(kwargs["tracking"])
        return super().insert_events(stored_events, **kwargs)

    def _beside(self, connection: "psycopg.Connection[Any]", about: dict[str, Any]) -> None:
        """Write the tracking record given as `tracking`."""
        tracking: Tracking | None = about.get("tracking")
        if tracking is not None:
            self._insert_tracking(connection.cursor(), tracking)


class Factory(theirs.PostgresFactory):
    """Makes recorders over one store; a subclass names the topics it admits and its clock.

    env: POSTGRES_DBNAME, POSTGRES_HOST, POSTGRES_PORT, POSTGRES_USER and so on, as the library has them.
    """

    topics: ClassVar[Container[str]] = TOPICS
    clock: ClassVar[Callable[[], datetime]] = staticmethod(lambda: datetime.now(UTC))

    aggregate_recorder_class = Recorder
    application_recorder_class = LogRecorder
    process_recorder_class = ProcessRecorder

    def __init__(self, env: Any) -> None:  # noqa: ANN401 -- the library's own signature
        """Open the store named in ENV."""
        super().__init__(env)
        self.datastore: Datastore = Datastore(self.datastore, type(self).clock, self.topics)

    def aggregate_recorder(self, purpose: str = "events") -> AggregateRecorder:
        """Return a recorder of the log; any other purpose, such as snapshots, gets a table of the library's own."""
        if purpose == "events":
            return self.aggregate_recorder_class(self.datastore)
        recorder = theirs.PostgresAggregateRecorder(self.datastore, events_table_name=f"stored_{purpose}")
        if self.env_create_table():
            recorder.create_table()
        return recorder
