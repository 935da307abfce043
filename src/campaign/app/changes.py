"""What differs between two plain values, path by path; items of lists are matched by their id."""

import re
from collections.abc import Iterator
from typing import Any, Literal

import msgspec

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
LIMIT = 60
"""Longer values are cut: the whole stands in the folder and in the log."""


class Change(msgspec.Struct, frozen=True):
    """One value that adopting the folder would add, change or remove; the path names list items by their id."""

    kind: Literal["added", "changed", "removed"]
    path: str
    before: str = ""
    after: str = ""

    @property
    def moves_a_date(self) -> bool:
        """Whether it is one date in place of another."""
        return bool(DAY.fullmatch(self.before) and DAY.fullmatch(self.after))

    def __str__(self) -> str:
        """Write it as one line."""
        match self.kind:
            case "added":
                return f"+ {self.path}: {self.after}"
            case "removed":
                return f"- {self.path}: {self.before}"
            case _:
                return f"~ {self.path}: {self.before} → {self.after}"


def differences(before: Any, after: Any, path: str = "") -> Iterator[Change]:  # noqa: ANN401 -- plain JSON values
    """Yield what differs between two plain values; items of lists are matched by their `id`, else by place."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*before, *(key for key in after if key not in before)]:
            inner = f"{path}.{key}" if path else key
            yield from _pair(before, after, key, inner)
    elif isinstance(before, list) and isinstance(after, list):
        left, right = _by_id(before), _by_id(after)
        for key in [*left, *(key for key in right if key not in left)]:
            yield from _pair(left, right, key, f"{path}[{key}]")
        if list(left) != list(right) and sorted(left) == sorted(right):
            yield Change("changed", f"{path} (order)", _short(list(left)), _short(list(right)))
    elif before != after:
        yield Change("changed", path, _short(before), _short(after))


def _pair(before: dict[str, Any], after: dict[str, Any], key: str, path: str) -> Iterator[Change]:
    if key not in after:
        yield Change("removed", path, before=_short(before[key]))
    elif key not in before:
        yield Change("added", path, after=_short(after[key]))
    else:
        yield from differences(before[key], after[key], path)


def _by_id(items: list[Any]) -> dict[str, Any]:
    named = {item["id"]: item for item in items if isinstance(item, dict) and "id" in item}
    return named if len(named) == len(items) else {str(place): item for place, item in enumerate(items)}


def _short(value: Any) -> str:  # noqa: ANN401 -- plain JSON values
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= LIMIT else text[: LIMIT - 1] + "…"
