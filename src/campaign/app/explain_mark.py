"""Marks: why a period of an obligation is on time, late, missing, corrected or waived, day by day (R-37, R-60)."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple, assert_never

from msgspec import structs

from campaign.app.session import Session
from campaign.app.steps import Explained, about_report, event_line, missing, proven_entity, stream_of
from campaign.domain import rounds, schedule
from campaign.domain.definition import Definition, Obligation, expand
from campaign.domain.duties import duties
from campaign.domain.events import DefinitionBound, Recorded
from campaign.domain.extensions import key
from campaign.domain.governing import governing
from campaign.domain.schedule import Owed
from campaign.domain.state import Adoption, CheckLine, EntityState, ReportLine
from campaign.domain.teams import files_behind
from campaign.problems import Place, Problem, Problems, T, Text
from campaign.readmodels import inspections, reporting
from campaign.readmodels.reporting import Cell


class Mark(NamedTuple):
    """One period that an entity owes, or in which it is to be checked: how it stands, and what answered it."""

    state: EntityState
    definition: Definition
    obligation: Obligation
    owed: Owed
    cell: Cell
    answer: ReportLine | CheckLine | None


def mark(session: Session, name: str, on: date) -> Explained:
    """Explain how ENTITY/OBLIGATION/PERIOD stands ON a day. Raises Problems (`mark-unknown`)."""
    entity, _, rest = name.partition("/")
    obligation, _, period = rest.partition("/")
    state = proven_entity(session, entity)
    listed = marks(session, state, on)
    if (obligation, period) not in listed:
        raise _unknown(state, obligation, period, listed)
    return explained(session, listed[obligation, period], session.log.read(stream_of(session, entity)), on)


def marks(session: Session, state: EntityState, on: date) -> dict[tuple[str, str], Mark]:
    """Return every mark of an entity as it stands ON a day, by obligation and period; none without a definition."""
    definition = governing(session.context(), state)
    if definition is None:
        return {}
    known = {entry.id: entry for entry in definition.obligations}
    found = {}
    for duty in duties(state, definition, on):
        owed = duty.owed
        told = reporting.cell(duty, definition)
        entry = known.get(owed.obligation) or Obligation(owed.obligation, owed.obligation, "once")
        found[owed.obligation, owed.period] = Mark(state, definition, entry, owed, told, duty.report)
    for entry in definition.obligations:
        periods = rounds.periods(definition, state, entry.id)
        for told in inspections.row(state, definition, entry.id, on).cells:
            answer = state.checks.get(told.report)
            found[entry.id, told.period] = Mark(state, definition, entry, periods[told.period], told, answer)
    return found


def _unknown(state: EntityState, obligation: str, period: str, listed: dict[tuple[str, str], Mark]) -> Problems:
    asked = {"entity": state.entity, "obligation": obligation, "period": period}
    message = T("{entity} does not owe {obligation} {period}", **asked)
    if state.exit is not None:
        fix = T("it left the statistics on {day} and owes nothing after it", day=state.exit.exit_on)
        return Problems([Problem("mark-unknown", message, fix, Place(field="what"))])
    periods = [name for duty, name in listed if duty == obligation]
    return missing("mark-unknown", message, period if periods else obligation, periods or {duty for duty, _ in listed})


def explained(session: Session, at: Mark, records: list[Recorded], on: date) -> Explained:
    """Explain a mark, given the RECORDS of its entity."""
    steps = (
        _owes(at),
        _runs(session, at),
        *_due(at, records),
        *_allowed(session, at, records),
        Explained(T("the last day that counts as on time is {day}", day=_last(at))),
        *_judged(at, on),
        *_answered(session, at, records),
    )
    return Explained(_title(at), at.obligation.clause, (at.answer.position,) if at.answer else (), steps)


def _title(at: Mark) -> Text:
    named = {"label": at.obligation.label, "period": at.owed.period, "entity": at.state.name}
    match at.cell.standing:
        case "on_time":
            return T("{label} {period} of {entity} is on time", **named)
        case "late":
            return T("{label} {period} of {entity} is late", **named)
        case "missing":
            return T("{label} {period} of {entity} is missing", **named)
        case "corrected":
            return T("{label} {period} of {entity} was on time and is corrected", **named)
        case "waived":
            return T("{label} {period} of {entity} is waived", **named)
        case "upcoming":
            return T("{label} {period} of {entity} is not due yet", **named)
        case _:
            assert_never(at.cell.standing)


# --- what is owed, and until when --------------------------------------------------------------------------------


def _owes(at: Mark) -> Explained:
    groups = expand(at.definition, at.state.groups) & set(at.obligation.groups)
    if not groups:
        return Explained(T("it is everyone's duty"), positions=(at.state.position,))
    return Explained(T("it is a duty of {groups}", groups=", ".join(sorted(groups))), positions=(at.state.position,))


def _runs(session: Session, at: Mark) -> Explained:
    adopted = adoption(session, at.state)
    where = f"sha256 {adopted.sha256} {adopted.document}".strip() if adopted else ""
    span = T("the period runs from {first} to {last}", first=at.owed.opens_on, last=at.owed.closes_on)
    return Explained(span, where, (adopted.position,) if adopted else ())


def adoption(session: Session, state: EntityState) -> Adoption | None:
    """Return the adoption of the definition that governs the entity."""
    campaign = session.campaign()
    held = campaign.held.get(state.entity, campaign.adoptions[-1].sha256)
    return next((entry for entry in reversed(campaign.adoptions) if entry.sha256 == held), None)


def _due(at: Mark, records: list[Recorded]) -> Iterator[Explained]:
    if at.owed.kept is not None:
        kept = T("its mark was given under an earlier definition and stays: it was due on {day}", day=at.owed.due_on)
        yield Explained(kept, positions=_kept_by(at, records))
        return
    planned = schedule.planned_on(at.definition, at.owed) or at.owed.due_on
    files = files_behind(at.obligation.id, at.state, at.definition)
    yield Explained(T("its cadence puts it on {day}", day=planned), " ".join((*files, at.obligation.id)))
    if planned != at.owed.due_on:
        moved = T("{day} is a rest day; the calendar moves it to {moved}", day=planned, moved=at.owed.due_on)
        yield Explained(moved, f"calendar {at.definition.calendar.version}, roll {at.obligation.roll}")
    if at.obligation.grace_days:
        yield Explained(T("{count} days of grace follow", count=at.obligation.grace_days), at.obligation.id)


def _kept_by(at: Mark, records: list[Recorded]) -> tuple[int, ...]:
    """Return the position of the last binding that kept the mark."""
    name = (at.owed.obligation, at.owed.period)
    bindings = ((record.position, record.event) for record in records if isinstance(record.event, DefinitionBound))
    kept = (place for place, bound in bindings if name in {(line.obligation, line.period) for line in bound.kept})
    return tuple(kept)[-1:]


def _allowed(session: Session, at: Mark, records: list[Recorded]) -> Iterator[Explained]:
    name = key(at.owed.obligation, at.owed.period)
    extension, waiver = at.state.extensions.get(name), at.state.waivers.get(name)
    for line in filter(None, (extension, waiver)):
        told = {"approver": line.approver, "reason": line.reason}
        what = (
            T("extended to {day}, approved by {approver}: {reason}", day=line.until, **told)
            if line.until
            else T("waived, approved by {approver}: {reason}", **told)
        )
        written = (event_line(session, record) for record in records if record.position == line.position)
        steps = tuple(structs.replace(step, because=()) for step in written)  # the reason is told above
        yield Explained(what, positions=(line.position,), because=steps)


def _last(at: Mark) -> date:
    return schedule.last_on(at.owed, at.definition)


# --- what answered it --------------------------------------------------------------------------------------------


def _judged(at: Mark, on: date) -> Iterator[Explained]:
    if at.answer is None:
        checked = at.obligation.act == "check"
        nobody = T("nobody had checked it by {day}", day=on)
        yield Explained(nobody if checked else T("nothing was handed in by {day}", day=on))
        return
    if isinstance(at.answer, ReportLine) and at.answer.status == "returned":
        yield Explained(T("it was returned, and counts as not handed in until it is corrected"))
        return
    if at.cell.decided_on is None:
        yield Explained(T("what decides is its acceptance, and nobody has verified it yet"))
        return
    yield Explained(_decided(at, at.cell.decided_on))
    behind = (at.cell.decided_on - _last(at)).days
    if behind > 0:
        yield Explained(T("that is {count} days after the last day", count=behind))


def _decided(at: Mark, day: date) -> Text:
    deciding = at.owed.kept.deciding if at.owed.kept else at.definition.timeliness.deciding
    match deciding:
        case "recorded":
            return T("what decides is the day on which it was received: {day}", day=day)
        case "occurred":
            return T("what decides is the day on which it says it was done: {day}", day=day)
        case "accepted":
            return T("what decides is the day on which it was first accepted: {day}", day=day)
        case _:
            assert_never(deciding)


def _answered(session: Session, at: Mark, records: list[Recorded]) -> Iterator[Explained]:
    match at.answer:
        case ReportLine():
            yield from about_report(session, records, at.answer.report)
        case CheckLine():
            name = at.answer.check
            yield from (event_line(session, record) for record in records if getattr(record.event, "check", "") == name)
        case None:
            return
        case _:
            assert_never(at.answer)
