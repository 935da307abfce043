"""One session for the threads of a program: each command has its own outcome, and one writer decides them in turn."""

import random
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from app.conftest import STEWARD
from store.cluster import database, quick

from campaign.app.adopt import apply
from campaign.app.handle import Reply, Who, handle
from campaign.app.moving import copy
from campaign.app.session import Session, Settings, open_session, open_shared
from campaign.app.sharing import _settled, carry_out, handle_each
from campaign.domain.commands import AppointOfficer, Command, EnrolEntity, OpenCampaign, RaiseFinding
from campaign.problems import Problem, Problems, T
from campaign.store.log import Batch, Conflict, Hints, Look, Outcome
from campaign.store.postgres_connect import Patience
from campaign.store.postgres_faults import Lost
from campaign.store.postgres_link import Link
from campaign.store.queue import Queue, SharedLog

START = datetime(2031, 3, 1, 8, 0, tzinfo=UTC)
WAYS: dict[str, Callable[[Session, list[Command], Who], Reply]] = {"in turn": carry_out, "each by itself": handle}
"""Decided by the writer in its turn; or by the thread itself, and decided again after a conflict."""


def begun(store: str, folder: Path) -> None:
    with closing(open_session(Settings(store, at=START), write=True, create=True)) as session:
        assert apply(session, folder, STEWARD, rehearsal=True).refusal is None
        for name in ("north", "south"):
            assert handle(session, [EnrolEntity(name, "farm", f"{name} farm", ("farm",))], STEWARD).refusal is None


@pytest.fixture
def on_file(tmp_path: Path, folder: Path) -> Iterator[Session]:
    """Give one session for many threads, over a campaign with two entities in a file."""
    file = str(tmp_path / "campaign.db")
    begun(file, folder)
    with closing(open_shared(Settings(file))) as session:
        yield session


@pytest.fixture
def on_server(on_file: Session) -> Iterator[Session]:
    """Give another, over the same campaign on PostgreSQL."""
    for dsn in database():
        copy(on_file.settings.store, dsn)
        with closing(open_shared(Settings(dsn))) as session:
            yield session


@pytest.fixture(params=["on_file", "on_server"])
def shared(request: pytest.FixtureRequest) -> Session:
    """Give each of them."""
    session: Session = request.getfixturevalue(request.param)
    return session


def crowd(session: Session, way: str, commands: list[tuple[str, Command]]) -> list[Reply]:
    """Give all COMMANDS at once, each from a thread of its own."""
    with ThreadPoolExecutor(8) as threads:
        done = partial(WAYS[way], session)
        return list(threads.map(lambda each: done([each[1]], Who("p-ada", command_id=each[0])), commands))


@pytest.mark.parametrize("way", WAYS)
def test_all_who_write_about_one_entity_at_once_succeed(shared: Session, way: str) -> None:
    before = shared.log.head()
    commands = [(f"c{number}", RaiseFinding("north", f"f{number}", "omission", "said")) for number in range(12)]
    replies = crowd(shared, way, list(commands))
    assert [reply.refusal for reply in replies] == [None] * 12
    assert sorted(reply.first for reply in replies) == list(range(before + 1, before + 13))
    assert len(shared.entities()["north"].findings) == 12
    for (name, _), reply in zip(commands, replies, strict=True):
        assert [record.command_id for record in shared.log.scan(reply.first - 1, reply.last)] == [name]


@pytest.mark.parametrize("way", WAYS)
def test_of_those_who_ask_for_the_same_thing_exactly_one_wins(shared: Session, way: str) -> None:
    same = AppointOfficer("north", "accountable_officer", "p-only", "Farmer")
    replies = crowd(shared, way, [(f"c{number}", same) for number in range(6)])
    codes = [reply.refusal.reasons[0].code if reply.refusal else "accepted" for reply in replies]
    assert sorted(codes) == ["accepted", *["nothing-changes"] * 5]


@pytest.mark.parametrize("way", WAYS)
def test_one_command_given_from_many_threads_acts_once(shared: Session, way: str) -> None:
    before = shared.log.head()
    replies = crowd(shared, way, [("c1", RaiseFinding("north", "f1", "omission", "said"))] * 8)
    assert {(reply.first, reply.last) for reply in replies} == {(before + 1, before + 1)}
    assert shared.log.head() == before + 1


def test_many_commands_of_one_person_have_their_own_outcomes_in_order(shared: Session) -> None:
    before = shared.log.head()
    names = ["f1", "f2", "f1", "f3"]
    asked: list[Command] = [RaiseFinding("north", name, "omission", "said") for name in names]
    replies = handle_each(shared, asked, Who("p-ada", command_id="import"))
    assert [reply.command_id for reply in replies] == ["import.1", "import.2", "import.3", "import.4"]
    assert [reply.first - before for reply in replies if reply.refusal is None] == [1, 2, 3]
    assert [reply.refusal is None for reply in replies] == [True, True, False, True]
    again = handle_each(shared, asked, Who("p-ada", command_id="import"))
    assert [(reply.first, reply.repeated) for reply in again] == [(reply.first, True) for reply in replies]


def test_many_commands_of_one_person_share_commits(shared: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    commits = []
    settle = Queue._settle

    def counted(self: Queue, group: list[object]) -> None:
        commits.append(len(group))
        settle(self, group)  # type: ignore[arg-type] # as it was given

    monkeypatch.setattr(Queue, "_settle", counted)
    asked: list[Command] = [RaiseFinding("north", f"f{number}", "omission", "said") for number in range(100)]
    assert all(reply.refusal is None for reply in handle_each(shared, asked, Who("p-ada")))
    assert commits == [1, 1]


def test_when_one_of_many_breaks_those_before_it_are_carried_out(shared: Session) -> None:
    before = shared.log.head()
    asked: list[Command] = [RaiseFinding("north", f"f-{ord(said)}", "omission", said) for said in "ab\0c"]
    with pytest.raises(Problems, match="invalid-event"):
        handle_each(shared, asked, Who("p-ada", command_id="import"))
    assert [record.command_id for record in shared.log.scan(before)] == ["import.1", "import.2"]


def test_what_is_not_permitted_is_noted_and_holds_nobody_up(shared: Session) -> None:
    wanted = EnrolEntity("west", "farm", "West farm", ("farm",))

    def attempt(number: int) -> Reply:
        return carry_out(shared, [wanted], Who("p-ada" if number == 3 else "p-nobody", command_id=f"c{number}"))

    with ThreadPoolExecutor(8) as threads:
        replies = list(threads.map(attempt, range(8)))
    assert [reply.refusal is None for reply in replies] == [number == 3 for number in range(8)]
    assert sorted(one.command_id for one in shared.log.attempts()) == [f"c{n}" for n in range(8) if n != 3]
    assert "west" in shared.entities()


def test_what_may_not_be_stored_fails_alone(shared: Session) -> None:
    with ThreadPoolExecutor(4) as threads:
        bad = threads.submit(carry_out, shared, [RaiseFinding("north", "f0", "omission", "\x00")], Who("p-ada"))
        good = [
            threads.submit(carry_out, shared, [RaiseFinding("north", f"f{n}", "omission", "said")], Who("p-ada"))
            for n in range(1, 6)
        ]
        assert [each.result().refusal for each in good] == [None] * 5
        with pytest.raises(Problems) as caught:
            bad.result()
    assert [problem.code for problem in caught.value.problems] == ["invalid-event"]


@pytest.mark.parametrize("seed", range(3))
def test_mixed_commands_leave_what_one_after_the_other_leaves(tmp_path: Path, folder: Path, seed: int) -> None:
    """Each thread decides or lets the writer decide; done one by one in the order of the log, all comes out again."""
    chance = random.Random(seed)  # noqa: S311 -- a seed, not a secret
    store, alone = str(tmp_path / "shared.db"), str(tmp_path / "alone.db")
    begun(store, folder)
    copy(store, alone)
    commands: list[tuple[str, Command]] = [
        (f"c{n}", RaiseFinding(chance.choice(["north", "south"]), f"f{chance.randrange(12)}", "omission", "said"))
        for n in range(30)
    ]
    ways = {name: chance.choice(list(WAYS)) for name, _ in commands}
    with closing(open_shared(Settings(store))) as session, ThreadPoolExecutor(8) as threads:
        given = [(WAYS[ways[name]], session, [command], Who("p-ada", command_id=name)) for name, command in commands]
        replies = list(threads.map(lambda each: each[0](*each[1:]), given))
        order = [record.command_id for record in session.log.scan()]
        rows, entities = list(session.log.scan_rows()), session.entities()
    by_name = dict(commands)
    with closing(open_session(Settings(alone), write=True)) as session:
        for name in filter(by_name.__contains__, order):
            assert handle(session, [by_name[name]], Who("p-ada", command_id=name)).refusal is None
        refused = {name for (name, _), reply in zip(commands, replies, strict=True) if reply.refusal}
        assert refused == {name for name, _ in commands} - set(order)
        for name in sorted(refused):
            assert handle(session, [by_name[name]], Who("p-ada", command_id=name)).refusal is not None
        assert list(session.log.scan_rows()) == rows
        assert session.entities() == entities


def test_a_connection_that_goes_leaves_every_command_done_once(on_server: Session) -> None:
    """P-03 through the whole application: who was waiting asks by the command id, and goes on."""
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'test%'"
    before, cuts = on_server.log.head(), 0
    about = {name: [RaiseFinding(name, f"f{n}", "omission", "said") for n in range(40)] for name in ("north", "south")}
    with ThreadPoolExecutor(8) as threads:
        waiting = [threads.submit(carry_out, on_server, [one], Who("p-ada")) for one in about["north"]]
        each = threads.submit(handle_each, on_server, about["south"], Who("p-ada"))
        for one in waiting[::8]:
            one.result()
            cuts += len(quick().sql(cut))
        assert all(one.result().refusal is None for one in waiting)
        assert all(reply.refusal is None for reply in each.result())
    assert cuts
    assert on_server.log.head() == before + 80


def gone(*, doubt: bool) -> "Future[Any]":
    answer: Future[Any] = Future()
    answer.set_exception(Lost(Problem("store-unreachable", T("it went"), T("nothing was recorded")), doubt=doubt))
    return answer


@pytest.mark.parametrize("way", [carry_out, handle_each])
def test_a_doubt_of_any_try_is_not_forgotten(
    on_server: Session, monkeypatch: pytest.MonkeyPatch, way: Callable[[Session, list[Command], Who], object]
) -> None:
    """P-04: the first and the last try may have failed before anything was sent."""
    monkeypatch.setattr(on_server.log, "_patience", Patience(tries=3, pause=lambda _: None))
    doubts = iter([False, True, False, False])
    monkeypatch.setattr(on_server.log, "later", lambda _work, *_looks: gone(doubt=next(doubts)))
    with pytest.raises(Problems) as caught:
        way(on_server, [RaiseFinding("north", "f1", "omission", "said")], Who("p-ada"))
    assert [problem.code for problem in caught.value.problems] == ["outcome-unknown"]


def test_after_a_doubt_a_store_that_takes_nothing_more_does_not_say_that_nothing_was_recorded(
    shared: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, before = shared.log, shared.log.head()
    assert isinstance(log, SharedLog)
    later, queue = log.later, log._queue

    def recorded_but_not_answered(work: Callable[[], object], *looks: Look) -> "Future[Any]":
        later(work, *looks).result()
        queue.close()
        monkeypatch.setattr(log, "later", later)
        return gone(doubt=True)

    monkeypatch.setattr(log, "later", recorded_but_not_answered)
    with pytest.raises(Problems) as caught:
        carry_out(shared, [RaiseFinding("north", "f1", "omission", "said")], Who("p-ada"))
    assert [problem.code for problem in caught.value.problems] == ["outcome-unknown"]
    assert log.head() == before + 1


def test_the_clock_is_that_of_the_campaign_that_is_asked_about(shared: Session) -> None:
    """A session of a rehearsal that opens a live campaign goes on by the real clock."""
    with closing(open_session(Settings(shared.settings.store), write=True)) as session:
        assert session.instant() == session.log.last_recorded_at()
        assert handle(session, [OpenCampaign("live", "Live")], Who("p-ada", role="steward")).refusal is None
        assert session.key == "live"
        assert not session.rehearses()


def test_a_command_over_a_network_takes_three_round_trips(on_server: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """A glance at all that deciding begins with, the stance under the lock, the append with its commit."""
    trips: list[str] = []
    for name in ("ask", "send", "commit"):
        there = getattr(Link, name)

        def counted(link: Link, *asked: object, of: str = name, way: Callable[..., object] = there) -> object:
            trips.append(of)
            return way(link, *asked)

        monkeypatch.setattr(Link, name, counted)
    dsn = on_server.settings.store
    with closing(open_session(Settings(dsn), write=True)) as session:
        trips.clear()
        assert handle(session, [RaiseFinding("north", "f1", "omission", "said")], Who("p-ada")).refusal is None
        assert trips == ["ask", "send", "send"]
        trips.clear()
        assert handle(session, [RaiseFinding("north", "f1", "omission", "said")], Who("p-ada")).refusal is not None
        assert (trips[0], trips[-1]) == ("ask", "commit"), "a glance, and a refusal that commits itself"


@pytest.mark.parametrize("way", [carry_out, lambda *given: handle_each(*given)[0]], ids=["one", "each"])
def test_who_lost_the_connection_waits_for_another_turn_of_the_writer(
    on_file: Session, monkeypatch: pytest.MonkeyPatch, way: Callable[[Session, list[Command], Who], Reply]
) -> None:
    """P-03: by itself it may find others faster every time."""
    log = on_file.log
    assert isinstance(log, SharedLog)
    later, append, turns = log.later, log.append, []

    def lost_at_first(work: Callable[[], Any], *looks: Look) -> "Future[Any]":
        turns.append(looks)
        return later(work, *looks) if len(turns) > 1 else gone(doubt=True)

    def others_are_faster(batch: Batch, hints: Hints | None = None) -> Outcome:
        if not log._writes_here():
            raise Conflict("entity:north", 1, 2)
        return append(batch, hints)

    monkeypatch.setattr(log, "later", lost_at_first)
    monkeypatch.setattr(log, "append", others_are_faster)
    assert way(on_file, [RaiseFinding("north", "f1", "omission", "said")], Who("p-ada")).refusal is None
    assert len(turns) == 2


@pytest.mark.parametrize(("doubt", "code"), [(True, "outcome-unknown"), (False, "store-unreachable")])
def test_what_may_have_been_recorded_is_never_said_not_to_be(on_file: Session, doubt: bool, code: str) -> None:  # noqa: FBT001 -- a case
    """P-04: the commit's answer was lost, and afterwards nobody can be asked."""
    gone = Problem("store-unreachable", T("the connection went"), T("try again"))

    def unanswered(_session: Session, _commands: list[Command], _who: Who) -> Reply:
        raise Lost(gone, doubt=False)

    answer: Future[Reply] = Future()
    answer.set_exception(Lost(gone, doubt=doubt))
    assert isinstance(on_file.log, SharedLog)
    with pytest.raises(Problems) as caught:
        _settled(on_file.log, answer, partial(unanswered, on_file, [], Who("p-ada")), "c1")
    assert [problem.code for problem in caught.value.problems] == [code]


def test_a_store_in_memory_is_not_shared() -> None:
    with pytest.raises(Problems) as caught:
        open_shared(Settings(":memory:"))
    assert [problem.code for problem in caught.value.problems] == ["store-not-shared"]


def test_a_shared_session_that_was_closed_takes_nothing_more(tmp_path: Path, folder: Path) -> None:
    begun(str(tmp_path / "campaign.db"), folder)
    session = open_shared(Settings(str(tmp_path / "campaign.db")))
    session.close()
    assert isinstance(session.log, SharedLog)
    with pytest.raises(Problems) as caught:
        session.log.alone(lambda: None)
    assert [problem.code for problem in caught.value.problems] == ["store-closed"]


def test_a_closed_session_says_so_to_whoever_reads_or_writes_and_may_be_closed_again(shared: Session) -> None:
    """Of threads that have read before and of those that have not, on a file and on a server."""
    head = shared.log.head()
    shared.close()
    acts: list[Callable[[], object]] = [
        shared.log.head,
        lambda: list(shared.log.scan()),
        lambda: shared.entity("north"),
        lambda: handle(shared, [RaiseFinding("north", "f1", "omission", "said")], Who("p-ada")),
        lambda: carry_out(shared, [RaiseFinding("north", "f2", "omission", "said")], Who("p-ada")),
        shared.close,
    ]
    for act in acts[:-1]:
        for way in (lambda act: act(), lambda act: ThreadPoolExecutor(1).submit(act).result()):
            with pytest.raises(Problems) as caught:
                way(act)
            assert [problem.code for problem in caught.value.problems] == ["store-closed"]
    acts[-1]()
    with closing(open_session(Settings(shared.settings.store))) as again:
        assert again.log.head() == head


# --- the page ------------------------------------------------------------------------------------------------------

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "moving.md"


def test_the_program_of_the_page_answers_its_threads(on_file: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(on_file.settings.store).parent)
    program: dict[str, Any] = {}
    exec(PAGE.read_text(encoding="utf-8").split("```python\n")[1].split("```")[0], program)  # noqa: S102 -- the page's own
    asked = [(RaiseFinding("north", f"f{number}", "omission", "said"), Who("p-ada")) for number in range(8)]
    before = on_file.log.head()
    with closing(program["session"]), ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda each: program["answer"](*each), asked))
        assert program["answer"](*asked[0]).startswith("finding-exists ")
    assert sorted(answers) == sorted(f"recorded at {place} to {place}" for place in range(before + 1, before + 9))
    assert program["answer"](*asked[0]).startswith("store-closed the ")
