"""Outstanding individuals (R-21): nominated, reviewed and decided by the authority; there is no formula."""

from collections.abc import Iterator

import msgspec

from campaign.domain.commands import Asked, DecideIndividual, NominateIndividual, ReviewIndividual
from campaign.domain.events import IndividualDecided, IndividualNominated, IndividualReviewed, Recorded
from campaign.domain.situation import Decision, blanks, four_eyes, persons, problem, reason_needed, settle, unknown
from campaign.domain.state import CampaignState, Context, Individual
from campaign.problems import Problem, Refused, T, refuse

GATE = "four_eyes.commendations"
LIVE = frozenset({"nominated", "reviewed", "granted"})


def nominate(command: NominateIndividual, state: CampaignState, _context: Context, _asked: Asked) -> Decision:
    """Put a person forward, who is neither under consideration nor commended already."""
    if command.commendation in commendations(state):
        return taken(command.commendation)
    reasons = [
        *blanks(commendation=command.commendation, entity=command.entity, citation=command.citation),
        *persons(person=command.person),
        *_put_forward(command.person, state),
    ]
    event = IndividualNominated(command.commendation, command.person, command.entity, command.citation)
    return settle(reasons, event)


def commendations(state: CampaignState) -> frozenset[str]:
    """Return the ids that commendations of entities and of individuals have used."""
    return frozenset(state.individuals) | frozenset(state.commended)


def taken(commendation: str) -> Refused:
    """Refuse a commendation id that is used already."""
    message = T("the commendation {commendation} exists already", commendation=commendation)
    return refuse("commendation-exists", message, T("choose another id"), field="commendation")


def _put_forward(person: str, state: CampaignState) -> Iterator[Problem]:
    for line in state.individuals.values():
        if line.person == person and line.status in LIVE:
            message = T("{person} is put forward in {commendation}", person=person, commendation=line.commendation)
            yield problem("individual-twice", message, T("use that nomination"), field="person")


def review(command: ReviewIndividual, state: CampaignState, context: Context, asked: Asked) -> Decision:
    """Give an opinion on a nomination, once, by another person than put it forward."""
    line = _line(command.commendation, state)
    if isinstance(line, Refused):
        return line
    if line.status != "nominated":
        message = T("the nomination {name} was reviewed already", name=line.commendation)
        return refuse("already-reviewed", message, T("decide it"), field="commendation")
    reasons = [*blanks(opinion=command.opinion), *_another_person(line, context, asked)]
    return settle(reasons, IndividualReviewed(command.commendation, command.favourable, command.opinion))


def decide(command: DecideIndividual, state: CampaignState, context: Context, asked: Asked) -> Decision:
    """Grant or decline a nomination once it was reviewed, by another person than put it forward."""
    line = _line(command.commendation, state)
    if isinstance(line, Refused):
        return line
    reasons = [*_ripe(line, granted=command.granted), *_another_person(line, context, asked)]
    if not command.reason.strip():
        reasons.append(reason_needed(T("a decision on a nomination states why")))
    event = IndividualDecided(command.commendation, command.granted, command.reason, command.document)
    return settle(reasons, event)


def _line(name: str, state: CampaignState) -> Individual | Refused:
    line = state.individuals.get(name)
    if line is None:
        return Refused((unknown("nomination-unknown", "commendation", name, state.individuals),))
    if line.status in {"granted", "declined"}:
        message = T("the nomination {name} is decided: {status}", name=name, status=line.status)
        return refuse("already-decided", message, T("nominate anew under another id"), field="commendation")
    return line


def _ripe(line: Individual, *, granted: bool) -> Iterator[Problem]:
    if line.status == "nominated":
        message = T("the nomination {name} has not been reviewed", name=line.commendation)
        yield problem("not-reviewed", message, T("have it reviewed first"), field="commendation", rule="R-21")
    if line.status == "objected" and granted:
        message = T("the review of {name} was not favourable", name=line.commendation)
        yield problem("review-unfavourable", message, T("decline it, or nominate anew"), field="granted", rule="R-21")


def _another_person(line: Individual, context: Context, asked: Asked) -> Iterator[Problem]:
    if context.definition is not None and not context.definition.four_eyes.commendations:
        return
    if asked.actor == line.nominated_by:
        yield four_eyes(GATE, T("{actor} put the nomination forward", actor=asked.actor), T("let another person do it"))
    if asked.actor == line.person:
        yield four_eyes(GATE, T("{actor} is the one nominated", actor=asked.actor), T("let another person do it"))


def undecided(state: CampaignState) -> Iterator[Problem]:
    """Object to an end of the campaign before every nomination is decided, unless its review was unfavourable."""
    waiting = [name for name, line in state.individuals.items() if line.status in {"nominated", "reviewed"}]
    if waiting:
        message = T("nominations are not decided: {nominations}", nominations=", ".join(waiting))
        fix = T("have each reviewed, and decide it with `campaign commend decide`")
        yield problem("nominations-undecided", message, fix, rule="R-21")


def nominated(state: CampaignState, event: IndividualNominated, record: Recorded) -> CampaignState:
    """Fold a nomination."""
    line = Individual(event.commendation, event.person, event.entity, event.citation, record.actor, record.position)
    return _put(state, line)


def reviewed(state: CampaignState, event: IndividualReviewed, record: Recorded) -> CampaignState:
    """Fold an opinion."""
    status = "reviewed" if event.favourable else "objected"
    line = state.individuals[event.commendation]
    return _put(state, msgspec.structs.replace(line, status=status, reviewed_by=record.actor))


def decided(state: CampaignState, event: IndividualDecided) -> CampaignState:
    """Fold a decision."""
    line = state.individuals[event.commendation]
    return _put(state, msgspec.structs.replace(line, status="granted" if event.granted else "declined"))


def _put(state: CampaignState, line: Individual) -> CampaignState:
    return msgspec.structs.replace(state, individuals={**state.individuals, line.commendation: line})
