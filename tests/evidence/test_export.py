"""The log as a folder: verified anywhere, restored to the same tree, and showing whatever was done to it."""

import hashlib
import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from evidence.kit import Office, told
from pyarrow import parquet

from campaign import verifier
from campaign.app import export
from campaign.app.moving import restore
from campaign.app.session import Settings, open_session
from campaign.problems import Problems
from campaign.verifier import Asked, Finding


@pytest.fixture
def folder(office: Office, tmp_path: Path) -> Path:
    export.export(office.session(), tmp_path / "export")
    return tmp_path / "export"


def verified(folder: Path, *against: str) -> list[Finding]:
    return verifier.verify(folder, Asked(against=against))[1]


def test_an_export_holds_on_a_machine_with_nothing_but_python(office: Office, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text(office.first)
    alone = [sys.executable, "-I", "-S", verifier.__file__, folder, "--key", office.published()]
    result = subprocess.run([*map(str, alone), "--against", str(tmp_path / "mine.txt")],
                            capture_output=True, text=True, check=False)  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr
    assert "everything holds" in result.stdout


def test_export_verify_restore_gives_the_same_head_and_the_same_folder(
    folder: Path, office: Office, tmp_path: Path
) -> None:
    made = restore(folder, str(tmp_path / "restored.db"))
    assert made.root == office.session().log.tree().root(made.records)
    session = open_session(Settings(str(tmp_path / "restored.db")))
    mine = office.session()
    assert session.campaign() == mine.campaign()
    assert session.entities() == mine.entities()
    assert list(session.log.tree().outcomes()) == list(mine.log.tree().outcomes())
    export.export(session, tmp_path / "again")
    session.close()
    assert contents(tmp_path / "again") == contents(folder)


def test_the_records_are_added_as_one_table_on_request_and_the_folder_still_holds(
    office: Office, folder: Path, tmp_path: Path
) -> None:
    export.export(office.session(), tmp_path / "tabled", table=True)
    table = parquet.read_table(tmp_path / "tabled" / "events.parquet").to_pylist()
    records = [json.loads(line) for kind in (folder / "events").iterdir() for line in kind.read_bytes().splitlines()]
    assert [(row["position"], row["stream"], row["topic"], json.loads(row["body"])) for row in table] == [
        (record[1], record[2], record[4], record[-1]) for record in sorted(records, key=lambda record: record[1])
    ]
    assert verified(tmp_path / "tabled") == []
    assert contents(folder).keys() == contents(tmp_path / "tabled").keys() - {"events.parquet"}


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_an_export_explains_itself(folder: Path) -> None:
    names = set(contents(folder))
    assert {"README.txt", "catalogue.json", "manifest.json", "leaves.bin", "outcomes.jsonl"} <= names
    (definition,) = (folder / "definitions").glob("*.json")
    assert hashlib.sha256(definition.read_bytes()).hexdigest() == definition.stem
    assert (folder / "definitions" / definition.stem / "phases.yaml").is_file()
    manifest = json.loads((folder / "manifest.json").read_bytes())
    assert manifest["format"] == "campaign-export.v1"
    assert {entry["name"] for entry in manifest["files"]} == names - {"manifest.json"}


def test_the_schemes_are_part_of_it(whole: Office, tmp_path: Path) -> None:
    export.export(whole.session(), tmp_path / "export")
    schemes = list((tmp_path / "export" / "schemes").iterdir())
    assert [path.name for path in schemes] == [f"{line.sha256}.yaml" for line in whole.session().campaign().schemes]
    assert hashlib.sha256(schemes[0].read_bytes()).hexdigest() == schemes[0].stem


def test_nothing_is_overwritten(folder: Path, office: Office, tmp_path: Path) -> None:
    with pytest.raises(Problems, match="export-exists"):
        export.export(office.session(), folder)
    with pytest.raises(Problems, match="store-exists"):
        restore(folder, str(office.store))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["export", "office"]


# --- an export that was tampered with ----------------------------------------------------------------------------

Spoil = Callable[[Path], object]


def line(number: int, change: Callable[[str], str]) -> Spoil:
    """Change one line of the entities' events, and the manifest with it."""

    def spoil(folder: Path) -> None:
        path = folder / "events" / "entity.jsonl"
        lines = path.read_text().split("\n")
        lines[number] = change(lines[number])
        path.write_text("\n".join(kept for kept in lines if kept) + "\n")
        listed(folder, "events/entity.jsonl")

    return spoil


def listed(folder: Path, name: str) -> None:
    """Put the hash that a file now has into the manifest."""
    manifest = json.loads((folder / "manifest.json").read_bytes())
    for entry in manifest["files"]:
        if entry["name"] == name:
            entry["sha256"] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))


def position(folder: Path, number: int) -> int:
    return int(json.loads((folder / "events" / "entity.jsonl").read_text().split("\n")[number])[1])


SPOILS: dict[str, tuple[Spoil, str]] = {
    "an actor": (line(50, lambda text: text.replace('"p-office-1"', '"p-office-2"', 1)), "record"),
    "a blank": (line(50, lambda text: text.replace(",", ", ", 1)), "unreadable"),
    "no json": (line(50, lambda text: text[:-5]), "unreadable"),
    "a number for a list": (line(50, lambda _: "1"), "unreadable"),
    "a line gone": (line(50, lambda _: ""), "missing"),
}


@pytest.mark.parametrize("name", SPOILS)
def test_a_changed_line_is_found_at_its_position(folder: Path, name: str) -> None:
    spoil, code = SPOILS[name]
    at = position(folder, 50)
    spoil(folder)
    assert (at, code) in {finding[:2] for finding in verified(folder)}
    with pytest.raises(Problems, match="integrity-export"):
        restore(folder, str(folder.parent / "restored.db"))
    assert not list(folder.parent.glob("restored.db*"))


def test_a_file_that_was_changed_added_or_removed_is_named(folder: Path) -> None:
    (folder / "catalogue.json").write_text("{}")
    (folder / "README.txt").unlink()
    (folder / "more.txt").write_text("x")
    assert {(finding.code, finding.text.split()[0]) for finding in verified(folder)} == {
        ("file", "catalogue.json"),
        ("file", "README.txt"),
        ("file", "more.txt"),
    }


def test_the_last_records_left_out_need_an_own_checkpoint_only_when_the_exports_own_are_left_out_too(
    folder: Path, office: Office
) -> None:
    last = office.sizes[1]
    path = folder / "events" / "campaign.jsonl"
    path.write_text("".join(f"{text}\n" for text in path.read_text().splitlines()[:-1]))
    listed(folder, "events/campaign.jsonl")
    assert [finding[:2] for finding in verified(folder)] == [(last, "missing")]
    (folder / "leaves.bin").write_bytes((folder / "leaves.bin").read_bytes()[: (last - 1) * 32])
    listed(folder, "leaves.bin")
    for note in list((folder / "checkpoints").glob(f"*-{last}.txt")):
        note.unlink()
    manifest = json.loads((folder / "manifest.json").read_bytes())
    manifest["files"] = [entry for entry in manifest["files"] if not entry["name"].endswith(f"-{last}.txt")]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert verified(folder) == []
    assert [finding[:2] for finding in verified(folder, office.second)] == [(last, "missing")]


@pytest.mark.parametrize("text", [None, "", "[]", '{"format":"other","files":[]}', '{"files":1}'])
def test_a_folder_that_is_no_export_cannot_be_verified_or_restored(tmp_path: Path, text: str | None) -> None:
    (tmp_path / "folder").mkdir()
    if text is not None:
        (tmp_path / "folder" / "manifest.json").write_text(text)
    with pytest.raises(verifier.Unreadable):
        verified(tmp_path / "folder")
    with pytest.raises(Problems, match="export-unreadable"):
        restore(tmp_path / "folder", str(tmp_path / "s.db"))


# --- the export of a store that was tampered with ---------------------------------------------------------------


def test_the_export_of_a_store_shows_what_was_done_to_it(office: Office, tmp_path: Path) -> None:
    with office.intruder() as db:
        db.execute("UPDATE events SET actor = 'p-other' WHERE position = 300")
        db.execute("DELETE FROM events WHERE position = 700")
    export.export(office.session(), tmp_path / "export")
    assert [finding[:2] for finding in verified(tmp_path / "export")][:2] == [(300, "record"), (700, "missing")]
    assert told(office.audit())[:2] == [("position 300", "record"), ("position 700", "missing")]


def test_no_name_in_a_store_leads_out_of_the_folder(office: Office, tmp_path: Path) -> None:
    with office.intruder() as db:
        db.execute("UPDATE streams SET name = '../../escaped:' || name WHERE id = 3")
        changed = "CAST(REPLACE(CAST(body AS TEXT), 'phases.yaml', '../../../x.yaml') AS BLOB)"
        db.execute(f"UPDATE events SET body = {changed} WHERE topic LIKE 'definition_adopted%'")  # noqa: S608 -- above
    export.export(office.session(), tmp_path / "export")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["export", "office"]
    assert (tmp_path / "export" / "events" / "unnamed.jsonl").is_file()


def test_a_body_that_is_no_adoption_does_not_stop_the_export(office: Office, tmp_path: Path) -> None:
    with office.intruder() as db:
        db.execute("UPDATE events SET body = CAST('{}' AS BLOB) WHERE topic LIKE 'definition_adopted%'")
    export.export(office.session(), tmp_path / "export")
    assert (2, "record") in {finding[:2] for finding in verified(tmp_path / "export")}


def test_a_store_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (x)")
    connection.close()
    with pytest.raises(verifier.Unreadable):
        verifier.verify(path)
    shutil.rmtree(tmp_path)
