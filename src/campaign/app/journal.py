"""The access journal: every attempt that was not permitted, whether it would have recorded something or only read."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing

from campaign.app.session import Session, Settings, open_session
from campaign.domain.situation import IDENTIFIER
from campaign.problems import FORBIDDEN, Problem, Problems, T, Text
from campaign.store.dsn import is_dsn
from campaign.store.log import Attempt

PASSING = frozenset({"store-busy", "store-full", "store-io", "store-unreachable", "outcome-unknown"})
"""Problems of the store after which the same command is given again."""


class Noted(Problems):
    """What was not permitted, and stands in the journal already."""


def attempts(named: tuple[str, str, str, str], reasons: Iterable[Problem], command_id: str) -> Iterator[Attempt]:
    """Yield what the journal keeps of a refusal, for each of REASONS that says that the actor may not ask.

    named: account, actor, command, subject.  Whatever is not an id is no id of anybody, and might be a name or a secret
    in the wrong place: it is not kept.
    """
    account, actor, command, subject = named
    codes = dict.fromkeys(reason.code for reason in reasons if reason.code in FORBIDDEN)
    for code in codes:
        yield Attempt(account, _id(actor), command, _id(subject), code, command_id)


def _id(text: str) -> str:
    return text if not text or IDENTIFIER.fullmatch(text) else "?"


def note(session: Session, refused: Sequence[Attempt]) -> Problem | None:
    """Write what was REFUSED into the access journal; return why that could not be done, if so.

    Raises Problems when it is a fault that passes: a no that nobody remembers could be a yes the next time.
    """
    if not refused:
        return None
    try:
        session.log.note(refused)
    except Problems as found:
        if PASSING.intersection(problem.code for problem in found.problems):
            raise
        return _not_noted((session.unwritable or found).problems[0].message)
    return None


def noted(session: Session, refused: Sequence[Attempt], reasons: Sequence[Problem]) -> Noted:
    """Write what was REFUSED into the journal, and return REASONS, with why that could not be done, if so."""
    unnoted = note(session, refused)
    return Noted((*reasons, *([unnoted] if unnoted else ())))


def _not_noted(reason: Text) -> Problem:
    message = T("this attempt could not be noted in the access journal: {reason}", reason=reason)
    return Problem("not-noted", message, T("tell whoever keeps the store"))


def note_outside(settings: Settings, asked: tuple[str, str, str], found: Problems) -> Problem | None:
    """Note what no decision refused: a command that only reads, or what the database itself does not let anybody do.

    asked: account, actor, command.  Returns why it could not be noted, if so: a store that may only be read keeps every
    byte.  Nothing is noted twice, nor where there is no store.
    """
    refused = list(attempts((*asked, ""), found.problems, ""))
    if not refused or isinstance(found, Noted):
        return None
    try:
        with closing(open_session(settings, write=True)) as session:
            return note(session, refused)
    except Problems as failed:
        return _by_stranger(settings, refused, failed)


def _by_stranger(settings: Settings, refused: Sequence[Attempt], failed: Problems) -> Problem | None:
    """Note what was REFUSED where no session opens, as for a login that may not even look at the store."""
    why = failed.problems[0]
    if why.code == "store-missing":
        return None
    if is_dsn(settings.store) and why.code not in PASSING:
        from campaign.store.postgres_roles import note_alone

        try:
            note_alone(settings.store, refused)
        except Problems as again:
            why = again.problems[0]
        else:
            return None
    return _not_noted(why.message)
