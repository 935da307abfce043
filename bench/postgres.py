"""The log on PostgreSQL, each figure as a ratio to raw psycopg on the same server, and beside eventsourcing's recorder.

A server of its own, durable (fsync and synchronous_commit on), is made and stopped; where there is no PostgreSQL the
part says so.  Raw is a bare table of the same columns without checks, functions or views: one INSERT a commit, COPY for
a thousand, a server-side cursor for reading.  `floor` is what no store of this kind can do without: one call of a
function that takes the lock, and writes the event and what the command came to, and checks nothing.  `reports` are a
thousand events that tie no stream to a person or a place: those that do cost a trigger each, see `reach_follows`.
CAMPAIGN_BENCH_PG_EVENTS is the length of the log: 200000 unless it says 5000000, for the growth.
"""

import importlib.util
import os
import subprocess
import sys
import tempfile
from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from eventsourcing.application import Application
from eventsourcing.utils import clear_topic_cache
from store import MIX, SMALL, Peer, States, Thing, Work, batch, compare, growth, line, now, onto, repeated, rows

from campaign.app.session import new_id
from campaign.domain.events import Event
from campaign.store.copying import copy
from campaign.store.log import Look, Outcome, Row
from campaign.store.postgres import PostgresLog
from campaign.store.postgres_tables import PostgresTables
from campaign.store.queue import SharedLog
from campaign.store.refill import fill
from campaign.store.sqlite import SqliteLog

EVENTS = int(os.environ.get("CAMPAIGN_BENCH_PG_EVENTS", "200000"))
WRITERS = (1, 2, 4, 8, 16)
EACH = 60
"""Commands of each writer process."""
AHEAD = 64
RAW_TABLE = """CREATE TABLE raw (position bigint PRIMARY KEY, stream bigint NOT NULL, version bigint NOT NULL,
    topic text NOT NULL, recorded_at text NOT NULL, occurred_on text NOT NULL, actor text NOT NULL, role text NOT NULL,
    command_id text NOT NULL, command_index bigint NOT NULL, causation bigint, account text NOT NULL,
    body bytea NOT NULL, UNIQUE (stream, version), UNIQUE (command_id, command_index))"""
RAW_INSERT = "INSERT INTO raw VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %b)"
RAW_COPY = "COPY raw FROM STDIN (FORMAT BINARY)"
RAW_TYPES = ("int8", "int8", "int8", "text", "text", "text", "text", "text", "text", "int8", "int8", "text", "bytea")
FLOOR = """CREATE TABLE told (command_id text PRIMARY KEY, digest text NOT NULL, accepted boolean NOT NULL,
        first bigint NOT NULL, last bigint NOT NULL, recorded_at text NOT NULL, result bytea NOT NULL);
    CREATE FUNCTION put(a bigint, b bigint, c bigint, d text, e text, f text, g text, h text, i text, j bigint,
        k bigint, l text, m bytea) RETURNS bigint LANGUAGE plpgsql AS $$
    BEGIN
        IF pg_advisory_xact_lock(1) IS NULL THEN RETURN 0; END IF;
        INSERT INTO raw VALUES (a, b, c, d, e, f, g, h, i, j, k, l, m);
        INSERT INTO told VALUES (i, 'digest', true, a, a, e, '');
        RETURN a;
    END $$"""
PUT = "SELECT put(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::bigint, %s, %b)"
SCAN = """SELECT position, name, version, topic, recorded_at, occurred_on, actor, role, command_id, causation, account,
    body FROM events JOIN streams ON streams.id = stream ORDER BY position LIMIT %s"""


def cluster_module() -> Any:  # noqa: ANN401 -- a module of the tests
    """Return tests/store/cluster.py; `store` is the name of a bench here."""
    path = Path(__file__).parents[1] / "tests" / "store" / "cluster.py"
    spec = importlib.util.spec_from_file_location("cluster", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class PostgresPeer(Peer):
    """eventsourcing's own recorder on the same server."""

    def __init__(self, port: int, database: str) -> None:
        """Open it."""
        clear_topic_cache()
        env = {
            "PERSISTENCE_MODULE": "eventsourcing.postgres",
            "POSTGRES_DBNAME": database,
            "POSTGRES_HOST": "127.0.0.1",
            "POSTGRES_PORT": str(port),
            "POSTGRES_USER": "owner",
            "POSTGRES_PASSWORD": "none",
        }
        self.app: Application[UUID] = Application(env)


class Bench:
    """All figures, on one server."""

    def __init__(self, server: Any, directory: Path) -> None:  # noqa: ANN401 -- a Cluster of the tests
        """Open a log without views, one with a view, the raw peer and eventsourcing's application."""
        self.server, self.directory = server, directory
        self.commands = iter(new_id, "")
        self.dsn, self.viewed = (server.dsn(server.fresh()) for _ in range(2))
        self.log = PostgresLog(self.dsn, [], lambda: None)
        self.with_view = PostgresLog(self.viewed, [States()], lambda: None)
        self.raw = psycopg.connect(server.dsn(server.fresh(empty=True)), autocommit=True)
        self.raw.execute(RAW_TABLE)
        self.raw.execute(FLOOR)
        self.position = 0
        self.versions: Counter[str] = Counter()
        self.peer = PostgresPeer(server.port, server.fresh(empty=True))

    def sample(self, size: int) -> list[Row]:
        """Return rows as our log writes them."""
        self.with_view.append(
            batch("entity:jl2005/faw", self.with_view.version("entity:jl2005/faw"), size, next(self.commands))
        )
        return list(self.with_view.scan_rows(self.with_view.head() - size))

    def numbered(self, sample: list[Row]) -> list[tuple[object, ...]]:
        """Return SAMPLE as the next raw rows."""
        start, command = self.position + 1, next(self.commands)
        self.position += len(sample)
        return [
            (start + n, 1, start + n, *row[3:8], command, n, row[9], row[10], row[11]) for n, row in enumerate(sample)
        ]

    def raw_insert(self, sample: list[Row], statement: LiteralString = RAW_INSERT) -> Callable[[], None]:
        """Return work that inserts one row and commits: one round trip."""
        return lambda: [self.raw.execute(statement, row, prepare=True) for row in self.numbered(sample)] and None

    def raw_copy(self, sample: list[Row]) -> Callable[[], None]:
        """Return work that copies SAMPLE in one transaction."""

        def work() -> None:
            with self.raw.cursor().copy(RAW_COPY) as target:
                target.set_types(RAW_TYPES)
                for row in self.numbered(sample):
                    target.write_row(row)

        return work

    def append(self, size: int, stream: str = "entity:jl2005/faw", mix: Sequence[Event] = MIX) -> Callable[[], object]:
        """Return work that appends one command of SIZE events."""
        version = count(self.log.version(stream), size)
        return lambda: self.log.append(batch(stream, next(version), size, next(self.commands), mix))

    def command(self) -> None:
        """Do what a command does: was it given before, load the state, append, fold the view.

        The version that a state stands at is part of it, as in every state of the domain.
        """
        log, name = self.with_view, next(self.commands)
        stream = f"entity:jl2005/{hash(name) % 79}"
        with log.glancing(Look(name, (stream,), (("states", stream),))):
            assert log.outcome(name, "0" * 64) is None
            state = log.row("states", stream)
        log.append(batch(stream, self.versions[stream], 1, name), {("states", stream): state} if state else {})
        self.versions[stream] += 1

    def writing(self) -> None:
        """Print the figures of writing."""
        one, many = self.sample(1), self.sample(1000)

        def peer_thousand() -> None:
            self.peer.app.save(self.peer.note(Thing(), 999))

        raw_one = repeated(self.raw_insert(one), 60)
        compare(
            "postgres append, one a transaction",
            0.85,
            raw_one,
            ours=repeated(self.append(1), 60),
            floor=repeated(self.raw_insert(one, PUT), 60),
            eventsourcing=repeated(self.peer.begin, 60),
        )
        compare(
            "postgres append, 1000 a transaction, to COPY",
            0.7,
            repeated(self.raw_copy(many), 4),
            ours=repeated(self.append(1000), 4),
            reports=repeated(self.append(1000, "entity:jl2005/gm", MIX[:2]), 4),
            eventsourcing=repeated(peer_thousand, 1),
        )
        compare("postgres whole command, durable", 0.3, raw_one, ours=repeated(self.command, 60))

    def writers(self) -> None:
        """Print what 1 to 16 processes reach by commits of their own, and sixteen threads by group commit."""
        alone = 0.0
        for number in WRITERS:
            found = self.processes(number)
            alone = alone or found
            line(f"postgres {number} writer processes, to one", found / alone, None)
        for how, give in {"waiting": self.give, "ahead": self.give_ahead}.items():
            line(f"postgres 16 writers by group commit, {how}", self.group(how, give) / found, None)

    def processes(self, number: int) -> float:
        """Return the commands a second of NUMBER processes together."""
        here = [sys.executable, __file__, "--write", self.dsn]
        running = [
            subprocess.Popen([*here, f"w{number}-{each}"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            for each in range(number)
        ]
        for each in running:
            assert each.stdout is not None
            each.stdout.readline()
        start = perf_counter()
        for each in running:
            each.communicate(b"go\n")
            assert each.returncode == 0
        return number * EACH / (perf_counter() - start)

    def group(self, how: str, give: Callable[[SharedLog, str, int], None]) -> float:
        """Return the commands a second of sixteen threads over one queue."""
        shared = closing(SharedLog(lambda: PostgresTables(self.dsn), [], lambda: None))
        with shared as log, ThreadPoolExecutor(16) as threads:
            start = perf_counter()
            list(threads.map(give, [log] * 16, [f"{how}{number}" for number in range(16)], [4 * EACH] * 16))
            return 16 * 4 * EACH / (perf_counter() - start)

    def give(self, log: SharedLog, writer: str, times: int) -> None:
        """Give commands one after the other, as people do."""
        for number in range(times):
            log.append(batch(f"entity:jl2005/{writer}", number, 1, f"{writer}-{number}"))

    def give_ahead(self, log: SharedLog, writer: str, times: int) -> None:
        """Give commands without waiting for each, up to AHEAD of them, as imports do."""
        under_way = deque[Future[Outcome]]()
        for number in range(times):
            if len(under_way) == AHEAD:
                under_way.popleft().result()
            under_way.append(log.hand_in(batch(f"entity:jl2005/{writer}", number, 1, f"{writer}-{number}")))
        for each in under_way:
            each.result()

    def long(self) -> None:
        """Print what reading, copying and growth come to in a log of EVENTS."""
        dsn = self.server.dsn(self.server.fresh())
        sqlite = self.directory / "source.db"
        with closing(SqliteLog(sqlite, [], now, synchronous="OFF")) as source:
            fill(source, rows(EVENTS), ())
            with closing(PostgresLog(dsn, [], lambda: None)) as target:
                start = perf_counter()
                copy(source, target)
                seconds = perf_counter() - start
                start = perf_counter()
                deque(source.scan_rows(), 0)
                line(f"postgres copy of {EVENTS}, to reading SQLite", (perf_counter() - start) / seconds, None)
                self.replay(dsn, target)
                self.growth(target)

    def replay(self, dsn: str, log: PostgresLog) -> None:
        """Print the figures of reading everything, beside a raw cursor in portions of the same size."""
        most = min(EVENTS, 200_000)
        raw = psycopg.connect(dsn)

        def raw_scan() -> None:
            with raw.cursor("scan", binary=True) as cursor:
                cursor.itersize = 500
                cursor.execute(SCAN, (most,))
                deque(cursor, 0)
            raw.rollback()

        compare(
            "postgres replay with decoding",
            0.6,
            Work(raw_scan, most, perf_counter),
            ours=Work(lambda: deque(log.scan(0, most), 0), most, perf_counter),
            stored_rows=Work(lambda: deque(log.scan_rows(0, most), 0), most, perf_counter),
        )
        raw.close()

    def growth(self, log: PostgresLog) -> None:
        """Print how much slower a command is in the long log than in one of SMALL events."""
        dsn = self.server.dsn(self.server.fresh())
        with closing(PostgresLog(dsn, [], lambda: None)) as short:
            fill(short, rows(SMALL), ())
            found = growth(onto(short, self.commands), onto(log, self.commands))
        line(f"postgres append at {EVENTS} events, to {SMALL}", found, 0.8)


def write(dsn: str, name: str) -> None:
    """Give EACH commands as one writer process, each with a commit of its own."""
    with closing(PostgresLog(dsn, [], lambda: None)) as log:
        print("ready", flush=True)
        sys.stdin.readline()
        for number in range(EACH):
            log.append(batch(f"entity:jl2005/{name}", number, 1, f"{name}-{number}"))


def main() -> None:
    """Print every figure of the store on PostgreSQL."""
    if sys.argv[1:2] == ["--write"]:
        write(*sys.argv[2:])
        return
    module = cluster_module()
    if module.binaries() is None:
        print("postgres: not run: postgresql missing")
        return
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(module.Cluster(), Path(name))
        bench.writing()
        bench.writers()
        bench.long()


if __name__ == "__main__":
    main()
