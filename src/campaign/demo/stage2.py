"""Stage II of the demonstration: reports week by week and month by month, and what goes wrong on the way."""

from decimal import Decimal
from functools import partial
from typing import Literal

from msgspec.structs import replace

from campaign.app.screen import raise_, screen
from campaign.demo.agenda import EVENING, Story, after
from campaign.demo.cast import first, lateness
from campaign.demo.figures import EXACT, HUNDREDTH
from campaign.demo.papers import by_workbook, monthly, workbooks
from campaign.demo.stage1 import signature, target_lines
from campaign.domain import commands as c
from campaign.domain.events import Figure
from campaign.domain.schedule import Owed, owed
from campaign.problems import T, Text

MONTHS = 12
MUDDLED = "monthly_report-2005-09"
BRANCH = Decimal("1.45")
"""What one enterprise's value added comes to with a branch that the province's statistics do not cover."""


def play(story: Story) -> None:
    """Put stage II on the agenda."""
    reporting(story)
    monthly(story)
    projects(story)
    restart_and_exit(story)
    disputed(story)
    falsified(story)
    revised(story)


def reporting(story: Story) -> None:
    """Every liaison reports what is owed; some late, two never; the statistics verify each month."""
    told: set[tuple[str, str]] = set()
    papers = by_workbook(story)
    workbooks(story, papers)
    for place, entity in enumerate(story.cast.dutiful()):
        member = story.cast.by_id[entity]
        for due in owed(story.definition, member.groups, member.voluntary):
            days = lateness(place, due)
            if days is not None and (entity, due.obligation, due.period) not in papers:
                story.agenda.at(after(due.due_on, days), partial(_submit, story, entity, due), EVENING)
            if due.obligation == "monthly_report" and (due.obligation, due.period) not in told:
                told.add((due.obligation, due.period))
                story.agenda.at(after(due.due_on, 5), partial(_verify, story, due))


def _submit(story: Story, entity: str, due: Owed) -> None:
    report, figures = f"{due.obligation}-{due.period}", _figures(story, entity, due)
    command = c.SubmitReport(entity, report, due.obligation, due.period, figures)
    story.agenda.must(story.cast.holder("liaison", entity), command)


def _figures(story: Story, entity: str, due: Owed) -> tuple[Figure, ...]:
    indicators = next(entry.indicators for entry in story.definition.obligations if entry.id == due.obligation)
    month = due.closes_on.month
    figures = story.figures.figures(story.courses[entity], indicators, month, MONTHS, final=month == MONTHS)
    if f"{due.obligation}-{due.period}" == MUDDLED and entity == muddler(story):
        return tuple(replace(figure, value=_with_the_branch(figure)) for figure in figures)
    return figures


def _with_the_branch(figure: Figure) -> Decimal:
    """Return what the figure comes to with the branch in another province, which does not belong in it."""
    if figure.indicator != "value_added":
        return figure.value
    return EXACT.multiply(figure.value, BRANCH).quantize(HUNDREDTH, context=EXACT)


def _verify(story: Story, due: Owed) -> None:
    report = f"{due.obligation}-{due.period}"
    states = story.agenda.session.entities()
    waiting = [
        entity
        for entity in story.cast.dutiful()
        if report in states[entity].reports and states[entity].reports[report].status == "submitted"
    ]
    missing = len(story.cast.dutiful()) - sum(report in states[entity].reports for entity in story.cast.dutiful())
    story.say(
        T(
            "{period}: {count} monthly reports verified, {missing} not in",
            period=due.period,
            count=len(waiting),
            missing=missing,
        )
    )
    story.agenda.must(story.statistics, *(c.VerifyReport(entity, report) for entity in waiting))


def projects(story: Story) -> None:
    """The selected projects come on stream one after another."""
    start = story.definition.phases[2].from_
    for number, project in enumerate(story.cast.roster.selected[:24]):
        day = after(start, 3 * number)
        story.agenda.at(day, partial(_reach, story, project, "started"))
        if number % 3 == 0:
            story.agenda.at(after(day, 10), partial(_reach, story, project, "commissioned"))


def _reach(story: Story, project: str, milestone: Literal["started", "commissioned"]) -> None:
    story.agenda.must(story.office, c.ReachMilestone(project, milestone, story.today))


def restart_and_exit(story: Story) -> None:
    """A stopped enterprise finds a market and starts again; a shell enterprise leaves the statistics."""
    stopped, shell = story.cast.tagged("suspended"), story.cast.tagged("shell_enterprise")
    start = story.definition.phases[2].from_

    def restart() -> None:
        story.say(T("{entity} starts production again", entity=story.cast.title(stopped)))
        story.agenda.must(
            story.office, c.RestartOperation(stopped, "省外订单，产品有市场销路", ("担保机构", "开户银行"))
        )

    def leave() -> None:
        story.say(T("{entity} leaves the statistics; its history stays", entity=story.cast.title(shell)))
        story.agenda.must(
            story.statistics, c.ExitStatistics(shell, story.today, "shell_enterprise", "长期亏损的壳企业，关闭退出")
        )

    story.agenda.at(after(start, 19), restart)
    story.agenda.at(after(start, 40), leave)


def muddler(story: Story) -> str:
    """Return the key enterprise, a placeholder, that counts a branch which does not belong in its figures."""
    return story.cast.placeholders("key_enterprise")[2]


def disputed(story: Story) -> None:
    """A check finds that a level contradicts its growth; the statistics ask, the entity explains and corrects."""
    entity = muddler(story)
    day = after(story.definition.phases[2].from_, 47)
    asked: list[str] = []

    def ask() -> None:
        (found,) = screen(story.agenda.session)
        story.say(T("check {check} finds: {statement}", check=found.check, statement=found.statement))
        (reply,) = raise_(story.agenda.session, [found], story.agenda.who(story.statistics), _in_chinese)
        story.agenda.replies.append(reply)
        asked.append(found.finding)

    def answer() -> None:
        liaison = story.cast.holder("liaison", entity)
        obligation = next(entry for entry in story.definition.obligations if entry.id == "monthly_report")
        figures = story.figures.figures(story.courses[entity], obligation.indicators, 9, MONTHS)
        story.agenda.must(liaison, c.ExplainFinding(entity, asked[0], "误计入外省分厂产值"))
        story.agenda.must(liaison, c.CorrectReport(entity, MUDDLED, figures, "剔除外省分厂产值"))
        story.agenda.must(story.reviewer, c.ResolveFinding(entity, asked[0], "corrected", "更正后与水平相符"))
        story.agenda.must(story.statistics, c.VerifyReport(entity, MUDDLED))

    story.agenda.at(day, ask)
    story.agenda.at(after(day, 4), answer)


def _in_chinese(statement: Text) -> str:
    """Say what was found as the office of the story writes it, whatever catalogue is compiled where it is told."""
    return statement.fill("{period} 增速 {growth}、水平 {level} 推算上年为 {implied}，而上年全部为 {whole}")


def falsified(story: Story) -> None:
    """The placeholder with the best growth made it up; once confirmed, the scheme's veto takes every award."""
    entity = cheat(story)
    day = after(story.definition.phases[2].from_, 75)

    def confirm() -> None:
        story.say(T("falsified figures confirmed at {entity}", entity=story.cast.title(entity)))
        finding = f"f-{entity}-2"
        story.agenda.must(
            story.statistics,
            c.RaiseFinding(
                entity, finding, "falsification", "原始台账与上报产值不符", "monthly_report-2005-10", "value_added"
            ),
        )
        story.agenda.must(story.cast.holder("liaison", entity), c.ExplainFinding(entity, finding, "承认虚报"))
        story.agenda.must(story.reviewer, c.ResolveFinding(entity, finding, "confirmed", "核实为弄虚作假"))

    story.agenda.at(day, confirm)


def cheat(story: Story) -> str:
    """Return the key enterprise, a placeholder, whose growth lies furthest over its target."""
    candidates = story.cast.placeholders("key_enterprise")
    return max(candidates, key=lambda entity: story.courses[entity].growth_pct - story.courses[entity].target_pct)


def revised(story: Story) -> None:
    """One target is revised by an approved decision; the letter no longer matches, is amended and signed again."""
    entity = first(story.cast.members("prefecture")[3:])
    day = after(story.definition.phases[2].from_, 55)

    def revise() -> None:
        growth = target_lines(story, entity)[0]
        lower = replace(growth, value=(growth.value or Decimal(0)) - Decimal("0.50"))
        story.say(T("the growth target of {entity} is revised, its letter amended", entity=story.cast.title(entity)))
        story.agenda.must(
            story.leader, c.ReviseTarget(entity, lower, "主导产品停产检修，经省政府同意调整", "吉政办函〔2005〕示例")
        )
        amended = c.AmendResponsibilityLetter(
            entity, f"rl-{entity}-2", f"rl-{entity}", "目标调整", after(story.today, 10)
        )
        story.agenda.must(story.office, amended)
        story.agenda.must(story.signer, signature(story, entity, f"rl-{entity}-2"))

    story.agenda.at(day, revise)
