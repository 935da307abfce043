"""A page as Markdown (CommonMark with tables); no text of anybody's acts as markup."""

import re

from campaign.documents.page import Page, Section

SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#~&!$^])")
LINKS = re.compile(r"(?i)(?<=http)(s?):(?=//)|(?<=www)\.|(?<=mailto):|(?<=ftp):(?=//)")
LEADING = re.compile(r"^(\s*)([-+=]|\d+[.)])")


def escaped(text: str) -> str:
    """Return TEXT so that Markdown shows it as it is, even where a line begins with it."""
    text = inline(text)
    return LEADING.sub(lambda found: f"{found[1]}{found[2][:-1]}\\{found[2][-1]}", text)


def inline(text: str) -> str:
    """Return TEXT so that no emphasis, link, image, tag or table comes of it inside a line."""
    text = SPECIAL.sub(r"\\\1", text)
    return LINKS.sub(lambda found: found[0][:-1] + "\\" + found[0][-1], text).replace("@", "\\@")


def render(page: Page) -> bytes:
    """Write the page as UTF-8."""
    parts = [f"# {escaped(page.title)}", "\n".join(f"- {escaped(line)}" for line in page.lines)]
    for section in page.sections:
        parts += _section(section)
    parts += [f"---\n\n{escaped(line)}" for line in page.foot]
    return ("\n\n".join(parts) + "\n").encode()


def _section(section: Section) -> list[str]:
    parts = [f"## {escaped(section.heading)}", *map(escaped, section.sentences)]
    if section.columns:
        head = "| " + " | ".join(inline(column.heading) for column in section.columns) + " |"
        rule = "|" + "|".join(" ---: " if column.right else " --- " for column in section.columns) + "|"
        rows = ["| " + " | ".join(inline(str(cell)) for cell in row) + " |" for row in section.rows]
        parts.append("\n".join([head, rule, *rows]))
    return parts
