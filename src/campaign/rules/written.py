"""A scheme file while it is read: the nodes' texts with their places, and every problem found so far."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from campaign.problems import NOTHING, Place, Problem, Problems, T, Text
from campaign.rules.guess import near
from campaign.rules.kinds import NAMES, UNKNOWN, Kind, plain_text
from campaign.rules.tokens import Snippet
from campaign.source import Node

R = TypeVar("R")
Fields = dict[str, Node]
EMPTY: Fields = {}


class Sheet:
    """Collects problems instead of raising them, so that a reader learns all at once."""

    def __init__(self, text: str, file: str) -> None:
        """Hold the file's lines for the columns of block texts."""
        self.file = file
        self.lines = text.split("\n")
        self.problems: list[Problem] = []

    def complain(self, code: str, message: Text, fix: Text, line: int, column: int) -> None:
        """Note a problem."""
        self.problems.append(Problem(code, message, fix, Place(self.file, line, column)))

    def attempt(self, work: Callable[[], R]) -> R | None:
        """Do WORK; note its problems and return None where it raises them."""
        try:
            return work()
        except Problems as error:
            self.problems.extend(error.problems)
            return None

    def text(self, node: Node) -> Snippet | None:
        """Return a scalar's text with its place; a list, mapping or nothing is a problem."""
        if not isinstance(node.value, str):
            self.complain("scheme-shape", T("a single value is needed here"), NOTHING, node.line, node.column)
            return None
        if not node.literal:
            return Snippet(node.value.strip(), self.file, node.line, node.column + self._quoted(node))
        first = self.lines[node.line] if node.line < len(self.lines) else ""
        indent = len(first) - len(first.lstrip())
        return Snippet(node.value.rstrip(), self.file, node.line + 1, indent + 1)

    def _quoted(self, node: Node) -> bool:
        """Whether the scalar stands in quotation marks, so that its text begins a column later."""
        line = self.lines[node.line - 1] if node.line <= len(self.lines) else ""
        return line[node.column - 1 : node.column] in {"'", '"'}

    def word(self, fields: Fields, key: str) -> str:
        """Return the text under KEY, or nothing."""
        found = self.text(fields[key]) if key in fields else None
        return found.text if found else ""

    def fields(self, node: Node | None, known: Iterable[str], needed: Iterable[str] = ()) -> Fields:
        """Return a mapping's nodes by key; unknown and missing keys are problems."""
        if node is None or node.value is None:
            return EMPTY
        if not isinstance(node.value, dict):
            self.complain(
                "scheme-shape", T("keys and values are needed here"), T("write `key: value`"), node.line, node.column
            )
            return EMPTY
        choices = tuple(known)
        for key, (line, column) in node.keys.items():
            if key not in choices:
                self.complain(
                    "key-unknown", T("the key {key} is not known here", key=key), near(key, choices), line, column
                )
        for key in needed:
            if key not in node.value or node.value[key].value in (None, []):
                message = T("the key {key} is missing", key=key)
                self.complain("key-missing", message, T("write `{key}: …`", key=key), node.line, node.column)
        return {key: child for key, child in node.value.items() if child.value is not None}

    def entries(self, node: Node | None) -> Fields:
        """Return a mapping of names of the writer's own choice."""
        if node is None or node.value is None:
            return EMPTY
        if not isinstance(node.value, dict):
            self.complain(
                "scheme-shape", T("keys and values are needed here"), T("write `key: value`"), node.line, node.column
            )
            return EMPTY
        return node.value

    def items(self, node: Node | None) -> list[Node]:
        """Return a list's nodes; a single value is a list of one."""
        if node is None or node.value is None:
            return []
        return node.value if isinstance(node.value, list) else [node]

    def choice(self, fields: Fields, key: str, choices: Iterable[str], default: str) -> str:
        """Return the word under KEY, one of CHOICES."""
        if key not in fields:
            return default
        node = fields[key]
        found = self.text(node)
        if found is None:
            return default
        word, listed = found.text, list(choices)
        if word in listed:
            return word
        message = T("{word} is not a choice for {key}", word=word, key=key)
        self.complain("choice-unknown", message, near(word, listed), node.line, node.column)
        return default

    def flag(self, fields: Fields, key: str) -> bool:
        """Return whether KEY says true."""
        return self.choice(fields, key, ("true", "false"), "false") == "true"

    def words(self, node: Node | None) -> tuple[str, ...]:
        """Return a list of texts."""
        found = (self.text(item) for item in self.items(node))
        return tuple(plain_text(snippet.text) for snippet in found if snippet)

    def kind(self, node: Node, fields: Fields | None = None) -> Kind:
        """Read a type such as `percent` or `money?`, with the values beside it."""
        snippet = self.text(node)
        if snippet is None:
            return UNKNOWN
        name = snippet.text.removesuffix("?")
        if name not in NAMES:
            message = T("{name} is not a type", name=name or snippet.text)
            self.complain("type-unknown", message, near(name, NAMES), node.line, node.column)
            return UNKNOWN
        rest = fields or EMPTY
        optional = snippet.text.endswith("?") or self.flag(rest, "optional")
        return Kind(name, optional, self.words(rest.get("values")))
