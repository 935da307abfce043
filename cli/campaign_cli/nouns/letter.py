"""letter list: task statements and responsibility letters, and who lacks one."""

import msgspec

from campaign.problems import T
from campaign_cli.call import Option, current
from campaign_cli.commands import verb
from campaign_cli.marks import present, witnessed
from campaign_cli.nouns.entity import GROUP, members
from campaign_cli.output import Column, Table

LETTERS = (
    Column("entity", T("entity")),
    Column("name", T("name")),
    Column("letter", T("letter")),
    Column("kind", T("kind"), word=True),
    Column("due_on", T("due on")),
    Column("done_on", T("signed or received on")),
    Column("superseded_by", T("superseded by")),
    Column("target_set_sha256", T("bound to")),
    Column("position", T("position"), right=True),
)
SHORT = tuple(column for column in LETTERS if column.field != "target_set_sha256")
LACKING = (Column("entity", T("entity")), Column("name", T("name")))
WORDS = (T("task_statement"), T("responsibility_letter"))
"""Words of the column `kind`, named here for the catalogue."""


@verb(
    GROUP,
    Option("--open", "open_", text=T("only those not yet signed or received"), is_flag=True),
    Option("--lacking", text=T("list who has none instead"), is_flag=True),
    example="campaign letter list --group focus_enterprise --lacking",
)
def list_(group: str, open_: bool, lacking: bool) -> None:  # noqa: FBT001 -- click's flags
    """List letters (R-16, R-17)."""
    call = current()
    session = call.session()
    chosen = members(session, group)
    if lacking:
        without = [{"entity": name, "name": state.name} for name, state in chosen.items() if not state.letters]
        present(call, session, Table("lacking", LACKING, without))
        return
    rows = [
        {"entity": name, "name": state.name, **msgspec.structs.asdict(letter)}
        for name, state in chosen.items()
        for letter in state.letters.values()
        if not open_ or (letter.done_on is None and not letter.superseded_by)
    ]
    columns = SHORT if call.format == "table" else LETTERS
    present(call, session, Table("letters", columns, rows, notes=witnessed(session)))
