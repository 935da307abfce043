"""One entity on the board: where it stands, what holds it, what it lacks. One stream in, one line out."""

from datetime import date
from typing import Literal

import msgspec

from campaign.domain import gates, letters, phases
from campaign.domain.attainment import meets
from campaign.domain.definition import Check, Definition
from campaign.domain.duties import Tally, duties, tally
from campaign.domain.events import Figure, Target
from campaign.domain.findings import OPEN, falsified
from campaign.domain.governing import governing
from campaign.domain.reports import Key, current_figures
from campaign.domain.state import Context, EntityState, Exit
from campaign.problems import Text
from campaign.readmodels.trends import Trend, trend

LISTED = (
    Check.SURVEY_RECORDED,
    Check.OUTPUTS_RECORDED,
    Check.TARGET_FIXED,
    Check.TASK_STATEMENT_RECEIVED,
    Check.RESPONSIBILITY_LETTER_SIGNED,
    Check.OFFICER_APPOINTED,
    Check.LIAISON_APPOINTED,
    Check.TASK_FORCE_ESTABLISHED,
)
"""Whoever lacks one of these is listed by name (R-10, R-11, R-16, R-19, R-48, R-53)."""


class GateLine(msgspec.Struct, frozen=True):
    """A gate that is not simply met: shut, warned or waived, with why and the remedy."""

    gate: str
    label: str
    verdict: str
    why: Text
    remedy: Text
    clause: str = ""


class TargetStanding(msgspec.Struct, frozen=True):
    """A target as it stands, with the figure that holds now and whether it reaches the target (R-12)."""

    target: Target
    status: str
    revisions: int
    figure: Figure | None = None
    met: bool | None = None


class LetterStanding(msgspec.Struct, frozen=True):
    """The document of one kind in force; done: received or signed.  overdue: open after its due date (R-19)."""

    kind: Literal["task_statement", "responsibility_letter"]
    letter: str = ""
    due_on: date | None = None
    done_on: date | None = None
    overdue: bool = False
    outdated: bool = False


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """Where an entity stands.

    ready: every gate out of its phase is open and a phase follows.  held: the shut gates.  lacks: which of LISTED hold
    for it and are not met, whatever its phase.
    """

    entity: str
    name: str
    kind: str
    groups: tuple[str, ...]
    parent: str
    prefecture: str
    tags: tuple[str, ...]
    named_in_source: bool
    voluntary: bool
    phase: str
    phase_label: str
    stage: str
    next: tuple[str, ...]
    ready: bool
    held: tuple[GateLine, ...]
    noted: tuple[GateLine, ...]
    lacks: tuple[Check, ...]
    tally: Tally
    targets: tuple[TargetStanding, ...]
    letters: tuple[LetterStanding, ...]
    open_findings: tuple[str, ...]
    falsified: bool
    operating_status: str
    exit: Exit | None
    trend: Trend | None
    figures: dict[Key, Figure]
    baseline: dict[Key, Figure]
    officer: str = ""
    liaison: str = ""

    @property
    def counted(self) -> bool:
        """Whether it is still in the statistics (R-28)."""
        return self.exit is None


def line(state: EntityState, context: Context, definition: Definition, today: date) -> Line:
    """Say where one entity stands on a day, under the definition that governs it."""
    definition = governing(context, state) or definition
    standings = gates.examine(state, context, state.phase, today, today)
    following = phases.following(definition, state.phase)
    active = state.exit is None and state.operating_status != "closed"
    return Line(
        entity=state.entity,
        name=state.name,
        kind=state.kind,
        groups=state.groups,
        parent=state.parent,
        prefecture=state.prefecture,
        tags=state.tags,
        named_in_source=state.named_in_source,
        voluntary=state.voluntary,
        phase=state.phase,
        phase_label=phases.label(definition, state.phase),
        stage=phases.stage(definition, state.phase),
        next=following if active else (),
        ready=active and bool(following) and all(standing.open for standing in standings),
        held=tuple(_gate(standing) for standing in standings if not standing.open),
        noted=tuple(_gate(standing) for standing in standings if standing.verdict in {"warned", "waived"}),
        lacks=_lacks(state, context, definition, today) if active else (),
        tally=tally(duties(state, definition, today)),
        targets=_targets(state),
        letters=tuple(_letter(state, kind, today) for kind in ("task_statement", "responsibility_letter")),
        open_findings=tuple(name for name, entry in state.findings.items() if entry.status in OPEN),
        falsified=falsified(state),
        operating_status=state.operating_status,
        exit=state.exit,
        trend=trend(state, definition),
        figures={key: figure for key, (figure, *_) in current_figures(state).items()},
        baseline={(figure.indicator, figure.scope): figure for figure in state.baseline},
        officer=_holder(state, "accountable_officer"),
        liaison=_holder(state, "liaison"),
    )


def _gate(standing: gates.GateStanding) -> GateLine:
    gate = standing.gate
    return GateLine(gate.id, gate.label or gate.id, standing.verdict, standing.why, standing.remedy, gate.clause)


def _lacks(state: EntityState, context: Context, definition: Definition, today: date) -> tuple[Check, ...]:
    unmet = {
        standing.gate.check
        for phase in definition.phases
        for standing in gates.examine(state, context, phase.id, today, today)
        if standing.gate.check in LISTED and standing.verdict != "met"
    }
    return tuple(check for check in LISTED if check in unmet)


def _targets(state: EntityState) -> tuple[TargetStanding, ...]:
    current = current_figures(state)
    found = []
    for entry in state.targets.values():
        figure = current[key][0] if (key := (entry.target.indicator, entry.target.scope)) in current else None
        met = meets(entry.target, figure.value) if figure is not None else None
        found.append(TargetStanding(entry.target, entry.status, entry.revisions, figure, met))
    return tuple(found)


def _letter(
    state: EntityState, kind: Literal["task_statement", "responsibility_letter"], today: date
) -> LetterStanding:
    letter = letters.current(state, kind)
    if letter is None:
        return LetterStanding(kind)
    overdue = letter.done_on is None and letter.due_on is not None and letter.due_on < today
    outdated = letters.outdated(state, letter)
    return LetterStanding(kind, letter.letter, letter.due_on, letter.done_on, overdue, outdated)


def _holder(state: EntityState, duty: str) -> str:
    return state.duties[duty].person if duty in state.duties else ""
