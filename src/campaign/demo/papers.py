"""What comes and goes on paper in the demonstration: one prefecture's workbooks, and the monthly bulletins."""

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from campaign.app import bulletins as published
from campaign.app.submit import submit
from campaign.demo.agenda import EVENING, Story, after
from campaign.demo.cast import ON_TIME, lateness
from campaign.domain import bulletins
from campaign.domain.definition import sha256
from campaign.domain.events import Figure
from campaign.domain.schedule import Owed, owed
from campaign.files import template
from campaign.problems import Refused, T

MONTHS = 12
SHEETS = "monthly_report"


def by_workbook(story: Story) -> dict[tuple[str, str, str], Owed]:
    """Return what arrives in the second prefecture's workbooks: its own monthly reports and those of its enterprises.

    Whoever is late or never reports comes by itself, or not.
    """
    chosen = story.cast.members("prefecture")[1]
    found = {}
    for place, entity in enumerate(story.cast.dutiful()):
        member = story.cast.by_id[entity]
        if chosen in {entity, member.prefecture}:
            for due in owed(story.definition, member.groups, member.voluntary):
                if due.obligation == SHEETS and lateness(place, due) == ON_TIME:
                    found[entity, due.obligation, due.period] = due
    return found


def workbooks(story: Story, arriving: dict[tuple[str, str, str], Owed]) -> None:
    """The office hands in the prefecture's workbook, once a month, on the evening before it is due."""
    periods = {due.period: due for due in arriving.values()}
    for period, due in periods.items():
        entities = [entity for entity, _, when in arriving if when == period]
        story.agenda.at(after(due.due_on, ON_TIME), partial(_hand_in, story, due, entities), EVENING)


def _hand_in(story: Story, due: Owed, entities: list[str]) -> None:
    """The same workbook comes twice: the second time nothing is written."""
    session = story.agenda.session
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{entities[0]}-{due.period}.xlsx"
        path.write_bytes(_filled(story, due, entities))
        first = submit(session, path, story.agenda.who(story.office))
        again = submit(session, path, story.agenda.who(story.office))
    if first.reply is None or first.reply.refusal is not None or again.reply is not None:
        message = f"{path.name}: {first.reply}, {again.reply}"
        raise RuntimeError(message)
    story.agenda.replies.append(first.reply)
    story.say(
        T(
            "{period}: the workbook {file} brings {count} reports; sent again, it brings nothing",
            period=due.period,
            file=path.name,
            count=len(first.checked.lines),
        )
    )


def _filled(story: Story, due: Owed, entities: list[str]) -> bytes:
    duty = next(entry for entry in story.definition.obligations if entry.id == due.obligation)
    order = template.Order(
        definition=story.definition,
        definition_sha256=sha256(story.agenda.session.campaign().definition),
        obligation=duty,
        period=due.period,
        entities=tuple((entity, story.cast.title(entity)) for entity in entities),
    )
    return template.write(
        order, {(entity, figure.indicator): figure for entity, figure in _figures(story, due, entities)}
    )


def _figures(story: Story, due: Owed, entities: list[str]) -> list[tuple[str, Figure]]:
    duty = next(entry for entry in story.definition.obligations if entry.id == due.obligation)
    month = due.closes_on.month
    return [
        (entity, figure)
        for entity in entities
        for figure in story.figures.figures(
            story.courses[entity], duty.indicators, month, MONTHS, final=month == MONTHS
        )
    ]


def monthly(story: Story) -> None:
    """A bulletin is published for every month; a figure corrected since brings a correction of the first one."""
    for duty in bulletins.duties(story.definition):
        for due in bulletins.periods(story.definition, duty).values():
            story.agenda.at(due.due_on, partial(_publish, story, due))
        first = next(iter(bulletins.periods(story.definition, duty).values()))
        story.agenda.at(after(story.definition.phases[2].from_, 53), partial(_correct, story, first))


def _publish(story: Story, due: Owed) -> None:
    made, reply = published.publish(story.agenda.session, due.period, story.agenda.who(story.office), due.obligation)
    _settled(story, reply.refusal)
    story.agenda.replies.append(reply)
    late = len(made.bulletin.late)
    story.say(T("{period}: bulletin published, {late} reports late or missing", period=due.period, late=late))


def _correct(story: Story, due: Owed) -> None:
    asked = published.Correction(due.period, "一户企业更正九月报表", due.obligation)
    _, reply = published.correct(story.agenda.session, asked, story.agenda.who(story.office))
    _settled(story, reply.refusal)
    story.agenda.replies.append(reply)
    story.say(T("{period}: bulletin corrected", period=due.period))


def _settled(story: Story, refusal: Refused | None) -> None:
    if refusal is not None:
        message = f"{story.today}: {refusal}"
        raise RuntimeError(message)
