"""What `audit verify` says of records whose account was not their person's, and of one person's four eyes (P-15)."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from access.test_accounts import ADA, LINES, ROLES, harvest
from app.drives import drive, must
from domain.playing import recorded

from campaign.app import audit
from campaign.app.adopt import apply
from campaign.app.handle import Who, handle
from campaign.app.session import Session
from campaign.domain import commands as c
from campaign.domain import events as e
from campaign.domain.definition import FourEyes
from campaign.domain.eyes import alone
from campaign.domain.state import (
    AwardLine,
    CampaignState,
    EntityState,
    FindingLine,
    Individual,
    Proposal,
    ReportLine,
    TargetLine,
)
from campaign.store.log import Batch, Draft, Write

NORTH = "entity:harvest-2031/north"
RAISED = e.FindingRaised(finding="f-1", kind="omission", statement="none came")
RESOLVED = e.FindingResolved(finding="f-1", outcome="cleared", reason="it came")
DAY = date(2031, 3, 1)
START = datetime(2031, 3, 1, tzinfo=UTC)


def forge(session: Session, event: e.Event, actor: str, account: str) -> int:
    """Write past every check but the store's own; return the position."""
    expected = session.log.version(NORTH)
    write = Write(NORTH, expected, (Draft(event, DAY),))
    name = f"forged-{session.log.head()}"
    return session.log.append(Batch(name, name, actor, "steward", (write,), account=account)).first


def doubts(session: Session) -> list[tuple[str, str, str]]:
    """Return what a verification finds."""
    found = audit.verify(session).problems
    return [(problem.code, problem.place.field, str(problem.message)) for problem in found]


def test_records_of_listed_accounts_are_not_doubted(tmp_path: Path) -> None:
    session = harvest(tmp_path)
    must(handle(session, [c.RaiseFinding("north", "f-1", "omission", "none came")], ADA))
    must(handle(session, [c.ResolveFinding("north", "f-1", "cleared", "it came")], Who("p-ben", account="os:desk")))
    assert doubts(session) == []


@pytest.mark.parametrize(
    ("actor", "account", "said"),
    [
        ("p-ada", "os:desk", "p-ada: the account os:desk does not speak for p-ada"),
        ("p-ada", "os:eve", "p-ada: the account os:eve speaks for nobody"),
        ("p-ada", "", "p-ada: the account - speaks for nobody"),
    ],
)
def test_a_record_that_its_account_could_not_write_is_named(
    tmp_path: Path, actor: str, account: str, said: str
) -> None:
    session = harvest(tmp_path)
    position = forge(session, RAISED, actor, account)
    assert doubts(session) == [
        ("integrity-account", f"position {position}", f"a record is not its person's: {said}"),
    ]


def test_four_eyes_of_one_person_are_seen_whatever_accounts_they_came_by(tmp_path: Path) -> None:
    session = harvest(tmp_path, LINES.replace("p-ben", "p-ada"))
    forge(session, RAISED, "p-ada", "os:ada")
    position = forge(session, RESOLVED, "p-ada", "os:desk")
    assert [(code, place) for code, place, _ in doubts(session)] == [("integrity-four-eyes", f"position {position}")]


def test_each_record_is_held_to_the_list_of_its_own_moment(tmp_path: Path) -> None:
    session = harvest(tmp_path)
    must(handle(session, [c.RaiseFinding("north", "f-1", "omission", "none came")], ADA))
    folder = drive(tmp_path / "later")
    (folder / "roles.yaml").write_text(ROLES + LINES.replace("os:ada", "os:ada2"))
    must(apply(session, folder, ADA, reason="another machine"))
    assert doubts(session) == [], "neither what came before nor the adoption itself is held to the new list"
    position = forge(session, RESOLVED, "p-ben", "os:ada")
    assert [(code, place) for code, place, _ in doubts(session)] == [("integrity-account", f"position {position}")]


def test_a_campaign_that_lists_no_accounts_is_not_doubted(tmp_path: Path) -> None:
    session = harvest(tmp_path, "")
    forge(session, RAISED, "p-ada", "os:anybody")
    assert doubts(session) == []


# --- each kind of conclusion -------------------------------------------------------------------------------------

TARGET = e.Target(target="t", indicator="yield", value=None, unit="t", period="2031", scope="field")
REPORT = ReportLine("r", "o", "p", (), "ann", DAY, START, 1, corrected_by=("cai",))
ENTITY = EntityState(
    version=1,
    entity="t1",
    reports={"r": REPORT},
    targets={"t": TargetLine(TARGET, "reviewed", "ann", 1)},
    findings={"f": FindingLine("f", "omission", "none", "ann", 1)},
)
CAMPAIGN = CampaignState(
    version=1,
    awards={"a": AwardLine("a", "run", "t1", "g", 1, Decimal(1), "ann", 1)},
    individuals={"i": Individual("i", "cai", "t1", "never late", "ann", 1)},
    proposal=Proposal("s", "", "ann", 1),
)
EVERY = FourEyes(definitions=True)
NONE = FourEyes(report_verification=False, awards=False, commendations=False, targets=False)

CONCLUSIONS = [
    (e.ReportVerified("r"), ENTITY, {"ann", "cai"}),
    (e.TargetFixed(TARGET), ENTITY, {"ann"}),
    (e.AwardApproved("a"), CAMPAIGN, {"ann"}),
    (e.IndividualReviewed("i", favourable=True, opinion="well"), CAMPAIGN, {"ann", "cai"}),
    (e.IndividualDecided("i", granted=True, reason="well"), CAMPAIGN, {"ann", "cai"}),
    (e.DefinitionAdopted("s", "{}", ()), CAMPAIGN, {"ann"}),
]


@pytest.mark.parametrize(("event", "state", "began"), CONCLUSIONS)
@pytest.mark.parametrize("person", ["ann", "cai", "lee"])
def test_who_began_it_does_not_conclude_it(
    event: e.Event, state: EntityState | CampaignState, began: set[str], person: str
) -> None:
    record = recorded(event, 2, person)
    assert alone(record, state, EVERY) is (person in began)
    assert not alone(record, state, NONE), "where the definition does not ask for two"
    assert not alone(record, type(state)(), EVERY), "of what is not there, nothing is said"


def test_whoever_raised_a_finding_never_resolves_it() -> None:
    resolved = e.FindingResolved("f", outcome="cleared", reason="it came")
    assert alone(recorded(resolved, 2, "ann"), ENTITY, NONE)
    assert not alone(recorded(resolved, 2, "lee"), ENTITY, NONE)


def test_what_concludes_nothing_is_not_asked_after() -> None:
    assert not alone(recorded(RAISED, 2, "ann"), ENTITY, EVERY)
    assert not alone(recorded(e.AwardRejected("a", "no"), 2, "ann"), CAMPAIGN, EVERY)
