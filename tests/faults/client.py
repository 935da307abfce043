"""A client in a process of its own: `main(STORE, NAME, COMMANDS, DIARY)`.

It wants COMMANDS random things, one after the other, and gives each command, always under the same id, until it has an
answer.  In its diary, which outlives it, it notes when it began to ask and what it was told; killed and started again
it goes on with what got no answer.
"""

import os
import random
import sys
import time
from pathlib import Path

import msgspec
from faults.alone import Ask, answer_of
from faults.history import Answer, Call
from faults.stores import clock, open_session
from simulation.wishes import DAY, STRANGER, request

from campaign.app.handle import handle
from campaign.app.session import Session
from campaign.problems import Problems
from campaign.store.log import Conflict

PATIENCE = 30
"""Conflicts in a row, each after twenty attempts; more is no crowd."""
RETRIED = frozenset({"store-busy", "store-io", "store-full", "store-missing", "outcome-unknown", "store-unreachable"})
"""Problems after which the same command is given again, with the same id."""


class Line(msgspec.Struct, frozen=True):
    """A line of the diary: which command, when by the machine's clock, and the answer once there is one."""

    command_id: str
    at: int
    answer: Answer | None = None


def asked(name: str) -> Ask:
    """Return what the command NAME is, and who asks: its wish is the seed."""
    wish = wish_of(name)
    chance = random.Random(wish)  # noqa: S311 -- a seed, not a secret
    actor = "p-mallory" if chance.random() < STRANGER else "p-ada"
    return Ask(request(chance, wish), actor, DAY, name)


def wish_of(name: str) -> str:
    """Return what a command is for: a blind client asks for one thing under several ids."""
    return name.partition("+")[0]


def read(diary: Path) -> list[Call]:
    """Return the calls that a diary tells of."""
    calls: dict[str, Call] = {}
    for text in diary.read_bytes().splitlines() if diary.exists() else ():
        line = msgspec.json.decode(text, type=Line)
        call = calls.setdefault(line.command_id, Call(wish_of(line.command_id), line.command_id, line.at))
        if line.answer is not None:
            call.answers.append(line.answer)
            call.answered = call.answered or line.at
    return list(calls.values())


def attempt(store: str, name: str, session: Session | None) -> tuple[Answer | None, Session | None]:
    """Give a command once; no answer means to try again, without a session on a new connection."""
    ask = asked(name)
    try:
        session = session or open_session(store, clock(random.Random(name).randint(-90_000, 90_000)))  # noqa: S311 -- a seed
        reply = handle(session, ask.commands, ask.who())
    except Conflict:
        return None, session
    except Problems as error:
        if error.problems[0].code not in RETRIED:
            raise
        if session is not None:
            session.close()
        return None, None
    return answer_of(reply), session


def main(store: str, name: str, commands: str, diary: str) -> None:
    """Ask for everything, and note it."""
    before = {call.command_id: call for call in read(Path(diary))}
    notes = os.open(diary, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def note(command: str, answer: Answer | None = None) -> None:
        os.write(notes, msgspec.json.encode(Line(command, time.monotonic_ns(), answer)) + b"\n")

    session: Session | None = None
    for number in range(int(commands)):
        command = f"{name}-{number}"
        if command in before and before[command].answered is not None:
            continue
        if command not in before:
            note(command)
        answer, conflicts = None, 0
        while answer is None:
            answer, session = attempt(store, command, session)
            conflicts += answer is None and session is not None
            if conflicts > PATIENCE:
                sys.exit(f"{command} is in conflict with nobody: what it reads is not what the log says")
        note(command, answer)
    if session is not None:
        session.close()
