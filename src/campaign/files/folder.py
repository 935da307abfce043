"""The campaign folder: four YAML files in, one definition out, or every problem of every file at once."""

import zoneinfo
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import FieldInfo, fields

from campaign.domain import ownership, team_rules
from campaign.domain.consistency import check, notices
from campaign.domain.definition import Definition, Team, canonical, sha256
from campaign.domain.events import SourceText
from campaign.domain.ownership import FILE_OF, FILES, OPTIONAL
from campaign.domain.teams import file_of
from campaign.files.reading import read_text
from campaign.problems import Place, Problem, Problems, T, nearest
from campaign.shape import Reading, read
from campaign.source import parse

TEAMS = "teams"
"""The subfolder of the teams' files."""


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
    """Read FOLDER: the four files, and a file for each team in teams/.

    Raises Problems with every problem of every file at once, each as `FOLDER/file:line:column`; whether names, dates
    and sizes fit together is looked at once each file can be read for itself.
    """
    if not folder.is_dir():
        message = T("there is no folder {path}", path=folder)
        fix = T("name the campaign folder with --config")
        raise Problems([Problem("folder-missing", message, fix, Place(file=str(folder)))])
    sources: dict[str, str | Problems] = {}
    for name in names(folder):
        try:
            sources[name] = read_text(folder / name)
        except Problems as found:
            sources[name] = found
    return compose(sources, folder)


def names(folder: Path) -> list[str]:
    """Return the names of the files that make FOLDER's definition, teams' in order of name; some may be left out."""
    teams = sorted(path.name for path in (folder / TEAMS).glob("*.yaml"))
    present = (name for name in FILES if name not in OPTIONAL or (folder / name).exists())
    return [*present, *(f"{TEAMS}/{name}" for name in teams)]


def compose(sources: Mapping[str, str | Problems], folder: Path) -> Folder:
    """Make a folder of the texts of its files, as if they lay in FOLDER; Problems stand for a file that has no text.

    Raises Problems as `load` does.
    """
    readings: dict[str, Reading[Any]] = {}
    found: list[Problem] = []
    for name, source in sources.items():
        try:
            readings[name] = read_part(name, _text(source), str(folder / name))
            found.extend([*readings[name].problems, *_stem(name, readings[name], folder)])
        except Problems as more:
            found.extend(more.problems)
    if found:
        raise Problems(found)
    return _whole(folder, {name: _text(source) for name, source in sources.items()}, readings)


def _text(source: str | Problems) -> str:
    if isinstance(source, Problems):
        raise source
    return source


def read_part(name: str, text: str, file: str) -> Reading[Any]:
    """Read TEXT as the folder's file NAME, called FILE in problems. Raises Problems for what is not YAML."""
    reading = read(PARTS.get(name, Team), parse(text, file), file)
    return Reading(reading.value, [_explained(problem, name) for problem in reading.problems], reading.places)


def _stem(name: str, reading: Reading[Any], folder: Path) -> list[Problem]:
    """Hold a team's id to the name of its file."""
    if name in PARTS or reading.value is None or file_of(reading.value.id) == name:
        return []
    message = T("the team {team} stands in a file of another name", team=reading.value.id)
    fix = T("call the file {file}, or the team {stem}", file=file_of(reading.value.id), stem=Path(name).stem)
    return [Problem("team-name", message, fix, reading.place("id", str(folder / name)))]


def _whole(folder: Path, texts: dict[str, str], readings: dict[str, Reading[Any]]) -> Folder:
    values = {key: getattr(readings[name].value, key) for key, name in FILE_OF.items() if name in readings}
    values["teams"] = tuple(reading.value for name, reading in readings.items() if name not in PARTS)
    definition = Definition(**{key: value for key, value in values.items() if value is not msgspec.UNSET})
    problems = [*_zone(definition), *check(definition), *ownership.check(definition)]
    problems = problems or team_rules.check(definition)
    if problems:
        raise Problems(sorted(_placed(folder, readings, problems), key=_in_order(readings)))
    text = canonical(definition)
    files = tuple(SourceText(name=name, text=texts[name]) for name in readings)
    return Folder(definition, text, sha256(text), files, tuple(_placed(folder, readings, notices(definition))))


def _placed(folder: Path, readings: dict[str, Reading[Any]], problems: Iterable[Problem]) -> list[Problem]:
    """Give each problem the place of its path."""
    teams = [name for name in readings if name not in PARTS]
    placed = []
    for problem in problems:
        name, path = _file_and_path(problem.place.field, teams)
        placed.append(problem.at(readings[name].place(path, str(folder / name))))
    return placed


def _file_and_path(path: str, teams: list[str]) -> tuple[str, str]:
    """Return the file that PATH of the definition stands in, and the path within that file."""
    if path.startswith("teams["):
        number, _, rest = path.removeprefix("teams[").partition("]")
        return teams[int(number)], rest.removeprefix(".")
    return FILE_OF[path.partition(".")[0].partition("[")[0]], path


def _in_order(readings: dict[str, Reading[Any]]) -> Callable[[Problem], tuple[int, int, int]]:
    files = list(readings)

    def order(problem: Problem) -> tuple[int, int, int]:
        file = problem.place.file
        return next(n for n, name in enumerate(files) if file.endswith(name)), problem.place.line, problem.place.column

    return order


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
