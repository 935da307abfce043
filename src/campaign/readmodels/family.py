"""Parents and children: never both in one sum, because the parent's figure already holds the child's (R-25)."""

from collections.abc import Iterable, Iterator, Mapping


def outermost(members: Iterable[str], parents: Mapping[str, str]) -> tuple[str, ...]:
    """Return MEMBERS without those that have an ancestor among them, in their own order.

    parents: the parent of each entity, "" or none at the top; a circle of parents ends where it began.
    """
    listed = tuple(members)
    within = frozenset(listed)
    return tuple(name for name in listed if within.isdisjoint(_ancestors(name, parents)))


def _ancestors(name: str, parents: Mapping[str, str]) -> Iterator[str]:
    seen = {name}
    above = parents.get(name, "")
    while above and above not in seen:
        yield above
        seen.add(above)
        above = parents.get(above, "")
