"""How fast the log is: each figure a ratio to raw SQLite doing the same in the same run.

The raw peer has the same pragmas, the same rows and the same unique keys, and nothing else: no triggers, no checks, no
outcomes, no views.  The same work by the default SQLite application of `eventsourcing` stands beside it.
"""

import gc
import os
import sqlite3
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import reduce
from itertools import count
from pathlib import Path
from time import perf_counter, process_time
from uuid import UUID, uuid4

import msgspec
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.utils import clear_topic_cache

from campaign.app.session import new_id
from campaign.domain import events as facts
from campaign.store.codec import Codec, stamp
from campaign.store.engine import Engine
from campaign.store.log import Batch, Draft, Row, Write
from campaign.store.refill import fill as refill
from campaign.store.schema import TABLES
from campaign.store.sqlite import SqliteLog

EVENTS = int(os.environ.get("CAMPAIGN_BENCH_EVENTS", "200000"))
"""The length of a log; 5000000 shows the growth."""
SMALL = 20_000
"""Where growth is measured from."""
COMMAND = 500
MIDDLE = "entity:jl2005/7"
ROUNDS = 9
"""Each measure alternates with its raw peer this many times; the best of each counts, as a busy machine only slows."""
DAY = date(2005, 8, 17)
COLUMNS = "position, name, version, topic, recorded_at, occurred_on, actor, role, command_id, causation, account, body"
SCAN = f"SELECT {COLUMNS} FROM events JOIN streams ON streams.id = stream ORDER BY position"
STREAM = f"SELECT {COLUMNS} FROM events JOIN streams ON streams.id = stream WHERE name = ? ORDER BY version"
INSERT = "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


def figure(indicator: str, value: str) -> facts.Figure:
    """Make a figure such as an enterprise reports."""
    return facts.Figure(indicator=indicator, value=Decimal(value), unit="万元", scope="above_scale")


MIX: tuple[facts.Event, ...] = (
    facts.ReportSubmitted(
        report="output-2005-09",
        obligation="output",
        period="2005-09",
        figures=(figure("output", "1234.56"), figure("profit", "-23.40")),
        source="statistics bureau",
    ),
    facts.ReportVerified(report="output-2005-09"),
    facts.PhaseMoved(
        from_phase="survey",
        to_phase="target",
        move="advance",
        gates=(facts.GateOutcome(gate="surveyed", verdict="met"), facts.GateOutcome(gate="outputs", verdict="met")),
    ),
    facts.TargetFixed(
        target=facts.Target(
            target="output",
            indicator="output",
            value=Decimal("1200.00"),
            unit="万元",
            period="2005",
            scope="above_scale",
        )
    ),
    facts.FindingRaised(
        finding="f-1", kind="contradiction", statement="本月数与累计数不符", report="output-2005-09", indicator="output"
    ),
    facts.OperatingStatusChanged(status="suspended", reason="检修"),
    facts.OfficerAppointed(duty="liaison", person="p-0012", post="deputy manager"),
    facts.ReportVerified(report="output-2005-10"),
)
"""What happens to an entity, in about the proportions of the story; 130 bytes a body."""


class State(msgspec.Struct, frozen=True):
    """A small state of an entity."""

    phase: str = ""
    status: str = "running"
    verified_by: str = ""
    events: int = 0


def evolve(state: State, record: facts.Recorded) -> State:
    """Fold one record."""
    phase, status, verified_by, events = state.phase, state.status, state.verified_by, state.events + 1
    match record.event:
        case facts.ReportVerified():
            verified_by = record.actor
        case facts.PhaseMoved(to_phase=to):
            phase = to
        case facts.OperatingStatusChanged(status=now):
            status = now
    return State(phase, status, verified_by, events)


BLANK = State()


class States:
    """A view of one state a stream."""

    name = "states"
    version = 1

    def __init__(self) -> None:
        """Make the decoder once."""
        self._decode: Callable[[bytes], State] = msgspec.json.Decoder(State).decode

    def key(self, record: facts.Recorded) -> str | None:
        """Return the stream."""
        return record.stream

    def evolve(self, row: State | None, record: facts.Recorded) -> State:
        """Fold one record."""
        return evolve(row or BLANK, record)

    def dump(self, row: State) -> bytes:
        """Write a row."""
        return msgspec.json.encode(row)

    def load(self, data: bytes) -> State:
        """Read a row."""
        return self._decode(data)


def now() -> datetime:
    """Return the instant."""
    return datetime.now(UTC)


def batch(stream: str, expected: int, size: int, command_id: str, mix: Sequence[facts.Event] = MIX) -> Batch:
    """Make a command of SIZE events."""
    drafts = tuple(Draft(mix[(expected + n) % len(mix)], DAY) for n in range(size))
    return Batch(command_id, "0" * 64, "li.wei", "statistician", (Write(stream, expected, drafts),))


def raw_store(path: Path) -> sqlite3.Connection:
    """Open the raw peer: the same tables without triggers."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.executescript(TABLES)
    for pragma in ("synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def rows(total: int) -> Iterator[Row]:
    """Yield the rows of a log of entities that live side by side, in commands of COMMAND events."""
    codec = Codec()
    bodies = [(facts.TOPIC_OF[type(fact)], codec.encode(fact)) for fact in MIX]
    entities = max(total // 50, 1)
    at = stamp(now())
    for place in range(total):
        turn, entity = divmod(place, entities)
        topic, body = bodies[turn % len(bodies)]
        names = ("li.wei", "statistician", f"c-{place // COMMAND:012}")
        yield place + 1, f"entity:jl2005/{entity}", turn + 1, topic, at, DAY.isoformat(), *names, None, "", body


class Work(msgspec.Struct, frozen=True):
    """Something to time, for how many units it counts, and the clock: the processor's, or the wall's for the disk."""

    do: Callable[[], object]
    units: int = 1
    clock: Callable[[], float] = process_time

    def seconds(self) -> float:
        """Return the seconds a unit takes, with the collector's debts of others paid first."""
        gc.collect()
        start = self.clock()
        self.do()
        return (self.clock() - start) / self.units


def repeated(work: Callable[[], object], times: int, clock: Callable[[], float] = perf_counter) -> Work:
    """Return work that is done that many times."""

    def all_of_it() -> None:
        for _ in range(times):
            work()

    return Work(all_of_it, times, clock)


def line(name: str, ratio: float, target: float | None) -> None:
    """Print one figure."""
    verdict = "-" if target is None else "met" if ratio >= target else "short"
    wanted = "-" if target is None else format(target, ".2f")
    print(f"{name:<44} {ratio:6.2f} {wanted:>5} {verdict}", flush=True)


def compare(name: str, target: float | None, raw: Work, **peers: Work) -> None:
    """Time RAW and its peers in turn, and print for each how much of raw's speed it reaches."""
    base, best = raw.seconds(), {peer: work.seconds() for peer, work in peers.items()}
    for _ in range(ROUNDS - 1):
        base = min(base, raw.seconds())
        best = {peer: min(best[peer], work.seconds()) for peer, work in peers.items()}
    for peer, seconds in best.items():
        ours = peer == "ours"
        line(name if ours else f"{name} ({peer})", base / seconds, target if ours else None)


def onto(log: Engine, commands: Iterator[str]) -> Callable[[], object]:
    """Return work that appends to a stream in the middle of the log."""
    version = count(log.version(MIDDLE))
    return lambda: log.append(batch(MIDDLE, next(version), 1, next(commands)))


def growth(short: Callable[[], object], long: Callable[[], object]) -> float:
    """Return how much of its speed in a short log some work has in a long one."""
    both = [repeated(work, 60) for work in (short, long)]
    times = [[work.seconds() for work in both] for _ in range(ROUNDS)]
    return min(few for few, _ in times) / min(many for _, many in times)


class Thing(Aggregate):
    """The peer's aggregate, with events of about our size."""

    @event("Began")
    def __init__(self) -> None:
        """Begin."""
        self.notes: dict[str, str] = {}

    @event("Noted")
    def note(self, report: str, value: Decimal, unit: str, scope: str) -> None:
        """Note one thing."""
        self.notes[report] = f"{value} {unit} {scope}"


class Peer:
    """The default SQLite application of eventsourcing; SQLite's own default is FULL, so it is as durable as ours."""

    def __init__(self, path: Path) -> None:
        """Open it."""
        clear_topic_cache()
        env = {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(path)}
        self.app: Application[UUID] = Application(env)

    def begin(self) -> UUID:
        """Save a new aggregate."""
        thing = Thing()
        self.app.save(thing)
        return thing.id

    def note(self, thing: Thing, times: int) -> Thing:
        """Record that many events, without saving."""
        for n in range(times):
            thing.note(f"output-2005-{n % 12:02}", Decimal("1234.56"), "万元", "above_scale")
        return thing


class Bench:
    """All figures, over one directory."""

    def __init__(self, directory: Path) -> None:
        """Open our log, the raw peer and eventsourcing's application."""
        self.directory, self.position = directory, 0
        self.commands = iter(new_id, "")
        self.log = SqliteLog(directory / "ours.db", [], now)
        self.with_view = SqliteLog(directory / "view.db", [States()], now)
        self.raw = raw_store(directory / "raw.db")
        self.peer = Peer(directory / "peer.db")

    def close(self) -> None:
        """Close all of them."""
        for each in (self.peer.app, self.log, self.with_view, self.raw):
            each.close()

    def sample(self, size: int) -> list[Row]:
        """Return rows as our log would write them."""
        with closing(SqliteLog(self.directory / f"sample{size}.db", [], now)) as log:
            log.append(batch("entity:jl2005/faw", 0, size, "sample"))
            return list(log.scan_rows())

    def raw_insert(self, rows: list[Row]) -> Callable[[], None]:
        """Return work that writes ROWS in one transaction, each time under a new command in its stream."""
        self.raw.execute("INSERT INTO streams VALUES (1, 'entity:jl2005/faw') ON CONFLICT DO NOTHING")

        def work() -> None:
            start, command = self.position + 1, next(self.commands)
            self.raw.execute("BEGIN IMMEDIATE")
            self.raw.executemany(
                INSERT,
                [
                    (start + n, 1, start + n, *row[3:8], command, n, row[9], row[11], row[10])
                    for n, row in enumerate(rows)
                ],
            )
            self.raw.execute("COMMIT")
            self.position += len(rows)

        return work

    def append(self, log: SqliteLog, size: int) -> Callable[[], None]:
        """Return work that appends one command of SIZE events."""
        stream = "entity:jl2005/faw"

        def work() -> None:
            log.append(batch(stream, log.version(stream), size, next(self.commands)))

        return work

    def command(self) -> None:
        """Do what a command does: was it given before, load the state, append, fold the view."""
        log, name = self.with_view, next(self.commands)
        stream = f"entity:jl2005/{self.position % 79}"
        assert log.outcome(name, "0" * 64) is None
        state, version = log.row("states", stream), log.version(stream)
        log.append(batch(stream, version, 1, name), {("states", stream): state})

    def writing(self) -> None:
        """Print the figures of writing."""
        one, many = self.sample(1), self.sample(1000)
        ids = [self.peer.begin() for _ in range(79)]
        turns = count()

        def peer_command() -> None:
            thing: Thing = self.peer.app.repository.get(ids[next(turns) % 79])
            self.peer.app.save(self.peer.note(thing, 1))

        def peer_thousand() -> None:
            self.peer.app.save(self.peer.note(Thing(), 999))

        raw_one = repeated(self.raw_insert(one), 100)
        compare(
            "append, one a transaction",
            None,
            raw_one,
            ours=repeated(self.append(self.log, 1), 100),
            eventsourcing=repeated(self.peer.begin, 100),
        )
        compare(
            "append, 1000 a transaction",
            0.5,
            repeated(self.raw_insert(many), 5),
            ours=repeated(self.append(self.log, 1000), 5),
            eventsourcing=repeated(peer_thousand, 1),
        )
        compare(
            "whole command, durable",
            0.5,
            raw_one,
            ours=repeated(self.command, 100),
            eventsourcing=repeated(peer_command, 100),
        )

    def growing(self) -> None:
        """Print how much slower a command is in a log of EVENTS than in one of SMALL."""
        paths = {total: self.directory / f"long{total}.db" for total in (SMALL, EVENTS)}
        for total, path in paths.items():
            with closing(SqliteLog(path, [], now, synchronous="OFF")) as log:
                refill(log, rows(total), ())
        with (
            closing(SqliteLog(paths[SMALL], [], now)) as short,
            closing(SqliteLog(paths[EVENTS], [], now)) as long,
        ):
            found = growth(onto(short, self.commands), onto(long, self.commands))
        line(f"append at {EVENTS} events, to {SMALL}", found, 0.8)

    def reading(self) -> None:
        """Print the figures of reading: 500 streams of 40 events, in commands of 4."""
        path = self.directory / "history.db"
        with closing(SqliteLog(path, [States()], now, synchronous="OFF")) as log:
            fill(log)
        with closing(SqliteLog(path, [States()], now)) as log, closing(sqlite3.connect(path)) as raw:
            size = log.head()
            things = [Thing() for _ in range(50)]
            self.peer.app.save(*(self.peer.note(thing, 39) for thing in things))
            self.replay(log, raw, size)
            self.rehydrate(log, raw, [thing.id for thing in things])

    def replay(self, log: SqliteLog, raw: sqlite3.Connection, size: int) -> None:
        """Print the figures of reading everything; a raw scan fetches the same columns, one row after the other."""
        peers = self.peer.app
        first, last = peers.recorder.max_notification_id() - 1999, peers.recorder.max_notification_id()

        def raw_scan() -> None:
            for _ in raw.execute(SCAN):
                pass

        def peer_scan() -> None:
            for start in range(first, last + 1, 500):
                for each in peers.recorder.select_notifications(start, 500):
                    peers.mapper.to_domain_event(each)

        def states() -> None:
            rows: dict[str, State] = {}
            for record in log.scan():
                rows[record.stream] = evolve(rows.get(record.stream, BLANK), record)

        compare(
            "replay with decoding",
            0.8,
            Work(raw_scan, size),
            ours=Work(lambda: deque(log.scan(), 0), size),
            stored_rows=Work(lambda: deque(log.scan_rows(), 0), size),
            eventsourcing=Work(peer_scan, 2000),
        )
        compare("replay with state", 0.6, Work(raw_scan, size), ours=Work(states, size))

    def rehydrate(self, log: SqliteLog, raw: sqlite3.Connection, ids: list[UUID]) -> None:
        """Print the figures of loading one stream of 40 events; raw fetches its rows."""
        stream = "entity:jl2005/7"

        def raw_rows() -> None:
            assert len(raw.execute(STREAM, (stream,)).fetchall()) == 40

        compare(
            "rehydrate 40 events",
            1.0,
            repeated(raw_rows, 300, process_time),
            ours=repeated(lambda: log.row("states", stream), 300, process_time),
            by_fold=repeated(lambda: reduce(evolve, log.read(stream), BLANK), 300, process_time),
            eventsourcing=repeated(lambda: self.peer.app.repository.get(ids[7]), 30, process_time),
        )


def fill(log: SqliteLog) -> None:
    """Write 500 streams of 40 events."""
    for turn in range(10):
        for stream in range(500):
            log.append(batch(f"entity:jl2005/{stream}", 4 * turn, 4, str(uuid4())))


def main() -> None:
    """Print every figure of the store."""
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(Path(name))
        bench.reading()
        bench.writing()
        bench.growing()
        bench.close()


if __name__ == "__main__":
    main()
