"""The log on PostgreSQL, each figure as a ratio to raw psycopg on the same server, and beside eventsourcing's recorder.

A server of its own, durable (fsync and synchronous_commit on), is made and stopped; where there is no PostgreSQL the
part says so.  Raw is a bare table of the same columns without checks, functions or views: one INSERT a commit, COPY for
a thousand, a server-side cursor for reading.  CAMPAIGN_BENCH_PG_EVENTS is the length of the log: 200000 unless it says
5000000, for the growth.
"""

import importlib.util
import os
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import UUID, uuid4

import psycopg
from eventsourcing.application import Application
from eventsourcing.utils import clear_topic_cache
from store import DAY, MIX, ROUNDS, Peer, States, Thing, Work, batch, compare, line, now, repeated

from campaign.domain.events import TOPIC_OF
from campaign.store.codec import Codec, stamp
from campaign.store.copying import copy
from campaign.store.log import Row
from campaign.store.postgres import PostgresLog
from campaign.store.postgres_tables import PostgresTables
from campaign.store.queue import SharedLog
from campaign.store.refill import fill
from campaign.store.sqlite import SqliteLog

EVENTS = int(os.environ.get("CAMPAIGN_BENCH_PG_EVENTS", "200000"))
SMALL = 20_000
"""Where growth is measured from."""
COMMAND = 500
WRITERS = (1, 2, 4, 8, 16)
EACH = 60
"""Commands of each writer process."""
RAW_TABLE = """CREATE TABLE raw (position bigint PRIMARY KEY, stream bigint NOT NULL, version bigint NOT NULL,
    topic text NOT NULL, recorded_at text NOT NULL, occurred_on text NOT NULL, actor text NOT NULL, role text NOT NULL,
    command_id text NOT NULL, command_index bigint NOT NULL, causation bigint, account text NOT NULL,
    body bytea NOT NULL, UNIQUE (stream, version), UNIQUE (command_id, command_index))"""
RAW_INSERT = "INSERT INTO raw VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %b)"
RAW_COPY = "COPY raw FROM STDIN (FORMAT BINARY)"
RAW_TYPES = ("int8", "int8", "int8", "text", "text", "text", "text", "text", "text", "int8", "int8", "text", "bytea")
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


def rows(total: int) -> list[Row]:
    """Return the rows of a log of entities that live side by side, in commands of COMMAND events."""
    codec = Codec()
    bodies = [(TOPIC_OF[type(event)], codec.encode(event)) for event in MIX]
    entities = max(total // 50, 1)
    made: list[Row] = []
    at = stamp(now())
    for place in range(total):
        turn, entity = divmod(place, entities)
        topic, body = bodies[turn % len(bodies)]
        names = ("li.wei", "statistician", f"c-{place // COMMAND}")
        made.append(
            (place + 1, f"entity:jl2005/{entity}", turn + 1, topic, at, DAY.isoformat(), *names, None, "", body)
        )
    return made


class Bench:
    """All figures, on one server."""

    def __init__(self, server: Any, directory: Path) -> None:  # noqa: ANN401 -- a Cluster of the tests
        """Open a log without views, one with a view, the raw peer and eventsourcing's application."""
        self.server, self.directory = server, directory
        self.commands = map(str, (uuid4() for _ in count()))
        self.dsn, self.viewed = (server.dsn(server.fresh()) for _ in range(2))
        self.log = PostgresLog(self.dsn, [], lambda: None)
        self.with_view = PostgresLog(self.viewed, [States()], lambda: None)
        self.raw = psycopg.connect(server.dsn(server.fresh(empty=True)), autocommit=True)
        self.raw.execute(RAW_TABLE)
        self.position = 0
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

    def raw_insert(self, sample: list[Row]) -> Callable[[], None]:
        """Return work that inserts one row and commits: one round trip."""
        return lambda: [self.raw.execute(RAW_INSERT, row, prepare=True) for row in self.numbered(sample)] and None

    def raw_copy(self, sample: list[Row]) -> Callable[[], None]:
        """Return work that copies SAMPLE in one transaction."""

        def work() -> None:
            with self.raw.cursor().copy(RAW_COPY) as target:
                target.set_types(RAW_TYPES)
                for row in self.numbered(sample):
                    target.write_row(row)

        return work

    def append(self, size: int) -> Callable[[], None]:
        """Return work that appends one command of SIZE events."""
        stream, version = "entity:jl2005/faw", count(self.log.version("entity:jl2005/faw"), size)
        return lambda: self.log.append(batch(stream, next(version), size, next(self.commands))) and None

    def command(self) -> None:
        """Do what a command does: was it given before, load the state, append, fold the view."""
        log, name = self.with_view, next(self.commands)
        stream = f"entity:jl2005/{hash(name) % 79}"
        assert log.outcome(name, "0" * 64) is None
        state, version = log.row("states", stream), log.version(stream)
        log.append(batch(stream, version, 1, name), {("states", stream): state} if state else {})

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
            eventsourcing=repeated(self.peer.begin, 60),
        )
        compare(
            "postgres append, 1000 a transaction, to COPY",
            0.7,
            repeated(self.raw_copy(many), 4),
            ours=repeated(self.append(1000), 4),
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
        grouped = self.group()
        line("postgres 16 writers by group commit, to own commits", grouped / found, None)

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

    def group(self) -> float:
        """Return the commands a second of sixteen threads over one queue."""
        log = SharedLog(lambda: PostgresTables(self.dsn), [], lambda: None)

        def give(writer: int) -> None:
            for number in range(4 * EACH):
                log.append(batch(f"entity:jl2005/g{writer}", number, 1, f"g{writer}-{number}"))

        with closing(log), ThreadPoolExecutor(16) as threads:
            start = perf_counter()
            list(threads.map(give, range(16)))
            return 16 * 4 * EACH / (perf_counter() - start)

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
            both = [repeated(self.onto(each), 60) for each in (short, log)]
            best = [min(work.seconds() for _ in range(ROUNDS)) for work in both]
        line(f"postgres append at {EVENTS} events, to {SMALL}", best[0] / best[1], 0.8)

    def onto(self, log: PostgresLog) -> Callable[[], None]:
        """Return work that appends to a stream in the middle of the log."""
        stream = "entity:jl2005/7"
        version = count(log.version(stream))
        return lambda: log.append(batch(stream, next(version), 1, next(self.commands))) and None


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
