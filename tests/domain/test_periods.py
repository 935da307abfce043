"""Periods as they begin and end: recorded once each, when the date demands it (R-37)."""

from datetime import date

import pytest
from domain.refusals import said
from domain.scenario import DEFINITION, TODAY, campaign_of, codes, opened

from campaign.domain import campaign
from campaign.domain import commands as c
from campaign.domain import events as e
from campaign.domain.periods import begun
from campaign.domain.state import CampaignState, Context
from campaign.problems import Refused

OPEN = c.OpenPeriod("weekly", "2005-W36")
CLOSE = c.ClosePeriod("weekly", "2005-W36", 9, 1, 0, 0, ("a",), ("b",))
OPENED = e.PeriodOpened("weekly", "2005-W36", date(2005, 9, 9))
CLOSED = e.PeriodClosed("weekly", "2005-W36", date(2005, 9, 9), 9, 1, 0, 0, ("a",), ("b",))


def answer(
    command: c.CampaignCommand, state: CampaignState, today: date = TODAY, *, rules: bool = True
) -> list[str] | tuple[e.Event, ...]:
    context = Context(DEFINITION if rules else None, state)
    found = said(command, campaign.decide(command, state, context, c.Asked("clock", "", today, today)))
    return codes(found) if isinstance(found, Refused) else found


@pytest.mark.parametrize(
    ("history", "command", "today", "then"),
    [
        ((), OPEN, date(2005, 9, 3), (OPENED,)),
        ((), OPEN, date(2005, 9, 2), ["period-not-begun"]),
        ((OPENED,), OPEN, TODAY, ["nothing-changes"]),
        ((), c.OpenPeriod("daily", "x"), TODAY, ["unknown-obligation"]),
        ((), c.OpenPeriod("weekly", "x"), TODAY, ["unknown-period"]),
        ((), CLOSE, date(2005, 9, 10), (CLOSED,)),
        ((), CLOSE, date(2005, 9, 9), ["period-not-over"]),
        ((CLOSED,), CLOSE, TODAY, ["nothing-changes"]),
        ((), c.ClosePeriod("weekly", "x", 1), TODAY, ["unknown-period"]),
    ],
)
def test_a_period_opens_and_closes_once(
    history: tuple[e.Event, ...], command: c.CampaignCommand, today: date, then: list[str] | tuple[e.Event, ...]
) -> None:
    assert answer(command, campaign_of(*history), today) == then


def test_without_a_definition_there_are_no_periods() -> None:
    assert answer(OPEN, opened(), rules=False) == ["no-definition"]


def test_every_obligation_has_periods_whoever_acts() -> None:
    assert {entry.obligation for entry in begun(DEFINITION)} == {duty.id for duty in DEFINITION.obligations}
