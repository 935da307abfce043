"""Any sequence of commands, retries, refusals, clocks and reopenings: the stores cannot be told apart."""

# ruff: noqa: ANN401 -- rows of views and drawn parts are of any type

import shutil
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from store.kit import STORES, VERIFIED, Actors, OnPostgres, Store, Tally, batch, finding, status, write

from campaign.problems import Problems
from campaign.store.codec import canonical
from campaign.store.engine import Engine
from campaign.store.log import Batch, CommandReused, Conflict, Guard, Outcome

STREAMS = [f"entity:jl2005/{name}" for name in "abc"] + ["project:jl2005/a"]
EVENTS = [status(), status("bad \x00"), VERIFIED, finding("瞒报"), finding("\ud800")]
TOPICS = ["operating_status_changed.v1", "report_verified.v1"]

streams = st.sampled_from(STREAMS)
commands = st.sampled_from([f"c{number}" for number in range(12)])


class Stores(RuleBasedStateMachine):
    """The same steps on each kind of store, side by side."""

    kinds: tuple[str, ...] = ("memory", "sqlite")

    @initialize()
    def begin(self) -> None:
        self.directory = Path(tempfile.mkdtemp())
        self.stores: list[Store] = [STORES[kind](self.directory) for kind in self.kinds]
        self.views: list[Any] = [Tally(), Actors()]
        self.versions = dict.fromkeys(STREAMS, 0)
        self.open()

    def open(self) -> None:
        self.logs = [store.open(self.views) for store in self.stores]

    def teardown(self) -> None:
        for store in getattr(self, "stores", []):
            store.close()
        if hasattr(self, "directory"):
            shutil.rmtree(self.directory)

    def both(self, step: Callable[[Engine], object]) -> Any:
        """Take a step on each store; the results, or what is raised, are the same."""
        first, *others = (self.result(step, log) for log in self.logs)
        assert all(other == first for other in others), (first, others)
        return first

    def result(self, step: Callable[[Engine], object], log: Engine) -> object:
        try:
            return step(log)
        except (Conflict, CommandReused, Problems) as error:
            return type(error).__name__, str(error)

    def made(self, command: str, writes: Any, guards: Any, digest: str) -> Batch:
        parts = [write(stream, self.versions[stream] + off, *events) for stream, off, events in writes]
        held = tuple(Guard(stream, max(0, self.versions[stream] + off), topics) for stream, off, topics in guards)
        return batch(command, *parts, guards=held, digest=digest, account=OnPostgres.account)

    @rule(
        command=commands,
        writes=st.lists(
            st.tuples(streams, st.sampled_from([0, 0, 0, -1, 1]), st.lists(st.sampled_from(EVENTS), max_size=3)),
            max_size=3,
        ),
        guards=st.lists(
            st.tuples(streams, st.sampled_from([0, 0, -1, 1]), st.frozensets(st.sampled_from(TOPICS))), max_size=2
        ),
        digest=st.sampled_from(["d", "d", "e"]),
        hinted=st.booleans(),
    )
    def append(self, command: str, writes: Any, guards: Any, digest: str, *, hinted: bool) -> None:
        made = self.made(command, writes, guards, digest)
        before = self.logs[0].head()

        def step(log: Engine) -> Outcome:
            known = made.writes if hinted and self.views else ()
            return log.append(made, {("tally", each.stream): log.row("tally", each.stream) for each in known})

        outcome = self.both(step)
        if isinstance(outcome, Outcome) and self.logs[0].head() > before:
            for each in made.writes:
                self.versions[each.stream] += len(each.drafts)

    @rule(command=commands, digest=st.sampled_from(["d", "d", "e"]))
    def refuse(self, command: str, digest: str) -> None:
        self.both(lambda log: log.refuse(Outcome(command, digest, accepted=False, result=b"no")))

    @rule(command=commands)
    def ask(self, command: str) -> None:
        self.both(lambda log: log.outcome(command, "d"))

    @rule(seconds=st.integers(-100, 100))
    def step_the_clock(self, seconds: int) -> None:
        for store in self.stores:
            store.clock.step = timedelta(seconds=seconds)

    @rule(version=st.integers(1, 3), which=st.sampled_from(["none", "tally", "both"]))
    def reopen(self, version: int, which: str) -> None:
        kept = {"none": [], "tally": [Tally(version, version)], "both": [Tally(version, version), Actors()]}
        self.views = kept[which]
        self.open()

    @rule()
    def rebuild(self) -> None:
        before = self.both(lambda log: [log.rows(view.name) for view in self.views])
        self.both(lambda log: log.rebuild())
        assert self.both(lambda log: [log.rows(view.name) for view in self.views]) == before

    @rule(person=st.sampled_from(["p1", "p2"]), body=st.binary(max_size=9))
    def keep_a_person(self, person: str, body: bytes) -> None:
        self.both(lambda log: log.put_person(person, body))

    @rule(person=st.sampled_from(["p1", "p2"]))
    def erase_a_person(self, person: str) -> None:
        self.both(lambda log: log.erase_person(person))
        assert self.both(lambda log: log.person(person)) is None

    @rule(after=st.integers(0, 9), to=st.none() | st.integers(0, 9), prefix=st.sampled_from(["", "entity:", "x"]))
    def read(self, after: int, to: int | None, prefix: str) -> None:
        self.both(lambda log: list(log.scan(after, to, prefix)))
        self.both(lambda log: log.read(STREAMS[0], after, to))
        self.both(lambda log: log.streams(prefix))
        at = self.both(lambda log: log.last_recorded_at())
        if at is not None:
            assert self.both(lambda log: log.position_at(at)) == self.logs[0].head()

    @invariant()
    def the_same_bytes_without_gaps(self) -> None:
        rows = self.both(lambda log: list(map(canonical, log.scan_rows()))) if hasattr(self, "logs") else []
        columns = [msgspec.json.decode(row) for row in rows]
        assert [row[1] for row in columns] == list(range(1, len(rows) + 1))
        assert [row[5] for row in columns] == sorted(row[5] for row in columns)
        for stream in STREAMS:
            versions = [row[3] for row in columns if row[2] == stream]
            assert versions == list(range(1, len(versions) + 1))

    @invariant()
    def the_views_are_the_fold(self) -> None:
        for view in getattr(self, "views", []):
            expected: dict[str, Any] = {}
            for record in self.logs[0].scan():
                key = view.key(record)
                expected[key] = view.evolve(expected.get(key), record)
            rows = self.both(lambda log, view=view: log.rows(view.name))
            assert rows == expected
            assert self.both(lambda log, view=view: log.checkpoint(view.name)) == self.logs[0].head()


class AllStores(Stores):
    """The same with a server among them, whose every answer is a journey: fewer examples."""

    kinds = tuple(STORES)


COMMON = settings(stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))
Stores.TestCase.settings = settings(COMMON, max_examples=120)
AllStores.TestCase.settings = settings(COMMON, max_examples=25)
TestStores = Stores.TestCase
TestAllStores = AllStores.TestCase
