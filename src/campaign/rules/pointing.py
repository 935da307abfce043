"""A problem with its line and a caret below the sign where it begins, for terminals."""

import unicodedata

from campaign.problems import Problem

WIDE = frozenset({"W", "F"})


def pointed(problem: Problem, text: str) -> str:
    """Return the problem, the line of TEXT it stands on and a caret; the problem alone where its line is unknown.

    Wide signs count two columns, so that the caret stands right in a terminal.
    """
    lines = text.split("\n")
    place = problem.place
    if not 0 < place.line <= len(lines):
        return str(problem)
    line = lines[place.line - 1]
    before = line[: max(place.column - 1, 0)]
    blank = "".join("  " if unicodedata.east_asian_width(sign) in WIDE else " " for sign in before)
    return f"{problem}\n{line}\n{blank}^"
