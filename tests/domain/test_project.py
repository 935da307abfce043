"""Increment projects: registered, selected once, milestones in order (R-34, R-35)."""

from datetime import date
from decimal import Decimal

import msgspec
import pytest
from domain.playing import DEFINITION, OPENED, TODAY, Given, by, campaign_after, codes, project_after, remedied
from domain.refusals import said

from campaign.domain import project
from campaign.domain.commands import Asked, Command, ReachMilestone, RegisterProject, SelectProject
from campaign.domain.definition import Definition
from campaign.domain.events import CampaignClosed, Event, ProjectMilestoneReached, ProjectRegistered, ProjectSelected
from campaign.domain.situation import Decision
from campaign.domain.state import Context, ProjectState

D1, D2 = date(2031, 4, 1), date(2031, 5, 1)
REGISTER = RegisterProject("p1", "A press", "t1", "new", Decimal("12.50"))
REGISTERED = ProjectRegistered("p1", "A press", "t1", "new", Decimal("12.50"))
SELECTED = ProjectSelected("large")
STARTED = ProjectMilestoneReached("started", D1)
COMMISSIONED = ProjectMilestoneReached("commissioned", D2)


def answer(
    given: tuple[Event, ...],
    command: Command,
    campaign: Given = (OPENED,),
    asked: Asked | None = None,
    definition: Definition | None = DEFINITION,
) -> Decision:
    context = Context(definition, campaign_after(*campaign))
    return said(command, project.decide(command, project_after(*given), context, asked or by("ann")))


@pytest.mark.parametrize(
    ("given", "command", "then"),
    [
        ((), REGISTER, REGISTERED),
        (
            (),
            RegisterProject("p1", "A press", "t1", "expansion", Decimal(0)),
            ProjectRegistered("p1", "A press", "t1", "expansion", Decimal(0)),
        ),
        ((REGISTERED,), SelectProject("p1", "large"), SELECTED),
        ((REGISTERED,), SelectProject("p1", " "), ProjectSelected("the larger ones")),
        ((REGISTERED,), ReachMilestone("p1", "started", D1), STARTED),
        ((REGISTERED, STARTED), ReachMilestone("p1", "commissioned", D1), ProjectMilestoneReached("commissioned", D1)),
        (
            (REGISTERED, STARTED, COMMISSIONED),
            ReachMilestone("p1", "at_capacity", TODAY),
            ProjectMilestoneReached("at_capacity", TODAY),
        ),
    ],
    ids=[
        "registered",
        "registered for nothing",
        "selected",
        "by the plan's criterion",
        "started",
        "commissioned the same day",
        "at capacity",
    ],
)
def test_accepted(given: Given, command: Command, then: Event) -> None:
    assert answer(given, command) == (then,)


@pytest.mark.parametrize(
    ("given", "command", "why"),
    [
        ((REGISTERED,), REGISTER, ["project-exists"]),
        (
            (),
            RegisterProject("p1", "", "", "new", Decimal("-0.01")),
            ["text-missing", "text-missing", "amount-negative"],
        ),
        ((), SelectProject("p1", "large"), ["project-unknown"]),
        ((REGISTERED, SELECTED), SelectProject("p1", "large"), ["already-selected"]),
        ((), ReachMilestone("p1", "started", D1), ["project-unknown"]),
        ((REGISTERED, STARTED), ReachMilestone("p1", "started", D1), ["milestone-reached"]),
        ((REGISTERED,), ReachMilestone("p1", "at_capacity", D1), ["milestone-order"]),
        ((REGISTERED, STARTED), ReachMilestone("p1", "commissioned", date(2031, 3, 31)), ["milestone-date"]),
        (
            (REGISTERED, STARTED),
            ReachMilestone("p1", "at_benefit", date(2031, 5, 21)),
            ["not-yet-true", "milestone-order"],
        ),
    ],
    ids=[
        "registered twice",
        "nameless, of nobody, for less than nothing",
        "an unknown one selected",
        "selected twice",
        "an unknown one started",
        "started twice",
        "at capacity before it started",
        "commissioned before it started",
        "at benefit tomorrow, and too early",
    ],
)
def test_refused(given: Given, command: Command, why: list[str]) -> None:
    outcome = answer(given, command)
    assert codes(outcome) == why
    assert remedied(outcome)


def test_selection_needs_a_criterion_from_somewhere() -> None:
    bare = msgspec.structs.replace(DEFINITION, selection_criterion="")
    assert codes(answer((REGISTERED,), SelectProject("p1", ""), definition=bare)) == ["text-missing"]
    assert codes(answer((REGISTERED,), SelectProject("p1", ""), definition=None)) == ["text-missing"]


def test_nothing_happens_in_a_campaign_that_is_not_open_or_is_closed() -> None:
    assert codes(answer((), REGISTER, campaign=())) == ["campaign-not-open"]
    assert codes(answer((), REGISTER, campaign=(OPENED, CampaignClosed("done")))) == ["campaign-closed"]
    assert codes(answer((), REGISTER, asked=by("ann", on=date(2031, 6, 1)))) == ["not-yet-true"]


def test_a_missing_milestone_is_named_in_the_remedy() -> None:
    outcome = answer((REGISTERED, STARTED), ReachMilestone("p1", "at_benefit", D2))
    assert "at_benefit comes after commissioned, at_capacity" in str(outcome)
    assert "record commissioned first" in str(outcome)


def test_the_state_holds_all_that_was_said() -> None:
    assert project_after(REGISTERED, SELECTED, STARTED, COMMISSIONED) == ProjectState(
        version=4,
        project="p1",
        name="A press",
        entity="t1",
        kind="new",
        investment_yuan=Decimal("12.50"),
        selected=True,
        criterion="large",
        milestones={"started": D1, "commissioned": D2},
        position=10,
    )
