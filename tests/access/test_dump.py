"""pg_dump and pg_restore: the database's own backup brings everything back; the logins are granted anew."""

import json
from pathlib import Path

import pytest
from access import rights
from access.logins import Office
from cli.program import invoke

from campaign.app import evidence
from campaign.app.handle import Who, handle
from campaign.app.session import Session, Settings, open_session
from campaign.domain import commands as c
from campaign.problems import Problems
from campaign.store.log import Attempt


def dumped(office: Office, login: str, path: Path) -> int:
    """Dump the database as LOGIN; return how pg_dump ended."""
    return office.server.run("pg_dump", "--format=custom", f"--file={path}", office.dsn(login), check=False).returncode


def opened(office: Office, database: str, login: str) -> Session:
    return open_session(Settings(office.server.dsn(database, login), at=rights.AT), write=True)


@pytest.fixture(scope="module")
def restored(office: Office, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Seal and sign the log, dump it as its owner, and load it into another database."""
    key = tmp_path_factory.mktemp("keys") / "log-key"
    keeper = office.as_("l_keeper")
    assert evidence.rotate(keeper, key, Who("p-audit-admin-1")).refusal is None
    evidence.checkpoint(keeper, key)
    keeper.log.put_person("p-x", b"sealed")
    office.as_("l_team").log.note([Attempt("", "p-x", "finding.raise", "", "not-permitted", "c-1")])
    path, database = office.server.directory / "whole.dump", office.server.fresh(empty=True)
    assert dumped(office, "owner", path) == 0
    loading = ("--exit-on-error", "--no-privileges", f"--dbname={office.server.dsn(database)}")
    office.server.run("pg_restore", *loading, str(path))
    return database


def told(dsn: str, *line: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(invoke(*line, "--format", "json", "--store", dsn).stdout)
    return found


def test_what_is_restored_verifies_and_is_the_same_to_the_last_table(office: Office, restored: str) -> None:
    dsn = office.server.dsn(restored)
    verified = invoke("audit", "verify", "--store", dsn)
    assert verified.exit_code == 0, verified.output
    verdicts = [told(where, "audit", "verify") for where in (office.dsn(), dsn)]
    assert verdicts[0] == verdicts[1]
    rows = [
        {line["table"]: line["rows"] for line in told(where, "store", "info")["tables"]}
        for where in (office.dsn(), dsn)
    ]  # type: ignore[attr-defined]
    assert rows[0] == rows[1]
    assert {"events", "access", "persons", "checkpoints", "ties", "posts"} <= rows[0].keys()


def test_the_logins_come_in_again_by_the_command_that_grants_them(office: Office, restored: str) -> None:
    with pytest.raises(Problems, match="not-permitted"):
        opened(office, restored, "l_team")
    granted = invoke("store", "migrate", "--roles", "--store", office.server.dsn(restored))
    assert granted.exit_code == 0, granted.output
    session = opened(office, restored, "l_team")
    assert set(session.entities()) == {rights.OWN, rights.WITHIN}
    opening = c.OpenEntry(rights.WITHIN, "issue", "i-1", "short of coal", kind="coal")
    assert handle(session, [opening], Who("p-220200-office")).refusal is None
    session.close()
    verified = invoke("audit", "verify", "--store", office.server.dsn(restored, "l_auditor"))
    assert verified.exit_code == 0, verified.output


@pytest.mark.parametrize("login", ["l_auditor", "l_office", "l_team"])
def test_whoever_is_held_to_rows_has_no_dump_made_instead_of_a_part(office: Office, login: str) -> None:
    path = office.server.directory / f"{login}.dump"
    assert dumped(office, login, path) != 0
    assert "pg_dump: error:" in (office.server.directory / "output").read_text(encoding="utf-8")
