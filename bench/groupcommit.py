"""Group commit on SQLite: sixteen writers of one program, by one queue and each by a connection of its own.

Everything is durable before it counts (synchronous FULL), and a whole command is timed: is it known, what does the
stream stand at, write one event, fold the view.  With its own commits each writer waits for the lock and then for the
disk; by the queue it waits for its group.  `waiting` writers give the next command when the last one is durable, as
people do, so that sixteen at most share a commit; `ahead` writers have up to 64 commands under way, as imports do.

Two bounds stand beside them.  `hand-over`: sixteen threads that hand the same queue jobs that do nothing and wait for
nothing, which is what threads of Python cost each other.  `bare`: the rows of a command written by one thread in
transactions of sixteen, with no check, which is what the disk and SQLite leave.

The ratio is the disk's as much as ours: where an fsync costs nothing, a group saves nothing.  So what a bare one costs
is printed first; a slower disk is had by `strace -f -qq --seccomp-bpf -o /dev/null -e trace=fsync,fdatasync -e
inject=fsync,fdatasync:delay_exit=5000 python bench/groupcommit.py`.
"""

import os
import tempfile
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, nullcontext
from pathlib import Path
from time import perf_counter
from typing import TypeAlias

from store import INSERT, States, batch, line, now, raw_store

from campaign.store.engine import Engine
from campaign.store.log import Outcome
from campaign.store.queue import Queue, SharedLog
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


def hand_over() -> float:
    """Let all hand in jobs that do nothing."""
    queue = Queue(nullcontext)
    with closing(queue):
        return rate(lambda _, times: [queue.hand_in(nothing).result() for _ in range(times)] and None, GROUPED)


def nothing() -> None:
    """Do it."""


def bare(path: Path) -> float:
    """Write an event, an outcome and a row of a view sixteen times a transaction."""
    body, day = b"x" * 130, "2005-08-17"
    with closing(raw_store(path)) as raw:
        raw.execute("INSERT INTO streams VALUES (1, 'entity:jl2005/0')")
        start = perf_counter()
        for first in range(1, WRITERS * GROUPED, WRITERS):
            raw.execute("BEGIN IMMEDIATE")
            for at in range(first, first + WRITERS):
                names = ("li.wei", "statistician", f"c-{at}")
                raw.execute(INSERT, (at, 1, at, "report_verified.v1", day, day, *names, 0, None, body, ""))
                raw.execute("INSERT INTO commands VALUES (?, 'd', 1, ?, ?, ?, x'')", (f"c-{at}", at, at, day))
                raw.execute("REPLACE INTO views VALUES (?, 'states', ?, ?)", (at % WRITERS, str(at % WRITERS), body))
            raw.execute("COMMIT")
        return WRITERS * GROUPED / (perf_counter() - start)


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
        best = dict.fromkeys(("own", "waiting", "ahead", "hand-over", "bare"), 0.0)
        for turn in range(ROUNDS):
            best["own"] = max(best["own"], own_commits(directory / f"own{turn}.db"))
            best["waiting"] = max(best["waiting"], grouped(directory / f"waiting{turn}.db", give))
            best["ahead"] = max(best["ahead"], grouped(directory / f"ahead{turn}.db", give_ahead))
            best["hand-over"] = max(best["hand-over"], hand_over())
            best["bare"] = max(best["bare"], bare(directory / f"bare{turn}.db"))
        print(*(f"# {how}: {commands:.0f} commands a second" for how, commands in best.items()), sep="\n")
        for how, target in {"waiting": 20.0, "ahead": 20.0, "hand-over": None, "bare": None}.items():
            line(f"16 writers by group commit, {how}", best[how] / best["own"], target)


if __name__ == "__main__":
    main()
