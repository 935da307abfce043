from datetime import date
from pathlib import Path

import pytest
from app.conftest import STEWARD

from campaign.app.adopt import Stale, apply, plan
from campaign.app.handle import Who, handle
from campaign.app.session import Session, Settings, open_session
from campaign.app.sharing import handle_each
from campaign.domain import commands as c
from campaign.problems import Problems
from campaign.store.log import CommandReused

NORTH = c.EnrolEntity("north", "farm", "North farm", ("farm",))
SOUTH = c.EnrolEntity("south", "farm", "South farm", ("farm",))


def test_a_command_is_one_atomic_append_over_all_its_streams(session: Session) -> None:
    before = session.log.head()
    reply = handle(session, [NORTH, SOUTH], STEWARD)
    assert (reply.first, reply.last) == (before + 1, before + 2)
    assert sorted(session.entities()) == ["north", "south"]


def test_one_refused_command_holds_back_the_whole_and_every_reason_is_given(session: Session) -> None:
    before = session.log.head()
    reply = handle(session, [NORTH, c.FixTarget("south", "yield"), c.FixTarget("south", "yield")], STEWARD)
    assert reply.refusal is not None
    assert [reason.code for reason in reply.refusal.reasons] == ["not-enrolled", "not-enrolled"]
    assert session.log.head() == before


def test_each_lets_the_others_pass(session: Session) -> None:
    replies = handle_each(session, [NORTH, c.FixTarget("south", "yield"), SOUTH], STEWARD)
    assert [reply.refusal is None for reply in replies] == [True, False, True]


def test_a_retry_gives_the_first_outcome_and_writes_nothing(session: Session) -> None:
    who = Who("p-ada", command_id="once")
    first = handle(session, [NORTH], who)
    head = session.log.head()
    again = handle(session, [NORTH], who)
    assert again.repeated
    assert (again.first, again.last, session.log.head()) == (first.first, first.last, head)


def test_a_refusal_is_remembered_even_when_the_way_has_become_free(session: Session) -> None:
    who = Who("p-ada", command_id="early")
    target = c.FixTarget("north", "yield")
    assert handle(session, [target], who).refusal is not None
    handle(session, [NORTH], STEWARD)
    again = handle(session, [target], who)
    assert again.repeated
    assert again.refusal is not None
    assert again.refusal.reasons[0].code == "not-enrolled"


def test_the_same_id_for_another_command_is_refused(session: Session) -> None:
    handle(session, [NORTH], Who("p-ada", command_id="once"))
    with pytest.raises(CommandReused):
        handle(session, [SOUTH], Who("p-ada", command_id="once"))


def test_a_dry_run_says_what_would_be_written_and_writes_nothing(session: Session) -> None:
    before = session.log.head()
    reply = handle(session, [NORTH], STEWARD, dry_run=True)
    assert reply.events == (("entity:harvest-2031/north", "entity_enrolled.v1"),)
    assert session.log.head() == before
    assert handle(session, [NORTH], STEWARD).first == before + 1


def test_later_commands_see_what_earlier_ones_of_the_same_batch_decided(session: Session) -> None:
    appoint = c.AppointOfficer("north", "accountable_officer", "p-bea", "Farmer")
    reply = handle(session, [NORTH, appoint, c.MovePhase("north")], STEWARD)
    assert reply.refusal is None
    assert session.entities()["north"].phase == "pledging"


def test_a_stranger_may_not(session: Session) -> None:
    reply = handle(session, [NORTH], Who("p-mallory"))
    assert reply.refusal is not None
    assert not reply.refusal.permitted


def test_a_fact_of_yesterday_may_be_recorded_today(session: Session) -> None:
    handle(session, [NORTH], Who("p-ada", on=date(2031, 2, 27)))
    record = session.log.read("entity:harvest-2031/north")[0]
    assert record.occurred_on == date(2031, 2, 27)
    assert record.recorded_at.date() == date(2031, 3, 1)


def test_adopting_the_same_folder_again_changes_nothing(session: Session, folder: Path) -> None:
    made = plan(session, folder)
    assert made.empty
    assert made.changes == ()
    reply = apply(session, folder, STEWARD)
    assert reply.refusal is not None
    assert reply.refusal.reasons[0].code == "nothing-changes"


def test_a_plan_names_each_value_that_changes(session: Session, folder: Path) -> None:
    text = (folder / "phases.yaml").read_text()
    (folder / "phases.yaml").write_text(text.replace("to: 2031-10-31}\n  metric", "to: 2031-11-30}\n  metric"))
    made = plan(session, folder)
    assert [(change.kind, change.path, change.before, change.after) for change in made.changes] == [
        ("changed", "campaign.window.to", "2031-10-31", "2031-11-30")
    ]


def test_a_stale_plan_is_refused(session: Session, folder: Path) -> None:
    made = plan(session, folder)
    text = (folder / "phases.yaml").read_text()
    (folder / "phases.yaml").write_text(text.replace("Harvest drive", "Harvest"))
    assert apply(session, folder, STEWARD).refusal is None
    with pytest.raises(Stale) as caught:
        apply(session, folder, STEWARD, made=made)
    assert caught.value.problems[0].code == "stale-plan"


def test_only_a_rehearsal_may_choose_its_time(tmp_path: Path, folder: Path) -> None:
    store = str(tmp_path / "real.db")
    opened = open_session(Settings(store), write=True, create=True)
    apply(opened, folder, STEWARD)
    at = opened.log.last_recorded_at()
    opened.close()
    with pytest.raises(Problems) as caught:
        open_session(Settings(store, at=at))
    assert caught.value.problems[0].code == "clock-not-yours"


def test_a_store_that_is_not_there_is_not_made_by_reading(tmp_path: Path) -> None:
    with pytest.raises(Problems) as caught:
        open_session(Settings(str(tmp_path / "none.db")))
    assert caught.value.problems[0].code == "store-missing"
    assert not (tmp_path / "none.db").exists()
