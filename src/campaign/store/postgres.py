"""The log on PostgreSQL: many writers over a network, one at a time under an advisory lock (see ADR 0006).

Writing a command takes two round trips: one that begins, takes the lock and tells what the command looks at, and one
that writes it and commits; without views it takes one.  What deciding begins with is asked by one before (`glancing`).
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from campaign.problems import Problems
from campaign.store.codec import Codec, stamp
from campaign.store.engine import Engine
from campaign.store.folding import NEVER, placed
from campaign.store.log import Batch, Chosen, CommandReused, Guard, Hints, Outcome, View
from campaign.store.postgres_connect import Patience
from campaign.store.postgres_faults import Lost, unknown
from campaign.store.postgres_tables import PostgresTables
from campaign.store.postgres_turn import Appending, Command, Guarded

if TYPE_CHECKING:
    from campaign.store.entries import Entry

R = TypeVar("R")


class PostgresLog(Engine):
    """The log in a PostgreSQL database."""

    _tables: PostgresTables

    def __init__(  # noqa: PLR0913 -- each is a choice of the one caller, by keyword
        self,
        dsn: str,
        views: Sequence[View],
        clock: Chosen,
        *,
        read_only: bool = False,
        timeout: float = 30.0,
        patience: Patience = Patience(),  # noqa: B008 -- frozen
        codec: Codec | None = None,
    ) -> None:
        """Open the store at DSN; `campaign store migrate` makes it.

        timeout: seconds to wait for another writer.  patience: with lost connections.  Raises Problems (codes
        `store-…`, `not-permitted`).
        """
        super().__init__(PostgresTables(dsn, read_only=read_only, timeout=timeout), views, clock, codec)
        self._patience = patience

    # --- commands ------------------------------------------------------------------------------------------------

    def write(self, batch: Batch, entries: Sequence["Entry"], hints: Hints | None = None) -> Outcome:
        """Write entries that have been checked; when the connection goes, ask what came of it and try again.

        Raises Problems (code `outcome-unknown`) when nobody can be asked.
        """
        names = {each.stream for each in batch.writes if each.drafts}
        if self._views or self._tables.within or len(names) < len(batch.writes):
            return self._persist(batch, lambda: Engine.write(self, batch, entries, hints))
        return self._persist(batch, lambda: self._write_at_once(batch, entries))

    def _write_at_once(self, batch: Batch, entries: Sequence["Entry"]) -> Outcome:
        """Write without views, once to each stream: every check is the database's own, in one round trip."""
        rows = placed(batch, entries, 0, NEVER)
        outcome = Outcome(batch.command_id, batch.digest, True, batch.result)  # noqa: FBT003 -- a row
        return self._tables.at_once(
            Appending([Command(outcome, self._chosen_stamp(), rows)], self._guarded(batch.guards))
        )

    def refuse(self, outcome: Outcome, guards: Sequence[Guard] = ()) -> Outcome:
        """Remember a refusal; if the command has an outcome, return that one. Raises Conflict, CommandReused."""
        if self._tables.within:
            return self.refuse_within(outcome, guards)
        refused = Appending([Command(outcome, self._chosen_stamp())], self._guarded(guards))
        return self._persist(outcome, lambda: self._tables.at_once(refused))

    def outcome(self, command_id: str, digest: str) -> Outcome | None:
        """Return what the command came to, if it was given before. Raises CommandReused.

        An outcome that is found is confirmed: the standby has it too, where one is waited for.
        """
        known = super().outcome(command_id, digest)
        if known is None or self._tables.within or self._tables.read_only:
            return known
        return self._persist(known, lambda: self._tables.settle(command_id) or known)

    def _persist(self, command: Batch | Outcome, attempt: Callable[[], Outcome]) -> Outcome:
        """Attempt it until the connection holds; where the answer to a commit was lost, the command id decides."""
        try:
            return attempt()
        except Lost as lost:
            return self._insisted(command, attempt, lost)

    def _insisted(self, command: Batch | Outcome, attempt: Callable[[], Outcome], lost: Lost) -> Outcome:
        doubt = lost.doubt
        for pause in self._patience.pauses():
            if not lost.retry:
                break
            self._patience.pause(pause)
            try:
                if doubt:
                    known = self._tables.settle(command.command_id)
                    doubt = False
                    if known is not None:
                        return _same(known, command.digest)
                return attempt()
            except Lost as again:
                lost, doubt = again, doubt or again.doubt
        reason = str(lost.problems[0].message)
        raise Problems([unknown(command.command_id, reason)] if doubt else lost.problems) from lost

    def _guarded(self, guards: Sequence[Guard]) -> list[Guarded]:
        """Return what must stand besides the streams that the command writes."""
        topics = (self._codec.family(guard.topics) for guard in guards)
        return [
            Guarded(guard.stream, guard.version, " ".join(sorted(named)) if named else None)
            for guard, named in zip(guards, topics, strict=True)
        ]

    def _chosen_stamp(self) -> str:
        chosen = self._clock()
        return "" if chosen is None else stamp(chosen)

    def insist(self, work: Callable[[], R]) -> R:
        """Do WORK, which asks first what came of its command, until the connection holds. Raises Lost."""
        for pause in self._patience.pauses():
            try:
                return work()
            except Lost as lost:
                if not lost.retry:
                    raise
            self._patience.pause(pause)
        return work()

    # --- reading -------------------------------------------------------------------------------------------------

    def stirred(self, seconds: float) -> bool:
        """Wait until somebody has written, SECONDS at most; whether that was so. For the WAIT of `follow`."""
        return self._tables.stirred(seconds)

    @property
    def tables(self) -> PostgresTables:
        """The tables, for what only PostgreSQL can tell: its version, whether it is a standby, how far that is."""
        return self._tables


def _same(known: Outcome, digest: str) -> Outcome:
    if known.digest != digest:
        raise CommandReused(known.command_id)
    return known
