"""What is installed, reachable and pending: one line and one remedy each."""

import sqlite3
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import msgspec

from campaign.app.access import account_of, machine_account
from campaign.app.session import MEMORY, Session, Settings, open_session
from campaign.app.stores import present
from campaign.domain.access import persons_of
from campaign.problems import EXTRAS, NOTHING, Problems, T, Text
from campaign.store.dsn import redacted
from campaign.store.folding import VERIFY

OLDEST_PYTHON = (3, 11)
OLDEST_SQLITE = (3, 37, 0)
"""STRICT tables came with this version."""


class Finding(msgspec.Struct, frozen=True):
    """One line: whether it is in order, what it is, and what to do if it is not."""

    ok: bool
    what: Text
    remedy: Text = NOTHING


def findings(settings: Settings, config: Path) -> list[Finding]:
    """Look at the program, the folder and the store, and change nothing."""
    return [*_program(), *_folder(config), *_store(settings)]


def _program() -> Iterator[Finding]:
    python = ".".join(map(str, sys.version_info[:3]))
    yield Finding(
        sys.version_info >= OLDEST_PYTHON, T("Python {version}", version=python), T("install Python 3.11 or later")
    )
    sqlite = tuple(map(int, sqlite3.sqlite_version.split(".")))
    yield Finding(
        sqlite >= OLDEST_SQLITE,
        T("SQLite {version}", version=sqlite3.sqlite_version),
        T("use a Python built with SQLite 3.37 or later"),
    )
    for module, extra in EXTRAS.items():
        found = find_spec(module) is not None
        what = T("{module} is installed", module=module) if found else T("{module} is not installed", module=module)
        yield Finding(found, what, T("pip install campaign[{extra}], if you need it", extra=extra))


def _folder(config: Path) -> Iterator[Finding]:
    if not config.is_dir():
        yield Finding(
            False,  # noqa: FBT003 -- the field is called ok
            T("there is no campaign folder {path}", path=config),
            T("name it with --config, or make one with `campaign init DIR`"),
        )
        return
    from campaign.files import folder as folders

    try:
        folder = folders.load(config)
    except Problems as found:
        what = T("the campaign folder {path} has {count} problems", path=config, count=len(found.problems))
        yield Finding(False, what, T("see them with `campaign config validate`"))  # noqa: FBT003 -- likewise
        return
    yield Finding(True, T("the campaign folder {path} is valid", path=config))  # noqa: FBT003 -- likewise
    for notice in folder.notices:
        yield Finding(True, notice.message, notice.fix)  # noqa: FBT003 -- likewise


def _store(settings: Settings) -> Iterator[Finding]:
    if settings.store == MEMORY or not present(settings.store):
        what = T("there is no store {path}", path=settings.store)
        fix = T("make one with `campaign demo` or `campaign apply`")
        yield Finding(False, what, fix)  # noqa: FBT003 -- likewise
        return
    try:
        session = open_session(settings)
    except Problems as found:
        yield from (Finding(False, problem.message, problem.fix) for problem in found.problems)  # noqa: FBT003 -- likewise
        return
    try:
        yield from _opened(session)
    except Problems as found:
        yield from (Finding(False, problem.message, problem.fix) for problem in found.problems)  # noqa: FBT003 -- likewise
    finally:
        session.close()


def _views(behind: list[int]) -> Finding:
    """Say how many events the views are BEHIND the log, each; less than 0 where events are gone that they hold."""
    lag, ahead = max(behind), -min(behind)
    if ahead > 0:
        what = T("the views are {count} events ahead of the log: events are gone", count=ahead)
        return Finding(False, what, VERIFY)  # noqa: FBT003 -- likewise
    return Finding(
        lag == 0, T("the views lag {lag} events behind", lag=lag), T("the next command that writes folds them")
    )


def _accounts(session: Session) -> Iterator[Finding]:
    """Say who is believed to be whom, where a campaign is under way."""
    context = session.context()
    if context.definition is None or context.campaign.rehearsal:
        return
    if not context.definition.accounts:
        what = T("no accounts are listed: whoever may write the store is believed, as in an office of one user")
        yield Finding(True, what, T("list them under `accounts` in roles.yaml"))  # noqa: FBT003 -- likewise
        return
    account = account_of(session, machine_account())
    persons = ", ".join(persons_of(context.definition, account))
    what = T("your account {account} speaks for {persons}", account=account, persons=persons or "-")
    yield Finding(bool(persons), what, T("have it listed under `accounts` in roles.yaml"))


def _opened(session: Session) -> Iterator[Finding]:
    head, key = session.log.head(), session.key
    yield Finding(True, T("the store {path} holds {head} events", path=redacted(session.settings.store), head=head))  # noqa: FBT003 -- likewise
    yield from (
        Finding(False, T("the store's tables: {what}", what=what), VERIFY)  # noqa: FBT003 -- likewise
        for what in session.log.amiss()
    )
    yield _views([head - session.log.checkpoint(view) for view in ("campaign", "entity", "project")])
    state = session.campaign()
    adopted = bool(state.adoptions)
    what = T("campaign {key}: a definition is adopted", key=key) if adopted else T("no definition is adopted")
    yield Finding(adopted, what, T("adopt one with `campaign apply`"))
    yield from _accounts(session)
    scheme = bool(state.schemes)
    what = T("an assessment scheme is adopted") if scheme else T("no assessment scheme is adopted yet")
    yield Finding(scheme, what, T("adopt one with `campaign scheme adopt FILE` before `campaign assess run`"))
