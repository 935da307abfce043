"""Looking back: what was known stays known, what was true depends on when it was written, changes have events."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from app.folders import harvest
from evidence.kit import Office
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.app import history, uses
from campaign.app.adopt import apply
from campaign.app.handle import Who, handle
from campaign.app.replay import past as folded
from campaign.app.session import Session, Settings, open_session
from campaign.domain import commands as c
from campaign.domain import events as e
from campaign.domain.events import Figure, ReportCorrected, ReportSubmitted, ReportVerified, Target
from campaign.domain.truth import true_on
from campaign.problems import Problems

STEWARD = "p-ada"


@pytest.fixture
def farm(tmp_path: Path) -> Iterator[Session]:
    """A rehearsal with one farm, whose officer, target and letter are true on days of March 2031."""
    session = open_session(Settings(":memory:", at=datetime(2031, 3, 1, 8, tzinfo=UTC)), write=True, create=True)
    apply(session, harvest(tmp_path / "harvest"), Who(STEWARD), rehearsal=True)
    give(session, 1, c.EnrolEntity("north", "farm", "North farm", ("farm",)))
    yield session
    session.close()


def give(session: Session, day: int, command: c.Command, written: int | None = None) -> int:
    """Give a command that was true on a day of March and written on another; return its last position."""
    session.settings = Settings(":memory:", at=datetime(2031, 3, written or day, 9, tzinfo=UTC))
    reply = handle(session, [command], Who(STEWARD, on=date(2031, 3, day)))
    assert reply.refusal is None, reply.refusal
    return reply.last


def officer(person: str, reason: str = "") -> c.Command:
    return c.AppointOfficer("north", "accountable_officer", person, "chair", reason)


def holder(past: history.Past) -> str:
    duty = past.entities["north"].duties.get("accountable_officer") if "north" in past.entities else None
    return duty.person if duty else ""


def march(day: int) -> date:
    return date(2031, 3, day)


def test_what_was_true_on_a_day_is_what_had_happened_by_then(farm: Session) -> None:
    give(farm, 3, officer("p-bo"))
    give(farm, 9, officer("p-cy", "ill"))
    assert [holder(history.past(farm, on=march(day))) for day in (2, 3, 8, 9)] == ["", "p-bo", "p-bo", "p-cy"]


def test_a_back_dated_fact_appears_only_from_the_moment_it_was_recorded(farm: Session) -> None:
    give(farm, 3, officer("p-bo"))
    before = farm.log.head()
    late = give(farm, 5, officer("p-cy", "was forgotten"), written=20)
    assert holder(history.past(farm, to=before, on=march(6))) == "p-bo"
    assert holder(history.past(farm, to=late, on=march(6))) == "p-cy"
    assert holder(history.past(farm, on=march(4))) == "p-bo"
    as_of = datetime(2031, 3, 19, tzinfo=UTC)
    assert holder(history.past(farm, as_of=as_of, on=march(6))) == "p-bo"


def test_nothing_of_an_entity_is_true_before_it_was_enrolled(farm: Session) -> None:
    give(farm, 10, c.EnrolEntity("south", "farm", "South farm", ("farm",)))
    give(farm, 5, c.AppointOfficer("south", "liaison", "p-bo", "clerk"), written=11)
    assert "south" not in history.past(farm, on=march(9)).entities
    assert history.past(farm, on=march(10)).entities["south"].duties["liaison"].person == "p-bo"


def test_a_fact_about_a_thing_that_was_not_there_is_not_true(farm: Session) -> None:
    give(farm, 10, c.ProposeTarget("north", Target(target="yield", indicator="yield", value=5, unit="t"), "soil"))
    give(farm, 8, c.ReviewTarget("north", "yield", True, "fair"), written=12)
    assert history.past(farm, on=march(9)).entities["north"].targets == {}
    assert history.past(farm, on=march(10)).entities["north"].targets["yield"].status == "reviewed"


def test_everything_on_the_last_day_is_what_replay_says(farm: Session) -> None:
    give(farm, 3, officer("p-bo"))
    assert history.past(farm, on=march(31)).entities == folded(farm).entities
    assert history.past(farm) == folded(farm)


def test_one_entity_alone_is_folded_as_with_all_the_others(office: Office) -> None:
    session = office.session()
    whole = history.past(session, to=1400)
    one = history.past(session, to=1400, entities=["220200"])
    assert one.entities == {"220200": whole.entities["220200"]}
    assert one.campaign == whole.campaign


def test_an_entity_that_is_not_there_is_named(office: Office) -> None:
    with pytest.raises(Problems, match="unknown-entity"):
        history.past(office.session(), entities=["220201"])


def test_what_was_seen_as_of_then_never_changes(farm: Session) -> None:
    seen: list[tuple[datetime, history.Past]] = []
    for day in range(2, 12):
        give(farm, max(day - day % 3, 1), officer(f"p-{day}", "rota"), written=day)
        now = farm.instant()
        seen.append((now, history.past(farm, as_of=now)))
        assert all(history.past(farm, as_of=then) == past for then, past in seen)
    assert history.past(farm, as_of=seen[0][0] - timedelta(days=40)).entities == {}


def test_no_day_and_no_position_of_the_story_is_too_much_for_the_fold(office: Office) -> None:
    session = office.session()
    for position in range(0, session.log.head(), 300):
        for day in range(15, 32, 2):
            history.past(session, to=position, on=date(2005, 8, day))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.sampled_from("svcz"), st.integers(1, 9)), max_size=12), st.integers(0, 10))
def test_of_any_history_only_what_is_about_something_there_is_true(steps: list[tuple[str, int]], day: int) -> None:
    from evidence.records import record  # noqa: PLC0415 -- a small maker

    figure = Figure(indicator="yield", value=1, unit="t", scope="field")
    events = {
        "s": ReportSubmitted("r", "count", "2031", (figure,)),
        "v": ReportVerified("r"),
        "c": ReportCorrected("r", (figure,), "x"),
        "z": ReportSubmitted("q", "count", "2031", (figure,)),
    }
    records = [record(place, events[kind], march(on)) for place, (kind, on) in enumerate(steps, start=1)]
    on = march(day) if day else date(2031, 2, 1)
    kept = list(true_on(records, on))
    assert all(line.occurred_on <= on for line in kept)
    assert [line.position for line in kept] == sorted(line.position for line in kept)
    assert {line.position for line in kept} <= {line.position for line in true_on(records, on + timedelta(days=1))}
    about = [line for line in kept if line.event.report == "r"]
    began = next((line.topic for line in records if line.event.report == "r"), "")
    assert not about or any(line.topic == began for line in about[:1])


# --- what changed ------------------------------------------------------------------------------------------------


def test_a_diff_names_every_value_and_the_events_that_made_it(farm: Session) -> None:
    before = farm.log.head()
    one = give(farm, 3, officer("p-bo"))
    two = give(farm, 4, officer("p-cy", "ill"))
    three = give(farm, 5, c.EstablishTaskForce("north", "crew", ("p-bo",)))
    found = {change.path: change for change in history.diff(farm, before, three)}
    assert found["task_force"].after == "crew"
    assert found["task_force"].positions == (three,)
    assert found["duties[accountable_officer]"].positions == (one, two)
    assert '"p-cy"' in found["duties[accountable_officer]"].after
    assert {change.stream for change in found.values()} == {"entity:harvest-2031/north"}
    back = {change.path: change for change in history.diff(farm, three, before)}
    assert (back["task_force"].before, back["task_force"].after) == ("crew", "")


def test_a_diff_says_the_same_as_two_full_replays(office: Office) -> None:
    session = office.session()
    first, second = 900, 1500
    found = history.diff(session, first, second)
    before, after = folded(session, first), folded(session, second)
    names = {stream.rpartition("/")[2] for stream in {change.stream for change in found} if stream.startswith("entity")}
    changed = {name for name in after.entities if before.entities.get(name) != after.entities[name]}
    assert names == changed
    assert all(first < position <= second for change in found for position in change.positions)
    assert all(change.positions for change in found)
    assert history.diff(session, first, first) == []


def test_moments_of_a_diff_are_positions_instants_or_ends_of_days(farm: Session) -> None:
    """The campaign's day ends at midnight in Berlin, which is 22 or 23 o'clock of UTC."""
    first = give(farm, 3, officer("p-bo"))
    last = give(farm, 4, officer("p-cy", "ill"))
    moments = (first, march(3), datetime(2031, 3, 3, 9, tzinfo=UTC), datetime(2031, 3, 4, 8, 59, tzinfo=UTC))
    assert {history.position_of(farm, moment) for moment in moments} == {first}
    assert history.position_of(farm, march(4)) == history.position_of(farm, march(30)) == last
    assert history.diff(farm, march(3), march(4)) == history.diff(farm, first, last)
    assert history.diff(farm, march(4), first) == history.diff(farm, last, first) != []
    assert history.position_of(farm, date(2031, 2, 1)) == 0
    with pytest.raises(Problems, match="no-such-position"):
        history.position_of(farm, last + 1)


def test_a_day_ends_at_midnight_of_the_campaigns_own_zone(farm: Session) -> None:
    before = farm.log.head()
    farm.settings = Settings(":memory:", at=datetime(2031, 3, 3, 23, 30, tzinfo=UTC))
    handle(farm, [officer("p-bo")], Who(STEWARD))
    assert history.position_of(farm, march(3)) == before
    assert history.position_of(farm, march(4)) == before + 1


def test_a_list_is_compared_place_by_place(office: Office) -> None:
    paths = {change.path for change in history.diff(office.session(), 1300, 1556)}
    assert {"phase", "moves[1]"} <= paths
    assert not any(path.endswith("version") for path in paths)


# --- who did what ------------------------------------------------------------------------------------------------


def test_an_auditor_reads_who_did_what_why_and_sees_what_bends_the_course(office: Office) -> None:
    session = office.session()
    deeds = list(history.deeds(session, "increment-47"))
    waived = [deed for deed in deeds if deed.topic == "gate_waived.v1"]
    assert [(deed.intervention, deed.actor, bool(deed.why)) for deed in waived] == [(True, "p-wei-lichang", True)]
    ordinary = [deed for deed in deeds if not deed.intervention]
    assert {"entity_enrolled.v1", "survey_recorded.v1"} <= {deed.topic for deed in ordinary}
    moved = [deed for deed in deeds if deed.topic == "phase_moved.v1"]
    assert [deed.intervention for deed in moved] == [False, True], "a move through a waived gate stands out"
    assert all(deed.command_id and deed.role for deed in deeds)


DAY, INSTANT = date(2005, 9, 1), datetime(2005, 9, 1, 9, tzinfo=UTC)
PRESENT = e.DefinitionBound(sha256="s")
JUDGED = e.MarkChange(obligation="weekly_report", period="2005-W36", before="late", after="on_time")
BENT = [
    (e.PeriodExtended("weekly_report", "2005-W36", DAY, "flood", "p-ann"), True),
    (e.PeriodWaived("weekly_report", "2005-W36", "flood", "p-ann"), True),
    (e.PeriodSignedOff("weekly_report", "2005-W36"), False),
    (e.PeriodReopened("weekly_report", "2005-W36", "one was left out"), True),
    (e.ObligationRescheduled("weekly_report", ()), True),
    (e.EntryDone("i-1", "solved"), False),
    (e.EntryReopened("i-1", "it was not"), True),
    (PRESENT, False),
    (msgspec.structs.replace(PRESENT, held=True), True),
    (msgspec.structs.replace(PRESENT, judged_again=(JUDGED,)), True),
    (e.DefinitionAdopted("s", "{}", ()), False),
    (e.DefinitionAdopted("s", "{}", (), diff=("grace_days: 0 -> 9",)), True),
]


@pytest.mark.parametrize(("event", "bends"), BENT, ids=lambda value: type(value).__name__)
def test_what_somebody_decided_apart_from_the_rules_bends_the_course(event: e.Event, bends: bool) -> None:  # noqa: FBT001 -- a table
    """Exceptions from duties and rules changed under way stand out; what the rules foresee does not."""
    topic = e.TOPIC_OF[type(event)]
    record = e.Recorded(1, "entity:c/x", 1, topic, INSTANT, DAY, "p-ann", "office", "c-1", None, event)
    assert history.intervenes(record) == bends


# --- what rests on an event --------------------------------------------------------------------------------------


def test_an_event_says_which_values_rest_on_it(office: Office) -> None:
    session = office.session()
    fixed = next(line for line in session.log.scan() if line.topic == "target_fixed.v1")
    found = uses.used_by(session, fixed.position)
    entity = fixed.stream.partition(":")[2]
    assert uses.Used(f"entity:{entity}", f"targets[{fixed.event.target.target}]") in found


def test_a_figure_an_adopted_scheme_and_a_run_say_which_ranks_and_awards_rest_on_them(whole: Office) -> None:
    session = whole.session()
    state = session.campaign()
    award = next(iter(state.awards.values()))
    run = state.runs[award.run]
    rank = f"rank:{award.run}/{award.entity}"
    report = max(line.figures_position for line in session.entities()[award.entity].reports.values()
                 if line.status == "verified")  # fmt: skip
    for position in (run.position, state.schemes[-1].position, figure_behind(session, award.entity, run.run) or report):
        whats = {use.what for use in uses.used_by(session, position)}
        assert {rank, f"award:{award.award}"} <= whats
    assert not {use.what for use in uses.used_by(session, award.position)} & {rank}


def figure_behind(session: Session, entity: str, run: str) -> int:
    """The first position that the explanation of a rank names."""
    from campaign.app.explain import Explained, explain  # noqa: PLC0415 -- only here

    def positions(step: Explained) -> Iterator[int]:
        yield from step.positions
        for inner in step.because:
            yield from positions(inner)

    known = session.campaign().runs[run].position
    return min(position for position in positions(explain(session, f"rank:{run}/{entity}")) if position != known)
