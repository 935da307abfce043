"""P-03 and P-04 on PostgreSQL: an answer that was lost is asked for by the command id, and never guessed."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from store.cluster import Cluster
from store.kit import Clock, OnPostgres, Tally, batch, refusal, status, write
from store.proxy import Proxy

from campaign.problems import Problems
from campaign.store.log import CommandReused, Conflict, Look
from campaign.store.postgres import PostgresLog
from campaign.store.postgres_connect import Patience

E1 = "entity:jl2005/faw"
COMMIT = b"COMMIT\0"  # BEGIN says COMMITTED
APPEND = b"append_"


class Way:
    """A log that reaches its server through a proxy, and one that goes straight there."""

    def __init__(self, store: OnPostgres) -> None:
        self.store = store
        self.proxy = Proxy(store.server.port)
        self.paused: list[float] = []
        self.views = [Tally()]

    def open(self, tries: int = 4, pause: Callable[[float], None] | None = None, *, views: bool = True) -> PostgresLog:
        dsn = f"postgresql://owner@127.0.0.1:{self.proxy.port}/{self.store.database}"
        patience = Patience(tries, pause=pause or self.paused.append, chance=lambda: 1.0)
        log = PostgresLog(dsn, self.views if views else [], self.store.clock, patience=patience)
        self.store.opened.append(log)
        return log


@pytest.fixture
def way(tmp_path: Path) -> Iterator[Way]:
    made = Way(OnPostgres(tmp_path))
    yield made
    made.proxy.close()
    made.store.close()


@pytest.mark.parametrize("views", [True, False])
@pytest.mark.parametrize("loss", ["lose_answer", "lose_request"])
def test_a_commit_whose_answer_was_lost_is_told_as_what_it_came_to(way: Way, loss: str, *, views: bool) -> None:
    log = way.open(views=views)
    log.append(batch("c1", write(E1, 0, status())))
    setattr(way.proxy, loss, COMMIT if views else APPEND)
    outcome = log.append(batch("c2", write(E1, 1, status())))
    assert (outcome.accepted, outcome.first, outcome.last, way.proxy.lost) == (True, 2, 2, 1)
    assert way.store.open().head() == 2
    assert len(way.paused) == 1


def test_a_connection_that_went_before_anything_was_sent_is_made_again(way: Way) -> None:
    log = way.open()
    log.append(batch("c1", write(E1, 0, status())))
    way.proxy.lose_request = b"take_stance"
    assert log.append(batch("c2", write(E1, 1, status()))).first == 2
    assert log.row("tally", E1)[0] == 2


def test_a_refusal_whose_answer_was_lost_is_remembered_once(way: Way) -> None:
    log = way.open()
    way.proxy.lose_answer = APPEND
    assert log.refuse(refusal("c1")) == refusal("c1")
    assert log.append(batch("c1", write(E1, 0, status()))) == refusal("c1")


def test_a_lost_command_that_somebody_overtook_is_a_conflict(way: Way) -> None:
    other = way.store.open()

    def overtake(seconds: float) -> None:
        way.paused.append(seconds)
        other.append(batch("other", write(E1, 0, status())))

    log = way.open(pause=overtake)
    way.proxy.lose_request = COMMIT
    with pytest.raises(Conflict, match="stands at 1, not 0"):
        log.append(batch("c1", write(E1, 0, status())))


def test_a_lost_answer_of_another_command_under_the_same_id_is_no_answer(way: Way) -> None:
    other = way.store.open()

    def take_the_id(seconds: float) -> None:
        del seconds
        other.append(batch("c1", write(E1, 0, status()), digest="of another"))

    log = way.open(pause=take_the_id)
    way.proxy.lose_request = COMMIT
    with pytest.raises(CommandReused):
        log.append(batch("c1", write(E1, 0, status())))


def test_when_nobody_can_be_asked_the_outcome_is_unknown_and_the_remedy_names_the_id(way: Way) -> None:
    def go_down(seconds: float) -> None:
        way.proxy.down = True
        way.paused.append(seconds)

    log = way.open(pause=go_down)
    way.proxy.lose_answer = COMMIT
    with pytest.raises(Problems, match="outcome-unknown") as caught:
        log.append(batch("c1", write(E1, 0, status())))
    assert "--command-id c1" in str(caught.value.problems[0].fix)
    assert way.paused == [0.05, 0.1, 0.2]
    way.proxy.down = False
    again = way.open()
    assert again.append(batch("c1", write(E1, 0, status()))).first == 1
    assert again.head() == 1


def test_when_nothing_was_sent_nothing_is_in_doubt(way: Way) -> None:
    log = way.open()
    way.proxy.down = True
    way.proxy.lose_request, way.proxy.times = b"BEGIN", 9
    with pytest.raises(Problems, match="store-unreachable"):
        log.append(batch("c1", write(E1, 0, status())))
    assert way.store.open().head() == 0


def test_a_read_is_given_once_more_on_a_new_connection(way: Way) -> None:
    log = way.open()
    log.append(batch("c1", write(E1, 0, status())))
    way.proxy.lose_request = b"log_tip"
    assert log.head() == 1
    way.proxy.lost, way.proxy.times = 0, 9
    with pytest.raises(Problems, match="store-unreachable"):
        log.head()


def test_work_is_insisted_on_until_the_connection_holds(way: Way) -> None:
    log = way.open()
    way.proxy.lose_request, way.proxy.times = b"log_tip", 3
    assert log.insist(log.head) == 0
    assert (way.proxy.lost, way.paused) == (3, [0.05])


def test_a_server_that_was_restarted_is_found_again(tmp_path: Path) -> None:
    server = Cluster("fsync=off")
    try:
        store = OnPostgres(tmp_path, lambda: server)
        log = store.open([Tally()])
        log.append(batch("c1", write(E1, 0, status())))
        server.stop("immediate")
        server.start()
        assert log.row("tally", E1)[0] == 1
        server.stop("immediate")
        server.start()
        log.append(batch("c2", write(E1, 1, status())))
        assert log.row("tally", E1)[0] == 2
        log.close()
    finally:
        server.close()


@pytest.mark.parametrize("loss", ["LISTEN", "VACUUM", "COPY events"])
def test_whatever_else_was_under_way_when_the_connection_went_is_told_as_unreachable(way: Way, loss: str) -> None:
    log = way.open()
    log.append(batch("c1", write(E1, 0, status())))
    way.proxy.lose_request = loss.encode()

    (kept,) = log.scan_rows()

    def copied() -> None:
        with log._tables.writing():
            log._tables.copy([(2, E1, 2, *kept[3:8], "c2", *kept[9:])])

    acts = {"LISTEN": lambda: log.stirred(1), "VACUUM": lambda: log.erase_person("p1"), "COPY events": copied}
    with pytest.raises(Problems, match="store-unreachable"):
        acts[loss]()
    assert (way.proxy.lost, log.head()) == (1, 1)


# --- a standby that does not answer --------------------------------------------------------------------------------


@pytest.fixture
def waiting(tmp_path: Path) -> Iterator[OnPostgres]:
    """A store whose server waits for a standby that there is not."""
    store = OnPostgres(tmp_path)
    store.server.sql(f"ALTER DATABASE {store.database} SET synchronous_commit = on")
    store.server.sql("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
    store.server.sql("SELECT pg_reload_conf()")
    yield store
    released(store)
    store.close()


def released(store: OnPostgres) -> None:
    store.server.sql("ALTER SYSTEM RESET synchronous_standby_names")
    store.server.sql("SELECT pg_reload_conf()")


@pytest.mark.parametrize("views", [True, False])
def test_a_commit_that_the_standby_does_not_confirm_is_unknown_until_it_does(
    waiting: OnPostgres, *, views: bool
) -> None:
    """PostgreSQL reports success with a warning; a retry must not take the local row for an answer either."""
    kept = [Tally()] if views else []
    log = waiting.open(kept, timeout=0.3)
    made = batch("c1", write(E1, 0, status()))
    for _ in range(2):
        with pytest.raises(Problems, match=r"outcome-unknown.*standby"):
            log.append(made)
        with pytest.raises(Problems, match="outcome-unknown"):
            log.outcome("c1", made.digest)
    assert waiting.open([], read_only=True).outcome("c1", made.digest) is not None
    released(waiting)
    assert waiting.open(kept, clock=Clock()).append(made).first == 1
    assert log.outcome("c1", made.digest) is not None
    assert log.head() == 1


@pytest.mark.parametrize("committing", [True, False])
def test_interrupted_while_the_standby_is_waited_for_it_is_unknown_and_before_that_merely_interrupted(
    waiting: OnPostgres, *, committing: bool
) -> None:
    """P-04: Ctrl-C in the wait leaves a commit behind that may be lost."""
    log, holder = waiting.open([Tally()], timeout=60), waiting.open([])
    state = "SyncRep" if committing else "advisory"
    seen = f"SELECT 1 FROM pg_stat_activity WHERE datname = '{waiting.database}' AND wait_event = '{state}'"  # noqa: S608 -- names of the test's own

    def interrupt() -> None:
        while not waiting.server.sql(seen):
            pass
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    made = batch("c1", write(E1, 0, status()))
    interrupter = threading.Thread(target=interrupt)
    with ExitStack() as held:
        if not committing:
            held.enter_context(holder._tables.writing())
            holder._tables.foresee([Look("other")])
        interrupter.start()
        with pytest.raises(Problems if committing else KeyboardInterrupt) as caught:
            log.append(made)
    interrupter.join()
    assert ("outcome-unknown" in str(caught.value)) == committing
    released(waiting)
    assert waiting.open([Tally()]).append(made).first == 1
