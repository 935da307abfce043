"""notice list: what was sent over which channel, and what has still to be told."""

from typing import TYPE_CHECKING

import msgspec

from campaign.problems import T
from campaign_cli.call import Option, current
from campaign_cli.commands import verb
from campaign_cli.exits import Exit, Stop
from campaign_cli.marks import clock, present
from campaign_cli.nouns.cycle import REMINDERS
from campaign_cli.output import Column, Row, Sheet, Table

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from campaign.app.notices import Pending
    from campaign.app.tick import Reminder

RULE, CHANNEL = Column("rule", T("rule")), Column("channel", T("channel"))
NOTICES = (
    RULE,
    Column("label", T("label")),
    CHANNEL,
    Column("status", T("status"), word=True),
    Column("number", T("number"), right=True),
    Column("failures", T("failed in a row"), right=True),
    Column("reason", T("reason"), word=True),
    Column("told", T("told"), right=True),
    Column("waiting", T("waiting"), right=True),
    Column("at", T("at")),
    Column("position", T("position"), right=True),
)
WAITING = (RULE, CHANNEL, *REMINDERS)


@verb(
    Option("--check", text=T("end with 7 when anything waits to be told"), is_flag=True),
    example="campaign notice list --check",
    more=(T("A notice that does not get there waits; the next `campaign tick --targets FILE` sends it again."),),
)
def list_(check: bool) -> None:  # noqa: FBT001 -- click's flag
    """List the notice rules with their channels: the last notice of each, and what waits."""
    from campaign.app.notices import waiting

    call = current()
    session = call.session()
    found = waiting(session)
    local = clock(session)
    tables = (
        Table("notices", NOTICES, [_line(entry, local) for entry in found]),
        Table("waiting", WAITING, [_due(entry, reminder) for entry in found for reminder in entry.reminders]),
    )
    fields = ((Column("as_of", T("as of")), session.today()),)
    present(call, session, Sheet("notices", fields, tables, lists=True))
    if check and any(entry.reminders for entry in found):
        raise Stop(Exit.DIFFERENCES)


def _line(entry: "Pending", local: "Callable[[datetime], datetime]") -> Row:
    line = entry.line
    last: Row = {"status": "", "number": 0, "failures": 0}
    if line is not None:
        last = msgspec.structs.asdict(line) | {"at": local(line.at)}
    own = {"rule": entry.rule.id, "label": entry.rule.label, "channel": entry.channel}
    return {**last, **own, "told": entry.told, "waiting": len(entry.reminders)}


def _due(entry: "Pending", reminder: "Reminder") -> Row:
    return {"rule": entry.rule.id, "channel": entry.channel, **msgspec.structs.asdict(reminder)}
