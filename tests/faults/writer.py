"""A writer in a process of its own: `main(STORE, FIRST, DIARY)` gives command after command until it is killed.

Each command writes three events to each of two streams.  What was acknowledged stands in the diary, a line each.
"""

import os
from contextlib import closing, suppress
from datetime import date

from faults.stores import clock, open_log

from campaign.domain.events import OperatingStatusChanged
from campaign.store.engine import Engine
from campaign.store.log import Batch, Conflict, Draft, Write

DAY = date(2005, 8, 17)
PARTS = 3
STREAMS = ("entity:k/a", "entity:k/b")


def command(log: Engine, number: int) -> Batch:
    """Make command NUMBER, on the streams as they stand."""
    drafts = (Draft(OperatingStatusChanged(status="running", reason="x" * (number * 37 % 400)), DAY),) * PARTS
    writes = tuple(Write(stream, log.version(stream), drafts) for stream in STREAMS)
    return Batch(f"c{number}", f"c{number}", "worker", "tester", writes)


def main(store: str, first: str, diary: str) -> None:
    """Write until killed."""
    notes = os.open(diary, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    number = int(first)
    with closing(open_log(store, clock(0), ())) as log:
        while True:
            with suppress(Conflict):  # the log went back, as it may where nobody waited for a standby: look again
                log.append(command(log, number))
                os.write(notes, f"c{number}\n".encode())
                number += 1
