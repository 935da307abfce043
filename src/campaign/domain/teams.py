"""Teams: their own dates and obligations, laid over the province's for the entities that are theirs.

phases.yaml holds the province's dates and the bounds; a team's file changes only what it names, within those bounds.
"""

from functools import lru_cache

import msgspec

from campaign.domain.definition import Definition, Obligation, Phase, Team, TeamDuty, TeamPhase, concerns
from campaign.domain.state import EntityState


def leads(team: Team, state: EntityState, definition: Definition) -> bool:
    """Whether the entity is one of TEAM's: named, in its prefecture, or in one of its groups."""
    if state.entity in team.entities:
        return True
    if team.prefecture and team.prefecture in {state.entity, state.prefecture}:
        return True
    return bool(team.groups) and concerns(definition, team.groups, state.groups)


def for_entity(definition: Definition, state: EntityState) -> Definition:
    """Return the definition as it holds for the entity: the province's, with the dates of its teams over it."""
    if not definition.teams:
        return definition
    mine = tuple(team for team in definition.teams if leads(team, state, definition))
    return overlaid(definition, mine) if mine else definition


@lru_cache(maxsize=512)
def overlaid(definition: Definition, teams: tuple[Team, ...]) -> Definition:
    """Lay the dates and obligations of TEAMS over DEFINITION, one after the other."""
    for team in teams:
        phases = {line.id: line for line in team.phases}
        duties = {line.id: line for line in team.duties}
        definition = msgspec.structs.replace(
            definition,
            phases=tuple(_phase(phase, phases.get(phase.id)) for phase in definition.phases),
            obligations=(*(moved(duty, duties.get(duty.id)) for duty in definition.obligations), *team.obligations),
        )
    return definition


def _phase(phase: Phase, own: TeamPhase | None) -> Phase:
    if own is None:
        return phase
    days = {line.id: line.on for line in own.gates}
    gates = tuple(msgspec.structs.replace(gate, on=days.get(gate.id, gate.on)) for gate in phase.gates)
    return msgspec.structs.replace(phase, from_=own.from_ or phase.from_, to=own.to or phase.to, gates=gates)


def moved(duty: Obligation, own: TeamDuty | None) -> Obligation:
    """Return the obligation with the days that a team gives it."""
    if own is None:
        return duty
    return msgspec.structs.replace(
        duty,
        weekday=own.weekday or duty.weekday,
        days=own.days or duty.days,
        on=own.on or duty.on,
        from_=own.from_ or duty.from_,
        to=own.to or duty.to,
    )


def files_behind(obligation: str, state: EntityState, definition: Definition) -> tuple[str, ...]:
    """Return the files of the entity's teams that ask for OBLIGATION or give it days of their own."""
    mine = (team for team in definition.teams if leads(team, state, definition))
    return tuple(
        file_of(team.id)
        for team in mine
        if obligation in {*(duty.id for duty in team.duties), *(own.id for own in team.obligations)}
    )


def file_of(team: str) -> str:
    """Return the name of a team's file in the folder."""
    return f"teams/{team}.yaml"
