"""Boxed expressions of DMN XML to their trees; what is not read becomes a Foreign, which says what it was."""

from collections.abc import Callable

from campaign.files.dmn_tree import (
    Boxed,
    BoxedContext,
    BoxedList,
    Conditional,
    DecisionTable,
    Foreign,
    FunctionDefinition,
    InputClause,
    Invocation,
    Literal,
    OutputClause,
    Relation,
    RuleLine,
    Source,
)
from campaign.files.dmn_xml import Element
from campaign.problems import Place

ITERATIONS = frozenset({"filter", "for", "every", "some"})


class Boxes:
    """Reads the elements of one file."""

    def __init__(self, file: str) -> None:
        """Name the file in places."""
        self.file = file
        self.readers: dict[str, Callable[[Element], Boxed]] = {
            "literalExpression": self._literal,
            "decisionTable": self._table,
            "context": self._context,
            "invocation": self._invocation,
            "list": self._list,
            "relation": self._relation,
            "functionDefinition": self.function,
            "conditional": self._conditional,
        }

    def place(self, element: Element) -> Place:
        """Return where ELEMENT stands."""
        return Place(self.file, element.line, element.column)

    def logic(self, element: Element) -> Boxed:
        """Return the expression directly inside ELEMENT."""
        for child in element.children:
            if child.name in self.readers:
                return self.readers[child.name](child)
            if child.name in ITERATIONS:
                return Foreign(child.name, self.place(child))
        return Foreign("no logic", self.place(element))

    def source(self, element: Element) -> Source:
        """Return the text inside ELEMENT."""
        text = element.first("text")
        return Source(text.text.strip() if text else "", self.place(text or element))

    def _optional(self, element: Element, name: str) -> Source | None:
        child = element.first(name)
        source = self.source(child) if child else None
        return source if source and source.text else None

    def _literal(self, element: Element) -> Boxed:
        language = element.get("expressionLanguage")
        known = "" if not language or "feel" in language.lower() else language
        if element.first("importedValues"):
            return Foreign("importedValues", self.place(element))
        return Literal(self.source(element), self.place(element), type_ref(element), known)

    def _table(self, element: Element) -> Boxed:
        return DecisionTable(
            element.get("hitPolicy", "UNIQUE"),
            element.get("aggregation"),
            tuple(map(self._input, element.all("input"))),
            tuple(map(self._output, element.all("output"))),
            tuple(map(self._rule, element.all("rule"))),
            tuple(child.get("name") for child in element.all("annotation")),
            self.place(element),
            type_ref(element),
        )

    def _input(self, element: Element) -> InputClause:
        inner = element.first("inputExpression") or element
        values = self._optional(element, "inputValues")
        return InputClause(self.source(inner), self.place(element), type_ref(inner), values)

    def _output(self, element: Element) -> OutputClause:
        values = self._optional(element, "outputValues")
        default = self._optional(element, "defaultOutputEntry")
        name = " ".join(element.get("name").split())
        return OutputClause(name, self.place(element), type_ref(element), values, default)

    def _rule(self, element: Element) -> RuleLine:
        return RuleLine(
            self.place(element),
            tuple(map(self.source, element.all("inputEntry"))),
            tuple(map(self.source, element.all("outputEntry"))),
            tuple(child.said("text") for child in element.all("annotationEntry")),
            element.said("description"),
        )

    def _context(self, element: Element) -> Boxed:
        entries: list[tuple[str, str, Boxed]] = []
        for child in element.all("contextEntry"):
            variable = child.first("variable")
            name = " ".join(variable.get("name").split()) if variable else ""
            entries.append((name, type_ref(variable) if variable else "", self.logic(child)))
        return BoxedContext(tuple(entries), self.place(element), type_ref(element))

    def _invocation(self, element: Element) -> Boxed:
        bindings: list[tuple[str, Boxed]] = []
        for child in element.all("binding"):
            parameter = child.first("parameter")
            bindings.append((" ".join(parameter.get("name").split()) if parameter else "", self.logic(child)))
        return Invocation(self.logic(element), tuple(bindings), self.place(element), type_ref(element))

    def _list(self, element: Element) -> Boxed:
        items = [self._alone(child) for child in element.children if child.name in {*self.readers, *ITERATIONS}]
        return BoxedList(tuple(items), self.place(element), type_ref(element))

    def _alone(self, element: Element) -> Boxed:
        reader = self.readers.get(element.name)
        return reader(element) if reader else Foreign(element.name, self.place(element))

    def _relation(self, element: Element) -> Boxed:
        columns = tuple(" ".join(child.get("name").split()) for child in element.all("column"))
        rows = tuple(
            tuple(self._alone(cell) for cell in row.children if cell.name in {*self.readers, *ITERATIONS})
            for row in element.all("row")
        )
        return Relation(columns, rows, self.place(element), type_ref(element))

    def function(self, element: Element) -> FunctionDefinition:
        """Read a function definition, or the logic of a business knowledge model."""
        parameters = tuple(
            (" ".join(child.get("name").split()), type_ref(child)) for child in element.all("formalParameter")
        )
        kind = element.get("kind", "FEEL")
        return FunctionDefinition(parameters, self.logic(element), kind, self.place(element), type_ref(element))

    def _conditional(self, element: Element) -> Boxed:
        parts = [element.first(name) for name in ("if", "then", "else")]
        test, then, other = (self.logic(part or element) for part in parts)
        return Conditional(test, then, other, self.place(element), type_ref(element))


def type_ref(element: Element) -> str:
    """Return a type's name without a prefix: FEEL's, or that of the file's own namespace."""
    text = element.get("typeRef") or element.said("typeRef")
    return " ".join(text.rpartition(":")[2].split())
