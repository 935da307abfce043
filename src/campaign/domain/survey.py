"""The survey of an entity and its three outputs (R-10, R-11)."""

from campaign.domain import figures
from campaign.domain.commands import RecordSurvey
from campaign.domain.events import Event, IndicatorsBrokenDown, MeasuresDrawnUp, SurveyRecorded, TasksDefined
from campaign.domain.situation import Decision, Situation, nothing_changes, problem, repeats, settle, unknown
from campaign.domain.state import EntityState
from campaign.problems import Problem, T


def record(command: RecordSurvey, at: Situation) -> Decision:
    """Record the survey and whichever outputs are given; what is left out stays as it was."""
    events = [*_survey(command, at.state), *_outputs(command, at.state)]
    problems = [*_attendance(command, at.state), *_content(command, at)]
    if not events and not problems:
        return nothing_changes(T("the survey of {entity} holds all of this already", entity=at.state.entity))
    return settle(problems, *events)


def _survey(command: RecordSurvey, state: EntityState) -> list[Event]:
    found = SurveyRecorded(
        command.participants or state.participants,
        command.baseline or state.baseline,
        command.note or state.survey_note,
    )
    known = SurveyRecorded(state.participants, state.baseline, state.survey_note)
    return [found] if found != known else []


def _outputs(command: RecordSurvey, state: EntityState) -> list[Event]:
    outputs: list[Event] = []
    if command.indicators and command.indicators != state.indicators:
        outputs.append(IndicatorsBrokenDown(command.indicators))
    if command.tasks and command.tasks != state.tasks:
        outputs.append(TasksDefined(command.tasks))
    if command.measures and command.measures != state.measures:
        outputs.append(MeasuresDrawnUp(command.measures))
    return outputs


def _attendance(command: RecordSurvey, state: EntityState) -> list[Problem]:
    if command.participants or state.surveyed_on is not None:
        return []
    message = T("nobody is named who took part in the survey of {entity}", entity=state.entity)
    return [problem("participants-missing", message, T("name the participants"), field="participants")]


def _content(command: RecordSurvey, at: Situation) -> list[Problem]:
    known = [indicator.id for indicator in at.definition.indicators]
    return [
        *repeats("participants", command.participants),
        *figures.faults(command.baseline, at.definition, "baseline"),
        *(unknown("unknown-indicator", "indicator", name, known) for name in command.indicators if name not in known),
        *repeats("indicators", command.indicators),
        *repeats("tasks", command.tasks),
        *repeats("measures", command.measures),
    ]
