"""What the tables, verification checks and notice rules of a definition may still have wrong."""

from collections.abc import Iterator
from decimal import Decimal

from campaign.domain.definition import Definition, NoticeRule, VerificationCheck
from campaign.problems import Place, Problem, Problems, T, nearest

ASKS = frozenset({"kind", "ownership", "supervision", "sector", "group"})
"""What a responsibility table may ask of a case (R-29)."""

LAGS = frozenset({"missed_in_a_row", "growth_pct", "gap_pct"})
"""What the table of laggards may ask of an entity (R-40)."""

LETTERS = ("task_statement", "responsibility_letter")
"""What a reminder of a letter has as its subject."""

STATISTICS = frozenset({"jump", "unit_slip", "round_numbers", "last_digits"})
"""Tests that compare a statistic with a threshold."""


def check(definition: Definition) -> Iterator[Problem]:
    """Find tables that cannot be read or ask for too much, checks that lack what they compare, notices of nothing."""
    for number, table in enumerate(definition.tables):
        yield from _table(table.text, f"tables[{number}].text", ASKS)
    if definition.laggards:
        yield from _laggards(definition.laggards.text)
    for number, entry in enumerate(definition.checks):
        yield from _complete(entry, f"checks[{number}]")
    for number, rule in enumerate(definition.notices):
        yield from _notice(rule, definition, f"notices[{number}]")


def _table(text: str, path: str, asked: frozenset[str]) -> Iterator[Problem]:
    from campaign.domain.assessment import asks  # noqa: PLC0415 -- only definitions with a table need the rules engine

    try:
        inputs, decisions = asks(text)
    except Problems as found:
        first = found.problems[0]
        message = T("line {line} of the table: {message}", line=first.place.line, message=first.message)
        yield Problem("table-unreadable", message, first.fix, Place(field=path))
        return
    strange = sorted(inputs - asked)
    if strange or decisions != 1:
        message = T(
            "the table asks for {inputs} and decides {count} things", inputs=", ".join(strange) or "-", count=decisions
        )
        fix = T("ask for some of {asks}, and decide one thing", asks=", ".join(sorted(asked)))
        yield Problem("table-unreadable", message, fix, Place(field=path))


def _laggards(text: str) -> Iterator[Problem]:
    """Try the table on somebody of whom everything is known, and on somebody whose growth is not."""
    from campaign.domain.assessment import answers  # noqa: PLC0415 -- likewise

    found = [*_table(text, "laggards.text", LAGS)]
    for growth in (None, Decimal(0)) if not found else ():
        try:
            answers(text, {"missed_in_a_row": 0, "growth_pct": growth, "gap_pct": growth})
        except Problems as error:
            message = T("the table cannot judge everybody: {message}", message=error.problems[0].message)
            found.append(Problem("table-unreadable", message, error.problems[0].fix, Place(field="laggards.text")))
    yield from (problem for place, problem in enumerate(found) if problem not in found[:place])


def _complete(entry: VerificationCheck, path: str) -> Iterator[Problem]:
    if entry.test in STATISTICS and entry.threshold is None:
        message = T("the test {test} compares with a threshold", test=entry.test)
        yield Problem("check-incomplete", message, T("write `threshold:`"), Place(field=f"{path}.test"))
    if entry.test == "scopes_cross" and len(entry.scopes) != len(("narrower", "wider")):
        message = T("the test {test} compares two scopes", test=entry.test)
        fix = T("write `scopes:` with the narrower and the wider one")
        yield Problem("check-incomplete", message, fix, Place(field=f"{path}.test"))


def _notice(rule: NoticeRule, definition: Definition, path: str) -> Iterator[Problem]:
    teams = [duty.id for team in definition.teams for duty in team.obligations]
    known = [duty.id for duty in definition.obligations] + teams
    known += [register.id for register in definition.registers] + [*LETTERS]
    for place, subject in enumerate(rule.subjects):
        if subject not in known:
            message = T("there is no obligation, register or kind of letter {name}", name=subject)
            yield Problem("unknown-subject", message, nearest(subject, known), Place(field=f"{path}.subjects[{place}]"))
    if rule.until_days is not None and rule.until_days < rule.from_days:
        message = T("day {end} comes before day {start}", end=rule.until_days, start=rule.from_days)
        yield Problem("dates-reversed", message, T("exchange the two days"), Place(field=f"{path}.until_days"))
