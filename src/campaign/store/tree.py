"""The log's Merkle tree, kept in rows beside it and grown off the hot path; it can be made again at any time."""

from collections.abc import Iterator

import msgspec

from campaign.problems import Problem, Problems, T
from campaign.store import merkle
from campaign.store.codec import canonicals
from campaign.store.log import Outcome, Row
from campaign.store.tables import Tables

BATCH = 4096
"""Leaves hashed and written at a time: a power of two, so that batches are whole subtrees."""


class Note(msgspec.Struct, frozen=True):
    """A checkpoint as kept beside the log: the size it is about, and the signed note."""

    size: int
    text: str


class LogTree:
    """The tree over the canonical bytes of the log's records: leaf i is position i + 1."""

    def __init__(self, tables: Tables) -> None:
        """Work on the tables of a store."""
        self._tables = tables

    @property
    def size(self) -> int:
        """How many records the kept tree covers."""
        return self._tables.sealed()

    def node(self, level: int, place: int) -> bytes:
        """Return a kept hash. Raises Problems (code `integrity-tree`) when it is not there."""
        found = self._tables.hashes(level, place, place + 1)
        if not found:
            raise Problems([_hole(level, place)])
        return found[0]

    def hashes(self, level: int, first: int, stop: int) -> list[bytes]:
        """Return the kept hashes of a level with places in [FIRST, STOP)."""
        return self._tables.hashes(level, first, stop)

    def joined(self, level: int, first: int, stop: int) -> bytes | None:
        """Return the same in one piece, to be compared; None where one is not as long as a hash is."""
        return self._tables.joined(level, first, stop)

    def seal(self) -> int:
        """Grow the kept tree to the head of the log, in one transaction; return its size."""
        with self._tables.writing():
            return self._grow(self._tables.sealed())

    def rebuild(self) -> int:
        """Make the tree again from the log alone, in one transaction; return its size."""
        with self._tables.writing():
            self._tables.clear_tree()
            return self._grow(0)

    def _grow(self, size: int) -> int:
        head, _ = self._tables.tip()
        while size < head:
            rows = self._tables.rows(size, min(size + BATCH - size % BATCH, head), "")
            leaves = merkle.leaves(canonicals(rows))
            for level, first, hashes in merkle.grow(size, leaves, self.node):
                self._tables.keep_hashes(level, first, hashes)
            size += len(leaves)
        return size

    def root(self, size: int) -> bytes:
        """Return the root over the first SIZE records, from kept hashes."""
        return merkle.root(size, self.node)

    def inclusion(self, position: int, size: int) -> list[bytes]:
        """Return the proof that the record at POSITION is among the first SIZE."""
        return merkle.inclusion(position - 1, size, self.node)

    def consistency(self, first: int, size: int) -> list[bytes]:
        """Return the proof that the log at SIZE continues the log at FIRST."""
        return merkle.consistency(first, size, self.node)

    # --- what is kept beside the tree ----------------------------------------------------------------------------

    def notes(self) -> list[Note]:
        """Return every checkpoint kept, in the order in which they were."""
        return [Note(size, text) for size, text in self._tables.notes()]

    def keep(self, note: Note) -> None:
        """Keep a checkpoint for good; one that is kept already is not kept twice."""
        with self._tables.writing():
            self._tables.keep_note(note.size, note.text)

    def raw(self) -> Iterator[list[Row | int]]:
        """Yield every record as it lies in the store, by position and in batches, whatever was done to it.

        A record that cannot be read is given as its position; the stream is "" where its name is missing.
        """
        after = -(2**63)
        while rows := self._tables.raw_rows(after, BATCH):
            yield rows
            after = rows[-1] if isinstance(rows[-1], int) else rows[-1][0]

    def outcomes(self) -> Iterator[Outcome]:
        """Yield what every command came to, by command id."""
        after = ""
        while found := self._tables.outcomes(after, BATCH):
            yield from found
            after = found[-1].command_id


def _hole(level: int, place: int) -> Problem:
    message = T("the tree lacks the hash at level {level}, place {place}", level=level, place=place)
    return Problem("integrity-tree", message, T("make the tree again with `campaign audit checkpoint --rebuild`"))
