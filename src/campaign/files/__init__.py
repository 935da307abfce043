"""The edge to files: strict YAML, rosters and submissions come in here, and nowhere else.

load_dmn(path) reads a decision model made with another tool as a scheme.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from campaign.files.dmn import load_dmn

__all__ = ["load_dmn"]


def __getattr__(name: str) -> object:
    """Import what is seldom needed when it is asked for."""
    if name == "load_dmn":
        from campaign.files.dmn import load_dmn  # noqa: PLC0415 -- importing this room stays light

        return load_dmn
    raise AttributeError(name)
