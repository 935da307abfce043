"""Schemes at work: their cases, their tables as workbooks, the year under other rules, two runs side by side."""

from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import click

from campaign.problems import T
from campaign_cli.call import Argument, Option, current
from campaign_cli.commands import verb
from campaign_cli.exits import Exit, Stop
from campaign_cli.marks import present
from campaign_cli.output import Column, Table, give, write

CASES = (
    Column("line", T("line"), right=True),
    Column("note", T("note")),
    Column("passed", T("passed")),
    Column("differences", T("differences")),
)
LINES = (
    Column("entity", T("entity")),
    Column("group", T("group")),
    Column("score_before", T("score before"), right=True),
    Column("score_after", T("score after"), right=True),
    Column("rank_before", T("rank before"), right=True),
    Column("rank_after", T("rank after"), right=True),
    Column("award_before_yuan", T("award before, yuan"), right=True),
    Column("award_after_yuan", T("award after, yuan"), right=True),
)
FILES = Argument("file", text=T("a scheme, a YAML file"), type=click.Path(path_type=Path))
WORKBOOK = Argument("workbook", text=T("the workbook, an XLSX file"), type=click.Path(path_type=Path))


@verb(FILES, example="campaign scheme test config/schemes/jilin-2005-example.yaml")
def test(file: Path) -> None:
    """Run a scheme's cases; a failed one ends with 1."""
    from campaign.app.schemes import tested

    call = current()
    scheme, results = tested(file)
    rows = [
        {
            "line": result.line,
            "note": result.note,
            "passed": result.passed,
            "differences": [
                *(f"{item.entity} {item.name}: {item.found} ≠ {item.expected}".strip() for item in result.differences),
                *(f"{problem.code} {call.catalogue.say(problem.message)}" for problem in result.problems),
            ],
        }
        for result in results
    ]
    failed = sum(not result.passed for result in results)
    note = T(
        "{scheme}: {passed} cases passed, {failed} failed", scheme=scheme.name, passed=len(rows) - failed, failed=failed
    )
    give(call, Table("cases", CASES, rows, notes=(note,)))
    if failed:
        raise Stop(Exit.REFUSED)


@verb(
    FILES,
    Argument("decision", text=T("the name of a decision table")),
    WORKBOOK,
    example="campaign scheme export config/schemes/jilin-2005-example.yaml tier tier.xlsx",
)
def export(file: Path, decision: str, workbook: Path) -> None:
    """Write a decision table as a workbook."""
    from campaign.app.schemes import export_table

    call = current()
    if call.only_says(T("{path} would be written", path=workbook)):
        return
    export_table(file, decision, workbook)
    call.note(T("written: {path}", path=workbook))


@verb(WORKBOOK, example="campaign scheme import tier.xlsx")
def import_(workbook: Path) -> None:
    """Print the table of a workbook, or the tables of a DMN file, as a scheme's text."""
    from campaign.app.schemes import import_dmn, import_table

    read = import_dmn if workbook.suffix.lower() == ".dmn" else import_table
    write(current(), read(workbook))


@verb(
    Option("--scheme", text=T("another scheme, a YAML file"), type=click.Path(path_type=Path)),
    Option("--set", text=T("target.INDICATOR=VALUE or figure.INDICATOR=+5%"), multiple=True, metavar="SETTING"),
    Option("--scope", text=T("a group or an entity that the settings hold for"), default=""),
    Option("--basis", text=T("on which figures"), type=click.Choice(("provisional", "final")), default="provisional"),
    Option("--everyone", text=T("those for whom nothing changes, too"), is_flag=True),
    example="campaign assess what-if --set target.value_added_growth=14% --scope prefecture",
    more=(T("The log is not touched."),),
)
def what_if(
    scheme: Path | None,
    set: tuple[str, ...],  # noqa: A002 -- the option's name
    scope: str,
    basis: Literal["provisional", "final"],
    everyone: bool,  # noqa: FBT001 -- click's flag
) -> None:
    """Show the year under other rules, targets or figures."""
    from campaign.app import whatif

    call = current()
    session = call.session()
    _compared(whatif.what_if(session, scheme=scheme, settings=set, scope=scope, basis=basis), everyone=everyone)


@verb(
    Argument("first", text=T("an assessment run's id")),
    Argument("second", text=T("another run's id")),
    Option("--everyone", text=T("those for whom nothing changes, too"), is_flag=True),
    example="campaign assess compare provisional-2005 final-2005",
)
def compare(first: str, second: str, everyone: bool) -> None:  # noqa: FBT001 -- click's flag
    """Lay two runs side by side."""
    from campaign.app import whatif

    _compared(whatif.compare_runs(current().session(), first, second), everyone=everyone)


def _compared(found: Any, *, everyone: bool) -> None:  # noqa: ANN401 -- a Comparison
    call = current()
    lines = [line for line in found.lines if everyone or line.differs]
    before, after = found.cost
    notes = (
        T("{count} of {all} entities differ", count=sum(line.differs for line in found.lines), all=len(found.lines)),
        T("cost: {before} → {after} yuan, {change}", before=before, after=after, change=_signed(after - before)),
        T("before: {key}", key=found.before),
        T("after: {key}", key=found.after),
    )
    present(call, call.session(), Table("comparison", LINES, [_line(line) for line in lines], notes=notes))


def _line(line: Any) -> dict[str, object]:  # noqa: ANN401 -- a Line
    return {
        "entity": line.entity,
        "group": line.group,
        "score_before": line.score[0],
        "score_after": line.score[1],
        "rank_before": line.rank[0] or None,
        "rank_after": line.rank[1] or None,
        "award_before_yuan": line.award[0],
        "award_after_yuan": line.award[1],
    }


def _signed(amount: Decimal) -> str:
    return f"{amount:+f}"
