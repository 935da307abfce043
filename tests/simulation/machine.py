"""The computer that holds the store: the log's own tables in memory, with a lock, a disk, and everything that breaks.

A commit is written, then synced, then shown to others, then acknowledged; a crash may come between any two.
"""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from simulation.world import Program, World

from campaign.problems import Problem, Problems, T
from campaign.store.memory import Contents, MemoryTables
from campaign.store.tables import Tables

WRITES = frozenset({"insert", "save", "mark", "remember"})
"""Operations that fail now and then, as on a disk that is full."""


def lost(code: str = "store-io") -> Problems:
    """Return what a store raises when it cannot say whether a command was recorded, or could not record it."""
    return Problems([Problem(code, T("the simulated disk failed"), T("give the same command again"))])


def copied(contents: Contents) -> Contents:
    """Return contents of one's own: rows are shared, for nobody changes one."""
    return Contents(**{name: _copied(getattr(contents, name)) for name in contents.__struct_fields__})


def _copied(table: Any) -> Any:  # noqa: ANN401 -- a list, a dict, or a dict of these
    if isinstance(table, list):
        return list(table)
    return {key: _copied(part) if isinstance(part, list | dict) else part for key, part in table.items()}


class Machine:
    """The lock, the disk, and the programs that are connected."""

    def __init__(self, world: World, contents: Contents) -> None:
        self.world = world
        self.shown = contents
        """What everybody sees."""
        self.kept = contents
        """What the disk has."""
        self.syncing: Contents | None = None
        self.faulty = True
        self.clients: list[SimulatedTables] = []
        self._holder: Program | None = None
        self._waiting: deque[Program] = deque()

    def connect(self, program: Program) -> "SimulatedTables":
        """Open the store's tables for a program."""
        return SimulatedTables(self, program)

    def lock(self, program: Program) -> None:
        """Wait for one's turn to write."""
        if self._holder is None:
            self._holder = program
            return
        self._waiting.append(program)
        try:
            while self._holder is not program:  # a time-out that is over may still wake whoever sleeps
                program.sleep()
        except BaseException:
            if self._holder is program:
                self.unlock(program)
            else:
                self._waiting.remove(program)
            raise

    def unlock(self, program: Program) -> None:
        """Let the next one write."""
        assert self._holder is program
        self._holder = self._waiting.popleft() if self._waiting else None
        if self._holder is not None:
            self._holder.wake()

    def commit(self, program: Program, draft: Contents) -> None:
        """Write, sync, show. Raises Problems when the disk is full, and when nobody can say what became of it."""
        program.step("commit")
        if self.broken(0.02):
            raise lost("store-full")
        self.syncing = draft
        try:
            program.step("sync")
        except BaseException:
            if self.syncing is draft:
                self.shown = self.kept = self.survives(draft)
                self.syncing = None
            raise
        self.syncing = None
        self.shown = self.kept = draft

    def survives(self, draft: Contents) -> Contents:
        """Return what is on the disk when a crash comes before the sync: the commit is there or not, but whole."""
        return draft if self.world.maybe(0.5) else self.kept

    def broken(self, probability: float) -> bool:
        """Whether something breaks here."""
        return self.faulty and self.world.maybe(probability)

    def cut_the_power(self) -> None:
        """Lose what the disk does not have; whoever is connected learns that the connection is gone."""
        if self.syncing is not None:
            self.kept = self.survives(self.syncing)
            self.syncing = None
        self.shown = self.kept
        self.world.note("power cut")
        for tables in list(self.clients):
            tables.lose()


class SimulatedTables(MemoryTables):
    """The tables of memory as one program sees them: every operation is a step, in which it may be interrupted."""

    def __init__(self, machine: Machine, program: Program) -> None:
        self.read_only = False
        self.machine, self.program = machine, program
        self._undo: list[Callable[[], object]] = []  # a draft is thrown away whole
        self._draft: Contents | None = None
        self._writing = self._gone = False
        machine.clients.append(self)

    @property
    def _kept(self) -> Contents:  # type: ignore[override]
        return self.machine.shown if self._draft is None else self._draft

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Work on a draft, under the lock; commit it at the end, or forget it when an exception leaves."""
        if self._writing:
            yield
            return
        self.step("begin")
        self.machine.lock(self.program)
        try:
            self._draft, self._writing = copied(self.machine.shown), True
            yield
            self.machine.commit(self.program, self._draft)
        finally:
            self._draft, self._writing = None, False
            self.machine.unlock(self.program)
        self.program.step("acknowledge")
        if self.machine.broken(0.03):
            raise lost("outcome-unknown")

    @contextmanager
    def reading(self) -> Iterator[None]:
        """See one moment throughout."""
        if self._draft is not None:
            yield
            return
        self._draft = self.machine.shown
        try:
            yield
        finally:
            self._draft = None

    def step(self, name: str) -> None:
        """Begin an operation. Raises Problems when it fails, and has done nothing then."""
        self.program.step(name)
        if self._gone:
            self._gone = False
            raise lost()
        if self._writing and name in WRITES and self.machine.broken(0.004):
            raise lost("store-full")

    def lose(self) -> None:
        """Lose the connection; who waits for something else notices at the next operation only."""
        if self.program.away:
            self._gone = True
        else:
            self.program.throw(lost())

    def close(self) -> None:
        """Disconnect."""
        self.machine.clients.remove(self)


def _stepping(name: str) -> Callable[..., Any]:
    """Return an operation of the tables that takes a step first."""
    plain = getattr(MemoryTables, name)

    @wraps(plain)
    def operation(self: SimulatedTables, *values: Any) -> Any:  # noqa: ANN401 -- whatever the operation takes and gives
        self.step(name)
        return plain(self, *values)

    return operation


for _name in sorted(Tables.__abstractmethods__ - {"writing", "reading", "close"}):
    setattr(SimulatedTables, _name, _stepping(_name))
