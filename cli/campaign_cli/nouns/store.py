"""`campaign store migrate`: the one command that changes a schema."""

from campaign.problems import T
from campaign_cli.call import current
from campaign_cli.commands import verb


@verb(
    example="campaign store migrate --store postgresql://owner@db.example/campaign",
    more=(
        T("On PostgreSQL it makes the tables too, as the account in the address; a file is made by `campaign apply`."),
        T("Several may start at once: one does the work, the others find it done."),
    ),
)
def migrate() -> None:
    """Bring the store's schema up to date."""
    from campaign.app.stores import migrate as lift

    call = current()
    made = lift(call.store)
    for step in made.steps:
        call.note(T("done: {step}", step=step))
    values = {"found": made.found, "now": made.now}
    call.note(
        T("schema {found} lifted to {now}", **values) if made.steps else T("schema {now}: nothing to do", **values)
    )
