"""Who owes what, and how each duty stands on a day."""

from collections.abc import Iterable
from datetime import date

from campaign.app.session import Session
from campaign.domain.duties import Duty, Tally, duties, tally

__all__ = ["Duty", "Tally", "owed_by", "tally"]


def owed_by(
    session: Session, entities: Iterable[str], today: date, obligation: str = ""
) -> dict[str, tuple[Duty, ...]]:
    """Return the duties of ENTITIES, of one obligation ("" = all), by due date; nobody owes without a definition."""
    definition = session.context().definition
    if definition is None:
        return {}
    states = session.entities()
    return {
        name: tuple(
            duty for duty in duties(states[name], definition, today) if obligation in {"", duty.owed.obligation}
        )
        for name in entities
    }
