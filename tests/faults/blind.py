"""The control of P-03: a client that gives a command again under a new id whenever it got no answer."""

import os
import time

import msgspec
from faults.alone import answer_of
from faults.client import RETRIED, Line, asked
from faults.history import Answer
from faults.stores import clock
from simulation.wishes import KEY

from campaign.app.handle import handle
from campaign.app.session import Session, Settings
from campaign.problems import Problems
from campaign.readmodels.views import ALL
from campaign.store.log import Conflict
from campaign.store.postgres import PostgresLog
from campaign.store.postgres_connect import Patience


def main(store: str, name: str, commands: str, diary: str) -> None:
    """Ask for everything, and note it."""
    notes = os.open(diary, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def note(command: str, answer: Answer | None = None) -> None:
        os.write(notes, msgspec.json.encode(Line(command, time.monotonic_ns(), answer)) + b"\n")

    for number in range(int(commands)):
        attempt, answer = 0, None
        while answer is None:
            command = f"{name}-{number}+{attempt}"
            note(command)
            answer = given(store, command)
            attempt += 1
        note(command, answer)


def given(store: str, command: str) -> Answer | None:
    """Give a command once, on a connection of its own, and ask nobody what became of it."""
    ask = asked(command)
    try:
        log = PostgresLog(store, ALL, clock(0), patience=Patience(tries=1))
        reply = handle(Session(log, Settings(campaign=KEY), clock(0)), ask.commands, ask.who())
        log.close()
    except Conflict:
        return None
    except Problems as error:
        if error.problems[0].code not in RETRIED:
            raise
        return None
    return answer_of(reply)
