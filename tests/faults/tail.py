"""A reader at the tail in a process of its own: `main(STORE, DIARY, OVER)`.

It notes every position that it sees, and whose command stands there; killed and started again it goes on behind the
last one.  Once the file OVER is there it looks a last time and ends.
"""

import os
import time
from pathlib import Path

from faults.stores import clock, open_log

from campaign.problems import Problems

PAUSE = 0.005
"""Seconds between two looks."""


def read(diary: Path) -> list[tuple[int, str]]:
    """Return the positions and commands noted; a line cut short by a kill was not."""
    text = diary.read_text() if diary.exists() else ""
    lines = [line.split() for line in text.splitlines(keepends=True) if line.endswith("\n")]
    return [(int(position), command) for position, command in lines]


def main(store: str, diary: str, over: str) -> None:
    """Follow the log."""
    seen = read(Path(diary))
    after = seen[-1][0] if seen else 0
    notes = os.open(diary, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    last = False

    def wait() -> bool:
        nonlocal last
        if last:
            return False
        last = Path(over).exists()
        time.sleep(0 if last else PAUSE)
        return True

    while not last:
        try:
            log = open_log(store, clock(0), (), read_only=True)
            for record in log.follow(after, wait):
                os.write(notes, f"{record.position} {record.command_id}\n".encode())
                after = record.position
            log.close()
        except Problems:  # the store is not there just now
            last = False
            time.sleep(PAUSE)
