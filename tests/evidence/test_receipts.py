"""Receipts, proofs of growth, witnesses: what third parties hold in their hands (P-10, P-11)."""

import subprocess
import sys
from pathlib import Path

import pytest
from evidence.kit import ADMIN, CLERK, Office, go_on, told

from campaign import verifier
from campaign.app import evidence
from campaign.problems import Problems
from campaign.store import notes
from campaign.store.codec import canonical
from campaign.store.tree import Note
from campaign.verifier import Key, read_checkpoint, read_growth, read_key, read_receipt

VERIFIER = Path(verifier.__file__)


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the verifier as a lone file, with the standard library alone."""
    alone = [sys.executable, "-I", "-S", str(VERIFIER), *map(str, arguments)]
    return subprocess.run(alone, capture_output=True, text=True, check=False)


def test_a_receipt_holds_on_a_machine_with_nothing_but_python(office: Office, tmp_path: Path) -> None:
    receipt = tmp_path / "receipt"
    receipt.write_text(evidence.receipt(office.session(), 300))
    lone = tmp_path / "verifier.py"
    lone.write_bytes(VERIFIER.read_bytes())
    result = subprocess.run([sys.executable, "-I", "-S", str(lone), str(receipt), "--key", office.published()],
                            capture_output=True, text=True, check=False)  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr
    assert "record 300 of" in result.stdout
    assert "officer_appointed" in result.stdout


UNSEEN = "anybody could have made this checkpoint, and nobody looked at who signed it"


def test_whoever_brings_no_key_is_told_that_nobody_looked_at_who_signed(office: Office, tmp_path: Path) -> None:
    """A receipt that anybody could have made is not passed off as the log's; a checkpoint of one's own is as good."""
    receipt, own, older, paper = (tmp_path / name for name in ("receipt", "own", "older", "paper"))
    receipt.write_text(evidence.receipt(office.session(), 300))
    own.write_text(office.second)
    older.write_text(office.first)
    paper.write_text("\n".join(office.second.splitlines()[:3]) + "\n")
    unknown = run(receipt)
    assert (unknown.returncode, UNSEEN in unknown.stdout) == (0, True)
    for known in (["--key", office.published()], ["--against", own], ["--against", paper]):
        told = run(receipt, *known)
        assert (told.returncode, UNSEEN in told.stdout, "not compared" in told.stdout) == (0, False, False), told.stdout
    first, second = office.sizes
    aside = f"your checkpoint of size {first} was not compared: this one is of size {second}"
    told = run(receipt, "--against", older)
    assert (told.returncode, UNSEEN in told.stdout, aside in told.stdout) == (0, True, True), told.stdout


def test_a_proof_of_growth_says_so_as_well(office: Office, tmp_path: Path) -> None:
    growth, older = tmp_path / "growth", tmp_path / "older"
    older.write_text(office.first)
    growth.write_text(evidence.growth(office.session(), office.sizes[0]))
    assert UNSEEN in run(growth, "--against", older).stdout
    assert UNSEEN not in run(growth, "--against", older, "--key", office.published()).stdout


def test_a_receipt_is_small(office: Office) -> None:
    assert len(evidence.receipt(office.session(), 300, whole=False)) < 1_000


@pytest.mark.parametrize(
    ("old", "new", "verdict"),
    [
        ("index 299", "index 298", "the record is not in the log"),
        ("extra W", "extra X", "the record is not in the log"),
        ("campaign/jilin-2005\n15", "campaign/jilin-2005\n16", "is not signed by a key that you named"),
    ],
)
def test_a_receipt_that_was_changed_fails(office: Office, tmp_path: Path, old: str, new: str, verdict: str) -> None:
    text = evidence.receipt(office.session(), 300)
    assert old in text
    (tmp_path / "receipt").write_text(text.replace(old, new))
    result = run(tmp_path / "receipt", "--key", office.published())
    assert result.returncode == 5
    assert verdict in result.stdout


def test_a_bare_receipt_needs_the_record(office: Office, tmp_path: Path) -> None:
    session = office.session()
    (tmp_path / "receipt").write_text(evidence.receipt(session, 300, whole=False))
    (row,) = session.log.scan_rows(299, 300)
    (tmp_path / "record").write_bytes(canonical(row) + b"\n")
    assert run(tmp_path / "receipt", "--key", office.published()).returncode == 5
    assert run(tmp_path / "receipt", "--key", office.published(), "--record", tmp_path / "record").returncode == 0


def test_an_award_left_out_of_the_log_is_seen_by_the_receipt_for_it(office: Office) -> None:
    """Omission: the log was cut after a receipt was given, and goes on differently."""
    session = office.session(write=True)
    size = office.sizes[1]
    go_on(session, 1)
    head = evidence.checkpoint(session, office.key_file)
    receipt = evidence.receipt(session, size + 1)
    with office.intruder() as db:
        db.execute("DELETE FROM events WHERE position > ?", (size,))
        db.execute("DELETE FROM checkpoints WHERE size > ?", (size,))
        for table in ("views", "view_positions", "tree", "commands"):
            db.execute(f"DELETE FROM {table}")  # noqa: S608 -- names of tables
    session = office.session(write=True)
    session.log.tree().rebuild()
    go_on(session, 2)
    evidence.checkpoint(session, office.key_file)
    assert not office.audit().problems
    other = evidence.receipt(office.session(), size + 1)
    assert told(office.audit(head))[0][1] == "checkpoint"
    assert verifier.read_receipt(receipt).record != verifier.read_receipt(other).record


def test_a_record_that_no_checkpoint_covers_needs_one(office: Office) -> None:
    session = office.session(write=True)
    go_on(session, 1)
    last = session.log.head()
    with pytest.raises(Problems, match=r"no-checkpoint.*audit checkpoint"):
        evidence.receipt(session, last)
    text = evidence.receipt(session, last, office.key_file)
    assert read_receipt(text).checkpoint.size == last


@pytest.mark.parametrize("position", [0, 10**9])
def test_there_is_no_receipt_for_a_position_that_is_not_there(office: Office, position: int) -> None:
    with pytest.raises(Problems, match="no-such-position"):
        evidence.receipt(office.session(), position)


def test_a_proof_of_growth_holds_from_one_checkpoint_to_the_next(office: Office, tmp_path: Path) -> None:
    (tmp_path / "growth").write_text(evidence.growth(office.session(), office.sizes[0]))
    (tmp_path / "old").write_text(office.first)
    (tmp_path / "forged").write_text(office.first.replace("\n15", "\n16"))
    result = run(tmp_path / "growth", "--against", tmp_path / "old", "--key", office.published())
    assert result.returncode == 0, result.stdout + result.stderr
    assert run(tmp_path / "growth", "--against", tmp_path / "forged").returncode == 3
    assert run(tmp_path / "growth").returncode == 3


def test_a_log_that_does_not_continue_what_it_was_fails(office: Office, tmp_path: Path) -> None:
    growth = evidence.growth(office.session(), office.sizes[0])
    (tmp_path / "growth").write_text(growth)
    head = read_checkpoint(office.first)
    signer = notes.load_signer(office.key_file)
    other = head.text.replace(head.text.split("\n")[2], "A" * 43 + "=")
    (tmp_path / "old").write_text(signer.signed_note(other))
    result = run(tmp_path / "growth", "--against", tmp_path / "old", "--key", office.published())
    assert result.returncode == 5
    assert "does not continue" in result.stdout


@pytest.mark.parametrize(
    "text", ["", "nothing", "old x\n\n", "c2sp.org/tlog-proof@v1\n\n", "c2sp.org/tlog-proof@v1\nindex x\n\n"]
)
def test_a_file_that_is_no_proof_cannot_be_verified(tmp_path: Path, text: str) -> None:
    (tmp_path / "file").write_text(text)
    assert run(tmp_path / "file").returncode == 3
    assert run(tmp_path / "none").returncode == 3


def test_wrong_use_of_the_verifier() -> None:
    assert run().returncode == 2


# --- checkpoints -------------------------------------------------------------------------------------------------


def test_a_checkpoint_needs_the_key_in_force(office: Office, tmp_path: Path) -> None:
    session = office.session(write=True)
    other = tmp_path / "other"
    notes.save_signer(other, notes.new_signer("campaign/jilin-2005"))
    with pytest.raises(Problems, match="key-not-in-force"):
        evidence.checkpoint(session, other)


def test_the_same_checkpoint_is_kept_once(office: Office) -> None:
    session = office.session(write=True)
    before = len(session.log.tree().notes())
    assert evidence.checkpoint(session, office.key_file) == office.second
    assert len(session.log.tree().notes()) == before


def test_the_line_to_be_printed_names_size_and_root(office: Office) -> None:
    line = str(evidence.imprint(office.session()))
    assert line.startswith(f"log campaign/jilin-2005: {office.sizes[1]} records, root ")
    assert office.second.split("\n")[2] in line


def test_a_change_of_key_is_vouched_for_by_the_key_before(office: Office) -> None:
    old = office.published()
    session = office.session(write=True)
    assert evidence.rotate(session, office.key_file, ADMIN, dry_run=True).refusal is None
    reply = evidence.rotate(session, office.key_file, ADMIN, reason="yearly")
    assert reply.refusal is None
    assert str(notes.load_signer(office.key_file).key) == session.campaign().log_keys[-1]
    evidence.checkpoint(session, office.key_file)
    assert not office.audit(keys=(old,)).problems
    assert not office.alone(keys=(old,))


def test_a_change_of_key_that_was_interrupted_is_finished(office: Office) -> None:
    session = office.session(write=True)
    old = office.key_file.read_text()
    evidence.rotate(session, office.key_file, ADMIN)
    upcoming = office.key_file.with_name("key.next")
    office.key_file.rename(upcoming)
    office.key_file.write_text(old)
    office.key_file.chmod(0o600)
    evidence.rotate(session, office.key_file, ADMIN)
    assert str(notes.load_signer(office.key_file).key) == session.campaign().log_keys[-1]
    evidence.checkpoint(session, office.key_file)
    assert not office.audit().problems


def test_who_may_not_change_the_key_changes_nothing(office: Office) -> None:
    session = office.session(write=True)
    before = office.key_file.read_text()
    reply = evidence.rotate(session, office.key_file, CLERK)
    assert reply.refusal is not None
    assert not reply.refusal.permitted
    assert office.key_file.read_text() == before
    assert not office.key_file.with_name("key.next").exists()


# --- witnesses ---------------------------------------------------------------------------------------------------


class Witness:
    """Somebody with a key and a memory of their own."""

    def __init__(self, folder: Path, name: str, log: str) -> None:
        folder.mkdir(exist_ok=True)
        self.state, self.key_file, self.log = folder / f"{name}.json", folder / name, read_key(log)

    def cosign(self, proof: str, time: int) -> str:
        return evidence.cosign(proof, self.state, self.key_file, self.log, time)

    @property
    def key(self) -> Key:
        return read_key(evidence.published(self.key_file))


def test_two_witnesses_cosign_what_only_grew_and_the_log_keeps_it(office: Office, tmp_path: Path) -> None:
    session = office.session(write=True)
    witnesses = [Witness(tmp_path / "w", name, office.published()) for name in ("finance", "statistics")]
    for witness in witnesses:
        first = witness.cosign(evidence.growth(session, 0), 100)
        evidence.accept(session, first, [witness.key])
    go_on(session, 2)
    evidence.checkpoint(session, office.key_file)
    for witness in witnesses:
        second = witness.cosign(evidence.growth(session, office.sizes[1]), 200)
        head = evidence.accept(session, second, [witness.key])
        assert head.cosigned_at(witness.key) == 200
    keys = (office.published(), *(str(witness.key) for witness in witnesses))
    assert not office.audit(keys=keys).problems
    assert not office.alone(keys=keys)


def test_a_witness_never_goes_back(office: Office, tmp_path: Path) -> None:
    session = office.session(write=True)
    witness = Witness(tmp_path / "w", "finance", office.published())
    witness.cosign(evidence.growth(session, 0), 100)
    with pytest.raises(Problems, match="witness-old-size"):
        witness.cosign(evidence.growth(session, 0), 101)
    with pytest.raises(Problems, match="witness-old-size"):
        witness.cosign(evidence.growth(session, office.sizes[0]), 101)


def test_a_witness_is_not_shown_another_view(office: Office, tmp_path: Path) -> None:
    """Split view: the log is rewritten for this witness only, with the log's own key."""
    session = office.session(write=True)
    witness = Witness(tmp_path / "w", "finance", office.published())
    witness.cosign(evidence.growth(session, 0), 100)
    with office.intruder() as db:
        db.execute("UPDATE events SET actor = 'p-other' WHERE position = 300")
        for table in ("checkpoints", "views", "view_positions"):
            db.execute(f"DELETE FROM {table}")  # noqa: S608 -- names of tables
    session = office.session(write=True)
    session.log.tree().rebuild()
    go_on(session, 1)
    evidence.checkpoint(session, office.key_file)
    with pytest.raises(Problems, match="witness-inconsistent"):
        witness.cosign(evidence.growth(session, office.sizes[1]), 101)


def test_a_witness_cosigns_only_what_the_log_signed(office: Office, tmp_path: Path) -> None:
    forger = notes.new_signer("campaign/jilin-2005")
    witness = Witness(tmp_path / "w", "finance", str(forger.key))
    with pytest.raises(Problems, match="witness-unsigned"):
        witness.cosign(evidence.growth(office.session(), 0), 100)
    with pytest.raises(Problems, match="evidence-unreadable"):
        witness.cosign("nothing", 100)


def test_a_cosigned_checkpoint_of_another_log_or_by_nobody_known_is_not_kept(office: Office, tmp_path: Path) -> None:
    session = office.session(write=True)
    witness = Witness(tmp_path / "w", "finance", office.published())
    cosigned = witness.cosign(evidence.growth(session, 0), 100)
    with pytest.raises(Problems, match="witness-unknown"):
        evidence.accept(session, cosigned, [notes.new_signer("other", verifier.COSIGN).key])
    head = read_checkpoint(cosigned)
    other = cosigned.replace(head.text.split("\n")[2], "A" * 43 + "=")
    with pytest.raises(Problems, match="witness-other-log"):
        evidence.accept(session, other, [witness.key])


def test_a_witness_that_went_back_is_seen(office: Office) -> None:
    session = office.session(write=True)
    signer = notes.new_signer("witness/x", verifier.COSIGN)
    later = signer.cosigned(office.first, read_checkpoint(office.first).text, 300)
    earlier = signer.cosigned(office.second, read_checkpoint(office.second).text, 200)
    evidence.accept(session, later, [signer.key])
    with pytest.raises(Problems, match="witness-went-back"):
        evidence.accept(session, earlier, [signer.key])
    session.log.tree().keep(Note(office.sizes[1], earlier))
    office.close()
    assert "witness" in {code for _, code in told(office.audit(keys=(str(signer.key),)))}
    assert read_growth(evidence.growth(office.session(), 0)).first == 0
