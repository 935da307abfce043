"""What a decision about an entity looks at, and the refusals that many of them share."""

import re
from collections.abc import Iterable
from typing import TypeAlias

import msgspec

from campaign.domain.commands import Asked
from campaign.domain.definition import Definition
from campaign.domain.events import Event
from campaign.domain.state import CampaignState, EntityState
from campaign.problems import Place, Problem, Refused, T, Text, refuse

Decision: TypeAlias = tuple[Event, ...] | Refused

IDENTIFIER = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")


class Situation(msgspec.Struct, frozen=True):
    """The entity, the rules that hold and who asks."""

    state: EntityState
    definition: Definition
    campaign: CampaignState
    asked: Asked


def settle(problems: Iterable[Problem], *events: Event) -> Decision:
    """Return EVENTS, or refuse with every problem there is."""
    reasons = tuple(problems)
    return Refused(reasons) if reasons else events


def problem(code: str, message: Text, fix: Text, *, field: str = "", rule: str = "") -> Problem:
    """Make a problem of a command's FIELD."""
    return Problem(code, message, fix, Place(field=field), rule)


def blanks(**texts: str) -> list[Problem]:
    """Return a problem for every text that says nothing."""
    return [
        problem("text-missing", T("{field} is empty", field=name), T("write what it says"), field=name)
        for name, text in texts.items()
        if not text.strip()
    ]


def repeats(field: str, items: Iterable[str]) -> list[Problem]:
    """Return a problem for every item of a list that is blank or stands in it twice."""
    found: list[Problem] = []
    seen: set[str] = set()
    for item in items:
        if not item.strip():
            message = T("{field} has an empty item", field=field)
            found.append(problem("text-missing", message, T("leave it out"), field=field))
        elif item in seen:
            message = T("{item} stands twice in {field}", item=item, field=field)
            found.append(problem("listed-twice", message, T("name it once"), field=field))
        seen.add(item)
    return found


def persons(**named: str) -> list[Problem]:
    """Return a problem for every field that does not hold a person id: names stay out of the log."""
    return [
        problem(
            "not-a-person-id",
            T("{text} in {field} is not a person id", text=text, field=name),
            T("use the person's id (small letters, digits and _ . -); the name is kept beside the log"),
            field=name,
        )
        for name, text in named.items()
        if not IDENTIFIER.fullmatch(text)
    ]


def reason_needed(what: Text) -> Problem:
    """Demand a reason for WHAT."""
    return problem("reason-needed", what, T("give a reason"), field="reason")


def nothing_changes(why: Text) -> Refused:
    """Refuse a command after which everything would be as before."""
    return refuse("nothing-changes", T("this would change nothing"), why)


def unknown(code: str, field: str, name: str, known: Iterable[str]) -> Problem:
    """Say that NAME is none of KNOWN, and name these."""
    choices = ", ".join(known)
    fix = T("use one of: {choices}", choices=choices) if choices else T("there is none yet")
    message = T("{field} {name} is not known", field=field, name=name.strip() or "-")
    return problem(code, message, fix, field=field)


def four_eyes(rule: str, message: Text, fix: Text) -> Problem:
    """Say that one person may not do both (R-58)."""
    return problem("four-eyes", message, fix, rule=rule)
