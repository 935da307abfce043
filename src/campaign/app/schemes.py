"""Schemes as people work with them: tested by their cases, read as documents, edited as workbooks."""

from pathlib import Path
from typing import Literal, TypeAlias

from campaign.app.assess import read_scheme
from campaign.app.session import Session
from campaign.problems import Place, Problem, Problems, T, nearest
from campaign.rules import Scheme, load
from campaign.rules.casebook import CaseResult
from campaign.rules.document import Document, html, markdown

Style: TypeAlias = Literal["yaml", "markdown", "html"]


def tested(path: Path) -> tuple[Scheme, tuple[CaseResult, ...]]:
    """Run the cases beside a scheme's tables. Raises Problems with everything that is wrong with the scheme."""
    scheme, _ = read_scheme(path)
    return scheme, scheme.run_cases()


def found(session: Session | None, name: str) -> str:
    """Return the text of the scheme NAME: a file of that path, else the last adopted one of that name ("" = any)."""
    if name and Path(name).is_file():
        return read_scheme(Path(name))[1]
    adopted = [line for line in session.campaign().schemes if name in {"", line.scheme}] if session else []
    if not adopted:
        message = T("no scheme {scheme} is adopted, nor is there such a file", scheme=name or "-")
        known = [line.scheme for line in session.campaign().schemes] if session else []
        fix = nearest(name, known) if known else T("adopt one with `campaign scheme adopt FILE`, or name a file")
        raise Problems([Problem("no-scheme", message, fix, Place(field="scheme"))])
    return adopted[-1].text


def written(text: str, style: Style) -> str:
    """Write a scheme as it stands, or as a document in the form of the original text."""
    match style:
        case "yaml":
            return text
        case "markdown":
            return markdown(load(text).document())
        case "html":
            return page(load(text).document())


def page(document: Document) -> str:
    """Return a whole HTML page that needs nothing from anywhere."""
    from html import escape

    style = (
        "body{font-family:sans-serif;max-width:60rem;margin:2rem auto}td,th{border:1px solid #999;padding:.2rem .5rem}"
    )
    head = f'<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>{escape(document.title)}</title>'
    return (
        f"{head}<style>{style} table{{border-collapse:collapse}}</style></head><body>{html(document)}</body></html>\n"
    )


def export_table(path: Path, decision: str, workbook: Path) -> None:
    """Write one decision table of a scheme file to an XLSX workbook, hit policy and texts included."""
    from campaign.files.sheets_tables import write_table

    scheme, _ = read_scheme(path)
    write_table(scheme, decision, workbook)


def import_table(workbook: Path) -> str:
    """Return the text of the `rules:` block that a workbook holds. Raises Problems, each at file[sheet]!cell."""
    from campaign.files.sheets_tables import read_table

    return read_table(workbook)


def import_dmn(path: Path) -> str:
    """Return the decision tables of a DMN file as a scheme's text. Raises Problems for all that is not supported."""
    from campaign.files.dmn import scheme_text

    return scheme_text(path)
