"""A plan on its way out and back in: its size first, then the changes; one entity on demand."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from campaign.problems import Place, Problem, Problems, T, Text, like_entity
from campaign_cli.call import Call
from campaign_cli.nouns.log import CHANGES
from campaign_cli.output import Column, Sheet, Table, give

if TYPE_CHECKING:
    from campaign.app.adopt import Consequence, Plan

GATES = (Column("gate", T("gate")), Column("before", T("before"), word=True), Column("after", T("after"), word=True))
SHIFTS = (
    Column("obligation", T("obligation")),
    Column("period", T("period")),
    Column("was_on", T("was due")),
    Column("due_on", T("would be due")),
)
MARKS = (
    Column("obligation", T("obligation")),
    Column("period", T("period")),
    Column("before", T("before"), word=True),
    Column("after", T("after"), word=True),
    Column("holds", T("by applying"), word=True),
)
WORDS = (T("stays"), T("changes"))
"""Words of the column `holds`, named here for the catalogue."""


def summary(call: Call, made: "Plan") -> str:
    """Say the size of a plan in one line."""
    from campaign.app.adopt import size

    parts = [call.say(part) for part in size(made)]
    between = "，" if call.lang == "zh" else ", "
    return between.join(parts) if parts else call.say(T("no changes"))


def give_plan(call: Call, made: "Plan", *, closed: bool) -> None:
    """Write MADE: the size, what is added, changed and removed, how many entities it concerns; whether it is CLOSED."""
    counts = {kind: made.count(kind) for kind in ("added", "changed", "removed")}
    rows = [msgspec.structs.asdict(change) for change in made.changes]
    extra = {
        "summary": summary(call, made),
        "campaign": made.campaign,
        "new": made.new,
        "log_position": made.log_position,
        "adopted_sha256": made.adopted_sha256,
        "folder_sha256": made.folder_sha256,
        "choice": made.choice,
        "dates": made.dates,
        "totals": made.totals,
        "consequences": made.consequences,
        "texts": made.texts,
        "contents": made.contents,
        "closed": closed,
    }
    title = T("{summary}", summary=summary(call, made))
    notes = (*_notes(made, counts), *((_closed(made),) if closed else ()))
    give(call, Table("plan", CHANGES, rows, title=title, notes=notes, extra=extra, quiet=True))


def _closed(made: "Plan") -> Text:
    return T(
        "the campaign {campaign} is closed: only accounts, access_keys and assignments can still change",
        campaign=made.campaign,
    )


def _notes(made: "Plan", counts: dict[str, int]) -> Iterable[Text]:
    if made.texts:
        yield T("only the text of {files} differs: comments, order or layout", files=", ".join(made.texts))
        return
    if made.empty:
        yield T("the folder is what is adopted; nothing would change")
        return
    yield T("{added} to add, {changed} to change, {removed} to remove", **counts)
    if made.consequences:
        yield T("{count} entities are concerned; look at one with --entity ID", count=len(made.consequences))
    given = sum(mark.given for item in made.consequences for mark in item.marks)
    if given and not made.choice.reassess:
        yield T("{count} marks already given stay as they are; --reassess with a reason judges them again", count=given)
    stuck = [item.entity for item in made.consequences if item.stuck]
    if stuck:
        yield T("these stand in a phase that is gone: {entities}; --keep them, or leave it", entities=", ".join(stuck))


def give_entity(call: Call, made: "Plan", entity: str, known: Iterable[str]) -> None:
    """Write what MADE would change for one entity. Raises Problems for one that is not KNOWN."""
    names = list(known)
    if entity not in names:
        message = T("there is no entity {name}", name=entity)
        raise Problems([Problem("unknown-entity", message, like_entity(entity, names), Place(field="--entity"))])
    found = next((item for item in made.consequences if item.entity == entity), None)
    fields = (
        (Column("entity", T("entity")), entity),
        (Column("name", T("name")), found.name if found else ""),
        (Column("letters", T("letters to amend")), list(found.letters) if found else []),
        (Column("stuck", T("phase that is gone")), found.stuck if found else ""),
        (Column("held", T("stays on its definition")), bool(found and found.held)),
    )
    notes = () if found else (T("nothing would change for {entity}", entity=entity),)
    give(call, Sheet("plan-entity", fields, _tables(made, found), notes=notes))


def _tables(made: "Plan", found: "Consequence | None") -> tuple[Table, ...]:
    if found is None:
        return ()
    marks = [
        {**msgspec.structs.asdict(mark), "holds": "stays" if mark.given and not made.choice.reassess else "changes"}
        for mark in found.marks
    ]
    tables = (
        Table("gates", GATES, [msgspec.structs.asdict(line) for line in found.gates], title=T("gates")),
        Table("shifts", SHIFTS, [msgspec.structs.asdict(line) for line in found.shifts], title=T("obligations")),
        Table("marks", MARKS, marks, title=T("marks")),
    )
    return tuple(table for table in tables if table.rows)


def read_plan(file: Path) -> "Plan":
    """Read a plan back. Raises Problems when FILE holds none."""
    from campaign.app.adopt import Plan

    try:
        found = msgspec.json.decode(file.read_bytes())
        names = [name for name in Plan.__struct_fields__ if name in found]
        return msgspec.convert({"changes": found["rows"]} | {name: found[name] for name in names}, Plan)
    except (msgspec.MsgspecError, UnicodeDecodeError, KeyError, TypeError):
        message = T("{path} holds no plan", path=file)
        fix = T("make one with `campaign plan -o FILE`")
        raise Problems([Problem("plan-unreadable", message, fix, Place(file=str(file)))]) from None
