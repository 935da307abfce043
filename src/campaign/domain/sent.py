"""What is remembered of notices: the last one of each rule over each channel (R-37)."""

from datetime import datetime
from typing import Literal

import msgspec


class NoticeLine(msgspec.Struct, frozen=True):
    """The last notice of a rule over a channel; what all of them told stands in the log, lest every command read it."""

    rule: str
    channel: str
    number: int
    status: Literal["taken", "delivered", "failed"]
    at: datetime
    position: int
    failures: int = 0
    """How many attempts in a row came to nothing."""
    reason: str = ""
