"""Tests of reported values: what contradicts itself, falls, jumps, slips in size or is too regular (R-46)."""

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

from msgspec.structs import replace

from campaign.domain import exact
from campaign.domain.events import Figure
from campaign.domain.figures import indicator_of
from campaign.domain.series import YEAR_DIGITS, Look, Point, Suspicion, points, series, steps
from campaign.problems import T, Text

CONTEXT = exact.CONTEXT
CONSISTENT = Decimal("0.6745")
"""The third quartile of the normal distribution: it makes the median deviation comparable with a standard deviation."""

SLACK = Decimal(30)
"""How far a factor may lie from a slip of unit, up or down, and still be one: a cumulative value grows so in a year."""

DIGITS = 10
YEAR_END = "-12"
"""How the last monthly period of a year ends."""


def falling_cumulative(look: Look) -> Iterator[Suspicion]:
    """Find a cumulative value that is lower than the one before it in the same year."""
    for listed in series(look).values():
        for before, after in steps(listed):
            fall = CONTEXT.subtract(before.figure.value, after.figure.value)
            if fall > look.check.tolerance:
                message = T(
                    "{indicator} falls from {before} in {earlier} to {after} in {later}, though it is cumulative",
                    indicator=after.figure.indicator,
                    before=before.figure.value,
                    earlier=before.period,
                    after=after.figure.value,
                    later=after.period,
                )
                yield look.suspect((before, after), _values(before, after), message, str(look.check.tolerance))


def growth_contradicts_levels(look: Look) -> Iterator[Suspicion]:
    """Find a growth rate and a level that imply a last year which cannot have been.

    What they imply of last year, level / (1 + growth), may not fall from one period of a year to the next, may not
    exceed the whole of last year, and at the end of the year has to be it.
    """
    for (obligation, name, scope), listed in series(look).items():
        rate = indicator_of(look.definition, name)
        if rate is None or not rate.base:
            continue
        levels = _levels(look, obligation, rate.base, scope)
        whole = _last_year(look, rate.base, scope)
        before: tuple[Point, Decimal] | None = None
        for point in listed:
            level = levels.get(point.period)
            implied = _implied(point.figure.value, level.figure.value) if level else None
            if level is None or implied is None:
                continue
            yield from _contradicted(look, (level, point), implied, whole, before)
            before = point, implied


def _levels(look: Look, obligation: str, base: str, scope: str) -> dict[str, Point]:
    return {
        line.period: Point(line.obligation, line.period, figure, line.report, line.figures_position)
        for line in look.trace.state.reports.values()
        if line.obligation == obligation and line.status != "returned"
        for figure in line.figures
        if (figure.indicator, figure.scope) == (base, scope)
    }


def _last_year(look: Look, base: str, scope: str) -> Decimal | None:
    found = (item.value for item in look.trace.state.baseline if (item.indicator, item.scope) == (base, scope))
    return next(found, None)


def _implied(growth: Decimal, level: Decimal) -> Decimal | None:
    """Return what growth and level imply of last year; nothing can be said from a fall of all."""
    factor = CONTEXT.add(exact.HUNDRED, growth)
    return CONTEXT.divide(CONTEXT.multiply(level, exact.HUNDRED), factor) if factor > exact.ZERO else None


def _contradicted(
    look: Look, pair: tuple[Point, Point], implied: Decimal, whole: Decimal | None, before: tuple[Point, Decimal] | None
) -> Iterator[Suspicion]:
    tolerance, (level, point) = look.check.tolerance, pair
    values = (_value(point), _value(level))
    said: dict[str, object] = {"growth": point.figure.value, "level": level.figure.value, "period": point.period}
    said["implied"] = _shown(look, level, implied)
    if whole is not None and (because := _against_last_year(point, implied, whole, tolerance, said)):
        yield look.suspect(pair, (*values, f"last-year={whole}"), because, str(tolerance))
    if before is not None and _fell(before, point, implied, tolerance):
        earlier = _shown(look, level, before[1])
        message = T(
            "growth {growth} and level {level} of {period} imply {implied} last year, but {earlier} was implied before",
            earlier=earlier,
            **said,
        )
        yield look.suspect((before[0], *pair), (*values, f"implied-before={earlier}"), message, str(tolerance))


def _against_last_year(
    point: Point, implied: Decimal, whole: Decimal, tolerance: Decimal, said: dict[str, object]
) -> Text | None:
    if CONTEXT.subtract(implied, whole) > tolerance:
        return T(
            "growth {growth} and level {level} of {period} imply {implied} last year, but all of it was {whole}",
            whole=whole,
            **said,
        )
    if point.period.endswith(YEAR_END) and CONTEXT.subtract(whole, implied) > tolerance:
        return T(
            "growth {growth} and level {level} of {period} imply only {implied} last year, which was {whole}",
            whole=whole,
            **said,
        )
    return None


def _fell(before: tuple[Point, Decimal], point: Point, implied: Decimal, tolerance: Decimal) -> bool:
    same_year = before[0].period[:YEAR_DIGITS] == point.period[:YEAR_DIGITS]
    return same_year and CONTEXT.subtract(before[1], implied) > tolerance


def _shown(look: Look, level: Point, value: Decimal) -> Decimal:
    indicator = indicator_of(look.definition, level.figure.indicator)
    return value.quantize(Decimal(1).scaleb(-(indicator.digits if indicator else 2)), context=CONTEXT)


def scopes_cross(look: Look) -> Iterator[Suspicion]:
    """Find a value under the narrower scope that exceeds the same one under the wider."""
    narrow, wide = look.check.scopes
    found: dict[tuple[str, str, str], dict[str, Point]] = {}
    for point in points(look):
        key = (point.obligation, point.period, point.figure.indicator)
        found.setdefault(key, {})[point.figure.scope] = point
    for under in found.values():
        if narrow in under and wide in under:
            inner, outer = under[narrow], under[wide]
            if CONTEXT.subtract(inner.figure.value, outer.figure.value) > look.check.tolerance:
                message = T(
                    "{indicator} of {period} is {inner} under {narrow}, more than {outer} under {wide}",
                    indicator=inner.figure.indicator,
                    period=inner.period,
                    inner=inner.figure.value,
                    narrow=narrow,
                    outer=outer.figure.value,
                    wide=wide,
                )
                yield look.suspect((outer, inner), _values(outer, inner), message, str(look.check.tolerance))


def jump(look: Look) -> Iterator[Suspicion]:
    """Find a step from one period to the next that lies far from the others of its series.

    Far: 0.6745·|step - median| / median deviation exceeds the threshold.  Where most steps are the same, any that
    differs by more than the tolerance is.
    """
    threshold = look.check.threshold or exact.ZERO
    for listed in series(look).values():
        pairs = list(steps(listed))
        if len(pairs) < look.check.at_least:
            continue
        sizes = [CONTEXT.subtract(after.figure.value, before.figure.value) for before, after in pairs]
        middle = median(sizes)
        apart = [CONTEXT.subtract(size, middle).copy_abs() for size in sizes]
        spread = median(apart)
        for (before, after), distance in zip(pairs, apart, strict=True):
            scaled = CONTEXT.multiply(CONSISTENT, distance)
            if distance > look.check.tolerance and scaled > CONTEXT.multiply(threshold, spread):
                message = T(
                    "{indicator} goes from {before} to {after} in {period}, where a step is usually {middle}",
                    indicator=after.figure.indicator,
                    before=before.figure.value,
                    after=after.figure.value,
                    period=after.period,
                    middle=middle,
                )
                values = (*_values(before, after), f"median-step={middle}", f"median-deviation={spread}")
                yield look.suspect((before, after), values, message, str(threshold))


def median(values: Sequence[Decimal]) -> Decimal:
    """Return the middle of VALUES, the mean of the two middle ones of an even number. Raises IndexError for none."""
    ordered = sorted(values)
    half = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[half]
    return CONTEXT.divide(CONTEXT.add(ordered[half - 1], ordered[half]), Decimal(2))


def unit_slip(look: Look) -> Iterator[Suspicion]:
    """Find a value that differs from the others of its series, last year's included, by about a factor of two units."""
    factor = look.check.threshold or exact.ZERO
    for (_, name, scope), listed in series(look).items():
        last_year = [item.value for item in look.trace.state.baseline if (item.indicator, item.scope) == (name, scope)]
        sizes = [value.copy_abs() for value in (*last_year, *(point.figure.value for point in listed)) if value]
        if len(sizes) <= look.check.at_least:
            continue
        middle = median(sizes)
        for point in listed:
            size = point.figure.value.copy_abs()
            if size and _near(CONTEXT.divide(max(size, middle), min(size, middle)), factor):
                message = T(
                    "{indicator} of {period} is {value}, and usually about {middle}: a slip of unit",
                    indicator=name,
                    period=point.period,
                    value=point.figure.value,
                    middle=middle,
                )
                yield look.suspect((point,), (_value(point), f"median={middle}"), message, str(factor))


def _near(ratio: Decimal, factor: Decimal) -> bool:
    return CONTEXT.divide(factor, SLACK) <= ratio <= CONTEXT.multiply(factor, SLACK)


def unit_missing(look: Look) -> Iterator[Suspicion]:
    """Find a value without a unit, or in another than its indicator declares."""
    for point in points(look):
        indicator = indicator_of(look.definition, point.figure.indicator)
        right = indicator.unit if indicator else ""
        if point.figure.unit.strip() != right or not right:
            message = T(
                "{indicator} of {period} is {value} without its unit, {unit}",
                indicator=point.figure.indicator,
                period=point.period,
                value=point.figure.value,
                unit=right or "?",
            )
            yield look.suspect((point,), (_value(point),), message, right)


def round_numbers(look: Look) -> Iterator[Suspicion]:
    """Find more round values than the threshold's share."""
    listed = [point for point in points(look) if point.figure.value]
    if len(listed) < look.check.at_least:
        return
    is_round = [point for point in listed if not CONTEXT.remainder(point.figure.value, look.check.step)]
    share = CONTEXT.divide(Decimal(len(is_round)), Decimal(len(listed)))
    if is_round and share > (look.check.threshold or exact.ZERO):
        message = T(
            "{count} of {all} values are whole multiples of {step}",
            count=len(is_round),
            all=len(listed),
            step=look.check.step,
        )
        yield _pooled(look, is_round, (f"round={len(is_round)}", f"all={len(listed)}"), message)


def last_digits(look: Look) -> Iterator[Suspicion]:
    """Find last digits that are not as even as chance makes them: chi-square exceeds the threshold."""
    listed = [point for point in points(look) if point.figure.value]
    if len(listed) < look.check.at_least:
        return
    counts = Counter(_digit(look, point.figure) for point in listed)
    expected = CONTEXT.divide(Decimal(len(listed)), Decimal(DIGITS))
    apart = (CONTEXT.subtract(Decimal(counts[digit]), expected) for digit in range(DIGITS))
    square = exact.total(CONTEXT.divide(CONTEXT.multiply(gap, gap), expected) for gap in apart)
    if square > (look.check.threshold or exact.ZERO):
        digit, often = counts.most_common(1)[0]
        message = T("{count} of {all} values end in {digit}", count=often, all=len(listed), digit=digit)
        values = (*(f"{place}={counts[place]}" for place in range(DIGITS)), f"chi-square={square.normalize(CONTEXT)}")
        yield _pooled(look, listed, values, message)


def _digit(look: Look, figure: Figure) -> int:
    indicator = indicator_of(look.definition, figure.indicator)
    scaled = figure.value.copy_abs().scaleb(indicator.digits if indicator else 0, context=CONTEXT)
    return int(scaled) % DIGITS


def _pooled(look: Look, listed: list[Point], values: tuple[str, ...], message: Text) -> Suspicion:
    """Say something of all values together: it is about no single report."""
    found = look.suspect(listed, values, message, str(look.check.threshold))
    return replace(found, indicator="", scope="", report="", period="")


def _value(point: Point) -> str:
    figure = point.figure
    return f"{point.period} {figure.indicator}={figure.value} {figure.unit}@{figure.scope}".strip()


def _values(*listed: Point) -> tuple[str, ...]:
    return tuple(map(_value, listed))
