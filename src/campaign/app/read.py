"""What the read models show, over a session as it stands or over a past as it was."""

from collections.abc import Iterable
from datetime import date

from campaign.app.access import whole
from campaign.app.replay import Past
from campaign.app.session import Session
from campaign.domain import gates
from campaign.domain.gates import GateStanding
from campaign.domain.state import Context, EntityState
from campaign.readmodels import ledger as ledgers
from campaign.readmodels import reconciliation as reconciliations
from campaign.readmodels import reporting, results, standings
from campaign.readmodels.ledger import LedgerLine
from campaign.readmodels.reconciliation import Tree
from campaign.readmodels.reporting import Matrix, Outstanding
from campaign.readmodels.results import AwardStanding, Ranking
from campaign.readmodels.standings import Board


def _seen(of: Session | Past) -> tuple[dict[str, EntityState], Context]:
    return (of.entities, of.context) if isinstance(of, Past) else (of.entities(), of.context())


def board(of: Session | Past, today: date) -> Board | None:
    """Return who stands where, who is ready, who is late; None before a definition is adopted."""
    states, context = _seen(of)
    return standings.board(states, context, today)


def gates_of(session: Session, entity: str, on: date) -> tuple[GateStanding, ...]:
    """Return how every gate out of ENTITY's present phase stands ON a day; nothing for one that is not enrolled."""
    state = session.entity(entity)
    if state is None:
        return ()
    context = session.context()
    return gates.examine(state, context, state.phase, on, session.today(context.definition))


def matrices(of: Session | Past, today: date) -> tuple[Matrix, ...]:
    """Return entity by period for every obligation."""
    states, context = _seen(of)
    return reporting.matrices(states, context, today)


def outstanding(of: Session | Past, today: date) -> tuple[Outstanding, ...]:
    """Return who has not reported what is due."""
    states, context = _seen(of)
    return reporting.outstanding(states, context, today)


def reconciliation(of: Session | Past) -> tuple[Tree, ...]:
    """Return each tree's parts against the whole (R-13). Raises Problems (`not-permitted`) for who sees a part."""
    if isinstance(of, Session):
        whole(of.log, of.key)
    states, context = _seen(of)
    return reconciliations.trees(states, context)


def history(session: Session, stream: str) -> tuple[LedgerLine, ...]:
    """Return who did what on one stream, in the order in which it was written."""
    return ledgers.history(session.log.read(stream), session.context().definition)


def ledger(session: Session, after: int = 0, to: int | None = None) -> Iterable[LedgerLine]:
    """Return who did what, over the whole log or a part of it."""
    return ledgers.ledger(session.log.scan(after, to), session.context().definition)


def ranking(session: Session, run: str = "") -> Ranking | None:
    """Return a run in order of display, by default the last; None where there is none."""
    return results.ranking(session.campaign(), session.entities(), run)


def awards(session: Session) -> tuple[AwardStanding, ...]:
    """Return every award as it stands, with the entity's name; only the states of those who get one are read."""
    campaign = session.campaign()
    return results.awards(campaign, session.chosen({line.entity for line in campaign.awards.values()}))
