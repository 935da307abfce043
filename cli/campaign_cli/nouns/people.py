"""officer list, person: who holds which duty, and the particulars that are kept apart."""

import msgspec

from campaign.problems import Place, Problem, Problems, T
from campaign_cli.call import Argument, Option, current
from campaign_cli.commands import verb
from campaign_cli.marks import present
from campaign_cli.output import Column, Sheet, Table

OFFICERS = (
    Column("entity", T("entity")),
    Column("name", T("name")),
    Column("accountable_officer", T("accountable officer")),
    Column("accountable_post", T("post")),
    Column("liaison", T("liaison")),
    Column("task_force", T("task force")),
    Column("lacking", T("lacking")),
)
PERSON = Argument("person", text=T("the person's id, never a name"))


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


@verb(
    PERSON,
    Option("--name", text=T("the name"), needed=True),
    Option("--contact", text=T("a telephone number or an address"), default=""),
    Option("--post", text=T("the office held"), default=""),
    example="campaign person keep p-220200-liaison --name 张三 --contact 0432-0000000",
    more=(T("It stands beside the log, not in it, and can be erased; events hold the id only."),),
)
def keep(person: str, name: str, contact: str, post: str) -> None:
    """Keep particulars (architecture: Persons)."""
    call = current()
    session = call.session(write=not call.dry_run)
    if not call.dry_run:
        session.log.put_person(person, msgspec.json.encode({"name": name, "contact": contact, "post": post}))
    call.note(T("kept: {person}", person=person))


@verb(PERSON, example="campaign person show p-220200-liaison")
def show(person: str) -> None:
    """Show particulars."""
    call = current()
    session = call.session()
    body = session.log.person(person)
    if body is None:
        message = T("nothing is kept of {person}, or it was erased", person=person)
        fix = T("keep it with `campaign person keep`")
        raise Problems([Problem("person-unknown", message, fix, Place(field="PERSON"))])
    found = msgspec.json.decode(body)
    fields = (
        (Column("person", T("person")), person),
        (Column("name", T("name")), found.get("name", "")),
        (Column("contact", T("contact")), found.get("contact", "")),
        (Column("post", T("post")), found.get("post", "")),
    )
    present(call, session, Sheet("person", fields))


@verb(PERSON, example="campaign person erase p-220200-liaison --yes")
def erase(person: str) -> None:
    """Erase particulars."""
    call = current()
    session = call.session(write=not call.dry_run)
    call.confirm(T("erase what is kept of {person} for good?", person=person))
    if not call.dry_run:
        session.log.erase_person(person)
    call.note(T("erased: {person}", person=person))
