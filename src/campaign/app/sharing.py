"""Commands from the threads of one program: decided and written one after the other, made durable in groups."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from typing import TypeVar

import msgspec

from campaign.app.handle import Reply, Who, handle
from campaign.app.session import Session, look, new_id
from campaign.domain.commands import Command
from campaign.problems import Problems
from campaign.store.log import Log
from campaign.store.postgres_faults import Lost, unknown
from campaign.store.queue import SharedLog

R = TypeVar("R")

TOGETHER = 64
"""Commands of one person that are committed at once: others that write to the store wait as long as they take."""


def carry_out(session: Session, commands: Sequence[Command], who: Who) -> Reply:
    """Carry out COMMANDS as `handle` does, from any thread of a session opened by `open_shared`.

    Load, decision and append are one turn of the only writer: nobody conflicts, nobody starves. The answer is
    there when it is durable.  Raises what `handle` raises.
    """
    log = session.log
    assert isinstance(log, SharedLog)  # noqa: S101 -- open_shared makes no other
    named = msgspec.structs.replace(who, command_id=who.command_id or new_id())
    turn, begins = partial(handle, session, commands, named), look(session, commands, named.command_id)
    return _settled(log, log.later(turn, begins), partial(log.alone, turn, begins), named.command_id)


def handle_each(session: Session, commands: Sequence[Command], who: Who, *, dry_run: bool = False) -> list[Reply]:
    """Carry out COMMANDS one by one, each under its own id, so that a refused one does not hold the others.

    Some at a time are made durable at once.  Raises what `handle` raises, for the first that does; those before it are
    carried out, and given again each acts once.
    """
    base = who.command_id or new_id()
    named = [msgspec.structs.replace(who, command_id=f"{base}.{number}") for number in range(1, len(commands) + 1)]
    if dry_run:
        return [handle(session, [each], name, dry_run=True) for each, name in zip(commands, named, strict=True)]
    each = list(zip(commands, named, strict=True))
    return [reply for at in range(0, len(each), TOGETHER) for reply in _together(session, each[at : at + TOGETHER])]


def _together(session: Session, some: Sequence[tuple[Command, Who]]) -> list[Reply]:
    """Carry out SOME in one transaction; when one of them breaks nothing was written, and each is done by itself."""

    def turn() -> list[Reply]:
        return [handle(session, [command], who) for command, who in some]

    def attempt() -> list[Reply]:
        try:
            return session.log.alone(turn, *(look(session, [command], who.command_id) for command, who in some))
        except Lost:  # nobody can say yet what broke
            raise
        except Exception:  # noqa: BLE001 -- whatever it is, it is raised again by the one that it belongs to
            return turn()

    try:
        return attempt()
    except Lost as lost:
        return _insisted(session.log, attempt, lost, some[0][1].command_id)


def _settled(log: SharedLog, answer: "Future[R]", again: Callable[[], R], command_id: str) -> R:
    """Wait for an ANSWER; where the connection went the command id decides. Raises as `_insisted` does."""
    try:
        return answer.result()
    except Lost as lost:
        return _insisted(log, again, lost, command_id)


def _insisted(log: Log, again: Callable[[], R], lost: Lost, command_id: str) -> R:
    """Do it AGAIN, in another turn of the writer, which asks what came of the command before it writes anything.

    Raises Problems (code `outcome-unknown`) when nobody can be asked about what may have been recorded in any try.
    """
    doubts = [lost.doubt]

    def once_more() -> R:
        try:
            return again()
        except Lost as more:
            doubts.append(more.doubt)
            raise

    try:
        return log.insist(once_more)
    except Problems as last:
        of_the_store = last.problems[0].code.startswith(("store-", "outcome-"))  # it says nothing of earlier tries
        if of_the_store and any(doubts):
            raise Problems([unknown(command_id, str(last.problems[0].message))]) from last
        raise
