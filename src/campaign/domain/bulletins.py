"""The monthly bulletin (R-39): published once a period from the log up to a cutoff, and corrected under a number."""

import re
from collections.abc import Iterator

import msgspec

from campaign.domain.commands import Asked, CorrectBulletin, PublishBulletin
from campaign.domain.definition import Definition, Obligation
from campaign.domain.events import BulletinCorrected, BulletinPublished, Recorded
from campaign.domain.schedule import Owed, scheduled
from campaign.domain.situation import Decision, blanks, nothing_changes, problem, settle, unknown
from campaign.domain.state import CampaignState, Context, Edition
from campaign.problems import Problem, Refused, T, refuse

SHA256 = re.compile(r"[0-9a-f]{64}")


def key(obligation: str, period: str) -> str:
    """Return the key under which the editions of a bulletin are kept."""
    return f"{obligation}/{period}"


def duties(definition: Definition) -> dict[str, Obligation]:
    """Return the definition's bulletins by id."""
    return {entry.id: entry for entry in definition.obligations if entry.act == "bulletin"}


def periods(definition: Definition, obligation: str) -> dict[str, Owed]:
    """Return every period of the bulletin OBLIGATION, in order; none for one that is not a bulletin."""
    entry = duties(definition).get(obligation)
    return {owed.period: owed for owed in scheduled(definition, entry)} if entry else {}


def publish(command: PublishBulletin, state: CampaignState, context: Context, asked: Asked) -> Decision:
    """Publish the bulletin of one period, once the period is over."""
    owed = _owed(command.obligation, command.period, context)
    if isinstance(owed, Refused):
        return owed
    if key(command.obligation, command.period) in state.bulletins:
        message = T("the bulletin of {period} is published", period=command.period)
        return refuse("bulletin-published", message, T("correct it with `campaign bulletin correct`"), field="period")
    event = BulletinPublished(
        command.obligation, command.period, command.cutoff_position, command.sha256, command.checkpoint
    )
    return settle([*_hash(command.sha256), *_over(owed, asked), *_sealed(command)], event)


def correct(command: CorrectBulletin, state: CampaignState, context: Context, _asked: Asked) -> Decision:
    """Publish a numbered correction: later facts changed what the bulletin says."""
    owed = _owed(command.obligation, command.period, context)
    if isinstance(owed, Refused):
        return owed
    editions = state.bulletins.get(key(command.obligation, command.period), ())
    if not editions:
        message = T("the bulletin of {period} is not published", period=command.period)
        return refuse("bulletin-not-published", message, T("publish it with `campaign bulletin publish`"))
    if editions[-1].sha256 == command.sha256:
        return nothing_changes(T("the bulletin of {period} says this already", period=command.period))
    reasons = [
        *blanks(reason=command.reason),
        *_hash(command.sha256),
        *_later(command, editions[-1]),
        *_sealed(command),
    ]
    event = BulletinCorrected(
        command.obligation,
        command.period,
        len(editions),
        command.cutoff_position,
        command.sha256,
        command.reason,
        command.checkpoint,
    )
    return settle(reasons, event)


def _owed(obligation: str, period: str, context: Context) -> Owed | Refused:
    if context.definition is None:
        message = T("the campaign has no definition")
        return refuse("no-definition", message, T("adopt its folder with `campaign apply`"))
    if obligation not in (known := duties(context.definition)):
        return Refused((unknown("unknown-bulletin", "bulletin", obligation, known),))
    if period not in (found := periods(context.definition, obligation)):
        return Refused((unknown("unknown-period", "period", period, found),))
    return found[period]


def _hash(text: str) -> Iterator[Problem]:
    if not SHA256.fullmatch(text):
        message = T("{text} is not a sha256", text=text)
        yield problem("hash-malformed", message, T("give 64 digits and letters a-f"), field="sha256")


def _over(owed: Owed, asked: Asked) -> Iterator[Problem]:
    if asked.today <= owed.closes_on:
        message = T("{period} ends on {day}", period=owed.period, day=owed.closes_on)
        yield problem("period-not-over", message, T("publish its bulletin after that day"), field="period")


def _later(command: CorrectBulletin, last: Edition) -> Iterator[Problem]:
    if command.cutoff_position <= last.cutoff_position:
        message = T("the last edition was made up to position {position}", position=last.cutoff_position)
        yield problem("cutoff-not-later", message, T("a correction needs a later cutoff"), field="cutoff_position")


def _sealed(command: PublishBulletin | CorrectBulletin) -> Iterator[Problem]:
    """Object to a checkpoint of records that the bulletin was not made from: no later one could be printed again."""
    head = command.checkpoint
    if head is not None and not 0 < head.size <= command.cutoff_position:
        message = T("the checkpoint has {size} records, but the bulletin was made from fewer", size=head.size)
        yield problem("checkpoint-beyond-cutoff", message, T("print an earlier one"), field="checkpoint")


def published(state: CampaignState, event: BulletinPublished, record: Recorded) -> CampaignState:
    """Fold a publication."""
    edition = Edition(
        0,
        event.cutoff_position,
        event.sha256,
        record.occurred_on,
        record.position,
        checkpoint=event.checkpoint,
    )
    return _put(state, key(event.obligation, event.period), edition)


def corrected(state: CampaignState, event: BulletinCorrected, record: Recorded) -> CampaignState:
    """Fold a correction: the earlier editions stay."""
    edition = Edition(
        event.number,
        event.cutoff_position,
        event.sha256,
        record.occurred_on,
        record.position,
        event.reason,
        event.checkpoint,
    )
    return _put(state, key(event.obligation, event.period), edition)


def _put(state: CampaignState, name: str, edition: Edition) -> CampaignState:
    editions = (*state.bulletins.get(name, ()), edition)
    return msgspec.structs.replace(state, bulletins={**state.bulletins, name: editions})
