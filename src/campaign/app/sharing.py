"""Commands from the threads of one program: decided and written one after the other, made durable in groups."""

from collections.abc import Sequence
from concurrent.futures import Future
from functools import partial

import msgspec

from campaign.app.handle import Reply, Who, handle
from campaign.app.session import Session, new_id
from campaign.domain.commands import Command, stream_of
from campaign.problems import Problems
from campaign.store.log import Look
from campaign.store.postgres_faults import Lost, unknown
from campaign.store.queue import SharedLog


def carry_out(session: Session, commands: Sequence[Command], who: Who) -> Reply:
    """Carry out COMMANDS as `handle` does, from any thread of a session opened by `open_shared`.

    Load, decision and append are one turn of the only writer: nobody conflicts, nobody starves. The answer is
    there when it is durable.  Raises what `handle` raises.
    """
    log = session.log
    assert isinstance(log, SharedLog)  # noqa: S101 -- open_shared makes no other
    named = msgspec.structs.replace(who, command_id=who.command_id or new_id())
    turn = partial(handle, session, commands, named)
    return _settled(log, log.later(turn, _look(session, commands, named)), turn)


def carry_out_each(session: Session, commands: Sequence[Command], who: Who) -> list[Reply]:
    """Carry out COMMANDS one by one as `handle_each` does, without waiting for the disk between them; for imports.

    Each has its own id and outcome, and a refused one does not hold the others.  Raises what `handle` raises, for the
    first that does; the others are carried out all the same, and given again each acts once.
    """
    log = session.log
    assert isinstance(log, SharedLog)  # noqa: S101 -- open_shared makes no other
    base = who.command_id or new_id()
    named = [msgspec.structs.replace(who, command_id=f"{base}.{number}") for number in range(1, len(commands) + 1)]
    turns = [partial(handle, session, [command], name) for command, name in zip(commands, named, strict=True)]
    looks = [_look(session, [command], name) for command, name in zip(commands, named, strict=True)]
    waiting = list(map(log.later, turns, looks))
    return [_settled(log, answer, turn) for answer, turn in zip(waiting, turns, strict=True)]


def _look(session: Session, commands: Sequence[Command], who: Who) -> Look:
    """Say what deciding COMMANDS begins with, so that a store far away is asked once for all that wait."""
    streams = dict.fromkeys([session.stream, *(stream_of(command, session.key) for command in commands)])
    rows = [(kind, row) for kind, _, row in (name.partition(":") for name in streams)]
    return Look(who.command_id, tuple(streams), tuple(rows))


def _settled(log: SharedLog, answer: "Future[Reply]", turn: "partial[Reply]") -> Reply:
    """Wait for an ANSWER; where the connection went the command id decides, asked for before anything is written.

    Raises Problems (code `outcome-unknown`) when nobody can be asked about what may have been recorded.
    """
    try:
        return answer.result()
    except Lost as lost:
        try:
            return log.insist(turn)
        except Lost as again:
            if lost.doubt:
                who: Who = turn.args[-1]
                raise Problems([unknown(who.command_id, str(again.problems[0].message))]) from again
            raise
