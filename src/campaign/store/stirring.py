"""Waiting until somebody else has written to an SQLite store; the file has no way to call whoever waits."""

import sqlite3
import time
from pathlib import Path

from campaign.problems import Problems
from campaign.store.faults import problem_of
from campaign.store.schema import connect_to_read

STEP = 0.1
"""Seconds between two looks, each of which reads a number that is in memory already."""


class Stirring:
    """A connection that is asked for nothing but whether another one has committed."""

    def __init__(self, path: Path, timeout: float = 30.0) -> None:
        """Open the store at PATH for reading. Raises Problems (codes `store-…`)."""
        self._path = path
        self._connection = connect_to_read(path, timeout)
        self._seen: int | None = None

    def stirred(self, seconds: float) -> bool:
        """Wait until somebody has written, SECONDS at most; whether that was so. The first time it is."""
        for remaining in range(round(seconds / STEP), -1, -1):
            version = self._version()
            if version != self._seen:
                self._seen = version
                return True
            if remaining:
                time.sleep(STEP)
        return False

    def _version(self) -> int:
        try:
            return int(self._connection.execute("PRAGMA data_version").fetchone()[0])
        except sqlite3.Error as error:
            raise Problems([problem_of(error, self._path)]) from error

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
