"""Findings: raised, explained, resolved; a confirmed falsification is visible (R-46)."""

import pytest
from domain.scenario import OTHER, REPORT, By, Step, figure, given, outcome

from campaign.domain import commands as c
from campaign.domain import events as e
from campaign.domain.findings import falsified
from campaign.domain.state import FindingLine

RAISE = c.RaiseFinding("faw", "f-1", "falsification", "产值与用电不符", "r-1", "profit")
EXPLAIN = c.ExplainFinding("faw", "f-1", "统计口径变化")
CORRECT = c.CorrectReport("faw", "r-1", (figure("13"),), "漏报")


def resolve(outcome: str = "confirmed", reason: str = "核实") -> c.ResolveFinding:
    return c.ResolveFinding("faw", "f-1", outcome, reason)


@pytest.mark.parametrize(
    ("before", "when", "then"),
    [
        ((), RAISE, (e.FindingRaised("f-1", "falsification", "产值与用电不符", "r-1", "profit"),)),
        ((), c.RaiseFinding("faw", "f-1", "omission", "漏报"), (e.FindingRaised("f-1", "omission", "漏报"),)),
        ((RAISE,), RAISE, ["finding-exists"]),
        ((), c.RaiseFinding("faw", "", "omission", " "), ["text-missing", "text-missing"]),
        ((), c.RaiseFinding("faw", "f", "omission", "x", "r-9", "steel"), ["unknown-report", "unknown-indicator"]),
        ((RAISE,), EXPLAIN, (e.FindingExplained("f-1", "统计口径变化"),)),
        ((RAISE, EXPLAIN), EXPLAIN, (e.FindingExplained("f-1", "统计口径变化"),)),
        ((RAISE,), c.ExplainFinding("faw", "f-1", ""), ["text-missing"]),
        ((), EXPLAIN, ["unknown-finding"]),
        ((RAISE, By(resolve())), EXPLAIN, ["finding-closed"]),
        ((RAISE,), By(resolve()), (e.FindingResolved("f-1", "confirmed", "核实"),)),
        ((RAISE, EXPLAIN), By(resolve("cleared")), (e.FindingResolved("f-1", "cleared", "核实"),)),
        ((RAISE,), resolve(), ["four-eyes"]),
        ((RAISE,), By(resolve("confirmed", "")), ["text-missing"]),
        ((RAISE,), By(resolve("corrected")), ["not-corrected"]),
        ((RAISE,), resolve("corrected", ""), ["text-missing", "four-eyes", "not-corrected"]),
        ((RAISE, CORRECT), By(resolve("corrected")), (e.FindingResolved("f-1", "corrected", "核实"),)),
        (
            (c.RaiseFinding("faw", "f-1", "omission", "漏报"),),
            By(resolve("corrected")),
            (e.FindingResolved("f-1", "corrected", "核实"),),
        ),
        ((RAISE, By(resolve())), By(resolve()), ["nothing-changes"]),
        ((RAISE, By(resolve())), By(resolve("cleared")), ["finding-closed"]),
        ((), resolve(), ["unknown-finding"]),
    ],
)
def test_the_life_of_a_finding(before: tuple[Step, ...], when: Step, then: list[str] | tuple[e.Event, ...]) -> None:
    assert outcome(given(REPORT, *before), when) == then


def test_the_line_remembers_who_raised_it_about_what() -> None:
    life = given(REPORT, By(RAISE), EXPLAIN)
    assert life.state.findings["f-1"] == FindingLine(
        finding="f-1",
        kind="falsification",
        statement="产值与用电不符",
        raised_by=OTHER,
        position=103,
        report="r-1",
        indicator="profit",
        status="explained",
    )


@pytest.mark.parametrize(
    ("kind", "decision", "false"),
    [("falsification", "confirmed", True), ("falsification", "cleared", False), ("omission", "confirmed", False)],
)
def test_only_a_confirmed_falsification_counts_as_one(kind: str, decision: str, false: bool) -> None:  # noqa: FBT001 -- the expected answer
    life = given(c.RaiseFinding("faw", "f-1", kind, "x"))
    assert not falsified(life.state)
    assert falsified(life.do(By(resolve(decision))).state) is false
