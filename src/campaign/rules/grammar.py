"""Tokens to trees: the grammar of docs/reference/expressions.md, by recursive descent.

A snippet yields a tree or exactly one Problem at the first token that does not fit.
"""

from typing import NoReturn

from campaign.problems import NOTHING, Problems, T, Text
from campaign.rules.guess import closest
from campaign.rules.kinds import plain_text
from campaign.rules.tokens import Snippet, Token, tokens
from campaign.rules.tree import (
    Absent,
    Anything,
    Between,
    Binary,
    Call,
    Compare,
    Defined,
    Either,
    Expr,
    If,
    In,
    Items,
    Lit,
    Minus,
    Name,
    Neither,
    Not,
    Range,
    Test,
    Tree,
    measure,
)

MAX_DEPTH = 40
MAX_OPERATORS = 200
SHORTEST_GUESS = 3
COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
DURATION = {"day": "days", "days": "days", "month": "months", "months": "months"}
RESERVED = frozenset(
    {"and", "or", "not", "if", "then", "else", "in", "between", "is", "defined", "true", "false", "per"},
)
ROUNDINGS = frozenset({"half up", "half even", "half down", "up", "down"})


def expression(snippet: Snippet) -> Expr:
    """Parse an expression. Raises Problems with the first thing that is not the grammar's."""
    parser = _Parser(snippet)
    tree = parser.either_or()
    parser.finish(tree)
    return tree


def cell(snippet: Snippet, *, words: bool = False) -> Test:
    """Parse a cell of unary tests; with WORDS a bare word is a text, as in columns of texts.

    Raises Problems with the first thing that is not the grammar's.
    """
    parser = _Parser(snippet, words=words)
    tree = parser.cell()
    parser.finish(tree)
    return tree


class _Parser:
    def __init__(self, snippet: Snippet, *, words: bool = False) -> None:
        self.snippet = snippet
        self.tokens = tokens(snippet)
        self.index = 0
        self.depth = 0
        self.operators = 0
        self.words = words

    @property
    def here(self) -> Token:
        return self.tokens[self.index]

    def take(self) -> Token:
        token = self.tokens[self.index]
        self.index += token.kind != "end"
        return token

    def fail(self, code: str, message: Text, fix: Text = NOTHING, at: int | None = None) -> NoReturn:
        offset = self.here.at if at is None else at
        raise Problems([self.snippet.problem(code, message, fix, offset)])

    def sees(self, *texts: str) -> bool:
        return self.here.kind in {"sign", "word"} and self.here.text in texts

    def accept(self, *texts: str) -> Token | None:
        return self.take() if self.sees(*texts) else None

    def expect(self, text: str) -> Token:
        if not self.sees(text):
            self.unexpected(T("write {sign} here", sign=text))
        return self.take()

    def unexpected(self, fix: Text = NOTHING) -> NoReturn:
        if self.here.kind == "end":
            self.fail("expression-ends", T("the expression ends too early"), fix)
        if self.here.text == ":" or not fix.template:
            fix = self.advice()
        self.fail("expression-syntax", T("{sign} does not fit here", sign=self.here.text), fix)

    def advice(self) -> Text:
        long = self.here.kind == "word" and len(self.here.text) >= SHORTEST_GUESS
        word = closest(self.here.text, RESERVED) if long and self.here.text not in RESERVED else ""
        return T("did you mean {choice}?", choice=word) if word else T("remove it, or write the operator before it")

    def finish(self, tree: Tree) -> None:
        if self.here.kind != "end":
            self.unexpected()
        if measure(tree)[1] > MAX_DEPTH:
            self.too_deep()

    def too_deep(self) -> NoReturn:
        message = T("nested more than {limit} deep", limit=MAX_DEPTH)
        self.fail("expression-too-deep", message, T("name a part of it as a calculation"), 0)

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.too_deep()

    def chained(self) -> None:
        """Count the operators of one text: a chain of them is a tree as deep as it is long."""
        self.operators += 1
        if self.operators > MAX_OPERATORS:
            self.too_deep()

    # expressions, loosest binding first

    def either_or(self) -> Expr:
        self.deeper()
        tree = self.both()
        while token := self.accept("or"):
            self.chained()
            tree = Binary("or", tree, self.both(), token.at)
        self.depth -= 1
        return tree

    def both(self) -> Expr:
        tree = self.negated()
        while token := self.accept("and"):
            self.chained()
            tree = Binary("and", tree, self.negated(), token.at)
        return tree

    def negated(self) -> Expr:
        if self.sees("not") and self.tokens[self.index + 1].text != "(":
            token = self.take()
            self.deeper()
            tree = Not(self.negated(), token.at)
            self.depth -= 1
            return tree
        return self.compared()

    def compared(self) -> Expr:
        left = self.sum()
        token = self.here
        if token.kind == "sign" and token.text in COMPARISONS:
            self.take()
            tree: Expr = Binary(token.text, left, self.sum(), token.at)
        elif self.accept("in"):
            tree = In(left, self.membership(), token.at)
        elif self.accept("between"):
            low = self.sum()
            self.expect("and")
            tree = Between(left, low, self.sum(), token.at)
        elif self.accept("is"):
            tree = self.definedness(left, token)
        else:
            return left
        if self.here.text in COMPARISONS and self.here.kind == "sign":
            self.fail("comparison-chained", T("comparisons do not chain"), T("join two comparisons with and"))
        return tree

    def definedness(self, left: Expr, token: Token) -> Expr:
        negative = self.accept("not")
        self.expect("defined")
        if not isinstance(left, Name):
            self.fail("defined-name", T("only a name can be asked whether it is defined"), at=token.at)
        tree = Defined(left.name, token.at)
        return Not(tree, token.at) if negative else tree

    def sum(self) -> Expr:
        tree = self.product()
        while token := self.accept("+", "-"):
            self.chained()
            tree = Binary(token.text, tree, self.product(), token.at)
        return tree

    def product(self) -> Expr:
        tree = self.signed()
        while token := self.accept("*", "/"):
            self.chained()
            tree = Binary(token.text, tree, self.signed(), token.at)
        return tree

    def signed(self) -> Expr:
        token = self.accept("-")
        if not token:
            return self.primary()
        self.deeper()
        tree = Minus(self.signed(), token.at)
        self.depth -= 1
        return tree

    def primary(self) -> Expr:
        token = self.here
        match token.kind:
            case "number" | "percent":
                return self.number()
            case "date" | "text":
                self.take()
                return Lit(token.value, token.kind, token.at)
            case "absent":
                self.take()
                return Lit(None, "none", token.at)
            case "word":
                return self.word()
            case _:
                return self.bracketed()

    def number(self) -> Expr:
        token = self.take()
        unit = DURATION.get(self.here.text) if token.kind == "number" and self.here.kind == "word" else None
        if unit:
            self.take()
        kind = unit or ("money" if token.text.endswith("元") else token.kind)
        return Lit(token.value, kind, token.at)

    def bracketed(self) -> Expr:
        token = self.here
        if self.accept("("):
            tree = self.either_or()
            self.expect(")")
            return tree
        if not self.accept("["):
            self.unexpected(T("write a value, a name or a bracket"))
        return Items(self.arguments("]"), token.at)

    def arguments(self, closer: str) -> tuple[Expr, ...]:
        found: list[Expr] = []
        if not self.accept(closer):
            found.append(self.either_or())
            while self.accept(","):
                found.append(self.either_or())
            self.expect(closer)
        return tuple(found)

    def word(self) -> Expr:
        token = self.here
        if token.text in {"true", "false"}:
            self.take()
            return Lit(token.text == "true", "boolean", token.at)
        if token.text == "if":
            return self.choice()
        if token.text == "not":
            self.take()
            self.expect("(")
            tree = Not(self.either_or(), token.at)
            self.expect(")")
            return tree
        if token.text in RESERVED:
            self.unexpected(T("write a value, a name or a bracket"))
        return self.named()

    def choice(self) -> Expr:
        token = self.take()
        test = self.either_or()
        self.expect("then")
        then = self.either_or()
        self.expect("else")
        return If(test, then, self.either_or(), token.at)

    def named(self) -> Expr:
        token = self.take()
        function = token.text
        if function == "round" and self.here.kind == "word":
            function = f"round {self.rounding()}"
        if self.accept("("):
            return Call(function, self.arguments(")"), token.at)
        if function != token.text:
            self.expect("(")
        return Name(token.text, token.at)

    def rounding(self) -> str:
        words = [self.take().text]
        if words == ["half"] and self.here.kind == "word":
            words.append(self.take().text)
        mode = " ".join(words)
        if mode not in ROUNDINGS:
            fix = T("write one of {modes}", modes=", ".join(sorted(ROUNDINGS)))
            self.fail("rounding-unknown", T("round {mode} is no way to round", mode=mode), fix)
        return mode

    # tests

    def cell(self) -> Test:
        token = self.here
        if self.sees("-") and self.tokens[self.index + 1].kind == "end":
            self.take()
            return Anything(token.at)
        if self.sees("not") and self.tokens[self.index + 1].text == "(":
            self.take()
            self.expect("(")
            tests = self.tests()
            self.expect(")")
            return Neither(tests, token.at)
        tests = self.tests()
        return tests[0] if len(tests) == 1 else Either(tests, token.at)

    def tests(self) -> tuple[Test, ...]:
        found = [self.test()]
        while self.accept(","):
            found.append(self.test())
        return tuple(found)

    def membership(self) -> Test:
        token = self.here
        if self.sees("(") and not self.opens_range():
            self.take()
            tests = self.tests()
            self.expect(")")
            return tests[0] if len(tests) == 1 else Either(tests, token.at)
        if self.sees("[") and not self.opens_range():
            items = self.bracketed()
            assert isinstance(items, Items)  # noqa: S101 -- an opening bracket makes a list
            return Either(tuple(Compare("=", item, item.at) for item in items.items), token.at)
        return self.test()

    def test(self) -> Test:
        token = self.here
        if token.kind == "absent" and self.tokens[self.index + 1].text in {",", ")", ""}:
            self.take()
            return Absent(token.at)
        if token.kind == "sign" and token.text in COMPARISONS:
            self.take()
            return Compare(token.text, self.sum(), token.at)
        if self.opens_range():
            return self.range()
        return Compare("=", self.bare(), token.at)

    def bare(self) -> Expr:
        token = self.here
        tree = self.sum()
        if self.words and isinstance(tree, Name):
            return Lit(plain_text(self.snippet.text[token.at : token.end]), "text", tree.at)
        return tree

    def opens_range(self) -> bool:
        """Look ahead for `..` inside the bracket that opens here."""
        if not self.sees("(", "[", "]"):
            return False
        depth = 0
        for token in self.tokens[self.index + 1 :]:
            if token.kind == "sign" and token.text in "([":
                depth += 1
            elif token.text == ".." and depth == 0:
                return True
            elif token.kind == "sign" and token.text in ")]":
                depth -= 1
            if depth < 0:
                return False
        return False

    def range(self) -> Test:
        opener = self.take()
        low = self.sum()
        self.expect("..")
        high = self.sum()
        if not self.sees(")", "]", "["):
            self.unexpected(T("close the range with ) or ]"))
        closer = self.take()
        return Range(low, high, opener.text == "[", closer.text == "]", opener.at)
