"""log export: the whole log as a folder that anyone can verify."""

from pathlib import Path

import click

from campaign.problems import T
from campaign_cli.call import Argument, Option, current
from campaign_cli.commands import verb
from campaign_cli.exits import UsageProblem
from campaign_cli.nouns.log import AFTER, STREAM, TO, events, lines
from campaign_cli.output import write

FOLDER = click.Path(path_type=Path)


@verb(
    Argument("folder", text=T("the folder to make"), type=FOLDER, needed=False),
    AFTER,
    TO,
    STREAM,
    Option("--parquet", text=T("add the records to the folder as one Parquet file"), is_flag=True),
    example="campaign log export audit-2005",
    more=(
        T("Without a folder the events are written as JSON Lines, whatever --format says."),
        T("The folder is verified by `campaign-verify FOLDER`, on any machine, without this program."),
    ),
)
def export(folder: Path | None, after: int, to: int | None, prefix: str, parquet: bool) -> None:  # noqa: FBT001 -- click's flag
    """Write the log for others."""
    call = current()
    session = call.session()
    if folder is None:
        if parquet:
            raise UsageProblem("usage-folder", T("--parquet needs a folder"), T("name the folder to make"), "--parquet")
        from campaign.app.access import whole

        whole(session.log)
        lines(call, session, events(session, after=after, to=to, prefix=prefix, topic=""))
        return
    from campaign.app.export import export as to_folder

    if call.only_says(T("{path} would be made", path=folder)):
        return
    made = to_folder(session, folder, table=parquet)
    values = {"path": made.folder, "records": made.records, "checkpoints": made.checkpoints}
    write(call, call.say(T("{path}: {records} records, {checkpoints} checkpoints", **values)) + "\n")
