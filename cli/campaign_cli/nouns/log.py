"""log, store: the events themselves."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click
import msgspec

from campaign.problems import Place, Problem, Problems, T
from campaign_cli.call import Argument, Call, Option, current
from campaign_cli.commands import verb
from campaign_cli.marks import clock, present, shown
from campaign_cli.output import Column, Sheet, Table, stream

if TYPE_CHECKING:
    from campaign.app.session import Session

EVENTS = (
    Column("position", T("position"), right=True),
    Column("recorded_at", T("recorded at")),
    Column("occurred_on", T("occurred on")),
    Column("stream", T("stream")),
    Column("version", T("version"), right=True),
    Column("topic", T("topic")),
    Column("actor", T("actor")),
    Column("role", T("role")),
)
ABOUT = (
    *EVENTS,
    Column("command_id", T("command id")),
    Column("causation", T("caused by")),
    Column("account", T("account")),
)
CHANGES = (
    Column("kind", T("change"), word=True),
    Column("path", T("field")),
    Column("before", T("before")),
    Column("after", T("after")),
)

AFTER = Option(
    "--after", text=T("only events after this position"), type=click.IntRange(0), default=0, metavar="POSITION"
)
TO = Option("--to", text=T("only events up to this position"), type=click.IntRange(0), metavar="POSITION")
STREAM = Option(
    "--stream", "prefix", text=T("only streams that begin so, such as entity:jilin-2005/220200"), default=""
)
TOPIC = Option("--topic", text=T("only events of a topic that begins so, such as report"), default="")
LAST = Option("--last", text=T("only the last so many"), type=click.IntRange(1), metavar="COUNT")


@verb(AFTER, TO, STREAM, TOPIC, LAST, example="campaign log list --topic report --last 20")
def list_(after: int, to: int | None, prefix: str, topic: str, last: int | None) -> None:
    """List events; as JSON Lines with their bodies, one by one."""
    from campaign.app.following import known_topic

    call = current()
    known_topic(topic)
    session = call.session(several=True)
    if last and not (prefix or topic):
        after = max(after, (session.log.head() if to is None else to) - last)
    rows = events(session, after=after, to=to, prefix=prefix, topic=topic)
    _give(call, session, list(rows)[-last:] if last else rows)


def _give(call: Call, session: "Session", rows: Iterable[Mapping[str, object]]) -> None:
    if call.format == "jsonl" and not call.output:
        stream(rows)
    else:
        present(call, session, Table("log", EVENTS, list(rows)))


def events(
    session: "Session", *, after: int, to: int | None, prefix: str, topic: str
) -> Iterator[Mapping[str, object]]:
    """Yield the events asked for, oldest first, as rows."""
    local = clock(session)
    for record in session.log.scan(after, to, prefix):
        if record.topic.startswith(topic):
            yield row(record, local)


def row(record: Any, local: Callable[[datetime], datetime]) -> dict[str, object]:  # noqa: ANN401 -- a Recorded of the app's
    """Return a record as plain columns; the body stands last, in `event`."""
    columns: dict[str, object] = {name: getattr(record, name) for name in record.__struct_fields__ if name != "event"}
    columns["event"] = record.event
    columns["recorded_at"] = local(record.recorded_at)
    return columns


@verb(
    Argument("position", text=T("the position in the log"), type=click.IntRange(1), fields=("to",)),
    Option("--used-by", text=T("show instead what rests on it: values, ranks, awards"), is_flag=True),
    example="campaign log show 42 --used-by",
)
def show(position: int, used_by: bool) -> None:  # noqa: FBT001 -- click's flag
    """Show one event and its body."""
    call = current()
    session = call.session(several=not used_by)  # what rests on it is of one campaign
    if used_by:
        from campaign_cli.nouns.past import give_uses

        give_uses(call, session, position)
        return
    for record in session.log.scan(position - 1, position):
        columns = row(record, clock(session))
        body = msgspec.to_builtins(columns.pop("event"), builtin_types=_KEPT)
        fields = [(column, columns[column.field]) for column in ABOUT]
        fields += (
            [(Column(name, shown(f"· {name}")), value) for name, value in body.items()]
            if call.format == "table"
            else []
        )
        extra = {} if call.format == "table" else {"event": body}
        present(call, session, Sheet("event", tuple(fields), extra=extra))
        return
    head = session.log.head()
    if position <= head:
        from campaign.app.access import whole

        whole(session.log)  # hidden from this login, not gone
    message = T("the log has no position {position}; it ends at {head}", position=position, head=head)
    raise Problems([Problem("no-such-position", message, T("name one from 1 to its end"), Place(field="POSITION"))])


_KEPT = (Decimal, date, datetime)


def lines(call: Call, session: "Session", rows: Iterator[Mapping[str, object]]) -> None:
    """Write ROWS as JSON Lines, whatever --format says."""
    call.format = "jsonl"
    _give(call, session, rows)


# --- store -----------------------------------------------------------------------------------------------------------


@verb(
    example="campaign store rebuild --yes",
    more=(T("The events are not touched. First see with `campaign audit verify` that they are what they were."),),
)
def rebuild() -> None:
    """Fold every read model anew, in one transaction."""
    call = current()
    session = call.session(several=True) if call.dry_run else call.writable(several=True)
    head = session.log.head()
    if call.dry_run:
        call.note(T("dry run: {count} events would be folded anew; nothing was", count=head))
        return
    call.confirm(T("throw the read models away and fold all {count} events anew?", count=head))
    session.log.rebuild()
    call.note(T("folded anew: {count} events", count=head))
