"""What a plan says before it counts, and when it no longer holds."""

from pathlib import Path

import msgspec
import pytest
from app.drives import ADA, begun, drive, must, on, pledge, report

from campaign.app.adopt import Choice, Plan, Stale, apply, plan, size
from campaign.app.handle import handle
from campaign.domain import commands as c
from campaign.problems import Problems

THURSDAYS = "weekday: 4, from: 2031-03-01, to: 2031-05-31"


def said(made: Plan) -> list[str]:
    return [str(part) for part in size(made)]


def test_a_folder_that_is_adopted_makes_an_empty_plan(tmp_path: Path) -> None:
    folder = drive(tmp_path / "a")
    made = plan(begun(folder), folder)
    assert made.empty
    assert (said(made), made.changes, made.consequences) == ([], (), ())


def test_the_first_plan_of_a_campaign_has_no_one_to_hit(tmp_path: Path) -> None:
    folder = drive(tmp_path / "a")
    session = begun(folder)
    assert not plan(session, drive(tmp_path / "b", weekly="")).empty


def test_a_moved_date_hits_the_gate_that_waits_for_it_and_nothing_else(tmp_path: Path) -> None:
    gate = "{id: officer, check: officer_appointed} => {id: officer, check: date_reached, on: 2031-03-"
    session = begun(drive(tmp_path / "a", gate=f"{gate}02}}"))
    on(session, 3, 5)
    made = plan(session, drive(tmp_path / "b", gate=f"{gate}20}}"))
    assert said(made) == ["1 date moves", "2 gates would stand otherwise"]
    assert [str(change) for change in made.changes] == ["~ phases[scouting].gates[officer].on: 2031-03-02 → 2031-03-20"]
    (line,) = made.consequences[0].gates
    assert (line.gate, line.before, line.after) == ("officer", "met", "shut")


def test_another_weekday_shifts_what_is_to_come_and_leaves_marks_given_alone(tmp_path: Path) -> None:
    session = begun(drive(tmp_path / "a"))
    on(session, 3, 14)
    report(session, "north", "2031-W11")
    on(session, 3, 20)
    made = plan(session, drive(tmp_path / "b", THURSDAYS))
    assert said(made)[0] == "22 obligations shift"
    (north, _) = made.consequences
    assert [line.period for line in north.shifts] == [f"2031-W{week}" for week in range(12, 23)]
    (late,) = [mark for mark in north.marks if mark.period == "2031-W11"]
    assert (late.before, late.after, late.given) == ("on_time", "late", True)
    assert said(made)[1] == "1 mark would change"


def test_a_duty_that_begins_in_the_past_is_missing_at_once_and_said_so(tmp_path: Path) -> None:
    session = begun(drive(tmp_path / "a", weekly=""))
    on(session, 3, 20)
    made = plan(session, drive(tmp_path / "b"))
    assert said(made) == ["26 obligations begin", "4 marks would change", "1 other setting changes"]
    assert {(mark.before, mark.after, mark.given) for mark in made.consequences[0].marks} == {("", "missing", False)}


def test_a_letter_needs_amendment_where_the_change_touches_what_it_binds(tmp_path: Path) -> None:
    session = begun(drive(tmp_path / "a"))
    pledge(session, "north")
    harmless = drive(tmp_path / "b")
    (harmless / "indicators.yaml").write_text(
        (harmless / "indicators.yaml").read_text().replace("label: Yield", "label: Harvested")
    )
    assert plan(session, harmless).totals.letters == 0
    period = drive(tmp_path / "c", period='metric_period: "2031" => metric_period: "2031/32"')
    made = plan(session, period)
    assert (made.totals.letters, made.consequences[0].letters) == (1, ("letter",))
    assert "1 letter needs amendment" in said(made)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("unit: t}", "unit: kg}"),
        ("{id: yield, label: Yield, unit: t}", "{id: yield, label: Yield, unit: t, additive: false}"),
        ("{id: field, label: Field}", "{id: barn, label: Barn}"),
    ],
)
def test_unit_arithmetic_and_scope_are_what_a_letter_binds(tmp_path: Path, old: str, new: str) -> None:
    session = begun(drive(tmp_path / "a"))
    pledge(session, "south")
    folder = drive(tmp_path / "b")
    path = folder / "indicators.yaml"
    path.write_text(path.read_text().replace(old, new))
    assert [item.entity for item in plan(session, folder).consequences if item.letters] == ["south"]


def test_reassessing_shows_that_marks_given_move_too(tmp_path: Path) -> None:
    session = begun(drive(tmp_path / "a"))
    on(session, 3, 14)
    report(session, "north", "2031-W11")
    on(session, 3, 20)
    changed = drive(tmp_path / "b", THURSDAYS)
    kept, again = (plan(session, changed, Choice(reassess=reassess)).consequences[0] for reassess in (False, True))
    assert kept.marks == again.marks
    assert len(again.shifts) - len(kept.shifts) == 2


def test_an_entity_to_keep_is_shown_as_held_and_must_exist(tmp_path: Path) -> None:
    session = begun(drive(tmp_path / "a"))
    changed = drive(tmp_path / "b", THURSDAYS)
    made = plan(session, changed, Choice(keep=("north",)))
    assert [(item.entity, item.held) for item in made.consequences] == [("north", True), ("south", False)]
    with pytest.raises(Problems, match="did you mean north"):
        plan(session, changed, Choice(keep=("nrth",)))


def test_a_plan_comes_back_from_json_as_it_was(tmp_path: Path) -> None:
    session = begun(drive(tmp_path / "a"))
    on(session, 3, 20)
    made = plan(session, drive(tmp_path / "b", THURSDAYS), Choice(keep=("north",)))
    assert msgspec.json.decode(msgspec.json.encode(made), type=Plan) == made


def test_a_plan_of_a_folder_that_changed_since_is_stale_and_says_what_changed(tmp_path: Path) -> None:
    session = begun(drive(tmp_path / "a"))
    made = plan(session, drive(tmp_path / "b", THURSDAYS))
    folder = drive(tmp_path / "b", THURSDAYS.replace("05-31", "04-30"))
    with pytest.raises(Stale, match=r"since the plan was made, the folder changed: ~ obligations\[weekly\].to") as held:
        apply(session, folder, ADA, made=made)
    assert held.value.current == plan(session, folder)


def test_a_plan_made_before_another_adoption_is_stale_and_names_it(tmp_path: Path) -> None:
    session = begun(drive(tmp_path / "a"))
    folder = drive(tmp_path / "b", THURSDAYS)
    made = plan(session, folder)
    must(apply(session, drive(tmp_path / "c", weekly=""), ADA))
    head = session.log.head()
    with pytest.raises(Stale, match=r"p-ada adopted another definition at position \d+: - obligations\[weekly\]"):
        apply(session, folder, ADA, made=made)
    assert session.log.head() == head


def test_a_plan_whose_consequences_changed_is_stale_but_other_events_do_not_matter(tmp_path: Path) -> None:
    session = begun(drive(tmp_path / "a"))
    folder = drive(tmp_path / "b", THURSDAYS)
    on(session, 3, 13)
    made = plan(session, folder)
    must(handle(session, [c.AppointOfficer("south", "accountable_officer", "p-sam", "Farmer")], ADA))
    on(session, 3, 14)
    report(session, "north", "2031-W11")
    with pytest.raises(Stale, match="the consequences for north"):
        apply(session, folder, ADA, made=made)
    fresh = plan(session, folder)
    must(handle(session, [c.AppointOfficer("north", "accountable_officer", "p-nan", "Farmer")], ADA))
    must(apply(session, folder, ADA, made=fresh))
