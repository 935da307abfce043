"""Particulars of persons: encrypted one by one, the keys in a folder outside the store, so that erasing is for good.

The ciphertext is AES-256-GCM under a key of its own for each person, with the person's id as associated data; its hash
stands in an event.  The nonce is made from key and content, so that keeping the same again changes nothing.  Erasing
destroys the key first, then the ciphertext.
"""

import hmac
import os
import re
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from campaign.problems import Place, Problem, Problems, T, need
from campaign.store.schema import sync_directory

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FORM = b"campaign-person.v1\0"
"""Begins every ciphertext."""
NONCE = 12
KEY = 32
PERSON = re.compile(r"\w[\w.@-]{0,63}\Z")


class PersonKeys:
    """The keys of persons, one file each, readable by their owner only."""

    def __init__(self, folder: Path) -> None:
        """Keep them in FOLDER, which is made when the first key is."""
        self._folder = folder

    def seal(self, person: str, plain: bytes) -> bytes:
        """Encrypt PLAIN under the person's key, made if there is none. Raises Problems (code `person-malformed`)."""
        path = self._path(person)
        key = path.read_bytes() if path.exists() else self._new(path)
        nonce = hmac.digest(key, _about(person) + plain, "sha256")[:NONCE]
        return FORM + nonce + _cipher(key).encrypt(nonce, plain, _about(person))

    def open(self, person: str, sealed: bytes) -> bytes | None:
        """Decrypt what was sealed; None when the key is gone or the ciphertext is not what it was."""
        path = self._path(person)
        if not path.exists() or not sealed.startswith(FORM):
            return None
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 -- an extra

        nonce, data = sealed[len(FORM) :][:NONCE], sealed[len(FORM) + NONCE :]
        try:
            return _cipher(path.read_bytes()).decrypt(nonce, data, _about(person))
        except InvalidTag:
            return None

    def destroy(self, person: str) -> None:
        """Overwrite the person's key and remove its file; nothing happens where there is none."""
        path = self._path(person)
        if not path.exists():
            return
        with path.open("r+b") as file:
            file.write(os.urandom(KEY))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
        sync_directory(self._folder)

    def _new(self, path: Path) -> bytes:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = os.urandom(KEY)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        sync_directory(self._folder)
        return key

    def _path(self, person: str) -> Path:
        if not PERSON.match(person):
            message = T("{person} cannot be a person's id", person=ascii(person))
            fix = T("use letters, digits, dots and dashes, never a name")
            raise Problems([Problem("person-malformed", message, fix, Place(field="person"))])
        return self._folder / f"{person}.key"


def fingerprint(sealed: bytes) -> str:
    """Return the hash of a ciphertext, as it stands in the event."""
    return sha256(sealed).hexdigest()


def _about(person: str) -> bytes:
    return FORM + person.encode()


def _cipher(key: bytes) -> "AESGCM":
    need("cryptography")
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 -- an extra

    return AESGCM(key)
