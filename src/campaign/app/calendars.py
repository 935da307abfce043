"""Calendars on their way in and out: the published working days of a year, and the campaign's own dates as ICS."""

from collections.abc import Iterator
from datetime import date

import msgspec

from campaign.app.access import known_entity
from campaign.app.session import Session
from campaign.domain.definition import Definition
from campaign.domain.events import DefinitionAdopted, MeetingRescheduled, MeetingScheduled
from campaign.domain.governing import recalled
from campaign.files import ics, published
from campaign.files.ics import Issue
from campaign.problems import Problem, Problems, T


def working_days(years: tuple[int, ...], version: str = "") -> str:
    """Return the text of a calendar.yaml for YEARS, as China published them. Raises Problems."""
    return published.as_yaml(published.published(years, version or "-".join(map(str, sorted(set(years))))))


def exported(session: Session, entity: str = "") -> bytes:
    """Return the campaign's phases, meetings and deadlines, or those of one entity, as an ICS file.

    Raises Problems: unknown-entity, no-definition, extra-missing.
    """
    state = known_entity(session, entity) if entity else None
    issues = list(_issues(session, session.campaign().held.get(entity, "")))
    if not issues:
        message = T("the campaign has no definition")
        raise Problems([Problem("no-definition", message, T("adopt its folder with `campaign apply`"))])
    return ics.write(issues, state)


def _issues(session: Session, held: str) -> Iterator[Issue]:
    """Yield every definition with its meetings as they were called and moved; none after the one held on, if any."""
    definition: Definition | None = None
    moved: dict[str, date] = {}
    for record in session.log.read(session.stream):
        match record.event:
            case DefinitionAdopted() as adopted if not definition or not held or held == adopted.sha256:
                definition = recalled(adopted.definition)
            case MeetingScheduled() | MeetingRescheduled() as called:
                moved[called.meeting] = called.scheduled_on
            case _:
                continue
        if definition is not None:
            yield Issue(_with_meetings(definition, moved), record.recorded_at)


def _with_meetings(definition: Definition, moved: dict[str, date]) -> Definition:
    meetings = tuple(
        msgspec.structs.replace(meeting, on=moved.get(meeting.id, meeting.on)) for meeting in definition.meetings
    )
    return msgspec.structs.replace(definition, meetings=meetings)
