"""What a team's file may have wrong: strange names, days outside the bounds, rivals, no owner.

Looked at once the province's part is sound; every problem at once, each at its path `teams[n]…`.
"""

from collections.abc import Iterator
from datetime import date

import msgspec

from campaign.domain import consistency
from campaign.domain.definition import Check, Definition, Gate, Obligation, Phase, Team, TeamDuty, TeamPhase, Window
from campaign.domain.schedule import scheduled
from campaign.domain.teams import file_of, moved
from campaign.problems import Place, Problem, T, Text, nearest


def check(definition: Definition) -> list[Problem]:
    """Return what is wrong with the teams of a definition that is sound without them, each at its path."""
    return [problem for number, team in enumerate(definition.teams) for problem in _team(definition, team, number)]


def _team(definition: Definition, team: Team, number: int) -> Iterator[Problem]:
    path = f"teams[{number}]"
    found = [
        *_scope(definition, team, path),
        *_phases(definition, team, path),
        *_duties(definition, team, path),
        *_own(definition, team, path),
        *_rivals(definition, team, number),
    ]
    yield from found
    if not found:
        yield from _owned(definition, team, path)


def _problem(code: str, message: Text, fix: Text, path: str) -> Problem:
    return Problem(code, message, fix, Place(field=path))


def _scope(definition: Definition, team: Team, path: str) -> Iterator[Problem]:
    if not (team.prefecture or team.groups or team.entities):
        message = T("the team {team} is for nobody", team=team.id)
        yield _problem("team-for-nobody", message, T("write prefecture, groups or entities"), f"{path}.id")
    known = [group.id for group in definition.groups]
    for place, name in enumerate(team.groups):
        if name not in known:
            message = T("there is no group {name}", name=name)
            yield _problem("unknown-group", message, nearest(name, known), f"{path}.groups[{place}]")


def _owned(definition: Definition, team: Team, path: str) -> Iterator[Problem]:
    """Object to a team whose file belongs to nobody: then anyone who may adopt could change it."""
    if file_of(team.id) not in {owner.file for owner in definition.owners}:
        message = T("roles.yaml does not say who owns {file}", file=file_of(team.id))
        yield _problem("team-without-owner", message, T("name the file under `owners` in roles.yaml"), f"{path}.id")


def _phases(definition: Definition, team: Team, path: str) -> Iterator[Problem]:
    known = {phase.id: phase for phase in definition.phases}
    for place, own in enumerate(team.phases):
        inner = f"{path}.phases[{place}]"
        phase = known.get(own.id)
        if phase is None:
            message = T("there is no phase {name}", name=own.id)
            yield _problem("unknown-phase", message, nearest(own.id, known), f"{inner}.id")
            continue
        days = [(f"{inner}.from", own.from_), (f"{inner}.to", own.to)]
        days += [(f"{inner}.gates[{number}].on", gate.on) for number, gate in enumerate(own.gates)]
        yield from _within(phase.bounds, T("the phase {name}", name=phase.id), [day for day in days if day[1]])
        yield from _order(own.from_ or phase.from_, own.to or phase.to, inner)
        yield from _gates(phase, own, inner)


def _gates(phase: Phase, own: TeamPhase, path: str) -> Iterator[Problem]:
    dated = {gate.id: gate for gate in phase.gates if _waits(gate)}
    for place, gate in enumerate(own.gates):
        if gate.id not in dated:
            message = T("no gate {name} of {phase} waits for a date", name=gate.id, phase=phase.id)
            fix = nearest(gate.id, dated) if dated else T("leave it out")
            yield _problem("unknown-gate", message, fix, f"{path}.gates[{place}].id")


def _waits(gate: Gate) -> bool:
    return gate.check is Check.DATE_REACHED


def _order(first: date, last: date, path: str) -> Iterator[Problem]:
    if last < first:
        message = T("{last} comes before {first}", last=last, first=first)
        yield _problem("dates-reversed", message, T("exchange the two dates"), path)


def _within(bounds: Window | None, what: Text, days: list[tuple[str, date | None]]) -> Iterator[Problem]:
    """Object to every day outside BOUNDS; without bounds, to any day at all."""
    for path, day in days:
        if bounds is None:
            message = T("no team may move {what}", what=what)
            fix = T("leave it out, or have `bounds` written for it in phases.yaml")
            yield _problem("team-without-bounds", message, fix, path)
        elif day is not None and not bounds.from_ <= day <= bounds.to:
            message = T("{day} lies outside the bounds of {what}", day=day, what=what)
            fix = T("choose a day from {first} to {last}", first=bounds.from_, last=bounds.to)
            yield _problem("outside-bounds", message, fix, path)


def _duties(definition: Definition, team: Team, path: str) -> Iterator[Problem]:
    known = {duty.id: duty for duty in definition.obligations}
    for place, own in enumerate(team.duties):
        inner = f"{path}.duties[{place}]"
        duty = known.get(own.id)
        if duty is None:
            message = T("there is no obligation {name}", name=own.id)
            yield _problem("unknown-obligation", message, nearest(own.id, known), f"{inner}.id")
        else:
            yield from _moved(definition, duty, own, inner)


def _moved(definition: Definition, duty: Obligation, own: TeamDuty, path: str) -> Iterator[Problem]:
    """Hold a team's due days to the bounds, and to the province's own: it needs the figures by then."""
    provinces = {entry.period: entry.due_on for entry in scheduled(definition, duty)}
    own_days = [(entry.period, entry.due_on) for entry in scheduled(definition, moved(duty, own))]
    what = T("the obligation {name}", name=duty.id)
    yield from list(_within(duty.bounds, what, [(f"{path}.id", day) for _, day in own_days]))[:1]
    later = [(period, day) for period, day in own_days if day > provinces.get(period, date.max)]
    if duty.bounds is not None and later:
        period, day = later[0]
        message = T("{period} would be due on {day}, later than the province asks", period=period, day=day)
        fix = T("choose {limit} or earlier", limit=provinces[period])
        yield _problem("later-than-province", message, fix, f"{path}.id")


def _own(definition: Definition, team: Team, path: str) -> Iterator[Problem]:
    """Look at the team's own obligations with the eyes of the province's checks, under the team's own paths."""
    others = {duty.id for other in definition.teams if other.id != team.id for duty in other.obligations}
    for place, duty in enumerate(team.obligations):
        if duty.id in others:
            message = T("{name} is an obligation of another team, too", name=duty.id)
            fix = T("give it an id that begins with the team's")
            yield _problem("duplicate-id", message, fix, f"{path}.obligations[{place}].id")
    first = len(definition.obligations)
    together = (*definition.obligations, *team.obligations)
    for problem in consistency.check(msgspec.structs.replace(definition, obligations=together, teams=())):
        part, _, rest = problem.place.field.partition("]")
        name, _, number = part.partition("[")
        if name == "obligations" and int(number) >= first:
            yield problem.at(Place(field=f"{path}.obligations[{int(number) - first}]{rest}"))


def _rivals(definition: Definition, team: Team, number: int) -> Iterator[Problem]:
    """Object to a second team that moves the same thing for the same prefecture, group or entity."""
    for other in definition.teams[:number]:
        same = bool(set(team.entities) & set(other.entities) or set(team.groups) & set(other.groups))
        same = same or bool(team.prefecture and team.prefecture == other.prefecture)
        both = _moves(team) & _moves(other)
        if same and both:
            message = T(
                "{team} and {other} both move {names}", team=team.id, other=other.id, names=", ".join(sorted(both))
            )
            yield _problem("team-rivals", message, T("leave it to one of them"), f"teams[{number}].id")


def _moves(team: Team) -> set[str]:
    return {line.id for line in team.phases} | {line.id for line in team.duties}
