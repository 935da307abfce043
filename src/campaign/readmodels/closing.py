"""How the periods of a day stand, counted once over everybody: what a tick records when a period closes (R-37).

Partition by entity: `part` takes one entity, `combine` puts two parts together.
"""

from collections.abc import Mapping
from datetime import date
from typing import TypeAlias

import msgspec

from campaign.domain.bulletins import duties as bulletin_duties
from campaign.domain.bulletins import key, periods
from campaign.domain.definition import Definition
from campaign.domain.duties import duties
from campaign.domain.governing import governing
from campaign.domain.state import Context, EntityState
from campaign.readmodels.inspections import row

PeriodKey: TypeAlias = tuple[str, str]
"""Obligation and period."""


class Closing(msgspec.Struct, frozen=True):
    """How one period stands; extended: how many may still answer it."""

    on_time: int = 0
    waived: int = 0
    extended: int = 0
    late: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    def __add__(self, other: "Closing") -> "Closing":
        """Put two parts together; they hold different entities."""
        return Closing(
            self.on_time + other.on_time,
            self.waived + other.waived,
            self.extended + other.extended,
            tuple(sorted((*self.late, *other.late))),
            tuple(sorted((*self.missing, *other.missing))),
        )


Closings: TypeAlias = Mapping[PeriodKey, Closing]


def part(state: EntityState, context: Context, today: date, wanted: frozenset[PeriodKey]) -> Closings:
    """Return how one entity stands in the periods WANTED."""
    definition = governing(context, state)
    if definition is None:
        return {}
    found = {
        (duty.owed.obligation, duty.owed.period): _of(duty.standing, state.entity)
        for duty in duties(state, definition, today)
        if (duty.owed.obligation, duty.owed.period) in wanted
    }
    return found | _checks(state, definition, today, wanted)


def _checks(
    state: EntityState, definition: Definition, today: date, wanted: frozenset[PeriodKey]
) -> dict[PeriodKey, Closing]:
    asked = {obligation for obligation, _ in wanted}
    return {
        (duty.id, cell.period): _of(cell.standing, state.entity)
        for duty in definition.obligations
        if duty.act == "check" and duty.id in asked
        for cell in row(state, definition, duty.id, today).cells
        if (duty.id, cell.period) in wanted
    }


def _of(standing: str, entity: str) -> Closing:
    match standing:
        case "on_time" | "corrected":
            return Closing(on_time=1)
        case "waived":
            return Closing(waived=1)
        case "late":
            return Closing(late=(entity,))
        case "missing":
            return Closing(missing=(entity,))
        case _:
            return Closing(extended=1)


def combine(one: Closings, other: Closings) -> Closings:
    """Put the closings of two parts together."""
    found = dict(one)
    for name, closing in other.items():
        found[name] = found[name] + closing if name in found else closing
    return found


def closings(
    states: Mapping[str, EntityState], context: Context, today: date, wanted: frozenset[PeriodKey]
) -> Closings:
    """Return how the periods WANTED stand today; a bulletin that is not out is missing, of the campaign."""
    gathered: dict[PeriodKey, list[Closing]] = {name: [] for name in wanted}
    for name in sorted(states):
        for where, closing in part(states[name], context, today, wanted).items():
            gathered[where].append(closing)
    return {name: _sum(listed) for name, listed in gathered.items()} | _bulletins(context, wanted)


def _sum(listed: list[Closing]) -> Closing:
    """Add up many at once: one by one, the lists of names would be copied each time."""
    return Closing(
        sum(closing.on_time for closing in listed),
        sum(closing.waived for closing in listed),
        sum(closing.extended for closing in listed),
        tuple(name for closing in listed for name in closing.late),
        tuple(name for closing in listed for name in closing.missing),
    )


def _bulletins(context: Context, wanted: frozenset[PeriodKey]) -> dict[PeriodKey, Closing]:
    definition = context.definition
    if definition is None:
        return {}
    asked = {obligation for obligation, _ in wanted} & bulletin_duties(definition).keys()
    return {
        (obligation, period): _published(context, obligation, period)
        for obligation in asked
        for period in periods(definition, obligation)
        if (obligation, period) in wanted
    }


def _published(context: Context, obligation: str, period: str) -> Closing:
    out = key(obligation, period) in context.campaign.bulletins
    return Closing(on_time=1) if out else Closing(missing=(context.campaign.key,))
