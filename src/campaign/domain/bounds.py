"""Bounds that hold for every command: the campaign is open, not closed, and nothing is recorded before it happened."""

from collections.abc import Iterator
from datetime import date

from campaign.domain.commands import Asked
from campaign.domain.situation import problem
from campaign.domain.state import CampaignState
from campaign.problems import Problem, T


def open_now(campaign: CampaignState) -> Iterator[Problem]:
    """Object when the campaign was never opened, or is closed: then nothing but reading follows (R-44)."""
    if campaign.version == 0:
        yield problem("campaign-not-open", T("the campaign has not been opened"), T("open it with `campaign apply`"))
    if campaign.closed:
        message = T("the campaign {key} is closed", key=campaign.key)
        yield problem("campaign-closed", message, T("its history can be read; nothing more is recorded"))


def happened(asked: Asked, **days: date) -> Iterator[Problem]:
    """Object to every one of DAYS, and to the day the fact is said to be true, that lies after today."""
    for name, day in {"occurred_on": asked.occurred_on, **days}.items():
        if day > asked.today:
            message = T("{field} {day} lies after today, {today}", field=name, day=day, today=asked.today)
            yield problem("not-yet-true", message, T("record it once it has happened"), field=name)
