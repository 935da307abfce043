"""Values: what is admitted for each declared type, how it is written, and how it is refused."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from rules.support import codes, dec, scheme
from rules.values_table import FILE, lines

from campaign.problems import Problems, Text
from campaign.rules.exact import CONTEXT, numeral, percentage, rounded, shown
from campaign.rules.kinds import Kind, accept, hint, plain_text, say, written
from campaign.rules.units import difference, product, quotient, suits, union

GOOD = [
    ("number", Decimal("1.5"), Decimal("1.5")),
    ("number", 3, Decimal(3)),
    ("percent", Decimal("1.15"), Decimal("1.15")),
    ("money", Decimal("0.01"), Decimal("0.01")),
    ("integer", Decimal("2.0"), Decimal(2)),
    ("days", 7, Decimal(7)),
    ("months", 7, Decimal(7)),
    ("text", "Ａ１", "A1"),
    ("text", "一，二", "一，二"),
    ("boolean", False, False),
    ("date", date(2005, 8, 17), date(2005, 8, 17)),
]
BAD = [
    ("number", 1.5),
    ("number", True),
    ("number", "1"),
    ("number", Decimal("NaN")),
    ("number", Decimal("Infinity")),
    ("number", Decimal("1e24")),
    ("integer", Decimal("1.5")),
    ("days", Decimal("0.5")),
    ("text", 1),
    ("text", "a\x00b"),
    ("text", "\ud800"),
    ("text", "x" * 401),
    ("boolean", 0),
    ("boolean", Decimal(0)),
    ("boolean", "true"),
    ("date", "2005-08-17"),
    ("date", datetime(2005, 8, 17, tzinfo=UTC)),
    ("number", None),
]


@pytest.mark.parametrize(("kind", "given", "taken"), GOOD)
def test_a_fit_value_is_admitted(kind: str, given: object, taken: object) -> None:
    assert accept(given, Kind(kind), "x") == taken
    assert type(accept(given, Kind(kind), "x")) is type(taken)


@pytest.mark.parametrize(("kind", "given"), BAD)
def test_an_unfit_value_is_refused_in_words_that_name_it(kind: str, given: object) -> None:
    refusal = accept(given, Kind(kind), "completion")
    assert isinstance(refusal, Text)
    assert str(refusal).startswith("completion: ")


@pytest.mark.parametrize(("kind", "given"), BAD[:-1])
def test_the_scheme_itself_refuses_it_in_the_compiled_form_too(kind: str, given: object) -> None:
    use = {"text": 'if x = "q" then 1 else 0', "boolean": "if x then 1 else 0"}.get(kind, "if x > x then 1 else 0")
    made = scheme(f"calculations:\n  y: {{type: number, formula: '{use}'}}\n", f"x: {kind}")
    with pytest.raises(Problems) as raised:
        made.evaluate({"x": given})
    assert codes(raised.value) == ["input-mistyped"]


def test_not_applicable_is_admitted_only_where_declared() -> None:
    assert accept(None, Kind("number", optional=True), "x") is None
    assert written("n/a", Kind("number", optional=True)) is None
    assert written("不适用", Kind("percent", optional=True)) is None
    assert isinstance(written("n/a", Kind("number")), Text)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("1,000,000", "money", "1000000"),
        ("1_000", "number", "1000"),
        ("80万元", "money", "800000"),
        ("1.5亿", "money", "150000000"),
        ("115%", "percent", "1.15"),
        ("１１５％", "percent", "1.15"),
        ("0.9", "percent", "0.9"),
        ("-3.50", "number", "-3.5"),
        ("+3", "integer", "3"),
    ],
)
def test_numbers_are_read_as_staff_write_them(text: str, kind: str, value: str) -> None:
    assert written(text, Kind(kind)) == dec(value)


@pytest.mark.parametrize("text", ["", "1e5", "1,00", "007", "1.", ".5", "0x1", "1__", "--1", "٣", "1 000", "十"])
def test_other_numerals_are_none(text: str) -> None:
    assert numeral(text) is None


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("true", "boolean", True),
        ("否", "boolean", False),
        ("2005-08-17", "date", date(2005, 8, 17)),
        ('"a b"', "text", "a b"),
        ("“是”", "text", "是"),
    ],
)
def test_words_and_dates_are_read(text: str, kind: str, value: object) -> None:
    assert written(text, Kind(kind)) == value


@pytest.mark.parametrize(
    ("text", "kind"),
    [("20050817", "date"), ("2005-8-17", "date"), ("yes", "boolean"), ("blue", "text"), ("200", "percent")],
)
def test_what_is_not_a_value_is_refused(text: str, kind: str) -> None:
    assert isinstance(written(text, Kind(kind, values=("red",) if kind == "text" else ())), Text)


@pytest.mark.parametrize(
    ("value", "kind", "said"),
    [
        (dec("1.150"), "percent", "115%"),
        (dec("1E+2"), "number", "100"),
        (dec("-0"), "number", "0"),
        (dec("0.00"), "money", "0"),
        (None, "number", "n/a"),
        (True, "boolean", "true"),
        (False, "boolean", "false"),
        (date(2005, 8, 17), "date", "2005-08-17"),
        ("甲", "text", "甲"),
    ],
)
def test_values_are_said_plainly(value: object, kind: str, said: str) -> None:
    assert say(value, Kind(kind)) == said  # type: ignore[arg-type]


def test_lists_are_said_item_by_item() -> None:
    assert say((dec("0.5"), dec(1)), Kind("list", item="percent")) == "[50%, 100%]"
    assert say(("a",), Kind("list")) == "[a]"


def test_a_kind_says_itself_as_it_is_declared() -> None:
    assert str(Kind("text", optional=True, values=("a", "b"))) == "text? (a, b)"
    assert str(Kind("list", item="money")) == "list of money"


def test_hints_say_how_to_write_a_value() -> None:
    assert [str(hint(Kind(name))) for name in ("percent", "boolean", "date", "number", "text")] == [
        "write it like 115%",
        "write true or false",
        "write it like 2005-08-17",
        "write a number",
        "",
    ]
    assert str(hint(Kind("text", values=("a",)))) == "write one of its words"


def test_rounding_modes_differ_where_they_should() -> None:
    modes = ("half_even", "half_up", "half_down", "up", "down", "floor", "ceiling")
    assert [rounded(dec("2.5"), 0, mode) for mode in modes] == [2, 3, 2, 3, 2, 2, 3]
    assert [rounded(dec("-2.5"), 0, mode) for mode in modes] == [-2, -3, -2, -3, -2, -3, -2]
    assert (shown(dec("10")), percentage(dec("0.1"))) == ("10", "10%")
    assert CONTEXT.prec == 50


def test_full_width_letters_are_narrowed_and_punctuation_is_kept() -> None:
    assert plain_text("Ａｚ０　，：") == "Az0 ，："


MONEY, NUMBER, PERCENT, INTEGER, DAYS, TEXT = (
    Kind(name) for name in ("money", "number", "percent", "integer", "days", "text")
)


def test_money_percentages_and_numbers_go_together_only_where_it_makes_sense() -> None:
    assert union(MONEY, PERCENT) is None
    assert union(MONEY, NUMBER) == MONEY
    assert union(PERCENT, INTEGER) == PERCENT
    assert union(INTEGER, NUMBER) == NUMBER
    assert union(DAYS, Kind("date")) is None
    assert union(Kind("none", optional=True), NUMBER) == Kind("number", optional=True)
    assert union(Kind("text", values=("a",)), Kind("text", values=("b",))) == Kind("text", values=("a", "b"))
    assert union(Kind("text", values=("a",)), TEXT) == TEXT
    assert product(MONEY, MONEY) is None
    assert product(PERCENT, MONEY) == MONEY
    assert product(DAYS, INTEGER) == DAYS
    assert product(TEXT, NUMBER) is None
    assert product(PERCENT, PERCENT) == PERCENT
    assert product(PERCENT, NUMBER) == NUMBER
    assert quotient(MONEY, MONEY) == NUMBER
    assert quotient(MONEY, PERCENT) == MONEY
    assert quotient(DAYS, NUMBER) == NUMBER
    assert quotient(NUMBER, MONEY) is None
    assert quotient(TEXT, NUMBER) is None
    assert difference(MONEY, NUMBER, literal=False) is None
    assert difference(MONEY, NUMBER, literal=True) == MONEY
    assert difference(DAYS, DAYS, literal=False) == DAYS
    assert difference(TEXT, TEXT, literal=False) is None


def test_what_stands_where_something_is_declared() -> None:
    assert suits(NUMBER, PERCENT)
    assert suits(NUMBER, MONEY)
    assert not suits(MONEY, PERCENT)
    assert not suits(NUMBER, INTEGER)
    assert not suits(Kind("number", optional=True), NUMBER)
    assert suits(Kind("none", optional=True), Kind("text", optional=True))
    assert not suits(TEXT, NUMBER)
    assert suits(TEXT, Kind("text", values=("a",)))
    assert not suits(Kind("text", values=("b",)), Kind("text", values=("a",)))


def test_all_inputs_are_checked_at_once_against_their_ranges() -> None:
    body = "calculations:\n  y: {type: number, formula: 'if ok and word = \"a\" then x + n else 0'}\n"
    inputs = "x: {type: number, allowed: '>= 0'}, n: number, ok: boolean, word: {type: text, values: [a, b]}"
    made = scheme(body, inputs)
    with pytest.raises(Problems) as raised:
        made.evaluate({"x": -1, "ok": 1, "word": "c", "m": 2})
    assert [str(problem) for problem in raised.value.problems] == [
        "test.yaml:3:13: input-range x: -1 is outside >= 0 (check the figure)",
        "test.yaml:3:49: input-missing n: the input is missing (give its value)",
        "test.yaml:3:61: input-mistyped ok: 1 is of type int, and boolean was declared (write true or false)",
        "test.yaml:3:76: input-mistyped word: c is none of a, b (write one of its words)",
        "test.yaml: m: input-unknown m: no such input is declared (choose one of x, n, ok, word)",
    ]


def test_values_of_every_kind_are_written_admitted_and_said_as_ever() -> None:
    assert list(lines()) == FILE.read_text(encoding="utf-8").splitlines()
