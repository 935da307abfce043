"""Screening: the definition's verification checks over every entity's figures (R-46).

Partition by entity, a pure function per stream, an associative combine; what needs several entities, such as parts
against their whole, is told at the end from what the partitions carried along.
"""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

import msgspec

from campaign.domain import edit_tests, exact, value_tests
from campaign.domain.definition import Definition, ScreeningTest, VerificationCheck
from campaign.domain.figures import indicator_of
from campaign.domain.governing import governing
from campaign.domain.series import Look, Point, Suspicion, Trace, points
from campaign.domain.state import Context
from campaign.problems import T

Key = tuple[str, str, str, str, str, str]
"""Check, whole, obligation, period, indicator, scope."""


class Share(msgspec.Struct, frozen=True):
    """What is known of a whole and of its parts, by id."""

    whole: Point | None = None
    parts: tuple[tuple[str, Point], ...] = ()


class Partial(msgspec.Struct, frozen=True):
    """What a part of the entities gave: what is suspected of each by itself, and what wholes and parts it holds."""

    suspicions: tuple[Suspicion, ...] = ()
    shares: dict[Key, Share] = {}


ALONE: dict[ScreeningTest, Callable[[Look], Iterator[Suspicion]]] = {
    "falling_cumulative": value_tests.falling_cumulative,
    "growth_contradicts_levels": value_tests.growth_contradicts_levels,
    "scopes_cross": value_tests.scopes_cross,
    "jump": value_tests.jump,
    "unit_slip": value_tests.unit_slip,
    "unit_missing": value_tests.unit_missing,
    "round_numbers": value_tests.round_numbers,
    "last_digits": value_tests.last_digits,
    "edit_after_ranking": edit_tests.edit_after_ranking,
    "late_edits": edit_tests.late_edits,
}
"""The tests that need one entity only; the remaining one, parts_do_not_sum, needs several."""


def part(trace: Trace, context: Context) -> Partial:
    """Screen one entity."""
    definition = governing(context, trace.state)
    if definition is None:
        return Partial()
    suspicions: list[Suspicion] = []
    shares: dict[Key, Share] = {}
    for check in definition.checks:
        look = Look(check, trace, definition, context.campaign)
        if check.test in ALONE:
            suspicions += ALONE[check.test](look)
        else:
            shares |= _shares(look)
    return Partial(tuple(suspicions), shares)


def combine(one: Partial, other: Partial) -> Partial:
    """Put two parts together; they hold different entities."""
    return gather((one, other))


def gather(parts: Iterable[Partial]) -> Partial:
    """Put any number of parts together, in one pass over what they hold."""
    suspicions: list[Suspicion] = []
    wholes: dict[Key, Point] = {}
    within: dict[Key, list[tuple[str, Point]]] = {}
    for partial in parts:
        suspicions += partial.suspicions
        for key, share in partial.shares.items():
            within.setdefault(key, []).extend(share.parts)
            if share.whole is not None:
                wholes[key] = share.whole
    shares = {key: Share(wholes.get(key), tuple(sorted(listed, key=_name))) for key, listed in within.items()}
    return Partial(tuple(suspicions), shares)


def _name(part: tuple[str, Point]) -> str:
    return part[0]


def complete(whole: Partial, definition: Definition) -> tuple[Suspicion, ...]:
    """Return everything that is suspected, by entity, check and period."""
    checks = {check.id: check for check in definition.checks}
    sums = (
        found
        for key, share in whole.shares.items()
        if key[0] in checks
        for found in _sum(checks[key[0]], key[1], share)
    )
    return tuple(
        sorted((*whole.suspicions, *sums), key=lambda found: (found.entity, found.check, found.period, found.finding))
    )


def screen(traces: Iterable[Trace], context: Context) -> tuple[Suspicion, ...]:
    """Screen all TRACES; nothing is suspected without a definition."""
    if context.definition is None:
        return ()
    return complete(gather(part(trace, context) for trace in traces), context.definition)


def _shares(look: Look) -> dict[Key, Share]:
    """Return the entity's values as a whole, and as a part of what it lies in.

    An entity inside another is no part of its prefecture, whose value holds the outer one's.
    """
    state = look.trace.state
    outer = state.parent if look.check.by == "parent" else "" if state.parent else state.prefecture
    found: dict[Key, Share] = {}
    for point in points(look):
        indicator = indicator_of(look.definition, point.figure.indicator)
        if indicator is None or not indicator.additive:
            continue
        where = (point.obligation, point.period, point.figure.indicator, point.figure.scope)
        found[(look.check.id, state.entity, *where)] = Share(point)
        if outer:
            key = (look.check.id, outer, *where)
            found[key] = Share(parts=((state.entity, point),))
    return found


def _sum(check: VerificationCheck, entity: str, share: Share) -> Iterator[Suspicion]:
    if share.whole is None or not share.parts:
        return
    total = exact.total(point.figure.value for _, point in share.parts)
    gap = exact.CONTEXT.subtract(total, share.whole.figure.value)
    if gap > check.tolerance or (check.cover == "all" and -gap > check.tolerance):
        yield _unequal(check, entity, share.whole, share, total)


def _unequal(check: VerificationCheck, entity: str, whole: Point, share: Share, total: Decimal) -> Suspicion:
    figure = whole.figure
    message = T(
        "{indicator} of {period}: the {count} parts sum to {total}, the whole is {whole}",
        indicator=figure.indicator,
        period=whole.period,
        count=len(share.parts),
        total=total,
        whole=figure.value,
    )
    return Suspicion(
        check=check.id,
        test=check.test,
        kind=check.finding,
        entity=entity,
        statement=message,
        values=(f"{entity}={figure.value}", *(f"{name}={point.figure.value}" for name, point in share.parts)),
        events=tuple(sorted({whole.position, *(point.position for _, point in share.parts)})),
        threshold=str(check.tolerance),
        indicator=figure.indicator,
        scope=figure.scope,
        report=whole.report,
        period=whole.period,
    )
