"""The same commands one after the other, by one who has the store to himself: what a log must look like (P-07).

Every accepted command must decide the same there, in the order of the log and byte for byte; every refusal must have
been right at some moment between the question and the answer.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

import msgspec
from faults.history import Answer, Call

from campaign.app.handle import Reply, Who, handle
from campaign.app.session import Session, Settings
from campaign.domain.commands import Command
from campaign.problems import Problems
from campaign.readmodels.views import ALL
from campaign.store.codec import Codec, instant_of
from campaign.store.log import CommandReused, Outcome, Row
from campaign.store.memory import Contents, MemoryLog


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
        pending, told, begun = refused(calls), acknowledged(calls), started(calls)
        for kept in sorted((kept for kept in outcomes.values() if kept.first), key=lambda kept: kept.first):
            self._strike(pending, told, begun)
            if kept.command_id in self.asks and kept.first <= len(events):
                self._at = instant_of(events[kept.first - 1][4])
                handle(self.session, self.asks[kept.command_id].commands, self.asks[kept.command_id].who())
        self._strike(pending, told, begun)
        yield from (f"{name} was refused, but never with reason: {call.answers[0]}" for name, call in pending.items())
        differing = [
            ours[0] for ours, theirs in zip(self.log.scan_rows(), events, strict=False) if plain(ours) != plain(theirs)
        ]
        if differing or self.log.head() != len(events):
            yield f"one after the other, the same commands write another log: {differing[:3]} of {self.log.head()}"

    def _strike(self, pending: dict[str, Call], told: list[tuple[int, int]], begun: list[tuple[int, int]]) -> None:
        """Strike out the refusals that are right just now, if "now" may lie between question and answer."""
        head = self.log.head()
        for name, call in list(pending.items()):
            known = max((last for answered, last in told if answered < call.invoked), default=0)
            ahead = min((first for invoked, first in begun if invoked > (call.answered or 0)), default=head + 1)
            if known <= head < ahead and self._says(name) == call.answers[0].reasons:
                del pending[name]

    def _says(self, name: str) -> tuple[str, ...]:
        reply = handle(self.session, self.asks[name].commands, self.asks[name].who(), dry_run=True)
        return tuple(reason.code for reason in reply.refusal.reasons) if reply.refusal else ()


def refused(calls: Sequence[Call]) -> dict[str, Call]:
    """Return the calls that were answered by no, by command id."""
    return {call.command_id: call for call in calls if call.answers and not call.answers[0].accepted}


def acknowledged(calls: Sequence[Call]) -> list[tuple[int, int]]:
    """Return when each yes was heard, and the last position that it told of."""
    return [(call.answered or 0, call.answers[0].last) for call in calls if call.answers and call.answers[0].accepted]


def started(calls: Sequence[Call]) -> list[tuple[int, int]]:
    """Return when each accepted command was first asked for, and the first position that it wrote."""
    heard = [(call.invoked, call.answers[0]) for call in calls if call.answers and call.answers[0].accepted]
    return [(invoked, said.first) for invoked, said in heard if said.first]


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
