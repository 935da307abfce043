"""Who asks: the account behind a command, and for which persons it speaks."""

import os
import pwd

from campaign.app.session import Session, Settings, open_session
from campaign.domain import access
from campaign.domain.state import Context
from campaign.problems import Problems


def machine_account() -> str:
    """Return the account of the operating system under which this process runs, by its real user, not by $USER."""
    user = os.getuid()
    try:
        account = f"os:{pwd.getpwuid(user).pw_name}"
    except KeyError:
        return f"os:{user}"
    return account if access.ACCOUNT.match(account) else f"os:{user}"


def account_of(session: Session, account: str) -> str:
    """Return the account behind a command: the login of a store that has logins, else ACCOUNT, as the edge found it."""
    return session.log.account or account


def recorded_as(context: Context, account: str) -> str:
    """Return ACCOUNT as the record is to name it: a rehearsal that lists no accounts is the same on every machine."""
    listed = context.definition is not None and context.definition.accounts
    return "" if context.campaign.rehearsal and not listed else account


def spoken_for(settings: Settings, account: str) -> tuple[str, ...]:
    """Return the persons for whom ACCOUNT speaks in the store that SETTINGS name; nobody where there is none."""
    try:
        session = open_session(settings)
    except Problems:  # told when the command itself opens the store
        return ()
    try:
        definition = session.context().definition
        return access.persons_of(definition, account_of(session, account)) if definition else ()
    finally:
        session.close()
