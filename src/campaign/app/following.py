"""New events as they come: whoever follows is woken on PostgreSQL, and looks at a file now and then."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from campaign.app.session import MEMORY, Session
from campaign.domain.events import TOPICS, Recorded
from campaign.problems import Place, Problem, Problems, T, nearest
from campaign.store.dsn import is_dsn

LOOK = 2.0
"""Seconds after which whoever waits looks again by itself: a call can be lost on its way."""

Wait: TypeAlias = Callable[[float], object]


def follow(
    session: Session,
    after: int,
    *,
    until: int | None = None,
    seconds: float | None = None,
    idle: Callable[[], bool] = lambda: True,
) -> Iterator[Recorded]:
    """Yield the records behind position AFTER, and every new one as it comes.

    Ends with position UNTIL, after SECONDS, or when IDLE, which is called before each waiting, says so. Raises Problems
    (codes `store-…`).
    """
    ends = None if seconds is None else time.monotonic() + seconds
    with _waiting(session) as waiting:

        def wait() -> bool:
            left = LOOK if ends is None else ends - time.monotonic()
            if not idle() or left <= 0 or waiting is None:
                return False
            waiting(min(left, LOOK))
            return True

        for record in session.log.follow(after, wait) if until is None or until > after else ():
            if until is None or record.position <= until:
                yield record
            if until is not None and record.position >= until:
                return


@contextmanager
def _waiting(session: Session) -> Iterator[Wait | None]:
    """Give what waits until somebody writes; None for a store in memory, where nobody else does."""
    store = session.settings.store
    if store == MEMORY:
        yield None
    elif is_dsn(store):
        from campaign.store.postgres import PostgresLog

        assert isinstance(session.log, PostgresLog)  # noqa: S101 -- an address is opened as nothing else
        yield session.log.stirred
    else:
        from campaign.store.stirring import Stirring

        stirring = Stirring(Path(store))
        try:
            yield stirring.stirred
        finally:
            stirring.close()


def known_topic(prefix: str) -> None:
    """Object to the beginning of a topic with which none begins: nobody is to wait for what can never come.

    Raises Problems (code `no-such-topic`).
    """
    if not any(topic.startswith(prefix) for topic in TOPICS):
        fix = nearest(prefix, {topic.partition("_")[0] for topic in TOPICS})
        message = T("no topic begins with {prefix}", prefix=prefix)
        raise Problems([Problem("no-such-topic", message, fix, Place(field="--topic"))])
