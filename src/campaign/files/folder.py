"""The campaign folder: four YAML files in, one definition out, or every problem of every file at once."""

import zoneinfo
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import FieldInfo, fields

from campaign.domain.consistency import check, notices
from campaign.domain.definition import Definition, canonical, sha256
from campaign.domain.events import SourceText
from campaign.files.reading import read_text
from campaign.problems import Place, Problem, Problems, T, nearest
from campaign.shape import Reading, read
from campaign.source import parse

FILES: dict[str, tuple[str, ...]] = {
    "phases.yaml": (
        "campaign",
        "documents",
        "stages",
        "phases",
        "groups",
        "obligations",
        "meetings",
        "four_eyes",
        "timeliness",
        "watched_sectors",
        "laggard_criterion",
        "selection_criterion",
    ),
    "indicators.yaml": ("indicators", "scopes", "targets", "trend", "reconciliations"),
    "roles.yaml": ("roles", "assignments"),
    "calendar.yaml": ("calendar",),
}
"""Which part of the definition stands in which file."""

FILE_OF = {key: name for name, keys in FILES.items() for key in keys}


class Folder(msgspec.Struct, frozen=True):
    """A campaign folder that was read without a problem.

    text: the definition's canonical text; sha256: of that text; files: the YAML as written, comments included.
    notices: what is allowed but should be known, each at its place.
    """

    definition: Definition
    text: str
    sha256: str
    files: tuple[SourceText, ...]
    notices: tuple[Problem, ...] = ()


def load(folder: Path) -> Folder:
    """Read FOLDER.

    Raises Problems with every problem of every file at once, each as `FOLDER/file:line:column`; whether names, dates
    and sizes fit together is looked at once each file can be read for itself.
    """
    if not folder.is_dir():
        message = T("there is no folder {path}", path=folder)
        fix = T("name the campaign folder with --config")
        raise Problems([Problem("folder-missing", message, fix, Place(file=str(folder)))])
    texts: dict[str, str] = {}
    readings: dict[str, Reading[Any]] = {}
    problems: list[Problem] = []
    for name in FILES:
        try:
            texts[name] = read_text(folder / name)
            readings[name] = read_part(name, texts[name], str(folder / name))
            problems.extend(readings[name].problems)
        except Problems as found:
            problems.extend(found.problems)
    if problems:
        raise Problems(problems)
    return _whole(folder, texts, readings)


def read_part(name: str, text: str, file: str) -> Reading[Any]:
    """Read TEXT as the folder's file NAME, called FILE in problems. Raises Problems for what is not YAML."""
    reading = read(PARTS[name], parse(text, file), file)
    return Reading(reading.value, [_explained(problem, name) for problem in reading.problems], reading.places)


def _whole(folder: Path, texts: dict[str, str], readings: dict[str, Reading[Any]]) -> Folder:
    values = {key: getattr(readings[name].value, key) for key, name in FILE_OF.items()}
    definition = Definition(**{key: value for key, value in values.items() if value is not msgspec.UNSET})
    problems = [*_zone(definition), *check(definition)]
    if problems:
        raise Problems(sorted(_placed(folder, readings, problems), key=_in_order))
    text = canonical(definition)
    files = tuple(SourceText(name=name, text=texts[name]) for name in FILES)
    return Folder(definition, text, sha256(text), files, tuple(_placed(folder, readings, notices(definition))))


def _placed(folder: Path, readings: dict[str, Reading[Any]], problems: Iterable[Problem]) -> list[Problem]:
    """Give each problem the place of its path."""
    placed = []
    for problem in problems:
        path = problem.place.field
        name = FILE_OF[path.partition(".")[0].partition("[")[0]]
        placed.append(problem.at(readings[name].place(path, str(folder / name))))
    return placed


def _in_order(problem: Problem) -> tuple[int, int, int]:
    names = list(FILES)
    return names.index(Path(problem.place.file).name), problem.place.line, problem.place.column


def _zone(definition: Definition) -> list[Problem]:
    """Look for the time zone in this machine's tables; a guessed zone would shift verdicts."""
    name = definition.campaign.time_zone
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, OSError, ValueError):
        message = T("there is no time zone {name}", name=name)
        close = nearest(name, (zone for zone in zoneinfo.available_timezones() if "/" in zone))
        fix = close if "choice" in close.values else T("write it as in Asia/Shanghai")
        return [Problem("unknown-time-zone", message, fix, Place(field="campaign.time_zone"))]
    return []


def _explained(problem: Problem, name: str) -> Problem:
    """Say more where this folder knows more than the types do: keys of another file, names in place of person ids."""
    key = problem.message.values.get("key", "")
    if problem.code == "config-unknown-key" and not problem.place.field and FILE_OF.get(key, name) != name:
        message = T("the key {key} does not belong into this file", key=key)
        fix = T("move it to {file}", file=FILE_OF[key])
        return Problem("config-other-file", message, fix, problem.place)
    if problem.code == "config-identifier" and problem.place.field.endswith(".person"):
        fix = T("write the person's id as in persons.csv; names never enter the log")
        return Problem("config-person", problem.message, fix, problem.place)
    return problem


def _part(name: str, keys: tuple[str, ...]) -> type[msgspec.Struct]:
    """Make the type of one file out of the definition's own fields; what is left out stays unset."""
    known = {field.name: field for field in fields(Definition)}
    return msgspec.defstruct(
        name.partition(".")[0],
        [_field(known[key]) for key in sorted(keys, key=lambda key: not known[key].required)],
        frozen=True,
        forbid_unknown_fields=True,
    )


def _field(field: FieldInfo) -> tuple[str, Any] | tuple[str, Any, Any]:
    return (field.name, field.type) if field.required else (field.name, field.type, msgspec.UNSET)


PARTS = {name: _part(name, keys) for name, keys in FILES.items()}
"""The type of each file: the schema that editors, validator and documentation share."""
