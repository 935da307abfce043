"""The registers as lists: ageing, who is responsible, what is ambiguous, who has no entry (R-26…R-33, R-45)."""

from datetime import date
from functools import reduce

import msgspec
from domain.scenario import DEFINITION, ENROL, Life, Step, opened
from domain.test_registers import RULES

from campaign.domain import commands as c
from campaign.domain.definition import Register
from campaign.domain.state import Context, EntityState
from campaign.readmodels.registers import lacking, listed

TODAY = date(2005, 10, 20)
MEASURES = Register(id="measure", label="鼓励措施", groups=("others",), due_on=date(2005, 10, 1))
LATER = Register(id="later", label="以后", due_on=date(2005, 12, 1))
CONTEXT = Context(msgspec.structs.replace(RULES, registers=(*RULES.registers, MEASURES, LATER)), opened())


def firm(name: str, *steps: Step, **changes: object) -> EntityState:
    life = Life(RULES)
    enrol = msgspec.structs.replace(ENROL, entity=name, title=name.upper(), **changes)
    life.context = CONTEXT
    return life.do(enrol, *steps).state


def issue(name: str, due: date | None = None) -> c.OpenEntry:
    return c.OpenEntry("faw", "issue", name, "缺煤", "coal", due)


def done(name: str) -> c.CompleteEntry:
    return c.CompleteEntry("faw", "issue", name, "已调运")


def test_the_longest_overdue_comes_first_and_what_is_done_last() -> None:
    state = firm("faw", issue("i-1"), issue("i-2", date(2005, 10, 5)), issue("i-3"), done("i-3"))
    found = listed({"faw": state}, CONTEXT, TODAY)
    assert [(line.entry.entry, line.age_days, line.overdue_days, line.open) for line in found] == [
        ("i-2", 20, 15, True),
        ("i-1", 20, 5, True),
        ("i-3", 0, 0, False),
    ]
    assert listed({"faw": state}, CONTEXT, TODAY, "visit") == ()


def test_a_case_without_one_answer_is_listed_as_ambiguous_until_somebody_decides() -> None:
    loss = c.OpenEntry("faw", "loss", "l-1", "扭亏", "operating")
    clear = firm("a", loss, supervision="sasac")
    both = firm("b", loss, supervision="prefecture", prefecture="220100")
    none = firm("c", loss, supervision="")
    decided = firm("d", loss, c.AssignEntry("faw", "loss", "l-1", "office"), supervision="")
    states = {state.entity: state for state in (clear, both, none, decided)}
    found = {line.entity: line for line in listed(states, CONTEXT, TODAY, "loss")}
    assert {name: line.ambiguous for name, line in found.items()} == {"a": False, "b": True, "c": True, "d": False}
    assert found["b"].answers == ("220100", "office+220100")
    assert found["c"].answers == ()
    assert found["a"].entry.responsible == "sasac"


def test_who_has_no_entry_by_the_day_is_listed() -> None:
    states = [
        firm("a", groups=("others",)),
        firm("b", c.OpenEntry("faw", "measure", "m-1", "电价优惠"), groups=("others",)),
        firm("c"),
        firm("d", groups=("others",), voluntary=True),
        firm("e", c.ExitStatistics("faw", date(2005, 9, 20), "shell", "壳"), groups=("others",)),
    ]
    found = [(absent.register, absent.entity, absent.overdue) for absent in lacking(states, CONTEXT, TODAY)]
    assert found == [("measure", "a", True), ("later", "a", False), ("later", "b", False), ("later", "c", False)]


def test_without_a_definition_entries_are_still_told_and_nobody_lacks_one() -> None:
    bare = Context(None, opened())
    state = firm("faw", issue("i-1"))
    assert [line.overdue_days for line in listed({"faw": state}, bare, TODAY)] == [5]
    assert lacking([state], bare, TODAY) == ()


def test_an_entry_of_a_register_that_is_gone_is_still_told() -> None:
    gone = Context(DEFINITION, opened())
    state = firm("faw", c.OpenEntry("faw", "loss", "l-1", "扭亏", "operating"), supervision="")
    (line,) = listed({"faw": state}, gone, TODAY)
    assert (line.entry.entry, line.ambiguous) == ("l-1", False)


def test_lists_of_any_partition_are_the_same_together() -> None:
    days = {"a": date(2005, 10, 1), "b": date(2005, 10, 2), "c": date(2005, 10, 3)}
    states = {name: firm(name, issue("i-1"), issue("i-2", day)) for name, day in days.items()}
    whole = listed(states, CONTEXT, TODAY)
    parts = [listed({name: state}, CONTEXT, TODAY) for name, state in states.items()]
    assert sorted(reduce(lambda one, other: (*one, *other), parts), key=whole.index) == list(whole)
