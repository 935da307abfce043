"""A world in one process: a queue of what happens when, programs that take turns, and all chance from one seed.

Programs run the real code in threads of their own, but only one thread runs at a time, and which one is decided by the
queue: the same seed gives the same run, whatever the machine does meanwhile.
"""

import hashlib
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from heapq import heappop, heappush
from typing import TypeAlias

Action: TypeAlias = Callable[[], None]

STEP = 150
"""Microseconds that a step of a program takes at most."""
END = 400_000
"""Microseconds after which a world ends, whoever still waits for an answer."""


class Crashed(BaseException):
    """The process was killed with -9: nothing of it runs on."""


class World:
    """Time, chance, and what was seen to happen."""

    def __init__(self, seed: int, *, keep: bool = False) -> None:
        """Begin at 0 microseconds; KEEP the lines of the trace and not only their hash."""
        self.chance = random.Random(seed)  # noqa: S311 -- a seed, not a secret
        self.now = 0
        self.current: Program | None = None
        """Whose turn it is, unless it is the world's own."""
        self.lines: list[str] | None = [] if keep else None
        self._seen = hashlib.sha256()
        self._queue: list[tuple[int, int, Action]] = []
        self._number = 0

    def note(self, *words: object) -> None:
        """Add to the trace what happens now."""
        line = f"{self.now} {' '.join(map(str, words))}\n"
        self._seen.update(line.encode())
        if self.lines is not None:
            self.lines.append(line)

    def trace(self) -> str:
        """Return the hash over everything that was noted."""
        return self._seen.hexdigest()

    def at(self, delay: int, action: Action) -> None:
        """Let ACTION happen after DELAY microseconds; what was asked for first comes first."""
        self._number += 1
        heappush(self._queue, (self.now + delay, self._number, action))

    def first(self) -> int:
        """Return when the next thing happens."""
        return self._queue[0][0] if self._queue else END

    def maybe(self, probability: float) -> bool:
        """Toss a coin."""
        return self.chance.random() < probability

    def run(self) -> None:
        """Let everything happen until nothing is left, or until the end of this world."""
        while self._queue and self._queue[0][0] < END:
            self.now, _, action = heappop(self._queue)
            action()


class _Thread:
    """A thread that works only while the world waits for it."""

    def __init__(self) -> None:
        self.go, self.back = threading.Lock(), threading.Lock()
        self.go.acquire()
        self.back.acquire()
        self.work: Action = _nothing
        self._own = threading.Thread(target=self._loop, daemon=True)
        self._own.start()

    def _loop(self) -> None:
        while True:
            self.go.acquire()
            self.work()
            self.back.release()

    def resume(self) -> None:
        """Let it work until it pauses or ends."""
        self.go.release()
        self.back.acquire()

    def pause(self) -> None:
        """Give the turn back; called by the thread itself."""
        assert threading.current_thread() is self._own, "a program spoke for another"
        self.back.release()
        self.go.acquire()


def _nothing() -> None:
    """Do nothing."""


_IDLE: list[_Thread] = []


class Program:
    """A process of the simulated world: it runs WORK, a step at a time."""

    def __init__(self, world: World, name: str, work: Action, ended: Action = _nothing) -> None:
        """Start at once; call ENDED when the work is done, but not when the process was killed."""
        self.world, self.name = world, name
        self._work, self._ended = work, ended
        self._thread = _IDLE.pop() if _IDLE else _Thread()
        self._thread.work = self._run
        self._turn = 0
        self._thrown: BaseException | None = None
        self._failure: BaseException | None = None
        self.running = True
        self.away = False
        """Whether it is busy with other programs of its own process, and does not look at the store."""
        world.at(0, self._due())

    def step(self, what: str, limit: int = STEP) -> None:
        """Take up to LIMIT microseconds, in which others act. Raises what is thrown into the program meanwhile."""
        self._raise()
        world = self.world
        world.note(self.name, what)
        delay = world.chance.randint(1, limit)
        if world.first() > world.now + delay:
            world.now += delay
            return
        world.at(delay, self._due())
        self.sleep()

    def sleep(self) -> None:
        """Pause until somebody wakes the program. Raises what is thrown into it."""
        self._thread.pause()
        self._raise()

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Be busy with other programs of the same process."""
        self.away = True
        try:
            yield
        finally:
            self.away = False

    def wake(self, delay: int = 0) -> None:
        """Let a sleeping program go on, in its turn, unless it did so before."""
        self.world.at(delay, self._due())

    def throw(self, error: BaseException) -> None:
        """Raise ERROR where the program stands; one that was killed stays dead."""
        if self.running:
            self._thrown = error
            self._resume()

    def _raise(self) -> None:
        thrown = self._thrown
        if thrown is not None:
            if not isinstance(thrown, Crashed):
                self._thrown = None
            raise thrown

    def _due(self) -> Action:
        """Return the action that resumes the program, unless it was resumed before."""
        turn = self._turn

        def resume() -> None:
            if self.running and self._turn == turn:
                self._resume()

        return resume

    def _resume(self) -> None:
        self._turn += 1
        self.world.current, before = self, self.world.current
        self._thread.resume()
        self.world.current = before
        if not self.running:
            _IDLE.append(self._thread)
            if self._failure is not None:
                raise self._failure
            if not isinstance(self._thrown, Crashed):
                self._ended()

    def _run(self) -> None:
        try:
            self._raise()
            self._work()
        except Crashed:
            pass
        except BaseException as error:  # noqa: BLE001 -- raised again where the world runs
            self._failure = error
        self.running = False
