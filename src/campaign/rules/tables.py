"""Decisions: from the drawn table to a checked Table."""

from functools import partial

import msgspec

from campaign.problems import T
from campaign.rules import kinds
from campaign.rules.draft import Draft
from campaign.rules.exact import numeral
from campaign.rules.grammar import cell, expression
from campaign.rules.grid import ANNOTATIONS, Grid, Row, grid
from campaign.rules.guess import near
from campaign.rules.hits import HITS, LISTS, ORDERED
from campaign.rules.kinds import (
    BOOLEAN,
    DECIMAL,
    INTEGER,
    NUMBER,
    UNKNOWN,
    WORDS,
    Kind,
    Value,
    normal,
    plain_text,
    unquoted,
)
from campaign.rules.model import Cap, Column, Output, Rule, Table
from campaign.rules.signatures import Scope
from campaign.rules.tokens import Snippet
from campaign.rules.tree import Anything, Expr, Lit, Test
from campaign.rules.written import Fields
from campaign.source import Node

KEYS = ("label", "clause", "hit", "type", "values", "outputs", "default", "rules", "caps", "round")


def declare(draft: Draft, name: str, node: Node) -> None:
    """Declare a decision's values, and leave its cells for later."""
    fields = draft.sheet.fields(node, KEYS, ("rules",))
    drawn = grid(draft.sheet, fields["rules"]) if "rules" in fields else None
    hit = draft.sheet.choice(fields, "hit", HITS, "UNIQUE")
    if drawn is None:
        draft.declare(name, UNKNOWN, (node.line, node.column))
        return
    outputs = _outputs(draft, name, fields, drawn, hit)
    declared = [draft.declare(output.name, output.kind, (node.line, node.column)) for output in outputs]
    if all(declared):
        draft.later.append(partial(table, draft, fields, drawn, (name, hit, outputs), draft.scope))


def _titles(drawn: Grid) -> list[Snippet]:
    return [cell for cell in drawn.heading.cells[drawn.heading.split :] if cell.text not in ANNOTATIONS]


def _outputs(draft: Draft, name: str, fields: Fields, drawn: Grid, hit: str) -> tuple[Output, ...]:
    titles = _titles(drawn)
    if not titles:
        place = drawn.heading.cells[-1]
        draft.sheet.complain(
            "table-outputs", T("the table has no output column"), T("add one after ||"), place.line, place.column
        )
    several = len(titles) > 1
    if several and hit.startswith("COLLECT "):
        place = titles[1]
        draft.sheet.complain(
            "collect-outputs",
            T("{hit} takes one output column", hit=hit),
            T("part the table"),
            place.line,
            place.column,
        )
    found = _kinds(draft, fields, drawn, titles)
    for title, kind in zip(titles, found, strict=True):
        _collectable(draft, title, kind, hit)
    return tuple(
        _output(draft, fields, (title.text, f"{name}.{title.text}" if several else name), kind, hit)
        for title, kind in zip(titles, found, strict=True)
    )


def _collectable(draft: Draft, title: Snippet, kind: Kind, hit: str) -> None:
    """Complain about an output that the hit policy cannot put together."""
    gathered = hit in LISTS or hit.startswith("COLLECT ")
    fits = {"COLLECT SUM": DECIMAL, "COLLECT MIN": kinds.ORDERED, "COLLECT MAX": kinds.ORDERED}.get(hit)
    if kind != UNKNOWN and ((gathered and kind.optional) or (fits is not None and kind.name not in fits)):
        message = T("{hit} does not fit {kind}", hit=hit, kind=kind)
        draft.sheet.problems.append(title.problem("collect-kind", message, T("declare what can be put together")))


def _output(draft: Draft, fields: Fields, named: tuple[str, str], cell_kind: Kind, hit: str) -> Output:
    kind = _settled(cell_kind, hit)
    return Output(*named, kind, draft.rounding(fields, kind), cell_kind)


def _settled(kind: Kind, hit: str) -> Kind:
    if hit in LISTS:
        return Kind("list", values=kind.values, item=kind.name)
    return INTEGER if hit == "COLLECT COUNT" else kind


def _kinds(draft: Draft, fields: Fields, drawn: Grid, titles: list[Snippet]) -> list[Kind]:
    declared = draft.sheet.entries(fields.get("outputs"))
    for key, node in declared.items():
        if key not in {title.text for title in titles}:
            message = T("the table has no output column {key}", key=key)
            draft.sheet.complain(
                "output-unknown", message, near(key, [title.text for title in titles]), node.line, node.column
            )
    return [_kind(draft, fields, declared, drawn, title) for title in titles]


def _kind(draft: Draft, fields: Fields, declared: Fields, drawn: Grid, title: Snippet) -> Kind:
    node = declared.get(title.text)
    if node is not None and isinstance(node.value, dict):
        inner = draft.sheet.fields(node, ("type", "values", "optional"), ("type",))
        return draft.sheet.kind(inner["type"], inner) if "type" in inner else UNKNOWN
    if node is not None:
        return draft.sheet.kind(node)
    if "type" in fields:
        return draft.sheet.kind(fields["type"], fields)
    if "values" in fields:
        return Kind("text", values=draft.sheet.words(fields["values"]))
    return _guessed(_column(drawn, title))


def _column(drawn: Grid, title: Snippet) -> list[str]:
    index = [cell.text for cell in drawn.heading.cells].index(title.text, drawn.heading.split)
    return [row.cells[index].text for row in drawn.rows]


def _guessed(cells: list[str]) -> Kind:
    """Return the kind of an undeclared output: numbers, percentages or truth if all cells are, else words."""
    if all(word in WORDS for word in cells):
        return BOOLEAN
    if all(numeral(normal(word)) is not None for word in cells):
        return Kind("percent") if all(word.endswith(("%", "％")) for word in cells) else NUMBER
    return Kind("text", values=tuple(dict.fromkeys(plain_text(unquoted(word)) for word in cells)))


Shape = tuple[str, str, tuple[Output, ...]]


def table(draft: Draft, fields: Fields, drawn: Grid, shape: Shape, scope: Scope) -> Table:
    """Check the columns and cells of a decision; SHAPE is its name, hit policy and outputs."""
    name, hit, outputs = shape
    columns = _columns(draft, drawn, scope)
    numbers: dict[int, int] = {}
    rules = tuple(
        _rule(draft, (drawn, row), (columns, outputs), (index, numbers), scope) for index, row in enumerate(drawn.rows)
    )
    heading = drawn.heading.cells[0]
    found = Table(
        name,
        hit,
        columns,
        outputs,
        rules,
        msgspec.structs.replace(heading, text=name),
        _default(draft, fields, outputs, scope),
        draft.sheet.word(fields, "label"),
        draft.sheet.word(fields, "clause"),
        _caps(draft, fields, outputs),
    )
    _ordered(draft, found)
    return found


def _ordered(draft: Draft, found: Table) -> None:
    if found.hit in ORDERED and not any(output.kind.values for output in found.outputs):
        message = T("{hit} needs the order of the output's words", hit=found.hit)
        draft.sheet.problems.append(
            found.snippet.problem("priority-order", message, T("declare values, first the one that wins"))
        )


def _columns(draft: Draft, drawn: Grid, scope: Scope) -> tuple[Column, ...]:
    cells = drawn.heading.cells[drawn.numbered : drawn.heading.split]
    found: list[Column] = []
    for snippet in cells:
        if snippet.text in {column.title for column in found}:
            message = T("the column {title} stands twice", title=snippet.text)
            draft.sheet.problems.append(snippet.problem("column-twice", message, T("join them into one")))
        tree, kind = draft.typed(snippet, scope=scope)
        found.append(Column(snippet.text, tree, kind, snippet))
    return tuple(found)


def _rule(
    draft: Draft,
    drawing: tuple[Grid, Row],
    width: tuple[tuple[Column, ...], tuple[Output, ...]],
    numbering: tuple[int, dict[int, int]],
    scope: Scope,
) -> Rule:
    drawn, row = drawing
    columns, outputs = width
    tests = row.cells[drawn.numbered : row.split]
    titles = [cell.text for cell in drawn.heading.cells[row.split :]]
    results = dict(zip(titles, row.cells[row.split :], strict=True))
    given = [results[output.title] for output in outputs]
    return Rule(
        _number(draft, row.cells[0] if drawn.numbered else None, numbering, row.line),
        row.line,
        tuple(_test(draft, snippet, column.kind, scope) for snippet, column in zip(tests, columns, strict=True)),
        tuple(_result(draft, snippet, output.cell, scope) for snippet, output in zip(given, outputs, strict=True)),
        (*tests, *given),
        *(_annotation(results, key) for key in ANNOTATIONS),
    )


def _annotation(results: dict[str, Snippet], key: str) -> str:
    text = results[key].text if key in results else ""
    return "" if text == "-" else text


def _number(draft: Draft, snippet: Snippet | None, numbering: tuple[int, dict[int, int]], line: int) -> int:
    index, taken = numbering
    if snippet is None:
        return index + 1
    text = normal(snippet.text)
    number = int(text) if text.isdecimal() else 0
    if number == 0 or number in taken:
        message = T("{text} is no number of its own for a rule", text=snippet.text)
        draft.sheet.problems.append(snippet.problem("rule-number", message, T("number the rules 1, 2, 3 …")))
    taken[number] = line
    return number


def _test(draft: Draft, snippet: Snippet, kind: Kind, scope: Scope) -> Test:
    if kind == UNKNOWN:
        return Anything()  # the heading is wrong already, and the cell would only be wrong after it
    words = kind.name == "text"
    tree = draft.sheet.attempt(lambda: cell(snippet, words=words))
    return draft.checker(snippet, scope).test(tree, kind) if tree is not None else Anything()


def _result(draft: Draft, snippet: Snippet, kind: Kind, scope: Scope) -> Expr:
    """Read an output cell: a constant where it can be one, an expression otherwise or after `=`."""
    if snippet.text == "-":
        draft.sheet.problems.append(snippet.problem("output-dash", T("an output cannot be -"), T("write its value")))
        return Lit(None, "none")
    if snippet.text.startswith(("=", "＝")):
        rest = snippet.text[1:]
        inner = Snippet(rest, snippet.file, snippet.line, snippet.column + 1)
        return draft.expression(inner, kind, scope)
    if kind.name in {"text", "boolean", "date"} or numeral(normal(snippet.text)) is not None or kind == UNKNOWN:
        return draft.literal(snippet, kind) if kind != UNKNOWN else Lit(snippet.text, "text")
    if snippet.text in {"n/a", "不适用"}:
        return draft.literal(snippet, kind)
    tree = draft.sheet.attempt(lambda: expression(snippet))
    if tree is None:
        return Lit(None, "none")
    checker = draft.checker(snippet, scope)
    checked, found = checker.check(tree)
    checker.expect(found, kind, tree)
    return checked


def _default(draft: Draft, fields: Fields, outputs: tuple[Output, ...], scope: Scope) -> tuple[Expr, ...] | None:
    node = fields.get("default")
    if node is None:
        return None
    if not isinstance(node.value, dict):
        snippet = draft.sheet.text(node)
        if snippet is None:
            return ()
        if len(outputs) > 1:
            fix = T("write a value for each output: {titles}", titles=", ".join(output.title for output in outputs))
            draft.sheet.complain(
                "default-shape", T("the default does not fit the outputs"), fix, node.line, node.column
            )
            return ()
        return (_result(draft, snippet, outputs[0].cell, scope),)
    titles = [output.title for output in outputs]
    inner = draft.sheet.fields(node, titles, titles)
    given = [draft.sheet.text(inner[title]) if title in inner else None for title in titles]
    return tuple(
        _result(draft, snippet, output.cell, scope) if snippet else Lit(None, "none")
        for snippet, output in zip(given, outputs, strict=True)
    )


def _caps(draft: Draft, fields: Fields, outputs: tuple[Output, ...]) -> tuple[Cap, ...]:
    found: list[Cap] = []
    for node in draft.sheet.items(fields.get("caps")):
        inner = draft.sheet.fields(node, ("when", "at most", "because", "clause"), ("when", "at most"))
        when, snippet = draft.condition(inner, "when")
        words: tuple[Value, ...] = (
            outputs[0].kind.values if len(outputs) == 1 and outputs[0].kind.name == "text" else ()
        )
        word = plain_text(draft.sheet.word(inner, "at most"))
        if when is not None and word in words:
            found.append(Cap(when, word, snippet, *(draft.sheet.word(inner, key) for key in ("because", "clause"))))
        elif word and word not in words:
            message = T("{word} is no grade of this table", word=word)
            place = inner["at most"]
            draft.sheet.complain("cap-grade", message, near(word, map(str, words)), place.line, place.column)
    return tuple(found)
