"""FEEL text to trees, by recursive descent without a tokenizer: where a name ends is for the scope to say.

The rules' own grammar is stricter and knows no such names; this one is for reading models made elsewhere.
"""

import re
from collections.abc import Callable, Iterable

from campaign.files.feel_reader import (
    ARGUMENT,
    KEY,
    KEYWORDS,
    MAX_CHAIN,
    MAX_DEPTH,
    NUMBER,
    PART,
    START,
    FeelSyntaxError,
    Reader,
    spaced,
)
from campaign.files.feel_tree import (
    Choice,
    Comparison,
    Constant,
    Entries,
    Feel,
    Filter,
    Instance,
    Interval,
    Invoke,
    Lambda,
    Listed,
    Loop,
    Member,
    Negative,
    Operation,
    Path,
    Temporal,
    Tests,
    Variable,
    Within,
)
from campaign.problems import T

DECLARED = re.compile(f"[{START}][{PART}]*(?:\\s+(?!in\\b)[{PART}]+)*")
PARAMETER = re.compile(f"[{START}][{PART}]*(?:[ \t]+[{PART}]+)*")


def parse_expression(text: str, names: Iterable[str] = ()) -> Feel:
    """Parse an expression where NAMES are in scope. Raises FeelSyntaxError."""
    parser = _Parser(text, names)
    tree = parser.expression()
    parser.finish()
    return tree


def parse_tests(text: str, names: Iterable[str] = ()) -> Tests:
    """Parse the unary tests of a cell where NAMES are in scope. Raises FeelSyntaxError."""
    parser = _Parser(text, names)
    tests = parser.cell()
    parser.finish()
    return tests


class _Parser(Reader):
    # expressions, loosest binding first

    def expression(self) -> Feel:
        self.depth += 1
        self.step()
        if self.depth > MAX_DEPTH:
            self.fail(T("nested more than {limit} deep", limit=MAX_DEPTH))
        ends, self.ends = self.ends, 0
        tree = self.either()
        self.ends = ends
        self.depth -= 1
        return tree

    def either(self) -> Feel:
        tree = self.both()
        chain = 0
        while self.accept_word("or"):
            chain = self.chained(chain)
            tree = Operation("or", tree, self.both(), self.at)
        return tree

    def chained(self, count: int) -> int:
        if count >= MAX_CHAIN:
            self.fail(T("the expression is too intricate"))
        return count + 1

    def both(self) -> Feel:
        tree = self.compared()
        chain = 0
        while self.accept_word("and"):
            chain = self.chained(chain)
            tree = Operation("and", tree, self.compared(), self.at)
        return tree

    def compared(self) -> Feel:
        tree = self.sum()
        while True:
            at = self.at
            op = self.accept("!=", "<=", ">=", "=", "<", ">")
            if op:
                tree = Operation(op, tree, self.sum(), at)
            elif self.accept_word("between"):
                low = self.sum()
                self.expect_word("and")
                tree = Within(tree, low, self.sum(), at)
            elif self.accept_word("in"):
                tree = Member(tree, self.membership(), at)
            elif self.accept_word("instance"):
                self.expect_word("of")
                tree = Instance(tree, self.type(), at)
            else:
                return tree

    def membership(self) -> Tests:
        at = self.at
        if self.sees("("):
            try:
                self.accept("(")
                tests = self.tests()
                self.expect(")")
                return Tests(tests, at=at)
            except FeelSyntaxError:
                self.at = at
                self.step()
        return Tests((self.test(self.sum),), at=at)

    def sum(self) -> Feel:
        tree = self.product()
        chain = 0
        while op := self.accept("+", "-"):
            chain = self.chained(chain)
            tree = Operation(op, tree, self.product(), self.at)
        return tree

    def product(self) -> Feel:
        tree = self.power()
        chain = 0
        while not self.sees("**") and (op := self.accept("*", "/")):
            chain = self.chained(chain)
            tree = Operation(op, tree, self.power(), self.at)
        return tree

    def power(self) -> Feel:
        tree = self.signed()
        chain = 0
        while self.accept("**"):
            chain = self.chained(chain)
            tree = Operation("**", tree, self.signed(), self.at)
        return tree

    def signed(self) -> Feel:
        at = self.at
        if not self.accept("-"):
            return self.postfix()
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail(T("nested more than {limit} deep", limit=MAX_DEPTH))
        tree = Negative(self.signed(), at)
        self.depth -= 1
        return tree

    def postfix(self) -> Feel:
        tree = self.primary()
        chain = 0
        while True:
            at = self.at
            chain = self.chained(chain)
            if self.sees(".") and not self.sees(".."):
                self.accept(".")
                tree = Path(tree, self.name(), at)
            elif not self.ends and self.accept("["):
                test = self.expression()
                self.expect("]")
                tree = Filter(tree, test, at)
            elif self.accept("("):
                tree = self.invocation(tree, at)
            else:
                return tree

    def invocation(self, function: Feel, at: int) -> Feel:
        found: list[Feel] = []
        names: list[str] = []
        while not self.accept(")"):
            if found:
                self.expect(",")
            match = ARGUMENT.match(self.text, self.at)
            if match:
                names.append(" ".join(match.group(1).split()))
                self.at = match.end()
                self.skip()
            found.append(self.expression())
        if names and len(names) != len(found):
            self.fail(T("name all arguments or none"))
        return Invoke(function, tuple(found), tuple(names), at)

    def primary(self) -> Feel:  # noqa: PLR0911 -- one for each sign that a value can begin with
        self.step()
        at = self.at
        number = NUMBER.match(self.text, at)
        if number:
            self.at = number.end()
            self.skip()
            return Constant(self.number(number.group()), at)
        if self.sees('"'):
            return Constant(self.string(), at)
        if self.accept("@"):
            return Temporal(self.string(), at)
        if self.accept("?"):
            return Variable("?", at)
        if self.sees("(") or self.sees("[") or self.sees("]"):
            return self.bracketed()
        if self.sees("{"):
            return self.context()
        return self.worded(at)

    def worded(self, at: int) -> Feel:  # noqa: PLR0911 -- one for each word that begins something
        word = self.word()
        if self.longer(word):
            return Variable(self.name(), at)
        if word in {"true", "false", "null"}:
            self.accept_word(word)
            return Constant({"true": True, "false": False, "null": None}[word], at)
        match word:
            case "if":
                return self.choice(at)
            case "for" | "some" | "every":
                return self.loop(at)
            case "function":
                return self.definition(at)
            case "not":
                self.accept_word("not")
                return Variable("not", at)
        if word in KEYWORDS:
            self.unexpected()
        return Variable(self.name(), at)

    def longer(self, word: str) -> bool:
        """Whether a declared name begins with this keyword here."""
        match = self.spaced.match(self.text, self.at)
        return bool(match) and len(match.group()) > len(word) if match else False

    def choice(self, at: int) -> Feel:
        self.accept_word("if")
        test = self.expression()
        self.expect_word("then")
        then = self.expression()
        self.expect_word("else")
        return Choice(test, then, self.expression(), at)

    def loop(self, at: int) -> Feel:
        kind = self.accept_word("for", "some", "every")
        iterators: list[tuple[str, Feel]] = []
        while True:
            name = self.declared()
            self.expect_word("in")
            over = self.expression()
            if self.accept(".."):
                over = Interval(over, self.expression(), low_closed=True, high_closed=True, at=at)
            iterators.append((name, over))
            if not self.accept(","):
                break
        self.expect_word("return" if kind == "for" else "satisfies")
        return Loop(kind, tuple(iterators), self.expression(), at)

    def declared(self) -> str:
        """Take a new name up to `in`, and bring it into scope."""
        match = DECLARED.match(self.text, self.at)
        if match is None:
            self.unexpected()
        self.at = match.end()
        self.skip()
        name = " ".join(match.group().split())
        self.scoped(name)
        return name

    def scoped(self, name: str) -> None:
        if name not in self.names:
            self.names.add(name)
            self.spaced = spaced(self.names)

    def definition(self, at: int) -> Feel:
        self.accept_word("function")
        self.expect("(")
        parameters: list[str] = []
        types: list[str] = []
        while not self.accept(")"):
            if parameters:
                self.expect(",")
            match = PARAMETER.match(self.text, self.at)
            if match is None:
                self.unexpected()
            self.at = match.end()
            self.skip()
            parameters.append(" ".join(match.group().split()))
            self.scoped(parameters[-1])
            types.append(self.type() if self.accept(":") else "")
        if self.word() == "external":
            self.fail(T("external functions are not supported"))
        return Lambda(tuple(parameters), tuple(types), self.expression(), at)

    # brackets

    def bracketed(self) -> Feel:
        at = self.at
        opener = self.accept("(", "[", "]")
        if opener == "(" and (op := self.accept("<=", ">=", "<", ">")):
            return self.half(op, at)
        if opener == "[" and self.accept("]"):
            return Listed((), at)
        first = self.expression() if opener != "]" else self.sum()
        if self.accept(".."):
            return self.interval(opener, first, at)
        if opener == "(":
            self.expect(")")
            return first
        if opener == "]":
            self.unexpected()
        items = [first]
        while self.accept(","):
            items.append(self.expression())
        self.expect("]")
        return Listed(tuple(items), at)

    def half(self, op: str, at: int) -> Feel:
        end = self.sum()
        self.expect(")")
        if op.startswith("<"):
            return Interval(None, end, low_closed=False, high_closed=op == "<=", at=at)
        return Interval(end, None, low_closed=op == ">=", high_closed=False, at=at)

    def interval(self, opener: str, low: Feel, at: int) -> Feel:
        self.ends += 1
        high = self.sum()
        self.ends -= 1
        closer = self.accept(")", "]", "[")
        if not closer:
            self.unexpected()
        return Interval(low, high, opener == "[", closer == "]", at)

    def context(self) -> Feel:
        at = self.at
        self.accept("{")
        entries: list[tuple[str, Feel]] = []
        while not self.accept("}"):
            if entries:
                self.expect(",")
            key = self.key()
            entries.append((key, self.expression()))
        return Entries(tuple(entries), at)

    def key(self) -> str:
        if self.sees('"'):
            key = self.string()
            self.expect(":")
        else:
            match = KEY.match(self.text, self.at)
            if match is None:
                self.unexpected()
            self.at = match.end()
            self.skip()
            key = " ".join(match.group(1).split())
        self.scoped(key)
        return key

    # unary tests

    def cell(self) -> Tests:
        at = self.at
        if self.text[at:].strip() in {"-", ""}:
            self.at = len(self.text)
            return Tests((), at=at)
        if self.word() == "not":
            self.accept_word("not")
            if self.accept("("):
                tests = self.tests()
                self.expect(")")
                if self.at >= len(self.text):
                    return Tests(tests, negated=True, at=at)
            self.at = at
        return Tests(self.tests(), at=at)

    def tests(self) -> tuple[Comparison | Feel, ...]:
        found = [self.test(self.expression)]
        while self.accept(","):
            found.append(self.test(self.expression))
        return tuple(found)

    def test(self, otherwise: Callable[[], Feel]) -> Comparison | Feel:
        at = self.at
        op = self.accept("<=", ">=", "!=", "=", "<", ">")
        return Comparison(op, self.sum(), at) if op else otherwise()
