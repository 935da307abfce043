"""What an explanation consists of: plain frozen values that msgspec writes as JSON, numbers as text."""

import msgspec


class Fact(msgspec.Struct, frozen=True, omit_defaults=True):
    """A value that a step read: its name, label, and where it came from if the caller said so."""

    name: str
    value: str
    label: str = ""
    origin: str = ""


class CellSeen(msgspec.Struct, frozen=True):
    """A cell, the value it was asked about, and whether it held."""

    column: str
    test: str
    value: str
    holds: bool


class RuleSeen(msgspec.Struct, frozen=True, omit_defaults=True):
    """A rule that matched, with all its cells; or one that did not, with the first cell that failed."""

    number: int
    file: str
    line: int
    cells: tuple[CellSeen, ...]
    gives: tuple[str, ...] = ()
    note: str = ""
    clause: str = ""


class RoundingSeen(msgspec.Struct, frozen=True):
    """A value before and after rounding."""

    before: str
    after: str
    digits: int
    mode: str


class CapSeen(msgspec.Struct, frozen=True, omit_defaults=True):
    """A grade cap that held."""

    at_most: str
    because: str = ""
    clause: str = ""


class ByHandSeen(msgspec.Struct, frozen=True):
    """An adjustment by hand."""

    amount: str
    authority: str = ""
    reason: str = ""


class PlaceSeen(msgspec.Struct, frozen=True, omit_defaults=True):
    """A place in a ranking: of how many, by which keys, with whom it is shared; 0 for one not ranked."""

    rank: int
    of: int
    method: str
    keys: tuple[Fact, ...]
    tied: tuple[str, ...] = ()


class Because(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why a name has its value.

    `how` is table, calculation, slices, constant, veto, gate, ranking, prize, or mean, sum, min, max, count of a group.
    `formula` is the arithmetic as written, `reckoned` the same with the values in place of the names.
    """

    name: str
    how: str
    value: str
    label: str = ""
    clause: str = ""
    file: str = ""
    line: int = 0
    hit: str = ""
    inputs: tuple[Fact, ...] = ()
    matched: tuple[RuleSeen, ...] = ()
    not_matched: tuple[RuleSeen, ...] = ()
    formula: str = ""
    reckoned: str = ""
    rounding: RoundingSeen | None = None
    by_hand: tuple[ByHandSeen, ...] = ()
    caps: tuple[CapSeen, ...] = ()
    place: PlaceSeen | None = None
    ties: str = ""


class AwardSeen(msgspec.Struct, frozen=True, omit_defaults=True):
    """How the award came about: the amounts, whether they add or the highest counts, and the pool's cut."""

    of: tuple[Fact, ...]
    combine: str
    claimed: str
    award: str
    stopped: tuple[str, ...] = ()
    pool: str = ""
    pool_claimed: str = ""
    factor: str = ""
    remainder: str = ""
    clause: str = ""


class Nearer(msgspec.Struct, frozen=True):
    """The least change of one figure or input that reaches a better grade: `change` is signed, as in `+1.3%`."""

    decision: str
    input: str
    value: str
    to: str
    change: str
    reaches: str


class Explanation(msgspec.Struct, frozen=True, omit_defaults=True):
    """Everything that led to an entity's result, in the order in which it was reckoned."""

    scheme: str
    sha256: str
    entity: str
    given: tuple[Fact, ...]
    because: tuple[Because, ...]
    title: str = ""
    source: str = ""
    clause: str = ""
    version: str = ""
    notice: str = ""
    award: AwardSeen | None = None
    nearer: tuple[Nearer, ...] = ()

    def find(self, name: str) -> Because:
        """Return the reason for NAME. Raises KeyError where there is none."""
        for because in self.because:
            if because.name == name:
                return because
        raise KeyError(name)
