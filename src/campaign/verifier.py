"""Verify a log without the program that wrote it: an export, a store, a receipt, a proof that a log only grew.

One file, standard library only: copy it to another machine and run `python verifier.py PATH`.  Signatures are checked
by `cryptography` where that is installed, else by the few lines below.  docs/reference/evidence.md has the formats.
Ends with 0 when everything holds, 5 when it does not, 3 when PATH cannot be read, 2 for wrong use.
"""

import argparse
import base64
import binascii
import hashlib
import heapq
import json
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, NamedTuple

# --- the tree (RFC 6962) ---------------------------------------------------------------------------------------------

HASH_SIZE = 32


def leaf(record: bytes) -> bytes:
    """Return the hash of a leaf."""
    return hashlib.sha256(b"\0" + record).digest()


def node(left: bytes, right: bytes) -> bytes:
    """Return the hash of the node above two others."""
    return hashlib.sha256(b"\1" + left + right).digest()


class Frontier:
    """The right edge of a growing tree: the roots of its complete subtrees, the largest first."""

    def __init__(self) -> None:
        """Begin with no leaves."""
        self.size = 0
        self.peaks: list[bytes] = []

    def add(self, hashed: bytes) -> None:
        """Add a leaf by its hash."""
        above = self.size
        while above & 1:
            hashed = hashlib.sha256(b"\1" + self.peaks.pop() + hashed).digest()
            above >>= 1
        self.peaks.append(hashed)
        self.size += 1

    def add_all(self, leaves: Sequence[bytes]) -> list[list[bytes]]:
        """Add many leaves; where they are one whole subtree, at once: then return its hashes by level."""
        width = len(leaves)
        if not width or width & (width - 1) or self.size % width:
            for hashed in leaves:
                self.add(hashed)
            return []
        hashes, digest = list(leaves), hashlib.sha256
        levels = [hashes]
        while len(hashes) > 1:
            pairs = zip(hashes[::2], hashes[1::2], strict=True)
            hashes = [digest(b"\1" + left + right).digest() for left, right in pairs]
            levels.append(hashes)
        above, hashed = self.size // width, hashes[0]
        while above & 1:
            hashed, above = node(self.peaks.pop(), hashed), above >> 1
        self.peaks.append(hashed)
        self.size += width
        return levels

    def root(self) -> bytes:
        """Return the root of all leaves so far."""
        if not self.peaks:
            return hashlib.sha256(b"").digest()
        whole = self.peaks[-1]
        for peak in self.peaks[-2::-1]:
            whole = node(peak, whole)
        return whole


def roots_of(leaves: Iterable[bytes], sizes: Iterable[int]) -> dict[int, bytes]:
    """Return the roots at SIZES of the tree over LEAVES, as far as these go."""
    wanted, edge, found = frozenset(sizes), Frontier(), {}
    for hashed in leaves:
        edge.add(hashed)
        if edge.size in wanted:
            found[edge.size] = edge.root()
    return found


def included(index: int, size: int, hashed: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether PROOF shows that the leaf INDEX, from 0, of the tree of SIZE leaves with ROOT has the hash HASHED."""
    if not 0 <= index < size or not _hashes(hashed, root, *proof):
        return False
    at, last = index, size - 1
    for other in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            hashed = node(other, hashed)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            hashed = node(hashed, other)
        at, last = at >> 1, last >> 1
    return last == 0 and hashed == root


def consistent(first: int, size: int, first_root: bytes, root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether PROOF shows that the tree of SIZE leaves with ROOT begins with that of FIRST leaves with FIRST_ROOT."""
    if not 0 <= first <= size or not _hashes(first_root, root, *proof):
        return False
    if first in {0, size}:
        whole = first_root == (hashlib.sha256(b"").digest() if first == 0 else root)
        return whole and not proof
    at, last = first - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    path = [first_root, *proof] if first & (first - 1) == 0 else list(proof)
    if not path:
        return False
    old = new = path[0]
    for other in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = node(other, old), node(other, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node(new, other)
        at, last = at >> 1, last >> 1
    return last == 0 and (old, new) == (first_root, root)


def _hashes(*values: bytes) -> bool:
    return all(len(value) == HASH_SIZE for value in values)


# --- Ed25519 (RFC 8032, verification only: nothing here is secret) ---------------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
Point = tuple[int, int, int, int]


def _add(left: Point, right: Point) -> Point:
    a, b = (left[1] - left[0]) * (right[1] - right[0]) % P, (left[1] + left[0]) * (right[1] + right[0]) % P
    c, d = 2 * left[3] * right[3] * D % P, 2 * left[2] * right[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _times(factor: int, point: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            total = _add(total, point)
        point, factor = _add(point, point), factor >> 1
    return total


def _point(data: bytes) -> Point | None:
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return (x, y, 1, x * y % P)


def _signed_plainly(public: bytes, message: bytes, signature: bytes) -> bool:
    key, commitment, s = _point(public), _point(signature[:32]), int.from_bytes(signature[32:], "little")
    base = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
    if key is None or commitment is None or base is None or s >= ORDER:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    left, right = _times(s, base), _add(commitment, _times(challenge, key))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 == (left[1] * right[2] - right[1] * left[2]) % P


def signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether SIGNATURE is that of the Ed25519 key PUBLIC under MESSAGE."""
    if len(public) != HASH_SIZE or len(signature) != 2 * HASH_SIZE:
        return False
    try:
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 -- may not be there
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415 -- likewise
    except ImportError:
        return _signed_plainly(public, message, signature)
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


# --- signed notes and checkpoints (c2sp.org/signed-note, tlog-checkpoint, tlog-cosignature) --------------------------

SIGN, COSIGN = 1, 4
TIMED = 8


class Unreadable(ValueError):  # noqa: N818 -- says what the text is
    """A text is not what it should be."""


class Key(NamedTuple):
    """A verifier key: `name+hash+base64`; kind is SIGN for a log's, COSIGN for a witness's."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        """The four bytes by which a signature line names the key."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def __str__(self) -> str:
        """Write the key as it is published."""
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(bytes([self.kind]) + self.public).decode()}"


def read_key(text: str) -> Key:
    """Read a published key. Raises Unreadable."""
    name, first, rest = text.strip().partition("+")
    hashed, second, data = rest.partition("+")
    raw = _base64(data) if first and second else b""
    key = Key(name, raw[0] if raw else 0, raw[1:])
    if not name or key.kind not in {SIGN, COSIGN} or len(key.public) != HASH_SIZE or key.id.hex() != hashed:
        raise Unreadable(f"{text[:80]!r} is not a key of the form name+hash+base64")
    return key


class Signature(NamedTuple):
    """One signature line."""

    name: str
    id: bytes
    data: bytes


class Checkpoint(NamedTuple):
    """A signed tree head: the root over the first `size` records of the log `origin`."""

    origin: str
    size: int
    root: bytes
    text: str
    signatures: tuple[Signature, ...]

    def signed_by(self, key: Key) -> bool:
        """Whether KEY signed it."""
        return key.kind == SIGN and any(signed(key.public, self.text.encode(), data) for data in self._by(key))

    def cosigned_at(self, key: Key) -> int | None:
        """Return when the witness KEY cosigned it, in seconds since 1970; None when it did not."""
        for data in self._by(key) if key.kind == COSIGN else ():
            time, signature = int.from_bytes(data[:TIMED], "big"), data[TIMED:]
            if signed(key.public, f"cosignature/v1\ntime {time}\n{self.text}".encode(), signature):
                return time
        return None

    def _by(self, key: Key) -> Iterator[bytes]:
        return (line.data for line in self.signatures if (line.name, line.id) == (key.name, key.id))


PRINTED = 3
"""Lines of a checkpoint as it is printed: the log, the size, the root."""


def read_checkpoint(note: str) -> Checkpoint:
    """Read a signed note that is a checkpoint. Raises Unreadable."""
    text, blank, lines = note.partition("\n\n")
    origin, size, root, *_ = [*text.split("\n"), "", ""]
    if not blank or not origin or str(size) != (str(int(size)) if size.isdecimal() else ""):
        raise Unreadable("this is no checkpoint: it must name a log, a size and a root, then signatures")
    hashed = _base64(root)
    if len(hashed) != HASH_SIZE:
        raise Unreadable("the root of the checkpoint is not a SHA-256 hash")
    return Checkpoint(origin, int(size), hashed, text + "\n", tuple(map(_signature, lines.splitlines())))


def brought(text: str) -> str:
    """Return a checkpoint that the reader brings as a note: copied from paper it is three lines, and not signed."""
    lines = text.strip().splitlines()
    return "\n".join(lines) + "\n\n" if len(lines) == PRINTED else text


def text_of(path: Path) -> str:
    """Return the text of a file. Raises Unreadable where it is none, OSError."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise Unreadable(f"{path} is not a text in UTF-8") from None


def kept(path: Path) -> str:
    """Return the checkpoint that the reader kept in a file, as a note. Raises Unreadable where it is none, OSError."""
    note = brought(text_of(path))
    try:
        read_checkpoint(note)
    except Unreadable as error:
        raise Unreadable(f"{path}: {error}") from None
    return note


def _signature(line: str) -> Signature:
    dash, _, rest = line.partition(" ")
    name, _, data = rest.partition(" ")
    raw = _base64(data)
    if dash != "—" or not name or len(raw) <= 4:  # noqa: PLR2004 -- the length of a key's id
        raise Unreadable(f"{line[:60]!r} is not a signature line")
    return Signature(name, raw[:4], raw[4:])


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Unreadable(f"{text[:60]!r} is not base64") from None


# --- receipts (c2sp.org/tlog-proof) and proofs that a log only grew (tlog-witness) -----------------------------------

RECEIPT = "c2sp.org/tlog-proof@v1"


class Receipt(NamedTuple):
    """The proof that a record is in a log: its canonical bytes, where known, its place from 0, hashes, a checkpoint."""

    record: bytes
    place: int
    hashes: tuple[bytes, ...]
    checkpoint: Checkpoint

    def holds(self, record: bytes) -> bool:
        """Whether RECORD is the one that the receipt is about."""
        head = self.checkpoint
        return included(self.place, head.size, leaf(record), self.hashes, head.root)


def read_receipt(text: str) -> Receipt:
    """Read a receipt. Raises Unreadable."""
    proof, _, note = text.partition("\n\n")
    first, *lines = proof.split("\n")
    extra = lines.pop(0).removeprefix("extra ") if lines and lines[0].startswith("extra ") else ""
    word, _, index = lines.pop(0).partition(" ") if lines else ("", "", "")
    if first != RECEIPT or word != "index" or not index.isdecimal():
        raise Unreadable("this is no receipt")
    return Receipt(_base64(extra), int(index), tuple(map(_base64, lines)), read_checkpoint(note))


class Growth(NamedTuple):
    """The proof that a log at a checkpoint continues what it was at an earlier size."""

    first: int
    hashes: tuple[bytes, ...]
    checkpoint: Checkpoint


def read_growth(text: str) -> Growth:
    """Read a proof of growth. Raises Unreadable."""
    proof, _, note = text.partition("\n\n")
    first, *hashes = proof.split("\n")
    word, _, size = first.partition(" ")
    if word != "old" or not size.isdecimal():
        raise Unreadable("this is no proof that a log only grew")
    return Growth(int(size), tuple(map(_base64, hashes)), read_checkpoint(note))


# --- the log ---------------------------------------------------------------------------------------------------------

RECORD = "campaign-record.v1"
ACCOUNTED = "campaign-record.v2"
"""With the account by which the actor came in; a record without one has the first form."""
EXPORT = "campaign-export.v1"
ENOUGH = 20
"""Findings of one kind that are told; one break in a log makes many."""
TEXTS = {"definition_adopted": "definition", "scheme_adopted": "text", "assessment_recorded": "result"}
"""Events that carry a document with its sha256: the field that holds it."""
HASHES = {"assessment_recorded": "result_sha256"}
KEYS = "log_key_rotated"
PAPERS = frozenset({"bulletin_published", "bulletin_corrected"})
"""Events that say which checkpoint was printed on what was published."""
SPECIAL = (*TEXTS, KEYS, *PAPERS)


class Record(NamedTuple):
    """A record as it lies in the store; data is None where it cannot be read."""

    position: int
    data: bytes | None = None
    stream: str = ""
    version: int = 0
    topic: str = ""
    recorded_at: str = ""
    body: bytes = b""


class Finding(NamedTuple):
    """What is wrong, and the first position that it is wrong at; 0 where it is no record that is wrong."""

    position: int
    code: str
    text: str

    def __str__(self) -> str:
        """Write it on one line."""
        return f"{f'position {self.position}: ' if self.position else ''}{self.code}: {self.text}"


class Rotation(NamedTuple):
    """A key that the log names as its own, from a position on."""

    position: int
    key: Key
    replaces: str
    endorsement: str


class Printed(NamedTuple):
    """A checkpoint that the event at a position says was printed on what was published."""

    position: int
    paper: str
    size: int
    root: bytes


def endorsed(key: Key) -> bytes:
    """Return what the earlier key signs to name KEY as the next."""
    return f"campaign-log-key.v1\n{key}\n".encode()


class Walk:
    """One pass over all records: order, gaps, versions, time, texts, keys, and the roots at the sizes asked for."""

    def __init__(self, sizes: Iterable[int] = (), kept: Sequence[bytes] | Callable[[int], bytes | None] = ()) -> None:
        """Work out the roots at SIZES; KEPT are the leaves that the tree was made of, to say where one differs."""
        self.findings: list[Finding] = []
        self.roots: dict[int, bytes] = {}
        self.differs: list[int] = []
        self.last = 0
        self.broken = 0
        """The first position that is missing or cannot be read; from there on there are no roots."""
        self.rotations: list[Rotation] = []
        self.printed: list[Printed] = []
        self.levels: list[list[bytes]] = []
        """The hashes of the batch taken last, by level, where it was one whole subtree."""
        self._edge = Frontier()
        self._sizes = frozenset(sizes)
        self._kept = kept if callable(kept) else lambda place: kept[place] if place < len(kept) else None
        self._versions: dict[str, int] = {}
        self._at = ""

    def take(self, records: Iterable[Record]) -> None:
        """Look at records in order of position."""
        for record in records:
            self._one(record)

    def take_batch(self, records: Sequence[Sequence[Any]], leaves: Sequence[bytes], kept: bytes) -> bool:
        """Take rows (position, stream, version, topic, recorded_at, …, body) with their LEAVES all at once.

        kept: the hashes that the tree was made of, in one piece, as far as it goes.  Returns False, and takes nothing,
        where anything about them is unusual; then they are to be taken one by one.
        """
        first, last, times = self.last + 1, self.last + len(records), [row[4] for row in records]
        in_place = not self.broken and [row[0] for row in records] == list(range(first, last + 1))
        same = b"".join(leaves[: len(kept) // HASH_SIZE]) == kept
        if not in_place or not same or times[0] < self._at or times != sorted(times):
            return False
        if not self._continue(records):
            return False
        self.last, self._at = last, times[-1]
        self._grow(first, leaves)
        special = {topic for topic in {row[3] for row in records} if topic.startswith(SPECIAL)}
        for row in records if special else ():
            if row[3] in special:
                position, stream, version, topic, at = row[:5]
                record = Record(position, b"", stream, version, topic, at, row[-1])
                self._special(topic.partition(".")[0], record)
        return True

    def _continue(self, records: Sequence[Sequence[Any]]) -> bool:
        """Go on with every stream, or with none where one does not go on as it must."""
        versions = self._versions
        for count, row in enumerate(records):
            stream, version = row[1], row[2]
            if version != versions.get(stream, 0) + 1 or not stream:
                for _, stream, version, *_ in reversed(records[:count]):
                    versions[stream] = version - 1
                return False
            versions[stream] = version
        return True

    def _grow(self, first: int, leaves: Sequence[bytes]) -> None:
        start = first
        for size in sorted(size for size in self._sizes if first <= size < first + len(leaves)):
            self._edge.add_all(leaves[start - first : size - first + 1])
            self.roots[size], start = self._edge.root(), size + 1
        levels = self._edge.add_all(leaves[start - first :])
        self.levels = levels if start == first else []

    def _one(self, record: Record) -> None:
        position = record.position
        if position != self.last + 1:
            self._misplaced(position)
        self.last = max(self.last, position)
        if record.data is None:
            self._broken(position, "unreadable", "the record cannot be read")
            return
        hashed = hashlib.sha256(b"\0" + record.data).digest()
        expected = self._kept(position - 1) if position > 0 else None
        if expected is not None and hashed != expected:
            self.differs.append(position)
        if not self.broken:
            self._edge.add(hashed)
            if position in self._sizes:
                self.roots[position] = self._edge.root()
        self._in_order(record)
        name = record.topic.partition(".")[0]
        if name in SPECIAL:
            self._special(name, record)

    def _in_order(self, record: Record) -> None:
        version = self._versions.get(record.stream, 0) + 1
        after_a_gap = bool(self.broken) and record.version > version  # what is missing explains it
        if (record.version != version and not after_a_gap) or not record.stream:
            self.say(
                record.position, "version", f"{record.stream} goes on with version {record.version}, not {version}"
            )
        self._versions[record.stream] = record.version
        if record.recorded_at < self._at:
            self.say(record.position, "time", f"recorded at {record.recorded_at}, before the record in front of it")
        self._at = max(self._at, record.recorded_at)

    def _misplaced(self, position: int) -> None:
        if position <= self.last:
            self._broken(position, "order", "the record stands before the first, or twice")
            return
        gap = f"{self.last + 1}" if position == self.last + 2 else f"{self.last + 1} to {position - 1}"
        self._broken(self.last + 1, "missing", f"there is no record {gap}")

    def _broken(self, position: int, code: str, text: str) -> None:
        self.broken = self.broken or position
        self.say(position, code, text)

    def _special(self, name: str, record: Record) -> None:
        try:
            body = json.loads(record.body)
            if name == KEYS:
                self._rotation(record.position, body)
            elif name in PAPERS:
                self._paper(record.position, body)
            elif hashlib.sha256(body[TEXTS[name]].encode()).hexdigest() != body[HASHES.get(name, "sha256")]:
                self.say(record.position, "text", f"the {TEXTS[name]} is not the one whose sha256 stands beside it")
        except (ValueError, KeyError, TypeError, AttributeError):
            self.say(record.position, "unreadable", "the body of the record cannot be read")

    def _rotation(self, position: int, body: dict[str, str]) -> None:
        key, endorsement = read_key(body["key"]), body.get("endorsement", "")
        before = self.rotations[-1].key if self.rotations else None
        if before and not signed(before.public, endorsed(key), _base64(endorsement)):
            self.say(position, "key", "the key was changed without the signature of the one before it")
        self.rotations.append(Rotation(position, key, body.get("replaces", ""), endorsement))

    def _paper(self, position: int, body: dict[str, Any]) -> None:
        head = body.get("checkpoint")
        if head is not None:
            paper = f"the bulletin {body['obligation']} of {body['period']}"
            self.printed.append(Printed(position, paper, int(head["size"]), _base64(head["root"])))

    def say(self, position: int, code: str, text: str) -> None:
        """Note what is wrong, unless enough of the kind was said."""
        if sum(finding.code == code for finding in self.findings) < ENOUGH:
            self.findings.append(Finding(position, code, text))


def key_at(rotations: Sequence[Rotation], size: int) -> Key | None:
    """Return the key in force when the log had SIZE records."""
    in_force = [rotation.key for rotation in rotations if rotation.position <= size]
    return in_force[-1] if in_force else None


def trusted(
    walk: Walk, notes: Sequence[str], keys: Sequence[Key], own: Sequence[str] = ()
) -> tuple[list[Checkpoint], list[Finding]]:
    """Return the checkpoints among NOTES that may be believed, and what is wrong with the others.

    keys: those that the reader brings; they may sign at any size, and the log must know one of them.  own: checkpoints
    that the reader kept, and believes whoever signed them, or nobody: what was printed has no signature.
    """
    heads, findings = [], []
    for note in (*notes, *own):
        try:
            head = read_checkpoint(note)
        except Unreadable as error:
            findings.append(Finding(0, "checkpoint", str(error)))
            continue
        in_force = key_at(walk.rotations, head.size)
        by_the_log = any(head.signed_by(key) for key in (*keys, *([in_force] if in_force else [])))
        if by_the_log or note in own:
            heads.append(head)
        if not by_the_log and head.size > walk.last:  # the record that names its key may be among those that are gone
            findings += [Finding(walk.last + 1, "missing", _cut(walk, head))] if note not in own else []
        elif not by_the_log and (head.signatures or note not in own):
            findings.append(Finding(head.size, "signature", "the checkpoint is not signed by the key of the log"))
    if keys and walk.rotations and not {str(line.key) for line in walk.rotations} & set(map(str, keys)):
        findings.append(Finding(walk.rotations[0].position, "key", "the log names other keys than the one you brought"))
    return heads, findings


def judge(walk: Walk, heads: Sequence[Checkpoint], kept: Callable[[], Iterable[bytes]]) -> list[Finding]:
    """Say what the checkpoints HEADS show: what is missing, which record was changed, or the KEPT leaves."""
    heads = sorted(heads, key=lambda head: head.size)
    findings = (
        [Finding(walk.last + 1, "missing", _cut(walk, heads[-1]))] if heads and heads[-1].size > walk.last else []
    )
    good = [head for head in heads if walk.roots.get(head.size) == head.root]
    bad = [head for head in heads if head.size in walk.roots and head not in good]
    if walk.differs:
        first = _changed(walk.differs[0], heads, good, kept)
        more = f"; {len(walk.differs)} differ in all, the last at {walk.differs[-1]}" if walk.differs[1:] else ""
        findings.append(first._replace(text=first.text + more))
    elif bad:
        before = max((head.size for head in good if head.size < bad[0].size), default=0)
        text = f"records {before + 1} to {bad[0].size} are not those of the checkpoint of size {bad[0].size}"
        findings.append(Finding(before + 1, "checkpoint", f"{text}; the tree beside them was changed with them"))
    return findings


def unasked(walk: Walk) -> frozenset[int]:
    """Return the sizes of printed checkpoints at which the walk worked out no root, as far as its records go."""
    end = walk.broken - 1 if walk.broken else walk.last
    return frozenset(line.size for line in walk.printed if line.size <= end) - walk.roots.keys()


def papers(walk: Walk, more: dict[int, bytes]) -> list[Finding]:
    """Say which printed checkpoints are not those of the records; MORE are roots at sizes that were not asked for."""
    roots, findings = {**more, **walk.roots}, []
    for position, paper, size, root in walk.printed:
        if size >= position:
            text = f"{paper} printed a checkpoint of {size} records, more than there were"
        elif roots.get(size, root) != root:
            text = f"{paper} printed another root over the first {size} records"
        else:
            continue
        findings.append(Finding(position, "published", text))
    return findings


def _cut(walk: Walk, head: Checkpoint) -> str:
    return f"the log ends at {walk.last}, but a checkpoint covers {head.size} records"


def _changed(
    position: int, heads: Sequence[Checkpoint], good: Sequence[Checkpoint], kept: Callable[[], Iterable[bytes]]
) -> Finding:
    head = next((head for head in heads if head.size >= position), None)
    if head is None:
        return Finding(position, "record", "the record is not what the tree was made of; no checkpoint covers it")
    if head in good:
        return Finding(position, "tree", "the kept tree has another hash; the record is what the checkpoint covers")
    if roots_of(kept(), [head.size]).get(head.size) == head.root:
        return Finding(position, "record", f"the record was changed after the checkpoint of size {head.size}")
    return Finding(
        position, "record", f"neither the record nor the tree is what the checkpoint of size {head.size} covers"
    )


# --- where records come from -----------------------------------------------------------------------------------------


class Source(NamedTuple):
    """A log to verify: its records, the leaves kept beside it, its checkpoints, and what was wrong on opening it.

    again: gives the records once more.
    """

    records: Iterable[Record]
    leaves: bytes
    notes: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    again: Callable[[], Iterable[Record]] = tuple

    def kept(self) -> Iterator[bytes]:
        """Yield the kept leaves."""
        return (self.leaves[at : at + HASH_SIZE] for at in range(0, len(self.leaves), HASH_SIZE))

    def leaf(self, place: int) -> bytes | None:
        """Return one kept leaf."""
        return self.leaves[place * HASH_SIZE : (place + 1) * HASH_SIZE] or None


def of_export(folder: Path) -> Source:
    """Read an export; every file must be the one that its manifest names. Raises Unreadable."""
    try:
        manifest = json.loads((folder / "manifest.json").read_bytes())
        listed = {str(entry["name"]): entry["sha256"] for entry in manifest["files"]}
        known = manifest["format"] == EXPORT
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Unreadable(f"{folder} has no manifest that can be read: {error}") from error
    if not known:
        raise Unreadable(f"{folder} is not an export of the form {EXPORT}")
    present = {str(path.relative_to(folder).as_posix()) for path in folder.rglob("*") if path.is_file()}
    findings = [Finding(0, "file", f"{name} is not listed in the manifest") for name in present - set(listed) - OWN]
    for name, expected in listed.items():
        if name not in present:
            findings.append(Finding(0, "file", f"{name} is missing"))
        elif _file_hash(folder / name) != expected:
            findings.append(Finding(0, "file", f"{name} is not the file that the manifest names"))
    streams = [folder / name for name in sorted(listed) if name.startswith("events/") and name in present]
    notes = sorted(name for name in present if name.startswith("checkpoints/"))
    leaves = (folder / "leaves.bin").read_bytes() if "leaves.bin" in present else b""
    texts = tuple((folder / name).read_text(encoding="utf-8") for name in notes)

    def records() -> Iterator[Record]:
        return heapq.merge(*map(_lines, streams), key=lambda record: record.position)

    return Source(records(), leaves, texts, tuple(findings), records)


OWN = frozenset({"manifest.json"})


def _file_hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _lines(path: Path) -> Iterator[Record]:
    with path.open("rb") as file:
        last = 0
        for line in file:
            record = read_record(line.rstrip(b"\n"), last + 1)
            last = record.position
            yield record


def _name(value: object) -> bool:
    return isinstance(value, str) and value != ""


def read_record(line: bytes, expected: int = 0) -> Record:
    """Take a canonical record apart; one that cannot be read stands at the position EXPECTED."""
    try:
        parts = json.loads(line)
        form, position, stream, version, topic, at, _on, _actor, _role, _command, _cause, *account, body = parts
        whole = json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode() == line
        known = account == [] if form == RECORD else form == ACCOUNTED and len(account) == 1 and _name(account[0])
        data = line if known and whole else None
        written = json.dumps(body, ensure_ascii=False).encode()
        return Record(int(position), data, str(stream), int(version), str(topic), str(at), written)
    except (ValueError, TypeError):
        return Record(expected)


def of_store(path: Path) -> Source:
    """Read an SQLite store directly. Raises Unreadable."""
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        names = dict(connection.execute("SELECT id, name FROM streams"))
        leaves = b"".join(row[0] for row in connection.execute("SELECT hash FROM tree WHERE level = 0 ORDER BY place"))
        notes = tuple(row[0] for row in connection.execute("SELECT note FROM checkpoints ORDER BY id"))
    except sqlite3.Error as error:
        raise Unreadable(f"{path} cannot be read as a store: {error}") from error
    return Source(_rows(connection, names), leaves, notes, (), lambda: _rows(connection, names))


COLUMNS = "position, stream, version, topic, recorded_at, occurred_on, actor, role, command_id, causation"


def _rows(connection: sqlite3.Connection, names: dict[int, str]) -> Iterator[Record]:
    """Read the records; a store of before records named an account has no column for it."""
    try:
        known = {column[1] for column in connection.execute("PRAGMA table_info(events)")}
        account = "account" if "account" in known else "''"
        query = f"SELECT {COLUMNS}, {account}, body FROM events ORDER BY position"  # noqa: S608 -- constants
        for position, stream, version, topic, at, *rest, account, body in connection.execute(query):
            form = [ACCOUNTED, account] if account else [RECORD]
            columns = [form[0], position, names.get(stream, ""), version, topic, at, *rest, *form[1:]]
            head = json.dumps(columns, ensure_ascii=False, separators=(",", ":"))
            data = head[:-1].encode() + b"," + body + b"]"
            yield Record(position, data, names.get(stream, ""), version, topic, at, body)
    except (sqlite3.Error, TypeError, UnicodeEncodeError):
        yield Record(2**62)


# --- the program -----------------------------------------------------------------------------------------------------


class Asked(NamedTuple):
    """What the reader brings: keys of the log and of witnesses, own old checkpoints, the record of a receipt."""

    keys: tuple[Key, ...] = ()
    against: tuple[str, ...] = ()
    record: bytes | None = None


NOTHING = Asked()


def verify_log(source: Source, asked: Asked = NOTHING) -> tuple[list[str], list[Finding]]:
    """Verify a whole log; return what holds, and what does not, the first position first."""
    notes = [*source.notes, *asked.against]
    walk = Walk(_sizes(notes), source.leaf)
    walk.take(source.records)
    signers = tuple(key for key in asked.keys if key.kind == SIGN)
    heads, untrusted = trusted(walk, source.notes, signers, asked.against)
    findings = [*source.findings, *walk.findings, *untrusted, *judge(walk, heads, source.kept)]
    findings += papers(walk, _roots_at(unasked(walk), source))
    findings += witnessed(heads, [key for key in asked.keys if key.kind == COSIGN])
    largest = max((head.size for head in heads), default=0)
    said = [f"{walk.last} records, {len(heads)} checkpoints believed, the last of size {largest}"]
    if walk.last > largest:
        said.append(f"records {largest + 1} to {walk.last} are after the last checkpoint: nothing vouches for them yet")
    if walk.printed:
        said.append(f"checkpoints printed on bulletins and compared with the records: {len(walk.printed)}")
    if not signers:
        said.append("you named no key: the log's own word was taken for which key is its own")
    return said, sorted(findings, key=lambda finding: finding.position or 2**62)


def _roots_at(sizes: frozenset[int], source: Source) -> dict[int, bytes]:
    """Read the records once more for roots at SIZES; on paper stand those of kept checkpoints, so it is seldom done."""
    records = islice(source.again(), max(sizes, default=0))
    return roots_of((leaf(record.data) for record in records if record.data is not None), sizes)


def _sizes(notes: Iterable[str]) -> list[int]:
    sizes = []
    for note in notes:
        try:
            sizes.append(read_checkpoint(note).size)
        except Unreadable:  # told by `trusted`
            continue
    return sizes


def witnessed(heads: Sequence[Checkpoint], witnesses: Sequence[Key]) -> list[Finding]:
    """Say where a witness, by its cosignatures, went back: a later one over a smaller log."""
    findings = []
    for key in witnesses:
        seen = sorted((time, head.size) for head in heads if (time := head.cosigned_at(key)) is not None)
        backwards = [later for earlier, later in pairwise(seen) if later[1] < earlier[1]]
        findings += [Finding(size, "witness", f"{key.name} went back to a smaller log") for _, size in backwards]
    return findings


def verify_receipt(text: str, asked: Asked) -> tuple[list[str], list[Finding]]:
    """Verify a receipt."""
    receipt = read_receipt(text)
    position, record = receipt.place + 1, asked.record if asked.record is not None else receipt.record
    findings = _unsigned(receipt.checkpoint, asked)
    if not receipt.holds(record):
        findings.append(Finding(position, "record", "the record is not in the log of this checkpoint"))
    if record and read_record(record, position).position != position:
        findings.append(Finding(position, "record", "the record says of itself that it stands elsewhere"))
    for note in asked.against:
        findings += _same(receipt.checkpoint, read_checkpoint(note))
    said = [f"record {position} of {receipt.checkpoint.size} in {receipt.checkpoint.origin}"]
    return [*said, record.decode(errors="backslashreplace"), *_taken_on_trust(receipt.checkpoint, asked)], findings


def verify_growth(text: str, asked: Asked) -> tuple[list[str], list[Finding]]:
    """Verify that a log only grew, from the old checkpoint that the reader brings."""
    growth = read_growth(text)
    new, findings = growth.checkpoint, _unsigned(growth.checkpoint, asked)
    olds = [head for head in map(read_checkpoint, asked.against) if head.size == growth.first]
    if not olds:
        raise Unreadable(f"bring your checkpoint of size {growth.first} with --against")
    for old in olds:
        findings += _unsigned(old, asked)
        if not consistent(old.size, new.size, old.root, new.root, growth.hashes):
            findings.append(Finding(old.size, "checkpoint", "the log does not continue what it was"))
    return [f"from {growth.first} to {new.size} records the log only grew", *_unvouched(new, asked)], findings


def _unsigned(head: Checkpoint, asked: Asked) -> list[Finding]:
    signers = [key for key in asked.keys if key.kind == SIGN]
    if not signers or any(head.signed_by(key) for key in signers):
        return []
    return [Finding(head.size, "signature", "the checkpoint is not signed by a key that you named")]


def _unvouched(head: Checkpoint, asked: Asked) -> list[str]:
    """Say that nobody looked at who signed HEAD, unless the reader brought a key, or a checkpoint that is the same."""
    mine = any((own.size, own.root) == (head.size, head.root) for own in map(read_checkpoint, asked.against))
    if mine or any(key.kind == SIGN for key in asked.keys):
        return []
    return ["you named no key: anybody could have made this checkpoint, and nobody looked at who signed it"]


def _taken_on_trust(head: Checkpoint, asked: Asked) -> list[str]:
    """Say what was not compared: who signed HEAD, and checkpoints that the reader kept of other sizes."""
    others = sorted({own.size for own in map(read_checkpoint, asked.against)} - {head.size})
    return [
        *_unvouched(head, asked),
        *(f"your checkpoint of size {size} was not compared: this one is of size {head.size}" for size in others),
    ]


def _same(one: Checkpoint, other: Checkpoint) -> list[Finding]:
    if one.size == other.size and one.root != other.root:
        return [Finding(one.size, "checkpoint", "two checkpoints of one size have different roots")]
    return []


def verify(path: Path, asked: Asked = NOTHING) -> tuple[list[str], list[Finding]]:
    """Verify whatever stands at PATH. Raises Unreadable, OSError."""
    if path.is_dir():
        return verify_log(of_export(path), asked)
    with path.open("rb") as file:
        start = file.read(16)
    if start.startswith(b"SQLite format 3"):
        return verify_log(of_store(path), asked)
    text = text_of(path)
    return verify_growth(text, asked) if text.startswith("old ") else verify_receipt(text, asked)


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify what the command line names; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="campaign-verify", description="Verify an export, a store, a receipt or a proof."
    )
    parser.add_argument("path", type=Path, help="a folder made by `campaign log export`, a store, a receipt, a proof")
    parser.add_argument(
        "--key", action="append", default=[], help="a published key, name+hash+base64; of log or witness"
    )
    parser.add_argument("--against", action="append", default=[], type=Path, help="a checkpoint that you kept")
    parser.add_argument("--record", type=Path, help="the record that a receipt is about, as one line")
    given = parser.parse_args(arguments)
    try:
        texts = tuple(map(kept, given.against))
        record = given.record.read_bytes().rstrip(b"\n") if given.record else None
        said, findings = verify(given.path, Asked(tuple(map(read_key, given.key)), texts, record))
    except (Unreadable, OSError) as error:
        print(f"cannot verify: {_unread(error)}", file=sys.stderr)  # noqa: T201 -- this is a command
        return 3
    lines = [*said, *(f"BAD {finding}" for finding in findings), "broken" if findings else "everything holds"]
    print("\n".join(map(_plain, lines)))  # noqa: T201 -- likewise
    return 5 if findings else 0


def _unread(error: Exception) -> str:
    """Say what could not be read, without the system's own number of it."""
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror} (name what is there and may be read)"
    return str(error)


def _plain(line: str) -> str:
    """Keep what a record says from acting on the terminal."""
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in line)


if __name__ == "__main__":
    sys.exit(main())
