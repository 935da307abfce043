"""Which kinds go together: money is not a number of points, and a percentage is not an amount."""

from campaign.rules.kinds import DURATIONS, INTEGER, NUMBER, UNKNOWN, Kind, defined, maybe

PURE = frozenset({"number", "integer", "percent"})


def union(left: Kind, right: Kind) -> Kind | None:
    """Return the kind of a value that is either; None where they do not compare."""
    if UNKNOWN in (left, right):
        return UNKNOWN
    if "none" in (left.name, right.name):
        return maybe(right if left.name == "none" else left)
    joined = _joined(defined(left), defined(right))
    return maybe(joined) if joined and (left.optional or right.optional) else joined


def _joined(left: Kind, right: Kind) -> Kind | None:
    if left.numeric and right.numeric:
        return _number(left, right)
    if left.name != right.name or left.item != right.item:
        return None
    both = left.values and right.values
    return Kind(left.name, values=tuple(dict.fromkeys(left.values + right.values)) if both else (), item=left.item)


def _number(left: Kind, right: Kind) -> Kind | None:
    names = {left.name, right.name}
    if len(names) == 1:
        return left
    if names == {"money", "percent"}:
        return None
    if "money" in names:
        return Kind("money")
    return Kind("percent") if "percent" in names else NUMBER


def difference(left: Kind, right: Kind, *, literal: bool) -> Kind | None:
    """Return the kind of a sum or difference; a bare number fits money only where it is LITERAL."""
    if left.numeric and right.numeric:
        mixed = {left.name, right.name}
        if "money" in mixed and len(mixed) > 1 and not literal:
            return None
        return _number(left, right)
    return left if left == right and left.name in DURATIONS else None


def product(left: Kind, right: Kind) -> Kind | None:
    """Return the kind of a product: money times anything but money, days times a number."""
    if left.name == right.name == "money":
        return None
    for this, that in ((left, right), (right, left)):
        if this.name in {"money", *DURATIONS} and that.name in PURE:
            return Kind(this.name)
    if not (left.name in PURE and right.name in PURE):
        return None
    return left if left == right else NUMBER


def quotient(left: Kind, right: Kind) -> Kind | None:
    """Return the kind of a quotient: like by like is a number."""
    if left.name == right.name and (left.numeric or left.name in DURATIONS):
        return NUMBER
    if right.name not in PURE:
        return None
    if left.name == "money":
        return left
    return NUMBER if left.name in PURE | DURATIONS else None


def suits(found: Kind, wanted: Kind) -> bool:
    """Return whether a value of kind FOUND may stand where WANTED is declared."""
    if UNKNOWN in (found, wanted):
        return True
    if found.optional and not wanted.optional:
        return False
    if found.name == "none":
        return True
    if found.numeric and wanted.numeric:
        fits = wanted.name != "integer" or found == INTEGER
        return fits and {found.name, wanted.name} != {"money", "percent"}
    if found.name != wanted.name or found.item != wanted.item:
        return False
    return not (wanted.values and found.values) or set(found.values) <= set(wanted.values)
