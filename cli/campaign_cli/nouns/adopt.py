"""config, plan, apply: from the campaign folder to the adopted definition."""

from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from campaign.problems import Place, Problem, Problems, T
from campaign_cli.call import Argument, Call, Option, current
from campaign_cli.commands import verb
from campaign_cli.exits import Exit, Stop
from campaign_cli.nouns.log import CHANGES
from campaign_cli.output import Column, Sheet, Table, give

if TYPE_CHECKING:
    from campaign.app.adopt import Plan
    from campaign.app.session import Session

NOTICES = (
    Column("place", T("place")),
    Column("code", T("code")),
    Column("message", T("message")),
    Column("fix", T("remedy")),
)


@verb(example="campaign config validate --config config")
def validate() -> None:
    """Check the folder; problems end with 3, notices do not."""
    from campaign.app.inputs import read_folder

    call = current()
    folder = read_folder(Path(call.config))
    notices = [
        {"place": str(item.place), "code": item.code, "message": call.say(item.message), "fix": call.say(item.fix)}
        for item in folder.notices
    ]
    about = folder.definition.campaign
    fields = (
        (Column("config", T("folder")), call.config),
        (Column("campaign", T("campaign")), about.key),
        (Column("title", T("title")), about.title),
        (Column("sha256", T("sha256")), folder.sha256),
        (Column("valid", T("valid")), True),
    )
    give(call, Sheet("config", fields, (Table("notices", NOTICES, notices),)))


@verb(
    Option("--exit-code", text=T("end with 7 where applying would change something"), is_flag=True),
    example="campaign plan --config config -o plan.json",
    more=(T("With -o the plan becomes a JSON file that `campaign apply` takes."),),
)
def plan(exit_code: bool) -> None:  # noqa: FBT001 -- click's flag
    """Show what would change."""
    from campaign.app import adopt

    call = current()
    made = adopt.plan(_session(call, create=True, write=False), Path(call.config))
    if call.output and call.format == "table":
        call.format = "json"
    _show(call, made)
    if exit_code and not made.empty:
        raise Stop(Exit.DIFFERENCES)


def _session(call: Call, *, create: bool, write: bool) -> "Session":
    """Open the store; a store that is not there yet is looked at as an empty one."""
    if not write and not Path(call.store).exists():
        from campaign.app.session import MEMORY, Settings, open_session

        return open_session(Settings(MEMORY, call.campaign, call.at), write=True)
    return call.session(write=write, create=create)


def _show(call: Call, made: "Plan") -> None:
    rows = [msgspec.structs.asdict(change) for change in made.changes]
    counts = {kind: made.count(kind) for kind in ("added", "changed", "removed")}
    note = (
        T("the folder is what is adopted; nothing would change")
        if made.empty
        else T("{added} to add, {changed} to change, {removed} to remove", **counts)
    )
    extra = {
        "campaign": made.campaign,
        "new": made.new,
        "log_position": made.log_position,
        "adopted_sha256": made.adopted_sha256,
        "folder_sha256": made.folder_sha256,
    }
    give(call, Table("plan", CHANGES, rows, notes=(note,), extra=extra))


@verb(
    Argument("file", text=T("a plan made with `campaign plan`"), needed=False, type=click.Path(path_type=Path)),
    Option("--document", text=T("the document that it rests on"), default=""),
    Option("--reason", text=T("the reason"), default=""),
    Option("--rehearsal", text=T("open the campaign as a rehearsal, with a simulated clock"), is_flag=True),
    example="campaign apply plan.json --document plan-73 --as p-wei-lichang --yes",
)
def apply(file: Path | None, document: str, reason: str, rehearsal: bool) -> None:  # noqa: FBT001 -- click's flag
    """Adopt the folder; a plan that no longer holds is refused with 4."""
    from campaign.app import adopt
    from campaign_cli.outcome import give_reply

    call = current()
    who = call.asker()
    made = _read(file) if file else None
    session = _session(call, create=True, write=not call.dry_run)
    if not call.dry_run and not call.yes:
        now = made or adopt.plan(session, Path(call.config))
        question = T("adopt {count} changes for campaign {campaign}?", count=len(now.changes), campaign=now.campaign)
        call.confirm(question)
    choices = {"document": document, "reason": reason, "rehearsal": rehearsal, "dry_run": call.dry_run}
    give_reply(call, adopt.apply(session, Path(call.config), who, made=made, **choices))  # type: ignore[arg-type]  # named


def _read(file: Path) -> "Plan":
    """Read a plan back. Raises Problems when FILE holds none."""
    from campaign.app.adopt import Change, Plan

    try:
        found = msgspec.json.decode(file.read_bytes())
        return Plan(
            changes=msgspec.convert(found["rows"], tuple[Change, ...]),
            **{name: found[name] for name in Plan.__struct_fields__ if name != "changes"},
        )
    except (msgspec.MsgspecError, KeyError, TypeError):
        message = T("{path} holds no plan", path=file)
        fix = T("make one with `campaign plan -o FILE`")
        raise Problems([Problem("plan-unreadable", message, fix, Place(file=str(file)))]) from None
