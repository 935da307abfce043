"""The functions of expressions: how many values each takes, of which kinds, and what comes out."""

from decimal import Decimal

import msgspec

from campaign.rules.exact import MAX_DIGITS
from campaign.rules.kinds import DECIMAL, INTEGER, NUMBER, ORDERED, UNKNOWN, Kind
from campaign.rules.tree import Expr, Lit
from campaign.rules.units import union

PERCENT = Kind("percent")
FOLDS = frozenset({"min", "max", "sum", "mean", "count"})
ROUNDED = frozenset(
    {"floor", "ceiling", "round half up", "round half even", "round half down", "round up", "round down"}
)
RATIOS = frozenset({"growth", "ratio"})
DATE_PARTS = frozenset({"year", "month", "day"})
FUNCTIONS = FOLDS | ROUNDED | RATIOS | DATE_PARTS | {"abs", "date"}


class Function(msgspec.Struct, frozen=True):
    """A reusable calculation: parameters with kinds, the kind of its result, and its tree."""

    parameters: dict[str, Kind]
    kind: Kind
    tree: Expr


class Scope(msgspec.Struct):
    """The names an expression may read and the functions it may call; `called` collects those that were called."""

    kinds: dict[str, Kind]
    functions: dict[str, Function]
    called: set[str]


SIZES = (
    dict.fromkeys(ROUNDED, (1, 2)) | dict.fromkeys(RATIOS, (2, 2)) | dict.fromkeys(DATE_PARTS, (1, 1)) | {"abs": (1, 1)}
)
for _mode in ROUNDED - {"floor", "ceiling"}:
    SIZES[_mode] = (2, 2)


def folded(name: str, item: Kind) -> Kind | None:
    """Return the kind of a fold over items of one kind; None where it does not fit."""
    if name == "count":
        return INTEGER
    if item == UNKNOWN:
        return UNKNOWN
    if name in {"min", "max"}:
        return item if item.name in ORDERED else None
    if item.name not in DECIMAL:
        return None
    return NUMBER if name == "mean" and item == INTEGER else item


def is_digits(tree: Expr) -> bool:
    """Return whether TREE is a number of decimal places, written out."""
    return (
        isinstance(tree, Lit)
        and isinstance(tree.value, Decimal)
        and tree.value in {Decimal(n) for n in range(MAX_DIGITS + 1)}
    )


def result_kind(name: str, kinds: list[Kind]) -> Kind | None:
    """Return the kind of a plain function of values of KINDS; None where it does not fit."""
    first = kinds[0]
    if name in DATE_PARTS:
        return INTEGER if first.name == "date" else None
    if any(kind.name not in DECIMAL for kind in kinds):
        return None
    if name in RATIOS:
        return PERCENT if union(*kinds) else None
    whole = name in ROUNDED and len(kinds) == 1 and first.name in {"number", "integer"}
    return INTEGER if whole else first
