"""store copy, backup, restore: the log moved to another store, into a file, and back."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from campaign.problems import T
from campaign_cli.bar import progress
from campaign_cli.call import Argument, Call, current
from campaign_cli.commands import verb
from campaign_cli.output import Column, Sheet, give

if TYPE_CHECKING:
    from campaign.app.moving import Moved

FILE = click.Path(path_type=Path)
STORE = Column("store", T("store"))
RECORDS = Column("records", T("records"), right=True)
NEW = Column("new", T("of which new"), right=True)
TREE_HEAD = Column("tree_head", T("tree head"))


@verb(
    Argument("source", text=T("the store to copy: a file or an address")),
    Argument("target", text=T("where to: a file, which may be new, or an address")),
    example="campaign store copy campaign.db postgresql://owner@db.example/campaign?sslmode=verify-full",
    more=(
        T("Positions, instants, accounts, outcomes, checkpoints and tree head are the same afterwards, and compared."),
        T("Broken off, it goes on when given again. A target that is not the beginning of the source is left alone."),
        T("The keys of persons and of the log lie outside the store and are not copied."),
    ),
)
def copy(source: str, target: str) -> None:
    """Bring a store to where another stands."""
    from campaign.app import moving
    from campaign.app.stores import shown

    call = current()
    names = {"target": shown(target), "source": shown(source)}
    if call.only_says(T("{target} would be brought to where {source} stands", **names)):
        return
    call.store = target  # where it is noted that this may not be written
    with progress(call) as told:
        made = moving.copy(source, target, told or moving.silent)
    fields = ((STORE, names["target"]), (RECORDS, made.records), (NEW, made.new), (TREE_HEAD, made.root.hex()))
    give(call, Sheet("copied", fields))


@verb(
    Argument("file", text=T("the file to write"), type=FILE),
    example="campaign store backup backups/2005-10-08.db",
    more=(
        T("Others may write meanwhile. The file is a store itself; it is verified before it gets its name."),
        T("The keys of persons are not part of it: whoever is erased must not come back with a backup."),
    ),
)
def backup(file: Path) -> None:
    """Write the store, as it stands, into one file."""
    from campaign.app import moving

    call = current()
    if not call.only_says(T("{path} would be written", path=file)):
        with progress(call) as told:
            _give(call, moving.backup(call.store, file, told or moving.silent))


@verb(
    Argument("source", text=T("a backup, or a folder made by log export"), type=FILE),
    example="campaign store restore backups/2005-10-08.db --store restored.db",
    more=(
        T("The new store is verified whole, read models included, before it gets its name."),
        T("Particulars of persons are part of a backup, not of an export; their keys are part of neither."),
    ),
)
def restore(source: Path) -> None:
    """Make a new store; --store names it."""
    from campaign.app import moving
    from campaign.app.stores import shown

    call = current()
    if not call.only_says(T("{path} would be made", path=shown(call.store))):
        with progress(call) as told:
            _give(call, moving.restore(source, call.store, told or moving.silent))


def _give(call: Call, made: "Moved") -> None:
    give(call, Sheet("moved", ((STORE, made.store), (RECORDS, made.records), (TREE_HEAD, made.root.hex()))))
