"""China's working days out of one package, held to another, and to what the shipped folder says."""

import sys
from datetime import date
from pathlib import Path

import chinese_calendar
import pytest
from holidays.countries.china import China

from campaign.domain.calendar import DAY, calendar_of
from campaign.files import folder
from campaign.files.published import as_yaml, published
from campaign.problems import Problems

CONFIG = Path(__file__).parents[2] / "config"
YEARS = tuple(range(2004, 2027))


def test_two_packages_differ_on_one_day_in_all_these_years_the_last_of_2005() -> None:
    ours = calendar_of(published(YEARS, "all"))
    days = [date(2004, 1, 1) + number * DAY for number in range((date(2027, 1, 1) - date(2004, 1, 1)).days)]
    assert [day for day in days if ours.is_working(day) != chinese_calendar.is_workday(day)] == [date(2005, 12, 31)]


@pytest.mark.parametrize("year", [2005, 2012, 2020, 2026])
def test_every_day_is_worked_or_not_as_the_package_says(year: int) -> None:
    ours = calendar_of(published((year,), "one"))
    table = China(years=range(year - 1, year + 2))  # type: ignore[no-untyped-call]  # it ships types in part
    days = [date(year, 1, 1) + number * DAY for number in range(365)]
    assert [ours.is_working(day) for day in days] == [table.is_working_day(day) for day in days]


def test_the_shipped_calendar_is_that_of_august_2005_and_the_example_that_of_december(tmp_path: Path) -> None:
    shipped = folder.load(CONFIG).definition.calendar
    today = published((2005,), "2005-12")
    assert today.rest_days == shipped.rest_days
    assert set(today.work_days) - set(shipped.work_days) == {date(2005, 12, 31)}
    for path in CONFIG.iterdir():
        if path.suffix in {".yaml", ".csv"}:
            (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "teams").mkdir()
    (tmp_path / "teams" / "siping.yaml").write_bytes((CONFIG / "teams" / "siping.yaml").read_bytes())
    (tmp_path / "calendar.yaml").write_bytes((CONFIG / "calendar-2005-12.yaml.example").read_bytes())
    later = folder.load(tmp_path).definition.calendar
    known = published((2005, 2006), "2005-12")
    assert later.rest_days == known.rest_days
    assert set(known.work_days) - set(later.work_days) == {date(2006, 12, 30), date(2006, 12, 31)}  # told in 2006


def test_the_text_reads_back_to_the_same_calendar(tmp_path: Path) -> None:
    part = published((2024, 2025), "2024-2025")
    (tmp_path / "calendar.yaml").write_text(as_yaml(part), encoding="utf-8")
    reading = folder.read_part("calendar.yaml", as_yaml(part), "calendar.yaml")
    assert reading.problems == []
    assert reading.value.calendar == part
    assert [rest.label for rest in part.rest_days if rest.from_.month == 9] == ["中秋节"]


def test_years_without_a_notice_are_refused_one_by_one() -> None:
    with pytest.raises(Problems) as found:
        published((2005, 2190, 2191), "x")
    assert [problem.code for problem in found.value.problems] == ["calendar-unpublished"] * 2
    assert "2190" in str(found.value)


def test_without_the_package_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "holidays", None)
    with pytest.raises(Problems, match=r"extra-missing .*pip install campaign\[calendar\]"):
        published((2005,), "x")
