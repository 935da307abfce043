"""The event catalogue: a released shape changes by a new version of its topic, or by a field with a default.

`python tests/evidence/test_catalogue.py` adds the shapes of new topics to released.json; it never changes one.
"""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from campaign.domain.events import TOPICS
from campaign.store.catalogue import catalogue
from campaign.store.codec import UPCASTERS

RELEASED = Path(__file__).with_name("released.json")


def released() -> dict[str, Any]:
    return dict(json.loads(RELEASED.read_text()))


def shapes() -> dict[str, Any]:
    """The shape of every topic with its parts put in, and without its prose."""
    made = json.loads(msgspec.json.encode(catalogue()))
    return {topic: plain(schema, made["$defs"]) for topic, schema in made["topics"].items()}


def plain(schema: Any, parts: dict[str, Any]) -> Any:  # noqa: ANN401 -- JSON
    if isinstance(schema, dict) and "$ref" in schema:
        return plain(parts[schema["$ref"].rpartition("/")[2]], parts)
    if isinstance(schema, dict):
        return {key: plain(value, parts) for key, value in schema.items() if key not in {"description", "title"}}
    return [plain(value, parts) for value in schema] if isinstance(schema, list) else schema


def breaks(old: Any, new: Any) -> bool:  # noqa: ANN401 -- JSON
    """Whether what was written in shape OLD may not be readable in shape NEW, or mean something else."""
    if isinstance(old, dict) and "properties" in old and isinstance(new, dict):
        more = {name: part for name, part in new.get("properties", {}).items() if name not in old["properties"]}
        gone = old["properties"].keys() - new.get("properties", {}).keys()
        same = all(
            not breaks(part, new["properties"][name]) for name, part in old["properties"].items() if name not in gone
        )
        added = all(name not in new.get("required", []) for name in more)
        return bool(gone) or not same or not added or old.get("required", []) != new.get("required", [])
    if isinstance(old, dict) and "enum" in old and isinstance(new, dict):
        return not set(old["enum"]) <= set(new.get("enum", []))
    if isinstance(old, dict) and isinstance(new, dict):
        return old.keys() != new.keys() or any(breaks(part, new[key]) for key, part in old.items())
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return any(breaks(one, other) for one, other in zip(old, new, strict=True))
    return bool(old != new)


def test_no_released_shape_has_changed() -> None:
    now = shapes()
    changed = [topic for topic, shape in released().items() if topic in now and breaks(shape, now[topic])]
    remedy = "give the topic a new version with an upcaster in store/codec.py, or the new field a default"
    assert changed == [], f"{changed}: {remedy}"


def test_no_released_topic_is_gone_without_an_upcaster() -> None:
    gone = [topic for topic in released() if topic not in TOPICS and topic not in UPCASTERS]
    assert gone == [], f"{gone}: lift it to its next version in store/codec.py; logs that hold it are kept for ever"


def test_every_topic_has_its_shape_in_the_released_ones() -> None:
    missing = sorted(set(TOPICS) - set(released()))
    assert missing == [], f"{missing}: run python tests/evidence/test_catalogue.py"


FIGURE = {"properties": {"a": {"type": "string"}, "b": {"enum": ["x"]}}, "required": ["a"], "type": "object"}


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        ({}, False),
        ({"properties": {**FIGURE["properties"], "c": {"type": "string", "default": ""}}}, False),
        ({"properties": {**FIGURE["properties"], "b": {"enum": ["x", "y"]}}}, False),
        ({"properties": {"a": {"type": "string"}}}, True),
        ({"properties": {**FIGURE["properties"], "a": {"type": "integer"}}}, True),
        ({"properties": {**FIGURE["properties"], "b": {"enum": ["y"]}}}, True),
        ({"properties": {**FIGURE["properties"], "c": {"type": "string"}}, "required": ["a", "c"]}, True),
        ({"required": []}, True),
        ({"type": "array"}, False),
    ],
)
def test_what_breaks_a_shape(change: dict[str, Any], broken: bool) -> None:  # noqa: FBT001 -- a column of the table
    assert breaks(FIGURE, FIGURE | change) is broken


def test_a_list_a_choice_and_a_plain_value_break_too() -> None:
    assert breaks({"anyOf": [{"type": "null"}]}, {"anyOf": [{"type": "string"}]})
    assert breaks({"items": FIGURE}, {"items": FIGURE | {"required": []}})
    assert breaks(["a"], ["a", "b"])


def test_the_catalogue_is_a_schema_with_every_topic() -> None:
    made = catalogue()
    assert made["$schema"].startswith("https://json-schema.org/")
    assert list(made["topics"]) == list(TOPICS)
    assert "Figure" in made["$defs"]


if __name__ == "__main__":
    kept = released() if RELEASED.exists() else {}
    RELEASED.write_text(json.dumps({**shapes(), **kept}, indent=1, sort_keys=True) + "\n")
