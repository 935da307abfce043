"""A refusal was right at some moment, as a whole: what it was decided on stood side by side (P-07).

Seed 6613 of the simulator found it: one entity was read before another's command, and the other entity after it.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from faults.crowd import prepare
from faults.stores import clock, open_session
from store.cluster import database

from campaign.app.handle import Who, handle
from campaign.app.session import Session
from campaign.domain.commands import Command, EnrolEntity, RaiseFinding, ResolveFinding
from campaign.store.engine import Engine
from campaign.store.sqlite import SqliteLog

ASKED: tuple[Command, ...] = (
    ResolveFinding("north", "f2", "cleared", "x"),
    EnrolEntity("west", "farm", "West", ("farm",)),
)
BETWEEN: tuple[Command, ...] = (
    RaiseFinding("north", "f2", "omission", "y"),
    EnrolEntity("west", "farm", "West", ("farm",)),
)


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A store of each kind, with the harvest campaign adopted in it."""
    if request.param == "sqlite":
        SqliteLog(tmp_path / "campaign.db", (), clock(0)).close()
        prepare(str(tmp_path / "campaign.db"), tmp_path / "folder")
        yield str(tmp_path / "campaign.db")
    else:
        for dsn in database():
            prepare(dsn, tmp_path / "folder")
            yield dsn


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
