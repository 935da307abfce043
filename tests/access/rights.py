"""Who may give which command, asked of the program itself: every role of the shipped roles.yaml, every command."""

import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from campaign.app.adopt import apply
from campaign.app.handle import Who, handle
from campaign.app.session import Session
from campaign.domain import commands as c
from campaign.domain.definition import Definition
from campaign.files import folder as folders

CONFIG = Path(__file__).parents[2] / "config"
KEY = "jilin-2005"
AT = datetime(2005, 8, 17, 1, tzinfo=UTC)
OWN, WITHIN, ELSEWHERE = "220200", "increment-02", "220100"
"""An entity somebody answers for, one that lies in it, and one that has nothing to do with it."""
ROSTER = (
    c.EnrolEntity(OWN, "prefecture", "Own", ("prefecture",)),
    c.EnrolEntity(WITHIN, "enterprise", "Within", ("increment_enterprise",), prefecture=OWN),
    c.EnrolEntity(ELSEWHERE, "prefecture", "Elsewhere", ("prefecture",)),
    c.AppointOfficer(OWN, "accountable_officer", "p-own-officer", "head"),
    c.AppointOfficer(OWN, "liaison", "p-own-liaison", "clerk"),
    *(c.RegisterProject(f"of-{name}", "Paint shop", name, "new") for name in (OWN, WITHIN, ELSEWHERE)),
)
REACH = {
    (True, True, True): "all",
    (True, True, False): "own prefecture",
    (True, False, False): "own",
    (False, False, False): "",
}


def definition() -> Definition:
    return folders.load(CONFIG).definition


def holders() -> dict[str, str]:
    """Return a person for each role, all of whose rights come from that role."""
    listed: dict[str, str] = {}
    for line in definition().assignments:
        if not line.entities or OWN in line.entities:
            listed.setdefault(line.role, line.person)
    listed |= {"accountable_officer": "p-own-officer", "liaison": "p-own-liaison"}
    return {role.id: listed[role.id] for role in definition().roles}


def begin(session: Session) -> Session:
    """Adopt the shipped folder and enrol the three entities."""
    for reply in (
        apply(session, CONFIG, Who("p-wei-lichang"), rehearsal=True),
        handle(session, ROSTER, Who("p-office-1")),
    ):
        assert reply.refusal is None, reply.refusal
    return session


class Asking(msgspec.Struct):
    """Whoever asks for each role: a person all of whose rights come from it, and the session that person works in."""

    persons: Mapping[str, str]
    sessions: Mapping[str, Session]

    def permitted(self, name: str, role: str, subject: str) -> bool:
        """Whether ROLE may give the command NAME about SUBJECT, whatever else speaks against it."""
        who = Who(self.persons[role], role)
        reply = handle(self.sessions[role], [made(name, subject)], who, dry_run=True)
        return reply.refusal is None or reply.refusal.permitted

    def reach(self, name: str, role: str) -> str:
        """Say how far the right goes: all, own prefecture, own, or not at all."""
        one = not {"entity", "project"} & set(c.COMMANDS[name].__struct_fields__)
        subjects: Sequence[str] = (OWN,) if one else (OWN, WITHIN, ELSEWHERE)
        verdicts = [self.permitted(name, role, subject) for subject in subjects]
        return REACH[tuple(verdicts * 3 if one else verdicts)]  # type: ignore[index]  # three of them

    def matrix(self) -> Iterator[list[str]]:
        """Yield the table of rights, a line a command and a column a role."""
        yield ["command", *self.persons]
        for name in sorted(c.COMMANDS):
            yield [name, *(self.reach(name, role) for role in self.persons)]

    def refused(self, name: str, role: str) -> set[str]:
        """Give the command in earnest and return the codes of its refusal."""
        reply = handle(self.sessions[role], [made(name, OWN)], Who(self.persons[role], role))
        assert reply.refusal is not None, (name, role)
        return {reason.code for reason in reply.refusal.reasons}


def asking(session: Session) -> Asking:
    """Return those who ask in one SESSION that believes whoever is named."""
    return Asking(holders(), dict.fromkeys(holders(), session))


def made(name: str, subject: str) -> c.Command:
    """Make a command about SUBJECT; what else it says is anything of the right type."""
    kind = c.COMMANDS[name]
    types_of = get_type_hints(kind)
    values = {field: anything(types_of[field]) for field in kind.__struct_fields__}
    named = {"entity": subject, "project": f"of-{subject}", "key": KEY}
    return kind(**{field: named.get(field, value) for field, value in values.items()})


def anything(kind: Any) -> Any:  # noqa: ANN401 -- of any type
    """Return some value of type KIND."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Literal:
        return inner[0]
    if origin is tuple:
        return ()
    if origin in {types.UnionType, typing.Union}:
        return None if type(None) in inner else anything(inner[0])
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        hints = get_type_hints(kind)
        return kind(**{field.name: anything(hints[field.name]) for field in msgspec.structs.fields(kind)})
    return {str: "x", int: 1, bool: True, date: AT.date(), Decimal: Decimal(1)}[kind]
