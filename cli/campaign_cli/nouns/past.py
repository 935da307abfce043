"""replay, entity history, log show --used-by: looking back along both axes."""

from datetime import date, datetime
from typing import TYPE_CHECKING

import click
import msgspec

from campaign.problems import T
from campaign_cli.call import Argument, Call, Instant, Option, current
from campaign_cli.commands import verb
from campaign_cli.exits import Exit, Stop, UsageProblem
from campaign_cli.marks import clock, present
from campaign_cli.nouns.entity import members
from campaign_cli.output import Column, Sheet, Table

if TYPE_CHECKING:
    from campaign.app import history as past_views
    from campaign.app.session import Session


class Known(click.ParamType["datetime | date"]):
    """An instant, or a day, which stands for its end in the campaign's time zone."""

    name = "instant"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> "datetime | date":
        """Read a date as a day, all else as an instant."""
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            pass
        try:
            return Instant().convert(value, param, ctx)
        except UsageProblem as error:
            message = T("{value} is neither an instant with its offset nor a day", value=value)
            fix = T("write it as 2005-08-17T09:00+08:00 or 2005-08-17")
            raise UsageProblem("usage-instant", message, fix, "--as-of") from error


class Moment(click.ParamType["past_views.Moment"]):
    """A position, or what Known takes."""

    name = "moment"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> "past_views.Moment":
        """Read digits as a position, all else as a day or an instant."""
        text = str(value)
        if text.isdecimal():
            return int(text)
        try:
            return Known().convert(value, param, ctx)
        except UsageProblem as error:
            message = T("{value} is neither a position, nor an instant with its offset, nor a day", value=text)
            fix = T("write it as 1500, 2005-08-17T09:00+08:00 or 2005-08-17")
            raise UsageProblem("usage-moment", message, fix, "--diff") from error


AS_OF = Option(
    "--as-of",
    text=T("fold what had been recorded at this instant, or by the end of this day"),
    type=Known(),
    metavar="INSTANT",
)
DIFFERENCES = (
    Column("view", T("view")),
    Column("key", T("key")),
    Column("path", T("field")),
    Column("stored", T("stored")),
    Column("folded", T("folded")),
)
CHANGES = (
    Column("stream", T("stream")),
    Column("path", T("field")),
    Column("before", T("before")),
    Column("after", T("after")),
    Column("positions", T("by the events")),
)
DEEDS = (
    Column("position", T("position"), right=True),
    Column("stream", T("stream")),
    Column("intervention", T("intervention")),
    Column("occurred_on", T("occurred on")),
    Column("recorded_at", T("recorded at")),
    Column("late_recorded", T("written late")),
    Column("actor", T("actor")),
    Column("role", T("role")),
    Column("text", T("what happened")),
    Column("why", T("why")),
    Column("document", T("document")),
    Column("command_id", T("command id")),
)
USES = (Column("what", T("used by")), Column("where", T("as")))


@verb(
    Option("--to", text=T("fold up to this position"), type=click.IntRange(0), metavar="POSITION"),
    AS_OF,
    Option(
        "--diff",
        text=T("compare what two positions, instants or ends of days come to"),
        type=(Moment(), Moment()),
        metavar="A B",
    ),
    Option("--entity", text=T("only this entity"), multiple=True, metavar="ENTITY"),
    Option("--group", text=T("only the entities of this group"), default="", metavar="GROUP"),
    Option("--exit-code", text=T("end with 7 where there are differences"), is_flag=True),
    example="campaign replay --diff 2005-09-30 2005-10-31",
    more=(
        T("Without a position the whole log is folded from zero and compared with the stored read models, row by row."),
        T("--to and --as-of say what was known, --on what was true; together: what was then known of that day."),
        T("--diff names every value that differs, and the events that made the difference."),
    ),
)
def replay(  # noqa: PLR0913, PLR0917 -- click hands over one argument an option
    to: int | None,
    as_of: datetime | date | None,
    diff: "tuple[past_views.Moment, past_views.Moment] | None",
    entity: tuple[str, ...],
    group: str,
    exit_code: bool,  # noqa: FBT001 -- click's flag
) -> None:
    """Fold the events again."""
    if sum(choice is not None for choice in (to, as_of, diff)) > 1:
        raise UsageProblem("usage-both", T("--to, --as-of and --diff exclude one another"), T("leave two out"), "--to")
    call = current()
    session = call.session()
    chosen = (*entity, *(members(session, group) if group else ())) if entity or group else None
    if diff is not None:
        _compare(call, session, diff, chosen, exit_code=exit_code)
    elif to is None and as_of is None and call.on is None and chosen is None:
        _check(call, session)
    else:
        _past(call, session, to, as_of, chosen)


def _check(call: Call, session: "Session") -> None:
    from campaign.app.replay import check

    found = check(session)
    rows = [msgspec.structs.asdict(difference) for difference in found.differences]
    note = T(
        "folded {events} events: {rows} rows, {count} differences",
        events=found.events,
        rows=found.rows,
        count=len(rows),
    )
    extra = {"position": found.position, "events": found.events, "compared": found.rows}
    present(call, session, Table("replay", DIFFERENCES, rows, notes=(note,), extra=extra, quiet=True))
    if rows:
        raise Stop(Exit.INTEGRITY)


def _past(
    call: Call, session: "Session", to: int | None, as_of: datetime | date | None, entities: tuple[str, ...] | None
) -> None:
    from campaign.app.history import instant_of, past

    known = None if as_of is None else instant_of(session, as_of)
    then = past(session, to=to, as_of=known, on=call.on, entities=entities)
    fields = (
        (Column("position", T("position")), then.position),
        (Column("recorded_at", T("recorded at")), clock(session)(then.recorded_at) if then.recorded_at else None),
        (Column("true_on", T("true on")), call.on),
        (Column("entity_count", T("entities")), len(then.entities)),
        (Column("project_count", T("projects")), len(then.projects)),
    )
    machine = {"campaign": then.campaign, "entities": then.entities, "projects": then.projects}
    extra: dict[str, object] = {} if call.format == "table" else dict(machine)
    phases: dict[str, int] = {}
    for state in then.entities.values():
        phases[state.phase] = phases.get(state.phase, 0) + 1
    rows = [{"phase": phase, "count": count} for phase, count in phases.items()]
    columns = (Column("phase", T("phase")), Column("count", T("entities"), right=True))
    present(call, session, Sheet("past", fields, (Table("phases", columns, rows),), extra=extra))


def _compare(
    call: Call,
    session: "Session",
    moments: "tuple[past_views.Moment, past_views.Moment]",
    entities: tuple[str, ...] | None,
    *,
    exit_code: bool,
) -> None:
    from campaign.app.history import diff, position_of

    first, second = (position_of(session, moment) for moment in moments)
    rows = [msgspec.structs.asdict(change) for change in diff(session, first, second, entities)]
    note = T("from position {first} to position {second}", first=first, second=second)
    extra = {"from": first, "to": second}
    present(call, session, Table("differences", CHANGES, rows, notes=(note,), extra=extra))
    if rows and exit_code:
        raise Stop(Exit.DIFFERENCES)


@verb(
    Argument("entity", text=T("the entity's id; the whole campaign by default"), needed=False),
    Option("--interventions", text=T("only what bends the ordinary course"), is_flag=True),
    example="campaign entity history 220200 --interventions",
)
def history(entity: str | None, interventions: bool) -> None:  # noqa: FBT001 -- click's flag
    """List who did what, in what role, when it was true and when written, why, under which document."""
    from campaign.app.history import deeds

    call = current()
    session = call.session()
    every = list(deeds(session, entity or ""))
    found = [deed for deed in every if deed.intervention or not interventions]
    columns = tuple(each for each in DEEDS if each.field != "stream" or not entity or call.format != "table")
    local = clock(session)
    rows = [
        msgspec.structs.asdict(deed)
        | {"recorded_at": local(deed.recorded_at), "text": call.say(deed.text)}
        | ({"intervention": "!!" if deed.intervention else ""} if call.format == "table" else {})
        for deed in found
    ]
    bent = sum(deed.intervention for deed in found)
    note = T("{count} of {all} bend the ordinary course", count=bent, all=len(every))
    present(call, session, Table("history", columns, rows, notes=(note,)))


def give_uses(call: Call, session: "Session", position: int) -> None:
    """Write what rests on the event at POSITION."""
    from campaign.app.uses import used_by

    rows = [msgspec.structs.asdict(use) for use in used_by(session, position)]
    present(call, session, Table("uses", USES, rows, extra={"position": position}))
