"""Keys that sign checkpoints, in files outside the store, and what is signed with them (C2SP signed notes).

A key file holds one line, `PRIVATE+KEY+name+hash+base64`, and may be read by its owner only.
"""

import base64
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from campaign.problems import Place, Problem, Problems, T, need
from campaign.verifier import COSIGN, SIGN, Key

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PRIVATE = "PRIVATE+KEY+"
SEED = 32
NAME_ENDS = frozenset("+ \t\n")
"""Characters that a key's name may not have."""


class Signer(msgspec.Struct, frozen=True):
    """A key that can sign: a log's (kind SIGN) or a witness's (kind COSIGN)."""

    name: str
    kind: int
    seed: bytes

    @property
    def key(self) -> Key:
        """The published half."""
        return Key(self.name, self.kind, _private(self.seed).public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """Return the signature under MESSAGE."""
        return _private(self.seed).sign(message)

    def signed_note(self, text: str) -> str:
        """Return TEXT as a note with this key's signature line."""
        return f"{text}\n{self._line(self.sign(text.encode()))}"

    def cosigned(self, note: str, text: str, time: int) -> str:
        """Return NOTE, whose text is TEXT, with this witness's line: seen at TIME, in seconds since 1970."""
        signature = self.sign(f"cosignature/v1\ntime {time}\n{text}".encode())
        return note.rstrip("\n") + "\n" + self._line(time.to_bytes(8, "big") + signature)

    def _line(self, data: bytes) -> str:
        return f"— {self.name} {base64.b64encode(self.key.id + data).decode()}\n"


def _private(seed: bytes) -> "Ed25519PrivateKey":
    need("cryptography")
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 -- an extra

    return Ed25519PrivateKey.from_private_bytes(seed)


def new_signer(name: str, kind: int = SIGN) -> Signer:
    """Make a new key. Raises Problems (code `key-name`) for a name that a note cannot carry."""
    if not name or NAME_ENDS & set(name) or not name.isprintable():
        message = T("{name} cannot name a key", name=ascii(name))
        raise Problems([Problem("key-name", message, T("use letters, digits, dots, dashes and slashes"))])
    return Signer(name, kind, os.urandom(SEED))


def save_signer(path: Path, signer: Signer) -> None:
    """Write a key file for its owner only; one that is there stays as it is. Raises Problems (code `key-exists`)."""
    raw = base64.b64encode(bytes([signer.kind]) + signer.seed).decode()
    line = f"{PRIVATE}{signer.name}+{signer.key.id.hex()}+{raw}\n"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        message = T("{path} is there already", path=path)
        raise Problems([Problem("key-exists", message, T("name another file"), Place(file=str(path)))]) from None
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def load_signer(path: Path, kind: int = SIGN, maker: str = "campaign audit rotate-key") -> Signer:
    """Read a key file, which the command MAKER makes.

    Raises Problems (codes `key-missing`, `key-exposed`, `key-malformed`).
    """
    place = Place(file=str(path))
    if not path.is_file():
        fix = T("name the key's file with --key-file, or make a key with `{command}`", command=maker)
        raise Problems([Problem("key-missing", T("there is no key file {path}", path=path), fix, place)])
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        message = T("others than its owner may read the key file {path}", path=path)
        raise Problems([Problem("key-exposed", message, T("chmod 600 it, and change the key"), place)])
    signer = _read(path.read_text(encoding="utf-8", errors="replace").strip())
    if signer is None or signer.kind != kind:
        want = T("a key of a witness") if kind == COSIGN else T("a key of a log")
        message = T("{path} does not hold {want}", path=path, want=want)
        raise Problems([Problem("key-malformed", message, T("name the file of the right key"), place)])
    return signer


def _read(line: str) -> Signer | None:
    name, _, rest = line.removeprefix(PRIVATE).partition("+")
    hashed, _, data = rest.partition("+")
    try:
        raw = base64.b64decode(data, validate=True)
    except ValueError:
        return None
    if not line.startswith(PRIVATE) or len(raw) != SEED + 1:
        return None
    signer = Signer(name, raw[0], raw[1:])
    return signer if signer.key.id.hex() == hashed else None
