"""The gates out of a phase: what each looks at, how it stands, and what would open it."""

from collections.abc import Callable
from datetime import date
from typing import Literal, NamedTuple, TypeAlias, assert_never

import msgspec

from campaign.domain import letters, phases, schedule
from campaign.domain.definition import Check, Definition, Gate, Policy, concerns
from campaign.domain.governing import governing
from campaign.domain.state import Context, EntityState, Letter, ReportLine
from campaign.problems import NOTHING, T, Text

Verdict: TypeAlias = Literal["met", "warned", "waived", "shut"]


class GateStanding(msgspec.Struct, frozen=True):
    """How a gate stands for one entity.

    open: whether a move may pass.  why: what is lacking, or the reason of a waiver; remedy: what would meet the gate.
    """

    gate: Gate
    open: bool
    verdict: Verdict
    why: Text = NOTHING
    remedy: Text = NOTHING


class Lack(NamedTuple):
    """What keeps a gate from being met, and what would meet it."""

    why: Text
    remedy: Text


class Look(NamedTuple):
    """What a check looks at: the gate, the entity, the rules, the days, and the phase meant to follow ("" = any)."""

    gate: Gate
    state: EntityState
    context: Context
    definition: Definition
    phase: str
    to: str
    on: date
    today: date


def examine(  # noqa: PLR0913 -- the days and phases are told apart by name
    state: EntityState, context: Context, phase: str, on: date, today: date, *, to: str = ""
) -> tuple[GateStanding, ...]:
    """Say how every gate out of PHASE that holds for the entity stands ON a day.

    to: the phase meant to follow, by default the earliest of those that PHASE leads to; it gives date_reached its day.
    For a voluntary joiner only date_reached holds (R-55).
    """
    definition = governing(context, state)
    if definition is None:
        return ()
    return tuple(
        _standing(Look(gate, state, context, definition, phase, to, on, today))
        for entry in definition.phases
        if entry.id == phase
        for gate in entry.gates
        if holds(gate, state, definition)
    )


def holds(gate: Gate, state: EntityState, definition: Definition) -> bool:
    """Whether GATE concerns the entity at all."""
    if state.voluntary and gate.check is not Check.DATE_REACHED:
        return False
    return concerns(definition, gate.groups, state.groups)


def waiver(phase: str, gate: str) -> str:
    """Return the key under which a waiver of GATE out of PHASE is kept."""
    return f"{phase}/{gate}"


def _standing(look: Look) -> GateStanding:
    gate = look.gate
    lack = CHECKS[gate.check](look)
    if lack is None:
        return GateStanding(gate, open=True, verdict="met")
    match gate.policy:
        case Policy.BLOCK:
            return GateStanding(gate, open=False, verdict="shut", why=lack.why, remedy=lack.remedy)
        case Policy.WARN:
            return GateStanding(gate, open=True, verdict="warned", why=lack.why, remedy=lack.remedy)
        case Policy.WAIVE_WITH_REASON:
            return _waivable(look, lack)
        case _:
            assert_never(gate.policy)


def _waivable(look: Look, lack: Lack) -> GateStanding:
    gate = look.gate
    reason = look.state.waived.get(waiver(look.phase, gate.id))
    if reason is not None:
        why = T("waived: {reason}", reason=reason)
        return GateStanding(gate, open=True, verdict="waived", why=why, remedy=lack.remedy)
    remedy = T("meet the gate {gate}, or waive it with a reason", gate=gate.id)
    return GateStanding(gate, open=False, verdict="shut", why=lack.why, remedy=remedy)


# --- one function per check --------------------------------------------------------------------------------------


def _survey(look: Look) -> Lack | None:
    if look.state.surveyed_on is not None:
        return None
    return Lack(T("the survey is not recorded"), T("record the survey with its participants"))


def _outputs(look: Look) -> Lack | None:
    state = look.state
    outputs = {"indicators": state.indicators, "tasks": state.tasks, "measures": state.measures}
    missing = ", ".join(name for name, items in outputs.items() if not items)
    if not missing:
        return None
    return Lack(T("outputs of the survey are missing: {missing}", missing=missing), T("record them with the survey"))


def _target(look: Look) -> Lack | None:
    fixed = {line.target.indicator for line in look.state.targets.values() if line.status == "fixed"}
    missing = ", ".join(indicator for indicator in look.gate.indicators if indicator not in fixed)
    if missing:
        why = T("no target is fixed for: {missing}", missing=missing)
        return Lack(why, T("propose, review and fix a target for each"))
    if not fixed:
        return Lack(T("no target is fixed"), T("propose, review and fix a target"))
    return None


def _statement(look: Look) -> Lack | None:
    letter = letters.current(look.state, "task_statement")
    if letter is None:
        return Lack(T("no task statement was issued"), T("issue a task statement and have it received"))
    if letters.outdated(look.state, letter):
        why = T("task statement {letter} no longer matches the targets", letter=letter.letter)
        return Lack(why, T("issue a new task statement and have it received"))
    if letter.done_on is None:
        return Lack(_not_received(letter, look.on), T("have it received"))
    return None


def _letter(look: Look) -> Lack | None:
    letter = letters.current(look.state, "responsibility_letter")
    if letter is None:
        return Lack(T("no responsibility letter was issued"), T("issue a responsibility letter and have it signed"))
    if letters.outdated(look.state, letter):
        why = T("responsibility letter {letter} no longer matches the targets", letter=letter.letter)
        return Lack(why, T("amend the letter and have it signed"))
    if letter.done_on is None:
        return Lack(_not_signed(letter, look.on), T("have both parties sign it"))
    return None


def _not_received(letter: Letter, on: date) -> Text:
    if letter.due_on is not None and on > letter.due_on:
        return T(
            "task statement {letter} is not received and was due on {date}", letter=letter.letter, date=letter.due_on
        )
    return T("task statement {letter} is not received", letter=letter.letter)


def _not_signed(letter: Letter, on: date) -> Text:
    """Say so, and since when it is overdue (R-19)."""
    if letter.due_on is not None and on > letter.due_on:
        return T(
            "responsibility letter {letter} is not signed and was due on {date}",
            letter=letter.letter,
            date=letter.due_on,
        )
    return T("responsibility letter {letter} is not signed", letter=letter.letter)


def _officer(look: Look) -> Lack | None:
    if "accountable_officer" in look.state.duties:
        return None
    return Lack(T("there is no accountable officer"), T("appoint an accountable officer"))


def _liaison(look: Look) -> Lack | None:
    if "liaison" in look.state.duties:
        return None
    return Lack(T("there is no liaison"), T("appoint a liaison"))


def _task_force(look: Look) -> Lack | None:
    if look.state.task_force:
        return None
    return Lack(T("there is no task force"), T("establish the task force"))


def _obligations(look: Look) -> Lack | None:
    named = look.gate.obligations
    handed_in = {(line.obligation, line.period): line for line in look.state.reports.values()}
    unmet = ", ".join(
        f"{entry.obligation} {entry.period}"
        for entry in schedule.owed_by(look.state, look.definition)
        if (not named or entry.obligation in named) and entry.due_on <= look.on
        if _unmet(look, entry, handed_in.get((entry.obligation, entry.period)))
    )
    if not unmet:
        return None
    why = T("due by {date} and not handed in: {unmet}", date=look.on, unmet=unmet)
    return Lack(why, T("submit them; correct those that were returned"))


def _unmet(look: Look, entry: schedule.Owed, report: ReportLine | None) -> bool:
    """Whether an obligation is open; grace makes a report not late, but does not replace it."""
    return schedule.standing(entry, report, look.definition, look.today) in {"missing", "upcoming"}


def _meeting(look: Look) -> Lack | None:
    meetings = look.context.campaign.meetings
    name = look.gate.meeting
    found = [meeting for meeting in meetings.values() if name in {"", meeting.meeting}]
    if any(meeting.held_on is not None and meeting.held_on <= look.on for meeting in found):
        return None
    return Lack(T("the meeting {meeting} is not held", meeting=name), T("record the meeting once it is held"))


def _findings(look: Look) -> Lack | None:
    pending = ", ".join(line.finding for line in look.state.findings.values() if line.status in {"raised", "explained"})
    if not pending:
        return None
    return Lack(T("findings are open: {findings}", findings=pending), T("resolve each of them"))


def _date(look: Look) -> Lack | None:
    day = look.gate.on or _begins_on(look)
    if day is None or look.on >= day:
        return None
    return Lack(T("{date} is not reached", date=day), T("wait until {date}", date=day))


def _begins_on(look: Look) -> date | None:
    following = (look.to,) if look.to else phases.following(look.definition, look.phase)
    return min((phase.from_ for phase in look.definition.phases if phase.id in following), default=None)


CHECKS: dict[Check, Callable[[Look], Lack | None]] = {
    Check.SURVEY_RECORDED: _survey,
    Check.OUTPUTS_RECORDED: _outputs,
    Check.TARGET_FIXED: _target,
    Check.TASK_STATEMENT_RECEIVED: _statement,
    Check.RESPONSIBILITY_LETTER_SIGNED: _letter,
    Check.OFFICER_APPOINTED: _officer,
    Check.LIAISON_APPOINTED: _liaison,
    Check.TASK_FORCE_ESTABLISHED: _task_force,
    Check.OBLIGATIONS_MET: _obligations,
    Check.MEETING_HELD: _meeting,
    Check.FINDINGS_RESOLVED: _findings,
    Check.DATE_REACHED: _date,
}
"""What each check lacks, if anything; a test holds this table to the whole of Check."""
