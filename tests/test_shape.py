"""Typed reading: what each type accepts, and what is said, where, about everything else."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.domain.definition import Definition
from campaign.problems import Problems
from campaign.shape import Reading, Wrong, parse_date, read, scalar
from campaign.source import parse

Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z]+$")]


IDENTIFIER = "use small letters a-z, digits and _ . - and begin with a letter or digit"


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Inner(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    from_: date
    note: str = "none"


class Outer(msgspec.Struct, frozen=True):
    name: Name
    size: Annotated[int, msgspec.Meta(ge=1, le=7)] = 3
    value: Decimal | None = Decimal(1)
    flag: bool = False
    colour: Colour = Colour.RED
    cadence: Literal["weekly", "once"] = "weekly"
    parts: tuple[Inner, ...] = ()
    extra: dict[str, int] = {}
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=5)] = "x"


def reading(text: str) -> Reading[Outer]:
    return read(Outer, parse(text), "a.yaml")


def lines(text: str) -> list[str]:
    return [str(problem) for problem in reading(text).problems]


def test_a_whole_value_is_read_with_every_kind_of_field() -> None:
    text = (
        "name: x\nsize: 7\nvalue: 1.50\nflag: true\ncolour: blue\ncadence: once\n"
        "parts:\n  - {from: 2005-08-17, note: 动员}\nextra: {a: 1}\ntitle: 方案\n"
    )
    assert reading(text).value == Outer(
        name="x",
        size=7,
        value=Decimal("1.50"),
        flag=True,
        colour=Colour.BLUE,
        cadence="once",
        parts=(Inner(date(2005, 8, 17), "动员"),),
        extra={"a": 1},
        title="方案",
    )


def test_what_is_left_out_keeps_its_default_and_nothing_means_left_out() -> None:
    assert reading("name: x\nsize:\nparts:\n").value == Outer(name="x")


def test_nothing_may_be_said_where_the_type_allows_it() -> None:
    assert reading("name: x\nvalue: ~\n").value == Outer(name="x", value=None)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("size: 1", "a.yaml:1:1: config-missing-key the key name is missing (write `name: …`)"),
        ("name: x\nsise: 1", "a.yaml:2:1: config-unknown-key the key sise is not known here (did you mean size?)"),
        (
            "name: x\nsize：y: 1",
            "a.yaml:2:1: config-unknown-key the key size：y is not known here (write : instead of the full-width ：)",
        ),
        ("name: x\nsize: 8", "a.yaml:2:7: config-range 8 is out of range (write a number from 1 to 7)"),
        ("name: x\nsize: 1.5", "a.yaml:2:7: config-number 1.5 is not a whole number (leave out the decimals)"),
        ("name: x\nvalue: 1e9", "a.yaml:2:8: config-number 1e9 is not a number (write digits, as in 15 or 1234.50)"),
        ("name: x\nvalue: １５", "a.yaml:2:8: config-number １５ is not a number (write digits, as in 15 or 1234.50)"),
        (
            "name: x\nvalue: 1,000",
            "a.yaml:2:8: config-number 1,000 is not a number (write digits, as in 15 or 1234.50)",
        ),
        ("name: x\nflag: no", "a.yaml:2:7: config-truth no is neither true nor false (write true or false)"),
        ("name: x\ncolour: rad", "a.yaml:2:9: config-choice rad is not a choice here (did you mean red?)"),
        (
            "name: x\ncadence: daily",
            "a.yaml:2:10: config-choice daily is not a choice here (choose one of once, weekly)",
        ),
        ("name: x\nparts: y", "a.yaml:2:8: config-shape here belongs a list (write `[a, b]`, or one `- item` a line)"),
        ("name: x\nparts: [y]", "a.yaml:2:9: config-shape here belong keys with values (write `key: value`)"),
        ("name: x\nextra: [y]", "a.yaml:2:8: config-shape here belong keys with values (write `key: value`)"),
        ("name: [x]", "a.yaml:1:7: config-shape here belongs a single value (write it after the colon)"),
        ("[x]", "a.yaml:1:1: config-shape here belong keys with values (write `key: value`)"),
        ("name: X", f"a.yaml:1:7: config-identifier X is not an identifier ({IDENTIFIER})"),
        ('name: x\ntitle: ""', "a.yaml:2:8: config-text-length the text is empty (write it)"),
        (
            "name: x\ntitle: abcdef",
            "a.yaml:2:8: config-text-length the text has 6 characters, more than 5 (shorten it)",
        ),
        (
            'name: x\ntitle: "a\\x7f"',
            "a.yaml:2:8: config-character control characters may not stand in a text (remove them)",
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_place_with_a_remedy(text: str, found: str) -> None:
    assert lines(text) == [found]


def test_a_value_too_long_for_any_type_is_not_repeated_in_the_message() -> None:
    assert lines("name: x\nvalue: " + "1" * 2001) == [
        "a.yaml:2:8: config-text-length the text has 2001 characters, more than 2000 (shorten it)"
    ]


def test_everything_wrong_is_said_at_once_in_the_order_of_the_file() -> None:
    found = lines("name: X\nsize: 9\nparts:\n  - {from: 2005-8-17}\n  - {}\n")
    assert [line.split()[1] for line in found] == [
        "config-identifier",
        "config-range",
        "config-date",
        "config-missing-key",
    ]


@pytest.mark.parametrize(
    ("text", "message", "fix"),
    [
        ("2005-8-17", "2005-8-17 is not written as a date", "write 2005-08-17"),
        ("2005/08/17", "2005/08/17 is not written as a date", "write 2005-08-17"),
        ("2005年8月17日", "2005年8月17日 is not written as a date", "write 2005-08-17"),
        ("２００５-08-17", "２００５-08-17 is not written as a date", "write 2005-08-17"),
        ("2005-31-08", "there is no day 2005-31-08", "month and day are swapped: write 2005-08-31"),
        ("2005-08-32", "there is no day 2005-08-32", "write year-month-day, as in 2005-08-17"),
        ("2005-13-32", "there is no day 2005-13-32", "write year-month-day, as in 2005-08-17"),
        ("17 August", "17 August is not a date", "write it as 2005-08-17"),
        ("20050817", "20050817 is not a date", "write it as 2005-08-17"),
    ],
)
def test_a_date_that_is_not_one_is_explained(text: str, message: str, fix: str) -> None:
    with pytest.raises(Wrong) as caught:
        parse_date(text)
    assert (str(caught.value.message), str(caught.value.fix)) == (message, fix)


def test_a_path_finds_its_place_or_that_of_what_surrounds_it() -> None:
    found = reading("name: x\nparts:\n  - {from: 2005-08-17}\n")
    assert str(found.place("parts[0].from", "a.yaml")) == "a.yaml:3:12"
    assert str(found.place("parts[0].note", "a.yaml")) == "a.yaml:3:5"
    assert str(found.place("parts[7].note", "a.yaml")) == "a.yaml:3:3"
    assert str(found.place("nowhere", "a.yaml")) == "a.yaml:1:1"


def test_a_cell_of_a_table_is_read_by_the_same_rules() -> None:
    assert scalar(Decimal)("12.50") == Decimal("12.50")
    assert scalar(Name)("abc") == "abc"
    assert scalar(int)("7") == 7
    with pytest.raises(Wrong):
        scalar(Name)("Abc")


LEAVES = st.sampled_from(
    ["x", "", "2005-08-17", "2005-8-17", "-1", "9" * 40, "true", "[]", "{}", "~", "'\\0'", "：", '"\\x07"']
)
KEYS = st.sampled_from([*(field for field in Outer.__struct_fields__), "from", "note", "campaign", "phases", "id"])


def _lists(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(inner, max_size=3).map(lambda items: "[" + ", ".join(items) + "]")


def _mappings(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.dictionaries(KEYS, inner, max_size=4).map(
        lambda items: "{" + ", ".join(f"{key}: {value}" for key, value in items.items()) + "}"
    )


TREES = st.recursive(LEAVES, lambda inner: _lists(inner) | _mappings(inner), max_leaves=20)


@given(TREES, st.sampled_from([Outer, Definition]))
def test_no_tree_makes_the_reader_raise_anything_but_problems(text: str, type_: type[msgspec.Struct]) -> None:
    try:
        found = read(type_, parse(text), "a.yaml")
    except Problems:
        return
    assert (found.value is None) is bool(found.problems)
    assert all(problem.place.line == 1 for problem in found.problems)
