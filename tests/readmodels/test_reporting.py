"""Who owes what: the matrix, who has not reported, and the share on time (R-37)."""

from datetime import date
from decimal import Decimal
from itertools import permutations

import msgspec
from domain.scenario import OTHER, By, opened
from readmodels.worlds import CONTEXT, RULES, TODAY, entity, fact, report, world

from campaign.domain import commands as c
from campaign.domain import exact
from campaign.domain.definition import Obligation, Team, TeamDuty, canonical, sha256
from campaign.domain.state import Context, EntityState
from campaign.readmodels.reporting import Cell, combine, matrices, matrix, on_time, outstanding, row

WEEKLY = RULES.obligations[0]
PROFIT = fact("1", "profit")
BEFORE = date(2005, 9, 16)


def weeks(state: EntityState, today: date = BEFORE) -> list[tuple[str, str]]:
    return [(cell.period, cell.standing) for cell in row(state, RULES, "weekly", today).cells[:4]]


def test_each_period_stands_on_its_own() -> None:
    corrected = c.CorrectReport("faw", "r-1", (fact("2", "profit"),), "miscounted")
    returned = c.ReturnReport("faw", "r-1", "no unit")
    assert weeks(entity("a")) == [
        ("2005-W35", "missing"),
        ("2005-W36", "missing"),
        ("2005-W37", "upcoming"),
        ("2005-W38", "upcoming"),
    ]
    assert weeks(entity("a", report(PROFIT)))[1] == ("2005-W36", "on_time")
    assert weeks(entity("a", report(PROFIT), corrected))[1] == ("2005-W36", "corrected")
    assert weeks(entity("a", report(PROFIT), returned))[1] == ("2005-W36", "missing")


def test_a_cell_names_its_report_and_the_day_that_decided() -> None:
    verified = By(c.VerifyReport("faw", "r-1"), OTHER)
    cells = row(entity("a", report(PROFIT), verified), RULES, "weekly", TODAY).cells
    day = date(2005, 8, 17)
    assert cells[1] == Cell("2005-W36", date(2005, 9, 9), "on_time", "r-1", day, "verified", day, day)
    assert cells[0] == Cell("2005-W35", date(2005, 9, 2), "missing")


def test_a_cell_tells_until_when_its_period_may_be_answered() -> None:
    extended = c.ExtendPeriod("faw", "weekly", "2005-W36", date(2005, 9, 20), "flood", "p-9")
    open_, answered = (
        row(entity("a", extended, *steps), RULES, "weekly", TODAY).cells[1] for steps in ((), (report(PROFIT),))
    )
    assert (open_.until, answered.until, answered.standing) == (date(2005, 9, 20), date(2005, 9, 20), "on_time")


TEAM = Team(id="t", label="T", entities=("faw",), duties=(TeamDuty(id="weekly", weekday=2),))
OWN = Obligation(id="own", label="自报", cadence="once", on=date(2005, 9, 1), act="document")
EARLIER = msgspec.structs.replace(RULES, obligations=(OWN,))


def test_everybody_is_judged_by_the_definition_that_governs_it() -> None:
    """A team's weeks end on Tuesdays; whoever is held on an earlier definition owes what that asks for."""
    text = canonical(EARLIER)
    campaign = opened(held={"old": sha256(text)}, earlier={sha256(text): text})
    context = Context(msgspec.structs.replace(RULES, teams=(TEAM,)), campaign)
    states = world(entity("faw"), entity("vw"), entity("old"))
    found = {made.obligation: made for made in matrices(states, context, BEFORE)}
    assert list(found) == ["weekly", "monthly", "plan", "own"]
    assert [line.entity for line in found["weekly"].rows] == ["faw", "vw"]
    assert [line.cells[0].due_on.day for line in found["weekly"].rows] == [6, 2]
    assert [line.entity for line in found["own"].rows] == ["old"]
    late = {line.entity: (line.obligation, line.due_on) for line in outstanding(states, context, date(2005, 9, 6))}
    assert late == {
        "faw": ("plan", date(2005, 8, 31)),
        "vw": ("weekly", date(2005, 9, 2)),
        "old": ("own", date(2005, 9, 1)),
    }
    tallies = on_time(states, context, date(2005, 9, 6))
    assert [(name, tally.missing) for name, tally in tallies.items()] == [("faw", 1), ("vw", 2), ("old", 1)]


def test_the_matrix_holds_only_those_who_owe_it() -> None:
    states = [
        entity("b", report(PROFIT)),
        entity("a"),
        entity("p", groups=("prefecture",)),
        entity("v", voluntary=True),
    ]
    found = matrix(states, RULES, WEEKLY, BEFORE)
    assert [entry.entity for entry in found.rows] == ["a", "b"]
    assert (found.obligation, found.label) == ("weekly", "周报")
    assert found.periods[:2] == ("2005-W35", "2005-W36")
    assert found.standing("missing")["2005-W36"] == ("a",)
    assert found.standing("on_time", "late", "corrected")["2005-W36"] == ("b",)
    assert found.standing("missing")["2005-W37"] == ()
    assert (found.tally.on_time, found.tally.missing) == (1, 3)


def test_every_obligation_that_somebody_owes_has_a_matrix() -> None:
    states = world(entity("a"), entity("p", groups=("prefecture",)))
    assert [found.obligation for found in matrices(states, CONTEXT, TODAY)] == ["weekly", "monthly", "plan"]
    prefectures = world(entity("p", groups=("prefecture",)))
    assert [found.obligation for found in matrices(prefectures, CONTEXT, TODAY)] == ["monthly", "plan"]


def test_parts_of_a_matrix_combine_in_any_order() -> None:
    parts = [matrix([entity(name)], RULES, WEEKLY, TODAY) for name in ("a", "b", "c")]
    whole = matrix([entity(name) for name in ("a", "b", "c")], RULES, WEEKLY, TODAY)
    for one, two, three in permutations(parts):
        assert combine(combine(one, two), three) == combine(one, combine(two, three)) == whole


def test_what_is_outstanding_is_listed_with_its_age_the_oldest_first() -> None:
    found = outstanding(world(entity("b"), entity("a", report(PROFIT))), CONTEXT, BEFORE)
    assert [(entry.entity, entry.obligation, entry.period, entry.days) for entry in found] == [
        ("a", "plan", "once", 16),
        ("b", "plan", "once", 16),
        ("a", "weekly", "2005-W35", 14),
        ("b", "weekly", "2005-W35", 14),
        ("b", "weekly", "2005-W36", 7),
    ]


def test_the_share_on_time_of_each_entity() -> None:
    found = on_time(world(entity("a", report(PROFIT)), entity("v", voluntary=True)), CONTEXT, BEFORE)
    ratio = found["a"].ratio
    assert ratio is not None
    assert ratio == exact.CONTEXT.divide(Decimal(1), Decimal(3))
    assert found["v"].ratio is None


def test_without_a_definition_nobody_owes_anything() -> None:
    nothing = Context(None, opened())
    states = world(entity("a"))
    assert (matrices(states, nothing, TODAY), outstanding(states, nothing, TODAY)) == ((), ())
    assert on_time(states, nothing, TODAY) == {}
