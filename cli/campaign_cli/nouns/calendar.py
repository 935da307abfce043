"""calendar: the campaign's dates for the calendars that people keep, and the published working days."""

import sys
from pathlib import Path

import click

from campaign.problems import T
from campaign_cli.call import Argument, Option, current
from campaign_cli.commands import verb
from campaign_cli.output import save, write


@verb(
    Option("--entity", text=T("only what concerns one entity"), default="", metavar="ID"),
    example="campaign calendar export --entity 220200 -o jilin.ics",
    more=(T("Import the file again after a change: what moved is updated, what is gone is cancelled."),),
)
def export(entity: str) -> None:
    """Write the campaign's dates as ICS."""
    from campaign.app.calendars import exported

    call = current()
    content = exported(call.session(), entity)
    if call.output:
        save(Path(call.output), content)
        call.note(T("written: {path}", path=call.output))
    else:
        sys.stdout.write(content.decode().replace("\r\n", "\n"))


@verb(
    Argument("year", text=T("a year, or several"), nargs=-1, type=click.IntRange(1949, 2200)),
    Option("--version-name", text=T("the name of this version of the calendar; the years by default"), default=""),
    example="campaign config calendar 2005 -o config/calendar.yaml",
    more=(T("The package knows what is known today; look through it before you adopt it."),),
)
def working_days(year: tuple[int, ...], version_name: str) -> None:
    """Write a calendar.yaml with China's published working days."""
    from campaign.app.calendars import working_days as published

    call = current()
    write(call, published(year, version_name))
