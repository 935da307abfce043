"""The event catalogue: what the body of each topic may be, as JSON Schema, made from the code that reads it."""

from collections.abc import Mapping
from typing import Any

import msgspec

from campaign.domain.events import TOPICS, Event

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def catalogue(topics: Mapping[str, type[Event]] = TOPICS) -> dict[str, Any]:
    """Return one JSON Schema with a definition for every topic; parts that several topics share stand beside them."""
    schemas, parts = msgspec.json.schema_components(topics.values(), ref_template="#/$defs/{name}")
    named = {topic: parts.pop(_name(schema)) for topic, schema in zip(topics, schemas, strict=True)}
    return {"$schema": DIALECT, "title": "campaign event catalogue", "topics": named, "$defs": parts}


def _name(schema: dict[str, Any]) -> str:
    return str(schema["$ref"]).rpartition("/")[2]
