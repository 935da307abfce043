"""How values of every kind are written, admitted and said, and what is told of those that are none, as one text.

Run `PYTHONPATH=tests python tests/rules/values_table.py` to write the file anew, and read the difference.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from anew import write

from campaign.problems import Text
from campaign.rules.exact import numeral, percentage, shown, suspicious
from campaign.rules.kinds import Kind, Value, accept, defined, hint, maybe, normal, plain_text, say, written

FILE = Path(__file__).parent / "values.txt"
KINDS = (
    *(Kind(name) for name in ("number", "percent", "money", "integer", "days", "months", "text", "boolean", "date")),
    Kind("number", optional=True),
    Kind("text", values=("a", "乙")),
    Kind("text", optional=True, values=("a",)),
)
TEXTS = (
    *(
        "1",
        "0",
        "-1",
        "+1",
        "1.5",
        "-0.50",
        "1,000",
        "1,000,000.5",
        "1,00",
        "10,00",
        "1_000",
        "_1",
        "1_",
        "007",
        "0.0",
        "1.",
        ".5",
    ),
    *(
        "1e5",
        "9.99",
        "10",
        "-10",
        "115",
        "115%",
        "１１５％",
        "0.5%",
        "-5%",
        "%",
        "5 %",
        "3万",
        "1.5亿",
        "80万元",
        "5元",
        "万",
        "元",
        "1万%",
    ),
    *(
        "1000000000000000000000000",
        "999999999999999999999999",
        "n/a",
        "不适用",
        "N/A",
        "",
        " ",
        "true",
        "false",
        "True",
        "是",
        "否",
    ),
    *(
        "yes",
        "a",
        "乙",
        "b",
        '"a"',
        "“乙”",
        '"a',
        "A",
        "Ａ",
        "2005-08-17",
        "2005-8-17",
        "20050817",
        "2005-02-29",
        "2004-02-29",
    ),
    *("2005/08/17", "十", "x" * 400, "x" * 401, "a\tb", "a b", "a，b", "None", "٣"),
)
GIVEN: tuple[object, ...] = (
    *(
        0,
        1,
        -1,
        10**24,
        10**24 - 1,
        -(10**24),
        True,
        False,
        1.5,
        None,
        "",
        "a",
        "Ａ",
        "乙",
        "b",
        "x" * 401,
        "a\x07",
        "\ud800",
    ),
    *map(
        Decimal,
        ("0", "1.0", "1.5", "-0.5", "NaN", "sNaN", "Infinity", "-Infinity", "1E+23", "1E+24", "-1E+24", "1E-30"),
    ),
    *(date(2005, 8, 17), datetime(2005, 8, 17, tzinfo=UTC), [], (), b"a"),
)
SAID: tuple[Value, ...] = (
    *(None, True, False, "甲", date(2005, 8, 17), (), (Decimal("0.5"), None), ("a",), (True,)),
    *map(Decimal, ("0", "-0", "0.00", "1.50", "100", "1E+2", "-0.5", "0.115", "1E-10", "12345.678", "-1E+3")),
)


def told(found: object) -> str:
    """Write a value with its type, or what is wrong with it."""
    if isinstance(found, Text):
        return f"✗ {found}".replace("x" * 400, "x…x")
    return f"{type(found).__name__} {shown(found) if isinstance(found, Decimal) else found!r}".replace("x" * 400, "x…x")


def lines() -> Iterator[str]:
    """Yield one answer to a line."""
    for kind in KINDS:
        yield f"{kind}: {hint(kind)} | {defined(kind)} | {maybe(kind)}"
        for text in TEXTS:
            yield f"{kind} written {text!r:.40} : {told(written(text, kind))}"
        for value in GIVEN:
            yield f"{kind} given {value!a:.40} : {told(accept(value, kind, 'x'))!a}"
        for said in SAID:
            yield f"{kind} said {said!r} : {say(said, kind)}"
    for text in TEXTS:
        number = numeral(text)
        yield f"numeral {text!r:.40} : {number!r} | {normal(text)[:9]} | {plain_text(text)[:9]}"
        if number is not None:
            yield f"  {shown(number)} | {percentage(number)} | {suspicious(number)}"
    for items in ("percent", "money", "date", "", "text"):
        yield f"list of {items}: {say((Decimal('0.5'), date(2005, 8, 17)), Kind('list', item=items))}"


if __name__ == "__main__":
    write(FILE, lines())
