"""Who acts in the simulated world: users behind a network that fails, offices, readers, an auditor."""

from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from faults.alone import Ask, answer_of
from faults.history import Answer, Call
from simulation.machine import Machine, SimulatedTables
from simulation.wishes import DAY, KEY, STRANGER, request
from simulation.world import Crashed, Program, World

from campaign.app.handle import Reply as Result
from campaign.app.handle import handle
from campaign.app.session import Session, Settings
from campaign.problems import Problems
from campaign.readmodels.views import ALL
from campaign.store.codec import Codec
from campaign.store.engine import Engine
from campaign.store.log import CommandReused, Conflict
from campaign.store.tables import Tables

CODEC = Codec()
NOON = datetime(2031, 3, 20, 12, tzinfo=UTC)
PATIENCE = 6_000
"""Microseconds after which a user asks again."""


Reply: TypeAlias = Callable[[Answer | str], None]
"""Takes what a command came to, or the code of what went wrong."""


class Network:
    """Carries messages: late, out of order, twice, or not at all."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.faulty = True

    def send(self, what: str, arrive: Callable[[], None]) -> None:
        """Let a message arrive some time, usually."""
        copies = 1
        if self.faulty:
            copies = self.world.chance.choices((0, 1, 2), (0.12, 0.76, 0.12))[0]
        for _ in range(copies):
            slow = self.faulty and self.world.maybe(0.1)
            self.world.at(self.world.chance.randint(50, 12_000 if slow else 600), arrive)
        if copies != 1:
            self.world.note(what, "lost" if copies == 0 else "doubled")


class Clock:
    """An office's own clock: it is off, and sometimes it is set, also back."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.off = timedelta(seconds=world.chance.randint(-90_000, 90_000))

    def __call__(self) -> datetime:
        return NOON + timedelta(microseconds=self.world.now) + self.off

    def set(self) -> None:
        """Step it by up to a day."""
        self.off += timedelta(seconds=self.world.chance.randint(-90_000, 90_000))
        self.world.note("a clock is set")


class User:
    """Wants some things done, one after the other, and asks for each until there is an answer."""

    def __init__(self, world: World, network: Network, name: str, wishes: int) -> None:
        self.world, self.network, self.name = world, network, name
        self.offices: Sequence[Office] = ()
        self.calls: list[Call] = []
        self.asks: dict[str, Ask] = {}
        self._wishes = wishes
        world.at(world.chance.randint(0, 2_000), self._next)

    @property
    def done(self) -> bool:
        return not self._wishes and (not self.calls or self.calls[-1].answered is not None)

    def _next(self) -> None:
        if not self._wishes:
            return
        self._wishes -= 1
        name = f"{self.name}-{len(self.calls) + 1}"
        actor = "p-mallory" if self.world.maybe(STRANGER) else "p-ada"
        self._ask(name, Ask(request(self.world.chance, name), actor, DAY, name))

    def _ask(self, wish: str, ask: Ask) -> None:
        """Begin to ask under an id."""
        call = Call(wish, ask.command_id, self.world.now)
        self.calls.append(call)
        self.asks[ask.command_id] = ask
        self._send(call, ask)

    def _send(self, call: Call, ask: Ask) -> None:
        office = self.world.chance.choice(self.offices)
        self.world.note(self.name, "asks", office.name, ask.command_id)
        self.network.send(ask.command_id, lambda: office.receive(ask, lambda answer: self._hear(call, answer)))
        self.world.at(PATIENCE, lambda: self._again(call, ask))

    def _again(self, call: Call, ask: Ask) -> None:
        if call.answered is None:
            self.retry(call, ask)

    def retry(self, call: Call, ask: Ask) -> None:
        """Give the same command again, under the same id."""
        self._send(call, ask)

    def _hear(self, call: Call, answer: Answer | str) -> None:
        if isinstance(answer, str):
            return  # nothing is known: the user asks again in time
        self.world.note(self.name, "hears", call.command_id, "yes" if answer.accepted else "no")
        call.answers.append(answer)
        if call.answered is None:
            call.answered = self.world.now
            self.world.at(self.world.chance.randint(10, 1_000), self._next)


class Office:
    """A process that takes requests, one at a time, and carries them out on the store."""

    def __init__(self, world: World, network: Network, machine: Machine, name: str) -> None:
        self.world, self.network, self.machine, self.name = world, network, machine, name
        self.clock = Clock(world)
        self._waiting: deque[tuple[Ask, Reply]] = deque()
        self._program: Program | None = None
        self._down = False

    def receive(self, ask: Ask, reply: Reply) -> None:
        """Take a request, unless nobody is there."""
        if self._down:
            return
        self._waiting.append((ask, reply))
        self._begin()

    def _begin(self) -> None:
        if self._waiting and self._program is None:
            ask, reply = self._waiting.popleft()
            program = Program(self.world, self.name, lambda: self._serve(program, ask, reply), self._ended)
            self._program = program

    def _ended(self) -> None:
        self._program = None
        self._begin()

    def kill(self) -> None:
        """End the process where it stands; it is started again a little later, and knows nothing of before."""
        if self._down:
            return
        self.world.note(self.name, "killed")
        self._down = True
        self._waiting.clear()
        if self._program is not None:
            self._program.throw(Crashed())
            self._program = None
        self.world.at(self.world.chance.randint(100, 3_000), self._start)

    def _start(self) -> None:
        self._down = False

    def close(self) -> None:
        """Let nothing run on when the world has ended."""

    def engine(self, tables: Tables) -> Engine:
        """Open the log."""
        return Engine(tables, ALL, self.clock, CODEC)

    def _serve(self, program: Program, ask: Ask, reply: Reply) -> None:
        tables = self.machine.connect(program)
        try:
            answer = self.carry_out(Session(self.engine(tables), Settings(campaign=KEY), self.clock), ask)
        finally:
            tables.close()
        self.send(ask, answer, reply)

    def send(self, ask: Ask, answer: Answer | str, reply: Reply) -> None:
        """Tell whoever asked."""
        self.world.note(self.name, "answers", ask.command_id, answer if isinstance(answer, str) else answer.accepted)
        self.network.send(f"answer {ask.command_id}", lambda: reply(answer))

    def carry_out(self, session: Session, ask: Ask) -> Answer | str:
        """Give the commands to the log; return what they came to, or the code of what went wrong."""
        try:
            reply = self.give(session, ask)
        except (Conflict, CommandReused) as error:
            return type(error).__name__
        except Problems as error:
            return error.problems[0].code
        return answer_of(reply)

    def give(self, session: Session, ask: Ask) -> Result:
        """Give the commands to the log."""
        return handle(session, ask.commands, ask.who())


class Reader:
    """Follows the log from its start, and goes on where it was when it is killed or cut off."""

    pause = 6_000
    """Microseconds between two looks, at most."""

    def __init__(self, world: World, machine: Machine, name: str) -> None:
        self.world, self.machine, self.name = world, machine, name
        self.seen: list[tuple[int, str]] = []
        self.over: Callable[[], bool] = lambda: False
        self._last = False
        self._program = Program(world, name, self._follow)

    def tables(self) -> SimulatedTables:
        """Connect."""
        return self.machine.connect(self._program)

    def _follow(self) -> None:
        while not self._followed():
            self._program.step("connects again", 500)

    def _followed(self) -> bool:
        """Whether all was seen before the connection broke."""
        tables = self.tables()
        try:
            log = Engine(tables, (), _no_clock, CODEC)
            for record in log.follow(self.seen[-1][0] if self.seen else 0, self._wait):
                self.seen.append((record.position, record.command_id))
                self.world.note(self.name, "sees", record.position)
        except Problems:
            return False
        finally:
            tables.close()
        return True

    def _wait(self) -> bool:
        """Wait for more; look once more after all is over."""
        if self._last:
            return False
        self._last = self.over()
        self._program.step("waits", self.pause)
        return True

    def kill(self) -> None:
        """End the process; the next one goes on after the last position that was noted."""
        if self._program.running:
            self.world.note(self.name, "killed")
            self._program.throw(Crashed())
            self._program = Program(self.world, self.name, self._follow)


class Auditor:
    """Grows the tree from time to time and keeps what it saw: sizes and roots."""

    def __init__(self, world: World, machine: Machine) -> None:
        self.world, self.machine = world, machine
        self.heads: list[tuple[int, bytes]] = []

    def look(self) -> None:
        """Start to seal the log."""
        program = Program(self.world, "auditor", lambda: self._seal(program))

    def _seal(self, program: Program) -> None:
        tables = self.machine.connect(program)
        try:
            tree = Engine(tables, ALL, _no_clock, CODEC).tree()
            size = tree.seal()
            self.heads.append((size, tree.root(size)))
        except Problems as error:
            self.world.note("auditor", error.problems[0].code)
        finally:
            tables.close()


def _no_clock() -> datetime:
    """Nobody who only reads asks for the time."""
    raise AssertionError
