"""The rules engine: schemes of decision tables in, results with reasons out; no I/O, clock, randomness or floats.

scheme = load(text)
result = scheme.evaluate({"completion": Decimal("1.05"), "falsified": False})
result.values["tier"], result.rules["tier"], result.explain()
"""

from campaign.rules.assess import Adjustment, Cut, Standing, Stop
from campaign.rules.comparing import Change, Comparison, compare
from campaign.rules.pointing import pointed
from campaign.rules.scheme import Assessment, Result, Scheme, load

__all__ = [
    "Adjustment",
    "Assessment",
    "Change",
    "Comparison",
    "Cut",
    "Result",
    "Scheme",
    "Standing",
    "Stop",
    "compare",
    "load",
    "pointed",
]
