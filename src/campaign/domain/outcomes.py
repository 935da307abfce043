"""What an assessment gave each entity, read from a run's own result text."""

from decimal import Decimal

import msgspec

from campaign.problems import Refused, T, refuse


class Scored(msgspec.Struct, frozen=True):
    """One entity's outcome; empty or None where the scheme gives no such thing. The prize is in yuan."""

    group: str = ""
    score: Decimal | None = None
    rank: int | None = None
    grade: str = ""
    prize: Decimal | None = None


class Outcomes(msgspec.Struct, frozen=True):
    """The outcomes of a run by entity."""

    entities: dict[str, Scored]


_DECODER = msgspec.json.Decoder(Outcomes)


def read(result: str) -> Outcomes | Refused:
    """Read a run's result text, or refuse it."""
    try:
        return _DECODER.decode(result)
    except msgspec.DecodeError as error:
        message = T("the result cannot be read: {error}", error=error)
        return refuse("result-unreadable", message, T("make it with `campaign assess run`"), field="result")
