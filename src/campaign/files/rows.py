"""Rows of figures, read one by one into the reports they belong to; what is wrong is noted at its cell."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from operator import itemgetter
from typing import Any, TypeAlias, cast

import msgspec

from campaign.domain.definition import Definition, Identifier
from campaign.domain.events import Adjustment, Figure
from campaign.files import layout, numbers
from campaign.files.cells import Cell, Percent, address, read
from campaign.files.entries import Entries, Key
from campaign.files.table import harmless
from campaign.files.terms import Terms
from campaign.problems import Place, Problem, T, Text, like_entity, nearest, plain
from campaign.shape import CONTROL, Wrong, scalar

REMEMBERED = 20_000
"""So many readings are kept: most rows of a large file say the same of themselves."""

LONGEST = 200
HEAD = ("entity", "obligation", "period")
KIND = ("indicator", "unit", "scope", "status", "method", "above_scale_list")

Level: TypeAlias = tuple[str, str, str]
"""Entity, indicator, scope: what a level is known of."""


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What a file is read against.

    entities: who takes part, None where that is not checked.  levels: the figures before these.  entity, obligation,
    period: what holds for rows that do not say it.  accepted: codes of what looks wrong and is said to be right.
    """

    definition: Definition
    definition_sha256: str = ""
    entities: frozenset[str] | None = None
    levels: Mapping[Level, Decimal] = {}
    entity: str = ""
    obligation: str = ""
    period: str = ""
    accepted: frozenset[str] = frozenset()


class Source(msgspec.Struct, frozen=True):
    """A file, and the sheet in it that is read."""

    file: str
    sheet: str = ""

    def place(self, row: int, column: int, field: str = "") -> Place:
        """Return the place of a cell: row counted from 1, column from 0."""
        return Place(self.file, sheet=self.sheet, cell=address(row, column), field=field)


class _Said(msgspec.Struct, frozen=True):
    """What some cells of a row say, or what is wrong with which of them; the same cells say the same again."""

    values: Any
    wrong: tuple[tuple[str, Wrong], ...] = ()


class Rows:
    """Reads the rows of one sheet into ENTRIES."""

    def __init__(self, entries: Entries, source: Source, known: Known) -> None:
        """Begin before the header."""
        self.entries, self.source, self.known = entries, source, known
        self.terms = Terms.of(known.definition)
        self.header: dict[str, int] = {}
        self.header_row = 0
        self._heads: dict[tuple[Any, ...], _Said] = {}
        self._kinds: dict[tuple[Any, ...], _Said] = {}
        self._value_at = self._width = -1
        self._adjusted = False

    def take(self, rows: Iterable[tuple[int, Sequence[Any]]]) -> None:
        """Read all ROWS, each with its number."""
        for number, cells in rows:
            if self.header:
                self._row(number, cells)
            elif number > layout.WITHIN:
                break
            elif layout.is_header([read(cell) for cell in cells]):
                self._take_header(number, cells)

    # --- the header ------------------------------------------------------------------------------------------------

    def no_header(self, row: int) -> None:
        """Complain that there is none."""
        message = T("there is no header that names the columns")
        fix = T("begin with the columns {columns}", columns=", ".join(layout.COLUMNS.values()))
        self._complain(row, 0, "header", Wrong("header-missing", message, fix))

    def _take_header(self, number: int, cells: Sequence[Any]) -> None:
        self.header_row = number
        for column, raw in enumerate(cells):
            cell = read(raw)
            name = layout.column_of(cell)
            if cell is None:
                continue
            if not name:
                self._complain(number, column, str(cell), _unknown_column(str(cell)))
            elif name in self.header:
                message = T("the column {name} stands twice", name=cell)
                self._complain(number, column, name, Wrong("header-twice", message, T("remove one")))
            else:
                self.header[name] = column
        for name in layout.NEEDED + (() if self.known.entity else ("entity",)):
            if name not in self.header and not getattr(self.known, name, ""):
                message = T("the column {name} is missing", name=layout.COLUMNS[name])
                self._complain(number, 0, name, Wrong("header-missing", message, T("add it to the header")))
        self._places()

    def _places(self) -> None:
        """Note where the columns stand; one that is absent stands behind the row's end, where a None is put."""
        self._head_of = itemgetter(*(self.header.get(name, -1) for name in HEAD))
        self._kind_of = itemgetter(*(self.header.get(name, -1) for name in KIND))
        self._value_at = self.header.get("value", -1)
        self._width = 1 + max(self.header.values())
        self._adjusted = bool({"adjustment", "adjustment_reason"} & self.header.keys())

    # --- a row -----------------------------------------------------------------------------------------------------

    def _row(self, number: int, cells: Sequence[Any]) -> None:
        missing = self._width - len(cells)
        cells = [*cells, *[None] * missing, None] if missing > 0 else [*cells, None]
        value = cells[self._value_at]
        raw = self._kind_of(cells)
        if (value is None or value == "") and raw[0] in {None, ""}:
            self._stray(number, cells)
            return
        whose = self._head_of(cells)
        head = self._heads.get(whose) or self._said(self._heads, whose, self._head)
        kind = self._kinds.get(raw) or self._said(self._kinds, raw, self._kind)
        if head.wrong or kind.wrong:
            for column, wrong in (*head.wrong, *kind.wrong):
                self._complain(number, self.header.get(column, 0), column, wrong)
        elif value is None or (isinstance(value, str) and not value.strip()):
            self.entries.blank(head.values, self.source.place(number, self._value_at, "value"))
        else:
            figure = self._figure(number, cells, head.values, kind.values)
            if figure is not None:
                self.entries.add(head.values, figure, self.source, self._value_at, number)

    def _cell(self, cells: Sequence[Any], name: str) -> Any:  # noqa: ANN401 -- a raw cell
        return cells[self.header.get(name, -1)]

    def _said(
        self, known: dict[tuple[Any, ...], _Said], raw: tuple[Any, ...], say: Callable[[tuple[Any, ...]], _Said]
    ) -> _Said:
        said = known.get(raw)
        if said is None:
            if len(known) >= REMEMBERED:
                known.clear()  # what is near in a file is alike: the latest are the ones that come again
            said = known[raw] = say(raw)
        return said

    def _stray(self, number: int, cells: Sequence[Any]) -> None:
        """Name a row that is neither blank nor a figure: a total, a note, a signature."""
        for column, raw in enumerate(cells):
            cell = read(raw)
            if cell is None:
                continue
            if str(cell).strip(" ：:").lower() in layout.TOTALS:
                wrong = Wrong("total-row", T("{text}: totals are not handed in", text=cell), T("remove the row"))
            else:
                message = T("this row has neither indicator nor value")
                wrong = Wrong("stray-row", message, T("complete it, or remove the row"))
            self._complain(number, column, "", wrong)
            return

    # --- what cells say --------------------------------------------------------------------------------------------

    def _head(self, raw: tuple[Any, ...]) -> _Said:
        reading = _Reading()
        entity, obligation, period = map(read, raw)
        who = reading("entity", self._entity, entity) or ""
        duty = reading("obligation", self._obligation, obligation) or ""
        when = reading("period", self._period, period, duty) or ""
        if not duty and not reading.wrong:
            duty = reading("obligation", self._inferred, when) or ""
        return _Said(Key(who, duty, when), tuple(reading.wrong))

    def _entity(self, cell: Cell) -> str:
        name = unicodedata.normalize("NFKC", _text(cell)) or self.known.entity
        if not name:
            raise Wrong("entity-missing", T("the entity is missing"), T("write its number into every row"))
        known = self.known.entities
        if known is not None and name not in known:
            raise Wrong("unknown-entity", T("there is no entity {name}", name=name), like_entity(name, known))
        return name if known is not None else cast("str", scalar(Identifier)(name))

    def _obligation(self, cell: Cell) -> str:
        name = _text(cell) or self.known.obligation
        if name and name not in self.terms.obligations:
            message = T("there is no report {name}", name=name)
            raise Wrong("unknown-obligation", message, nearest(name, self.terms.obligations))
        return self.terms.obligations.get(name, "")

    def _period(self, cell: Cell, duty: str) -> str:
        known = self.terms.periods[duty] if duty else self.terms.all_periods
        text = numbers.period(cell, known) or self.known.period
        if not text:
            raise Wrong("period-missing", T("the period is missing"), T("write it into every row"))
        if text not in known:
            raise Wrong("unknown-period", T("there is no period {period}", period=text), nearest(text, known))
        return text

    def _inferred(self, period: str) -> str:
        fitting = [duty for duty, periods in self.terms.periods.items() if period in periods]
        if len(fitting) == 1:
            return fitting[0]
        message = T("which report is it? {period} is a period of {choices}", period=period, choices=", ".join(fitting))
        raise Wrong("obligation-missing", message, T("name the report in every row, or with --obligation"))

    def _kind(self, raw: tuple[Any, ...]) -> _Said:
        reading = _Reading()
        indicator, unit, scope, status, method, list_ = map(read, raw)
        name = reading("indicator", self._indicator, indicator)
        values = {
            "indicator": name,
            "unit": reading("unit", self._unit, unit, name),
            "scope": reading("scope", self._scope, scope),
            "status": reading("status", _status, status),
            "method": reading("method", _label, method),
            "above_scale_list": reading("above_scale_list", _label, list_),
        }
        return _Said(values, tuple(reading.wrong))

    def _indicator(self, cell: Cell) -> str:
        name = _text(cell)
        if not name:
            raise Wrong("indicator-missing", T("the indicator is missing"), T("write its id or its name"))
        if name in self.terms.shared:
            several = self.terms.shared[name]
            message = T("{word} is the label of {count} indicators", word=name, count=len(several))
            raise Wrong("label-ambiguous", message, T("name one by its id: {choices}", choices=", ".join(several)))
        if name not in self.terms.indicators:
            message = T("there is no indicator {name}", name=name)
            raise Wrong("unknown-indicator", message, nearest(name, self.terms.indicators))
        return self.terms.indicators[name].id

    def _unit(self, cell: Cell, indicator: str | None) -> str:
        if indicator is None:
            return ""
        own = self.terms.indicators[indicator]
        unit = unicodedata.normalize("NFKC", _text(cell)) or own.unit
        if unit != own.unit:
            raise numbers.unit_slip(unit, None, own)
        return unit

    def _scope(self, cell: Cell) -> str:
        name = _text(cell)
        scopes = self.terms.scopes
        if not name:
            ids = sorted(set(scopes.values()))
            if len(ids) > 1:
                message = T("there are several scopes, and none is named")
                raise Wrong("scope-missing", message, T("name one of {choices}", choices=", ".join(ids)))
            return ids[0] if ids else ""
        if name not in scopes:
            raise Wrong("unknown-scope", T("there is no scope {name}", name=name), nearest(name, scopes))
        return scopes[name]

    # --- a figure --------------------------------------------------------------------------------------------------

    def _figure(self, number: int, cells: Sequence[Any], key: Key, kind: dict[str, Any]) -> Figure | None:
        try:
            value = self._value(cells[self._value_at], kind, key.entity)
        except Wrong as wrong:
            self._complain(number, self._value_at, "value", wrong)
            return None
        if not self._adjusted:
            return Figure(value=value, **kind)
        amount, reason = (read(self._cell(cells, name)) for name in ("adjustment", "adjustment_reason"))
        try:
            adjustments = self._adjustments(amount, reason, kind)
        except Wrong as wrong:
            self._complain(number, self.header.get("adjustment", 0), "adjustment", wrong)
            return None
        return Figure(value=value, adjustments=adjustments, **kind)

    def _value(self, raw: Any, kind: dict[str, Any], entity: str) -> Decimal:  # noqa: ANN401 -- a raw cell
        if isinstance(raw, str) and numbers.NUMBER.fullmatch(raw):
            value = Decimal(raw)
        else:
            indicator = self.terms.indicators[kind["indicator"]]
            value = numbers.value(read(raw), indicator, percent_format=isinstance(raw, Percent))
        level = self.known.levels.get((entity, kind["indicator"], kind["scope"]))
        if level is not None and not numbers.near(value, level):
            doubt = numbers.out_of_scale(value, level, self.terms.indicators[kind["indicator"]])
            if doubt is not None and doubt.code not in self.known.accepted:
                raise doubt
        return value

    def _adjustments(self, amount: Cell, reason: Cell, kind: dict[str, Any]) -> tuple[Adjustment, ...]:
        if amount is None and reason is None:
            return ()
        if amount is None or not _label(reason):
            message = T("an adjustment needs an amount and a reason")
            raise Wrong("adjustment-reason", message, T("fill in both, or neither"))
        indicator = self.terms.indicators[kind["indicator"]]
        return (Adjustment(amount=numbers.value(amount, indicator), reason=_label(reason)),)

    def _complain(self, row: int, column: int, field: str, wrong: Wrong) -> None:
        self.entries.complain(Problem(wrong.code, wrong.message, wrong.fix, self.source.place(row, column, field)))


class _Reading:
    """Reads cell after cell, keeping what is wrong with which column."""

    def __init__(self) -> None:
        self.wrong: list[tuple[str, Wrong]] = []

    def __call__(self, column: str, reader: Callable[..., Any], *cells: Any) -> Any:  # noqa: ANN401 -- the reader decides
        try:
            return reader(*cells)
        except Wrong as wrong:
            self.wrong.append((column, wrong))
            return None


def _unknown_column(name: str) -> Wrong:
    if ";" in name or "\t" in name:
        return Wrong("header-unknown", T("the columns are not separated by commas"), T("save it as `CSV UTF-8`"))
    shown = name[:LONGEST]
    return Wrong("header-unknown", T("the column {name} is not known here", name=shown), _nearest_column(shown))


def _nearest_column(name: str) -> Text:
    chinese = nearest(name, layout.COLUMNS.values())
    english = nearest(name, layout.COLUMNS)
    return english if english.template.startswith("did you") else chinese


def _text(cell: Cell) -> str:
    text = plain(cell).strip() if cell is not None else ""
    if len(text) > LONGEST:
        message = T("the text has {size} characters, more than {limit}", size=len(text), limit=LONGEST)
        raise Wrong("cell-too-long", message, T("shorten it"))
    if CONTROL.search(text):
        message = T("control characters may not stand in a text")
        raise Wrong("cell-character", message, T("remove them"))
    return text


def _label(cell: Cell) -> str:
    return harmless(_text(cell))


def _status(cell: Cell) -> str:
    text = _text(cell) or "provisional"
    meaning = {**{chinese: name for name, chinese in layout.STATUS.items()}, **{name: name for name in layout.STATUS}}
    if text not in meaning:
        raise Wrong("unknown-status", T("{text} is no status", text=text), nearest(text, layout.STATUS.values()))
    return meaning[text]
