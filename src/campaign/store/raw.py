"""Records and hashes of an SQLite file as they lie there: many at once, one by one where the file is damaged."""

import sqlite3
from collections.abc import Iterator

from campaign.store.log import Row
from campaign.store.merkle import HASH_SIZE

COLUMNS = "version, topic, recorded_at, occurred_on, actor, role, command_id, causation, account, body"
NAMED = f"""SELECT position, COALESCE(name, ''), {COLUMNS} FROM events LEFT JOIN streams ON streams.id = stream
    WHERE position > ? ORDER BY position LIMIT ?"""  # noqa: S608 -- constants
ALONE = f"SELECT position, stream, {COLUMNS} FROM events WHERE position = ?"  # noqa: S608 -- constants

JOINED = """SELECT COUNT(*), MIN(place), MAX(place), MIN(LENGTH(hash)), MAX(LENGTH(hash)),
    CAST(GROUP_CONCAT(hash, '') AS BLOB) FROM tree WHERE level = ? AND place >= ? AND place < ?"""


def raw_rows(connection: sqlite3.Connection, after: int, limit: int) -> list[Row | int]:
    """Return up to LIMIT rows after a position; of a row that cannot be read, the position."""
    try:
        return connection.execute(NAMED, (after, limit)).fetchall()
    except sqlite3.Error:
        return list(one_by_one(connection, after, limit))


def one_by_one(connection: sqlite3.Connection, after: int, limit: int) -> Iterator[Row | int]:
    """Yield each row that can be read, and the position of each that cannot."""
    for position in positions(connection, after, limit):
        try:
            found = connection.execute(ALONE, (position,)).fetchone()
            if found is None:
                continue
            (name,) = connection.execute("SELECT name FROM streams WHERE id = ?", (found[1],)).fetchone() or ("",)
            yield (position, name, *found[2:])
        except sqlite3.Error:
            yield position


def positions(connection: sqlite3.Connection, after: int, limit: int) -> list[int]:
    """Return the next positions; all up to the end of the tree where even they cannot be listed."""
    try:
        query = "SELECT position FROM events WHERE position > ? ORDER BY position LIMIT ?"
        return [position for (position,) in connection.execute(query, (after, limit)).fetchall()]
    except sqlite3.Error:
        start = max(after, 0) + 1
        return list(range(start, min(start + limit, end_of(connection) + 1)))


def end_of(connection: sqlite3.Connection) -> int:
    """Return the last position that the tree or the events name, as far as they can be read."""
    ends = [0]
    for query in ("SELECT MAX(place) + 1 FROM tree WHERE level = 0", "SELECT MAX(position) FROM events"):
        try:
            ends += [end or 0 for (end,) in connection.execute(query)]
        except sqlite3.Error:  # the other one may still be readable
            continue
    return max(ends)


def joined(connection: sqlite3.Connection, level: int, first: int, stop: int) -> bytes | None:
    """Return kept hashes in one piece, in a third of the time that a row each takes; None where one is not as due."""
    count, start, end, shortest, longest, whole = connection.execute(JOINED, (level, first, stop)).fetchone()
    as_due = (start, end, shortest, longest) == (first, first + count - 1, HASH_SIZE, HASH_SIZE)
    return whole if as_due else None
