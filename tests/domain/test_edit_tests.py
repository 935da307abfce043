"""When figures were changed (R-46, R-47): after a ranking was seen, or many at once, late; and what an edit is."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from domain.firms import Firm, check, fact, found, rules
from domain.scenario import opened

from campaign.domain import events as e
from campaign.domain.definition import VerificationCheck
from campaign.domain.edit_tests import Seen, rankings
from campaign.domain.series import Edit, Look, Suspicion, points, series
from campaign.domain.state import CampaignState, Context, Edition, Run
from campaign.problems import T

RANKED = check("edit_after_ranking")
LATE = check("late_edits", at_least=2, within_days=3, finding="omission")
NOVEMBER = datetime(2005, 11, 20, tzinfo=UTC)


def run(name: str, cutoff: int, position: int) -> Run:
    return Run(name, "s", "0" * 64, cutoff, "final", "{}", "0" * 64, position)


def edition(number: int, cutoff: int, position: int) -> Edition:
    return Edition(number, cutoff, "0" * 64, date(2005, 2, 10), position)


def seen(*runs: Run, **bulletins: tuple[Edition, ...]) -> CampaignState:
    return opened(runs={entry.run: entry for entry in runs}, bulletins=bulletins)


def ask(rule: VerificationCheck, firm: Firm, campaign: CampaignState | None = None) -> tuple[Suspicion, ...]:
    return found(msgspec.structs.replace(rules(rule), campaign=campaign or opened()), firm)


# --- rankings that could be seen ---------------------------------------------------------------------------------


def test_every_ranking_that_was_ever_seen_the_earliest_first() -> None:
    campaign = seen(
        run("r-late", 50, 60),
        run("r-early", 10, 20),
        july=(edition(0, 5, 15), edition(1, 30, 40)),
    )
    assert rankings(campaign) == [
        Seen("july", 5, 15),
        Seen("r-early", 10, 20),
        Seen("july", 30, 40),
        Seen("r-late", 50, 60),
    ]


def edited() -> Firm:
    """Reported at 102 and 103; the first is corrected at 105, the second at 106."""
    return Firm().months("100", "200").add(e.TasksDefined(("x",))).correct(1, "120").correct(2, "220")


def test_an_edit_after_a_ranking_names_the_first_that_had_taken_it_in() -> None:
    changed = T(
        "{report} of {period} was changed after {ranking} was seen", report="m-2005-01", period="2005-01", ranking="r-1"
    )
    campaign = seen(run("r-2", 102, 104), run("r-1", 102, 103), run("r-0", 101, 102))
    assert ask(RANKED, edited(), campaign) == (
        Suspicion(
            check=RANKED.id,
            test="edit_after_ranking",
            kind="contradiction",
            entity="faw",
            statement=changed,
            values=("m-2005-01 2005-01", "ranking=r-1"),
            events=(102, 103, 105),
            report="m-2005-01",
            period="2005-01",
        ),
    )


@pytest.mark.parametrize(
    ("cutoff", "position", "reports"),
    [
        (101, 104, []),
        (102, 104, ["m-2005-01"]),
        (103, 104, ["m-2005-01", "m-2005-02"]),
        (103, 105, ["m-2005-02"]),
        (103, 106, []),
    ],
    ids=["made before it", "up to the first", "up to both", "seen as the first was edited", "as the second was"],
)
def test_only_what_entered_the_ranking_and_was_edited_once_it_was_seen(
    cutoff: int, position: int, reports: list[str]
) -> None:
    assert [entry.report for entry in ask(RANKED, edited(), seen(run("r", cutoff, position)))] == reports


@pytest.mark.parametrize(
    ("obligations", "count"), [((), 2), (("monthly",), 2), (("weekly", "monthly"), 2), (("weekly",), 0)]
)
def test_edits_of_the_obligations_that_the_check_looks_at(obligations: tuple[str, ...], count: int) -> None:
    rule = msgspec.structs.replace(RANKED, obligations=obligations)
    assert len(ask(rule, edited(), seen(run("r", 103, 104)))) == count
    late = msgspec.structs.replace(LATE, obligations=obligations)
    firm = Firm().months("100", "200", first=8).correct(8, "101", NOVEMBER).correct(9, "201", NOVEMBER)
    assert len(ask(late, firm)) == count // 2


# --- late edits --------------------------------------------------------------------------------------------------


def reported() -> Firm:
    """August is due by 5 September, September by 5 October, October by 7 November, a Monday."""
    return Firm().months("100", "200", "300", first=8)


def test_a_cluster_of_late_edits_names_each_with_its_day() -> None:
    firm = reported().correct(8, "101", NOVEMBER).correct(9, "201", NOVEMBER + timedelta(days=3))
    several = T("{count} late edits from {first} to {last}", count=2, first="2005-11-20", last="2005-11-23")
    assert ask(LATE, firm) == (
        Suspicion(
            check=LATE.id,
            test="late_edits",
            kind="omission",
            entity="faw",
            statement=several,
            values=("2005-11-20 m-2005-08 2005-08", "2005-11-23 m-2005-09 2005-09"),
            events=(105, 106),
            threshold="2",
        ),
    )


def test_a_single_late_edit_names_its_report_where_one_is_enough() -> None:
    (entry,) = ask(msgspec.structs.replace(LATE, at_least=1), reported().correct(8, "101", NOVEMBER))
    assert (entry.report, entry.period, entry.threshold) == ("m-2005-08", "2005-08", "1")


@pytest.mark.parametrize(
    ("days", "sizes"),
    [
        ((0, 3), [2]),
        ((0, 4), []),
        ((0, 3, 4), [2]),
        ((0, 3, 4, 7), [2, 2]),
        ((0, 1, 3, 8, 9), [3, 2]),
        ((0,), []),
    ],
    ids=["three days apart", "four", "the third apart", "two clusters", "of three and of two", "one alone"],
)
def test_a_cluster_ends_within_days_of_its_first(days: tuple[int, ...], sizes: list[int]) -> None:
    firm = reported()
    for number, day in enumerate(days):
        firm.correct(8 + number % 2, str(400 + number), NOVEMBER + timedelta(days=day))
    assert [len(entry.values) for entry in ask(LATE, firm)] == sizes


@pytest.mark.parametrize(
    ("hour", "late"),
    [(datetime(2005, 9, 5, 15, 59, tzinfo=UTC), 0), (datetime(2005, 9, 5, 16, tzinfo=UTC), 1)],
    ids=["on the last day, at Shanghai", "the day after, at Shanghai"],
)
def test_late_is_after_the_last_day_in_the_campaign_s_time_zone(hour: datetime, late: int) -> None:
    rule = msgspec.structs.replace(LATE, at_least=1)
    assert len(ask(rule, reported().correct(8, "101", hour))) == late


# --- what an edit is ---------------------------------------------------------------------------------------------


def test_an_edit_is_other_figures_in_the_place_of_earlier_ones() -> None:
    assert edited().trace.edits == (
        Edit("m-2005-01", "monthly", "2005-01", 105, edited().records[4].recorded_at, "clerk"),
        Edit("m-2005-02", "monthly", "2005-02", 106, edited().records[5].recorded_at, "clerk"),
    )
    assert Firm().months("100").correct(1, "100").trace.edits == ()
    assert Firm().months("100", "100").trace.edits == ()


# --- what a check looks at ---------------------------------------------------------------------------------------


def look(rule: VerificationCheck, firm: Firm) -> Look:
    context: Context = rules(rule)
    assert context.definition is not None
    return Look(rule, firm.trace, context.definition, context.campaign)


def two_of_each() -> Firm:
    firm = Firm().month(2, fact("2"), fact("20", "rate")).month(1, fact("1"), fact("10", "rate"))
    firm.add(e.ReportSubmitted("w", "weekly", "2005-W01", (fact("7"), fact("8", scope="all"))))
    return firm.add(e.ReportReturned("m-2005-02", "wrong")).month(3, fact("3"))


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        (RANKED, ["1", "10", "7", "8", "3"]),
        (msgspec.structs.replace(RANKED, obligations=("weekly",)), ["7", "8"]),
        (msgspec.structs.replace(RANKED, indicators=("rate",)), ["10"]),
        (msgspec.structs.replace(RANKED, obligations=("monthly",), indicators=("output",)), ["1", "3"]),
    ],
    ids=["all but the returned", "one obligation", "one indicator", "one of each"],
)
def test_the_values_that_a_check_looks_at(rule: VerificationCheck, values: list[str]) -> None:
    assert [str(point.figure.value) for point in points(look(rule, two_of_each()))] == values


def test_values_stand_by_series_in_order_of_period() -> None:
    firm = Firm().month(2, fact("2"), fact("20", "rate")).month(1, fact("1"), fact("8", scope="all"))
    found = {key: [str(point.figure.value) for point in listed] for key, listed in series(look(RANKED, firm)).items()}
    assert list(found.items()) == [
        (("monthly", "output", "all"), ["8"]),
        (("monthly", "output", "own"), ["1", "2"]),
        (("monthly", "rate", "own"), ["20"]),
    ]


@pytest.mark.parametrize(
    ("says", "name"),
    [
        ({}, "c-jump.7"),
        ({"indicator": "output"}, "c-jump.output.7"),
        ({"indicator": "output", "scope": "own"}, "c-jump.output.own.7"),
        ({"events": ()}, "c-jump.0"),
    ],
)
def test_the_same_facts_are_found_under_one_id(says: dict[str, object], name: str) -> None:
    sound: dict[str, object] = {"check": "c-jump", "test": "jump", "kind": "omission", "entity": "faw"}
    entry = Suspicion(**{**sound, "statement": T("x"), "values": (), "events": (3, 7, 5), **says})  # type: ignore[arg-type]
    assert entry.finding == name
