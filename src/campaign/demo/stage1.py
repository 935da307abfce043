"""Stage I of the demonstration: enrolment, survey, targets, the mobilization meeting and the letters."""

from collections.abc import Callable
from datetime import date, time
from decimal import Decimal

from campaign.demo.agenda import EVENING, Story, after
from campaign.domain import commands as c
from campaign.domain.events import Target
from campaign.problems import T

NOON = time(12, 0)
TARGETS = ("value_added_growth", "profit")
PROFIT_ASKED = Decimal("1.10")
"""The profit asked for, as a multiple of last year's."""


def play(story: Story) -> None:
    """Put stage I on the agenda."""
    enrolment(story)
    survey(story)
    targets(story)
    letters(story)


def enrolment(story: Story) -> None:
    """Enrol everyone, register the projects, and name who answers for each entity."""
    agenda, cast = story.agenda, story.cast
    start = after(story.definition.phases[0].from_, -1)

    def enrol() -> None:
        count, projects = len(cast.entities), len(cast.projects)
        story.say(T("{count} entities enrolled, {projects} projects registered", count=count, projects=projects))
        cast.keep_persons(agenda.session)
        agenda.must(story.office, *cast.entities)
        agenda.must(story.office, *cast.projects)

    def appoint() -> None:
        story.say(T("accountable officers and liaisons appointed"))
        forces = (c.EstablishTaskForce(entity, "提速增效临时工作机构") for entity in cast.dutiful())
        agenda.must(story.office, *cast.roster.appointments, *forces)
        stopped = cast.tagged("suspended")
        agenda.must(story.office, c.ChangeOperatingStatus(stopped, "suspended", "资金链断裂，停产"))

    def select() -> None:
        story.say(T("{count} of the projects selected for direct dispatch", count=len(cast.roster.selected)))
        criterion = story.definition.selection_criterion
        agenda.must(story.office, *(c.SelectProject(project, criterion) for project in cast.roster.selected))

    agenda.at(start, enrol)
    agenda.at(start, appoint, NOON)
    agenda.at(after(start, 3), select, NOON)


def survey(story: Story) -> None:
    """Survey everyone within the phase; one visit is written down days later, one is made only after the phase."""
    agenda, phase = story.agenda, story.definition.phases[0]
    dutiful = story.cast.dutiful()
    days = (phase.to - phase.from_).days + 1
    written_late, visited_late = dutiful[20], dutiful[30]

    def visit(entity: str, on: date) -> Callable[[], None]:
        return lambda: _survey(story, entity, on)

    agenda.at(phase.from_, lambda: story.say(T("survey from {start} to {end}", start=phase.from_, end=phase.to)))
    for place, entity in enumerate(dutiful):
        on = after(phase.to, 3) if entity == visited_late else after(phase.from_, place % days)
        written = after(on, 5) if entity == written_late else on
        agenda.at(written, visit(entity, on), EVENING)
    for days_later in (1, 4, 7):
        agenda.at(after(phase.to, days_later), lambda: story.move_all(0), time(18, 0))


def _survey(story: Story, entity: str, on: date) -> None:
    visit = c.RecordSurvey(
        entity,
        participants=("省经委", story.cast.title(entity)),
        baseline=story.figures.baseline(story.courses[entity]),
        indicators=TARGETS,
        tasks=("完成全年增速目标", "提高经济效益"),
        measures=("提高生产负荷", "促进产品销售"),
    )
    story.agenda.must(story.office, visit, on=on)


def targets(story: Story) -> None:
    """Break the year's targets down: one person proposes, another reviews, the leading group fixes."""
    agenda = story.agenda
    day = after(story.definition.phases[0].to, 1)

    def fix_all() -> None:
        lines = [(entity, line) for entity in story.cast.dutiful() for line in target_lines(story, entity)]
        story.say(T("{count} targets proposed, reviewed and fixed", count=len(lines)))
        rationale = "由调研基数测算，科学、合理"
        agenda.must(story.office, *(c.ProposeTarget(entity, line, rationale) for entity, line in lines))
        agenda.must(story.deputy, *(c.ReviewTarget(entity, line.target, True, "同意") for entity, line in lines))  # noqa: FBT003 -- the command's field order
        agenda.must(story.leader, *(c.FixTarget(entity, line.target) for entity, line in lines))

    agenda.at(day, fix_all)


def target_lines(story: Story, entity: str) -> tuple[Target, ...]:
    """Return the growth and profit targets that follow from the entity's course."""
    course = story.courses[entity]
    values = {
        "value_added_growth": course.target_pct,
        "profit": (course.profit * PROFIT_ASKED).quantize(Decimal("0.01")),
    }
    return tuple(
        Target(
            target=indicator,
            indicator=indicator,
            value=values[indicator],
            unit=story.figures.units[indicator],
            period=story.definition.campaign.metric_period,
            scope=story.figures.scope,
        )
        for indicator in TARGETS
    )


def letters(story: Story) -> None:
    """Call and hold the meeting, hand down the task statements, sign the letters; two entities lag behind."""
    agenda, meeting = story.agenda, story.definition.meetings[0]
    agenda.at(after(meeting.on, -8), lambda: _call(story))
    agenda.at(meeting.on, lambda: _hold(story))
    agenda.at(after(meeting.on, 1), lambda: _receive(story))
    agenda.at(after(meeting.on, 1), lambda: _sign_all(story), EVENING)
    _lagging(story)


def _call(story: Story) -> None:
    """The first date falls through; the meeting is moved to the plan's day, and both dates stay visible."""
    meeting, early = story.definition.meetings[0], after(story.definition.meetings[0].on, -1)
    called = c.ScheduleMeeting(meeting.id, "mobilization", meeting.title, early, meeting.convener)
    story.agenda.must(story.office, called)
    story.agenda.must(story.office, c.RescheduleMeeting(meeting.id, meeting.on, "会场调整"))


def _hold(story: Story) -> None:
    meeting, due = story.definition.meetings[0], story.definition.phases[1].to
    story.say(T("{meeting} held", meeting=meeting.title))
    decisions = ("签订责任书", "下达任务书")
    story.agenda.must(
        story.office, c.HoldMeeting(meeting.id, meeting.on, tuple(story.cast.members("prefecture")), decisions)
    )
    statements = (c.IssueTaskStatement(entity, f"ts-{entity}", due) for entity in _receiving(story))
    drafts = (c.IssueResponsibilityLetter(entity, f"rl-{entity}", due) for entity in _signing(story))
    story.agenda.must(story.office, *statements, *drafts)


def _receiving(story: Story) -> list[str]:
    return story.cast.members("focus_enterprise")


def _signing(story: Story) -> list[str]:
    return story.cast.members("prefecture", "key_enterprise")


def _unreceived(story: Story) -> str:
    return _receiving(story)[-1]


def _unsigned(story: Story) -> str:
    return _signing(story)[-1]


def _receive(story: Story) -> None:
    for entity in _receiving(story):
        if entity != _unreceived(story):
            receipt = c.ReceiveTaskStatement(entity, f"ts-{entity}", story.today)
            story.agenda.must(story.cast.holder("liaison", entity), receipt)


def _sign_all(story: Story) -> None:
    signing = [entity for entity in _signing(story) if entity != _unsigned(story)]
    story.say(T("{count} responsibility letters signed, 1 still open", count=len(signing)))
    story.agenda.must(story.signer, *(signature(story, entity, f"rl-{entity}") for entity in signing))


def signature(story: Story, entity: str, letter: str) -> c.SignResponsibilityLetter:
    """Return the signing of LETTER today, for the province and for the entity."""
    officer = story.cast.holder("accountable_officer", entity)
    return c.SignResponsibilityLetter(entity, letter, story.signer, "吉林省人民政府", officer, story.today)


def _lagging(story: Story) -> None:
    """At the start of implementation one letter is unsigned and one statement not received; each is put right."""
    agenda = story.agenda
    start = story.definition.phases[2].from_
    unsigned, unreceived = _unsigned(story), _unreceived(story)

    def waive() -> None:
        waiver = c.WaiveGate(unreceived, "task-statement-received", "任务书在途，先行组织实施")
        story.say(T("a gate is waived with a reason for {entity}", entity=story.cast.title(unreceived)))
        agenda.must(story.leader, waiver)

    def sign() -> None:
        story.say(T("the last letter is signed, late, by {entity}", entity=story.cast.title(unsigned)))
        agenda.must(story.signer, signature(story, unsigned, f"rl-{unsigned}"))

    agenda.at(start, lambda: story.move_all(1))
    agenda.at(after(start, 1), waive)
    agenda.at(after(start, 4), sign)
    agenda.at(after(start, 4), lambda: story.move_all(1), EVENING)
