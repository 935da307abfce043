"""Opening a campaign, and adopting the definition it runs by: recorded in full, so that a log explains itself."""

from collections.abc import Iterator
from typing import TypeAlias

import msgspec

from campaign.domain import consistency, ownership, team_rules
from campaign.domain.commands import AdoptDefinition, AdoptTeamFile, Asked, OpenCampaign, ProposeDefinition
from campaign.domain.definition import Definition, canonical, from_canonical, sha256
from campaign.domain.events import CampaignOpened, DefinitionAdopted, DefinitionProposed, Recorded
from campaign.domain.situation import Decision, blanks, four_eyes, nothing_changes, persons, problem, settle
from campaign.domain.state import Adoption, CampaignState, Context, Proposal
from campaign.domain.teams import file_of
from campaign.problems import NOT_PERMITTED, Problem, Refused, T, refuse

Adopting: TypeAlias = AdoptDefinition | AdoptTeamFile


def open_campaign(command: OpenCampaign, state: CampaignState, _context: Context, _asked: Asked) -> Decision:
    """Open the campaign, once."""
    if state.version:
        message = T("the campaign {key} is open already", key=state.key)
        return refuse("campaign-open", message, T("work in it, or choose another key"), field="key")
    reasons = [*blanks(title=command.title), *_key(command.key)]
    return settle(reasons, CampaignOpened(command.key, command.title, command.rehearsal))


def _key(key: str) -> Iterator[Problem]:
    if persons(key=key):
        message = T("{key} cannot be the key of a campaign", key=key)
        yield problem("campaign-key", message, T("use small letters, digits and _ . -"), field="key")


def adopt_definition(command: AdoptDefinition, state: CampaignState, context: Context, asked: Asked) -> Decision:
    """Adopt a definition whose text is canonical, has the hash named, and replaces the one it was made against."""
    return _adopt(command, state, context, asked, "")


def adopt_team_file(command: AdoptTeamFile, state: CampaignState, context: Context, asked: Asked) -> Decision:
    """Adopt one team's file alone: nothing else may differ, and the file's owners decide who may."""
    return _adopt(command, state, context, asked, command.team)


def _adopt(command: Adopting, state: CampaignState, context: Context, asked: Asked, team: str) -> Decision:
    current = _current(state)
    if command.sha256 == current:
        return nothing_changes(T("this definition is the adopted one"))
    reasons = [*hash_matches(command.sha256, command.definition, "definition"), *_replaces(command.replaces, current)]
    definition = read(command.definition)
    if isinstance(definition, Refused):
        return Refused((*reasons, *definition.reasons))
    reasons += [*_belongs(definition, command.definition, state), *_held(command, state, current)]
    reasons += consistency.check(definition) or team_rules.check(definition)
    before = context.definition
    if before is not None:
        reasons += _after_the_end(before, definition, state)
        reasons += _owned(before, definition, command, asked)
        reasons += _seconded(before, state, command.sha256, asked)
    proposal = state.proposal if _two(before) else None
    event = DefinitionAdopted(
        command.sha256,
        command.definition,
        command.files,
        command.document,
        command.reason,
        command.diff,
        proposal.proposed_by if proposal else "",
        asked.actor if proposal else "",
        command.held,
        team,
    )
    return settle(reasons, event)


def _after_the_end(before: Definition, definition: Definition, state: CampaignState) -> Iterator[Problem]:
    """Object, once the campaign is closed, to any change but that of who may come in."""
    access = msgspec.structs.replace(
        before, accounts=definition.accounts, access_keys=definition.access_keys, assignments=definition.assignments
    )
    if state.closed and access != definition:
        message = T("the campaign {key} is closed, and more is changed than who may come in", key=state.key)
        fix = T("change nothing but accounts, access_keys and assignments in roles.yaml")
        yield problem("campaign-closed", message, fix, field="definition")


def propose(command: ProposeDefinition, state: CampaignState, _context: Context, _asked: Asked) -> Decision:
    """Propose a definition by its hash; whoever adopts it reads the same text from the same folder."""
    current = _current(state)
    if command.sha256 == current:
        return nothing_changes(T("this definition is the adopted one"))
    if state.proposal and (state.proposal.sha256, state.proposal.replaces) == (command.sha256, current):
        return nothing_changes(T("{person} proposed it already", person=state.proposal.proposed_by))
    event = DefinitionProposed(command.sha256, command.replaces, command.document, command.reason)
    return settle(_replaces(command.replaces, current), event)


def _current(state: CampaignState) -> str:
    return state.adoptions[-1].sha256 if state.adoptions else ""


def hash_matches(stated: str, text: str, field: str) -> Iterator[Problem]:
    """Object when STATED is not the sha256 of TEXT."""
    if stated != sha256(text):
        message = T("the text of the {field} does not have the hash {stated}", field=field, stated=stated)
        yield problem("hash-mismatch", message, T("read the file again and adopt that"), field="sha256")


def read(text: str) -> Definition | Refused:
    """Read a definition's text, or refuse it."""
    try:
        return from_canonical(text)
    except msgspec.DecodeError as error:
        message = T("the definition cannot be read: {error}", error=error)
        return refuse("definition-unreadable", message, T("make it from the campaign folder"), field="definition")


def _replaces(stated: str, current: str) -> Iterator[Problem]:
    if stated != current:
        made, now = stated or "-", current or "-"
        message = T("the definition was made to replace {made}, but {now} is the adopted one", made=made, now=now)
        yield problem("definition-replaced", message, T("look at what changed and plan again"), field="replaces")


def _belongs(definition: Definition, text: str, state: CampaignState) -> Iterator[Problem]:
    if canonical(definition) != text:
        message = T("the definition is not written in its canonical form")
        yield problem("definition-not-canonical", message, T("write it with canonical()"), field="definition")
    if definition.campaign.key != state.key:
        message = T(
            "the definition is of the campaign {other}, not {key}", other=definition.campaign.key, key=state.key
        )
        yield problem("definition-of-another-campaign", message, T("adopt it there"), field="definition")


def _held(command: Adopting, state: CampaignState, current: str) -> Iterator[Problem]:
    """Object to holding an entity on another definition than the one that it is under."""
    for line in command.held:
        own = state.held.get(line.entity, current)
        if line.sha256 != own:
            message = T("{entity} is under the definition {hash}", entity=line.entity, hash=own or "-")
            yield problem("held-elsewhere", message, T("it can be kept on that one only"), field="held")


def _owned(before: Definition, after: Definition, command: Adopting, asked: Asked) -> Iterator[Problem]:
    """Hold what changes to its owners; by a team's own way nothing but its file may change, and its owners must."""
    yield from ownership.trespasses(before, after, held_roles(before, asked))
    if isinstance(command, AdoptDefinition):
        return
    team = command.team
    for file, key in ownership.changed(before, after):
        if file != file_of(team):
            message = T("{key} in {file} changes, too", key=key, file=file)
            yield problem("not-this-team", message, T("adopt it with `campaign apply`"), field=key)
    yield from _theirs(before, after, command)
    if not ownership.owners_of(after, file_of(team)):
        message = T("nobody owns {file}", file=file_of(team))
        fix = T("name it under `owners` in roles.yaml and adopt that first")
        yield problem(NOT_PERMITTED, message, fix, field="owners")


def _theirs(before: Definition, after: Definition, command: AdoptTeamFile) -> Iterator[Problem]:
    """Object to a person who asks for an entity that the team's file is not, and was not, made for."""
    teams = [team for definition in (before, after) for team in definition.teams if team.id == command.team]
    if command.entity and any(command.entity not in {team.prefecture, *team.entities} for team in teams):
        message = T("the file of {team} is not for {entity}", team=command.team, entity=command.entity)
        yield problem(NOT_PERMITTED, message, T("ask those whose file it is"), field="team")


def held_roles(definition: Definition, asked: Asked) -> frozenset[str]:
    """Return the roles that the person is assigned today, for whatever entities; which may count is authorise's."""
    return frozenset(
        line.role
        for line in definition.assignments
        if line.person == asked.actor
        and (line.from_ is None or line.from_ <= asked.today)
        and (line.to is None or asked.today <= line.to)
    )


def _two(definition: Definition | None) -> bool:
    return definition is not None and definition.four_eyes.definitions


def _seconded(before: Definition, state: CampaignState, sha256: str, asked: Asked) -> Iterator[Problem]:
    """Ask for a proposal by another person, where the definition in force says so (R-58)."""
    if not _two(before):
        return
    proposal = state.proposal
    if proposal is None or (proposal.sha256, proposal.replaces) != (sha256, _current(state)):
        message = T("nobody proposed this definition; it takes two persons to adopt one")
        yield four_eyes("four_eyes.definitions", message, T("propose it with `campaign apply --propose`"))
    elif proposal.proposed_by == asked.actor:
        message = T("{person} proposed this definition", person=asked.actor)
        yield four_eyes("four_eyes.definitions", message, T("another person must adopt it"))


def opened(state: CampaignState, event: CampaignOpened) -> CampaignState:
    """Fold the opening."""
    return msgspec.structs.replace(state, key=event.key, title=event.title, rehearsal=event.rehearsal)


def definition_adopted(state: CampaignState, event: DefinitionAdopted, record: Recorded) -> CampaignState:
    """Fold an adoption; of earlier texts only those that are needed are kept, all of them stand in the log.

    Those of entities that are released here are needed once more: the bindings that follow compare with them.
    """
    adoption = Adoption(event.sha256, record.position, record.version, record.occurred_on, event.document, event.reason)
    held = {line.entity: line.sha256 for line in event.held}
    known = {**state.earlier, _current(state): state.definition} if state.adoptions else {}
    wanted = {_current(state), *held.values(), *state.held.values()}
    return msgspec.structs.replace(
        state,
        adoptions=(*state.adoptions, adoption),
        definition=event.definition,
        earlier={name: text for name, text in known.items() if name in wanted},
        held=held,
        proposal=None,
    )


def definition_proposed(state: CampaignState, event: DefinitionProposed, record: Recorded) -> CampaignState:
    """Fold a proposal; the last one waits."""
    proposal = Proposal(event.sha256, event.replaces, record.actor, record.position)
    return msgspec.structs.replace(state, proposal=proposal)
