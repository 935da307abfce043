"""phase: where everyone stands, what keeps them there, and moving on."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from campaign.problems import Problem, Problems, T
from campaign_cli.call import Argument, Call, Option, current
from campaign_cli.commands import verb
from campaign_cli.exits import Exit, Stop, UsageProblem
from campaign_cli.marks import present
from campaign_cli.nouns.entity import members, one
from campaign_cli.output import Column, Table, write

if TYPE_CHECKING:
    from campaign.app.session import Session
    from campaign.app.values import Definition

PHASES = (
    Column("phase", T("phase")),
    Column("label", T("name")),
    Column("stage", T("stage")),
    Column("from", T("from")),
    Column("to", T("to")),
    Column("gates", T("gates"), right=True),
    Column("entities", T("entities"), right=True),
    Column("clause", T("clause")),
)
BOARD = (
    Column("entity", T("entity")),
    Column("name", T("name")),
    Column("phase", T("phase")),
    Column("stage", T("stage")),
    Column("ready", T("ready")),
    Column("held", T("held at")),
    Column("noted", T("warned or waived")),
    Column("late", T("late"), right=True),
    Column("missing", T("missing"), right=True),
)
GATES = (
    Column("entity", T("entity")),
    Column("gate", T("gate")),
    Column("policy", T("policy"), word=True),
    Column("verdict", T("verdict"), word=True),
    Column("why", T("why")),
    Column("remedy", T("remedy")),
    Column("clause", T("clause")),
)
WAYS = (
    Column("from", T("from")),
    Column("to", T("to")),
    Column("move", T("move"), word=True),
)
WORDS = (T("met"), T("warned"), T("waived"), T("shut"), T("block"), T("warn"), T("waive-with-reason"))
"""Words of the columns, named here for the catalogue."""

ALL = Option("--all", "everyone", text=T("every entity that has not left"), is_flag=True)
GROUP = Option("--group", text=T("every entity of this group"), default="", metavar="GROUP")
SOME = Argument("entities", text=T("entities' ids"), nargs=-1, needed=False, metavar="ENTITY…")


@verb(
    GROUP,
    Option("--board", text=T("one line for each entity: ready, or held at which gates"), is_flag=True),
    example="campaign phase list --board --group prefecture",
)
def list_(group: str, board: bool) -> None:  # noqa: FBT001 -- click's flag
    """List phases (R-41 to R-43), or where every entity stands."""
    call = current()
    session = call.session()
    definition = defined(session)
    inside = members(session, group)
    if board:
        _board(call, session, frozenset(inside))
        return
    at: dict[str, int] = {}
    for state in inside.values():
        at[state.phase] = at.get(state.phase, 0) + 1
    rows = [
        {
            "phase": phase.id,
            "label": phase.label,
            "stage": phase.stage,
            "from": phase.from_,
            "to": phase.to,
            "gates": len(phase.gates),
            "entities": at.get(phase.id, 0),
            "clause": phase.clause,
        }
        for phase in definition.phases
    ]
    present(call, session, Table("phases", PHASES, rows))


def _board(call: Call, session: "Session", inside: frozenset[str]) -> None:
    from campaign.app.read import board

    found = board(session, call.on or session.today())
    rows = [_standing(line) for name, line in found.lines.items() if name in inside] if found else []
    ready, held = (sum(row[field] is True for row in rows) for field in ("ready", "held_any"))
    note = T("{ready} ready, {held} held at a gate", ready=ready, held=held)
    present(call, session, Table("board", BOARD, rows, notes=(note,)))


def _standing(line: Any) -> Mapping[str, object]:  # noqa: ANN401 -- a Line of the board
    return {
        "entity": line.entity,
        "name": line.name,
        "phase": line.phase,
        "stage": line.stage,
        "next": list(line.next),
        "ready": line.ready,
        "held_any": bool(line.held) and bool(line.next),
        "held": [gate.gate for gate in line.held],
        "noted": [gate.gate for gate in line.noted],
        "lacks": [check.value for check in line.lacks],
        "late": line.tally.late,
        "missing": line.tally.missing,
    }


def defined(session: "Session") -> "Definition":
    """Return the adopted definition. Raises Problems when there is none."""
    definition = session.context().definition
    if definition is None:
        message = T("no definition is adopted yet")
        raise Problems([Problem("no-definition", message, T("adopt one with `campaign apply`"))])
    return definition


@verb(
    SOME,
    GROUP,
    ALL,
    Option("--shut", text=T("only the gates that are shut"), is_flag=True),
    Option("--check", text=T("end with 7 where a gate is shut"), is_flag=True),
    example="campaign phase check 220200",
)
def check(entities: Sequence[str], group: str, everyone: bool, shut: bool, check: bool) -> None:  # noqa: FBT001 -- click's flags
    """Show gates with their remedies."""
    from campaign.app.read import gates_of

    call = current()
    session = call.session()
    on = call.on or session.today()
    rows = [
        _gate(call, name, standing)
        for name in chosen(session, entities, group, everyone=everyone)
        for standing in gates_of(session, name, on)
        if not (shut and standing.open)
    ]
    held = sum(row["open"] is False for row in rows)
    present(call, session, Table("gates", GATES, rows, notes=(T("{count} gates are shut", count=held),)))
    if check and held:
        raise Stop(Exit.DIFFERENCES)


def _gate(call: Call, entity: str, standing: Any) -> Mapping[str, object]:  # noqa: ANN401 -- a GateStanding
    gate = standing.gate
    return {
        "entity": entity,
        "gate": gate.id,
        "policy": gate.policy.value,
        "verdict": standing.verdict,
        "open": standing.open,
        "why": call.say(standing.why),
        "remedy": call.say(standing.remedy),
        "clause": gate.clause,
    }


def chosen(session: "Session", entities: Sequence[str], group: str, *, everyone: bool) -> list[str]:
    """Return the entities that are meant: named ones, a group, or all that have not left."""
    if sum((bool(entities), bool(group), everyone)) != 1:
        message = T("name entities, or a group, or all: one of the three")
        raise UsageProblem("usage-whom", message, T("give ENTITY, --group GROUP or --all"), "ENTITY")
    if entities:
        return list(dict.fromkeys(one(session, name).entity for name in entities))
    return [name for name, state in members(session, group).items() if state.exit is None]


@verb(
    SOME,
    GROUP,
    ALL,
    Option("--each", text=T("one by one: a held entity does not hold the others"), is_flag=True),
    Option("--to", text=T("the phase to move to, by default the next"), default="", metavar="PHASE", fields=("phase",)),
    Option("--reason", text=T("the reason, for skipping and going back"), default=""),
    example="campaign phase advance --group prefecture --each --as p-office-1",
    more=(T("Without --each either all are moved, in one append, or none, and every shut gate is named."),),
)
def advance(entities: Sequence[str], group: str, everyone: bool, each: bool, to: str, reason: str) -> None:  # noqa: FBT001, PLR0913, PLR0917 -- click's options
    """Move entities on."""
    from campaign.app.handle import handle
    from campaign.app.intents import convert
    from campaign.app.sharing import handle_each
    from campaign_cli.outcome import give_each, give_reply

    call = current()
    who = call.asker()
    session = call.session(write=not call.dry_run)
    defined(session)
    names = chosen(session, entities, group, everyone=everyone)
    commands = [convert("phase.advance", {"entity": name, "to": to, "reason": reason}) for name in names]
    if each:
        give_each(call, names, handle_each(session, commands, who, dry_run=call.dry_run))
    else:
        give_reply(call, handle(session, commands, who, dry_run=call.dry_run))


@verb(
    Option("--mermaid", text=T("as Mermaid text, for a drawing"), is_flag=True),
    example="campaign phase graph --mermaid",
)
def graph(mermaid: bool) -> None:  # noqa: FBT001 -- click's flag
    """Show the ways between phases."""
    from campaign.app import ways

    call = current()
    session = call.session()
    definition = defined(session)
    if mermaid:
        write(call, ways.mermaid(definition).rstrip("\n") + "\n")
        return
    rows = [{"from": origin, "to": to, "move": move} for origin, to, move in ways.arrows(definition)]
    present(call, session, Table("ways", WAYS, rows))
