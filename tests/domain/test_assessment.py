"""What a scheme is given: values drawn from states with their events, and every figure that is missing (R-22, R-25)."""

from datetime import date, timedelta
from decimal import Decimal

import msgspec
import pytest
from domain.scenario import DEFINITION, ENROL, OTHER, By, Life, definition, figure, fixing, opened, target

from campaign.domain import commands as c
from campaign.domain.assessment import answers, assess, explain, flaws, inputs, scheme_of
from campaign.domain.definition import Definition, Indicator, Trend, canonical, sha256
from campaign.domain.duties import Tally, duties, tally
from campaign.domain.events import Figure
from campaign.domain.state import Context, EntityState
from campaign.domain.supply import Inputs
from campaign.problems import Problem, Problems

ON = date(2005, 9, 30)
RATE = Indicator(id="rate", label="增速", unit="%", additive=False, completion="ratio_of_growth", base="output")
OUTPUT = Indicator(id="output", label="产值", unit="亿元", completion="ratio_of_growth")
RULES = definition(
    indicators=(*DEFINITION.indicators, RATE, OUTPUT), trend=Trend(growth="output", benefit="profit"), obligations=()
)
WEEKLY = msgspec.structs.replace(RULES, obligations=DEFINITION.obligations)

HEAD = """\
scheme: s
rounding: {money: half_even, digits: 2}
inputs:
"""
TAIL = """\
calculations:
  score: {type: number, formula: 1}
"""


def scheme(**kinds: str) -> str:
    """Write a scheme that asks for inputs of these kinds, and for nothing else."""
    lines = "".join(f"  {name}: {{type: {kind}}}\n" for name, kind in kinds.items())
    uses = "".join(f"  used_{name}: {{type: {kind}, formula: {name}}}\n" for name, kind in kinds.items())
    return HEAD + lines + TAIL + uses


def fact(value: str, indicator: str, **changes: object) -> Figure:
    unit = "%" if indicator in {"rate", "growth"} else "亿元"
    return msgspec.structs.replace(figure(value, "profit"), indicator=indicator, unit=unit, **changes)


def drawn(
    text: str, *states: EntityState, rules: Definition | None = RULES, on: date = ON, basis: str = "provisional"
) -> Inputs:
    context = Context(rules, opened())
    return inputs(text, {state.entity: state for state in states}, context, on, basis)  # type: ignore[arg-type]


def wrong(text: str, *states: EntityState, **changes: object) -> list[tuple[str, str]]:
    """Return the code and the place of everything that keeps the inputs from being known."""
    with pytest.raises(Problems) as raised:
        drawn(text, *states, **changes)  # type: ignore[arg-type]
    assert all(problem.fix.template for problem in raised.value.problems)
    return [(problem.code, problem.place.field) for problem in raised.value.problems]


def life(*steps: object, rules: Definition = WEEKLY, enrol: c.EnrolEntity = ENROL) -> Life:
    return Life(rules).do(enrol, *steps)  # type: ignore[arg-type]


def report(*figures: Figure, name: str = "r-1", period: str = "2005-W36") -> c.SubmitReport:
    return c.SubmitReport("faw", name, "weekly", period, figures)


GROWING = (*fixing(target("15", "rate")), report(fact("18", "rate"), fact("90", "profit")))
"""Enrolled at 101, a target fixed at 104, reported at 105."""


def test_completion_is_actual_to_target_with_the_events_behind_it() -> None:
    found = drawn(scheme(completion="percent"), life(*GROWING).state)
    assert found.rows == {"faw": {"completion": Decimal("1.2")}}
    assert found.origins == {"faw": {"completion": (104, 105)}}
    assert (found.left_out, found.without_target) == ({}, ())


def test_a_correction_becomes_the_origin() -> None:
    corrected = c.CorrectReport("faw", "r-1", (fact("15", "rate"),), "miscounted")
    found = drawn(scheme(completion="percent"), life(*GROWING, corrected).state)
    assert found.rows["faw"]["completion"] == 1
    assert found.origins["faw"]["completion"] == (104, 106)


def test_growth_of_levels_is_measured_from_the_survey() -> None:
    survey = c.RecordSurvey("faw", ("p",), (fact("100", "output"),))
    steps = (survey, *fixing(target("110", "output", unit="亿元")), report(fact("105", "output")))
    found = drawn(scheme(completion="percent"), life(*steps).state)
    assert found.rows["faw"]["completion"] == Decimal("0.5")
    assert found.origins["faw"]["completion"] == (105, 106, 102)


def test_benefit_and_any_other_indicator_by_name() -> None:
    steps = (*GROWING, *fixing(target("100", "profit")))
    found = drawn(scheme(benefit_completion="percent", rate_completion="percent"), life(*steps).state)
    assert found.rows["faw"] == {"benefit_completion": Decimal("0.9"), "rate_completion": Decimal("1.2")}


def test_only_the_scope_that_the_target_names_is_scored() -> None:
    both = report(fact("30", "rate", scope="group"), fact("18", "rate"))
    found = drawn(scheme(completion="percent"), life(*fixing(target("15", "rate")), both).state)
    assert found.rows["faw"]["completion"] == Decimal("1.2")
    lacking = report(fact("30", "rate", scope="group"))
    state = life(*fixing(target("15", "rate")), lacking).state
    assert wrong(scheme(completion="percent"), state) == [("figure-missing", "faw.completion")]


def test_of_targets_under_two_scopes_the_campaigns_own_counts() -> None:
    wide = target("60", "growth", target="wide", scope="group")
    rules = definition(trend=Trend(growth="growth", benefit="profit"), obligations=DEFINITION.obligations)
    steps = (*fixing(wide), *fixing(target("20", "growth")), report(fact("10", "growth")))
    found = drawn(scheme(completion="percent"), life(*steps, rules=rules).state, rules=rules)
    assert found.rows["faw"]["completion"] == Decimal("0.5")


SOFT = fixing(target("15", "rate", strength="soft"))
WORDS = fixing(target(None, "order", text="keep order"))


@pytest.mark.parametrize("steps", [(), GROWING[:1], SOFT, WORDS], ids=["none", "only proposed", "soft", "in words"])
def test_without_a_fixed_hard_target_the_scheme_is_told_so(steps: tuple[object, ...]) -> None:
    state = life(*steps, report(fact("18", "rate"))).state
    found = drawn(scheme(completion="percent", has_target="boolean"), state)
    assert found.rows["faw"] == {"completion": Decimal(0), "has_target": False}
    assert found.without_target == ("faw",)
    assert wrong(scheme(completion="percent"), state) == [("target-missing", "faw.completion")]
    assert drawn(scheme(completion="percent?"), state).rows["faw"] == {"completion": None}


def test_a_target_is_needed_for_every_completion_the_scheme_asks_for() -> None:
    one = drawn(scheme(completion="percent", has_target="boolean"), life(*GROWING).state)
    assert one.rows["faw"]["has_target"] is True
    assert one.origins["faw"]["has_target"] == (104,)
    for other in ("benefit_completion", "order_completion"):
        both = drawn(scheme(completion="percent", has_target="boolean", **{other: "percent"}), life(*GROWING).state)
        assert both.rows["faw"]["has_target"] is False
        assert both.rows["faw"][other] == 0


def test_every_missing_figure_is_named_at_once() -> None:
    first = life(*fixing(target("15", "rate")), *fixing(target("100", "profit"))).state
    second = msgspec.structs.replace(first, entity="geely")
    text = scheme(completion="percent", benefit_completion="percent")
    assert wrong(text, first, second) == [
        ("figure-missing", "faw.completion"),
        ("figure-missing", "faw.benefit_completion"),
        ("figure-missing", "geely.completion"),
        ("figure-missing", "geely.benefit_completion"),
    ]


def test_final_assessments_admit_final_figures_only() -> None:
    text = scheme(completion="percent")
    assert wrong(text, life(*GROWING).state, basis="final") == [("figure-provisional", "faw.completion")]
    final = c.CorrectReport("faw", "r-1", (fact("18", "rate", status="final"),), "final statistics")
    assert drawn(text, life(*GROWING, final).state, basis="final").rows["faw"]["completion"] == Decimal("1.2")


def test_a_completion_that_cannot_be_taken_is_a_problem_unless_the_scheme_admits_it() -> None:
    state = life(*fixing(target("0", "profit")), report(fact("9", "profit"))).state
    assert wrong(scheme(benefit_completion="percent"), state) == [("completion-undefined", "faw.benefit_completion")]
    assert drawn(scheme(benefit_completion="percent?"), state).rows["faw"] == {"benefit_completion": None}


def test_falsification_counts_once_confirmed() -> None:
    text = scheme(falsified="boolean")
    raised = (*GROWING, c.RaiseFinding("faw", "f-1", "falsification", "two books", report="r-1"))
    assert drawn(text, life(*raised).state).rows["faw"] == {"falsified": False}
    confirmed = By(c.ResolveFinding("faw", "f-1", "confirmed", "both found"))
    found = drawn(text, life(*raised, confirmed).state)
    assert found.rows["faw"] == {"falsified": True}
    assert found.origins["faw"] == {"falsified": (106, 107)}


def test_the_share_on_time_is_exact() -> None:
    state = life(report(fact("1", "profit"))).state
    late = msgspec.structs.replace(
        state.reports["r-1"], recorded_at=state.reports["r-1"].recorded_at + timedelta(days=60)
    )
    listed = duties(state, WEEKLY, date(2005, 9, 16))
    assert tally(listed) == Tally(on_time=1, missing=2, upcoming=len(listed) - 3)
    text = scheme(on_time_ratio="percent", late_reports="integer", missing_reports="integer")
    found = drawn(text, state, rules=WEEKLY, on=date(2005, 9, 16))
    assert str(found.rows["faw"]["on_time_ratio"]) == "0." + 50 * "3"
    assert found.rows["faw"]["missing_reports"] == 2
    assert found.origins["faw"]["on_time_ratio"] == (102,)
    tardy = drawn(text, msgspec.structs.replace(state, reports={"r-1": late}), rules=WEEKLY, on=date(2005, 9, 16))
    assert (tardy.rows["faw"]["on_time_ratio"], tardy.rows["faw"]["late_reports"]) == (0, 1)
    assert tardy.origins["faw"]["late_reports"] == (102,)


def test_whoever_is_held_is_given_values_by_the_definition_it_is_held_on() -> None:
    """The campaign asks for weekly reports, the earlier definition for none."""
    text, state = canonical(RULES), life().state
    campaign = opened(held={"faw": sha256(text)}, earlier={sha256(text): text})
    asked = scheme(missing_reports="integer")
    given = inputs(asked, {"faw": state, "vw": state}, Context(WEEKLY, campaign), ON, "provisional")
    assert given.rows["faw"] == {"missing_reports": 0}
    free = msgspec.structs.replace(state, entity="vw")
    given = inputs(asked, {"vw": free}, Context(WEEKLY, campaign), ON, "provisional")
    assert given.rows["vw"] == {"missing_reports": 5}


def test_only_late_reports_are_behind_their_count() -> None:
    first, second = report(fact("1", "profit")), report(fact("2", "profit"), name="r-2", period="2005-W37")
    state = life(first, second).state
    text = scheme(late_reports="integer")
    assert drawn(text, state, rules=WEEKLY, on=date(2005, 9, 16)).origins["faw"] == {"late_reports": ()}
    late = msgspec.structs.replace(
        state.reports["r-2"], recorded_at=state.reports["r-2"].recorded_at + timedelta(days=60)
    )
    tardy = msgspec.structs.replace(state, reports={**state.reports, "r-2": late})
    found = drawn(text, tardy, rules=WEEKLY, on=date(2005, 9, 16))
    assert (found.rows["faw"], found.origins["faw"]) == ({"late_reports": 1}, {"late_reports": (103,)})


def test_while_nothing_is_due_nothing_is_late() -> None:
    assert drawn(scheme(on_time_ratio="percent"), life().state).rows["faw"] == {"on_time_ratio": Decimal(1)}
    assert drawn(scheme(on_time_ratio="percent?"), life().state).rows["faw"] == {"on_time_ratio": None}
    assert Tally().ratio is None


@pytest.mark.parametrize(
    ("day", "owed"), [(8, {"2005-W35"}), (9, {"2005-W35", "2005-W36"}), (10, {"2005-W35", "2005-W36"})]
)
def test_what_is_due_by_the_day_of_an_exit_is_owed_and_nothing_after_it(day: int, owed: set[str]) -> None:
    """The second week ends on Friday the 9th."""
    left = life(By(c.ExitStatistics("faw", date(2005, 9, day), "shell", "empty"), OTHER)).state
    assert {duty.owed.period for duty in duties(left, WEEKLY, ON)} == {"once", *owed}


def test_who_is_not_assessed_and_why() -> None:
    text = scheme(group="text").replace("{type: text}", "{type: text, values: [focus, key]}", 1)
    exit_ = By(c.ExitStatistics("faw", date(2005, 9, 10), "shell", "empty"), OTHER)
    gone = life(exit_).state
    stays = life(By(c.ExitStatistics("faw", ON + timedelta(days=1), "shell", "empty"), on=ON + timedelta(days=1))).state
    willing = life(enrol=msgspec.structs.replace(ENROL, entity="v", voluntary=True)).state
    other = life(enrol=msgspec.structs.replace(ENROL, entity="o", groups=("others",))).state
    found = drawn(text, gone, willing, other)
    assert {name: str(why) for name, why in found.left_out.items()} == {
        "faw": "it left the statistics on 2005-09-10: empty",
        "v": "it joined voluntarily",
        "o": "the scheme names none of its groups",
    }
    assert found.rows == {}
    assert drawn(text, stays).rows == {"faw": {"group": "focus"}}


@pytest.mark.parametrize(("day", "assessed"), [(29, False), (30, False), (31, True)])
def test_whoever_left_by_the_day_is_not_assessed(day: int, assessed: bool) -> None:  # noqa: FBT001 -- a column of the table
    left = By(c.ExitStatistics("faw", date(2005, 10, day), "shell", "empty"), OTHER, date(2005, 10, day))
    found = drawn(scheme(group="text"), life(left).state, on=date(2005, 10, 30))
    assert ("faw" in found.rows) is assessed
    assert ("faw" in found.left_out) is not assessed


def test_the_group_is_the_first_the_scheme_names_or_the_entitys_own() -> None:
    words = scheme(group="text").replace("{type: text}", "{type: text, values: [key, focus]}", 1)
    found = drawn(words, life().state)
    assert found.rows == {"faw": {"group": "key"}}
    assert found.origins == {"faw": {"group": (101,)}}
    assert drawn(scheme(group="text"), life().state).rows == {"faw": {"group": "key"}}
    stray = msgspec.structs.replace(life().state, groups=())
    assert list(drawn(scheme(group="text"), stray).left_out) == ["faw"]


def test_an_input_the_campaign_does_not_know_is_named_with_the_nearest() -> None:
    with pytest.raises(Problems) as raised:
        drawn(scheme(complection="percent"), life().state)
    (problem,) = raised.value.problems
    assert str(problem) == (
        "<scheme>:4:16: input-not-supplied the scheme asks for complection, which the campaign does not know"
        " (did you mean completion?)"
    )
    assert (problem.rule, problem.place.field) == ("complection", "complection")


LEVEL = fixing(target("0", "profit"))
UNKNOWN = [
    (
        "completion",
        fixing(target("15", "rate")),
        "provisional",
        "faw.completion: figure-missing faw reported no rate (have it reported under the scope provincial)",
    ),
    (
        "completion",
        GROWING,
        "final",
        "faw.completion: figure-provisional the rate of faw is provisional in r-1 (have the final figure reported)",
    ),
    (
        "completion",
        (),
        "provisional",
        (
            "faw.completion: target-missing faw has no fixed target for rate, output"
            " (fix one, or let the scheme ask for has_target)"
        ),
    ),
    (
        "steel_completion",
        (),
        "provisional",
        (
            "<scheme>:4:21: input-not-supplied the scheme asks for steel_completion, which the campaign does not know"
            " (did you mean rate_completion?)"
        ),
    ),
    (
        "benefit_completion",
        (*LEVEL, report(fact("9", "profit"))),
        "provisional",
        (
            "faw.benefit_completion: completion-undefined there is no percentage of profit for faw"
            " (declare the input benefit_completion as percent? and say what then holds)"
        ),
    ),
]


@pytest.mark.parametrize(("name", "steps", "basis", "said"), UNKNOWN)
def test_what_keeps_an_input_from_being_known_is_said_of_whom_and_how_it_would_be(
    name: str, steps: tuple[object, ...], basis: str, said: str
) -> None:
    with pytest.raises(Problems) as raised:
        drawn(scheme(**{name: "percent"}), life(*steps).state, basis=basis)
    assert str(raised.value) == said
    assert [problem.rule for problem in raised.value.problems] == [name]


def test_without_a_trend_or_a_definition_there_is_no_completion() -> None:
    bare = definition(trend=None)
    text = scheme(completion="percent", benefit_completion="percent")
    state = life().state
    assert [code for code, _ in wrong(text, state, rules=bare)] == ["target-missing", "target-missing"]
    assert wrong(text, state, rules=None) == [("no-definition", "")]


PRIZES = """\
scheme: s
rounding: {money: half_even, digits: 2}
inputs:
  completion: {type: percent}
decisions:
  tier:
    values: [good, poor]
    rules: |
      | # | completion || tier |
      | 1 | ≥ 100%     || good |
      | 2 | < 100%     || poor |
rankings:
  place: {by: [completion], ties: competition}
prizes:
  prize:
    ranking: place
    ties: share
    amounts: |
      | rank || amount |
      | 1    || 100.50 |
assessment:
  score: completion
  rank: place
  grade: tier
  award: {of: prize, combine: add}
"""


def test_a_run_is_the_same_to_the_byte_whatever_the_order() -> None:
    first = life(*GROWING).state
    second = msgspec.structs.replace(first, entity="geely")
    one, two = drawn(PRIZES, first, second), drawn(PRIZES, second, first)
    assert assess(PRIZES, one.rows) == assess(PRIZES, two.rows)
    assert scheme_of(PRIZES).sha256 in assess(PRIZES, one.rows)


def test_a_result_is_explained_down_to_the_events() -> None:
    found = drawn(PRIZES, life(*GROWING).state)
    reasons = explain(PRIZES, found, "faw")
    (given,) = reasons.given
    assert (given.name, given.value, given.origin) == ("completion", "120%", "#104 #105")
    assert reasons.award is not None
    assert reasons.award.award == "100.5"
    with pytest.raises(KeyError):
        explain(PRIZES, found, "geely")


def test_a_table_answers_with_one_thing_or_with_several() -> None:
    rules = "      | # | completion || tier |\n      | 1 | ≥ 100%     || good |\n      | 2 | -          || fair |\n"
    start, _, _ = PRIZES.partition("    rules: |\n")
    start = start.replace("values: [good, poor]", "values: [good, fair]")
    given = {"completion": Decimal("1.2")}
    for hit, then in (("FIRST", (("good",), (1,))), ("COLLECT", (("good", "fair"), (1, 2)))):
        assert answers(f"{start}    hit: {hit}\n    rules: |\n{rules}", given) == then


def test_flaws_of_a_scheme_are_values() -> None:
    assert flaws(PRIZES, "s") == ()
    assert [problem.code for problem in flaws(PRIZES, "t")] == ["scheme-name"]
    assert all(isinstance(problem, Problem) for problem in flaws("scheme: [", "s"))
    assert flaws("scheme: [", "s")
