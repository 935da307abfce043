"""The append functions: what they write by themselves, whatever they are called with, and whom they let be woken."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path
from threading import Event
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store.cluster import database
from store.kit import DAY, Clock, OnPostgres, Tally, batch, finding, refusal, status, write

from campaign.domain.events import TOPIC_OF, OperatingStatusChanged
from campaign.store.engine import Engine
from campaign.store.log import Conflict, Guard, Look, Outcome, Row
from campaign.store.postgres_arrays import blobs, flags, numbers, teach, texts
from campaign.store.postgres_shared import SharedPostgresLog
from campaign.store.postgres_turn import MANY, ONE, Appending, Command, Guarded, Statement
from campaign.store.postgres_work import MOST

E1, E2, E3 = "entity:jl2005/faw", "entity:jl2005/oilfield", "entity:jl2005/chemical"
TOPIC = TOPIC_OF[OperatingStatusChanged]


@pytest.fixture(scope="module")
def server() -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    for dsn in database():
        with psycopg.connect(dsn, autocommit=True) as connection:
            teach(connection.adapters)
            yield connection


@pytest.fixture
def store(tmp_path: Path) -> Iterator[OnPostgres]:
    made = OnPostgres(tmp_path)
    yield made
    made.close()


def row(stream: str, version: int, command: str) -> Row:
    names = ("li.wei", "statistician", command)
    return (0, stream, version, TOPIC, "", DAY.isoformat(), *names, None, "", b"{}")


def told(command: str) -> Outcome:
    return Outcome(command, "d", accepted=True, result=b"{}")


def ask(store: OnPostgres, query: str, values: Sequence[object]) -> tuple[Any, ...]:
    """Call a function as any client may; return its answer."""
    with psycopg.connect(store.dsn, autocommit=True) as connection:
        teach(connection.adapters)
        answer = connection.execute(query, values).fetchone()  # type: ignore[arg-type] # a constant of the program
        assert answer is not None
        return answer


def call(store: OnPostgres, appending: Appending) -> tuple[Any, ...]:
    """Call the function that APPENDING takes; return its answer."""
    return ask(store, *appending.statement())


# --- arrays --------------------------------------------------------------------------------------------------------

TEXTS = st.lists(st.none() | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
NUMBERS = st.lists(st.none() | st.integers(-(2**63), 2**63 - 1))


@settings(max_examples=60)
@given(words=TEXTS, counts=NUMBERS, bodies=st.lists(st.binary()), truths=st.lists(st.booleans()))
def test_arrays_arrive_as_they_were_sent(
    server: psycopg.Connection[tuple[Any, ...]],
    words: list[str | None],
    counts: list[int | None],
    bodies: list[bytes],
    truths: list[bool],
) -> None:
    query = "SELECT %s::text[], %s::bigint[], %s::bytea[], %s::boolean[]"
    found = server.execute(query, (texts(words), numbers(counts), blobs(bodies), flags(truths)), binary=True).fetchone()
    assert found == (words, counts, bodies, truths)


# --- which function, and that both say the same ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("appending", "function"),
    [
        (Appending([Command(told("c"), "", [row(E1, 1, "c")])]), ONE),
        (Appending([Command(told("c"), "", [row(E1, 1, "c")])], [Guarded(E2, 0)], [("v", "k", b"")], [("v", 1)]), ONE),
        (Appending([Command(told("c"), "", [row(E1, 1, "c")])], [Guarded(E2, 0), Guarded(E3, 0)]), MANY),
        (Appending([Command(told("c"), "", [row(E1, 1, "c")])], saved=[("v", "k", b""), ("v", "l", b"")]), MANY),
        (Appending([Command(told("c"), "", [row(E1, 1, "c")])], marked=[("v", 1)], settled=False), MANY),
        (Appending([Command(told("c"), "", [row(E1, 1, "c"), row(E1, 2, "c")])]), MANY),
        (Appending([Command(told("c"), "", [row(E1, 1, "c")]), Command(refusal("d"), "")]), MANY),
        (Appending([Command(refusal("c"), "")]), MANY),
    ],
)
def test_the_usual_command_takes_the_shorter_call(store: OnPostgres, appending: Appending, function: str) -> None:
    assert appending.statement()[0] == function
    assert call(store, appending)[0] == "written"


GUARDS = [
    (Guard(E2, 1), 3),
    (Guard(E2, 1, frozenset({TOPIC})), 3),
    (Guard(E2, 4, frozenset({"finding_raised.v1"})), 3),
    (Guard(E3, 1), 0),
]


@pytest.mark.parametrize("events", [1, 2])
@pytest.mark.parametrize(("guard", "actual"), GUARDS)
def test_a_guard_that_moved_is_a_conflict_in_one_round_trip(
    store: OnPostgres, events: int, guard: Guard, actual: int
) -> None:
    log = store.open([])
    log.append(batch("c1", write(E2, 0, status(), status(), status())))
    with pytest.raises(Conflict) as caught:
        log.append(batch("c2", write(E1, 0, *[status()] * events), guards=(guard,)))
    assert (caught.value.stream, caught.value.expected, caught.value.actual) == (guard.stream, guard.version, actual)
    assert (log.head(), log.streams()) == (3, [E2])


@pytest.mark.parametrize("events", [1, 2])
def test_what_came_later_of_other_topics_does_not_matter(store: OnPostgres, events: int) -> None:
    log = store.open([])
    log.append(batch("c1", write(E2, 0, status(), finding())))
    guard = Guard(E2, 1, frozenset({TOPIC}))
    assert log.append(batch("c2", write(E1, 0, *[status()] * events), guards=(guard,))).first == 3


@pytest.mark.parametrize("second", [1, 5])
def test_a_stream_that_is_written_twice_by_one_command_is_held_to_both(store: OnPostgres, second: int) -> None:
    log = store.open([])
    both = batch("c1", write(E1, 0, status()), write(E1, second, status()))
    if second == 1:
        assert log.append(both).last == 2
        return
    with pytest.raises(Conflict, match=f"{E1} stands at 1, not 5"):
        log.append(both)
    assert log.head() == 0


# --- whatever they are called with ------------------------------------------------------------------------------------


def test_a_conflict_in_the_last_run_leaves_nothing_not_even_a_name(store: OnPostgres) -> None:
    commands = [Command(told("c1"), "", [row(E1, 1, "c1")]), Command(told("c2"), "", [row(E2, 7, "c2")])]
    verdict, *_, stream, expected, actual, heard = call(store, Appending(commands))
    assert (verdict, stream, expected, actual, heard) == ("conflict", E2, 6, 0, False)
    log = store.open([])
    assert (log.head(), log.streams(), log.outcome("c1", "d")) == (0, [], None)


def test_one_command_of_a_group_that_is_known_stops_it(store: OnPostgres) -> None:
    call(store, Appending([Command(told("c1"), "", [row(E1, 1, "c1")])]))
    group = [Command(told("c2"), "", [row(E2, 1, "c2")]), Command(told("c1"), "", [row(E1, 2, "c1")])]
    verdict, digest, *_ = call(store, Appending(group))
    assert (verdict, digest, store.open([]).head()) == ("known", "d", 1)


STREAMS = st.sampled_from([E1, E2, E3])


@settings(max_examples=8, deadline=None)
@given(plan=st.lists(st.lists(STREAMS, max_size=5), min_size=1, max_size=5))
def test_a_group_is_written_as_its_commands_one_by_one_would_be(
    tmp_path_factory: pytest.TempPathFactory, plan: list[list[str]]
) -> None:
    store = OnPostgres(tmp_path_factory.mktemp("group"))
    try:
        stands = dict.fromkeys([E1, E2, E3], 0)
        commands = []
        for number, streams in enumerate(plan):
            rows = []
            for stream in streams:
                stands[stream] += 1
                rows.append(row(stream, stands[stream], f"c{number}"))
            commands.append(Command(told(f"c{number}"), "2005-08-17T00:00:00.000000Z", rows))
        call(store, Appending(commands, saved=[("v", "k", b"x"), ("v", "l", b"y")], marked=[("v", 1)], settled=False))
        log = store.open([])
        found = list(log.scan_rows())
        due = [(stream, f"c{number}") for number, streams in enumerate(plan) for stream in streams]
        assert [(each[1], each[8]) for each in found] == due
        assert [each[0] for each in found] == list(range(1, len(due) + 1))
        for stream in (E1, E2, E3):
            assert [each[2] for each in found if each[1] == stream] == list(range(1, stands[stream] + 1))
        _outcomes_hold(log, plan)
        assert store.server.sql("SELECT position FROM view_positions", store.database) == [(len(due),)]
    finally:
        store.close()


def _outcomes_hold(log: Engine, plan: Sequence[Sequence[str]]) -> None:
    done = 0
    for number, streams in enumerate(plan):
        span = (done + 1, done + len(streams)) if streams else (0, 0)
        known = log.outcome(f"c{number}", "d")
        assert known is not None
        assert (known.first, known.last) == span
        done += len(streams)


@pytest.mark.parametrize("tos", ["{1,1}", "{2,1}", "{0,2}", "{-1,2}"])
def test_a_run_without_events_is_refused(store: OnPostgres, tos: str) -> None:
    query, values = Appending([Command(told("c"), "", [row(E1, 1, "c"), row(E2, 1, "c")])]).statement()
    with pytest.raises(psycopg.errors.RestrictViolation, match="a run has events"):
        ask(store, query, [*values[:13], tos, *values[14:]])
    assert store.open([]).head() == 0


def test_more_events_than_there_are_bodies_are_none(store: OnPostgres) -> None:
    query, values = Appending([Command(told("c"), "", [row(E1, 1, "c"), row(E2, 1, "c")])]).statement()
    with pytest.raises(psycopg.errors.NotNullViolation):
        ask(store, query, [*values[:13], "{1,9}", *values[14:]])
    assert store.open([]).head() == 0


@pytest.mark.parametrize("call", [ONE, MANY])
def test_what_the_function_may_add_unseen_nobody_else_may_in_the_same_transaction(store: OnPostgres, call: str) -> None:
    rows = [row(E1, 1, "c")] if call == ONE else [row(E1, 1, "c"), row(E1, 2, "c")]
    query, values = Appending([Command(told("c"), "", rows)]).statement()
    assert query == call
    with psycopg.connect(store.dsn) as connection:
        teach(connection.adapters)
        connection.execute(query, values)  # type: ignore[arg-type] # a constant of the program
        with pytest.raises(psycopg.errors.RestrictViolation, match="a version is the last one"):
            connection.execute(
                "INSERT INTO events SELECT position + 2, stream, version + 5, topic, recorded_at, occurred_on, actor, "
                "role, 'x', command_index, causation, account, body FROM events ORDER BY position LIMIT 1"
                if call == MANY
                else "INSERT INTO events SELECT position + 1, stream, version + 5, topic, recorded_at, occurred_on, "
                "actor, role, 'x', command_index, causation, account, body FROM events"
            )


# --- who is woken --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("views", [[], [Tally()]])
def test_nobody_is_woken_where_nobody_said_that_they_listen(store: OnPostgres, views: list[Tally]) -> None:
    log = store.open(views)
    with psycopg.connect(store.dsn, autocommit=True) as silent:
        silent.execute("LISTEN campaign_log")
        log.append(batch("c1", write(E1, 0, status())))
        assert list(silent.notifies(timeout=0)) == []
        reader = store.open([])
        assert reader.stirred(0)
        log.append(batch("c2", write(E1, 1, status())))
        assert reader.stirred(30)
        assert [each.channel for each in silent.notifies(timeout=30, stop_after=1)] == ["campaign_log"]


def test_who_begins_to_listen_waits_for_a_commit_that_is_under_way(store: OnPostgres) -> None:
    """Else what was committed after the look and before the wait would wake nobody."""
    log, reader = store.open([Tally()]), store.open([], timeout=0.05)
    with log._tables.writing():
        log._tables.foresee([Look("c1", (E1,))])
        with pytest.raises(Exception, match="store-busy"):
            reader.stirred(0)
    assert reader.stirred(0)


# --- a group -------------------------------------------------------------------------------------------------------


def test_a_group_takes_two_round_trips(store: OnPostgres) -> None:
    inside, gate, sent = Event(), Event(), list[Sequence[Statement]]()

    def hold() -> None:
        link = log._tables.link  # type: ignore[attr-defined] # the writer's own
        send = link.send
        link.send = lambda statements: sent.append(statements) or send(statements)
        inside.set()
        assert gate.wait(30)

    with closing(SharedPostgresLog(store.dsn, [Tally()], Clock())) as log:
        log.append(batch("c0", write(E3, 0, status())))
        held = log.later(hold)
        assert inside.wait(30)
        orders = [batch(f"c{stream}", write(stream, 0, status(), status())) for stream in (E1, E2)]
        waiting: list[Future[Outcome]] = [log.hand_in(order) for order in orders]
        again = log.hand_in(batch("other", write(E1, 2, status())))
        gate.set()
        held.result(30)
        assert sorted(each.result(30).first for each in waiting) == [2, 4]
        assert again.result(30).first == 6
    assert [[query.split("(")[0].split()[-1] for query, _ in each] for each in sent] == [
        ["COMMITTED", "take_stance"],
        ["append_commands", "COMMIT"],
    ]


# --- a glance --------------------------------------------------------------------------------------------------------


def test_a_glance_answers_as_long_as_it_lasts_and_what_is_written_looks_for_itself(store: OnPostgres) -> None:
    log, other = store.open([Tally()]), store.open([Tally()])
    other.append(batch("c1", write(E1, 0, status())))
    ask, asked = log.tables.link.ask, list[str]()

    def heard(query: str, *values: object) -> list[Any]:
        asked.append(query)
        return ask(query, *values)

    log.tables.link.ask = heard  # type: ignore[method-assign] # listened to, and otherwise as it was
    with log.glancing(Look("c1", (E1,), (("tally", E1), ("tally", E2)))):
        other.append(batch("c2", write(E1, 1, status()), write(E2, 0, status())))
        assert (log.head(), log.row("tally", E1)[0], log.row("tally", E2)) == (1, 1, None)
        assert log._tables.outcome("c1") is not None
        assert len(asked) == 1
        with pytest.raises(Conflict):
            log.append(batch("c3", write(E1, 1, status())))
        assert log.append(batch("c3", write(E1, 2, status()))).first == 4
        assert log.head() == 4, "what this log writes ends the glance"
        with log._tables.writing(), log.glancing(Look("c4")):
            assert log.head() == 4
        assert log._tables.outcome("c2") is not None, "what was not looked at is asked for"
    assert (log.head(), log.row("tally", E1)[0], log.row("tally", E2)[0]) == (4, 3, 1)


def test_a_glance_within_another_leaves_that_as_it_is(store: OnPostgres) -> None:
    log, other = store.open([]), store.open([])
    with log.glancing(Look("c1")):
        other.append(batch("c1", write(E1, 0, status())))
        with log.glancing(Look("c1")):
            assert log.head() == 1
        assert log.head() == 0
    assert log.head() == 1


@pytest.mark.parametrize("views", [[], [Tally()]])
def test_a_glance_at_an_empty_store_finds_nothing(store: OnPostgres, views: list[Tally]) -> None:
    log = store.open(views)
    with log.glancing(Look("c1", (E1,), tuple(("tally", E1) for _ in views))):
        assert (log.head(), log.last_recorded_at(), log.outcome("c1", "")) == (0, None, None)
        assert [log.row("tally", E1) for _ in views] == [None for _ in views]


def test_of_very_many_rows_a_glance_fetches_the_first_and_the_others_are_asked_for(store: OnPostgres) -> None:
    log = store.open([Tally()])
    names = [f"entity:jl2005/e{number}" for number in range(MOST + 1)]
    log.append(batch("c1", *(write(name, 0, status()) for name in names)))
    with log.glancing(Look("c2", tuple(names), tuple(("tally", name) for name in names))):
        assert [log.row("tally", name)[0] for name in (names[0], names[MOST - 1], names[MOST])] == [1, 1, 1]


# --- alone -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("views", [[], [Tally()]])
def test_what_is_done_alone_is_written_at_once_or_not_at_all(store: OnPostgres, views: list[Tally]) -> None:
    log = store.open(views)

    def work(last: int) -> Outcome:
        log.refuse(refusal("c1"))
        return log.append(batch(f"c{last}", write(E1, last, status())))

    looks = (Look("c1"), Look("c2", (E1,)))
    with pytest.raises(Conflict):
        log.alone(lambda: work(2), *looks)
    assert log.outcome("c1", refusal("c1").digest) is None
    assert log.alone(lambda: work(0), *looks).first == 1
    assert (log.outcome("c1", refusal("c1").digest), log.head()) == (refusal("c1"), 1)
