"""A log of several whole batches: what is verified at once is verified as strictly as what is taken one by one."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from campaign.app import audit
from campaign.domain.events import OperatingStatusChanged
from campaign.store.codec import Codec
from campaign.store.log import Row
from campaign.store.refill import fill
from campaign.store.sqlite import SqliteLog
from campaign.store.tree import BATCH

SIZE = 2 * BATCH + 300


def rows() -> Iterator[Row]:
    body = Codec().encode(OperatingStatusChanged("running", "检修"))
    for place in range(SIZE):
        version, stream = divmod(place, 50)
        names = ("2005-08-17", "p-1", "office", f"c-{place // 500}")
        instant = f"2005-08-17T01:02:03.{place:06}Z"
        yield (
            place + 1,
            f"entity:jl/{stream}",
            version + 1,
            "operating_status_changed.v1",
            instant,
            *names,
            None,
            "",
            body,
        )


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("long") / "long.db"
    with closing(SqliteLog(path, [], lambda: datetime(2026, 1, 1, tzinfo=UTC))) as log:
        fill(log, rows(), ())
    return path


def found(filled: Path, path: Path, *statements: str) -> list[tuple[int, str]]:
    """What a verification of a copy says, after somebody changed it."""
    with sqlite3.connect(filled) as source, sqlite3.connect(path) as copy:
        source.backup(copy)
    for connection in (source, copy):
        connection.close()
    with sqlite3.connect(path) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
    connection.close()
    with closing(SqliteLog(path, [], lambda: datetime(2026, 1, 1, tzinfo=UTC), read_only=True)) as log:
        walk, inside = audit.walked(log.tree(), [])
        said = [*walk.findings, *inside, *audit.verifier.judge(walk, [], lambda: ())]
        return [finding[:2] for finding in said]


CASES = {
    "nothing": ((), []),
    "a hash inside the first batch": (
        ("UPDATE tree SET hash = zeroblob(32) WHERE level = 3 AND place = 5",),
        [(41, "tree")],
    ),
    "the hash of the second batch": (
        ("UPDATE tree SET hash = zeroblob(32) WHERE level = 12 AND place = 1",),
        [(BATCH + 1, "tree")],
    ),
    "the hash above two batches": (
        ("UPDATE tree SET hash = zeroblob(32) WHERE level = 13 AND place = 0",),
        [(1, "tree")],
    ),
    "a hash in the rest": (
        ("UPDATE tree SET hash = zeroblob(32) WHERE level = 2 AND place = 2058",),
        [(2 * BATCH + 41, "tree")],
    ),
    "a hash gone": (("DELETE FROM tree WHERE level = 1 AND place = 2050",), [(4101, "tree")]),
    "a body in the second batch": (
        ("UPDATE events SET body = CAST('{\"status\":\"closed\",\"reason\":\"x\"}' AS BLOB) WHERE position = 5000",),
        [(5000, "record")],
    ),
    "two instants swapped": (
        ("UPDATE events SET recorded_at = '2005-08-17T01:02:03.000001Z' WHERE position = 5000",),
        [(5000, "time"), (5000, "record")],
    ),
    "a version": (
        ("UPDATE events SET version = 9999 WHERE position = 5000",),
        [(5000, "version"), (5050, "version"), (5000, "record")],
    ),
    "a name gone": (("DELETE FROM streams WHERE id = 7",), None),
    "a row gone": (("DELETE FROM events WHERE position = 5000",), [(5000, "missing")]),
    "the tree gone": (("DELETE FROM tree",), []),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_whole_batches_are_looked_at_as_strictly(filled: Path, tmp_path: Path, name: str) -> None:
    statements, expected = CASES[name]
    said = found(filled, tmp_path / "copy.db", *statements)
    if expected is None:
        assert said[0] == (7, "version")
    else:
        assert said == expected
