"""An SQLite store written out as one file while others write to it, and files that appear whole or not at all."""

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from campaign.problems import Place, Problem, Problems, T
from campaign.store.faults import problem_of
from campaign.store.schema import clear, connect_to_read, open_file, present, sync_directory, unmade, unopened

NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK, errno.EACCES}
"""What a disk says that knows no second name for a file, such as a memory stick."""


def snapshot(source: Path, target: Path, timeout: float = 30.0) -> None:
    """Write SOURCE as it is at one moment into the new file TARGET, durably; writers go on meanwhile.

    SOURCE may be of an earlier schema: it is backed up before it is lifted.  Raises Problems (codes `store-…`).
    """
    _write_down(_opened(source, timeout), source, target)


def duplicate(source: Path, target: Path) -> None:
    """Write SOURCE, a backup that nobody writes to, into the new file TARGET, leaving nothing beside SOURCE.

    Raises Problems (codes `store-…`).
    """
    if source.with_name(f"{source.name}-wal").exists():  # no backup but a store that is in use
        snapshot(source, target)
    else:
        _write_down(open_file(source, "mode=ro&immutable=1", 0), source, target)


def _write_down(opened: sqlite3.Connection, source: Path, target: Path) -> None:
    try:
        with closing(opened) as old, closing(sqlite3.connect(target)) as new:
            old.backup(new)  # in one step, under one read lock: no writer can make it begin anew
            (found,) = new.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.Error as error:
        problem = problem_of(error, target)
        whose = source if problem.code in {"store-damaged", "store-busy"} else target
        raise Problems([unopened(error, whose)]) from error
    if found != "ok":
        message = T("{path} is damaged: {found}", path=source, found=found)
        fix = T("see what is wrong with `campaign audit verify`, and restore an older backup")
        raise Problems([Problem("store-damaged", message, fix, Place(file=str(source)))])


def _opened(source: Path, timeout: float) -> sqlite3.Connection:
    try:
        return connect_to_read(source, timeout)
    except Problems as problems:
        if problems.problems[0].code != "store-too-old":
            raise
        return sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, timeout=timeout)


@contextmanager
def appearing(path: Path, *, draft: Path | None = None) -> Iterator[Path]:
    """Give a draft that becomes PATH when all went well; it goes otherwise, unless it was named to be kept.

    Raises Problems: `store-exists` when PATH is there, then or by the end; `store-missing` when its folder is not.
    """
    if not path.parent.is_dir():
        message = T("there is no folder {path}", path=path.parent)
        raise Problems([Problem("store-missing", message, T("make it first, or name another"), Place(file=str(path)))])
    absent(path)
    made = draft or path.with_name(f"{path.name}.{os.urandom(4).hex()}.new")
    done = False
    try:
        yield made
        become(made, path)
        done = True
    finally:
        if done or draft is None:
            clear(made)


def absent(path: Path) -> None:
    """Raise Problems (code `store-exists`) when there is something at PATH."""
    if present(path):
        message = T("{path} is there already", path=path)
        raise Problems([Problem("store-exists", message, T("name another file"), Place(file=str(path)))])


def become(draft: Path, path: Path) -> None:
    """Give DRAFT the name PATH, durably and without ever replacing anything."""
    with draft.open("rb+") as file:
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        absent(path)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise Problems([unmade(path, error)]) from error
        absent(path)
        draft.rename(path)
    sync_directory(path.parent)
