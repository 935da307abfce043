"""The survey and its three outputs (R-10, R-11)."""

from datetime import date

import pytest
from domain.scenario import SURVEY, By, figure, given, outcome

from campaign.domain import commands as c
from campaign.domain import events as e

BASELINE = (figure("100"),)
WHO = ("省经委", "长春市经委")


def test_a_survey_with_its_outputs_is_four_facts() -> None:
    assert outcome(given(), SURVEY) == (
        e.SurveyRecorded(WHO, BASELINE),
        e.IndicatorsBrokenDown(("growth",)),
        e.TasksDefined(("扩能",)),
        e.MeasuresDrawnUp(("技改",)),
    )


def test_the_state_keeps_the_first_day_and_the_position_of_the_baseline() -> None:
    life = given(By(SURVEY, "clerk", date(2005, 8, 18)))
    life.do(By(c.RecordSurvey("faw", note="补充"), "clerk", date(2005, 8, 22)))
    state = life.state
    assert (state.surveyed_on, state.baseline_position, state.survey_note) == (date(2005, 8, 18), 102, "补充")
    assert (state.participants, state.baseline) == (WHO, BASELINE)
    assert (state.indicators, state.tasks, state.measures) == (("growth",), ("扩能",), ("技改",))
    life.do(c.RecordSurvey("faw", baseline=(figure("101"),)))
    assert (life.state.baseline_position, life.state.surveyed_on) == (107, date(2005, 8, 18))


@pytest.mark.parametrize(
    ("given_before", "when", "then"),
    [
        ((), c.RecordSurvey("faw", WHO), (e.SurveyRecorded(WHO, ()),)),
        ((SURVEY,), c.RecordSurvey("faw", tasks=("转产",)), (e.TasksDefined(("转产",)),)),
        ((SURVEY,), c.RecordSurvey("faw", measures=("节电",)), (e.MeasuresDrawnUp(("节电",)),)),
        ((SURVEY,), c.RecordSurvey("faw", indicators=("profit",)), (e.IndicatorsBrokenDown(("profit",)),)),
        ((SURVEY,), SURVEY, ["nothing-changes"]),
        ((SURVEY,), c.RecordSurvey("faw"), ["nothing-changes"]),
        ((), c.RecordSurvey("faw"), ["participants-missing"]),
        ((), c.RecordSurvey("faw", tasks=("转产",)), ["participants-missing"]),
        ((), c.RecordSurvey("faw", ("a", "a")), ["listed-twice"]),
        (
            (),
            c.RecordSurvey("faw", WHO, indicators=("steel", "growth", "growth")),
            ["unknown-indicator", "listed-twice"],
        ),
        ((), c.RecordSurvey("faw", WHO, tasks=(" ",), measures=("a", "a")), ["text-missing", "listed-twice"]),
        ((), c.RecordSurvey("faw", WHO, (figure("1", unit="万元"),)), ["unit-slip"]),
    ],
)
def test_recording(
    given_before: tuple[c.EntityCommand, ...], when: c.RecordSurvey, then: list[str] | tuple[e.Event, ...]
) -> None:
    assert outcome(given(*given_before), when) == then
