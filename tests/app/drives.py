"""The harvest campaign with a weekly report, in as many versions as a test asks for."""

from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
from app.folders import PHASES, harvest

from campaign.app.adopt import Choice, apply
from campaign.app.handle import Reply, Who, handle
from campaign.app.session import Session, Settings, open_session
from campaign.domain import commands as c
from campaign.domain.duties import duties
from campaign.domain.events import Figure, Target
from campaign.domain.gates import examine
from campaign.domain.governing import governing

ADA, BEN = Who("p-ada"), Who("p-ben")
FARMS = ("north", "south")
WEEKLY = "  - {id: weekly, label: Weekly, cadence: weekly, %s, indicators: [yield], groups: [farm]}\n"
FIGURE = Figure(indicator="yield", value=7, unit="t", scope="field")  # type: ignore[arg-type]  # a whole decimal


def drive(folder: Path, weekly: str = "weekday: 5, from: 2031-03-01, to: 2031-05-31", **swaps: str) -> Path:
    """Write the harvest folder with a weekly report; SWAPS replace texts of phases.yaml, `old__new` by their values."""
    harvest(folder)
    text = PHASES.replace("meetings:\n", (WEEKLY % weekly if weekly else "") + "meetings:\n")
    for name, pair in swaps.items():
        old, _, new = pair.partition(" => ")
        assert old in text, name
        text = text.replace(old, new)
    (folder / "phases.yaml").write_text(text, encoding="utf-8")
    return folder


def begun(folder: Path, store: str = ":memory:", day: date = date(2031, 3, 1), who: Who = ADA) -> Session:
    """Return a rehearsal that adopted FOLDER on DAY, with both farms enrolled."""
    session = open_session(Settings(store, at=noon(day)), write=True, create=True)
    must(apply(session, folder, who, rehearsal=True))
    must(handle(session, [c.EnrolEntity(farm, "farm", farm, ("farm",)) for farm in FARMS], who))
    return session


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def on(session: Session, month: int, day: int) -> None:
    """Set the rehearsal's clock."""
    session.settings = msgspec.structs.replace(session.settings, at=noon(date(2031, month, day)))


def must(reply: Reply) -> Reply:
    assert reply.refusal is None, reply.refusal
    return reply


def refused(reply: Reply) -> list[str]:
    assert reply.refusal is not None
    return [reason.code for reason in reply.refusal.reasons]


def report(session: Session, farm: str, period: str) -> None:
    must(handle(session, [c.SubmitReport(farm, period, "weekly", period, (FIGURE,))], ADA))


def pledge(session: Session, farm: str) -> None:
    """Fix a target and issue the letter that binds it."""
    target = Target(target="yield", indicator="yield", value=9, unit="t", period="2031", scope="field")  # type: ignore[arg-type]  # likewise
    steps = (
        c.ProposeTarget(farm, target, "asked"),
        c.ReviewTarget(farm, "yield", favourable=True, opinion="sound"),
        c.FixTarget(farm, "yield"),
        c.IssueResponsibilityLetter(farm, "letter"),
    )
    must(handle(session, steps, ADA))


def adopt(session: Session, folder: Path, reason: str = "", **choice: object) -> Reply:
    return apply(session, folder, ADA, reason=reason, choice=Choice(**choice))  # type: ignore[arg-type]  # the test's own


def marks(session: Session, farm: str = "north") -> dict[str, str]:
    """Return how each period of the farm's weekly report stands."""
    return {
        duty.owed.period: duty.standing
        for duty in owed(session, farm)
        if duty.owed.obligation == "weekly" and duty.standing != "upcoming"
    }


def due(session: Session, farm: str = "north") -> dict[str, date]:
    return {duty.owed.period: duty.owed.due_on for duty in owed(session, farm) if duty.owed.obligation == "weekly"}


def owed(session: Session, farm: str):  # type: ignore[no-untyped-def]  # noqa: ANN201 -- duties' own type
    state = session.entities()[farm]
    definition = governing(session.context(), state)
    assert definition is not None
    return duties(state, definition, session.today())


def standing(session: Session, farm: str) -> object:
    """Return all that a definition decides for a farm: what it owes and how, and its gates in every phase."""
    state, context, today = session.entities()[farm], session.context(), session.today()
    definition = governing(context, state)
    assert definition is not None
    listed = [(duty.owed.obligation, duty.owed.period, duty.owed.due_on, duty.standing) for duty in owed(session, farm)]
    gates = [
        (phase.id, line.gate.id, line.verdict)
        for phase in definition.phases
        for line in examine(state, context, phase.id, today, today)
    ]
    return listed, gates
