"""The registers as lists: what is open since when, what is due, who is responsible, who has no entry (R-26…R-33).

Partition by entity: an entity's lines come from its own stream; lists of two parts are put together and sorted.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

import msgspec

from campaign.domain.definition import Definition, Register, concerns
from campaign.domain.governing import governing
from campaign.domain.registers import responsible
from campaign.domain.state import Context, EntityState, EntryLine


class RegisterLine(msgspec.Struct, frozen=True):
    """One entry for a reader.

    age_days: from its opening until it was done, or until today.  overdue_days: since its day passed, 0 before.
    answers: what the responsibility table says where it has not one answer; ambiguous: whether somebody has to decide.
    """

    entity: str
    name: str
    entry: EntryLine
    age_days: int
    overdue_days: int = 0
    ambiguous: bool = False
    answers: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        """Whether it is not done yet."""
        return self.entry.status != "done"


class Lacking(msgspec.Struct, frozen=True):
    """Somebody of whom the register expects an entry by a day, and who has none."""

    register: str
    entity: str
    name: str
    due_on: date
    overdue: bool


def lines(state: EntityState, context: Context, today: date) -> Iterator[RegisterLine]:
    """Yield one entity's entries of every register, as they stand today."""
    definition = governing(context, state)
    registers = {register.id: register for register in definition.registers} if definition else {}
    for entry in state.entries.values():
        done = entry.status == "done"
        age = ((entry.done_on or today) - entry.opened_on).days
        late = 0 if done or entry.due_on is None else max(0, (today - entry.due_on).days)
        answers = _answers(definition, registers.get(entry.register), state, entry)
        ambiguous = answers is not None and len(answers) != 1 and not entry.responsible and not done
        yield RegisterLine(state.entity, state.name, entry, age, late, ambiguous, answers or ())


def _answers(
    definition: Definition | None, register: Register | None, state: EntityState, entry: EntryLine
) -> tuple[str, ...] | None:
    if definition is None or register is None or not register.table:
        return None
    return responsible(definition, register, state, entry.kind).answers


def listed(
    states: Mapping[str, EntityState], context: Context, today: date, register: str = ""
) -> tuple[RegisterLine, ...]:
    """Return the entries of a register ("" = all), the longest overdue first, then the oldest."""
    found = (
        line
        for state in states.values()
        for line in lines(state, context, today)
        if register in {"", line.entry.register}
    )
    return tuple(sorted(found, key=_order))


def _order(line: RegisterLine) -> tuple[bool, int, int, str, str]:
    return not line.open, -line.overdue_days, -line.age_days, line.entity, line.entry.entry


def lacking(states: Iterable[EntityState], context: Context, today: date) -> tuple[Lacking, ...]:
    """Return who has no entry in a register that expects one of everybody by a day (R-45)."""
    found = (absent for state in states for absent in _lacking(state, context, today))
    return tuple(sorted(found, key=lambda absent: (absent.due_on, absent.register, absent.entity)))


def _lacking(state: EntityState, context: Context, today: date) -> Iterator[Lacking]:
    definition = governing(context, state)
    if definition is None or state.exit is not None or state.voluntary:
        return
    kept = {entry.register for entry in state.entries.values()}
    for register in definition.registers:
        due = register.due_on
        if due is not None and register.id not in kept and concerns(definition, register.groups, state.groups):
            yield Lacking(register.id, state.entity, state.name, due, overdue=due < today)
