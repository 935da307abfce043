"""Slices: `per 10% → 5%, step, at most 50%`, written out as the arithmetic they stand for.

What is measured counts from its origin; the part above it earns by the lines of `over`, the part below loses by those
of `under`.  `step` counts whole steps only, `linear` pro rata.  The result is an ordinary formula, so that it is
computed, explained and proven like any other.
"""

import re
from decimal import Decimal
from typing import cast

import msgspec

from campaign.problems import T
from campaign.rules.draft import NOWHERE, Draft
from campaign.rules.exact import ZERO
from campaign.rules.kinds import DECIMAL, UNKNOWN, Kind, maybe
from campaign.rules.tokens import Snippet
from campaign.rules.tree import Binary, Call, Defined, Expr, If, Lit, Minus, names, unplaced
from campaign.rules.units import suits, union
from campaign.rules.written import Fields
from campaign.source import Node

KEYS = ("of", "start", "over", "under", "absent", "at least", "at most")
LINE = re.compile(
    r"""\s*(?:(?:up\ to\s+(?P<bound>[^:：]+?)|beyond)\s*[:：])?
        \s*per\s+(?P<per>.+?)\s*(?:→|->)\s*(?P<gives>.+?)\s*[,，]\s*(?P<how>step|linear)
        (?:\s*[,，]\s*at\ most\s+(?P<most>.+?))?\s*$""",
    re.VERBOSE,
)
LIMIT_LINE = re.compile(r"\s*at most\s+(?P<most>.+?)\s*$")
MIRRORED = "mirrored"
MAX_SLICES = 20


class Slice(msgspec.Struct, frozen=True):
    """Up to `bound` (None: without end), every `per` gives `gives`, in whole steps or pro rata."""

    bound: Expr | None
    per: Expr
    gives: Expr
    step: bool


class Side(msgspec.Struct, frozen=True):
    """The slices of one side, and the most they give together."""

    slices: tuple[Slice, ...]
    most: Expr | None


def sliced(draft: Draft, node: Node, wanted: Kind) -> tuple[Expr, Snippet]:
    """Read slices; return the formula they stand for, which gives WANTED."""
    fields = draft.sheet.fields(node, KEYS, ("of", "over"))
    place = Snippet(_original(draft, fields), draft.sheet.file, node.line, node.column)
    if not {"of", "over"} <= fields.keys():
        return NOWHERE, place
    measured, measure = _measure(draft, fields)
    over = _side(draft, fields["over"], measure, wanted)
    total = _added(_start(draft, fields, wanted), _earned(over, measured))
    under = _under(draft, fields, over, measure, wanted)
    if under is not None:
        total = Binary("-", total, _earned(under, Minus(measured)))
    total = _limited(draft, fields, total, wanted)
    return cast("Expr", unplaced(_absent(draft, fields, measured, total, wanted))), place


def _original(draft: Draft, fields: Fields) -> str:
    """Return the slices as they are written, on one line."""
    lines = ((key, draft.sheet.word(fields, key).split("\n")) for key in KEYS if key in fields)
    return "; ".join(f"{key}: {', '.join(line.strip() for line in texts)}" for key, texts in lines)


def _measure(draft: Draft, fields: Fields) -> tuple[Expr, Kind]:
    """Check what is measured; where `absent` is given, it may be not applicable."""
    snippet = draft.sheet.text(fields["of"])
    if "absent" not in fields:
        return draft.typed(snippet, Kind("unknown"))
    kinds = draft.scope.kinds
    sure = {name: msgspec.structs.replace(kind, optional=False) for name, kind in kinds.items()}
    return draft.typed(snippet, UNKNOWN, msgspec.structs.replace(draft.scope, kinds=sure))


def _start(draft: Draft, fields: Fields, wanted: Kind) -> Expr | None:
    return draft.expression(draft.sheet.text(fields["start"]), _sure(wanted)) if "start" in fields else None


def _sure(kind: Kind) -> Kind:
    return msgspec.structs.replace(kind, optional=False)


def _added(start: Expr | None, earned: Expr) -> Expr:
    return earned if start is None else Binary("+", start, earned)


def _under(draft: Draft, fields: Fields, over: Side, measure: Kind, wanted: Kind) -> Side | None:
    if "under" not in fields:
        return None
    if draft.sheet.word(fields, "under") == MIRRORED:
        return over
    return _side(draft, fields["under"], measure, wanted)


def _side(draft: Draft, node: Node, measure: Kind, wanted: Kind) -> Side:
    block = draft.sheet.text(node)
    slices: list[Slice] = []
    most: Expr | None = None
    offset = 0
    for text in block.text.split("\n") if block else ():
        place = block.place(offset) if block else node
        line = Snippet(text, draft.sheet.file, place.line, place.column)
        offset += len(text) + 1
        if not text.strip():
            continue
        found = LINE.match(text) or LIMIT_LINE.match(text)
        if found is None:
            fix = T("write it like `up to 20%: per 10% → 5, step, at most 50`")
            draft.sheet.problems.append(line.problem("slice-line", T("this is not a slice"), fix))
            continue
        if found.groupdict().get("per"):
            slices.append(_slice(draft, line, found, measure, wanted))
        if found["most"]:
            part = _part(line, found, "most")
            if most is not None:
                twice = T("what a side gives at most is said twice")
                draft.sheet.problems.append(part.problem("slice-most", twice, T("say it once")))
            most = draft.expression(part, _sure(wanted))
    if len(slices) > MAX_SLICES:
        message = T("more than {limit} slices", limit=MAX_SLICES)
        draft.sheet.complain("slices-too-many", message, T("write a decision table"), node.line, node.column)
    _bounded(draft, node, slices)
    return Side(tuple(slices), most)


def _bounded(draft: Draft, node: Node, slices: list[Slice]) -> None:
    """Complain about a slice after one without end, which is never reached."""
    if any(piece.bound is None for piece in slices[:-1]):
        fix = T("give every slice but the last its `up to`")
        draft.sheet.complain("slice-never", T("a slice is never reached"), fix, node.line, node.column)
    bounds = [
        bound.value for piece in slices if isinstance(bound := piece.bound, Lit) and isinstance(bound.value, Decimal)
    ]
    if bounds != sorted(set(bounds)):
        fix = T("order the slices, the lowest `up to` first")
        draft.sheet.complain("slice-order", T("the bounds of the slices do not rise"), fix, node.line, node.column)


def _part(line: Snippet, found: "re.Match[str]", key: str) -> Snippet:
    return Snippet(found[key], line.file, line.line, line.column + found.start(key))


def _slice(draft: Draft, line: Snippet, found: "re.Match[str]", measure: Kind, wanted: Kind) -> Slice:
    bound = None
    if found["bound"]:
        bound = _like(draft, _part(line, found, "bound"), measure)
    per = _like(draft, _part(line, found, "per"), measure)
    if isinstance(per, Lit) and isinstance(per.value, Decimal) and per.value <= ZERO:
        problem = _part(line, found, "per").problem("slice-per", T("a step must be above zero"), T("write its size"))
        draft.sheet.problems.append(problem)
    gives = draft.expression(_part(line, found, "gives"), _sure(wanted))
    return Slice(bound, per, gives, found["how"] == "step")


def _like(draft: Draft, snippet: Snippet, measure: Kind) -> Expr:
    """Check a length on the scale of what is measured; a bare number against a percentage is a mistake."""
    tree, kind = draft.typed(snippet)
    strict = measure.name == "percent" and kind.name != "percent" and isinstance(tree, Lit)
    if (
        strict
        or union(measure, kind) is None
        or not suits(kind, Kind(kind.name))
        or measure.name not in DECIMAL | {"unknown"}
    ):
        message = T("this is {found}, and {wanted} is needed", found=kind, wanted=measure)
        draft.sheet.problems.append(snippet.problem("kind-mismatch", message))
    return tree


def _earned(side: Side, measured: Expr) -> Expr:
    """Return what the part of MEASURED above zero earns."""
    above = Call("max", (Lit(ZERO, "number"), measured))
    total: Expr | None = None
    before: Expr | None = None
    for piece in side.slices:
        part = above if piece.bound is None else Call("min", (above, piece.bound))
        if before is not None:
            part = Call("max", (Lit(ZERO, "number"), Binary("-", part, before)))
        count: Expr = Binary("/", part, piece.per)
        if piece.step:
            count = Call("floor", (count,))
        earned = Binary("*", count, piece.gives)
        total = _added(total, earned)
        before = piece.bound
    total = total or Lit(ZERO, "number")
    return total if side.most is None else Call("min", (total, side.most))


def _limited(draft: Draft, fields: Fields, total: Expr, wanted: Kind) -> Expr:
    for key, function in (("at least", "max"), ("at most", "min")):
        if key in fields:
            total = Call(function, (total, draft.expression(draft.sheet.text(fields[key]), _sure(wanted))))
    return total


def _absent(draft: Draft, fields: Fields, measured: Expr, total: Expr, wanted: Kind) -> Expr:
    if "absent" not in fields:
        return total
    other = draft.expression(draft.sheet.text(fields["absent"]), wanted)
    optional = sorted(
        name
        for name in names(measured)
        if draft.scope.kinds.get(name, UNKNOWN) == maybe(draft.scope.kinds.get(name, UNKNOWN))
    )
    for name in optional:
        total = If(Defined(name), total, other)
    return total
