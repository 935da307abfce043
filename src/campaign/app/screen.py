"""Screening a campaign's figures: what the definition's checks find in question, and raising it as findings."""

from collections.abc import Callable, Iterable, Iterator

from campaign.app.access import whole
from campaign.app.handle import Reply, Who
from campaign.app.session import Session
from campaign.app.sharing import handle_each
from campaign.domain import screening
from campaign.domain.commands import RaiseFinding
from campaign.domain.series import Suspicion, Trace, trace
from campaign.problems import Text

__all__ = ["Suspicion", "raise_", "screen"]


def screen(session: Session, check: str = "") -> tuple[Suspicion, ...]:
    """Run every check, or only CHECK, over every entity's stream; what was raised before is left out.

    Raises Problems (code `not-permitted`) for a login that sees a part: sums would lack parts that are only hidden.
    """
    whole(session.log, session.key)
    states = session.entities()
    return tuple(
        found
        for found in screening.screen(_traces(session, states), session.context())
        if check in {"", found.check} and found.finding not in states[found.entity].findings
    )


def _traces(session: Session, entities: Iterable[str]) -> Iterator[Trace]:
    for name in entities:
        yield trace(session.log.read(f"entity:{session.key}/{name}"))


def raise_(
    session: Session, found: Iterable[Suspicion], who: Who, say: Callable[[Text], str], *, dry_run: bool = False
) -> list[Reply]:
    """Raise each of what was FOUND as a finding, its statement said by SAY; one raised meanwhile is refused."""
    return handle_each(session, [_command(entry, say) for entry in found], who, dry_run=dry_run)


def _command(found: Suspicion, say: Callable[[Text], str]) -> RaiseFinding:
    return RaiseFinding(
        entity=found.entity,
        finding=found.finding,
        kind=found.kind,  # type: ignore[arg-type] # one of the check's own choices
        statement=say(found.statement),
        report=found.report,
        indicator=found.indicator,
        check=found.check,
        values=found.values,
        threshold=found.threshold,
        events=found.events,
    )
