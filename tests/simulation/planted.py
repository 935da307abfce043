"""Mistakes planted into the simulated world: each must be found, or finding nothing means nothing."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeAlias

from faults.alone import Ask
from faults.history import Answer, Call
from simulation.actors import CODEC, Office, Reader, User
from simulation.machine import Machine, SimulatedTables, copied
from simulation.play import Cast
from simulation.sharing import SharingOffice
from simulation.world import Program

from campaign.app.handle import Reply as Result
from campaign.app.handle import handle
from campaign.app.session import Session
from campaign.readmodels.views import ALL
from campaign.store.engine import Engine
from campaign.store.log import Attempt, Batch, Conflict, Guard, Outcome, Row
from campaign.store.memory import Contents
from campaign.store.queue import Job, Queue
from campaign.store.tables import Tables

Group: TypeAlias = Sequence[tuple[Job, "Future[Any]"]]


class BlindUser(User):
    """Asks again under a new id (control of P-03)."""

    def retry(self, call: Call, ask: Ask) -> None:
        call.answered = self.world.now  # given up
        self._ask(call.request, Ask(ask.commands, ask.actor, ask.on, f"{ask.command_id}-again"))


class HastyMachine(Machine):
    """Shows and acknowledges a commit before the disk has it (control of P-01)."""

    def commit(self, program: Program, draft: Contents) -> None:
        program.step("commit")
        self.shown = draft
        self.world.at(5_000, lambda: self._sync(draft))

    def _sync(self, draft: Contents) -> None:
        if len(draft.commands) > len(self.kept.commands) and self.shown.commands.items() >= draft.commands.items():
            self.kept = draft


class TearingMachine(Machine):
    """Keeps the events of a commit but not its outcome when a crash comes at the wrong moment (P-02)."""

    def survives(self, draft: Contents) -> Contents:
        torn = copied(draft)
        torn.commands = dict(self.kept.commands)
        return torn


class ForgetfulTables(SimulatedTables):
    """Does not look whether a command was given before."""

    def outcome(self, command_id: str) -> Outcome | None:
        del command_id
        return None


class ForgetfulMachine(Machine):
    def connect(self, program: Program) -> SimulatedTables:
        return ForgetfulTables(self, program)


class ClockTables(SimulatedTables):
    """Lets the clock order the log (P-20)."""

    def tip(self) -> tuple[int, str]:
        position, at = super().tip()
        return position, at if self._draft is None else ""


class ClockMachine(Machine):
    def connect(self, program: Program) -> SimulatedTables:
        return ClockTables(self, program)


class LooseTables(SimulatedTables):
    """Saves the views in a transaction of their own, behind the events'."""

    @contextmanager
    def writing(self) -> Iterator[None]:
        self._later: list[tuple[str, list[tuple[str, bytes]]]] = []
        with super().writing():
            yield
        with super().writing():
            for view, rows in self._later:
                super().save(view, rows)

    def save(self, view: str, rows: Any) -> None:  # noqa: ANN401 -- the rows' own type
        self._later.append((view, list(rows)))


class LooseMachine(Machine):
    def connect(self, program: Program) -> SimulatedTables:
        return LooseTables(self, program)


class CarelessEngine(Engine):
    """Writes whatever stands there by now (control of P-07)."""

    def _expect(self, batch: Batch) -> None:
        del batch


class CarelessOffice(Office):
    def engine(self, tables: Tables) -> Engine:
        return CarelessEngine(tables, ALL, self.clock, CODEC)


class LenientEngine(Engine):
    """Does not remember refusals, so that a late duplicate may succeed after a no."""

    def refuse(self, outcome: Outcome, guards: Sequence[Guard] = ()) -> Outcome:
        del guards
        return outcome


class LenientOffice(Office):
    def engine(self, tables: Tables) -> Engine:
        return LenientEngine(tables, ALL, self.clock, CODEC)


class StaleEngine(Engine):
    """Decides on what was seen first, and does not ask whether it still stands when it refuses (P-07)."""

    seen: dict[tuple[str, str], Any]

    def row(self, view: str, key: str) -> Any:  # noqa: ANN401 -- the row's type is the view's own
        return self.seen.setdefault((view, key), super().row(view, key))

    def _hold(self, guard: Guard) -> None:
        del guard


class StaleOffice(Office):
    def engine(self, tables: Tables) -> Engine:
        engine = StaleEngine(tables, ALL, self.clock, CODEC)
        engine.seen = self.__dict__.setdefault("seen", {})
        return engine


class BoastfulOffice(Office):
    """Says yes where nobody knows (P-04)."""

    def carry_out(self, session: Session, ask: Ask) -> Answer | str:
        answer = super().carry_out(session, ask)
        return Answer(accepted=True) if answer == "store-io" else answer


class SequenceTables(SimulatedTables):
    """A log whose positions were given out before the commit, as a plain bigserial does: a later one may show first."""

    def _visible(self) -> list[Row]:
        now, chance = self.machine.world.now, self.machine.world.chance
        for row in self.machine.shown.events:
            self._from.setdefault(row[8], now + chance.randint(0, 800))
        return [row for row in self.machine.shown.events if self._from[row[8]] <= now]

    def __init__(self, machine: Machine, program: Program, shown: dict[str, int]) -> None:
        super().__init__(machine, program)
        self._from = shown

    def tip(self) -> tuple[int, str]:
        self.program.step("tip")
        visible = self._visible()
        return (visible[-1][0], visible[-1][4]) if visible else (0, "")

    def rows(self, after: int, to: int, prefix: str) -> list[Row]:
        self.program.step("rows")
        return [row for row in self._visible() if after < row[0] <= to and row[1].startswith(prefix)]


class TrustingReader(Reader):
    """Reads such a log, and trusts that nothing appears behind what it saw (control of P-06)."""

    def tables(self) -> SimulatedTables:
        self._shown: dict[str, int] = getattr(self, "_shown", {})
        return SequenceTables(self.machine, self._program, self._shown)


class DirtyTables(SimulatedTables):
    """Sees what others are about to commit."""

    @property
    def _kept(self) -> Contents:  # type: ignore[override]
        drafts = [each._draft for each in self.machine.clients if each._writing and each._draft is not None]
        return (drafts or [self.machine.shown])[0]


class DirtyReader(Reader):
    """Reads what may not come to be (control of P-06)."""

    pause = 300

    def tables(self) -> SimulatedTables:
        return DirtyTables(self.machine, self._program)


class BlindEyeTables(SimulatedTables):
    """Keeps no access journal."""

    def note(self, attempts: Sequence[Attempt], recorded_at: str) -> None:
        """Look away."""


class BlindEyeMachine(Machine):
    def connect(self, program: Program) -> SimulatedTables:
        return BlindEyeTables(self, program)


class HastyQueue(Queue):
    """Answers each of a group as soon as it is done, before the commit (P-01 for group commit)."""

    def _settle(self, group: Group) -> None:
        super()._settle([(partial(_told, job, answer), Future()) for job, answer in group])


def _told(job: Job, answer: "Future[Any]") -> object:
    done = job()
    if not answer.done():
        answer.set_result(done)
    return done


class HastyOffice(SharingOffice):
    queue = HastyQueue


class ForgivingQueue(Queue):
    """Answers whoever has a conflict with what the one before them in the group was told."""

    def _settle(self, group: Group) -> None:
        told: list[object] = []
        super()._settle([(partial(_forgiven, job, told), answer) for job, answer in group])


def _forgiven(job: Job, told: list[object]) -> object:
    try:
        told.append(job())
    except Conflict:
        if not told or not isinstance(told[-1], Outcome):
            raise
    return told[-1]


class ForgivingOffice(SharingOffice):
    queue = ForgivingQueue

    def give(self, session: Session, ask: Ask) -> Result:
        return handle(session, ask.commands, ask.who())


class SloppyQueue(Queue):
    """Tells whoever breaks in the middle so, and commits what they had written with the rest of the group (P-02)."""

    def _settle(self, group: Group) -> None:
        super()._settle([(partial(_caught, job), answer) for job, answer in group])


def _caught(job: Job) -> object:
    try:
        return job()
    except Exception as error:  # noqa: BLE001 -- the mistake
        return error


class SloppyOffice(SharingOffice):
    queue = SloppyQueue


PLANTED: Sequence[tuple[str, Cast, str]] = (
    ("a retry under a new id", Cast(user=BlindUser), "happened 2 times"),
    ("acknowledged before it is durable", Cast(machine=HastyMachine), "was answered"),
    ("a torn commit", Cast(machine=TearingMachine), "in all"),
    ("outcomes not looked at", Cast(machine=ForgetfulMachine), "in all"),
    ("refusals not remembered", Cast(office=LenientOffice), "the log has None"),
    ("a yes where nobody knows", Cast(office=BoastfulOffice), "was answered"),
    ("refused by what was seen long ago", Cast(office=StaleOffice), "but never with reason"),
    ("no expected version", Cast(office=CarelessOffice), "at "),
    ("the clock orders", Cast(machine=ClockMachine), "time runs back"),
    ("views beside the transaction", Cast(machine=LooseMachine), "is not the fold"),
    ("a reader that trusts a sequence", Cast(reader=TrustingReader), "a reader missed"),
    ("a reader that sees what is not committed", Cast(reader=DirtyReader), "a reader missed"),
    ("attempts not noted", Cast(machine=BlindEyeMachine), "nobody noted it"),
    ("a group told before its commit", Cast(sharing=HastyOffice), "was answered"),
    ("a conflict in a group told as done", Cast(sharing=ForgivingOffice), "was answered"),
    ("a group that keeps half of a command", Cast(sharing=SloppyOffice), "in all"),
)
"""Each mistake, who makes it, and by which words it must be found."""
