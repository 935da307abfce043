"""What the accounts and keys of a definition may still have wrong."""

import re
from collections.abc import Iterator

from campaign.domain.access import ACCOUNT, may, persons_of
from campaign.domain.definition import Definition
from campaign.problems import Place, Problem, T

PUBLIC_KEY = re.compile(r"[^+\s]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+={0,2}\Z")
"""How the public half of a key is written."""


def check(definition: Definition) -> Iterator[Problem]:
    """Find accounts and keys that are not written as such, and accounts among which nobody may adopt a definition."""
    for number, line in enumerate(definition.accounts):
        if not ACCOUNT.match(line.account):
            message = T("{account} names no account", account=line.account)
            fix = T("write os:NAME, token:NAME or db:LOGIN")
            yield Problem("account-form", message, fix, Place(field=f"accounts[{number}].account"))
        if line in definition.accounts[:number]:
            message = T("{account} speaks for {person} already", account=line.account, person=line.person)
            yield Problem("account-twice", message, T("remove one of them"), Place(field=f"accounts[{number}]"))
    for number, key in enumerate(definition.access_keys):
        if not PUBLIC_KEY.match(key):
            fix = T("write what `campaign access key` prints")
            yield Problem("access-key-form", T("this is no public key"), fix, Place(field=f"access_keys[{number}]"))
    yield from _locked_out(definition)


def _locked_out(definition: Definition) -> Iterator[Problem]:
    """Object to accounts that would let nobody in who could change them again."""
    known = {line.person for line in definition.accounts}
    roles = {role.id for role in definition.roles if may(role, "definition.adopt")}
    adopters = {line.person for line in definition.assignments if line.role in roles and not line.entities}
    if known and not known & adopters:
        message = T("no account speaks for anybody who may adopt a definition")
        fix = T("list the account of such a person, or nobody could ever change the accounts")
        yield Problem("accounts-lock-out", message, fix, Place(field="accounts"))


def notices(definition: Definition) -> Iterator[Problem]:
    """Name the accounts that several persons share: the program cannot tell these apart."""
    seen: set[str] = set()
    for number, line in enumerate(definition.accounts):
        persons = persons_of(definition, line.account)
        if len(persons) > 1 and line.account not in seen:
            message = T("{account} speaks for {persons}", account=line.account, persons=", ".join(persons))
            fix = T("four eyes cannot tell them apart; give each an account")
            yield Problem("account-shared", message, fix, Place(field=f"accounts[{number}].account"))
        seen.add(line.account)
