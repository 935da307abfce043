"""Who did what: one line a record, along either axis, with what was written down late (R-02)."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import permutations
from typing import Any, get_args, get_type_hints

import msgspec
import pytest
from domain.playing import DEFINITION, OPENED, recorded
from hypothesis import given as holds_for
from hypothesis import settings
from hypothesis import strategies as st

from campaign.domain import events as e
from campaign.domain.definition import Timeliness
from campaign.domain.events import TOPIC_OF, TOPICS, Event, Figure, GateOutcome, Recorded, Target
from campaign.readmodels.ledger import by_actor, combine, history, late_recorded, ledger, line
from campaign.readmodels.summaries import summary


def record(position: int, on: date, at: datetime, actor: str = "ann") -> Recorded:
    held = e.SummaryRecorded("S", "h", "c")
    return msgspec.structs.replace(recorded(held, position, actor), position=position, occurred_on=on, recorded_at=at)


D18, D24 = date(2005, 8, 18), date(2005, 8, 24)
EARLY = record(1, D18, datetime(2005, 8, 18, 15, 59, tzinfo=UTC))
NEXT_DAY = record(2, D18, datetime(2005, 8, 18, 16, 0, tzinfo=UTC), "bob")
LATE = record(3, D18, datetime(2005, 8, 24, 1, 0, tzinfo=UTC))
PUNCTUAL = record(4, D24, datetime(2005, 8, 24, 1, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    ("found", "days", "late"),
    [
        (EARLY, 0, False),
        (NEXT_DAY, 0, True),
        (NEXT_DAY, 1, False),
        (LATE, 1, True),
        (LATE, 6, False),
        (PUNCTUAL, 0, False),
    ],
)
def test_late_is_counted_in_days_of_the_campaigns_own_zone(found: Recorded, days: int, late: bool) -> None:  # noqa: FBT001 -- a column of the table
    rules = msgspec.structs.replace(DEFINITION, timeliness=Timeliness(late_recorded_after_days=days))
    assert late_recorded(found, rules) is late


def test_a_line_holds_both_dates_and_who_it_was() -> None:
    found = line(LATE, DEFINITION)
    assert (found.position, found.occurred_on, found.recorded_at.date()) == (3, D18, D24)
    assert (found.actor, found.role, found.topic, found.late_recorded) == ("ann", "office", "summary_recorded.v1", True)
    assert str(found.text) == "recorded the summary S"
    assert not line(LATE, None).late_recorded


def test_a_history_can_be_read_along_either_axis() -> None:
    records = [PUNCTUAL, LATE]
    assert [entry.position for entry in history(records, DEFINITION)] == [3, 4]
    older = record(5, date(2005, 8, 1), datetime(2005, 9, 1, tzinfo=UTC))
    assert [entry.position for entry in history([*records, older], DEFINITION, by_occurrence=True)] == [5, 3, 4]


def test_parts_of_a_history_combine_in_any_order() -> None:
    whole = ledger([EARLY, NEXT_DAY, LATE], DEFINITION)
    parts = [ledger([entry], DEFINITION) for entry in (EARLY, NEXT_DAY, LATE)]
    for one, two, three in permutations(parts):
        assert combine(combine(one, two), three) == combine(one, combine(two, three)) == whole


def test_what_each_person_did() -> None:
    found = by_actor(ledger([LATE, NEXT_DAY, EARLY], DEFINITION))
    assert {actor: [entry.position for entry in lines] for actor, lines in found.items()} == {"ann": [1, 3], "bob": [2]}
    assert list(found) == ["ann", "bob"]


FIGURE = Figure(indicator="profit", value=Decimal("1.50"), unit="yuan", scope="s")
TARGET = Target(target="growth", indicator="growth", value=Decimal("15.00"), unit="%")
SENTENCES: list[tuple[Event, str]] = [
    (OPENED, "opened the campaign Spring"),
    (e.CampaignOpened("k", "S", rehearsal=True), "opened the campaign S as a rehearsal"),
    (e.DefinitionAdopted("ab" * 32, "", ()), "adopted the definition abababababab"),
    (e.MeetingRescheduled("m", D18, D24, "storm"), "moved the meeting m from 2005-08-18 to 2005-08-24: storm"),
    (e.AwardProposed("a1", "r1", "t1", "g", 0, Decimal("100.50")), "put t1 forward for 100.50 yuan, rank -, as a1"),
    (e.IndividualReviewed("i1", favourable=True, opinion="yes"), "agreed to i1: yes"),
    (e.IndividualReviewed("i1", favourable=False, opinion="no"), "objected to i1: no"),
    (e.IndividualDecided("i1", granted=True, reason="r"), "granted the commendation i1: r"),
    (e.IndividualDecided("i1", granted=False, reason="r"), "declined the commendation i1: r"),
    (e.EntityEnrolled("t1", "town", "T", (), "first"), "enrolled T in -"),
    (e.SurveyRecorded((), (FIGURE, FIGURE)), "recorded the survey: profit 1.50 yuan, profit 1.50 yuan"),
    (e.TargetFixed(TARGET), "fixed the target growth >= 15.00 %"),
    (e.TargetFixed(Target(target="o", indicator="o", text="keep order")), "fixed the target o: keep order"),
    (e.ResponsibilityLetterIssued("l", "h"), "issued responsibility letter l"),
    (
        e.ResponsibilityLetterIssued("l2", "h", None, "l", "flood"),
        "issued responsibility letter l2 in place of l: flood",
    ),
    (e.PhaseMoved("a", "b", "advance", (GateOutcome(gate="g", verdict="met"),)), "advance from a to b"),
    (
        e.PhaseMoved("a", "b", "skip", (GateOutcome(gate="g", verdict="waived", detail="d"),), "late"),
        "skip from a to b (late; g waived)",
    ),
    (e.ReportSubmitted("r", "weekly", "W1", ()), "reported weekly W1: -"),
    (e.ProjectMilestoneReached("started", D18), "reached started on 2005-08-18"),
]


@pytest.mark.parametrize(("event", "sentence"), SENTENCES, ids=[text for _, text in SENTENCES])
def test_a_fact_in_one_sentence(event: Event, sentence: str) -> None:
    assert str(summary(event)) == sentence


def sample(body: type[Event]) -> Event:
    """Make an event of any class, from the types of its fields."""
    hints = get_type_hints(body)
    return body(**{field.name: _value(hints[field.name]) for field in msgspec.structs.fields(body)})


def _value(hint: Any) -> Any:  # noqa: ANN401, PLR0911 -- one line a type
    if hint in {str, "str"}:
        return "x"
    if hint is bool:
        return True
    if hint is int:
        return 1
    if hint is Decimal:
        return Decimal(1)
    if hint is date:
        return D18
    if hint is Target:
        return TARGET
    first = get_args(hint)[0] if get_args(hint) else None
    if first is Figure:
        return (FIGURE,)
    return () if str(hint).startswith("tuple") else first if isinstance(first, str) else None


@pytest.mark.parametrize("topic", sorted(TOPICS))
def test_every_topic_has_its_sentence_with_every_name_filled(topic: str) -> None:
    text = summary(sample(TOPICS[topic]))
    assert str(text)
    assert "{" not in str(text)
    assert TOPIC_OF[TOPICS[topic]] == topic


@holds_for(st.lists(st.sampled_from([EARLY, NEXT_DAY, LATE, PUNCTUAL]), unique_by=lambda entry: entry.position))
@settings(max_examples=30, deadline=None)
def test_a_ledger_does_not_depend_on_the_order_it_is_fed(records: list[Recorded]) -> None:
    assert ledger(records, DEFINITION) == ledger(sorted(records, key=lambda entry: -entry.position), DEFINITION)
