"""A record made by hand, for folds that need no store."""

from datetime import UTC, date, datetime

from campaign.domain.events import TOPIC_OF, Event, Recorded

STREAM = "entity:harvest-2031/north"


def record(position: int, event: Event, on: date) -> Recorded:
    at = datetime(2031, 4, 1, tzinfo=UTC)
    return Recorded(position, STREAM, position, TOPIC_OF[type(event)], at, on, "p-ada", "steward", "c", None, event)
