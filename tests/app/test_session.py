"""Opening a store: what is there, whose campaign it is, by which clock, and in which zone."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from app.conftest import START, STEWARD
from app.drives import begun, drive, must
from app.folders import harvest

from campaign.app.adopt import apply
from campaign.app.handle import Who, handle
from campaign.app.session import (
    MEMORY,
    Session,
    Settings,
    must_be_there,
    new_id,
    open_session,
    open_shared,
    read_definition,
)
from campaign.domain.commands import EnrolEntity, RegisterProject
from campaign.problems import Problems


def codes(caught: pytest.ExceptionInfo[Problems]) -> list[str]:
    return [problem.code for problem in caught.value.problems]


@pytest.fixture
def path(tmp_path: Path) -> str:
    """Return a store with the harvest campaign in rehearsal and both farms enrolled."""
    begun(drive(tmp_path / "a"), str(tmp_path / "s.db")).close()
    return str(tmp_path / "s.db")


@contextmanager
def opened(settings: Settings, *, write: bool = False) -> Iterator[Session]:
    with closing(open_session(settings, write=write)) as session:
        yield session


# --- which campaign ------------------------------------------------------------------------------------------------


def test_a_store_is_not_made_by_looking(tmp_path: Path) -> None:
    for write in (False, True):
        with pytest.raises(Problems) as caught:
            open_session(Settings(str(tmp_path / "none.db")), write=write)
        assert codes(caught) == ["store-missing"]
    assert list(tmp_path.iterdir()) == []


def test_the_only_campaign_need_not_be_named(path: str) -> None:
    with opened(Settings(path)) as session:
        assert (session.key, session.stream) == ("harvest-2031", "campaign:harvest-2031")
        assert session.campaign().version > 0


def test_of_several_one_has_to_be_named_and_none_sees_the_other(path: str, tmp_path: Path) -> None:
    other = drive(tmp_path / "b", phases="key: harvest-2031 => key: harvest-2032")
    with closing(open_session(Settings(path, "harvest-2032"), write=True)) as session:
        must(apply(session, other, STEWARD, rehearsal=True))
        must(handle(session, [EnrolEntity("west", "farm", "West", ("farm",))], STEWARD))
    with pytest.raises(Problems) as caught:
        open_session(Settings(path))
    assert codes(caught) == ["campaign-not-named"]
    assert caught.value.problems[0].message.values == {"keys": "harvest-2031, harvest-2032"}
    with opened(Settings(path, "harvest-2031")) as first, opened(Settings(path, "harvest-2032")) as second:
        assert first.entity_ids() == list(first.entities()) == ["north", "south"]
        assert second.entity_ids() == list(second.entities()) == ["west"]
        assert first.entity("west") is None
        assert second.entity("north") is None


@pytest.mark.parametrize(("key", "fix"), [("harvest-2013", "did you mean harvest-2031?"), ("x", "choose one of")])
def test_a_campaign_that_there_is_not_is_no_empty_one(path: str, key: str, fix: str) -> None:
    with opened(Settings(path, "harvest-2031")) as session:
        must_be_there(session)
    with opened(Settings(path, key)) as session, pytest.raises(Problems) as caught:
        must_be_there(session)
    assert codes(caught) == ["unknown-campaign"]
    assert str(caught.value.problems[0].fix).startswith(fix)


def test_without_a_campaign_there_is_nothing_in_it() -> None:
    with closing(open_session(Settings(MEMORY), write=True, create=True)) as session:
        assert (session.key, session.entities(), session.projects(), session.entity_ids()) == ("", {}, {}, [])
        assert session.context().definition is None
        assert session.zone().key == "UTC"
        assert read_definition("") is None


# --- which rows ----------------------------------------------------------------------------------------------------


def test_a_few_entities_are_read_one_by_one_and_many_at_once_with_the_same_result(path: str) -> None:
    with opened(Settings(path)) as session:
        states = session.entities()
        assert session.chosen(["south", "stranger"]) == {"south": states["south"]}
        many = [*(f"stranger-{number}" for number in range(100)), "south", "north"]
        assert session.chosen(many) == states
        assert session.chosen(iter(["north"])) == {"north": states["north"]}


def test_projects_are_listed_by_id(path: str) -> None:
    with closing(open_session(Settings(path), write=True)) as session:
        for name in ("p-2", "p-1"):
            must(handle(session, [RegisterProject(name, name, "north", "new")], STEWARD))
        assert list(session.projects()) == ["p-1", "p-2"]


# --- which time ----------------------------------------------------------------------------------------------------


def test_a_rehearsal_stands_still_at_its_last_record_until_an_instant_is_chosen(path: str) -> None:
    with opened(Settings(path)) as session:
        stands = session.instant()
        assert stands == session.log.last_recorded_at() == datetime(2031, 3, 1, 12, tzinfo=UTC)
        assert session.instant() == stands
    later = stands + timedelta(days=30)
    with opened(Settings(path, at=later)) as session:
        assert session.instant() == later


def test_only_a_rehearsal_may_choose_its_time(tmp_path: Path) -> None:
    store = str(tmp_path / "real.db")
    with closing(open_session(Settings(store), write=True, create=True)) as session:
        must(apply(session, harvest(tmp_path / "a"), STEWARD))
        assert abs(session.instant() - datetime.now(UTC)) < timedelta(minutes=1)
    with pytest.raises(Problems) as caught:
        open_session(Settings(store, at=START))
    assert codes(caught) == ["clock-not-yours"]
    Path(store).rename(tmp_path / "moved.db")  # nothing holds it open


@pytest.mark.parametrize(
    ("hour", "today"), [(22, date(2031, 3, 31)), (23, date(2031, 4, 1))], ids=["before midnight", "after"]
)
def test_a_day_ends_in_the_campaigns_own_zone(path: str, hour: int, today: date) -> None:
    """Berlin has summer time by then: at 22:00 UTC it is midnight there."""
    instant = datetime(2031, 3, 31, hour - 1, 30, tzinfo=UTC)
    with opened(Settings(path, at=instant)) as session:
        assert session.zone().key == "Europe/Berlin"
        assert session.today() == today


def test_ids_sort_as_they_were_given() -> None:
    made = [new_id() for _ in range(50)]
    stamps = [name.rpartition("-")[0] for name in made]
    assert stamps == sorted(stamps)
    assert len(set(made)) == 50, "also within one microsecond"


# --- for reading, for threads ----------------------------------------------------------------------------------------


def test_what_was_opened_for_reading_is_not_written(path: str) -> None:
    with opened(Settings(path)) as session:
        assert session.unwritable is None
        with pytest.raises(Problems, match="store-read-only"):
            handle(session, [EnrolEntity("west", "farm", "West", ("farm",))], Who("p-ada"))


def test_a_store_in_memory_is_not_shared(path: str) -> None:
    with pytest.raises(Problems) as caught:
        open_shared(Settings(MEMORY))
    assert codes(caught) == ["store-not-shared"]
    with closing(open_shared(Settings(path))) as session:
        assert session.entity_ids() == ["north", "south"]
