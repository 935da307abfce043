"""A page as one HTML file that needs nothing from anywhere and runs nothing."""

from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from campaign.documents.page import Page

if TYPE_CHECKING:
    from jinja2 import Template


@lru_cache(maxsize=1)
def _template() -> "Template":
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 -- an extra

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(files(__package__).joinpath("page.html.j2").read_text(encoding="utf-8"))


def render(page: Page) -> bytes:
    """Write the page as UTF-8; every text is escaped."""
    return (_template().render(page=page) + "\n").encode()
