"""Typed reading: nodes of text in, a frozen Struct out, or every Problem at once.

The type is the schema: msgspec Structs with their annotations say which keys exist, which are needed and what each
scalar means.  Scalars arrive as text (see source.py) and get their meaning here, so that nothing is guessed.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache, partial
from typing import Any, Generic, TypeVar

from msgspec import inspect as kinds

from campaign.problems import NOTHING, Place, Problem, Problems, T, Text, nearest
from campaign.source import FULL_WIDTH, Node

S = TypeVar("S")

DATE = re.compile(r"^(\d{4})-(\d{2})-(\d{2})$", re.ASCII)
LOOSE_DATE = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$")
NUMBER = re.compile(r"^[+-]?\d{1,30}(\.\d{1,12})?$", re.ASCII)
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
LIMIT = 2000
MONTHS = 12
MAX_PROBLEMS = 1000


class Reading(Generic[S]):
    """What a reading came to: the value (None if there are problems), the problems, and the place of every path."""

    def __init__(self, value: S | None, problems: list[Problem], places: dict[str, tuple[int, int]]) -> None:
        """Hold the outcome; paths look like `phases[2].gates[0].on`."""
        self.value = value
        self.problems = problems
        self.places = places

    def place(self, path: str, file: str) -> Place:
        """Return the place of PATH, or of the nearest thing around it."""
        probe = path
        while probe and probe not in self.places:
            probe = probe[: max(probe.rfind("."), probe.rfind("["), 0)]
        line, column = self.places.get(probe, (1, 1))
        return Place(file=file, line=line, column=column, field=path)


def read(type_: type[S], node: Node, file: str) -> Reading[S]:
    """Read NODE as TYPE_, a Struct; collects problems with codes `config-…` instead of raising, up to a limit."""
    reader = _Reader(file)
    try:
        value = reader.value(kinds.type_info(type_), node, "")
    except Problems:
        value = None
    return Reading(None if reader.problems else value, reader.problems, reader.places)


class _Reader:
    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.places: dict[str, tuple[int, int]] = {}
        self.structs: dict[type, dict[str, kinds.Field]] = {}

    def complain(self, code: str, message: Text, fix: Text, where: tuple[int, int], path: str) -> None:
        place = Place(file=self.file, line=where[0], column=where[1], field=path)
        self.problems.append(Problem(code, message, fix, place))
        if len(self.problems) >= MAX_PROBLEMS:
            message = T("more than {limit} problems: the rest of the file is not looked at", limit=MAX_PROBLEMS)
            self.problems.append(Problem("config-too-many-problems", message, T("correct these first"), place))
            raise Problems(self.problems)

    def value(self, kind: kinds.Type, node: Node, path: str) -> Any:  # noqa: ANN401 -- the kind decides the type
        self.places[path] = (node.line, node.column)
        match kind:
            case kinds.UnionType():
                return self._union(kind, node, path)
            case kinds.StructType():
                return self._struct(kind, node, path)
            case kinds.VarTupleType() | kinds.ListType():
                return self._sequence(kind.item_type, node, path)
            case kinds.DictType():
                return self._mapping(kind, node, path)
            case _:
                return self._scalar(kind, node, path)

    def _union(self, kind: kinds.UnionType, node: Node, path: str) -> Any:  # noqa: ANN401 -- the kind decides
        if node.value is None and any(isinstance(part, kinds.NoneType) for part in kind.types):
            return None
        rest = [part for part in kind.types if not isinstance(part, kinds.NoneType)]
        return self.value(rest[0], node, path)

    def _struct(self, kind: kinds.StructType, node: Node, path: str) -> Any:  # noqa: ANN401 -- the kind decides
        if not isinstance(node.value, dict):
            self._expected(T("here belong keys with values"), T("write `key: value`"), node, path)
            return None
        fields = self.structs.setdefault(kind.cls, {field.encode_name: field for field in kind.fields})
        before = len(self.problems)
        self._unknown_keys(node, fields, path)
        values: dict[str, Any] = {}
        for name, field in fields.items():
            inner = f"{path}.{name}" if path else name
            if name in node.value and (node.value[name].value is not None or _may_be_none(field.type)):
                values[field.name] = self.value(field.type, node.value[name], inner)
            elif field.required:
                message = T("the key {key} is missing", key=name)
                self.complain(
                    "config-missing-key",
                    message,
                    T("write `{key}: …`", key=name),
                    (node.line, node.column),
                    inner,
                )
        return kind.cls(**values) if len(self.problems) == before else None

    def _unknown_keys(self, node: Node, fields: dict[str, kinds.Field], path: str) -> None:
        for key, where in node.keys.items():
            if key not in fields:
                wide = [sign for sign in FULL_WIDTH if sign in key]
                fix = (
                    T("write {half} instead of the full-width {full}", half=FULL_WIDTH[wide[0]], full=wide[0])
                    if wide
                    else nearest(key, fields)
                )
                self.complain("config-unknown-key", T("the key {key} is not known here", key=key), fix, where, path)

    def _sequence(self, item: kinds.Type, node: Node, path: str) -> Any:  # noqa: ANN401 -- the kind decides
        if not isinstance(node.value, list):
            self._expected(T("here belongs a list"), T("write `[a, b]`, or one `- item` a line"), node, path)
            return ()
        return tuple(self.value(item, child, f"{path}[{index}]") for index, child in enumerate(node.value))

    def _mapping(self, kind: kinds.DictType, node: Node, path: str) -> Any:  # noqa: ANN401 -- the kind decides
        if not isinstance(node.value, dict):
            self._expected(T("here belong keys with values"), T("write `key: value`"), node, path)
            return {}
        return {key: self.value(kind.value_type, child, f"{path}.{key}") for key, child in node.value.items()}

    def _expected(self, message: Text, fix: Text, node: Node, path: str) -> None:
        self.complain("config-shape", message, fix, (node.line, node.column), path)

    def _scalar(self, kind: kinds.Type, node: Node, path: str) -> Any:  # noqa: ANN401 -- the kind decides
        if not isinstance(node.value, str):
            self._expected(T("here belongs a single value"), T("write it after the colon"), node, path)
            return None
        try:
            return _SCALARS[type(kind)](kind, bounded(node.value.strip()))
        except Wrong as wrong:
            self.complain(wrong.code, wrong.message, wrong.fix, (node.line, node.column), path)
            return None


def _may_be_none(kind: kinds.Type) -> bool:
    return isinstance(kind, kinds.UnionType) and any(isinstance(part, kinds.NoneType) for part in kind.types)


class Wrong(Exception):  # noqa: N818 -- carries a problem without its place
    """A scalar that cannot be read, raised where nobody knows its place yet."""

    def __init__(self, code: str, message: Text, fix: Text = NOTHING) -> None:
        """Say what is wrong with it and how to put it right."""
        super().__init__(code)
        self.code, self.message, self.fix = code, message, fix


def bounded(text: str) -> str:
    """Return TEXT unless it is too long for any value, so that no message repeats it at length."""
    if len(text) > LIMIT:
        message = T("the text has {size} characters, more than {limit}", size=len(text), limit=LIMIT)
        raise Wrong("config-text-length", message, T("shorten it"))
    return text


def _text(kind: kinds.StrType, text: str) -> str:
    limit = kind.max_length or LIMIT
    if len(text) > limit:
        message = T("the text has {size} characters, more than {limit}", size=len(text), limit=limit)
        raise Wrong("config-text-length", message, T("shorten it"))
    if len(text) < (kind.min_length or 0):
        raise Wrong("config-text-length", T("the text is empty"), T("write it"))
    if CONTROL.search(text):
        raise Wrong("config-character", T("control characters may not stand in a text"), T("remove them"))
    if kind.pattern and not re.search(kind.pattern, text):
        fix = T("use small letters a-z, digits and _ . - and begin with a letter or digit")
        raise Wrong("config-identifier", T("{text} is not an identifier", text=text), fix)
    return text


def parse_date(text: str) -> date:
    """Read an ISO date; raises a typed error that explains `2005-8-17`, `2005-31-08` and 08-32."""
    exact = DATE.match(text)
    loose = exact or LOOSE_DATE.match(text)
    if loose is None:
        raise Wrong("config-date", T("{text} is not a date", text=text), T("write it as 2005-08-17"))
    year, month, day = map(int, loose.groups())
    try:
        value = date(year, month, day)
    except ValueError:
        raise Wrong("config-date", T("there is no day {text}", text=text), _date_hint(year, month, day)) from None
    if exact is None:
        raise Wrong("config-date", T("{text} is not written as a date", text=text), T("write {date}", date=value))
    return value


def _date_hint(year: int, month: int, day: int) -> Text:
    if month > MONTHS >= day:
        return T("month and day are swapped: write {date}", date=f"{year:04d}-{day:02d}-{month:02d}")
    return T("write year-month-day, as in 2005-08-17")


def _date(_: kinds.Type, text: str) -> date:
    return parse_date(text)


def _number(text: str) -> Decimal:
    if not NUMBER.match(text):
        raise Wrong("config-number", T("{text} is not a number", text=text), T("write digits, as in 15 or 1234.50"))
    return Decimal(text)


def _decimal(_: kinds.Type, text: str) -> Decimal:
    return _number(text)


def _integer(kind: kinds.IntType, text: str) -> int:
    number = _number(text)
    if number != int(number):
        raise Wrong("config-number", T("{text} is not a whole number", text=text), T("leave out the decimals"))
    low, high = kind.ge, kind.le
    if (low is not None and number < low) or (high is not None and number > high):
        fix = T("write a number from {low} to {high}", low=low, high=high)
        raise Wrong("config-range", T("{text} is out of range", text=text), fix)
    return int(number)


def _truth(_: kinds.Type, text: str) -> bool:
    if text not in {"true", "false"}:
        raise Wrong("config-truth", T("{text} is neither true nor false", text=text), T("write true or false"))
    return text == "true"


def _choice(kind: kinds.EnumType, text: str) -> Enum:
    values = {member.value: member for member in kind.cls}
    if text not in values:
        raise Wrong("config-choice", T("{text} is not a choice here", text=text), nearest(text, values))
    member: Enum = values[text]
    return member


def _literal(kind: kinds.LiteralType, text: str) -> str:
    if text not in kind.values:
        fix = nearest(text, map(str, kind.values))
        raise Wrong("config-choice", T("{text} is not a choice here", text=text), fix)
    return text


_SCALARS: dict[type, Callable[[Any, str], Any]] = {
    kinds.StrType: _text,
    kinds.DateType: _date,
    kinds.DecimalType: _decimal,
    kinds.IntType: _integer,
    kinds.BoolType: _truth,
    kinds.EnumType: _choice,
    kinds.LiteralType: _literal,
}


@cache
def scalar(type_: Any) -> Callable[[str], Any]:  # noqa: ANN401 -- any scalar type with or without a constraint
    """Return a reader of single values of TYPE_, for cells of tables; it raises Wrong."""
    kind = kinds.type_info(type_)
    return partial(_SCALARS[type(kind)], kind)
