"""demo, init, doctor: the first commands that anybody runs."""

import shutil
from pathlib import Path

import click

from campaign.problems import Place, Problem, Problems, T
from campaign_cli.call import Argument, Call, Option, current
from campaign_cli.commands import verb
from campaign_cli.exits import Exit, Stop
from campaign_cli.output import Column, Table, give

STANDINGS = (
    Column("ok", T("well")),
    Column("what", T("what")),
    Column("remedy", T("remedy")),
)
DEMO_STORE = "demo-2005.db"


@verb(
    Argument("path", text=T("where the store is written; demo-2005.db by default"), needed=False),
    Option("--short", text=T("only the first stage"), is_flag=True),
    example="campaign demo demo-2005.db",
    more=(T("The campaign is a rehearsal: its clock is simulated and its figures are synthetic."),),
)
def demo(path: str | None, short: bool) -> None:  # noqa: FBT001 -- click's flag
    """Play the story and show what came of it."""
    from campaign.app.stores import beside, make_room
    from campaign.demo.perform import perform
    from campaign_cli.nouns.final import show_all

    call = current()
    call.store = path or DEMO_STORE
    if call.only_says(T("{path} would be made", path=call.store)):
        return
    key_file = beside(call.store, ".log-key")
    make_room(key_file)
    session = perform(call.store, call.note, short=short, key_file=key_file)
    show_all(call, session)
    session.close()


@verb(
    Argument("folder", text=T("the folder to make"), type=click.Path(path_type=Path)),
    Option("--from", "source", text=T("take over what this store adopted, and its entities"), metavar="STORE"),
    Option("--example", text=T("the shipped campaign of Jilin 2005 instead of a short template"), is_flag=True),
    Option(
        "--year",
        text=T("the year of the campaign; this year by default"),
        type=click.IntRange(1949, 2200),
        metavar="YEAR",
    ),
    example="campaign init my-campaign",
    more=(T("phases.yaml explains itself line by line; the rosters come as CSV and as a workbook."),),
)
def init(folder: Path, source: str | None, example: bool, year: int | None) -> None:  # noqa: FBT001 -- click's flag
    """Make a campaign folder to be edited."""
    from campaign.app.session import now, open_session
    from campaign.app.start import begin

    call = current()
    if example:
        _copy(call, folder)
    else:
        call.store = source or call.store
        session = open_session(call.settings()) if source else None
        begin(folder, year or now().year, session, dry_run=call.dry_run)
    if not call.only_says(T("{path} would be made", path=folder)):
        call.note(T("made: {path}; next: campaign config validate --config {path}", path=folder))


def _copy(call: Call, folder: Path) -> None:
    from campaign.demo.perform import shipped_config

    if folder.exists():
        message = T("{path} exists already", path=folder)
        fix = T("name another path, or remove it")
        raise Problems([Problem("folder-exists", message, fix, Place(file=str(folder)))])
    if not call.dry_run:
        shutil.copytree(shipped_config(), folder)


@verb(
    Option("--check", text=T("end with 7 where something is pending"), is_flag=True),
    example="campaign doctor",
)
def doctor(check: bool) -> None:  # noqa: FBT001 -- click's flag
    """Look at the installation and the store."""
    from campaign.app.doctor import findings

    call = current()
    found = findings(call.settings(), Path(call.config))
    rows = [
        {"ok": item.ok, "what": call.say(item.what), "remedy": "" if item.ok else call.say(item.remedy)}
        for item in found
    ]
    give(call, Table("doctor", STANDINGS, rows))
    if check and not all(item.ok for item in found):
        raise Stop(Exit.DIFFERENCES)
