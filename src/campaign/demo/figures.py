"""A seeded generator of figures: synthetic, repeatable, exact.

No public figures by prefecture for 2004 and 2005 were found, so these are made up, and every view says so.  All
arithmetic is on integers and Decimal; the same seed gives the same figures on every machine.
"""

import random
from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal

import msgspec

from campaign.domain.definition import Definition
from campaign.domain.events import Figure

EXACT = Context(prec=34, rounding=ROUND_HALF_EVEN)
HUNDREDTH = Decimal("0.01")


class Course(msgspec.Struct, frozen=True):
    """How one entity's year goes: yearly levels of last year in its indicators' units, and what this year brings.

    base: value added of last year.  growth_pct: this year's growth.  target_pct: the growth it will be asked for.
    profit: last year's.  profit_pct: this year's growth of profit.
    """

    base: Decimal
    growth_pct: Decimal
    target_pct: Decimal
    profit: Decimal
    profit_pct: Decimal


class Generator:
    """Makes courses and the figures along them from one seed."""

    def __init__(self, definition: Definition, seed: int) -> None:
        """Take units from DEFINITION's indicators."""
        self.units = {indicator.id: indicator.unit for indicator in definition.indicators}
        self.scope = definition.scopes[0].id if definition.scopes else ""
        self.seed = seed

    def course(self, entity: str, size: int) -> Course:
        """Return the course of ENTITY, whose value added of last year is about SIZE units."""
        dice = random.Random(f"{self.seed}/{entity}")  # noqa: S311 -- a repeatable story, not a secret
        target = Decimal(dice.randrange(1450, 1750)).scaleb(-2)
        return Course(
            base=Decimal(size * dice.randrange(85, 116)).scaleb(-2),
            growth_pct=EXACT.add(target, Decimal(dice.randrange(-280, 420)).scaleb(-2)),
            target_pct=target,
            profit=Decimal(size * dice.randrange(8, 21)).scaleb(-2),
            profit_pct=Decimal(dice.randrange(-400, 3200)).scaleb(-2),
        )

    def baseline(self, course: Course) -> tuple[Figure, ...]:
        """Return last year's levels, as the survey finds them."""
        return tuple(
            self.figure(indicator, value, status="final")
            for indicator, value in (("value_added", course.base), ("profit", course.profit))
            if indicator in self.units
        )

    def figures(
        self, course: Course, indicators: Sequence[str], part: int, of: int, *, final: bool = False
    ) -> tuple[Figure, ...]:
        """Return the cumulative figures after PART of OF equal parts of the year."""
        values = self._values(course, part, of)
        status = "final" if final else "provisional"
        return tuple(self.figure(name, values[name], status=status) for name in indicators if name in values)

    def _values(self, course: Course, part: int, of: int) -> dict[str, Decimal]:
        share = EXACT.divide(Decimal(part), Decimal(of))
        hundred = Decimal(100)
        level = EXACT.multiply(course.base, EXACT.divide(EXACT.add(hundred, course.growth_pct), hundred))
        profit = EXACT.multiply(course.profit, EXACT.divide(EXACT.add(hundred, course.profit_pct), hundred))
        return {
            "value_added": EXACT.multiply(level, share),
            "value_added_growth": course.growth_pct,
            "profit": EXACT.multiply(profit, share),
            "output": EXACT.multiply(EXACT.multiply(level, Decimal("3.2")), share),
            "sales_ratio": EXACT.add(Decimal("95.50"), Decimal(part % 5).scaleb(-1)),
            "load_rate": EXACT.add(Decimal("82.00"), Decimal(part % 7).scaleb(-1)),
            "loss_amount": Decimal(0),
        }

    def figure(self, indicator: str, value: Decimal, *, status: str) -> Figure:
        """Return one figure in hundredths of its declared unit."""
        return Figure(
            indicator=indicator,
            value=value.quantize(HUNDREDTH, context=EXACT),
            unit=self.units[indicator],
            scope=self.scope,
            method="synthetic",
            status="final" if status == "final" else "provisional",
            above_scale_list="2004",
        )
