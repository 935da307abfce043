"""What every store test needs: the list of stores, a clock to set, small events, small views."""

# ruff: noqa: ANN401 -- a view's row, and a store's options, may be anything

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from store.cluster import Cluster, quick

from campaign.domain.events import CampaignOpened, FindingRaised, OperatingStatusChanged, ReportVerified
from campaign.store.engine import Engine
from campaign.store.log import Batch, Draft, Guard, Outcome, View, Write
from campaign.store.memory import Contents, MemoryLog
from campaign.store.sqlite import SqliteLog

DAY = date(2005, 8, 17)
START = datetime(2005, 8, 17, 1, 2, 3, tzinfo=UTC)


class Clock:
    """A clock that a test sets; each look moves it on by `step`."""

    def __init__(self, step: timedelta = timedelta(seconds=1)) -> None:
        self.now = START
        self.step = step

    def __call__(self) -> datetime:
        self.now += self.step
        return self.now


class Tally:
    """A view by stream: how many events, and the last topic."""

    name = "tally"

    def __init__(self, version: int = 1, weight: int = 1) -> None:
        self.version = version
        self.weight = weight

    def key(self, record: Any) -> str | None:
        return None if isinstance(record.event, CampaignOpened) else record.stream

    def evolve(self, row: Any, record: Any) -> Any:
        count = row[0] if row else 0
        return [count + self.weight, record.topic, record.position]

    def dump(self, row: Any) -> bytes:
        return msgspec.json.encode(row)

    def load(self, data: bytes) -> Any:
        return msgspec.json.decode(data)


class Actors(Tally):
    """A view by actor: the positions of what each did."""

    name = "actors"

    def key(self, record: Any) -> str | None:
        return record.actor

    def evolve(self, row: Any, record: Any) -> Any:
        return [*(row or []), record.position]


class Store:
    """One kind of store: opens logs on the same data as often as asked."""

    account = ""
    """The account that the store itself writes into every record, if it knows one."""

    def __init__(self) -> None:
        self.opened: list[Engine] = []
        self.clock = Clock()

    def open(self, views: Sequence[View] | None = None, **options: Any) -> Engine:
        log = self.make([Tally(), Actors()] if views is None else views, options.pop("clock", self.clock), **options)
        self.opened.append(log)
        return log

    def make(self, views: Sequence[View], clock: Callable[[], datetime], **options: Any) -> Engine:
        raise NotImplementedError

    def close(self) -> None:
        for log in self.opened:
            log.close()


class InMemory(Store):
    def __init__(self, directory: Path) -> None:
        super().__init__()
        del directory
        self.contents = Contents()

    def make(self, views: Sequence[View], clock: Callable[[], datetime], **options: Any) -> Engine:
        return MemoryLog(views, clock, contents=self.contents, **options)


class OnSqlite(Store):
    def __init__(self, directory: Path) -> None:
        super().__init__()
        self.path = directory / "campaign.db"

    def make(self, views: Sequence[View], clock: Callable[[], datetime], **options: Any) -> Engine:
        return SqliteLog(self.path, views, clock, **options)


class OnPostgres(Store):
    """A database of its own on the tests' server, opened by the owner."""

    account = "db:owner"

    def __init__(self, directory: Path, server: Callable[[], Cluster] = quick) -> None:
        super().__init__()
        del directory
        self.server = server()
        self.database = self.server.fresh()
        self.dsn = self.server.dsn(self.database)

    def make(self, views: Sequence[View], clock: Callable[[], datetime], **options: Any) -> Engine:
        from campaign.store.postgres import PostgresLog  # noqa: PLC0415 -- an extra

        return PostgresLog(self.dsn, views, clock, **options)

    def close(self) -> None:
        super().close()
        self.server.drop(self.database)


STORES: dict[str, Callable[[Path], Store]] = {"memory": InMemory, "sqlite": OnSqlite, "postgres": OnPostgres}
"""Every kind of store that the contract holds for."""


def status(reason: str = "market") -> OperatingStatusChanged:
    return OperatingStatusChanged(status="running", reason=reason)


def finding(statement: str = "s") -> FindingRaised:
    return FindingRaised(finding="f1", kind="omission", statement=statement)


VERIFIED = ReportVerified(report="r1")
OPENED = CampaignOpened(key="jl2005", title="Jilin 2005")


def write(stream: str, expected: int, *events: Any, on: date = DAY, cause: int | None = None) -> Write:
    return Write(stream, expected, tuple(Draft(event, on, cause) for event in events))


def batch(command: str, *writes: Write, guards: tuple[Guard, ...] = (), **changes: Any) -> Batch:
    made = Batch(command, f"digest of {command}", "li.wei", "statistician", writes, guards, b'{"ok":true}')
    return msgspec.structs.replace(made, **changes)


def refusal(command: str) -> Outcome:
    return Outcome(command, f"digest of {command}", accepted=False, result=b'{"gate":"survey"}')
