"""What each kind of stream remembers: the values that evolve builds and decide reads.

One fold per stream kind; the rows kept beside the log are these values, and every view is a function of them.
Positions are those of the event that set the value, so that any figure on a screen can be traced back.  Values hold
no value that holds them, so the garbage collector need not look at them: a fold of many events takes a fifth less.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

import msgspec

from campaign.domain.definition import Definition
from campaign.domain.events import Figure, GateOutcome, KeptDuty, Target, TreeHead
from campaign.domain.sent import NoticeLine


class Duty(msgspec.Struct, frozen=True, gc=False):
    """Who holds a duty (R-48, R-53)."""

    person: str
    post: str
    position: int


class TargetLine(msgspec.Struct, frozen=True, gc=False):
    """A target with its standing and who brought it there (R-50)."""

    target: Target
    status: Literal["proposed", "reviewed", "objected", "fixed"]
    proposed_by: str
    position: int
    revisions: int = 0


class Letter(msgspec.Struct, frozen=True, gc=False):
    """A task statement or a responsibility letter (R-16, R-17)."""

    letter: str
    kind: Literal["task_statement", "responsibility_letter"]
    target_set_sha256: str
    position: int
    due_on: date | None = None
    done_on: date | None = None
    superseded_by: str = ""


class ReportLine(msgspec.Struct, frozen=True, gc=False):
    """A report as it now stands; dates decide its timeliness (R-37, R-47)."""

    report: str
    obligation: str
    period: str
    figures: tuple[Figure, ...]
    entered_by: str
    occurred_on: date
    recorded_at: datetime
    position: int
    status: Literal["submitted", "verified", "returned"] = "submitted"
    corrections: int = 0
    verified_by: str = ""
    corrected_at: datetime | None = None
    figures_position: int = 0
    accepted_at: datetime | None = None
    """When it was first verified; kept whatever follows."""
    accepted_on: date | None = None
    corrected_by: tuple[str, ...] = ()
    """Everyone who entered figures after `entered_by`; none of them may verify (R-58)."""
    source: str = ""
    source_sha256: str = ""
    cells: tuple[str, ...] = ()
    """Of the figures that hold: the file they came in, and where they stand in it."""
    files: tuple[str, ...] = ()
    """Hashes of all files taken in since the report was last returned; the same file again brings nothing new."""


class Allowance(msgspec.Struct, frozen=True, gc=False):
    """An extension or a waiver of one period: `until` is None for a waiver."""

    reason: str
    approver: str
    position: int
    until: date | None = None


class SignOff(msgspec.Struct, frozen=True, gc=False):
    """Who settled a period, for which report."""

    person: str
    report: str
    position: int


class CheckLine(msgspec.Struct, frozen=True, gc=False):
    """A check by an inspector as it now stands (R-38)."""

    check: str
    obligation: str
    period: str
    outcome: Literal["sound", "deficient"]
    inspector: str
    occurred_on: date
    recorded_at: datetime
    position: int
    findings: tuple[str, ...] = ()
    note: str = ""
    follow_up_on: date | None = None
    """The day by which somebody looks again; None once nothing is left to look at."""
    followed_up: int = 0


class EntryLine(msgspec.Struct, frozen=True, gc=False):
    """An entry of a register as it now stands (R-26…R-33, R-40, R-45, R-56)."""

    register: str
    entry: str
    title: str
    opened_on: date
    opened_by: str
    position: int
    kind: str = ""
    due_on: date | None = None
    responsible: str = ""
    provider: str = ""
    from_on: date | None = None
    until_on: date | None = None
    link: str = ""
    value_before: Decimal | None = None
    value_after: Decimal | None = None
    status: Literal["open", "assigned", "done"] = "open"
    outcome: str = ""
    done_on: date | None = None
    rules: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()
    """Every kind it ever had, the last one valid (R-27)."""


class FindingLine(msgspec.Struct, frozen=True, gc=False):
    """A finding as it now stands (R-46)."""

    finding: str
    kind: str
    statement: str
    raised_by: str
    position: int
    report: str = ""
    indicator: str = ""
    status: Literal["raised", "explained", "cleared", "corrected", "confirmed"] = "raised"
    resolved_position: int = 0
    check: str = ""
    values: tuple[str, ...] = ()
    threshold: str = ""
    events: tuple[int, ...] = ()


class Exit(msgspec.Struct, frozen=True, gc=False):
    """A statistical exit (R-28)."""

    exit_on: date
    kind: str
    reason: str
    position: int


class Move(msgspec.Struct, frozen=True, gc=False):
    """One phase move, kept for the board and for explanations."""

    from_phase: str
    to_phase: str
    move: str
    occurred_on: date
    position: int
    gates: tuple[GateOutcome, ...] = ()
    reason: str = ""


class EntityState(msgspec.Struct, frozen=True, gc=False):
    """An entity and all that decisions about it need; an entity that was never enrolled has version 0."""

    version: int = 0
    entity: str = ""
    kind: str = ""
    name: str = ""
    groups: tuple[str, ...] = ()
    parent: str = ""
    prefecture: str = ""
    ownership: str = ""
    supervision: str = ""
    sector: str = ""
    tags: tuple[str, ...] = ()
    named_in_source: bool = True
    voluntary: bool = False
    has_conditions: bool = False
    position: int = 0
    """Of the enrolment."""
    phase: str = ""
    moves: tuple[Move, ...] = ()
    waived: dict[str, str] = {}
    """Reasons of waived gates, by `phase/gate`."""
    duties: dict[str, Duty] = {}
    """By duty: accountable_officer, liaison."""
    task_force: str = ""
    task_force_members: tuple[str, ...] = ()
    surveyed_on: date | None = None
    participants: tuple[str, ...] = ()
    survey_note: str = ""
    baseline: tuple[Figure, ...] = ()
    baseline_position: int = 0
    indicators: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    targets: dict[str, TargetLine] = {}
    letters: dict[str, Letter] = {}
    reports: dict[str, ReportLine] = {}
    findings: dict[str, FindingLine] = {}
    extensions: dict[str, Allowance] = {}
    """Periods that may be answered later, by `obligation/period`."""
    waivers: dict[str, Allowance] = {}
    signed_off: dict[str, SignOff] = {}
    checks: dict[str, CheckLine] = {}
    entries: dict[str, EntryLine] = {}
    operating_status: str = "running"
    restarted_on: date | None = None
    exit: Exit | None = None
    definition_sha256: str = ""
    """Of the definition it was last brought under; "" since its enrolment: the campaign's."""
    kept: tuple[KeptDuty, ...] = ()
    """Periods whose marks were given under an earlier definition and stay (R-60)."""


class Meeting(msgspec.Struct, frozen=True, gc=False):
    """A meeting with every date it was ever given, the last one valid (R-15)."""

    meeting: str
    kind: str
    title: str
    dates: tuple[date, ...]
    convener: str
    position: int
    held_on: date | None = None
    attendees: tuple[str, ...] = ()
    decisions: tuple[str, ...] = ()


class AwardLine(msgspec.Struct, frozen=True, gc=False):
    """An award as it now stands."""

    award: str
    run: str
    entity: str
    group: str
    rank: int
    amount_yuan: Decimal
    proposed_by: str
    position: int
    status: Literal["proposed", "approved", "rejected"] = "proposed"
    decided_by: str = ""
    decided_position: int = 0


class Run(msgspec.Struct, frozen=True, gc=False):
    """An assessment run; the full result stands in the event at `position`."""

    run: str
    scheme: str
    scheme_sha256: str
    log_position: int
    basis: str
    result: str
    result_sha256: str
    position: int


class Individual(msgspec.Struct, frozen=True, gc=False):
    """A nomination of an outstanding individual (R-21)."""

    commendation: str
    person: str
    entity: str
    citation: str
    nominated_by: str
    position: int
    status: Literal["nominated", "reviewed", "objected", "granted", "declined"] = "nominated"
    reviewed_by: str = ""


class Commended(msgspec.Struct, frozen=True, gc=False):
    """An interim commendation of an entity (R-40)."""

    entity: str
    citation: str
    by: str
    position: int


class AdoptedScheme(msgspec.Struct, frozen=True, gc=False):
    """A scheme text that was adopted."""

    scheme: str
    sha256: str
    text: str
    position: int
    document: str = ""


class Adoption(msgspec.Struct, frozen=True, gc=False):
    """One adoption of a definition, without its text."""

    sha256: str
    position: int
    version: int
    occurred_on: date
    document: str = ""
    reason: str = ""


class Proposal(msgspec.Struct, frozen=True, gc=False):
    """A definition that waits for a second person (R-58)."""

    sha256: str
    replaces: str
    proposed_by: str
    position: int


class Edition(msgspec.Struct, frozen=True, gc=False):
    """One edition of a bulletin: 0 as first published, then its corrections (R-39)."""

    number: int
    cutoff_position: int
    sha256: str
    published_on: date
    position: int
    reason: str = ""
    checkpoint: TreeHead | None = None
    """Printed on it."""


class CampaignState(msgspec.Struct, frozen=True, gc=False):
    """The campaign's own facts; a campaign that was never opened has version 0."""

    version: int = 0
    key: str = ""
    title: str = ""
    rehearsal: bool = False
    adoptions: tuple[Adoption, ...] = ()
    definition: str = ""
    """Canonical text of the adopted definition."""
    earlier: dict[str, str] = {}
    """Texts by hash of the definition just replaced and of those that entities are held on."""
    held: dict[str, str] = {}
    """Hash of the earlier definition that an entity stays on, by entity."""
    proposal: Proposal | None = None
    schemes: tuple[AdoptedScheme, ...] = ()
    meetings: dict[str, Meeting] = {}
    runs: dict[str, Run] = {}
    awards: dict[str, AwardLine] = {}
    commended: dict[str, Commended] = {}
    """Interim commendations of entities, by commendation."""
    individuals: dict[str, Individual] = {}
    bulletins: dict[str, tuple[Edition, ...]] = {}
    """Every edition, by `obligation/period`."""
    periods_opened: dict[str, int] = {}
    """Position of the opening, by `obligation/period`."""
    periods_closed: dict[str, int] = {}
    notices: dict[str, NoticeLine] = {}
    """The last notice, by `rule@channel`."""
    summary: str = ""
    closed: bool = False
    log_keys: tuple[str, ...] = ()
    """Keys that sign checkpoints, in the order in which they came into force."""
    kept_persons: dict[str, str] = {}
    """Hash of the ciphertext that is kept of a person, by person."""


class ProjectState(msgspec.Struct, frozen=True, gc=False):
    """An increment project (R-34…R-36)."""

    version: int = 0
    project: str = ""
    name: str = ""
    entity: str = ""
    kind: str = ""
    investment_yuan: Decimal | None = None
    named_in_source: bool = True
    selected: bool = False
    criterion: str = ""
    milestones: dict[str, date] = {}
    position: int = 0


class Context(msgspec.Struct, frozen=True, gc=False):
    """What a decision may look at beside its own stream: the adopted definition and the campaign's own facts."""

    definition: Definition | None
    campaign: CampaignState
