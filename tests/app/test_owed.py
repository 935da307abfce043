"""Who owes what: period by period with its days, for one or many, as it stood and as it was known."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest
from app.drives import ADA, begun, drive, must, noon, on, report

from campaign.app import read
from campaign.app.handle import handle
from campaign.app.owed import Line, entities_of, lines, owed_by
from campaign.app.replay import past
from campaign.app.session import MEMORY, Session, Settings, open_session
from campaign.app.start import begin
from campaign.domain import commands as c
from campaign.files import folder as folders
from campaign.files import roster as rosters
from campaign.problems import Problems

LATER = date(2031, 3, 20)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """Return two farms that owe a week's report each Friday; north was in time, then late, south never came."""
    opened = begun(drive(tmp_path / "folder"))
    on(opened, 3, 7)
    report(opened, "north", "2031-W10")
    on(opened, 3, 17)
    report(opened, "north", "2031-W11")
    on(opened, 3, 20)
    yield opened
    opened.close()


def standing(listed: Iterator[Line], until: date = LATER) -> list[tuple[str, str, str]]:
    return [(line.entity, line.cell.period, line.cell.standing) for line in listed if line.cell.due_on <= until]


def test_every_period_is_a_line_with_how_it_stands_and_its_report(session: Session) -> None:
    found = list(lines(session, ["north", "south"], LATER, "weekly"))
    assert standing(iter(found)) == [
        ("north", "2031-W10", "on_time"),
        ("north", "2031-W11", "late"),
        ("south", "2031-W10", "missing"),
        ("south", "2031-W11", "missing"),
    ]
    positions = {line.cell.period: line.position for line in found if line.entity == "north" and line.position}
    reports = session.entities()["north"].reports
    assert positions == {"2031-W10": reports["2031-W10"].position, "2031-W11": reports["2031-W11"].position}
    assert {line.position for line in found if line.entity == "south"} == {None}


def test_what_is_missing_says_for_how_many_days(session: Session) -> None:
    found = [line for line in lines(session, ["south"], LATER, "weekly") if line.cell.due_on <= LATER]
    assert [line.overdue_days for line in found] == [(LATER - line.cell.due_on).days for line in found] == [13, 6]
    later = list(lines(session, ["south"], LATER + timedelta(days=1), "weekly"))
    assert later[0].overdue_days == 14
    assert {line.overdue_days for line in lines(session, ["north"], LATER) if line.cell.standing != "missing"} == {0}


def test_an_extension_counts_from_its_last_day(session: Session) -> None:
    extend = c.ExtendPeriod("south", "weekly", "2031-W11", date(2031, 3, 18), "flood")
    must(handle(session, [extend], ADA))
    (line,) = [line for line in lines(session, ["south"], LATER, "weekly") if line.cell.period == "2031-W11"]
    assert (line.cell.standing, line.overdue_days) == ("missing", 2)


def test_what_was_known_then_is_not_what_is_known_now(session: Session) -> None:
    """On the 14th nobody knew of the report that came on the 17th."""
    known = lines(session, ["north", "south"], date(2031, 3, 16), "weekly", as_of=noon(date(2031, 3, 14)))
    assert standing(known) == [
        ("north", "2031-W10", "on_time"),
        ("north", "2031-W11", "missing"),
        ("south", "2031-W10", "missing"),
        ("south", "2031-W11", "missing"),
    ]
    before = lines(session, ["north"], LATER, as_of=noon(date(2031, 2, 1)))
    assert list(before) == [], "before anybody was enrolled nobody owed anything"


def test_one_obligation_or_all_and_only_of_whom_was_asked(session: Session) -> None:
    every = {line.obligation for line in lines(session, ["north"], LATER)}
    assert every == {"weekly", "count"}
    assert {line.obligation for line in lines(session, ["north"], LATER, "count")} == {"count"}
    assert {line.entity for line in lines(session, ["south", "stranger"], LATER)} == {"south"}
    duties = owed_by(session, ["north", "stranger"], LATER)
    assert list(duties) == ["north"]
    assert {duty.owed.obligation for duty in duties["north"]} == every
    assert {duty.owed.obligation for duty in owed_by(session, ["north"], LATER, "count")["north"]} == {"count"}


def test_without_a_definition_nobody_owes_anything() -> None:
    session = open_session(Settings(MEMORY), write=True, create=True)
    assert owed_by(session, ["north"], LATER) == {}
    assert list(lines(session, ["north"], LATER)) == []
    assert entities_of(session, "p-ada") == ()


def test_a_person_answers_for_what_it_holds_and_for_what_an_assignment_names(tmp_path: Path) -> None:
    folder = drive(tmp_path / "folder")
    (folder / "roles.yaml").write_text(
        "roles:\n  - {id: steward, label: Steward, commands: ['*']}\n"
        "assignments:\n  - {person: p-ada, role: steward}\n  - {person: p-bo, role: steward, entities: [south]}\n",
        encoding="utf-8",
    )
    session = begun(folder)
    assert entities_of(session, "p-bo") == ("south",)
    must(handle(session, [c.AppointOfficer("north", "liaison", "p-bo", "clerk")], ADA))
    assert entities_of(session, "p-bo") == ("north", "south")
    assert entities_of(session, "p-nobody") == ()


# --- views over a session and over its past ----------------------------------------------------------------------


def test_a_view_of_the_past_is_the_view_of_its_states(session: Session) -> None:
    """As of the head both are the same; as of an earlier position the later report is not there yet."""
    here = past(session)
    assert read.board(here, LATER) == read.board(session, LATER)
    assert read.matrices(here, LATER) == read.matrices(session, LATER)
    assert read.outstanding(here, LATER) == read.outstanding(session, LATER)
    assert read.reconciliation(here) == read.reconciliation(session)
    second = session.entities()["north"].reports["2031-W11"].position
    then = past(session, second - 1)
    missing = {(line.entity, line.period) for line in read.outstanding(then, LATER)}
    assert ("north", "2031-W11") in missing
    assert ("north", "2031-W11") not in {(line.entity, line.period) for line in read.outstanding(session, LATER)}


def test_gates_and_histories_of_whom_there_is_not_are_empty(session: Session) -> None:
    assert read.gates_of(session, "stranger", LATER) == ()
    assert [gate.gate.id for gate in read.gates_of(session, "north", LATER)] == ["officer"]
    assert read.history(session, "entity:harvest-2031/stranger") == ()
    told = read.history(session, "entity:harvest-2031/north")
    assert [line.position for line in told] == [
        record.position for record in session.log.read("entity:harvest-2031/north")
    ]
    assert [line.position for line in read.ledger(session, 2, 4)] == [3, 4]


def test_before_anything_is_assessed_there_is_no_ranking_and_no_award(session: Session) -> None:
    assert read.ranking(session) is None
    assert read.awards(session) == ()


# --- a folder to start from ----------------------------------------------------------------------------------------


def test_a_folder_made_from_a_store_reads_to_what_was_adopted_with_its_entities(
    session: Session, tmp_path: Path
) -> None:
    made = tmp_path / "next"
    begin(made, 2032, session, dry_run=True)
    assert not made.exists()
    begin(made, 2032, session)
    folder = folders.load(made)
    assert folder.sha256 == session.campaign().adoptions[-1].sha256
    enrolled = rosters.load(made, folder.definition).entities
    assert [entry.entity for entry in enrolled] == ["north", "south"]
    assert (made / "README.md").read_text(encoding="utf-8")


def test_a_folder_made_from_the_template_is_of_the_year_and_valid(tmp_path: Path) -> None:
    made = tmp_path / "fresh"
    begin(made, 2032)
    definition = folders.load(made).definition
    assert {definition.campaign.window.from_.year, definition.campaign.window.to.year} == {2032}
    with pytest.raises(Problems) as caught:
        begin(made, 2033)
    assert [problem.code for problem in caught.value.problems] == ["folder-exists"]
    assert folders.load(made).definition == definition, "it stays as it was"


def test_a_line_is_a_value_that_can_be_kept_and_compared(session: Session) -> None:
    first, again = (list(lines(session, ["north"], LATER)) for _ in range(2))
    assert first == again
    assert msgspec.json.decode(msgspec.json.encode(first[0]))["entity"] == "north"


CHECKS = (
    "obligations:\n => obligations:\n  - {id: look, label: Look, cadence: half_monthly, days: [15, 31], act: check}\n"
)


def test_a_check_is_a_line_where_it_is_asked_for_and_none_otherwise(tmp_path: Path) -> None:
    session = begun(drive(tmp_path / "folder", checks=CHECKS))
    on(session, 3, 15)
    must(handle(session, [c.RecordCheck("north", "k-1", "look", "2031-03-H1", "sound", "all there")], ADA))
    april = date(2031, 4, 3)
    found = [line for line in lines(session, ["north"], april, "look") if line.cell.due_on <= april]
    assert [(line.cell.period, line.cell.standing, line.overdue_days) for line in found] == [
        ("2031-03-H1", "on_time", 0),
        ("2031-03-H2", "missing", 3),
    ]
    assert [line.position for line in found] == [session.entities()["north"].checks["k-1"].position, None]
    assert "look" not in {line.obligation for line in lines(session, ["north"], april)}, "it is not what north owes"
