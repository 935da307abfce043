"""access key, issue, check: tokens that say who comes, for machines on which logins do not."""

from datetime import datetime, timedelta
from pathlib import Path

import click

from campaign.problems import T
from campaign_cli.call import Argument, Instant, Option, current
from campaign_cli.commands import verb
from campaign_cli.marks import present
from campaign_cli.output import OWNER, Column, Sheet, write

KEY_FILE = Option(
    "--key-file",
    text=T("the file of the access key; whoever holds it lets people in"),
    type=click.Path(path_type=Path),
    envvar="CAMPAIGN_ACCESS_KEY",
    metavar="FILE",
    needed=True,
)
GRANTED = (
    Column("account", T("account")),
    Column("campaign", T("campaign")),
    Column("expires", T("valid until")),
    Column("persons", T("persons")),
)
DAYS = 30


@verb(
    KEY_FILE,
    Option("--name", text=T("the name of a new key"), default="", metavar="NAME"),
    example="campaign access key --key-file /secure/access-key",
    more=(T("List what it prints under `access_keys` in roles.yaml, and adopt that."),),
)
def key(key_file: Path, name: str) -> None:
    """Print the public half of the access key; it is made where there is none."""
    from campaign.app import tokens

    call = current()
    if key_file.exists() or not call.only_says(T("{path} would be made", path=key_file)):
        write(call, tokens.public_key(key_file, name) + "\n")


@verb(
    Argument("account", text=T("the account, token:NAME, as roles.yaml lists it")),
    KEY_FILE,
    Option("--until", text=T("valid until this instant; for 30 days by default"), type=Instant(), metavar="INSTANT"),
    example="campaign access issue token:liaison-7 --key-file /secure/access-key -o token.txt",
    more=(T("Hand it over as you would a key: whoever has it comes as that account until it expires."),),
)
def issue(account: str, key_file: Path, until: datetime | None) -> None:
    """Print a signed token (issue 6: Access)."""
    from campaign.app import tokens

    call = current()
    session = call.session()
    expires = until or session.clock() + timedelta(days=DAYS)
    write(call, tokens.issue(session, account, key_file, expires) + "\n", OWNER)
    call.note(T("valid until {instant}", instant=expires.isoformat(timespec="seconds")))


@verb(
    example="campaign access check --token-file token.txt",
    more=(T("Ends with 6 when the token would be refused."),),
)
def check() -> None:
    """Say what the token in CAMPAIGN_TOKEN or --token-file is worth."""
    from campaign.app import tokens

    call = current()
    session = call.session()
    grant, persons = tokens.worth(session, call.token())
    values = (grant.account, grant.campaign, grant.expires, list(persons))
    present(call, session, Sheet("token", tuple(zip(GRANTED, values, strict=True))))
