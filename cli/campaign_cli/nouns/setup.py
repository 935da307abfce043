"""demo, init, doctor: the first commands that anybody runs."""

import shutil
from pathlib import Path

import click

from campaign.problems import Place, Problem, Problems, T
from campaign_cli.call import Argument, Option, current
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
    from campaign.demo.perform import perform
    from campaign_cli.nouns.final import show_all

    call = current()
    call.store = path or DEMO_STORE
    session = perform(call.store, call.note, short=short)
    show_all(call, session)
    session.close()


@verb(
    Argument("folder", text=T("the folder to make"), type=click.Path(path_type=Path)),
    example="campaign init my-campaign",
)
def init(folder: Path) -> None:
    """Copy the shipped campaign folder to FOLDER, to be edited."""
    from campaign.demo.perform import shipped_config

    call = current()
    if folder.exists():
        message = T("{path} exists already", path=folder)
        fix = T("name another path, or remove it")
        raise Problems([Problem("folder-exists", message, fix, Place(file=str(folder)))])
    if not call.dry_run:
        shutil.copytree(shipped_config(), folder)
        (folder / "README.md").write_text(call.say(README), encoding="utf-8")
    call.note(T("made: {path}; next: campaign config validate --config {path}", path=folder))


README = T(
    "This folder defines a campaign. Edit phases.yaml, teams/, indicators.yaml, roles.yaml, calendar.yaml and the"
    " rosters entities.csv, projects.csv, persons.csv; then check it with `campaign config validate`, see what it would"
    " change with `campaign plan`, and adopt it with `campaign apply`.\n"
)


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
