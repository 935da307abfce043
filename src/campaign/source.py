"""Strict YAML: text in, nodes with places out.

A subset of YAML 1.2 that staff can rely on: every scalar is text (the reader's declared type gives it meaning, so `no`,
`010`, `1.10` and `17:30` stay what they are), keys are unique, and aliases, tags and merge keys do not exist.
"""

import re
from collections.abc import Iterator
from typing import TypeAlias

import yaml

from campaign.problems import NOTHING, Place, Problem, Problems, T, Text

MAX_CHARACTERS = 2_000_000
MAX_DEPTH = 20
MAX_NODES = 200_000
MAX_KEY = 200

Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
UNREADABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""What YAML does not admit, looked for beforehand: PyYAML's two loaders count its place in bytes and in characters."""

NULLS = frozenset({"", "~", "null", "Null", "NULL"})
FULL_WIDTH = {"：": ":", "，": ",", "“": '"', "”": '"', "－": "-", "［": "[", "］": "]", "｛": "{", "｝": "}"}

Value: TypeAlias = "str | list[Node] | dict[str, Node] | None"


class Node:
    """A YAML value with its place: None, text, a list of nodes, or a dict of nodes by key.

    `line` and `column` count from 1; `keys` gives the place of each key of a mapping.  `literal` is true for block
    scalars, whose text starts on the line after `line`.
    """

    __slots__ = ("column", "keys", "line", "literal", "value")

    def __init__(self, value: Value, line: int, column: int, *, literal: bool = False) -> None:
        """Hold VALUE as found at LINE and COLUMN."""
        self.value = value
        self.line = line
        self.column = column
        self.literal = literal
        self.keys: dict[str, tuple[int, int]] = {}

    def plain(self) -> object:
        """Return the value without places: None, str, list, dict."""
        match self.value:
            case list():
                return [node.plain() for node in self.value]
            case dict():
                return {key: node.plain() for key, node in self.value.items()}
            case _:
                return self.value


def parse(text: str, file: str = "<text>") -> Node:
    """Read one YAML document.

    Raises Problems (codes `yaml-…`) with every duplicate key, alias, tag or oversized part found; a syntax error ends
    the search at its place.
    """
    if len(text) > MAX_CHARACTERS:
        message = T("the file has {size} characters, more than {limit}", size=len(text), limit=MAX_CHARACTERS)
        raise Problems([Problem("yaml-too-large", message, T("split the file"), Place(file, 1, 1))])
    text = text.removeprefix("\ufeff")
    strange = UNREADABLE.search(text)
    if strange:
        raise Problems([_unreadable(strange.start(), text, file)])
    builder = _Builder(file)
    try:
        for event in _events(text):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        builder.problems.append(_syntax(error, text, file))
    if builder.root is None and not builder.problems:
        builder.complain("yaml-empty", T("the file is empty"), T("write the keys it needs"), 1, 1)
    if builder.problems:
        raise Problems(builder.problems)
    assert builder.root is not None  # noqa: S101 -- an empty document is a problem above
    return builder.root


def _events(text: str) -> Iterator[yaml.Event]:
    loader = Loader(text)
    try:
        while loader.check_event():
            yield loader.get_event()
    finally:
        loader.dispose()


class _Builder:
    """Builds nodes from parser events without recursion, so that depth is a limit of ours and not of the stack."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.root: Node | None = None
        self.open: list[tuple[Node, str | None]] = []
        self.nodes = 0
        self.documents = 0

    def complain(self, code: str, message: Text, fix: Text, line: int, column: int) -> None:
        self.problems.append(Problem(code, message, fix, Place(self.file, line, column)))

    def take(self, event: yaml.Event) -> None:
        mark = event.start_mark
        assert mark is not None  # noqa: S101 -- the parser marks every event
        line, column = mark.line + 1, mark.column + 1
        match event:
            case yaml.DocumentStartEvent():
                self._document(line, column)
            case yaml.AliasEvent():
                self.complain(
                    "yaml-alias",
                    T("*{name} is an alias", name=event.anchor),
                    T("write the value out"),
                    line,
                    column,
                )
                self._add(Node(None, line, column))
            case yaml.ScalarEvent():
                self._scalar(event, line, column)
            case yaml.SequenceStartEvent():
                self._push(event, Node([], line, column))
            case yaml.MappingStartEvent():
                self._push(event, Node({}, line, column))
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                self.open.pop()
            case _:
                pass

    def _document(self, line: int, column: int) -> None:
        self.documents += 1
        if self.documents > 1:
            self._stop("yaml-documents", T("a second document starts here"), T("keep one"), line, column)

    def _stop(self, code: str, message: Text, fix: Text, line: int, column: int) -> None:
        self.complain(code, message, fix, line, column)
        raise Problems(self.problems)

    def _scalar(self, event: yaml.ScalarEvent, line: int, column: int) -> None:
        self._tagless(event, line, column)
        text = None if not event.style and event.value in NULLS else event.value
        if self._expects_key():
            self._key(event.value, line, column)
        else:
            self._add(Node(text, line, column, literal=event.style in {"|", ">"}))

    def _tagless(self, event: yaml.NodeEvent, line: int, column: int) -> None:
        tag = getattr(event, "tag", None)
        if tag not in {None, "!"}:
            self.complain("yaml-tag", T("the tag {tag} is not read", tag=tag), T("leave it out"), line, column)
        if event.anchor is not None:
            self.complain("yaml-anchor", T("&{name} is an anchor", name=event.anchor), T("leave it out"), line, column)

    def _push(self, event: yaml.NodeEvent, node: Node) -> None:
        self._tagless(event, node.line, node.column)
        if self._expects_key():
            self._stop("yaml-key", T("a key must be a word"), T("write `key: value`"), node.line, node.column)
        if len(self.open) >= MAX_DEPTH:
            message = T("nested more than {limit} deep", limit=MAX_DEPTH)
            self._stop("yaml-too-deep", message, T("flatten it"), node.line, node.column)
        self._add(node)
        self.open.append((node, None))

    def _expects_key(self) -> bool:
        return bool(self.open) and isinstance(self.open[-1][0].value, dict) and self.open[-1][1] is None

    def _key(self, key: str, line: int, column: int) -> None:
        node, _ = self.open[-1]
        if len(key) > MAX_KEY:
            message = T("a key has more than {limit} characters", limit=MAX_KEY)
            self._stop("yaml-key", message, T("write `key: value`"), line, column)
        if key == "<<":
            self.complain("yaml-merge", T("<< merges keys"), T("write the keys out"), line, column)
        if key in node.keys:
            message = T("the key {key} stands twice; the first is on line {line}", key=key, line=node.keys[key][0])
            self.complain("yaml-duplicate-key", message, T("remove one of them"), line, column)
        node.keys.setdefault(key, (line, column))
        self.open[-1] = (node, key)

    def _add(self, child: Node) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            message = T("more than {limit} values", limit=MAX_NODES)
            self._stop("yaml-too-large", message, T("split the file"), child.line, child.column)
        if not self.open:
            self.root = child
            return
        parent, key = self.open[-1]
        if isinstance(parent.value, list):
            parent.value.append(child)
        elif isinstance(parent.value, dict) and key is not None:
            parent.value.setdefault(key, child)
            self.open[-1] = (parent, None)


def _syntax(error: yaml.MarkedYAMLError, text: str, file: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    message = T("not YAML: {problem}", problem=error.problem or error.context or "syntax")
    fix, at, sign = _cause(text, line) or (_unclosed(error), line, column)
    return Problem("yaml-syntax", message, fix, Place(file, at, sign))


Cause: TypeAlias = tuple[Text, int, int]
"""A remedy, and the line and column of what is to be changed."""

TAB = re.compile(r" *(\t)")
GLUED = re.compile(r"\s*(?:- )?([^\W\d_][\w-]*)(:)(?!//)\S")
"""`key:value`, which is a word to YAML."""
WIDE_KEY = re.compile(r"""\s*(?:- )?[^\s:#'"][^:#'"]*?(：)""")


def _cause(text: str, line: int) -> Cause | None:
    """Look for what is wrong on LINE and on the last line before it that says something: YAML notices late."""
    near = _near(text, line)
    for number, content in near:
        if tab := TAB.match(content):
            return T("indent with blanks instead of a tab"), number, tab.start(1) + 1
        if wide := WIDE_KEY.match(content):
            return _half_width("："), number, wide.start(1) + 1
    for number, content in near:
        if glued := GLUED.match(content):
            fix = T("write a blank after the colon: `{key}: …`", key=glued.group(1)[:MAX_KEY])
            return fix, number, glued.start(2) + 1
    return _full_width(near)


def _near(text: str, line: int) -> list[tuple[int, str]]:
    """Return LINE and the last one before it with their numbers, leaving out blank lines and comments."""
    lines = text.splitlines()
    found = []
    for number in range(min(line, len(lines)), 0, -1):
        content = lines[number - 1]
        if content.strip() and not content.lstrip().startswith("#"):
            found.append((number, content))
        if len(found) == 2:  # noqa: PLR2004 -- the line, and the one before it
            break
    return found


def _full_width(lines: list[tuple[int, str]]) -> Cause | None:
    for number, content in lines:
        for sign in FULL_WIDTH:
            if sign in content:
                return _half_width(sign), number, content.index(sign) + 1
    return None


def _half_width(sign: str) -> Text:
    return T("write {half} instead of the full-width {full}", half=FULL_WIDTH[sign], full=sign)


def _unclosed(error: yaml.MarkedYAMLError) -> Text:
    """Say which bracket or quotation mark is still open, if that is what the parser was in."""
    opened, context = error.context_mark, error.context or ""
    if opened is None or not ("flow" in context or "quoted" in context):
        return NOTHING
    if "quoted" in context:
        return T("close the quotation mark that opens on line {line}", line=opened.line + 1)
    return T("close the bracket that opens on line {line}, and part its values by commas", line=opened.line + 1)


def _unreadable(position: int, text: str, file: str) -> Problem:
    before = text[:position]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    message = T("the character U+{code} may not stand in YAML", code=f"{ord(text[position]):04X}")
    return Problem("yaml-character", message, T("remove it"), Place(file, line, column))
