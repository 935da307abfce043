"""The types of a DMN model: whether a value is of one, and what becomes of a value that must be."""

import re
from collections.abc import Callable, Mapping

from campaign.files.dmn_tree import ItemDefinition
from campaign.files.feel_grammar import parse_tests
from campaign.files.feel_reader import FeelSyntaxError
from campaign.files.feel_tree import Tests
from campaign.files.feel_values import FeelValue, Unsupported, kind

PLAIN = {
    "number": "number",
    "string": "string",
    "boolean": "boolean",
    "date": "date",
    "time": "time",
    "date and time": "date and time",
    "dateTime": "date and time",
    "days and time duration": "days and time duration",
    "dayTimeDuration": "days and time duration",
    "years and months duration": "years and months duration",
    "yearMonthDuration": "years and months duration",
    "context": "context",
    "function": "function",
    "list": "list",
    "range": "range",
    "Null": "Null",
}
"""The names of FEEL's own types, those of the XML files included."""

Holds = Callable[[Tests, FeelValue, Mapping[str, FeelValue]], bool | None]
GENERIC = re.compile(r"(list|range)<(.+)>")


class Types:
    """The item definitions of a model by name."""

    def __init__(self, definitions: dict[str, ItemDefinition]) -> None:
        """Take the definitions; `holds`, which evaluates the tests of allowed values, is put in afterwards."""
        self.definitions = definitions
        self.holds: Holds = lambda tests, _value, _scope: not tests.tests

    def coerce(self, value: FeelValue, name: str) -> FeelValue:
        """Make VALUE fit the type NAME: a list of one for its item, or its item for a list; else null."""
        if value is None or self.is_a(value, name):
            return value
        if isinstance(value, list) and len(value) == 1 and self.is_a(value[0], name):
            return value[0]
        if not isinstance(value, list) and self.is_a([value], name):
            return [value]
        if kind(value) == "date" and self.plain(name) == "date and time":
            raise Unsupported("a date where a date and time is declared")
        return None

    def plain(self, name: str) -> str:
        """Return FEEL's own type behind NAME, or nothing."""
        if name in PLAIN:
            return PLAIN[name]
        definition = self.definitions.get(name)
        seen = {name}
        while definition and definition.type and definition.type not in seen:
            if definition.type in PLAIN:
                return PLAIN[definition.type]
            seen.add(definition.type)
            definition = self.definitions.get(definition.type)
        return ""

    def structure(self, definition: ItemDefinition) -> tuple[ItemDefinition, ...]:
        """Return the components of a type, which may be those of the type it is named after."""
        seen: set[str] = set()
        while not definition.components and definition.type in self.definitions and definition.type not in seen:
            seen.add(definition.type)
            definition = self.definitions[definition.type]
        return definition.components

    def is_a(self, value: FeelValue, name: str) -> bool:
        """Return whether VALUE is of the type NAME. Raises Unsupported for a type that is not known."""
        if name in {"", "Any", "any"}:
            return True
        if name in PLAIN:
            return kind(value) == PLAIN[name]
        generic = GENERIC.fullmatch(name)
        if generic:
            return self._generic(value, *generic.groups())
        if name not in self.definitions:
            raise Unsupported(f"the type {name}")
        return self._fits(value, self.definitions[name], 0)

    def _generic(self, value: FeelValue, outer: str, inner: str) -> bool:
        if outer == "list":
            return isinstance(value, list) and all(item is None or self.is_a(item, inner) for item in value)
        ends = (getattr(value, "low", None), getattr(value, "high", None))
        return kind(value) == "range" and all(end is None or self.is_a(end, inner) for end in ends)

    def _fits(self, value: FeelValue, definition: ItemDefinition, depth: int) -> bool:
        if depth > 20:  # noqa: PLR2004 -- a type that contains itself
            raise Unsupported(f"the type {definition.name}, which contains itself")
        if definition.collection:
            return isinstance(value, list) and all(
                item is None or self._item(item, definition, depth) for item in value
            )
        return self._item(value, definition, depth)

    def _item(self, value: FeelValue, definition: ItemDefinition, depth: int) -> bool:
        if definition.function:
            return kind(value) == "function"
        if definition.components:
            return (
                isinstance(value, dict)
                and all(
                    part.name not in value or value[part.name] is None or self._fits(value[part.name], part, depth + 1)
                    for part in definition.components
                )
                and all(part.name in value for part in definition.components)
            )
        if definition.type in self.definitions:
            inner = self._fits(value, self.definitions[definition.type], depth + 1)
        else:
            inner = self.is_a(value, definition.type)
        return inner and self._allowed(value, definition)

    def _allowed(self, value: FeelValue, definition: ItemDefinition) -> bool:
        if definition.allowed is None or not definition.allowed.text:
            return True
        try:
            tests = parse_tests(definition.allowed.text)
        except FeelSyntaxError as error:
            raise Unsupported(f"the allowed values of {definition.name}: {error}") from None
        return self.holds(tests, value, {}) is True
