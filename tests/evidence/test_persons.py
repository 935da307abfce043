"""Particulars of persons: encrypted, vouched for, and gone for good while every proof still holds (P-22)."""

from pathlib import Path

import msgspec
import pytest
from evidence.kit import ADMIN, CLERK, Office, told

from campaign import verifier
from campaign.app import evidence, privacy
from campaign.app.privacy import Particulars
from campaign.domain.events import PersonErased, PersonKept
from campaign.problems import Problems
from campaign.store.persons import PersonKeys, fingerprint
from campaign.verifier import Asked

NAME = "张三 SECRET-NAME"
ZHANG = Particulars(NAME, "0432-SECRET-CONTACT", "section head")
PERSON = "p-zhang"


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return tmp_path / "keys"


def everything(*folders: Path) -> bytes:
    return b"".join(path.read_bytes() for folder in folders for path in sorted(folder.rglob("*")) if path.is_file())


def test_what_is_kept_can_be_read_back_with_the_key_only(office: Office, keys: Path, tmp_path: Path) -> None:
    session = office.session(write=True)
    assert privacy.keep(session, keys, PERSON, ZHANG, CLERK).refusal is None
    assert privacy.look(session, keys, PERSON) == ZHANG
    assert privacy.look(session, tmp_path / "other", PERSON) is None
    assert privacy.look(session, keys, "p-nobody") is None


def test_no_plain_byte_is_in_the_store_and_no_key(office: Office, keys: Path) -> None:
    session = office.session(write=True)
    privacy.keep(session, keys, PERSON, ZHANG, CLERK)
    (key,) = [path.read_bytes() for path in keys.iterdir()]
    held = everything(office.folder)
    assert b"SECRET" not in held
    assert key not in held


def test_erasing_leaves_no_byte_and_keeps_every_proof(office: Office, keys: Path) -> None:
    session = office.session(write=True)
    reply = privacy.keep(session, keys, PERSON, ZHANG, CLERK)
    sealed = session.log.person(PERSON)
    assert sealed is not None
    (key,) = [path.read_bytes() for path in keys.iterdir()]
    old = evidence.checkpoint(session, office.key_file)
    receipt = evidence.receipt(session, reply.last)
    assert privacy.erase(session, keys, PERSON, "asked to be forgotten", CLERK).refusal is None
    evidence.checkpoint(session, office.key_file)
    office.close()
    held = everything(office.folder, keys)
    assert key not in held
    assert sealed[len(b"campaign-person.v1\0") :][:40] not in held
    assert NAME.encode() not in held
    published = office.published()
    assert not verifier.verify_receipt(receipt, Asked((verifier.read_key(published),), (old,)))[1]
    assert not office.audit(old, keys=(published,)).problems
    assert privacy.look(office.session(), keys, PERSON) is None


def test_erasing_can_be_given_again_after_an_interruption(office: Office, keys: Path) -> None:
    session = office.session(write=True)
    privacy.keep(session, keys, PERSON, ZHANG, CLERK)
    PersonKeys(keys).destroy(PERSON)
    assert privacy.look(session, keys, PERSON) is None
    assert privacy.erase(session, keys, PERSON, "asked to be forgotten", CLERK).refusal is None
    again = privacy.erase(session, keys, PERSON, "asked to be forgotten", CLERK).refusal
    assert again is not None
    assert [reason.code for reason in again.reasons] == ["person-unknown"]


def test_what_was_kept_without_a_record_is_erased_too_and_the_log_says_of_what(office: Office, keys: Path) -> None:
    """The demonstration's persons are put beside the log; whoever asks to be forgotten there is, once and for good."""
    session = office.session(write=True)
    privacy.put(session, keys, PERSON, ZHANG)
    sealed = session.log.person(PERSON)
    assert sealed is not None
    assert privacy.erase(session, keys, PERSON, "asked to be forgotten", ADMIN).refusal is not None
    assert privacy.look(session, keys, PERSON) == ZHANG, "whoever may not erase has erased nothing"
    asked = msgspec.structs.replace(CLERK, command_id="forget-zhang")
    head = session.log.head()
    tried = privacy.erase(session, keys, PERSON, "asked to be forgotten", asked, dry_run=True)
    assert (tried.refusal, session.log.head(), privacy.look(session, keys, PERSON)) == (None, head, ZHANG)
    done = privacy.erase(session, keys, PERSON, "asked to be forgotten", asked)
    events = [record.event for record in session.log.scan(head)]
    assert events == [PersonKept(PERSON, fingerprint(sealed)), PersonErased(PERSON, "asked to be forgotten")]
    assert privacy.look(session, keys, PERSON) is None
    assert not list(keys.iterdir())
    again = privacy.erase(session, keys, PERSON, "asked to be forgotten", asked)
    assert (again.repeated, again.first, again.last) == (True, done.first, done.last)
    assert not office.audit().problems


def test_keeping_the_same_again_changes_nothing(office: Office, keys: Path) -> None:
    session = office.session(write=True)
    privacy.keep(session, keys, PERSON, ZHANG, CLERK)
    head = session.log.head()
    again = privacy.keep(session, keys, PERSON, ZHANG, CLERK)
    assert again.refusal is not None
    assert session.log.head() == head
    assert privacy.keep(session, keys, PERSON, Particulars("李四"), CLERK).refusal is None


def test_who_may_not_keep_makes_no_key(office: Office, keys: Path) -> None:
    session = office.session(write=True)
    reply = privacy.keep(session, keys, PERSON, ZHANG, ADMIN)
    assert reply.refusal is not None
    assert not reply.refusal.permitted
    assert not keys.exists()
    assert session.log.person(PERSON) is None


def test_a_dry_run_keeps_and_erases_nothing(office: Office, keys: Path) -> None:
    session = office.session(write=True)
    assert privacy.keep(session, keys, PERSON, ZHANG, CLERK, dry_run=True).refusal is None
    assert not keys.exists()
    privacy.keep(session, keys, PERSON, ZHANG, CLERK)
    assert privacy.erase(session, keys, PERSON, "r", CLERK, dry_run=True).refusal is None
    assert privacy.look(session, keys, PERSON) == ZHANG


def test_a_ciphertext_put_in_the_place_of_another_is_not_shown_and_is_seen(office: Office, keys: Path) -> None:
    session = office.session(write=True)
    privacy.keep(session, keys, PERSON, ZHANG, CLERK)
    session.log.put_person(PERSON, PersonKeys(keys).seal(PERSON, b'{"name":"other"}'))
    assert privacy.look(session, keys, PERSON) is None
    office.close()
    assert told(office.audit()) == [("", "person")]


@pytest.mark.parametrize("spoil", [b"", b"x", b"campaign-person.v1\0" + bytes(40)])
def test_a_spoilt_ciphertext_opens_to_nothing(keys: Path, spoil: bytes) -> None:
    kept = PersonKeys(keys)
    sealed = kept.seal(PERSON, b"{}")
    assert kept.open(PERSON, sealed) == b"{}"
    assert kept.open(PERSON, spoil) is None
    assert kept.open("p-other", sealed) is None


@pytest.mark.parametrize("person", ["", "../p", "p/q", "p q"])
def test_an_id_that_is_no_file_name_is_refused(keys: Path, person: str) -> None:
    with pytest.raises(Problems, match="person-malformed"):
        PersonKeys(keys).seal(person, b"")


def test_a_key_is_for_its_owner_only(keys: Path) -> None:
    PersonKeys(keys).seal(PERSON, b"")
    assert keys.stat().st_mode & 0o77 == 0
    assert (keys / f"{PERSON}.key").stat().st_mode & 0o77 == 0
