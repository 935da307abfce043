"""The plan's registers over a session: entries by age, and who has none."""

from collections.abc import Mapping
from datetime import date

from campaign.app.session import Session
from campaign.domain.state import EntityState
from campaign.readmodels.registers import Lacking, RegisterLine, lacking, listed

__all__ = ["Lacking", "RegisterLine", "registers"]


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
