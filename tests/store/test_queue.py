"""Group commit: what waits is committed at once, each command with its own outcome, acknowledged when it is durable."""

import gc
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store.cluster import database, quick
from store.kit import Actors, Clock, Tally, batch, finding, refusal, status, write
from store.powercut import cuts, read, record
from store.test_crash import after, needs_strace, torn_or_lost
from store.worker import now

from campaign.domain.events import TOPICS
from campaign.problems import Problems
from campaign.store.log import Batch, CommandReused, Conflict, Look, Outcome
from campaign.store.memory import MemoryLog
from campaign.store.queue import Foreseen, Queue, SharedLog
from campaign.store.schema import connect, create
from campaign.store.sqlite import SqliteLog, SqliteTables

WORKER = Path(__file__).with_name("worker.py")
LONG_ENOUGH = 20
"""Seconds after which something that should happen has not."""


def tables(path: Path) -> SqliteTables:
    return SqliteTables(connect(path, read_only=False, synchronous="FULL", timeout=30, shared=True), path)


def shared(path: Path, **bounds: float) -> SharedLog:
    create(path)
    return SharedLog(partial(tables, path), [Tally(), Actors()], Clock(), **bounds)


@pytest.fixture(params=["sqlite", "postgres"])
def log(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SharedLog]:
    """Give a log that many threads share, on each kind of store that they can share."""
    if request.param == "sqlite":
        with closing(shared(tmp_path / "campaign.db")) as opened:
            yield opened
        return
    for dsn in database():
        with closing(on_postgres(dsn)) as opened:
            yield opened


def on_postgres(dsn: str) -> SharedLog:
    from campaign.store.postgres_connect import Patience  # noqa: PLC0415 -- an extra
    from campaign.store.postgres_shared import SharedPostgresLog  # noqa: PLC0415 -- likewise

    patience = Patience(tries=60, first=0.01, longest=0.05)
    return SharedPostgresLog(dsn, [Tally(), Actors()], Clock(), patience=patience)


# --- the queue -------------------------------------------------------------------------------------------------------


class Trail:
    """Transactions as they go, and a gate that holds the first until a test has handed in the others."""

    def __init__(
        self,
        *,
        begin: Exception | None = None,
        commit: Exception | None = None,
        **bounds: Any,  # noqa: ANN401 -- of the queue
    ) -> None:
        self.steps: list[str] = []
        self.begin, self.commit = begin, commit
        self.gate = Event()
        self.queue = Queue(self.transaction, **bounds)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        if self.begin and self.steps:
            self.steps.append("no begin")
            raise self.begin
        self.steps.append("begin")
        try:
            yield
        except Exception:
            self.steps.append("undo")
            raise
        if self.commit and len(self.steps) > 2:
            raise self.commit
        self.steps.append("commit")

    def job(self, name: str, error: Exception | None = None) -> Callable[[], str]:
        def job() -> str:
            self.steps.append(name)
            if error:
                raise error
            return f"done {name}"

        return job

    def hold(self) -> Future[str]:
        """Keep the writer busy, within a transaction, until the gate is opened."""
        inside = Event()

        def wait() -> str:
            inside.set()
            assert self.gate.wait(LONG_ENOUGH)
            return "held"

        first = self.queue.hand_in(wait)
        assert inside.wait(LONG_ENOUGH)
        return first

    def together(self, *jobs: Callable[[], str]) -> list[object]:
        """Let all JOBS wait at the same time, and return what each came to."""
        self.hold()
        waiting = [self.queue.hand_in(job) for job in jobs]
        self.gate.set()
        self.queue.close()
        return [each.exception() or each.result() for each in waiting]


def test_what_waits_is_done_in_one_transaction() -> None:
    trail = Trail()
    assert trail.together(*map(trail.job, "abc")) == ["done a", "done b", "done c"]
    assert trail.steps == ["begin", "commit", "begin", "a", "b", "c", "commit"]


def test_a_group_has_a_bound() -> None:
    trail = Trail(most=2)
    trail.together(*map(trail.job, "abc"))
    assert trail.steps == ["begin", "commit", "begin", "a", "b", "commit", "begin", "c", "commit"]


def test_nobody_is_answered_before_the_commit() -> None:
    trail = Trail()
    answered: list[bool] = []
    held = trail.hold()
    one = trail.queue.hand_in(trail.job("a"))
    trail.queue.hand_in(lambda: answered.append(one.done()))
    assert not held.done()
    trail.gate.set()
    assert one.result(LONG_ENOUGH) == "done a"
    trail.queue.close()
    assert answered == [False]


@pytest.mark.parametrize("error", [Conflict("s", 1, 2), CommandReused("c")])
def test_a_conflict_of_one_leaves_the_others_alone(error: Exception) -> None:
    trail = Trail()
    assert trail.together(trail.job("a"), trail.job("b", error), trail.job("c")) == ["done a", error, "done c"]
    assert trail.steps == ["begin", "commit", "begin", "a", "b", "c", "commit"]


def test_one_that_breaks_midway_fails_alone() -> None:
    trail, error = Trail(), ValueError("b")
    assert trail.together(trail.job("a"), trail.job("b", error), trail.job("c")) == ["done a", error, "done c"]
    each = ["begin", "a", "commit", "begin", "b", "undo", "begin", "c", "commit"]
    assert trail.steps == ["begin", "commit", "begin", "a", "b", "undo", *each]


def test_what_a_group_looks_at_is_foreseen_at_once_and_first() -> None:
    seen: list[list[str]] = []
    trail = Trail(ahead=lambda looks: seen.append([look.command_id for look in looks]))
    jobs = [Foreseen(trail.job("a"), (Look("c1"),)), trail.job("b"), Foreseen(trail.job("c"), (Look("c2"), Look("c3")))]
    assert trail.together(*jobs) == ["done a", "done b", "done c"]
    assert seen == [[], ["c1", "c2", "c3"]]


def test_a_group_that_cannot_look_ahead_is_told_so_once() -> None:
    """The lock is taken then: each by itself would wait for it as long again."""
    error = OSError("busy")

    def ahead(looks: Sequence[Look]) -> None:
        if looks:
            raise error

    trail = Trail(ahead=ahead)
    assert trail.together(Foreseen(trail.job("a"), (Look("c1"),)), trail.job("b")) == [error, error]
    assert trail.steps == ["begin", "commit", "begin", "undo"]


def test_a_failed_commit_reaches_everyone_as_it_is_and_nothing_is_tried_again() -> None:
    error = OSError("the disk")
    trail = Trail(commit=error)
    assert trail.together(trail.job("a"), trail.job("b")) == [error, error]
    assert trail.steps == ["begin", "commit", "begin", "a", "b"]


def test_a_lock_that_is_not_to_be_had_is_waited_for_once() -> None:
    error = OSError("busy")
    trail = Trail(begin=error)
    assert trail.together(trail.job("a"), trail.job("b")) == [error, error]
    assert trail.steps == ["begin", "commit", "no begin"]


def test_where_there_is_no_room_a_command_is_turned_away() -> None:
    trail = Trail(room=1, longest=0.0)
    trail.hold()
    first = trail.queue.hand_in(trail.job("a"))
    with pytest.raises(Problems) as caught:
        trail.queue.hand_in(trail.job("b"))
    assert [problem.code for problem in caught.value.problems] == ["store-busy"]
    assert str(caught.value.problems[0].message) == "1 commands are waiting to be recorded; this one was not taken"
    trail.gate.set()
    assert first.result(LONG_ENOUGH) == "done a"
    trail.queue.close()
    assert trail.steps == ["begin", "commit", "begin", "a", "commit"]


def test_whoever_waits_for_room_gets_it() -> None:
    trail = Trail(room=1)
    trail.hold()
    trail.queue.hand_in(trail.job("a"))
    with ThreadPoolExecutor() as threads:
        later = threads.submit(lambda: trail.queue.hand_in(trail.job("b")).result())
        trail.gate.set()
        assert later.result(LONG_ENOUGH) == "done b"
    trail.queue.close()


def test_a_closed_queue_finishes_what_waits_and_takes_nothing_more() -> None:
    trail = Trail()
    assert trail.together(trail.job("a")) == ["done a"]
    assert not trail.queue.writer.is_alive()
    with pytest.raises(Problems) as caught:
        trail.queue.hand_in(trail.job("b"))
    assert [problem.code for problem in caught.value.problems] == ["store-closed"]
    assert "b" not in trail.steps


def test_whoever_gives_up_before_their_turn_has_done_nothing() -> None:
    trail = Trail()
    trail.hold()
    one, two = trail.queue.hand_in(trail.job("a")), trail.queue.hand_in(trail.job("b"))
    assert one.cancel()
    trail.gate.set()
    assert two.result(LONG_ENOUGH) == "done b"
    trail.queue.close()
    assert trail.steps == ["begin", "commit", "begin", "b", "commit"]


# --- the log ---------------------------------------------------------------------------------------------------------


def test_threads_share_one_log(log: SharedLog) -> None:
    with ThreadPoolExecutor(8) as threads:
        orders = [batch(f"c{number}", write(f"entity:k/{number}", 0, status())) for number in range(40)]
        outcomes = list(threads.map(log.append, orders))
    assert sorted(outcome.first for outcome in outcomes) == list(range(1, 41))
    for order, outcome in zip(orders, outcomes, strict=True):
        assert log.outcome(order.command_id, order.digest) == outcome
        assert [record.command_id for record in log.scan(outcome.first - 1, outcome.last)] == [order.command_id]
    assert log.checkpoint("tally") == log.head() == 40


def test_every_decoder_is_made_before_there_are_threads(log: SharedLog) -> None:
    """Two threads that make one at the same moment crash msgspec: seen once in 24 runs on a busy machine."""
    assert set(log._codec._decoders) >= set(TOPICS)


def test_a_command_given_twice_at_once_is_written_once(log: SharedLog) -> None:
    order = batch("c1", write("entity:k/a", 0, status()))
    with ThreadPoolExecutor(8) as threads:
        assert {outcome.first for outcome in threads.map(log.append, [order] * 16)} == {1}
    assert log.head() == 1


def test_refusals_are_remembered_too(log: SharedLog) -> None:
    assert log.refuse(refusal("c1")) == refusal("c1")
    assert log.append(batch("c1", write("entity:k/a", 0, status()))) == refusal("c1")
    with pytest.raises(CommandReused):
        log.append(batch("c1", digest="another"))


def test_what_may_not_be_stored_does_not_reach_the_writer(log: SharedLog) -> None:
    with pytest.raises(Problems) as caught:
        log.append(batch("c1", write("entity:k/a", 0, finding("\x00"))))
    assert [problem.code for problem in caught.value.problems] == ["invalid-event"]
    assert log.head() == 0


def test_many_can_be_handed_in_before_the_first_is_waited_for(log: SharedLog) -> None:
    waiting = [log.hand_in(batch(f"c{n}", write("entity:k/a", n, status()))) for n in range(50)]
    assert [each.result(LONG_ENOUGH).first for each in waiting] == list(range(1, 51))


def test_work_done_alone_decides_on_what_nobody_can_change(log: SharedLog) -> None:
    """P-07 without a single conflict: each load and append is within the writer's own transaction."""

    def increment(name: str) -> Outcome:
        stand = log.version("entity:k/a")
        number = int(log.read("entity:k/a", stand - 1)[0].event.reason) if stand else 0
        return log.append(batch(name, write("entity:k/a", stand, status(str(number + 1)))))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda n: log.alone(lambda: increment(f"c{n}")), range(60)))
    assert [int(record.event.reason) for record in log.read("entity:k/a")] == list(range(1, 61))


def test_work_done_alone_sees_what_it_wrote_and_nobody_else_does_yet(log: SharedLog) -> None:
    seen: list[Any] = []

    def work() -> None:
        log.append(batch("c1", write("entity:k/a", 0, status())))
        log.put_person("p1", b"sealed")
        with ThreadPoolExecutor(1) as elsewhere:
            seen.extend([log.rows("tally"), log.head(), elsewhere.submit(log.head).result()])

    log.alone(work)
    assert seen == [{"entity:k/a": [1, "operating_status_changed.v1", 1]}, 1, 0]
    assert (log.head(), log.person("p1")) == (1, b"sealed")


def test_work_that_breaks_after_its_append_leaves_nothing(log: SharedLog) -> None:
    def broken() -> None:
        log.append(batch("c1", write("entity:k/a", 0, status())))
        raise ValueError("afterwards")

    with pytest.raises(ValueError, match="afterwards"):
        log.alone(broken)
    assert (log.head(), log.outcome("c1", "digest of c1")) == (0, None)


def test_a_store_that_fails_says_so_to_each_who_writes(tmp_path: Path) -> None:
    """A table that is gone breaks the write itself: the problem is the store's own, and later commands go on."""
    log = shared(tmp_path / "campaign.db")
    log.append(batch("c1", write("entity:k/a", 0, status())))
    with closing(tables(tmp_path / "campaign.db")) as other:
        other._connection.execute("ALTER TABLE commands RENAME TO gone")
        with pytest.raises(Problems) as caught:
            log.append(batch("c2", write("entity:k/a", 1, status())))
        assert [problem.code for problem in caught.value.problems] == ["store-damaged"]
        other._connection.execute("ALTER TABLE gone RENAME TO commands")
    assert log.append(batch("c2", write("entity:k/a", 1, status()))).first == 2
    log.close()


def test_a_connection_that_goes_time_and_again_loses_and_doubles_nothing() -> None:
    """P-03 for group commit on PostgreSQL: each who waits asks what came of their own command."""
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'test%'"
    server, cuts = quick(), 0
    for dsn in database():
        with closing(on_postgres(dsn)) as log, ThreadPoolExecutor(8) as threads:
            orders = [batch(f"c{number}", write(f"entity:k/{number}", 0, status())) for number in range(80)]
            waiting = [threads.submit(log.append, order) for order in orders]
            for each in waiting[::4]:
                each.result(LONG_ENOUGH)
                cuts += len(server.sql(cut))
            firsts = [each.result(LONG_ENOUGH).first for each in waiting]
            assert cuts > 8
            assert sorted(firsts) == list(range(1, 81))
            assert [record.command_id for record in log.scan()] == [orders[i].command_id for i in order_of(firsts)]


def test_an_error_on_leaving_a_pipeline_does_not_cover_up_that_the_connection_went() -> None:
    psycopg = pytest.importorskip("psycopg", reason="not run: psycopg missing")
    from campaign.store.postgres_faults import is_lost  # noqa: PLC0415 -- an extra

    covering = psycopg.OperationalError("cannot exit pipeline mode while busy")
    assert not is_lost(covering, broken=False)
    covering.__context__ = ValueError("between")
    covering.__context__.__context__ = psycopg.errors.AdminShutdown("terminating connection")
    assert is_lost(covering, broken=False)


def order_of(positions: list[int]) -> list[int]:
    return sorted(range(len(positions)), key=positions.__getitem__)


def test_the_tables_of_a_thread_go_with_it(log: SharedLog) -> None:
    before = len(log._opened)
    reader = Thread(target=log.head)
    reader.start()
    reader.join()
    del reader
    gc.collect()
    assert len(log._opened) == before


# --- any commands from any threads -----------------------------------------------------------------------------------

STREAMS = ["entity:k/a", "entity:k/b"]
orders = st.lists(
    st.tuples(st.sampled_from(["c1", "c2", "own"]), st.lists(st.sampled_from(STREAMS), max_size=3), st.booleans()),
    max_size=6,
)


def carry_out(log: SharedLog, who: int, plan: list[tuple[str, list[str], bool]]) -> list[tuple[Batch, Outcome]]:
    """Give commands in turn, some under an id that others use too; reload after each conflict."""
    done: list[tuple[Batch, Outcome]] = []
    for number, (name, streams, refused) in enumerate(plan):
        command = f"{who}-{number}" if name == "own" else name
        while True:
            try:
                if refused:
                    done.append((batch(command), log.refuse(refusal(command))))
                    break
                standing = {stream: log.version(stream) for stream in streams}
                made = batch(command, *(write(stream, standing[stream], status()) for stream in standing))
                done.append((made, log.append(made)))
                break
            except Conflict:
                continue
    return done


@settings(max_examples=25, deadline=None)
@given(plans=st.lists(orders, min_size=2, max_size=6))
def test_any_threads_come_to_what_some_order_of_their_commands_comes_to(
    plans: list[Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("threads") / "campaign.db"
    with closing(shared(path)) as log, ThreadPoolExecutor(len(plans)) as threads:
        done = [each for told in threads.map(partial(carry_out, log), range(len(plans)), plans) for each in told]
        records = list(log.scan())
        rows = log.rows("tally")
    first = {outcome.command_id: (made, outcome) for made, outcome in done}
    assert all(outcome == first[outcome.command_id][1] for _, outcome in done)
    again = MemoryLog([Tally(), Actors()], Clock())
    written = sorted(record.command_id for record in records)
    acknowledged = {name: outcome for name, (_, outcome) in first.items() if outcome.first}
    assert written == sorted(
        name for name, outcome in acknowledged.items() for _ in range(outcome.first, outcome.last + 1)
    )
    for name, outcome in sorted(acknowledged.items(), key=lambda item: item[1].first):
        made = next(made for made, told in done if told.command_id == name and _same(made, outcome, records))
        assert again.append(made) == outcome
    assert again.rows("tally") == rows


def _same(made: Batch, outcome: Outcome, records: list[Any]) -> bool:
    """Whether MADE is the command that was written, and not one of the same id that came later."""
    wrote = [(record.stream, record.version) for record in records[outcome.first - 1 : outcome.last]]
    return [(each.stream, each.expected + 1) for each in made.writes] == wrote


# --- killed ----------------------------------------------------------------------------------------------------------


def test_a_killed_program_has_all_that_its_threads_were_told(tmp_path: Path) -> None:
    """P-01, P-02 for group commit: kill -9 while eight threads write."""
    path = tmp_path / "campaign.db"
    SqliteLog(path, [], Clock()).close()
    told: list[str] = []
    for turn in range(5):
        with subprocess.Popen(
            [sys.executable, WORKER, path, "grouped", f"w{turn}", "8"], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            told += [process.stdout.readline().strip() for _ in range(7 + 20 * turn)]
            process.kill()
            told += process.stdout.read().split()
        with closing(SqliteLog(path, [], Clock(), read_only=True)) as log:
            there = {record.command_id for record in log.scan()}
        assert set(told) <= there
    assert len(told) == len(set(told)) > 200
    assert torn_or_lost(path, told) == ([], [])


def test_a_queue_that_answers_before_the_commit_would_lose_what_it_told(tmp_path: Path) -> None:
    """Control: told within the transaction, and killed there."""
    path = tmp_path / "campaign.db"
    SqliteLog(path, [], Clock()).close()
    with subprocess.Popen(
        [sys.executable, WORKER, path, "hasty", "w"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        told = process.stdout.readline().strip()
        process.kill()
    assert torn_or_lost(path, [told])[0] == [told]


@needs_strace
@pytest.mark.parametrize("seed", [None, 1])
def test_a_power_cut_leaves_every_command_of_a_group_whole_or_absent(tmp_path: Path, seed: int | None) -> None:
    """P-01, P-02: commands that share a commit are told after it; unsynced writes are gone, or there in part."""
    home = tmp_path / "home"
    home.mkdir()
    path = home / "campaign.db"
    SqliteLog(path, [], now).close()
    start = read(home)
    command = [sys.executable, str(WORKER), str(path), "bunches", "b", "6", "8"]
    states = list(cuts(start, record(command, tmp_path / "trace", home), seed))
    assert len(states[-1].told) == 48
    chosen = states[:: max(1, len(states) // 60)]
    assert len({len(cut.told) for cut in chosen}) > 4
    for cut in chosen:
        assert after(cut, tmp_path / "again") == ([], [])
