"""Assessing on a small campaign: what is recorded comes out again, and what is supposed is never written."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from app.drives import ADA, FIGURE, begun, drive, must, on, pledge, refused
from app.test_explain import SCHEME

from campaign.app import assess, read, whatif
from campaign.app.handle import Who, handle
from campaign.app.session import Session
from campaign.domain import commands as c
from campaign.problems import Problems

GENEROUS = SCHEME.replace("scheme: plain", "scheme: generous").replace("|| 100    |", "|| 250.50 |")


def reported(session: Session, farm: str, tons: int, week: int = 10, day: int = 7) -> None:
    on(session, 3, day)
    figure = msgspec.structs.replace(FIGURE, value=Decimal(tons))
    must(handle(session, [c.SubmitReport(farm, f"w-{week}", "weekly", f"2031-W{week}", (figure,))], ADA))


def written(tmp_path: Path, text: str = SCHEME) -> Path:
    path = tmp_path / "scheme.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """Return a session over two farms that pledged as much and reported 9 and 7 tons."""
    opened = begun(drive(tmp_path / "folder"))
    for farm, tons in (("north", 9), ("south", 7)):
        pledge(opened, farm)
        reported(opened, farm, tons)
    yield opened
    opened.close()


@pytest.fixture
def assessed(session: Session, tmp_path: Path) -> Session:
    must(assess.adopt_scheme(session, written(tmp_path), ADA))
    must(assess.run(session, ADA, run="r-1", basis="provisional"))
    return session


def codes(caught: pytest.ExceptionInfo[Problems]) -> list[str]:
    return [problem.code for problem in caught.value.problems]


# --- running -------------------------------------------------------------------------------------------------------


def test_without_a_scheme_nothing_is_assessed_and_the_refusal_is_told(session: Session) -> None:
    assert assess.adopted(session) is None
    assert refused(assess.run(session, ADA, run="r-1", basis="final")) == ["no-scheme"]
    with pytest.raises(Problems) as caught:
        assess.shown(session)
    assert codes(caught) == ["run-unknown"]
    assert str(caught.value.problems[0].fix) == "record one with `campaign assess run`"


def test_a_run_names_its_scheme_and_its_position_and_who_won(assessed: Session) -> None:
    recorded, found = assess.shown(assessed)
    adopted = assess.adopted(assessed)
    assert adopted is not None
    assert (recorded.run, recorded.scheme_sha256) == ("r-1", adopted.sha256)
    assert recorded.log_position == recorded.position - 1
    assert {name: scored.rank for name, scored in found.entities.items()} == {"north": 1, "south": 2}
    assert assess.winners(assessed) == assess.winners(assessed, "r-1") == ["north"]
    ranking = read.ranking(assessed)
    assert ranking is not None
    assert [(place.entity, place.rank) for place in ranking.places] == [("north", 1), ("south", 2)]


def test_a_dry_run_records_nothing(session: Session, tmp_path: Path) -> None:
    assert assess.adopt_scheme(session, written(tmp_path), ADA, dry_run=True).last == 0
    must(assess.adopt_scheme(session, written(tmp_path), ADA, document="order-7", reason="first"))
    before = session.log.head()
    tried = assess.run(session, ADA, run="r-1", basis="provisional", dry_run=True)
    assert [topic for _, topic in tried.events] == ["assessment_recorded.v1"]
    assert (session.log.head(), session.campaign().runs) == (before, {})


def test_a_result_comes_out_again_whatever_is_reported_later(assessed: Session) -> None:
    reported(assessed, "south", 20, 11, 14)
    assert assess.reproduced(assessed)
    assert assess.reproduced(assessed, "r-1")
    must(assess.run(assessed, ADA, run="r-2", basis="provisional"))
    assert assess.winners(assessed) == ["south"], "by default the last"
    assert assess.winners(assessed, "r-1") == ["north"]
    assert assess.run_of(assessed, "").run == "r-2"


def test_a_run_under_an_id_that_was_used_is_refused(assessed: Session) -> None:
    assert refused(assess.run(assessed, ADA, run="r-1", basis="provisional")) == ["run-exists"]


def test_a_past_position_shows_what_was_known_then(assessed: Session) -> None:
    before = assess.run_of(assessed, "").log_position
    reported(assessed, "south", 20, 11, 14)
    now, then = assess.present(assessed), assess.past(assessed, before)
    assert (len(then.states["south"].reports), len(now.states["south"].reports)) == (1, 2)
    assert (then.at, now.at, str(then.on), str(now.on)) == (before, assessed.log.head(), "2031-03-07", "2031-03-14")
    assert assess.pasts(assessed, [before, before])[before] == then
    with pytest.raises(Problems) as caught:
        assess.past(assessed, now.at + 1)
    assert codes(caught) == ["no-such-position"]


@pytest.mark.parametrize(("name", "fix"), [("r-2", "did you mean r-1?"), ("x", "choose one of r-1")])
def test_a_run_that_there_is_not_is_named_with_those_that_there_are(assessed: Session, name: str, fix: str) -> None:
    with pytest.raises(Problems) as caught:
        assess.reproduced(assessed, name)
    assert codes(caught) == ["run-unknown"]
    assert str(caught.value.problems[0].fix) == fix


def test_whoever_was_not_assessed_has_no_reasons(assessed: Session) -> None:
    recorded = assess.run_of(assessed, "")
    assert assess.reasons(assessed, recorded, "north")
    with pytest.raises(Problems) as caught:
        assess.reasons(assessed, recorded, "nort")
    assert codes(caught) == ["not-assessed"]
    assert str(caught.value.problems[0].fix) == "did you mean north?"


def test_a_scheme_with_a_mistake_is_not_adopted_and_every_mistake_is_placed(session: Session, tmp_path: Path) -> None:
    path = written(tmp_path, SCHEME.replace("|| good |", "|| best |").replace("|| poor |", "|| worst |"))
    with pytest.raises(Problems) as caught:
        assess.adopt_scheme(session, path, ADA)
    assert len(caught.value.problems) == 2
    assert all(problem.place.file == str(path) and problem.place.line for problem in caught.value.problems)
    assert assess.adopted(session) is None


def test_who_may_not_adopt_is_refused(session: Session, tmp_path: Path) -> None:
    assert refused(assess.adopt_scheme(session, written(tmp_path), Who("p-eve"))) == ["not-permitted"]


# --- supposing -------------------------------------------------------------------------------------------------------


def ranks(played: whatif.Comparison) -> dict[str, tuple[int, int]]:
    return {line.entity: line.rank for line in played.lines}


@pytest.mark.parametrize(
    ("settings", "scope", "expected"),
    [
        ([], "", {"north": (1, 1), "south": (2, 2)}),
        (["figure.yield=+50%"], "south", {"north": (1, 2), "south": (2, 1)}),
        (["figure.yield=-3"], "north", {"north": (1, 2), "south": (2, 1)}),
        (["figure.yield=7"], "farm", {"north": (1, 1), "south": (2, 1)}),
        (["target.yield=1"], "south", {"north": (1, 2), "south": (2, 1)}),
        (["target.yield=+100%"], "north", {"north": (1, 2), "south": (2, 1)}),
        (["figure.yield=7", "figure.yield=+1"], "north", {"north": (1, 1), "south": (2, 2)}),
    ],
)
def test_the_year_is_played_with_other_figures_and_targets(
    assessed: Session, settings: list[str], scope: str, expected: dict[str, tuple[int, int]]
) -> None:
    head = assessed.log.head()
    played = whatif.what_if(assessed, settings=settings, scope=scope)
    assert ranks(played) == expected
    assert any(line.differs for line in played.lines) == bool(settings)
    assert assessed.log.head() == head, "nothing is written"


def test_another_scheme_is_played_beside_the_adopted_one(assessed: Session, tmp_path: Path) -> None:
    played = whatif.what_if(assessed, scheme=written(tmp_path, GENEROUS))
    assert played.cost == (Decimal(100), Decimal("250.50"))
    assert played.before != played.after
    assert played.after.endswith(f"@{assessed.log.head()}")
    adopted = assess.adopted(assessed)
    assert adopted is not None
    assert adopted.scheme == "plain"


def test_a_scheme_may_be_played_before_any_is_adopted(session: Session, tmp_path: Path) -> None:
    with pytest.raises(Problems) as caught:
        whatif.what_if(session)
    assert codes(caught) == ["no-scheme"]
    played = whatif.what_if(session, scheme=written(tmp_path))
    assert played.cost == (Decimal(100), Decimal(100)), "beside itself"
    assert not any(line.differs for line in played.lines)


@pytest.mark.parametrize(
    ("settings", "scope", "said"),
    [
        (["yield=5", "target.yeild=5"], "", ["setting-unreadable", "setting-unknown"]),
        (["target.yield=x"], "", ["setting-unreadable"]),
        (["target.yield=5"], "nort", ["scope-unknown"]),
    ],
)
def test_what_cannot_be_supposed_is_told_at_once(
    assessed: Session, settings: list[str], scope: str, said: list[str]
) -> None:
    with pytest.raises(Problems) as caught:
        whatif.what_if(assessed, settings=settings, scope=scope)
    assert codes(caught) == said
    assert all(problem.fix.template for problem in caught.value.problems)


def test_two_runs_lie_side_by_side_also_where_one_did_not_assess_an_entity(assessed: Session) -> None:
    must(handle(assessed, [c.EnrolEntity("west", "farm", "West", ("farm",))], ADA))
    pledge(assessed, "west")
    reported(assessed, "west", 20, 11, 14)
    must(assess.run(assessed, ADA, run="r-2", basis="provisional"))
    played = whatif.compare_runs(assessed, "r-1", "r-2")
    assert ranks(played) == {"north": (1, 2), "south": (2, 3), "west": (0, 1)}
    west = next(line for line in played.lines if line.entity == "west")
    assert (west.score[0], west.award) == ("", (Decimal(0), Decimal(100)))
    back = whatif.compare_runs(assessed, "r-2", "r-1")
    assert ranks(back)["west"] == (1, 0)
    assert played.cost == (Decimal(100), Decimal(100))
