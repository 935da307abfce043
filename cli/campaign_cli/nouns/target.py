"""target breakdown, target reconcile: the targets of many entities."""

from pathlib import Path
from typing import Any

import click

from campaign.problems import T
from campaign_cli.call import Argument, Call, current
from campaign_cli.commands import verb
from campaign_cli.marks import present
from campaign_cli.nouns.phase import defined
from campaign_cli.output import Column, Row, Table

TREES = (
    Column("label", T("tree")),
    Column("target", T("target")),
    Column("indicator", T("indicator")),
    Column("unit", T("unit")),
    Column("whole", T("the whole"), right=True),
    Column("parts", T("the parts"), right=True),
    Column("gap", T("gap"), right=True),
    Column("count", T("counted"), right=True),
    Column("members", T("members"), right=True),
    Column("covered", T("covered")),
    Column("problem", T("not compared, because")),
)


@verb(
    Argument(
        "file", text=T("a CSV file: entity, indicator, value, scope, rationale …"), type=click.Path(path_type=Path)
    ),
    example="campaign target breakdown targets.csv --as p-office-1",
)
def breakdown(file: Path) -> None:
    """Propose all targets of FILE in one append (R-13)."""
    from campaign.app import inputs
    from campaign.app.handle import handle
    from campaign_cli.outcome import give_reply

    call = current()
    who = call.asker()
    session = call.session(write=not call.dry_run)
    commands = inputs.breakdown(file, defined(session))
    give_reply(call, handle(session, commands, who, dry_run=call.dry_run))


@verb(example="campaign target reconcile")
def reconcile() -> None:
    """Compare parts and whole in each tree, never across trees (R-13)."""
    from campaign.app.read import reconciliation

    call = current()
    session = call.session()
    rows = [_line(call, tree, line) for tree in reconciliation(session) for line in tree.lines]
    present(call, session, Table("reconciliation", TREES, rows))


def _line(call: Call, tree: Any, line: Any) -> Row:  # noqa: ANN401 -- a Tree and its GapLine
    found = line.found
    return {
        "tree": tree.tree,
        "label": tree.label,
        "target": line.target.id,
        "indicator": line.target.indicator,
        "unit": line.target.unit,
        "whole": found.whole if found else line.target.value,
        "parts": found.parts if found else None,
        "gap": found.gap if found else None,
        "count": line.parts,
        "members": tree.members,
        "covered": line.covered,
        "problem": call.say(line.problem.message) if line.problem else "",
        "without": list(line.without),
    }
