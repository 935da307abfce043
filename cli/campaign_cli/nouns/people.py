"""officer list: who holds which duty."""

from campaign.problems import T
from campaign_cli.call import Option, current
from campaign_cli.commands import verb
from campaign_cli.marks import present
from campaign_cli.output import Column, Table

OFFICERS = (
    Column("entity", T("entity")),
    Column("name", T("name")),
    Column("accountable_officer", T("accountable officer")),
    Column("accountable_post", T("post")),
    Column("liaison", T("liaison")),
    Column("task_force", T("task force")),
    Column("lacking", T("lacking")),
)


@verb(
    Option("--missing", text=T("only those where somebody is missing"), is_flag=True),
    example="campaign officer list --missing",
)
def officers(missing: bool) -> None:  # noqa: FBT001 -- click's flag
    """List duties by entity (R-48, R-53)."""
    call = current()
    session = call.session()
    rows = []
    for name, state in session.entities().items():
        duties = state.duties
        first, liaison = duties.get("accountable_officer"), duties.get("liaison")
        gaps = {"accountable_officer": not first, "liaison": not liaison, "task_force": not state.task_force}
        lacking = [call.say(_GAPS[gap]) if call.format == "table" else gap for gap, open_ in gaps.items() if open_]
        row = {
            "entity": name,
            "name": state.name,
            "accountable_officer": first.person if first else "",
            "accountable_post": first.post if first else "",
            "liaison": liaison.person if liaison else "",
            "task_force": state.task_force,
            "lacking": lacking,
        }
        if lacking or not missing:
            rows.append(row)
    present(call, session, Table("officers", OFFICERS, rows))


_GAPS = {
    "accountable_officer": T("accountable officer"),
    "liaison": T("liaison"),
    "task_force": T("task force"),
}
