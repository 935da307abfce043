from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from faults.crowd import prepare
from faults.nursery import Nursery, opened
from faults.stores import clock
from store.cluster import Cluster, database, durable, quick

from campaign.store.sqlite import SqliteLog


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Give the process that starts processes."""
    with opened() as made:
        yield made


def _each(kind: str, tmp_path: Path, server: Callable[[], Cluster]) -> Iterator[str]:
    """A store of a KIND with the harvest campaign adopted in it."""
    if kind == "sqlite":
        SqliteLog(tmp_path / "campaign.db", (), clock(0)).close()
        prepare(str(tmp_path / "campaign.db"), tmp_path / "folder")
        yield str(tmp_path / "campaign.db")
    else:
        for dsn in database(server):
            prepare(dsn, tmp_path / "folder")
            yield dsn


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A store of each kind, with the harvest campaign adopted in it."""
    yield from _each(request.param, tmp_path, quick)


@pytest.fixture(params=["sqlite", "postgres"])
def durable_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The same, on a server that writes to the disk before it says so."""
    yield from _each(request.param, tmp_path, durable)
