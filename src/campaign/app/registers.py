"""The plan's registers over a session: entries by age, who has none, and who lags behind and is to be reminded."""

from collections.abc import Mapping
from datetime import date

from campaign.app.access import whole
from campaign.app.session import Session
from campaign.domain.state import EntityState
from campaign.readmodels.laggards import Laggard
from campaign.readmodels.laggards import laggards as lagging
from campaign.readmodels.registers import Lacking, RegisterLine, lacking, listed

__all__ = ["Lacking", "Laggard", "RegisterLine", "laggards", "registers"]


def registers(
    session: Session, entities: Mapping[str, EntityState], today: date, register: str = ""
) -> tuple[tuple[RegisterLine, ...], tuple[Lacking, ...]]:
    """Return the entries of ENTITIES in a register ("" = all), and who of them has none though one is expected."""
    context = session.context()
    absent = lacking(entities.values(), context, today)
    return (
        listed(entities, context, today, register),
        tuple(entry for entry in absent if register in {"", entry.register}),
    )


def laggards(session: Session, today: date) -> tuple[Laggard, ...]:
    """Return who lags behind by the definition's criterion (R-40).

    The mean is over everybody. Raises Problems (code `not-permitted`) for a login that sees a part.
    """
    whole(session.log, session.key)
    return lagging(session.entities(), session.context(), today)
