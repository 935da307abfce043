"""The entity's stream: State, initial, evolve, decide, in that order.

evolve never decides, never fails on a valid history and never looks at a definition; decide only dispatches to one
capability each.
"""

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias, TypeVar

from msgspec.structs import replace

from campaign.domain import (
    binding,
    enrolment,
    extensions,
    findings,
    letters,
    moves,
    operations,
    posts,
    registers,
    reports,
    rounds,
    survey,
    targets,
)
from campaign.domain import commands as c
from campaign.domain import events as e
from campaign.domain.bounds import happened, open_now
from campaign.domain.events import Event, Recorded
from campaign.domain.governing import governing
from campaign.domain.situation import Decision, Situation, problem
from campaign.domain.state import (
    Context,
    Duty,
    EntityState,
    Exit,
    Letter,
    Move,
    ReportLine,
    TargetLine,
)
from campaign.problems import Problem, Refused, T

INITIAL = EntityState()
"""An entity that was never enrolled."""

V = TypeVar("V")
Fold: TypeAlias = Callable[[EntityState, Recorded, Any], EntityState]
Handler: TypeAlias = Callable[[Any, Situation], Decision]


def evolve(state: EntityState, record: Recorded) -> EntityState:
    """Fold one record into the state. Raises KeyError for an event of another stream kind, which is a bug."""
    return _FOLDS[type(record.event)](state, record, record.event)


def _put(items: dict[str, V], key: str, item: V) -> dict[str, V]:
    return {**items, key: item}


def _enrolled(_: EntityState, record: Recorded, event: e.EntityEnrolled) -> EntityState:
    return EntityState(
        version=record.version,
        entity=event.entity,
        kind=event.kind,
        name=event.name,
        groups=event.groups,
        phase=event.initial_phase,
        parent=event.parent,
        prefecture=event.prefecture,
        ownership=event.ownership,
        supervision=event.supervision,
        sector=event.sector,
        tags=event.tags,
        named_in_source=event.named_in_source,
        voluntary=event.voluntary,
        has_conditions=event.has_conditions,
        position=record.position,
    )


def _duty_taken(state: EntityState, record: Recorded, event: e.OfficerAppointed | e.OfficerHandedOver) -> EntityState:
    duty = Duty(event.person, event.post, record.position)
    return replace(state, version=record.version, duties=_put(state.duties, event.duty, duty))


def _task_force(state: EntityState, record: Recorded, event: e.TaskForceEstablished) -> EntityState:
    return replace(state, version=record.version, task_force=event.name, task_force_members=event.members)


def _surveyed(state: EntityState, record: Recorded, event: e.SurveyRecorded) -> EntityState:
    changed = event.baseline != state.baseline
    return replace(
        state,
        version=record.version,
        surveyed_on=state.surveyed_on or record.occurred_on,
        participants=event.participants,
        survey_note=event.note,
        baseline=event.baseline,
        baseline_position=record.position if changed else state.baseline_position,
    )


def _indicators(state: EntityState, record: Recorded, event: e.IndicatorsBrokenDown) -> EntityState:
    return replace(state, version=record.version, indicators=event.indicators)


def _tasks(state: EntityState, record: Recorded, event: e.TasksDefined) -> EntityState:
    return replace(state, version=record.version, tasks=event.tasks)


def _measures(state: EntityState, record: Recorded, event: e.MeasuresDrawnUp) -> EntityState:
    return replace(state, version=record.version, measures=event.measures)


def _target_proposed(state: EntityState, record: Recorded, event: e.TargetProposed) -> EntityState:
    line = TargetLine(event.target, "proposed", record.actor, record.position)
    return replace(state, version=record.version, targets=_put(state.targets, event.target.target, line))


def _target_reviewed(state: EntityState, record: Recorded, event: e.TargetReviewed) -> EntityState:
    line = replace(
        state.targets[event.target],
        status="reviewed" if event.favourable else "objected",
        position=record.position,
    )
    return replace(state, version=record.version, targets=_put(state.targets, event.target, line))


def _target_fixed(state: EntityState, record: Recorded, event: e.TargetFixed) -> EntityState:
    key = event.target.target
    line = replace(state.targets[key], target=event.target, status="fixed", position=record.position)
    return replace(state, version=record.version, targets=_put(state.targets, key, line))


def _target_revised(state: EntityState, record: Recorded, event: e.TargetRevised) -> EntityState:
    key = event.target.target
    earlier = state.targets[key]
    line = replace(earlier, target=event.target, position=record.position, revisions=earlier.revisions + 1)
    return replace(state, version=record.version, targets=_put(state.targets, key, line))


def _statement_issued(state: EntityState, record: Recorded, event: e.TaskStatementIssued) -> EntityState:
    earlier = letters.current(state, "task_statement")
    letter = Letter(event.letter, "task_statement", event.target_set_sha256, record.position, event.due_on)
    return _superseding(state, record, letter, earlier.letter if earlier else "")


def _letter_issued(state: EntityState, record: Recorded, event: e.ResponsibilityLetterIssued) -> EntityState:
    letter = Letter(event.letter, "responsibility_letter", event.target_set_sha256, record.position, event.due_on)
    return _superseding(state, record, letter, event.supersedes)


def _superseding(state: EntityState, record: Recorded, letter: Letter, earlier: str) -> EntityState:
    items = _put(state.letters, letter.letter, letter)
    if earlier:
        items[earlier] = replace(items[earlier], superseded_by=letter.letter)
    return replace(state, version=record.version, letters=items)


def _statement_received(state: EntityState, record: Recorded, event: e.TaskStatementReceived) -> EntityState:
    letter = replace(state.letters[event.letter], done_on=event.received_on)
    return replace(state, version=record.version, letters=_put(state.letters, event.letter, letter))


def _letter_signed(state: EntityState, record: Recorded, event: e.ResponsibilityLetterSigned) -> EntityState:
    letter = replace(state.letters[event.letter], done_on=event.signed_on)
    return replace(state, version=record.version, letters=_put(state.letters, event.letter, letter))


def _moved(state: EntityState, record: Recorded, event: e.PhaseMoved) -> EntityState:
    move = Move(
        event.from_phase,
        event.to_phase,
        event.move,
        record.occurred_on,
        record.position,
        event.gates,
        event.reason,
    )
    return replace(state, version=record.version, phase=event.to_phase, moves=(*state.moves, move))


def _waived(state: EntityState, record: Recorded, event: e.GateWaived) -> EntityState:
    waived = _put(state.waived, f"{event.phase}/{event.gate}", event.reason)
    return replace(state, version=record.version, waived=waived)


def _report_submitted(state: EntityState, record: Recorded, event: e.ReportSubmitted) -> EntityState:
    if event.report in state.reports:
        return _figures_superseded(state, record, event)
    line = ReportLine(
        report=event.report,
        obligation=event.obligation,
        period=event.period,
        figures=event.figures,
        entered_by=record.actor,
        occurred_on=record.occurred_on,
        recorded_at=record.recorded_at,
        position=record.position,
        figures_position=record.position,
        **_origin(event),
    )
    return replace(state, version=record.version, reports=_put(state.reports, event.report, line))


def _origin(event: e.ReportSubmitted | e.ReportCorrected, earlier: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the file that the figures came in, beside the EARLIER ones."""
    files = (*earlier, event.source_sha256) if event.source_sha256 else earlier
    return {"source": event.source, "source_sha256": event.source_sha256, "cells": event.cells, "files": files}


def _figures_superseded(
    state: EntityState, record: Recorded, event: e.ReportSubmitted | e.ReportCorrected
) -> EntityState:
    """Fold figures that take the place of earlier ones: a correction, or a report handed in again after a return.

    The same figures handed in again are a new receipt, not a correction.
    """
    earlier = state.reports[event.report]
    line = replace(
        earlier,
        figures=event.figures,
        status="submitted",
        verified_by="",
        corrected_by=(*earlier.corrected_by, record.actor),
        **_origin(event, earlier.files),
    )
    if isinstance(event, e.ReportCorrected) or event.figures != earlier.figures:
        line = replace(
            line,
            corrections=earlier.corrections + 1,
            corrected_at=record.recorded_at,
            figures_position=record.position,
        )
    return replace(state, version=record.version, reports=_put(state.reports, event.report, line))


def _report_verified(state: EntityState, record: Recorded, event: e.ReportVerified) -> EntityState:
    before = state.reports[event.report]
    line = replace(
        before,
        status="verified",
        verified_by=record.actor,
        accepted_at=before.accepted_at or record.recorded_at,
        accepted_on=before.accepted_on or record.occurred_on,
    )
    return replace(state, version=record.version, reports=_put(state.reports, event.report, line))


def _report_returned(state: EntityState, record: Recorded, event: e.ReportReturned) -> EntityState:
    line = replace(state.reports[event.report], status="returned", verified_by="", files=())
    return replace(state, version=record.version, reports=_put(state.reports, event.report, line))


def _status_changed(state: EntityState, record: Recorded, event: e.OperatingStatusChanged) -> EntityState:
    return replace(state, version=record.version, operating_status=event.status)


def _restarted(state: EntityState, record: Recorded, _: e.OperationRestarted) -> EntityState:
    return replace(state, version=record.version, operating_status="running", restarted_on=record.occurred_on)


def _exited(state: EntityState, record: Recorded, event: e.StatisticalExitRecorded) -> EntityState:
    return replace(state, version=record.version, exit=Exit(event.exit_on, event.kind, event.reason, record.position))


_FOLDS: dict[type[Event], Fold] = {
    e.EntityEnrolled: _enrolled,
    e.DefinitionBound: binding.bound,
    e.ObligationRescheduled: binding.rescheduled,
    e.OfficerAppointed: _duty_taken,
    e.OfficerHandedOver: _duty_taken,
    e.TaskForceEstablished: _task_force,
    e.SurveyRecorded: _surveyed,
    e.IndicatorsBrokenDown: _indicators,
    e.TasksDefined: _tasks,
    e.MeasuresDrawnUp: _measures,
    e.TargetProposed: _target_proposed,
    e.TargetReviewed: _target_reviewed,
    e.TargetFixed: _target_fixed,
    e.TargetRevised: _target_revised,
    e.TaskStatementIssued: _statement_issued,
    e.TaskStatementReceived: _statement_received,
    e.ResponsibilityLetterIssued: _letter_issued,
    e.ResponsibilityLetterSigned: _letter_signed,
    e.PhaseMoved: _moved,
    e.GateWaived: _waived,
    e.ReportSubmitted: _report_submitted,
    e.ReportCorrected: _figures_superseded,
    e.ReportVerified: _report_verified,
    e.ReportReturned: _report_returned,
    e.PeriodExtended: extensions.extended,
    e.PeriodWaived: extensions.waived,
    e.PeriodSignedOff: extensions.signed_off,
    e.PeriodReopened: extensions.reopened,
    e.CheckRecorded: rounds.recorded,
    e.CheckFollowedUp: rounds.followed_up,
    e.EntryOpened: registers.opened,
    e.EntryAssigned: registers.assigned,
    e.EntryDone: registers.done,
    e.EntryReopened: registers.reopened,
    e.FindingRaised: findings.raised,
    e.FindingExplained: findings.explained,
    e.FindingResolved: findings.resolved,
    e.OperatingStatusChanged: _status_changed,
    e.OperationRestarted: _restarted,
    e.StatisticalExitRecorded: _exited,
}
"""A table, because a match over 28 classes tries them in turn on every replayed event; a test holds it to TOPICS."""


def decide(command: c.EntityCommand, state: EntityState, context: Context, asked: c.Asked) -> Decision:
    """Return the events that COMMAND brings about, or refuse with every reason; permission is checked before."""
    against = (*open_now(context.campaign), *happened(asked), *_standing(command, state))
    definition = governing(context, state)
    if definition is None:
        message = T("the campaign has no definition")
        against = (*against, problem("no-definition", message, T("adopt its folder with `campaign apply`")))
    if definition is None or against:
        return Refused(against)
    if isinstance(command, c.BindDefinition):
        return binding.bind(command, state, context, asked)
    return _HANDLERS[type(command)](command, Situation(state, definition, context.campaign, asked))


def _standing(command: c.EntityCommand, state: EntityState) -> Iterator[Problem]:
    """Object to what needs an entity that takes part, when this one does not yet or no longer does (R-28)."""
    if isinstance(command, c.EnrolEntity):
        return
    if state.version == 0:
        message = T("{entity} is not enrolled", entity=command.entity)
        yield problem("not-enrolled", message, T("enrol it with `campaign entity enrol`"), field="entity")
    elif isinstance(command, AFTER_THE_END):
        return
    elif state.exit is not None:
        message = T("{entity} left the statistics on {date}", entity=state.entity, date=state.exit.exit_on)
        yield problem("entity-exited", message, T("its history stays; it takes no further part"), field="entity")
    elif state.operating_status == "closed":
        message = T("{entity} is closed", entity=state.entity)
        yield problem("entity-closed", message, T("its history stays; it takes no further part"), field="entity")


AFTER_THE_END = (
    c.CorrectReport,
    c.VerifyReport,
    c.ReturnReport,
    c.SignOffPeriod,
    c.ReopenPeriod,
    c.CompleteEntry,
    c.FollowUpCheck,
    c.RaiseFinding,
    c.ExplainFinding,
    c.ResolveFinding,
    c.ChangeOperatingStatus,
    c.ExitStatistics,
    c.BindDefinition,
)
"""What may still be said of an entity that was closed or left the statistics: the past may turn out to be wrong."""

_HANDLERS: dict[type[c.EntityCommand], Handler] = {
    c.EnrolEntity: enrolment.enrol,
    c.AppointOfficer: posts.appoint,
    c.EstablishTaskForce: posts.establish,
    c.RecordSurvey: survey.record,
    c.ProposeTarget: targets.propose,
    c.ReviewTarget: targets.review,
    c.FixTarget: targets.fix,
    c.ReviseTarget: targets.revise,
    c.IssueTaskStatement: letters.issue_statement,
    c.ReceiveTaskStatement: letters.receive_statement,
    c.IssueResponsibilityLetter: letters.issue,
    c.SignResponsibilityLetter: letters.sign,
    c.AmendResponsibilityLetter: letters.amend,
    c.MovePhase: moves.move,
    c.WaiveGate: moves.waive,
    c.SubmitReport: reports.submit,
    c.CorrectReport: reports.correct,
    c.VerifyReport: reports.verify,
    c.ReturnReport: reports.send_back,
    c.ExtendPeriod: extensions.extend,
    c.WaivePeriod: extensions.waive,
    c.SignOffPeriod: extensions.sign_off,
    c.ReopenPeriod: extensions.reopen,
    c.RecordCheck: rounds.record,
    c.FollowUpCheck: rounds.follow_up,
    c.OpenEntry: registers.open_,
    c.AssignEntry: registers.assign,
    c.CompleteEntry: registers.complete,
    c.ReopenEntry: registers.reopen,
    c.RaiseFinding: findings.raise_,
    c.ExplainFinding: findings.explain,
    c.ResolveFinding: findings.resolve,
    c.ChangeOperatingStatus: operations.change_status,
    c.RestartOperation: operations.restart,
    c.ExitStatistics: operations.exit_statistics,
}
"""One function per command that a person gives; a test holds this table to the entity commands of COMMANDS."""
