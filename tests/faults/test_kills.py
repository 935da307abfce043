"""An acknowledged event survives, and a command is whole or absent (P-01, P-02): writers and servers that are killed.

Short forms; `CAMPAIGN_LONG=1` kills 1,000 writers on each store and the server 100 times.
"""

import os
import random
from pathlib import Path

import pytest
from faults.crowd import Crowd, play, prepare
from faults.nursery import Nursery
from faults.servers import crash, crashing
from faults.writing import told, torn_or_lost, write_some

from campaign.store.sqlite import SqliteLog

LONG = bool(os.environ.get("CAMPAIGN_LONG"))
KILLS = {"sqlite": 1000 if LONG else 100, "postgres": 1000 if LONG else 40}
CRASHES = 100 if LONG else 5
CHECKED = 10
"""The whole log is looked at after every so many kills."""


@pytest.mark.parametrize("kind", KILLS)
def test_killed_writers_lose_nothing_and_tear_nothing(nursery: Nursery, kind: str, tmp_path: Path) -> None:
    """P-01, P-02: kill -9 at any moment; the next process goes on with the command that got no answer."""
    chance, diary = random.Random(7), tmp_path / "told"  # noqa: S311 -- a seed, not a secret
    if kind == "sqlite":
        store = str(tmp_path / "campaign.db")
        SqliteLog(store, (), None).close()
    else:
        store = crashing().dsn(crashing().fresh())
    for number in range(1, KILLS[kind] + 1):
        write_some(nursery, store, diary, chance, 8).kill()
        if number % CHECKED == 0:
            assert torn_or_lost(store, told(diary)) == ([], [])
    assert told(diary) == [f"c{number}" for number in range(1, len(told(diary)) + 1)]


def test_a_server_that_crashes_loses_nothing_and_tears_nothing(nursery: Nursery, tmp_path: Path) -> None:
    """P-01, P-02 on PostgreSQL: a writer at work while the server is stopped at once."""
    server, chance, diary = crashing(), random.Random(8), tmp_path / "told"  # noqa: S311 -- a seed, not a secret
    store = server.dsn(server.fresh())
    for _ in range(CRASHES):
        writer = write_some(nursery, store, diary, chance, 40)
        server.stop("immediate")
        writer.kill()
        server.start()
        assert torn_or_lost(store, told(diary)) == ([], [])


def test_a_server_that_does_not_wait_for_its_disk_loses_what_it_acknowledged(nursery: Nursery, tmp_path: Path) -> None:
    """Control of P-01: synchronous_commit off."""
    server, chance, diary = crashing(), random.Random(9), tmp_path / "told"  # noqa: S311 -- a seed, not a secret
    store = server.dsn(server.fresh())
    lost: list[str] = []
    for _ in range(5):
        writer = write_some(nursery, f"{store}?options=-csynchronous_commit%3Doff", diary, chance, 40)
        server.stop("immediate")
        writer.kill()
        server.start()
        lost, torn = torn_or_lost(store, told(diary))
        assert torn == []
        if lost:
            break
    assert lost


def test_one_log_explains_what_all_saw_of_a_server_that_crashes(nursery: Nursery, tmp_path: Path) -> None:
    """P-01 … P-03, P-06, P-07: eight clients and two readers go on across crashes, some of them killed as well."""
    server = crashing()
    store = server.dsn(server.fresh())
    prepare(store, tmp_path / "folder")
    crowd = Crowd(commands=30 * CRASHES, kills=CRASHES)
    tale = play(nursery, store, tmp_path, crowd, 1, between=[lambda: crash(server)] * CRASHES, pace=0.3)
    assert tale.amiss == []
    assert tale.head > CRASHES
