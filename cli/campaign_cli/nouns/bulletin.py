"""bulletin publish, correct, show, list: what the office tells everyone, month by month (R-39)."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from campaign.problems import T
from campaign_cli.call import Argument, Call, Option, current
from campaign_cli.commands import verb
from campaign_cli.exits import SCHEMA, Exit, Stop
from campaign_cli.marks import present
from campaign_cli.output import Column, Table

if TYPE_CHECKING:
    from campaign.app.bulletins import Made, Shown
    from campaign.app.handle import Reply
    from campaign.app.session import Session

FORMS = ("md", "html", "xlsx", "pdf")
BINARY = frozenset({"xlsx", "pdf"})
EDITIONS = (
    Column("bulletin", T("bulletin")),
    Column("number", T("correction"), right=True),
    Column("published_on", T("published on")),
    Column("cutoff_position", T("made up to position"), right=True),
    Column("sha256", T("sha256")),
    Column("reason", T("reason")),
    Column("position", T("position"), right=True),
)

PERIOD = Argument("period", text=T("the period"))
OBLIGATION = Option(
    "--obligation", text=T("which bulletin, where the definition has several"), default="", metavar="OBLIGATION"
)


@verb(PERIOD, OBLIGATION, example="campaign bulletin publish 2005-09 --as p-office-1")
def publish(period: str, obligation: str) -> None:
    """Publish the bulletin of a period from all that is recorded now."""
    from campaign.app.bulletins import publish as published

    call = current()
    who = call.asker()
    session = call.session(write=not call.dry_run)
    period, obligation = _asked(period, obligation)
    _tell(call, *published(session, period, who, obligation, dry_run=call.dry_run))


@verb(
    PERIOD,
    Option("--reason", text=T("what changed"), needed=True, metavar="TEXT"),
    OBLIGATION,
    example="campaign bulletin correct 2005-09 --reason 'a figure was corrected' --as p-office-1",
)
def correct(period: str, reason: str, obligation: str) -> None:
    """Publish a numbered correction, where what is recorded now says something else."""
    from campaign.app.bulletins import Correction
    from campaign.app.bulletins import correct as corrected

    call = current()
    who = call.asker()
    session = call.session(write=not call.dry_run)
    period, obligation = _asked(period, obligation)
    _tell(call, *corrected(session, Correction(period, reason, obligation), who, dry_run=call.dry_run))


def _asked(period: str, obligation: str) -> tuple[str, str]:
    """Return period and obligation; a bulletin may also be named as the list names it, OBLIGATION/PERIOD."""
    named, slash, rest = period.rpartition("/")
    return (rest, named) if slash and not obligation else (period, obligation)


def _tell(call: Call, made: "Made", reply: "Reply") -> None:
    from campaign_cli.outcome import give_reply

    give_reply(call, reply)
    call.note(T("made up to position {position}, sha256 {sha256}", position=_cutoff(made), sha256=made.sha256))


def _cutoff(made: "Made") -> int:
    return made.bulletin.cutoff_position


@verb(
    PERIOD,
    Option("--number", text=T("which correction; 0 as first published, the last by default"), type=int),
    Option("--form", text=T("md, html, xlsx or pdf; by default as the file of -o ends"), type=click.Choice(FORMS)),
    OBLIGATION,
    example="campaign bulletin show 2005-09 -o bulletin-2005-09.pdf",
    more=(
        T("What is not published is shown as a draft. An edition is made anew from the log and must have its hash."),
    ),
)
def show(period: str, number: int | None, form: str | None, obligation: str) -> None:
    """Show an edition, made again from the log; ends with 5 where it is not what was published."""
    from campaign.app.bulletins import render
    from campaign.app.bulletins import show as shown

    call = current()
    session = call.session()
    edition = shown(session, *_asked(period, obligation), number)
    if call.format in {"json", "jsonl"}:
        _machine(call, edition)
    else:
        written = form or Path(call.output).suffix.removeprefix(".").lower() or "md"
        _write(call, render(edition, written, call.say, call.lang), written)
    if not edition.as_published:
        call.note(T("this is not what was published: the hash differs"))
        raise Stop(Exit.INTEGRITY)


def _machine(call: Call, shown: "Shown") -> None:
    import msgspec

    from campaign_cli.output import to_json, write

    value: dict[str, Any] = msgspec.to_builtins(shown.made.bulletin)
    edition = shown.edition
    facts = {
        "schema": SCHEMA,
        "kind": "bulletin",
        "sha256": shown.made.sha256,
        "number": None if edition is None else edition.number,
        "as_published": shown.as_published,
        "checkpoint": None if shown.checkpoint is None else msgspec.structs.asdict(shown.checkpoint),
    }
    write(call, to_json({**facts, **value}) + "\n")


def _write(call: Call, content: bytes, form: str) -> None:
    from campaign_cli.output import save, write

    if not call.output and form not in BINARY:
        write(call, content.decode())
        return
    if not call.output:
        sys.stdout.buffer.write(content)
        return
    save(Path(call.output), content)
    call.note(T("written: {path}", path=call.output))


@verb(example="campaign bulletin list")
def list_() -> None:
    """List every edition of every bulletin."""
    from campaign.app.bulletins import editions

    call = current()
    session: Session = call.session()
    rows = [
        {
            "bulletin": name,
            "number": edition.number or None,
            "published_on": edition.published_on,
            "cutoff_position": edition.cutoff_position,
            "sha256": edition.sha256,
            "reason": edition.reason,
            "position": edition.position,
        }
        for name, edition in editions(session)
    ]
    present(call, session, Table("bulletins", EDITIONS, rows))
