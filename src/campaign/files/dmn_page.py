"""The text of a scheme while it is written, remembering for every piece where in the DMN file it came from."""

import json
from typing import Any

import msgspec

from campaign.problems import NOWHERE, Place, Problem, Text


class Page:
    """Lines of YAML; each has marks: from which column on it stands for which place."""

    def __init__(self, whole: Place) -> None:
        """Let WHOLE stand for whatever has no place of its own."""
        self.whole = whole
        self.lines: list[str] = []
        self.marks: list[list[tuple[int, Place]]] = []

    @property
    def text(self) -> str:
        """The whole text."""
        return "\n".join(self.lines) + "\n"

    def add(self, text: str, place: Place = NOWHERE) -> None:
        """Write a line that stands for PLACE."""
        self.lines.append(text)
        self.marks.append([(1, place if place.line else self.whole)])

    def row(self, indent: str, cells: list[tuple[str, Place]], split: int, place: Place) -> None:
        """Write a line of cells between bars, a double bar before the cell numbered SPLIT."""
        text, marks = indent, [(1, place)]
        for index, (cell, where) in enumerate(cells):
            text += "|| " if index == split else "| "
            marks.append((len(text) + 1, where if where.line else place))
            text += cell + " "
        self.lines.append(text + "|")
        self.marks.append(marks)

    def place(self, line: int, column: int) -> Place:
        """Return the place in the DMN file behind LINE and COLUMN of the text."""
        if not 0 < line <= len(self.marks):
            return self.whole
        marks = [place for start, place in self.marks[line - 1] if start <= column]
        return marks[-1] if marks else self.whole

    def problem(self, problem: Problem) -> Problem:
        """Return a problem of the text as one of the DMN file."""
        values = dict(problem.message.values)
        if values.get("line", "").isdecimal():
            values["line"] = str(self.place(int(values["line"]), 1).line)
        message = Text(problem.message.template, values)
        return msgspec.structs.replace(
            problem, message=message, place=self.place(problem.place.line, problem.place.column)
        )

    def moved(self, value: Any) -> Any:  # noqa: ANN401 -- any part of a scheme's model
        """Return a part of the model with the lines and columns of the DMN file."""
        if isinstance(value, tuple):
            return tuple(map(self.moved, value))
        if isinstance(value, dict):
            return {key: self.moved(item) for key, item in value.items()}
        if not isinstance(value, msgspec.Struct):
            return value
        changed = {name: self.moved(getattr(value, name)) for name in value.__struct_fields__}
        if changed.get("line"):
            place = self.place(changed["line"], changed.get("column", 1))
            changed |= {key: found for key, found in (("line", place.line), ("column", place.column)) if key in changed}
        return msgspec.structs.replace(value, **changed)


def flow(value: object) -> str:
    """Write a value as YAML on one line, every text in quotation marks."""
    return json.dumps(value, ensure_ascii=False)
