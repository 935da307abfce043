"""What adopting a definition would bring about, for each entity, before it counts (R-60)."""

from datetime import date

import msgspec
import pytest
from domain.scenario import DEFINITION, ENROL, FIXED, Life, Step, definition, opened

from campaign.domain import commands as c
from campaign.domain.definition import Definition, Obligation, Scope, Team, TeamDuty, Window, canonical, sha256
from campaign.domain.events import KeptDuty
from campaign.domain.state import CampaignState, Context, EntityState
from campaign.readmodels.consequences import (
    Consequence,
    GateChange,
    MarkLine,
    Proposal,
    ShiftLine,
    Totals,
    consequences,
    totals,
)

TODAY = date(2005, 9, 14)
WEEKLY = Obligation(
    id="weekly", label="周报", cadence="weekly", weekday=5, from_=date(2005, 9, 1), to=date(2005, 9, 16)
)
RULES = definition(obligations=(WEEKLY,))
"""Weeks that end on the 2nd, the 9th and the 16th of September."""

MONDAYS = definition(obligations=(msgspec.structs.replace(WEEKLY, weekday=1),))
"""Weeks that end on the 5th and the 12th."""

STATEMENT = (*FIXED, c.IssueTaskStatement("faw", "s-1"))


def firm(*steps: Step, name: str = "faw") -> EntityState:
    return Life(RULES).do(msgspec.structs.replace(ENROL, entity=name), *steps).state


def would(after: Definition, *states: EntityState, before: Definition | None = RULES, **choices: object) -> object:
    listed = {state.entity: state for state in states}
    return consequences(listed, Context(before, CampaignState()), Proposal(after, TODAY, **choices))  # type: ignore[arg-type]


def told(**changes: object) -> tuple[Consequence]:
    return (msgspec.structs.replace(Consequence("faw", "一汽集团"), **changes),)


# --- what nobody is touched by -----------------------------------------------------------------------------------


def test_before_the_first_definition_nobody_is_touched() -> None:
    assert would(RULES, firm(), before=None) == ()


def test_the_same_definition_touches_nobody() -> None:
    assert would(RULES, firm()) == ()


def test_a_change_that_concerns_others_touches_nobody() -> None:
    elsewhere = msgspec.structs.replace(WEEKLY, id="theirs", groups=("prefecture",))
    assert would(definition(obligations=(WEEKLY, elsewhere)), firm()) == ()


# --- days and marks ----------------------------------------------------------------------------------------------


def test_marks_given_stay_and_what_is_to_come_moves() -> None:
    """On the 14th two weeks are over: their days stay, and what Mondays would say of them is only shown."""
    (found,) = would(MONDAYS, firm())  # type: ignore[misc]
    assert found == Consequence(
        "faw",
        "一汽集团",
        shifts=(ShiftLine("weekly", "2005-W37", date(2005, 9, 16), date(2005, 9, 12)),),
        marks=(
            MarkLine("weekly", "2005-W35", "missing", "", given=True),
            MarkLine("weekly", "2005-W37", "upcoming", "missing", given=False),
        ),
    )


def test_judged_again_the_days_of_marks_given_move_too() -> None:
    (found,) = would(MONDAYS, firm(), reassess=True)  # type: ignore[misc]
    assert found.shifts == (
        ShiftLine("weekly", "2005-W35", date(2005, 9, 2), None),
        ShiftLine("weekly", "2005-W36", date(2005, 9, 9), date(2005, 9, 5)),
        ShiftLine("weekly", "2005-W37", date(2005, 9, 16), date(2005, 9, 12)),
    )


KEPT = KeptDuty(
    obligation="weekly",
    period="2005-W34",
    opens_on=date(2005, 8, 20),
    closes_on=date(2005, 8, 26),
    due_on=date(2005, 8, 26),
    last_on=date(2005, 8, 26),
    deciding="recorded",
    time_zone="Asia/Shanghai",
    standing="late",
)


def test_a_mark_kept_from_an_earlier_definition_is_shown_as_it_would_be_judged_now() -> None:
    """The new definition knows no such week; the mark stays unless it is judged again."""
    state = msgspec.structs.replace(firm(), kept=(KEPT,))
    relabelled = definition(obligations=(msgspec.structs.replace(WEEKLY, label="每周报告"),))
    lost = MarkLine("weekly", "2005-W34", "missing", "", given=True)
    assert would(relabelled, state) == told(marks=(lost,))
    assert would(relabelled, state, reassess=True) == told(
        marks=(lost,), shifts=(ShiftLine("weekly", "2005-W34", date(2005, 8, 26), None),)
    )


def test_an_entity_that_was_held_is_compared_under_the_one_it_was_held_on() -> None:
    earlier = canonical(RULES)
    context = Context(MONDAYS, opened(held={"faw": sha256(earlier)}, earlier={sha256(earlier): earlier}))
    assert consequences({"faw": firm()}, context, Proposal(RULES, TODAY)) == ()
    (found,) = consequences({"faw": firm()}, context, Proposal(MONDAYS, TODAY))
    assert [line.period for line in found.shifts] == ["2005-W37"]
    assert consequences({"vw": firm(name="vw")}, context, Proposal(MONDAYS, TODAY)) == ()


def test_a_duty_that_begins_in_the_past_is_missing_at_once() -> None:
    plan = Obligation(id="plan", label="方案", cadence="once", on=date(2005, 9, 5), act="document")
    assert would(definition(obligations=(WEEKLY, plan)), firm()) == told(
        shifts=(ShiftLine("plan", "once", None, date(2005, 9, 5)),),
        marks=(MarkLine("plan", "once", "", "missing", given=False),),
    )


def test_a_duty_that_is_no_longer_asked_for_ends_but_its_marks_stay() -> None:
    (found,) = would(definition(obligations=()), firm())  # type: ignore[misc]
    assert found.shifts == (ShiftLine("weekly", "2005-W37", date(2005, 9, 16), None),)
    assert [(line.period, line.after, line.given) for line in found.marks] == [
        ("2005-W35", "", True),
        ("2005-W36", "", True),
    ]


def test_a_team_s_own_days_are_what_is_compared() -> None:
    team = Team(id="t", label="T", entities=("faw",), duties=(TeamDuty(id="weekly", weekday=3),))
    bounded = msgspec.structs.replace(WEEKLY, bounds=Window(date(2005, 8, 1), date(2005, 12, 31)))
    rules = definition(obligations=(bounded,), teams=(team,))
    before = definition(obligations=(bounded,))
    found = would(rules, firm(), firm(name="vw"), before=before)
    assert [item.entity for item in found] == ["faw"]  # type: ignore[attr-defined]


# --- gates -------------------------------------------------------------------------------------------------------


def gated(*gates: object, phase: str = "survey") -> Definition:
    phases = tuple(
        msgspec.structs.replace(entry, gates=gates) if entry.id == phase else entry for entry in DEFINITION.phases
    )
    return definition(obligations=(WEEKLY,), phases=phases)


SURVEYED, OUTPUTS = DEFINITION.phases[0].gates


def test_gates_of_its_phase_that_would_stand_otherwise() -> None:
    strict = msgspec.structs.replace(OUTPUTS, policy="block")
    officer = msgspec.structs.replace(SURVEYED, id="officer", check="officer_appointed")
    after = msgspec.convert(msgspec.to_builtins(gated(strict, officer)), Definition)
    assert would(after, firm()) == told(
        gates=(
            GateChange("surveyed", "shut", ""),
            GateChange("outputs", "warned", "shut"),
            GateChange("officer", "", "shut"),
        )
    )


def test_gates_of_another_phase_are_no_matter() -> None:
    assert would(gated(phase="implementation"), firm()) == ()


# --- letters and phases ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "letters"),
    [
        ({"unit": "个百分点"}, ("s-1",)),
        ({"additive": True}, ("s-1",)),
        ({"completion": "ratio_of_levels"}, ("s-1",)),
        ({"zero_base": "state"}, ("s-1",)),
        ({"base": "profit"}, ("s-1",)),
        ({"label": "增长率", "digits": 4}, ()),
        ({"id": "speed"}, ("s-1",)),
    ],
)
def test_what_of_an_indicator_a_letter_binds(changes: dict[str, object], letters: tuple[str, ...]) -> None:
    """Its unit and its arithmetic, not its label nor its digits (R-17)."""
    growth, *rest = DEFINITION.indicators
    after = definition(obligations=(WEEKLY,), indicators=(msgspec.structs.replace(growth, **changes), *rest))
    assert would(after, firm(*STATEMENT)) == (told(letters=letters) if letters else ())


def scoped(*names: str) -> Definition:
    return definition(obligations=(WEEKLY,), scopes=tuple(Scope(id=name, label=name) for name in names))


@pytest.mark.parametrize(
    ("after", "letters"),
    [
        (scoped("provincial"), ()),
        (scoped("group"), ("s-1",)),
        (
            definition(
                obligations=(WEEKLY,), campaign=msgspec.structs.replace(DEFINITION.campaign, metric_period="2006")
            ),
            ("s-1",),
        ),
    ],
    ids=["its scope stays", "its scope goes", "another year"],
)
def test_what_of_the_whole_a_letter_binds(after: Definition, letters: tuple[str, ...]) -> None:
    assert would(after, firm(*STATEMENT)) == (told(letters=letters) if letters else ())
    assert would(after, firm(*FIXED[:2])) == ()


def test_only_documents_in_force_are_touched() -> None:
    state = firm(*STATEMENT)
    old = msgspec.structs.replace(state.letters["s-1"], letter="s-0", superseded_by="s-1")
    state = msgspec.structs.replace(state, letters={"s-0": old, **state.letters})
    assert would(scoped("group"), state) == told(letters=("s-1",))


def test_an_entity_in_a_phase_that_is_no_longer_one_is_stuck() -> None:
    phases = tuple(phase for phase in DEFINITION.phases if phase.id != "survey")
    (found,) = would(definition(obligations=(WEEKLY,), phases=phases), firm())  # type: ignore[misc]
    assert found.stuck == "survey"
    assert [change.after for change in found.gates] == ["", ""]


# --- held, and the whole -----------------------------------------------------------------------------------------


def test_an_entity_to_keep_is_held_and_nothing_else_is_said_of_it() -> None:
    found = would(MONDAYS, firm(), firm(name="vw"), keep=frozenset({"faw"}))
    assert (found[0],) == told(held=True)  # type: ignore[index]
    assert [item.held for item in found] == [True, False]  # type: ignore[attr-defined]


def test_the_size_of_the_whole_is_summed_over_entities() -> None:
    moved = ShiftLine("weekly", "2005-W37", date(2005, 9, 16), date(2005, 9, 12))
    one = Consequence(
        "a",
        "A",
        gates=(GateChange("g", "met", "shut"),),
        shifts=(moved, moved, msgspec.structs.replace(moved, was_on=None)),
        marks=(MarkLine("weekly", "2005-W36", "late", "missing", given=True),) * 4,
        letters=("l-1", "l-2"),
    )
    other = Consequence("b", "B", shifts=(msgspec.structs.replace(moved, due_on=None),), stuck="survey")
    assert totals([one, other, Consequence("c", "C", held=True)]) == Totals(2, 1, 1, 4, 1, 2, 1)
    assert totals([]) == Totals()


@pytest.mark.parametrize(
    "change",
    [
        {"gates": (GateChange("g", "", "met"),)},
        {"shifts": (ShiftLine("weekly", "2005-W36"),)},
        {"marks": (MarkLine("weekly", "2005-W36", "", "late", given=False),)},
        {"letters": ("l-1",)},
        {"stuck": "survey"},
        {"held": True},
    ],
)
def test_whatever_changes_is_something(change: dict[str, object]) -> None:
    nothing = Consequence("a", "A")
    assert nothing.empty
    assert not msgspec.structs.replace(nothing, **change).empty
