"""FEEL as the standard says it (DMN 1.5, chapter 10): expressions and what they give, null where they mean nothing."""

import datetime as dt
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.files.conformance_model import ModelRun
from campaign.files.dmn_tree import DmnModel
from campaign.files.feel_dates import told
from campaign.files.feel_evaluate import Evaluator
from campaign.files.feel_functions import BUILTINS
from campaign.files.feel_grammar import parse_expression, parse_tests
from campaign.files.feel_library import string
from campaign.files.feel_reader import FeelSyntaxError
from campaign.files.feel_values import Months, Range, Unsupported, compare, equal, kind
from campaign.problems import NOWHERE

D = Decimal
SCOPE = {"x": D(5), "Monthly Payment-x": D(7), "a-b": D(1), "list of": [D(1)], "in use": True, "not known": D(3)}


def feel(text: str) -> object:
    """Evaluate a text with the names of SCOPE."""
    run = ModelRun(DmnModel("", "", NOWHERE, {}, {}, {}, {}), {})
    return run.evaluator.value(parse_expression(text, SCOPE), SCOPE)


GIVES = {
    # literals and names
    "1.50": D("1.50"),
    ".5": D("0.5"),
    "1.2e3": D("1.2e3"),
    '"a\\n\\u4e00\\"\\\\\\q"': 'a\n一"\\\\q',
    '"\\ud83d\\udc0e"': "🐎",
    '"\\U01F40E"': "🐎",
    "true": True,
    "null": None,
    "Monthly Payment-x + 1": D(8),
    "Monthly   Payment-x": D(7),
    "a-b": D(1),
    "x-1": D(4),
    "in use": True,
    "not known": D(3),
    "nothing": None,
    "1 // a comment\n+ /* and another */ 1": D(2),
    # arithmetic
    "1 + 2 * 3 - 4 / 2": D(5),
    "2 ** 3 ** 2": D(64),
    "-2 ** 2": D(4),
    "--1": D(1),
    "-0": D(0),
    "1 / 0": None,
    "10 ** 7000": None,
    "(-1) ** 0.5": None,
    '"a" + "b"': "ab",
    '"a" + 1': None,
    '"a" - "b"': None,
    '"a" * 2': None,
    '-"a"': None,
    "true + 1": None,
    # comparisons
    "1 = 1.0": True,
    "1 != 2": True,
    '1 = "1"': None,
    '1 != "1"': None,
    "null = null": True,
    "1 = null": False,
    "1 != null": True,
    "1 < null": None,
    '1 < "2"': None,
    "true < false": None,
    '"a" < "b"': True,
    '"a" <= "b"': True,
    '"a" > "b"': False,
    '"a" >= "b"': False,
    "[1, 2] = [1, 2]": True,
    "[1] = [1, 2]": False,
    "{a: 1} = {a: 1}": True,
    "{a: 1} = {b: 1}": False,
    "[1..2] = [1..2]": True,
    "[1..2] = [1..2)": False,
    "1 between 0 and 2": True,
    "1 between 2 and null": False,
    "1 between 0 and null": None,
    '@"2005-08-17" = @"2005-08-17"': True,
    'time("10:00:00") < time("10:00:00Z")': None,
    # logic
    "true and null": None,
    "null and false": False,
    "false and 1/0": False,
    "null or true": True,
    "true or 1/0": True,
    "null or false": None,
    '"a" and true': None,
    "not(true)": False,
    "not(1)": None,
    # choice, lists, contexts, paths, filters
    "if true then 1 else 2": D(1),
    'if "true" then 1 else 2': D(2),
    "[1, [2]]": [D(1), [D(2)]],
    "[]": [],
    "{}": {},
    '{"a b": 1, c: a b + 1}': {"a b": D(1), "c": D(2)},
    "{a: 1, a: 2}": None,
    "{a: 1}.a": D(1),
    "{a: 1}.b": None,
    "[{a: 1}, {a: 2}].a": [D(1), D(2)],
    "null.a": None,
    "1.a": None,
    "[1, 2, 3][2]": D(2),
    "[1, 2, 3][-1]": D(3),
    "[1, 2, 3][4]": None,
    "[1, 2, 3][0]": None,
    "[1, 2, 3][1.5]": None,
    "[1, 2, 3][item > 1]": [D(2), D(3)],
    "[1, 2, 3][item > 1][1]": D(2),
    "[{a: 1}, {a: 2}][a = 2]": [{"a": D(2)}],
    "[1, 2, 3][1 + 1]": D(2),
    "[true, false][item]": [True],
    "5[1]": D(5),
    "5[item > 9]": [],
    "null[1]": None,
    "null[item > 1]": [],
    # ranges
    "5 in [1..5]": True,
    "5 in [1..5)": False,
    "5 in ]1..5[": False,
    "1 in (1..5]": False,
    "5 in (> 4)": True,
    "5 in (<= 4)": False,
    "(>= 4).start": D(4),
    "[1..5).end included": False,
    "[1..5).start included": True,
    "[1..5).end": D(5),
    "[1..5).middle": None,
    "[1..null]": None,
    '[1.."a"]': None,
    "5 in [1, 5]": True,
    "5 in (1, 5)": True,
    "5 in (< 4, > 4)": True,
    "5 in > 4": True,
    "5 in 5": True,
    "[1] in [[1], 2]": True,
    "[1] in [1, 2]": False,
    "null in [1, null]": True,
    # loops
    "for i in 1..3 return i * i": [D(1), D(4), D(9)],
    "for i in 3..1 return i": [D(3), D(2), D(1)],
    "for i in [1, 2], j in [10, 20] return i + j": [D(11), D(21), D(12), D(22)],
    "for i in [1, 2], j in 1..i return j": [D(1), D(1), D(2)],
    "for my i in 1..2 return my i": [D(1), D(2)],
    "for i in 1..3 return if i = 1 then 1 else i * partial[-1]": [D(1), D(2), D(6)],
    "for i in null return i": [],
    "for i in 7 return i": [D(7)],
    'for i in 1.."a" return i': [],
    "for i in 1..1.5 return i": [],
    "some i in [1, 2] satisfies i > 1": True,
    "some i in [1, null] satisfies i > 1": None,
    "every i in [1, 2] satisfies i > 1": False,
    "every i in [] satisfies i > 1": True,
    "every i in [2, null] satisfies i > 1": None,
    # functions of one's own
    "{f: function(a, b: number) a + b, r: f(1, 2)}.r": D(3),
    '{f: function(a: number) a, r: f("x")}.r': None,
    "{f: function(my a) my a + 1, r: f(my a: 1)}.r": D(2),
    "{f: function(a) a, r: f(b: 1)}.r": None,
    "{f: function(a) a, r: f(1, 2)}.r": None,
    "x(1)": None,
    "{count: 5, r: count([1])}.r": D(1),
    # instance of
    "1 instance of number": True,
    '"a" instance of number': False,
    "null instance of number": False,
    "[1] instance of list<number>": True,
    "[1] instance of list<string>": False,
    "[1..2] instance of range<number>": True,
    "1 instance of range<number>": False,
    "1 instance of Any": True,
    'duration("P1D") instance of days and time duration': True,
    "{a: 1} instance of context": True,
    "(function(a) a) instance of function": True,
    # numbers
    "decimal(2.5, 0)": D(2),
    "decimal(1/3, 2)": D("0.33"),
    "decimal(1, 9999)": None,
    "decimal(1, 0.5)": None,
    "decimal(15, -1)": D(20),
    "decimal(0.0001, 2)": D(0),
    "floor(1.5)": D(1),
    "floor(-1.56, 1)": D("-1.6"),
    "ceiling(1.5)": D(2),
    "ceiling(0.00001, 2)": D("0.01"),
    "round up(-5.5, 0)": D(-6),
    "round down(5.5, 0)": D(5),
    "round half up(-5.5, 0)": D(-6),
    "round half down(5.5, 0)": D(5),
    "abs(-1)": D(1),
    'abs(@"-P1D")': dt.timedelta(days=1),
    'abs(@"-P1Y")': Months(12),
    "modulo(12, 5)": D(2),
    "modulo(-12, 5)": D(3),
    "modulo(12, -5)": D(-3),
    "modulo(1, 0)": None,
    "sqrt(16)": D(4),
    "sqrt(-1)": None,
    "log(1)": D(0),
    "log(0)": None,
    "exp(0)": D(1),
    "odd(3)": True,
    "even(3)": False,
    "odd(1.5)": False,
    'number("1 000,5", " ", ",")': D("1000.5"),
    'number("1.5")': D("1.5"),
    'number("1,5", ",", ",")': None,
    'number("x")': None,
    'number("1", "x", ".")': None,
    # strings
    "string(1.50)": "1.5",
    "string(1e3)": "1000",
    "string(-0)": "0",
    "string(true)": "true",
    "string(null)": None,
    'string([1, "a\\"b", null])': '[1, "a\\"b", null]',
    "string({a: 1})": "{a: 1}",
    'string(@"P1D")': "P1D",
    'substring("foobar", 3)': "obar",
    'substring("foobar", 3, 3)': "oba",
    'substring("foobar", -2, 1)': "a",
    'substring("foobar", 0)': None,
    'substring("foobar", 7)': "",
    'substring("foobar", 1, 0)': None,
    'substring(string: "foobar", start position: 4)': "bar",
    'substring(start position: 4, string: "foobar", length: 1)': "b",
    'substring(text: "foobar")': None,
    'substring(string: "foobar")': None,
    'string length("一二")': D(2),
    'upper case("aé")': "AÉ",
    'lower case("AÉ")': "aé",
    'substring before("foobar", "bar")': "foo",
    'substring before("foobar", "x")': "",
    'substring after("foobar", "o")': "obar",
    'substring after("foobar", "")': "foobar",
    'contains("foobar", "ob")': True,
    'starts with("foobar", "fo")': True,
    'ends with("foobar", "r")': True,
    'matches("foobar", "^fo*b")': True,
    'matches("FOO", "foo", "i")': True,
    'matches("a", "(")': None,
    'matches("a", "a", "z")': None,
    'replace("abc", "(b)", "[$1]")': "a[b]c",
    'replace("abc", "b", "\\\\")': "a\\c",
    'replace("abc", "b", "$7")': None,
    'replace("abc", "(", "x")': None,
    'split("a;b", ";")': ["a", "b"],
    'split("a", "(")': None,
    'string join(["a", null, "b"], "-")': "a-b",
    'string join(["a", "b"])': "ab",
    "string join([1])": None,
    # lists
    "list contains([1, null], null)": True,
    "list contains(1, 1)": True,
    "list contains(null, 1)": None,
    "count([1, 2])": D(2),
    "min(1, 2)": D(1),
    'max(["a", "b"])': "b",
    'max([1, "b"])': None,
    "min([])": None,
    "min([null])": None,
    "sum([])": None,
    "sum([1, null])": None,
    "sum(1, 2)": D(3),
    'sum([@"P1D", @"PT1H"])': dt.timedelta(days=1, hours=1),
    "product([2, 3])": D(6),
    "product([])": None,
    "mean([1, 2])": D("1.5"),
    "mean([])": None,
    "median([3, 1, 2])": D(2),
    "median([1, 2])": D("1.5"),
    "median([])": None,
    "stddev([2, 4])": D(2).sqrt(),
    "stddev([2])": None,
    "mode([1, 2, 2, 1])": [D(1), D(2)],
    "mode([])": [],
    'mode(["a"])': None,
    "all([true, null])": None,
    "all([true, false, null])": False,
    "all([])": True,
    "any([false, null])": None,
    "any([false, true])": True,
    "sublist([1, 2, 3], 2)": [D(2), D(3)],
    "sublist([1, 2, 3], -2, 1)": [D(2)],
    "sublist([1, 2, 3], 4)": None,
    "sublist([1, 2, 3], 3, 2)": None,
    "append([1], 2, 3)": [D(1), D(2), D(3)],
    "append([1])": None,
    "concatenate([1], [2])": [D(1), D(2)],
    "union([1, 2], [2])": [D(1), D(2)],
    "insert before([1, 3], 2, 2)": [D(1), D(2), D(3)],
    "insert before([1], 5, 2)": None,
    "remove([1, 2], 1)": [D(2)],
    "remove([1], 5)": None,
    "list replace([1, 2], 2, 9)": [D(1), D(9)],
    "list replace([1], 5, 9)": None,
    "list replace([1, 5], function(item, new) item < new, 3)": [D(3), D(5)],
    "reverse([1, 2])": [D(2), D(1)],
    "index of([1, 2, 1], 1)": [D(1), D(3)],
    "distinct values([1, 1, null])": [D(1), None],
    "flatten([1, [2, [3]]])": [D(1), D(2), D(3)],
    "sort([2, 1, 3, 1], function(a, b) a < b)": [D(1), D(1), D(2), D(3)],
    # contexts
    'get value({a: 1}, "a")': D(1),
    'get value({a: 1}, "b")': None,
    "get value({a: 1}, null)": None,
    "get entries({a: 1})": [{"key": "a", "value": D(1)}],
    'context put({a: 1}, "b", 2)': {"a": D(1), "b": D(2)},
    'context put({a: {b: 1}}, ["a", "b"], 2)': {"a": {"b": D(2)}},
    'context put({a: 1}, ["a", "b"], 2)': None,
    "context put({a: 1}, [], 2)": None,
    "context merge([{a: 1}, {a: 2, b: 3}])": {"a": D(2), "b": D(3)},
    "context merge([1])": None,
    'context([{key: "a", value: 1}])': {"a": D(1)},
    'context([{key: "a"}])': None,
    'context([{key: "a", value: 1}, {key: "a", value: 2}])': None,
    "context([1])": None,
    # dates
    'date("2005-08-17")': dt.date(2005, 8, 17),
    'date("2005-02-30")': None,
    'date("2005-8-17")': None,
    'date("12005-13-17")': None,
    "date(2005, 8, 17)": dt.date(2005, 8, 17),
    "date(2005, 2, 30)": None,
    "date(2005, 1.5, 30)": None,
    'date(date and time("2005-08-17T10:00:00"))': dt.date(2005, 8, 17),
    'date(date("2005-08-17"))': dt.date(2005, 8, 17),
    'date(@"2005-08-17").year': D(2005),
    'date("2005-08-17").weekday': D(3),
    'date("2005-08-17").hour': None,
    'date("2005-08-17").century': None,
    'time("10:30:01.5").second': D("1.5"),
    'time("10:30:01").second': D(1),
    'time("10:30:00+08:00").time offset': dt.timedelta(hours=8),
    'time("10:30:00@Asia/Shanghai").timezone': "Asia/Shanghai",
    'time("10:30:00").timezone': None,
    'time("25:00:00")': None,
    'time("10:30:00+15:00")': None,
    'time("10:30:00@Nowhere/Here")': None,
    'time("10:30")': None,
    'time(10, 30, 0, @"PT8H") = time("10:30:00+08:00")': True,
    "time(10, 30, 1.5)": dt.time(10, 30, 1, 500_000),
    "time(10, 30, 61)": None,
    "time(10.5, 30, 1)": None,
    'time(date and time("2005-08-17T10:30:00"))': dt.time(10, 30),
    'time(time("10:30:00"))': dt.time(10, 30),
    'time(date("2005-08-17"))': dt.time(tzinfo=dt.UTC),
    'date and time("2005-08-17T10:30:00")': dt.datetime(2005, 8, 17, 10, 30),  # noqa: DTZ001 -- FEEL's have no zone
    'date and time("2005-08-17")': dt.datetime(2005, 8, 17),  # noqa: DTZ001 -- likewise
    'date and time("x")': None,
    'date and time(date("2005-08-17"), time("10:30:00")).minute': D(30),
    'duration("P1Y2M")': Months(14),
    'duration("-P1Y")': Months(-12),
    'duration("P1DT2H3M4.5S")': dt.timedelta(days=1, hours=2, minutes=3, seconds=4.5),
    'duration("P")': None,
    'duration("P1DT")': None,
    'duration("P1Y2M").months': D(2),
    'duration("-P1Y2M").years': D(-1),
    'duration("-P1DT2H").hours': D(-2),
    'duration("P1DT2H3M4.5S").seconds': D("4.5"),
    'duration("P1DT2H3M").minutes': D(3),
    'duration("P1D").days': D(1),
    'duration("P1D").years': None,
    'date("2005-01-31") + duration("P1M")': dt.date(2005, 2, 28),
    'duration("P1M") + date("2005-01-31")': dt.date(2005, 2, 28),
    'date("2005-03-31") - duration("P1M")': dt.date(2005, 2, 28),
    'date("2005-08-17") + duration("P1D")': dt.date(2005, 8, 18),
    'duration("P1D") + date("2005-08-17")': dt.date(2005, 8, 18),
    'date("2005-08-18") - date("2005-08-17")': dt.timedelta(days=1),
    'date and time("2005-08-18T00:00:00Z") - date("2005-08-17")': dt.timedelta(days=1),
    'date and time("2005-08-18T08:00:00+08:00") - date and time("2005-08-18T00:00:00Z")': dt.timedelta(0),
    'date and time("2005-08-18T00:00:00Z") - date and time("2005-08-18T00:00:00")': None,
    'time("10:00:00") - time("09:30:00")': dt.timedelta(minutes=30),
    'time("23:30:00") + duration("PT1H")': dt.time(0, 30),
    'date("2005-08-18") + date("2005-08-17")': None,
    'duration("P1Y") + duration("P1M")': Months(13),
    'duration("P1D") - duration("PT1H")': dt.timedelta(hours=23),
    'duration("P1Y") + duration("P1D")': None,
    'duration("P1Y") * 1.5': Months(18),
    '2 * duration("P1D")': dt.timedelta(days=2),
    'duration("P1D") / 2': dt.timedelta(hours=12),
    'duration("P1D") / 0': None,
    'duration("P1D") / duration("PT12H")': D(2),
    'duration("P1D") / duration("PT0S")': None,
    'duration("P1D") / duration("P1Y")': None,
    'duration("P1Y") / duration("P1M")': D(12),
    'duration("P1D") ** 2': None,
    '-duration("P1Y")': Months(-12),
    '-duration("P1D")': dt.timedelta(days=-1),
    'years and months duration(date("2011-12-22"), date("2013-08-24"))': Months(20),
    'years and months duration(date("2013-08-24"), date("2011-12-25"))': Months(-19),
    'years and months duration(date("2011-12-22"), date("2013-12-21"))': Months(23),
    'years and months duration(date("2013-12-21"), date("2011-12-22"))': Months(-23),
    'years and months duration(date and time("2011-12-22T00:00:00Z"), date and time("2013-12-22T00:00:00"))': None,
    'years and months duration(date and time("2011-12-22T00:00:00Z"), date("2013-08-24"))': Months(20),
    'day of year(date("2005-08-17"))': D(229),
    'day of week(date("2005-08-17"))': "Wednesday",
    'month of year(date("2005-08-17"))': "August",
    'week of year(date("2005-08-17"))': D(33),
    "is(1, 1.0)": True,
    'is(1, "1")': False,
    'is(time("10:00:00Z"), time("10:00:00"))': False,
    'is(time("10:00:00+01:00"), time("09:00:00Z"))': False,
    "floor(null)": None,
    'floor("a")': None,
    "floor([1.5])": D(1),
}


@pytest.mark.parametrize(("text", "expected"), GIVES.items(), ids=GIVES)
def test_an_expression_gives(text: str, expected: object) -> None:
    found = feel(text)
    assert kind(found) == kind(expected)  # type: ignore[arg-type]  # values of FEEL
    if isinstance(expected, D):
        assert isinstance(found, D)
        assert abs(found - expected) < D("1e-25")
    else:
        assert found == expected


NOT_KNOWN = [
    "now()",
    'date("-0005-01-01")',
    "date(12005, 1, 1)",
    'time("10:00:00.1234567")',
    'time("24:00:00")',
    'duration("PT1.1234567S")',
    'duration("P999999999999D")',
    'date("9999-12-31") + duration("P1M")',
    'date("9999-12-31") + duration("P1D")',
    'matches("a", "\\\\p{L}")',
    "string([1..2])",
    "(function(a) a) = (function(a) a)",
    "1 instance of tNowhere",
    'for d in @"2005-08-17"..@"2005-08-18" return d',
]


@pytest.mark.parametrize("text", NOT_KNOWN)
def test_what_is_not_known_is_never_guessed(text: str) -> None:
    with pytest.raises(Unsupported):
        feel(text)


MALFORMED = {
    "": "the expression ends too early",
    "1 +": "the expression ends too early",
    "1 2": "2 does not fit here",
    '"open': "the quotation mark is never closed",
    "[1": "the expression ends too early",
    "[1..2": "the expression ends too early",
    "]1]": "] does not fit here",
    "{1: 2}": "1: 2} does not fit here",
    "f(a: 1, 2)": "name all arguments or none",
    "if 1 then 2": "the expression ends too early",
    "then": "then does not fit here",
    "for 1 in 2 return 3": "1 in 2 retur does not fit here",
    "function(1) 1": "1) 1 does not fit here",
    "function(a) external {}": "external functions are not supported",
    "1 instance of 5": "5 does not fit here",
    "1 instance of list<": "the expression ends too early",
    "a.1": "1 does not fit here",
    "1e9999": "1e9999 is beyond all numbers",
    "(" * 60: "nested more than 40 deep",
    "-" * 60 + "1": "nested more than 40 deep",
    "1" + "+1" * 500: "the expression is too intricate",
    "x" * 20_001: "more than 20000 signs",
    "x in (" * 39 + "1": "",
    "1 in (" * 30 + "1": "",
}


@pytest.mark.parametrize(("text", "message"), MALFORMED.items(), ids=[text[:20] for text in MALFORMED])
def test_what_is_no_feel_says_why(text: str, message: str) -> None:
    with pytest.raises(FeelSyntaxError) as caught:
        parse_expression(text)
    assert message in str(caught.value)


@pytest.mark.parametrize("text", ["- 5..", "<", "not(1", "1,", "not(1) 2"])
def test_cells_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(FeelSyntaxError):
        parse_tests(text)


def test_a_function_type_is_taken_whole() -> None:
    tree = parse_expression("x instance of function<number, list<string>> -> number and true")
    assert getattr(tree, "op", "") == "and"


@given(st.text(alphabet='abx1. ()[]{}<>=!+-*/"?,:@\n一', max_size=30))
def test_any_text_parses_or_says_why(text: str) -> None:
    for parse in (parse_expression, parse_tests):
        with suppress(FeelSyntaxError):
            parse(text, SCOPE)


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9),
    st.integers(-3, 5),
)
def test_rounding_agrees_with_decimal(number: D, digits: int) -> None:
    assert feel(f"decimal({number:f}, {digits})") == number.quantize(D((0, (1,), -digits)), "ROUND_HALF_EVEN")


@given(st.timedeltas(min_value=dt.timedelta(days=-999), max_value=dt.timedelta(days=999)))
def test_a_duration_is_read_as_it_is_written(span: dt.timedelta) -> None:
    assert feel(f'duration("{told(span)}")') == span


@given(st.times(), st.integers(-14 * 60, 14 * 60))
def test_a_time_is_read_as_it_is_written(time: dt.time, minutes: int) -> None:
    zoned = time.replace(tzinfo=dt.timezone(dt.timedelta(minutes=minutes)))
    for one in (time, zoned):
        assert feel(f'time("{told(one)}")') == one


@given(st.integers(-500, 500))
def test_months_are_read_as_they_are_written(count: int) -> None:
    assert feel(f'duration("{told(Months(count))}")') == Months(count)


def test_zones_and_seconds_of_offsets_are_written() -> None:
    assert told(feel('time("10:00:00@Asia/Shanghai")')) == "10:00:00@Asia/Shanghai"  # type: ignore[arg-type]  # a time
    assert told(feel('time("10:00:00+08:00:30")')) == "10:00:00+08:00:30"  # type: ignore[arg-type]  # likewise
    assert told(dt.datetime(2005, 8, 17, tzinfo=dt.UTC)) == "2005-08-17T00:00:00Z"
    assert told(dt.date(2005, 8, 17)) == "2005-08-17"
    with pytest.raises(TypeError):
        told("no date")


def test_no_function_gives_a_float() -> None:
    """Every built-in function is tried with small arguments of every kind."""
    arguments = ["1", "-1.5", '"a"', "true", "null", "[1, 2]", '["a"]', "{a: 1}", 'date("2005-08-17")', '@"P1D"']
    for name in BUILTINS:
        for first in arguments:
            for rest in ("", ", 1", ', "a"', ", 1, 2", ', "a", "b"'):
                try:
                    assert "float" not in repr(type(feel(f"{name}({first}{rest})")))
                except Unsupported:
                    continue


def test_a_range_with_an_end_of_another_kind_takes_nothing() -> None:
    assert compare("<", None, D(1)) is None
    assert equal(Range(D(1), D(2), low_closed=True, high_closed=True), D(1)) is None
    assert string(None) is None


def test_a_cell_of_a_boolean_expression_holds_where_it_is_true() -> None:
    evaluator = Evaluator(lambda value, _: value, lambda *_: True)
    for text, subject, expected in [
        ("x > 1", "a", True),
        ("x > 9", "a", False),
        ("x > 1", True, True),
        ("[1..2]", None, None),
    ]:
        assert evaluator.holds(parse_tests(text, SCOPE), subject, SCOPE) is expected
