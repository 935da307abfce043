"""Commands from text: every kind of field, and every way in which a text can be wrong."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.app import inputs
from campaign.app.failures import problem_of
from campaign.app.intents import convert, fields_of
from campaign.domain.commands import EnrolEntity, MovePhase, ProposeTarget, RecordSurvey, ReviewTarget
from campaign.domain.definition import Definition
from campaign.files import folder
from campaign.problems import Problems
from campaign.store.log import CommandReused, Conflict

CONFIG = Path(__file__).parents[2] / "config"


@pytest.fixture(scope="module")
def definition() -> Definition:
    return folder.load(CONFIG).definition


def wrong(name: str, **fields: str | list[str]) -> list[tuple[str, str]]:
    """Return the codes and fields of what is wrong with a command."""
    with pytest.raises(Problems) as found:
        convert(name, fields)
    return [(problem.code, problem.place.field) for problem in found.value.problems]


def test_texts_truths_and_lists() -> None:
    made = convert(
        "entity.enrol",
        {
            "entity": "x",
            "kind": "enterprise",
            "title": " 一汽 ",
            "groups": ["a", "b"],
            "voluntary": "true",
            "parent": "",
        },
    )
    assert made == EnrolEntity("x", "enterprise", "一汽", ("a", "b"), voluntary=True)
    assert convert("target.review", {"entity": "x", "target": "t", "favourable": "false", "opinion": "o"}) == (
        ReviewTarget("x", "t", favourable=False, opinion="o")
    )
    assert convert("phase.advance", {"entity": "x"}) == MovePhase("x")


def test_a_target_takes_its_id_and_unit_from_the_indicator(definition: Definition) -> None:
    given_ = {"entity": "x", "indicator": "profit", "value": "1.50", "rationale": "r", "scope": "provincial"}
    made = convert("target.propose", given_, definition)
    assert isinstance(made, ProposeTarget)
    assert (made.target.target, made.target.unit, made.target.value) == ("profit", "亿元", Decimal("1.50"))
    named = convert("target.propose", {**given_, "target": "t-1", "unit": "元"}, definition)
    assert isinstance(named, ProposeTarget)
    assert (named.target.target, named.target.unit) == ("t-1", "元")


@given(st.decimals(-(10**15), 10**15, places=4))
def test_figures_are_read_exactly(value: Decimal) -> None:
    made = convert("survey.record", {"entity": "x", "baseline": f"profit={value:f}亿元@provincial"})
    assert isinstance(made, RecordSurvey)
    figure = made.baseline[0]
    assert (str(figure.value), figure.unit, figure.scope) == (f"{value:f}", "亿元", "provincial")


@pytest.mark.parametrize(
    "typed",
    ["ｐｒｏｆｉｔ＝１．５０＠provincial", "profit=１．５０［亿元］@provincial", "profit＝1.50亿元＠provincial"],
)
def test_a_figure_may_be_typed_in_full_width(definition: Definition, typed: str) -> None:
    made = convert("survey.record", {"entity": "x", "baseline": [typed]}, definition)
    assert isinstance(made, RecordSurvey)
    figure = made.baseline[0]
    assert (figure.indicator, str(figure.value), figure.unit, figure.scope) == ("profit", "1.50", "亿元", "provincial")
    target = {"entity": "x", "indicator": "profit", "value": "１．５０", "rationale": "r", "scope": "provincial"}
    proposed = convert("target.propose", target, definition)
    assert isinstance(proposed, ProposeTarget)
    assert proposed.target.value == Decimal("1.50")


@pytest.mark.parametrize("typed", ["工业总产值=8@provincial", "output=8@provincial", " 工业 总产值 = 8@provincial"])
def test_a_figure_may_name_its_indicator_by_the_label(definition: Definition, typed: str) -> None:
    fields = {
        "entity": "x",
        "baseline": [typed],
        "adjustment": ["工业总产值=-2.5:价格变动"],
        "indicators": ["利润", "output"],
    }
    made = convert("survey.record", fields, definition)
    assert isinstance(made, RecordSurvey)
    (figure,) = made.baseline
    assert (figure.indicator, figure.unit, figure.adjustments[0].amount) == ("output", "亿元", Decimal("-2.5"))
    assert made.indicators == ("profit", "output")


def test_a_label_is_compared_without_regard_to_width_case_or_white_space(definition: Definition) -> None:
    told = msgspec.structs.replace(definition.indicators[0], id="margin", label="Gross Margin（％）")
    renamed = msgspec.structs.replace(definition, indicators=(*definition.indicators, told))
    made = convert("survey.record", {"entity": "x", "baseline": "gross  margin(%)=8@provincial"}, renamed)
    assert isinstance(made, RecordSurvey)
    assert made.baseline[0].indicator == "margin"


@pytest.mark.parametrize(
    ("name", "fields", "place"),
    [
        ("survey.record", {"entity": "x", "baseline": "利润=8@provincial"}, "baseline"),
        ("survey.record", {"entity": "x", "baseline": "output=8@provincial", "adjustment": "利润=1:x"}, "adjustment"),
        ("survey.record", {"entity": "x", "indicators": ["利润"]}, "indicators"),
        ("target.propose", {"entity": "x", "indicator": "利润", "rationale": "r"}, "indicator"),
    ],
)
def test_a_label_of_two_indicators_is_refused_with_both(
    definition: Definition, name: str, fields: dict[str, str | list[str]], place: str
) -> None:
    """An id is never ambiguous, not even one that is another's label."""
    twin = msgspec.structs.replace(definition.indicators[2], id="利润-net")
    both = msgspec.structs.replace(definition, indicators=(*definition.indicators, twin))
    with pytest.raises(Problems) as found:
        convert(name, fields, both)
    (problem,) = found.value.problems
    assert (problem.code, problem.place.field) == ("input-ambiguous", place)
    assert str(problem.fix) == "name one by its id: profit, 利润-net"
    namesake = msgspec.structs.replace(definition.indicators[2], id="other", label="output")
    clear = msgspec.structs.replace(definition, indicators=(*definition.indicators, namesake))
    made = convert("target.propose", {"entity": "x", "indicator": "output", "rationale": "r"}, clear)
    assert isinstance(made, ProposeTarget)
    assert made.target.indicator == "output"


def test_every_figure_that_is_wrong_is_told_and_an_unknown_indicator_is_guessed(definition: Definition) -> None:
    with pytest.raises(Problems) as found:
        convert(
            "survey.record", {"entity": "x", "baseline": ["profits=1@provincial", "profit", "profit=1"]}, definition
        )
    told = [(problem.code, str(problem.message), str(problem.fix)) for problem in found.value.problems]
    assert told[0] == ("input-figure", "there is no indicator profits", "did you mean profit?")
    assert [code for code, _, _ in told] == ["input-figure"] * 3


def test_values_that_are_ready_need_no_text() -> None:
    made = convert("survey.record", {"entity": "x"}, ready={"participants": ("p",)})
    assert made == RecordSurvey("x", participants=("p",))


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({}, [("input-missing", "entity")]),
        ({"entity": "x", "xyzzy": "1"}, [("input-unknown", "xyzzy")]),
        ({"entity": ["x", "y"]}, [("input-repeated", "entity")]),
        ({"entity": "x", "baseline": "profit"}, [("input-figure", "baseline")]),
        ({"entity": "x", "baseline": "profit=1,000亿元@s"}, [("input-number", "baseline")]),
        ({"entity": "x", "baseline": "profit=1"}, [("input-figure", "baseline")]),
        ({"entity": "x", "baseline": "profit=1亿元"}, [("input-figure", "baseline")]),
        ({"entity": "x", "status": "maybe", "baseline": "p=1u@s"}, [("input-choice", "status")]),
        ({"entity": "x", "baseline": "p=1u@s", "adjustment": "p=1"}, [("input-adjustment", "adjustment")]),
        ({"entity": "x", "baseline": "p=1u@s", "adjustment": "q=1:x"}, [("input-adjustment", "adjustment")]),
        ({"entity": "x", "adjustment": "q=1:x"}, [("input-adjustment", "adjustment")]),
    ],
)
def test_what_is_wrong_with_a_survey(fields: dict[str, str | list[str]], found: list[tuple[str, str]]) -> None:
    assert [problem for problem in wrong("survey.record", **fields) if problem in found] == found


def test_a_truth_is_true_or_false() -> None:
    assert wrong("target.review", entity="x", target="t", favourable="yes", opinion="o") == [
        ("input-truth", "favourable")
    ]


def test_a_number_and_a_day_are_strict() -> None:
    project = {"project": "p", "title": "t", "entity": "e", "kind": "new"}
    assert wrong("project.register", **project, investment_yuan="1e6") == [("input-number", "investment_yuan")]
    assert wrong("project.milestone", project="p", milestone="started", reached_on="2005-8-1") == [
        ("input-date", "reached_on")
    ]


def test_fields_say_what_they_take() -> None:
    fields = {field.name: field for field in fields_of("report.submit")}
    assert fields["figures"].repeated
    assert not fields["figures"].required, "a document has none; a report without is refused by its duty"
    assert fields["status"].choices == ("provisional", "final")
    assert not fields["source"].required


def test_what_the_store_signals_as_problems() -> None:
    conflict = problem_of(Conflict("entity:k/x", 1, 2))
    assert conflict is not None
    assert (conflict.code, str(conflict.fix)[:9]) == ("conflict", "try again")
    reused = problem_of(CommandReused("c-1"))
    assert reused is not None
    assert reused.code == "command-reused"
    assert problem_of(ValueError("x")) is None


def test_a_file_of_targets_names_every_line(definition: Definition, tmp_path: Path) -> None:
    file = tmp_path / "targets.csv"
    rows = ["entity,indicator,value,scope,rationale", "220100,profit,x,provincial,r", "220200,,1,provincial,"]
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    with pytest.raises(Problems) as found:
        inputs.breakdown(file, definition)
    told = {(problem.place.line, problem.code, problem.place.field) for problem in found.value.problems}
    assert told == {(2, "input-number", "value"), (3, "csv-blank", "indicator"), (3, "csv-blank", "rationale")}


def test_rosters_come_as_commands(definition: Definition) -> None:
    assert len(inputs.projects(CONFIG / "projects.csv", definition)) == 148
    assert {entry.entity for entry in inputs.entities(CONFIG / "entities.csv", definition)} >= {"220100", "faw-group"}


def test_dates_are_days() -> None:
    made = convert("letter.issue", {"entity": "x", "letter": "l", "due_on": "2005-08-31"})
    assert getattr(made, "due_on", None) == date(2005, 8, 31)
