"""DMN XML to its tree: versions 1.1 to 1.5; diagrams, extensions and documentation are passed over."""

from pathlib import Path

from campaign.files.dmn_boxed import Boxes, type_ref
from campaign.files.dmn_tree import DecisionNode, DmnModel, Foreign, InputNode, ItemDefinition, KnowledgeModel
from campaign.files.dmn_xml import Element, read_xml
from campaign.problems import Problem, Problems, T

NAMESPACES = {
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd": "1.1",
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "1.2",
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "1.5",
}
CURRENT = "https://www.omg.org/spec/DMN/20230324/MODEL/"
READ = frozenset({"inputData", "decision", "businessKnowledgeModel", "itemDefinition"})
PASSED_OVER = frozenset(
    {"extensionElements", "description", "elementCollection", "performanceIndicator", "organizationUnit"}
    | {"knowledgeSource", "association", "textAnnotation", "group", "DMNDI"}
)
"""What says nothing about results."""


def read_dmn(path: Path, *, lax: bool = False) -> DmnModel:
    """Read PATH; LAX takes elements of any namespace, as some tools write them.

    Raises Problems: of dmn_xml; dmn-namespace, dmn-root, dmn-id-twice, dmn-name-twice, dmn-name-none.
    """
    reader = _Reader(str(path), read_xml(path))
    reader.known(lax=lax)
    return reader.model()


class _Reader:
    def __init__(self, file: str, root: Element) -> None:
        self.root = root
        self.boxes = Boxes(file)
        self.namespace = root.get("namespace")
        self.file = file

    def model(self) -> DmnModel:
        nodes = self.root.children
        inputs = [self._input(node) for node in nodes if node.name == "inputData"]
        decisions = [self._decision(node) for node in nodes if node.name == "decision"]
        knowledge = [self._knowledge(node) for node in nodes if node.name == "businessKnowledgeModel"]
        types = [self._type(node) for node in nodes if node.name == "itemDefinition"]
        others = [node for node in nodes if node.name not in READ | PASSED_OVER]
        self._once([*inputs, *decisions, *knowledge])
        return DmnModel(
            self.root.get("name"),
            self.file,
            self.boxes.place(self.root),
            {item.name: item for item in types},
            {node.id: node for node in inputs},
            {node.id: node for node in decisions},
            {node.id: node for node in knowledge},
            tuple(Foreign(node.name, self.boxes.place(node)) for node in others),
            self.namespace,
        )

    def known(self, *, lax: bool) -> None:
        """Refuse what is no DMN model."""
        place = self.boxes.place(self.root)
        if self.root.name != "definitions":
            message = T("the file begins with {name}, not with definitions", name=self.root.name)
            raise Problems([Problem("dmn-root", message, T("name a DMN model"), place)])
        if not lax and self.root.namespace not in NAMESPACES:
            message = T("{namespace} is not a namespace of DMN 1.1 to 1.5", namespace=self.root.namespace or "none")
            fix = T("save the model as DMN 1.5: {name}", name=CURRENT)
            raise Problems([Problem("dmn-namespace", message, fix, place)])

    def _once(self, nodes: "list[InputNode | DecisionNode | KnowledgeModel]") -> None:
        problems = [
            Problem("dmn-name-none", T("an element has no name"), T("name it"), node.place)
            for node in nodes
            if not node.name
        ]
        for what, code in (("id", "dmn-id-twice"), ("name", "dmn-name-twice")):
            taken: dict[str, int] = {}
            for node in nodes:
                word = getattr(node, what)
                if word in taken:
                    message = T("{word} stands twice; the first is on line {line}", word=word, line=taken[word])
                    problems.append(Problem(code, message, T("rename one of them"), node.place))
                taken.setdefault(word, node.place.line)
        if problems:
            raise Problems(problems)

    def _input(self, element: Element) -> InputNode:
        place = self.boxes.place(element)
        return InputNode(_id(element), _name(element), _variable(element), place, element.get("label"))

    def _decision(self, element: Element) -> DecisionNode:
        return DecisionNode(
            _id(element),
            _name(element),
            _variable(element),
            self.boxes.place(element),
            self.boxes.logic(element),
            self._hrefs(element, "informationRequirement", "requiredInput", "requiredDecision"),
            self._hrefs(element, "knowledgeRequirement", "requiredKnowledge"),
            element.get("label"),
        )

    def _knowledge(self, element: Element) -> KnowledgeModel:
        body = element.first("encapsulatedLogic")
        place = self.boxes.place(element)
        logic = self.boxes.function(body) if body else Foreign("no logic", place)
        knows = self._hrefs(element, "knowledgeRequirement", "requiredKnowledge")
        return KnowledgeModel(_id(element), _name(element), _variable(element), place, logic, knows)

    def _hrefs(self, element: Element, requirement: str, *kinds: str) -> tuple[str, ...]:
        found = [child.first(*kinds) for child in element.all(requirement)]
        return tuple(self._local(child.get("href")) for child in found if child)

    def _local(self, href: str) -> str:
        """Return the id of an element of this file, or the whole reference of one elsewhere."""
        before, _, fragment = href.rpartition("#")
        return fragment if before in {"", self.namespace} else href

    def _type(self, element: Element) -> ItemDefinition:
        allowed = element.first("allowedValues", "typeConstraint")
        return ItemDefinition(
            _name(element),
            type_ref(element),
            self.boxes.place(element),
            self.boxes.source(allowed) if allowed else None,
            element.get("isCollection") == "true",
            tuple(map(self._type, element.all("itemComponent"))),
            element.first("functionItem") is not None,
        )


def _name(element: Element) -> str:
    return " ".join(element.get("name").split())


def _variable(element: Element) -> str:
    """Return the type of the element's variable."""
    variable = element.first("variable")
    return type_ref(variable) if variable else ""


def _id(element: Element) -> str:
    return element.get("id") or f"name:{_name(element)}"
