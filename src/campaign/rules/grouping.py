"""Group columns, rankings, prizes, vetoes, gates and the award: from their nodes to checked steps."""

from functools import partial

import msgspec

from campaign.problems import T
from campaign.rules.draft import Draft
from campaign.rules.exact import ZERO
from campaign.rules.grid import ANNOTATIONS, grid
from campaign.rules.guess import near
from campaign.rules.kinds import (
    BOOLEAN,
    DECIMAL,
    INTEGER,
    MONEY,
    NUMBER,
    ORDERED,
    UNKNOWN,
    Kind,
    maybe,
    normal,
)
from campaign.rules.model import Aggregate, Among, Award, Formula, Headings, Key, Output, Pool, Prize, Ranking, Rounding
from campaign.rules.prizes import passed_over
from campaign.rules.signatures import Scope
from campaign.rules.tables import table
from campaign.rules.tokens import Snippet
from campaign.rules.tree import Lit
from campaign.rules.written import Fields
from campaign.source import Node

AGGREGATES = ("mean", "sum", "min", "max", "count")
METHODS = ("competition", "dense", "ordinal")
TIES = ("share", "each")
RANK_KIND = maybe(INTEGER)
HEADED = {"group": frozenset({"text"}), "score": DECIMAL, "rank": frozenset({"integer"}), "grade": frozenset({"text"})}
"""The kinds of value that may stand under each heading."""

CENTS = Rounding(2, "half_even")


def columns(draft: Draft, node: Node | None) -> None:
    """Declare figures of the group, such as `{mean: growth}`."""
    for name, child in draft.sheet.entries(node).items():
        fields = draft.sheet.fields(child, (*AGGREGATES, "over", "among", "label", "clause"))
        hows = [how for how in AGGREGATES if how in fields]
        if len(hows) != 1:
            fix = T("write one of {choices}", choices=", ".join(AGGREGATES))
            draft.sheet.complain("column-how", T("it must say how to reckon the figure"), fix, child.line, child.column)
            continue
        of = draft.sheet.text(fields[hows[0]])
        kind = _figure(draft, hows[0], of, some="among" in fields)
        plain = normal(name)
        if of and draft.declare_figure(plain, kind, (child.line, child.column)):
            draft.later.append(partial(_aggregate, draft, plain, fields, hows[0], of))


def _figure(draft: Draft, how: str, of: Snippet | None, *, some: bool) -> Kind:
    """Return the kind of a figure; not applicable where there may be nothing to reckon it from."""
    if how == "count":
        return INTEGER
    kind = draft.scope.kinds.get(normal(of.text)) if of else None
    if kind is None:
        return UNKNOWN
    figure = NUMBER if kind.name == "integer" and how == "mean" else Kind(kind.name)
    return maybe(figure) if how != "sum" and (some or kind.optional) else figure


def _aggregate(draft: Draft, name: str, fields: Fields, how: str, of: Snippet) -> Aggregate:
    subject = _known(draft, of, ORDERED if how in {"min", "max"} else DECIMAL, any_kind=how == "count")
    return Aggregate(
        name,
        how,
        subject,
        draft.scope.kinds[name],
        of,
        draft.sheet.choice(fields, "over", ("group", "all"), "group") == "all",
        _among(draft, fields),
        draft.sheet.word(fields, "label"),
        draft.sheet.word(fields, "clause"),
    )


def _among(draft: Draft, fields: Fields) -> Among | None:
    tree, snippet = draft.condition(fields, "among")
    return None if tree is None else Among(tree, snippet)


def _known(draft: Draft, of: Snippet, allowed: frozenset[str], *, any_kind: bool = False) -> str:
    """Return the declared name in OF; an unknown or unfit one is a problem."""
    name = normal(of.text)
    kind = draft.scope.kinds.get(name)
    if kind is None:
        message = T("{name} is not declared", name=name)
        draft.sheet.problems.append(of.problem("name-unknown", message, near(name, draft.scope.kinds)))
    elif not any_kind and kind.name not in allowed and kind != UNKNOWN:
        message = T("{name} is {kind}, which does not fit here", name=name, kind=kind)
        draft.sheet.problems.append(of.problem("kind-mismatch", message))
    return name


def rankings(draft: Draft, node: Node | None) -> None:
    """Declare the rankings; each gives the place of an entity, or n/a to one not ranked."""
    for name, child in draft.sheet.entries(node).items():
        fields = draft.sheet.fields(
            child, ("by", "ties", "among", "over", "everyone", "label", "clause"), ("by", "ties")
        )
        plain = normal(name)
        if draft.declare_figure(plain, RANK_KIND, (child.line, child.column)):
            draft.later.append(partial(_ranking, draft, plain, fields, child))


def _ranking(draft: Draft, name: str, fields: Fields, node: Node) -> Ranking:
    return Ranking(
        name,
        tuple(_key(draft, item) for item in draft.sheet.items(fields.get("by"))),
        draft.sheet.choice(fields, "ties", METHODS, "competition"),
        RANK_KIND,
        Snippet(name, draft.sheet.file, node.line, node.column),
        _among(draft, fields),
        draft.sheet.choice(fields, "over", ("group", "all"), "group") == "all",
        draft.sheet.flag(fields, "everyone"),
        draft.sheet.word(fields, "label"),
        draft.sheet.word(fields, "clause"),
    )


def _key(draft: Draft, node: Node) -> Key:
    """Read `score`, `highest score` or `lowest score`."""
    snippet = draft.sheet.text(node) or Snippet("", draft.sheet.file, node.line, node.column)
    word, _, rest = snippet.text.rpartition(" ")
    order = word.strip() or "highest"
    if order not in {"highest", "lowest"}:
        message = T("{order} is no order", order=order)
        draft.sheet.problems.append(
            snippet.problem("rank-order", message, T("write highest or lowest before the name"))
        )
    offset = len(snippet.text) - len(rest)
    inner = Snippet(rest, snippet.file, snippet.line, snippet.column + offset)
    return Key(_known(draft, inner, ORDERED), order != "lowest")


def prizes(draft: Draft, node: Node | None) -> None:
    """Declare prizes: amounts for the places of a ranking."""
    for name, child in draft.sheet.entries(node).items():
        fields = draft.sheet.fields(
            child, ("ranking", "ties", "amounts", "label", "clause", "round"), ("ranking", "ties", "amounts")
        )
        plain = normal(name)
        if draft.declare_figure(plain, MONEY, (child.line, child.column)):
            draft.later.append(partial(_prize, draft, plain, fields, child))


def _prize(draft: Draft, name: str, fields: Fields, node: Node) -> Prize | None:
    ranking = draft.sheet.text(fields["ranking"]) if "ranking" in fields else None
    drawn = grid(draft.sheet, fields["amounts"]) if "amounts" in fields else None
    ties = draft.sheet.choice(fields, "ties", TIES, "share")
    rounding = draft.rounding(fields, MONEY) or CENTS
    if ranking is None or drawn is None:
        return None
    if draft.scope.kinds.get(normal(ranking.text)) != RANK_KIND:
        fix = near(ranking.text, [known for known, kind in draft.scope.kinds.items() if kind == RANK_KIND])
        draft.sheet.problems.append(
            ranking.problem("ranking-unknown", T("{name} is no ranking", name=ranking.text), fix)
        )
        return None
    titles = [cell.text for cell in drawn.heading.cells[drawn.heading.split :] if cell.text not in ANNOTATIONS]
    if titles != ["amount"]:
        place = drawn.heading.cells[drawn.heading.split]
        message = T("the prize needs one output column, amount")
        draft.sheet.problems.append(place.problem("prize-amount", message, T("head it amount")))
        return None
    scope = Scope({**draft.scope.kinds, "rank": INTEGER}, draft.scope.functions, draft.scope.called)
    amounts = table(draft, {}, drawn, (name, "UNIQUE", (Output("amount", name, MONEY, None, MONEY),)), scope)
    draft.sheet.problems += passed_over(amounts)
    amounts = msgspec.structs.replace(amounts, default=(Lit(ZERO, "money"),))
    label, clause = draft.sheet.word(fields, "label"), draft.sheet.word(fields, "clause")
    place = Snippet(name, draft.sheet.file, node.line, node.column)
    return Prize(name, normal(ranking.text), ties, amounts, MONEY, rounding, place, label, clause)


def conditions(draft: Draft, node: Node | None, role: str) -> None:
    """Read the vetoes (`when`) or gates (`needs`), each with what it says to whom it stops."""
    key = "when" if role == "veto" else "needs"
    for index, child in enumerate(draft.sheet.items(node), 1):
        fields = draft.sheet.fields(child, (key, "because", "clause"), (key, "because"))
        name = f"{role}.{index}"
        draft.declare(name, BOOLEAN, (child.line, child.column))
        draft.later.append(partial(_condition, draft, name, fields, role, key))


def _condition(draft: Draft, name: str, fields: Fields, role: str, key: str) -> Formula | None:
    tree, snippet = draft.condition(fields, key)
    if tree is None:
        return None
    because, clause = draft.sheet.word(fields, "because"), draft.sheet.word(fields, "clause")
    return Formula(name, tree, snippet, BOOLEAN, role, because, clause, because)


def headings(draft: Draft, fields: Fields) -> Headings:
    """Read which names an assessment shows."""
    found: dict[str, str] = {}
    for key in ("group", "score", "rank", "grade"):
        snippet = draft.sheet.text(fields[key]) if key in fields else None
        if snippet:
            found[key] = _known(draft, snippet, HEADED[key])
    group = draft.scope.kinds.get(found.get("group", ""))
    if group and group.optional:
        node = fields["group"]
        message = T("everyone must have a group")
        draft.sheet.complain("group-kind", message, T("give n/a a group of its own"), node.line, node.column)
    return Headings(**found)


def award(draft: Draft, node: Node | None) -> Award | None:
    """Read what makes up the award, and the pool it is paid from."""
    if node is None:
        return None
    fields = draft.sheet.fields(node, ("of", "combine", "pool", "round", "clause"), ("of", "combine"))
    names = [_amount(draft, item) for item in draft.sheet.items(fields.get("of"))]
    if len(set(names)) < len(names):
        place = fields["of"]
        message = T("an amount is counted twice")
        draft.sheet.complain("award-twice", message, T("name each once"), place.line, place.column)
    rounding = draft.rounding(fields, MONEY) or CENTS
    highest = draft.sheet.choice(fields, "combine", ("add", "highest"), "add") == "highest"
    return Award(tuple(names), highest, rounding, _pool(draft, fields.get("pool")), draft.sheet.word(fields, "clause"))


def _amount(draft: Draft, node: Node) -> str:
    snippet = draft.sheet.text(node) or Snippet("", draft.sheet.file, node.line, node.column)
    return _known(draft, snippet, frozenset({"money"}))


def _pool(draft: Draft, node: Node | None) -> Pool | None:
    if node is None:
        return None
    fields = {"amount": node}
    if isinstance(node.value, dict):
        fields = draft.sheet.fields(node, ("amount", "within", "clause"), ("amount",))
    snippet = draft.sheet.text(fields["amount"]) if "amount" in fields else None
    if snippet is None:
        return None
    tree = draft.expression(snippet, MONEY)
    everywhere = draft.sheet.choice(fields, "within", ("all", "group"), "all") == "all"
    return Pool(tree, snippet, everywhere, draft.sheet.word(fields, "clause"))
