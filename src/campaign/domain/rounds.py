"""Half-month checks: an inspector looks, notes what was found, and somebody looks again (R-37, R-38)."""

from collections.abc import Iterator
from datetime import date

from msgspec.structs import replace

from campaign.domain.commands import FollowUpCheck, RecordCheck
from campaign.domain.definition import Definition, concerns
from campaign.domain.events import CheckFollowedUp, CheckRecorded, Recorded
from campaign.domain.schedule import Owed, scheduled
from campaign.domain.situation import Decision, Situation, blanks, problem, repeats, settle, unknown
from campaign.domain.state import CheckLine, EntityState
from campaign.problems import Problem, Refused, T


def periods(definition: Definition, state: EntityState, obligation: str) -> dict[str, Owed]:
    """Return the periods in which the entity is to be checked under OBLIGATION; none where it is not."""
    found = (entry for entry in definition.obligations if entry.id == obligation and entry.act == "check")
    return {
        owed.period: owed
        for entry in found
        if concerns(definition, entry.groups, state.groups) and not state.voluntary
        for owed in scheduled(definition, entry)
    }


def record(command: RecordCheck, at: Situation) -> Decision:
    """Record a check of one period, with what was found and the day by which somebody looks again."""
    duties = [entry.id for entry in at.definition.obligations if entry.act == "check"]
    if command.obligation not in duties:
        return Refused((unknown("unknown-obligation", "obligation", command.obligation, duties),))
    problems = [
        *blanks(check=command.check, note=command.note),
        *repeats("findings", command.findings),
        *_once(command, at.state),
        *_period(command, at),
        *_known(command, at.state),
        *_follow_up(command.outcome, command.follow_up_on, at.asked.occurred_on),
    ]
    event = CheckRecorded(
        command.check,
        command.obligation,
        command.period,
        command.outcome,
        command.note,
        command.findings,
        command.follow_up_on,
    )
    return settle(problems, event)


def follow_up(command: FollowUpCheck, at: Situation) -> Decision:
    """Record that somebody looked again; what is still deficient gets another day."""
    line = at.state.checks.get(command.check)
    if line is None:
        return Refused((unknown("unknown-check", "check", command.check, at.state.checks),))
    if line.follow_up_on is None:
        message = T("nothing is left to look at in {check}", check=command.check)
        return Refused((problem("check-done", message, T("record another check"), field="check"),))
    problems = [
        *blanks(note=command.note),
        *_follow_up(command.outcome, command.follow_up_on, at.asked.occurred_on),
    ]
    return settle(problems, CheckFollowedUp(command.check, command.outcome, command.note, command.follow_up_on))


def _once(command: RecordCheck, state: EntityState) -> Iterator[Problem]:
    if command.check in state.checks:
        message = T("check {check} was recorded already", check=command.check)
        yield problem("check-exists", message, T("give it an id of its own"), field="check")
    for line in state.checks.values():
        if (line.obligation, line.period) == (command.obligation, command.period) and line.check != command.check:
            message = T("{period} is covered by check {check}", period=line.period, check=line.check)
            yield problem("period-covered", message, T("follow that check up"), field="period")


def _period(command: RecordCheck, at: Situation) -> Iterator[Problem]:
    found = periods(at.definition, at.state, command.obligation)
    if not found:
        message = T("{entity} is not checked under {obligation}", entity=at.state.entity, obligation=command.obligation)
        yield problem("not-its-duty", message, T("check those whom it names"), field="obligation")
    elif command.period not in found:
        yield unknown("unknown-period", "period", command.period, found)
    elif at.asked.occurred_on < found[command.period].opens_on:
        message = T("{period} begins on {day}", period=command.period, day=found[command.period].opens_on)
        yield problem("period-not-begun", message, T("name the period of the day"), field="period")


def _known(command: RecordCheck, state: EntityState) -> Iterator[Problem]:
    for name in command.findings:
        if name.strip() and name not in state.findings:
            yield unknown("unknown-finding", "finding", name, state.findings)


def _follow_up(outcome: str, day: date | None, today: date) -> Iterator[Problem]:
    if outcome == "deficient" and day is None:
        message = T("what is deficient is looked at again")
        yield problem("follow-up-missing", message, T("name the day with --follow-up-on"), field="follow_up_on")
    if day is not None and day <= today:
        message = T("{day} is not after the check", day=day)
        yield problem("not-later", message, T("name a later day"), field="follow_up_on")


# --- folds -------------------------------------------------------------------------------------------------------


def recorded(state: EntityState, record: Recorded, event: CheckRecorded) -> EntityState:
    """Fold a check."""
    line = CheckLine(
        event.check,
        event.obligation,
        event.period,
        event.outcome,
        record.actor,
        record.occurred_on,
        record.recorded_at,
        record.position,
        event.findings,
        event.note,
        event.follow_up_on,
    )
    return replace(state, version=record.version, checks={**state.checks, event.check: line})


def followed_up(state: EntityState, record: Recorded, event: CheckFollowedUp) -> EntityState:
    """Fold a second look."""
    before = state.checks[event.check]
    line = replace(
        before,
        outcome=event.outcome,
        note=event.note,
        follow_up_on=event.follow_up_on,
        followed_up=before.followed_up + 1,
    )
    return replace(state, version=record.version, checks={**state.checks, event.check: line})
