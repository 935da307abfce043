"""Which of mutmut's mutants are of logic: not those of messages, codes, casts, and lines that cannot be reached.

A mutant of a message changes what a person reads, not what is decided: of `T("template", name=value)` the template and
the list of names are left alone, while the expressions that make the values are mutated like any other.  `strict=True`
of a zip is an assertion: both sides are as long as each other by construction, and no test can make them differ.
"""

import re
from collections.abc import Iterator

import libcst as cst
from mutmut.mutation.file_mutation import Mutation

CODE = re.compile(r"['\"][a-z]+(-[a-z0-9]+)+['\"]")
"""Problem codes are kebab-case, and nothing else is (tests/test_problems.py)."""

NAMES = frozenset({"message", "fix", "remedy"})


def logic(module: cst.Module, mutations: list[Mutation]) -> list[Mutation]:
    """Return the mutants of logic that stand in a function or method, in the order of the file."""
    spared = {id(node) for call in _calls(module, "T") for node in [call, *_strings(call)]}
    spared |= {id(node) for call in _calls(module, "cast") for node in [call, *_walk(call.args[0])]}
    spared |= {id(node) for call in _calls(module, "assert_never") for node in _walk(call)}
    spared |= {id(argument.value) for call in _calls(module, "zip") for argument in call.args if _asserts(argument)}
    return [
        mutation
        for mutation in mutations
        if isinstance(mutation.contained_by_top_level_function, cst.FunctionDef)
        and id(mutation.original_node) not in spared
        and not _spares(mutation.original_node, mutation.mutated_node)
    ]


def _spares(before: cst.CSTNode, after: cst.CSTNode) -> bool:
    """Whether all that the mutation touches is a text, a code, or a branch that cannot be reached."""
    if isinstance(before, cst.SimpleString):
        return bool(CODE.fullmatch(before.value))
    if isinstance(before, cst.Assign):
        return _tells(before.value)
    if isinstance(before, cst.Call) and isinstance(after, cst.Call):
        kept = {id(argument) for argument in after.args}
        touched = [argument for argument in before.args if id(argument) not in kept]
        return bool(touched) and all(_tells(argument.value) or _asserts(argument) for argument in touched)
    if isinstance(before, cst.Match) and isinstance(after, cst.Match):
        left = {id(case) for case in after.cases}
        return any(any(_calls(case, "assert_never")) for case in before.cases if id(case) not in left)
    return False


def _asserts(argument: cst.Arg) -> bool:
    """Whether ARGUMENT is `strict=True`."""
    named = argument.keyword is not None and argument.keyword.value == "strict"
    return named and isinstance(argument.value, cst.Name) and argument.value.value == "True"


def _tells(value: cst.BaseExpression) -> bool:
    """Whether VALUE is a code, a message, or one of the names under which messages are handed on."""
    if isinstance(value, cst.SimpleString):
        return bool(CODE.fullmatch(value.value))
    if isinstance(value, cst.IfExp):
        return _tells(value.body) and _tells(value.orelse)
    if isinstance(value, cst.Name):
        return value.value in NAMES
    return isinstance(value, cst.Call) and isinstance(value.func, cst.Name) and value.func.value == "T"


def _calls(node: cst.CSTNode, name: str) -> Iterator[cst.Call]:
    for child in _walk(node):
        if isinstance(child, cst.Call) and isinstance(child.func, cst.Name) and child.func.value == name:
            yield child


def _strings(call: cst.Call) -> Iterator[cst.CSTNode]:
    return (node for node in _walk(call) if isinstance(node, cst.SimpleString))


def _walk(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    yield node
    for child in node.children:
        yield from _walk(child)
