from collections.abc import Iterator

import pytest
from faults.nursery import Nursery, opened


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Give the process that starts processes."""
    with opened() as made:
        yield made
