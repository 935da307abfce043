"""The golden log: written once, and read the same for ever."""

import json
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from history.extend import HASHES, LOG, STREAM, read

from campaign.domain.events import TOPICS
from campaign.store.codec import Codec, canonical
from campaign.store.engine import Engine
from campaign.store.log import Row
from campaign.store.memory import MemoryLog
from campaign.store.sqlite import SqliteLog

FIRST_RELEASE = "1afde20a712d201fde898e52ff37938e026afa1a13254b1552c0e40082635515"


def lines() -> list[bytes]:
    return LOG.read_bytes().splitlines()


def test_every_line_has_the_hash_it_always_had() -> None:
    assert [sha256(line).hexdigest() for line in lines()] == HASHES.read_text().split()


def test_the_first_lines_are_those_of_the_first_release() -> None:
    assert sha256(b"\n".join(lines()[:47])).hexdigest() == FIRST_RELEASE


def test_the_standard_library_writes_the_same_lines() -> None:
    for line in lines():
        assert json.dumps(json.loads(line), ensure_ascii=False, separators=(",", ":")).encode() == line


def test_every_line_replays_and_every_topic_is_there() -> None:
    codec, rows = Codec(), read()
    records = list(codec.records(rows))
    assert [canonical(row) for row in rows] == lines()
    missing = set(TOPICS) - {record.topic for record in records}
    assert not missing, f"add an example of {sorted(missing)}: PYTHONPATH=tests python tests/history/extend.py"
    assert [record.position for record in records] == list(range(1, len(rows) + 1))


@pytest.mark.parametrize("make", [lambda _: MemoryLog([], now), lambda path: SqliteLog(path / "s.db", [], now)])
def test_every_store_gives_back_the_same_bytes(make: Callable[[Path], Engine], tmp_path: Path) -> None:
    rows = read()
    with closing(make(tmp_path)) as log:
        for row in rows:
            put(log, row)
        assert [canonical(row) for row in log.scan_rows()] == lines()
        assert [canonical(row) for row in log.scan_rows(prefix=STREAM)] == lines()
        assert list(log.scan()) == list(Codec().records(rows))


def put(log: Engine, row: Row) -> None:
    with log._tables.writing():
        log._tables.insert([row])


def now() -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC)
