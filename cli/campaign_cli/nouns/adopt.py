"""config, plan, apply: from the campaign folder to the adopted definition."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from campaign.problems import T
from campaign_cli.bar import progress
from campaign_cli.call import Argument, Call, Option, current
from campaign_cli.commands import verb
from campaign_cli.exits import Exit, Stop, UsageProblem
from campaign_cli.marks import part
from campaign_cli.output import Column, Sheet, Table, give

if TYPE_CHECKING:
    from collections.abc import Callable

    from campaign.app.handle import Reply
    from campaign.app.session import Session

NOTICES = (
    Column("place", T("place")),
    Column("code", T("code")),
    Column("message", T("message")),
    Column("fix", T("remedy")),
)


@verb(example="campaign config validate --config config")
def validate() -> None:
    """Check the folder and its rosters; problems end with 3, notices do not."""
    from campaign.app.inputs import read_folder, read_rosters

    call = current()
    config = Path(call.config)
    folder = read_folder(config)
    with progress(call) as shown:
        rosters = read_rosters(config, folder.definition, shown)
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
        (Column("entities", T("entities")), len(rosters.entities) if rosters else 0),
        (Column("valid", T("valid")), True),
    )
    give(call, Sheet("config", fields, (Table("notices", NOTICES, notices),)))


def choices() -> list[Option]:
    """Return the options that say how a folder is to be adopted; made anew for each verb that has them."""
    return [
        Option("--keep", text=T("an entity that stays on the definition it is under"), multiple=True, metavar="ENTITY"),
        Option("--reassess", text=T("judge marks already given again; needs --reason"), is_flag=True),
        Option("--team", text=T("adopt this team's file alone"), default="", metavar="NAME"),
    ]


@verb(
    *choices(),
    Option("--entity", text=T("what would change for one entity"), default="", metavar="ID"),
    Option("--exit-code", text=T("end with 7 where applying would change something"), is_flag=True),
    example="campaign plan --config config -o plan.json",
    more=(
        T("With -o the plan becomes a JSON file that `campaign apply` takes."),
        T("A mark already given stays, unless --reassess asks to judge it again."),
    ),
)
def plan(keep: tuple[str, ...], reassess: bool, team: str, entity: str, exit_code: bool) -> None:  # noqa: FBT001 -- click's flags
    """Show what would change."""
    from campaign.app import adopt
    from campaign_cli.nouns.planned import give_entity, give_plan

    call = current()
    session = _session(call, create=True, write=False)
    made = adopt.plan(session, Path(call.config), adopt.Choice(keep, reassess, team))
    for note in part(session):
        call.note(note)
    if call.output and call.format == "table":
        call.format = "json"
    if entity:
        give_entity(call, made, entity, known=session.entities())
    else:
        give_plan(call, made, closed=session.campaign().closed)
    if exit_code and not made.empty:
        raise Stop(Exit.DIFFERENCES)


def _session(call: Call, *, create: bool, write: bool) -> "Session":
    """Open the store; a store that is not there yet is looked at as an empty one."""
    from campaign.app.stores import present

    if not write and not present(call.store):
        from campaign.app.session import MEMORY, Settings, open_session

        return open_session(Settings(MEMORY, call.campaign, call.at), write=True)
    return call.session(write=write, create=create)


@verb(
    Argument(
        "file",
        text=T("a plan made with `campaign plan`"),
        needed=False,
        type=click.Path(path_type=Path),
        fields=("plan",),
    ),
    *choices(),
    Option("--document", text=T("the document that it rests on"), default=""),
    Option("--reason", text=T("the reason"), default=""),
    Option("--rehearsal", text=T("open the campaign as a rehearsal, with a simulated clock"), is_flag=True),
    Option("--propose", text=T("only propose it, for a second person to adopt"), is_flag=True),
    example="campaign apply plan.json --document plan-73 --as p-wei-lichang --yes",
    more=(T("A plan that no longer says what would happen is refused with 4; what would happen now is shown."),),
)
def apply(file: Path | None, propose: bool, **given: Any) -> None:  # noqa: ANN401, FBT001 -- click hands over its values
    """Adopt the folder; a plan that no longer holds is refused with 4."""
    from campaign.app import adopt
    from campaign.app.stores import present
    from campaign_cli.nouns.planned import give_plan, read_plan, summary

    call = current()
    who = call.asker()
    config = Path(call.config)
    choice = adopt.Choice(given.pop("keep"), given.pop("reassess"), given.pop("team"))
    made = read_plan(file) if file else None
    if made and choice != adopt.Choice():
        message = T("a plan says itself whom to keep, what to judge again and whose file to adopt")
        raise UsageProblem("usage-both", message, T("leave out the options, or make the plan with them"), "file")
    session = _session(call, create=True, write=not call.dry_run and present(call.store))
    if propose:
        about = {name: given[name] for name in ("document", "reason")}
        _act(call, session, lambda opened, dry_run: adopt.propose(opened, config, who, **about, dry_run=dry_run))
        return
    if not call.dry_run and not call.yes:
        now = made or adopt.plan(session, config, choice)
        call.confirm(T("adopt for campaign {campaign}: {summary}?", campaign=now.campaign, summary=summary(call, now)))

    def applied(opened: "Session", dry_run: bool) -> "Reply":  # noqa: FBT001 -- the one thing that differs
        return adopt.apply(opened, config, who, made=made, choice=choice, dry_run=dry_run, **given)

    try:
        _act(call, session, applied)
    except adopt.Stale as stale:
        give_plan(call, stale.current, closed=session.campaign().closed)
        raise


def _act(call: Call, session: "Session", act: "Callable[[Session, bool], Reply]") -> None:
    """Give the command; a store that is not there is made only for what an empty one would not refuse."""
    from campaign.app.stores import present
    from campaign_cli.outcome import give_reply

    missing = not present(call.store)
    reply = act(session, call.dry_run or missing)
    if missing and not call.dry_run and reply.refusal is None:
        reply = act(_session(call, create=True, write=True), False)  # noqa: FBT003 -- no dry run
    give_reply(call, reply)
