"""Single bits turned over in the file (P-12), and an audit that changes none (P-23)."""

import hashlib
import os
import random
import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from evidence.kit import Office, told

from campaign.store.raw import raw_rows

FLIPS = int(os.environ.get("CAMPAIGN_FLIPS", "40"))
"""The long form turns 400 bits over."""


def contents(path: Path) -> list[tuple[int, int, int]]:
    """Where the columns of each record lie in the file: (offset, length, position), found by their own bytes."""
    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT position, actor || role || command_id || body FROM events").fetchall()
    connection.close()
    data, found = path.read_bytes(), []
    needles = [(position, str(text).encode()[-60:]) for position, text in rows]
    often = Counter(needle for _, needle in needles)
    for position, needle in needles:
        at = data.find(needle)
        if often[needle] == 1 and at >= 0 and data.find(needle, at + 1) < 0:
            found.append((at, len(needle), position))
    return found


def test_every_bit_that_flips_in_a_record_is_found_at_its_position(office: Office) -> None:
    path = office.copy("whole.db")
    whole, places = path.read_bytes(), contents(path)
    assert len(places) > 200
    for suffix in ("-wal", "-shm"):
        office.store.with_name(office.store.name + suffix).unlink(missing_ok=True)
    chance = random.Random(2005)  # noqa: S311 -- the same flips each time
    for _ in range(FLIPS):
        offset, length, position = chance.choice(places)
        at, bit = offset + chance.randrange(length), chance.randrange(8)
        spoilt = bytearray(whole)
        spoilt[at] ^= 1 << bit
        office.store.write_bytes(spoilt)
        found = told(office.audit())
        assert found, (at, bit)
        assert found[0][0] == f"position {position}", (at, bit, position, found)
        office.close()


def test_a_column_that_is_no_text_any_more_is_named_by_its_position(office: Office) -> None:
    with office.intruder() as db:
        db.execute("PRAGMA writable_schema = ON")
        db.execute("UPDATE events SET actor = CAST(x'ff41' AS TEXT) WHERE position IN (10, 1200)")
    assert told(office.audit())[:2] == [("position 10", "unreadable"), ("position 1200", "unreadable")]


def test_rows_of_a_damaged_page_are_read_one_by_one(office: Office) -> None:
    path = office.copy("damaged.db")
    connection = sqlite3.connect(path)
    (root,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'events'").fetchone()
    (size,) = connection.execute("PRAGMA page_size").fetchone()
    connection.close()
    data = bytearray(path.read_bytes())
    start = (root - 1) * size
    data[start : start + 8] = bytes(8)
    path.write_bytes(data)
    connection = sqlite3.connect(path)
    assert raw_rows(connection, 0, 5) == [1, 2, 3, 4, 5]
    connection.close()


def test_a_page_of_records_destroyed_is_told_with_the_first_position_lost(office: Office) -> None:
    path = office.copy("damaged.db")
    data = bytearray(path.read_bytes())
    offset, _, position = next(place for place in contents(path) if place[2] > 400)
    page = offset // 4096 * 4096
    data[page : page + 4096] = b"\xff" * 4096
    office.store.write_bytes(data)
    for suffix in ("-wal", "-shm"):
        office.store.with_name(office.store.name + suffix).unlink(missing_ok=True)
    found = told(office.audit())
    assert int(found[0][0].split()[1]) <= position
    assert found[0][1] in {"unreadable", "missing"}


def everything(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


COMMANDS = ["audit verify", "audit keys", "audit prove 300", "replay", "replay --on 2005-08-20", "log show 3 --used-by"]


@pytest.mark.parametrize("command", COMMANDS)
def test_an_audit_changes_no_byte_of_a_directory_that_cannot_be_written(office: Office, command: str) -> None:
    """A directory mounted read-only; where that is not to be had, one without the right to write."""
    office.copy("aside.db").unlink()
    for suffix in ("-wal", "-shm"):
        office.store.with_name(office.store.name + suffix).unlink(missing_ok=True)
    before = everything(office.folder)
    office.folder.chmod(0o555)
    office.store.chmod(0o444)
    try:
        result = subprocess.run(
            [sys.executable, "-m", "campaign_cli", *command.split(), "--store", str(office.store)],
            capture_output=True, text=True, check=False)  # fmt: skip
    finally:
        office.folder.chmod(0o755)
    assert result.returncode == 0, result.stderr
    after = everything(office.folder)
    assert {name: after[name] for name in before} == before
    left = set(after) - set(before)
    assert left <= {"store.db-shm", "store.db-wal"}, left
    assert all((office.folder / name).stat().st_size == 0 for name in left if name.endswith("-wal"))
