"""The rows beside the log: keys, exact round trips, and the same row whether folded at once or row by row."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from domain import playing
from domain.scenario import ENROL, FIXED, OFFICER, REPORT, SURVEY, Life, given
from domain.test_nothing_lost import LIFE, RULES
from domain.test_nothing_lost_of_a_campaign import folds
from hypothesis import given as holds_for
from hypothesis import settings
from hypothesis import strategies as st

from campaign.domain import events as e
from campaign.domain.events import TOPIC_OF, Event, Recorded
from campaign.domain.state import EntityState, ReportLine
from campaign.readmodels.views import ALL, CampaignView, EntityView, ProjectView

NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12)
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=12)
IDS = st.sampled_from(["a", "b", "c"])
DAYS = st.dates(date(2005, 1, 1), date(2006, 12, 31))


def records(stream: str, *events: Event) -> list[Recorded]:
    return [playing.recorded(event, number, stream=stream) for number, event in enumerate(events, start=1)]


def rows_agree(view: Any, history: list[Recorded]) -> None:  # noqa: ANN401 -- any of the views
    """Fold once in memory and once with the row written and read back between every two records."""
    in_memory = stored = None
    for record in history:
        in_memory = view.evolve(in_memory, record)
        read_back = None if stored is None else view.load(stored)
        stored = view.dump(view.evolve(read_back, record))
    assert stored is not None
    assert view.load(stored) == in_memory
    assert view.dump(in_memory) == stored


def test_keys_are_the_streams_without_their_kind() -> None:
    record = records("entity:k/220100", playing.OPENED)[0]
    assert EntityView.key(record) == "k/220100"
    assert CampaignView.key(record) is None
    assert ProjectView.key(record) is None
    other = msgspec.structs.replace(record, stream="project:k/p1")
    assert (EntityView.key(other), ProjectView.key(other)) == (None, "k/p1")
    assert CampaignView.key(msgspec.structs.replace(record, stream="campaign:k")) == "k"


def test_views_are_named_as_their_streams_and_versioned() -> None:
    assert [(view.name, view.version) for view in ALL] == [("campaign", 5), ("entity", 3), ("project", 1)]


def test_the_richest_stories_survive_being_written_down() -> None:
    """One with every field of every event filled, of each kind of stream."""
    campaign, project = dict.fromkeys(story for story, *_ in folds())
    rows_agree(CampaignView, campaign.records)
    rows_agree(ProjectView, project.records)
    rows_agree(EntityView, Life(RULES).do(*LIFE).records)


def test_an_entitys_life_survives_being_written_down() -> None:
    life = given(SURVEY, OFFICER, *FIXED, REPORT)
    rows_agree(EntityView, life.records)
    assert EntityView.load(EntityView.dump(life.state)) == life.state


def test_the_order_of_keys_survives_because_the_last_one_counts() -> None:
    life = given()
    life.record(e.TaskStatementIssued("z", "h"), e.TaskStatementIssued("a", "h"))
    assert list(EntityView.load(EntityView.dump(life.state)).letters) == ["z", "a"]


def test_decimals_keep_every_digit_and_their_scale() -> None:
    line = ReportLine(
        "r",
        "o",
        "p",
        (e.Figure(indicator="i", value=Decimal("1.10"), unit="u", scope="s"),),
        "ann",
        date(2005, 9, 1),
        datetime(2005, 9, 1, 2, 3, 4, 567, tzinfo=UTC),
        7,
    )
    state = EntityState(version=1, reports={"r": line})
    data = EntityView.dump(state)
    assert b'"1.10"' in data
    assert str(EntityView.load(data).reports["r"].figures[0].value) == "1.10"


PROJECTS = st.one_of(
    st.builds(e.ProjectSelected, criterion=WORDS),
    st.builds(
        e.ProjectMilestoneReached,
        milestone=st.sampled_from(["started", "commissioned", "at_capacity", "at_benefit"]),
        reached_on=DAYS,
    ),
)
CAMPAIGNS = st.one_of(
    st.builds(e.SchemeAdopted, scheme=IDS, sha256=WORDS, text=WORDS, document=WORDS),
    st.builds(e.MeetingScheduled, meeting=IDS, kind=WORDS, title=WORDS, scheduled_on=DAYS, convener=WORDS),
    st.builds(e.AwardProposed, award=IDS, run=IDS, entity=IDS, group=IDS, rank=st.integers(0, 9), amount_yuan=NUMBERS),
    st.builds(e.EntityCommended, commendation=IDS, entity=IDS, citation=WORDS),
    st.builds(e.IndividualNominated, commendation=IDS, person=IDS, entity=IDS, citation=WORDS),
    st.builds(e.SummaryRecorded, title=WORDS, sha256=WORDS, conclusion=WORDS),
)


@holds_for(NUMBERS, st.lists(PROJECTS, max_size=6))
@settings(max_examples=50, deadline=None)
def test_any_projects_row_survives(amount: Decimal, events: list[Event]) -> None:
    first = e.ProjectRegistered("p", "P", "t1", "new", amount)
    rows_agree(ProjectView, records("project:k/p", first, *events))


@holds_for(st.lists(CAMPAIGNS, max_size=8))
@settings(max_examples=50, deadline=None)
def test_any_campaigns_row_survives(events: list[Event]) -> None:
    rows_agree(CampaignView, records("campaign:k", playing.OPENED, *events))


@pytest.mark.parametrize("make", [lambda: ENROL, lambda: REPORT])
def test_rows_are_equal_bytes_for_equal_states(make: Callable[[], object]) -> None:
    assert make() == make()
    first, second = given(REPORT).state, given(REPORT).state
    assert EntityView.dump(first) == EntityView.dump(second)


def test_every_event_of_a_stream_kind_is_folded_by_its_view() -> None:
    assert set(TOPIC_OF) >= {type(record.event) for record in given(SURVEY, REPORT).records}
