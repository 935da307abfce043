"""Several processes on one store, of each kind: nothing is lost, doubled or passed over (P-03, P-06, P-07)."""

import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
from store.cluster import database, quick
from store.kit import OnPostgres, OnSqlite, Store, batch, refusal, status, write

from campaign.store.engine import Engine
from campaign.store.log import Batch, Outcome

WORKER = Path(__file__).with_name("worker.py")
STREAM = "entity:k/a"


@pytest.fixture(params=[OnSqlite, OnPostgres], ids=["sqlite", "postgres"])
def real(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Give each kind of store that several processes can share, empty."""
    made = request.param(tmp_path)
    yield made
    made.close()


def address(store: Store) -> object:
    """Return by what a worker opens the store."""
    return store.dsn if isinstance(store, OnPostgres) else store.path  # type: ignore[attr-defined]  # the other kind


@contextmanager
def worker(path: object, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """Run a worker until it ends by itself."""
    command = [sys.executable, WORKER, path, *map(str, arguments)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
    assert process.returncode == 0


def together(path: object, *orders: tuple[object, ...]) -> list[list[str]]:
    """Start workers, let them begin at the same moment, and return what each said after `ready`."""
    with ExitStack() as stack:
        running = [stack.enter_context(worker(path, *order)) for order in orders]
        for process in running:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in running:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        return [process.stdout.read().splitlines() for process in running if process.stdout]


def test_of_two_writers_on_one_stream_one_wins_and_the_other_reloads_and_succeeds(real: Store) -> None:
    log = real.open()
    for turn in range(5):
        one, two = together(address(real), ("race", f"one-{turn}"), ("race", f"two-{turn}"))
        assert sorted([one, two]) == [[f"conflict {2 * turn} {2 * turn + 1}", "done"], ["done"]]
        assert log.version(STREAM) == 2 * turn + 2


def test_no_increment_is_lost(real: Store) -> None:
    """P-07: 4 processes add 1 to one stream's number, 100 times each."""
    log = real.open()
    said = together(address(real), *[("count", f"w{number}", 100) for number in range(4)])
    assert [lines[-1].split()[0] for lines in said] == ["done"] * 4
    assert [int(record.event.reason) for record in log.read(STREAM)] == list(range(1, 401))


def test_without_the_expected_version_an_increment_is_lost(store: Store) -> None:
    """Control of P-07: a writer that expects whatever is there now, not what it decided on."""
    log = store.open()
    values = [0, 0]
    for number, value in enumerate(values):
        log.append(batch(f"c{number}", write(STREAM, log.version(STREAM), status(str(value + 1)))))
    assert [record.event.reason for record in log.read(STREAM)] == ["1", "1"]


def test_readers_at_the_tail_see_every_position_once_and_in_order(real: Store) -> None:
    """P-06: 4 writers of 40 commands with 2 events, 2 readers from the start."""
    log = real.open()
    writers = [("scatter", f"w{number}", 40) for number in range(4)]
    *_, one, two = together(address(real), *writers, ("tail", 320), ("tail", 320))
    everything = " ".join(map(str, range(1, 321)))
    assert (one, two) == ([everything], [everything])
    assert log.head() == 320


def test_a_plain_bigserial_is_missed(tmp_path: Path) -> None:
    """Control of P-06 on PostgreSQL itself: the slower of two writers took its number first and commits last."""
    del tmp_path
    import psycopg  # noqa: PLC0415 -- an extra

    for dsn in database(quick, empty=True):
        with (
            psycopg.connect(dsn) as slow,
            psycopg.connect(dsn) as fast,
            psycopg.connect(dsn, autocommit=True) as reader,
        ):
            reader.execute("CREATE TABLE plain (position bigserial PRIMARY KEY)")
            seen: list[int] = []
            slow.execute("INSERT INTO plain DEFAULT VALUES")
            fast.execute("INSERT INTO plain DEFAULT VALUES")
            for writer in (fast, slow):
                writer.commit()
                after = max(seen, default=0)
                found = reader.execute("SELECT position FROM plain WHERE position > %s", (after,))
                seen += [position for (position,) in found]
            assert seen == [2]


def test_positions_given_out_before_the_commit_are_missed(tmp_path: Path) -> None:
    """Control of P-06: a plain counter, as a database sequence is; the slower of two writers commits last."""
    with closing(sqlite3.connect(tmp_path / "s.db", isolation_level=None)) as connection:
        connection.execute("CREATE TABLE events (position INTEGER PRIMARY KEY)")
        slow, quick = 1, 2
        seen: list[int] = []
        for position in (quick, slow):
            connection.execute("INSERT INTO events VALUES (?)", (position,))
            after = max(seen, default=0)
            seen += [found for (found,) in connection.execute("SELECT * FROM events WHERE position > ?", (after,))]
        assert seen == [quick]


# --- retries -----------------------------------------------------------------------------------------------------


class Lost(Exception):  # noqa: N818 -- what happened to the message
    """A request or its acknowledgement did not arrive."""


class Line:
    """A connection that loses requests on the way in and acknowledgements on the way out."""

    def __init__(self, log: Engine, chance: random.Random) -> None:
        self.log, self.chance = log, chance

    def send(self, work: Callable[[Engine], Outcome]) -> Outcome:
        if self.chance.random() < 0.2:
            raise Lost
        outcome = work(self.log)
        if self.chance.random() < 0.3:
            raise Lost
        return outcome

    def until_it_arrives(self, work: Callable[[int], Callable[[Engine], Outcome]]) -> tuple[Outcome, int]:
        """Give a command until there is an answer; return it and how often it was given."""
        attempt = 0
        while True:
            attempt += 1
            try:
                return self.send(work(attempt)), attempt
            except Lost:
                continue


def asked(log: Engine, command: str, number: int, made: Batch) -> Outcome:
    """Decide as an application does: every fifth command is refused at first, and would be granted later."""
    known = log.outcome(command, made.digest)
    if known is not None:
        return known
    return log.refuse(refusal(command)) if number % 5 == 0 and log.version(STREAM) < 400 else log.append(made)


@pytest.mark.parametrize("seed", range(3))
def test_a_command_given_again_until_it_is_acknowledged_happens_once(store: Store, seed: int) -> None:
    """P-03: 300 commands over a line that loses half of the answers; every answer is the first one."""
    log, line, retried = store.open(), Line(store.open(), random.Random(seed)), 0  # noqa: S311 -- a seed, not a secret
    for number in range(300):
        command = f"c{number}"

        def work(attempt: int, command: str = command, number: int = number) -> Callable[[Engine], Outcome]:
            def one(log: Engine) -> Outcome:
                made = batch(command, write(STREAM, log.version(STREAM), status(command)))
                return asked(log, command, number, made)

            assert attempt
            return one

        outcome, attempts = line.until_it_arrives(work)
        retried += attempts > 1
        assert outcome.accepted == (number % 5 != 0)
        assert log.outcome(command, f"digest of {command}") == outcome
    assert retried > 100
    done = [record.event.reason for record in log.read(STREAM)]
    assert done == [f"c{number}" for number in range(300) if number % 5]


def test_a_command_given_again_under_a_new_id_happens_twice(store: Store) -> None:
    """Control of P-03: blind retry."""
    log, line = store.open(), Line(store.open(), random.Random(1))  # noqa: S311 -- a seed, not a secret
    for number in range(50):

        def work(attempt: int, number: int = number) -> Callable[[Engine], Outcome]:
            def one(log: Engine) -> Outcome:
                return log.append(
                    batch(f"c{number}-{attempt}", write(STREAM, log.version(STREAM), status(f"c{number}")))
                )

            return one

        line.until_it_arrives(work)
    done = [record.event.reason for record in log.read(STREAM)]
    assert len(done) > len(set(done)) == 50
