"""What expressions and cells are read as, every part with its offset, or what is said of those that are none.

Run `PYTHONPATH=tests python tests/rules/trees_table.py` to write the file anew, and read the difference.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import msgspec

from campaign.problems import Problems
from campaign.rules.grammar import cell, expression
from campaign.rules.tokens import Snippet
from campaign.rules.tree import Tree

FILE = Path(__file__).parent / "trees.txt"
EXPRESSIONS = (
    *(
        "a",
        " a ",
        "1",
        "1.50",
        "1_000",
        "80万",
        "80万元",
        "3 元",
        "115%",
        "115 %",
        "１１５％",
        "0.5亿元",
        "n/a",
        "不适用",
        "true",
    ),
    *(
        "false",
        '"x y"',
        "“甲，Ａ”",
        "2005-08-17",
        "7 days",
        "1 day",
        "2 months",
        "1 month",
        "7 dayss",
        "7% days",
        "到达日",
        "a.b",
    ),
    *(
        "a.b.c",
        "a .b",
        "a_1",
        "-1",
        "--a",
        "- a * b",
        "-a - -b",
        "a+b*c",
        "(a+b)*c",
        "a-b-c",
        "a/b/c",
        "a*b/c",
        "((a))",
    ),
    *(
        "a = b",
        "a == b",
        "a<>b",
        "a != b",
        "a≠b",
        "a < b",
        "a<=b",
        "a≤b",
        "a>b",
        "a >= b",
        "a≥b",
        "a = b = c",
        "a < b and c",
    ),
    *(
        "(a < b) = c",
        "a + 1 > b - 2",
        "not a",
        "not not a",
        "not(a)",
        "not (a) and b",
        "not (a and b)",
        "not a = b",
        "a and b or c",
    ),
    *(
        "a or b and c",
        "a and not b",
        "a or not (b)",
        "if a then b else c",
        "if a or b then c + 1 else if d then e else f",
    ),
    *(
        "(if a then b else c) + 1",
        "1 + if a then b else c",
        "if a then b",
        "if a b",
        "if then",
        "a in b",
        "a in (b)",
        "a in (b, c)",
    ),
    *(
        "a in [b, c]",
        "a in [b]",
        "a in []",
        "a in [b..c]",
        "a in (b..c)",
        "a in ]b..c[",
        "a in [b..c)",
        "a in (> b, <= c, = d, e)",
    ),
    *(
        "a in > b",
        "a in n/a",
        "a in (n/a, b)",
        "a in ((b))",
        "a in ((b..c), d)",
        "a in (f(x), [b..c])",
        "a in [[1], 2]",
        "a in (b",
    ),
    *(
        "a in [b..c",
        "a in [b..]",
        "a in [..c]",
        "a in [b..c..d]",
        "a in (b, )",
        "a + 1 in [b..c] and d",
        "a not in b",
        "a in",
    ),
    *("a between b and c", "a between b + 1 and c * 2 and d", "a between b or c", "a between b and", "a is defined"),
    *(
        "a is not defined",
        "a.b is defined",
        "1 is defined",
        "(a) is defined",
        "a + b is defined",
        "f(a) is defined",
        "a is b",
        "a is",
    ),
    *(
        "a is not b",
        "not a is defined",
        "f()",
        "f(a)",
        "f(a, b)",
        "f(a,)",
        "f(,a)",
        "f(a b)",
        "f(a",
        "f a",
        "f(g(a), [b, c])",
        "f (a)",
    ),
    *(
        "min(a, b) - max([a, b])",
        "round half up(a, 2)",
        "round up(a, 0)",
        "round half even (a, 1)",
        "round half down(a,1)",
    ),
    *(
        "round down(a, 1)",
        "round(a, 1)",
        "round",
        "round + 1",
        "round half(a)",
        "round odd(a)",
        "round half odd(a)",
        "round half up",
    ),
    *(
        "round half up a",
        "round up",
        "round 1",
        'date("2005-08-17")',
        "a + 7 days <= 2005-12-31",
        "[a, b]",
        "[]",
        "[a",
        "[a b]",
        "[a,]",
    ),
    *(
        "",
        " ",
        "a b",
        "a 1",
        "1 a",
        "a +",
        "+ a",
        "* a",
        "a )",
        "(a",
        "()",
        "a..b",
        "a, b",
        "a -> b",
        "a : b",
        "a：b",
        "a ; b",
        "a & b",
    ),
    *(
        "a @ b",
        "$a",
        "1__0",
        "1_",
        "01",
        "1.",
        ".5",
        "1e5",
        "1,000",
        "1，000",
        "1万亿",
        "1%%",
        "2005-13-01",
        "2005-02-30",
        "2005-8-1",
    ),
    *(
        "2005-08-17.5",
        "2005-08-171",
        '"a',
        '"a\nb"',
        "a\n+ b",
        "a\n\n  + ?",
        "“a",
        "‘a’",
        "a # b",
        "per",
        "then",
        "a then b",
        "a els b",
    ),
    *(
        "if a than b",
        "a adn b",
        "a or",
        "and",
        "in",
        "between 1",
        "is defined",
        "defined",
        "tru",
        "a（b）",
        "［a］",
        "a～b",
        "a×b÷c−d–e",
    ),
    *(
        "a、b",
        "[a、b]",
        "a→b",
        "{a}",
        "a!b",
        "!a",
        "a ! = b",
        "a = > b",
        "1 2",
        '"a" "b"',
        "a\tb",
        "a\u3000+\u3000b",
        "甲。乙",
        "f(a)(b)",
    ),
    *(
        "a[1]",
        "-",
        "--",
        "not",
        "not(",
        "not()",
        "if",
        "( )",
        "5 days days",
        "5 元%",
        "5%元",
        "5 % days",
        "-5 days",
        "if a then -b else +c",
    ),
)
CELLS = (
    *(
        "-",
        " - ",
        "－",
        "- -",
        "-5",
        "- 5",
        "n/a",
        "不适用",
        "n/a, 5",
        "5, n/a",
        "not(n/a)",
        "not(5, n/a)",
        "5",
        "= 5",
        "!= 5",
        "> 5",
    ),
    *(
        "≥ 115%",
        "<= a + 1",
        "> -5",
        "[1..2]",
        "[1..2)",
        "(1..2]",
        "(1..2)",
        "]1..2[",
        "[a..b + 1)",
        "[1..2], [3..4]",
        "> 5, < 3",
    ),
    *(
        "not(5)",
        "not (5, > 6)",
        "not([1..2])",
        "not(5",
        "not 5",
        "(not(a))",
        "(5)",
        "(5) + 1",
        "[1, 2]",
        "a",
        "甲",
        "a, b",
        "甲，乙",
    ),
    *(
        "甲、乙",
        '"a b", c',
        "a b",
        "Ａ１",
        "甲(乙)",
        "a.b",
        "a + b",
        "true",
        "false, true",
        "= a",
        "!= a",
        "not(a, b)",
        "2005-08-17",
    ),
    *(
        "> 2005-08-17",
        "[2005-08-17..2005-12-31]",
        "5 days",
        "< 30 days",
        "",
        "5,",
        ", 5",
        ">",
        "> > 5",
        "= = 5",
        "[1..2",
        "1..2",
    ),
    *(
        "[1..]",
        "[..2]",
        "[1 2]",
        "(1..2",
        "not()",
        "not(,)",
        "> 5 > 6",
        "5 and 6",
        "a or b",
        "if a then b else c",
        "f(a)",
        "> f(a, [1, 2])",
    ),
    *(
        "(a..b",
        "((1..2))",
        "((a)..b]",
        "[f([1])..2]",
        "[(1..2)..3]",
        "n/a n/a",
        "n/a)",
        "[n/a..2]",
        "- , 5",
        "-, 5",
        "5 -",
        "none",
        "否",
    ),
)


def told(node: object) -> str:
    """Write a tree on one line, `Name(parts)@offset`."""
    if isinstance(node, msgspec.Struct):
        *names, at = node.__struct_fields__
        return f"{type(node).__name__}({', '.join(told(getattr(node, name)) for name in names)})@{getattr(node, at)}"
    if isinstance(node, tuple):
        return f"[{', '.join(map(told, node))}]"
    return str(node) if isinstance(node, Decimal | date) else repr(node)


def read(text: str, how: str) -> str:
    """Say what TEXT is read as: an expression, a cell, or a cell of words."""
    snippet = Snippet(text, "f", 3, 5)
    try:
        tree: Tree = expression(snippet) if how == "expression" else cell(snippet, words=how == "words")
    except Problems as error:
        return " ".join(map(str, error.problems))
    return told(tree)


def lines() -> Iterator[str]:
    """Yield what each text is read as, a text to a line."""
    for how, texts in (("expression", EXPRESSIONS), ("cell", CELLS), ("words", CELLS)):
        for text in texts:
            yield f"{how} {text!r} : {read(text, how)}"


def write() -> None:
    """Write the file anew."""
    FILE.write_text("\n".join(lines()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
