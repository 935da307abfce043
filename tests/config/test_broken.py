"""Every broken file gives the line a person must see; every code of the readers has such a file."""

import ast
from pathlib import Path

import pytest
from config import broken_folders

from campaign import shape, source
from campaign.domain import account_rules, consistency, ownership, references, register_rules, team_rules
from campaign.files import folder, reading, roster, table

DOMAIN = (consistency, references, ownership, team_rules, register_rules, account_rules)
ROOMS = (*DOMAIN, folder, reading, roster, table, source, shape)
READERS = [Path(room.__file__) for room in ROOMS]

WITHOUT_FILE = {
    "config-too-many-problems": "tests/files/test_folder.py",
    "csv-too-many-problems": "tests/files/test_roster.py",
    "file-missing": "tests/files/test_reading.py",
    "file-too-large": "tests/files/test_reading.py",
    "file-unreadable": "tests/files/test_reading.py",
    "folder-missing": "tests/files/test_folder.py",
    "yaml-too-large": "tests/test_source.py",
}
"""Codes that no single small file can show, and the tests that show them."""

NOT_CODES = frozenset({"utf-8-sig", "utf-8"})
"""Texts of the readers that only look like codes."""


def codes() -> set[str]:
    """Collect the codes that the readers can give: kebab-case texts beside a message."""
    found = {f"unknown-{kind}" for kind in references.UNKNOWN}
    for path in READERS:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.Call, ast.Tuple)):
                parts = node.args if isinstance(node, ast.Call) else node.elts
                found |= {part.value for part in parts if _is_code(part)}
    return found


def _is_code(part: ast.expr) -> bool:
    if not isinstance(part, ast.Constant) or not isinstance(part.value, str):
        return False
    first, dash, _ = part.value.partition("-")
    return bool(dash) and first.isalnum() and part.value.replace("-", "").isalnum() and part.value.islower()


@pytest.mark.parametrize("name", broken_folders.names())
def test_a_broken_file_gives_just_the_lines_that_explain_it(name: str, tmp_path: Path) -> None:
    lines = [broken_folders.line(problem, tmp_path) for problem in broken_folders.problems(name, tmp_path)]
    assert lines == broken_folders.expected()[name]


@pytest.mark.parametrize("name", broken_folders.names())
def test_every_problem_of_a_broken_file_has_a_place_and_a_remedy(name: str, tmp_path: Path) -> None:
    for problem in broken_folders.problems(name, tmp_path):
        assert problem.place.line > 0, problem
        assert problem.fix.template, problem


def test_every_code_of_the_readers_has_a_broken_file_or_a_test_of_its_own() -> None:
    shown = {name.partition(".")[0] for name in broken_folders.names()}
    assert codes() - NOT_CODES == shown | set(WITHOUT_FILE)


def test_every_broken_file_shows_the_code_it_is_named_for() -> None:
    for name, lines in broken_folders.expected().items():
        assert any(f": {name.partition('.')[0]} " in line for line in lines), name


def test_codes_without_a_file_are_shown_where_the_table_says() -> None:
    tests = Path(__file__).parent.parent.parent
    for code, path in WITHOUT_FILE.items():
        assert code in (tests / path).read_text(encoding="utf-8")
