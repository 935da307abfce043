"""Writers in processes of their own race on one entity: nothing is lost, nothing is written twice, exactly one wins."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from app.conftest import STEWARD

from campaign.app.adopt import apply
from campaign.app.handle import handle
from campaign.app.session import Settings, open_session
from campaign.domain.commands import EnrolEntity

WRITER = Path(__file__).with_name("race.py")


def opened(folder: Path, store: str) -> None:
    session = open_session(Settings(store, at=datetime(2031, 3, 1, tzinfo=UTC)), write=True, create=True)
    apply(session, folder, STEWARD, rehearsal=True)
    handle(session, [EnrolEntity("north", "farm", "North farm", ("farm",))], STEWARD)
    session.close()


def race(store: str, kind: str, names: list[str]) -> list[str]:
    """Start a writer for each name, let all of them go at once, and return what each came to."""
    writers = [
        subprocess.Popen(
            [sys.executable, WRITER, store, kind, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for name in names
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    return [writer.communicate("go\n")[0].strip() for writer in writers]


def test_all_who_race_on_one_entity_reload_and_succeed(tmp_path: Path, folder: Path) -> None:
    store = str(tmp_path / "race.db")
    opened(folder, store)
    names = [f"f-{number}" for number in range(6)]
    assert race(store, "finding", names) == ["accepted"] * 6
    session = open_session(Settings(store))
    records = session.log.read("entity:harvest-2031/north")
    assert sorted(session.entities()["north"].findings) == names
    session.close()
    assert [record.version for record in records] == list(range(1, 8))


def test_of_two_who_ask_for_the_same_thing_exactly_one_wins(tmp_path: Path, folder: Path) -> None:
    store = str(tmp_path / "race.db")
    opened(folder, store)
    assert sorted(race(store, "officer", ["a-1", "a-2"])) == ["accepted", "nothing-changes"]
