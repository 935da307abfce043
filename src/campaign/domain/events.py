"""Every fact of a campaign.

The names, the topics and the fields below ARE the storage format: a change is additive with a default, or a new
version of the topic with an upcaster in store/codec.py and a golden history in tests/history/.  No body holds a
person's name or contact, only a person id; who, when and why stand in the record's columns (see Recorded).
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

import msgspec


class Event(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A fact; its class has one topic (see TOPICS)."""


class Recorded(msgspec.Struct, frozen=True, gc=False):
    """An event with the columns of the log.

    position: place in the log, from 1 without gaps.  version: place in the stream, from 1.  recorded_at: UTC, never
    runs back.  occurred_on: when it was true.  causation: position of the event that brought this one about, if any.
    account: by which the actor came in (`os:`, `token:`, `db:` and a name), "" where none is known.
    """

    position: int
    stream: str
    version: int
    topic: str
    recorded_at: datetime
    occurred_on: date
    actor: str
    role: str
    command_id: str
    causation: int | None
    event: Event
    account: str = ""


# --- parts of bodies ---------------------------------------------------------------------------------------------


class Adjustment(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An adjustment inside a figure, with its reason (R-46)."""

    amount: Decimal
    reason: str


class Figure(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One value of one indicator under one statistical scope (R-25, R-46).

    unit: as declared by the indicator.  status: provisional until the statistics are final.  above_scale_list: version
    of the list of above-scale enterprises that the value was made with.
    """

    indicator: str
    value: Decimal
    unit: str
    scope: str
    method: str = ""
    status: Literal["provisional", "final"] = "provisional"
    adjustments: tuple[Adjustment, ...] = ()
    above_scale_list: str = ""


class Target(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A target line: indicator, operator, value, unit, period, scope, strength (R-05).

    target: its id within the entity, by default the indicator's.  value is None for a qualitative target, whose `text`
    says what is to be reached.  first_half_actual + second_half = value where both are given (R-14).
    """

    target: str
    indicator: str
    operator: Literal[">=", "<=", "=="] = ">="
    value: Decimal | None = None
    unit: str = ""
    period: str = ""
    scope: str = ""
    strength: Literal["hard", "soft"] = "hard"
    text: str = ""
    first_half_actual: Decimal | None = None
    second_half: Decimal | None = None


class GateOutcome(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How one gate stood when a phase move was decided; `detail` is the reason for a warning or a waiver."""

    gate: str
    verdict: Literal["met", "warned", "waived"]
    detail: str = ""


class TreeHead(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a checkpoint says of the log: its name, how many records it had, and the root over them, in base64."""

    origin: str
    size: int
    root: str


class SourceText(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A file of the campaign folder as adopted, comments included."""

    name: str
    text: str


class Held(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An entity that stays on an earlier definition, named by its sha256."""

    entity: str
    sha256: str


class KeptDuty(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A period whose mark was already given and stays, with all that the mark was judged by (R-60).

    last_on: the last day that counted as on time.  deciding, time_zone: which day of a report decided, and where.
    standing: the mark as it stood when it was kept; it follows later facts, never a later definition.
    """

    obligation: str
    period: str
    opens_on: date
    closes_on: date
    due_on: date
    last_on: date
    deciding: Literal["recorded", "occurred", "accepted"]
    time_zone: str
    standing: str


class MarkChange(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A mark already given that was judged again on purpose."""

    obligation: str
    period: str
    before: str
    after: str


class Shift(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A period whose due day moved; None: it was not owed before, or no longer is."""

    period: str
    was_on: date | None = None
    due_on: date | None = None


# --- campaign:KEY ------------------------------------------------------------------------------------------------


class CampaignOpened(Event, frozen=True):
    """The campaign began to be recorded; a rehearsal has a simulated clock and says so here and in every view."""

    key: str
    title: str
    rehearsal: bool = False


class DefinitionAdopted(Event, frozen=True):
    """A definition holds from here on: its canonical JSON text, that text's sha256, and the files it was read from.

    diff: what differs from the one before, a line each.  proposed_by, approver: the two persons where four eyes are
    asked for.  held: the entities that stay on an earlier definition.  team: whose file alone was adopted, "" = all.
    """

    sha256: str
    definition: str
    files: tuple[SourceText, ...]
    document: str = ""
    reason: str = ""
    diff: tuple[str, ...] = ()
    proposed_by: str = ""
    approver: str = ""
    held: tuple[Held, ...] = ()
    team: str = ""


class DefinitionProposed(Event, frozen=True):
    """A person proposed to adopt the definition with this hash; a second person adopts it (R-58)."""

    sha256: str
    replaces: str
    document: str = ""
    reason: str = ""


class SchemeAdopted(Event, frozen=True):
    """An assessment scheme (R-22) holds from here on, with its full text and sha256."""

    scheme: str
    sha256: str
    text: str
    document: str = ""
    reason: str = ""


class MeetingScheduled(Event, frozen=True):
    """A meeting was called (R-15)."""

    meeting: str
    kind: str
    title: str
    scheduled_on: date
    convener: str
    place: str = ""


class MeetingRescheduled(Event, frozen=True):
    """A meeting was moved; the old date stays visible."""

    meeting: str
    was_on: date
    scheduled_on: date
    reason: str


class MeetingHeld(Event, frozen=True):
    """A meeting took place, with the entities or bodies that attended and what was decided."""

    meeting: str
    held_on: date
    attendees: tuple[str, ...]
    decisions: tuple[str, ...]


class AssessmentRecorded(Event, frozen=True):
    """A run of the scheme over the log up to a position; `result` is canonical JSON and can be made again (R-22)."""

    run: str
    scheme: str
    scheme_sha256: str
    log_position: int
    basis: Literal["provisional", "final"]
    result: str
    result_sha256: str


class AwardProposed(Event, frozen=True):
    """An award out of a run was put forward (R-20)."""

    award: str
    run: str
    entity: str
    group: str
    rank: int
    amount_yuan: Decimal


class AwardApproved(Event, frozen=True):
    """An award was approved by another person than proposed it (R-58)."""

    award: str
    document: str = ""


class AwardRejected(Event, frozen=True):
    """An award was not approved."""

    award: str
    reason: str


class EntityCommended(Event, frozen=True):
    """An interim commendation of an entity (R-40)."""

    commendation: str
    entity: str
    citation: str


class IndividualNominated(Event, frozen=True):
    """A person was put forward as an outstanding individual (R-21)."""

    commendation: str
    person: str
    entity: str
    citation: str


class IndividualReviewed(Event, frozen=True):
    """A nomination was reviewed."""

    commendation: str
    favourable: bool
    opinion: str


class IndividualDecided(Event, frozen=True):
    """The authority granted or declined the commendation."""

    commendation: str
    granted: bool
    reason: str
    document: str = ""


class BulletinPublished(Event, frozen=True):
    """The bulletin of a period was published, made from the log up to a position; `sha256` is of its canonical text.

    checkpoint: printed on it, the last one that there was; whoever holds the paper is a witness.
    """

    obligation: str
    period: str
    cutoff_position: int
    sha256: str
    checkpoint: TreeHead | None = None


class BulletinCorrected(Event, frozen=True):
    """Later facts changed what a bulletin says: correction `number`, from 1; the earlier editions stay (R-39).

    checkpoint: as in BulletinPublished.
    """

    obligation: str
    period: str
    number: int
    cutoff_position: int
    sha256: str
    reason: str
    checkpoint: TreeHead | None = None


class PeriodOpened(Event, frozen=True):
    """A period of an obligation began to run."""

    obligation: str
    period: str
    due_on: date


class PeriodClosed(Event, frozen=True):
    """The last day of a period passed: how its duties stood, judged from the log up to a position (R-37).

    on_time … waived: how many entities stood so.  late: who answered late; missing: who had not answered.
    """

    obligation: str
    period: str
    last_on: date
    log_position: int
    on_time: int = 0
    waived: int = 0
    extended: int = 0
    late: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


class NoticeTaken(Event, frozen=True):
    """A tick took what is due into a notice, and is about to send it; what follows says whether it got there (R-37).

    rule: the notice rule of the definition.  channel: its name there; where it leads is no part of the log.  number:
    counts the attempts of this rule over this channel.  about: keys of the reminders it tells of.
    """

    rule: str
    channel: str
    number: int
    about: tuple[str, ...]


class NoticeDelivered(Event, frozen=True):
    """The service behind the channel accepted the notice of that number."""

    rule: str
    channel: str
    number: int


class NoticeFailed(Event, frozen=True):
    """The notice of that number did not get there; what it was about goes into the next one."""

    rule: str
    channel: str
    number: int
    reason: Literal["not-accepted", "target-unusable"]


class SummaryRecorded(Event, frozen=True):
    """The campaign's summary document (R-44)."""

    title: str
    sha256: str
    conclusion: str


class CampaignClosed(Event, frozen=True):
    """The campaign ended; nothing but reading follows."""

    reason: str


class LogKeyRotated(Event, frozen=True):
    """From here on another key signs the checkpoints of the log.

    key, replaces: published keys, `name+hash+base64` (C2SP signed note).  endorsement: the earlier key's signature over
    the new one, base64; "" for the first key, or where the earlier one is lost: then `reason` says so.
    """

    key: str
    replaces: str = ""
    endorsement: str = ""
    reason: str = ""


class PersonKept(Event, frozen=True):
    """A person's particulars were kept beside the log, encrypted; the hash is that of the ciphertext."""

    person: str
    ciphertext_sha256: str


class PersonErased(Event, frozen=True):
    """A person's particulars and their key were erased for good."""

    person: str
    reason: str


# --- entity:KEY/ID -----------------------------------------------------------------------------------------------


class EntityEnrolled(Event, frozen=True):
    """An entity takes part.

    kind: prefecture, enterprise or department.  groups: those of the definition.  named_in_source: false for
    placeholders (R-59).  voluntary: joined by itself, without obligations or awards by default (R-55).  has_conditions:
    both_up is a goal for it (R-06).
    """

    entity: str
    kind: str
    name: str
    groups: tuple[str, ...]
    initial_phase: str
    parent: str = ""
    prefecture: str = ""
    ownership: str = ""
    supervision: str = ""
    sector: str = ""
    tags: tuple[str, ...] = ()
    named_in_source: bool = True
    voluntary: bool = False
    has_conditions: bool = False


class DefinitionBound(Event, frozen=True):
    """The entity is under the definition with this hash from here on.

    kept: the periods whose marks were given before and stay.  judged_again: those that were judged anew, with a reason.
    held: whether it is an earlier definition than the campaign's.
    """

    sha256: str
    kept: tuple[KeptDuty, ...] = ()
    judged_again: tuple[MarkChange, ...] = ()
    reason: str = ""
    held: bool = False


class ObligationRescheduled(Event, frozen=True):
    """Periods of an obligation are due on other days than before, begin to be owed, or no longer are (R-60)."""

    obligation: str
    shifts: tuple[Shift, ...]


class OfficerAppointed(Event, frozen=True):
    """A person took a duty: accountable_officer or liaison; `post` is the office held (R-48, R-51, R-53)."""

    duty: Literal["accountable_officer", "liaison"]
    person: str
    post: str


class OfficerHandedOver(Event, frozen=True):
    """A duty passed from one person to another."""

    duty: Literal["accountable_officer", "liaison"]
    from_person: str
    person: str
    post: str
    reason: str


class TaskForceEstablished(Event, frozen=True):
    """The temporary working body was set up (R-53)."""

    name: str
    members: tuple[str, ...] = ()


class SurveyRecorded(Event, frozen=True):
    """The survey of the entity: who took part and the baseline found (R-10)."""

    participants: tuple[str, ...]
    baseline: tuple[Figure, ...]
    note: str = ""


class IndicatorsBrokenDown(Event, frozen=True):
    """First output of the survey: the indicators the entity answers for (R-11)."""

    indicators: tuple[str, ...]


class TasksDefined(Event, frozen=True):
    """Second output of the survey: its tasks (R-11)."""

    tasks: tuple[str, ...]


class MeasuresDrawnUp(Event, frozen=True):
    """Third output of the survey: its concrete measures (R-11)."""

    measures: tuple[str, ...]


class TargetProposed(Event, frozen=True):
    """A target was proposed, with its rationale (R-50)."""

    target: Target
    rationale: str


class TargetReviewed(Event, frozen=True):
    """A proposed target was reviewed."""

    target: str
    favourable: bool
    opinion: str


class TargetFixed(Event, frozen=True):
    """A reviewed target was fixed."""

    target: Target


class TargetRevised(Event, frozen=True):
    """A fixed target was changed by an approved decision."""

    target: Target
    reason: str
    document: str = ""


class TaskStatementIssued(Event, frozen=True):
    """The sponsor handed down a task statement (R-16), bound to the hash of the target set."""

    letter: str
    target_set_sha256: str
    due_on: date | None = None


class TaskStatementReceived(Event, frozen=True):
    """The entity acknowledged its task statement."""

    letter: str
    received_on: date


class ResponsibilityLetterIssued(Event, frozen=True):
    """A responsibility letter was laid before both parties (R-17)."""

    letter: str
    target_set_sha256: str
    due_on: date | None = None
    supersedes: str = ""
    reason: str = ""


class ResponsibilityLetterSigned(Event, frozen=True):
    """Both parties signed: `signer` on behalf of the province, `countersigner` for the entity."""

    letter: str
    target_set_sha256: str
    signer: str
    on_behalf_of: str
    countersigner: str
    signed_on: date


class PhaseMoved(Event, frozen=True):
    """The entity went from one phase to another; evolve needs nothing else to know where it stands."""

    from_phase: str
    to_phase: str
    move: Literal["advance", "skip", "back"]
    gates: tuple[GateOutcome, ...] = ()
    reason: str = ""


class GateWaived(Event, frozen=True):
    """A gate out of `phase` was waived for this entity, with a reason."""

    phase: str
    gate: str
    reason: str


class ReportSubmitted(Event, frozen=True):
    """The entity reported the figures of one period of an obligation (R-37, R-46).

    source: the file's name, or the paper.  source_sha256: of the file's bytes.  cells: where the figures stand in it,
    as ranges (`数据!G2:G8`) that spell out in the figures' order.
    """

    report: str
    obligation: str
    period: str
    figures: tuple[Figure, ...]
    source: str = ""
    source_sha256: str = ""
    cells: tuple[str, ...] = ()


class ReportCorrected(Event, frozen=True):
    """Figures of a report were superseded, with a reason; the earlier ones stay in the log (R-47).

    source, source_sha256, cells: as in ReportSubmitted.
    """

    report: str
    figures: tuple[Figure, ...]
    reason: str
    source: str = ""
    source_sha256: str = ""
    cells: tuple[str, ...] = ()


class ReportVerified(Event, frozen=True):
    """Another person than entered it verified the report (R-58)."""

    report: str


class ReportReturned(Event, frozen=True):
    """The report was sent back."""

    report: str
    reason: str


class PeriodExtended(Event, frozen=True):
    """An entity may answer one period of an obligation later, by a decision of the approver."""

    obligation: str
    period: str
    until: date
    reason: str
    approver: str


class PeriodWaived(Event, frozen=True):
    """An entity need not answer one period of an obligation, by a decision of the approver."""

    obligation: str
    period: str
    reason: str
    approver: str


class PeriodSignedOff(Event, frozen=True):
    """One period of an obligation is settled for the entity: its figures are locked."""

    obligation: str
    period: str
    report: str = ""


class PeriodReopened(Event, frozen=True):
    """A period that was signed off may be corrected again."""

    obligation: str
    period: str
    reason: str


class CheckRecorded(Event, frozen=True):
    """An inspector checked the entity in one period of a check (R-37, R-38).

    findings: those raised on the occasion.  follow_up_on: the day by which somebody looks again.
    """

    check: str
    obligation: str
    period: str
    outcome: Literal["sound", "deficient"]
    note: str
    findings: tuple[str, ...] = ()
    follow_up_on: date | None = None


class CheckFollowedUp(Event, frozen=True):
    """Somebody looked again; without another day the check is done."""

    check: str
    outcome: Literal["sound", "deficient"]
    note: str
    follow_up_on: date | None = None


class EntryOpened(Event, frozen=True):
    """An entry of a register about the entity: an issue, a visit, support, a reminder (R-26…R-33, R-40, R-45).

    kind: one of the register's.  responsible: who sees to it; provider: who gives what is given.  from_on, until_on:
    how long it holds.  link: the entry, or the project, that it belongs to.  value_before: of what is to change, in the
    indicator's unit.  rules: the rules of the responsibility table that named the responsible.
    """

    register: str
    entry: str
    title: str
    kind: str = ""
    due_on: date | None = None
    responsible: str = ""
    provider: str = ""
    from_on: date | None = None
    until_on: date | None = None
    link: str = ""
    value_before: Decimal | None = None
    rules: tuple[int, ...] = ()


class EntryAssigned(Event, frozen=True):
    """An entry went to somebody, or is due on another day, or of another kind (R-26, R-27)."""

    entry: str
    responsible: str
    due_on: date | None = None
    kind: str = ""
    reason: str = ""
    rules: tuple[int, ...] = ()


class EntryDone(Event, frozen=True):
    """An entry is settled, with what came of it (R-26, R-32)."""

    entry: str
    outcome: str
    value_after: Decimal | None = None


class EntryReopened(Event, frozen=True):
    """A settled entry is open again."""

    entry: str
    reason: str
    due_on: date | None = None


class FindingRaised(Event, frozen=True):
    """Something about a figure or a duty is in question (R-46).

    check: the definition's check that raised it, "" for a person's own finding; values, threshold and events are what
    that check compared, against what, and the positions it rests on.
    """

    finding: str
    kind: Literal["omission", "undercoverage", "contradiction", "falsification"]
    statement: str
    report: str = ""
    indicator: str = ""
    check: str = ""
    values: tuple[str, ...] = ()
    threshold: str = ""
    events: tuple[int, ...] = ()


class FindingExplained(Event, frozen=True):
    """The entity answered a finding."""

    finding: str
    explanation: str


class FindingResolved(Event, frozen=True):
    """A finding was closed: cleared, corrected, or confirmed (the scheme punishes a confirmed falsification)."""

    finding: str
    outcome: Literal["cleared", "corrected", "confirmed"]
    reason: str


class OperatingStatusChanged(Event, frozen=True):
    """The entity's operation changed (R-33); `status` closed is final."""

    status: Literal["running", "partly_suspended", "suspended", "closed"]
    reason: str


class OperationRestarted(Event, frozen=True):
    """A stopped enterprise started again for a stated market, with its supporters (R-33)."""

    market: str
    supporters: tuple[str, ...] = ()


class StatisticalExitRecorded(Event, frozen=True):
    """The entity left the statistics, for example as a shell enterprise (R-28); its history stays."""

    exit_on: date
    kind: str
    reason: str
    approver: str


# --- project:KEY/ID ----------------------------------------------------------------------------------------------


class ProjectRegistered(Event, frozen=True):
    """An increment project of an enterprise: new or expansion (R-34, R-36)."""

    project: str
    name: str
    entity: str
    kind: Literal["new", "expansion"]
    investment_yuan: Decimal | None = None
    named_in_source: bool = True


class ProjectSelected(Event, frozen=True):
    """The project was chosen for direct dispatch, by a stated criterion (R-35)."""

    criterion: str


class ProjectMilestoneReached(Event, frozen=True):
    """started, commissioned, at_capacity or at_benefit (R-34)."""

    milestone: Literal["started", "commissioned", "at_capacity", "at_benefit"]
    reached_on: date


TOPICS: dict[str, type[Event]] = {
    "campaign_opened.v1": CampaignOpened,
    "definition_adopted.v1": DefinitionAdopted,
    "definition_proposed.v1": DefinitionProposed,
    "scheme_adopted.v1": SchemeAdopted,
    "meeting_scheduled.v1": MeetingScheduled,
    "meeting_rescheduled.v1": MeetingRescheduled,
    "meeting_held.v1": MeetingHeld,
    "assessment_recorded.v1": AssessmentRecorded,
    "award_proposed.v1": AwardProposed,
    "award_approved.v1": AwardApproved,
    "award_rejected.v1": AwardRejected,
    "entity_commended.v1": EntityCommended,
    "individual_nominated.v1": IndividualNominated,
    "individual_reviewed.v1": IndividualReviewed,
    "individual_decided.v1": IndividualDecided,
    "bulletin_published.v1": BulletinPublished,
    "bulletin_corrected.v1": BulletinCorrected,
    "period_opened.v1": PeriodOpened,
    "period_closed.v1": PeriodClosed,
    "notice_taken.v1": NoticeTaken,
    "notice_delivered.v1": NoticeDelivered,
    "notice_failed.v1": NoticeFailed,
    "summary_recorded.v1": SummaryRecorded,
    "campaign_closed.v1": CampaignClosed,
    "log_key_rotated.v1": LogKeyRotated,
    "person_kept.v1": PersonKept,
    "person_erased.v1": PersonErased,
    "entity_enrolled.v1": EntityEnrolled,
    "definition_bound.v1": DefinitionBound,
    "obligation_rescheduled.v1": ObligationRescheduled,
    "officer_appointed.v1": OfficerAppointed,
    "officer_handed_over.v1": OfficerHandedOver,
    "task_force_established.v1": TaskForceEstablished,
    "survey_recorded.v1": SurveyRecorded,
    "indicators_broken_down.v1": IndicatorsBrokenDown,
    "tasks_defined.v1": TasksDefined,
    "measures_drawn_up.v1": MeasuresDrawnUp,
    "target_proposed.v1": TargetProposed,
    "target_reviewed.v1": TargetReviewed,
    "target_fixed.v1": TargetFixed,
    "target_revised.v1": TargetRevised,
    "task_statement_issued.v1": TaskStatementIssued,
    "task_statement_received.v1": TaskStatementReceived,
    "responsibility_letter_issued.v1": ResponsibilityLetterIssued,
    "responsibility_letter_signed.v1": ResponsibilityLetterSigned,
    "phase_moved.v1": PhaseMoved,
    "gate_waived.v1": GateWaived,
    "report_submitted.v1": ReportSubmitted,
    "report_corrected.v1": ReportCorrected,
    "report_verified.v1": ReportVerified,
    "report_returned.v1": ReportReturned,
    "period_extended.v1": PeriodExtended,
    "period_waived.v1": PeriodWaived,
    "period_signed_off.v1": PeriodSignedOff,
    "period_reopened.v1": PeriodReopened,
    "check_recorded.v1": CheckRecorded,
    "check_followed_up.v1": CheckFollowedUp,
    "entry_opened.v1": EntryOpened,
    "entry_assigned.v1": EntryAssigned,
    "entry_done.v1": EntryDone,
    "entry_reopened.v1": EntryReopened,
    "finding_raised.v1": FindingRaised,
    "finding_explained.v1": FindingExplained,
    "finding_resolved.v1": FindingResolved,
    "operating_status_changed.v1": OperatingStatusChanged,
    "operation_restarted.v1": OperationRestarted,
    "statistical_exit_recorded.v1": StatisticalExitRecorded,
    "project_registered.v1": ProjectRegistered,
    "project_selected.v1": ProjectSelected,
    "project_milestone_reached.v1": ProjectMilestoneReached,
}
"""The closed registry of current topics; earlier versions are lifted to these by the upcasters of store/codec.py."""

TOPIC_OF: dict[type[Event], str] = {body: topic for topic, body in TOPICS.items()}
