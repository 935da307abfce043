"""PostgreSQL's errors as problems with a remedy."""

from typing import TYPE_CHECKING

from campaign.problems import NOT_PERMITTED, Problem, Problems, T, Text
from campaign.store.dsn import redacted

if TYPE_CHECKING:
    import psycopg

AGAIN = T("wait until it is done and give the command again")
BUSY = ("store-busy", T("others kept {path} busy for too long; nothing was recorded"), AGAIN)
CLOSED = ("store-unreachable", T("{path} cannot be reached: {reason}"), T("see that the server runs, then try again"))
DAMAGED = ("store-damaged", T("{path} is damaged: {reason}"), T("stop writing to it and restore a backup"))
FULL = (
    "store-full",
    T("there is no room left to write {path}; nothing was recorded"),
    T("make room on the server's disk and give the command again"),
)
NO_SUCH = T("check the names in the address; the administrator of the server makes databases and logins")
KINDS: dict[str, tuple[str, Text, Text]] = {
    "08": CLOSED,
    "57P01": CLOSED,
    "57P02": CLOSED,
    "57P03": CLOSED,
    "57P05": CLOSED,
    "25P03": CLOSED,
    "40001": BUSY,
    "40P01": BUSY,
    "55P03": BUSY,
    "57014": BUSY,
    "53300": ("store-busy", T("{path} has no connection free"), T("wait a little and give the command again")),
    "53100": FULL,
    "53": ("store-full", T("the server of {path} lacks a resource: {reason}"), T("see the server's own log")),
    "25006": (
        "store-read-only",
        T("{path} is a standby, or was set to read only: it may not be written"),
        T("name the primary, or all servers with target_session_attrs=read-write"),
    ),
    "42501": (
        NOT_PERMITTED,
        T("the database refuses this to the account of {path}: {reason}"),
        T("ask the owner of the store for the role; docs/howto/access.md says which there are"),
    ),
    "3F000": (
        "store-missing",
        T("{path} names a schema that is not in the database"),
        T("have the administrator make it (CREATE SCHEMA …), or take search_path out of the address"),
    ),
    "42P01": DAMAGED,
    "42883": DAMAGED,
    "42703": DAMAGED,
    "XX": DAMAGED,
    "58": (
        "store-io",
        T("the server's disk failed under {path}: {reason}; the command may or may not have been recorded"),
        T("check the disk, then give the same command again with the same command id"),
    ),
}
"""By SQLSTATE, or its first two characters where the class says it all: code, message, remedy."""

LOST = frozenset({"57P01", "57P02", "57P03", "57P05", "25P03"})
"""The server lets the connection go: what was under way must be asked for on another."""


class Lost(Problems):
    """The connection went; `doubt`: what was under way may have been committed; `retry`: it is worth asking at once."""

    def __init__(self, problem: Problem, *, doubt: bool, retry: bool = True) -> None:
        """Take the reason."""
        super().__init__([problem])
        self.doubt, self.retry = doubt, retry


def is_lost(error: BaseException, *, broken: bool) -> bool:
    """Whether ERROR means that the connection is gone; BROKEN is what the connection itself says."""
    state = str(getattr(error, "sqlstate", None) or "")
    if broken or state.startswith("08") or state in LOST:
        return True
    before = error.__context__  # leaving a pipeline may fail as well, which covers up the error that counts
    return before is not None and is_lost(before, broken=False)


def problem_of(error: "psycopg.Error", path: str) -> Problem:
    """Say what ERROR means for the store at PATH; the server's own words follow in the message's values.

    Raises ERROR itself when it is none that the world outside can cause: then it is a mistake of ours.
    """
    state = error.sqlstate or ""
    kind = KINDS.get(state) or KINDS.get(state[:2])
    if kind is None:
        raise error
    code, message, fix = kind
    return Problem(code, Text(message.template, {"path": path, "reason": words(error)}), fix)


def words(error: "psycopg.Error") -> str:
    """Return the server's or libpq's own words, on one line and without a password."""
    return redacted(" ".join((error.diag.message_primary or str(error)).split()))


def unreachable(error: "psycopg.Error", path: str) -> Problem:
    """Say that no connection could be made, and why: libpq gives no code, only words."""
    said = words(error)
    if "password" in said or "authentication failed" in said or "pg_hba.conf" in said:
        message = T("{path} does not let this account in: {reason}", path=path, reason=said)
        fix = T(
            "check the user, and PGPASSFILE, PGSERVICEFILE or PGPASSWORD; never put the password into a file of ours"
        )
        return Problem("store-authentication", message, fix)
    fix = NO_SUCH if "does not exist" in said else CLOSED[2]
    return Problem("store-unreachable", T("{path} cannot be reached: {reason}", path=path, reason=said), fix)


def unknown(command_id: str, reason: str) -> Problem:
    """Say that a command may or may not have been recorded."""
    message = T("whether the command {id} was recorded is not known: {reason}", id=command_id, reason=reason)
    fix = T("give the same command again with --command-id {id}: it is never recorded twice", id=command_id)
    return Problem("outcome-unknown", message, fix)
