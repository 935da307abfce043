"""What is kept outside the log and only vouched for in it: the key that signs checkpoints, particulars of persons."""

from collections.abc import Iterator

import msgspec

from campaign.domain.commands import Asked, ErasePerson, KeepPerson, RotateLogKey
from campaign.domain.events import LogKeyRotated, PersonErased, PersonKept
from campaign.domain.situation import Decision, blanks, nothing_changes, problem, settle
from campaign.domain.state import CampaignState, Context
from campaign.problems import Problem, T, refuse

SHA256_DIGITS = 64


def rotate(command: RotateLogKey, state: CampaignState, _context: Context, _asked: Asked) -> Decision:
    """Name the key that signs checkpoints from here on; the key before it vouches for it, or a reason says why not."""
    if state.log_keys and state.log_keys[-1] == command.key:
        return nothing_changes(T("this key is the one in force"))
    reasons = [*blanks(key=command.key), *_follows(command, state), *_vouched_for(command)]
    return settle(reasons, LogKeyRotated(command.key, command.replaces, command.endorsement, command.reason))


def _follows(command: RotateLogKey, state: CampaignState) -> Iterator[Problem]:
    in_force = state.log_keys[-1] if state.log_keys else ""
    if command.replaces != in_force:
        message = T("the key in force is {key}", key=in_force or "-")
        yield problem("key-not-in-force", message, T("name it as the one to be replaced"), field="replaces")


def _vouched_for(command: RotateLogKey) -> Iterator[Problem]:
    if command.replaces and not command.endorsement and not command.reason.strip():
        message = T("the key before it does not vouch for the new one")
        fix = T("sign with the earlier key, or give the reason why it cannot")
        yield problem("key-not-endorsed", message, fix, field="reason")


def keep(command: KeepPerson, state: CampaignState, _context: Context, _asked: Asked) -> Decision:
    """Vouch for the ciphertext of a person's particulars by its hash."""
    if state.kept_persons.get(command.person) == command.ciphertext_sha256:
        return nothing_changes(T("this is what is kept of {person}", person=command.person))
    reasons = blanks(person=command.person)
    if len(command.ciphertext_sha256) != SHA256_DIGITS:
        message = T("{text} is not a sha256", text=command.ciphertext_sha256)
        reasons.append(problem("hash-malformed", message, T("give 64 digits and letters a-f"), field="sha256"))
    return settle(reasons, PersonKept(command.person, command.ciphertext_sha256))


def erase(command: ErasePerson, state: CampaignState, _context: Context, _asked: Asked) -> Decision:
    """Record that a person's particulars are erased; decisions about the person stay, by id."""
    if command.person not in state.kept_persons:
        message = T("nothing is kept of {person}, or it was erased", person=command.person)
        return refuse("person-unknown", message, T("look at `campaign log list --topic person`"), field="person")
    return settle(blanks(reason=command.reason), PersonErased(command.person, command.reason))


def rotated(state: CampaignState, event: LogKeyRotated) -> CampaignState:
    """Fold a change of key."""
    return msgspec.structs.replace(state, log_keys=(*state.log_keys, event.key))


def kept(state: CampaignState, event: PersonKept) -> CampaignState:
    """Fold the hash of a person's ciphertext."""
    return msgspec.structs.replace(state, kept_persons={**state.kept_persons, event.person: event.ciphertext_sha256})


def erased(state: CampaignState, event: PersonErased) -> CampaignState:
    """Fold an erasure."""
    left = {person: sha256 for person, sha256 in state.kept_persons.items() if person != event.person}
    return msgspec.structs.replace(state, kept_persons=left)
