"""A database with logins of its own: an office, two prefectures, an auditor, a keeper, and the owner of all."""

import shutil
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from access import rights
from cli.program import invoke
from store.cluster import OWNER, Cluster

from campaign.app.adopt import apply
from campaign.app.handle import Who, handle
from campaign.app.session import Session, Settings, open_session
from campaign.domain.events import Event
from campaign.readmodels.views import ALL
from campaign.store.log import Batch, Draft, View, Write

PLAIN = {ord(sign): "." for sign in "()[]{}=' ,\""}
PERSONS = {
    OWNER: ("p-wei-lichang", "p-office-1"),
    "l_office": ("p-office-2",),
    "l_twin": ("p-office-2",),
    "l_verifier": ("p-statistics-1",),
    "l_team": ("p-220200-office",),
    "l_other": ("p-220100-office",),
    "l_officer": ("p-own-officer",),
    "l_auditor": ("p-auditor-1",),
    "l_keeper": ("p-audit-admin-1",),
}
KINDS = {
    "l_office": "keeper",
    "l_twin": "keeper",
    "l_verifier": "writer",
    "l_team": "writer",
    "l_other": "writer",
    "l_officer": "writer",
    "l_auditor": "reader",
    "l_keeper": "keeper",
}


def folder(where: Path, persons: Mapping[str, tuple[str, ...]]) -> Path:
    """Copy the shipped folder, with the logins of PERSONS among its accounts."""
    made = Path(shutil.copytree(rights.CONFIG, where))
    lines = [f"  - {{account: 'db:{login}', person: {person}}}" for login, names in persons.items() for person in names]
    roles = made / "roles.yaml"
    roles.write_text(roles.read_text(encoding="utf-8") + "\n".join(["accounts:", *lines, ""]), encoding="utf-8")
    return made


def make(server: Cluster, *names: str) -> None:
    """Make the logins on the server, once."""
    known = {name for (name,) in server.sql("SELECT rolname FROM pg_roles")}
    for name in names:
        if name not in known:
            server.sql(f"CREATE ROLE {name} LOGIN")


def begin(server: Cluster, database: str, config: Path, persons: Mapping[str, tuple[str, ...]]) -> Session:
    """Adopt the folder CONFIG as the owner, enrol three entities, and grant the logins what they need."""
    make(server, *persons)
    dsn = server.dsn(database)
    session = open_session(Settings(dsn, at=rights.AT), write=True)
    for reply in (
        apply(session, config, Who("p-wei-lichang"), rehearsal=True),
        handle(session, rights.ROSTER, Who("p-office-1")),
    ):
        assert reply.refusal is None, reply.refusal
    granted = invoke("store", "migrate", "--roles", "--store", dsn)
    assert granted.exit_code == 0, granted.output
    return session


class Office:
    """The server, the database, and whoever is connected."""

    def __init__(self, server: Cluster, where: Path) -> None:
        self.server, self.database = server, server.fresh()
        self.folder = folder(where / "config", PERSONS)
        self.session = begin(server, self.database, self.folder, PERSONS)
        self.opened: list[Session] = [self.session]

    def dsn(self, login: str = OWNER) -> str:
        return self.server.dsn(self.database, login)

    def sql(self, login: str, statement: str, *values: object) -> list[tuple[Any, ...]]:
        import psycopg  # noqa: PLC0415 -- tests without PostgreSQL collect this module too

        with psycopg.connect(self.dsn(login), autocommit=True) as connection:
            found = connection.execute(statement, values or None)  # type: ignore[arg-type] # a constant of the tests
            return found.fetchall() if found.description else []

    def as_(self, login: str, *, write: bool = True) -> Session:
        opened = open_session(Settings(self.dsn(login), at=rights.AT), write=write)
        self.opened.append(opened)
        return opened

    def forge(self, login: str, stream: str, event: Event, actor: str, views: Sequence[View] = ALL) -> None:
        """Append by the program's own means, past every decision."""
        from campaign.store.postgres import PostgresLog  # noqa: PLC0415 -- an extra

        name = f"{login}-{actor}-{event}-{stream}"[:60].translate(PLAIN)
        write = Write(stream, self.session.log.version(stream), (Draft(event, rights.AT.date()),))
        with closing(PostgresLog(self.dsn(login), views, lambda: rights.AT)) as log:
            log.append(Batch(name, name, actor, "any", (write,), account="db:owner"))

    def seen(self, login: str) -> set[str]:
        """Return the names of the streams that LOGIN sees."""
        return {name for (name,) in self.sql(login, "SELECT name FROM streams")}

    def followed(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return all that the database knows of who reaches what."""
        tables = ("reach", "posts", "speaks", "ties", "four_eyes")
        return {name: self.sql(OWNER, f"SELECT * FROM {name} ORDER BY 1, 2") for name in tables}  # noqa: S608 -- constants

    def close(self) -> None:
        for session in self.opened:
            session.close()
        self.server.drop(self.database)
