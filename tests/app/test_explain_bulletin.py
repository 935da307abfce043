"""A total of a bulletin down to whose figures are added in it, and from a figure's event to every total it is in."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from app.drives import ADA, must
from app.folders import PHASES, harvest
from app.tellings import placed, resting, told, walk

from campaign.app import bulletins, evidence
from campaign.app.adopt import apply
from campaign.app.bulletins import Correction, correct, publish
from campaign.app.explain import explain
from campaign.app.handle import handle
from campaign.app.session import Session, Settings, open_session
from campaign.app.steps import rests_on
from campaign.app.submit import submit
from campaign.app.uses import Used, used_by
from campaign.domain import commands as c
from campaign.domain.events import Figure
from campaign.problems import Problems

DUTIES = """obligations:
  - {id: tally, label: Tally, cadence: monthly, days: [5], groups: [farm], indicators: [yield]}
  - {id: news, label: News, cadence: monthly, days: [10], act: bulletin}
"""
OTHER = "  - {id: digest, label: Digest, cadence: monthly, days: [10], act: bulletin}\n"
TREES = """
reconciliations:
  - {id: farms, label: Farms, groups: [farm]}
"""
TREND = """
trend: {growth: yield, benefit: yield}
"""
RATE = "  - {id: rate, label: Rate, unit: '%', additive: false, completion: ratio_of_growth, base: yield}\n"
TOTAL = "bulletin:2031-08/farms/yield"


def tons(value: str) -> Figure:
    return Figure(indicator="yield", value=Decimal(value), unit="t", scope="field")


def begun(folder: Path, duties: str = DUTIES, rankings: str = "") -> Session:
    """Return the harvest campaign with three farms, of which `patch` lies in north."""
    harvest(folder)
    (folder / "phases.yaml").write_text(
        PHASES.replace("obligations:\n", duties).replace("expected: 2", "expected: 3"), encoding="utf-8"
    )
    indicators = folder / "indicators.yaml"
    text = indicators.read_text(encoding="utf-8").replace("scopes:\n", f"{RATE}scopes:\n")
    indicators.write_text(text + TREES + rankings, encoding="utf-8")
    session = open_session(Settings(":memory:", at=datetime(2031, 3, 1, 8, tzinfo=UTC)), write=True, create=True)
    must(apply(session, folder, ADA, rehearsal=True))
    farms = [c.EnrolEntity(name, "farm", name.title(), ("farm",)) for name in ("north", "south")]
    give(session, *farms, c.EnrolEntity("patch", "farm", "Patch", ("farm",), parent="north"))
    return session


def give(session: Session, *commands: c.Command) -> int:
    return must(handle(session, commands, ADA)).last


def at(session: Session, month: int, day: int) -> None:
    session.settings = msgspec.structs.replace(session.settings, at=datetime(2031, month, day, 9, tzinfo=UTC))


@pytest.fixture
def farms(tmp_path: Path) -> Iterator[Session]:
    """Return the campaign in September: surveyed north and south, and reports of north, south by file, and patch."""
    session = begun(tmp_path / "folder")
    for farm, base in (("north", "12"), ("south", "6")):
        give(session, c.RecordSurvey(farm, ("p-ada",), (tons(base),)))
    at(session, 9, 3)
    give(session, c.SubmitReport("north", "t", "tally", "2031-08", (tons("9"),)))
    file = tmp_path / "south.csv"
    file.write_text("entity,obligation,period,indicator,value\nsouth,tally,2031-08,yield,5\n")
    assert submit(session, file, ADA).reply is not None
    give(session, c.SubmitReport("patch", "t", "tally", "2031-08", (tons("2"),)))
    yield session
    session.close()


def figures(session: Session, farm: str) -> int:
    (line,) = session.entities()[farm].reports.values()
    return line.figures_position


def without_events(lines: list[str]) -> list[str]:
    return [line for line in lines if not line.startswith("#")]


def test_a_total_is_explained_by_what_is_added_and_what_is_not(farms: Session) -> None:
    publish(farms, "2031-08", ADA)
    found = explain(farms, TOTAL)
    assert without_events(told(found)) == [
        f"News 2031-08, as first published, made up to position {farms.log.head() - 1}",
        "by the definition adopted on 2031-03-01",
        "Yield, Farms",
        "as reported",
        "this year: 14 t, of 2 entities",
        "North: 9 t",
        "it said 9 t, provisional",
        "South: 5 t",
        "it said 5 t, provisional",
        "last year: 12.0000 t, 66.6667% of the sum",
        "North: 12 t",
        "South: 6 t",
        "the change is 16.6667%",
        "like for like it is the same",
        "not added, as another's figure holds theirs: Patch",
    ]
    assert found.positions == (farms.log.head(),)
    (adoption,) = farms.campaign().adoptions
    assert resting(found, "by the definition") == {adoption.position}
    assert placed(found, "by the definition") == [f"sha256 {adoption.sha256}"]
    assert resting(found, "North: 9 t") == {figures(farms, "north")}
    assert resting(found, "North: 12 t") == {farms.entities()["north"].baseline_position}
    line = farms.entities()["south"].reports["tally-2031-08"]
    assert placed(found, "it said 5 t") == [f"south.csv!E2 sha256 {line.source_sha256}"]


def test_the_sums_that_are_explained_are_those_of_the_bulletin(farms: Session) -> None:
    made, _ = publish(farms, "2031-08", ADA)
    (total,) = made.bulletin.totals
    lines = told(explain(farms, TOTAL))
    assert f"this year: {total.reported.value} t, of {total.reported.entities} entities" in lines
    assert f"the change is {total.reported.change_pct}%" in lines


def test_one_without_last_year_is_left_out_like_for_like(farms: Session) -> None:
    give(farms, c.RecordSurvey("patch", ("p-ada",), ()))
    give(farms, c.EnrolEntity("new", "farm", "New", ("farm",)))
    give(farms, c.SubmitReport("new", "t", "tally", "2031-08", (tons("4"),)))
    lines = told(explain(farms, TOTAL))
    assert "like for like" in lines
    assert [line for line in lines if line.startswith("this year")] == [
        "this year: 18 t, of 3 entities",
        "this year: 14 t, of 2 entities",
    ]


def test_who_left_and_who_has_no_figure_is_named(farms: Session) -> None:
    give(farms, c.EnrolEntity("new", "farm", "New", ("farm",)))
    gone = give(farms, c.ExitStatistics("south", date(2031, 8, 20), "shell_enterprise", "sold"))
    found = explain(farms, TOTAL)
    assert "South left the statistics on 2031-08-20: sold" in told(found)
    assert resting(found, "South left") == {gone}
    assert "without a figure: New" in told(found)


def test_a_bulletin_tells_its_edition_its_checkpoint_and_who_was_late(farms: Session, tmp_path: Path) -> None:
    assert evidence.rotate(farms, tmp_path / "key", ADA).refusal is None
    note = evidence.checkpoint(farms, tmp_path / "key")
    give(farms, c.EnrolEntity("new", "farm", "New", ("farm",)))
    at(farms, 9, 12)
    publish(farms, "2031-08", ADA)
    whole = explain(farms, "bulletin:2031-08")
    assert any(line.startswith("log campaign/harvest-2031: ") and note.split("\n")[2] in line for line in told(whole))
    assert placed(whole, "New: Tally 2031-08 is listed as late or missing") == ["mark:new/tally/2031-08"]
    assert not any(line.startswith("North: 9 t") for line in told(whole)), "what is added is shown of a single total"
    late = {step.where for step in walk(whole) if step.where.startswith("mark:")}
    assert all(told(explain(farms, name)) for name in late)


def test_every_edition_is_explained_from_its_own_cutoff(farms: Session) -> None:
    publish(farms, "2031-08", ADA)
    first = figures(farms, "north")
    give(farms, c.CorrectReport("north", "t", (tons("10"),), "recount"))
    correct(farms, Correction("2031-08", "a recount"), ADA)
    last = figures(farms, "north")
    assert told(explain(farms, "bulletin:2031-08"))[:3] == [
        f"News 2031-08, correction 1, made up to position {last}",
        "by the definition adopted on 2031-03-01",
        "corrected because: a recount",
    ]
    assert resting(explain(farms, "bulletin:2031-08#0/farms/yield"), "North: 9 t") == {first}
    assert resting(explain(farms, "bulletin:news/2031-08#1/farms/yield"), "North: 10 t") == {last}
    assert explain(farms, TOTAL) == explain(farms, "bulletin:2031-08#1/farms/yield")
    early = explain(farms, "bulletin:2031-08#0/farms/yield")
    assert "report_corrected.v1" not in " ".join(told(early))


def test_what_is_not_published_is_explained_as_a_draft(farms: Session) -> None:
    assert told(explain(farms, TOTAL))[0] == f"News 2031-08, a draft made up to position {farms.log.head()}"
    assert explain(farms, TOTAL).positions == ()


def test_an_edition_that_does_not_come_out_again_is_not_explained_as_if_it_did(
    farms: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the program had come to reckon otherwise since."""
    publish(farms, "2031-08", ADA)
    monkeypatch.setattr(bulletins, "canonical", lambda value: msgspec.json.encode(value) + b" ")
    with pytest.raises(Problems, match="integrity-bulletin"):
        explain(farms, TOTAL)


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("bulletin:2031-01", "unknown-period"),
        ("bulletin:2031-08#1", "unknown-edition"),
        ("bulletin:2031-08#x", "unknown-edition"),
        ("bulletin:2031-08/farm/yield", "total-unknown"),
        ("bulletin:2031-08/farms/price", "total-unknown"),
    ],
)
def test_what_there_is_not_is_named(farms: Session, what: str, code: str) -> None:
    with pytest.raises(Problems) as caught:
        explain(farms, what)
    (problem,) = caught.value.problems
    assert problem.code == code
    assert problem.fix.template


def test_of_several_bulletins_one_is_named(tmp_path: Path) -> None:
    session = begun(tmp_path / "two", DUTIES + OTHER)
    at(session, 9, 3)
    with pytest.raises(Problems, match="bulletin-not-named"):
        explain(session, "bulletin:2031-08")
    assert told(explain(session, "bulletin:digest/2031-08"))[0].startswith("Digest 2031-08")
    session.close()


# --- places in the ranking ---------------------------------------------------------------------------------------


@pytest.fixture
def ranked(tmp_path: Path) -> Iterator[Session]:
    """Return the campaign with a published ranking: south's rate, north's level, and patch without last year."""
    session = begun(tmp_path / "ranked", rankings=TREND)
    give(session, c.RecordSurvey("north", ("p-ada",), (tons("12"),)))
    at(session, 8, 3)
    give(session, c.SubmitReport("north", "s", "tally", "2031-07", (tons("8.4"),)))
    at(session, 9, 3)
    give(session, c.SubmitReport("north", "t", "tally", "2031-08", (tons("9"),)))
    rate = Figure(indicator="rate", value=Decimal(20), unit="%", scope="field")
    give(session, c.SubmitReport("south", "t", "tally", "2031-08", (tons("5"), rate)))
    give(session, c.SubmitReport("patch", "t", "tally", "2031-08", (tons("2"),)))
    publish(session, "2031-08", ADA)
    yield session
    session.close()


def test_a_place_rests_on_the_level_and_that_of_last_year(ranked: Session) -> None:
    found = explain(ranked, "bulletin:2031-08/farms/north")
    assert without_events(told(found))[2:] == [
        "North is number 2 of 2 by growth of Yield: 12.5000%",
        "the level is held against 66.6667% of that of last year",
        "North: 9 t",
        "it said 9 t, provisional",
        "North: 12 t",
        "in the period before it was number 1",
        "the mean, weighted by last year's levels, is 12.5000%",
        "the gap is 0.0000",
        "ahead of it: South, 20.0000%",
    ]
    north = ranked.entities()["north"]
    both = {north.baseline_position, north.reports["t"].figures_position}
    assert resting(found, "North is number 2") == both
    assert placed(found, "ahead of it") == ["farms/south"]


def test_a_place_rests_on_the_rate_where_one_was_reported(ranked: Session) -> None:
    found = explain(ranked, "bulletin:2031-08/farms/south")
    assert "the rate is the one reported: Rate" in told(found)
    assert "South: 20 %" in told(found)
    assert not any(line.startswith(("in the period before", "ahead of it")) for line in told(found))


def test_who_has_no_place_is_named_with_what_there_is(ranked: Session) -> None:
    with pytest.raises(Problems, match="total-unknown"):
        explain(ranked, "bulletin:2031-08/farms/patch")


def test_an_event_names_the_place_that_rests_on_it(ranked: Session) -> None:
    rank = Used("bulletin:news/2031-08#0/farms/north", "rank")
    north = ranked.entities()["north"]
    for position in (north.baseline_position, north.reports["t"].figures_position):
        assert rank in totals(ranked, position)
    assert rank not in totals(ranked, north.reports["s"].figures_position)


def test_without_a_mean_and_a_period_before_a_place_stands_alone(tmp_path: Path) -> None:
    session = begun(tmp_path / "alone", rankings=TREND)
    at(session, 9, 3)
    rate = Figure(indicator="rate", value=Decimal(20), unit="%", scope="field")
    give(session, c.SubmitReport("south", "t", "tally", "2031-08", (rate,)))
    lines = told(explain(session, "bulletin:2031-08/farms/south"))
    assert not any(line.startswith("the mean") for line in lines)
    session.close()


# --- and the other way -------------------------------------------------------------------------------------------


def totals(session: Session, position: int) -> list[Used]:
    return [use for use in used_by(session, position) if use.what.startswith("bulletin:")]


def test_an_event_names_every_total_that_it_is_added_up_in(farms: Session) -> None:
    publish(farms, "2031-08", ADA)
    first = figures(farms, "north")
    give(farms, c.CorrectReport("north", "t", (tons("10"),), "recount"))
    correct(farms, Correction("2031-08", "a recount"), ADA)
    zero, one = (f"bulletin:news/2031-08#{number}" for number in (0, 1))
    total, both = "farms/yield", "as reported, like for like"
    reported = [Used(zero, "added up"), Used(f"{zero}/{total}", both)]
    assert totals(farms, first) == [*reported, Used(f"{one}/{total}", both)], "of the correction it is only behind"
    assert totals(farms, figures(farms, "north")) == [Used(one, "added up"), Used(f"{one}/{total}", both)]
    surveyed = farms.entities()["south"].baseline_position
    years = [Used(f"{number}/{total}", "last year, last year, like for like") for number in (zero, one)]
    assert totals(farms, surveyed) == [Used(zero, "added up"), years[0], Used(one, "added up"), years[1]]


def test_what_another_s_figure_holds_is_in_no_total(farms: Session) -> None:
    publish(farms, "2031-08", ADA)
    assert totals(farms, figures(farms, "patch")) == []


def test_an_exit_is_named_where_it_left_a_total(farms: Session) -> None:
    gone = give(farms, c.ExitStatistics("south", date(2031, 8, 20), "shell_enterprise", "sold"))
    publish(farms, "2031-08", ADA)
    edition = "bulletin:news/2031-08#0"
    assert totals(farms, gone) == [Used(edition, "added up"), Used(f"{edition}/farms/yield", "left")]


def test_both_directions_agree(farms: Session) -> None:
    """Every event that a total's explanation adds up names that total, and no other event does."""
    give(farms, c.EnrolEntity("new", "farm", "New", ("farm",)))
    publish(farms, "2031-08", ADA)
    for what in ("bulletin:news/2031-08#0", "bulletin:news/2031-08#0/farms/yield"):
        using = {place: {use.what for use in totals(farms, place)} for place in range(1, farms.log.head() + 1)}
        assert {place for place, whats in using.items() if what in whats} == rests_on(explain(farms, what))
