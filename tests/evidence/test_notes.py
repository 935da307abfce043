"""Signed notes: the public example of golang.org/x/mod/sumdb/note, RFC 8032's vectors, and key files."""

from collections.abc import Callable
from pathlib import Path

import pytest

from campaign import verifier
from campaign.problems import Problems
from campaign.store import notes
from campaign.store.notes import Signer
from campaign.verifier import COSIGN, SIGN, Key, Unreadable, read_checkpoint, read_key

PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_SIGNS = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
LINE = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
WITNESS = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"
PLUS = "TEST+7997405c+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6"

RFC_8032 = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.fixture
def peter(tmp_path: Path) -> Signer:
    path = tmp_path / "peter"
    path.write_text(PETER_SIGNS + "\n")
    path.chmod(0o600)
    return notes.load_signer(path)


def test_a_note_is_signed_as_the_public_example_is(peter: Signer) -> None:
    assert str(peter.key) == PETER
    assert peter.signed_note(TEXT) == f"{TEXT}\n— PeterNeumann {LINE}\n"


@pytest.mark.parametrize("text", [PETER, WITNESS, PLUS])
def test_public_keys_are_read_and_written_alike(text: str) -> None:
    assert str(read_key(text)) == text


@pytest.mark.parametrize(
    "text", ["", "a", "a+b+c", PETER[:-1], PETER.replace("c74f20a3", "c74f20a4"), PETER[12:], "x+1+" + "A" * 44]
)
def test_a_key_that_is_not_one_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        read_key(text)


@pytest.mark.parametrize("how", [verifier.signed, verifier._signed_plainly])
@pytest.mark.parametrize(("public", "message", "signature"), RFC_8032)
def test_signatures_are_checked_as_rfc_8032_says(
    public: str, message: str, signature: str, how: Callable[[bytes, bytes, bytes], bool]
) -> None:
    key, text, good = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
    assert how(key, text, good)
    for place in (0, 31, 32, 63):
        spoilt = bytearray(good)
        spoilt[place] ^= 1
        assert not how(key, text, bytes(spoilt))
    assert not how(key, text + b"x", good)
    assert not how(key[1:] + key[:1], text, good)


def test_what_has_the_wrong_length_is_no_signature() -> None:
    public, message, signature = (bytes.fromhex(part) for part in RFC_8032[0])
    assert not verifier.signed(public, message, signature[:-1])
    assert not verifier.signed(public[:-1], message, signature)
    order = verifier.ORDER
    larger = signature[:32] + (int.from_bytes(signature[32:], "little") + order).to_bytes(32, "little")
    assert not verifier._signed_plainly(public, message, larger), "one signature, not many"


@pytest.mark.parametrize("y", [2**255 - 19, 2**256 - 1, 2])
def test_a_key_that_is_no_point_signs_nothing(y: int) -> None:
    assert not verifier._signed_plainly(y.to_bytes(32, "little"), b"", bytes.fromhex(RFC_8032[0][2]))


# --- checkpoints -------------------------------------------------------------------------------------------------

ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
HEAD = f"example.com/behind-the-sofa\n20852163\n{ROOT}\n"
SIGNED = (
    HEAD
    + "\n— example.com/behind-the-sofa "
    + "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
)


def test_the_example_of_the_checkpoint_format_is_read() -> None:
    head = read_checkpoint(SIGNED)
    assert (head.origin, head.size, len(head.root)) == ("example.com/behind-the-sofa", 20852163, 32)
    assert head.text == HEAD
    assert [line.name for line in head.signatures] == ["example.com/behind-the-sofa"]


@pytest.mark.parametrize(
    "note",
    [
        "",
        "a\n1\n",
        HEAD,
        SIGNED.replace("\n20852163\n", "\n020852163\n"),
        SIGNED.replace("\n20852163\n", "\n-1\n"),
        SIGNED.replace("\n20852163\n", "\n１\n"),
        SIGNED.replace(ROOT, ROOT[:-4]),
        SIGNED.replace(ROOT, "no base64"),
        SIGNED.replace("— ", "- "),
        SIGNED.replace("Az3g", "!"),
        SIGNED[: SIGNED.index("Az3g")] + "Az3g\n",
    ],
)
def test_a_note_that_is_no_checkpoint_is_refused(note: str) -> None:
    with pytest.raises(Unreadable):
        read_checkpoint(note)


def test_only_the_key_that_signed_is_believed(peter: Signer) -> None:
    other = notes.new_signer("PeterNeumann")
    head = read_checkpoint(peter.signed_note(f"PeterNeumann\n1\n{ROOT}\n"))
    assert head.signed_by(peter.key)
    assert not head.signed_by(other.key)
    assert not head.signed_by(Key(peter.name, COSIGN, peter.key.public))
    forged = head._replace(signatures=tuple(line._replace(id=other.key.id) for line in head.signatures))
    assert not forged.signed_by(other.key)


def test_a_witness_signs_the_time_as_well() -> None:
    witness = notes.new_signer("witness/a", COSIGN)
    text = f"log\n1\n{ROOT}\n"
    log = notes.new_signer("log")
    note = witness.cosigned(log.signed_note(text), text, 1_700_000_000)
    head = read_checkpoint(note)
    assert head.signed_by(log.key)
    assert head.cosigned_at(witness.key) == 1_700_000_000
    assert head.cosigned_at(log.key) is None
    changed = head._replace(signatures=tuple(line._replace(data=b"\1" + line.data[1:]) for line in head.signatures))
    assert changed.cosigned_at(witness.key) is None


# --- key files ---------------------------------------------------------------------------------------------------


def test_a_key_file_is_for_its_owner_only_and_is_never_overwritten(tmp_path: Path) -> None:
    path, signer = tmp_path / "key", notes.new_signer("campaign/x")
    notes.save_signer(path, signer)
    assert path.stat().st_mode & 0o777 == 0o600
    assert notes.load_signer(path) == signer
    with pytest.raises(Problems, match="key-exists"):
        notes.save_signer(path, signer)


def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key"
    notes.save_signer(path, notes.new_signer("campaign/x"))
    path.chmod(0o640)
    with pytest.raises(Problems, match=r"key-exposed.*chmod 600"):
        notes.load_signer(path)


@pytest.mark.parametrize(
    "line", ["", "x", PETER, PETER_SIGNS[:-2], PETER_SIGNS.replace("c74f20a3", "c74f20a4"), PETER_SIGNS + "!"]
)
def test_a_file_that_holds_no_key_is_refused(tmp_path: Path, line: str) -> None:
    path = tmp_path / "key"
    path.write_text(line)
    path.chmod(0o600)
    with pytest.raises(Problems, match="key-malformed"):
        notes.load_signer(path)


def test_a_key_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_bytes(b"\xff\xfe" + PETER_SIGNS.encode())
    path.chmod(0o600)
    with pytest.raises(Problems, match="key-malformed"):
        notes.load_signer(path)


def test_a_witness_key_does_not_sign_a_log_nor_the_other_way(tmp_path: Path) -> None:
    for kind, other in ((SIGN, COSIGN), (COSIGN, SIGN)):
        path = tmp_path / str(kind)
        notes.save_signer(path, notes.new_signer("x", kind))
        with pytest.raises(Problems, match="key-malformed"):
            notes.load_signer(path, other)


def test_a_key_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Problems, match=r"key-missing.*rotate-key"):
        notes.load_signer(tmp_path / "none")


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\u202eb"])
def test_a_name_that_a_note_cannot_carry_is_refused(name: str) -> None:
    with pytest.raises(Problems, match="key-name"):
        notes.new_signer(name)
