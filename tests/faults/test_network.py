"""Exactly once over a network that cuts, delays and doubles (P-03), on PostgreSQL.

`CAMPAIGN_LONG=1` gives ten times the commands.
"""

import os
from pathlib import Path

from faults.crowd import Crowd, play, prepare
from faults.nursery import Nursery
from faults.proxy import Manners, between
from store.cluster import quick

LONG = bool(os.environ.get("CAMPAIGN_LONG"))
CLIENTS, COMMANDS = 6, 2500 if LONG else 250


def test_every_command_happens_once_over_a_line_that_breaks(nursery: Nursery, tmp_path: Path) -> None:
    """P-03: 1,500 commands; connections are cut before a command arrives and before its answer does."""
    server = quick()
    name = server.fresh()
    prepare(server.dsn(name), tmp_path / "folder")
    with between(server.port, Manners(cut=0.02, delay=0.02, double=0.2), seed=3) as proxy:
        way = server.dsn(name).replace(str(server.port), str(proxy.port))
        tale = play(nursery, server.dsn(name), tmp_path, Crowd(CLIENTS, COMMANDS), 3, way=way)
    assert tale.amiss == []
    assert proxy.did["cut"] > 50
    assert min(proxy.did["delay"], proxy.did["double"]) > 5
    server.drop(name)


def test_blind_retry_makes_things_happen_twice(nursery: Nursery, tmp_path: Path) -> None:
    """Control of P-03: over the same line, under a new id each time; a few lines, for each may cut no answer."""
    assert any(happened_twice(nursery, tmp_path / str(seed), seed) for seed in range(4, 12))


def happened_twice(nursery: Nursery, folder: Path, seed: int) -> bool:
    """Whether something happened twice over the line of SEED."""
    server = quick()
    name = server.fresh()
    folder.mkdir()
    prepare(server.dsn(name), folder / "folder")
    with between(server.port, Manners(cut=0.02), seed=seed) as proxy:
        way = server.dsn(name).replace(str(server.port), str(proxy.port))
        tale = play(nursery, server.dsn(name), folder, Crowd(CLIENTS, 40, 0), seed, way=way, client=["faults.blind"])
    server.drop(name)
    return any(" happened" in line for line in tale.amiss)
