"""report template, check, submit: figures that come and go as files."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from campaign.problems import Place, Problem, Problems, T, Text
from campaign_cli.bar import progress
from campaign_cli.call import Argument, Call, Option, current
from campaign_cli.commands import Verb, verb
from campaign_cli.derive import carry_out, derived
from campaign_cli.exits import UsageProblem
from campaign_cli.marks import present
from campaign_cli.output import Column, Table

if TYPE_CHECKING:
    from campaign.app.session import Session
    from campaign.app.submit import Checked, Terms
    from campaign_cli.derive import Look

ENDINGS = (".csv", ".xlsx", ".xls", ".xlsm", ".xlsb", ".et", ".ods", ".txt")
"""What a file of figures may end in, and what offices send instead."""

LINES = (
    Column("entity", T("entity")),
    Column("report", T("report")),
    Column("act", T("outcome"), word=True),
    Column("figures", T("figures"), right=True),
    Column("cells", T("cells")),
)
WORDS = (T("submit"), T("resubmit"), T("correct"), T("same"), T("known"))
"""Words of the column `outcome`, named here for the catalogue."""

FILE = Argument("file", text=T("a file of figures, .csv or .xlsx"), type=click.Path(path_type=Path))
REASON = Option("--reason", "file_reason", text=T("why figures handed in before are corrected"), metavar="TEXT")
ACCEPT = Option("--accept", text=T("a doubt, by its code, that is without ground"), multiple=True, metavar="CODE")
LARGE = Option("--large", text=T("the file is known to be large: up to a million rows of a workbook"), is_flag=True)
ENTITY = Option("--entity", "file_entity", text=T("the entity of rows that name none"), metavar="ENTITY")
OBLIGATION = Option("--obligation", text=T("the report of rows that name none"), metavar="OBLIGATION")
OF_A_FILE = frozenset({"file_reason", "file_entity", "accept", "large"})
PERIOD = Option("--period", text=T("the period of rows that name none"), metavar="PERIOD")


@verb(
    Argument("entity", text=T("the entity's id")),
    Option("--obligation", text=T("the report that is owed"), needed=True, metavar="OBLIGATION"),
    Option("--period", text=T("the period"), needed=True, metavar="PERIOD"),
    Option("--whole", text=T("a prefecture and everyone in it who owes the same"), is_flag=True),
    example="campaign report template 220200 --obligation monthly_report --period 2005-09 --whole -o jilin-09.xlsx",
)
def template(entity: str, obligation: str, period: str, whole: bool) -> None:  # noqa: FBT001 -- click's flag
    """Write the workbook that is filled in and handed back with `report submit`."""
    from campaign.app.submit import template as made
    from campaign_cli.output import save

    call = current()
    path = Path(call.output or f"{entity}-{obligation}-{period}.xlsx")
    content = made(call.session(), entity, obligation, period, whole=whole)
    place = Place(file=str(path))
    if path.suffix.lower() != ".xlsx":
        message = T("{path} does not end in .xlsx, and the form is a workbook", path=path)
        raise Problems([Problem("file-format", message, T("name another with -o"), place)])
    if path.exists():  # somebody may have filled it in
        raise Problems(
            [Problem("file-exists", T("{path} exists already", path=path), T("name another with -o"), place)]
        )
    if call.only_says(T("{path} would be made", path=path)):
        return
    save(path, content)
    call.note(T("made: {path}; next: fill it in, then campaign report check {path}", path=path))


@verb(
    FILE,
    ENTITY,
    OBLIGATION,
    PERIOD,
    REASON,
    ACCEPT,
    LARGE,
    example="campaign report check jilin-09.xlsx",
    more=(T("Every problem is one line, file[sheet]!cell: CODE message (fix). Nothing is written."),),
)
def check(file: Path, **given: Any) -> None:  # noqa: ANN401 -- click hands over what the parameters made
    """Find every problem of a file of figures, and say what handing it in would come to."""
    from campaign.app.submit import check as look

    call = current()
    session = call.session()
    with progress(call) as shown:
        checked = look(session, file, _terms(given), shown)
    _tell(call, session, checked, {})


def _terms(given: dict[str, Any]) -> "Terms":
    from campaign.app.submit import Terms

    return Terms(
        entity=given["file_entity"] or "",
        obligation=given["obligation"] or "",
        period=given["period"] or "",
        reason=given["file_reason"] or "",
        accepted=frozenset(given["accept"]),
        large=given["large"],
        dry_run=current().dry_run,
    )


def submit(text: Text) -> Verb:
    """Make `report submit`: the fields of one report, or a file of many."""
    made = derived("submit", "report.submit", text, (REASON, ACCEPT, LARGE, ENTITY))
    made.instead = "whole"
    first = next(param for param in made.params if param.name == "entity")
    assert isinstance(first, Argument)  # noqa: S101 -- the table of writes says so
    first.text = T("the entity's id, or a file of figures of many, .csv or .xlsx")
    first.callback = _either

    def run(whole: Path | None = None, **given: Any) -> None:  # noqa: ANN401 -- click hands over what the parameters made
        if whole is None:
            typed = {name: value for name, value in given.items() if name not in OF_A_FILE}
            carry_out("report.submit", typed, _doubtful(given["accept"]))
        elif given["report"] is not None or given["figures"] or given["file"] is not None:
            message = T("figures come from the line or from a file, not from both")
            raise UsageProblem("usage-both", message, T("leave out one"), "FILE")
        else:
            _hand_in(whole, _terms(given))

    made.callback = run
    made.more = (*made.more, T("A file is taken whole or not at all; the same file again writes nothing."))
    return made


def correct(text: Text) -> Verb:
    """Make `report correct`: figures typed, looked at beside those before them as a file's are."""
    made = derived("correct", "report.correct", text, (ACCEPT,))

    def run(accept: tuple[str, ...], **given: Any) -> None:  # noqa: ANN401 -- click hands over what the parameters made
        carry_out("report.correct", given, _doubtful(accept))

    made.callback = run
    return made


def _doubtful(accepted: tuple[str, ...]) -> "Look":
    def look(session: "Session", command: Any) -> list[Problem]:  # noqa: ANN401 -- a command of whatever kind
        from campaign.app.submit import doubts

        return doubts(session, command, accepted)

    return look


def _either(ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    """Note a file's name where an entity's id could stand."""
    if value is not None and value.lower().endswith(ENDINGS):
        ctx.params["whole"] = Path(value)
    return value


def _hand_in(file: Path, terms: "Terms") -> None:
    from campaign.app.submit import submit as hand_in
    from campaign_cli.outcome import plain_reply, sentence

    call = current()
    who = call.asker()
    session = call.session(write=not call.dry_run)
    with progress(call) as shown:
        done = hand_in(session, file, who, terms, progress=shown)
    if done.reply is None:
        note = T("nothing new: this file, or its figures, were handed in before")
        _tell(call, session, done.checked, {"reply": None}, note)
        return
    if done.reply.refusal is not None:
        from campaign_cli.root import refused

        raise refused(call, done.reply.refusal)
    _tell(call, session, done.checked, {"reply": plain_reply(call, done.reply)}, sentence(call, done.reply))


def _tell(
    call: Call, session: "Session", checked: "Checked", extra: dict[str, object], note: Text | None = None
) -> None:
    for notice in checked.notices:
        call.note(Text("{place}: {code} {message} ({fix})", _shown(call, notice)))
    rows = [
        {
            "entity": line.entity,
            "report": line.report,
            "act": line.act,
            "figures": line.figures,
            "cells": list(line.cells),
        }
        for line in checked.lines
    ]
    facts = {"file": checked.file, "sha256": checked.sha256, **extra}
    notes = (T("sha256 {sha256}", sha256=checked.sha256), *((note,) if note else ()))
    present(call, session, Table("filing", LINES, rows, notes=notes, extra=facts))


def _shown(call: Call, notice: Problem) -> dict[str, str]:
    said = {"message": call.say(notice.message), "fix": call.say(notice.fix)}
    return {"place": str(notice.place), "code": notice.code, **said}
