"""Functions on dates, times and durations, as chapter 10.3.4 of DMN 1.5 lists them."""

import datetime as dt
from decimal import Decimal

from campaign.files import feel_dates as dates
from campaign.files.feel_functions import builtin, whole
from campaign.files.feel_values import NUMBERS, FeelValue, Months, Unsupported, kind, microseconds, same

PARTS = 3
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
FIRST_HALF = ("January", "February", "March", "April", "May", "June")
MONTHS = (*FIRST_HALF, "July", "August", "September", "October", "November", "December")


@builtin("date", "from: string")
def date(text: str) -> FeelValue:
    """Read a date."""
    return dates.parse_date(text)


@builtin("date", "from: date")
def date_of(value: dt.date) -> FeelValue:
    """Return the date of a date and time."""
    return value.date() if isinstance(value, dt.datetime) else value


@builtin("date", "year: number, month: number, day: number")
def date_from(year: Decimal, month: Decimal, day: Decimal) -> FeelValue:
    """Make a date of its numbers."""
    parts = [part for part in map(whole, (year, month, day)) if part is not None]
    if len(parts) < PARTS:
        return None
    if not dt.MINYEAR <= parts[0] <= dt.MAXYEAR:
        raise Unsupported(f"the year {year}")
    try:
        return dt.date(*parts)
    except (ValueError, OverflowError):
        return None


@builtin("time", "from: string")
def time(text: str) -> FeelValue:
    """Read a time."""
    return dates.parse_time(text)


@builtin("time", "from: clock")
def time_of(value: dt.time | dt.datetime) -> FeelValue:
    """Return the time of a date and time."""
    return value.timetz() if isinstance(value, dt.datetime) else value


@builtin("time", "from: date")
def time_of_day(_: dt.date) -> FeelValue:
    """Return the midnight of a date, in universal time."""
    return dt.time(tzinfo=dt.UTC)


@builtin("time", "hour: number, minute: number, second: number, offset?: days and time duration?")
def time_from(hour: Decimal, minute: Decimal, second: Decimal, offset: dt.timedelta | None = None) -> FeelValue:
    """Make a time of its numbers."""
    micro = whole(NUMBERS.multiply(second, Decimal(10**dates.FINEST)))
    clock, minutes = whole(hour), whole(minute)
    if micro is None or clock is None or minutes is None:
        return None
    seconds, fraction = divmod(micro, 10**dates.FINEST)
    try:
        zone = dt.timezone(offset) if offset is not None else None
        return dt.time(clock, minutes, seconds, fraction, zone)
    except (ValueError, OverflowError):
        return None


@builtin("date and time", "from: string")
def moment(text: str) -> FeelValue:
    """Read a date and time."""
    return dates.parse_moment(text)


@builtin("date and time", "date: date, time: time")
def moment_from(day: dt.date, at: dt.time) -> FeelValue:
    """Join a date and a time."""
    return dt.datetime.combine(day, at)


@builtin("duration", "from: string")
def duration(text: str) -> FeelValue:
    """Read a duration."""
    return dates.parse_duration(text)


@builtin("years and months duration", "from: point, to: point")
def months(first: dt.date, last: dt.date) -> FeelValue:
    """Return the whole months between two dates."""
    return dates.months_between(first, last)


@builtin("abs", "n: days and time duration")
def absolute_span(value: dt.timedelta) -> FeelValue:
    """Return a duration without its sign."""
    return abs(value)


@builtin("abs", "n: years and months duration")
def absolute_months(value: Months) -> FeelValue:
    """Return a duration without its sign."""
    return Months(abs(value.count))


@builtin("day of year", "date: date")
def day_of_year(value: dt.date) -> FeelValue:
    """Return the number of the day in its year."""
    return Decimal(value.timetuple().tm_yday)


@builtin("day of week", "date: date")
def day_of_week(value: dt.date) -> FeelValue:
    """Return the day's English name."""
    return WEEKDAYS[value.weekday()]


@builtin("month of year", "date: date")
def month_of_year(value: dt.date) -> FeelValue:
    """Return the month's English name."""
    return MONTHS[value.month - 1]


@builtin("week of year", "date: date")
def week_of_year(value: dt.date) -> FeelValue:
    """Return the number of the week by ISO 8601."""
    return Decimal(value.isocalendar().week)


@builtin("is", "value1: any, value2: any")
def identical(left: FeelValue, right: FeelValue) -> FeelValue:
    """Return whether two values are the same, time zones included."""
    zones = [getattr(value, "tzinfo", None) for value in (left, right)]
    offsets = [value.utcoffset() if isinstance(value, dt.time | dt.datetime) else None for value in (left, right)]
    alike = [
        str(zone) if offset is None else str(microseconds(offset)) for zone, offset in zip(zones, offsets, strict=True)
    ]
    return kind(left) == kind(right) and alike[0] == alike[1] and same(left, right)
