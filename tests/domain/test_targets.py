"""Targets: proposed, reviewed, fixed, revised (R-05, R-14, R-50); and the arithmetic of attainment."""

import hashlib
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import product

import msgspec
import pytest
from domain.scenario import DEFINITION, FIXED, OTHER, By, definition, fixing, given, outcome, target
from hypothesis import given as forall
from hypothesis import strategies as st

from campaign.domain import attainment, exact
from campaign.domain import commands as c
from campaign.domain import events as e
from campaign.domain.attainment import Completion, DualTrend, Reconciled
from campaign.domain.definition import FourEyes, Indicator, Scope
from campaign.domain.state import EntityState, TargetLine
from campaign.domain.targets import completed, target_set_sha256
from campaign.problems import Refused

PROPOSE = c.ProposeTarget("faw", target(), "上年水平")
FAVOUR = c.ReviewTarget("faw", "growth", favourable=True, opinion="")
OBJECT = c.ReviewTarget("faw", "growth", favourable=False, opinion="偏低")
FIX = By(c.FixTarget("faw", "growth"))


def revise(line: e.Target, reason: str = "重组") -> c.ReviseTarget:
    return c.ReviseTarget("faw", line, reason, "吉经 12")


@pytest.mark.parametrize(
    ("before", "when", "then"),
    [
        ((), PROPOSE, (e.TargetProposed(target(), "上年水平"),)),
        ((PROPOSE,), PROPOSE, ["nothing-changes"]),
        ((PROPOSE, FAVOUR), PROPOSE, ["nothing-changes"]),
        ((PROPOSE, OBJECT), PROPOSE, (e.TargetProposed(target(), "上年水平"),)),
        ((PROPOSE,), c.ProposeTarget("faw", target("16"), "再议"), (e.TargetProposed(target("16"), "再议"),)),
        (FIXED, c.ProposeTarget("faw", target("16"), "再议"), ["target-fixed"]),
        ((), c.ProposeTarget("faw", target(), " "), ["text-missing"]),
        ((), FAVOUR, ["unknown-target"]),
        ((PROPOSE,), FAVOUR, (e.TargetReviewed("growth", favourable=True, opinion=""),)),
        ((PROPOSE,), OBJECT, (e.TargetReviewed("growth", favourable=False, opinion="偏低"),)),
        ((PROPOSE, FAVOUR), FAVOUR, ["nothing-changes"]),
        ((PROPOSE, OBJECT), OBJECT, ["nothing-changes"]),
        ((PROPOSE, OBJECT), FAVOUR, (e.TargetReviewed("growth", favourable=True, opinion=""),)),
        ((PROPOSE,), c.ReviewTarget("faw", "growth", favourable=False, opinion=""), ["text-missing"]),
        (FIXED, FAVOUR, ["target-fixed"]),
        ((), FIX, ["unknown-target"]),
        ((PROPOSE,), FIX, ["target-not-reviewed"]),
        ((PROPOSE, OBJECT), FIX, ["target-objected"]),
        ((PROPOSE, FAVOUR), FIX, (e.TargetFixed(target()),)),
        ((PROPOSE, FAVOUR), c.FixTarget("faw", "growth"), ["four-eyes"]),
        ((PROPOSE,), c.FixTarget("faw", "growth"), ["target-not-reviewed", "four-eyes"]),
        (FIXED, FIX, ["nothing-changes"]),
        (FIXED, revise(target("12")), (e.TargetRevised(target("12"), "重组", "吉经 12"),)),
        (FIXED, revise(target("15.00")), ["nothing-changes"]),
        (FIXED, revise(target("12"), ""), ["text-missing"]),
        (FIXED, revise(target("12", "profit", target="growth")), ["indicator-changed"]),
        ((), revise(target("12")), ["unknown-target"]),
        ((PROPOSE,), revise(target("12")), ["target-not-fixed"]),
    ],
)
def test_the_life_of_a_target(
    before: tuple[c.EntityCommand | By, ...], when: c.EntityCommand | By, then: list[str] | tuple[e.Event, ...]
) -> None:
    assert outcome(given(*before), when) == then


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        (target("1", "steel"), ["unknown-indicator"]),
        (target("1", unit="亿元"), ["unit-slip"]),
        (target("1", scope="national"), ["unknown-scope"]),
        (target("1", unit="亿元", scope="national"), ["unit-slip", "unknown-scope"]),
        (target("1", "profit", scope=""), ["unknown-scope"]),
        (target(None), ["target-empty"]),
        (target("1", "order"), ["target-qualitative"]),
        (target("15", "profit", first_half_actual=Decimal(7), second_half=Decimal("7.99")), ["halves-do-not-add-up"]),
        (target(None, text="好", first_half_actual=Decimal(7), second_half=Decimal(7)), ["halves-do-not-add-up"]),
    ],
)
def test_an_unsound_target_is_neither_proposed_nor_revised(line: e.Target, refused: list[str]) -> None:
    assert outcome(given(), c.ProposeTarget("faw", line, "上年水平")) == refused
    if line.indicator != "steel":
        sound = msgspec.structs.replace(target("9", line.indicator, text="好"), value=None)
        assert outcome(given(*fixing(sound)), revise(line)) == refused


@pytest.mark.parametrize(
    "line",
    [
        target("15", "profit", first_half_actual=Decimal(7), second_half=Decimal("8.00")),
        target("15", "profit", first_half_actual=Decimal(7)),
        target(None, "order", text="按期完成"),
        target(None, text="力争达到上年水平", strength="soft"),
        target("0", operator="<="),
    ],
)
def test_sound_targets_of_every_sort(line: e.Target) -> None:
    assert outcome(given(), c.ProposeTarget("faw", line, "r")) == (e.TargetProposed(line, "r"),)


def test_what_the_definition_makes_plain_need_not_be_said() -> None:
    bare = e.Target(target="", indicator="growth", value=Decimal(15))
    assert completed(bare, DEFINITION) == target()
    assert completed(e.Target(target="", indicator="profit"), DEFINITION).scope == ""
    single = definition(scopes=(Scope(id="only", label="x"),))
    assert completed(e.Target(target="p", indicator="profit"), single) == target(
        None, "profit", target="p", scope="only"
    )
    assert completed(e.Target(target="p", indicator="steel"), single).unit == ""


def test_four_eyes_on_targets_may_be_switched_off() -> None:
    alone = definition(four_eyes=FourEyes(targets=False))
    life = given(PROPOSE, FAVOUR, rules=alone)
    assert outcome(life, c.FixTarget("faw", "growth")) == (e.TargetFixed(target()),)


def test_the_line_remembers_who_proposed_and_how_often_it_was_revised() -> None:
    life = given(*FIXED, By(revise(target("12")), OTHER))
    assert life.state.targets["growth"] == TargetLine(target("12"), "fixed", "clerk", 105, 1)


# --- the hash of the set -----------------------------------------------------------------------------------------

NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-1000, max_value=1000)


def fixed(*lines: e.Target) -> EntityState:
    return EntityState(targets={line.target: TargetLine(line, "fixed", "clerk", 1) for line in lines})


@forall(st.lists(st.tuples(st.sampled_from("abcdef"), NUMBERS), unique_by=lambda pair: pair[0]), st.randoms())
def test_equal_sets_hash_alike_in_any_order_and_scale(values: list[tuple[str, Decimal]], random: object) -> None:
    lines = [target(str(value), "growth", target=name) for name, value in values]
    mixed = [msgspec.structs.replace(line, value=Decimal(f"{line.value}000")) for line in lines]
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert target_set_sha256(fixed(*lines)) == target_set_sha256(fixed(*mixed))


@pytest.mark.parametrize(
    "changes",
    [
        {"value": Decimal("15.000000000001")},
        {"value": None},
        {"operator": "<="},
        {"unit": "亿元"},
        {"period": "2006"},
        {"scope": "group"},
        {"strength": "soft"},
        {"text": "x"},
        {"first_half_actual": Decimal(7)},
        {"second_half": Decimal(7)},
        {"target": "other"},
        {"indicator": "profit"},
    ],
)
def test_any_change_of_any_field_changes_the_hash(changes: dict[str, object]) -> None:
    assert target_set_sha256(fixed(target())) != target_set_sha256(fixed(target(**changes)))


def test_only_fixed_targets_count_and_zero_has_one_face() -> None:
    life = given(PROPOSE)
    assert target_set_sha256(life.state) == target_set_sha256(EntityState())
    assert target_set_sha256(fixed(target("-0.00"))) == target_set_sha256(fixed(target("0")))


def test_the_hash_is_that_of_canonical_json_and_a_golden_value() -> None:
    """Letters of years ago bind it: it may never change."""
    text = (
        '[{"indicator":"growth","operator":">=","period":"2005","scope":"provincial","strength":"hard",'
        '"target":"growth","unit":"%","value":"15"},'
        '{"indicator":"profit","operator":">=","period":"2005","scope":"provincial","strength":"hard",'
        '"target":"profit","unit":"亿元","value":"150.5"}]'
    )
    found = target_set_sha256(fixed(target("150.50", "profit"), target("15.0")))
    assert found == hashlib.sha256(text.encode()).hexdigest()
    assert found == "84f4edb0b80ef17147b25aa90e71992b2a5d5f3a56970eb7315573140ef39a90"


@pytest.mark.parametrize(("text", "normal"), [("1.5E+1", "15"), ("15.00", "15"), ("-0.0", "0"), ("100", "100")])
def test_a_number_has_one_way_to_be_written(text: str, normal: str) -> None:
    assert exact.normal(Decimal(text)) == normal


# --- attainment --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "value", "met"),
    [
        (">=", "15.00", True),
        (">=", "14.99", False),
        (">=", "14.99999999999999999999999999999999999999999999999999999999999", False),
        ("<=", "15.00", True),
        ("<=", "15.01", False),
        ("==", "15.000", True),
        ("==", "15.001", False),
    ],
)
def test_the_boundary_is_exact(operator: str, value: str, met: bool) -> None:  # noqa: FBT001 -- the expected answer
    assert attainment.meets(target("15", operator=operator), Decimal(value)) is met


def test_a_qualitative_target_is_not_met_by_a_number() -> None:
    assert attainment.meets(target(None, text="好"), Decimal(1)) is None


LEVELS = Indicator(id="i", label="i", unit="u")
STATED = Indicator(id="i", label="i", unit="u", zero_base="state")
GROWTH = Indicator(id="i", label="i", unit="u", completion="ratio_of_growth")
LOSS = Indicator(id="i", label="i", unit="u", completion="loss_reduction", zero_base="state")
STRICT = msgspec.structs.replace(LOSS, zero_base="refuse")
WORDS = Indicator(id="i", label="i", unit="u", completion="qualitative")


@pytest.mark.parametrize(
    ("indicator", "goal", "actual", "base", "course", "pct"),
    [
        (LEVELS, 150, 165, None, "measured", "110"),
        (LEVELS, 150, -15, None, "measured", "-10"),
        (STATED, 0, 5, None, "no_base", None),
        (STATED, -3, 5, None, "no_base", None),
        (msgspec.structs.replace(GROWTH, zero_base="state"), 115, 5, 0, "no_base", None),
        (GROWTH, 15, "16.5", None, "measured", "110"),
        (GROWTH, 115, 130, 100, "measured", "200"),
        (GROWTH, 115, 90, 100, "measured", "-66." + "6" * 47 + "7"),
        (LOSS, 60, -5, 100, "turned", "262.5"),
        (LOSS, 60, 0, 100, "turned", "250"),
        (LOSS, 60, 70, 100, "reduced", "75"),
        (LOSS, 60, 100, 100, "contained", "0"),
        (LOSS, 60, 120, 100, "widened", "-50"),
        (LOSS, 110, 110, 100, "contained", None),
        (LOSS, 110, 111, 100, "widened", None),
        (LOSS, 100, 50, 100, "reduced", None),
        (LOSS, 0, 5, 0, "widened", None),
        (LOSS, 0, -5, 0, "no_loss", None),
        (LOSS, 0, 0, -20, "no_loss", None),
        (LOSS, 0, 5, None, "widened", None),
        (WORDS, 0, 0, None, "judged", None),
    ],
)
def test_completion(  # noqa: PLR0917 -- a table's columns
    indicator: Indicator, goal: object, actual: object, base: object, course: str, pct: str | None
) -> None:
    level = None if base is None else Decimal(str(base))
    found = attainment.completion(indicator, Decimal(str(goal)), Decimal(str(actual)), level)
    assert found == Completion(course, None if pct is None else Decimal(pct))


@pytest.mark.parametrize(
    ("indicator", "goal", "base", "said"),
    [
        (LEVELS, "0", None, "0"),
        (LEVELS, "-1", None, "-1"),
        (GROWTH, "0", None, "0"),
        (GROWTH, "115", "0", "0"),
        (GROWTH, "115", "-5", "-5"),
        (GROWTH, "100", "100", "0"),
        (STRICT, "0", "0", "0"),
        (STRICT, "0", "-5.0", "-5.0"),
        (STRICT, "0", None, "0"),
    ],
)
def test_no_percentage_is_taken_of_a_zero_or_negative_base(
    indicator: Indicator, goal: str, base: str | None, said: str
) -> None:
    level = None if base is None else Decimal(base)
    found = attainment.completion(indicator, Decimal(goal), Decimal(5), level)
    assert isinstance(found, Refused)
    assert [(reason.code, reason.rule, reason.message.values) for reason in found.reasons] == [
        ("no-base", "i.zero_base", {"indicator": "i", "base": said})
    ]


@forall(NUMBERS, NUMBERS, NUMBERS)
def test_a_loss_that_shrinks_never_reads_as_one_that_grows(goal: Decimal, actual: Decimal, base: Decimal) -> None:
    found = attainment.completion(LOSS, goal, actual, base)
    assert isinstance(found, Completion)
    if base > 0 and actual < base:
        assert found.course in {"turned", "reduced"}
        assert found.pct is None or found.pct > 0
    if base > 0 and actual > base:
        assert found.course in {"contained", "widened"}
        assert found.pct is None or found.pct < 0


def test_the_ambient_context_changes_nothing() -> None:
    with localcontext() as ambient:
        ambient.prec = 2
        found = attainment.completion(LEVELS, Decimal(3), Decimal("1.23456"))
        gap = attainment.reconcile({"a": (Decimal("1.2345"), None)}, Decimal("9.8765"))
    assert found == Completion("measured", Decimal("41.152"))
    assert gap == Reconciled(Decimal("1.2345"), Decimal("9.8765"), Decimal("8.6420"))


SIGNS = {"down": Decimal(-1), "flat": Decimal(0), "up": Decimal(1)}
NAMED = {("down", "down"): "both_down", ("flat", "flat"): "both_flat", ("up", "up"): "both_up"}


@pytest.mark.parametrize(("growth", "benefit"), list(product(SIGNS, SIGNS)))
def test_all_nine_cells_of_the_dual_trend(growth: str, benefit: str) -> None:
    found = attainment.dual_trend(SIGNS[growth], SIGNS[benefit])
    assert found == DualTrend(growth, benefit)
    assert found.name == NAMED.get((growth, benefit), "mixed")


@pytest.mark.parametrize(
    ("change", "direction"), [("0.5", "flat"), ("0.51", "up"), ("-0.5", "flat"), ("-0.51", "down")]
)
def test_a_change_within_the_tolerance_is_flat(change: str, direction: str) -> None:
    assert attainment.dual_trend(Decimal(change), Decimal(0), Decimal("0.5")).growth == direction


def test_additive_parts_are_summed_and_the_gap_is_what_is_lacking() -> None:
    parts = {"a": (Decimal("60.5"), None), "b": (Decimal(80), None)}
    assert attainment.reconcile(parts, Decimal(150)) == Reconciled(Decimal("140.5"), Decimal(150), Decimal("9.5"))
    assert attainment.reconcile({}, Decimal(1)) == Reconciled(Decimal(0), Decimal(1), Decimal(1))


def test_growth_rates_are_weighted_by_their_bases() -> None:
    parts = {"a": (Decimal(10), Decimal(300)), "b": (Decimal(30), Decimal(100))}
    assert attainment.reconcile(parts, Decimal(15)) == Reconciled(Decimal(15), Decimal(15), Decimal(0))


@pytest.mark.parametrize(
    ("weight", "code"),
    [(None, "weight-missing"), (Decimal(0), "weight-not-positive"), (Decimal(-1), "weight-not-positive")],
)
def test_parts_without_a_sound_base_are_named(weight: Decimal | None, code: str) -> None:
    found = attainment.reconcile({"a": (Decimal(1), Decimal(1)), "b": (Decimal(1), weight)}, Decimal(1))
    assert isinstance(found, Refused)
    assert found.reasons[0].code == code
    assert found.reasons[0].message.values == {"parts": "b"}


@forall(st.lists(st.tuples(NUMBERS, NUMBERS.filter(lambda number: number > 0)), min_size=1, max_size=8))
def test_the_weighted_mean_lies_between_the_extremes(parts: list[tuple[Decimal, Decimal]]) -> None:
    found = attainment.reconcile({str(number): part for number, part in enumerate(parts)}, Decimal(0))
    assert isinstance(found, Reconciled)
    values = [Fraction(value) for value, _ in parts]
    tiny = Fraction(1, 10**40)
    assert min(values) - tiny <= Fraction(found.parts) <= max(values) + tiny
