"""A command that needs an extra which is not installed says which, and how to get it."""

import tomllib
from pathlib import Path

import pytest

from campaign.app.failures import problem_of
from campaign.problems import EXTRAS, Place, Problems, need

PROJECT = Path(__file__).parents[2] / "pyproject.toml"


@pytest.mark.parametrize("module", ["xlsxwriter", "xlsxwriter.workbook", "typst"])
def test_a_module_of_an_extra_that_is_not_there_is_a_problem_with_its_remedy(module: str) -> None:
    problem = problem_of(ModuleNotFoundError(name=module))
    assert problem is not None
    assert problem.code == "extra-missing"
    assert f"campaign[{EXTRAS[module.partition('.')[0]]}]" in str(problem)


def test_a_module_of_nobodys_stays_a_fault_of_ours() -> None:
    assert problem_of(ModuleNotFoundError(name="campaign.nowhere")) is None


def test_whoever_looks_first_is_told_of_all_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(EXTRAS, "no_such_module", "sheets")
    monkeypatch.setitem(EXTRAS, "nor_this_one", "dmn")
    need("xlsxwriter")
    with pytest.raises(Problems) as caught:
        need("no_such_module", "xlsxwriter", "nor_this_one", place=Place("table.xlsx"))
    assert {problem.place.file for problem in caught.value.problems} == {"table.xlsx"}
    assert [problem.message.values["module"] for problem in caught.value.problems] == ["no_such_module", "nor_this_one"]


def test_every_extra_named_is_one_of_the_project_and_all_has_each() -> None:
    extras = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    (everything,) = extras.pop("all")
    assert set(EXTRAS.values()) <= extras.keys()
    assert set(everything.removeprefix("campaign[").removesuffix("]").split(",")) == extras.keys()


def test_no_other_place_tells_of_a_package_that_is_missing() -> None:
    """Only the verifier, which imports nothing of ours, and the starter, which can do without, look themselves."""
    source = PROJECT.parent / "src" / "campaign"
    looking = {path.name for path in source.rglob("*.py") if "except ImportError" in path.read_text(encoding="utf-8")}
    assert looking == {"verifier.py", "__init__.py"}
