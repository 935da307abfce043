"""What a store says of itself, the same on every store."""

import re

import pytest
from store.kit import STORES, OnPostgres, OnSqlite, Store, batch, refusal, status, write

from campaign.store import sqlite as module
from campaign.store.log import Size
from campaign.store.tree import Note

ENGINES = {"memory": r"memory", "sqlite": r"SQLite 3\.\d+\.\d+", "postgres": r"PostgreSQL \d+\.\d+"}
TABLES = ["access", "checkpoints", "commands", "events", "persons", "streams", "tree", "view_positions", "views"]


def test_a_store_names_its_engine_schema_and_size(store: Store) -> None:
    about = store.open().about()
    (kind,) = [name for name, made in STORES.items() if type(store) is made]
    assert re.fullmatch(ENGINES[kind], about.engine)
    assert about.schema > 0
    assert (about.size > 0) == (kind != "memory")
    assert not about.standby


def test_a_store_counts_the_rows_of_each_table(store: Store) -> None:
    log = store.open()
    log.append(batch("c1", write("entity:k/a", 0, status(), status()), write("entity:k/b", 0, status())))
    log.refuse(refusal("c2"))
    log.put_person("p1", b"sealed")
    log.tree().seal()
    log.tree().keep(Note(3, "note"))
    rows = {size.table: size.rows for size in log.sizes()}
    assert set(TABLES) <= rows.keys()
    assert {name: rows[name] for name in TABLES} == {
        "access": 0,
        "checkpoints": 1,
        "commands": 2,
        "events": 3,
        "persons": 1,
        "streams": 2,
        "tree": 4,
        "view_positions": 2,
        "views": 3,
    }


@pytest.mark.parametrize("kind", [OnSqlite, OnPostgres])
def test_a_table_that_grows_takes_more_bytes(kind: type[Store], tmp_path_factory: pytest.TempPathFactory) -> None:
    store = kind(tmp_path_factory.mktemp("grows"))  # type: ignore[call-arg] # each kind takes a directory
    log = store.open()
    before = taken(log.sizes())
    log.append(batch("c1", write("entity:k/a", 0, *[status("x" * 999)] * 100)))
    assert taken(log.sizes()) > before + 100_000 / 2
    store.close()


def taken(sizes: list[Size]) -> int:
    (events,) = [size.bytes for size in sizes if size.table == "events"]
    assert events is not None
    return events


def test_an_sqlite_that_cannot_tell_bytes_still_counts(sqlite: OnSqlite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TABLE_BYTES", "SELECT * FROM dbstat_that_was_not_built_in")
    assert {size.bytes for size in sqlite.open().sizes()} == {None}
