"""The worked cases beside the tables: read with the scheme, run by `scheme test`."""

from campaign.problems import T
from campaign.rules.draft import Draft
from campaign.rules.guess import near
from campaign.rules.kinds import MONEY, TEXT, UNKNOWN, Kind, Value, defined, maybe, normal
from campaign.rules.model import Case
from campaign.source import Node

OUTCOMES = {"award": MONEY, "prize": MONEY, "rank": maybe(Kind("integer")), "stopped": TEXT}
"""What an assessment says of an entity beside the scheme's own names."""


def cases(draft: Draft, node: Node | None) -> tuple[Case, ...]:
    """Read the cases: `given` and `expect` of one entity, or `rows` of several by id."""
    return tuple(case for child in draft.sheet.items(node) if (case := _case(draft, child)) is not None)


def _case(draft: Draft, node: Node) -> Case | None:
    fields = draft.sheet.fields(node, ("given", "rows", "expect", "note"), ("expect",))
    if ("given" in fields) == ("rows" in fields):
        fix = T("write given for one entity, rows for several")
        draft.sheet.complain("case-shape", T("a case has given or rows"), fix, node.line, node.column)
        return None
    note = draft.sheet.word(fields, "note")
    if "given" in fields:
        given = {"": _values(draft, fields["given"], _givable(draft))}
        expect = {"": _values(draft, fields["expect"], draft.scope.kinds)} if "expect" in fields else {}
        return Case(given, expect, alone=True, line=node.line, note=note)
    rows = _several(draft, fields["rows"], _givable(draft))
    expect = _several(draft, fields["expect"], OUTCOMES | draft.scope.kinds) if "expect" in fields else {}
    for name in expect.keys() - rows.keys():
        place = fields["expect"]
        draft.sheet.complain(
            "case-entity", T("{name} is not among the rows", name=name), near(name, rows), place.line, place.column
        )
    return Case(rows, expect, alone=False, line=node.line, note=note)


def _givable(draft: Draft) -> dict[str, Kind]:
    """Return the kinds of what a case may give: inputs, and figures of the group."""
    return {name: kind for name, kind in draft.scope.kinds.items() if name in draft.inputs or name in draft.figures}


def _several(draft: Draft, node: Node, kinds: dict[str, Kind]) -> dict[str, dict[str, Value]]:
    return {name: _values(draft, child, kinds) for name, child in draft.sheet.entries(node).items()}


def _values(draft: Draft, node: Node, kinds: dict[str, Kind]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for key, child in draft.sheet.entries(node).items():
        name = normal(key)
        kind = kinds.get(name)
        if kind is None and draft.scope.kinds.get(name.rpartition(".")[0]) == UNKNOWN:
            continue  # a column of a table that is wrong already
        if kind is None:
            message = T("{name} is not declared", name=name)
            draft.sheet.complain("name-unknown", message, near(name, kinds), child.line, child.column)
        elif kind.name == "list":
            found[name] = tuple(
                draft.value(item, Kind(kind.item, values=kind.values)) for item in draft.sheet.items(child)
            )
        else:
            found[name] = draft.value(child, maybe(defined(kind)))
    return found
