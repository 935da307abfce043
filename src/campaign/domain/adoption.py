"""Opening a campaign, and adopting the definition it runs by: recorded in full, so that a log explains itself."""

from collections.abc import Iterator

import msgspec

from campaign.domain.commands import AdoptDefinition, Asked, OpenCampaign
from campaign.domain.definition import Definition, canonical, from_canonical, sha256
from campaign.domain.events import CampaignOpened, DefinitionAdopted, Recorded
from campaign.domain.situation import Decision, blanks, nothing_changes, persons, problem, settle
from campaign.domain.state import Adoption, CampaignState, Context
from campaign.problems import Problem, Refused, T, refuse


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


def adopt_definition(command: AdoptDefinition, state: CampaignState, _context: Context, _asked: Asked) -> Decision:
    """Adopt a definition whose text is canonical, has the hash named, and replaces the one it was made against."""
    current = state.adoptions[-1].sha256 if state.adoptions else ""
    if command.sha256 == current:
        return nothing_changes(T("this definition is the adopted one"))
    reasons = [*hash_matches(command.sha256, command.definition, "definition"), *_replaces(command, current)]
    definition = read(command.definition)
    if isinstance(definition, Refused):
        return Refused((*reasons, *definition.reasons))
    reasons += _belongs(definition, command.definition, state)
    event = DefinitionAdopted(command.sha256, command.definition, command.files, command.document, command.reason)
    return settle(reasons, event)


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


def _replaces(command: AdoptDefinition, current: str) -> Iterator[Problem]:
    if command.replaces != current:
        made, now = command.replaces or "-", current or "-"
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


def opened(state: CampaignState, event: CampaignOpened) -> CampaignState:
    """Fold the opening."""
    return msgspec.structs.replace(state, key=event.key, title=event.title, rehearsal=event.rehearsal)


def definition_adopted(state: CampaignState, event: DefinitionAdopted, record: Recorded) -> CampaignState:
    """Fold an adoption; only the last definition's text is kept, the earlier ones stand in the log."""
    adoption = Adoption(event.sha256, record.position, record.version, record.occurred_on, event.document, event.reason)
    return msgspec.structs.replace(state, adoptions=(*state.adoptions, adoption), definition=event.definition)
