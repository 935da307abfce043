"""What is said of a sound scheme in which one thing is damaged: left out, misnamed, or of another shape, as one text.

Run `PYTHONPATH=tests python tests/rules/damage_table.py` to write the file anew, and read the difference.
"""

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from anew import write
from rules.golden_texts import WHOLE
from rules.support import whole_problem

from campaign.problems import Problems
from campaign.rules import load
from campaign.source import parse

FILE = Path(__file__).parent / "damaged.txt"
SOUND: Any = parse((WHOLE / "short.yaml").read_text(encoding="utf-8")).plain()
Path_ = tuple[str | int, ...]
SHAPES: dict[str, Any] = {"a word": "?", "an empty list": [], "a list": ["?"], "a mapping": {"?": "?"}}


def paths(value: Any, before: Path_ = ()) -> Iterator[Path_]:  # noqa: ANN401 -- what YAML can hold
    """Yield the way to every part of a document."""
    items: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    for key, item in items:
        yield (*before, key)
        yield from paths(item, (*before, key))


def damaged(path: Path_, work: Callable[[Any, Any], None]) -> str:
    """Return the text of the sound scheme after WORK on what holds the last step of PATH; a part to a line."""
    whole = copy.deepcopy(SOUND)
    within = whole
    for step in path[:-1]:
        within = within[step]
    work(within, path[-1])
    return json.dumps(whole, ensure_ascii=False, indent=1)


def said(text: str) -> str:
    """Say what is wrong with a scheme."""
    try:
        load(text, "S")
    except Problems as error:
        return " ‖ ".join(map(whole_problem, error.problems)).replace(" [] <>", "")
    return "sound"


def misname(within: Any, step: Any) -> None:  # noqa: ANN401 -- a mapping and its key
    """Put an x before a key."""
    pairs = list(within.items())
    within.clear()
    within.update({f"x{key}" if key == step else key: value for key, value in pairs})


def put(shape: Any) -> Callable[[Any, Any], None]:  # noqa: ANN401 -- what YAML can hold
    """Return what puts SHAPE in a place."""

    def work(within: Any, step: Any) -> None:  # noqa: ANN401 -- a mapping or list, and where in it
        within[step] = shape

    return work


def leave_out(within: Any, step: Any) -> None:  # noqa: ANN401 -- a mapping or list, and where in it
    """Leave a part out."""
    del within[step]


def lines() -> Iterator[str]:
    """Yield what is said of every damage, a damage to a line."""
    for path in paths(SOUND):
        name = " ".join(map(str, path))
        yield f"{name} left out: {said(damaged(path, leave_out))}"
        if isinstance(path[-1], str):
            yield f"{name} misnamed: {said(damaged(path, misname))}"
        for shape, value in SHAPES.items():
            yield f"{name} {shape}: {said(damaged(path, put(value)))}"


if __name__ == "__main__":
    write(FILE, lines())
