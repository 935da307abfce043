"""Outstanding individuals: nominated, reviewed and decided, by different persons (R-21)."""

import pytest
from domain.playing import ADOPTED, LENIENT, OPENED, Given, answer, by, campaign_after, codes, remedied

from campaign.domain.commands import Command, CommendEntity, DecideIndividual, NominateIndividual, ReviewIndividual
from campaign.domain.events import EntityCommended, Event, IndividualDecided, IndividualNominated, IndividualReviewed

PUT = IndividualNominated("i1", "zhu", "t1", "tireless")
GOOD = IndividualReviewed("i1", favourable=True, opinion="agreed")
POOR = IndividualReviewed("i1", favourable=False, opinion="too early")
GRANT = IndividualDecided("i1", granted=True, reason="deserved")
DECLINE = IndividualDecided("i1", granted=False, reason="next year")
OPEN = (OPENED, ADOPTED)
NOMINATE = NominateIndividual("i1", "zhu", "t1", "tireless")
REVIEW = ReviewIndividual("i1", favourable=True, opinion="agreed")
DECIDE = DecideIndividual("i1", granted=True, reason="deserved")

ACCEPTED = [
    ("nominated", OPEN, NOMINATE, "ann", PUT),
    ("reviewed by another", (*OPEN, PUT), REVIEW, "bob", GOOD),
    ("granted by another", (*OPEN, PUT, ("bob", GOOD)), DECIDE, "lee", GRANT),
    ("granted by the reviewer", (*OPEN, PUT, ("bob", GOOD)), DECIDE, "bob", GRANT),
    (
        "declined after an objection",
        (*OPEN, PUT, ("bob", POOR)),
        DecideIndividual("i1", granted=False, reason="next year"),
        "lee",
        DECLINE,
    ),
    (
        "nominated anew after it was declined",
        (*OPEN, PUT, GOOD, DECLINE),
        NominateIndividual("i2", "zhu", "t1", "tireless"),
        "ann",
        IndividualNominated("i2", "zhu", "t1", "tireless"),
    ),
]


@pytest.mark.parametrize(
    ("given", "command", "actor", "then"), [row[1:] for row in ACCEPTED], ids=[row[0] for row in ACCEPTED]
)
def test_accepted(given: Given, command: Command, actor: str, then: Event) -> None:
    assert answer(given, command, by(actor)) == (then,)


REFUSED = [
    ("the id twice", (*OPEN, PUT), NominateIndividual("i1", "wei", "t1", "x"), "ann", ["commendation-exists"]),
    ("the person twice", (*OPEN, PUT), NominateIndividual("i2", "zhu", "t1", "x"), "ann", ["individual-twice"]),
    (
        "a name instead of an id",
        OPEN,
        NominateIndividual("", "Zhu De", " ", ""),
        "ann",
        ["text-missing", "text-missing", "text-missing", "not-a-person-id"],
    ),
    ("an unknown one reviewed", OPEN, REVIEW, "bob", ["nomination-unknown"]),
    ("reviewed by the nominator", (*OPEN, PUT), REVIEW, "ann", ["four-eyes"]),
    ("reviewed by the nominee", (*OPEN, PUT), REVIEW, "zhu", ["four-eyes"]),
    ("reviewed without a word", (*OPEN, PUT), ReviewIndividual("i1", True, ""), "bob", ["text-missing"]),
    ("reviewed twice", (*OPEN, PUT, GOOD), REVIEW, "bob", ["already-reviewed"]),
    ("reviewed after the decision", (*OPEN, PUT, GOOD, GRANT), REVIEW, "bob", ["already-decided"]),
    ("an unknown one decided", OPEN, DECIDE, "lee", ["nomination-unknown"]),
    ("decided before a review, by the nominator", (*OPEN, PUT), DECIDE, "ann", ["not-reviewed", "four-eyes"]),
    ("granted against the review", (*OPEN, PUT, POOR), DECIDE, "lee", ["review-unfavourable"]),
    ("decided without a reason", (*OPEN, PUT, GOOD), DecideIndividual("i1", True, " "), "lee", ["reason-needed"]),
    ("decided twice", (*OPEN, PUT, GOOD, GRANT), DECIDE, "lee", ["already-decided"]),
]


@pytest.mark.parametrize(
    ("given", "command", "actor", "why"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_refused(given: Given, command: Command, actor: str, why: list[str]) -> None:
    outcome = answer(given, command, by(actor))
    assert codes(outcome) == why
    assert remedied(outcome)


def test_one_person_may_do_all_where_the_definition_says_so() -> None:
    given = (*OPEN, PUT)
    assert codes(answer(given, REVIEW, by("ann"), LENIENT)) == []
    assert codes(answer((*given, GOOD), DECIDE, by("ann"), LENIENT)) == []


def test_four_eyes_hold_by_default_even_without_a_definition() -> None:
    assert codes(answer((OPENED, PUT), REVIEW, by("ann"), None)) == ["four-eyes"]


def test_the_standing_follows_review_and_decision() -> None:
    def statuses(*events: Event) -> str:
        return campaign_after(*OPEN, *events).individuals["i1"].status

    assert statuses(PUT) == "nominated"
    assert statuses(PUT, GOOD) == "reviewed"
    assert statuses(PUT, POOR) == "objected"
    assert statuses(PUT, GOOD, GRANT) == "granted"
    assert statuses(PUT, GOOD, DECLINE) == "declined"
    line = campaign_after(*OPEN, PUT, ("bob", GOOD)).individuals["i1"]
    assert (line.nominated_by, line.reviewed_by, line.position) == ("ann", "bob", 30)


def test_entities_are_commended_at_any_time_under_an_id_of_their_own() -> None:
    command = CommendEntity("h1", "t1", "steady")
    (event,) = answer(OPEN, command)
    assert event == EntityCommended("h1", "t1", "steady")
    line = campaign_after(*OPEN, event).commended["h1"]
    assert (line.entity, line.citation, line.by, line.position) == ("t1", "steady", "ann", 30)
    assert codes(answer((*OPEN, event), command)) == ["commendation-exists"]
    assert codes(answer((*OPEN, event), NominateIndividual("h1", "zhu", "t1", "x"))) == ["commendation-exists"]
    assert codes(answer(OPEN, CommendEntity("h1", "", ""))) == ["text-missing", "text-missing"]
