"""Checks as a matrix, reminders by day, and how periods stand when they close (R-37, R-38, R-40)."""

from datetime import UTC, date, datetime
from functools import reduce

import msgspec
from domain.scenario import DEFINITION, REPORT, By, Step, definition, figure, opened
from hypothesis import given, settings
from hypothesis import strategies as st
from readmodels.worlds import entity, world

from campaign.domain import commands as c
from campaign.domain.definition import Obligation, Register, Timeliness
from campaign.domain.duties import Tally
from campaign.domain.state import Context, Edition, EntityState
from campaign.readmodels import inspections, reporting
from campaign.readmodels.closing import Closing, closings, combine, part
from campaign.readmodels.reminders import Reminder, reminders

BULLETIN = Obligation(
    id="bulletin", label="通报", cadence="monthly", days=(10,), act="bulletin", from_=date(2005, 9, 1)
)
RULES = definition(
    obligations=(*DEFINITION.obligations, BULLETIN),
    registers=(
        Register(id="issue", label="问题", due_days=5),
        Register(id="measure", label="措施", groups=("others",), due_on=date(2005, 9, 20)),
    ),
)
CONTEXT = Context(RULES, opened())
NOBODY = Context(None, opened())
TODAY = date(2005, 9, 30)
CHECK = c.RecordCheck("faw", "k-1", "visit", "2005-09-H1", "deficient", "缺页", (), date(2005, 10, 9))
SOUND = c.RecordCheck("faw", "k-2", "visit", "2005-08-H1", "sound", "属实")


# --- checks ------------------------------------------------------------------------------------------------------


def test_the_matrix_of_checks_says_who_was_not_looked_at() -> None:
    states = world(entity("a", CHECK, SOUND), entity("b"), entity("c", voluntary=True))
    (matrix,) = inspections.matrices(states, CONTEXT, TODAY)
    assert (matrix.obligation, [row.entity for row in matrix.rows]) == ("visit", ["a", "b"])
    cells = {cell.period: cell for cell in matrix.rows[0].cells}
    assert (cells["2005-09-H1"].standing, cells["2005-09-H1"].report, cells["2005-09-H1"].status) == (
        "on_time",
        "k-1",
        "deficient",
    )
    assert matrix.standing("missing")["2005-09-H1"] == ("b",)
    assert matrix.rows[0].tally == Tally(on_time=1, late=1, missing=1, upcoming=7)
    assert inspections.matrices(states, NOBODY, TODAY) == ()


def test_a_check_after_its_day_is_late_by_the_day_that_decides() -> None:
    """It is written down on 17 August and was made on the 14th; the period ended on the 15th."""
    early = By(SOUND, on=date(2005, 8, 14))
    state = entity("a", early)
    occurred = msgspec.structs.replace(RULES, timeliness=Timeliness(deciding="occurred"))
    for rules, standing in ((RULES, "late"), (occurred, "on_time")):
        first = inspections.row(state, rules, "visit", TODAY).cells[0]
        assert (first.period, first.standing) == ("2005-08-H1", standing)
    assert inspections.row(state, occurred, "visit", TODAY).tally.on_time == 1


def test_after_an_exit_nobody_is_checked() -> None:
    state = entity("a", c.ExitStatistics("faw", date(2005, 8, 31), "shell", "壳"))
    assert [cell.period for cell in inspections.row(state, RULES, "visit", TODAY).cells] == ["2005-08-H1", "2005-08-H2"]


# --- the four dates ----------------------------------------------------------------------------------------------


def test_a_cell_tells_when_it_was_due_received_accepted_revised() -> None:
    state = entity(
        "a", REPORT, By(c.VerifyReport("faw", "r-1")), c.CorrectReport("faw", "r-1", (figure("13"),), "漏报")
    )
    extend = c.ExtendPeriod("faw", "weekly", "2005-W37", date(2005, 9, 20), "洪水")
    row = reporting.row(state, RULES, "weekly", TODAY)
    cell = next(cell for cell in row.cells if cell.report)
    assert (cell.due_on, cell.received_on, cell.accepted_on, cell.revised_on) == (
        date(2005, 9, 9),
        *[date(2005, 8, 17)] * 3,
    )
    other = reporting.row(entity("b", extend), RULES, "weekly", TODAY)
    assert [cell.until for cell in other.cells if cell.until] == [date(2005, 9, 20)]
    assert {(cell.received_on, cell.accepted_on) for cell in other.cells} == {(None, None)}


# --- reminders ---------------------------------------------------------------------------------------------------


def names(found: tuple[Reminder, ...]) -> list[tuple[str, str, str, str, int]]:
    return [(entry.what, entry.entity, entry.subject, entry.item, entry.days) for entry in found]


def test_what_is_due_comes_with_the_longest_overdue_first() -> None:
    steps: tuple[Step, ...] = (
        By(c.OpenEntry("faw", "issue", "i-1", "缺煤", responsible="经委"), on=date(2005, 9, 1)),
        c.OpenEntry("faw", "issue", "i-2", "缺煤"),
        *(CHECK, SOUND),
        c.AppointOfficer("faw", "accountable_officer", "p-1", "厂长"),
        c.AppointOfficer("faw", "liaison", "p-2", "科员"),
    )
    life = entity("a", c.OpenEntry("faw", "issue", "x", "x"))
    assert life.entries
    state = _in_rules("a", *steps)
    found = reminders({"a": state}, CONTEXT, TODAY)
    assert names(found) == [
        ("report", "a", "plan", "once", 30),
        ("check", "a", "visit", "2005-08-H2", 30),
        ("report", "a", "weekly", "2005-W35", 28),
        ("entry", "a", "issue", "i-1", 24),
        ("report", "a", "weekly", "2005-W36", 21),
        ("report", "a", "weekly", "2005-W37", 14),
        ("report", "a", "weekly", "2005-W38", 7),
        ("check", "a", "visit", "2005-09-H2", 0),
        ("report", "a", "weekly", "2005-W39", 0),
    ]
    assert {entry.who for entry in found} == {"p-2", "经委", ""}
    soon = names(reminders({"a": state}, CONTEXT, TODAY, ahead=10))
    assert ("follow_up", "a", "visit", "k-1", -9) in soon
    assert ("entry", "a", "issue", "i-2", -5) in soon
    assert ("bulletin", "", "bulletin", "2005-09", -10) in soon


def _in_rules(name: str, *steps: Step, **changes: object) -> EntityState:
    from domain.scenario import ENROL, Life  # noqa: PLC0415 -- only this world has registers with days

    return Life(RULES).do(msgspec.structs.replace(ENROL, entity=name, **changes), *steps).state


def test_letters_registers_and_bulletins_are_reminded_of() -> None:
    from domain.scenario import FIXED  # noqa: PLC0415 -- likewise

    letter = c.IssueTaskStatement("faw", "s-1", date(2005, 9, 1))
    states = {
        "a": _in_rules("a", *FIXED, letter, c.AppointOfficer("faw", "accountable_officer", "p-1", "厂长")),
        "b": _in_rules("b", *FIXED, letter, c.ReceiveTaskStatement("faw", "s-1", TODAY)),
        "c": _in_rules("c", groups=("others",)),
    }
    found = reminders(states, CONTEXT, date(2005, 10, 11))
    assert [(entry.entity, entry.who, entry.days) for entry in found if entry.what == "letter"] == [("a", "p-1", 40)]
    assert [(entry.entity, entry.subject) for entry in found if entry.what == "register"] == [("c", "measure")]
    assert [(entry.item, entry.days) for entry in found if entry.what == "bulletin"] == [("2005-09", 1)]
    out = msgspec.structs.replace(CONTEXT, campaign=opened(bulletins={"bulletin/2005-09": (EDITION,)}))
    assert not [entry for entry in reminders({}, out, date(2005, 10, 11)) if entry.what == "bulletin"]
    assert reminders(states, NOBODY, TODAY) == ()


EDITION = Edition(0, 9, "0" * 64, date(2005, 10, 10), 10)


# --- closing -----------------------------------------------------------------------------------------------------

WANTED = frozenset({("weekly", "2005-W36"), ("visit", "2005-09-H1"), ("bulletin", "2005-09")})


def test_a_period_that_closes_counts_everybody_once() -> None:
    late = datetime(2005, 9, 20, tzinfo=UTC)
    states = world(
        entity("a", REPORT, CHECK),
        entity("b", c.WaivePeriod("faw", "weekly", "2005-W36", "停产")),
        entity("c", c.ExtendPeriod("faw", "weekly", "2005-W36", date(2005, 10, 9), "洪水")),
        _late(entity("d", REPORT), late),
        entity("e"),
        entity("f", groups=("others",)),
    )
    found = closings(states, CONTEXT, TODAY, WANTED)
    assert found["weekly", "2005-W36"] == Closing(1, 1, 1, ("d",), ("e",))
    assert found["visit", "2005-09-H1"] == Closing(on_time=1, missing=("b", "c", "d", "e", "f"))
    assert found["bulletin", "2005-09"] == Closing(missing=("k",))
    out = msgspec.structs.replace(CONTEXT, campaign=opened(bulletins={"bulletin/2005-09": (EDITION,)}))
    assert closings(states, out, TODAY, WANTED)["bulletin", "2005-09"] == Closing(on_time=1)


def _late(state: EntityState, at: datetime) -> EntityState:
    line = msgspec.structs.replace(state.reports["r-1"], recorded_at=at)
    return msgspec.structs.replace(state, reports={"r-1": line})


def test_without_a_definition_nothing_closes() -> None:
    assert closings(world(entity("a")), NOBODY, TODAY, WANTED) == {name: Closing() for name in WANTED}


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(["report", "waive", "none"]), min_size=1, max_size=5), st.integers(0, 5))
def test_any_partition_closes_alike(kinds: list[str], cut: int) -> None:
    steps: dict[str, tuple[Step, ...]] = {
        "report": (REPORT,),
        "waive": (c.WaivePeriod("faw", "weekly", "2005-W36", "停产"),),
        "none": (),
    }
    states = [entity(f"e{number}", *steps[kind]) for number, kind in enumerate(kinds)]
    wanted = frozenset({("weekly", "2005-W36")})
    parts = [part(state, CONTEXT, TODAY, wanted) for state in states]
    halves = (reduce(combine, parts[:cut], {}), reduce(combine, parts[cut:], {}))
    assert combine(*halves) == combine(*reversed(halves)) == closings(world(*states), CONTEXT, TODAY, wanted)
