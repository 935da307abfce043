"""Adopting: one append, every entity bound, no mark given moves by itself; entities may be held on what they had."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from app.drives import ADA, BEN, adopt, begun, drive, due, marks, must, on, owed, refused, report, standing
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaign.app import versions
from campaign.app.adopt import Choice, apply, plan, propose
from campaign.app.handle import Who, handle
from campaign.app.replay import check
from campaign.app.session import Session
from campaign.domain import commands as c
from campaign.domain.events import DefinitionBound, ObligationRescheduled
from campaign.store.log import CommandReused

THURSDAYS = "weekday: 4, from: 2031-03-01, to: 2031-05-31"
ENTITY = "entity:harvest-2031/north"


def mid_march(tmp_path: Path, store: str = ":memory:") -> Session:
    """Return a campaign with W10 missing and W11 on time in the north, on the evening of 20 March."""
    session = begun(drive(tmp_path / "a"), store)
    on(session, 3, 14)
    report(session, "north", "2031-W11")
    on(session, 3, 20)
    return session


def test_an_adoption_is_one_append_that_binds_every_entity_and_says_what_moved(tmp_path: Path) -> None:
    session = mid_march(tmp_path)
    reply = must(adopt(session, drive(tmp_path / "b", THURSDAYS)))
    assert [topic for _, topic in reply.events] == [
        "definition_adopted.v1",
        *("definition_bound.v1", "obligation_rescheduled.v1") * 2,
    ]
    assert reply.last - reply.first == 4
    bound, moved = (record.event for record in session.log.read(ENTITY)[-2:])
    assert isinstance(bound, DefinitionBound)
    assert isinstance(moved, ObligationRescheduled)
    assert bound.sha256 == session.campaign().adoptions[-1].sha256 == session.entities()["north"].definition_sha256
    assert [(line.period, line.standing) for line in bound.kept] == [("2031-W10", "missing"), ("2031-W11", "on_time")]
    assert (moved.obligation, len(moved.shifts)) == ("weekly", 11)
    assert (moved.shifts[0].was_on, moved.shifts[0].due_on) == (date(2031, 3, 21), date(2031, 3, 20))
    assert check(session).differences == ()


def test_an_adoption_given_again_under_its_id_gives_its_first_outcome_and_writes_nothing(tmp_path: Path) -> None:
    session, who = mid_march(tmp_path), Who("p-ada", command_id="adopt-1")
    folder = drive(tmp_path / "b", THURSDAYS)
    first = apply(session, folder, who, reason="earlier in the week")
    assert (first.refusal, first.repeated) == (None, False)
    head = session.log.head()
    again = apply(session, folder, who, reason="earlier in the week")
    assert (again.first, again.last, again.events, again.repeated) == (first.first, first.last, first.events, True)
    with pytest.raises(CommandReused):
        apply(session, folder, who, reason="another reason")
    with pytest.raises(CommandReused):
        apply(session, drive(tmp_path / "c"), who, reason="earlier in the week")
    assert session.log.head() == head


def test_marks_given_stay_new_days_hold_for_the_rest_and_later_facts_still_count(tmp_path: Path) -> None:
    session = mid_march(tmp_path)
    before = marks(session)
    must(adopt(session, drive(tmp_path / "b", THURSDAYS)))
    assert marks(session) == before == {"2031-W10": "missing", "2031-W11": "on_time"}
    assert due(session)["2031-W11"] == date(2031, 3, 14)
    assert due(session)["2031-W12"] == date(2031, 3, 20)
    report(session, "north", "2031-W10")
    on(session, 3, 21)
    assert marks(session) == {"2031-W10": "late", "2031-W11": "on_time", "2031-W12": "missing"}


def test_reassessing_needs_a_reason_and_records_every_mark_it_changed(tmp_path: Path) -> None:
    session = mid_march(tmp_path)
    changed = drive(tmp_path / "b", THURSDAYS)
    assert refused(adopt(session, changed, reassess=True)) == ["reason-needed"] * 2
    must(adopt(session, changed, reason="the road was closed", reassess=True))
    assert marks(session) == {"2031-W10": "missing", "2031-W11": "late"}
    bound = next(record.event for record in session.log.read(ENTITY) if isinstance(record.event, DefinitionBound))
    (again,) = bound.judged_again
    assert (again.period, again.before, again.after) == ("2031-W11", "on_time", "late")
    assert bound.reason == "the road was closed"


def test_marks_outlive_the_obligation_and_a_second_adoption(tmp_path: Path) -> None:
    session = mid_march(tmp_path)
    must(adopt(session, drive(tmp_path / "b", weekly="")))
    assert marks(session) == {"2031-W10": "missing", "2031-W11": "on_time"}
    must(
        adopt(
            session,
            drive(
                tmp_path / "c", weekly=THURSDAYS, deciding="four_eyes => timeliness: {deciding: occurred}\nfour_eyes"
            ),
        )
    )
    assert marks(session) == {"2031-W10": "missing", "2031-W11": "on_time"}
    assert due(session)["2031-W10"] == date(2031, 3, 7)
    must(adopt(session, drive(tmp_path / "a")))
    assert session.entities()["north"].kept == ()


def test_a_held_entity_stays_on_what_it_had_until_it_is_released(tmp_path: Path) -> None:
    session = mid_march(tmp_path)
    first = session.campaign().adoptions[0].sha256
    monthly = drive(tmp_path / "b", weekly="", gate="check: officer_appointed => check: liaison_appointed")
    must(adopt(session, monthly, keep=("north",)))
    assert session.campaign().held == {"north": first}
    assert session.entities()["north"].definition_sha256 == first
    assert (len(due(session)), due(session, "south").keys()) == (13, {"2031-W10", "2031-W11"})
    report(session, "north", "2031-W12")
    advance = [c.MovePhase("north")]
    reply = handle(session, advance, ADA)
    assert reply.refusal is not None
    assert reply.refusal.reasons[0].rule == "officer"
    assert str(reply.refusal.reasons[0].message) == "there is no accountable officer"
    again = drive(tmp_path / "c", weekly="", title="title: Harvest drive => title: Great harvest drive")
    must(adopt(session, again, keep=("north",)))
    assert set(session.campaign().earlier) == {first, session.campaign().adoptions[1].sha256}
    assert len(due(session)) == 13
    must(adopt(session, monthly))
    assert session.campaign().held == {}
    assert marks(session) == {"2031-W10": "missing", "2031-W11": "on_time", "2031-W12": "on_time"}
    assert check(session).differences == ()


def test_nobody_is_held_on_anything_but_what_it_has(tmp_path: Path) -> None:
    session = mid_march(tmp_path)
    other = versions.adopted(session)
    command = c.AdoptDefinition(
        "0" * 64,
        other.definition,
        other.files,
        replaces=other.version.sha256,
        held=(c.Held(entity="north", sha256="1"),),
    )
    assert "held-elsewhere" in refused(handle(session, [command], ADA))


def test_a_phase_in_which_somebody_stands_does_not_go_unless_they_are_kept(tmp_path: Path) -> None:
    session = begun(drive(tmp_path / "a"))
    must(
        handle(
            session, [c.AppointOfficer("north", "accountable_officer", "p-nan", "Farmer"), c.MovePhase("north")], ADA
        )
    )
    gone = drive(
        tmp_path / "b",
        pledging="{id: pledging, label: Pledging, => {id: promising, label: Promising,",
    )
    made = plan(session, gone)
    assert [item.stuck for item in made.consequences] == ["pledging"]
    assert refused(adopt(session, gone)) == ["phase-occupied"]
    must(adopt(session, gone, keep=("north",)))


def test_bindings_come_with_an_adoption_only(session: Session) -> None:
    reply = handle(session, [c.BindDefinition("north")], ADA)
    assert refused(reply) == ["not-permitted"]


def test_a_dry_run_names_the_events_and_writes_none(tmp_path: Path) -> None:
    session = mid_march(tmp_path)
    head = session.log.head()
    reply = apply(session, drive(tmp_path / "b", THURSDAYS), ADA, dry_run=True)
    assert len(reply.events) == 5
    assert session.log.head() == head


# --- two persons -------------------------------------------------------------------------------------------------


def two_persons(tmp_path: Path, name: str, weekly: str = "weekday: 5") -> Path:
    folder = drive(tmp_path / name, weekly, eyes="{targets: false} => {targets: false, definitions: true}")
    roles = folder / "roles.yaml"
    roles.write_text(roles.read_text() + "  - {person: p-ben, role: steward}\n")
    return folder


def test_where_four_eyes_are_asked_for_one_proposes_and_another_adopts(tmp_path: Path) -> None:
    session = begun(two_persons(tmp_path, "a"))
    changed = two_persons(tmp_path, "b", "weekday: 4")
    assert refused(apply(session, changed, BEN)) == ["four-eyes"]
    must(propose(session, changed, ADA, reason="the market moved"))
    assert refused(propose(session, changed, BEN)) == ["nothing-changes"]
    assert refused(apply(session, changed, ADA)) == ["four-eyes"]
    assert refused(apply(session, two_persons(tmp_path, "c", "weekday: 3"), BEN)) == ["four-eyes"]
    must(apply(session, changed, BEN))
    (_, last) = versions.history(session)
    assert (last.proposed_by, last.actor) == ("p-ada", "p-ben")
    assert session.campaign().proposal is None
    assert refused(propose(session, changed, ADA)) == ["nothing-changes"]


# --- any two definitions -----------------------------------------------------------------------------------------

WEEKLIES = st.one_of(
    st.just(""),
    st.builds(
        "weekday: {}, from: 2031-03-01, to: {}, grace_days: {}, roll: {}".format,
        st.integers(1, 7),
        st.dates(date(2031, 3, 10), date(2031, 6, 30)),
        st.integers(0, 3),
        st.sampled_from(["none", "next", "previous"]),
    ),
)
SWAPS = st.fixed_dictionaries(
    {},
    optional={
        "count": st.dates(date(2031, 3, 5), date(2031, 9, 30)).map("on: 2031-09-15 => on: {}".format),
        "gate": st.sampled_from(["officer_appointed => liaison_appointed", "officer_appointed => findings_resolved"]),
        "phase": st.dates(date(2031, 3, 2), date(2031, 3, 30)).map("to: 2031-03-31, gates => to: {}, gates".format),
        "deciding": st.just("four_eyes => timeliness: {deciding: occurred}\nfour_eyes"),
        "group": st.just("label: Farms, => label: Farms and barns,"),
    },
)
DRIVES = st.tuples(WEEKLIES, SWAPS)
DAYS = st.integers(1, 30)


def told(tmp_path: Path, name: str, first: tuple[str, dict[str, str]], reports: list[int], day: int) -> Session:
    """Return a campaign under a definition in which the north reported some weeks by a day of April."""
    session = begun(drive(tmp_path / name, first[0], **first[1]))
    on(session, 4, day)
    for week in reports:
        handle(session, [c.SubmitReport("north", f"w{week}", "weekly", f"2031-W{week}", ())], ADA)
    return session


@given(DRIVES, DRIVES, DAYS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_judged_again_an_adoption_gives_exactly_the_state_of_the_new_definition(
    tmp_path: Path, one: tuple[str, dict[str, str]], other: tuple[str, dict[str, str]], day: int
) -> None:
    session = told(tmp_path, "a", one, [10, 12], day)
    fresh = told(tmp_path, "b", other, [], day)
    folder = drive(tmp_path / "b", other[0], **other[1])
    made = plan(session, folder, Choice(reassess=True))
    if made.empty:
        assert (session.campaign().definition, made.consequences) == (fresh.campaign().definition, ())
        return
    must(apply(session, folder, ADA, made=made, reason="r"))
    assert plan(session, folder).empty
    assert standing(session, "south") == standing(fresh, "south")
    assert session.campaign().definition == fresh.campaign().definition


@given(DRIVES, DRIVES, DAYS, st.lists(st.integers(10, 22), unique=True, max_size=6))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_by_itself_an_adoption_moves_no_mark_given_and_takes_over_all_else(
    tmp_path: Path, one: tuple[str, dict[str, str]], other: tuple[str, dict[str, str]], day: int, reports: list[int]
) -> None:
    session = told(tmp_path, "a", one, reports, day)
    folder = drive(tmp_path / "b", other[0], **other[1])
    fresh = told(tmp_path, "c", other, [], day)
    before = {(duty.owed.obligation, duty.owed.period): duty.standing for duty in owed(session, "north")}
    given_ = {key: mark for key, mark in before.items() if mark != "upcoming"}
    if plan(session, folder).empty:
        return
    must(adopt(session, folder))
    after = {(duty.owed.obligation, duty.owed.period): duty for duty in owed(session, "north")}
    assert {key: after[key].standing for key in given_} == given_
    rest = {key: duty.owed.due_on for key, duty in after.items() if key not in given_}
    new = {(duty.owed.obligation, duty.owed.period): duty.owed.due_on for duty in owed(fresh, "north")}
    assert rest == {key: day for key, day in new.items() if key not in given_}
    assert check(session).differences == ()


# --- two at once -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("same", [True, False])
def test_of_two_who_apply_at_once_exactly_one_wins(tmp_path: Path, same: bool) -> None:  # noqa: FBT001 -- pytest passes it by name
    store = str(tmp_path / "race.db")
    mid_march(tmp_path, store).close()
    folders = [drive(tmp_path / "b", THURSDAYS), drive(tmp_path / "c", THURSDAYS if same else "weekday: 3")]
    script = Path(__file__).with_name("race_apply.py")
    path = os.pathsep.join([str(script.parent.parent), os.environ.get("PYTHONPATH", "")])
    writers = [
        subprocess.Popen(
            [sys.executable, script, store, folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": path},
        )
        for folder in folders
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    outcomes = sorted(writer.communicate("go\n")[0].strip() for writer in writers)
    assert outcomes[0] == "adopted"
    assert outcomes[1] in {"stale", "nothing-changes"}


# --- the calendar ------------------------------------------------------------------------------------------------


def test_a_later_calendar_moves_what_is_to_come_and_no_mark_given(tmp_path: Path) -> None:
    rolled = "weekday: 5, from: 2031-03-01, to: 2031-05-31, roll: next"
    session = begun(drive(tmp_path / "a", rolled))
    on(session, 3, 11)
    assert marks(session) == {"2031-W10": "missing"}
    later = drive(tmp_path / "b", rolled)
    rests = "[{from: 2031-03-07, to: 2031-03-11}, {from: 2031-04-04, to: 2031-04-06}]"
    (later / "calendar.yaml").write_text(
        f'calendar: {{version: "2", published_years: [2031], rest_days: {rests}, work_days: [2031-04-05]}}\n'
    )
    made = plan(session, later)
    (mark,) = made.consequences[0].marks
    assert (mark.period, mark.before, mark.after, mark.given) == ("2031-W10", "missing", "upcoming", True)
    must(adopt(session, later))
    assert marks(session) == {"2031-W10": "missing"}
    assert (due(session)["2031-W10"], due(session)["2031-W14"]) == (date(2031, 3, 7), date(2031, 4, 5))
