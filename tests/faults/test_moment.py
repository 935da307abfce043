"""A refusal was right at some moment, as a whole: what it was decided on stood side by side (P-07).

Seed 6613 of the simulator found it: one entity was read before another's command, and the other entity after it.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from faults.stores import clock, open_session
from store.cluster import database

from campaign.app.adopt import apply
from campaign.app.handle import Reply, Who, handle
from campaign.app.session import Session, Settings
from campaign.app.session import open_session as opened
from campaign.demo.perform import shipped_config
from campaign.domain.commands import (
    AppointOfficer,
    Command,
    EnrolEntity,
    RaiseFinding,
    ReachMilestone,
    RegisterProject,
    ResolveFinding,
    SelectProject,
)
from campaign.store.engine import Engine
from campaign.store.sqlite import SqliteLog

OFFICE = Who("p-office-1")
ASKED: tuple[Command, ...] = (
    ResolveFinding("north", "f2", "cleared", "x"),
    EnrolEntity("west", "farm", "West", ("farm",)),
)
BETWEEN: tuple[Command, ...] = (
    RaiseFinding("north", "f2", "omission", "y"),
    EnrolEntity("west", "farm", "West", ("farm",)),
)


def interrupted(session: Session, then: Callable[[], object]) -> None:
    """Let something happen once, right after the first entity was read."""
    log, due = session.log, [then]
    assert isinstance(log, Engine)
    row = log.row

    def read(view: str, key: str) -> object:
        found = row(view, key)
        if view == "entity" and due:
            due.pop()()
        return found

    log.row = read  # type: ignore[method-assign]


def test_a_refusal_is_of_one_moment(store: str) -> None:
    one, other = open_session(store, clock(0)), open_session(store, clock(0))
    interrupted(one, lambda: handle(other, BETWEEN, Who("p-ada", command_id="between")))
    reply = handle(one, ASKED, Who("p-ada", command_id="asked"))
    assert reply.refusal is not None
    assert [reason.code for reason in reply.refusal.reasons] == ["four-eyes", "already-enrolled"]
    assert handle(other, ASKED, Who("p-ada", command_id="asked")).refusal == reply.refusal
    for session in (one, other):
        session.close()


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A store of each kind with nothing in it."""
    if request.param == "sqlite":
        SqliteLog(tmp_path / "campaign.db", (), clock(0)).close()
        yield str(tmp_path / "campaign.db")
    else:
        yield from database()


def test_whoever_spoke_for_a_project_still_does_when_the_command_is_written(empty: str) -> None:
    """The duty is handed over between the decision and the append: who had it is refused, and nothing is written."""
    start = Settings(empty, at=datetime(2005, 8, 16, 1, tzinfo=UTC))
    one = opened(start, write=True)
    assert apply(one, shipped_config(), OFFICE, rehearsal=True).refusal is None
    other = opened(start, write=True)
    for command in (
        EnrolEntity("mill", "enterprise", "Mill", ("key_enterprise",)),
        RegisterProject("line-2", "Second line", "mill", "new"),
        AppointOfficer("mill", "accountable_officer", "p-old", "director"),
        SelectProject("line-2", "plan-73"),
    ):
        reply = handle(one, [command], OFFICE)
        assert reply.refusal is None, reply.refusal
    over = AppointOfficer("mill", "accountable_officer", "p-new", "director", "retired")
    between: list[Reply] = []
    interrupted(one, lambda: between.append(handle(other, [over], OFFICE)))
    started = ReachMilestone("line-2", "started", date(2005, 8, 16))
    reply = handle(one, [started], Who("p-old", command_id="started"))
    assert [said.refusal for said in between] == [None]
    assert reply.refusal is not None
    assert [reason.code for reason in reply.refusal.reasons] == ["not-permitted"]
    assert [record.topic for record in one.log.read("project:jilin-2005/line-2")][-1] == "project_selected.v1"
    assert handle(one, [started], Who("p-new", command_id="anew")).refusal is None
    for session in (one, other):
        session.close()
