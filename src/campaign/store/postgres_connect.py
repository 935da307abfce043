"""Connections to a PostgreSQL store: made, looked at, and made again when they go."""

import logging
import random
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from campaign.problems import Problem, Problems, T
from campaign.store.dsn import encrypted, local, redacted, unencrypted, with_secret
from campaign.store.postgres_faults import is_lost, problem_of, unreachable

if TYPE_CHECKING:
    import psycopg

Connection: TypeAlias = "psycopg.Connection[tuple[Any, ...]]"

OLDEST_SERVER = 150000
DEFAULTS = {
    "fallback_application_name": "campaign",
    "connect_timeout": "10",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
}
"""Without these a writer would wait for hours on a server that was cut off."""
LOOK = """SELECT
    set_config('lock_timeout', %s::text, false), set_config('default_transaction_read_only', %s::text, false),
    set_config('default_transaction_isolation', 'read committed', false),
    current_schema(), session_user::text, pg_is_in_recovery(), current_setting('server_version_num')::int,
    current_setting('synchronous_standby_names') <> ''
        AND current_setting('synchronous_commit') NOT IN ('off', 'local'),
    (SELECT max(version) FROM migrations)"""


class Patience(msgspec.Struct, frozen=True):
    """How long to go on when a connection is lost: TRIES, with pauses that double from FIRST to LONGEST seconds.

    pause, chance: how to wait, and a number from 0 to 1, so that many clients do not come back at once.
    """

    tries: int = 8
    first: float = 0.05
    longest: float = 5.0
    pause: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random

    def pauses(self) -> Iterator[float]:
        """Yield how long to wait after each try but the last."""
        for number in range(self.tries - 1):
            yield min(self.first * 2**number, self.longest) * (0.5 + self.chance() / 2)


class Seen(msgspec.Struct, frozen=True):
    """What a connection found.

    schema: of the tables, 0 for none.  account: as records name it.  standby: in recovery.  server: its version.
    namespace: the schema that the tables are in.  awaited: whether a commit waits for a standby.
    """

    schema: int
    account: str
    standby: bool
    server: int
    namespace: str
    awaited: bool


def connect(dsn: str, *, read_only: bool = False, timeout: float = 30.0) -> tuple[Connection, Seen]:
    """Connect in autocommit mode and look at the store; TIMEOUT is how many seconds to wait for a lock.

    Raises Problems (codes `store-tls`, `store-unreachable`, `store-authentication`, `store-missing`, `not-permitted`,
    `store-not-ours`, `store-server-old`).
    """
    connection = opened(dsn)
    try:
        seen = look(connection, dsn, read_only=read_only, timeout=timeout)
    except BaseException:
        connection.close()
        raise
    return connection, seen


def opened(dsn: str) -> Connection:
    """Make a connection, encrypted unless it stays on this machine. Raises Problems (see `connect`)."""
    import psycopg  # noqa: PLC0415 -- an extra
    from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415 -- an extra

    logging.getLogger("psycopg").setLevel(logging.ERROR)  # what it warns of is raised as well
    path = redacted(dsn)
    try:
        asked = {name: str(value) for name, value in conninfo_to_dict(dsn).items() if value is not None}
    except psycopg.ProgrammingError as error:
        message = T("{path} is not an address that PostgreSQL understands", path=path)
        fix = T("write it as postgresql://USER@HOST:PORT/DATABASE")
        raise Problems([Problem("store-address", message, fix)]) from error
    parameters: dict[str, Any] = {**DEFAULTS, **with_secret(encrypted(asked, dsn), dsn)}
    try:
        connection = psycopg.connect("", autocommit=True, **parameters)
    except psycopg.Error as error:
        raise Problems([unreachable(error, path)]) from error
    address = str(connection.info.hostaddr or connection.info.host)
    if not local(address) and not connection.pgconn.ssl_in_use:
        connection.close()
        raise Problems([unencrypted(dsn, address)])
    return connection


def look(connection: Connection, dsn: str, *, read_only: bool, timeout: float) -> Seen:
    """Look at the store behind CONNECTION, and set how it is used. Raises Problems (see `connect`)."""
    import psycopg  # noqa: PLC0415 -- an extra
    from psycopg.rows import tuple_row  # noqa: PLC0415 -- an extra

    try:
        settings = (f"{int(timeout * 1000)}ms", "on" if read_only else "off")
        found = connection.cursor(row_factory=tuple_row).execute(LOOK, settings).fetchone()
    except psycopg.errors.UndefinedTable as error:
        message = T("there is no store at {path}", path=redacted(dsn))
        fix = T("make one with `campaign store migrate`, as the owner of the database")
        raise Problems([Problem("store-missing", message, fix)]) from error
    except psycopg.Error as error:
        lost, path = is_lost(error, broken=connection.closed), redacted(dsn)
        raise Problems([unreachable(error, path) if lost else problem_of(error, path)]) from error
    assert found is not None  # noqa: S101 -- a SELECT without FROM has one row; this tells the type checker
    _, _, _, namespace, account, standby, server, awaited, schema = found
    if server < OLDEST_SERVER:
        message = T("the server of {path} is older than PostgreSQL 15", path=redacted(dsn))
        raise Problems([Problem("store-server-old", message, T("use a server of version 15 or later"))])
    return Seen(schema or 0, f"db:{account}", standby, server, str(namespace), awaited)
