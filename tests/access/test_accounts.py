"""Which account may speak for whom: decided, filled in, recorded (R-03, R-58, P-15)."""

import os
import pwd
from pathlib import Path

import msgspec
import pytest
from app.drives import begun, drive, must, refused
from domain.playing import DEFINITION, OPENED, TEXT, campaign_after
from hypothesis import given
from hypothesis import strategies as st

from campaign.app.access import held, machine_account, recorded_as, spoken_for
from campaign.app.handle import Who, handle
from campaign.app.session import Session, Settings, open_session
from campaign.domain import account_rules
from campaign.domain import commands as c
from campaign.domain.access import stranger
from campaign.domain.consistency import check, notices
from campaign.domain.definition import Account, Assignment, Definition, Role, canonical, sha256
from campaign.domain.roles import authorise
from campaign.domain.state import CampaignState, Context, EntityState
from campaign.problems import Problem, Problems, Refused, T

ACCOUNTS = (
    Account(account="os:ann", person="ann"),
    Account(account="token:ann", person="ann"),
    Account(account="db:desk", person="lee"),
    Account(account="db:desk", person="cai"),
)
LISTED = msgspec.structs.replace(DEFINITION, accounts=ACCOUNTS)
HERE = Context(LISTED, campaign_after(OPENED))
PROPOSE = c.ProposeAward("a1", "r1", "t1")


def asked(actor: str, account: str) -> c.Asked:
    day = DEFINITION.campaign.window.from_.replace(month=5, day=20)
    return c.Asked(actor, "", day, day, account=account)


@pytest.mark.parametrize(
    ("actor", "account", "outcome"),
    [
        ("ann", "os:ann", "office"),
        ("ann", "token:ann", "office"),
        ("lee", "db:desk", "leader"),
        ("ann", "db:desk", "account-of-another"),
        ("lee", "os:ann", "account-of-another"),
        ("ann", "os:eve", "account-unknown"),
        ("ann", "", "account-unknown"),
        ("ann", "ANN", "account-unknown"),
        ("cai", "db:desk", "not-permitted"),
    ],
)
def test_an_account_speaks_for_those_it_is_listed_with(actor: str, account: str, outcome: str) -> None:
    verdict = authorise(PROPOSE, None, HERE, asked(actor, account))
    codes = [reason.code for reason in verdict.reasons] if isinstance(verdict, Refused) else verdict
    assert codes == ([outcome] if isinstance(verdict, Refused) else outcome)
    assert not isinstance(verdict, Refused) or not verdict.permitted


def test_a_refusal_names_whom_the_account_speaks_for() -> None:
    verdict = authorise(PROPOSE, None, HERE, asked("ann", "db:desk"))
    assert str(verdict) == "account-of-another the account db:desk does not speak for ann (it speaks for lee, cai)"
    unknown = authorise(PROPOSE, None, HERE, asked("ann", ""))
    assert "the account - speaks for nobody" in str(unknown)


@pytest.mark.parametrize("account", ["", "os:ann", "os:eve"])
def test_without_a_list_whoever_asks_is_believed(account: str) -> None:
    context = Context(DEFINITION, campaign_after(OPENED))
    assert authorise(PROPOSE, None, context, asked("ann", account)) == "office"


def test_the_first_definition_lists_the_accounts_that_may_adopt_it() -> None:
    text = canonical(LISTED)
    adopt = c.AdoptDefinition(sha256(text), text, ())
    nothing = Context(None, CampaignState())
    assert authorise(adopt, None, nothing, asked("ann", "os:ann")) == "office"
    assert isinstance(authorise(adopt, None, nothing, asked("ann", "os:eve")), Refused)


def test_a_new_list_does_not_hold_for_its_own_adoption() -> None:
    text = canonical(msgspec.structs.replace(LISTED, accounts=(Account(account="os:eve", person="ann"),)))
    adopt = c.AdoptDefinition(sha256(text), text, ())
    assert isinstance(authorise(adopt, None, HERE, asked("ann", "os:eve")), Refused)
    assert authorise(adopt, None, HERE, asked("ann", "os:ann")) == "office"


# --- the prefecture ----------------------------------------------------------------------------------------------

CLERK = Role(id="clerk", label="Clerk", commands=("report.submit",), scope="prefecture")
AROUND = msgspec.structs.replace(
    DEFINITION, roles=(CLERK,), assignments=(Assignment(person="cai", role="clerk", entities=("t1",)),)
)


@pytest.mark.parametrize(
    ("state", "allowed"),
    [
        (EntityState(version=1, entity="t1"), True),
        (EntityState(version=1, entity="f1", prefecture="t1"), True),
        (EntityState(version=1, entity="f1", parent="t1"), True),
        (EntityState(version=1, entity="f1", prefecture="t2"), False),
        (EntityState(version=1, entity="f1"), False),
    ],
)
@pytest.mark.parametrize("scope", ["prefecture", "own"])
def test_a_prefecture_is_all_that_lies_in_it(state: EntityState, allowed: bool, scope: str) -> None:  # noqa: FBT001 -- a column of the table
    roles = (msgspec.structs.replace(CLERK, scope=scope),)
    context = Context(msgspec.structs.replace(AROUND, roles=roles), campaign_after(OPENED))
    verdict = authorise(c.SubmitReport(state.entity, "r1", "weekly", "2031-W10", ()), state, context, asked("cai", ""))
    assert (verdict == "clerk") is (allowed and (scope == "prefecture" or state.entity == "t1"))


def test_a_prefecture_that_is_not_said_is_nobodys() -> None:
    held = (Assignment(person="cai", role="clerk", entities=("",)), Assignment(person="cai", role="clerk"))
    context = Context(msgspec.structs.replace(AROUND, assignments=held), campaign_after(OPENED))
    lone = EntityState(version=1, entity="f1")
    verdict = authorise(c.SubmitReport("f1", "r1", "weekly", "2031-W10", ()), lone, context, asked("cai", ""))
    assert isinstance(verdict, Refused)


# --- the list itself ---------------------------------------------------------------------------------------------

WRONG = [
    ({"accounts": (Account(account="ann", person="ann"),)}, ["account-form accounts[0].account"]),
    ({"accounts": (Account(account="os:", person="ann"),)}, ["account-form accounts[0].account"]),
    ({"accounts": (Account(account="OS:ann", person="ann"),)}, ["account-form accounts[0].account"]),
    ({"accounts": (*ACCOUNTS[:1], *ACCOUNTS[:1])}, ["account-twice accounts[1]"]),
    ({"accounts": ACCOUNTS[3:]}, ["accounts-lock-out accounts"]),
    ({"access_keys": ("desk+0a1b2c3d+AbC=", "no key")}, ["access-key-form access_keys[1]"]),
    ({"accounts": ACCOUNTS}, []),
    ({"accounts": ()}, []),
]


@pytest.mark.parametrize(("changes", "codes"), WRONG)
def test_a_list_is_looked_through_before_it_is_adopted(changes: dict[str, object], codes: list[str]) -> None:
    found = account_rules.check(msgspec.structs.replace(DEFINITION, **changes))
    assert [f"{problem.code} {problem.place.field}" for problem in found] == codes


def test_a_person_of_some_entities_only_does_not_count_as_an_adopter() -> None:
    own = Assignment(person="lee", role="office", entities=("t1",))
    narrow = msgspec.structs.replace(DEFINITION, accounts=ACCOUNTS[2:3], assignments=(own,))
    assert [problem.code for problem in account_rules.check(narrow)] == ["accounts-lock-out"]


def test_an_account_that_several_share_is_known_to_whoever_adopts_it() -> None:
    found = [problem for problem in notices(LISTED) if problem.code.startswith("account")]
    told = "account-shared db:desk speaks for lee, cai (four eyes cannot tell them apart; give each an account)"
    assert [str(problem) for problem in found] == [f"accounts[2].account: {told}"]
    assert not [problem for problem in notices(DEFINITION) if problem.code.startswith("account")]


def test_a_definition_of_before_lists_no_accounts() -> None:
    old = msgspec.json.decode(TEXT)
    assert old.pop("accounts") == old.pop("access_keys") == []
    assert msgspec.convert(old, Definition).accounts == ()


def test_what_is_wrong_with_the_list_is_wrong_with_the_definition() -> None:
    wrong = msgspec.structs.replace(DEFINITION, accounts=ACCOUNTS[3:])
    assert "accounts-lock-out" in [problem.code for problem in check(wrong)]


# --- at the edge -------------------------------------------------------------------------------------------------

ROLES = """
roles:
  - {id: steward, label: Steward, commands: ["*"]}
assignments:
  - {person: p-ada, role: steward}
  - {person: p-ben, role: steward}
"""
LINES = "accounts: [{account: 'os:ada', person: p-ada}, {account: 'os:desk', person: p-ben}]\n"
ADA = Who("p-ada", account="os:ada")
FINDING = c.RaiseFinding("north", "f-1", "omission", "none came")


def harvest(tmp_path: Path, lines: str = LINES) -> Session:
    """Return a rehearsal whose roles.yaml lists LINES."""
    folder = drive(tmp_path / "harvest")
    (folder / "roles.yaml").write_text(ROLES + lines)
    return begun(folder, who=ADA)


def test_a_record_names_the_account_and_the_person(tmp_path: Path) -> None:
    session = harvest(tmp_path)
    must(handle(session, [FINDING], ADA))
    record = session.log.read("entity:harvest-2031/north")[-1]
    assert (record.actor, record.account) == ("p-ada", "os:ada")
    assert {row.account for row in session.log.scan()} == {"os:ada"}


def test_another_account_is_refused_and_the_refusal_is_remembered(tmp_path: Path) -> None:
    session = harvest(tmp_path)
    before = session.log.head()
    who = Who("p-ada", command_id="forged", account="os:desk")
    assert refused(handle(session, [FINDING], who)) == ["account-of-another"]
    assert refused(handle(session, [FINDING], Who("p-ada", command_id="none"))) == ["account-unknown"]
    assert handle(session, [FINDING], who).repeated
    assert session.log.head() == before


def test_two_accounts_of_one_person_are_one_pair_of_eyes(tmp_path: Path) -> None:
    session = harvest(tmp_path, LINES.replace("p-ben", "p-ada"))
    must(handle(session, [FINDING], ADA))
    resolve = c.ResolveFinding("north", "f-1", "cleared", "it came after all")
    desk = Who("p-ada", account="os:desk")
    assert refused(handle(session, [resolve], desk)) == ["four-eyes"]


def test_a_rehearsal_that_lists_no_accounts_is_the_same_on_every_machine(tmp_path: Path) -> None:
    session = harvest(tmp_path, "")
    must(handle(session, [FINDING], ADA))
    assert {record.account for record in session.log.scan()} == {""}


def test_a_campaign_that_is_no_rehearsal_names_the_account_listed_or_not() -> None:
    context = Context(DEFINITION, campaign_after(OPENED))
    assert recorded_as(context, "os:ann") == "os:ann"


def test_the_account_of_the_machine_is_the_real_user_whatever_the_environment_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("USER", "LOGNAME", "USERNAME"):
        monkeypatch.setenv(name, "somebody-else")
    assert machine_account() == f"os:{pwd.getpwuid(os.getuid()).pw_name}"


@pytest.mark.parametrize("user", [4_000_000_000, 77])
def test_a_user_without_a_plain_name_goes_by_number(user: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def entry(number: int) -> pwd.struct_passwd:
        if number != 77:
            raise KeyError(number)
        return pwd.struct_passwd(("no name", "x", 77, 77, "", "/", "/bin/sh"))

    monkeypatch.setattr(os, "getuid", lambda: user)
    monkeypatch.setattr(pwd, "getpwuid", entry)
    assert machine_account() == f"os:{user}"


def test_a_store_says_for_whom_an_account_speaks(tmp_path: Path) -> None:
    folder = drive(tmp_path / "harvest")
    (folder / "roles.yaml").write_text(ROLES + LINES)
    store = str(tmp_path / "store.db")
    begun(folder, store, who=ADA).close()
    assert spoken_for(Settings(store), "os:desk") == ("p-ben",)
    with pytest.raises(Problems, match=r"the account os:eve is not listed in roles\.yaml"):
        spoken_for(Settings(store), "os:eve")
    assert spoken_for(Settings(str(tmp_path / "none.db")), "os:desk") == ()
    assert spoken_for(Settings(":memory:"), "os:desk") == ()


def test_nobody_is_listed_before_a_definition_is_adopted() -> None:
    assert list(held(open_session(Settings(":memory:")))) == []


def test_a_person_without_an_assignment_is_listed_all_the_same(tmp_path: Path) -> None:
    session = harvest(tmp_path)
    lines = [(line.account, assigned.role if assigned else "", scope) for line, assigned, scope in held(session)]
    assert lines == [("os:ada", "steward", "all"), ("os:desk", "steward", "all")]
    alone = harvest(tmp_path / "alone", LINES.replace("p-ben", "p-eve"))
    assert [(line.person, assigned, scope) for line, assigned, scope in held(alone, "os:desk")] == [("p-eve", None, "")]


def test_whoever_was_appointed_is_listed_with_the_role_of_the_duty(tmp_path: Path) -> None:
    folder = drive(tmp_path / "harvest")
    role = "  - {id: liaison, label: Liaison, scope: own, commands: [report.submit]}\n"
    roles = ROLES.replace("assignments:", role + "assignments:")
    (folder / "roles.yaml").write_text(roles + LINES.replace("p-ben}]", "p-eve}]"))
    session = begun(folder, who=ADA)
    must(handle(session, [c.AppointOfficer("north", "liaison", "p-eve", "clerk")], ADA))
    found = [(assigned.role, assigned.entities, scope) for _, assigned, scope in held(session, "os:desk") if assigned]
    assert found == [("liaison", ("north",), "own")]


def test_what_cannot_be_noted_is_refused_with_the_reason_why(tmp_path: Path) -> None:
    store = str(tmp_path / "store.db")
    folder = drive(tmp_path / "harvest")
    (folder / "roles.yaml").write_text(ROLES + LINES)
    begun(folder, store, who=ADA).close()
    session = open_session(Settings(store))
    assert refused(handle(session, [FINDING], Who("p-ada", account="os:desk"))) == ["account-of-another", "not-noted"]
    session.unwritable = Problems([Problem("store-read-only", T("the disk is full of holes"))])
    reply = handle(session, [FINDING], Who("p-ada", account="os:desk"))
    assert "could not be noted in the access journal: the disk is full of holes" in str(reply.refusal)
    with pytest.raises(Problems, match="full of holes"):
        handle(session, [FINDING], ADA)


NAMES = st.sampled_from(["ann", "lee", "cai"])
LOGINS = st.sampled_from(["os:a", "token:a", "db:a", ""])


@given(st.lists(st.tuples(LOGINS, NAMES), max_size=6), LOGINS, NAMES)
def test_an_account_is_let_in_for_just_the_persons_it_is_listed_with(
    listed: list[tuple[str, str]], account: str, person: str
) -> None:
    lines = tuple(Account(account=name, person=who) for name, who in listed)
    doubt = stranger(msgspec.structs.replace(DEFINITION, accounts=lines), account, person)
    assert (doubt is None) is (not listed or (account, person) in listed)
