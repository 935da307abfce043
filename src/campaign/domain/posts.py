"""Who answers for the entity: accountable officer, liaison, task force (R-48, R-51, R-53)."""

from campaign.domain.commands import AppointOfficer, EstablishTaskForce
from campaign.domain.events import Event, OfficerAppointed, OfficerHandedOver, TaskForceEstablished
from campaign.domain.situation import Decision, Situation, blanks, nothing_changes, persons, reason_needed, settle
from campaign.domain.state import Duty
from campaign.problems import Problem, T


def appoint(command: AppointOfficer, at: Situation) -> Decision:
    """Give a duty to one person; whoever held it before hands it over, with a reason."""
    held = at.state.duties.get(command.duty)
    if held is not None and (held.person, held.post) == (command.person, command.post):
        return nothing_changes(T("{person} holds the duty {duty} already", person=held.person, duty=command.duty))
    problems = [*persons(person=command.person), *blanks(post=command.post), *_reason(command, held)]
    return settle(problems, _event(command, held))


def establish(command: EstablishTaskForce, at: Situation) -> Decision:
    """Set up the task force, or name it and its members anew."""
    state = at.state
    if (state.task_force, state.task_force_members) == (command.title, command.members):
        return nothing_changes(T("the task force {title} stands already", title=command.title))
    problems = blanks(title=command.title)
    for number, person in enumerate(command.members):
        problems += persons(**{f"members[{number}]": person})
    return settle(problems, TaskForceEstablished(command.title, command.members))


def _reason(command: AppointOfficer, held: Duty | None) -> list[Problem]:
    if held is None or command.reason.strip():
        return []
    return [reason_needed(T("{person} holds the duty {duty} until now", person=held.person, duty=command.duty))]


def _event(command: AppointOfficer, held: Duty | None) -> Event:
    if held is None:
        return OfficerAppointed(command.duty, command.person, command.post)
    return OfficerHandedOver(command.duty, held.person, command.person, command.post, command.reason)
