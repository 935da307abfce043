"""Gates: how each one out of an entity's phase stands, what would open it, and the events that it looked at."""

from collections.abc import Iterator
from datetime import date

from campaign.app import explain_mark
from campaign.app.session import Session
from campaign.app.steps import FEW, Explained, event_line, events, proven_campaign, proven_entity, stream_of
from campaign.domain import gates
from campaign.domain.definition import Check
from campaign.domain.events import (
    GateWaived,
    OfficerAppointed,
    OfficerHandedOver,
    Recorded,
    TargetFixed,
    TargetRevised,
)
from campaign.domain.gates import GateStanding
from campaign.domain.state import EntityState
from campaign.problems import NOTHING, T, Text

BEHIND = {
    Check.SURVEY_RECORDED: frozenset({"survey_recorded"}),
    Check.OUTPUTS_RECORDED: frozenset({"indicators_broken_down", "tasks_defined", "measures_drawn_up"}),
    Check.TASK_STATEMENT_RECEIVED: frozenset({"task_statement_issued", "task_statement_received"}),
    Check.RESPONSIBILITY_LETTER_SIGNED: frozenset({"responsibility_letter_issued", "responsibility_letter_signed"}),
    Check.TASK_FORCE_ESTABLISHED: frozenset({"task_force_established"}),
    Check.FINDINGS_RESOLVED: frozenset({"finding_raised", "finding_explained", "finding_resolved"}),
}
"""Which events of the entity a check looks at, where that is seen by their topic."""
DUTY = {Check.OFFICER_APPOINTED: "accountable_officer", Check.LIAISON_APPOINTED: "liaison"}


def gate(session: Session, entity: str, on: date) -> Explained:
    """Explain every gate out of ENTITY's present phase as it stands ON a day. Raises Problems (`not-enrolled`)."""
    state = proven_entity(session, entity)
    records = session.log.read(stream_of(session, entity))
    standings = gates.examine(state, session.context(), state.phase, on, session.today())
    steps = tuple(_standing(session, state, standing, records, on) for standing in standings)
    moved = (state.moves[-1].position,) if state.moves else ()
    return Explained(T("{entity} stands in {phase}", entity=state.name, phase=state.phase), "", moved, steps)


def _standing(
    session: Session, state: EntityState, standing: GateStanding, records: list[Recorded], on: date
) -> Explained:
    title = T("{gate}: {verdict}", gate=standing.gate.label or standing.gate.id, verdict=standing.verdict)
    texts = tuple(Explained(text) for text in (standing.why, _remedy(standing)) if text.template)
    steps = (*texts, *_looked_at(session, state, standing, records, on))
    positions = tuple(sorted({position for step in steps for position in step.positions}))
    return Explained(title, standing.gate.clause, positions, steps)


def _remedy(standing: GateStanding) -> Text:
    return NOTHING if standing.verdict == "met" else standing.remedy


def _looked_at(
    session: Session, state: EntityState, standing: GateStanding, records: list[Recorded], on: date
) -> Iterator[Explained]:
    match standing.gate.check:
        case Check.MEETING_HELD:
            yield from _meetings(session, standing)
        case Check.OBLIGATIONS_MET:
            yield from _unmet(session, state, standing, records, on)
    yield from (event_line(session, record) for record in records if _behind(standing, state.phase, record))


def _behind(standing: GateStanding, phase: str, record: Recorded) -> bool:
    gate, event = standing.gate, record.event
    match event:
        case GateWaived():
            return (event.phase, event.gate) == (phase, gate.id)
        case OfficerAppointed() | OfficerHandedOver():
            return event.duty == DUTY.get(gate.check)
        case TargetFixed() | TargetRevised():
            wanted = gate.indicators or (event.target.indicator,)
            return gate.check is Check.TARGET_FIXED and event.target.indicator in wanted
        case _:
            return record.topic.partition(".")[0] in BEHIND.get(gate.check, ())


def _meetings(session: Session, standing: GateStanding) -> Iterator[Explained]:
    held = proven_campaign(session).meetings.values()
    named = tuple(meeting.position for meeting in held if standing.gate.meeting in {"", meeting.meeting})
    yield from events(session, named)


def _unmet(
    session: Session, state: EntityState, standing: GateStanding, records: list[Recorded], on: date
) -> Iterator[Explained]:
    """Yield the duties that are due and not answered, the first few with their reasons."""
    named = standing.gate.obligations
    open_ = [
        found
        for (obligation, _), found in explain_mark.marks(session, state, on).items()
        if found.owed.due_on <= on and found.cell.standing in {"missing", "upcoming"}
        if obligation in (named or {obligation}) and found.obligation.act in {"report", "document"}
    ]
    yield from (explain_mark.explained(session, found, records, on) for found in open_[:FEW])
    if len(open_) > FEW:
        yield Explained(T("… and {count} more", count=len(open_) - FEW))
