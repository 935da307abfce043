"""The campaign's dates as a calendar file: stable names, updates by sequence, what is gone is called off."""

import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
import msgspec
import pytest

from campaign.domain.definition import Definition
from campaign.domain.state import EntityState
from campaign.files import folder, ics
from campaign.files.ics import Issue
from campaign.problems import Problems

SHIPPED = folder.load(Path(__file__).parents[2] / "config").definition
AUGUST = datetime(2005, 8, 16, 1, tzinfo=UTC)
SIPING = EntityState(version=1, entity="220300", name="四平市", groups=("prefecture",))


def components(*definitions: Definition, state: EntityState | None = None) -> dict[str, icalendar.Event]:
    """Return the events of the file that DEFINITIONS, adopted a month apart, give, by UID; the file must parse."""
    issues = [Issue(found, AUGUST + timedelta(days=30 * number)) for number, found in enumerate(definitions)]
    calendar = icalendar.Calendar.from_ical(ics.write(issues, state))
    return {str(event["uid"]): event for event in calendar.walk("VEVENT")}


def moved(weekday: int) -> Definition:
    duties = tuple(
        msgspec.structs.replace(duty, weekday=weekday) if duty.id == "weekly_report" else duty
        for duty in SHIPPED.obligations
    )
    return msgspec.structs.replace(SHIPPED, obligations=duties)


def test_phases_are_whole_days_with_both_ends_and_deadlines_the_last_minute_in_the_campaign_s_zone() -> None:
    found = components(SHIPPED)
    survey = found["phase-survey@jilin-2005.campaign"]
    assert (survey.decoded("dtstart"), survey.decoded("dtend")) == (date(2005, 8, 17), date(2005, 8, 23))
    rolled = found["due-weekly_report-2005-W40@jilin-2005.campaign"].decoded("dtstart")
    assert rolled == datetime(2005, 10, 8, 23, 59, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert str(rolled.tzinfo) == "Asia/Shanghai"
    assert found["meeting-mobilization-meeting@jilin-2005.campaign"].decoded("dtstart") == date(2005, 8, 25)


def test_grace_counts_as_the_deadline() -> None:
    due = components(SHIPPED)["due-monthly_report-2005-09@jilin-2005.campaign"].decoded("dtstart")
    assert due.date() == date(2005, 10, 10)


def test_the_file_names_its_zone_and_the_same_issues_give_the_same_bytes() -> None:
    issues = [Issue(SHIPPED, AUGUST)]
    content = ics.write(issues)
    assert content == ics.write(issues)
    assert b"BEGIN:VTIMEZONE\r\nTZID:Asia/Shanghai" in content
    assert b"X-WR-TIMEZONE:Asia/Shanghai" in content
    assert max(map(len, content.split(b"\r\n"))) <= 75


def test_what_moves_keeps_its_name_and_raises_its_sequence_and_nothing_else_does() -> None:
    before, after = components(SHIPPED), components(SHIPPED, moved(4))
    assert before.keys() == after.keys()
    sequences = {uid: int(event["sequence"]) for uid, event in after.items()}
    assert {uid for uid, number in sequences.items() if number} == {
        uid
        for uid in after
        if uid.startswith("due-weekly_report") and before[uid]["dtstart"].dt != after[uid]["dtstart"].dt
    }
    changed = after["due-weekly_report-2005-W36@jilin-2005.campaign"]
    assert (int(changed["sequence"]), changed.decoded("dtstamp")) == (1, AUGUST + timedelta(days=30))
    assert (
        int(components(SHIPPED, moved(4), SHIPPED)["due-weekly_report-2005-W36@jilin-2005.campaign"]["sequence"]) == 2
    )


def test_what_is_gone_is_cancelled_once_and_may_come_back() -> None:
    without = msgspec.structs.replace(SHIPPED, meetings=())
    uid = "meeting-mobilization-meeting@jilin-2005.campaign"
    gone = components(SHIPPED, without, without)[uid]
    assert (str(gone["status"]), int(gone["sequence"])) == ("CANCELLED", 1)
    back = components(SHIPPED, without, SHIPPED)[uid]
    assert (str(back["status"]), int(back["sequence"])) == ("CONFIRMED", 2)


def test_an_entity_s_calendar_holds_what_it_owes_by_its_team_s_dates() -> None:
    found = components(SHIPPED, state=SIPING)
    assert found["phase-assessment@jilin-2005.campaign"].decoded("dtstart") == date(2005, 12, 20)
    assert "due-work_plan-once-220300@jilin-2005.campaign" in found
    assert not any("half_month_check" in uid for uid in found)
    assert "四平市" in str(found["due-weekly_report-2005-W36-220300@jilin-2005.campaign"]["summary"])


def test_without_the_package_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "icalendar", None)
    with pytest.raises(Problems, match=r"extra-missing .*pip install campaign\[calendar\]"):
        ics.write([Issue(SHIPPED, AUGUST)])
