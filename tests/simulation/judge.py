"""Whether a run of the simulated world was one that the log's promises allow: everything that is amiss, in words."""

from collections.abc import Iterator

from faults.alone import Alone, asked_again
from faults.history import amiss, missed, unnoted
from simulation.actors import CODEC, KEY, NOON
from simulation.machine import copied
from simulation.play import Run, opened

from campaign import verifier
from campaign.app.session import Session, Settings
from campaign.domain.events import Recorded
from campaign.readmodels.views import ALL
from campaign.store.codec import canonical
from campaign.store.engine import Engine
from campaign.store.memory import MemoryTables


def wrong(run: Run) -> list[str]:
    """Return everything that is amiss in a run."""
    log = Engine(MemoryTables(run.contents, read_only=True), ALL, lambda: NOON, CODEC)
    records = list(log.scan())
    return [
        *(f"{call.command_id} was never answered" for call in run.calls if call.answered is None),
        *amiss(run.calls, records, run.contents.commands),
        *(line for seen in run.seen for line in missed(seen, records)),
        *unnoted(run.calls, run.contents.attempts),
        *asked_again(Session(log, Settings(campaign=KEY), lambda: NOON), run.asks, run.calls),
        *views(run, records),
        *tree(run),
        *Alone(copied(opened()), KEY, run.asks, CODEC).amiss(run.contents.events, run.contents.commands, run.calls),
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
