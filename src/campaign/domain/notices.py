"""Notices: what is due is taken, sent, and delivered or not; each attempt is recorded, so that nothing is lost (R-37).

Only one of two ticks at once takes the next number of a rule over a channel, and only who took it sends it.  What was
taken and never settled - the machine went down - goes into a later notice: told twice at worst, never not at all.
"""

from collections.abc import Iterator
from typing import assert_never

from msgspec.structs import replace

from campaign.domain.commands import Asked, SettleNotice, TakeNotice
from campaign.domain.definition import NoticeRule
from campaign.domain.events import NoticeDelivered, NoticeFailed, NoticeTaken, Recorded
from campaign.domain.sent import NoticeLine
from campaign.domain.situation import Decision, nothing_changes, problem, repeats, settle, unknown
from campaign.domain.state import CampaignState, Context
from campaign.problems import Problem, Refused, T, refuse


def key(rule: str, channel: str) -> str:
    """Return the key of a rule over a channel."""
    return f"{rule}@{channel}"


def take(command: TakeNotice, state: CampaignState, context: Context, _asked: Asked) -> Decision:
    """Take the next notice of a rule over a channel."""
    rules = {rule.id: rule for rule in context.definition.notices} if context.definition else {}
    if command.rule not in rules:
        return Refused((unknown("unknown-notice", "rule", command.rule, rules),))
    return settle(
        (*_channel(command, rules[command.rule]), *_next(command, state), *_about(command)),
        NoticeTaken(command.rule, command.channel, command.number, command.about),
    )


def _channel(command: TakeNotice, rule: NoticeRule) -> Iterator[Problem]:
    if command.channel not in rule.channels:
        yield unknown("unknown-channel", "channel", command.channel, rule.channels)


def _next(command: TakeNotice, state: CampaignState) -> Iterator[Problem]:
    line = state.notices.get(key(command.rule, command.channel))
    due = line.number + 1 if line else 1
    if command.number != due:
        message = T("the next notice of {rule} has the number {number}", rule=command.rule, number=due)
        yield problem("notice-number", message, T("look again at what is to be sent"), field="number")


def _about(command: TakeNotice) -> Iterator[Problem]:
    if not command.about:
        yield problem("text-missing", T("the notice is about nothing"), T("name what it tells of"), field="about")
    yield from repeats("about", command.about)


def settle_notice(command: SettleNotice, state: CampaignState, _context: Context, _asked: Asked) -> Decision:
    """Record whether the notice that was taken last got there."""
    line = state.notices.get(key(command.rule, command.channel))
    if line is None or line.number != command.number:
        message = T("notice {number} of {rule} is not under way", number=command.number, rule=command.rule)
        return refuse("notice-number", message, T("see `campaign notice list`"))
    if line.status != "taken":
        return nothing_changes(T("notice {number} of {rule} is settled", number=command.number, rule=command.rule))
    match command.outcome:
        case "delivered":
            return (NoticeDelivered(command.rule, command.channel, command.number),)
        case "not-accepted" | "target-unusable":
            return (NoticeFailed(command.rule, command.channel, command.number, command.outcome),)
        case _:
            assert_never(command.outcome)


# --- folds -------------------------------------------------------------------------------------------------------


def taken(state: CampaignState, event: NoticeTaken, record: Recorded) -> CampaignState:
    """Fold an attempt; the one before, if it was never settled, counts as one that came to nothing."""
    name = key(event.rule, event.channel)
    before = state.notices.get(name)
    failures = before.failures + (before.status == "taken") if before else 0
    line = NoticeLine(event.rule, event.channel, event.number, "taken", record.recorded_at, record.position, failures)
    return replace(state, notices={**state.notices, name: line})


def delivered(state: CampaignState, event: NoticeDelivered, record: Recorded) -> CampaignState:
    """Fold a delivery."""
    line = state.notices[key(event.rule, event.channel)]
    return _settled(state, replace(line, status="delivered", failures=0), record)


def failed(state: CampaignState, event: NoticeFailed, record: Recorded) -> CampaignState:
    """Fold a failure."""
    line = state.notices[key(event.rule, event.channel)]
    return _settled(state, replace(line, status="failed", failures=line.failures + 1, reason=event.reason), record)


def _settled(state: CampaignState, line: NoticeLine, record: Recorded) -> CampaignState:
    line = replace(line, at=record.recorded_at, position=record.position)
    return replace(state, notices={**state.notices, key(line.rule, line.channel): line})
