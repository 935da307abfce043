"""Four eyes, looked at from behind: what one person began and concluded, though it takes two (R-58, P-15)."""

from campaign.domain.definition import FourEyes
from campaign.domain.events import (
    AwardApproved,
    DefinitionAdopted,
    FindingResolved,
    IndividualDecided,
    IndividualReviewed,
    Recorded,
    ReportVerified,
    TargetFixed,
)
from campaign.domain.state import CampaignState, EntityState


def alone(record: Recorded, state: EntityState | CampaignState, needed: FourEyes) -> bool:
    """Whether RECORD concludes what its own person began, where two are needed.

    state: of the stream before the record.  Nothing is said of a record that cannot follow on that state.
    """
    match state:
        case EntityState():
            return record.actor in _of_entity(record, state, needed)
        case CampaignState():
            return record.actor in _of_campaign(record, state, needed)


def _of_entity(record: Recorded, state: EntityState, needed: FourEyes) -> set[str]:
    """Return those who began what RECORD concludes."""
    match record.event:
        case ReportVerified(report) if needed.report_verification and report in state.reports:
            return {state.reports[report].entered_by, *state.reports[report].corrected_by}
        case TargetFixed(target) if needed.targets and target.target in state.targets:
            return {state.targets[target.target].proposed_by}
        case FindingResolved(finding) if finding in state.findings:
            return {state.findings[finding].raised_by}
        case _:
            return set()


def _of_campaign(record: Recorded, state: CampaignState, needed: FourEyes) -> set[str]:
    match record.event:
        case AwardApproved(award) if needed.awards and award in state.awards:
            return {state.awards[award].proposed_by}
        case IndividualReviewed(name) | IndividualDecided(name) if needed.commendations and name in state.individuals:
            return {state.individuals[name].nominated_by, state.individuals[name].person}
        case DefinitionAdopted() if needed.definitions and state.proposal:
            return {state.proposal.proposed_by}
        case _:
            return set()
