"""What the tests of the campaign's and projects' streams share: a small definition, and events played into a state."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TypeAlias, TypeVar

import msgspec
from domain.refusals import said

from campaign.domain import campaign, project
from campaign.domain.commands import Asked, Command
from campaign.domain.definition import (
    About,
    Assignment,
    CalendarPart,
    Definition,
    Document,
    FourEyes,
    Group,
    Phase,
    Role,
    Window,
    canonical,
    sha256,
)
from campaign.domain.events import TOPIC_OF, CampaignOpened, DefinitionAdopted, Event, Recorded, SchemeAdopted
from campaign.domain.state import CampaignState, Context, ProjectState
from campaign.problems import Refused

S = TypeVar("S")
Given: TypeAlias = tuple[Event | tuple[str, Event], ...]
"""Events that happened, with the person who recorded each where that matters."""

KEY = "spring"
TODAY = date(2031, 5, 20)
WINDOW = Window(from_=date(2031, 3, 1), to=date(2031, 6, 30))

DEFINITION = Definition(
    campaign=About(key=KEY, title="Spring", window=WINDOW, metric_period="2031"),
    documents=(Document(id="plan", number="No. 1", title="Plan"),),
    phases=(Phase(id="first", label="First", from_=WINDOW.from_, to=WINDOW.to),),
    groups=(Group(id="towns", label="Towns"),),
    calendar=CalendarPart(version="2031-1"),
    roles=(
        Role(id="office", label="Office", commands=("campaign.*", "definition.adopt", "award.propose")),
        Role(id="leader", label="Leader", commands=("*",)),
        Role(id="accountable_officer", label="Officer", commands=("report.*", "phase.advance"), scope="own"),
        Role(id="clerk", label="Clerk", commands=("report.submit",), scope="own"),
        Role(id="inspector", label="Inspector", commands=("finding.*",)),
    ),
    assignments=(
        Assignment(person="ann", role="office"),
        Assignment(person="lee", role="leader", from_=date(2031, 5, 1), to=date(2031, 5, 31)),
        Assignment(person="cai", role="clerk", entities=("t1",)),
        Assignment(person="ina", role="inspector", entities=("t2",)),
        Assignment(person="lon", role="clerk"),
    ),
    selection_criterion="the larger ones",
)

LENIENT = msgspec.structs.replace(DEFINITION, four_eyes=FourEyes(awards=False, commendations=False))

TEXT = canonical(DEFINITION)
OPENED = CampaignOpened(KEY, "Spring")
ADOPTED = DefinitionAdopted(sha256(TEXT), TEXT, ())
SCHEME_TEXT = """\
scheme: prizes
rounding: {money: half_even, digits: 2}
inputs:
  group: {type: text, values: [towns, firms]}
  completion: {type: percent}
  falsified: {type: boolean}
decisions:
  tier:
    values: [good, poor]
    rules: |
      | # | completion || tier |
      | 1 | ≥ 100%     || good |
      | 2 | < 100%     || poor |
vetoes:
  - {when: falsified, because: falsified figures}
rankings:
  place: {by: [completion], ties: competition}
prizes:
  prize:
    ranking: place
    ties: share
    amounts: |
      | group | rank || amount |
      | towns | 1    || 100.50 |
      | firms | 1    || 80     |
assessment:
  group: group
  score: completion
  rank: place
  grade: tier
  award: {of: prize, combine: add}
"""
SCHEME = SchemeAdopted("prizes", sha256(SCHEME_TEXT), SCHEME_TEXT)


def by(actor: str, *, on: date = TODAY, role: str = "", today: date = TODAY) -> Asked:
    """Say who asks."""
    return Asked(actor=actor, role=role, occurred_on=on, today=today)


def recorded(event: Event, version: int, actor: str = "ann", stream: str = f"campaign:{KEY}") -> Recorded:
    """Put an event into the log; its position is ten times its version, so that the two are told apart."""
    return Recorded(
        position=10 * version,
        stream=stream,
        version=version,
        topic=TOPIC_OF[type(event)],
        recorded_at=datetime(2031, 5, 20, 8, tzinfo=UTC),
        occurred_on=TODAY,
        actor=actor,
        role="office",
        command_id=f"c-{version}",
        causation=None,
        event=event,
    )


def fold(evolve: Callable[[S, Recorded], S], initial: S, events: Given) -> S:
    """Play events, or (actor, event) pairs, into a state."""
    state = initial
    for version, entry in enumerate(events, start=1):
        actor, event = entry if isinstance(entry, tuple) else ("ann", entry)
        state = evolve(state, recorded(event, version, actor))
    return state


def campaign_after(*events: Event | tuple[str, Event]) -> CampaignState:
    """Return the campaign's state after EVENTS."""
    return fold(campaign.evolve, CampaignState(), events)


def project_after(*events: Event) -> ProjectState:
    """Return a project's state after EVENTS."""
    return fold(project.evolve, ProjectState(), events)


def answer(
    given: Given,
    command: Command,
    asked: Asked | None = None,
    definition: Definition | None = DEFINITION,
) -> tuple[Event, ...] | Refused:
    """Decide a campaign command after the events GIVEN."""
    state = campaign_after(*given)
    told = campaign.decide(command, state, Context(definition, state), asked or by("ann"))  # type: ignore[arg-type]
    return said(command, told)


def codes(outcome: tuple[Event, ...] | Refused) -> list[str]:
    """Return the codes of a refusal; an accepted command has none."""
    return [reason.code for reason in outcome.reasons] if isinstance(outcome, Refused) else []


def remedied(outcome: tuple[Event, ...] | Refused) -> bool:
    """Whether every reason of a refusal says what to do."""
    return isinstance(outcome, Refused) and all(reason.fix.template for reason in outcome.reasons)
