"""Every problem that the program can give, read out of its sources: its code, its messages, their remedies.

A problem is said wherever a code stands before a text, as arguments of a call or in a tuple: `Problem("file-missing",
T("there is no file {path}"), T("correct the path"))`.  Codes and texts with a name of their own are looked up, and so
are the functions that say a problem with a code they are given.
"""  # noqa: INP001 -- a script

import ast
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeAlias

ROOT = Path(__file__).parents[2]
SOURCES = ("src/campaign", "cli/campaign_cli")
SILENT = frozenset({"demo", "messages"})
"""Rooms that say no problems."""
CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)+")
FAMILIES = {"unknown-": "UNKNOWN", "integrity-": "SAID"}
"""Codes made of a beginning and a key of the table, in the same file, that holds the messages."""
# fmt: off
NOT_CODES = frozenset({
    "campaign-verify", "campaign-writer", "city-1", "firm-1", "follow-up", "issue-statement", "no-target",
    "not-accepted", "plan-entity", "read-model", "receive-statement", "rotate-key", "sign-off", "target-unusable",
    "task-force", "under-way", "utf-16", "utf-8", "utf-8-sig", "verify-ca", "verify-full", "waive-with-reason",
    "what-if", "x-wr-calname", "x-wr-timezone",
})
# fmt: on
"""Texts in the sources that only look like codes."""
OTHERS = "…"
"""Stands for a message that is made elsewhere and only passed on."""
DEEP = 6

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
Found: TypeAlias = "defaultdict[str, list[tuple[Scope, ast.expr]]]"
Saying: TypeAlias = tuple[str, str]
"""A message and a remedy, as templates; "" for none."""


class Scope(NamedTuple):
    """A function, or a file outside of all of them: its nodes, its parameters' types, and what its names stand for."""

    path: Path
    nodes: list[ast.AST]
    parameters: dict[str, str]
    names: "dict[str, list[Bound]]"
    whole: bool = False


class Bound(NamedTuple):
    """What is assigned to a name, by a statement on which line, that begins in which column."""

    value: ast.expr
    line: int
    column: int


class Carrier(NamedTuple):
    """A function that says a problem for others: its codes, or the parameter with the rest of PREFIX; what it says."""

    scope: Scope
    codes: frozenset[str]
    parameter: str
    prefix: str
    message: ast.expr
    fix: ast.expr | None


def _scopes(path: Path) -> Iterator[tuple[str, Scope]]:
    """Yield the scopes of a file by name, "" for the file itself."""
    todo: list[ast.Module | Function] = [ast.parse(path.read_text(encoding="utf-8"))]
    while todo:
        top = todo.pop()
        nodes: list[ast.AST] = []
        _inside(top, nodes)
        todo += [node for node in nodes if isinstance(node, Function)]
        name, given = ("", []) if isinstance(top, ast.Module) else (top.name, top.args.args + top.args.kwonlyargs)
        kinds = {each.arg: ast.unparse(each.annotation) for each in given if each.annotation}
        yield name, Scope(path, nodes, kinds, _names(nodes), whole=not name)


def _inside(top: ast.AST, found: list[ast.AST]) -> None:
    """Gather the nodes below TOP, those of functions in it left out."""
    for node in ast.iter_child_nodes(top):
        found.append(node)
        if not isinstance(node, Function):
            _inside(node, found)


def _names(nodes: Iterable[ast.AST]) -> dict[str, list[Bound]]:
    """Return what is assigned to each name; a loop over a tuple assigns each of its items."""
    found: dict[str, list[Bound]] = defaultdict(list)
    for node in nodes:
        match node:
            case ast.Assign(targets=[target], value=value) | ast.AnnAssign(target=target, value=ast.expr() as value):
                _bind(target, value, node, found)
            case ast.For(target=target, iter=ast.Tuple(elts=items)):
                for item in items:
                    _bind(target, item, node, found)
            case _:
                pass
    return found


def _bind(target: ast.expr, value: ast.expr, node: ast.stmt, found: dict[str, list[Bound]]) -> None:
    if isinstance(target, ast.Name):
        found[target.id].append(Bound(value, node.lineno, node.col_offset))
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, part in zip(target.elts, value.elts, strict=False):
            _bind(one, part, node, found)


class Sources:
    """The sources as scopes, and what they say."""

    def __init__(self, root: Path = ROOT) -> None:
        """Read all below ROOT."""
        self.root = root
        paths = [path for top in SOURCES for path in sorted((root / top).rglob("*.py")) if not SILENT & set(path.parts)]
        self.scopes = [each for path in paths for each in _scopes(path)]
        self.constants: Found = defaultdict(list)
        """What names outside of functions stand for."""
        self.fields: Found = defaultdict(list)
        """The texts that such values have in their fields."""
        self.returns: Found = defaultdict(list)
        """What functions return."""
        for name, scope in self.scopes:
            self._index(name, scope)
        self.carriers: dict[str, list[Carrier]] = defaultdict(list)
        for name, scope in self.scopes:
            self.carriers[name] += self._carriers(scope)

    def _index(self, name: str, scope: Scope) -> None:
        for each, bounds in scope.names.items() if scope.whole else ():
            self.constants[each] += [(scope, bound.value) for bound in bounds]
        for node in scope.nodes:
            match node:
                case ast.Return(value=ast.expr() as value):
                    self.returns[name].append((scope, value))
                case ast.keyword(arg=str(field), value=ast.Call(func=ast.Name(id="T")) as text) if scope.whole:
                    self.fields[field].append((scope, text))
                case _:
                    pass

    def problems(self) -> dict[str, list[Saying]]:
        """Return what is said by each code, in the order of the codes."""
        found: dict[str, set[Saying]] = defaultdict(set)
        for _, scope in self.scopes:
            for code, saying in [*self._said(scope), *self._carried(scope), *self._families(scope)]:
                found[code].add(saying)
        return {code: _telling(found[code]) for code in sorted(found)}

    def unlisted(self, listed: Collection[str]) -> Iterator[str]:
        """Yield `file:line: …` for every text that looks like a code and is neither LISTED nor known to be none."""
        known = {*listed, *NOT_CODES, *(code.partition("-")[2] for code in listed)}
        for _, scope in self.scopes:
            documents = {node.value for node in scope.nodes if isinstance(node, ast.Expr)}
            for node in scope.nodes:
                text = node.value if isinstance(node, ast.Constant) and node not in documents else None
                if isinstance(text, str) and CODE.fullmatch(text) and text not in known:
                    yield f"{scope.path.relative_to(self.root)}:{node.lineno}: {text} is on no page of problems"

    def _said(self, scope: Scope) -> Iterator[tuple[str, Saying]]:
        """Yield every code that stands before its message."""
        for node in scope.nodes:
            if any(carrier.prefix for carrier in self._carriers_of(node, scope)):
                continue
            for code, message, fix in _threes(_parts(node)):
                for name in self._codes(code, scope):
                    yield from ((name, saying) for saying in self._sayings(message, fix, scope))

    def _carriers(self, scope: Scope) -> Iterator[Carrier]:
        for parts in map(_parts, scope.nodes):
            for code, message, fix in _threes(parts):
                prefix, name = _prefixed(code)
                codes = frozenset(self._codes(code, scope)) if _is_parameter(message, scope) else frozenset()
                said = scope.parameters.get(name) == "str" and (
                    _is_parameter(message, scope) or self.texts(message, scope)
                )
                if codes or said:
                    yield Carrier(scope, codes, name, prefix, message, fix)

    def _carriers_of(self, call: ast.AST, scope: Scope) -> list[Carrier]:
        """Return the carriers that CALL may call: the file's own, else those of others."""
        named = self.carriers.get(_called(call), []) if isinstance(call, ast.Call) else []
        return [each for each in named if each.scope.path == scope.path] or named

    def _carried(self, scope: Scope) -> Iterator[tuple[str, Saying]]:
        """Yield what functions say with the codes that are handed to them."""
        for call in scope.nodes:
            for carrier in self._carriers_of(call, scope):
                given = _given(call, carrier.scope.parameters)
                code = given.get(carrier.parameter)
                made = f"{carrier.prefix}{code.value}" if isinstance(code, ast.Constant) else ""
                codes = carrier.codes or ({made} if CODE.fullmatch(made) else frozenset())
                sayings = self._handed(carrier, given, scope)
                yield from ((each, saying) for each in codes for saying in sayings)

    def _handed(self, carrier: Carrier, given: dict[str, ast.expr], scope: Scope) -> set[Saying]:
        """Return what CARRIER says, some of it perhaps GIVEN in SCOPE."""
        texts = []
        for part in (carrier.message, carrier.fix):
            outer = given.get(part.id) if isinstance(part, ast.Name) else None
            texts.append(self.texts(outer, scope) if outer is not None else self.texts(part, carrier.scope))
        return {(message, fix) for message in texts[0] for fix in texts[1] or {""}}

    def _families(self, scope: Scope) -> Iterator[tuple[str, Saying]]:
        for prefix, table in FAMILIES.items():
            for value, _, _ in scope.names.get(table, []):
                for key, said in zip(value.keys, value.values, strict=True) if isinstance(value, ast.Dict) else ():
                    message, fix = said.elts if isinstance(said, ast.Tuple) else (said, None)
                    yield from ((f"{prefix}{key.value}", saying) for saying in self._sayings(message, fix, scope))

    def _sayings(self, message: ast.expr, fix: ast.expr | None, scope: Scope) -> set[Saying]:
        remedies = self.texts(fix, scope) or {""}
        return {(text, remedy) for text in self.texts(message, scope) for remedy in remedies}

    def _codes(self, part: ast.expr, scope: Scope, deep: int = DEEP) -> set[str]:
        """Return the codes that PART may stand for."""
        match part:
            case ast.Constant(value=str(text)) if CODE.fullmatch(text):
                return {text}
            case ast.Name() if deep and part.id not in scope.parameters:
                return {
                    code for other, value in self._named(part, scope) for code in self._codes(value, other, deep - 1)
                }
            case ast.IfExp():
                return self._codes(part.body, scope, deep) | self._codes(part.orelse, scope, deep)
            case _:
                return set()

    def texts(self, part: ast.expr | None, scope: Scope, deep: int = DEEP) -> set[str]:
        """Return the templates that PART may stand for."""
        match part:
            case ast.Call(func=ast.Name(id="T" | "Text"), args=[ast.Constant(value=str(text)), *_]):
                return {text} - {""}
            case ast.Attribute(attr="message" | "why") if part.attr not in self.fields:
                return {OTHERS}
            case None:
                return set()
            case _ if not deep:
                return set()
            case _:
                found = self._meant(part, scope)
                return {text for other, value in found for text in self.texts(value, other, deep - 1)}

    def _meant(self, part: ast.expr, scope: Scope) -> list[tuple[Scope, ast.expr]]:
        """Return what PART may stand for, each in the scope where it was written."""
        match part:
            case ast.Call(func=ast.Name(id="Text"), args=[ast.Attribute(value=inner), *_]):
                return [(scope, inner)]
            case ast.Call():
                return self._returned(_called(part), scope)
            case ast.Name() if part.id not in scope.parameters or part.id in scope.names:
                return self._named(part, scope)
            case ast.IfExp(body=one, orelse=other) | ast.BoolOp(values=[one, other]):
                return [(scope, one), (scope, other)]
            case ast.Subscript(value=ast.Name() as name, slice=ast.Constant(value=int(at))):
                tuples = [(other, value) for other, value in self._named(name, scope) if isinstance(value, ast.Tuple)]
                return [(other, value.elts[at]) for other, value in tuples if at < len(value.elts)]
            case _:
                return self.fields[part.attr] if isinstance(part, ast.Attribute) else []

    def _named(self, name: ast.Name, scope: Scope) -> list[tuple[Scope, ast.expr]]:
        """Return what NAME stands for: here, else in the file, else in another from which it may have come."""
        if name.id in scope.names and not scope.whole:
            return [(scope, value) for value in _latest(name, scope)]
        found = self.constants[name.id]
        return [(each, value) for each, value in found if each.path == scope.path] or found

    def _returned(self, name: str, scope: Scope) -> list[tuple[Scope, ast.expr]]:
        """Return what the function called NAME returns."""
        found = self.returns[name]
        return [(each, value) for each, value in found if each.path == scope.path] or found


def _telling(sayings: set[Saying]) -> list[Saying]:
    """Return SAYINGS in order, those left out that say less than another."""
    whole = [saying for saying in sayings if saying[0] != OTHERS] or sayings
    return sorted(
        saying for saying in whole if saying[1] or not any(other[1] for other in whole if other[0] == saying[0])
    )


def _parts(node: ast.AST) -> list[ast.expr]:
    """Return what stands in a row: the arguments of a call, the items of a tuple."""
    match node:
        case ast.Call():
            named = {keyword.arg: keyword.value for keyword in node.keywords}
            return [*node.args, *(named[name] for name in ("code", "message", "fix") if name in named)]
        case ast.Tuple():
            return node.elts
        case _:
            return []


def _threes(parts: list[ast.expr]) -> Iterator[tuple[ast.expr, ast.expr, ast.expr | None]]:
    """Yield each of PARTS with the two that follow it."""
    for at in range(len(parts) - 1):
        yield parts[at], parts[at + 1], parts[at + 2] if at + 2 < len(parts) else None


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _prefixed(code: ast.expr) -> tuple[str, str]:
    """Return what is put before a name, and the name: `unknown-` and `what` of f"unknown-{what}"."""
    match code:
        case ast.Name(id=name):
            return "", name
        case ast.JoinedStr(values=[ast.Constant(value=str(prefix)), ast.FormattedValue(value=ast.Name(id=name))]):
            return prefix, name
        case _:
            return "", ""


def _latest(name: ast.Name, scope: Scope) -> Iterator[ast.expr]:
    """Yield what NAME may stand for where it is used: what was assigned last, in each branch and before them."""
    inner = (node for node in scope.nodes if isinstance(node, ast.stmt) and node.lineno <= name.lineno)
    used = max((node for node in inner if _ends(node) >= name.lineno), key=lambda node: node.lineno)
    last = 0
    for value, line, column in sorted(scope.names[name.id], key=lambda bound: bound.line, reverse=True):
        if line < last:
            return
        if line <= used.lineno:
            yield value
            last = line if column <= used.col_offset else last


def _ends(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno


def _given(call: ast.AST, parameters: Iterable[str]) -> dict[str, ast.expr]:
    """Return what CALL hands over, by parameter."""
    if not isinstance(call, ast.Call):
        return {}
    named = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    return dict(zip(parameters, call.args, strict=False)) | named


def _is_parameter(part: ast.expr, scope: Scope) -> bool:
    return isinstance(part, ast.Name) and scope.parameters.get(part.id) == "Text"
