"""project:KEY/ID - an increment project (R-34…R-36): registered, perhaps selected, then its milestones in order."""

from collections.abc import Iterator
from typing import assert_never, cast

import msgspec

from campaign.domain.bounds import happened, open_now
from campaign.domain.commands import Asked, ProjectCommand, ReachMilestone, RegisterProject, SelectProject
from campaign.domain.events import ProjectMilestoneReached, ProjectRegistered, ProjectSelected, Recorded
from campaign.domain.exact import ZERO
from campaign.domain.situation import Decision, blanks, problem, settle
from campaign.domain.state import Context, ProjectState
from campaign.problems import Problem, Refused, T, refuse

INITIAL = ProjectState()
MILESTONES = ("started", "commissioned", "at_capacity", "at_benefit")

ProjectEvent = ProjectRegistered | ProjectSelected | ProjectMilestoneReached
Intent = RegisterProject | SelectProject | ReachMilestone


def evolve(state: ProjectState, record: Recorded) -> ProjectState:
    """Fold one record of the stream."""
    event = cast("ProjectEvent", record.event)
    state = msgspec.structs.replace(state, version=record.version)
    match event:
        case ProjectRegistered():
            return _registered(state, event, record)
        case ProjectSelected():
            return msgspec.structs.replace(state, selected=True, criterion=event.criterion)
        case ProjectMilestoneReached():
            milestones = {**state.milestones, event.milestone: event.reached_on}
            return msgspec.structs.replace(state, milestones=milestones)
        case _:
            assert_never(event)


def _registered(state: ProjectState, event: ProjectRegistered, record: Recorded) -> ProjectState:
    return msgspec.structs.replace(
        state,
        project=event.project,
        name=event.name,
        entity=event.entity,
        kind=event.kind,
        investment_yuan=event.investment_yuan,
        named_in_source=event.named_in_source,
        position=record.position,
    )


def decide(command: ProjectCommand, state: ProjectState, context: Context, asked: Asked) -> Decision:
    """Answer a command with events or every reason against it."""
    against = (*open_now(context.campaign), *happened(asked))
    if against:
        return Refused(against)
    intent = cast("Intent", command)
    match intent:
        case RegisterProject():
            return register(intent, state)
        case SelectProject():
            return select(intent, state, context)
        case ReachMilestone():
            return reach(intent, state, asked)
        case _:
            assert_never(intent)


def register(command: RegisterProject, state: ProjectState) -> Decision:
    """Register the project of an enterprise, once."""
    if state.version:
        message = T("the project {project} is registered already", project=state.project)
        return refuse("project-exists", message, T("choose another id"), field="project")
    reasons = [
        *blanks(project=command.project, title=command.title, entity=command.entity),
        *_investment(command),
    ]
    event = ProjectRegistered(
        command.project, command.title, command.entity, command.kind, command.investment_yuan, command.named_in_source
    )
    return settle(reasons, event)


def _investment(command: RegisterProject) -> Iterator[Problem]:
    if command.investment_yuan is not None and command.investment_yuan < ZERO:
        message = T("the investment of {amount} yuan is less than nothing", amount=command.investment_yuan)
        yield problem("amount-negative", message, T("give it as a positive amount"), field="investment_yuan")


def select(command: SelectProject, state: ProjectState, context: Context) -> Decision:
    """Choose the project for direct dispatch, once, by the criterion given or the one of the definition (R-35)."""
    if not state.version:
        return _unregistered(command)
    if state.selected:
        message = T("the project {project} is selected already", project=state.project)
        return refuse("already-selected", message, T("nothing is left to do"), field="project")
    fallback = context.definition.selection_criterion if context.definition else ""
    criterion = command.criterion.strip() or fallback
    return settle(blanks(criterion=criterion), ProjectSelected(criterion))


def _unregistered(command: Intent) -> Refused:
    message = T("the project {project} is not registered", project=command.project)
    return refuse("project-unknown", message, T("register it first"), field="project")


def reach(command: ReachMilestone, state: ProjectState, asked: Asked) -> Decision:
    """Record the next milestone, on a day not before the one that precedes it (R-34)."""
    if not state.version:
        return _unregistered(command)
    if command.milestone in state.milestones:
        reached_on = state.milestones[command.milestone]
        message = T("{milestone} was reached on {day}", milestone=command.milestone, day=reached_on)
        return refuse("milestone-reached", message, T("record the one that follows"), field="milestone")
    reasons = [*happened(asked, reached_on=command.reached_on), *_in_order(command, state)]
    return settle(reasons, ProjectMilestoneReached(command.milestone, command.reached_on))


def _in_order(command: ReachMilestone, state: ProjectState) -> Iterator[Problem]:
    before = MILESTONES[: MILESTONES.index(command.milestone)]
    missing = [milestone for milestone in before if milestone not in state.milestones]
    if missing:
        message = T("{milestone} comes after {missing}", milestone=command.milestone, missing=", ".join(missing))
        yield problem("milestone-order", message, T("record {first} first", first=missing[0]), field="milestone")
    latest = max(state.milestones.values(), default=command.reached_on)
    if command.reached_on < latest:
        message = T(
            "{day} lies before {latest}, the day of an earlier milestone", day=command.reached_on, latest=latest
        )
        yield problem("milestone-date", message, T("correct the day"), field="reached_on")
