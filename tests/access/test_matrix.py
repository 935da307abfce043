"""Every role of the shipped roles.yaml × every command × every store: allowed, or exit 6 (P-17, R-03, R-57).

A change of rights is reviewed in matrix.csv: nothing writes it; copy the lines that the failing test prints, once they
are what was meant.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from access import rights
from store.cluster import database

from campaign.app.session import Session, Settings, open_session
from campaign.domain import commands as c
from campaign.problems import FORBIDDEN

GOLDEN = Path(__file__).with_name("matrix.csv")


def golden() -> list[list[str]]:
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_the_rights_are_the_ones_that_were_reviewed() -> None:
    session = rights.begin(open_session(Settings(":memory:", at=rights.AT), write=True, create=True))
    found = list(rights.matrix(session))
    changed = [",".join(line) for line in found if line not in golden()]
    assert not changed, "\n".join(["these lines of matrix.csv would change:", *changed])
    assert found == golden()


@pytest.fixture(params=["sqlite", "postgres"])
def session(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Session]:
    stores = database() if request.param == "postgres" else iter([str(tmp_path / "store.db")])
    opened = open_session(Settings(next(stores), at=rights.AT), write=True, create=True)
    yield rights.begin(opened)
    opened.close()
    next(stores, None)


def test_what_is_not_permitted_writes_nothing_but_a_line_of_the_journal(session: Session) -> None:
    head, denied = session.log.head(), []
    roles, (heading, *lines) = rights.holders(), golden()
    for name, *cells in lines:
        for role, cell in zip(heading[1:], cells, strict=True):
            allowed = rights.permitted(session, name, roles[role], rights.OWN, role)
            assert allowed is bool(cell), (name, role)
            if not allowed:
                assert rights.refused(session, name, roles[role], role) <= FORBIDDEN
                denied.append((roles[role], name))
    assert session.log.head() == head
    assert [(attempt.actor, attempt.command) for attempt in session.log.attempts()] == denied


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
