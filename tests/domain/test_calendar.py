"""Working days: the golden dates of 2005, and what holds for every calendar."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.domain.calendar import DAY, Calendar, calendar_of
from campaign.domain.definition import CalendarPart, RestDays, Roll

AT_THE_START = CalendarPart(
    version="2005-08",
    rest_days=(RestDays(date(2005, 10, 1), date(2005, 10, 7), "国庆节"),),
    work_days=(date(2005, 10, 8), date(2005, 10, 9)),
    published_years=(2005,),
)
LATER = CalendarPart(
    version="2005-12",
    rest_days=(*AT_THE_START.rest_days, RestDays(date(2006, 1, 1), date(2006, 1, 3), "元旦")),
    work_days=(*AT_THE_START.work_days, date(2005, 12, 31)),
    published_years=(2005, 2006),
)


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2005, 8, 17), True),
        (date(2005, 8, 20), False),  # a Saturday
        (date(2005, 8, 21), False),  # a Sunday
        (date(2005, 10, 7), False),  # a Friday of the National Day week
        (date(2005, 10, 8), True),  # a Saturday worked in exchange
        (date(2005, 10, 9), True),  # a Sunday worked in exchange
        (date(2005, 10, 15), False),
    ],
)
def test_rest_days_and_swapped_workdays_of_2005(day: date, working: bool) -> None:  # noqa: FBT001 -- a table's column
    assert calendar_of(AT_THE_START).is_working(day) is working


@pytest.mark.parametrize(
    ("day", "working"),
    [(11, True), (12, False), (13, False), (14, False), (15, True)],
    ids=["the day before", "the first", "between", "the last", "the day after"],
)
def test_a_rest_lasts_from_its_first_day_to_its_last(day: int, working: bool) -> None:  # noqa: FBT001 -- a table's column
    """From a Tuesday to a Thursday, so that no weekend hides its ends."""
    week = CalendarPart(version="1", rest_days=(RestDays(date(2005, 7, 12), date(2005, 7, 14), "假"),))
    assert calendar_of(week).is_working(date(2005, 7, day)) is working


@pytest.mark.parametrize(
    ("day", "roll", "rolled"),
    [
        (date(2005, 10, 7), Roll.NEXT, date(2005, 10, 8)),
        (date(2005, 10, 7), Roll.PREVIOUS, date(2005, 9, 30)),
        (date(2005, 10, 7), Roll.NONE, date(2005, 10, 7)),
        (date(2005, 10, 15), Roll.NEXT, date(2005, 10, 17)),
        (date(2005, 10, 15), Roll.PREVIOUS, date(2005, 10, 14)),
        (date(2005, 8, 31), Roll.NEXT, date(2005, 8, 31)),
        (date(2005, 12, 31), Roll.NEXT, date(2006, 1, 2)),
        (date(2005, 12, 31), Roll.PREVIOUS, date(2005, 12, 30)),
    ],
)
def test_a_rest_day_rolls_as_the_rule_says(day: date, roll: Roll, rolled: date) -> None:
    assert calendar_of(AT_THE_START).roll(day, roll) == rolled


def test_the_survey_has_four_working_days() -> None:
    assert calendar_of(AT_THE_START).working_days(date(2005, 8, 17), date(2005, 8, 22)) == 4


def test_the_last_day_of_2005_is_worked_only_since_the_later_notice() -> None:
    december = date(2005, 12, 1), date(2005, 12, 31)
    assert calendar_of(AT_THE_START).working_days(*december) == 22
    assert calendar_of(LATER).working_days(*december) == 23
    assert calendar_of(LATER).roll(date(2005, 12, 31), Roll.NEXT) == date(2005, 12, 31)
    assert calendar_of(LATER).roll(date(2006, 1, 1), Roll.NEXT) == date(2006, 1, 4)


def test_a_year_is_provisional_until_it_is_published() -> None:
    assert [calendar_of(AT_THE_START).provisional(year) for year in (2004, 2005, 2006)] == [True, False, True]
    assert not calendar_of(LATER).provisional(2006)


def test_no_days_lie_between_a_day_and_an_earlier_one() -> None:
    assert calendar_of(LATER).working_days(date(2005, 8, 22), date(2005, 8, 17)) == 0


def test_the_same_part_gives_the_same_calendar() -> None:
    assert calendar_of(LATER) is calendar_of(LATER)
    assert calendar_of(LATER).version == "2005-12"


DAYS = st.dates(date(2004, 1, 1), date(2007, 12, 31))
PARTS = st.builds(
    CalendarPart,
    version=st.just("any"),
    rest_days=st.lists(
        st.tuples(DAYS, st.integers(0, 20)).map(lambda pair: RestDays(pair[0], pair[0] + timedelta(days=pair[1]))),
        max_size=4,
    ).map(tuple),
    work_days=st.lists(DAYS, max_size=6).map(tuple),
)


@given(PARTS, DAYS)
def test_a_rolled_day_is_worked_and_everything_passed_over_is_not(part: CalendarPart, day: date) -> None:
    calendar = Calendar(part)
    after, before = calendar.roll(day, Roll.NEXT), calendar.roll(day, Roll.PREVIOUS)
    assert before <= day <= after
    assert calendar.is_working(after)
    assert calendar.is_working(before)
    passed = {day + number * DAY for number in range((after - day).days)}
    passed |= {day - number * DAY for number in range((day - before).days)}
    assert not any(map(calendar.is_working, passed))


@given(PARTS, DAYS, DAYS)
def test_rolling_keeps_the_order_of_days(part: CalendarPart, one: date, other: date) -> None:
    calendar = Calendar(part)
    first, last = sorted((one, other))
    for roll in Roll:
        assert calendar.roll(first, roll) <= calendar.roll(last, roll)


@given(PARTS, DAYS, st.integers(0, 40), st.integers(0, 40))
def test_working_days_of_two_adjoining_spans_add_up(part: CalendarPart, day: date, one: int, other: int) -> None:
    calendar = Calendar(part)
    middle, end = day + one * DAY, day + (one + other) * DAY
    parts = calendar.working_days(day, middle) + calendar.working_days(middle + DAY, end)
    assert parts == calendar.working_days(day, end)
