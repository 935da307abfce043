"""The roles of a PostgreSQL store: what each login may do, how far it reaches, in whose name it writes."""

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from campaign.problems import Problem, Problems, T
from campaign.store.dsn import redacted
from campaign.store.migrations import LOCK, statements
from campaign.store.postgres_connect import Connection, opened
from campaign.store.postgres_faults import problem_of

Kind = Literal["reader", "writer", "keeper"]
KINDS: tuple[Kind, ...] = ("reader", "writer", "keeper")


class Login(msgspec.Struct, frozen=True):
    """A login: its role, the streams that it reaches (see 0003_reach.sql), the persons it speaks for."""

    name: str
    kind: Kind
    streams: tuple[str, ...]
    persons: tuple[str, ...]


class Pair(msgspec.Struct, frozen=True):
    """What takes two: who wrote the last of the topics BEGUN about a thing, which FIELD names, may not conclude it."""

    concluded: str
    begun: tuple[str, ...]
    field: str


def script(logins: Sequence[Login], pairs: Sequence[Pair], database: str, namespace: str) -> str:
    """Return the SQL that grants everything, to be run as the owner; it takes back what was granted before."""
    roles = {kind: f"{database}_{kind}" for kind in KINDS}
    grants = statements("grants.sql", namespace).decode().replace("{names}", ", ".join(map(_text, roles.values())))
    for kind, role in roles.items():
        grants = grants.replace("{" + kind + "}", _name(role))
    given = [f"GRANT {_name(roles[login.kind])} TO {_name(login.name)};" for login in logins]
    path = f"SET LOCAL search_path = {namespace}, pg_temp;"
    return "\n".join([path, grants.rstrip(), *given, *_rows(logins), *map(_two, pairs), ""])


def _rows(logins: Sequence[Login]) -> Iterator[str]:
    yield "DELETE FROM reach;\nDELETE FROM speaks;\nDELETE FROM four_eyes;"
    for login in logins:
        yield from (_insert("reach", _text(login.name), _text(stream)) for stream in login.streams)
        yield from (_insert("speaks", _text(login.name), _text(person)) for person in login.persons)


def _two(pair: Pair) -> str:
    begun = ", ".join(map(_text, pair.begun))
    return _insert("four_eyes", _text(pair.concluded), f"ARRAY[{begun}]", _text(pair.field))


def _insert(table: str, *quoted: str) -> str:
    return f"INSERT INTO {table} VALUES ({', '.join(quoted)});"  # noqa: S608 -- every value is quoted


def _name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _text(text: str) -> str:
    """Quote a text; a backslash or an unprintable character has no business in any of these."""
    if "\\" in text or not text.isprintable():
        raise ValueError(text)
    return "'" + text.replace("'", "''") + "'"


GRANTER = T("give it as the owner, who needs CREATEROLE once; or have the administrator run what --dry-run prints")


def grant(dsn: str, logins: Sequence[Login], pairs: Sequence[Pair], *, dry_run: bool = False) -> str:
    """Grant everything in one transaction, and return the SQL; DRY_RUN only returns it.

    Logins are never made here.  Raises Problems (`login-missing` with all that are not there, `not-permitted`, …).
    """
    import psycopg  # noqa: PLC0415 -- an extra

    with opened(dsn) as connection:
        try:
            with connection.transaction():
                return _granted(connection, logins, pairs, dry_run=dry_run)
        except psycopg.errors.InsufficientPrivilege as error:
            problem = problem_of(error, redacted(dsn))
            raise Problems([msgspec.structs.replace(problem, fix=GRANTER)]) from error
        except psycopg.Error as error:
            raise Problems([problem_of(error, redacted(dsn))]) from error


def _granted(connection: Connection, logins: Sequence[Login], pairs: Sequence[Pair], *, dry_run: bool) -> str:
    where = connection.execute("SELECT current_database()::text, quote_ident(current_schema())").fetchone()
    text = script(logins, pairs, *(where or ("", "")))
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
