"""log follow: new events as they come, until somebody presses the keys or closes the pipe."""

import csv
import select
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import click

from campaign.problems import T
from campaign_cli.call import Call, Option, current
from campaign_cli.commands import verb
from campaign_cli.exits import UsageProblem
from campaign_cli.marks import clock, footer
from campaign_cli.nouns.log import EVENTS, STREAM, TOPIC, row
from campaign_cli.output import csv_cells, stream
from campaign_cli.table import cell
from campaign_cli.text import pad, width

WIDTHS = {"position": 8, "recorded_at": 25, "occurred_on": 11, "stream": 36, "version": 7, "topic": 26, "actor": 18}
"""Columns of a terminal: what is still to come is not known, so that no column can be as wide as its widest cell."""


@verb(
    Option(
        "--after",
        text=T("begin behind this position; by default only what is new"),
        type=click.IntRange(0),
        metavar="POSITION",
    ),
    Option("--until", text=T("end with this position"), type=click.IntRange(1), metavar="POSITION"),
    Option("--for", "seconds", text=T("end after so many seconds"), type=click.FloatRange(0), metavar="SECONDS"),
    STREAM,
    TOPIC,
    example="campaign log follow --topic report --format jsonl",
    more=(T("It goes on until it is interrupted, or until nobody reads its output any more."),),
)
def follow(after: int | None, until: int | None, seconds: float | None, prefix: str, topic: str) -> None:
    """Print each event when it is written; as JSON Lines with its body."""
    from campaign.app import following

    call = current()
    _line_by_line(call)
    following.known_topic(topic)
    session = call.session(several=True)
    for note in footer(session):
        call.note(note)
    start = session.log.head() if after is None else after
    records = following.follow(session, start, until=until, seconds=seconds, idle=_idle)
    local = clock(session)
    chosen = (found for found in records if found.stream.startswith(prefix) and found.topic.startswith(topic))
    WRITERS[call.format](call, (row(record, local) for record in chosen))


def _line_by_line(call: Call) -> None:
    """Object to a form, or a file, that is complete only at the end. Raises a usage problem."""
    if call.format == "json":
        message = T("a JSON document is complete only at its end")
        raise UsageProblem(
            "usage-choice", message, T("choose one of {choices}", choices=", ".join(WRITERS)), "--format"
        )
    if call.output:
        message = T("a file of -o appears only when it is complete")
        raise UsageProblem("usage-both", message, T("send the output there, with > FILE"), "-o")


def _idle() -> bool:
    """Hand out what was written so far; whether anybody still reads it."""
    sys.stdout.flush()
    return not _reader_left()


def _reader_left() -> bool:
    """Whether the other end of the pipe is closed, which nothing else tells as long as there is nothing to write."""
    if not hasattr(select, "poll"):  # pragma: no cover -- Windows: told by the next write
        return False
    try:
        output = sys.stdout.fileno()
    except OSError:
        return False
    looked = select.poll()
    looked.register(output, 0)
    return any(event & (select.POLLERR | select.POLLHUP | select.POLLNVAL) for _, event in looked.poll(0))


Rows = Iterable[Mapping[str, Any]]


def _as_table(call: Call, rows: Rows) -> None:
    heads = {column.field: call.say(column.heading) for column in EVENTS}
    sys.stdout.write(_line(heads[column.field] for column in EVENTS))
    for found in rows:
        sys.stdout.write(_line(cell(call, column, found) for column in EVENTS))


def _line(cells: Iterable[str]) -> str:
    parts = zip(EVENTS, cells, strict=True)
    padded = (pad(text, max(WIDTHS.get(column.field, 0), width(text)), right=column.right) for column, text in parts)
    return "  ".join(padded).rstrip() + "\n"


def _as_csv(_call: Call, rows: Rows) -> None:
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(column.field for column in EVENTS)
    out.writerows(csv_cells(EVENTS, found) for found in rows)


def _as_lines(_call: Call, rows: Rows) -> None:
    stream(rows)


WRITERS: dict[str, Callable[[Call, Rows], None]] = {"table": _as_table, "jsonl": _as_lines, "csv": _as_csv}
