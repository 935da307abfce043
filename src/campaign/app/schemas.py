"""JSON Schema of the campaign folder's files, from the same types that the validator reads by; for editors."""

from pathlib import Path
from typing import Any

import msgspec

from campaign.domain.definition import Team
from campaign.files.folder import PARTS
from campaign.problems import Place, Problem, Problems, T, nearest

FOLDER = "schema"
"""The subfolder with the schemas, which the first line of each file names."""

TEAM = "teams/NAME.yaml"
SCALAR = ["string", "number", "boolean"]
"""What a plain word of YAML can look like to an editor; the validator reads all of it as text first."""


def schemas() -> dict[str, Any]:
    """Return the schema of every file, by the file's name."""
    return {name: schema(name) for name in (*PARTS, TEAM)}


def schema(name: str) -> dict[str, Any]:
    """Return the schema of the folder's file NAME. Raises Problems for a name that is none of them."""
    kind = Team if name.startswith("teams/") else PARTS.get(name)
    if kind is None:
        message = T("the folder has no file {name}", name=name)
        raise Problems([Problem("unknown-file", message, nearest(name, [*PARTS, TEAM]), Place(field="file"))])
    found = msgspec.json.schema(kind)
    written: dict[str, Any] = _as_written(found)
    return {"$schema": "http://json-schema.org/draft-07/schema#", "title": name} | written


def _as_written(part: Any) -> Any:  # noqa: ANN401 -- plain JSON values
    """Return PART of a schema with the types that values have in YAML before the validator gives them meaning."""
    if isinstance(part, list):
        return [_as_written(item) for item in part]
    if not isinstance(part, dict):
        return part
    inner = {key: _as_written(value) for key, value in part.items()}
    if inner.get("format") == "decimal":
        return {"type": ["number", "string"], "pattern": r"^[+-]?\d{1,30}(\.\d{1,12})?$"}
    if inner.get("type") == "string" and "format" not in inner:
        return inner | {"type": SCALAR}
    return inner


def path_of(name: str) -> str:
    """Return where the schema of the file NAME lies in the folder."""
    stem = "team" if name == TEAM else Path(name).stem
    return f"{FOLDER}/{stem}.json"


def write(folder: Path) -> None:
    """Write every schema into FOLDER, so that an editor without a network finds them."""
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    for name, found in schemas().items():
        (folder / path_of(name)).write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n")
