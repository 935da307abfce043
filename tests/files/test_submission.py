"""Figures as CSV: what they become, and what is said about those that cannot be."""

from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from config.broken_folders import SMALL

from campaign.domain.definition import Definition, Scope
from campaign.domain.events import Figure
from campaign.files import folder
from campaign.files.submission import Submission, load
from campaign.problems import Problems

HEAD = "period,indicator,value,unit,scope,method,status\n"


def submit(tmp_path: Path, text: str, *, scopes: int = 1) -> tuple[Submission, ...]:
    definition: Definition = folder.load(SMALL).definition
    more = tuple(Scope(f"scope-{number}", "Another") for number in range(1, scopes))
    path = tmp_path / "figures.csv"
    path.write_text(text, encoding="utf-8")
    return load(path, msgspec.structs.replace(definition, scopes=(*definition.scopes, *more)[:scopes]))


def problems(tmp_path: Path, text: str, *, scopes: int = 1) -> list[str]:
    with pytest.raises(Problems) as caught:
        submit(tmp_path, text, scopes=scopes)
    return [str(problem).replace(f"{tmp_path}/", "") for problem in caught.value.problems]


def test_figures_are_gathered_by_period(tmp_path: Path) -> None:
    text = HEAD + "2005-09,profit,-12.50,yuan,local,by firm,final\n2005-09,growth,15,,,,\n2005-10,profit,1,,,,初步\n"
    september, october = submit(tmp_path, text)
    assert (september.period, october.period) == ("2005-09", "2005-10")
    assert september.figures == (
        Figure(
            indicator="profit",
            value=Decimal("-12.50"),
            unit="yuan",
            scope="local",
            method="by firm",
            status="final",
        ),
        Figure(indicator="growth", value=Decimal(15), unit="%", scope="local"),
    )
    assert october.figures == (Figure(indicator="profit", value=Decimal(1), unit="yuan", scope="local"),)


def test_only_period_indicator_and_value_are_needed(tmp_path: Path) -> None:
    (only,) = submit(tmp_path, "期别,指标,数值\n2005-W36,profit,1.00\n")
    assert only.figures == (Figure(indicator="profit", value=Decimal("1.00"), unit="yuan", scope="local"),)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (
            "2005-09,profits,1,,,,",
            "figures.csv:2:9: unknown-indicator there is no indicator profits (did you mean profit?)",
        ),
        (
            "2005-09,profit,1,万元,,,",
            "figures.csv:2:18: unit-mismatch profit is measured in yuan (convert the value, or correct the unit)",
        ),
        (
            "2005-09,profit,1,,locale,,",
            "figures.csv:2:19: unknown-scope there is no scope locale (did you mean local?)",
        ),
        (
            "2005-09,profit,\uff11,,,,",
            "figures.csv:2:16: config-number １ is not a number (write digits, as in 15 or 1234.50)",
        ),
        ("2005-09,profit,,,,,", "figures.csv:2:16: csv-blank value is blank (fill it in)"),
        (
            "2005-09,profit,1,,,=x,",
            "figures.csv:2:20: csv-formula =x begins like a formula (begin with another sign than = + - @)",
        ),
        (
            "2005-09,profit,1,,,,done",
            "figures.csv:2:21: config-choice done is not a choice here (choose one of final, provisional)",
        ),
        ("", "figures.csv:1:18: csv-blank there are no figures (write one line per figure)"),
    ],
)
def test_a_figure_that_cannot_be_is_explained_at_its_cell(tmp_path: Path, line: str, found: str) -> None:
    assert problems(tmp_path, HEAD + line + "\n") == [found]


def test_a_blank_cell_at_the_end_of_a_line_has_its_place_after_the_last_comma(tmp_path: Path) -> None:
    found = problems(tmp_path, "period,indicator,value\n2005-09,profit,\n")
    assert found == ["figures.csv:2:16: csv-blank value is blank (fill it in)"]


def test_the_same_figure_twice_is_one_too_many_but_under_another_scope_it_is_another(tmp_path: Path) -> None:
    line = "2005-09,profit,1,,local,,\n"
    assert problems(tmp_path, HEAD + line + line) == [
        "figures.csv:3:9: figure-twice this figure stands twice; the first is on line 2 (remove one)"
    ]
    assert len(submit(tmp_path, HEAD + line + "2005-09,profit,1,,scope-1,,\n", scopes=2)[0].figures) == 2


def test_a_blank_scope_is_only_understood_when_there_is_one(tmp_path: Path) -> None:
    assert problems(tmp_path, HEAD + "2005-09,profit,1,,,,\n", scopes=2) == [
        "figures.csv:2:19: csv-blank there are several scopes, and none is named (name one of local, scope-1)"
    ]
    text = "period,indicator,value\n2005-09,profit,1\n"
    assert problems(tmp_path, text, scopes=2)[0].startswith("figures.csv:2:1: csv-blank there are several scopes")
