"""Given a campaign, when a definition is proposed, adopted by two, adopted for one team, or with entities held back."""

from datetime import date

import msgspec
import pytest
from domain.playing import DEFINITION, OPENED, Given, answer, by, campaign_after, codes

from campaign.domain.commands import AdoptDefinition, AdoptTeamFile, Command, ProposeDefinition
from campaign.domain.definition import (
    Account,
    Assignment,
    Definition,
    FourEyes,
    Owner,
    Role,
    Team,
    TeamPhase,
    Window,
    canonical,
    from_canonical,
    sha256,
)
from campaign.domain.events import CampaignClosed, DefinitionAdopted, DefinitionProposed, Event, Held
from campaign.domain.state import Adoption, Proposal
from campaign.problems import Refused

BOUNDED = tuple(msgspec.structs.replace(phase, bounds=Window(phase.from_, phase.to)) for phase in DEFINITION.phases)
TOWN = Team(id="town", label="Town", prefecture="t1", entities=("t1-a",))
HARBOUR = Team(id="harbour", label="Harbour", prefecture="t2")
TOWNSMAN = Role(id="townsman", label="Townsman", commands=("definition.adopt-team",))
SINGLE = msgspec.structs.replace(
    DEFINITION,
    phases=BOUNDED,
    teams=(TOWN, HARBOUR),
    roles=(*DEFINITION.roles, TOWNSMAN),
    owners=(
        Owner(file="teams/town.yaml", roles=("townsman",)),
        Owner(file="teams/harbour.yaml", roles=("office",)),
        Owner(file="calendar.yaml", roles=("leader",)),
    ),
    assignments=(
        *DEFINITION.assignments,
        Assignment(person="tom", role="townsman"),
        Assignment(person="tim", role="townsman", to=date(2031, 5, 19)),
    ),
)
DOUBLE = msgspec.structs.replace(SINGLE, four_eyes=FourEyes(definitions=True))


def changed(before: Definition, **changes: object) -> Definition:
    return msgspec.structs.replace(before, **changes)


CLOSED = CampaignClosed("done")
LATE = (Account(account="db:ann", person="ann"), Account(account="db:audit", person="tom"))


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (changed(SINGLE, accounts=LATE), []),
        (
            changed(
                SINGLE, accounts=LATE, assignments=(*SINGLE.assignments, Assignment(person="aud", role="townsman"))
            ),
            [],
        ),
        (changed(SINGLE, watched_sectors=("steel",)), ["campaign-closed"]),
        (changed(SINGLE, accounts=LATE, watched_sectors=("steel",)), ["campaign-closed"]),
    ],
)
def test_when_the_campaign_is_closed_only_who_may_come_in_can_be_changed(
    rules: Definition, expected: list[str]
) -> None:
    given = (OPENED, event(SINGLE), CLOSED)
    assert codes(ask(given, adopt(rules, SINGLE))) == expected
    assert codes(ask((OPENED, event(SINGLE)), adopt(rules, SINGLE))) == []


def ask(given: Given, command: Command, actor: str = "ann") -> tuple[Event, ...] | Refused:
    """Decide under the definition that is in force after GIVEN."""
    return answer(given, command, by(actor), from_canonical(campaign_after(*given).definition))


def event(rules: Definition, **changes: object) -> DefinitionAdopted:
    text = canonical(rules)
    return msgspec.structs.replace(DefinitionAdopted(sha256(text), text, ()), **changes)


def adopt(rules: Definition, before: Definition, **changes: object) -> AdoptDefinition:
    text = canonical(rules)
    return AdoptDefinition(sha256(text), text, (), replaces=sha256(canonical(before)), **changes)  # type: ignore[arg-type]


def propose(rules: Definition, before: Definition) -> ProposeDefinition:
    return ProposeDefinition(sha256(canonical(rules)), sha256(canonical(before)), "No. 9", "clearer")


# --- two persons -------------------------------------------------------------------------------------------------

NEXT = changed(DOUBLE, selection_criterion="the smaller ones")
OTHER = changed(DOUBLE, selection_criterion="the oldest ones")
UNDER_TWO = (OPENED, event(DOUBLE))
PROPOSED = DefinitionProposed(sha256(canonical(NEXT)), sha256(canonical(DOUBLE)), "No. 9", "clearer")
ELSE_PROPOSED = DefinitionProposed(sha256(canonical(OTHER)), sha256(canonical(DOUBLE)))
WAITING = (*UNDER_TWO, ("bob", PROPOSED))
STALE = (*WAITING, event(OTHER))


@pytest.mark.parametrize(
    ("given", "command", "then"),
    [
        (UNDER_TWO, propose(NEXT, DOUBLE), PROPOSED),
        ((*UNDER_TWO, ("bob", ELSE_PROPOSED)), propose(NEXT, DOUBLE), PROPOSED),
        (WAITING, adopt(NEXT, DOUBLE), event(NEXT, proposed_by="bob", approver="ann")),
        ((OPENED, event(SINGLE)), adopt(OTHER, SINGLE), event(OTHER)),
        ((OPENED, event(SINGLE), ("bob", ELSE_PROPOSED)), adopt(OTHER, SINGLE), event(OTHER)),
    ],
    ids=["proposed", "proposed instead", "adopted by another", "by one alone", "by one alone, though proposed"],
)
def test_accepted(given: Given, command: Command, then: Event) -> None:
    assert ask(given, command) == (then,)


@pytest.mark.parametrize(
    ("given", "command", "why"),
    [
        (UNDER_TWO, adopt(NEXT, DOUBLE), ["four-eyes"]),
        ((*UNDER_TWO, ("ann", PROPOSED)), adopt(NEXT, DOUBLE), ["four-eyes"]),
        ((*UNDER_TWO, ("bob", ELSE_PROPOSED)), adopt(NEXT, DOUBLE), ["four-eyes"]),
        (STALE, adopt(NEXT, OTHER), ["four-eyes"]),
        (UNDER_TWO, propose(DOUBLE, DOUBLE), ["nothing-changes"]),
        (WAITING, propose(NEXT, DOUBLE), ["nothing-changes"]),
        (UNDER_TWO, propose(NEXT, OTHER), ["definition-replaced"]),
    ],
    ids=["unproposed", "by the proposer", "another one", "proposed before", "no change", "twice", "against another"],
)
def test_refused(given: Given, command: Command, why: list[str]) -> None:
    assert codes(ask(given, command)) == why


def test_a_proposal_waits_until_something_is_adopted() -> None:
    state = campaign_after(*WAITING)
    assert state.proposal == Proposal(PROPOSED.sha256, PROPOSED.replaces, "bob", 30)
    assert campaign_after(*STALE).proposal is None


def test_who_proposed_is_told_who_may_not_adopt() -> None:
    assert "ann proposed this definition" in str(ask((*UNDER_TWO, ("ann", PROPOSED)), adopt(NEXT, DOUBLE)))
    assert "nobody proposed this definition" in str(ask(UNDER_TWO, adopt(NEXT, DOUBLE)))


# --- entities held back ------------------------------------------------------------------------------------------

FIRST, SECOND, THIRD = SINGLE, changed(SINGLE, selection_criterion="b"), changed(SINGLE, selection_criterion="c")
HASHES = [sha256(canonical(rules)) for rules in (FIRST, SECOND, THIRD)]
HOLDING = (OPENED, event(FIRST), event(SECOND, held=(Held(entity="t1", sha256=HASHES[0]),)))


@pytest.mark.parametrize(
    ("held", "why"),
    [
        ((Held(entity="t1", sha256=HASHES[0]),), []),
        ((Held(entity="t2", sha256=HASHES[1]),), []),
        ((Held(entity="t1", sha256=HASHES[1]), Held(entity="t2", sha256=HASHES[0])), ["held-elsewhere"] * 2),
    ],
    ids=["on its own", "on the one that goes", "on others"],
)
def test_an_entity_is_held_only_on_the_definition_that_it_is_under(held: tuple[Held, ...], why: list[str]) -> None:
    assert codes(ask(HOLDING, adopt(THIRD, SECOND, held=held))) == why


def test_of_earlier_texts_only_those_that_somebody_needs_are_kept() -> None:
    assert campaign_after(*HOLDING).earlier == {HASHES[0]: canonical(FIRST)}
    on = campaign_after(*HOLDING, event(THIRD, held=(Held(entity="t1", sha256=HASHES[0]),)))
    assert on.earlier == {HASHES[0]: canonical(FIRST), HASHES[1]: canonical(SECOND)}
    assert on.held == {"t1": HASHES[0]}
    released = campaign_after(*HOLDING, event(THIRD))
    assert (released.held, set(released.earlier)) == ({}, {HASHES[0], HASHES[1]})
    fourth = changed(SINGLE, selection_criterion="d")
    later = campaign_after(*HOLDING, event(THIRD, document="No. 8", reason="r"), event(fourth))
    assert later.earlier == {HASHES[2]: canonical(THIRD)}
    assert [adoption.sha256 for adoption in later.adoptions] == [*HASHES, sha256(canonical(fourth))]
    assert later.adoptions[2] == Adoption(HASHES[2], 40, 4, date(2031, 5, 20), "No. 8", "r")


# --- a team's own file -------------------------------------------------------------------------------------------

OWN_DAYS = msgspec.structs.replace(TOWN, phases=(TeamPhase(id="first", to=date(2031, 6, 1)),))
BY_TEAM = changed(SINGLE, teams=(OWN_DAYS, HARBOUR))


def team(rules: Definition, name: str = "town", entity: str = "t1") -> AdoptTeamFile:
    text = canonical(rules)
    return AdoptTeamFile(name, entity, sha256(text), text, (), "No. 9", "r", sha256(canonical(SINGLE)))


@pytest.mark.parametrize("entity", ["t1", "t1-a", ""])
def test_a_team_adopts_its_own_file_alone(entity: str) -> None:
    adopted = event(BY_TEAM, document="No. 9", reason="r", team="town")
    assert ask((OPENED, event(SINGLE)), team(BY_TEAM, entity=entity), "tom") == (adopted,)


BESIDES = changed(BY_TEAM, selection_criterion="b")
DATED = changed(BY_TEAM, calendar=msgspec.structs.replace(SINGLE.calendar, version="2031-2"))
THEIRS = changed(SINGLE, teams=(TOWN, msgspec.structs.replace(HARBOUR, label="Port")))
HANDED_ON = changed(SINGLE, teams=(msgspec.structs.replace(OWN_DAYS, prefecture="t3"), HARBOUR))
MADE_UP = changed(SINGLE, teams=(TOWN, HARBOUR, Team(id="mill", label="Mill", entities=("m",))))


@pytest.mark.parametrize(
    ("command", "actor", "why"),
    [
        (team(BY_TEAM), "ann", [("not-permitted", "phases")]),
        (team(BY_TEAM), "tim", [("not-permitted", "phases")]),
        (team(BESIDES), "tom", [("not-this-team", "selection_criterion")]),
        (team(DATED), "tom", [("not-permitted", "calendar"), ("not-this-team", "calendar")]),
        (team(THEIRS, "town"), "ann", [("not-this-team", "label")]),
        (team(BY_TEAM, entity="t2"), "tom", [("not-permitted", "team")]),
        (team(HANDED_ON, entity="t3"), "tom", [("not-permitted", "team")]),
        (team(HANDED_ON, entity="t1"), "tom", [("not-permitted", "team")]),
    ],
    ids=["another's", "no longer his", "more", "what has owners", "another team's", "for another", "new", "old"],
)
def test_nothing_but_its_file_and_nobody_but_its_owners(
    command: AdoptTeamFile, actor: str, why: list[tuple[str, str]]
) -> None:
    refused = ask((OPENED, event(SINGLE)), command, actor)
    assert [(reason.code, reason.place.field) for reason in refused.reasons] == why


def test_a_file_that_nobody_owns_is_adopted_with_the_folder() -> None:
    refused = ask((OPENED, event(SINGLE)), team(MADE_UP, "mill", "m"), "ann")
    assert ("not-permitted", "owners") in [(reason.code, reason.place.field) for reason in refused.reasons]
    assert "nobody owns teams/mill.yaml" in str(refused)
    accepted = ask((OPENED, event(SINGLE)), adopt(BESIDES, SINGLE), "tom")
    assert accepted == (event(BESIDES),)
