"""What was adopted can be listed, compared and written out again, comments included."""

from pathlib import Path

import pytest
from app.drives import adopt, begun, drive, must

from campaign.app import versions
from campaign.app.adopt import apply
from campaign.app.handle import Who
from campaign.app.session import Session, Settings, open_session
from campaign.demo.perform import shipped_config
from campaign.files import folder as folders
from campaign.problems import Problems


def two(tmp_path: Path) -> Session:
    session = begun(drive(tmp_path / "a"))
    must(adopt(session, drive(tmp_path / "b", weekly=""), reason="too much paper"))
    return session


def test_the_shipped_folder_checks_out_byte_for_byte_and_validates_to_the_same_hash(tmp_path: Path) -> None:
    session = open_session(Settings(":memory:"), write=True)
    must(apply(session, shipped_config(), Who("p-wei-lichang")))
    written = versions.checkout(session, "1", tmp_path / "again")
    assert written.sha256 == session.campaign().adoptions[0].sha256 == folders.load(tmp_path / "again").sha256
    for file in written.files:
        assert (tmp_path / "again" / file.name).read_bytes() == (shipped_config() / file.name).read_bytes()
    assert versions.drift(session, tmp_path / "again") == ()


def test_history_tells_who_adopted_what_and_why(tmp_path: Path) -> None:
    first, second = versions.history(two(tmp_path))
    assert (first.number, first.actor, first.diff) == (1, "p-ada", ())
    assert (second.number, second.reason) == (2, "too much paper")
    assert second.diff[0].startswith("- obligations[weekly]: ")


@pytest.mark.parametrize(("name", "number"), [("", 2), ("1", 1), ("2", 2)])
def test_a_version_is_named_by_its_number(tmp_path: Path, name: str, number: int) -> None:
    assert versions.adopted(two(tmp_path), name).version.number == number


def test_a_version_is_named_by_the_beginning_of_its_hash(tmp_path: Path) -> None:
    session = two(tmp_path)
    sha256 = session.campaign().adoptions[0].sha256
    assert versions.adopted(session, sha256[:8]).version.number == 1
    must(adopt(session, drive(tmp_path / "a")))
    assert versions.adopted(session, sha256[:8]).version.number == 3
    for name in ("4", "abcdef0123", sha256[:3]):
        with pytest.raises(Problems, match="no-version"):
            versions.adopted(session, name)


def test_versions_and_the_folder_are_compared(tmp_path: Path) -> None:
    session = two(tmp_path)
    assert [change.kind for change in versions.compare(session, None, "1", "2")] == ["removed"]
    assert [change.kind for change in versions.compare(session, None, "2", "1")] == ["added"]
    assert versions.compare(session, tmp_path / "b") == ()
    assert [change.kind for change in versions.compare(session, tmp_path / "a")] == ["added"]


def test_drift_sees_values_comments_and_new_files(tmp_path: Path) -> None:
    session = two(tmp_path)
    assert versions.drift(session, tmp_path / "b") == ()
    path = tmp_path / "b" / "calendar.yaml"
    path.write_text(path.read_text() + "# a note\n")
    assert [str(change) for change in versions.drift(session, tmp_path / "b")] == ["~ (calendar.yaml):  → "]
    assert [change.path for change in versions.drift(session, tmp_path / "a")] == ["obligations[weekly]"]


def test_checkout_writes_over_nothing_and_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    session = two(tmp_path)
    versions.checkout(session, "1", tmp_path / "c", dry_run=True)
    assert not (tmp_path / "c").exists()
    versions.checkout(session, "1", tmp_path / "c")
    assert (tmp_path / "c" / "phases.yaml").read_text() == (tmp_path / "a" / "phases.yaml").read_text()
    with pytest.raises(Problems, match="folder-exists"):
        versions.checkout(session, "1", tmp_path / "c")


def test_nothing_adopted_is_no_version() -> None:
    session = open_session(Settings(":memory:"), write=True)
    assert versions.history(session) == ()
    with pytest.raises(Problems, match="no-version"):
        versions.adopted(session)


def test_an_empty_folder_is_written_into(tmp_path: Path) -> None:
    (tmp_path / "c").mkdir()
    assert versions.checkout(two(tmp_path), "2", tmp_path / "c").definition.obligations[-1].id == "count"
