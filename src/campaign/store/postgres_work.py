"""Transactions on PostgreSQL in as few round trips as may be: what is known inside one, and what waits to be sent."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from campaign.problems import Problem, Problems, T
from campaign.store.log import CommandReused, Conflict, Look, Outcome
from campaign.store.postgres_arrays import texts
from campaign.store.postgres_link import BEGIN, COMMIT, SNAPSHOT, WAKE, Borrow, Link
from campaign.store.postgres_turn import MANY, ONE, Appending, Statement, Turn
from campaign.store.tables import Tables

STANCE = "SELECT * FROM take_stance(%s::text[], %s::text[], %s::text[], %s::text[])"
LOCK: Statement = ("SELECT lock_log()", ())
GLANCE = """SELECT t.*, p.*, (
        SELECT array_agg((SELECT v.body FROM views v WHERE v.name = u.name AND v.key = u.key) ORDER BY u.nr)
        FROM unnest((SELECT %s::text[]), (SELECT %s::text[])) WITH ORDINALITY AS u (name, key, nr)
    ), c.command_id, c.digest, c.accepted, c.result, c.first, c.last
    FROM (SELECT array_agg(name), array_agg(version), array_agg(position) FROM view_positions) AS p
    LEFT JOIN log_tip() AS t ON true LEFT JOIN commands AS c ON c.command_id = %s"""
"""The arrays stand behind a SELECT of their own: what the server cannot count it plans once, and not each time anew."""
MOST = 256
"""Rows that one glance fetches: a state may be large."""


class Work(Tables):
    """Reads and writes of one store through one connection; within a transaction, what is known is not asked again."""

    def __init__(
        self, dsn: str, *, read_only: bool = False, timeout: float = 30.0, borrow: Borrow | None = None
    ) -> None:
        """Connect; BORROW gives a connection of somebody else's. Raises Problems (codes `store-…`, `not-permitted`)."""
        self.read_only = read_only
        self.link = Link(dsn, read_only=read_only, timeout=timeout, borrow=borrow)
        self._turn: Turn | None = None
        self._glance: Turn | None = None

    remote = True

    @property
    def _known(self) -> Turn | None:
        """What need not be asked: by the transaction under way, else by a glance."""
        return self._glance if self._turn is None else self._turn

    @property
    def within(self) -> bool:
        """Whether a writing transaction is open."""
        return self._turn is not None

    @property
    def account(self) -> str:
        """The account of this connection, as records name it."""
        return self.link.seen.account

    # --- transactions --------------------------------------------------------------------------------------------

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the one writer's lock, from the first thing asked or written on; what is written is sent at the end."""
        self._writable()
        if self._turn is not None:
            yield
            return
        self._glance = None
        turn = self._turn = Turn()
        try:
            yield
            self._commit(turn)
        except BaseException:
            self.link.undo()
            raise
        finally:
            self._turn = None

    def _writable(self) -> None:
        if self.read_only:
            message = T("{path} was opened for reading only", path=self.link.path)
            raise Problems([Problem("store-read-only", message, T("open it for writing"))])

    def _commit(self, turn: Turn) -> None:
        """Write what is due and commit, in one round trip."""
        due = turn.due()
        if turn.begun or due:
            begin = [] if turn.begun else [BEGIN, LOCK]
            wake = [WAKE] if turn.wrote and turn.heard else []
            _look_back(due, self.link.send([*begin, *due, COMMIT, *wake])[len(begin) :])

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Read from one snapshot."""
        if self._turn is not None:
            yield
            return
        self.link.send([SNAPSHOT])
        try:
            yield
        finally:
            self.link.undo()

    def foresee(self, looks: Sequence[Look]) -> None:
        """Take the lock and fetch, in one round trip, what commands are going to look at and is not known yet."""
        turn = self._own()
        ids = list(dict.fromkeys(look.command_id for look in looks if look.command_id not in turn.outcomes))
        streams = list(dict.fromkeys(name for look in looks for name in look.streams if name not in turn.stands))
        rows = list(dict.fromkeys(row for look in looks for row in look.rows if row not in turn.rows))
        if not looks or (turn.checkpoints is not None and not (ids or streams or rows)):
            return
        views, keys = texts(view for view, _ in rows), texts(key for _, key in rows)
        found = self._carry_out(turn, (STANCE, (texts(ids), texts(streams), views, keys)), locks=True).fetchone()
        *known, head, at, turn.now, turn.heard, standing, bodies, names, folds, places = found
        turn.outcomes.update(dict.fromkeys(ids))
        turn.outcomes.update((each[0], Outcome(*each)) for each in zip(*(part or () for part in known), strict=True))
        turn.stands.update(zip(streams, standing or (), strict=True))
        turn.see(head, at, dict(zip(rows, bodies or (), strict=True)), (names, folds, places))

    @contextmanager
    def glancing(self, look: Look) -> Iterator[None]:
        """Ask in one round trip, and of one snapshot, for what a command begins with; of very many, for the first."""
        if self._turn is not None:  # it has foreseen it
            yield
            return
        before, self._glance = self._glance, self._glanced(look)
        try:
            yield
        finally:
            self._glance = before

    def _glanced(self, look: Look) -> Turn:
        seen, rows = Turn(), look.rows[:MOST]
        views, keys = texts(view for view, _ in rows), texts(key for _, key in rows)
        ((head, at, names, folds, places, bodies, *told),) = self.link.ask(GLANCE, views, keys, look.command_id)
        seen.outcomes[look.command_id] = None if told[0] is None else Outcome(*told)
        seen.see(head, at, dict(zip(rows, bodies or (), strict=True)), (names, folds, places))
        return seen

    def _carry_out(self, turn: Turn, *statements: Statement, locks: bool = False) -> Any:  # noqa: ANN401 -- psycopg's cursor
        """Carry out what is due and then STATEMENTS, within the transaction; return the last one's cursor.

        locks: they take the lock themselves.
        """
        begin, due = [] if turn.begun else [BEGIN] if locks else [BEGIN, LOCK], turn.due()
        cursors = self.link.send([*begin, *due, *statements])
        turn.begun = True
        _look_back(due, cursors[len(begin) :])
        return cursors[-1]

    def _ask(self, query: str, *values: object) -> list[Any]:
        if self._turn is None:
            return self.link.ask(query, *values)
        rows: list[Any] = self._carry_out(self._turn, (query, values)).fetchall()
        return rows

    def _own(self) -> Turn:
        """Return the writing transaction that the caller is in."""
        assert self._turn is not None  # noqa: S101 -- callers are inside `writing`
        return self._turn

    def _one(self, query: str, *values: object) -> Any:  # noqa: ANN401 -- whatever the one column holds
        found = self._ask(query, *values)
        return found[0][0] if found else None

    def _do(self, query: str, *values: object) -> None:
        """Write something beside the log, at once: within the transaction that is open."""
        self._carry_out(self._own(), (query, values))

    def at_once(self, commands: Appending) -> Outcome:
        """Carry out one call that writes a command in a transaction of its own. Raises Conflict, CommandReused."""
        self._writable()
        (command,) = commands.commands
        named = command.outcome.command_id
        verdict, digest, accepted, result, first, last, stream, expected, actual, heard = self.link.commit(
            commands.statement()
        )
        if verdict == "conflict":
            raise Conflict(stream, expected, actual)
        if command.rows and heard:
            self.link.wake()
        if digest != command.outcome.digest:
            raise CommandReused(named)
        return Outcome(named, digest, accepted, result, first, last)

    def settle(self, command_id: str) -> Outcome | None:
        """Return what a command came to, once its writer can no longer change it and the standby knows it."""
        query: Statement = ("SELECT * FROM settle_command(%s::text)", (command_id,))
        try:
            found = self.link.send([BEGIN, query, COMMIT])[1].fetchone()
        except BaseException:
            self.link.undo()
            raise
        return None if found is None or found[0] is None else Outcome(command_id, *found)


def _look_back(due: Sequence[Statement], cursors: Sequence[Any]) -> None:
    """Hold what came of commands against what was known under the lock."""
    for (query, _), cursor in zip(due, cursors, strict=False):
        if query in {ONE, MANY}:
            assert cursor.fetchone()[0] == "written"  # noqa: S101 -- nobody else writes meanwhile, unless by hand
