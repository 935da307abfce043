"""Evidence given out: checkpoints signed by the office, receipts for single records, proofs that the log only grew."""

import base64
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from campaign import verifier
from campaign.app import access
from campaign.app.handle import Reply, Who, handle
from campaign.app.session import Session, now
from campaign.domain.commands import RotateLogKey
from campaign.domain.events import TreeHead
from campaign.problems import Place, Problem, Problems, T, Text
from campaign.store import notes
from campaign.store.codec import canonical
from campaign.store.tree import Note
from campaign.verifier import COSIGN, Checkpoint, Key, Unreadable

S = TypeVar("S")
V = TypeVar("V")


def checkpoint(session: Session, key_file: Path, *, rebuild: bool = False) -> str:
    """Seal the tree up to the head, sign it, keep the checkpoint and return the signed note.

    rebuild: make the tree again from the log first.  Raises Problems for a key that is not the one in force.
    """
    signer = _in_force(session, key_file)
    tree = session.log.tree()
    size = tree.rebuild() if rebuild else tree.seal()
    text = f"{signer.name}\n{size}\n{base64.b64encode(tree.root(size)).decode()}\n"
    note = signer.signed_note(text)
    tree.keep(Note(size, note))
    return note


def _in_force(session: Session, key_file: Path) -> notes.Signer:
    signer = notes.load_signer(key_file)
    keys = session.campaign().log_keys
    if not keys or keys[-1] != str(signer.key):
        message = T("{path} does not hold the key in force, {key}", path=key_file, key=keys[-1] if keys else "-")
        fix = T("name the right file, or record this key with `campaign audit rotate-key`")
        raise Problems([Problem("key-not-in-force", message, fix, Place(file=str(key_file)))])
    return signer


def rotate(  # noqa: PLR0913 -- each is a choice of the key's holder
    session: Session, key_file: Path, who: Who, *, name: str = "", reason: str = "", dry_run: bool = False
) -> Reply:
    """Make a new key, record it, and put it in the place of the one in KEY_FILE, which vouches for it.

    The first key needs no voucher; where the file of the key in force is lost, the reason must say so.
    """
    upcoming = key_file.with_name(key_file.name + ".next")
    keys = session.campaign().log_keys
    _finish(upcoming, key_file, keys)
    current = notes.load_signer(key_file) if key_file.exists() else None
    new = notes.load_signer(upcoming) if upcoming.exists() else notes.new_signer(name or _name(session, current))
    vouched = current is not None and keys and str(current.key) == keys[-1]
    signature = current.sign(verifier.endorsed(new.key)) if current is not None and vouched else b""
    endorsement = base64.b64encode(signature).decode()
    command = RotateLogKey(str(new.key), keys[-1] if keys else "", endorsement, reason)
    if not dry_run and not upcoming.exists():
        notes.save_signer(upcoming, new)
    reply = handle(session, [command], who, dry_run=dry_run)
    if reply.refusal is None and not dry_run:
        upcoming.replace(key_file)
    elif not dry_run:
        upcoming.unlink()
    return reply


def _finish(upcoming: Path, key_file: Path, keys: Sequence[str]) -> None:
    """Finish a change that was recorded but interrupted before the file was in its place."""
    if upcoming.exists() and keys and str(notes.load_signer(upcoming).key) == keys[-1]:
        upcoming.replace(key_file)


def _name(session: Session, current: notes.Signer | None) -> str:
    return current.name if current else f"campaign/{session.key}"


def imprint(session: Session) -> Text | None:
    """Return the last checkpoint as a line to be printed on whatever is published: the paper is a witness."""
    head = sealed(session)
    return None if head is None else printed(head)


def sealed(session: Session, up_to: int | None = None) -> TreeHead | None:
    """Return what the last checkpoint kept says, of those that cover no more than UP_TO records."""
    kept = [note for note in session.log.tree().notes() if up_to is None or note.size <= up_to]
    if not kept:
        return None
    head = read(verifier.read_checkpoint, max(kept, key=lambda note: note.size).text)
    return TreeHead(origin=head.origin, size=head.size, root=base64.b64encode(head.root).decode())


def printed(head: TreeHead) -> Text:
    """Return the line by which a checkpoint stands on paper."""
    return T("log {origin}: {size} records, root {root}", **msgspec.structs.asdict(head))


def receipt(session: Session, position: int, key_file: Path | None = None, *, whole: bool = True) -> str:
    """Return the receipt for the record at POSITION (c2sp.org/tlog-proof), sealed by the last checkpoint.

    whole: with the record itself, so that nothing else is needed to verify it.  Where no checkpoint covers the record
    yet, one is made with the key in KEY_FILE.  Raises Problems (codes `no-such-position`, `no-checkpoint`).
    """
    rows = list(session.log.scan_rows(position - 1, position))
    if not rows:
        if position <= session.log.head():
            access.whole(session.log)  # hidden from this login, not gone
        message = T("the log has no position {position}; it ends at {head}", position=position, head=session.log.head())
        raise Problems([Problem("no-such-position", message, T("name one from 1 to its end"), Place(field="POSITION"))])
    note = _covering(session, position, key_file)
    size = verifier.read_checkpoint(note).size
    hashes = session.log.tree().inclusion(position, size)
    extra = f"extra {base64.b64encode(canonical(rows[0])).decode()}\n" if whole else ""
    return f"{verifier.RECEIPT}\n{extra}index {position - 1}\n{lines(hashes)}\n{note}"


def growth(session: Session, first: int, key_file: Path | None = None) -> str:
    """Return the proof that the log continues what it was at size FIRST, up to the last checkpoint."""
    note = _covering(session, max(first, 1), key_file)
    hashes = session.log.tree().consistency(first, verifier.read_checkpoint(note).size)
    return f"old {first}\n{lines(hashes)}\n{note}"


def _covering(session: Session, position: int, key_file: Path | None) -> str:
    covering = [note for note in session.log.tree().notes() if note.size >= position]
    if covering:
        return covering[-1].text
    if key_file is None:
        message = T("no checkpoint covers position {position} yet", position=position)
        fix = T("make one with `campaign audit checkpoint`")
        raise Problems([Problem("no-checkpoint", message, fix, Place(field="POSITION"))])
    return checkpoint(session, key_file)


def lines(hashes: Sequence[bytes]) -> str:
    """Write hashes as lines of base64."""
    return "".join(f"{base64.b64encode(hashed).decode()}\n" for hashed in hashes)


# --- witnesses ---------------------------------------------------------------------------------------------------


class Seen(msgspec.Struct, frozen=True):
    """What a witness keeps: the last checkpoint that it cosigned, by log."""

    notes: dict[str, str] = {}


def cosign(proof: str, state: Path, key_file: Path, log: Key, time: int | None = None) -> str:
    """As a witness, cosign the checkpoint of a PROOF of growth, and remember it in STATE; return the cosigned note.

    log: the key that must have signed it.  A witness never goes back: the proof must begin where its last one ended.
    Raises Problems (codes `witness-…`).
    """
    grown = read(verifier.read_growth, proof)
    seen = _seen(state)
    head, before = grown.checkpoint, seen.notes.get(log.name)
    if head.origin != log.name or not head.signed_by(log):
        raise Problems([_witness("unsigned", T("the checkpoint is not signed by {log}", log=log.name))])
    _never_back(grown, verifier.read_checkpoint(before) if before else None)
    signer = notes.load_signer(key_file, COSIGN) if key_file.exists() else _new_witness(key_file)
    note = proof.partition("\n\n")[2]
    cosigned = signer.cosigned(note, head.text, int(now().timestamp()) if time is None else time)
    _save(state, msgspec.json.encode(Seen({**seen.notes, log.name: cosigned})))
    return cosigned


def _seen(state: Path) -> Seen:
    try:
        return msgspec.json.decode(state.read_bytes(), type=Seen) if state.exists() else Seen()
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        message = T("{path} does not hold what a witness saw", path=state)
        fix = T("name the file that `campaign audit cosign` keeps, or put it back from a copy")
        raise Problems([Problem("witness-state", message, fix, Place(file=str(state)))]) from error


def published(key_file: Path) -> str:
    """Return the published half of a witness's key."""
    return str(notes.load_signer(key_file, COSIGN).key)


def _never_back(grown: verifier.Growth, before: Checkpoint | None) -> None:
    size = before.size if before else 0
    if grown.first != size:
        message = T("this witness last saw {size} records, not {old}", size=size, old=grown.first)
        raise Problems([_witness("old-size", message)])
    if before is None:
        return
    new = grown.checkpoint
    if not verifier.consistent(before.size, new.size, before.root, new.root, grown.hashes):
        message = T("the log does not continue what it was at {size} records", size=size)
        raise Problems([_witness("inconsistent", message)])


def _new_witness(key_file: Path) -> notes.Signer:
    signer = notes.new_signer(f"witness/{key_file.stem}", COSIGN)
    notes.save_signer(key_file, signer)
    return signer


def _save(path: Path, content: bytes) -> None:
    beside = path.with_name(path.name + ".new")
    beside.write_bytes(content)
    beside.replace(path)


def _witness(code: str, message: Text) -> Problem:
    return Problem(f"witness-{code}", message, T("ask the log for a proof from the size last seen"))


def accept(session: Session, note: str, witnesses: Sequence[Key]) -> Checkpoint:
    """Keep a checkpoint that a witness cosigned, if it is ours and the witness did not go back. Raises Problems."""
    head = read(verifier.read_checkpoint, note)
    tree = session.log.tree()
    if head.size > tree.size or tree.root(head.size) != head.root:
        raise Problems([_witness("other-log", T("this is no checkpoint of this log"))])
    if not any(head.cosigned_at(key) is not None for key in witnesses):
        raise Problems([_witness("unknown", T("no witness that you named cosigned it"))])
    heads = [verifier.read_checkpoint(kept.text) for kept in tree.notes()]
    back = verifier.witnessed([*heads, head], witnesses)
    if back:
        raise Problems([_witness("went-back", T("the witness saw a larger log before: {said}", said=back[0]))])
    tree.keep(Note(head.size, note))
    return head


WHOLE = T("give the whole file")


def read(how: Callable[[S], V], given: S) -> V:
    """Read what is GIVEN, turning what the verifier says into a problem."""
    return _each(how, (given,), WHOLE)[0]


def kept(paths: Sequence[Path]) -> tuple[str, ...]:
    """Return the checkpoints that somebody kept in files. Raises Problems (code `evidence-unreadable`), OSError."""
    return _each(verifier.kept, paths, T("give a checkpoint as it was written, or its three lines: log, size, root"))


def text_of(path: Path) -> str:
    """Return the text of a file. Raises Problems (code `evidence-unreadable`), OSError."""
    return read(verifier.text_of, path)


def keys_of(texts: Sequence[str]) -> tuple[Key, ...]:
    """Read published keys. Raises Problems (code `evidence-unreadable`)."""
    return _each(verifier.read_key, texts, T("give the whole line as it was published, name+hash+key"))


def _each(how: Callable[[S], V], given: Sequence[S], fix: Text) -> tuple[V, ...]:
    made, wrong = [], []
    for one in given:
        try:
            made.append(how(one))
        except Unreadable as error:
            wrong.append(Problem("evidence-unreadable", T("{error}", error=error), fix))
    if wrong:
        raise Problems(wrong)
    return tuple(made)
