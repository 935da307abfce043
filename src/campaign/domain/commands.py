"""Every intent, in the imperative; each goes to one stream and has a name that roles.yaml grants.

Who asks, when it was true and under which command id stands in Asked, beside the command.
"""

from datetime import date
from decimal import Decimal
from typing import ClassVar, Literal

import msgspec

from campaign.domain.events import Figure, Held, SourceText, Target, TreeHead


class Asked(msgspec.Struct, frozen=True):
    """Who asks and when.

    actor: a person id.  role: the role used, "" for whichever of the actor's roles may.  occurred_on: when the fact was
    true.  today: the day of the one clock, in the campaign's time zone.  account: by which the actor came in.
    """

    actor: str
    role: str
    occurred_on: date
    today: date
    command_id: str = ""
    account: str = ""


class Command(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An intent; `name` is `noun.verb`."""

    name: ClassVar[str]


class CampaignCommand(Command, frozen=True):
    """Goes to campaign:KEY."""


class EntityCommand(Command, frozen=True):
    """Goes to entity:KEY/ENTITY."""

    entity: str


class ProjectCommand(Command, frozen=True):
    """Goes to project:KEY/PROJECT."""

    project: str


def stream_of(command: Command, key: str) -> str:
    """Return the stream of campaign KEY that COMMAND goes to."""
    match command:
        case EntityCommand():
            return f"entity:{key}/{command.entity}"
        case ProjectCommand():
            return f"project:{key}/{command.project}"
        case _:
            return f"campaign:{key}"


# --- campaign ----------------------------------------------------------------------------------------------------


class OpenCampaign(CampaignCommand, frozen=True):
    name = "campaign.open"
    key: str
    title: str
    rehearsal: bool = False


class AdoptDefinition(CampaignCommand, frozen=True):
    """Adopt a definition in place of the one whose hash is `replaces` ("" = none); refused if that is no longer so.

    diff: what differs, a line each.  held: entities that stay on the definition they are under.
    """

    name = "definition.adopt"
    sha256: str
    definition: str
    files: tuple[SourceText, ...]
    document: str = ""
    reason: str = ""
    replaces: str = ""
    diff: tuple[str, ...] = ()
    held: tuple[Held, ...] = ()


class AdoptTeamFile(CampaignCommand, frozen=True):
    """Adopt a definition that differs from the adopted one in one team's file only.

    entity: the team's prefecture or entity for which the person asks, "" where the team is for groups.
    """

    name = "definition.adopt-team"
    team: str
    entity: str
    sha256: str
    definition: str
    files: tuple[SourceText, ...]
    document: str = ""
    reason: str = ""
    replaces: str = ""
    diff: tuple[str, ...] = ()
    held: tuple[Held, ...] = ()


class ProposeDefinition(CampaignCommand, frozen=True):
    """Propose the definition with this hash, for another person to adopt (R-58)."""

    name = "definition.propose"
    sha256: str
    replaces: str
    document: str = ""
    reason: str = ""


class AdoptScheme(CampaignCommand, frozen=True):
    name = "scheme.adopt"
    scheme: str
    sha256: str
    text: str
    document: str = ""
    reason: str = ""


class ScheduleMeeting(CampaignCommand, frozen=True):
    name = "meeting.schedule"
    meeting: str
    kind: str
    title: str
    scheduled_on: date
    convener: str
    place: str = ""


class RescheduleMeeting(CampaignCommand, frozen=True):
    name = "meeting.reschedule"
    meeting: str
    scheduled_on: date
    reason: str


class HoldMeeting(CampaignCommand, frozen=True):
    name = "meeting.hold"
    meeting: str
    held_on: date
    attendees: tuple[str, ...] = ()
    decisions: tuple[str, ...] = ()


class RecordAssessment(CampaignCommand, frozen=True):
    name = "assess.run"
    run: str
    scheme_sha256: str
    log_position: int
    basis: Literal["provisional", "final"]
    result: str


class ProposeAward(CampaignCommand, frozen=True):
    """Put forward what RUN gave ENTITY; rank and amount are taken from the run, never typed in."""

    name = "award.propose"
    award: str
    run: str
    entity: str


class ApproveAward(CampaignCommand, frozen=True):
    name = "award.approve"
    award: str
    document: str = ""


class RejectAward(CampaignCommand, frozen=True):
    name = "award.reject"
    award: str
    reason: str


class CommendEntity(CampaignCommand, frozen=True):
    name = "commend.entity"
    commendation: str
    entity: str
    citation: str


class NominateIndividual(CampaignCommand, frozen=True):
    name = "commend.nominate"
    commendation: str
    person: str
    entity: str
    citation: str


class ReviewIndividual(CampaignCommand, frozen=True):
    name = "commend.review"
    commendation: str
    favourable: bool
    opinion: str


class DecideIndividual(CampaignCommand, frozen=True):
    name = "commend.decide"
    commendation: str
    granted: bool
    reason: str
    document: str = ""


class PublishBulletin(CampaignCommand, frozen=True):
    name = "bulletin.publish"
    obligation: str
    period: str
    cutoff_position: int
    sha256: str
    checkpoint: TreeHead | None = None


class CorrectBulletin(CampaignCommand, frozen=True):
    name = "bulletin.correct"
    obligation: str
    period: str
    cutoff_position: int
    sha256: str
    reason: str
    checkpoint: TreeHead | None = None


class OpenPeriod(CampaignCommand, frozen=True):
    name = "tick.open"
    obligation: str
    period: str


class ClosePeriod(CampaignCommand, frozen=True):
    """Record how a period stood once its last day has passed; the counts come from the log up to a position."""

    name = "tick.close"
    obligation: str
    period: str
    log_position: int
    on_time: int = 0
    waived: int = 0
    extended: int = 0
    late: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


class TakeNotice(CampaignCommand, frozen=True):
    """Take what is due into the next notice of a rule over a channel; only who has taken it sends it."""

    name = "notice.take"
    rule: str
    channel: str
    number: int
    about: tuple[str, ...]


class SettleNotice(CampaignCommand, frozen=True):
    """Record whether the notice of that number got there."""

    name = "notice.settle"
    rule: str
    channel: str
    number: int
    outcome: Literal["delivered", "not-accepted", "target-unusable"]


class RecordSummary(CampaignCommand, frozen=True):
    name = "campaign.summarise"
    title: str
    sha256: str
    conclusion: str


class CloseCampaign(CampaignCommand, frozen=True):
    name = "campaign.close"
    reason: str


class RotateLogKey(CampaignCommand, frozen=True):
    """Name the key that signs checkpoints from here on; the key itself stays in its file, outside the store."""

    name = "audit.rotate-key"
    key: str
    replaces: str = ""
    endorsement: str = ""
    reason: str = ""


class KeepPerson(CampaignCommand, frozen=True):
    """Vouch for particulars that are kept, encrypted, beside the log."""

    name = "person.keep"
    person: str
    ciphertext_sha256: str


class ErasePerson(CampaignCommand, frozen=True):
    name = "person.erase"
    person: str
    reason: str


# --- entity ------------------------------------------------------------------------------------------------------


class EnrolEntity(EntityCommand, frozen=True):
    name = "entity.enrol"
    kind: str
    title: str
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


class AppointOfficer(EntityCommand, frozen=True):
    """Appoint, or hand over from whoever holds the duty (then a reason is needed)."""

    name = "officer.appoint"
    duty: Literal["accountable_officer", "liaison"]
    person: str
    post: str
    reason: str = ""


class EstablishTaskForce(EntityCommand, frozen=True):
    name = "officer.task-force"
    title: str
    members: tuple[str, ...] = ()


class RecordSurvey(EntityCommand, frozen=True):
    """Record the survey and whichever of its three outputs (R-11) are given."""

    name = "survey.record"
    participants: tuple[str, ...] = ()
    baseline: tuple[Figure, ...] = ()
    indicators: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    note: str = ""


class ProposeTarget(EntityCommand, frozen=True):
    name = "target.propose"
    target: Target
    rationale: str


class ReviewTarget(EntityCommand, frozen=True):
    name = "target.review"
    target: str
    favourable: bool
    opinion: str


class FixTarget(EntityCommand, frozen=True):
    name = "target.fix"
    target: str


class ReviseTarget(EntityCommand, frozen=True):
    name = "target.revise"
    target: Target
    reason: str
    document: str = ""


class IssueTaskStatement(EntityCommand, frozen=True):
    name = "letter.issue-statement"
    letter: str
    due_on: date | None = None


class ReceiveTaskStatement(EntityCommand, frozen=True):
    name = "letter.receive-statement"
    letter: str
    received_on: date


class IssueResponsibilityLetter(EntityCommand, frozen=True):
    name = "letter.issue"
    letter: str
    due_on: date | None = None


class SignResponsibilityLetter(EntityCommand, frozen=True):
    name = "letter.sign"
    letter: str
    signer: str
    on_behalf_of: str
    countersigner: str
    signed_on: date


class AmendResponsibilityLetter(EntityCommand, frozen=True):
    """Issue a letter that supersedes an earlier one, bound to the targets as they now are."""

    name = "letter.amend"
    letter: str
    supersedes: str
    reason: str
    due_on: date | None = None


class MovePhase(EntityCommand, frozen=True):
    """Advance to the next phase ("" = the only one), or to a named one; skipping and going back need a reason."""

    name = "phase.advance"
    to: str = ""
    reason: str = ""


class WaiveGate(EntityCommand, frozen=True):
    name = "phase.waive"
    gate: str
    reason: str


class SubmitReport(EntityCommand, frozen=True):
    """Hand in one period of an obligation: a report with its figures, or a document, which has none (R-49)."""

    name = "report.submit"
    report: str
    obligation: str
    period: str
    figures: tuple[Figure, ...] = ()
    source: str = ""
    source_sha256: str = ""
    cells: tuple[str, ...] = ()


class CorrectReport(EntityCommand, frozen=True):
    name = "report.correct"
    report: str
    figures: tuple[Figure, ...]
    reason: str
    source: str = ""
    source_sha256: str = ""
    cells: tuple[str, ...] = ()


class VerifyReport(EntityCommand, frozen=True):
    name = "report.verify"
    report: str


class ReturnReport(EntityCommand, frozen=True):
    name = "report.return"
    report: str
    reason: str


class ExtendPeriod(EntityCommand, frozen=True):
    name = "report.extend"
    obligation: str
    period: str
    until: date
    reason: str
    approver: str = ""


class WaivePeriod(EntityCommand, frozen=True):
    name = "report.waive"
    obligation: str
    period: str
    reason: str
    approver: str = ""


class SignOffPeriod(EntityCommand, frozen=True):
    name = "report.sign-off"
    obligation: str
    period: str


class ReopenPeriod(EntityCommand, frozen=True):
    name = "report.reopen"
    obligation: str
    period: str
    reason: str


class RecordCheck(EntityCommand, frozen=True):
    name = "check.record"
    check: str
    obligation: str
    period: str
    outcome: Literal["sound", "deficient"]
    note: str
    findings: tuple[str, ...] = ()
    follow_up_on: date | None = None


class FollowUpCheck(EntityCommand, frozen=True):
    name = "check.follow-up"
    check: str
    outcome: Literal["sound", "deficient"]
    note: str
    follow_up_on: date | None = None


class OpenEntry(EntityCommand, frozen=True):
    """Open an entry of a register; where the register has a table, that says who is responsible."""

    name = "register.open"
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


class AssignEntry(EntityCommand, frozen=True):
    name = "register.assign"
    register: str
    entry: str
    responsible: str = ""
    due_on: date | None = None
    kind: str = ""
    reason: str = ""


class CompleteEntry(EntityCommand, frozen=True):
    name = "register.done"
    register: str
    entry: str
    outcome: str
    value_after: Decimal | None = None


class ReopenEntry(EntityCommand, frozen=True):
    name = "register.reopen"
    register: str
    entry: str
    reason: str
    due_on: date | None = None


class RaiseFinding(EntityCommand, frozen=True):
    name = "finding.raise"
    finding: str
    kind: Literal["omission", "undercoverage", "contradiction", "falsification"]
    statement: str
    report: str = ""
    indicator: str = ""
    check: str = ""
    values: tuple[str, ...] = ()
    threshold: str = ""
    events: tuple[int, ...] = ()


class ExplainFinding(EntityCommand, frozen=True):
    name = "finding.explain"
    finding: str
    explanation: str


class ResolveFinding(EntityCommand, frozen=True):
    name = "finding.resolve"
    finding: str
    outcome: Literal["cleared", "corrected", "confirmed"]
    reason: str


class ChangeOperatingStatus(EntityCommand, frozen=True):
    name = "entity.status"
    status: Literal["running", "partly_suspended", "suspended", "closed"]
    reason: str


class RestartOperation(EntityCommand, frozen=True):
    name = "entity.restart"
    market: str
    supporters: tuple[str, ...] = ()


class ExitStatistics(EntityCommand, frozen=True):
    name = "entity.exit"
    exit_on: date
    kind: str
    reason: str


class BindDefinition(EntityCommand, frozen=True):
    """Bring an entity under the definition just adopted, or record that it is held on its own; part of an adoption.

    reassess: judge marks already given anew, for which a reason is needed.
    """

    name = "definition.bind"
    held: bool = False
    reassess: bool = False
    reason: str = ""


# --- project -----------------------------------------------------------------------------------------------------


class RegisterProject(ProjectCommand, frozen=True):
    name = "project.register"
    title: str
    entity: str
    kind: Literal["new", "expansion"]
    investment_yuan: Decimal | None = None
    named_in_source: bool = True


class SelectProject(ProjectCommand, frozen=True):
    name = "project.select"
    criterion: str


class ReachMilestone(ProjectCommand, frozen=True):
    name = "project.milestone"
    milestone: Literal["started", "commissioned", "at_capacity", "at_benefit"]
    reached_on: date


def _concrete(kind: type[Command]) -> list[type[Command]]:
    below = [leaf for child in kind.__subclasses__() for leaf in _concrete(child)]
    return below or [kind]


COMMANDS: dict[str, type[Command]] = {
    command.name: command for command in _concrete(Command) if command is not BindDefinition
}
"""Every command that a person gives, by its name; an adoption brings its bindings with it."""
