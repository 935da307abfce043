"""Who does what when: the agenda of a rehearsal, carried out in order of time on a simulated clock."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from heapq import heappop, heappush
from typing import TypeAlias
from zoneinfo import ZoneInfo

import msgspec

from campaign.app.handle import Reply, Who, handle
from campaign.app.session import Session
from campaign.demo.cast import Cast
from campaign.demo.figures import Course, Generator
from campaign.domain.commands import Command, MovePhase
from campaign.domain.definition import Definition
from campaign.problems import Refused, T, Text

MORNING, EVENING = time(9, 0), time(17, 30)
Say: TypeAlias = Callable[[Text], None]


class Unexpected(Exception):  # noqa: N818 -- says what happened to the story
    """The story was refused something that it relies on."""

    def __init__(self, commands: Sequence[Command], refusal: Refused) -> None:
        """Name the first command and every reason."""
        super().__init__(f"{commands[0]}: {refusal}")


class Agenda:
    """Acts to come, each at an instant; an act may put further ones on the agenda."""

    def __init__(self, session: Session, definition: Definition) -> None:
        """Begin with nothing to do."""
        self.session = session
        self.definition = definition
        self.zone = ZoneInfo(definition.campaign.time_zone)
        self.acts: list[tuple[datetime, int, Callable[[], None]]] = []
        self.put_down = 0
        self.replies: list[Reply] = []
        self.count = 0

    def at(self, day: date, act: Callable[[], None], hour: time = MORNING) -> None:
        """Put ACT on the agenda of DAY; acts of one instant keep the order in which they were put down."""
        local = datetime.combine(day, hour, self.zone)
        self.put_down += 1
        heappush(self.acts, (local.astimezone(UTC), self.put_down, act))

    def run(self) -> None:
        """Carry out every act in order of time."""
        while self.acts:
            instant, _, act = heappop(self.acts)
            self.session.settings = msgspec.structs.replace(self.session.settings, at=instant)
            act()

    def do(self, actor: str, *commands: Command, on: date | None = None, role: str = "") -> Reply:
        """Give COMMANDS as one; a refusal is left for the caller to tell."""
        who = msgspec.structs.replace(self.who(actor), role=role, on=on)
        reply = handle(self.session, commands, who)
        self.replies.append(reply)
        return reply

    def must(self, actor: str, *commands: Command, on: date | None = None, role: str = "") -> Reply:
        """Give COMMANDS that the story cannot do without. Raises Unexpected if they are refused."""
        reply = self.do(actor, *commands, on=on, role=role)
        if reply.refusal is not None:
            raise Unexpected(commands, reply.refusal)
        return reply

    def who(self, actor: str) -> Who:
        """Return ACTOR under the next command id."""
        self.count += 1
        return Who(actor, command_id=f"demo-{self.count:05d}")

    def expect(self, reply: Reply) -> None:
        """Check that the story's own attempt at something forbidden was refused."""
        if reply.refusal is None:
            message = f"{reply.command_id} was to be refused"
            raise RuntimeError(message)
        self.replies.append(reply)

    def holder(self, role: str) -> str:
        """Return the first person whom the definition assigns ROLE."""
        return self.holders(role)[0]

    def holders(self, role: str) -> list[str]:
        """Return everyone whom the definition assigns ROLE, in its order."""
        return [entry.person for entry in self.definition.assignments if entry.role == role]


class SchemeText(msgspec.Struct, frozen=True):
    """The assessment scheme that is adopted late in the year."""

    name: str
    sha256: str
    text: str


class Story:
    """Everything the chapters share: the agenda, the cast, the figures, and where progress is told."""

    def __init__(self, agenda: Agenda, cast: Cast, figures: Generator, scheme: SchemeText, say: Say) -> None:
        """Give everyone who owes reports a course through the year."""
        self.agenda, self.cast, self.figures, self.scheme, self.say = agenda, cast, figures, scheme, say
        self.definition = agenda.definition
        self.courses: dict[str, Course] = {
            entity: figures.course(entity, cast.size(entity)) for entity in cast.dutiful()
        }
        self.office, self.deputy = agenda.holders("campaign_office")[:2]
        self.leader = agenda.holder("leading_group")
        self.signer = agenda.holder("provincial_government")
        self.statistics, self.reviewer = agenda.holders("statistics")[:2]

    @property
    def today(self) -> date:
        """The simulated day."""
        return self.agenda.session.today(self.definition)

    def move_all(self, step: int) -> None:
        """Advance everyone in the phase at STEP; whoever is held at a shut gate stays, and the story goes on."""
        phase = self.definition.phases[step]
        held: list[tuple[str, Refused]] = []
        moved = 0
        for entity, state in self.agenda.session.entities().items():
            if state.phase == phase.id and state.exit is None:
                refusal = self.agenda.do(self.office, MovePhase(entity)).refusal
                moved += refusal is None
                if refusal is not None:
                    held.append((entity, refusal))
        self.say(T("{moved} leave {phase}, {held} held at a gate", moved=moved, phase=phase.label, held=len(held)))
        for entity, refusal in held[:2]:
            reason = refusal.reasons[0]
            title = self.cast.title(entity)
            self.say(T("  {entity}: {gate}: {reason}", entity=title, gate=reason.rule, reason=reason.message))


def after(day: date, days: int) -> date:
    """Return the day DAYS later."""
    return day + timedelta(days=days)
