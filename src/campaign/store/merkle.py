"""RFC 6962's Merkle tree over kept hashes: growth, roots and proofs, with every size and length checked.

The hashes of complete subtrees are addressed by level and place: level 0 holds the leaves, (level, place) covers the
leaves from place·2^level on.  Whether a proof holds is for `campaign.verifier` to say, which shares nothing with this.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from typing import TypeAlias

HASH_SIZE = 32
EMPTY = sha256(b"").digest()
"""The root of a tree without leaves."""

Nodes: TypeAlias = Callable[[int, int], bytes]
"""Returns the kept hash of the complete subtree at (level, place)."""


def leaf(record: bytes) -> bytes:
    """Return the hash of a leaf (RFC 6962, 2.1)."""
    return sha256(b"\0" + record).digest()


def leaves(records: Iterable[bytes]) -> list[bytes]:
    """Return the hashes of many leaves: one call each less than by `leaf`."""
    digest = sha256
    return [digest(b"\0" + record).digest() for record in records]


def node(left: bytes, right: bytes) -> bytes:
    """Return the hash of the node above two others."""
    return sha256(b"\1" + left + right).digest()


def pairs(hashes: Sequence[bytes]) -> list[bytes]:
    """Return the hashes one level up; an odd last one waits for its pair."""
    digest = sha256
    return [digest(b"\1" + left + right).digest() for left, right in zip(hashes[::2], hashes[1::2], strict=False)]


def grow(before: int, leaves: Sequence[bytes], nodes: Nodes) -> Iterator[tuple[int, int, list[bytes]]]:
    """Yield what a tree of BEFORE leaves gains by more LEAVES: (level, first place, hashes)."""
    level, first, hashes = 0, before, list(leaves)
    while hashes:
        yield level, first, hashes
        if first % 2:
            first, hashes = first - 1, [nodes(level, first - 1), *hashes]
        level, first, hashes = level + 1, first // 2, pairs(hashes)


def root(size: int, nodes: Nodes) -> bytes:
    """Return the root of the first SIZE leaves."""
    _not_negative(size)
    return span(0, size, nodes) if size else EMPTY


def span(start: int, end: int, nodes: Nodes) -> bytes:
    """Return the root over the leaves in [START, END) (MTH), from kept hashes where a subtree is complete."""
    width = end - start
    if width & (width - 1) == 0:
        level = width.bit_length() - 1
        return _checked(nodes(level, start >> level))
    middle = start + _split(width)
    return node(span(start, middle, nodes), span(middle, end, nodes))


def inclusion(index: int, size: int, nodes: Nodes) -> list[bytes]:
    """Return the proof that leaf INDEX, counted from 0, is in the tree of SIZE leaves, lowest hash first (PATH).

    Raises ValueError outside the tree.
    """
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    return _path(index, 0, size, nodes)


def _path(index: int, start: int, end: int, nodes: Nodes) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + _split(end - start)
    if index < middle:
        return [*_path(index, start, middle, nodes), span(middle, end, nodes)]
    return [*_path(index, middle, end, nodes), span(start, middle, nodes)]


def consistency(first: int, size: int, nodes: Nodes) -> list[bytes]:
    """Return the proof that the tree of SIZE leaves begins with that of FIRST (PROOF); empty for FIRST = 0.

    Raises ValueError when FIRST is greater than SIZE.
    """
    _not_negative(first)
    if first > size:
        raise ValueError(f"a tree of {size} does not hold one of {first}")
    return _subproof(first, 0, size, True, nodes) if 0 < first < size else []  # noqa: FBT003 -- the RFC's own argument


def _subproof(first: int, start: int, end: int, whole: bool, nodes: Nodes) -> list[bytes]:  # noqa: FBT001 -- likewise
    if first == end:
        return [] if whole else [span(start, end, nodes)]
    middle = start + _split(end - start)
    if first <= middle:
        return [*_subproof(first, start, middle, whole, nodes), span(middle, end, nodes)]
    return [*_subproof(first, middle, end, False, nodes), span(start, middle, nodes)]  # noqa: FBT003 -- likewise


def _split(width: int) -> int:
    """Return the largest power of two below WIDTH."""
    return 1 << (width - 1).bit_length() - 1


def _checked(kept: bytes) -> bytes:
    if len(kept) != HASH_SIZE:
        raise ValueError(f"a hash has {HASH_SIZE} bytes, not {len(kept)}")
    return kept


def _not_negative(size: int) -> None:
    if size < 0:
        raise ValueError(f"a tree has no {size} leaves")
