"""What a rule has still to tell over a channel: which reminders, and not those that were told before (R-37)."""

from datetime import date

import msgspec
import pytest
from domain.scenario import DEFINITION, opened, recorded

from campaign.domain import events as e
from campaign.domain.definition import NoticeRule
from campaign.domain.sent import NoticeLine
from campaign.domain.state import CampaignState
from campaign.readmodels.notices import about, ahead, pending, told
from campaign.readmodels.reminders import Reminder

RULE = NoticeRule(id="late", label="迟报", channels=("office", "mail"))
DUE = Reminder("report", "faw", "一汽集团", "weekly", "2005-W36", date(2005, 9, 9), 1, "p-1")
LETTER = msgspec.structs.replace(DUE, what="letter", subject="task_statement", item="s-1")


def days(number: int) -> Reminder:
    return msgspec.structs.replace(DUE, days=number)


def keys(
    rule: NoticeRule,
    *reminders: Reminder,
    state: CampaignState | None = None,
    before: dict[str, set[str]] | None = None,
) -> list[tuple[str, list[str]]]:
    """Return what is told over each channel, by key."""
    definition = msgspec.structs.replace(DEFINITION, notices=(rule,))
    found = pending(definition, state or opened(), before or {}, reminders)
    return [(entry.channel, [about(reminder) for reminder in entry.reminders]) for entry in found]


def sends(rule: NoticeRule, reminder: Reminder) -> bool:
    ((_, office), (_, mail)) = keys(rule, reminder)
    assert office == mail
    return bool(office)


def test_another_due_day_makes_it_another_reminder() -> None:
    assert about(DUE) == "report/weekly/2005-W36/faw/2005-09-09"
    assert about(msgspec.structs.replace(DUE, days=9, who="p-2", name="一汽")) == about(DUE)
    assert about(msgspec.structs.replace(DUE, due_on=date(2005, 9, 12))) == "report/weekly/2005-W36/faw/2005-09-12"


@pytest.mark.parametrize(
    ("what", "subjects", "report", "letter"),
    [
        ((), (), True, True),
        (("report",), (), True, False),
        (("report", "letter"), (), True, True),
        ((), ("task_statement",), False, True),
        (("report",), ("task_statement",), False, False),
        (("letter",), ("weekly", "task_statement"), False, True),
    ],
)
def test_a_rule_sends_what_it_names_or_everything(
    what: tuple[str, ...],
    subjects: tuple[str, ...],
    report: bool,  # noqa: FBT001 -- a column of the table
    letter: bool,  # noqa: FBT001 -- a column of the table
) -> None:
    rule = msgspec.structs.replace(RULE, what=what, subjects=subjects)
    assert (sends(rule, DUE), sends(rule, LETTER)) == (report, letter)


@pytest.mark.parametrize(
    ("first", "last", "sent"),
    [
        (0, None, {0, 1, 2, 30}),
        (1, None, {1, 2, 30}),
        (-2, None, {-2, -1, 0, 1, 2, 30}),
        (-2, -1, {-2, -1}),
        (1, 2, {1, 2}),
        (2, 2, {2}),
        (0, 0, {0}),
    ],
)
def test_a_rule_sends_from_its_first_day_to_its_last(first: int, last: int | None, sent: set[int]) -> None:
    rule = msgspec.structs.replace(RULE, from_days=first, until_days=last)
    assert {day for day in (-3, -2, -1, 0, 1, 2, 30) if sends(rule, days(day))} == sent


def test_what_was_told_over_one_channel_is_still_to_be_told_over_the_other() -> None:
    before = {"late@mail": {about(DUE)}, "early@office": {about(LETTER)}}
    assert keys(RULE, DUE, LETTER, before=before) == [
        ("office", [about(DUE), about(LETTER)]),
        ("mail", [about(LETTER)]),
    ]


def test_how_it_stands_is_said_of_every_rule_and_channel_even_where_nothing_is_to_be_told() -> None:
    last = NoticeLine("late", "mail", 4, "failed", recorded(e.TasksDefined(()), 1).recorded_at, 9, 2)
    definition = msgspec.structs.replace(
        DEFINITION, notices=(RULE, msgspec.structs.replace(RULE, id="soon", channels=("mail",)))
    )
    state = opened(notices={"late@mail": last})
    found = pending(definition, state, {"late@mail": {"x", "y"}}, ())
    assert [(entry.rule.id, entry.channel, entry.line, entry.number, entry.told) for entry in found] == [
        ("late", "office", None, 1, 0),
        ("late", "mail", last, 5, 2),
        ("soon", "mail", None, 1, 0),
    ]


@pytest.mark.parametrize(("firsts", "days_ahead"), [((), 0), ((3,), -3), ((-2,), 2), ((-2, -5, 4), 5)])
def test_how_far_ahead_has_to_be_looked(firsts: tuple[int, ...], days_ahead: int) -> None:
    rules = tuple(msgspec.structs.replace(RULE, id=f"r{day}", from_days=day) for day in firsts)
    assert ahead(msgspec.structs.replace(DEFINITION, notices=rules)) == days_ahead


def test_only_what_got_there_has_been_told_each_channel_for_itself() -> None:
    events = (
        e.NoticeTaken("late", "mail", 1, ("a", "b")),
        e.NoticeTaken("late", "office", 1, ("a",)),
        e.NoticeDelivered("late", "mail", 1),
        e.NoticeFailed("late", "office", 1, "not-accepted"),
        e.TasksDefined(("x",)),
        e.NoticeTaken("late", "mail", 2, ("c",)),
        e.NoticeDelivered("late", "mail", 2),
        e.NoticeTaken("late", "mail", 3, ("d",)),
    )
    assert told(recorded(event, number) for number, event in enumerate(events, start=1)) == {
        "late@mail": {"a", "b", "c"}
    }
