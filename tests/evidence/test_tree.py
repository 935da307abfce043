"""The kept tree: the same on every kind of store, grown in any steps, made again from the log alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from store.kit import OPENED, STORES, Store, batch, finding, write

from campaign.problems import Problems
from campaign.store import merkle
from campaign.store.codec import canonical, canonicals
from campaign.store.engine import Engine
from campaign.store.refill import fill, row_of
from campaign.store.tree import Note
from campaign.verifier import roots_of

E1, E2 = "entity:jl2005/a", "entity:jl2005/b"


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made = STORES[request.param](tmp_path)
    yield made
    made.close()


def grown(log: Engine, count: int) -> None:
    for number in range(log.head(), log.head() + count):
        stream = (E1, E2)[number % 2]
        expected = log.version(stream)
        event = finding(f"statement {number}") if expected else OPENED
        log.append(batch(f"c{number}", write(stream, expected, event)))


def leaves(log: Engine) -> list[bytes]:
    return [merkle.leaf(canonical(row)) for row in log.scan_rows()]


def test_the_tree_grows_to_the_head_and_no_further(store: Store) -> None:
    log = store.open()
    assert log.tree().seal() == 0
    assert log.tree().root(0) == merkle.EMPTY
    for step in (1, 4, 0, 7):
        grown(log, step)
        assert log.tree().seal() == log.head() == log.tree().size
        assert log.tree().root(log.head()) == roots_of(leaves(log), [log.head()])[log.head()]


def test_the_tree_made_again_is_the_same(store: Store) -> None:
    log = store.open()
    grown(log, 11)
    log.tree().seal()
    kept = [log.tree().hashes(level, 0, 20) for level in range(4)]
    assert log.tree().rebuild() == 11
    assert [log.tree().hashes(level, 0, 20) for level in range(4)] == kept


def test_kept_hashes_come_in_one_piece_too(store: Store) -> None:
    log = store.open()
    grown(log, 11)
    log.tree().seal()
    for level, first, stop in ((0, 0, 11), (0, 3, 5), (1, 0, 20), (2, 1, 2), (5, 0, 1)):
        assert log.tree().joined(level, first, stop) == b"".join(log.tree().hashes(level, first, stop))


@pytest.mark.parametrize("account", ["", "os:eve", "令"])
@pytest.mark.parametrize("body", [b"{}", b'{"a":"\\u0041"}', b"", b"no JSON \xff"])
@pytest.mark.parametrize("cause", [None, 7])
def test_the_bytes_of_many_records_are_those_of_each(account: str, body: bytes, cause: int | None) -> None:
    row = (9, 'entity:"x"', 2, "t.v1", "2005-08-17T00:00:00.000000Z", "2005-08-17", "p", "r", "c", cause, account, body)
    assert list(canonicals([row, row])) == [canonical(row)] * 2


def test_a_kept_checkpoint_stays_and_is_there_once(store: Store) -> None:
    log = store.open()
    for note in (Note(1, "a"), Note(1, "b"), Note(1, "a")):
        log.tree().keep(note)
    assert store.open().tree().notes() == [Note(1, "a"), Note(1, "b")]


def test_a_read_only_store_grows_no_tree(store: Store) -> None:
    grown(store.open(), 2)
    log = store.open(read_only=True)
    for change in (log.tree().seal, log.tree().rebuild, lambda: log.tree().keep(Note(1, "a"))):
        with pytest.raises(Problems, match="store-read-only"):
            change()


def test_a_hash_that_is_not_there_is_named(store: Store) -> None:
    log = store.open()
    grown(log, 3)
    with pytest.raises(Problems, match=r"integrity-tree.*level 0, place 0"):
        log.tree().root(1)


def test_raw_records_are_the_records(store: Store) -> None:
    log = store.open()
    grown(log, 5)
    assert [row for rows in log.tree().raw() for row in rows] == list(log.scan_rows())
    assert [outcome.command_id for outcome in log.tree().outcomes()] == [f"c{number}" for number in range(5)]


def test_a_store_filled_with_the_lines_of_another_has_the_same_tree(store: Store, tmp_path: Path) -> None:
    log = store.open()
    grown(log, 9)
    log.tree().seal()
    lines = [canonical(row) for row in log.scan_rows()]
    for kind in STORES.values():
        (tmp_path / kind.__name__).mkdir()
        other = kind(tmp_path / kind.__name__)
        filled = other.open()
        assert fill(filled, map(row_of, lines), log.tree().outcomes()) == 9
        assert filled.tree().root(9) == log.tree().root(9)
        assert filled.rows("tally") == log.rows("tally")
        assert filled.outcome("c3", "digest of c3") == log.outcome("c3", "digest of c3")
        other.close()


def test_a_line_of_another_form_is_refused() -> None:
    line = b'["other.v1",1,"s:k",1,"t.v1","i","d","a","r","c",null,{}]'
    with pytest.raises(ValueError, match=r"campaign-record\.v1"):
        row_of(line)
