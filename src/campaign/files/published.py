"""The working days of a year as China publishes them, out of the package `holidays` (R-60).

The package knows what is known today; a calendar adopted at the time may lack a day that was moved later.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from campaign.domain.calendar import DAY, SATURDAY
from campaign.domain.definition import CalendarPart, RestDays
from campaign.problems import Place, Problem, Problems, T, Text, need

BRIDGE = "休息日"
"""What the package calls a day off that was swapped for a weekend day."""


def published(years: tuple[int, ...], version: str) -> CalendarPart:
    """Return the rest days beyond weekends and the swapped workdays of YEARS.

    Raises Problems: extra-missing without the package, calendar-unpublished for years that it does not know, each.
    """
    need("holidays")
    from holidays.countries.china import China, ChinaStaticHolidays  # noqa: PLC0415 -- an extra, and slow to load

    known = sorted(ChinaStaticHolidays.special_public_holidays)
    unknown = [year for year in years if year not in known]
    if unknown:
        fix = T("choose years from {first} to {last}, or wait for the notice", first=known[0], last=known[-1])
        raise Problems(
            [Problem("calendar-unpublished", _unpublished(year), fix, Place(field="year")) for year in unknown]
        )
    table: Any = China(years=range(min(years) - 1, max(years) + 2), language="zh_CN")  # type: ignore[no-untyped-call]  # it ships types in part
    days = [day for year in sorted(set(years)) for day in _days(year)]
    work = tuple(day for day in days if day.weekday() >= SATURDAY and table.is_working_day(day))
    return CalendarPart(
        version=version,
        rest_days=tuple(span for year in sorted(set(years)) for span in _rests(year, table)),
        work_days=work,
        published_years=tuple(sorted(set(years))),
    )


def _unpublished(year: int) -> Text:
    return T("the package holidays does not know the calendar of {year} yet", year=year)


def _days(year: int) -> Iterator[date]:
    first = date(year, 1, 1)
    return (first + number * DAY for number in range((date(year + 1, 1, 1) - first) // timedelta(days=1)))


def _rests(year: int, table: Any) -> Iterator[RestDays]:  # noqa: ANN401 -- the package's own type, which has no stubs
    """Yield each unbroken rest in which a holiday lies, weekends inside it included."""
    run: list[date] = []
    for day in [*_days(year), date(year + 1, 1, 1)]:
        if day.year == year and not table.is_working_day(day):
            run.append(day)
            continue
        named = [day for day in run if day in table]
        if named:
            labels = [_label(table[day]) for day in named]
            yield RestDays(run[0], run[-1], next((name for name in labels if name != BRIDGE), labels[0]))
        run = []


def _label(text: str) -> str:
    """Return a holiday's name without the package's remarks on it."""
    return text.partition("（")[0].partition("(")[0].partition(";")[0].strip()


def as_yaml(part: CalendarPart) -> str:
    """Write PART as the text of calendar.yaml, to be edited by hand."""
    lines = [
        "# yaml-language-server: $schema=schema/calendar.json",
        "# Rest days beyond Saturdays and Sundays, and weekend days that are worked (调休).",
        "# 周末以外的休息日，以及调休上班的周末。",
        "# A change here is adopted like any other, and never moves a verdict already given.",
        "# 改动要经“生效”才起作用，已经作出的迟报认定不会因此改变。",
        "",
        "calendar:",
        f"  version: {part.version}",
        "  # Dates in any other year are provisional. 未公布的年份只是暂定",
        f"  published_years: [{', '.join(map(str, part.published_years))}]",
        "  rest_days:",
        *(f"    - {{from: {rest.from_}, to: {rest.to}, label: {rest.label}}}" for rest in part.rest_days),
        f"  work_days: [{', '.join(map(str, part.work_days))}]",
    ]
    return "\n".join(lines) + "\n"
