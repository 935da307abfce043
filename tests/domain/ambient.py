"""The ambient decimal context is nobody's to rely on: in these rooms it spoils whatever is computed in it."""

import decimal
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def spoilt_context() -> Iterator[None]:
    """Round everything up to two digits, but for what names a context of its own."""
    with decimal.localcontext(decimal.Context(prec=2, rounding=decimal.ROUND_UP)):
        yield
