"""Offices of many threads that share one log: the real queue of group commit, by threads of the simulated world."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from faults.alone import Ask
from simulation.actors import CODEC, KEY, Network, Office, Reply, Result
from simulation.machine import Machine, SimulatedTables
from simulation.world import Crashed, Program, World

from campaign.app.handle import handle
from campaign.app.session import Session, Settings
from campaign.app.sharing import carry_out
from campaign.readmodels.views import ALL
from campaign.store.engine import Engine
from campaign.store.queue import Queue, SharedLog, Threads
from campaign.store.tables import Tables

SECOND = 1_000_000


def current(world: World) -> Program:
    """Return whose turn it is."""
    assert world.current is not None, "nobody's turn"
    return world.current


class Promise(Future[Any]):
    """An answer that a program of the simulated world waits for."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world

    def result(self, timeout: float | None = None) -> object:
        """Wait for it."""
        del timeout
        program = current(self._world)
        self.add_done_callback(lambda _: program.wake())
        with program.inside():
            while not self.done():
                program.sleep()
        return super().result(0)


class Changing:
    """A condition on which programs wait; between two waits nobody else has a turn, so that it needs no lock."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._asleep: list[Program] = []

    def __enter__(self) -> None:
        """Hold what is held anyway."""

    def __exit__(self, *raised: object) -> None:
        """Let go of it."""

    def wait_for(self, predicate: Callable[[], object], timeout: float | None = None) -> object:
        """Wait until PREDICATE holds, TIMEOUT seconds at most; return whether it does."""
        program = current(self._world)
        with program.inside():
            program.step("looks at the queue")
            until = None if timeout is None else self._world.now + int(timeout * SECOND)
            while not predicate() and (until is None or self._world.now < until):
                self._asleep.append(program)
                if until is not None:
                    program.wake(until - self._world.now)
                program.sleep()
        return predicate()

    def notify_all(self) -> None:
        """Wake whoever waits."""
        asleep, self._asleep = self._asleep, []
        for program in asleep:
            program.wake()


class SimulatedThreads(Threads):
    """The threads of one simulated process."""

    def __init__(self, world: World, name: str) -> None:
        self._world, self._name = world, name

    def now(self) -> float:  # type: ignore[override]
        """Return the world's time."""
        return self._world.now / SECOND

    def changing(self) -> Changing:  # type: ignore[override]
        return Changing(self._world)

    def answer(self) -> Promise:  # type: ignore[override]
        return Promise(self._world)

    def current(self) -> Program:  # type: ignore[override]
        return current(self._world)

    def start(self, work: Callable[[], None]) -> Program:  # type: ignore[override]
        return Program(self._world, self._name, work)


class SimulatedSharedLog(SharedLog):
    """The log that the programs of one process share, each with tables of its own."""

    def __init__(self, machine: Machine, name: str, clock: Callable[[], Any], queue: type[Queue]) -> None:
        self.machine = machine
        self._connected: dict[Program, SimulatedTables] = {}
        Engine.__init__(self, self._tables, ALL, clock, CODEC)
        threads = SimulatedThreads(machine.world, f"{name}-writer")
        self._queue = queue(lambda: self._tables.writing(), threads=threads, most=3)  # noqa: PLW0108 -- the writer's

    @property
    def _tables(self) -> Tables:
        program = current(self.machine.world)
        if program not in self._connected:
            self._connected[program] = self.machine.connect(program)
        return self._connected[program]

    @_tables.setter
    def _tables(self, tables: Tables) -> None:
        """Leave it: each program has its own."""

    @property
    def writer(self) -> Program:
        """Who writes for all."""
        assert isinstance(self._queue.writer, Program)
        return self._queue.writer

    def leave(self, program: Program) -> None:
        """Disconnect a program that ends."""
        if program in self._connected:
            self._connected.pop(program).close()


class SharingOffice(Office):
    """A process that takes any number of requests at once, each on a thread of its own, and has one writer."""

    queue: type[Queue] = Queue

    def __init__(self, world: World, network: Network, machine: Machine, name: str) -> None:
        super().__init__(world, network, machine, name)
        self._session: Session | None = None
        self._programs: dict[Program, None] = {}

    def receive(self, ask: Ask, reply: Reply) -> None:
        """Take a request, unless nobody is there."""
        if self._down:
            return
        program = Program(self.world, self.name, lambda: self._serve(program, ask, reply))
        self._programs[program] = None

    def _serve(self, program: Program, ask: Ask, reply: Reply) -> None:
        session = self._opened()
        try:
            answer = self.carry_out(session, ask)
        finally:
            self._log(session).leave(program)
            self._programs.pop(program, None)
        self.send(ask, answer, reply)

    def _opened(self) -> Session:
        """Return the session that all share; whoever is first opens it."""
        if self._session is None:
            log = SimulatedSharedLog(self.machine, self.name, self.clock, self.queue)
            self._session = Session(log, Settings(campaign=KEY), self.clock)
        return self._session

    def give(self, session: Session, ask: Ask) -> Result:
        """Decide on the writer's turn, or beside it, as programs may."""
        how = carry_out if self.world.maybe(0.6) else handle
        return how(session, ask.commands, ask.who())

    def kill(self) -> None:
        """End the process with all its threads."""
        if self._down:
            return
        self.world.note(self.name, "killed")
        self._down = True
        self.close()
        self.world.at(self.world.chance.randint(100, 3_000), self._start)

    def close(self) -> None:
        """End every thread where it stands."""
        programs, self._programs = list(self._programs), {}
        session, self._session = self._session, None
        if session is not None:
            programs.append(self._log(session).writer)
        for program in programs:
            program.throw(Crashed())
            if session is not None:
                self._log(session).leave(program)

    @staticmethod
    def _log(session: Session) -> SimulatedSharedLog:
        assert isinstance(session.log, SimulatedSharedLog)
        return session.log
