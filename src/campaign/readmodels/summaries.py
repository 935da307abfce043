"""What each fact says in one sentence, for the ledger and for anyone who reads the log."""

from collections.abc import Callable, Iterable
from typing import Any

from campaign.domain import events as e
from campaign.domain.events import Event, Figure, Target
from campaign.problems import T, Text, plain

SHORT = 12
"""How much of a hash tells it apart for a reader."""


def summary(event: Event) -> Text:
    """Say what EVENT states. Raises KeyError for a class outside the registry, which is a bug."""
    return _SUMMARIES[type(event)](event)


def _figures(figures: Iterable[Figure]) -> str:
    return ", ".join(f"{figure.indicator} {plain(figure.value)} {figure.unit}" for figure in figures)


def _target(target: Target) -> str:
    if target.value is None:
        return f"{target.target}: {target.text}"
    return f"{target.target} {target.operator} {plain(target.value)} {target.unit}"


def _waited(event: e.PhaseMoved) -> str:
    return ", ".join(f"{outcome.gate} {outcome.verdict}" for outcome in event.gates if outcome.verdict != "met")


def _moved(event: e.PhaseMoved) -> Text:
    notes = "; ".join(part for part in (event.reason, _waited(event)) if part)
    came, went = event.from_phase, event.to_phase
    if notes:
        return T("{move} from {came} to {went} ({notes})", move=event.move, came=came, went=went, notes=notes)
    return T("{move} from {came} to {went}", move=event.move, came=came, went=went)


def _opened(event: e.CampaignOpened) -> Text:
    if event.rehearsal:
        return T("opened the campaign {title} as a rehearsal", title=event.title)
    return T("opened the campaign {title}", title=event.title)


def _individual(event: e.IndividualDecided) -> Text:
    name, reason = event.commendation, event.reason
    if event.granted:
        return T("granted the commendation {name}: {reason}", name=name, reason=reason)
    return T("declined the commendation {name}: {reason}", name=name, reason=reason)


def _review(name: str, opinion: str, *, favourable: bool) -> Text:
    if favourable:
        return T("agreed to {name}: {opinion}", name=name, opinion=opinion)
    return T("objected to {name}: {opinion}", name=name, opinion=opinion)


def _letter(event: e.ResponsibilityLetterIssued) -> Text:
    if event.supersedes:
        old, reason = event.supersedes, event.reason
        return T(
            "issued responsibility letter {letter} in place of {old}: {reason}",
            letter=event.letter,
            old=old,
            reason=reason,
        )
    return T("issued responsibility letter {letter}", letter=event.letter)


def _milestone(event: e.ProjectMilestoneReached) -> Text:
    return T("reached {milestone} on {day}", milestone=event.milestone, day=event.reached_on)


def _bound(event: e.DefinitionBound) -> Text:
    name, kept, again = event.sha256[:SHORT], len(event.kept), len(event.judged_again)
    if event.held:
        return T("stays on the earlier definition {hash}", hash=name)
    if again:
        return T(
            "is under the definition {hash}; {count} marks judged again: {reason}",
            hash=name,
            count=again,
            reason=event.reason,
        )
    if kept:
        return T("is under the definition {hash}; {count} marks given before stay", hash=name, count=kept)
    return T("is under the definition {hash}", hash=name)


def _shift(shift: e.Shift) -> str:
    return f"{shift.period} {shift.was_on or '-'} → {shift.due_on or '-'}"


_SUMMARIES: dict[type[Event], Callable[[Any], Text]] = {
    e.CampaignOpened: _opened,
    e.DefinitionAdopted: lambda x: T("adopted the definition {hash}", hash=x.sha256[:SHORT]),
    e.DefinitionProposed: lambda x: T("proposed the definition {hash}", hash=x.sha256[:SHORT]),
    e.DefinitionBound: _bound,
    e.ObligationRescheduled: lambda x: T(
        "moved {obligation}: {shifts}", obligation=x.obligation, shifts=", ".join(map(_shift, x.shifts))
    ),
    e.SchemeAdopted: lambda x: T("adopted the scheme {scheme} {hash}", scheme=x.scheme, hash=x.sha256[:SHORT]),
    e.MeetingScheduled: lambda x: T("called the meeting {title} for {day}", title=x.title, day=x.scheduled_on),
    e.MeetingRescheduled: lambda x: T(
        "moved the meeting {meeting} from {old} to {day}: {reason}",
        meeting=x.meeting,
        old=x.was_on,
        day=x.scheduled_on,
        reason=x.reason,
    ),
    e.MeetingHeld: lambda x: T(
        "held the meeting {meeting} on {day} with {number} attending",
        meeting=x.meeting,
        day=x.held_on,
        number=len(x.attendees),
    ),
    e.AssessmentRecorded: lambda x: T(
        "assessed by {scheme} as of position {position}, on {basis} figures, as {run}",
        scheme=x.scheme,
        position=x.log_position,
        basis=x.basis,
        run=x.run,
    ),
    e.AwardProposed: lambda x: T(
        "put {entity} forward for {amount} yuan, rank {rank}, as {award}",
        entity=x.entity,
        amount=x.amount_yuan,
        rank=x.rank or "-",
        award=x.award,
    ),
    e.AwardApproved: lambda x: T("approved the award {award}", award=x.award),
    e.AwardRejected: lambda x: T("rejected the award {award}: {reason}", award=x.award, reason=x.reason),
    e.EntityCommended: lambda x: T("commended {entity}: {citation}", entity=x.entity, citation=x.citation),
    e.IndividualNominated: lambda x: T("nominated {person}: {citation}", person=x.person, citation=x.citation),
    e.IndividualReviewed: lambda x: _review(x.commendation, x.opinion, favourable=x.favourable),
    e.IndividualDecided: _individual,
    e.BulletinPublished: lambda x: T(
        "published the bulletin of {period}, made up to position {position}",
        period=x.period,
        position=x.cutoff_position,
    ),
    e.BulletinCorrected: lambda x: T(
        "published correction {number} of the bulletin of {period}, made up to position {position}: {reason}",
        number=x.number,
        period=x.period,
        position=x.cutoff_position,
        reason=x.reason,
    ),
    e.PeriodOpened: lambda x: T(
        "opened {obligation} {period}, due on {day}", obligation=x.obligation, period=x.period, day=x.due_on
    ),
    e.PeriodClosed: lambda x: T(
        "closed {obligation} {period}: {on_time} in time, {late} late, {missing} missing, {waived} waived",
        obligation=x.obligation,
        period=x.period,
        on_time=x.on_time,
        late=len(x.late),
        missing=len(x.missing),
        waived=x.waived,
    ),
    e.NoticeTaken: lambda x: T(
        "took notice {number} of {rule} to send it over {channel}; it tells of {count}",
        number=x.number,
        rule=x.rule,
        channel=x.channel,
        count=len(x.about),
    ),
    e.NoticeDelivered: lambda x: T(
        "notice {number} of {rule} got there over {channel}", number=x.number, rule=x.rule, channel=x.channel
    ),
    e.NoticeFailed: lambda x: T(
        "notice {number} of {rule} did not get there over {channel}: {reason}",
        number=x.number,
        rule=x.rule,
        channel=x.channel,
        reason=x.reason,
    ),
    e.SummaryRecorded: lambda x: T("recorded the summary {title}", title=x.title),
    e.CampaignClosed: lambda x: T("closed the campaign: {reason}", reason=x.reason),
    e.LogKeyRotated: lambda x: T("the log is signed with {key} from here on", key=x.key),
    e.PersonKept: lambda x: T("kept the particulars of {person}, encrypted", person=x.person),
    e.PersonErased: lambda x: T("erased the particulars of {person}: {reason}", person=x.person, reason=x.reason),
    e.EntityEnrolled: lambda x: T("enrolled {name} in {groups}", name=x.name, groups=", ".join(x.groups) or "-"),
    e.OfficerAppointed: lambda x: T("appointed {person} as {duty}", person=x.person, duty=x.duty),
    e.OfficerHandedOver: lambda x: T(
        "{duty} went from {old} to {person}: {reason}", duty=x.duty, old=x.from_person, person=x.person, reason=x.reason
    ),
    e.TaskForceEstablished: lambda x: T("set up the task force {name}", name=x.name),
    e.SurveyRecorded: lambda x: (
        T("recorded the survey: {figures}", figures=_figures(x.baseline))
        if x.baseline
        else T("recorded the survey, without figures")
    ),
    e.IndicatorsBrokenDown: lambda x: T("broke down the indicators {items}", items=", ".join(x.indicators)),
    e.TasksDefined: lambda x: T("tasks defined: {number}", number=len(x.tasks)),
    e.MeasuresDrawnUp: lambda x: T("measures drawn up: {number}", number=len(x.measures)),
    e.TargetProposed: lambda x: T("proposed the target {target}", target=_target(x.target)),
    e.TargetReviewed: lambda x: _review(x.target, x.opinion, favourable=x.favourable),
    e.TargetFixed: lambda x: T("fixed the target {target}", target=_target(x.target)),
    e.TargetRevised: lambda x: T("revised the target {target}: {reason}", target=_target(x.target), reason=x.reason),
    e.TaskStatementIssued: lambda x: T("handed down task statement {letter}", letter=x.letter),
    e.TaskStatementReceived: lambda x: T("received task statement {letter}", letter=x.letter),
    e.ResponsibilityLetterIssued: _letter,
    e.ResponsibilityLetterSigned: lambda x: T(
        "{signer} signed responsibility letter {letter} for {party} with {other}",
        signer=x.signer,
        letter=x.letter,
        party=x.on_behalf_of,
        other=x.countersigner,
    ),
    e.PhaseMoved: _moved,
    e.GateWaived: lambda x: T("waived the gate {gate}: {reason}", gate=x.gate, reason=x.reason),
    e.ReportSubmitted: lambda x: T(
        "reported {obligation} {period}: {figures}",
        obligation=x.obligation,
        period=x.period,
        figures=_figures(x.figures) or "-",
    ),
    e.ReportCorrected: lambda x: T(
        "corrected {report} to {figures}: {reason}", report=x.report, figures=_figures(x.figures), reason=x.reason
    ),
    e.ReportVerified: lambda x: T("verified {report}", report=x.report),
    e.ReportReturned: lambda x: T("sent {report} back: {reason}", report=x.report, reason=x.reason),
    e.PeriodExtended: lambda x: T(
        "extended {obligation} {period} to {day}: {reason}",
        obligation=x.obligation,
        period=x.period,
        day=x.until,
        reason=x.reason,
    ),
    e.PeriodWaived: lambda x: T(
        "waived {obligation} {period}: {reason}", obligation=x.obligation, period=x.period, reason=x.reason
    ),
    e.PeriodSignedOff: lambda x: T("signed off {obligation} {period}", obligation=x.obligation, period=x.period),
    e.PeriodReopened: lambda x: T(
        "reopened {obligation} {period}: {reason}", obligation=x.obligation, period=x.period, reason=x.reason
    ),
    e.CheckRecorded: lambda x: T(
        "checked {obligation} {period} as {check}, {outcome}: {note}",
        obligation=x.obligation,
        period=x.period,
        check=x.check,
        outcome=x.outcome,
        note=x.note,
    ),
    e.CheckFollowedUp: lambda x: T(
        "followed up {check}, {outcome}: {note}", check=x.check, outcome=x.outcome, note=x.note
    ),
    e.EntryOpened: lambda x: T(
        "opened {entry} in the register {register}: {title}", entry=x.entry, register=x.register, title=x.title
    ),
    e.EntryAssigned: lambda x: T("assigned {entry} to {body}", entry=x.entry, body=x.responsible or "-"),
    e.EntryDone: lambda x: T("settled {entry}: {outcome}", entry=x.entry, outcome=x.outcome),
    e.EntryReopened: lambda x: T("reopened {entry}: {reason}", entry=x.entry, reason=x.reason),
    e.FindingRaised: lambda x: T("raised {finding}, {kind}: {text}", finding=x.finding, kind=x.kind, text=x.statement),
    e.FindingExplained: lambda x: T("explained {finding}: {text}", finding=x.finding, text=x.explanation),
    e.FindingResolved: lambda x: T(
        "resolved {finding} as {outcome}: {reason}", finding=x.finding, outcome=x.outcome, reason=x.reason
    ),
    e.OperatingStatusChanged: lambda x: T("is {status} now: {reason}", status=x.status, reason=x.reason),
    e.OperationRestarted: lambda x: T("started again for {market}", market=x.market),
    e.StatisticalExitRecorded: lambda x: T(
        "left the statistics on {day} as {kind}: {reason}", day=x.exit_on, kind=x.kind, reason=x.reason
    ),
    e.ProjectRegistered: lambda x: T("registered the project {name} of {entity}", name=x.name, entity=x.entity),
    e.ProjectSelected: lambda x: T("selected the project: {criterion}", criterion=x.criterion),
    e.ProjectMilestoneReached: _milestone,
}
"""One sentence a fact; a test holds this table to the registry of topics."""
