"""Which account speaks for whom, as the definition lists them (R-03, R-58, P-15); tests/access shows it at the door."""

import msgspec
import pytest
from domain.playing import DEFINITION
from domain.test_consistency import define

from campaign.domain.access import may, persons_of, stranger
from campaign.domain.consistency import check, notices
from campaign.domain.definition import Account, Role

LISTED = msgspec.structs.replace(
    DEFINITION,
    accounts=(
        Account(account="os:ann", person="ann"),
        Account(account="db:desk", person="lee"),
        Account(account="db:desk", person="cai"),
    ),
)


@pytest.mark.parametrize(
    ("account", "actor", "said"),
    [
        ("os:ann", "ann", "None"),
        ("db:desk", "cai", "None"),
        ("db:desk", "ann", "account-of-another the account db:desk does not speak for ann (it speaks for lee, cai)"),
        ("os:ann", "lee", "account-of-another the account os:ann does not speak for lee (it speaks for ann)"),
        (
            "os:eve",
            "ann",
            "account-unknown the account os:eve speaks for nobody (have it listed under `accounts` in roles.yaml)",
        ),
        ("", "ann", "account-unknown the account - speaks for nobody (have it listed under `accounts` in roles.yaml)"),
    ],
)
def test_an_account_speaks_for_those_it_is_listed_with(account: str, actor: str, said: str) -> None:
    assert str(stranger(LISTED, account, actor)) == said
    assert stranger(DEFINITION, account, actor) is None


def test_persons_stand_in_the_order_of_the_list() -> None:
    assert persons_of(LISTED, "db:desk") == ("lee", "cai")
    assert persons_of(LISTED, "os:eve") == ()


@pytest.mark.parametrize(
    ("granted", "allowed"),
    [
        (("report.submit",), True),
        (("report.*",), True),
        (("*",), True),
        (("phase.advance", "report.submit"), True),
        (("report.correct",), False),
        (("phase.*",), False),
        (("submit",), False),
        ((), False),
    ],
)
def test_a_role_may_what_it_names_its_noun_or_all(granted: tuple[str, ...], allowed: bool) -> None:  # noqa: FBT001 -- a column of the table
    assert may(Role(id="r", label="R", commands=granted), "report.submit") is allowed


OFFICE = {"id": "office", "label": "Office", "commands": ["definition.*"]}
LOCKED_OUT = (
    "accounts: accounts-lock-out no account speaks for anybody who may adopt a definition"
    " (list the account of such a person, or nobody could ever change the accounts)"
)


@pytest.mark.parametrize(
    ("assignments", "said"),
    [
        ([{"person": "p-1", "role": "office"}], []),
        ([{"person": "p-1", "role": "office", "entities": ["t1"]}], [LOCKED_OUT]),
        ([{"person": "p-1", "role": "writer"}], [LOCKED_OUT]),
        ([{"person": "p-2", "role": "office"}], [LOCKED_OUT]),
        ([{"person": "p-2", "role": "office"}, {"person": "p-1", "role": "office"}], []),
    ],
    ids=["may", "for one entity only", "by another role", "another person", "one of two"],
)
def test_somebody_with_an_account_must_be_able_to_change_the_accounts(
    assignments: list[dict[str, object]], said: list[str]
) -> None:
    listed = [{"account": "os:ann", "person": "p-1"}]
    made = define(roles__0=OFFICE, assignments=assignments, accounts=listed)
    assert [str(problem) for problem in check(made)] == said
    assert check(define(roles__0=OFFICE, assignments=assignments)) == []


def test_accounts_that_several_persons_share_are_noted_once_each() -> None:
    shared = [("os:a", "p-1"), ("db:x", "p-1"), ("os:b", "p-2"), ("db:x", "p-2"), ("db:y", "p-1"), ("db:y", "p-3")]
    made = define(accounts=[{"account": account, "person": person} for account, person in shared])
    fix = "(four eyes cannot tell them apart; give each an account)"
    assert [str(problem) for problem in notices(made)] == [
        f"accounts[1].account: account-shared db:x speaks for p-1, p-2 {fix}",
        f"accounts[4].account: account-shared db:y speaks for p-1, p-3 {fix}",
    ]


@pytest.mark.parametrize(
    ("key", "sound"),
    [
        ("office+0123abcd+AAAA", True),
        ("office+0123abcd+AA==", True),
        ("office+0123abcg+AAAA", False),
        ("office+0123abc+AAAA", False),
        ("of fice+0123abcd+AAAA", False),
        ("office+0123abcd+AAAA\n", False),
    ],
)
def test_a_public_key_is_written_as_the_program_prints_it(key: str, sound: bool) -> None:  # noqa: FBT001 -- a column of the table
    assert ([problem.code for problem in check(define(access_keys=[key]))] == []) is sound
