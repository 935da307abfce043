from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from app.folders import harvest
from store import cluster

from campaign.app.adopt import apply
from campaign.app.handle import Who
from campaign.app.session import Session, Settings, open_session

STEWARD = Who("p-ada")
START = datetime(2031, 3, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return harvest(tmp_path / "harvest")


@pytest.fixture(params=[":memory:", "sqlite", "postgres"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Name an empty store of each kind in turn."""
    if request.param == "postgres":
        yield from cluster.database()
    else:
        yield request.param if request.param == ":memory:" else str(tmp_path / "store.db")


@pytest.fixture
def session(address: str, folder: Path) -> Iterator[Session]:
    """A rehearsal of the harvest campaign, adopted and still empty, on each kind of store in turn."""
    opened = open_session(Settings(address, at=START), write=True, create=True)
    reply = apply(opened, folder, STEWARD, rehearsal=True)
    assert reply.refusal is None
    yield opened
    opened.close()
