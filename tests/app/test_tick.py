"""A tick opens and closes what the day demands, once, however often and by however many it is run (R-37)."""

import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from app.conftest import STEWARD
from app.folders import harvest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.app.adopt import apply
from campaign.app.handle import Who, handle
from campaign.app.session import Session, Settings, open_session
from campaign.app.tick import Ticked, due_soon, tick
from campaign.domain.commands import CloseCampaign, EnrolEntity, RecordSummary, SubmitReport, WaivePeriod
from campaign.domain.events import Figure, PeriodClosed, PeriodOpened
from campaign.problems import Problems

WORKER = Path(__file__).with_name("tick_worker.py")
OBLIGATIONS = """obligations:
  - {id: count, label: Count, cadence: once, on: 2031-09-15, groups: [farm], indicators: [yield]}
  - {id: weekly, label: Week, cadence: weekly, from: 2031-03-03, to: 2031-03-23, groups: [farm], indicators: [yield]}
  - {id: round, label: Round, cadence: half_monthly, days: [15, 31], from: 2031-03-01, to: 2031-03-31, act: check}
"""
KEYS = {f"open/weekly/2031-W{week}" for week in (10, 11, 12)} | {f"close/weekly/2031-W{week}" for week in (10, 11)}
KEYS |= {"open/round/2031-03-H1", "close/round/2031-03-H1", "open/round/2031-03-H2", "open/count/once"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the harvest campaign with a weekly report and a check in March."""
    made = harvest(tmp_path / "harvest")
    phases = (made / "phases.yaml").read_text(encoding="utf-8")
    before, _, after = phases.partition("obligations:\n")
    rest = after[after.index("meetings:") :]
    (made / "phases.yaml").write_text(before + OBLIGATIONS + rest, encoding="utf-8")
    return made


def at(store: str, instant: datetime, folder: Path | None = None) -> Session:
    """Open STORE at an instant of a rehearsal; FOLDER is adopted first where it is new."""
    session = open_session(Settings(store, at=instant), write=True, create=folder is not None)
    if folder is not None:
        assert apply(session, folder, STEWARD, rehearsal=True).refusal is None
        for name in ("north", "south"):
            assert handle(session, [EnrolEntity(name, "farm", name, ("farm",))], STEWARD).refusal is None
    return session


def march(day: int) -> datetime:
    return datetime(2031, 3, day, 12, tzinfo=UTC)


def names(found: Ticked) -> set[str]:
    return {f"{step.rule}/{step.obligation}/{step.period}" for step in found.steps}


def report(entity: str, week: int) -> SubmitReport:
    figure = Figure(indicator="yield", value=1, unit="t", scope="field")  # type: ignore[arg-type] # a whole number will do
    return SubmitReport(entity, f"w-{week}", "weekly", f"2031-W{week}", (figure,))


def test_a_tick_writes_each_period_once_and_says_how_it_stood(tmp_path: Path, folder: Path) -> None:
    store = str(tmp_path / "tick.db")
    at(store, march(3), folder).close()
    session = at(store, march(6))
    handle(session, [report("north", 10)], STEWARD)
    handle(session, [WaivePeriod("south", "weekly", "2031-W10", "flood")], STEWARD)
    session.close()
    session = at(store, march(11))
    handle(session, [report("south", 11)], STEWARD)
    session.close()
    session = at(store, march(17))
    first = tick(session, STEWARD)
    assert names(first) == KEYS
    head = session.log.head()
    assert tick(session, STEWARD).steps == ()
    assert session.log.head() == head
    events = [record.event for record in session.log.read(session.stream)]
    closed = {(event.obligation, event.period): event for event in events if isinstance(event, PeriodClosed)}
    week = closed["weekly", "2031-W10"]
    assert (week.on_time, week.waived, week.late, week.missing) == (1, 1, (), ())
    assert (closed["weekly", "2031-W11"].on_time, closed["weekly", "2031-W11"].missing) == (1, ("north",))
    assert closed["round", "2031-03-H1"].missing == ("north", "south")
    assert week.log_position < head
    opened = [event.period for event in events if isinstance(event, PeriodOpened) and event.obligation == "weekly"]
    assert opened == ["2031-W10", "2031-W11", "2031-W12"]
    session.close()


def test_a_later_tick_goes_on_where_the_last_one_ended(tmp_path: Path, folder: Path) -> None:
    store = str(tmp_path / "tick.db")
    seen: list[set[str]] = []
    at(store, march(3), folder).close()
    for day in (4, 8, 17):
        session = at(store, march(day))
        seen.append(names(tick(session, STEWARD)))
        session.close()
    assert set.union(*seen) == KEYS
    assert sum(map(len, seen)) == len(KEYS)


def test_a_dry_run_writes_nothing_and_whoever_may_not_is_told_so_without_harm(tmp_path: Path, folder: Path) -> None:
    store = str(tmp_path / "tick.db")
    session = at(store, march(3), folder)
    head = session.log.head()
    assert names(tick(session, STEWARD, dry_run=True))
    with pytest.raises(Problems) as refused:
        tick(session, Who("p-stranger"))
    assert refused.value.problems[0].code == "not-permitted"
    assert session.log.head() == head
    assert names(tick(session, STEWARD)), "a refusal is not remembered under the rule's own id"
    session.close()


def test_the_journal_keeps_who_was_not_let_tick_but_for_a_dry_run(tmp_path: Path, folder: Path) -> None:
    session = at(str(tmp_path / "tick.db"), march(3), folder)
    for dry_run in (True, False):
        with pytest.raises(Problems, match="not-permitted"):
            tick(session, Who("p-stranger", account="os:stranger"), dry_run=dry_run)
    [attempt] = session.log.attempts()
    assert (attempt.actor, attempt.command, attempt.reason) == ("p-stranger", "tick.open", "not-permitted")
    session.close()


def test_whoever_may_only_read_is_told_that_the_attempt_could_not_be_noted(tmp_path: Path, folder: Path) -> None:
    store = tmp_path / "tick.db"
    at(str(store), march(3), folder).close()
    session = open_session(Settings(str(store), at=march(3)))
    with pytest.raises(Problems) as refused:
        tick(session, Who("p-stranger"))
    assert [problem.code for problem in refused.value.problems] == ["not-permitted", "not-noted"]
    session.close()


def test_reminders_are_listed_without_writing(tmp_path: Path, folder: Path) -> None:
    session = at(str(tmp_path / "tick.db"), march(3), folder)
    assert due_soon(session, date(2031, 3, 5)) == ()
    soon = due_soon(session, date(2031, 3, 5), ahead=2)
    assert [(entry.entity, entry.item, entry.days) for entry in soon] == [
        ("north", "2031-W10", -2),
        ("south", "2031-W10", -2),
    ]
    session.close()


def test_a_closed_campaign_and_one_without_a_definition_have_nothing_to_tick(tmp_path: Path, folder: Path) -> None:
    session = at(str(tmp_path / "tick.db"), march(3), folder)
    handle(session, [RecordSummary("end", "a" * 64, "done")], STEWARD)
    assert handle(session, [CloseCampaign("over")], STEWARD).refusal is None
    assert tick(session, STEWARD).steps == ()
    session.close()
    empty = open_session(Settings(str(tmp_path / "empty.db")), write=True, create=True)
    assert tick(empty, STEWARD).steps == ()
    empty.close()


def test_two_processes_that_tick_at_once_write_each_period_once(tmp_path: Path, folder: Path) -> None:
    """The store is a rehearsal that stands still at its last record, on the day of both ticks."""
    store = str(tmp_path / "race.db")
    at(store, march(3), folder).close()
    session = at(store, march(17))
    handle(session, [report("north", 12)], STEWARD)
    session.close()
    workers = [
        subprocess.Popen(
            [sys.executable, WORKER, store, "p-ada"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    written = [set(filter(None, worker.communicate()[0].strip().split(","))) for worker in workers]
    assert all(worker.returncode == 0 for worker in workers)
    assert written[0] | written[1] == KEYS
    assert not written[0] & written[1], "each reports only what it wrote itself"
    session = open_session(Settings(store))
    events = [record.event for record in session.log.read(session.stream)]
    ticked = [event for event in events if isinstance(event, PeriodOpened | PeriodClosed)]
    assert len(ticked) == len(KEYS)
    session.close()


@pytest.mark.parametrize("meanwhile", [(), ("a report",)])
def test_a_tick_that_is_overtaken_reports_only_what_it_wrote_itself(
    tmp_path: Path, folder: Path, meanwhile: tuple[str, ...]
) -> None:
    """The other one ticks in the moment between this one's look at the log and its first writing.

    It saw the same, or a report that came in meanwhile: then it closes the same periods by other commands.
    """
    store = str(tmp_path / "race.db")
    at(store, march(3), folder).close()
    one, other = at(store, march(17)), at(store, march(17))
    append, seen = one.log.append, []

    def late(*batch: object) -> object:
        if not seen:
            seen.append(set())
            for _ in meanwhile:
                assert handle(other, [report("south", 12)], STEWARD).refusal is None
            seen[0] = names(tick(other, STEWARD))
        return append(*batch)  # type: ignore[arg-type] # handed on as it came

    one.log.append = late  # type: ignore[method-assign, assignment] # the moment in which the other one is faster
    assert names(tick(one, STEWARD)) == set()
    assert seen == [KEYS]
    one.close()
    other.close()


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(3, 28), min_size=1, max_size=4).map(sorted), st.data())
def test_ticking_twice_is_ticking_once(
    tmp_path_factory: pytest.TempPathFactory, days: list[int], data: st.DataObject
) -> None:
    """However often a day is ticked, the log ends with the same openings and closings as after a single one."""
    made = harvest(tmp_path_factory.mktemp("harvest"))
    logs = []
    for times in ([data.draw(st.integers(1, 3)) for _ in days], [1] * len(days)):
        store = str(tmp_path_factory.mktemp("tick") / "tick.db")
        at(store, march(2), made).close()
        for day, often in zip(days, times, strict=True):
            session = at(store, march(day))
            for _ in range(often):
                tick(session, STEWARD)
            logs.append([record.event for record in session.log.read(session.stream)])
            session.close()
    assert logs[len(days) - 1] == logs[-1]
