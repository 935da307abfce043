"""Which account speaks for which person (roles.yaml: accounts); four eyes, roles and history only know the person."""

import re

from campaign.domain.definition import Definition, Role
from campaign.problems import Problem, T

ACCOUNT = re.compile(r"(os|token|db):\w[\w.@+-]{0,61}\Z")
"""How an account is written."""


def persons_of(definition: Definition, account: str) -> tuple[str, ...]:
    """Return the persons for whom ACCOUNT speaks, in the order of roles.yaml."""
    return tuple(line.person for line in definition.accounts if line.account == account)


def stranger(definition: Definition, account: str, actor: str) -> Problem | None:
    """Object to an ACCOUNT that does not speak for ACTOR; where the definition lists no accounts, all are believed.

    The reasons that the actor's roles may give are not looked for then: who somebody is comes before what they may do.
    """
    persons = persons_of(definition, account)
    if not definition.accounts or actor in persons:
        return None
    if not persons:
        message = T("the account {account} speaks for nobody", account=account or "-")
        return Problem("account-unknown", message, T("have it listed under `accounts` in roles.yaml"))
    message = T("the account {account} does not speak for {actor}", account=account, actor=actor)
    return Problem("account-of-another", message, T("it speaks for {persons}", persons=", ".join(persons)))


def may(role: Role, command: str) -> bool:
    """Whether ROLE may give the command of that name: listed itself, as `noun.*`, or `*`."""
    return bool({command, command.partition(".")[0] + ".*", "*"} & set(role.commands))
