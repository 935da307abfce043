"""A database with logins of its own: an office, two prefectures, an auditor, a keeper, and the owner of all."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from access import rights
from cli.program import invoke
from store.cluster import OWNER, Cluster

from campaign.app.adopt import apply
from campaign.app.handle import Who, handle
from campaign.app.session import Session, Settings, open_session

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


def begin(server: Cluster, database: str, where: Path, persons: Mapping[str, tuple[str, ...]] = PERSONS) -> Session:
    """Adopt the folder as the owner, enrol three entities, and grant the logins what they need."""
    make(server, *persons)
    dsn = server.dsn(database)
    session = open_session(Settings(dsn, at=rights.AT), write=True)
    for reply in (
        apply(session, folder(where, persons), Who("p-wei-lichang"), rehearsal=True),
        handle(session, rights.ROSTER, Who("p-office-1")),
    ):
        assert reply.refusal is None, reply.refusal
    granted = invoke("store", "migrate", "--roles", "--store", dsn)
    assert granted.exit_code == 0, granted.output
    return session
