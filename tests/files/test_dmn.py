"""DMN models as schemes: what is read, what is refused, and that both ways of writing a table mean the same."""

import hashlib
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from files.dmn.loading import WORDS, refused, scored, write
from files.dmn.models import (
    NAMESPACES,
    In,
    Out,
    Rule,
    decision,
    input_data,
    item,
    literal,
    model,
    table,
)
from hypothesis import given, settings
from hypothesis import strategies as st

import campaign.files
from campaign.files import load_dmn
from campaign.files.dmn import scheme_text
from campaign.files.dmn_names import identifiers
from campaign.problems import Problems
from campaign.rules import Scheme, load

RULES = (
    Rule([">= 18", '"medium", "low"'], ['"yes"'], ["fine"]),
    Rule(["< 18", '"medium", "low"'], ['"no"'], ["too young"]),
    Rule(["-", '"high"'], ['"no"'], [""], "a risk"),
)
APPROVAL = table(
    "UNIQUE", [In("Applicant Age", "number"), In("Risk")], [Out(values='"yes", "no"')], RULES, annotations=["why"]
)


def approval(version: str = "1.5") -> str:
    """Make a model of a table and a literal expression that needs it."""
    return model(
        "Loan approval",
        item("tRisk", "string", '"high", "medium", "low"'),
        input_data("Applicant Age", "number"),
        input_data("Risk", "tRisk"),
        decision("Approval", APPROVAL, "string", inputs=["Applicant Age", "Risk"]),
        decision(
            "Limit",
            literal('if Approval = "yes" then Applicant Age * 100 else 0'),
            "number",
            inputs=["Applicant Age"],
            decisions=["Approval"],
        ),
        version=version,
    )


@pytest.mark.parametrize("version", NAMESPACES)
def test_a_model_of_any_version_is_a_scheme(version: str, tmp_path: Path) -> None:
    scheme = load_dmn(write(tmp_path, approval(version)))
    result = scheme.evaluate({"Applicant_Age": 30, "Risk": "low"})
    assert result.values == {"Approval": "yes", "Limit": Decimal(3000)}
    assert result.rules == {"Approval": (1,)}
    assert (scheme.name, scheme.model.title) == ("Loan_approval", "Loan approval")
    assert scheme.inputs["Applicant_Age"].label == "Applicant Age"


def test_its_hash_is_that_of_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, approval())
    assert load_dmn(path).sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_its_explanation_names_the_lines_of_the_dmn_file(tmp_path: Path) -> None:
    path = write(tmp_path, approval())
    (because,) = [
        one for one in load_dmn(path).evaluate({"Applicant_Age": 9, "Risk": "high"}).explain().because if one.matched
    ]
    (rule,) = because.matched
    assert (rule.file, rule.number, rule.note) == (str(path), 3, "a risk")
    assert path.read_text(encoding="utf-8").split("\n")[rule.line - 1] == "<rule>"


def test_its_text_is_a_scheme_of_its_own(tmp_path: Path) -> None:
    path = write(tmp_path, approval())
    ours = load(scheme_text(path), "own.yaml")
    row = {"Applicant_Age": 17, "Risk": "medium"}
    assert ours.evaluate(row).values == load_dmn(path).evaluate(row).values


def test_importing_the_room_does_not_import_what_reads_dmn() -> None:
    code = "import sys, campaign.files; sys.exit('defusedxml' in sys.modules or 'campaign.rules' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


def test_the_room_has_no_other_names() -> None:
    with pytest.raises(AttributeError):
        _ = campaign.files.load_cmmn


OVERLAPPING = (Rule(["< 90"], ['"good"']), Rule([">= 50"], ['"best"']), Rule(["[50..60]"], ['"poor"']))
POLICIES = {
    "FIRST": {70: "good", 95: "best"},
    "F": {70: "good"},
    "PRIORITY": {70: "best", 10: "good"},
    "RULE ORDER": {70: ("good", "best"), 55: ("good", "best", "poor")},
    "OUTPUT ORDER": {70: ("best", "good"), 55: ("best", "good", "poor")},
    "COLLECT": {70: ("good", "best")},
}


@pytest.mark.parametrize(("hit", "expected"), POLICIES.items(), ids=POLICIES)
def test_every_hit_policy_is_kept(hit: str, expected: dict[int, object], tmp_path: Path) -> None:
    rules = OVERLAPPING[:2] if hit in {"FIRST", "F", "PRIORITY"} else OVERLAPPING
    scheme = load_dmn(write(tmp_path, scored(table(hit, [In("Score")], [Out(values=WORDS)], rules))))
    assert {score: scheme.evaluate({"Score": score}).values["Result"] for score in expected} == expected


AGGREGATIONS = {"SUM": Decimal(14), "MIN": Decimal(5), "MAX": Decimal(9), "COUNT": Decimal(2)}


@pytest.mark.parametrize(("aggregation", "expected"), AGGREGATIONS.items())
def test_every_aggregation_is_kept(aggregation: str, expected: Decimal, tmp_path: Path) -> None:
    rules = [Rule(["-"], ["5"]), Rule([">= 90"], ["9"])]
    logic = table("COLLECT", [In("Score")], [Out()], rules, aggregation=aggregation)
    scheme = load_dmn(write(tmp_path, scored(logic, "number")))
    assert scheme.evaluate({"Score": 95}).values["Result"] == expected


def test_any_takes_rules_that_agree(tmp_path: Path) -> None:
    logic = table("A", [In("Score")], [Out()], [Rule(["-"], ['"x"']), Rule([">= 90"], ['"x"'])])
    assert load_dmn(write(tmp_path, scored(logic))).evaluate({"Score": 95}).rules == {"Result": (1, 2)}


def test_several_outputs_with_defaults_and_a_decision_that_reads_one(tmp_path: Path) -> None:
    outputs = [Out("the grade", "string", WORDS, '"poor"'), Out("bonus", "number", default="0")]
    xml = model(
        "m",
        input_data("Score", "number"),
        decision(
            "Award",
            table("FIRST", [In("Score")], outputs, [Rule([">= 50"], ['"good"', "Score * 2"])]),
            inputs=["Score"],
        ),
        decision("Paid", literal("Award.bonus + 1"), "number", decisions=["Award"]),
        decision("Told", literal('Award.the grade = "good"'), "boolean", decisions=["Award"]),
    )
    scheme = load_dmn(write(tmp_path, xml))
    assert scheme.evaluate({"Score": 60}).values == {
        "Award.the_grade": "good",
        "Award.bonus": Decimal(120),
        "Paid": Decimal(121),
        "Told": True,
    }
    assert scheme.evaluate({"Score": 10}).values["Paid"] == Decimal(1)


def test_outputs_take_their_types_from_a_structure(tmp_path: Path) -> None:
    logic = table("FIRST", [In("Score")], [Out("grade"), Out("bonus")], [Rule(["-"], ['"a"', "1"])])
    xml = scored(logic, "tAward", item("tAward", parts={"grade": "string", "bonus": "number"}))
    assert load_dmn(write(tmp_path, xml)).evaluate({"Score": 1}).values == {
        "Result.grade": "a",
        "Result.bonus": Decimal(1),
    }


def test_structures_are_inputs_part_by_part(tmp_path: Path) -> None:
    xml = model(
        "m",
        item("tLoan", parts={"amount": "number", "start date": "date", "kind": "tKind"}),
        item("tKind", "string", '"new", "old"'),
        input_data("My Loan", "tLoan"),
        decision(
            "Result",
            table(
                "FIRST",
                [In("My Loan.amount"), In("My Loan.start date"), In("My Loan.kind")],
                [Out("", "number")],
                [
                    Rule(["> 5", '> date("2005-01-01")', '"new"'], ["My Loan.start date.year"]),
                    Rule(["-", "-", "-"], ["0"]),
                ],
            ),
            inputs=["My Loan"],
        ),
    )
    scheme = load_dmn(write(tmp_path, xml))
    assert list(scheme.inputs) == ["My_Loan.amount", "My_Loan.start_date", "My_Loan.kind"]
    assert scheme.inputs["My_Loan.start_date"].label == "My Loan.start date"
    row = {"My_Loan.amount": 9, "My_Loan.start_date": date(2005, 8, 17), "My_Loan.kind": "new"}
    assert scheme.evaluate(row).values == {"Result": Decimal(2005)}


CELLS = {
    "-": "1 5 9",
    "5": "5",
    "1, 9": "1 9",
    "[1..9)": "1 5",
    "]1..9]": "5 9",
    "not(5)": "1 9",
    "< 5": "1",
    "!= 5": "1 9",
    "? >= 5": "5 9",
    "? in [1..5]": "1 5",
    "? in (1, 9)": "1 9",
    "[1, 5]": "1 5",
    "(> 5)": "9",
    "(<= 5)": "1 5",
    "-(-5)": "5",
    "Score": "1 5 9",
    "if Score > 5 then 9 else 1": "1 9",
    "max(Score, 5)": "5 9",
    "decimal(Score / 2, 0) * 2": "",
    "round half up(4.5, 0)": "5",
    "abs(-5)": "5",
    "(Score)": "1 5 9",
    "(Score + 1) - 1": "1 5 9",
}


@pytest.mark.parametrize(("cell", "hits"), CELLS.items(), ids=CELLS)
def test_cells_are_translated(cell: str, hits: str, tmp_path: Path) -> None:
    rules = (
        [Rule([cell, "-"], ['"hit"']), Rule(["-", "-"], ['"miss"'])] if cell != "-" else [Rule(["-", "-"], ['"hit"'])]
    )
    scheme = load_dmn(write(tmp_path, scored(table("FIRST", [In("Score"), In("Score + 0")], [Out()], rules))))
    found = [score for score in (1, 5, 9) if scheme.evaluate({"Score": score}).values["Result"] == "hit"]
    assert found == [int(one) for one in hits.split()]


EXPRESSIONS = {
    "Score ** 2": None,
    "not(Score > 1) or Score between 1 and 2 and Score in [1..2]": "boolean",
    "(Score - 1) / 2 + floor(1.5) + ceiling(1.5) + min(1, Score) + sum([1, 2]) + count([1]) + mean(1, 2)": "number",
    'date("2005-08-17") + duration("P3D") + @"P1Y6M" > @"2005-08-17"': "boolean",
    'date("2005-08-17") - duration("P3D") > date("2005-08-17") + duration("-P3D")': "boolean",
    'date("2005-08-17").month + Score': "number",
    "round up(Score, 1) + round down(Score, 1) + round half down(Score, 1)": "number",
}


@pytest.mark.parametrize(("content", "type_name"), [pair for pair in EXPRESSIONS.items() if pair[1]])
def test_expressions_are_translated(content: str, type_name: str, tmp_path: Path) -> None:
    scheme = load_dmn(write(tmp_path, scored(literal(f"if Score > 0 then {content} else {content}"), type_name)))
    assert scheme.evaluate({"Score": 2}).values


def test_the_proofs_of_schemes_hold_for_dmn_at_its_lines(tmp_path: Path) -> None:
    """Here `>= 50` and `[50..60]` overlap, which UNIQUE forbids, and nothing is said of less than 50."""
    found = refused(tmp_path, scored(table("UNIQUE", [In("Score")], [Out(values=WORDS)], OVERLAPPING[1:])))
    xml = (tmp_path / "model.dmn").read_text(encoding="utf-8").split("\n")
    by_code = {one.split(" ")[1]: one for one in found}
    assert set(by_code) == {"table-overlap", "table-gap"}
    assert "[50..60]" in xml[int(by_code["table-overlap"].split(" ")[0]) - 1]
    first = int(by_code["table-overlap"].split("(line ")[1].split(")")[0])
    assert xml[first - 1] == "<rule>"
    with pytest.raises(Problems):
        scheme_text(tmp_path / "model.dmn")


def test_an_input_that_no_decision_reads_is_told(tmp_path: Path) -> None:
    xml = model("m", input_data("X", "number"), decision("R", literal("1"), "number"))
    assert refused(tmp_path, xml) == ["3 declared-unused X is declared and never used"]


def test_decision_services_and_diagrams_change_nothing(tmp_path: Path) -> None:
    xml = scored(literal("Score"), "number", "<decisionService id='s' name='S'/>", "<textAnnotation/>", "<DMNDI/>")
    assert load_dmn(write(tmp_path, xml)).evaluate({"Score": 1}).values == {"Result": Decimal(1)}


def test_column_types_and_values_declare_an_input_that_has_none(tmp_path: Path) -> None:
    clause = In("Color", "string", '"red", "blue"')
    rules = [Rule(['"red"'], ["true"]), Rule(['"blue"'], ["false"])]
    xml = model(
        "m", input_data("Color"), decision("R", table("UNIQUE", [clause], [Out()], rules), "boolean", inputs=["Color"])
    )
    assert load_dmn(write(tmp_path, xml)).inputs["Color"].kind.values == ("red", "blue")


def test_allowed_numbers_and_truth_are_kept(tmp_path: Path) -> None:
    xml = model(
        "m",
        item("tScore", "number", "[0..100]"),
        item("tYes", "boolean", "true"),
        item("tOf", "tScore"),
        input_data("Score", "tOf"),
        input_data("Yes", "tYes"),
        decision("R", literal("if Yes then Score else 0"), "number", inputs=["Score", "Yes"]),
    )
    with pytest.raises(Problems):
        load_dmn(write(tmp_path, xml)).evaluate({"Score": 101, "Yes": True})


def test_a_name_of_several_words_is_kept_as_the_label(tmp_path: Path) -> None:
    logic = table("FIRST", [In("The Score")], [Out()], [Rule(["-5"], ["-1"]), Rule(["-"], ["1"])])
    xml = model("m", input_data("The Score", "number"), decision("The Result", logic, "number", inputs=["The Score"]))
    scheme = load_dmn(write(tmp_path, xml))
    assert scheme.model.steps[0].label == "The Result"
    assert scheme.evaluate({"The_Score": -5}).values == {"The_Result": Decimal(-1)}


def test_annotations_become_notes_and_clauses(tmp_path: Path) -> None:
    rules = [Rule(["-"], ['"x"'], ["because", "一.(四)", "more\n words"])]
    logic = table("FIRST", [In("Score")], [Out()], rules, annotations=["why", "Clause", "also"])
    scheme = load_dmn(
        write(
            tmp_path,
            scored(logic, "string").replace(
                "<input><inputExpression><text>Score</text>", "<input><inputExpression><text>Score</text>"
            ),
        )
    )
    (rule,) = scheme.model.steps[0].rules  # type: ignore[union-attr]  # a table
    assert (rule.note, rule.clause) == ("why: because; also: more words", "一.(四)")


def test_names_become_words_of_their_own() -> None:
    names = [
        "Applicant Age",
        "Applicant-Age",
        "2nd",
        "in",
        "round",
        "不适用项",
        "Person's description",
        "?",
        "ｆｕｌｌ",
    ]
    assert list(identifiers(names).values()) == [
        "Applicant_Age",
        "Applicant_Age_2",
        "_2nd",
        "in_",
        "round_",
        "_不适用项",
        "Person_s_description",
        "_",
        "full",
    ]


# DMN and YAML mean the same

POLICY = st.sampled_from(["FIRST", "RULE ORDER", "OUTPUT ORDER", "COLLECT", "PRIORITY", "UNIQUE", "ANY"])
ENDS = st.integers(0, 9)


@st.composite
def cells(draw: st.DrawFn) -> str:
    low, high = sorted((draw(ENDS), draw(ENDS)))
    return draw(
        st.sampled_from(
            ["-", f"< {high}", f">= {low}", f"[{low}..{high}]", f"({low}..{high + 1})", f"{low}, {high}", f"not({low})"]
        )
    )


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, list[tuple[str, str, str]]]:
    words = st.sampled_from(["best", "good", "poor"])
    flags = st.sampled_from(["-", "true", "false"])
    return draw(POLICY), draw(st.lists(st.tuples(cells(), flags, words), min_size=1, max_size=5))


def as_yaml(hit: str, rows: list[tuple[str, str, str]]) -> str:
    lines = [f"      | {score} | {flag} || {word} |" for score, flag, word in rows]
    return "\n".join(
        [
            "scheme: m",
            "inputs: {Score: number, Flag: boolean}",
            "decisions:",
            "  Result:",
            f"    hit: {hit}",
            "    values: [best, good, poor]",
            *([] if hit in LISTS else ["    default: poor"]),
            "    rules: |",
            "      | Score | Flag || Result |",
            *lines,
            "",
        ]
    )


LISTS = frozenset({"RULE ORDER", "OUTPUT ORDER", "COLLECT"})


def as_dmn(hit: str, rows: list[tuple[str, str, str]]) -> str:
    rules = [Rule([score, flag], [f'"{word}"']) for score, flag, word in rows]
    output = Out(values=WORDS, default="" if hit in LISTS else '"poor"')
    logic = table(hit, [In("Score"), In("Flag")], [output], rules)
    elements = [input_data("Score", "number"), input_data("Flag", "boolean")]
    return model(
        "m", *elements, decision("Result", logic, "string" if hit not in LISTS else "", inputs=["Score", "Flag"])
    )


def codes(work: object) -> list[str] | Scheme:
    try:
        return work()  # type: ignore[operator,no-any-return]  # one of the two loaders
    except Problems as error:
        return sorted(problem.code for problem in error.problems)


@settings(deadline=None, max_examples=60)
@given(tables())
def test_a_table_means_the_same_in_dmn_and_in_yaml(
    tmp_path_factory: pytest.TempPathFactory, drawn: tuple[str, list[tuple[str, str, str]]]
) -> None:
    path = write(tmp_path_factory.getbasetemp(), as_dmn(*drawn))
    ours, theirs = codes(lambda: load(as_yaml(*drawn))), codes(lambda: load_dmn(path))
    if isinstance(ours, list) or isinstance(theirs, list):
        assert ours == theirs
        return
    for score in range(-1, 11):
        for flag in (True, False):
            row = {"Score": score, "Flag": flag}
            assert outcome(ours, row) == outcome(theirs, row)


def outcome(scheme: Scheme, row: dict[str, object]) -> object:
    try:
        result = scheme.evaluate(row)
    except Problems as error:
        return [problem.code for problem in error.problems]
    return result.values, result.rules
