"""The definitions that were adopted, one after the other: listed, compared, written out as files again."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import msgspec

from campaign.app import schemas
from campaign.app.changes import Change, differences
from campaign.app.session import Session
from campaign.domain.events import DefinitionAdopted, Recorded, SourceText
from campaign.files import folder as folders
from campaign.files.folder import Folder
from campaign.problems import Place, Problem, Problems, T, Text


class Version(msgspec.Struct, frozen=True):
    """One adoption: its number from 1, who adopted what, when, why and on whose proposal."""

    number: int
    sha256: str
    position: int
    recorded_at: datetime
    occurred_on: date
    actor: str
    document: str
    reason: str
    proposed_by: str
    team: str
    held: tuple[str, ...]
    diff: tuple[str, ...]


class Adopted(msgspec.Struct, frozen=True):
    """A version with its whole text and the files it was read from."""

    version: Version
    definition: str
    files: tuple[SourceText, ...]


def history(session: Session) -> tuple[Version, ...]:
    """Return every adoption, the first first."""
    return tuple(_version(number, record) for number, record in enumerate(_records(session), start=1))


def _records(session: Session) -> Iterator[Recorded]:
    for adoption in session.campaign().adoptions:
        yield from session.log.read(session.stream, adoption.version - 1, adoption.version)


def _version(number: int, record: Recorded) -> Version:
    event = _event(record)
    return Version(
        number,
        event.sha256,
        record.position,
        record.recorded_at,
        record.occurred_on,
        record.actor,
        event.document,
        event.reason,
        event.proposed_by,
        event.team,
        tuple(line.entity for line in event.held),
        event.diff,
    )


def _event(record: Recorded) -> DefinitionAdopted:
    assert isinstance(record.event, DefinitionAdopted)  # noqa: S101 -- the state says so of this version
    return record.event


def adopted(session: Session, name: str = "", field: str = "version") -> Adopted:
    """Return an adoption by its number, the beginning of its hash, or "" for the last.

    Raises Problems at FIELD: no-version where nothing is adopted or NAME is none, version-ambiguous.
    """
    found = [
        (version, record)
        for version, record in zip(history(session), _records(session), strict=True)
        if _named(version, name)
    ]
    if not name:
        found = found[-1:]
    if len({version.sha256 for version, _ in found}) > 1:
        message = T("{name} begins the hash of several versions", name=name)
        raise _problem("version-ambiguous", message, T("write more of the hash, or the version's number"), field)
    if not found:
        message = T("there is no adopted version {name}", name=name or "-")
        raise _problem("no-version", message, T("see `campaign config history`"), field)
    version, record = found[-1]
    event = _event(record)
    return Adopted(version, event.definition, event.files)


SHORTEST_HASH = 6


def _named(version: Version, name: str) -> bool:
    if len(name) < SHORTEST_HASH:
        return name in {"", str(version.number)}
    return version.sha256.startswith(name)


def _problem(code: str, message: Text, fix: Text, field: str) -> Problems:
    return Problems([Problem(code, message, fix, Place(field=field))])


def compare(session: Session, config: Path | None, one: str = "", other: str = "") -> tuple[Change, ...]:
    """Return what differs from version ONE to version OTHER, or to the folder CONFIG where that is given."""
    left = adopted(session, one, "one").definition
    right = folders.load(config).text if config else adopted(session, other, "other").definition
    return tuple(differences(msgspec.json.decode(left), msgspec.json.decode(right)))


def drift(session: Session, config: Path) -> tuple[Change, ...]:
    """Return what differs between the adopted definition and the folder CONFIG, changes of comments included."""
    last, folder = adopted(session), folders.load(config)
    found = tuple(differences(msgspec.json.decode(last.definition), msgspec.json.decode(folder.text)))
    recorded = {file.name: file.text for file in last.files}
    lying = {file.name: file.text for file in folder.files}
    names = [name for name in {**recorded, **lying} if recorded.get(name) != lying.get(name)]
    kinds = {name: "removed" if name not in lying else "changed" if name in recorded else "added" for name in names}
    return found or tuple(Change(kind, f"({name})") for name, kind in kinds.items())  # type: ignore[arg-type]  # the three


def checkout(session: Session, name: str, target: Path, *, dry_run: bool = False) -> Folder:
    """Write the files of an adopted version to TARGET as they were, comments included, and read them back.

    TARGET must not exist, or be an empty folder.  Raises Problems: folder-exists, and hash-mismatch where what was
    written does not read to the hash that was adopted.
    """
    found = adopted(session, name)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        message = T("{path} exists already", path=target)
        raise Problems(
            [Problem("folder-exists", message, T("name another path, or empty it"), Place(file=str(target)))]
        )
    folder = folders.compose({file.name: file.text for file in found.files}, target)
    if folder.sha256 != found.version.sha256:
        message = T("the files of version {number} read to another hash today", number=found.version.number)
        fix = T("a later program reads more into a folder: compare it with `campaign config diff`")
        raise Problems([Problem("hash-mismatch", message, fix, Place(file=str(target)))])
    if not dry_run:
        write(target, found.files)
        schemas.write(target)
    return folder


def write(target: Path, files: tuple[SourceText, ...]) -> None:
    """Write FILES below TARGET."""
    for file in files:
        path = target / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")
