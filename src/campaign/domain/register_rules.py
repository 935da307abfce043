"""What registers, responsibility tables and verification checks of a definition may still have wrong."""

from collections.abc import Iterator

from campaign.domain.definition import Definition, VerificationCheck
from campaign.problems import Place, Problem, Problems, T

ASKS = frozenset({"kind", "ownership", "supervision", "sector", "group"})
"""What a responsibility table may ask of a case (R-29)."""

STATISTICS = frozenset({"jump", "unit_slip", "round_numbers", "last_digits"})
"""Tests that compare a statistic with a threshold."""


def check(definition: Definition) -> Iterator[Problem]:
    """Find tables that cannot be read or ask for more than a case has, and checks that lack what they compare."""
    for number, table in enumerate(definition.tables):
        yield from _table(table.text, f"tables[{number}].text")
    for number, entry in enumerate(definition.checks):
        yield from _complete(entry, f"checks[{number}]")


def _table(text: str, path: str) -> Iterator[Problem]:
    from campaign.domain.assessment import asks  # noqa: PLC0415 -- only definitions with a table need the rules engine

    try:
        inputs, decisions = asks(text)
    except Problems as found:
        first = found.problems[0]
        message = T("line {line} of the table: {message}", line=first.place.line, message=first.message)
        yield Problem("table-unreadable", message, first.fix, Place(field=path))
        return
    strange = sorted(inputs - ASKS)
    if strange or decisions != 1:
        message = T(
            "the table asks for {inputs} and decides {count} things", inputs=", ".join(strange) or "-", count=decisions
        )
        fix = T("ask for some of {asks}, and decide one thing", asks=", ".join(sorted(ASKS)))
        yield Problem("table-unreadable", message, fix, Place(field=path))


def _complete(entry: VerificationCheck, path: str) -> Iterator[Problem]:
    if entry.test in STATISTICS and entry.threshold is None:
        message = T("the test {test} compares with a threshold", test=entry.test)
        yield Problem("check-incomplete", message, T("write `threshold:`"), Place(field=f"{path}.test"))
    if entry.test == "scopes_cross" and len(entry.scopes) != len(("narrower", "wider")):
        message = T("the test {test} compares two scopes", test=entry.test)
        fix = T("write `scopes:` with the narrower and the wider one")
        yield Problem("check-incomplete", message, fix, Place(field=f"{path}.test"))
