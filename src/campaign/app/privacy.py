"""Particulars of persons: kept encrypted beside the log, vouched for in it by a hash, and erased for good on demand."""

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import msgspec

from campaign.app.handle import Reply, Who, handle
from campaign.app.session import Session
from campaign.app.stores import beside
from campaign.domain.commands import ErasePerson, KeepPerson
from campaign.store.persons import PersonKeys, fingerprint


class Particulars(msgspec.Struct, frozen=True):
    """What is kept of a person; no event ever holds any of it."""

    name: str
    contact: str = ""
    post: str = ""


def available() -> bool:
    """Whether particulars can be encrypted on this machine: the extra `evidence` is installed."""
    return find_spec("cryptography") is not None


def keys_beside(store: str) -> Path:
    """Return the folder of keys that belongs to a store unless another is named; a backup of the store lacks it."""
    return beside(store, ".person-keys")


def keep(  # noqa: PLR0913 -- each is a choice of the one who keeps
    session: Session, keys: Path, person: str, particulars: Particulars, who: Who, *, dry_run: bool = False
) -> Reply:
    """Encrypt PARTICULARS under the person's own key, keep them beside the log, and record the ciphertext's hash."""
    unsealed = KeepPerson(person, "0" * 64)  # asks for permission before a key is made
    tried = handle(session, [unsealed], who, dry_run=True)
    if tried.refusal is not None or dry_run:
        return tried if dry_run else handle(session, [unsealed], who)
    sealed = PersonKeys(keys).seal(person, msgspec.json.encode(particulars))
    session.log.put_person(person, sealed)
    return handle(session, [KeepPerson(person, fingerprint(sealed))], who)


def put(session: Session, keys: Path, person: str, particulars: Particulars) -> None:
    """Keep PARTICULARS encrypted without recording it: a rehearsal's log must come out the same each time."""
    session.log.put_person(person, PersonKeys(keys).seal(person, msgspec.json.encode(particulars)))


def look(session: Session, keys: Path, person: str) -> Particulars | None:
    """Return what is kept of a person; None when nothing is, or it was erased, or it is not what was vouched for."""
    sealed = session.log.person(person)
    if sealed is None:
        return None
    vouched = session.campaign().kept_persons.get(person)
    if vouched not in {None, fingerprint(sealed)}:
        return None
    plain = PersonKeys(keys).open(person, sealed)
    return None if plain is None else msgspec.json.decode(plain, type=Particulars)


def erase(  # noqa: PLR0913 -- each is a choice of the one who erases
    session: Session, keys: Path, person: str, reason: str, who: Who, *, dry_run: bool = False
) -> Reply:
    """Destroy the person's key, then the ciphertext, then record it; every proof and every decision by id stays.

    Interrupted at any point, it can be given again.
    """
    erasing = ErasePerson(person, reason)
    commands = [*_unrecorded(session, person), erasing]
    tried = handle(session, commands, who, dry_run=True, intent=erasing)
    if tried.refusal is None and not dry_run:
        PersonKeys(keys).destroy(person)
        session.log.erase_person(person)
    return tried if dry_run else handle(session, commands, who, intent=erasing)


def _unrecorded(session: Session, person: str) -> list[KeepPerson]:
    """Say first what was `put`, so that whoever asks to be forgotten is, and the log knows of what."""
    sealed = None if person in session.campaign().kept_persons else session.log.person(person)
    return [] if sealed is None else [KeepPerson(person, fingerprint(sealed))]


def doubtful(session: Session, vouched: Mapping[str, str]) -> list[str]:
    """Return the persons of whom something else is kept than was VOUCHED for, by the events, with its fingerprint."""
    kept = {person: session.log.person(person) for person in vouched}
    return [person for person, sealed in kept.items() if sealed is not None and fingerprint(sealed) != vouched[person]]
