"""A database's password out of a keyring: of the login's own, for the service that is named, and nothing without it."""

from collections.abc import Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked
from store.kit import Clock

from campaign.problems import Problems
from campaign.store.dsn import with_secret
from campaign.store.postgres import PostgresLog

STORE = "postgresql://li@127.0.0.1:1/campaign"
PASSWORDS = {("province", "li"): "geheim", ("province", "wang"): "anders"}


class Known(KeyringBackend):
    """A keyring that holds PASSWORDS, or one that is locked."""

    priority = 1
    locked = False

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # the library's own
        self.held = dict(PASSWORDS)

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            message = "locked"
            raise KeyringLocked(message)
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.held[service, username]


@pytest.fixture(autouse=True)
def ring(monkeypatch: pytest.MonkeyPatch) -> Iterator[Known]:
    before, known = keyring.get_keyring(), Known()
    keyring.set_keyring(known)
    monkeypatch.setenv("CAMPAIGN_KEYRING", "province")
    monkeypatch.delenv("PGUSER", raising=False)
    yield known
    keyring.set_keyring(before)


def refused(parameters: dict[str, str]) -> str:
    with pytest.raises(Problems) as caught:
        with_secret(parameters, "postgresql://li:x@db/campaign")
    (problem,) = caught.value.problems
    assert (problem.code, problem.place.field) == ("store-secret", "postgresql://li:***@db/campaign")
    return f"{problem.message} ({problem.fix})"


def test_the_login_of_the_address_has_its_own_password() -> None:
    assert with_secret({"user": "li", "host": "db"}, STORE) == {"user": "li", "host": "db", "password": "geheim"}
    assert with_secret({"user": "wang"}, STORE) == {"user": "wang", "password": "anders"}


def test_a_login_that_the_address_leaves_out_is_that_of_libpq(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "wang")
    assert with_secret({}, STORE) == {"password": "anders"}
    monkeypatch.setenv("PGUSER", "li")
    assert with_secret({}, STORE) == {"password": "geheim"}


def test_a_password_that_is_given_is_not_replaced_and_without_a_service_nobody_asks(
    monkeypatch: pytest.MonkeyPatch, ring: Known
) -> None:
    ring.locked = True
    given = {"user": "li", "password": "own"}
    assert with_secret(given, STORE) == given
    monkeypatch.setenv("CAMPAIGN_KEYRING", "")
    assert with_secret({"user": "li"}, STORE) == {"user": "li"}


def test_a_password_that_is_not_there_is_said_with_the_command_that_puts_it_there() -> None:
    assert refused({"user": "zhao"}) == (
        "the keyring has no password of zhao for province (put it there with `keyring set province zhao`)"
    )
    keyring.set_password("province", "zhao", "neu")
    assert with_secret({"user": "zhao"}, STORE) == {"user": "zhao", "password": "neu"}


def test_a_keyring_that_is_locked_is_said(ring: Known) -> None:
    ring.locked = True
    assert refused({"user": "li"}) == (
        "the keyring cannot be read: locked (unlock it, or unset CAMPAIGN_KEYRING and use PGPASSFILE)"
    )


def test_a_store_is_not_opened_without_the_password_that_it_was_to_have() -> None:
    """The port answers nobody: had it been tried, the store would be unreachable."""
    with pytest.raises(Problems, match="store-secret"):
        PostgresLog("postgresql://zhao@127.0.0.1:1/campaign", [], Clock())
    with pytest.raises(Problems, match="store-unreachable"):
        PostgresLog(STORE, [], Clock())
