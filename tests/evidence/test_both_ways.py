"""explain and --used-by are one link read from both ends, over the whole story and every kind of result."""

import random
from collections.abc import Iterator

import pytest
from evidence.kit import Office

from campaign.app import explain_mark, explain_report
from campaign.app.explain import explain
from campaign.app.session import Session
from campaign.app.steps import Explained, rests_on
from campaign.app.uses import used_by
from campaign.domain import events as e
from campaign.domain.events import Event, Recorded
from campaign.readmodels.bulletin import compositions, growths

KINDS = {"award", "rank", "bulletin", "mark", "gate", "figure", "target", "report", "finding"}
SAMPLE = 3
"""Entities whose results are all looked at."""
ANY = 8
"""Events of whatever kind."""
OF_THE_CAMPAIGN = (
    e.DefinitionAdopted,
    e.SchemeAdopted,
    e.MeetingHeld,
    e.AssessmentRecorded,
    e.AwardProposed,
    e.AwardApproved,
    e.BulletinPublished,
    e.BulletinCorrected,
)
OF_AN_ENTITY = (
    e.EntityEnrolled,
    e.OfficerAppointed,
    e.TargetProposed,
    e.TargetFixed,
    e.ResponsibilityLetterSigned,
    e.PhaseMoved,
    e.ReportSubmitted,
    e.ReportVerified,
    e.ReportCorrected,
    e.PeriodExtended,
    e.CheckRecorded,
    e.FindingRaised,
    e.FindingResolved,
    e.StatisticalExitRecorded,
)


def of_entity(session: Session, entity: str) -> Iterator[tuple[str, Explained]]:
    """Every result of an entity with its explanation."""
    at, today = explain_report.look(session, entity), session.today()
    for (obligation, period), mark in explain_mark.marks(session, at.state, today).items():
        if mark.cell.standing != "upcoming":
            told = explain_mark.explained(session, mark, at.records, today)
            yield f"mark:{entity}/{obligation}/{period}", told
    yield from ((what, step) for what, _, step in explain_report.results(at))
    yield f"gate:{entity}", explain(session, f"gate:{entity}")


def of_campaign(session: Session) -> Iterator[str]:
    """Every bulletin with its totals, and the places and ranks of a few."""
    state = session.campaign()
    for name, editions in state.bulletins.items():
        obligation, _, period = name.rpartition("/")
        for edition in editions:
            what = f"bulletin:{name}#{edition.number}"
            which = (obligation, period)
            _, totals = compositions(session.entities(), session.context(), which)
            yield what
            yield from (f"{what}/{total.tree.id}/{total.indicator.id}" for total in totals)
            yield from [
                f"{what}/{tree}/{entity}" for tree, entity in growths(session.entities(), session.context(), which)
            ][:SAMPLE]
    yield from (f"award:{award}" for award in state.awards)
    yield from (f"rank:{award.run}/{award.entity}" for award in list(state.awards.values())[:SAMPLE])


@pytest.fixture
def session(whole: Office) -> Session:
    return whole.session()


def sample(session: Session, kinds: tuple[type[Event], ...], among: frozenset[int] | None = None) -> list[Recorded]:
    """An event of each kind, drawn by a seed, at positions AMONG those named."""
    found: dict[type[Event], list[Recorded]] = {}
    for record in session.log.scan():
        if isinstance(record.event, kinds) and (among is None or record.position in among):
            found.setdefault(type(record.event), []).append(record)
    draw = random.Random(6)  # noqa: S311 -- a test's own choice
    return [draw.choice(records) for records in found.values()]


def whats(session: Session, position: int) -> set[str]:
    return {use.what for use in used_by(session, position) if use.what.partition(":")[0] in KINDS}


def test_whatever_an_explanation_names_names_it(session: Session) -> None:
    told = everything(session)
    assert {what.partition(":")[0] for what in told} == KINDS
    named = sorted(frozenset().union(*told.values()))
    records = sample(session, (*OF_THE_CAMPAIGN, *OF_AN_ENTITY), frozenset(named))
    draw = random.Random(6)  # noqa: S311 -- likewise
    for position in sorted({*(record.position for record in records), *draw.sample(named, ANY)}):
        expected = {what for what, positions in told.items() if position in positions}
        assert expected - whats(session, position) == set(), position


def everything(session: Session) -> dict[str, frozenset[int]]:
    """The positions that the explanations name: of a few entities, and of all the campaign's results."""
    draw, entities = random.Random(6), session.entities()  # noqa: S311 -- likewise
    chosen = {*draw.sample(sorted(entities), SAMPLE), next(iter(session.campaign().awards.values())).entity}
    for marked in ("findings", "extensions", "exit", "checks"):
        chosen |= set([name for name, state in entities.items() if getattr(state, marked)][:1])
    told = {what: rests_on(step) for entity in sorted(chosen) for what, step in of_entity(session, entity)}
    return told | {what: rests_on(explain(session, what)) for what in of_campaign(session)}


def test_whatever_names_an_event_is_named_by_it(session: Session) -> None:
    told: dict[str, frozenset[int]] = {}
    for record in sample(session, OF_AN_ENTITY)[::2]:
        for what in whats(session, record.position):
            told[what] = told.get(what) or rests_on(explain(session, what))
            assert record.position in told[what], (what, record.topic)
