"""show, meeting list: the campaign itself."""

from typing import TYPE_CHECKING, Any

import msgspec

from campaign.problems import T
from campaign_cli.call import Call, current
from campaign_cli.commands import verb
from campaign_cli.marks import present, shown
from campaign_cli.nouns.phase import defined
from campaign_cli.output import Column, Row, Sheet, Table, flat

if TYPE_CHECKING:
    from collections.abc import Sequence

    from campaign.app.session import Session
    from campaign.app.values import Phase, Stage

DOCUMENTS = (
    Column("number", T("document number")),
    Column("title", T("document")),
    Column("author", T("written by")),
    Column("approver", T("approved by")),
    Column("forwarder", T("forwarded by")),
    Column("dated_on", T("dated on")),
    Column("forwarded_on", T("forwarded on")),
)
COUNTS = (
    Column("id", T("id")),
    Column("label", T("name")),
    Column("stage", T("stage")),
    Column("from", T("from")),
    Column("to", T("to")),
    Column("entities", T("entities"), right=True),
    Column("clause", T("clause")),
)
GROUPS = (
    Column("group", T("group")),
    Column("label", T("name")),
    Column("expected", T("stated"), right=True),
    Column("enrolled", T("enrolled"), right=True),
    Column("left", T("left"), right=True),
    Column("as_stated", T("as stated")),
    Column("late", T("late"), right=True),
    Column("missing", T("missing"), right=True),
)
GOALS = (
    Column("tree", T("tree")),
    Column("indicator", T("indicator")),
    Column("goal", T("goal")),
    Column("actual", T("reached"), right=True),
    Column("met", T("met?")),
    Column("clause", T("clause")),
)
TRENDS = (
    Column("trend", T("growth and benefit"), word=True),
    Column("entities", T("entities"), right=True),
)
LACKING = (
    Column("check", T("lacking"), word=True),
    Column("entities", T("entities")),
)
WORDS = (
    T("both_down"),
    T("both_flat"),
    T("both_up"),
    T("mixed"),
    T("unknown"),
    T("survey_recorded"),
    T("outputs_recorded"),
    T("target_fixed"),
    T("task_statement_received"),
    T("responsibility_letter_signed"),
    T("officer_appointed"),
    T("liaison_appointed"),
    T("task_force_established"),
)
"""Words of the columns, named here for the catalogue."""

FEW = 5
"""So many names fit into a line."""

MEETINGS = (
    Column("meeting", T("meeting")),
    Column("title", T("title")),
    Column("convener", T("convened by")),
    Column("dates", T("dates, the last one valid")),
    Column("held_on", T("held on")),
    Column("attendees", T("attended by")),
    Column("decisions", T("decisions")),
)


@verb(example="campaign show --lang zh")
def show() -> None:
    """Show the campaign (R-01, R-43, R-54)."""
    from campaign.app.read import board

    call = current()
    session = call.session()
    definition = defined(session)
    found = board(session, call.on or session.today(definition))
    assert found is not None  # noqa: S101 -- there is a definition
    tables = (
        Table("documents", DOCUMENTS, [msgspec.structs.asdict(item) for item in definition.documents]),
        Table("stages", COUNTS, [_count(definition.stages, count) for count in found.stages]),
        Table("phases", COUNTS, [_count(definition.phases, count) for count in found.phases]),
        Table("groups", GROUPS, [_group(size) for size in found.groups]),
        Table("goals", GOALS, [_goal(tree, goal) for tree in found.trees for goal in tree.goals]),
        Table("trends", TRENDS, [{"trend": name, "entities": len(names)} for name, names in found.trends.items()]),
        Table(
            "lacking",
            LACKING,
            [{"check": check.value, "entities": _some(call, names)} for check, names in found.lacking.items() if names],
        ),
    )
    present(call, session, Sheet("campaign", _fields(call, session, found), tables, title=shown(found.title)))


def _some(call: Call, names: "Sequence[str]") -> "Sequence[str]":
    """Return the first few NAMES for a person, who has a line to read; all of them for a program."""
    if call.format != "table" or len(names) <= FEW:
        return names
    return [*names[:FEW], call.say(T("… and {count} more", count=len(names) - FEW))]


def _fields(call: Call, session: "Session", found: Any) -> tuple[tuple[Column, object], ...]:  # noqa: ANN401 -- a Board
    state = session.campaign()
    scheme = state.schemes[-1].scheme if state.schemes else call.say(T("none adopted"))
    return (
        (Column("campaign", T("campaign")), found.key),
        (Column("today", T("today")), found.days.today),
        (Column("from", T("from")), found.days.first),
        (Column("to", T("to")), found.days.last),
        (Column("days_left", T("days left")), found.days.left),
        (Column("entity_count", T("entities")), len(found.lines)),
        (Column("left", T("of these left the statistics")), len(found.exits)),
        (Column("ready", T("ready to advance")), len(found.ready)),
        (Column("waiting", T("held at a gate")), len(found.waiting)),
        (Column("on_time", T("reports in time")), found.tally.on_time),
        (Column("late", T("reports late")), found.tally.late),
        (Column("missing", T("reports missing")), found.tally.missing),
        (Column("adopted_sha256", T("definition")), state.adoptions[-1].sha256),
        (Column("scheme", T("scheme")), scheme),
        (Column("closed", T("closed")), found.closed),
        (Column("position", T("position")), session.log.head()),
    )


def _count(parts: "Sequence[Phase | Stage]", count: Any) -> Row:  # noqa: ANN401 -- a Count of the board
    dated = next(part for part in parts if part.id == count.id)
    return {
        "id": count.id,
        "label": count.label,
        "stage": count.stage,
        "from": dated.from_,
        "to": dated.to,
        "entities": count.entities,
        "by_group": count.by_group,
        "clause": dated.clause,
    }


def _group(size: Any) -> Row:  # noqa: ANN401 -- a GroupSize of the board
    return {
        "group": size.group,
        "label": size.label,
        "expected": size.expected,
        "enrolled": size.enrolled,
        "left": size.left,
        "as_stated": size.as_stated,
        "late": size.tally.late,
        "missing": size.tally.missing,
    }


def _goal(tree: Any, goal: Any) -> Row:  # noqa: ANN401 -- a TreeTotal and its GoalLine
    target = goal.target
    return {
        "tree": tree.label,
        "target": target.id,
        "indicator": target.indicator,
        "goal": f"{target.operator} {flat(target.value)} {target.unit}".rstrip(),
        "actual": goal.actual,
        "met": goal.met,
        "clause": target.clause,
    }


@verb(example="campaign meeting list")
def meetings() -> None:
    """List meetings with every date they ever had (R-15)."""
    call = current()
    session = call.session()
    rows = [msgspec.structs.asdict(meeting) for meeting in session.campaign().meetings.values()]
    present(call, session, Table("meetings", MEETINGS, rows))
