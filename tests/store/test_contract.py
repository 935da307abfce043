"""What every store promises."""

from datetime import UTC, timedelta, timezone

import msgspec
import pytest
from store.kit import DAY, OPENED, START, VERIFIED, Actors, Clock, Store, Tally, batch, finding, refusal, status, write

from campaign.problems import Problems
from campaign.store.log import CommandReused, Conflict, Guard

E1, E2 = "entity:jl2005/faw", "entity:jl2005/oilfield"


def test_positions_count_from_one_without_gaps_over_all_streams(store: Store) -> None:
    log = store.open()
    first = log.append(batch("c1", write(E1, 0, status(), VERIFIED), write(E2, 0, status())))
    second = log.append(batch("c2", write(E1, 2, VERIFIED)))
    assert (first.first, first.last, second.first, second.last) == (1, 3, 4, 4)
    records = list(log.scan())
    assert [(r.position, r.stream, r.version) for r in records] == [(1, E1, 1), (2, E1, 2), (3, E2, 1), (4, E1, 3)]
    assert (log.head(), log.version(E1), log.version(E2), log.version("entity:jl2005/x")) == (4, 3, 1, 0)


def test_a_record_comes_back_as_it_was_given(store: Store) -> None:
    log = store.open()
    log.append(batch("c0", write(E1, 0, status())))
    log.append(batch("c1", write(E1, 1, finding("瞒报"), cause=1)))
    record = log.read(E1)[1]
    assert record.event == finding("瞒报")
    assert (record.topic, record.occurred_on, record.actor, record.role) == (
        "finding_raised.v1",
        DAY,
        "li.wei",
        "statistician",
    )
    assert (record.command_id, record.causation) == ("c1", 1)
    assert record.recorded_at == START + timedelta(seconds=2)
    assert record.recorded_at.tzinfo is UTC


def test_a_record_names_the_account_if_one_is_known(store: Store) -> None:
    log = store.open()
    log.append(batch("c0", write(E1, 0, status())))
    log.append(batch("c1", write(E1, 1, status()), account="os:li"))
    named = [record.account for record in log.scan()]
    assert named == [store.account, store.account or "os:li"]
    assert [row[10] for row in log.scan_rows()] == named
    assert [read.account for read in log.read(E1)] == named


def test_the_same_command_again_gives_its_first_outcome_and_writes_nothing(store: Store) -> None:
    log = store.open()
    first = log.append(batch("c1", write(E1, 0, status())))
    again = log.append(batch("c1", write(E1, 0, status()), result=b"other"))
    assert again == first
    assert log.outcome("c1", "digest of c1") == first
    assert log.head() == 1


def test_another_command_under_a_used_id_is_refused(store: Store) -> None:
    log = store.open()
    log.append(batch("c1", write(E1, 0, status())))
    with pytest.raises(CommandReused, match="c1"):
        log.append(batch("c1", write(E1, 1, status()), digest="other"))
    with pytest.raises(CommandReused):
        log.outcome("c1", "other")
    assert log.head() == 1


def test_a_refusal_is_remembered_so_that_a_late_duplicate_does_not_succeed(store: Store) -> None:
    log = store.open()
    assert log.refuse(refusal("c1")) == refusal("c1")
    assert log.append(batch("c1", write(E1, 0, status()))) == refusal("c1")
    assert log.head() == 0
    accepted = log.append(batch("c2", write(E1, 0, status())))
    assert log.refuse(refusal("c2")) == accepted
    with pytest.raises(CommandReused):
        log.refuse(msgspec.structs.replace(refusal("c2"), digest="other"))


def test_a_command_never_given_has_no_outcome(store: Store) -> None:
    assert store.open().outcome("c1", "d") is None


def test_a_command_may_write_nothing_and_still_has_an_outcome(store: Store) -> None:
    log = store.open()
    outcome = log.append(batch("c1"))
    assert (outcome.accepted, outcome.first, outcome.last) == (True, 0, 0)
    assert log.append(batch("c1")) == outcome


def test_a_stream_that_moved_is_a_conflict_and_nothing_is_written(store: Store) -> None:
    log = store.open()
    log.append(batch("c1", write(E1, 0, status())))
    with pytest.raises(Conflict) as caught:
        log.append(batch("c2", write(E2, 0, status()), write(E1, 0, status())))
    assert (caught.value.stream, caught.value.expected, caught.value.actual) == (E1, 0, 1)
    assert log.head() == 1
    assert log.version(E2) == 0
    assert log.outcome("c2", "digest of c2") is None
    assert log.row("tally", E2) is None


def test_a_batch_may_write_one_stream_twice(store: Store) -> None:
    log = store.open()
    log.append(batch("c1", write(E1, 0, status()), write(E2, 0, status()), write(E1, 1, VERIFIED)))
    assert [(r.stream, r.version) for r in log.scan()] == [(E1, 1), (E2, 1), (E1, 2)]
    with pytest.raises(Conflict):
        log.append(batch("c2", write(E1, 2, status()), write(E1, 2, status())))


def test_a_guard_holds_the_version_that_a_decision_was_made_on(store: Store) -> None:
    log = store.open()
    log.append(batch("c1", write("campaign:jl2005", 0, OPENED), write(E2, 0, status())))
    guard = Guard("campaign:jl2005", 1)
    log.append(batch("c2", write(E1, 0, status()), guards=(guard, Guard("campaign:x", 0))))
    log.append(batch("c3", write("campaign:jl2005", 1, OPENED)))
    with pytest.raises(Conflict, match="campaign:jl2005 stands at 2, not 1"):
        log.append(batch("c4", write(E1, 1, status()), guards=(guard,)))
    with pytest.raises(Conflict):
        log.append(batch("c5", write(E1, 1, status()), guards=(Guard("campaign:jl2005", 5, frozenset({"x"})),)))


def test_a_guard_with_topics_minds_only_those(store: Store) -> None:
    log = store.open()
    log.append(batch("c1", write(E1, 0, status(), VERIFIED, status())))
    status_only = Guard(E1, 2, frozenset({"operating_status_changed.v1"}))
    verified_only = Guard(E1, 2, frozenset({"report_verified.v1"}))
    log.append(batch("c2", write(E2, 0, status()), guards=(verified_only,)))
    with pytest.raises(Conflict):
        log.append(batch("c3", write(E2, 1, status()), guards=(status_only,)))


def test_time_never_runs_back_in_the_log(store: Store) -> None:
    """P-20: the clock is stepped back; recorded_at stands still and positions order."""
    log = store.open()
    for number, step in enumerate((1, -3600, 5, -86400, 7200)):
        store.clock.step = timedelta(seconds=step)
        log.append(batch(f"c{number}", write(E1, number, status())))
    times = [record.recorded_at for record in log.scan()]
    assert times == sorted(times)
    assert times[0] == times[1] == times[2]
    assert log.last_recorded_at() == times[-1]


def test_an_instant_is_kept_in_utc_and_a_naive_clock_is_refused(store: Store) -> None:
    china = timezone(timedelta(hours=8))
    log = store.open(clock=lambda: START.astimezone(china))
    log.append(batch("c1", write(E1, 0, status())))
    assert log.last_recorded_at() == START
    naive = store.open(clock=lambda: START.replace(tzinfo=None))
    with pytest.raises(ValueError, match="aware"):
        naive.append(batch("c2", write(E1, 1, status())))
    assert log.head() == 1


def test_an_instant_resolves_to_the_last_position_recorded_by_then(store: Store) -> None:
    log = store.open()
    assert log.last_recorded_at() is None
    assert log.position_at(START) == 0
    for number in range(5):
        log.append(batch(f"c{number}", write(E1, 2 * number, status(), VERIFIED)))
    seconds = [log.position_at(START + timedelta(seconds=second)) for second in range(7)]
    assert seconds == [0, 2, 4, 6, 8, 10, 10]


def test_reading_takes_ranges_and_prefixes(store: Store) -> None:
    log = store.open()
    log.append(
        batch("c1", write(E1, 0, status(), VERIFIED), write(E2, 0, status()), write("campaign:jl2005", 0, OPENED))
    )
    assert [r.version for r in log.read(E1, after=1)] == [2]
    assert [r.version for r in log.read(E1, to=1)] == [1]
    assert log.read("entity:jl2005/x") == []
    assert [r.position for r in log.scan(1, 3)] == [2, 3]
    assert [r.position for r in log.scan(3, 99)] == [4]
    assert [r.position for r in log.scan(prefix="entity:jl2005/f")] == [1, 2]
    assert list(log.scan(prefix="project:")) == []
    assert log.streams() == ["campaign:jl2005", E1, E2]
    assert log.streams("entity:") == [E1, E2]


def test_a_long_log_is_read_in_chunks_without_a_seam(store: Store) -> None:
    log = store.open()
    log.append(batch("c1", write(E1, 0, *[status(str(n)) for n in range(1201)])))
    assert [r.event.reason for r in log.scan()] == [str(n) for n in range(1201)]
    assert [row[0] for row in log.scan_rows(3, 1100)] == list(range(4, 1101))


def test_records_may_be_written_while_others_are_read(store: Store) -> None:
    log = store.open()
    log.append(batch("c0", write(E1, 0, status())))
    for record in log.scan():
        log.append(batch(f"c{record.position}", write(E1, record.position, status())))
    assert log.head() == 2


def test_following_yields_each_record_once_and_ends_when_told(store: Store) -> None:
    log, writer = store.open(), store.open()
    numbers = iter(range(3))

    def wait() -> bool:
        number = next(numbers)
        if number < 2:
            writer.append(batch(f"c{number}", write(E1, 2 * number, status(), VERIFIED)))
        return number < 2

    assert [record.position for record in log.follow(1, wait)] == [2, 3, 4]


def test_views_are_in_step_with_the_log(store: Store) -> None:
    log = store.open()
    log.append(batch("c1", write("campaign:jl2005", 0, OPENED), write(E1, 0, status(), VERIFIED)))
    assert log.row("tally", E1) == [2, "report_verified.v1", 3]
    assert log.row("tally", "campaign:jl2005") is None
    assert log.rows("actors") == {"li.wei": [1, 2, 3]}
    log.append(batch("c2", write(E2, 0, status())))
    assert list(log.rows("tally")) == [E1, E2]
    assert list(log.rows("tally", "entity:jl2005/o")) == [E2]
    assert log.checkpoint("tally") == log.checkpoint("actors") == log.head() == 4


def test_a_row_already_loaded_need_not_be_read_again(store: Store) -> None:
    log = store.open([Tally()])
    log.append(batch("c1", write(E1, 0, status())))
    log.append(batch("c2", write(E1, 1, status())), {("tally", E1): [41, "", 0]})
    assert log.row("tally", E1)[0] == 42
    log.append(batch("c3", write(E2, 0, status())), {("tally", E2): None})
    assert log.row("tally", E2)[0] == 1


def test_a_view_of_another_fold_is_rebuilt_before_use(store: Store) -> None:
    store.open([Tally()]).append(batch("c1", write(E1, 0, status(), VERIFIED)))
    heavier = store.open([Tally(version=2, weight=10)])
    assert heavier.checkpoint("tally") == 0
    assert heavier.row("tally", E1)[0] == 20
    assert heavier.checkpoint("tally") == 2
    again = store.open([Tally(version=3, weight=5)])
    assert again.rows("tally") == {E1: [10, "report_verified.v1", 2]}
    again = store.open([Tally(version=4, weight=3)])
    again.append(batch("c2", write(E1, 2, VERIFIED)))
    assert again.row("tally", E1)[0] == 9


def test_a_view_that_lags_behind_the_log_catches_up_before_use(store: Store) -> None:
    store.open([Tally(), Actors()]).append(batch("c1", write(E1, 0, status())))
    store.open([Tally()]).append(batch("c2", write(E1, 1, status())))
    both = store.open([Tally(), Actors()])
    assert both.checkpoint("actors") == 1
    assert both.rows("actors") == {"li.wei": [1, 2]}
    store.open([]).append(batch("c3", write(E1, 2, status())))
    both.append(batch("c4", write(E1, 3, status())))
    assert both.row("actors", "li.wei") == [1, 2, 3, 4]


def test_rebuilding_gives_the_same_rows(store: Store) -> None:
    log = store.open()
    log.append(batch("c1", write(E1, 0, status(), VERIFIED), write(E2, 0, status())))
    before = log.rows("tally"), log.rows("actors")
    log.append(batch("c2", write(E2, 1, status())), {("tally", E2): [77, "", 0]})
    log.rebuild(["tally"])
    assert log.row("tally", E2)[0] == 2
    log.rebuild()
    assert log.rows("tally")[E1] == before[0][E1]
    assert log.rows("actors") == {"li.wei": [1, 2, 3, 4]}
    with pytest.raises(KeyError):
        log.rebuild(["nothing"])


def test_a_fold_that_fails_leaves_nothing_behind(store: Store) -> None:
    class Broken(Tally):
        def evolve(self, row: object, record: object) -> object:
            raise ZeroDivisionError(row, record)

    store.open([Tally()]).append(batch("c1", write(E1, 0, status())))
    with pytest.raises(ZeroDivisionError):
        store.open([Broken(version=1)]).append(batch("c2", write(E1, 1, status()), write(E2, 0, status())))
    log = store.open([Tally()])
    assert log.streams() == [E1]
    assert (log.head(), log.row("tally", E1)[0], log.checkpoint("tally")) == (1, 1, 1)
    log.append(batch("c2", write(E2, 0, status())))
    assert log.row("tally", E2)[0] == 1


def test_a_stream_begun_in_a_command_that_failed_was_never_there(store: Store) -> None:
    class Moody(Tally):
        failing = True

        def evolve(self, row: object, record: object) -> object:
            if self.failing:
                raise ZeroDivisionError
            return super().evolve(row, record)

    mood = Moody()
    log, other = store.open([mood]), store.open([])
    with pytest.raises(ZeroDivisionError):
        log.append(batch("c1", write(E1, 0, status())))
    other.append(batch("c2", write(E2, 0, status())))
    mood.failing = False
    log.append(batch("c3", write(E1, 0, status())))
    assert [(record.stream, record.version) for record in log.scan()] == [(E2, 1), (E1, 1)]


def test_a_store_opened_for_reading_reads_and_never_writes(store: Store) -> None:
    store.open([Tally()]).append(batch("c1", write(E1, 0, status())))
    log = store.open(read_only=True)
    assert log.row("tally", E1)[0] == 1
    assert log.rows("actors") == {"li.wei": [1]}
    assert log.row("actors", "li.wei") == [1]
    store.open([Tally()]).append(batch("c2", write(E1, 1, status())))
    assert log.row("actors", "li.wei") == [1, 2]
    assert log.row("tally", E1)[0] == 2
    assert log.checkpoint("actors") == 0
    with pytest.raises(Problems, match="store-read-only"):
        log.append(batch("c3", write(E1, 2, status())))
    with pytest.raises(Problems, match="store-read-only"):
        log.put_person("p1", b"x")


def test_a_person_is_kept_beside_the_log_and_can_be_erased(store: Store) -> None:
    log = store.open()
    assert log.person("p1") is None
    log.put_person("p1", "李伟".encode())
    log.put_person("p1", "李玮".encode())
    assert store.open().person("p1") == "李玮".encode()
    log.erase_person("p1")
    log.erase_person("p2")
    assert log.person("p1") is None
    assert log.head() == 0


def test_a_clock_of_its_own_for_each_log(store: Store) -> None:
    other = Clock()
    other.now = START + timedelta(days=9)
    store.open(clock=other).append(batch("c1", write(E1, 0, status())))
    log = store.open()
    log.append(batch("c2", write(E1, 1, status())))
    assert log.last_recorded_at() == START + timedelta(days=9, seconds=1)
