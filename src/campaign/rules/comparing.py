"""Two assessments side by side: who stands differently, and what it costs."""

from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from campaign.rules.exact import CONTEXT
from campaign.rules.kinds import Value
from campaign.rules.meaning import add

if TYPE_CHECKING:
    from campaign.rules.assess import Standing
    from campaign.rules.scheme import Assessment


class Change(msgspec.Struct, frozen=True):
    """An entity's score, rank, grade, prize claimed and award paid, before and after; None where it is not there."""

    entity: str
    score: tuple[Value, Value]
    rank: tuple[int | None, int | None]
    grade: tuple[Value, Value]
    prize: tuple[Decimal | None, Decimal | None]
    award: tuple[Decimal | None, Decimal | None]


class Comparison(msgspec.Struct, frozen=True):
    """The schemes' hashes, everyone who stands differently by id, and the cost before, after and between, in yuan."""

    before: str
    after: str
    changes: tuple[Change, ...]
    cost_before: Decimal
    cost_after: Decimal

    @property
    def cost(self) -> Decimal:
        """What the second costs more than the first."""
        return CONTEXT.subtract(self.cost_after, self.cost_before)


def compare(before: "Assessment", after: "Assessment") -> Comparison:
    """Compare two assessments, of one scheme or of two."""
    names = sorted(before.standings.keys() | after.standings.keys())
    changes = (_change(name, before.standings.get(name), after.standings.get(name)) for name in names)
    moved = tuple(change for change in changes if _moved(change))
    return Comparison(before.scheme.sha256, after.scheme.sha256, moved, _cost(before), _cost(after))


def _change(entity: str, first: "Standing | None", second: "Standing | None") -> Change:
    pairs = ((getattr(first, key, None), getattr(second, key, None)) for key in Change.__struct_fields__[1:])
    return Change(entity, *pairs)


def _moved(change: Change) -> bool:
    return any(getattr(change, key)[0] != getattr(change, key)[1] for key in Change.__struct_fields__[1:])


def _cost(assessment: "Assessment") -> Decimal:
    return add([standing.award for standing in assessment.standings.values()])
