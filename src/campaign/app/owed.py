"""Who owes what, and how each duty stands on a day."""

from collections.abc import Iterable
from datetime import date

from campaign.app.session import Session
from campaign.domain.duties import Duty, Tally, duties, tally
from campaign.domain.governing import governing

__all__ = ["Duty", "Tally", "owed_by", "tally"]


def owed_by(
    session: Session, entities: Iterable[str], today: date, obligation: str = ""
) -> dict[str, tuple[Duty, ...]]:
    """Return the duties of ENTITIES, of one obligation ("" = all), by due date; nobody owes without a definition."""
    context = session.context()
    states = session.entities()
    found = {}
    for name in entities:
        definition = governing(context, states[name])
        listed = duties(states[name], definition, today) if definition else ()
        found[name] = tuple(duty for duty in listed if obligation in {"", duty.owed.obligation})
    return found
