"""Database roles: what PostgreSQL itself refuses, whatever program asks (P-15, P-17)."""

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from access import logins, rights
from access.logins import Office
from cli.program import invoke
from store.cluster import OWNER, quick

from campaign.app import bulletins, evidence, reach
from campaign.app.handle import Who, handle
from campaign.app.session import Settings, open_session
from campaign.domain import commands as c
from campaign.domain import events as e
from campaign.problems import Problems
from campaign.store import postgres_roles
from campaign.store.log import Attempt, Batch, Draft, Write

OWN, WITHIN, ELSEWHERE = (f"entity:{rights.KEY}/{name}" for name in (rights.OWN, rights.WITHIN, rights.ELSEWHERE))
DAY = date(2005, 8, 17)
FOLLOW = (rights.KEY, DAY)


# --- plain SQL ---------------------------------------------------------------------------------------------------

FOR_NOBODY = [
    "INSERT INTO events SELECT * FROM events",
    "UPDATE events SET actor = 'p-office-3'",
    "UPDATE events SET account = 'db:owner' WHERE position = 1",
    "DELETE FROM events",
    "TRUNCATE events",
    "TRUNCATE events, streams, commands CASCADE",
    "COPY events FROM STDIN",
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "COPY events TO '/tmp/events'",
    "INSERT INTO streams VALUES (0, 'entity:x')",
    "UPDATE streams SET name = 'entity:x'",
    "DELETE FROM streams",
    "INSERT INTO commands SELECT * FROM commands",
    "UPDATE commands SET accepted = true",
    "DELETE FROM commands",
    "UPDATE checkpoints SET size = 0",
    "DELETE FROM checkpoints",
    "INSERT INTO access OVERRIDING SYSTEM VALUE SELECT * FROM access",
    "UPDATE access SET account = 'db:owner'",
    "DELETE FROM access",
    "TRUNCATE access",
    "DELETE FROM reach",
    "INSERT INTO reach VALUES (session_user, '')",
    "UPDATE reach SET stream = ''",
    "INSERT INTO speaks VALUES (session_user, 'p-wei-lichang')",
    "DELETE FROM four_eyes",
    "DELETE FROM migrations",
    "INSERT INTO migrations (version, name) VALUES (99, 'x')",
    "ALTER TABLE events DISABLE TRIGGER ALL",
    "ALTER TABLE events DISABLE TRIGGER events_within",
    "ALTER TABLE events DROP COLUMN account",
    "ALTER TABLE events DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE events OWNER TO CURRENT_USER",
    "DROP TRIGGER events_refuse ON events",
    "DROP TABLE events CASCADE",
    "DROP POLICY events_reach ON events",
    "CREATE POLICY mine ON events USING (true)",
    "CREATE TRIGGER mine BEFORE INSERT ON events EXECUTE FUNCTION refuse_change()",
    "CREATE RULE mine AS ON INSERT TO events DO INSTEAD NOTHING",
    "CREATE TABLE mine (position bigint)",
    "CREATE FUNCTION mine() RETURNS boolean LANGUAGE sql AS 'SELECT true'",
    "CREATE OR REPLACE FUNCTION reaches(_stream text) RETURNS boolean LANGUAGE sql AS 'SELECT true'",
    "ALTER FUNCTION reaches OWNER TO CURRENT_USER",
    "DROP FUNCTION lock_log",
    "DROP SCHEMA public CASCADE",
    "SET ROLE owner",
    "SET SESSION AUTHORIZATION owner",
    "SET session_replication_role = replica",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "ALTER SYSTEM SET fsync = off",
    "SELECT pg_read_file('/etc/passwd')",
    "DO $$ BEGIN LOCK TABLE events IN ACCESS EXCLUSIVE MODE; END $$",
    "SELECT events_follow()",
    "SELECT refuse_change()",
]
FOR_KEEPERS = [
    "DELETE FROM views",
    "UPDATE views SET body = ''",
    "INSERT INTO views VALUES ('campaign', 'x', '')",
    "UPDATE view_positions SET position = 0",
    "DELETE FROM tree",
    "INSERT INTO tree VALUES (0, 0, '')",
    "INSERT INTO checkpoints (size, note) VALUES (0, 'x')",
    "DELETE FROM persons",
    "INSERT INTO persons VALUES ('p-x', '')",
]
CALL = (
    "SELECT * FROM append_event('forged', 'd', '', '', 'p-wei-lichang', 'leading_group', 'entity:jilin-2005/220200', "
    "99, 'finding_raised.v1', '2005-08-17', NULL, '{}', NULL, NULL, NULL, NULL, NULL, NULL, NULL)"
)
CALLS = (
    "SELECT * FROM append_commands('{forged}', '{d}', '{t}', '{x}', '{2005}', '{p-wei-lichang}', '{any}', '{}', "
    "'{}', '{}', '{1}', '{entity:jilin-2005/220200}', '{99}', '{1}', '{finding_raised.v1}', '{2005-08-17}', '{NULL}', "
    "'{x}', '{}', '{}', '{}', '{}', '{}')"
)
FOR_WRITERS = ["SELECT lock_log()", "SELECT * FROM settle_command('x')", CALL, CALLS]
FORBIDDEN = [
    *((login, line) for login in ("l_auditor", "l_team", "l_office") for line in FOR_NOBODY),
    *((login, line) for login in ("l_auditor", "l_team", "l_officer") for line in FOR_KEEPERS),
    *(("l_auditor", line) for line in FOR_WRITERS),
]


@pytest.fixture(scope="module")
def content(office: Office) -> Iterator[list[tuple[Any, ...]]]:
    """Give all that the log holds; whatever was tried, it is the same afterwards."""
    query = "SELECT e::text FROM events e ORDER BY position"
    before = office.sql(OWNER, query)
    yield before
    assert office.sql(OWNER, query)[: len(before)] == before


@pytest.mark.parametrize(("login", "statement"), FORBIDDEN)
@pytest.mark.usefixtures("content")
def test_the_database_refuses(office: Office, login: str, statement: str) -> None:
    import psycopg  # noqa: PLC0415 -- tests without PostgreSQL collect this module too

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        office.sql(login, statement)


def test_what_is_refused_to_others_the_owner_may_do_or_the_log_itself_refuses(office: Office) -> None:
    """The control: it is the login that is refused, not the statement that is wrong."""
    import psycopg  # noqa: PLC0415 -- tests without PostgreSQL collect this module too

    assert office.sql(OWNER, "SELECT count(*) FROM reach")[0][0] > 0
    with pytest.raises(psycopg.errors.RestrictViolation, match="the log only grows"):
        office.sql(OWNER, "UPDATE events SET actor = 'p-office-3'")
    assert office.sql("l_keeper", "UPDATE view_positions SET position = position") == []


# --- by the append function --------------------------------------------------------------------------------------


RAISED = e.FindingRaised(finding="f-1", kind="omission", statement="none came")
OF_KIND = {"entity": RAISED, "campaign": e.CampaignOpened("x", "X"), "project": e.ProjectSelected("large")}
RESOLVED = e.FindingResolved(finding="f-1", outcome="cleared", reason="it came")
FORGED = [
    ("l_team", OWN, "p-office-2", "does not speak for p-office-2"),
    ("l_team", ELSEWHERE, "p-220200-office", f"{ELSEWHERE} is not within reach"),
    ("l_officer", WITHIN, "p-own-officer", f"{WITHIN} is not within reach"),
    ("l_team", f"campaign:{rights.KEY}x", "p-220200-office", "is not within reach"),
    ("l_team", f"project:{rights.KEY}/of-{rights.ELSEWHERE}", "p-220200-office", "is not within reach"),
    ("l_auditor", OWN, "p-auditor-1", "permission denied"),
]


@pytest.mark.parametrize(("login", "stream", "actor", "said"), FORGED)
def test_nobody_writes_for_another_or_beyond_reach(
    office: Office, login: str, stream: str, actor: str, said: str
) -> None:
    head = office.session.log.head()
    with pytest.raises(Problems) as caught:
        office.forge(login, stream, OF_KIND[stream.partition(":")[0]], actor)
    assert [problem.code for problem in caught.value.problems] == ["not-permitted"]
    assert said in str(caught.value)
    assert office.session.log.head() == head


def test_two_logins_of_one_person_are_one_pair_of_eyes_and_the_account_is_the_sessions_own(office: Office) -> None:
    office.forge("l_office", OWN, RAISED, "p-office-2")
    record = office.session.log.read(OWN)[-1]
    assert (record.actor, record.account) == ("p-office-2", "db:l_office")
    with pytest.raises(Problems, match="it takes two persons: p-office-2 with finding_resolved"):
        office.forge("l_twin", OWN, RESOLVED, "p-office-2")
    office.forge("l_verifier", OWN, RESOLVED, "p-statistics-1")
    assert office.session.log.read(OWN)[-1].account == "db:l_verifier"


def test_the_database_compares_the_same_thing_only(office: Office) -> None:
    target = e.Target(target="t-1", indicator="profit", value=Decimal(1), unit="x", period="2005", scope="provincial")
    other = e.Target(target="t-2", indicator="profit", value=Decimal(1), unit="x", period="2005", scope="provincial")
    office.forge("l_office", OWN, e.TargetProposed(target, "survey"), "p-office-2")
    with pytest.raises(Problems, match="it takes two persons"):
        office.forge("l_office", OWN, e.TargetFixed(target), "p-office-2")
    office.forge("l_verifier", OWN, e.TargetProposed(other, "survey"), "p-statistics-1")
    office.forge("l_office", OWN, e.TargetFixed(other), "p-office-2")


# --- what is seen ------------------------------------------------------------------------------------------------

SEEN = {
    "l_team": {OWN, WITHIN},
    "l_other": {ELSEWHERE},
    "l_officer": {OWN},
    "l_verifier": {OWN, WITHIN, ELSEWHERE},
    "l_auditor": {OWN, WITHIN, ELSEWHERE},
    "l_keeper": {OWN, WITHIN, ELSEWHERE},
}


@pytest.mark.parametrize("login", SEEN)
def test_a_login_sees_its_own_campaign_prefecture_or_entity(office: Office, login: str) -> None:
    streams = {name for (name,) in office.sql(login, "SELECT name FROM streams")}
    own = {f"project:{rights.KEY}/of-{name.rpartition('/')[2]}" for name in SEEN[login]}
    assert streams == {*SEEN[login], f"campaign:{rights.KEY}", *own}
    of_events = "SELECT DISTINCT s.name FROM events e JOIN streams s ON s.id = e.stream"
    assert {name for (name,) in office.sql(login, of_events)} == streams
    by_number = office.sql(login, "SELECT DISTINCT stream FROM events")
    assert len(by_number) == len(streams), "not even by number"
    rows = {f"{name}:{key}" for name, key in office.sql(login, "SELECT name, key FROM views")}
    assert rows == streams


def test_an_outcome_is_seen_by_whoever_sees_its_events(office: Office) -> None:
    mine = {name for (name,) in office.sql("l_other", "SELECT command_id FROM commands")}
    every = {name for (name,) in office.sql("l_auditor", "SELECT command_id FROM commands")}
    assert mine < every


def test_a_login_that_is_not_listed_sees_nothing(office: Office) -> None:
    logins.make(office.server, "l_stranger")
    office.sql(OWNER, f'GRANT "{office.database}_reader" TO l_stranger')
    for table in ("events", "streams", "views", "commands", "persons", "access"):
        assert office.sql("l_stranger", f"SELECT count(*) FROM {table}") == [(0,)]  # noqa: S608 -- a constant


def test_a_row_beyond_reach_is_not_told_by_the_function_that_decides(office: Office) -> None:
    ask = "SELECT bodies FROM take_stance('{x}', '{}', '{entity,entity}', %s)"
    ((bodies,),) = office.sql("l_team", ask, [f"{rights.KEY}/{rights.OWN}", f"{rights.KEY}/{rights.ELSEWHERE}"])
    assert bodies[0] is not None
    assert bodies[1] is None


# --- the program under such a login ------------------------------------------------------------------------------


def test_a_team_works_within_its_prefecture_and_never_takes_what_is_hidden_for_what_is_gone(office: Office) -> None:
    session = office.as_("l_team")
    assert set(session.entities()) == {rights.OWN, rights.WITHIN}
    command = c.OpenEntry(rights.WITHIN, "issue", "i-1", "short of coal", kind="coal")
    reply = handle(session, [command], Who("p-220200-office", account="os:root"))
    assert reply.refusal is None, reply.refusal
    record = office.session.log.read(WITHIN)[-1]
    assert (record.actor, record.account) == ("p-220200-office", "db:l_team")
    assert session.log.head() == office.session.log.head()
    reader = office.as_("l_team", write=False)
    assert reader.entities()[rights.WITHIN].entries


def test_another_persons_name_is_refused_and_noted_under_the_login(office: Office) -> None:
    session = office.as_("l_team")
    reply = handle(session, [c.RaiseFinding(rights.OWN, "f-9", "omission", "none")], Who("p-office-1"))
    assert reply.refusal is not None
    assert [reason.code for reason in reply.refusal.reasons] == ["account-of-another"]
    last = office.session.log.attempts()[-1]
    assert (last.account, last.actor, last.reason) == ("db:l_team", "p-office-1", "account-of-another")


def test_an_auditor_reads_everything_writes_nothing_and_is_noted(office: Office) -> None:
    session = office.as_("l_auditor")
    assert set(session.entities()) == {rights.OWN, rights.WITHIN, rights.ELSEWHERE}
    assert [row[0] for row in session.log.scan_rows()] == list(range(1, office.session.log.head() + 1))
    reply = handle(session, [c.RaiseFinding(rights.OWN, "f-9", "omission", "none")], Who("p-auditor-1"))
    assert reply.refusal is not None
    assert not reply.refusal.permitted
    assert office.session.log.attempts()[-1].account == "db:l_auditor"
    assert session.log.attempts() == office.session.log.attempts()


def test_what_is_refused_again_and_again_on_one_connection_stays_refused(office: Office) -> None:
    """The driver prepares what is asked often; what stood behind a failure in the same journey never was prepared."""
    session, before = office.as_("l_auditor"), len(office.session.log.attempts())
    for _ in range(9):
        reply = handle(session, [c.RaiseFinding(rights.OWN, "f-9", "omission", "none")], Who("p-auditor-1"))
        assert reply.refusal is not None
        assert not reply.refusal.permitted
    assert len(office.session.log.attempts()) == before + 9


def test_a_login_sees_its_own_lines_of_the_journal_only(office: Office) -> None:
    office.as_("l_other").log.note([Attempt("db:owner", "p-x", "finding.raise", "", "not-permitted", "c-1")])
    assert {attempt.account for attempt in office.as_("l_other").log.attempts()} == {"db:l_other"}


# --- granting ----------------------------------------------------------------------------------------------------


def test_roles_yaml_decides_what_a_login_is(office: Office) -> None:
    definition = office.session.context().definition
    assert definition is not None
    found = {login.name: login.kind for login in reach.logins(definition, DAY) if login.name != OWNER}
    assert found == logins.KINDS


def test_granting_again_changes_nothing_and_the_script_is_the_one_that_is_run(office: Office) -> None:
    before = office.followed()
    printed = reach.apply(office.session, dry_run=True)
    assert reach.apply(office.session) == printed
    assert office.followed() == before, "the log had been followed all along"
    assert "CREATE ROLE" in printed
    assert f'"{office.database}_writer"' in printed


def test_a_login_that_is_no_longer_listed_is_put_out(office: Office) -> None:
    definition = office.session.context().definition
    assert definition is not None
    fewer = [login for login in reach.logins(definition, DAY) if login.name not in {"l_other", OWNER}]
    postgres_roles.grant(office.dsn(), fewer, FOLLOW)
    import psycopg  # noqa: PLC0415 -- tests without PostgreSQL collect this module too

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        office.sql("l_other", "SELECT count(*) FROM events")
    reach.apply(office.session)
    assert office.sql("l_other", "SELECT count(*) FROM events")[0][0] > 0


def test_a_login_that_is_not_there_is_named_and_nothing_is_granted(office: Office) -> None:
    strange, known = postgres_roles.Login("l_nobody", "reader"), postgres_roles.Login("l_stranger", "reader")
    logins.make(office.server, "l_stranger")
    with pytest.raises(Problems, match="login-missing the database has no login l_nobody"):
        postgres_roles.grant(office.dsn(), [known, strange], FOLLOW)
    assert office.sql(OWNER, "SELECT pg_has_role('l_stranger', %s, 'MEMBER')", f"{office.database}_reader") == [
        (False,)
    ]


def test_who_may_make_no_roles_is_told_who_may(office: Office) -> None:
    with pytest.raises(Problems, match=r"not-permitted.*CREATEROLE.*--dry-run"):
        postgres_roles.grant(office.dsn("l_office"), (), FOLLOW)


def test_names_are_quoted_and_what_cannot_be_one_is_not_written() -> None:
    odd = postgres_roles.Login("o'brien\"", "reader")
    text = postgres_roles.script([odd], ("k'1", DAY), "shop", '"Odd"')
    assert 'GRANT "shop_reader" TO "o\'brien""";' in text
    assert "SELECT follow_log('k''1', '2005-08-17');" in text
    for bad in ("a\\", "a\nb"):
        with pytest.raises(ValueError, match="a"):
            postgres_roles.script([odd], (bad, DAY), "shop", "public")


def test_what_the_database_refuses_after_the_decision_is_noted_too(office: Office) -> None:
    session = office.as_("l_verifier")
    office.sql(OWNER, "DELETE FROM speaks WHERE login = 'l_verifier'")
    command = c.RaiseFinding(rights.OWN, "f-8", "omission", "none")
    with pytest.raises(Problems, match="does not speak for p-statistics-1"):
        handle(session, [command], Who("p-statistics-1"))
    last = office.session.log.attempts()[-1]
    assert (last.account, last.command, last.subject) == ("db:l_verifier", "finding.raise", rights.OWN)
    reach.apply(office.session)
    assert handle(session, [command], Who("p-statistics-1")).refusal is None


# --- at the command line -----------------------------------------------------------------------------------------


def test_the_page_shows_what_is_granted(office: Office) -> None:
    page = (Path(__file__).parents[2] / "docs" / "howto" / "access.md").read_text(encoding="utf-8")
    printed = invoke("store", "migrate", "--roles", "--dry-run", "--store", office.dsn())
    assert printed.exit_code == 0, printed.output
    script = printed.stdout.replace(f'"{office.database}_', '"campaign_')
    granted = page.partition("```sql\n")[2].partition("```")[0]
    assert granted in script
    assert script.startswith("BEGIN;\n")
    assert script.endswith("COMMIT;\n")


def test_roles_are_granted_at_the_command_line(office: Office, tmp_path: Path) -> None:
    office.sql(OWNER, "DELETE FROM reach")
    done = invoke("store", "migrate", "--roles", "--store", office.dsn())
    assert done.exit_code == 0, done.output
    assert "every login has what roles.yaml gives it" in done.stderr
    assert office.sql(OWNER, "SELECT count(*) FROM reach")[0][0] > 0
    refused = invoke("store", "migrate", "--roles", "--store", office.dsn("l_office"))
    assert refused.exit_code == 6
    file = tmp_path / "file.db"
    open_session(Settings(str(file)), write=True, create=True).close()
    assert "not-a-database" in invoke("store", "migrate", "--roles", "--store", file).stderr


def test_a_database_whose_definition_lists_no_logins_grants_nothing(office: Office) -> None:
    empty = office.server.fresh()
    session = open_session(Settings(office.server.dsn(empty), at=rights.AT), write=True)
    with pytest.raises(Problems, match="definition-missing"):
        reach.apply(session)
    rights.begin(session)
    with pytest.raises(Problems, match="no-logins"):
        reach.apply(session)
    session.close()
    office.server.drop(empty)


def test_a_token_is_not_taken_where_the_login_says_who_comes(office: Office) -> None:
    who = Who("p-x", token="some token")  # noqa: S106 -- none that is worth anything
    reply = handle(office.as_("l_team"), [c.RaiseFinding(rights.OWN, "f-7", "omission", "none")], who)
    assert reply.refusal is not None
    assert "this store knows you by your login, db:l_team" in str(reply.refusal)


@pytest.mark.parametrize("login", ["l_team", "l_officer"])
@pytest.mark.parametrize(
    "command",
    ["audit verify", "log export", "log export {folder}", "store backup {folder}", "store copy {dsn} {folder}"],
)
def test_who_sees_a_part_is_told_so_and_never_that_the_rest_is_gone(
    office: Office, login: str, command: str, tmp_path: Path
) -> None:
    line = command.format(folder=tmp_path / "export", dsn=office.dsn(login)).split()
    told = invoke(*line, "--store", office.dsn(login))
    assert told.exit_code == 6, told.output
    assert f"not-permitted db:{login} sees only a part of the log" in told.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_writer_who_reaches_the_whole_campaign_is_not_told_of_a_part_but_has_no_backup_made(
    office: Office, tmp_path: Path
) -> None:
    """The log is whole for it; of the access journal, which a backup holds, it sees its own lines only."""
    for command in ("show", "entity list", "replay", "audit verify", f"log export {tmp_path / 'export'}"):
        told = invoke(*command.split(), "--store", office.dsn("l_verifier"))
        assert "only a part" not in told.output, command
        assert told.exit_code == 0, told.output
    for command in ("store backup", f"store copy {office.dsn('l_verifier')}"):
        told = invoke(*command.split(), tmp_path / "kept.db", "--store", office.dsn("l_verifier"))
        assert told.exit_code == 6, told.output
        assert "db:l_verifier sees only its own lines of the access journal" in told.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["export"]


def test_every_view_of_a_part_says_that_it_is_one(office: Office) -> None:
    """A clerk's totals are of a prefecture; nobody may take them for the province's."""
    for command in ("show", "entity list", "replay", "store info", "log list --last 2"):
        team, auditor = (invoke(*command.split(), "--store", office.dsn(login)) for login in ("l_team", "l_auditor"))
        assert team.exit_code == auditor.exit_code == 0, team.output
        assert "db:l_team sees only a part of the log" in team.output, command
        assert "only a part" not in auditor.output, command
    made = invoke("entity", "list", "--format", "json", "--store", office.dsn("l_team"))
    assert json.loads(made.stdout)["partial"] is True
    assert "partial" not in json.loads(invoke("entity", "list", "--format", "json", "--store", office.dsn()).stdout)


def test_a_bulletin_is_not_made_of_a_part_and_not_said_to_be_another_than_published(tmp_path: Path) -> None:
    office = Office(quick(), tmp_path)
    later = open_session(Settings(office.dsn(), at=rights.AT.replace(month=10, day=20)), write=True)
    office.opened.append(later)
    try:
        _shown_to_whoever_sees_all(office)
        _, reply = bulletins.publish(later, "2005-09", Who("p-office-1"))
        assert reply.refusal is None, reply.refusal
        _shown_to_whoever_sees_all(office)
    finally:
        office.close()


def _shown_to_whoever_sees_all(office: Office) -> None:
    words = ("bulletin", "show", "2005-09", "--store")
    told = invoke(*words, office.dsn("l_team"))
    assert (told.exit_code, told.stdout) == (6, ""), told.output
    assert "db:l_team sees only a part of the log" in told.stderr
    assert invoke(*words, office.dsn("l_auditor")).exit_code == 0


def test_a_record_beyond_reach_is_not_said_to_be_none(office: Office) -> None:
    """The log names no position that is not there; a login that may not see one is told so (6)."""
    seen = {position for (position,) in office.sql("l_team", "SELECT position FROM events")}
    hidden = next(position for position in range(1, office.session.log.head()) if position not in seen)
    told = invoke("log", "show", hidden, "--store", office.dsn("l_team"))
    assert (told.exit_code, "db:l_team sees only a part of the log" in told.stderr) == (6, True), told.output
    traced = invoke("explain", f"event:{hidden}", "--store", office.dsn("l_team"))
    assert (traced.exit_code, "db:l_team sees only a part of the log" in traced.stderr) == (6, True), traced.output
    assert invoke("log", "show", 10**6, "--store", office.dsn("l_team")).exit_code == 3
    assert invoke("explain", f"event:{10**6}", "--store", office.dsn("l_team")).exit_code == 3


LOOKS = ["audit verify", "audit keys", "replay", "show", "entity list", "log list --last 2", "doctor", "store info"]


@pytest.mark.parametrize("command", LOOKS)
def test_an_auditor_may_look_at_everything(office: Office, command: str) -> None:
    told = invoke(*command.split(), "--store", office.dsn("l_auditor"))
    assert told.exit_code in {0, 5 if command == "audit verify" else 0}, told.output
    assert "not-permitted" not in told.output


def test_a_keeper_signs_folds_anew_and_keeps_particulars(office: Office, tmp_path: Path) -> None:
    session = office.as_("l_keeper")
    assert evidence.rotate(session, tmp_path / "key", Who("p-audit-admin-1")).refusal is None
    assert evidence.checkpoint(session, tmp_path / "key")
    session.log.rebuild()
    for login in ("l_office", "l_keeper"):
        kept = office.as_(login).log
        kept.put_person("p-x", b"sealed")
        kept.erase_person("p-x")


def test_another_campaign_in_the_same_store_is_for_its_own_people(tmp_path: Path) -> None:
    office = Office(quick(), tmp_path)
    opened = Write("campaign:other", 0, (Draft(e.CampaignOpened("other", "Other"), DAY),))
    raised = Write("entity:other/220200", 0, (Draft(RAISED, DAY),))
    office.session.log.append(Batch("other", "other", "p-wei-lichang", "any", (opened,)))
    seen = {login: set(office.sql(login, "SELECT name FROM streams")) for login in ("l_verifier", "l_auditor")}
    assert seen["l_auditor"] == seen["l_verifier"] < set(office.sql(OWNER, "SELECT name FROM streams"))
    log = office.as_("l_verifier").log
    assert log.streams("campaign:") == [f"campaign:{rights.KEY}"], "so that the program need not be told which one"
    with pytest.raises(Problems, match="not-permitted"):
        log.append(Batch("forged", "forged", "p-statistics-1", "any", (raised,)))
    office.close()
