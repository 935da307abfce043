"""What a store holds, whatever it stands on: how far it goes, how far the read models lag, what vouches for it."""

from datetime import datetime

import msgspec

from campaign import __version__
from campaign.app.session import Session
from campaign.domain.events import TOPICS
from campaign.store.log import Size


class Fold(msgspec.Struct, frozen=True):
    """A read model: up to which position it is folded, and how many events it lacks."""

    view: str
    position: int
    lag: int


class Holding(msgspec.Struct, frozen=True):
    """What a store holds, and in which versions.

    engine: the program that keeps it.  schema: of its tables.  topics: that this program knows.  size: bytes in all.
    sealed: the records in the tree.  checkpoint: up to which position the last one vouches, 0 for none.  standby: a
    replica.
    """

    engine: str
    standby: bool
    program: str
    schema: int
    topics: int
    size: int
    position: int
    recorded_at: datetime | None
    campaigns: tuple[str, ...]
    entities: int
    projects: int
    sealed: int
    checkpoint: int
    folds: tuple[Fold, ...]
    tables: tuple[Size, ...]


def holding(session: Session) -> Holding:
    """Look at the store of SESSION."""
    log = session.log
    about, head, tree = log.about(), log.head(), log.tree()
    standing = {view: log.checkpoint(view) for view in ("campaign", "entity", "project")}
    return Holding(
        engine=about.engine,
        standby=about.standby,
        program=__version__,
        schema=about.schema,
        topics=len(TOPICS),
        size=about.size,
        position=head,
        recorded_at=log.last_recorded_at(),
        campaigns=tuple(name.partition(":")[2] for name in log.streams("campaign:")),
        entities=len(log.streams("entity:")),
        projects=len(log.streams("project:")),
        sealed=tree.size,
        checkpoint=max((note.size for note in tree.notes()), default=0),
        folds=tuple(Fold(view, position, head - position) for view, position in standing.items()),
        tables=tuple(log.sizes()),
    )
