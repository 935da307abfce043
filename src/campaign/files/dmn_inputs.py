"""The inputs of a DMN model as a scheme declares them: structures part by part, with the values that tables allow."""

import msgspec

from campaign.files.dmn_kinds import Kinds, Resolved
from campaign.files.dmn_names import identifier
from campaign.files.dmn_page import Page, flow
from campaign.files.dmn_tree import DecisionTable, DmnModel, InputClause, InputNode, ItemDefinition
from campaign.problems import Place, T

DEEPEST = 10


class Leaf(msgspec.Struct, frozen=True):
    """An input of the scheme: its DMN name and its own, dotted for a part of a structure."""

    dmn: str
    word: str
    type: Resolved
    label: str
    place: Place


class Inputs:
    """Works out the inputs of a model; `leaves` are those of each input data element by its id."""

    def __init__(self, model: DmnModel, kinds: Kinds, words: dict[str, str]) -> None:
        """Take the WORDS that stand for DMN names."""
        self.model = model
        self.kinds = kinds
        self.words = words
        self.clauses = _clauses(model)
        self.leaves = {key: self._of(node) for key, node in model.inputs.items()}

    def _of(self, node: InputNode) -> tuple[Leaf, ...]:
        type_name = node.type or next((clause.type for clause in self.clauses.get(node.name, ()) if clause.type), "")
        if not type_name:
            message = T("the input {name} has no type", name=node.name)
            self.kinds.complain("dmn-type", message, T("give its variable a typeRef"), node.place)
            return ()
        label = node.label or (node.name if node.name != self.words[node.name] else "")
        found = self.kinds.named(type_name, node.place)
        return self._leaves(Leaf(node.name, self.words[node.name], found, label, node.place), 0)

    def _leaves(self, leaf: Leaf, depth: int) -> tuple[Leaf, ...]:
        if leaf.type.collection or depth > DEEPEST:
            message = T("the input {name} is a list", name=leaf.dmn)
            self.kinds.complain("dmn-type", message, T("decide each of its items by itself"), leaf.place)
            return ()
        if leaf.type.parts:
            return tuple(one for part in leaf.type.parts for one in self._leaves(self._part(leaf, part), depth + 1))
        if not leaf.type.kind:
            return ()
        return (msgspec.structs.replace(leaf, type=self._narrowed(leaf)),)

    def _part(self, leaf: Leaf, part: ItemDefinition) -> Leaf:
        label = f"{leaf.label or leaf.dmn}.{part.name}" if part.name != identifier(part.name) else ""
        found = self.kinds.defined(part, ())
        return Leaf(f"{leaf.dmn}.{part.name}", f"{leaf.word}.{identifier(part.name)}", found, label, part.place)

    def _narrowed(self, leaf: Leaf) -> Resolved:
        """Return the type with the values that input columns allow, where the input itself declares none."""
        found = leaf.type
        for clause in self.clauses.get(leaf.dmn, ()):
            if clause.values is None:
                continue
            column = self.kinds.limited(Resolved(found.kind), clause.values)
            if not found.values and not found.allowed:
                found = column
            elif set(column.values) != set(found.values) or column.allowed != found.allowed:
                message = T("this column allows other values than the input {name}", name=leaf.dmn)
                self.kinds.complain(
                    "dmn-values-differ", message, T("declare the values once, at the input's type"), clause.values.place
                )
        return found

    def write(self, page: Page) -> None:
        """Write the inputs."""
        found = [leaf for leaves in self.leaves.values() for leaf in leaves]
        page.add("inputs:" if found else "inputs: {}")
        for leaf in found:
            fields: dict[str, object] = {"type": leaf.type.kind}
            fields |= {"values": leaf.type.values} if leaf.type.values else {}
            fields |= {"allowed": leaf.type.allowed} if leaf.type.allowed else {}
            fields |= {"label": leaf.label} if leaf.label else {}
            page.add(f"  {leaf.word}: {flow(fields)}", leaf.place)


def _clauses(model: DmnModel) -> dict[str, list[InputClause]]:
    """Return the input columns of all tables by the text they test."""
    found: dict[str, list[InputClause]] = {}
    for node in model.decisions.values():
        if isinstance(node.logic, DecisionTable):
            for clause in node.logic.inputs:
                found.setdefault(".".join(part.strip() for part in clause.source.text.split(".")), []).append(clause)
    return found
