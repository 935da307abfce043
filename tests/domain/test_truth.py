"""Given facts with the days from which they were true, on a day, then these hold: whenever they were written."""

from datetime import date

import msgspec
import pytest
from domain.scenario import figure, recorded, target

from campaign.domain import events as e
from campaign.domain.truth import subject, true_on

ENROLLED = e.EntityEnrolled("faw", "enterprise", "一汽", ("key",), initial_phase="survey")
SUBMITTED = e.ReportSubmitted("r-1", "weekly", "2005-W36", (figure("12"),))
VERIFIED = e.ReportVerified("r-1")
OTHER = e.ReportSubmitted("r-2", "weekly", "2005-W37", (figure("13"),))
CLOSED = e.OperatingStatusChanged("closed", "重组")
SURVEYED, MOVED = e.SurveyRecorded(("省经委",), ()), e.PhaseMoved("survey", "mobilization", "advance")
PROPOSED, FIXED = e.TargetProposed(target(), "r"), e.TargetFixed("growth")


def day(number: int) -> date:
    return date(2005, 9, number)


def written(*facts: tuple[e.Event, int]) -> list[e.Recorded]:
    return [recorded(event, number, on=day(on)) for number, (event, on) in enumerate(facts, start=1)]


def holding(facts: tuple[tuple[e.Event, int], ...], on: int) -> list[e.Event]:
    return [record.event for record in true_on(written(*facts), day(on))]


STORY = ((ENROLLED, 2), (SUBMITTED, 9), (VERIFIED, 12), (CLOSED, 5))


@pytest.mark.parametrize(
    ("on", "then"),
    [
        (1, []),
        (2, [ENROLLED]),
        (4, [ENROLLED]),
        (5, [ENROLLED, CLOSED]),
        (9, [ENROLLED, SUBMITTED, CLOSED]),
        (12, [ENROLLED, SUBMITTED, VERIFIED, CLOSED]),
        (30, [ENROLLED, SUBMITTED, VERIFIED, CLOSED]),
    ],
)
def test_a_fact_holds_from_its_own_day_on_in_the_order_of_the_log(on: int, then: list[e.Event]) -> None:
    assert holding(STORY, on) == then


@pytest.mark.parametrize(
    ("facts", "on", "then"),
    [
        (((ENROLLED, 5), (SUBMITTED, 2)), 3, []),
        (((ENROLLED, 1), (SUBMITTED, 9), (VERIFIED, 3)), 4, [ENROLLED]),
        (((ENROLLED, 1), (SUBMITTED, 9), (OTHER, 3), (e.ReportVerified("r-2"), 4)), 4, [ENROLLED, OTHER,
                                                                                        e.ReportVerified("r-2")]),
        (((ENROLLED, 1), (PROPOSED, 9), (FIXED, 2)), 5, [ENROLLED]),
        (((ENROLLED, 1), (PROPOSED, 2), (FIXED, 2)), 2, [ENROLLED, PROPOSED, FIXED]),
        (((ENROLLED, 1), (SUBMITTED, 9), (SUBMITTED, 3)), 4, [ENROLLED, SUBMITTED]),
        (((ENROLLED, 1), (SURVEYED, 9), (MOVED, 3)), 4, [ENROLLED, MOVED]),
    ],
    ids=[
        "nothing before the stream began",
        "nothing about a report before the report",
        "each report for itself",
        "a target by the id in its line",
        "all on one day",
        "what begins it again, earlier",
        "what is about the entity itself waits for nothing else",
    ],
)  # fmt: skip
def test_a_fact_about_something_holds_only_once_that_is_there(
    facts: tuple[tuple[e.Event, int], ...], on: int, then: list[e.Event]
) -> None:
    assert holding(facts, on) == then


def test_streams_begin_each_for_itself() -> None:
    mine, theirs = written((ENROLLED, 9)), written((ENROLLED, 1))
    elsewhere = [msgspec.structs.replace(record, stream="entity:k/jac") for record in theirs]
    assert list(true_on([*mine, *elsewhere], day(5))) == elsewhere


@pytest.mark.parametrize(
    ("event", "then"),
    [
        (e.DefinitionBound("0" * 64), None),
        (ENROLLED, ("entity", "faw")),
        (VERIFIED, ("report", "r-1")),
        (PROPOSED, ("target", "growth")),
        (FIXED, ("target", "growth")),
        (e.TaskStatementReceived("s-1", day(2)), ("letter", "s-1")),
        (e.FindingRaised("f-1", "omission", "漏报", report="r-1"), ("finding", "f-1")),
        (e.IndividualNominated("c-1", "zhu", "t1", "m"), ("commendation", "c-1")),
        (e.AwardApproved("a-1"), ("award", "a-1")),
    ],
)
def test_what_a_fact_is_about(event: e.Event, then: tuple[str, str] | None) -> None:
    found = subject(recorded(event, 1))
    assert found == (then and ("entity:k/faw", *then))
