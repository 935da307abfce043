"""The eventsourcing library's own recorder tests, on our recorders and tables; and an application of its kind."""

import os
import sys
import unittest
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Literal
from uuid import UUID, uuid4

import pytest
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import (
    DataError,
    IntegrityError,
    OperationalError,
    ProgrammingError,
    StoredEvent,
)
from eventsourcing.sqlite import SQLiteTrackingRecorder
from eventsourcing.utils import Environment
from store.kit import Clock, batch, status, write
from store.openfactory import Anything, OpenFactory, WithTextIds, wait_for_readers

from campaign.problems import Problems
from campaign.store.log import CommandReused, Conflict
from campaign.store.originators import ours
from campaign.store.recorder import Datastore, Factory, LogRecorder, ProcessRecorder, Recorder
from campaign.store.sqlite import SqliteLog

CIPHER = find_spec("Crypto") is not None
if not CIPHER:  # the library's test module imports a cipher that nothing here uses
    sys.modules["eventsourcing.cipher"] = SimpleNamespace(AESCipher=None)  # type: ignore[assignment]

from eventsourcing.tests.persistence import (  # noqa: E402 -- after the stand-in above
    AggregateRecorderTestCase,
    ApplicationRecorderTestCase,
    InfrastructureFactoryTestCase,
    NonInterleavingNotificationIDsBaseCase,
    ProcessRecorderTestCase,
    TrackingRecorderTestCase,
)


def now() -> datetime:
    return datetime.now(UTC)


class OnOurStore:
    """A directory with a store, for the library's test cases."""

    ids: Literal["uuid", "text"] = "uuid"

    def setUp(self) -> None:
        self.directory = TemporaryDirectory()
        self.datastore = Datastore(Path(self.directory.name) / "s.db", now, Anything(), originator_id_type=self.ids)

    def tearDown(self) -> None:
        wait_for_readers()
        self.datastore.close()
        self.directory.cleanup()


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
    def create_recorder(self) -> SQLiteTrackingRecorder:
        recorder = SQLiteTrackingRecorder(self.datastore)
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


class TrackingSubclass(SQLiteTrackingRecorder):
    """A tracking recorder of somebody's own."""


class TestFactory(InfrastructureFactoryTestCase[Factory]):
    def setUp(self) -> None:
        self.directory = TemporaryDirectory()
        self.env = Environment("TestCase", {"SQLITE_DBNAME": f"{self.directory.name}/s.db"})
        self.env["PERSISTENCE_MODULE"] = "campaign.store.recorder:Factory"
        super().setUp()

    def tearDown(self) -> None:
        super().tearDown()
        self.factory.close()
        self.directory.cleanup()

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

    def expected_tracking_recorder_class(self) -> type[SQLiteTrackingRecorder]:
        return SQLiteTrackingRecorder

    def tracking_recorder_subclass(self) -> type[SQLiteTrackingRecorder]:
        return TrackingSubclass

    def expected_process_recorder_class(self) -> type[ProcessRecorder]:
        return ProcessRecorder


# --- an application ----------------------------------------------------------------------------------------------


class Dog(Aggregate):
    @event("Registered")
    def __init__(self, name: str) -> None:
        self.name = name
        self.tricks: list[str] = []

    @event("TrickAdded")
    def add_trick(self, trick: str) -> None:
        self.tricks.append(trick)


class Kennel(Application[UUID]):
    snapshotting_intervals = {Dog: 5}  # noqa: RUF012 -- the library's own way


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {"PERSISTENCE_MODULE": "store.openfactory:OpenFactory", "SQLITE_DBNAME": str(tmp_path / "s.db")}


@pytest.fixture
def kennel(env: dict[str, str]) -> Iterator[Kennel]:
    app = Kennel(env)
    yield app
    app.close()


def test_an_application_works_on_our_store(kennel: Kennel, tmp_path: Path) -> None:
    dog = Dog("Fido")
    kennel.save(dog)
    for number in range(7):
        dog.add_trick(f"trick {number}")
        kennel.save(dog, actor="li.wei", role="trainer", command_id=f"c{number}", occurred_on=date(2005, 8, 17))
    assert kennel.repository.get(dog.id).tricks == dog.tricks
    assert kennel.repository.get(dog.id, version=3).tricks == ["trick 0", "trick 1"]
    assert [note.id for note in kennel.notification_log.select(1, 10)] == list(range(1, 9))
    with closing(SqliteLog(tmp_path / "s.db", [], now)) as log:
        assert log.version(f"aggregate:{dog.id.hex}") == 8
        rows = list(log.scan_rows(1))
        assert {row[6:8] for row in rows} == {("li.wei", "trainer")}
        assert rows[0][5] == "2005-08-17"
        with pytest.raises(Problems, match="unknown-topic"):
            list(log.scan())


def test_two_copies_of_an_aggregate_cannot_both_be_saved(kennel: Kennel) -> None:
    dog = Dog("Fido")
    kennel.save(dog)
    one, two = kennel.repository.get(dog.id), kennel.repository.get(dog.id)
    one.add_trick("sit")
    two.add_trick("roll")
    kennel.save(one)
    with pytest.raises(IntegrityError) as caught:
        kennel.save(two)
    conflict = ours(caught.value)
    assert isinstance(conflict, Conflict)
    assert (conflict.expected, conflict.actual) == (1, 2)


def test_a_save_given_again_under_its_command_id_writes_nothing(kennel: Kennel) -> None:
    recorder = kennel.recorder
    stored = StoredEvent(uuid4(), 1, "t", b"s")
    assert list(recorder.insert_events([stored], command_id="c1") or []) == [1]
    assert list(recorder.insert_events([stored], command_id="c1") or []) == [1]
    with pytest.raises(IntegrityError) as caught:
        recorder.insert_events([StoredEvent(uuid4(), 1, "t", b"s")], command_id="c1")
    assert isinstance(ours(caught.value), CommandReused)
    assert recorder.max_notification_id() == 1


def test_only_admitted_topics_are_written(tmp_path: Path) -> None:
    with closing(Factory({"SQLITE_DBNAME": str(tmp_path / "s.db")})) as factory:
        recorder = factory.application_recorder()
        with pytest.raises(ProgrammingError, match=r"unknown-topic.*builtins:object") as caught:
            recorder.insert_events([StoredEvent(uuid4(), 1, "builtins:object", b"{}")])
        assert isinstance(ours(caught.value), Problems)
        recorder.insert_events([StoredEvent(uuid4(), 1, "report_verified.v1", b'{"report":"r"}')])
        assert recorder.max_notification_id() == 1


def test_our_own_records_are_notifications_for_readers_with_text_ids(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with closing(SqliteLog(path, [], Clock())) as log:
        log.append(batch("c1", write("entity:jl2005/faw", 0, status(), status())))
    env = {"SQLITE_DBNAME": str(path), "ORIGINATOR_ID_TYPE": "text"}
    with closing(Factory(env)) as factory:
        recorder = factory.application_recorder()
        notes = recorder.select_notifications(1, 10)
        assert [(note.id, note.originator_id, note.originator_version) for note in notes] == [
            (1, "entity:jl2005/faw", 1),
            (2, "entity:jl2005/faw", 2),
        ]
        assert recorder.select_events("entity:jl2005/faw", gt=1)[0].topic == "operating_status_changed.v1"
    with closing(Factory({"SQLITE_DBNAME": str(path)})) as factory:
        assert factory.application_recorder().select_notifications(1, 10) == []


def test_a_store_that_cannot_be_opened_or_is_busy_is_an_operational_error(tmp_path: Path) -> None:
    with pytest.raises(OperationalError, match="store-missing") as caught:
        Factory({"SQLITE_DBNAME": str(tmp_path / "no" / "s.db")})
    assert isinstance(ours(caught.value), Problems)
    path = tmp_path / "s.db"
    with closing(Factory({"SQLITE_DBNAME": str(path), "SQLITE_LOCK_TIMEOUT": "1"})) as factory:
        recorder = factory.application_recorder()
        with closing(SqliteLog(path, [], now)) as log, log._tables.writing():
            with pytest.raises(OperationalError, match="locked") as caught:
                recorder.insert_events([StoredEvent(uuid4(), 1, "report_verified.v1", b"{}")])
            assert ours(caught.value) is caught.value


def test_settings_come_from_the_arguments_and_not_from_the_environment(env: dict[str, str]) -> None:
    before = dict(os.environ)
    with closing(OpenFactory(env)) as factory:
        assert factory.datastore.pool.db_name == env["SQLITE_DBNAME"]
    assert dict(os.environ) == before


def test_data_that_may_not_be_stored_is_the_librarys_data_error() -> None:
    from campaign.problems import Problem, T  # noqa: PLC0415 -- only here
    from campaign.store.originators import translated  # noqa: PLC0415 -- only here

    with pytest.raises(DataError), translated():
        raise Problems([Problem("invalid-event", T("x"))])
