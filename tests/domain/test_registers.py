"""The plan's registers as one mechanism: opened, assigned, done; and who is responsible (R-26…R-33)."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from domain.scenario import ENROL, By, Life, Step, definition, outcome

from campaign.domain import commands as c
from campaign.domain import events as e
from campaign.domain.definition import Assignment, Definition, Need, Register, ResponsibilityTable, Role
from campaign.domain.entity import decide
from campaign.domain.registers import register_of, responsible
from campaign.domain.state import EntityState
from campaign.files.folder import load
from campaign.problems import Refused

TABLE = """\
scheme: who
inputs:
  kind: {type: text, values: [structural, operating]}
  supervision: {type: text, values: [sasac, prefecture]}
decisions:
  body:
    hit: COLLECT
    values: [sasac, prefecture, office+prefecture]
    rules: |
      | # | kind      | supervision || body              |
      | 1 | operating | sasac       || sasac             |
      | 2 | -         | prefecture  || prefecture        |
      | 3 | operating | prefecture  || office+prefecture |
"""
RULES = definition(
    registers=(
        Register(id="issue", label="问题", kinds=("coal", "power"), needs=("kind",), due_days=15, link="visit"),
        Register(id="visit", label="调研", groups=("focus",), needs=("responsible", "from_on")),
        Register(id="town", label="市州", groups=("prefecture",)),
        Register(id="tariff", label="电价", needs=("provider", "value_before", "value_after")),
        Register(
            id="loss", label="亏损", kinds=("structural", "operating"), needs=("kind", "responsible"), table="who"
        ),
        Register(id="exemplar", label="典型", roles=("leader", "accountable_officer")),
        Register(id="work", label="项目", link="project"),
    ),
    tables=(ResponsibilityTable(id="who", label="责任", text=TABLE),),
    roles=(Role(id="leader", label="领导", commands=("register.*",)),),
    assignments=(Assignment(person="boss", role="leader"),),
)
ISSUE = c.OpenEntry("faw", "issue", "i-1", "缺煤", "coal")
ASSIGN = c.AssignEntry("faw", "issue", "i-1", "economic-commission")
DONE = c.CompleteEntry("faw", "issue", "i-1", "已调运3万吨")
AGAIN = c.ReopenEntry("faw", "issue", "i-1", "又缺煤", date(2005, 11, 1))
VISIT = c.OpenEntry("faw", "visit", "v-1", "调研", responsible="p-1", from_on=date(2005, 9, 20))
TARIFF = c.OpenEntry("faw", "tariff", "t-1", "优惠电价", provider="power-company", value_before=Decimal("61.5"))
LOSS = c.OpenEntry("faw", "loss", "l-1", "扭亏", "operating")
BEST = c.OpenEntry("faw", "exemplar", "e-1", "满负荷生产")
DUE = date(2005, 10, 15)


def life(*steps: Step, **entity: object) -> Life:
    enrol = msgspec.structs.replace(ENROL, supervision="sasac", prefecture="220100", **entity)
    return Life(RULES).do(enrol, *steps)


def changed(command: c.OpenEntry, **changes: object) -> c.OpenEntry:
    return msgspec.structs.replace(command, **changes)


def entry(register: str, name: str, title: str, **more: object) -> tuple[e.Event, ...]:
    return (e.EntryOpened(register, name, title, **more),)  # type: ignore[arg-type] # fields of the event


@pytest.mark.parametrize(
    ("before", "when", "then"),
    [
        ((), ISSUE, entry("issue", "i-1", "缺煤", kind="coal", due_on=DUE)),
        (
            (),
            changed(ISSUE, due_on=date(2005, 10, 1)),
            entry("issue", "i-1", "缺煤", kind="coal", due_on=date(2005, 10, 1)),
        ),
        ((VISIT,), changed(ISSUE, link="v-1"), entry("issue", "i-1", "缺煤", kind="coal", due_on=DUE, link="v-1")),
        ((), changed(ISSUE, link="v-1"), ["unknown-entry"]),
        ((), changed(VISIT, link="i-1"), ["no-link"]),
        (
            (),
            c.OpenEntry("faw", "work", "w-1", "技改", link="project-7"),
            entry("work", "w-1", "技改", link="project-7"),
        ),
        ((), changed(ISSUE, kind=""), ["entry-lacks"]),
        ((), changed(ISSUE, kind="gas"), ["unknown-kind"]),
        ((), changed(ISSUE, register="diary"), ["unknown-register"]),
        ((), changed(ISSUE, entry="", title=" "), ["text-missing", "text-missing"]),
        ((ISSUE,), ISSUE, ["entry-exists"]),
        ((), changed(ISSUE, due_on=date(2005, 9, 29)), ["dates-reversed"]),
        ((), changed(VISIT, until_on=date(2005, 9, 19)), ["dates-reversed"]),
        ((), changed(VISIT, responsible="", from_on=None), ["entry-lacks", "entry-lacks"]),
        ((), c.OpenEntry("faw", "town", "x", "x"), ["not-in-register"]),
        ((), BEST, ["not-permitted"]),
        ((), By(BEST, "boss"), entry("exemplar", "e-1", "满负荷生产")),
        (
            (c.AppointOfficer("faw", "accountable_officer", "p-1", "厂长"),),
            By(BEST, "p-1"),
            entry("exemplar", "e-1", "满负荷生产"),
        ),
        ((ISSUE,), ASSIGN, (e.EntryAssigned("i-1", "economic-commission"),)),
        ((ISSUE, ASSIGN), ASSIGN, ["nothing-changes"]),
        ((ISSUE,), c.AssignEntry("faw", "issue", "i-1", kind="power"), ["text-missing"]),
        ((ISSUE,), c.AssignEntry("faw", "issue", "i-1", kind="gas", reason="错"), ["unknown-kind"]),
        ((ISSUE,), c.AssignEntry("faw", "issue", "i-2", "x"), ["unknown-entry"]),
        ((ISSUE,), c.AssignEntry("faw", "visit", "i-1", "x"), ["unknown-entry"]),
        ((ISSUE,), c.AssignEntry("faw", "diary", "i-1", "x"), ["unknown-register"]),
        ((ISSUE, DONE), ASSIGN, ["entry-done"]),
        ((ISSUE,), DONE, (e.EntryDone("i-1", "已调运3万吨"),)),
        ((ISSUE,), msgspec.structs.replace(DONE, outcome=""), ["text-missing"]),
        ((ISSUE, DONE), DONE, ["entry-done"]),
        ((), DONE, ["unknown-entry"]),
        ((TARIFF,), c.CompleteEntry("faw", "tariff", "t-1", "开满"), ["entry-lacks"]),
        (
            (TARIFF,),
            c.CompleteEntry("faw", "tariff", "t-1", "开满", Decimal(88)),
            (e.EntryDone("t-1", "开满", Decimal(88)),),
        ),
        ((ISSUE, DONE), AGAIN, (e.EntryReopened("i-1", "又缺煤", date(2005, 11, 1)),)),
        ((ISSUE, DONE), msgspec.structs.replace(AGAIN, reason=""), ["text-missing"]),
        ((ISSUE,), AGAIN, ["nothing-changes"]),
        ((), AGAIN, ["unknown-entry"]),
        ((), msgspec.structs.replace(AGAIN, register="diary"), ["unknown-register"]),
    ],
)
def test_the_life_of_an_entry(before: tuple[Step, ...], when: Step, then: list[str] | tuple[e.Event, ...]) -> None:
    assert outcome(life(*before), when) == then


def test_an_entry_may_be_due_on_its_own_day_and_hold_for_one() -> None:
    today = date(2005, 9, 30)
    (opened,) = life().ask(changed(ISSUE, due_on=today, from_on=today, until_on=today))
    assert (opened.due_on, opened.from_on, opened.until_on) == (today, today, today)
    (begun,) = life().ask(changed(VISIT, from_on=date(2005, 12, 1)))
    assert (begun.from_on, begun.until_on) == (date(2005, 12, 1), None)
    (ends,) = life().ask(changed(ISSUE, until_on=date(2005, 9, 1)))
    assert (ends.from_on, ends.until_on) == (None, date(2005, 9, 1))


@pytest.mark.parametrize(("days", "due"), [(None, None), (0, date(2005, 9, 30)), (1, date(2005, 10, 1))])
def test_an_entry_is_due_as_many_days_later_as_its_register_says(days: int | None, due: date | None) -> None:
    rules = definition(registers=(Register(id="issue", label="问题", due_days=days),))
    (opened,) = Life(rules).do(ENROL).ask(c.OpenEntry("faw", "issue", "i-1", "缺煤"))
    assert opened.due_on == due


@pytest.mark.parametrize(
    ("command", "then"),
    [
        (c.AssignEntry("faw", "issue", "i-1", due_on=DUE), True),
        (c.AssignEntry("faw", "issue", "i-1", kind="coal"), True),
        (c.AssignEntry("faw", "issue", "i-1", "economic-commission", DUE, "coal"), True),
        (c.AssignEntry("faw", "issue", "i-1", due_on=date(2005, 10, 16)), False),
        (c.AssignEntry("faw", "issue", "i-1", "another"), False),
        (c.AssignEntry("faw", "issue", "i-1", kind="power", reason="查明"), False),
    ],
    ids=["its own day", "its own kind", "all its own", "another day", "another body", "another kind"],
)
def test_to_give_an_entry_what_it_has_changes_nothing(command: c.AssignEntry, then: bool) -> None:  # noqa: FBT001 -- a column of the table
    answer = life(ISSUE, ASSIGN).ask(command)
    assert isinstance(answer, Refused) is then
    if not then:
        (event,) = answer
        assert event.responsible == (command.responsible or "economic-commission")


def test_an_entry_remembers_what_became_of_it() -> None:
    line = life(ISSUE, ASSIGN, DONE).state.entries["i-1"]
    assert (line.status, line.responsible, line.outcome, line.done_on) == (
        "done",
        "economic-commission",
        "已调运3万吨",
        date(2005, 9, 30),
    )
    line = life(ISSUE, ASSIGN, DONE, AGAIN).state.entries["i-1"]
    assert (line.status, line.outcome, line.done_on, line.due_on) == ("assigned", "", None, date(2005, 11, 1))
    assert life(ISSUE, DONE, msgspec.structs.replace(AGAIN, due_on=None)).state.entries["i-1"].status == "open"


# --- who is responsible ------------------------------------------------------------------------------------------


def test_the_table_names_the_responsible_and_its_rule() -> None:
    assert outcome(life(), LOSS) == entry("loss", "l-1", "扭亏", kind="operating", responsible="sasac", rules=(1,))


def test_where_a_person_names_the_responsible_no_rule_did() -> None:
    assert outcome(life(), changed(LOSS, responsible="经委")) == entry(
        "loss", "l-1", "扭亏", kind="operating", responsible="经委"
    )


@pytest.mark.parametrize(
    ("actor", "role", "then"),
    [
        ("boss", "", True),
        ("boss", "leader", True),
        ("boss", "office", False),
        ("clerk", "leader", True),
        ("clerk", "", False),
    ],
    ids=["whatever he holds", "as what he holds", "as another", "as one that was granted", "as nobody"],
)
def test_a_register_is_written_in_the_role_that_was_used(actor: str, role: str, then: bool) -> None:  # noqa: FBT001 -- a column of the table
    """Whether somebody holds the role that he names was asked before."""
    now = life()
    day = date(2005, 9, 30)
    answer = decide(BEST, now.state, now.context, c.Asked(actor, role, day, day))
    assert isinstance(answer, tuple) is then


def test_a_case_that_becomes_clear_goes_to_the_one_that_the_table_names() -> None:
    unclear = life(changed(LOSS, kind="structural"))
    assert unclear.state.entries["l-1"].responsible == ""
    answer = unclear.ask(c.AssignEntry("faw", "loss", "l-1", kind="operating", reason="查明"))
    assert answer == (e.EntryAssigned("l-1", "sasac", kind="operating", reason="查明", rules=(1,)),)


def test_a_kind_counts_once_in_the_row_of_kinds() -> None:
    again = c.AssignEntry("faw", "issue", "i-1", "economic-commission", date(2005, 10, 20), "coal")
    other = c.AssignEntry("faw", "issue", "i-1", kind="power", reason="查明")
    assert life(ISSUE, again).state.entries["i-1"].kinds == ("coal",)
    back = msgspec.structs.replace(again, reason="仍是缺煤")
    assert life(ISSUE, again, other, back).state.entries["i-1"].kinds == ("coal", "power", "coal")


def test_reclassifying_is_an_event_and_asks_the_table_again() -> None:
    steps = (LOSS, c.AssignEntry("faw", "loss", "l-1", kind="structural", reason="查明"))
    line = life(*steps).state.entries["l-1"]
    assert (line.kinds, line.responsible, line.status) == (("operating", "structural"), "", "open")
    decided = c.AssignEntry("faw", "loss", "l-1", "turnaround-office", reason="省里指定")
    assert life(*steps, decided).state.entries["l-1"].responsible == "turnaround-office"


def test_two_answers_make_a_case_ambiguous_and_a_person_may_decide_it() -> None:
    town = life(LOSS).state
    both = msgspec.structs.replace(town, supervision="prefecture")
    register = register_of(RULES, "loss")
    assert register is not None
    found = responsible(RULES, register, both, "operating")
    assert (found.answers, found.rules, found.body) == (("220100", "office+220100"), (2, 3), "")
    assert responsible(RULES, register, both, "structural").body == "220100"
    assert responsible(RULES, register, msgspec.structs.replace(both, supervision="?"), "operating").answers == ()
    itself = msgspec.structs.replace(both, prefecture="", kind="prefecture", entity="220500")
    assert responsible(RULES, register, itself, "structural").body == "220500"
    by_group = TABLE.replace("  kind:", "  group:", 1).replace("kind     ", "group    ")
    grouped = definition(registers=(register,), tables=(ResponsibilityTable(id="who", label="责任", text=by_group),))
    sasac = msgspec.structs.replace(both, supervision="sasac", groups=("operating", "structural"))
    assert responsible(grouped, register, sasac, "").body == "sasac"
    assert responsible(grouped, register, msgspec.structs.replace(sasac, groups=("structural",)), "").answers == ()
    nowhere = msgspec.structs.replace(both, prefecture="", groups=())
    assert responsible(RULES, register, nowhere, "structural").body == "prefecture"


@pytest.mark.parametrize(
    ("steps", "then"),
    [
        ((changed(ISSUE, responsible=""),), ("", "open")),
        ((changed(ISSUE, responsible="经委"),), ("经委", "assigned")),
        ((changed(ISSUE, responsible="经委"), DONE), ("经委", "done")),
        ((changed(ISSUE, responsible="经委"), DONE, AGAIN), ("经委", "assigned")),
    ],
    ids=["nobody's", "somebody's from the first", "done", "back with him"],
)
def test_an_entry_is_open_until_it_is_somebody_s(steps: tuple[Step, ...], then: tuple[str, str]) -> None:
    line = life(*steps).state.entries["i-1"]
    assert (line.responsible, line.status) == then


def test_every_need_that_is_not_met_says_how_to_meet_it() -> None:
    """Each by its field, with an example of what to write, or the choices that there are."""
    wanted = tuple(need for need in get_args(Need) if need not in {"outcome", "value_after"})
    asking = definition(registers=(Register(id="all", label="全部", kinds=("coal", "power"), needs=wanted),))
    refused = Life(asking).do(ENROL).ask(c.OpenEntry("faw", "all", "x-1", "全"))
    assert isinstance(refused, Refused)
    told = {reason.place.field: f"{reason.message} ({reason.fix})" for reason in refused.reasons}
    assert set(told) == set(wanted)
    start = "the register 全部 asks for {}, which is missing ({})".format
    assert told["due_on"] == start("due_on", "give the day by which it is to be done, as 2005-10-14")
    assert told["kind"] == start("kind", "choose one of coal, power")
    assert len(set(told.values())) == len(wanted)
    anything = definition(registers=(Register(id="all", label="全部", needs=("kind",)),))
    (reason,) = Life(anything).do(ENROL).ask(c.OpenEntry("faw", "all", "x-1", "全")).reasons
    assert str(reason.fix) == "say of what kind it is, in a word, as coal"


CONFIG = Path(__file__).parents[2] / "config"


@pytest.fixture(scope="module")
def shipped() -> Definition:
    return load(CONFIG).definition


@pytest.mark.parametrize(
    ("kind", "ownership", "supervision", "body"),
    [
        ("operating", "central", "central", "turnaround-office+220500"),
        ("operating", "provincial", "provincial_sasac", "state-assets"),
        ("operating", "provincial", "other_provincial", "turnaround-office+220500"),
        ("operating", "prefecture", "prefecture", "220500"),
        ("operating", "prefecture", "provincial_sasac", "220500"),
        ("operating", "private", "prefecture", "220500"),
        ("structural", "central", "central", ""),
        ("structural", "provincial", "provincial_sasac", ""),
        ("operating", "", "", ""),
        ("operating", "provincial", "prefecture", ""),
    ],
)
def test_the_shipped_table_says_what_the_plan_says(
    shipped: Definition, kind: str, ownership: str, supervision: str, body: str
) -> None:
    """R-29: the office and the locality, the provincial SASAC, or the prefecture."""
    state = EntityState(ownership=ownership, supervision=supervision, prefecture="220500", groups=("loss_maker",))
    register = register_of(shipped, "loss")
    assert register is not None
    assert responsible(shipped, register, state, kind).body == body
