"""What an assessment gave each entity, read from a run's own result text (see rules.Assessment.canonical)."""

from decimal import Decimal
from typing import TypeAlias

import msgspec

from campaign.problems import Refused, T, refuse

Shown: TypeAlias = str | bool | None
"""A value as the result writes it: numbers as text, exactly."""


class Stopped(msgspec.Struct, frozen=True):
    """A veto or a gate that stopped the entity."""

    kind: str
    because: str
    clause: str = ""


class Scored(msgspec.Struct, frozen=True):
    """One entity's outcome: `prize` is what it won, `award` what the pool pays, both in yuan."""

    group: str
    score: Shown
    rank: int | None
    grade: Shown
    prize: Decimal
    award: Decimal
    stopped: tuple[Stopped, ...] = ()
    values: dict[str, object] = {}


class Pool(msgspec.Struct, frozen=True):
    """A pool: whose ("" for all), what was claimed of it and what it paid, in yuan."""

    group: str
    pool: Decimal
    claimed: Decimal
    paid: Decimal


class Outcomes(msgspec.Struct, frozen=True):
    """The outcomes of a run by entity, and by which scheme text."""

    scheme: str
    sha256: str
    entities: dict[str, Scored]
    pools: tuple[Pool, ...] = ()


_DECODER = msgspec.json.Decoder(Outcomes)


def read(result: str) -> Outcomes | Refused:
    """Read a run's result text, or refuse it."""
    try:
        return _DECODER.decode(result)
    except msgspec.DecodeError as error:
        message = T("the result cannot be read: {error}", error=error)
        return refuse("result-unreadable", message, T("make it with `campaign assess run`"), field="result")
