"""Following the log: what was there, what comes, and when it ends; on every store."""

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from app.conftest import START, STEWARD

from campaign.app import following
from campaign.app.adopt import apply
from campaign.app.following import follow
from campaign.app.handle import handle
from campaign.app.session import MEMORY, Session, Settings, open_session
from campaign.domain.commands import EnrolEntity
from campaign.readmodels.views import ALL
from campaign.store.codec import Row
from campaign.store.memory import MemoryLog


def enrol(session: Session, *names: str) -> None:
    for name in names:
        reply = handle(session, [EnrolEntity(name, "farm", f"{name} farm", ("farm",))], STEWARD)
        assert reply.refusal is None, reply.refusal


def seen(records: Iterator[object]) -> list[int]:
    return [record.position for record in records]  # type: ignore[attr-defined] # Recorded, or nothing


def test_what_is_there_is_given_from_a_position_to_a_position(session: Session) -> None:
    enrol(session, "north", "south", "east")
    head = session.log.head()
    assert seen(follow(session, head - 3, until=head - 1)) == [head - 2, head - 1]
    assert seen(follow(session, head - 2, seconds=0)) == [head - 1, head]
    assert seen(follow(session, head, until=head)) == []
    assert seen(follow(session, head, until=1)) == []


def test_it_ends_as_soon_as_whoever_follows_has_enough(session: Session) -> None:
    enrol(session, "north")
    head = session.log.head()
    asked: list[None] = []

    def idle() -> bool:
        asked.append(None)
        return False

    assert seen(follow(session, head - 1, idle=idle)) == [head]
    assert len(asked) == 1, "asked once everything that is there was given"


class Part(MemoryLog):
    """A log of which a login sees every second record, as a policy of the database has it."""

    def scan_rows(self, after: int = 0, to: int | None = None, prefix: str = "") -> Iterator[Row]:
        return (row for row in super().scan_rows(after, to, prefix) if row[0] % 2)


def test_a_last_position_that_is_hidden_ends_with_what_is_behind_it(folder: Path) -> None:
    session = Session(Part(ALL, lambda: START), Settings(MEMORY, at=START))
    assert apply(session, folder, STEWARD, rehearsal=True).refusal is None
    enrol(session, "north", "south", "east", "west")
    head = session.log.head()
    until = head - head % 2 - 2
    assert seen(follow(session, 0, until=until)) == list(range(1, until, 2))


def test_new_events_come_while_somebody_else_writes_them(session: Session, address: str) -> None:
    if address == MEMORY:
        assert seen(follow(session, session.log.head())) == [], "nobody else can write to a memory"
        return
    head = session.log.head()
    waits = threading.Event()

    def write() -> None:
        assert waits.wait(30)
        with closing(open_session(Settings(address, at=START), write=True)) as other:
            enrol(other, "north", "south", "east")

    writer = threading.Thread(target=write)
    writer.start()

    def idle() -> bool:
        waits.set()
        return True

    assert seen(follow(session, head, until=head + 3, idle=idle)) == [head + 1, head + 2, head + 3]
    writer.join(30)


def test_a_call_that_is_lost_on_its_way_is_made_good_by_looking_again(
    session: Session, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if address == MEMORY:
        pytest.skip("nothing is waited for there")
    monkeypatch.setattr(following, "LOOK", 0.1)
    head = session.log.head()

    def idle() -> bool:
        if session.log.head() == head:
            enrol(session, "north")  # by this connection: on a file only another one's writing is told
        return True

    assert seen(follow(session, head, until=head + 1, idle=idle)) == [head + 1]
