"""Sharing out an amount exactly: largest remainder in whole units, the id as the last tie-break.

Everything is reckoned in integers, so that the parts always add up to the amount.
"""

from collections.abc import Mapping
from decimal import ROUND_FLOOR, Decimal

from campaign.rules.exact import CONTEXT, ZERO, rounded


def shared(total: Decimal, weights: Mapping[str, Decimal], digits: int = 2) -> dict[str, Decimal]:
    """Share TOTAL by WEIGHTS (none negative), in units of DIGITS places; less than a unit of TOTAL is left over.

    Units that remain after rounding down go to the largest remainders; equal remainders by id.
    """
    if not any(weights.values()) or total <= 0:
        return dict.fromkeys(weights, rounded(ZERO, digits, "down"))
    units = _units(total, digits)
    integers = _integers(weights)
    divisor = sum(integers.values())
    parts = {name: units * weight // divisor for name, weight in integers.items()}
    remainders = {name: units * weight % divisor for name, weight in integers.items()}
    for name in sorted(parts, key=lambda name: (-remainders[name], name))[: units - sum(parts.values())]:
        parts[name] += 1
    return {name: Decimal(part).scaleb(-digits, CONTEXT) for name, part in parts.items()}


def _units(total: Decimal, digits: int) -> int:
    return int(total.scaleb(digits, CONTEXT).to_integral_value(ROUND_FLOOR, CONTEXT))


def _integers(weights: Mapping[str, Decimal]) -> dict[str, int]:
    """Return the weights as integers in the same proportion."""
    places = max(max(-exponent(weight), 0) for weight in weights.values())
    return {name: int(weight.scaleb(places, CONTEXT)) for name, weight in weights.items()}


def exponent(value: Decimal) -> int:
    """Return the exponent of a finite number: -2 for 1.25."""
    found = value.as_tuple().exponent
    assert isinstance(found, int)  # noqa: S101 -- inputs are finite, and the context traps what is not
    return found
