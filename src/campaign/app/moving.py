"""Moving the log: copied from store to store, backed up while it is written to, restored; good only once verified."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec

from campaign import verifier
from campaign.app import export
from campaign.app.access import whole
from campaign.app.audit import verify
from campaign.app.journal import Noted, note_outside
from campaign.app.session import MEMORY, Session, Settings, now
from campaign.app.stores import absent, present, shown
from campaign.problems import Place, Problem, Problems, T
from campaign.readmodels.views import ALL
from campaign.store import copying
from campaign.store.backup import appearing, duplicate, snapshot
from campaign.store.copying import Copied, Progress
from campaign.store.dsn import is_dsn
from campaign.store.engine import Engine
from campaign.store.sqlite import SqliteLog


class Moved(msgspec.Struct, frozen=True):
    """A backup, or a restored store: where it is, how many records it holds, and its tree head."""

    store: str
    records: int
    root: bytes


def silent(done: int, of: int) -> None:
    """Tell nobody how far a copy is."""


def copy(source: str, target: str, told: Progress = silent) -> Copied:
    """Bring TARGET, a file that may not be there yet or a database, to where SOURCE stands.

    A new file is written beside its name, as TARGET.copying, and gets its name when all of it is there; broken off, the
    copy goes on from there.  Raises Problems: what `store.copying.copy` says, `copy-same-store`, and `store-…`.
    """
    if _same(source, target):
        message = T("source and target are the same store")
        raise Problems([Problem("copy-same-store", message, T("name another target"), Place(field="TARGET"))])
    with closing(_opened(source)) as old:
        _entire(old, source, "store.copy")
        if target == MEMORY or present(target):
            with closing(_opened(target, write=True)) as new:
                return copying.copy(old, new, told)
        with appearing(Path(target), draft=Path(f"{target}.copying")) as draft:
            return _into(old, draft, told)


def _entire(old: Engine, store: str, command: str) -> None:
    """Object to a login from which STORE hides anything, and note it there. Raises Problems (code `not-permitted`)."""
    try:
        whole(old, beside=True)
    except Problems as found:
        unnoted = note_outside(Settings(store), (old.account, "", command), found)
        raise Noted((*found.problems, *([unnoted] if unnoted else ()))) from found


def _into(old: Engine, draft: Path, told: Progress) -> Copied:
    """Copy into a file, made if it is not there."""
    with closing(SqliteLog(draft, ALL, now)) as new:
        return copying.copy(old, new, told)


def _same(source: str, target: str) -> bool:
    if is_dsn(source) or is_dsn(target):
        return source == target
    return Path(source).resolve() == Path(target).resolve()


def _opened(store: str, *, write: bool = False) -> Engine:
    if is_dsn(store):
        from campaign.store.postgres import PostgresLog

        return PostgresLog(store, ALL, lambda: None, read_only=not write)
    if store == MEMORY or not present(store):
        raise Problems([absent(store)])
    return SqliteLog(store, ALL, now, read_only=not write, create=False)


# --- backups ---------------------------------------------------------------------------------------------------------


def backup(store: str, file: Path, told: Progress = silent) -> Moved:
    """Write STORE as it is at one moment into one new FILE, an SQLite store, and verify that.

    Others may write meanwhile.  Raises Problems (codes `store-…`, `integrity-backup`).
    """
    with appearing(file) as draft:
        if is_dsn(store):
            with closing(_opened(store)) as old:
                _entire(old, store, "store.backup")
                _into(old, draft, told)
        elif store == MEMORY or not present(store):
            raise Problems([absent(store)])
        else:
            snapshot(Path(store), draft)
        records, root = _whole(draft)
    return Moved(str(file), records, root)


def _whole(file: Path) -> tuple[int, bytes]:
    """Verify rows, order, tree and checkpoints of FILE, of whatever schema; return its size and tree head."""
    edge = verifier.Frontier()
    try:
        source = verifier.of_store(file)
    except verifier.Unreadable as error:
        fix = T("restore an older backup, or see what can be read with `campaign audit verify`")
        raise Problems([Problem("store-damaged", T("{error}", error=error), fix)]) from error

    def passing() -> Iterator[verifier.Record]:
        for record in source.records:
            if record.data is not None:
                edge.add(verifier.leaf(record.data))
            yield record

    _, findings = verifier.verify_log(source._replace(records=passing()))
    if findings:
        fix = T("find out with `campaign audit verify` since when; an older backup may be whole")
        raise Problems(
            Problem("integrity-backup", T("the store is not whole: {finding}", finding=finding), fix)
            for finding in findings
        )
    return edge.size, edge.root()


def restore(source: Path, store: str, told: Progress = silent) -> Moved:
    """Make STORE, a new file or an empty database, from a backup or from the folder of an export, and verify it whole.

    Raises Problems (codes `store-…`, `export-unreadable`, `integrity-…`).
    """
    if not source.exists():
        raise Problems([absent(str(source))])
    if is_dsn(store):
        return _into_database(source, store, told)
    with appearing(Path(store)) as draft:
        if source.is_dir():
            with closing(SqliteLog(draft, ALL, now)) as log:
                export.refill(source, log)
        else:
            duplicate(source, draft)
        with closing(SqliteLog(draft, ALL, now, create=False)) as log:
            made = _verified(log, store)
    return made


def _into_database(source: Path, store: str, told: Progress) -> Moved:
    """Restore into an empty database: what is verified is first the source, since a database has no draft."""
    with closing(_opened(store, write=True)) as log:
        if log.head():
            message = T("{store} holds {count} events already", store=shown(store), count=log.head())
            fix = T("name an empty database, or bring it up to date with `campaign store copy`")
            raise Problems([Problem("store-exists", message, fix)])
        if source.is_dir():
            export.refill(source, log)
        else:
            with closing(_opened(str(source))) as old:
                _whole(source)
                copying.copy(old, log, told)
        return _verified(log, shown(store))


def _verified(log: Engine, store: str) -> Moved:
    """Verify all that LOG holds: order, tree, checkpoints, read models. Raises Problems (codes `integrity-…`)."""
    size = log.tree().seal()
    campaigns = [stream.partition(":")[2] for stream in log.streams("campaign:")]
    for campaign in campaigns or [""]:
        verdict = verify(Session(log, Settings(store, campaign)), results=False)
        if verdict.problems:
            raise Problems(verdict.problems)
    return Moved(store, size, log.tree().root(size))
