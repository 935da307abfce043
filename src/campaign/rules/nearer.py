"""The counterfactual: the least change of one number that reaches a better grade.

Found by asking the scheme itself: outwards in doubling steps on the number's own scale until the grade is better, then
inwards by halving.  What it says is therefore true of the scheme; it is the least change wherever the grade does not
fall as the number moves that way.
"""

from collections.abc import Callable, Mapping
from decimal import ROUND_FLOOR, Decimal
from functools import partial
from typing import TYPE_CHECKING

from campaign.problems import Problems
from campaign.rules.exact import CONTEXT, ONE
from campaign.rules.interpret import Env, run
from campaign.rules.kinds import DECIMAL, Kind, Value, say
from campaign.rules.model import Model, Table
from campaign.rules.reasons import Nearer
from campaign.rules.tree import Name

if TYPE_CHECKING:
    from campaign.rules.scheme import Scheme

GRAIN = {"percent": Decimal("0.0001"), "number": Decimal("0.01"), "money": Decimal(1)}
DOUBLINGS = 40
Given = Mapping[str, object]


def nearer(scheme: "Scheme", given: Given, by_hand: Mapping[str, Decimal]) -> tuple[Nearer, ...]:
    """Return, for the scheme's grade, the least change of each number that betters it.

    First the figures the grade itself is read from, such as a score; then the inputs.
    """
    name = graded(scheme.model)
    step = next((step for step in scheme.model.steps if step.name == name), None)
    if not isinstance(step, Table):
        return ()
    answer = scheme.evaluate(given, by_hand)
    env = dict(zip((*scheme.inputs, *scheme.value_names), answer.raw[0], strict=False))
    if step.name not in env:
        return ()
    read = [column.tree.name for column in step.columns if isinstance(column.tree, Name)]

    def of_table(item: str, value: Decimal) -> Value:
        return run(step, {**env, item: value}).values[0]

    def of_scheme(item: str, value: Decimal) -> Value:
        return scheme.evaluate({**given, item: value}, by_hand).values.get(name)

    asked = [(item, of_table) for item in read if item not in scheme.inputs]
    asked += [(item, of_scheme) for item in scheme.inputs]
    probes = (_Probe(step, env, (item, scheme.kind(item)), partial(ask, item)) for item, ask in asked)
    return tuple(found for probe in probes if (found := _nearest(probe)) is not None)


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


def _nearest(probe: "_Probe") -> Nearer | None:
    value, now = probe.env.get(probe.item), probe.current()
    if probe.kind.name not in DECIMAL or not isinstance(value, Decimal) or not now:
        return None
    grain = GRAIN.get(probe.kind.name, ONE)
    ways = (_least(probe, value, CONTEXT.multiply(grain, Decimal(sign)), now) for sign in (1, -1))
    steps = [found for found in ways if found is not None]
    if not steps:
        return None
    to = min(steps, key=lambda found: CONTEXT.abs(CONTEXT.subtract(found, value)))
    change = CONTEXT.subtract(to, value)
    said = ("+" if change > 0 else "") + say(change, probe.kind)
    reaches = probe.words[probe.rank(to) or 0]
    return Nearer(probe.step.name, probe.item, say(value, probe.kind), say(to, probe.kind), said, reaches)


class _Probe:
    """Finds the grade at other values of one number: `ask` says what it would be."""

    def __init__(self, step: Table, env: Env, number: tuple[str, Kind], ask: Callable[[Decimal], Value]) -> None:
        self.step, self.env, self.ask = step, env, ask
        self.item, self.kind = number
        self.words = step.kind.values

    def current(self) -> int | None:
        """Return the place of the grade as it is, 0 the best."""
        return self.place(self.env[self.step.name])

    def place(self, grade: Value) -> int | None:
        return self.words.index(grade) if isinstance(grade, str) and grade in self.words else None

    def rank(self, value: Decimal) -> int | None:
        """Return the grade's place at VALUE; None where there is no answer."""
        try:
            return self.place(self.ask(value))
        except Problems:
            return None


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
