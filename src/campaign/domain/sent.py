"""What is remembered of notices: the last one of each rule over each channel, and everything told so far (R-37)."""

from datetime import datetime
from typing import Literal

import msgspec


class NoticeLine(msgspec.Struct, frozen=True):
    """The last notice of a rule over a channel, and everything told by it so far (R-37)."""

    rule: str
    channel: str
    number: int
    status: Literal["taken", "delivered", "failed"]
    about: tuple[str, ...]
    at: datetime
    position: int
    failures: int = 0
    """How many attempts in a row came to nothing."""
    reason: str = ""
    told: dict[str, int] = {}
    """Position of the delivery, by key of a reminder."""
