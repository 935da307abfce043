"""The conformance run: our own models pass, and nothing from outside can stop it or be guessed at."""

import subprocess
import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest
from files.dmn.models import (
    SUITES,
    Case,
    In,
    Out,
    Rule,
    Suite,
    cases,
    decision,
    input_data,
    item,
    knowledge,
    literal,
    model,
    table,
)

from campaign.files import conformance
from campaign.files.conformance import main, report, run_folder


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
def test_every_model_gives_what_the_standard_says(suite: Suite, tmp_path: Path) -> None:
    suite.write(tmp_path)
    outcomes = list(run_folder(tmp_path))
    assert outcomes
    assert [outcome for outcome in outcomes if outcome.verdict != "passed"] == []


def test_the_command_prints_counts_and_ends_with_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    SUITES[0].write(tmp_path)
    assert main([str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "hit-unique/hit-unique-test-01.xml: 4 passed, 0 failed, 0 unsupported",
        "4 passed, 0 failed, 0 skipped",
    ]


def test_the_module_runs_as_a_program(tmp_path: Path) -> None:
    SUITES[0].write(tmp_path)
    command = [sys.executable, "-m", "campaign.files.conformance", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "4 passed, 0 failed, 0 skipped")


def one(tmp_path: Path, xml: str, *several: Case) -> list[str]:
    """Run a model and return `verdict detail` of each result."""
    Suite("one", xml, several).write(tmp_path)
    return [f"{outcome.verdict} {outcome.detail}".rstrip() for outcome in run_folder(tmp_path)]


FAILURES = [
    (literal("1 + 1"), 3, "failed expected 3, found 2"),
    (literal("null"), 3, "failed expected 3, found null"),
    (literal("1"), None, "failed expected null, found 1"),
    (literal("[1, 2]"), [1], "failed expected [1], found [1, 2]"),
    (literal("{a: 1, b: 2}"), {"a": 1}, "failed expected {a: 1}, found {a: 1, b: 2}"),
    (literal('"1"'), 1, "failed expected 1, found 1"),
    (literal("[1..2]"), 1, "failed expected 1, found a range as text"),
]


@pytest.mark.parametrize(("logic", "expected", "outcome"), FAILURES)
def test_another_result_fails_with_both(logic: str, expected: object, outcome: str, tmp_path: Path) -> None:
    assert one(tmp_path, model("m", decision("D", logic)), Case({}, {"D": expected})) == [outcome]


UNSUPPORTED = {
    "an unknown function": (literal("frobnicate(1)"), "the function frobnicate"),
    "syntax": (literal("1 +"), "1 +: the expression ends too early"),
    "another language": (
        '<literalExpression expressionLanguage="javascript"><text>1</text></literalExpression>',
        "the language javascript",
    ),
    "a boxed loop": ("<for><in/><return/></for>", "a boxed for"),
    "imported values": ("<literalExpression><importedValues/></literalExpression>", "a boxed importedValues"),
    "a hit policy": (table("SOMETIMES", [In("1")], [Out()], [Rule(["-"], ["1"])]), "the hit policy SOMETIMES"),
    "an aggregation": (
        table("COLLECT", [In("1")], [Out()], [Rule(["-"], ["1"])], aggregation="AVG"),
        "the aggregation AVG",
    ),
    "an aggregation of several outputs": (
        table("COLLECT", [In("1")], [Out("a"), Out("b")], [Rule(["-"], ["1", "2"])], aggregation="SUM"),
        "an aggregation over several outputs",
    ),
    "priority without values": (
        table("PRIORITY", [In("1")], [Out()], [Rule(["-"], ["1"])]),
        "PRIORITY without output values",
    ),
    "a row too narrow": (
        table("FIRST", [In("1"), In("2")], [Out()], [Rule(["-"], ["1"])]),
        "the width of the rule on line",
    ),
    "a cell": (table("FIRST", [In("1")], [Out()], [Rule(["<"], ["1"])]), "a cell: the expression ends too early"),
    "a Java function": (
        '<functionDefinition kind="Java"><formalParameter name="a"/>' + literal("1") + "</functionDefinition>",
        "a function in Java",
    ),
    "a relation of uneven rows": (
        '<relation><column name="a"/><row>' + literal("1") + literal("2") + "</row></relation>",
        "a relation of uneven rows",
    ),
    "an invocation of nothing": ("<invocation>" + literal("nothing") + "</invocation>", "an invocation of something"),
    "a year beyond the calendar": (literal('date("12005-08-17")'), "the year of 12005-08-17"),
    "a loop without end": (literal("for i in 1..9999999 return i"), "a loop over more than 100,000 items"),
    "many loops": (literal("for i in 1..999, j in 1..999 return i"), "a loop over more than 100,000 items"),
    "too many steps": (literal("for i in 1..90000 return i + i + i"), "an evaluation of more than 200,000 steps"),
    "a chain too deep": (literal("+".join(["1"] * 390)), "an evaluation that nests too deep"),
}


@pytest.mark.parametrize(("logic", "reason"), UNSUPPORTED.values(), ids=UNSUPPORTED)
def test_what_is_not_known_is_skipped_with_its_reason(logic: str, reason: str, tmp_path: Path) -> None:
    (outcome,) = one(tmp_path, model("m", decision("D", logic)), Case({}, {"D": 1}))
    assert outcome.startswith(f"unsupported {reason}")


def test_a_type_that_is_nowhere_is_skipped(tmp_path: Path) -> None:
    xml = model("m", decision("D", literal("1"), "tNowhere"))
    assert one(tmp_path, xml, Case({}, {"D": 1})) == ["unsupported the type tNowhere"]


TYPED = {
    "a date for a moment": (
        'date("2005-08-17")',
        "date and time",
        "unsupported a date where a date and time is declared",
    ),
    "a function": ("function(a) a", "tFunction", "failed expected 1, found a function as text"),
    "values that are no FEEL": ("1", "tBroken", "unsupported the allowed values of tBroken"),
    "an alias": ("1", "tAlias", "passed"),
    "an alias of itself": ('date("2005-08-17")', "tLoop", "unsupported the type tLoop, which contains itself"),
    "a nothing in a list": ("[1, null][1]", "tAlias", "passed"),
    "a list of nothing": ("[null]", "tList", "failed expected 1, found [null]"),
    "a missing part": ("{b: 1}", "tSelf", "failed expected 1, found null"),
}


@pytest.mark.parametrize(("content", "type_name", "outcome"), TYPED.values(), ids=TYPED)
def test_results_are_of_their_types(content: str, type_name: str, outcome: str, tmp_path: Path) -> None:
    types = [
        item("tSelf", parts={"a": "tSelf"}),
        item("tBroken", "number", "1 +"),
        item("tNumber", "number", ""),
        item("tAlias", "tNumber"),
        item("tLoop", "tLoop"),
        item("tList", "number", listed=True),
        '<itemDefinition name="tFunction"><functionItem/></itemDefinition>',
    ]
    xml = model("m", *types, decision("D", literal(content), type_name))
    (found,) = one(tmp_path, xml, Case({}, {"D": 1}))
    assert found.startswith(outcome)


def test_a_self_containing_value_is_skipped(tmp_path: Path) -> None:
    deep = "{a: " * 25 + "null" + "}" * 25
    xml = model("m", item("tSelf", parts={"a": "tSelf"}), decision("D", literal(deep), "tSelf"))
    assert one(tmp_path, xml, Case({}, {"D": 1})) == ["unsupported the type a, which contains itself"]


def test_an_empty_output_is_null(tmp_path: Path) -> None:
    xml = model("m", decision("D", table("FIRST", [In("1")], [Out()], [Rule(["-"], [""])])))
    assert one(tmp_path, xml, Case({}, {"D": None})) == ["passed"]


def test_a_circle_of_decisions_is_skipped(tmp_path: Path) -> None:
    xml = model("m", decision("A", literal("B"), decisions=["B"]), decision("B", literal("A"), decisions=["A"]))
    assert one(tmp_path, xml, Case({}, {"A": 1})) == ["unsupported the decision A, which requires itself"]


def test_what_lies_in_another_file_is_skipped(tmp_path: Path) -> None:
    xml = model("m", decision("A", literal("1"), inputs=["far"]), decision("B", literal("1"), knows=["far"]))
    outcomes = one(tmp_path, xml, Case({}, {"A": 1, "B": 1, "C": 1}))
    assert outcomes == [
        "unsupported the element i far, which is not in this file",
        "unsupported the knowledge k far, which is not in this file",
        "unsupported the decision C, which the model has not",
    ]


def test_a_function_that_calls_itself_for_ever_is_skipped(tmp_path: Path) -> None:
    xml = model("m", knowledge("f", {"x": ""}, literal("f(x)")), decision("D", literal("f(1)"), knows=["f"]))
    (outcome,) = one(tmp_path, xml, Case({}, {"D": 1}))
    assert outcome.startswith("unsupported")


def test_a_decision_may_be_given_as_an_input(tmp_path: Path) -> None:
    xml = model("m", decision("A", literal("1"), "number"), decision("B", literal("A + 1"), decisions=["A"]))
    assert one(tmp_path, xml, Case({"A": 5}, {"B": 6})) == ["passed"]


BROKEN = {
    "no XML": ("not XML", "xml-syntax"),
    "another root": ("<definitely/>", "dmn-root"),
    "a document type": ("<!DOCTYPE x [<!ENTITY a 'b'>]><definitions/>", "xml-dtd"),
}


@pytest.mark.parametrize(("xml", "code"), BROKEN.values(), ids=BROKEN)
def test_a_model_that_cannot_be_read_skips_its_cases(xml: str, code: str, tmp_path: Path) -> None:
    (outcome,) = one(tmp_path, xml, Case({}, {"D": 1}))
    assert outcome.startswith("unsupported")
    assert code in outcome


def test_elements_of_any_namespace_are_read(tmp_path: Path) -> None:
    """As some tools write them; load_dmn is stricter."""
    xml = model("m", decision("D", literal("1"))).replace("https://www.omg.org/spec/DMN/20230324/MODEL/", "urn:else")
    assert one(tmp_path, xml, Case({}, {"D": 1})) == ["passed"]


def test_a_model_that_is_not_there_skips_its_cases(tmp_path: Path) -> None:
    path = Suite("one", model("m"), [Case({}, {"D": 1})]).write(tmp_path)
    (path.parent / "one.dmn").unlink()
    (outcome,) = run_folder(tmp_path)
    assert "file-missing" in outcome.detail


def test_a_path_that_leads_out_of_the_folder_is_cut_to_its_name(tmp_path: Path) -> None:
    path = Suite("one", model("m", decision("D", literal("1"))), [Case({}, {"D": 1})]).write(tmp_path)
    for name in ("../../one.dmn", "..\\one.dmn", ""):
        path.write_text(cases(name, [Case({}, {"D": 1})]), encoding="utf-8")
        assert [outcome.verdict for outcome in run_folder(tmp_path)] == ["passed"]


def test_the_only_model_beside_is_taken_where_the_named_one_is_not_there(tmp_path: Path) -> None:
    path = Suite("one", model("m", decision("D", literal("1"))), [Case({}, {"D": 1})]).write(tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace("one.dmn", "older - name.dmn"), encoding="utf-8")
    assert [outcome.verdict for outcome in run_folder(tmp_path)] == ["passed"]


def test_a_file_of_cases_that_is_none_is_skipped(tmp_path: Path) -> None:
    (tmp_path / "x-test-01.xml").write_text("<other/>", encoding="utf-8")
    (outcome,) = run_folder(tmp_path)
    assert (outcome.verdict, "tck-root" in outcome.detail) == ("unsupported", True)
    assert main([str(tmp_path)]) == 0


CASE = (
    '<testCases xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><modelName>one.dmn</modelName>'
    "<testCase{of}>{inputs}<resultNode name='D' type='{kind}'>{expected}</resultNode></testCase></testCases>"
)


def written(
    tmp_path: Path, xml: str, inputs: str = "", expected: str = "", *, kind: str = "decision", of: str = ""
) -> str:
    """Run one test case written by hand; return its verdict and detail."""
    path = Suite("one", xml).write(tmp_path)
    path.write_text(CASE.format(of=of, inputs=inputs, expected=expected, kind=kind), encoding="utf-8")
    (outcome,) = run_folder(tmp_path)
    return f"{outcome.verdict} {outcome.detail}".strip()


def echo(type_name: str, *more: str) -> str:
    """Make a model that gives its input X back."""
    return model("m", *more, input_data("X", type_name), decision("D", literal("X"), type_name, inputs=["X"]))


READ = {
    "a number without a type": ("number", "<value>1.50</value>", "<value>1.5</value>"),
    "a text without a type": ("string", "<value>1.50</value>", "<value>1.50</value>"),
    "a date without a type": ("date", "<value>2005-08-17</value>", "<value>2005-08-17</value>"),
    "an empty value is null": ("string", "<value/>", "<value/>"),
    "an empty text is a text": ("string", '<value xsi:type="xsd:string"/>', '<value xsi:type="xsd:string"/>'),
    "a time": ("time", '<value xsi:type="xsd:time">10:00:00Z</value>', '<value xsi:type="xsd:time">10:00:00Z</value>'),
    "a moment": (
        "date and time",
        "<value>2005-08-17T10:00:00</value>",
        '<value xsi:type="xsd:dateTime">2005-08-17T10:00:00</value>',
    ),
    "a duration": ("days and time duration", "<value>PT36H</value>", '<value xsi:type="xsd:duration">P1DT12H</value>'),
    "a boolean": ("boolean", "<value>true</value>", "<value>1</value>"),
    "a duration of months": ("yearMonthDuration", "<value>P1Y</value>", '<value xsi:type="xsd:duration">P12M</value>'),
    "no list": ("string", '<list xsi:nil="true"/>', '<value xsi:nil="true"/>'),
}


@pytest.mark.parametrize(("type_name", "given", "expected"), READ.values(), ids=READ)
def test_values_are_read_by_their_types(type_name: str, given: str, expected: str, tmp_path: Path) -> None:
    inputs = f"<inputNode name='X'>{given}</inputNode>"
    assert written(tmp_path, echo(type_name), inputs, f"<expected>{expected}</expected>") == "passed"


def test_lists_and_structures_are_read_by_their_definitions(tmp_path: Path) -> None:
    types = (
        item("tDates", "date", listed=True),
        item("tPart", parts={"day": "date", "days": "tDates", "inner": "tInner"}),
        item("tInner", parts={"n": "number"}),
        item("tParts", "tPart", listed=True),
        item("tAlias", "tPart"),
    )
    part = (
        "<component name='day'><value>2005-08-17</value></component><component name='days'><list><item>"
        "<value>2005-08-18</value></item></list></component>"
        "<component name='inner'><component name='n'><value>1</value></component>"
        "</component>"
    )
    assert (
        written(
            tmp_path, echo("tAlias", *types), f"<inputNode name='X'>{part}</inputNode>", f"<expected>{part}</expected>"
        )
        == "passed"
    )
    listed = f"<list><item>{part}</item></list>"
    assert (
        written(
            tmp_path,
            echo("tParts", *types),
            f"<inputNode name='X'>{listed}</inputNode>",
            f"<expected>{listed}</expected>",
        )
        == "passed"
    )


SKIPPED = {
    "an input that is no number": ("number", "<value>many</value>", "<value>1</value>", "many as a number"),
    "an input that is infinite": (
        "number",
        "<value>1e99999999999</value>",
        "<value>1</value>",
        "1e99999999999 as a number",
    ),
    "an input of a type of its own": (
        "number",
        '<value xsi:type="x:colour">red</value>',
        "<value/>",
        "a value of the type colour",
    ),
    "an expected value that is none": (
        "number",
        "<value>1</value>",
        '<value xsi:type="xsd:date">soon</value>',
        "soon as a date",
    ),
}


@pytest.mark.parametrize(("type_name", "given", "expected", "reason"), SKIPPED.values(), ids=SKIPPED)
def test_values_that_cannot_be_read_are_skipped(
    type_name: str, given: str, expected: str, reason: str, tmp_path: Path
) -> None:
    inputs = f"<inputNode name='X'>{given}</inputNode>"
    found = written(tmp_path, echo(type_name), inputs, f"<expected>{expected}</expected>")
    assert found == f"unsupported {reason}"


def test_an_older_word_for_expected_is_read(tmp_path: Path) -> None:
    xml = model("m", decision("D", literal("1")))
    assert written(tmp_path, xml, "", "<computed><value>1</value></computed>") == "passed"


def test_other_tests_than_of_decisions_are_skipped(tmp_path: Path) -> None:
    xml = model("m", decision("D", literal("1")))
    expected = "<expected><value>1</value></expected>"
    assert written(tmp_path, xml, "", expected, kind="bkm") == "unsupported a test of a bkm"
    assert (
        written(tmp_path, xml, "", expected, of=" type='decisionService'") == "unsupported a test of a decisionService"
    )
    assert written(tmp_path, xml) == "unsupported a result without an expected value"


def test_verbose_names_what_is_unsupported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Suite("one", model("m", decision("D", literal("f(1)"))), [Case({}, {"D": 1})]).write(tmp_path)
    assert main([str(tmp_path), "--verbose"]) == 0
    assert "unsupported: one/one-test-01.xml 001 D: the function f" in capsys.readouterr().out


def test_a_failure_ends_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Suite("one", model("m", decision("D", literal('"一"'))), [Case({}, {"D": "二"})]).write(tmp_path)
    assert main([str(tmp_path)]) == 1
    assert "failed: one/one-test-01.xml 001 D: expected 二, found 一" in capsys.readouterr().out


def test_nothing_found_and_no_folder_end_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 2
    assert main([]) == 2
    assert "usage" in capsys.readouterr().err


def test_a_terminal_without_chinese_gets_the_numbers_of_its_signs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    Suite("one", model("m", decision("D", literal('"一"'))), [Case({}, {"D": "二"})]).write(tmp_path)
    screen = TextIOWrapper(BytesIO(), "ascii")
    monkeypatch.setattr(sys, "stdout", screen)
    assert conformance.main([str(tmp_path)]) == 1
    screen.flush()
    assert b"expected \\u4e8c, found \\u4e00" in screen.buffer.getvalue()  # type: ignore[attr-defined]


def test_an_empty_report_counts_nothing() -> None:
    assert list(report([])) == ["0 passed, 0 failed, 0 skipped"]
