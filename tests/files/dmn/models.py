"""DMN models with test cases for every hit policy, made from the standard's text (DMN 1.5, 8.2.10, 8.2.11, 10.3).

`python tests/files/dmn/models.py FOLDER` writes them as files for the conformance run.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

NAMESPACES = {
    "1.2": "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "1.3": "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "1.4": "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "1.5": "https://www.omg.org/spec/DMN/20230324/MODEL/",
}


@dataclass(frozen=True)
class In:
    """An input column."""

    text: str
    type: str = ""
    values: str = ""


@dataclass(frozen=True)
class Out:
    """An output column."""

    name: str = ""
    type: str = ""
    values: str = ""
    default: str = ""


@dataclass(frozen=True)
class Rule:
    """A row of a table."""

    tests: Sequence[str]
    outputs: Sequence[str]
    notes: Sequence[str] = ()
    description: str = ""


def text(name: str, content: str) -> str:
    """Write an element with a text inside, or nothing."""
    return f"<{name}><text>{escape(content)}</text></{name}>" if content else ""


def typed(type_name: str) -> str:
    """Write a typeRef attribute, or nothing."""
    return f" typeRef={quoteattr(type_name)}" if type_name else ""


def table(
    hit: str,
    inputs: Sequence[In],
    outputs: Sequence[Out],
    rules: Sequence[Rule],
    *,
    aggregation: str = "",
    annotations: Sequence[str] = (),
) -> str:
    """Write a decision table."""
    lines = [f"<decisionTable hitPolicy={quoteattr(hit)}" + (f' aggregation="{aggregation}">' if aggregation else ">")]
    for clause in inputs:
        expression = f"<inputExpression{typed(clause.type)}><text>{escape(clause.text)}</text></inputExpression>"
        lines.append(f"<input>{expression}{text('inputValues', clause.values)}</input>")
    for output in outputs:
        name = f" name={quoteattr(output.name)}" if output.name else ""
        inner = text("outputValues", output.values) + text("defaultOutputEntry", output.default)
        lines.append(f"<output{name}{typed(output.type)}>{inner}</output>")
    lines += [f"<annotation name={quoteattr(name)}/>" for name in annotations]
    for rule in rules:
        lines.append("<rule>")
        lines += [f"<description>{escape(rule.description)}</description>"] if rule.description else []
        lines += [f"<inputEntry><text>{escape(cell)}</text></inputEntry>" for cell in rule.tests]
        lines += [f"<outputEntry><text>{escape(cell)}</text></outputEntry>" for cell in rule.outputs]
        lines += [f"<annotationEntry><text>{escape(note)}</text></annotationEntry>" for note in rule.notes]
        lines.append("</rule>")
    return "\n".join([*lines, "</decisionTable>"])


def literal(content: str, type_name: str = "") -> str:
    """Write a literal expression."""
    return f"<literalExpression{typed(type_name)}><text>{escape(content)}</text></literalExpression>"


def input_data(name: str, type_name: str = "") -> str:
    """Write an input data element."""
    variable = f"<variable name={quoteattr(name)}{typed(type_name)}/>"
    return f"<inputData id={quoteattr('i ' + name)} name={quoteattr(name)}>\n{variable}</inputData>"


def decision(
    name: str,
    logic: str,
    type_name: str = "",
    *,
    inputs: Sequence[str] = (),
    decisions: Sequence[str] = (),
    knows: Sequence[str] = (),
) -> str:
    """Write a decision with what it requires."""
    needs = [
        f"<informationRequirement><requiredInput href={quoteattr('#i ' + one)}/></informationRequirement>"
        for one in inputs
    ]
    needs += [
        f"<informationRequirement><requiredDecision href={quoteattr('#d ' + one)}/></informationRequirement>"
        for one in decisions
    ]
    needs += [
        f"<knowledgeRequirement><requiredKnowledge href={quoteattr('#k ' + one)}/></knowledgeRequirement>"
        for one in knows
    ]
    variable = f"<variable name={quoteattr(name)}{typed(type_name)}/>"
    return "\n".join(
        [f"<decision id={quoteattr('d ' + name)} name={quoteattr(name)}>", variable, *needs, logic, "</decision>"]
    )


def knowledge(name: str, parameters: Mapping[str, str], logic: str, knows: Sequence[str] = ()) -> str:
    """Write a business knowledge model."""
    formal = "".join(f"<formalParameter name={quoteattr(key)}{typed(kind)}/>" for key, kind in parameters.items())
    needs = "".join(
        f"<knowledgeRequirement><requiredKnowledge href={quoteattr('#k ' + one)}/></knowledgeRequirement>"
        for one in knows
    )
    body = f"<encapsulatedLogic>{formal}{logic}</encapsulatedLogic>"
    head = f"<businessKnowledgeModel id={quoteattr('k ' + name)} name={quoteattr(name)}>"
    return f"{head}<variable name={quoteattr(name)}/>{needs}{body}</businessKnowledgeModel>"


def item(
    name: str, type_name: str = "", allowed: str = "", *, listed: bool = False, parts: Mapping[str, str] | None = None
) -> str:
    """Write an item definition."""
    inner = f"<typeRef>{type_name}</typeRef>" if type_name else ""
    inner += text("allowedValues", allowed)
    for key, kind in (parts or {}).items():
        inner += f"<itemComponent name={quoteattr(key)}><typeRef>{kind}</typeRef></itemComponent>"
    head = f"<itemDefinition name={quoteattr(name)} isCollection={quoteattr(str(listed).lower())}>"
    return f"{head}{inner}</itemDefinition>"


def model(name: str, *elements: str, version: str = "1.5") -> str:
    """Write a whole model."""
    head = f'<definitions xmlns="{NAMESPACES[version]}" id="m" name={quoteattr(name)} namespace="urn:campaign:tests">'
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *elements, "</definitions>", ""])


# test cases


@dataclass(frozen=True)
class Case:
    """Inputs, and what decisions must give."""

    given: Mapping[str, object]
    expect: Mapping[str, object]


@dataclass(frozen=True)
class Suite:
    """A model and its test cases."""

    name: str
    xml: str
    cases: Sequence[Case] = field(default=())

    def write(self, folder: Path) -> Path:
        """Write the model and the file of its test cases; return the latter's path."""
        place = folder / self.name
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{self.name}.dmn").write_text(self.xml, encoding="utf-8")
        path = place / f"{self.name}-test-01.xml"
        path.write_text(cases(f"{self.name}.dmn", self.cases), encoding="utf-8")
        return path


def value(given: object) -> str:  # noqa: PLR0911 -- a line for each type
    """Write a value as the TCK does."""
    match given:
        case None:
            return '<value xsi:nil="true"/>'
        case bool():
            return f'<value xsi:type="xsd:boolean">{"true" if given else "false"}</value>'
        case int() | Decimal():
            return f'<value xsi:type="xsd:decimal">{given}</value>'
        case date():
            return f'<value xsi:type="xsd:date">{given.isoformat()}</value>'
        case str():
            return f'<value xsi:type="xsd:string">{escape(given)}</value>'
        case list():
            return "<list>" + "".join(f"<item>{value(one)}</item>" for one in given) + "</list>"
        case dict():
            return "".join(f"<component name={quoteattr(key)}>{value(one)}</component>" for key, one in given.items())
        case _:
            raise TypeError(given)


HEAD = (
    '<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">'
)


def cases(model_name: str, several: Sequence[Case]) -> str:
    """Write a file of test cases."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        HEAD,
        f"<modelName>{model_name}</modelName>",
    ]
    for number, case in enumerate(several, 1):
        lines.append(f'<testCase id="{number:03}">')
        lines += [f"<inputNode name={quoteattr(key)}>{value(one)}</inputNode>" for key, one in case.given.items()]
        lines += [
            f'<resultNode name={quoteattr(key)} type="decision"><expected>{value(one)}</expected></resultNode>'
            for key, one in case.expect.items()
        ]
        lines.append("</testCase>")
    return "\n".join([*lines, "</testCases>", ""])


# every hit policy

NUMBER = In("Score", "number")
WORDS = '"best", "good", "poor"'
OVERLAPPING = (Rule([">= 50"], ['"good"']), Rule([">= 90"], ['"best"']), Rule(["[50..60]"], ['"poor"']))
POINTS = (Rule([">= 50"], ["5"]), Rule([">= 90"], ["9"]), Rule(["[50..60]"], ["2.5"]))


def scored(name: str, logic: str, type_name: str, expect: Mapping[object, object]) -> Suite:
    """Make a suite of one table over the input Score."""
    xml = model(name, input_data("Score", "number"), decision("Result", logic, type_name, inputs=["Score"]))
    return Suite(name, xml, [Case({"Score": given}, {"Result": result}) for given, result in expect.items()])


def words(hit: str) -> str:
    """Make the overlapping table of words under a hit policy."""
    return table(hit, [NUMBER], [Out(values=WORDS)], OVERLAPPING)


def points(aggregation: str) -> str:
    """Make the overlapping table of numbers, collected."""
    return table("COLLECT", [NUMBER], [Out()], POINTS, aggregation=aggregation)


TWO = [Out("grade", "string", WORDS), Out("bonus", "number")]
PAIRS = (
    Rule([">= 50"], ['"good"', "10"]),
    Rule([">= 90"], ['"best"', "20"]),
    Rule(["[50..60]"], ['"poor"', "0"]),
)
GOOD, BEST, POOR = ({"grade": "good", "bonus": 10}, {"grade": "best", "bonus": 20}, {"grade": "poor", "bonus": 0})

HIT_POLICIES = [
    scored("hit-unique", words("UNIQUE"), "string", {70: "good", 95: None, 10: None, None: None}),
    scored(
        "hit-any",
        table(
            "ANY", [NUMBER], [Out()], [Rule([">= 50"], ['"yes"']), Rule([">= 90"], ['"yes"']), Rule(["> 99"], ['"no"'])]
        ),
        "string",
        {70: "yes", 95: "yes", 100: None, 10: None},
    ),
    scored("hit-priority", words("PRIORITY"), "string", {70: "good", 95: "best", 55: "good", 10: None}),
    scored("hit-first", words("FIRST"), "string", {70: "good", 95: "good", 10: None}),
    scored("hit-rule-order", words("RULE ORDER"), "", {70: ["good"], 95: ["good", "best"], 55: ["good", "poor"]}),
    scored("hit-output-order", words("OUTPUT ORDER"), "", {70: ["good"], 95: ["best", "good"], 55: ["good", "poor"]}),
    scored("hit-collect", words("COLLECT"), "", {95: ["good", "best"], 10: []}),
    scored("hit-collect-sum", points("SUM"), "number", {70: 5, 95: 14, 55: Decimal("7.5"), 10: None}),
    scored("hit-collect-min", points("MIN"), "number", {95: 5, 55: Decimal("2.5"), 10: None}),
    scored("hit-collect-max", points("MAX"), "number", {95: 9, 55: 5, 10: None}),
    scored("hit-collect-count", points("COUNT"), "number", {95: 2, 55: 2, 70: 1, 10: 0}),
    scored("hit-letter", words("F"), "string", {95: "good"}),
    scored("outputs-unique", table("UNIQUE", [NUMBER], TWO, PAIRS), "", {70: GOOD, 95: None}),
    scored("outputs-first", table("FIRST", [NUMBER], TWO, PAIRS), "", {95: GOOD}),
    scored("outputs-priority", table("PRIORITY", [NUMBER], TWO, PAIRS), "", {95: BEST, 55: GOOD}),
    scored("outputs-any", table("ANY", [NUMBER], TWO, PAIRS), "", {70: GOOD, 95: None}),
    scored("outputs-rule-order", table("RULE ORDER", [NUMBER], TWO, PAIRS), "", {95: [GOOD, BEST]}),
    scored(
        "outputs-output-order", table("OUTPUT ORDER", [NUMBER], TWO, PAIRS), "", {95: [BEST, GOOD], 55: [GOOD, POOR]}
    ),
    scored("outputs-collect", table("COLLECT", [NUMBER], TWO, PAIRS), "", {95: [GOOD, BEST]}),
    scored(
        "default-output",
        table("UNIQUE", [NUMBER], [Out(default='"none"')], [Rule([">= 50"], ['"some"'])]),
        "string",
        {70: "some", 10: "none", None: "none"},
    ),
    scored(
        "default-outputs",
        table("FIRST", [NUMBER], [Out("grade", default='"poor"'), Out("bonus", default="0")], PAIRS[:1]),
        "",
        {70: GOOD, 10: POOR},
    ),
    scored(
        "input-values",
        table("UNIQUE", [In("Score", "number", "[0..100]")], [Out()], [Rule(["-"], ['"in"'])]),
        "string",
        {70: "in", 101: None},
    ),
]


# expressions and everything around tables


def expressions(name: str, **expected: tuple[str, object]) -> Suite:
    """Make a suite of literal expressions: name=(text, value)."""
    elements = [decision(key, literal(text_of)) for key, (text_of, _) in expected.items()]
    return Suite(name, model(name, *elements), [Case({}, {key: result for key, (_, result) in expected.items()})])


def ternary() -> Suite:
    """Make the truth tables of `and`, `or` and `not` (DMN 1.5, tables 50 and 51)."""
    logic = {"both": "A and B", "either": "A or B", "neither": "not(A)"}
    elements = [input_data("A", "boolean"), input_data("B", "boolean")]
    elements += [decision(name, literal(content), "boolean", inputs=["A", "B"]) for name, content in logic.items()]
    values = (True, False, None)
    several = []
    for a in values:
        for b in values:
            both = False if a is False or b is False else True if a and b else None
            either = True if a or b else False if a is False and b is False else None
            expect = {"both": both, "either": either, "neither": None if a is None else not a}
            several.append(Case({"A": a, "B": b}, expect))
    return Suite("ternary-logic", model("ternary", *elements), several)


def lending() -> Suite:
    """Make decisions that require decisions, knowledge, an invocation, a context, a relation and a list."""
    elements = [
        item("tLoan", parts={"amount": "number", "rate": "number", "term in months": "number"}),
        item("tRisk", "string", '"low", "high"'),
        item("tNumbers", "number", listed=True),
        input_data("Loan", "tLoan"),
        input_data("Applicant's age", "number"),
        knowledge("half", {"x": "number"}, literal("x / 2")),
        knowledge("twice half", {"x": "number"}, literal("half(x) + half(x)"), ["half"]),
        knowledge("power", {"x": "number", "n": ""}, literal("if n = 0 then 1 else x * power(x, n - 1)")),
        decision("Interest", literal("Loan.amount * Loan.rate * Loan.term in months / 12"), "number", inputs=["Loan"]),
        decision(
            "Risk",
            table(
                "UNIQUE",
                [In("Applicant's age", "number")],
                [Out()],
                [Rule(["< 25, > 70"], ['"high"']), Rule(["[25..70]"], ['"low"'])],
            ),
            "tRisk",
            inputs=["Applicant's age"],
        ),
        decision(
            "Offer",
            table(
                "FIRST",
                [In("Risk"), In("Interest")],
                [Out()],
                [Rule(['"low"', "<= 100"], ['"yes"']), Rule(["-", "-"], ['"no"'])],
            ),
            "string",
            decisions=["Risk", "Interest"],
        ),
        decision("Called", literal("twice half(Loan.amount)"), "number", inputs=["Loan"], knows=["twice half"]),
        decision(
            "Invoked",
            '<invocation><literalExpression><text>half</text></literalExpression><binding><parameter name="x"/>'
            "<literalExpression><text>Loan.amount</text></literalExpression></binding></invocation>",
            "number",
            inputs=["Loan"],
            knows=["half"],
        ),
        decision("Recursive", literal("power(2, 10)"), "number", knows=["power"]),
        decision(
            "Boxed",
            '<context><contextEntry><variable name="the sum" typeRef="number"/>' + literal("1 + 2") + "</contextEntry>"
            "<contextEntry>" + literal("the sum * 10") + "</contextEntry></context>",
            "number",
        ),
        decision(
            "Open",
            '<context><contextEntry><variable name="a b"/>' + literal("1") + "</contextEntry>"
            '<contextEntry><variable name="c"/>' + literal("a b + 1") + "</contextEntry></context>",
        ),
        decision("Listed", "<list>" + literal("1") + literal("null") + "</list>"),
        decision(
            "Related",
            '<relation><column name="k"/><column name="v"/><row>'
            + literal('"a"')
            + literal("1")
            + "</row><row>"
            + literal('"b"')
            + literal("2")
            + "</row></relation>",
        ),
        decision(
            "Chosen",
            f"<conditional><if>{literal('1 > 2')}</if><then>{literal('1')}</then>"
            f"<else>{literal('2')}</else></conditional>",
        ),
        decision(
            "Function",
            '<context><contextEntry><variable name="f"/><functionDefinition>'
            '<formalParameter name="x" typeRef="number"/>'
            + literal("x + 1")
            + "</functionDefinition></contextEntry><contextEntry>"
            + literal("f(1)")
            + "</contextEntry></context>",
        ),
        decision("To item", literal("[5]"), "number"),
        decision("To list", literal("5"), "tNumbers"),
        decision("Wrong type", literal('"five"'), "number"),
        decision("Not allowed", literal('"medium"'), "tRisk"),
        decision("Not required", literal("Loan.amount"), "number"),
        decision("Without logic", ""),
    ]
    given = {"Loan": {"amount": 1200, "rate": Decimal("0.05"), "term in months": 6}, "Applicant's age": 30}
    expect = {
        "Interest": 30,
        "Risk": "low",
        "Offer": "yes",
        "Called": 1200,
        "Invoked": 600,
        "Recursive": 1024,
        "Boxed": 30,
        "Open": {"a b": 1, "c": 2},
        "Listed": [1, None],
        "Related": [{"k": "a", "v": 1}, {"k": "b", "v": 2}],
        "Chosen": 2,
        "Function": 2,
        "To item": 5,
        "To list": [5],
        "Wrong type": None,
        "Not allowed": None,
        "Not required": None,
        "Without logic": None,
    }
    older = Case({**given, "Applicant's age": 80}, {"Risk": "high", "Offer": "no"})
    return Suite(
        "lending",
        model("lending", *elements, version="1.3"),
        [Case(given, expect), older, Case({}, {"Interest": None})],
    )


def cells() -> Suite:
    """Make a table of every form of unary test."""
    tests = [
        "-",
        "1",
        "1, 2",
        "< 3",
        "[1..3)",
        "(1..3]",
        "]1..3[",
        "not(1)",
        "? > 1 and ? < 3",
        "[1, 2]",
        "null",
        "Other",
        "!= 1",
        "(>= 2)",
    ]
    inputs = [In("Value")] * len(tests)
    elements = [input_data("Value"), input_data("Other", "number")]
    names = []
    for index, test in enumerate(tests):
        names.append(f"t{index}")
        logic = table("FIRST", inputs[:1], [Out()], [Rule([test], ["true"]), Rule(["-"], ["false"])])
        elements.append(decision(names[-1], logic, "boolean", inputs=["Value", "Other"]))
    matches = {
        1: [0, 1, 2, 3, 4, 9],
        2: [0, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13],
        3: [0, 5, 7, 11, 12, 13],
        None: [0, 7, 10, 12],
    }
    several = [
        Case({"Value": given, "Other": 3}, {name: index in hits for index, name in enumerate(names)})
        for given, hits in matches.items()
    ]
    return Suite("unary-tests", model("cells", *elements), several)


SUITES = [
    *HIT_POLICIES,
    ternary(),
    lending(),
    cells(),
    expressions(
        "null-arithmetic",
        added=("1 + null", None),
        divided=("1 / 0", None),
        mixed=('1 + "a"', None),
        compared=("1 < null", None),
        unequal=('1 = "1"', None),
        nulls=("null = null", True),
        exact=("0.1 + 0.2", Decimal("0.3")),
        powered=("2 ** -1", Decimal("0.5")),
        signed=("-5 ** 2", 25),
        chosen=("if null then 1 else 2", 2),
        third=("1 / 3", Decimal("0.33333333")),
    ),
]


def write_all(folder: Path) -> None:
    """Write every suite."""
    for suite in SUITES:
        suite.write(folder)


if __name__ == "__main__":
    write_all(Path(sys.argv[1]))
