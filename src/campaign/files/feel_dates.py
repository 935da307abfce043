"""Dates, times and durations of FEEL: their texts (XML Schema's) and their arithmetic, null where there is none."""

import calendar
import datetime as dt
import re
from decimal import Decimal

from campaign.files.feel_values import MICROSECOND, MONTHS_A_YEAR, NUMBERS, FeelValue, Months, Unsupported, microseconds

DATE = re.compile(r"(-?)([1-9][0-9]{4,8}|[0-9]{4})-([0-9]{2})-([0-9]{2})")
TIME = re.compile(
    r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?(Z|[+-][0-9]{2}:[0-9]{2}(?::[0-9]{2})?|@[A-Za-z0-9_/+-]+)?"
)
MONTHS = re.compile(r"(-?)P(?:([0-9]+)Y)?(?:([0-9]+)M)?")
SPAN = re.compile(r"(-?)P(?:([0-9]+)D)?(?:T(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+)(?:\.([0-9]+))?S)?)?")
FINEST = 6
HOURS, SECONDS, LONGEST_MONTH = 24, 60, 31
WIDEST_OFFSET = 14


def parse_date(text: str) -> dt.date | None:
    """Read `2005-08-17`; None where it is none. Raises Unsupported for years beyond 9999 or before 1."""
    match = DATE.fullmatch(text)
    if match is None:
        return None
    year, month, day = (int(part) for part in match.groups()[1:])
    if match.group(1) or not dt.MINYEAR <= year <= dt.MAXYEAR:
        if not (1 <= month <= MONTHS_A_YEAR and 1 <= day <= LONGEST_MONTH):
            return None
        raise Unsupported(f"the year of {text}")
    return _day(year, month, day)


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def parse_time(text: str) -> dt.time | None:
    """Read `10:30:00`, with a fraction, an offset or a zone; None where it is none. Raises Unsupported."""
    match = TIME.fullmatch(text)
    if match is None:
        return None
    hour, minute, second = (int(match.group(part)) for part in (1, 2, 3))
    fraction = match.group(4) or ""
    if len(fraction.rstrip("0")) > FINEST or (hour == HOURS and minute == second == 0):
        raise Unsupported(f"the time {text}")
    zone = _zone(match.group(5) or "")
    if hour >= HOURS or minute >= SECONDS or second >= SECONDS or zone is False:
        return None
    micro = int(fraction[:FINEST].ljust(FINEST, "0"))
    return dt.time(hour, minute, second, micro, zone if isinstance(zone, dt.tzinfo) else None)


def _zone(text: str) -> dt.tzinfo | bool | None:
    """Return the zone, None for none, False for one that does not exist."""
    if not text:
        return None
    if text == "Z":
        return dt.UTC
    if text.startswith("@"):
        import zoneinfo  # noqa: PLC0415 -- few models name a zone

        try:
            return zoneinfo.ZoneInfo(text[1:])
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            return False
    hours, minutes, *seconds = (int(part) for part in text[1:].split(":"))
    if hours > WIDEST_OFFSET or minutes >= SECONDS or any(second >= SECONDS for second in seconds):
        return False
    span = dt.timedelta(hours=hours, minutes=minutes, seconds=sum(seconds))
    return dt.timezone(-span if text[0] == "-" else span)


def parse_moment(text: str) -> dt.datetime | None:
    """Read `2005-08-17T10:30:00`, or a date alone as its midnight; None where it is none. Raises Unsupported."""
    day, mark, rest = text.partition("T")
    date = parse_date(day)
    time = parse_time(rest) if mark else dt.time()
    return None if date is None or time is None else dt.datetime.combine(date, time)


def parse_duration(text: str) -> Months | dt.timedelta | None:
    """Read `P1Y2M` or `P3DT4H`; None where it is none. Raises Unsupported for one too long or too fine."""
    match = MONTHS.fullmatch(text)
    if match and (match.group(2) or match.group(3)):
        count = int(match.group(2) or 0) * MONTHS_A_YEAR + int(match.group(3) or 0)
        return Months(-count if match.group(1) else count)
    match = SPAN.fullmatch(text)
    if not match or not any(match.groups()[1:]) or text.endswith("T"):
        return None
    days, hours, minutes, seconds = (int(match.group(part) or 0) for part in (2, 3, 4, 5))
    fraction = match.group(6) or ""
    if len(fraction.rstrip("0")) > FINEST:
        raise Unsupported(f"the duration {text}")
    micro = ((days * 24 + hours) * 3600 + minutes * 60 + seconds) * 10**FINEST + int(
        fraction[:FINEST].ljust(FINEST, "0")
    )
    return span(-micro if match.group(1) else micro)


def span(micro: int) -> dt.timedelta:
    """Return the duration of that many microseconds. Raises Unsupported beyond what can be held."""
    try:
        return micro * MICROSECOND
    except OverflowError:
        raise Unsupported("a duration of more than 2 million years") from None


def parse_temporal(text: str) -> FeelValue:
    """Read any of the above, as `@"…"` does."""
    for reader in (parse_date, parse_time, parse_duration):
        value = reader(text)
        if value is not None:
            return value
    return parse_moment(text)


def told(value: FeelValue) -> str:
    """Write a date, time or duration as XML Schema does."""
    match value:
        case dt.datetime():
            return f"{value.date().isoformat()}T{told(value.timetz())}"
        case dt.time():
            return value.replace(tzinfo=None).isoformat().rstrip("0" if value.microsecond else "") + _zoned(value)
        case Months(count):
            years, months = divmod(abs(count), MONTHS_A_YEAR)
            parts = (f"{years}Y" if years else "") + (f"{months}M" if months or not years else "")
            return f"{'-' if count < 0 else ''}P{parts}"
        case dt.timedelta():
            return _span_told(microseconds(value))
        case dt.date():
            return value.isoformat()
        case _:
            raise TypeError(value)


def _zoned(value: dt.time) -> str:
    zone = value.tzinfo
    if zone is None:
        return ""
    key = getattr(zone, "key", None)
    if key is not None:
        return f"@{key}"
    offset = microseconds(zone.utcoffset(None) or dt.timedelta()) // 10**FINEST
    if offset == 0:
        return "Z"
    hours, rest = divmod(abs(offset), 3600)
    seconds = f":{rest % 60:02}" if rest % 60 else ""
    return f"{'-' if offset < 0 else '+'}{hours:02}:{rest // 60:02}{seconds}"


def _span_told(micro: int) -> str:
    seconds, fraction = divmod(abs(micro), 10**FINEST)
    days, seconds = divmod(seconds, 86_400)
    hours, seconds = divmod(seconds, 3600)
    minutes, seconds = divmod(seconds, 60)
    exact = f"{seconds}.{fraction:06}".rstrip("0") if fraction else str(seconds)
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "") + (f"{exact}S" if exact != "0" else "")
    parts = (f"{days}D" if days else "") + (f"T{clock}" if clock else "")
    return f"{'-' if micro < 0 else ''}P{parts or 'T0S'}"


def later(day: dt.date, months: int) -> dt.date | None:
    """Return the same day MONTHS later, or the last of that month; None beyond the calendar."""
    total = day.year * MONTHS_A_YEAR + day.month - 1 + months
    year, month = divmod(total, MONTHS_A_YEAR)
    if not dt.MINYEAR <= year <= dt.MAXYEAR:
        raise Unsupported(f"a date in the year {year}")
    return day.replace(year=year, month=month + 1, day=min(day.day, calendar.monthrange(year, month + 1)[1]))


def add(left: FeelValue, right: FeelValue, sign: int) -> FeelValue:  # noqa: PLR0911 -- one line a pair of types
    """Return left + right, or left - right where SIGN is -1, for dates, times and durations; null where undefined."""
    match left, right:
        case (dt.date(), Months(count)):
            return later(left, sign * count)
        case (Months(), dt.date()) if sign > 0:
            return add(right, left, 1)
        case (dt.date() | dt.time(), dt.timedelta()):
            return _moved(left, sign * right)
        case (dt.timedelta(), dt.date() | dt.time()) if sign > 0:
            return _moved(right, left)
        case (Months(first), Months(second)):
            return Months(first + sign * second)
        case (dt.timedelta(), dt.timedelta()):
            return span(microseconds(left) + sign * microseconds(right))
        case (dt.time(), dt.time()) if sign < 0:
            return _apart(_on_a_day(left), _on_a_day(right))
        case (dt.date(), dt.date()) if sign < 0:
            return _apart(_midnight(left, right), _midnight(right, left))
        case _:
            return None


def _moved(value: dt.date | dt.time, by: dt.timedelta) -> FeelValue:
    try:
        if isinstance(value, dt.time):
            return (_on_a_day(value) + by).timetz()
        return value + by
    except OverflowError:
        raise Unsupported("a date beyond the calendar") from None


def _on_a_day(value: dt.time) -> dt.datetime:
    return dt.datetime.combine(dt.date(2001, 1, 1), value)


def _midnight(value: dt.date, other: dt.date) -> dt.datetime:
    if isinstance(value, dt.datetime):
        return value
    zone = dt.UTC if isinstance(other, dt.datetime) and other.tzinfo else None
    return dt.datetime.combine(value, dt.time(), zone)


def _apart(left: dt.datetime, right: dt.datetime) -> dt.timedelta | None:
    if (left.tzinfo is None) != (right.tzinfo is None):
        return None
    if left.tzinfo is not None:
        left, right = left.astimezone(dt.UTC), right.astimezone(dt.UTC)
    return left - right


def scaled(value: Months | dt.timedelta, factor: Decimal) -> Months | dt.timedelta:
    """Return a duration times FACTOR, cut to whole months or microseconds."""
    if isinstance(value, Months):
        return Months(int(NUMBERS.multiply(Decimal(value.count), factor)))
    return span(int(NUMBERS.multiply(Decimal(microseconds(value)), factor)))


def months_between(first: dt.date, last: dt.date) -> Months | None:
    """Return the whole months from FIRST to LAST."""
    if isinstance(first, dt.datetime) != isinstance(last, dt.datetime):
        first, last = _plain(first), _plain(last)
    count = (last.year - first.year) * MONTHS_A_YEAR + last.month - first.month
    try:
        rest_first, rest_last = first.replace(year=2000, month=1), last.replace(year=2000, month=1)
        if count > 0 and rest_last < rest_first:
            count -= 1
        elif count < 0 and rest_last > rest_first:
            count += 1
    except TypeError:
        return None
    return Months(count)


def _plain(value: dt.date) -> dt.datetime:
    return value.replace(tzinfo=None) if isinstance(value, dt.datetime) else dt.datetime.combine(value, dt.time())


PARTS: dict[str, type | tuple[type, ...]] = {
    "year": dt.date,
    "month": dt.date,
    "day": dt.date,
    "weekday": dt.date,
    "hour": (dt.time, dt.datetime),
    "minute": (dt.time, dt.datetime),
    "second": (dt.time, dt.datetime),
    "time offset": (dt.time, dt.datetime),
    "timezone": (dt.time, dt.datetime),
}


def part(value: FeelValue, name: str) -> FeelValue:
    """Return a property of a date, time or duration; null where it has none."""
    if isinstance(value, Months) and name in {"years", "months"}:
        whole = abs(value.count) // MONTHS_A_YEAR if name == "years" else abs(value.count) % MONTHS_A_YEAR
        return Decimal(-whole if value.count < 0 else whole)
    if isinstance(value, dt.timedelta):
        return _span_part(microseconds(value), name)
    if name not in PARTS or not isinstance(value, PARTS[name]):
        return None
    return _moment_part(value, name)


def _moment_part(value: FeelValue, name: str) -> FeelValue:
    if name == "weekday" and isinstance(value, dt.date):
        return Decimal(value.isoweekday())
    if name == "time offset" and isinstance(value, dt.time | dt.datetime):
        return value.utcoffset()
    if name == "timezone" and isinstance(value, dt.time | dt.datetime):
        return getattr(value.tzinfo, "key", None)
    if name == "second" and isinstance(value, dt.time | dt.datetime) and value.microsecond:
        return NUMBERS.add(Decimal(value.second), Decimal(value.microsecond).scaleb(-FINEST, NUMBERS))
    return Decimal(getattr(value, name))


def _span_part(micro: int, name: str) -> FeelValue:
    seconds, fraction = divmod(abs(micro), 10**FINEST)
    whole = {"days": seconds // 86_400, "hours": seconds // 3600 % 24, "minutes": seconds // 60 % 60}
    if name == "seconds":
        number = NUMBERS.add(Decimal(seconds % 60), Decimal(fraction).scaleb(-FINEST, NUMBERS))
    elif name in whole:
        number = Decimal(whole[name])
    else:
        return None
    return number.copy_negate() if micro < 0 and number else number
