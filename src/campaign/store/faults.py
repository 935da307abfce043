"""SQLite's errors as problems with a remedy."""

import sqlite3

from campaign.problems import Problem, T, Text

KINDS: dict[str, tuple[str, Text, Text]] = {
    "SQLITE_BUSY": (
        "store-busy",
        T("another program is writing to {path}"),
        T("wait until it is done and give the command again"),
    ),
    "SQLITE_FULL": (
        "store-full",
        T("there is no room left to write {path}; nothing was recorded"),
        T("make room on the disk and give the command again"),
    ),
    "SQLITE_READONLY": (
        "store-read-only",
        T("{path} may not be written"),
        T("check the permissions of the file and of its directory"),
    ),
    "SQLITE_CANTOPEN": (
        "store-missing",
        T("{path} cannot be opened"),
        T("check the path and the permissions of the file and of its directory"),
    ),
    "SQLITE_PERM": (
        "store-read-only",
        T("{path} may not be opened"),
        T("check the permissions of the file and of its directory"),
    ),
    "SQLITE_NOTADB": (
        "store-not-ours",
        T("{path} is not a store of this program"),
        T("name another file with --store, or make a new store"),
    ),
    "SQLITE_CORRUPT": (
        "store-damaged",
        T("{path} is damaged"),
        T("stop writing to it and restore a backup"),
    ),
    "SQLITE_IOERR": (
        "store-io",
        T("the disk failed under {path}; the command may or may not have been recorded"),
        T("check the disk, then give the same command again with the same command id"),
    ),
}
"""By the first two words of SQLite's extended code: code, message, remedy."""
SYNONYMS = {"SQLITE_LOCKED": "SQLITE_BUSY", "SQLITE_PROTOCOL": "SQLITE_BUSY", "SQLITE_AUTH": "SQLITE_PERM"}


def problem_of(error: sqlite3.Error, path: object) -> Problem:
    """Say what ERROR means for the store at PATH; the raw error follows in the message's values.

    Raises ERROR itself when it is none that the world outside can cause: then it is a mistake of ours.
    """
    name = "_".join(str(getattr(error, "sqlite_errorname", "")).split("_")[:2])
    kind = KINDS.get(SYNONYMS.get(name, name))
    if kind is None:
        raise error
    code, message, fix = kind
    return Problem(code, Text(message.template, {"path": str(path)}), fix)


def lacking(error: sqlite3.Error, path: object) -> Problem | None:
    """Say that a table of the store at PATH is gone, if that is what ERROR says: somebody dropped it."""
    what, _, table = str(error).partition("no such table: ")
    if what or not table:
        return None
    message = T("{path} lacks the table {table}", path=path, table=table)
    return Problem("store-damaged", message, T("stop writing to it and restore a backup"))
