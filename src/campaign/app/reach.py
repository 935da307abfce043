"""Which role each login of a database is given; how far it reaches, the database itself takes from the log."""

from collections.abc import Iterator, Sequence
from datetime import date

from campaign.app.access import assigned
from campaign.app.session import Session
from campaign.domain.access import may, persons_of
from campaign.domain.definition import Definition, Role
from campaign.problems import Problem, Problems, T
from campaign.store.postgres_roles import Kind, Login, grant

DATABASE = "db:"
KEEPING = ("person.keep", "audit.rotate-key")
"""Whoever may give one of these keeps more than the log: particulars of persons, the tree, the read models."""


def apply(session: Session, *, dry_run: bool = False) -> str:
    """Grant the logins in roles.yaml what they need, and return the SQL for it.

    Raises Problems: `not-a-database`, `definition-missing`, `no-logins`, and what the database says.
    """
    definition = session.context().definition
    if not session.log.account:
        message = T("{path} is a file, which has no logins", path=session.settings.store)
        raise Problems([Problem("not-a-database", message, T("name a database with --store postgresql://…"))])
    if definition is None:
        message = T("no definition is adopted, so no account is listed yet")
        raise Problems([Problem("definition-missing", message, T("adopt one with `campaign apply`"))])
    today = session.today(definition)
    listed = tuple(logins(definition, today))
    if not listed:
        message = T("roles.yaml lists no login of a database")
        raise Problems([Problem("no-logins", message, T("list some under `accounts`, as db:LOGIN, and adopt that"))])
    return grant(session.settings.store, listed, (session.key, today), dry_run=dry_run)


def logins(definition: Definition, today: date) -> Iterator[Login]:
    """Yield each login that DEFINITION lists, with what the roles of its persons make of it.

    Who holds no role may still be appointed, and write then.
    """
    roles = {role.id: role for role in definition.roles}
    for account in dict.fromkeys(line.account for line in definition.accounts):
        if account.startswith(DATABASE):
            held = assigned(definition, persons_of(definition, account), {})
            mine = [roles[line.role] for line in held if line.to is None or today <= line.to]
            yield Login(account.removeprefix(DATABASE), _kind(mine))


def _kind(held: Sequence[Role]) -> Kind:
    if any(may(role, command) for role in held for command in KEEPING):
        return "keeper"
    return "writer" if not held or any(role.commands for role in held) else "reader"
