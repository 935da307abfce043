"""The simplest thing that an entity can be: plain dicts, written from the requirements and not from the code."""

from decimal import Decimal
from typing import Any

import msgspec


class Reference(msgspec.Struct):
    """What an entity is, said as simply as possible."""

    phase: str = "survey"
    posts: dict[str, str] = {}
    surveyed: bool = False
    outputs: bool = False
    targets: dict[str, list[Any]] = {}
    """status, value, proposer."""
    letters: list[list[Any]] = []
    """name, kind, the set it binds, whether done; the last of a kind is in force."""
    reports: dict[str, dict[str, Any]] = {}
    findings: dict[str, list[Any]] = {}
    """kind, who raised it, status."""
    waived: bool = False
    let_off: set[str] = set()
    """Weeks that need not be reported."""
    settled: set[str] = set()
    """Weeks that were signed off."""
    entries: dict[str, list[str]] = {}
    """status, responsible."""
    operation: str = "running"
    ended: bool = False

    def bound(self) -> frozenset[tuple[str, Decimal]]:
        """Return the set of fixed targets as values, in which 15 and 15.0 are one."""
        return frozenset((name, line[1]) for name, line in self.targets.items() if line[0] == "fixed")

    def in_force(self, kind: str) -> list[Any] | None:
        """Return the last document of a kind."""
        return next((letter for letter in reversed(self.letters) if letter[1] == kind), None)
