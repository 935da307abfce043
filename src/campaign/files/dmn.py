"""DMN models as schemes: decision tables and literal expressions of DMN 1.1 to 1.5, or every reason why not.

load_dmn(path) goes the way of every scheme: its text is written, then read, checked and proven, and every problem is
told where it stands in the DMN file.  docs/reference/dmn.md says what is read.
"""

import hashlib
from pathlib import Path

from campaign.files.dmn_feel import Translator
from campaign.files.dmn_inputs import Inputs
from campaign.files.dmn_kinds import Kinds
from campaign.files.dmn_names import identifier, identifiers
from campaign.files.dmn_page import Page, flow
from campaign.files.dmn_reader import read_dmn
from campaign.files.dmn_tables import TableWriter, Writing
from campaign.files.dmn_tree import (
    BoxedContext,
    BoxedList,
    Conditional,
    DecisionNode,
    DecisionTable,
    DmnModel,
    Foreign,
    FunctionDefinition,
    Invocation,
    Literal,
    OutputClause,
    Relation,
)
from campaign.problems import Place, Problem, Problems, T, Text
from campaign.rules import Scheme, load
from campaign.rules.printer import printed

WITHOUT_MEANING = frozenset({"decisionService", "businessContextElement", "artifact", "organizationalUnit"})
"""What groups or documents, and decides nothing."""
BOXED: dict[type, Text] = {
    BoxedContext: T("a boxed context is not supported"),
    BoxedList: T("a boxed list is not supported"),
    Conditional: T("a boxed conditional is not supported"),
    FunctionDefinition: T("a boxed function is not supported"),
    Invocation: T("a boxed invocation is not supported"),
    Relation: T("a relation is not supported"),
}


def load_dmn(path: Path) -> Scheme:
    """Read a DMN model as a scheme: its decision tables and literal expressions, proven as any scheme's.

    Values are given by the words that stand for DMN's names (`Applicant Age` is `Applicant_Age`).  The scheme's sha256
    is that of the file.  Raises Problems with everything that is not supported or wrong, by file and line.
    """
    page = _page(path)
    try:
        scheme = load(page.text, file=str(path))
    except Problems as error:
        raise Problems([page.problem(problem) for problem in error.problems]) from None
    return Scheme(page.moved(scheme.model), hashlib.sha256(path.read_bytes()).hexdigest())


def scheme_text(path: Path) -> str:
    """Return the text of the scheme that a DMN model makes, for a file of its own. Raises Problems like load_dmn."""
    page = _page(path)
    try:
        load(page.text, file=str(path))
    except Problems as error:
        raise Problems([page.problem(problem) for problem in error.problems]) from None
    return page.text


def _page(path: Path) -> Page:
    model = read_dmn(path)
    writer = _Writer(model)
    page = writer.page(model.name or path.stem)
    if writer.kinds.problems:
        raise Problems(_in_order(writer.kinds.problems))
    return page


def _in_order(problems: list[Problem]) -> list[Problem]:
    """Return the problems by their lines, each once."""
    once = [problem for index, problem in enumerate(problems) if problem not in problems[:index]]
    return sorted(once, key=lambda problem: (problem.place.line, problem.place.column))


class _Writer:
    def __init__(self, model: DmnModel) -> None:
        self.model = model
        self.kinds = Kinds(model)
        names = [node.name for node in model.inputs.values()] + [node.name for node in model.decisions.values()]
        self.words = identifiers(names)
        self.inputs = Inputs(model, self.kinds, self.words)
        self.members = frozenset(_members(model))

    def page(self, title: str) -> Page:
        """Write the scheme."""
        self._foreign()
        page = Page(self.model.place)
        page.add(f"scheme: {flow(identifier(title))}")
        page.add(f"title: {flow(title)}")
        self.inputs.write(page)
        self._literals(page)
        self._tables(page)
        return page

    def _foreign(self) -> None:
        """Complain of everything that a scheme has no place for."""
        for item in self.model.foreign:
            if item.what not in WITHOUT_MEANING:
                self._refuse(T("the element {name} is not supported", name=item.what), item.place)
        for known in self.model.knowledge.values():
            message = T("the business knowledge model {name} is not supported", name=known.name)
            self._refuse(message, known.place)
        if not self.model.decisions:
            message = T("the model has no decision")
            self.kinds.complain("dmn-empty", message, T("name a model with decision tables"), self.model.place)
        for decision in self.model.decisions.values():
            match decision.logic:
                case Foreign(what, place):
                    message = T("the decision {name} with {what} is not supported", name=decision.name, what=what)
                    self._refuse(message, place)
                case DecisionTable() | Literal():
                    pass
                case other:
                    self._refuse(BOXED[type(other)], other.place)

    def _refuse(self, message: Text, place: Place) -> None:
        self.kinds.complain("dmn-unsupported", message, T("make decision tables or literal expressions of it"), place)

    def _literals(self, page: Page) -> None:
        nodes = [node for node in self.model.decisions.values() if isinstance(node.logic, Literal)]
        if nodes:
            page.add("calculations:")
        for node in nodes:
            assert isinstance(node.logic, Literal)  # noqa: S101 -- chosen above
            self._literal(page, node, node.logic)

    def _literal(self, page: Page, node: DecisionNode, logic: Literal) -> None:
        if logic.language:
            self._refuse(T("the language {name} is not supported", name=logic.language), logic.place)
            return
        name = logic.type or node.type
        if not name:
            message = T("the decision {name} has no type", name=node.name)
            self.kinds.complain("dmn-type", message, T("give its variable a typeRef"), node.place)
            return
        found = self.kinds.named(name, node.place)
        if found.parts or found.collection:
            message = T("the decision {name} is no simple value", name=node.name)
            self.kinds.complain("dmn-type", message, T("give it a simple type"), node.place)
        tree = self._writing(node).expression(logic.source)
        fields: dict[str, object] = {"type": found.kind or "text", "formula": printed(tree) if tree is not None else ""}
        fields |= {"values": found.values} if found.values else {}
        label = node.label or (node.name if node.name != self.words[node.name] else "")
        fields |= {"label": label} if label else {}
        page.add(f"  {self.words[node.name]}: {flow(fields)}", logic.source.place)

    def _tables(self, page: Page) -> None:
        nodes = [node for node in self.model.decisions.values() if isinstance(node.logic, DecisionTable)]
        if nodes:
            page.add("decisions:")
        for node in nodes:
            assert isinstance(node.logic, DecisionTable)  # noqa: S101 -- chosen above
            TableWriter(self._writing(node), node, node.logic, self.words[node.name]).write(page)

    def _writing(self, node: DecisionNode) -> Writing:
        """Return what the writing of NODE may read: what it requires, and nothing else."""
        known: dict[str, str] = {}
        for key in node.requires:
            if key in self.inputs.leaves:
                name = self.model.inputs[key].name  # known even where its type was refused: once is enough
                leaves = {leaf.dmn: leaf.word for leaf in self.inputs.leaves[key]}
                known |= leaves or {name: self.words[name]}
            elif key in self.model.decisions:
                known |= self._readable(self.model.decisions[key])
            else:
                self._refuse(T("the element {name} of another file is not supported", name=key), node.place)
        names = {part for name in known for part in name.split(".")} | set(known)
        return Writing(self.kinds, Translator(known), frozenset(names | self.members))

    def _readable(self, node: DecisionNode) -> dict[str, str]:
        word = self.words[node.name]
        if not isinstance(node.logic, DecisionTable):
            return {node.name: word}
        bare = Writing(Kinds(self.model), Translator({}), frozenset())
        return TableWriter(bare, node, node.logic, word).readable()


def _members(model: DmnModel) -> list[str]:
    found: list[str] = []
    waiting = list(model.types.values())
    while waiting:
        item = waiting.pop()
        found.append(item.name)
        waiting.extend(item.components)
    tables = [node.logic for node in model.decisions.values() if isinstance(node.logic, DecisionTable)]
    outputs: list[OutputClause] = [output for table in tables for output in table.outputs]
    return [*found, *(output.name for output in outputs if output.name)]
