"""Moving the log on SQLite: a copy and a verified backup of 20,000 events, each against doing no more than that.

The raw peer of a copy reads all rows and writes them into the same tables without triggers, in transactions of the same
size; ours also checks the order of both, hashes every record, grows the tree of the target, folds its read model and
compares the heads.  The raw peer of a backup is SQLite's own, without looking at what came out.
"""

import sqlite3
import tempfile
from contextlib import closing
from itertools import count
from pathlib import Path
from time import perf_counter

from store import INSERT, SCAN, States, Work, compare, fill, now, raw_store

from campaign.app.moving import backup
from campaign.store.copying import copy
from campaign.store.refill import PORTION
from campaign.store.sqlite import SqliteLog

NUMBERS = count()


class Moves:
    """One source and ever new targets."""

    def __init__(self, directory: Path) -> None:
        """Fill the source."""
        self.directory, self.source = directory, directory / "source.db"
        with closing(SqliteLog(self.source, [States()], now, synchronous="OFF")) as log:
            fill(log)
            self.size = log.head()
            log.tree().seal()

    def target(self) -> Path:
        """Return a new name."""
        return self.directory / f"target{next(NUMBERS)}.db"

    def copy(self) -> None:
        """Copy as `campaign store copy` does."""
        old = SqliteLog(self.source, [States()], now, read_only=True)
        new = SqliteLog(self.target(), [States()], now)
        with closing(old), closing(new):
            assert copy(old, new).new == self.size

    def raw_copy(self) -> None:
        """Read rows and write them."""
        with closing(sqlite3.connect(self.source)) as old, closing(raw_store(self.target())) as new:
            streams: dict[str, int] = {}
            rows = old.execute(SCAN)
            for portion in iter(lambda: rows.fetchmany(PORTION), []):
                new.execute("BEGIN IMMEDIATE")
                for row in portion:
                    if row[1] not in streams:
                        streams[row[1]] = len(streams) + 1
                        new.execute("INSERT INTO streams VALUES (?, ?)", (streams[row[1]], row[1]))
                new.executemany(
                    INSERT, [(row[0], streams[row[1]], *row[2:9], row[0], row[9], row[11], row[10]) for row in portion]
                )
                new.execute("COMMIT")

    def backup(self) -> None:
        """Back up and verify."""
        assert backup(str(self.source), self.target()).records == self.size

    def raw_backup(self) -> None:
        """Back up and look away."""
        with closing(sqlite3.connect(self.source)) as old, closing(sqlite3.connect(self.target())) as new:
            old.backup(new)


def main() -> None:
    """Print every figure."""
    with tempfile.TemporaryDirectory() as name:
        moves = Moves(Path(name))
        raw = Work(moves.raw_copy, moves.size, perf_counter)
        compare("copy", None, raw, ours=Work(moves.copy, moves.size, perf_counter))
        raw = Work(moves.raw_backup, moves.size, perf_counter)
        compare("backup, verified", None, raw, ours=Work(moves.backup, moves.size, perf_counter))


if __name__ == "__main__":
    main()
