"""Texts beside tests that hold what was always said: they are written anew by hand, and the difference is read."""

from collections.abc import Iterable
from pathlib import Path


def write(file: Path, lines: Iterable[str]) -> None:
    """Write FILE anew."""
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
