"""What every refusal owes the one who is refused: what is wrong, in which field, by which rule, and what to do.

The tables of the tests name codes; this holds each refusal that they meet to the rest, and to its words in
refusals.txt, where all that may be said to a command stands together.
"""

import re
from pathlib import Path

import msgspec

from campaign.domain.commands import COMMANDS, Command
from campaign.domain.definition import Definition, FourEyes, Team
from campaign.domain.events import Event, Figure, Target
from campaign.problems import Problem, Refused

WRITTEN = Path(__file__).with_name("refusals.txt")
OF_THE_WHOLE = frozenset(
    {"nothing-changes", "gate-shut", "four-eyes", "entity-exited", "not-stopped", "bulletin-not-published"}
    | {"campaign-not-open", "campaign-closed", "no-definition", "notice-number", "halves-do-not-add-up"}
    | {"not-permitted", "awards-undecided", "nominations-undecided", "summary-missing", "table-overlap"}
)
"""Codes of what is wrong with the whole of a command, or with its moment; every other problem lies in a field."""
KINDS = (*COMMANDS.values(), Target, Figure, Definition, Team)
FIELDS = frozenset(name for kind in KINDS for name in kind.__struct_fields__) | {
    "occurred_on",
    "group",
    "phase",
    "bulletin",
}
"""The last three stand for one of `groups`, for `to`, and for the obligation that a bulletin is."""
EYES = frozenset(FourEyes.__struct_fields__) | {"findings"}
"""Where two persons are needed; of findings no definition can say otherwise."""
RULE = re.compile(r"(R-\d\d|[a-z][a-z0-9_., -]*)?")
"""A requirement, a path in the definition, or the id of a gate or of what the scheme calls it."""

REQUIREMENT = {
    "awards-undecided": "R-20",
    "nominations-undecided": "R-21",
    "not-reviewed": "R-21",
    "review-unfavourable": "R-21",
    "no-scheme": "R-22",
    "scheme-not-adopted": "R-22",
    "summary-missing": "R-44",
    "meeting-on-another-day": "R-15",
}
"""Codes that always name the requirement behind them."""


def held(command: Command, answer: tuple[Event, ...] | Refused) -> tuple[Event, ...] | Refused:
    """Return the ANSWER to COMMAND, having held reasons to what they owe, and events to their types."""
    if isinstance(answer, Refused):
        assert answer.reasons, command
        for reason in answer.reasons:
            _owes(reason)
    else:
        for event in answer:
            typed(event)
    return answer


def said(command: Command, answer: tuple[Event, ...] | Refused) -> tuple[Event, ...] | Refused:
    """Return the ANSWER to COMMAND, as `held` does, having held every reason to a line of refusals.txt."""
    kind = type(command).__name__
    for reason in held(command, answer).reasons if isinstance(answer, Refused) else ():
        line = HASH.sub("…", f"{reason} [{reason.rule}]" if reason.rule else str(reason))
        assert line in LINES.get(kind, ()), f"if this is right, write it into {WRITTEN.name} below {kind}:\n    {line}"
    return held(command, answer)


def _lines() -> dict[str, list[str]]:
    kinds = (block.split("\n    ") for block in WRITTEN.read_text().rstrip().split("\n\n")[1:])
    return {kind: lines for kind, *lines in kinds}


HASH = re.compile(r"\b[0-9a-f]{64}\b")
"""Which hash it is depends on every word of a definition."""

LINES = _lines()


def typed(struct: msgspec.Struct) -> None:
    """Show that every field of STRUCT holds what its type says: nothing in Python asks for that."""
    assert msgspec.convert(msgspec.to_builtins(struct), type(struct)) == struct


def _owes(reason: Problem) -> None:
    typed(reason)
    for text in (reason.message, reason.fix):
        assert str(text).strip(), reason
        assert "{" not in str(text), reason
        assert "None" not in text.values.values(), reason
    field = re.split(r"[.\[]", reason.place.field)[0]
    assert field in FIELDS if field else reason.code in OF_THE_WHOLE, reason
    assert RULE.fullmatch(reason.rule), reason
    assert reason.rule == REQUIREMENT.get(reason.code, reason.rule), reason
    if reason.code == "four-eyes":
        assert reason.rule.removeprefix("four_eyes.") in EYES, reason
