"""entity, project: who takes part, and what they build."""

from typing import TYPE_CHECKING, Any

import msgspec

from campaign.problems import Place, Problem, Problems, T
from campaign_cli.call import Argument, Option, current
from campaign_cli.commands import verb
from campaign_cli.marks import present
from campaign_cli.output import Column, Row, Sheet, Table

if TYPE_CHECKING:
    from campaign.app.session import Session
    from campaign.app.values import EntityState

ENTITY = Argument("entity", text=T("the entity's id"))
GROUP = Option("--group", text=T("only this group"), default="", metavar="GROUP")
ENTITIES = (
    Column("entity", T("entity")),
    Column("name", T("name")),
    Column("kind", T("kind"), word=True),
    Column("groups", T("groups")),
    Column("prefecture", T("prefecture")),
    Column("phase", T("phase")),
    Column("operating_status", T("operation"), word=True),
    Column("named_in_source", T("named in the plan")),
    Column("exit_on", T("left on")),
)
TARGETS = (
    Column("target", T("target")),
    Column("indicator", T("indicator")),
    Column("operator", T("relation")),
    Column("value", T("value"), right=True),
    Column("unit", T("unit")),
    Column("scope", T("scope")),
    Column("strength", T("strength"), word=True),
    Column("status", T("status"), word=True),
    Column("position", T("position"), right=True),
)
DUTIES = (
    Column("duty", T("duty"), word=True),
    Column("person", T("person")),
    Column("post", T("post")),
)
MOVES = (
    Column("from_phase", T("from")),
    Column("to_phase", T("to")),
    Column("move", T("move"), word=True),
    Column("occurred_on", T("occurred on")),
    Column("reason", T("reason")),
    Column("position", T("position"), right=True),
)
PROJECTS = (
    Column("project", T("project")),
    Column("name", T("name")),
    Column("entity", T("enterprise")),
    Column("kind", T("kind"), word=True),
    Column("investment_yuan", T("investment, yuan"), right=True),
    Column("selected", T("selected")),
    Column("milestones", T("milestones")),
    Column("named_in_source", T("named in the plan")),
)
WORDS = (
    T("prefecture"),
    T("enterprise"),
    T("department"),
    T("running"),
    T("partly_suspended"),
    T("suspended"),
    T("closed"),
    T("hard"),
    T("soft"),
    T("proposed"),
    T("reviewed"),
    T("objected"),
    T("fixed"),
    T("advance"),
    T("skip"),
    T("back"),
    T("new"),
    T("expansion"),
    T("accountable_officer"),
    T("added"),
    T("changed"),
    T("removed"),
)
"""Words of the columns, named here for the catalogue."""


@verb(
    GROUP,
    Option("--phase", text=T("only those in this phase"), default="", metavar="PHASE"),
    example="campaign entity list --group focus_enterprise",
)
def list_(group: str, phase: str) -> None:
    """List entities."""
    call = current()
    session = call.session()
    chosen = members(session, group)
    rows = [_line(state) for state in chosen.values() if phase in {"", state.phase}]
    note = T("{count} entities", count=len(rows))
    present(call, session, Table("entities", ENTITIES, rows, notes=(note,)))


def members(session: "Session", group: str) -> "dict[str, EntityState]":
    """Return the entities of GROUP or of a union of groups ("" = all). Raises Problems for a group there is not."""
    found = session.entities()
    definition = session.context().definition
    if not group or definition is None:
        return found
    named = {item.id: {item.id, *item.union_of} for item in definition.groups}
    if group not in named:
        message = T("there is no group {group}", group=group)
        fix = T("choose one of {choices}", choices=", ".join(named))
        raise Problems([Problem("unknown-group", message, fix, Place(field="--group"))])
    return {name: state for name, state in found.items() if named[group] & set(state.groups)}


def _line(state: "EntityState") -> Row:
    columns: dict[str, object] = {name: getattr(state, name) for name in state.__struct_fields__ if name in _OWN}
    return {"entity": state.entity, **columns, "exit_on": state.exit.exit_on if state.exit else None}


_OWN = frozenset(column.field for column in ENTITIES)


@verb(ENTITY, example="campaign entity show 220200")
def show(entity: str) -> None:
    """Show one entity with its duties, targets and moves."""
    call = current()
    session = call.session()
    state = one(session, entity)
    fields = tuple((column, _line(state).get(column.field)) for column in ENTITIES)
    more = (
        (Column("parent", T("lies in")), state.parent),
        (Column("ownership", T("ownership")), state.ownership),
        (Column("sector", T("sector")), state.sector),
        (Column("tags", T("tags")), state.tags),
        (Column("voluntary", T("joined by itself")), state.voluntary),
        (Column("surveyed_on", T("surveyed on")), state.surveyed_on),
        (Column("task_force", T("task force")), state.task_force),
    )
    tables = (
        Table("duties", DUTIES, [{"duty": duty, **_plain(held)} for duty, held in state.duties.items()]),
        Table("targets", TARGETS, [{**_plain(line), **_plain(line.target)} for line in state.targets.values()]),
        Table("moves", MOVES, [_plain(move) for move in state.moves]),
    )
    extra: dict[str, object] = {} if call.format == "table" else {"state": state}
    present(call, session, Sheet("entity", fields + more, tables, extra=extra))


def one(session: "Session", entity: str) -> "EntityState":
    """Return one entity. Raises Problems, with the nearest name, when it was never enrolled."""
    from campaign.app.access import known_entity

    return known_entity(session, entity)


def _plain(value: Any) -> dict[str, object]:  # noqa: ANN401 -- a Struct of the state
    return msgspec.structs.asdict(value)


@verb(
    Option("--entity", text=T("only of this enterprise"), default="", metavar="ENTITY"),
    Option("--selected", text=T("only those chosen for direct dispatch"), is_flag=True),
    example="campaign project list --selected",
)
def projects(entity: str, selected: bool) -> None:  # noqa: FBT001 -- click's flag
    """List projects (R-34 to R-36)."""
    call = current()
    session = call.session()
    rows = [
        _plain(state)
        for state in session.projects().values()
        if entity in {"", state.entity} and (state.selected or not selected)
    ]
    note = T(
        "{count} projects, {selected} selected", count=len(rows), selected=sum(bool(line["selected"]) for line in rows)
    )
    present(call, session, Table("projects", PROJECTS, rows, notes=(note,)))
