"""Trees to text: the shortest text that parses to the same tree."""

from decimal import Decimal
from typing import assert_never

from campaign.rules.exact import percentage, shown
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
)

LOOSE, OR, AND, NOT, COMPARISON, SUM, PRODUCT, SIGN, TIGHT = range(9)
STRENGTH = {"or": OR, "and": AND, "+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT}


def printed(tree: Expr) -> str:
    """Write an expression."""
    return _expression(tree, LOOSE)


def _expression(tree: Expr, outer: int) -> str:
    text, strength = _written(tree)
    return text if strength >= outer else f"({text})"


def _written(tree: Expr) -> tuple[str, int]:  # noqa: C901, PLR0911, PLR0912 -- one short case for each kind of node
    match tree:
        case Lit():
            return _literal(tree), TIGHT
        case Name(name):
            return name, TIGHT
        case Minus(operand):
            return f"-{_expression(operand, SIGN)}", SIGN
        case Not(Defined(name)):
            return f"{name} is not defined", COMPARISON
        case Not(operand):
            return f"not({_expression(operand, LOOSE)})", TIGHT
        case Binary(op, left, right):
            return _binary(op, left, right)
        case If(test, then, other):
            return _choice(test, then, other), LOOSE
        case In(value, test):
            return f"{_expression(value, SUM)} in {_member(test)}", COMPARISON
        case Between(value, low, high):
            ends = f"{_expression(low, SUM)} and {_expression(high, SUM)}"
            return f"{_expression(value, SUM)} between {ends}", COMPARISON
        case Items(items):
            return f"[{_several(items)}]", TIGHT
        case Call(function, arguments):
            return f"{function}({_several(arguments)})", TIGHT
        case Defined(name):
            return f"{name} is defined", COMPARISON
        case _:
            assert_never(tree)


def _binary(op: str, left: Expr, right: Expr) -> tuple[str, int]:
    strength = STRENGTH.get(op, COMPARISON)
    first = strength + (strength == COMPARISON)
    return f"{_expression(left, first)} {op} {_expression(right, strength + 1)}", strength


def _choice(test: Expr, then: Expr, other: Expr) -> str:
    return f"if {_expression(test, OR)} then {_expression(then, OR)} else {_expression(other, LOOSE)}"


def _several(items: tuple[Expr, ...]) -> str:
    return ", ".join(_expression(item, LOOSE) for item in items)


def _literal(tree: Lit) -> str:
    value = tree.value
    if value is None:
        return "n/a"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return _number(value, tree.kind)
    return f'"{value}"' if isinstance(value, str) else value.isoformat()


def _number(value: Decimal, kind: str) -> str:
    match kind:
        case "percent":
            return percentage(value)
        case "money":
            return shown(value) + "元"
        case "days" | "months":
            return f"{shown(value)} {kind}"
        case _:
            return shown(value)


def printed_test(tree: Test) -> str:
    """Write a cell."""
    match tree:
        case Anything():
            return "-"
        case Absent():
            return "n/a"
        case Compare(op, right):
            return _bare(right) if op == "=" else f"{op} {_expression(right, SUM)}"
        case Range(low, high, low_closed, high_closed):
            opener, closer = "[" if low_closed else "(", "]" if high_closed else ")"
            return f"{opener}{_expression(low, SUM)}..{_expression(high, SUM)}{closer}"
        case Either(tests):
            return ", ".join(map(printed_test, tests))
        case Neither(tests):
            return f"not({', '.join(map(printed_test, tests))})"
        case _:
            assert_never(tree)


def _bare(tree: Expr) -> str:
    """Write a value tested for; `not(…)` would read as a test and takes a bracket."""
    text = _expression(tree, SUM)
    return f"({text})" if text.startswith("not(") else text


def _member(test: Test) -> str:
    if isinstance(test, Range):
        return printed_test(test)
    return f"({printed_test(test)})"
