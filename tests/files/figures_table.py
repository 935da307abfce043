"""What is made of rows of figures in which one cell is changed, or one column of the header, as one text.

Run `PYTHONPATH=tests python tests/files/figures_table.py` to write the file anew, and read the difference.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
from anew import write
from config.broken_folders import SMALL

from campaign.domain.definition import Definition, Scope
from campaign.files import folder, layout
from campaign.files.cells import Percent
from campaign.files.entries import Entries
from campaign.files.rows import Known, Rows, Source
from campaign.files.terms import Terms
from campaign.problems import Problem, Problems

FILE = Path(__file__).parent / "figures.txt"
BASE: Definition = folder.load(SMALL).definition
DUTY = next(entry for entry in BASE.obligations if entry.act == "report")
RULES = msgspec.structs.replace(
    BASE,
    obligations=(*BASE.obligations, msgspec.structs.replace(DUTY, id="daily", label="日报")),
    scopes=(*BASE.scopes, Scope("whole", "全部")),
)
PERIOD = min(Terms.of(RULES).periods[DUTY.id])
GOOD: dict[str, Any] = {
    "entity": "a", "name": "甲", "obligation": "Weekly", "period": PERIOD, "indicator": "profit", "label": "利润",
    "value": "12.5", "unit": "yuan", "scope": "local", "status": "初步", "method": "直接", "above_scale_list": "2005",
    "adjustment": "-1", "adjustment_reason": "剔除",
}  # fmt: skip
LEVELS = {("a", "profit", "local"): Decimal(12), ("a", "growth", "local"): Decimal(15)}
KNOWN = Known(definition=RULES, entities=frozenset({"a", "b", "alpha"}), levels=LEVELS)
VALUES: tuple[Any, ...] = (
    *(
        None,
        "",
        "  ",
        "ａ",
        "b",
        "x",
        "=1",
        "-",
        "12",
        "１２",
        "1,234",
        "12%",
        "120000",
        "12 yuan",
        "0.15",
        "合计",
        "profit",
        "Profit",
    ),
    *(
        "growth",
        "local",
        "Local",
        "whole",
        "全部",
        "weekly",
        "daily",
        "日报",
        "final",
        "最终",
        "万元",
        PERIOD,
        "2031-W99",
        "x" * 200,
    ),
    *("x" * 201, "a\x07b", 12, 12.5, 0.15, -3.0, 1e20, True, date(2005, 9, 1), Percent(0.125), "#REF!", "约12", "alph"),
)


def told(rows: list[tuple[int, list[Any]]], known: Known = KNOWN) -> str:
    """Say which reports are made of rows, figure by figure, or what is wrong with them."""
    entries = Entries()
    reader = Rows(entries, Source("f.xlsx", "数据"), known)
    said: list[str] = []
    try:
        reader.take(rows)
        if not reader.header:
            reader.no_header(1)
        for key, entry in entries.finish():
            figures = "; ".join(
                f"{_short(figure)} in {entry.place(number).cell}" for number, figure in enumerate(entry.figures)
            )
            said.append(f"{key.entity} {key.obligation} {key.period}: {figures}")
    except Problems as error:
        return " ‖ ".join(map(_problem, error.problems))
    wrong = [*map(_problem, entries.problems), *(f"notice {_problem(problem)}" for problem in entries.notices)]
    return " ‖ ".join([*wrong, *said]) or "nothing"


def _short(figure: Any) -> str:  # noqa: ANN401 -- a Figure
    fields = {
        name: getattr(figure, name) for name in figure.__struct_fields__ if getattr(figure, name) not in ("", (), None)
    }
    by = ", ".join(f"{item.amount} {item.reason}" for item in fields.pop("adjustments", ()))
    return " ".join([*map(str, fields.values()), *([f"({by})"] if by else [])])


def _problem(problem: Problem) -> str:
    place = problem.place
    return f"{place.sheet}!{place.cell} [{place.field}] {problem.code} {problem.message} ({problem.fix})".replace(
        "x" * 200, "x…x"
    )


def sheet(*rows: dict[str, Any], head: dict[str, Any] = layout.COLUMNS) -> list[tuple[int, list[Any]]]:
    """Return a header of columns and the rows below it, from row 2 on."""
    return [(2, list(head.values())), *((3 + n, [row[name] for name in head]) for n, row in enumerate(rows))]


def lines() -> Iterator[str]:
    """Yield what is made of every change, a change to a line."""
    yield f"as it is: {told(sheet(GOOD))}"
    for name in layout.COLUMNS:
        for value in VALUES:
            yield f"{name} {value!r:.30}: {told(sheet({**GOOD, name: value}))}"
    rate = {**GOOD, "indicator": "growth", "unit": None, "adjustment": None, "adjustment_reason": None}
    for value in VALUES:
        yield f"rate {value!r:.30}: {told(sheet({**rate, 'value': value}))}"
    yield from _heads()
    yield from _several()


def _heads() -> Iterator[str]:
    columns = layout.COLUMNS
    for name in columns:
        yield f"without {name}: {told(sheet(GOOD, head={key: text for key, text in columns.items() if key != name}))}"
        for text in ("期别", "valeu", "数直", "a;b", None, "ＶＡＬＵＥ", "y" * 201):
            yield f"{name} headed {text!r:.20}: {told(sheet(GOOD, head={**columns, name: text}))}"
    plain = {"indicator": "指标", "value": "数值"}
    said = {"entity": "b", "obligation": "daily", "period": PERIOD}
    for left_out in ("", *said):
        known = msgspec.structs.replace(KNOWN, **{key: text for key, text in said.items() if key != left_out})
        yield f"said beside it but {left_out or 'nothing'}: {told(sheet(GOOD, head=plain), known)}"
    for row in (10, 11):
        rows = [(1, ["标题"]), (row, list(columns.values())), (row + 1, list(GOOD.values()))]
        yield f"a header in row {row}: {told(rows)}"
    yield f"short rows: {told([(1, ['编号', '期别', '指标', '数值', '单位']), (2, ['a', PERIOD, 'profit', '1'])])}"


def _several() -> Iterator[str]:
    other = {**GOOD, "scope": "whole"}
    blank = {**GOOD, "value": None, "adjustment": None, "adjustment_reason": None}
    rate = {**blank, "indicator": "growth", "unit": "%"}
    total = {**dict.fromkeys(GOOD), "entity": "合计：", "value": None}
    nothing = dict.fromkeys(GOOD)
    yield f"two scopes: {told(sheet(GOOD, other))}"
    yield f"twice: {told(sheet(GOOD, other, GOOD))}"
    yield f"blank beside another: {told(sheet(GOOD, rate))}"
    yield f"all blank: {told(sheet(blank, rate))}"
    yield f"blank and another report: {told(sheet(blank, {**GOOD, 'entity': 'b'}))}"
    yield f"empty rows: {told(sheet(nothing, GOOD, nothing))}"
    yield f"a total below: {told(sheet(GOOD, total))}"
    yield f"a signature below: {told(sheet(GOOD, {**nothing, 'unit': '填表人'}))}"
    accepted = msgspec.structs.replace(KNOWN, accepted=frozenset({"unit-scale"}))
    yield f"what looks wrong and is accepted: {told(sheet({**GOOD, 'value': '120000'}), accepted)}"
    unchecked = msgspec.structs.replace(KNOWN, entities=None)
    for name in ("z", "Z", "", "z z"):
        yield f"entity {name!r} unchecked: {told(sheet({**GOOD, 'entity': name}), unchecked)}"


if __name__ == "__main__":
    write(FILE, lines())
