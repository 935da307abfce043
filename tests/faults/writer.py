"""A writer in a process of its own: `main(STORE, FIRST, DIARY, HOW)` gives command after command until it is killed.

Each command writes three events to each of two streams.  What was acknowledged stands in the diary, a line each.  HOW
names a weaker set-up: `plain` for none.
"""

import os
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

from faults.stores import is_dsn

from campaign.domain.events import OperatingStatusChanged
from campaign.store.engine import Engine
from campaign.store.log import Batch, Draft, Write
from campaign.store.sqlite import SqliteLog

DAY = date(2005, 8, 17)
PARTS = 3
STREAMS = ("entity:k/a", "entity:k/b")


def now() -> datetime:
    return datetime.now(UTC)


def opened(store: str, how: str) -> Engine:
    """Open the store: `NORMAL` syncs at checkpoints only."""
    if is_dsn(store):
        from campaign.store.postgres import PostgresLog  # noqa: PLC0415 -- an extra

        return PostgresLog(store, [], now)
    return SqliteLog(Path(store), [], now, create=False, synchronous="NORMAL" if how == "NORMAL" else "FULL")


def command(log: Engine, number: int) -> Batch:
    """Make command NUMBER, on the streams as they stand."""
    drafts = (Draft(OperatingStatusChanged(status="running", reason="x" * (number * 37 % 400)), DAY),) * PARTS
    writes = tuple(Write(stream, log.version(stream), drafts) for stream in STREAMS)
    return Batch(f"c{number}", f"c{number}", "worker", "tester", writes)


def main(store: str, first: str, diary: str, how: str = "plain") -> None:
    """Write until killed."""
    notes = os.open(diary, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    number = int(first)
    with closing(opened(store, how)) as log:
        while True:
            log.append(command(log, number))
            os.write(notes, f"c{number}\n".encode())
            number += 1
