"""Models on disk, and what load_dmn says of them."""

from pathlib import Path

import pytest
from files.dmn.models import decision, input_data, model

from campaign.files import load_dmn
from campaign.problems import Problems

WORDS = '"best", "good", "poor"'


def write(folder: Path, xml: str) -> Path:
    path = folder / "model.dmn"
    path.write_text(xml, encoding="utf-8")
    return path


def refused(folder: Path, xml: str) -> list[str]:
    """Return `line code message` of every problem."""
    with pytest.raises(Problems) as caught:
        load_dmn(write(folder, xml))
    return [f"{problem.place.line} {problem.code} {problem.message}" for problem in caught.value.problems]


def scored(logic: str, type_name: str = "string", *more: str) -> str:
    """Make a model of one decision over the input Score."""
    return model("m", *more, input_data("Score", "number"), decision("Result", logic, type_name, inputs=["Score"]))
