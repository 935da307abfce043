"""Opening a store: settings in, a session out."""

import os
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from campaign.app.stores import absent
from campaign.domain.commands import Command, stream_of
from campaign.domain.definition import Definition, from_canonical
from campaign.domain.state import CampaignState, Context, EntityState, ProjectState
from campaign.problems import Place, Problem, Problems, T, nearest
from campaign.store.dsn import is_dsn
from campaign.store.log import Log, Look

MEMORY = ":memory:"
FEW = 64
"""So many entities are read one by one; of more, all are read at once."""


class Settings(msgspec.Struct, frozen=True):
    """What the outside may choose.

    store: a path, `postgresql://…`, or `:memory:`.  campaign: the key, "" when the store holds one.  at: a chosen
    instant, for rehearsals only.  several: what is asked is about the log, and no campaign of several need be named.
    """

    store: str = "campaign.db"
    campaign: str = ""
    at: datetime | None = None
    several: bool = False


def now() -> datetime:
    """Read the one clock."""
    return datetime.now(UTC)


def new_id() -> str:
    """Make a command id: time-ordered, so that ids sort as they were given."""
    return f"c-{datetime.now(UTC):%Y%m%d%H%M%S%f}-{os.urandom(4).hex()}"


@lru_cache(maxsize=8)
def read_definition(text: str) -> Definition | None:
    """Read an adopted definition's text once; "" means that none was adopted."""
    return from_canonical(text) if text else None


def _context(state: CampaignState) -> Context:
    return Context(read_definition(state.definition), state)


class Session:
    """One store and one campaign in it, with the clock that this campaign runs by."""

    def __init__(self, log: Log, settings: Settings, clock: Callable[[], datetime] = now) -> None:
        """Wire LOG; the store's own clock is set by open_session."""
        self.log = log
        self.settings = settings
        self.clock = clock
        self.key = settings.campaign or only_campaign(log, several=settings.several)
        self._rehearsals: dict[str, bool] = {}
        self.unwritable: Problems | None = None
        """Why the store, which was to be written, could be opened for reading only."""

    @property
    def stream(self) -> str:
        """The campaign's own stream."""
        return f"campaign:{self.key}"

    def campaign(self) -> CampaignState:
        """Return the campaign's own facts."""
        row: CampaignState | None = self.log.row("campaign", self.key)
        if row is not None:
            self._rehearsals[self.key] = row.rehearsal
        return row or CampaignState()

    def rehearses(self) -> bool:
        """Whether the clock of this campaign is simulated: asked once, for that never changes once it is open."""
        if self.key and self.key not in self._rehearsals:
            self.campaign()
        return self._rehearsals.get(self.key, False)

    def context(self) -> Context:
        """Return what every decision may look at."""
        return _context(self.campaign())

    def contexts(self) -> list[Context]:
        """Return that of the campaign, or those of all in the store where none is named."""
        return [self.context()] if self.key else [_context(state) for state in self.log.rows("campaign").values()]

    def entities(self) -> dict[str, EntityState]:
        """Return every entity's state by id, in order of id."""
        return self._rows("entity")

    def entity(self, name: str) -> EntityState | None:
        """Return one entity's state, None for one that is not enrolled."""
        state: EntityState | None = self.log.row("entity", f"{self.key}/{name}")
        return state

    def chosen(self, names: Iterable[str]) -> dict[str, EntityState]:
        """Return the states of those among NAMES that are enrolled: read one by one where they are few."""
        listed = list(names)
        if len(listed) > FEW:
            states = self.entities()
            return {name: states[name] for name in listed if name in states}
        return {name: state for name in listed if (state := self.entity(name))}

    def entity_ids(self) -> list[str]:
        """Return the id of every entity, without its state."""
        prefix = f"entity:{self.key}/"
        return [stream.removeprefix(prefix) for stream in self.log.streams(prefix)]

    def projects(self) -> dict[str, ProjectState]:
        """Return every project's state by id, in order of id."""
        return self._rows("project")

    def _rows(self, view: str) -> dict[str, Any]:
        prefix = f"{self.key}/"
        return {key.removeprefix(prefix): row for key, row in self.log.rows(view, prefix).items()}

    def zone(self, definition: Definition | None = None) -> ZoneInfo:
        """Return the campaign's own time zone, UTC before a definition is adopted."""
        if definition is None:
            definition = self.context().definition
        return ZoneInfo(definition.campaign.time_zone if definition else "UTC")

    def today(self, definition: Definition | None = None) -> date:
        """Return the day of this campaign's clock in its own time zone."""
        return self.day_of(self.instant(), definition)

    def day_of(self, instant: datetime, definition: Definition | None = None) -> date:
        """Return the day of an instant in this campaign's own time zone."""
        return instant.astimezone(self.zone(definition)).date()

    def instant(self) -> datetime:
        """Return the instant of this campaign's clock; a rehearsal stands still at its last record."""
        if self.settings.at is not None:
            return self.settings.at
        return (self.log.last_recorded_at() if self.rehearses() else None) or self.clock()

    def close(self) -> None:
        """Let go of the store."""
        self.log.close()


def look(session: Session, commands: Sequence[Command], command_id: str) -> Look:
    """Say what deciding COMMANDS begins with, so that a store far away is asked once for all of it."""
    streams = dict.fromkeys([session.stream, *(stream_of(command, session.key) for command in commands)])
    rows = [(kind, row) for kind, _, row in (name.partition(":") for name in streams)]
    return Look(command_id, tuple(streams), tuple(rows))


def only_campaign(log: Log, *, several: bool = False) -> str:
    """Return the key of the only campaign in LOG, "" for none; of several one must be named, unless SEVERAL may be."""
    keys = _keys(log)
    if len(keys) > 1 and several:
        return ""
    if len(keys) > 1:
        message = T("the store holds several campaigns: {keys}", keys=", ".join(keys))
        raise Problems([Problem("campaign-not-named", message, T("name one with --campaign"), Place(field="campaign"))])
    return keys[0] if keys else ""


def _keys(log: Log) -> list[str]:
    return [stream.removeprefix("campaign:") for stream in log.streams("campaign:")]


class _SessionClock:
    """The store's clock, which asks the session once that exists: a rehearsal has a time of its own."""

    def __init__(self) -> None:
        self.session: Session | None = None

    def __call__(self) -> datetime:
        return self.session.instant() if self.session else now()

    def chosen(self) -> datetime | None:
        """Return the instant of a rehearsal; None leaves it to the server, whose clock is one for all offices."""
        session = self.session
        if session is None:
            return None
        return session.instant() if session.settings.at is not None or session.rehearses() else None


def open_session(settings: Settings, *, write: bool = False, create: bool = False) -> Session:
    """Open the store that SETTINGS name.

    Raises Problems: `store-missing` unless CREATE, and what the store itself has to say; `clock-not-yours` for a chosen
    instant outside a rehearsal.
    """
    clock = _SessionClock()
    unwritable: Problems | None = None
    try:
        log = _log(settings, clock, write=write, create=create)
    except Problems as found:
        if not write or not _only_readable(settings, found):
            raise
        log, unwritable = _log(settings, clock, write=False, create=False), found
    session = Session(log, settings)
    clock.session, session.unwritable = session, unwritable
    if settings.at is not None and session.campaign().version and not session.campaign().rehearsal:
        session.close()
        message = T("only a rehearsal may choose its time")
        raise Problems([Problem("clock-not-yours", message, T("leave out --at"), Place(field="at"))])
    return session


def must_be_there(session: Session) -> None:
    """Raise Problems (`unknown-campaign`) unless the store holds the campaign: else every list of it would be empty."""
    if session.log.version(session.stream) == 0:
        known = _keys(session.log)
        fix = nearest(session.key, known) if known else T("open it with `campaign apply`")
        message = T("there is no campaign {key} in the store", key=session.key)
        raise Problems([Problem("unknown-campaign", message, fix, Place(field="campaign"))])


def _only_readable(settings: Settings, found: Problems) -> bool:
    """Whether a store that cannot be opened for writing is worth opening for reading: to say who may not ask."""
    there = not is_dsn(settings.store) and os.access(settings.store, os.R_OK)
    return there and found.problems[0].code in {"store-read-only", "store-missing"}


def open_shared(settings: Settings) -> Session:
    """Open the store that SETTINGS name for the threads of a program, which commit in groups; it must be there.

    Raises Problems: `store-not-shared` for one in memory, and what the store itself has to say.
    """
    clock = _SessionClock()
    session = Session(_shared_log(settings, clock), settings)
    clock.session = session
    return session


def _shared_log(settings: Settings, clock: _SessionClock) -> Log:
    from campaign.readmodels.views import ALL

    if settings.store == MEMORY:
        message = T("a store in memory cannot be shared by several threads")
        raise Problems([Problem("store-not-shared", message, T("name a file or a database with --store"))])
    if is_dsn(settings.store):
        from campaign.store.postgres_shared import SharedPostgresLog

        return SharedPostgresLog(settings.store, ALL, clock.chosen)
    from campaign.store.queue import SharedLog
    from campaign.store.sqlite import shared_tables

    return SharedLog(partial(shared_tables, Path(settings.store)), ALL, clock)


def _log(settings: Settings, clock: _SessionClock, *, write: bool, create: bool) -> Log:
    from campaign.readmodels.views import ALL

    if settings.store == MEMORY:
        from campaign.store.memory import MemoryLog

        return MemoryLog(ALL, clock)
    if is_dsn(settings.store):
        from campaign.store.postgres import PostgresLog

        return PostgresLog(settings.store, ALL, clock.chosen, read_only=not write)
    if not create and not Path(settings.store).exists():
        raise Problems([absent(settings.store)])
    from campaign.store.sqlite import SqliteLog

    return SqliteLog(settings.store, ALL, clock, read_only=not write)
