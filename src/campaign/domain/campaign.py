"""campaign:KEY - the campaign's own facts: definition, scheme, meetings, runs, awards, individuals, summary, close."""

import re
from collections.abc import Iterator
from typing import TypeAlias, assert_never, cast

import msgspec

from campaign.domain import adoption, awards, bulletins, custody, individuals, meetings, notices, periods, schemes
from campaign.domain import commands as c
from campaign.domain import events as e
from campaign.domain.bounds import happened, open_now
from campaign.domain.commands import Asked, CampaignCommand
from campaign.domain.events import Recorded
from campaign.domain.situation import Decision, blanks, nothing_changes, problem, settle
from campaign.domain.state import CampaignState, Context
from campaign.problems import Problem, Refused, T

INITIAL = CampaignState()
SHA256 = re.compile(r"[0-9a-f]{64}")

CampaignEvent: TypeAlias = (
    e.CampaignOpened
    | e.DefinitionAdopted
    | e.DefinitionProposed
    | e.SchemeAdopted
    | e.MeetingScheduled
    | e.MeetingRescheduled
    | e.MeetingHeld
    | e.AssessmentRecorded
    | e.AwardProposed
    | e.AwardApproved
    | e.AwardRejected
    | e.EntityCommended
    | e.IndividualNominated
    | e.IndividualReviewed
    | e.IndividualDecided
    | e.BulletinPublished
    | e.BulletinCorrected
    | e.PeriodOpened
    | e.PeriodClosed
    | e.NoticeTaken
    | e.NoticeDelivered
    | e.NoticeFailed
    | e.SummaryRecorded
    | e.CampaignClosed
    | e.LogKeyRotated
    | e.PersonKept
    | e.PersonErased
)
Intent: TypeAlias = (
    c.AdoptDefinition
    | c.AdoptTeamFile
    | c.ProposeDefinition
    | c.AdoptScheme
    | c.ScheduleMeeting
    | c.RescheduleMeeting
    | c.HoldMeeting
    | c.RecordAssessment
    | c.ProposeAward
    | c.ApproveAward
    | c.RejectAward
    | c.CommendEntity
    | c.NominateIndividual
    | c.ReviewIndividual
    | c.DecideIndividual
    | c.PublishBulletin
    | c.CorrectBulletin
    | c.OpenPeriod
    | c.ClosePeriod
    | c.TakeNotice
    | c.SettleNotice
    | c.RecordSummary
    | c.CloseCampaign
    | c.RotateLogKey
    | c.KeepPerson
    | c.ErasePerson
)
AFTER_THE_END = (c.RotateLogKey, c.KeepPerson, c.ErasePerson, c.AdoptDefinition, c.ProposeDefinition)
"""Custody goes on when the campaign is closed: its log is kept, persons may still ask to be forgotten, and a definition
that changes nothing but who may come in is adopted, so that an auditor of years later can be let in.
"""


def evolve(state: CampaignState, record: Recorded) -> CampaignState:
    """Fold one record of the stream."""
    state = msgspec.structs.replace(state, version=record.version)
    return _fold(state, cast("CampaignEvent", record.event), record)


def _fold(state: CampaignState, event: CampaignEvent, record: Recorded) -> CampaignState:  # noqa: C901, PLR0911, PLR0912 -- one line an event, and nothing else
    match event:
        case e.CampaignOpened():
            return adoption.opened(state, event)
        case e.DefinitionAdopted():
            return adoption.definition_adopted(state, event, record)
        case e.DefinitionProposed():
            return adoption.definition_proposed(state, event, record)
        case e.SchemeAdopted():
            return schemes.scheme_adopted(state, event, record)
        case e.MeetingScheduled():
            return meetings.scheduled(state, event, record)
        case e.MeetingRescheduled():
            return meetings.rescheduled(state, event)
        case e.MeetingHeld():
            return meetings.held(state, event)
        case e.AssessmentRecorded():
            return schemes.recorded(state, event, record)
        case e.AwardProposed():
            return awards.proposed(state, event, record)
        case e.AwardApproved():
            return awards.approved(state, event, record)
        case e.AwardRejected():
            return awards.rejected(state, event, record)
        case e.EntityCommended():
            return awards.commended(state, event, record)
        case e.IndividualNominated():
            return individuals.nominated(state, event, record)
        case e.IndividualReviewed():
            return individuals.reviewed(state, event, record)
        case e.IndividualDecided():
            return individuals.decided(state, event)
        case e.BulletinPublished():
            return bulletins.published(state, event, record)
        case e.BulletinCorrected():
            return bulletins.corrected(state, event, record)
        case e.PeriodOpened():
            return periods.opened(state, event, record)
        case e.PeriodClosed():
            return periods.closed(state, event, record)
        case e.NoticeTaken():
            return notices.taken(state, event, record)
        case e.NoticeDelivered():
            return notices.delivered(state, event, record)
        case e.NoticeFailed():
            return notices.failed(state, event, record)
        case e.SummaryRecorded():
            return msgspec.structs.replace(state, summary=event.sha256)
        case e.CampaignClosed():
            return msgspec.structs.replace(state, closed=True)
        case e.LogKeyRotated():
            return custody.rotated(state, event)
        case e.PersonKept():
            return custody.kept(state, event)
        case e.PersonErased():
            return custody.erased(state, event)
        case _:
            assert_never(event)


def decide(command: CampaignCommand, state: CampaignState, context: Context, asked: Asked) -> Decision:
    """Answer a command with events or every reason against it."""
    if isinstance(command, c.OpenCampaign):
        return adoption.open_campaign(command, state, context, asked)
    ended = state.closed and isinstance(command, AFTER_THE_END)
    against = (*(() if ended else open_now(state)), *happened(asked))
    if against:
        return Refused(against)
    return _dispatch(cast("Intent", command), state, context, asked)


def _dispatch(intent: Intent, state: CampaignState, context: Context, asked: Asked) -> Decision:  # noqa: C901, PLR0911, PLR0912 -- one line a command, and nothing else
    match intent:
        case c.AdoptDefinition():
            return adoption.adopt_definition(intent, state, context, asked)
        case c.AdoptTeamFile():
            return adoption.adopt_team_file(intent, state, context, asked)
        case c.ProposeDefinition():
            return adoption.propose(intent, state, context, asked)
        case c.AdoptScheme():
            return schemes.adopt_scheme(intent, state, context, asked)
        case c.ScheduleMeeting():
            return meetings.schedule(intent, state, context, asked)
        case c.RescheduleMeeting():
            return meetings.reschedule(intent, state, context, asked)
        case c.HoldMeeting():
            return meetings.hold(intent, state, context, asked)
        case c.RecordAssessment():
            return schemes.record(intent, state, context, asked)
        case c.ProposeAward():
            return awards.propose(intent, state, context, asked)
        case c.ApproveAward():
            return awards.approve(intent, state, context, asked)
        case c.RejectAward():
            return awards.reject(intent, state, context, asked)
        case c.CommendEntity():
            return awards.commend(intent, state, context, asked)
        case c.NominateIndividual():
            return individuals.nominate(intent, state, context, asked)
        case c.ReviewIndividual():
            return individuals.review(intent, state, context, asked)
        case c.DecideIndividual():
            return individuals.decide(intent, state, context, asked)
        case c.PublishBulletin():
            return bulletins.publish(intent, state, context, asked)
        case c.CorrectBulletin():
            return bulletins.correct(intent, state, context, asked)
        case c.OpenPeriod():
            return periods.open_period(intent, state, context, asked)
        case c.ClosePeriod():
            return periods.close_period(intent, state, context, asked)
        case c.TakeNotice():
            return notices.take(intent, state, context, asked)
        case c.SettleNotice():
            return notices.settle_notice(intent, state, context, asked)
        case c.RecordSummary():
            return summarise(intent, state, context, asked)
        case c.CloseCampaign():
            return close(intent, state, context, asked)
        case c.RotateLogKey():
            return custody.rotate(intent, state, context, asked)
        case c.KeepPerson():
            return custody.keep(intent, state, context, asked)
        case c.ErasePerson():
            return custody.erase(intent, state, context, asked)
        case _:
            assert_never(intent)


def summarise(command: c.RecordSummary, state: CampaignState, _context: Context, _asked: Asked) -> Decision:
    """Record the summary document by its hash (R-44); a later one takes its place."""
    if command.sha256 == state.summary:
        return nothing_changes(T("this summary is the recorded one"))
    reasons = [*blanks(title=command.title, conclusion=command.conclusion), *_hash(command.sha256)]
    return settle(reasons, e.SummaryRecorded(command.title, command.sha256, command.conclusion))


def _hash(text: str) -> Iterator[Problem]:
    if not SHA256.fullmatch(text):
        message = T("{text} is not a sha256", text=text)
        yield problem("hash-malformed", message, T("give 64 digits and letters a-f"), field="sha256")


def close(command: c.CloseCampaign, state: CampaignState, _context: Context, _asked: Asked) -> Decision:
    """Close the campaign once its summary is recorded and nothing put forward waits: afterwards nothing is (R-44)."""
    reasons = [
        *_summarised(state),
        *awards.undecided(state),
        *individuals.undecided(state),
        *blanks(reason=command.reason),
    ]
    return settle(reasons, e.CampaignClosed(command.reason))


def _summarised(state: CampaignState) -> Iterator[Problem]:
    if not state.summary:
        message = T("the campaign has no summary yet")
        yield problem("summary-missing", message, T("record it with `campaign summarise`"), rule="R-44")
