"""person: names and contacts, encrypted beside the log, and erased for good on demand."""

from pathlib import Path

import click

from campaign.problems import Place, Problem, Problems, T
from campaign_cli.call import Argument, Call, Option, current
from campaign_cli.commands import verb
from campaign_cli.marks import present
from campaign_cli.outcome import give_reply
from campaign_cli.output import Column, Sheet

PERSON = Argument("person", text=T("the person's id, never a name"))
KEYS = Option(
    "--person-keys",
    "keys",
    text=T("the folder of the persons' keys, outside the store and its backups (CAMPAIGN_PERSON_KEYS)"),
    type=click.Path(path_type=Path),
    envvar="CAMPAIGN_PERSON_KEYS",
    metavar="DIR",
)


def _keys(call: Call, given: Path | None) -> Path:
    from campaign.app.privacy import keys_beside

    return given or keys_beside(call.store)


@verb(
    PERSON,
    Option("--name", text=T("the name"), needed=True),
    Option("--contact", text=T("a telephone number or an address"), default=""),
    Option("--post", text=T("the office held"), default=""),
    KEYS,
    example="campaign person keep p-220200-liaison --name 张三 --contact 0432-0000000 --as p-office-1",
    more=(T("It stands encrypted beside the log, not in it, and can be erased; events hold the id and a hash only."),),
)
def keep(person: str, name: str, contact: str, post: str, keys: Path | None) -> None:
    """Keep particulars."""
    from campaign.app import privacy

    call = current()
    who = call.asker()
    session = call.session(write=not call.dry_run)
    particulars = privacy.Particulars(name, contact, post)
    give_reply(call, privacy.keep(session, _keys(call, keys), person, particulars, who, dry_run=call.dry_run))


@verb(PERSON, KEYS, example="campaign person show p-220200-liaison")
def show(person: str, keys: Path | None) -> None:
    """Show particulars."""
    from campaign.app import privacy

    call = current()
    session = call.session()
    found = privacy.look(session, _keys(call, keys), person)
    if found is None:
        message = T("nothing is kept of {person}, or it was erased", person=person)
        fix = T("keep it with `campaign person keep`, or name the folder of keys with --person-keys")
        raise Problems([Problem("person-unknown", message, fix, Place(field="PERSON"))])
    fields = (
        (Column("person", T("person")), person),
        (Column("name", T("name")), found.name),
        (Column("contact", T("contact")), found.contact),
        (Column("post", T("post")), found.post),
    )
    present(call, session, Sheet("person", fields))


@verb(
    PERSON,
    Option("--reason", text=T("the reason"), needed=True),
    KEYS,
    example="campaign person erase p-220200-liaison --reason 'asked to be forgotten' --as p-office-1",
    more=(T("The key is destroyed and the ciphertext overwritten; proofs and decisions stay, by the person's id."),),
)
def erase(person: str, reason: str, keys: Path | None) -> None:
    """Erase particulars."""
    from campaign.app import privacy

    call = current()
    who = call.asker()
    if not call.dry_run:
        call.confirm(T("erase what is kept of {person} for good?", person=person))
    session = call.session(write=not call.dry_run)
    give_reply(call, privacy.erase(session, _keys(call, keys), person, reason, who, dry_run=call.dry_run))
