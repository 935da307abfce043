"""report status, report mine, finding list: what is owed, and what is in question."""

from typing import TYPE_CHECKING

import click
import msgspec

from campaign.problems import Place, Problem, Problems, T
from campaign_cli.call import Option, current
from campaign_cli.commands import verb
from campaign_cli.marks import present
from campaign_cli.nouns.entity import ENTITY, GROUP, members, one
from campaign_cli.nouns.phase import defined
from campaign_cli.output import Column, Row, Table

if TYPE_CHECKING:
    from campaign.app.owed import Duty, Tally
    from campaign.app.session import Session

TALLIES = (
    Column("entity", T("entity")),
    Column("name", T("name")),
    Column("on_time", T("in time"), right=True),
    Column("late", T("late"), right=True),
    Column("missing", T("missing"), right=True),
    Column("corrected", T("corrected"), right=True),
    Column("upcoming", T("upcoming"), right=True),
    Column("share_pct", T("in time, %"), right=True),
)
DUTIES = (
    Column("entity", T("entity")),
    Column("obligation", T("obligation")),
    Column("period", T("period")),
    Column("due_on", T("due on")),
    Column("standing", T("standing"), word=True),
    Column("report", T("report")),
    Column("status", T("status"), word=True),
    Column("position", T("position"), right=True),
)
FINDINGS = (
    Column("entity", T("entity")),
    Column("finding", T("finding")),
    Column("kind", T("kind"), word=True),
    Column("status", T("status"), word=True),
    Column("statement", T("statement")),
    Column("report", T("report")),
    Column("indicator", T("indicator")),
    Column("raised_by", T("raised by")),
    Column("position", T("position"), right=True),
)
STANDINGS = ("on_time", "late", "missing", "corrected", "upcoming")
WORDS = (
    T("on_time"),
    T("late"),
    T("missing"),
    T("corrected"),
    T("upcoming"),
    T("submitted"),
    T("verified"),
    T("returned"),
    T("omission"),
    T("undercoverage"),
    T("contradiction"),
    T("falsification"),
    T("raised"),
    T("explained"),
    T("cleared"),
    T("confirmed"),
)
"""Words of the columns, named here for the catalogue."""

OBLIGATION = Option("--obligation", text=T("only this obligation"), default="", metavar="OBLIGATION")
STANDING = Option("--standing", text=T("list the duties that stand so"), type=click.Choice(STANDINGS))


@verb(
    GROUP,
    OBLIGATION,
    STANDING,
    example="campaign report status --obligation weekly_report --standing missing",
)
def status(group: str, obligation: str, standing: str | None) -> None:
    """Count duties by entity, or list those that stand in one way (R-37)."""
    from campaign.app.owed import owed_by, tally

    call = current()
    session = call.session()
    _known(session, obligation)
    today = call.on or session.today()
    chosen = members(session, group)
    owed = owed_by(session, chosen, today, obligation)
    if standing:
        rows = [_duty(name, duty) for name, listed in owed.items() for duty in listed if duty.standing == standing]
        present(call, session, Table("duties", DUTIES, rows))
        return
    tallies = [_tally(name, chosen[name].name, tally(listed)) for name, listed in owed.items() if listed]
    note = T("as of {today}", today=today)
    present(call, session, Table("reporting", TALLIES, tallies, notes=(note,), extra={"as_of": today}))


def _known(session: "Session", obligation: str) -> None:
    known = [item.id for item in defined(session).obligations]
    if obligation and obligation not in known:
        message = T("there is no obligation {obligation}", obligation=obligation)
        fix = T("choose one of {choices}", choices=", ".join(known))
        raise Problems([Problem("unknown-obligation", message, fix, Place(field="--obligation"))])


def _tally(entity: str, name: str, counted: "Tally") -> Row:
    share = None if counted.ratio is None else round(counted.ratio * 100, 1)
    return {"entity": entity, "name": name, **msgspec.structs.asdict(counted), "share_pct": share}


def _duty(entity: str, duty: "Duty") -> Row:
    report = duty.report
    return {
        "entity": entity,
        "obligation": duty.owed.obligation,
        "period": duty.owed.period,
        "due_on": duty.owed.due_on,
        "standing": duty.standing,
        "report": report.report if report else "",
        "status": report.status if report else "",
        "position": report.position if report else None,
    }


@verb(
    ENTITY,
    OBLIGATION,
    Option("--all", "everything", text=T("also what is done, and what is far ahead"), is_flag=True),
    example="campaign report mine 220200",
)
def mine(entity: str, obligation: str, everything: bool) -> None:  # noqa: FBT001 -- click's flag
    """List what ENTITY has missed and owes next."""
    from campaign.app.owed import owed_by

    call = current()
    session = call.session()
    one(session, entity)
    _known(session, obligation)
    today = call.on or session.today()
    listed = owed_by(session, [entity], today, obligation).get(entity, ())
    upcoming = [duty for duty in listed if duty.standing == "upcoming"]
    shown = listed if everything else [duty for duty in listed if duty.standing == "missing"] + upcoming[:NEXT]
    note = T("as of {today}", today=today)
    present(call, session, Table("duties", DUTIES, [_duty(entity, duty) for duty in shown], notes=(note,)))


NEXT = 5
"""How many duties ahead are shown; --all shows the others."""


@verb(
    GROUP,
    Option("--open", "open_", text=T("only those not yet closed"), is_flag=True),
    example="campaign finding list --open",
)
def findings(group: str, open_: bool) -> None:  # noqa: FBT001 -- click's flag
    """List findings (R-46)."""
    call = current()
    session = call.session()
    rows = [
        {"entity": name, **msgspec.structs.asdict(finding)}
        for name, state in members(session, group).items()
        for finding in state.findings.values()
        if not open_ or finding.status in {"raised", "explained"}
    ]
    present(call, session, Table("findings", FINDINGS, rows))
