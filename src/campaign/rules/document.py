"""A scheme as a readable document, in the form of the text it came from; and that document in Markdown and HTML."""

from html import escape
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from campaign.rules.kinds import say
from campaign.rules.model import Aggregate, Formula, Prize, Ranking, Rule, Step, Table
from campaign.rules.printer import printed

if TYPE_CHECKING:
    from campaign.rules.scheme import Scheme


class Paragraph(msgspec.Struct, frozen=True, tag="paragraph"):
    """A line of the scheme's own words."""

    text: str


class Listing(msgspec.Struct, frozen=True, tag="table"):
    """A table; the first `inputs` columns are conditions."""

    heading: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    inputs: int = 0


Block: TypeAlias = Paragraph | Listing


class Section(msgspec.Struct, frozen=True):
    """A heading, the clause it comes from, and what stands below."""

    heading: str
    clause: str
    blocks: tuple[Block, ...]


class Document(msgspec.Struct, frozen=True):
    """The whole: title, source and notice, then sections in the order in which things are computed."""

    title: str
    name: str
    sha256: str
    source: str
    notice: str
    sections: tuple[Section, ...]


def document(scheme: "Scheme") -> Document:
    """Return the document of a scheme."""
    model = scheme.model
    sections = [_inputs(scheme), *(_section(step) for step in model.steps), *_award(scheme), *_cases(scheme)]
    source = " ".join(part for part in (model.source, model.clause, model.version) if part)
    return Document(model.title or model.name, model.name, scheme.sha256, source, model.notice, tuple(sections))


def _inputs(scheme: "Scheme") -> Section:
    rows = tuple((item.name, item.label, str(item.kind)) for item in scheme.inputs.values())
    return Section("inputs", "", (Listing(("name", "label", "type"), rows),))


def _section(step: Step) -> Section:
    heading = f"{step.label} ({step.name})" if step.label else step.name
    return Section(heading, step.clause, _blocks(step))


def _blocks(step: Step) -> tuple[Block, ...]:
    match step:
        case Formula():
            return (Paragraph(_formula(step)),)
        case Table():
            return (Paragraph(step.hit), _listing(step), *_caps(step))
        case Prize():
            return (Paragraph(f"{step.ranking}; {step.ties}"), _listing(step.amounts))
        case Ranking():
            keys = ", ".join(f"{'' if key.highest else 'lowest '}{key.name}" for key in step.keys)
            return (Paragraph(f"{step.method}: {keys}"),)
        case Aggregate():
            return (Paragraph(f"{step.how}({step.of})"),)


def _formula(step: Formula) -> str:
    text = step.snippet.text or printed(step.tree)
    rounding = f"; {step.rounding.mode}, {step.rounding.digits}" if step.rounding else ""
    return text + rounding


def _listing(table: Table) -> Listing:
    heading = (
        "#",
        *(column.title for column in table.columns),
        *(output.title for output in table.outputs),
        "note",
        "clause",
    )
    rows = [_row(rule) for rule in table.rules]
    if table.default is not None:
        rows.append(("", *("-" for _ in table.columns), *(printed(tree) for tree in table.default), "", ""))
    return Listing(heading, tuple(rows), 1 + len(table.columns))


def _row(rule: Rule) -> tuple[str, ...]:
    return (str(rule.number), *(cell.text for cell in rule.cells), rule.note, rule.clause)


def _caps(table: Table) -> tuple[Block, ...]:
    return tuple(
        Paragraph(f"{cap.snippet.text} → ≤ {cap.at_most}: {cap.because} {cap.clause}".rstrip()) for cap in table.caps
    )


def _award(scheme: "Scheme") -> list[Section]:
    award = scheme.model.award
    if award is None:
        return []
    text = (" / " if award.highest_only else " + ").join(award.of)
    pool = f" ≤ {award.pool.snippet.text}" if award.pool else ""
    return [Section("award", award.clause, (Paragraph(text + pool),))]


def _cases(scheme: "Scheme") -> list[Section]:
    if not scheme.cases:
        return []
    kinds = {name: item.kind for name, item in scheme.inputs.items()} | scheme.group_kinds
    rows: list[tuple[str, ...]] = []
    for case in scheme.cases:
        for entity, given in case.given.items():
            told = ", ".join(f"{name} = {say(value, kinds[name])}" for name, value in given.items())
            expect = ", ".join(
                f"{name} = {say(value, scheme.kind(name))}" for name, value in case.expect.get(entity, {}).items()
            )
            rows.append((entity, told, expect, case.note))
    return [Section("cases", "", (Listing(("id", "given", "expect", "note"), tuple(rows), 2),))]


def html(document: Document) -> str:
    """Write a document as an HTML fragment, every text escaped."""
    lines = [
        f"<h1>{escape(document.title)}</h1>",
        f"<p><code>{escape(document.name)}</code> sha256 <code>{document.sha256}</code></p>",
    ]
    lines += [f"<p>{escape(document.source)}</p>"] if document.source else []
    lines += [f"<p><strong>{escape(document.notice)}</strong></p>"] if document.notice else []
    for section in document.sections:
        clause = f" <small>{escape(section.clause)}</small>" if section.clause else ""
        lines.append(f"<h2>{escape(section.heading)}{clause}</h2>")
        lines += map(_html, section.blocks)
    return "\n".join(lines) + "\n"


def _html(block: Block) -> str:
    if isinstance(block, Paragraph):
        return f"<p><code>{escape(block.text)}</code></p>"
    heading = "".join(f"<th>{escape(cell)}</th>" for cell in block.heading)
    rows = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in block.rows)
    return f"<table><thead><tr>{heading}</tr></thead><tbody>{rows}</tbody></table>"


def markdown(document: Document) -> str:
    """Write a document in Markdown."""
    lines = [f"# {document.title}", "", f"`{document.name}` sha256 `{document.sha256}`", ""]
    lines += [document.source, ""] if document.source else []
    lines += [f"> **{document.notice}**", ""] if document.notice else []
    for section in document.sections:
        clause = f" [{section.clause}]" if section.clause else ""
        lines += [f"## {section.heading}{clause}", ""]
        for block in section.blocks:
            lines += [*_markdown(block), ""]
    return "\n".join(lines)


def _markdown(block: Block) -> list[str]:
    if isinstance(block, Paragraph):
        return [f"`{block.text}`"]
    ruled = "|" + "---|" * len(block.heading)
    return [_line(block.heading), ruled, *map(_line, block.rows)]


def _line(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
