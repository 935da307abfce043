"""Every history of small models, to the last: only legal ones (P-14).

A few commands of one capability, two persons, two ids: from the first state every command is tried in every state that
can be reached, until no new one turns up.  The laws are written from the requirements and look at a step as a whole:
who asked, what stood before, what stands after.  Mistakes planted into the product must each break the law they name.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from types import ModuleType
from typing import NamedTuple

import msgspec
import pytest
from domain.scenario import DEFINITION, ENROL, TODAY, By, Life, fixing, recorded, target
from domain.scenario import figure as number

from campaign.domain import commands as c
from campaign.domain import entity, extensions, findings, letters, moves, reports, targets
from campaign.domain.phases import graph
from campaign.domain.state import EntityState
from campaign.problems import Refused

PERSONS = ("ann", "bob")


class Taken(msgspec.Struct, frozen=True):
    """A command that was accepted: who asked for what, and the states on either side."""

    actor: str
    command: c.EntityCommand
    before: EntityState
    after: EntityState


Law = Callable[[Taken], bool]


def search(start: Life, commands: Sequence[c.EntityCommand]) -> Iterator[Taken]:
    """Yield every step that can be taken in every state that can be reached.

    Records have one version and one position, so that states which differ in nothing else are the same.
    """
    known, waiting = {msgspec.json.encode(start.state)}, [start.state]
    while waiting:
        before = waiting.pop()
        for command, actor in product(commands, PERSONS):
            after = _after(start, before, By(command, actor))
            if after is None:
                continue
            yield Taken(actor, command, before, after)
            key = msgspec.json.encode(after)
            if key not in known:
                known.add(key)
                waiting.append(after)


def _after(life: Life, before: EntityState, step: By) -> EntityState | None:
    life.state = before
    answer = life.ask(step)
    if isinstance(answer, Refused):
        return None
    for event in answer:
        life.state = entity.evolve(life.state, recorded(event, 1, step.actor))
    return _counted_once(life.state)


def _counted_once(state: EntityState) -> EntityState:
    """Forget how often something was revised: nothing is decided by it, and it would never end."""
    replace = msgspec.structs.replace
    targets = {name: replace(line, revisions=0) for name, line in state.targets.items()}
    reports = {
        name: replace(line, corrections=min(line.corrections, 1), corrected_by=tuple(sorted(set(line.corrected_by))))
        for name, line in state.reports.items()
    }
    return replace(state, targets=targets, reports=reports)


# --- the models --------------------------------------------------------------------------------------------------

TARGETS = (
    *(c.ProposeTarget("faw", target(value), "r") for value in ("12", "15")),
    *(c.ReviewTarget("faw", "growth", good, "o") for good in (True, False)),
    c.FixTarget("faw", "growth"),
    *(c.ReviseTarget("faw", target(value), "r") for value in ("12", "15")),
)
LETTERS = (
    *(c.ReviseTarget("faw", target(value), "r") for value in ("12", "15")),
    c.IssueTaskStatement("faw", "s"),
    c.IssueTaskStatement("faw", "s-2"),
    c.ReceiveTaskStatement("faw", "s", TODAY),
    c.IssueResponsibilityLetter("faw", "l"),
    c.AmendResponsibilityLetter("faw", "l-2", "l", "r"),
    *(c.SignResponsibilityLetter("faw", letter, "ann", "省政府", "bob", TODAY) for letter in ("l", "l-2")),
    c.SignResponsibilityLetter("faw", "l", "ann", "省政府", "ann", TODAY),
)
REPORTS = (
    *(c.SubmitReport("faw", report, "weekly", "2005-W36", (number("12"),)) for report in ("r", "q")),
    c.CorrectReport("faw", "r", (number("13"),), "r"),
    c.VerifyReport("faw", "r"),
    c.ReturnReport("faw", "r", "r"),
    c.SignOffPeriod("faw", "weekly", "2005-W36"),
    c.RaiseFinding("faw", "f", "falsification", "s", "r"),
    c.ResolveFinding("faw", "f", "confirmed", "r"),
    c.ResolveFinding("faw", "f", "corrected", "r"),
)
PHASES = (
    c.RecordSurvey("faw", ("省经委",)),
    *(c.MovePhase("faw", phase, "r") for phase in ("mobilization", "implementation")),
    c.WaiveGate("faw", "officer", "r"),
    *(c.AppointOfficer("faw", "accountable_officer", person, "p", "r") for person in PERSONS),
    c.ExitStatistics("faw", TODAY, "shell_enterprise", "r"),
    c.ChangeOperatingStatus("faw", "suspended", "r"),
)
BOUND = fixing(target())

MODELS: dict[str, tuple[Sequence[c.EntityCommand], tuple[By | c.EntityCommand, ...]]] = {
    "targets": (TARGETS, ()),
    "letters": (LETTERS, BOUND),
    "reports": (REPORTS, ()),
    "phases": (PHASES, ()),
}


def start(model: str) -> Life:
    """Return the entity as the model begins, its phases without a way back: they end."""
    phases = tuple(msgspec.structs.replace(phase, back_to=()) for phase in DEFINITION.phases)
    return Life(msgspec.structs.replace(DEFINITION, phases=phases)).do(ENROL, *MODELS[model][1])


# --- the laws ----------------------------------------------------------------------------------------------------


def _status(state: EntityState, name: str = "growth") -> str:
    return state.targets[name].status if name in state.targets else ""


def two_persons_for_a_target(step: Taken) -> bool:
    fixed = isinstance(step.command, c.FixTarget)
    return not fixed or (_status(step.before) == "reviewed" and step.before.targets["growth"].proposed_by != step.actor)


def a_fixed_target_is_revised_or_stays(step: Taken) -> bool:
    return (
        _status(step.before) != "fixed"
        or isinstance(step.command, c.ReviseTarget)
        or step.before.targets == step.after.targets
    )


def a_letter_is_signed_over_the_targets_as_they_stand_by_two(step: Taken) -> bool:
    command = step.command
    if not isinstance(command, c.SignResponsibilityLetter):
        return True
    return command.signer != command.countersigner and command.letter not in letters.stale(step.before)


def one_document_of_a_kind_is_in_force(step: Taken) -> bool:
    kinds = [line.kind for line in step.after.letters.values() if not line.superseded_by]
    return len(kinds) == len(set(kinds))


def what_was_signed_stays_signed(step: Taken) -> bool:
    return all(
        step.after.letters[name].done_on == line.done_on for name, line in step.before.letters.items() if line.done_on
    )


def nobody_verifies_a_figure_of_his_own(step: Taken) -> bool:
    verified = isinstance(step.command, c.VerifyReport)
    line = step.before.reports["r"] if verified else None
    return line is None or step.actor not in {line.entered_by, *line.corrected_by}


def what_was_signed_off_stays_as_it_is(step: Taken) -> bool:
    settled = bool(step.before.signed_off)
    return not settled or {k: v.figures for k, v in step.before.reports.items()} == {
        k: v.figures for k, v in step.after.reports.items()
    }


def one_report_covers_a_period(step: Taken) -> bool:
    periods = [line.period for line in step.after.reports.values()]
    return len(periods) == len(set(periods))


def whoever_raised_a_finding_does_not_resolve_it(step: Taken) -> bool:
    resolved = isinstance(step.command, c.ResolveFinding)
    return not resolved or step.before.findings["f"].raised_by != step.actor


def a_finding_is_resolved_once(step: Taken) -> bool:
    return "f" not in step.before.findings or (
        step.before.findings["f"].status in findings.OPEN or step.before.findings == step.after.findings
    )


def phases_are_left_by_open_gates_and_never_backwards(step: Taken) -> bool:
    order = graph(DEFINITION).order
    before, after = order.index(step.before.phase), order.index(step.after.phase)
    surveyed = bool(step.before.surveyed_on) or before != 0
    officered = (
        before != 1 or "accountable_officer" in step.before.duties or "mobilization/officer" in step.before.waived
    )
    return before == after or (before < after and surveyed and officered)


def whoever_left_is_left_alone(step: Taken) -> bool:
    return step.before.exit is None or isinstance(step.command, entity.AFTER_THE_END)


def what_is_accepted_changes_something(step: Taken) -> bool:
    return step.before != step.after


LAWS: tuple[Law, ...] = (
    two_persons_for_a_target,
    a_fixed_target_is_revised_or_stays,
    a_letter_is_signed_over_the_targets_as_they_stand_by_two,
    one_document_of_a_kind_is_in_force,
    what_was_signed_stays_signed,
    nobody_verifies_a_figure_of_his_own,
    what_was_signed_off_stays_as_it_is,
    one_report_covers_a_period,
    whoever_raised_a_finding_does_not_resolve_it,
    a_finding_is_resolved_once,
    phases_are_left_by_open_gates_and_never_backwards,
    whoever_left_is_left_alone,
    what_is_accepted_changes_something,
)


SIZES = {"targets": 17, "letters": 1416, "reports": 513, "phases": 88}
"""How many states each model has: one more or less is a change of what is legal, to be looked at."""


@pytest.mark.parametrize("model", MODELS)
def test_every_history_of_the_model_is_legal(model: str) -> None:
    steps = list(search(start(model), MODELS[model][0]))
    assert [(law.__name__, step) for step in steps for law in LAWS if not law(step)] == []
    assert {type(step.command) for step in steps} == {type(command) for command in MODELS[model][0]}
    assert (
        len({msgspec.json.encode(step.after) for step in steps} | {msgspec.json.encode(start(model).state)})
        == SIZES[model]
    )


def nothing(*_: object, **__: object) -> list[object]:
    return []


class Planted(NamedTuple):
    """A rule of the product that is forgotten, in a model, and the law that this must break."""

    model: str
    module: ModuleType
    name: str
    law: Law


PLANTED = (
    Planted("targets", targets, "_one_person", two_persons_for_a_target),
    Planted("targets", targets, "_unreviewed", two_persons_for_a_target),
    Planted("letters", letters, "_binding", a_letter_is_signed_over_the_targets_as_they_stand_by_two),
    Planted("letters", letters, "_signatures", a_letter_is_signed_over_the_targets_as_they_stand_by_two),
    Planted("reports", reports, "_one_person", nobody_verifies_a_figure_of_his_own),
    Planted("reports", reports, "_once", one_report_covers_a_period),
    Planted("reports", extensions, "locked", what_was_signed_off_stays_as_it_is),
    Planted("reports", findings, "_one_person", whoever_raised_a_finding_does_not_resolve_it),
    Planted("phases", moves, "_shut", phases_are_left_by_open_gates_and_never_backwards),
)


@pytest.mark.parametrize("planted", PLANTED, ids=[f"{row.model} without {row.name}" for row in PLANTED])
def test_a_planted_mistake_breaks_its_law(planted: Planted, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: a product that forgets a rule is found out by the same search."""
    monkeypatch.setattr(planted.module, planted.name, nothing)
    assert not all(planted.law(step) for step in search(start(planted.model), MODELS[planted.model][0]))
