"""What an editor shows: the schemas are those of the types, and the language server reports what the validator does.

The comparison runs where node and the npm package yaml-language-server are found (`make editor` fetches the pinned
one); elsewhere it says `not run: yaml-language-server missing`, unless CAMPAIGN_REQUIRE names yaml-language-server.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from config import broken_folders
from config.editor.client import LanguageServer

from campaign.app import schemas
from campaign.problems import Problems

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / ".cache" / "editor" / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"
SHIPPED = ["phases.yaml", "indicators.yaml", "roles.yaml", "calendar.yaml", "teams/siping.yaml"]

SAME = {
    "config-choice", "config-date", "config-identifier", "config-other-file", "config-person", "config-range",
    "config-shape", "config-text-length", "config-truth", "config-unknown-key",
    "yaml-alias", "yaml-anchor", "yaml-duplicate-key", "yaml-tag",
}  # fmt: skip
"""Codes whose place, line and column, the language server reports exactly."""

NEAR = {"config-missing-key", "yaml-key", "yaml-syntax"}
"""Codes that it reports, too, within a line of the validator's place."""


@pytest.fixture(scope="module")
def server() -> Iterator[LanguageServer]:
    if shutil.which("node") is None or not PROGRAM.exists():
        if "yaml-language-server" in os.environ.get("CAMPAIGN_REQUIRE", ""):
            pytest.fail("yaml-language-server is required and missing: run make editor")
        pytest.skip("not run: yaml-language-server missing")
    running = LanguageServer(PROGRAM)
    yield running
    running.close()


def broken(code: str) -> str:
    (name,) = [name for name in broken_folders.names() if name.startswith(f"{code}.")]
    return name


def both(server: LanguageServer, code: str, where: Path) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    """Return the places that the validator and the language server report of one broken file, one line further down."""
    name = broken(code)
    ours = {(found.place.line + 1, found.place.column) for found in broken_folders.problems(name, where)}
    path = where / "campaign" / name.partition(".")[2]
    schemas.write(where / "campaign")
    text = path.read_text(encoding="utf-8")
    path.write_text(f"# yaml-language-server: $schema={schemas.path_of(path.name)}\n{text}", encoding="utf-8")
    return ours, {(line, column) for line, column, _ in server.places(path)}


@pytest.mark.parametrize("code", sorted(SAME))
def test_the_language_server_reports_the_same_place(server: LanguageServer, code: str, tmp_path: Path) -> None:
    ours, theirs = both(server, code, tmp_path)
    assert theirs == ours


@pytest.mark.parametrize("code", sorted(NEAR))
def test_the_language_server_reports_it_nearby(server: LanguageServer, code: str, tmp_path: Path) -> None:
    ours, theirs = both(server, code, tmp_path)
    assert all(any(abs(line - there) <= 1 for there, _ in theirs) for line, _ in ours)


@pytest.mark.parametrize("name", SHIPPED)
def test_the_language_server_has_nothing_to_say_of_the_shipped_files(server: LanguageServer, name: str) -> None:
    assert server.places(ROOT / "config" / name) == []


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_file_names_its_schema_in_the_first_line(name: str) -> None:
    path = ROOT / "config" / name
    first = path.read_text(encoding="utf-8").splitlines()[0]
    word, _, relative = first.partition("$schema=")
    assert word == "# yaml-language-server: "
    assert (path.parent / relative).resolve() == ROOT / "config" / schemas.path_of(
        name if "/" not in name else schemas.TEAM
    )


def test_the_shipped_schemas_are_those_of_the_types(tmp_path: Path) -> None:
    schemas.write(tmp_path)
    made = {path.name: path.read_bytes() for path in (tmp_path / schemas.FOLDER).iterdir()}
    shipped = {path.name: path.read_bytes() for path in (ROOT / "config" / schemas.FOLDER).iterdir()}
    assert shipped == made, "run: make schema"


def test_numbers_may_be_written_as_numbers_and_unknown_keys_are_refused() -> None:
    part = schemas.schema("indicators.yaml")["$defs"]["ProvinceTarget"]
    assert part["additionalProperties"] is False
    assert {"type": ["number", "string"], "pattern": r"^[+-]?\d{1,30}(\.\d{1,12})?$"} in part["properties"]["value"][
        "anyOf"
    ]


def test_a_file_that_no_folder_has_is_answered_with_the_nearest() -> None:
    with pytest.raises(Problems, match=r"did you mean phases.yaml\?"):
        schemas.schema("phase.yaml")
    assert msgspec.json.encode(schemas.schema("teams/siping.yaml")) == msgspec.json.encode(
        schemas.schema(schemas.TEAM) | {"title": "teams/siping.yaml"}
    )
