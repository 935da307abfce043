"""What PostgreSQL adds to the contract: the server's own guards and clock, and readers that are woken."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from store.cluster import Cluster
from store.kit import Actors, Clock, OnPostgres, Tally, batch, refusal, status, write

from campaign.problems import Problems
from campaign.store.copying import copy
from campaign.store.log import Conflict, Look
from campaign.store.postgres import PostgresLog
from campaign.store.sqlite import SqliteLog

E1, E2 = "entity:jl2005/faw", "entity:jl2005/oilfield"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[OnPostgres]:
    made = OnPostgres(tmp_path)
    yield made
    made.close()


def sql(store: OnPostgres, statement: str) -> list[tuple[object, ...]]:
    return store.server.sql(statement, store.database)


# --- the log only grows --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["events", "streams", "commands", "checkpoints"])
@pytest.mark.parametrize(
    "statement", ["DELETE FROM {table}", "TRUNCATE {table}", "UPDATE {table} SET {column} = {column}"]
)
def test_what_lasts_is_neither_changed_nor_deleted_even_by_the_owner(
    store: OnPostgres, table: str, statement: str
) -> None:
    store.open().append(batch("c1", write(E1, 0, status())))
    column = {"events": "topic", "streams": "name", "commands": "digest", "checkpoints": "note"}[table]
    with pytest.raises(psycopg.errors.RestrictViolation, match="the log only grows"):
        sql(store, statement.format(table=table, column=column))


EVENT = "INSERT INTO events VALUES ({}, {}, {}, 't', '', '', '', '', 'x', 0, NULL, '', '')"


@pytest.mark.parametrize(
    ("values", "what"),
    [
        ((3, 1, 2), "a position"),
        ((0, 1, 2), "a position"),
        ((2, 1, 3), "a version"),
        ((2, 7, 1), "a version"),
        ((2, 1, 1), "duplicate key"),
        ((1, 1, 2), "duplicate key"),
    ],
)
def test_an_event_written_by_hand_must_continue_the_log(
    store: OnPostgres, values: tuple[int, int, int], what: str
) -> None:
    store.open().append(batch("c1", write(E1, 0, status())))
    with pytest.raises(psycopg.errors.IntegrityError, match=what):
        sql(store, EVENT.format(*values))
    sql(store, EVENT.format(2, 1, 2))
    assert store.open([]).head() == 2


def test_an_insert_of_nothing_is_let_pass(store: OnPostgres) -> None:
    sql(store, "INSERT INTO events SELECT * FROM events")
    assert store.open().head() == 0


# --- without views: one round trip, every check the database's own -------------------------------------------------


def test_the_database_itself_checks_what_a_command_rests_on(store: OnPostgres) -> None:
    log = store.open([])
    log.append(batch("c1", write(E1, 0, status()), write(E2, 0, status(), status())))
    with pytest.raises(Conflict, match=f"{E2} stands at 2, not 1"):
        log.append(batch("c2", write(E1, 1, status()), write(E2, 1, status())))
    assert log.refuse(refusal("c3")) == refusal("c3")
    assert log.append(batch("c3", write(E1, 1, status()))) == refusal("c3")
    assert (log.head(), log.streams()) == (3, [E1, E2])


def test_the_function_does_not_let_the_account_be_chosen(store: OnPostgres) -> None:
    sql(store, "CREATE ROLE li LOGIN")
    sql(store, "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO li")
    sql(store, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO li")
    sql(store, "INSERT INTO reach VALUES ('li', 'entity:jl2005/', 'jl2005')")
    sql(store, "INSERT INTO speaks VALUES ('li', 'li.wei', 'jl2005')")
    try:
        log = PostgresLog(store.server.dsn(store.database, "li"), [], store.clock)
        log.append(batch("c1", write(E1, 0, status()), account="os:root"))
        log.close()
        assert [record.account for record in store.open().scan()] == ["db:li"]
    finally:
        sql(store, "DROP OWNED BY li")
        sql(store, "DROP ROLE li")


# --- time ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("views", [[], [Tally()]])
def test_the_servers_clock_records_unless_an_instant_is_chosen(store: OnPostgres, views: list[Tally]) -> None:
    def nothing() -> None:
        return None

    log = store.open(views, clock=nothing)
    log.append(batch("c1", write(E1, 0, status())))
    first = log.last_recorded_at()
    assert first is not None
    assert abs(datetime.now(UTC) - first) < timedelta(minutes=1)
    ahead = store.open(views, clock=lambda: first + timedelta(days=1))
    ahead.append(batch("c2", write(E1, 1, status())))
    log.refuse(refusal("c4"))
    log.append(batch("c3", write(E1, 2, status())))
    assert [record.recorded_at - first for record in log.scan()] == [timedelta(), timedelta(days=1), timedelta(days=1)]


# --- many at once --------------------------------------------------------------------------------------------------


def test_no_update_is_lost_between_writers_of_one_stream(store: OnPostgres) -> None:
    """P-07 in small: each adds 20 to one stream, deciding again at each conflict."""

    def work(name: int) -> None:
        log = store.make([Tally()], store.clock)
        for number in range(20):
            while True:
                try:
                    log.append(batch(f"c{name}.{number}", write(E1, log.version(E1), status())))
                except Conflict:
                    continue
                break
        log.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    log = store.open([Tally()])
    assert [record.version for record in log.read(E1)] == list(range(1, 81))
    assert log.row("tally", E1)[0] == 80


def test_a_reader_that_follows_misses_no_position_and_is_woken(store: OnPostgres) -> None:
    """P-06 in small: positions become visible in their own order."""
    reader = store.open([])
    seen: list[int] = []

    def write_some(name: int) -> None:
        log = store.make([Actors()] if name % 2 else [], store.clock)
        for number in range(25):
            log.append(batch(f"c{name}.{number}", write(f"entity:jl2005/{name}", number, status())))
        log.close()

    with ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(write_some, name) for name in range(4)]

        def wait() -> bool:
            done = all(writer.done() for writer in writers)
            reader.stirred(0 if done else 0.2)
            return not done or len(seen) < 100

        for record in reader.follow(0, wait):
            seen.append(record.position)  # noqa: PERF401 -- wait looks at what was seen so far
        for writer in writers:
            writer.result()
    assert seen == list(range(1, 101))


def test_who_waits_is_woken_by_a_commit_and_not_by_a_refusal(store: OnPostgres) -> None:
    reader, log = store.open([]), store.open()
    assert reader.stirred(0)  # whatever came before it listened
    assert not reader.stirred(0)
    log.refuse(refusal("c1"))
    assert not reader.stirred(0)
    woken = threading.Event()

    def listen() -> None:
        if reader.stirred(30):
            woken.set()

    thread = threading.Thread(target=listen)
    thread.start()
    log.append(batch("c2", write(E1, 0, status())))
    thread.join()
    assert woken.is_set()


def test_who_waits_too_long_for_the_lock_is_told_that_the_store_is_busy(store: OnPostgres) -> None:
    log, other = store.open(), store.open(timeout=0.05)
    with log._tables.writing():
        log._tables.foresee([Look("c1", (E1,))])
        with pytest.raises(Problems, match="store-busy"):
            other.append(batch("c2", write(E1, 0, status())))
    other.append(batch("c2", write(E1, 0, status())))
    assert other.head() == 1


def test_after_a_copy_the_server_knows_how_much_it_holds(store: OnPostgres, tmp_path: Path) -> None:
    """Else it plans the reading of millions as that of nothing until it counts by itself."""
    with closing(SqliteLog(tmp_path / "old.db", [], Clock())) as source:
        source.append(batch("c1", *(write(f"entity:jl2005/e{number}", 0, status()) for number in range(50))))
        copy(source, store.open([]))
    counted = "SELECT reltuples FROM pg_class WHERE oid IN ('events'::regclass, 'streams'::regclass) ORDER BY 1"
    assert sql(store, counted) == [(50.0,), (50.0,)]


def test_a_copy_does_not_fail_while_somebody_vacuums(store: OnPostgres, tmp_path: Path) -> None:
    with closing(SqliteLog(tmp_path / "old.db", [], Clock())) as source, psycopg.connect(store.dsn) as other:
        source.append(batch("c1", write(E1, 0, status())))
        target = store.open([Tally()], timeout=0.05)
        other.execute("LOCK TABLE events IN SHARE UPDATE EXCLUSIVE MODE")
        assert copy(source, target).records == 1
        assert target.checkpoint("tally") == 1


# --- a replica -----------------------------------------------------------------------------------------------------


@pytest.fixture
def replicated(tmp_path: Path) -> Iterator[tuple[OnPostgres, Cluster]]:
    """A store whose commits wait until the replica shows them."""
    primary = Cluster("fsync=off", "synchronous_commit=remote_apply")
    replica = Cluster("fsync=off", source=primary)
    primary.sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
    primary.sql("SELECT pg_reload_conf()")
    store = OnPostgres(tmp_path, lambda: primary)
    yield store, replica
    for log in store.opened:
        log.close()
    replica.close()
    primary.close()


def test_a_replica_is_read_and_says_that_it_may_not_be_written(replicated: tuple[OnPostgres, Cluster]) -> None:
    store, replica = replicated
    log = store.open([Tally()])
    log.append(batch("c1", write(E1, 0, status(), status())))
    dsn = replica.dsn(store.database)
    reader = PostgresLog(dsn, [Tally()], store.clock, read_only=True)
    assert [record.position for record in reader.scan()] == [1, 2]
    assert reader.row("tally", E1)[0] == 2
    assert reader.about().standby
    assert not log.about().standby
    reader.close()
    writer = PostgresLog(dsn, [Tally()], store.clock)
    with pytest.raises(Problems, match=r"store-read-only.*target_session_attrs=read-write"):
        writer.append(batch("c2", write(E1, 2, status())))
    writer.close()
    either = f"postgresql://owner@127.0.0.1:{replica.port},127.0.0.1:{store.server.port}/{store.database}"
    writer = PostgresLog(f"{either}?target_session_attrs=read-write", [Tally()], store.clock)
    assert writer.append(batch("c2", write(E1, 2, status()))).first == 3
    store.server.stop("immediate")
    replica.promote()
    assert writer.append(batch("c3", write(E1, 3, status()))).first == 4
    assert [record.command_id for record in writer.scan()] == ["c1", "c1", "c2", "c3"]
    writer.close()
