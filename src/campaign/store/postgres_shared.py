"""A PostgreSQL log that the threads of one program share: one connection writes for all, each reads by its own."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from campaign.problems import Problems
from campaign.store.codec import Codec
from campaign.store.log import Batch, Chosen, Guard, Hints, Outcome, View
from campaign.store.postgres import PostgresLog
from campaign.store.postgres_connect import Patience
from campaign.store.postgres_faults import Lost
from campaign.store.postgres_tables import PostgresTables
from campaign.store.queue import SharedLog

if TYPE_CHECKING:
    from campaign.store.entries import Entry

R = TypeVar("R")


def _tables(dsn: str, timeout: float) -> PostgresTables:
    """Connect for one thread; while others write that is worth trying again, like any connection that went."""
    try:
        return PostgresTables(dsn, timeout=timeout)
    except Problems as problems:
        raise Lost(problems.problems[0], doubt=False) from problems


class SharedPostgresLog(SharedLog, PostgresLog):  # type: ignore[misc] # each thread's _tables are PostgresTables
    """Group commit on PostgreSQL; when the connection goes, each who waits asks what came of their own command."""

    def __init__(  # noqa: PLR0913 -- each is a choice of the one caller, by keyword
        self,
        dsn: str,
        views: Sequence[View],
        clock: Chosen,
        *,
        timeout: float = 30.0,
        patience: Patience = Patience(),  # noqa: B008 -- frozen
        codec: Codec | None = None,
        **bounds: Any,  # noqa: ANN401 -- of the queue: room, most, longest
    ) -> None:
        """Open the store at DSN. Raises Problems (codes `store-…`, `not-permitted`)."""
        self._patience = patience
        SharedLog.__init__(self, partial(_tables, dsn, timeout), views, clock, codec, **bounds)

    def write(self, batch: Batch, entries: Sequence["Entry"], hints: Hints | None = None) -> Outcome:
        """Write with all that wait. Raises Problems (code `outcome-unknown`) when nobody can be asked."""
        if self._writes_here():
            return self.write_within(batch, entries, hints)
        return self._persist(batch, lambda: SharedLog.write(self, batch, entries, hints))

    def refuse(self, outcome: Outcome, guards: Sequence[Guard] = ()) -> Outcome:
        """Remember a refusal, with all that wait."""
        if self._writes_here():
            return self.refuse_within(outcome, guards)
        return self._persist(outcome, lambda: SharedLog.refuse(self, outcome, guards))
