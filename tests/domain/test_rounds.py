"""Half-month checks: what an inspector notes, and when somebody looks again (R-37, R-38)."""

from datetime import date

import msgspec
import pytest
from domain.scenario import DEFINITION, ENROL, By, Life, Step, definition, given, outcome

from campaign.domain import commands as c
from campaign.domain import events as e
from campaign.domain.rounds import periods

DAY = date(2005, 10, 15)
SOUND = c.RecordCheck("faw", "k-1", "visit", "2005-09-H1", "sound", "账实相符")
DEFICIENT = c.RecordCheck("faw", "k-1", "visit", "2005-09-H1", "deficient", "台账缺页", ("f-1",), DAY)
FINDING = c.RaiseFinding("faw", "f-1", "omission", "漏报")
AGAIN = c.FollowUpCheck("faw", "k-1", "sound", "已补齐")
STILL = c.FollowUpCheck("faw", "k-1", "deficient", "仍缺页", date(2005, 10, 31))


def changed(command: c.RecordCheck, **changes: object) -> c.RecordCheck:
    return msgspec.structs.replace(command, **changes)


@pytest.mark.parametrize(
    ("before", "when", "then"),
    [
        ((), SOUND, (e.CheckRecorded("k-1", "visit", "2005-09-H1", "sound", "账实相符"),)),
        (
            (FINDING,),
            DEFICIENT,
            (e.CheckRecorded("k-1", "visit", "2005-09-H1", "deficient", "台账缺页", ("f-1",), DAY),),
        ),
        ((), DEFICIENT, ["unknown-finding"]),
        ((), changed(SOUND, outcome="deficient"), ["follow-up-missing"]),
        ((), changed(SOUND, follow_up_on=date(2005, 9, 30)), ["not-later"]),
        ((), changed(SOUND, check="", note=" "), ["text-missing", "text-missing"]),
        ((FINDING,), changed(DEFICIENT, findings=("f-1", "f-1", "")), ["listed-twice", "text-missing"]),
        ((), changed(SOUND, obligation="weekly"), ["unknown-obligation"]),
        ((), changed(SOUND, period="2005-W36"), ["unknown-period"]),
        ((), changed(SOUND, period="2005-10-H1"), ["period-not-begun"]),
        ((SOUND,), SOUND, ["check-exists"]),
        ((SOUND,), changed(SOUND, check="k-2"), ["period-covered"]),
        (
            (SOUND,),
            changed(SOUND, check="k-2", period="2005-09-H2"),
            (e.CheckRecorded("k-2", "visit", "2005-09-H2", "sound", "账实相符"),),
        ),
        ((FINDING, DEFICIENT), AGAIN, (e.CheckFollowedUp("k-1", "sound", "已补齐"),)),
        ((FINDING, DEFICIENT), STILL, (e.CheckFollowedUp("k-1", "deficient", "仍缺页", date(2005, 10, 31)),)),
        ((FINDING, DEFICIENT), msgspec.structs.replace(STILL, follow_up_on=None), ["follow-up-missing"]),
        ((FINDING, DEFICIENT), msgspec.structs.replace(AGAIN, note=""), ["text-missing"]),
        ((FINDING, DEFICIENT, AGAIN), AGAIN, ["check-done"]),
        ((SOUND,), AGAIN, ["check-done"]),
        ((), AGAIN, ["unknown-check"]),
    ],
)
def test_the_life_of_a_check(before: tuple[Step, ...], when: Step, then: list[str] | tuple[e.Event, ...]) -> None:
    assert outcome(given(*before), when) == then


@pytest.mark.parametrize(
    ("day", "then"), [(date(2005, 9, 15), ["period-not-begun"]), (date(2005, 9, 16), []), (date(2005, 9, 30), [])]
)
def test_a_check_belongs_to_a_period_from_its_first_day(day: date, then: list[str]) -> None:
    found = outcome(given(), By(changed(SOUND, period="2005-09-H2"), on=day))
    assert (found if isinstance(found, list) else []) == then


@pytest.mark.parametrize(("day", "then"), [(date(2005, 9, 30), ["not-later"]), (date(2005, 10, 1), [])])
def test_somebody_looks_again_after_the_day_of_the_check(day: date, then: list[str]) -> None:
    for step in (changed(SOUND, follow_up_on=day), msgspec.structs.replace(STILL, follow_up_on=day)):
        before = () if isinstance(step, c.RecordCheck) else (FINDING, DEFICIENT)
        found = outcome(given(*before), step)
        assert (found if isinstance(found, list) else []) == then


def test_a_check_keeps_its_inspector_and_counts_who_looked_again() -> None:
    life = given(FINDING, DEFICIENT, STILL)
    line = life.state.checks["k-1"]
    assert (line.inspector, line.followed_up, line.follow_up_on, line.note) == (
        "clerk",
        1,
        date(2005, 10, 31),
        "仍缺页",
    )
    assert line.findings == ("f-1",)


def test_voluntary_joiners_and_other_groups_are_not_checked() -> None:
    (visit,) = (entry for entry in DEFINITION.obligations if entry.id == "visit")
    for_towns = definition(obligations=(msgspec.structs.replace(visit, groups=("prefecture",)),))
    willing = msgspec.structs.replace(ENROL, voluntary=True)
    for life in (Life().do(willing), Life(for_towns).do(ENROL)):
        assert periods(life.context.definition or DEFINITION, life.state, "visit") == {}
        assert outcome(life, SOUND) == ["not-its-duty"]
    assert periods(DEFINITION, given().state, "weekly") == {}
    assert list(periods(DEFINITION, given().state, "visit"))[:2] == ["2005-08-H1", "2005-08-H2"]
