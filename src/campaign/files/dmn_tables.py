"""A decision table of DMN as the drawn table of a scheme."""

from collections.abc import Callable
from typing import TypeVar

import msgspec

from campaign.files.dmn_feel import Translator, Untranslatable
from campaign.files.dmn_kinds import Kinds, Resolved, placed
from campaign.files.dmn_names import identifiers
from campaign.files.dmn_page import Page, flow
from campaign.files.dmn_tree import POLICIES, DecisionNode, DecisionTable, InputClause, OutputClause, RuleLine, Source
from campaign.files.feel_grammar import parse_expression, parse_tests
from campaign.files.feel_reader import FeelSyntaxError
from campaign.problems import NOTHING, Place, T, Text
from campaign.rules.hits import HITS, LISTS
from campaign.rules.printer import printed, printed_test
from campaign.rules.tree import Expr, Lit, Minus, Name

R = TypeVar("R")
CLAUSES = frozenset({"clause", "依据", "条款", "reference", "legal reference"})
"""Annotation columns that name the text behind a rule."""
QUOTES = '"“”'
Cell = tuple[str, Place]


class Writing(msgspec.Struct, frozen=True):
    """What the writing of one decision needs: the words for its names, and what its FEEL may read."""

    kinds: Kinds
    translator: Translator
    names: frozenset[str]

    def attempt(self, source: Source, work: Callable[[str], R]) -> R | None:
        """Do WORK with a piece of FEEL; note what is wrong with it and return None."""
        try:
            return work(source.text)
        except FeelSyntaxError as error:
            self.kinds.complain("dmn-feel", error.message, NOTHING, placed(source, error.at))
        except Untranslatable as error:
            self.kinds.complain(error.code, error.message, error.fix, placed(source, error.at))
        return None

    def expression(self, source: Source) -> Expr | None:
        """Translate an expression."""
        if not source.text:
            self.kinds.complain("dmn-empty", T("an expression is empty"), T("write it"), source.place)
            return None
        return self.attempt(source, lambda text: self.translator.expression(parse_expression(text, self.names)))

    def cell(self, source: Source) -> str:
        """Translate and write the tests of a cell."""
        tests = self.attempt(source, lambda text: self.translator.tests(parse_tests(text, self.names)))
        return printed_test(tests) if tests is not None else "-"


class TableWriter:
    """Writes one decision table."""

    def __init__(self, writing: Writing, node: DecisionNode, table: DecisionTable, word: str) -> None:
        """Take the decision's WORD in the scheme."""
        self.writing = writing
        self.node = node
        self.table = table
        self.word = word
        self.titles = self._titles()
        self.hit = self._hit()

    def _titles(self) -> list[str]:
        if len(self.table.outputs) == 1:
            return [self.word]
        words = identifiers(output.name for output in self.table.outputs)
        return [words[output.name] for output in self.table.outputs]

    def readable(self) -> dict[str, str]:
        """Return the names of the decision's values: DMN's and the scheme's."""
        if len(self.table.outputs) == 1:
            return {self.node.name: self.word}
        pairs = zip(self.table.outputs, self.titles, strict=True)
        return {f"{self.node.name}.{output.name}": f"{self.word}.{title}" for output, title in pairs}

    def _complain(self, code: str, message: Text, fix: Text, place: Place) -> None:
        self.writing.kinds.complain(code, message, fix, place)

    def _hit(self) -> str:
        hit = POLICIES.get(self.table.hit, self.table.hit)
        whole = f"{hit} {self.table.aggregation}".strip()
        if whole not in HITS:
            self._complain(
                "dmn-hit",
                T("{hit} is no hit policy", hit=self.table.hit),
                T("choose one of DMN's seven"),
                self.table.place,
            )
            return "UNIQUE"
        return whole

    def sound(self) -> bool:
        """Return whether the table has its parts; complains of what is missing."""
        before = len(self.writing.kinds.problems)
        if not self.table.outputs or not self.table.rules or not self.table.inputs:
            self._complain(
                "dmn-empty",
                T("{name} lacks inputs, outputs or rules", name=self.node.name),
                T("complete it"),
                self.table.place,
            )
        for rule in self.table.rules:
            wide = (len(rule.tests), len(rule.outputs))
            if wide != (len(self.table.inputs), len(self.table.outputs)):
                self._complain(
                    "dmn-width",
                    T("a rule of {name} has too many or too few cells", name=self.node.name),
                    T("complete it"),
                    rule.place,
                )
        names = [output.name for output in self.table.outputs]
        if len(names) > 1 and ("" in names or len(set(names)) < len(names)):
            self._complain(
                "dmn-output",
                T("the outputs of {name} need a name each", name=self.node.name),
                T("name them"),
                self.table.place,
            )
        return len(self.writing.kinds.problems) == before

    def write(self, page: Page) -> None:
        """Write the decision."""
        if not self.sound():
            return
        page.add(f"  {self.word}:", self.node.place)
        label = self.node.label or (self.node.name if self.node.name != self.word else "")
        if label:
            page.add(f"    label: {flow(label)}", self.node.place)
        page.add(f"    hit: {self.hit}", self.table.place)
        self._outputs(page)
        self._default(page)
        self._rules(page)

    # outputs

    def _outputs(self, page: Page) -> None:
        page.add("    outputs:")
        for index, (output, title) in enumerate(zip(self.table.outputs, self.titles, strict=True)):
            found = self._output(index, output)
            fields: dict[str, object] = {"type": found.kind or "text"}
            fields |= {"values": found.values} if found.values else {}
            page.add(f"      {title}: {flow(fields)}", output.place)

    def _output(self, index: int, output: OutputClause) -> Resolved:
        found = self._declared(output) or self._guessed(index, output)
        if output.values is not None and found.kind == "text":
            found = self.writing.kinds.limited(found, output.values)
        elif output.values is not None and found.kind != "boolean":
            self._complain(
                "dmn-values", T("only texts have output values here"), T("remove the values"), output.values.place
            )
        return found

    def _declared(self, output: OutputClause) -> Resolved | None:
        """Return the type that the output, the table or the decision declares."""
        kinds = self.writing.kinds
        if output.type:
            return self._simple(kinds.named(output.type, output.place), output)
        whole = self.table.type or self.node.type
        if not whole or whole in {"Any", "context"} or self.hit == "COLLECT COUNT":
            return None
        found = kinds.named(whole, output.place)
        if found.parts and len(self.table.outputs) > 1:
            part = next((part for part in found.parts if part.name == output.name), None)
            return self._simple(kinds.defined(part, ()), output) if part else None
        return self._simple(found, output) if len(self.table.outputs) == 1 else None

    def _simple(self, found: Resolved, output: OutputClause) -> Resolved:
        listed = found.collection and self.hit not in LISTS
        if found.parts or listed:
            self._complain(
                "dmn-type",
                T("an output of {name} is no simple value", name=self.node.name),
                T("give it a simple type"),
                output.place,
            )
            return Resolved()
        return msgspec.structs.replace(found, allowed="", collection=False)

    def _guessed(self, index: int, output: OutputClause) -> Resolved:
        """Return the type that all cells of an undeclared output have."""
        trees = [self.writing.expression(rule.outputs[index]) for rule in self.table.rules]
        found = {_kind(tree) for tree in trees if tree is not None}
        if len(found) == 1 and (kind := found.pop()):
            return Resolved(kind)
        if None not in trees:
            self._complain(
                "dmn-type",
                T("an output of {name} has no type", name=self.node.name),
                T("give it a typeRef"),
                output.place,
            )
        return Resolved()

    def _default(self, page: Page) -> None:
        given = [output for output in self.table.outputs if output.default is not None]
        if not given:
            return
        if len(given) < len(self.table.outputs):
            self._complain(
                "dmn-default",
                T("not every output of {name} has a default", name=self.node.name),
                T("give all or none"),
                given[0].place,
            )
        if self.hit in LISTS or self.hit == "COLLECT COUNT":
            self._complain(
                "dmn-default",
                T("a default with {hit} is not supported", hit=self.table.hit),
                T("remove it"),
                given[0].place,
            )
        fields = {
            title: self._result(output.default)
            for title, output in zip(self.titles, self.table.outputs, strict=True)
            if output.default is not None
        }
        page.add(f"    default: {flow(fields)}", given[0].place)

    # rules

    def _rules(self, page: Page) -> None:
        page.add("    rules: |", self.table.place)
        columns = [self._column(clause) for clause in self.table.inputs]
        outputs = [(title, output.place) for title, output in zip(self.titles, self.table.outputs, strict=True)]
        split = 1 + len(columns)
        ends: list[Cell] = [("note", self.table.place), ("clause", self.table.place)]
        page.row("      ", [("#", self.table.place), *columns, *outputs, *ends], split, self.table.place)
        for number, rule in enumerate(self.table.rules, 1):
            tests = [(self.writing.cell(source), source.place) for source in rule.tests]
            results = [(self._result(source), source.place) for source in rule.outputs]
            notes = [(text, rule.place) for text in self._notes(rule)]
            page.row("      ", [(str(number), rule.place), *tests, *results, *notes], split, rule.place)

    def _column(self, clause: InputClause) -> Cell:
        tree = self.writing.expression(clause.source)
        if clause.values is not None and tree is not None and not isinstance(tree, Name):
            self._complain(
                "dmn-values",
                T("a reckoned column of {name} has values", name=self.node.name),
                T("make a decision of it"),
                clause.values.place,
            )
        return (printed(tree) if tree is not None else "-", clause.place)

    def _result(self, source: Source | None) -> str:
        tree = self.writing.expression(source) if source is not None else None
        if tree is None:
            return "-"
        text = printed(tree)
        return text if _kind(tree) else f"= {text}"

    def _notes(self, rule: RuleLine) -> tuple[str, str]:
        notes: list[str] = []
        clause = ""
        names = [*self.table.annotations, *[""] * len(rule.notes)]
        for name, text in zip(names, rule.notes, strict=False):
            plain = " ".join(text.split())
            if not plain:
                continue
            if name.strip().lower() in CLAUSES and not clause:
                clause = plain
            else:
                notes.append(f"{name}: {plain}" if name and len(self.table.annotations) > 1 else plain)
        if rule.description:
            notes.append(" ".join(rule.description.split()))
        note = "; ".join(notes)
        for text in (note, clause):
            if "|" in text or sum(text.count(quote) for quote in QUOTES) % 2:
                self._complain(
                    "dmn-note",
                    T("an annotation of {name} has | or an odd quotation mark", name=self.node.name),
                    T("write it without"),
                    rule.place,
                )
        return note or "-", clause or "-"


def _kind(tree: Expr) -> str:
    """Return the kind of a constant; nothing for anything else."""
    if isinstance(tree, Minus):
        return _kind(tree.operand)
    return tree.kind if isinstance(tree, Lit) else ""
