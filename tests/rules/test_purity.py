"""The room is pure: no floats, no clock, chance, environment or files."""

import ast
from pathlib import Path

import pytest
from rules.support import shipped

import campaign.rules

ROOM = Path(campaign.rules.__file__).parent
SOURCES = sorted(ROOM.rglob("*.py"))
FORBIDDEN = {
    "os",
    "sys",
    "time",
    "random",
    "secrets",
    "pathlib",
    "io",
    "socket",
    "subprocess",
    "logging",
    "locale",
    "uuid",
}
OURS = ("campaign.problems", "campaign.source", "campaign.shape", "campaign.rules")


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_no_float_is_written_or_made(path: Path) -> None:
    for node in ast.walk(tree(path)):
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float))
        assert not (isinstance(node, ast.Name) and node.id == "float")
        assert not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Div)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_nothing_impure_is_imported(path: Path) -> None:
    for node in ast.walk(tree(path)):
        modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for module in modules:
            assert module.split(".")[0] not in FORBIDDEN
            assert not module.startswith("campaign.") or module.startswith(OURS)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_the_ambient_context_is_never_asked(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "getcontext" not in text
    assert "localcontext" not in text
    assert "date.today" not in text
    assert ".now(" not in text


def test_making_a_float_inside_the_room_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> object:
        raise AssertionError("a float was made")

    for path in SOURCES:
        name = "campaign.rules" if path.stem == "__init__" else f"campaign.rules.{path.stem}"
        module = __import__(name, fromlist=["x"])
        monkeypatch.setattr(module, "float", refuse, raising=False)
    made = shipped("yangzhou-2007")
    case = next(case for case in made.cases if not case.alone)
    assert made.assess(case.given).explain(min(case.given)).scheme == "yangzhou-2007"


def test_every_value_that_comes_out_is_exact() -> None:
    for name in ("yangzhou-2007", "jilin-2005-example", "gansu-2010"):
        made = shipped(name)
        for case in made.cases:
            found = (
                [made.evaluate(case.given[""]).values]
                if case.alone
                else [s.values for s in made.assess(case.given).standings.values()]
            )
            assert not any(isinstance(value, float) for values in found for value in values.values())
