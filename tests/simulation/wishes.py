"""What the users of the simulated world ask for: commands of the real domain, some of which are refused."""

import random
from collections.abc import Callable
from datetime import date

from campaign.domain import commands as c
from campaign.domain.events import Target

ENTITIES = ("north", "north", "south")
KEY = "harvest-2031"
DAY = date(2031, 3, 2)
PEOPLE = ("p-bea", "p-cal")
STRANGER = 0.04
"""How often somebody asks who may not."""


def finding(chance: random.Random, name: str) -> c.Command:
    return c.RaiseFinding(chance.choice(ENTITIES), chance.choice(("f1", "f2", "f3", "f4")), "omission", name)


def explained(chance: random.Random, name: str) -> c.Command:
    return c.ExplainFinding(chance.choice(ENTITIES), chance.choice(("f1", "f2")), name)


def resolved(chance: random.Random, name: str) -> c.Command:
    return c.ResolveFinding(chance.choice(ENTITIES), chance.choice(("f1", "f2")), "cleared", name)


def officer(chance: random.Random, name: str) -> c.Command:
    return c.AppointOfficer(chance.choice(ENTITIES), "liaison", chance.choice(PEOPLE), name, name)


def enrolled(chance: random.Random, name: str) -> c.Command:
    entity = chance.choice(("east", "west"))
    return c.EnrolEntity(entity, "farm", name, ("farm",))


def proposed(chance: random.Random, name: str) -> c.Command:
    value = chance.randint(1, 9)
    target = Target(target="yield", indicator="yield", value=value, unit="t", period="2031", scope="field")  # type: ignore[arg-type]  # a whole decimal
    return c.ProposeTarget(chance.choice(ENTITIES), target, name)


def reviewed(chance: random.Random, name: str) -> c.Command:
    return c.ReviewTarget(chance.choice(ENTITIES), "yield", favourable=chance.random() < 0.8, opinion=name)


def fixed(chance: random.Random, name: str) -> c.Command:
    del name
    return c.FixTarget(chance.choice(ENTITIES), "yield")


def status(chance: random.Random, name: str) -> c.Command:
    return c.ChangeOperatingStatus(chance.choice(ENTITIES), chance.choice(("running", "suspended")), name)


def meeting(chance: random.Random, name: str) -> c.Command:
    del name
    return c.HoldMeeting(chance.choice(("kick-off", "kick-off", "other")), DAY)


KINDS: tuple[Callable[[random.Random, str], c.Command], ...] = (
    finding, finding, finding, explained, resolved, officer, enrolled, proposed, reviewed, fixed, status, status,
    meeting,
)  # fmt: skip


def request(chance: random.Random, name: str) -> tuple[c.Command, ...]:
    """Return one or two commands that are to be carried out as one; NAME stands in their text."""
    return tuple(chance.choice(KINDS)(chance, name) for _ in range(1 if chance.random() < 0.85 else 2))
