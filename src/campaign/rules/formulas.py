"""Inputs, constants, reusable functions and calculations: from their nodes to checked formulas."""

import re
from datetime import date
from decimal import Decimal
from functools import partial

from campaign.problems import NOTHING, T
from campaign.rules.draft import Draft
from campaign.rules.grammar import cell
from campaign.rules.kinds import DECIMAL, UNKNOWN, Kind, Value, normal, say
from campaign.rules.model import Adjustable, ConstantValue, Formula, Input
from campaign.rules.proof import literal
from campaign.rules.signatures import FUNCTIONS, Function, Scope
from campaign.rules.slices import sliced
from campaign.rules.tokens import Snippet
from campaign.rules.tree import Call, Expr, Lit, Name, Test
from campaign.rules.written import Fields
from campaign.source import Node

INPUT_KEYS = ("type", "values", "optional", "label", "allowed")
CONSTANT_KEYS = ("type", "value", "values", "by", "label", "clause")
FORMULA_KEYS = ("type", "values", "optional", "formula", "slices", "round", "label", "clause", "adjust")
SIGNATURE = re.compile(r"\s*([^\W\d]\w*)\s*:\s*(\w+\??)\s*")


def inputs(draft: Draft, node: Node | None) -> None:
    """Declare the inputs."""
    for name, child in draft.sheet.entries(node).items():
        fields = draft.sheet.fields(child, INPUT_KEYS, ("type",)) if isinstance(child.value, dict) else {"type": child}
        kind = draft.sheet.kind(fields["type"], fields) if "type" in fields else UNKNOWN
        plain = normal(name)
        if draft.declare(plain, kind, (child.line, child.column)):
            draft.inputs[plain] = Input(
                plain, kind, draft.sheet.word(fields, "label"), _allowed(draft, fields, kind), child.line, child.column
            )


def _allowed(draft: Draft, fields: Fields, kind: Kind) -> Test | None:
    snippet = draft.sheet.text(fields["allowed"]) if "allowed" in fields else None
    if snippet is None:
        return None
    tree = draft.sheet.attempt(lambda: cell(snippet, words=kind.name == "text"))
    test = draft.checker(snippet).test(tree, kind) if tree is not None else None
    if test is not None and not literal(test):
        message = T("the range of an input is made of constants")
        draft.sheet.problems.append(snippet.problem("allowed-constant", message, T("write numbers, words or dates")))
        return None
    return test


def constants(draft: Draft, node: Node | None) -> None:
    """Declare the constants: one value each, or values by date with the text that set them."""
    for name, child in draft.sheet.entries(node).items():
        fields = draft.sheet.fields(child, CONSTANT_KEYS, ("type",))
        kind = draft.sheet.kind(fields["type"]) if "type" in fields else UNKNOWN
        plain = normal(name)
        if not draft.declare(plain, kind, (child.line, child.column)):
            continue
        if "values" in fields and fields["values"].value != []:
            tree = _dated(draft, plain, fields, kind)
        elif "value" in fields:
            value = draft.value(fields["value"], kind)
            tree = _lit(value, kind)
            draft.constants[plain] = (ConstantValue("", say(value, kind), draft.sheet.word(fields, "clause")),)
        else:
            draft.sheet.fields(child, CONSTANT_KEYS, ("value",))
            continue
        place = Snippet("", draft.sheet.file, child.line, child.column)
        label, clause = draft.sheet.word(fields, "label"), draft.sheet.word(fields, "clause")
        draft.later.append(partial(Formula, plain, tree, place, kind, "constant", label, clause))


def _lit(value: Value, kind: Kind) -> Expr:
    assert not isinstance(value, tuple)  # noqa: S101 -- no list is written as a constant
    return Lit(value, kind.name)


def _dated(draft: Draft, name: str, fields: Fields, kind: Kind) -> Expr:
    by = normal(draft.sheet.word(fields, "by"))
    declared = draft.inputs.get(by)
    if declared is None or declared.kind != Kind("date"):
        node = fields.get("by") or fields["values"]
        fix = T("write `by:` and the name of an input of type date")
        draft.sheet.complain("constant-by", T("no date says which value counts"), fix, node.line, node.column)
    values = [_change(draft, node, kind) for node in draft.sheet.items(fields["values"])]
    since = [day for day, _, _ in values if day is not None]
    if since != sorted(set(since)):
        node = fields["values"]
        draft.sheet.complain(
            "constant-never",
            T("a value of {name} is never reached", name=name),
            T("order the dates, each once"),
            node.line,
            node.column,
        )
    draft.constants[name] = tuple(
        ConstantValue(day.isoformat() if day else "", say(value, kind), source) for day, value, source in values
    )
    changes = [part for day, value, _ in values for part in (Lit(day, "date"), _lit(value, kind))]
    return Call("dated", (Name(by), *changes))


def _change(draft: Draft, node: Node, kind: Kind) -> tuple[date | None, Value, str]:
    fields = draft.sheet.fields(node, ("from", "value", "source"), ("from", "value", "source"))
    day = draft.value(fields["from"], Kind("date")) if "from" in fields else None
    value = draft.value(fields["value"], kind) if "value" in fields else None
    return day if isinstance(day, date) else None, value, draft.sheet.word(fields, "source")


def functions(draft: Draft, node: Node | None) -> None:
    """Declare reusable functions; each may call those above it."""
    for name, child in draft.sheet.entries(node).items():
        fields = draft.sheet.fields(child, ("of", "type", "formula"), ("of", "type", "formula"))
        plain = normal(name)
        if plain in FUNCTIONS or plain in draft.scope.functions:
            fix = T("choose another name")
            draft.sheet.complain(
                "function-twice", T("there is a function {name} already", name=name), fix, child.line, child.column
            )
        parameters = _parameters(draft, fields)
        kind = draft.sheet.kind(fields["type"]) if "type" in fields else UNKNOWN
        scope = Scope(parameters, draft.scope.functions, draft.scope.called)
        snippet = draft.sheet.text(fields["formula"]) if "formula" in fields else None
        tree = draft.expression(snippet, kind, scope)
        draft.function(plain, Function(parameters, kind, tree))
        draft.places[f"{plain}()"] = (child.line, child.column)


def _parameters(draft: Draft, fields: Fields) -> dict[str, Kind]:
    found: dict[str, Kind] = {}
    for name, node in draft.sheet.entries(fields.get("of")).items():
        found[normal(name)] = draft.sheet.kind(node)
    return found


def calculations(draft: Draft, node: Node | None) -> None:
    """Declare the calculations, and leave their formulas for later."""
    for name, child in draft.sheet.entries(node).items():
        fields = draft.sheet.fields(child, FORMULA_KEYS, ("type",))
        kind = draft.sheet.kind(fields["type"], fields) if "type" in fields else UNKNOWN
        plain = normal(name)
        if not draft.declare(plain, kind, (child.line, child.column)):
            continue
        if ("formula" in fields) == ("slices" in fields):
            message = T("a calculation has a formula or slices")
            draft.sheet.complain("calculation-shape", message, T("write one of the two"), child.line, child.column)
            continue
        draft.later.append(partial(_formula, draft, plain, fields, kind))


def _formula(draft: Draft, name: str, fields: Fields, kind: Kind) -> Formula:
    if "slices" in fields:
        role, (tree, snippet) = "slices", sliced(draft, fields["slices"], kind)
    else:
        found = draft.sheet.text(fields["formula"])
        role, snippet = "calculation", found or Snippet("", draft.sheet.file)
        tree = draft.expression(found, kind)
    return Formula(
        name,
        tree,
        snippet,
        kind,
        role,
        draft.sheet.word(fields, "label"),
        draft.sheet.word(fields, "clause"),
        "",
        draft.rounding(fields, kind),
        _adjustable(draft, fields, kind),
    )


def _adjustable(draft: Draft, fields: Fields, kind: Kind) -> Adjustable | None:
    node = fields.get("adjust")
    if node is None:
        return None
    inner = draft.sheet.fields(node, ("by", "at least", "at most", "clause"), ("by", "at least", "at most"))
    if kind.name not in DECIMAL and kind != UNKNOWN:
        draft.sheet.complain("adjust-kind", T("{kind} cannot be adjusted", kind=kind), NOTHING, node.line, node.column)
        return None
    ends = [draft.value(inner[key], Kind(kind.name)) if key in inner else None for key in ("at least", "at most")]
    lowest, highest = ends
    if not isinstance(lowest, Decimal) or not isinstance(highest, Decimal):
        return None
    return Adjustable(draft.sheet.words(inner.get("by")), lowest, highest, draft.sheet.word(inner, "clause"))
