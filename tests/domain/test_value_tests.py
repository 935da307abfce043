"""What each test of values says, whole and exactly: an auditor reads it years later (R-46)."""

from decimal import Decimal

import msgspec
import pytest
from domain.firms import INDICATORS, Firm, check, fact, found, rules

from campaign.domain import events as e
from campaign.domain.definition import VerificationCheck
from campaign.domain.series import Suspicion
from campaign.domain.value_tests import median
from campaign.problems import T

OUTPUT = {"entity": "faw", "kind": "contradiction", "indicator": "output", "scope": "own"}
CUMULATIVE = check("falling_cumulative", tolerance=Decimal("1.5"), finding="omission")
GROWTH = check("growth_contradicts_levels", indicators=("rate",), tolerance=Decimal("0.05"))
SCOPES = check("scopes_cross", scopes=("own", "all"), tolerance=Decimal(1))
JUMP = check("jump", threshold=Decimal("3.5"), at_least=4, tolerance=Decimal(1))
SLIP = check("unit_slip", threshold=Decimal(10_000), at_least=2)
MISSING = check("unit_missing")
ROUND = check("round_numbers", threshold=Decimal("0.75"), at_least=4, step=Decimal(10))
DIGITS = check("last_digits", threshold=Decimal(40), at_least=5)


def suspicion(rule: VerificationCheck, statement: object, **says: object) -> Suspicion:
    return Suspicion(check=rule.id, test=rule.test, statement=statement, **says)  # type: ignore[arg-type] # the test's own


def reported(*values: str, first: int = 1) -> Firm:
    return Firm().months(*values, first=first)


def changed(rule: VerificationCheck, **changes: object) -> VerificationCheck:
    return msgspec.structs.replace(rule, **changes)


# --- each suspicion, whole ---------------------------------------------------------------------------------------


def test_a_fall_names_both_values() -> None:
    falls = T(
        "{indicator} falls from {before} in {earlier} to {after} in {later}, though it is cumulative",
        indicator="output",
        before="100",
        earlier="2005-01",
        after="98.4",
        later="2005-02",
    )
    assert found(rules(CUMULATIVE), reported("100", "98.4")) == (
        suspicion(
            CUMULATIVE,
            falls,
            **{**OUTPUT, "kind": "omission"},
            values=("2005-01 output=100 亿元@own", "2005-02 output=98.4 亿元@own"),
            events=(102, 103),
            threshold="1.5",
            report="m-2005-02",
            period="2005-02",
        ),
    )


def told(month: int, level: str, rate: str) -> tuple[Firm, dict[str, object]]:
    firm = Firm().year_before("1200").month(month, fact(level), fact(rate, "rate"))
    period = f"2005-{month:02}"
    return firm, {
        **OUTPUT,
        "indicator": "rate",
        "report": f"m-{period}",
        "period": period,
        "threshold": "0.05",
        "events": (103,),
        "values": (f"{period} rate={rate} %@own", f"{period} output={level} 亿元@own", "last-year=1200"),
    }


def test_growth_that_implies_more_than_last_year_had() -> None:
    firm, says = told(11, "1500", "15")
    more = T(
        "growth {growth} and level {level} of {period} imply {implied} last year, but all of it was {whole}",
        whole="1200",
        growth="15",
        level="1500",
        period="2005-11",
        implied="1304.35",
    )
    assert found(rules(GROWTH), firm) == (suspicion(GROWTH, more, **says),)


def test_growth_that_implies_less_than_last_year_had_once_the_year_is_over() -> None:
    firm, says = told(12, "1380", "21")
    less = T(
        "growth {growth} and level {level} of {period} imply only {implied} last year, which was {whole}",
        whole="1200",
        growth="21",
        level="1380",
        period="2005-12",
        implied="1140.50",
    )
    assert found(rules(GROWTH), firm) == (suspicion(GROWTH, less, **says),)


def test_growth_that_implies_less_than_before_names_the_three_reports() -> None:
    firm = Firm().month(1, fact("115"), fact("15", "rate")).month(2, fact("116"), fact("20", "rate"))
    before = T(
        "growth {growth} and level {level} of {period} imply {implied} last year, but {earlier} was implied before",
        earlier="100.00",
        growth="20",
        level="116",
        period="2005-02",
        implied="96.67",
    )
    assert found(rules(GROWTH), firm) == (
        suspicion(
            GROWTH,
            before,
            **{**OUTPUT, "indicator": "rate"},
            values=("2005-02 rate=20 %@own", "2005-02 output=116 亿元@own", "implied-before=100.00"),
            events=(102, 103),
            threshold="0.05",
            report="m-2005-02",
            period="2005-02",
        ),
    )


def test_a_narrower_scope_beyond_the_wider_names_both() -> None:
    crosses = T(
        "{indicator} of {period} is {inner} under {narrow}, more than {outer} under {wide}",
        indicator="output",
        period="2005-02",
        inner="101.01",
        narrow="own",
        outer="100",
        wide="all",
    )
    firm = Firm().month(1, fact("101"), fact("100", scope="all")).month(2, fact("101.01"), fact("100", scope="all"))
    assert found(rules(SCOPES), firm) == (
        suspicion(
            SCOPES,
            crosses,
            **OUTPUT,
            values=("2005-02 output=100 亿元@all", "2005-02 output=101.01 亿元@own"),
            events=(103,),
            threshold="1",
            report="m-2005-02",
            period="2005-02",
        ),
    )


def test_a_jump_names_the_step_and_what_a_step_usually_is() -> None:
    jumps = T(
        "{indicator} goes from {before} to {after} in {period}, where a step is usually {middle}",
        indicator="output",
        before="30",
        after="90",
        period="2005-04",
        middle="11",
    )
    assert found(rules(JUMP), reported("10", "20", "30", "90", "102", "113")) == (
        suspicion(
            JUMP,
            jumps,
            **OUTPUT,
            values=("2005-03 output=30 亿元@own", "2005-04 output=90 亿元@own", "median-step=11", "median-deviation=1"),
            events=(104, 105),
            threshold="3.5",
            report="m-2005-04",
            period="2005-04",
        ),
    )


def test_a_slip_of_unit_names_the_value_and_what_it_usually_is() -> None:
    slips = T(
        "{indicator} of {period} is {value}, and usually about {middle}: a slip of unit",
        indicator="output",
        period="2005-02",
        value="-2000000",
        middle="200",
    )
    assert found(rules(SLIP), reported("100", "-2000000", "200")) == (
        suspicion(
            SLIP,
            slips,
            **OUTPUT,
            values=("2005-02 output=-2000000 亿元@own", "median=200"),
            events=(103,),
            threshold="10000",
            report="m-2005-02",
            period="2005-02",
        ),
    )


def test_a_value_without_its_unit_names_the_right_one() -> None:
    lacks = T(
        "{indicator} of {period} is {value} without its unit, {unit}",
        indicator="output",
        period="2005-01",
        value="100",
        unit="亿元",
    )
    assert found(rules(MISSING), Firm().month(1, fact("100", unit="万元"))) == (
        suspicion(
            MISSING,
            lacks,
            **OUTPUT,
            values=("2005-01 output=100 万元@own",),
            events=(102,),
            threshold="亿元",
            report="m-2005-01",
            period="2005-01",
        ),
    )


def test_round_values_are_counted_over_all_reports_and_are_about_none() -> None:
    rounded = T("{count} of {all} values are whole multiples of {step}", count=4, all=5, step=Decimal(10))
    assert found(rules(ROUND), reported("10", "20", "31", "40", "50")) == (
        suspicion(
            ROUND,
            rounded,
            entity="faw",
            kind="contradiction",
            values=("round=4", "all=5"),
            events=(102, 103, 105, 106),
            threshold="0.75",
        ),
    )


def test_uneven_last_digits_are_listed_over_all_reports_and_are_about_none() -> None:
    ends = T("{count} of {all} values end in {digit}", count=5, all=5, digit=7)
    assert found(rules(DIGITS), reported("1.07", "2.17", "-3.27", "4.37", "5.47")) == (
        suspicion(
            DIGITS,
            ends,
            entity="faw",
            kind="contradiction",
            values=(*(f"{digit}={5 if digit == 7 else 0}" for digit in range(10)), "chi-square=45"),
            events=(102, 103, 104, 105, 106),
            threshold="40",
        ),
    )


# --- where each begins -------------------------------------------------------------------------------------------

YEAR = "1200"


def periods(rule: VerificationCheck, firm: Firm) -> list[str]:
    return [entry.period for entry in found(rules(rule), firm)]


def growing(*pairs: tuple[str, str], first: int = 1, year: str = YEAR) -> Firm:
    firm = Firm().year_before(year) if year else Firm()
    for month, (level, rate) in enumerate(pairs, start=first):
        firm.month(month, fact(level), fact(rate, "rate"))
    return firm


EVEN = changed(JUMP, at_least=3, tolerance=Decimal(0))
"""Steps of 9, 10 and 11: each of the outer ones lies from the middle as far as most do."""

AT_THE_LIMIT = [
    ("a fall of the tolerance", CUMULATIVE, reported("100", "98.5"), []),
    ("a fall beyond it", CUMULATIVE, reported("100", "98.49"), ["2005-02"]),
    ("all of last year, and the tolerance", GROWTH, growing(("1200.05", "0"), first=11), []),
    ("more", GROWTH, growing(("1200.06", "0"), first=11), ["2005-11"]),
    ("in December all of last year but the tolerance", GROWTH, growing(("1199.95", "0"), first=12), []),
    ("in December less", GROWTH, growing(("1199.94", "0"), first=12), ["2005-12"]),
    ("in November less", GROWTH, growing(("1199.94", "0"), first=11), []),
    ("less than before by the tolerance", GROWTH, growing(("100", "0"), ("99.95", "0"), year=""), []),
    ("less than before by more", GROWTH, growing(("100", "0"), ("99.94", "0"), year=""), ["2005-02"]),
    ("the wider scope and the tolerance", SCOPES, Firm().month(1, fact("101"), fact("100", scope="all")), []),
    ("more", SCOPES, Firm().month(1, fact("101.01"), fact("100", scope="all")), ["2005-01"]),
    ("the wider alone", SCOPES, Firm().month(1, fact("100", scope="all")), []),
    ("steps enough", JUMP, reported("10", "20", "30", "40", "90"), ["2005-05"]),
    ("a step too few", JUMP, reported("10", "20", "30", "80"), []),
    ("apart by the tolerance", JUMP, reported("10", "20", "30", "40", "51"), []),
    ("apart by more", JUMP, reported("10", "20", "30", "40", "51.01"), ["2005-05"]),
    ("as far as it may lie", changed(EVEN, threshold=Decimal("0.6745")), reported("10", "19", "29", "40"), []),
    ("further", changed(EVEN, threshold=Decimal("0.6744")), reported("10", "19", "29", "40"), ["2005-02", "2005-04"]),
    ("a slip of a factor less than 300,000", SLIP, reported("1", "1", "299999"), ["2005-03"]),
    ("a slip of exactly 30 times the factor", SLIP, reported("1", "1", "300000"), ["2005-03"]),
    ("a factor beyond that", SLIP, reported("1", "1", "300001"), []),
    ("downwards", SLIP, reported("300000", "300000", "1"), ["2005-03"]),
    ("downwards beyond", SLIP, reported("300001", "300001", "1"), []),
    ("a thirtieth of the factor", SLIP, reported("3", "3", "1000"), ["2005-03"]),
    ("less than that", SLIP, reported("3", "3", "999.9"), []),
    ("values enough, last year's included", SLIP, Firm().year_before("1").months("1", "10000"), ["2005-02"]),
    ("a value too few", SLIP, reported("1", "10000"), []),
    ("nothing is no value", SLIP, reported("1", "10000", "0"), []),
    ("three of four are round", ROUND, reported("10", "20", "30", "41"), []),
    ("four of five are", ROUND, reported("10", "20", "30", "40", "51"), [""]),
    ("three of three, too few", ROUND, reported("10", "20", "30"), []),
    ("four of four, enough", ROUND, reported("10", "20", "30", "40"), [""]),
    ("negative ones count", ROUND, reported("-10", "-20", "-30", "-40"), [""]),
    ("none is round, though none had to be", changed(ROUND, threshold=Decimal(0)), reported("1", "2", "3", "4"), []),
    ("one is round, though none may be", changed(ROUND, threshold=Decimal(0)), reported("10", "2", "3", "4"), [""]),
    ("digits as uneven as they may be", changed(DIGITS, threshold=Decimal(45)), reported(*["1.07"] * 5), []),
    ("more uneven", changed(DIGITS, threshold=Decimal("44.99")), reported(*["1.07"] * 5), [""]),
    ("uneven at all", changed(DIGITS, threshold=Decimal(0)), reported(*["1.07"] * 5), [""]),
    ("too few to say", DIGITS, reported(*["1.07"] * 4), []),
    ("nothing ends in no digit", DIGITS, reported("0", *["1.07"] * 4), []),
]


@pytest.mark.parametrize(
    ("rule", "firm", "then"), [row[1:] for row in AT_THE_LIMIT], ids=[row[0] for row in AT_THE_LIMIT]
)
def test_where_a_suspicion_begins(rule: VerificationCheck, firm: Firm, then: list[str]) -> None:
    assert periods(rule, firm) == then


# --- what they compare with --------------------------------------------------------------------------------------


def test_every_series_is_looked_at_though_one_has_nothing_to_compare() -> None:
    """Output comes first and has no base; then a month has no level, and one implies nothing; the last contradicts."""
    firm = Firm().month(1, fact("100"), fact("0", "rate")).month(2, fact("5", "rate"))
    firm.month(3, fact("100"), fact("-100", "rate")).month(4, fact("90"), fact("0", "rate"))
    assert periods(changed(GROWTH, indicators=()), firm) == ["2005-04"]


def test_every_series_is_looked_at_though_the_first_is_too_short() -> None:
    firm = Firm().months("10", "20", "30", "40", "90", scope="own")
    short = Firm().months("1", "2", scope="all")
    for record in firm.records[1:]:
        short.add(msgspec.structs.replace(record.event, report=f"own-{record.event.report}"))  # type: ignore[attr-defined]
    assert periods(JUMP, short) == ["2005-05"]
    assert periods(
        SLIP, Firm().month(1, fact("1", scope="all"), fact("1")).month(2, fact("1")).month(3, fact("9999"))
    ) == ["2005-03"]


def test_growth_of_a_new_year_is_not_held_against_that_of_the_last() -> None:
    firm = Firm().month(12, fact("100"), fact("0", "rate")).month(1, fact("50"), fact("0", "rate"), year=2006)
    assert periods(GROWTH, firm) == []


@pytest.mark.parametrize(
    "witness",
    [
        Firm().month(11, fact("1500", scope="all"), fact("15", "rate")),
        Firm().add(e.ReportSubmitted("w", "weekly", "2005-11", (fact("1500"),))).month(11, fact("15", "rate")),
        Firm().month(10, fact("1500")).month(11, fact("15", "rate")),
        Firm()
        .add(e.ReportSubmitted("w", "monthly", "2005-11", (fact("1500"),)))
        .add(e.ReportReturned("w", "wrong"))
        .month(11, fact("15", "rate")),
    ],
    ids=["under another scope", "of another obligation", "of another month", "in a report that was returned"],
)
def test_a_level_is_the_same_month_s_under_the_same_scope(witness: Firm) -> None:
    whole = witness.year_before("1200")
    assert periods(GROWTH, whole) == []


@pytest.mark.parametrize(
    ("baseline", "then"),
    [
        ((fact("1200"),), ["2005-11"]),
        ((fact("1200", scope="all"),), []),
        ((fact("1200", "rate"),), []),
        ((fact("1600", scope="all"), fact("1200")), ["2005-11"]),
        ((), []),
    ],
    ids=["its own", "another scope's", "another indicator's", "one of two", "none"],
)
def test_last_year_is_that_of_the_indicator_and_scope(baseline: tuple[e.Figure, ...], then: list[str]) -> None:
    firm = Firm().add(e.SurveyRecorded(("a",), baseline)).month(11, fact("1500"), fact("15", "rate"))
    assert periods(GROWTH, firm) == then


def test_a_slip_is_measured_against_last_year_s_own_indicator_and_scope() -> None:
    for other in (fact("1", "rate"), fact("1", scope="all")):
        firm = Firm().add(e.SurveyRecorded(("a",), (other,))).months("1", "10000")
        assert periods(SLIP, firm) == []


def test_a_value_is_shown_with_the_digits_of_its_indicator() -> None:
    context = rules(changed(GROWTH))
    assert context.definition is not None
    output = msgspec.structs.replace(INDICATORS[0], digits=1)
    exact = msgspec.structs.replace(context.definition, indicators=(output, INDICATORS[1]))
    (entry,) = found(msgspec.structs.replace(context, definition=exact), growing(("1500", "15"), first=11))
    assert entry.statement.values["implied"] == "1304.3"


def test_growth_of_an_indicator_that_the_definition_lost_is_left_alone_and_a_lost_level_has_two_digits() -> None:
    context = rules(changed(GROWTH, indicators=()))
    assert context.definition is not None
    rate_alone = msgspec.structs.replace(context.definition, indicators=INDICATORS[1:])
    (entry,) = found(msgspec.structs.replace(context, definition=rate_alone), growing(("1500", "15"), first=11))
    assert (entry.indicator, entry.statement.values["implied"]) == ("rate", "1304.35")


def test_the_last_digit_is_that_of_the_indicator_s_precision() -> None:
    context = rules(DIGITS)
    assert context.definition is not None
    whole = msgspec.structs.replace(INDICATORS[0], digits=0)
    coarse = msgspec.structs.replace(context.definition, indicators=(whole, INDICATORS[1]))
    (entry,) = found(msgspec.structs.replace(context, definition=coarse), reported(*["13.07"] * 5))
    assert str(entry.statement) == "5 of 5 values end in 3"


@pytest.mark.parametrize(
    ("values", "middle"),
    [
        (("7",), "7"),
        (("1", "2"), "1.5"),
        (("3", "1", "2"), "2"),
        (("4", "1", "100", "2"), "3"),
        (("0.00000000000000000001", "0.00000000000000000003"), "0.00000000000000000002"),
    ],
)
def test_the_median_is_the_middle_or_the_mean_of_the_two_middle_ones(values: tuple[str, ...], middle: str) -> None:
    assert median([Decimal(value) for value in values]) == Decimal(middle)


def test_of_nothing_there_is_no_middle() -> None:
    with pytest.raises(IndexError):
        median([])
