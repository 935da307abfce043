"""Opening the real stores by name, with a clock that every process sets as it likes."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from simulation.wishes import KEY

from campaign.app.session import Session, Settings
from campaign.readmodels.views import ALL
from campaign.store.dsn import is_dsn
from campaign.store.engine import Engine
from campaign.store.log import Clock, View
from campaign.store.sqlite import SqliteLog

AHEAD = datetime(2031, 3, 20, tzinfo=UTC) - datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
"""From today to the time of the campaign that the tests play."""


def clock(off_seconds: int) -> Callable[[], datetime]:
    """Return a clock in the campaign's time that is off by some seconds."""
    off = AHEAD + timedelta(seconds=off_seconds)
    return lambda: datetime.now(UTC) + off


def open_log(store: str, at: Clock, views: Sequence[View] = ALL, *, read_only: bool = False) -> Engine:
    """Open the log of STORE, a path or an address."""
    if is_dsn(store):
        from campaign.store.postgres import PostgresLog  # noqa: PLC0415 -- an extra

        return PostgresLog(store, views, at, read_only=read_only)
    return SqliteLog(Path(store), views, at, read_only=read_only, create=False)


def open_session(store: str, at: Callable[[], datetime]) -> Session:
    """Open a session as an office has it."""
    return Session(open_log(store, at), Settings(store, campaign=KEY), at)
