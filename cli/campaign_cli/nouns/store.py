"""`campaign store migrate`: the one command that changes a schema."""

from campaign.problems import T
from campaign_cli.call import Call, Option, current
from campaign_cli.commands import verb
from campaign_cli.output import write


@verb(
    Option("--roles", text=T("grant the logins in roles.yaml what they need; --dry-run prints the SQL"), is_flag=True),
    example="campaign store migrate --store postgresql://owner@db.example/campaign",
    more=(
        T("On PostgreSQL it makes the tables too, as the account in the address; a file is made by `campaign apply`."),
        T("Several may start at once: one does the work, the others find it done."),
    ),
)
def migrate(roles: bool) -> None:  # noqa: FBT001 -- click's flag
    """Bring the store's schema up to date, and its logins where they should be."""
    from campaign.app.stores import migrate as lift

    call = current()
    if roles and call.dry_run:
        write(call, _granted(call))
        return
    if call.only_says(T("the schema would be brought up to date")):
        return
    made = lift(call.store)
    for step in made.steps:
        call.note(T("done: {step}", step=step))
    values = {"found": made.found, "now": made.now}
    call.note(
        T("schema {found} lifted to {now}", **values) if made.steps else T("schema {now}: nothing to do", **values)
    )
    if roles:
        _granted(call)
        call.note(T("every login has what roles.yaml gives it"))


def _granted(call: Call) -> str:
    from campaign.app import reach

    return f"BEGIN;\n{reach.apply(call.session(), dry_run=call.dry_run)}COMMIT;\n"
