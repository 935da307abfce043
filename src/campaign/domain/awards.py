"""Awards (R-20, R-58): put forward from a run's own figures by one person, approved by another; and commendations."""

from collections.abc import Iterator

import msgspec

from campaign.domain import outcomes
from campaign.domain.commands import ApproveAward, Asked, CommendEntity, ProposeAward, RejectAward
from campaign.domain.events import AwardApproved, AwardProposed, AwardRejected, EntityCommended, Recorded
from campaign.domain.exact import ZERO
from campaign.domain.individuals import commendations, taken
from campaign.domain.outcomes import Scored
from campaign.domain.situation import Decision, blanks, four_eyes, problem, reason_needed, settle, unknown
from campaign.domain.state import AwardLine, CampaignState, Commended, Context, Run
from campaign.problems import Problem, Refused, T, refuse


def propose(command: ProposeAward, state: CampaignState, _context: Context, _asked: Asked) -> Decision:
    """Put forward what the run gave the entity; rank and amount are the run's and are never typed in."""
    run = state.runs.get(command.run)
    if run is None:
        return Refused((_no_run(command, state),))
    reasons = [*blanks(award=command.award), *_unused(command, state), *_once(command, run, state)]
    scored = earned(run, command.entity)
    if isinstance(scored, Refused):
        return Refused((*reasons, *scored.reasons))
    event = AwardProposed(command.award, command.run, command.entity, scored.group, scored.rank or 0, scored.award)
    return settle(reasons, event)


def _no_run(command: ProposeAward, state: CampaignState) -> Problem:
    if state.runs:
        return unknown("run-unknown", "run", command.run, state.runs)
    fix = T("record one with `campaign assess run`")
    return problem("run-unknown", T("there is no run {run}", run=command.run), fix, field="run")


def earned(run: Run, entity: str) -> Scored | Refused:
    """Return what RUN gave ENTITY, or say why that is no award."""
    result = outcomes.read(run.result)
    if isinstance(result, Refused):
        return result
    scored = result.entities.get(entity)
    if scored is None:
        message = T("the run {run} did not assess {entity}", run=run.run, entity=entity)
        fix = T("it takes part in no group that the scheme rewards, or left the statistics")
        return refuse("not-assessed", message, fix, field="entity")
    return scored if scored.award > ZERO else _nothing(run, entity, scored)


def _nothing(run: Run, entity: str, scored: Scored) -> Refused:
    fix = T("`campaign explain` shows the rules behind it")
    if scored.stopped:
        because = "; ".join(stop.because for stop in scored.stopped)
        message = T("the run {run} gave {entity} no award: {because}", run=run.run, entity=entity, because=because)
        rule = ", ".join(stop.kind for stop in scored.stopped)
        return refuse("no-award", message, fix, field="entity", rule=rule)
    rank, score = scored.rank or "-", scored.score if scored.score is not None else "-"
    message = T("{entity} won no prize: rank {rank}, score {score}", entity=entity, rank=rank, score=score)
    return refuse("no-award", message, fix, field="entity", rule="R-20")


def _unused(command: ProposeAward, state: CampaignState) -> Iterator[Problem]:
    if command.award in state.awards:
        message = T("the award {award} exists already", award=command.award)
        yield problem("award-exists", message, T("choose another id"), field="award")


def _once(command: ProposeAward, run: Run, state: CampaignState) -> Iterator[Problem]:
    """Object to a second award by the same scheme: a later run does not pay again what an earlier one paid."""
    for line in state.awards.values():
        same = line.entity == command.entity and state.runs[line.run].scheme == run.scheme
        if same and line.status != "rejected":
            message = T(
                "{entity} has the award {award} from run {run}", entity=line.entity, award=line.award, run=line.run
            )
            yield problem("award-twice", message, T("reject that one first, if it is still open"), field="entity")


def approve(command: ApproveAward, state: CampaignState, context: Context, asked: Asked) -> Decision:
    """Approve an award, by another person than put it forward."""
    line = _open(command.award, state)
    if isinstance(line, Refused):
        return line
    return settle(_another_person(line, context, asked), AwardApproved(command.award, command.document))


def reject(command: RejectAward, state: CampaignState, _context: Context, _asked: Asked) -> Decision:
    """Turn an award down, with the reason; whoever put it forward may withdraw it so."""
    line = _open(command.award, state)
    if isinstance(line, Refused):
        return line
    reasons = [] if command.reason.strip() else [reason_needed(T("a rejection states why"))]
    return settle(reasons, AwardRejected(command.award, command.reason))


def _open(award: str, state: CampaignState) -> AwardLine | Refused:
    line = state.awards.get(award)
    if line is None:
        return Refused((unknown("award-unknown", "award", award, state.awards),))
    if line.status != "proposed":
        message = T("the award {award} is decided: {status}", award=award, status=line.status)
        return refuse("already-decided", message, T("nothing is left to decide"), field="award")
    return line


def _another_person(line: AwardLine, context: Context, asked: Asked) -> Iterator[Problem]:
    needed = context.definition is None or context.definition.four_eyes.awards
    if needed and asked.actor == line.proposed_by:
        message = T("{actor} put the award {award} forward", actor=asked.actor, award=line.award)
        yield four_eyes("four_eyes.awards", message, T("let another person approve it"))


def commend(command: CommendEntity, state: CampaignState, _context: Context, _asked: Asked) -> Decision:
    """Commend an entity at any time (R-40)."""
    if command.commendation in commendations(state):
        return taken(command.commendation)
    filled = blanks(commendation=command.commendation, entity=command.entity, citation=command.citation)
    return settle(filled, EntityCommended(command.commendation, command.entity, command.citation))


def undecided(state: CampaignState) -> Iterator[Problem]:
    """Object to an end of the campaign before every award put forward is decided: afterwards none could be."""
    waiting = ", ".join(line.award for line in state.awards.values() if line.status == "proposed")
    if waiting:
        message = T("awards are put forward and not decided: {awards}", awards=waiting)
        fix = T("approve or reject each with `campaign award approve` or `campaign award reject`")
        yield problem("awards-undecided", message, fix, rule="R-20")


def proposed(state: CampaignState, event: AwardProposed, row: Recorded) -> CampaignState:
    """Fold a proposal."""
    line = AwardLine(
        event.award,
        event.run,
        event.entity,
        event.group,
        event.rank,
        event.amount_yuan,
        row.actor,
        row.position,
    )
    return _put(state, line)


def approved(state: CampaignState, event: AwardApproved, row: Recorded) -> CampaignState:
    """Fold an approval."""
    line = state.awards[event.award]
    return _put(
        state,
        msgspec.structs.replace(line, status="approved", decided_by=row.actor, decided_position=row.position),
    )


def rejected(state: CampaignState, event: AwardRejected, row: Recorded) -> CampaignState:
    """Fold a rejection."""
    line = state.awards[event.award]
    return _put(
        state,
        msgspec.structs.replace(line, status="rejected", decided_by=row.actor, decided_position=row.position),
    )


def commended(state: CampaignState, event: EntityCommended, row: Recorded) -> CampaignState:
    """Fold a commendation of an entity."""
    line = Commended(event.entity, event.citation, row.actor, row.position)
    return msgspec.structs.replace(state, commended={**state.commended, event.commendation: line})


def _put(state: CampaignState, line: AwardLine) -> CampaignState:
    return msgspec.structs.replace(state, awards={**state.awards, line.award: line})
