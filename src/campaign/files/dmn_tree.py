"""A DMN model as its XML says it, before anything is made of it; every part with the line it stands on."""

from typing import TypeAlias

import msgspec

from campaign.problems import Place

POLICIES = {
    "U": "UNIQUE",
    "A": "ANY",
    "P": "PRIORITY",
    "F": "FIRST",
    "R": "RULE ORDER",
    "O": "OUTPUT ORDER",
    "C": "COLLECT",
}
"""The hit policies by their letters, as some tools write them."""


class Source(msgspec.Struct, frozen=True):
    """A piece of FEEL and where it stands."""

    text: str
    place: Place


class Literal(msgspec.Struct, frozen=True):
    """A literal expression; `language` is empty for FEEL."""

    source: Source
    place: Place
    type: str = ""
    language: str = ""


class InputClause(msgspec.Struct, frozen=True):
    """An input column: what is tested, its type, and the values it may have."""

    source: Source
    place: Place
    type: str = ""
    values: Source | None = None


class OutputClause(msgspec.Struct, frozen=True):
    """An output column: its name (empty for the only one), type, values in the order of priority, and default."""

    name: str
    place: Place
    type: str = ""
    values: Source | None = None
    default: Source | None = None


class RuleLine(msgspec.Struct, frozen=True):
    """A row: tests, outputs, and a text for each annotation column."""

    place: Place
    tests: tuple[Source, ...]
    outputs: tuple[Source, ...]
    notes: tuple[str, ...] = ()
    description: str = ""


class DecisionTable(msgspec.Struct, frozen=True):
    """A decision table; `hit` and `aggregation` in the words of the file."""

    hit: str
    aggregation: str
    inputs: tuple[InputClause, ...]
    outputs: tuple[OutputClause, ...]
    rules: tuple[RuleLine, ...]
    annotations: tuple[str, ...]
    place: Place
    type: str = ""


class BoxedContext(msgspec.Struct, frozen=True):
    """Entries by name with their types; an entry without a name is the result."""

    entries: "tuple[tuple[str, str, Boxed], ...]"
    place: Place
    type: str = ""


class Invocation(msgspec.Struct, frozen=True):
    """A function called with values by name."""

    function: "Boxed"
    bindings: "tuple[tuple[str, Boxed], ...]"
    place: Place
    type: str = ""


class BoxedList(msgspec.Struct, frozen=True):
    """A list."""

    items: "tuple[Boxed, ...]"
    place: Place
    type: str = ""


class Relation(msgspec.Struct, frozen=True):
    """Rows of contexts of the same names."""

    columns: tuple[str, ...]
    rows: "tuple[tuple[Boxed, ...], ...]"
    place: Place
    type: str = ""


class FunctionDefinition(msgspec.Struct, frozen=True):
    """A function: parameters with types, and its body; `kind` is FEEL, Java or PMML."""

    parameters: tuple[tuple[str, str], ...]
    body: "Boxed"
    kind: str
    place: Place
    type: str = ""


class Conditional(msgspec.Struct, frozen=True):
    """A boxed if, then, else."""

    test: "Boxed"
    then: "Boxed"
    other: "Boxed"
    place: Place
    type: str = ""


class Foreign(msgspec.Struct, frozen=True):
    """An expression of a kind that is not read, or none at all: `what` names it."""

    what: str
    place: Place
    type: str = ""


Boxed: TypeAlias = (
    Literal
    | DecisionTable
    | BoxedContext
    | Invocation
    | BoxedList
    | Relation
    | FunctionDefinition
    | Conditional
    | Foreign
)


class ItemDefinition(msgspec.Struct, frozen=True):
    """A type: another's name or components, its allowed values, and whether it is a list of them."""

    name: str
    type: str
    place: Place
    allowed: Source | None = None
    collection: bool = False
    components: "tuple[ItemDefinition, ...]" = ()
    function: bool = False


class InputNode(msgspec.Struct, frozen=True):
    """An input data element."""

    id: str
    name: str
    type: str
    place: Place
    label: str = ""


class DecisionNode(msgspec.Struct, frozen=True):
    """A decision: the ids it requires and its logic."""

    id: str
    name: str
    type: str
    place: Place
    logic: Boxed
    requires: tuple[str, ...] = ()
    knows: tuple[str, ...] = ()
    label: str = ""


class KnowledgeModel(msgspec.Struct, frozen=True):
    """A business knowledge model: a function that decisions may call."""

    id: str
    name: str
    type: str
    place: Place
    logic: Boxed
    knows: tuple[str, ...] = ()


class DmnModel(msgspec.Struct, frozen=True):
    """A whole file; `foreign` names what stands in it and is not read, each with its place."""

    name: str
    file: str
    place: Place
    types: dict[str, ItemDefinition]
    inputs: dict[str, InputNode]
    decisions: dict[str, DecisionNode]
    knowledge: dict[str, KnowledgeModel]
    foreign: tuple[Foreign, ...] = ()
    namespace: str = ""
