"""What notices have still to tell: the reminders that a rule sends over a channel, but for those told before (R-37)."""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from campaign.domain.definition import Definition, NoticeRule
from campaign.domain.events import NoticeDelivered, NoticeTaken, Recorded
from campaign.domain.notices import key
from campaign.domain.sent import NoticeLine
from campaign.domain.state import CampaignState
from campaign.readmodels.reminders import Reminder


class Pending(msgspec.Struct, frozen=True):
    """What a rule has still to tell over a channel, the longest overdue first.

    line: its last notice, if any.  told: how many reminders have been told.
    """

    rule: NoticeRule
    channel: str
    line: NoticeLine | None
    reminders: tuple[Reminder, ...]
    told: int = 0

    @property
    def number(self) -> int:
        """The number of the next notice."""
        return self.line.number + 1 if self.line else 1


def about(reminder: Reminder) -> str:
    """Return the key under which a reminder is told once; another due day makes it another one."""
    parts = (reminder.what, reminder.subject, reminder.item, reminder.entity, reminder.due_on.isoformat())
    return "/".join(parts)


def ahead(definition: Definition) -> int:
    """Return how many days before its due day the earliest notice goes out."""
    return max((-rule.from_days for rule in definition.notices), default=0)


def told(records: Iterable[Recorded]) -> dict[str, set[str]]:
    """Return the keys of the reminders told, by `rule@channel`: those of the notices that got there."""
    taken: dict[str, tuple[str, ...]] = {}
    found: dict[str, set[str]] = {}
    for record in records:
        match record.event:
            case NoticeTaken(rule=rule, channel=channel, about=keys):
                taken[key(rule, channel)] = keys
            case NoticeDelivered(rule=rule, channel=channel):
                name = key(rule, channel)
                found.setdefault(name, set()).update(taken[name])
            case _:
                pass
    return found


def pending(
    definition: Definition, state: CampaignState, before: Mapping[str, set[str]], reminders: Iterable[Reminder]
) -> tuple[Pending, ...]:
    """Return what every rule has to tell over each of its channels, also where that is nothing; BEFORE: see `told`."""
    listed = tuple(reminders)
    return tuple(
        _over(rule, channel, state, before.get(key(rule.id, channel), set()), tuple(_of(rule, listed)))
        for rule in definition.notices
        for channel in rule.channels
    )


def _over(
    rule: NoticeRule, channel: str, state: CampaignState, before: set[str], reminders: tuple[Reminder, ...]
) -> Pending:
    line = state.notices.get(key(rule.id, channel))
    return Pending(rule, channel, line, tuple(entry for entry in reminders if about(entry) not in before), len(before))


def _of(rule: NoticeRule, reminders: tuple[Reminder, ...]) -> Iterator[Reminder]:
    last = rule.until_days
    for entry in reminders:
        asked = (not rule.what or entry.what in rule.what) and (not rule.subjects or entry.subject in rule.subjects)
        if asked and entry.days >= rule.from_days and (last is None or entry.days <= last):
            yield entry
