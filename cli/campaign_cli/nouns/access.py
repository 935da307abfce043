"""access: which account speaks for whom, and the journal of what was not permitted."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import click

from campaign.problems import FORBIDDEN, T, Text, nearest
from campaign_cli.call import Instant, Option, current
from campaign_cli.commands import verb
from campaign_cli.exits import UsageProblem
from campaign_cli.marks import clock, present
from campaign_cli.output import Column, Table

if TYPE_CHECKING:
    from campaign.app.session import Session

ATTEMPTS = (
    Column("number", T("number"), right=True),
    Column("recorded_at", T("recorded at")),
    Column("account", T("account")),
    Column("actor", T("person claimed")),
    Column("command", T("command")),
    Column("subject", T("for")),
    Column("reason", T("reason")),
    Column("command_id", T("command id")),
)
PERSONS = (
    Column("account", T("account")),
    Column("person", T("person")),
    Column("role", T("role")),
    Column("scope", T("scope"), word=True),
    Column("entities", T("entities")),
    Column("from", T("from")),
    Column("to", T("to")),
)
SCOPES = (T("all"), T("own"), T("prefecture"))
"""Words of the column `scope`, named here for the catalogue."""


@verb(
    Option("--account", text=T("only attempts by this account"), default="", metavar="ACCOUNT"),
    Option("--actor", text=T("only attempts in the name of this person"), default="", metavar="PERSON"),
    Option("--command", text=T("only attempts of commands that begin so, such as report"), default=""),
    Option("--reason", text=T("only attempts refused for this reason"), default="", metavar="CODE"),
    Option("--since", text=T("only attempts from this instant on"), type=Instant(), metavar="INSTANT"),
    Option("--last", text=T("only the last so many"), type=click.IntRange(1), metavar="COUNT"),
    example="campaign access list --reason account-of-another",
    more=(T("The journal stands beside the log and is no part of an export; write it out with -o."),),
)
def list_(command: str, since: datetime | None, last: int | None, **exact: str) -> None:
    """List the attempts that ended with 6, oldest first."""
    call = current()
    session = call.session()
    journal = list(_attempts(session))
    known = sorted(FORBIDDEN | {str(row["reason"]) for row in journal})
    if exact["reason"] not in {"", *known}:
        message = T("nothing is refused for the reason {reason}", reason=exact["reason"])
        raise UsageProblem("usage-choice", message, nearest(exact["reason"], known), "--reason")
    rows = [
        row
        for row in journal
        if all(wanted in {"", row[name]} for name, wanted in exact.items())
        and str(row["command"]).startswith(command)
        and (since is None or row["recorded_at"] >= since)  # type: ignore[operator] # an instant
    ]
    present(call, session, Table("access", ATTEMPTS, rows[-last:] if last else rows))


def _attempts(session: "Session") -> Iterator[dict[str, object]]:
    import msgspec

    local = clock(session)
    for attempt in session.log.attempts():
        row = msgspec.structs.asdict(attempt)
        yield {**row, "recorded_at": local(datetime.fromisoformat(attempt.recorded_at))}


@verb(
    Option("--all", "everyone", text=T("every account that is listed"), is_flag=True),
    example="campaign access show",
    more=(
        T("Where roles.yaml lists no accounts, whoever asks is believed: an office of one user; name one with --as."),
    ),
)
def show(everyone: bool) -> None:  # noqa: FBT001 -- click's flag
    """Show the account of whoever asks, the persons for whom it speaks, and their roles."""
    from campaign.app import access

    call = current()
    session = call.session()
    account = "" if everyone else access.account_of(session, access.machine_account(), call.token())
    rows = [
        {
            "account": line.account,
            "person": line.person,
            "role": held.role if held else "",
            "scope": scope,
            "entities": list(held.entities) if held else [],
            "from": held.from_ if held else None,
            "to": held.to if held else None,
        }
        for line, held, scope in access.held(session, account, call.who.partition(":")[0])
    ]
    notes = () if rows or everyone else (_nobody(session, account),)
    present(call, session, Table("accounts", PERSONS, rows, notes=notes, quiet=bool(notes)))


def _nobody(session: "Session", account: str) -> Text:
    from campaign.app.access import believed

    if believed(session):
        return T("no accounts are listed: whoever asks is believed; name a person with --as to see the roles of")
    return T("you come as {account}, which speaks for nobody", account=account)
