from collections.abc import Iterator
from pathlib import Path

import pytest
from store.kit import STORES, Store


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Give each kind of store in turn, empty."""
    made = STORES[request.param](tmp_path)
    yield made
    made.close()
