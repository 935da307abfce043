"""The eventsourcing library's own recorder tests, on our PostgreSQL recorders and tables."""

import unittest
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date
from threading import Event
from typing import Literal
from uuid import uuid4

import pytest
from eventsourcing.persistence import IntegrityError, OperationalError, ProgrammingError, StoredEvent
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.utils import Environment
from store.cluster import quick
from store.kit import Clock, batch, status, write
from store.openfactory import Anything, WithTextIds, wait_for_readers
from store.proxy import Proxy
from store.test_recorder import (  # which puts something in the place of a cipher that the library's module imports
    CIPHER,
    AggregateRecorderTestCase,
    ApplicationRecorderTestCase,
    Dog,
    InfrastructureFactoryTestCase,
    Kennel,
    NonInterleavingNotificationIDsBaseCase,
    ProcessRecorderTestCase,
    TrackingRecorderTestCase,
)

from campaign.problems import Problems
from campaign.store.log import CommandReused, Conflict
from campaign.store.originators import ours
from campaign.store.postgres import PostgresLog
from campaign.store.postgres_recorder import Datastore, Factory, LogRecorder, ProcessRecorder, Recorder, Subscription

CUT = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""


def environment(database: str, **more: str) -> dict[str, str]:
    server = quick()
    return {
        "POSTGRES_DBNAME": database,
        "POSTGRES_HOST": "127.0.0.1",
        "POSTGRES_PORT": str(server.port),
        "POSTGRES_USER": "owner",
        "POSTGRES_PASSWORD": "none",
        "POSTGRES_POOL_SIZE": "1",
        "POSTGRES_LOCK_TIMEOUT": "30",
        **more,
    }


class OpenFactory(Factory):
    """A factory that admits every topic."""

    topics = Anything()


def opened(database: str, **more: str) -> Datastore:
    return OpenFactory(environment(database, **more)).datastore


class OnOurStore:
    """A database with a store, for the library's test cases."""

    ids: Literal["uuid", "text"] = "uuid"

    def setUp(self) -> None:
        self.database = quick().fresh()
        self.datastore = opened(self.database, ORIGINATOR_ID_TYPE=self.ids)

    def tearDown(self) -> None:
        wait_for_readers()
        self.datastore.close()
        quick().drop(self.database)


class TestAggregateRecorder(OnOurStore, AggregateRecorderTestCase):
    def create_recorder(self) -> Recorder:
        return Recorder(self.datastore)


class TestApplicationRecorder(OnOurStore, ApplicationRecorderTestCase):
    def create_recorder(self) -> LogRecorder:
        return LogRecorder(self.datastore)

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestNonInterleaving(OnOurStore, NonInterleavingNotificationIDsBaseCase):
    def create_recorder(self) -> LogRecorder:
        return LogRecorder(self.datastore)


class TestTrackingRecorder(OnOurStore, TrackingRecorderTestCase):
    def create_recorder(self) -> PostgresTrackingRecorder:
        recorder = PostgresTrackingRecorder(self.datastore)
        recorder.create_table()
        return recorder


class TestProcessRecorder(OnOurStore, ProcessRecorderTestCase):
    def create_recorder(self) -> ProcessRecorder:
        recorder = ProcessRecorder(self.datastore)
        recorder.create_table()
        return recorder


class TestAggregateRecorderWithTextIds(WithTextIds, TestAggregateRecorder): ...


class TestApplicationRecorderWithTextIds(WithTextIds, TestApplicationRecorder): ...


class TestProcessRecorderWithTextIds(WithTextIds, TestProcessRecorder): ...


class TrackingSubclass(PostgresTrackingRecorder):
    """A tracking recorder of somebody's own."""


class TestFactory(InfrastructureFactoryTestCase[Factory]):
    def setUp(self) -> None:
        self.database = quick().fresh()
        self.env = Environment("TestCase", environment(self.database))
        self.env["PERSISTENCE_MODULE"] = "campaign.store.postgres_recorder:Factory"
        super().setUp()

    def tearDown(self) -> None:
        super().tearDown()
        quick().drop(self.database)

    def run(self, result: unittest.TestResult | None = None) -> unittest.TestResult | None:
        """Leave out what needs a cipher where there is none."""
        if not CIPHER and "cipher" in self._testMethodName:
            pytest.skip("not run: pycryptodome missing")
        return super().run(result)

    def expected_factory_class(self) -> type[Factory]:
        return Factory

    def expected_aggregate_recorder_class(self) -> type[Recorder]:
        return Recorder

    def expected_application_recorder_class(self) -> type[LogRecorder]:
        return LogRecorder

    def expected_tracking_recorder_class(self) -> type[PostgresTrackingRecorder]:
        return PostgresTrackingRecorder

    def tracking_recorder_subclass(self) -> type[PostgresTrackingRecorder]:
        return TrackingSubclass

    def expected_process_recorder_class(self) -> type[ProcessRecorder]:
        return ProcessRecorder


# --- an application ------------------------------------------------------------------------------------------------


@pytest.fixture
def database() -> Iterator[str]:
    name = quick().fresh()
    yield name
    quick().drop(name)


def test_an_application_works_on_our_store(database: str) -> None:
    module = {"PERSISTENCE_MODULE": "store.test_postgres_recorder:OpenFactory"}
    with Kennel(environment(database, **module)) as kennel:
        dog = Dog("Fido")
        kennel.save(dog)
        for number in range(7):
            dog.add_trick(f"trick {number}")
            kennel.save(dog, actor="li.wei", role="trainer", command_id=f"c{number}", occurred_on=date(2005, 8, 17))
        assert kennel.repository.get(dog.id).tricks == dog.tricks
        assert kennel.repository.get(dog.id, version=3).tricks == ["trick 0", "trick 1"]
        assert [note.id for note in kennel.notification_log.select(1, 10)] == list(range(1, 9))
        stored = StoredEvent(uuid4(), 1, "t", b"s")
        assert list(kennel.recorder.insert_events([stored], command_id="again") or []) == [9]
        assert list(kennel.recorder.insert_events([stored], command_id="again") or []) == [9]
        with pytest.raises(IntegrityError) as caught:
            kennel.recorder.insert_events([StoredEvent(uuid4(), 1, "t", b"s")], command_id="again")
        assert isinstance(ours(caught.value), CommandReused)
        with pytest.raises(IntegrityError) as caught:
            kennel.recorder.insert_events([StoredEvent(dog.id, 1, "t", b"s")])
        assert isinstance(ours(caught.value), Conflict)
    with closing(PostgresLog(quick().dsn(database), [], Clock())) as log:
        assert log.version(f"aggregate:{dog.id.hex}") == 8
        rows = list(log.scan_rows(1, 8))
        assert {row[6:8] for row in rows} == {("li.wei", "trainer")}
        assert (rows[0][5], rows[0][10]) == ("2005-08-17", "db:owner")


def test_our_own_records_are_notifications_for_readers_with_text_ids(database: str) -> None:
    with closing(PostgresLog(quick().dsn(database), [], Clock())) as log:
        log.append(batch("c1", write("entity:jl2005/faw", 0, status(), status())))
    with closing(Factory(environment(database, ORIGINATOR_ID_TYPE="text"))) as factory:
        recorder = factory.application_recorder()
        assert [(note.id, note.originator_id) for note in recorder.select_notifications(1, 10)] == [
            (1, "entity:jl2005/faw"),
            (2, "entity:jl2005/faw"),
        ]
    with closing(Factory(environment(database))) as factory:
        assert factory.application_recorder().select_notifications(1, 10) == []


def test_only_admitted_topics_are_written(database: str) -> None:
    with closing(Factory(environment(database))) as factory:
        recorder = factory.application_recorder()
        with pytest.raises(ProgrammingError, match=r"unknown-topic.*builtins:object") as caught:
            recorder.insert_events([StoredEvent(uuid4(), 1, "builtins:object", b"{}")])
        assert isinstance(ours(caught.value), Problems)
        assert recorder.max_notification_id() is None


class Late(Subscription):
    """Hears nothing until its gate is open."""

    gate = Event()

    def _listen(self) -> None:
        assert self.gate.wait(60)
        super()._listen()


def test_what_is_written_before_anybody_listens_is_not_waited_for(database: str) -> None:
    """Between the first look and LISTEN nobody is woken: the library alone would sleep on until the next event."""
    first, second = (StoredEvent(uuid4(), 1, "t", b"s") for _ in range(2))
    with closing(OpenFactory(environment(database))) as factory, ThreadPoolExecutor(1) as threads:
        recorder = factory.application_recorder()
        recorder.insert_events([first])
        with Late(recorder) as notes:
            assert next(notes).originator_id == first.originator_id
            recorder.insert_events([second])
            Late.gate.set()
            assert threads.submit(next, notes).result(60).originator_id == second.originator_id


def test_a_reader_whose_connection_goes_is_told(database: str) -> None:
    with closing(OpenFactory(environment(database))) as factory, ThreadPoolExecutor(1) as threads:
        recorder = factory.application_recorder()
        recorder.insert_events([StoredEvent(uuid4(), 1, "t", b"s")])
        with recorder.subscribe() as notes:
            assert next(notes).id == 1
            waiting = threads.submit(next, notes)
            quick().sql(CUT, database)
            with pytest.raises(Exception, match="connection"):
                waiting.result(60)


def test_a_database_without_a_store_is_an_operational_error() -> None:
    name = quick().fresh(empty=True)
    try:
        with pytest.raises(OperationalError, match="store-missing"):
            Factory(environment(name))
    finally:
        quick().drop(name)


def test_an_answer_that_was_lost_writes_nothing_twice(database: str) -> None:
    """The library itself would come back with a conflict."""
    proxy = Proxy(quick().port)
    try:
        with closing(OpenFactory(environment(database, POSTGRES_PORT=str(proxy.port)))) as factory:
            recorder = factory.application_recorder()
            proxy.lose_answer = b"COMMIT\0"
            assert list(recorder.insert_events([StoredEvent(uuid4(), 1, "t", b"s")]) or []) == [1]
            assert (proxy.lost, recorder.max_notification_id()) == (1, 1)
            proxy.lost, proxy.times = 0, 9
            with pytest.raises(OperationalError, match="outcome-unknown"):
                recorder.insert_events([StoredEvent(uuid4(), 1, "t", b"s")])
    finally:
        proxy.close()
