"""The kinds of expressions: every name known, every operator fitting, dates and functions resolved.

check() returns a tree in which `date + 7 days` has become a call of `add days` and functions of the scheme's own have
been put in place, together with its kind.  Mistakes go to the sheet and give the kind `unknown`, which silences what
follows.
"""

from datetime import date
from decimal import Decimal
from typing import cast

import msgspec

from campaign.problems import NOTHING, T, Text
from campaign.rules.exact import CONTEXT, MAX_DIGITS, suspicious
from campaign.rules.grammar import COMPARISONS, MAX_DEPTH
from campaign.rules.guess import near
from campaign.rules.kinds import (
    BOOLEAN,
    DECIMAL,
    INTEGER,
    ORDERED,
    UNKNOWN,
    Kind,
    defined,
    written,
)
from campaign.rules.signatures import (
    FOLDS,
    FUNCTIONS,
    ROUNDED,
    SIZES,
    Function,
    Scope,
    folded,
    is_digits,
    result_kind,
)
from campaign.rules.tokens import Snippet
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
    parts,
    rebuilt,
)
from campaign.rules.units import difference, product, quotient, suits, union
from campaign.rules.written import Sheet

MAX_SIZE = 500


class Checker:
    """Checks the expressions of one snippet."""

    def __init__(self, sheet: Sheet, scope: Scope, snippet: Snippet) -> None:
        """Complain to SHEET at places of SNIPPET."""
        self.sheet = sheet
        self.scope = scope
        self.snippet = snippet
        self.sure: frozenset[str] = frozenset()

    def fail(self, code: str, message: Text, fix: Text, at: int) -> Kind:
        """Note a problem at offset AT and return the unknown kind."""
        self.sheet.problems.append(self.snippet.problem(code, message, fix, at))
        return UNKNOWN

    def check(self, tree: Expr) -> tuple[Expr, Kind]:  # noqa: C901, PLR0911 -- one short case for each kind of node
        """Resolve TREE and return it with its kind."""
        match tree:
            case Lit():
                return tree, _literal_kind(tree)
            case Name():
                return tree, self._name(tree)
            case Minus(operand):
                return self._minus(tree, operand)
            case Not(operand):
                return Not(self.condition(operand), tree.at), BOOLEAN
            case Binary():
                return self._binary(tree)
            case If():
                return self._if(tree)
            case In(value, test):
                inner, kind = self.check(value)
                return In(inner, self.test(test, self.present(kind, value)), tree.at), BOOLEAN
            case Between(value, low, high):
                return self._between(tree, value, low, high)
            case Items():
                return self._items(tree)
            case Call():
                return self._call(tree)
            case Defined(name):
                self._name(Name(name, tree.at))
                return tree, BOOLEAN

    def condition(self, tree: Expr) -> Expr:
        """Resolve TREE, which must be true or false."""
        checked, kind = self.check(tree)
        self.expect(kind, BOOLEAN, tree)
        return checked

    def expect(self, found: Kind, wanted: Kind, tree: Expr) -> None:
        """Complain unless a value of kind FOUND may stand where WANTED is declared."""
        if not suits(found, wanted):
            message = T("this is {found}, and {wanted} is needed", found=found, wanted=wanted)
            self.fail("kind-mismatch", message, NOTHING, tree.at)

    def present(self, kind: Kind, tree: Expr) -> Kind:
        """Complain if the value may be not applicable; return its kind without that."""
        if kind.optional:
            name = tree.name if isinstance(tree, Name) else "it"
            message = T("{name} may be not applicable here", name=name)
            self.fail("maybe-absent", message, T("ask `{name} is defined` first", name=name), tree.at)
        return defined(kind)

    def test(self, test: Test, subject: Kind) -> Test:
        """Resolve a cell's test of a value of kind SUBJECT."""
        match test:
            case Anything():
                return test
            case Absent():
                if not subject.optional and subject != UNKNOWN:
                    message = T("the value is always applicable")
                    self.fail("absent-never", message, T("declare it optional: {kind}?", kind=subject.name), test.at)
                return test
            case Compare(op, right):
                return Compare(op, self._operand(op, right, defined(subject)), test.at)
            case Range(low, high):
                first = self._operand("<", low, defined(subject))
                last = self._operand("<", high, defined(subject))
                return msgspec.structs.replace(test, low=first, high=last)
            case Either(tests):
                return Either(tuple(self.test(part, subject) for part in tests), test.at)
            case Neither(tests):
                return Neither(tuple(self.test(part, subject) for part in tests), test.at)

    def _operand(self, op: str, tree: Expr, subject: Kind) -> Expr:
        checked, kind = self.check(tree)
        self._comparable(op, subject, self.present(kind, tree), checked)
        return checked

    def _name(self, tree: Name) -> Kind:
        kind = self.scope.kinds.get(tree.name)
        if kind is None and self.scope.kinds.get(tree.name.rpartition(".")[0]) == UNKNOWN:
            return UNKNOWN  # a column of a table that is wrong already
        if kind is None:
            message = T("{name} is not declared", name=tree.name)
            return self.fail("name-unknown", message, near(tree.name, self.scope.kinds), tree.at)
        return defined(kind) if tree.name in self.sure else kind

    def _minus(self, tree: Minus, operand: Expr) -> tuple[Expr, Kind]:
        inner, kind = self.check(operand)
        kind = self.present(kind, operand)
        if kind.name not in DECIMAL and kind != UNKNOWN:
            kind = self.fail("operator-kinds", T("- needs a number, and this is {kind}", kind=kind), NOTHING, tree.at)
        if isinstance(inner, Lit) and isinstance(inner.value, Decimal):
            return Lit(inner.value.copy_negate(), inner.kind, tree.at), kind
        return Minus(inner, tree.at), kind

    def _binary(self, tree: Binary) -> tuple[Expr, Kind]:
        if tree.op in {"and", "or"}:
            return self._logical(tree), BOOLEAN
        left, first = self.check(tree.left)
        right, second = self.check(tree.right)
        first, second = self.present(first, tree.left), self.present(second, tree.right)
        if UNKNOWN in (first, second):
            return tree, BOOLEAN if tree.op in COMPARISONS else UNKNOWN
        if tree.op in COMPARISONS:
            self._comparable(tree.op, first, second, right)
            return Binary(tree.op, left, right, tree.at), BOOLEAN
        return self._arithmetic(tree, (left, first), (right, second))

    def _logical(self, tree: Binary) -> Expr:
        left = self.condition(tree.left)
        before = self.sure
        self.sure |= _promised(tree.left, when=tree.op == "and")
        right = self.condition(tree.right)
        self.sure = before
        return Binary(tree.op, left, right, tree.at)

    def _arithmetic(self, tree: Binary, left: tuple[Expr, Kind], right: tuple[Expr, Kind]) -> tuple[Expr, Kind]:
        if "date" in (left[1].name, right[1].name):
            return self._dates(tree, left, right)
        literal = isinstance(tree.left, Lit) or isinstance(tree.right, Lit)
        match tree.op:
            case "*":
                kind = product(left[1], right[1])
            case "/":
                kind = quotient(left[1], right[1])
            case _:
                kind = difference(left[1], right[1], literal=literal)
        if kind is None:
            kind = self._unfit(tree.op, left[1], right[1], tree.at)
        return Binary(tree.op, left[0], right[0], tree.at), kind

    def _unfit(self, op: str, left: Kind, right: Kind, at: int) -> Kind:
        message = T("{op} does not fit {left} and {right}", op=op, left=left, right=right)
        fix = T("write amounts with 元 and percentages with %") if left.numeric and right.numeric else NOTHING
        return self.fail("operator-kinds", message, fix, at)

    def _dates(self, tree: Binary, left: tuple[Expr, Kind], right: tuple[Expr, Kind]) -> tuple[Expr, Kind]:
        kinds = (left[1].name, tree.op, right[1].name)
        match kinds:
            case ("date", "-", "date"):
                return Call("days between", (right[0], left[0]), tree.at), Kind("days")
            case ("date", "+" | "-", "days" | "months"):
                count = Minus(right[0], tree.at) if tree.op == "-" else right[0]
                return Call(f"add {kinds[2]}", (left[0], count), tree.at), Kind("date")
            case _:
                return tree, self._unfit(tree.op, left[1], right[1], tree.at)

    def _comparable(self, op: str, left: Kind, right: Kind, tree: Expr) -> None:
        if UNKNOWN in (left, right):
            return
        equal = op in {"=", "!="}
        if union(left, right) is None or (not equal and left.name not in ORDERED):
            message = T("{left} cannot be compared with {right} by {op}", left=left, right=right, op=op)
            self.fail("comparison-kinds", message, self._comparison_fix(left, tree), tree.at)
        elif left.name == "text" and len(left.values) > 1 and isinstance(tree, Lit) and tree.value not in left.values:
            message = T("{word} is none of {values}", word=tree.value, values=", ".join(left.values))
            self.fail("word-unknown", message, near(str(tree.value), left.values), tree.at)
        elif left.name == "percent" and isinstance(tree, Lit) and tree.kind == "number":
            self._percent(tree)

    def _comparison_fix(self, left: Kind, tree: Expr) -> Text:
        if left.name == "text" and isinstance(tree, Name):
            return T('write "{word}" in quotation marks', word=tree.name)
        return NOTHING

    def _percent(self, tree: Lit) -> None:
        if isinstance(tree.value, Decimal) and suspicious(tree.value):
            message = T("{value} stands against a percentage", value=tree.value)
            self.fail("percent-sign", message, T("write {value}%", value=tree.value), tree.at)

    def _if(self, tree: If) -> tuple[Expr, Kind]:
        test = self.condition(tree.test)
        before = self.sure
        self.sure = before | _promised(tree.test, when=True)
        then, first = self.check(tree.then)
        self.sure = before | _promised(tree.test, when=False)
        other, second = self.check(tree.other)
        self.sure = before
        kind = union(first, second)
        if kind is None:
            message = T("the branches give {then} and {other}", then=first, other=second)
            kind = self.fail("branches-differ", message, T("let both give the same type"), tree.at)
        return If(test, then, other, tree.at), kind

    def _between(self, tree: Between, value: Expr, low: Expr, high: Expr) -> tuple[Expr, Kind]:
        inner, kind = self.check(value)
        kind = self.present(kind, value)
        ends = self._operand("<", low, kind), self._operand("<", high, kind)
        return Between(inner, *ends, tree.at), BOOLEAN

    def _items(self, tree: Items) -> tuple[Expr, Kind]:
        return self._joined(tree, [self.check(item) for item in tree.items])

    def _joined(self, tree: Items, pairs: list[tuple[Expr, Kind]]) -> tuple[Expr, Kind]:
        """Return the list of items that were checked, all of one kind."""
        kind = UNKNOWN
        for index, (item, (_, found)) in enumerate(zip(tree.items, pairs, strict=True)):
            present = self.present(found, item)
            joined = present if index == 0 else union(kind, present)
            if joined is None:
                joined = self._unfit(",", kind, present, item.at)
            kind = joined
        return Items(tuple(item for item, _ in pairs), tree.at), Kind("list", item=kind.name)

    def _call(self, tree: Call) -> tuple[Expr, Kind]:
        name = tree.function
        if name in self.scope.functions:
            return self._own(tree, self.scope.functions[name])
        if name not in FUNCTIONS:
            choices = (*self.scope.functions, *sorted(FUNCTIONS))
            return tree, self.fail(
                "function-unknown", T("there is no function {name}", name=name), near(name, choices), tree.at
            )
        if name in FOLDS:
            return self._fold(tree)
        if name == "date":
            return self._date(tree)
        return self._plain(tree)

    def _own(self, tree: Call, function: Function) -> tuple[Expr, Kind]:
        self.scope.called.add(tree.function)
        if len(tree.arguments) != len(function.parameters):
            return tree, self._arity(tree, len(function.parameters))
        given: dict[str, Expr] = {}
        for argument, (name, kind) in zip(tree.arguments, function.parameters.items(), strict=True):
            given[name], found = self.check(argument)
            self.expect(found, kind, argument)
        put = _inlined(function.tree, given, tree.at)
        if any(found > limit for found, limit in zip(measure(put), (MAX_SIZE, MAX_DEPTH), strict=True)):
            message = T("written out, {name} is too long", name=tree.function)
            return tree, self.fail("function-too-large", message, T("name a part of it as a calculation"), tree.at)
        return put, function.kind

    def _arity(self, tree: Call, wanted: int) -> Kind:
        message = T(
            "{name} takes {wanted} values, not {found}", name=tree.function, wanted=wanted, found=len(tree.arguments)
        )
        return self.fail("function-arguments", message, NOTHING, tree.at)

    def _fold(self, tree: Call) -> tuple[Expr, Kind]:
        if not tree.arguments:
            return tree, self._arity(tree, 1)
        pairs = [self.check(argument) for argument in tree.arguments]
        inner, kind = pairs[0]
        if len(pairs) > 1 or kind.name != "list":
            inner, kind = self._joined(Items(tree.arguments, tree.at), pairs)
        item = Kind(kind.item)
        result = folded(tree.function, item)
        if result is None:
            message = T("{name} does not fit {kind}", name=tree.function, kind=item)
            result = self.fail("function-kinds", message, NOTHING, tree.at)
        return Call(tree.function, inner.items if isinstance(inner, Items) else (inner,), tree.at), result

    def _date(self, tree: Call) -> tuple[Expr, Kind]:
        argument = tree.arguments[0] if len(tree.arguments) == 1 else None
        if isinstance(argument, Lit) and isinstance(argument.value, str):
            value = written(argument.value, Kind("date"))
            if isinstance(value, date):
                return Lit(value, "date", tree.at), Kind("date")
        return tree, self.fail("date-malformed", T("date() takes one date in quotation marks"), NOTHING, tree.at)

    def _plain(self, tree: Call) -> tuple[Expr, Kind]:
        name = tree.function
        pairs = [self.check(argument) for argument in tree.arguments]
        kinds = [self.present(kind, tree.arguments[index]) for index, (_, kind) in enumerate(pairs)]
        checked = Call(name, tuple(pair[0] for pair in pairs), tree.at)
        least, most = SIZES[name]
        if not least <= len(kinds) <= most:
            return tree, self._arity(tree, most)
        if name in ROUNDED and len(kinds) > 1 and not is_digits(checked.arguments[1]):
            message = T("the number of digits must be a plain number from 0 to {limit}", limit=MAX_DIGITS)
            return tree, self.fail("digits", message, NOTHING, tree.arguments[1].at)
        result = UNKNOWN if UNKNOWN in kinds else result_kind(name, kinds)
        if result is None:
            listed = ", ".join(map(str, kinds))
            message = T("{name} does not fit {kind}", name=name, kind=listed)
            result = self.fail("function-kinds", message, NOTHING, tree.at)
        return checked, result


def _literal_kind(tree: Lit) -> Kind:
    if tree.kind == "none":
        return Kind("none", optional=True)
    if isinstance(tree.value, str):
        return Kind("text", values=(tree.value,))
    if (
        tree.kind == "number"
        and isinstance(tree.value, Decimal)
        and tree.value == tree.value.to_integral_value(context=CONTEXT)
    ):
        return INTEGER
    return Kind(tree.kind)


def _promised(tree: Expr, *, when: bool) -> frozenset[str]:
    """Return the names known to be applicable when TREE is true (or false)."""
    match tree:
        case Defined(name):
            return frozenset({name}) if when else frozenset()
        case Not(operand):
            return _promised(operand, when=not when)
        case Binary("and", left, right) if when:
            return _promised(left, when=True) | _promised(right, when=True)
        case Binary("or", left, right) if not when:
            return _promised(left, when=False) | _promised(right, when=False)
        case _:
            return frozenset()


def _inlined(tree: Tree, given: dict[str, Expr], at: int) -> Expr:
    def put(node: Tree) -> Tree:
        if isinstance(node, Name) and node.name in given:
            return given[node.name]
        return msgspec.structs.replace(rebuilt(node, [put(part) for part in parts(node)]), at=at)

    return cast("Expr", put(tree))
