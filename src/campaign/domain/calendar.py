"""Working days: weekends, holidays and swapped workdays (调休), in the version that was adopted (R-60)."""

from datetime import date, timedelta
from functools import lru_cache
from typing import assert_never

from campaign.domain.definition import CalendarPart, Roll

DAY = timedelta(days=1)
SATURDAY = 5


class Calendar:
    """The working days of one version of the calendar; made by `calendar_of`."""

    __slots__ = ("_rests", "_works", "_years", "version")

    def __init__(self, part: CalendarPart) -> None:
        """Read the calendar as adopted; a swapped workday wins over a weekend and over a holiday."""
        self.version = part.version
        self._rests = tuple((rest.from_, rest.to) for rest in part.rest_days)
        self._works = frozenset(part.work_days)
        self._years = frozenset(part.published_years)

    def is_working(self, day: date) -> bool:
        """Whether people work on DAY."""
        if day in self._works:
            return True
        return day.weekday() < SATURDAY and not any(first <= day <= last for first, last in self._rests)

    def roll(self, day: date, roll: Roll) -> date:
        """Move DAY off a rest day as ROLL says; a working day stays where it is."""
        match roll:
            case Roll.NONE:
                return day
            case Roll.NEXT:
                return self._walk(day, DAY)
            case Roll.PREVIOUS:
                return self._walk(day, -DAY)
            case _:
                assert_never(roll)

    def _walk(self, day: date, step: timedelta) -> date:
        while not self.is_working(day):
            day += step
        return day

    def working_days(self, from_: date, to: date) -> int:
        """Count the working days from FROM_ to TO, both included; none when TO lies before FROM_."""
        return sum(self.is_working(from_ + number * DAY) for number in range((to - from_).days + 1))

    def provisional(self, year: int) -> bool:
        """Whether the holidays of YEAR were not yet published when this version was adopted."""
        return year not in self._years


@lru_cache(maxsize=64)
def calendar_of(part: CalendarPart) -> Calendar:
    """Return the calendar that PART describes, the same object for the same part."""
    return Calendar(part)
