"""The schema of a PostgreSQL store, by versions; `campaign store migrate` alone changes it."""

from importlib.resources import files

import msgspec

from campaign.problems import Problem, Problems, T
from campaign.store.dsn import redacted
from campaign.store.postgres_connect import Connection, Seen, opened
from campaign.store.postgres_faults import problem_of

MIGRATIONS = ("0001_log.sql", "0002_access.sql", "0003_reach.sql", "0004_quick.sql", "0005_follow.sql")
"""By version, from 1: files of the folder pg.  A later one is appended; one that was released is never changed."""
SCHEMA = len(MIGRATIONS)
"""The schema that this program writes."""

LOCK = "SELECT pg_advisory_xact_lock((1128353104::bigint << 32))"
"""One at a time in a database, whatever the schema."""
LEDGER = """CREATE TABLE IF NOT EXISTS migrations (
    version bigint PRIMARY KEY,
    name text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    applied_by text NOT NULL DEFAULT session_user
)"""


class Migrated(msgspec.Struct, frozen=True):
    """What a migration did: the schema found (0 = none), the one that stands now, the names of the steps taken."""

    found: int
    now: int
    steps: tuple[str, ...]


def migrate(dsn: str) -> Migrated:
    """Bring the schema up to date in one transaction; several may start at once.

    Raises Problems (codes `store-too-new`, `store-encoding`, `not-permitted`, and what connecting has to say).
    """
    import psycopg  # noqa: PLC0415 -- an extra

    with opened(dsn) as connection:
        try:
            with connection.transaction():
                connection.execute(LOCK)
                return _lift(connection, dsn)
        except psycopg.Error as error:
            raise Problems([problem_of(error, redacted(dsn))]) from error


def _lift(connection: Connection, dsn: str) -> Migrated:
    encoding, namespace = connection.execute(
        "SELECT getdatabaseencoding(), quote_ident(current_schema())"
    ).fetchone() or ("", "")
    if encoding != "UTF8":
        message = T("{path} keeps texts as {encoding}", path=redacted(dsn), encoding=encoding)
        raise Problems([Problem("store-encoding", message, T("make the database with ENCODING 'UTF8'"))])
    connection.execute(LEDGER)
    (found,) = connection.execute("SELECT coalesce(max(version), 0) FROM migrations").fetchone() or (0,)
    if found > SCHEMA:
        raise Problems([too_new(dsn, found)])
    steps = MIGRATIONS[found:]
    for version, name in enumerate(steps, found + 1):
        connection.execute(statements(name, str(namespace)))
        connection.execute("INSERT INTO migrations (version, name) VALUES (%s, %s)", (version, name))
    return Migrated(found, SCHEMA, steps)


def statements(name: str, namespace: str) -> bytes:
    """Return the SQL of a migration for a schema of that name, quoted where it must be."""
    text = (files("campaign.store") / "pg" / name).read_text(encoding="utf-8")
    return text.replace("{schema}", namespace).encode()


def known(seen: Seen, dsn: str) -> None:
    """Raise Problems (codes `store-too-old`, `store-too-new`) unless the schema is the one that this program writes."""
    if seen.schema > SCHEMA:
        raise Problems([too_new(dsn, seen.schema)])
    if seen.schema < SCHEMA:
        message = T(
            "{path} has schema {found}; this program writes {known}",
            path=redacted(dsn),
            found=seen.schema,
            known=SCHEMA,
        )
        fix = T("back it up, then lift it with `campaign store migrate`")
        raise Problems([Problem("store-too-old", message, fix)])


def too_new(dsn: str, found: object) -> Problem:
    """Say that a later version of the program made the schema."""
    message = T("{path} has schema {found}; this program knows {known}", path=redacted(dsn), found=found, known=SCHEMA)
    return Problem("store-too-new", message, T("use the version of the program that made it"))
