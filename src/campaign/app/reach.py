"""What roles.yaml means for the logins of a database: which role each has there, and how far it reaches.

The store knows nothing of prefectures: it is told names of streams.  What is enrolled, appointed or assigned later is
within reach once `campaign store migrate --roles` was run again.
"""

from collections.abc import Iterable, Iterator

from campaign.app.access import assigned
from campaign.app.session import Session
from campaign.domain.access import may, persons_of
from campaign.domain.definition import Assignment, Definition, FourEyes, Role
from campaign.domain.events import (
    TOPIC_OF,
    AwardApproved,
    AwardProposed,
    Event,
    FindingRaised,
    FindingResolved,
    ReportCorrected,
    ReportSubmitted,
    ReportVerified,
    TargetFixed,
    TargetProposed,
)
from campaign.domain.state import EntityState, ProjectState
from campaign.problems import Problem, Problems, T
from campaign.store.postgres_roles import Kind, Login, Pair, grant

DATABASE = "db:"
WHOLE = ""
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
    listed = tuple(logins(session, definition))
    if not listed:
        message = T("roles.yaml lists no login of a database")
        raise Problems([Problem("no-logins", message, T("list some under `accounts`, as db:LOGIN, and adopt that"))])
    return grant(session.settings.store, listed, tuple(pairs(definition.four_eyes)), dry_run=dry_run)


def logins(session: Session, definition: Definition) -> Iterator[Login]:
    """Yield each login that DEFINITION lists, with what its persons' roles make of it."""
    entities, projects, today = session.entities(), session.projects(), session.today(definition)
    for account in dict.fromkeys(line.account for line in definition.accounts):
        if account.startswith(DATABASE):
            persons = persons_of(definition, account)
            held = [line for line in assigned(definition, persons, entities) if line.to is None or today <= line.to]
            kind = _kind(definition, held)
            streams = sorted(_streams(session.key, definition, held, entities, projects))
            whole = kind != "writer" and any(not line.entities for line in held)
            yield Login(account.removeprefix(DATABASE), kind, (WHOLE,) if whole else tuple(streams), persons)


def _kind(definition: Definition, held: Iterable[Assignment]) -> Kind:
    roles = {role.id: role for role in definition.roles}
    mine = [roles[line.role] for line in held]
    if any(may(role, command) for role in mine for command in KEEPING):
        return "keeper"
    return "writer" if any(role.commands for role in mine) else "reader"


def _streams(
    key: str,
    definition: Definition,
    held: Iterable[Assignment],
    entities: dict[str, EntityState],
    projects: dict[str, ProjectState],
) -> Iterator[str]:
    """Yield the streams that whoever HOLDS these reaches: the campaign's own, and those of its entities."""
    roles = {role.id: role for role in definition.roles}
    yield f"campaign:{key}"
    for line in held:
        if not line.entities and roles[line.role].scope == "all":
            yield from (f"entity:{key}/", f"project:{key}/")
        near = {name for name, state in entities.items() if _within(roles[line.role], line, state)}
        yield from (f"entity:{key}/{name}" for name in near)
        yield from (f"project:{key}/{name}" for name, state in projects.items() if state.entity in near)


def _within(role: Role, line: Assignment, state: EntityState) -> bool:
    around = {state.prefecture, state.parent} if role.scope == "prefecture" else set()
    return bool({state.entity, *around} & set(line.entities))


def pairs(needed: FourEyes) -> Iterator[Pair]:
    """Yield what takes two persons, as the database can tell it from two records."""
    if needed.report_verification:
        yield _pair(ReportVerified, (ReportSubmitted, ReportCorrected), "report")
    if needed.targets:
        yield _pair(TargetFixed, (TargetProposed,), "target.target")
    if needed.awards:
        yield _pair(AwardApproved, (AwardProposed,), "award")
    yield _pair(FindingResolved, (FindingRaised,), "finding")


def _pair(concluded: type[Event], begun: tuple[type[Event], ...], field: str) -> Pair:
    return Pair(TOPIC_OF[concluded], tuple(TOPIC_OF[kind] for kind in begun), field)
