"""A process that writes to a store: `python worker.py PATH HOW [ARGUMENTS]`; it begins when told on stdin.

Lines on stdout are what it tells the world, each written at once: after an acknowledgement nothing may be lost.
"""

import os
import sqlite3
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from functools import partial
from itertools import count as count_up
from pathlib import Path

from campaign.domain.events import OperatingStatusChanged
from campaign.store.dsn import is_dsn
from campaign.store.engine import Engine
from campaign.store.log import Batch, Conflict, Draft, Write
from campaign.store.queue import SharedLog
from campaign.store.schema import Synchronous, connect
from campaign.store.sqlite import SqliteLog, SqliteTables

DAY = date(2005, 8, 17)
PARTS = 3
"""Each command of `stream` writes this many events to each of two streams."""


def tell(text: str) -> None:
    """Write a line with one system call."""
    os.write(1, f"{text}\n".encode())


def now() -> datetime:
    return datetime.now(UTC)


def made(command: str, *writes: tuple[str, int, str, int]) -> Batch:
    """Make a batch of (stream, expected, text, how many events)."""
    parts = tuple(
        Write(stream, expected, (Draft(OperatingStatusChanged(status="running", reason=text), DAY),) * times)
        for stream, expected, text, times in writes
    )
    return Batch(command, command, "worker", "tester", parts)


def endless(log: Engine, first: int, last: int) -> None:
    """Give command after command, `c1 c2 …`, each whole over two streams, and acknowledge it."""
    for number in range(first, last + 1):
        a, b = (log.version(stream) for stream in ("entity:k/a", "entity:k/b"))
        text = "x" * (number * 37 % 400)
        log.append(made(f"c{number}", ("entity:k/a", a, text, PARTS), ("entity:k/b", b, text, PARTS)))
        tell(f"c{number}")


def race(log: Engine, name: str) -> None:
    """Read, wait for the start, write; after a conflict reload and write again."""
    expected = log.version("entity:k/a")
    tell("ready")
    sys.stdin.readline()
    try:
        log.append(made(name, ("entity:k/a", expected, name, 1)))
    except Conflict as conflict:
        tell(f"conflict {conflict.expected} {conflict.actual}")
        log.append(made(name, ("entity:k/a", log.version("entity:k/a"), name, 1)))
    tell("done")


def count(log: Engine, name: str, times: int) -> None:
    """Add one to the number that the stream's last event holds, that many times."""
    tell("ready")
    sys.stdin.readline()
    conflicts = 0
    for number in range(times):
        while True:
            version = log.version("entity:k/a")
            value = int(log.read("entity:k/a", version - 1, version)[0].event.reason) if version else 0
            try:
                log.append(made(f"{name}-{number}", ("entity:k/a", version, str(value + 1), 1)))
                break
            except Conflict:
                conflicts += 1
    tell(f"done {conflicts}")


def scatter(log: Engine, name: str, times: int) -> None:
    """Write to a stream of one's own."""
    tell("ready")
    sys.stdin.readline()
    for number in range(times):
        log.append(made(f"{name}-{number}", (f"entity:k/{name}", 2 * number, name, 2)))
    tell("done")


def tail(log: Engine, until: int) -> None:
    """Follow the log from its start and tell every position, until the last one expected."""
    tell("ready")
    seen: list[int] = []
    seen.extend(record.position for record in log.follow(0, lambda: len(seen) < until))
    tell(" ".join(map(str, seen)))


def whole(log: Engine, name: str) -> None:
    """Give one command that is whole over two streams, whatever they hold."""
    a, b = (log.version(stream) for stream in ("entity:k/a", "entity:k/b"))
    log.append(made(name, ("entity:k/a", a, name, PARTS), ("entity:k/b", b, name, PARTS)))


def shared(path: Path) -> SharedLog:
    """Open a store for the threads of this process."""
    return SharedLog(lambda: SqliteTables(connect_shared(path), path), [], now)


def connect_shared(path: Path) -> sqlite3.Connection:
    """Connect for a thread; checkpoints are crossed often."""
    connection = connect(path, read_only=False, synchronous="FULL", timeout=30, shared=True)
    connection.execute("PRAGMA wal_autocheckpoint = 30")
    return connection


def grouped(path: Path, name: str, threads: int) -> None:
    """Give command after command from each of several threads, and acknowledge it."""
    log = shared(path)

    def write(thread: int) -> None:
        for number in count_up():
            command = f"{name}-{thread}-{number}"
            log.alone(partial(whole, log, command))
            tell(command)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(write, range(threads)))


def bunches(path: Path, name: str, many: int, size: int) -> None:
    """Hand in SIZE commands at once, so that they share commits; acknowledge all, and hand in the next."""
    log = shared(path)
    for turn in range(many):
        commands = [f"{name}-{turn}-{number}" for number in range(size)]
        waiting = [log.later(partial(whole, log, command)) for command in commands]
        for each in waiting:
            each.result()
        for command in commands:
            tell(command)


def hasty(path: Path, name: str) -> None:
    """Acknowledge before the commit, and be killed there."""
    log = shared(path)

    def write() -> None:
        whole(log, name)
        tell(name)
        sys.stdin.readline()

    log.alone(write)


def opened(store: str, synchronous: Synchronous, *, read_only: bool) -> Engine:
    """Open the store at a path or an address; SQLite crosses checkpoints often."""
    if is_dsn(store):
        from campaign.store.postgres import PostgresLog  # noqa: PLC0415 -- an extra

        return PostgresLog(store, [], now, read_only=read_only)
    log = SqliteLog(Path(store), [], now, synchronous=synchronous, read_only=read_only, create=False)
    log._tables._connection.execute("PRAGMA wal_autocheckpoint = 30")
    return log


def main() -> None:
    """Open the store and do as told."""
    path, how, *arguments = sys.argv[1:]
    if how == "grouped":
        grouped(Path(path), arguments[0], int(arguments[1]))
    if how == "hasty":
        hasty(Path(path), arguments[0])
    if how == "bunches":
        bunches(Path(path), arguments[0], int(arguments[1]), int(arguments[2]))
        return
    synchronous: Synchronous = "NORMAL" if arguments[-1:] == ["NORMAL"] else "FULL"
    arguments = [each for each in arguments if each not in ("FULL", "NORMAL")]
    log = opened(path, synchronous, read_only=how == "tail")
    if how == "endless":
        endless(log, *map(int, arguments))
    elif how == "race":
        race(log, *arguments)
    elif how == "tail":
        tail(log, int(arguments[0]))
    else:
        {"count": count, "scatter": scatter}[how](log, arguments[0], int(arguments[1]))
    log.close()


if __name__ == "__main__":
    main()
