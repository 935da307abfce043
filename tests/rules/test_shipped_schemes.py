"""Every scheme of config/schemes: its worked values hold, it reads well and explains itself in any order of input."""

from decimal import Decimal

import msgspec
import pytest
from rules.support import SCHEMES, dec, shipped

from campaign.rules import Adjustment, Scheme, load

NAMES = sorted(path.stem for path in SCHEMES.glob("*.yaml"))
WORKED = {
    "chishui-2008": 4,
    "fujian-2018q1": 2,
    "gansu-2010": 1,
    "heilongjiang": 4,
    "jilin-2005-example": 2,
    "jinhua-2011": 4,
    "nantong-2005": 1,
    "sasac-22": 7,
    "vetoes": 1,
    "yangzhou-2007": 6,
    "zhongshan-2022": 3,
}


@pytest.fixture(scope="module", params=NAMES)
def scheme(request: pytest.FixtureRequest) -> Scheme:
    return shipped(request.param)


def test_every_scheme_of_the_card_is_shipped() -> None:
    assert set(WORKED) <= set(NAMES)


def test_every_worked_value_comes_out(scheme: Scheme) -> None:
    results = scheme.run_cases()
    assert [result for result in results if not result.passed] == []
    assert len(results) >= WORKED.get(scheme.name, 1)


def test_its_document_has_every_rule_and_case(scheme: Scheme) -> None:
    text = scheme.render()
    assert scheme.sha256 in text
    assert scheme.model.title in text
    assert (scheme.model.notice or "#") in text
    for case in scheme.cases:
        assert case.note in text


def test_every_explanation_is_json_and_gives_the_value_that_was_reckoned(scheme: Scheme) -> None:
    for case in scheme.cases:
        if case.alone:
            result = scheme.evaluate(case.given[""])
            told = result.explain({"completion": "event 17"})
            assert {because.name for because in told.because} >= {name.split(".")[0] for name in result.values}
        else:
            assessment = scheme.assess(case.given)
            told = assessment.explain(min(case.given))
        assert msgspec.json.decode(msgspec.json.encode(told))["scheme"] == scheme.name


def test_an_assessment_is_the_same_to_the_byte_in_any_order(scheme: Scheme) -> None:
    for case in scheme.cases:
        if not case.alone:
            rows = dict(reversed(case.given.items()))
            first, second = scheme.assess(case.given).canonical(), scheme.assess(rows).canonical()
            assert first == second
            assert "\n" not in first


def test_the_same_text_has_the_same_hash_and_another_another() -> None:
    text = (SCHEMES / "chishui-2008.yaml").read_text(encoding="utf-8")
    assert load(text).sha256 == load(text).sha256 == shipped("chishui-2008").sha256
    assert load(text + "\n").sha256 != load(text).sha256


def test_a_figure_of_the_group_may_be_given_to_decide_one_entity_by_itself() -> None:
    jinhua = shipped("jinhua-2011")
    alone = jinhua.evaluate({"completion": dec("1.05"), "growth": dec("0.12")})
    assert "total" not in alone.values
    given = jinhua.evaluate({"completion": dec("1.05"), "growth": dec("0.12"), "city_growth": dec("0.1")})
    assert given.values["total"] == dec("23.5")
    assert given.explain().find("mean_bonus").value == "1"


def test_the_document_of_fujian_shows_its_prizes() -> None:
    text = shipped("fujian-2018q1").render()
    assert "| ≥ 22% | 1 | 1100万 | 第一名 |" in text
    assert "the sum of growth_prize, electricity_prize" in text
    assert "cut pro rata to a pool of pool" in text


def test_two_assessments_of_one_scheme_do_not_disturb_each_other() -> None:
    vetoes = shipped("vetoes")
    row = {"score": Decimal(1), "energy_target_met": True, "major_accident": False, "falsified": False}
    first = vetoes.assess({"a": row})
    vetoes.assess({"a": {**row, "falsified": True}})
    assert first.standings["a"].award == dec("500000")
    assert Adjustment("a", "score", dec("1"), "省办", "复核").amount == 1


def test_the_compiled_form_needs_no_help_with_any_case(scheme: Scheme) -> None:
    for case in scheme.cases:
        for row in case.given.values():
            if len(row) == len(scheme.inputs):
                assert scheme.runs[0](row, {}) == scheme._slowly(row, {}).raw
