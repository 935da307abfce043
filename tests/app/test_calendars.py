"""Calendars through the app: what was adopted and called, for everybody or for one entity."""

from datetime import date
from pathlib import Path

import pytest
from app.drives import ADA, adopt, begun, drive, must, on

from campaign.app.calendars import exported, working_days
from campaign.app.handle import handle
from campaign.app.session import Settings, open_session
from campaign.domain import commands as c
from campaign.problems import Problems


def test_a_meeting_that_was_moved_stands_on_its_last_day(tmp_path: Path) -> None:
    session = begun(drive(tmp_path / "a"))
    assert b"DTSTART;VALUE=DATE:20310601" in exported(session)
    call = c.ScheduleMeeting("kick-off", "start", "Kick-off", date(2031, 6, 1), "p-ada")
    must(handle(session, [call, c.RescheduleMeeting("kick-off", date(2031, 6, 3), "rain")], ADA))
    assert b"DTSTART;VALUE=DATE:20310603" in exported(session)


def test_a_held_entity_keeps_its_days_and_a_mark_given_its_deadline(tmp_path: Path) -> None:
    session = begun(drive(tmp_path / "a"))
    on(session, 3, 10)
    must(adopt(session, drive(tmp_path / "b", "weekday: 4, from: 2031-03-01, to: 2031-05-31"), keep=("north",)))
    north, south = exported(session, "north"), exported(session, "south")
    assert b"20310314T235900" in north
    assert b"20310313T235900" not in north
    assert b"20310313T235900" in south
    assert b"20310307T235900" in south


def test_an_entity_that_is_not_there_and_a_store_without_a_definition_are_named(tmp_path: Path) -> None:
    with pytest.raises(Problems, match="did you mean north"):
        exported(begun(drive(tmp_path / "a")), "nort")
    with pytest.raises(Problems, match="no-definition"):
        exported(open_session(Settings(":memory:"), write=True))


def test_the_version_of_a_published_calendar_is_its_years_by_default() -> None:
    assert "  version: 2005-2006\n" in working_days((2006, 2005))
    assert "  version: autumn\n" in working_days((2005,), "autumn")
