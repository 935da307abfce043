"""The forms that a page can be written in."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import cast

from campaign.documents.page import Page

FORMS: Mapping[str, str] = {"md": "markdown", "html": "html", "xlsx": "workbook", "pdf": "pdf"}
"""The ending of a file, and the module that writes it, loaded when it is used."""


def render(page: Page, form: str) -> bytes:
    """Write PAGE in FORM, one of FORMS. Raises Problems for a form whose extra is not installed."""
    module = import_module(f"campaign.documents.{FORMS[form]}")
    return cast("Callable[[Page], bytes]", module.render)(page)
