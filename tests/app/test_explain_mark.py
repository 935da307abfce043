"""Why a period is on time, late, missing or waived: its days and its events; and from an event its marks."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from app.drives import ADA, FIGURE, adopt, begun, drive, must, on, report
from app.tellings import placed, resting, told

from campaign.app.explain import explain
from campaign.app.handle import Who, handle
from campaign.app.session import Session
from campaign.app.uses import Used, used_by
from campaign.domain import commands as c
from campaign.problems import Problems

WEEK = "2031-W10"
MARK = f"mark:north/weekly/{WEEK}"
ROLLED = "weekday: 6, roll: next, grace_days: 1, from: 2031-03-03, to: 2031-05-31"
LOOK = "{id: look, label: Look, cadence: half_monthly, days: [15, 31], act: check}"
CHECK = f"obligations:\n => obligations:\n  - {LOOK}\n"
ALONE = "four_eyes: {targets: false, report_verification: false}"
ACCEPTED = f"four_eyes: {{targets: false}}\n => {ALONE}\ntimeliness: {{deciding: accepted}}\n"
OCCURRED = ACCEPTED.replace("deciding: accepted", "deciding: occurred")

Make = Callable[..., Session]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Return what makes a harvest campaign with a weekly report, due on Fridays unless told otherwise."""
    made: list[Session] = []

    def of(*weekly: str, **swaps: str) -> Session:
        made.append(begun(drive(tmp_path / f"folder-{len(made)}", *weekly, **swaps)))
        return made[-1]

    yield of
    for session in made:
        session.close()


def give(session: Session, *commands: c.Command, who: Who = ADA) -> int:
    """Give commands and return the last position."""
    return must(handle(session, commands, who)).last


def submit(period: str = WEEK) -> c.SubmitReport:
    return c.SubmitReport("north", period, "weekly", period, (FIGURE,))


OFFICER = c.AppointOfficer("north", "accountable_officer", "p-cy", "chair")
"""Who decides an exception is a person of the campaign."""


def extend(day: int) -> c.ExtendPeriod:
    return c.ExtendPeriod("north", "weekly", WEEK, date(2031, 3, day), "flood", "p-cy")


def test_a_late_report_is_explained_by_its_days_and_events(make: Make) -> None:
    session = make()
    on(session, 3, 11)
    came = give(session, submit())
    found = explain(session, MARK)
    assert told(found)[:7] == [
        "Weekly 2031-W10 of north is late",
        "it is a duty of farm",
        "the period runs from 2031-03-01 to 2031-03-07",
        "its cadence puts it on 2031-03-07",
        "the last day that counts as on time is 2031-03-07",
        "what decides is the day on which it was received: 2031-03-11",
        "that is 4 days after the last day",
    ]
    assert told(found)[7].startswith(f"#{came} report_submitted.v1 on 2031-03-11")
    assert found.positions == (came,)
    (adoption,) = session.campaign().adoptions
    assert resting(found, "the period runs") == {adoption.position}
    assert placed(found, "the period runs") == [f"sha256 {adoption.sha256}"]
    assert resting(found, "it is a duty") == {session.entities()["north"].position}


def test_the_roll_and_the_grace_are_shown_where_there_are_any(make: Make) -> None:
    session = make(ROLLED)
    on(session, 3, 12)
    report(session, "north", WEEK)
    found = explain(session, MARK)
    assert told(found)[3:7] == [
        "its cadence puts it on 2031-03-08",
        "2031-03-08 is a rest day; the calendar moves it to 2031-03-10",
        "1 days of grace follow",
        "the last day that counts as on time is 2031-03-11",
    ]
    assert placed(found, "2031-03-08 is a rest day") == ["calendar 1, roll next"]


@pytest.mark.parametrize(
    ("commands", "says", "title"),
    [
        ([extend(14), submit()], "extended to 2031-03-14, approved by p-cy: flood", "is on time"),
        ([extend(9), submit()], "extended to 2031-03-09, approved by p-cy: flood", "is late"),
        ([c.WaivePeriod("north", "weekly", WEEK, "flood", "p-cy")], "waived, approved by p-cy: flood", "is waived"),
    ],
    ids=["in the extension", "after the extension", "waived"],
)
def test_an_extension_and_a_waiver_are_shown_with_their_event(
    make: Make, commands: list[c.Command], says: str, title: str
) -> None:
    session = make()
    give(session, OFFICER)
    on(session, 3, 11)
    decided = give(session, commands[0])
    for command in commands[1:]:
        give(session, command)
    found = explain(session, MARK)
    assert str(found.what) == f"Weekly {WEEK} of north {title}"
    assert says in told(found)
    assert resting(found, says) == {decided}
    assert " ".join(told(found)).count("flood") == 1, "the reason is told once"


@pytest.mark.parametrize(
    ("day", "title", "says"),
    [
        (20, "is missing", "nothing was handed in by 2031-03-20"),
        (6, "is not due yet", "nothing was handed in by 2031-03-06"),
    ],
)
def test_what_was_not_handed_in_is_said_of_the_day_that_is_asked_about(
    make: Make, day: int, title: str, says: str
) -> None:
    session = make()
    on(session, 3, 25)
    found = explain(session, MARK, date(2031, 3, day))
    assert str(found.what).endswith(title)
    assert says in told(found)


def test_a_returned_report_counts_as_not_handed_in(make: Make) -> None:
    session = make()
    on(session, 3, 6)
    give(session, submit(), c.ReturnReport("north", WEEK, "illegible"))
    on(session, 3, 12)
    found = explain(session, MARK)
    assert str(found.what).endswith("is missing")
    assert "it was returned, and counts as not handed in until it is corrected" in told(found)


def test_a_correction_does_not_make_it_late(make: Make) -> None:
    session = make()
    on(session, 3, 6)
    report(session, "north", WEEK)
    on(session, 3, 12)
    give(session, c.CorrectReport("north", WEEK, (msgspec.structs.replace(FIGURE, value=Decimal(8)),), "recount"))
    found = explain(session, MARK)
    assert str(found.what).endswith("was on time and is corrected")
    assert "what decides is the day on which it was received: 2031-03-06" in told(found)


def test_where_acceptance_decides_the_verification_is_waited_for(make: Make) -> None:
    session = make(rule=ACCEPTED)
    on(session, 3, 6)
    report(session, "north", WEEK)
    on(session, 3, 12)
    assert "what decides is its acceptance, and nobody has verified it yet" in told(explain(session, MARK))


def test_where_its_own_day_decides_that_day_is_named(make: Make) -> None:
    session = make(rule=OCCURRED)
    on(session, 3, 12)
    give(session, submit(), who=Who("p-ada", on=date(2031, 3, 7)))
    found = explain(session, MARK)
    assert "what decides is the day on which it says it was done: 2031-03-07" in told(found)
    assert str(found.what).endswith("is on time")


@pytest.mark.parametrize("weekly", ["weekday: 4, from: 2031-03-01, to: 2031-05-31", ""], ids=["moved", "gone"])
def test_a_mark_that_was_kept_says_under_what_it_was_given(make: Make, tmp_path: Path, weekly: str) -> None:
    session = make()
    on(session, 3, 11)
    report(session, "north", WEEK)
    must(adopt(session, drive(tmp_path / "other", weekly), reason="new days"))
    found = explain(session, MARK)
    says = "its mark was given under an earlier definition and stays: it was due on 2031-03-07"
    assert says in told(found)
    (bound,) = [line.position for line in session.log.read("entity:harvest-2031/north") if "bound" in line.topic]
    assert resting(found, says) == {bound}


def test_a_check_by_an_inspector_has_its_mark_too(make: Make) -> None:
    session = make(checks=CHECK)
    on(session, 3, 17)
    came = give(session, c.RecordCheck("north", "look-1", "look", "2031-03-H1", "sound", "all in order"))
    found = explain(session, "mark:north/look/2031-03-H1")
    assert str(found.what) == "Look 2031-03-H1 of north is late"
    assert "it is everyone's duty" in told(found)
    assert found.positions == (came,)
    assert told(found)[-1].startswith(f"#{came} check_recorded.v1")
    on(session, 4, 2)
    assert "nobody had checked it by 2031-04-02" in told(explain(session, "mark:north/look/2031-03-H2"))


@pytest.mark.parametrize(
    ("what", "fix"),
    [
        ("mark:north/wekly/2031-W10", "did you mean weekly?"),
        ("mark:north/weekly/2031-W10x", "did you mean 2031-W10?"),
        ("mark:north", "choose one of count, weekly"),
    ],
)
def test_what_is_not_owed_is_named_with_what_is_nearest(make: Make, what: str, fix: str) -> None:
    with pytest.raises(Problems) as caught:
        explain(make(), what)
    (problem,) = caught.value.problems
    assert problem.code == "mark-unknown"
    assert str(problem.fix).startswith(fix)


def test_nothing_is_owed_after_a_statistical_exit(make: Make) -> None:
    session = make()
    on(session, 3, 12)
    give(session, c.ExitStatistics("north", date(2031, 3, 10), "shell_enterprise", "closed"))
    with pytest.raises(Problems, match="left the statistics on 2031-03-10"):
        explain(session, "mark:north/weekly/2031-W11")


# --- and the other way -------------------------------------------------------------------------------------------


def given_marks(session: Session, position: int) -> list[Used]:
    return [use for use in used_by(session, position) if use.what.startswith("mark:")]


def test_an_event_names_the_marks_that_rest_on_it(make: Make) -> None:
    session = make()
    give(session, OFFICER)
    on(session, 3, 10)
    extension = give(session, extend(12))
    on(session, 3, 13)
    came = give(session, submit())
    assert given_marks(session, came) == given_marks(session, extension) == [Used(MARK, "late")]
    enrolled = session.entities()["north"].position
    assert given_marks(session, enrolled) == [Used(MARK, "late")]
    south = session.entities()["south"].position
    assert given_marks(session, south) == [Used(f"mark:south/weekly/{WEEK}", "missing")]


def test_a_verification_rests_in_the_mark_that_it_decides(make: Make) -> None:
    session = make(rule=ACCEPTED)
    on(session, 3, 6)
    report(session, "north", WEEK)
    on(session, 3, 12)
    accepted = give(session, c.VerifyReport("north", WEEK))
    assert given_marks(session, accepted) == [Used(MARK, "late")]


def test_what_is_not_due_yet_is_no_mark(make: Make) -> None:
    session = make()
    on(session, 3, 5)
    assert given_marks(session, session.entities()["north"].position) == []
