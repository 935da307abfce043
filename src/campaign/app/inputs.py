"""Files handed in: the campaign folder, rosters, figures; each as values, or every problem with its place."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from campaign.app.intents import convert, fields_of
from campaign.domain.commands import EnrolEntity, ProposeTarget, RegisterProject
from campaign.domain.definition import Definition
from campaign.problems import Place, Problem, Problems, T

if TYPE_CHECKING:
    from campaign.files.folder import Folder
    from campaign.files.roster import Roster
    from campaign.files.table import Table

ENTITIES = "entities.csv"
ONE = "one"
"""Stands for the entity that the line of command names."""
PROJECTS = "projects.csv"


def read_folder(config: Path) -> "Folder":
    """Read the campaign folder. Raises Problems, all at once."""
    from campaign.files import folder

    return folder.load(config)


def read_rosters(
    config: Path, definition: Definition, progress: Callable[[int, int], None] | None = None
) -> "Roster | None":
    """Read the rosters beside the definition, None where there are none yet. Raises Problems, all at once."""
    from campaign.files import roster

    return roster.load(config, definition, progress) if (config / ENTITIES).exists() else None


def entities(path: Path, definition: Definition) -> tuple[EnrolEntity, ...]:
    """Read the roster of entities at PATH, which must be called entities.csv. Raises Problems."""
    from campaign.files import roster

    return roster.load(_folder(path, ENTITIES), definition).entities


def projects(path: Path, definition: Definition) -> tuple[RegisterProject, ...]:
    """Read the roster of projects at PATH, called projects.csv, beside the entities.csv it refers to."""
    from campaign.files import roster

    return roster.load(_folder(path, PROJECTS), definition).projects


def _folder(path: Path, name: str) -> Path:
    if not path.exists():
        message = T("there is no file {path}", path=path)
        raise Problems([Problem("file-missing", message, T("correct the path"), Place(file=str(path)))])
    if path.name != name:
        message = T("{path} is not called {name}", path=path, name=name)
        fix = T("a roster lies in a folder of its own, as {name}", name=name)
        raise Problems([Problem("roster-name", message, fix, Place(file=str(path)))])
    return path.parent


def figures(path: Path, definition: Definition, period: str = "") -> dict[str, object]:
    """Return the fields `figures` and `period` out of a file of one entity's figures.

    Raises Problems with the file's cells, and `input-period` where PERIOD, or the only period, is not in the file.
    """
    from campaign.files.rows import Known
    from campaign.files.submission import load

    found = {item.period: item for item in load(path, Known(definition=definition, entity=ONE)).filed}
    chosen = period or (next(iter(found)) if len(found) == 1 else "")
    if chosen not in found:
        message = T("the file holds the periods {periods}", periods=", ".join(found))
        place = Place(file=str(path), field="period")
        raise Problems([Problem("input-period", message, T("name one of them with --period"), place)])
    return {"figures": found[chosen].figures, "period": chosen}


def breakdown(path: Path, definition: Definition) -> tuple[ProposeTarget, ...]:
    """Read the targets of many entities from the CSV file PATH, one a line. Raises Problems, each with its line."""
    from campaign.files.table import Column, open_table

    names = [field.name for field in fields_of("target.propose")]
    needed = {"entity", "indicator", "rationale"}
    columns = tuple(Column(name, HEADINGS[name], str.strip, "", needed=name in needed) for name in names)
    table = open_table(path, columns)
    found = [_target(table, row.line, row.values, definition) for row in table.rows()]
    if not found and not table.problems:
        table.complain(1, "entity", "csv-blank", T("there are no targets"), T("write one line per target"))
    if table.problems:
        raise Problems(table.problems)
    return tuple(command for command in found if command is not None)


def _target(table: "Table", line: int, values: dict[str, str], definition: Definition) -> ProposeTarget | None:
    before = len(table.problems)
    try:
        command = convert("target.propose", values, definition)
    except Problems as found:
        known = {problem.place.line for problem in table.problems}
        for problem in found.problems:
            if line not in known or problem.code != "input-missing":
                table.complain(line, problem.place.field, problem.code, problem.message, problem.fix)
        return None
    return command if isinstance(command, ProposeTarget) and len(table.problems) == before else None


HEADINGS = {
    "entity": "编号",
    "target": "目标编号",
    "indicator": "指标",
    "operator": "关系",
    "value": "数值",
    "unit": "单位",
    "period": "期别",
    "scope": "口径",
    "strength": "约束",
    "text": "文字目标",
    "first_half_actual": "上半年完成",
    "second_half": "下半年目标",
    "rationale": "依据",
}
"""Chinese headings of a file of targets."""
