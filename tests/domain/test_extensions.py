"""What may be decided of one period: an extension, a waiver, a sign-off that locks it, a reopening (R-37, R-47)."""

from datetime import UTC, date, datetime

import msgspec
import pytest
from domain.scenario import DEFINITION, OTHER, REPORT, By, Life, Step, definition, figure, given, opened, outcome
from hypothesis import given as sample
from hypothesis import strategies as st

from campaign.domain import commands as c
from campaign.domain import events as e
from campaign.domain.definition import Account, Assignment, Definition, FourEyes, Timeliness, canonical
from campaign.domain.duties import Tally, duties, tally
from campaign.domain.schedule import Standing
from campaign.problems import Refused

EXTEND = c.ExtendPeriod("faw", "weekly", "2005-W36", date(2005, 9, 16), "洪水", "p-9")
WAIVE = c.WaivePeriod("faw", "weekly", "2005-W36", "停产")
VERIFY = By(c.VerifyReport("faw", "r-1"))
SIGN = c.SignOffPeriod("faw", "weekly", "2005-W36")
REOPEN = c.ReopenPeriod("faw", "weekly", "2005-W36", "漏报一户")
SETTLED = (REPORT, VERIFY, SIGN)
CORRECT = c.CorrectReport("faw", "r-1", (figure("13"),), "漏报")
FINDING = c.RaiseFinding("faw", "f-1", "omission", "漏报", "r-1")


@pytest.mark.parametrize(
    ("before", "when", "then"),
    [
        ((), EXTEND, (e.PeriodExtended("weekly", "2005-W36", date(2005, 9, 16), "洪水", "p-9"),)),
        ((EXTEND,), EXTEND, ["not-later"]),
        ((), msgspec.structs.replace(EXTEND, until=date(2005, 9, 9)), ["not-later"]),
        ((), msgspec.structs.replace(EXTEND, reason=" ", approver="张三"), ["text-missing", "not-a-person-id"]),
        ((), msgspec.structs.replace(EXTEND, approver="p-nobody"), ["unknown-person"]),
        ((), msgspec.structs.replace(EXTEND, reason=" ", approver="p-nobody"), ["text-missing", "unknown-person"]),
        ((), msgspec.structs.replace(WAIVE, approver="p-nobody"), ["unknown-person"]),
        ((), msgspec.structs.replace(EXTEND, obligation="daily"), ["unknown-obligation"]),
        ((), msgspec.structs.replace(EXTEND, obligation="visit"), ["unknown-obligation"]),
        ((), msgspec.structs.replace(EXTEND, period="2005-W01"), ["unknown-period"]),
        ((WAIVE,), EXTEND, ["period-waived"]),
        (SETTLED, EXTEND, ["period-signed-off"]),
        ((), WAIVE, (e.PeriodWaived("weekly", "2005-W36", "停产", "clerk"),)),
        ((WAIVE,), WAIVE, ["nothing-changes"]),
        ((), msgspec.structs.replace(WAIVE, reason=""), ["text-missing"]),
        ((), msgspec.structs.replace(WAIVE, period="x"), ["unknown-period"]),
        (SETTLED, WAIVE, ["period-signed-off"]),
        ((REPORT, VERIFY), SIGN, (e.PeriodSignedOff("weekly", "2005-W36", "r-1"),)),
        ((WAIVE,), SIGN, (e.PeriodSignedOff("weekly", "2005-W36"),)),
        ((), SIGN, ["period-open"]),
        ((REPORT,), SIGN, ["not-verified"]),
        ((REPORT, c.ReturnReport("faw", "r-1", "口径")), SIGN, ["period-open"]),
        ((REPORT, VERIFY, FINDING), SIGN, ["finding-open"]),
        (SETTLED, SIGN, ["nothing-changes"]),
        ((), c.SignOffPeriod("faw", "weekly", "x"), ["unknown-period"]),
        (SETTLED, CORRECT, ["period-signed-off"]),
        (SETTLED, c.ReturnReport("faw", "r-1", "口径"), ["period-signed-off"]),
        ((WAIVE, SIGN), REPORT, ["period-signed-off"]),
        (SETTLED, REOPEN, (e.PeriodReopened("weekly", "2005-W36", "漏报一户"),)),
        (SETTLED, c.ReopenPeriod("faw", "weekly", "2005-W36", ""), ["text-missing"]),
        ((), REOPEN, ["not-signed-off"]),
        ((*SETTLED, REOPEN), CORRECT, (e.ReportCorrected("r-1", (figure("13"),), "漏报"),)),
        ((*SETTLED, REOPEN), SIGN, (e.PeriodSignedOff("weekly", "2005-W36", "r-1"),)),
    ],
)
def test_what_is_decided_of_a_period(
    before: tuple[Step, ...], when: Step, then: list[str] | tuple[e.Event, ...]
) -> None:
    assert outcome(given(*before), when) == then


def test_without_four_eyes_a_period_may_be_signed_off_unverified() -> None:
    rules = definition(four_eyes=FourEyes(report_verification=False))
    assert outcome(given(REPORT, rules=rules), SIGN) == (e.PeriodSignedOff("weekly", "2005-W36", "r-1"),)


def stands(life: Life, today: date, rules: object = DEFINITION) -> Standing:
    """Return how the weekly report of week 36, due on 9 September, stands."""
    listed = duties(life.state, rules, today)  # type: ignore[arg-type] # a Definition
    return next(duty.standing for duty in listed if duty.owed.period == "2005-W36")


@pytest.mark.parametrize(
    ("before", "today", "then"),
    [
        ((), date(2005, 9, 9), "upcoming"),
        ((), date(2005, 9, 10), "missing"),
        ((EXTEND,), date(2005, 9, 16), "upcoming"),
        ((EXTEND,), date(2005, 9, 17), "missing"),
        ((WAIVE,), date(2005, 9, 10), "waived"),
        ((WAIVE,), date(2005, 9, 1), "waived"),
        ((By(REPORT, on=date(2005, 9, 12)),), date(2005, 9, 12), "late"),
        ((By(REPORT, on=date(2005, 9, 12)), EXTEND), date(2005, 9, 12), "on_time"),
        ((By(REPORT, on=date(2005, 9, 19)), EXTEND), date(2005, 9, 20), "late"),
        ((By(REPORT, on=date(2005, 9, 12)), WAIVE), date(2005, 9, 12), "waived"),
        ((By(REPORT, on=date(2005, 9, 8)), WAIVE), date(2005, 9, 12), "on_time"),
        ((By(REPORT, on=date(2005, 9, 8)), WAIVE, c.ReturnReport("faw", "r-1", "x")), date(2005, 9, 12), "waived"),
    ],
)
def test_how_a_period_stands_after_what_was_decided(before: tuple[Step, ...], today: date, then: str) -> None:
    rules = definition(timeliness=Timeliness(deciding="occurred"))
    assert stands(given(*before, rules=rules), today, rules) == then


def test_where_acceptance_decides_the_first_verification_counts() -> None:
    rules = definition(timeliness=Timeliness(deciding="accepted"))
    life = given(REPORT, rules=rules)
    assert [stands(life, day, rules) for day in (date(2005, 9, 9), date(2005, 9, 10))] == ["upcoming", "missing"]
    life.do(VERIFY)
    line = life.state.reports["r-1"]
    assert line.accepted_at == life.records[-1].recorded_at
    assert (line.accepted_on, line.verified_by) == (date(2005, 9, 30), OTHER)
    assert stands(life, date(2005, 9, 30), rules) == "on_time"
    first = line.accepted_at
    life.do(c.ReturnReport("faw", "r-1", "口径"), CORRECT, By(c.VerifyReport("faw", "r-1"), "third"))
    assert life.state.reports["r-1"].accepted_at == first


def test_a_waived_period_is_not_due_and_does_not_spoil_the_share_on_time() -> None:
    life = given(WAIVE)
    counted = tally(duties(life.state, DEFINITION, date(2005, 9, 10)))
    assert (counted.waived, counted.missing) == (1, 2)
    assert Tally(waived=2).due == 0
    assert (Tally(on_time=1, waived=2) + Tally(missing=1, waived=3)) == Tally(on_time=1, missing=1, waived=5)


DAYS = st.dates(date(2005, 9, 1), date(2005, 10, 31))


@sample(st.permutations(["extend", "waive", "report"]), st.booleans(), DAYS, DAYS)
def test_a_standing_depends_on_events_and_calendar_only(
    order: list[str],
    waive: bool,  # noqa: FBT001 -- hypothesis passes what it drew
    handed_in: date,
    today: date,
) -> None:
    """Whatever else was recorded, in whatever order, the same facts of a period give the same mark."""
    rules = definition(timeliness=Timeliness(deciding="occurred"))
    extend = e.PeriodExtended("weekly", "2005-W36", date(2005, 9, 16), "洪水", "p-9")
    facts: dict[str, e.Event] = {
        "extend": extend,
        "waive": e.PeriodWaived("weekly", "2005-W36" if waive else "2005-W40", "停产", "p-9"),
        "report": e.ReportSubmitted("r-1", "weekly", "2005-W36", (figure("12"),)),
    }
    life = given(rules=rules)
    for name in order:
        life.record(facts[name], on=handed_in)
    noise = given(rules=rules, campaign=None)
    for name in sorted(order):
        noise.record(e.TasksDefined((name,)))
        noise.record(facts[name], on=handed_in)
    expected = "on_time" if handed_in <= date(2005, 9, 16) else "waived" if waive else "late"
    assert stands(life, today, rules) == stands(noise, today, rules) == expected


def test_the_four_dates_of_a_report_are_kept_apart() -> None:
    life = given(REPORT, VERIFY, CORRECT)
    line = life.state.reports["r-1"]
    assert (
        line.recorded_at
        < (line.accepted_at or datetime.max.replace(tzinfo=UTC))
        < (line.corrected_at or line.recorded_at)
    )


HOLDING = definition(assignments=(), accounts=())
"""Rules under which nobody holds a role or has an account."""
DECIDERS = [
    ("clerk", HOLDING, ()),
    ("p-9", definition(assignments=(Assignment(person="p-9", role="office", entities=("other",)),)), ()),
    ("p-8", definition(assignments=(), accounts=(Account(account="os:desk", person="p-8"),)), ()),
    ("p-7", HOLDING, (c.AppointOfficer("faw", "liaison", "p-7", "clerk"),)),
]


@pytest.mark.parametrize(("approver", "rules", "before"), DECIDERS)
@pytest.mark.parametrize("command", [EXTEND, WAIVE])
def test_whoever_decided_an_exception_is_somebody_here(
    command: c.EntityCommand, approver: str, rules: Definition, before: tuple[Step, ...]
) -> None:
    """Who asks, who holds a role for whatever entity, who has an account, and the officers of the entity itself."""
    named = msgspec.structs.replace(command, approver=approver)
    (event,) = given(*before, rules=rules).ask(named)  # type: ignore[misc] # not refused
    assert event.approver == approver  # type: ignore[union-attr] # of one of the two
    for other in {"clerk", "p-9", "p-8", "p-7"} - {approver, "clerk"}:
        refused = given(*before, rules=rules).ask(msgspec.structs.replace(command, approver=other))
        assert isinstance(refused, Refused)
        assert [(reason.code, reason.place.field) for reason in refused.reasons] == [("unknown-person", "approver")]


def test_an_entity_that_is_held_on_earlier_rules_is_decided_on_by_who_is_somebody_now() -> None:
    now = definition(assignments=(Assignment(person="p-6", role="office"),))
    held = opened(definition=canonical(now))
    life = given(rules=HOLDING, campaign=held)
    assert not isinstance(life.ask(msgspec.structs.replace(EXTEND, approver="p-6")), Refused)
    assert isinstance(life.ask(EXTEND), Refused)
