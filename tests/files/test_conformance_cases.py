"""What a file of DMN's test cases gives and expects: values, lists, parts, and what is nil."""

from pathlib import Path

import pytest
from files.dmn.models import SUITES

from campaign.files.conformance import run_folder
from campaign.files.conformance_cases import Result, Written, read_suite
from campaign.problems import Problems

HEAD = (
    '<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xmlns:xsd="http://www.w3.org/2001/XMLSchema">'
)


def suite(folder: Path, inner: str) -> object:
    path = folder / "test.xml"
    path.write_text(f"{HEAD}<modelName>m.dmn</modelName>{inner}</testCases>", encoding="utf-8")
    return read_suite(path)


def given(folder: Path, inner: str, attributes: str = "") -> object:
    found = suite(folder, f'<testCase id="1"><inputNode name=" a  b "{attributes}>{inner}</inputNode></testCase>')
    (case,) = found.cases  # type: ignore[attr-defined]
    assert list(case.inputs) == ["a b"]
    return case.inputs["a b"]


NIL = ' xsi:nil="true"'


@pytest.mark.parametrize(
    ("inner", "attributes", "value"),
    [
        ('<value xsi:type="xsd:decimal">12</value>', "", Written("12", "decimal")),
        ("<value>x</value>", "", Written("x", "")),
        ('<value xsi:type="string"></value>', "", Written("", "string")),
        ("<value></value>", "", None),
        ("", "", None),
        ("", NIL, None),
        ("<value>x</value>", NIL, None),
        (f"<value{NIL}>x</value>", "", None),
        ('<value xsi:nil="1">x</value>', "", None),
        ('<value xsi:nil="false">x</value>', "", Written("x", "")),
        ("<list><item><value>x</value></item><item/></list>", "", [Written("x", ""), None]),
        ("<list/>", "", []),
        (f"<list{NIL}/>", "", None),
        (
            '<component name="p"><value>x</value></component><component name="q"><list/></component>',
            "",
            {"p": Written("x", ""), "q": []},
        ),
    ],
)
def test_a_node_gives_a_value_a_list_parts_or_nothing(
    inner: str, attributes: str, value: object, tmp_path: Path
) -> None:
    assert given(tmp_path, inner, attributes) == value


@pytest.mark.parametrize(
    ("whole", "node", "inner", "result"),
    [
        ("", "", "<expected><value>x</value></expected>", Result("r", Written("x", ""), 1, "")),
        ("", "", "<computed><value>x</value></computed>", Result("r", Written("x", ""), 1, "")),
        ("", "", "<expected/>", Result("r", None, 1, "")),
        ("", "", "", Result("r", None, 1, "a result without an expected value")),
        (' type="decision"', ' type="decision"', "<expected/>", Result("r", None, 1, "")),
        (' type="bkm"', "", "<expected/>", Result("r", None, 1, "a test of a bkm")),
        ("", ' type="decisionService"', "", Result("r", None, 1, "a test of a decisionService")),
        (' type="bkm"', ' type="decisionService"', "", Result("r", None, 1, "a test of a bkm")),
    ],
)
def test_a_result_is_expected_or_said_to_be_beyond_us(
    whole: str, node: str, inner: str, result: Result, tmp_path: Path
) -> None:
    found = suite(tmp_path, f'<testCase id="7"{whole}><resultNode name="r"{node}>{inner}</resultNode></testCase>')
    assert found.model == "m.dmn"  # type: ignore[attr-defined]
    assert [(case.id, case.results) for case in found.cases] == [("7", (result,))]  # type: ignore[attr-defined]


def test_a_file_of_something_else_is_refused_at_its_root(tmp_path: Path) -> None:
    path = tmp_path / "other.xml"
    path.write_text("\n<definitions/>", encoding="utf-8")
    with pytest.raises(Problems) as raised:
        read_suite(path)
    assert str(raised.value) == (
        f"{path}:2:1: tck-root the file begins with definitions, not with testCases (name a file of test cases)"
    )


@pytest.mark.parametrize("named", ["one.dmn", "C:\\models\\one.dmn", "../elsewhere/one.dmn", "/one.dmn", ""])
def test_the_model_of_a_file_of_cases_is_the_one_beside_it_that_it_names_or_is_named_after(
    named: str, tmp_path: Path
) -> None:
    path = SUITES[0].write(tmp_path).rename(tmp_path / SUITES[0].name / "one-test-01.xml")
    whole = path.with_name(f"{SUITES[0].name}.dmn").rename(path.with_name("one.dmn"))
    whole.with_name("two.dmn").write_text("<no/>", encoding="utf-8")
    text = path.read_text(encoding="utf-8").replace(f"{SUITES[0].name}.dmn", named)
    path.write_text(text, encoding="utf-8")
    assert {outcome.verdict for outcome in run_folder(tmp_path)} == {"passed"}
