"""What every view must say: that the clock is simulated, that figures are made up, that the reader sees a part."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec

from campaign.problems import T, Text
from campaign_cli.call import Call
from campaign_cli.output import Sheet, Table, give

if TYPE_CHECKING:
    from campaign.app.session import Session

REHEARSAL = T("rehearsal: the clock of this campaign is simulated")
SYNTHETIC = T("synthetic: the figures of this campaign are made by a generator")


def present(call: Call, session: "Session", data: Table | Sheet) -> None:
    """Write DATA with what must be said about the campaign of SESSION."""
    rehearsal, synthetic = marks(session)
    extra = {
        "rehearsal": rehearsal,
        "synthetic": synthetic,
        **({"partial": True} if session.log.partial(session.key) else {}),
    }
    give(call, msgspec.structs.replace(data, notes=data.notes + footer(session), extra={**extra, **data.extra}))


def footer(session: "Session") -> tuple[Text, ...]:
    """Return what stands below every view of the campaign."""
    rehearsal, synthetic = marks(session)
    said = ((REHEARSAL, rehearsal), (SYNTHETIC, synthetic))
    return (*(note for note, holds in said if holds), *part(session))


def part(session: "Session") -> tuple[Text, ...]:
    """Return what must be said where whoever asks sees a part only."""
    seen = T("{account} sees only a part of the log", account=session.log.account)
    return (seen,) if session.log.partial(session.key) else ()


def witnessed(session: "Session") -> tuple[Text, ...]:
    """Return the last checkpoint as a line to print on what is published: whoever holds the paper is a witness."""
    from campaign.app.evidence import imprint

    line = imprint(session)
    return (line,) if line else ()


def marks(session: "Session") -> tuple[bool, bool]:
    """Return whether the campaign is a rehearsal, and whether its figures are synthetic; of several, whether any is."""
    contexts = session.contexts()
    synthetic = any(found.definition.campaign.synthetic for found in contexts if found.definition)
    return any(found.campaign.rehearsal for found in contexts), synthetic


def clock(session: "Session") -> Callable[[datetime], datetime]:
    """Return what turns an instant into the campaign's own time zone."""
    definition = session.context().definition
    if definition is None:
        return lambda instant: instant
    zone = ZoneInfo(definition.campaign.time_zone)
    return lambda instant: instant.astimezone(zone)


def shown(value: str) -> Text:
    """Say somebody else's words, such as a title, as they are."""
    return Text("{value}", {"value": value})
