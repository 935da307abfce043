"""The reporting cycle of the demonstration: ticks, half-month checks, the plan's registers, and who is reminded."""

from collections import Counter
from datetime import time, timedelta
from functools import partial

from msgspec.structs import replace

from campaign.app.registers import laggards
from campaign.app.tick import Ticked, tick
from campaign.demo.agenda import EVENING, Story, after
from campaign.domain import commands as c
from campaign.domain.schedule import Owed, scheduled
from campaign.problems import T

EARLY = time(8, 0)
MONDAY = 0
REMINDED = 3
"""How many of those who lag behind the office reminds: the furthest below the mean."""


def play(story: Story) -> None:
    """Put the cycle on the agenda."""
    ticks(story)
    checks(story)
    visits(story)
    losses(story)
    measures(story)
    exemplars(story)
    reminded(story)


# --- the tick ----------------------------------------------------------------------------------------------------


def ticks(story: Story) -> None:
    """The office's machine ticks every Monday morning, from the first reports until the last bulletin is out."""
    written: Counter[str] = Counter()
    day = story.definition.phases[2].from_
    while day.weekday() != MONDAY:
        day = after(day, 1)
    end = after(story.definition.campaign.window.to, 18)
    while day <= end:
        story.agenda.at(day, partial(_tick, story, written), EARLY)
        day += timedelta(weeks=1)
    story.agenda.at(end, lambda: _ticked(story, written))


def _tick(story: Story, written: Counter[str]) -> None:
    found = tick(story.agenda.session, story.agenda.who(story.office))
    written.update(step.rule for step in found.steps)
    written["tick"] += 1
    _tell(story, found)


def _tell(story: Story, found: Ticked) -> None:
    """Say how a period stood when it closed, where anybody was late or missing."""
    for step in found.steps:
        if step.closing is not None and (step.closing.late or step.closing.missing):
            names = ", ".join(map(story.cast.title, (*step.closing.late, *step.closing.missing)))
            story.say(
                T(
                    "tick of {day} closes {obligation} {period}: {late} late, {missing} missing ({names})",
                    day=found.today,
                    obligation=step.obligation,
                    period=step.period,
                    late=len(step.closing.late),
                    missing=len(step.closing.missing),
                    names=names,
                )
            )


def _ticked(story: Story, written: Counter[str]) -> None:
    story.say(
        T(
            "{ticks} ticks opened {opened} periods and closed {closed}",
            ticks=written["tick"],
            opened=written["open"],
            closed=written["close"],
        )
    )


# --- checks ------------------------------------------------------------------------------------------------------


def checks(story: Story) -> None:
    """Twice a month an inspector looks at everybody; one is found deficient, and is looked at again."""
    duty = next(entry for entry in story.definition.obligations if entry.act == "check")
    untidy = story.cast.placeholders("key_enterprise")[-2]
    seen = story.cast.members(*duty.groups)
    for number, due in enumerate(scheduled(story.definition, duty)):
        deficient = untidy if number == 1 else ""
        story.agenda.at(due.due_on, partial(_check, story, due, seen, deficient), time(15, 0))
        if deficient:
            story.agenda.at(after(due.due_on, 7), partial(_look_again, story, due, deficient))


def _check(story: Story, due: Owed, seen: list[str], deficient: str) -> None:
    inspector, check = story.agenda.holder("inspector"), f"check-{due.period}"
    states = story.agenda.session.entities()
    story.agenda.must(
        inspector,
        *(
            c.RecordCheck(entity, check, due.obligation, due.period, "sound", "台账与上报数一致")
            for entity in seen
            if entity != deficient and states[entity].exit is None
        ),
    )
    if deficient:
        note, again = "原始台账不全", after(due.due_on, 7)
        found = c.RecordCheck(deficient, check, due.obligation, due.period, "deficient", note, (), again)
        story.agenda.must(inspector, found)


def _look_again(story: Story, due: Owed, entity: str) -> None:
    again = c.FollowUpCheck(entity, f"check-{due.period}", "sound", "台账已补齐")
    story.agenda.must(story.agenda.holders("inspector")[-1], again)
    story.say(T("check of {period}: {entity} was deficient, and is sound when looked at again", period=due.period,
                entity=story.cast.title(entity)))  # fmt: skip


# --- registers ---------------------------------------------------------------------------------------------------


def visits(story: Story) -> None:
    """A leader visits two enterprises short of coal and power; the issues are assigned, supported, settled late."""
    agenda, start = story.agenda, story.definition.phases[2].from_
    shorts = dict(zip(story.cast.placeholders("increment_enterprise")[:2], ("coal", "power"), strict=True))
    body = story.cast.members("department")[0]

    def visit() -> None:
        for entity, kind in shorts.items():
            agenda.must(
                story.leader,
                c.OpenEntry(entity, "visit", "v-1", "现场调研生产要素保障", responsible=story.leader),
                c.CompleteEntry(entity, "visit", "v-1", "现场协调，登记一项困难"),
                c.OpenEntry(entity, "issue", "i-1", "生产要素供应不足", kind, link="v-1"),
                c.AssignEntry(entity, "issue", "i-1", body),
            )

    def support() -> None:
        for entity in shorts:
            given = c.OpenEntry(entity, "support", "s-1", "优先安排煤电运", "factor_support", provider=body, link="i-1")
            agenda.must(story.office, replace(given, from_on=story.today, until_on=after(story.today, 90)))
        settled, _ = shorts
        agenda.must(story.office, c.CompleteEntry(settled, "issue", "i-1", "煤炭三万吨已到厂"))

    def settle() -> None:
        _, overdue = shorts
        agenda.must(story.office, c.CompleteEntry(overdue, "issue", "i-1", "电网增容完成"))
        story.say(T("{count} issues found on visits are settled, one of them overdue", count=len(shorts)))

    agenda.at(after(start, 6), visit)
    agenda.at(after(start, 16), support)
    agenda.at(after(start, 30), settle)


def losses(story: Story) -> None:
    """Each major loss-maker is registered; the table says who is responsible for one, and leaves the other open."""
    day = after(story.definition.phases[2].from_, 5)
    kinds = {story.cast.tagged("shell_enterprise"): "structural", story.cast.members("loss_maker")[-1]: "operating"}

    def register() -> None:
        for entity, kind in kinds.items():
            story.agenda.must(story.office, c.OpenEntry(entity, "loss", "loss-2005", "扭亏减亏", kind))
        bodies = {entity: _responsible(story, entity) for entity in kinds}
        open_ = [entity for entity, body in bodies.items() if not body]
        for entity in open_:
            why = "体制性亏损，方案未指定责任单位"
            body = story.cast.members("department")[-2]
            story.agenda.must(story.leader, c.AssignEntry(entity, "loss", "loss-2005", body, reason=why))
        story.say(
            T(
                "{count} loss-makers registered, the responsible of {open} to be named",
                count=len(kinds),
                open=len(open_),
            )
        )

    story.agenda.at(day, register)


def _responsible(story: Story, entity: str) -> str:
    return story.agenda.session.entities()[entity].entries["loss-2005"].responsible


def measures(story: Story) -> None:
    """The departments register their measures by the day that is set; one is late, and the tick lists it."""
    register = next(entry for entry in story.definition.registers if entry.id == "measure")
    *prompt, slow = story.cast.members(*register.groups)
    due = register.due_on or story.definition.phases[2].from_
    story.agenda.at(after(due, -5), lambda: _measures(story, prompt))
    story.agenda.at(after(due, 11), lambda: _measures(story, [slow]))


def _measures(story: Story, departments: list[str]) -> None:
    opened = (c.OpenEntry(name, "measure", "m-1", "支持提速增效的鼓励措施", "other") for name in departments)
    story.agenda.must(story.office, *opened)
    if len(departments) == 1:
        title = story.cast.title(departments[0])
        story.say(T("the measures of {entity} are registered, after the day that was set", entity=title))


def exemplars(story: Story) -> None:
    """The office finds an exemplar, and the press writes about it."""
    day = after(story.definition.phases[2].from_, 49)
    entity = max(story.cast.members("prefecture"), key=lambda name: story.courses[name].growth_pct)

    def find() -> None:
        story.agenda.must(
            story.office,
            c.OpenEntry(entity, "exemplar", "e-1", "调度及时，增速领先"),
            c.OpenEntry(entity, "publicity", "p-1", "典型经验报道", "newspaper", provider="吉林日报", link="e-1"),
        )
        story.say(T("{entity} is made an exemplar, and the press writes about it", entity=story.cast.title(entity)))

    story.agenda.at(day, find)


def reminded(story: Story) -> None:
    """Once the first bulletin is out, those furthest below the mean are reminded, and looked at again."""
    day = after(story.definition.phases[2].from_, 42)
    chosen: list[str] = []

    def remind() -> None:
        found = laggards(story.agenda.session, story.today)
        gaps = sorted((lag.gap_pct, lag.entity) for lag in found if lag.gap_pct is not None)
        chosen.extend(entity for _, entity in gaps[:REMINDED])
        due = after(story.today, 14)
        story.agenda.must(
            story.office, *(c.OpenEntry(entity, "reminder", "r-1", "增速低于全省平均", due_on=due) for entity in chosen)
        )
        story.say(
            T("{count} lag behind by the criterion, {reminded} are reminded", count=len(found), reminded=len(chosen))
        )

    def look() -> None:
        done = (c.CompleteEntry(entity, "reminder", "r-1", "已报整改措施") for entity in chosen)
        story.agenda.must(story.office, *done)

    story.agenda.at(day, remind)
    story.agenda.at(after(day, 13), look, EVENING)
