"""Types of a DMN model to the types of a scheme, with the values they allow."""

import msgspec

from campaign.files.dmn_feel import Translator, Untranslatable
from campaign.files.dmn_tree import DmnModel, ItemDefinition, Source
from campaign.files.feel_grammar import parse_tests
from campaign.files.feel_reader import FeelSyntaxError
from campaign.files.feel_tree import Constant, Tests
from campaign.problems import NOTHING, Place, Problem, T, Text
from campaign.rules.printer import printed_test

TYPES = {
    "number": "number",
    "string": "text",
    "boolean": "boolean",
    "date": "date",
    "days and time duration": "days",
    "dayTimeDuration": "days",
    "years and months duration": "months",
    "yearMonthDuration": "months",
}
"""FEEL's types by their names in a scheme; a duration of days is one of whole days there."""


class Resolved(msgspec.Struct, frozen=True):
    """A type of a scheme: `values` are the words of a text, `allowed` is the test of any other value.

    `parts` are the components of a structure; `kind` is empty there, and where the type is not known.
    """

    kind: str = ""
    values: tuple[str, ...] = ()
    allowed: str = ""
    parts: tuple[ItemDefinition, ...] = ()
    collection: bool = False


class Kinds:
    """Resolves types; problems are collected."""

    def __init__(self, model: DmnModel) -> None:
        """Know the item definitions of MODEL."""
        self.model = model
        self.problems: list[Problem] = []

    def complain(self, code: str, message: Text, fix: Text, place: Place) -> None:
        """Note a problem."""
        self.problems.append(Problem(code, message, fix, place))

    def named(self, name: str, place: Place) -> Resolved:
        """Return the type NAME, asked for at PLACE; an empty one with a problem where it is not known."""
        if name in TYPES:
            return Resolved(TYPES[name])
        definition = self.model.types.get(name)
        if definition is None:
            fix = T("declare one of {types}", types="number, string, boolean, date")
            self.complain("dmn-type", T("the type {name} is not supported", name=name), fix, place)
            return Resolved()
        return self.defined(definition, ())

    def defined(self, definition: ItemDefinition, seen: tuple[str, ...]) -> Resolved:
        """Return the type that an item definition or a component makes."""
        if definition.components:
            return Resolved(parts=definition.components, collection=definition.collection)
        if definition.type in seen or definition.function or not definition.type:
            message = T("the type {name} is not supported", name=definition.name)
            self.complain("dmn-type", message, T("give it a simple type"), definition.place)
            return Resolved()
        inner = self.model.types.get(definition.type)
        found = (
            self.defined(inner, (*seen, definition.type)) if inner else self.named(definition.type, definition.place)
        )
        if definition.collection:
            found = msgspec.structs.replace(found, collection=True)
        return self.limited(found, definition.allowed) if definition.allowed and found.kind else found

    def limited(self, found: Resolved, allowed: Source) -> Resolved:
        """Return a type limited to the values that ALLOWED tells."""
        tests = self.tests(allowed)
        if tests is None or not tests.tests:
            return found
        if found.kind == "text":
            words = words_of(tests)
            if words is None:
                message = T("the values of a text must be listed")
                self.complain("dmn-values", message, T('write "a", "b"'), allowed.place)
            return msgspec.structs.replace(found, values=words or ())
        if found.kind == "boolean":
            return found
        printed = self.printed(tests, allowed)
        return msgspec.structs.replace(found, allowed=printed)

    def tests(self, source: Source) -> Tests | None:
        """Parse unary tests of constants; None after a problem."""
        try:
            return parse_tests(source.text)
        except FeelSyntaxError as error:
            self.complain("dmn-feel", error.message, NOTHING, placed(source, error.at))
            return None

    def printed(self, tests: Tests, source: Source) -> str:
        """Write tests of constants as a scheme does."""
        try:
            return printed_test(Translator({}).tests(tests))
        except Untranslatable as error:
            self.complain(error.code, error.message, error.fix, placed(source, error.at))
            return ""


def words_of(tests: Tests) -> tuple[str, ...] | None:
    """Return the words that tests list; None where they are anything else."""
    found = [test.value for test in tests.tests if isinstance(test, Constant) and isinstance(test.value, str)]
    return tuple(found) if len(found) == len(tests.tests) and not tests.negated else None


def placed(source: Source, at: int) -> Place:
    """Return the place of the character at offset AT of a piece of FEEL: its line, at least."""
    before = source.text[:at]
    lines = before.count("\n")
    if not lines:
        return source.place
    return Place(source.place.file, source.place.line + lines, at - before.rfind("\n"))
