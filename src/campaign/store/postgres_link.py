"""One connection to a PostgreSQL store, made again when it goes; transactions take as few round trips as may be."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from threading import Timer
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import tuple_row

from campaign.problems import Problem, Problems, T
from campaign.store import migrations
from campaign.store.dsn import redacted
from campaign.store.postgres_arrays import teach
from campaign.store.postgres_connect import Connection, Seen, connect
from campaign.store.postgres_faults import Lost, is_lost, problem_of, words
from campaign.store.postgres_turn import Statement

if TYPE_CHECKING:
    from psycopg import Cursor
    from psycopg.errors import Diagnostic

BEGIN = ("BEGIN ISOLATION LEVEL READ COMMITTED", ())
SNAPSHOT = ("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", ())
COMMIT: Statement = ("COMMIT", ())
WAKE = ("SELECT set_config('synchronous_commit', 'off', true), pg_notify('campaign_log', '')", ())
"""Sent after the commit: inside a transaction it would make all commits of the server wait for each other.  It commits
by itself, and without waiting for the disk: there is nothing in it to lose.  Nor is it sent where nobody listens.
"""
LISTEN = "LISTEN campaign_log"
HEED = "SELECT pg_advisory_lock_shared(1128353104, 'events'::regclass::oid::integer)"
"""Held by whoever listens, as long as they are connected: the append functions see whether somebody does."""
UNHEED = "SELECT pg_advisory_unlock_shared(1128353104, 'events'::regclass::oid::integer)"
TWICE = 2

R = TypeVar("R")

Borrow: TypeAlias = Callable[[], tuple[Connection, Seen]]
"""Gives a connection in autocommit mode, and what is known of it."""


class Link:
    """A connection in autocommit mode that knows whether a transaction of ours is open on it."""

    def __init__(self, dsn: str, *, read_only: bool, timeout: float, borrow: Borrow | None = None) -> None:
        """Connect; BORROW gives a connection of somebody else's. Raises Problems (codes `store-…`, `not-permitted`)."""
        self.path = redacted(dsn)
        self._dsn, self._read_only, self._timeout, self._borrow = dsn, read_only, timeout, borrow
        self._open = False
        self._listening = False
        self._unconfirmed = False
        self._connection = self._connect()

    def _connect(self) -> Connection:
        self.seen: Seen
        if self._borrow is None:
            connection, self.seen = connect(self._dsn, read_only=self._read_only, timeout=self._timeout)
            try:
                migrations.known(self.seen, self._dsn)
            except Problems:
                connection.close()
                raise
        else:
            connection, self.seen = self._borrow()
        self._open = self._listening = False
        connection.add_notice_handler(self._notice)
        teach(connection.adapters)
        self._asking = connection.cursor(binary=True, row_factory=tuple_row)
        self._cursors: list[Cursor[Any]] = []
        return connection

    def _notice(self, notice: "Diagnostic") -> None:
        """Mind the one warning that PostgreSQL gives in the place of an error: the standby does not have the commit."""
        self._unconfirmed = self._unconfirmed or notice.severity_nonlocalized == "WARNING"

    def _reopen(self) -> None:
        """Connect again where the connection went. Raises Lost when that cannot be done now."""
        if self._connection.closed:
            try:
                self._connection = self._connect()
            except Problems as problems:
                raise Lost(problems.problems[0], doubt=False) from problems

    def send(self, statements: Sequence[Statement]) -> list["Cursor[Any]"]:
        """Carry out STATEMENTS in one round trip; their answers are good until the next. Raises Problems, Lost."""
        committing = COMMIT in statements

        def work() -> list["Cursor[Any]"]:
            while len(self._cursors) < len(statements):
                self._cursors.append(self._cursor())
            with self._connection.pipeline():
                return [cursor.execute(*each) for cursor, each in zip(self._cursors, statements, strict=False)]

        cursors = self._carried_out(work, committing=committing)
        self._open = not committing
        return cursors

    def commit(self, statement: Statement) -> tuple[Any, ...]:
        """Carry out a statement that is a transaction of its own; return its row. Raises as `send` does."""
        row = self._carried_out(lambda: self._asking.execute(*statement).fetchone(), committing=True)
        assert row is not None  # noqa: S101 -- each such statement calls one function; this tells the type checker
        return row

    def _carried_out(self, work: Callable[[], R], *, committing: bool) -> R:
        """Do WORK, which may commit; say what went wrong, and whether what was under way may have been committed."""
        if not self._open:
            self._reopen()
        self._unconfirmed = False
        try:
            done = self._bounded(work) if committing and self.seen.awaited else work()
        except psycopg.Error as error:
            raise self._failed(error, doubt=committing) from error
        except KeyboardInterrupt:
            self._connection.close()
            if committing:
                raise self._in_doubt("KeyboardInterrupt", retry=False) from None
            raise
        if committing and self._unconfirmed:
            self._open = False
            raise self._in_doubt("the standby has not confirmed it", retry=False)
        return done

    def wake(self) -> None:
        """Let whoever waits know that something was written; when that fails they look by themselves before long."""
        with suppress(psycopg.Error):
            self._connection.execute(*WAKE)

    def _cursor(self) -> "Cursor[tuple[Any, ...]]":
        return self._connection.cursor(binary=True, row_factory=tuple_row)

    def _bounded(self, work: Callable[[], R]) -> R:
        """Let a commit that waits for a standby not wait for ever: no time-out of the server's own ends that wait."""
        timer = Timer(self._timeout, self._cancel)
        timer.start()
        try:
            return work()
        finally:
            timer.cancel()
            timer.join()

    def _cancel(self) -> None:
        with suppress(psycopg.Error):
            self._connection.cancel_safe(timeout=self._timeout)

    def ask(self, query: str, *values: object) -> list[Any]:
        """Return the rows that a query finds; outside a transaction, once more when the connection went."""
        tries = range(1 if self._open else TWICE)
        for number in tries:
            try:
                self._reopen()
                return self._asking.execute(query, values).fetchall()
            except psycopg.Error as error:
                failed = self._failed(error, doubt=False)
                if number == tries[-1] or not isinstance(failed, Lost):
                    raise failed from error
        raise AssertionError  # pragma: no cover -- the loop returns or raises

    def undo(self) -> None:
        """Roll back whatever is open; a connection that went has nothing open."""
        self._open = False
        if self._connection.closed or self._connection.info.transaction_status == TransactionStatus.IDLE:
            return
        try:
            self._connection.rollback()  # and not by hand: what was to be prepared behind a failure never was
        except psycopg.Error:
            self._connection.close()

    def wait(self, seconds: float) -> bool:
        """Wait for the next WAKE, SECONDS at most; whether it came. Raises Problems."""
        try:
            self._reopen()
            if not self._listening:
                self._connection.execute(LISTEN)
                self._connection.execute(HEED)
                self._listening = True
                return True  # something may have come before
            return any(True for _ in self._connection.notifies(timeout=seconds, stop_after=1))
        except psycopg.Error as error:
            raise self._failed(error, doubt=False) from error

    def run(self, statement: str) -> None:
        """Carry out a statement that can stand in no transaction, whatever it warns of. Raises Problems."""
        try:
            self._reopen()
            self._connection.execute(statement)
        except psycopg.Error as error:
            raise self._failed(error, doubt=False) from error

    def copy(self, statement: str, types: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
        """Send ROWS to COPY … FROM STDIN (FORMAT BINARY), within the transaction. Raises Problems."""
        try:
            with self._connection.cursor().copy(statement) as copy:
                copy.set_types(types)
                for row in rows:
                    copy.write_row(row)
        except psycopg.Error as error:
            raise self._failed(error, doubt=False) from error

    def close(self) -> None:
        """Close the connection; one that was borrowed is only left."""
        self._connection.remove_notice_handler(self._notice)
        if self._borrow is None:
            self._connection.close()

    def _failed(self, error: psycopg.Error, *, doubt: bool) -> Problems:
        """Return what ERROR comes to; a connection that went is closed. Raises ERROR when it is a mistake of ours."""
        if not is_lost(error, broken=self._connection.closed):
            return Problems([problem_of(error, self.path)])
        self._connection.close()
        if doubt:
            return self._in_doubt(words(error))
        message = T("the connection to {path} went: {reason}", path=self.path, reason=words(error))
        fix = T("nothing was recorded; see that the server runs, then try again")
        return Lost(Problem("store-unreachable", message, fix), doubt=False)

    def _in_doubt(self, reason: str, *, retry: bool = True) -> Lost:
        message = T("whether it was recorded in {path} is not known: {reason}", path=self.path, reason=reason)
        fix = T("do the same again: nothing is recorded twice")
        return Lost(Problem("outcome-unknown", message, fix), doubt=True, retry=retry)
