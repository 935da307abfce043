"""Who plays in the demonstration: the shipped roster and the persons whom the definition gives roles to."""

from collections.abc import Iterable, Mapping

import msgspec

from campaign.app import privacy
from campaign.app.session import MEMORY, Session
from campaign.domain.commands import AppointOfficer, EnrolEntity, RegisterProject
from campaign.domain.definition import Definition, expand
from campaign.domain.schedule import Owed, owed
from campaign.files.roster import Roster

PREFECTURE_SIZES = (60, 90, 120, 150, 210)
FIRM_SIZES = {False: 8, True: 40}
"""By whether the plan names the firm as one to promote."""

ON_TIME = -1
"""Most reports arrive the day before they are due."""


class Cast(msgspec.Struct, frozen=True):
    """The roster, and the roles by person."""

    roster: Roster
    definition: Definition

    @property
    def entities(self) -> tuple[EnrolEntity, ...]:
        """Everyone who takes part."""
        return self.roster.entities

    @property
    def projects(self) -> tuple[RegisterProject, ...]:
        """All increment projects."""
        return self.roster.projects

    @property
    def by_id(self) -> Mapping[str, EnrolEntity]:
        """Everyone by id."""
        return {entity.entity: entity for entity in self.roster.entities}

    def title(self, entity: str) -> str:
        """Return the entity's name."""
        return self.by_id[entity].title

    def dutiful(self) -> list[str]:
        """Return those who owe reports, in the roster's order."""
        return [
            entity.entity for entity in self.roster.entities if owed(self.definition, entity.groups, entity.voluntary)
        ]

    def members(self, *groups: str) -> list[str]:
        """Return the members of GROUPS, unions included."""
        return [
            entity.entity for entity in self.roster.entities if expand(self.definition, entity.groups) & set(groups)
        ]

    def size(self, entity: str) -> int:
        """Return about how large the entity's value added is, in units of the indicator: a prefecture dwarfs a firm."""
        member = self.by_id[entity]
        if member.kind == "prefecture":
            return PREFECTURE_SIZES[sum(map(ord, entity)) % len(PREFECTURE_SIZES)]
        return FIRM_SIZES["priority" in member.tags]

    def tagged(self, tag: str) -> str:
        """Return the first entity with TAG."""
        return next(entity.entity for entity in self.roster.entities if tag in entity.tags)

    def placeholders(self, group: str) -> list[str]:
        """Return the members of GROUP that the plan does not name: mishaps befall only these."""
        return [name for name in self.members(group) if not self.by_id[name].named_in_source]

    def appointments(self, duty: str) -> Mapping[str, AppointOfficer]:
        """Return who is appointed to DUTY, by entity."""
        return {entry.entity: entry for entry in self.roster.appointments if entry.duty == duty}

    def holder(self, duty: str, entity: str) -> str:
        """Return the person of DUTY at ENTITY."""
        return self.appointments(duty)[entity].person

    def keep_persons(self, session: Session) -> None:
        """Keep every person's particulars encrypted in the erasable table; events hold the ids only."""
        if session.settings.store == MEMORY or not privacy.available():
            return
        keys = privacy.keys_beside(session.settings.store)
        for person in self.roster.persons:
            privacy.put(session, keys, person.id, privacy.Particulars(person.name, person.contact, person.post))


LATE = {(28, "monthly_report", "2005-09"), (32, "monthly_report", "2005-09")}
"""Two enterprises of the second prefecture are not in its workbook and send their reports days after they were due."""
NEVER = {(17, "weekly_report", "2005-W41"), (33, "weekly_report", "2005-W45")}
"""Two reports go missing."""


def lateness(place: int, due: Owed) -> int | None:
    """Return by how many days the report of the one at PLACE in the roster misses its day, None if it never comes."""
    answer = (place, due.obligation, due.period)
    return None if answer in NEVER else 4 if answer in LATE else ON_TIME


def first(items: Iterable[str], *, but: Iterable[str] = ()) -> str:
    """Return the first of ITEMS that is not in BUT."""
    barred = set(but)
    return next(item for item in items if item not in barred)
