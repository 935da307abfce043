"""Notices: taken once under the next number, delivered or not, and whatever was not told goes into a later one."""

from datetime import date

import msgspec
import pytest
from domain.refusals import said
from domain.scenario import DEFINITION, TODAY, campaign_of, codes, opened, recorded
from hypothesis import given
from hypothesis import strategies as st

from campaign.domain import campaign, register_rules
from campaign.domain import commands as c
from campaign.domain import events as e
from campaign.domain.definition import NoticeRule
from campaign.domain.notices import key
from campaign.domain.references import duplicates
from campaign.domain.state import CampaignState, Context
from campaign.problems import Refused
from campaign.readmodels.notices import told

LATE = NoticeRule(id="late", label="迟报", channels=("office", "mail"), what=("report",))
RULES = msgspec.structs.replace(DEFINITION, notices=(LATE,))
ABOUT = ("report/weekly/2005-W36/a/2005-09-09", "report/weekly/2005-W36/b/2005-09-09")
TAKEN = e.NoticeTaken("late", "office", 1, ABOUT)
DELIVERED = e.NoticeDelivered("late", "office", 1)
FAILED = e.NoticeFailed("late", "office", 1, "not-accepted")
AGAIN = e.NoticeTaken("late", "office", 2, ABOUT)


def answer(command: c.CampaignCommand, state: CampaignState, *, rules: bool = True) -> list[str] | tuple[e.Event, ...]:
    context = Context(RULES if rules else None, state)
    found = said(command, campaign.decide(command, state, context, c.Asked("clock", "", TODAY, TODAY)))
    return codes(found) if isinstance(found, Refused) else found


@pytest.mark.parametrize(
    ("history", "command", "then"),
    [
        ((), c.TakeNotice("late", "office", 1, ABOUT), (TAKEN,)),
        ((), c.TakeNotice("late", "office", 2, ABOUT), ["notice-number"]),
        ((TAKEN,), c.TakeNotice("late", "office", 1, ABOUT), ["notice-number"]),
        ((TAKEN,), c.TakeNotice("late", "mail", 1, ABOUT), (e.NoticeTaken("late", "mail", 1, ABOUT),)),
        ((TAKEN,), c.TakeNotice("late", "office", 2, ABOUT), (AGAIN,)),
        ((), c.TakeNotice("early", "office", 1, ABOUT), ["unknown-notice"]),
        ((), c.TakeNotice("late", "radio", 1, ABOUT), ["unknown-channel"]),
        ((), c.TakeNotice("late", "radio", 3, ()), ["unknown-channel", "notice-number", "text-missing"]),
        ((), c.TakeNotice("late", "office", 1, (ABOUT[0], ABOUT[0])), ["listed-twice"]),
        ((TAKEN,), c.SettleNotice("late", "office", 1, "delivered"), (DELIVERED,)),
        ((TAKEN,), c.SettleNotice("late", "office", 1, "not-accepted"), (FAILED,)),
        (
            (TAKEN,),
            c.SettleNotice("late", "office", 1, "target-unusable"),
            (e.NoticeFailed("late", "office", 1, "target-unusable"),),
        ),
        ((), c.SettleNotice("late", "office", 1, "delivered"), ["notice-number"]),
        ((TAKEN, AGAIN), c.SettleNotice("late", "office", 1, "delivered"), ["notice-number"]),
        ((TAKEN, DELIVERED), c.SettleNotice("late", "office", 1, "delivered"), ["nothing-changes"]),
        ((TAKEN, FAILED), c.SettleNotice("late", "office", 1, "delivered"), ["nothing-changes"]),
    ],
)
def test_a_notice_is_taken_once_and_settled_once(
    history: tuple[e.Event, ...], command: c.CampaignCommand, then: list[str] | tuple[e.Event, ...]
) -> None:
    assert answer(command, campaign_of(*history)) == then


def test_without_a_definition_there_is_nothing_to_send() -> None:
    assert answer(c.TakeNotice("late", "office", 1, ABOUT), opened(), rules=False) == ["unknown-notice"]


def test_an_attempt_that_nobody_settled_counts_as_one_that_came_to_nothing() -> None:
    line = campaign_of(TAKEN, AGAIN).notices[key("late", "office")]
    assert (line.number, line.status, line.failures) == (2, "taken", 1)
    line = campaign_of(TAKEN, AGAIN, e.NoticeFailed("late", "office", 2, "target-unusable")).notices["late@office"]
    assert (line.status, line.failures, line.reason) == ("failed", 2, "target-unusable")


def history(ends: list[str]) -> list[e.Event]:
    """Return one attempt after the other, each about a reminder of its own, that ended so; lost ones never ended."""
    events: list[e.Event] = []
    for number, end in enumerate(ends, start=1):
        events.append(e.NoticeTaken("late", "office", number, (f"reminder-{number}",)))
        if end == "delivered":
            events.append(e.NoticeDelivered("late", "office", number))
        elif end == "failed":
            events.append(e.NoticeFailed("late", "office", number, "not-accepted"))
    return events


@given(st.lists(st.sampled_from(["delivered", "failed", "lost"]), min_size=1, max_size=8))
def test_only_what_was_delivered_has_been_told(ends: list[str]) -> None:
    """However the attempts ended; and the failures count back to the last delivery, an attempt under way not yet."""
    events = history(ends)
    line = campaign_of(*events).notices["late@office"]
    delivered = [number for number, end in enumerate(ends, start=1) if end == "delivered"]
    assert told(recorded(event, number) for number, event in enumerate(events, start=1)) == (
        {"late@office": {f"reminder-{number}" for number in delivered}} if delivered else {}
    )
    assert line.failures == len(ends) - max(delivered, default=0) - (ends[-1] == "lost")


@pytest.mark.parametrize(
    ("change", "then"),
    [
        ({}, []),
        ({"subjects": ("weekly", "issue", "task_statement")}, []),
        ({"subjects": ("weekyl",)}, ["unknown-subject"]),
        ({"from_days": 3, "until_days": 2}, ["dates-reversed"]),
        ({"from_days": -2, "until_days": -2}, []),
    ],
)
def test_a_rule_names_what_there_is_and_ends_after_it_begins(change: dict[str, object], then: list[str]) -> None:
    rule = msgspec.structs.replace(LATE, **change)
    definition = msgspec.structs.replace(DEFINITION, notices=(rule,))
    assert [problem.code for problem in register_rules.check(definition)] == then


def test_two_rules_of_one_name_are_refused() -> None:
    definition = msgspec.structs.replace(DEFINITION, notices=(LATE, LATE))
    assert [problem.place.field for problem in duplicates(definition)] == ["notices[1].id"]


def test_a_notice_may_not_be_given_before_the_campaign_is_open() -> None:
    state = CampaignState()
    found = campaign.decide(
        c.TakeNotice("late", "office", 1, ABOUT),
        state,
        Context(RULES, state),
        c.Asked("x", "", TODAY, date(2005, 9, 1)),
    )
    assert isinstance(found, Refused)
