"""What an entity owes and how each duty stands on a day: the basis of matrices, boards and the on-time ratio (R-37)."""

from datetime import date
from decimal import Decimal

import msgspec

from campaign.domain import exact
from campaign.domain.definition import Definition
from campaign.domain.schedule import Owed, Standing, owed_by, standing
from campaign.domain.state import EntityState, ReportLine


class Duty(msgspec.Struct, frozen=True):
    """One period of an obligation, how it stands, and the report that answered it, if any."""

    owed: Owed
    standing: Standing
    report: ReportLine | None = None


class Tally(msgspec.Struct, frozen=True):
    """How many duties stand how; tallies add up."""

    on_time: int = 0
    late: int = 0
    missing: int = 0
    corrected: int = 0
    upcoming: int = 0
    waived: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        """Add two tallies of different duties."""
        return Tally(
            self.on_time + other.on_time,
            self.late + other.late,
            self.missing + other.missing,
            self.corrected + other.corrected,
            self.upcoming + other.upcoming,
            self.waived + other.waived,
        )

    @property
    def due(self) -> int:
        """How many have fallen due or were answered."""
        return self.on_time + self.late + self.missing + self.corrected

    @property
    def ratio(self) -> Decimal | None:
        """The share answered on time of those due, exactly; None while nothing is due."""
        if not self.due:
            return None
        return exact.CONTEXT.divide(Decimal(self.on_time + self.corrected), Decimal(self.due))


def duties(state: EntityState, definition: Definition, today: date) -> tuple[Duty, ...]:
    """Return everything the entity owes, by due date; what falls due after a statistical exit is not owed (R-28)."""
    answered = {(line.obligation, line.period): line for line in state.reports.values()}
    found = []
    for entry in owed_by(state, definition):
        if state.exit is None or entry.due_on <= state.exit.exit_on:
            report = answered.get((entry.obligation, entry.period))
            found.append(Duty(entry, standing(entry, report, definition, today), report))
    return tuple(found)


def tally(listed: tuple[Duty, ...]) -> Tally:
    """Count LISTED by standing."""
    counts = {"on_time": 0, "late": 0, "missing": 0, "corrected": 0, "upcoming": 0, "waived": 0}
    for duty in listed:
        counts[duty.standing] += 1
    return Tally(**counts)
