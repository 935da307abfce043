"""A scheme while it is put together: what has been declared so far, and the checks every part shares."""

from collections.abc import Callable

from campaign.problems import NOTHING, T, Text
from campaign.rules.check import Checker
from campaign.rules.exact import MAX_DIGITS, MODES
from campaign.rules.grammar import RESERVED, expression
from campaign.rules.kinds import BOOLEAN, UNKNOWN, Kind, Value, hint, normal, written
from campaign.rules.model import ConstantValue, Input, Rounding, Step
from campaign.rules.signatures import Function, Scope
from campaign.rules.tokens import Snippet
from campaign.rules.tree import Expr, Lit
from campaign.rules.written import Fields, Sheet
from campaign.source import Node

Later = Callable[[], Step | None]
NOWHERE = Lit(None, "none")


class Draft:
    """Names with their kinds come first, expressions after: a scheme may use what it declares further down."""

    def __init__(self, sheet: Sheet) -> None:
        """Start with nothing declared."""
        self.sheet = sheet
        self.scope = Scope({}, {}, set())
        self.inputs: dict[str, Input] = {}
        self.constants: dict[str, tuple[ConstantValue, ...]] = {}
        self.places: dict[str, tuple[int, int]] = {}
        self.figures: set[str] = set()
        self.money: Rounding | None = None
        self.money_used: Node | None = None
        self.later: list[Later] = []

    def declare(self, name: str, kind: Kind, place: tuple[int, int]) -> bool:
        """Give NAME its kind; a second declaration or a word of the grammar is a problem."""
        line, column = place
        plain = normal(name)
        if not plain.replace(".", "_").isidentifier() or plain in RESERVED:
            fix = T("begin with a letter; letters, digits and _ follow")
            self.sheet.complain("name-malformed", T("{name} cannot be a name", name=name), fix, line, column)
            return False
        if plain in self.places:
            message = T("{name} is declared twice; the first is on line {line}", name=name, line=self.places[plain][0])
            self.sheet.complain("name-twice", message, T("rename one of them"), line, column)
            return False
        self.scope.kinds[plain] = kind
        self.places[plain] = place
        return True

    def declare_figure(self, name: str, kind: Kind, place: tuple[int, int]) -> bool:
        """Declare a figure of the group, which a case may give to decide one entity by itself."""
        self.figures.add(normal(name))
        return self.declare(name, kind, place)

    def checker(self, snippet: Snippet, scope: Scope | None = None) -> Checker:
        """Return a checker for an expression of SNIPPET."""
        return Checker(self.sheet, scope or self.scope, snippet)

    def expression(self, snippet: Snippet | None, wanted: Kind, scope: Scope | None = None) -> Expr:
        """Parse and check an expression that must give WANTED."""
        return self.typed(snippet, wanted, scope)[0]

    def typed(self, snippet: Snippet | None, wanted: Kind = UNKNOWN, scope: Scope | None = None) -> tuple[Expr, Kind]:
        """Parse and check an expression; return it with its kind."""
        tree = self.sheet.attempt(lambda: expression(snippet)) if snippet else None
        if tree is None or snippet is None:
            return NOWHERE, UNKNOWN
        checker = self.checker(snippet, scope)
        checked, kind = checker.check(tree)
        checker.expect(kind, wanted, tree)
        return checked, kind

    def condition(self, fields: Fields, key: str) -> tuple[Expr | None, Snippet]:
        """Read the condition under KEY."""
        snippet = self.sheet.text(fields[key]) if key in fields else None
        if snippet is None:
            return None, Snippet("", self.sheet.file)
        return self.expression(snippet, BOOLEAN), snippet

    def value(self, node: Node, kind: Kind) -> Value:
        """Read a constant of KIND."""
        snippet = self.sheet.text(node)
        if snippet is None or kind.name == UNKNOWN.name:
            return None
        return self.constant(snippet, kind)

    def constant(self, snippet: Snippet, kind: Kind) -> Value:
        """Read a constant of KIND from SNIPPET."""
        found = written(snippet.text, kind)
        if isinstance(found, Text):
            self.sheet.problems.append(snippet.problem("value-kind", found, hint(kind)))
            return None
        return found

    def literal(self, snippet: Snippet, kind: Kind) -> Lit:
        """Read a constant of KIND as a tree."""
        value = self.constant(snippet, kind)
        assert not isinstance(value, tuple)  # noqa: S101 -- no list is written as a constant
        return Lit(value, kind.name if value is not None else "none")

    def rounding(self, fields: Fields, kind: Kind) -> Rounding | None:
        """Read `round`, or take the scheme's own rounding of money."""
        node = fields.get("round")
        if node is None:
            if "money" in (kind.name, kind.item):
                self.money_used = self.money_used or next(iter(fields.values()), None)
                return self.money
            return None
        inner = self.sheet.fields(node, ("digits", "mode"), ("digits", "mode"))
        if kind.name != "list" and not kind.numeric and kind != UNKNOWN:
            self.sheet.complain(
                "round-kind", T("{kind} is not rounded", kind=kind), T("remove round"), node.line, node.column
            )
        return self.rounded(inner, "mode")

    def rounded(self, inner: Fields, key: str) -> Rounding | None:
        """Read the digits, and the mode under KEY."""
        mode = self.sheet.choice(inner, key, MODES, "half_even")
        found = self.sheet.text(inner["digits"]) if "digits" in inner else None
        if found and found.text.isdecimal() and int(found.text) <= MAX_DIGITS:
            return Rounding(int(found.text), mode)
        if found:
            node = inner["digits"]
            message = T("the number of digits must be a plain number from 0 to {limit}", limit=MAX_DIGITS)
            self.sheet.complain("digits", message, NOTHING, node.line, node.column)
        return None

    def function(self, name: str, function: Function) -> None:
        """Add a reusable calculation."""
        self.scope.functions[name] = function
