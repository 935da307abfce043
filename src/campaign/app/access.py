"""Who asks: the account behind a command, and for which persons it speaks."""

import os
import pwd
from collections.abc import Iterable, Iterator, Mapping

from campaign.app.session import Session, Settings, open_session
from campaign.domain import access
from campaign.domain.definition import Account, Assignment, Definition
from campaign.domain.state import Context, EntityState
from campaign.problems import NOT_PERMITTED, Place, Problem, Problems, T, like_entity
from campaign.store.log import Log


def machine_account() -> str:
    """Return the account of the operating system under which this process runs, by its real user, not by $USER."""
    user = os.getuid()
    try:
        account = f"os:{pwd.getpwuid(user).pw_name}"
    except KeyError:
        return f"os:{user}"
    return account if access.ACCOUNT.match(account) else f"os:{user}"


def account_of(session: Session, account: str, token: str = "") -> str:
    """Return the account behind a command: the login of a store that has logins, else TOKEN's, else ACCOUNT itself.

    account: as the edge found it.  Raises Problems (code `token-refused`).
    """
    login = session.log.account
    if login and token:
        message = T("this store knows you by your login, {account}", account=login)
        raise Problems([Problem("token-refused", message, T("leave the token out"))])
    if not token:
        return login or account
    from campaign.app import tokens

    return tokens.read(session.context().definition, token, session.clock()).account


def recorded_as(context: Context, account: str) -> str:
    """Return ACCOUNT as the record is to name it: a rehearsal that lists no accounts is the same on every machine."""
    listed = context.definition is not None and context.definition.accounts
    return "" if context.campaign.rehearsal and not listed else account


def spoken_for(settings: Settings, account: str, token: str = "") -> tuple[str, ...] | None:
    """Return the persons for whom an account speaks in the store that SETTINGS name; nobody where there is none.

    None for a token that is refused: the command itself will say so.  Raises Problems (code `actor-not-named`) for an
    account that is not listed where others are, and for a store that cannot be asked.
    """
    try:
        session = open_session(settings)
    except Problems as found:
        if found.problems[0].code != "store-missing":  # else it may be the command's own to make one
            raise
        return ()
    try:
        definition = session.context().definition
        asking = account_of(session, account, token)
    except Problems:
        return None
    finally:
        session.close()
    persons = access.persons_of(definition, asking) if definition else ()
    if definition and definition.accounts and not persons:
        raise Problems([_unlisted(asking)])
    return persons


def _unlisted(account: str) -> Problem:
    message = T("nobody is named who asks, and the account {account} is not listed in roles.yaml", account=account)
    fix = T("have it listed there under `accounts`, or bring a token with --token-file; see docs/howto/access.md")
    return Problem("actor-not-named", message, fix, Place(field="--as"))


def assigned(
    definition: Definition, persons: Iterable[str], entities: Mapping[str, EntityState]
) -> Iterator[Assignment]:
    """Yield the assignments of PERSONS, duties of officers and liaisons among them."""
    known = {role.id for role in definition.roles}
    yield from (line for line in definition.assignments if line.person in persons)
    for name, state in entities.items():
        for duty, holder in state.duties.items():
            if holder.person in persons and duty in known:
                yield Assignment(person=holder.person, role=duty, entities=(name,))


def believed(session: Session) -> bool:
    """Whether no accounts are listed, so that whoever asks is whom they say."""
    definition = session.context().definition
    return definition is not None and not definition.accounts


def held(session: Session, account: str = "", person: str = "") -> Iterator[tuple[Account, Assignment | None, str]]:
    """Yield for whom ACCOUNT ("" = any that is listed) speaks, with each assignment and the scope of its role.

    Where whoever asks is believed, it speaks for PERSON.
    """
    definition = session.context().definition
    if definition is None:
        return
    listed = definition.accounts or ((Account(account=account, person=person),) if person else ())
    scopes, entities = {role.id: role.scope for role in definition.roles}, session.entities()
    for line in listed:
        if account in {"", line.account}:
            mine = list(assigned(definition, (line.person,), entities))
            yield from ((line, assignment, scopes[assignment.role]) for assignment in mine)
            if not mine:
                yield line, None, ""


def whole(log: Log, campaign: str = "", *, beside: bool = False) -> None:
    """Object to a store that hides records of CAMPAIGN (of any: "") from whoever asks: they would look as if gone.

    beside: the access journal is needed as well.  Raises Problems (code `not-permitted`).
    """
    if log.partial(campaign):
        message = T("{account} sees only a part of the log", account=log.account)
    elif beside and log.partial(beside=True):
        message = T("{account} sees only its own lines of the access journal", account=log.account)
    else:
        return
    raise Problems(
        [
            Problem(
                NOT_PERMITTED,
                message,
                T("have it done by a login that reaches everything; `campaign access show` says how far yours does"),
            )
        ]
    )


def known_entity(session: Session, name: str) -> EntityState:
    """Return one entity. Raises Problems (codes `unknown-entity`; `not-permitted` where it may only be hidden)."""
    found = session.entity(name)
    if found is not None:
        return found
    whole(session.log, session.key)
    message = T("there is no entity {entity}", entity=name)
    near = like_entity(name, session.entity_ids())
    raise Problems([Problem("unknown-entity", message, near, Place(field="entity"))])
