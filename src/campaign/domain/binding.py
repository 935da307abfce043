"""Bringing an entity under an adopted definition: which marks stay, which days move, and who is held back (R-60).

A mark already given never changes silently: by default the period keeps everything that it was judged by; with
`reassess` and a reason it is judged again, and the change stands in the event.
"""

from collections.abc import Iterator
from datetime import date

import msgspec

from campaign.domain import schedule
from campaign.domain.commands import Asked, BindDefinition
from campaign.domain.definition import Definition
from campaign.domain.duties import Duty, duties
from campaign.domain.events import DefinitionBound, Event, KeptDuty, MarkChange, ObligationRescheduled, Recorded, Shift
from campaign.domain.governing import recalled
from campaign.domain.schedule import Owed
from campaign.domain.situation import Decision, problem, reason_needed, settle
from campaign.domain.state import CampaignState, Context, EntityState
from campaign.domain.teams import for_entity
from campaign.problems import Problem, T

Key = tuple[str, str]
"""Obligation and period."""


class Terms(msgspec.Struct, frozen=True):
    """What an entity owes and how it stands, under one definition on one day."""

    definition: Definition
    duties: dict[Key, Duty]


def terms(state: EntityState, definition: Definition, today: date) -> Terms:
    """Return the terms of an entity under its own DEFINITION, as `governing` gives it."""
    listed = duties(state, definition, today)
    return Terms(definition, {(duty.owed.obligation, duty.owed.period): duty for duty in listed})


def bind(command: BindDefinition, state: EntityState, context: Context, asked: Asked) -> Decision:
    """Bring the entity under the definition just adopted, or record that it is held on the one that it is under."""
    sha256, definition = _own(state, context.campaign)
    current = context.campaign.adoptions[-1].sha256
    if command.held:
        return (DefinitionBound(sha256, state.kept, reason=command.reason, held=True),)
    assert context.definition is not None  # noqa: S101 -- an adoption came before
    before = terms(state, for_entity(definition, state), asked.today)
    own = for_entity(context.definition, state)
    changed = msgspec.structs.replace(state, kept=()) if command.reassess else keeping(state, before, own)
    after = terms(changed, own, asked.today)
    again = tuple(_judged_again(before, after)) if command.reassess else ()
    event = DefinitionBound(current, changed.kept, again, command.reason if again else "")
    return settle([*_reason(command), *_stands(state, context.definition)], event, *_rescheduled(before, after))


def _own(state: EntityState, campaign: CampaignState) -> tuple[str, Definition]:
    """Return the definition that the entity was under until this adoption."""
    replaced = campaign.adoptions[-2].sha256
    sha256 = state.definition_sha256 if state.definition_sha256 in campaign.earlier else replaced
    return sha256, recalled(campaign.earlier[sha256])


def _reason(command: BindDefinition) -> Iterator[Problem]:
    if command.reassess and not command.reason.strip():
        yield reason_needed(T("marks already given are judged again"))


def _stands(state: EntityState, definition: Definition) -> Iterator[Problem]:
    """Object when the phase that the entity stands in is no longer one."""
    if state.phase not in {phase.id for phase in definition.phases}:
        message = T(
            "{entity} stands in the phase {phase}, which is no longer one", entity=state.entity, phase=state.phase
        )
        fix = T("leave the phase in the definition, or keep the entity with --keep {entity}", entity=state.entity)
        yield problem("phase-occupied", message, fix, field="phases")


def keeping(state: EntityState, before: Terms, after: Definition) -> EntityState:
    """Return the entity with the marks it was given BEFORE kept wherever AFTER would judge them by something else."""
    return msgspec.structs.replace(state, kept=tuple(_kept(state, before, after)))


def _kept(state: EntityState, before: Terms, after: Definition) -> Iterator[KeptDuty]:
    """Yield every period whose mark was given, where the new definition would judge it by something else."""
    new = {(owed.obligation, owed.period): owed for owed in schedule.owed(after, state.groups, state.voluntary)}
    for key, duty in before.duties.items():
        if duty.standing == "upcoming":
            continue
        line = _line(duty, before.definition)
        if key not in new or not _same(line, new[key], after):
            yield line


def _line(duty: Duty, definition: Definition) -> KeptDuty:
    owed = duty.owed
    if owed.kept is not None:
        return msgspec.structs.replace(owed.kept, standing=duty.standing)
    return KeptDuty(
        obligation=owed.obligation,
        period=owed.period,
        opens_on=owed.opens_on,
        closes_on=owed.closes_on,
        due_on=owed.due_on,
        last_on=schedule.last_on(owed, definition),
        deciding=definition.timeliness.deciding,
        time_zone=definition.campaign.time_zone,
        standing=duty.standing,
    )


def _same(line: KeptDuty, owed: Owed, definition: Definition) -> bool:
    rules = (definition.timeliness.deciding, definition.campaign.time_zone)
    days = (owed.opens_on, owed.closes_on, owed.due_on, schedule.last_on(owed, definition))
    return ((line.opens_on, line.closes_on, line.due_on, line.last_on), (line.deciding, line.time_zone)) == (
        days,
        rules,
    )


def marks_changed(before: Terms, after: Terms) -> Iterator[tuple[Key, str, str]]:
    """Yield every mark that differs, as (obligation and period, before, after); "" is no such period.

    A period that is only no longer upcoming-to-be, or newly upcoming, has no mark and changes none.
    """
    for key in sorted(before.duties.keys() | after.duties.keys()):
        old, new = before.duties.get(key), after.duties.get(key)
        marks = (old.standing if old else "", new.standing if new else "")
        if marks[0] != marks[1] and set(marks) - {"", "upcoming"}:
            yield key, *marks


def _judged_again(before: Terms, after: Terms) -> Iterator[MarkChange]:
    for (obligation, period), old, new in marks_changed(before, after):
        if old not in {"", "upcoming"}:
            yield MarkChange(obligation=obligation, period=period, before=old, after=new)


def shifts(before: Terms, after: Terms) -> Iterator[tuple[str, Shift]]:
    """Yield every period that is due on another day than before, begins to be owed, or no longer is."""
    for key in sorted(before.duties.keys() | after.duties.keys()):
        old, new = (side.duties.get(key) for side in (before, after))
        days = (_last(old, before.definition), _last(new, after.definition))
        if days[0] != days[1]:
            yield key[0], Shift(period=key[1], was_on=days[0], due_on=days[1])


def _last(duty: Duty | None, definition: Definition) -> date | None:
    return schedule.last_on(duty.owed, definition) if duty else None


def _rescheduled(before: Terms, after: Terms) -> list[Event]:
    moved: dict[str, list[Shift]] = {}
    for obligation, shift in shifts(before, after):
        moved.setdefault(obligation, []).append(shift)
    return [ObligationRescheduled(obligation, tuple(lines)) for obligation, lines in moved.items()]


def bound(state: EntityState, record: Recorded, event: DefinitionBound) -> EntityState:
    """Fold a binding."""
    return msgspec.structs.replace(state, version=record.version, definition_sha256=event.sha256, kept=event.kept)


def rescheduled(state: EntityState, record: Recorded, _: ObligationRescheduled) -> EntityState:
    """Fold a rescheduling: the days themselves follow from the definition."""
    return msgspec.structs.replace(state, version=record.version)
