"""The phase graph: compiled once per definition from one shared state machine, then only looked up.

A phase leads to those it names, or else to the one listed after it.  A skippable phase may be passed over, a phase may
go back to those it names; both need a reason.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, TypeAlias

import msgspec

from campaign.domain.definition import Definition, Phase

MoveKind: TypeAlias = Literal["advance", "skip", "back"]

PRECEDENCE: tuple[MoveKind, ...] = ("back", "skip", "advance")
"""Where two kinds of move join the same two phases, the later one in this list holds."""


class PhaseGraph(msgspec.Struct, frozen=True):
    """Which phase leads where: `table` holds every possible move, `order` the phases as listed."""

    order: tuple[str, ...]
    labels: dict[str, str]
    table: dict[tuple[str, str], MoveKind]

    @property
    def initial(self) -> str:
        """The phase in which everyone begins."""
        return self.order[0]

    def next(self, phase: str) -> tuple[str, ...]:
        """Return the phases that PHASE advances to; the last one has none."""
        return tuple(to for to in self.order if self.table.get((phase, to)) == "advance")

    def ways(self, phase: str) -> tuple[str, ...]:
        """Return every phase that can be reached from PHASE in one move, in the order listed."""
        return tuple(to for to in self.order if (phase, to) in self.table)

    def move(self, origin: str, to: str) -> MoveKind | None:
        """Say what kind of move leads from ORIGIN to TO, or None if there is none."""
        return self.table.get((origin, to))

    def to_mermaid(self) -> str:
        """Draw the graph as a Mermaid state diagram; moves other than advances carry their kind."""
        names = {phase: f"p{number}" for number, phase in enumerate(self.order, start=1)}
        return "\n".join(["stateDiagram-v2", *self._states(names), *self._arrows(names)]) + "\n"

    def _states(self, names: dict[str, str]) -> Iterator[str]:
        for phase, name in names.items():
            label = self.labels[phase].replace('"', "'")
            yield f'    state "{phase}: {label}" as {name}'
        yield f"    [*] --> {names[self.initial]}"

    def _arrows(self, names: dict[str, str]) -> Iterator[str]:
        for origin in self.order:
            for to in self.ways(origin):
                kind = self.table[origin, to]
                yield f"    {names[origin]} --> {names[to]}" + ("" if kind == "advance" else f": {kind}")
            if not self.next(origin):
                yield f"    {names[origin]} --> [*]"


def graph(definition: Definition) -> PhaseGraph:
    """Return the phase graph of DEFINITION."""
    return _compiled(definition.phases)


def following(definition: Definition, phase: str) -> tuple[str, ...]:
    """Return the phases that PHASE advances to, without building the machine: reading asks for no more."""
    return _next(definition.phases).get(phase, ())


def label(definition: Definition, phase: str) -> str:
    """Return the phase's label, or its id where the definition does not know it."""
    return next((entry.label for entry in definition.phases if entry.id == phase), phase)


def stage(definition: Definition, phase: str) -> str:
    """Return the plan's stage that PHASE belongs to, "" if none (R-43)."""
    return next((entry.stage for entry in definition.phases if entry.id == phase), "")


@lru_cache(maxsize=64)
def _compiled(phases: tuple[Phase, ...]) -> PhaseGraph:
    from transitions import Machine  # noqa: PLC0415 -- reading commands must not pay for this import

    order = tuple(phase.id for phase in phases)
    moves: dict[MoveKind, list[tuple[str, str]]] = {
        "back": [(phase.id, to) for phase in phases for to in phase.back_to],
        "skip": list(_skips(phases)),
        "advance": [(origin, to) for origin, leads in _next(phases).items() for to in leads],
    }
    machine = Machine(model=None, states=list(order), initial=order[0], auto_transitions=False)
    for kind in PRECEDENCE:
        for origin, to in moves[kind]:
            machine.add_transition(kind, origin, to)
    table: dict[tuple[str, str], MoveKind] = {
        (arc.source, arc.dest): kind for kind in PRECEDENCE for arc in machine.get_transitions(kind) if arc.dest
    }
    return PhaseGraph(order, {phase.id: phase.label for phase in phases}, table)


def _next(phases: tuple[Phase, ...]) -> dict[str, tuple[str, ...]]:
    after = [*(phase.id for phase in phases[1:]), None]
    return {
        phase.id: phase.next if phase.next is not None else (following,) if following else ()
        for phase, following in zip(phases, after, strict=True)
    }


def _skips(phases: tuple[Phase, ...]) -> Iterator[tuple[str, str]]:
    """Yield every pair of phases between which all phases on the way may be skipped."""
    leads = _next(phases)
    skippable = {phase.id for phase in phases if phase.skippable}
    for origin in leads:
        passed: set[str] = set()
        waiting = [phase for phase in leads[origin] if phase in skippable]
        while waiting:
            over = waiting.pop()
            passed.add(over)
            yield from ((origin, to) for to in leads[over] if to != origin)
            waiting.extend(to for to in leads[over] if to in skippable - passed)
