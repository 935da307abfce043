"""A scheme as a readable document, in the form of the text it came from; and that document in Markdown and HTML."""

from collections.abc import Callable, Iterable
from html import escape
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from campaign.problems import T, Text
from campaign.rules.kinds import Value, say
from campaign.rules.model import Adjustable, Aggregate, Formula, Input, Model, Prize, Ranking, Rule, Step, Table
from campaign.rules.printer import printed, printed_test

if TYPE_CHECKING:
    from campaign.rules.scheme import Scheme


def own(words: str) -> Text:
    """Return the scheme's own words, which no catalogue translates."""
    return Text(words)


class Paragraph(msgspec.Struct, frozen=True, tag="paragraph"):
    """A line; `code` where it is a formula."""

    text: Text
    code: bool = False


class Listing(msgspec.Struct, frozen=True, tag="table"):
    """A table; the first `inputs` columns are conditions."""

    heading: tuple[Text, ...]
    rows: tuple[tuple[str, ...], ...]
    inputs: int = 0


Block: TypeAlias = Paragraph | Listing


class Section(msgspec.Struct, frozen=True):
    """A heading, the clause it comes from, and what stands below."""

    heading: Text
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
    sections = [_inputs(scheme), *(_section(model, step) for step in model.steps), *_award(scheme), *_cases(scheme)]
    source = " ".join(part for part in (model.source, model.clause, model.version) if part)
    return Document(model.title or model.name, model.name, scheme.sha256, source, model.notice, tuple(sections))


def _inputs(scheme: "Scheme") -> Section:
    rows = tuple((item.name, item.label, _declared(item)) for item in scheme.inputs.values())
    return Section(T("inputs"), "", (Listing((T("name"), T("label"), T("type")), rows),))


def _declared(item: Input) -> str:
    allowed = f" {printed_test(item.allowed)}" if item.allowed is not None else ""
    return f"{item.kind}{allowed}"


def _section(model: Model, step: Step) -> Section:
    heading = f"{step.label} ({step.name})" if step.label else step.name
    return Section(own(heading), step.clause, _blocks(model, step))


def _blocks(model: Model, step: Step) -> tuple[Block, ...]:
    match step:
        case Formula():
            return _formula(model, step)
        case Table():
            return (Paragraph(T("hit policy {hit}", hit=step.hit)), _listing(step), *_caps(step))
        case Prize():
            share = T("for the places of {ranking}; who ties shares the places taken", ranking=step.ranking)
            each = T("for the places of {ranking}; who ties gets the higher each", ranking=step.ranking)
            return (Paragraph(share if step.ties == "share" else each), _listing(step.amounts))
        case Ranking():
            keys = ", ".join(f"{'' if key.highest else 'lowest '}{key.name}" for key in step.keys)
            return (Paragraph(T("places by {keys}; ties: {method}", keys=keys, method=step.method)),)
        case Aggregate():
            return (Paragraph(own(f"{step.how}({step.of})"), code=True),)


def _formula(model: Model, step: Formula) -> tuple[Block, ...]:
    values = model.constants.get(step.name, ())
    if len(values) > 1:
        rows = tuple((value.since, value.value, value.source) for value in values)
        return (Listing((T("from"), T("value"), T("source")), rows, 1),)
    blocks: list[Block] = [Paragraph(own(step.snippet.text or printed(step.tree)), code=True)]
    if step.rounding:
        text = T("rounded to {digits} digits, {mode}", digits=step.rounding.digits, mode=step.rounding.mode)
        blocks.append(Paragraph(text))
    if step.adjustable:
        blocks.append(Paragraph(_adjustable(step.adjustable)))
    return tuple(blocks)


def _adjustable(adjustable: Adjustable) -> Text:
    return T(
        "{authorities} may adjust it by {lowest} to {highest}, with a reason {clause}",
        authorities=", ".join(adjustable.authorities),
        lowest=adjustable.lowest,
        highest=adjustable.highest,
        clause=adjustable.clause,
    )


def _listing(table: Table) -> Listing:
    columns = (own(column.title) for column in table.columns)
    results = (own(output.title) for output in table.outputs)
    heading = (own("#"), *columns, *results, T("note"), T("clause"))
    rows = [_row(rule) for rule in table.rules]
    if table.default is not None:
        rows.append(("", *("-" for _ in table.columns), *(printed(tree) for tree in table.default), "", ""))
    return Listing(heading, tuple(rows), 1 + len(table.columns))


def _row(rule: Rule) -> tuple[str, ...]:
    return (str(rule.number), *(cell.text for cell in rule.cells), rule.note, rule.clause)


def _caps(table: Table) -> tuple[Block, ...]:
    return tuple(
        Paragraph(
            T(
                "at most {grade} where {when}: {because} {clause}",
                grade=cap.at_most,
                when=cap.snippet.text,
                because=cap.because,
                clause=cap.clause,
            )
        )
        for cap in table.caps
    )


def _award(scheme: "Scheme") -> list[Section]:
    award = scheme.model.award
    if award is None:
        return []
    added = T("the sum of {amounts}", amounts=", ".join(award.of))
    highest = T("the highest of {amounts}", amounts=", ".join(award.of))
    blocks: list[Block] = [Paragraph(highest if award.highest_only else added)]
    if award.pool:
        whole = T("cut pro rata to a pool of {pool}", pool=award.pool.snippet.text)
        each = T("cut pro rata to a pool of {pool} within each group", pool=award.pool.snippet.text)
        blocks.append(Paragraph(whole if award.pool.everywhere else each))
    return [Section(T("award"), award.clause, tuple(blocks))]


def _cases(scheme: "Scheme") -> list[Section]:
    if not scheme.cases:
        return []
    rows: list[tuple[str, ...]] = []
    for case in scheme.cases:
        for entity, given in case.given.items():
            rows.append((entity, _told(scheme, given), _told(scheme, case.expect.get(entity, {})), case.note))
    heading = (T("id"), T("given"), T("expected"), T("note"))
    return [Section(T("cases"), "", (Listing(heading, tuple(rows), 2),))]


def _told(scheme: "Scheme", values: dict[str, Value]) -> str:
    return ", ".join(f"{name} = {say(value, scheme.kind(name))}" for name, value in values.items())


Saying: TypeAlias = Callable[[Text], str]
"""How a text is said: in English by str, in another language by its catalogue."""


def html(document: Document, saying: Saying = str) -> str:
    """Write a document as an HTML fragment, every text escaped."""
    name, sha256 = escape(document.name), escape(document.sha256)
    lines = [f"<h1>{escape(document.title)}</h1>", f"<p><code>{name}</code> sha256 <code>{sha256}</code></p>"]
    lines += [f"<p>{escape(document.source)}</p>"] if document.source else []
    lines += [f"<p><strong>{escape(document.notice)}</strong></p>"] if document.notice else []
    for section in document.sections:
        clause = f" <small>{escape(section.clause)}</small>" if section.clause else ""
        lines.append(f"<h2>{escape(saying(section.heading))}{clause}</h2>")
        lines += (_html(block, saying) for block in section.blocks)
    return "\n".join(lines) + "\n"


def _html(block: Block, saying: Saying) -> str:
    if isinstance(block, Paragraph):
        text = escape(saying(block.text).strip())
        return f"<p><code>{text}</code></p>" if block.code else f"<p>{text}</p>"
    heading = "".join(f"<th>{escape(saying(cell))}</th>" for cell in block.heading)
    rows = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in block.rows)
    return f"<table><thead><tr>{heading}</tr></thead><tbody>{rows}</tbody></table>"


def markdown(document: Document, saying: Saying = str) -> str:
    """Write a document in Markdown."""
    lines = [f"# {document.title}", "", f"`{document.name}` sha256 `{document.sha256}`", ""]
    lines += [document.source, ""] if document.source else []
    lines += [f"> **{document.notice}**", ""] if document.notice else []
    for section in document.sections:
        clause = f" [{section.clause}]" if section.clause else ""
        lines += [f"## {saying(section.heading)}{clause}", ""]
        for block in section.blocks:
            lines += [*_markdown(block, saying), ""]
    return "\n".join(lines)


def _markdown(block: Block, saying: Saying) -> list[str]:
    if isinstance(block, Paragraph):
        text = saying(block.text).strip()
        return [f"`{text}`" if block.code else text]
    ruled = "|" + "---|" * len(block.heading)
    return [_line(map(saying, block.heading)), ruled, *map(_line, block.rows)]


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
