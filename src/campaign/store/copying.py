"""One store copied into another: the same records at the same positions, and all that is kept beside them.

The copy streams, some thousand records a transaction and never half a command, so that it can be killed at any moment
and given again: it then goes on where the target ends, once every record there has been compared with the source's.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from typing import TypeAlias

from msgspec import Struct, structs

from campaign.problems import Place, Problem, Problems, T, Text
from campaign.store.codec import Made, canonical
from campaign.store.engine import CHUNK, Engine
from campaign.store.log import Outcome, Row
from campaign.store.merkle import leaf
from campaign.store.refill import portions
from campaign.store.tables import Tables
from campaign.store.tree import BATCH
from campaign.verifier import Frontier

Progress: TypeAlias = Callable[[int, int], object]
"""Told how many records are in the target, and how many there will be."""

VERIFY_BOTH = T("see with `campaign audit verify` which of the two is not what it was, and copy into an empty store")

VERIFY_SOURCE = T("verify the source with `campaign audit verify`")


class Copied(Struct, frozen=True):
    """What a copy came to: how many records the target holds, how many of them are new, and its tree head."""

    records: int
    new: int
    root: bytes


def copy(source: Engine, target: Engine, told: Progress = lambda _done, _of: None) -> Copied:
    """Bring TARGET, which holds nothing or the beginning of SOURCE, to where SOURCE stands now.

    Records, outcomes of commands, checkpoints, the access journal and ciphertexts of persons are taken over; who was
    erased in SOURCE is erased in TARGET.  Raises Problems (codes `copy-…`, `integrity-…`).
    """
    old, new = source._tables, target._tables  # noqa: SLF001 -- within the store
    end, start = source.head(), target.head()
    edge = Frontier()
    _compare(old, new, start, end, edge)
    told(start, end)
    for rows in portions(_rows(old, new, start, end)):
        leaves = _leaves(source, rows)
        _take_over(old, new, rows)
        _sealed(target, rows[0][0], leaves)
        edge.add_all(leaves)
        told(rows[-1][0], end)
    _outcomes(old, new, end)
    if end > start:
        new.appraise()
    _notes(old, new, end)
    _attempts(old, new)
    _persons(old, new)
    target.catch_up()
    return Copied(end, end - start, _same_head(source, target, end, edge.root()))


# --- records ---------------------------------------------------------------------------------------------------------


def _compare(old: Tables, new: Tables, start: int, end: int, edge: Frontier) -> None:
    """Compare every record that the target has with the source's, and let their leaves grow EDGE."""
    for after in range(0, min(start, end), BATCH):
        to = min(after + BATCH, start, end)
        ours, theirs = old.rows(after, to, ""), new.rows(after, to, "")
        if ours != theirs:
            differs = [one == other for one, other in zip(ours, theirs, strict=False)]
            position = after + (differs.index(False) if False in differs else len(differs)) + 1
            what = T("the target is not the beginning of the source: they differ at position {at}", at=position)
            raise _problem("copy-not-prefix", position, what, VERIFY_BOTH)
        edge.add_all([leaf(canonical(row)) for row in ours])
    if start > end:
        what = T("the target goes on after position {at}, where the source ends", at=end)
        raise _problem("copy-ahead", end + 1, what, T("copy the other way round, if the target is the one in use"))


def _rows(old: Tables, new: Tables, after: int, to: int) -> Iterator[Row]:
    """Yield the source's records in (AFTER, TO], each of which must stand where it may: positions, and versions."""
    standing = Made(new.stand)
    for start in range(after, to, CHUNK):
        found = old.rows(start, min(start + CHUNK, to), "")
        for due, row in enumerate(found, start + 1):
            standing[row[1]] += 1
            if (row[0], row[2]) != (due, standing[row[1]]):
                raise _gap(due)
            yield row
        if start + len(found) < min(start + CHUNK, to):
            raise _gap(start + len(found) + 1)


def _gap(position: int) -> Problems:
    what = T("the source has another record at position {at} than may stand there, or none", at=position)
    return _problem("integrity-order", position, what, VERIFY_SOURCE)


def _leaves(source: Engine, rows: Sequence[Row]) -> list[bytes]:
    """Return the leaves of ROWS, which are those that the source's own tree was made of, as far as it goes."""
    leaves = [leaf(canonical(row)) for row in rows]
    first = rows[0][0]
    kept = source.tree().hashes(0, first - 1, first - 1 + len(leaves))
    for position, (made, there) in enumerate(zip(leaves, kept, strict=False), first):
        if made != there:
            what = T("the record at position {at} is not the one that the source's tree was made of", at=position)
            raise _problem("integrity-tree", position, what, VERIFY_SOURCE)
    return leaves


def _take_over(old: Tables, new: Tables, rows: Sequence[Row]) -> None:
    """Write whole commands and what they came to, in one transaction."""
    outcomes = old.told(list(dict.fromkeys(row[8] for row in rows)))
    with new.writing():
        new.copy(rows)
        new.copy_outcomes(outcomes)


def _sealed(target: Engine, first: int, leaves: Sequence[bytes]) -> None:
    """Grow the target's tree by what it holds now, which must give the same LEAVES."""
    target.tree().seal()
    kept = target.tree().hashes(0, first - 1, first - 1 + len(leaves))
    for position, (made, there) in enumerate(zip_longest(leaves, kept), first):
        if made != there:
            what = T("the record at position {at} does not come back from the target as it was written", at=position)
            raise _problem("integrity-copy", position, what, VERIFY_BOTH)


def _same_head(source: Engine, target: Engine, end: int, root: bytes) -> bytes:
    """Return the tree head of the target if it is that of the source."""
    tree, kept = target.tree(), source.tree()
    size = tree.seal()
    sealed = min(kept.size, end)
    if size != end or tree.root(end) != root or tree.root(sealed) != kept.root(sealed):
        what = T("source and target hold the same records, but the tree over them is not the same")
        fix = T("make it again in both with `campaign audit checkpoint --rebuild`")
        raise _problem("integrity-copy", end, what, fix)
    return root


def _problem(code: str, position: int, message: Text, fix: Text) -> Problems:
    return Problems([Problem(code, message, fix, Place(field=f"position {position}"))])


# --- what is kept beside the records ---------------------------------------------------------------------------------


def _outcomes(old: Tables, new: Tables, end: int) -> None:
    """Take over what commands without events came to, refusals above all, and compare what is there already."""
    after = ""
    while listed := old.outcomes(after, BATCH):
        after = listed[-1].command_id
        names = [outcome.command_id for outcome in listed if outcome.last <= end]
        there = dict(_by_id(new.told(names)))
        due = [each for each in old.told(names) if there.get(each[0].command_id) != each]
        clash = next((outcome.command_id for outcome, _ in due if outcome.command_id in there), None)
        if clash is not None:
            message = T("the target remembers something else of the command {command}", command=clash)
            raise Problems([Problem("integrity-copy", message, VERIFY_BOTH, Place(field=clash))])
        if due:
            with new.writing():
                new.copy_outcomes(due)


def _by_id(told: Sequence[tuple[Outcome, str]]) -> Iterator[tuple[str, tuple[Outcome, str]]]:
    return ((each[0].command_id, each) for each in told)


def _notes(old: Tables, new: Tables, end: int) -> None:
    there = set(new.notes())
    with new.writing():
        for size, note in old.notes():
            if size <= end and (size, note) not in there:
                new.keep_note(size, note)


def _attempts(old: Tables, new: Tables) -> None:
    """Take over the access journal from where the target's ends."""
    journal, there = ([structs.replace(one, number=0) for one in each.attempts()] for each in (old, new))
    if journal[: len(there)] != there:
        what = T("the access journal of the target is not the beginning of the source's")
        raise Problems([Problem("copy-not-prefix", what, VERIFY_BOTH, Place(field="access"))])
    new.copy_attempts(journal[len(there) :])


def _persons(old: Tables, new: Tables) -> None:
    """Make the target keep of persons what the source keeps, and nothing of anybody else."""
    kept = dict(_all_persons(old))
    there = dict(_all_persons(new))
    for person, body in kept.items():
        if there.get(person) != body:
            new.put_person(person, body)
    for person in there.keys() - kept.keys():
        new.erase_person(person)


def _all_persons(tables: Tables) -> Iterator[tuple[str, bytes]]:
    after = ""
    while found := tables.persons(after, BATCH):
        yield from found
        after = found[-1][0]
