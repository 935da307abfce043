"""An acknowledged event survives, and a command is whole or absent (P-01, P-02).

By simulated power cuts, at 300 places; `CAMPAIGN_LONG=1` cuts at 10,000.  Processes are killed in tests/faults.
"""

import os
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from store.kit import Actors, Tally
from store.powercut import Cut, available, cuts, read, record, write_down
from store.worker import PARTS, now

from campaign.store.sqlite import SqliteLog

WORKER = Path(__file__).with_name("worker.py")
LONG = bool(os.environ.get("CAMPAIGN_LONG"))
CUTS = 10_000 if LONG else 300


def torn_or_lost(path: Path, told: list[str]) -> tuple[list[str], list[str]]:
    """Open the store and return the acknowledged commands that are not there, and those that are not whole."""
    with closing(SqliteLog(path, [], now, read_only=True)) as reader:
        found = reader.head()
    with closing(SqliteLog(path, [Tally(), Actors()], now, create=False)) as log:
        records = list(log.scan())
        events = Counter(record.command_id for record in records)
        outcomes = {command: log.outcome(command, command) for command in {*events, *told}}
        lost = [command for command in told if not events[command]]
        torn = [
            command
            for command, outcome in outcomes.items()
            if (outcome is not None) != (events[command] == 2 * PARTS) or events[command] not in (0, 2 * PARTS)
        ]
        assert [record.position for record in records] == list(range(1, len(records) + 1))
        assert log.rows("tally").get("entity:k/a", [0])[0] == sum(r.stream == "entity:k/a" for r in records)
        assert log.checkpoint("tally") == log.head() == found
        assert log._tables._connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    return lost, torn


# --- power cuts --------------------------------------------------------------------------------------------------

needs_strace = pytest.mark.skipif(not available(), reason="not run: strace missing or not permitted")


def power_cuts(directory: Path, synchronous: str, *, seed: int | None = None) -> list[Cut]:
    """Record a writer's system calls and return every state that a power cut could leave."""
    home = directory / "home"
    home.mkdir()
    path = home / "campaign.db"
    SqliteLog(path, [], now).close()
    start = read(home)
    commands = str(400 if LONG else 40)
    command = [sys.executable, str(WORKER), str(path), "endless", "1", commands, synchronous]
    return list(cuts(start, record(command, directory / "trace", home), seed))


def after(cut: Cut, directory: Path) -> tuple[list[str], list[str]]:
    """Start the machine again and look."""
    directory.mkdir(exist_ok=True)
    write_down(cut.files, directory)
    return torn_or_lost(directory / "campaign.db", cut.told)


@needs_strace
@pytest.mark.parametrize("seed", [None, 1, 2])
def test_a_power_cut_loses_nothing_and_tears_nothing(tmp_path: Path, seed: int | None) -> None:
    """P-01, P-02: at places all over the run; unsynced writes are gone, or there in part and in any order."""
    states = power_cuts(tmp_path, "FULL", seed=seed)
    assert len(states[-1].told) >= 40
    chosen = states[:: max(1, len(states) // (CUTS // 3))]
    assert len(chosen) >= CUTS // 3
    for cut in chosen:
        assert after(cut, tmp_path / "again") == ([], [])


@needs_strace
def test_a_power_cut_does_lose_commits_that_were_not_synced(tmp_path: Path) -> None:
    """Control of P-01: synchronous NORMAL loses acknowledged commands; what is there is whole all the same."""
    states = power_cuts(tmp_path, "NORMAL")
    losses = [after(cut, tmp_path / "again") for cut in states[:: max(1, len(states) // 50)]]
    assert any(lost for lost, _ in losses)
