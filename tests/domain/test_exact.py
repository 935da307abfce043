"""Exact numbers: nothing lost, nothing rounded in silence, and one way to write equal values."""

import decimal
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.domain import exact

NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**15), max_value=10**15)


@given(st.lists(NUMBERS, max_size=20))
def test_a_sum_is_exact_in_any_order(values: list[Decimal]) -> None:
    whole = sum((Fraction(value) for value in values), Fraction(0))
    assert Fraction(exact.total(values)) == Fraction(exact.total(reversed(values))) == whole


def test_a_sum_of_nothing_is_zero() -> None:
    assert exact.total([]) == exact.ZERO


@pytest.mark.parametrize(
    ("part", "whole", "pct"),
    [
        ("1", "4", "25"),
        ("-1", "4", "-25"),
        ("5", "4", "125"),
        ("0", "4", "0"),
        ("1", "3", "33." + 48 * "3"),
        ("2", "3", "66." + 47 * "6" + "7"),
    ],
)
def test_a_percentage_has_fifty_digits(part: str, whole: str, pct: str) -> None:
    found = exact.percent(Decimal(part), Decimal(whole))
    assert exact.normal(found)[:49] == pct[:49]
    assert abs(Fraction(found) - Fraction(Decimal(part)) / Fraction(Decimal(whole)) * 100) < Fraction(1, 10**45)


def test_a_percentage_of_nothing_is_an_error_and_never_infinity() -> None:
    with pytest.raises(decimal.DivisionByZero):
        exact.percent(Decimal(1), Decimal(0))
    with pytest.raises(decimal.InvalidOperation):
        exact.percent(Decimal(0), Decimal(0))


@pytest.mark.parametrize(("value", "rounded"), [("0.125", "0.12"), ("0.135", "0.14"), ("-0.125", "-0.12")])
def test_halves_go_to_the_even_neighbour(value: str, rounded: str) -> None:
    assert Decimal(value).quantize(Decimal("0.01"), context=exact.CONTEXT) == Decimal(rounded)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("15", "15"),
        ("15.0", "15"),
        ("1.5E+1", "15"),
        ("150", "150"),
        ("1E+3", "1000"),
        ("0.10", "0.1"),
        ("-0.50", "-0.5"),
        ("0", "0"),
        ("-0", "0"),
        ("-0.00", "0"),
        ("0E-7", "0"),
        ("1E-7", "0.0000001"),
    ],
)
def test_equal_values_are_written_alike(value: str, written: str) -> None:
    assert exact.normal(Decimal(value)) == written


@given(NUMBERS, st.integers(0, 9))
def test_the_scale_makes_no_difference_to_what_is_written(value: Decimal, zeros: int) -> None:
    scaled = value.quantize(Decimal(1).scaleb(-6 - zeros, context=exact.CONTEXT), context=exact.CONTEXT)
    assert exact.normal(scaled) == exact.normal(value)
    assert Decimal(exact.normal(value)) == value
