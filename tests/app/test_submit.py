"""Handing in a file: all or nothing, once, again after a return, corrected with a reason, each figure at its cell."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path

import msgspec
import pytest
from app.folders import harvest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.app import submit as module
from campaign.app.adopt import apply
from campaign.app.handle import Who, handle
from campaign.app.replay import past
from campaign.app.session import Session, Settings, open_session
from campaign.app.submit import Terms, check, submit, template
from campaign.domain.commands import CorrectReport, EnrolEntity, ReturnReport, SubmitReport
from campaign.domain.duties import duties
from campaign.domain.events import Figure, ReportCorrected, ReportSubmitted
from campaign.domain.reports import current_figures
from campaign.domain.state import EntityState
from campaign.problems import Problems, Refused

STEWARD = Who("p-ada")
START = datetime(2031, 9, 10, 8, 0, tzinfo=UTC)
FARMS = ("north", "south")
HEAD = "entity,obligation,period,indicator,value\n"


@pytest.fixture
def farms(session: Session) -> Session:
    """Return the harvest campaign with both farms."""
    session.settings = msgspec.structs.replace(session.settings, at=START)
    enrol = [EnrolEntity(name, "farm", name.title(), ("farm",)) for name in FARMS]
    assert handle(session, enrol, STEWARD).refusal is None
    return session


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Return what writes a file of yields, by farm."""

    def make(name: str = "yields.csv", **yields: object) -> Path:
        path = tmp_path / name
        path.write_text(HEAD + "".join(f"{farm},count,once,yield,{tons}\n" for farm, tons in yields.items()))
        return path

    return make


def acts(session: Session, path: Path, reason: str = "") -> list[str]:
    return [line.act for line in check(session, path, Terms(reason=reason)).lines]


def bodies(session: Session, kind: type) -> list[object]:
    return [record.event for record in session.log.scan() if isinstance(record.event, kind)]


def test_a_file_is_one_append_over_all_its_entities(farms: Session, write: Callable[..., Path]) -> None:
    before = farms.log.head()
    done = submit(farms, write(north="12.5", south="7"), STEWARD)
    assert done.reply is not None
    assert (done.reply.first, done.reply.last) == (before + 1, before + 2)
    north, south = bodies(farms, ReportSubmitted)
    assert isinstance(north, ReportSubmitted)
    assert isinstance(south, ReportSubmitted)
    assert (north.source, north.source_sha256, north.cells) == ("yields.csv", done.checked.sha256, ("E2",))
    assert (south.report, south.figures[0].value, south.cells) == ("count-once", Decimal(7), ("E3",))


def test_one_problem_holds_the_whole_file(farms: Session, write: Callable[..., Path]) -> None:
    before = farms.log.head()
    with pytest.raises(Problems) as found:
        submit(farms, write(north="12.5", south="many"), STEWARD)
    assert [problem.place.cell for problem in found.value.problems] == ["E3"]
    assert farms.log.head() == before


def test_the_same_file_again_writes_nothing(farms: Session, write: Callable[..., Path]) -> None:
    path = write(north="12.5", south="7")
    submit(farms, path, STEWARD)
    after = farms.log.head()
    again = submit(farms, path, STEWARD)
    assert again.reply is None
    assert [line.act for line in again.checked.lines] == ["known", "known"]
    copy = path.rename(path.with_name("copy.csv"))
    assert submit(farms, copy, STEWARD).reply is None
    assert farms.log.head() == after


def test_after_a_return_the_same_file_is_a_new_receipt_of_what_was_returned(
    farms: Session, write: Callable[..., Path]
) -> None:
    path = write(north="12.5", south="7")
    submit(farms, path, STEWARD)
    assert handle(farms, [ReturnReport("south", "count-once", "unsigned")], STEWARD).refusal is None
    assert acts(farms, path) == ["known", "resubmit"]
    before = farms.log.head()
    assert submit(farms, path, STEWARD).reply is not None
    assert farms.log.head() == before + 1
    assert farms.entities()["south"].reports["count-once"].status == "submitted"
    assert acts(farms, path) == ["known", "known"]


def test_other_figures_are_a_correction_and_need_a_reason(farms: Session, write: Callable[..., Path]) -> None:
    submit(farms, write(north="12.5", south="7"), STEWARD)
    path = write("more.csv", north="12.5", south="8")
    with pytest.raises(Problems) as found:
        submit(farms, path, STEWARD)
    assert str(found.value) == (
        "more.csv!E3: report-exists south has handed in other figures for once"
        " (say with --reason why they are corrected)"
    )
    assert acts(farms, path, "recount") == ["same", "correct"]
    submit(farms, path, STEWARD, Terms(reason="recount"))
    (event,) = bodies(farms, ReportCorrected)
    assert isinstance(event, ReportCorrected)
    assert (event.reason, event.source, event.cells) == ("recount", "more.csv", ("E3",))


def test_the_file_corrected_since_is_still_known(farms: Session, write: Callable[..., Path]) -> None:
    first = write(north="12.5")
    submit(farms, first, STEWARD)
    submit(farms, write("more.csv", north="13"), STEWARD, Terms(reason="recount"))
    assert acts(farms, first) == ["known"]
    assert farms.entities()["north"].reports["count-once"].figures[0].value == Decimal(13)


def test_a_dry_run_writes_nothing(farms: Session, write: Callable[..., Path]) -> None:
    before = farms.log.head()
    done = submit(farms, write(north="1"), STEWARD, Terms(dry_run=True))
    assert done.reply is not None
    assert [topic for _, topic in done.reply.events] == ["report_submitted.v1"]
    assert farms.log.head() == before


def test_who_may_not_is_told_so(farms: Session, write: Callable[..., Path]) -> None:
    done = submit(farms, write(north="1"), Who("p-eve"))
    assert done.reply is not None
    assert isinstance(done.reply.refusal, Refused)
    assert not done.reply.refusal.permitted


def test_a_file_that_another_session_handed_in_meanwhile_writes_once(
    farms: Session, write: Callable[..., Path]
) -> None:
    """The plan was made before the other's append: the refusal is seen to be its own file's success."""
    path = write(north="1")
    filing = module._read(farms, path, Terms(), None)
    stale = module._plan(farms, filing, Terms())
    submit(farms, path, STEWARD)
    after = farms.log.head()
    assert handle(farms, stale.commands, STEWARD).refusal is not None
    assert submit(farms, path, STEWARD).reply is None
    assert farms.log.head() == after


# --- the template --------------------------------------------------------------------------------------------------


def test_a_template_filled_in_is_taken(farms: Session, tmp_path: Path) -> None:
    path = tmp_path / "north.xlsx"
    path.write_bytes(template(farms, "north", "count", "once"))
    with pytest.raises(Problems, match="no-figures"):
        check(farms, path)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (("west", "count", "once"), "unknown-entity"),
        (("north", "tally", "once"), "unknown-obligation"),
        (("north", "count", "2031-09"), "unknown-period"),
    ],
)
def test_a_template_for_what_is_not_owed_is_refused(farms: Session, asked: tuple[str, str, str], code: str) -> None:
    with pytest.raises(Problems) as found:
        template(farms, *asked)
    assert [problem.code for problem in found.value.problems] == [code]


def test_without_a_definition_there_is_nothing_to_fill_in(tmp_path: Path) -> None:
    session = open_session(Settings(":memory:", at=START), write=True, create=True)
    for ask in (lambda: template(session, "north", "count", "once"), lambda: check(session, tmp_path / "x.csv")):
        with pytest.raises(Problems) as found:
            ask()
        assert [problem.code for problem in found.value.problems] == ["no-definition"]
    session.close()


# --- any order ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return harvest(tmp_path_factory.mktemp("harvest") / "folder")


MANY = tuple(f"farm-{number}" for number in range(6))


@settings(max_examples=25, deadline=None)
@given(order=st.permutations(range(len(MANY))), tons=st.lists(st.integers(1, 500), min_size=6, max_size=6))
def test_any_order_of_arrival_gives_the_same_figures_and_marks(
    folder: Path, order: Sequence[int], tons: list[int]
) -> None:
    """The reports of one instant, handed in in any order, leave the same figures and the same marks."""
    assert outcome(folder, order, tons) == outcome(folder, range(len(MANY)), tons)


def outcome(folder: Path, order: Sequence[int], tons: list[int]) -> dict[str, object]:
    session = open_session(Settings(":memory:", at=START), write=True, create=True)
    apply(session, folder, STEWARD, rehearsal=True)
    handle(session, [EnrolEntity(name, "farm", name, ("farm",)) for name in MANY], STEWARD)
    for place in order:
        assert handle(session, [_report(MANY[place], tons[place])], STEWARD).refusal is None
    definition = session.context().definition
    assert definition is not None
    found: dict[str, object] = {
        name: (
            {key: figure for key, (figure, *_) in current_figures(state).items()},
            [duty.standing for duty in duties(state, definition, session.today())],
        )
        for name, state in session.entities().items()
    }
    session.close()
    return found


def _report(farm: str, tons: int) -> SubmitReport:
    figure = Figure(indicator="yield", value=Decimal(tons), unit="t", scope="field")
    return SubmitReport(farm, "count-once", "count", "once", (figure,))


@settings(max_examples=25, deadline=None)
@given(values=st.lists(st.integers(1, 500), min_size=2, max_size=6, unique=True))
def test_a_correction_never_changes_what_an_earlier_position_shows(folder: Path, values: list[int]) -> None:
    session = open_session(Settings(":memory:", at=START), write=True, create=True)
    apply(session, folder, STEWARD, rehearsal=True)
    handle(session, [EnrolEntity("north", "farm", "North", ("farm",))], STEWARD)
    seen: list[tuple[int, datetime, EntityState]] = []
    for number, tons in zip(count(), values, strict=False):
        session.settings = msgspec.structs.replace(session.settings, at=START + timedelta(days=number))
        report = _report("north", tons)
        command = CorrectReport("north", report.report, report.figures, "recount") if number else report
        assert handle(session, [command], STEWARD).refusal is None
        seen.append((session.log.head(), session.instant(), session.entities()["north"]))
    for position, instant, state in seen:
        assert past(session, to=position).entities["north"] == state
        assert past(session, as_of=instant).entities["north"] == state
    session.close()


def test_progress_is_passed_on(farms: Session, write: Callable[..., Path]) -> None:
    told: list[tuple[int, int]] = []
    check(farms, write(north="1"), progress=lambda done, of: told.append((done, of)))
    assert told[-1][0] == told[-1][1] > 0
