"""Stage III of the demonstration: assessment on provisional and on final figures, awards, individuals, the summary."""

from hashlib import sha256
from typing import Literal

from campaign.app import assess
from campaign.demo.agenda import EVENING, Story, after
from campaign.domain import commands as c
from campaign.domain.state import EntityState
from campaign.problems import T

PROVISIONAL, FINAL = "provisional-2005", "final-2005"


def play(story: Story) -> None:
    """Put stage III on the agenda."""
    last, end = story.definition.phases[-1], story.definition.campaign.window.to
    agenda = story.agenda
    agenda.at(last.from_, lambda: _into_assessment(story))
    agenda.at(after(last.from_, 4), lambda: _scheme(story))
    agenda.at(end, lambda: _assess(story, PROVISIONAL, "provisional"), EVENING)
    agenda.at(after(end, 14), lambda: _assess(story, FINAL, "final"))
    agenda.at(after(end, 15), lambda: _awards(story))
    agenda.at(after(end, 16), lambda: _individuals(story))
    agenda.at(after(end, 20), lambda: _close(story))


def _into_assessment(story: Story) -> None:
    """Those whose reports are complete go on; for the two with a missing one the gate is waived with a reason."""
    story.move_all(2)
    held = [entity for entity, state in story.agenda.session.entities().items() if _waits(story, state)]
    for entity in held:
        story.agenda.must(story.leader, c.WaiveGate(entity, "reports-in", "缺报一期周报，已通报批评"))
    story.move_all(2)


def _waits(story: Story, state: EntityState) -> bool:
    return state.phase == story.definition.phases[2].id and state.entity in story.courses


def _scheme(story: Story) -> None:
    """The plan left the scheme to be made later; assessing before it is adopted is refused."""
    early = assess.run(story.agenda.session, story.agenda.who(story.office), run="too-early", basis="provisional")
    story.agenda.expect(early)
    scheme = story.scheme
    story.say(T("assessment scheme {scheme} adopted", scheme=scheme.name))
    story.agenda.must(
        story.signer, c.AdoptScheme(scheme.name, scheme.sha256, scheme.text, reason="示例方案，奖金数额仅供演示")
    )


def _assess(story: Story, run: str, basis: Literal["provisional", "final"]) -> None:
    reply = assess.run(story.agenda.session, story.agenda.who(story.office), run=run, basis=basis)
    story.agenda.replies.append(reply)
    if reply.refusal is not None:
        raise RuntimeError(str(reply.refusal))
    story.say(T("assessment {run} recorded at position {at}", run=run, at=reply.last))


def _awards(story: Story) -> None:
    """The office proposes; its own approval is refused; the provincial government approves within the budget."""
    won = assess.winners(story.agenda.session, FINAL)
    awards = {f"aw-{entity}": entity for entity in won}
    story.agenda.must(story.office, *(c.ProposeAward(award, FINAL, entity) for award, entity in awards.items()))
    story.agenda.expect(story.agenda.do(story.office, c.ApproveAward(next(iter(awards)))))
    story.agenda.must(story.signer, *(c.ApproveAward(award, "示例决定") for award in awards))
    story.say(T("{count} awards proposed by one person and approved by another", count=len(awards)))


def _individuals(story: Story) -> None:
    """Two outstanding individuals: nominated by the office, reviewed by the leading group, decided by the province."""
    agenda, cast = story.agenda, story.cast
    for number, entity in enumerate(cast.members("prefecture")[:2], start=1):
        person, commendation = cast.holder("liaison", entity), f"ind-{number}"
        agenda.must(story.office, c.NominateIndividual(commendation, person, entity, "调度及时，数据准确"))
        agenda.must(story.leader, c.ReviewIndividual(commendation, True, "同意"))  # noqa: FBT003 -- the command's field order
        agenda.must(story.signer, c.DecideIndividual(commendation, True, "工作成效突出", "示例决定"))  # noqa: FBT003 -- likewise
    agenda.must(story.office, c.CommendEntity("com-1", cast.members("prefecture")[0], "全年调度零迟报"))
    story.say(T("2 outstanding individuals commended"))


def _close(story: Story) -> None:
    text = "活动按期结束，目标完成情况见考核结果。"
    digest = sha256(text.encode()).hexdigest()
    story.agenda.must(story.leader, c.RecordSummary("活动总结", digest, text))
    story.agenda.must(story.leader, c.CloseCampaign("总结完成"))
    story.say(T("summary recorded, campaign closed"))
