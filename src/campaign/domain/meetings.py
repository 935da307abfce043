"""Meetings (R-15): called, moved with a reason while the old dates stay visible, held."""

from collections.abc import Iterator

import msgspec

from campaign.domain.bounds import happened
from campaign.domain.commands import Asked, HoldMeeting, RescheduleMeeting, ScheduleMeeting
from campaign.domain.events import MeetingHeld, MeetingRescheduled, MeetingScheduled, Recorded
from campaign.domain.situation import Decision, blanks, nothing_changes, problem, repeats, settle, unknown
from campaign.domain.state import CampaignState, Context, Meeting
from campaign.problems import Problem, Refused, T, refuse


def schedule(command: ScheduleMeeting, state: CampaignState, _context: Context, _asked: Asked) -> Decision:
    """Call a meeting under an id of its own."""
    if command.meeting in state.meetings:
        message = T("the meeting {meeting} is scheduled already", meeting=command.meeting)
        return refuse("meeting-exists", message, T("reschedule it, or choose another id"), field="meeting")
    event = MeetingScheduled(
        command.meeting, command.kind, command.title, command.scheduled_on, command.convener, command.place
    )
    filled = blanks(meeting=command.meeting, kind=command.kind, title=command.title, convener=command.convener)
    return settle(filled, event)


def reschedule(command: RescheduleMeeting, state: CampaignState, _context: Context, _asked: Asked) -> Decision:
    """Move a meeting that was not held yet to another day, with a reason."""
    meeting = _pending(command.meeting, state)
    if isinstance(meeting, Refused):
        return meeting
    was_on = meeting.dates[-1]
    if command.scheduled_on == was_on:
        return nothing_changes(T("the meeting is on {day} already", day=was_on))
    event = MeetingRescheduled(command.meeting, was_on, command.scheduled_on, command.reason)
    return settle(blanks(reason=command.reason), event)


def hold(command: HoldMeeting, state: CampaignState, _context: Context, asked: Asked) -> Decision:
    """Record that a meeting took place on the day it was scheduled for, with who came and what was decided."""
    meeting = _pending(command.meeting, state)
    if isinstance(meeting, Refused):
        return meeting
    reasons = [
        *happened(asked, held_on=command.held_on),
        *_as_scheduled(command, meeting),
        *repeats("attendees", command.attendees),
        *repeats("decisions", command.decisions),
    ]
    event = MeetingHeld(command.meeting, command.held_on, command.attendees, command.decisions)
    return settle(reasons, event)


def _pending(name: str, state: CampaignState) -> Meeting | Refused:
    meeting = state.meetings.get(name)
    if meeting is None:
        return Refused((unknown("meeting-unknown", "meeting", name, state.meetings),))
    if meeting.held_on is not None:
        message = T("the meeting {meeting} was held on {day}", meeting=name, day=meeting.held_on)
        return refuse("meeting-held", message, T("schedule another one"), field="meeting")
    return meeting


def _as_scheduled(command: HoldMeeting, meeting: Meeting) -> Iterator[Problem]:
    due = meeting.dates[-1]
    if command.held_on != due:
        message = T("the meeting is scheduled for {due}, not for {held}", due=due, held=command.held_on)
        fix = T("reschedule it to {held} first, with the reason", held=command.held_on)
        yield problem("meeting-on-another-day", message, fix, field="held_on", rule="R-15")


def scheduled(state: CampaignState, event: MeetingScheduled, record: Recorded) -> CampaignState:
    """Fold a call."""
    dates = (event.scheduled_on,)
    return _put(state, Meeting(event.meeting, event.kind, event.title, dates, event.convener, record.position))


def rescheduled(state: CampaignState, event: MeetingRescheduled) -> CampaignState:
    """Fold a move: the new date comes last, the old ones stay."""
    meeting = state.meetings[event.meeting]
    return _put(state, msgspec.structs.replace(meeting, dates=(*meeting.dates, event.scheduled_on)))


def held(state: CampaignState, event: MeetingHeld) -> CampaignState:
    """Fold what came of it."""
    meeting = msgspec.structs.replace(
        state.meetings[event.meeting], held_on=event.held_on, attendees=event.attendees, decisions=event.decisions
    )
    return _put(state, meeting)


def _put(state: CampaignState, meeting: Meeting) -> CampaignState:
    return msgspec.structs.replace(state, meetings={**state.meetings, meeting.meeting: meeting})
