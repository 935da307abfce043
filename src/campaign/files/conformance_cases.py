"""Test cases as the DMN TCK writes them (testCases.xsd): values for inputs, and what each decision must give."""

from decimal import Decimal
from pathlib import Path
from typing import TypeAlias

import msgspec

from campaign.files import feel_dates as dates
from campaign.files.conformance_types import Types
from campaign.files.dmn_tree import ItemDefinition
from campaign.files.dmn_xml import Element, read_xml
from campaign.files.feel_values import NUMBERS, FeelValue, Unsupported, equal, kind
from campaign.problems import NOWHERE, Place, Problem, Problems, T

TOLERANCE = Decimal("1e-8")
"""How far a number may lie from the expected one: the files of the TCK write quotients with as many digits."""
READERS = {
    **dict.fromkeys(("decimal", "double", "float", "integer", "int", "long", "short", "number"), "number"),
    "string": "string",
    "boolean": "boolean",
    "date": "date",
    "time": "time",
    "dateTime": "date and time",
    "duration": "duration",
    "dayTimeDuration": "duration",
    "yearMonthDuration": "duration",
}


class Written(msgspec.Struct, frozen=True):
    """A value as the file writes it; `type` is a name of FEEL, or empty where the file does not say."""

    text: str
    type: str


Given: TypeAlias = "Written | list[Given] | dict[str, Given] | None"


class Result(msgspec.Struct, frozen=True):
    """What a decision must give; `unsupported` says why it cannot be tried."""

    decision: str
    expected: Given
    line: int
    unsupported: str = ""


class TestCase(msgspec.Struct, frozen=True):
    """Inputs by name and expected results."""

    __test__ = False
    id: str
    inputs: dict[str, Given]
    results: tuple[Result, ...]


class Suite(msgspec.Struct, frozen=True):
    """A file of test cases: the model's file name, and the cases."""

    model: str
    cases: tuple[TestCase, ...]


def read_suite(path: Path) -> Suite:
    """Read PATH. Raises Problems: of dmn_xml; tck-root for a file that holds no test cases."""
    root = read_xml(path)
    if root.name != "testCases":
        message = T("the file begins with {name}, not with testCases", name=root.name)
        place = Place(str(path), root.line, root.column)
        raise Problems([Problem("tck-root", message, T("name a file of test cases"), place)])
    return Suite(root.said("modelName"), tuple(map(_case, root.all("testCase"))))


def _case(element: Element) -> TestCase:
    inputs = {_name(node): _given(node) for node in element.all("inputNode")}
    whole = element.get("type", "decision")
    results = tuple(_result(node, whole) for node in element.all("resultNode"))
    return TestCase(element.get("id"), inputs, results)


def _name(element: Element) -> str:
    return " ".join(element.get("name").split())


def _result(node: Element, whole: str) -> Result:
    kind_of = node.get("type", "decision")
    asked = next((what for what in (whole, kind_of) if what != "decision"), "")
    expected = node.first("expected", "computed")
    unsupported = f"a test of a {asked}" if asked else "" if expected else "a result without an expected value"
    return Result(_name(node), _given(expected) if expected else None, node.line, unsupported)


def _given(element: Element) -> Given:
    """Return the value inside an inputNode, expected, component or item."""
    components = element.all("component")
    if components:
        return {_name(child): _given(child) for child in components}
    listed = element.first("list")
    if listed:
        return None if _nil(listed) else [_given(item) for item in listed.all("item")]
    value = element.first("value")
    if value is None or _nil(value) or _nil(element):
        return None
    declared = value.get("type").rpartition(":")[2]
    return Written(value.text, declared) if value.text or declared else None


def _nil(element: Element) -> bool:
    return element.get("nil") in {"true", "1"}


UNTYPED = ItemDefinition("", "", NOWHERE)


def plain(given: Given, name: str, types: Types) -> FeelValue:
    """Return a given value as one of the type NAME. Raises Unsupported for what cannot be read."""
    return _fitted(given, ItemDefinition("", name, NOWHERE), types)


def _fitted(given: Given, definition: ItemDefinition, types: Types) -> FeelValue:
    match given:
        case None:
            return None
        case list():
            return [_fitted(item, definition, types) for item in given]
        case dict():
            parts = {part.name: part for part in types.structure(definition)}
            return {key: _fitted(value, parts.get(key, UNTYPED), types) for key, value in given.items()}
        case Written(text, declared):
            return read(text, READERS.get(declared, declared) or types.plain(definition.type) or "string")


def read(text: str, type_name: str) -> FeelValue:
    """Read a value of a type of FEEL as XML Schema writes it. Raises Unsupported for what is none."""
    match type_name:
        case "string":
            return text
        case "number":
            value: FeelValue = _number(text.strip())
        case "boolean":
            value = {"true": True, "false": False, "1": True, "0": False}.get(text.strip())
        case "date":
            value = dates.parse_date(text.strip())
        case "time":
            value = dates.parse_time(text.strip())
        case "date and time":
            value = dates.parse_moment(text.strip())
        case "duration" | "days and time duration" | "years and months duration":
            value = dates.parse_duration(text.strip())
        case _:
            raise Unsupported(f"a value of the type {type_name}")
    if value is None:
        raise Unsupported(f"{text[:40]} as a {type_name}")
    return value


def _number(text: str) -> Decimal | None:
    try:
        value = NUMBERS.create_decimal(text)
    except ArithmeticError:
        return None
    return value if value.is_finite() else None


def agrees(expected: Given, actual: FeelValue) -> bool:
    """Return whether a result is the expected one: numbers to 8 places, contexts by all their entries."""
    if expected is None or actual is None:
        return expected is None and actual is None
    if isinstance(expected, list):
        return isinstance(actual, list) and len(actual) == len(expected) and all(map(agrees, expected, actual))
    if isinstance(expected, dict):
        return isinstance(actual, dict) and all(
            agrees(expected.get(key), actual.get(key)) for key in expected.keys() | actual.keys()
        )
    wanted = read(expected.text, READERS.get(expected.type, expected.type) or kind(actual))
    if isinstance(wanted, Decimal) and isinstance(actual, Decimal):
        return abs(NUMBERS.subtract(wanted, actual)) <= TOLERANCE
    return equal(wanted, actual) is True
