"""Waiting for others to write to an SQLite store."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from store.kit import START, batch, status, write

from campaign.problems import Problems
from campaign.store.sqlite import SqliteLog
from campaign.store.stirring import Stirring

E1 = "entity:jl2005/1"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    SqliteLog(tmp_path / "s.db", [], lambda: START).close()
    return tmp_path / "s.db"


def test_the_first_look_finds_something_and_the_next_only_a_commit_of_somebody_else(path: Path) -> None:
    with closing(SqliteLog(path, [], lambda: START)) as log, closing(Stirring(path)) as stirring:
        assert stirring.stirred(0), "whatever came before it looked"
        assert not stirring.stirred(0)
        log.append(batch("c1", write(E1, 0, status())))
        assert stirring.stirred(0)
        assert not stirring.stirred(0)
        log.append(batch("c1", write(E1, 0, status())))
        assert not stirring.stirred(0.1), "a repetition writes nothing"


def test_who_waits_is_woken(path: Path) -> None:
    woken = threading.Event()
    waits = threading.Event()

    def wait() -> None:
        with closing(Stirring(path)) as stirring:
            stirring.stirred(0)
            waits.set()
            if stirring.stirred(30):
                woken.set()

    thread = threading.Thread(target=wait)
    thread.start()
    assert waits.wait(30)
    with closing(SqliteLog(path, [], lambda: START)) as log:
        log.append(batch("c1", write(E1, 0, status())))
    thread.join(30)
    assert woken.is_set()


def test_a_store_that_is_not_there_is_told_as_everywhere(tmp_path: Path) -> None:
    with pytest.raises(Problems, match="store-missing"):
        Stirring(tmp_path / "none.db")


def test_asking_after_the_end_is_a_fault_of_ours_and_told_as_such(path: Path) -> None:
    stirring = Stirring(path)
    stirring.close()
    with pytest.raises(sqlite3.ProgrammingError):
        stirring.stirred(0)
