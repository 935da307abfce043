"""The access journal: every attempt that was not permitted, kept beside the log (P-17)."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from store.kit import OPENED, OnSqlite, Store, batch, write

from campaign.problems import Problems
from campaign.store import schema
from campaign.store.log import Attempt
from campaign.store.sqlite import SqliteLog

EVE = Attempt("os:eve", "p-ada", "finding.raise", "north", "account-unknown", "c-1")
BEN = Attempt("os:ben", "p-ben", "award.approve", "", "not-permitted", "c-2")


def plain(attempt: Attempt) -> tuple[str, ...]:
    return attempt.actor, attempt.command, attempt.subject, attempt.reason, attempt.command_id


def test_attempts_are_numbered_and_dated_by_the_store(store: Store) -> None:
    log = store.open()
    assert log.attempts() == []
    log.note([EVE, BEN])
    log.note([EVE])
    found = log.attempts()
    assert [attempt.number for attempt in found] == [1, 2, 3]
    assert [plain(attempt) for attempt in found] == [plain(EVE), plain(BEN), plain(EVE)]
    assert [attempt.account for attempt in found] == [store.account or one.account for one in (EVE, BEN, EVE)]
    assert found[0].recorded_at == found[1].recorded_at < found[2].recorded_at
    assert found[0].recorded_at.startswith("2005-08-17T")


def test_another_program_reads_the_same_journal_and_the_log_is_as_it_was(store: Store) -> None:
    log = store.open()
    log.append(batch("c-0", write("campaign:jl2005", 0, OPENED)))
    log.note([EVE])
    assert [plain(attempt) for attempt in store.open(read_only=True).attempts()] == [plain(EVE)]
    assert log.head() == 1
    assert log.amiss() == []


def test_who_may_only_read_is_told_so_where_a_file_is_the_store(tmp_path: Path) -> None:
    store = OnSqlite(tmp_path)
    store.open()
    with pytest.raises(Problems, match="store-read-only"):
        store.open(read_only=True).note([EVE])
    store.close()


FORBIDDEN = [
    "UPDATE access SET actor = 'p-ben'",
    "DELETE FROM access",
    "DELETE FROM access WHERE number = 1",
    "INSERT INTO access VALUES (1, '', '', '', '', '', '', '')",
    "INSERT OR REPLACE INTO access VALUES (1, '', '', '', '', '', '', '')",
    "REPLACE INTO access VALUES (1, '', '', '', '', '', '', '')",
    "INSERT INTO access VALUES (3, '', '', '', '', '', '', '')",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_a_line_of_the_journal_is_never_changed_or_taken_out(tmp_path: Path, statement: str) -> None:
    store = OnSqlite(tmp_path)
    store.open().note([EVE])
    store.close()
    with closing(sqlite3.connect(store.path, isolation_level=None)) as connection:
        with pytest.raises(sqlite3.IntegrityError, match="only grows"):
            connection.execute(statement)
        assert connection.execute("SELECT number, actor FROM access").fetchall() == [(1, "p-ada")]


def test_a_guard_of_the_journal_that_is_gone_is_named(tmp_path: Path) -> None:
    store = OnSqlite(tmp_path)
    log = store.open()
    with closing(sqlite3.connect(store.path, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER access_no_delete")
    assert log.amiss() == ["trigger access_no_delete is gone"]
    store.close()


def test_a_store_of_before_is_lifted_and_then_is_as_one_made_today(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(schema.statements().replace(f"user_version = {schema.SCHEMA}", "user_version = 2"))
        connection.executescript("DROP TABLE access")
    assert schema.lift(path) == (2, schema.SCHEMA)
    with closing(SqliteLog(path, [], lambda: pytest.fail("nothing is written"))) as log:
        assert log.amiss() == []
        assert log.attempts() == []
