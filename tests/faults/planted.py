"""Mistakes planted into real stores and into the processes that use them: a checker that does not find them is blind.

`main(MISTAKE, *ARGUMENTS)` is a client, or a reader, that makes one.
"""

import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

import msgspec
from faults import client, tail
from faults.stores import open_log, open_session

from campaign.app.session import Session
from campaign.domain.events import Recorded
from campaign.store.dsn import is_dsn
from campaign.store.engine import Engine
from campaign.store.log import Batch, Clock, Conflict, Guard, Hints, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

# --- mistakes of the store itself ----------------------------------------------------------------------------------

FIFTH = "NEW.last > 0 AND NEW.last % 5 = 0"
"""Every fifth position, where it ends a command."""
COLUMNS = "topic, recorded_at, occurred_on, actor, role, command_id, causation, body, account"


class Slip(msgspec.Struct, frozen=True):
    """What goes wrong after a row was written to TABLE, and by which words that must be found."""

    table: str
    when: str
    then: str
    words: str


SLIPS: Mapping[str, Slip] = {
    "an outcome forgotten": Slip(
        "commands", FIFTH, "DELETE FROM commands WHERE command_id = NEW.command_id", "the log has None"
    ),
    "a refusal forgotten": Slip(
        "commands", "NEW.last = 0", "DELETE FROM commands WHERE command_id = NEW.command_id", "the log has None"
    ),
    "a yes kept as a no": Slip(
        "commands",
        FIFTH,
        "UPDATE commands SET accepted = NOT accepted WHERE command_id = NEW.command_id",
        "was answered Answer(accepted=True",
    ),
    "reasons forgotten": Slip(
        "commands",
        "NEW.last = 0",
        "UPDATE commands SET result = {nothing} WHERE command_id = NEW.command_id",
        "asked again",
    ),
    "an event lost": Slip("commands", FIFTH, "DELETE FROM events WHERE position = NEW.last", "says "),
    "an event doubled": Slip(
        "commands",
        FIFTH,
        f"""INSERT INTO events (position, stream, version, command_index, {COLUMNS})
            SELECT position + 1, stream, version + 1, command_index + 1, {COLUMNS} FROM events
            WHERE position = NEW.last""",  # noqa: S608 -- constants
        "in all",
    ),
    "a gap between positions": Slip(
        "commands", FIFTH, "UPDATE events SET position = position + 1 WHERE position = NEW.last", "stands"
    ),
    "another actor": Slip(
        "commands", FIFTH, "UPDATE events SET actor = 'p-bob' WHERE position = NEW.last", "write another log"
    ),
    "time set back": Slip(
        "commands", FIFTH, "UPDATE events SET recorded_at = '2005-08-01T00:00:00.000000Z' WHERE position = NEW.last",
        "time runs back",
    ),
    "a row of a view lost": Slip(
        "commands", FIFTH, "DELETE FROM views WHERE name = 'entity' AND key LIKE '%/north'", "read-model"
    ),
    "an attempt not noted": Slip(
        "access", "NEW.number > 0", "DELETE FROM access WHERE number = NEW.number", "nobody noted it"
    ),
}  # fmt: skip
"""By what goes wrong."""

ON_SQLITE = "CREATE TRIGGER planted AFTER INSERT ON {table} WHEN {when} BEGIN {then}; END"
ON_POSTGRES = """CREATE FUNCTION planted() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN IF {when} THEN {then}; END IF; RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER planted AFTER INSERT ON {table} DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION planted()"""
GUARDED = ("events", "commands", "access")


def plant(store: str, slip: Slip) -> None:
    """Let a store go wrong; what guards it goes first."""
    if is_dsn(store):
        import psycopg  # noqa: PLC0415 -- an extra

        then = slip.then.format(nothing=r"'\x7b7d'::bytea")
        with psycopg.connect(store, autocommit=True) as server:
            for table in GUARDED:
                server.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())
            server.execute(ON_POSTGRES.format(table=slip.table, when=slip.when, then=then).encode())
        return
    then = slip.then.format(nothing="x'7b7d'")
    with closing(sqlite3.connect(store)) as file:
        for (name,) in file.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            file.execute(f"DROP TRIGGER {name}")
        file.execute(ON_SQLITE.format(table=slip.table, when=slip.when, then=then))


# --- mistakes of the program ---------------------------------------------------------------------------------------

THOUGHT = 0.05
"""Seconds between decision and append, in which others write too: on an idle machine nobody would come in between."""


def forgets_refusals(log: Engine) -> None:
    """Say no and do not remember it, so that a late duplicate may succeed after it."""
    log.refuse = lambda outcome, _guards=(): outcome  # type: ignore[method-assign]


def takes_conflicts_for_done(log: Engine) -> None:
    """Call a save done that wrote nothing, as a retry after a conflict does."""
    append = log.append

    def careless(batch: Batch, hints: Hints | None = None) -> Outcome:
        time.sleep(THOUGHT)
        try:
            return append(batch, hints)
        except Conflict:
            return Outcome(batch.command_id, batch.digest, True, batch.result, log.head(), log.head())

    log.append = careless  # type: ignore[method-assign]


def expects_what_is_there(log: Engine) -> None:
    """Decide on what was seen at first, and write it however the streams stand by now."""
    append, row = log.append, log.row
    seen: dict[tuple[str, str], object] = {}

    def careless(batch: Batch, hints: Hints | None = None) -> Outcome:
        del hints
        writes = tuple(msgspec.structs.replace(write, expected=log.version(write.stream)) for write in batch.writes)
        return append(msgspec.structs.replace(batch, writes=writes, guards=tuple[Guard, ...]()))

    log.append = careless  # type: ignore[method-assign]
    log.row = lambda view, key: seen.setdefault((view, key), row(view, key))  # type: ignore[method-assign]


def writes_behind(log: Engine) -> None:
    """Say yes at once and write it with the next command."""
    append, due = log.append, list[Callable[[], Outcome]]()

    def hasty(batch: Batch, hints: Hints | None = None) -> Outcome:
        while due:
            due.pop()()
        due.append(partial(append, batch, hints))
        written = sum(len(write.drafts) for write in batch.writes)
        return Outcome(batch.command_id, batch.digest, True, batch.result, log.head() + 1, log.head() + written)

    log.append = hasty  # type: ignore[method-assign]


def writes_twice(log: Engine) -> None:
    """Give the command again under another id although there was an answer."""
    append = log.append

    def eager(batch: Batch, hints: Hints | None = None) -> Outcome:
        append(msgspec.structs.replace(batch, command_id=f"{batch.command_id}-x"), hints)
        writes = tuple(msgspec.structs.replace(write, expected=log.version(write.stream)) for write in batch.writes)
        return append(msgspec.structs.replace(batch, writes=writes, guards=tuple[Guard, ...]()))

    log.append = eager  # type: ignore[method-assign]


CLIENTS: Mapping[str, tuple[Callable[[Engine], None], str]] = {
    "refusals not remembered": (forgets_refusals, "the log has None"),
    "a conflict taken for done": (takes_conflicts_for_done, "was answered"),
    "whatever is there expected": (expects_what_is_there, "one after the other"),
    "written behind the answer": (writes_behind, "was answered"),
    "written twice": (writes_twice, "one after the other"),
}
"""What a client does wrong, and by which words it must be found."""


def begins_at_the_end(log: Engine) -> None:
    """Follow from wherever the log ends, and not from what was seen last."""
    follow = log.follow

    def forgetful(after: int, wait: Callable[[], bool]) -> "Iterator[Recorded]":
        return follow(after if after == 0 else log.head(), wait)

    log.follow = forgetful  # type: ignore[method-assign]


def begins_anew(log: Engine) -> None:
    """Follow from the start again."""
    follow = log.follow
    log.follow = lambda after, wait: follow(0 * after, wait)  # type: ignore[method-assign]


READERS: Mapping[str, tuple[Callable[[Engine], None], str]] = {
    "a reader that begins at the end": (begins_at_the_end, "a reader missed"),
    "a reader that begins anew": (begins_anew, "a reader missed"),
}
"""What a reader does wrong when it is started again, and by which words it must be found."""


def main(mistake: str, *arguments: str) -> None:
    """Be a client or a reader that makes a mistake."""
    if mistake in READERS:
        spoil = READERS[mistake][0]

        def spoiled_log(store: str, at: Clock, views: Sequence[object] = (), *, read_only: bool = False) -> Engine:
            del views
            log = open_log(store, at, (), read_only=read_only)
            spoil(log)
            return log

        tail.open_log = spoiled_log  # type: ignore[assignment]
        tail.main(*arguments)
        return
    worsen = CLIENTS[mistake][0]

    def spoiled(store: str, at: Callable[[], object]) -> Session:
        session = open_session(store, at)  # type: ignore[arg-type]
        assert isinstance(session.log, Engine)
        worsen(session.log)
        return session

    client.open_session = spoiled  # type: ignore[assignment]
    client.main(*arguments)
