"""What adopting a definition would bring about: per entity, before it counts.

Partition by entity, a pure function each; the size of the whole is a sum.
"""

from collections.abc import Iterable, Mapping
from datetime import date

import msgspec

from campaign.domain import binding, gates
from campaign.domain.binding import Terms, marks_changed, shifts, terms
from campaign.domain.definition import Definition, Indicator
from campaign.domain.events import Shift
from campaign.domain.governing import governing
from campaign.domain.state import Context, EntityState
from campaign.domain.teams import for_entity

__all__ = ["Consequence", "GateChange", "MarkLine", "Proposal", "ShiftLine", "Totals", "consequences", "totals"]


class GateChange(msgspec.Struct, frozen=True):
    """A gate out of the entity's phase that would stand otherwise; "" = there is no such gate."""

    gate: str
    before: str
    after: str


class ShiftLine(msgspec.Struct, frozen=True):
    """A period that would be due on another day, grace included; None = not owed."""

    obligation: str
    period: str
    was_on: date | None = None
    due_on: date | None = None


class MarkLine(msgspec.Struct, frozen=True):
    """A mark that would be another; given: it was given already, so that it stays unless it is judged again (R-60)."""

    obligation: str
    period: str
    before: str
    after: str
    given: bool


class Consequence(msgspec.Struct, frozen=True):
    """What would change for one entity.

    held: it stays on the definition it is under.  stuck: the phase it stands in, where that is no longer one.
    """

    entity: str
    name: str
    gates: tuple[GateChange, ...] = ()
    shifts: tuple[ShiftLine, ...] = ()
    marks: tuple[MarkLine, ...] = ()
    letters: tuple[str, ...] = ()
    stuck: str = ""
    held: bool = False

    @property
    def empty(self) -> bool:
        """Whether nothing would change for it."""
        return not (self.gates or self.shifts or self.marks or self.letters or self.stuck or self.held)


class Totals(msgspec.Struct, frozen=True):
    """How much would change over all entities; moved, begun and ended are periods of obligations."""

    moved: int = 0
    begun: int = 0
    ended: int = 0
    marks: int = 0
    gates: int = 0
    letters: int = 0
    stuck: int = 0


def totals(found: Iterable[Consequence]) -> Totals:
    """Sum over entities."""
    listed = tuple(found)
    lines = [line for item in listed for line in item.shifts]
    return Totals(
        moved=sum(line.was_on is not None and line.due_on is not None for line in lines),
        begun=sum(line.was_on is None for line in lines),
        ended=sum(line.due_on is None for line in lines),
        marks=sum(len(item.marks) for item in listed),
        gates=sum(len(item.gates) for item in listed),
        letters=sum(len(item.letters) for item in listed),
        stuck=sum(bool(item.stuck) for item in listed),
    )


class Proposal(msgspec.Struct, frozen=True):
    """What is to be adopted, and how.

    keep: entities that would be held on the definition they are under.  reassess: marks already given are judged again,
    so that their days move, too.
    """

    definition: Definition
    today: date
    keep: frozenset[str] = frozenset()
    reassess: bool = False


def consequences(states: Mapping[str, EntityState], context: Context, proposal: Proposal) -> tuple[Consequence, ...]:
    """Return what the proposal would change, for every entity for which anything would."""
    if context.definition is None:
        return ()
    found = (_one(state, context, proposal) for state in states.values())
    return tuple(item for item in found if not item.empty)


def _one(state: EntityState, context: Context, proposal: Proposal) -> Consequence:
    if state.entity in proposal.keep:
        return Consequence(state.entity, state.name, held=True)
    before, today = governing(context, state), proposal.today
    assert before is not None  # noqa: S101 -- `consequences` asked
    own = for_entity(proposal.definition, state)
    if own == before:
        return Consequence(state.entity, state.name)
    old = terms(state, before, today)
    judged = terms(msgspec.structs.replace(state, kept=()), own, today)
    chosen = judged if proposal.reassess else terms(binding.keeping(state, old, own), own, today)
    return Consequence(
        state.entity,
        state.name,
        _gates(state, context, proposal, chosen),
        tuple(_shift(name, shift) for name, shift in shifts(old, chosen)),
        tuple(MarkLine(*key, was, now, was not in {"", "upcoming"}) for key, was, now in marks_changed(old, judged)),
        _letters(state, before, own),
        _stuck(state, own),
    )


def _shift(obligation: str, shift: Shift) -> ShiftLine:
    return ShiftLine(obligation, shift.period, shift.was_on, shift.due_on)


def _gates(state: EntityState, context: Context, proposal: Proposal, chosen: Terms) -> tuple[GateChange, ...]:
    """Compare the gates out of the entity's phase, as they stand today and as they would."""
    kept = tuple(duty.owed.kept for duty in chosen.duties.values() if duty.owed.kept)
    released = Context(proposal.definition, msgspec.structs.replace(context.campaign, held={}))
    old = _verdicts(state, context, proposal.today)
    new = _verdicts(msgspec.structs.replace(state, kept=kept), released, proposal.today)
    names = [*old, *(name for name in new if name not in old)]
    changes = (GateChange(name, old.get(name, ""), new.get(name, "")) for name in names)
    return tuple(change for change in changes if change.before != change.after)


def _verdicts(state: EntityState, context: Context, today: date) -> dict[str, str]:
    return {line.gate.id: line.verdict for line in gates.examine(state, context, state.phase, today, today)}


def _letters(state: EntityState, before: Definition, after: Definition) -> tuple[str, ...]:
    """Return the documents in force whose target set the change touches: they say what no longer is so (R-17)."""
    if not _touched(state, before, after):
        return ()
    return tuple(letter.letter for letter in state.letters.values() if not letter.superseded_by)


def _touched(state: EntityState, before: Definition, after: Definition) -> bool:
    old, new = ({indicator.id: indicator for indicator in side.indicators} for side in (before, after))
    scopes = [{scope.id for scope in side.scopes} for side in (before, after)]
    period = before.campaign.metric_period
    for line in state.targets.values():
        target = line.target
        if line.status == "fixed" and (
            _binding(old.get(target.indicator)) != _binding(new.get(target.indicator))
            or (target.scope in scopes[0]) != (target.scope in scopes[1])
            or (target.period == period != after.campaign.metric_period)
        ):
            return True
    return False


def _binding(indicator: Indicator | None) -> tuple[object, ...]:
    """Return what of an indicator a signed target rests on; its label and its digits are not."""
    if indicator is None:
        return ()
    return indicator.unit, indicator.additive, indicator.completion, indicator.zero_base, indicator.base


def _stuck(state: EntityState, after: Definition) -> str:
    return "" if state.phase in {phase.id for phase in after.phases} else state.phase
