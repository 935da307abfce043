"""Group commit on SQLite: sixteen writers of one program, by one queue and each by a connection of its own.

Everything is durable before it counts (synchronous FULL), and a whole command is timed: is it known, what does the
stream stand at, write one event, fold the view.  With its own commits each writer waits for the lock and then for the
disk; by the queue it waits for its group.  `waiting` writers give the next command when the last one is durable, as
people do, so that sixteen at most share a commit; `ahead` writers have up to 64 commands under way, as imports do.

The ratio is the disk's as much as ours: where an fsync costs nothing, a group saves nothing.  So what a bare one costs
is printed first; a slower disk is had by `strace -f -qq --seccomp-bpf -o /dev/null -e trace=fsync,fdatasync -e
inject=fsync,fdatasync:delay_exit=5000 python bench/groupcommit.py`.
"""

import os
import tempfile
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from time import perf_counter
from typing import TypeAlias

from store import States, batch, line, now

from campaign.store.engine import Engine
from campaign.store.log import Outcome
from campaign.store.queue import SharedLog
from campaign.store.schema import connect, create
from campaign.store.sqlite import SqliteLog, SqliteTables

WRITERS = 16
AHEAD = 64
OWN, GROUPED = 25, 400
"""Commands of each writer: fewer by its own commits, since each is so much slower."""
ROUNDS = 3
"""The best of each counts, as a busy machine only slows."""

Writer: TypeAlias = Callable[[int, int], None]
"""Gives so many commands as the writer of that number."""


def name(writer: int, number: int) -> str:
    """Return a command's id."""
    return f"{writer}-{number}"


def give(log: Engine, writer: int, times: int) -> None:
    """Give commands one after the other."""
    for number in range(times):
        stream = f"entity:jl2005/{writer}"
        log.append(batch(stream, log.version(stream), 1, name(writer, number)))


def give_ahead(log: SharedLog, writer: int, times: int) -> None:
    """Give commands without waiting for each, up to AHEAD of them."""
    stream = f"entity:jl2005/{writer}"
    start, under_way = log.version(stream), deque[Future[Outcome]]()
    for number in range(times):
        if len(under_way) == AHEAD:
            under_way.popleft().result()
        under_way.append(log.hand_in(batch(stream, start + number, 1, name(writer, number))))
    for each in under_way:
        each.result()


def rate(write: Writer, times: int) -> float:
    """Return the commands a second of all writers together."""
    with ThreadPoolExecutor(WRITERS) as threads:
        start = perf_counter()
        list(threads.map(write, range(WRITERS), [times] * WRITERS))
        return WRITERS * times / (perf_counter() - start)


def own_commits(path: Path) -> float:
    """Let each writer commit by a connection of its own."""

    def write(writer: int, times: int) -> None:
        with closing(SqliteLog(path, [States()], now, timeout=600)) as log:
            give(log, writer, times)

    create(path)
    return rate(write, OWN)


def grouped(path: Path, how: Callable[[SharedLog, int, int], None]) -> float:
    """Let all write by one queue."""

    def tables() -> SqliteTables:
        return SqliteTables(connect(path, read_only=False, synchronous="FULL", timeout=600, shared=True), path)

    create(path)
    with closing(SharedLog(tables, [States()], now)) as log:
        return rate(lambda writer, times: how(log, writer, times), GROUPED)


def fsync_milliseconds(directory: Path) -> float:
    """Return what writing a page and syncing it costs here."""
    with (directory / "page").open("wb") as file:
        start = perf_counter()
        for _ in range(100):
            file.write(bytes(4096))
            file.flush()
            os.fsync(file.fileno())
        return (perf_counter() - start) * 10


def main() -> None:
    """Print how many times as many commands a group commit does."""
    with tempfile.TemporaryDirectory() as made:
        directory = Path(made)
        print(f"{'a bare fsync, milliseconds':<44} {fsync_milliseconds(directory):6.2f}     - -", flush=True)
        best = {"own": 0.0, "waiting": 0.0, "ahead": 0.0}
        for turn in range(ROUNDS):
            best["own"] = max(best["own"], own_commits(directory / f"own{turn}.db"))
            best["waiting"] = max(best["waiting"], grouped(directory / f"waiting{turn}.db", give))
            best["ahead"] = max(best["ahead"], grouped(directory / f"ahead{turn}.db", give_ahead))
        print(*(f"# {how}: {commands:.0f} commands a second" for how, commands in best.items()), sep="\n")
        line("16 writers by group commit, waiting", best["waiting"] / best["own"], 20.0)
        line("16 writers by group commit, ahead", best["ahead"] / best["own"], 20.0)


if __name__ == "__main__":
    main()
