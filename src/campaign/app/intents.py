"""Commands from text: what a person typed, or a row of a file, becomes a typed command or every problem with it."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal, TypeAlias, get_args

import msgspec
from msgspec import inspect as kinds

from campaign.domain.commands import COMMANDS, Command
from campaign.domain.definition import Definition
from campaign.domain.events import Adjustment, Figure, Target
from campaign.problems import NOTHING, Place, Problem, Problems, T, Text, nearest

__all__ = ["COMMANDS", "Field", "Fields", "convert", "fields_of"]

Fields: TypeAlias = Mapping[str, str | list[str]]
Kind = Literal["text", "date", "decimal", "truth", "choice", "texts", "figures"]

HALF_WIDTH = {0xFF01 + number: 0x21 + number for number in range(94)}
"""What a Chinese keyboard writes for the signs of ASCII; letters and units of measure stay as they are."""

NUMBER = re.compile(r"[+-]?\d{1,18}(\.\d{1,12})?")
FIGURE = re.compile(r"(?P<indicator>[^=@]+)=\s*(?P<value>[+-]?[\d.,]+)\s*\[?(?P<unit>[^@\[\]]*)\]?(@(?P<scope>\S+))?")
ADJUSTMENT = re.compile(r"(?P<indicator>[^=@]+)=(?P<amount>[+-]?[\d.]+):(?P<reason>.+)")
FIGURE_FIELDS = ("method", "status", "above_scale_list")
"""What holds for every figure of one command: given once, beside the figures."""
STATUS: tuple[str, ...] = ("provisional", "final")
FROM_FILE = frozenset({"source_sha256", "cells"})
"""What only a file that is read can say of itself; nobody types it."""


FROM_SCREENING = frozenset({"values", "threshold", "events"})
"""What only a screening can say of a finding; a person's own has none of it."""


class Field(msgspec.Struct, frozen=True):
    """One thing to be given with a command, as text; texts and figures may be given several times."""

    name: str
    kind: Kind
    required: bool
    choices: tuple[str, ...] = ()

    @property
    def repeated(self) -> bool:
        """Whether it may be given several times."""
        return self.kind in {"texts", "figures"}


@lru_cache(maxsize=64)
def fields_of(name: str) -> tuple[Field, ...]:
    """Return the fields of the command NAME, in their order; a target's own stand among them."""
    found: list[Field] = []
    for field in msgspec.structs.fields(COMMANDS[name]):
        if field.name in FROM_FILE | FROM_SCREENING or (name, field.name) == ("finding.raise", "check"):
            continue
        if field.type is Target:
            found += [_field(part, forced=part.name == "target") for part in msgspec.structs.fields(Target)]
        else:
            found.append(_field(field))
            if found[-1].kind == "figures":
                found += [
                    Field("method", "text", required=False),
                    Field("status", "choice", required=False, choices=STATUS),
                ]
                found += [
                    Field("above_scale_list", "text", required=False),
                    Field("adjustment", "texts", required=False),
                ]
    return tuple(found)


def _field(field: msgspec.structs.FieldInfo, *, forced: bool = False) -> Field:
    kind = kinds.type_info(field.type)
    required = field.required and not forced
    match kind:
        case kinds.LiteralType():
            return Field(field.name, "choice", required, tuple(map(str, kind.values)))
        case kinds.BoolType():
            return Field(field.name, "truth", required)
        case kinds.VarTupleType() if isinstance(kind.item_type, kinds.StructType):
            return Field(field.name, "figures", required)
        case kinds.VarTupleType():
            return Field(field.name, "texts", required)
        case _:
            return Field(field.name, _scalar(field.type), required)


def _scalar(type_: object) -> Kind:
    parts = {type_, *get_args(type_)}
    return "date" if date in parts else "decimal" if Decimal in parts else "text"


def convert(
    name: str, fields: Fields, definition: Definition | None = None, ready: Mapping[str, object] | None = None
) -> Command:
    """Return the command NAME with FIELDS, all given as text; empty text counts as not given.

    DEFINITION supplies the unit of an indicator, and the statistical scope where there is only one.  READY holds fields
    that are values already, such as figures out of a file.  Raises Problems, one for each field, with codes `input-…`
    and the field's name as its place.
    """
    done = dict(ready or {})
    reading = _Reading(fields, definition)
    values = reading.values(tuple(field for field in fields_of(name) if field.name not in done)) | done
    if reading.problems:
        raise Problems(reading.problems)
    return _build(COMMANDS[name], values)


def _build(kind: type[Command], values: dict[str, Any]) -> Command:
    own = {field.name: field for field in msgspec.structs.fields(kind)}
    direct = {name: value for name, value in values.items() if name in own and own[name].type is not Target}
    if any(field.type is Target for field in own.values()):
        parts = {field.name for field in msgspec.structs.fields(Target)}
        line = {name: value for name, value in values.items() if name in parts}
        direct["target"] = Target(**{"target": line["indicator"], **line})
    return kind(**direct)


class _Wrong(Exception):  # noqa: N818 -- carries a problem without its place
    def __init__(self, code: str, message: Text, fix: Text = NOTHING) -> None:
        super().__init__(code)
        self.code, self.message, self.fix = code, message, fix


class _Reading:
    """Reads the fields of one command, collecting what is wrong."""

    def __init__(self, given: Fields, definition: Definition | None) -> None:
        self.given = {name: value for name, value in given.items() if value not in ("", [])}
        self.problems: list[Problem] = []
        self.units = {item.id: item.unit for item in definition.indicators} if definition else {}
        self.labels: dict[str, list[str]] = {}
        for item in definition.indicators if definition else ():
            self.labels.setdefault(_folded(item.label), []).append(item.id)
        scopes = [item.id for item in definition.scopes] if definition else []
        self.only_scope = scopes[0] if len(scopes) == 1 else ""

    def values(self, fields: tuple[Field, ...]) -> dict[str, Any]:
        known = {field.name: field for field in fields}
        for name in self.given:
            if name not in known:
                self._complain(
                    _Wrong("input-unknown", T("there is no field {name} here", name=name), _choose(known)), name
                )
        values = {}
        for field in fields:
            if field.name in self.given:
                values[field.name] = self._one(field)
            elif field.required:
                self._complain(
                    _Wrong("input-missing", T("{name} is missing", name=field.name), T("give it")), field.name
                )
        if "adjustment" in self.given and not any(field.kind == "figures" and field.name in values for field in fields):
            idle = _Wrong("input-adjustment", T("there is no figure to adjust"), T("give the figure too"))
            self._complain(idle, "adjustment")
        if "indicator" in values and "value" in values:
            values.setdefault("unit", self.units.get(values["indicator"], ""))
        return values

    def _id(self, word: str) -> str:
        """Return the id of the indicator whose id or label WORD is; WORD itself where there is none."""
        found = [word] if word in self.units else self.labels.get(_folded(word), [word])
        if len(found) > 1:
            message = T("{word} is the label of {count} indicators", word=word, count=len(found))
            raise _Wrong("input-ambiguous", message, T("name one by its id: {choices}", choices=", ".join(found)))
        return found[0]

    def _one(self, field: Field) -> Any:  # noqa: ANN401 -- the field's kind decides
        raw = self.given[field.name]
        texts = raw if isinstance(raw, list) else [raw]
        try:
            if field.kind == "figures":
                return self._figures(texts, field.name)
            if field.kind == "texts":
                return tuple(map(self._id, texts)) if field.name in INDICATORS else tuple(texts)
            value = _SCALARS[field.kind](_single(texts, field), field)
            return self._id(value) if field.name in INDICATORS else value
        except _Wrong as wrong:
            self._complain(wrong, field.name)
            return None

    def _complain(self, wrong: _Wrong, field: str) -> None:
        self.problems.append(Problem(wrong.code, wrong.message, wrong.fix, Place(field=field)))

    def _figures(self, texts: list[str], field: str) -> tuple[Figure, ...]:
        try:
            adjustments = self._adjustments()
        except _Wrong as wrong:
            self._complain(wrong, "adjustment")
            adjustments = {}
        found = []
        for text in texts:
            try:
                found.append(self._figure(text, adjustments))
            except _Wrong as wrong:
                self._complain(wrong, field)
        idle = adjustments.keys() - {figure.indicator for figure in found} if len(found) == len(texts) else ()
        for indicator in sorted(idle):
            message = T("there is no figure of {indicator} to adjust", indicator=indicator)
            self._complain(_Wrong("input-adjustment", message, T("give the figure too")), "adjustment")
        return tuple(found)

    def _figure(self, text: str, adjustments: Mapping[str, list[Adjustment]]) -> Figure:
        found = FIGURE.fullmatch(text.translate(HALF_WIDTH).strip())
        if found is None:
            raise _Wrong("input-figure", T("{text} is not a figure", text=text), HOW_FIGURE)
        indicator, scope = self._id(found["indicator"].strip()), found["scope"] or self.only_scope
        if self.units and indicator not in self.units:
            message = T("there is no indicator {name}", name=indicator)
            raise _Wrong("input-figure", message, nearest(indicator, self.units))
        unit = found["unit"].strip() or self.units.get(indicator, "")
        if not unit:
            raise _Wrong("input-figure", T("the unit of {indicator} is not known", indicator=indicator), HOW_FIGURE)
        if not scope:
            message = T("the statistical scope of {indicator} is missing", indicator=indicator)
            raise _Wrong("input-figure", message, HOW_FIGURE)
        shared: dict[str, Any] = {name: self.given[name] for name in FIGURE_FIELDS if name in self.given}
        return Figure(
            indicator=indicator,
            value=_number(found["value"]),
            unit=unit,
            scope=scope,
            adjustments=tuple(adjustments.get(indicator, ())),
            **shared,
        )

    def _adjustments(self) -> dict[str, list[Adjustment]]:
        """Read the adjustments by indicator; each has to belong to a figure."""
        raw = self.given.get("adjustment", [])
        found: dict[str, list[Adjustment]] = {}
        for text in raw if isinstance(raw, list) else [raw]:
            parts = ADJUSTMENT.fullmatch(text.strip())
            if parts is None:
                raise _Wrong("input-adjustment", T("{text} is not an adjustment", text=text), HOW_ADJUSTMENT)
            made = Adjustment(amount=_number(parts["amount"]), reason=parts["reason"].strip())
            found.setdefault(self._id(parts["indicator"].strip()), []).append(made)
        return found


INDICATORS = frozenset({"indicator", "indicators"})
"""Fields that name indicators, each by its id or by its label."""


def _folded(label: str) -> str:
    """Return LABEL as it is compared: in half width, without regard to capitals and white space."""
    return "".join(label.translate(HALF_WIDTH).casefold().split())


HOW_FIGURE = T("write it as INDICATOR=VALUE[UNIT]@SCOPE, for example profit=150.50@provincial")
HOW_ADJUSTMENT = T("write it as INDICATOR=AMOUNT:REASON, for example output=-12.5:price change")


def _choose(known: Mapping[str, Field]) -> Text:
    return T("choose one of {choices}", choices=", ".join(known))


def _single(texts: list[str], field: Field) -> str:
    if len(texts) > 1:
        raise _Wrong("input-repeated", T("{name} may be given once only", name=field.name), T("give one"))
    return texts[0].strip()


def _text(text: str, _field: Field) -> str:
    return text


def _number(text: str) -> Decimal:
    plain = text.translate(HALF_WIDTH)
    if not NUMBER.fullmatch(plain):
        fix = T("write digits without separators, as in 1234.50")
        raise _Wrong("input-number", T("{text} is not a number", text=text), fix)
    return Decimal(plain)


def _decimal(text: str, _field: Field) -> Decimal:
    return _number(text)


def _date(text: str, _field: Field) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _Wrong("input-date", T("{text} is not a day", text=text), T("write it as 2005-08-17")) from None


def _truth(text: str, _field: Field) -> bool:
    if text not in {"true", "false"}:
        raise _Wrong("input-truth", T("{text} is neither true nor false", text=text), T("write true or false"))
    return text == "true"


def _choice(text: str, field: Field) -> str:
    if text not in field.choices:
        fix = T("choose one of {choices}", choices=", ".join(field.choices))
        raise _Wrong("input-choice", T("{text} is not a choice here", text=text), fix)
    return text


_SCALARS: dict[str, Callable[[str, Field], Any]] = {
    "text": _text,
    "date": _date,
    "decimal": _decimal,
    "truth": _truth,
    "choice": _choice,
}
