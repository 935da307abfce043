"""One run of the simulated world from a seed; `python -m simulation.play FIRST LAST` prints the trace of each."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from app.folders import harvest
from faults.alone import Ask
from faults.history import Call
from simulation.actors import NOON, Auditor, Network, Office, Reader, User
from simulation.machine import Machine, copied
from simulation.sharing import SharingOffice
from simulation.world import World

from campaign.app.adopt import apply
from campaign.app.handle import Who, handle
from campaign.app.session import Session, Settings
from campaign.domain.commands import EnrolEntity
from campaign.readmodels.views import ALL
from campaign.store.memory import Contents, MemoryLog

USERS, WISHES, OFFICES, READERS = 4, 4, 3, 2
SHARING = 0.5
"""How many of the offices have threads that share one log."""
TROUBLE_UNTIL = 40_000
"""Microseconds after which nothing breaks any more, so that everybody gets an answer."""


class Cast(msgspec.Struct, frozen=True):
    """The parts that a planted mistake may play instead."""

    machine: type[Machine] = Machine
    office: type[Office] = Office
    sharing: type[SharingOffice] = SharingOffice
    user: type[User] = User
    reader: type[Reader] = Reader


HONEST = Cast()


class Run(msgspec.Struct):
    """What is left of a run: the log, and what everybody saw of it."""

    seed: int
    contents: Contents
    calls: list[Call]
    asks: dict[str, Ask]
    seen: list[list[tuple[int, str]]]
    heads: list[tuple[int, bytes]]
    trace: str
    lines: list[str] | None


@cache
def opened() -> Contents:
    """Return a log with the harvest campaign adopted and two farms enrolled, by the real commands."""
    log = MemoryLog(ALL, lambda: NOON)
    session = Session(log, Settings(), lambda: NOON)
    who = Who("p-ada", command_id="opening")
    with TemporaryDirectory() as directory:
        assert apply(session, harvest(Path(directory)), who).refusal is None
    enrol = [EnrolEntity(farm, "farm", farm, ("farm",)) for farm in ("north", "south")]
    assert handle(session, enrol, msgspec.structs.replace(who, command_id="enrolment")).refusal is None
    return log.contents


def play(seed: int, cast: Cast = HONEST, *, keep: bool = False) -> Run:
    """Let the world of SEED run to its end."""
    world = World(seed, keep=keep)
    network = Network(world)
    machine = cast.machine(world, copied(opened()))
    kinds = [cast.sharing if world.maybe(SHARING) else cast.office for _ in range(OFFICES)]
    offices = [kind(world, network, machine, f"office-{number}") for number, kind in enumerate(kinds)]
    users = [cast.user(world, network, f"u{number}", WISHES) for number in range(USERS)]
    readers = [cast.reader(world, machine, f"reader-{number}") for number in range(READERS)]
    auditor = Auditor(world, machine)
    for user in users:
        user.offices = offices
    for reader in readers:
        reader.over = lambda: world.now > TROUBLE_UNTIL and all(user.done for user in users)
    trouble = (
        (8, [office.kill for office in offices]),
        (2, [machine.cut_the_power]),
        (3, [reader.kill for reader in readers]),
        (4, [office.clock.set for office in offices]),
        (3, [auditor.look]),
    )
    for most, upsets in trouble:
        for _ in range(world.chance.randint(0, most)):
            world.at(world.chance.randint(0, TROUBLE_UNTIL), world.chance.choice(upsets))

    def calm() -> None:
        network.faulty = machine.faulty = False

    world.at(TROUBLE_UNTIL, calm)
    world.run()
    for office in offices:
        office.close()
    return Run(
        seed,
        machine.shown,
        [call for user in users for call in user.calls],
        {name: ask for user in users for name, ask in user.asks.items()},
        [reader.seen for reader in readers],
        auditor.heads,
        world.trace(),
        world.lines,
    )


@contextmanager
def on_one_processor() -> Iterator[None]:
    """Stay on one processor, where the system can: threads that take turns are handed over four times as fast there."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {sorted(allowed)[os.getpid() % len(allowed)]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


def main(first: int, last: int) -> None:
    """Print the trace of every seed."""
    with on_one_processor():
        for seed in range(first, last + 1):
            print(seed, play(seed).trace)  # noqa: T201 -- another process compares it


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
