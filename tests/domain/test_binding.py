"""Given an entity's marks, when another definition is adopted, then which marks stay, which days move, who is held."""

from datetime import date

import msgspec
import pytest
from domain.scenario import DEFINITION, ENROL, TODAY, Life, definition, figure, opened, outcome

from campaign.domain import commands as c
from campaign.domain import events as e
from campaign.domain.definition import About, Definition, Obligation, Timeliness, canonical, sha256
from campaign.domain.duties import duties
from campaign.domain.events import KeptDuty, MarkChange, Shift
from campaign.domain.governing import governing, held
from campaign.domain.state import Adoption, CampaignState, Context

WEEKLY = Obligation(
    id="weekly", label="周报", cadence="weekly", weekday=5, from_=date(2005, 9, 1), to=date(2005, 9, 30)
)
FRIDAYS = definition(obligations=(WEEKLY,))
MONDAYS = definition(obligations=(msgspec.structs.replace(WEEKLY, weekday=1),))
ANSWERED = c.SubmitReport("faw", "r-1", "weekly", "2005-W36", (figure("12"),))
BIND = c.BindDefinition("faw")
REASSESS = c.BindDefinition("faw", reassess=True, reason="改为周一")


def adopted(*rules: Definition, held_on: str = "") -> CampaignState:
    """Return the campaign after RULES were adopted one after the other."""
    texts = [canonical(part) for part in rules]
    return opened(
        adoptions=tuple(Adoption(sha256(text), number, number, TODAY) for number, text in enumerate(texts, 1)),
        definition=texts[-1],
        earlier={sha256(text): text for text in texts[:-1]},
        held={"faw": held_on} if held_on else {},
    )


def answering(after: Definition, *steps: object, before: Definition = FRIDAYS) -> Life:
    """Return an entity that answered one of five weeks BEFORE, at the moment when AFTER is adopted."""
    life = Life(before).do(ENROL, ANSWERED, *steps)
    life.context = Context(after, adopted(before, after))
    return life


def kept(period: str, day: int, standing: str = "missing", first: int = 0, **changes: object) -> KeptDuty:
    """Return a week that ends on a DAY of September, as Fridays judged it."""
    friday = date(2005, 9, day)
    line = KeptDuty(
        obligation="weekly",
        period=period,
        opens_on=date(2005, 9, first or day - 6),
        closes_on=friday,
        due_on=friday,
        last_on=friday,
        deciding="recorded",
        time_zone="Asia/Shanghai",
        standing=standing,
    )
    return msgspec.structs.replace(line, **changes)


GIVEN = (
    kept("2005-W35", 2, first=1),
    kept("2005-W36", 9, "on_time"),
    kept("2005-W37", 16),
    kept("2005-W38", 23),
)
"""The marks of the four weeks that were over; the fifth ends today and has none."""

RELABELLED = definition(obligations=(msgspec.structs.replace(WEEKLY, label="每周报告"),))
LATER = definition(obligations=(msgspec.structs.replace(WEEKLY, grace_days=2),))
NO_MORE = definition(obligations=())
BY_OCCURRENCE = definition(obligations=(WEEKLY,), timeliness=Timeliness(deciding="occurred"))
ABOUT: About = DEFINITION.campaign
ELSEWHERE = definition(obligations=(WEEKLY,), campaign=msgspec.structs.replace(ABOUT, time_zone="UTC"))
LAST = "2005-W39"


@pytest.mark.parametrize(
    ("after", "stay", "moved"),
    [
        (RELABELLED, (), ()),
        (MONDAYS, GIVEN, (Shift(period=LAST, was_on=TODAY, due_on=date(2005, 9, 26)),)),
        (LATER, GIVEN, (Shift(period=LAST, was_on=TODAY, due_on=date(2005, 10, 2)),)),
        (NO_MORE, GIVEN, (Shift(period=LAST, was_on=TODAY),)),
        (BY_OCCURRENCE, GIVEN, ()),
        (ELSEWHERE, GIVEN, ()),
    ],
    ids=["a label", "another weekday", "days of grace", "no obligation", "another deciding day", "another time zone"],
)
def test_a_mark_that_was_given_stays_with_all_that_it_was_judged_by(
    after: Definition, stay: tuple[KeptDuty, ...], moved: tuple[Shift, ...]
) -> None:
    bound = e.DefinitionBound(sha256(canonical(after)), stay)
    shifted = (e.ObligationRescheduled("weekly", moved),) if moved else ()
    assert outcome(answering(after), BIND) == (bound, *shifted)


def test_a_week_that_may_still_be_answered_has_no_mark_and_hides_none_after_it() -> None:
    life = answering(MONDAYS, c.ExtendPeriod("faw", "weekly", "2005-W35", date(2005, 10, 9), "洪水", "p-9"))
    assert life.ask(BIND)[0].kept == GIVEN[1:]


def test_what_is_newly_owed_is_told_as_a_day_that_came() -> None:
    monthly = Obligation(id="monthly", label="月报", cadence="monthly", days=(5,), from_=date(2005, 9, 1))
    life = answering(definition(obligations=(WEEKLY, monthly)))
    told = [event for event in life.ask(BIND) if isinstance(event, e.ObligationRescheduled)]
    assert [event.obligation for event in told] == ["monthly"]
    assert next((shift.was_on, shift.period) for shift in told[0].shifts) == (None, "2005-09")


def test_marks_that_stay_are_kept_through_a_second_adoption_and_follow_later_facts() -> None:
    life = answering(MONDAYS)
    life.record(*life.ask(BIND))
    assert life.state.definition_sha256 == sha256(canonical(MONDAYS))
    assert life.state.kept == GIVEN
    standings = {duty.owed.period: duty.standing for duty in duties(life.state, MONDAYS, TODAY)}
    assert standings == {**{line.period: line.standing for line in GIVEN}, LAST: "missing"}
    life.do(c.WaivePeriod("faw", "weekly", "2005-W37", "停产"))
    life.context = Context(NO_MORE, adopted(FRIDAYS, MONDAYS, NO_MORE))
    bound = life.ask(BIND)[0]
    assert bound.sha256 == sha256(canonical(NO_MORE))
    assert [(line.period, line.standing, line.due_on.day) for line in bound.kept] == [
        ("2005-W35", "missing", 2),
        ("2005-W36", "on_time", 9),
        ("2005-W37", "waived", 16),
        ("2005-W38", "missing", 23),
        (LAST, "missing", 26),
    ]


@pytest.mark.parametrize(
    ("after", "again", "reason"),
    [
        (MONDAYS, (MarkChange(obligation="weekly", period="2005-W35", before="missing", after=""),), "改为周一"),
        (RELABELLED, (), ""),
    ],
)
def test_marks_are_judged_again_only_on_purpose_and_the_change_is_told(
    after: Definition, again: tuple[MarkChange, ...], reason: str
) -> None:
    bound, *_ = answering(after).ask(REASSESS)
    assert bound == e.DefinitionBound(sha256(canonical(after)), (), again, reason)


def test_judging_again_drops_what_was_kept() -> None:
    life = answering(MONDAYS)
    life.record(*life.ask(BIND))
    life.context = Context(RELABELLED, adopted(FRIDAYS, MONDAYS, RELABELLED))
    bound, *_ = life.ask(REASSESS)
    assert bound.kept == ()
    assert [(line.period, line.before, line.after) for line in bound.judged_again] == [(LAST, "missing", "upcoming")]


def test_judging_again_needs_a_reason() -> None:
    assert outcome(answering(MONDAYS), c.BindDefinition("faw", reassess=True, reason=" ")) == ["reason-needed"]


def test_a_phase_in_which_an_entity_stands_may_not_go() -> None:
    without = definition(obligations=(WEEKLY,), phases=DEFINITION.phases[1:])
    assert outcome(answering(without), BIND) == ["phase-occupied"]
    asked = c.BindDefinition("faw", reassess=True)
    assert outcome(answering(without), asked) == ["reason-needed", "phase-occupied"]


def test_an_entity_that_is_held_stays_under_its_own_definition_with_its_marks() -> None:
    life = answering(MONDAYS)
    life.record(*life.ask(BIND))
    life.context = Context(RELABELLED, adopted(FRIDAYS, MONDAYS, RELABELLED))
    asked = c.BindDefinition("faw", held=True, reason="试点")
    assert life.ask(asked) == (e.DefinitionBound(sha256(canonical(MONDAYS)), GIVEN, reason="试点", held=True),)


def test_an_entity_that_is_held_through_two_adoptions_stays_on_the_first() -> None:
    life = answering(MONDAYS)
    life.record(*life.ask(c.BindDefinition("faw", held=True)))
    life.context = Context(RELABELLED, adopted(FRIDAYS, MONDAYS, RELABELLED))
    assert life.ask(c.BindDefinition("faw", held=True))[0].sha256 == sha256(canonical(FRIDAYS))


def test_what_was_never_bound_is_under_the_definition_just_replaced() -> None:
    life = answering(MONDAYS)
    life.context = Context(RELABELLED, adopted(FRIDAYS, MONDAYS, RELABELLED))
    assert life.ask(c.BindDefinition("faw", held=True))[0].sha256 == sha256(canonical(MONDAYS))


def test_decisions_about_a_held_entity_are_made_by_its_own_definition() -> None:
    life = answering(MONDAYS)
    other = sha256(canonical(FRIDAYS))
    held_on = adopted(FRIDAYS, MONDAYS, held_on=other)
    assert held(held_on, "faw") == governing(Context(MONDAYS, held_on), life.state) == FRIDAYS
    assert held(held_on, "jac") is None
    free = adopted(FRIDAYS, MONDAYS)
    assert held(free, "faw") is None
    assert governing(Context(MONDAYS, free), life.state) == MONDAYS
    assert governing(Context(None, opened()), life.state) is None
