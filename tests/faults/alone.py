"""The same commands one after the other, by one who has the store to himself: what a log must look like (P-07).

Every accepted command must decide the same there, in the order of the log and byte for byte; every refusal must have
been right at some moment between the question and the answer.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import accumulate

import msgspec
from faults.history import Answer, Call, acknowledged

from campaign.app.handle import Reply, Who, handle
from campaign.app.session import Session, Settings
from campaign.domain.commands import Command
from campaign.problems import Problems
from campaign.readmodels.views import ALL
from campaign.store.codec import Codec, instant_of
from campaign.store.log import CommandReused, Outcome, Row
from campaign.store.memory import Contents, MemoryLog

NEVER = 2**62
"""Stands behind every position."""


class Ask(msgspec.Struct, frozen=True):
    """A request: the commands, who asks, when it was true, under which id."""

    commands: tuple[Command, ...]
    actor: str
    on: date
    command_id: str

    def who(self) -> Who:
        """Return it as the application takes it."""
        return Who(self.actor, on=self.on, command_id=self.command_id)


class Alone:
    """Plays a log again, command by command, from the contents that it began with."""

    def __init__(self, start: Contents, key: str, asks: Mapping[str, Ask], codec: Codec | None = None) -> None:
        """Take over START."""
        self.asks = asks
        self.log = MemoryLog(ALL, self._clock, contents=start, codec=codec)
        self.session = Session(self.log, Settings(campaign=key), self._clock)
        self._at = instant_of(start.events[-1][4])

    def _clock(self) -> datetime:
        return self._at

    def amiss(self, events: Sequence[Row], outcomes: Mapping[str, Outcome], calls: Sequence[Call]) -> Iterator[str]:
        """Go through the log and say where it is another."""
        pending = Pending(refused(calls), calls)
        for kept in sorted((kept for kept in outcomes.values() if kept.first), key=lambda kept: kept.first):
            pending.strike(self.log.head(), self._says)
            if kept.command_id in self.asks and kept.first <= len(events):
                self._at = instant_of(events[kept.first - 1][4])
                handle(self.session, self.asks[kept.command_id].commands, self.asks[kept.command_id].who())
        pending.strike(self.log.head(), self._says)
        yield from (
            f"{call.command_id} was refused, but never with reason: {call.answers[0]}" for call in pending.left()
        )
        differing = [
            ours[0] for ours, theirs in zip(self.log.scan_rows(), events, strict=False) if plain(ours) != plain(theirs)
        ]
        if differing or self.log.head() != len(events):
            yield f"one after the other, the same commands write another log: {differing[:3]} of {self.log.head()}"

    def _says(self, name: str) -> tuple[str, ...]:
        reply = handle(self.session, self.asks[name].commands, self.asks[name].who(), dry_run=True)
        return tuple(reason.code for reason in reply.refusal.reasons) if reply.refusal else ()


def refused(calls: Sequence[Call]) -> list[Call]:
    """Return the calls that were answered by no."""
    return [call for call in calls if call.answers and not call.answers[0].accepted]


class Pending:
    """Refusals whose moment was not found yet: it lies between question and answer.

    Until then the log stood at least where others had been told that it stands before the question, and it did not yet
    stand where it could come only by what was asked for after the answer.
    """

    def __init__(self, asked: Sequence[Call], calls: Sequence[Call]) -> None:
        """Begin before the first of CALLS."""
        wrote = [call for call in calls if acknowledged(call)]
        told = sorted((call.answered or 0, call.answers[0].last) for call in wrote)
        begun = sorted(((call.invoked, call.answers[0].first) for call in wrote), reverse=True)
        self._heard = [answered for answered, _ in told]
        self._known = [0, *accumulate((last for _, last in told), max)]
        self._started = [-invoked for invoked, _ in begun]
        self._ahead = [NEVER, *accumulate((first for _, first in begun), min)]
        self._later = sorted(((self._from(call), call.command_id, call) for call in asked), reverse=True)
        self._now: list[Call] = []
        self._never: list[Call] = []

    def _from(self, call: Call) -> int:
        """Return where the log stood at least when CALL was asked for."""
        return self._known[bisect_left(self._heard, call.invoked)]

    def _until(self, call: Call) -> int:
        """Return where the log cannot have stood yet when CALL was answered."""
        return self._ahead[bisect_left(self._started, -(call.answered or 0))]

    def strike(self, head: int, says: Callable[[str], tuple[str, ...]]) -> None:
        """Strike out what is right now that the log stands at HEAD; give up what may not be right any more."""
        while self._later and self._later[-1][0] <= head:
            self._now.append(self._later.pop()[2])
        self._never += [call for call in self._now if head >= self._until(call)]
        still = [call for call in self._now if head < self._until(call)]
        self._now = [call for call in still if says(call.command_id) != call.answers[0].reasons]

    def left(self) -> list[Call]:
        """Return those that were never right."""
        return [*self._never, *self._now, *(call for _, _, call in self._later)]


def asked_again(session: Session, asks: Mapping[str, Ask], calls: Sequence[Call]) -> Iterator[str]:
    """Whoever asks once more, after all is over, is told the same."""
    for call in calls:
        if call.answers:
            try:
                reply = handle(session, asks[call.command_id].commands, asks[call.command_id].who())
            except (Problems, CommandReused) as error:
                yield f"{call.command_id} asked again: {error}"
                continue
            if answer_of(reply) != call.answers[0]:
                yield f"{call.command_id} was told {call.answers[0]}, and asked again {answer_of(reply)}"


def answer_of(reply: Reply) -> Answer:
    """Return what a client notes of a reply."""
    reasons = tuple(reason.code for reason in reply.refusal.reasons) if reply.refusal else ()
    return Answer(reply.refusal is None, reply.first, reply.last, reasons)


def plain(row: Row) -> Row:
    """Return a row without the account, which the store puts there by itself."""
    return (*row[:10], "", row[11])
