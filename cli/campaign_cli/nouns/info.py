"""store info: what the store holds."""

from typing import TYPE_CHECKING

import msgspec

from campaign.problems import T
from campaign_cli.call import current
from campaign_cli.commands import verb
from campaign_cli.marks import clock, present
from campaign_cli.output import Column, Sheet, Table

if TYPE_CHECKING:
    from campaign.app.holding import Holding
    from campaign.app.session import Session

FOLDS = (
    Column("view", T("read model")),
    Column("position", T("folded up to"), right=True),
    Column("lag", T("events behind"), right=True),
)
TABLES = (
    Column("table", T("table")),
    Column("rows", T("rows"), right=True),
    Column("bytes", T("bytes"), right=True),
)


@verb(
    example="campaign store info --store campaign.db",
    more=(T("The fields are the same for a file and for a database. Rows are counted: a large store takes a while."),),
)
def info() -> None:
    """Show what the store holds."""
    from campaign.app.holding import holding
    from campaign.app.stores import shown

    call = current()
    session = call.session(several=True)
    held = holding(session)
    tables = (
        Table("views", FOLDS, [msgspec.structs.asdict(fold) for fold in held.folds]),
        Table("tables", TABLES, [msgspec.structs.asdict(size) for size in held.tables]),
    )
    present(call, session, Sheet("store", _fields(shown(call.store), session, held), tables))


def _fields(store: str, session: "Session", held: "Holding") -> tuple[tuple[Column, object], ...]:
    last = held.recorded_at
    return (
        (Column("store", T("store")), store),
        (Column("engine", T("kept by")), held.engine),
        (Column("standby", T("replica, for reading only")), held.standby),
        (Column("program", T("version of the program")), held.program),
        (Column("schema_version", T("schema of the tables")), held.schema),
        (Column("topics", T("kinds of events known")), held.topics),
        (Column("size_bytes", T("size in bytes")), held.size),
        (Column("position", T("last position")), held.position),
        (Column("recorded_at", T("last recorded at")), clock(session)(last) if last else None),
        (Column("sealed", T("sealed up to")), held.sealed),
        (Column("checkpoint", T("last checkpoint, at size")), held.checkpoint or None),
        (Column("campaigns", T("campaigns")), list(held.campaigns)),
        (Column("entity_count", T("entities")), held.entities),
        (Column("project_count", T("projects")), held.projects),
    )
