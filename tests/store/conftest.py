from collections.abc import Iterator
from pathlib import Path

import pytest
from store.kit import STORES, OnSqlite, Store


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Give each kind of store in turn, empty."""
    made = STORES[request.param](tmp_path)
    yield made
    made.close()


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[OnSqlite]:
    """Give an SQLite store, empty."""
    made = OnSqlite(tmp_path)
    yield made
    made.close()
