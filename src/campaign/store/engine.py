"""The log's rules, the same on every store: idempotency, conflicts, time that never runs back, views in step."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from campaign.domain.events import Recorded
from campaign.problems import Place, Problems
from campaign.store.codec import Codec, instant_of, stamp, unreadable
from campaign.store.folding import NEVER, Fold, cut_short, loaded, placed, recorded, step
from campaign.store.log import (
    About,
    Attempt,
    Batch,
    Chosen,
    CommandReused,
    Conflict,
    Guard,
    Hints,
    Look,
    Outcome,
    Row,
    Size,
    View,
)
from campaign.store.tables import Tables

R = TypeVar("R")

CHUNK = 500
"""Rows fetched at a time: no read transaction stays open while a caller works on a row."""

if TYPE_CHECKING:
    from campaign.store.entries import Entry
    from campaign.store.tree import LogTree


class Engine:
    """A Log over the tables of some store."""

    def __init__(self, tables: Tables, views: Sequence[View], clock: Chosen, codec: Codec | None = None) -> None:
        """Keep VIEWS in step; CLOCK gives aware UTC instants, or None for that of the store's own server."""
        self._tables = tables
        self._views = {view.name: view for view in views}
        self._clock = clock
        self._codec = codec or Codec()
        self._aside: dict[str, Fold] = {}  # views that a read-only store cannot bring up to date

    @property
    def account(self) -> str:
        """The account by which the store itself knows whoever is connected, "" where it knows none."""
        return self._tables.account

    def partial(self, campaign: str = "", *, beside: bool = False) -> bool:
        """Whether records of CAMPAIGN (of any: "") are hidden from whoever is connected, or what is BESIDE them."""
        return self._tables.partial(campaign, beside=beside)

    # --- commands ------------------------------------------------------------------------------------------------

    def append(self, batch: Batch, hints: Hints | None = None) -> Outcome:
        """Write all or nothing and fold the views; the same command again returns its first outcome.

        Raises Conflict, CommandReused, and Problems (code `invalid-event`) before anything is written.
        """
        from campaign.store.entries import prepare  # noqa: PLC0415 -- reading commands start without the rules of writing

        return self.write(batch, prepare(self._codec, batch), hints)

    def write(self, batch: Batch, entries: Sequence["Entry"], hints: Hints | None = None) -> Outcome:
        """Write entries that have been checked, under the names, guards and expectations of BATCH."""
        with self._tables.writing():
            return self.write_within(batch, entries, hints)

    def alone(self, work: Callable[[], R], *looks: Look) -> R:
        """Do WORK where nobody else can write in between, and commit all of it once; see Log."""
        with self._tables.writing():
            self._tables.foresee(looks)
            return work()

    def glancing(self, look: Look) -> AbstractContextManager[None]:
        """Ask at once for what a command begins with; see Log."""
        return self._tables.glancing(look)

    def insist(self, work: Callable[[], R]) -> R:
        """Do WORK, which asks first what came of its command, until a store that can be lost holds."""
        return work()

    def write_within(self, batch: Batch, entries: Sequence["Entry"], hints: Hints | None = None) -> Outcome:
        """Write inside a writing transaction that is open already."""
        tables = self._tables
        if tables.remote:
            tables.foresee([self.look(batch, entries, hints or {})])
            batch = msgspec.structs.replace(batch, account=tables.account)
        known = self.outcome(batch.command_id, batch.digest)
        if known is not None:
            return known
        self._expect(batch)
        head, last = self._tables.tip()
        at = self._due(last)
        rows = placed(batch, entries, head, at)
        if rows:
            self._catch_up(head)
            self._tables.insert(rows)
            self._fold(rows, entries, hints or {})
        first, last_position = (head + 1, head + len(rows)) if rows else (0, 0)
        outcome = Outcome(batch.command_id, batch.digest, True, batch.result, first, last_position)  # noqa: FBT003 -- a row
        self._tables.remember(outcome, at)
        return outcome

    def refuse(self, outcome: Outcome, guards: Sequence[Guard] = ()) -> Outcome:
        """Remember a refusal; if the command has an outcome, return that one. Raises Conflict, CommandReused."""
        with self._tables.writing():
            return self.refuse_within(outcome, guards)

    def refuse_within(self, outcome: Outcome, guards: Sequence[Guard] = ()) -> Outcome:
        """Remember a refusal inside a writing transaction that is open already."""
        known = self.outcome(outcome.command_id, outcome.digest)
        if known is not None:
            return known
        for guard in guards:
            self._hold(guard)
        _, last = self._tables.tip()
        self._tables.remember(outcome, self._due(last))
        return outcome

    def note(self, attempts: Sequence[Attempt]) -> None:
        """Add to the access journal, where nothing is ever changed or deleted."""
        self._tables.note(attempts, self._due(""))

    def attempts(self) -> list[Attempt]:
        """Return the access journal in the order of its numbers."""
        return self._tables.attempts()

    def outcome(self, command_id: str, digest: str) -> Outcome | None:
        """Return what the command came to, if it was given before. Raises CommandReused."""
        known = self._tables.outcome(command_id)
        if known is not None and known.digest != digest:
            raise CommandReused(command_id)
        return known

    def _due(self, last: str) -> str:
        """Return the instant to record now: never before LAST."""
        chosen = self._clock()
        return max(self._tables.now() if chosen is None else stamp(chosen), last)

    def look(self, batch: Batch, entries: Sequence["Entry"], hints: Hints) -> Look:
        """Say what the rules will look at; what is missed here is fetched when it is asked for."""
        streams = dict.fromkeys([*(guard.stream for guard in batch.guards), *(write.stream for write in batch.writes)])
        keys = dict.fromkeys(
            (view.name, key)
            for record in map(recorded, placed(batch, entries, 0, NEVER), entries)
            for view in self._views.values()
            if (key := view.key(record)) is not None and (view.name, key) not in hints
        )
        return Look(batch.command_id, tuple(streams), tuple(keys))

    def _expect(self, batch: Batch) -> None:
        """Raise Conflict unless every stream written or guarded stands as the decision assumed."""
        for guard in batch.guards:
            self._hold(guard)
        standing: dict[str, int] = {}
        for write in batch.writes:
            if write.stream not in standing:
                standing[write.stream] = self._tables.stand(write.stream)
            if standing[write.stream] != write.expected:
                raise Conflict(write.stream, write.expected, standing[write.stream])
            standing[write.stream] += len(write.drafts)

    def _hold(self, guard: Guard) -> None:
        actual = self._tables.stand(guard.stream)
        if actual == guard.version:
            return
        topics = self._codec.family(guard.topics)
        if actual < guard.version or not topics or self._tables.touched(guard.stream, guard.version, topics):
            raise Conflict(guard.stream, guard.version, actual)

    # --- views ---------------------------------------------------------------------------------------------------

    def _fold(self, rows: Sequence[Row], entries: Sequence["Entry"], hints: Hints) -> None:
        """Fold new records into every view, inside the writing transaction."""
        records = list(map(recorded, rows, entries)) if self._views else []
        for view in self._views.values():
            changed: dict[str, Any] = {}
            for record in records:
                key = view.key(record)
                if key is not None:
                    row = changed[key] if key in changed else self._held(view, key, hints)
                    changed[key] = view.evolve(row, record)  # an event just decided: if it breaks, the mistake is ours
            self._tables.save(view.name, ((key, view.dump(row)) for key, row in changed.items()))
        self._mark(self._views.values(), rows[-1][0])

    def _mark(self, views: Iterable[View], position: int) -> None:
        self._tables.mark([(view.name, view.version, position) for view in views])

    def _held(self, view: View, key: str, hints: Hints) -> Any:  # noqa: ANN401 -- the row's type is the view's own
        if (view.name, key) in hints:
            return hints[view.name, key]
        data = self._tables.view_row(view.name, key)
        return None if data is None else loaded(view, key, data)

    def _catch_up(self, head: int, views: Sequence[str] = ()) -> None:
        """Bring views to HEAD, inside the writing transaction; those named are folded anew from zero."""
        checkpoints = self._tables.checkpoints()
        for view in self._views.values():
            version, position = checkpoints.get(view.name, (view.version, 0))
            if position > head and view.name not in views:
                raise Problems([cut_short(view, position, head)])
            if view.name in views or version != view.version:
                self._tables.clear(view.name)
                position = 0
            elif (version, position) == (view.version, head):
                continue
            fold = Fold(position, dict(self._load_all(view)))
            self._advance(view, fold, head)
            self._tables.save(view.name, [(key, view.dump(row)) for key, row in fold.rows.items()])
            self._mark([view], head)

    def _load_all(self, view: View, prefix: str = "") -> Iterator[tuple[str, Any]]:
        for key, data in self._tables.view_rows(view.name, prefix):
            yield key, loaded(view, key, data)

    def _advance(self, view: View, fold: Fold, head: int) -> None:
        """Fold the records after the fold's position, up to HEAD."""
        for record in self.scan(fold.position, head):
            key = view.key(record)
            if key is not None:
                fold.rows[key] = step(view, fold.rows.get(key), record)
        fold.position = head

    def _stale(self, view: View) -> Fold | None:
        """Bring stored rows up to date, or return a fold beside the store where it cannot be written."""
        if not self._tables.read_only:
            with self._tables.writing():
                self._catch_up(self.head())
            return None
        fold = self._aside.setdefault(view.name, Fold(0, {}))
        self._advance(view, fold, self.head())
        return fold

    def row(self, view: str, key: str) -> Any:  # noqa: ANN401 -- the row's type is the view's own
        """Return one row of a view, or None."""
        kept = self._views[view]
        checkpoint, head, data = self._tables.peek(view, key)
        if (checkpoint or (kept.version, 0)) != (kept.version, head):
            fold = self._stale(kept)
            if fold is not None:
                return fold.rows.get(key)
            data = self._tables.view_row(view, key)
        return None if data is None else loaded(kept, key, data)

    def rows(self, view: str, prefix: str = "") -> dict[str, Any]:
        """Return the rows whose key starts with PREFIX, in order of key."""
        kept = self._views[view]
        with self._tables.reading():
            if self._tables.checkpoints().get(view, (kept.version, 0)) == (kept.version, self.head()):
                return dict(self._load_all(kept, prefix))
        fold = self._stale(kept)
        if fold is not None:
            return {key: fold.rows[key] for key in sorted(fold.rows) if key.startswith(prefix)}
        return dict(self._load_all(kept, prefix))

    def checkpoint(self, view: str) -> int:
        """Return the position up to which the view is folded."""
        kept = self._views[view]
        version, position = self._tables.checkpoints().get(view, (kept.version, 0))
        return position if version == kept.version else 0

    def catch_up(self) -> None:
        """Fold into every view what it lacks, in one transaction."""
        with self._tables.writing():
            self._catch_up(self.head())

    def rebuild(self, views: Sequence[str] = ()) -> None:
        """Fold the named views (all, if none is named) anew from position 1, in one transaction."""
        names = [self._views[name].name for name in views] or list(self._views)
        with self._tables.writing():
            self._catch_up(self.head(), names)

    # --- reading -------------------------------------------------------------------------------------------------

    def head(self) -> int:
        """Return the last position, 0 for an empty log."""
        return self._tables.tip()[0]

    def last_recorded_at(self) -> datetime | None:
        """Return the last record's instant."""
        position, at = self._tables.tip()
        return self._instant(position, at) if position else None

    def _instant(self, position: int, at: str) -> datetime:
        try:
            return instant_of(at)
        except ValueError as error:
            raise Problems([unreadable("recorded_at", error).at(Place(field=f"position {position}"))]) from error

    def version(self, stream: str) -> int:
        """Return the stream's last version, 0 if it does not exist."""
        return self._tables.stand(stream)

    def read(self, stream: str, after: int = 0, to: int | None = None) -> list[Recorded]:
        """Return a stream's records with versions in (after, to]."""
        return list(self._codec.records(self._tables.stream_rows(stream, after, to)))

    def scan(self, after: int = 0, to: int | None = None, prefix: str = "") -> Iterator[Recorded]:
        """Yield records with positions in (after, to], of streams that start with PREFIX."""
        return self._codec.records(self.scan_rows(after, to, prefix))

    def scan_rows(self, after: int = 0, to: int | None = None, prefix: str = "") -> Iterator[Row]:
        """Yield the same records as they are stored, undecoded: for hashes, exports and verification."""
        return chain.from_iterable(self._chunks(after, to, prefix))

    def _chunks(self, after: int, to: int | None, prefix: str) -> Iterator[list[Row]]:
        """Yield rows by ranges of positions; a log only grows, so that many reads see what one would."""
        head = self.head()
        end = head if to is None else min(to, head)
        for start in range(after, end, CHUNK):
            yield self._tables.rows(start, min(start + CHUNK, end), prefix)

    def follow(self, after: int, wait: Callable[[], bool]) -> Iterator[Recorded]:
        """Yield records as they come; between polls calls WAIT, and ends when that returns False."""
        while True:
            for record in self.scan(after):
                after = record.position
                yield record
            if not wait():
                return

    def position_at(self, instant: datetime) -> int:
        """Return the last position recorded at or before INSTANT: a binary search, for time never runs back."""
        at = stamp(instant)
        low, high = 0, self.head()
        while low < high:
            middle = (low + high + 1) // 2
            if self._tables.instant(middle) <= at:
                low = middle
            else:
                high = middle - 1
        return low

    def streams(self, prefix: str = "") -> list[str]:
        """Return the names of the streams that start with PREFIX, in order of name."""
        return self._tables.streams(prefix)

    def about(self) -> About:
        """Say what the store is."""
        return self._tables.about()

    def sizes(self) -> list[Size]:
        """Return how large each table is, in order of name."""
        return self._tables.sizes()

    def amiss(self) -> list[str]:
        """Name every table and guard of the store that is not as it was made."""
        return self._tables.amiss()

    def tree(self) -> "LogTree":
        """Return the Merkle tree over the records, and the checkpoints kept beside it."""
        from campaign.store.tree import LogTree  # noqa: PLC0415 -- commands start without the evidence

        return LogTree(self._tables)

    # --- persons -------------------------------------------------------------------------------------------------

    def put_person(self, person: str, body: bytes) -> None:
        """Keep a person's particulars beside the log, where they can be erased."""
        self._tables.put_person(person, body)

    def person(self, person: str) -> bytes | None:
        """Return a person's particulars, or None when never kept or erased."""
        return self._tables.person(person)

    def erase_person(self, person: str) -> None:
        """Erase a person's particulars for good."""
        self._tables.erase_person(person)

    def close(self) -> None:
        """Let go of the store."""
        self._tables.close()
