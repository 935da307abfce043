"""config: the adopted definitions beside the folder, and the folder's schema."""

from pathlib import Path

import click

from campaign.problems import T
from campaign_cli.call import Argument, Option, current
from campaign_cli.commands import verb
from campaign_cli.exits import Exit, Stop
from campaign_cli.marks import clock
from campaign_cli.nouns.log import CHANGES
from campaign_cli.output import Column, Sheet, Table, give, to_json, write

VERSIONS = (
    Column("number", T("version"), right=True),
    Column("sha256", T("sha256")),
    Column("position", T("position"), right=True),
    Column("recorded_at", T("recorded")),
    Column("occurred_on", T("day")),
    Column("actor", T("actor")),
    Column("proposed_by", T("proposed by")),
    Column("team", T("team")),
    Column("changes", T("changes"), right=True),
    Column("document", T("document")),
    Column("reason", T("reason")),
)
SHORT = 12


@verb(
    Argument("one", text=T("a version: its number or the beginning of its hash; the last by default"), needed=False),
    Argument("other", text=T("the version to compare with; the folder by default"), needed=False),
    Option("--exit-code", text=T("end with 7 where there are differences"), is_flag=True),
    example="campaign config diff 1 2",
)
def diff(one: str | None, other: str | None, exit_code: bool) -> None:  # noqa: FBT001 -- click's flag
    """Compare the folder, or a version, with an adopted version."""
    from campaign.app import versions

    call = current()
    config = None if other else Path(call.config)
    changes = versions.compare(call.session(), config, one or "", other or "")
    rows = [{"kind": item.kind, "path": item.path, "before": item.before, "after": item.after} for item in changes]
    notes = () if rows else (T("no differences"),)
    give(call, Table("differences", CHANGES, rows, notes=notes, quiet=True))
    if exit_code and rows:
        raise Stop(Exit.DIFFERENCES)


@verb(example="campaign config history")
def history() -> None:
    """List the adoptions."""
    from campaign.app import versions

    call = current()
    session = call.session()
    local = clock(session)
    rows = [
        {
            "number": item.number,
            "sha256": item.sha256[:SHORT] if call.format == "table" else item.sha256,
            "position": item.position,
            "recorded_at": local(item.recorded_at),
            "occurred_on": item.occurred_on,
            "actor": item.actor,
            "proposed_by": item.proposed_by,
            "team": item.team,
            "changes": len(item.diff),
            "document": item.document,
            "reason": item.reason,
            "held": item.held,
            "diff": item.diff,
        }
        for item in versions.history(session)
    ]
    give(call, Table("versions", VERSIONS, rows))


@verb(
    example="campaign config drift --config config -q || mail -s 'config differs' office",
    more=(T("It ends with 7 where folder and adopted definition differ, comments included; for cron."),),
)
def drift() -> None:
    """Say whether the folder is still what was adopted."""
    from campaign.app import versions

    call = current()
    changes = versions.drift(call.session(), Path(call.config))
    rows = [{"kind": item.kind, "path": item.path, "before": item.before, "after": item.after} for item in changes]
    if rows or not call.quiet:
        notes = () if rows else (T("the folder is what was adopted"),)
        give(call, Table("drift", CHANGES, rows, notes=notes, quiet=True))
    if rows:
        raise Stop(Exit.DIFFERENCES)


@verb(
    Argument("version", text=T("a version: its number or the beginning of its hash")),
    Argument("folder", text=T("the folder to write"), type=click.Path(path_type=Path)),
    example="campaign config checkout 1 config-as-adopted",
    more=(T("The files are written as they were adopted, comments included, and read to the same hash."),),
)
def checkout(version: str, folder: Path) -> None:
    """Write the files of an adopted version."""
    from campaign.app import versions

    call = current()
    found = versions.checkout(call.session(), version, folder, dry_run=call.dry_run)
    fields = (
        (Column("folder", T("folder")), str(folder)),
        (Column("sha256", T("sha256")), found.sha256),
        (Column("files", T("files")), [file.name for file in found.files]),
    )
    give(call, Sheet("checkout", fields))


@verb(
    Argument("file", text=T("the file of the folder: phases.yaml, teams/NAME.yaml …; all by default"), needed=False),
    example="campaign config schema phases.yaml -o phases.schema.json",
    more=(T("An editor with the YAML language server reads it by the first line of each shipped file."),),
)
def schema(file: str | None) -> None:
    """Write the JSON Schema of the folder's files."""
    from campaign.app import schemas

    call = current()
    write(call, to_json(schemas.schema(file) if file else schemas.schemas()) + "\n")
