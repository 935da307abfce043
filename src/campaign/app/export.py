"""The whole log as a folder that explains itself, and a store made again from it (docs/reference/export-format.md)."""

import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from campaign import verifier
from campaign.app.access import whole
from campaign.app.session import Session
from campaign.domain.events import SourceText
from campaign.files import parquet
from campaign.problems import NOTHING, Place, Problem, Problems, T
from campaign.store.catalogue import catalogue
from campaign.store.codec import canonical
from campaign.store.engine import Engine
from campaign.store.log import Outcome, Row
from campaign.store.refill import fill, row_of
from campaign.store.tree import BATCH, LogTree, Note

README = """This is the whole log of a campaign, made by `campaign log export`.

manifest.json    the sha256 of every file here
events/          one canonical record a line, by kind of stream; "position" orders them all
checkpoints/     signed tree heads (C2SP signed notes), as they were made
events.parquet   the same records as one table, if it was asked for: for data tools, no part of the proof
leaves.bin       the leaf hashes of the kept tree: they only help to say where a change was made
outcomes.jsonl   what each command came to, refusals included
definitions/     every definition that was adopted, and the files that it was read from, by its sha256
schemes/         every assessment scheme that was adopted, by its sha256
catalogue.json   what the body of each topic may be, as JSON Schema

Verify it with one Python file, taken from where the program is published and not from whoever gave you this folder:
    python verifier.py FOLDER --key KEY --against YOUR-OLD-CHECKPOINT
"""
FORM = verifier.EXPORT


class Exported(msgspec.Struct, frozen=True):
    """What an export holds."""

    folder: str
    records: int
    files: int
    checkpoints: int


def export(session: Session, folder: Path, *, table: bool = False) -> Exported:
    """Write the log into FOLDER, which must not be there; it appears whole or not at all.

    What lies in the store is written as it lies there, so that an export of a store that was tampered with shows it.
    TABLE adds the records as one Parquet file.  Raises Problems (codes `export-exists`, `extra-missing`, and
    `not-permitted` for a login from which the store hides rows).
    """
    whole(session.log)
    if folder.exists():
        message = T("{path} is there already", path=folder)
        raise Problems([Problem("export-exists", message, T("name another folder"), Place(file=str(folder)))])
    draft = folder.with_name(f"{folder.name}.{os.urandom(4).hex()}.new")
    try:
        exported = _write(session, draft, table=table)
        draft.replace(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return msgspec.structs.replace(exported, folder=str(folder))


def _write(session: Session, draft: Path, *, table: bool) -> Exported:
    tree = session.log.tree()
    for name in ("events", "checkpoints", "definitions", "schemes"):
        (draft / name).mkdir(parents=True)
    records = _records(draft, tree)
    if table:
        parquet.write(draft / "events.parquet", _readable(tree))
    _leaves(draft, tree)
    notes = tree.notes()
    for number, note in enumerate(notes, start=1):
        (draft / "checkpoints" / f"{number:06}-{note.size}.txt").write_text(note.text, encoding="utf-8")
    with (draft / "outcomes.jsonl").open("wb") as file:
        for outcome in tree.outcomes():
            file.write(_line(outcome))
    (draft / "catalogue.json").write_bytes(_pretty(catalogue()))
    (draft / "README.txt").write_text(README, encoding="utf-8")
    files = [_listed(draft, path) for path in sorted(draft.rglob("*")) if path.is_file()]
    (draft / "manifest.json").write_bytes(_pretty({"format": FORM, "records": records, "files": files}))
    return Exported(str(draft), records, len(files), len(notes))


def _records(draft: Path, tree: LogTree) -> int:
    """Write the records by kind of stream, and beside them the documents that they hold."""
    count = 0
    open_files: dict[str, Any] = {}
    try:
        for row in _readable(tree):
            kind = safe(KIND, row[1].partition(":")[0])
            if kind not in open_files:
                open_files[kind] = (draft / "events" / f"{kind}.jsonl").open("wb")
            open_files[kind].write(canonical(row) + b"\n")
            _documents(draft, row)
            count += 1
    finally:
        for file in open_files.values():
            file.close()
    return count


def _readable(tree: LogTree) -> Iterator[Row]:
    return (row for batch in tree.raw() for row in batch if not isinstance(row, int))


def _documents(draft: Path, row: Row) -> None:
    topic = row[3].partition(".")[0]
    if topic not in {"definition_adopted", "scheme_adopted"}:
        return
    with suppress(msgspec.DecodeError, UnicodeError):  # an export shows what was tampered with, it does not stop there
        if topic == "scheme_adopted":
            _text(draft / "schemes", msgspec.json.decode(row[-1], type=_Document), ".yaml")
            return
        document = msgspec.json.decode(row[-1], type=_Document)
        _text(draft / "definitions", document, ".json")
        for source in document.files:
            path = draft / "definitions" / safe(HEX, document.sha256) / safe(FILE, source.name)
            path.parent.mkdir(exist_ok=True)
            path.write_text(source.text, encoding="utf-8")


class _Document(msgspec.Struct):
    """The part of an adoption that is written out; a scheme has a text, a definition has files beside it."""

    sha256: str
    text: str = ""
    definition: str = ""
    files: tuple[SourceText, ...] = ()


def _text(folder: Path, document: _Document, suffix: str) -> None:
    name = safe(HEX, document.sha256)
    (folder / f"{name}{suffix}").write_text(document.text or document.definition, encoding="utf-8")


KIND = re.compile(r"[a-z][a-z0-9_]{0,31}")
HEX = re.compile(r"[0-9a-f]{64}")
FILE = re.compile(r"\w[\w.-]{0,63}")


def safe(form: re.Pattern[str], name: str) -> str:
    """Return NAME as part of a path if it has the FORM it should have; a store's file may say anything."""
    return name if form.fullmatch(name) else "unnamed"


def _leaves(draft: Path, tree: LogTree) -> None:
    with (draft / "leaves.bin").open("wb") as file:
        for start in range(0, tree.size, BATCH):
            file.write(b"".join(tree.hashes(0, start, start + BATCH)))


def _listed(draft: Path, path: Path) -> dict[str, object]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"name": path.relative_to(draft).as_posix(), "sha256": digest, "bytes": path.stat().st_size}


def _line(value: object) -> bytes:
    return msgspec.json.encode(value) + b"\n"


def _pretty(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value, order="sorted"), indent=1) + b"\n"


# --- back into a store -------------------------------------------------------------------------------------------


def refill(folder: Path, log: Engine) -> None:
    """Write the records, outcomes and checkpoints of an export into an empty LOG, once the export is verified.

    Particulars of persons are not part of it.  Raises Problems (codes `export-unreadable`, `integrity-export`).
    """
    _sound(folder)
    fill(log, _rows(folder), _outcomes(folder))
    for path in sorted((folder / "checkpoints").iterdir()):
        text = path.read_text(encoding="utf-8")
        log.tree().keep(Note(verifier.read_checkpoint(text).size, text))


def _sound(folder: Path) -> None:
    try:
        _, findings = verifier.verify_log(verifier.of_export(folder))
    except (verifier.Unreadable, OSError) as error:
        fix = T("name a folder made by `campaign log export`")
        raise Problems([Problem("export-unreadable", T("{error}", error=error), fix)]) from error
    if findings:
        raise Problems(
            Problem("integrity-export", T("the export is broken: {finding}", finding=finding), NOTHING)
            for finding in findings
        )


def _rows(folder: Path) -> Iterator[Row]:
    source = verifier.of_export(folder)
    return (row_of(record.data) for record in source.records if record.data is not None)


def _outcomes(folder: Path) -> Iterator[Outcome]:
    with (folder / "outcomes.jsonl").open("rb") as file:
        for line in file:
            yield msgspec.json.decode(line, type=Outcome)
