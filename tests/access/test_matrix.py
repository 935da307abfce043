"""Every role of the shipped roles.yaml × every command × every store: allowed, or exit 6 (P-17, R-03, R-57).

A change of rights is reviewed in matrix.csv: nothing writes it; copy the lines that the failing test prints, once they
are what was meant.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from access import logins, rights
from store.cluster import OWNER, Cluster, quick

from campaign.app.session import Session, Settings, open_session
from campaign.domain import commands as c
from campaign.problems import FORBIDDEN

GOLDEN = Path(__file__).with_name("matrix.csv")


def golden() -> list[list[str]]:
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


class Stand(msgspec.Struct):
    """A store with the three entities, the session of whoever keeps it, and those who ask."""

    keeper: Session
    asking: rights.Asking


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def stand(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stand]:
    """Give each kind of store; on PostgreSQL every role comes by a login of its own."""
    if request.param == "postgres":
        yield from by_login(quick(), tmp_path / "config")
        return
    store = str(tmp_path / "store.db") if request.param == "sqlite" else ":memory:"
    session = rights.begin(open_session(Settings(store, at=rights.AT), write=True, create=True))
    yield Stand(session, rights.asking(session))
    session.close()


def by_login(server: Cluster, where: Path) -> Iterator[Stand]:
    persons = rights.holders()
    database, logins_of = server.fresh(), {role: f"m_{role}" for role in persons}
    listed = {OWNER: logins.PERSONS[OWNER]} | {logins_of[role]: (person,) for role, person in persons.items()}
    keeper = logins.begin(server, database, logins.folder(where, listed), listed)
    sessions = {
        role: open_session(Settings(server.dsn(database, login), at=rights.AT), write=True)
        for role, login in logins_of.items()
    }
    yield Stand(keeper, rights.Asking(persons, sessions))
    for session in (keeper, *sessions.values()):
        session.close()
    server.drop(database)


def test_the_rights_are_the_ones_that_were_reviewed_and_what_is_not_permitted_leaves_a_line_of_the_journal(
    stand: Stand,
) -> None:
    asking, head = stand.asking, stand.keeper.log.head()
    found = list(asking.matrix())
    changed = [",".join(line) for line in found if line not in golden()]
    assert not changed, "\n".join(["these lines of matrix.csv would change:", *changed])
    assert found == golden()
    denied = [
        (name, role) for name, *cells in found[1:] for role, cell in zip(asking.persons, cells, strict=True) if not cell
    ]
    for name, role in denied:
        assert asking.refused(name, role) <= FORBIDDEN, (name, role)
    assert stand.keeper.log.head() == head
    noted = [(attempt.account, attempt.actor, attempt.command) for attempt in stand.keeper.log.attempts()]
    assert noted == [(asking.sessions[role].log.account, asking.persons[role], name) for name, role in denied]


def test_no_login_does_in_anothers_name_what_its_own_role_may_not(tmp_path: Path) -> None:
    """The control: it is the login that is held to its role, not the name that it gives."""
    stands = by_login(quick(), tmp_path / "config")
    stand = next(stands)
    asking = stand.asking
    able = next(iter(asking.persons))
    impostors = {role: session for role, session in asking.sessions.items() if role != able}
    for session in impostors.values():
        lent = rights.Asking(asking.persons, {able: session})
        assert asking.permitted("meeting.schedule", able, rights.OWN)
        assert lent.refused("meeting.schedule", able) == {"account-of-another"}
    next(stands, None)


def test_every_command_and_every_role_has_its_cell() -> None:
    heading, *lines = golden()
    assert heading == ["command", *(role.id for role in rights.definition().roles)]
    assert [line[0] for line in lines] == sorted(c.COMMANDS)
    assert {cell for line in lines for cell in line[1:]} == set(rights.REACH.values())


def test_an_auditor_may_give_no_command() -> None:
    heading, *lines = golden()
    assert {line[heading.index("auditor")] for line in lines} == {""}


def test_whoever_reports_may_not_verify_and_whoever_proposes_an_award_may_not_approve_it() -> None:
    heading, *lines = golden()
    cells = {line[0]: dict(zip(heading[1:], line[1:], strict=True)) for line in lines}
    both = [role for role in heading[1:] if cells["report.submit"][role] and cells["report.verify"][role]]
    assert both == ["campaign_office"], "and there four eyes hold between persons"
    assert not [role for role in heading[1:] if cells["award.propose"][role] and cells["award.approve"][role]]
