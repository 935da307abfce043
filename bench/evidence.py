"""What evidence costs on a long log: verification, proofs, checkpoints, replay and differences, as ratios.

CAMPAIGN_BENCH_EVENTS says how long the log is; a million by default, which takes about two minutes.
"""

import os
import sqlite3
import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from time import perf_counter

from campaign.app import audit, evidence, history, replay
from campaign.app.session import Session, Settings
from campaign.domain import events as facts
from campaign.readmodels.views import ALL
from campaign.store import notes
from campaign.store.codec import Codec, canonical, stamp
from campaign.store.log import Row
from campaign.store.refill import fill
from campaign.store.sqlite import SqliteLog

EVENTS = int(os.environ.get("CAMPAIGN_BENCH_EVENTS", "1000000"))
LIFE = 50
"""Events of one entity."""
COMMAND = 500
"""Events of one command while the log is made."""
START = datetime(2005, 8, 17, tzinfo=UTC)
SCAN = """SELECT position, name, version, topic, recorded_at, occurred_on, actor, role, command_id, causation,
    account, body FROM events JOIN streams ON streams.id = stream WHERE position <= ? ORDER BY position"""
KEY = "bench"


def line(  # noqa: PLR0913 -- a figure with all that is said of it
    name: str, value: float, target: float, *, unit: str = "", at_most: bool = True, beside: str = ""
) -> None:
    """Print one figure: name, value, target, met or short."""
    met = value <= target if at_most else value >= target
    bound = "<=" if at_most else ">="
    print(f"evidence {name}: {value:.3g}{unit} target {bound} {target:g}{unit} {'met' if met else 'short'}{beside}")


def timed(work: Callable[[], object], rounds: int = 3) -> float:
    """Return the best time of some rounds: a busy machine only slows."""
    times = []
    for _ in range(rounds):
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return min(times)


def life(entity: str) -> Iterator[facts.Event]:
    """Yield what happens to one entity: it is enrolled, then reports, is verified, questioned and answers."""
    yield facts.EntityEnrolled(entity, "enterprise", f"enterprise {entity}", ("all",), "survey")
    figures = tuple(
        facts.Figure(indicator=name, value="1234.56", unit="t", scope="all") for name in ("output", "profit")
    )
    for month in range(LIFE):
        report = f"m-{month % 12}"
        yield facts.ReportSubmitted(report, "monthly", f"2005-{month % 12 + 1:02}", figures, "statistics bureau")
        yield facts.ReportVerified(report)
        yield facts.FindingRaised("f-1", "contradiction", "本月数与累计数不符", report, "output")
        yield facts.FindingExplained("f-1", "the list of enterprises changed")
        yield facts.OperatingStatusChanged("running", "检修")


def rows(count: int) -> Iterator[Row]:
    """Yield the rows of a log: all entities live side by side, as they do."""
    codec = Codec()
    bodies = [
        (facts.TOPIC_OF[type(event)], codec.encode(event)) for event, _ in zip(life("x"), range(LIFE), strict=False)
    ]
    entities = max(count // LIFE, 1)
    for place in range(count):
        turn, entity = divmod(place, entities)
        topic, body = bodies[turn % LIFE]
        at = stamp(START + timedelta(seconds=place))
        on = (START + timedelta(seconds=place)).date().isoformat()
        stream, command = f"entity:{KEY}/{entity:06}", f"c-{place // COMMAND}"
        yield place + 1, stream, turn + 1, topic, at, on, "p-office-1", "office", command, None, "", body


class Bench:
    """A long log on a disk, and the key that signs it."""

    def __init__(self, folder: Path) -> None:
        """Make the log without read models: they are measured elsewhere."""
        self.path, self.key_file = folder / "log.db", folder / "key"
        start = perf_counter()
        with closing(SqliteLog(self.path, [], lambda: START)) as log:
            fill(log, rows(EVENTS), ())
        print(f"evidence: {EVENTS} events and their tree written in {perf_counter() - start:.0f} s")
        self.log = SqliteLog(self.path, ALL, lambda: START + timedelta(days=400))
        self.session = Session(self.log, Settings(str(self.path), KEY))
        self.signer = notes.new_signer("campaign/bench")
        self.tree = self.log.tree()

    def verification(self) -> None:
        """Verify rows, order, leaves, inner hashes; beside sha256 over the same bytes out of the same file."""

        def verify() -> None:
            walk, inside = audit.walked(self.tree, [])
            assert not walk.findings
            assert not walk.differs
            assert not inside

        def hashing() -> None:
            digest = sha256()
            for row in self.log.scan_rows():
                digest.update(canonical(row))

        whole = b"".join(map(canonical, self.log.scan_rows(to=min(EVENTS, 200_000))))
        bare = timed(lambda: sha256(whole)) * EVENTS / min(EVENTS, 200_000)
        times = [(timed(verify, 1), timed(hashing, 1)) for _ in range(3)]  # in turn, as a busy machine only slows
        ours, peer = (min(column) for column in zip(*times, strict=True))
        beside = f" ({ours:.1f} s; the bytes already in memory, hashed in one piece: {bare:.2f} s, {ours / bare:.0f} x)"
        line("verify beside reading and sha256", ours / peer, 2.5, beside=beside)

    def proofs(self) -> None:
        """Prove one record, with its checkpoint."""
        size = self.tree.size
        text = f"{self.signer.name}\n{size}\n{'A' * 43}=\n"
        note = self.signer.signed_note(text)

        def prove() -> str:
            hashes = self.tree.inclusion(EVENTS // 3, size)
            return f"{evidence.verifier.RECEIPT}\nindex {EVENTS // 3 - 1}\n{evidence.lines(hashes)}\n{note}"

        line("proof", timed(prove) * 1000, 10, unit=" ms")
        line("proof with its checkpoint", len(prove().encode()) / 1000, 1.5, unit=" kB")

    def checkpoints(self) -> None:
        """Seal a thousand new events and sign."""
        codec = Codec()
        event = facts.OperatingStatusChanged("running", "x")
        times = []
        for turn in range(5):
            head, stream = self.log.head(), f"entity:{KEY}/checkpoint-{turn}"
            on, at = date(2006, 9, 1).isoformat(), stamp(START + timedelta(days=390))
            new: list[Row] = [
                (
                    head + place,
                    stream,
                    place,
                    facts.TOPIC_OF[type(event)],
                    at,
                    on,
                    "p",
                    "r",
                    f"k-{turn}",
                    None,
                    "",
                    codec.encode(event),
                )
                for place in range(1, 1001)
            ]
            with self.log._tables.writing():  # noqa: SLF001 -- the bench writes as the store would, and times what follows
                self.log._tables.insert(new)  # noqa: SLF001 -- likewise
            start = perf_counter()
            size = self.tree.seal()
            self.signer.signed_note(f"{self.signer.name}\n{size}\n{self.tree.root(size).hex()}\n")
            times.append(perf_counter() - start)
        line("checkpoint after 1,000 events", min(times) * 1000, 50, unit=" ms")

    def replays(self) -> None:
        """Fold up to a position in the middle, beside a raw scan up to the same position."""
        middle = EVENTS // 2
        with closing(sqlite3.connect(self.path)) as raw:
            peer = timed(lambda: deque(raw.execute(SCAN, (middle,)), 0), 1)
        decoded = timed(lambda: deque(self.log.scan(0, middle), 0), 1)
        folded = timed(lambda: replay.fold(self.log.scan(0, middle)), 1)
        line("replay to a position, states", peer / folded, 0.6, at_most=False)
        line("replay to a position, events read", peer / decoded, 0.6, at_most=False)
        span = max(EVENTS // 100, 1)
        month = timed(lambda: history.diff(self.session, middle, middle + span), 1)
        beside = f" (positions {middle} and {middle + span}; {month:.2f} s)"
        line("difference beside two full replays", month / (2 * folded), 1, beside=beside)


def main() -> None:
    """Print every figure of the evidence."""
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(Path(name))
        bench.verification()
        bench.proofs()
        bench.replays()
        bench.checkpoints()
        bench.log.close()


if __name__ == "__main__":
    main()
