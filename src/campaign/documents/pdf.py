"""A page as PDF, set by typst with a typeface that came with the program: the same page gives the same bytes.

The texts reach typst as data, never as source.
"""

from importlib.resources import as_file, files
from typing import Any

import msgspec

from campaign.documents.page import Page
from campaign.problems import need

FONT = "manimgx_fonts_cjk"
"""The package that carries Noto Sans CJK."""


def render(page: Page) -> bytes:
    """Set the page. Raises Problems (extra-missing) without the extra `documents`."""
    need("typst", FONT)
    import typst  # noqa: PLC0415 -- an extra

    source = files(__package__).joinpath("page.typ").read_bytes()
    with as_file(files(FONT)) as fonts:
        made: bytes = typst.compile(  # type: ignore[misc]  # its stub leaves a type open
            source,
            font_paths=[str(fonts)],
            ignore_system_fonts=True,
            sys_inputs={"page": msgspec.json.encode(_plain(page)).decode()},
        )
    return made


def _plain(page: Page) -> dict[str, Any]:
    return {
        "lang": page.lang,
        "title": page.title,
        "lines": page.lines,
        "foot": page.foot,
        "sections": [
            {
                "heading": section.heading,
                "sentences": section.sentences,
                "columns": [{"heading": column.heading, "right": column.right} for column in section.columns],
                "rows": [[str(cell) for cell in row] for row in section.rows],
            }
            for section in page.sections
        ],
    }
