"""Who lags behind by the definition's own criterion, and whether a reminder is kept of it (R-40).

What the criterion asks for is taken from the reports that are missing and from the bulletin that was due last: an
entity is held against the same mean that was published.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import assert_never

import msgspec

from campaign.domain import bulletins
from campaign.domain.assessment import answers
from campaign.domain.definition import Definition, Laggards
from campaign.domain.duties import duties
from campaign.domain.governing import governing
from campaign.domain.state import Context, EntityState
from campaign.problems import Problems
from campaign.readmodels.bulletin import bulletin


class Laggard(msgspec.Struct, frozen=True):
    """An entity that lags behind: why, by which rules, on what values, and the reminder that is open about it.

    growth_pct, gap_pct: in percent and percentage points, None where no figure is known.
    """

    entity: str
    name: str
    reasons: tuple[str, ...]
    rules: tuple[int, ...]
    missed_in_a_row: int
    growth_pct: Decimal | None
    gap_pct: Decimal | None
    reminder: str = ""


def laggards(states: Mapping[str, EntityState], context: Context, today: date) -> tuple[Laggard, ...]:
    """Return who lags behind today, most reasons first, then most periods missed; nobody without a criterion."""
    definition = context.definition
    if definition is None or definition.laggards is None:
        return ()
    growths = _growths(states, context, definition, today)
    found = (
        lag
        for name, state in states.items()
        if state.exit is None and not state.voluntary
        for lag in _one(state, context, definition.laggards, (today, *growths.get(name, (None, None))))
    )
    return tuple(sorted(found, key=lambda lag: (-len(lag.reasons), -lag.missed_in_a_row, lag.entity)))


def _one(
    state: EntityState, context: Context, criterion: Laggards, known: tuple[date, Decimal | None, Decimal | None]
) -> Iterator[Laggard]:
    today, growth, gap = known
    missed = _missed(state, governing(context, state), criterion.obligation, today)
    reasons, rules = _judged(criterion, {"missed_in_a_row": missed, "growth_pct": growth, "gap_pct": gap})
    if reasons:
        yield Laggard(state.entity, state.name, reasons, rules, missed, growth, gap, _reminder(state, criterion))


def _judged(criterion: Laggards, given: Mapping[str, object]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Ask the criterion; values that it cannot judge, outside what its inputs allow, make nobody a laggard."""
    try:
        return answers(criterion.text, given)
    except Problems:
        return (), ()


def _missed(state: EntityState, definition: Definition | None, obligation: str, today: date) -> int:
    """Count the periods not reported, from the last one due backwards; a waived one neither counts nor ends it."""
    count = 0
    listed = duties(state, definition, today) if definition else ()
    for duty in reversed([entry for entry in listed if entry.owed.obligation == obligation]):
        match duty.standing:
            case "missing":
                count += 1
            case "upcoming" | "waived":
                continue
            case "on_time" | "late" | "corrected":
                break
            case _:
                assert_never(duty.standing)
    return count


def _growths(
    states: Mapping[str, EntityState], context: Context, definition: Definition, today: date
) -> dict[str, tuple[Decimal, Decimal | None]]:
    """Return growth and gap to the mean by entity, as the bulletin that was due last would say them now."""
    due = [
        (owed.due_on, duty, owed.period)
        for duty in bulletins.duties(definition)
        for owed in bulletins.periods(definition, duty).values()
        if owed.due_on <= today
    ]
    made = bulletin(states, context, max(due)[1:], 0, today) if due else None
    tables = reversed(made.growth) if made else ()
    return {line.entity: (line.growth_pct, line.gap_pct) for table in tables for line in table.lines}


def _reminder(state: EntityState, criterion: Laggards) -> str:
    kept = (line for line in state.entries.values() if line.register == criterion.register and line.status != "done")
    return next((line.entry for line in kept), "")
