"""Compile the message catalogue when the wheel or the editable install is built."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

LOCALE = Path(__file__).parent / "locale"


def compile_catalogues(locale: Path = LOCALE) -> None:
    """Write a .mo beside every .po."""
    for po in sorted(locale.rglob("*.po")):
        with po.open("rb") as source, po.with_suffix(".mo").open("wb") as target:
            write_mo(target, read_po(source))


class CatalogueHook(BuildHookInterface[Any]):
    """Hatchling calls this before it collects files."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 -- hatchling's signature
        """Compile before the files are collected."""
        compile_catalogues()


if __name__ == "__main__":
    compile_catalogues()
