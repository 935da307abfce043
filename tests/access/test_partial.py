"""What is reckoned or compared over the whole is not done over a part: a login that sees one is told so (6)."""

import pytest
from access import rights
from access.logins import Office
from cli.program import invoke

PART = "not-permitted db:l_team sees only a part of the log"
OF_THE_WHOLE = [
    "assess run final --basis final --as p-220200-office",
    "assess what-if --set target.profit=14",
    f"explain rank:final/{rights.OWN}",
    "explain bulletin:2005-09",
    "bulletin publish 2005-09 --as p-220200-office",
    "bulletin correct 2005-09 --reason late --as p-220200-office",
    "target reconcile",
    "report laggards",
    "finding screen",
    "tick --at 2005-10-20T09:00+08:00 --as p-220200-office",
    "log export",
    "audit verify",
]
HIDDEN = [
    f"entity show {rights.ELSEWHERE}",
    f"entity history {rights.ELSEWHERE}",
    f"calendar export --entity {rights.ELSEWHERE}",
    f"explain figure:{rights.ELSEWHERE}/profit",
    f"replay --entity {rights.ELSEWHERE}",
]


@pytest.mark.parametrize("line", [*OF_THE_WHOLE, *HIDDEN])
def test_a_login_that_sees_a_part_is_told_so_first(office: Office, line: str) -> None:
    head = office.session.log.head()
    told = invoke(*line.split(), "--yes", "--store", office.dsn("l_team"))
    assert (told.exit_code, PART in told.stderr) == (6, True), told.output
    assert told.stdout == ""
    assert office.session.log.head() == head


@pytest.mark.parametrize("line", [*OF_THE_WHOLE, *HIDDEN])
@pytest.mark.parametrize("login", ["l_office", "l_verifier", "l_auditor"])
def test_a_login_that_sees_the_whole_is_not(office: Office, login: str, line: str) -> None:
    """The control: what these are told, if anything, is something else."""
    told = invoke(*line.replace("p-220200-office", "p-office-2").split(), "--dry-run", "--store", office.dsn(login))
    assert "only a part" not in told.output


def test_what_was_folded_is_counted_not_the_position(office: Office) -> None:
    part, whole = (invoke("replay", "--store", office.dsn(login)).stdout for login in ("l_team", "l_auditor"))
    head = office.session.log.head()
    ((count,),) = office.sql("l_team", "SELECT count(*) FROM events")
    assert f"folded {count} events" in part
    assert f"folded {head} events" in whole
    assert count < head


def test_a_plan_of_a_part_says_so(office: Office) -> None:
    line = ("plan", "--config", office.folder, "--store")
    assert "db:l_team sees only a part of the log" in invoke(*line, office.dsn("l_team")).stderr
    assert "only a part" not in invoke(*line, office.dsn("l_office")).output


def test_what_is_its_own_a_login_that_sees_a_part_is_shown(office: Office) -> None:
    for line in (f"entity show {rights.WITHIN}", f"entity history {rights.OWN}", f"explain gate:{rights.OWN}"):
        told = invoke(*line.split(), "--store", office.dsn("l_team"))
        assert told.exit_code == 0, told.output
