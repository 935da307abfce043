"""Meetings: called, moved with the old date still visible, held (R-15)."""

from datetime import date

import msgspec
import pytest
from domain.playing import ADOPTED, OPENED, TODAY, Given, answer, campaign_after, codes, remedied

from campaign.domain.commands import Command, HoldMeeting, RescheduleMeeting, ScheduleMeeting
from campaign.domain.events import Event, MeetingHeld, MeetingRescheduled, MeetingScheduled

D1, D2, D3 = date(2031, 5, 6), date(2031, 5, 8), date(2031, 5, 9)
CALLED = MeetingScheduled("m1", "mobilization", "Rally", D1, "the office", "hall")
MOVED = MeetingRescheduled("m1", D1, D2, "storm")
HELD = MeetingHeld("m1", D2, ("t1",), ("go",))
OPEN = (OPENED, ADOPTED)
SCHEDULE = ScheduleMeeting("m1", "mobilization", "Rally", D1, "the office", "hall")


@pytest.mark.parametrize(
    ("given", "command", "then"),
    [
        (OPEN, SCHEDULE, CALLED),
        ((*OPEN, CALLED), RescheduleMeeting("m1", D2, "storm"), MOVED),
        ((*OPEN, CALLED, MOVED), RescheduleMeeting("m1", D1, "sun"), MeetingRescheduled("m1", D2, D1, "sun")),
        ((*OPEN, CALLED, MOVED), HoldMeeting("m1", D2, ("t1",), ("go",)), HELD),
        ((*OPEN, CALLED), HoldMeeting("m1", D1), MeetingHeld("m1", D1, (), ())),
    ],
    ids=["called", "moved", "moved back", "held on its new day", "held on its day"],
)
def test_accepted(given: Given, command: Command, then: Event) -> None:
    assert answer(given, command) == (then,)


@pytest.mark.parametrize(
    ("given", "command", "why"),
    [
        ((*OPEN, CALLED), SCHEDULE, ["meeting-exists"]),
        (
            OPEN,
            ScheduleMeeting("", " ", "", D1, ""),
            ["text-missing"] * 4,
        ),
        (OPEN, RescheduleMeeting("m1", D2, "storm"), ["meeting-unknown"]),
        ((*OPEN, CALLED), RescheduleMeeting("m1", D1, "storm"), ["nothing-changes"]),
        ((*OPEN, CALLED), RescheduleMeeting("m1", D2, " "), ["text-missing"]),
        ((*OPEN, CALLED, MOVED, HELD), RescheduleMeeting("m1", D3, "again"), ["meeting-held"]),
        (OPEN, HoldMeeting("m1", D1), ["meeting-unknown"]),
        ((*OPEN, CALLED, MOVED, HELD), HoldMeeting("m1", D2), ["meeting-held"]),
        ((*OPEN, CALLED), HoldMeeting("m1", D2), ["meeting-on-another-day"]),
        (
            (*OPEN, CALLED),
            HoldMeeting("m1", date(2031, 6, 1), ("t1", "t1"), ("",)),
            ["not-yet-true", "meeting-on-another-day", "listed-twice", "text-missing"],
        ),
    ],
    ids=[
        "called twice",
        "called without particulars",
        "an unknown one moved",
        "moved to its own day",
        "moved without a reason",
        "moved after it was held",
        "an unknown one held",
        "held twice",
        "held on a day it was not moved to",
        "held tomorrow with double guests and an empty decision",
    ],
)
def test_refused(given: Given, command: Command, why: list[str]) -> None:
    outcome = answer(given, command)
    assert codes(outcome) == why
    assert remedied(outcome)


def test_every_date_a_meeting_had_stays_visible() -> None:
    meeting = campaign_after(*OPEN, CALLED, MOVED, HELD).meetings["m1"]
    assert meeting.dates == (D1, D2)
    assert (meeting.held_on, meeting.attendees, meeting.decisions, meeting.position) == (D2, ("t1",), ("go",), 30)
    assert meeting.convener == "the office"


def test_holding_a_meeting_on_another_day_names_the_remedy() -> None:
    outcome = answer((*OPEN, CALLED), HoldMeeting("m1", TODAY))
    assert "reschedule it to 2031-05-20 first" in str(outcome)


def test_a_meeting_may_be_scheduled_ahead() -> None:
    ahead = msgspec.structs.replace(SCHEDULE, scheduled_on=date(2032, 1, 1))
    assert codes(answer(OPEN, ahead)) == []
