"""What a scheme cannot say is refused: every construct of DMN and FEEL that is not supported, at its line."""

from pathlib import Path

import pytest
from files.dmn.loading import refused, scored
from files.dmn.models import In, Out, Rule, decision, input_data, item, knowledge, literal, model, table

UNSUPPORTED = {
    "a power": ("Score ** 2", "dmn-unsupported a power ** is not supported"),
    "a filter": ("[1, 2][1]", "dmn-unsupported a filter […] is not supported"),
    "a loop": ("for i in [1] return i", "dmn-unsupported a loop (for, some, every) is not supported"),
    "a context": ("{a: 1}", "dmn-unsupported a context {…} is not supported"),
    "a function": ("function(a) a", "dmn-unsupported a function of the model's own is not supported"),
    "a type question": ("1 instance of number", "dmn-unsupported instance of is not supported"),
    "a range": ("[1..2]", "dmn-unsupported a range outside a test is not supported"),
    "a function of FEEL": ('string length("a")', "dmn-unsupported the function string length is not supported"),
    "a call of a value": ("(function(a) a)(1)", "dmn-unsupported the function a value is not supported"),
    "arguments by name": ("abs(n: 1)", "dmn-unsupported an argument by name is not supported"),
    "a question mark": ("? + 1", "dmn-unsupported ? other than first in a comparison is not supported"),
    "a time": ('@"10:00:00"', "dmn-unsupported a time of day is not supported"),
    "a moment": ('@"2005-08-17T10:00:00"', "dmn-unsupported a time of day is not supported"),
    "hours": ('duration("PT1H")', "dmn-unsupported a duration that is not of whole days is not supported"),
    "no date": ('date("soon")', "dmn-date soon is no date or duration"),
    "a year beyond": ('date("12005-01-01")', "dmn-date 12005-01-01 is no date or duration"),
    "null": ("null", "dmn-null null is not supported"),
    "a quotation mark": ('"a\\"b"', 'dmn-text the text a"b has a quotation mark or a line end'),
    "an unknown name": ("Scroe", "dmn-name-unknown Scroe is not known here"),
    "a part of nothing": ("Score.half", "dmn-name-unknown Score.half is not known here"),
    "a part of a list": ("[1].half", "dmn-name-unknown this part of a value is not known here"),
    "syntax": ("Score +", "dmn-feel the expression ends too early"),
    "nothing": ("", "dmn-empty an expression is empty"),
}


@pytest.mark.parametrize(("content", "problem"), UNSUPPORTED.values(), ids=UNSUPPORTED)
def test_what_a_scheme_cannot_say_is_refused_at_its_line(content: str, problem: str, tmp_path: Path) -> None:
    xml = scored(f"<literalExpression>\n<text>{content.replace('<', '&lt;')}</text></literalExpression>", "number")
    assert refused(tmp_path, xml) == [f"9 {problem}"]


def test_a_mistake_further_down_in_a_text_has_its_own_line(tmp_path: Path) -> None:
    assert refused(
        tmp_path, scored("<literalExpression><text>Score +\n  1 +\n  Scroe</text></literalExpression>", "number")
    ) == ["10 dmn-name-unknown Scroe is not known here"]


ONE = [Rule(["-"], ['"x"'])]
SHAPES = {
    "a boxed context": ("<context/>", "dmn-unsupported a boxed context is not supported"),
    "a boxed list": ("<list/>", "dmn-unsupported a boxed list is not supported"),
    "an invocation": ("<invocation/>", "dmn-unsupported a boxed invocation is not supported"),
    "a relation": ("<relation/>", "dmn-unsupported a relation is not supported"),
    "a function": ("<functionDefinition/>", "dmn-unsupported a boxed function is not supported"),
    "a conditional": ("<conditional/>", "dmn-unsupported a boxed conditional is not supported"),
    "a loop": ("<for/>", "dmn-unsupported the decision Result with for is not supported"),
    "nothing": ("", "dmn-unsupported the decision Result with no logic is not supported"),
    "a language": (
        "<literalExpression expressionLanguage='java'><text>1</text></literalExpression>",
        "dmn-unsupported the language java is not supported",
    ),
    "a hit policy": (table("SOMETIMES", [In("Score")], [Out()], ONE), "dmn-hit SOMETIMES is no hit policy"),
    "an aggregation": (
        table("COLLECT", [In("Score")], [Out()], ONE, aggregation="AVG"),
        "dmn-hit COLLECT is no hit policy",
    ),
    "no rules": (table("FIRST", [In("Score")], [Out()], []), "dmn-empty Result lacks inputs, outputs or rules"),
    "no outputs": (table("FIRST", [In("Score")], [], []), "dmn-empty Result lacks inputs, outputs or rules"),
    "outputs without names": (
        table("FIRST", [In("Score")], [Out("a", "string"), Out("", "string")], [Rule(["-"], ['"x"', '"y"'])]),
        "dmn-output the outputs of Result need a name each",
    ),
    "two outputs of one name": (
        table("FIRST", [In("Score")], [Out("a", "string"), Out("a", "string")], [Rule(["-"], ['"x"', '"y"'])]),
        "dmn-output the outputs of Result need a name each",
    ),
    "a row too wide": (
        table("FIRST", [In("Score")], [Out()], [Rule(["-", "-"], ['"x"'])]),
        "dmn-width a rule of Result has too many or too few cells",
    ),
    "half a default": (
        table(
            "FIRST",
            [In("Score")],
            [Out("a", "string", default='"x"'), Out("b", "string")],
            [Rule(["-"], ['"x"', '"y"'])],
        ),
        "dmn-default not every output of Result has a default",
    ),
    "a default of a list": (
        table("RULE ORDER", [In("Score")], [Out(default='"x"')], ONE),
        "dmn-default a default with RULE ORDER is not supported",
    ),
    "a note with a bar": (
        table("FIRST", [In("Score")], [Out()], [Rule(["-"], ['"x"'], ["a|b"])], annotations=["n"]),
        "dmn-note an annotation of Result has | or an odd quotation mark",
    ),
    "values of a reckoned column": (
        table("FIRST", [In("Score + 1", values="[1..2]")], [Out()], ONE),
        "dmn-values a reckoned column of Result has values",
    ),
    "values of numbers": (
        table("FIRST", [In("Score")], [Out(type="number", values="1, 2")], [Rule(["-"], ["1"])]),
        "dmn-values only texts have output values here",
    ),
    "texts of which some are not listed": (
        table("FIRST", [In("Score")], [Out(values='"x", not("y")')], ONE),
        "dmn-values the values of a text must be listed",
    ),
    "values that are no FEEL": (table("FIRST", [In("Score")], [Out(values='"x')], ONE), "dmn-feel the quotation mark"),
    "a cell that is no FEEL": (
        table("FIRST", [In("Score")], [Out()], [Rule(["<"], ['"x"'])]),
        "dmn-feel the expression ends",
    ),
}


@pytest.mark.parametrize(("logic", "problem"), SHAPES.values(), ids=SHAPES)
def test_other_shapes_are_refused(logic: str, problem: str, tmp_path: Path) -> None:
    found = refused(tmp_path, scored(logic))
    assert [one for one in found if one.partition(" ")[2].startswith(problem)] != [], found


TYPES = {
    "an input without a type": (
        (input_data("X"), decision("R", literal("X"), "number", inputs=["X"])),
        "the input X has no type",
    ),
    "an unknown type": (
        (input_data("X", "tX"), decision("R", literal("X"), "number", inputs=["X"])),
        "the type tX is not supported",
    ),
    "a time": (
        (input_data("X", "time"), decision("R", literal("X"), "number", inputs=["X"])),
        "the type time is not supported",
    ),
    "a list": (
        (item("tL", "number", listed=True), input_data("X", "tL"), decision("R", literal("X"), "number", inputs=["X"])),
        "the input X is a list",
    ),
    "a type that is itself": (
        (
            item("tA", "tB"),
            item("tB", "tA"),
            input_data("X", "tA"),
            decision("R", literal("X"), "number", inputs=["X"]),
        ),
        "the type tA is not supported",
    ),
    "a structure that contains itself": (
        (item("tA", parts={"a": "tA"}), input_data("X", "tA"), decision("R", literal("1"), "number", inputs=["X"])),
        "is a list",
    ),
    "a decision without a type": (
        (input_data("X", "number"), decision("R", literal("X"), inputs=["X"])),
        "the decision R has no type",
    ),
    "a decision that is a list": (
        (
            item("tL", "number", listed=True),
            input_data("X", "number"),
            decision("R", literal("[X]"), "tL", inputs=["X"]),
        ),
        "the decision R is no simple value",
    ),
    "an output that is a list": (
        (
            item("tL", "string", listed=True),
            input_data("X", "number"),
            decision("R", table("FIRST", [In("X")], [Out(type="tL")], ONE), inputs=["X"]),
        ),
        "an output of R is no simple value",
    ),
    "outputs of different types": (
        (
            input_data("X", "number"),
            decision("R", table("FIRST", [In("X")], [Out()], [Rule(["1"], ["1"]), Rule(["-"], ['"x"'])]), inputs=["X"]),
        ),
        "an output of R has no type",
    ),
    "columns that allow different values": (
        (
            item("tX", "number", "[0..10]"),
            input_data("X", "tX"),
            decision("R", table("FIRST", [In("X", values="[0..9]")], [Out()], ONE), "string", inputs=["X"]),
        ),
        "this column allows other values than the input X",
    ),
    "allowed values with a name": (
        (item("tX", "number", "Y"), input_data("X", "tX"), decision("R", literal("X"), "number", inputs=["X"])),
        "Y is not known here",
    ),
    "knowledge": (
        (
            input_data("X", "number"),
            knowledge("f", {"x": "number"}, literal("x")),
            decision("R", literal("X"), "number", inputs=["X"]),
        ),
        "the business knowledge model f is not supported",
    ),
    "an import": (
        (
            "<import importType='dmn' name='other'/>",
            input_data("X", "number"),
            decision("R", literal("X"), "number", inputs=["X"]),
        ),
        "the element import is not supported",
    ),
    "an input of another file": (
        (decision("R", literal("1"), "number", inputs=["far"]),),
        "the element i far of another file is not supported",
    ),
    "no decision": ((input_data("X", "number"),), "the model has no decision"),
    "an element without a name": ((input_data("", "number"),), "an element has no name"),
    "two of one name": ((input_data("X", "number"), decision("X", literal("1"), "number")), "X stands twice"),
}


@pytest.mark.parametrize(("elements", "problem"), TYPES.values(), ids=TYPES)
def test_other_models_are_refused(elements: tuple[str, ...], problem: str, tmp_path: Path) -> None:
    found = refused(tmp_path, model("m", *elements))
    assert [one for one in found if problem in one] != [], found


def test_everything_is_refused_at_once_in_the_order_of_lines(tmp_path: Path) -> None:
    xml = model(
        "m",
        input_data("X", "time"),
        knowledge("f", {"x": "number"}, literal("x")),
        decision("A", literal("1 ** 2"), "number"),
        decision("B", "<context/>"),
    )
    assert [one.split(" ")[1] for one in refused(tmp_path, xml)] == ["dmn-type"] + ["dmn-unsupported"] * 3
