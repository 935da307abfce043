"""Who lags behind: judged by the definition's own table, on missing reports and on the published mean (R-40)."""

from datetime import date
from decimal import Decimal

import msgspec
import pytest
from domain.scenario import ENROL, By, Life, definition, opened
from hypothesis import given
from hypothesis import strategies as st
from readmodels.test_bulletin import city, rules
from readmodels.worlds import entity, fact, report, world

from campaign.domain import commands as c
from campaign.domain.consistency import check
from campaign.domain.definition import Definition, Laggards, Register, Timeliness
from campaign.domain.state import Context, EntityState, Exit
from campaign.readmodels.laggards import Laggard, laggards

TEXT = """
scheme: laggards
inputs:
  missed_in_a_row: {type: integer}
  gap_pct: {type: "number?"}
decisions:
  reason:
    hit: COLLECT
    rules: |
      | # | missed_in_a_row | gap_pct || reason |
      | 1 | ≥ 2             | -       || silent |
      | 2 | -               | < 0     || slow   |
"""
CRITERION = Laggards(label="后进", obligation="weekly", register="reminder", text=TEXT)
DAY = date(2005, 9, 26)
"""Of the weeks W35 to W38 each was due on its Friday; the bulletin of September is due on 10 October."""
AFTER = date(2005, 10, 11)
WEEKS = ("2005-W35", "2005-W36", "2005-W37", "2005-W38")


def found(
    *states: EntityState, on: date = DAY, given: Definition | None = None, **changes: object
) -> tuple[Laggard, ...]:
    made = given or rules(laggards=msgspec.structs.replace(CRITERION, **changes))
    return laggards(world(*states), Context(made, opened()), on)


def firm(name: str, *weeks: str, **changes: object) -> EntityState:
    """Return an enterprise that reported in WEEKS."""
    return entity(name, *(report(fact("1", "profit"), name=f"r-{week}", period=week) for week in weeks), **changes)


@pytest.mark.parametrize(
    ("weeks", "missed"),
    [
        ((), 4),
        (WEEKS[:1], 3),
        (WEEKS[:2], 2),
        (WEEKS[:3], None),
        (WEEKS[1:2], 2),
        (WEEKS[2:3], None),
        (WEEKS, None),
    ],
)
def test_missing_weeks_count_from_the_last_one_due_until_one_was_reported(
    weeks: tuple[str, ...], missed: int | None
) -> None:
    lags = found(firm("a", *weeks))
    assert [(lag.reasons, lag.rules, lag.missed_in_a_row) for lag in lags] == (
        [(("silent",), (1,), missed)] if missed else []
    )


@pytest.mark.parametrize("more", [(), (c.CorrectReport("a", "r-1", (fact("2", "profit"),), "a slip"),)])
@pytest.mark.parametrize("day", [date(2005, 9, 23), date(2005, 9, 24)], ids=["in time", "late"])
def test_a_week_answered_late_or_corrected_ends_the_row_as_well(day: date, more: tuple[c.EntityCommand, ...]) -> None:
    occurred = rules(laggards=CRITERION, timeliness=Timeliness(deciding="occurred"))
    state = entity("a", By(report(fact("1", "profit"), period=WEEKS[3]), "clerk", day), *more)
    assert found(state, given=occurred) == ()


def test_who_left_or_joined_by_itself_never_lags() -> None:
    gone = firm("a")
    gone = msgspec.structs.replace(gone, exit=Exit(DAY, "shell", "empty", 9))
    assert found(gone, firm("b", voluntary=True)) == ()


def test_a_week_that_was_waived_neither_counts_nor_ends_the_row() -> None:
    state = entity(
        "a",
        report(fact("1", "profit"), name="r-1", period=WEEKS[0]),
        c.WaivePeriod("a", "weekly", WEEKS[2], "flood", "p-9"),
    )
    assert [lag.missed_in_a_row for lag in found(state)] == [2], "W36 and W38; W37 was waived"


def test_whoever_grows_more_slowly_than_the_published_mean_lags_once_the_bulletin_is_due() -> None:
    states = (city("a", "10", base_output="300"), city("b", "20", base_output="100"), city("c", "12", base_output="1"))
    assert found(*states, on=date(2005, 10, 9)) == ()
    lags = found(*states, on=AFTER)
    assert [(lag.entity, lag.reasons, lag.growth_pct) for lag in lags] == [
        ("a", ("slow",), Decimal("10.0000")),
        ("c", ("slow",), Decimal("12.0000")),
    ]
    assert lags[0].gap_pct is not None
    assert lags[0].gap_pct < 0


def test_whoever_has_no_figure_is_not_held_against_the_mean() -> None:
    silent = entity("silent", groups=("prefecture",))
    assert [lag.entity for lag in found(city("a", "10", base_output="3"), silent, on=AFTER)] == []


def test_most_reasons_come_first_then_most_weeks_missed() -> None:
    text = TEXT + "      | 3 | ≥ 4             | -       || mute   |\n"
    lags = found(firm("b", *WEEKS[:1]), firm("c", *WEEKS[:2]), firm("a", *WEEKS[:2]), firm("d"), text=text)
    assert [(lag.entity, lag.reasons) for lag in lags] == [
        ("d", ("silent", "mute")),
        ("b", ("silent",)),
        ("a", ("silent",)),
        ("c", ("silent",)),
    ]


def test_a_laggard_is_shown_with_the_reminder_that_is_open() -> None:
    made = rules(
        laggards=CRITERION, registers=(Register(id="reminder", label="督促"), Register(id="issue", label="问题"))
    )
    entry = c.OpenEntry("b", "reminder", "r-1", "两周未报", due_on=date(2005, 9, 30))
    other = c.OpenEntry("b", "issue", "i-1", "缺煤")
    reminded = _under(made, "b", other, entry)
    over = _under(
        made, "c", msgspec.structs.replace(entry, entity="c"), c.CompleteEntry("c", "reminder", "r-1", "已报")
    )
    lags = found(firm("a"), reminded, over, given=made)
    assert {lag.entity: lag.reminder for lag in lags} == {"a": "", "b": "r-1", "c": ""}


def _under(made: Definition, name: str, *steps: c.EntityCommand) -> EntityState:
    return Life(made).do(msgspec.structs.replace(ENROL, entity=name, title=name.upper()), *steps).state


def test_who_left_or_joined_of_their_own_will_does_not_lag() -> None:
    left = entity("a", c.ExitStatistics("a", date(2005, 9, 2), "shell_enterprise", "closed"))
    assert found(left, entity("b", voluntary=True)) == ()


def test_without_a_criterion_or_a_definition_nobody_lags() -> None:
    assert found(firm("a"), given=rules()) == ()
    assert laggards(world(firm("a")), Context(None, opened()), DAY) == ()


def test_values_that_the_table_does_not_admit_make_nobody_a_laggard() -> None:
    narrow = TEXT.replace("missed_in_a_row: {type: integer}", 'missed_in_a_row: {type: integer, allowed: "[0..3]"}')
    assert [lag.entity for lag in found(firm("a"), firm("b", WEEKS[0]), text=narrow)] == ["b"]


@given(st.sets(st.sampled_from(WEEKS)))
def test_the_row_is_the_tail_that_was_not_reported(weeks: set[str]) -> None:
    tail = next((place for place, week in enumerate(reversed(WEEKS)) if week in weeks), len(WEEKS))
    always = TEXT.replace("≥ 2 ", "≥ 0 ")
    (lag,) = found(firm("a", *sorted(weeks)), text=always)
    assert lag.missed_in_a_row == tail


# --- what the definition may say ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "then"),
    [
        ({}, []),
        ({"obligation": "daily"}, ["laggards.obligation unknown-obligation"]),
        ({"register": "remind"}, ["laggards.register unknown-register"]),
        ({"text": TEXT.replace("gap_pct", "weather")}, ["laggards.text table-unreadable"]),
        ({"text": TEXT.replace('"number?"', "number")}, ["laggards.text table-unreadable"]),
        ({"text": TEXT.replace("{type: integer}", "{type: text, values: [a]}")}, ["laggards.text table-unreadable"]),
        ({"text": TEXT.replace("COLLECT", "SOME")}, ["laggards.text table-unreadable"]),
        ({"clause": "nowhere:1"}, ["laggards.clause unknown-document"]),
    ],
)
def test_a_criterion_that_cannot_judge_everybody_is_refused(changes: dict[str, object], then: list[str]) -> None:
    made = definition(
        registers=(Register(id="reminder", label="督促"),), laggards=msgspec.structs.replace(CRITERION, **changes)
    )
    told = [f"{problem.place.field} {problem.code}" for problem in check(made)]
    assert [line for line in told if line.startswith("laggards")] == then
