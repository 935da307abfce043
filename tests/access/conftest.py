from collections.abc import Iterator
from pathlib import Path

import pytest
from access.logins import Office
from store.cluster import quick
from store.kit import STORES, Store


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Give each kind of store in turn, empty."""
    made = STORES[request.param](tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Give a database with its logins, one for all tests of a file."""
    made = Office(quick(), tmp_path_factory.mktemp("office"))
    yield made
    made.close()
