"""A campaign that has just entered its third month, for files to be handed in to."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from campaign.app.adopt import apply
from campaign.app.handle import Who, handle
from campaign.app.inputs import entities
from campaign.app.session import Session, Settings, open_session
from campaign.domain.commands import SubmitReport
from campaign.domain.events import Figure

CONFIG = Path(__file__).parents[3] / "config"
OPENED = datetime(2005, 8, 16, 1, 0, tzinfo=UTC)
LATER = datetime(2005, 10, 6, 1, 0, tzinfo=UTC)
OFFICE = Who("p-office-1")


def opened() -> Session:
    """Return a session in memory over the shipped campaign with its roster enrolled, on 6 October."""
    session = open_session(Settings(":memory:", at=OPENED), write=True, create=True)
    assert apply(session, CONFIG, Who("p-wei-lichang"), rehearsal=True).refusal is None
    definition = session.context().definition
    assert definition is not None
    assert handle(session, entities(CONFIG / "entities.csv", definition), OFFICE).refusal is None
    session.settings = Settings(":memory:", at=LATER)
    return session


@pytest.fixture(scope="session")
def campaign() -> Iterator[Session]:
    """Return a campaign that no test of this folder manages to write to; one figure is known from before."""
    session = opened()
    earlier = (
        Figure(indicator="output", value=Decimal("30.0"), unit="亿元", scope="provincial"),
        Figure(indicator="load_rate", value=Decimal("82.5"), unit="%", scope="provincial"),
    )
    known = SubmitReport("220200", "w", "weekly_report", "2005-W38", earlier)
    assert handle(session, [known], OFFICE).refusal is None
    yield session
    session.close()


@pytest.fixture
def empty() -> Iterator[Session]:
    """Return a campaign to write to."""
    session = opened()
    yield session
    session.close()
