"""What no decision refuses stands in the journal, too: what only reads, and what the database lets nobody do."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from access import logins, rights
from access.logins import Office
from cli.program import invoke
from store.cluster import OWNER

from campaign.app.journal import Noted, note_outside
from campaign.app.session import Settings
from campaign.problems import Problem, Problems, T
from campaign.store.log import Attempt


def hidden(office: Office) -> int:
    """Return a position that the team does not see."""
    seen = {position for (position,) in office.sql("l_team", "SELECT position FROM events")}
    return next(position for position in range(1, office.session.log.head()) if position not in seen)


def noted(office: Office, login: str, *line: object) -> list[Attempt]:
    """Give a command as LOGIN, which ends with 6, and return what the journal says of it."""
    before = len(office.session.log.attempts())
    told = invoke(*line, "--store", office.dsn(login))
    assert told.exit_code == 6, told.output
    assert "not-noted" not in told.output
    return office.session.log.attempts()[before:]


def plain(attempt: Attempt) -> tuple[str, str, str, str]:
    return attempt.account, attempt.actor, attempt.command, attempt.reason


READING = [
    ("bulletin show 2005-09", "bulletin.show"),
    ("audit verify", "audit.verify"),
    ("log export", "log.export"),
    ("log export {folder}", "log.export"),
    ("log show {hidden}", "log.show"),
    ("explain event:{hidden}", "explain"),
    ("store backup {folder}", "store.backup"),
    ("store copy {dsn} {folder}", "store.copy"),
]


@pytest.mark.parametrize(("line", "command"), READING)
def test_a_command_that_only_reads_leaves_its_line(office: Office, tmp_path: Path, line: str, command: str) -> None:
    words = line.format(folder=tmp_path / "made", dsn=office.dsn("l_team"), hidden=hidden(office)).split()
    assert [plain(attempt) for attempt in noted(office, "l_team", *words)] == [
        ("db:l_team", "", command, "not-permitted")
    ]
    before = len(office.session.log.attempts())
    invoke(*words, "--dry-run", "--store", office.dsn("l_team"))
    assert len(office.session.log.attempts()) == before, "a dry run leaves none"


def test_the_person_named_stands_in_the_line_and_what_is_no_id_does_not(office: Office) -> None:
    (attempt,) = noted(office, "l_team", "audit", "verify", "--as", "p-220200-office")
    assert attempt.actor == "p-220200-office"
    (attempt,) = noted(office, "l_team", "audit", "verify", "--as", "张三")
    assert attempt.actor == "?"


BY_THE_DATABASE = [
    ("l_office", "store migrate --roles", "store.migrate"),
    ("l_team", "store rebuild --yes", "store.rebuild"),
    ("l_auditor", "store rebuild --yes", "store.rebuild"),
]


@pytest.mark.parametrize(("login", "line", "command"), BY_THE_DATABASE)
def test_what_the_database_itself_refuses_leaves_its_line(office: Office, login: str, line: str, command: str) -> None:
    found = noted(office, login, *line.split())
    assert [plain(attempt) for attempt in found] == [(f"db:{login}", "", command, "not-permitted")]


def test_what_is_refused_after_the_decision_is_noted_once(office: Office) -> None:
    office.sql(OWNER, "DELETE FROM speaks WHERE login = 'l_verifier'")
    line = (
        "finding",
        "raise",
        rights.OWN,
        "f-8",
        "--kind",
        "omission",
        "--statement",
        "none came",
        "--at",
        rights.AT.isoformat(),
    )
    found = noted(office, "l_verifier", *line, "--as", "p-statistics-1")
    office.sql(OWNER, f"SELECT follow_log('{rights.KEY}', '2005-08-17')")
    assert [plain(attempt) for attempt in found] == [
        ("db:l_verifier", "p-statistics-1", "finding.raise", "not-permitted")
    ]


# --- a login that holds no role ----------------------------------------------------------------------------------


@pytest.fixture
def stranger(office: Office) -> Iterator[str]:
    """Give a login that may connect, and nothing else."""
    logins.make(office.server, "l_outside")
    yield "l_outside"
    office.server.sql(f"GRANT CONNECT ON DATABASE {office.database} TO PUBLIC")


def test_a_stranger_to_the_database_is_noted_by_the_servers_clock(office: Office, stranger: str) -> None:
    (attempt,) = noted(office, stranger, "log", "list", "--as", "p-office-1")
    assert plain(attempt) == ("db:l_outside", "p-office-1", "log.list", "not-permitted")
    assert attempt.recorded_at > "2026", "not a moment that it chose"


def test_a_stranger_writes_nothing_else_into_the_journal_than_ids_and_reads_nothing(
    office: Office, stranger: str
) -> None:
    import psycopg  # noqa: PLC0415 -- tests without PostgreSQL collect this module too

    note = "SELECT note_attempts('yesterday', %s, %s, %s, %s, %s)"
    office.sql(stranger, note, ["x" * 300], ["show"], ["张三"], ["=1+1"], [""])
    last = office.session.log.attempts()[-1]
    assert (last.account, last.actor, last.command, last.subject, last.reason, last.command_id) == (
        "db:l_outside",
        "?",
        "show",
        "?",
        "?",
        "",
    )
    assert last.recorded_at != "yesterday"
    for statement in ("SELECT * FROM access", "INSERT INTO access DEFAULT VALUES", "SELECT reaches_all()"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            office.sql(stranger, statement)


def test_a_stranger_who_may_not_even_be_noted_is_told_so(office: Office, stranger: str) -> None:
    office.sql(OWNER, "REVOKE EXECUTE ON FUNCTION note_attempts FROM PUBLIC")
    before = len(office.session.log.attempts())
    told = invoke("log", "list", "--store", office.dsn(stranger))
    office.sql(OWNER, "GRANT EXECUTE ON FUNCTION note_attempts TO PUBLIC")
    assert told.exit_code == 6, told.output
    assert "not-noted this attempt could not be noted in the access journal: the database refuses this" in told.stderr
    assert len(office.session.log.attempts()) == before


REFUSED = Problems([Problem("not-permitted", T("no"))])
ASKED = ("os:desk", "p-x", "audit.verify")


def test_where_there_is_no_store_or_nothing_to_note_nothing_is_said(tmp_path: Path) -> None:
    for missing in ("none.db", "postgresql://owner@127.0.0.1:1/none"):
        settings = Settings(str(tmp_path / missing) if missing.endswith(".db") else missing)
        assert note_outside(settings, ASKED, Problems([Problem("store-damaged", T("no"))])) is None
        assert note_outside(settings, ASKED, Noted(REFUSED.problems)) is None
    assert note_outside(Settings(str(tmp_path / "none.db")), ASKED, REFUSED) is None
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_does_not_answer_is_the_reason_why_nothing_was_noted() -> None:
    unnoted = note_outside(Settings("postgresql://owner@127.0.0.1:1/none"), ASKED, REFUSED)
    assert unnoted is not None
    assert (unnoted.code, "cannot be reached" in str(unnoted.message)) == ("not-noted", True)


def test_who_is_not_let_in_at_all_ends_with_3_and_stands_in_the_servers_own_log(office: Office, stranger: str) -> None:
    office.server.sql(f"REVOKE CONNECT ON DATABASE {office.database} FROM PUBLIC")
    before = len(office.session.log.attempts())
    told = invoke("log", "list", "--store", office.dsn(stranger))
    assert told.exit_code == 3, told.output
    assert len(office.session.log.attempts()) == before
