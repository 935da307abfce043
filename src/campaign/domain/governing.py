"""Which definition governs an entity: the campaign's, or the earlier one that it is held on, with its teams' dates."""

from functools import lru_cache

from campaign.domain.definition import Definition, from_canonical
from campaign.domain.state import CampaignState, Context, EntityState
from campaign.domain.teams import for_entity


def governing(context: Context, state: EntityState) -> Definition | None:
    """Return the definition that decisions about the entity are made by; None before any is adopted."""
    base = held(context.campaign, state.entity) or context.definition
    return base and for_entity(base, state)


def held(campaign: CampaignState, entity: str) -> Definition | None:
    """Return the earlier definition on which ENTITY is held, None for one that goes with the campaign."""
    text = campaign.earlier.get(campaign.held.get(entity, "")) if campaign.held else None
    return recalled(text) if text else None


@lru_cache(maxsize=16)
def recalled(text: str) -> Definition:
    """Read an adopted text, once for each text."""
    return from_canonical(text)
