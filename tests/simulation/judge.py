"""Whether a run of the simulated world was one that the log's promises allow: everything that is amiss, in words."""

from collections.abc import Iterator

from faults.history import Call, amiss, missed
from simulation.actors import CODEC, KEY, NOON
from simulation.machine import copied
from simulation.play import Run, opened
from simulation.wishes import DAY

from campaign import verifier
from campaign.app.handle import Who, handle
from campaign.app.session import Session, Settings
from campaign.domain.events import Recorded
from campaign.readmodels.views import ALL
from campaign.store.codec import canonical, instant_of
from campaign.store.engine import Engine
from campaign.store.log import Outcome
from campaign.store.memory import MemoryLog, MemoryTables


def wrong(run: Run) -> list[str]:
    """Return everything that is amiss in a run."""
    log = Engine(MemoryTables(run.contents, read_only=True), ALL, lambda: NOON, CODEC)
    records = list(log.scan())
    return [
        *(f"{call.command_id} was never answered" for call in run.calls if call.answered is None),
        *amiss(run.calls, records, run.contents.commands),
        *(line for seen in run.seen for line in missed(seen, len(records))),
        *views(run, records),
        *tree(run),
        *Sequence(run).amiss(),
    ]


def views(run: Run, records: list[Recorded]) -> Iterator[str]:
    """Every view is what a fold from position 1 gives, byte for byte."""
    for view in ALL:
        rows: dict[str, object] = {}
        for record in records:
            key = view.key(record)
            if key is not None:
                rows[key] = view.evolve(rows.get(key), record)  # type: ignore[arg-type]  # the view's own rows
        kept = run.contents.views.get(view.name, {})
        if {key: view.dump(row) for key, row in rows.items()} != kept:  # type: ignore[arg-type]  # likewise
            yield f"the view {view.name} is not the fold"
        position = run.contents.checkpoints[view.name][1]
        if position != len(records):
            yield f"the view {view.name} stands at {position}"


def tree(run: Run) -> Iterator[str]:
    """The roots that the auditor saw, and the kept tree, are those of the log that is there."""
    leaves = [verifier.leaf(canonical(row)) for row in run.contents.events]
    sealed = len(run.contents.tree.get(0, ()))
    roots = verifier.roots_of(leaves, [size for size, _ in run.heads])
    yield from (f"the root over {size} is another" for size, root in run.heads if roots.get(size) != root)
    if run.contents.tree.get(0, []) != leaves[:sealed]:
        yield "the kept tree is not the log's"


class Sequence:
    """The same commands one after the other, in the order of the log, by one who has the store to himself.

    Every accepted command must decide the same there, byte for byte; every refusal must be right at some moment between
    the question and the answer.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self._at = NOON
        self.log = MemoryLog(ALL, lambda: self._at, contents=copied(opened()), codec=CODEC)
        self.session = Session(self.log, Settings(campaign=KEY), lambda: self._at)
        answered = [call for call in run.calls if call.answers]
        self.refused = {call.command_id: call for call in answered if not call.answers[0].accepted}
        self.told = sorted((call.answered or 0, call.answers[0].last) for call in answered if call.answers[0].accepted)

    def amiss(self) -> Iterator[str]:
        """Go through the log."""
        accepted = sorted((kept for kept in self.run.contents.commands.values() if kept.first), key=_first)
        pending = dict(self.refused)
        for kept in accepted:
            self._examine(pending)
            ask = self.run.asks.get(kept.command_id)
            if ask is not None:
                self._at = instant_of(self.run.contents.events[kept.first - 1][4])
                handle(self.session, ask.commands, Who(ask.actor, on=DAY, command_id=ask.command_id))
        self._examine(pending)
        yield from (f"{name} was refused, but never with reason: {call.answers[0]}" for name, call in pending.items())
        if self.log.contents.events != self.run.contents.events:
            yield "one after the other, the same commands write another log"

    def _examine(self, pending: dict[str, Call]) -> None:
        """Strike out the refusals that are right just now."""
        head = self.log.head()
        for name, call in list(pending.items()):
            if self._floor(call) <= head and self._says(name) == call.answers[0].reasons:
                del pending[name]

    def _floor(self, call: Call) -> int:
        """Return the last position that anybody knew of when the question was asked."""
        return max((last for answered, last in self.told if answered < call.invoked), default=0)

    def _says(self, name: str) -> tuple[str, ...]:
        ask = self.run.asks[name]
        reply = handle(self.session, ask.commands, Who(ask.actor, on=DAY, command_id=name), dry_run=True)
        return tuple(reason.code for reason in reply.refusal.reasons) if reply.refusal else ()


def _first(outcome: Outcome) -> int:
    return outcome.first
