"""A crowd of client and reader processes on one store, some of which are killed, and what is amiss afterwards."""

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
from app.folders import harvest
from faults.alone import Alone, asked_again
from faults.client import asked
from faults.client import read as calls_in
from faults.history import Call, amiss, missed, unnoted
from faults.nursery import Nursery
from faults.stores import clock, open_log
from faults.tail import read as seen_in
from simulation.wishes import KEY

from campaign.app.adopt import apply
from campaign.app.audit import verify
from campaign.app.handle import Who, handle
from campaign.app.session import Session, Settings
from campaign.domain.commands import EnrolEntity
from campaign.store.memory import Contents, MemoryLog
from campaign.store.refill import fill


def prepare(store: str, folder: Path) -> None:
    """Adopt the harvest campaign in an empty store and enrol two farms."""
    session = Session(open_log(store, clock(-200_000)), Settings(), clock(-200_000))
    assert apply(session, harvest(folder), Who("p-ada", command_id="opening")).refusal is None
    farms = [EnrolEntity(farm, "farm", farm, ("farm",)) for farm in ("north", "south")]
    assert handle(session, farms, Who("p-ada", command_id="enrolment")).refusal is None
    session.close()


class Crowd(msgspec.Struct):
    """How many of whom: each client wants COMMANDS things; KILLS of the processes are ended with -9 on the way."""

    clients: int = 8
    commands: int = 20
    readers: int = 2
    kills: int = 0


class Tale(msgspec.Struct):
    """What is left: what the clients noted, what is amiss, and how much there was."""

    calls: list[Call]
    amiss: list[str]
    head: int
    killed: int


def play(
    nursery: Nursery,
    store: str,
    directory: Path,
    crowd: Crowd,
    seed: int,
    *,
    between: Sequence[Callable[[], object]] = (),
    pace: float = 0.03,
    way: str = "",
    client: Sequence[str] = ("faults.client",),
    reader: Sequence[str] = ("faults.tail",),
) -> Tale:
    """Let the crowd loose on a store that was prepared; BETWEEN are done to it one by one, at random moments.

    pace: seconds between two kills or disturbances, at most.  way: by which address the clients go, if another.
    client, reader: the module whose `main` they run, and what it takes first.
    """
    chance = random.Random(seed)  # noqa: S311 -- a seed, not a secret
    start = kept(store)
    over = directory / "over"
    clients = [
        [*client, way or store, f"s{seed}c{number}", crowd.commands, directory / f"client-{number}"]
        for number in range(crowd.clients)
    ]
    readers = [[*reader, store, directory / f"reader-{number}", over] for number in range(crowd.readers)]
    orders = [*clients, *readers]
    running = [nursery.start(*order) for order in orders]
    kills, upsets = crowd.kills, list(between)
    while any(running[number].poll() is None for number in range(len(clients))):
        chosen = chance.randrange(len(running))
        running[chosen].wait(chance.uniform(0, pace))
        if kills and running[chosen].poll() is None:
            kills -= 1
            running[chosen].kill()
            running[chosen] = nursery.start(*orders[chosen])
        elif upsets:
            upsets.pop()()
    over.touch()
    ends = [process.wait(120) for process in running]
    calls = [call for number in range(crowd.clients) for call in calls_in(directory / f"client-{number}")]
    seen = [seen_in(directory / f"reader-{number}") for number in range(crowd.readers)]
    assert not upsets, "the crowd was done before everything was tried"
    ended = [f"a process ended with {code}" for code in ends if code]
    asked_for = len({call.request for call in calls})
    if asked_for != crowd.clients * crowd.commands:
        ended.append(f"only {asked_for} things were asked for")
    found, head = judge(store, start, calls, seen)
    return Tale(calls, [*ended, *found], head, crowd.kills - kills)


def kept(store: str) -> Contents:
    """Return what a store holds, in memory."""
    log, copy = open_log(store, clock(0), (), read_only=True), MemoryLog((), clock(0))
    fill(copy, log.scan_rows(), log.tree().outcomes())
    log.close()
    copy.contents.tree.clear()
    return copy.contents


def judge(store: str, start: Contents, calls: list[Call], seen: list[list[tuple[int, str]]]) -> tuple[list[str], int]:
    """Say what is amiss with what the crowd left behind, and how long the log is."""
    log = open_log(store, clock(0), read_only=True)
    records, rows = list(log.scan()), list(log.scan_rows())
    outcomes = {outcome.command_id: outcome for outcome in log.tree().outcomes()}
    asks = {call.command_id: asked(call.command_id) for call in calls}
    session = Session(log, Settings(campaign=KEY), clock(0))
    again = [*asked_again(session, asks, calls), *unnoted(calls, log.attempts())]
    verified = [f"{problem.code}: {problem.message}" for problem in verify(session).problems]
    log.close()
    return [
        *(f"{call.request} was never answered" for call in unanswered(calls)),
        *amiss(calls, records, outcomes),
        *(line for each in seen for line in missed(each, records)),
        *again,
        *verified,
        *Alone(start, KEY, asks).amiss(rows, outcomes, calls),
    ], len(rows)


def unanswered(calls: list[Call]) -> list[Call]:
    """Return the calls for what was never answered under any id."""
    answered = {call.request for call in calls if call.answered is not None}
    return [call for call in calls if call.request not in answered]
