"""Whether the parts cover the whole: the fixed targets of each tree against the campaign's own (R-13).

Two trees, never added together; sums for additive indicators, means weighted by last year's levels for rates.
"""

from collections.abc import Mapping
from decimal import Decimal

import msgspec

from campaign.domain import exact
from campaign.domain.attainment import Reconciled, reconcile
from campaign.domain.definition import Definition, Indicator, ProvinceTarget, Reconciliation, concerns
from campaign.domain.events import Target
from campaign.domain.figures import indicator_of
from campaign.domain.state import Context, EntityState
from campaign.problems import Problem, Refused, T
from campaign.readmodels.family import outermost
from campaign.readmodels.trends import baseline


class GapLine(msgspec.Struct, frozen=True):
    """One target of the campaign against the parts of one tree.

    gap: what the parts fall short by; a negative one is what they exceed the whole by.  parts: how many were counted.
    without: members without a fixed target for it.  problem: why the parts could not be compared, if so.
    """

    target: ProvinceTarget
    parts: int
    without: tuple[str, ...]
    found: Reconciled | None = None
    problem: Problem | None = None

    @property
    def covered(self) -> bool | None:
        """Whether the parts reach the whole; None where they could not be compared."""
        return None if self.found is None else self.found.gap <= exact.ZERO


class Tree(msgspec.Struct, frozen=True):
    """One tree with the gap of every numeric target of the campaign; policy: report or block."""

    tree: str
    label: str
    policy: str
    members: int
    lines: tuple[GapLine, ...]


def trees(states: Mapping[str, EntityState], context: Context) -> tuple[Tree, ...]:
    """Return every tree of the definition."""
    if context.definition is None:
        return ()
    definition = context.definition
    return tuple(_tree(states, definition, tree) for tree in definition.reconciliations)


def _tree(states: Mapping[str, EntityState], definition: Definition, tree: Reconciliation) -> Tree:
    within = {
        name: state
        for name, state in states.items()
        if concerns(definition, tree.groups, state.groups) and not state.voluntary and state.exit is None
    }
    lines = tuple(_line(within, definition, target) for target in definition.targets if target.value is not None)
    return Tree(tree.id, tree.label, tree.policy, len(within), lines)


def _line(within: Mapping[str, EntityState], definition: Definition, whole: ProvinceTarget) -> GapLine:
    indicator = indicator_of(definition, whole.indicator)
    targets = {name: target for name, state in within.items() if (target := _fixed(state, whole)) is not None}
    counted = outermost(targets, {name: state.parent for name, state in within.items()})
    without = tuple(name for name in within if name not in targets)
    if indicator is None or not counted or whole.value is None:
        return GapLine(whole, len(counted), without)
    if not indicator.additive and not indicator.base:
        message = T("{indicator} is neither additive nor weighted by a base", indicator=indicator.id)
        problem = Problem("not-comparable", message, T("name its base in indicators.yaml"))
        return GapLine(whole, len(counted), without, problem=problem)
    parts = {name: (_value(targets[name]), _weight(within[name], indicator, targets[name])) for name in counted}
    found = reconcile(parts, whole.value)
    if isinstance(found, Refused):
        return GapLine(whole, len(counted), without, problem=found.reasons[0])
    return GapLine(whole, len(counted), without, found)


def _fixed(state: EntityState, whole: ProvinceTarget) -> Target | None:
    """Return the entity's fixed, numeric target for the same indicator under the same scope."""
    for line in state.targets.values():
        target = line.target
        same = target.indicator == whole.indicator and whole.scope in {"", target.scope}
        if same and line.status == "fixed" and target.value is not None:
            return target
    return None


def _value(target: Target) -> Decimal:
    assert target.value is not None  # noqa: S101 -- _fixed returns numeric targets only
    return target.value


def _weight(state: EntityState, indicator: Indicator, target: Target) -> Decimal | None:
    return None if indicator.additive else baseline(state, indicator.base, target.scope)
