"""Which phase leads to which, for whoever draws it."""

from campaign.domain.definition import Definition
from campaign.domain.phases import graph


def arrows(definition: Definition) -> list[tuple[str, str, str]]:
    """Return every way as (from, to, kind of move)."""
    ways = graph(definition)
    return [
        (origin.id, to, ways.move(origin.id, to) or "") for origin in definition.phases for to in ways.ways(origin.id)
    ]


def mermaid(definition: Definition) -> str:
    """Return the graph as Mermaid text."""
    return graph(definition).to_mermaid()
