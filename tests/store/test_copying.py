"""A copy holds the same records at the same positions, whatever the stores are, and however often it was broken off."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store.kit import STORES, VERIFIED, Actors, InMemory, OnSqlite, Store, Tally, batch, finding, refusal, status, write

from campaign.problems import Problems
from campaign.store import copying, refill
from campaign.store.codec import canonical
from campaign.store.copying import Copied, copy
from campaign.store.engine import Engine
from campaign.store.log import Attempt
from campaign.store.merkle import EMPTY
from campaign.store.tree import Note

A, B = "entity:k/a", "entity:k/b"


@pytest.fixture(params=STORES)
def other(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Give a second store of each kind in turn, empty."""
    (tmp_path / "other").mkdir()
    made = STORES[request.param](tmp_path / "other")
    yield made
    made.close()


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Engine, Engine]]:
    """Give a filled store in memory and an empty one."""
    one, two = InMemory(tmp_path), InMemory(tmp_path)
    yield filled(one), two.open()
    one.close()
    two.close()


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take over a few records at a time, so that little stores show what large ones do."""
    monkeypatch.setattr(refill, "PORTION", 4)
    monkeypatch.setattr(copying, "CHUNK", 3)
    monkeypatch.setattr(copying, "BATCH", 2)


def filled(store: Store) -> Engine:
    """Return a log with everything in it that a store can hold."""
    log = store.open()
    for number in range(6):
        log.append(
            batch(f"c{number}", write(A, 2 * number, status(), VERIFIED), write(B, number, finding("瞒报"), cause=1))
        )
    log.refuse(refusal("c-refused"))
    log.append(batch("c-nothing"))
    log.append(batch("c-one", write("project:k/p", 0, status()), account="u.office"))
    log.tree().seal()
    log.tree().keep(Note(6, "a note of six"))
    log.append(batch("c-after", write(A, 12, status())))
    log.put_person("p1", b"sealed")
    log.put_person("p2", b"sealed too")
    log.note([Attempt("u.bureau", "p-eve", "raise-finding", "a", "not-permitted", "c-evil")] * 2)
    return log


def everything(log: Engine) -> dict[str, Any]:
    """Return all that a log holds."""
    tables = log._tables
    log.tree().seal()
    size = log.head()
    return {
        "rows": list(log.scan_rows()),
        "told": tables.told([outcome.command_id for outcome in log.tree().outcomes()]),
        "notes": log.tree().notes(),
        "persons": tables.persons("", 99),
        "attempts": log.attempts(),
        "views": {view: (log.checkpoint(view), log.rows(view)) for view in ("tally", "actors")},
        "root": log.tree().root(size),
    }


def code(copying_over: Callable[[], object]) -> tuple[str, str]:
    """Return the code of the one problem, and where it is."""
    with pytest.raises(Problems) as caught:
        copying_over()
    (problem,) = caught.value.problems
    assert problem.fix.template
    return problem.code, str(problem.place)


def test_a_copy_holds_all_that_the_source_holds(store: Store, other: Store) -> None:
    source, target = filled(store), other.open()
    copied = copy(source, target)
    assert everything(target) == everything(source)
    assert copied == Copied(20, 20, source.tree().root(20))


def test_the_copy_goes_on_like_the_source(store: Store, other: Store) -> None:
    source, target = filled(store), other.open()
    copy(source, target)
    for log in (source, target):
        assert log.append(batch("c2", write(A, 0))).first == 7
        assert log.append(batch("c-refused")) == refusal("c-refused")
        assert log.append(batch("c-new", write(A, 13, status()))).first == 21


def test_an_empty_store_is_copied_too(tmp_path: Path) -> None:
    assert copy(InMemory(tmp_path).open(), InMemory(tmp_path).open()) == Copied(0, 0, EMPTY)


def test_a_second_copy_brings_what_is_new_and_takes_who_was_erased(store: Store, other: Store) -> None:
    source, target = filled(store), other.open()
    copy(source, target)
    source.append(batch("c-later", write(B, 6, status())))
    source.refuse(refusal("c-also-refused"))
    source.erase_person("p1")
    source.put_person("p2", b"sealed anew")
    source.note([Attempt("u.bureau", "p-eve", "raise-finding", "a", "not-permitted", "c-worse")])
    source.tree().keep(Note(6, "cosigned"))
    assert msgspec.structs.replace(copy(source, target), root=b"") == Copied(21, 1, b"")
    assert target.person("p1") is None
    assert everything(target) == everything(source)


def test_a_copy_of_a_source_that_grows_holds_what_was_there_when_it_began(pair: tuple[Engine, Engine]) -> None:
    source, target = pair

    def meanwhile(done: int, of: int) -> None:
        source.append(batch(f"m{done}", write(A, source.version(A), status())))
        source.tree().seal()
        source.tree().keep(Note(source.head(), f"note {done} of {of}"))

    assert copy(source, target, meanwhile).records == target.head() == 20
    assert [note.size for note in target.tree().notes()] == [6]
    assert target.outcome("m0", "digest of m0") is None
    copy(source, target)
    assert everything(target) == everything(source)


class Killed(Exception):  # noqa: N818 -- what happened
    """The copy was broken off."""


def break_off(source: Engine, target: Engine, steps: int) -> list[tuple[int, int]]:
    """Copy until something was told more than STEPS times; return what was told."""
    seen: list[tuple[int, int]] = []

    def told(done: int, of: int) -> None:
        seen.append((done, of))
        if len(seen) > steps:
            raise Killed

    with pytest.raises(Killed):
        copy(source, target, told)
    return seen


@pytest.mark.parametrize("steps", range(5))
def test_a_copy_broken_off_anywhere_goes_on(pair: tuple[Engine, Engine], steps: int) -> None:
    source, target = pair
    seen = break_off(source, target, steps)
    assert seen == [(0, 20), (6, 20), (12, 20), (18, 20), (20, 20)][: steps + 1]
    assert target.head() == seen[-1][0]
    assert all(target.outcome(row[8], f"digest of {row[8]}") for row in target.scan_rows())
    assert copy(source, target).new == 20 - seen[-1][0]
    assert everything(target) == everything(source)


def test_a_copy_broken_off_goes_on_between_any_two_stores(store: Store, other: Store) -> None:
    source, target = filled(store), other.open()
    break_off(source, target, 2)
    assert copy(source, other.open()).new == 8
    assert everything(other.open()) == everything(source)


def test_a_target_that_is_not_the_beginning_is_left_as_it_is(store: Store, other: Store) -> None:
    source, target = filled(store), other.open()
    target.append(batch("c0", write(A, 0, status(), VERIFIED), actor="wang.wu"))
    before = everything(target)
    assert code(lambda: copy(source, target)) == ("copy-not-prefix", "position 1")
    assert everything(target) == before


@pytest.mark.parametrize("column", range(3, 12))
def test_no_column_of_the_beginning_may_differ(pair: tuple[Engine, Engine], column: int) -> None:
    source, target = pair
    copy(source, target)
    row = list(target._tables._kept.events[4])  # type: ignore[attr-defined] # a log in memory
    row[column] = {9: 4, 11: b'{"a":1}'}.get(column, "other")
    target._tables._kept.events[4] = tuple(row)  # type: ignore[attr-defined] # likewise
    assert code(lambda: copy(source, target)) == ("copy-not-prefix", "position 5")


def test_a_target_that_is_ahead_is_left_as_it_is(pair: tuple[Engine, Engine]) -> None:
    source, target = pair
    copy(source, target)
    target.append(batch("c-new", write(A, 13, status())))
    assert code(lambda: copy(source, target)) == ("copy-ahead", "position 21")
    assert target.head() == 21


def test_a_command_that_came_to_something_else_in_the_target_is_told(pair: tuple[Engine, Engine]) -> None:
    source, target = pair
    target.refuse(msgspec.structs.replace(refusal("c-refused"), result=b"otherwise"))
    assert code(lambda: copy(source, target)) == ("integrity-copy", "c-refused")


def test_an_access_journal_that_goes_another_way_is_told(pair: tuple[Engine, Engine]) -> None:
    source, target = pair
    target.note([Attempt("u.other", "p-eve", "raise-finding", "a", "not-permitted", "c-evil")])
    assert code(lambda: copy(source, target)) == ("copy-not-prefix", "access")
    assert len(target.attempts()) == 1


def test_a_tree_of_the_target_that_is_not_over_its_records_is_told(pair: tuple[Engine, Engine]) -> None:
    source, target = pair
    copy(source, target)
    target._tables._kept.tree[4][0] = bytes(32)  # type: ignore[attr-defined] # a log in memory
    assert code(lambda: copy(source, target)) == ("integrity-copy", "position 20")


def test_a_target_that_gives_back_other_records_than_it_was_given_is_told(pair: tuple[Engine, Engine]) -> None:
    source, target = pair
    target._tables.keep_hashes(0, 0, [bytes(32)])
    assert code(lambda: copy(source, target)) == ("integrity-copy", "position 1")


def test_a_source_whose_records_are_not_those_of_its_tree_is_not_copied_on(pair: tuple[Engine, Engine]) -> None:
    source, target = pair
    row = list(source._tables._kept.events[7])  # type: ignore[attr-defined] # a log in memory
    row[6] = "somebody.else"
    source._tables._kept.events[7] = tuple(row)  # type: ignore[attr-defined] # likewise
    assert code(lambda: copy(source, target)) == ("integrity-tree", "position 8")
    assert target.head() == 6


@pytest.mark.parametrize(("column", "value"), [(0, 9), (2, 9)])
def test_a_source_with_a_record_out_of_place_is_not_copied_on(
    pair: tuple[Engine, Engine], column: int, value: int
) -> None:
    source, target = pair
    row = list(source._tables._kept.events[7])  # type: ignore[attr-defined] # a log in memory
    row[column] = value
    source._tables._kept.events[7] = tuple(row)  # type: ignore[attr-defined] # likewise
    assert code(lambda: copy(source, target)) == ("integrity-order", "position 8")
    assert target.head() == 6


def test_a_source_with_a_gap_is_not_copied_on(sqlite: OnSqlite, tmp_path: Path) -> None:
    source, target = filled(sqlite), InMemory(tmp_path).open()
    source._tables._connection.executescript("DROP TRIGGER events_no_delete; DELETE FROM events WHERE position = 14")  # type: ignore[attr-defined] # SQLite's
    assert code(lambda: copy(source, target)) == ("integrity-order", "position 14")
    source._tables._connection.execute("DELETE FROM events WHERE position = 15")  # type: ignore[attr-defined] # SQLite's
    assert code(lambda: copy(source, target)) == ("integrity-order", "position 14")


# --- any history -----------------------------------------------------------------------------------------------------

histories = st.lists(
    st.tuples(st.sampled_from([A, B, "project:k/p"]), st.integers(0, 7), st.sampled_from(["", "", "u.bureau"])),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(history=histories, broken_at=st.integers(0, 5))
def test_any_history_is_copied_whatever_happens(history: list[Any], broken_at: int) -> None:
    source, target = InMemory(Path()).open([Tally(), Actors()]), InMemory(Path()).open([Tally(), Actors()])
    for number, (stream, size, account) in enumerate(history):
        if size > 6:
            source.refuse(refusal(f"c{number}"))
        else:
            made = batch(f"c{number}", write(stream, source.version(stream), *[status()] * size), account=account)
            source.append(made)
        if number == broken_at:
            copy(source, target)
    copy(source, target)
    assert list(map(canonical, target.scan_rows())) == list(map(canonical, source.scan_rows()))
    assert everything(target) == everything(source)
