"""report status, report mine, finding list: what is owed, and what is in question."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click
import msgspec

from campaign.problems import Place, Problem, Problems, T, nearest
from campaign_cli.call import Argument, Option, current
from campaign_cli.commands import verb
from campaign_cli.exits import Exit, Stop, UsageProblem
from campaign_cli.marks import present, shown
from campaign_cli.nouns.entity import GROUP, members, one
from campaign_cli.nouns.past import AS_OF
from campaign_cli.nouns.phase import defined
from campaign_cli.output import Column, Row, Table

if TYPE_CHECKING:
    from datetime import date, datetime

    from campaign.app.owed import Line, Tally
    from campaign.app.session import Session

TALLIES = (
    Column("entity", T("entity")),
    Column("name", T("name")),
    Column("on_time", T("in time"), right=True),
    Column("late", T("late"), right=True),
    Column("missing", T("missing"), right=True),
    Column("corrected", T("corrected"), right=True),
    Column("upcoming", T("upcoming"), right=True),
    Column("waived", T("waived"), right=True),
    Column("share_pct", T("in time, %"), right=True),
)
DUTIES = (
    Column("entity", T("entity")),
    Column("obligation", T("obligation")),
    Column("period", T("period")),
    Column("due_on", T("due on")),
    Column("until", T("extended to")),
    Column("received_on", T("received on")),
    Column("accepted_on", T("accepted on")),
    Column("revised_on", T("revised on")),
    Column("standing", T("standing"), word=True),
    Column("overdue_days", T("days overdue"), right=True),
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
    Column("check", T("check")),
    Column("raised_by", T("raised by")),
    Column("position", T("position"), right=True),
)
STANDINGS = ("on_time", "late", "missing", "corrected", "upcoming", "waived")
WORDS = (
    T("on_time"),
    T("late"),
    T("missing"),
    T("corrected"),
    T("upcoming"),
    T("waived"),
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


class Filters(msgspec.Struct, frozen=True):
    """Which duties are asked for, and in what form."""

    group: str
    entity: str
    obligation: str
    period: str
    standing: str | None
    overdue: bool
    matrix: bool
    check: bool
    as_of: "datetime | date | None" = None

    @property
    def listed(self) -> str:
        """How the duties stand that are listed one by one, "" where they are counted."""
        return "missing" if self.overdue else self.standing or ""


@verb(
    GROUP,
    Option("--entity", text=T("only this entity"), default="", metavar="ENTITY"),
    OBLIGATION,
    Option("--period", text=T("only this period"), default="", metavar="PERIOD"),
    STANDING,
    Option("--overdue", text=T("list who has not reported, the longest overdue first"), is_flag=True),
    Option("--matrix", text=T("entity by period, of one obligation"), is_flag=True),
    Option("--check", text=T("end with 7 when anything is missing"), is_flag=True),
    AS_OF,
    example="campaign report status --obligation weekly_report --overdue --check",
)
def status(**given: Any) -> None:  # noqa: ANN401 -- click hands over what the parameters made
    """Count duties by entity, list those that stand in one way, or show them period by period (R-37)."""
    from campaign.app.history import instant_of
    from campaign.app.owed import lines

    asked = Filters(**given)
    call = current()
    session = call.session()
    known = None if asked.as_of is None else instant_of(session, asked.as_of)
    _known(session, asked.obligation)
    if asked.matrix and not asked.obligation:
        message = T("a matrix is of one obligation")
        raise UsageProblem("usage-both", message, T("name it with --obligation"), "--matrix")
    today = call.on or (session.day_of(known) if known else session.today())
    chosen = [one(session, asked.entity).entity] if asked.entity else list(members(session, asked.group))
    owed = list(lines(session, chosen, today, asked.obligation, known))
    _of_period(owed, asked.period)
    found = [line for line in owed if asked.period in {"", line.cell.period}]
    table = _form(asked, found)
    note = T("as of {today}", today=today)
    present(call, session, msgspec.structs.replace(table, notes=(note,), extra={"as_of": today}))
    if asked.check and any(line.cell.standing == "missing" for line in found):
        raise Stop(Exit.DIFFERENCES)


def _of_period(owed: "list[Line]", period: str) -> None:
    known = dict.fromkeys(line.cell.period for line in owed)
    if period and known and period not in known:
        message = T("there is no period {period}", period=period)
        raise Problems([Problem("unknown-period", message, nearest(period, known), Place(field="--period"))])


def _form(asked: Filters, found: "list[Line]") -> Table:
    if asked.listed:
        rows = [line for line in found if line.cell.standing == asked.listed]
        if asked.overdue:
            rows.sort(key=lambda line: (-line.overdue_days, line.entity, line.obligation))
        return Table("duties", DUTIES, [duty(line) for line in rows])
    if asked.matrix:
        return _matrix(found)
    return Table("reporting", TALLIES, _tallies(found))


def _matrix(found: "list[Line]") -> Table:
    due = {line.cell.period: line.cell.due_on for line in found}
    periods = sorted(due, key=lambda period: (due[period], period))
    columns = tuple(Column(period, shown(period), word=True) for period in periods)
    rows: dict[str, dict[str, object]] = {}
    for line in found:
        rows.setdefault(line.entity, {"entity": line.entity, "name": line.name})[line.cell.period] = line.cell.standing
    return Table("matrix", (*TALLIES[:2], *columns), list(rows.values()))


def _tallies(found: "list[Line]") -> list[Row]:
    from campaign.app.owed import Tally

    counts: dict[tuple[str, str], dict[str, int]] = {}
    for line in found:
        counted = counts.setdefault((line.entity, line.name), {})
        counted[line.cell.standing] = counted.get(line.cell.standing, 0) + 1
    return [_tally(entity, name, Tally(**counted)) for (entity, name), counted in counts.items()]


def _known(session: "Session", obligation: str) -> None:
    known = [item.id for item in defined(session).obligations]
    if obligation and obligation not in known:
        message = T("there is no obligation {obligation}", obligation=obligation)
        fix = T("choose one of {choices}", choices=", ".join(known))
        raise Problems([Problem("unknown-obligation", message, fix, Place(field="--obligation"))])


def _tally(entity: str, name: str, counted: "Tally") -> Row:
    share = None if counted.ratio is None else round(counted.ratio * 100, 1)
    return {"entity": entity, "name": name, **msgspec.structs.asdict(counted), "share_pct": share}


def duty(line: "Line") -> Row:
    """Return one period's row."""
    return {
        "entity": line.entity,
        "obligation": line.obligation,
        **msgspec.structs.asdict(line.cell),
        "overdue_days": line.overdue_days or None,
        "position": line.position,
    }


@verb(
    Argument("entity", text=T("the entity's id; by default those that I answer for"), needed=False),
    OBLIGATION,
    Option("--all", "everything", text=T("also what is done, and what is far ahead"), is_flag=True),
    example="campaign report mine 220200",
)
def mine(entity: str | None, obligation: str, everything: bool) -> None:  # noqa: FBT001 -- click's flag
    """List what ENTITY, or whoever the person answers for, has missed and owes next."""
    from campaign.app.owed import entities_of, lines

    call = current()
    session = call.session()
    chosen = (one(session, entity).entity,) if entity else entities_of(session, call.asker().actor)
    _known(session, obligation)
    today = call.on or session.today()
    rows = [duty(line) for name in chosen for line in _next(lines(session, [name], today, obligation), everything)]
    present(call, session, Table("duties", DUTIES, rows, notes=(T("as of {today}", today=today),)))


def _next(listed: "Iterable[Line]", everything: bool) -> "list[Line]":  # noqa: FBT001 -- handed on from click
    found = list(listed)
    missing = [line for line in found if line.cell.standing == "missing"]
    upcoming = [line for line in found if line.cell.standing == "upcoming"]
    return found if everything else missing + upcoming[:NEXT]


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
