"""Group commit: the threads of one program hand their commands to one writer, which commits all that wait at once.

A disk takes about as long to make one command durable as two hundred.  So whatever came in while the last group was
being written makes up the next one: alone nobody waits for company, and under load the groups grow by themselves.
"""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from threading import Condition, Thread, current_thread, local
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar
from weakref import WeakSet, finalize

import msgspec

from campaign.problems import Problem, Problems, T
from campaign.store.codec import Codec
from campaign.store.engine import Engine
from campaign.store.log import Batch, Chosen, CommandReused, Conflict, Guard, Hints, Look, Outcome, View
from campaign.store.tables import Tables

if TYPE_CHECKING:
    from campaign.store.entries import Entry

R = TypeVar("R")

ROOM = 1024
"""Commands that may wait; whoever comes then waits to be let in."""
MOST = 256
"""Commands committed at once: others that write to the store wait as long as a group takes."""
LONGEST = 30.0
"""Seconds that a command waits to be let in: as long as a store waits for another writer."""

Job: TypeAlias = Callable[[], Any]
"""What is done on the writer's thread, within its open transaction."""


class Foreseen(msgspec.Struct, frozen=True):
    """A job that can tell beforehand what it is going to look at."""

    work: Job
    looks: tuple[Look, ...]

    def __call__(self) -> Any:  # noqa: ANN401 -- whatever the job answers
        """Do it."""
        return self.work()


def unseen(looks: Sequence[Look]) -> None:
    """Leave it: a store at hand is looked at when it is time."""


class Threads:
    """What the writer and those who wait for it are made of; the simulated world of the tests has its own."""

    now = staticmethod(monotonic)
    """Seconds on a clock that is never set."""
    changing = staticmethod(Condition)
    """Makes what tells the writer and those who wait to be let in of each other."""
    current = staticmethod(current_thread)

    @staticmethod
    def answer() -> "Future[Any]":
        """Make what somebody waits for."""
        return Future()

    @staticmethod
    def start(work: Callable[[], None]) -> Thread:
        """Begin to WORK beside whoever calls."""
        writer = Thread(target=work, name="campaign-writer", daemon=True)
        writer.start()
        return writer


class Queue:
    """Jobs waiting for one writer thread, which does all that wait within one transaction.

    A job that raises Conflict or CommandReused has written nothing and leaves the others alone.  When one raises
    anything else, the group is undone and each job done again in a transaction of its own: it fails alone.  When the
    commit itself fails, everyone in the group is told so.
    """

    def __init__(  # noqa: PLR0913 -- each is a choice of the one caller, by keyword
        self,
        transaction: Callable[[], AbstractContextManager[None]],
        *,
        ahead: Callable[[Sequence[Look]], None] = unseen,
        room: int = ROOM,
        most: int = MOST,
        longest: float = LONGEST,
        threads: Threads = Threads(),  # noqa: B008 -- it keeps nothing
    ) -> None:
        """Begin to wait for jobs; TRANSACTION is entered on the writer's thread only.

        ahead: told first of all, within the transaction, what the jobs of a group are going to look at.
        """
        self._transaction, self._ahead = transaction, ahead
        self._room, self._most, self._longest = room, most, longest
        self._waiting: deque[tuple[Job, Future[Any]]] = deque()
        self._threads = threads
        self._changed = threads.changing()
        self._closed = False
        self._expected = 0
        self.writer = threads.start(self._write)

    def hand_in(self, job: Callable[[], R]) -> "Future[R]":
        """Let JOB wait its turn; its answer is there once it is durable.

        Raises Problems (codes `store-busy` when there was no room, `store-closed`): then nothing was done.
        """
        answer: Future[R] = self._threads.answer()
        with self._changed:
            let_in = self._changed.wait_for(lambda: self._closed or len(self._waiting) < self._room, self._longest)
            if self._closed:
                message = T("the program is about to end; the command was not recorded")
                raise Problems([Problem("store-closed", message, T("give it again with the same command id"))])
            if not let_in:
                message = T("{count} commands are waiting to be recorded; this one was not taken", count=self._room)
                raise Problems([Problem("store-busy", message, T("give it again with the same command id"))])
            self._waiting.append((job, answer))
            if len(self._waiting) in {1, self._expected}:  # else the writer would be woken by each who comes
                self._changed.notify_all()
        return answer

    def writes_here(self) -> bool:
        """Whether it is the writer who asks."""
        return self._threads.current() is self.writer

    def close(self) -> None:
        """Take nothing more, finish what waits, and end the writer."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self.writer.join()

    def _write(self) -> None:
        seconds = 0.0
        while group := self._take(seconds / 2):
            start = self._threads.now()
            self._settle(group)
            self._expected = min(len(group) + len(self._waiting), self._most)
            seconds = self._threads.now() - start

    def _take(self, linger: float) -> list[tuple[Job, "Future[Any]"]]:
        """Wait for jobs; none are left when the queue was closed. Who gave up before their turn is passed over.

        Those just answered tend to come back at once: as many as were there are waited for, but no longer than LINGER
        seconds; else the writers would fall into two halves, each waiting for the other's commit.
        """
        group: list[tuple[Job, Future[Any]]] = []
        with self._changed:
            while not group and self._changed.wait_for(lambda: self._waiting or self._closed) and self._waiting:
                self._changed.wait_for(lambda: self._closed or len(self._waiting) >= self._expected, linger)
                full = len(self._waiting) >= self._room
                due = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
                group = [(job, answer) for job, answer in due if answer.set_running_or_notify_cancel()]
                if full:  # somebody may wait to be let in
                    self._changed.notify_all()
        return group

    def _settle(self, group: Sequence[tuple[Job, "Future[Any]"]]) -> None:
        """Do a group within one transaction, and answer only when that is durable."""
        answers: list[Any] = []
        begun = False
        try:
            with self._transaction():
                self._ahead([look for job, _ in group if isinstance(job, Foreseen) for look in job.looks])
                begun = True
                answers.extend(_answer(job) for job, _ in group)
        except BaseException as error:  # noqa: BLE001 -- it is raised again by whoever waits for the answer
            if begun and len(answers) < len(group) > 1:
                for each in group:
                    self._settle([each])
                return
            answers = [error] * len(group)
        for (_, waiting), answer in zip(group, answers, strict=True):
            if isinstance(answer, BaseException):
                waiting.set_exception(answer)
            else:
                waiting.set_result(answer)


def _answer(job: Job) -> object:
    try:
        return job()
    except (Conflict, CommandReused) as error:
        return error


def _close(tables: Tables, opened: "WeakSet[Tables]") -> None:
    """Close TABLES unless that was done already."""
    if tables in opened:
        opened.discard(tables)
        tables.close()


class _Own(local):
    """The tables of each thread, opened at its first look and closed when the thread is gone."""

    def __init__(self, connect: Callable[[], Tables], opened: "WeakSet[Tables]") -> None:
        self.tables = connect()
        opened.add(self.tables)
        finalize(current_thread(), _close, self.tables, opened)


class SharedLog(Engine):
    """A Log that the threads of one program share: each reads by tables of its own, and one thread writes for all."""

    def __init__(
        self,
        connect: Callable[[], Tables],
        views: Sequence[View],
        clock: Chosen,
        codec: Codec | None = None,
        **bounds: Any,  # noqa: ANN401 -- of the queue: room, most, longest
    ) -> None:
        """CONNECT opens tables of the same store that may be closed by another thread than the one that uses them."""
        self._ended = False
        self._opened: WeakSet[Tables] = WeakSet()
        self._own = _Own(connect, self._opened)
        Engine.__init__(self, self._own.tables, views, clock, codec)
        self._codec.make_all()
        self._queue = Queue(self._writing, ahead=self._foresee, **bounds)

    @property
    def _tables(self) -> Tables:
        """The tables of the thread that asks. Raises Problems (code `store-closed`)."""
        if self._ended:
            message = T("the log was closed by this program: it can no longer be read or written")
            raise Problems([Problem("store-closed", message, T("open it again"))])
        return self._own.tables

    @_tables.setter
    def _tables(self, tables: Tables) -> None:
        """Leave it: each thread has its own."""

    def _writing(self) -> AbstractContextManager[None]:
        """Write by the tables of the writer's thread."""
        return self._tables.writing()

    def _foresee(self, looks: Sequence[Look]) -> None:
        self._tables.foresee(looks)

    def alone(self, work: Callable[[], R], *looks: Look) -> R:
        """Do WORK, which loads, decides and appends to this log, where nobody else can write in between.

        It is done a second time when another of its group has to be undone, and its answer is that of the last time.
        """
        return work() if self._writes_here() else self.later(work, *looks).result()

    def later(self, work: Callable[[], R], *looks: Look) -> "Future[R]":
        """Let WORK wait its turn as `alone` does, without waiting for it: the answer is there once it is durable.

        looks: what it is going to look at; a store far away is asked once for the whole group.
        """
        return self._queue.hand_in(Foreseen(work, looks))

    def hand_in(self, batch: Batch, hints: Hints | None = None) -> "Future[Outcome]":
        """Append without waiting: the answer is there once it is durable. Raises Problems (code `invalid-event`)."""
        from campaign.store.entries import prepare  # noqa: PLC0415 -- reading starts without the rules of writing

        entries = prepare(self._codec, batch)
        return self.later(lambda: self.write_within(batch, entries, hints), *self._looking(batch, entries, hints))

    def write(self, batch: Batch, entries: Sequence["Entry"], hints: Hints | None = None) -> Outcome:
        """Write with all that wait; return when it is durable."""
        return self.alone(lambda: self.write_within(batch, entries, hints), *self._looking(batch, entries, hints))

    def refuse(self, outcome: Outcome, guards: Sequence[Guard] = ()) -> Outcome:
        """Remember a refusal, with all that wait."""
        look = Look(outcome.command_id, tuple(guard.stream for guard in guards))
        return self.alone(lambda: self.refuse_within(outcome, guards), look)

    def close(self) -> None:
        """Finish what waits, and let go of every thread's tables."""
        self._queue.close()
        self._ended = True
        for tables in list(self._opened):
            _close(tables, self._opened)

    def _looking(self, batch: Batch, entries: Sequence["Entry"], hints: Hints | None) -> Sequence[Look]:
        return [self.look(batch, entries, hints or {})] if self._tables.remote else []

    def _writes_here(self) -> bool:
        return self._queue.writes_here()
