"""Given a history of commands, when one more is given, then these events or these refusals.

The definition here is a small campaign of its own, with three phases, every kind of gate and every policy.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import msgspec
from domain.refusals import held, said

from campaign.domain import campaign
from campaign.domain import commands as c
from campaign.domain.definition import (
    About,
    Assignment,
    CalendarPart,
    Check,
    Definition,
    Document,
    FourEyes,
    Gate,
    Group,
    Indicator,
    Obligation,
    Phase,
    Policy,
    ProvinceTarget,
    Register,
    Scope,
    Window,
)
from campaign.domain.entity import INITIAL, decide, evolve
from campaign.domain.events import TOPIC_OF, Event, Figure, Recorded, Target
from campaign.domain.state import CampaignState, Context, EntityState, Meeting
from campaign.problems import Refused

START = datetime(2005, 8, 17, 1, 0, tzinfo=UTC)
TODAY = date(2005, 9, 30)
OTHER = "second-pair-of-eyes"

PHASES = (
    Phase(
        id="survey",
        label="调研摸底",
        from_=date(2005, 8, 17),
        to=date(2005, 8, 22),
        stage="one",
        gates=(
            Gate(id="surveyed", check=Check.SURVEY_RECORDED),
            Gate(id="outputs", check=Check.OUTPUTS_RECORDED, policy=Policy.WARN),
        ),
    ),
    Phase(
        id="mobilization",
        label="动员",
        from_=date(2005, 8, 23),
        to=date(2005, 8, 31),
        stage="one",
        skippable=True,
        back_to=("survey",),
        gates=(Gate(id="officer", check=Check.OFFICER_APPOINTED, policy=Policy.WAIVE_WITH_REASON),),
    ),
    Phase(
        id="implementation",
        label="组织实施",
        from_=date(2005, 9, 1),
        to=date(2005, 12, 31),
        stage="two",
        back_to=("survey", "mobilization"),
    ),
)

DEFINITION = Definition(
    assignments=(Assignment(person="p-9", role="leading_group"),),
    campaign=About(
        key="k",
        title="提速增效",
        window=Window(date(2005, 8, 1), date(2005, 12, 31)),
        metric_period="2005",
    ),
    documents=(Document(id="plan", number="73", title="方案"),),
    phases=PHASES,
    groups=(
        Group(id="prefecture", label="市州", kind="prefecture"),
        Group(id="key", label="重点企业", kind="enterprise"),
        Group(id="increment", label="增量企业", kind="enterprise"),
        Group(id="focus", label="63户", union_of=("key", "increment")),
        Group(id="others", label="其他"),
    ),
    obligations=(
        Obligation(id="weekly", label="周报", cadence="weekly", weekday=5, from_=date(2005, 9, 1), groups=("focus",)),
        Obligation(id="monthly", label="月报", cadence="monthly", days=(5,), from_=date(2005, 9, 1)),
        Obligation(id="plan", label="方案", cadence="once", on=date(2005, 8, 31), act="document"),
        Obligation(id="visit", label="检查", cadence="half_monthly", days=(15, 31), act="check"),
    ),
    indicators=(
        Indicator(id="growth", label="增速", unit="%", additive=False, completion="ratio_of_growth"),
        Indicator(id="profit", label="利润", unit="亿元"),
        Indicator(id="loss", label="亏损额", unit="亿元", completion="loss_reduction", zero_base="state"),
        Indicator(id="order", label="秩序", unit="-", completion="qualitative"),
    ),
    scopes=(Scope(id="provincial", label="省口径"), Scope(id="group", label="集团口径")),
    targets=(ProvinceTarget(id="p", indicator="growth", value=Decimal(15), unit="%", scope="provincial"),),
    calendar=CalendarPart(version="1"),
    four_eyes=FourEyes(),
    registers=(Register(id="issue", label="问题"),),
)


class By(msgspec.Struct, frozen=True):
    """A command given by somebody else than the clerk, or on another day."""

    command: c.EntityCommand
    actor: str = OTHER
    on: date = TODAY


Step = c.EntityCommand | By


def definition(**changes: object) -> Definition:
    """Return the definition with some of its parts replaced."""
    return msgspec.structs.replace(DEFINITION, **changes)


def opened(**changes: object) -> CampaignState:
    """Return a campaign that was opened."""
    return msgspec.structs.replace(CampaignState(version=2, key="k", title="提速增效"), **changes)


def campaign_of(*events: Event) -> CampaignState:
    """Return the campaign that was opened, after EVENTS."""
    state = opened()
    for number, event in enumerate(events, start=3):
        state = campaign.evolve(state, recorded(event, number))
    return state


def meeting(name: str, held_on: date | None) -> Meeting:
    """Return a meeting, held or not."""
    return Meeting(name, "mobilization", "动员大会", (date(2005, 8, 25),), "省政府", 3, held_on)


class Life:
    """An entity's stream under construction: every command goes through decide and evolve."""

    def __init__(self, rules: Definition = DEFINITION, campaign: CampaignState | None = None) -> None:
        self.context = Context(rules, campaign or opened())
        self.state: EntityState = INITIAL
        self.records: list[Recorded] = []

    def ask(self, step: Step) -> tuple[Event, ...] | Refused:
        """Decide without recording."""
        by = step if isinstance(step, By) else By(step, "clerk")
        asked = c.Asked(by.actor, "", by.on, max(TODAY, by.on))
        return held(by.command, decide(by.command, self.state, self.context, asked))

    def do(self, *steps: Step) -> "Life":
        """Decide and record each step; none may be refused."""
        for step in steps:
            events = self.ask(step)
            assert not isinstance(events, Refused), f"{step}: {events}"
            by = step if isinstance(step, By) else By(step, "clerk")
            self.record(*events, actor=by.actor, on=by.on)
        return self

    def record(self, *events: Event, actor: str = "clerk", on: date = TODAY) -> None:
        """Fold events, as the log would hand them back."""
        for event in events:
            record = recorded(event, len(self.records) + 1, actor, on)
            self.records.append(record)
            self.state = evolve(self.state, record)


def recorded(event: Event, number: int, actor: str = "clerk", on: date = TODAY) -> Recorded:
    """Wrap an event into the columns of the log, with positions apart from versions."""
    return Recorded(
        position=100 + number,
        stream="entity:k/faw",
        version=number,
        topic=TOPIC_OF[type(event)],
        recorded_at=START + timedelta(minutes=number),
        occurred_on=on,
        actor=actor,
        role="office",
        command_id=f"command-{number}",
        causation=None,
        event=event,
    )


def given(*steps: Step, rules: Definition = DEFINITION, campaign: CampaignState | None = None) -> Life:
    """Return the life of an enrolled key enterprise after STEPS."""
    return Life(rules, campaign).do(ENROL, *steps)


def codes(answer: tuple[Event, ...] | Refused) -> list[str]:
    """Return the codes of a refusal, which must say what, and what to do."""
    assert isinstance(answer, Refused), answer
    for reason in answer.reasons:
        assert str(reason.message)
        assert str(reason.fix)
        assert "{" not in f"{reason.message}{reason.fix}"
    return [reason.code for reason in answer.reasons]


def outcome(life: Life, when: Step) -> list[str] | tuple[Event, ...]:
    """Return the events, or the codes of the refusal."""
    answer = said(when.command if isinstance(when, By) else when, life.ask(when))
    return codes(answer) if isinstance(answer, Refused) else answer


def figure(value: str, indicator: str = "profit", **changes: object) -> Figure:
    """Return a sound figure."""
    units = {entry.id: entry.unit for entry in DEFINITION.indicators}
    sound = Figure(indicator=indicator, value=Decimal(value), unit=units.get(indicator, "亿元"), scope="provincial")
    return msgspec.structs.replace(sound, **changes)


def target(value: str | None = "15", name: str = "growth", **changes: object) -> Target:
    """Return a complete target whose id is its indicator's."""
    units = {entry.id: entry.unit for entry in DEFINITION.indicators}
    number = None if value is None else Decimal(value)
    sound = Target(
        target=name, indicator=name, value=number, unit=units.get(name, ""), period="2005", scope="provincial"
    )
    return msgspec.structs.replace(sound, **changes)


def fixing(line: Target, entity: str = "faw") -> tuple[Step, ...]:
    """Return the steps that bring a target to be fixed."""
    return (
        c.ProposeTarget(entity, line, "it was reached before"),
        c.ReviewTarget(entity, line.target, favourable=True, opinion="sound"),
        By(c.FixTarget(entity, line.target)),
    )


ENROL = c.EnrolEntity("faw", "enterprise", "一汽集团", ("key",))
SURVEY = c.RecordSurvey(
    "faw", ("省经委", "长春市经委"), (figure("100"),), indicators=("growth",), tasks=("扩能",), measures=("技改",)
)
OFFICER = c.AppointOfficer("faw", "accountable_officer", "p-1", "厂长")
FIXED = fixing(target())
REPORT = c.SubmitReport("faw", "r-1", "weekly", "2005-W36", (figure("12"),))
