"""Who owes what when, and how it stands: golden dates, tables and properties."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfoNotFoundError

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.domain.calendar import calendar_of
from campaign.domain.definition import (
    About,
    CalendarPart,
    Definition,
    Group,
    Obligation,
    RestDays,
    Roll,
    Timeliness,
    Window,
)
from campaign.domain.events import KeptDuty
from campaign.domain.schedule import (
    Owed,
    Standing,
    deciding_day,
    last_on,
    owed,
    planned_on,
    scheduled,
    standing,
    window_of,
)
from campaign.domain.state import ReportLine

CALENDAR = CalendarPart(
    version="2005-08",
    rest_days=(RestDays(date(2005, 10, 1), date(2005, 10, 7)),),
    work_days=(date(2005, 10, 8), date(2005, 10, 9)),
    published_years=(2005,),
)
GROUPS = (
    Group(id="city", label="Cities"),
    Group(id="firm", label="Firms"),
    Group(id="focus", label="Both", union_of=("firm",)),
)


def define(*duties: Obligation, deciding: str = "recorded", zone: str = "Asia/Shanghai") -> Definition:
    return Definition(
        campaign=About(
            key="k",
            title="t",
            window=Window(date(2005, 8, 1), date(2005, 12, 31)),
            metric_period="2005",
            time_zone=zone,
        ),
        documents=(),
        phases=(),
        groups=GROUPS,
        obligations=duties,
        calendar=CALENDAR,
        timeliness=msgspec.convert({"deciding": deciding}, Timeliness),
    )


def duty(cadence: str, **fields: object) -> Obligation:
    return msgspec.convert({"id": cadence, "label": cadence, "cadence": cadence, "roll": "next"} | fields, Obligation)


def due(obligation: Obligation) -> dict[str, date]:
    return {entry.period: entry.due_on for entry in scheduled(define(obligation), obligation)}


# --- periods -----------------------------------------------------------------------------------------------------


def test_a_weekly_duty_falls_on_its_weekday_and_rolls_off_the_national_day_week() -> None:
    days = due(duty("weekly", weekday=5, **{"from": date(2005, 9, 1)}))
    assert list(days)[:3] == ["2005-W35", "2005-W36", "2005-W37"]
    assert days["2005-W36"] == date(2005, 9, 9)
    assert days["2005-W40"] == date(2005, 10, 8)
    assert list(days)[-1] == "2005-W52"


def test_a_half_monthly_duty_falls_on_its_two_days_and_the_15th_of_october_rolls_to_the_17th() -> None:
    days = due(duty("half_monthly", days=[15, 31]))
    assert list(days)[:2] == ["2005-08-H1", "2005-08-H2"]
    assert days["2005-09-H2"] == date(2005, 9, 30)
    assert days["2005-10-H1"] == date(2005, 10, 17)


def test_a_monthly_duty_is_due_in_the_month_that_follows() -> None:
    days = due(duty("monthly", days=[5], **{"from": date(2005, 9, 1)}))
    assert days == {
        "2005-09": date(2005, 10, 8),
        "2005-10": date(2005, 11, 7),
        "2005-11": date(2005, 12, 5),
        "2005-12": date(2006, 1, 5),
    }


def test_a_monthly_duty_without_a_day_is_due_at_the_end_of_its_month() -> None:
    assert due(duty("monthly", to=date(2005, 9, 30))) == {"2005-08": date(2005, 8, 31), "2005-09": date(2005, 9, 30)}


def test_a_duty_owed_once_is_due_on_its_day() -> None:
    (entry,) = scheduled(define(), duty("once", on=date(2005, 8, 31)))
    assert entry == Owed("once", "once", date(2005, 8, 1), date(2005, 8, 31), date(2005, 8, 31))
    assert scheduled(define(), duty("once")) == ()


def test_a_period_is_cut_to_the_days_of_the_duty() -> None:
    weekly = duty("weekly", weekday=5, **{"from": date(2005, 8, 17), "to": date(2005, 8, 31)})
    first, second = scheduled(define(weekly), weekly)
    assert (first.opens_on, first.closes_on) == (date(2005, 8, 17), date(2005, 8, 19))
    assert (second.opens_on, second.closes_on) == (date(2005, 8, 20), date(2005, 8, 26))


AT_THE_ENDS = [
    ("weekly", {"weekday": 5}, date(2005, 9, 2), date(2005, 9, 9), [("2005-W35", 2), ("2005-W36", 9)]),
    ("weekly", {"weekday": 5}, date(2005, 9, 3), date(2005, 9, 8), []),
    ("weekly", {"weekday": 1}, date(2005, 9, 2), date(2005, 9, 12), [("2005-W36", 5), ("2005-W37", 12)]),
    ("weekly", {"weekday": 7}, date(2005, 9, 4), date(2005, 9, 4), [("2005-W35", 4)]),
    (
        "half_monthly",
        {"days": [15, 31]},
        date(2005, 9, 15),
        date(2005, 9, 30),
        [("2005-09-H1", 15), ("2005-09-H2", 30)],
    ),
    ("half_monthly", {"days": [15, 31]}, date(2005, 9, 16), date(2005, 9, 29), []),
    ("half_monthly", {"days": [31, 15]}, date(2005, 9, 1), date(2005, 9, 15), [("2005-09-H1", 15)]),
    ("half_monthly", {"days": [1, 15]}, date(2005, 8, 20), date(2005, 9, 1), [("2005-09-H1", 1)]),
    ("monthly", {"days": []}, date(2005, 9, 1), date(2005, 9, 30), [("2005-09", 30)]),
    ("monthly", {"days": []}, date(2005, 9, 1), date(2005, 9, 29), []),
    ("monthly", {"days": []}, date(2005, 9, 30), date(2005, 9, 30), [("2005-09", 30)]),
]


@pytest.mark.parametrize(("cadence", "fields", "first", "last", "periods"), AT_THE_ENDS)
def test_a_period_belongs_to_the_dates_in_which_it_ends(
    cadence: str, fields: dict[str, object], first: date, last: date, periods: list[tuple[str, int]]
) -> None:
    """On their first day and on their last, and neither the day before nor the day after."""
    entry = duty(cadence, roll="none", **fields, **{"from": first, "to": last})
    assert [(found.period, found.closes_on) for found in scheduled(define(entry), entry)] == [
        (name, date(2005, 9, day)) for name, day in periods
    ]


def test_each_period_begins_after_the_one_before() -> None:
    spans = {
        entry.period: (entry.opens_on, entry.closes_on)
        for cadence, fields in (("weekly", {"weekday": 3}), ("half_monthly", {"days": [10, 31]}), ("monthly", {}))
        for entry in scheduled(define(), duty(cadence, **fields))
    }
    assert spans["2005-W31"] == (date(2005, 8, 1), date(2005, 8, 3))
    assert spans["2005-W32"] == (date(2005, 8, 4), date(2005, 8, 10))
    assert spans["2005-08-H1"] == (date(2005, 8, 1), date(2005, 8, 10))
    assert spans["2005-08-H2"] == (date(2005, 8, 11), date(2005, 8, 31))
    assert spans["2005-09-H1"] == (date(2005, 9, 1), date(2005, 9, 10))
    assert spans["2005-08"] == (date(2005, 8, 1), date(2005, 8, 31))
    assert spans["2005-12"] == (date(2005, 12, 1), date(2005, 12, 31))


def test_a_duty_owed_before_the_window_opens_on_its_own_day() -> None:
    (entry,) = scheduled(define(), duty("once", on=date(2005, 7, 1), roll="none"))
    assert (entry.opens_on, entry.closes_on, entry.due_on) == (date(2005, 7, 1),) * 3


def test_a_duty_without_dates_of_its_own_holds_for_the_campaigns_window() -> None:
    assert window_of(define(), duty("weekly")) == Window(date(2005, 8, 1), date(2005, 12, 31))


# --- who owes ----------------------------------------------------------------------------------------------------

EVERYONE = duty("once", id="everyone", on=date(2005, 9, 3))
FOCUS = duty("once", id="focus", on=date(2005, 9, 2), groups=["focus"])
CITY = duty("once", id="city", on=date(2005, 9, 1), groups=["city"], act="document")
CHECK = duty("once", id="check", on=date(2005, 9, 1), act="check")
BULLETIN = duty("once", id="bulletin", on=date(2005, 9, 1), act="bulletin")


@pytest.mark.parametrize(
    ("groups", "voluntary", "owes"),
    [
        (("city",), False, ["city", "everyone"]),
        (("firm",), False, ["focus", "everyone"]),
        (("firm", "city"), False, ["city", "focus", "everyone"]),
        ((), False, ["everyone"]),
        (("city",), True, []),
    ],
)
def test_an_entity_owes_what_its_groups_and_their_unions_owe(
    groups: tuple[str, ...],
    voluntary: bool,  # noqa: FBT001 -- a table's column
    owes: list[str],
) -> None:
    definition = define(EVERYONE, FOCUS, CITY, CHECK, BULLETIN)
    assert [entry.obligation for entry in owed(definition, groups, voluntary)] == owes


def test_the_schedule_of_a_group_is_computed_once() -> None:
    definition = define(EVERYONE)
    assert owed(definition, ("city",), voluntary=False) is owed(definition, ("city",), voluntary=False)


# --- standing ----------------------------------------------------------------------------------------------------

WORK_PLAN = duty("once", on=date(2005, 8, 31), grace_days=2)
OWED = Owed("once", "once", date(2005, 8, 1), date(2005, 8, 31), date(2005, 8, 31))
LAST = datetime(2005, 9, 2, 15, 59, 59, tzinfo=UTC)  # one second before midnight in Shanghai


def report(recorded_at: datetime, occurred_on: date = date(2005, 8, 31), **fields: object) -> ReportLine:
    line = ReportLine("r", "once", "once", (), "p-1", occurred_on, recorded_at, 1)
    return msgspec.structs.replace(line, **fields)


@pytest.mark.parametrize(
    ("given_report", "today", "stands"),
    [
        (None, date(2005, 8, 1), "upcoming"),
        (None, date(2005, 9, 2), "upcoming"),
        (None, date(2005, 9, 3), "missing"),
        (report(LAST), date(2005, 9, 3), "on_time"),
        (report(LAST + timedelta(seconds=1)), date(2005, 9, 3), "late"),
        (report(LAST, corrections=1), date(2005, 9, 3), "corrected"),
        (report(LAST, corrections=1, status="verified"), date(2005, 9, 3), "corrected"),
        (report(LAST + timedelta(days=1), corrections=2), date(2005, 9, 30), "late"),
        (report(LAST, status="returned"), date(2005, 9, 2), "upcoming"),
        (report(LAST, status="returned"), date(2005, 9, 3), "missing"),
        (report(LAST, date(2005, 9, 9)), date(2005, 9, 9), "on_time"),
    ],
)
def test_how_an_obligation_stands_when_the_record_decides(
    given_report: ReportLine | None, today: date, stands: Standing
) -> None:
    assert standing(OWED, given_report, define(WORK_PLAN), today) == stands


@pytest.mark.parametrize(("occurred_on", "stands"), [(date(2005, 9, 2), "on_time"), (date(2005, 9, 3), "late")])
def test_how_an_obligation_stands_when_the_fact_itself_decides(occurred_on: date, stands: Standing) -> None:
    line = report(LAST + timedelta(days=9), occurred_on)
    assert standing(OWED, line, define(WORK_PLAN, deciding="occurred"), date(2005, 10, 1)) == stands


def test_the_day_of_a_record_is_that_of_the_campaigns_own_zone() -> None:
    line = report(datetime(2005, 9, 2, 16, 0, tzinfo=UTC))
    assert deciding_day(line, define(zone="Asia/Shanghai")) == date(2005, 9, 3)
    assert deciding_day(line, define(zone="Europe/Paris")) == date(2005, 9, 2)


KEPT = KeptDuty(
    obligation="once",
    period="once",
    opens_on=date(2005, 8, 1),
    closes_on=date(2005, 8, 31),
    due_on=date(2005, 8, 31),
    last_on=date(2005, 9, 2),
    deciding="occurred",
    time_zone="Europe/Paris",
    standing="on_time",
)


@pytest.mark.parametrize(
    ("deciding", "day"),
    [("occurred", date(2005, 8, 30)), ("recorded", date(2005, 9, 2)), ("accepted", date(2005, 9, 4))],
)
def test_a_mark_that_was_kept_is_judged_by_its_own_rule_in_its_own_zone(deciding: str, day: date) -> None:
    accepted = datetime(2005, 9, 4, 16, 0, tzinfo=UTC)
    line = report(datetime(2005, 9, 2, 16, 0, tzinfo=UTC), date(2005, 8, 30), accepted_at=accepted)
    kept = msgspec.structs.replace(KEPT, deciding=deciding)
    own = msgspec.structs.replace(OWED, kept=kept)
    assert deciding_day(line, define(), own) == day
    assert deciding_day(line, define(), OWED) == date(2005, 9, 3)
    assert deciding_day(line, define(deciding="occurred"), OWED) == date(2005, 8, 30)
    assert deciding_day(msgspec.structs.replace(line, accepted_at=None), define(deciding="accepted")) is None


@pytest.mark.parametrize(
    ("kept", "until", "last"),
    [
        (None, None, date(2005, 9, 2)),
        (None, date(2005, 9, 1), date(2005, 9, 2)),
        (None, date(2005, 9, 3), date(2005, 9, 3)),
        (msgspec.structs.replace(KEPT, last_on=date(2005, 8, 31)), None, date(2005, 8, 31)),
        (msgspec.structs.replace(KEPT, last_on=date(2005, 8, 31)), date(2005, 9, 1), date(2005, 9, 1)),
    ],
    ids=["with grace", "extended by less", "by more", "kept", "kept and extended"],
)
def test_the_last_day_that_counts(kept: KeptDuty | None, until: date | None, last: date) -> None:
    assert last_on(msgspec.structs.replace(OWED, kept=kept, until=until), define(WORK_PLAN)) == last


def test_a_zone_that_is_not_known_is_an_error_and_never_a_guess() -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        deciding_day(report(LAST), define(zone="Asia/Shanghia"))


# --- properties --------------------------------------------------------------------------------------------------

SPANS = st.tuples(st.dates(date(2005, 8, 1), date(2005, 12, 31)), st.dates(date(2005, 8, 1), date(2005, 12, 31)))
DUTIES = st.builds(
    lambda cadence, weekday, days, span, roll: duty(
        cadence,
        weekday=weekday,
        days=sorted(days) if cadence == "half_monthly" else [max(days)],
        on=max(span),
        roll=roll,
        **{"from": min(span), "to": max(span)},
    ),
    st.sampled_from(["weekly", "half_monthly", "monthly", "once"]),
    st.integers(1, 7),
    st.tuples(st.integers(1, 27), st.integers(28, 31)),
    SPANS,
    st.sampled_from(list(Roll)),
)


@given(DUTIES)
def test_periods_are_unique_ordered_adjoining_and_within_their_dates(obligation: Obligation) -> None:
    entries = scheduled(define(obligation), obligation)
    assert len({entry.period for entry in entries}) == len(entries)
    assert [entry.period for entry in entries] == sorted(entry.period for entry in entries)
    for entry in entries:
        assert obligation.from_ and obligation.to  # noqa: PT018 -- narrows both for the type checker
        assert obligation.from_ <= entry.opens_on <= entry.closes_on <= obligation.to
    for before, after in pairwise(entries):
        assert after.opens_on == before.closes_on + timedelta(days=1)
        assert before.due_on <= after.due_on


@given(DUTIES)
def test_a_rolled_due_date_is_a_working_day_on_the_side_its_rule_names(obligation: Obligation) -> None:
    rolled = scheduled(define(obligation), obligation)
    plain = scheduled(define(obligation), msgspec.structs.replace(obligation, roll=Roll.NONE))
    for entry, before in zip(rolled, plain, strict=True):
        if obligation.roll is not Roll.NONE:
            assert calendar_of(CALENDAR).is_working(entry.due_on)
        assert (entry.due_on >= before.due_on) or obligation.roll is Roll.PREVIOUS
        assert (entry.due_on <= before.due_on) or obligation.roll is Roll.NEXT


@given(DUTIES)
def test_the_planned_day_is_the_one_before_the_roll(obligation: Obligation) -> None:
    rules = define(obligation)
    plain = scheduled(rules, msgspec.structs.replace(obligation, roll=Roll.NONE))
    assert [planned_on(rules, entry) for entry in scheduled(rules, obligation)] == [entry.due_on for entry in plain]


def test_what_the_definition_does_not_ask_for_has_no_planned_day() -> None:
    weekly = duty("weekly")
    (first, *_) = scheduled(define(weekly), weekly)
    assert planned_on(define(), first) is None
    assert planned_on(define(weekly), msgspec.structs.replace(first, period="2004-W01")) is None


@given(DUTIES, st.booleans(), st.dates(date(2005, 8, 1), date(2006, 2, 1)))
def test_an_obligation_has_exactly_one_standing_and_time_only_ends_what_was_upcoming(
    obligation: Obligation,
    handed_in: bool,  # noqa: FBT001 -- drawn
    today: date,
) -> None:
    definition = define(obligation)
    line = report(LAST) if handed_in else None
    for entry in owed(definition, (), voluntary=False):
        now, then = (
            standing(entry, line, definition, today),
            standing(entry, line, definition, today + timedelta(days=1)),
        )
        assert now == then or (now, then) == ("upcoming", "missing")
