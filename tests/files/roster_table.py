"""What is made of a small roster in which one cell is changed, as one text.

Run `PYTHONPATH=tests python tests/files/roster_table.py` to write the file anew, and read the difference.
"""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from anew import write
from config.broken_folders import SMALL

from campaign.files import folder
from campaign.files.roster import Roster, load
from campaign.problems import Problem, Problems

FILE = Path(__file__).parent / "roster.txt"
TABLES = ("entities.csv", "projects.csv", "persons.csv")
VALUES = (
    "",
    " x ",
    "X",
    "firm-1",
    "firm-2",
    "city-1",
    "firm",
    "city",
    "firm;city",
    "enterprise",
    "prefecture",
    "new",
    "true",
    "否",
)
NUMBERS = (
    "0",
    "-1",
    "1000.50",
    "1,000",
    "１２",
    "1e3",
    "1" * 30,
    "=1",
    "a\x07b",
    "x" * 201,
    '"q',
    "city-2",
    "p-1",
    "project-2",
    "liaison",
)
HEADS = ("", "x", "title", "名称", "id", "编号", "kind", "entity", "投资额", "selected", "a;b", "ｉｄ")
DEFINITION = folder.load(SMALL).definition


def told(where: Path, usual: frozenset[str] = frozenset()) -> str:
    """Say who takes part with what, apart from what is as USUAL, or what is wrong with the tables."""
    try:
        found: Roster = load(where, DEFINITION)
    except Problems as error:
        return " ‖ ".join(_problem(problem, where) for problem in error.problems)
    return "; ".join(part for part in _parts(found) if part not in usual).replace("x" * 200, "x…x") or "as it is"


def _parts(found: Roster) -> list[str]:
    return [
        str(part)
        for part in (
            *found.entities,
            *found.projects,
            *found.persons,
            *found.appointments,
            ("selected", *found.selected),
        )
    ]


def _problem(problem: Problem, where: Path) -> str:
    place = problem.place
    file = place.file.replace(f"{where}/", "")
    said = f"{file}:{place.line}:{place.column} [{place.field}] {problem.code} {problem.message} ({problem.fix})"
    return said.replace(f"{where}/", "").replace("x" * 200, "x…x")


def changed(rows: list[list[str]], row: int, column: int, value: str) -> str:
    """Return a table with one cell changed."""
    cells = [list(line) for line in rows]
    cells[row][column] = value
    return "\n".join(",".join(line) for line in cells) + "\n"


def lines() -> Iterator[str]:
    """Yield what is made of every change, each answer with all that are answered so."""
    with tempfile.TemporaryDirectory() as name:
        where = Path(shutil.copytree(SMALL, Path(name) / "config"))
        yield from told(where).split("; ")
        usual = frozenset(_parts(load(where, DEFINITION)))
        for table in TABLES:
            yield from _cells(where, table, usual)
        yield from _beside(where, usual)


def _cells(where: Path, table: str, usual: frozenset[str]) -> Iterator[str]:
    path = where / table
    text = path.read_text(encoding="utf-8")
    rows = [line.split(",") for line in text.splitlines()]
    for row, values in ((0, HEADS), (len(rows) - 1, (*VALUES, *NUMBERS))):
        for column, head in enumerate(rows[0]):
            answers: dict[str, list[str]] = {}
            for value in values:
                path.write_text(changed(rows, row, column, value), encoding="utf-8")
                answers.setdefault(told(where, usual), []).append(f"{value!r:.24}")
            yield from (f"{table} {row + 1} {head} {', '.join(given)}: {answer}" for answer, given in answers.items())
    path.write_text(text, encoding="utf-8")


def _beside(where: Path, usual: frozenset[str]) -> Iterator[str]:
    """Yield what is made of tables that are left out, empty, or say something twice."""
    for table in TABLES:
        path = where / table
        text = path.read_text(encoding="utf-8")
        for what, instead in (
            ("empty", ""),
            ("a header only", text.partition("\n")[0]),
            ("every row twice", text + text.partition("\n")[2]),
        ):
            path.write_text(instead, encoding="utf-8")
            yield f"{table} {what}: {told(where, usual)}"
        path.unlink()
        yield f"{table} left out: {told(where, usual)}"
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(FILE, lines())
