"""Another folder, with six phases of other names and other gates, runs to its end without a change of code."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import msgspec
from app.conftest import STEWARD

from campaign.app import replay
from campaign.app.handle import handle
from campaign.app.session import Session
from campaign.domain import commands as c
from campaign.domain.events import Figure, Target
from campaign.files import folder as folders
from campaign.files import roster as rosters

YIELD = Figure(indicator="yield", value=Decimal("12.50"), unit="t", scope="field")


def at(session: Session, month: int, day: int) -> None:
    instant = datetime(2031, month, day, 10, 0, tzinfo=UTC)
    session.settings = msgspec.structs.replace(session.settings, at=instant)


def must(session: Session, *commands: c.Command) -> None:
    reply = handle(session, commands, STEWARD)
    assert reply.refusal is None, reply.refusal


def refused(session: Session, command: c.Command) -> str:
    reply = handle(session, [command], STEWARD)
    assert reply.refusal is not None
    return reply.refusal.reasons[0].rule


def test_six_phases_of_other_names_run_to_their_end(session: Session) -> None:
    farms = ("north", "south")
    must(session, *(c.EnrolEntity(farm, "farm", farm, ("farm",)) for farm in farms))
    assert refused(session, c.MovePhase("north")) == "officer"
    must(session, *(c.AppointOfficer(farm, "accountable_officer", f"p-{farm}", "Farmer") for farm in farms))
    must(session, *(c.MovePhase(farm) for farm in farms))
    at(session, 4, 2)
    must(session, c.MovePhase("north", "scouting", "soil not measured"), c.MovePhase("north"))
    assert refused(session, c.MovePhase("north", "training")) == "pledge"
    target = Target(target="yield", indicator="yield", value=YIELD.value, unit="t", period="2031", scope="field")
    for farm in farms:
        must(session, c.ProposeTarget(farm, target, "last year"), c.ReviewTarget(farm, "yield", True, "fair"))
        must(session, c.FixTarget(farm, "yield"))
    must(session, c.MovePhase("north", "sowing", "trained last year"))
    must(session, c.MovePhase("south", "training"))
    at(session, 6, 1)
    must(session, c.MovePhase("south"))
    assert refused(session, c.MovePhase("south")) == "kick-off"
    must(session, c.ScheduleMeeting("kick-off", "start", "Kick-off", date(2031, 6, 1), "p-ada"))
    must(session, c.HoldMeeting("kick-off", date(2031, 6, 1)))
    at(session, 8, 1)
    must(session, *(c.MovePhase(farm) for farm in farms))
    at(session, 9, 20)
    assert refused(session, c.MovePhase("north")) == "counted"
    must(session, c.SubmitReport("north", "count", "count", "once", (YIELD,)), c.WaiveGate("south", "counted", "hail"))
    at(session, 10, 1)
    must(session, *(c.MovePhase(farm) for farm in farms))
    must(session, c.RecordSummary("End", "0" * 64, "done"), c.CloseCampaign("over"))
    assert {state.phase for state in session.entities().values()} == {"thanks"}
    assert [move.move for move in session.entities()["north"].moves] == [
        "advance", "back", "advance", "skip", "advance", "advance",
    ]  # fmt: skip
    assert replay.check(session).differences == ()


def test_replay_to_three_positions_equals_what_was_stored_there(session: Session) -> None:
    stored = {}
    for farm in ("north", "south"):
        must(session, c.EnrolEntity(farm, "farm", farm, ("farm",)))
        stored[session.log.head()] = session.entities()
        must(session, c.AppointOfficer(farm, "accountable_officer", f"p-{farm}", "Farmer"), c.MovePhase(farm))
        stored[session.log.head()] = session.entities()
    assert len(stored) == 4
    for position, entities in stored.items():
        assert replay.past(session, to=position).entities == entities


def test_its_roster_is_read_with_its_own_kinds(folder: Path) -> None:
    definition = folders.load(folder).definition
    assert [(entity.entity, entity.kind) for entity in rosters.load(folder, definition).entities] == [
        ("north", "farm"),
        ("south", "farm"),
    ]
