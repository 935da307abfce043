"""Verification checks, each with figures as they really come: what is in question, by which values (R-46)."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import reduce

import msgspec
import pytest
from domain.firms import Firm, check, fact, found, rules, say
from domain.scenario import opened
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.domain import events as e
from campaign.domain.definition import VerificationCheck
from campaign.domain.screening import ALONE, Partial, combine, complete, part, screen
from campaign.domain.state import CampaignState, Context, Edition, Run
from campaign.domain.value_tests import median

# --- values of one series ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "tolerance", "periods"),
    [
        (("100", "210.5", "305"), "0", []),
        (("100", "210.5", "210.5"), "0", []),
        (("100", "210.5", "208.9", "300"), "0", ["2005-03"]),
        (("100", "210.5", "208.9", "300"), "1.6", []),
        (("100", "90", "80"), "0", ["2005-02", "2005-03"]),
    ],
)
def test_a_cumulative_value_does_not_fall(values: tuple[str, ...], tolerance: str, periods: list[str]) -> None:
    context = rules(check("falling_cumulative", tolerance=Decimal(tolerance)))
    suspicions = found(context, Firm().months(*values))
    assert [entry.period for entry in suspicions] == periods
    if periods == ["2005-03"]:
        assert suspicions[0].values == ("2005-02 output=210.5 亿元@own", "2005-03 output=208.9 亿元@own")
        assert suspicions[0].events == (103, 104)
        assert say(suspicions)[0][1] == (
            "output falls from 210.5 in 2005-02 to 208.9 in 2005-03, though it is cumulative"
        )


def test_a_new_year_begins_anew() -> None:
    context = rules(check("falling_cumulative"))
    firm = Firm().month(12, fact("1200")).month(1, fact("90"), year=2006)
    assert found(context, firm) == ()


def test_returned_reports_and_other_obligations_are_left_out() -> None:
    context = rules(check("falling_cumulative"))
    firm = Firm().months("100", "90").add(e.ReportReturned("m-2005-02", "口径"))
    assert found(context, firm) == ()
    elsewhere = rules(check("falling_cumulative", obligations=("weekly",)))
    assert found(elsewhere, Firm().months("100", "90")) == ()
    other = rules(check("falling_cumulative", indicators=("rate",)))
    assert found(other, Firm().months("100", "90")) == ()


def growing(*pairs: tuple[str, str], first: int = 1) -> Firm:
    firm = Firm().year_before("1200")
    for month, (level, rate) in enumerate(pairs, start=first):
        firm.month(month, fact(level), fact(rate, "rate"))
    return firm


GROWTH = check("growth_contradicts_levels", indicators=("rate",), tolerance=Decimal("0.05"))


@pytest.mark.parametrize(
    ("pairs", "first", "said"),
    [
        ((("115", "15"), ("230", "15")), 1, []),
        ((("115", "15"), ("116.15", "15"), ("116", "20")), 1, ["imply 96.67 last year, but 101.00 was implied before"]),
        ((("1500", "15"),), 11, ["imply 1304.35 last year, but all of it was 1200"]),
        ((("1380", "15"),), 12, []),
        ((("1380", "21"),), 12, ["imply only 1140.50 last year, which was 1200"]),
        ((("115", "-100"),), 1, []),
    ],
)
def test_growth_agrees_with_levels(pairs: tuple[tuple[str, str], ...], first: int, said: list[str]) -> None:
    suspicions = found(rules(GROWTH), growing(*pairs, first=first))
    assert [statement.partition("imply")[2] for _, statement in say(suspicions)] == [
        text.partition("imply")[2] for text in said
    ]


def test_growth_without_its_level_or_without_a_base_says_nothing() -> None:
    assert found(rules(GROWTH), Firm().month(1, fact("15", "rate"))) == ()
    plain = msgspec.structs.replace(GROWTH, indicators=("output",))
    assert found(rules(plain), growing(("115", "15"))) == ()


def test_a_level_under_another_scope_is_no_witness() -> None:
    firm = Firm().year_before("1200").month(11, fact("1500", scope="all"), fact("15", "rate"))
    assert found(rules(GROWTH), firm) == ()


@pytest.mark.parametrize(("inner", "count"), [("100", 0), ("100.01", 1), ("99", 0)])
def test_the_narrower_scope_does_not_exceed_the_wider(inner: str, count: int) -> None:
    context = rules(check("scopes_cross", scopes=("own", "all")))
    firm = Firm().month(1, fact(inner), fact("100", scope="all")).month(2, fact("300"))
    suspicions = found(context, firm)
    assert len(suspicions) == count
    if count:
        assert say(suspicions) == [("2005-01", "output of 2005-01 is 100.01 under own, more than 100 under all")]


JUMP = check("jump", threshold=Decimal("3.5"), at_least=5, tolerance=Decimal(1))


@pytest.mark.parametrize(
    ("values", "periods"),
    [
        (("10", "20", "31", "41", "50", "61", "70"), []),
        (("10", "20", "31", "41", "90", "101", "110"), ["2005-05"]),
        (("10", "20", "30", "40", "50", "60", "70"), []),
        (("10", "20", "30", "40", "50", "62", "72"), ["2005-06"]),
        (("10", "20", "30", "40", "50", "60.9", "70.9"), []),
        (("10", "500"), []),
    ],
)
def test_a_jump_stands_out_from_the_steps_of_its_series(values: tuple[str, ...], periods: list[str]) -> None:
    suspicions = found(rules(JUMP), Firm().months(*values))
    assert [entry.period for entry in suspicions] == periods
    say(suspicions)


SLIP = check("unit_slip", threshold=Decimal(10_000), at_least=2)


@pytest.mark.parametrize(
    ("values", "periods"),
    [
        (("100", "210", "305"), []),
        (("100", "210", "3050000"), ["2005-03"]),
        (("0.0101", "210", "305"), ["2005-01"]),
        (("100", "210", "30500"), []),
        (("100", "0", "305"), []),
        (("100", "1000000"), []),
    ],
)
def test_a_slip_of_unit_is_a_factor_of_ten_thousand(values: tuple[str, ...], periods: list[str]) -> None:
    """万元 for 亿元, either way; a year's growth of a cumulative series is no slip."""
    suspicions = found(rules(SLIP), Firm().months(*values))
    assert [entry.period for entry in suspicions] == periods
    say(suspicions)


def test_last_year_is_a_witness_of_a_slip() -> None:
    firm = Firm().year_before("1200").months("1000000", "200")
    (entry,) = found(rules(SLIP), firm)
    assert entry.values == ("2005-01 output=1000000 亿元@own", "median=1200")
    assert entry.threshold == "10000"


@pytest.mark.parametrize(("unit", "count"), [("亿元", 0), ("万元", 1), (" ", 1)])
def test_a_value_carries_its_unit(unit: str, count: int) -> None:
    firm = Firm().month(1, fact("100", unit=unit))
    suspicions = found(rules(check("unit_missing", finding="omission")), firm)
    assert len(suspicions) == count
    assert all((entry.kind, entry.threshold) == ("omission", "亿元") for entry in suspicions)


def test_an_unknown_indicator_has_no_unit_to_carry() -> None:
    firm = Firm().month(1, msgspec.structs.replace(fact("1"), indicator="steel"))
    (entry,) = found(rules(check("unit_missing")), firm)
    assert str(entry.statement).endswith("without its unit, ?")


ROUND = check("round_numbers", threshold=Decimal("0.8"), at_least=5, step=Decimal(10))


@pytest.mark.parametrize(
    ("values", "count"),
    [
        (("100", "210", "300", "410", "500"), 1),
        (("100", "210", "300", "410", "501"), 0),
        (("100", "210", "300", "410"), 0),
        (("100", "210", "0", "410", "500"), 0),
        (("1.1", "2.2", "3.3", "4.4", "5.5"), 0),
    ],
)
def test_too_many_round_numbers(values: tuple[str, ...], count: int) -> None:
    suspicions = found(rules(ROUND), Firm().months(*values))
    assert len(suspicions) == count
    if count:
        assert say(suspicions) == [("", "5 of 5 values are whole multiples of 10")]
        assert suspicions[0].values == ("round=5", "all=5")


DIGITS = check("last_digits", threshold=Decimal("21.666"), at_least=20)


def test_last_digits_that_are_too_uneven() -> None:
    fives = Firm().months(*(f"{number}.05" for number in range(1, 25)))
    (entry,) = found(rules(DIGITS), fives)
    assert str(entry.statement) == "24 of 24 values end in 5"
    assert entry.values[5] == "5=24"
    assert entry.values[-1] == "chi-square=216"
    even = Firm().months(*(f"{number}.0{number % 10}" for number in range(1, 25)))
    assert found(rules(DIGITS), even) == ()
    assert found(rules(DIGITS), Firm().months("1.05")) == ()


def test_the_last_digit_of_an_unknown_indicator_is_that_of_its_whole_part() -> None:
    odd = [msgspec.structs.replace(fact(f"{number}7.9"), indicator="steel") for number in range(1, 25)]
    firm = Firm()
    for month, figure in enumerate(odd, start=1):
        firm.month(month, figure)
    assert str(found(rules(DIGITS), firm)[0].statement) == "24 of 24 values end in 7"


# --- parts and wholes --------------------------------------------------------------------------------------------


def family(whole: str, *parts: str, **about: str) -> list[Firm]:
    children = [Firm(f"part-{n}", 1000 * n, **about).months(value) for n, value in enumerate(parts, start=1)]
    return [Firm("whole").months(whole), *children]


@pytest.mark.parametrize(
    ("cover", "whole", "count"),
    [
        ("all", "300", 0),
        ("all", "301", 1),
        ("all", "299", 1),
        ("some", "301", 0),
        ("some", "299", 1),
    ],
)
def test_parts_that_miss_their_whole_by_one(cover: str, whole: str, count: int) -> None:
    context = rules(check("parts_do_not_sum", cover=cover))
    suspicions = found(context, *family(whole, "100", "200", parent="whole"))
    assert len(suspicions) == count
    if count:
        (entry,) = suspicions
        assert entry.entity == "whole"
        assert entry.values == (f"whole={whole}", "part-1=100", "part-2=200")
        assert entry.events == (102, 1002, 2002)
        assert say(suspicions)[0][1] == f"output of 2005-01: the 2 parts sum to 300, the whole is {whole}"


def test_an_entity_inside_another_is_no_part_of_its_prefecture() -> None:
    context = rules(check("parts_do_not_sum", by="prefecture"))
    inside = Firm("inner", 9000, parent="part-1", prefecture="whole").months("50")
    assert found(context, *family("300", "100", "200", prefecture="whole"), inside) == ()
    assert len(found(context, *family("300", "100", prefecture="whole"), inside)) == 1


def test_a_rate_reported_beside_them_does_not_hide_the_values_that_are_summed() -> None:
    context = rules(check("parts_do_not_sum"))
    part = Firm("part", 500, parent="whole").month(1, fact("5", "rate"), fact("1"))
    (entry,) = found(context, Firm("whole").month(1, fact("9", "rate"), fact("2")), part)
    assert entry.values == ("whole=2", "part=1")


def test_rates_are_never_summed_and_a_whole_that_did_not_report_is_not_missed() -> None:
    context = rules(check("parts_do_not_sum"))
    rates = [
        Firm("part", 500, parent="whole").months("5", indicator="rate"),
        Firm("whole").months("9", indicator="rate"),
    ]
    assert found(context, *rates) == ()
    assert found(context, Firm("part", 500, parent="whole").months("5")) == ()


# --- edits -------------------------------------------------------------------------------------------------------


def seen(position: int, cutoff: int) -> CampaignState:
    run = Run("run-1", "s", "0" * 64, cutoff, "final", "{}", "0" * 64, position)
    edition = Edition(0, cutoff, "0" * 64, date(2005, 2, 10), position + 5)
    return opened(runs={"run-1": run}, bulletins={"bulletin/2005-01": (edition,)})


@pytest.mark.parametrize(
    ("position", "cutoff", "count"),
    [(103, 102, 1), (105, 102, 0), (103, 101, 0)],
)
def test_an_edit_after_the_ranking_was_seen(position: int, cutoff: int, count: int) -> None:
    """Report at 102, correction at 104: a run at 103 that took it in was seen before the edit."""
    firm = Firm().months("100")
    firm.add(e.TasksDefined(("x",)))
    firm.correct(1, "120")
    context = msgspec.structs.replace(rules(check("edit_after_ranking")), campaign=seen(position, cutoff))
    suspicions = found(context, firm)
    assert len(suspicions) == count
    if count:
        assert say(suspicions) == [("2005-01", "m-2005-01 of 2005-01 was changed after run-1 was seen")]
        assert suspicions[0].events == (102, 103, 104)
    other = rules(check("edit_after_ranking", obligations=("weekly",)))
    assert found(msgspec.structs.replace(other, campaign=seen(103, 102)), firm) == ()


def test_the_same_figures_again_are_no_edit_and_a_report_handed_in_anew_is_one() -> None:
    firm = Firm().months("100").add(e.ReportReturned("m-2005-01", "口径"))
    same = e.ReportSubmitted("m-2005-01", "monthly", "2005-01", (fact("100"),))
    assert firm.add(same).trace.edits == ()
    changed = e.ReportSubmitted("m-2005-01", "monthly", "2005-01", (fact("101"),))
    (edit,) = firm.add(changed).trace.edits
    assert (edit.report, edit.position, edit.actor) == ("m-2005-01", 105, "clerk")


LATE = check("late_edits", at_least=3, within_days=3)
NOVEMBER = datetime(2005, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days", "count"),
    [((0, 1, 2), 1), ((0, 1, 4), 0), ((0, 1), 0), ((0, 1, 2, 20, 21, 22), 2), ((-60, -60, -60), 0)],
)
def test_late_edits_that_come_together(days: tuple[int, ...], count: int) -> None:
    """The figures of August to October, due by 5 November at the latest, are changed from 20 November on."""
    firm = Firm().months("100", "200", "300", first=8)
    for number, day in enumerate(days):
        firm.correct(8 + number % 3, f"{400 + number}", NOVEMBER + timedelta(days=day))
    suspicions = found(rules(LATE), firm)
    late = [entry for entry in suspicions if entry.test == "late_edits"]
    assert len(late) == count
    if count == 1:
        assert str(late[0].statement) == "3 late edits from 2005-11-20 to 2005-11-22"
    say(suspicions)


def test_edits_of_what_is_not_owed_are_not_late() -> None:
    firm = Firm().months("100", first=1)
    firm.correct(1, "101", NOVEMBER)
    assert found(rules(check("late_edits", at_least=1)), firm) == ()


# --- the whole ---------------------------------------------------------------------------------------------------


def test_every_check_is_asked_and_none_takes_the_place_of_another() -> None:
    falls = check("falling_cumulative")
    again, sums, some = (
        msgspec.structs.replace(rule, id=name)
        for name, rule in (
            ("c-again", falls),
            ("c-sums", check("parts_do_not_sum")),
            ("c-some", check("parts_do_not_sum", cover="some")),
        )
    )
    firms = (Firm("whole").months("100", "90"), Firm("part", 500, parent="whole").months("200"))
    suspicions = found(rules(falls, again, sums, some), *firms)
    assert [entry.check for entry in suspicions] == ["c-again", "c-falling_cumulative", "c-some", "c-sums"]


def test_every_test_has_its_function() -> None:
    tests = msgspec.inspect.type_info(VerificationCheck).fields  # type: ignore[attr-defined] # a Struct's type has fields
    (choices,) = (field.type.values for field in tests if field.name == "test")
    assert set(ALONE) | {"parts_do_not_sum"} == set(choices)


def test_without_a_definition_nothing_is_suspected() -> None:
    firm = Firm().months("100", "90")
    assert screen([firm.trace], Context(None, opened())) == ()
    assert part(firm.trace, Context(None, opened())) == Partial()


VALUES = st.lists(st.integers(1, 400).map(str), min_size=1, max_size=6)


@settings(max_examples=40, deadline=None)
@given(st.lists(VALUES, min_size=1, max_size=4), st.randoms(use_true_random=False), st.integers(0, 4))
def test_any_partition_in_any_order_finds_the_same(lists: list[list[str]], dice: object, cut: int) -> None:
    context = rules(check("falling_cumulative"), check("parts_do_not_sum"), JUMP, SLIP)
    firms = [Firm(f"e{n}", 1000 * n, parent="e0" if n else "").months(*values).trace for n, values in enumerate(lists)]
    whole = screen(firms, context)
    shuffled = list(firms)
    dice.shuffle(shuffled)  # type: ignore[attr-defined] # a Random
    halves = (shuffled[:cut], shuffled[cut:])
    parts = [reduce(combine, (part(firm, context) for firm in half), Partial()) for half in halves]
    assert context.definition is not None
    assert complete(combine(*parts), context.definition) == whole
    assert complete(combine(*reversed(parts)), context.definition) == whole


@given(st.lists(st.decimals(-1000, 1000, places=2), min_size=1))
def test_the_median_lies_in_the_middle(values: list[Decimal]) -> None:
    middle = median(values)
    assert sum(value <= middle for value in values) * 2 >= len(values)
    assert sum(value >= middle for value in values) * 2 >= len(values)
