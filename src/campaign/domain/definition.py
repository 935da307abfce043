"""The definition of a campaign: what the YAML folder says, as values.

Nothing of the plan is a literal in code (requirements.md): dates, sizes, thresholds and names live here.  A definition
is adopted as an event with its full canonical text and sha256, so that a log alone explains itself years later.
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

import msgspec

Identifier: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]
Label: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Clause: TypeAlias = Annotated[str, msgspec.Meta(max_length=100)]


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of the definition; unknown keys are refused."""


class Window(Part, frozen=True, rename={"from_": "from"}):
    """A span of days, both ends included (R-41)."""

    from_: date
    to: date


class About(Part, frozen=True):
    """The campaign itself: its window and, apart from it, the period its targets are measured over (R-04)."""

    key: Identifier
    title: Label
    window: Window
    metric_period: Label
    time_zone: str = "Asia/Shanghai"
    slogan: str = ""
    synthetic: bool = False
    """Whether the figures are made by a generator; every view then says so."""


class Document(Part, frozen=True):
    """A basis document (R-01); `sha256` is that of its text, which itself is not kept."""

    id: Identifier
    number: Label
    title: Label
    author: str = ""
    approver: str = ""
    forwarder: str = ""
    addressees: tuple[str, ...] = ()
    dated_on: date | None = None
    forwarded_on: date | None = None
    sha256: str = ""


class Stage(Part, frozen=True, rename={"from_": "from"}):
    """A stage of the plan; phases map to stages and both views are reported (R-43)."""

    id: Identifier
    label: Label
    from_: date
    to: date
    clause: Clause = ""


class Check(StrEnum):
    """What a gate looks at."""

    SURVEY_RECORDED = "survey_recorded"
    OUTPUTS_RECORDED = "outputs_recorded"
    TARGET_FIXED = "target_fixed"
    TASK_STATEMENT_RECEIVED = "task_statement_received"
    RESPONSIBILITY_LETTER_SIGNED = "responsibility_letter_signed"
    OFFICER_APPOINTED = "officer_appointed"
    LIAISON_APPOINTED = "liaison_appointed"
    TASK_FORCE_ESTABLISHED = "task_force_established"
    OBLIGATIONS_MET = "obligations_met"
    MEETING_HELD = "meeting_held"
    FINDINGS_RESOLVED = "findings_resolved"
    DATE_REACHED = "date_reached"


class Policy(StrEnum):
    """What a shut gate does: block, warn, or block unless waived with a reason."""

    BLOCK = "block"
    WARN = "warn"
    WAIVE_WITH_REASON = "waive-with-reason"


class Gate(Part, frozen=True):
    """A gate out of a phase.

    groups: whom it holds for (empty: everyone).  Parameters by check: `indicators` for target_fixed, `obligations` for
    obligations_met, `meeting` for meeting_held, `on` for date_reached.
    """

    id: Identifier
    check: Check
    policy: Policy = Policy.BLOCK
    groups: tuple[Identifier, ...] = ()
    indicators: tuple[Identifier, ...] = ()
    obligations: tuple[Identifier, ...] = ()
    meeting: str = ""
    on: date | None = None
    label: str = ""
    clause: Clause = ""


class Phase(Part, frozen=True, rename={"from_": "from"}):
    """A phase with its dates (ends included; phases may overlap, R-42) and the gates on the way out.

    next: the phases it leads to, by default the one listed after it.  skippable: may be passed over.  back_to: phases
    it may return to, with a reason.  bounds: within which a team may choose its own dates; without, it may not.
    """

    id: Identifier
    label: Label
    from_: date
    to: date
    stage: str = ""
    next: tuple[Identifier, ...] | None = None
    skippable: bool = False
    back_to: tuple[Identifier, ...] = ()
    gates: tuple[Gate, ...] = ()
    clause: Clause = ""
    bounds: Window | None = None


class Group(Part, frozen=True):
    """A group of entities with its stated size (R-18); `union_of` makes it of other groups."""

    id: Identifier
    label: Label
    kind: str = ""
    expected: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] | None = None
    union_of: tuple[Identifier, ...] = ()
    clause: Clause = ""


class Roll(StrEnum):
    """Where a due date on a rest day goes (R-60)."""

    NONE = "none"
    NEXT = "next"
    PREVIOUS = "previous"


class Obligation(Part, frozen=True, rename={"from_": "from"}):
    """A duty to report or to act, by cadence (R-37).

    cadence: weekly on `weekday` (1 = Monday … 7), half_monthly on the days in `days`, monthly on the day `days[0]` of
    the month that follows the period, once on `on`.  act: who does it (R-38): the entity submits a report or document,
    an inspector makes a check, the office publishes a bulletin.  bounds: within which a team may choose its own due
    days, never later than these; without, it may not.
    """

    id: Identifier
    label: Label
    cadence: Literal["weekly", "half_monthly", "monthly", "once"]
    groups: tuple[Identifier, ...] = ()
    act: Literal["report", "check", "bulletin", "document"] = "report"
    weekday: Annotated[int, msgspec.Meta(ge=1, le=7)] = 5
    days: tuple[Annotated[int, msgspec.Meta(ge=1, le=31)], ...] = ()
    on: date | None = None
    from_: date | None = None
    to: date | None = None
    roll: Roll = Roll.NONE
    grace_days: Annotated[int, msgspec.Meta(ge=0, le=60)] = 0
    indicators: tuple[Identifier, ...] = ()
    clause: Clause = ""
    bounds: Window | None = None


Need: TypeAlias = Literal[
    "kind", "due_on", "responsible", "provider", "from_on", "link", "value_before", "value_after", "outcome"
]
"""What a register may ask of its entries."""

ScreeningTest: TypeAlias = Literal[
    "falling_cumulative",
    "growth_contradicts_levels",
    "parts_do_not_sum",
    "scopes_cross",
    "jump",
    "unit_slip",
    "unit_missing",
    "round_numbers",
    "last_digits",
    "edit_after_ranking",
    "late_edits",
]
"""What a verification check may look for."""


ReminderKind: TypeAlias = Literal["report", "check", "follow_up", "entry", "register", "letter", "bulletin"]
"""What a reminder may be about."""


class PlannedMeeting(Part, frozen=True):
    """A meeting that the plan names, with its first date (R-15)."""

    id: Identifier
    title: Label
    on: date
    convener: str = ""
    clause: Clause = ""


class Scope(Part, frozen=True):
    """A statistical scope (R-25)."""

    id: Identifier
    label: Label


class Indicator(Part, frozen=True):
    """An indicator (R-05, R-07).

    completion: how attainment of a target is computed.  additive: whether parts sum to the whole.  digits: decimal
    places shown.  zero_base: what holds when the base is zero or negative.
    """

    id: Identifier
    label: Label
    unit: Label
    additive: bool = True
    completion: Literal["ratio_of_levels", "ratio_of_growth", "loss_reduction", "qualitative"] = "ratio_of_levels"
    zero_base: Literal["refuse", "state"] = "refuse"
    digits: Annotated[int, msgspec.Meta(ge=0, le=8)] = 2
    base: str = ""
    """For growth_pct-like indicators: the indicator whose levels they compare and weight."""
    note: str = ""


class ProvinceTarget(Part, frozen=True):
    """A target of the whole campaign (R-05, R-12)."""

    id: Identifier
    indicator: Identifier
    operator: Literal[">=", "<=", "=="] = ">="
    value: Decimal | None = None
    unit: str = ""
    period: str = ""
    scope: str = ""
    strength: Literal["hard", "soft"] = "hard"
    text: str = ""
    clause: Clause = ""


class Trend(Part, frozen=True):
    """The dual trend (R-06): which indicators stand for growth and benefit, and how much counts as flat."""

    growth: Identifier
    benefit: Identifier
    tolerance_pct: Decimal = Decimal(0)


class Reconciliation(Part, frozen=True):
    """A tree whose parts must cover the whole (R-13)."""

    id: Identifier
    label: Label
    groups: tuple[Identifier, ...]
    policy: Literal["report", "block"] = "report"


class Role(Part, frozen=True):
    """A role and the commands it may give (R-03); `report.*` stands for all commands of that noun.

    scope: all; own (only the entity whose officer or liaison the person is, or that the assignment names); prefecture
    (that one, and every entity that lies in it).
    """

    id: Identifier
    label: Label
    commands: tuple[str, ...]
    scope: Literal["all", "own", "prefecture"] = "all"
    clause: Clause = ""


class Account(Part, frozen=True):
    """An account speaks for a person: `os:` a user of the machine, `token:` whom a token names, `db:` a database login.

    A person may have several, and several persons may share one; where none is listed, whoever asks is believed.
    """

    account: Annotated[str, msgspec.Meta(max_length=67)]
    person: Identifier


class Assignment(Part, frozen=True, rename={"from_": "from"}):
    """A person holds a role from-to (R-57); `entities` narrows it. The person is an id, never a name."""

    person: Identifier
    role: Identifier
    entities: tuple[str, ...] = ()
    from_: date | None = None
    to: date | None = None


class FourEyes(Part, frozen=True):
    """Where two persons are needed (R-58); on by default, but for the adoption of definitions."""

    report_verification: bool = True
    awards: bool = True
    commendations: bool = True
    targets: bool = True
    definitions: bool = False


class Owner(Part, frozen=True):
    """Who may change a file of the folder, or some keys of it: whoever holds one of the roles.

    keys: top-level keys of the file; none named means all.  Files that no owner names are for whoever may adopt.
    """

    file: Label
    roles: tuple[Identifier, ...]
    keys: tuple[str, ...] = ()


class TeamGate(Part, frozen=True):
    """A team's own day for a gate that waits for a date."""

    id: Identifier
    on: date


class TeamPhase(Part, frozen=True, rename={"from_": "from"}):
    """A team's own dates for a phase, within its bounds; what is left out stays the province's."""

    id: Identifier
    from_: date | None = None
    to: date | None = None
    gates: tuple[TeamGate, ...] = ()


class TeamDuty(Part, frozen=True, rename={"from_": "from"}):
    """A team's own due days for an obligation of the province: within its bounds, never later than the province's."""

    id: Identifier
    weekday: Annotated[int, msgspec.Meta(ge=1, le=7)] | None = None
    days: tuple[Annotated[int, msgspec.Meta(ge=1, le=31)], ...] = ()
    on: date | None = None
    from_: date | None = None
    to: date | None = None


class Team(Part, frozen=True):
    """A team's own file: the dates and obligations of its prefecture, groups or entities.

    id: the file's name.  prefecture: the prefecture itself and every entity in it.  phases, duties: own dates for what
    the province defines.  obligations: what the team asks for beside it.
    """

    id: Identifier
    label: Label
    prefecture: str = ""
    groups: tuple[Identifier, ...] = ()
    entities: tuple[Identifier, ...] = ()
    phases: tuple[TeamPhase, ...] = ()
    duties: tuple[TeamDuty, ...] = ()
    obligations: tuple[Obligation, ...] = ()


class RestDays(Part, frozen=True, rename={"from_": "from"}):
    """A holiday, both ends included."""

    from_: date
    to: date
    label: str = ""


class CalendarPart(Part, frozen=True):
    """Rest days beyond weekends and swapped workdays (调休), by version (R-60)."""

    version: Label
    rest_days: tuple[RestDays, ...] = ()
    work_days: tuple[date, ...] = ()
    published_years: tuple[Annotated[int, msgspec.Meta(ge=1949, le=2200)], ...] = ()
    note: str = ""


class Timeliness(Part, frozen=True):
    """What makes a fact late.

    deciding: which date decides whether a report is on time: when it was first received, when it says it was handed
    in, or when it was first accepted.  late_recorded_after_days: from when a record counts as
    entered late (R-02).
    """

    deciding: Literal["recorded", "occurred", "accepted"] = "recorded"
    late_recorded_after_days: Annotated[int, msgspec.Meta(ge=0, le=365)] = 1


class Register(Part, frozen=True):
    """A register of the plan, whose entries are opened, assigned and done (R-26…R-33, R-40, R-45, R-56).

    groups: whom an entry may be about (empty: everyone).  kinds: those there are (empty: any).  needs: what an entry
    states when it is opened, and `outcome`, `value_after` when it is done.  due_days: how many days after its opening
    an entry is due that names no day.  due_on: the day by which everyone in `groups` has an entry; whoever has none is
    listed.  link: the register whose entry `link` names.  table: the table that says who is responsible.  roles: who
    alone may write here, beside being granted the command.
    """

    id: Identifier
    label: Label
    groups: tuple[Identifier, ...] = ()
    kinds: tuple[Identifier, ...] = ()
    needs: tuple[Need, ...] = ()
    due_days: Annotated[int, msgspec.Meta(ge=0, le=366)] | None = None
    due_on: date | None = None
    link: str = ""
    table: str = ""
    roles: tuple[Identifier, ...] = ()
    clause: Clause = ""


class ResponsibilityTable(Part, frozen=True):
    """Who is responsible for whom, as a decision table in the language of schemes (R-29).

    The one decision of `text` is collected: one answer is the answer, none or several make the case ambiguous.  Its
    inputs are kind, ownership, supervision, sector and group.
    """

    id: Identifier
    label: Label
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=20_000)]
    clause: Clause = ""


class VerificationCheck(Part, frozen=True):
    """A test of reported figures that lists what is in question (R-46); its outcome is a suspicion, never a verdict.

    obligations, indicators: what it looks at (empty: all).  scopes: of scopes_cross, the narrower and the wider one.
    by: of parts_do_not_sum, what makes an entity a part.  cover: whether its parts are all of the whole, or some.
    tolerance: how much may differ, in the indicator's unit or in points.  threshold: of a statistic, what it may not
    exceed.  at_least: how many values or edits a statistic needs.  within_days: of late_edits, how close they lie.
    step: of round_numbers, what counts as round.  finding: of which kind a finding raised by it is.
    """

    id: Identifier
    label: Label
    test: ScreeningTest
    obligations: tuple[Identifier, ...] = ()
    indicators: tuple[Identifier, ...] = ()
    scopes: tuple[Identifier, ...] = ()
    by: Literal["parent", "prefecture"] = "parent"
    cover: Literal["all", "some"] = "all"
    tolerance: Decimal = Decimal(0)
    threshold: Decimal | None = None
    at_least: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 1
    within_days: Annotated[int, msgspec.Meta(ge=0, le=366)] = 0
    step: Decimal = Decimal(1)
    finding: Literal["omission", "undercoverage", "contradiction"] = "contradiction"
    clause: Clause = ""


class NoticeRule(Part, frozen=True):
    """Which reminders go out as notices, over which channels; where a channel leads is no part of the folder (R-37).

    what: kinds of reminders (empty: all).  subjects: obligations, registers and kinds of letters (empty: all).
    from_days, until_days: from how many days after its due day a reminder goes out, and until when; negative: before.
    """

    id: Identifier
    label: Label
    channels: Annotated[tuple[Identifier, ...], msgspec.Meta(min_length=1)]
    what: tuple[ReminderKind, ...] = ()
    subjects: tuple[Identifier, ...] = ()
    from_days: Annotated[int, msgspec.Meta(ge=-60, le=366)] = 1
    until_days: Annotated[int, msgspec.Meta(ge=-60, le=366)] | None = None
    clause: Clause = ""


class Laggards(Part, frozen=True):
    """Who lags behind and is to be reminded, as a decision table in the language of schemes (R-40).

    The one decision of `text` is collected: each answer is a reason, and whoever has none does not lag.  Its inputs are
    missed_in_a_row, periods of `obligation` up to today, and growth_pct and gap_pct, the growth and how far it is from
    the mean in the last bulletin that was due; these two may be `n/a`.  register: where a reminder to a laggard stands.
    """

    label: Label
    obligation: Identifier
    register: Identifier
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=20_000)]
    clause: Clause = ""


class Definition(Part, frozen=True, kw_only=True, cache_hash=True):
    """Everything that a campaign folder defines."""

    campaign: About
    documents: tuple[Document, ...]
    phases: tuple[Phase, ...]
    groups: tuple[Group, ...]
    stages: tuple[Stage, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    meetings: tuple[PlannedMeeting, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    scopes: tuple[Scope, ...] = ()
    targets: tuple[ProvinceTarget, ...] = ()
    trend: Trend | None = None
    reconciliations: tuple[Reconciliation, ...] = ()
    roles: tuple[Role, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    accounts: tuple[Account, ...] = ()
    access_keys: tuple[Label, ...] = ()
    """Public halves of the keys that sign tokens, `name+hash+base64`."""
    four_eyes: FourEyes = FourEyes()
    calendar: CalendarPart
    timeliness: Timeliness = Timeliness()
    watched_sectors: tuple[str, ...] = ()
    laggard_criterion: str = ""
    selection_criterion: str = ""
    registers: tuple[Register, ...] = ()
    tables: tuple[ResponsibilityTable, ...] = ()
    checks: tuple[VerificationCheck, ...] = ()
    laggards: Laggards | None = None
    notices: tuple[NoticeRule, ...] = ()
    owners: tuple[Owner, ...] = ()
    teams: tuple[Team, ...] = ()


def expand(definition: Definition, groups: tuple[str, ...]) -> frozenset[str]:
    """Return GROUPS and every union they belong to; a duty or gate that names one of these holds for the entity."""
    unions = {group.id for group in definition.groups if set(group.union_of) & set(groups)}
    return frozenset(groups) | unions


def concerns(definition: Definition, named: tuple[str, ...], groups: tuple[str, ...]) -> bool:
    """Whether something that names the groups NAMED holds for an entity in GROUPS; naming none means everyone."""
    return not named or bool(expand(definition, groups) & set(named))


_ENCODER = msgspec.json.Encoder(order="deterministic", decimal_format="string")
_DECODER = msgspec.json.Decoder(Definition)


def canonical(definition: Definition) -> str:
    """Write the definition as canonical JSON: what is hashed and adopted."""
    return _ENCODER.encode(definition).decode()


def from_canonical(text: str) -> Definition:
    """Read an adopted definition back, equal to the one that was written."""
    return _DECODER.decode(text)


def sha256(text: str) -> str:
    """Return the hex sha256 of TEXT in UTF-8."""
    import hashlib  # noqa: PLC0415 -- loads a cryptography library, which a command that only reads can spare

    return hashlib.sha256(text.encode()).hexdigest()
