"""A store with the short story of 2005 in it, a key, and checkpoints; every test works on copies."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from evidence.kit import ADMIN, Office, go_on

from campaign.app import evidence
from campaign.app.session import Settings, open_session
from campaign.demo.perform import perform


def bare(folder: Path) -> Path:
    """Where the store of FOLDER stands as it was before there was a key."""
    return folder.with_name(f"{folder.name}-bare")


def tell(folder: Path, *, short: bool) -> Path:
    """Tell the story; then a key, a checkpoint, some more events, and another checkpoint."""
    perform(str(folder / "store.db"), lambda _: None, short=short).close()
    shutil.copytree(folder, bare(folder))
    session = open_session(Settings(str(folder / "store.db")), write=True)
    assert evidence.rotate(session, folder / "key", ADMIN).refusal is None
    (folder / "first.txt").write_text(evidence.checkpoint(session, folder / "key"))
    go_on(session, 3)
    (folder / "second.txt").write_text(evidence.checkpoint(session, folder / "key"))
    session.close()
    return folder


@pytest.fixture(scope="session")
def _told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tell(tmp_path_factory.mktemp("office"), short=True)


@pytest.fixture(scope="session")
def _told_whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tell(tmp_path_factory.mktemp("whole"), short=False)


@pytest.fixture
def office(_told: Path, tmp_path: Path) -> Iterator[Office]:
    """A copy of an office with the first two stages of the story."""
    yield from copied(_told, tmp_path)


@pytest.fixture
def whole(_told_whole: Path, tmp_path: Path) -> Iterator[Office]:
    """A copy of an office with the whole story, to the awards; it takes its time."""
    yield from copied(_told_whole, tmp_path)


@pytest.fixture
def desk(_told_whole: Path, tmp_path: Path) -> Path:
    """An auditor's folder with the store of the whole story, without a key."""
    return Path(shutil.copytree(bare(_told_whole), tmp_path / "desk"))


def copied(told: Path, tmp_path: Path) -> Iterator[Office]:
    folder = tmp_path / "office"
    shutil.copytree(told, folder)
    made = Office(folder)
    yield made
    made.close()
