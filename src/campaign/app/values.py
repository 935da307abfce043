"""The domain's values that the app hands out, by name, for whoever stands outside and may import the app only."""

from campaign.domain.definition import Definition, Phase, Stage
from campaign.domain.gates import GateStanding
from campaign.domain.state import CampaignState, EntityState, ProjectState

__all__ = ["CampaignState", "Definition", "EntityState", "GateStanding", "Phase", "ProjectState", "Stage"]
