"""Figures, reports, targets and gates: down to the cell of the file and the positions of the events."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from app.drives import ADA, FIGURE, begun, drive, must, on, pledge, report
from app.tellings import placed, resting, told, walk

from campaign.app import assess
from campaign.app import session as sessions
from campaign.app.explain import FORMS, explain
from campaign.app.handle import handle
from campaign.app.session import Session
from campaign.app.submit import Terms, submit
from campaign.app.uses import Used, used_by
from campaign.domain import commands as c
from campaign.domain.events import Adjustment
from campaign.problems import Problems

HEAD = "entity,obligation,period,indicator,value\n"


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    opened = begun(drive(tmp_path / "folder"))
    yield opened
    opened.close()


def give(session: Session, *commands: c.Command) -> int:
    return must(handle(session, commands, ADA)).last


def hand_in(session: Session, tmp_path: Path, name: str, tons: str, reason: str = "") -> str:
    """Hand in a file with the count of both farms, south's first; return its sha256."""
    path = tmp_path / name
    path.write_text(f"{HEAD}south,count,once,yield,1\nnorth,count,once,yield,{tons}\n")
    done = submit(session, path, ADA, Terms(reason=reason))
    assert done.reply is not None
    must(done.reply)
    return done.checked.sha256


# --- figures -----------------------------------------------------------------------------------------------------


def test_a_figure_names_the_file_its_hash_and_its_cell_at_every_event(session: Session, tmp_path: Path) -> None:
    on(session, 9, 10)
    first = hand_in(session, tmp_path, "first.csv", "12.5")
    second = hand_in(session, tmp_path, "second.csv", "13", "recount")
    found = explain(session, "figure:north/yield")
    assert [line for line in told(found) if not line.startswith("#")] == [
        "figures of north",
        "yield (field, once) = 13 t, provisional",
        "it said 12.5 t, provisional",
        "the reason given: recount",
        "it said 13 t, provisional",
    ]
    assert placed(found, "it said") == [f"first.csv!E3 sha256 {first}", f"second.csv!E3 sha256 {second}"]
    topics = [line.split()[1] for line in told(found) if line.startswith("#")]
    assert topics == ["report_submitted.v1", "report_corrected.v1"]


def test_a_figure_that_was_typed_in_has_no_cell(session: Session) -> None:
    on(session, 3, 7)
    report(session, "north", "2031-W10")
    found = explain(session, "figure:north/yield")
    assert placed(found, "it said") == [""]


def test_a_figure_from_paper_names_the_paper(session: Session) -> None:
    on(session, 3, 7)
    give(session, c.SubmitReport("north", "w", "weekly", "2031-W10", (FIGURE,), source="letter 7"))
    assert placed(explain(session, "figure:north/yield"), "it said") == ["letter 7"]


def test_an_adjustment_is_said_with_its_reason(session: Session) -> None:
    on(session, 3, 7)
    adjusted = msgspec.structs.replace(FIGURE, adjustments=(Adjustment(amount=Decimal(-2), reason="damp"),))
    give(session, c.SubmitReport("north", "w", "weekly", "2031-W10", (adjusted,)))
    assert "adjusted by -2: damp" in told(explain(session, "figure:north/yield"))


def test_a_report_and_an_event_name_the_file_with_the_ranges_of_its_cells(session: Session, tmp_path: Path) -> None:
    on(session, 9, 10)
    sha256 = hand_in(session, tmp_path, "count.csv", "12.5")
    came = session.entities()["north"].reports["count-once"].position
    for what in ("report:north/count-once", f"event:{came}"):
        assert placed(explain(session, what), "1 figures came in a file") == [f"count.csv E3 sha256 {sha256}"]


# --- targets -----------------------------------------------------------------------------------------------------


def test_a_target_shows_every_step_of_its_way(session: Session) -> None:
    pledge(session, "north")
    found = explain(session, "target:north/yield")
    assert told(found)[0] == "target yield of north: >= 9 t, fixed"
    assert [line.split()[1] for line in told(found)[1:]] == [
        "target_proposed.v1",
        "target_reviewed.v1",
        "target_fixed.v1",
    ]


def test_a_finding_shows_what_it_compared_and_every_compared_event_names_it(session: Session) -> None:
    on(session, 3, 7)
    report(session, "north", "2031-W10")
    report(session, "south", "2031-W10")
    north, south = (session.entities()[farm].reports["2031-W10"].position for farm in ("north", "south"))
    compared = {"values": ("7", "7"), "threshold": "0", "events": (north, south)}
    raised = give(session, c.RaiseFinding("north", "f-1", "contradiction", "too alike", **compared))
    found = explain(session, "finding:north/f-1")
    assert told(found)[:5] == [
        "finding f-1 of north: too alike",
        "it compared 7",
        "it compared 7",
        "against 0",
        "it rests on",
    ]
    assert resting(found, "it rests on") == {north, south}
    assert found.positions == (raised,)
    assert told(found)[-1].startswith(f"#{raised} finding_raised.v1")
    assert Used("finding:north/f-1", "raised") in used_by(session, north)
    assert Used("finding:north/f-1", "raised") in used_by(session, raised)
    enrolled = session.entities()["north"].position
    assert not [use for use in used_by(session, enrolled) if use.what.startswith("finding:")]


# --- ranks -------------------------------------------------------------------------------------------------------

SCHEME = """\
scheme: plain
rounding: {money: half_even, digits: 2}
inputs:
  group: {type: text, values: [farm]}
  yield_completion: {type: percent}
decisions:
  tier:
    hit: FIRST
    values: [good, poor]
    rules: |
      | # | yield_completion || tier |
      | 1 | ≥ 100%           || good |
      | 2 | -                || poor |
rankings:
  place: {by: [yield_completion], ties: competition}
prizes:
  prize:
    ranking: place
    ties: share
    amounts: |
      | group | rank || amount |
      | farm  | 1    || 100    |
assessment:
  group: group
  score: yield_completion
  rank: place
  grade: tier
  award: {of: prize, combine: add}
"""


def test_a_rank_that_is_shared_says_with_whom_and_a_bare_rule_what_it_asked(session: Session, tmp_path: Path) -> None:
    """A scheme without notes, notice and pool: what is not there leaves no empty words behind."""
    for farm, tons in (("north", 7), ("south", 7)):
        pledge(session, farm)
        on(session, 3, 7)
        figure = msgspec.structs.replace(FIGURE, value=Decimal(tons))
        give(session, c.SubmitReport(farm, "w", "weekly", "2031-W10", (figure,)))
    scheme = tmp_path / "plain.yaml"
    scheme.write_text(SCHEME, encoding="utf-8")
    must(assess.adopt_scheme(session, scheme, ADA))
    must(assess.run(session, ADA, run="r-1", basis="provisional"))
    lines = told(explain(session, "rank:r-1/north"))
    assert "rank 1 of 2" in lines
    assert "shared with south" in lines
    assert "rule 2, whatever is given" in lines
    assert not any(line.startswith(("note: ", "pool ", "ahead of it")) for line in lines)


# --- gates -------------------------------------------------------------------------------------------------------


def test_a_shut_gate_says_why_and_what_opens_it_and_an_open_one_what_opened_it(session: Session) -> None:
    shut = explain(session, "gate:north")
    assert told(shut)[:4] == [
        "north stands in scouting",
        "officer: shut",
        "there is no accountable officer",
        "appoint an accountable officer",
    ]
    liaison = give(session, c.AppointOfficer("north", "liaison", "p-bo", "clerk"))
    officer = give(session, c.AppointOfficer("north", "accountable_officer", "p-cy", "chair"))
    met = explain(session, "gate:north")
    assert told(met)[1] == "officer: met"
    assert resting(met, "officer: met") == {officer} != {liaison}


def test_a_gate_on_targets_rests_on_those_it_names(session: Session) -> None:
    give(session, c.AppointOfficer("north", "accountable_officer", "p-cy", "chair"))
    on(session, 4, 1)
    give(session, c.MovePhase("north"))
    pledge(session, "north")
    found = explain(session, "gate:north")
    fixed = session.entities()["north"].targets["yield"].position
    assert resting(found, "pledge: met") == {fixed}
    assert found.positions == (session.entities()["north"].moves[-1].position,)


def sowing(session: Session) -> None:
    give(session, c.AppointOfficer("north", "accountable_officer", "p-cy", "chair"))
    on(session, 4, 1)
    give(session, c.MovePhase("north"))
    pledge(session, "north")
    on(session, 6, 1)
    give(session, c.MovePhase("north"), c.MovePhase("north"))


def test_a_gate_on_a_meeting_rests_on_the_meeting(session: Session) -> None:
    sowing(session)
    assert told(explain(session, "gate:north"))[1] == "kick-off: shut"
    scheduled = give(session, c.ScheduleMeeting("kick-off", "start", "Kick-off", date(2031, 6, 1), "the chair"))
    give(session, c.HoldMeeting("kick-off", date(2031, 6, 1)))
    assert resting(explain(session, "gate:north"), "kick-off: met") == {scheduled}


@pytest.fixture
def reaping(session: Session) -> Session:
    """Bring north to where its duties and findings are looked at."""
    sowing(session)
    give(session, c.ScheduleMeeting("kick-off", "start", "Kick-off", date(2031, 6, 1), "the chair"))
    give(session, c.HoldMeeting("kick-off", date(2031, 6, 1)))
    on(session, 8, 1)
    give(session, c.MovePhase("north"))
    on(session, 9, 20)
    return session


def test_a_gate_on_duties_explains_each_that_is_open(reaping: Session) -> None:
    found = explain(reaping, "gate:north")
    assert told(found)[1] == "counted: shut"
    assert "Count once of north is missing" in told(found)
    assert "nothing was handed in by 2031-09-20" in told(found)


def test_a_waived_gate_rests_on_the_waiver_and_an_open_finding_on_its_event(reaping: Session) -> None:
    waived = give(reaping, c.WaiveGate("north", "counted", "hail"))
    raised = give(reaping, c.RaiseFinding("north", "f-1", "omission", "a field is missing"))
    found = explain(reaping, "gate:north")
    assert waived in resting(found, "counted: waived")
    assert resting(found, "clean: shut") == {raised}


def test_an_event_names_the_gates_that_looked_at_it(session: Session) -> None:
    officer = give(session, c.AppointOfficer("north", "accountable_officer", "p-cy", "chair"))
    liaison = give(session, c.AppointOfficer("north", "liaison", "p-bo", "clerk"))
    assert Used("gate:north", "officer: met") in used_by(session, officer)
    assert not [use for use in used_by(session, liaison) if use.what.startswith("gate:")]


def test_gates_are_looked_at_on_the_day_that_is_asked_about(reaping: Session) -> None:
    assert told(explain(reaping, "gate:north", date(2031, 9, 14)))[1] == "counted: met"


def test_of_many_open_duties_the_first_few_are_explained(tmp_path: Path) -> None:
    gate = "obligations: [count], => obligations: [count, weekly],"
    session = begun(drive(tmp_path / "many", gate=gate))
    sowing(session)
    give(session, c.ScheduleMeeting("kick-off", "start", "Kick-off", date(2031, 6, 1), "the chair"))
    give(session, c.HoldMeeting("kick-off", date(2031, 6, 1)))
    on(session, 8, 1)
    give(session, c.MovePhase("north"))
    lines = told(explain(session, "gate:north"))
    assert sum(line.endswith("of north is missing") for line in lines) == 4
    assert "… and 9 more" in lines
    session.close()


# --- what there is not -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("prize:x", "unknown-result"),
        ("award:", "unknown-result"),
        ("award:x", "award-unknown"),
        ("rank:x/north", "run-unknown"),
        ("figure:north/yield", "figure-unknown"),
        ("report:north/x", "report-unknown"),
        ("finding:north/x", "finding-unknown"),
        ("target:north/x", "target-unknown"),
        ("gate:nort", "not-enrolled"),
        ("event:0", "no-such-position"),
    ],
)
def test_what_there_is_not_is_a_problem_with_a_remedy(session: Session, what: str, code: str) -> None:
    with pytest.raises(Problems) as caught:
        explain(session, what)
    (problem,) = caught.value.problems
    assert problem.code == code
    assert problem.fix.template


def test_before_anything_is_assessed_no_run_is_named(session: Session) -> None:
    with pytest.raises(Problems, match="run-unknown nothing has been assessed yet"):
        explain(session, "rank:/north")


def test_the_forms_that_are_named_are_all_there_are(session: Session) -> None:
    with pytest.raises(Problems) as caught:
        explain(session, "x:y")
    assert all(f"{kind}:{form}" in str(caught.value) for kind, form in FORMS.items())
    for kind in FORMS:
        with pytest.raises(Problems) as caught:
            explain(session, f"{kind}:no/such/thing")
        assert "unknown-result" not in str(caught.value)


def test_naming_one_entity_reads_no_other(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a million entities may be enrolled."""
    on(session, 3, 7)
    report(session, "north", "2031-W10")
    asked: list[str] = []
    row = session.log.row

    def seen(view: str, key: str) -> object:
        asked.append(f"{view}:{key}")
        return row(view, key)

    monkeypatch.setattr(session.log, "row", seen)
    monkeypatch.setattr(session.log, "rows", lambda view, _prefix="": pytest.fail(f"all rows of {view} were read"))
    for what in ("figure:north/yield", "gate:north", "mark:north/weekly/2031-W10"):
        assert list(walk(explain(session, what)))
    assert {name for name in asked if name.startswith("entity:")} == {"entity:harvest-2031/north"}


@pytest.mark.parametrize("few", [0, 1, 64])
def test_chosen_entities_are_the_same_read_one_by_one_or_all_at_once(
    session: Session, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(sessions, "FEW", few)
    states = session.entities()
    assert session.chosen(["south", "nobody", "north"]) == {"south": states["south"], "north": states["north"]}
    assert session.chosen([]) == {}
    assert session.entity_ids() == list(states)
