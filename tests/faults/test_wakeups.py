"""Whoever waits for news on PostgreSQL is woken after the commit, and looks without polling (P-06)."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from threading import Event
from typing import Any

import pytest
from store.cluster import database
from store.kit import Actors, Clock, batch, status, write

from campaign.store.entries import prepare
from campaign.store.postgres import PostgresLog
from campaign.store.postgres_link import WAKE
from campaign.store.postgres_turn import Statement

LAST = 12
SILENCE = 2.0
"""Seconds without a word after which a reader gives up: a word that comes late is a mistake all the same."""


VIEWS = {"by one call": (), "by a transaction": (Actors(),)}
"""How a command is written: by one call of the database where no view is kept."""

how = pytest.mark.parametrize("views", VIEWS.values(), ids=VIEWS)


def opened(dsn: str, views: Sequence[Actors] = ()) -> PostgresLog:
    return PostgresLog(dsn, views, Clock())


@pytest.fixture
def dsn() -> Iterator[str]:
    yield from database()


def written(log: PostgresLog, number: int) -> None:
    log.append(batch(f"c{number}", write("entity:k/a", number - 1, status())))


def heads(dsn: str, looked: Callable[[], object]) -> list[int]:
    """Return where the log ended at each word, up to the last one."""
    with closing(opened(dsn)) as log:
        seen = []
        while log.stirred(SILENCE):
            seen.append(log.head())
            looked()
            if seen[-1] == LAST:
                break
        return seen


@contextmanager
def reading(dsn: str, looked: Event) -> Iterator[Callable[[], list[int]]]:
    """Have a reader in a thread that listens by now; the result is called for what it saw."""
    with ThreadPoolExecutor(1) as pool:
        reader = pool.submit(heads, dsn, looked.set)
        assert looked.wait(20)
        looked.clear()
        yield reader.result


@how
def test_who_waits_sees_the_last_event_without_looking_by_themselves(dsn: str, views: Sequence[Actors]) -> None:
    with closing(opened(dsn, views)) as log, reading(dsn, Event()) as seen:
        for number in range(1, LAST + 1):
            written(log, number)
        assert seen()[-1] == LAST


@how
def test_a_word_before_the_commit_is_found(dsn: str, views: Sequence[Actors]) -> None:
    """Control: the reader looks between the word and the commit, and is told no more."""
    looked = Event()
    with closing(opened(dsn, views)) as log, closing(opened(dsn)) as other, reading(dsn, looked) as seen:
        link, early = log._tables.link, other._tables.link.wake
        commit, send = link.commit, link.send

        def word() -> None:
            early()
            assert looked.wait(20)
            looked.clear()

        def hasty_commit(statement: Statement) -> Any:  # noqa: ANN401 -- whatever the call returns
            word()
            return commit(statement)

        def hasty_send(statements: Sequence[Statement]) -> Any:  # noqa: ANN401 -- likewise
            if WAKE in statements:
                word()
            return send([statement for statement in statements if statement is not WAKE])

        link.commit, link.send, link.wake = hasty_commit, hasty_send, lambda: None  # type: ignore[method-assign]
        for number in range(1, LAST + 1):
            written(log, number)
        assert seen()[-1] == LAST - 1


def test_who_begins_to_listen_while_somebody_writes_is_not_passed_over(dsn: str) -> None:
    """The writer saw nobody listening: then whoever comes waits for the commit before they look."""
    with closing(opened(dsn)) as log, closing(opened(dsn)) as reader, ThreadPoolExecutor(1) as pool:
        with log._tables.writing():
            made = batch("c1", write("entity:k/a", 0, status()))
            log.write_within(made, prepare(log._codec, made))
            log.head()
            waiting = pool.submit(lambda: reader.stirred(SILENCE) and reader.head())
        assert waiting.result(20) == 1
