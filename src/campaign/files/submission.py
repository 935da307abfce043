"""Figures that an entity hands in as CSV, as values of a report (R-25, R-46); part 4 completes it with workbooks."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from campaign.domain.definition import Definition, Identifier, Label
from campaign.domain.events import Figure
from campaign.files.table import Column, Row, choice, harmless, open_table
from campaign.problems import Problems, T, Text, nearest
from campaign.shape import scalar


class Submission(msgspec.Struct, frozen=True):
    """The figures of one period."""

    period: str
    figures: tuple[Figure, ...]


def _label(text: str) -> Any:  # noqa: ANN401 -- scalar() knows the type
    return scalar(Label)(harmless(text))


FIGURES = (
    Column("period", "期别", _label, needed=True),
    Column("indicator", "指标", scalar(Identifier), needed=True),
    Column("value", "数值", scalar(Decimal), needed=True),
    Column("unit", "单位", _label, ""),
    Column("scope", "口径", scalar(Identifier), ""),
    Column("method", "核算方法", _label, ""),
    Column("status", "状态", choice(provisional="初步", final="最终"), "provisional"),
)


def load(path: Path, definition: Definition) -> tuple[Submission, ...]:
    """Read the figures in PATH, by period in the order of the file.

    A blank unit is the indicator's own; a blank scope is the only one there is.  Raises Problems, all at once.
    """
    table = open_table(path, FIGURES)
    rows = list(table.rows())
    for row, name, code, message, fix in _figure_problems(definition, rows):
        table.complain(row.line, name, code, message, fix)
    if not rows and not table.problems:
        table.complain(1, "value", "csv-blank", T("there are no figures"), T("write one line per figure"))
    if table.problems:
        raise Problems(sorted(table.problems, key=lambda problem: (problem.place.line, problem.place.column)))
    return _by_period(definition, rows)


def _by_period(definition: Definition, rows: list[Row]) -> tuple[Submission, ...]:
    units = {indicator.id: indicator.unit for indicator in definition.indicators}
    periods: dict[str, list[Figure]] = {}
    for row in rows:
        values = dict(row.values)
        figures = periods.setdefault(values.pop("period"), [])
        values["unit"] = values.get("unit") or units[values["indicator"]]
        values["scope"] = values.get("scope") or definition.scopes[0].id
        figures.append(Figure(**values))
    return tuple(Submission(period, tuple(figures)) for period, figures in periods.items())


def _figure_problems(definition: Definition, rows: list[Row]) -> Iterator[tuple[Row, str, str, Text, Text]]:
    units = {indicator.id: indicator.unit for indicator in definition.indicators}
    scopes = [scope.id for scope in definition.scopes]
    seen: dict[tuple[Any, ...], int] = {}
    for row in rows:
        indicator, unit, scope = (row.values.get(name) or "" for name in ("indicator", "unit", "scope"))
        if indicator and indicator not in units:
            message = T("there is no indicator {name}", name=indicator)
            yield row, "indicator", "unknown-indicator", message, nearest(indicator, units)
        elif unit and unit != units.get(indicator, unit):
            message = T("{indicator} is measured in {unit}", indicator=indicator, unit=units[indicator])
            yield row, "unit", "unit-mismatch", message, T("convert the value, or correct the unit")
        yield from _scope_problems(row, scope, scopes)
        key = (row.values.get("period"), indicator, scope)
        if key in seen and indicator:
            message = T("this figure stands twice; the first is on line {line}", line=seen[key])
            yield row, "indicator", "figure-twice", message, T("remove one")
        seen.setdefault(key, row.line)


def _scope_problems(row: Row, scope: str, scopes: list[str]) -> Iterator[tuple[Row, str, str, Text, Text]]:
    if scope and scope not in scopes:
        yield row, "scope", "unknown-scope", T("there is no scope {name}", name=scope), nearest(scope, scopes)
    elif not scope and "scope" in row.values and len(scopes) != 1:
        message = T("there are several scopes, and none is named")
        yield row, "scope", "csv-blank", message, T("name one of {choices}", choices=", ".join(scopes))
