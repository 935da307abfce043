"""A run in display order: the ranking within each group, what was won and paid, and where each award stands."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

import msgspec

from campaign.domain import exact, outcomes
from campaign.domain.outcomes import Pool, Scored, Stopped
from campaign.domain.state import AwardLine, CampaignState, EntityState, Run
from campaign.problems import Problems, Refused


class Place(msgspec.Struct, frozen=True):
    """One entity in the ranking; prize: what it won, award: what the pool pays, standing: of the award put forward."""

    entity: str
    name: str
    group: str
    rank: int | None
    score: str
    grade: str
    prize: Decimal
    award: Decimal
    stopped: tuple[Stopped, ...]
    award_id: str = ""
    standing: str = ""
    values: dict[str, object] = {}


class Ranking(msgspec.Struct, frozen=True):
    """A run's outcome; the scheme by name, hash and document, the figures by the log position they were read at."""

    run: str
    scheme: str
    scheme_sha256: str
    document: str
    log_position: int
    basis: str
    result_sha256: str
    position: int
    places: tuple[Place, ...]
    pools: tuple[Pool, ...]

    @property
    def paid(self) -> Decimal:
        """The sum of all awards, in yuan."""
        return exact.total(place.award for place in self.places)

    def group(self, name: str) -> tuple[Place, ...]:
        """Return the places of one group."""
        return tuple(place for place in self.places if place.group == name)


def ranking(campaign: CampaignState, states: Mapping[str, EntityState], run: str = "") -> Ranking | None:
    """Return the ranking of a run, by default the last one; None if there is none.

    Raises Problems (code `result-unreadable`) when the recorded text is no result.
    """
    found = latest(campaign) if not run else campaign.runs.get(run)
    if found is None:
        return None
    result = outcomes.read(found.result)
    if isinstance(result, Refused):
        raise Problems(result.reasons)
    awards = {line.entity: line for line in campaign.awards.values() if line.run == found.run}
    places = [_place(name, scored, states.get(name), awards.get(name)) for name, scored in result.entities.items()]
    documents = {scheme.sha256: scheme.document for scheme in campaign.schemes}
    return Ranking(
        found.run,
        found.scheme,
        found.scheme_sha256,
        documents.get(found.scheme_sha256, ""),
        found.log_position,
        found.basis,
        found.result_sha256,
        found.position,
        _ordered(places),
        result.pools,
    )


def latest(campaign: CampaignState) -> Run | None:
    """Return the run that was recorded last."""
    return max(campaign.runs.values(), key=lambda run: run.position, default=None)


def _place(name: str, scored: Scored, state: EntityState | None, award: AwardLine | None) -> Place:
    return Place(
        name,
        state.name if state else name,
        scored.group,
        scored.rank,
        _shown(scored.score),
        _shown(scored.grade),
        scored.prize,
        scored.award,
        scored.stopped,
        award.award if award else "",
        award.status if award else "",
        scored.values,
    )


def _shown(value: outcomes.Shown) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case _:
            return value


def _ordered(places: Iterable[Place]) -> tuple[Place, ...]:
    """Sort by group, those in which nobody is ranked last; then by rank, those without one last and by score."""
    listed = list(places)
    ranked = {place.group for place in listed if place.rank is not None}

    def order(place: Place) -> tuple[bool, str, bool, int, Decimal, str]:
        score = _number(place.score).copy_negate()
        return place.group not in ranked, place.group, place.rank is None, place.rank or 0, score, place.entity

    return tuple(sorted(listed, key=order))


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except ArithmeticError:
        return exact.ZERO


class AwardStanding(msgspec.Struct, frozen=True):
    """An award with the name of who gets it."""

    line: AwardLine
    name: str


def awards(campaign: CampaignState, states: Mapping[str, EntityState]) -> tuple[AwardStanding, ...]:
    """Return every award, approved ones first, then by group, rank and id."""
    listed = sorted(campaign.awards.values(), key=_award_order)
    return tuple(AwardStanding(line, _name(states, line.entity)) for line in listed)


def _award_order(line: AwardLine) -> tuple[int, str, int, str]:
    return ("approved", "proposed", "rejected").index(line.status), line.group, line.rank, line.award


def _name(states: Mapping[str, EntityState], entity: str) -> str:
    return states[entity].name if entity in states else entity
