"""Moving between phases, and waiving a gate: what may pass, and every shut gate with its remedy."""

from campaign.domain import gates, phases
from campaign.domain.commands import MovePhase, WaiveGate
from campaign.domain.definition import Policy
from campaign.domain.events import GateOutcome, GateWaived, PhaseMoved
from campaign.domain.gates import GateStanding
from campaign.domain.phases import MoveKind, PhaseGraph
from campaign.domain.situation import (
    Decision,
    Situation,
    blanks,
    nothing_changes,
    problem,
    reason_needed,
    settle,
    unknown,
)
from campaign.domain.state import Context
from campaign.problems import Problem, Refused, T, Text


def move(command: MovePhase, at: Situation) -> Decision:
    """Move to another phase: every gate out of the present one must be open, unless the move goes back."""
    graph = phases.graph(at.definition)
    to = command.to or _only_next(graph, at.state.phase)
    if isinstance(to, Problem):
        return Refused((to,))
    if to == at.state.phase:
        return nothing_changes(T("{entity} is in {phase} already", entity=at.state.entity, phase=to))
    kind = graph.move(at.state.phase, to)
    if kind is None:
        return Refused((_no_way(graph, at.state.phase, to),))
    standings = () if kind == "back" else _standings(at, to)
    outcomes = tuple(_outcome(standing, at) for standing in standings if standing.verdict != "shut")
    event = PhaseMoved(at.state.phase, to, kind, outcomes, command.reason)
    return settle([*_reason(kind, command.reason, to), *_shut(standings)], event)


def waive(command: WaiveGate, at: Situation) -> Decision:
    """Waive a shut gate out of the present phase, where its policy allows it."""
    standings = {standing.gate.id: standing for standing in _standings(at, "")}
    standing = standings.get(command.gate)
    if standing is None:
        return Refused((unknown("unknown-gate", "gate", command.gate, standings),))
    if standing.gate.policy is not Policy.WAIVE_WITH_REASON:
        return Refused((_not_waivable(standing),))
    if standing.verdict == "waived":
        return nothing_changes(T("the gate {gate} is waived already", gate=command.gate))
    if standing.verdict == "met":
        return nothing_changes(T("the gate {gate} is met; there is nothing to waive", gate=command.gate))
    return settle(blanks(reason=command.reason), GateWaived(at.state.phase, command.gate, command.reason))


def _standings(at: Situation, to: str) -> tuple[GateStanding, ...]:
    context = Context(at.definition, at.campaign)
    return gates.examine(at.state, context, at.state.phase, at.asked.occurred_on, at.asked.today, to=to)


def _only_next(graph: PhaseGraph, phase: str) -> str | Problem:
    following = graph.next(phase)
    if len(following) == 1:
        return following[0]
    if following:
        message = T("{phase} leads to several phases", phase=phase)
        return problem("several-next", message, _name_one(following), field="to")
    ways = graph.ways(phase)
    return problem("last-phase", T("{phase} leads to no other phase", phase=phase), _name_one(ways), field="to")


def _no_way(graph: PhaseGraph, phase: str, to: str) -> Problem:
    if to not in graph.order:
        return unknown("unknown-phase", "phase", to, graph.order)
    message = T("no way leads from {phase} to {to}", phase=phase, to=to)
    return problem("no-way", message, _name_one(graph.ways(phase)), field="to")


def _name_one(ways: tuple[str, ...]) -> Text:
    if not ways:
        return T("the entity stays where it is")
    return T("name one of: {choices}", choices=", ".join(ways))


def _reason(kind: MoveKind, reason: str, to: str) -> list[Problem]:
    if kind == "advance" or reason.strip():
        return []
    if kind == "skip":
        return [reason_needed(T("a phase is skipped on the way to {phase}", phase=to))]
    return [reason_needed(T("the move to {phase} goes back", phase=to))]


def _shut(standings: tuple[GateStanding, ...]) -> list[Problem]:
    return [
        problem("gate-shut", standing.why, standing.remedy, rule=standing.gate.id)
        for standing in standings
        if not standing.open
    ]


def _outcome(standing: GateStanding, at: Situation) -> GateOutcome:
    gate = standing.gate.id
    match standing.verdict:
        case "warned":
            return GateOutcome(gate=gate, verdict="warned", detail=str(standing.why))
        case "waived":
            detail = at.state.waived[gates.waiver(at.state.phase, gate)]
            return GateOutcome(gate=gate, verdict="waived", detail=detail)
        case _:
            return GateOutcome(gate=gate, verdict="met")


def _not_waivable(standing: GateStanding) -> Problem:
    message = T("the gate {gate} may not be waived", gate=standing.gate.id)
    fix = standing.remedy if standing.remedy.template else T("it needs no waiver")
    return problem("not-waivable", message, fix, field="gate", rule=standing.gate.id)
