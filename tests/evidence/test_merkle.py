"""The tree: the public vectors of RFC 6962's implementations, and that no proof survives a change of one bit.

The leaves, roots and proofs are those of the certificate-transparency tests (transparency-dev/merkle, testdata).
"""

from base64 import b64decode
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.store import merkle
from campaign.verifier import Frontier, consistent, included, leaf, node, roots_of

LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSIONS = {
    (5, 8): [
        "vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms=",
        "yoVOoSjtBQtBs1/8G4e46yveRh6eO1WW7Oa51ZdaCuA=",
        "037kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc=",
    ],
    (1, 5): [
        "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=",
        "Xwg/ChozygdqlSeYMlgNs+DvRYS9/x9UyKNg9Q3jAx4=",
        "vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms=",
    ],
}
CONSISTENCIES = {
    (1, 1): [],
    (1, 8): [
        "lqKW0iTyhcZ77pPDD4owkVfw2qNdxbh+QQt4YwoJz8c=",
        "Xwg/ChozygdqlSeYMlgNs+DvRYS9/x9UyKNg9Q3jAx4=",
        "a0eq8p7jwq+a+Im8H7klTavTEXfxYjLdaqsDXKOb9uQ=",
    ],
    (6, 8): [
        "DrxdNDf74tsVi58Sah0RjjCBgQMdCpSfje3t68VY72o=",
        "yoVOoSjtBQtBs1/8G4e46yveRh6eO1WW7Oa51ZdaCuA=",
        "037kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc=",
    ],
    (2, 5): [
        "Xwg/ChozygdqlSeYMlgNs+DvRYS9/x9UyKNg9Q3jAx4=",
        "vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms=",
    ],
    (6, 7): [
        "DrxdNDf74tsVi58Sah0RjjCBgQMdCpSfje3t68VY72o=",
        "sIaT7C5yFZcTBkHoIR5+7cy0wmQTlj7ubB4u0W/7Gl8=",
        "037kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc=",
    ],
}


class Kept:
    """A tree as it is kept, grown by batches."""

    def __init__(self, leaves: list[bytes], step: int = 3) -> None:
        self.rows: dict[tuple[int, int], bytes] = {}
        for before in range(0, len(leaves), step):
            for level, first, hashes in list(merkle.grow(before, leaves[before : before + step], self.node)):
                self.rows.update({(level, first + at): hashed for at, hashed in enumerate(hashes)})

    def node(self, level: int, place: int) -> bytes:
        return self.rows[level, place]


RECORDS = [bytes.fromhex(text) for text in LEAVES]
HASHED = [leaf(record) for record in RECORDS]
KNOWN = Kept(HASHED)


@pytest.mark.parametrize("size", range(9))
def test_the_roots_are_the_public_ones(size: int) -> None:
    assert merkle.root(size, KNOWN.node).hex() == ROOTS[size]
    edge = Frontier()
    for hashed in HASHED[:size]:
        edge.add(hashed)
    assert edge.root().hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size"), INCLUSIONS)
def test_the_inclusion_proofs_are_the_public_ones(index: int, size: int) -> None:
    proof = merkle.inclusion(index, size, KNOWN.node)
    assert proof == [b64decode(text) for text in INCLUSIONS[index, size]]
    assert included(index, size, HASHED[index], proof, bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize(("first", "size"), CONSISTENCIES)
def test_the_consistency_proofs_are_the_public_ones(first: int, size: int) -> None:
    proof = merkle.consistency(first, size, KNOWN.node)
    assert proof == [b64decode(text) for text in CONSISTENCIES[first, size]]
    assert consistent(first, size, bytes.fromhex(ROOTS[first]), bytes.fromhex(ROOTS[size]), proof)


# --- what the public vectors do to a good proof ------------------------------------------------------------------


class Claim(NamedTuple):
    """What a proof of either kind claims; value is the leaf's hash, or the first root."""

    first: int
    size: int
    value: bytes
    root: bytes
    proof: list[bytes]


Spoil = Callable[[Claim], Claim]
SPOILS: dict[str, Spoil] = {
    "first - 1": lambda claim: claim._replace(first=claim.first - 1),
    "first + 1": lambda claim: claim._replace(first=claim.first + 1),
    "first ^ 2": lambda claim: claim._replace(first=claim.first ^ 2),
    "size * 2": lambda claim: claim._replace(size=claim.size * 2),
    "size / 2": lambda claim: claim._replace(size=claim.size // 2),
    "size negative": lambda claim: claim._replace(size=-claim.size),
    "first negative": lambda claim: claim._replace(first=-claim.first - 1),
    "wrong value": lambda claim: claim._replace(value=sha256(b"WrongValue").digest()),
    "wrong root": lambda claim: claim._replace(root=sha256(b"WrongRoot").digest()),
    "swapped": lambda claim: claim._replace(value=claim.root, root=claim.value),
    "no proof": lambda claim: claim._replace(proof=[]),
    "trailing garbage": lambda claim: claim._replace(proof=[*claim.proof, b""]),
    "trailing hash": lambda claim: claim._replace(proof=[*claim.proof, bytes(32)]),
    "trailing value": lambda claim: claim._replace(proof=[*claim.proof, claim.value]),
    "trailing root": lambda claim: claim._replace(proof=[*claim.proof, claim.root]),
    "preceding garbage": lambda claim: claim._replace(proof=[b"", *claim.proof]),
    "preceding value": lambda claim: claim._replace(proof=[claim.value, *claim.proof]),
    "preceding root": lambda claim: claim._replace(proof=[claim.root, *claim.proof]),
    "preceding hash": lambda claim: claim._replace(proof=[claim.proof[0], *claim.proof]),
    "truncated": lambda claim: claim._replace(proof=claim.proof[:-1]),
    "short hash": lambda claim: claim._replace(proof=[*claim.proof[:-1], claim.proof[-1][:-1]]),
    "long hash": lambda claim: claim._replace(proof=[*claim.proof[:-1], claim.proof[-1] + b"\0"]),
    "short root": lambda claim: claim._replace(root=claim.root[:-1]),
    "short value": lambda claim: claim._replace(value=claim.value[:-1]),
    **{
        f"proof {at} bit {bit}": lambda claim, at=at, bit=bit: claim._replace(proof=flipped(claim.proof, at, bit))
        for at in range(2)
        for bit in (0, 4, 255)
    },
}


def flipped(proof: list[bytes], at: int, bit: int) -> list[bytes]:
    changed = bytearray(proof[at])
    changed[bit // 8] ^= 1 << bit % 8
    return [*proof[:at], bytes(changed), *proof[at + 1 :]]


@pytest.mark.parametrize("spoil", SPOILS)
@pytest.mark.parametrize(("index", "size"), INCLUSIONS)
def test_a_spoilt_inclusion_proof_fails(index: int, size: int, spoil: str) -> None:
    proof = [b64decode(text) for text in INCLUSIONS[index, size]]
    claim = SPOILS[spoil](Claim(index, size, HASHED[index], bytes.fromhex(ROOTS[size]), proof))
    assert not included(*claim[:3], claim.proof, claim.root)


@pytest.mark.parametrize("spoil", SPOILS)
@pytest.mark.parametrize(("first", "size"), [pair for pair in CONSISTENCIES if pair != (1, 1)])
def test_a_spoilt_consistency_proof_fails(first: int, size: int, spoil: str) -> None:
    proof = [b64decode(text) for text in CONSISTENCIES[first, size]]
    claim = SPOILS[spoil](Claim(first, size, bytes.fromhex(ROOTS[first]), bytes.fromhex(ROOTS[size]), proof))
    assert not consistent(claim.first, claim.size, claim.value, claim.root, claim.proof)


def test_from_nothing_every_log_grows_and_only_an_empty_proof_says_so() -> None:
    empty, root = bytes.fromhex(ROOTS[0]), bytes.fromhex(ROOTS[8])
    assert consistent(0, 8, empty, root, [])
    assert not consistent(0, 8, root, root, [])
    assert not consistent(0, 8, empty, root, [root])
    assert not consistent(8, 8, root, root, [root])
    assert not consistent(8, 8, empty, root, [])


@pytest.mark.parametrize("ask", [(8, 8), (-1, 8), (0, 0)])
def test_there_is_no_proof_for_a_leaf_outside_the_tree(ask: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="no leaf"):
        merkle.inclusion(*ask, KNOWN.node)


def test_there_is_no_proof_of_growth_backwards() -> None:
    with pytest.raises(ValueError, match="does not hold"):
        merkle.consistency(9, 8, KNOWN.node)
    with pytest.raises(ValueError, match="tree has no"):
        merkle.root(-1, KNOWN.node)


def test_a_kept_hash_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="a hash has 32 bytes, not 3"):
        merkle.root(8, lambda _level, _place: b"abc")


# --- random logs -------------------------------------------------------------------------------------------------


def random_tree(size: int, seed: int) -> list[bytes]:
    return [leaf(f"{seed} {number}".encode()) for number in range(size)]


SIZES = st.integers(1, 70)


@settings(deadline=None)
@given(SIZES, st.integers(0, 9), st.integers(1, 20), st.data())
def test_every_inclusion_proof_of_a_random_log_verifies_and_no_bit_can_change(
    size: int, seed: int, step: int, data: st.DataObject
) -> None:
    hashes = random_tree(size, seed)
    index = data.draw(st.integers(0, size - 1))
    root = roots_of(hashes, [size])[size]
    proof = merkle.inclusion(index, size, Kept(hashes, step).node)
    assert included(index, size, hashes[index], proof, root)
    for changed in spoilt_bits([hashes[index], root, *proof], data):
        assert not included(index, size, changed[0], changed[2:], changed[1])


@settings(deadline=None)
@given(SIZES, SIZES, st.integers(0, 9), st.integers(1, 20), st.data())
def test_every_consistency_proof_of_a_random_log_verifies_and_no_bit_can_change(
    one: int, other: int, seed: int, step: int, data: st.DataObject
) -> None:
    first, size = sorted((one, other))
    hashes = random_tree(size, seed)
    roots = roots_of(hashes, [first, size])
    proof = merkle.consistency(first, size, Kept(hashes, step).node)
    assert consistent(first, size, roots[first], roots[size], proof)
    for changed in spoilt_bits([roots[first], roots[size], *proof], data):
        assert not consistent(first, size, changed[0], changed[1], changed[2:])


def spoilt_bits(values: list[bytes], data: st.DataObject) -> Iterator[list[bytes]]:
    """One bit in each of the values, one after the other."""
    for at in range(len(values)):
        yield flipped(values, at, data.draw(st.integers(0, 255)))


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 3))
def test_a_tree_grown_in_any_steps_is_the_same(size: int, cut: int, seed: int) -> None:
    hashes = random_tree(size, seed)
    whole, steps = Kept(hashes, max(size, 1)), Kept(hashes, max(cut, 1))
    assert whole.rows == steps.rows
    assert all(node(whole.rows[level - 1, 2 * at], whole.rows[level - 1, 2 * at + 1]) == hashed
               for (level, at), hashed in whole.rows.items() if level)  # fmt: skip
