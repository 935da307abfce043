"""The counterfactual: the least change of one input that reaches a better grade.

Found by asking the scheme itself: outwards in doubling steps on the input's own scale until the grade is better, then
inwards by halving.  What it says is therefore true of the scheme; it is the least change wherever the grade does not
fall as the input moves that way.
"""

from collections.abc import Mapping
from decimal import ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING

from campaign.problems import Problems
from campaign.rules.exact import CONTEXT, ONE
from campaign.rules.kinds import DECIMAL, say
from campaign.rules.model import Model, Table
from campaign.rules.reasons import Nearer

if TYPE_CHECKING:
    from campaign.rules.scheme import Scheme

GRAIN = {"percent": Decimal("0.0001"), "number": Decimal("0.01"), "money": Decimal(1)}
DOUBLINGS = 24
Given = Mapping[str, object]


def nearer(scheme: "Scheme", given: Given, by_hand: Mapping[str, Decimal]) -> tuple[Nearer, ...]:
    """Return, for the scheme's grade, the least change of each numeric input that betters it, smallest first."""
    name = graded(scheme.model)
    return tuple(found for item in scheme.inputs if (found := _input(scheme, given, by_hand, name, item)) is not None)


def graded(model: Model) -> str:
    """Return the name of the grade: the heading's, else the only decision with ordered words; "" for none."""
    if model.headings.grade:
        return model.headings.grade
    tables = [
        step
        for step in model.steps
        if isinstance(step, Table) and len(step.kind.values) > 1 and step.kind.name == "text"
    ]
    return tables[0].name if len(tables) == 1 and len(tables[0].outputs) == 1 else ""


def _input(scheme: "Scheme", given: Given, by_hand: Mapping[str, Decimal], name: str, item: str) -> Nearer | None:
    kind, value = scheme.inputs[item].kind, given.get(item)
    if kind.name not in DECIMAL or not isinstance(value, Decimal | int) or not name:
        return None
    probe = _Probe(scheme, given, by_hand, name, item)
    value = Decimal(value)
    now = probe.rank(value)
    if not now:
        return None
    steps = [
        found
        for sign in (1, -1)
        if (found := _least(probe, value, CONTEXT.multiply(GRAIN.get(kind.name, ONE), Decimal(sign)), now)) is not None
    ]
    if not steps:
        return None
    to = min(steps, key=lambda found: CONTEXT.abs(CONTEXT.subtract(found, value)))
    change = CONTEXT.subtract(to, value)
    sign = "+" if change > 0 else ""
    reaches = probe.words[probe.rank(to) or 0]
    return Nearer(name, item, say(value, kind), say(to, kind), sign + say(change, kind), reaches)


class _Probe:
    """Asks the scheme for the grade at other values of one input."""

    def __init__(self, scheme: "Scheme", given: Given, by_hand: Mapping[str, Decimal], name: str, item: str) -> None:
        self.scheme, self.given, self.by_hand, self.name, self.item = scheme, given, by_hand, name, item
        step = next(step for step in scheme.model.steps if step.name == name)
        self.words = step.kind.values

    def rank(self, value: Decimal) -> int | None:
        """Return the grade's place, 0 the best; None where the scheme has no answer."""
        try:
            found = self.scheme.evaluate({**self.given, self.item: value}, self.by_hand).values.get(self.name)
        except Problems:
            return None
        return self.words.index(found) if isinstance(found, str) and found in self.words else None


def _least(probe: _Probe, value: Decimal, grain: Decimal, now: int) -> Decimal | None:
    """Return the nearest value on the grain, in the grain's direction, with a better grade."""
    steps = CONTEXT.divide(value, grain).to_integral_value(ROUND_FLOOR, CONTEXT)
    start = CONTEXT.multiply(steps, grain)

    def at(count: int) -> Decimal:
        return CONTEXT.add(start, CONTEXT.multiply(grain, Decimal(count)))

    def better(count: int) -> bool:
        rank = probe.rank(at(count))
        return rank is not None and rank < now

    low, high = 0, 1
    while not better(high):
        low, high = high, high * 2
        if high > 1 << DOUBLINGS:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if better(middle) else (middle, high)
    return at(high)
