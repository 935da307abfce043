"""Reach follows the log: who reaches what is decided by the facts of the same append, and by nobody for himself."""

import random
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import msgspec
import pytest
from access import logins, rights
from access.logins import Office
from store.cluster import OWNER, quick

from campaign.app import reach
from campaign.app.adopt import Choice, apply
from campaign.app.handle import Reply, Who, handle
from campaign.app.session import Session
from campaign.domain import commands as c
from campaign.domain import events as e
from campaign.domain.events import TOPIC_OF
from campaign.domain.state import EntityState
from campaign.problems import Problems
from campaign.store import postgres_roles
from campaign.store.migrations import MIGRATIONS, statements

OFFICE, TEAM = Who("p-office-2"), Who("p-220200-office")


def must(reply: Reply) -> None:
    assert reply.refusal is None, reply.refusal


def entity(name: str) -> str:
    return f"entity:{rights.KEY}/{name}"


def enrol(office: Office, name: str, prefecture: str = rights.OWN) -> None:
    command = c.EnrolEntity(name, "enterprise", name, ("increment_enterprise",), prefecture=prefecture)
    must(handle(office.as_("l_office"), [command], OFFICE))


def settled(office: Office) -> bool:
    """Whether what was followed step by step is what comes out of the whole log."""
    before = office.followed()
    reach.apply(office.session)
    return office.followed() == before


# --- what is enrolled, registered, appointed ---------------------------------------------------------------------


def test_a_team_sees_and_writes_its_new_enterprise_at_once_and_others_do_not(office: Office) -> None:
    enrol(office, "new-works")
    assert entity("new-works") in office.seen("l_team")
    assert entity("new-works") not in office.seen("l_other") | office.seen("l_officer")
    opening = c.OpenEntry("new-works", "issue", "i-1", "short of coal", kind="coal")
    must(handle(office.as_("l_team"), [opening], TEAM))
    assert office.as_("l_team").entities().keys() >= {"new-works", rights.OWN}
    assert settled(office)


def test_a_project_is_within_reach_of_whoever_reaches_its_entity(office: Office) -> None:
    enrol(office, "old-works")
    must(handle(office.as_("l_office"), [c.RegisterProject("mill", "Mill", "old-works", "new")], OFFICE))
    mill = f"project:{rights.KEY}/mill"
    assert [login for login in ("l_team", "l_other", "l_officer", "l_auditor") if mill in office.seen(login)] == [
        "l_team",
        "l_auditor",
    ]
    assert settled(office)


def test_a_duty_is_reach_until_it_is_handed_over(office: Office) -> None:
    enrol(office, "duty-works")
    stream, session = entity("duty-works"), office.as_("l_team")
    must(handle(session, [c.AppointOfficer("duty-works", "liaison", "p-own-officer", "clerk")], TEAM))
    assert stream in office.seen("l_officer")
    handed = c.AppointOfficer("duty-works", "liaison", "p-somebody", "clerk", reason="moved")
    must(handle(session, [handed], TEAM))
    assert stream not in office.seen("l_officer")
    assert settled(office)


def test_whatever_is_decided_a_login_reaches_what_its_roles_do(own: Office) -> None:
    """The database against the program's own rule, after a stretch of random office life."""
    life = random.Random(14)  # noqa: S311 -- the same office each time
    session, names = own.as_("l_office"), [f"works-{number}" for number in range(6)]
    persons = ("p-own-officer", "p-220100-office", "p-somebody")
    for name in names:
        enrol(own, name, life.choice(("", rights.OWN, rights.ELSEWHERE)))
    for number in range(24):
        name, duty = life.choice(names), life.choice(("accountable_officer", "liaison"))
        appoint = c.AppointOfficer(name, duty, life.choice(persons), "clerk", reason="moved")  # type: ignore[arg-type] # one of the two
        register = c.RegisterProject(f"mill-{number}", "Mill", name, "new")
        handle(session, [life.choice([appoint, register])], OFFICE)
    states = own.session.entities()
    for login, near in (("l_team", {rights.OWN}), ("l_other", {rights.ELSEWHERE}), ("l_officer", set())):
        reached = {name for name, state in states.items() if _reached(state, set(logins.PERSONS[login]), near)}
        projects = {name for name, state in own.session.projects().items() if state.entity in reached}
        due = {*map(entity, reached), *(f"project:{rights.KEY}/{name}" for name in projects)}
        assert own.seen(login) - {f"campaign:{rights.KEY}"} == due, login
    assert settled(own)


def _reached(state: EntityState, persons: set[str], near: set[str]) -> bool:
    holders = {duty.person for duty in state.duties.values()}
    return bool(holders & persons or {state.entity, state.prefecture, state.parent} & near)


def test_a_login_sees_what_the_database_knows_of_itself_only(office: Office) -> None:
    for table in ("reach", "posts", "speaks"):
        query = f"SELECT DISTINCT login FROM {table}"  # noqa: S608 -- a constant
        assert office.sql("l_team", query) == [("l_team",)]
        assert len(office.sql("l_auditor", query)) > 1
    tied = {name for (name,) in office.sql("l_officer", "SELECT stream FROM ties")}
    assert tied
    assert tied <= office.seen("l_officer")


# --- what is adopted ---------------------------------------------------------------------------------------------


def changed(tmp_path: Path, *changes: tuple[str, str], file: str = "roles.yaml") -> Path:
    """Write the folder with other lines in one of its files."""
    made = logins.folder(tmp_path / "config", logins.PERSONS)
    text = (made / file).read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    (made / file).write_text(text, encoding="utf-8")
    return made


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Office]:
    """Give a database of the test's own: another definition is adopted in it."""
    made = Office(quick(), tmp_path / "own")
    yield made
    made.close()


NEW = ("\naccounts:\n", "\naccounts:\n  - {account: 'db:l_new', person: p-220100-office}\n")
OTHER = ("'db:l_other', person: p-220100-office", "'db:l_other', person: p-220200-office")


def test_an_adoption_puts_in_and_out_whom_it_names_by_the_same_append(own: Office, tmp_path: Path) -> None:
    logins.make(own.server, "l_new")
    own.sql(OWNER, f'GRANT "{own.database}_writer" TO l_new')
    assert own.seen("l_new") == set()
    must(apply(own.as_("l_office"), changed(tmp_path, NEW, OTHER), OFFICE, reason="another desk"))
    assert entity(rights.ELSEWHERE) in own.seen("l_new")
    assert own.seen("l_other") == own.seen("l_team")
    opening = c.OpenEntry(rights.WITHIN, "issue", "i-1", "short of coal", kind="coal")
    must(handle(own.as_("l_other"), [opening], TEAM))
    assert settled(own)


def test_an_assignment_that_has_ended_is_no_reach_and_four_eyes_are_those_of_the_definition(
    own: Office, tmp_path: Path
) -> None:
    line = 'person: p-220200-office, role: prefecture_office, entities: ["220200"]'
    folder = changed(tmp_path, (line, f"{line}, to: 2005-08-16"))
    phases = folder / "phases.yaml"
    text = phases.read_text(encoding="utf-8").replace("  targets: true", "  targets: false")
    phases.write_text(text, encoding="utf-8")
    must(apply(own.as_("l_office"), folder, OFFICE, reason="the term is over"))
    assert own.seen("l_team") == {f"campaign:{rights.KEY}"}
    concluded = {topic for (topic,) in own.sql(OWNER, "SELECT concluded FROM four_eyes")}
    assert concluded == {"report_verified.v1", "award_approved.v1", "finding_resolved.v1"}
    assert settled(own)


def test_a_team_adopts_its_own_file_by_its_own_login(own: Office, tmp_path: Path) -> None:
    folder = changed(tmp_path, ("2005-12-20", "2005-12-21"), file="teams/siping.yaml")
    person = ("\naccounts:\n", "\naccounts:\n  - {account: 'db:l_siping', person: p-220300-office}\n")
    text = (folder / "roles.yaml").read_text(encoding="utf-8").replace(*person)
    (own.folder / "roles.yaml").write_text(text, encoding="utf-8")
    logins.make(own.server, "l_siping")
    must(apply(own.as_("l_office"), own.folder, OFFICE, reason="a desk in Siping"))
    reach.apply(own.session)
    before = own.followed()
    must(apply(own.as_("l_siping"), folder, Who("p-220300-office"), choice=Choice(team="siping"), reason="a day later"))
    last = own.session.log.read(f"campaign:{rights.KEY}")[-1]
    assert (last.topic, last.account) == ("definition_adopted.v1", "db:l_siping")
    assert own.followed() == before


# --- nobody widens his own reach ---------------------------------------------------------------------------------


def widened(session: Session) -> e.DefinitionAdopted:
    """Return an adoption that gives the team's own account a person of the office."""
    event = session.log.read(f"campaign:{rights.KEY}")[1].event
    assert isinstance(event, e.DefinitionAdopted)
    theirs = '"account":"db:l_team","person":"p-220200-office"'
    assert theirs in event.definition
    text = event.definition.replace(theirs, '"account":"db:l_team","person":"p-office-1"')
    return msgspec.structs.replace(event, definition=text, sha256="0" * 64)


HELD = e.EntityEnrolled(rights.ELSEWHERE, "prefecture", "x", (), "survey", prefecture=rights.OWN)
POST = e.OfficerAppointed("liaison", "p-220200-office", "clerk")
GRAB = e.ProjectRegistered(f"of-{rights.ELSEWHERE}", "x", rights.OWN, "new")
FORGED = [
    (entity(rights.ELSEWHERE), HELD, "is not within reach"),
    (entity(rights.ELSEWHERE), POST, "is not within reach"),
    (f"project:{rights.KEY}/of-{rights.ELSEWHERE}", GRAB, "is not within reach"),
    (f"campaign:{rights.KEY}", None, "l_team may not change who reaches what"),
]


def test_a_writer_past_the_program_does_not_keep_others_from_reading(own: Office) -> None:
    """An entity that would be reached by whoever reaches it: the question would never end."""
    around = e.ProjectRegistered("x", "x", rights.OWN, "new")
    own.forge("l_team", entity(rights.OWN), around, "p-220200-office", ())
    assert entity(rights.OWN) in own.seen("l_team")
    assert entity(rights.OWN) not in own.seen("l_other")
    tied = "SELECT * FROM tied('officer_appointed.v1', 'k', %s)"
    assert own.sql(OWNER, tied, '{"duty": "entity", "person": "220200"}') == []
    assert own.sql(OWNER, tied, '{"duty": "liaison", "person": "p-x"}') == [("liaison", "liaison:k/p-x")]


@pytest.mark.parametrize(("stream", "event", "said"), FORGED)
def test_a_writer_past_the_program_draws_nothing_into_its_reach(
    office: Office, stream: str, event: e.Event | None, said: str
) -> None:
    before, seen = office.followed(), office.seen("l_team")
    with pytest.raises(Problems, match=said):
        office.forge("l_team", stream, event or widened(office.session), "p-220200-office")
    assert office.followed() == before
    assert office.seen("l_team") == seen


def test_whoever_may_adopt_is_followed_and_an_adoption_elsewhere_or_of_no_definition_is_nothing(own: Office) -> None:
    """The control of the one before: the same event counts by the hand of whoever may adopt a definition."""
    event = widened(own.session)
    own.forge("l_team", entity(rights.OWN), event, "p-220200-office", ())
    nothing = msgspec.structs.replace(event, definition="[[")
    own.forge("l_team", f"campaign:{rights.KEY}", nothing, "p-220200-office", ())
    assert entity(rights.ELSEWHERE) not in own.seen("l_team")
    own.forge("l_office", f"campaign:{rights.KEY}", event, "p-office-2", ())
    assert entity(rights.ELSEWHERE) in own.seen("l_team")


def test_each_campaign_of_a_store_has_its_own_logins(own: Office) -> None:
    before = own.followed()
    event = widened(own.session)
    other = msgspec.structs.replace(event, definition=event.definition.replace(f'"{rights.KEY}"', '"other"'))
    assert other.definition != event.definition
    own.forge(OWNER, "campaign:other", other, "p-wei-lichang", ())
    after = own.followed()
    assert {name: [row for row in after[name] if row in before[name]] for name in after} == before
    assert ("l_team", "entity:other/", "other") in after["reach"]
    assert entity(rights.ELSEWHERE) not in own.seen("l_team")


def test_a_store_of_before_knows_after_its_migration_what_it_would_have_followed(office: Office) -> None:
    import psycopg  # noqa: PLC0415 -- tests without PostgreSQL collect this module too

    name = office.server.fresh(empty=True)
    roles = {kind: f"{name}_{kind}" for kind in postgres_roles.KINDS}
    for role in roles.values():
        office.server.sql(f"CREATE ROLE {role}")
    with (
        psycopg.connect(office.dsn(), autocommit=True) as source,
        psycopg.connect(office.server.dsn(name), autocommit=True) as target,
    ):
        for step in ("0001_log.sql", "0002_access.sql", "0003_reach.sql"):
            target.execute(statements(step, "public"))
        for table in ("streams", "events"):
            with (
                source.cursor().copy(f"COPY {table} TO STDOUT") as rows,
                target.cursor().copy(f"COPY {table} FROM STDIN") as to,
            ):
                for row in rows:
                    to.write(row)
        for step in MIGRATIONS[3:]:
            target.execute(statements(step, "public"))
        for table, known in office.followed().items():
            assert target.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() == known, table  # type: ignore[arg-type] # noqa: S608 -- a constant
        for kind, due in (("reader", {"sees"}), ("writer", {"sees", *WRITING}), ("keeper", {"sees", *WRITING})):
            may = "SELECT proname FROM pg_proc WHERE proname = ANY (%s) AND has_function_privilege(%s, oid, 'EXECUTE')"
            assert {found for (found,) in target.execute(may, (["sees", *WRITING], roles[kind]))} == due
    office.server.drop(name)
    for role in roles.values():
        office.server.sql(f"DROP ROLE {role}")


WRITING = ("take_stance", "append_event", "append_commands")
"""What came later than the roles of such a store were granted."""


def test_the_database_follows_the_topics_that_are_written_today() -> None:
    """A new version of one of these needs a migration: the database would no longer see who is appointed."""
    named = set(re.findall(r"'(\w+\.v\d+)'", (files("campaign.store") / "pg" / "0005_follow.sql").read_text()))
    assert len(named) > 10
    assert named <= set(TOPIC_OF.values())
