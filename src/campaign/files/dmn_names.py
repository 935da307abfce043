"""DMN names, which may have spaces and signs, to the names of schemes, which are single words."""

import re
from collections.abc import Iterable

from campaign.rules.grammar import RESERVED
from campaign.rules.kinds import normal

STRANGE = re.compile(r"\W+")
TAKEN = frozenset({*RESERVED, "round"})
NOT_APPLICABLE = "不适用"


def identifier(name: str) -> str:
    """Return NAME as a single word: every run of other signs becomes `_`."""
    word = STRANGE.sub("_", normal(name)).strip("_") or "_"
    if word[0].isdigit() or word.startswith(NOT_APPLICABLE) or not word.isidentifier():
        word = f"_{word}"
    return f"{word}_" if word in TAKEN else word


def identifiers(names: Iterable[str]) -> dict[str, str]:
    """Return a word of its own for each name."""
    found: dict[str, str] = {}
    for name in names:
        word = identifier(name)
        number = 1
        while word in found.values():
            number += 1
            word = f"{identifier(name)}_{number}"
        found[name] = word
    return found
