"""The roles of a PostgreSQL store: what each login may do; its reach follows from the log (pg/0005_follow.sql)."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

import msgspec

from campaign.problems import Problem, Problems, T
from campaign.store.dsn import redacted
from campaign.store.log import Attempt
from campaign.store.migrations import LOCK, statements
from campaign.store.postgres_connect import Connection, opened
from campaign.store.postgres_faults import problem_of

Kind = Literal["reader", "writer", "keeper"]
KINDS: tuple[Kind, ...] = ("reader", "writer", "keeper")


class Login(msgspec.Struct, frozen=True):
    """A login, and which of the three roles it is a member of."""

    name: str
    kind: Kind


def script(logins: Sequence[Login], follow: tuple[str, date], database: str, namespace: str) -> str:
    """Return the SQL that grants everything, to be run as the owner; it takes back what was granted before.

    follow: the campaign whose logins are brought to where its log stands, and the day by which assignments have ended.
    """
    roles = {kind: f"{database}_{kind}" for kind in KINDS}
    grants = statements("grants.sql", namespace).decode().replace("{names}", ", ".join(map(_text, roles.values())))
    for kind, role in roles.items():
        grants = grants.replace("{" + kind + "}", _name(role))
    given = [f"GRANT {_name(roles[login.kind])} TO {_name(login.name)};" for login in logins]
    path = f"SET LOCAL search_path = {namespace}, pg_temp;"
    campaign, day = follow
    followed = f"SELECT follow_log({_text(campaign)}, {_text(day.isoformat())});"
    return "\n".join([path, grants.rstrip(), *given, followed, ""])


def _name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _text(text: str) -> str:
    """Quote a text; a backslash or an unprintable character has no business in any of these."""
    if "\\" in text or not text.isprintable():
        raise ValueError(text)
    return "'" + text.replace("'", "''") + "'"


def note_alone(dsn: str, attempts: Sequence[Attempt]) -> None:
    """Note ATTEMPTS in the access journal as a login that may do nothing else, by the server's clock.

    Raises Problems, where not even that may be done.
    """
    import psycopg  # noqa: PLC0415 -- an extra

    from campaign.store.postgres_tables import NOTE  # noqa: PLC0415 -- needs that extra

    columns = (msgspec.structs.astuple(attempt)[1:6] for attempt in attempts)
    values = [list(column) for column in zip(*columns, strict=True)]
    with opened(dsn) as connection:
        try:
            connection.execute(NOTE, ("", *values))
        except psycopg.Error as error:
            raise Problems([problem_of(error, redacted(dsn))]) from error


GRANTER = T("give it as the owner, who needs CREATEROLE once; or have the administrator run what --dry-run prints")


def grant(dsn: str, logins: Sequence[Login], follow: tuple[str, date], *, dry_run: bool = False) -> str:
    """Grant everything in one transaction, and return the SQL; DRY_RUN only returns it.

    Logins are never made here.  Raises Problems (`login-missing` with all that are not there, `not-permitted`, …).
    """
    import psycopg  # noqa: PLC0415 -- an extra

    with opened(dsn) as connection:
        try:
            with connection.transaction():
                return _granted(connection, logins, follow, dry_run=dry_run)
        except psycopg.errors.InsufficientPrivilege as error:
            problem = problem_of(error, redacted(dsn))
            raise Problems([msgspec.structs.replace(problem, fix=GRANTER)]) from error
        except psycopg.Error as error:
            raise Problems([problem_of(error, redacted(dsn))]) from error


def _granted(connection: Connection, logins: Sequence[Login], follow: tuple[str, date], *, dry_run: bool) -> str:
    where = connection.execute("SELECT current_database()::text, quote_ident(current_schema())").fetchone()
    text = script(logins, follow, *(where or ("", "")))
    if dry_run:
        return text
    known = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles WHERE rolcanlogin").fetchall()}
    missing = [login.name for login in logins if login.name not in known]
    if missing:
        raise Problems([_missing(name) for name in missing])
    connection.execute(LOCK)
    connection.execute(text.encode())
    return text


def _missing(name: str) -> Problem:
    message = T("the database has no login {name}", name=name)
    fix = T("have the administrator make it (CREATE ROLE … LOGIN), or take db:{name} out of roles.yaml", name=name)
    return Problem("login-missing", message, fix)
