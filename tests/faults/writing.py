"""A writer that is killed, or whose server is, and what became of what it had been told."""

import random
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from faults.nursery import Child, Nursery
from faults.stores import clock, open_log
from faults.writer import PARTS
from store.kit import Actors, Tally


def told(diary: Path) -> list[str]:
    """Return what the writer was told; a line cut short by a kill is no word."""
    text = diary.read_text() if diary.exists() else ""
    return [line.strip() for line in text.splitlines(keepends=True) if line.endswith("\n")]


def write_some(nursery: Nursery, store: str, diary: Path, chance: random.Random, most: int) -> Child:
    """Start a writer that goes on where the last one was told to have come; return once it did some more."""
    before = len(told(diary))
    writer = nursery.start("faults.writer", store, before + 1, diary)
    wanted = before + chance.randrange(1, most)
    while len(told(diary)) < wanted:
        code = writer.wait(0.001)
        assert code is None, f"the writer ended by itself with {code}"
    return writer


def torn_or_lost(store: str, acknowledged: Iterable[str]) -> tuple[list[str], list[str]]:
    """Open the store and return the acknowledged commands that are not there, and those that are not whole."""
    with closing(open_log(store, clock(0), [Tally(), Actors()])) as log:
        records = list(log.scan())
        events = Counter(record.command_id for record in records)
        outcomes = {command: log.outcome(command, command) for command in {*events, *acknowledged}}
        assert [record.position for record in records] == list(range(1, len(records) + 1))
        assert log.rows("tally").get("entity:k/a", [0])[0] == sum(r.stream == "entity:k/a" for r in records)
        assert log.checkpoint("tally") == log.head()
    lost = [command for command in acknowledged if not events[command]]
    whole = 2 * PARTS
    return lost, [name for name, kept in outcomes.items() if events[name] != (whole if kept else 0)]
