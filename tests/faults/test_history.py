"""Eight processes ask for random things at once; one log explains what all of them saw (P-01 … P-03, P-06, P-07, P-20).

`CAMPAIGN_LONG=1` is the long form.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from faults.crowd import Crowd, play, prepare
from faults.nursery import Nursery
from faults.stores import clock
from store.cluster import database, durable

from campaign.store.sqlite import SqliteLog

LONG = bool(os.environ.get("CAMPAIGN_LONG"))
COMMANDS, SEEDS, KILLS = (150, 20, 80) if LONG else (60, 1, 20)
LEAST = 60
"""Events, beside which most of what is asked for is refused: there is only so much to be done on two farms."""


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A store of each kind, with the harvest campaign adopted in it."""
    if request.param == "sqlite":
        SqliteLog(tmp_path / "campaign.db", (), clock(0)).close()
        prepare(str(tmp_path / "campaign.db"), tmp_path / "folder")
        yield str(tmp_path / "campaign.db")
    else:
        for dsn in database(durable):
            prepare(dsn, tmp_path / "folder")
            yield dsn


@pytest.mark.parametrize("kills", [0, KILLS], ids=["alive", "killed"])
@pytest.mark.parametrize("seed", range(SEEDS))
def test_one_log_explains_what_every_process_saw(
    nursery: Nursery, store: str, tmp_path: Path, seed: int, kills: int
) -> None:
    tale = play(nursery, store, tmp_path, Crowd(commands=COMMANDS, kills=kills), seed, pace=0.01)
    assert tale.amiss == []
    assert tale.killed == kills
    assert tale.head > LEAST
