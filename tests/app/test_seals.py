"""The demonstration with its log's key: what is signed, when, and that a telling with a key is the same each time."""

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from campaign.app import audit, bulletins
from campaign.app.session import Session, Settings, open_session
from campaign.demo import seals
from campaign.demo.perform import perform
from campaign.problems import Problems
from campaign.store.notes import load_signer, new_signer, save_signer
from campaign.verifier import read_checkpoint

HERE = ZoneInfo("Asia/Shanghai")


def tell(folder: Path, *, short: bool = True) -> tuple[Path, Path]:
    store, key = folder / "demo.db", folder / "key"
    perform(str(store), lambda _: None, short=short, key_file=key).close()
    return store, key


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return tell(tmp_path_factory.mktemp("sealed"), short=False)


@pytest.fixture
def session(whole: tuple[Path, Path]) -> Iterator[Session]:
    opened = open_session(Settings(str(whole[0])))
    yield opened
    opened.close()


def notes(session: Session) -> list[tuple[int, str]]:
    return [(note.size, note.text) for note in session.log.tree().notes()]


def test_every_day_on_which_anything_was_recorded_ends_with_a_checkpoint(session: Session) -> None:
    last: dict[str, int] = {}
    topics = [record.topic for record in session.log.scan()]
    for record in session.log.scan(topics.index("log_key_rotated.v1")):
        last[record.recorded_at.astimezone(HERE).date().isoformat()] = record.position
    assert [size for size, _ in notes(session)] == sorted(last.values())
    assert max(last.values()) == session.log.head()


def test_the_key_is_recorded_before_anybody_is_enrolled(session: Session, whole: tuple[Path, Path]) -> None:
    topics = [record.topic for record in session.log.scan()]
    assert topics.index("log_key_rotated.v1") < topics.index("entity_enrolled.v1")
    assert session.campaign().log_keys == (str(load_signer(whole[1]).key),)


def test_all_of_it_holds_and_everything_is_vouched_for(session: Session) -> None:
    found = audit.verify(session)
    assert found.problems == ()
    assert (found.checkpoints, found.vouched) == (len(notes(session)), session.log.head())


def test_each_bulletin_carries_a_checkpoint_of_the_days_before(session: Session) -> None:
    known = {(head.size, head.root) for head in (read_checkpoint(text) for _, text in notes(session))}
    for period in ("2005-09", "2005-10", "2005-11", "2005-12"):
        published = next(record for record in session.log.scan()
                         if record.topic == "bulletin_published.v1" and record.event.period == period)  # type: ignore[attr-defined] # fmt: skip
        shown = bulletins.show(session, period, number=0)
        assert shown.checkpoint is not None
        assert shown.checkpoint.size < published.position
        assert any(size == shown.checkpoint.size for size, _ in known)


def test_a_telling_is_the_same_each_time_signatures_included(tmp_path: Path) -> None:
    told = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        store, key = tell(tmp_path / name)
        session = open_session(Settings(str(store)))
        told.append((list(session.log.scan_rows()), notes(session), key.read_text()))
        session.close()
    assert told[0] == told[1]


def test_told_again_beside_its_own_key_it_takes_the_same_one(tmp_path: Path) -> None:
    store, key = tell(tmp_path)
    before = key.read_text()
    store.unlink()
    tell(tmp_path)
    assert key.read_text() == before


def test_the_key_of_another_log_is_left_alone_and_nothing_is_written(tmp_path: Path) -> None:
    key = tmp_path / "key"
    save_signer(key, new_signer("campaign/real"))
    before = key.read_bytes()
    with pytest.raises(Problems) as refused:
        tell(tmp_path)
    assert [(each.code, each.place.file) for each in refused.value.problems] == [("key-exists", str(key))]
    assert key.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_without_a_key_nothing_is_signed(tmp_path: Path) -> None:
    perform(str(tmp_path / "demo.db"), lambda _: None, short=True).close()
    session = open_session(Settings(str(tmp_path / "demo.db")))
    assert notes(session) == []
    assert not session.campaign().log_keys
    session.close()


def test_the_seed_is_known_and_its_name_says_rehearsal(whole: tuple[Path, Path]) -> None:
    signer = load_signer(whole[1])
    assert (signer.seed, signer.name) == (seals.KNOWN, "rehearsal/jilin-2005")
    assert whole[1].stat().st_mode & 0o077 == 0
