"""A small province in which something of everything has happened, and every view of it as text, a line an item."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal

import msgspec
from domain.refusals import typed
from domain.scenario import DEFINITION, ENROL, OTHER, By, Life, Step, fixing, meeting, opened, target
from readmodels.test_laggards import TEXT as LAGGING
from readmodels.worlds import RULES, fact, monthly, report, survey, world

from campaign.domain import commands as c
from campaign.domain.definition import (
    Laggards,
    NoticeRule,
    Obligation,
    ProvinceTarget,
    Register,
    Timeliness,
)
from campaign.domain.state import Context, EntityState
from campaign.problems import Text, plain
from campaign.readmodels import inspections, reconciliation, registers, reporting
from campaign.readmodels.bulletin import bulletin
from campaign.readmodels.closing import closings
from campaign.readmodels.laggards import laggards
from campaign.readmodels.notices import pending
from campaign.readmodels.reminders import reminders
from campaign.readmodels.standings import board

TODAY = date(2005, 10, 12)
BULLETIN = Obligation(
    id="bulletin", label="通报", cadence="monthly", days=(10,), act="bulletin", from_=date(2005, 9, 1), clause="plan:6"
)
PROVINCE = msgspec.structs.replace(
    RULES,
    campaign=msgspec.structs.replace(RULES.campaign, synthetic=True),
    phases=tuple(
        msgspec.structs.replace(
            phase,
            clause="plan:3",
            gates=tuple(msgspec.structs.replace(gate, label=f"关 {gate.id}", clause="plan:4") for gate in phase.gates),
        )
        for phase in RULES.phases
    ),
    obligations=(
        *(
            msgspec.structs.replace(duty, clause="plan:5", to=date(2005, 10, 15) if duty.cadence == "weekly" else None)
            for duty in DEFINITION.obligations
        ),
        BULLETIN,
    ),
    targets=(
        ProvinceTarget(id="growth", indicator="rate", value=Decimal(15), unit="%", scope="provincial", clause="plan:1"),
        ProvinceTarget(id="benefit", indicator="profit", value=Decimal(150), unit="亿元", scope="provincial"),
        ProvinceTarget(id="words", indicator="order", text="秩序好转"),
    ),
    registers=(
        Register(id="issue", label="问题", due_days=5, clause="plan:7"),
        Register(id="measure", label="措施", groups=("focus",), due_on=date(2005, 10, 1), clause="plan:8"),
        Register(id="reminder", label="督办"),
    ),
    laggards=Laggards(label="后进", obligation="weekly", register="reminder", text=LAGGING, clause="plan:9"),
    notices=(NoticeRule(id="late", label="迟报", channels=("mail",), what=("report",), clause="plan:10"),),
    timeliness=Timeliness(deciding="occurred"),
    watched_sectors=("汽车",),
)
CONTEXT = Context(
    PROVINCE,
    opened(rehearsal=True, meetings={"kick-off": meeting("kick-off", date(2005, 8, 25)), "m": meeting("m", None)}),
)


def on(day: date, *steps: c.EntityCommand, actor: str = "clerk") -> tuple[Step, ...]:
    return tuple(By(step, actor, day) for step in steps)


SEPTEMBER, OCTOBER = date(2005, 9, 10), date(2005, 10, 6)
FAW: tuple[Step, ...] = (
    survey(output="100", profit="20"),
    c.RecordSurvey("faw", indicators=("rate",), tasks=("扩能",), measures=("技改",)),
    *fixing(target("15", "rate", unit="%")),
    *fixing(target("120", "output", unit="亿元")),
    c.AppointOfficer("faw", "accountable_officer", "p-1", "厂长"),
    c.AppointOfficer("faw", "liaison", "p-2", "主任"),
    c.EstablishTaskForce("faw", "办公室", ("p-3",)),
    c.IssueTaskStatement("faw", "s-1", date(2005, 9, 1)),
    c.MovePhase("faw", "mobilization"),
    c.MovePhase("faw", "implementation", "就绪"),
    *on(date(2005, 9, 2), report(fact("11", "profit"), name="r-35", period="2005-W35")),
    *on(SEPTEMBER, report(fact("12", "profit"), name="r-36")),
    *on(SEPTEMBER, c.VerifyReport("faw", "r-36"), actor=OTHER),
    *on(date(2005, 9, 16), report(fact("13", "profit"), name="r-37", period="2005-W37")),
    *on(date(2005, 9, 20), c.CorrectReport("faw", "r-37", (fact("14", "profit"),), "漏报")),
    *on(SEPTEMBER, c.ExtendPeriod("faw", "weekly", "2005-W38", date(2005, 10, 20), "洪水", "p-9")),
    *on(SEPTEMBER, c.WaivePeriod("faw", "weekly", "2005-W39", "停产", "p-9")),
    *on(OCTOBER, monthly(fact("90", "output"), fact("10", "rate"), fact("18", "profit"))),
    *on(SEPTEMBER, c.RecordCheck("faw", "k-1", "visit", "2005-09-H1", "deficient", "缺页", (), date(2005, 10, 9))),
    *on(SEPTEMBER, c.OpenEntry("faw", "issue", "i-1", "缺煤", "", None, "发改委", "煤矿")),
    *on(SEPTEMBER, c.OpenEntry("faw", "measure", "a-1", "技改"), c.CompleteEntry("faw", "measure", "a-1", "完成")),
    *on(SEPTEMBER, c.RaiseFinding("faw", "f-1", "omission", "漏报", "r-36", "profit")),
)
VW: tuple[Step, ...] = (
    survey(output="60", profit="9"),
    *fixing(target("10", "rate", unit="%")),
    *on(date(2005, 9, 30), monthly(fact("70", "output"), fact("12", "rate"), fact("8", "profit"))),
    *on(SEPTEMBER, c.OpenEntry("faw", "reminder", "d-1", "请报送")),
)
TOWN: tuple[Step, ...] = (
    survey(output="50"),
    *on(date(2005, 9, 30), monthly(fact("55", "output"), fact("20", "rate"))),
)
GONE: tuple[Step, ...] = (survey(output="5"), *on(SEPTEMBER, c.ExitStatistics("faw", SEPTEMBER, "shell", "壳企业")))
STOPPED: tuple[Step, ...] = (c.ChangeOperatingStatus("faw", "suspended", "无订单"),)


def one(name: str, *steps: Step, **changes: object) -> EntityState:
    kind = "prefecture" if changes.get("groups") == ("prefecture",) else "enterprise"
    enrol = msgspec.structs.replace(ENROL, entity=name, title=name.upper(), kind=kind, **changes)
    return Life(PROVINCE, CONTEXT.campaign).do(enrol, *steps).state


def states() -> Mapping[str, EntityState]:
    """Return the province's entities."""
    return world(
        one("faw", *FAW, sector="汽车", prefecture="town", ownership="central"),
        one("vw", *VW, parent="faw", prefecture="town"),
        one("stop", *STOPPED, groups=("increment",)),
        one("town", *TOWN, groups=("prefecture",)),
        one("gone", *GONE),
        one("will", voluntary=True, groups=("others",)),
    )


WANTED = frozenset({("weekly", "2005-W36"), ("visit", "2005-09-H1")})
VIEWS: dict[str, Callable[[Mapping[str, EntityState]], object]] = {
    "board": lambda known: board(known, CONTEXT, TODAY),
    "reporting": lambda known: reporting.matrices(known, CONTEXT, TODAY),
    "outstanding": lambda known: reporting.outstanding(known, CONTEXT, TODAY),
    "on time": lambda known: tuple(reporting.on_time(known, CONTEXT, TODAY).values()),
    "checks": lambda known: inspections.matrices(known, CONTEXT, TODAY),
    "registers": lambda known: registers.listed(known, CONTEXT, TODAY),
    "lacking": lambda known: registers.lacking(known.values(), CONTEXT, TODAY),
    "reminders": lambda known: reminders(known, CONTEXT, TODAY, 3),
    "notices": lambda known: pending(
        PROVINCE, CONTEXT.campaign, {"late@mail": {"x"}}, reminders(known, CONTEXT, TODAY, 3)
    ),
    "closing": lambda known: tuple(found for _, found in sorted(closings(known, CONTEXT, TODAY, WANTED).items())),
    "laggards": lambda known: laggards(known, CONTEXT, TODAY),
    "reconciliation": lambda known: reconciliation.trees(known, CONTEXT),
    "bulletin": lambda known: bulletin(known, CONTEXT, ("bulletin", "2005-09"), 99, TODAY),
}


def told(name: str) -> list[str]:
    """Return a view, held to its types, as text: a line for whatever holds no list, and one for each item."""
    view = VIEWS[name](states())
    for item in view if isinstance(view, tuple) else (view,):
        typed(item)
    return list(_items(_bare(view), ""))


def _bare(value: object) -> object:
    """Return VALUE as lists, dicts and texts."""
    if isinstance(value, Text):
        return str(value)
    if isinstance(value, msgspec.Struct):
        return {name: _bare(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, Mapping):
        return {" ".join(key) if isinstance(key, tuple) else str(key): _bare(part) for key, part in value.items()}
    if isinstance(value, tuple | list):
        return [_bare(part) for part in value]
    return value if value is None else plain(value)


def _items(value: object, path: str) -> Iterator[str]:
    """Write lists item by item and structs with lists in them part by part, whatever else on one line."""
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _items(item, f"{path}[{number}]")
    elif isinstance(value, dict) and any(isinstance(part, dict | list) and part for part in value.values()):
        flat = {key: part for key, part in value.items() if not (isinstance(part, dict | list) and part)}
        yield f"{path} {_line(flat)}".strip()
        for key, part in value.items():
            if key not in flat:
                yield from _items(part, f"{path}.{key}".lstrip("."))
    else:
        yield f"{path} {_line(value)}".strip()


def _line(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}={part}" for key, part in value.items() if part not in (None, "", [], {}))
    return str(value)
