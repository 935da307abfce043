"""The shipped example scheme: proven, its cases pass, and a small province comes out as reckoned by hand."""

import pytest
from rules.support import dec, shipped

from campaign.rules import Scheme

ROW = {
    "group": "prefecture",
    "completion": dec("1.05"),
    "benefit_completion": dec("1.02"),
    "on_time_ratio": 1,
    "falsified": False,
    "has_target": True,
}


@pytest.fixture(scope="module")
def scheme() -> Scheme:
    return shipped("jilin-2005-example")


def test_every_case_beside_the_tables_passes(scheme: Scheme) -> None:
    assert [case for case in scheme.run_cases() if not case.passed] == []


def test_the_scheme_says_that_it_is_an_example(scheme: Scheme) -> None:
    assert "EXAMPLE" in scheme.model.notice
    assert "EXAMPLE" in scheme.render()


def test_one_prefecture_is_scored_tiered_and_admitted(scheme: Scheme) -> None:
    result = scheme.evaluate(ROW)
    assert result.values["score"] == dec("103.90")
    assert (result.values["tier"], result.values["attainment"], result.values["eligible"]) == ("B", "exceeded", True)
    assert result.rules == {"attainment": (1,), "eligible": (2,), "tier": (3,)}


def province() -> dict[str, dict[str, object]]:
    prefectures = {f"2201{i:02d}": {**ROW, "completion": dec(f"{100 + i}") / 100} for i in range(6)}
    enterprises = {
        f"E{i}": {**ROW, "group": "key_enterprise", "completion": dec(f"{100 + i}") / 100, "falsified": i == 4}
        for i in range(6)
    }
    return prefectures | enterprises


def test_the_pool_cuts_every_prize_alike_to_the_cent(scheme: Scheme) -> None:
    assessment = scheme.assess(province())
    assert assessment.standings["220105"].prize == dec("1000000")
    assert assessment.standings["220105"].award == dec("882352.94")
    assert sum(standing.award for standing in assessment.standings.values()) == dec("3000000")
    assert assessment.cuts[0].claimed == dec("3400000")


def test_a_veto_wins_over_any_score(scheme: Scheme) -> None:
    standing = scheme.assess(province()).standings["E4"]
    assert (standing.rank, standing.award, standing.grade) == (None, 0, "none")
    assert standing.stopped[0].because == "弄虚作假，一票否决"


def test_increment_enterprises_are_not_eligible(scheme: Scheme) -> None:
    standing = scheme.assess({"I1": {**ROW, "group": "increment_enterprise"}}).standings["I1"]
    assert standing.rank is None
    assert standing.stopped[0].clause == "R-23"
