"""report laggards: who lags behind by the definition's own criterion."""

import msgspec

from campaign.problems import T, Text
from campaign_cli.call import Option, current
from campaign_cli.commands import verb
from campaign_cli.exits import Exit, Stop
from campaign_cli.marks import present
from campaign_cli.nouns.entity import GROUP, members
from campaign_cli.nouns.phase import defined
from campaign_cli.output import Column, Sheet, Table

LAGGARDS = (
    Column("entity", T("entity")),
    Column("name", T("name")),
    Column("reasons", T("reasons")),
    Column("rules", T("rules")),
    Column("missed_in_a_row", T("missed in a row"), right=True),
    Column("growth_pct", T("growth, %"), right=True),
    Column("gap_pct", T("gap to the mean, points"), right=True),
    Column("reminder", T("reminder")),
)


@verb(
    GROUP,
    Option("--check", text=T("end with 7 when anybody lags behind of whom no reminder is open"), is_flag=True),
    example="campaign report laggards --check",
    more=(
        T("The criterion is the decision table `laggards` of registers.yaml; a reminder is opened by `reminder open`."),
    ),
)
def list_(group: str, check: bool) -> None:  # noqa: FBT001 -- click's flag
    """List who lags behind, by which rule of the criterion and on what values (R-40)."""
    from campaign.app.registers import laggards

    call = current()
    session = call.session()
    criterion = defined(session).laggards
    today = call.on or session.today()
    chosen = members(session, group)
    found = [lag for lag in laggards(session, today) if lag.entity in chosen]
    fields = (
        (Column("as_of", T("as of")), today),
        (Column("criterion", T("criterion")), criterion.label if criterion else None),
    )
    rows = [msgspec.structs.asdict(lag) for lag in found]
    table = Table(
        "laggards", LAGGARDS, rows, notes=() if rows else (_nobody(criterion.label if criterion else ""),), quiet=True
    )
    present(call, session, Sheet("laggards", fields, (table,)))
    if check and not all(lag.reminder for lag in found):
        raise Stop(Exit.DIFFERENCES)


def _nobody(criterion: str) -> Text:
    """Say why there is nobody in the list."""
    if not criterion:
        return T("there is no criterion: declare `laggards` in registers.yaml, then adopt it with `campaign apply`")
    return T("nobody lags behind by the criterion {criterion}", criterion=criterion)
