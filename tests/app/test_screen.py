"""Screening over a store: what is in question is listed, raised once, and told with its values and events (R-46)."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from app.conftest import STEWARD
from app.folders import harvest

from campaign.app.handle import handle
from campaign.app.owed import entities_of, lines
from campaign.app.registers import registers
from campaign.app.screen import raise_, screen
from campaign.app.session import Session
from campaign.domain.commands import AppointOfficer, EnrolEntity, OpenEntry, SubmitReport
from campaign.domain.events import Figure

REGISTERS = """registers:
  - {id: issue, label: Issue, due_days: 5}
  - {id: measure, label: Measure, due_on: 2031-03-10, groups: [farm]}
checks:
  - {id: falls, label: Falls, test: falling_cumulative}
  - {id: rounds, label: Rounds, test: round_numbers, threshold: 0.5, at_least: 2, step: 10}
"""


LATER = datetime(2031, 3, 17, 9, tzinfo=UTC)
"""The first day of the third week."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the harvest campaign with registers, and checks of a weekly count."""
    made = harvest(tmp_path / "harvest")
    text = (made / "phases.yaml").read_text(encoding="utf-8")
    weekly = "  - {id: weekly, label: Week, cadence: weekly, from: 2031-03-03, to: 2031-03-23, groups: [farm]}\n"
    half = "cadence: half_monthly, days: [15, 31], from: 2031-03-01, to: 2031-03-31"
    check = f"  - {{id: round, label: Round, act: check, {half}}}\n"
    text = text.replace("obligations:\n", f"obligations:\n{weekly}{check}", 1)
    (made / "phases.yaml").write_text(text, encoding="utf-8")
    (made / "registers.yaml").write_text(REGISTERS, encoding="utf-8")
    return made


def submit(session: Session, week: int, value: str) -> None:
    figure = Figure(indicator="yield", value=Decimal(value), unit="t", scope="field")
    command = SubmitReport("north", f"w-{week}", "weekly", f"2031-W{week}", (figure,))
    assert handle(session, [command], STEWARD).refusal is None


@pytest.fixture
def north(session: Session) -> Session:
    """Return the campaign with a farm whose count falls."""
    for name in ("north", "south"):
        assert handle(session, [EnrolEntity(name, "farm", name, ("farm",))], STEWARD).refusal is None
    session.settings = msgspec.structs.replace(session.settings, at=LATER)
    submit(session, 10, "20")
    submit(session, 11, "15")
    return session


def test_what_is_found_is_raised_once_with_its_values_and_events(north: Session) -> None:
    (found,) = screen(north)
    assert (found.entity, found.check, found.period) == ("north", "falls", "2031-W11")
    head = north.log.head()
    assert raise_(north, [found], STEWARD, str, dry_run=True)[0].refusal is None
    assert north.log.head() == head
    assert raise_(north, [found], STEWARD, str)[0].refusal is None
    line = north.entities()["north"].findings[found.finding]
    assert (line.check, line.events, line.threshold) == ("falls", found.events, "0")
    assert line.values == ("2031-W10 yield=20 t@field", "2031-W11 yield=15 t@field")
    assert screen(north) == ()
    again = raise_(north, [found], STEWARD, str)[0].refusal
    assert again is not None
    assert again.reasons[0].code == "finding-exists"


def test_one_check_alone_may_be_run(north: Session) -> None:
    assert screen(north, "rounds") == ()
    submit(north, 12, "30")
    assert [entry.check for entry in screen(north, "rounds")] == ["rounds"]
    assert [entry.check for entry in screen(north)] == ["falls", "rounds"]


def test_lines_tell_reports_and_checks_with_their_days(north: Session) -> None:
    today = date(2031, 3, 20)
    found = {line.cell.period: line for line in lines(north, ["south"], today, "weekly")}
    assert (found["2031-W10"].cell.standing, found["2031-W10"].overdue_days) == ("missing", 13)
    assert found["2031-W10"].position is None
    rounds = list(lines(north, ["north"], today, "round"))
    assert [(line.cell.period, line.cell.standing, line.overdue_days) for line in rounds] == [
        ("2031-03-H1", "missing", 5),
        ("2031-03-H2", "upcoming", 0),
    ]
    assert {line.obligation for line in lines(north, ["north"], today)} == {"weekly", "count"}


def test_whoever_answers_for_an_entity_finds_it(north: Session) -> None:
    assert entities_of(north, "p-bo") == ()
    handle(north, [AppointOfficer("south", "liaison", "p-bo", "Clerk")], STEWARD)
    assert entities_of(north, "p-bo") == ("south",)


def test_registers_are_listed_with_who_has_none(north: Session) -> None:
    today = date(2031, 4, 5)
    handle(north, [OpenEntry("north", "issue", "i-1", "no seed")], STEWARD)
    listed, absent = registers(north, north.entities(), today)
    assert [(line.entry.entry, line.overdue_days) for line in listed] == [("i-1", 14)]
    assert [(entry.register, entry.entity, entry.overdue) for entry in absent] == [
        ("measure", "north", True),
        ("measure", "south", True),
    ]
    assert registers(north, north.entities(), today, "issue")[1] == ()
